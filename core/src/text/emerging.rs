//! Emerging terms: words and pairs of words that are new in comments. A watch list for a person to
//! read, never a theme by itself.
//!
//! Document frequencies of this window are compared with those before by log-odds with an
//! informative prior ([`log_odds`]). Comments with the same text count once (a copied joke is no
//! trend), and words that only name somebody are left out. A term is listed when it occurs in
//! [`MIN_COMMENTS`] comments about [`MIN_AGENTS`] agents and z is above [`CLEAR`] now, or above
//! [`LIKELY`] in two windows in a row.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{classifier::ngrams::Ngrams, normalise::fold};
use crate::stats::log_odds::log_odds;

/// Comments, each a customer's, and agents that a term needs.
pub const MIN_COMMENTS: usize = 8;
pub const MIN_AGENTS: usize = 2;
/// z that is enough by itself, and in two windows in a row.
pub const CLEAR: f64 = 5.0;
pub const LIKELY: f64 = 3.0;
/// Weight of the prior, in words.
const PRIOR: f64 = 500.0;
/// Most terms listed, and comments shown with each.
const MOST_TERMS: usize = 20;
const MOST_SHOWN: usize = 10;

/// Period of a comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Window {
    Baseline,
    /// The window before this one.
    Last,
    This,
}

/// A redacted comment.
#[derive(Clone, Debug)]
pub struct Comment<'a> {
    pub text: &'a str,
    /// Whom it is about: any number that tells agents apart.
    pub agent: usize,
    pub window: Window,
}

/// A term on the watch list.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Term {
    pub term: String,
    pub z: f64,
    /// Comments with it in this window, and before both windows.
    pub comments: usize,
    pub before: usize,
    pub agents: usize,
    /// Places of the comments to read, in the order given.
    #[serde(skip)]
    pub shown: Vec<usize>,
}

/// Words that carry nothing by themselves.
const EMPTY: &str = " a about after again all also am an and any are as at be because been before being but by can could did do \
    does for from get got had has have he her him his how i if in into is it its just me more my no nor not now of off on one or \
    our out over per she so some such than that the their them then there they this to too up us very was we were what when \
    which who why will with would you your im it's i'm i've don't didn't ! ? ";

fn is_empty(word: &str) -> bool {
    word.chars().count() < 3 || EMPTY.contains(&format!(" {word} "))
}

/// Whether a term says something: no name in it, not empty words alone.
fn speaks(term: &str, names: &BTreeSet<String>) -> bool {
    let mut words = term.split(' ').filter(|w| !w.is_empty());
    let named = |w: &str| names.contains(w) || w.chars().all(|c| c.is_ascii_digit());
    let marked = |w: &str| w.chars().any(|c| !c.is_alphanumeric() && c != '\'');
    !words.clone().any(|w| named(w) || marked(w)) && words.any(|w| !is_empty(w))
}

/// The watch list, highest z first. `names` are words that only name somebody (agents, teams), in
/// lower case.
pub fn emerging(comments: &[Comment<'_>], names: &BTreeSet<String>) -> Vec<Term> {
    let mut cut = Ngrams::default();
    let mut known: BTreeSet<String> = BTreeSet::new();
    let mut counts: BTreeMap<Window, BTreeMap<String, u64>> = BTreeMap::new();
    let mut holders: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, comment) in comments.iter().enumerate() {
        let folded = fold(comment.text);
        if !known.insert(folded.split_whitespace().collect::<Vec<_>>().join(" ")) {
            continue;
        }
        let mut terms: BTreeSet<String> = BTreeSet::new();
        cut.cut(&folded);
        cut.each_word(|term| {
            if speaks(term, names) {
                terms.insert(term.trim().to_owned());
            }
        });
        let window = counts.entry(comment.window).or_default();
        for term in terms {
            if comment.window == Window::This {
                holders.entry(term.clone()).or_default().push(at);
            }
            *window.entry(term).or_default() += 1;
        }
    }
    let nothing = BTreeMap::new();
    let of = |window| counts.get(&window).unwrap_or(&nothing);
    let baseline = of(Window::Baseline);
    let last: BTreeMap<String, f64> = log_odds(baseline, of(Window::Last), PRIOR)
        .into_iter()
        .map(|w| (w.word, w.z))
        .collect();
    let mut terms: Vec<Term> = Vec::new();
    for found in log_odds(baseline, of(Window::This), PRIOR) {
        let again = last.get(&found.word).is_some_and(|z| *z > LIKELY);
        let places = holders.get(&found.word).map_or(&[][..], Vec::as_slice);
        let agents: BTreeSet<usize> = places.iter().map(|p| comments[*p].agent).collect();
        let stands = found.z > CLEAR || (found.z > LIKELY && again);
        // A pair brings its words along: the first of them to be listed says it.
        let said = terms.iter().any(|t| {
            let (long, short) = if t.term.len() > found.word.len() {
                (&t.term, &found.word)
            } else {
                (&found.word, &t.term)
            };
            long.split(' ').any(|w| w == short)
        });
        if stands && !said && places.len() >= MIN_COMMENTS && agents.len() >= MIN_AGENTS {
            terms.push(Term {
                term: found.word,
                z: found.z,
                comments: places.len(),
                before: found.before as usize,
                agents: agents.len(),
                shown: places.iter().copied().take(MOST_SHOWN).collect(),
            });
        }
    }
    terms.truncate(MOST_TERMS);
    terms
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(comments: &[(String, usize, Window)]) -> Vec<String> {
        let comments: Vec<Comment<'_>> = comments
            .iter()
            .map(|(text, agent, window)| Comment {
                text,
                agent: *agent,
                window: *window,
            })
            .collect();
        let names = BTreeSet::from(["maria".to_owned()]);
        emerging(&comments, &names)
            .into_iter()
            .map(|t| t.term)
            .collect()
    }

    /// A phone system that breaks down is listed; a copied joke, a matter of one agent and a name
    /// are not.
    #[test]
    fn what_breaks_is_seen_and_a_copied_joke_is_not() {
        let mut said: Vec<(String, usize, Window)> = Vec::new();
        for i in 0..600 {
            let window = match i {
                0..400 => Window::Baseline,
                400..500 => Window::Last,
                _ => Window::This,
            };
            said.push((format!("quick answer number {i}, thank you"), i % 9, window));
        }
        assert_eq!(terms(&said), Vec::<String>::new(), "nothing is new");
        let mut once = said.clone();
        for i in 0..28 {
            let window = if i % 2 == 0 {
                Window::Last
            } else {
                Window::This
            };
            for (text, agent) in [
                (format!("the callback never came, order {i}"), i % 5),
                ("our fleet is on fleek".to_owned(), i % 5),
                (format!("the tent leaks, case {i}"), 3),
                (format!("maria again {i}"), i % 5),
            ] {
                said.push((text.clone(), agent, window));
                if window == Window::This {
                    once.push((text, agent, window));
                }
            }
        }
        assert_eq!(
            terms(&once),
            Vec::<String>::new(),
            "one window is not yet a trend"
        );
        let found = terms(&said);
        assert!(found.iter().any(|t| t.contains("callback")), "{found:?}");
        for absent in ["fleek", "tent", "maria"] {
            assert!(
                !found.iter().any(|t| t.contains(absent)),
                "{absent}: {found:?}"
            );
        }
    }
}
