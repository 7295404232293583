//! Checks of e-mail addresses and names. Pure.

use super::error::{AccountsError, Result};
use crate::text::entered;

/// Parses an e-mail address and returns it in lower case: one `@` between two non-empty parts, no
/// white space, at most 254 characters.
///
/// # Errors
/// [`AccountsError::BadEmail`].
pub fn parse_email(raw: &str) -> Result<String> {
    let email = raw.trim().to_lowercase();
    let plausible = email.len() <= 254
        && !email.contains(|c: char| {
            c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '"' | ',')
        })
        && email.split('@').count() == 2
        && email.split('@').all(|side| !side.is_empty())
        && email
            .rsplit('@')
            .next()
            .is_some_and(|domain| domain.contains('.') && !domain.ends_with('.'));
    if plausible {
        Ok(email)
    } else {
        Err(AccountsError::BadEmail)
    }
}

/// Parses a name and returns it on one line, [cleaned](entered::line): not empty, at most 200
/// characters.
///
/// # Errors
/// [`AccountsError::BadName`].
pub fn parse_name(raw: &str) -> Result<String> {
    let name = entered::line(raw);
    if name.is_empty() || name.chars().count() > 200 {
        return Err(AccountsError::BadName);
    }
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_readable_text_on_one_line() {
        for (raw, name) in [
            (" Ann  Lee ", "Ann  Lee"),
            ("Ann\u{b}Lee", "Ann Lee"),
            ("\u{202e}eeL nnA\u{fffe}", "eeL nnA"),
            ("راضية", "راضية"),
        ] {
            assert_eq!(parse_name(raw).ok().as_deref(), Some(name));
        }
        for bad in ["", " \u{0} ", "\u{202e}", &"x".repeat(201)] {
            assert!(parse_name(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn addresses_are_checked_and_lower_cased() {
        assert_eq!(
            parse_email(" Ann@Example.ORG ").ok().as_deref(),
            Some("ann@example.org")
        );
        for bad in [
            "",
            "ann",
            "ann@",
            "@x.org",
            "a b@x.org",
            "a@b@c.org",
            "a@localhost",
            "<a@x.org>",
        ] {
            assert!(parse_email(bad).is_err(), "{bad}");
        }
    }
}
