//! State of handlers: database, writer, keys, configuration and caches.

use std::{
    collections::BTreeMap,
    net::IpAddr,
    sync::{Arc, RwLock},
};

use actix_web::HttpRequest;
use tokio::sync::{Notify, Semaphore};

use super::{
    error::WebError,
    limits::{self, Limits},
};

use crate::{
    accounts::{AccessKeys, attempts::Attempts},
    assessment::{AssessmentError, Questionnaire, writer::AnswerWriter},
    audit::Checkpoint,
    config::Config,
    db::Database,
    feedback::sources::DeliveryKeys,
    hiring::LinkKeys,
    types::Id,
};

/// Questionnaires by organisation and id.
type Questionnaires = BTreeMap<(Id, Id), Arc<Questionnaire>>;

/// State that handlers share.
#[derive(Clone)]
pub struct State {
    pub db: Database,
    pub writer: AnswerWriter,
    pub keys: AccessKeys,
    /// Keys of signed deliveries of feedback.
    pub deliveries: DeliveryKeys,
    /// Keys of the links of candidates.
    pub links: LinkKeys,
    pub config: Arc<Config>,
    /// Notified after enqueueing, so that the worker starts without waiting for its next poll.
    pub wake: Arc<Notify>,
    pub limits: Arc<Limits>,
    pub attempts: Arc<Attempts>,
    /// Limits concurrent password hashing: each hash takes 19 MB, and anybody can request one.
    hashing: Arc<Semaphore>,
    questionnaires: Arc<RwLock<Questionnaires>>,
    synthetic: Arc<RwLock<BTreeMap<Id, bool>>>,
    /// Up to where the audit log of each organisation was found intact, and whether it still was at
    /// the last view.
    audited: Arc<RwLock<BTreeMap<Id, (Checkpoint, bool)>>>,
}

impl State {
    /// Collects what handlers need.
    pub fn new(
        db: Database,
        writer: AnswerWriter,
        keys: AccessKeys,
        (deliveries, links): (DeliveryKeys, LinkKeys),
        config: Arc<Config>,
        wake: Arc<Notify>,
    ) -> Self {
        Self {
            db,
            writer,
            keys,
            deliveries,
            links,
            config,
            wake,
            limits: Arc::default(),
            attempts: Arc::default(),
            hashing: Arc::new(Semaphore::new(4)),
            questionnaires: Arc::default(),
            synthetic: Arc::default(),
            audited: Arc::default(),
        }
    }

    /// Runs `work` that hashes a password on a blocking thread, a few at a time.
    ///
    /// # Errors
    /// [`Code::Busy`](super::error::Code::Busy) after ten seconds in the queue.
    pub async fn hashing<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, WebError> {
        let patience = std::time::Duration::from_secs(10);
        let turn = tokio::time::timeout(patience, Arc::clone(&self.hashing).acquire_owned()).await;
        let Ok(Ok(turn)) = turn else {
            return Err(crate::db::DbError::Busy.into());
        };
        let done = actix_web::web::block(move || {
            let _turn = turn;
            work()
        });
        done.await.map_err(|e| WebError::internal(&e))
    }

    /// Runs `work`, which takes database connections of its own, on a blocking thread.
    ///
    /// # Errors
    /// Errors of `work`; [`Code::Busy`](super::error::Code::Busy) if it has not ended 15 seconds
    /// after the database was found not to answer.
    pub async fn blocking<T, E>(
        &self,
        work: impl FnOnce() -> Result<T, E> + Send + 'static,
    ) -> Result<T, WebError>
    where
        T: Send + 'static,
        E: Into<WebError> + Send + 'static,
    {
        let outage = self.db.after_outage();
        let done = tokio::select! {
            done = actix_web::web::block(work) => done,
            () = async {
                outage.await;
                tokio::time::sleep(std::time::Duration::from_secs(15)).await;
            } => return Err(crate::db::DbError::Busy.into()),
        };
        done.map_err(|e| WebError::internal(&e))?
            .map_err(Into::into)
    }

    /// Source address of a request, for limits.
    pub fn source(&self, req: &HttpRequest) -> IpAddr {
        limits::source(req, self.config.trusted_proxies)
    }

    /// Up to where the audit log of an organisation was found intact, and whether it still was at
    /// the last view.
    pub fn audited(&self, organisation: Id) -> Option<(Checkpoint, bool)> {
        self.audited.read().ok()?.get(&organisation).cloned()
    }

    /// Remembers up to where the audit log of an organisation was found intact. `None` is a log
    /// that was not: what was known before stays, and the next view reads all.
    pub fn set_audited(&self, organisation: Id, checkpoint: Option<Checkpoint>) {
        if let Ok(mut audited) = self.audited.write() {
            match checkpoint {
                Some(checkpoint) => drop(audited.insert(organisation, (checkpoint, true))),
                None => {
                    if let Some(known) = audited.get_mut(&organisation) {
                        known.1 = false;
                    }
                }
            }
        }
    }

    /// Whether an organisation is synthetic. This never changes, so it is cached.
    pub async fn is_synthetic(&self, organisation: Id) -> Result<bool, WebError> {
        let known = self
            .synthetic
            .read()
            .ok()
            .and_then(|cache| cache.get(&organisation).copied());
        if let Some(known) = known {
            return Ok(known);
        }
        let found = self
            .db
            .read(move |c| crate::accounts::organisation(c, organisation))
            .await?;
        let synthetic = found.synthetic;
        if let Ok(mut cache) = self.synthetic.write() {
            cache.insert(organisation, synthetic);
        }
        Ok(synthetic)
    }

    /// A published questionnaire. It never changes, so it is cached.
    ///
    /// # Errors
    /// [`AssessmentError::NoQuestionnaire`].
    pub async fn questionnaire(
        &self,
        organisation: Id,
        id: Id,
    ) -> Result<Arc<Questionnaire>, AssessmentError> {
        let known = self
            .questionnaires
            .read()
            .ok()
            .and_then(|cache| cache.get(&(organisation, id)).cloned());
        if let Some(known) = known {
            return Ok(known);
        }
        let read = self
            .db
            .read(move |c| crate::assessment::questionnaire(c, organisation, id))
            .await?;
        let read = Arc::new(read);
        if let Ok(mut cache) = self.questionnaires.write() {
            cache.insert((organisation, id), Arc::clone(&read));
        }
        Ok(read)
    }
}
