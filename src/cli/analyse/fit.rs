//! `rapport analyse fit`: do persons, items and the model fit a bank?

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::{files, output, responses::ResponseFile};
use crate::{
    cli::outcome::{Outcome, complain},
    psychometrics::{
        item_fit::{self, ItemFit},
        model_fit::{self, ModelFit},
        person_fit::{self, PersonFit},
    },
};

pub const HELP: &str = "Example: rapport analyse fit answers.csv --bank bank.json

persons: lz (Drasgow et al. 1985) at the EAP, as R mirt's Zh; lz_star (Snijders 2001, Sinharay 2016) at the MAP, whose tail
is correct: below -1.645 for 5 % of fitting persons; infit and outfit at the EAP. items: infit, outfit, S-X2 (Orlando &
Thissen 2000) on complete cases. model: C2 (Cai & Monroe 2014), which is M2 (Maydeu-Olivares & Joe 2006) for two
categories, on complete cases. local_dependence: Yen's Q3 of every two items; more than .2 above the average (q3_excess)
suggests local dependence (Christensen et al. 2017).";

/// Fit of persons, items and model
#[derive(Args, Debug)]
pub struct Request {
    #[command(flatten)]
    responses: ResponseFile,
    /// Item bank written by `calibrate --out`
    #[arg(long)]
    bank: PathBuf,
}

#[derive(Serialize)]
struct Report {
    model: Model,
    items: Vec<ItemFit>,
    local_dependence: Vec<Pair>,
    persons: Vec<Person>,
}

#[derive(Serialize, Default)]
struct Model {
    #[serde(skip_serializing_if = "Option::is_none")]
    m2: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    c2: Option<f64>,
    df: Option<usize>,
    p: Option<f64>,
    rmsea: Option<f64>,
    rmsea_ci: Option<[f64; 2]>,
    srmsr: Option<f64>,
    cfi: Option<f64>,
    tli: Option<f64>,
    n: Option<usize>,
    /// Why there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

impl From<ModelFit> for Model {
    fn from(fit: ModelFit) -> Self {
        let is = |name: &str| (fit.statistic == name).then_some(fit.value);
        Self {
            m2: is("m2"),
            c2: is("c2"),
            df: Some(fit.df),
            p: Some(fit.p),
            rmsea: Some(fit.rmsea),
            rmsea_ci: Some(fit.rmsea_ci),
            srmsr: Some(fit.srmsr),
            cfi: Some(fit.cfi),
            tli: Some(fit.tli),
            n: Some(fit.n),
            reason: None,
        }
    }
}

#[derive(Serialize)]
struct Pair {
    item: String,
    with: String,
    q3: f64,
    q3_excess: f64,
}

#[derive(Serialize)]
struct Person {
    id: String,
    #[serde(flatten)]
    fit: PersonFit,
}

/// Runs the command.
///
/// # Errors
/// Usage, or answers that the bank does not know.
pub fn run(request: &Request) -> Outcome {
    let (bank, responses, coded) = files::banked(&request.bank, &request.responses)?;
    let model = model_fit::model_fit(&bank, &coded).map_or_else(
        |e| {
            complain(&format!("rapport: warning: no model fit: {e}"));
            Model {
                reason: Some(e.to_string()),
                ..Model::default()
            }
        },
        Model::from,
    );
    let q3 = item_fit::q3(&bank, &coded);
    let pairs: Vec<(usize, usize)> = (0..bank.items.len())
        .flat_map(|i| (i + 1..bank.items.len()).map(move |j| (i, j)))
        .collect();
    let known: Vec<f64> = pairs
        .iter()
        .map(|at| q3[*at])
        .filter(|q| q.is_finite())
        .collect();
    let average = known.iter().sum::<f64>() / known.len().max(1) as f64;
    let name = |i: usize| bank.items[i].coding.item.clone();
    let report = Report {
        model,
        items: item_fit::item_fit(&bank, &coded),
        local_dependence: pairs
            .iter()
            .map(|(i, j)| Pair {
                item: name(*i),
                with: name(*j),
                q3: q3[(*i, *j)],
                q3_excess: q3[(*i, *j)] - average,
            })
            .collect(),
        persons: person_fit::person_fit(&bank, &coded)
            .into_iter()
            .enumerate()
            .map(|(person, fit)| Person {
                id: responses.id(person),
                fit,
            })
            .collect(),
    };
    output::write(
        &report,
        responses.input(),
        "persons",
        request.responses.format,
    )
}
