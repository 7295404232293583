//! `/plans`: coaching plans and their steps.

use std::collections::BTreeMap;

use actix_web::{
    HttpRequest,
    http::StatusCode,
    web::{Data, Form, Json, Path},
};
use askama::Template;

use super::{
    done::Done,
    downloads::{DocumentFile, document, file},
    effect::change_message,
    error::{Code, WebError, WebResult, of_actix},
    forms::{self, Refused},
    frame::Frame,
    idempotency::{Idempotency, IdempotencyHeader, created, idempotency},
    language::ReaderLocale,
    render::{attachment, confirmed, page_with_status},
    state::State,
};
use crate::{
    accounts::{Actor, Role},
    coaching::{
        self, ActivePause, Format, StoredPlan, brief, effect_report, pauses,
        progress::PlanState,
        steps::{Choice, Item, NewStep, Offer, Outcome, StepKind, offers},
    },
    db::DbConnection,
    documents::{html, model::Document},
    locale::{Localised, Message},
    msg,
    types::{Id, Instant},
};

/// Reads a plan and records the view in the audit log.
async fn opened(state: &State, actor: Actor, id: Id) -> Result<StoredPlan, WebError> {
    Ok(state
        .db
        .write(move |c| coaching::open(c, &actor, id, Instant::now()))
        .await?)
}

/// Returns a plan with its steps. Agents get only their own plans that were shared. The view is
/// recorded in the audit log.
#[utoipa::path(
    get,
    path = "/api/v1/plans/{id}",
    tag = "Coaching",
    operation_id = "get_plan",
    params(("id" = Id, Path, description = "The plan")),
    responses((status = 200, body = StoredPlan))
)]
pub async fn plan_json(
    state: Data<State>,
    actor: Actor,
    id: Path<Id>,
) -> Result<Json<StoredPlan>, WebError> {
    Ok(Json(opened(&state, actor, *id).await?))
}

/// Returns a plan as a document. The view is recorded in the audit log.
#[utoipa::path(
    get,
    path = "/api/v1/plans/{id}/plan.{format}",
    tag = "Coaching",
    operation_id = "download_plan",
    params(
        ("id" = Id, Path, description = "The plan"),
        ("format" = inline(Format), Path, description = "Format of the document")
    ),
    responses(DocumentFile)
)]
pub async fn download(
    state: Data<State>,
    actor: Actor,
    ReaderLocale(locale): ReaderLocale,
    path: Path<(Id, Format)>,
) -> WebResult {
    let (id, format) = path.into_inner();
    let stored = opened(&state, actor, id).await?;
    let (reference, day) = (&stored.plan.agent_reference, stored.created_at.date());
    let name = format!("plan-{reference}-{day}");
    let render = move || coaching::render(&stored.agreed(), format, locale);
    file(&name, format, render).await
}

#[derive(Template)]
#[template(path = "plan.html")]
struct PlanPage {
    frame: Frame,
    stored: StoredPlan,
    document: Document,
    /// Whether the actor is the plan's agent.
    own: bool,
    /// Whether the actor may take a coach's steps.
    coach: bool,
    /// Whether the actor may decide disputes.
    decides: bool,
    offers: Vec<Offer>,
    change: Option<Message>,
    pause: Option<ActivePause>,
    /// The plan as HTML.
    body: String,
    refused: Option<Refused<StepForm>>,
}

impl PlanPage {
    fn item_name(&self, item: &Item) -> String {
        self.frame.locale.value(&item.name())
    }

    /// The next check-in.
    fn next_step(&self) -> Message {
        match self.stored.progress.next_meeting() {
            Some(next) => {
                let (day, purpose) = (next.due, next.purpose.message());
                msg!("plan-next-check-in", day = day, purpose = purpose)
            }
            None => msg!("plan-next-none"),
        }
    }

    fn is(&self, state: PlanState) -> bool {
        self.stored.progress.state() == state
    }

    /// Why a step no longer fits the state of the plan. The form may be gone from the page.
    fn conflict(&self) -> Option<&Message> {
        let refused = self.refused.as_ref()?;
        let conflict = refused.problem.code.status() == StatusCode::CONFLICT;
        conflict.then_some(&refused.problem.message)
    }

