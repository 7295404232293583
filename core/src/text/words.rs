//! Words of a clause with the [roles](super::cues) that they play and the mood that they carry.
//!
//! A word is looked up by its letters, without apostrophes: "wasn't" as "wasnt", "she's" as "she".
//! A misspelling that doubles a letter or leaves a double out is the word it is like, from six
//! letters on ("excelent"). Each emoji is a word of its own, also next to another or to letters.

use std::{ops::Range, sync::LazyLock};

use rustc_hash::FxHashMap;

use super::{
    cues::{CUES, Cue},
    matcher::{Haystack, LETTER, SIGN},
};

/// Words of praise and blame, under lines with their strength.
const MOOD_WORDS: &str = include_str!("mood_words.txt");
/// Sign that stands for an emoji or another symbol beyond ASCII.
pub const EMOJI: u8 = SIGN;
/// Longest word looked up, in bytes.
const LONGEST: usize = 24;
/// What precedes the apostrophe of "n't".
const CONTRACTED: [&[u8]; 14] = [
    b"hasn", b"haven", b"hadn", b"didn", b"doesn", b"don", b"wasn", b"weren", b"isn", b"aren",
    b"couldn", b"wouldn", b"shouldn", b"won",
];
/// Shortest stem, and shortest word of which a misspelling is recognised, in bytes.
const SHORTEST_STEM: usize = 4;
const SHORTEST_MISSPELT: usize = 6;

/// What a word or phrase stands for.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Meaning {
    Cue(Cue),
    Mood(i32),
}

/// A phrase behind its first word.
#[derive(Clone, Debug)]
struct Phrase {
    rest: Box<[u32]>,
    meaning: Meaning,
}

/// The words and phrases known, by number; 0 is no word.
#[derive(Debug, Default)]
struct Vocabulary {
    numbers: FxHashMap<Box<[u8]>, u32>,
    /// By letters without doubles.
    misspelt: FxHashMap<Box<[u8]>, u32>,
    /// Words that begin with a stem have the stem's number.
    stems: FxHashMap<Box<[u8]>, u32>,
    /// By number of the first word, longest first.
    phrases: Vec<Vec<Phrase>>,
}

static ENGLISH: LazyLock<Vocabulary> = LazyLock::new(|| {
    let mut vocabulary = Vocabulary {
        phrases: vec![Vec::new()],
        ..Vocabulary::default()
    };
    for (cue, phrases) in CUES {
        for phrase in phrases.split('|') {
            vocabulary.add(phrase.trim(), Meaning::Cue(*cue));
        }
    }
    let mut strength = 0;
    for line in MOOD_WORDS.lines().filter(|line| !line.starts_with('#')) {
        if let Ok(number) = line.parse() {
            strength = number;
            continue;
        }
        for phrase in line.split('|').map(str::trim).filter(|p| !p.is_empty()) {
            vocabulary.add(phrase, Meaning::Mood(strength));
        }
    }
    vocabulary.share_stems();
    for phrases in &mut vocabulary.phrases {
        phrases.sort_by_key(|phrase| std::cmp::Reverse(phrase.rest.len()));
    }
    vocabulary
});

impl Vocabulary {
    fn add(&mut self, phrase: &str, meaning: Meaning) {
        let mut numbers = Vec::new();
        for word in pieces(phrase.as_bytes()) {
            let bytes = &phrase.as_bytes()[word.clone()];
            let is_stem = phrase.as_bytes().get(word.end) == Some(&b'*');
            if bytes != b"*" {
                numbers.push(self.number(bytes, is_stem));
            }
        }
        let Some((first, rest)) = numbers.split_first() else {
            return;
        };
        self.phrases[*first as usize].push(Phrase {
            rest: rest.into(),
            meaning,
        });
    }

    fn number(&mut self, word: &[u8], is_stem: bool) -> u32 {
        let next = self.phrases.len() as u32;
        let known = if is_stem {
            &mut self.stems
        } else {
            &mut self.numbers
        };
        let number = *known.entry(word.into()).or_insert(next);
        if number == next {
            self.phrases.push(Vec::new());
            if !is_stem && word.len() >= SHORTEST_MISSPELT {
                let plain = without_doubles(word);
                self.misspelt.entry(plain.as_slice().into()).or_insert(next);
            }
        }
        number
    }

