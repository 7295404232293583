//! Roles, and the person behind a request.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    audit,
    db::{DbConnection, DbResult},
    locale::{Localised, Message},
    msg,
    types::{Id, Instant},
};

/// What a person may do in their organisation.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, clap::ValueEnum, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Admin,
    Recruiter,
    Analyst,
    Coach,
    /// Sees the themes that a department owns and posts updates on them.
    Department,
    Agent,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 6] = [
        Self::Admin,
        Self::Recruiter,
        Self::Analyst,
        Self::Coach,
        Self::Department,
        Self::Agent,
    ];

    /// Whether people with this role may see candidates and their scores.
    pub fn sees_candidates(self) -> bool {
        matches!(self, Self::Admin | Self::Recruiter)
    }

    /// Stable name, as stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Recruiter => "recruiter",
            Self::Analyst => "analyst",
            Self::Coach => "coach",
            Self::Department => "department",
            Self::Agent => "agent",
        }
    }

    /// The role with this stable name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == name)
    }
}

impl Localised for Role {
    fn message(&self) -> Message {
        match self {
            Self::Admin => msg!("role-admin"),
            Self::Recruiter => msg!("role-recruiter"),
            Self::Analyst => msg!("role-analyst"),
            Self::Coach => msg!("role-coach"),
            Self::Department => msg!("role-department"),
            Self::Agent => msg!("role-agent"),
        }
    }
}

/// The person behind a request.
#[derive(Clone, Debug)]
pub struct Actor {
    pub organisation: Id,
    pub person: Id,
    pub role: Role,
    /// The agent that this person is, if they are one.
    pub agent: Option<Id>,
    pub name: String,
}

impl Actor {
    /// The label of this person in the audit log.
    pub fn label(&self) -> String {
        format!("person:{}", self.person)
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
