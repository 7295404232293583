//! A plan on its way: the page, the steps that people take, its dates as a calendar, and whether plans helped.

use std::collections::BTreeMap;

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Form, Json, Path},
};
use askama::Template;
use serde::{Deserialize, de::DeserializeOwned};

use super::{
    State,
    auth::Who,
    error::{Code, WebError, WebResult},
    operations::{Idempotency, created, idempotency},
    render::{Frame, attachment, page, see_other},
};
use crate::{
    accounts::{Actor, Role},
    coaching::{
        self, ActivePause, StoredPlan,
        effect::{Change, MIN_COLLEAGUES, Verdict},
        effect_report::{self, EffectReport},
        pauses,
        steps::{Choice, NewStep, Offer, Outcome, Source, offers},
    },
    documents::{html, model::Document},
    types::{Id, Instant},
};

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
pub async fn plan_page(state: Data<State>, req: HttpRequest, who: Who, id: Path<Id>) -> WebResult {
    let actor = who.0.clone();
    let stored = state
        .db
        .write(move |c| coaching::open(c, &actor, *id, Instant::now()))
        .await?;
    let (organisation, followed) = (who.0.organisation, stored.clone());
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
    let own = who.0.agent == Some(stored.agent_id);
    page(&PlanPage {
        frame: Frame::of(&req),
        own,
        coach: !own && matches!(who.0.role, Role::Coach | Role::Admin),
        offers: offers(&stored.plan),
        change: change.as_ref().map(said),
        rest,
        body: html::fragment(&document),
        document,
        stored,
    })
}

/// A change in words, with what it takes to tell.
fn said(c: &Change) -> String {
    let percent = |p: f64| format!("{:.0} %", 100.0 * p);
    let verdict = match c.verdict {
        Verdict::CannotTell if c.colleagues < MIN_COLLEAGUES => {
            "Cannot tell: too few colleagues without a plan to compare with.".to_owned()
        }
        Verdict::CannotTell => format!(
            "Cannot tell yet: with this volume only a difference of about {:.0} points could be seen.",
            100.0 * c.detectable
        ),
        Verdict::NoDifference => "No difference that stands out of chance.".to_owned(),
        Verdict::Better => "Better than chance and colleagues' drift explain.".to_owned(),
        Verdict::Worse => "Worse than chance and colleagues' drift explain.".to_owned(),
    };
    format!(
        "Good scores before: {} of {}. Expected since without coaching: {}. ActivityFeed: {} of {}. {verdict}",
        percent(c.before),
        c.scores_before,
        percent(c.expected),
        percent(c.after),
        c.scores_after,
    )
}

/// `GET /plans/{id}/check-ins.ics`
pub async fn calendar(state: Data<State>, who: Who, id: Path<Id>) -> WebResult {
    let stored = state
        .db
        .read(move |c| coaching::find(c, &who.0, *id))
        .await?;
    let name = format!("check-ins-{}.ics", stored.plan.agent_reference);
    let body = coaching::calendar(&stored).into_bytes();
    Ok(attachment(&name, "text/calendar; charset=utf-8", body))
}

