//! `/agents/{id}/observations`: contacts that a coach listened to.

use std::collections::BTreeMap;

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Form, Json, Path},
};
use askama::Template;

use super::views::record_view;
use crate::{
    accounts::Actor,
    coaching::{
        observation::{NewObservation, Observation, ObservationError, Sighting},
        observations::{self, Behaviour},
    },
    locale::{Localised, Message},
    types::{Id, Instant},
    web::{
        done::Done,
        error::{WebError, WebResult, of_actix},
        forms::{self, Refused},
        frame::Frame,
        idempotency::{IdempotencyHeader, created, idempotency},
        list::List,
        render::{confirmed, page_with_status},
        state::State,
    },
    workforce::{self, Agent},
};

/// Fields of the form: `date`, `channel`, `contact`, `note`, and `behaviour.` with a theme.
#[derive(Default)]
struct ObservationForm(BTreeMap<String, String>);

impl ObservationForm {
    fn field(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    /// Whether this was chosen for a behaviour.
    fn has(&self, theme: &str, sighting: &Sighting) -> bool {
        self.field(&format!("behaviour.{theme}")) == sighting.as_str()
    }

    fn read(&self) -> Result<NewObservation, ObservationError> {
        let fields = self.0.iter();
        let marked = fields.filter_map(|(name, value)| {
            let theme = name.strip_prefix("behaviour.")?.to_owned();
            Some((theme, Sighting::parse(value)?))
        });
        let date = self.field("date").parse().ok();
        Ok(NewObservation {
            date: date.ok_or(ObservationError::Date)?,
            channel: self.field("channel").to_owned(),
            contact: self.field("contact").to_owned(),
            behaviours: marked.collect(),
            note: self.field("note").to_owned(),
        })
    }
}

#[derive(Template)]
#[template(path = "agent_observations.html")]
struct ObservationsPage {
    frame: Frame,
    agent: Agent,
    behaviours: Vec<Behaviour>,
    observations: Vec<Observation>,
    now: Instant,
    form: ObservationForm,
    problem: Option<Message>,
}

impl ObservationsPage {
    /// The order of the choices: a contact gives no occasion for most behaviours.
    const SIGHTINGS: [Sighting; 3] = [Sighting::NotApplicable, Sighting::Seen, Sighting::NotSeen];

    /// Name of a behaviour; its id if the library no longer has it.
    fn name<'a>(&'a self, theme: &'a str) -> &'a str {
        let known = self.behaviours.iter().find(|b| b.theme == theme);
        known.map_or(theme, |behaviour| &behaviour.name)
    }
}

/// `GET /agents/{id}/observations`
pub async fn observations_page(
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
    refused: Option<Refused<ObservationForm>>,
) -> WebResult {
    let (organisation, now) = (actor.organisation, Instant::now());
    let read = state.db.read(move |c| {
        let agent = workforce::agent(c, organisation, id)?;
        let behaviours = observations::behaviours(c, organisation)?;
        let observations = observations::of_agent(c, organisation, id, now)?;
        Ok::<_, WebError>((agent, behaviours, observations))
    });
    let (agent, behaviours, observations) = read.await?;
    record_view(state, actor, id).await?;
    let status = forms::status(refused.as_ref());
    let (form, problem) = refused.map(Refused::into_parts).unzip();
    let shown = ObservationsPage {
        frame: Frame::of(req),
        agent,
        behaviours,
        observations,
        now,
        form: form.unwrap_or_default(),
        problem,
    };
    page_with_status(status, &shown)
}

/// `POST /agents/{id}/observations`
pub async fn record_form(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    id: Path<Id>,
    form: Form<BTreeMap<String, String>>,
) -> WebResult {
    let form = ObservationForm(form.into_inner());
    let result = record(&state, actor.clone(), *id, &form).await;
    match result {
        Ok(()) => Ok(confirmed(
            &format!("/agents/{id}/observations"),
            Done::ObservationSaved,
        )),
        Err(problem) => {
            let refused = Refused::new(form, problem)?;
            show(&state, &req, actor, *id, Some(refused)).await
        }
    }
}

async fn record(
    state: &State,
    actor: Actor,
    agent: Id,
    form: &ObservationForm,
) -> Result<(), WebError> {
    let new = form.read().map_err(crate::coaching::CoachingError::from)?;
    let record = move |c: &mut _| observations::record(c, &actor, agent, &new, Instant::now());
    state.db.write(record).await?;
    Ok(())
}

/// Lists the observed contacts of an agent in the last year, newest first, at most 500. The view is
/// recorded in the audit log.
#[utoipa::path(
    get,
    path = "/api/v1/agents/{id}/observations",
    tag = "Coaching",
    operation_id = "list_observations",
    params(("id" = Id, Path, description = "The agent")),
    responses((status = 200, body = List<Observation>))
)]
pub async fn observations_json(
    state: Data<State>,
    actor: Actor,
    id: Path<Id>,
) -> Result<Json<List<Observation>>, WebError> {
    let (organisation, id) = (actor.organisation, *id);
    let read = move |c: &mut _| observations::of_agent(c, organisation, id, Instant::now());
    let items = state.db.read(read).await?;
    record_view(&state, actor, id).await?;
    Ok(Json(List::complete(items)))
}

