//! Encryption of the secrets of authenticator apps (XChaCha20-Poly1305) with a key that is derived
//! from the secret of the installation, which is not in the database. Pure.

use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use rand::RngExt;

use crate::types::{Id, keyed_hash};

/// Length of a nonce in bytes. Random ones of this length do not repeat.
const NONCE_BYTES: usize = 24;

/// Seals and opens secrets.
#[derive(Clone)]
pub struct SealingKey(XChaCha20Poly1305);

impl SealingKey {
    /// Derives the key from the secret of the installation.
    pub fn derive(secret: &str) -> Self {
        let key = keyed_hash(secret.as_bytes(), &[b"secrets of authenticator apps"]);
        Self(XChaCha20Poly1305::new(&key.into()))
    }

    /// Seals the secret of a person of an organisation: nonce, ciphertext and tag in base64. `None`
    /// if it is longer than the algorithm takes.
    pub fn seal(&self, owner: (Id, Id), secret: &[u8]) -> Option<String> {
        let nonce: [u8; NONCE_BYTES] = rand::rng().random();
        let about = about(owner);
        let payload = Payload {
            msg: secret,
            aad: about.as_bytes(),
        };
        let sealed = self.0.encrypt(&XNonce::from(nonce), payload).ok()?;
        Some(STANDARD_NO_PAD.encode([nonce.as_slice(), sealed.as_slice()].concat()))
    }

    /// Opens what [`seal`](Self::seal) made; `None` with another key, of another person, or after a
    /// change.
    pub fn open(&self, owner: (Id, Id), sealed: &str) -> Option<Vec<u8>> {
        let bytes = STANDARD_NO_PAD.decode(sealed).ok()?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE_BYTES>()?;
        let about = about(owner);
        let payload = Payload {
            msg: sealed,
            aad: about.as_bytes(),
        };
        self.0.decrypt(&XNonce::from(*nonce), payload).ok()
    }
}

/// Binds a secret to its owner, so that it is of no use in the row of another.
fn about((organisation, person): (Id, Id)) -> String {
    format!("{organisation} {person}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_opens_only_with_its_key_for_its_owner_and_unchanged() {
        let key = SealingKey::derive("0123456789abcdef0123456789abcdef");
        let owner = (Id::new(), Id::new());
        let sealed = key.seal(owner, b"secret").expect("seals");
        assert_ne!(Some(&sealed), key.seal(owner, b"secret").as_ref());
        assert_eq!(key.open(owner, &sealed).as_deref(), Some(&b"secret"[..]));
        let other = SealingKey::derive("another secret, also long enough.");
        assert_eq!(other.open(owner, &sealed), None);
        assert_eq!(key.open((owner.0, Id::new()), &sealed), None);
        let changed = sealed.replacen(
            &sealed[40..41],
            if &sealed[40..41] == "A" { "B" } else { "A" },
            1,
        );
        assert_eq!(key.open(owner, &changed), None);
        for short in ["", "AAAA", "?"] {
            assert_eq!(key.open(owner, short), None);
        }
    }
}
