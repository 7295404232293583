//! `/mentions`: mentions of the themes that departments own, with their trend.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::ContentDisposition,
    web::{Bytes, Data, Json, Query},
};
use askama::Template;
use futures_util::stream::try_unfold;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    downloads::private,
    error::{WebError, WebResult},
    frame::Frame,
    language::ReaderLocale,
    list::List,
    render::page,
    state::State,
};
use crate::{
    accounts::{self, Actor},
    db::DbConnection,
    documents::{
        charts::{RatePoint, rate_trend},
        csv, html,
    },
    feedback::{self, Period},
    locale::{Locale, Localised, Message, decimal},
    msg,
    praise::{
        department_mentions::{
            self, CheckedQuery, DepartmentMention, EXPORTED, MentionPage, MentionQuery, PAGE,
        },
        mention_trend::{MentionTrend, TrendInterval, mention_trends},
    },
    text::mention::Polarity,
    types::{Id, Instant},
};

/// The intervals of a trend.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct TrendQuery {
    /// `month`, which is usual, or `week`.
    #[serde(rename = "by")]
    #[param(inline)]
    interval: TrendInterval,
}

#[derive(Template)]
#[template(path = "mentions.html")]
struct MentionsPage {
    frame: Frame,
    /// The department of a person who speaks for one.
    own: Option<String>,
    checked: CheckedQuery,
    query: MentionQuery,
    interval: TrendInterval,
    channels: Vec<String>,
    /// All mentions; `None` with words to search for, because withheld ones are left out.
    found: Option<u64>,
    mentions: MentionPage,
    trends: Vec<MentionTrend>,
}

impl MentionsPage {
    const POLARITIES: [Polarity; 4] = Polarity::ALL;
    const INTERVALS: [(TrendInterval, &'static str, &'static str); 2] = [
        (TrendInterval::Month, "month", "mentions-by-month"),
        (TrendInterval::Week, "week", "mentions-by-week"),
    ];

    fn intro(&self) -> Message {
        let (from, to) = days(self.checked.filter.period);
        msg!("mentions-intro", from = from, to = to)
    }

    /// Why the list is empty.
    fn none(&self) -> Message {
        match &self.own {
            Some(own) if self.checked.themes.is_empty() => {
                msg!("departments-unknown", department = own)
            }
            _ => msg!("mentions-none"),
        }
    }

    /// The score of a mention in words.
    fn score(&self, mention: &DepartmentMention) -> Option<String> {
        let score = mention.described_score()?;
        let score = msg!("agent-comments-scored", score = score);
        Some(self.frame.m(score))
    }

    fn chart(&self, trend: &MentionTrend) -> String {
        let points: Vec<RatePoint> = trend
            .points
            .iter()
            .map(|point| RatePoint {
                first_day: point.first_day,
                mentions: point.share.mentions,
                comments: point.share.comments,
                rate: point.rate,
            })
            .collect();
        html::picture(&rate_trend(self.frame.locale, &trend.name, &points))
    }

    fn rate(&self, rate: &Option<f64>) -> String {
        match rate {
            Some(rate) => self.frame.count(decimal(*rate, 1)),
            None => self.frame.t("mentions-no-comments"),
        }
    }

    fn before(&self, trend: &MentionTrend) -> String {
        match trend.before.and_then(|before| before.rate()) {
            Some(rate) => self.frame.count(decimal(rate, 1)),
            None => self.frame.t("no-data-before"),
        }
    }

    /// Name of the interval in the address.
    fn by(&self) -> &'static str {
        match self.interval {
            TrendInterval::Month => "month",
            TrendInterval::Week => "week",
        }
    }
}

/// First and last day of a period that begins at midnight.
fn days(period: Period) -> (chrono::NaiveDate, chrono::NaiveDate) {
    let first = period.from.plus(chrono::Duration::microseconds(1));
    (first.date(), period.to.date())
}

fn checked(
    c: &mut DbConnection,
    actor: &Actor,
    query: &MentionQuery,
) -> Result<CheckedQuery, WebError> {
    Ok(department_mentions::checked(
        c,
        actor,
        query,
        Instant::now(),
    )?)
}

/// `GET /mentions`
pub async fn mentions_page(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    query: Query<MentionQuery>,
    trend: Query<TrendQuery>,
) -> WebResult {
    let (frame, query, interval) = (Frame::of(&req), query.into_inner(), trend.interval);
    let read = state.db.read(move |c| {
        let organisation = actor.organisation;
        let checked = checked(c, &actor, &query)?;
        let filter = &checked.filter;
        let found = match filter.text {
            None => Some(feedback::count_filtered_mentions(c, organisation, filter)?),
            Some(_) => None,
        };
        Ok::<_, WebError>(MentionsPage {
            frame,
            own: accounts::department_of(c, &actor)?,
            channels: feedback::channels(c, organisation, filter.period)?,
            found,
            mentions: department_mentions::mentions(c, organisation, &checked, query.after, PAGE)?,
            trends: mention_trends(c, organisation, &checked, interval)?,
            checked,
            query,
            interval,
        })
    });
    page(&read.await?)
}

