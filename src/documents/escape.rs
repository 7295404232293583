//! Escaping of text for XML and HTML.

use std::fmt;

use askama::filters::Escaper;

/// Escapes the text of a document template; named in `askama.toml`.
#[derive(Clone, Copy, Debug)]
pub struct XmlEscaper;

impl Escaper for XmlEscaper {
    fn write_escaped_str<W: fmt::Write>(&self, mut out: W, text: &str) -> fmt::Result {
        for c in text.chars() {
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

/// Escapes text for XML and HTML.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    // Writing to a string cannot fail.
    let _infallible = XmlEscaper.write_escaped_str(&mut out, text);
    out
}
