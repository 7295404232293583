//! Mails to people: a table of what is to be sent, the job that sends it, and the outbox.
//!
//! A mail is stored in the transaction that causes it. With a mail server, a job hands it over and
//! tries again after growing pauses; without one it waits in the outbox, where an administrator
//! copies its link. Its text is deleted once it was handed over, and after seven days in any case,
//! because it may contain a one-time link.

mod error;
mod message;
mod outbox;
mod send;
mod smtp;
mod store;

pub use error::MailError;
pub use message::{MailKind, MailState, NewMail};
pub use outbox::{
    KEPT_DAYS, LINK_DAYS, Mail, add, mails, mails_with_texts, mark_delivered, send_again, sweep,
    withdraw,
};
pub use send::SendMail;
