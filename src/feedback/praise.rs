//! Praise reaches the agent: what customers liked, in their words, week by week.

use std::collections::BTreeMap;

use chrono::{Datelike, Duration, NaiveDate};
use serde::Serialize;

use super::{FeedbackRow, Period, Result, ThemeRow, moderation, store};
use crate::{
    db::DbConnection,
    tagging,
    text::{
        tagger::{self, CommentState},
        taxonomy::Taxonomy,
    },
    types::{Id, Instant},
};

/// A customer's praise.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Praise {
    pub agent_id: Id,
    pub at: NaiveDate,
    pub comment: String,
    /// Names of what was praised; none for praise of the whole.
    pub themes: Vec<String>,
}

/// The week, Monday to Sunday, of a day.
pub fn week_of(day: NaiveDate) -> (NaiveDate, NaiveDate) {
    let monday = day - Duration::days(i64::from(day.weekday().num_days_from_monday()));
    (monday, monday + Duration::days(6))
}

/// The week that the newest feedback lies in, as a period.
///
/// # Errors
/// Database errors.
pub fn newest_week(c: &mut DbConnection, organisation: Id, now: Instant) -> Result<Period> {
    let newest = Period::latest(c, organisation, 7, now)?.to;
    Ok(week(newest.date()))
}

/// The week of a day, as a period.
pub fn week(day: NaiveDate) -> Period {
    let (monday, sunday) = week_of(day);
    let end_of = |day: NaiveDate| {
        let next = (day + Duration::days(1))
            .and_time(chrono::NaiveTime::MIN)
            .and_utc();
        Instant::from(next - Duration::microseconds(1))
    };
    Period {
        from: end_of(monday - Duration::days(1)),
        to: end_of(sunday),
    }
}

/// Whether a comment is praise, and of what: a theme said well and none said badly, or praise of the whole under a score that is
/// good.
fn praised(row: &FeedbackRow, mentions: &[ThemeRow], taxonomy: &Taxonomy) -> Option<Vec<String>> {
    let text = row.comment.as_ref()?;
    if row.comment_state != CommentState::Analysed.as_str() || row.good == Some(false) {
        return None;
    }
    if mentions.iter().any(|t| t.polarity == "negative") {
        return None;
    }
    let mut named: Vec<String> = mentions
        .iter()
        .filter(|t| t.polarity == "positive")
        .filter_map(|t| taxonomy.theme(&t.theme))
        .map(|t| t.name.clone())
        .collect();
    named.sort();
    named.dedup();
    let whole = || row.good == Some(true) && tagger::read(text, row.good, taxonomy).mood > 0;
    // "Good" alone is a score once more, not a voice.
    let says_something = text.split_whitespace().count() >= 3;
    (says_something && (!named.is_empty() || whole())).then_some(named)
}

/// Praise of these agents in a period, by agent, those that name something first, then newest first.
///
/// # Errors
/// Database errors.
pub fn of_agents(
    c: &mut DbConnection,
    organisation: Id,
    agents: &[Id],
    period: Period,
) -> Result<BTreeMap<Id, Vec<Praise>>> {
    let taxonomy = tagging::taxonomy(c, organisation)?;
    let rows = store::comments_about(c, organisation, agents, period.from, period.to)?;
    let held = moderation::withheld(c, organisation, &rows)?;
    let ids: Vec<Id> = rows.iter().map(|r| r.id).collect();
    let mut mentions: BTreeMap<Id, Vec<ThemeRow>> = BTreeMap::new();
    for some in ids.chunks(2_000) {
        for tag in store::themes_on(c, organisation, some)? {
            mentions.entry(tag.feedback_id).or_default().push(tag);
        }
    }
    let mut found: BTreeMap<Id, Vec<Praise>> = BTreeMap::new();
    for row in rows.into_iter().filter(|row| !held.contains(&row.id)) {
        let own = mentions.get(&row.id).map(Vec::as_slice).unwrap_or_default();
        let Some(themes) = praised(&row, own, &taxonomy) else {
            continue;
        };
        found.entry(row.agent_id).or_default().push(Praise {
            agent_id: row.agent_id,
            at: row.occurred_at.date(),
            comment: row.comment.unwrap_or_default(),
            themes,
        });
    }
    for list in found.values_mut() {
        list.sort_by(|a, b| {
            a.themes
                .is_empty()
                .cmp(&b.themes.is_empty())
                .then(b.at.cmp(&a.at))
                .then_with(|| a.comment.cmp(&b.comment))
        });
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_week_runs_from_monday_to_sunday() {
        let day = |text: &str| text.parse::<NaiveDate>().expect("day");
        assert_eq!(
            week_of(day("2026-11-24")),
            (day("2026-11-23"), day("2026-11-29"))
        );
        assert_eq!(
            week_of(day("2026-11-29")),
            (day("2026-11-23"), day("2026-11-29"))
        );
        let period = week(day("2026-11-24"));
        assert_eq!(period.from.date(), day("2026-11-22"));
        assert_eq!(period.to.date(), day("2026-11-29"));
    }
}
