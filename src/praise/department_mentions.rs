//! Mentions of the themes that departments own, without anything that identifies the agent: no
//! name, team, contact or time of day.

use chrono::{Datelike, Duration, Months, NaiveDate, NaiveTime};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    department_themes::{NamedTheme, visible_themes},
    error::{PraiseError, Result},
    moderation,
};
use crate::{
    accounts::Actor,
    db::DbConnection,
    feedback::{
        self, FeedbackRow, MentionFilter, Period, ThemeMentionRow, printing::may_be_printed,
        score::ScoreScale, score_format::describe_score,
    },
    locale::{Localised, Message},
    msg,
    text::mention::Polarity,
    types::{Id, Instant},
};

/// Mentions of a page.
pub const PAGE: usize = 50;
/// Mentions that an export reads at a time.
pub const EXPORTED: usize = 1_000;
/// Whole months before the newest one in the usual period.
const MONTHS: u32 = 11;
/// Longest period, in days.
const LONGEST: i64 = 5 * 366;

/// Filter of a list of mentions. An empty field does not restrict it.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct MentionQuery {
    /// Part of the quote.
    pub find: String,
    /// Id of a theme.
    #[param(example = "access")]
    pub theme: String,
    /// `positive`, `negative`, `neutral` or `request`.
    pub polarity: String,
    pub channel: String,
    /// First day, in UTC. Without it the period has twelve months.
    #[param(example = "2026-01-01")]
    pub from: String,
    /// Last day, in UTC. Without it the period ends with the newest feedback.
    #[param(example = "2026-06-30")]
    pub to: String,
    /// `next` of the previous reply.
    pub after: Option<Id>,
}

/// Why a quote is not shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    /// The comment insults, or a person withheld it.
    Withheld,
    /// The polarity is not certain enough, or score and mood of the comment say the opposite.
    Uncertain,
}

impl Localised for Missing {
    fn message(&self) -> Message {
        match self {
            Self::Withheld => msg!("mention-withheld"),
            Self::Uncertain => msg!("mention-uncertain"),
        }
    }
}

/// A mention of a theme that a department owns.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DepartmentMention {
    pub id: Id,
    /// The day, in UTC.
    pub day: NaiveDate,
    #[schema(example = "access")]
    pub theme: String,
    #[schema(example = "Reaching us")]
    pub name: String,
    #[schema(example = "Phone")]
    pub channel: String,
    pub scale: Option<String>,
    pub score: Option<f64>,
    pub polarity: Polarity,
    /// The customer's words without personal data.
    #[schema(example = "I was on hold for an hour")]
    pub quote: Option<String>,
    /// Why there is no quote.
    pub missing: Option<Missing>,
}

impl DepartmentMention {
    /// The score with its scale, for people.
    pub fn described_score(&self) -> Option<Message> {
        let scale = ScoreScale::parse(self.scale.as_deref()?).ok()?;
        Some(describe_score(scale, self.score?))
    }
}

/// A query that was checked against the themes that a person may see.
#[derive(Clone, Debug)]
pub struct CheckedQuery {
    /// Themes that the person may see.
    pub themes: Vec<NamedTheme>,
    pub filter: MentionFilter,
}

/// A page of mentions.
#[derive(Clone, Debug)]
pub struct MentionPage {
    pub items: Vec<DepartmentMention>,
    /// The last mention, if more follow.
    pub next: Option<Id>,
}

/// Checks a query.
///
/// # Errors
/// [`PraiseError::NoTheme`] for a theme that no department owns, or another one;
/// [`PraiseError::Filter`].
pub fn checked(
    c: &mut DbConnection,
    actor: &Actor,
    query: &MentionQuery,
    now: Instant,
) -> Result<CheckedQuery> {
    let themes = visible_themes(c, actor)?;
    let wanted = match query.theme.as_str() {
        "" => themes.iter().map(|theme| theme.id.clone()).collect(),
        id if themes.iter().any(|theme| theme.id == id) => vec![id.to_owned()],
        _ => return Err(PraiseError::NoTheme),
    };
    let polarity = match query.polarity.as_str() {
        "" => None,
        name => Some(Polarity::parse(name).ok_or(PraiseError::Filter("polarity"))?),
    };
    let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    // No database stores or compares a NUL.
    if [&query.find, &query.channel]
        .iter()
        .any(|text| text.contains('\0'))
    {
        return Err(PraiseError::Filter("find"));
    }
    let filter = MentionFilter {
        themes: wanted,
        polarity,
        channel: given(&query.channel),
        text: given(&query.find),
        period: period(c, actor.organisation, query, now)?,
    };
    Ok(CheckedQuery { themes, filter })
}

