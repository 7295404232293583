//! The draft of an organisation's next practice library: themes that somebody rewrote by form,
//! which become one version together. It is a list of themes, not a text, so that a version saved
//! meanwhile keeps its changes to other themes.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    error::{CoachingError, Result},
    library::{Library, Practice, practice_for},
    practice::{library_source, save_library},
    practice_edit::{checked, fingerprint},
    store::{self, PracticeDraftRow},
};
use crate::{
    accounts::Actor,
    db::DbConnection,
    tagging::{self, taxonomy_draft::UseDraft},
    text::taxonomy::{Control, Taxonomy},
    types::{Id, Instant, Json},
};

/// New practice for a theme.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PracticeEdit {
    #[schema(example = "patience")]
    pub theme: String,
    /// Null: that of the shipped library again.
    pub practice: Option<Practice>,
    pub by: String,
    pub at: Instant,
}

/// The draft of an organisation with the library in force.
#[derive(Clone, Debug)]
pub struct PracticeDraft {
    /// Changes with every edit.
    pub revision: i32,
    /// The version in force; 0 is the shipped one.
    pub version: i32,
    pub edits: Vec<PracticeEdit>,
    /// The library in force, and with the edits.
    pub current: Library,
    pub edited: Library,
    source: String,
}

/// Practice that somebody asks for.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPractice {
    /// A theme within an agent's control.
    #[schema(example = "patience")]
    pub theme: String,
    /// Null: that of the shipped library again. Its theme is that of the edit.
    #[serde(default)]
    pub practice: Option<Practice>,
    /// Fingerprint of the texts that were changed. Other texts meanwhile are a conflict.
    #[serde(default)]
    pub fingerprint: Option<String>,
}

/// A theme with its practice.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ThemePractice {
    #[schema(example = "patience")]
    pub theme: String,
    #[schema(example = "Patience and composure")]
    pub name: String,
    /// Practice in the draft; null for a theme without practice.
    pub practice: Option<Practice>,
    /// Fingerprint of the practice; send it back with a change.
    #[schema(example = "9f86d081884c7d65")]
    pub fingerprint: String,
    /// Whether it is that of the shipped library.
    pub is_shipped: bool,
    /// Whether the draft has an edit of it.
    pub is_edited: bool,
}

impl PracticeDraft {
    /// The themes within an agent's control, in the order of the taxonomy.
    pub fn themes(&self, taxonomy: &Taxonomy) -> Vec<ThemePractice> {
        let coached = taxonomy
            .themes
            .iter()
            .filter(|t| t.control != Control::Process);
        let of = |theme: &crate::text::taxonomy::Theme| {
            let practice = self.edited.practice_for(&theme.id);
            ThemePractice {
                theme: theme.id.clone(),
                name: theme.name.clone(),
                fingerprint: fingerprint(practice),
                is_shipped: practice == practice_for(&theme.id),
                is_edited: self.edits.iter().any(|edit| edit.theme == theme.id),
                practice: practice.cloned(),
            }
        };
        coached.map(of).collect()
    }
}

fn stored(c: &mut DbConnection, organisation: Id) -> Result<(i32, Vec<PracticeEdit>)> {
    Ok(match store::find_practice_draft(c, organisation)? {
        Some(row) => (row.revision, row.changes.read()?),
        None => (0, Vec::new()),
    })
}

/// The draft of an organisation.
pub fn draft(c: &mut DbConnection, organisation: Id) -> Result<PracticeDraft> {
    let (source, version) = library_source(c, organisation)?;
    let (revision, edits) = stored(c, organisation)?;
    let current = Library::read(&source)?;
    let mut edited = current.clone();
    for edit in &edits {
        edited.set(&edit.theme, edit.practice.clone());
    }
    Ok(PracticeDraft {
        revision,
        version,
        edits,
        current,
        edited,
        source,
    })
}

fn keep(
    c: &mut DbConnection,
    actor: &Actor,
    (revision, edits): (i32, &[PracticeEdit]),
    action: &'static str,
    now: Instant,
) -> Result<()> {
    let row = PracticeDraftRow {
        organisation_id: actor.organisation,
        revision: revision + 1,
        changes: Json::of(&edits)?,
        changed_by: actor.label(),
        changed_at: now,
    };
    if !store::keep_practice_draft(c, &row)? {
        return Err(CoachingError::DraftChanged);
    }
    let object = ("practice_draft", row.revision.to_string());
    actor.record(c, action, object, now)?;
    Ok(())
}

