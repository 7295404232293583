//! `rapport analyse train-themes`: a model of labels from comments that people have labelled.

use std::path::PathBuf;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use rayon::prelude::*;
use serde::Serialize;

use super::{
    columns::Columns,
    files::read_lexicon,
    output::{self, OutputFormat},
    table::TableOptions,
};
use crate::{
    cli::{
        outcome::{Failure, Outcome, complain},
        output_file,
    },
    text::{
        classifier::{
            quality::LabelQuality,
            training::{self, Example, Options, TrainingError},
        },
        normalise::tidy,
        redact::redact,
        tagger,
    },
};

pub const HELP: &str = "Example: rapport analyse train-themes labelled.csv --text remark --label themes --multi , --out model.json

One penalised logistic regression a label (Yu, Huang & Lin 2011) on words, pairs of words, character runs and what the words of
the taxonomy found. The figures are of --folds stratified folds (or of those of --fold COLUMN) that neither vocabulary, penalty
nor thresholds have seen; precision, recall and F1 count the decisions of all folds together; macro F1 is the mean over all
labels. A label named like a theme replaces the words of the theme only when its F1 is higher with 95 % confidence (bootstrap).
Rows without a label are left out, unless --multi is given: then they have none.";

/// Train a model on labelled comments
#[derive(Args, Debug)]
pub struct Request {
    /// Table with one row per comment (CSV, TSV, XLSX, XLS or ODS; also .gz, .zip)
    file: PathBuf,
    #[command(flatten)]
    table: TableOptions,
    /// Column with the comment
    #[arg(long)]
    text: String,
    /// Column with the label
    #[arg(long)]
    label: String,
    /// Separator between labels, if a comment can have several
    #[arg(long, value_name = "SEPARATOR")]
    multi: Option<String>,
    /// File for the model (JSON)
    #[arg(long)]
    out: PathBuf,
    /// Folds of the cross-validation, 2 to 20
    #[arg(long, default_value_t = 5)]
    folds: usize,
    /// Column with the test fold of each row
    #[arg(long, value_name = "COLUMN")]
    fold: Option<String>,
    /// Seed of the folds and the bootstrap
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Taxonomy (TOML) [default: the built-in one]
    #[arg(long)]
    taxonomy: Option<PathBuf>,
    #[arg(long, value_enum)]
    format: Option<OutputFormat>,
}

#[derive(Serialize)]
struct Report<'a> {
    n: usize,
    labels: Vec<&'a str>,
    macro_f1: f64,
    micro_f1: f64,
    folds: usize,
    cost: f64,
    seconds: f64,
    per_label: &'a [LabelQuality],
}

/// Runs the command.
///
/// # Errors
/// Usage, or comments that nothing can be learned from.
pub fn run(request: &Request) -> Outcome {
    let lexicon = read_lexicon(request.taxonomy.as_deref())?;
    let mut names = vec![request.text.as_str(), request.label.as_str()];
    names.extend(request.fold.as_deref());
    let mut columns = Columns::read(&request.file, &request.table, &names, &[])?;
    if request.multi.is_none() {
        columns.tidy_labels(1);
    }
    let folds = request.fold.as_ref().map(|_| fold_numbers(columns.text(2)));
    let several = request.multi.is_some();
    let missing = request.table.missing();
    let labels_of = |cell: &str| -> Vec<String> {
        let parts: Vec<&str> = match &request.multi {
            Some(separator) if !separator.is_empty() => cell.split(separator.as_str()).collect(),
            _ => vec![cell],
        };
        let labels = parts.into_iter().map(|l| l.trim().to_owned());
        labels.filter(|l| !missing.is_missing(l)).collect()
    };
    let usable: Vec<usize> = (0..columns.rows())
        .filter(|r| !columns.text(0)[*r].is_empty())
        .filter(|r| several || !columns.text(1)[*r].is_empty())
        .collect();
    let left_out = columns.rows() - usable.len();
    if left_out > 0 {
        complain(&format!(
            "rapport: {left_out} of {} rows have no comment or no label and are left out",
            columns.rows()
        ));
    }
    let examples: Vec<Example> = usable
        .par_iter()
        .map(|row| {
            let text = redact(tidy(&columns.text(0)[*row]), &[]).text;
            Example {
                mentions: tagger::tag(&text, None, &lexicon).mentions,
                text: text.into_owned(),
                labels: labels_of(&columns.text(1)[*row]),
                fold: folds.as_ref().map(|f| f[*row]),
            }
        })
        .collect();
    let started = std::time::Instant::now();
    let bar = progress_bar();
    let options = Options {
        several,
        folds: request.folds,
        seed: request.seed,
    };
    let model = training::train(&examples, lexicon.taxonomy(), options, |done, of| {
        bar.set_length(of as u64);
        bar.set_position(done as u64);
    });
    bar.finish_and_clear();
    let model = model.map_err(|error| match error {
        TrainingError::Folds => Failure::Usage(format!("--folds: {error}")),
        error => Failure::Cannot(anyhow::anyhow!("{}: {error}", request.file.display())),
    })?;
    let quality = &model.cross_validation;
    let report = Report {
        n: model.texts,
        labels: model.labels.iter().map(|l| l.label.as_str()).collect(),
        macro_f1: quality.macro_f1,
        micro_f1: quality.micro_f1,
        folds: quality.folds,
        cost: model.cost,
        seconds: started.elapsed().as_secs_f64(),
        per_label: &quality.per_label,
    };
    let json = serde_json::to_vec(&model)?;
    output_file::write(&request.out, &json)
        .map_err(|e| Failure::Usage(format!("{}: {e}", request.out.display())))?;
    output::write(&report, columns.input(), "per_label", request.format)
}

/// Folds by their names, numbered in order of appearance.
fn fold_numbers(cells: &[String]) -> Vec<usize> {
    let mut names: Vec<&String> = Vec::new();
    cells
        .iter()
        .map(|cell| {
            names.iter().position(|n| *n == cell).unwrap_or_else(|| {
                names.push(cell);
                names.len() - 1
            })
        })
        .collect()
}

fn progress_bar() -> ProgressBar {
    let bar = ProgressBar::new(1);
    if let Ok(style) = ProgressStyle::with_template("training {bar:30} {pos}/{len} rounds") {
        bar.set_style(style);
    }
    bar
}
