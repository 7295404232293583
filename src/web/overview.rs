//! `/overview`: the organisation in figures.

use actix_web::{
    HttpRequest,
    web::{Data, Json},
};
use askama::Template;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    done::Done,
    error::{WebError, WebResult},
    frame::Frame,
    language::ReaderLocale,
    render::{attachment, confirmed, page},
    state::State,
};
use crate::{
    accounts::{Actor, Role},
    documents::{
        charts::{funnel_plot, sparkline},
        html,
    },
    feedback::score_format::describe,
    insight::{
        activity::{self, Activity, ActivityFeed},
        drivers::{self, Drivers},
        overview::{self, Overview},
    },
    locale::{Locale, Localised, Message, decimal, percent},
    msg,
    types::Instant,
};

#[derive(Template)]
#[template(path = "overview.html")]
struct OverviewPage {
    frame: Frame,
    o: Overview,
    since: ActivityFeed,
    trend: Option<String>,
    funnel: Option<String>,
    /// Whether this person may download what the figures are computed from.
    downloads: bool,
}

impl OverviewPage {
    fn basis(&self) -> Message {
        let scores = msg!("overview-scores", count = self.o.scores);
        let comments = msg!("overview-comments", count = self.o.comments);
        msg!(
            "overview-basis",
            from = self.o.period.from.date(),
            to = self.o.period.to.date(),
            scores = scores,
            comments = comments
        )
    }

    fn rules(&self) -> Option<Message> {
        describe(self.o.rules.iter().map(|counted| counted.rule))
    }

    fn rate(&self) -> Option<Message> {
        self.o.rate.map(|(rate, interval)| {
            msg!(
                "overview-rate",
                rate = percent(rate),
                low = percent(interval.low),
                high = percent(interval.high)
            )
        })
    }

    fn icc(&self) -> Option<Message> {
        let icc = self.o.icc?;
        Some(msg!("overview-icc", percent = decimal(100.0 * icc, 1)))
    }

    fn scores_needed(&self) -> Option<Message> {
        let [half, fair, good] = self.o.scores_needed;
        Some(msg!(
            "overview-scores-needed",
            half = half?,
            fair = fair?,
            good = good?
        ))
    }

    fn low(&self) -> Message {
        let low = &self.o.low;
        msg!(
            "overview-low",
            count = low.agents,
            low = low.raw_below,
            credible = low.credibly_below,
            corrected = low.below_after_fdr
        )
    }

    fn explained(&self, drivers: &Drivers) -> Message {
        msg!(
            "overview-drivers-explained",
            count = drivers.comments,
            share = percent(drivers.r2)
        )
    }
}

async fn read(state: &State, actor: &Actor) -> Result<(Overview, ActivityFeed), WebError> {
    let actor = actor.clone();
    state
        .db
        .read(move |c| {
            let now = Instant::now();
            let found = overview::overview(c, actor.organisation, now)?;
            Ok((found, activity::activity(c, &actor, now)?))
        })
        .await
}

/// `GET /overview`
pub async fn overview_page(state: Data<State>, req: HttpRequest, actor: Actor) -> WebResult {
    let (o, since) = read(&state, &actor).await?;
    let weeks: Vec<_> = o
        .weeks
        .iter()
        .map(|w| (w.monday, w.good, w.scores))
        .collect();
    let frame = Frame::of(&req);
    let trend = o.change.filter(|_| weeks.len() > 2).map(|change| {
        let caption = frame.m(change.message());
        html::picture(&sparkline(frame.locale, &weeks, &caption))
    });
    let funnel = o.funnel.as_ref();
    let funnel = funnel.map(|f| html::picture(&funnel_plot(frame.locale, f)));
    page(&OverviewPage {
        frame,
        o,
        since,
        trend,
        funnel,
        downloads: actor.roles.allow(&[Role::Admin, Role::Analyst]),
    })
}

/// Events of one kind since the last visit.
#[derive(Serialize, ToSchema)]
struct ActivityReply {
    #[schema(example = "feedback.import_started")]
    action: &'static str,
    #[schema(example = 3)]
    count: i64,
    /// The count in words.
    #[serde(rename = "said")]
    #[schema(example = "3 imports of feedback")]
    text: String,
    /// The page with these events.
    #[schema(example = "/feedback")]
    path: &'static str,
}

impl ActivityReply {
    fn new(activity: &Activity, locale: &Locale) -> Self {
        Self {
            action: activity.action,
            count: activity.count,
            text: locale.format(&activity.message()),
            path: activity.path,
        }
    }
}

/// Activity since the last visit to the overview.
#[derive(Serialize, ToSchema)]
struct ActivityFeedReply {
    /// The last visit; null before the first, when the last seven days are counted.
    since: Option<Instant>,
    events: Vec<ActivityReply>,
}

impl ActivityFeedReply {
    fn new(feed: &ActivityFeed, locale: &Locale) -> Self {
        let events = feed.events.iter();
        Self {
            since: feed.since,
            events: events.map(|e| ActivityReply::new(e, locale)).collect(),
        }
    }
}

/// Figures of the organisation, with activity since the last visit.
#[derive(Serialize, ToSchema)]
pub struct OverviewReply {
    overview: Overview,
    since: ActivityFeedReply,
}

/// Returns figures of the organisation over the last 90 days with feedback.
#[utoipa::path(
    get,
    path = "/api/v1/overview",
    tag = "Insight",
    operation_id = "get_overview",
    responses((status = 200, body = OverviewReply))
)]
pub async fn overview_json(
    state: Data<State>,
    actor: Actor,
    ReaderLocale(locale): ReaderLocale,
) -> Result<Json<OverviewReply>, WebError> {
    let (overview, since) = read(&state, &actor).await?;
    Ok(Json(OverviewReply {
        overview,
        since: ActivityFeedReply::new(&since, locale),
    }))
}

/// `GET /overview/agents.csv`: scores by agent and kind of case, for `rapport analyse agents`.
pub async fn agents_csv(state: Data<State>, actor: Actor) -> WebResult {
    let bytes = state
        .db
        .read(move |c| overview::agents_csv(c, actor.organisation, Instant::now()))
        .await?;
    Ok(attachment("agents.csv", "text/csv; charset=utf-8", bytes))
}

/// `GET /overview/drivers.csv`: scored comments with their themes, for `rapport analyse drivers`.
pub async fn drivers_csv(state: Data<State>, actor: Actor) -> WebResult {
    let bytes = state
        .db
        .read(move |c| drivers::csv(c, actor.organisation, Instant::now()))
        .await?;
    Ok(attachment("drivers.csv", "text/csv; charset=utf-8", bytes))
}

/// `POST /overview/seen`
pub async fn seen_form(state: Data<State>, actor: Actor) -> WebResult {
    state
        .db
        .write(move |c| activity::mark_seen(c, &actor, Instant::now()))
        .await?;
    Ok(confirmed("/overview", Done::NewsSeen))
}
