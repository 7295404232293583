//! Rapport closes one loop with honest numbers: a candidate answers a service-attitude questionnaire, the score says how
//! sure it is, a person decides, customers' feedback about the hired comes in, and it is seen whether the score
//! predicted it. From the same feedback each agent gets a coaching plan: strengths first, at most two focus areas that
//! are signal and not noise, and what is not theirs to mend.
//!
//! Read the modules from top to bottom: each uses only those above it, and a test holds that order. Pure functions
//! come first, then what everything stands on, then the capabilities in the order of the loop, then the edges.
//! Everything above `worker` is synchronous Rust on a database connection; SQL stands in `db` and in each
//! capability's `store` only.
//!
//! To add an endpoint: a rule in a capability's `mod.rs`, a query in its `store.rs`, a handler in `web/`, and one row in
//! [`web::routes`], which says who may call it.

// TOML files with errors that name the line.
pub mod toml_file;

// Sentences for people, by language.
pub mod locale;

// General statistics, pure: how sure, how much of it is noise, what belongs to whom. A tour opens it.
pub mod stats;

// Measuring people, pure: item response models, scores with their error, fit, fairness. A tour opens it.
pub mod psychometrics;

// Language, pure: normalise, redact, clauses, themes by a lexicon and by learning.
pub mod text;

// Documents and charts, pure: values in, PDF, DOCX, HTML, Markdown, CSV out.
pub mod documents;

// Keys, instants, JSON: the values everything shares.
pub mod types;

// Settings from the environment.
pub mod config;

// Logs without personal data.
pub mod telemetry;

// Two databases behind one connection type.
pub mod db;

// Jobs, leased, in the transaction of their cause.
pub mod queue;

// The append-only, hash-chained log.
pub mod audit;

// Organisations, people, roles, credentials.
pub mod accounts;

// Questionnaires, sittings, answers, scores.
pub mod assessment;

// An organisation's themes and words, annotations and their agreement, trained models.
pub mod tagging;

// Teams, agents and the references files know them by.
pub mod workforce;

// Vacancies, candidates, shortlists, decisions.
pub mod hiring;

// Intake of customer feedback: mapping, import, sources.
pub mod feedback;

// Praise for agents, moderation, themes that departments own.
pub mod praise;

// Tallies, between-agent variance, drivers, overview, emerging terms.
pub mod insight;

// Does the score predict what customers say?
pub mod validity;

// Plans from feedback: rules, practice, documents.
pub mod coaching;

// Background work.
pub mod worker;

// Pages and JSON, and the list of all routes.
pub mod web;

// The application, built from its settings.
pub mod app;

// A synthetic organisation, made by the real code.
pub mod demo;

// The command line.
pub mod cli;
