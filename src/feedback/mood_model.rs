//! Trains the mood model on stored comments with a score.

use super::{error::FeedbackError, retag, store};
use crate::{
    db::{Database, write_transaction},
    queue::{JobResult, Lease, Run},
    tagging::{TrainMoodModel, mood_models},
    text::classifier::mood::MOST_COMMENTS,
    types::{Id, Instant},
};

impl Run for TrainMoodModel {
    fn run(&self, database: &Database, organisation: Id, _lease: &Lease<'_>) -> JobResult {
        let mut c = database.connect()?;
        let scored = store::count_scored_comments(&mut c, organisation)?;
        if !mood_models::is_due(&mut c, organisation, scored)? {
            return Ok(());
        }
        let comments = store::newest_scored_comments(&mut c, organisation, MOST_COMMENTS as i64)?;
        let trained = mood_models::train(&mut c, organisation, &comments)?;
        let now = Instant::now();
        write_transaction(&mut c, |c| {
            if mood_models::save(c, organisation, &trained, scored, now)? {
                retag::request(c, organisation, now)?;
            }
            Ok::<_, FeedbackError>(())
        })?;
        Ok(())
    }
}
