//! Vacancies, candidates, links, shortlists and decisions.
//!
//! The machine ranks and explains; a person decides, and says why. A link is a random token of which only the hash
//! is kept: making a new one is the only way to see one again.

mod decision;
mod error;
pub mod shortlist;
mod store;

use std::collections::BTreeMap;

use chrono::Duration;
use serde::Serialize;

use crate::{
    accounts::{self, Actor},
    assessment::{self, Sitting},
    audit,
    db::{DbConnection, DbError},
    documents::csv::{self, CsvRows},
    types::{Id, Instant},
    workforce::{self, Agent, NewAgent, WorkforceError},
};
pub use decision::Decision;
pub use error::HiringError;
use error::{MAX_CANDIDATES, Result};
pub use shortlist::{Entry, Known, Stage};
pub use store::{Candidate, DecisionRow, Vacancy};

/// A link is good for this long.
const LINK_DAYS: i64 = 30;

/// Opens a vacancy with a published questionnaire.
///
/// # Errors
/// When the title is unusable or the questionnaire is not one of this organisation's.
pub fn create_vacancy(
    c: &mut DbConnection,
    actor: &Actor,
    title: &str,
    questionnaire: Id,
    now: Instant,
) -> Result<Vacancy> {
    assessment::questionnaire(c, actor.organisation, questionnaire)?;
    let row = Vacancy {
        organisation_id: actor.organisation,
        id: Id::new(),
        title: accounts::parse_name(title)?,
        questionnaire_id: questionnaire,
        created_at: now,
    };
    store::insert_vacancy(c, &row)?;
    let label = actor.label();
    let event = audit::Event::new(
        actor.organisation,
        &label,
        "vacancy.created",
        ("vacancy", row.id),
    );
    audit::record(c, event, now)?;
    Ok(row)
}

/// A vacancy in a list.
#[derive(Clone, Debug, Serialize)]
pub struct VacancySummary {
    pub id: Id,
    pub title: String,
    pub created_at: Instant,
    pub candidates: i64,
}

/// Vacancies, newest first, below `before` when given.
///
/// # Errors
/// Database errors.
pub fn vacancies(
    c: &mut DbConnection,
    actor: &Actor,
    before: Option<Id>,
    limit: i64,
) -> Result<Vec<VacancySummary>> {
    let counts: BTreeMap<Id, i64> = store::candidate_counts(c, actor.organisation)?
        .into_iter()
        .collect();
    let rows = store::vacancies(c, actor.organisation, before, limit)?;
    Ok(rows
        .into_iter()
        .map(|v| VacancySummary {
            id: v.id,
            title: v.title,
            created_at: v.created_at,
            candidates: counts.get(&v.id).copied().unwrap_or(0),
        })
        .collect())
}

/// A vacancy of the actor's organisation.
///
/// # Errors
/// [`HiringError::NoVacancy`].
pub fn vacancy(c: &mut DbConnection, actor: &Actor, id: Id) -> Result<Vacancy> {
    store::find_vacancy(c, actor.organisation, id)?.ok_or(HiringError::NoVacancy)
}

/// A candidate just added, with the one sight of their link's token.
#[derive(Clone, Debug, Serialize)]
pub struct Invited {
    pub candidate_id: Id,
    pub name: String,
    pub email: String,
    /// Goes into the link; it cannot be shown again.
    pub token: String,
}

/// Adds a candidate and makes their link.
///
/// # Errors
/// When the vacancy is not there, name or address are unusable, or the address is in this vacancy already.
pub fn add_candidate(
    c: &mut DbConnection,
    actor: &Actor,
    vacancy_id: Id,
    name: &str,
    email: &str,
    now: Instant,
) -> Result<Invited> {
    vacancy(c, actor, vacancy_id)?;
    let row = Candidate {
        organisation_id: actor.organisation,
        id: Id::new(),
        vacancy_id,
        name: accounts::parse_name(name)?,
        email: accounts::parse_email(email)?,
        created_at: now,
    };
    if store::email_taken(c, actor.organisation, vacancy_id, &row.email)? {
        return Err(HiringError::AlreadyInvited);
    }
    store::insert_candidate(c, &row).map_err(|e| match e {
        DbError::Duplicate => HiringError::AlreadyInvited,
        e => e.into(),
    })?;
    let label = actor.label();
    let event = audit::Event::new(
        actor.organisation,
        &label,
        "candidate.added",
        ("candidate", row.id),
    )
    .detail(serde_json::json!({ "vacancy": vacancy_id }));
    audit::record(c, event, now)?;
    let token = new_link(c, actor, row.id, now)?;
    Ok(Invited {
        candidate_id: row.id,
        name: row.name,
        email: row.email,
        token,
    })
}

