//! Kinds of sessions and how long they last.

use chrono::Duration;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    locale::{Localised, Message},
    msg,
};

/// Hours until a browser has to sign in again.
pub const SESSION_HOURS: i64 = 12;
/// Days until a refresh token expires.
const REFRESH_DAYS: i64 = 30;

/// The kind of token that identifies a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SessionKind {
    /// A browser's cookie.
    Browser,
    /// A refresh token of the API.
    Refresh,
}

impl SessionKind {
    /// Stable name, as stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Browser => "browser",
            Self::Refresh => "refresh",
        }
    }

    /// The kind with this stable name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Browser, Self::Refresh]
            .into_iter()
            .find(|kind| kind.as_str() == name)
    }

    /// Time from issue to expiry of a token.
    pub fn lifetime(self) -> Duration {
        match self {
            Self::Browser => Duration::hours(SESSION_HOURS),
            Self::Refresh => Duration::days(REFRESH_DAYS),
        }
    }
}

impl Localised for SessionKind {
    fn message(&self) -> Message {
        match self {
            Self::Browser => msg!("session-browser"),
            Self::Refresh => msg!("session-program"),
        }
    }
}