fn period(
    c: &mut DbConnection,
    organisation: Id,
    query: &MentionQuery,
    now: Instant,
) -> Result<Period> {
    let day = |text: &str, field: &'static str| match text.trim() {
        "" => Ok(None),
        text => match text.parse::<NaiveDate>() {
            Ok(day) if (1900..=9000).contains(&day.year()) => Ok(Some(day)),
            _ => Err(PraiseError::Filter(field)),
        },
    };
    let (from, to) = (day(&query.from, "from")?, day(&query.to, "to")?);
    let newest = feedback::latest_period(c, organisation, 1, now)?.to.date();
    let to = to.unwrap_or_else(|| from.map_or(newest, |from| newest.max(from)));
    let usual = || {
        let month = to.with_day(1).unwrap_or(to);
        month
            .checked_sub_months(Months::new(MONTHS))
            .unwrap_or(month)
    };
    let from = from.unwrap_or_else(usual);
    if from > to || (to - from).num_days() > LONGEST {
        return Err(PraiseError::Filter("from"));
    }
    let end = |day: NaiveDate| {
        let next = (day + Duration::days(1)).and_time(NaiveTime::MIN).and_utc();
        Instant::from(next - Duration::microseconds(1))
    };
    Ok(Period {
        from: end(from - Duration::days(1)),
        to: end(to),
    })
}

/// Mentions after the one with id `after`, newest first, at most `most`. With words to search for,
/// mentions whose quote is not shown are left out, so that a search cannot reveal them.
///
/// # Errors
/// [`PraiseError::Filter`] if there is no mention `after`.
pub fn mentions(
    c: &mut DbConnection,
    organisation: Id,
    query: &CheckedQuery,
    after: Option<Id>,
    most: usize,
) -> Result<MentionPage> {
    let from = match after {
        None => None,
        Some(id) => {
            let at = feedback::time_of_mention(c, organisation, id)?;
            Some((at.ok_or(PraiseError::Filter("after"))?, id))
        }
    };
    let limit = i64::try_from(most + 1).unwrap_or(i64::MAX);
    let mut rows = feedback::filtered_mentions(c, organisation, &query.filter, from, limit)?;
    let more = rows.len() > most;
    rows.truncate(most);
    let next = rows.last().filter(|_| more).map(|row| row.id);
    let mut items = shown(c, organisation, query, rows)?;
    if query.filter.text.is_some() {
        items.retain(|mention| mention.quote.is_some());
    }
    Ok(MentionPage { items, next })
}

fn shown(
    c: &mut DbConnection,
    organisation: Id,
    query: &CheckedQuery,
    mentions: Vec<ThemeMentionRow>,
) -> Result<Vec<DepartmentMention>> {
    let mut ids: Vec<Id> = mentions.iter().map(|m| m.feedback_id).collect();
    ids.sort();
    ids.dedup();
    let mut rows = feedback::feedback_by_ids(c, organisation, &ids)?;
    rows.sort_by_key(|row| row.id);
    let held = moderation::withheld(c, organisation, &rows)?;
    let mut on_records = feedback::mentions_on(c, organisation, &ids)?;
    on_records.sort_by_key(|other| other.feedback_id);
    let mut found = Vec::with_capacity(mentions.len());
    for mention in mentions {
        let Ok(at) = rows.binary_search_by_key(&mention.feedback_id, |row| row.id) else {
            continue;
        };
        let first = on_records.partition_point(|m| m.feedback_id < mention.feedback_id);
        let last = on_records.partition_point(|m| m.feedback_id <= mention.feedback_id);
        let missing = if held.contains(&mention.feedback_id) {
            Some(Missing::Withheld)
        } else if may_be_printed(&mention, &rows[at], &on_records[first..last]) {
            None
        } else {
            Some(Missing::Uncertain)
        };
        found.push(described(mention, &rows[at], missing, &query.themes));
    }
    Ok(found)
}

fn described(
    mention: ThemeMentionRow,
    row: &FeedbackRow,
    missing: Option<Missing>,
    themes: &[NamedTheme],
) -> DepartmentMention {
    let named = themes.iter().find(|theme| theme.id == mention.theme);
    DepartmentMention {
        id: mention.id,
        day: mention.occurred_at.date(),
        name: named.map_or_else(|| mention.theme.clone(), |theme| theme.name.clone()),
        theme: mention.theme,
        channel: row.channel.clone(),
        scale: row.scale.clone(),
        score: row.score,
        polarity: mention.polarity,
        quote: Some(mention.clause_text).filter(|_| missing.is_none()),
        missing,
    }
}
