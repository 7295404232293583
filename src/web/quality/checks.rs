//! `/agents/{id}/quality` and `/me/quality`: the quality checks of an agent, for coaches and for
//! the agent.

use actix_web::{
    HttpRequest,
    web::{Data, Json, Path},
};
use askama::Template;
use chrono::{Duration, NaiveDate};

use crate::{
    accounts::Actor,
    coaching::CoachingError,
    locale::Localised,
    quality::results::{self, QualityCheck, QualityResult},
    types::{Id, Instant},
    web::{
        agents::views::record_view,
        error::{WebError, WebResult},
        frame::Frame,
        list::List,
        render::page,
        state::State,
    },
    workforce::{self, Agent},
};

/// Days that are listed.
const LISTED_DAYS: i64 = 365;
/// Days that are added up, as in plans.
const SUMMED_DAYS: i64 = 90;

#[derive(Template)]
#[template(path = "quality_checks.html")]
struct ChecksPage {
    frame: Frame,
    agent: Agent,
    /// Whether the agent reads it.
    own: bool,
    results: Vec<QualityResult>,
    checks: Vec<QualityCheck>,
}

fn last(days: i64) -> (NaiveDate, NaiveDate) {
    let now = Instant::now();
    (now.plus(-Duration::days(days)).date(), now.date())
}

async fn checks(state: &State, organisation: Id, agent: Id) -> Result<Vec<QualityCheck>, WebError> {
    let read = move |c: &mut _| results::checks_of(c, organisation, agent, last(LISTED_DAYS));
    Ok(state.db.read(read).await?)
}

async fn show(state: &State, req: &HttpRequest, organisation: Id, id: Id, own: bool) -> WebResult {
    let read = state.db.read(move |c| {
        let agent = workforce::agent(c, organisation, id)?;
        let results = results::results_of(c, organisation, id, last(SUMMED_DAYS))?;
        Ok::<_, WebError>((agent, results))
    });
    let (agent, results) = read.await?;
    let shown = ChecksPage {
        frame: Frame::of(req),
        agent,
        own,
        results,
        checks: checks(state, organisation, id).await?,
    };
    page(&shown)
}

/// `GET /agents/{id}/quality`
pub async fn checks_page(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    id: Path<Id>,
) -> WebResult {
    let organisation = actor.organisation;
    let shown = show(&state, &req, organisation, *id, false).await?;
    record_view(&state, actor, *id).await?;
    Ok(shown)
}

/// Lists the quality checks of an agent in the last year, newest first. The view is recorded in the
/// audit log.
#[utoipa::path(
    get,
    path = "/api/v1/agents/{id}/quality",
    tag = "Coaching",
    operation_id = "list_quality_checks",
    params(("id" = Id, Path, description = "The agent")),
    responses((status = 200, body = List<QualityCheck>))
)]
pub async fn checks_json(
    state: Data<State>,
    actor: Actor,
    id: Path<Id>,
) -> Result<Json<List<QualityCheck>>, WebError> {
    let checks = checks(&state, actor.organisation, *id).await?;
    record_view(&state, actor, *id).await?;
    Ok(Json(List::complete(checks)))
}

/// The agent of an account that has one.
fn own_agent(actor: &Actor) -> Result<Id, CoachingError> {
    actor.agent.ok_or(CoachingError::NoPlan)
}

/// `GET /me/quality`
pub async fn my_checks_page(state: Data<State>, req: HttpRequest, actor: Actor) -> WebResult {
    let agent = own_agent(&actor)?;
    show(&state, &req, actor.organisation, agent, true).await
}

/// Lists the quality checks of the agent's own contacts in the last year, newest first.
#[utoipa::path(
    get,
    path = "/api/v1/me/quality",
    tag = "Agent",
    operation_id = "list_my_quality_checks",
    responses((status = 200, body = List<QualityCheck>))
)]
pub async fn my_checks_json(
    state: Data<State>,
    actor: Actor,
) -> Result<Json<List<QualityCheck>>, WebError> {
    let agent = own_agent(&actor)?;
    Ok(Json(List::complete(
        checks(&state, actor.organisation, agent).await?,
    )))
}
