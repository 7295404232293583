//! Response rates: surveys answered of surveys sent.

use std::{collections::BTreeMap, io::Read};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    error::{FeedbackError, MOST_COUNTS, Result},
    period::Period,
    store,
};
use crate::{
    accounts::Actor,
    audit,
    db::DbConnection,
    stats::intervals::{Interval, wilson},
    tables::{
        Options, Table,
        number::{DecimalMark, parse_integer},
    },
    text::entered,
    types::{Id, Instant},
};

/// Surveys sent on a day by a channel. A later count for the same day and channel replaces it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Invited {
    #[schema(example = "2026-11-24")]
    pub day: NaiveDate,
    /// Empty for all channels together.
    #[serde(default)]
    #[schema(example = "phone")]
    pub channel: String,
    #[schema(example = 120)]
    pub invited: u32,
}

/// Reads counts from a table with the columns `day`, `invited` and optionally `channel`.
///
/// # Errors
/// [`FeedbackError::Table`], [`FeedbackError::InvitationColumn`]; [`FeedbackError::InvitationRow`]
/// for the first unusable row.
pub fn read(input: impl Read) -> Result<Vec<Invited>> {
    let wanted = ["day", "invited", "channel"].map(str::to_owned).to_vec();
    let mut table = Table::open(
        input,
        &Options {
            wanted,
            ..Options::default()
        },
    )?;
    let missing = |name: &str| FeedbackError::InvitationColumn(name.to_owned());
    let day = table.column("day")?.ok_or_else(|| missing("day"))?;
    let invited = table.column("invited")?.ok_or_else(|| missing("invited"))?;
    let channel = table.column("channel")?;
    let mut counts = Vec::new();
    while let Some(row) = table.next_row()? {
        let wrong = |column: &str| FeedbackError::InvitationRow(row.number, column.to_owned());
        if row.problem.is_some() {
            return Err(wrong(""));
        }
        let sent = parse_integer(row.cell(invited).trim(), DecimalMark::Dot);
        counts.push(Invited {
            day: row.cell(day).trim().parse().map_err(|_e| wrong("day"))?,
            channel: channel
                .map(|i| row.cell(i).trim())
                .unwrap_or_default()
                .to_owned(),
            invited: sent
                .and_then(|n| n.try_into().ok())
                .ok_or_else(|| wrong("invited"))?,
        });
    }
    Ok(counts)
}

/// Stores counts of surveys sent.
///
/// # Errors
/// [`FeedbackError::InvitationCount`] for none or too many.
pub fn keep(
    c: &mut DbConnection,
    organisation: Id,
    by: &str,
    counts: &[Invited],
    now: Instant,
) -> Result<()> {
    if counts.is_empty() || counts.len() > MOST_COUNTS {
        return Err(FeedbackError::InvitationCount(counts.len()));
    }
    // The last count of a day and channel wins.
    let mut newest: BTreeMap<(NaiveDate, String), u32> = BTreeMap::new();
    for count in counts {
        let channel: String = entered::line(&count.channel).chars().take(200).collect();
        newest.insert((count.day, channel), count.invited);
    }
    for ((day, channel), invited) in newest {
        let day = Instant(day.and_time(chrono::NaiveTime::MIN).and_utc());
        store::keep_invited(c, organisation, day, &channel, i64::from(invited))?;
    }
    let detail = serde_json::json!({ "counts": counts.len() });
    let object = organisation;
    audit::record(
        c,
        audit::Event::new(
            organisation,
            by,
            "feedback.invitations_kept",
            ("organisation", object),
        )
        .detail(detail),
        now,
    )?;
    Ok(())
}

/// Stores counts on behalf of a person.
///
/// # Errors
/// Errors of [`keep`].
pub fn keep_for(
    c: &mut DbConnection,
    actor: &Actor,
    counts: &[Invited],
    now: Instant,
) -> Result<()> {
    keep(c, actor.organisation, &actor.label(), counts, now)
}

/// Response rate of a channel.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ResponseRate {
    /// Empty for all channels together.
    pub channel: String,
    pub invited: u64,
    pub answered: u64,
    /// `None` if there are more answers than surveys: the two counts do not match.
    pub rate: Option<f64>,
    /// 95 % interval (Wilson).
    pub interval: Option<Interval>,
}

/// Response rates by channel in a period, over the channels with invitations.
pub fn response_rates(
    c: &mut DbConnection,
    organisation: Id,
    period: Period,
) -> Result<Vec<ResponseRate>> {
    let invited = store::invited(c, organisation, period)?;
    let mut answered: BTreeMap<String, u64> = BTreeMap::new();
    for (channel, _, good, _, n) in store::case_tallies(c, organisation, period)? {
        if good.is_some() {
            *answered.entry(channel).or_default() += n.unsigned_abs();
        }
    }
    let whole: u64 = answered.values().sum();
    Ok(invited
        .into_iter()
        .map(|(channel, n)| {
            let invited = n.unsigned_abs();
            // Counts without a channel are of all channels together.
            let answered = if channel.is_empty() {
                whole
            } else {
                answered.get(&channel).copied().unwrap_or(0)
            };
            let possible = invited > 0 && answered <= invited;
            ResponseRate {
                rate: possible.then(|| answered as f64 / invited as f64),
                interval: possible.then(|| wilson(answered, invited, 0.95)).flatten(),
                channel,
                invited,
                answered,
            }
        })
        .collect())
}
