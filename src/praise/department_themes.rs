//! Themes that departments own, as far as a person may see them.

use super::error::Result;
use crate::{
    accounts::{self, Actor},
    db::DbConnection,
    tagging,
};

/// A theme with its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedTheme {
    pub id: String,
    pub name: String,
}

/// Themes that departments own, by name. Somebody who answers for one department gets only its
/// themes.
pub fn visible_themes(c: &mut DbConnection, actor: &Actor) -> Result<Vec<NamedTheme>> {
    let department = accounts::department_of(c, actor)?;
    let taxonomy = tagging::taxonomy(c, actor.organisation)?;
    let visible = |owner: &Option<String>| match (owner, &department) {
        (None, _) => false,
        (Some(_), None) => true,
        (Some(owner), Some(own)) => owner == own,
    };
    let owned = taxonomy.themes.iter().filter(|theme| visible(&theme.owner));
    let mut themes: Vec<NamedTheme> = owned
        .map(|theme| NamedTheme {
            id: theme.id.clone(),
            name: theme.name.clone(),
        })
        .collect();
    themes.sort_by(|a, b| a.name.cmp(&b.name).then_with(|| a.id.cmp(&b.id)));
    Ok(themes)
}
