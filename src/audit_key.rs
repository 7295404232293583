//! The key that signs the heads of the audit logs. It is derived from the secret of the
//! installation, which is not in the database: whoever can write the database can change a log, but
//! cannot sign it.

use std::sync::OnceLock;

use crate::types::{hex, keyed_hash};

/// A signing key. A program has one, like the secret it comes from.
#[derive(Debug)]
pub struct AuditKey {
    key: [u8; 32],
    id: String,
}

static INSTALLED: OnceLock<AuditKey> = OnceLock::new();

impl AuditKey {
    /// Derives the key from the secret of the installation.
    pub fn derive(secret: &str) -> Self {
        let key = keyed_hash(secret.as_bytes(), &[b"audit log"]);
        let id = hex(&keyed_hash(&key, &[b"name of the key"])[..8]);
        Self { key, id }
    }

    /// Name of the key, which gives nothing of it away: 16 hexadecimal digits.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// HMAC-SHA-256 over `fields`, each preceded by its length in bytes as a 64-bit big-endian
    /// integer; 64 hexadecimal digits.
    pub fn sign(&self, fields: &[&str]) -> String {
        let mut message = Vec::new();
        for field in fields {
            message.extend((field.len() as u64).to_be_bytes());
            message.extend(field.as_bytes());
        }
        hex(&keyed_hash(&self.key, &[&message]))
    }

    /// Makes this the key of the program, once; returns whether it is.
    pub fn install(self) -> bool {
        let id = self.id.clone();
        INSTALLED.get_or_init(|| self).id == id
    }

    /// The key of the program, if one was installed.
    pub fn installed() -> Option<&'static Self> {
        INSTALLED.get()
    }
}

#[cfg(test)]
mod tests {
    use super::AuditKey;

    /// Computed with Python's hmac and hashlib.
    #[test]
    fn signatures_are_hmac_over_fields_with_their_lengths() {
        let key = AuditKey::derive("0123456789abcdef0123456789abcdef");
        assert_eq!(key.id(), "e9afe55a6d0d94ab");
        assert_eq!(
            key.sign(&["audit head", "a", "7"]),
            "0ec858b558d5be3064187ca321fe88f764c3ee7e5b7afd3e036e0f0428ae53e3"
        );
        assert_ne!(key.sign(&["ab", "c"]), key.sign(&["a", "bc"]));
    }
}
