//! Misspellings that decide a theme: a word that is one slip away from a word of the themes is read
//! as that word ("freindly", "profesional", "patiant").
//!
//! A slip is a letter left out, added, changed or swapped with its neighbour, neither the first nor
//! the last, in words of six letters or more. People seldom misspell the ends of a word, and
//! another end is often another word ("patients"). A few words that people stretch ("slooow") are
//! read without the doubled letters.

use std::{ops::Range, sync::LazyLock};

use rustc_hash::FxHashMap;

/// Words that customers write about themes, in the forms that they use most.
const WORDS: &str = "polite courteous courtesy respect respectful disrespectful arrogant behaviour friendly unfriendly welcoming \
    pleasant unpleasant cheerful empathy sympathy sympathetic compassion compassionate understood understanding uncaring listen \
    listened listening attentive attention misunderstood interrupted patient patience patiently impatient promised promises followed \
    responded response responsible responsibility ownership replied ignored explained explanation communicate communication confusing \
    confused unclear knowledge knowledgeable professional professionally unprofessional competent incompetent untrained helpful \
    unhelpful helpfully resolve resolved unresolved solved solution resolution quickly prompt promptly immediate immediately efficient \
    inefficient delayed honest honestly trustworthy dishonest cheated misleading flexible inflexible accommodating accommodated \
    exception answered connected transferred department refund refunded cancelled replacement replaced exchange delivery delivered \
    product products quality defective damaged broken missing website application expensive overpriced overcharged reasonable \
    discount excellent terrible horrible disappointed disappointing disgusting satisfied dissatisfied appreciate recommend grateful \
    service quickly called nobody nothing problem problems account manager customer question questions \
    information appointment experience receptionist engineer everything perfect perfectly wonderful brilliant fantastic amazing \
    awesome beautiful comfortable different difficult impossible finally complaint complained apologised apologized technician";
/// Words of their own that are one slip away.
const OTHERS: [&str; 8] = [
    "police",
    "changed",
    "patent",
    "qualify",
    "expansive",
    "proposes",
    "refunds",
    "replaces",
];
/// Words that people stretch, without double letters, and no other word with one more.
const STRETCHED: [&str; 20] = [
    "slow", "bad", "rude", "late", "nice", "love", "worst", "never", "very", "great", "best",
    "quick", "fast", "wrong", "ever", "super", "polite", "slower", "kind", "again",
];
/// Fewest letters of a word that is corrected.
const SHORTEST: usize = 5;

/// Longest word that is corrected, in letters.
const LONGEST: usize = 20;

/// The words by every form with one letter left out.
struct Index {
    words: FxHashMap<Box<[u8]>, Vec<&'static str>>,
    /// By first and last letter, a bit for each length of a word.
    lengths: [[u32; 26]; 26],
}

static INDEX: LazyLock<Index> = LazyLock::new(|| {
    let mut index = Index {
        words: FxHashMap::default(),
        lengths: [[0; 26]; 26],
    };
    for word in WORDS.split_whitespace() {
        *index.length_of(word.as_bytes()) |= 1 << word.len();
        each_form(word.as_bytes(), |form| {
            index.words.entry(form.into()).or_default().push(word);
            false
        });
    }
    index
});

impl Index {
    fn length_of(&mut self, word: &[u8]) -> &mut u32 {
        let [first, last] = ends(word);
        &mut self.lengths[first][last]
    }

    /// Whether a word with the same ends is as long, give or take a letter.
    fn may_have(&self, word: &[u8]) -> bool {
        let [first, last] = ends(word);
        let near = 0b111 << (word.len() - 1);
        self.lengths[first][last] & near != 0
    }
}

/// First and last letter of a word in lower case, from 0.
fn ends(word: &[u8]) -> [usize; 2] {
    let letter = |b: Option<&u8>| usize::from(b.map_or(0, |b| b.saturating_sub(b'a'))).min(25);
    [letter(word.first()), letter(word.last())]
}

/// Writes a folded text with its misspellings corrected; false when there are none.
pub fn correct(folded: &str, corrected: &mut String) -> bool {
    corrected.clear();
    let mut copied = 0;
    let mut start = 0;
    let bytes = folded.as_bytes();
    for end in 0..=bytes.len() {
        if bytes.get(end).is_some_and(u8::is_ascii_lowercase) {
            continue;
        }
        let written = &bytes[start..end];
        if let Some(word) = stretched(written).or_else(|| correction(written)) {
            corrected.push_str(&folded[copied..start]);
            corrected.push_str(word);
            copied = end;
        }
        start = end + 1;
    }
    if copied == 0 {
        return false;
    }
    corrected.push_str(&folded[copied..]);
    true
}

