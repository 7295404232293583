//! `/overview`: the organisation in figures.

use actix_web::{HttpRequest, HttpResponse, web::Data};
use askama::Template;

use super::{
    error::{WebError, WebResult},
    frame::Frame,
    render::{page, see_other},
    state::State,
};
use crate::{
    accounts::Actor,
    documents::{
        charts::{funnel_plot, sparkline},
        html,
    },
    insight::{
        activity::{self, ActivityFeed},
        overview::{self, Overview},
    },
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
    let trend = o
        .change
        .filter(|_| weeks.len() > 2)
        .map(|said| html::picture(&sparkline(frame.locale, &weeks, said)));
    let funnel = o.funnel.as_ref();
    let funnel = funnel.map(|f| html::picture(&funnel_plot(frame.locale, f)));
    page(&OverviewPage {
        frame,
        o,
        since,
        trend,
        funnel,
    })
}

/// `GET /api/v1/overview`
pub async fn overview_json(state: Data<State>, actor: Actor) -> WebResult {
    let (overview, since) = read(&state, &actor).await?;
    Ok(HttpResponse::Ok().json(serde_json::json!({ "overview": overview, "since": since })))
}

/// `POST /overview/seen`
pub async fn seen_form(state: Data<State>, actor: Actor) -> WebResult {
    state
        .db
        .write(move |c| activity::mark_seen(c, &actor, Instant::now()))
        .await?;
    Ok(see_other("/overview"))
}
