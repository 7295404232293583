//! Themes that a department owns: how often customers speak of them, in whose words, and what the department says of it.
//!
//! Nobody files a case by hand: a theme of process with trouble in it is on its owner's list by itself. What the owner does is a row
//! of dated words, the newest is where it stands, and every agent whose customers complained of it sees it beside "not yours".

pub mod store;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{FeedbackError, Period, Result, moderation, record};
use crate::{
    accounts::{self, Actor},
    db::DbConnection,
    tagging,
    types::{Id, Instant},
};

/// Examples shown of a theme.
const EXAMPLES: usize = 5;
/// Longest note, in characters.
const LONGEST_NOTE: usize = 500;

/// Where a theme stands with its owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// The owner knows of it.
    #[serde(alias = "seen")]
    Acknowledged,
    /// Somebody works on it.
    #[serde(alias = "working")]
    InProgress,
    /// It has been mended.
    #[serde(alias = "mended")]
    Fixed,
    /// It will stay, with a reason.
    #[serde(alias = "stays")]
    WontFix,
}

impl Status {
    /// Every status, in the order of a good course.
    pub const ALL: [Self; 4] = [Self::Acknowledged, Self::InProgress, Self::Fixed, Self::WontFix];

    /// Stable name, as stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Acknowledged => "acknowledged",
            Self::InProgress => "in_progress",
            Self::Fixed => "fixed",
            Self::WontFix => "wont_fix",
        }
    }

    /// In words.
    pub fn said(self) -> &'static str {
        match self {
            Self::Acknowledged => "the owner knows of it",
            Self::InProgress => "being worked on",
            Self::Fixed => "fixed",
            Self::WontFix => "stays as it is, with a reason",
        }
    }

    /// The status of this stable name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.as_str() == text)
    }
}

/// An owner's word.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Word {
    pub status: Status,
    pub note: String,
    pub at: Instant,
}

/// A theme on its owner's list.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Item {
    pub theme: String,
    pub name: String,
    pub owner: String,
    /// Comments with trouble in the period, and in the one before.
    pub comments: u64,
    pub before: u64,
    /// Customers' words, without anybody's name.
    pub examples: Vec<String>,
    /// Oldest first.
    pub words: Vec<Word>,
}

impl Item {
    /// The newest word.
    pub fn stands(&self) -> Option<&Word> {
        self.words.last()
    }
}

/// The newest word on each theme.
///
/// # Errors
/// Database errors.
pub fn stands(c: &mut DbConnection, organisation: Id) -> Result<BTreeMap<String, Word>> {
    let mut newest = BTreeMap::new();
    for (theme, word) in words(c, organisation)? {
        newest.insert(theme, word);
    }
    Ok(newest)
}

fn words(c: &mut DbConnection, organisation: Id) -> Result<Vec<(String, Word)>> {
    Ok(store::department_updates(c, organisation)?
        .into_iter()
        .filter_map(|row| {
            let word = Word {
                status: Status::parse(&row.status)?,
                note: row.note,
                at: row.created_at,
            };
            Some((row.theme, word))
        })
        .collect())
}

/// The department of this name, as the themes write it; capitals do not count.
///
/// # Errors
/// [`FeedbackError::NoDepartment`] when no theme belongs to it.
pub fn named(c: &mut DbConnection, organisation: Id, name: &str) -> Result<String> {
    let mut owners = owners(c, organisation)?;
    let same = |owner: &String| owner.to_lowercase() == name.trim().to_lowercase();
    match owners.iter().position(same) {
        Some(at) => Ok(owners.swap_remove(at)),
        None => Err(FeedbackError::NoDepartment(owners.join(", "))),
    }
}

/// Departments with themes, in the order of the alphabet.
///
/// # Errors
/// Database errors.
pub fn owners(c: &mut DbConnection, organisation: Id) -> Result<Vec<String>> {
    let taxonomy = tagging::taxonomy(c, organisation)?;
    let owners = taxonomy.themes.iter().filter_map(|t| t.owner.clone());
    Ok(owners.collect::<BTreeSet<_>>().into_iter().collect())
}

