//! Content and state of a mail.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    locale::{Locale, Localised, Message},
    msg,
    types::Id,
};

/// Purpose of a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MailKind {
    /// A new account, whose owner chooses a password.
    Invitation,
    /// A new password for an account.
    PasswordReset,
}

impl MailKind {
    /// Every kind.
    pub const ALL: [Self; 2] = [Self::Invitation, Self::PasswordReset];

    /// Stable name, as stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Invitation => "invitation",
            Self::PasswordReset => "password_reset",
        }
    }

    /// The kind with this stable name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// The subject, without personal data: servers on the way can read and keep it.
    pub(super) fn subject(self) -> Message {
        match self {
            Self::Invitation => msg!("mail-invitation-subject"),
            Self::PasswordReset => msg!("mail-password-reset-subject"),
        }
    }

    fn text(self, mail: &NewMail<'_>) -> Message {
        let (name, organisation, link) = (mail.name, mail.organisation_name, mail.link);
        match self {
            Self::Invitation => msg!(
                "mail-invitation-text",
                name = name,
                organisation = organisation,
                link = link
            ),
            Self::PasswordReset => msg!(
                "mail-password-reset-text",
                name = name,
                organisation = organisation,
                link = link
            ),
        }
    }
}

impl Localised for MailKind {
    fn message(&self) -> Message {
        match self {
            Self::Invitation => msg!("mail-kind-invitation"),
            Self::PasswordReset => msg!("mail-kind-password-reset"),
        }
    }
}

/// State of a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MailState {
    /// Waits to be handed over.
    Queued,
    /// Handed over to the mail server, or passed on by an administrator.
    Sent,
    /// Not handed over after all attempts, or too old.
    Failed,
    /// Refused by the mail server for good.
    Bounced,
    /// Its link was replaced or is not needed any more.
    Withdrawn,
}

impl MailState {
    /// Every state.
    pub const ALL: [Self; 5] = [
        Self::Queued,
        Self::Sent,
        Self::Failed,
        Self::Bounced,
        Self::Withdrawn,
    ];

    /// Stable name, as stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::Bounced => "bounced",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The state with this stable name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }
}

impl Localised for MailState {
    fn message(&self) -> Message {
        match self {
            Self::Queued => msg!("mail-queued"),
            Self::Sent => msg!("mail-sent"),
            Self::Failed => msg!("mail-failed"),
            Self::Bounced => msg!("mail-bounced"),
            Self::Withdrawn => msg!("mail-withdrawn"),
        }
    }
}

/// A mail to be written.
#[derive(Clone, Debug)]
pub struct NewMail<'a> {
    pub organisation: Id,
    pub organisation_name: &'a str,
    pub person: Id,
    pub name: &'a str,
    pub recipient: &'a str,
    pub kind: MailKind,
    /// One-time link that the text contains.
    pub link: &'a str,
}

impl NewMail<'_> {
    /// The text. In languages from right to left, names are isolated; marks around the link would
    /// become part of its address.
    pub(super) fn body(&self, locale: &Locale) -> String {
        let text = locale.format(&self.kind.text(self));
        text.replace(&format!("\u{2068}{}\u{2069}", self.link), self.link)
    }
}
