//! `/teams`: what is to be done for the teams that somebody coaches, and files for a whole team.

use std::collections::BTreeSet;

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Form, Json, Path, Query, block},
};
use askama::Template;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    done::Done,
    downloads::{ArchiveFile, DocumentFile, archive, document},
    error::{WebError, WebResult},
    frame::Frame,
    idempotency::{CreatedReply, IdempotencyHeader, answered, idempotency},
    language::ReaderLocale,
    render::{confirmed, page, see_other},
    state::State,
};
use crate::{
    accounts::Actor,
    coaching::{
        self, Format,
        follow_up::{AgentStatus, FollowUp, OverdueActions, Task, TaskKind, follow_up},
        plan_export, workshop, workshop_document,
    },
    db::DbConnection,
    locale::{Locale, Localised, Message},
    msg,
    praise::{Praise, weekly},
    types::{Id, Instant},
    workforce::{self, Agent, Team},
};

/// Praise shown; the page of the week has all of it.
const MOST_PRAISE: usize = 6;

/// Which teams to show.
#[derive(Clone, Copy, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TeamFilter {
    /// This team only. Without it, the teams that the caller coaches, or all if there are none.
    team: Option<Id>,
    /// All teams.
    #[serde(default)]
    all: bool,
}

/// A team, and whether the caller coaches it.
#[derive(Clone, Serialize, ToSchema)]
#[schema(as = Team)]
pub struct TeamReply {
    id: Id,
    #[schema(example = "Blue")]
    name: String,
    is_coached: bool,
}

/// What is to be done for some teams.
#[derive(Serialize, ToSchema)]
pub struct TeamsReply {
    /// All teams of the organisation.
    teams: Vec<TeamReply>,
    #[serde(flatten)]
    follow_up: FollowUp,
    /// What customers praised in the week of the newest feedback, at most 6.
    praise: Vec<AgentPraise>,
}

/// A customer's praise of an agent.
#[derive(Serialize, ToSchema)]
pub struct AgentPraise {
    agent: String,
    day: chrono::NaiveDate,
    comment: String,
}

fn teams_reply(
    c: &mut DbConnection,
    actor: &Actor,
    filter: TeamFilter,
    now: Instant,
) -> Result<TeamsReply, WebError> {
    let organisation = actor.organisation;
    let teams = workforce::teams(c, organisation)?;
    let coached = workforce::coached_teams(c, organisation, actor.person)?;
    let coached: BTreeSet<Id> = coached.iter().map(|team| team.id).collect();
    if let Some(team) = filter.team
        && !teams.iter().any(|known| known.id == team)
    {
        return Err(WebError::not_found());
    }
    let is_shown = |team: Option<Id>| match filter.team {
        Some(only) => team == Some(only),
        None => filter.all || coached.is_empty() || team.is_some_and(|id| coached.contains(&id)),
    };
    let mut agents = workforce::agents(c, organisation)?;
    agents.retain(|agent| is_shown(agent.team_id));
    let of_team = |team: Team| TeamReply {
        is_coached: coached.contains(&team.id),
        id: team.id,
        name: team.name,
    };
    Ok(TeamsReply {
        teams: teams.into_iter().map(of_team).collect(),
        follow_up: follow_up(c, organisation, &agents, now)?,
        praise: new_praise(c, organisation, &agents, now)?,
    })
}

/// The newest praise of the newest week, one of each agent before a second of any.
fn new_praise(
    c: &mut DbConnection,
    organisation: Id,
    agents: &[Agent],
    now: Instant,
) -> Result<Vec<AgentPraise>, WebError> {
    let week = weekly::newest_week(c, organisation, now)?;
    let ids: Vec<Id> = agents.iter().map(|agent| agent.id).collect();
    let mut found = weekly::of_agents(c, organisation, &ids, week)?;
    let mut praise: Vec<(usize, Praise)> = Vec::new();
    for said in found.values_mut() {
        praise.extend(said.praise.drain(..).enumerate());
    }
    praise.sort_by(|a, b| {
        let turn = a.0.cmp(&b.0);
        turn.then(b.1.at.cmp(&a.1.at))
            .then_with(|| a.1.comment.cmp(&b.1.comment))
    });
    let named = |agent_id: Id| agents.iter().find(|agent| agent.id == agent_id);
    Ok(praise
        .into_iter()
        .filter_map(|(_, praise)| {
            Some(AgentPraise {
                agent: named(praise.agent_id)?.name.clone(),
                day: praise.at,
                comment: praise.comment,
            })
        })
        .take(MOST_PRAISE)
        .collect())
}