/// Puts other practice for a theme into the draft. Practice as in the library in force takes the
/// theme out of the draft.
///
/// # Errors
/// [`CoachingError::Practice`] for practice that is refused, [`CoachingError::NoTheme`] for a theme
/// outside of agents' control, [`CoachingError::DraftChanged`] if somebody has changed the theme
/// meanwhile.
pub fn edit(c: &mut DbConnection, actor: &Actor, new: &NewPractice, now: Instant) -> Result<()> {
    let draft = draft(c, actor.organisation)?;
    coached(c, actor.organisation, &new.theme)?;
    let present = fingerprint(draft.edited.practice_for(&new.theme));
    if new
        .fingerprint
        .as_ref()
        .is_some_and(|read| *read != present)
    {
        return Err(CoachingError::DraftChanged);
    }
    let practice = new.practice.as_ref().map(checked).transpose()?;
    let practice = practice.map(|practice| Practice {
        theme: new.theme.clone(),
        ..practice
    });
    let mut edited = draft.current.clone();
    edited.set(&new.theme, practice.clone());
    let mut edits = draft.edits;
    let before = edits.len();
    edits.retain(|edit| edit.theme != new.theme);
    if edited.practice_for(&new.theme) != draft.current.practice_for(&new.theme) {
        edits.push(PracticeEdit {
            theme: new.theme.clone(),
            practice,
            by: actor.name.clone(),
            at: now,
        });
    } else if edits.len() == before {
        return Ok(());
    }
    keep(
        c,
        actor,
        (draft.revision, &edits),
        "practice.draft_edited",
        now,
    )
}

/// # Errors
/// [`CoachingError::NoTheme`].
fn coached(c: &mut DbConnection, organisation: Id, theme: &str) -> Result<()> {
    let taxonomy = tagging::taxonomy(c, organisation)?;
    let found = taxonomy
        .theme(theme)
        .filter(|t| t.control != Control::Process);
    found.map(|_| ()).ok_or(CoachingError::NoTheme)
}

/// Takes a theme out of the draft.
///
/// # Errors
/// [`CoachingError::NoTheme`] if the draft does not have it; [`CoachingError::DraftChanged`].
pub fn undo(c: &mut DbConnection, actor: &Actor, theme: &str, now: Instant) -> Result<()> {
    let (revision, mut edits) = stored(c, actor.organisation)?;
    let before = edits.len();
    edits.retain(|edit| edit.theme != theme);
    if edits.len() == before {
        return Err(CoachingError::NoTheme);
    }
    keep(c, actor, (revision, &edits), "practice.draft_edited", now)
}

/// Takes all themes out of the draft.
///
/// # Errors
/// [`CoachingError::DraftChanged`] if the draft is no longer `revision`.
pub fn discard(c: &mut DbConnection, actor: &Actor, revision: i32, now: Instant) -> Result<()> {
    let (present, _) = stored(c, actor.organisation)?;
    if present != revision {
        return Err(CoachingError::DraftChanged);
    }
    keep(c, actor, (revision, &[]), "practice.draft_discarded", now)
}

/// Makes the draft the version in force, and empties it. Existing plans keep their practice.
///
/// # Errors
/// [`CoachingError::DraftChanged`] if it is not the draft that was previewed,
/// [`CoachingError::DraftEmpty`], and those of [`save_library`].
pub fn use_draft(
    c: &mut DbConnection,
    actor: &Actor,
    used: &UseDraft,
    now: Instant,
) -> Result<i32> {
    let draft = draft(c, actor.organisation)?;
    if draft.revision != used.revision {
        return Err(CoachingError::DraftChanged);
    }
    if draft.edits.is_empty() {
        return Err(CoachingError::DraftEmpty);
    }
    let source = draft.edited.write(&draft.source)?;
    let version = save_library(c, actor, &source, &used.note, used.version, now)?;
    keep(c, actor, (draft.revision, &[]), "practice.draft_used", now)?;
    Ok(version)
}
