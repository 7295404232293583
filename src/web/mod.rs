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
pub mod hiring;
pub mod openapi;
pub mod operations;
pub mod render;
pub mod routes;
pub mod upload;
pub mod validity;

use std::{
    collections::BTreeMap,
    sync::{Arc, RwLock},
};

use tokio::sync::Notify;

use crate::{
    accounts::AccessKeys,
    assessment::{AssessmentError, Questionnaire, writer::AnswerWriter},
    config::Config,
    db::Database,
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
    pub config: Arc<Config>,
    /// Rung after enqueueing, so that the worker need not wait for its next look.
    pub wake: Arc<Notify>,
    questionnaires: Arc<RwLock<Questionnaires>>,
}

impl State {
    /// Everything handlers need.
    pub fn new(
        db: Database,
        writer: AnswerWriter,
        keys: AccessKeys,
        config: Arc<Config>,
        wake: Arc<Notify>,
    ) -> Self {
        Self {
            db,
            writer,
            keys,
            config,
            wake,
            questionnaires: Arc::default(),
        }
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