#[derive(Template)]
#[template(path = "teams.html")]
struct TeamsPage {
    frame: Frame,
    reply: TeamsReply,
    filter: TeamFilter,
}

impl TeamsPage {
    /// The heading, if only one team is shown.
    fn team(&self) -> Option<Message> {
        let mut teams = self.reply.teams.iter();
        let only = teams.find(|team| Some(team.id) == self.filter.team)?;
        Some(msg!("teams-one", team = &only.name))
    }

    fn praised(praise: &AgentPraise) -> Message {
        msg!("teams-praise-of", agent = &praise.agent, day = praise.day)
    }

    fn coaches_some(&self) -> bool {
        self.reply.teams.iter().any(|team| team.is_coached)
    }

    /// Whether only the caller's teams are shown.
    fn is_own(&self) -> bool {
        self.filter.team.is_none() && !self.filter.all && self.coaches_some()
    }

    fn task(kind: &TaskKind) -> Message {
        match kind {
            TaskKind::CheckIn { purpose, .. } => purpose.message(),
            TaskKind::Promise { promise, .. } => msg!("teams-promise", promise = promise),
            TaskKind::Dispute { point } => msg!("teams-dispute", point = point),
            TaskKind::Unread => msg!("teams-unread"),
            TaskKind::OneToOne { missed: false } => msg!("teams-one-to-one"),
            TaskKind::OneToOne { missed: true } => msg!("teams-one-to-one-missed"),
            TaskKind::Action { action, owner, .. } => {
                msg!("teams-action", owner = owner.message(), action = action)
            }
        }
    }

    fn day(day: chrono::NaiveDate, kind: &TaskKind) -> Message {
        match kind {
            _ if Self::is_late(kind) => msg!("teams-was-due", day = day),
            TaskKind::Dispute { .. } | TaskKind::Unread => msg!("teams-since", day = day),
            TaskKind::CheckIn { .. }
            | TaskKind::Promise { .. }
            | TaskKind::OneToOne { .. }
            | TaskKind::Action { .. } => msg!("teams-due", day = day),
        }
    }

    fn is_late(kind: &TaskKind) -> bool {
        matches!(
            kind,
            TaskKind::CheckIn { missed: true, .. }
                | TaskKind::Promise { overdue: true, .. }
                | TaskKind::OneToOne { missed: true }
                | TaskKind::Action { overdue: true, .. }
        )
    }

    /// The page on which a task is done.
    fn address(task: &Task) -> String {
        match (task.plan_id, task.one_to_one_id) {
            (Some(plan), _) => format!("/plans/{plan}"),
            (None, Some(id)) => format!("/agents/{}/one-to-ones/{id}", task.agent_id),
            (None, None) => format!("/agents/{}", task.agent_id),
        }
    }

    fn overdue(actions: &OverdueActions) -> Message {
        msg!(
            "teams-overdue",
            total = actions.total(),
            agent = actions.agent,
            coach = actions.coach
        )
    }

    fn state(agent: &AgentStatus) -> Message {
        if let Some(until) = agent.paused_until {
            return msg!("teams-paused", until = until);
        }
        match agent.state {
            Some(coaching::progress::PlanState::Agreed) => msg!(
                "teams-check-ins",
                held = agent.check_ins.0,
                count = agent.check_ins.1
            ),
            Some(state) => state.message(),
            None => msg!("teams-no-plan"),
        }
    }
}

async fn read(state: &State, actor: Actor, filter: TeamFilter) -> Result<TeamsReply, WebError> {
    let read = move |c: &mut DbConnection| teams_reply(c, &actor, filter, Instant::now());
    state.db.read(read).await
}

/// `GET /teams`
pub async fn teams_page(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    filter: Query<TeamFilter>,
) -> WebResult {
    let reply = read(&state, actor, *filter).await?;
    page(&TeamsPage {
        frame: Frame::of(&req),
        reply,
        filter: *filter,
    })
}

/// Returns what is to be done for some teams, and where each agent stands.
#[utoipa::path(
    get,
    path = "/api/v1/teams",
    tag = "Coaching",
    operation_id = "get_teams",
    params(TeamFilter),
    responses(
        (status = 200, body = TeamsReply),
        (status = 404, description = "`not_found`: there is no such team")
    )
)]
pub async fn teams_json(
    state: Data<State>,
    actor: Actor,
    filter: Query<TeamFilter>,
) -> Result<Json<TeamsReply>, WebError> {
    Ok(Json(read(&state, actor, *filter).await?))
}

/// The teams that the caller coaches.
#[derive(Deserialize, ToSchema)]
pub struct CoachedTeams {
    teams: BTreeSet<Id>,
}