    /// Why the only form for a step was refused.
    fn problem(&self, step: &str) -> Option<&Message> {
        self.problem_at(step, &0)
    }

    /// Why the form for a step with the check-in or dispute of this number was refused.
    fn problem_at(&self, step: &str, number: &usize) -> Option<&Message> {
        let refused = self.refused.as_ref().filter(|r| r.form.is(step, *number))?;
        let conflict = refused.problem.code.status() == StatusCode::CONFLICT;
        (!conflict).then_some(&refused.problem.message)
    }

    /// What was entered in a field of a refused form; empty in the other forms.
    fn entered(&self, step: &str, field: &str) -> &str {
        self.entered_at(step, &0, field)
    }

    fn entered_at(&self, step: &str, number: &usize, field: &str) -> &str {
        let refused = self.refused.as_ref().filter(|r| r.form.is(step, *number));
        refused.map_or("", |refused| refused.form.field(field))
    }

    /// What was entered for an offered theme.
    fn offered(&self, field: &str, theme: &str) -> &str {
        self.entered("accepted", &format!("{field}.{theme}"))
    }
}

/// Change after a plan, and the pause of its agent.
fn surroundings(
    c: &mut DbConnection,
    organisation: Id,
    stored: &StoredPlan,
) -> Result<(Option<Message>, Option<ActivePause>), WebError> {
    let now = Instant::now();
    let pause = pauses::active_pause(c, organisation, stored.agent_id, now.date())?;
    let change = effect_report::change_of(c, organisation, stored, now)?;
    Ok((change.as_ref().map(change_message), pause))
}

/// `GET /plans/{id}`
pub async fn plan_page(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    id: Path<Id>,
) -> WebResult {
    show(&state, &req, actor, *id, None).await
}

async fn show(
    state: &State,
    req: &HttpRequest,
    actor: Actor,
    id: Id,
    refused: Option<Refused<StepForm>>,
) -> WebResult {
    let (organisation, roles, agent) = (actor.organisation, actor.roles, actor.agent);
    let label = actor.label();
    let stored = opened(state, actor, id).await?;
    let plan = stored.clone();
    let read = state.db.read(move |c| surroundings(c, organisation, &plan));
    let (change, pause) = read.await?;
    let frame = Frame::of(req);
    let document = coaching::document::document(&stored.agreed(), frame.locale);
    let own = agent == Some(stored.agent_id);
    let status = forms::status(refused.as_ref());
    let shown = PlanPage {
        frame,
        own,
        coach: !own && roles.allow(&[Role::Coach, Role::Admin]),
        decides: stored.progress.may_decide(&label),
        offers: offers(&stored.plan),
        change,
        pause,
        body: html::fragment(&document),
        document,
        stored,
        refused,
    };
    page_with_status(status, &shown)
}

/// The plan after a form was processed, or with the form if it was refused.
pub(super) async fn processed(
    state: &State,
    req: &HttpRequest,
    actor: Actor,
    id: Id,
    form: StepForm,
    result: Result<(), WebError>,
) -> WebResult {
    match result {
        Ok(()) => Ok(confirmed(&format!("/plans/{id}"), form.done())),
        Err(problem) => {
            let refused = Refused::new(form, problem)?;
            show(state, req, actor, id, Some(refused)).await
        }
    }
}

/// `GET /plans/{id}/check-ins.ics`
pub async fn calendar(
    state: Data<State>,
    actor: Actor,
    ReaderLocale(locale): ReaderLocale,
    id: Path<Id>,
) -> WebResult {
    let stored = state
        .db
        .read(move |c| coaching::find(c, &actor, *id))
        .await?;
    let name = format!("check-ins-{}.ics", stored.plan.agent_reference);
    let body = coaching::calendar(&stored, locale).into_bytes();
    Ok(attachment(&name, "text/calendar; charset=utf-8", body))
}

