//! `/people`: accounts.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Form, Json, Path},
};
use askama::Template;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    done::Done,
    error::{WebError, WebResult},
    forms::{self, Refused},
    frame::Frame,
    idempotency::{CreatedReply, IdempotencyHeader, created, idempotency},
    one_time_links,
    render::{confirmed, page_with_status},
    state::State,
};
use crate::{
    accounts::{
        self, AccountState, AccountsError, Actor, NewPerson, OneTimeLink, Person, Role, Roles,
    },
    db::DbConnection,
    locale::{Localised, Message},
    msg,
    praise::departments,
    types::{Id, Instant},
    workforce::{self, Agent},
};

/// A row of the table of accounts.
struct PersonRow {
    id: Id,
    name: String,
    email: String,
    /// The roles, each with the agent or the department where there is one.
    roles: String,
    /// With the role `department`: its department.
    department: Option<String>,
    /// The state, unless the account is active and has a password.
    state: Option<String>,
    signed_in: String,
    since: String,
}

#[derive(Template)]
#[template(path = "people.html")]
struct PeoplePage {
    frame: Frame,
    people: Vec<PersonRow>,
    departments: Vec<String>,
    roles: Vec<RoleChoice>,
    /// What was entered.
    form: PersonRequest,
    problem: Option<Message>,
    /// The refused form for the department of an account.
    department: Option<Refused<(Id, DepartmentRequest)>>,
}

impl PeoplePage {
    /// Why the form for the department of an account was refused.
    fn department_problem(&self, person: &Id) -> Option<&Message> {
        let refused = self.department.as_ref().filter(|r| r.form.0 == *person);
        refused.map(|r| &r.problem.message)
    }

    /// Whether a department is selected for an account.
    fn selected(&self, person: &PersonRow, department: &str) -> bool {
        let refused = self.department.as_ref().filter(|r| r.form.0 == person.id);
        let entered = refused.map(|r| r.form.1.department.as_str());
        entered.or(person.department.as_deref()) == Some(department)
    }
}

/// The refused form of the page, if one was refused.
#[derive(Default)]
struct RefusedForms {
    person: Option<Refused<PersonRequest>>,
    department: Option<Refused<(Id, DepartmentRequest)>>,
}

/// A role to choose.
pub(super) struct RoleChoice {
    pub name: &'static str,
    pub text: String,
    pub selected: bool,
}

impl RoleChoice {
    pub fn new(frame: &Frame, role: Role, selected: bool) -> Self {
        Self {
            name: role.as_str(),
            text: frame.m(role.message()),
            selected,
        }
    }
}

/// The roles of a person, each with the agent or the department where there is one.
pub(super) fn roles_text(frame: &Frame, person: &Person, agents: &[Agent]) -> String {
    let agent = agents.iter().find(|a| Some(a.id) == person.agent_id);
    let text = |role: Role| {
        let of = match role {
            Role::Agent => agent.map(|a| format!("{} ({})", a.name, a.reference)),
            Role::Department => person.department.clone(),
            _ => None,
        };
        match of {
            Some(of) => frame.m(msg!("people-role-of", role = role.message(), of = of)),
            None => frame.m(role.message()),
        }
    };
    let roles: Vec<String> = person.roles.iter().map(text).collect();
    roles.join("; ")
}

/// The state of an account. One that is active and has no password yet is shown as invited.
pub(super) fn state_text(frame: &Frame, person: &Person) -> String {
    if person.is_active() && person.is_invited() {
        frame.t("people-invited")
    } else {
        frame.m(person.state.message())
    }
}

fn person_row(frame: &Frame, person: Person, agents: &[Agent]) -> PersonRow {
    PersonRow {
        roles: roles_text(frame, &person, agents),
        state: (!person.is_active() || person.is_invited()).then(|| state_text(frame, &person)),
        signed_in: match person.signed_in_at {
            Some(at) => frame.date(at.date()),
            None => frame.t("people-never-signed-in"),
        },
        department: person.department,
        since: frame.date(person.created_at.date()),
        id: person.id,
        name: person.name,
        email: person.email,
    }
}

/// `GET /people`
pub async fn people_page(state: Data<State>, req: HttpRequest, actor: Actor) -> WebResult {
    show(&state, &req, &actor, RefusedForms::default()).await
}

