//! What customers' comments reach whom: praise for agents, moderation before anything is passed on,
//! and the themes that departments own.

mod error;
mod issue_status;
mod store;

pub mod department_mentions;
pub mod department_themes;
pub mod departments;
pub mod digest;
pub mod examples;
pub mod issues;
pub mod mention_trend;
pub mod moderation;
pub mod weekly;

pub use error::{LONGEST_WORDS, PraiseError};
pub use issue_status::IssueStatus;
pub use weekly::Praise;
