//! `rapport audit`: check the audit logs, keep their heads elsewhere, sign them anew.

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Subcommand;

use super::outcome::{Failure, Outcome, say};
use crate::{
    accounts,
    audit::{self, Comparison, SignedHead, Signing, Verdict},
    audit_key::AuditKey,
    config::Config,
    db::{Database, DbConnection, write_transaction},
    installation,
    locale::english,
    private_file, telemetry,
    types::Instant,
};

/// What to do with the audit logs.
#[derive(Subcommand)]
pub enum Audit {
    /// Recompute the logs' hash chains, check their signatures, and report where they break
    #[command(
        after_help = "Example: rapport audit verify --against heads.jsonl\n\nExit code 1 if a log was changed."
    )]
    Verify {
        /// Heads from `rapport audit head`, which the logs must still contain
        #[arg(long)]
        against: Option<PathBuf>,
    },
    /// Write the signed heads of all logs, to be kept where nobody can change them
    #[command(after_help = "Example: rapport audit head --out heads.jsonl")]
    Head {
        #[arg(long)]
        out: PathBuf,
    },
    /// Sign the logs with the present secret, after the secret was changed
    #[command(
        after_help = "Example: rapport audit sign --former old-secret.key\n\nExit code 1 if a log was not signed."
    )]
    Sign {
        /// File with the former secret, which shows that nobody changed the logs since
        #[arg(long)]
        former: Option<PathBuf>,
        /// Sign logs as they are, also without such a proof; the logs record it
        #[arg(long)]
        unproven: bool,
    },
}

/// Runs one of the commands.
///
/// # Errors
/// `Failure::Cannot` if a log was changed, or a file cannot be read or written.
pub fn run(config: &Config, what: Audit) -> Outcome {
    telemetry::start(config);
    let database = installation::open_for_audit(config)?;
    match what {
        Audit::Verify { against } => verify(&database, against.as_deref()),
        Audit::Head { out } => head(&database, &out),
        Audit::Sign { former, unproven } => sign(&database, former.as_deref(), unproven),
    }
}

fn verify(database: &Database, against: Option<&Path>) -> Outcome {
    let mut c = database.connect()?;
    let mut broken = 0;
    for organisation in accounts::organisations(&mut c)? {
        let verdict = audit::verify(&mut c, organisation.id)?;
        broken += u32::from(!matches!(verdict, Verdict::Intact { .. }));
        say(format!("{}: {}", organisation.name, english(&verdict)))?;
    }
    if let Some(file) = against {
        broken += compare(&mut c, file)?;
    }
    if broken > 0 {
        return Err(Failure::Cannot(anyhow::anyhow!(
            "audit logs changed or not verifiable: {broken}"
        )));
    }
    Ok(())
}

/// Compares the logs with exported heads; returns how many do not fit.
fn compare(c: &mut DbConnection, file: &Path) -> Result<u32, Failure> {
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("{} cannot be read", file.display()))?;
    let lines = text.lines().enumerate();
    let mut wrong = 0;
    for (number, line) in lines.filter(|(_, line)| !line.trim().is_empty()) {
        let head: SignedHead = serde_json::from_str(line).with_context(|| {
            let number = number + 1;
            format!(
                "line {number} of {} is not a head of an audit log",
                file.display()
            )
        })?;
        let outcome = audit::compare(c, &head)?;
        wrong += u32::from(outcome != Comparison::Contained);
        let said = match outcome {
            Comparison::Contained => "the log still contains it",
            Comparison::Missing => {
                "the log was changed: this entry is missing, as after a return to an older copy"
            }
            Comparison::Different => "the log was changed: another entry is in this place",
            Comparison::OtherKey => "it was signed with another secret and cannot be checked",
            Comparison::Forged => "its signature does not fit: the file was changed",
        };
        say(format!(
            "head {} of {}, exported {}: {said}",
            head.sequence,
            head.organisation,
            head.at.to_text()
        ))?;
    }
    Ok(wrong)
}

fn head(database: &Database, out: &Path) -> Outcome {
    let mut c = database.connect()?;
    let mut text = String::new();
    let mut heads = 0;
    for organisation in accounts::organisations(&mut c)? {
        // The signature of a log that was changed would vouch for the change.
        let verdict = audit::verify(&mut c, organisation.id)?;
        if !matches!(verdict, Verdict::Intact { .. }) {
            return Err(Failure::Cannot(anyhow::anyhow!(
                "{}: {}",
                organisation.name,
                english(&verdict)
            )));
        }
        if let Some(head) = audit::signed_head(&mut c, organisation.id, Instant::now())? {
            text.push_str(&serde_json::to_string(&head).context("a head cannot be written")?);
            text.push('\n');
            heads += 1;
        }
    }
    private_file::write(out, text.as_bytes())
        .with_context(|| format!("{} cannot be written", out.display()))?;
    Ok(say(format!("Heads written to {}: {heads}", out.display()))?)
}

fn sign(database: &Database, former: Option<&Path>, unproven: bool) -> Outcome {
    let former = former.map(|file| {
        std::fs::read_to_string(file)
            .with_context(|| format!("{} cannot be read", file.display()))
            .map(|secret| AuditKey::derive(secret.trim()))
    });
    let former = former.transpose()?;
    let mut c = database.connect()?;
    let mut unsigned = 0;
    for organisation in accounts::organisations(&mut c)? {
        let signing = write_transaction(&mut c, |c| {
            audit::sign_anew(
                c,
                organisation.id,
                former.as_ref(),
                unproven,
                Instant::now(),
            )
        })?;
        unsigned += u32::from(matches!(signing, Signing::Unproven | Signing::Refused(_)));
        let said = match signing {
            Signing::Already => "already signed with this secret.".to_owned(),
            Signing::Signed => "signed.".to_owned(),
            Signing::Unproven => {
                "not signed: nothing shows that the log is as it was. Give the former secret with --former, \
                 or compare the log with heads that you exported and use --unproven."
                    .to_owned()
            }
            Signing::Refused(verdict) => format!("not signed. {}", english(&verdict)),
        };
        say(format!("{}: {said}", organisation.name))?;
    }
    if unsigned > 0 {
        return Err(Failure::Cannot(anyhow::anyhow!(
            "audit logs not signed: {unsigned}"
        )));
    }
    Ok(())
}
