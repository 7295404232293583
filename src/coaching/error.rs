//! Errors of this capability.

use super::{
    library::LibraryError, observation::ObservationError, one_to_ones::content::OneToOneError,
    own_tally::OwnTallyError, pause_reason::ActivePause, practice_edit::PracticeError,
    steps::StepError,
};
use crate::{
    accounts::AccountsError,
    db::DbError,
    documents::RenderError,
    feedback::FeedbackError,
    insight::InsightError,
    locale::{Localised, Message, english},
    msg,
    praise::PraiseError,
    quality::QualityError,
    tagging::TaggingError,
    workforce::WorkforceError,
};

/// Longest view of an agent on a plan, in characters.
pub const LONGEST_VIEW: usize = 4_000;

/// Errors about coaching plans.
#[derive(Debug, thiserror::Error)]
#[error("{}", english(self))]
pub enum CoachingError {
    NoPlan,
    NoExport,
    NoTeam,
    NoPause,
    NoObservation,
    NoTallyDay,
    UnknownFormat,
    /// Another plan of the agent is open.
    PlanOpen,
    Paused(ActivePause),
    InvalidPause,
    Observation(#[from] ObservationError),
    /// An observation can be deleted for a day only.
    ObservationKept,
    OneToOne(#[from] OneToOneError),
    OwnTally(#[from] OwnTallyError),
    Step(#[from] StepError),
    ViewTooLong,
    /// So few comments that somebody could be recognised.
    TooFewComments,
    /// A field of a filter has a value that it cannot have.
    Filter(&'static str),
    Library(#[from] LibraryError),
    /// Another version was saved meanwhile.
    Outdated,
    /// Not a theme that agents practise, or not in the draft.
    NoTheme,
    /// Practice in a form is refused.
    Practice(#[from] PracticeError),
    /// The draft of the library was changed meanwhile.
    DraftChanged,
    DraftEmpty,
    #[error("a library cannot be written")]
    Unwritable(#[from] toml::ser::Error),
    #[error(transparent)]
    Render(#[from] RenderError),
    #[error("a stored plan cannot be read")]
    Stored(#[from] serde_json::Error),
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
    Quality(#[from] QualityError),
    #[error(transparent)]
    Insight(#[from] InsightError),
    #[error(transparent)]
    Db(#[from] DbError),
}

impl Localised for CoachingError {
    fn message(&self) -> Message {
        match self {
            Self::NoPlan => msg!("error-no-plan"),
            Self::NoExport => msg!("error-no-export"),
            Self::NoTeam => msg!("error-no-team"),
            Self::NoPause => msg!("error-no-pause"),
            Self::NoObservation => msg!("error-no-observation"),
            Self::NoTallyDay => msg!("error-no-tally-day"),
            Self::UnknownFormat => msg!("error-plan-format"),
            Self::PlanOpen => msg!("error-plan-open"),
            Self::Paused(pause) => msg!(
                "error-plan-paused",
                until = pause.until,
                reason = pause.reason.message()
            ),
            Self::InvalidPause => msg!("error-pause-invalid"),
            Self::Observation(e) => e.message(),
            Self::ObservationKept => msg!("error-observation-kept"),
            Self::OneToOne(e) => e.message(),
            Self::OwnTally(e) => e.message(),
            Self::Step(e) => e.message(),
            Self::ViewTooLong => msg!("error-view-too-long", limit = LONGEST_VIEW),
            Self::TooFewComments => msg!("error-too-few-comments"),
            Self::Filter(field) => msg!("error-filter", field = *field),
            Self::Library(e) => e.message(),
            Self::Outdated => msg!("error-library-outdated"),
            Self::NoTheme => msg!("error-not-found"),
            Self::Practice(e) => e.message(),
            Self::DraftChanged => msg!("error-practice-draft-changed"),
            Self::DraftEmpty => msg!("error-taxonomy-draft-empty"),
            Self::Unwritable(_) | Self::Render(_) | Self::Stored(_) => msg!("error-internal"),
            Self::Tagging(e) => e.message(),
            Self::Accounts(e) => e.message(),
            Self::Workforce(e) => e.message(),
            Self::Feedback(e) => e.message(),
            Self::Praise(e) => e.message(),
            Self::Quality(e) => e.message(),
            Self::Insight(e) => e.message(),
            Self::Db(e) => e.message(),
        }
    }
}

/// Result with this capability's error.
pub type Result<T> = std::result::Result<T, CoachingError>;
