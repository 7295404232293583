//! Passwords, opaque tokens and access tokens. Pure: no database, the clock is an argument.

use std::sync::LazyLock;

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use rand::RngExt;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::actor::{Actor, Role};
use crate::{
    locale::{Localised, Message, english},
    msg,
    types::hex,
    types::{Id, Instant},
};

/// Shortest password taken.
pub const MIN_PASSWORD: usize = 12;
/// Longest password taken: hashing must stay bounded.
const MAX_PASSWORD: usize = 256;
/// How long an access token is good for, in seconds. Short, because nothing but time takes it back.
pub const ACCESS_SECONDS: i64 = 600;

/// A credential is refused or cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum CredentialError {
    #[error("{}", english(self))]
    PasswordLength,
    #[error("the password could not be hashed")]
    Hash(#[source] argon2::password_hash::Error),
    #[error("the access token could not be signed")]
    Sign(#[source] jsonwebtoken::errors::Error),
}

impl Localised for CredentialError {
    fn message(&self) -> Message {
        match self {
            Self::PasswordLength => msg!(
                "error-password-length",
                min = MIN_PASSWORD,
                max = MAX_PASSWORD
            ),
            Self::Hash(_) | Self::Sign(_) => msg!("error-internal"),
        }
    }
}

/// Hashes a new password with argon2id, 19 MiB, two passes.
///
/// # Errors
/// When the password is too short or too long.
pub fn hash_password(password: &str) -> Result<String, CredentialError> {
    if !(MIN_PASSWORD..=MAX_PASSWORD).contains(&password.chars().count()) {
        return Err(CredentialError::PasswordLength);
    }
    Argon2::default()
        .hash_password(password.as_bytes())
        .map(|h| h.to_string())
        .map_err(CredentialError::Hash)
}

/// Whether `password` is the one behind `hash`. With `None`, an unknown person, it costs the same time and says no.
pub fn verify_password(hash: Option<&str>, password: &str) -> bool {
    static NOBODY: LazyLock<String> = LazyLock::new(|| {
        Argon2::default()
            .hash_password(b"nobody has this password")
            .map(|h| h.to_string())
            .unwrap_or_default()
    });
    let known = hash.is_some();
    let matches = PasswordHash::new(hash.unwrap_or(&NOBODY)).is_ok_and(|parsed| {
        Argon2::default()
            .verify_password(password.as_bytes(), &parsed)
            .is_ok()
    });
    known && matches && password.len() <= MAX_PASSWORD * 4
}

/// A random token of 256 bits, safe in an address. It is shown once; only its [`token_hash`] is kept.
pub fn new_token() -> String {
    URL_SAFE_NO_PAD.encode(rand::rng().random::<[u8; 32]>())
}

/// What is stored of a token: SHA-256, enough because the token itself is random.
pub fn token_hash(token: &str) -> String {
    hex(&Sha256::digest(token.as_bytes()))
}

/// What an access token says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Claims {
    /// Person.
    pub sub: Id,
    /// Organisation.
    pub org: Id,
    pub role: Role,
    /// The agent this person is, when they are one.
    pub agent: Option<Id>,
    pub name: String,
    /// Expiry, seconds since 1970.
    pub exp: i64,
}

/// Signs and reads access tokens.
#[derive(Clone)]
pub struct AccessKeys {
    encoding: EncodingKey,
    decoding: DecodingKey,
}

impl AccessKeys {
    /// Keys from the operator's secret.
    pub fn new(secret: &str) -> Self {
        Self {
            encoding: EncodingKey::from_secret(secret.as_bytes()),
            decoding: DecodingKey::from_secret(secret.as_bytes()),
        }
    }

    /// A bearer token for [`ACCESS_SECONDS`] from `now`.
    ///
    /// # Errors
    /// When signing fails.
    pub fn issue(&self, actor: &Actor, now: Instant) -> Result<String, CredentialError> {
        let claims = Claims {
            sub: actor.person,
            org: actor.organisation,
            role: actor.role,
            agent: actor.agent,
            name: actor.name.clone(),
            exp: now.0.timestamp() + ACCESS_SECONDS,
        };
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &self.encoding)
            .map_err(CredentialError::Sign)
    }

    /// The person behind a bearer token, or `None` when it is not ours or no longer good.
    pub fn verify(&self, token: &str) -> Option<Actor> {
        let mut validation = Validation::new(Algorithm::HS256);
        validation.leeway = 0;
        let claims = jsonwebtoken::decode::<Claims>(token, &self.decoding, &validation)
            .ok()?
            .claims;
        Some(Actor {
            organisation: claims.org,
            person: claims.sub,
            role: claims.role,
            agent: claims.agent,
            name: claims.name,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_verifies_and_nobody_never_does() {
        let hash = hash_password("correct horse battery").expect("long enough");
        assert!(hash.starts_with("$argon2id$"), "{hash}");
        assert!(verify_password(Some(&hash), "correct horse battery"));
        assert!(!verify_password(Some(&hash), "correct horse batterz"));
        assert!(!verify_password(None, "nobody has this password"));
        assert!(hash_password("short").is_err());
    }

    #[test]
    fn an_access_token_expires_and_is_bound_to_its_key() {
        let actor = Actor {
            organisation: Id::new(),
            person: Id::new(),
            role: Role::Coach,
            agent: None,
            name: "C".to_owned(),
        };
        let keys = AccessKeys::new("0123456789abcdef0123456789abcdef");
        let fresh = keys.issue(&actor, Instant::now()).expect("signs");
        assert_eq!(keys.verify(&fresh).map(|a| a.person), Some(actor.person));
        assert!(
            AccessKeys::new("another secret, also long enough.")
                .verify(&fresh)
                .is_none()
        );
        let old = keys
            .issue(
                &actor,
                Instant::now().plus(chrono::Duration::seconds(-ACCESS_SECONDS - 1)),
            )
            .expect("signs");
        assert!(keys.verify(&old).is_none());
    }
}
