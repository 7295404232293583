//! `rapport analyse reliability`: classical figures of each scale.

use ndarray::Array2;
use serde::Serialize;

use super::{
    files,
    input::{ResponseFile, Responses},
    output,
};
use crate::{
    cli::outcome::{Failure, Outcome, complain},
    psychometrics::classical::{self, ItemStatistics, Reliability},
};

pub const HELP: &str = "Example: rapport analyse reliability answers.csv --key key.toml

The key file:
  min = 1
  max = 6
  reverse = [\"A1\"]
  [scales]
  agree = [\"A1\", \"A2\", \"A3\"]

Complete cases of each scale. Alpha: Cronbach 1951; alpha_ci: Feldt 1965, alpha_ci_duhachek: Duhachek & Iacobucci 2004;
omega_total: McDonald 1999, one factor by maximum likelihood, over the variance the model implies (omega_total_observed:
over the observed one); guttman_lambda6 on correlations; split_half: odd against even columns, Spearman-Brown;
split_half_mean: over all splits, Flanagan-Rulon; sem: sd sqrt(1 - alpha) of the sum. A scale with an item that correlates
negatively with the others is \"blocked\": its key must be settled before anything else is done with it.";

#[derive(Serialize)]
struct Report {
    scales: Vec<Scale>,
}

#[derive(Serialize)]
struct Scale {
    scale: String,
    /// True when an item is probably keyed the wrong way.
    blocked: bool,
    miskeyed: Vec<String>,
    #[serde(flatten)]
    figures: Figures,
    item_stats: Vec<Item>,
}

/// The figures of [`Reliability`] but its lists, which carry names here.
#[derive(Serialize)]
struct Figures {
    n: usize,
    items: usize,
    alpha: f64,
    alpha_ci: [f64; 2],
    alpha_ci_duhachek: [f64; 2],
    alpha_se: f64,
    alpha_standardized: f64,
    omega_total: f64,
    omega_total_observed: f64,
    guttman_lambda6: f64,
    split_half: f64,
    split_half_mean: f64,
    mean_inter_item_r: f64,
    sd: f64,
    sem: f64,
}

impl From<&Reliability> for Figures {
    fn from(r: &Reliability) -> Self {
        Self {
            n: r.n,
            items: r.items,
            alpha: r.alpha,
            alpha_ci: [r.interval.low, r.interval.high],
            alpha_ci_duhachek: [r.duhachek.low, r.duhachek.high],
            alpha_se: r.alpha_se,
            alpha_standardized: r.alpha_standardized,
            omega_total: r.omega_total,
            omega_total_observed: r.omega_total_observed,
            guttman_lambda6: r.guttman_lambda6,
            split_half: r.split_half,
            split_half_mean: r.split_half_mean,
            mean_inter_item_r: r.mean_inter_item_r,
            sd: r.sd,
            sem: r.sem,
        }
    }
}

#[derive(Serialize)]
struct Item {
    item: String,
    n: usize,
    #[serde(flatten)]
    statistics: ItemStatistics,
}

/// Runs the command.
///
/// # Errors
/// Usage, or a scale that supports no reliability.
pub fn run(request: &ResponseFile) -> Outcome {
    let responses = request.read(&[])?;
    let scales = files::scales(request, &responses);
    let report = Report {
        scales: scales
            .iter()
            .map(|(name, items)| scale(request, &responses, name, items))
            .collect::<Result<_, _>>()?,
    };
    for scale in report.scales.iter().filter(|s| s.blocked) {
        complain(&format!(
            "rapport: warning: scale \"{}\" is blocked: {} correlates negatively with the other items; settle its key first",
            scale.scale,
            scale.miskeyed.join(", ")
        ));
    }
    output::write(&report, "scales", request.format)
}

fn scale(
    request: &ResponseFile,
    responses: &Responses,
    name: &str,
    items: &[String],
) -> Result<Scale, Failure> {
    let cannot = |problem: String| {
        Failure::Cannot(anyhow::anyhow!(
            "{}: scale \"{name}\": {problem}",
            request.file.display()
        ))
    };
    let places = responses
        .places(items)
        .ok_or_else(|| cannot("an item has no column".to_owned()))?;
    let matrix = responses.keyed().columns(&places);
    let complete = matrix.complete_cases();
    let answers = Array2::from_shape_fn((complete.len(), items.len()), |(p, i)| {
        matrix.answer(complete[p], i).map_or(f64::NAN, f64::from)
    });
    let found = classical::reliability(&answers).map_err(|e| cannot(e.to_string()))?;
    Ok(Scale {
        scale: name.to_owned(),
        blocked: !found.miskeyed.is_empty(),
        miskeyed: found.miskeyed.iter().map(|i| items[*i].clone()).collect(),
        figures: Figures::from(&found),
        item_stats: items
            .iter()
            .zip(&found.item_stats)
            .map(|(item, statistics)| Item {
                item: item.clone(),
                n: found.n,
                statistics: *statistics,
            })
            .collect(),
    })
}
