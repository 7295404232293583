//! `/healthz` and `/readyz`.

use actix_web::{HttpResponse, web::Data};

use super::state::State;

/// `GET /healthz`: answers while the process runs.
pub async fn healthz() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .body("ok")
}

/// `GET /readyz`: says within a second whether the database takes writes. Uses no connection of
/// requests, so that it can say so when all of them wait.
pub async fn readyz(state: Data<State>) -> HttpResponse {
    let (mut reply, text) = if state.db.takes_writes().await {
        (HttpResponse::Ok(), "ready")
    } else {
        (HttpResponse::ServiceUnavailable(), "not ready")
    };
    reply.content_type("text/plain; charset=utf-8").body(text)
}
