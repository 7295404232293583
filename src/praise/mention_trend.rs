//! Mentions of a theme by week or month, as a number and per 100 comments.

use std::collections::BTreeMap;

use chrono::{Datelike, Duration, Months, NaiveDate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{department_mentions::CheckedQuery, department_themes::NamedTheme, error::Result};
use crate::{
    db::DbConnection,
    feedback::{self, MentionFilter, period::week_of},
    types::Id,
};

/// Length of an interval of a trend.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum TrendInterval {
    #[default]
    Month,
    Week,
}

impl TrendInterval {
    /// First day of the interval with this day.
    fn first_day(self, day: NaiveDate) -> NaiveDate {
        match self {
            Self::Month => day.with_day(1).unwrap_or(day),
            Self::Week => week_of(day).0,
        }
    }

    /// First day of the interval after the one that begins on `first`.
    fn after(self, first: NaiveDate) -> NaiveDate {
        match self {
            Self::Month => first.checked_add_months(Months::new(1)).unwrap_or(first),
            Self::Week => first + Duration::days(7),
        }
    }
}

/// Comments with a mention of a theme, of all comments that were analysed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct MentionShare {
    /// Comments with a mention.
    pub mentions: u64,
    /// Comments that were analysed.
    pub comments: u64,
}

impl MentionShare {
    /// Comments with a mention per 100 comments; `None` without comments.
    pub fn rate(self) -> Option<f64> {
        (self.comments > 0).then(|| 100.0 * self.mentions as f64 / self.comments as f64)
    }
}

/// A week or month of a trend.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub struct TrendPoint {
    /// First day of the week or month. The first and last one count only days of the period.
    pub first_day: NaiveDate,
    #[serde(flatten)]
    pub share: MentionShare,
    /// Comments with a mention per 100 comments; null without comments.
    #[schema(example = 4.2)]
    pub rate: Option<f64>,
}

/// The trend of a theme.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct MentionTrend {
    #[schema(example = "access")]
    pub theme: String,
    #[schema(example = "Reaching us")]
    pub name: String,
    #[serde(flatten)]
    pub share: MentionShare,
    /// Comments with a mention per 100 comments; null without comments.
    #[schema(example = 4.2)]
    pub rate: Option<f64>,
    /// The equally long period before; null if it has no comments.
    pub before: Option<MentionShare>,
    /// Oldest first.
    pub points: Vec<TrendPoint>,
}

type Days = BTreeMap<NaiveDate, u64>;

fn by_day(rows: Vec<(String, i64)>) -> Days {
    rows.into_iter()
        .filter_map(|(day, n)| Some((day.parse().ok()?, n.unsigned_abs())))
        .collect()
}

/// The trend of each theme of a query, whatever words it searches for.
pub fn mention_trends(
    c: &mut DbConnection,
    organisation: Id,
    query: &CheckedQuery,
    interval: TrendInterval,
) -> Result<Vec<MentionTrend>> {
    let period = query.filter.period;
    let channel = query.filter.channel.as_deref();
    let comments = by_day(feedback::comments_by_day(c, organisation, channel, period)?);
    let earlier = by_day(feedback::comments_by_day(
        c,
        organisation,
        channel,
        period.before(),
    )?);
    let mut trends = Vec::new();
    let asked = |theme: &&NamedTheme| query.filter.themes.contains(&theme.id);
    for theme in query.themes.iter().filter(asked) {
        let only = MentionFilter {
            themes: vec![theme.id.clone()],
            text: None,
            ..query.filter.clone()
        };
        let before = MentionFilter {
            period: period.before(),
            ..only.clone()
        };
        let mentions = by_day(feedback::mentions_by_day(c, organisation, &only)?);
        let before = total(
            &by_day(feedback::mentions_by_day(c, organisation, &before)?),
            &earlier,
        );
        let share = total(&mentions, &comments);
        trends.push(MentionTrend {
            theme: theme.id.clone(),
            name: theme.name.clone(),
            rate: share.rate(),
            share,
            before: Some(before).filter(|before| before.comments > 0),
            points: points(
                &mentions,
                &comments,
                interval,
                (period.from.date(), period.to.date()),
            ),
        });
    }
    Ok(trends)
}

fn total(mentions: &Days, comments: &Days) -> MentionShare {
    MentionShare {
        mentions: mentions.values().sum(),
        comments: comments.values().sum(),
    }
}

/// One point for each interval after the day `before` until `last`.
fn points(
    mentions: &Days,
    comments: &Days,
    interval: TrendInterval,
    (before, last): (NaiveDate, NaiveDate),
) -> Vec<TrendPoint> {
    let mut first = interval.first_day(before + Duration::days(1));
    let mut points = Vec::new();
    while first <= last {
        let next = interval.after(first);
        let sum = |days: &Days| days.range(first..next).map(|(_, n)| n).sum();
        let share = MentionShare {
            mentions: sum(mentions),
            comments: sum(comments),
        };
        points.push(TrendPoint {
            first_day: first,
            share,
            rate: share.rate(),
        });
        if next <= first {
            break;
        }
        first = next;
    }
    points
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("day")
    }

    #[test]
    fn months_without_comments_have_no_rate() {
        let mentions = Days::from([(day("2026-01-31"), 1)]);
        let comments = Days::from([(day("2026-01-31"), 4), (day("2026-03-01"), 2)]);
        let ends = (day("2026-01-14"), day("2026-03-02"));
        let found = points(&mentions, &comments, TrendInterval::Month, ends);
        let rates: Vec<_> = found.iter().map(|p| (p.first_day, p.rate)).collect();
        let expected = [
            (day("2026-01-01"), Some(25.0)),
            (day("2026-02-01"), None),
            (day("2026-03-01"), Some(0.0)),
        ];
        assert_eq!(rates, expected);
    }

    #[test]
    fn weeks_begin_on_monday() {
        let ends = (day("2026-11-22"), day("2026-11-30"));
        let found = points(&Days::new(), &Days::new(), TrendInterval::Week, ends);
        let firsts: Vec<_> = found.iter().map(|p| p.first_day).collect();
        assert_eq!(firsts, [day("2026-11-23"), day("2026-11-30")]);
    }
}