    /// Gives the phrases of each stem to the words of other phrases that begin with it:
    /// "appreciate" is known from "would appreciate", and a form of "appreciat*" all the same.
    fn share_stems(&mut self) {
        let stem_of = |word: &[u8]| {
            let mut ends = (SHORTEST_STEM..=word.len()).rev();
            ends.find_map(|end| self.stems.get(&word[..end]).copied())
        };
        let words = self.numbers.iter();
        let mut forms: Vec<(u32, u32)> = words
            .filter_map(|(word, number)| Some((*number, stem_of(word)?)))
            .collect();
        forms.sort_unstable();
        for (word, stem) in forms {
            for phrases in &mut self.phrases {
                let variant = |phrase: &Phrase| {
                    let mut rest = phrase.rest.clone();
                    let place = rest.iter().position(|number| *number == stem)?;
                    rest[place] = word;
                    let meaning = phrase.meaning;
                    Some(Phrase { rest, meaning })
                };
                let variants: Vec<Phrase> = phrases.iter().filter_map(variant).collect();
                phrases.extend(variants);
            }
            let of_stem = self.phrases[stem as usize].clone();
            self.phrases[word as usize].extend(of_stem);
        }
    }

    /// Number of a symbol of a text.
    fn find_symbol(&self, symbol: Option<char>) -> u32 {
        symbol.map_or(0, |c| self.find(c.encode_utf8(&mut [0; 4]).as_bytes()))
    }

    /// Number of a word of a text.
    fn find(&self, word: &[u8]) -> u32 {
        if let Some(number) = self.numbers.get(word) {
            return *number;
        }
        for end in (SHORTEST_STEM..=word.len()).rev() {
            if let Some(number) = self.stems.get(&word[..end]) {
                return *number;
            }
        }
        if word.len() + 1 >= SHORTEST_MISSPELT {
            let plain = without_doubles(word);
            return self.misspelt.get(plain.as_slice()).copied().unwrap_or(0);
        }
        0
    }
}

fn without_doubles(word: &[u8]) -> Vec<u8> {
    let mut plain = word.to_vec();
    plain.dedup();
    plain
}

/// Bytes of the emoji or other symbol at the start of a text in UTF-8; 0 where there is none.
fn emoji_length(text: &[u8]) -> usize {
    match text {
        [0xf0, 0x9f, _, _, ..] => 4,
        // U+2180 to U+2BFF, the zero width joiner, and what makes a symbol an emoji
        [0xe2, 0x86..=0xaf, _, ..] | [0xe2, 0x80, 0x8d, ..] | [0xef, 0xb8, 0x8f, ..] => 3,
        _ => 0,
    }
}

/// Whether a text without letters has an emoji of praise or blame.
pub fn has_mood_symbol(folded: &str) -> bool {
    let is_mood = |phrase: &Phrase| matches!(phrase.meaning, Meaning::Mood(_));
    let has_mood = |number: u32| ENGLISH.phrases[number as usize].iter().any(is_mood);
    let mut chars = folded.chars();
    chars.any(|c| {
        emoji_length(c.encode_utf8(&mut [0; 4]).as_bytes()) > 0
            && has_mood(ENGLISH.find_symbol(Some(c)))
    })
}

/// Positions of the words and signs of a folded text.
fn pieces(text: &[u8]) -> impl Iterator<Item = Range<usize>> + '_ {
    let in_word = |b: u8| b.is_ascii_alphanumeric() || b == b'\'' || b == b'_' || b >= 0x80;
    let mut at = 0;
    std::iter::from_fn(move || {
        // "budget-friendly" has two words.
        let is_hyphen = |at: usize| {
            text[at] == b'-'
                && at > 0
                && in_word(text[at - 1])
                && text.get(at + 1).is_some_and(|b| in_word(*b))
        };
        while text.get(at).is_some_and(u8::is_ascii_whitespace) || at < text.len() && is_hyphen(at)
        {
            at += 1;
        }
        let from = at;
        at += 1;
        let emoji = emoji_length(text.get(from..)?);
        if emoji > 0 {
            at = from + emoji;
        } else if in_word(*text.get(from)?) {
            while text.get(at).is_some_and(|b| in_word(*b)) && emoji_length(&text[at..]) == 0 {
                at += 1;
            }
        }
        Some(from..at)
    })
}

/// A word or phrase with a role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CueMatch {
    pub cue: Cue,
    /// Positions of its words.
    pub words: Range<usize>,
}

/// A word or phrase of praise (above 0) or blame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MoodMatch {
    pub words: Range<usize>,
    pub strength: i32,
}

