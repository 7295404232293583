//! The first start of an empty service: its organisation with the built-in questionnaire, and the
//! first administrator.
//!
//! Whoever reads the log of an empty service finds a code in it, and with that code founds the
//! organisation on a page. The code follows from the secret, so that all replicas have the same,
//! and is void as soon as there is an organisation.

use crate::{
    accounts::{self, AccountsError, NewPerson, Role},
    assessment::{self, AssessmentError, Questionnaire, questionnaire::SERVICE_ATTITUDE},
    db::{DbConnection, DbError, lock_first_start},
    locale::{Localised, Message, english},
    msg,
    toml_file::TomlError,
    types::{Id, Instant, hex, keyed_hash},
};

/// Length of the code, which has four bits a character.
const CODE_CHARS: usize = 24;

/// Errors of the first start.
#[derive(Debug, thiserror::Error)]
#[error("{}", english(self))]
pub enum SetupError {
    /// There is an organisation.
    Done,
    WrongCode,
    #[error("the built-in questionnaire cannot be read")]
    Questionnaire(#[from] TomlError),
    #[error(transparent)]
    Accounts(#[from] AccountsError),
    #[error(transparent)]
    Assessment(#[from] AssessmentError),
    #[error(transparent)]
    Db(#[from] DbError),
}

impl Localised for SetupError {
    fn message(&self) -> Message {
        match self {
            Self::Done => msg!("error-setup-done"),
            Self::WrongCode => msg!("error-setup-code"),
            Self::Questionnaire(_) => msg!("error-internal"),
            Self::Accounts(e) => e.message(),
            Self::Assessment(e) => e.message(),
            Self::Db(e) => e.message(),
        }
    }
}

/// Result with this capability's error.
pub type Result<T> = std::result::Result<T, SetupError>;

/// Whether there is no organisation yet.
pub fn is_needed(c: &mut DbConnection) -> Result<bool> {
    Ok(accounts::organisations(c)?.is_empty())
}

/// The code of a service with this secret.
pub fn code(secret: &str) -> String {
    let mut code = hex(&keyed_hash(
        secret.as_bytes(),
        &[b"code of the first start"],
    ));
    code.truncate(CODE_CHARS);
    code
}

/// Checks an entered code in the same time wherever it differs.
///
/// # Errors
/// [`SetupError::WrongCode`].
pub fn check_code(secret: &str, entered: &str) -> Result<()> {
    let hash = |code: &str| keyed_hash(secret.as_bytes(), &[code.as_bytes()]);
    if hash(&code(secret)) == hash(&entered.trim().to_lowercase()) {
        Ok(())
    } else {
        Err(SetupError::WrongCode)
    }
}

/// Creates an organisation with the built-in questionnaire.
///
/// # Errors
/// [`SetupError::Accounts`] if the name is unusable or taken.
pub fn found(c: &mut DbConnection, name: &str, now: Instant) -> Result<Id> {
    let id = accounts::create_organisation(c, name, false, now)?;
    let shipped = Questionnaire::parse(SERVICE_ATTITUDE)?;
    assessment::publish(c, id, &shipped, "system", now)?;
    Ok(id)
}

/// The organisation and the administrator of an empty service.
#[derive(Clone, Debug)]
pub struct FirstAccount {
    pub organisation: String,
    pub name: String,
    pub email: String,
    /// From [`hash_password`](accounts::credentials::hash_password).
    pub password_hash: String,
}

/// Founds the first organisation with its administrator.
///
/// # Errors
/// [`SetupError::Done`]; [`SetupError::Accounts`] for an unusable name or address.
pub fn set_up(c: &mut DbConnection, first: FirstAccount, now: Instant) -> Result<()> {
    lock_first_start(c)?;
    if !is_needed(c)? {
        return Err(SetupError::Done);
    }
    let organisation = found(c, &first.organisation, now)?;
    let person = NewPerson {
        email: first.email,
        name: first.name,
        role: Role::Admin,
        password_hash: first.password_hash,
        agent: None,
        department: None,
    };
    accounts::create_person(c, organisation, person, "system", now)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_secret_has_a_code_of_its_own() {
        let code = code("a secret");
        assert_eq!(code.len(), CODE_CHARS);
        assert!(check_code("a secret", &format!(" {} ", code.to_uppercase())).is_ok());
        for (secret, entered) in [
            ("another secret", &*code),
            ("a secret", ""),
            ("a secret", &code[1..]),
        ] {
            assert!(check_code(secret, entered).is_err(), "{secret} {entered}");
        }
    }
}
