//! Passwords, opaque tokens and access tokens. Pure: no database, and the time is an argument.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use rand::RngExt;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{easy_passwords, password_hash, token_signatures};
use crate::{
    locale::{Localised, Message, english},
    msg,
    types::{Id, Instant, hex},
};

/// Minimum length of a password, in characters.
pub const MIN_PASSWORD: usize = 12;
/// Maximum length of a password, in characters: it bounds the cost of hashing.
const MAX_PASSWORD: usize = 256;
/// Seconds until an access token expires.
pub const ACCESS_SECONDS: i64 = 600;

/// Errors about passwords and tokens.
#[derive(Debug, thiserror::Error)]
pub enum CredentialError {
    #[error("{}", english(self))]
    PasswordLength,
    #[error("{}", english(self))]
    EasyPassword,
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
            Self::EasyPassword => msg!("error-easy-password"),
            Self::Hash(_) | Self::Sign(_) => msg!("error-internal"),
        }
    }
}

/// Hashes a new password. `about` are words about its owner, which a password must not consist of:
/// name, address, organisation.
///
/// # Errors
/// [`CredentialError::PasswordLength`], [`CredentialError::EasyPassword`],
/// [`CredentialError::Hash`].
pub fn hash_password(password: &str, about: &[&str]) -> Result<String, CredentialError> {
    if !(MIN_PASSWORD..=MAX_PASSWORD).contains(&password.chars().count()) {
        return Err(CredentialError::PasswordLength);
    }
    if easy_passwords::is_easy(password, about) {
        return Err(CredentialError::EasyPassword);
    }
    password_hash::hash(password).map_err(CredentialError::Hash)
}

/// Whether `password` fits `hash`. `None` is an unknown person, and an empty hash one without a
/// password: the answer is no, after the same computing time.
pub fn verify_password(hash: Option<&str>, password: &str) -> bool {
    let hash = hash.filter(|hash| !hash.is_empty());
    password_hash::verify(hash, password) && password.len() <= MAX_PASSWORD * 4
}

/// A random token of 256 bits in URL-safe base64. Only its [`token_hash`] is stored.
pub fn new_token() -> String {
    URL_SAFE_NO_PAD.encode(rand::rng().random::<[u8; 32]>())
}

/// The stored form of a token: SHA-256. A slow hash is not needed because the token is random.
pub fn token_hash(token: &str) -> String {
    hex(&Sha256::digest(token.as_bytes()))
}

/// Content of an access token.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Claims {
    /// Person.
    pub sub: Id,
    /// Hash of the refresh token that came with it, whose session decides.
    pub sid: String,
    /// Expiry in seconds since 1970.
    pub exp: i64,
}

/// Signs and verifies access tokens (JWT, HS256).
#[derive(Clone)]
pub struct AccessKeys {
    secret: String,
    encoding: EncodingKey,
    decoding: DecodingKey,
}

impl AccessKeys {
    /// Keys from the operator's secret.
    pub fn new(secret: &str) -> Self {
        token_signatures::install();
        Self {
            secret: secret.to_owned(),
            encoding: EncodingKey::from_secret(secret.as_bytes()),
            decoding: DecodingKey::from_secret(secret.as_bytes()),
        }
    }

    /// The operator's secret, for other keyed values.
    pub fn secret(&self) -> &str {
        &self.secret
    }

    /// A bearer token that expires [`ACCESS_SECONDS`] after `now`, or with the session of the
    /// refresh token that it is issued with.
    ///
    /// # Errors
    /// [`CredentialError::Sign`].
    pub fn issue(
        &self,
        person: Id,
        refresh_token: &str,
        now: Instant,
    ) -> Result<String, CredentialError> {
        let claims = Claims {
            sub: person,
            sid: token_hash(refresh_token),
            exp: now.0.timestamp() + ACCESS_SECONDS,
        };
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &self.encoding)
            .map_err(CredentialError::Sign)
    }

    /// The content of a bearer token; `None` if it was signed with another key or has expired.
    pub fn verify(&self, token: &str) -> Option<Claims> {
        let mut validation = Validation::new(Algorithm::HS256);
        validation.leeway = 0;
        let decoded = jsonwebtoken::decode::<Claims>(token, &self.decoding, &validation);
        Some(decoded.ok()?.claims)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_right_password_of_a_known_person_verifies() {
        let hash = hash_password("correct horse battery", &[]).expect("long enough");
        assert!(hash.starts_with("$argon2id$"), "{hash}");
        assert!(verify_password(Some(&hash), "correct horse battery"));
        assert!(!verify_password(Some(&hash), "correct horse batterz"));
        assert!(!verify_password(None, "the password of no account"));
        assert!(!verify_password(Some(""), ""));
        assert!(hash_password("short", &[]).is_err());
    }

    #[test]
    fn an_access_token_expires_and_is_bound_to_its_key() {
        let person = Id::new();
        let keys = AccessKeys::new("0123456789abcdef0123456789abcdef");
        let fresh = keys.issue(person, "r", Instant::now()).expect("signs");
        let claims = keys.verify(&fresh).expect("its own");
        assert_eq!((claims.sub, claims.sid), (person, token_hash("r")));
        assert!(
            AccessKeys::new("another secret, also long enough.")
                .verify(&fresh)
                .is_none()
        );
        let old = keys
            .issue(
                person,
                "r",
                Instant::now().plus(chrono::Duration::seconds(-ACCESS_SECONDS - 1)),
            )
            .expect("signs");
        assert!(keys.verify(&old).is_none());
    }
}
