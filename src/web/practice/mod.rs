//! `/practice`: the practice library, edited by form or, for experts, as TOML.

pub mod draft;
pub mod source;
pub mod themes;
