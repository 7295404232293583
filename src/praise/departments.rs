//! Themes that a department owns: number of comments, examples, and the department's updates.
//!
//! A process theme that customers complain about appears on its owner's list without a case being
//! opened. The newest update gives its status, which every agent whose customers complained sees
//! too.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use utoipa::ToSchema;

use super::{
    error::{LONGEST_NOTE, PraiseError, Result},
    issue_status::IssueStatus,
    issues, moderation, store,
};
use crate::{
    accounts::{self, Actor},
    db::DbConnection,
    feedback::{self, Period, ThemeMentionRow},
    tagging,
    text::{entered, mention::Polarity},
    types::{Id, Instant},
};

/// Examples shown of a theme, each once in a department: the most probable of the newest mentions.
const EXAMPLES: usize = 5;
const MENTIONS: i64 = 200;

/// An update of a department on a theme it owns.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = DepartmentUpdate)]
pub struct Update {
    pub status: IssueStatus,
    pub note: String,
    pub at: Instant,
}

/// A theme with the department that owns it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct OwnedTheme {
    pub theme: String,
    pub name: String,
    pub owner: String,
    /// Comments that complain about it in the period.
    pub comments: u64,
    /// Comments that complain about it in the period before; null if none was analysed in it.
    pub before: Option<u64>,
    /// Parts of comments that identify nobody.
    pub examples: Vec<String>,
    /// Oldest first.
    pub updates: Vec<Update>,
}

impl OwnedTheme {
    /// The newest update.
    pub fn latest(&self) -> Option<&Update> {
        self.updates.last()
    }
}

/// The newest update on each theme.
pub fn latest_updates(c: &mut DbConnection, organisation: Id) -> Result<BTreeMap<String, Update>> {
    let mut newest = BTreeMap::new();
    for (theme, update) in updates(c, organisation)? {
        newest.insert(theme, update);
    }
    Ok(newest)
}

fn updates(c: &mut DbConnection, organisation: Id) -> Result<Vec<(String, Update)>> {
    Ok(store::department_updates(c, organisation)?
        .into_iter()
        .map(|row| {
            let update = Update {
                status: row.status,
                note: row.note,
                at: row.created_at,
            };
            (row.theme, update)
        })
        .collect())
}

/// The department of this name, as the taxonomy spells it; case does not matter.
///
/// # Errors
/// [`PraiseError::NoDepartment`] when no theme belongs to it.
pub fn named(c: &mut DbConnection, organisation: Id, name: &str) -> Result<String> {
    let mut owners = owners(c, organisation)?;
    let same = |owner: &String| owner.to_lowercase() == name.trim().to_lowercase();
    match owners.iter().position(same) {
        Some(at) => Ok(owners.swap_remove(at)),
        None => Err(PraiseError::NoDepartment(owners)),
    }
}

/// Departments with themes, in alphabetical order.
pub fn owners(c: &mut DbConnection, organisation: Id) -> Result<Vec<String>> {
    let taxonomy = tagging::taxonomy(c, organisation)?;
    let owners = taxonomy.themes.iter().filter_map(|t| t.owner.clone());
    Ok(owners.collect::<BTreeSet<_>>().into_iter().collect())
}

/// Every theme of a department that customers complained about or that has an update, those with
/// most comments first. Somebody who answers for one department gets only its themes.
pub fn owned_themes(
    c: &mut DbConnection,
    actor: &Actor,
    period: Period,
) -> Result<Vec<OwnedTheme>> {
    let organisation = actor.organisation;
    let department = accounts::department_of(c, actor)?;
    let taxonomy = tagging::taxonomy(c, organisation)?;
    let count = |c: &mut DbConnection, period: Period| -> Result<BTreeMap<String, u64>> {
        let mut counts = BTreeMap::new();
        for (_, theme, polarity, n) in feedback::mention_tallies(c, organisation, period)? {
            if polarity == Polarity::Negative {
                *counts.entry(theme).or_default() += n.comments;
            }
        }
        Ok(counts)
    };
    let (now, before) = (count(c, period)?, count(c, period.before())?);
    let has_before = feedback::comments_read(c, organisation, period.before())? > 0;
    let mut by_theme: BTreeMap<String, Vec<Update>> = BTreeMap::new();
    for (theme, update) in updates(c, organisation)? {
        by_theme.entry(theme).or_default().push(update);
    }
    let (mut items, mut printed) = (Vec::new(), BTreeSet::new());
    for theme in &taxonomy.themes {
        let Some(owner) = theme
            .owner
            .clone()
            .filter(|o| answers_for(department.as_deref(), o))
        else {
            continue;
        };
        let comments = now.get(&theme.id).copied().unwrap_or(0);
        let updates = by_theme.remove(&theme.id).unwrap_or_default();
        if comments == 0 && updates.is_empty() {
            continue;
        }
        let newest =
            feedback::negative_mentions_of_theme(c, organisation, &theme.id, period, MENTIONS)?;
        let is_new = |mention: &ThemeMentionRow| {
            !printed.contains(&(owner.clone(), mention.clause_text.to_lowercase()))
        };
        let mentions = moderation::most_probable_first(newest.into_iter().filter(is_new).collect());
        let examples: Vec<String> = moderation::quotable(c, organisation, mentions, EXAMPLES)?
            .into_iter()
            .map(|mention| mention.clause_text)
            .collect();
        let texts = examples.iter().map(|text| text.to_lowercase());
        printed.extend(texts.map(|text| (owner.clone(), text)));
        items.push(OwnedTheme {
            theme: theme.id.clone(),
            name: theme.name.clone(),
            owner,
            comments,
            before: has_before.then(|| before.get(&theme.id).copied().unwrap_or(0)),
            examples,
            updates,
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

/// Stores a department's update on a theme, as that of its open issue.
///
/// # Errors
/// [`PraiseError::NoTheme`]; [`PraiseError::ReasonNeeded`] for [`IssueStatus::WontFix`] without a
/// note; [`PraiseError::NoteTooLong`].
pub fn update(
    c: &mut DbConnection,
    actor: &Actor,
    theme: &str,
    status: IssueStatus,
    note: &str,
    now: Instant,
) -> Result<()> {
    let department = accounts::department_of(c, actor)?;
    let taxonomy = tagging::taxonomy(c, actor.organisation)?;
    taxonomy
        .theme(theme)
        .and_then(|t| t.owner.as_ref())
        .filter(|owner| answers_for(department.as_deref(), owner))
        .ok_or(PraiseError::NoTheme)?;
    let note = entered::line(note);
    if note.chars().count() > LONGEST_NOTE {
        return Err(PraiseError::NoteTooLong);
    }
    if note.is_empty() && status == IssueStatus::WontFix {
        return Err(PraiseError::ReasonNeeded);
    }
    let name = taxonomy.theme(theme).map_or(theme, |t| t.name.as_str());
    issues::follow_update(c, actor, (theme, name), (status, &note), now)
}
