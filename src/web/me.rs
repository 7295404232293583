//! `/me`: an agent's own feedback, plans, 1:1s and data.

pub mod one_to_ones;

pub mod examples;
pub mod tally;

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Form, Json, Path},
};
use askama::Template;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    downloads::{self, private},
    error::{WebError, WebResult},
    frame::Frame,
    idempotency::{IdempotencyHeader, idempotency},
    language::ReaderLocale,
    plans::{StepForm, processed, take, take_once},
    praise::{named, week},
    render::{attachment, page},
    state::State,
};
use crate::{
    accounts::Actor,
    coaching::{
        self, ActivePause, AgentExport, CoachingError, Format, StoredPlan,
        one_to_ones::content::OneToOne,
        pauses,
        plan::{ProcessIssue, SinglePraise, Strength},
        steps::NewStep,
    },
    db::DbConnection,
    feedback::{self, printing::with_agent},
    locale::{Localised, Message},
    msg,
    praise::{digest, moderation, weekly},
    types::{Id, Instant},
    workforce,
};

/// Most comments that are listed, of the newest records that are read.
const MOST_COMMENTS: usize = 50;
const MOST_RECORDS: i64 = 500;
/// Most comments that praise in the newest week.
const MOST_PRAISE: usize = 12;

/// Feedback as its agent sees it: no figures of others, no hiring scores.
#[derive(Serialize, ToSchema)]
pub struct MyFeedback {
    /// The pause that keeps plans from starting.
    #[serde(rename = "rest")]
    pause: Option<ActivePause>,
    /// Comments that praise in the newest week with feedback: date and text.
    week: Vec<(NaiveDate, String)>,
    /// First day of that week.
    monday: NaiveDate,
    plans: Vec<StoredPlan>,
    /// 1:1s that were shared, newest first.
    one_to_ones: Vec<OneToOne>,
    strengths: Vec<Strength>,
    /// Themes that one customer praises.
    single_praise: Vec<SinglePraise>,
    /// Customers who were pleased without giving a reason.
    pleased: u64,
    /// Issues that other departments own.
    not_yours: Vec<ProcessIssue>,
    /// Newest comments: date, text, and whether the score is good.
    comments: Vec<(NaiveDate, String, Option<bool>)>,
    /// Insulting comments that are left out.
    withheld: usize,
    synthetic: bool,
}

/// Reads an agent's feedback; `None` for an account without an agent.
fn my_feedback(c: &mut DbConnection, actor: &Actor) -> Result<Option<MyFeedback>, WebError> {
    let Some(agent) = actor.agent else {
        return Ok(None);
    };
    let (organisation, now) = (actor.organisation, Instant::now());
    let draft = coaching::draft(c, organisation, agent, now)?;
    let period = feedback::latest_period(c, organisation, draft.basis.days, now)?;
    let rows = feedback::feedback_of(c, organisation, agent, period, MOST_RECORDS)?;
    let held = moderation::withheld(c, organisation, &rows)?;
    let named = |text: String| with_agent(&text, &draft.agent).into_owned();
    let comments = rows
        .into_iter()
        .filter(|row| !held.contains(&row.id))
        .filter_map(|row| Some((row.occurred_at.date(), named(row.comment?), row.good)))
        .take(MOST_COMMENTS)
        .collect();
    let week = weekly::newest_week(c, organisation, now)?;
    let mut praise = weekly::of_agents(c, organisation, &[agent], week)?;
    let praise = praise.remove(&agent).unwrap_or_default().praise;
    let praise = praise.into_iter().take(MOST_PRAISE);
    Ok(Some(MyFeedback {
        pause: pauses::active_pause(c, organisation, agent, now.date())?,
        week: praise.map(|p| (p.at, p.comment)).collect(),
        monday: feedback::period::week_of(week.to.date()).0,
        comments,
        withheld: held.len(),
        plans: coaching::shared_plans_of(c, organisation, agent)?,
        one_to_ones: coaching::one_to_ones::own(c, actor)?,
        strengths: draft.strengths,
        single_praise: draft.single_praise,
        pleased: draft.pleased,
        not_yours: draft.not_yours,
        synthetic: draft.synthetic,
    }))
}

#[derive(Template)]
#[template(path = "me.html")]
struct MePage {
    frame: Frame,
    /// `None` for an account without an agent.
    feedback: Option<MyFeedback>,
}

/// Sentence on what customers said about a theme that another department owns.
fn process_issue_message(issue: &ProcessIssue) -> Message {
    msg!(
        "me-process-issue",
        theme = &issue.name,
        count = issue.comments,
        owner = &issue.owner
    )
}

/// `GET /me`
pub async fn me_page(state: Data<State>, req: HttpRequest, actor: Actor) -> WebResult {
    let feedback = state.db.read(move |c| my_feedback(c, &actor)).await?;
    page(&MePage {
        frame: Frame::of(&req),
        feedback,
    })
}

/// Returns the agent's own feedback and plans.
#[utoipa::path(
    get,
    path = "/api/v1/me",
    tag = "Agent",
    operation_id = "get_my_feedback",
    responses((status = 200, body = MyFeedback))
)]
pub async fn me_json(state: Data<State>, actor: Actor) -> Result<Json<MyFeedback>, WebError> {
    let found = state.db.read(move |c| my_feedback(c, &actor)).await?;
    Ok(Json(found.ok_or(CoachingError::NoPlan)?))
}

/// Returns everything that is stored about the agent's own work, as a file.
#[utoipa::path(
    get,
    path = "/api/v1/me/export.json",
    tag = "Agent",
    operation_id = "export_my_data",
    responses((status = 200, body = AgentExport))
)]
pub async fn export(state: Data<State>, actor: Actor) -> WebResult {
    let export = state
        .db
        .write(move |c| coaching::export(c, &actor, Instant::now()))
        .await?;
    let bytes = serde_json::to_vec_pretty(&export).map_err(|e| WebError::internal(&e))?;
    let name = format!("my-feedback-{}.json", export.made.date());
    Ok(private(attachment(&name, "application/json", bytes)))
}

