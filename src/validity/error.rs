//! Errors of this capability.

use crate::{
    assessment::AssessmentError,
    db::DbError,
    feedback::FeedbackError,
    insight::InsightError,
    locale::{Localised, Message},
    workforce::WorkforceError,
};

/// Errors about criterion validity, all from the capabilities that it reads.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub enum ValidityError {
    Assessment(#[from] AssessmentError),
    Workforce(#[from] WorkforceError),
    Insight(#[from] InsightError),
    Feedback(#[from] FeedbackError),
    Db(#[from] DbError),
}

impl Localised for ValidityError {
    fn message(&self) -> Message {
        match self {
            Self::Assessment(e) => e.message(),
            Self::Workforce(e) => e.message(),
            Self::Insight(e) => e.message(),
            Self::Feedback(e) => e.message(),
            Self::Db(e) => e.message(),
        }
    }
}
