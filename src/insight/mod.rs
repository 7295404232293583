//! What the feedback says in numbers: tallies, between-agent variance, drivers of the scores, the
//! overview, and emerging terms.
//!
//! Figures about teams carry intervals, and small cells are hidden. Nothing here ranks agents: they
//! are counted, never listed.

mod error;

pub mod activity;
pub mod agent_variance;
pub mod drivers;
pub mod emerging_terms;
pub mod overview;
mod refresh;
pub mod score_rules;
pub mod tallies;
mod team_rates;
mod team_themes;
mod theme_trends;

pub use error::InsightError;
pub use overview::{Overview, RateChange};
pub use tallies::{AgentTallies, CaseMix, CaseTallies, MentionCounts, PriorPeriod, Tallies};
pub use team_rates::TeamRate;
pub use team_themes::TeamThemes;
pub use theme_trends::{ComplaintChange, ThemeTrend};