/// Checks that the actor may see a plan, so that an invalid step does not reveal that it exists.
async fn check_visible(state: &State, actor: &Actor, id: Id) -> Result<(), WebError> {
    let actor = actor.clone();
    state
        .db
        .read(move |c| coaching::find(c, &actor, id))
        .await?;
    Ok(())
}

pub(super) async fn take(
    state: &State,
    actor: Actor,
    id: Id,
    step: NewStep,
) -> Result<(), WebError> {
    state
        .db
        .write(move |c| coaching::take_step(c, &actor, id, step, Instant::now()))
        .await?;
    Ok(())
}

/// `POST /plans/{id}/steps`
pub async fn step_form(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    id: Path<Id>,
    form: Form<BTreeMap<String, String>>,
) -> WebResult {
    check_visible(&state, &actor, *id).await?;
    let form = StepForm(form.into_inner());
    let result = match form.step() {
        Ok(step) => take(&state, actor.clone(), *id, step).await,
        Err(problem) => Err(problem),
    };
    processed(&state, &req, actor, *id, form, result).await
}

/// Takes a step with a plan: shares or withdraws it, accepts it, promises support, holds a
/// check-in, decides a dispute, closes or reopens it. Agents dispute and rate at their own
/// addresses.
#[utoipa::path(
    post,
    path = "/api/v1/plans/{id}/steps",
    tag = "Coaching",
    operation_id = "take_plan_step",
    params(("id" = Id, Path, description = "The plan"), IdempotencyHeader),
    request_body = NewStep,
    responses(
        (status = 201, description = "The plan after the step", body = StoredPlan),
        (status = 409, description = "`step_refused`, `plan_open`, `plan_paused` or `key_reused`"),
        (status = 422, description = "`reason_needed` or `invalid`")
    )
)]
pub async fn step_json(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    id: Path<Id>,
    step: Result<Json<NewStep>, actix_web::Error>,
) -> WebResult {
    check_visible(&state, &actor, *id).await?;
    let step = step.map_err(|e| unreadable(&e))?.into_inner();
    let content = serde_json::to_string(&step).map_err(|e| WebError::internal(&e))?;
    let key = idempotency(&req, &[&content])?;
    take_once(&state, actor, *id, key, step).await
}

fn unreadable(error: &actix_web::Error) -> WebError {
    let error = of_actix(error);
    if error.code == Code::BadRequest {
        return WebError::new(Code::Invalid, msg!("error-step-unreadable"));
    }
    error
}

/// Takes a step once per `Idempotency-Key`.
pub(super) async fn take_once(
    state: &State,
    actor: Actor,
    id: Id,
    key: Option<Idempotency>,
    step: NewStep,
) -> WebResult {
    created(state, &actor.clone(), key, move |c| {
        Ok(coaching::take_step(c, &actor, id, step, Instant::now())?)
    })
    .await
}

/// Fields of a form for a step.
pub(super) struct StepForm(BTreeMap<String, String>);

impl StepForm {
    /// The fields of the form for `step`.
    pub(super) fn new(step: &str, fields: &[(&str, &str)]) -> Self {
        let owned = |(n, v): &(&str, &str)| ((*n).to_owned(), (*v).to_owned());
        let step = [("step", step)];
        Self(fields.iter().chain(&step).map(owned).collect())
    }

    /// What has happened if the form was accepted.
    fn done(&self) -> Done {
        match StepKind::parse(self.field("step")) {
            Some(StepKind::Shared) => Done::PlanShared,
            Some(StepKind::Withdrawn) => Done::PlanWithdrawn,
            Some(StepKind::Accepted) => Done::PlanAccepted,
            Some(StepKind::Promised) => Done::PromiseAdded,
            Some(StepKind::Kept) => Done::PromiseKept,
            Some(StepKind::CheckedIn) => Done::CheckInSaved,
            Some(StepKind::Disputed) => Done::DisputeSent,
            Some(StepKind::Decided) => Done::DisputeDecided,
            Some(StepKind::Closed) => Done::PlanClosed,
            Some(StepKind::Reopened) => Done::PlanReopened,
            Some(StepKind::Rated) => Done::PlanRated,
            None => Done::PlanAnswered,
        }
    }

