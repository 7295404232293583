//! `/people/{id}`: one account with its sessions, and changes of its roles.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Form, Json, Path},
};
use askama::Template;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    auth::current_session,
    done::Done,
    error::{Code, WebError, WebResult},
    forms::{self, Refused},
    frame::Frame,
    people::{PersonReply, RoleChoice, agent_of, department_of, roles_text, state_text},
    render::{confirmed, page_with_status},
    sessions::{self, SessionReply, SessionRow},
    state::State,
};
use crate::{
    accounts::{self, AccountState, Actor, NewRoles, Person, Role, Roles},
    db::DbConnection,
    locale::Message,
    msg,
    praise::departments,
    types::{Id, Instant},
    workforce::{self, Agent},
};

/// The roles that a person is to have.
#[derive(Clone, Deserialize, ToSchema)]
pub struct RolesRequest {
    /// At least one.
    #[schema(value_type = Vec<Role>)]
    roles: Roles,
    /// With the role `agent`: a name or number of the agent in feedback files. Empty for the agent
    /// that the person is.
    #[serde(default)]
    agent_reference: String,
    /// With the role `department`: the department, as themes name their owner. Empty for the
    /// department of the person.
    #[serde(default)]
    #[schema(example = "Workforce planning")]
    department: String,
}

impl RolesRequest {
    /// Check boxes of one name, and texts.
    fn of_form(fields: Vec<(String, String)>) -> Option<Self> {
        let mut roles = Vec::new();
        let (mut agent_reference, mut department) = (String::new(), String::new());
        for (name, value) in fields {
            match name.as_str() {
                "role" => roles.push(Role::parse(&value)?),
                "agent_reference" => agent_reference = value,
                "department" => department = value,
                _ => {}
            }
        }
        let roles: Roles = roles.into_iter().collect();
        // What is left in a field without its role is not meant.
        let of = |role: Role, text: String| {
            if roles.contains(role) {
                text
            } else {
                String::new()
            }
        };
        Some(Self {
            roles,
            agent_reference: of(Role::Agent, agent_reference),
            department: of(Role::Department, department),
        })
    }
}

/// What the page shows.
struct Shown {
    person: Person,
    agents: Vec<Agent>,
    departments: Vec<String>,
    sessions: Vec<SessionReply>,
}

/// The refused form of the page, if one was refused.
#[derive(Default)]
pub(super) struct RefusedForms {
    pub roles: Option<Refused<RolesRequest>>,
    /// Suspending or resuming.
    pub state: Option<Refused<()>>,
}

#[derive(Template)]
#[template(path = "person.html")]
struct PersonPage {
    frame: Frame,
    shown: Shown,
    rows: Vec<SessionRow>,
    /// Whether it is the reader's own account.
    is_own: bool,
    choices: Vec<RoleChoice>,
    /// The roles as entered, or as stored.
    roles: RolesRequest,
    problem: Option<Message>,
    state_problem: Option<Message>,
}

impl PersonPage {
    fn roles_text(&self) -> String {
        roles_text(&self.frame, &self.shown.person, &self.shown.agents)
    }

    fn state_text(&self) -> String {
        state_text(&self.frame, &self.shown.person)
    }

    fn sessions_address(&self) -> String {
        format!("/people/{}/sessions", self.shown.person.id)
    }

    fn can_be_closed(&self) -> bool {
        self.shown.person.state != AccountState::Closed
    }
}

fn read(
    c: &mut DbConnection,
    organisation: Id,
    id: Id,
    current: Option<Id>,
) -> Result<Shown, WebError> {
    Ok(Shown {
        person: accounts::person(c, organisation, id)?,
        sessions: sessions::read(c, organisation, id, current)?,
        agents: workforce::agents(c, organisation)?,
        departments: departments::owners(c, organisation)?,
    })
}

/// `GET /people/{id}`
pub async fn person_page(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    id: Path<Id>,
) -> WebResult {
    show(&state, &req, &actor, *id, RefusedForms::default()).await
}

