//! Messages that wait in the database for their readers, who may read different languages.

use serde::{Deserialize, Serialize};

use super::values::text_enum;
use crate::locale::{Locale, Message};

/// A message in a text column: its id and arguments as JSON, with its English text. A plain text,
/// as earlier versions stored it, is one as well.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StoredMessage(String);

#[derive(Serialize, Deserialize)]
struct Content {
    #[serde(flatten)]
    message: Message,
    /// Text for a version that has no text with this id.
    english: String,
}

impl StoredMessage {
    /// The message as it is stored.
    pub fn of(message: &Message) -> Self {
        let english = Locale::english().format(message);
        let content = Content {
            message: message.clone(),
            english: english.clone(),
        };
        Self(serde_json::to_string(&content).unwrap_or(english))
    }

    /// The text for a reader.
    pub fn text(&self, locale: &Locale) -> String {
        match serde_json::from_str::<Content>(&self.0) {
            Ok(content) => locale
                .format_stored(&content.message)
                .unwrap_or(content.english),
            Err(_) => self.0.clone(),
        }
    }

    /// The stored form of the message.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A stored message; every text is one.
    pub fn parse(stored: &str) -> Option<Self> {
        Some(Self(stored.to_owned()))
    }
}

text_enum!(StoredMessage);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::msg;

    fn greek() -> Locale {
        let text = "row-missing = \u{3bb}\u{3b5}\u{3af}\u{3c0}\u{3b5}\u{3b9}\n";
        Locale::parse("el", &[("feedback", text)]).expect("parses")
    }

    #[test]
    fn a_stored_message_has_a_text_in_the_language_of_each_reader() {
        let stored = StoredMessage::of(&msg!("row-missing"));
        assert_eq!(stored.text(Locale::english()), "The value is missing");
        assert_eq!(
            stored.text(&greek()),
            "\u{3bb}\u{3b5}\u{3af}\u{3c0}\u{3b5}\u{3b9}"
        );
    }

    #[test]
    fn a_message_without_a_text_in_this_version_is_in_english() {
        let stored = StoredMessage::of(&msg!("row-not-thumb", text = "maybe"));
        let english = stored.text(Locale::english());
        assert!(english.contains("maybe"), "{english}");
        assert_eq!(stored.text(&greek()), english);
    }

    #[test]
    fn a_text_of_an_earlier_version_stays_as_it_is() {
        for text in ["is missing", "", "3", "{\"id\": 1}"] {
            let stored = StoredMessage::parse(text).expect("is one");
            assert_eq!(stored.text(&greek()), text);
        }
    }
}
