//! **The list of all routes**, with who may call each.
//!
//! A route exists only as a row here, and every row is wrapped in the guard of its access, so
//! nothing can be served without an access rule. A test calls every route as every role, without an
//! account, and for another organisation's objects.

use actix_web::{
    Route as ActixRoute,
    http::Method,
    middleware::from_fn,
    web::{self, ServiceConfig},
};

use super::{
    account, account_states, agents, annotations, api_keys, audit,
    auth::{Access, guard},
    candidate_imports, candidates, comments, deliveries, departments, effect,
    error::of_actix,
    exports, feedback, health, home, issues, jobs, key_scopes,
    limits::Limit,
    me, mentions, one_time_links, openapi, outbox, overview, pauses, people, person, plans,
    practice, praise, quality, questionnaires, redactions, reference, sessions, setup, sign_in,
    sittings, static_files, taxonomy, teams, terms, tokens, two_step, vacancies, validity,
    working_days,
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

/// A route and who may call it.
pub struct Route {
    pub method: Method,
    pub path: &'static str,
    pub access: Access,
    /// Counted before the request is looked at, by source or, for people who signed in, by person.
    pub limit: Option<Limit>,
    /// Whether the API creates something here: then an `Idempotency-Key` makes a repeated request
    /// harmless.
    pub creates: bool,
    handler: fn(ActixRoute) -> ActixRoute,
}

macro_rules! routes {
    ($($method:ident $($creates:ident)? $path:literal $access:expr $(, $limit:expr)? => $handler:path,)*) => {
        /// All routes.
        pub const ROUTES: &[Route] = &[$(
            Route {
                method: Method::$method,
                path: $path,
                access: $access,
                limit: routes!(@limit $($limit)?),
                creates: routes!(@creates $($creates)?),
                handler: |route| route.to($handler),
            },
        )*];
    };
    (@creates) => { false };
    (@creates creates) => { true };
    (@limit) => { None };
    (@limit $limit:expr) => { Some($limit) };
}

routes! {
    GET "/" Access::Public => home::home,
    GET "/healthz" Access::Public => health::healthz,
    GET "/readyz" Access::Public => health::readyz,
    GET "/static/{name}" Access::Public => static_files::static_file,
    GET "/sign-in" Access::Public => sign_in::sign_in_page,
    POST "/sign-in" Access::Public, Limit::SignIn => sign_in::sign_in_form,
    POST "/sign-out" Access::Public, Limit::SignOut => sign_in::sign_out,
    GET "/setup" Access::Public => setup::setup_page,
    POST "/setup" Access::Public, Limit::SignIn => setup::setup_form,
    GET "/forgot-password" Access::Public => one_time_links::forgot_page,
    POST "/forgot-password" Access::Public, Limit::SignIn => one_time_links::forgot_form,
    GET "/password/{link}" Access::Public => one_time_links::password_page,
    POST "/password/{link}" Access::Public, Limit::SignIn => one_time_links::password_form,
    GET "/account" SIGNED_IN => account::account_page,
    POST "/account/password" SIGNED_IN, Limit::Password => account::password_form,
    POST "/account/sessions/end" SIGNED_IN => sessions::end_others_form,
    POST "/account/sessions/{session}/end" SIGNED_IN => sessions::end_own_form,
    GET "/sign-in/code" Access::Public => two_step::sign_in::code_page,
    POST "/sign-in/code" Access::Public, Limit::SignIn => two_step::sign_in::code_form,
    GET "/sign-in/set-up" Access::Public => two_step::sign_in::set_up_page,
    POST "/sign-in/set-up" Access::Public, Limit::SignIn => two_step::sign_in::set_up_form,
    GET "/account/two-step" SIGNED_IN => two_step::account::two_step_page,
    POST "/account/two-step" SIGNED_IN, Limit::Password => two_step::account::begin_form,
    POST "/account/two-step/confirm" SIGNED_IN, Limit::Password => two_step::account::confirm_form,
    POST "/account/two-step/recovery-codes" SIGNED_IN, Limit::Password => two_step::account::codes_form,
    POST "/account/two-step/remove" SIGNED_IN, Limit::Password => two_step::account::off_form,
    GET "/two-step" ADMIN => two_step::rule::rule_page,
    POST "/two-step" ADMIN => two_step::rule::rule_form,
    POST "/people/{id}/two-step/remove" ADMIN => two_step::rule::remove_form,
    GET "/api-keys" ADMIN => api_keys::keys_page,
    POST "/api-keys" ADMIN, Limit::Password => api_keys::create_form,
    POST "/api-keys/{id}/revoke" ADMIN => api_keys::revoke_form,

    GET "/c/{token}" Access::Public => sittings::pages::welcome,
    POST "/c/{token}/consent" Access::Public => sittings::pages::consent_form,
    GET "/c/{token}/page/{page}" Access::Public => sittings::pages::sitting_page,
    POST "/c/{token}/page/{page}" Access::Public => sittings::pages::sitting_form,
    GET "/c/{token}/finish" Access::Public => sittings::pages::review,
    POST "/c/{token}/finish" Access::Public => sittings::pages::finish_form,
    GET "/c/{token}/result" Access::Public => sittings::result::result,
    POST "/c/{token}/withdraw" Access::Public => sittings::pages::withdraw_form,

    GET "/vacancies" HIRING => vacancies::vacancies_page,
    POST "/vacancies" HIRING => vacancies::create_vacancy_form,
    GET "/vacancies/{id}" HIRING => vacancies::vacancy_page,
    GET "/vacancies/{id}/shortlist.csv" HIRING => vacancies::shortlist_csv,
    POST "/vacancies/{id}/candidates" HIRING => vacancies::add_candidate_form,
    POST "/vacancies/{id}/candidates/import" HIRING, Limit::Upload => candidate_imports::import_candidates_form,
    GET "/candidates/{id}" HIRING => candidates::candidate_page,
    POST "/candidates/{id}/decision" HIRING => candidates::decide_form,
    POST "/candidates/{id}/invitation" HIRING => candidates::renew_link_form,
    POST "/candidates/{id}/hire" HIRING => candidates::hire_form,

    GET "/feedback" ANALYSIS => feedback::imports::imports_page,
    POST "/feedback/imports" ANALYSIS, Limit::Upload => feedback::upload::upload_form,
    GET "/feedback/imports/{id}" ANALYSIS => feedback::imports::import_page,
    GET "/feedback/imports/{id}/rejections.csv" ANALYSIS => feedback::imports::rejections_csv,
    GET "/feedback/imports/{id}/preview" ANALYSIS => feedback::preview::preview_page,
    POST "/feedback/imports/{id}/start" ANALYSIS => feedback::preview::start_form,
    POST "/feedback/imports/{id}/retry" ANALYSIS => feedback::imports::retry_form,
    POST "/feedback/imports/{id}/undo" ANALYSIS => feedback::imports::undo_form,
    GET "/feedback/sources" ANALYSIS => feedback::sources::sources_page,
    POST "/feedback/sources" ANALYSIS => feedback::sources::save_form,
    GET "/feedback/sources/{id}" ANALYSIS => feedback::sources::source_page,
    POST "/feedback/sources/{id}/secret" ANALYSIS => feedback::sources::renew_form,
    GET "/quality" ANALYSIS => quality::imports::imports_page,
    POST "/quality/imports" ANALYSIS, Limit::Upload => quality::upload::upload_form,
    GET "/quality/imports/{id}" ANALYSIS => quality::imports::import_page,
    GET "/quality/imports/{id}/mapping" ANALYSIS => quality::upload::mapping_page,
    POST "/quality/imports/{id}/mapping" ANALYSIS => quality::upload::mapping_form,
    POST "/quality/imports/{id}/undo" ANALYSIS => quality::imports::undo_form,
    GET "/taxonomy" FOLLOW_UP => taxonomy::themes::taxonomy_page,
    POST "/taxonomy" ANALYSIS => taxonomy::source::taxonomy_form,
    GET "/taxonomy.toml" FOLLOW_UP => taxonomy::source::taxonomy_file,
    GET "/taxonomy/source" ANALYSIS => taxonomy::source::source_page,
    POST "/taxonomy/terms" ANALYSIS => taxonomy::theme::term_form,
    GET "/taxonomy/themes/{theme}" FOLLOW_UP => taxonomy::theme::theme_page,
    POST "/taxonomy/themes/{theme}" ANALYSIS => taxonomy::theme::texts_form,
    POST "/taxonomy/themes/{theme}/words" ANALYSIS => taxonomy::theme::add_word_form,
    POST "/taxonomy/themes/{theme}/words/delete" ANALYSIS => taxonomy::theme::remove_word_form,
    GET "/taxonomy/draft" ANALYSIS => taxonomy::draft::draft_page,
    POST "/taxonomy/draft/edits/{edit}/delete" ANALYSIS => taxonomy::draft::undo_form,
    POST "/taxonomy/draft/use" ANALYSIS => taxonomy::draft::use_form,
    POST "/taxonomy/draft/discard" ANALYSIS => taxonomy::draft::discard_form,
    GET "/annotations" FOLLOW_UP => annotations::annotation_page,
    POST "/annotations" FOLLOW_UP => annotations::annotation_form,
    GET "/terms" ANALYSIS => terms::terms_page,
    GET "/validity" ANALYSIS => validity::validity_page,
    GET "/validity/pairs.csv" ANALYSIS => validity::pairs_csv,

    GET "/agents" COACHING => agents::agents_page,
    GET "/agents/{id}" COACHING => agents::agent_page,
    GET "/agents/{id}/comments" COACHING => agents::comments::comments_page,
    GET "/agents/{id}/observations" COACHING => agents::observations::observations_page,
    POST "/agents/{id}/observations" COACHING => agents::observations::record_form,
    POST "/agents/{id}/observations/{observation}/delete" COACHING => agents::observations::delete_form,
    GET "/agents/{id}/one-to-ones" COACHING => agents::one_to_ones::one_to_ones_page,
    POST "/agents/{id}/one-to-ones" COACHING => agents::one_to_ones::create_form,
    GET "/agents/{id}/one-to-ones/new" COACHING => agents::one_to_ones::new_page,
    GET "/agents/{id}/one-to-ones/{one_to_one}" COACHING => agents::one_to_ones::one_to_one_page,
    POST "/agents/{id}/one-to-ones/{one_to_one}" COACHING => agents::one_to_ones::change_form,
    POST "/agents/{id}/one-to-ones/{one_to_one}/delete" COACHING => agents::one_to_ones::delete_form,
    POST "/agents/{id}/one-to-ones/{one_to_one}/actions" COACHING => agents::one_to_one_actions::add_action_form,
    POST "/agents/{id}/one-to-ones/{one_to_one}/actions/{action}" COACHING => agents::one_to_one_actions::set_done_form,
    POST "/agents/{id}/one-to-ones/{one_to_one}/actions/{action}/delete" COACHING => agents::one_to_one_actions::delete_action_form,
    GET "/agents/{id}/quality" COACHING => quality::checks::checks_page,
    POST "/agents/{id}/references" COACHING => agents::add_reference_form,
    POST "/agents/{id}/plans" COACHING => agents::create_plan_form,
    GET "/teams" COACHING => teams::teams_page,
    POST "/teams/coached" COACHING => teams::coached_form,
    GET "/teams/{id}/plans.zip" COACHING => teams::team_plans,
    POST "/teams/{id}/exports" COACHING => teams::export_form,
    GET "/exports/{id}" COACHING => exports::export_page,
    GET "/exports/{id}/plans.zip" COACHING => exports::export_file,
    GET "/teams/{id}/workshop.{format}" COACHING => teams::workshop_file,
    GET "/practice" FOLLOW_UP => practice::themes::practice_page,
    POST "/practice" COACHING => practice::source::practice_form,
    GET "/practice/source" COACHING => practice::source::source_page,
    GET "/practice/themes/{theme}" FOLLOW_UP => practice::themes::theme_page,
    POST "/practice/themes/{theme}" COACHING => practice::themes::theme_form,
    POST "/practice/themes/{theme}/shipped" COACHING => practice::themes::shipped_form,
    GET "/practice/draft" COACHING => practice::draft::draft_page,
    POST "/practice/draft/edits/{theme}/delete" COACHING => practice::draft::undo_form,
    POST "/practice/draft/use" COACHING => practice::draft::use_form,
    POST "/practice/draft/discard" COACHING => practice::draft::discard_form,
    GET "/pauses" COACHING => pauses::pauses_page,
    POST "/pauses" COACHING => pauses::begin_form,
    POST "/pauses/{id}/end" COACHING => pauses::end_form,
    GET "/overview" FOLLOW_UP => overview::overview_page,
    GET "/overview/agents.csv" ANALYSIS => overview::agents_csv,
    GET "/overview/drivers.csv" ANALYSIS => overview::drivers_csv,
    POST "/overview/seen" FOLLOW_UP => overview::seen_form,
    GET "/departments" DEPARTMENTS => departments::departments_page,
    POST "/departments/{theme}" DEPARTMENTS => departments::status_form,
    GET "/issues" DEPARTMENTS => issues::issues_page,
    POST "/issues" DEPARTMENTS => issues::create_form,
    GET "/issues/{id}" DEPARTMENTS => issues::issue_page,
    POST "/issues/{id}" DEPARTMENTS => issues::change_form,
    GET "/mentions" DEPARTMENTS => mentions::mentions_page,
    GET "/mentions.csv" DEPARTMENTS => mentions::mentions_csv,
    GET "/praise/{week}" COACHING => praise::praise_page,
    GET "/praise/{week}/digest.{format}" COACHING => praise::praise_file,
    POST "/comments/{id}/moderation" COACHING => comments::moderation_form,
    GET "/plans/{id}/brief.{format}" COACHING => plans::brief_file,
    GET "/me/praise/{week}/digest.{format}" AGENT => me::my_praise_file,
    GET "/me/export.json" AGENT => me::export,
    POST "/me/plans/{id}/rating" AGENT => me::rating_form,
    GET "/plans/{id}" PLANS => plans::plan_page,
    GET "/plans/{id}/plan.{format}" PLANS => plans::download,
    GET "/me" AGENT => me::me_page,
    GET "/me/one-to-ones/{id}" AGENT => me::one_to_ones::my_one_to_one_page,
    POST "/me/one-to-ones/{id}/agenda" AGENT => me::one_to_ones::agenda_form,
    POST "/me/one-to-ones/{id}/actions/{action}" AGENT => me::one_to_ones::set_done_form,
    GET "/me/examples" AGENT => me::examples::examples_page,
    POST "/me/examples/{theme}" AGENT => me::examples::example_form,
    GET "/me/quality" AGENT => quality::checks::my_checks_page,
    POST "/me/plans/{id}/acknowledge" AGENT => me::acknowledge_form,
    GET "/me/plans/{id}/tally" AGENT => me::tally::tally_page,
    POST "/me/plans/{id}/tally" AGENT => me::tally::record_form,
    POST "/me/plans/{id}/tally/sharing" AGENT => me::tally::share_form,
    POST "/me/plans/{id}/tally/{day}/delete" AGENT => me::tally::delete_form,
    GET "/plans/{id}/check-ins.ics" PLANS => plans::calendar,
    POST "/plans/{id}/steps" COACHING => plans::step_form,
    POST "/me/plans/{id}/disputes" AGENT => me::dispute_form,
    GET "/effect" FOLLOW_UP => effect::effect_page,

    GET "/working-days" ADMIN => working_days::working_days_page,
    POST "/working-days" ADMIN => working_days::working_days_form,
    GET "/people" ADMIN => people::people_page,
    POST "/people" ADMIN => people::create_person_form,
    GET "/people/{id}" ADMIN => person::person_page,
    POST "/people/{id}/roles" ADMIN => person::roles_form,
    POST "/people/{id}/department" ADMIN => people::department_form,
    POST "/people/{id}/suspend" ADMIN => account_states::suspend_form,
    POST "/people/{id}/resume" ADMIN => account_states::resume_form,
    GET "/people/{id}/close" ADMIN => account_states::close_page,
    POST "/people/{id}/close" ADMIN => account_states::close_form,
    POST "/people/{id}/sessions/end" ADMIN => sessions::end_all_form,
    POST "/people/{id}/sessions/{session}/end" ADMIN => sessions::end_form,
    POST "/people/{id}/link" ADMIN => one_time_links::link_form,
    POST "/people/{id}/mail" ADMIN => one_time_links::mail_form,
    GET "/outbox" ADMIN => outbox::outbox_page,
    POST "/outbox/{id}/send" ADMIN => outbox::send_form,
    POST "/outbox/{id}/passed-on" ADMIN => outbox::passed_on_form,
    GET "/audit" ADMIN => audit::audit_page,
    GET "/jobs" ADMIN => jobs::jobs_page,
    POST "/jobs/{id}/retry" ADMIN => jobs::retry_form,
    POST "/jobs/{id}/drop" ADMIN => jobs::drop_form,
    GET "/redactions" ADMIN => redactions::redactions_page,
    POST "/redactions/{id}/restore" ADMIN => redactions::restore_form,

    POST "/api/v1/tokens" Access::Public, Limit::SignIn => tokens::tokens,
    POST "/api/v1/tokens/refresh" Access::Public, Limit::Refresh => tokens::refresh,
    POST "/api/v1/tokens/revoke" Access::Public, Limit::SignOut => tokens::revoke,
    GET "/api/v1/account" SIGNED_IN => account::account_json,
    POST "/api/v1/account/password" SIGNED_IN, Limit::Password => account::password_json,
    GET "/api/v1/account/sessions" SIGNED_IN => sessions::own_sessions_json,
    POST "/api/v1/account/sessions/end" SIGNED_IN => sessions::end_others_json,
    POST "/api/v1/account/sessions/{session}/end" SIGNED_IN => sessions::end_own_json,
    GET "/api/v1/account/two-step" SIGNED_IN => two_step::account::two_step_json,
    POST "/api/v1/account/two-step" SIGNED_IN, Limit::Password => two_step::account::begin_json,
    POST "/api/v1/account/two-step/confirm" SIGNED_IN, Limit::Password => two_step::account::confirm_json,
    POST "/api/v1/account/two-step/recovery-codes" SIGNED_IN, Limit::Password => two_step::account::codes_json,
    POST "/api/v1/account/two-step/remove" SIGNED_IN, Limit::Password => two_step::account::off_json,
    GET "/api/v1/two-step" ADMIN => two_step::rule::rule_json,
    POST "/api/v1/two-step" ADMIN => two_step::rule::set_rule_json,
    POST "/api/v1/people/{id}/two-step/remove" ADMIN => two_step::rule::remove_json,
    GET "/api/v1/api-keys" ADMIN => api_keys::keys_json,
    POST creates "/api/v1/api-keys" ADMIN, Limit::Password => api_keys::create_json,
    POST "/api/v1/api-keys/{id}/revoke" ADMIN => api_keys::revoke_json,
    GET "/api/v1/working-days" ADMIN => working_days::working_days_json,
    POST "/api/v1/working-days" ADMIN => working_days::set_working_days_json,
    GET "/api/v1/people" ADMIN => people::people_json,
    POST creates "/api/v1/people" ADMIN => people::create_person_json,
    POST "/api/v1/people/{id}/department" ADMIN => people::department_json,
    GET "/api/v1/people/{id}" ADMIN => person::person_json,
    PUT "/api/v1/people/{id}/roles" ADMIN => person::roles_json,
    POST "/api/v1/people/{id}/suspend" ADMIN => account_states::suspend_json,
    POST "/api/v1/people/{id}/resume" ADMIN => account_states::resume_json,
    GET "/api/v1/people/{id}/open-work" ADMIN => account_states::open_work_json,
    POST "/api/v1/people/{id}/close" ADMIN => account_states::close_json,
    GET "/api/v1/people/{id}/sessions" ADMIN => sessions::sessions_json,
    POST "/api/v1/people/{id}/sessions/end" ADMIN => sessions::end_all_json,
    POST "/api/v1/people/{id}/sessions/{session}/end" ADMIN => sessions::end_json,
    POST "/api/v1/people/{id}/link" ADMIN => one_time_links::link_json,
    POST "/api/v1/people/{id}/mail" ADMIN => one_time_links::mail_json,
    GET "/api/v1/mails" ADMIN => outbox::mails_json,
    POST "/api/v1/mails/{id}/send" ADMIN => outbox::send_json,
    POST "/api/v1/mails/{id}/passed-on" ADMIN => outbox::passed_on_json,
    GET "/api/v1/audit" ADMIN => audit::audit_json,
    GET "/api/v1/jobs" ADMIN => jobs::jobs_json,
    POST "/api/v1/jobs/{id}/retry" ADMIN => jobs::retry_json,
    POST "/api/v1/jobs/{id}/drop" ADMIN => jobs::drop_json,
    GET "/api/v1/redactions" ADMIN => redactions::redactions_json,
    POST "/api/v1/redactions/{id}/restore" ADMIN => redactions::restore_json,

    GET "/api/v1/sittings/{token}" Access::Public => sittings::api::status_json,
    POST "/api/v1/sittings/{token}/consent" Access::Public => sittings::api::consent_json,
    PUT "/api/v1/sittings/{token}/answers/{item}" Access::Public => sittings::api::answer_json,
    POST "/api/v1/sittings/{token}/finish" Access::Public => sittings::api::finish_json,
    POST "/api/v1/sittings/{token}/withdraw" Access::Public => sittings::api::withdraw_json,

    GET "/api/v1/questionnaires" HIRING => questionnaires::questionnaires_json,
    GET "/api/v1/vacancies" HIRING => vacancies::vacancies_json,
    POST creates "/api/v1/vacancies" HIRING => vacancies::create_vacancy_json,
    GET "/api/v1/vacancies/{id}/shortlist" HIRING => vacancies::shortlist_json,
    POST creates "/api/v1/vacancies/{id}/candidates" HIRING => vacancies::add_candidate_json,
    POST creates "/api/v1/vacancies/{id}/candidates/import" HIRING, Limit::Upload => candidate_imports::import_candidates_json,
    GET "/api/v1/candidates/{id}" HIRING => candidates::candidate_json,
    POST creates "/api/v1/candidates/{id}/decision" HIRING => candidates::decide_json,
    POST creates "/api/v1/candidates/{id}/invitation" HIRING => candidates::renew_link_json,
    POST creates "/api/v1/candidates/{id}/hire" HIRING => candidates::hire_json,

    GET "/api/v1/feedback/imports" ANALYSIS => feedback::imports::imports_json,
    POST creates "/api/v1/feedback/imports" ANALYSIS, Limit::Upload => feedback::upload::upload_json,
    GET "/api/v1/feedback/imports/{id}" ANALYSIS => feedback::imports::import_json,
    POST "/api/v1/feedback/imports/{id}/retry" ANALYSIS => feedback::imports::retry_json,
    POST "/api/v1/feedback/imports/{id}/undo" ANALYSIS => feedback::imports::undo_json,
    POST creates "/api/v1/feedback" ANALYSIS => feedback::records::records_json,
    GET "/api/v1/feedback/sources" ANALYSIS => feedback::sources::sources_json,
    POST creates "/api/v1/feedback/sources" ANALYSIS => feedback::sources::save_json,
    POST "/api/v1/deliveries/{organisation}/{source}" Access::Public => deliveries::deliver,
    POST creates "/api/v1/feedback/invitations" ANALYSIS => feedback::surveys::invitations_json,
    GET "/api/v1/feedback/response-rates" ANALYSIS => feedback::surveys::response_rates_json,
    GET "/api/v1/quality/imports" ANALYSIS => quality::imports::imports_json,
    POST creates "/api/v1/quality/imports" ANALYSIS, Limit::Upload => quality::upload::upload_json,
    GET "/api/v1/quality/imports/{id}" ANALYSIS => quality::imports::import_json,
    POST "/api/v1/quality/imports/{id}/undo" ANALYSIS => quality::imports::undo_json,
    GET "/api/v1/taxonomy" FOLLOW_UP => taxonomy::source::taxonomy_json,
    PUT "/api/v1/taxonomy" ANALYSIS => taxonomy::source::taxonomy_put,
    GET "/api/v1/taxonomy/themes" FOLLOW_UP => taxonomy::themes::themes_json,
    GET "/api/v1/taxonomy/themes/{theme}" FOLLOW_UP => taxonomy::theme::theme_json,
    GET "/api/v1/taxonomy/draft" FOLLOW_UP => taxonomy::draft::draft_json,
    POST creates "/api/v1/taxonomy/draft/edits" ANALYSIS => taxonomy::draft::edit_json,
    POST "/api/v1/taxonomy/draft/edits/{edit}/delete" ANALYSIS => taxonomy::draft::undo_json,
    GET "/api/v1/taxonomy/draft/preview" ANALYSIS => taxonomy::draft::preview_json,
    POST "/api/v1/taxonomy/draft/use" ANALYSIS => taxonomy::draft::use_json,
    POST "/api/v1/taxonomy/draft/discard" ANALYSIS => taxonomy::draft::discard_json,
    GET "/api/v1/annotations/next" FOLLOW_UP => annotations::next_json,
    POST creates "/api/v1/annotations" FOLLOW_UP => annotations::annotation_json,
    GET "/api/v1/terms" ANALYSIS => terms::terms_json,
    GET "/api/v1/validity" ANALYSIS => validity::validity_json,

    GET "/api/v1/agents" COACHING => agents::agents_json,
    GET "/api/v1/agents/{id}" COACHING => agents::agent_json,
    GET "/api/v1/agents/{id}/comments" COACHING => agents::comments::comments_json,
    GET "/api/v1/agents/{id}/observations" COACHING => agents::observations::observations_json,
    POST creates "/api/v1/agents/{id}/observations" COACHING => agents::observations::record_json,
    POST "/api/v1/agents/{id}/observations/{observation}/delete" COACHING => agents::observations::delete_json,
    GET "/api/v1/agents/{id}/one-to-ones" COACHING => agents::one_to_ones::one_to_ones_json,
    POST creates "/api/v1/agents/{id}/one-to-ones" COACHING => agents::one_to_ones::create_json,
    GET "/api/v1/agents/{id}/one-to-ones/agenda" COACHING => agents::one_to_ones::agenda_json,
    GET "/api/v1/agents/{id}/one-to-ones/{one_to_one}" COACHING => agents::one_to_ones::one_to_one_json,
    PUT "/api/v1/agents/{id}/one-to-ones/{one_to_one}" COACHING => agents::one_to_ones::change_json,
    POST "/api/v1/agents/{id}/one-to-ones/{one_to_one}/delete" COACHING => agents::one_to_ones::delete_json,
    POST creates "/api/v1/agents/{id}/one-to-ones/{one_to_one}/actions" COACHING => agents::one_to_one_actions::add_action_json,
    POST "/api/v1/agents/{id}/one-to-ones/{one_to_one}/actions/{action}" COACHING => agents::one_to_one_actions::set_done_json,
    POST "/api/v1/agents/{id}/one-to-ones/{one_to_one}/actions/{action}/delete" COACHING => agents::one_to_one_actions::delete_action_json,
    GET "/api/v1/agents/{id}/quality" COACHING => quality::checks::checks_json,
    POST creates "/api/v1/agents/{id}/references" COACHING => agents::add_reference_json,
    GET "/api/v1/pauses" COACHING => pauses::pauses_json,
    POST creates "/api/v1/pauses" COACHING => pauses::begin_json,
    POST "/api/v1/pauses/{id}/end" COACHING => pauses::end_json,
    POST creates "/api/v1/agents/{id}/plans" COACHING => agents::create_plan_json,
    GET "/api/v1/plans/{id}" PLANS => plans::plan_json,
    GET "/api/v1/plans/{id}/plan.{format}" PLANS => plans::download,
    GET "/api/v1/teams" COACHING => teams::teams_json,
    PUT "/api/v1/teams/coached" COACHING => teams::coached_json,
    GET "/api/v1/teams/{id}/plans.zip" COACHING => teams::team_plans,
    POST creates "/api/v1/teams/{id}/exports" COACHING => teams::request_export_json,
    GET "/api/v1/exports/{id}" COACHING => exports::export_json,
    GET "/api/v1/exports/{id}/plans.zip" COACHING => exports::export_file,
    GET "/api/v1/teams/{id}/workshop.{format}" COACHING => teams::workshop_file,
    GET "/api/v1/practice" FOLLOW_UP => practice::source::practice_json,
    PUT "/api/v1/practice" COACHING => practice::source::practice_put,
    GET "/api/v1/practice/themes" FOLLOW_UP => practice::themes::themes_json,
    GET "/api/v1/practice/draft" FOLLOW_UP => practice::draft::draft_json,
    POST creates "/api/v1/practice/draft/edits" COACHING => practice::draft::edit_json,
    POST "/api/v1/practice/draft/edits/{theme}/delete" COACHING => practice::draft::undo_json,
    POST "/api/v1/practice/draft/use" COACHING => practice::draft::use_json,
    POST "/api/v1/practice/draft/discard" COACHING => practice::draft::discard_json,
    GET "/api/v1/overview" FOLLOW_UP => overview::overview_json,
    GET "/api/v1/departments" DEPARTMENTS => departments::departments_json,
    POST creates "/api/v1/departments/{theme}" DEPARTMENTS => departments::status_json,
    GET "/api/v1/issues" DEPARTMENTS => issues::issues_json,
    POST creates "/api/v1/issues" DEPARTMENTS => issues::create_json,
    GET "/api/v1/issues/{id}" DEPARTMENTS => issues::issue_json,
    PUT "/api/v1/issues/{id}" DEPARTMENTS => issues::change_json,
    GET "/api/v1/mentions" DEPARTMENTS => mentions::mentions_json,
    GET "/api/v1/mentions/trend" DEPARTMENTS => mentions::trend_json,
    GET "/api/v1/praise/{week}/digest.{format}" COACHING => praise::praise_file,
    POST creates "/api/v1/comments/{id}/moderation" COACHING => comments::moderation_json,
    GET "/api/v1/plans/{id}/brief.{format}" COACHING => plans::brief_file,
    GET "/api/v1/me/export.json" AGENT => me::export,
    POST creates "/api/v1/me/plans/{id}/rating" AGENT => me::rating_json,
    POST creates "/api/v1/plans/{id}/steps" COACHING => plans::step_json,
    POST creates "/api/v1/me/plans/{id}/disputes" AGENT => me::dispute_json,
    GET "/api/v1/effect" FOLLOW_UP => effect::effect_json,
    GET "/api/v1/me" AGENT => me::me_json,
    GET "/api/v1/me/one-to-ones" AGENT => me::one_to_ones::my_one_to_ones_json,
    GET "/api/v1/me/one-to-ones/{id}" AGENT => me::one_to_ones::my_one_to_one_json,
    POST "/api/v1/me/one-to-ones/{id}/agenda" AGENT => me::one_to_ones::agenda_json,
    POST "/api/v1/me/one-to-ones/{id}/actions/{action}" AGENT => me::one_to_ones::set_done_json,
    GET "/api/v1/me/examples" AGENT => me::examples::examples_json,
    PUT "/api/v1/me/examples/{theme}" AGENT => me::examples::agree_json,
    POST "/api/v1/me/examples/{theme}/withdraw" AGENT => me::examples::withdraw_json,
    GET "/api/v1/me/quality" AGENT => quality::checks::my_checks_json,
    POST "/api/v1/me/plans/{id}/acknowledge" AGENT => me::acknowledge_json,
    GET "/api/v1/me/plans/{id}/tally" AGENT => me::tally::tally_json,
    POST creates "/api/v1/me/plans/{id}/tally" AGENT => me::tally::record_json,
    POST "/api/v1/me/plans/{id}/tally/sharing" AGENT => me::tally::share_json,
    POST "/api/v1/me/plans/{id}/tally/{day}/delete" AGENT => me::tally::delete_json,
    GET "/api/v1/openapi.json" Access::Public => openapi::document,
    GET "/api/v1/reference" Access::Public => reference::reference_page,
}

/// Maximum size of a JSON body or form in bytes; uploads have their own limit.
const BODY_BYTES: usize = 256 << 10;

/// Registers all routes, and turns what actix itself refuses into our errors.
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
    // A path parameter that cannot be parsed is an unknown address.
    .app_data(
        web::PathConfig::default().error_handler(|_, _| super::error::WebError::not_found().into()),
    );
    let mut paths: Vec<&str> = ROUTES.iter().map(|r| r.path).collect();
    paths.dedup();
    let mut seen = std::collections::BTreeSet::new();
    for path in paths.into_iter().filter(|p| seen.insert(*p)) {
        let mut resource = web::resource(path);
        for row in ROUTES.iter().filter(|r| r.path == path) {
            let (access, limit) = (row.access, row.limit);
            let scope = key_scopes::scope_of(&row.method, row.path);
            // HEAD answers like GET, without the body.
            let head = (row.method == Method::GET).then_some(Method::HEAD);
            for method in std::iter::once(row.method.clone()).chain(head) {
                let route = (row.handler)(web::method(method));
                resource = resource.route(route.wrap(from_fn(move |req, next| {
                    guard((access, scope), limit, req, next)
                })));
            }
        }
        cfg.service(resource);
    }
}
