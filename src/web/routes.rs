//! **The list of all routes**, who may call each, and what stands around them all.
//!
//! A route exists only as a row here, and every row is wrapped in the guard of its access: there is no way to serve
//! something without saying who may see it. A test calls every row as every role, as a stranger, and for another
//! organisation's things.

use actix_web::{
    Route as ActixRoute,
    http::Method,
    middleware::from_fn,
    web::{self, ServiceConfig},
};

use super::{
    accounts as a, assessment as s,
    auth::{Access, guard},
    coaching as c,
    error::of_actix,
    feedback as f, freezes as z, hiring as h, operations as o, overview as e, plans as p, render,
    sources as r, tagging as t, teams as m, validity as v, voices as w,
};
use crate::accounts::Role;

const ADMIN: Access = Access::Roles(&[Role::Admin]);
const HIRING: Access = Access::Roles(&[Role::Admin, Role::Recruiter]);
const COACHING: Access = Access::Roles(&[Role::Admin, Role::Coach]);
const PLANS: Access = Access::Roles(&[Role::Admin, Role::Coach, Role::Agent]);
const FOLLOW_UP: Access = Access::Roles(&[Role::Admin, Role::Analyst, Role::Coach]);
const DEPARTMENTS: Access =
    Access::Roles(&[Role::Admin, Role::Analyst, Role::Coach, Role::Department]);
const ANALYSIS: Access = Access::Roles(&[Role::Admin, Role::Analyst]);
const AGENT: Access = Access::Roles(&[Role::Agent]);
const SIGNED_IN: Access = Access::Roles(&Role::ALL);

/// One row of the table.
pub struct Route {
    pub method: Method,
    pub path: &'static str,
    pub access: Access,
    handler: fn(ActixRoute) -> ActixRoute,
}

macro_rules! routes {
    ($($method:ident $path:literal $access:expr => $handler:path,)*) => {
        /// Every route there is.
        pub const ROUTES: &[Route] = &[$(
            Route { method: Method::$method, path: $path, access: $access, handler: |route| route.to($handler) },
        )*];
    };
}

