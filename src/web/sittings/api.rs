//! A sitting for programs and for the script of the questionnaire's pages.

use std::collections::BTreeMap;

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Json, Path},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::access::{consent, finish, open, progress, started, translated, withdraw};
use crate::{
    assessment::{self, Progress, Questionnaire, writer::NewAnswer},
    hiring::Stage,
    web::{
        error::{WebError, WebResult},
        state::State,
    },
};

/// State of a sitting, with the statements and the answers so far.
#[derive(Serialize, ToSchema)]
pub struct SittingReply {
    state: Stage,
    /// Slug of the questionnaire.
    #[schema(example = "service-attitude")]
    questionnaire: String,
    version: i32,
    /// Text of each value of the answer scale.
    #[schema(value_type = BTreeMap<String, String>, example = json!({ "1": "Strongly disagree", "2": "Disagree", "3": "Neither", "4": "Agree", "5": "Strongly agree" }))]
    labels: BTreeMap<i32, String>,
    /// Items in presentation order.
    items: Vec<ItemReply>,
    /// Number of statements answered.
    answered: usize,
    /// Lowest sequence number that is not used yet.
    next_sequence: i64,
}

/// A statement.
#[derive(Serialize, ToSchema)]
struct ItemReply {
    #[schema(example = "patience1")]
    id: String,
    text: String,
    /// Newest answer; null while there is none.
    answer: Option<i32>,
}

impl SittingReply {
    fn new(stage: Stage, q: &Questionnaire, progress: Option<&Progress>) -> Self {
        let answer = |id: &str| Some(progress?.answers.get(id)?.value);
        let items = q.items.iter().map(|item| ItemReply {
            id: item.id.clone(),
            text: item.text.clone(),
            answer: answer(&item.id),
        });
        Self {
            state: stage,
            questionnaire: q.slug.clone(),
            version: q.version,
            labels: (q.scale.min..=q.scale.max)
                .zip(q.labels.iter().cloned())
                .collect(),
            items: items.collect(),
            answered: progress.map_or(0, |p| p.answers.len()),
            next_sequence: progress.map_or(1, |p| p.next_sequence),
        }
    }
}

async fn status(state: &State, req: &HttpRequest, token: &str) -> Result<SittingReply, WebError> {
    let (guest, q) = open(state, req, token).await?;
    let stage = match &guest.sitting {
        None => Stage::Invited,
        Some(s) if s.withdrawn_at.is_some() => Stage::Withdrawn,
        Some(s) if s.finished_at.is_some() => Stage::Finished,
        Some(_) => Stage::Started,
    };
    let progress = match guest.sitting.filter(|s| s.withdrawn_at.is_none()) {
        None => None,
        Some(sitting) => Some(progress(state, sitting).await?),
    };
    let q = translated(req, &q);
    Ok(SittingReply::new(stage, &q, progress.as_ref()))
}

/// Returns a sitting with its statements and answers. The token is that of the candidate's link.
///
/// Statements are in the language that `Accept-Language` asks for, where it is available.
#[utoipa::path(
    get,
    path = "/api/v1/sittings/{token}",
    tag = "Sittings",
    operation_id = "get_sitting",
    params(("token" = String, Path, description = "Token of the candidate's link")),
    responses((status = 200, body = SittingReply))
)]
pub async fn status_json(
    state: Data<State>,
    req: HttpRequest,
    token: Path<String>,
) -> Result<Json<SittingReply>, WebError> {
    Ok(Json(status(&state, &req, &token).await?))
}

/// The candidate's consent.
#[derive(Deserialize, ToSchema)]
pub struct ConsentRequest {
    /// Must be true.
    #[schema(example = true)]
    agree: bool,
}

/// Starts the sitting after consent.
#[utoipa::path(
    post,
    path = "/api/v1/sittings/{token}/consent",
    tag = "Sittings",
    operation_id = "consent",
    params(("token" = String, Path, description = "Token of the candidate's link")),
    responses((status = 200, body = SittingReply))
)]
pub async fn consent_json(
    state: Data<State>,
    req: HttpRequest,
    token: Path<String>,
    form: Json<ConsentRequest>,
) -> Result<Json<SittingReply>, WebError> {
    consent(&state, &req, &token, form.agree).await?;
    Ok(Json(status(&state, &req, &token).await?))
}

/// An answer to a statement.
#[derive(Deserialize, ToSchema)]
pub struct AnswerRequest {
    /// Value on the questionnaire's scale.
    #[schema(example = 4)]
    value: i32,
    /// Increases with every answer. The same number with the same value is a repeat and harmless.
    #[schema(example = 1, minimum = 1, maximum = 1_000_000_000)]
    sequence: i64,
}

/// Saves an answer. The reply is sent after the answer is on disk.
///
/// `answer_conflict` means that the sequence number is used or lower than that of the newest answer
/// to the statement; send the answer again with `next_sequence`.
#[utoipa::path(
    put,
    path = "/api/v1/sittings/{token}/answers/{item}",
    tag = "Sittings",
    operation_id = "save_answer",
    params(
        ("token" = String, Path, description = "Token of the candidate's link"),
        ("item" = String, Path, description = "Id of the statement", example = "patience1")
    ),
    responses((status = 204, description = "Saved"))
)]
pub async fn answer_json(
    state: Data<State>,
    req: HttpRequest,
    path: Path<(String, String)>,
    form: Json<AnswerRequest>,
) -> WebResult {
    let (token, item) = path.into_inner();
    let (guest, q) = open(&state, &req, &token).await?;
    let sitting = started(&guest)?;
    assessment::check_answer(&q, &item, form.value, form.sequence)?;
    let answer = NewAnswer {
        item,
        value: form.value,
        sequence: form.sequence,
    };
    state.writer.save(sitting, vec![answer]).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Finishes the sitting: it is scored, and its answers can no longer be changed.
#[utoipa::path(
    post,
    path = "/api/v1/sittings/{token}/finish",
    tag = "Sittings",
    operation_id = "finish_sitting",
    params(("token" = String, Path, description = "Token of the candidate's link")),
    responses((status = 200, body = SittingReply))
)]
pub async fn finish_json(
    state: Data<State>,
    req: HttpRequest,
    token: Path<String>,
) -> Result<Json<SittingReply>, WebError> {
    finish(&state, &req, &token).await?;
    Ok(Json(status(&state, &req, &token).await?))
}

/// Withdraws the sitting: its answers and scores are no longer used.
#[utoipa::path(
    post,
    path = "/api/v1/sittings/{token}/withdraw",
    tag = "Sittings",
    operation_id = "withdraw_sitting",
    params(("token" = String, Path, description = "Token of the candidate's link")),
    responses((status = 204, description = "Withdrawn"))
)]
pub async fn withdraw_json(state: Data<State>, req: HttpRequest, token: Path<String>) -> WebResult {
    withdraw(&state, &req, &token).await?;
    Ok(HttpResponse::NoContent().finish())
}
