//! The operating commands: serve, worker, migrate, accounts, plans, questionnaires, backup.

use std::{io::Read, path::Path, sync::Arc};

use anyhow::Context;
use tokio::sync::{Notify, watch};

use super::{
    database::{open, organisation},
    outcome::{Failure, Outcome, say},
    output_file,
};
use crate::{
    accounts::{self, AccountsError, NewPerson, Role, WorkingDays, credentials, two_step},
    app::{Application, asked_to_stop, end_at_last},
    assessment::{self, Questionnaire},
    backup,
    coaching::{self, Format},
    config::Config,
    db::{DbConnection, write_transaction},
    installation,
    locale::Locale,
    praise, setup, telemetry,
    types::{Id, Instant},
    worker, workforce,
};

/// `rapport serve`
///
/// # Errors
/// `Failure::Cannot` if the server cannot start or fails.
pub fn serve(config: Config) -> Outcome {
    telemetry::start(&config);
    actix_web::rt::System::new().block_on(async move {
        let application = Application::build(config)?;
        tracing::info!(address = %application.address()?, "Serving");
        application.run(|_| ()).await?;
        tracing::info!("Stopped");
        Ok::<(), anyhow::Error>(())
    })?;
    Ok(())
}

/// `rapport worker`
///
/// # Errors
/// `Failure::Cannot` if the database cannot be opened or the worker fails.
pub fn worker(config: &Config) -> Outcome {
    let database = open(config)?;
    database.watch().context("starting to watch the database")?;
    actix_web::rt::System::new().block_on(async move {
        let (stop, stopped) = watch::channel(false);
        let working = tokio::spawn(worker::run(database, Arc::new(Notify::new()), stopped));
        asked_to_stop().await?;
        end_at_last();
        stop.send_replace(true);
        working.await.context("the worker failed")
    })?;
    Ok(())
}

/// `rapport migrate`
///
/// # Errors
/// `Failure::Cannot` if the database cannot be reached or migrated.
pub fn migrate(config: &Config) -> Outcome {
    telemetry::start(config);
    let migrations = installation::open(config)?.migrations;
    let message = format!("The schema is up to date (migrations run: {migrations}).");
    Ok(say(&message)?)
}

/// `rapport admin set-working-days`
///
/// # Errors
/// `Failure::Usage` for an unknown time zone or region, `Failure::Cannot` for an unknown
/// organisation.
pub fn set_working_days(
    config: &Config,
    organisation: Option<&str>,
    time_zone: &str,
    region: &str,
) -> Outcome {
    let days = WorkingDays::parse(time_zone, region).map_err(|e| Failure::Usage(e.to_string()))?;
    let database = open(config)?;
    let mut c = database.connect()?;
    let id = self::organisation(&mut c, organisation)?;
    write_transaction(&mut c, |c| {
        accounts::set_working_days(c, id, &days, "system", Instant::now())
    })?;
    Ok(say(
        "Stored. It applies to plans drafted from now on.".to_owned()
    )?)
}

/// `rapport admin create-user`
///
/// # Errors
/// `Failure::Usage` for an unusable password, `Failure::Cannot` if another value is unusable or
/// taken, or if there are other organisations but not this one, and it is not `new`.
pub fn create_user(
    config: &Config,
    (name_of_organisation, new): (&str, bool),
    (email, name): (&str, &str),
    role: Role,
    agent: Option<&str>,
    department: Option<&str>,
) -> Outcome {
    let mut password = String::new();
    std::io::stdin().take(2_000).read_to_string(&mut password)?;
    let about = [name, email, name_of_organisation];
    let password = password.trim_end_matches(['\r', '\n']);
    let password_hash =
        credentials::hash_password(password, &about).map_err(|e| Failure::Usage(e.to_string()))?;
    let database = open(config)?;
    let mut c = database.connect()?;
    let now = Instant::now();
    let new = write_transaction(&mut c, |c| {
        // Where there is none yet, the name cannot be that of another one, mistyped.
        let new = new || setup::is_needed(c)?;
        let id = if new {
            setup::found(c, name_of_organisation, now)?
        } else {
            organisation_named(c, name_of_organisation)?
        };
        let agent = agent
            .map(|reference| workforce::agent_by_reference(c, id, reference).map(|a| a.id))
            .transpose()?;
        let department = department
            .map(|name| praise::departments::named(c, id, name))
            .transpose()?;
        let person = NewPerson {
            email: email.to_owned(),
            name: name.to_owned(),
            role,
            password_hash,
            agent,
            department,
        };
        accounts::create_person(c, id, person, "system", now)?;
        Ok::<bool, anyhow::Error>(new)
    })?;
    if new {
        say(format!(
            "Created the organisation \"{name_of_organisation}\" with the built-in questionnaire."
        ))?;
    }
    Ok(say(format!("{email} can sign in as {}.", role.as_str()))?)
}

