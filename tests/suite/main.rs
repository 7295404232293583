//! Behaviour of the whole program, against real databases, a real server and a real browser.
//!
//! One binary: one link. `TEST_DATABASE_URL=postgres://...` runs the same tests on PostgreSQL, a
//! fresh database each. A test whose programs are missing is skipped with a message;
//! `RAPPORT_FORBID_SKIPS=1` makes a skip a failure.

mod account_sessions;
mod account_states;
mod accounts;
mod analyse;
#[path = "../api/mod.rs"]
mod api;
mod api_keys;
mod assessment;
mod audit;
mod browser;
mod candidate_imports;
mod cli;
mod coaching;
mod coaching_documents;
mod demo;
mod docs;
mod documents;
mod feedback;
mod graded;
mod hiring;
mod http;
mod idempotency;
mod import_reports;
mod invitations;
mod job_list;
mod jobs;
mod layers;
mod locales;
mod mail;
mod measurement;
mod outages;
mod permissions;
mod person_roles;
mod plan_cycle;
mod polarity;
mod practice_forms;
mod praise;
mod printed_plans;
mod quality;
mod reading;
mod refused_forms;
mod reproduction;
mod schema;
mod setup;
mod sources;
mod support;
mod tagging;
mod theme_forms;
mod two_step;
mod validity;
