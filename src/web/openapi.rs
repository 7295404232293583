//! `/api/v1/openapi.json`: the description of the API.

use actix_web::{HttpResponse, web::Data};
use utoipa::openapi::OpenApi;

/// The description of the API, built once at start.
pub struct Description(pub OpenApi);

/// `GET /api/v1/openapi.json`
pub async fn document(description: Data<Description>) -> HttpResponse {
    HttpResponse::Ok().json(&description.0)
}
