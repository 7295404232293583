//! The person behind a request.

use super::roles::Roles;
use crate::{
    audit,
    db::{DbConnection, DbResult},
    types::{Id, Instant},
};

/// The person or the API key behind a request.
#[derive(Clone, Debug)]
pub struct Actor {
    pub organisation: Id,
    pub person: Id,
    pub roles: Roles,
    /// The agent that this person is, if they are one.
    pub agent: Option<Id>,
    /// The API key that acts, if it is one. Then `person` is whoever created it, and `name` is its
    /// name.
    pub api_key: Option<Id>,
    pub name: String,
}

impl Actor {
    /// The label of this person, or of the API key that acts, in the audit log.
    pub fn label(&self) -> String {
        match self.api_key {
            Some(key) => format!("key:{key}"),
            None => format!("person:{}", self.person),
        }
    }

    /// An event that this person caused.
    pub fn event<'a>(&self, action: &'a str, object: (&'a str, impl ToString)) -> audit::Event<'a> {
        audit::Event::new(self.organisation, self.label(), action, object)
    }

    /// Records in the audit log what this person did to an object.
    pub fn record(
        &self,
        c: &mut DbConnection,
        action: &str,
        object: (&str, impl ToString),
        now: Instant,
    ) -> DbResult<()> {
        audit::record(c, self.event(action, object), now)
    }
}
