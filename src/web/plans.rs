//! `/plans`: coaching plans and their steps.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Form, Json, Path},
};
use askama::Template;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;

use super::{
    effect::said,
    error::{Code, WebError, WebResult},
    frame::Frame,
    idempotency::{Idempotency, created, idempotency},
    praise::private,
    render::{attachment, page, see_other},
    state::State,
};
use crate::{
    accounts::{Actor, Role},
    coaching::{
        self, ActivePause, Format, StoredPlan, brief, effect_report, pauses,
        steps::{Choice, NewStep, Offer, Outcome, Source, offers},
    },
    documents::{html, model::Document},
    types::{Id, Instant},
};

/// `GET /api/v1/plans/{id}`
pub async fn plan_json(state: Data<State>, actor: Actor, id: Path<Id>) -> WebResult {
    Ok(HttpResponse::Ok().json(
        state
            .db
            .write(move |c| coaching::open(c, &actor, *id, Instant::now()))
            .await?,
    ))
}

/// `GET /plans/{id}/plan.{format}` and the same under `/api/v1`
pub async fn download(state: Data<State>, actor: Actor, path: Path<(Id, String)>) -> WebResult {
    let (id, ending) = path.into_inner();
    let format = Format::parse(&ending)?;
    let stored = state
        .db
        .write(move |c| coaching::open(c, &actor, id, Instant::now()))
        .await?;
    let name = format!(
        "plan-{}-{}.{ending}",
        stored.plan.agent_reference,
        stored.created_at.date()
    );
    let rendered = actix_web::web::block(move || coaching::render(&stored.agreed(), format)).await;
    let bytes = rendered.map_err(|e| WebError::internal(&e))??;
    let mut response = attachment(&name, format.media_type(), bytes);
    let private = actix_web::http::header::HeaderValue::from_static("private, no-store");
    response
        .headers_mut()
        .insert(actix_web::http::header::CACHE_CONTROL, private);
    Ok(response)
}

#[derive(Template)]
#[template(path = "plan.html")]
struct PlanPage {
    frame: Frame,
    stored: StoredPlan,
    document: Document,
    own: bool,
    /// Whoever may take the coach's steps.
    coach: bool,
    offers: Vec<Offer>,
    change: Option<String>,
    /// What keeps it from beginning.
    rest: Option<ActivePause>,
    body: String,
}

/// `GET /plans/{id}`
pub async fn plan_page(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    id: Path<Id>,
) -> WebResult {
    let opener = actor.clone();
    let stored = state
        .db
        .write(move |c| coaching::open(c, &opener, *id, Instant::now()))
        .await?;
    let (organisation, followed) = (actor.organisation, stored.clone());
    let (change, rest) = state
        .db
        .read(move |c| {
            let now = Instant::now();
            let rest = pauses::active_pause(c, organisation, followed.agent_id, now.date())?;
            let change = effect_report::change_of(c, organisation, &followed, now)?;
            Ok::<_, WebError>((change, rest))
        })
        .await?;
    let document = coaching::document::document(&stored.agreed());
    let own = actor.agent == Some(stored.agent_id);
    page(&PlanPage {
        frame: Frame::of(&req),
        own,
        coach: !own && matches!(actor.role, Role::Coach | Role::Admin),
        offers: offers(&stored.plan),
        change: change.as_ref().map(said),
        rest,
        body: html::fragment(&document),
        document,
        stored,
    })
}

/// `GET /plans/{id}/check-ins.ics`
pub async fn calendar(state: Data<State>, actor: Actor, id: Path<Id>) -> WebResult {
    let stored = state
        .db
        .read(move |c| coaching::find(c, &actor, *id))
        .await?;
    let name = format!("check-ins-{}.ics", stored.plan.agent_reference);
    let body = coaching::calendar(&stored).into_bytes();
    Ok(attachment(&name, "text/calendar; charset=utf-8", body))
}

/// Whose plan it is comes before what is wrong with a step.
async fn visible(state: &State, actor: &Actor, id: Id) -> Result<(), WebError> {
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
) -> Result<StoredPlan, WebError> {
    state
        .db
        .write(move |c| {
            Ok::<_, WebError>(coaching::take_step(c, &actor, id, step, Instant::now())?)
        })
        .await
}

