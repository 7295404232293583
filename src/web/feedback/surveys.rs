//! `/api/v1/feedback/invitations` and `/api/v1/feedback/response-rates`: surveys sent and answered.

use actix_web::{
    HttpRequest,
    http::StatusCode,
    web::{Data, Json},
};

use super::super::{
    error::{WebError, WebResult},
    idempotency::{IdempotencyHeader, answered, idempotency_of},
    list::List,
    state::State,
};
use crate::{
    accounts::Actor,
    feedback::{
        self,
        response_rates::{self, Invited, ResponseRate},
    },
    types::Instant,
};

/// Stores how many surveys were sent, by day and channel.
#[utoipa::path(
    post,
    path = "/api/v1/feedback/invitations",
    tag = "Feedback",
    operation_id = "save_survey_counts",
    params(IdempotencyHeader),
    request_body = Vec<Invited>,
    responses((status = 204, description = "Stored"))
)]
pub async fn invitations_json(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    counts: Json<Vec<Invited>>,
) -> WebResult {
    let key = idempotency_of(&req, &*counts)?;
    answered(
        &state,
        &actor.clone(),
        StatusCode::NO_CONTENT,
        key,
        move |c| {
            Ok(response_rates::keep_for(
                c,
                &actor,
                &counts,
                Instant::now(),
            )?)
        },
    )
    .await
}

/// Lists response rates by channel over the last 90 days with feedback.
#[utoipa::path(
    get,
    path = "/api/v1/feedback/response-rates",
    tag = "Feedback",
    operation_id = "list_response_rates",
    responses((status = 200, description = "The rates", body = List<ResponseRate>))
)]
pub async fn response_rates_json(
    state: Data<State>,
    actor: Actor,
) -> Result<Json<List<ResponseRate>>, WebError> {
    let organisation = actor.organisation;
    let items = state
        .db
        .read(move |c| {
            let period = feedback::latest_period(c, organisation, 90, Instant::now())?;
            response_rates::response_rates(c, organisation, period)
        })
        .await?;
    Ok(Json(List::complete(items)))
}
