//! `/healthz` and `/readyz`.

use actix_web::{HttpResponse, web::Data};

use super::{error::WebResult, state::State};
use crate::queue;

/// `GET /healthz`: answers while the process runs.
pub async fn healthz() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .body("ok")
}

/// `GET /readyz`: answers while the database answers too.
pub async fn readyz(state: Data<State>) -> WebResult {
    state.db.read(queue::open_jobs).await?;
    Ok(HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .body("ready"))
}
