//! The next clause that a person should annotate: half of the clauses are those with the weakest
//! evidence, a quarter are random and a quarter have rare themes. Some were annotated by somebody
//! else before, so that agreement can be computed.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{error::Result, store};
use crate::{
    accounts::Actor,
    db::DbConnection,
    tagging::{self, Sampling, Tagger, clause_key},
    text::{clauses, mention::ThemeMention, offensive, tagger},
};

/// Comments that clauses are taken from, newest first.
const COMMENTS: i64 = 2_000;
/// One clause in so many is annotated by a second person.
const SECOND: u64 = 10;
/// Fewest words of a clause without a theme that is worth annotating.
const WORDS: usize = 3;

/// A clause to annotate.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct ClauseToAnnotate {
    pub clause: String,
    /// The comment around it.
    pub comment: String,
    /// Mentions that the current words or model find in it.
    #[serde(skip)]
    pub mentions: Vec<ThemeMention>,
    pub sampling: Sampling,
}

/// A hash of a clause for random choices, the same everywhere.
fn hash(key: &str, salt: usize) -> u64 {
    use sha2::{Digest, Sha256};
    let digest = Sha256::digest(format!("{key}/{salt}").as_bytes());
    digest[..8]
        .iter()
        .fold(0, |sum, byte| (sum << 8) | u64::from(*byte))
}

/// The next clause for this person; `None` when the person has annotated every clause.
pub fn next(c: &mut DbConnection, actor: &Actor) -> Result<Option<ClauseToAnnotate>> {
    let organisation = actor.organisation;
    let tagger = Tagger::of(c, organisation)?;
    let me = actor.label();
    let mut annotators: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for row in tagging::annotations(c, organisation)? {
        annotators
            .entry(row.clause_key)
            .or_default()
            .insert(row.created_by);
    }
    let mine = annotators.values().filter(|who| who.contains(&me)).count();
    let mut reader = tagger.reader();
    let mut open: BTreeMap<String, ClauseToAnnotate> = BTreeMap::new();
    let mut seconds: BTreeMap<String, ClauseToAnnotate> = BTreeMap::new();
    for row in store::newest_comments(c, organisation, COMMENTS)? {
        let Some(comment) = row.comment.filter(|text| !offensive::is_offensive(text)) else {
            continue;
        };
        let reading = reader.read(&comment, row.good);
        // A second annotator must not see the first annotation, only what the words find.
        let by_words = tagger::tag(&comment, row.good, tagger.lexicon()).mentions;
        for (at, clause) in clauses::split(&comment).enumerate() {
            let mentions: Vec<ThemeMention> = reading
                .mentions
                .iter()
                .filter(|t| t.clause == at)
                .cloned()
                .collect();
            if mentions.is_empty() && clause.split_whitespace().count() < WORDS {
                continue;
            }
            let key = clause_key(clause);
            let asked = |sampling, mentions: &[ThemeMention]| ClauseToAnnotate {
                clause: clause.to_owned(),
                comment: comment.clone(),
                mentions: mentions.to_vec(),
                sampling,
            };
            match annotators.get(&key) {
                None => {
                    open.entry(key)
                        .or_insert_with(|| asked(Sampling::Random, &mentions));
                }
                Some(who)
                    if who.len() == 1
                        && !who.contains(&me)
                        && hash(&key, 0).is_multiple_of(SECOND) =>
                {
                    let own = by_words.iter().filter(|t| t.clause == at).cloned();
                    let own: Vec<ThemeMention> = own.collect();
                    seconds
                        .entry(key)
                        .or_insert_with(|| asked(Sampling::Second, &own));
                }
                Some(_) => {}
            }
        }
    }
    if let Some((_, asked)) = seconds.into_iter().next() {
        return Ok(Some(asked));
    }
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for tag in open.values().flat_map(|asked| &asked.mentions) {
        *counts.entry(&tag.theme).or_default() += 1;
    }
    let sureness = |asked: &ClauseToAnnotate| {
        let least = asked
            .mentions
            .iter()
            .map(|t| t.probability)
            .fold(f64::INFINITY, f64::min);
        (least * 1e6) as u64
    };
    let rarity = |asked: &ClauseToAnnotate| {
        let rarest = asked
            .mentions
            .iter()
            .filter_map(|t| counts.get(t.theme.as_str()))
            .min();
        rarest.map_or(u64::MAX, |n| *n as u64)
    };
    let tagged = |asked: &ClauseToAnnotate| !asked.mentions.is_empty();
    let sampling = match mine % 4 {
        1 => Sampling::Random,
        3 => Sampling::Rare,
        _ => Sampling::Uncertain,
    };
    let order = |key: &String, asked: &ClauseToAnnotate| {
        let first = match sampling {
            Sampling::Uncertain if tagged(asked) => sureness(asked),
            Sampling::Rare => rarity(asked),
            Sampling::Random => 0,
            _ => u64::MAX,
        };
        (first, hash(key, mine))
    };
    let chosen = open.iter().min_by_key(|(key, asked)| order(key, asked));
    Ok(chosen.map(|(_, asked)| ClauseToAnnotate {
        sampling,
        ..asked.clone()
    }))
}
