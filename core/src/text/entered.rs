//! Text that people enter, as it is stored: without characters that cannot be seen or that change
//! how other text is shown.

/// A text of one line: line breaks and tabs become spaces, what [`lines`] removes is removed, and
/// the ends are trimmed.
pub fn line(entered: &str) -> String {
    cleaned(entered, ' ')
}

/// A text of several lines, with every line break as `\n`. Tabs become spaces; control characters,
/// noncharacters, and embeddings, overrides and isolates of the writing direction are removed; the
/// ends are trimmed.
pub fn lines(entered: &str) -> String {
    cleaned(entered, '\n')
}

fn cleaned(entered: &str, line_break: char) -> String {
    let trimmed = entered.trim();
    if trimmed.bytes().all(|b| matches!(b, b' '..=b'~')) {
        return trimmed.to_owned();
    }
    let mut kept = String::with_capacity(entered.len());
    let mut last = '\0';
    for c in entered.chars() {
        match c {
            '\n' if last == '\r' => {}
            '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => {
                kept.push(line_break);
            }
            '\t' => kept.push(' '),
            c if is_hidden(c) => {}
            c => kept.push(c),
        }
        last = c;
    }
    kept.trim().to_owned()
}

/// Characters that nobody sees and that break a document, or that change how other text is shown:
/// control characters other than tabs and line breaks, noncharacters, and embeddings, overrides and
/// isolates of the writing direction.
pub fn is_hidden(c: char) -> bool {
    (c.is_control() && !matches!(c, '\t' | '\n' | '\r'))
        || is_noncharacter(c)
        || changes_direction(c)
}

/// Code points that Unicode reserves for internal use (section 23.7 of the standard).
fn is_noncharacter(c: char) -> bool {
    u32::from(c) & 0xfffe == 0xfffe || ('\u{fdd0}'..='\u{fdef}').contains(&c)
}

/// Explicit directional formatting (Unicode Standard Annex 9, sections 2.1 to 2.5). Marks such as
/// U+200F, which change nothing but their own place, are not among them.
fn changes_direction(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_break_is_one_line_break_or_one_space() {
        for text in [
            "a\nb",
            "a\r\nb",
            "a\rb",
            "a\u{b}b",
            "a\u{c}b",
            "a\u{85}b",
            "a\u{2028}b",
        ] {
            assert_eq!(lines(text), "a\nb", "{text:?}");
            assert_eq!(line(text), "a b", "{text:?}");
        }
        assert_eq!(lines(" a\r\n\r\nb\tc \n"), "a\n\nb c");
    }

    #[test]
    fn characters_that_nobody_sees_are_removed() {
        let text = "\u{202e}p\u{0}a\u{7}y\u{7f}\u{9f} \u{2066}1\u{2069}0\u{fffe}\u{ffff}\u{1fffe}0";
        assert_eq!(line(text), "pay 100");
        assert_eq!(lines(text), "pay 100");
    }

    #[test]
    fn writing_of_every_script_is_kept() {
        for text in [
            "नमस्ते क्‍ष",
            "שלום\u{200f}!",
            "👩‍🔧 ok",
            "naïve – “x”",
            "\u{fffd}",
        ] {
            assert_eq!(line(text), text);
        }
        assert_eq!(line("\u{0}\u{202e}\n"), "");
    }
}
