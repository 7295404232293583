//! `rapport analyse validity`: does a predictor predict a criterion?

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde::Serialize;

use super::{
    columns::Columns,
    output::{self, OutputFormat},
    table::TableOptions,
};
use crate::{
    cli::outcome::{Failure, Outcome},
    stats::{
        bootstrap::{acceleration, bca, bootstrap, pearson_of_rows},
        corrections::{IndirectSelection, case_ii, correct_for_criterion},
        correlation::{
            correlation_p, correlation_power, detectable_correlation, pairs_for_power, spearman,
            weighted_pearson,
        },
        intervals::Interval,
        utility::{ExpectancyBand, expectancy, mean_of_selected, taylor_russell},
    },
    studies::validity::{CLAIM_RELIABILITY, Direction, Estimate, Lacking},
};

pub const HELP: &str = "Example: rapport analyse validity hires.csv --predictor score --criterion rating --applicant-sd 10 --criterion-reliability 0.6

r with Fisher's interval and a bias-corrected and accelerated bootstrap (Efron 1987; --seed, --resamples). corrected, always
beside the uncorrected r: criterion_reliability r / sqrt(r_yy); range_restriction (direct: Thorndike Case II; indirect: Case
IV, Hunter, Schmidt & Le 2006, needs --predictor-reliability); operational_validity both, the criterion first (Sackett, Laczo
& Arvey 2002). Never corrected for the predictor's unreliability. Each bootstrap resample repeats all corrections. expectancy:
criterion by fifths of the predictor, --good-from or the median as the threshold, Wilson intervals, fifths below 10 hidden.
A claim needs 100 pairs and a criterion reliability of .7.";

