//! The hot path: one thread that takes waiting answers, commits them together and replies after the commit.
//!
//! An answer is acknowledged only when it is on disk. Committing many at once is what makes that cheap: one
//! synchronisation serves everybody who waits.

use std::{collections::BTreeSet, sync::mpsc, thread};

use tokio::sync::oneshot;

use super::{AssessmentError, Sitting, store};
use crate::{
    db::{Database, DbConnection, DbError, write_transaction},
    types::Instant,
};

/// Most requests in one commit.
const BATCH: usize = 512;

/// One answer, already checked against its questionnaire.
#[derive(Clone, Debug)]
pub struct NewAnswer {
    pub item: String,
    pub value: i32,
    pub sequence: i64,
}

struct Request {
    sitting: Sitting,
    answers: Vec<NewAnswer>,
    reply: oneshot::Sender<Result<(), AssessmentError>>,
}

/// A handle to the writer's thread, which ends when the last handle is dropped.
#[derive(Clone)]
pub struct AnswerWriter {
    sender: mpsc::SyncSender<Request>,
}

impl AnswerWriter {
    /// Starts the thread.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(database: Database) -> std::io::Result<Self> {
        let (sender, receiver) = mpsc::sync_channel::<Request>(4_096);
        thread::Builder::new()
            .name("answer-writer".to_owned())
            .spawn(move || run(&database, &receiver))?;
        Ok(Self { sender })
    }

    /// Saves answers of one sitting and returns once they are committed. Saving the same again is harmless.
    ///
    /// # Errors
    /// [`AssessmentError::Finished`], [`AssessmentError::Conflict`], or a database error; nothing of this call is
    /// stored then.
    pub async fn save(
        &self,
        sitting: Sitting,
        answers: Vec<NewAnswer>,
    ) -> Result<(), AssessmentError> {
        let (reply, replied) = oneshot::channel();
        let request = Request {
            sitting,
            answers,
            reply,
        };
        if self.sender.try_send(request).is_err() {
            return Err(DbError::Busy.into());
        }
        replied
            .await
            .unwrap_or(Err(AssessmentError::Db(DbError::Busy)))
    }
}

fn run(database: &Database, receiver: &mpsc::Receiver<Request>) {
    while let Ok(first) = receiver.recv() {
        let mut batch = vec![first];
        while batch.len() < BATCH
            && let Ok(next) = receiver.try_recv()
        {
            batch.push(next);
        }
        let outcome = database
            .connect()
            .map_err(AssessmentError::from)
            .and_then(|mut c| commit(&mut c, &batch));
        match outcome {
            Ok(results) => {
                for (request, result) in batch.into_iter().zip(results) {
                    // Nobody waiting any more is fine: the answer is saved all the same.
                    drop(request.reply.send(result));
                }
            }
            Err(error) => {
                tracing::error!(error = %crate::telemetry::chain(&error), "answers could not be saved");
                for request in batch {
                    drop(request.reply.send(Err(AssessmentError::Db(DbError::Busy))));
                }
            }
        }
    }
}

type Results = Vec<Result<(), AssessmentError>>;

fn commit(c: &mut DbConnection, batch: &[Request]) -> Result<Results, AssessmentError> {
    write_transaction(c, |c| {
        let mut open = BTreeSet::new();
        let mut closed = BTreeSet::new();
        // In one order for everybody, so that two replicas never wait for each other in a circle.
        let sittings: BTreeSet<_> = batch
            .iter()
            .map(|r| (r.sitting.organisation_id, r.sitting.id))
            .collect();
        for key in sittings {
            if store::hold_open_sitting(c, key.0, key.1)? {
                open.insert(key)
            } else {
                closed.insert(key)
            };
        }
        batch
            .iter()
            .map(|request| {
                if closed.contains(&(request.sitting.organisation_id, request.sitting.id)) {
                    return Ok(Err(AssessmentError::Finished));
                }
                append(c, &request.sitting, &request.answers, Instant::now())
            })
            .collect()
    })
}

/// Appends answers to a sitting that is held open, all or none. The outer result is the transaction's, the inner one
/// this call's. A number used before with the same value is a repeat; with another value, or below the newest answer to
/// its item (a second tab), it is a conflict, and the answer comes again with a higher number.
fn append(
    c: &mut DbConnection,
    sitting: &Sitting,
    answers: &[NewAnswer],
    now: Instant,
) -> Result<Result<(), AssessmentError>, AssessmentError> {
    let (organisation, id) = (sitting.organisation_id, sitting.id);
    let mut rows = Vec::with_capacity(answers.len());
    for a in answers {
        let newest = store::newest_answer(c, organisation, id, &a.item)?;
        if newest.is_none_or(|(sequence, _)| sequence < a.sequence) {
            rows.push(store::AnswerRow {
                organisation_id: organisation,
                sitting_id: id,
                item: a.item.clone(),
                client_sequence: a.sequence,
                value: a.value,
                answered_at: now,
            });
            continue;
        }
        let stored = store::answers_of(c, organisation, id)?;
        let repeats = |s: &store::AnswerRow| {
            s.item == a.item && s.client_sequence == a.sequence && s.value == a.value
        };
        if !stored.iter().any(repeats) {
            let next_sequence = stored.iter().map(|s| s.client_sequence).max().unwrap_or(0) + 1;
            return Ok(Err(AssessmentError::Conflict { next_sequence }));
        }
    }
    if !rows.is_empty() {
        store::append_answers(c, &rows)?;
    }
    Ok(Ok(()))
}

/// Saves answers in the caller's own write transaction, as of `now`.
///
/// # Errors
/// As [`AnswerWriter::save`].
pub fn save_in_transaction(
    c: &mut DbConnection,
    sitting: &Sitting,
    answers: &[NewAnswer],
    now: Instant,
) -> Result<(), AssessmentError> {
    if !store::hold_open_sitting(c, sitting.organisation_id, sitting.id)? {
        return Err(AssessmentError::Finished);
    }
    append(c, sitting, answers, now)?
}