fn organisation_named(c: &mut DbConnection, name: &str) -> anyhow::Result<Id> {
    let known = accounts::organisations(c)?;
    let found = known.into_iter().find(|o| o.name == name);
    let found = found.with_context(|| {
        format!("there is no organisation \"{name}\"; check the name, or create it with --new")
    })?;
    Ok(found.id)
}

/// `rapport admin remove-two-step`
///
/// # Errors
/// `Failure::Cannot` for an unknown address, or if two-step sign-in is not on.
pub fn remove_two_step(config: &Config, email: &str) -> Outcome {
    let database = open(config)?;
    let mut c = database.connect()?;
    write_transaction(&mut c, |c| {
        let login = accounts::find_login(c, email)?;
        let owner = login.key().ok_or(AccountsError::NoPerson)?;
        two_step::remove(c, owner, "system", Instant::now())
    })?;
    Ok(say(format!("Removed the two-step sign-in of {email}."))?)
}

/// `rapport plan`
///
/// # Errors
/// `Failure::Usage` if the extension is not a format, `Failure::Cannot` if the agent is unknown
/// or the file cannot be written.
pub fn plan(config: &Config, agent: &str, out: &Path, name: Option<&str>) -> Outcome {
    let ending = out.extension().and_then(|e| e.to_str()).unwrap_or_default();
    let format = Format::parse(ending).map_err(|e| Failure::Usage(e.to_string()))?;
    let database = open(config)?;
    let drafted = {
        let mut c = database.connect()?;
        let organisation = organisation(&mut c, name)?;
        let agent = workforce::agent_by_reference(&mut c, organisation, agent)
            .with_context(|| format!("agent {agent}"))?;
        let now = Instant::now();
        let plan = coaching::draft(&mut c, organisation, agent.id, now)?;
        write_transaction(&mut c, |c| {
            coaching::keep(c, organisation, "system", agent.id, &plan, now)
        })?
        .plan
    };
    let bytes = coaching::render(&drafted.clone().into(), format, Locale::english())?;
    output_file::write(out, &bytes)
        .with_context(|| format!("{} cannot be written", out.display()))?;
    Ok(say(format!(
        "{}: focus areas {}, strengths {}",
        out.display(),
        drafted.focus.len(),
        drafted.strengths.len()
    ))?)
}

fn read_questionnaire(file: &Path) -> Result<Questionnaire, Failure> {
    let text = std::fs::read_to_string(file)
        .map_err(|e| Failure::Usage(format!("{}: {e}", file.display())))?;
    Questionnaire::parse(&text)
        .map_err(|e| Failure::Usage(format!("{}:{}: {}", file.display(), e.line, e.problem)))
}

/// `rapport questionnaire check`
///
/// # Errors
/// `Failure::Usage` with the file and the line of the first mistake.
pub fn check_questionnaire(file: &Path) -> Outcome {
    let q = read_questionnaire(file)?;
    Ok(say(format!(
        "{}: valid. {} version {}, {} facets, {} statements on {} pages, hash {}",
        file.display(),
        q.slug,
        q.version,
        q.facets.len(),
        q.items.len(),
        q.pages(),
        &q.content_hash()?[..12]
    ))?)
}

/// `rapport questionnaire publish`
///
/// # Errors
/// `Failure::Usage` with the first mistake in the file, `Failure::Cannot` if the version is taken.
pub fn publish_questionnaire(config: &Config, file: &Path, name: Option<&str>) -> Outcome {
    let q = read_questionnaire(file)?;
    let database = open(config)?;
    let mut c = database.connect()?;
    let organisation = organisation(&mut c, name)?;
    write_transaction(&mut c, |c| {
        assessment::publish(c, organisation, &q, "system", Instant::now())
    })?;
    Ok(say(format!("Published {} version {}.", q.slug, q.version))?)
}

/// `rapport backup`: a whole copy that only its owner can read, or no file.
///
/// # Errors
/// `Failure::Usage` if the file exists, `Failure::Cannot` if the copy fails.
pub fn backup(config: &Config, file: &Path) -> Outcome {
    telemetry::start(config);
    if !backup::write(&config.database_url, file)? {
        return Err(Failure::Usage(format!(
            "{} already exists; choose another file",
            file.display()
        )));
    }
    Ok(say(format!(
        "Copied to {}. Back up secret.key from the data folder as well if you use the generated secret.",
        file.display()
    ))?)
}
