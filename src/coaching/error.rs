//! Errors of this capability.

use super::{library::LibraryError, pause_reason::ActivePause, steps::StepError};
use crate::{
    accounts::AccountsError, db::DbError, documents::RenderError, feedback::FeedbackError,
    insight::InsightError, praise::PraiseError, tagging::TaggingError, workforce::WorkforceError,
};

/// Errors about coaching plans.
#[derive(Debug, thiserror::Error)]
pub enum CoachingError {
    #[error("There is no such plan.")]
    NoPlan,
    #[error("A plan comes as pdf, docx, html, md or json.")]
    UnknownFormat,
    #[error("Another plan of this agent is open. Close it first.")]
    PlanOpen,
    #[error("No plan begins before {}: {}. Meanwhile strengths and praise can be passed on.", .0.until.format("%-d %b %Y"), .0.reason.said())]
    Paused(ActivePause),
    #[error(
        "A pause is for one agent, one team or everybody, and lasts from a first to a last day, at most 400 days, within about two years of today."
    )]
    InvalidPause,
    #[error("There is no such pause.")]
    NoPause,
    #[error(transparent)]
    Step(#[from] StepError),
    #[error("Your view can have at most 4,000 characters.")]
    ViewTooLong,
    #[error(transparent)]
    Render(#[from] RenderError),
    #[error("a stored plan cannot be read")]
    Stored(#[from] serde_json::Error),
    #[error("There is no such team.")]
    NoTeam,
    #[error(
        "There are too few comments for a workshop in which nobody can be recognised: at least five customers about three agents, on a theme in people's power."
    )]
    TooFewVoices,
    #[error("{0}")]
    Library(#[from] LibraryError),
    #[error(
        "Somebody saved another edition meanwhile. Load the page again and repeat your change."
    )]
    Outdated,
    #[error(transparent)]
    Tagging(#[from] TaggingError),
    #[error(transparent)]
    Accounts(#[from] AccountsError),
    #[error(transparent)]
    Workforce(#[from] WorkforceError),
    #[error(transparent)]
    Feedback(#[from] FeedbackError),
    #[error(transparent)]
    Praise(#[from] PraiseError),
    #[error(transparent)]
    Insight(#[from] InsightError),
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Result with this capability's error.
pub type Result<T> = std::result::Result<T, CoachingError>;
