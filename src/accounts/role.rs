//! Roles.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    locale::{Localised, Message},
    msg,
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
