//! `rapport analyse reliability`: classical reliability of each scale.

use serde::Serialize;

use super::{files, output, responses::ResponseFile};
use crate::{
    cli::outcome::{Outcome, complain},
    studies::reliability::{ScaleReliability, scale_reliability},
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
negatively with the others is \"blocked\": its key must be settled before anything else is done with it. A scale without figures
has a reason; unanswered, constant and duplicate items are named, and the other scales are reported.";

#[derive(Serialize)]
struct Report {
    scales: Vec<ScaleReliability>,
}

/// Runs the command.
///
/// # Errors
/// Usage, or no scale with figures.
pub fn run(request: &ResponseFile) -> Outcome {
    let responses = request.read(&[])?;
    let keyed = responses.keyed();
    let scales = files::scales(request, &responses);
    let reported = scales.iter().map(|(name, items)| {
        let places = responses.places(items).unwrap_or_default();
        scale_reliability(name, &keyed.columns(&places))
    });
    let report = Report {
        scales: reported.collect(),
    };
    for scale in report.scales.iter().filter(|s| s.blocked) {
        complain(&format!(
            "rapport: warning: scale \"{}\" is blocked until its key is settled; these items correlate negatively with the others: {}",
            scale.scale,
            scale.miskeyed.join(", ")
        ));
    }
    let scales = report.scales.iter();
    let scales = scales.map(|s| (s.scale.as_str(), s.reason.as_deref(), &s.issues));
    files::complain_of_items(&request.file, scales)?;
    output::write(&report, responses.input(), "scales", request.format)
}