/// `POST /plans/{id}/steps`
pub async fn step_form(
    state: Data<State>,
    actor: Actor,
    id: Path<Id>,
    form: Form<BTreeMap<String, String>>,
) -> WebResult {
    visible(&state, &actor, *id).await?;
    take(&state, actor, *id, step_of(&form)?).await?;
    Ok(see_other(&format!("/plans/{id}")))
}

/// `POST /api/v1/plans/{id}/steps`
pub async fn step_json(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    id: Path<Id>,
    step: Json<serde_json::Value>,
) -> WebResult {
    visible(&state, &actor, *id).await?;
    let step = step.into_inner();
    let key = idempotency(&req, &[&step.to_string()])?;
    let new: NewStep = known(step)?;
    taken(&state, actor, *id, key, new).await
}

/// Takes a step once for each `Idempotency-Key`.
pub(super) async fn taken(
    state: &State,
    actor: Actor,
    id: Id,
    key: Option<Idempotency>,
    step: NewStep,
) -> WebResult {
    created(state, &actor.clone(), key, move |c| {
        let stored = coaching::take_step(c, &actor, id, step, Instant::now())?;
        serde_json::to_value(stored).map_err(|e| WebError::internal(&e))
    })
    .await
}

fn known<T: DeserializeOwned>(value: serde_json::Value) -> Result<T, WebError> {
    serde_json::from_value(value)
        .map_err(|e| WebError::verbatim(Code::Invalid, format!("The step cannot be read: {e}.")))
}

/// The step that a form describes.
fn step_of(form: &BTreeMap<String, String>) -> Result<NewStep, WebError> {
    let field = |name: &str| form.get(name).map_or("", |v| v.trim());
    let text = |name: &str| field(name).to_owned();
    let wrong = |name: &str| {
        WebError::verbatim(
            Code::Invalid,
            format!("The field \"{name}\" is missing or cannot be read."),
        )
    };
    let number = |name: &str| field(name).parse::<usize>().map_err(|_e| wrong(name));
    let tally = |name: &str| match field(name) {
        "" => Ok(None),
        digits => digits.parse::<u32>().map(Some).map_err(|_e| wrong(name)),
    };
    Ok(match field("step") {
        "accepted" => {
            let themes = form.keys().filter_map(|k| k.strip_prefix("take."));
            let mut items: Vec<Choice> = themes
                .map(|theme| Choice {
                    theme: Some(theme.to_owned()),
                    goal: text(&format!("goal.{theme}")),
                    reason: text(&format!("reason.{theme}")),
                })
                .collect();
            if !field("own_goal").is_empty() {
                items.push(Choice {
                    theme: None,
                    goal: text("own_goal"),
                    reason: text("own_reason"),
                });
            }
            NewStep::Accepted { items }
        }
        "promised" => NewStep::Promised {
            promise: text("promise"),
            due: field("due").parse().map_err(|_e| wrong("due"))?,
        },
        "kept" => NewStep::Kept {
            promise: number("promise")?,
        },
        "checked_in" => NewStep::CheckedIn {
            check_in: number("check_in")?,
            note: text("note"),
            seen: tally("seen")?,
            of: tally("of")?,
        },
        "decided" => NewStep::Decided {
            dispute: number("dispute")?,
            upheld: field("upheld") == "yes",
            answer: text("answer"),
        },
        "closed" => NewStep::Closed {
            outcome: match field("outcome") {
                "reached" => Outcome::Reached,
                "continue" => Outcome::Continue,
                "change" => Outcome::Change,
                _ => return Err(wrong("outcome")),
            },
            note: text("note"),
        },
        _ => return Err(wrong("step")),
    })
}

/// `GET /plans/{id}/brief.{format}` and the same under `/api/v1`: for the coach.
pub async fn brief_file(state: Data<State>, actor: Actor, path: Path<(Id, String)>) -> WebResult {
    let (id, ending) = path.into_inner();
    let format = Format::parse(&ending)?;
    let stored = state
        .db
        .write(move |c| coaching::open(c, &actor, id, Instant::now()))
        .await?;
    let name = format!("brief-{}.{ending}", stored.plan.agent_reference);
    let render = move || coaching::render_document(&brief::brief(&stored), format);
    let bytes = actix_web::web::block(render)
        .await
        .map_err(|e| WebError::internal(&e))??;
    Ok(private(attachment(&name, format.media_type(), bytes)))
}