pub(super) async fn show(
    state: &State,
    req: &HttpRequest,
    actor: &Actor,
    id: Id,
    refused: RefusedForms,
) -> WebResult {
    let (organisation, current) = (actor.organisation, current_session(req));
    let read = state.db.read(move |c| read(c, organisation, id, current));
    let mut shown = read.await?;
    let frame = Frame::of(req);
    let status = match &refused.state {
        None => forms::status(refused.roles.as_ref()),
        state => forms::status(state.as_ref()),
    };
    let (entered, problem) = refused.roles.map(Refused::into_parts).unzip();
    let stored = || RolesRequest {
        roles: shown.person.roles,
        agent_reference: String::new(),
        department: shown.person.department.clone().unwrap_or_default(),
    };
    let roles = entered.unwrap_or_else(stored);
    let choice = |role: Role| RoleChoice::new(&frame, role, roles.roles.contains(role));
    let page = PersonPage {
        choices: Role::ALL.into_iter().map(choice).collect(),
        rows: sessions::rows(&frame, std::mem::take(&mut shown.sessions)),
        is_own: id == actor.person,
        state_problem: refused.state.map(|state| state.problem.message),
        frame,
        roles,
        problem,
        shown,
    };
    page_with_status(status, &page)
}

/// Returns an account.
#[utoipa::path(
    get,
    path = "/api/v1/people/{id}",
    tag = "Account",
    operation_id = "get_person",
    params(("id" = Id, Path, description = "The account")),
    responses((status = 200, body = PersonReply))
)]
pub async fn person_json(
    state: Data<State>,
    actor: Actor,
    id: Path<Id>,
) -> Result<Json<PersonReply>, WebError> {
    let read = move |c: &mut _| accounts::person(c, actor.organisation, *id);
    Ok(Json(state.db.read(read).await?.into()))
}

async fn set_roles(
    state: &State,
    actor: Actor,
    id: Id,
    request: RolesRequest,
) -> Result<(), WebError> {
    let write = move |c: &mut DbConnection| {
        let organisation = actor.organisation;
        let new = NewRoles {
            roles: request.roles,
            agent: agent_of(c, organisation, &request.agent_reference)?,
            department: department_of(c, organisation, &request.department)?,
        };
        Ok::<_, WebError>(accounts::set_roles(c, &actor, id, new, Instant::now())?)
    };
    state.db.write(write).await
}

/// `POST /people/{id}/roles`: check boxes of one name, and texts.
pub async fn roles_form(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    id: Path<Id>,
    fields: Form<Vec<(String, String)>>,
) -> WebResult {
    let request = RolesRequest::of_form(fields.into_inner())
        .ok_or_else(|| WebError::new(Code::BadRequest, msg!("error-bad-request")))?;
    match set_roles(&state, actor.clone(), *id, request.clone()).await {
        Ok(()) => Ok(confirmed(&format!("/people/{id}"), Done::RolesSaved)),
        Err(problem) => {
            let refused = RefusedForms {
                roles: Some(Refused::new(request, problem)?),
                ..RefusedForms::default()
            };
            show(&state, &req, &actor, *id, refused).await
        }
    }
}

/// Replaces the roles of a person. The next request of the person is decided by the new roles.
#[utoipa::path(
    put,
    path = "/api/v1/people/{id}/roles",
    tag = "Account",
    operation_id = "set_roles",
    params(("id" = Id, Path, description = "The account")),
    responses(
        (status = 204, description = "Replaced"),
        (status = 409, description = "`last_administrator`, `reference_taken`"),
        (status = 422, description = "`roles_conflict`, `invalid`")
    )
)]
pub async fn roles_json(
    state: Data<State>,
    actor: Actor,
    id: Path<Id>,
    request: Json<RolesRequest>,
) -> WebResult {
    set_roles(&state, actor, *id, request.into_inner()).await?;
    Ok(HttpResponse::NoContent().finish())
}
