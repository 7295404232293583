//! One machine of many lists of words, in which words that begin alike share their beginning, whichever lists they are of.
//!
//! Wherever a word may begin, a machine that keeps its lists apart has a state for the first letter of each of a thousand words;
//! this one has some thirty. What a lazy automaton works out as it reads costs as much as there are states, and is most of what a
//! short file costs. The machine reads ASCII alone.

use std::collections::BTreeMap;

use regex_automata::{
    nfa::thompson::{BuildError, Builder, NFA, Transition},
    util::{look::Look, primitives::StateID},
};
use regex_syntax::hir::{self, Class, Hir, HirKind, Repetition};

/// How far words share their beginning, in bytes.
const SHARED: usize = 12;
/// Of how many parts at most the words are into which a list is spread out where it branches, which is worth it near the
/// beginning alone.
const SPREAD: usize = 1 << 12;
const SPREAD_NEAR: usize = 2;

/// The lists would make too large a machine.
#[derive(Debug, thiserror::Error)]
#[error("the lists are too large")]
pub struct TooLarge;

impl From<BuildError> for TooLarge {
    /// Nothing else can go wrong with patterns that have been parsed.
    fn from(_: BuildError) -> Self {
        Self
    }
}

/// A machine that tells of which of `lists`, by their numbers, words end; no larger than `most_bytes`.
///
/// # Errors
/// When it would be larger.
pub fn together(lists: &[&Hir], most_bytes: usize) -> Result<NFA, TooLarge> {
    let mut builder = Builder::new();
    builder.set_size_limit(Some(most_bytes))?;
    let mut root = Beginning::default();
    let mut ends = Vec::with_capacity(lists.len());
    for (list, pattern) in lists.iter().enumerate() {
        root.add(vec![Part::Pattern(pattern)], list, SPREAD, 0);
        builder.start_pattern()?;
        let end = builder.add_match()?;
        // Nobody asks where a list alone begins.
        builder.finish_pattern(end)?;
        ends.push(end);
    }
    let mut states = States { builder, ends };
    let start = states.beginning(&root)?;
    let anywhere = states.builder.add_union(vec![start])?;
    let any_byte = states.bytes(&[(0, u8::MAX)], anywhere)?;
    states.builder.patch(anywhere, any_byte)?;
    Ok(states.builder.build(start, anywhere)?)
}

/// A machine of one list, as it is written. A word that goes on and another that begins can come together in [`together`] only
/// where they can here: words that share a beginning there have read the same from their first letter on.
///
/// # Errors
/// When it would be larger than `most_bytes`.
pub fn alone(list: &Hir, most_bytes: usize) -> Result<NFA, TooLarge> {
    let mut builder = Builder::new();
    builder.set_size_limit(Some(most_bytes))?;
    builder.start_pattern()?;
    let end = builder.add_match()?;
    builder.finish_pattern(end)?;
    let mut states = States {
        builder,
        ends: Vec::new(),
    };
    let start = states.pattern(list, end)?;
    Ok(states.builder.build(start, start)?)
}

