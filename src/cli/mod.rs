//! The command line: one binary, many roles. Each command has help with an example.
//!
//! Exit codes: 0 done, 1 the data or the system cannot do it (with the reason), 2 usage or
//! malformed input.

pub mod analyse;
pub mod audit;
mod database;
pub mod demo;
pub mod feedback;
pub mod jobs;
pub mod operate;
mod outcome;
mod output_file;
pub mod quality;

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};

use self::outcome::{Failure, Outcome, complain};
use crate::{
    accounts::Role,
    config::{Config, LogFormat},
    types::Id,
};

/// Hiring for service attitude, customer feedback and coaching
#[derive(Parser)]
#[command(
    name = "rapport",
    version,
    about,
    after_help = "Start with `rapport demo`. Settings are environment variables; docs/operations.md lists them."
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Fill a database with one synthetic organisation and serve it
    #[command(
        after_help = "Example: rapport demo --port 8080 --data-dir demo-data\n\nA second start uses the same data."
    )]
    Demo {
        /// Port on 127.0.0.1; 0 picks a free one
        #[arg(long, default_value_t = 8080)]
        port: u16,
        /// Folder for the database and the list of sign-ins
        #[arg(long, default_value = "demo-data")]
        data_dir: PathBuf,
        /// Fill the database, then exit without serving
        #[arg(long)]
        no_serve: bool,
    },
    /// Serve the pages and the API, and run background jobs
    #[command(after_help = "Example: DATABASE_URL=postgres://rapport@db/rapport rapport serve")]
    Serve,
    /// Run background jobs only, for servers started with RAPPORT_RUN_WORKER=false
    #[command(after_help = "Example: DATABASE_URL=postgres://rapport@db/rapport rapport worker")]
    Worker,
    /// Bring the database schema up to date
    #[command(after_help = "Example: rapport migrate")]
    Migrate,
    /// Manage accounts
    #[command(subcommand)]
    Admin(Admin),
    /// Import customer feedback
    #[command(subcommand)]
    Feedback(Feedback),
    /// Import quality checks
    #[command(subcommand, alias = "qa")]
    Quality(Quality),
    /// Create a coaching plan for an agent and write it to a file
    #[command(after_help = "Example: rapport plan --agent HL-1001 --out plan.pdf")]
    Plan {
        /// Reference or id of the agent
        #[arg(long)]
        agent: String,
        /// File to write; its extension (pdf, docx, html, md or json) sets the format
        #[arg(long)]
        out: PathBuf,
        /// Name of the organisation; required if the database has several
        #[arg(long)]
        organisation: Option<String>,
    },
    /// Check and publish questionnaires
    #[command(subcommand)]
    Questionnaire(Questionnaire),
    /// List background jobs of all organisations, run failed ones again, or drop them
    #[command(subcommand)]
    Jobs(Jobs),
    /// Verify and sign the audit log
    #[command(subcommand)]
    Audit(audit::Audit),
    /// Compute statistics on files, without a database
    Analyse {
        #[command(subcommand)]
        what: Box<analyse::Analyse>,
        /// Number of threads [default: one per core]
        #[arg(long, global = true)]
        threads: Option<usize>,
    },
    /// Back up the database to a file while it is in use
    #[command(
        after_help = "Example: rapport backup rapport-2026-11-22.db\n\nPostgreSQL is copied by pg_dump, which must be installed."
    )]
    Backup {
        /// A file that does not exist yet
        file: PathBuf,
    },
}

