//! The draft of an organisation's next taxonomy: edits by form that are collected, previewed and
//! then used together.
//!
//! A draft is a list of edits, not a text: it applies to whatever version is in force, so that a
//! text saved meanwhile is not undone. Edits of two people at once both stay. If two people change
//! the texts of one theme, the second gets an error.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::{
    error::{Result, TaggingError},
    store::{self, DraftRow},
    taxonomies,
};
use crate::{
    accounts::Actor,
    db::DbConnection,
    text::{
        taxonomy::{Taxonomy, Theme},
        taxonomy_edit::{self, TaxonomyEdit, ThemeTexts, WordList},
        theme_entry::{check_texts, pattern_of},
    },
    types::{Id, Instant, Json, hex},
};

/// Most edits of a draft.
const MOST_EDITS: usize = 500;

/// An edit of the draft, with who made it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DraftEdit {
    /// Number of the edit. Numbers are not used twice.
    #[schema(example = 1)]
    pub id: u32,
    pub by: String,
    pub at: Instant,
    pub edit: TaxonomyEdit,
    /// Whether it changes the version in force: not, for example, if its theme was removed since.
    #[serde(default)]
    pub has_effect: bool,
}

/// Stored content of a draft.
#[derive(Default, Serialize, Deserialize)]
struct Stored {
    next: u32,
    edits: Vec<DraftEdit>,
}

/// The draft of an organisation, applied to the version in force.
#[derive(Clone, Debug)]
pub struct TaxonomyDraft {
    /// Changes with every edit.
    pub revision: i32,
    /// The version in force.
    pub version: i32,
    pub edits: Vec<DraftEdit>,
    /// The taxonomy in force, and with the edits.
    pub current: Taxonomy,
    pub edited: Taxonomy,
    /// The text of the version in force.
    source: String,
}

impl TaxonomyDraft {
    /// Whether an edit changes anything.
    pub fn has_effect(&self) -> bool {
        self.edits.iter().any(|edit| edit.has_effect)
    }

    /// The text of the version in force.
    pub fn current_source(&self) -> &str {
        &self.source
    }

    /// The text of the taxonomy with the edits.
    ///
    /// # Errors
    /// [`TaggingError::Unwritable`].
    pub fn source(&self) -> Result<String> {
        Ok(taxonomy_edit::write(&self.edited, &self.source)?)
    }

    /// A theme with the edits.
    ///
    /// # Errors
    /// [`TaggingError::NoTheme`].
    pub fn theme(&self, id: &str) -> Result<&Theme> {
        let found = self.edited.theme(id);
        found.ok_or_else(|| TaggingError::NoTheme(id.chars().take(100).collect()))
    }
}

/// An edit that somebody asks for.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum NewEdit {
    AddWord {
        #[schema(example = "billing")]
        theme: String,
        list: WordList,
        /// Word or phrase in plain spelling. A star at the end stands for any ending.
        #[schema(example = "refund*")]
        word: String,
        /// Whether it may be a word of another theme too.
        #[serde(default)]
        also_elsewhere: bool,
    },
    RemoveWord {
        #[schema(example = "billing")]
        theme: String,
        list: WordList,
        /// The entry to remove, as in the taxonomy.
        #[schema(example = "refund\\w*")]
        pattern: String,
    },
    Describe {
        #[schema(example = "billing")]
        theme: String,
        texts: ThemeTexts,
        /// Fingerprint of the texts that were changed. Other texts meanwhile are a conflict.
        #[serde(default)]
        fingerprint: Option<String>,
    },
}

/// Fingerprint of a theme's texts.
pub fn fingerprint(theme: &Theme) -> String {
    let texts = ThemeTexts::of(theme);
    let mut sha = Sha256::new();
    for text in [
        Some(&texts.name),
        Some(&texts.said_well),
        Some(&texts.said_badly),
        texts.owner.as_ref(),
    ]
    .into_iter()
    .flatten()
    {
        sha.update((text.len() as u64).to_be_bytes());
        sha.update(text.as_bytes());
    }
    hex(&sha.finalize()[..8])
}

fn stored(c: &mut DbConnection, organisation: Id) -> Result<(i32, Stored)> {
    Ok(match store::find_draft(c, organisation)? {
        Some(row) => (row.revision, row.changes.read()?),
        None => (0, Stored::default()),
    })
}