/// The words of a clause. Reuses its memory.
#[derive(Debug, Default)]
pub struct Words {
    ranges: Vec<Range<usize>>,
    numbers: Vec<u32>,
    /// Of each word a bit for each cue that it is part of.
    roles: Vec<u128>,
    /// A comma, or another sign.
    signs: Vec<u8>,
    cues: Vec<CueMatch>,
    mood: Vec<MoodMatch>,
}

impl Words {
    /// Replaces the content by the words of a text.
    pub fn set(&mut self, text: &Haystack) {
        let bytes = text.bytes();
        self.ranges.clear();
        self.numbers.clear();
        self.signs.clear();
        let english = &*ENGLISH;
        for range in pieces(bytes) {
            let (number, sign) = match &bytes[range.clone()] {
                [SIGN] => (english.find_symbol(text.symbol(range.start)), EMOJI),
                [sign] if !sign.is_ascii_alphanumeric() => (english.find(&[*sign]), *sign),
                symbol if emoji_length(symbol) > 0 => (english.find(symbol), EMOJI),
                word => (english.find(letters(word, &mut [0; LONGEST])), 0),
            };
            self.numbers.push(number);
            self.signs.push(sign);
            self.ranges.push(range);
        }
        self.find_phrases();
    }

    fn find_phrases(&mut self) {
        self.cues.clear();
        self.mood.clear();
        self.roles.clear();
        self.roles.resize(self.numbers.len(), 0);
        let mut mood_from = 0;
        for at in 0..self.numbers.len() {
            let mut found = 0_u128;
            for phrase in &ENGLISH.phrases[self.numbers[at] as usize] {
                let end = at + 1 + phrase.rest.len();
                if self.numbers.get(at + 1..end) != Some(&*phrase.rest) {
                    continue;
                }
                match phrase.meaning {
                    // The longest phrase of a cue hides shorter ones.
                    Meaning::Cue(cue)
                        if self.roles[at] & bit(cue) == 0 && found & bit(cue) == 0 =>
                    {
                        found |= bit(cue);
                        self.cues.push(CueMatch {
                            cue,
                            words: at..end,
                        });
                    }
                    Meaning::Mood(strength) if at >= mood_from => {
                        mood_from = end;
                        self.mood.push(MoodMatch {
                            words: at..end,
                            strength,
                        });
                    }
                    _ => {}
                }
            }
            for CueMatch { cue, words } in
                self.cues.iter().rev().take_while(|c| c.words.start == at)
            {
                for role in &mut self.roles[words.clone()] {
                    *role |= bit(*cue);
                }
            }
        }
        // Of negations that overlap, the longest counts: "no one", "at no time".
        let negation = [Cue::Not, Cue::No, Cue::Less];
        let negations: Vec<Range<usize>> = self
            .cues(&negation)
            .map(|found| found.words.clone())
            .collect();
        let is_longest = |words: &Range<usize>| {
            !negations
                .iter()
                .any(|other| other != words && other.start <= words.start && words.end <= other.end)
        };
        let mut last = 0..0;
        self.cues.retain(|found| {
            if !negation.contains(&found.cue) {
                return true;
            }
            let is_new = found.words != last;
            last = found.words.clone();
            is_new && is_longest(&found.words)
        });
        let roles = &self.roles;
        let free = |words: &Range<usize>, cues: u128| {
            roles[words.clone()].iter().all(|role| role & cues == 0)
        };
        let senseless = bit(Cue::OtherSense);
        let unasserted = bit(Cue::Speech) | bit(Cue::Counterfactual) | senseless;
        self.cues.retain(|found| match found.cue {
            Cue::Not | Cue::No | Cue::Less | Cue::Nothing | Cue::Highest => {
                free(&found.words, bit(Cue::NoNegation) | senseless)
            }
            Cue::Wish | Cue::If | Cue::Until | Cue::Would => free(&found.words, unasserted),
            // "would not hurt" goes on behind "would not", "all I wanted was" behind "all I
            // wanted".
            Cue::Request | Cue::WouldHelp => {
                let goes_on = match found.cue {
                    Cue::Request => found.words.len() > 3,
                    _ => found.words.len() > 2,
                };
                let last = found.words.end - 1..found.words.end;
                free(&found.words, unasserted) || goes_on && free(&last, unasserted)
            }
            _ => true,
        });
    }

    /// Number of words and signs.
    pub fn len(&self) -> usize {
        self.ranges.len()
    }