    /// Whether it is the form for a step with the check-in or dispute of this number.
    fn is(&self, step: &str, number: usize) -> bool {
        let named = match step {
            "checked_in" => self.field("check_in"),
            "decided" => self.field("dispute"),
            _ => "0",
        };
        self.field("step") == step && named.parse() == Ok(number)
    }

    fn field(&self, name: &str) -> &str {
        self.0.get(name).map_or("", |value| value.trim())
    }

    fn trimmed(&self, name: &str) -> String {
        self.field(name).to_owned()
    }

    fn number<T: std::str::FromStr>(&self, name: &str) -> Result<T, WebError> {
        self.field(name).parse().map_err(|_e| invalid(name))
    }

    fn optional<T: std::str::FromStr>(&self, name: &str) -> Result<Option<T>, WebError> {
        if self.field(name).is_empty() {
            return Ok(None);
        }
        self.number(name).map(Some)
    }

    fn step(&self) -> Result<NewStep, WebError> {
        let kind = StepKind::parse(self.field("step")).ok_or_else(|| invalid("step"))?;
        Ok(match kind {
            StepKind::Shared => NewStep::Shared {},
            StepKind::Withdrawn => NewStep::Withdrawn {
                reason: self.trimmed("reason"),
            },
            StepKind::Accepted => NewStep::Accepted {
                items: self.choices(),
            },
            StepKind::Promised => NewStep::Promised {
                promise: self.trimmed("promise"),
                due: self.number("due")?,
            },
            StepKind::Kept => NewStep::Kept {
                promise: self.number("promise")?,
            },
            StepKind::CheckedIn => NewStep::CheckedIn {
                check_in: self.number("check_in")?,
                on: self.optional("on")?,
                note: self.trimmed("note"),
                seen: self.optional("seen")?,
                of: self.optional("of")?,
            },
            StepKind::Decided => NewStep::Decided {
                dispute: self.number("dispute")?,
                upheld: self.field("upheld") == "yes",
                answer: self.trimmed("answer"),
            },
            StepKind::Closed => NewStep::Closed {
                outcome: Outcome::parse(self.field("outcome")).ok_or_else(|| invalid("outcome"))?,
                note: self.trimmed("note"),
            },
            StepKind::Reopened => NewStep::Reopened {},
            StepKind::Disputed | StepKind::Rated => return Err(invalid("step")),
        })
    }

    /// The themes whose box is ticked, and the own goal if there is one.
    fn choices(&self) -> Vec<Choice> {
        let themes = self.0.keys().filter_map(|name| name.strip_prefix("take."));
        let mut choices: Vec<Choice> = themes
            .map(|theme| Choice {
                theme: Some(theme.to_owned()),
                goal: self.trimmed(&format!("goal.{theme}")),
                reason: self.trimmed(&format!("reason.{theme}")),
            })
            .collect();
        if !self.field("own_goal").is_empty() {
            choices.push(Choice {
                theme: None,
                goal: self.trimmed("own_goal"),
                reason: self.trimmed("own_reason"),
            });
        }
        choices
    }
}

fn invalid(field: &str) -> WebError {
    WebError::new(Code::Invalid, msg!("error-step-field", field = field))
}

/// Returns the brief for a coach's next 1:1 about a plan.
#[utoipa::path(
    get,
    path = "/api/v1/plans/{id}/brief.{format}",
    tag = "Coaching",
    operation_id = "download_plan_brief",
    params(
        ("id" = Id, Path, description = "The plan"),
        ("format" = inline(Format), Path, description = "Format of the document")
    ),
    responses(DocumentFile)
)]
pub async fn brief_file(
    state: Data<State>,
    actor: Actor,
    ReaderLocale(locale): ReaderLocale,
    path: Path<(Id, Format)>,
) -> WebResult {
    let (id, format) = path.into_inner();
    let stored = opened(&state, actor, id).await?;
    let name = format!("brief-{}", stored.plan.agent_reference);
    document(&name, format, brief::brief(&stored, locale)).await
}