routes! {
    GET "/" Access::Public => a::home,
    GET "/healthz" Access::Public => o::healthz,
    GET "/readyz" Access::Public => o::readyz,
    GET "/static/{name}" Access::Public => render::static_file,
    GET "/sign-in" Access::Public => a::sign_in_page,
    POST "/sign-in" Access::Public => a::sign_in_form,
    POST "/sign-out" Access::Public => a::sign_out,
    GET "/account" SIGNED_IN => a::account_page,
    POST "/account/password" SIGNED_IN => a::password_form,

    GET "/c/{token}" Access::Public => s::welcome,
    POST "/c/{token}/consent" Access::Public => s::consent_form,
    GET "/c/{token}/page/{page}" Access::Public => s::sitting_page,
    POST "/c/{token}/page/{page}" Access::Public => s::sitting_form,
    GET "/c/{token}/finish" Access::Public => s::review,
    POST "/c/{token}/finish" Access::Public => s::finish_form,
    GET "/c/{token}/result" Access::Public => s::result,
    POST "/c/{token}/withdraw" Access::Public => s::withdraw_form,

    GET "/vacancies" HIRING => h::vacancies_page,
    POST "/vacancies" HIRING => h::create_vacancy_form,
    GET "/vacancies/{id}" HIRING => h::vacancy_page,
    GET "/vacancies/{id}/shortlist.csv" HIRING => h::shortlist_csv,
    POST "/vacancies/{id}/candidates" HIRING => h::add_candidate_form,
    POST "/vacancies/{id}/candidates/import" HIRING => h::import_candidates_form,
    GET "/candidates/{id}" HIRING => h::candidate_page,
    POST "/candidates/{id}/decision" HIRING => h::decide_form,
    POST "/candidates/{id}/invitation" HIRING => h::renew_link_form,
    POST "/candidates/{id}/hire" HIRING => h::hire_form,

    GET "/feedback" ANALYSIS => f::imports_page,
    POST "/feedback/imports" ANALYSIS => f::upload_form,
    GET "/feedback/imports/{id}" ANALYSIS => f::import_page,
    GET "/feedback/imports/{id}/rejections.csv" ANALYSIS => f::rejections_csv,
    POST "/feedback/imports/{id}/undo" ANALYSIS => f::undo_form,
    GET "/feedback/sources" ANALYSIS => r::sources_page,
    POST "/feedback/sources" ANALYSIS => r::save_form,
    GET "/feedback/sources/{id}" ANALYSIS => r::source_page,
    POST "/feedback/sources/{id}/secret" ANALYSIS => r::renew_form,
    GET "/taxonomy" FOLLOW_UP => t::taxonomy_page,
    POST "/taxonomy" ANALYSIS => t::taxonomy_form,
    GET "/taxonomy.toml" FOLLOW_UP => t::taxonomy_file,
    POST "/taxonomy/terms" ANALYSIS => t::term_form,
    GET "/reading" FOLLOW_UP => t::reading_page,
    POST "/reading" FOLLOW_UP => t::reading_form,
    GET "/terms" ANALYSIS => f::terms_page,
    GET "/validity" ANALYSIS => v::validity_page,

    GET "/agents" COACHING => c::agents_page,
    GET "/agents/{id}" COACHING => c::agent_page,
    POST "/agents/{id}/references" COACHING => c::add_reference_form,
    POST "/agents/{id}/plans" COACHING => c::create_plan_form,
    GET "/teams/{id}/plans.zip" COACHING => p::team_plans,
    POST "/teams/{id}/packs" COACHING => m::pack_form,
    GET "/packs/{id}" COACHING => m::pack_page,
    GET "/packs/{id}/plans.zip" COACHING => m::pack_file,
    GET "/teams/{id}/workshop.{format}" COACHING => m::workshop_file,
    GET "/practice" FOLLOW_UP => m::practice_page,
    POST "/practice" COACHING => m::practice_form,
    GET "/freezes" COACHING => z::freezes_page,
    POST "/freezes" COACHING => z::begin_form,
    POST "/freezes/{id}/lift" COACHING => z::lift_form,
    GET "/overview" FOLLOW_UP => e::overview_page,
    POST "/overview/seen" FOLLOW_UP => e::seen_form,
    GET "/departments" DEPARTMENTS => w::departments_page,
    POST "/departments/{theme}" DEPARTMENTS => w::word_form,
    GET "/praise/{week}" COACHING => w::praise_page,
    GET "/praise/{week}/digest.{format}" COACHING => w::praise_file,
    POST "/comments/{id}/moderation" COACHING => w::moderation_form,
    GET "/plans/{id}/brief.{format}" COACHING => m::brief_file,
    GET "/me/praise/{week}/digest.{format}" AGENT => w::my_praise_file,
    GET "/me/export.json" AGENT => c::export,
    POST "/me/plans/{id}/rating" AGENT => p::rating_form,
    GET "/plans/{id}" PLANS => p::plan_page,
    GET "/plans/{id}/plan.{format}" PLANS => c::download,
    GET "/me" AGENT => c::me_page,
    POST "/me/plans/{id}/acknowledge" AGENT => c::acknowledge_form,
    GET "/plans/{id}/check-ins.ics" PLANS => p::calendar,
    POST "/plans/{id}/steps" COACHING => p::step_form,
    POST "/me/plans/{id}/disputes" AGENT => p::dispute_form,
    GET "/effect" FOLLOW_UP => p::effect_page,

    GET "/people" ADMIN => a::people_page,
    POST "/people" ADMIN => a::create_person_form,
    POST "/people/{id}/department" ADMIN => a::department_form,
    GET "/audit" ADMIN => o::audit_page,

    POST "/api/v1/tokens" Access::Public => a::tokens,
    POST "/api/v1/tokens/refresh" Access::Public => a::refresh,
    POST "/api/v1/tokens/revoke" Access::Public => a::revoke,
    GET "/api/v1/account" SIGNED_IN => a::account_json,
    POST "/api/v1/account/password" SIGNED_IN => a::password_json,
    GET "/api/v1/people" ADMIN => a::people_json,
    POST "/api/v1/people" ADMIN => a::create_person_json,
    POST "/api/v1/people/{id}/department" ADMIN => a::department_json,
    GET "/api/v1/audit" ADMIN => o::audit_json,

    GET "/api/v1/sittings/{token}" Access::Public => s::status_json,
    POST "/api/v1/sittings/{token}/consent" Access::Public => s::consent_json,
    PUT "/api/v1/sittings/{token}/answers/{item}" Access::Public => s::answer_json,
    POST "/api/v1/sittings/{token}/finish" Access::Public => s::finish_json,
    POST "/api/v1/sittings/{token}/withdraw" Access::Public => s::withdraw_json,

    GET "/api/v1/questionnaires" HIRING => h::questionnaires_json,
    GET "/api/v1/vacancies" HIRING => h::vacancies_json,
    POST "/api/v1/vacancies" HIRING => h::create_vacancy_json,
    GET "/api/v1/vacancies/{id}/shortlist" HIRING => h::shortlist_json,
    POST "/api/v1/vacancies/{id}/candidates" HIRING => h::add_candidate_json,
    POST "/api/v1/vacancies/{id}/candidates/import" HIRING => h::import_candidates_json,
    GET "/api/v1/candidates/{id}" HIRING => h::candidate_json,
    POST "/api/v1/candidates/{id}/decision" HIRING => h::decide_json,
    POST "/api/v1/candidates/{id}/invitation" HIRING => h::renew_link_json,
    POST "/api/v1/candidates/{id}/hire" HIRING => h::hire_json,

    GET "/api/v1/feedback/imports" ANALYSIS => f::imports_json,
    POST "/api/v1/feedback/imports" ANALYSIS => f::upload_json,
    GET "/api/v1/feedback/imports/{id}" ANALYSIS => f::import_json,
    POST "/api/v1/feedback/imports/{id}/undo" ANALYSIS => f::undo_json,
    POST "/api/v1/feedback" ANALYSIS => f::records_json,
    GET "/api/v1/feedback/sources" ANALYSIS => r::sources_json,
    POST "/api/v1/feedback/sources" ANALYSIS => r::save_json,
    POST "/api/v1/deliveries/{organisation}/{source}" Access::Public => r::deliver,
    POST "/api/v1/feedback/invitations" ANALYSIS => r::invitations_json,
    GET "/api/v1/feedback/response-rates" ANALYSIS => r::response_rates_json,
    GET "/api/v1/taxonomy" FOLLOW_UP => t::taxonomy_json,
    PUT "/api/v1/taxonomy" ANALYSIS => t::taxonomy_put,
    GET "/api/v1/readings/next" FOLLOW_UP => t::next_json,
    POST "/api/v1/readings" FOLLOW_UP => t::reading_json,
    GET "/api/v1/terms" ANALYSIS => f::terms_json,
    GET "/api/v1/validity" ANALYSIS => v::validity_json,

    GET "/api/v1/agents" COACHING => c::agents_json,
    GET "/api/v1/agents/{id}" COACHING => c::agent_json,
    POST "/api/v1/agents/{id}/references" COACHING => c::add_reference_json,
    GET "/api/v1/freezes" COACHING => z::freezes_json,
    POST "/api/v1/freezes" COACHING => z::begin_json,
    POST "/api/v1/freezes/{id}/lift" COACHING => z::lift_json,
    POST "/api/v1/agents/{id}/plans" COACHING => c::create_plan_json,
    GET "/api/v1/plans/{id}" PLANS => c::plan_json,
    GET "/api/v1/plans/{id}/plan.{format}" PLANS => c::download,
    GET "/api/v1/teams/{id}/plans.zip" COACHING => p::team_plans,
    POST "/api/v1/teams/{id}/packs" COACHING => m::pack_json_ask,
    GET "/api/v1/packs/{id}" COACHING => m::pack_json,
    GET "/api/v1/packs/{id}/plans.zip" COACHING => m::pack_file,
    GET "/api/v1/teams/{id}/workshop.{format}" COACHING => m::workshop_file,
    GET "/api/v1/practice" FOLLOW_UP => m::practice_json,
    PUT "/api/v1/practice" COACHING => m::practice_put,
    GET "/api/v1/overview" FOLLOW_UP => e::overview_json,
    GET "/api/v1/departments" DEPARTMENTS => w::departments_json,
    POST "/api/v1/departments/{theme}" DEPARTMENTS => w::word_json,
    GET "/api/v1/praise/{week}/digest.{format}" COACHING => w::praise_file,
    POST "/api/v1/comments/{id}/moderation" COACHING => w::moderation_json,
    GET "/api/v1/plans/{id}/brief.{format}" COACHING => m::brief_file,
    GET "/api/v1/me/export.json" AGENT => c::export,
    POST "/api/v1/me/plans/{id}/rating" AGENT => p::rating_json,
    POST "/api/v1/plans/{id}/steps" COACHING => p::step_json,
    POST "/api/v1/me/plans/{id}/disputes" AGENT => p::dispute_json,
    GET "/api/v1/effect" FOLLOW_UP => p::effect_json,
    GET "/api/v1/me" AGENT => c::me_json,
    POST "/api/v1/me/plans/{id}/acknowledge" AGENT => c::acknowledge_json,
    GET "/api/v1/openapi.json" Access::Public => super::openapi::document,
}

