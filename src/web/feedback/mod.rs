//! `/feedback`: imports, records sent by programs, sources and surveys sent.

pub mod imports;
pub mod preview;
pub mod records;
pub mod replies;
pub mod sources;
pub mod surveys;
pub mod upload;
