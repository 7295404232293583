//! Coaching plans. The [`rules`] turn the [`evidence`] about an agent into a [`plan`] of figures
//! and [`reasons`], gated by how much evidence each statement needs (`gates`); [`document`] writes
//! it in a language, `formats` renders it. A coach accepts what to work on, the agent answers, and
//! [`progress`] follows the steps to an outcome; [`follow_up`] lists what is due; [`effect_report`]
//! says whether coaching helped.

pub mod agent_comments;
mod agent_export;
mod agreed_plan;
pub mod brief;
pub mod case_mix;
mod correction;
pub mod document;
mod draft;
pub mod effect;
pub mod effect_report;
mod error;
pub mod evidence;
mod export_state;
pub mod follow_up;
mod formats;
pub mod gates;
pub mod library;
pub mod observation;
pub mod observations;
pub mod one_to_ones;
pub mod own_tallies;
pub mod own_tally;
mod pause_reason;
pub mod pauses;
pub mod plan;
pub mod plan_export;
mod plans;
mod practice;
pub mod practice_draft;
pub mod practice_edit;
pub mod progress;
pub mod reasons;
pub mod rules;
pub mod steps;
mod store;
mod team_theme;
pub mod workshop;
pub mod workshop_document;

pub use agent_export::{AgentExport, export};
pub use agreed_plan::{AgreedPlan, Agreement};
pub use draft::draft;
pub use error::CoachingError;
pub use export_state::ExportState;
pub use formats::{Format, calendar, plan_archive, render, render_document};
pub use pause_reason::{ActivePause, Reason};
pub use plan::Plan;
pub use plans::{
    StoredPlan, acknowledge, agents_with_plans, create, find, keep, open, plans_of,
    shared_plans_of, take_step, team_plans,
};
pub use practice::{library, library_source, save_library};
