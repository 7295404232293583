//! Group-commit writer: one thread commits concurrent answers together and replies after the
//! commit.
//!
//! An answer is acknowledged only when it is durable. Group commit makes that affordable, because
//! one synchronisation to disk serves all waiting requests.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::{Arc, PoisonError, RwLock, mpsc},
    thread,
    time::Duration,
};

use tokio::sync::oneshot;

use super::{
    error::{AssessmentError, MOST_CHANGES},
    store::{self, SittingRow as Sitting},
};
use crate::{
    db::{Database, DbConnection, DbError, write_transaction},
    types::{Id, Instant},
};

/// Maximum number of requests per commit.
const BATCH: usize = 512;
/// Maximum number per sitting in one commit, so that one sitting cannot delay the others.
const SHARE: usize = 8;
/// Maximum number of requests of one sitting that wait for a later commit.
const MOST_WAITING: usize = 64;
/// Maximum number of requests that wait in all, before and behind the channel.
const QUEUE: usize = 4_096;

/// Time until somebody who waits for a commit is told to try again.
const PATIENCE: Duration = Duration::from_secs(10);

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
    database: Database,
    running: Arc<RwLock<Running>>,
}

/// A thread, for the pool of connections that was present when it started. Later pools get a new
/// thread, because the old one may wait for an answer that never comes.
struct Running {
    replacements: u64,
    sender: mpsc::SyncSender<Request>,
}

impl Running {
    fn start(database: &Database) -> std::io::Result<Self> {
        let replacements = database.replacements();
        let (sender, receiver) = mpsc::sync_channel::<Request>(QUEUE);
        let database = database.clone();
        thread::Builder::new()
            .name("answer-writer".to_owned())
            .spawn(move || run(&database, &receiver))?;
        Ok(Self {
            replacements,
            sender,
        })
    }
}

impl AnswerWriter {
    /// Starts the writer thread.
    ///
    /// # Errors
    /// [`std::io::Error`] if the thread cannot be created.
    pub fn start(database: Database) -> std::io::Result<Self> {
        let running = Arc::new(RwLock::new(Running::start(&database)?));
        Ok(Self { database, running })
    }

    /// Saves answers of one sitting and returns after the commit. Idempotent.
    ///
    /// # Errors
    /// [`AssessmentError::Finished`] if the sitting is closed, [`AssessmentError::Conflict`] if a
    /// sequence number is in use, [`AssessmentError::TooManyChanges`] if an item was answered 100
    /// times, [`AssessmentError::Db`] if the queue is full, the database fails, or nothing was
    /// heard of it for ten seconds. None of the answers is stored then, except perhaps in the last
    /// case.
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
        let replaced = self.database.replaced();
        if !self.enqueue(request) {
            return Err(DbError::Busy.into());
        }
        let too_late = async {
            tokio::select! {
                () = tokio::time::sleep(PATIENCE) => {}
                // The commit may wait for ever, but a new thread can do it.
                () = replaced => tokio::time::sleep(PATIENCE / 10).await,
            }
        };
        tokio::select! {
            reply = replied => reply.unwrap_or(Err(AssessmentError::Db(DbError::Busy))),
            () = too_late => Err(DbError::Busy.into()),
        }
    }

    /// Returns whether the request waits for a commit now.
    fn enqueue(&self, request: Request) -> bool {
        let replacements = self.database.replacements();
        {
            let running = self.running.read().unwrap_or_else(PoisonError::into_inner);
            if running.replacements >= replacements {
                return running.sender.try_send(request).is_ok();
            }
        }
        let mut running = self.running.write().unwrap_or_else(PoisonError::into_inner);
        if running.replacements < replacements {
            match Running::start(&self.database) {
                Ok(started) => *running = started,
                Err(error) => {
                    tracing::error!(%error, "No thread could be started to save answers");
                    return false;
                }
            }
        }
        running.sender.try_send(request).is_ok()
    }
}

