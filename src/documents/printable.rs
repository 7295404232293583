//! Readable substitutes for characters that no font has, so that nothing disappears in print.
//!
//! Emoji become their names in brackets, other characters their compatible form ("①" is "1") or
//! their code point. PDF/UA forbids missing glyphs, therefore this must leave none. The other
//! formats keep every character.

use std::{borrow::Cow, collections::BTreeMap, fmt::Write, sync::LazyLock};

use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;

use super::{
    escape::visible,
    fonts::{is_invisible, one_font_has},
};

/// Emoji without variation selectors and skin tones, and their names in Unicode's CLDR.
static EMOJI: LazyLock<BTreeMap<&str, &str>> = LazyLock::new(|| {
    include_str!("../../assets/emoji/names.tsv")
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .collect()
});

/// The text in characters that our fonts have.
pub(super) fn printable(text: &str) -> Cow<'_, str> {
    let text = visible(text);
    if text.is_ascii() && !text.contains('\r') {
        return text;
    }
    let text: String = text.nfc().collect();
    let mut out = Writer::default();
    for grapheme in text.graphemes(true) {
        write(grapheme, &mut out);
    }
    Cow::Owned(out.finish())
}

fn write(grapheme: &str, out: &mut Writer) {
    if grapheme.chars().all(is_space) {
        let newline = grapheme.contains('\n') || grapheme.contains('\r');
        out.push(if newline { "\n" } else { grapheme });
    } else if grapheme.chars().all(char::is_whitespace) {
        out.push(" ");
    } else if one_font_has(grapheme) {
        out.push(grapheme);
    } else if let Some(name) = emoji(grapheme) {
        out.emoji(name);
    } else {
        characters(grapheme, out);
    }
}

/// White space with a glyph or a meaning for the typesetter.
fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\u{a0}' | '\n' | '\r' | '\t' | '\u{3000}')
}

/// A grapheme that no font can set as a unit. What follows its first character would still join it,
/// and therefore gets a code point.
fn characters(grapheme: &str, out: &mut Writer) {
    for (at, c) in grapheme.chars().enumerate() {
        let compatible: String = std::iter::once(c).nfkc().collect();
        if is_invisible(c) {
        } else if at == 0 && one_font_has(c.encode_utf8(&mut [0; 4])) {
            out.character(c);
        } else if at == 0
            && compatible.chars().all(|c| !c.is_control())
            && one_font_has(&compatible)
        {
            out.push(&compatible);
        } else {
            out.code(c);
        }
    }
}

/// Name of an emoji, whatever its skin tone; an unknown sequence has the names of its parts.
fn emoji(grapheme: &str) -> Option<String> {
    let is_tone = |c: &char| ('\u{1f3fb}'..='\u{1f3ff}').contains(c);
    let is_selector = |c: &char| ('\u{fe00}'..='\u{fe0f}').contains(c);
    let mut plain: String = grapheme.chars().filter(|c| !is_selector(c)).collect();
    if plain.chars().count() > 1 {
        plain.retain(|c| !is_tone(&c));
    }
    if let Some(name) = EMOJI.get(plain.as_str()) {
        return Some((*name).to_owned());
    }
    let letters: Option<String> = plain.chars().map(regional_letter).collect();
    if let Some(letters) = letters.filter(|letters| !letters.is_empty()) {
        return Some(format!("flag: {letters}"));
    }
    let parts: Option<Vec<&str>> = plain
        .split('\u{200d}')
        .map(|part| EMOJI.get(part).copied())
        .collect();
    parts.map(|parts| parts.join(" and "))
}

/// The letter of a regional indicator; two of them are a flag.
fn regional_letter(c: char) -> Option<char> {
    let offset = u32::from(c).checked_sub(0x1f1e6)?;
    char::from_u32(u32::from('A') + offset).filter(char::is_ascii_uppercase)
}

/// Text with substitutes in brackets; equal emoji in a row are counted.
#[derive(Default)]
struct Writer {
    out: String,
    emoji: Option<(String, usize)>,
    codes: Vec<char>,
}

impl Writer {
    fn push(&mut self, text: &str) {
        self.close();
        self.out.push_str(text);
    }

    fn character(&mut self, c: char) {
        self.close();
        self.out.push(c);
    }

    fn emoji(&mut self, name: String) {
        match &mut self.emoji {
            Some((last, count)) if *last == name => *count += 1,
            _ => {
                self.close();
                self.emoji = Some((name, 1));
            }
        }
    }

    fn code(&mut self, c: char) {
        if self.emoji.is_some() {
            self.close();
        }
        self.codes.push(c);
    }

    fn close(&mut self) {
        // Writing to a string cannot fail.
        let _infallible = match self.emoji.take() {
            Some((name, 1)) => write!(self.out, "[{name}]"),
            Some((name, count)) => write!(self.out, "[{name} ×{count}]"),
            None => Ok(()),
        };
        let codes: Vec<String> = self
            .codes
            .drain(..)
            .map(|c| format!("U+{:04X}", u32::from(c)))
            .collect();
        if !codes.is_empty() {
            let _infallible = write!(self.out, "[{}]", codes.join(" "));
        }
    }

    fn finish(mut self) -> String {
        self.close();
        self.out
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn characters_without_a_glyph_become_readable() {
        for (text, printed) in [
            ("Thanks 👍👍👍🏽 bye", "Thanks [thumbs up ×3] bye"),
            ("😡!", "[enraged face]!"),
            ("👩🏾‍🔧", "[woman mechanic]"),
            ("🇩🇪🇬🇷", "[flag: DE][flag: GR]"),
            ("1️⃣", "[keycap: 1]"),
            ("🙂‍🚀", "[slightly smiling face and rocket]"),
            ("𝗕𝗼𝗹𝗱 ㋿", "Bold 令和"),
            ("\u{7}\u{e000}", "[U+E000]"),
            ("a\u{94d}b", "a[U+094D]b"),
            ("e\u{301}", "é"),
            ("\r\na\u{1680}b", "\na b"),
        ] {
            assert_eq!(printable(text), printed, "{text}");
        }
    }

    #[test]
    fn scripts_with_a_font_are_unchanged() {
        for text in [
            "Ευχαριστώ πολύ!",
            "Спасибо, всё быстро",
            "服务非常好,谢谢",
            "とても親切でした。ありがとう",
            "정말 친절했습니다",
            "บริการดีมาก ขอบคุณครับ",
            "बहुत अच्छी सेवा, धन्यवाद",
            "خدمة ممتازة، شكراً",
            "می‌خواهم",
            "שירות מצוין, תודה",
            "খুব ভালো পরিষেবা",
            "மிகவும் நல்ல சேவை",
        ] {
            assert_eq!(printable(text), text);
        }
    }

    proptest! {
        #[test]
        fn every_grapheme_of_the_result_has_a_font(text in "\\PC{0,20}|[\u{0}-\u{10ffff}]{0,20}") {
            for grapheme in printable(&text).graphemes(true) {
                let has_glyph = one_font_has(grapheme) || grapheme.chars().all(is_space);
                prop_assert!(has_glyph, "{grapheme:?} of {text:?}");
            }
        }
    }
}
