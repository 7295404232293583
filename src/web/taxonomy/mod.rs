//! `/taxonomy`: the organisation's themes and their words, edited by form or, for experts, as TOML.

mod details;
pub mod draft;
pub mod source;
pub mod theme;
pub mod themes;
