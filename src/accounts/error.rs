//! Errors of this capability.

use super::{api_keys::state::KeyState, credentials::CredentialError};
use crate::{
    db::DbError,
    locale::{Localised, Message, english},
    mail::MailError,
    msg,
};

/// Errors about organisations, people and sessions.
#[derive(Debug, thiserror::Error)]
#[error("{}", english(self))]
pub enum AccountsError {
    BadLogin,
    SignedOut,
    WrongPassword,
    EmailTaken,
    OrganisationTaken,
    BadEmail,
    BadName,
    NoOrganisation,
    NoTimeZone,
    NoRegion,
    AgentReference,
    DepartmentName,
    AgentTaken,
    NoPerson,
    RoleNeeded,
    /// The role agent together with one that may read and change what is recorded about agents.
    RolesConflict,
    LastAdministrator,
    OwnAccount,
    NotActive,
    AlreadyActive,
    NoSession,
    NoAgent,
    /// A one-time link that does not exist or was used.
    NoLink,
    LinkExpired,
    #[error(transparent)]
    Mail(#[from] MailError),
    CodeMissing,
    WrongCode,
    TwoStepSetUp,
    TwoStepOn,
    TwoStepOff,
    TwoStepRequired,
    TwoStepOwn,
    Sealing,
    NoKey,
    NoScope,
    KeyDays {
        least: u32,
        most: u32,
    },
    KeyUnknown,
    /// A key that does not work now.
    KeyRefused(KeyState),
    #[error(transparent)]
    Credential(#[from] CredentialError),
    #[error(transparent)]
    Db(#[from] DbError),
}

impl Localised for AccountsError {
    fn message(&self) -> Message {
        match self {
            Self::BadLogin => msg!("error-bad-login"),
            Self::SignedOut => msg!("error-signed-out"),
            Self::WrongPassword => msg!("error-wrong-password"),
            Self::EmailTaken => msg!("error-email-taken"),
            Self::OrganisationTaken => msg!("error-organisation-taken"),
            Self::BadEmail => msg!("error-bad-email"),
            Self::BadName => msg!("error-bad-name"),
            Self::NoOrganisation => msg!("error-no-organisation"),
            Self::NoTimeZone => msg!("error-no-time-zone"),
            Self::NoRegion => msg!("error-no-region"),
            Self::AgentReference => msg!("error-agent-reference"),
            Self::DepartmentName => msg!("error-department-name"),
            Self::AgentTaken => msg!("error-agent-taken"),
            Self::NoPerson => msg!("error-no-person"),
            Self::RoleNeeded => msg!("error-role-needed"),
            Self::RolesConflict => msg!("error-roles-conflict"),
            Self::LastAdministrator => msg!("error-last-administrator"),
            Self::OwnAccount => msg!("error-own-account"),
            Self::NotActive => msg!("error-account-not-active"),
            Self::AlreadyActive => msg!("error-account-active"),
            Self::NoSession => msg!("error-no-session"),
            Self::NoAgent => msg!("error-no-agent-here"),
            Self::NoLink => msg!("error-no-account-link"),
            Self::LinkExpired => msg!("error-account-link-expired"),
            Self::Mail(e) => e.message(),
            Self::CodeMissing => msg!("error-code-missing"),
            Self::WrongCode => msg!("error-wrong-code"),
            Self::TwoStepSetUp => msg!("error-two-step-set-up"),
            Self::TwoStepOn => msg!("error-two-step-on"),
            Self::TwoStepOff => msg!("error-two-step-off"),
            Self::TwoStepRequired => msg!("error-two-step-required"),
            Self::TwoStepOwn => msg!("error-two-step-own"),
            Self::NoKey => msg!("error-no-api-key"),
            Self::NoScope => msg!("error-no-scope"),
            Self::KeyDays { least, most } => {
                msg!("error-api-key-days", least = *least, most = *most)
            }
            Self::KeyUnknown => msg!("error-api-key-unknown"),
            Self::KeyRefused(state) => match state {
                KeyState::Expired => msg!("error-api-key-expired"),
                KeyState::FormerSecret => msg!("error-api-key-former-secret"),
                KeyState::CreatorUnfit => msg!("error-api-key-creator-unfit"),
                KeyState::Active | KeyState::Revoked => msg!("error-api-key-revoked"),
            },
            Self::Sealing => msg!("error-internal"),
            Self::Credential(e) => e.message(),
            Self::Db(e) => e.message(),
        }
    }
}

/// Result with this capability's error.
pub type Result<T> = std::result::Result<T, AccountsError>;
