//! Many lists of words, read in one pass.
//!
//! One machine goes through a text byte by byte and says which lists have words in it. After most spaces it goes on as if the
//! text began there, since nothing has begun that could still become a word of a list: the text falls into stretches, and most
//! of them hold no word at all. Where a stretch does, the list's own machine is asked for the places, once: a stretch that is
//! the same up to the end of its last word (and one character more, which tells that it ends) has them at the same places in
//! any text. The one machine does not know where words begin. So a list whose words can begin in two places and end in one
//! ("(very )?helpful") reads texts in which it has a word on its own.

use std::{fmt, ops::Range};

use regex::Error;
use regex_automata::{
    hybrid::{
        LazyStateID,
        dfa::{Cache, Config, DFA},
    },
    util::{pool::Pool, start},
};
use regex_syntax::hir::Hir;
use rustc_hash::FxHashMap;

use super::{
    machines::{Legible, TOGETHER_BYTES, Words},
    overlap::can_overlap,
    together::{alone, together},
};

/// Memory of one reader of all lists.
const CACHE_BYTES: usize = 16 << 20;
/// Most stretches that a reader remembers, and the longest of them in bytes.
const REMEMBERED: usize = 1 << 14;
const LONGEST_REMEMBERED: usize = 100;

/// A word of a list in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    list: u32,
    start: u32,
    end: u32,
}

impl Place {
    fn new(list: usize, place: &Range<usize>) -> Self {
        Self {
            list: list as u32,
            start: place.start as u32,
            end: place.end as u32,
        }
    }

    /// Number of the list.
    pub fn list(self) -> usize {
        self.list as usize
    }

    /// Where the word stands, in bytes of the text as it is read.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    fn moved(self, by: usize) -> Self {
        Self {
            start: self.start + by as u32,
            end: self.end + by as u32,
            ..self
        }
    }
}

/// The places of one list among those of many, which are in order.
pub fn of(places: &[Place], list: usize) -> &[Place] {
    let start = places.partition_point(|place| place.list() < list);
    let more = places[start..].iter();
    let end = start + more.take_while(|place| place.list() == list).count();
    &places[start..end]
}

/// Lists of words, known by their number.
pub struct Lists {
    lists: Vec<Words>,
    together: DFA,
    /// Lists that read on their own; see [`can_overlap`].
    alone: Vec<bool>,
    readers: Pool<Option<Reader>, NewReader>,
}

type NewReader = Box<
    dyn Fn() -> Option<Reader> + Send + Sync + std::panic::UnwindSafe + std::panic::RefUnwindSafe,
>;

impl Lists {
    /// All of `lists`.
    ///
    /// # Errors
    /// When they are too large together.
    pub fn new(lists: Vec<Words>) -> Result<Self, Error> {
        Self::with_memory(lists, CACHE_BYTES)
    }

    /// The same, with so much memory of a reader; as little as will do where that is less.
    fn with_memory(lists: Vec<Words>, bytes: usize) -> Result<Self, Error> {
        let patterns: Vec<&Hir> = lists.iter().map(Words::pattern).collect();
        let too_big = || Error::CompiledTooBig(TOGETHER_BYTES);
        let every_match = Config::new()
            .match_kind(regex_automata::MatchKind::All)
            .skip_cache_capacity_check(true)
            .cache_capacity(bytes);
        let machine = together(&patterns, TOGETHER_BYTES).map_err(|_e| too_big())?;
        let together = DFA::builder()
            .configure(every_match)
            .build_from_nfa(machine)
            .map_err(|_e| too_big())?;
        let overlaps = |list: &&Hir| {
            let machine = alone(list, TOGETHER_BYTES).map_err(|_e| too_big())?;
            Ok(can_overlap(&machine))
        };
        let alone = patterns.iter().map(overlaps);
        let alone = alone.collect::<Result<_, Error>>()?;
        Ok(Self::of(lists, together, alone))
    }

    fn of(lists: Vec<Words>, together: DFA, alone: Vec<bool>) -> Self {
        let own = together.clone();
        Self {
            lists,
            together,
            alone,
            readers: Pool::new(Box::new(move || Reader::new(&own))),
        }
    }

