//! HTTP: pages and JSON API, one file per first segment of the URL, all routes in [`routes`].
//!
//! A handler unpacks the request, calls one function of a capability, and wraps the result.
//! [`auth`] checks who may call it, according to the route table; [`problem`] turns failures into
//! problem details or an error page.

pub mod account;
pub mod account_states;
pub mod agents;
pub mod annotations;
pub mod api_description;
pub mod api_keys;
pub mod audit;
pub mod auth;
pub mod bodies;
pub mod candidate_imports;
mod candidates;
pub mod comments;
pub mod deliveries;
pub mod departments;
mod device;
pub mod done;
pub mod downloads;
pub mod effect;
pub mod error;
pub mod exports;
pub mod feedback;
pub mod forms;
pub mod frame;
pub mod health;
pub mod home;
pub mod idempotency;
pub mod issues;
pub mod jobs;
mod key_guard;
pub mod key_scopes;
pub mod language;
mod limits;
pub mod links;
pub mod list;
pub mod me;
pub mod mentions;
pub mod multipart;
pub mod one_time_links;
pub mod openapi;
pub mod outbox;
pub mod overview;
pub mod pauses;
pub mod people;
pub mod person;
pub mod plans;
pub mod practice;
pub mod praise;
pub mod problem;
pub mod quality;
pub mod questionnaires;
pub mod redactions;
pub mod reference;
pub mod render;
pub mod routes;
pub mod sessions;
pub mod setup;
pub mod shortlist;
pub mod sign_in;
pub mod sittings;
pub mod state;
pub mod static_files;
pub mod taxonomy;
pub mod teams;
pub mod terms;
pub mod tokens;
pub mod two_step;
pub mod vacancies;
pub mod validity;
pub mod working_days;

pub use state::State;
