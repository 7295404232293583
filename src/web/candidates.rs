//! `/candidates`: one candidate, the decision, and the way into a team.

use actix_web::{
    HttpRequest,
    http::StatusCode,
    web::{Data, Form, Json, Path},
};
use askama::Template;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    done::Done,
    error::{WebError, WebResult},
    forms::Refused,
    frame::Frame,
    idempotency::{IdempotencyHeader, answered, created, idempotency, idempotency_of, once},
    language::ReaderLocale,
    links::{Back, InvitedReply, invited_reply, links_page},
    render::{confirmed, page_with_status},
    shortlist::{EntryReply, facet_row},
    state::State,
};
use crate::{
    accounts::Actor,
    assessment::{CandidateScore, FacetScore},
    documents::{charts, html},
    hiring::{self, CandidateView, Decision, DecisionRow, HiringError, Stage},
    locale::{Locale, Localised, Message, decimal},
    msg,
    types::{Id, Instant},
    workforce::{self, Agent, Team},
};

/// Forms of the page: what was typed, and why one was refused.
#[derive(Default)]
struct Forms {
    status: StatusCode,
    decision: Option<Decision>,
    reason: String,
    decision_problem: Option<Message>,
    hire: HireRequest,
    hire_problem: Option<Message>,
}

impl Forms {
    fn chosen(&self, decision: &Decision) -> bool {
        self.decision == Some(*decision)
    }
}

#[derive(Template)]
#[template(path = "candidate.html")]
struct CandidatePage {
    frame: Frame,
    score: Option<CandidateScore>,
    /// Score, range and ranks in a sentence.
    summary: Option<Message>,
    profile: String,
    stage: Stage,
    hired: bool,
    agent: Option<Agent>,
    teams: Vec<Team>,
    view: CandidateView,
    forms: Forms,
}

impl CandidatePage {
    fn reasons(&self) -> Vec<Message> {
        let entry = self.view.entry.iter();
        entry
            .flat_map(|e| &e.reasons)
            .map(Localised::message)
            .collect()
    }

    fn interview(&self) -> &[String] {
        self.view.entry.as_ref().map_or(&[], |e| &e.interview)
    }

    fn reliability(&self, facet: &FacetScore) -> Message {
        msg!(
            "candidate-reliability",
            facet = &facet.name,
            reliability = decimal(facet.reliability, 2),
            source = facet.reliability_source.message()
        )
    }
}

/// `GET /candidates/{id}`
pub async fn candidate_page(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    id: Path<Id>,
) -> WebResult {
    show(&state, &req, actor, *id, Forms::default()).await
}

async fn show(state: &State, req: &HttpRequest, actor: Actor, id: Id, forms: Forms) -> WebResult {
    let read = state.db.read(move |c| {
        let view = hiring::candidate(c, &actor, id)?;
        let agent = workforce::agent_of_candidate(c, actor.organisation, id)?;
        Ok::<_, WebError>((view, agent, workforce::teams(c, actor.organisation)?))
    });
    let (view, agent, teams) = read.await?;
    let frame = Frame::of(req);
    let latest = view.decisions.last().map(|d| d.decision);
    let score = view.entry.as_ref().and_then(|e| e.score.clone());
    let status = forms.status;
    let shown = CandidatePage {
        summary: summary(&view),
        profile: score.as_ref().map_or_else(String::new, |score| {
            let facets: Vec<_> = score.facets.iter().map(facet_row).collect();
            html::picture(&charts::facet_profile(frame.locale, &facets))
        }),
        stage: view.entry.as_ref().map_or(Stage::Invited, |e| e.stage),
        hired: latest == Some(Decision::Hired),
        frame,
        score,
        agent,
        teams,
        view,
        forms,
    };
    page_with_status(status, &shown)
}

fn summary(view: &CandidateView) -> Option<Message> {
    let entry = view.entry.as_ref()?;
    let (score, range) = (entry.score.as_ref()?, entry.interval?);
    let [best, worst] = entry.rank_range?;
    let ranks = if best == worst {
        msg!("vacancy-rank", rank = best)
    } else {
        msg!("vacancy-rank-range", best = best, worst = worst)
    };
    Some(msg!(
        "candidate-score",
        score = decimal(score.composite, 1),
        low = decimal(range.low, 1),
        high = decimal(range.high, 1),
        ranks = ranks
    ))
}

