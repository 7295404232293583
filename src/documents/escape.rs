//! Escaping of text for XML and HTML. Characters that XML forbids or that change how other text is
//! shown are left out: values stored by older versions may hold them.

use std::{borrow::Cow, fmt};

use askama::filters::Escaper;

use crate::text::entered::is_hidden;

/// Escapes the text of a document template; named in `askama.toml`.
#[derive(Clone, Copy, Debug)]
pub struct XmlEscaper;

impl Escaper for XmlEscaper {
    fn write_escaped_str<W: fmt::Write>(&self, mut out: W, text: &str) -> fmt::Result {
        for c in visible(text).chars() {
            match c {
                '&' => out.write_str("&amp;")?,
                '<' => out.write_str("&lt;")?,
                '>' => out.write_str("&gt;")?,
                '"' => out.write_str("&quot;")?,
                '\'' => out.write_str("&#39;")?,
                other => out.write_char(other)?,
            }
        }
        Ok(())
    }
}

/// The text without [hidden](is_hidden) characters.
pub fn visible(text: &str) -> Cow<'_, str> {
    if text.contains(is_hidden) {
        Cow::Owned(text.replace(is_hidden, ""))
    } else {
        Cow::Borrowed(text)
    }
}

/// Escapes text for XML and HTML.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    // Writing to a string cannot fail.
    let _infallible = XmlEscaper.write_escaped_str(&mut out, text);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The characters of XML 1.0, fifth edition, production 2.
    fn is_xml(c: char) -> bool {
        matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
    }

    #[test]
    fn whatever_the_text_xml_allows_each_character() {
        let every: String = ('\0'..=char::MAX).collect();
        assert_eq!(escape(&every).chars().find(|c| !is_xml(*c)), None);
        assert_eq!(
            escape("a\t<b>\n\u{b}\u{1}&'\"é👩‍🔧"),
            "a\t&lt;b&gt;\n&amp;&#39;&quot;é👩‍🔧"
        );
    }
}