    /// Which words of which lists stand in `text`: fills `places`, in the order of the lists and then of the text.
    pub fn find(&self, text: &Legible, places: &mut Vec<Place>) {
        places.clear();
        let read = text.as_ascii().and_then(|bytes| {
            let mut reader = self.readers.get();
            let found = reader.as_mut()?.find(self, text, bytes, places);
            if found.is_none() {
                *reader = Reader::new(&self.together);
            }
            found
        });
        if read.is_none() {
            places.clear();
            for (number, list) in self.lists.iter().enumerate() {
                let found = list.places(text, 0..text.len());
                places.extend(found.map(|place| Place::new(number, &place)));
            }
        }
        places.sort_unstable();
    }
}

impl Clone for Lists {
    /// With a memory of its own, which a thread that reads much does not share.
    fn clone(&self) -> Self {
        Self::of(
            self.lists.clone(),
            self.together.clone(),
            self.alone.clone(),
        )
    }
}

impl fmt::Debug for Lists {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Lists").field(&self.lists).finish()
    }
}

/// The memory of one who reads.
struct Reader {
    cache: Cache,
    /// Where the machine begins after a space.
    fresh: LazyStateID,
    /// Lists with a word in the stretch at hand, and up to where it must be read to know all of them.
    hit: Vec<usize>,
    known_at: usize,
    /// Lists that read on their own and have a word in the text at hand.
    alone: Vec<usize>,
    /// Stretches read before, and their places in the list of places; those that begin and those that end a text apart.
    remembered: [FxHashMap<Box<[u8]>, Range<usize>>; 4],
    /// From the start of their stretch.
    places: Vec<Place>,
}

impl Reader {
    /// `None` where the machine cannot even begin.
    fn new(machine: &DFA) -> Option<Self> {
        let mut cache = machine.create_cache();
        let after_space = start::Config::new().look_behind(Some(b' '));
        Some(Self {
            fresh: machine.start_state(&mut cache, &after_space).ok()?,
            cache,
            hit: Vec::new(),
            known_at: 0,
            alone: Vec::new(),
            remembered: Default::default(),
            places: Vec::new(),
        })
    }

    /// Adds the places of all lists in a text of ASCII characters. `None` where the machine has forgotten its states, so that
    /// nothing said of them holds.
    fn find(
        &mut self,
        lists: &Lists,
        text: &Legible,
        bytes: &[u8],
        found: &mut Vec<Place>,
    ) -> Option<()> {
        let machine = &lists.together;
        self.alone.clear();
        let start = start::Config::new();
        let mut state = machine.start_state(&mut self.cache, &start).ok()?;
        let (mut from, mut last) = (0, 0);
        for (at, byte) in bytes.iter().enumerate() {
            state = machine.next_state(&mut self.cache, state, *byte).ok()?;
            // Where the machine forgets, `fresh` is nothing to it any more, and after that nor is `state`.
            if last == b' ' && self.has_kept_all() {
                let fresh = self.fresh;
                let begun = machine.next_state(&mut self.cache, fresh, *byte).ok()?;
                if !self.has_kept_all() {
                    return None;
                }
                if state == begun {
                    self.close(lists, text, from..at, found);
                    from = at;
                }
            }
            if state.is_tagged() {
                self.note(lists, state, at + 1);
            }
            last = *byte;
        }
        state = machine.next_eoi_state(&mut self.cache, state).ok()?;
        self.note(lists, state, bytes.len() + 1);
        self.close(lists, text, from..bytes.len(), found);
        for list in &self.alone {
            let places = lists.lists[*list].places(text, 0..bytes.len());
            found.extend(places.map(|place| Place::new(*list, &place)));
        }
        self.has_kept_all().then_some(())
    }

    fn has_kept_all(&self) -> bool {
        self.cache.clear_count() == 0
    }

    /// Notes the lists of which a word ends, as is known after `at` bytes.
    fn note(&mut self, lists: &Lists, state: LazyStateID, at: usize) {
        if !state.is_match() {
            return;
        }
        let machine = &lists.together;
        for nth in 0..machine.match_len(&self.cache, state) {
            let list = machine.match_pattern(&self.cache, state, nth).as_usize();
            let hit = if lists.alone[list] {
                &mut self.alone
            } else {
                self.known_at = at;
                &mut self.hit
            };
            if !hit.contains(&list) {
                hit.push(list);
            }
        }
    }