/// An agent's view on a plan.
#[derive(Deserialize, ToSchema)]
pub struct AcknowledgeForm {
    /// May be empty.
    #[serde(default)]
    #[schema(example = "The queue was long that week.")]
    view: String,
}

async fn acknowledge(state: &State, actor: Actor, id: Id, view: String) -> Result<(), WebError> {
    Ok(state
        .db
        .write(move |c| coaching::acknowledge(c, &actor, id, &view, Instant::now()))
        .await?)
}

/// `POST /me/plans/{id}/acknowledge`
pub async fn acknowledge_form(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    id: Path<Id>,
    form: Form<AcknowledgeForm>,
) -> WebResult {
    let entered = StepForm::new("acknowledged", &[("view", &form.view)]);
    let result = acknowledge(&state, actor.clone(), *id, form.into_inner().view).await;
    processed(&state, &req, actor, *id, entered, result).await
}

/// Marks the agent's own plan as read, which does not mean that the agent agrees.
#[utoipa::path(
    post,
    path = "/api/v1/me/plans/{id}/acknowledge",
    tag = "Agent",
    operation_id = "acknowledge_plan",
    params(("id" = Id, Path, description = "The plan")),
    request_body = AcknowledgeForm,
    responses((status = 204, description = "Marked as read"))
)]
pub async fn acknowledge_json(
    state: Data<State>,
    actor: Actor,
    id: Path<Id>,
    form: Json<AcknowledgeForm>,
) -> WebResult {
    acknowledge(&state, actor, *id, form.into_inner().view).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// An agent's dispute of a point in a plan.
#[derive(Deserialize, ToSchema)]
pub struct DisputeForm {
    #[serde(default)]
    #[schema(example = "He hung up")]
    point: String,
    #[serde(default)]
    #[schema(example = "The line dropped.")]
    reason: String,
}

impl From<DisputeForm> for NewStep {
    fn from(form: DisputeForm) -> Self {
        Self::Disputed {
            point: form.point,
            reason: form.reason,
        }
    }
}

/// `POST /me/plans/{id}/disputes`
pub async fn dispute_form(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    id: Path<Id>,
    form: Form<DisputeForm>,
) -> WebResult {
    let fields = [("point", form.point.as_str()), ("reason", &form.reason)];
    let entered = StepForm::new("disputed", &fields);
    let result = take(&state, actor.clone(), *id, form.into_inner().into()).await;
    processed(&state, &req, actor, *id, entered, result).await
}

/// Disputes a point of the agent's own plan. Somebody other than its coach decides.
#[utoipa::path(
    post,
    path = "/api/v1/me/plans/{id}/disputes",
    tag = "Agent",
    operation_id = "dispute_plan",
    params(("id" = Id, Path, description = "The plan"), IdempotencyHeader),
    request_body = DisputeForm,
    responses(
        (status = 201, description = "The plan after the step", body = StoredPlan),
        (status = 409, description = "`step_refused` or `key_reused`")
    )
)]
pub async fn dispute_json(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    id: Path<Id>,
    form: Json<DisputeForm>,
) -> WebResult {
    let form = form.into_inner();
    let key = idempotency(&req, &[&form.point, &form.reason])?;
    take_once(&state, actor, *id, key, form.into()).await
}

/// Rating of how much the coaching helped.
#[derive(Deserialize, ToSchema)]
pub struct RatingForm {
    /// Rating from 1 (not) to 5 (much).
    #[serde(default)]
    #[schema(minimum = 1, maximum = 5, example = 4)]
    helped: u8,
}

/// `POST /me/plans/{id}/rating`
pub async fn rating_form(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    id: Path<Id>,
    form: Form<RatingForm>,
) -> WebResult {
    let helped = form.helped;
    let entered = StepForm::new("rated", &[("helped", &helped.to_string())]);
    let result = take(&state, actor.clone(), *id, NewStep::Rated { helped }).await;
    processed(&state, &req, actor, *id, entered, result).await
}

/// Rates the coaching of the agent's own closed plan, once.
#[utoipa::path(
    post,
    path = "/api/v1/me/plans/{id}/rating",
    tag = "Agent",
    operation_id = "rate_plan",
    params(("id" = Id, Path, description = "The plan"), IdempotencyHeader),
    request_body = RatingForm,
    responses(
        (status = 201, description = "The plan after the step", body = StoredPlan),
        (status = 409, description = "`key_reused`")
    )
)]
pub async fn rating_json(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    id: Path<Id>,
    form: Json<RatingForm>,
) -> WebResult {
    let helped = form.helped;
    let key = idempotency(&req, &[&helped.to_string()])?;
    take_once(&state, actor, *id, key, NewStep::Rated { helped }).await
}

/// `GET /me/praise/{week}/digest.{format}`
pub async fn my_praise_file(
    state: Data<State>,
    actor: Actor,
    ReaderLocale(locale): ReaderLocale,
    path: Path<(String, Format)>,
) -> WebResult {
    let (day, format) = path.into_inner();
    let agent = actor.agent.ok_or(CoachingError::NoPlan)?;
    let organisation = actor.organisation;
    let week = week(&state, organisation, named(&day)?).await?;
    let document = state
        .db
        .read(move |c| {
            let agent = workforce::agent(c, organisation, agent)?;
            digest::praise_digest(c, organisation, &[agent], week, locale)
        })
        .await?;
    let name = format!("praise-{}", week.to.date());
    downloads::document(&name, format, document).await
}
