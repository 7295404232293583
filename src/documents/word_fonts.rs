//! Fonts that word processors have, by script.
//!
//! Word chooses between the four fonts of a run by character, but a run has one font for all of
//! East Asia and one for all complex scripts. Text is therefore cut where the script changes.

use unicode_script::{Script, UnicodeScript};

/// Metrically equal fonts exist everywhere; it also has Greek, Cyrillic, Arabic and Hebrew.
pub(super) const DEFAULT: &str = "Times New Roman";

/// Cuts a text into pieces of one font; `None` is the default font. White space and punctuation
/// stay with what is before them.
pub(super) fn pieces(text: &str) -> Vec<(Option<&'static str>, String)> {
    let mut pieces: Vec<(Option<&'static str>, String)> = Vec::new();
    let east_asian = east_asian_font(text);
    for c in text.chars() {
        let font = match c.script() {
            _ if is_emoji(c) => Some(Some("Segoe UI Emoji")),
            Script::Han
            | Script::Hiragana
            | Script::Katakana
            | Script::Bopomofo
            | Script::Hangul => Some(Some(east_asian)),
            Script::Thai | Script::Lao => Some(Some("Leelawadee UI")),
            Script::Devanagari
            | Script::Bengali
            | Script::Tamil
            | Script::Telugu
            | Script::Gujarati
            | Script::Kannada
            | Script::Malayalam
            | Script::Gurmukhi
            | Script::Oriya
            | Script::Sinhala => Some(Some("Nirmala UI")),
            Script::Common | Script::Inherited => None,
            _ => Some(None),
        };
        match pieces.last_mut() {
            Some((last, piece)) if font.is_none_or(|font| font == *last) => piece.push(c),
            _ => pieces.push((font.flatten(), c.to_string())),
        }
    }
    pieces
}

/// The font of Han characters depends on the language, which the other characters tell.
fn east_asian_font(text: &str) -> &'static str {
    let has = |scripts: &[Script]| text.chars().any(|c| scripts.contains(&c.script()));
    if has(&[Script::Hiragana, Script::Katakana]) {
        "Yu Gothic"
    } else if has(&[Script::Hangul]) {
        "Malgun Gothic"
    } else {
        "Microsoft YaHei"
    }
}

fn is_emoji(c: char) -> bool {
    matches!(c, '\u{2600}'..='\u{27bf}' | '\u{1f000}'..='\u{1faff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_script_has_a_font_that_word_has() {
        let named = |text: &str| {
            let pieces = pieces(text).into_iter();
            let font = |(font, piece)| format!("{piece}={}", Option::unwrap_or(font, DEFAULT));
            pieces.map(font).collect::<Vec<_>>().join("|")
        };
        assert_eq!(named("Good, danke"), "Good, danke=Times New Roman");
        assert_eq!(
            named("ok 谢谢! bye"),
            "ok =Times New Roman|谢谢! =Microsoft YaHei|bye=Times New Roman"
        );
        assert_eq!(named("親切でした"), "親切でした=Yu Gothic");
        assert_eq!(named("감사 合"), "감사 合=Malgun Gothic");
        assert_eq!(named("ขอบคุณ"), "ขอบคุณ=Leelawadee UI");
        assert_eq!(named("धन्यवाद"), "धन्यवाद=Nirmala UI");
        assert_eq!(named("👍"), "👍=Segoe UI Emoji");
        assert_eq!(named("شكرا"), "شكرا=Times New Roman");
    }
}
