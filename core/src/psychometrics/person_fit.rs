//! Person fit: consistency of a response pattern with the model. Flags call for a conversation and
//! never for a rejection.
//!
//! With P the category probabilities of the answered items and l0 = sum ln P(response), with mean E
//! and variance V:
//!
//! - lz = (l0 - E) / sqrt(V) (Drasgow, Levine & Williams 1985) at the EAP estimate, as R mirt's Zh.
//!   Its distribution is too narrow because theta is estimated from the same responses: about 3 %
//!   instead of 5 % fall below -1.645, at any test length.
//! - lz* corrects for that (Snijders 2001; Sinharay 2016 for polytomous items) at the MAP estimate:
//!   with I the Fisher information and c = sum P' ln P / I, lz* = (l0 - E + c r0) / sqrt(V - c^2
//!   I), r0 = (mean - theta) / variance of the prior.
//! - Outfit and infit are mean squares of standardised and weighted residuals (Wright & Masters
//!   1982) at the EAP estimate.

use rayon::prelude::*;

use super::{
    ability::{Ability, Method, Scorer},
    bank::Bank,
    information::functions,
    item_models::{CategoryTerm, ResponseFunction},
    responses::{MISSING, ResponseMatrix},
};

/// Fit statistics of one person.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct PersonFit {
    /// `None` below two responses.
    pub lz: Option<f64>,
    pub lz_star: Option<f64>,
    pub infit: Option<f64>,
    pub outfit: Option<f64>,
    pub answered: usize,
}

/// Log-likelihood of the responses with its mean, variance and correction terms under the model.
#[derive(Clone, Copy, Debug, Default)]
struct Moments {
    ln_l: f64,
    mean: f64,
    variance: f64,
    information: f64,
    /// Sum over items and categories of P' ln P.
    slope: f64,
}

impl Moments {
    fn at(
        answered: &[(&ResponseFunction, usize)],
        theta: f64,
        terms: &mut Vec<CategoryTerm>,
    ) -> Self {
        let mut m = Self::default();
        for (item, code) in answered {
            item.terms(theta, terms);
            let mean: f64 = terms.iter().map(|t| t.p * t.ln_p).sum();
            m.ln_l += terms[*code].ln_p;
            m.mean += mean;
            for t in terms.iter() {
                m.variance += t.p * (t.ln_p - mean).powi(2);
                m.information += t.p * t.first * t.first;
                m.slope += t.p * t.first * t.ln_p;
            }
        }
        m
    }

    fn lz(&self) -> Option<f64> {
        finite((self.ln_l - self.mean) / self.variance.sqrt())
    }

    fn lz_star(&self, theta: f64, prior: (f64, f64)) -> Option<f64> {
        let c = self.slope / self.information;
        let r0 = (prior.0 - theta) / prior.1;
        let variance = self.variance - c * c * self.information;
        finite((self.ln_l - self.mean + c * r0) / variance.sqrt())
    }
}

fn finite(x: f64) -> Option<f64> {
    x.is_finite().then_some(x)
}

/// Fit of every person in `responses`, which must use the bank's codes ([`Bank::code`]).
pub fn person_fit(bank: &Bank, responses: &ResponseMatrix) -> Vec<PersonFit> {
    let items = functions(bank);
    let scorer = Scorer::new(bank);
    let (eap, map) = (
        scorer.score(responses, Method::Eap),
        scorer.score(responses, Method::Map),
    );
    (0..responses.persons())
        .into_par_iter()
        .map(|person| {
            let mut codes = Vec::new();
            responses.row(person, &mut codes);
            one_person(&items, &codes, eap[person], map[person], bank.prior())
        })
        .collect()
}

fn one_person(
    items: &[ResponseFunction],
    codes: &[u8],
    eap: Ability,
    map: Ability,
    prior: (f64, f64),
) -> PersonFit {
    let answered: Vec<(&ResponseFunction, usize)> = items
        .iter()
        .zip(codes)
        .filter(|(_, code)| **code != MISSING)
        .map(|(item, code)| (item, usize::from(*code)))
        .collect();
    let (Some(at_eap), Some(at_map)) = (eap.theta, map.theta) else {
        return PersonFit::default();
    };
    if answered.len() < 2 {
        return PersonFit {
            answered: answered.len(),
            ..PersonFit::default()
        };
    }
    let mut terms = Vec::new();
    let mut fit = MeanSquares::default();
    for (item, code) in &answered {
        fit.add(Residual::of(item, *code, at_eap, &mut terms));
    }
    PersonFit {
        lz: Moments::at(&answered, at_eap, &mut terms).lz(),
        lz_star: Moments::at(&answered, at_map, &mut terms).lz_star(at_map, prior),
        infit: fit.infit(),
        outfit: fit.outfit(),
        answered: answered.len(),
    }
}

/// Residual of a response, in category numbers.
#[derive(Clone, Copy, Debug)]
pub struct Residual {
    /// Observed minus expected category.
    pub deviation: f64,
    /// Variance of the response.
    pub variance: f64,
}

impl Residual {
    /// Residual of category `code` at `theta`.
    pub fn of(
        item: &ResponseFunction,
        code: usize,
        theta: f64,
        terms: &mut Vec<CategoryTerm>,
    ) -> Self {
        item.terms(theta, terms);
        let (mut mean, mut square) = (0.0, 0.0);
        for (k, t) in (0..).zip(terms.iter()) {
            let k = f64::from(k);
            mean += k * t.p;
            square += k * k * t.p;
        }
        Self {
            deviation: code as f64 - mean,
            variance: (square - mean * mean).max(1e-300),
        }
    }
}

/// Accumulator of the residual mean squares.
#[derive(Clone, Copy, Debug, Default)]
pub struct MeanSquares {
    /// Number of residuals.
    pub n: usize,
    squares: f64,
    variances: f64,
    standardised: f64,
}

impl MeanSquares {
    pub fn add(&mut self, residual: Residual) {
        self.n += 1;
        self.squares += residual.deviation.powi(2);
        self.variances += residual.variance;
        self.standardised += residual.deviation.powi(2) / residual.variance;
    }

    /// Mean square weighted by the variances; about 1 under the model.
    pub fn infit(&self) -> Option<f64> {
        finite(self.squares / self.variances)
    }

    /// Mean square of the standardised residuals; about 1 under the model.
    pub fn outfit(&self) -> Option<f64> {
        finite(self.standardised / self.n as f64)
    }
}
