//! What the draft of a taxonomy would change: which of the newest comments would gain or lose a
//! theme. Nothing is stored.
//!
//! Both taxonomies read the comments by their words alone, so that nothing but the edits makes the
//! difference: a learned model is trained for one version.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use regex::Regex;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    error::Result,
    latest_period::latest_period,
    period::Period,
    store::{self, FeedbackRow},
};
use crate::{
    db::Database,
    tagging::{
        Tagger, TaggerReader,
        taxonomy_draft::{self, DraftEdit, TaxonomyDraft},
    },
    text::{
        mention::Polarity,
        normalise::fold,
        offensive,
        taxonomy_edit::{TaxonomyEdit, WordList},
        theme_entry::readable,
    },
    types::{Id, Instant},
};

/// Days of feedback that are read, until the newest.
pub const DAYS: i64 = 90;
/// Most comments that are read, newest first.
const MOST_COMMENTS: i64 = 5_000;
/// Examples of each kind of change of a theme.
const EXAMPLES: usize = 10;
/// Share of comments from which an added word is too common to say much.
const COMMON: f64 = 0.10;
/// Fewest comments for that warning.
const FEWEST_COMMENTS: usize = 20;
/// Added words that are counted.
const MOST_WORDS: usize = 100;

/// Changes that the draft would make in the newest comments.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TaxonomyPreview {
    /// Revision of the draft, and the version in force.
    pub revision: i32,
    pub version: i32,
    pub edits: Vec<DraftEdit>,
    pub period: Period,
    /// Comments that were read, newest first.
    #[schema(example = 1200)]
    pub comments: u64,
    /// Most comments that are read. As many mean that older ones of the period were left out.
    #[schema(example = 5000)]
    pub limit: u64,
    /// Comments whose themes would change.
    pub changed: u64,
    /// All stored comments, which are read again when the draft is used.
    pub stored_comments: u64,
    /// Themes with a change, in the order of the taxonomy.
    pub themes: Vec<ThemePreview>,
    /// The added words, with how common they are.
    pub words: Vec<WordUse>,
}

/// Changes of one theme, in comments.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct ThemePreview {
    pub theme: String,
    pub name: String,
    pub before: u64,
    pub after: u64,
    pub gained: u64,
    pub lost: u64,
    /// Comments that mention the theme before and after, with another polarity.
    pub other_polarity: u64,
    /// Comments that would gain the theme; at most ten here, in `losses` and in `changes`.
    pub gains: Vec<PreviewExample>,
    pub losses: Vec<PreviewExample>,
    pub changes: Vec<PreviewExample>,
}

/// A comment that would change.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PreviewExample {
    pub id: Id,
    pub occurred_at: Instant,
    pub channel: String,
    /// The comment or, if it is long, the clause.
    pub comment: String,
    /// Words that decide or decided.
    pub words: String,
    pub polarity: Polarity,
}

impl PreviewExample {
    /// The comment in parts; those that decide are marked.
    pub fn parts(&self) -> Vec<(bool, &str)> {
        let words: Vec<String> = self.words.split(", ").map(whole_word).collect();
        let Ok(any) = Regex::new(&format!("(?i){}", words.join("|"))) else {
            return vec![(false, &self.comment)];
        };
        let (mut parts, mut end) = (Vec::new(), 0);
        for found in any.find_iter(&self.comment).filter(|m| !m.is_empty()) {
            parts.push((false, &self.comment[end..found.start()]));
            parts.push((true, found.as_str()));
            end = found.end();
        }
        parts.push((false, &self.comment[end..]));
        parts.retain(|(_, text)| !text.is_empty());
        parts
    }
}

/// A pattern for a word that is not part of another.
fn whole_word(word: &str) -> String {
    let boundary = |c: Option<char>| match c {
        Some(c) if c.is_alphanumeric() => r"\b",
        _ => "",
    };
    let (start, end) = (word.chars().next(), word.chars().next_back());
    format!(
        "{}{}{}",
        boundary(start),
        regex::escape(word),
        boundary(end)
    )
}

/// Frequency of an added word.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WordUse {
    pub theme: String,
    pub list: WordList,
    #[schema(example = "refund*")]
    pub word: String,
    /// Comments that have it.
    pub comments: u64,
    /// Whether more than a tenth of the comments have it.
    pub is_common: bool,
}

/// Longest comment that is shown whole, in characters.
const LONGEST: usize = 300;

/// Mentions of one comment by theme: polarities, and the first clause with its words.
type ByTheme = BTreeMap<String, Found>;

#[derive(Clone)]
struct Found {
    polarities: BTreeSet<&'static str>,
    polarity: Polarity,
    clause: String,
    words: String,
}

fn by_theme(reader: &mut TaggerReader<'_>, row: &FeedbackRow) -> ByTheme {
    let mut found = ByTheme::new();
    let comment = row.comment.as_deref().unwrap_or_default();
    for mention in reader.read(comment, row.good).mentions {
        let entry = found.entry(mention.theme).or_insert_with(|| Found {
            polarities: BTreeSet::new(),
            polarity: mention.polarity,
            clause: mention.clause_text,
            words: mention.words,
        });
        entry.polarities.insert(mention.polarity.as_str());
    }
    found
}