async fn show(state: &State, req: &HttpRequest, actor: &Actor, refused: RefusedForms) -> WebResult {
    let organisation = actor.organisation;
    let read = state.db.read(move |c| {
        let people = accounts::people(c, organisation)?;
        let departments = departments::owners(c, organisation)?;
        Ok::<_, WebError>((people, workforce::agents(c, organisation)?, departments))
    });
    let (people, agents, departments) = read.await?;
    let frame = Frame::of(req);
    let status = match &refused.department {
        None => forms::status(refused.person.as_ref()),
        department => forms::status(department.as_ref()),
    };
    let (form, problem) = refused.person.map(Refused::into_parts).unzip();
    let form = form.unwrap_or_default();
    let choice = |role: Role| RoleChoice::new(&frame, role, form.role == role);
    let people = people.into_iter();
    let shown = PeoplePage {
        people: people.map(|p| person_row(&frame, p, &agents)).collect(),
        departments,
        roles: Role::ALL.into_iter().map(choice).collect(),
        form,
        problem,
        department: refused.department,
        frame,
    };
    page_with_status(status, &shown)
}

/// An account.
#[derive(Serialize, ToSchema)]
pub struct PersonReply {
    id: Id,
    #[schema(example = "Ann Example")]
    name: String,
    #[schema(example = "ann@example.org")]
    email: String,
    /// The first of `roles`.
    role: Option<Role>,
    /// A person may do what any of these roles may do.
    #[schema(value_type = Vec<Role>)]
    roles: Roles,
    /// Whether the person has not chosen a password yet.
    is_invited: bool,
    /// With the role `agent`.
    agent_id: Option<Id>,
    /// With the role `department`.
    department: Option<String>,
    state: AccountState,
    /// Last time of signing in.
    signed_in_at: Option<Instant>,
}

impl From<Person> for PersonReply {
    fn from(person: Person) -> Self {
        Self {
            is_invited: person.is_invited(),
            id: person.id,
            name: person.name,
            email: person.email,
            role: person.roles.first(),
            roles: person.roles,
            agent_id: person.agent_id,
            department: person.department,
            state: person.state,
            signed_in_at: person.signed_in_at,
        }
    }
}

/// Accounts by name.
#[derive(Serialize, ToSchema)]
pub struct PeopleReply {
    items: Vec<PersonReply>,
}

/// Lists the accounts of the organisation.
#[utoipa::path(
    get,
    path = "/api/v1/people",
    tag = "Account",
    operation_id = "list_people",
    responses((status = 200, description = "Accounts by name", body = PeopleReply))
)]
pub async fn people_json(state: Data<State>, actor: Actor) -> Result<Json<PeopleReply>, WebError> {
    let people = state
        .db
        .read(move |c| accounts::people(c, actor.organisation))
        .await?;
    Ok(Json(PeopleReply {
        items: people.into_iter().map(PersonReply::from).collect(),
    }))
}

/// A new account.
#[derive(Clone, Deserialize, ToSchema)]
pub struct PersonRequest {
    #[schema(example = "Ann Example")]
    name: String,
    #[schema(example = "ann@example.org")]
    email: String,
    /// The first role; others can be added.
    role: Role,
    /// With the role `agent`: a name or number of the agent in feedback files.
    #[serde(default)]
    agent_reference: String,
    /// With the role `department`: the department, as themes name their owner.
    #[serde(default)]
    department: String,
}

impl Default for PersonRequest {
    fn default() -> Self {
        Self {
            name: String::new(),
            email: String::new(),
            role: Role::ALL[0],
            agent_reference: String::new(),
            department: String::new(),
        }
    }
}

/// The agent with a name or number in feedback files; `None` for an empty one.
pub(super) fn agent_of(
    c: &mut DbConnection,
    organisation: Id,
    reference: &str,
) -> Result<Option<Id>, WebError> {
    if reference.trim().is_empty() {
        return Ok(None);
    }
    let agent = workforce::agent_by_reference(c, organisation, reference.trim());
    Ok(Some(agent.map_err(|_e| AccountsError::NoAgent)?.id))
}

/// The department with this name; `None` for an empty one.
pub(super) fn department_of(
    c: &mut DbConnection,
    organisation: Id,
    name: &str,
) -> Result<Option<String>, WebError> {
    Ok(match name.trim() {
        "" => None,
        name => Some(departments::named(c, organisation, name)?),
    })
}