/// Lists mentions of the themes that departments own, newest first. A person who speaks for a
/// department sees only its themes. Nothing identifies the agent.
#[utoipa::path(
    get,
    path = "/api/v1/mentions",
    tag = "Feedback",
    operation_id = "list_department_mentions",
    params(MentionQuery),
    responses(
        (status = 200, body = List<DepartmentMention>),
        (status = 404, description = "No such theme, or another department's"),
        (status = 422, description = "`invalid`: a field of the query has no such value")
    )
)]
pub async fn mentions_json(
    state: Data<State>,
    actor: Actor,
    query: Query<MentionQuery>,
) -> Result<Json<List<DepartmentMention>>, WebError> {
    let query = query.into_inner();
    let read = state.db.read(move |c| {
        let checked = checked(c, &actor, &query)?;
        let page =
            department_mentions::mentions(c, actor.organisation, &checked, query.after, PAGE)?;
        Ok::<_, WebError>(page)
    });
    let found = read.await?;
    Ok(Json(List {
        next: found.next.map(|id| id.to_string()),
        items: found.items,
    }))
}

/// Trends of the themes that departments own.
#[derive(Serialize, ToSchema)]
pub struct MentionTrends {
    items: Vec<MentionTrend>,
    period: Period,
    /// Always null: the list is complete.
    next: Option<String>,
}

/// Returns the mentions of each theme by month or week, as a number and per 100 comments. The query
/// is that of the list of mentions; words to search for do not matter.
#[utoipa::path(
    get,
    path = "/api/v1/mentions/trend",
    tag = "Feedback",
    operation_id = "get_mention_trend",
    params(MentionQuery, TrendQuery),
    responses(
        (status = 200, body = MentionTrends),
        (status = 404, description = "No such theme, or another department's"),
        (status = 422, description = "`invalid`: a field of the query has no such value")
    )
)]
pub async fn trend_json(
    state: Data<State>,
    actor: Actor,
    query: Query<MentionQuery>,
    trend: Query<TrendQuery>,
) -> Result<Json<MentionTrends>, WebError> {
    let (query, interval) = (query.into_inner(), trend.interval);
    let read = state.db.read(move |c| {
        let checked = checked(c, &actor, &query)?;
        Ok::<_, WebError>(MentionTrends {
            items: mention_trends(c, actor.organisation, &checked, interval)?,
            period: checked.filter.period,
            next: None,
        })
    });
    Ok(Json(read.await?))
}

const COLUMNS: [&str; 8] = [
    "day", "theme", "channel", "scale", "score", "polarity", "quote", "missing",
];

fn cells(mention: DepartmentMention, locale: &Locale) -> Vec<String> {
    let missing = mention
        .missing
        .map(|missing| locale.format(&missing.message()));
    vec![
        mention.day.to_string(),
        mention.name,
        mention.channel,
        mention.scale.unwrap_or_default(),
        mention
            .score
            .map_or_else(String::new, |score| score.to_string()),
        mention.polarity.as_str().to_owned(),
        mention.quote.unwrap_or_default(),
        missing.unwrap_or_default(),
    ]
}

/// Part of an export that is read next.
enum Rest {
    All,
    After(Id),
    Nothing,
}

/// `GET /mentions.csv`: all mentions of a query. Only one batch is in memory at a time.
pub async fn mentions_csv(
    state: Data<State>,
    actor: Actor,
    ReaderLocale(locale): ReaderLocale,
    query: Query<MentionQuery>,
) -> WebResult {
    let (query, organisation) = (query.into_inner(), actor.organisation);
    let query = state.db.read(move |c| checked(c, &actor, &query)).await?;
    let batches = try_unfold(Rest::All, move |rest| {
        let (state, query) = (state.clone(), query.clone());
        async move {
            let after = match rest {
                Rest::All => None,
                Rest::After(id) => Some(id),
                Rest::Nothing => return Ok(None),
            };
            let read = state.db.read(move |c| {
                let page = department_mentions::mentions(c, organisation, &query, after, EXPORTED)?;
                Ok::<_, WebError>(page)
            });
            let page = read.await?;
            let rows = page.items.into_iter().map(|mention| cells(mention, locale));
            let bytes = match after {
                None => csv::write(&COLUMNS, rows),
                Some(_) => csv::rows(rows),
            };
            let bytes = Bytes::from(bytes.map_err(|e| WebError::internal(&e))?);
            Ok::<_, WebError>(Some((bytes, page.next.map_or(Rest::Nothing, Rest::After))))
        }
    });
    Ok(private(
        HttpResponse::Ok()
            .content_type("text/csv; charset=utf-8")
            .insert_header(ContentDisposition::attachment("mentions.csv"))
            .streaming(batches),
    ))
}
