//! HTTP on top of everything: pages and JSON side by side, one file a capability, all routes in [`routes`].
//!
//! A handler unpacks, calls one function of a capability, and wraps. [`auth`] decides who may call it, by the row of
//! the route table; [`error`] turns every failure into one shape.

pub mod accounts;
pub mod assessment;
pub mod auth;
pub mod coaching;
pub mod error;
pub mod feedback;
pub mod freezes;
pub mod hiring;
pub mod multipart;
pub mod openapi;
pub mod operations;
pub mod overview;
pub mod plans;
pub mod render;
pub mod routes;
pub mod sources;
pub mod tagging;
pub mod teams;
pub mod validity;
pub mod voices;

use std::{
    collections::BTreeMap,
    sync::{Arc, RwLock},
};

use tokio::sync::{Notify, Semaphore};

use crate::{
    accounts::AccessKeys,
    assessment::{AssessmentError, Questionnaire, writer::AnswerWriter},
    config::Config,
    db::Database,
    feedback::sources::DeliveryKeys,
    types::Id,
};

/// By organisation and id.
type Questionnaires = BTreeMap<(Id, Id), Arc<Questionnaire>>;

/// What handlers may reach.
#[derive(Clone)]
pub struct State {
    pub db: Database,
    pub writer: AnswerWriter,
    pub keys: AccessKeys,
    /// For signed deliveries of feedback.
    pub deliveries: DeliveryKeys,
    pub config: Arc<Config>,
    /// Rung after enqueueing, so that the worker need not wait for its next look.
    pub wake: Arc<Notify>,
    /// How many passwords are hashed at once: each takes 19 MB, and anybody may ask.
    hashing: Arc<Semaphore>,
    questionnaires: Arc<RwLock<Questionnaires>>,
    synthetic: Arc<RwLock<BTreeMap<Id, bool>>>,
}

impl State {
    /// Everything handlers need.
    pub fn new(
        db: Database,
        writer: AnswerWriter,
        keys: AccessKeys,
        deliveries: DeliveryKeys,
        config: Arc<Config>,
        wake: Arc<Notify>,
    ) -> Self {
        Self {
            db,
            writer,
            keys,
            deliveries,
            config,
            wake,
            hashing: Arc::new(Semaphore::new(4)),
            questionnaires: Arc::default(),
            synthetic: Arc::default(),
        }
    }

    /// Runs `work` that hashes a password, on a thread of its own and with few others beside it.
    ///
    /// # Errors
    /// [`error::Code::Busy`] after ten seconds in the queue.
    pub async fn hashing<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, error::WebError> {
        let patience = std::time::Duration::from_secs(10);
        let turn = tokio::time::timeout(patience, Arc::clone(&self.hashing).acquire_owned()).await;
        let Ok(Ok(turn)) = turn else {
            return Err(crate::db::DbError::Busy.into());
        };
        let done = actix_web::web::block(move || {
            let _turn = turn;
            work()
        });
        done.await.map_err(|e| error::WebError::internal(&e))
    }

    /// Whether an organisation is made up. It never changes, so it is read once.
    ///
    /// # Errors
    /// Database errors.
    pub async fn is_synthetic(&self, organisation: Id) -> Result<bool, error::WebError> {
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

    /// A published questionnaire. It never changes, so it is read once.
    ///
    /// # Errors
    /// When there is none of this id.
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
