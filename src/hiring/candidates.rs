//! Candidates of a vacancy: adding them, their shortlist, decisions, and the hire.

use std::collections::BTreeMap;

use super::{
    decision::Decision,
    error::{HiringError, Result},
    invitations::{Invited, LinkKeys, create_link, find_candidate},
    shortlist::{self, Entry, Stage, UnrankedCandidate},
    store::{self, Candidate, DecisionRow, Vacancy},
    vacancies::vacancy,
};
use crate::{
    accounts::{self, Actor},
    assessment, audit,
    db::{DbConnection, DbError},
    text::entered,
    types::{Id, Instant},
    workforce::{self, Agent, NewAgent, WorkforceError},
};

/// A candidate with their place on the shortlist and all decisions, oldest first.
#[derive(Clone, Debug)]
pub struct CandidateView {
    pub candidate: Candidate,
    pub vacancy: Vacancy,
    pub entry: Option<Entry>,
    pub decisions: Vec<DecisionRow>,
}

/// Adds a candidate and creates their link.
///
/// # Errors
/// [`HiringError::NoVacancy`], [`HiringError::Accounts`] if the name or the address is invalid,
/// [`HiringError::AlreadyInVacancy`] if the address is in this vacancy.
pub fn add_candidate(
    c: &mut DbConnection,
    actor: &Actor,
    links: &LinkKeys,
    vacancy_id: Id,
    name: &str,
    email: &str,
    now: Instant,
) -> Result<Invited> {
    let organisation = actor.organisation;
    vacancy(c, actor, vacancy_id)?;
    let row = Candidate {
        organisation_id: organisation,
        id: Id::new(),
        vacancy_id,
        name: accounts::parse_name(name)?,
        email: accounts::parse_email(email)?,
        created_at: now,
    };
    let same = store::candidate_with_email(c, organisation, vacancy_id, &row.email)?;
    if same.is_some() {
        return Err(HiringError::AlreadyInVacancy(same));
    }
    store::insert_candidate(c, &row).map_err(|e| match e {
        DbError::Duplicate => HiringError::AlreadyInVacancy(None),
        e => e.into(),
    })?;
    let event = actor
        .event("candidate.added", ("candidate", row.id))
        .detail(serde_json::json!({ "vacancy": vacancy_id }));
    audit::record(c, event, now)?;
    let invitation_id = create_link(c, actor, links, row.id, now)?;
    Ok(links.invited(row, invitation_id))
}

/// The shortlist of a vacancy, ranked.
///
/// # Errors
/// [`HiringError::NoVacancy`].
pub fn shortlist(c: &mut DbConnection, actor: &Actor, vacancy_id: Id) -> Result<Vec<Entry>> {
    let vacancy = vacancy(c, actor, vacancy_id)?;
    let questionnaire = assessment::questionnaire(c, actor.organisation, vacancy.questionnaire_id)?;
    let candidates = store::candidates_of(c, actor.organisation, vacancy_id)?;
    let mut decisions: BTreeMap<Id, DecisionRow> =
        store::decisions_in(c, actor.organisation, vacancy_id)?
            .into_iter()
            .map(|d| (d.candidate_id, d))
            .collect();
    let ids: Vec<Id> = candidates.iter().map(|c| c.id).collect();
    let mut results: BTreeMap<Id, _> = assessment::results_of(c, actor.organisation, &ids)?
        .into_iter()
        .map(|r| (r.0.candidate_id, r))
        .collect();
    let known = candidates.into_iter().map(|candidate| {
        let (stage, score) = match results.remove(&candidate.id) {
            None => (Stage::Invited, None),
            Some((sitting, _)) if sitting.withdrawn_at.is_some() => (Stage::Withdrawn, None),
            Some((_, Some(score))) => (Stage::Finished, Some(score)),
            Some((_, None)) => (Stage::Started, None),
        };
        UnrankedCandidate {
            decision: decisions.remove(&candidate.id),
            candidate,
            stage,
            score,
        }
    });
    let question = |facet: &str| {
        questionnaire
            .facets
            .iter()
            .find(|f| f.id == facet)
            .and_then(|f| f.interview.first().cloned())
    };
    Ok(shortlist::rank(known.collect(), question))
}

/// One candidate with their place on the shortlist and every decision taken.
///
/// # Errors
/// [`HiringError::NoCandidate`].
pub fn candidate(c: &mut DbConnection, actor: &Actor, id: Id) -> Result<CandidateView> {
    let candidate = find_candidate(c, actor, id)?;
    let vacancy = vacancy(c, actor, candidate.vacancy_id)?;
    let entry = shortlist(c, actor, candidate.vacancy_id)?
        .into_iter()
        .find(|e| e.candidate_id == id);
    let decisions = store::decisions_of(c, actor.organisation, id)?;
    Ok(CandidateView {
        candidate,
        vacancy,
        entry,
        decisions,
    })
}

/// Records a decision with its reason. Earlier decisions are kept; the newest counts.
///
/// # Errors
/// [`HiringError::NoCandidate`], [`HiringError::ReasonNeeded`] unless the reason has 3 to 1,000
/// characters.
pub fn decide(
    c: &mut DbConnection,
    actor: &Actor,
    candidate_id: Id,
    decision: Decision,
    reason: &str,
    now: Instant,
) -> Result<()> {
    find_candidate(c, actor, candidate_id)?;
    let reason = entered::lines(reason);
    if !(3..=1_000).contains(&reason.chars().count()) {
        return Err(HiringError::ReasonNeeded);
    }
    let row = DecisionRow {
        organisation_id: actor.organisation,
        id: Id::new(),
        candidate_id,
        decision,
        reason,
        decided_by: actor.name.clone(),
        decided_at: now,
    };
    store::insert_decision(c, &row)?;
    let detail = serde_json::json!({ "decision": decision });
    let event = actor
        .event("candidate.decided", ("candidate", candidate_id))
        .detail(detail);
    Ok(audit::record(c, event, now)?)
}

/// Adds a hired candidate to a team as an agent, linked to their sitting. `reference` is the name
/// or number that feedback files use.
///
/// # Errors
/// [`HiringError::NoCandidate`], [`HiringError::NotHired`] unless the latest decision is "hired",
/// and [`HiringError::Workforce`] if the candidate is an agent already or the reference is taken.
pub fn hire(
    c: &mut DbConnection,
    actor: &Actor,
    candidate_id: Id,
    team: &str,
    reference: &str,
    now: Instant,
) -> Result<Agent> {
    let organisation = actor.organisation;
    let candidate = find_candidate(c, actor, candidate_id)?;
    let latest = store::decisions_of(c, organisation, candidate_id)?.pop();
    if latest.is_none_or(|d| d.decision != Decision::Hired) {
        return Err(HiringError::NotHired);
    }
    if workforce::agent_of_candidate(c, organisation, candidate_id)?.is_some() {
        return Err(WorkforceError::AlreadyAgent.into());
    }
    let reference = workforce::parse_name(reference)?;
    let team = workforce::ensure_team(c, organisation, &workforce::parse_name(team)?, now)?;
    let new = NewAgent {
        reference: &reference,
        name: &candidate.name,
        team: Some(team.id),
        hired: Some((candidate_id, now)),
    };
    let agent = workforce::add_agent(c, organisation, &new, now)?;
    let event = actor
        .event("agent.hired", ("agent", agent.id))
        .detail(serde_json::json!({ "candidate": candidate_id, "team": team.id }));
    audit::record(c, event, now)?;
    Ok(agent)
}
