//! Charts as accessible SVG: title, description, plain shapes, and no information in colour alone.
//!
//! Colours are attributes, so that PDF renderers show them, and every shape has a class, so that a
//! page's stylesheet can override them in dark mode. A [`Picture`](super::model::Picture) carries
//! the same numbers as a table.

mod funnel;
mod intervals;
mod profile;
mod rate_trend;
mod scatter;
mod shortlist;
mod sparkline;
mod svg;
mod theme_balance;
mod ticks;
mod weekly_tally;

pub use funnel::funnel_plot;
pub use intervals::rate_beside_band;
pub use profile::facet_profile;
pub use rate_trend::{RatePoint, rate_trend};
pub use scatter::scatter;
pub use shortlist::{shortlist_chart, shortlist_scale};
pub use sparkline::sparkline;
pub use theme_balance::{BalanceBar, BarControl, theme_balance};
pub use weekly_tally::{TallyBar, weekly_tally};