/// A candidate with their place on the shortlist and all decisions.
#[derive(Serialize, ToSchema)]
pub struct CandidateReply {
    candidate: CandidateFacts,
    vacancy: VacancyFacts,
    entry: Option<EntryReply>,
    /// Oldest first; the newest counts.
    decisions: Vec<DecisionReply>,
}

/// A candidate.
#[derive(Serialize, ToSchema)]
struct CandidateFacts {
    id: Id,
    vacancy_id: Id,
    #[schema(example = "Robin Example")]
    name: String,
    #[schema(example = "robin@candidate.example")]
    email: String,
    created_at: Instant,
}

/// The candidate's vacancy.
#[derive(Serialize, ToSchema)]
struct VacancyFacts {
    id: Id,
    #[schema(example = "Customer adviser, Leeds")]
    title: String,
    questionnaire_id: Id,
    created_at: Instant,
}

/// A decision about a candidate.
#[derive(Serialize, ToSchema)]
struct DecisionReply {
    id: Id,
    candidate_id: Id,
    decision: Decision,
    #[schema(example = "Convincing answers in the interview")]
    reason: String,
    /// Name of the person who decided.
    decided_by: String,
    decided_at: Instant,
}

impl From<DecisionRow> for DecisionReply {
    fn from(row: DecisionRow) -> Self {
        Self {
            id: row.id,
            candidate_id: row.candidate_id,
            decision: row.decision,
            reason: row.reason,
            decided_by: row.decided_by,
            decided_at: row.decided_at,
        }
    }
}

impl CandidateReply {
    fn new(view: CandidateView, locale: &Locale) -> Self {
        let decisions = view.decisions.into_iter();
        Self {
            candidate: CandidateFacts {
                id: view.candidate.id,
                vacancy_id: view.candidate.vacancy_id,
                name: view.candidate.name,
                email: view.candidate.email,
                created_at: view.candidate.created_at,
            },
            vacancy: VacancyFacts {
                id: view.vacancy.id,
                title: view.vacancy.title,
                questionnaire_id: view.vacancy.questionnaire_id,
                created_at: view.vacancy.created_at,
            },
            entry: view.entry.map(|entry| EntryReply::new(entry, locale)),
            decisions: decisions.map(DecisionReply::from).collect(),
        }
    }
}

/// Returns a candidate with score, reasons and decisions.
#[utoipa::path(
    get,
    path = "/api/v1/candidates/{id}",
    tag = "Hiring",
    operation_id = "get_candidate",
    params(("id" = Id, Path, description = "Candidate")),
    responses((status = 200, body = CandidateReply))
)]
pub async fn candidate_json(
    state: Data<State>,
    actor: Actor,
    ReaderLocale(locale): ReaderLocale,
    id: Path<Id>,
) -> Result<Json<CandidateReply>, WebError> {
    let view = state
        .db
        .read(move |c| hiring::candidate(c, &actor, *id))
        .await?;
    Ok(Json(CandidateReply::new(view, locale)))
}

/// `POST /candidates/{id}/invitation`
pub async fn renew_link_form(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    id: Path<Id>,
) -> WebResult {
    let (id, links) = (*id, state.links.clone());
    let renew = move |c: &mut _| hiring::renew_link(c, &actor, &links, id, Instant::now());
    let invited = state.db.write(renew).await?;
    let back = Back {
        address: format!("/candidates/{id}"),
        name: msg!("links-back-to-candidate"),
    };
    links_page(&state, &req, &[invited], Vec::new(), back)
}

/// Replaces a candidate's link. The old one stops working; saved answers are kept.
#[utoipa::path(
    post,
    path = "/api/v1/candidates/{id}/invitation",
    tag = "Hiring",
    operation_id = "renew_invitation",
    params(("id" = Id, Path, description = "Candidate"), IdempotencyHeader),
    responses((status = 201, body = InvitedReply))
)]
pub async fn renew_link_json(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    id: Path<Id>,
) -> WebResult {
    let key = idempotency(&req, &[])?;
    let (links, who) = (state.links.clone(), actor.clone());
    let renew = move |c: &mut _| {
        let invited = hiring::renew_link(c, &who, &links, *id, Instant::now())?;
        Ok((invited.candidate_id, invited.invitation_id))
    };
    let ids = once(&state, &actor, key, renew).await?;
    invited_reply(&state, &req, actor, ids).await
}

/// A decision with its reason.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct DecisionRequest {
    decision: Decision,
    #[schema(
        example = "Convincing answers in the interview",
        min_length = 3,
        max_length = 1000
    )]
    reason: String,
}

