//! `rapport analyse careless`: signals that a questionnaire was not read.

use clap::Args;
use serde::Serialize;

use super::{
    files, output,
    responses::{ResponseFile, Responses},
};
use crate::{
    cli::outcome::{Failure, Outcome, complain},
    psychometrics::careless::{self, Signals, Thresholds},
};

pub const HELP: &str = "Example: rapport analyse careless answers.csv --key key.toml --seconds duration

sameness: longstring, pattern_repetitions (answers equal to those 1 to 8 earlier) and irv (standard deviation of a person's
answers) on answers as given, in the order of the file's columns. outlier: Mahalanobis distance, chi-square p below .001.
inconsistency, with the key's scales: contradiction (difference between reversed and other items of a scale, or a run or pattern
over both), within_scale_sd (both against the sample's median), even_odd (Spearman-Brown, high is consistent, a flag from 8
scales on), psychometric_synonyms (pairs that correlate above --synonyms). speed: below 2 seconds an item (Huang et al. 2012).
Two flags of different families are a reason to talk to the person. No number of flags rejects anybody.";

/// Careless responding: signals of low response quality
#[derive(Args, Debug)]
pub struct Request {
    #[command(flatten)]
    responses: ResponseFile,
    /// Column with the total time in seconds
    #[arg(long)]
    seconds: Option<String>,
    /// Correlation above which two items are synonyms
    #[arg(long, default_value_t = 0.6)]
    synonyms: f64,
    /// Length of a run of equal answers to flag [default: half of the items, at least 6]
    #[arg(long)]
    longstring: Option<usize>,
}

#[derive(Serialize)]
struct Report {
    n: usize,
    notes: usize,
    synonym_pairs: Vec<[String; 2]>,
    persons: Vec<Person>,
}

#[derive(Serialize)]
struct Person {
    id: String,
    #[serde(flatten)]
    signals: Signals,
}

/// Runs the command.
///
/// # Errors
/// Usage.
pub fn run(request: &Request) -> Outcome {
    let file = &request.responses;
    let others: Vec<&str> = request.seconds.iter().map(String::as_str).collect();
    let mut responses = file.read(&others)?;
    let seconds = match request.seconds {
        Some(_) => Some(seconds(&mut responses)?),
        None => None,
    };
    let scales: Vec<Vec<usize>> = files::scales(file, &responses)
        .iter()
        .filter_map(|(_, items)| responses.places(items))
        .collect();
    let mut thresholds = Thresholds {
        synonym_r: request.synonyms,
        ..Thresholds::default()
    };
    if let Some(run) = request.longstring {
        (thresholds.longstring_share, thresholds.longstring_least) = (0.0, run);
    }
    let raw = responses.raw();
    let screening = careless::screen(
        &raw,
        &responses.keyed(),
        &scales,
        seconds.as_deref(),
        &thresholds,
    );
    if let Some(why) = screening.mahalanobis_missing {
        complain(&format!(
            "rapport: warning: no Mahalanobis distances: {why}"
        ));
    }
    let name = |i: usize| raw.items()[i].item.clone();
    let report = Report {
        n: screening.persons.len(),
        notes: screening.persons.iter().filter(|p| p.note).count(),
        synonym_pairs: screening
            .synonyms
            .iter()
            .map(|(a, b)| [name(*a), name(*b)])
            .collect(),
        persons: screening
            .persons
            .into_iter()
            .enumerate()
            .map(|(person, signals)| Person {
                id: responses.id(person),
                signals,
            })
            .collect(),
    };
    output::write(&report, responses.input(), "persons", file.format)
}

fn seconds(responses: &mut Responses) -> Result<Vec<Option<f64>>, Failure> {
    let seconds = responses.others.numbers(0)?;
    let negative = seconds.iter().position(|s| s.is_some_and(|s| s < 0.0));
    match negative {
        Some(person) => Err(responses.others.error(person, 0, "the number is negative")),
        None => Ok(seconds),
    }
}
