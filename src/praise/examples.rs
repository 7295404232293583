//! Examples of good practice: praise that an agent agreed to show to their team, by theme.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    error::{LONGEST_WORDS, PraiseError, Result},
    moderation::{most_probable_first, quotable, record_key},
    store::{self, ExampleRow},
};
use crate::{
    accounts::Actor,
    db::DbConnection,
    feedback::{self, Period, ThemeMentionRow, printing::with_agent},
    tagging,
    text::{entered, mention::Polarity},
    types::{Id, Instant},
    workforce,
};

/// Days of praise that an example comes from.
const PRAISE_DAYS: i64 = 365;

/// What an agent agrees to for a theme.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExampleConsent {
    /// Whether colleagues see the agent's name.
    #[serde(default)]
    pub named: bool,
    /// What the agent does, in their own words; at most 500 characters.
    #[serde(default)]
    #[schema(example = "I say back what I heard before I answer.")]
    pub words: String,
}

/// A theme that customers praise an agent for, and whether colleagues may see it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MyExample {
    pub theme: String,
    pub name: String,
    /// What colleagues would read of a customer, and the day; absent without praise that can be
    /// printed.
    pub quote: Option<(NaiveDate, String)>,
    /// Absent unless the agent agreed.
    pub consent: Option<ExampleConsent>,
}

/// An example of good practice from a colleague who agreed.
#[derive(Clone, Debug, PartialEq)]
pub struct Example {
    /// Key of the consent.
    pub consent: Id,
    pub theme: String,
    /// Name of the colleague, if they agreed to show it.
    pub colleague: Option<String>,
    /// What the colleague does, in their own words; may be empty.
    pub words: String,
    /// What a customer wrote.
    pub text: String,
    pub date: NaiveDate,
    /// Key of the record, as in plans.
    pub record: String,
}

/// Themes that customers praise the actor for, or that the actor agreed to, in the order of the
/// taxonomy.
///
/// # Errors
/// [`PraiseError::NoTheme`] for an account without an agent.
pub fn mine(c: &mut DbConnection, actor: &Actor, now: Instant) -> Result<Vec<MyExample>> {
    let agent = actor.agent.ok_or(PraiseError::NoTheme)?;
    let organisation = actor.organisation;
    let taxonomy = tagging::taxonomy(c, organisation)?;
    let mut praise = praise_by_theme(c, organisation, agent, now)?;
    let rows = store::examples_of(c, organisation, &[agent])?;
    let consents = rows.into_iter().map(|row| {
        let (named, words) = (row.named, row.words);
        (row.theme, ExampleConsent { named, words })
    });
    let mut consents: BTreeMap<String, ExampleConsent> = consents.collect();
    let mut examples = Vec::new();
    for theme in &taxonomy.themes {
        let mentions = praise.remove(&theme.id).unwrap_or_default();
        let quoted = quotable(c, organisation, most_probable_first(mentions), 1)?.pop();
        let consent = consents.remove(&theme.id);
        if quoted.is_none() && consent.is_none() {
            continue;
        }
        examples.push(MyExample {
            theme: theme.id.clone(),
            name: theme.name.clone(),
            quote: quoted.map(|mention| (mention.occurred_at.date(), mention.clause_text)),
            consent,
        });
    }
    Ok(examples)
}

/// Praise of an agent in the last year, by theme.
fn praise_by_theme(
    c: &mut DbConnection,
    organisation: Id,
    agent: Id,
    now: Instant,
) -> Result<BTreeMap<String, Vec<ThemeMentionRow>>> {
    let period = Period::ending(now, PRAISE_DAYS);
    let mut praise: BTreeMap<String, Vec<ThemeMentionRow>> = BTreeMap::new();
    for mention in feedback::mentions_of_agent(c, organisation, agent, period)? {
        if mention.polarity == Polarity::Positive {
            let of_theme = praise.entry(mention.theme.clone()).or_default();
            of_theme.push(mention);
        }
    }
    Ok(praise)
}