/// Every theme that a department owns and customers complained of, or its owner spoke of; most comments first. Who speaks
/// for a department gets its themes alone.
///
/// # Errors
/// Database errors.
pub fn items(c: &mut DbConnection, actor: &Actor, period: Period) -> Result<Vec<Item>> {
    let organisation = actor.organisation;
    let department = accounts::department_of(c, actor)?;
    let taxonomy = tagging::taxonomy(c, organisation)?;
    let count = |c: &mut DbConnection, period: Period| -> Result<BTreeMap<String, u64>> {
        let mut counts = BTreeMap::new();
        for (_, theme, polarity, n) in
            super::counts::store::theme_tallies(c, organisation, period.from, period.to)?
        {
            if polarity == "negative" {
                *counts.entry(theme).or_default() += n.unsigned_abs();
            }
        }
        Ok(counts)
    };
    let (now, before) = (count(c, period)?, count(c, period.before())?);
    let mut said: BTreeMap<String, Vec<Word>> = BTreeMap::new();
    for (theme, word) in words(c, organisation)? {
        said.entry(theme).or_default().push(word);
    }
    let mut items = Vec::new();
    for theme in &taxonomy.themes {
        let Some(owner) = theme
            .owner
            .clone()
            .filter(|o| answers_for(department.as_deref(), o))
        else {
            continue;
        };
        let comments = now.get(&theme.id).copied().unwrap_or(0);
        let words = said.remove(&theme.id).unwrap_or_default();
        if comments == 0 && words.is_empty() {
            continue;
        }
        let clauses =
            super::store::clauses_of_theme(c, organisation, &theme.id, period.from, period.to, 60)?;
        items.push(Item {
            theme: theme.id.clone(),
            name: theme.name.clone(),
            owner,
            comments,
            before: before.get(&theme.id).copied().unwrap_or(0),
            examples: moderation::telling(c, organisation, clauses, EXAMPLES)?
                .into_iter()
                .map(|clause| clause.clause_text)
                .collect(),
            words,
        });
    }
    items.sort_by(|a, b| {
        b.comments
            .cmp(&a.comments)
            .then_with(|| a.theme.cmp(&b.theme))
    });
    Ok(items)
}

fn answers_for(department: Option<&str>, owner: &str) -> bool {
    department.is_none_or(|own| own == owner)
}

/// Keeps an owner's word on a theme.
///
/// # Errors
/// When no department owns such a theme, or another than the one somebody speaks for, or a reason is missing where it stays
/// as it is.
pub fn say(
    c: &mut DbConnection,
    actor: &Actor,
    theme: &str,
    status: Status,
    note: &str,
    now: Instant,
) -> Result<()> {
    let department = accounts::department_of(c, actor)?;
    let taxonomy = tagging::taxonomy(c, actor.organisation)?;
    taxonomy
        .theme(theme)
        .and_then(|t| t.owner.as_ref())
        .filter(|owner| answers_for(department.as_deref(), owner))
        .ok_or(FeedbackError::NoTheme)?;
    let note: String = note.chars().filter(|c| !c.is_control()).collect();
    let note = note.trim();
    if note.chars().count() > LONGEST_NOTE {
        return Err(FeedbackError::NoteTooLong);
    }
    if note.is_empty() && status == Status::WontFix {
        return Err(FeedbackError::NoteNeeded);
    }
    let (organisation, by) = (actor.organisation, actor.label());
    let id = Id::new();
    store::insert_department_word(
        c,
        &store::DepartmentWord {
            organisation_id: organisation,
            id,
            theme: theme.to_owned(),
            status: status.as_str().to_owned(),
            note: note.to_owned(),
            created_by: by.clone(),
            created_at: now,
        },
    )?;
    let detail = serde_json::json!({ "theme": theme, "status": status });
    record(
        c,
        organisation,
        &by,
        "department.spoke",
        "theme",
        id,
        detail,
        now,
    )
}