async fn decide(
    state: &State,
    actor: Actor,
    id: Id,
    decision: Decision,
    reason: String,
) -> Result<(), HiringError> {
    state
        .db
        .write(move |c| hiring::decide(c, &actor, id, decision, &reason, Instant::now()))
        .await
}

/// A decision as the page sends it: without a choice, the field is missing.
#[derive(Deserialize)]
pub struct DecisionForm {
    decision: Option<Decision>,
    reason: String,
}

/// `POST /candidates/{id}/decision`
pub async fn decide_form(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    id: Path<Id>,
    form: Form<DecisionForm>,
) -> WebResult {
    let DecisionForm { decision, reason } = form.into_inner();
    let problem = match decision {
        None => msg!("error-decision-missing"),
        Some(chosen) => match decide(&state, actor.clone(), *id, chosen, reason.clone()).await {
            Ok(()) => return Ok(confirmed(&format!("/candidates/{id}"), Done::DecisionSaved)),
            Err(error @ HiringError::ReasonNeeded) => error.message(),
            Err(error) => return Err(error.into()),
        },
    };
    let forms = Forms {
        status: StatusCode::UNPROCESSABLE_ENTITY,
        decision,
        reason,
        decision_problem: Some(problem),
        ..Forms::default()
    };
    show(&state, &req, actor, *id, forms).await
}

/// Records a decision. Earlier decisions are kept; the newest counts.
#[utoipa::path(
    post,
    path = "/api/v1/candidates/{id}/decision",
    tag = "Hiring",
    operation_id = "decide",
    params(("id" = Id, Path, description = "Candidate"), IdempotencyHeader),
    responses((status = 204, description = "Recorded"))
)]
pub async fn decide_json(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    id: Path<Id>,
    form: Json<DecisionRequest>,
) -> WebResult {
    let key = idempotency_of(&req, &*form)?;
    answered(
        &state,
        &actor.clone(),
        StatusCode::NO_CONTENT,
        key,
        move |c| {
            let (decision, reason) = (form.decision, &form.reason);
            Ok(hiring::decide(
                c,
                &actor,
                *id,
                decision,
                reason,
                Instant::now(),
            )?)
        },
    )
    .await
}

/// Team and reference of a hired candidate.
#[derive(Clone, Default, Deserialize, ToSchema)]
pub struct HireRequest {
    /// Name of the team; created if there is none.
    #[schema(example = "Blue")]
    team: String,
    /// Name or number of the agent in feedback files.
    #[schema(example = "HL-1042")]
    reference: String,
}

/// The agent that a candidate became.
#[derive(Serialize, ToSchema)]
pub struct HiredReply {
    id: Id,
    #[schema(example = "HL-1042")]
    reference: String,
    #[schema(example = "Robin Example")]
    name: String,
    team_id: Option<Id>,
}

/// `POST /candidates/{id}/hire`
pub async fn hire_form(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    id: Path<Id>,
    form: Form<HireRequest>,
) -> WebResult {
    let (id, hire, who) = (*id, form.into_inner(), actor.clone());
    let HireRequest { team, reference } = hire.clone();
    let write = move |c: &mut _| hiring::hire(c, &who, id, &team, &reference, Instant::now());
    let error = match state.db.write(write).await {
        Ok(_) => {
            return Ok(confirmed(
                &format!("/candidates/{id}"),
                Done::CandidateHired,
            ));
        }
        Err(error) => Refused::new((), error.into())?.problem,
    };
    let forms = Forms {
        status: error.code.status(),
        hire,
        hire_problem: Some(error.message),
        ..Forms::default()
    };
    show(&state, &req, actor, id, forms).await
}

/// Adds a hired candidate to a team as an agent.
#[utoipa::path(
    post,
    path = "/api/v1/candidates/{id}/hire",
    tag = "Hiring",
    operation_id = "hire",
    params(("id" = Id, Path, description = "Candidate"), IdempotencyHeader),
    responses((status = 201, body = HiredReply))
)]
pub async fn hire_json(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    id: Path<Id>,
    form: Json<HireRequest>,
) -> WebResult {
    let key = idempotency(&req, &[&form.team, &form.reference])?;
    created(&state, &actor.clone(), key, move |c| {
        let agent = hiring::hire(c, &actor, *id, &form.team, &form.reference, Instant::now())?;
        Ok(HiredReply {
            id: agent.id,
            reference: agent.reference,
            name: agent.name,
            team_id: agent.team_id,
        })
    })
    .await
}
