//! `/api/v1/deliveries`: signed deliveries of feedback.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Bytes, Data, Path},
};

use super::{
    error::{WebError, WebResult},
    state::State,
};
use crate::{
    feedback::sources::{self, Delivery},
    types::{Id, Instant},
};

/// `POST /api/v1/deliveries/{organisation}/{source}`: signed, from a program without an account.
pub async fn deliver(
    state: Data<State>,
    req: HttpRequest,
    path: Path<(Id, Id)>,
    body: Bytes,
) -> WebResult {
    let (organisation, source) = path.into_inner();
    let header = |name: &str| {
        let value = req.headers().get(name).and_then(|v| v.to_str().ok());
        value.unwrap_or_default().to_owned()
    };
    let [id, timestamp, signatures] =
        ["webhook-id", "webhook-timestamp", "webhook-signature"].map(header);
    let (database, keys) = (state.db.clone(), state.deliveries.clone());
    let take = move || {
        let delivery = Delivery {
            id: &id,
            timestamp: &timestamp,
            signatures: &signatures,
            body: &body,
        };
        let now = Instant::now();
        sources::receive(&database, &keys, organisation, source, &delivery, now)
    };
    let taken = actix_web::web::block(take)
        .await
        .map_err(|e| WebError::internal(&e))??;
    Ok(HttpResponse::Ok().json(taken))
}
