//! `rapport demo`: from nothing to a running, filled system in one command.

use std::path::{Path, PathBuf};

use anyhow::Context;

use super::{
    database::open,
    outcome::{Failure, Outcome, say},
};
use crate::{
    accounts::{self, Role},
    app::Application,
    config::{Config, DatabaseUrl, LogFormat},
    db::{Database, write_transaction},
    demo::{self, Size},
    hiring, private_file,
    types::Instant,
};

/// Fills the demo's database if it is new, prints how to look around, and serves unless told not
/// to.
///
/// # Errors
/// `Failure::Cannot` if filling or serving fails.
pub fn run(mut config: Config, port: u16, data_dir: PathBuf, no_serve: bool) -> Outcome {
    config.listen = format!("127.0.0.1:{port}");
    config.database_url = DatabaseUrl::Sqlite(data_dir.join("rapport.db").display().to_string());
    config.data_dir = data_dir;
    config.log_format = LogFormat::Text;
    if config.log_filter == "info" {
        "warn".clone_into(&mut config.log_filter);
    }
    let database = open(&config)?;
    let notes = config.data_dir.join("demo-sign-ins.txt");
    let filled = {
        let mut c = database.connect()?;
        accounts::organisations(&mut c)?
            .iter()
            .any(|o| o.name == demo::ORGANISATION)
    };
    if filled && !notes.exists() {
        return Err(Failure::Cannot(anyhow::anyhow!(
            "{} contains an incomplete demo; delete the folder and start again",
            config.data_dir.display()
        )));
    }
    if !filled {
        fill(&database, &notes)?;
    }
    let text = refresh_link(&database, &notes)?;
    if no_serve {
        say("")?;
        say(text
            .replace("BASE", &format!("http://127.0.0.1:{port}"))
            .trim_end())?;
        say(format!(
            "Filled {}. Run `rapport demo` without --no-serve to look around.",
            config.data_dir.display()
        ))?;
        return Ok(());
    }
    drop(database);
    actix_web::rt::System::new().block_on(async move {
        let application = Application::build(config)?;
        let base = format!("http://{}", application.address()?);
        say("")?;
        say(text.replace("BASE", &base).trim_end())?;
        say(format!("\nServing on {base}   (Ctrl-C stops)"))?;
        application.run(|_| ()).await?;
        Ok::<(), anyhow::Error>(())
    })?;
    Ok(())
}

fn fill(database: &Database, notes: &Path) -> Result<(), Failure> {
    say(format!(
        "Creating the synthetic organisation \"{}\":",
        demo::ORGANISATION
    ))?;
    let made = demo::fill(database, Size::FULL, Instant::now(), &mut |step| {
        drop(say(format!("  {step} ...")))
    })?;
    let mut lines = vec![
        "SYNTHETIC DATA: nobody in this organisation exists.".to_owned(),
        String::new(),
        "Sign-ins".to_owned(),
    ];
    for (role, email, password) in &made.sign_ins {
        lines.push(format!("  {:<10} {email:<24} {password}", role.as_str()));
    }
    let (name, reference) = &made.agent;
    lines.push(String::new());
    lines.push(format!("The agent who signs in is {name} ({reference})."));
    lines.push(format!("Agents with a plan: {}", made.planned.join(", ")));
    lines.push(format!(
        "A candidate's link, not used yet: BASE/c/{}",
        made.open_token
    ));
    private_file::write(notes, (lines.join("\n") + "\n").as_bytes())?;
    Ok(())
}

/// The notes, with a new candidate's link when the last one was used up.
fn refresh_link(database: &Database, notes: &Path) -> Result<String, Failure> {
    let text = std::fs::read_to_string(notes)?;
    let marker = "BASE/c/";
    let Some(token) = text
        .lines()
        .find_map(|l| l.split_once(marker).map(|(_, token)| token.to_owned()))
    else {
        return Ok(text);
    };
    let now = Instant::now();
    let mut c = database.connect()?;
    let usable = hiring::open_link(&mut c, &token, now).is_ok_and(|g| {
        g.sitting
            .is_none_or(|s| s.finished_at.is_none() && s.withdrawn_at.is_none())
    });
    if usable {
        return Ok(text);
    }
    let organisation = accounts::organisations(&mut c)?
        .into_iter()
        .find(|o| o.name == demo::ORGANISATION)
        .context("the demo organisation")?;
    let recruiter = accounts::people(&mut c, organisation.id)?
        .into_iter()
        .find(|p| p.roles.contains(Role::Recruiter))
        .context("the demo's recruiter")?;
    let actor = crate::accounts::Actor {
        organisation: organisation.id,
        person: recruiter.id,
        roles: Role::Recruiter.into(),
        agent: None,
        api_key: None,
        name: recruiter.name,
    };
    let invited = write_transaction(&mut c, |c| {
        let newest = hiring::vacancies(c, &actor, None, 1)?
            .pop()
            .ok_or(hiring::HiringError::NoVacancy)?;
        let email = format!("robin.{}@candidate.example", now.0.timestamp());
        let links = hiring::LinkKeys::new(&crate::accounts::new_token());
        hiring::add_candidate(c, &actor, &links, newest.id, "Robin Example", &email, now)
    })?;
    let text = text.replace(&token, &invited.token);
    private_file::write(notes, text.as_bytes())?;
    Ok(text)
}
