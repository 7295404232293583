//! Addresses of contacts in the system that feedback comes from. Pure.

use serde::{Deserialize, Serialize};

/// Stands for the id of the contact.
const PLACEHOLDER: &str = "{id}";
/// Longest address, in bytes.
const LONGEST: usize = 500;

/// Address of contacts, with `{id}` for the id of one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ContactLink(String);

/// Error of an address that cannot be one of a contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "contact_link must be an address that begins with https:// or http:// and contains {{id}} once, after the host"
)]
pub struct ContactLinkError;

impl TryFrom<String> for ContactLink {
    type Error = ContactLinkError;

    fn try_from(text: String) -> Result<Self, ContactLinkError> {
        let rest = ["https://", "http://"]
            .iter()
            .find_map(|scheme| text.strip_prefix(scheme))
            .ok_or(ContactLinkError)?;
        // The id must not change whom the link leads to.
        let host = rest.find(['/', '?', '#']).ok_or(ContactLinkError)?;
        let place = rest.find(PLACEHOLDER).ok_or(ContactLinkError)?;
        let is_plain = text.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
        let is_one = text.matches(PLACEHOLDER).count() == 1;
        if host == 0 || place < host || !is_plain || !is_one || text.len() > LONGEST {
            return Err(ContactLinkError);
        }
        Ok(Self(text))
    }
}

impl From<ContactLink> for String {
    fn from(link: ContactLink) -> Self {
        link.0
    }
}

impl ContactLink {
    /// The address of a contact; the id is percent-encoded.
    pub fn of(&self, id: &str) -> String {
        let encoded = id.bytes().map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(byte).to_string()
            }
            other => format!("%{other:02X}"),
        });
        self.0.replace(PLACEHOLDER, &encoded.collect::<String>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_leads_to_the_contact_and_nowhere_else() {
        let link = |text: &str| ContactLink::try_from(text.to_owned());
        let crm = link("https://crm.example/c/{id}?tab=1").expect("an address");
        assert_eq!(crm.of("A-17"), "https://crm.example/c/A-17?tab=1");
        assert_eq!(
            crm.of("ä/../x?y#\" onclick"),
            "https://crm.example/c/%C3%A4%2F..%2Fx%3Fy%23%22%20onclick?tab=1"
        );
        for wrong in [
            "javascript:alert({id})",
            "https://{id}.example/",
            "https://crm.example/c/",
            "https://crm.example/{id}/{id}",
            "https://crm.example/c {id}",
            "https:///{id}",
            "/c/{id}",
        ] {
            assert_eq!(link(wrong), Err(ContactLinkError), "{wrong}");
        }
    }
}
