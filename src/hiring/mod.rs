//! Vacancies, candidates, links, shortlists and decisions.
//!
//! The machine ranks and explains; a person decides, and says why. A link is a random token of which only the hash
//! is kept: making a new one is the only way to see one again.

pub mod shortlist;
pub mod store;

use std::collections::BTreeMap;

use chrono::Duration;
use serde::{Deserialize, Serialize};

use crate::{
    accounts::{self, AccountsError, Actor},
    assessment::{self, AssessmentError, Sitting},
    audit,
    db::{DbConnection, DbError},
    documents::csv::{self, CsvError, CsvRows},
    types::{Id, Instant},
};
pub use shortlist::{Entry, Known, Stage};
pub use store::{Candidate, DecisionRow, Vacancy};

/// What can go wrong in hiring.
#[derive(Debug, thiserror::Error)]
pub enum HiringError {
    #[error("There is no such vacancy.")]
    NoVacancy,
    #[error("There is no such candidate.")]
    NoCandidate,
    #[error(
        "This link is not valid. It may be mistyped, or replaced by a newer one: please ask the person who invited you."
    )]
    NoInvitation,
    #[error("This link has expired. Please ask the organisation that invited you for a new one.")]
    InvitationExpired,
    #[error("A candidate with this e-mail address is already in this vacancy.")]
    AlreadyInvited,
    #[error("A reason is needed, of 3 to 1,000 characters.")]
    ReasonNeeded,
    #[error("The file needs the columns \"name\" and \"email\"; it has: {0}.")]
    CandidateColumns(String),
    #[error("At most {MAX_CANDIDATES} candidates can be added from one file.")]
    TooManyCandidates,
    #[error("Only a candidate with the decision \"hired\" can become an agent.")]
    NotHired,
    #[error(transparent)]
    Csv(#[from] CsvError),
    #[error(transparent)]
    Accounts(#[from] AccountsError),
    #[error(transparent)]
    Assessment(#[from] AssessmentError),
    #[error(transparent)]
    Db(#[from] DbError),
}

type Result<T> = std::result::Result<T, HiringError>;

/// A link is good for this long.
const LINK_DAYS: i64 = 30;
/// Most candidates in one file.
pub const MAX_CANDIDATES: usize = 5_000;

/// What a recruiter decides about a candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    Advance,
    Hold,
    Hired,
    Declined,
}

impl Decision {
    /// Every decision, for choices.
    pub const ALL: [Self; 4] = [Self::Advance, Self::Hold, Self::Hired, Self::Declined];

    /// Stable name, as stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Advance => "advance",
            Self::Hold => "hold",
            Self::Hired => "hired",
            Self::Declined => "declined",
        }
    }
}

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
    record(
        c,
        actor,
        "vacancy.created",
        "vacancy",
        row.id,
        serde_json::json!({}),
        now,
    )?;
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
    record(
        c,
        actor,
        "candidate.added",
        "candidate",
        row.id,
        serde_json::json!({ "vacancy": vacancy_id }),
        now,
    )?;
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
    record(
        c,
        actor,
        "invitation.created",
        "candidate",
        candidate,
        serde_json::json!({}),
        now,
    )?;
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
            e.decision.clone().unwrap_or_default(),
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
        decision: decision.as_str().to_owned(),
        reason: reason.to_owned(),
        decided_by: actor.name.clone(),
        decided_at: now,
    };
    store::insert_decision(c, &row)?;
    let detail = serde_json::json!({ "decision": decision });
    record(
        c,
        actor,
        "candidate.decided",
        "candidate",
        candidate_id,
        detail,
        now,
    )
}

/// A candidate whose newest decision is "hired".
///
/// # Errors
/// [`HiringError::NoCandidate`], or [`HiringError::NotHired`].
pub fn hired_candidate(c: &mut DbConnection, organisation: Id, id: Id) -> Result<Candidate> {
    let candidate = store::find_candidate(c, organisation, id)?.ok_or(HiringError::NoCandidate)?;
    let newest = store::decisions_of(c, organisation, id)?.pop();
    if newest.is_none_or(|d| d.decision != Decision::Hired.as_str()) {
        return Err(HiringError::NotHired);
    }
    Ok(candidate)
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
    let organisation_name = accounts::store::find_organisation(c, organisation)?
        .map(|o| o.name)
        .ok_or(HiringError::NoInvitation)?;
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

fn record(
    c: &mut DbConnection,
    actor: &Actor,
    action: &str,
    kind: &str,
    id: Id,
    detail: serde_json::Value,
    now: Instant,
) -> Result<()> {
    let label = actor.label();
    let event = audit::Event {
        organisation: actor.organisation,
        actor: &label,
        action,
        object_kind: kind,
        object_id: id.to_string(),
        detail,
    };
    Ok(audit::record(c, event, now)?)
}