    /// Ends a stretch: adds the places in it.
    fn close(
        &mut self,
        lists: &Lists,
        text: &Legible,
        stretch: Range<usize>,
        found: &mut Vec<Place>,
    ) {
        if self.hit.is_empty() {
            return;
        }
        let bytes = text.as_ascii().unwrap_or_default();
        let at_end = self.known_at > bytes.len();
        let kind = usize::from(stretch.start == 0) + 2 * usize::from(at_end);
        let bytes = &bytes[stretch.start..self.known_at.min(bytes.len())];
        if let Some(known) = self.remembered[kind].get(bytes) {
            let known = self.places[known.clone()].iter();
            found.extend(known.map(|place| place.moved(stretch.start)));
            self.hit.clear();
            return;
        }
        let first = found.len();
        for list in self.hit.drain(..) {
            let places = lists.lists[list].places(text, stretch.clone());
            found.extend(places.map(|place| Place::new(list, &place)));
        }
        if bytes.len() > LONGEST_REMEMBERED || !self.has_kept_all() {
            return;
        }
        if self.remembered.iter().map(FxHashMap::len).sum::<usize>() >= REMEMBERED {
            self.remembered.iter_mut().for_each(FxHashMap::clear);
            self.places.clear();
        }
        let from = self.places.len();
        let own = |place: &Place| Place {
            start: place.start - stretch.start as u32,
            end: place.end - stretch.start as u32,
            ..*place
        };
        self.places.extend(found[first..].iter().map(own));
        self.remembered[kind].insert(bytes.into(), from..self.places.len());
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn lists(patterns: &[&[&str]]) -> Vec<Words> {
        let list = |(number, patterns): (usize, &&[&str])| {
            let patterns: Vec<String> = patterns.iter().map(|p| (*p).to_owned()).collect();
            Words::new(&patterns, number % 3 != 0, true).expect("usable")
        };
        patterns.iter().enumerate().map(list).collect()
    }

    fn one_by_one(lists: &[Words], text: &Legible) -> Vec<Place> {
        let places = |(number, list): (usize, &Words)| {
            let found = list.places(text, 0..text.len());
            found
                .map(move |p| Place::new(number, &p))
                .collect::<Vec<_>>()
        };
        lists.iter().enumerate().flat_map(places).collect()
    }

    /// None of the shipped lists pays for reading on its own.
    #[test]
    fn shipped_lists_are_read_together() {
        let shipped = crate::text::taxonomy::Taxonomy::shipped();
        assert!(!shipped.lists.alone.contains(&true));
        let (mut text, mut places) = (Legible::default(), Vec::new());
        for folded in [
            "very helpful and so helpful, really very helpful",
            "too slow, so very slowly",
            "so very good service",
            "it was very very very good",
        ] {
            text.set(folded, true);
            shipped.lists.find(&text, &mut places);
            let expected = one_by_one(&shipped.lists.lists, &text);
            assert!(!expected.is_empty());
            assert_eq!(places, expected, "{folded}");
        }
    }

    proptest! {
        /// One pass finds what each list finds alone, also when it has read much before.
        #[test]
        fn one_pass_is_as_good(texts in prop::collection::vec("(a|b|c|ab|abc|no|not| |  |,|\\.|-|\n|é|👍){0,16}", 1..6)) {
            let words = lists(&[
                &["a b", "b ", "no(t)?"],
                &["a(b|bc)?", "ab c\\w*", "\\w+c"],
                &["not (a )?b", "not", "b$", "^c"],
                &["^(a |b )*c\\b", "\\bno\\b"],
                &["c*", "a *", "b \\w"],
                &[],
                &["[^a ]b", "b\\W"],
                &[" a", "x"],
                &["[^a]b", "\\W+a"],
                &["a\\b", "\\Bb", "c,"],
            ]);
            let few = Lists::new(lists(&[&["(a )?b"], &["(a |c )*(no|b)"], &["a b|b", "(c |)no"]])).expect("usable");
            prop_assert_eq!(&few.alone, &[true; 3]);
            let together = Lists::new(words.clone()).expect("usable");
            let forgetful = Lists::with_memory(words.clone(), 0).expect("usable");
            let (mut text, mut places) = (Legible::default(), Vec::new());
            for folded in texts.iter().chain(texts.iter().rev()) {
                text.set(folded, true);
                for lists in [&together, &forgetful, &few] {
                    lists.find(&text, &mut places);
                    prop_assert_eq!(&places, &one_by_one(&lists.lists, &text), "{:?}", folded);
                }
            }
        }
    }
}