/// Records a contact that a coach listened to. Plans made afterwards count it.
#[utoipa::path(
    post,
    path = "/api/v1/agents/{id}/observations",
    tag = "Coaching",
    operation_id = "record_observation",
    params(("id" = Id, Path, description = "The agent"), IdempotencyHeader),
    request_body = NewObservation,
    responses(
        (status = 201, body = Observation),
        (status = 409, description = "`key_reused`"),
        (status = 422, description = "`invalid`: no such day or behaviour, or a text is too long")
    )
)]
pub async fn record_json(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    id: Path<Id>,
    new: Result<Json<NewObservation>, actix_web::Error>,
) -> WebResult {
    let (organisation, agent) = (actor.organisation, *id);
    let read = move |c: &mut _| workforce::agent(c, organisation, agent);
    state.db.read(read).await?;
    let new = new.map_err(|e| of_actix(&e))?.into_inner();
    let content = serde_json::to_string(&new).map_err(|e| WebError::internal(&e))?;
    let key = idempotency(&req, &[&content])?;
    created(&state, &actor.clone(), key, move |c| {
        Ok(observations::record(c, &actor, *id, &new, Instant::now())?)
    })
    .await
}

async fn delete(state: &State, actor: Actor, agent: Id, id: Id) -> Result<(), WebError> {
    let delete = move |c: &mut _| observations::delete(c, &actor, agent, id, Instant::now());
    Ok(state.db.write(delete).await?)
}

/// `POST /agents/{id}/observations/{observation}/delete`
pub async fn delete_form(state: Data<State>, actor: Actor, ids: Path<(Id, Id)>) -> WebResult {
    let (agent, id) = ids.into_inner();
    delete(&state, actor, agent, id).await?;
    Ok(confirmed(
        &format!("/agents/{agent}/observations"),
        Done::ObservationDeleted,
    ))
}

/// Deletes an observation within a day of its recording. Plans made from it keep their figures.
#[utoipa::path(
    post,
    path = "/api/v1/agents/{id}/observations/{observation}/delete",
    tag = "Coaching",
    operation_id = "delete_observation",
    params(
        ("id" = Id, Path, description = "The agent"),
        ("observation" = Id, Path, description = "The observation")
    ),
    responses(
        (status = 204, description = "Deleted"),
        (status = 409, description = "`conflict`: recorded more than a day ago")
    )
)]
pub async fn delete_json(state: Data<State>, actor: Actor, ids: Path<(Id, Id)>) -> WebResult {
    let (agent, id) = ids.into_inner();
    delete(&state, actor, agent, id).await?;
    Ok(HttpResponse::NoContent().finish())
}
