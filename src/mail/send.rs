//! The job that hands a mail over to the mail server.

use chrono::Duration;
use serde::{Deserialize, Serialize};

use super::{
    message::MailState,
    smtp::{self, SmtpRejection},
    store::{self, Mail},
};
use crate::{
    db::{Database, DbConnection, DbResult, write_transaction},
    queue::{self, Job, JobResult, Lease, Run},
    types::{Id, Instant},
};

/// Minutes after each failed attempt until the next. Servers that ask strangers to come back later
/// do so for up to an hour.
const PAUSES: [i64; 7] = [1, 5, 15, 60, 180, 360, 720];

/// Hands a mail over to the mail server.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SendMail {
    pub(super) mail: Id,
}

impl Job for SendMail {
    const KIND: &'static str = "mail.send";
}

impl Run for SendMail {
    fn run(&self, database: &Database, organisation: Id, _lease: &Lease<'_>) -> JobResult {
        // Without a server the mail waits in the outbox.
        let Some(server) = database.mail_server() else {
            return Ok(());
        };
        let mail = store::find(&mut *database.connect()?, organisation, self.mail)?;
        let now = Instant::now();
        let Some(mail) = mail.filter(|mail| is_due(mail, now)) else {
            return Ok(());
        };
        let outcome = smtp::hand_over(server, &mail);
        let mut c = database.connect()?;
        write_transaction(&mut c, |c| settle(c, &mail, outcome, Instant::now()))?;
        Ok(())
    }

    fn give_up(&self, c: &mut DbConnection, organisation: Id, now: Instant) -> JobResult {
        let mail = store::find(c, organisation, self.mail)?;
        if mail.is_some_and(|mail| mail.state == MailState::Queued) {
            store::set_state(c, organisation, self.mail, MailState::Failed, now)?;
        }
        Ok(())
    }

    fn retry(&self, c: &mut DbConnection, organisation: Id, now: Instant) -> JobResult {
        let mail = store::find(c, organisation, self.mail)?;
        if mail.is_some_and(|mail| mail.state == MailState::Failed && !mail.body.is_empty()) {
            store::set_state(c, organisation, self.mail, MailState::Queued, now)?;
        }
        Ok(())
    }
}

/// Whether a mail is to be handed over now. Somebody may have had it sent again meanwhile; then the
/// job of the earlier attempt comes too early or too late.
fn is_due(mail: &Mail, now: Instant) -> bool {
    mail.state == MailState::Queued && mail.next_attempt_at.is_some_and(|at| at <= now)
}

/// Records the outcome of an attempt, and plans the next one if the server may still take the mail.
fn settle(
    c: &mut DbConnection,
    mail: &Mail,
    outcome: Result<(), SmtpRejection>,
    now: Instant,
) -> DbResult<()> {
    let Err(rejection) = outcome else {
        store::settle(c, mail, MailState::Sent, None, None, now)?;
        return Ok(());
    };
    tracing::warn!(mail = %mail.id, status = rejection.status, "A mail was not handed over");
    let pause = usize::try_from(mail.attempts)
        .ok()
        .and_then(|attempts| PAUSES.get(attempts))
        .filter(|_| !rejection.is_permanent);
    let error = Some(rejection.text.as_str());
    let Some(pause) = pause else {
        let state = match rejection.is_permanent {
            true => MailState::Bounced,
            false => MailState::Failed,
        };
        store::settle(c, mail, state, error, None, now)?;
        return Ok(());
    };
    let next = now.plus(Duration::minutes(*pause));
    if store::settle(c, mail, MailState::Queued, error, Some(next), now)? {
        let again = SendMail { mail: mail.id };
        queue::enqueue_for(c, mail.organisation_id, &again, next, now)?;
    }
    Ok(())
}