fn new_link(c: &mut DbConnection, actor: &Actor, candidate: Id, now: Instant) -> Result<String> {
    let token = accounts::new_token();
    let row = store::Invitation {
        organisation_id: actor.organisation,
        id: Id::new(),
        candidate_id: candidate,
        token_hash: accounts::token_hash(&token),
        created_at: now,
        expires_at: now.plus(Duration::days(LINK_DAYS)),
        revoked_at: None,
    };
    store::insert_invitation(c, &row)?;
    let label = actor.label();
    let event = audit::Event::new(
        actor.organisation,
        &label,
        "invitation.created",
        ("candidate", candidate),
    );
    audit::record(c, event, now)?;
    Ok(token)
}

/// Makes a new link for a candidate; the old ones stop working. The sitting goes on where it was.
///
/// # Errors
/// [`HiringError::NoCandidate`].
pub fn renew_link(
    c: &mut DbConnection,
    actor: &Actor,
    candidate_id: Id,
    now: Instant,
) -> Result<Invited> {
    let candidate = store::find_candidate(c, actor.organisation, candidate_id)?
        .ok_or(HiringError::NoCandidate)?;
    store::revoke_invitations(c, actor.organisation, candidate_id, now)?;
    let token = new_link(c, actor, candidate_id, now)?;
    Ok(Invited {
        candidate_id,
        name: candidate.name,
        email: candidate.email,
        token,
    })
}

/// What came of a file of candidates.
#[derive(Clone, Debug, Default, Serialize)]
pub struct CandidateImport {
    pub added: Vec<Invited>,
    /// Row number and what to mend; the other rows were added.
    pub rejected: Vec<(u64, String)>,
}