/// `GET /teams/{id}/plans.zip` and the same under `/api/v1`
pub async fn team_plans(state: Data<State>, who: Who, id: Path<Id>) -> WebResult {
    let plans = state
        .db
        .write(move |c| coaching::team_plans(c, &who.0, *id, Instant::now()))
        .await?;
    let packed = actix_web::web::block(move || coaching::plan_archive(&plans)).await;
    let bytes = packed.map_err(|e| WebError::internal(&e))??;
    Ok(attachment("plans.zip", "application/zip", bytes))
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

async fn take(state: &State, actor: Actor, id: Id, step: NewStep) -> Result<StoredPlan, WebError> {
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
    who: Who,
    id: Path<Id>,
    form: Form<BTreeMap<String, String>>,
) -> WebResult {
    visible(&state, &who.0, *id).await?;
    take(&state, who.0, *id, step_of(&form)?).await?;
    Ok(see_other(&format!("/plans/{id}")))
}

/// `POST /api/v1/plans/{id}/steps`
pub async fn step_json(
    state: Data<State>,
    req: HttpRequest,
    who: Who,
    id: Path<Id>,
    step: Json<serde_json::Value>,
) -> WebResult {
    visible(&state, &who.0, *id).await?;
    let step = step.into_inner();
    let key = idempotency(&req, &[&step.to_string()])?;
    let new: NewStep = known(step)?;
    taken(&state, who.0, *id, key, new).await
}

/// Takes a step once for each `Idempotency-Key`.
async fn taken(
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
        .map_err(|e| WebError::new(Code::Invalid, format!("The step cannot be read: {e}.")))
}

/// The step that a form describes.
fn step_of(form: &BTreeMap<String, String>) -> Result<NewStep, WebError> {
    let field = |name: &str| form.get(name).map_or("", |v| v.trim());
    let text = |name: &str| field(name).to_owned();
    let wrong = |name: &str| {
        WebError::new(
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

/// An agent's objection.
#[derive(Deserialize)]
pub struct DisputeForm {
    #[serde(default)]
    point: String,
    #[serde(default)]
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
    who: Who,
    id: Path<Id>,
    form: Form<DisputeForm>,
) -> WebResult {
    take(&state, who.0, *id, form.into_inner().into()).await?;
    Ok(see_other(&format!("/plans/{id}")))
}

/// `POST /api/v1/me/plans/{id}/disputes`
pub async fn dispute_json(
    state: Data<State>,
    req: HttpRequest,
    who: Who,
    id: Path<Id>,
    form: Json<DisputeForm>,
) -> WebResult {
    let form = form.into_inner();
    let key = idempotency(&req, &[&form.point, &form.reason])?;
    taken(&state, who.0, *id, key, form.into()).await
}

/// How much the coaching helped, from 1 to 5.
#[derive(Deserialize)]
pub struct RatingForm {
    #[serde(default)]
    helped: u8,
}

/// `POST /me/plans/{id}/rating`
pub async fn rating_form(
    state: Data<State>,
    who: Who,
    id: Path<Id>,
    form: Form<RatingForm>,
) -> WebResult {
    let helped = form.helped;
    take(&state, who.0, *id, NewStep::Rated { helped }).await?;
    Ok(see_other(&format!("/plans/{id}")))
}

/// `POST /api/v1/me/plans/{id}/rating`
pub async fn rating_json(
    state: Data<State>,
    req: HttpRequest,
    who: Who,
    id: Path<Id>,
    form: Json<RatingForm>,
) -> WebResult {
    let helped = form.helped;
    let key = idempotency(&req, &[&helped.to_string()])?;
    taken(&state, who.0, *id, key, NewStep::Rated { helped }).await
}

#[derive(Template)]
#[template(path = "effect.html")]
struct EffectPage {
    frame: Frame,
    found: EffectReport,
    /// The pooled effect in words.
    said: Option<String>,
}

async fn followed(state: &State, organisation: Id) -> Result<EffectReport, WebError> {
    Ok(state
        .db
        .read(move |c| effect_report::effect_report(c, organisation, Instant::now()))
        .await?)
}

/// `GET /effect`
pub async fn effect_page(state: Data<State>, req: HttpRequest, who: Who) -> WebResult {
    let found = followed(&state, who.0.organisation).await?;
    let said = found.pooled.map(|p| {
        let points = |x: f64| format!("{:+.1}", 100.0 * x);
        let verdict = match p.verdict {
            Verdict::Better => "Coaching helped by more than chance explains.",
            Verdict::Worse => "Scores fell by more than chance explains.",
            Verdict::NoDifference => "There is no difference that matters.",
            Verdict::CannotTell => "Cannot tell yet: the interval is too wide.",
        };
        format!(
            "{verdict} {} points of good scores on average (95 % interval {} to {}), over {} plans in {} teams.",
            points(p.effect),
            points(p.interval.low),
            points(p.interval.high),
            p.plans,
            p.teams
        )
    });
    page(&EffectPage {
        frame: Frame::of(&req),
        found,
        said,
    })
}

/// `GET /api/v1/effect`
pub async fn effect_json(state: Data<State>, who: Who) -> WebResult {
    Ok(HttpResponse::Ok().json(followed(&state, who.0.organisation).await?))
}
