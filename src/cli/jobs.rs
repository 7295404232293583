//! `rapport jobs`: the background jobs of all organisations.

use std::collections::BTreeMap;

use super::{
    database::open,
    outcome::{Outcome, say},
};
use crate::{
    accounts,
    config::Config,
    db::write_transaction,
    jobs::{self, JobInfo},
    locale::{Locale, english},
    types::{Id, Instant},
};

/// `rapport jobs list`: one line a job, its columns separated by tabs.
///
/// # Errors
/// `Failure::Cannot` if the database cannot be read.
pub fn list(config: &Config) -> Outcome {
    let database = open(config)?;
    let mut c = database.connect()?;
    let organisations = accounts::organisations(&mut c)?;
    let names: BTreeMap<Id, String> = organisations.into_iter().map(|o| (o.id, o.name)).collect();
    let jobs = jobs::jobs(&mut c, None, Instant::now())?;
    if jobs.is_empty() {
        return Ok(say("No jobs are waiting, running or failed.")?);
    }
    say("id\torganisation\tjob\tstatus\tattempts\tdue\tlast error")?;
    for job in &jobs {
        let organisation = names.get(&job.organisation).map_or("", String::as_str);
        say(line(job, organisation))?;
    }
    Ok(())
}

fn line(job: &JobInfo, organisation: &str) -> String {
    let due = job
        .due_at
        .map(|at| at.0.format("%Y-%m-%dT%H:%M:%SZ").to_string());
    let columns = [
        job.id.to_string(),
        organisation.to_owned(),
        Locale::english().format(&job.name()),
        english(&job.status),
        job.attempts.to_string(),
        due.unwrap_or_default(),
        job.last_error.clone().unwrap_or_default(),
    ];
    columns.join("\t")
}

/// `rapport jobs retry`
///
/// # Errors
/// `Failure::Cannot` if there is no such job or it has not failed.
pub fn retry(config: &Config, id: Id) -> Outcome {
    let database = open(config)?;
    let mut c = database.connect()?;
    let retry = |c: &mut _| jobs::retry(c, None, id, "system", Instant::now());
    write_transaction(&mut c, retry)?;
    Ok(say("The job is waiting again.")?)
}

/// `rapport jobs drop`
///
/// # Errors
/// `Failure::Cannot` if there is no such job, it is running, or it deletes personal data.
pub fn discard(config: &Config, id: Id) -> Outcome {
    let database = open(config)?;
    let mut c = database.connect()?;
    let discard = |c: &mut _| jobs::discard(c, None, id, "system", Instant::now());
    write_transaction(&mut c, discard)?;
    Ok(say("The job was dropped.")?)
}