/// Largest JSON body or form, in bytes; files have their own limit.
const BODY_BYTES: usize = 256 << 10;

/// Registers every row, and one shape for what actix itself refuses.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.app_data(
        web::JsonConfig::default()
            .limit(BODY_BYTES)
            .error_handler(|e, _| of_actix(&e.into()).into()),
    )
    .app_data(
        web::FormConfig::default()
            .limit(BODY_BYTES)
            .error_handler(|e, _| of_actix(&e.into()).into()),
    )
    .app_data(web::QueryConfig::default().error_handler(|e, _| of_actix(&e.into()).into()))
    // A path that cannot be read (no such id) is an address with nothing behind it.
    .app_data(
        web::PathConfig::default().error_handler(|_, _| super::error::WebError::not_found().into()),
    );
    let mut paths: Vec<&str> = ROUTES.iter().map(|r| r.path).collect();
    paths.dedup();
    let mut seen = std::collections::BTreeSet::new();
    for path in paths.into_iter().filter(|p| seen.insert(*p)) {
        let mut resource = web::resource(path);
        for row in ROUTES.iter().filter(|r| r.path == path) {
            let access = row.access;
            let route = (row.handler)(web::method(row.method.clone()));
            resource =
                resource.route(route.wrap(from_fn(move |req, next| guard(access, req, next))));
        }
        cfg.service(resource);
    }
}