#[derive(Subcommand)]
enum Admin {
    /// Create an account; the first one of all creates its organisation, too, and so does --new
    #[command(
        after_help = "Example: echo \"$PASSWORD\" | rapport admin create-user --new --organisation Acme --email ann@acme.example --name \"Ann Lee\" --role admin\n\nThe password is read from standard input."
    )]
    CreateUser {
        #[arg(long)]
        organisation: String,
        /// Create the organisation, which must not exist yet
        #[arg(long)]
        new: bool,
        #[arg(long)]
        email: String,
        #[arg(long)]
        name: String,
        #[arg(long, value_enum)]
        role: Role,
        /// Reference of the agent, for the role agent
        #[arg(long)]
        agent: Option<String>,
        /// Department, for the role department
        #[arg(long)]
        department: Option<String>,
    },
    /// Remove the two-step sign-in of a person who has lost their app and their recovery codes
    #[command(
        after_help = "Example: rapport admin remove-two-step --email ann@acme.example\n\nTheir sessions end. Where the organisation demands two-step sign-in, they set it up again when they sign in next."
    )]
    RemoveTwoStep {
        #[arg(long)]
        email: String,
    },
    /// Set the time zone and the region by which check-ins are dated
    #[command(
        after_help = "Example: rapport admin set-working-days --time-zone Europe/Berlin --region DE-BY\n\nThe region gives weekends and public holidays of 2026 to 2035; without one, weekends are Saturday and Sunday. Plans drafted before keep their dates."
    )]
    SetWorkingDays {
        /// Name of the organisation; required if the database has several
        #[arg(long)]
        organisation: Option<String>,
        /// IANA name, such as Europe/Berlin
        #[arg(long)]
        time_zone: String,
        /// ISO 3166 code of a country or of a part of it, such as DE, DE-BY or GB-ENG
        #[arg(long, default_value = "")]
        region: String,
    },
}

#[derive(Subcommand)]
enum Feedback {
    /// Import a table (CSV, XLSX, ODS), JSON or JSON Lines; importing a file twice changes nothing
    #[command(
        after_help = "Example: rapport feedback import export.csv --mapping contact-centre\n\nRejected rows are written to a file with row number, column and reason."
    )]
    Import {
        file: PathBuf,
        /// Mapping file, built-in mapping (contact-centre, standard) or name of a source
        #[arg(long, default_value = "standard")]
        mapping: String,
        /// Correct stored rows that differ in this file; undoing the import restores them
        #[arg(long)]
        correct: bool,
        /// File for rejected rows [default: FILE.rejected.csv]
        #[arg(long)]
        rejected: Option<PathBuf>,
        #[arg(long)]
        organisation: Option<String>,
        /// Store nothing; print the counts, the rejections and the first rows
        #[arg(long, conflicts_with = "organisation")]
        dry_run: bool,
    },
    /// Store how many surveys were sent, from a table with the columns day and invited
    ///
    /// With a column channel, response rates are also shown by channel.
    #[command(after_help = "Example: rapport feedback invitations sent.csv")]
    Invitations {
        file: PathBuf,
        #[arg(long)]
        organisation: Option<String>,
    },
    /// Print a built-in mapping as a starting point for your own
    #[command(after_help = "Example: rapport feedback mapping contact-centre > my-mapping.toml")]
    Mapping { name: String },
}

#[derive(Subcommand)]
enum Jobs {
    /// List the jobs that wait, run or have failed, their columns separated by tabs
    #[command(after_help = "Example: rapport jobs list")]
    List,
    /// Put a failed job back into the queue; an import goes on where it stopped
    #[command(after_help = "Example: rapport jobs retry 01966f3e-6a1e-7c3b-9d52-2f1f5a0c7b10")]
    Retry { id: Id },
    /// Delete a job that is not running; its import or export is marked as failed
    #[command(after_help = "Example: rapport jobs drop 01966f3e-6a1e-7c3b-9d52-2f1f5a0c7b10")]
    Drop { id: Id },
}

#[derive(Subcommand)]
enum Quality {
    /// Import quality checks from a table (CSV, XLSX, ODS); importing a file twice changes nothing
    #[command(
        after_help = "Example: rapport quality import october.xlsx --mapping quality-form.toml\n\nRejected rows are written to a file with row number, column and reason."
    )]
    Import {
        file: PathBuf,
        /// Mapping file; `rapport quality mapping` prints an example
        #[arg(long)]
        mapping: PathBuf,
        /// File for rejected rows [default: FILE.rejected.csv]
        #[arg(long)]
        rejected: Option<PathBuf>,
        #[arg(long)]
        organisation: Option<String>,
    },
    /// Print an example of a mapping as a starting point for your own
    #[command(after_help = "Example: rapport quality mapping > quality-form.toml")]
    Mapping,
}

