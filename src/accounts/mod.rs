//! Organisations, people, roles, credentials and sessions.

mod actor;
pub mod attempts;
pub mod credentials;
mod easy_passwords;
mod error;
mod link_purpose;
mod names;
mod one_time_links;
mod password_hash;
mod people;
mod session_kind;
mod sessions;
mod store;
mod token_signatures;
pub mod two_step;
mod working_days;

pub use actor::{Actor, Role};
pub use credentials::{AccessKeys, CredentialError, new_token, token_hash};
pub use error::AccountsError;
pub use link_purpose::LinkPurpose;
pub use names::{parse_email, parse_name};
pub use one_time_links::{
    LinkHolder, OneTimeLink, Postage, choose_password, create_link, forget_links, is_invited,
    link_holder, link_path, mail_link, request_reset,
};
pub use people::{
    NewPerson, create_organisation, create_person, department_of, find_reply, forget_replies,
    keep_reply, last_overview_visit, organisation, organisations, people, record_overview_visit,
    replace_reply, set_department, set_working_days,
};
pub use session_kind::{SESSION_HOURS, SessionKind};
pub use sessions::{
    Login, change_password, find_login, login_of, open_session, password_hash_of, record_failure,
    refresh, session_actor, sign_out,
};
pub use store::{Organisation, Person, StoredReply};
pub use working_days::{WorkingDays, regions, time_zones};