/// Applies the edits to the taxonomy in force.
fn applied(
    c: &mut DbConnection,
    organisation: Id,
    revision: i32,
    mut edits: Vec<DraftEdit>,
) -> Result<TaxonomyDraft> {
    let (source, version) = taxonomies::taxonomy_source(c, organisation)?;
    let current = Taxonomy::parse(&source)?;
    let edited = with_edits(&current, &mut edits);
    Ok(TaxonomyDraft {
        revision,
        version,
        edits,
        current,
        edited,
        source,
    })
}

fn with_edits(current: &Taxonomy, edits: &mut [DraftEdit]) -> Taxonomy {
    let mut edited = current.clone();
    for edit in edits {
        edit.has_effect = edit.edit.apply(&mut edited);
    }
    edited
}

/// The draft of an organisation.
pub fn draft(c: &mut DbConnection, organisation: Id) -> Result<TaxonomyDraft> {
    let (revision, stored) = stored(c, organisation)?;
    applied(c, organisation, revision, stored.edits)
}

/// Stores a draft in place of `revision`, with an audit entry.
fn keep(
    c: &mut DbConnection,
    actor: &Actor,
    (revision, stored): (i32, &Stored),
    action: &'static str,
    now: Instant,
) -> Result<()> {
    let row = DraftRow {
        organisation_id: actor.organisation,
        revision: revision + 1,
        changes: Json::of(stored)?,
        changed_by: actor.label(),
        changed_at: now,
    };
    if !store::keep_draft(c, &row)? {
        return Err(TaggingError::DraftChanged);
    }
    let object = ("taxonomy_draft", row.revision.to_string());
    actor.record(c, action, object, now)?;
    Ok(())
}

/// Adds an edit to the draft. An edit that undoes another of the draft removes that one instead.
/// Returns the number of the edit, if the draft has it.
///
/// # Errors
/// [`TaggingError::Edit`] for an edit that is refused, [`TaggingError::NoTheme`],
/// [`TaggingError::NoWord`], [`TaggingError::DraftFull`], and [`TaggingError::DraftChanged`] if
/// somebody has described the theme meanwhile or the draft was changed at the same moment.
pub fn edit(
    c: &mut DbConnection,
    actor: &Actor,
    new: &NewEdit,
    now: Instant,
) -> Result<Option<u32>> {
    let (revision, mut stored) = stored(c, actor.organisation)?;
    let draft = applied(c, actor.organisation, revision, stored.edits.clone())?;
    let edit = checked(&draft, new)?;
    let before = stored.edits.len();
    stored.edits.retain(|known| !replaces(&edit, &known.edit));
    let undoes = stored.edits.len() < before && !matches!(edit, TaxonomyEdit::Describe { .. });
    let mut id = None;
    let mut others = with_edits(&draft.current, &mut stored.edits);
    if !undoes && edit.apply(&mut others) {
        if stored.edits.len() >= MOST_EDITS {
            return Err(TaggingError::DraftFull(MOST_EDITS));
        }
        stored.next += 1;
        id = Some(stored.next);
        stored.edits.push(DraftEdit {
            id: stored.next,
            by: actor.name.clone(),
            at: now,
            edit,
            has_effect: true,
        });
    } else if before == stored.edits.len() {
        // Made already: nothing to store.
        return Ok(None);
    }
    keep(c, actor, (revision, &stored), "taxonomy.draft_edited", now)?;
    Ok(id)
}

fn checked(draft: &TaxonomyDraft, new: &NewEdit) -> Result<TaxonomyEdit> {
    Ok(match new {
        NewEdit::AddWord {
            theme,
            list,
            word,
            also_elsewhere,
        } => {
            let place = draft.theme(theme)?;
            TaxonomyEdit::AddWord {
                theme: theme.clone(),
                list: *list,
                pattern: pattern_of(&draft.edited, place, *list, word, *also_elsewhere)?,
            }
        }
        NewEdit::RemoveWord {
            theme,
            list,
            pattern,
        } => {
            let known = draft
                .current
                .theme(theme)
                .is_some_and(|t| list.of(t).contains(pattern));
            if !known && !list.of(draft.theme(theme)?).contains(pattern) {
                return Err(TaggingError::NoWord);
            }
            TaxonomyEdit::RemoveWord {
                theme: theme.clone(),
                list: *list,
                pattern: pattern.clone(),
            }
        }
        NewEdit::Describe {
            theme,
            texts,
            fingerprint: read,
        } => {
            let place = draft.theme(theme)?;
            if read
                .as_ref()
                .is_some_and(|read| *read != fingerprint(place))
            {
                return Err(TaggingError::DraftChanged);
            }
            TaxonomyEdit::Describe {
                theme: theme.clone(),
                texts: check_texts(&draft.edited, place, texts)?,
            }
        }
    })
}

