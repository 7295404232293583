//! The OpenAPI description: operations from the handlers' `#[utoipa::path]`, and what all of them
//! share (security, problems) from the route table.

use std::collections::BTreeMap;

use actix_web::http::{Method, StatusCode};
use utoipa::{
    OpenApi,
    openapi::{
        self, Content, Ref, RefOr, Response, Schema,
        path::Operation,
        schema::{AnyOfBuilder, SchemaType, Type},
        security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme},
    },
};

use super::{
    account, account_states, agents, annotations, api_keys, audit,
    auth::Access,
    candidate_imports, candidates, comments, deliveries, departments, effect,
    error::Code,
    exports, feedback, issues, jobs, key_scopes, me, mentions, one_time_links,
    openapi as description, outbox, overview, pauses, people, person, plans, practice, praise,
    problem::Problem,
    quality, questionnaires, redactions, reference,
    routes::{ROUTES, Route},
    sessions,
    sittings::api as sittings,
    taxonomy, teams, terms, tokens, two_step, vacancies, validity, working_days,
};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Rapport",
        description = "Hiring for service attitude, customer feedback and coaching."
    ),
    tags(
        (name = "Account", description = "Sign-in, people, background jobs and the audit log"),
        (name = "Sittings", description = "A candidate's answers to a questionnaire"),
        (name = "Hiring", description = "Vacancies, candidates, shortlists and decisions"),
        (name = "Feedback", description = "Customer feedback, themes, annotations and departments"),
        (name = "Insight", description = "Figures of the organisation"),
        (name = "Coaching", description = "Agents, plans, 1:1s, pauses and documents"),
        (name = "Agent", description = "An agent's own feedback and plans"),
        (name = "Description", description = "This description")
    ),
    paths(
        account::account_json,
        account::password_json,
        account_states::close_json,
        account_states::open_work_json,
        account_states::resume_json,
        account_states::suspend_json,
        agents::add_reference_json,
        agents::agent_json,
        agents::agents_json,
        agents::comments::comments_json,
        agents::create_plan_json,
        agents::observations::delete_json,
        agents::observations::observations_json,
        agents::observations::record_json,
        agents::one_to_one_actions::add_action_json,
        agents::one_to_ones::agenda_json,
        agents::one_to_ones::change_json,
        agents::one_to_ones::create_json,
        agents::one_to_one_actions::delete_action_json,
        agents::one_to_ones::delete_json,
        agents::one_to_ones::one_to_one_json,
        agents::one_to_ones::one_to_ones_json,
        agents::one_to_one_actions::set_done_json,
        annotations::annotation_json,
        annotations::next_json,
        api_keys::create_json,
        api_keys::keys_json,
        api_keys::revoke_json,
        audit::audit_json,
        candidates::candidate_json,
        candidates::decide_json,
        candidates::hire_json,
        candidates::renew_link_json,
        comments::moderation_json,
        deliveries::deliver,
        departments::departments_json,
        departments::status_json,
        issues::issues_json,
        issues::create_json,
        issues::issue_json,
        issues::change_json,
        jobs::drop_json,
        jobs::jobs_json,
        jobs::retry_json,
        mentions::mentions_json,
        mentions::trend_json,
        effect::effect_json,
        exports::export_file,
        exports::export_json,
        feedback::imports::import_json,
        feedback::imports::imports_json,
        feedback::imports::retry_json,
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
        me::examples::agree_json,
        me::examples::examples_json,
        me::examples::withdraw_json,
        me::one_to_ones::agenda_json,
        me::one_to_ones::my_one_to_one_json,
        me::one_to_ones::my_one_to_ones_json,
        me::one_to_ones::set_done_json,
        me::tally::delete_json,
        me::tally::record_json,
        me::tally::share_json,
        me::tally::tally_json,
        me::rating_json,
        one_time_links::link_json,
        one_time_links::mail_json,
        outbox::mails_json,
        outbox::passed_on_json,
        outbox::send_json,
        description::document,
        overview::overview_json,
        pauses::begin_json,
        pauses::end_json,
        pauses::pauses_json,
        people::create_person_json,
        people::department_json,
        people::people_json,
        person::person_json,
        person::roles_json,
        quality::checks::checks_json,
        quality::checks::my_checks_json,
        quality::imports::import_json,
        quality::imports::imports_json,
        quality::imports::undo_json,
        quality::upload::upload_json,
        plans::brief_file,
        plans::download,
        plans::plan_json,
        plans::step_json,
        practice::draft::discard_json,
        practice::draft::draft_json,
        practice::draft::edit_json,
        practice::draft::undo_json,
        practice::draft::use_json,
        practice::source::practice_json,
        practice::source::practice_put,
        practice::themes::themes_json,
        praise::praise_file,
        questionnaires::questionnaires_json,
        redactions::redactions_json,
        redactions::restore_json,
        reference::reference_page,
        sessions::end_all_json,
        sessions::end_json,
        sessions::end_others_json,
        sessions::end_own_json,
        sessions::own_sessions_json,
        sessions::sessions_json,
        sittings::answer_json,
        sittings::consent_json,
        sittings::finish_json,
        sittings::status_json,
        sittings::withdraw_json,
        taxonomy::draft::discard_json,
        taxonomy::draft::draft_json,
        taxonomy::draft::edit_json,
        taxonomy::draft::preview_json,
        taxonomy::draft::undo_json,
        taxonomy::draft::use_json,
        taxonomy::source::taxonomy_json,
        taxonomy::source::taxonomy_put,
        taxonomy::theme::theme_json,
        taxonomy::themes::themes_json,
        teams::coached_json,
        teams::request_export_json,
        teams::team_plans,
        teams::teams_json,
        teams::workshop_file,
        terms::terms_json,
        tokens::refresh,
        tokens::revoke,
        tokens::tokens,
        two_step::account::begin_json,
        two_step::account::codes_json,
        two_step::account::confirm_json,
        two_step::account::off_json,
        two_step::account::two_step_json,
        two_step::rule::remove_json,
        two_step::rule::rule_json,
        two_step::rule::set_rule_json,
        vacancies::add_candidate_json,
        vacancies::create_vacancy_json,
        candidate_imports::import_candidates_json,
        vacancies::shortlist_json,
        vacancies::vacancies_json,
        validity::validity_json,
        working_days::set_working_days_json,
        working_days::working_days_json,
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
    let key = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("rk_…")
        .description(Some(
            "An API key from `POST /api/v1/api-keys`, for a program. An operation names the scope that the key needs.",
        ))
        .build();
    let components = api.components.get_or_insert_default();
    components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
    components.add_security_scheme("api_key", SecurityScheme::Http(key));
    components.schemas.values_mut().for_each(allow_overlap);
    for route in ROUTES {
        if let Some(operation) = find(&mut api, route) {
            complete(operation, route);
        }
    }
    api
}

