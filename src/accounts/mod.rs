//! Organisations, people, roles, credentials and sessions.

mod account_changes;
mod account_state;
mod actor;
pub mod api_keys;
pub mod attempts;
pub mod credentials;
mod easy_passwords;
mod error;
mod link_purpose;
mod names;
mod one_time_links;
mod open_sessions;
mod password_hash;
mod people;
mod person_roles;
mod role;
mod roles;
mod session_kind;
mod sessions;
mod store;
mod token_signatures;
pub mod two_step;
mod working_days;

pub use account_changes::{check_can_be_closed, close, resume, suspend};
pub use account_state::AccountState;
pub use actor::Actor;
pub use credentials::{AccessKeys, CredentialError, new_token, token_hash};
pub use error::AccountsError;
pub use link_purpose::LinkPurpose;
pub use names::{parse_email, parse_name};
pub use one_time_links::{
    LinkHolder, OneTimeLink, Postage, choose_password, create_link, forget_links, link_holder,
    link_path, mail_link, request_reset,
};
pub use open_sessions::{end_other_sessions, end_session, end_sessions, sessions};
pub use people::{
    NewPerson, create_organisation, create_person, department_of, find_reply, forget_replies,
    keep_reply, last_overview_visit, organisation, organisations, people, record_overview_visit,
    replace_reply, set_department, set_working_days,
};
pub use person_roles::{NewRoles, person, set_roles};
pub use role::Role;
pub use roles::Roles;
pub use session_kind::{SESSION_HOURS, SessionKind};
pub use sessions::{
    LiveSession, Login, access_session, actor_of, change_password, cookie_session, find_login,
    login_of, note_use, open_session, password_hash_of, record_failure, refresh, sign_out,
};
pub use store::{Organisation, Person, Session, StoredReply};
pub use working_days::{WorkingDays, regions, time_zones};