/// Adds candidates from a CSV with the columns `name` and `email`. Good rows are added, bad ones listed.
///
/// # Errors
/// When the file is no table, lacks a column or is too long: then nothing is added.
pub fn add_candidates(
    c: &mut DbConnection,
    actor: &Actor,
    vacancy_id: Id,
    file: &[u8],
    now: Instant,
) -> Result<CandidateImport> {
    vacancy(c, actor, vacancy_id)?;
    let mut rows = CsvRows::open(file)?;
    let (Some(name), Some(email)) = (rows.column("name"), rows.column("email")) else {
        return Err(HiringError::CandidateColumns(rows.columns().join(", ")));
    };
    let mut import = CandidateImport::default();
    while let Some(row) = rows.next_row()? {
        if import.added.len() + import.rejected.len() >= MAX_CANDIDATES {
            return Err(HiringError::TooManyCandidates);
        }
        let cell = |i: usize| row.cells.get(i).map_or("", String::as_str);
        match add_candidate(c, actor, vacancy_id, cell(name), cell(email), now) {
            Ok(invited) => import.added.push(invited),
            Err(e @ (HiringError::Accounts(_) | HiringError::AlreadyInvited)) => {
                import.rejected.push((row.number, e.to_string()))
            }
            Err(e) => return Err(e),
        }
    }
    Ok(import)
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
        Known {
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

/// A shortlist as CSV.
///
/// # Errors
/// None in practice.
pub fn shortlist_csv(entries: &[Entry]) -> Result<Vec<u8>> {
    let number = |x: Option<f64>| x.map_or_else(String::new, |x| format!("{x:.1}"));
    let rows = entries.iter().map(|e| {
        let score = e.score.as_ref();
        vec![
            e.rank.map_or_else(String::new, |r| r.to_string()),
            e.rank_range
                .map_or_else(String::new, |(a, b)| format!("{a} to {b}")),
            e.name.clone(),
            e.email.clone(),
            serde_json::to_value(e.stage)
                .ok()
                .and_then(|v| v.as_str().map(str::to_owned))
                .unwrap_or_default(),
            number(score.map(|s| s.composite)),
            number(e.interval.map(|i| i.low)),
            number(e.interval.map(|i| i.high)),
            score.map_or_else(String::new, |s| s.stage.clone()),
            score.map_or_else(String::new, |s| {
                s.facets
                    .iter()
                    .map(|f| format!("{} {:.0}", f.facet, f.t))
                    .collect::<Vec<_>>()
                    .join("; ")
            }),
            e.reasons.join("; "),
            score.map_or_else(String::new, |s| {
                s.signals
                    .iter()
                    .map(|q| q.text.clone())
                    .collect::<Vec<_>>()
                    .join("; ")
            }),
            e.decision.map_or("", Decision::as_str).to_owned(),
        ]
    });
    let header = [
        "rank",
        "rank_range",
        "name",
        "email",
        "stage",
        "composite_t",
        "low_95",
        "high_95",
        "status",
        "facets_t",
        "reasons",
        "response_quality",
        "decision",
    ];
    Ok(csv::write(&header, rows)?)
}

/// Everything about one candidate.
#[derive(Clone, Debug, Serialize)]
pub struct CandidateView {
    pub candidate: Candidate,
    pub vacancy: Vacancy,
    pub entry: Option<Entry>,
    pub decisions: Vec<DecisionRow>,
}

/// One candidate with their place on the shortlist and every decision taken.
///
/// # Errors
/// [`HiringError::NoCandidate`].
pub fn candidate(c: &mut DbConnection, actor: &Actor, id: Id) -> Result<CandidateView> {
    let candidate =
        store::find_candidate(c, actor.organisation, id)?.ok_or(HiringError::NoCandidate)?;
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

/// Records a decision with its reason. Earlier ones stay on record; the newest counts.
///
/// # Errors
/// When the candidate is not there or the reason says nothing.
pub fn decide(
    c: &mut DbConnection,
    actor: &Actor,
    candidate_id: Id,
    decision: Decision,
    reason: &str,
    now: Instant,
) -> Result<()> {
    store::find_candidate(c, actor.organisation, candidate_id)?.ok_or(HiringError::NoCandidate)?;
    let reason = reason.trim();
    let readable = !reason.contains(|c: char| c.is_control() && c != '\n' && c != '\r');
    if !readable || !(3..=1_000).contains(&reason.chars().count()) {
        return Err(HiringError::ReasonNeeded);
    }
    let row = DecisionRow {
        organisation_id: actor.organisation,
        id: Id::new(),
        candidate_id,
        decision,
        reason: reason.to_owned(),
        decided_by: actor.name.clone(),
        decided_at: now,
    };
    store::insert_decision(c, &row)?;
    let detail = serde_json::json!({ "decision": decision });
    let label = actor.label();
    let event = audit::Event::new(
        actor.organisation,
        &label,
        "candidate.decided",
        ("candidate", candidate_id),
    )
    .detail(detail);
    Ok(audit::record(c, event, now)?)
}

/// Adds a hired candidate to a team as an agent, linked to their sitting. `reference` is the name or
/// number that feedback files use.
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
    let candidate =
        store::find_candidate(c, organisation, candidate_id)?.ok_or(HiringError::NoCandidate)?;
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
    let label = actor.label();
    let event = audit::Event::new(organisation, &label, "agent.hired", ("agent", agent.id))
        .detail(serde_json::json!({ "candidate": candidate_id, "team": team.id }));
    audit::record(c, event, now)?;
    Ok(agent)
}

/// The candidate behind a link.
#[derive(Clone, Debug)]
pub struct Guest {
    pub organisation: Id,
    pub organisation_name: String,
    pub candidate: Candidate,
    pub vacancy_title: String,
    pub questionnaire_id: Id,
    pub sitting: Option<Sitting>,
}

/// Opens a link.
///
/// # Errors
/// [`HiringError::NoInvitation`] or [`HiringError::InvitationExpired`].
pub fn open_link(c: &mut DbConnection, token: &str, now: Instant) -> Result<Guest> {
    let invitation = store::find_invitation(c, &accounts::token_hash(token))?
        .filter(|i| i.revoked_at.is_none())
        .ok_or(HiringError::NoInvitation)?;
    if invitation.expires_at <= now {
        return Err(HiringError::InvitationExpired);
    }
    let organisation = invitation.organisation_id;
    let candidate = store::find_candidate(c, organisation, invitation.candidate_id)?
        .ok_or(HiringError::NoInvitation)?;
    let vacancy = store::find_vacancy(c, organisation, candidate.vacancy_id)?
        .ok_or(HiringError::NoInvitation)?;
    let organisation_name = accounts::organisation(c, organisation)?.name;
    let sitting = assessment::sitting_of(c, organisation, candidate.id)?;
    Ok(Guest {
        organisation,
        organisation_name,
        candidate,
        vacancy_title: vacancy.title,
        questionnaire_id: sitting
            .as_ref()
            .map_or(vacancy.questionnaire_id, |s| s.questionnaire_id),
        sitting,
    })
}
