//! Two-step sign-in: setting it up and turning it off, the second step of signing in, and the rule
//! of an organisation.

pub mod account;
pub mod first_step;
pub mod qr_code;
pub mod rule;
pub mod sign_in;