async fn set_coached(state: &State, actor: Actor, teams: BTreeSet<Id>) -> Result<(), WebError> {
    let write = move |c: &mut DbConnection| {
        workforce::set_coached_teams(c, actor.organisation, actor.person, &teams)
    };
    Ok(state.db.write(write).await?)
}

/// `POST /teams/coached`: check boxes of one name.
pub async fn coached_form(
    state: Data<State>,
    actor: Actor,
    fields: Form<Vec<(String, String)>>,
) -> WebResult {
    let teams = fields.iter().filter(|(name, _)| name == "team");
    let teams: Option<BTreeSet<Id>> = teams.map(|(_, id)| id.parse().ok()).collect();
    set_coached(&state, actor, teams.ok_or_else(WebError::not_found)?).await?;
    Ok(confirmed("/teams", Done::TeamsSaved))
}

/// Replaces the teams that the caller coaches; they are shown first.
#[utoipa::path(
    put,
    path = "/api/v1/teams/coached",
    tag = "Coaching",
    operation_id = "set_coached_teams",
    request_body = CoachedTeams,
    responses(
        (status = 204, description = "Replaced"),
        (status = 404, description = "`not_found`: there is no such team")
    )
)]
pub async fn coached_json(state: Data<State>, actor: Actor, new: Json<CoachedTeams>) -> WebResult {
    set_coached(&state, actor, new.into_inner().teams).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Returns the newest plan of each agent of a team as PDF, in one archive.
#[utoipa::path(
    get,
    path = "/api/v1/teams/{id}/plans.zip",
    tag = "Coaching",
    operation_id = "download_team_plans",
    params(("id" = Id, Path, description = "The team")),
    responses(ArchiveFile)
)]
pub async fn team_plans(
    state: Data<State>,
    actor: Actor,
    ReaderLocale(locale): ReaderLocale,
    id: Path<Id>,
) -> WebResult {
    let plans = state
        .db
        .write(move |c| coaching::team_plans(c, &actor, *id, Instant::now()))
        .await?;
    let packed = block(move || coaching::plan_archive(&plans, locale)).await;
    let bytes = packed.map_err(|e| WebError::internal(&e))??;
    Ok(archive(bytes))
}

async fn request(
    state: &State,
    actor: Actor,
    team: Id,
    locale: &'static Locale,
) -> Result<Id, WebError> {
    let id = state
        .db
        .write(move |c| plan_export::request(c, &actor, team, locale, Instant::now()))
        .await?;
    state.wake.notify_waiters();
    Ok(id)
}

/// `POST /teams/{id}/exports`
pub async fn export_form(
    state: Data<State>,
    actor: Actor,
    ReaderLocale(locale): ReaderLocale,
    id: Path<Id>,
) -> WebResult {
    let export = request(&state, actor, *id, locale).await?;
    Ok(see_other(&format!("/exports/{export}")))
}

/// Requests plans for all agents of a team. A background job makes them.
#[utoipa::path(
    post,
    path = "/api/v1/teams/{id}/exports",
    tag = "Coaching",
    operation_id = "request_plan_export",
    params(("id" = Id, Path, description = "The team"), IdempotencyHeader),
    responses((status = 202, description = "The id of the export", body = CreatedReply))
)]
pub async fn request_export_json(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    ReaderLocale(locale): ReaderLocale,
    id: Path<Id>,
) -> WebResult {
    let key = idempotency(&req, &[])?;
    answered(
        &state,
        &actor.clone(),
        StatusCode::ACCEPTED,
        key,
        move |c| {
            let id = plan_export::request(c, &actor, *id, locale, Instant::now())?;
            Ok(CreatedReply { id })
        },
    )
    .await
}

/// Returns the workshop sheet of a team, in which nobody is named.
#[utoipa::path(
    get,
    path = "/api/v1/teams/{id}/workshop.{format}",
    tag = "Coaching",
    operation_id = "download_team_workshop",
    params(
        ("id" = Id, Path, description = "The team"),
        ("format" = inline(Format), Path, description = "Format of the document")
    ),
    responses(
        DocumentFile,
        (status = 409, description = "`too_few`")
    )
)]
pub async fn workshop_file(
    state: Data<State>,
    actor: Actor,
    ReaderLocale(locale): ReaderLocale,
    path: Path<(Id, Format)>,
) -> WebResult {
    let (team, format) = path.into_inner();
    let organisation = actor.organisation;
    let prepared = state
        .db
        .read(move |c| workshop::prepare(c, organisation, team, Instant::now()))
        .await?;
    let sheet = workshop_document::document(&prepared, locale);
    document("workshop", format, sheet).await
}