    /// Whether a word is part of a match of one of these cues.
    pub fn is(&self, word: usize, cues: &[Cue]) -> bool {
        let any = cues.iter().fold(0, |any, cue| any | bit(*cue));
        self.roles.get(word).is_some_and(|role| role & any != 0)
    }

    /// Whether a "word" is this sign.
    pub fn is_sign(&self, word: usize, sign: u8) -> bool {
        self.signs.get(word) == Some(&sign)
    }

    /// Whether a word ends what went before: a full stop, colon, semicolon or bracket, or an emoji
    /// of praise or blame, which nothing negates.
    pub fn is_stop(&self, word: usize) -> bool {
        let sign = self.signs.get(word).copied().unwrap_or(0);
        let is_known = || self.numbers.get(word).is_some_and(|number| *number > 0);
        b".;:!?()".contains(&sign) || sign == EMOJI && is_known()
    }

    /// Warnings to others, each at the start of a statement: "do not waste your money", not "they
    /// do not waste your time".
    pub fn warnings(&self) -> impl Iterator<Item = &CueMatch> {
        let is_subject = |word: usize| self.is(word, &[Cue::Pronoun, Cue::Customer]);
        let starts = move |word: usize| {
            let names_others = !self.is(word, &[Cue::Not, Cue::Question]);
            let Some(before) = word.checked_sub(1).filter(|_| !names_others) else {
                return true;
            };
            let opening = [Cue::Adverb, Cue::Boundary, Cue::Request, Cue::So];
            let is_joined = self.is(before, &[Cue::And]) && !(0..before).any(is_subject);
            let is_sign = |sign: u8| self.is_sign(before, sign);
            is_joined
                || is_sign(b',')
                || is_sign(b'-')
                || self.is_stop(before)
                || self.is(before, &opening) && !is_subject(before)
        };
        self.cues(&[Cue::Warning])
            .filter(move |found| starts(found.words.start))
    }

    /// Whether a word is part of a [warning](Self::warnings).
    pub fn is_warning(&self, word: usize) -> bool {
        self.is(word, &[Cue::Warning]) && self.warnings().any(|w| w.words.contains(&word))
    }

    /// Matches of some cues, in the order of the text.
    pub fn cues<'a>(&'a self, cues: &'a [Cue]) -> impl Iterator<Item = &'a CueMatch> {
        self.cues.iter().filter(|found| cues.contains(&found.cue))
    }

    /// Takes negations and moods away from some words.
    pub fn cancel(&mut self, words: &Range<usize>) {
        let apart = |other: &Range<usize>| other.end <= words.start || words.end <= other.start;
        let negations = [Cue::Not, Cue::No, Cue::Less, Cue::Highest];
        self.cues
            .retain(|found| apart(&found.words) || !negations.contains(&found.cue));
        self.mood.retain(|found| apart(&found.words));
    }

    pub fn mood(&self) -> &[MoodMatch] {
        &self.mood
    }

    /// Positions of the words within a part of the text, in bytes.
    pub fn within(&self, part: Range<usize>) -> Range<usize> {
        let first = self.ranges.partition_point(|word| word.end <= part.start);
        let end = self.ranges.partition_point(|word| word.start < part.end);
        first..end.max(first + 1)
    }

    /// Part of the text that these words take, in bytes.
    pub fn part(&self, words: Range<usize>) -> Range<usize> {
        match self.ranges.get(words) {
            Some([first, .., last]) => first.start..last.end,
            Some([only]) => only.clone(),
            _ => 0..0,
        }
    }
}

fn bit(cue: Cue) -> u128 {
    1 << cue as u64
}

/// The letters by which a word is looked up.
fn letters<'a>(word: &[u8], memory: &'a mut [u8; LONGEST]) -> &'a [u8] {
    let word = word.strip_suffix(b"'").unwrap_or(word);
    let word = word.strip_prefix(b"'").unwrap_or(word);
    let end = match word.iter().position(|b| *b == b'\'') {
        Some(at) if !word.ends_with(b"n't") => at,
        _ => word.len(),
    };
    // "hasn" and what an export made of the apostrophe: letters of another script.
    let end = match word[..end].iter().position(|b| *b == LETTER || *b >= 0x80) {
        Some(at) if CONTRACTED.contains(&&word[..at]) => at,
        _ => end,
    };
    let mut length = 0;
    for byte in word[..end].iter().filter(|b| **b != b'\'') {
        if length == LONGEST {
            return &[];
        }
        memory[length] = *byte;
        length += 1;
    }
    &memory[..length]
}
