//! Vacancies, candidates, invitations, shortlists and decisions.
//!
//! The program ranks candidates and gives its reasons; a person decides and records why. The token
//! of an invitation is derived from the server's secret and only its hash is stored, so a link can
//! be replaced, but nobody reads it in the database.
//!
//! [`shortlist`](mod@shortlist) orders candidates and is pure; the other files read and write.

mod candidate_file;
mod candidate_import;
mod candidates;
mod decision;
mod error;
mod invitations;
pub mod shortlist;
mod shortlist_csv;
mod store;
mod vacancies;

pub use candidate_file::{CandidateFile, NewCandidate, RejectedRow, read_candidates};
pub use candidate_import::{CandidateImport, Progress, add_batch};
pub use candidates::{CandidateView, add_candidate, candidate, decide, hire, shortlist};
pub use decision::Decision;
pub use error::HiringError;
pub use invitations::{Guest, Invited, LINK_DAYS, LinkKeys, invited, open_link, renew_link};
pub use shortlist::{Entry, Reason, Stage, UnrankedCandidate};
pub use shortlist_csv::shortlist_csv;
pub use store::{Candidate, DecisionRow, Vacancy};
pub use vacancies::{VacancySummary, create_vacancy, vacancies, vacancy};
