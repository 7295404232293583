//! `/c` and `/api/v1/sittings`: a candidate's sitting.

mod access;
pub mod api;
pub mod pages;
pub mod result;
