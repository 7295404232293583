//! Quality checks: their imports, and the checks of an agent.

pub mod checks;
pub mod imports;
mod mapping_form;
pub mod upload;
