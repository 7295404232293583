//! Invitations: a candidate's private link, and who is behind one.

use chrono::Duration;

use super::{
    error::{HiringError, Result},
    store::{self, Candidate},
};
use crate::{
    accounts::{self, Actor},
    assessment::{self, Sitting},
    db::DbConnection,
    types::{Id, Instant},
};

/// Days that a link works.
pub const LINK_DAYS: i64 = 30;

/// A candidate with the token of a new link.
#[derive(Clone, Debug)]
pub struct Invited {
    pub candidate_id: Id,
    pub name: String,
    pub email: String,
    /// Part of the link; only its hash is stored.
    pub token: String,
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

/// Creates a link for a candidate and returns its token.
pub fn create_link(
    c: &mut DbConnection,
    actor: &Actor,
    candidate: Id,
    now: Instant,
) -> Result<String> {
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
    actor.record(c, "invitation.created", ("candidate", candidate), now)?;
    Ok(token)
}

/// Replaces the links of a candidate by a new one. The sitting keeps its answers.
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
    let token = create_link(c, actor, candidate_id, now)?;
    Ok(Invited {
        candidate_id,
        name: candidate.name,
        email: candidate.email,
        token,
    })
}

/// Finds the candidate behind a link.
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