fn run(database: &Database, receiver: &mpsc::Receiver<Request>) {
    let mut waiting = VecDeque::new();
    loop {
        if waiting.is_empty() {
            let Ok(first) = receiver.recv() else {
                return;
            };
            waiting.push_back(first);
        }
        while waiting.len() < QUEUE
            && let Ok(next) = receiver.try_recv()
        {
            waiting.push_back(next);
        }
        let batch = next_batch(&mut waiting);
        let outcome = database
            .connect_briefly()
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

/// Takes the requests of the next commit out of those that wait, oldest first, and refuses what
/// waits in excess.
fn next_batch(waiting: &mut VecDeque<Request>) -> Vec<Request> {
    let mut batch = Vec::new();
    // Of each sitting: requests in the batch, and requests that wait on.
    let mut of_sitting: BTreeMap<Id, (usize, usize)> = BTreeMap::new();
    for request in std::mem::take(waiting) {
        let (taken, left) = of_sitting.entry(request.sitting.id).or_default();
        // What waits on keeps its place: a later answer must not overtake an earlier one.
        if batch.len() < BATCH && *taken < SHARE && *left == 0 {
            *taken += 1;
            batch.push(request);
        } else if *left < MOST_WAITING {
            *left += 1;
            waiting.push_back(request);
        } else {
            drop(request.reply.send(Err(DbError::Busy.into())));
        }
    }
    batch
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
        let (count, newest) = store::answers_to_item(c, organisation, id, &a.item)?;
        if newest.is_some_and(|newest| newest >= a.sequence) {
            let stored = store::answer_value(c, organisation, id, &a.item, a.sequence)?;
            if stored == Some(a.value) {
                continue;
            }
            let newest = store::newest_sequence(c, organisation, id)?;
            let next_sequence = newest.unwrap_or(0) + 1;
            return Ok(Err(AssessmentError::Conflict { next_sequence }));
        }
        if count >= MOST_CHANGES {
            return Ok(Err(AssessmentError::TooManyChanges));
        }
        rows.push(store::AnswerRow {
            organisation_id: organisation,
            sitting_id: id,
            item: a.item.clone(),
            client_sequence: a.sequence,
            value: a.value,
            answered_at: now,
        });
    }
    if !rows.is_empty() {
        store::append_answers(c, &rows)?;
    }
    Ok(Ok(()))
}

/// Saves answers in the caller's write transaction, as of `now`.
///
/// # Errors
/// Errors of [`AnswerWriter::save`].
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

#[cfg(test)]
mod tests {
    use super::*;

    fn request(sitting: Id, sequence: i64) -> Request {
        let (reply, _) = oneshot::channel();
        let answer = NewAnswer {
            item: "patience1".to_owned(),
            value: 3,
            sequence,
        };
        Request {
            sitting: Sitting {
                organisation_id: Id::new(),
                id: sitting,
                candidate_id: Id::new(),
                questionnaire_id: Id::new(),
                consented_at: Instant::now(),
                finished_at: None,
                withdrawn_at: None,
            },
            answers: vec![answer],
            reply,
        }
    }

    fn sequences(batch: &[Request], sitting: Id) -> Vec<i64> {
        let of = batch.iter().filter(|request| request.sitting.id == sitting);
        of.map(|request| request.answers[0].sequence).collect()
    }

    #[test]
    fn one_sitting_that_sends_much_delays_no_other_and_keeps_its_order() {
        let (greedy, other) = (Id::new(), Id::new());
        let mut waiting: VecDeque<_> = (1..=1_000).map(|n| request(greedy, n)).collect();
        waiting.push_back(request(other, 1));
        let first = next_batch(&mut waiting);
        assert_eq!(sequences(&first, other), [1]);
        assert_eq!(sequences(&first, greedy), (1..=8).collect::<Vec<_>>());
        assert_eq!(waiting.len(), MOST_WAITING, "the rest is refused");
        let second = next_batch(&mut waiting);
        assert_eq!(sequences(&second, greedy), (9..=16).collect::<Vec<_>>());
    }

    #[test]
    fn many_sittings_fill_a_batch() {
        let mut waiting: VecDeque<_> = (0..600).map(|_| request(Id::new(), 1)).collect();
        assert_eq!(next_batch(&mut waiting).len(), BATCH);
        assert_eq!(waiting.len(), 600 - BATCH);
    }
}