#[derive(Subcommand)]
enum Questionnaire {
    /// Check a questionnaire file; errors name the line
    #[command(
        after_help = "Example: rapport questionnaire check questionnaires/service-attitude.toml"
    )]
    Check { file: PathBuf },
    /// Publish a questionnaire for an organisation
    #[command(after_help = "Example: rapport questionnaire publish my.toml --organisation Acme")]
    Publish {
        file: PathBuf,
        #[arg(long)]
        organisation: Option<String>,
    },
}

/// Runs the program's arguments.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    match dispatch(cli.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Usage(text)) => {
            complain(&format!("rapport: {text}"));
            ExitCode::from(2)
        }
        // A reader such as `head` closed the pipe early.
        Err(Failure::Cannot(error)) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(Failure::Cannot(error)) => {
            complain(&format!("rapport: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<std::io::Error>())
        .any(|e| e.kind() == std::io::ErrorKind::BrokenPipe)
}

fn dispatch(command: Command) -> Outcome {
    let config = Config::from_env().map_err(|e| Failure::Usage(e.to_string()))?;
    match command {
        Command::Demo {
            port,
            data_dir,
            no_serve,
        } => demo::run(config, port, data_dir, no_serve),
        Command::Serve => operate::serve(config),
        Command::Worker => operate::worker(&config),
        Command::Migrate => operate::migrate(&config),
        Command::Admin(Admin::CreateUser {
            organisation,
            new,
            email,
            name,
            role,
            agent,
            department,
        }) => operate::create_user(
            &quiet(config),
            (&organisation, new),
            (&email, &name),
            role,
            agent.as_deref(),
            department.as_deref(),
        ),
        Command::Admin(Admin::RemoveTwoStep { email }) => {
            operate::remove_two_step(&quiet(config), &email)
        }
        Command::Admin(Admin::SetWorkingDays {
            organisation,
            time_zone,
            region,
        }) => {
            operate::set_working_days(&quiet(config), organisation.as_deref(), &time_zone, &region)
        }
        Command::Feedback(Feedback::Import {
            file,
            mapping,
            rejected,
            dry_run: true,
            ..
        }) => feedback::dry_run(&file, &mapping, rejected),
        Command::Feedback(Feedback::Import {
            file,
            mapping,
            rejected,
            organisation,
            correct,
            ..
        }) => feedback::import(
            &quiet(config),
            &file,
            &mapping,
            rejected,
            organisation.as_deref(),
            correct,
        ),
        Command::Feedback(Feedback::Invitations { file, organisation }) => {
            feedback::invitations(&quiet(config), &file, organisation.as_deref())
        }
        Command::Feedback(Feedback::Mapping { name }) => feedback::mapping(&name),
        Command::Quality(Quality::Import {
            file,
            mapping,
            rejected,
            organisation,
        }) => quality::import(
            &quiet(config),
            &file,
            &mapping,
            rejected,
            organisation.as_deref(),
        ),
        Command::Quality(Quality::Mapping) => quality::mapping(),
        Command::Plan {
            agent,
            out,
            organisation,
        } => operate::plan(&quiet(config), &agent, &out, organisation.as_deref()),
        Command::Questionnaire(Questionnaire::Check { file }) => {
            operate::check_questionnaire(&file)
        }
        Command::Questionnaire(Questionnaire::Publish { file, organisation }) => {
            operate::publish_questionnaire(&quiet(config), &file, organisation.as_deref())
        }
        Command::Jobs(Jobs::List) => jobs::list(&quiet(config)),
        Command::Jobs(Jobs::Retry { id }) => jobs::retry(&quiet(config), id),
        Command::Jobs(Jobs::Drop { id }) => jobs::discard(&quiet(config), id),
        Command::Audit(what) => audit::run(&quiet(config), what),
        Command::Analyse { what, threads } => {
            if let Some(threads) = threads {
                rayon::ThreadPoolBuilder::new()
                    .num_threads(threads)
                    .build_global()?;
            }
            analyse::run(&what)
        }
        Command::Backup { file } => operate::backup(&quiet(config), &file),
    }
}

/// Settings of commands that a person types: readable logs, warnings only.
fn quiet(mut config: Config) -> Config {
    config.log_format = LogFormat::Text;
    if config.log_filter == "info" {
        "warn".clone_into(&mut config.log_filter);
    }
    config
}