/// The word that was stretched, of which folding leaves two letters: "sloow", "ruude".
fn stretched(word: &[u8]) -> Option<&'static str> {
    let is_double = |two: &[u8]| two[0] == two[1];
    if word.len() > LONGEST || !word.windows(2).any(is_double) {
        return None;
    }
    let is_meant = |meant: &&str| {
        let mut letters = meant.bytes();
        let mut last = 0;
        // Each letter of the word once or twice.
        let fits = word.iter().all(|letter| {
            let again = *letter == last;
            last = *letter;
            again || letters.next() == Some(*letter)
        });
        fits && letters.next().is_none()
    };
    STRETCHED.into_iter().find(is_meant)
}

/// Where a part of a corrected text is in the text as it was written; words are parts as wholes.
pub fn as_written(corrected: &str, written: &str, part: Range<usize>) -> Range<usize> {
    let (mut start, mut end) = (part.start, part.end);
    for (word, before) in words(corrected).zip(words(written)) {
        if word.end <= part.start {
            start = start + before.len() - word.len();
        }
        if word.end <= part.end {
            end = end + before.len() - word.len();
        }
    }
    start..end
}

/// Runs of small letters, which are what is corrected.
fn words(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        while bytes.get(at).is_some_and(|b| !b.is_ascii_lowercase()) {
            at += 1;
        }
        let from = at;
        while bytes.get(at).is_some_and(u8::is_ascii_lowercase) {
            at += 1;
        }
        (from < at).then_some(from..at)
    })
}

/// The word that was meant.
fn correction(word: &[u8]) -> Option<&'static str> {
    if !(SHORTEST..=LONGEST).contains(&word.len())
        || !INDEX.may_have(word)
        || OTHERS.iter().any(|other| other.as_bytes() == word)
    {
        return None;
    }
    let (mut meant, mut is_known) = (None, false);
    each_form(word, |form| {
        for candidate in INDEX.words.get(form).into_iter().flatten() {
            is_known |= candidate.as_bytes() == word;
            if meant.is_none() && is_one_slip(word, candidate.as_bytes()) {
                meant = Some(*candidate);
            }
        }
        // The word itself comes first.
        is_known
    });
    meant.filter(|_| !is_known)
}

/// A word, and the word without each of its letters but the first and the last, until one is
/// enough.
fn each_form(word: &[u8], mut is_enough: impl FnMut(&[u8]) -> bool) {
    if is_enough(word) {
        return;
    }
    let mut form = [0; LONGEST];
    for without in 1..word.len().saturating_sub(1) {
        form[..without].copy_from_slice(&word[..without]);
        form[without..word.len() - 1].copy_from_slice(&word[without + 1..]);
        if is_enough(&form[..word.len() - 1]) {
            return;
        }
    }
}

/// Whether two words differ by one slip inside.
fn is_one_slip(written: &[u8], meant: &[u8]) -> bool {
    if written == meant
        || meant.len() < SHORTEST + 1
        || written.first() != meant.first()
        || written.last() != meant.last()
    {
        return false;
    }
    let same = written
        .iter()
        .zip(meant)
        .take_while(|(a, b)| a == b)
        .count();
    let (written, meant) = (&written[same..], &meant[same..]);
    match written.len() as i64 - meant.len() as i64 {
        -1 => written == &meant[1..],
        1 => &written[1..] == meant,
        0 => {
            let is_swap = written.len() > 1
                && written[0] == meant[1]
                && written[1] == meant[0]
                && written[2..] == meant[2..];
            is_swap || written[1..] == meant[1..]
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_slip_inside_a_word_is_corrected() {
        let mut corrected = String::new();
        for (written, meant) in [
            ("very freindly staff", "very friendly staff"),
            ("profesional, patiant", "professional, patient"),
            ("not resovled", "not resolved"),
            ("recieved no refnd é", "recieved no refund é"),
        ] {
            assert!(correct(written, &mut corrected), "{written}");
            assert_eq!(corrected, meant);
        }
        for text in ["two patients", "a patent", "friendly", "qualify", "é", ""] {
            assert!(!correct(text, &mut corrected), "{text}: {corrected}");
        }
    }

    #[test]
    fn parts_are_found_as_they_were_written() {
        let (corrected, written) = ("so friendly, very patient", "so freindly, very patiant");
        assert_eq!(as_written(corrected, written, 14..25), 14..25);
        let (corrected, written) = ("no refund yet, professional", "no refnd yet, profesional");
        assert_eq!(&written[as_written(corrected, written, 3..9)], "refnd");
        assert_eq!(
            &written[as_written(corrected, written, 15..27)],
            "profesional"
        );
    }
}
