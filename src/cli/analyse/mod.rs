//! `rapport analyse`: measurement on files alone, without a database, for psychometricians and auditors.
//!
//! Input is CSV or TSV with a header, packed by gzip or not; empty and `NA` are missing. Output is JSON (the default where
//! nobody reads along), a table or CSV. Exit codes: 1 the data cannot support the request, 2 usage or malformed input;
//! both in one line that names file, row and column.

mod agents;
mod bias;
mod calibrate;
mod careless;
mod dif;
mod dimensions;
mod drivers;
mod fit;
mod impact;
pub mod input;
mod output;
mod relay;
mod reliability;
mod score;
mod themes;
mod train_themes;
mod validity;

use std::{borrow::Cow, path::Path};

use clap::Subcommand;

use self::input::{ResponseFile, Responses};
use super::{Failure, Outcome, complain};
use crate::{
    psychometrics::{bank::Bank, responses::ResponseMatrix},
    text::taxonomy::Taxonomy,
};

/// What can be analysed.
#[derive(Subcommand)]
pub enum Analyse {
    /// Alpha, omega, lambda 6, split halves and items against the rest of their scale
    #[command(after_help = reliability::HELP)]
    Reliability(ResponseFile),
    #[command(after_help = calibrate::HELP)]
    Calibrate(calibrate::Request),
    #[command(after_help = score::HELP)]
    Score(score::Request),
    #[command(after_help = fit::HELP)]
    Fit(fit::Request),
    #[command(after_help = careless::HELP)]
    Careless(careless::Request),
    #[command(after_help = dimensions::HELP)]
    Dimensions(dimensions::Request),
    #[command(after_help = dif::HELP)]
    Dif(dif::Request),
    #[command(after_help = impact::HELP)]
    AdverseImpact(impact::Request),
    #[command(after_help = validity::HELP)]
    Validity(validity::Request),
    #[command(after_help = bias::HELP)]
    Bias(bias::Request),
    #[command(after_help = agents::HELP)]
    Agents(agents::Request),
    #[command(after_help = drivers::HELP)]
    Drivers(drivers::Request),
    #[command(after_help = themes::HELP)]
    Themes(themes::Request),
    #[command(after_help = train_themes::HELP)]
    TrainThemes(train_themes::Request),
}

/// Runs an analysis.
///
/// # Errors
/// Usage (exit code 2) or data that cannot support the request (exit code 1).
pub fn run(analyse: &Analyse) -> Outcome {
    match analyse {
        Analyse::Reliability(request) => reliability::run(request),
        Analyse::Calibrate(request) => calibrate::run(request),
        Analyse::Score(request) => score::run(request),
        Analyse::Fit(request) => fit::run(request),
        Analyse::Careless(request) => careless::run(request),
        Analyse::Dimensions(request) => dimensions::run(request),
        Analyse::Dif(request) => dif::run(request),
        Analyse::AdverseImpact(request) => impact::run(request),
        Analyse::Validity(request) => validity::run(request),
        Analyse::Bias(request) => bias::run(request),
        Analyse::Agents(request) => agents::run(request),
        Analyse::Drivers(request) => drivers::run(request),
        Analyse::Themes(request) => themes::run(request),
        Analyse::TrainThemes(request) => train_themes::run(request),
    }
}

/// Scales to report on: those of the key that the request takes in whole, or all items as one.
fn scales(request: &ResponseFile, responses: &Responses) -> Vec<(String, Vec<String>)> {
    let wanted = |name: &str, items: &[String]| {
        request.scale.as_ref().is_none_or(|s| s == name) && responses.places(items).is_some()
    };
    let scales: Vec<_> = responses
        .key
        .scales()
        .iter()
        .filter(|(name, items)| wanted(name, items))
        .map(|(name, items)| (name.clone(), items.clone()))
        .collect();
    if scales.is_empty() {
        vec![("all".to_owned(), responses.items())]
    } else {
        scales
    }
}

/// Reads and checks a bank.
fn read_bank(path: &Path) -> Result<Bank, Failure> {
    let usage = |problem: String| Failure::Usage(format!("{}: {problem}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|e| usage(e.to_string()))?;
    let bank: Bank = serde_json::from_str(&text)
        .map_err(|e| usage(format!("line {}: not a bank: {e}", e.line())))?;
    bank.check().map_err(|e| usage(e.to_string()))?;
    Ok(bank)
}

/// The taxonomy of a file, or the shipped one.
fn read_taxonomy(path: Option<&Path>) -> Result<Cow<'static, Taxonomy>, Failure> {
    let Some(path) = path else {
        return Ok(Cow::Borrowed(Taxonomy::shipped()));
    };
    let usage = |problem: String| Failure::Usage(format!("{}: {problem}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|e| usage(e.to_string()))?;
    let taxonomy = Taxonomy::parse(&text).map_err(|e| usage(e.to_string().trim().to_owned()))?;
    Ok(Cow::Owned(taxonomy))
}

/// A bank, and the answers of a file in its codes. Without items named, the bank's own are read; it knows which of them
/// are turned.
fn banked(
    bank: &Path,
    request: &ResponseFile,
) -> Result<(Bank, Responses, ResponseMatrix), Failure> {
    let bank = read_bank(bank)?;
    let mut request = request.clone();
    if request.items.is_empty() && request.scale.is_none() {
        request.items = request.bank_items(&bank)?;
    }
    let mut responses = request.read(&[])?;
    let usage = |problem: String| Failure::Usage(format!("{}: {problem}", request.file.display()));
    responses.key_by(&bank).map_err(usage)?;
    let matrix = responses.take_keyed();
    if bank.codings() == matrix.items() {
        return Ok((bank, responses, matrix));
    }
    let (coded, unobserved) = bank.code(&matrix).map_err(|e| usage(e.to_string()))?;
    if unobserved > 0 {
        complain(&format!(
            "rapport: warning: {unobserved} answers are categories that nobody chose at calibration; they count as missing"
        ));
    }
    Ok((bank, responses, coded))
}
