//! `rapport analyse drivers`: which predictors carry how much of an outcome?

use std::path::PathBuf;

use clap::Args;
use ndarray::{Array1, Array2};
use serde::Serialize;

use super::{
    columns::Columns,
    output::{self, OutputFormat},
    table::TableOptions,
};
use crate::{
    cli::outcome::{Failure, Outcome},
    stats::importance::{
        Importance, ImportanceError, SHARE_RESAMPLES, SHARE_SEED, drivers, share_intervals,
    },
};

pub const HELP: &str = "Example: rapport analyse drivers survey.csv --outcome overall --drivers speed,courtesy,solution

Johnson's (2000) relative weights, which sum to R2, as shares with 95 % percentile bootstrap intervals (--resamples, --seed);
lmg: gain in R2 averaged over all orders (Lindeman, Merenda & Gold 1980), up to 14 drivers. Complete rows. A low R2 means that
the drivers explain little, whatever their shares.";

/// Driver analysis: relative weights and LMG shares
#[derive(Args, Debug)]
pub struct Request {
    /// Table with one row per answer
    file: PathBuf,
    #[command(flatten)]
    table: TableOptions,
    #[arg(long)]
    outcome: String,
    /// Columns with the drivers
    #[arg(long, value_delimiter = ',', required = true)]
    drivers: Vec<String>,
    /// Number of bootstrap resamples
    #[arg(long, default_value_t = SHARE_RESAMPLES)]
    resamples: usize,
    /// Seed of the bootstrap
    #[arg(long, default_value_t = SHARE_SEED)]
    seed: u64,
    #[arg(long, value_enum)]
    format: Option<OutputFormat>,
}

#[derive(Serialize)]
struct Report {
    n: usize,
    /// Rows with a missing value.
    incomplete: usize,
    r2: f64,
    drivers: Vec<Driver>,
}

#[derive(Serialize)]
struct Driver {
    driver: String,
    relative_weight: f64,
    share: f64,
    share_ci: Option<[f64; 2]>,
    lmg: Option<f64>,
    beta: f64,
    r: f64,
}

/// Runs the command.
///
/// # Errors
/// Usage, or rows that support no regression.
pub fn run(request: &Request) -> Outcome {
    let names: Vec<&str> = std::iter::once(&request.outcome)
        .chain(&request.drivers)
        .map(String::as_str)
        .collect();
    let mut columns = Columns::read(&request.file, &request.table, &names, &[])?;
    let (rows, values) = columns.complete(&(0..names.len()).collect::<Vec<_>>())?;
    let x = Array2::from_shape_fn((rows.len(), request.drivers.len()), |(i, j)| {
        values[j + 1][i]
    });
    let y = Array1::from(values[0].clone());
    let found = drivers(&x, &y).map_err(|e| {
        let file = request.file.display();
        Failure::Cannot(match e {
            ImportanceError::Constant(place) => {
                let name = request.drivers.get(place).unwrap_or(&request.outcome);
                anyhow::anyhow!("{file}: column \"{name}\" does not vary")
            }
            e => anyhow::anyhow!("{file}: columns {}: {e}", request.drivers.join(", ")),
        })
    })?;
    let intervals = share_intervals(&x, &y, request.resamples, request.seed, 0.95);
    let driver = |((name, part), interval): (
        (&String, &Importance),
        Option<crate::stats::intervals::Interval>,
    )| Driver {
        driver: name.clone(),
        relative_weight: part.relative_weight,
        share: part.share,
        share_ci: interval.map(|i| [i.low, i.high]),
        lmg: part.lmg,
        beta: part.beta,
        r: part.r,
    };
    let report = Report {
        n: found.n,
        incomplete: columns.rows() - found.n,
        r2: found.r2,
        drivers: request
            .drivers
            .iter()
            .zip(&found.predictors)
            .zip(intervals)
            .map(driver)
            .collect(),
    };
    output::write(&report, columns.input(), "drivers", request.format)
}