/// What the draft would change in the comments of the last [`DAYS`] of feedback, at most
/// `MOST_COMMENTS`. No connection is held while they are read.
///
/// # Errors
/// [`FeedbackError::Tagging`](super::error::FeedbackError) if the draft cannot be compiled.
pub fn preview(database: &Database, organisation: Id, now: Instant) -> Result<TaxonomyPreview> {
    let mut c = database.connect()?;
    let draft = taxonomy_draft::draft(&mut c, organisation)?;
    let (before, after) = (
        Tagger::of(&mut c, organisation)?,
        Tagger::of(&mut c, organisation)?,
    );
    let period = latest_period(&mut c, organisation, DAYS, now)?;
    let rows = store::newest_comments_of(&mut c, organisation, period, MOST_COMMENTS)?;
    let stored_comments = store::count_comments(&mut c, organisation)?;
    drop(c);
    let before = before.with_words(draft.current_source())?;
    let after = after.with_words(&draft.source()?)?;
    let read: Vec<(ByTheme, ByTheme)> = rows
        .par_chunks(128)
        .flat_map_iter(|some| {
            let (mut old, mut new) = (before.reader(), after.reader());
            let read = move |row| (by_theme(&mut old, row), by_theme(&mut new, row));
            some.iter().map(read).collect::<Vec<_>>()
        })
        .collect();
    let (changed, themes) = compare(&draft, &rows, &read);
    Ok(TaxonomyPreview {
        revision: draft.revision,
        version: draft.version,
        words: word_uses(&draft, &rows),
        edits: draft.edits,
        period,
        comments: rows.len() as u64,
        limit: MOST_COMMENTS.unsigned_abs(),
        changed,
        stored_comments,
        themes,
    })
}

fn compare(
    draft: &TaxonomyDraft,
    rows: &[FeedbackRow],
    read: &[(ByTheme, ByTheme)],
) -> (u64, Vec<ThemePreview>) {
    let (mut changed, mut themes) = (0, BTreeMap::<&str, ThemePreview>::new());
    for (row, (before, after)) in rows.iter().zip(read) {
        let mut has_changed = false;
        let mentioned: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
        for theme in mentioned {
            let (old, new) = (before.get(theme), after.get(theme));
            let preview = themes.entry(theme).or_default();
            preview.before += u64::from(old.is_some());
            preview.after += u64::from(new.is_some());
            has_changed |= note(preview, row, old, new);
        }
        changed += u64::from(has_changed);
    }
    let order = draft.edited.themes.iter();
    let moved = order.filter_map(|theme| {
        let preview = themes.remove(theme.id.as_str())?;
        let moved = preview.gained + preview.lost + preview.other_polarity > 0;
        moved.then(|| ThemePreview {
            theme: theme.id.clone(),
            name: theme.name.clone(),
            ..preview
        })
    });
    (changed, moved.collect())
}

/// Notes what becomes of a theme in one comment; says whether that changes.
fn note(
    preview: &mut ThemePreview,
    row: &FeedbackRow,
    old: Option<&Found>,
    new: Option<&Found>,
) -> bool {
    let (count, examples, found) = match (old, new) {
        (None, Some(new)) => (&mut preview.gained, &mut preview.gains, new),
        (Some(old), None) => (&mut preview.lost, &mut preview.losses, old),
        (Some(old), Some(new)) if old.polarities != new.polarities => {
            (&mut preview.other_polarity, &mut preview.changes, new)
        }
        _ => return false,
    };
    *count += 1;
    let comment = row.comment.as_deref().unwrap_or_default();
    if examples.len() < EXAMPLES && !offensive::is_offensive(comment) {
        let is_long = comment.chars().count() > LONGEST;
        let shown = if is_long { &found.clause } else { comment };
        examples.push(PreviewExample {
            id: row.id,
            occurred_at: row.occurred_at,
            channel: row.channel.clone(),
            comment: shown.to_owned(),
            words: found.words.clone(),
            polarity: found.polarity,
        });
    }
    true
}

fn word_uses(draft: &TaxonomyDraft, rows: &[FeedbackRow]) -> Vec<WordUse> {
    let folded: Vec<String> = rows
        .iter()
        .filter_map(|row| row.comment.as_deref().map(fold))
        .collect();
    let added = draft.edits.iter().filter(|edit| edit.has_effect);
    let added = added.filter_map(|edit| match &edit.edit {
        TaxonomyEdit::AddWord {
            theme,
            list,
            pattern,
        } => Some((theme, *list, pattern)),
        _ => None,
    });
    let uses = added.take(MOST_WORDS).map(|(theme, list, pattern)| {
        let regex = Regex::new(&format!(r"\b(?:{pattern})\b")).ok();
        let has = |text: &&String| regex.as_ref().is_some_and(|r| r.is_match(text));
        let comments = folded.iter().filter(has).count();
        let share = comments as f64 / folded.len().max(1) as f64;
        WordUse {
            theme: draft
                .edited
                .theme(theme)
                .map_or_else(String::new, |t| t.name.clone()),
            list,
            word: readable(pattern),
            comments: comments as u64,
            is_common: folded.len() >= FEWEST_COMMENTS && share > COMMON,
        }
    });
    uses.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_deciding_words_are_marked() {
        let example = PreviewExample {
            id: Id::new(),
            occurred_at: Instant::now(),
            channel: String::new(),
            comment: "Cold TEA, a steady tea (twice) was cold.".to_owned(),
            words: "tea, (twice)".to_owned(),
            polarity: Polarity::Negative,
        };
        let marked: Vec<&str> = example
            .parts()
            .into_iter()
            .filter_map(|(is_marked, text)| is_marked.then_some(text))
            .collect();
        assert_eq!(marked, ["TEA", "tea", "(twice)"]);
        let whole: String = example.parts().into_iter().map(|(_, text)| text).collect();
        assert_eq!(whole, example.comment);
    }
}
