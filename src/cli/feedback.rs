//! `rapport feedback`: importing from a file, with a progress bar and a file of rejected rows.

use std::{
    fs::File,
    io::{IsTerminal, Read},
    path::{Path, PathBuf},
};

use anyhow::Context;
use indicatif::{ProgressBar, ProgressStyle};

use super::{
    database::{open, organisation},
    outcome::{Failure, Outcome, say},
};
use crate::{
    config::Config,
    db::write_transaction,
    documents::csv::defuse,
    feedback::{
        FeedbackError, ImportReport, Mapping, Summary,
        import::{self, RejectedRow, Watcher},
        mapping::SHIPPED,
        preview::{self, DryRun},
        response_rates,
        score_format::describe,
        sources,
        upload::{self, Duplicates},
    },
    insight::agent_variance,
    locale::{Locale, english},
    private_file,
    types::Instant,
};

/// Imports `file`; see the command's help.
///
/// # Errors
/// Exit code 2 for an unusable mapping, 1 when the file or database cannot be read.
pub fn import(
    config: &Config,
    file: &Path,
    mapping: &str,
    rejected: Option<PathBuf>,
    name: Option<&str>,
    corrects: bool,
) -> Outcome {
    let own = match read_mapping(mapping) {
        Ok(own) => Some(own),
        // Not a shipped name and no file: perhaps a source of the organisation.
        Err(_) if !Path::new(mapping).exists() => None,
        Err(error) => return Err(error),
    };
    let input = File::open(file).with_context(|| format!("{} cannot be opened", file.display()))?;
    let database = open(config)?;
    let source = file.file_name().map_or_else(
        || "feedback.csv".to_owned(),
        |n| n.to_string_lossy().into_owned(),
    );
    let row = {
        let mut c = database.connect()?;
        let organisation = organisation(&mut c, name)?;
        let mapping = match own {
            Some(own) => own,
            None => sources::mapping_named(&mut c, organisation, mapping).map_err(|_e| {
                Failure::Usage(format!("{mapping} is neither a built-in mapping (contact-centre, standard), nor a source, nor a readable file"))
            })?,
        };
        let duplicates = if corrects {
            Duplicates::Correct
        } else {
            Duplicates::Skip
        };
        let row = write_transaction(&mut c, |c| {
            let now = Instant::now();
            let row = upload::begin_import(
                c,
                organisation,
                "system",
                &source,
                &mapping,
                duplicates,
                now,
            )?;
            upload::mark_running(c, row)
        })?;
        (row, mapping)
    };
    let (mut row, mapping) = row;
    let rejected =
        rejected.unwrap_or_else(|| PathBuf::from(format!("{}.rejected.csv", file.display())));
    let (counted, mut watcher) = watched(input, Some(rejected))?;
    let summary = import::run(&database, &mut row, &mapping, counted, &mut watcher)?;
    watcher.finish(&ImportReport::stored(row.report.as_ref())?)?;
    // Plans depend on it, and a worker may not be running.
    if summary.imported + summary.corrected > 0 {
        agent_variance::refresh(&database, row.organisation_id, Instant::now())?;
    }
    report(&summary)?;
    rule(&mapping)?;
    outcome(&summary, " The rows before this point are stored.")
}

/// Reads `file` and stores nothing; no database is needed.
///
/// # Errors
/// Exit code 2 for an unusable mapping, 1 when the file cannot be read or breaks off.
pub fn dry_run(file: &Path, mapping: &str, rejected: Option<PathBuf>) -> Outcome {
    let mapping = read_mapping(mapping)?;
    let input = File::open(file).with_context(|| format!("{} cannot be opened", file.display()))?;
    let (counted, mut watcher) = watched(input, rejected)?;
    let DryRun {
        summary,
        report: found,
        first,
    } = preview::preview(&mapping, counted, &mut watcher, PREVIEW_ROWS)?;
    watcher.finish(&found)?;
    say("Preview: nothing was stored.")?;
    report(&summary)?;
    rule(&mapping)?;
    for row in first {
        let score = row.score.map_or_else(
            || "no score".to_owned(),
            |(value, good)| format!("{value} ({})", if good { "good" } else { "not good" }),
        );
        say(format!(
            "{}  {}  {}  {score}",
            row.external_id,
            row.agent,
            Locale::english().time(row.at.0)
        ))?;
        if let Some(comment) = row.comment {
            say(format!("    \"{comment}\""))?;
            let themes = row.themes.iter();
            let themes: Vec<String> = themes
                .map(|t| format!("{} ({})", t.name, t.polarity.as_str()))
                .collect();
            say(match themes.as_slice() {
                [] => "    no theme".to_owned(),
                some => format!("    {}", some.join(", ")),
            })?;
        }
    }
    outcome(&summary, "")
}

/// Rows that a dry run prints.
const PREVIEW_ROWS: usize = 5;

/// The file with a progress bar, and the observer that writes its rejected rows to `target`.
fn watched(input: File, target: Option<PathBuf>) -> Result<(Counted<File>, Console), Failure> {
    let bar = ProgressBar::new(input.metadata()?.len());
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {bytes}/{total_bytes} {msg}") {
        bar.set_style(style);
    }
    let counted = Counted {
        inner: input,
        bar: bar.clone(),
    };
    let console = Console {
        bar,
        target,
        writer: None,
        columns: Vec::new(),
    };
    Ok((counted, console))
}

