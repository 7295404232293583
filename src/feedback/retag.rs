//! Tags stored comments again when the taxonomy, annotations or the model change, and reports what
//! that changed.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::{
    cached_statistics,
    error::{FeedbackError, Result},
    score::ScoreScale,
    store::{self, FeedbackRow, ThemeMentionRow},
};
use crate::{
    db::{Database, DbConnection, write_transaction},
    queue::{self, Job, JobResult, Lease, Run},
    tagging::{self, Tagger, TaggerReader, TrainModel},
    text::{
        mention::{CommentState, Polarity, TaggedComment, ThemeMention, rounded},
        taxonomy::{Control, Taxonomy},
    },
    types::{Id, Instant},
};

/// Comments in one transaction.
const BATCH: i64 = 2_000;
/// Comments that a trial reads, newest first.
const TRIAL: i64 = 20_000;
/// Clauses shown of each kind of change.
const SHOWN: usize = 5;

/// Tags the comment of `row`, sets its state and mood, and returns its mentions.
pub fn tag(
    reader: &mut TaggerReader<'_>,
    taxonomy: &Taxonomy,
    row: &mut FeedbackRow,
) -> Vec<ThemeMentionRow> {
    let read = row.comment.as_ref().map(|text| reader.read(text, row.good));
    themes_of(row, read, taxonomy)
}

fn themes_of(
    row: &mut FeedbackRow,
    read: Option<TaggedComment>,
    taxonomy: &Taxonomy,
) -> Vec<ThemeMentionRow> {
    (row.mood, row.mood_probability) = (None, None);
    let Some(read) = read else {
        row.comment_state = CommentState::None;
        return Vec::new();
    };
    row.comment_state = read.state;
    if let Some((mood, probability)) = read.clear_mood() {
        (row.mood, row.mood_probability) = (Some(mood), Some(rounded(probability)));
    }
    let contradicts: Vec<bool> = read
        .mentions
        .iter()
        .map(|mention| contradicts_score(row, &read, mention, taxonomy))
        .collect();
    let (organisation_id, feedback_id) = (row.organisation_id, row.id);
    let (agent_id, occurred_at) = (row.agent_id, row.occurred_at);
    let row = |(tag, contradicts_score): (ThemeMention, bool)| ThemeMentionRow {
        organisation_id,
        id: Id::new(),
        feedback_id,
        agent_id,
        occurred_at,
        clause: i32::try_from(tag.clause).unwrap_or(i32::MAX),
        clause_text: tag.clause_text,
        theme: tag.theme,
        polarity: tag.polarity,
        words: tag.words,
        contradicts_score,
        taxonomy_version: taxonomy.version,
        probability: rounded(tag.probability),
    };
    read.mentions
        .into_iter()
        .zip(contradicts)
        .map(row)
        .collect()
}

/// Whether a mention is no evidence because of the comment's score: praise under a low score, and
/// what stands in a comment whose words contradict the score. A pleased customer may complain about
/// a theme that a department owns.
fn contradicts_score(
    row: &FeedbackRow,
    read: &TaggedComment,
    mention: &ThemeMention,
    taxonomy: &Taxonomy,
) -> bool {
    let scale = row.scale.as_deref().and_then(|s| ScoreScale::parse(s).ok());
    let is_low = scale
        .zip(row.score)
        .is_some_and(|(s, value)| s.is_low(value));
    let theme = taxonomy.theme(&mention.theme);
    let is_owned = theme.is_some_and(|theme| theme.control == Control::Process);
    let may_complain = row.good == Some(true) && is_owned && mention.polarity == Polarity::Negative;
    is_low && mention.polarity == Polarity::Positive || read.contradicts_score && !may_complain
}

/// Tags every stored comment again.
#[derive(Debug, Serialize, Deserialize)]
pub struct Retag {}

impl Job for Retag {
    const KIND: &'static str = "feedback.retag";
}

impl Run for TrainModel {
    fn run(&self, database: &Database, organisation: Id, _lease: &Lease<'_>) -> JobResult {
        let mut c = database.connect()?;
        let now = Instant::now();
        tagging::learn(&mut c, organisation, now)?;
        write_transaction(&mut c, |c| request(c, organisation, now))?;
        Ok(())
    }
}