/// A part of a word.
#[derive(Clone, Copy)]
enum Part<'a> {
    Bytes(&'a [u8]),
    Pattern(&'a Hir),
}

/// What may follow one beginning of words.
#[derive(Default)]
struct Beginning<'a> {
    bytes: BTreeMap<u8, Beginning<'a>>,
    looks: Vec<(Look, Beginning<'a>)>,
    /// Parts of words that are shared no further, the last one first, and their lists.
    rests: Vec<(Vec<Part<'a>>, usize)>,
}

impl<'a> Beginning<'a> {
    /// Adds a word of a list: `parts`, the last one first. Where it branches it may become words of `spread` parts at most.
    fn add(&mut self, mut parts: Vec<Part<'a>>, list: usize, spread: usize, length: usize) {
        let part = if length < SHARED { parts.pop() } else { None };
        let Some(part) = part else {
            self.rests.push((parts, list));
            return;
        };
        let pattern = match part {
            Part::Bytes([]) => return self.add(parts, list, spread, length),
            Part::Bytes([first, others @ ..]) => {
                parts.push(Part::Bytes(others));
                let next = self.bytes.entry(*first).or_default();
                return next.add(parts, list, spread, length + 1);
            }
            Part::Pattern(pattern) => pattern,
        };
        match pattern.kind() {
            HirKind::Empty => self.add(parts, list, spread, length),
            HirKind::Literal(literal) => {
                parts.push(Part::Bytes(&literal.0));
                self.add(parts, list, spread, length);
            }
            HirKind::Capture(group) => {
                parts.push(Part::Pattern(&group.sub));
                self.add(parts, list, spread, length);
            }
            HirKind::Concat(subs) => {
                parts.extend(subs.iter().rev().map(Part::Pattern));
                self.add(parts, list, spread, length);
            }
            HirKind::Look(look) => {
                let look = ascii(*look);
                let known = self.looks.iter().position(|(own, _)| *own == look);
                let at = known.unwrap_or_else(|| {
                    self.looks.push((look, Beginning::default()));
                    self.looks.len() - 1
                });
                self.looks[at].1.add(parts, list, spread, length + 1);
            }
            HirKind::Alternation(subs)
                if length < SPREAD_NEAR && subs.len() * (parts.len() + 1) <= spread =>
            {
                for sub in subs {
                    let mut parts = parts.clone();
                    parts.push(Part::Pattern(sub));
                    self.add(parts, list, spread / subs.len(), length);
                }
            }
            HirKind::Repetition(Repetition {
                min: 0,
                max: Some(1),
                sub,
                ..
            }) if length < SPREAD_NEAR && 2 * (parts.len() + 1) <= spread => {
                self.add(parts.clone(), list, spread / 2, length);
                parts.push(Part::Pattern(sub));
                self.add(parts, list, spread / 2, length);
            }
            HirKind::Class(_) | HirKind::Alternation(_) | HirKind::Repetition(_) => {
                parts.push(part);
                self.rests.push((parts, list));
            }
        }
    }
}

/// States of the machine to be, each made after those that follow it.
struct States {
    builder: Builder,
    /// Where the words of each list end.
    ends: Vec<StateID>,
}

impl States {
    fn beginning(&mut self, of: &Beginning<'_>) -> Result<StateID, TooLarge> {
        let mut ways = Vec::new();
        let mut steps = Vec::with_capacity(of.bytes.len());
        for (byte, next) in &of.bytes {
            let (start, end, next) = (*byte, *byte, self.beginning(next)?);
            steps.push(Transition { start, end, next });
        }
        if !steps.is_empty() {
            ways.push(self.steps(steps)?);
        }
        for (look, next) in &of.looks {
            let next = self.beginning(next)?;
            ways.push(self.builder.add_look(next, *look)?);
        }
        for (parts, list) in &of.rests {
            let mut next = self.ends[*list];
            for part in parts {
                next = match part {
                    Part::Bytes(bytes) => self.literal(bytes, next)?,
                    Part::Pattern(pattern) => self.pattern(pattern, next)?,
                };
            }
            ways.push(next);
        }
        self.one_of(ways)
    }

    /// A pattern, and then what follows it (Thompson 1968).
    fn pattern(&mut self, pattern: &Hir, next: StateID) -> Result<StateID, TooLarge> {
        match pattern.kind() {
            HirKind::Empty => Ok(next),
            HirKind::Literal(literal) => self.literal(&literal.0, next),
            HirKind::Class(Class::Bytes(class)) => {
                let ranges: Vec<(u8, u8)> = class.iter().map(|r| (r.start(), r.end())).collect();
                self.bytes(&ranges, next)
            }
            HirKind::Class(Class::Unicode(class)) => {
                let ascii = |c: char| u8::try_from(c).map_or(0x7f, |byte| byte.min(0x7f));
                let ranges = class.iter().filter(|range| range.start().is_ascii());
                let ranges: Vec<(u8, u8)> = ranges
                    .map(|range| (ascii(range.start()), ascii(range.end())))
                    .collect();
                self.bytes(&ranges, next)
            }
            HirKind::Look(look) => Ok(self.builder.add_look(next, ascii(*look))?),
            HirKind::Capture(group) => self.pattern(&group.sub, next),
            HirKind::Concat(subs) => {
                let mut subs = subs.iter().rev();
                subs.try_fold(next, |next, sub| self.pattern(sub, next))
            }
            HirKind::Alternation(subs) => {
                let ways = subs.iter().map(|sub| self.pattern(sub, next));
                let ways = ways.collect::<Result<_, _>>()?;
                self.one_of(ways)
            }
            HirKind::Repetition(repetition) => self.repetition(repetition, next),
        }
    }

    fn repetition(&mut self, times: &Repetition, next: StateID) -> Result<StateID, TooLarge> {
        let mut start = match times.max {
            Some(max) => {
                // Each time more is possible after the one before.
                let more = times.min..max;
                more.into_iter().try_fold(next, |start, _| {
                    let once_more = self.pattern(&times.sub, start)?;
                    self.one_of(vec![once_more, next])
                })?
            }
            None => {
                let again = self.builder.add_union(vec![next])?;
                let once = self.pattern(&times.sub, again)?;
                self.builder.patch(again, once)?;
                again
            }
        };
        for _ in 0..times.min {
            start = self.pattern(&times.sub, start)?;
        }
        Ok(start)
    }

    fn literal(&mut self, bytes: &[u8], next: StateID) -> Result<StateID, TooLarge> {
        let mut bytes = bytes.iter().rev();
        bytes.try_fold(next, |next, byte| self.bytes(&[(*byte, *byte)], next))
    }

    fn bytes(&mut self, ranges: &[(u8, u8)], next: StateID) -> Result<StateID, TooLarge> {
        let steps = ranges.iter().map(|(start, end)| Transition {
            start: *start,
            end: *end,
            next,
        });
        self.steps(steps.collect())
    }

    fn steps(&mut self, steps: Vec<Transition>) -> Result<StateID, TooLarge> {
        match *steps {
            [step] => Ok(self.builder.add_range(step)?),
            _ => Ok(self.builder.add_sparse(steps)?),
        }
    }

    fn one_of(&mut self, ways: Vec<StateID>) -> Result<StateID, TooLarge> {
        match *ways {
            [way] => Ok(way),
            _ => Ok(self.builder.add_union(ways)?),
        }
    }
}

/// What a look around means where all text is ASCII.
fn ascii(look: hir::Look) -> Look {
    match look {
        hir::Look::Start => Look::Start,
        hir::Look::End => Look::End,
        hir::Look::StartLF => Look::StartLF,
        hir::Look::EndLF => Look::EndLF,
        hir::Look::StartCRLF => Look::StartCRLF,
        hir::Look::EndCRLF => Look::EndCRLF,
        hir::Look::WordAscii | hir::Look::WordUnicode => Look::WordAscii,
        hir::Look::WordAsciiNegate | hir::Look::WordUnicodeNegate => Look::WordAsciiNegate,
        hir::Look::WordStartAscii | hir::Look::WordStartUnicode => Look::WordStartAscii,
        hir::Look::WordEndAscii | hir::Look::WordEndUnicode => Look::WordEndAscii,
        hir::Look::WordStartHalfAscii | hir::Look::WordStartHalfUnicode => Look::WordStartHalfAscii,
        hir::Look::WordEndHalfAscii | hir::Look::WordEndHalfUnicode => Look::WordEndHalfAscii,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use regex_automata::{
        MatchKind,
        hybrid::dfa::{Config, DFA},
        nfa::thompson::Compiler,
        util::{start, syntax},
    };

    use super::*;

    /// At each place of a text, the lists of which words end there.
    fn ends(machine: NFA, text: &str) -> Vec<Vec<usize>> {
        let all = Config::new().match_kind(MatchKind::All);
        let machine = DFA::builder().configure(all).build_from_nfa(machine);
        let machine = machine.expect("small");
        let mut cache = machine.create_cache();
        let start = start::Config::new();
        let mut state = machine.start_state(&mut cache, &start).expect("begins");
        let bytes = text.bytes().map(Some).chain([None]);
        let place = |byte: Option<u8>| {
            let next = match byte {
                Some(byte) => machine.next_state(&mut cache, state, byte),
                None => machine.next_eoi_state(&mut cache, state),
            };
            state = next.expect("goes on");
            let number = if state.is_match() {
                machine.match_len(&cache, state)
            } else {
                0
            };
            let list = |nth| machine.match_pattern(&cache, state, nth).as_usize();
            let mut lists: Vec<usize> = (0..number).map(list).collect();
            lists.sort_unstable();
            lists
        };
        bytes.map(place).collect()
    }

    proptest! {
        /// The same words end at the same places as in a machine that keeps its lists apart.
        #[test]
        fn sharing_changes_nothing(text in "[abc \n]{0,12}|(abc){4,6}a?", unicode in any::<bool>()) {
            let lists = [
                r"\b(?:a|ab|abc|a b)\b", r"\b(?:ab(?:c|a)?|b+a|(?:b |c )?a)\b", r"^a|b$|\Bc", r"(?:a|b){2,3}c?", "[ab]c|[^a]b",
                r"(?:(?:a|b)(?:a|b)(?:b|c)(?:c|a)){1,2}", "c*", r"\b(?:a\w*|(?:c ?)+b)", "abcabcabcabcabc", "", r"(?m)^b|c$", "[^\\s\\S]",
            ];
            let parse = |unicode: bool| -> Vec<Hir> {
                let config = syntax::Config::new().unicode(unicode).utf8(false);
                let pattern = |pattern| syntax::parse_with(pattern, &config).expect("pattern");
                lists.into_iter().map(pattern).collect()
            };
            let (own, ascii) = (parse(unicode), parse(false));
            let own: Vec<&Hir> = own.iter().collect();
            let ascii: Vec<&Hir> = ascii.iter().collect();
            let apart = Compiler::new().build_many_from_hir(&ascii).expect("small");
            prop_assert_eq!(ends(together(&own, 1 << 20).expect("small"), &text), ends(apart, &text));
        }
    }

    /// Two thousand ways to begin and fifty thousand parts behind them: the parts are not written out for each.
    #[test]
    fn a_long_word_is_not_spread_out() {
        let ways: Vec<String> = (0..2_000).map(|k| format!("{k}x")).collect();
        let pattern = format!(
            "(?:{})?(?:{}){}",
            ways.join("|"),
            ways.join("|"),
            "[ac]".repeat(50_000)
        );
        let pattern = syntax::parse(&pattern).expect("pattern");
        let mut root = Beginning::default();
        root.add(vec![Part::Pattern(&pattern)], 0, SPREAD, 0);
        let mut parts = 0;
        let mut fresh = vec![&root];
        while let Some(beginning) = fresh.pop() {
            parts += beginning
                .rests
                .iter()
                .map(|(parts, _)| parts.len())
                .sum::<usize>();
            fresh.extend(beginning.bytes.values());
            fresh.extend(beginning.looks.iter().map(|(_, next)| next));
        }
        assert!(parts <= 50_000 + SPREAD, "{parts}");
    }

    #[test]
    fn a_machine_too_large_is_none() {
        let pattern = syntax::parse("(?:a{100}){100}").expect("pattern");
        assert!(together(&[&pattern], 1 << 16).is_err());
        let long = syntax::parse(&"ab".repeat(100_000)).expect("pattern");
        assert!(together(&[&long], 1 << 26).is_ok());
    }
}
