//! `rapport analyse score`: ability from a frozen bank.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde::Serialize;

use super::{files, output, responses::ResponseFile};
use crate::{
    cli::outcome::Outcome,
    psychometrics::{
        ability::{self, Ability, Method},
        information::{SumScore, sum_scores},
    },
};

pub const HELP: &str = "Example: rapport analyse score answers.csv --bank bank.json --method eap --format csv

eap: mean and standard deviation of the posterior over the bank's grid (Bock & Mislevy 1982); map: its mode, with
1 / sqrt(observed information + 1 / prior variance); wle: Warm 1989; ml: maximum likelihood, \"unbounded\" where all answers
are extreme. --sum-scores adds the EAP of every sum score (Thissen et al. 1995). The bank knows which items are reversed;
a key that says otherwise is refused. Answers to items that are missing are ignored.";

/// Ability estimates from an item bank
#[derive(Args, Debug)]
pub struct Request {
    #[command(flatten)]
    responses: ResponseFile,
    /// Item bank written by `calibrate --out`
    #[arg(long)]
    bank: PathBuf,
    /// Estimator
    #[arg(long, value_enum, default_value_t = MethodName::Eap)]
    method: MethodName,
    /// Add the EAP of every sum score
    #[arg(long)]
    sum_scores: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum MethodName {
    Eap,
    Map,
    Wle,
    Ml,
}

impl From<MethodName> for Method {
    fn from(name: MethodName) -> Self {
        match name {
            MethodName::Eap => Self::Eap,
            MethodName::Map => Self::Map,
            MethodName::Wle => Self::Wle,
            MethodName::Ml => Self::Ml,
        }
    }
}

#[derive(Serialize)]
struct Report {
    method: Method,
    empirical_reliability: Option<f64>,
    scores: Vec<Score>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    sum_scores: Vec<SumScore>,
}

#[derive(Serialize)]
struct Score {
    id: String,
    #[serde(flatten)]
    ability: Ability,
}

/// Runs the command.
///
/// # Errors
/// Usage, or answers that the bank does not know.
pub fn run(request: &Request) -> Outcome {
    let method = request.method.into();
    let (bank, responses, coded) = files::banked(&request.bank, &request.responses)?;
    let scores = ability::score(&bank, &coded, method);
    let report = Report {
        method,
        empirical_reliability: ability::empirical_reliability(&scores),
        sum_scores: if request.sum_scores {
            sum_scores(&bank)
        } else {
            Vec::new()
        },
        scores: scores
            .into_iter()
            .enumerate()
            .map(|(person, ability)| Score {
                id: responses.id(person),
                ability,
            })
            .collect(),
    };
    output::write(
        &report,
        responses.input(),
        "scores",
        request.responses.format,
    )
}