/// Records that the actor's colleagues may see praise of a theme, in place of an earlier consent.
///
/// # Errors
/// [`PraiseError::NoTheme`] for an unknown theme or an account without an agent;
/// [`PraiseError::WordsTooLong`].
pub fn agree(
    c: &mut DbConnection,
    actor: &Actor,
    theme: &str,
    consent: &ExampleConsent,
    now: Instant,
) -> Result<()> {
    let agent = known(c, actor, theme)?;
    let words = entered::line(&consent.words);
    if words.chars().count() > LONGEST_WORDS {
        return Err(PraiseError::WordsTooLong);
    }
    store::delete_example(c, actor.organisation, agent, theme)?;
    let row = ExampleRow {
        organisation_id: actor.organisation,
        id: Id::new(),
        agent_id: agent,
        theme: theme.to_owned(),
        named: consent.named,
        words,
        created_at: now,
    };
    store::insert_example(c, &row)?;
    Ok(actor.record(c, "example.agreed", ("example", row.id), now)?)
}

/// Withdraws a consent. Plans that print the example leave it out from now on.
///
/// # Errors
/// [`PraiseError::NoTheme`] for an unknown theme or an account without an agent.
pub fn withdraw(c: &mut DbConnection, actor: &Actor, theme: &str, now: Instant) -> Result<()> {
    let agent = known(c, actor, theme)?;
    if let Some(id) = store::delete_example(c, actor.organisation, agent, theme)? {
        actor.record(c, "example.withdrawn", ("example", id), now)?;
    }
    Ok(())
}

/// The actor's agent, provided that the theme exists.
fn known(c: &mut DbConnection, actor: &Actor, theme: &str) -> Result<Id> {
    let taxonomy = tagging::taxonomy(c, actor.organisation)?;
    let known = taxonomy.theme(theme).and(actor.agent);
    known.ok_or(PraiseError::NoTheme)
}

/// Keys of all consents that are not withdrawn.
pub fn consents(c: &mut DbConnection, organisation: Id) -> Result<BTreeSet<Id>> {
    Ok(store::example_ids(c, organisation)?.into_iter().collect())
}

/// The example of each colleague and theme that there is consent and printable praise for, by
/// theme, then the newest consent.
pub fn of_colleagues(
    c: &mut DbConnection,
    organisation: Id,
    colleagues: &[Id],
    now: Instant,
) -> Result<Vec<Example>> {
    let mut rows = store::examples_of(c, organisation, colleagues)?;
    rows.sort_by(|a, b| a.theme.cmp(&b.theme).then_with(|| b.id.cmp(&a.id)));
    let mut praise: BTreeMap<Id, BTreeMap<String, Vec<ThemeMentionRow>>> = BTreeMap::new();
    let mut examples = Vec::new();
    for row in rows {
        let of_agent = match praise.entry(row.agent_id) {
            std::collections::btree_map::Entry::Occupied(known) => known.into_mut(),
            std::collections::btree_map::Entry::Vacant(new) => {
                new.insert(praise_by_theme(c, organisation, row.agent_id, now)?)
            }
        };
        let mentions = of_agent.remove(&row.theme).unwrap_or_default();
        let quoted = quotable(c, organisation, most_probable_first(mentions), 1)?.pop();
        let Some(mention) = quoted else {
            continue;
        };
        let records = feedback::feedback_by_ids(c, organisation, &[mention.feedback_id])?;
        let Some(record) = records.first() else {
            continue;
        };
        let agent = workforce::agent(c, organisation, row.agent_id)?;
        let text = match row.named {
            true => with_agent(&mention.clause_text, &agent.name).into_owned(),
            false => mention.clause_text,
        };
        examples.push(Example {
            consent: row.id,
            theme: row.theme,
            colleague: row.named.then_some(agent.name),
            words: row.words,
            text,
            date: mention.occurred_at.date(),
            record: record_key(&record.external_id),
        });
    }
    Ok(examples)
}