impl Run for Retag {
    fn run(&self, database: &Database, organisation: Id, _lease: &Lease<'_>) -> JobResult {
        run(database, organisation)?;
        Ok(())
    }
}

/// Schedules the tagging of all comments.
pub fn request(c: &mut DbConnection, organisation: Id, now: Instant) -> Result<()> {
    Ok(queue::enqueue_once(c, organisation, &Retag {}, now, now)?)
}

/// A theme's clauses before and after.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ThemeChange {
    pub theme: String,
    pub polarity: Polarity,
    pub before: u64,
    pub after: u64,
    /// Some clauses that came to it, and some that left it.
    pub gained: Vec<String>,
    pub lost: Vec<String>,
}

/// Changes by tagging again.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = TaxonomyChanges)]
pub struct Changed {
    pub taxonomy_version: i32,
    /// Comments read, and those whose themes changed.
    pub comments: u64,
    pub changed: u64,
    /// Themes with a change, by name.
    pub themes: Vec<ThemeChange>,
}

#[derive(Default)]
struct Difference {
    comments: u64,
    changed: u64,
    themes: BTreeMap<(String, Polarity), ThemeChange>,
}

/// Clause, theme, polarity, evidence words and probability (in ten-thousandths) of the mentions of
/// a comment.
type Mentioned<'a> = BTreeSet<(i32, &'a str, Polarity, &'a str, u32)>;

fn mentioned(themes: &[ThemeMentionRow]) -> Mentioned<'_> {
    themes
        .iter()
        .map(|t| {
            let probability = (t.probability * 1e4).round() as u32;
            (
                t.clause,
                t.theme.as_str(),
                t.polarity,
                t.words.as_str(),
                probability,
            )
        })
        .collect()
}

impl Difference {
    /// Notes one comment; says whether its themes changed.
    fn add(&mut self, before: &[ThemeMentionRow], after: &[ThemeMentionRow]) -> bool {
        self.comments += 1;
        let polarities = |rows: &[ThemeMentionRow]| -> BTreeMap<(i32, String, Polarity), String> {
            let key = |t: &ThemeMentionRow| (t.clause, t.theme.clone(), t.polarity);
            rows.iter()
                .map(|t| (key(t), t.clause_text.clone()))
                .collect()
        };
        let (old, new) = (polarities(before), polarities(after));
        for (_, theme, polarity) in old.keys() {
            self.of(theme, *polarity).before += 1;
        }
        for (_, theme, polarity) in new.keys() {
            self.of(theme, *polarity).after += 1;
        }
        for (key, clause) in new.iter().filter(|(key, _)| !old.contains_key(*key)) {
            let list = &mut self.of(&key.1, key.2).gained;
            if list.len() < SHOWN && !list.contains(clause) {
                list.push(clause.clone());
            }
        }
        for (key, clause) in old.iter().filter(|(key, _)| !new.contains_key(*key)) {
            let list = &mut self.of(&key.1, key.2).lost;
            if list.len() < SHOWN && !list.contains(clause) {
                list.push(clause.clone());
            }
        }
        let changed = old != new;
        self.changed += u64::from(changed);
        changed || mentioned(before) != mentioned(after)
    }

    fn of(&mut self, theme: &str, polarity: Polarity) -> &mut ThemeChange {
        let key = (theme.to_owned(), polarity);
        self.themes.entry(key).or_insert_with(|| ThemeChange {
            theme: theme.to_owned(),
            polarity,
            before: 0,
            after: 0,
            gained: Vec::new(),
            lost: Vec::new(),
        })
    }

    fn finish(self, taxonomy_version: i32) -> Changed {
        let moved =
            |t: &ThemeChange| t.before != t.after || !t.gained.is_empty() || !t.lost.is_empty();
        Changed {
            taxonomy_version,
            comments: self.comments,
            changed: self.changed,
            themes: self.themes.into_values().filter(moved).collect(),
        }
    }
}

