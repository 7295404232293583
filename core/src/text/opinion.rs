//! Opinion words of a clause: matches of themes and of general praise and blame, with what the
//! words around them make of them.

use std::ops::Range;

use super::{matcher::ListMatch, words::Words};

/// What the words say by themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Praise,
    Blame,
    /// A thing that customers want; its absence is blame ("no reply").
    Wanted,
    /// A thing that customers do not want; its absence is praise ("no delay").
    Trouble,
    /// Names a theme.
    Aspect,
}

/// A theme's word or phrase in a clause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ThemeMatch {
    /// Position in the taxonomy.
    pub theme: usize,
    pub found: ListMatch,
}

/// An opinion word or phrase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opinion {
    /// Positions of its words in the clause.
    pub words: Range<usize>,
    pub kind: Kind,
    /// `None` for general praise or blame.
    pub theme: Option<ThemeMatch>,
    /// 1 to 3.
    pub strength: i32,
    /// Negated once, or three times.
    pub is_negated: bool,
    /// Asked for, wished, expected or under a condition.
    pub is_requested: bool,
    /// Said of another time or of others, or in irony, so that the opposite is meant.
    pub is_reversed: bool,
    /// About nothing that the organisation did.
    pub is_dropped: bool,
    /// Beside a negation that may or may not be about it.
    pub is_doubtful: bool,
}

impl Opinion {
    pub fn new(words: Range<usize>, kind: Kind, theme: Option<ThemeMatch>, strength: i32) -> Self {
        Self {
            words,
            kind,
            theme,
            strength,
            is_negated: false,
            is_requested: false,
            is_reversed: false,
            is_dropped: false,
            is_doubtful: false,
        }
    }

    /// Position of its theme in the taxonomy.
    pub fn theme_number(&self) -> Option<usize> {
        self.theme.map(|found| found.theme)
    }

    /// 1 for praise, -1 for blame, 0 for neither, as a negation sees it.
    pub fn direction(&self) -> i32 {
        match self.kind {
            Kind::Praise | Kind::Wanted => 1,
            Kind::Blame | Kind::Trouble => -1,
            Kind::Aspect => 0,
        }
    }

    /// 1 for praise, -1 for blame, 0 for neither, with negation and reversal, of what is asserted.
    pub fn sign(&self) -> i32 {
        if self.is_dropped || self.is_requested {
            return 0;
        }
        let sign = match (self.kind, self.is_negated) {
            (Kind::Praise, false) | (Kind::Blame | Kind::Trouble, true) => 1,
            (Kind::Blame, false) | (Kind::Praise | Kind::Wanted, true) => -1,
            _ => 0,
        };
        if self.is_reversed { -sign } else { sign }
    }

    /// Whether this and `other` have words in common.
    pub fn overlaps(&self, other: &Range<usize>) -> bool {
        self.words.start < other.end && other.start < self.words.end
    }
}

/// The opinions that begin or go on at a word.
pub fn at(opinions: &[Opinion], word: usize) -> impl Iterator<Item = usize> + '_ {
    let covers = move |opinion: &Opinion| opinion.words.contains(&word) && !opinion.is_dropped;
    let all = opinions.iter().enumerate();
    all.filter(move |(_, opinion)| covers(opinion))
        .map(|(at, _)| at)
}

/// End of the sub-clause of a word: the next comma, full stop or bracket.
pub fn segment_end(words: &Words, from: usize) -> usize {
    let ends = |word: &usize| words.is_sign(*word, b',') || words.is_stop(*word);
    (from..words.len()).find(ends).unwrap_or(words.len())
}

/// Start of the sub-clause of a word.
pub fn segment_start(words: &Words, before: usize) -> usize {
    let ends = |word: &usize| words.is_sign(*word, b',') || words.is_stop(*word);
    (0..before).rev().find(ends).map_or(0, |word| word + 1)
}
