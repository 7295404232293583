//! Errors of this capability.

use crate::{
    assessment::AssessmentError, db::DbError, feedback::FeedbackError, insight::InsightError,
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
