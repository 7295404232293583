//! `rapport analyse calibrate`: item parameters from responses.

use std::{path::PathBuf, time::Instant};

use clap::{Args, ValueEnum};
use indicatif::ProgressBar;
use linfa::{DatasetBase, ParamGuard, traits::Fit};
use ndarray::Array1;
use serde::Serialize;

use super::{
    files, output,
    responses::{ResponseFile, Responses},
};
use crate::{
    cli::{
        outcome::{Failure, Outcome, complain},
        output_file,
    },
    psychometrics::{
        ability::{self, Method},
        bank::{Bank, Keying, Model, Priors},
        calibration::{CalibrationParams, Groups},
        information::marginal_reliability,
        quadrature::Quadrature,
    },
    studies::item_issues::ItemIssues,
};

pub const HELP: &str = "Example: rapport analyse calibrate answers.csv --model grm --key key.toml --scale agree --out bank.json

Marginal maximum likelihood over a grid (Bock & Aitkin 1981), finished by quasi-Newton until no element of the gradient
exceeds --tolerance; standard errors from the full observed information (Louis 1982). Slope-intercept form, D = 1:
  grm   P(X >= k) = logistic(a theta + d_k)           Samejima 1969    difficulties b_k = -d_k / a
  gpcm  P(X = k) ~ exp(k a theta + d_k)               Muraki 1992      difficulties b_k = -(d_k - d_k-1) / a
  2pl, 1pl, rasch: two categories; pcm: gpcm with slope 1
Missing answers are ignored. --priors weak: ln |a| ~ N(0, .5), d ~ N(0, 3), for small samples. --group: the first group's
trait is N(0, 1), other groups' mean and variance are estimated; --free-items have their own parameters in each group.
--link BANK holds the items of an old bank and puts the new ones on its scale.";

