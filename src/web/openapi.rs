//! `/api/v1/openapi.json`: the description of the API.

use actix_web::{HttpResponse, web::Data};
use serde_json::Value;

/// The OpenAPI document, built once at start.
pub struct Document(pub Value);

/// Returns this description.
#[utoipa::path(
    get,
    path = "/api/v1/openapi.json",
    tag = "Description",
    operation_id = "get_api_description",
    responses((status = 200, description = "An OpenAPI document", body = Value))
)]
pub async fn document(document: Data<Document>) -> HttpResponse {
    HttpResponse::Ok().json(&document.0)
}
