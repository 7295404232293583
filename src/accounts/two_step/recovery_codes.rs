//! Recovery codes: each replaces the app once. Pure.

use rand::RngExt;

use super::base32;

/// Number of codes that a person gets.
pub const COUNT: usize = 10;
/// Length of a code in bytes: 80 random bits cannot be guessed, so a fast hash with a salt protects
/// them.
const BYTES: usize = 10;
/// Length of a code in characters, without hyphens.
const CHARACTERS: usize = 16;

/// New codes, as a person reads them: four groups of four characters.
pub fn new_codes() -> [String; COUNT] {
    std::array::from_fn(|_| {
        let text = base32::encode(&rand::rng().random::<[u8; BYTES]>()).to_lowercase();
        format!(
            "{}-{}-{}-{}",
            &text[..4],
            &text[4..8],
            &text[8..12],
            &text[12..]
        )
    })
}

/// A code as entered, in the form that is hashed: lower case, without hyphens and spaces. `None` if
/// it cannot be a recovery code.
pub fn normalised(entered: &str) -> Option<String> {
    let code: String = entered
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '-')
        .collect();
    let plausible =
        code.len() == CHARACTERS && code.bytes().all(|byte| byte.is_ascii_alphanumeric());
    plausible.then(|| code.to_lowercase())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn codes_are_read_as_people_type_them() {
        let codes = new_codes();
        let distinct: BTreeSet<&String> = codes.iter().collect();
        assert_eq!(distinct.len(), COUNT);
        let plain = normalised(&codes[0]).expect("a code");
        assert_eq!(plain.len(), CHARACTERS);
        let typed = format!(" {} ", codes[0].to_uppercase().replace('-', " "));
        assert_eq!(normalised(&typed), Some(plain));
        for other in ["", "287082", "abcd-efgh-ijkl-mno", "äbcd-efgh-ijkl-mn"] {
            assert_eq!(normalised(other), None, "{other}");
        }
    }
}
