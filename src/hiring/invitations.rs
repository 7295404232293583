//! Invitations: a candidate's private link, and who is behind one.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::Duration;

use super::{
    error::{HiringError, Result},
    store::{self, Candidate, Invitation},
};
use crate::{
    accounts::{self, Actor},
    assessment::{self, Sitting},
    db::DbConnection,
    types::{Id, Instant, keyed_hash},
};

/// Days that a link works.
pub const LINK_DAYS: i64 = 30;

/// A candidate with the token of a new link.
#[derive(Clone, Debug)]
pub struct Invited {
    pub candidate_id: Id,
    pub invitation_id: Id,
    pub name: String,
    pub email: String,
    /// Part of the link; only its hash is stored.
    pub token: String,
}

/// Derives the tokens of links, so that a reply can be repeated without a stored token.
#[derive(Clone)]
pub struct LinkKeys(String);

impl LinkKeys {
    /// Derives from the server's secret.
    pub fn new(secret: &str) -> Self {
        Self(secret.to_owned())
    }

    /// The token of an invitation.
    pub fn token(&self, invitation: Id) -> String {
        let name = format!("candidate link\n{invitation}");
        BASE64_URL_SAFE_NO_PAD.encode(keyed_hash(self.0.as_bytes(), &[name.as_bytes()]))
    }

    /// A candidate with the link of an invitation.
    pub(super) fn invited(&self, candidate: Candidate, invitation_id: Id) -> Invited {
        Invited {
            candidate_id: candidate.id,
            invitation_id,
            name: candidate.name,
            email: candidate.email,
            token: self.token(invitation_id),
        }
    }

    /// A new invitation of a candidate.
    pub(super) fn invitation(&self, organisation: Id, candidate: Id, now: Instant) -> Invitation {
        let id = Id::new();
        Invitation {
            organisation_id: organisation,
            id,
            candidate_id: candidate,
            token_hash: accounts::token_hash(&self.token(id)),
            created_at: now,
            expires_at: now.plus(Duration::days(LINK_DAYS)),
            revoked_at: None,
        }
    }
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

/// A candidate of the actor's organisation.
///
/// # Errors
/// [`HiringError::NoCandidate`].
pub(super) fn find_candidate(c: &mut DbConnection, actor: &Actor, id: Id) -> Result<Candidate> {
    store::find_candidate(c, actor.organisation, id)?.ok_or(HiringError::NoCandidate)
}

/// Creates a link for a candidate and returns the id of its invitation.
pub fn create_link(
    c: &mut DbConnection,
    actor: &Actor,
    links: &LinkKeys,
    candidate: Id,
    now: Instant,
) -> Result<Id> {
    let row = links.invitation(actor.organisation, candidate, now);
    store::insert_invitation(c, &row)?;
    actor.record(c, "invitation.created", ("candidate", candidate), now)?;
    Ok(row.id)
}

/// A candidate with the link of one of their invitations, as it was first shown.
///
/// # Errors
/// [`HiringError::NoCandidate`].
pub fn invited(
    c: &mut DbConnection,
    actor: &Actor,
    links: &LinkKeys,
    (candidate, invitation): (Id, Id),
) -> Result<Invited> {
    let candidate = find_candidate(c, actor, candidate)?;
    Ok(links.invited(candidate, invitation))
}

/// Replaces the links of a candidate by a new one. The sitting keeps its answers.
///
/// # Errors
/// [`HiringError::NoCandidate`].
pub fn renew_link(
    c: &mut DbConnection,
    actor: &Actor,
    links: &LinkKeys,
    candidate_id: Id,
    now: Instant,
) -> Result<Invited> {
    let candidate = find_candidate(c, actor, candidate_id)?;
    store::revoke_invitations(c, actor.organisation, candidate_id, now)?;
    let invitation_id = create_link(c, actor, links, candidate_id, now)?;
    Ok(links.invited(candidate, invitation_id))
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
