//! Group-commit writer: one thread commits concurrent answers together and replies after the
//! commit.
//!
//! An answer is acknowledged only when it is durable. Group commit makes that affordable, because
//! one synchronisation to disk serves all waiting requests.

use std::{collections::BTreeSet, sync::mpsc, thread};

use tokio::sync::oneshot;

use super::{
    error::AssessmentError,
    store::{self, SittingRow as Sitting},
};
use crate::{
    db::{Database, DbConnection, DbError, write_transaction},
    types::Instant,
};

/// Maximum number of requests per commit.
const BATCH: usize = 512;

/// An answer that was validated against its questionnaire.
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

/// Handle of the writer thread, which ends when the last handle is dropped.
#[derive(Clone)]
pub struct AnswerWriter {
    sender: mpsc::SyncSender<Request>,
}

impl AnswerWriter {
    /// Starts the writer thread.
    ///
    /// # Errors
    /// [`std::io::Error`] if the thread cannot be created.
    pub fn start(database: Database) -> std::io::Result<Self> {
        let (sender, receiver) = mpsc::sync_channel::<Request>(4_096);
        thread::Builder::new()
            .name("answer-writer".to_owned())
            .spawn(move || run(&database, &receiver))?;
        Ok(Self { sender })
    }

    /// Saves answers of one sitting and returns after the commit. Idempotent.
    ///
    /// # Errors
    /// [`AssessmentError::Finished`] if the sitting is closed, [`AssessmentError::Conflict`] if a
    /// sequence number is in use, [`AssessmentError::Db`] if the queue is full or the database
    /// fails. None of the answers is stored then.
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
                    // The receiver may be gone, but the answers are saved.
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
        // A fixed lock order prevents deadlocks between replicas.
        let sittings: BTreeSet<_> = batch
            .iter()
            .map(|r| (r.sitting.organisation_id, r.sitting.id))
            .collect();
        for key in sittings {
            if store::lock_open_sitting(c, key.0, key.1)? {
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

/// Appends all answers to a locked sitting, or none. The outer result is that of the transaction,
/// the inner one that of this request.
///
/// A used sequence number with the same value is a repeat. With another value, or below the newest
/// answer to the item (a second tab), it is a conflict, and the client sends the answer again with
/// a higher number.
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

/// Saves answers in the caller's write transaction, as of `now`.
///
/// # Errors
/// As [`AnswerWriter::save`].
pub fn save_in_transaction(
    c: &mut DbConnection,
    sitting: &Sitting,
    answers: &[NewAnswer],
    now: Instant,
) -> Result<(), AssessmentError> {
    if !store::lock_open_sitting(c, sitting.organisation_id, sitting.id)? {
        return Err(AssessmentError::Finished);
    }
    append(c, sitting, answers, now)?
}
