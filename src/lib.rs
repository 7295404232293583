//! Rapport helps a contact centre to hire people with a service attitude and to develop them with
//! customer feedback.
//!
//! - *Hiring*: a candidate answers a questionnaire; the score comes with its standard error; a
//!   person decides, with a reason.
//! - *Feedback*: customers' scores and comments are imported, personal data is removed, and themes
//!   are found in the comments.
//! - *Coaching*: each agent gets a plan with strengths, at most two focus areas that are more than
//!   chance, and the problems that other departments own.
//! - *Validity*: for those hired, the score is compared with what customers say later.
//!
//! The modules below are listed in order: each uses only those above it, and a test enforces that.
//! Pure computation comes first, most of it in the package `rapport-core`, then what everything
//! needs (database, queue, audit log), then the capabilities in the order above, then the edges
//! (worker, HTTP, command line). Everything above `worker` is synchronous Rust on a database
//! connection; SQL is in `db` and in each capability's `store`.
//!
//! `docs/architecture.md` follows an answer, a row of feedback and a decision through the code;
//! `docs/contributing.md` says how to add an endpoint; `docs/glossary.md` defines the terms.

// Pure computation, a package of its own: TOML files, sentences, tables, statistics, psychometrics,
// text analysis.
pub use rapport_core::{locale, msg, psychometrics, stats, tables, text, toml_file};

// Reports that pages and analyses share, pure: reliability and dimensions of scales.
pub mod studies;

// Documents and charts, pure: values in; PDF, DOCX, HTML, Markdown and CSV out.
pub mod documents;

// Shared values: keys, instants, JSON columns.
pub mod types;

// Files that only their owner can read.
pub mod private_file;

// The mail server of the settings.
pub mod mail_server;

// Settings from the environment.
pub mod config;

// Logging without personal data.
pub mod telemetry;

// SQLite and PostgreSQL behind one connection type.
pub mod db;

// Copies of the whole database.
pub mod backup;

// Background jobs, enqueued in the transaction that causes them.
pub mod queue;

// The key that signs the audit log, outside the database.
pub mod audit_key;

// Append-only, hash-chained, signed audit log.
pub mod audit;

// Mails to people: queue, delivery, and the outbox without a server.
pub mod mail;

// Organisations, people, roles, credentials, sessions.
pub mod accounts;

// The database and the secret of an installation, ready for use.
pub mod installation;

// Questionnaires, sittings, answers, scores.
pub mod assessment;

// First start of an empty service: its organisation and first administrator.
pub mod setup;

// Taxonomies, annotations, inter-annotator agreement, trained models.
pub mod tagging;

// Teams, agents, and the names and numbers that feedback files use for them.
pub mod workforce;

// Vacancies, candidates, shortlists, decisions.
pub mod hiring;

// Intake of customer feedback: mapping, import, sources.
pub mod feedback;

// Praise for agents, moderation, themes that departments own.
pub mod praise;

// Counts, between-agent variance, drivers, overview, emerging terms.
pub mod insight;

// Does the score predict what customers say?
pub mod validity;

// Quality checks, imported from files.
pub mod quality;

// Coaching plans: rules, practice library, documents, effect.
pub mod coaching;

// Closing the account of a person who leaves: somebody else takes over their open work.
pub mod handover;

// The kinds of background jobs, and the list in which people retry and drop them.
pub mod jobs;

// Background worker.
pub mod worker;

// HTTP: pages, JSON API, and the list of all routes.
pub mod web;

// The application, built from its settings.
pub mod app;

// Synthetic organisation for the demo, created by the same code paths as real data.
pub mod demo;

// Command line.
pub mod cli;