/// Stored comments tagged again: each row as it would be, its mentions before and after.
fn read_anew(
    tagger: &Tagger,
    rows: Vec<FeedbackRow>,
    stored: Vec<ThemeMentionRow>,
) -> Vec<(FeedbackRow, Vec<ThemeMentionRow>, Vec<ThemeMentionRow>)> {
    let mut before: BTreeMap<Id, Vec<ThemeMentionRow>> = BTreeMap::new();
    for theme in stored {
        before.entry(theme.feedback_id).or_default().push(theme);
    }
    let read: Vec<(FeedbackRow, Vec<ThemeMentionRow>)> = rows
        .par_chunks(256)
        .flat_map_iter(|some| {
            let mut reader = tagger.reader();
            let read = move |row: &FeedbackRow| {
                let mut row = row.clone();
                let themes = tag(&mut reader, tagger.taxonomy(), &mut row);
                (row, themes)
            };
            some.iter().map(read).collect::<Vec<_>>()
        })
        .collect();
    read.into_iter()
        .map(|(row, after)| {
            let before = before.remove(&row.id).unwrap_or_default();
            (row, before, after)
        })
        .collect()
}

/// Runs [`Retag`] in short transactions; running it again is harmless. The changes are kept for the
/// page.
pub fn run(database: &Database, organisation: Id) -> Result<Changed> {
    let mut c = database.connect()?;
    let tagger = Tagger::of(&mut c, organisation)?;
    let mut difference = Difference::default();
    let mut behind = None;
    loop {
        let rows = store::comments_after(&mut c, organisation, behind, BATCH)?;
        let Some(last) = rows.last() else { break };
        behind = Some(last.id);
        let ids: Vec<Id> = rows.iter().map(|r| r.id).collect();
        let state = |r: &FeedbackRow| (r.comment_state, r.mood, r.mood_probability);
        let states: BTreeMap<Id, _> = rows.iter().map(|r| (r.id, state(r))).collect();
        let stored = store::mentions_on(&mut c, organisation, &ids)?;
        let changed: Vec<_> = read_anew(&tagger, rows, stored)
            .into_iter()
            .filter(|(row, before, after)| {
                let moved = difference.add(before, after);
                moved || states.get(&row.id) != Some(&state(row))
            })
            .collect();
        if changed.is_empty() {
            continue;
        }
        write_transaction(&mut c, |c| {
            for (row, _, after) in changed {
                // If an import has changed the record since, it has tagged the record itself.
                store::set_mentions(c, &row, after)?;
            }
            Ok::<_, FeedbackError>(())
        })?;
    }
    let changed = difference.finish(tagger.taxonomy().version);
    write_transaction(&mut c, |c| {
        cached_statistics::keep(c, organisation, LAST, &changed, Instant::now())
    })?;
    Ok(changed)
}

/// Name of the last change among the measurements.
const LAST: &str = "retagged";

/// Changes by the last [`Retag`].
pub fn last(c: &mut DbConnection, organisation: Id) -> Result<Option<Changed>> {
    cached_statistics::find(c, organisation, LAST)
}

/// Changes that another taxonomy would make in the newest comments; nothing is stored.
pub fn trial(c: &mut DbConnection, organisation: Id, words: &str) -> Result<Changed> {
    let tagger = Tagger::of(c, organisation)?.with_words(words)?;
    let rows = store::newest_comments(c, organisation, TRIAL)?;
    let mut difference = Difference::default();
    for some in rows.chunks(BATCH as usize) {
        let ids: Vec<Id> = some.iter().map(|r| r.id).collect();
        let stored = store::mentions_on(c, organisation, &ids)?;
        for (_, before, after) in read_anew(&tagger, some.to_vec(), stored) {
            difference.add(&before, &after);
        }
    }
    Ok(difference.finish(tagger.taxonomy().version))
}

/// Tags the comments with exactly this clause again at once, for whoever annotated it.
pub fn at_once(c: &mut DbConnection, organisation: Id, clause: &str) -> Result<()> {
    let tagger = Tagger::of(c, organisation)?;
    let records = store::records_with_clause(c, organisation, clause)?;
    let rows: Vec<FeedbackRow> = store::feedback_by_ids(c, organisation, &records)?;
    for (row, _, after) in read_anew(&tagger, rows, Vec::new()) {
        store::set_mentions(c, &row, after)?;
    }
    Ok(())
}