/// Item parameters of an item response model
#[derive(Args, Debug)]
pub struct Request {
    #[command(flatten)]
    responses: ResponseFile,
    /// Item response model
    #[arg(long, value_enum)]
    model: ModelName,
    /// File for the item bank (JSON), which `score` and `fit` read
    #[arg(long)]
    out: Option<PathBuf>,
    /// Number of quadrature points on [-6, 6]
    #[arg(long, default_value_t = 61)]
    quadrature: usize,
    /// Convergence: largest absolute element of the gradient
    #[arg(long, default_value_t = 1e-4)]
    tolerance: f64,
    /// Maximum number of EM steps
    #[arg(long, default_value_t = 500)]
    iterations: usize,
    /// Prior distributions of the parameters
    #[arg(long, value_enum, default_value_t = PriorName::None)]
    priors: PriorName,
    /// Column with the number of persons that a row stands for
    #[arg(long)]
    frequency: Option<String>,
    /// Column with the person's group
    #[arg(long)]
    group: Option<String>,
    /// Reference group, whose trait is N(0, 1)
    #[arg(long, requires = "group")]
    reference: Option<String>,
    /// Items with their own parameters in each group
    #[arg(long, value_delimiter = ',', requires = "group")]
    free_items: Vec<String>,
    /// Earlier bank whose item parameters stay fixed
    #[arg(long)]
    link: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum ModelName {
    Grm,
    Gpcm,
    #[value(name = "2pl")]
    TwoPl,
    #[value(name = "1pl")]
    OnePl,
    Rasch,
    Pcm,
}

impl From<ModelName> for Model {
    fn from(name: ModelName) -> Self {
        match name {
            ModelName::Grm => Self::GradedResponse,
            ModelName::Gpcm => Self::GeneralizedPartialCredit,
            ModelName::TwoPl => Self::TwoParameter,
            ModelName::OnePl => Self::OneParameter,
            ModelName::Rasch => Self::Rasch,
            ModelName::Pcm => Self::PartialCredit,
        }
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum PriorName {
    None,
    Weak,
}

#[derive(Serialize)]
struct Report {
    #[serde(flatten)]
    bank: Bank,
    marginal_reliability: Option<f64>,
    empirical_reliability: Option<f64>,
    seconds: f64,
}

/// Runs the command.
///
/// # Errors
/// Usage, or answers that support no calibration.
pub fn run(request: &Request) -> Outcome {
    let file = &request.responses;
    let others: Vec<&str> = request
        .frequency
        .iter()
        .chain(&request.group)
        .map(String::as_str)
        .collect();
    let mut responses = file.read(&others)?;
    let started = Instant::now();
    let weights = match &request.frequency {
        Some(_) => Some(frequencies(&mut responses)?),
        None => None,
    };
    let groups = match &request.group {
        Some(_) => Some(groups(request, &mut responses, others.len() - 1)?),
        None => None,
    };
    let mut params = CalibrationParams::new(request.model.into())
        .quadrature(Quadrature::with_nodes(request.quadrature))
        .tolerance(request.tolerance)
        .max_iterations(request.iterations)
        .priors(match request.priors {
            PriorName::None => Priors::None,
            PriorName::Weak => Priors::weak(),
        })
        .free_between_groups(request.free_items.clone());
    if let Some(link) = &request.link {
        params = params.fixed(&files::read_bank(link)?);
    }
    let usage = |e: &dyn std::fmt::Display| Failure::Usage(format!("{}: {e}", file.file.display()));
    let params = params.check().map_err(|e| usage(&e))?;
    let bar = ProgressBar::new_spinner().with_message("calibrating");
    bar.enable_steady_tick(std::time::Duration::from_millis(200));
    let matrix = responses.take_keyed();
    let duplicates = ItemIssues::find(&matrix).duplicate_pairs();
    if !duplicates.is_empty() {
        complain(&format!(
            "rapport: warning: everybody gave the same answers to {}; their slopes mean nothing",
            duplicates.join(", ")
        ));
    }
    let weights = weights.unwrap_or_default();
    // The answers come back from the dataset, so that a large file is held once.
    let (fitted, matrix) = match groups {
        None => {
            let dataset = DatasetBase::new(matrix, ()).with_weights(weights);
            (params.fit(&dataset), dataset.records)
        }
        Some(groups) => {
            let dataset = DatasetBase::new(matrix, groups).with_weights(weights);
            (params.fit(&dataset), dataset.records)
        }
    };
    bar.finish_and_clear();
    let mut bank =
        fitted.map_err(|e| Failure::Cannot(anyhow::anyhow!("{}: {e}", file.file.display())))?;
    for item in &mut bank.items {
        let name = &item.coding.item;
        if let Some(scale) = responses.key.range(name) {
            item.keying = Some(Keying {
                scale,
                reversed: responses.key.reversed(name),
            });
        }
    }
    for warning in &bank.warnings {
        complain(&format!("rapport: warning: {warning}"));
    }
    let one_set = bank.items.iter().all(|i| i.group.is_none());
    let empirical = if one_set && bank.groups.len() == 1 {
        let scores = match bank.codings() == matrix.items() {
            true => ability::score(&bank, &matrix, Method::Eap),
            false => ability::score(&bank, &bank.code(&matrix)?.0, Method::Eap),
        };
        ability::empirical_reliability(&scores)
    } else {
        None
    };
    let report = Report {
        marginal_reliability: one_set.then(|| marginal_reliability(&bank)),
        empirical_reliability: empirical,
        bank,
        seconds: started.elapsed().as_secs_f64(),
    };
    if let Some(out) = &request.out {
        let text = serde_json::to_string_pretty(&report.bank)?;
        output_file::write(out, (text + "\n").as_bytes())
            .map_err(|e| Failure::Usage(format!("{}: {e}", out.display())))?;
    }
    output::write(&report, responses.input(), "items", file.format)
}

/// The frequency of each row, from the first of the other columns.
fn frequencies(responses: &mut Responses) -> Result<Array1<f32>, Failure> {
    let numbers = responses.others.numbers(0)?.into_iter().enumerate();
    let read = |(person, number): (usize, Option<f64>)| match number {
        Some(frequency) if frequency >= 0.0 => Ok(frequency as f32),
        Some(_) => Err(responses
            .others
            .error(person, 0, "the frequency is negative")),
        None => Err(responses.others.error(person, 0, "there is no frequency")),
    };
    numbers.map(read).collect()
}

fn groups(request: &Request, responses: &mut Responses, other: usize) -> Result<Groups, Failure> {
    let file = request.responses.file.display();
    responses.others.tidy_labels(other);
    let column = responses.others.text(other);
    if let Some(person) = column.iter().position(String::is_empty) {
        return Err(responses.others.error(person, other, "there is no group"));
    }
    let mut labels: Vec<String> = column.to_vec();
    labels.sort();
    labels.dedup();
    if let Some(reference) = &request.reference {
        let place = labels.iter().position(|l| l == reference);
        let place = place
            .ok_or_else(|| Failure::Usage(format!("{file}: there is no group \"{reference}\"")))?;
        let first = labels.remove(place);
        labels.insert(0, first);
    }
    let of = column
        .iter()
        .filter_map(|c| labels.iter().position(|l| l == c))
        .collect();
    Ok(Groups { labels, of })
}
