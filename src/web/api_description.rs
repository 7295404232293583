//! The OpenAPI description: operations from the handlers' `#[utoipa::path]`, and what all of them
//! share (security, problems) from the route table.

use actix_web::http::Method;
use utoipa::{
    OpenApi,
    openapi::{
        self, Content, RefOr, Response,
        path::Operation,
        schema::Ref,
        security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme},
    },
};

use super::{
    account, agents, audit,
    auth::Access,
    candidates, deliveries, effect,
    error::Code,
    exports, feedback, me, pauses, people, plans, practice,
    problem::Problem,
    questionnaires,
    routes::{ROUTES, Route},
    sittings::api as sittings,
    teams, tokens, vacancies,
};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Rapport",
        description = "Hiring for service attitude, customer feedback and coaching."
    ),
    paths(
        account::account_json,
        account::password_json,
        agents::add_reference_json,
        agents::agent_json,
        agents::agents_json,
        agents::create_plan_json,
        audit::audit_json,
        candidates::candidate_json,
        candidates::decide_json,
        candidates::hire_json,
        candidates::renew_link_json,
        deliveries::deliver,
        effect::effect_json,
        exports::export_file,
        exports::export_json,
        feedback::imports::import_json,
        feedback::imports::imports_json,
        feedback::imports::undo_json,
        feedback::records::records_json,
        feedback::sources::save_json,
        feedback::sources::sources_json,
        feedback::surveys::invitations_json,
        feedback::surveys::response_rates_json,
        feedback::upload::upload_json,
        me::acknowledge_json,
        me::dispute_json,
        me::export,
        me::me_json,
        me::rating_json,
        pauses::begin_json,
        pauses::end_json,
        pauses::pauses_json,
        people::create_person_json,
        people::department_json,
        people::people_json,
        plans::brief_file,
        plans::download,
        plans::plan_json,
        plans::step_json,
        practice::practice_json,
        practice::practice_put,
        questionnaires::questionnaires_json,
        sittings::answer_json,
        sittings::consent_json,
        sittings::finish_json,
        sittings::status_json,
        sittings::withdraw_json,
        teams::request_export_json,
        teams::team_plans,
        teams::workshop_file,
        tokens::refresh,
        tokens::revoke,
        tokens::tokens,
        vacancies::add_candidate_json,
        vacancies::create_vacancy_json,
        vacancies::import_candidates_json,
        vacancies::shortlist_json,
        vacancies::vacancies_json,
    ),
    components(schemas(Problem))
)]
struct Operations;

/// The description of the whole API.
pub fn describe() -> openapi::OpenApi {
    let mut api = Operations::openapi();
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("JWT")
        .description(Some("From `POST /api/v1/tokens`; valid for ten minutes."))
        .build();
    let components = api.components.get_or_insert_default();
    components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
    for route in ROUTES.iter().filter(|r| r.path.starts_with("/api/v1/")) {
        let item = api.paths.paths.entry(route.path.to_owned()).or_default();
        let operation = match route.method {
            Method::PUT => &mut item.put,
            Method::POST => &mut item.post,
            _ => &mut item.get,
        };
        complete(operation.get_or_insert_default(), route);
    }
    api
}

/// Adds who may call an operation, and the problems it can answer with.
fn complete(operation: &mut Operation, route: &Route) {
    let mut problems = vec![Code::BadRequest, Code::Internal, Code::Busy];
    if let Access::Roles(roles) = route.access {
        let roles: Vec<&str> = roles.iter().map(|r| r.as_str()).collect();
        let who = format!("For the roles {}.", roles.join(", "));
        let description = operation.description.take();
        operation.description = Some(match description {
            Some(description) => format!("{description}\n\n{who}"),
            None => who,
        });
        let none: [&str; 0] = [];
        operation.security = Some(vec![SecurityRequirement::new("bearer", none)]);
        problems.extend([Code::NotSignedIn, Code::Forbidden]);
    }
    if route.path.contains('{') {
        problems.push(Code::NotFound);
    }
    if route.method != Method::GET {
        problems.extend([
            Code::Conflict,
            Code::TooLarge,
            Code::WrongMediaType,
            Code::Invalid,
        ]);
    }
    for problem in problems {
        let status = problem.status().as_str().to_owned();
        let reason = problem.status().canonical_reason().unwrap_or_default();
        let responses = &mut operation.responses.responses;
        responses.entry(status).or_insert_with(|| {
            let schema = Ref::from_schema_name("Problem");
            let content = Content::new(Some(RefOr::Ref(schema)));
            let response = Response::builder()
                .description(reason)
                .content("application/problem+json", content)
                .build();
            RefOr::T(response)
        });
    }
}