fn create(c: &mut DbConnection, actor: &Actor, request: PersonRequest) -> Result<Id, WebError> {
    let organisation = actor.organisation;
    let agent = agent_of(c, organisation, &request.agent_reference)?;
    let department = department_of(c, organisation, &request.department)?;
    let new = NewPerson {
        email: request.email,
        name: request.name,
        role: request.role,
        // They choose a password through a one-time link.
        password_hash: String::new(),
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

/// How an invited person gets their link.
#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum InviteBy {
    #[default]
    Mail,
    /// A link that is shown once.
    Link,
}

/// A person to invite.
#[derive(Clone, Deserialize)]
pub struct InviteForm {
    #[serde(flatten)]
    person: PersonRequest,
    #[serde(default)]
    by: InviteBy,
}

/// Creates an account with a link, which is returned unless it is mailed.
async fn invite(
    state: &State,
    req: &HttpRequest,
    actor: Actor,
    form: InviteForm,
) -> Result<Option<OneTimeLink>, WebError> {
    let postage = one_time_links::postage(state, req);
    let write = move |c: &mut DbConnection| {
        let (organisation, by, now) = (actor.organisation, actor.label(), Instant::now());
        let id = create(c, &actor, form.person)?;
        Ok::<_, WebError>(match form.by {
            InviteBy::Link => Some(accounts::create_link(c, organisation, id, &by, now)?),
            InviteBy::Mail => {
                accounts::mail_link(c, organisation, id, &postage, &by, now)?;
                None
            }
        })
    };
    let link = state.db.write(write).await?;
    state.wake.notify_waiters();
    Ok(link)
}

/// `POST /people`
pub async fn create_person_form(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    form: Form<InviteForm>,
) -> WebResult {
    let form = form.into_inner();
    match invite(&state, &req, actor.clone(), form.clone()).await {
        Ok(Some(link)) => one_time_links::link_page(&state, &req, link),
        Ok(None) => Ok(confirmed("/people", Done::AccountCreated)),
        Err(problem) => {
            let refused = RefusedForms {
                person: Some(Refused::new(form.person, problem)?),
                ..RefusedForms::default()
            };
            show(&state, &req, &actor, refused).await
        }
    }
}

/// Creates an account. The person chooses a password through a link, from `create_one_time_link` or
/// `mail_one_time_link`.
#[utoipa::path(
    post,
    path = "/api/v1/people",
    tag = "Account",
    operation_id = "create_person",
    params(IdempotencyHeader),
    responses((status = 201, description = "Created", body = CreatedReply))
)]
pub async fn create_person_json(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    request: Json<PersonRequest>,
) -> WebResult {
    let request = request.into_inner();
    let key = idempotency(
        &req,
        &[
            &request.name,
            &request.email,
            request.role.as_str(),
            &request.agent_reference,
            &request.department,
        ],
    )?;
    created(&state, &actor.clone(), key, move |c| {
        let id = create(c, &actor, request)?;
        Ok(CreatedReply { id })
    })
    .await
}

/// The department of an account.
#[derive(Clone, Deserialize, ToSchema)]
pub struct DepartmentRequest {
    #[serde(default)]
    #[schema(example = "Workforce planning")]
    department: String,
}

async fn set_department(
    state: &State,
    actor: Actor,
    person: Id,
    request: DepartmentRequest,
) -> Result<(), WebError> {
    state
        .db
        .write(move |c| {
            let name = departments::named(c, actor.organisation, &request.department)?;
            let now = Instant::now();
            Ok::<_, WebError>(accounts::set_department(c, &actor, person, &name, now)?)
        })
        .await
}

/// `POST /people/{id}/department`
pub async fn department_form(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    id: Path<Id>,
    form: Form<DepartmentRequest>,
) -> WebResult {
    let form = form.into_inner();
    match set_department(&state, actor.clone(), *id, form.clone()).await {
        Ok(()) => Ok(confirmed("/people", Done::DepartmentSaved)),
        Err(problem) => {
            let refused = RefusedForms {
                department: Some(Refused::new((*id, form), problem)?),
                ..RefusedForms::default()
            };
            show(&state, &req, &actor, refused).await
        }
    }
}

/// Assigns an account with the role `department` to a department.
#[utoipa::path(
    post,
    path = "/api/v1/people/{id}/department",
    tag = "Account",
    operation_id = "set_department",
    params(("id" = Id, Path, description = "The account")),
    responses((status = 204, description = "Assigned"))
)]
pub async fn department_json(
    state: Data<State>,
    actor: Actor,
    id: Path<Id>,
    request: Json<DepartmentRequest>,
) -> WebResult {
    set_department(&state, actor, *id, request.into_inner()).await?;
    Ok(HttpResponse::NoContent().finish())
}