/// Criterion validity: correlation, corrections, power, expectancy
#[derive(Args, Debug)]
pub struct Request {
    /// Table with one row per person
    file: PathBuf,
    #[command(flatten)]
    table: TableOptions,
    /// Column with the predictor
    #[arg(long)]
    predictor: String,
    /// Column with the criterion
    #[arg(long)]
    criterion: String,
    /// Column with a weight, such as the reliability of the person's criterion
    #[arg(long)]
    weight: Option<String>,
    /// Standard deviation of the predictor among all applicants
    #[arg(long)]
    applicant_sd: Option<f64>,
    /// Reliability of the criterion among these people
    #[arg(long)]
    criterion_reliability: Option<f64>,
    /// Column with the reliability of each person's criterion; its mean is --criterion-reliability
    #[arg(long, conflicts_with = "criterion_reliability")]
    reliability: Option<String>,
    /// Reliability of the predictor among these people, for indirect selection
    #[arg(long)]
    predictor_reliability: Option<f64>,
    /// Selection on the predictor itself (direct) or on a correlated variable (indirect)
    #[arg(long, value_enum, default_value_t = Selection::Direct)]
    selection: Selection,
    /// Lowest criterion value that counts as good [default: the median]
    #[arg(long)]
    good_from: Option<f64>,
    /// Selection ratio, for the expected success rate
    #[arg(long)]
    selection_ratio: Option<f64>,
    /// Number of bootstrap resamples
    #[arg(long, default_value_t = 2000)]
    resamples: usize,
    /// Seed of the bootstrap
    #[arg(long, default_value_t = 1)]
    seed: u64,
    #[arg(long, value_enum)]
    format: Option<OutputFormat>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Selection {
    Direct,
    Indirect,
}

#[derive(Serialize)]
struct Report {
    n: usize,
    /// Rows left out because a value is missing.
    incomplete: usize,
    r: f64,
    p: Option<f64>,
    ci_fisher: Option<[f64; 2]>,
    ci_bootstrap: Option<[f64; 2]>,
    spearman: Option<f64>,
    /// (sum w)^2 / sum w^2 with weights.
    effective_n: f64,
    corrected: Vec<Corrected>,
    power: Power,
    expectancy: Vec<ExpectancyBand>,
    good_from: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    utility: Option<Utility>,
    verdict: String,
}

#[derive(Serialize)]
struct Corrected {
    name: String,
    r: f64,
    ci: Option<[f64; 2]>,
    ci_bootstrap: Option<[f64; 2]>,
}

#[derive(Serialize)]
struct Power {
    /// Power to find the r seen, two-sided at .05.
    at_observed_r: f64,
    at_r_10: f64,
    at_r_20: f64,
    at_r_30: f64,
    /// Smallest r found with power .8.
    detectable_80: Option<f64>,
    pairs_for_20_at_80: u64,
    pairs_for_observed_at_80: Option<u64>,
}

#[derive(Serialize)]
struct Utility {
    selection_ratio: f64,
    base_rate: f64,
    /// Share of the hired that succeed (Taylor & Russell), by the best r there is.
    success_rate: Option<f64>,
    /// Mean criterion of the hired in standard deviations (Naylor & Shine).
    mean_criterion_z: f64,
}

/// What a correction needs to know.
#[derive(Clone, Copy)]
struct Chain {
    criterion_reliability: Option<f64>,
    applicant_sd: Option<f64>,
    /// With indirect selection.
    predictor_reliability: Option<f64>,
}

impl Chain {
    /// r corrected for what is known, with the predictor's standard deviation among these people.
    fn correct(self, r: f64, sd: f64) -> Option<f64> {
        let r = self
            .criterion_reliability
            .map_or(r, |r_yy| correct_for_criterion(r, r_yy));
        let corrected = match (self.applicant_sd, self.predictor_reliability) {
            (None, _) => Some(r),
            (Some(all), None) => Some(case_ii(r, sd / all)),
            (Some(all), Some(r_xx)) => IndirectSelection {
                u_x: sd / all,
                r_xx,
            }
            .correct(r),
        };
        corrected.filter(|r| r.is_finite())
    }
}

fn pair(interval: Interval) -> [f64; 2] {
    [interval.low, interval.high]
}

fn deviation(x: &[f64], rows: impl Iterator<Item = usize> + Clone) -> f64 {
    let n = rows.clone().count() as f64;
    let mean = rows.clone().map(|r| x[r]).sum::<f64>() / n;
    (rows.map(|r| (x[r] - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt()
}

/// Runs the command.
///
/// # Errors
/// Usage, or too few pairs.
pub fn run(request: &Request) -> Outcome {
    check(request)?;
    let mut names = vec![request.predictor.as_str(), request.criterion.as_str()];
    names.extend(request.weight.as_deref());
    names.extend(request.reliability.as_deref());
    let mut columns = Columns::read(&request.file, &request.table, &names, &[])?;
    let (rows, values) = columns.complete(&(0..names.len()).collect::<Vec<_>>())?;
    let (x, y) = (&values[0], &values[1]);
    let n = rows.len();
    let weights = request.weight.as_ref().map(|_| values[2].as_slice());
    let criterion_reliability = match (&request.reliability, values.last()) {
        (Some(_), Some(column)) => Some(mean_reliability(&columns, &rows, column)?),
        _ => request.criterion_reliability,
    };
    let negative = weights.and_then(|weights| weights.iter().position(|w| *w < 0.0));
    if let Some(negative) = negative {
        return Err(columns.error(rows[negative], 2, "the weight is negative"));
    }
    let estimate = Estimate::of(x, y, weights).ok_or_else(|| {
        let constant = |v: &[f64]| v.iter().all(|x| *x == v[0]);
        let (predictor, criterion) = (&request.predictor, &request.criterion);
        let why = if n < 3 {
            format!("columns \"{predictor}\" and \"{criterion}\" have {n} complete pairs; three are needed")
        } else if constant(x) {
            format!("column \"{predictor}\" does not vary")
        } else if constant(y) {
            format!("column \"{criterion}\" does not vary")
        } else {
            format!("columns \"{predictor}\" and \"{criterion}\" do not vary together under these weights")
        };
        Failure::Cannot(anyhow::anyhow!("{}: {why}", request.file.display()))
    })?;
    let r = estimate.r;
    let statistic = |rows: &[u32]| -> Option<(f64, f64)> {
        let sd = deviation(x, rows.iter().map(|r| *r as usize));
        let Some(weights) = weights else {
            return Some((pearson_of_rows(x, y, rows)?, sd));
        };
        let take = |v: &[f64]| rows.iter().map(|r| v[*r as usize]).collect::<Vec<_>>();
        Some((weighted_pearson(&take(x), &take(y), &take(weights))?, sd))
    };
    let all: Vec<u32> = (0..n as u32).collect();
    let interval = |chain: Chain| -> Option<[f64; 2]> {
        let of = |rows: &[u32]| {
            statistic(rows)
                .and_then(|(r, sd)| chain.correct(r, sd))
                .filter(|r| r.is_finite())
        };
        let resampled = bootstrap(n, request.resamples, request.seed, of);
        let left_out: Vec<f64> = (0..n)
            .filter_map(|out| {
                let rest: Vec<u32> = all.iter().copied().filter(|r| *r as usize != out).collect();
                of(&rest)
            })
            .collect();
        bca(of(&all)?, &resampled, acceleration(&left_out), 0.95).map(pair)
    };
    let sd = deviation(x, 0..n);
    let none = Chain {
        criterion_reliability: None,
        applicant_sd: None,
        predictor_reliability: None,
    };
    let criterion = Chain {
        criterion_reliability,
        ..none
    };
    let range = Chain {
        applicant_sd: request.applicant_sd,
        predictor_reliability: request
            .predictor_reliability
            .filter(|_| request.selection == Selection::Indirect),
        ..none
    };
    let both = Chain {
        criterion_reliability,
        ..range
    };
    let known = [
        (
            "criterion_reliability",
            criterion,
            criterion_reliability.is_some(),
        ),
        ("range_restriction", range, request.applicant_sd.is_some()),
        (
            "operational_validity",
            both,
            criterion_reliability.is_some() && request.applicant_sd.is_some(),
        ),
    ];
    let corrected: Vec<Corrected> = known
        .into_iter()
        .filter(|(.., known)| *known)
        .filter_map(|(name, chain, _)| {
            let corrected = estimate.corrected(|r| chain.correct(r, sd))?;
            Some(Corrected {
                name: name.to_owned(),
                r: corrected.r,
                ci: corrected.interval.map(pair),
                ci_bootstrap: interval(chain),
            })
        })
        .collect();
    let good_from = request.good_from.unwrap_or_else(|| {
        let mut sorted = y.clone();
        sorted.sort_by(f64::total_cmp);
        sorted[n / 2]
    });
    let base_rate = y.iter().filter(|v| **v >= good_from).count() as f64 / n as f64;
    let best = corrected.last().map_or(r, |c| c.r);
    let report = Report {
        n,
        incomplete: columns.rows() - n,
        r,
        p: correlation_p(r, n),
        ci_fisher: estimate.interval.map(pair),
        ci_bootstrap: interval(none),
        spearman: spearman(x, y),
        effective_n: estimate.effective_n,
        power: Power {
            at_observed_r: correlation_power(r, n),
            at_r_10: correlation_power(0.1, n),
            at_r_20: correlation_power(0.2, n),
            at_r_30: correlation_power(0.3, n),
            detectable_80: detectable_correlation(n, 0.8),
            pairs_for_20_at_80: pairs_for_power(0.2, 0.8),
            pairs_for_observed_at_80: (r.abs() > 0.005 && r.abs() < 1.0)
                .then(|| pairs_for_power(r.abs(), 0.8)),
        },
        expectancy: expectancy(x, y, 5, good_from),
        good_from,
        utility: request.selection_ratio.map(|ratio| Utility {
            selection_ratio: ratio,
            base_rate,
            success_rate: taylor_russell(best.clamp(-1.0, 1.0), ratio, base_rate),
            mean_criterion_z: best * mean_of_selected(ratio),
        }),
        verdict: verdict(n, estimate.interval, criterion_reliability),
        corrected,
    };
    output::write(&report, columns.input(), "expectancy", request.format)
}

/// Mean of the last column, whose cells are reliabilities.
fn mean_reliability(columns: &Columns, rows: &[usize], column: &[f64]) -> Result<f64, Failure> {
    let wrong = column.iter().position(|r| !(*r > 0.0 && *r <= 1.0));
    if let Some(wrong) = wrong {
        let problem = "a reliability lies above 0 and at most at 1";
        return Err(columns.error(rows[wrong], columns.count() - 1, problem));
    }
    Ok(column.iter().sum::<f64>() / column.len() as f64)
}

fn check(request: &Request) -> Result<(), Failure> {
    let usage = |problem: &str| Err(Failure::Usage(problem.to_owned()));
    let share = |v: Option<f64>| v.is_none_or(|v| v > 0.0 && v <= 1.0);
    if !share(request.criterion_reliability) || !share(request.predictor_reliability) {
        return usage("a reliability lies above 0 and at most at 1");
    }
    if request
        .applicant_sd
        .is_some_and(|sd| sd.is_nan() || sd <= 0.0)
    {
        return usage("--applicant-sd must be positive");
    }
    if request
        .selection_ratio
        .is_some_and(|s| !(s > 0.0 && s < 1.0))
    {
        return usage("--selection-ratio lies between 0 and 1");
    }
    if request.selection == Selection::Indirect
        && request.applicant_sd.is_some()
        && request.predictor_reliability.is_none()
    {
        return usage(
            "indirect selection is corrected through the predictor's true score: give --predictor-reliability",
        );
    }
    Ok(())
}

/// What may be claimed.
fn verdict(n: usize, fisher: Option<Interval>, reliability: Option<f64>) -> String {
    let lacking = Lacking::of(n, reliability);
    if lacking.pairs > 0 {
        return format!(
            "not enough evidence yet: {n} pairs, {} more are needed before a claim",
            lacking.pairs
        );
    }
    if lacking.reliability {
        return format!(
            "not enough evidence yet: the criterion's reliability is {:.2}; a claim needs {CLAIM_RELIABILITY:.2}, so more ratings a person",
            reliability.unwrap_or(0.0)
        );
    }
    let Some(interval) = fisher else {
        return "r is 1 in size; the two columns say the same".to_owned();
    };
    let relation = match Direction::of(interval) {
        Direction::Positive => "the predictor goes with the criterion",
        Direction::Negative => "the predictor goes against the criterion",
        Direction::Unclear => "no relation shown",
    };
    format!(
        "{relation}: r lies between {:.2} and {:.2}",
        interval.low, interval.high
    )
}
