//! `rapport analyse dimensions`: do the items measure one thing?

use clap::Args;
use ndarray::Array2;
use serde::Serialize;

use super::{files, input::ResponseFile, output};
use crate::{
    cli::outcome::{Failure, Outcome},
    psychometrics::dimensionality::{Component, dimensionality},
};

pub const HELP: &str = "Example: rapport analyse dimensions answers.csv --key key.toml --scale agree

Parallel analysis (Horn 1965) of the correlations of complete cases: eigenvalues against the 95th percentile of those of data
whose columns were shuffled (--shuffles, --seed). one_factor_srmr: how far one maximum-likelihood factor misses the
correlations; below .08 is usually called acceptable.";

/// Do the items measure one thing?
#[derive(Args, Debug)]
pub struct Request {
    #[command(flatten)]
    responses: ResponseFile,
    #[arg(long, default_value_t = 200)]
    shuffles: usize,
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

#[derive(Serialize)]
struct Report {
    scales: Vec<Scale>,
}

#[derive(Serialize)]
struct Scale {
    scale: String,
    n: usize,
    suggested: usize,
    first_to_second: f64,
    one_factor_srmr: f64,
    loadings: Vec<Loading>,
    components: Vec<Component>,
}

#[derive(Serialize)]
struct Loading {
    item: String,
    loading: f64,
}

/// Runs the command.
///
/// # Errors
/// Usage, or answers that support no analysis.
pub fn run(request: &Request) -> Outcome {
    let file = &request.responses;
    let responses = file.read(&[])?;
    let matrix = responses.keyed();
    let mut scales = Vec::new();
    for (name, items) in files::scales(file, &responses) {
        let places = responses.places(&items).unwrap_or_default();
        let columns = matrix.columns(&places);
        let complete = columns.complete_cases();
        let answers = Array2::from_shape_fn((complete.len(), items.len()), |(p, i)| {
            columns.answer(complete[p], i).map_or(f64::NAN, f64::from)
        });
        let found = dimensionality(&answers, request.shuffles, request.seed).ok_or_else(|| {
            let why =
                "parallel analysis needs three items that vary and more complete cases than items";
            Failure::Cannot(anyhow::anyhow!(
                "{}: scale \"{name}\": {why}",
                file.file.display()
            ))
        })?;
        scales.push(Scale {
            scale: name,
            n: found.n,
            suggested: found.suggested,
            first_to_second: found.first_to_second,
            one_factor_srmr: found.one_factor_srmr,
            loadings: items
                .iter()
                .zip(&found.loadings)
                .map(|(item, l)| Loading {
                    item: item.clone(),
                    loading: *l,
                })
                .collect(),
            components: found.components,
        });
    }
    output::write(&Report { scales }, "scales", file.format)
}