/// Lets a value fit several alternatives where one of them is any text. The derived schema of an
/// untagged enum demands exactly one.
fn allow_overlap(schema: &mut RefOr<Schema>) {
    let RefOr::T(Schema::OneOf(found)) = schema else {
        return;
    };
    let any_text = |item: &RefOr<Schema>| match item {
        RefOr::T(Schema::Object(o)) => {
            o.schema_type == SchemaType::Type(Type::String) && o.enum_values.is_none()
        }
        _ => false,
    };
    if found.items.iter().any(any_text) {
        let mut any = AnyOfBuilder::new().description(found.description.take());
        for item in found.items.drain(..) {
            any = any.item(item);
        }
        *schema = any.into();
    }
}

/// The operation of a route. Pages have none.
fn find<'a>(api: &'a mut openapi::OpenApi, route: &Route) -> Option<&'a mut Operation> {
    let item = api.paths.paths.get_mut(route.path)?;
    let operation = match route.method {
        Method::PUT => &mut item.put,
        Method::POST => &mut item.post,
        _ => &mut item.get,
    };
    operation.as_mut()
}

/// Adds who may call an operation and the problems it can answer with.
fn complete(operation: &mut Operation, route: &Route) {
    if let Access::Roles(roles) = route.access {
        let roles: Vec<&str> = roles.iter().map(|r| r.as_str()).collect();
        let mut who = format!("Roles: {}.", roles.join(", "));
        let none: [&str; 0] = [];
        let mut security = vec![SecurityRequirement::new("bearer", none)];
        if let Some(scope) = key_scopes::scope_of(&route.method, route.path) {
            who.push_str(&format!(" Scope of API keys: {}.", scope.as_str()));
            security.push(SecurityRequirement::new("api_key", [scope.as_str()]));
        }
        let description = operation.description.take();
        operation.description = Some(match description {
            Some(description) => format!("{description}\n\n{who}"),
            None => who,
        });
        operation.security = Some(security);
    }
    let responses = &mut operation.responses.responses;
    for (status, codes) in problems(route) {
        let text = format!("`{}`", codes.join("`, `"));
        let described = || RefOr::T(Response::builder().description(text).build());
        responses.entry(status).or_insert_with(described);
    }
    for (status, response) in responses {
        let RefOr::T(response) = response else {
            continue;
        };
        if response.description.is_empty() {
            let status = StatusCode::from_bytes(status.as_bytes()).ok();
            let reason = status.and_then(|s| s.canonical_reason());
            reason
                .unwrap_or("Reply")
                .clone_into(&mut response.description);
        }
        if response.content.is_empty() && status.starts_with(['4', '5']) {
            let content = Content::new(Some(Ref::from_schema_name("Problem")));
            let media_type = "application/problem+json".to_owned();
            response.content.insert(media_type, RefOr::T(content));
        }
    }
}

/// Codes by status of the problems that any operation with the access, path and method of a route
/// can answer with.
fn problems(route: &Route) -> BTreeMap<String, Vec<&'static str>> {
    let mut codes = vec![Code::BadRequest, Code::Internal, Code::Busy];
    if route.access != Access::Public {
        codes.extend([Code::NotSignedIn, Code::ApiKeyInvalid, Code::Forbidden]);
    }
    if route.path.contains("{token}") {
        codes.extend([Code::LinkInvalid, Code::LinkExpired]);
    } else if route.path.contains('{') {
        codes.push(Code::NotFound);
    }
    if route.method != Method::GET {
        codes.extend([
            Code::RequestTimeout,
            Code::CrossSite,
            Code::Conflict,
            Code::TooLarge,
            Code::WrongMediaType,
            Code::Invalid,
        ]);
    }
    // Links, deliveries and API keys are limited where they are looked up.
    let is_looked_up = route.path.contains("{token}")
        || route.path.contains("/deliveries/")
        || route.access != Access::Public;
    if route.limit.is_some() || is_looked_up {
        codes.push(Code::TooManyRequests);
    }
    let mut by_status: BTreeMap<String, Vec<&'static str>> = BTreeMap::new();
    for code in codes {
        let status = code.status().as_str().to_owned();
        by_status.entry(status).or_default().push(code.as_str());
    }
    by_status
}
