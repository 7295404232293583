//! `/people`: accounts.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Form, Json, Path},
};
use askama::Template;
use serde::{Deserialize, Serialize};

use super::{
    error::{WebError, WebResult},
    frame::Frame,
    idempotency::{created, idempotency},
    render::{page, see_other},
    state::State,
};
use crate::{
    accounts::{self, AccountsError, Actor, NewPerson, Person, Role, credentials},
    praise::departments,
    types::{Id, Instant},
    workforce,
};

#[derive(Template)]
#[template(path = "people.html")]
struct PeoplePage {
    frame: Frame,
    /// Each with whom or what they stand for.
    people: Vec<(Person, Option<String>)>,
    departments: Vec<String>,
}

/// `GET /people`
pub async fn people_page(state: Data<State>, req: HttpRequest, actor: Actor) -> WebResult {
    let organisation = actor.organisation;
    let read = state.db.read(move |c| {
        let people = accounts::people(c, organisation)?;
        let departments = departments::owners(c, organisation)?;
        Ok::<_, WebError>((people, workforce::agents(c, organisation)?, departments))
    });
    let (people, agents, departments) = read.await?;
    let stands_for = |p: &Person| {
        let agent = agents.iter().find(|a| Some(a.id) == p.agent_id);
        let agent = agent.map(|agent| format!("{} ({})", agent.name, agent.reference));
        agent.or_else(|| p.department.clone())
    };
    let people = people
        .into_iter()
        .map(|p| (p.clone(), stands_for(&p)))
        .collect();
    page(&PeoplePage {
        frame: Frame::of(&req),
        people,
        departments,
    })
}

#[derive(Serialize)]
struct PersonReply {
    id: Id,
    name: String,
    email: String,
    role: Role,
    agent_id: Option<Id>,
    department: Option<String>,
}

/// `GET /api/v1/people`
pub async fn people_json(state: Data<State>, actor: Actor) -> WebResult {
    let people = state
        .db
        .read(move |c| accounts::people(c, actor.organisation))
        .await?;
    let items: Vec<PersonReply> = people
        .into_iter()
        .map(|p| PersonReply {
            id: p.id,
            name: p.name,
            email: p.email,
            role: p.role,
            agent_id: p.agent_id,
            department: p.department,
        })
        .collect();
    Ok(HttpResponse::Ok().json(serde_json::json!({ "items": items })))
}

#[derive(Deserialize)]
pub struct PersonForm {
    name: String,
    email: String,
    role: Role,
    password: String,
    #[serde(default)]
    agent_reference: String,
    #[serde(default)]
    department: String,
}

async fn hashed(state: &State, password: String) -> Result<String, WebError> {
    let hash = state
        .hashing(move || credentials::hash_password(&password))
        .await?;
    Ok(hash.map_err(AccountsError::from)?)
}

fn create(
    c: &mut crate::db::DbConnection,
    actor: &Actor,
    form: PersonForm,
    password_hash: String,
) -> Result<Id, WebError> {
    let reference = form.agent_reference.trim();
    let agent = match reference {
        "" => None,
        reference => Some(
            workforce::agent_by_reference(c, actor.organisation, reference)
                .map_err(|_e| WebError::from(AccountsError::NoAgent))?
                .id,
        ),
    };
    let department = match form.department.trim() {
        "" => None,
        name => Some(departments::named(c, actor.organisation, name)?),
    };
    let new = NewPerson {
        email: form.email,
        name: form.name,
        role: form.role,
        password_hash,
        agent,
        department,
    };
    Ok(accounts::create_person(
        c,
        actor.organisation,
        new,
        &actor.label(),
        Instant::now(),
    )?)
}

/// `POST /people`
pub async fn create_person_form(
    state: Data<State>,
    actor: Actor,
    form: Form<PersonForm>,
) -> WebResult {
    let form = form.into_inner();
    let hash = hashed(&state, form.password.clone()).await?;
    state
        .db
        .write(move |c| create(c, &actor, form, hash))
        .await?;
    Ok(see_other("/people"))
}

/// `POST /api/v1/people`
pub async fn create_person_json(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    form: Json<PersonForm>,
) -> WebResult {
    let form = form.into_inner();
    let hash = hashed(&state, form.password.clone()).await?;
    let key = idempotency(
        &req,
        &[
            &form.name,
            &form.email,
            form.role.as_str(),
            &form.agent_reference,
            &form.department,
        ],
    )?;
    created(&state, &actor.clone(), key, move |c| {
        Ok(serde_json::json!({ "id": create(c, &actor, form, hash)? }))
    })
    .await
}

#[derive(Deserialize)]
pub struct DepartmentForm {
    #[serde(default)]
    department: String,
}

async fn set_department(
    state: &State,
    actor: Actor,
    person: Id,
    form: DepartmentForm,
) -> Result<(), WebError> {
    state
        .db
        .write(move |c| {
            let name = departments::named(c, actor.organisation, &form.department)?;
            let now = Instant::now();
            Ok::<_, WebError>(accounts::set_department(c, &actor, person, &name, now)?)
        })
        .await
}

/// `POST /people/{id}/department`
pub async fn department_form(
    state: Data<State>,
    actor: Actor,
    id: Path<Id>,
    form: Form<DepartmentForm>,
) -> WebResult {
    set_department(&state, actor, *id, form.into_inner()).await?;
    Ok(see_other("/people"))
}

/// `POST /api/v1/people/{id}/department`
pub async fn department_json(
    state: Data<State>,
    actor: Actor,
    id: Path<Id>,
    form: Json<DepartmentForm>,
) -> WebResult {
    set_department(&state, actor, *id, form.into_inner()).await?;
    Ok(HttpResponse::NoContent().finish())
}
