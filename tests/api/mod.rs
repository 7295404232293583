//! The API as its description promises it: what the description contains, and a client that knows
//! nothing but the description.

mod client;
mod description;
mod main_loop;
mod schema;
