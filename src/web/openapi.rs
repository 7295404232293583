//! `/api/v1/openapi.json`: the description of the API.

use actix_web::{HttpResponse, http::Method};
use serde_json::{Map, Value, json};

use super::{
    auth::Access,
    error::Code,
    routes::{ROUTES, Route},
};

/// `GET /api/v1/openapi.json`
pub async fn document() -> HttpResponse {
    HttpResponse::Ok().json(openapi())
}

fn parameters(path: &str) -> Vec<Value> {
    path.split('{')
        .skip(1)
        .filter_map(|part| part.split('}').next())
        .map(|name| {
            let schema = if name == "id" {
                json!({ "type": "string", "format": "uuid" })
            } else {
                json!({ "type": "string" })
            };
            json!({ "name": name, "in": "path", "required": true, "schema": schema })
        })
        .collect()
}

fn operation(route: &Route) -> Value {
    let problem = json!({ "$ref": "#/components/responses/Problem" });
    let mut responses = Map::new();
    responses.insert("2XX".to_owned(), json!({ "description": "Done" }));
    responses.insert("4XX".to_owned(), problem.clone());
    responses.insert("5XX".to_owned(), problem);
    let mut operation = json!({ "parameters": parameters(route.path), "responses": responses });
    if let (Access::Roles(roles), Some(map)) = (route.access, operation.as_object_mut()) {
        let roles: Vec<&str> = roles.iter().map(|r| r.as_str()).collect();
        map.insert(
            "description".to_owned(),
            format!("For: {}.", roles.join(", ")).into(),
        );
        map.insert("security".to_owned(), json!([{ "bearer": [] }]));
    }
    operation
}

/// The document as JSON.
pub fn openapi() -> Value {
    let mut paths: Map<String, Value> = Map::new();
    for route in ROUTES.iter().filter(|r| r.path.starts_with("/api/v1")) {
        let method = match route.method {
            Method::PUT => "put",
            Method::POST => "post",
            _ => "get",
        };
        let entry = paths.entry(route.path).or_insert_with(|| json!({}));
        if let Some(map) = entry.as_object_mut() {
            map.insert(method.to_owned(), operation(route));
        }
    }
    let codes: Vec<&str> = Code::ALL.iter().map(|c| c.as_str()).collect();
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Rapport", "version": env!("CARGO_PKG_VERSION"), "license": { "name": "MIT OR Apache-2.0" } },
        "paths": paths,
        "components": {
            "securitySchemes": { "bearer": { "type": "http", "scheme": "bearer", "bearerFormat": "JWT" } },
            "responses": { "Problem": {
                "description": "A problem (RFC 9457)",
                "content": { "application/problem+json": { "schema": {
                    "type": "object",
                    "required": ["status", "code", "detail", "request_id"],
                    "properties": {
                        "status": { "type": "integer" },
                        "code": { "type": "string", "enum": codes },
                        "detail": { "type": "string" },
                        "request_id": { "type": "string" }
                    }
                } } }
            } }
        }
    })
}