/// Whether `new` takes the place of `known`: the opposite of it, or another description of the same
/// theme.
fn replaces(new: &TaxonomyEdit, known: &TaxonomyEdit) -> bool {
    use TaxonomyEdit as E;
    match (new, known) {
        (
            E::AddWord {
                theme,
                list,
                pattern,
            },
            E::RemoveWord {
                theme: other,
                list: from,
                pattern: word,
            },
        )
        | (
            E::RemoveWord {
                theme,
                list,
                pattern,
            },
            E::AddWord {
                theme: other,
                list: from,
                pattern: word,
            },
        ) => theme == other && list == from && pattern == word,
        (E::Describe { theme, .. }, E::Describe { theme: other, .. }) => theme == other,
        _ => false,
    }
}

/// Takes an edit out of the draft.
///
/// # Errors
/// [`TaggingError::NoEdit`]; [`TaggingError::DraftChanged`] if the draft was changed at the same
/// moment.
pub fn undo(c: &mut DbConnection, actor: &Actor, id: u32, now: Instant) -> Result<()> {
    let (revision, mut stored) = stored(c, actor.organisation)?;
    let before = stored.edits.len();
    stored.edits.retain(|edit| edit.id != id);
    if stored.edits.len() == before {
        return Err(TaggingError::NoEdit);
    }
    keep(c, actor, (revision, &stored), "taxonomy.draft_edited", now)
}

/// Takes all edits out of the draft.
///
/// # Errors
/// [`TaggingError::DraftChanged`] if the draft is no longer `revision`.
pub fn discard(c: &mut DbConnection, actor: &Actor, revision: i32, now: Instant) -> Result<()> {
    let stored = at_revision(c, actor.organisation, revision)?;
    empty(
        c,
        actor,
        (revision, stored),
        "taxonomy.draft_discarded",
        now,
    )
}

fn at_revision(c: &mut DbConnection, organisation: Id, revision: i32) -> Result<Stored> {
    let (present, stored) = stored(c, organisation)?;
    if present != revision {
        return Err(TaggingError::DraftChanged);
    }
    Ok(stored)
}

fn empty(
    c: &mut DbConnection,
    actor: &Actor,
    (revision, stored): (i32, Stored),
    action: &'static str,
    now: Instant,
) -> Result<()> {
    let edits = Vec::new();
    let stored = Stored { edits, ..stored };
    keep(c, actor, (revision, &stored), action, now)
}

/// Draft that was previewed, and the reason for its edits.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UseDraft {
    /// Revision of the draft that was previewed.
    #[schema(example = 3)]
    pub revision: i32,
    /// Version in force that it was compared with.
    #[schema(example = 101)]
    pub version: i32,
    /// Note on what was changed, and why.
    #[serde(default)]
    pub note: String,
}

/// Makes the draft the taxonomy in force, and empties it. The caller has the comments tagged again.
///
/// # Errors
/// [`TaggingError::DraftChanged`] if it is not the draft that was previewed,
/// [`TaggingError::Outdated`] if another version was saved since, [`TaggingError::DraftEmpty`], and
/// those of [`taxonomies::save_taxonomy`].
pub fn use_draft(
    c: &mut DbConnection,
    actor: &Actor,
    used: &UseDraft,
    now: Instant,
) -> Result<i32> {
    let stored = at_revision(c, actor.organisation, used.revision)?;
    let draft = applied(c, actor.organisation, used.revision, stored.edits.clone())?;
    if !draft.has_effect() {
        return Err(TaggingError::DraftEmpty);
    }
    let source = draft.source()?;
    let version = taxonomies::save_taxonomy(c, actor, &source, &used.note, used.version, now)?;
    empty(
        c,
        actor,
        (used.revision, stored),
        "taxonomy.draft_used",
        now,
    )?;
    Ok(version)
}
