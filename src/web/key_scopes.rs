//! Requests that belong to the scopes of API keys. A key may send no other: it opens no page,
//! manages no people and no keys, and decides nothing that a person has to decide.

use actix_web::http::Method;

use crate::accounts::api_keys::KeyScope::{
    self, ManageCandidates, ReadFeedback, ReadPlans, WriteFeedback,
};

/// Method, path of the route table, and scope.
pub const SCOPES: &[(Method, &str, KeyScope)] = &[
    (Method::GET, "/api/v1/feedback/imports", ReadFeedback),
    (Method::GET, "/api/v1/feedback/imports/{id}", ReadFeedback),
    (Method::GET, "/api/v1/feedback/sources", ReadFeedback),
    (Method::GET, "/api/v1/feedback/response-rates", ReadFeedback),
    (Method::GET, "/api/v1/quality/imports", ReadFeedback),
    (Method::GET, "/api/v1/quality/imports/{id}", ReadFeedback),
    (Method::GET, "/api/v1/taxonomy", ReadFeedback),
    (Method::GET, "/api/v1/taxonomy/themes", ReadFeedback),
    (Method::GET, "/api/v1/taxonomy/themes/{theme}", ReadFeedback),
    (Method::GET, "/api/v1/mentions", ReadFeedback),
    (Method::GET, "/api/v1/mentions/trend", ReadFeedback),
    (Method::POST, "/api/v1/feedback", WriteFeedback),
    (Method::POST, "/api/v1/feedback/imports", WriteFeedback),
    (Method::POST, "/api/v1/feedback/invitations", WriteFeedback),
    (Method::POST, "/api/v1/quality/imports", WriteFeedback),
    (Method::GET, "/api/v1/agents", ReadPlans),
    (Method::GET, "/api/v1/agents/{id}", ReadPlans),
    (Method::GET, "/api/v1/plans/{id}", ReadPlans),
    (Method::GET, "/api/v1/plans/{id}/plan.{format}", ReadPlans),
    (Method::GET, "/api/v1/questionnaires", ManageCandidates),
    (Method::GET, "/api/v1/vacancies", ManageCandidates),
    (Method::POST, "/api/v1/vacancies", ManageCandidates),
    (
        Method::GET,
        "/api/v1/vacancies/{id}/shortlist",
        ManageCandidates,
    ),
    (
        Method::POST,
        "/api/v1/vacancies/{id}/candidates",
        ManageCandidates,
    ),
    (
        Method::POST,
        "/api/v1/vacancies/{id}/candidates/import",
        ManageCandidates,
    ),
    (Method::GET, "/api/v1/candidates/{id}", ManageCandidates),
    (
        Method::POST,
        "/api/v1/candidates/{id}/invitation",
        ManageCandidates,
    ),
];

/// The scope that a key needs for a route; `None` if keys may not call it.
pub fn scope_of(method: &Method, path: &str) -> Option<KeyScope> {
    let mut scopes = SCOPES.iter();
    let found = scopes.find(|(of, route, _)| of == method && *route == path);
    found.map(|(_, _, scope)| *scope)
}
