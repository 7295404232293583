//! `rapport analyse dimensions`: do the items measure one thing?

use clap::Args;
use serde::Serialize;

use super::{files, output, responses::ResponseFile};
use crate::{
    cli::outcome::Outcome,
    studies::dimensions::{ScaleDimensions, scale_dimensions},
};

pub const HELP: &str = "Example: rapport analyse dimensions answers.csv --key key.toml --scale agree

Parallel analysis (Horn 1965) of the correlations of complete cases: eigenvalues against the 95th percentile of those of data
whose columns were shuffled (--shuffles, --seed). one_factor_srmr: how far one maximum-likelihood factor misses the
correlations; below .08 is usually called acceptable.";

/// Dimensionality: parallel analysis and one factor
#[derive(Args, Debug)]
pub struct Request {
    #[command(flatten)]
    responses: ResponseFile,
    /// Number of shuffled data sets
    #[arg(long, default_value_t = 200)]
    shuffles: usize,
    /// Seed of the shuffles
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

#[derive(Serialize)]
struct Report {
    scales: Vec<ScaleDimensions>,
}

/// Runs the command.
///
/// # Errors
/// Usage, or no scale with figures.
pub fn run(request: &Request) -> Outcome {
    let file = &request.responses;
    let responses = file.read(&[])?;
    let keyed = responses.keyed();
    let scales = files::scales(file, &responses);
    let reported = scales.iter().map(|(name, items)| {
        let places = responses.places(items).unwrap_or_default();
        let answers = keyed.columns(&places);
        scale_dimensions(name, &answers, request.shuffles, request.seed)
    });
    let report = Report {
        scales: reported.collect(),
    };
    let scales = report.scales.iter();
    let scales = scales.map(|s| (s.scale.as_str(), s.reason.as_deref(), &s.issues));
    files::complain_of_items(&file.file, scales)?;
    output::write(&report, responses.input(), "scales", file.format)
}
