//! The command line: one binary, many roles. Each command has help with an example.
//!
//! Exit codes: 0 done, 1 the data or the system cannot do it (with the reason), 2 usage or
//! malformed input.

pub mod analyse;
mod database;
pub mod demo;
pub mod feedback;
pub mod operate;
mod outcome;
mod output_file;

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};

use self::outcome::{Failure, Outcome, complain};
use crate::{
    accounts::Role,
    config::{Config, LogFormat},
};

/// Hiring for service attitude, customer feedback and coaching
#[derive(Parser)]
#[command(
    name = "rapport",
    version,
    about,
    after_help = "Start with `rapport demo`. Settings come from the environment; the README lists them all."
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Fill a database with one synthetic organisation and serve it
    #[command(
        after_help = "Example: rapport demo --port 8080 --data-dir demo-data\n\nA second start reuses what is there."
    )]
    Demo {
        /// Port on 127.0.0.1; 0 picks a free one
        #[arg(long, default_value_t = 8080)]
        port: u16,
        /// Folder of the database and of the sign-ins
        #[arg(long, default_value = "demo-data")]
        data_dir: PathBuf,
        /// Stop after filling
        #[arg(long)]
        no_serve: bool,
    },
    /// Serve pages and API, and work on background jobs
    #[command(after_help = "Example: DATABASE_URL=postgres://rapport@db/rapport rapport serve")]
    Serve,
    /// Work on background jobs only, beside servers with RAPPORT_RUN_WORKER=false
    #[command(after_help = "Example: DATABASE_URL=postgres://rapport@db/rapport rapport worker")]
    Worker,
    /// Bring the database schema up to date
    #[command(after_help = "Example: rapport migrate")]
    Migrate,
    /// Accounts
    #[command(subcommand)]
    Admin(Admin),
    /// Customer feedback
    #[command(subcommand)]
    Feedback(Feedback),
    /// Write an agent's coaching plan to a file; the ending decides the format
    #[command(after_help = "Example: rapport plan --agent HL-1001 --out plan.pdf")]
    Plan {
        /// Reference or id of the agent
        #[arg(long)]
        agent: String,
        /// plan.pdf, .docx, .html, .md or .json
        #[arg(long)]
        out: PathBuf,
        /// Needed when the database holds several organisations
        #[arg(long)]
        organisation: Option<String>,
    },
    /// Questionnaires
    #[command(subcommand)]
    Questionnaire(Questionnaire),
    /// The append-only log
    #[command(subcommand)]
    Audit(Audit),
    /// Measurement on files alone, without a database
    Analyse {
        #[command(subcommand)]
        what: Box<analyse::Analyse>,
        /// Processors to use; default: all
        #[arg(long, global = true)]
        threads: Option<usize>,
    },
    /// Copy the database to a file while it is in use
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
    /// Give somebody an account; a new organisation is founded with the shipped questionnaire
    #[command(
        after_help = "Example: echo \"$PASSWORD\" | rapport admin create-user --organisation Acme --email ann@acme.example --name \"Ann Lee\" --role admin\n\nThe password is read from standard input."
    )]
    CreateUser {
        #[arg(long)]
        organisation: String,
        #[arg(long)]
        email: String,
        #[arg(long)]
        name: String,
        #[arg(long, value_enum)]
        role: Role,
        /// Reference of the agent this person is
        #[arg(long)]
        agent: Option<String>,
        /// Department whose themes this person answers for
        #[arg(long)]
        department: Option<String>,
    },
}

#[derive(Subcommand)]
enum Feedback {
    /// Import a CSV or JSON Lines; importing it twice changes nothing
    #[command(
        after_help = "Example: rapport feedback import export.csv --mapping contact-centre\n\nRejected rows are written with row number, column and reason; the counts add up."
    )]
    Import {
        file: PathBuf,
        /// A mapping file, or the name of a shipped one (contact-centre, standard) or of a source
        #[arg(long, default_value = "standard")]
        mapping: String,
        /// Correct stored rows that differ in this file; undoing the import restores them
        #[arg(long)]
        correct: bool,
        /// Where rejected rows go; default: beside the file, ending in .rejected.csv
        #[arg(long)]
        rejected: Option<PathBuf>,
        #[arg(long)]
        organisation: Option<String>,
        /// Store nothing: say what would be taken, what not, and how the first rows would look
        #[arg(long, conflicts_with = "organisation")]
        dry_run: bool,
    },
    /// Keep how many surveys were sent out: columns day, invited and, where there are several,
    /// channel
    #[command(after_help = "Example: rapport feedback invitations sent.csv")]
    Invitations {
        file: PathBuf,
        #[arg(long)]
        organisation: Option<String>,
    },
    /// Print a shipped mapping, to copy and change
    #[command(after_help = "Example: rapport feedback mapping contact-centre > my-mapping.toml")]
    Mapping { name: String },
}

#[derive(Subcommand)]
enum Questionnaire {
    /// Check a questionnaire file; a mistake is told with its line
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

#[derive(Subcommand)]
enum Audit {
    /// Re-compute the log's hash chain and say where it breaks
    #[command(after_help = "Example: rapport audit verify\n\nExit code 1 when a log is broken.")]
    Verify,
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
        // Who reads only the beginning has what they wanted.
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
            email,
            name,
            role,
            agent,
            department,
        }) => operate::create_user(
            &quiet(config),
            &organisation,
            &email,
            &name,
            role,
            agent.as_deref(),
            department.as_deref(),
        ),
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
        Command::Audit(Audit::Verify) => operate::verify_audit(&quiet(config)),
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

/// Commands a person types log to people.
fn quiet(mut config: Config) -> Config {
    config.log_format = LogFormat::Text;
    if config.log_filter == "info" {
        "warn".clone_into(&mut config.log_filter);
    }
    config
}