impl Console {
    fn finish(&mut self, report: &ImportReport) -> std::io::Result<()> {
        self.bar.finish_and_clear();
        for note in &report.notes {
            say(format!("Note: {}", english(note)))?;
        }
        for group in report.rejections() {
            let column = match group.first.column.as_str() {
                "" => String::new(),
                column => format!("{column}: "),
            };
            say(format!(
                "{:>9} rejected from row {} on: {column}{}",
                group.count,
                group.first_row,
                english(&group.first.reason)
            ))?;
        }
        if let Some(differing) = report.differing {
            say(format!(
                "{:>9} of the duplicates with other values than those stored, from row {} on: left out. To store the new values, import with --correct.",
                differing.count, differing.first_row
            ))?;
        }
        if let (Some(mut writer), Some(target)) = (self.writer.take(), &self.target) {
            writer.flush()?;
            say(format!("All rejected rows: {}", target.display()))?;
        }
        Ok(())
    }
}

/// An import that ended early or stored nothing but rejections fails.
fn outcome(summary: &Summary, kept: &str) -> Outcome {
    let failed = |text: String| Err(Failure::Cannot(anyhow::anyhow!(text)));
    match &summary.problem {
        Some(problem) => {
            let problem = problem.text(Locale::english());
            failed(format!("{problem}{kept}"))
        }
        None if summary.rejected > 0 && summary.rejected == summary.rows_read => {
            failed("Every row was rejected. Check the mapping.".to_owned())
        }
        None => Ok(()),
    }
}

fn report(s: &Summary) -> std::io::Result<()> {
    say(format!("{:>9} rows read", s.rows_read))?;
    say(format!(
        "{:>9} imported, {} of them with a comment",
        s.imported, s.comments
    ))?;
    if s.corrected > 0 {
        say(format!(
            "{:>9} corrected (already stored, with other values)",
            s.corrected
        ))?;
    }
    say(format!(
        "{:>9} duplicates (ids that were stored before)",
        s.duplicates
    ))?;
    say(format!("{:>9} rejected", s.rejected))?;
    say(format!(
        "{:>9} items of personal data removed from comments",
        s.redactions
    ))
}

/// Prints which scores counted as good.
fn rule(mapping: &Mapping) -> std::io::Result<()> {
    match describe(mapping.score.rule()) {
        Some(rule) => say(Locale::english().format(&rule)),
        None => Ok(()),
    }
}

fn read_mapping(name: &str) -> Result<Mapping, Failure> {
    let usage = |e: crate::feedback::MappingError| Failure::Usage(e.to_string());
    if SHIPPED.iter().any(|(shipped, _)| *shipped == name) {
        return Mapping::shipped(name).map_err(usage);
    }
    let text = std::fs::read_to_string(name)
        .map_err(|e| Failure::Usage(format!("{name} is neither a built-in mapping (contact-centre, standard) nor a readable file: {e}")))?;
    Mapping::parse(&text).map_err(usage)
}

/// Prints a shipped mapping.
///
/// # Errors
/// `Failure::Usage` if there is no built-in mapping of this name.
pub fn mapping(name: &str) -> Outcome {
    let found = SHIPPED.iter().find(|(shipped, _)| *shipped == name);
    let (_, text) = found.ok_or_else(|| {
        Failure::Usage(format!(
            "there is no built-in mapping \"{name}\"; choose contact-centre or standard"
        ))
    })?;
    Ok(say(text.trim_end())?)
}

/// Stores how many surveys were sent, from a table.
///
/// # Errors
/// Exit code 1 when the table or the database cannot be read.
pub fn invitations(config: &Config, file: &Path, name: Option<&str>) -> Outcome {
    let input = File::open(file).with_context(|| format!("{} cannot be opened", file.display()))?;
    let counts = response_rates::read(input)?;
    let database = open(config)?;
    let mut c = database.connect()?;
    let organisation = organisation(&mut c, name)?;
    write_transaction(&mut c, |c| {
        response_rates::keep(c, organisation, "system", &counts, Instant::now())
    })?;
    Ok(say(format!(
        "Stored {} counts of surveys sent.",
        counts.len()
    ))?)
}

struct Counted<R> {
    inner: R,
    bar: ProgressBar,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let n = self.inner.read(buffer)?;
        self.bar.inc(n as u64);
        Ok(n)
    }
}

/// Shows progress and keeps rejected rows.
struct Console {
    bar: ProgressBar,
    /// `None` writes no file.
    target: Option<PathBuf>,
    writer: Option<csv::Writer<File>>,
    columns: Vec<String>,
}

impl Watcher for Console {
    fn header(&mut self, columns: &[String]) -> Result<(), FeedbackError> {
        columns.clone_into(&mut self.columns);
        Ok(())
    }

    fn rejected(&mut self, row: &RejectedRow<'_>) -> Result<(), FeedbackError> {
        let Some(target) = &self.target else {
            return Ok(());
        };
        let writer = match &mut self.writer {
            Some(writer) => writer,
            None => {
                let file = private_file::create(target)?;
                let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(file);
                let header = ["rejected_row", "rejected_column", "rejected_reason"]
                    .into_iter()
                    .map(str::to_owned);
                writer
                    .write_record(header.chain(self.columns.iter().map(|c| defuse(c).into_owned())))
                    .map_err(std::io::Error::from)?;
                self.writer.insert(writer)
            }
        };
        let told = [
            row.number.to_string(),
            row.problem.column.clone(),
            english(&row.problem.reason),
        ];
        writer
            .write_record(
                told.into_iter()
                    .chain(row.cells.iter().cloned())
                    .map(|cell| defuse(&cell).into_owned()),
            )
            .map_err(std::io::Error::from)?;
        Ok(())
    }

    fn progress(&mut self, so_far: &Summary) {
        if std::io::stderr().is_terminal() {
            self.bar.set_message(format!(
                "{} rows, {} rejected",
                so_far.rows_read, so_far.rejected
            ));
        }
    }
}
