//! Customers' praise of agents, week by week.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::Serialize;

use super::{error::Result, moderation};
use crate::{
    db::DbConnection,
    feedback::{
        self, FeedbackRow, Period, ThemeMentionRow,
        period::week,
        printing::{
            PRINTED, agrees, is_pleased_without_reason, may_be_printed, states_reason, with_agent,
        },
    },
    tagging,
    text::{
        lexicon::Lexicon,
        mention::{CommentState, Polarity},
        tagger,
    },
    types::{Id, Instant},
    workforce,
};

/// A customer's praise, for the agent it is about.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Praise {
    pub agent_id: Id,
    pub at: NaiveDate,
    /// The comment or its clauses of praise, with the agent's own name where the customer wrote it.
    pub comment: String,
    /// Names of the themes that were praised; none for general praise.
    pub themes: Vec<String>,
}

/// The week that contains the newest feedback.
pub fn newest_week(c: &mut DbConnection, organisation: Id, now: Instant) -> Result<Period> {
    let newest = feedback::latest_period(c, organisation, 7, now)?.to;
    Ok(week(newest.date()))
}

/// What a comment praises, and what of it is printed: all of it if nothing in it is blame or a
/// request, and else the clauses that praise a theme. A comment is praise if it praises a theme as
/// surely as [is printed](may_be_printed), complains about none and asks for nothing, or praises in
/// general, as surely, under a good score.
fn praised(
    row: &FeedbackRow,
    mentions: &[ThemeMentionRow],
    lexicon: &Lexicon,
) -> Option<(Vec<String>, String)> {
    let text = row.comment.as_ref()?;
    if row.comment_state != CommentState::Analysed || row.good == Some(false) {
        return None;
    }
    let is_no_praise = |t: &ThemeMentionRow| {
        let own = matches!(t.polarity, Polarity::Negative | Polarity::Request);
        own || !agrees(t, row, mentions)
    };
    if row.mood == Some(Polarity::Negative) || mentions.iter().any(is_no_praise) {
        return None;
    }
    // "Good" alone only repeats the score.
    if text.split_whitespace().count() < 3 {
        return None;
    }
    let may =
        |t: &&ThemeMentionRow| t.polarity == Polarity::Positive && may_be_printed(t, row, mentions);
    let printed = mentions.iter().filter(may);
    let themes = printed
        .clone()
        .filter_map(|t| lexicon.taxonomy().theme(&t.theme));
    let named: BTreeSet<String> = themes.map(|t| t.name.clone()).collect();
    let words = tagger::tag(text, row.good, lexicon);
    let is_wholly_praise = words.sentiment.blame <= 0.0 && words.sentiment.requests <= 0.0;
    let is_sure = row.mood_probability.is_none_or(|p| p >= PRINTED);
    let in_general = row.good == Some(true) && is_sure && words.mood > 0;
    if is_wholly_praise && (in_general || !named.is_empty()) {
        return Some((named.into_iter().collect(), text.clone()));
    }
    let clauses: BTreeMap<i32, &str> = printed
        .map(|t| (t.clause, t.clause_text.as_str()))
        .collect();
    let clauses: Vec<&str> = clauses.into_values().collect();
    (!named.is_empty()).then(|| (named.into_iter().collect(), clauses.join(" … ")))
}

/// Praise by an agent's customers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Praised {
    /// Praise of a theme first, then the newest.
    pub praise: Vec<Praise>,
    /// Customers who were pleased without giving a reason.
    pub pleased: u64,
}

/// Praise of these agents in a period, by agent.
pub fn of_agents(
    c: &mut DbConnection,
    organisation: Id,
    agents: &[Id],
    period: Period,
) -> Result<BTreeMap<Id, Praised>> {
    let lexicon = tagging::lexicon(c, organisation)?;
    let rows = feedback::comments_about(c, organisation, agents, period)?;
    let held = moderation::withheld(c, organisation, &rows)?;
    let ids: Vec<Id> = rows.iter().map(|r| r.id).collect();
    let mut mentions: BTreeMap<Id, Vec<ThemeMentionRow>> = BTreeMap::new();
    for some in ids.chunks(2_000) {
        for tag in feedback::mentions_on(c, organisation, some)? {
            mentions.entry(tag.feedback_id).or_default().push(tag);
        }
    }
    let names: BTreeMap<Id, String> = workforce::agents(c, organisation)?
        .into_iter()
        .map(|agent| (agent.id, agent.name))
        .collect();
    let mut found: BTreeMap<Id, Praised> = BTreeMap::new();
    for row in rows.into_iter().filter(|row| !held.contains(&row.id)) {
        let own = mentions.get(&row.id).map(Vec::as_slice).unwrap_or_default();
        let Some((themes, text)) = praised(&row, own, &lexicon) else {
            if is_pleased_without_reason(&row, own.iter().any(states_reason)) {
                found.entry(row.agent_id).or_default().pleased += 1;
            }
            continue;
        };
        found.entry(row.agent_id).or_default().praise.push(Praise {
            agent_id: row.agent_id,
            at: row.occurred_at.date(),
            comment: match names.get(&row.agent_id) {
                Some(name) => with_agent(&text, name).into_owned(),
                None => text,
            },
            themes,
        });
    }
    for Praised { praise, .. } in found.values_mut() {
        praise.sort_by(|a, b| {
            a.themes
                .is_empty()
                .cmp(&b.themes.is_empty())
                .then(b.at.cmp(&a.at))
                .then_with(|| a.comment.cmp(&b.comment))
        });
    }
    Ok(found)
}
