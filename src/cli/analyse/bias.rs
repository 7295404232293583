//! `rapport analyse bias`: does a predictor predict the same for everybody?

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::{
    columns::Columns,
    output::{self, OutputFormat},
    table::TableOptions,
};
use crate::{
    cli::outcome::{Failure, Outcome, complain},
    stats::differential_prediction::{DifferentialError, FTest, differential_prediction},
};

pub const HELP: &str = "Example: rapport analyse bias hires.csv --predictor score --criterion rating --group sex --reference f

Cleary's (1968) nested regressions, x centred: omnibus F of one line for all against own lines; slope: common intercepts
difference against own slopes; intercept: one line against own intercepts. predicted_difference: predicted criterion of each
group less that of the reference group at the 10th, 50th and 90th percentile of the predictor, 95 %. Slope tests have little
power: detectable_slope is the difference found with power .8. A biased criterion makes a fair predictor look unfair, or hides
it: look at the criterion first.";

/// Predictive bias between groups: Cleary's regressions
#[derive(Args, Debug)]
pub struct Request {
    /// Table with one row per person
    file: PathBuf,
    #[command(flatten)]
    table: TableOptions,
    #[arg(long)]
    predictor: String,
    #[arg(long)]
    criterion: String,
    /// Column with the person's group
    #[arg(long)]
    group: String,
    /// Values of the group that mean "unknown", besides the codes for missing values
    #[arg(long, value_delimiter = ',')]
    unknown: Vec<String>,
    /// Group that the others are compared with [default: the largest]
    #[arg(long)]
    reference: Option<String>,
    #[arg(long, value_enum)]
    format: Option<OutputFormat>,
}

#[derive(Serialize)]
struct Report {
    n: usize,
    /// Rows without a group.
    unknown: usize,
    /// Rows with a group, but without predictor or criterion.
    incomplete: usize,
    r2: [f64; 3],
    omnibus: FTest,
    slope: FTest,
    intercept: FTest,
    detectable_slope: f64,
    groups: Vec<Group>,
    predicted_difference: Vec<Difference>,
    conclusion: String,
}

#[derive(Serialize)]
struct Group {
    group: String,
    n: usize,
    mean_predictor: f64,
    mean_criterion: f64,
    intercept: f64,
    slope: f64,
}

#[derive(Serialize)]
struct Difference {
    group: String,
    predictor: f64,
    difference: f64,
    ci: [f64; 2],
}

/// Runs the command.
///
/// # Errors
/// Usage, or groups that support no comparison.
pub fn run(request: &Request) -> Outcome {
    let names = [&request.predictor, &request.criterion, &request.group].map(String::as_str);
    let mut columns = Columns::read(&request.file, &request.table, &names, &[])?;
    columns.tidy_groups(2, &request.unknown);
    let (rows, values) = columns.complete(&[0, 1])?;
    let group = columns.text(2);
    let used: Vec<usize> = (0..rows.len())
        .filter(|i| !group[rows[*i]].is_empty())
        .collect();
    let mut labels: Vec<&str> = used.iter().map(|i| group[rows[*i]].as_str()).collect();
    labels.sort_unstable();
    labels.dedup();
    let size = |label: &str| used.iter().filter(|i| group[rows[**i]] == label).count();
    let reference = match &request.reference {
        Some(name) if labels.contains(&name.as_str()) => name.as_str(),
        Some(name) => {
            return Err(Failure::Usage(format!(
                "{}: column \"{}\" has no group \"{name}\"",
                request.file.display(),
                request.group
            )));
        }
        // Of equally large groups the first by name.
        None => labels
            .iter()
            .copied()
            .rev()
            .max_by_key(|l| size(l))
            .unwrap_or(""),
    };
    labels.retain(|l| *l != reference);
    labels.insert(0, reference);
    for label in labels.iter().filter(|l| size(l) < 50) {
        complain(&format!(
            "rapport: warning: group \"{label}\" has {} people; below 50 only very large differences show",
            size(label)
        ));
    }
    let take = |column: usize| {
        used.iter()
            .map(|i| values[column][*i])
            .collect::<Vec<f64>>()
    };
    let of: Vec<usize> = used
        .iter()
        .filter_map(|i| labels.iter().position(|l| *l == group[rows[*i]]))
        .collect();
    let found = differential_prediction(&take(0), &take(1), &of, labels.len())
        .map_err(|e| cannot(request, &labels, &e))?;
    let conclusion = if found.omnibus.p >= 0.05 {
        "no differential prediction shown"
    } else if found.slope.p < 0.05 {
        "slopes differ: the predictor means more in one group than in another"
    } else if found.intercept.p < 0.05 {
        "intercepts differ: equal scores go with different criteria"
    } else {
        "the lines differ, but neither slopes nor intercepts alone explain it"
    };
    let unknown = group.iter().filter(|g| g.is_empty()).count();
    let report = Report {
        n: found.n,
        unknown,
        incomplete: columns.rows() - unknown - used.len(),
        r2: found.r2,
        omnibus: found.omnibus,
        slope: found.slope,
        intercept: found.intercept,
        detectable_slope: found.detectable_slope,
        groups: labels
            .iter()
            .zip(&found.groups)
            .map(|(label, g)| Group {
                group: (*label).to_owned(),
                n: g.n,
                mean_predictor: g.mean_x,
                mean_criterion: g.mean_y,
                intercept: g.intercept,
                slope: g.slope,
            })
            .collect(),
        predicted_difference: found
            .differences
            .iter()
            .map(|d| Difference {
                group: labels[d.group].to_owned(),
                predictor: d.x,
                difference: d.difference,
                ci: [d.interval.low, d.interval.high],
            })
            .collect(),
        conclusion: conclusion.to_owned(),
    };
    output::write(&report, columns.input(), "groups", request.format)
}

/// Names the columns and groups of an error.
fn cannot(request: &Request, labels: &[&str], error: &DifferentialError) -> Failure {
    let file = request.file.display();
    let group = &request.group;
    Failure::Cannot(match error {
        DifferentialError::OneGroup(_) | DifferentialError::SmallGroup(_) => anyhow::anyhow!(
            "{file}: column \"{group}\" ({}): {error}",
            labels.join(", ")
        ),
        DifferentialError::Constant => anyhow::anyhow!(
            "{file}: column \"{}\" does not vary within a group of column \"{group}\"",
            request.predictor
        ),
    })
}
