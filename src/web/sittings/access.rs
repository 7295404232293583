//! What pages and the API share: the sitting behind a link, its language, and its steps.

use std::sync::Arc;

use actix_web::HttpRequest;

use crate::{
    assessment::{self, AssessmentError, Questionnaire, Sitting},
    hiring::{self, Guest, HiringError},
    types::Instant,
    web::{error::WebError, frame::Frame, language::languages, limits::Limit, state::State},
};

/// The questionnaire in the reader's language.
pub fn translated(req: &HttpRequest, q: &Questionnaire) -> Arc<Questionnaire> {
    Arc::new(q.in_language(&languages(req)))
}

/// The frame of a candidate's page.
pub async fn frame(state: &State, req: &HttpRequest, guest: &Guest) -> Result<Frame, WebError> {
    let synthetic = state.is_synthetic(guest.organisation).await?;
    Ok(Frame::of(req).synthetic(synthetic))
}

/// The candidate behind a link, and their questionnaire. Requests of one link are limited, and so
/// are one source's guesses at links.
pub async fn open(
    state: &State,
    req: &HttpRequest,
    token: &str,
) -> Result<(Guest, Arc<Questionnaire>), WebError> {
    let key = token.to_owned();
    let found = state
        .db
        .read(move |c| hiring::open_link(c, &key, Instant::now()))
        .await;
    // Only wrong links are refused: candidates behind the same address must get through.
    if matches!(found, Err(HiringError::NoInvitation)) {
        state.limits.take(Limit::UnknownLink, state.source(req))?;
    }
    let guest = found?;
    state.limits.take(Limit::Link, token)?;
    let questionnaire = state
        .questionnaire(guest.organisation, guest.questionnaire_id)
        .await?;
    Ok((guest, questionnaire))
}

/// The sitting, if the candidate has agreed and not withdrawn.
pub fn started(guest: &Guest) -> Result<Sitting, AssessmentError> {
    let sitting = guest.sitting.clone().ok_or(AssessmentError::NoConsent)?;
    if sitting.withdrawn_at.is_some() {
        Err(AssessmentError::Finished)
    } else {
        Ok(sitting)
    }
}

/// Current answers of a sitting.
pub async fn progress(state: &State, sitting: Sitting) -> Result<assessment::Progress, WebError> {
    Ok(state
        .db
        .read(move |c| assessment::progress(c, &sitting))
        .await?)
}

/// Starts the sitting.
pub async fn consent(
    state: &State,
    req: &HttpRequest,
    token: &str,
    agreed: bool,
) -> Result<(), WebError> {
    if !agreed {
        return Err(AssessmentError::NoConsent.into());
    }
    let (guest, _) = open(state, req, token).await?;
    let (organisation, candidate) = (guest.organisation, guest.candidate.id);
    let questionnaire = guest.questionnaire_id;
    state
        .db
        .write(move |c| {
            assessment::start(c, organisation, candidate, questionnaire, Instant::now())
        })
        .await?;
    Ok(())
}

/// Closes and scores the sitting.
pub async fn finish(state: &State, req: &HttpRequest, token: &str) -> Result<(), WebError> {
    let (guest, _) = open(state, req, token).await?;
    let sitting = started(&guest)?;
    state
        .db
        .write(move |c| assessment::finish(c, &sitting, Instant::now()))
        .await?;
    state.wake.notify_waiters();
    Ok(())
}

/// Withdraws the sitting.
pub async fn withdraw(state: &State, req: &HttpRequest, token: &str) -> Result<(), WebError> {
    let (guest, _) = open(state, req, token).await?;
    let sitting = started(&guest)?;
    Ok(state
        .db
        .write(move |c| assessment::withdraw(c, &sitting, Instant::now()))
        .await?)
}
