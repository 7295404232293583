//! Passwords that are long enough and still the first that anybody tries: common words with digits
//! behind them, repetitions, rows of a keyboard, the person's own name. Pure.
//!
//! Lists of stolen passwords are long, but few of their entries have twelve characters, and those
//! follow these patterns. So a list of words and the patterns do what a large list would.

/// Words that passwords of many people consist of, after [`plain`].
const COMMON: [&str; 52] = [
    "abc",
    "admin",
    "administrator",
    "amigo",
    "angel",
    "asdf",
    "baby",
    "baseball",
    "batman",
    "callcenter",
    "changeme",
    "charlie",
    "company",
    "computer",
    "default",
    "dragon",
    "football",
    "geheim",
    "guest",
    "hallo",
    "hello",
    "iloveyou",
    "internet",
    "kennwort",
    "letmein",
    "login",
    "master",
    "michael",
    "monkey",
    "motdepasse",
    "pass",
    "passw",
    "passwort",
    "password",
    "princess",
    "qwerty",
    "qwertz",
    "rapport",
    "root",
    "secret",
    "service",
    "shadow",
    "summer",
    "sunshine",
    "superman",
    "support",
    "temporary",
    "test",
    "user",
    "welcome",
    "willkommen",
    "winter",
];

/// Neighbours that fingers or the alphabet give for free.
const ROWS: [&str; 14] = [
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop",
    "qwertzuiop",
    "azertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "yxcvbnm",
    "wxcvbn",
    "1q2w3e4r5t6y7u8i9o0p",
    "q1w2e3r4t5y6u7i8o9p0",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik",
    "qazwsxedcrfvtgbyhnujmikolp",
    "zaq12wsxcde34rfv",
];

/// Letters that must remain after common words, names and digits are taken away.
const ENOUGH: usize = 4;

/// Whether a password is easy to guess. `about` are words about its owner: name, address,
/// organisation.
pub fn is_easy(password: &str, about: &[&str]) -> bool {
    let lower = password.to_lowercase();
    let behind_digits = lower.trim_start_matches(|c: char| c.is_ascii_digit());
    is_repetition(&lower)
        || is_row(&lower)
        || is_words(&lower, about)
        || is_words(behind_digits, about)
}

/// Whether up to six characters come again and again: `aaaaaaaaaaaa`, `123412341234`.
fn is_repetition(text: &str) -> bool {
    let characters: Vec<char> = text.chars().collect();
    (1..=6).any(|n| {
        characters
            .iter()
            .skip(n)
            .zip(&characters)
            .all(|(later, earlier)| later == earlier)
    })
}

/// Whether at least three of four steps go to a neighbour in a row, or stay: `qwertyuiop12`.
fn is_row(text: &str) -> bool {
    let characters: Vec<char> = text.chars().filter(|c| !c.is_whitespace()).collect();
    let easy = |pair: &&[char]| {
        let [a, b] = pair else { return false };
        let step: String = [*a, *b].iter().collect();
        let back: String = [*b, *a].iter().collect();
        a == b
            || ROWS
                .iter()
                .any(|row| row.contains(&step) || row.contains(&back))
    };
    let steps = characters.len().saturating_sub(1);
    steps > 0 && characters.windows(2).filter(easy).count() * 4 >= steps * 3
}

/// Whether little is left of a password without common words, the owner's words and digits.
fn is_words(text: &str, about: &[&str]) -> bool {
    let mut own: Vec<String> = about
        .iter()
        .flat_map(|text| text.split(|c: char| !c.is_alphanumeric()))
        .map(|word| plain(&word.to_lowercase()))
        .filter(|word| word.chars().count() >= 4)
        .collect();
    own.extend(COMMON.map(str::to_owned));
    // The longest first: `password` before `pass`.
    own.sort_by_key(|word| std::cmp::Reverse(word.chars().count()));
    let mut rest = plain(text);
    for word in own {
        rest = rest.replace(&word, " ");
    }
    rest.chars().filter(|c| c.is_alphabetic()).count() < ENOUGH
}

/// Letters alone, with signs and digits between letters read as the letters they stand for; digits
/// at the end stay out (`p@ssw0rd2024` is `password`).
fn plain(text: &str) -> String {
    let end = text.trim_end_matches(|c: char| !c.is_alphabetic()).len();
    text[..end]
        .chars()
        .filter_map(|c| match c {
            '0' => Some('o'),
            '1' | '!' => Some('i'),
            '3' => Some('e'),
            '4' | '@' => Some('a'),
            '5' | '$' => Some('s'),
            '7' => Some('t'),
            c => c.is_alphabetic().then_some(c),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::is_easy;

    const ABOUT: [&str; 3] = [
        "Ann Example",
        "ann.example@brightline.example",
        "Brightline Ltd",
    ];

    #[test]
    fn what_anybody_tries_first_is_easy() {
        for password in [
            "aaaaaaaaaaaa",
            "123456789012",
            "1234567891011",
            "111111111111111",
            "abcabcabcabc",
            "abcdefghijkl",
            "zyxwvutsrqpo",
            "qwertyuiop12",
            "qwertzuiopasdf",
            "asdfghjklasdf",
            "1q1q1q1q1q1q",
            "1q2w3e4r5t6y",
            "q1w2e3r4t5y6",
            "1qaz2wsx3edc",
            "zaq12wsxcde3",
            "qazwsxedcrfv",
            "qwe123qwe123",
            "123456password",
            "123456admin123",
            "12345brightline",
            "password1234",
            "Password2026!",
            "P@ssw0rd2026",
            "passwordpassword",
            "my password 1",
            "Passwort1234!",
            "motdepasse123",
            "welcome12345",
            "Willkommen2026",
            "changeme1234",
            "letmein123456",
            "administrator",
            "administrator1",
            "iloveyou1234",
            "AdminAdmin123",
            "Summer2026!!",
            "hellohello12",
            "brightline26",
            "Brightline2026!",
            "annexample123",
            "Example-123456",
            "callcenter123",
        ] {
            assert!(is_easy(password, &ABOUT), "{password}");
        }
    }

    #[test]
    fn phrases_and_random_characters_are_not() {
        for password in [
            "a long first password",
            "a password for tests",
            "another good password",
            "correct horse battery",
            "three or four words",
            "tq7Rz0mVx2Lk",
            "8391-5527-0461-kbd",
            "x7#29!86-24_93 kqv",
            "ann likes blue kettles",
            "λάμπα ποτήρι βουνό",
            "зеленый чайник у окна",
            "雨の日は本を読むのが好き",
            "der rote Koffer am Gleis",
        ] {
            assert!(!is_easy(password, &ABOUT), "{password}");
        }
    }
}
