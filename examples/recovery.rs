//! Parameter recovery: ten scales are simulated at six sample sizes, calibrated, scored, and
//! compared with the true values.
//!
//! ```sh
//! cargo run --release --example recovery                 # twenty replications each
//! cargo run --release --example recovery -- 50 2026      # fifty, with another seed
//! ```
//!
//! Scales have 6 to 24 items with 2 to 7 categories; slopes are log-normal around 1.3, and
//! difficulties spread over the trait distribution. Persons are N(0, 1). Expected results:
//!
//! - `bias` near 0 (a small positive bias of slopes at n = 200 is normal for maximum likelihood),
//!   `rmse` decreasing with the root of n, and `covered`, the share of 95 % intervals (estimate +/-
//!   1.96 SE) that contain the true value, near .95;
//! - `EAP se` (root mean square) equal to `EAP rmse`, so that the reported error is the actual
//!   error; `covered` near .95;
//! - `lz* < -1.645` near .05 and `lz* < -2.326` near .01: the share of model-conforming persons
//!   that is flagged. Short and easy scales flag somewhat fewer, because lz* is normal only
//!   asymptotically in the number of items (Snijders 2001; Sinharay 2016).
//!
//! Compare Reise & Yu (1990) on sample sizes for the graded response model.

use std::io::Write;

use linfa::{DatasetBase, ParamGuard, traits::Fit};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rapport::psychometrics::{
    ability::{self, Method},
    calibration::GradedResponse,
    item_models::{ItemModel, ItemParameters},
    person_fit::person_fit,
    responses::ResponseMatrix,
};
use statrs::distribution::{ContinuousCDF, Normal};

const SIZES: [usize; 6] = [200, 500, 1000, 2000, 5000, 10_000];

/// Name, items, categories.
const TRAITS: [(&str, usize, usize); 10] = [
    ("empathy", 10, 5),
    ("patience", 8, 5),
    ("conscientiousness", 12, 5),
    ("composure", 10, 4),
    ("honesty", 16, 2),
    ("listening", 6, 7),
    ("helpfulness", 20, 5),
    ("adaptability", 14, 3),
    ("cooperation", 24, 4),
    ("knowledge", 24, 2),
];

/// Accumulated errors of an estimate.
#[derive(Clone, Copy, Default)]
struct Recovery {
    n: f64,
    error: f64,
    squared: f64,
    variance: f64,
    covered: f64,
}

impl Recovery {
    fn add(&mut self, estimate: f64, se: f64, truth: f64) {
        let error = estimate - truth;
        self.n += 1.0;
        self.error += error;
        self.squared += error * error;
        self.variance += se * se;
        self.covered += f64::from(u8::from(error.abs() <= 1.959_964 * se));
    }

    fn merge(&mut self, other: &Self) {
        self.n += other.n;
        self.error += other.error;
        self.squared += other.squared;
        self.variance += other.variance;
        self.covered += other.covered;
    }

    fn bias(&self) -> f64 {
        self.error / self.n
    }

    fn rmse(&self) -> f64 {
        (self.squared / self.n).sqrt()
    }

    /// Root mean square standard error, which should equal `rmse`.
    fn se(&self) -> f64 {
        (self.variance / self.n).sqrt()
    }

    fn share_covered(&self) -> f64 {
        self.covered / self.n
    }
}

/// One line of the table.
#[derive(Clone, Copy, Default)]
struct Line {
    slope: Recovery,
    intercept: Recovery,
    eap: Recovery,
    persons: f64,
    flagged_5: f64,
    flagged_1: f64,
    /// Calibrations that did not converge, and items with an unused category.
    set_aside: usize,
}

impl Line {
    fn merge(&mut self, other: &Self) {
        self.slope.merge(&other.slope);
        self.intercept.merge(&other.intercept);
        self.eap.merge(&other.eap);
        self.persons += other.persons;
        self.flagged_5 += other.flagged_5;
        self.flagged_1 += other.flagged_1;
        self.set_aside += other.set_aside;
    }

    fn write(&self, out: &mut impl Write, name: &str, n: usize) -> std::io::Result<()> {
        writeln!(
            out,
            "{name:<18} {n:>6} {:>7.3} {:>6.3} {:>7.3} {:>7.3} {:>6.3} {:>7.3} {:>7.3} {:>6.3} {:>7.3} {:>7.3} {:>7.3} {:>5}",
            self.slope.bias(),
            self.slope.rmse(),
            self.slope.share_covered(),
            self.intercept.bias(),
            self.intercept.rmse(),
            self.intercept.share_covered(),
            self.eap.se(),
            self.eap.rmse(),
            self.eap.share_covered(),
            self.flagged_5 / self.persons,
            self.flagged_1 / self.persons,
            self.set_aside,
        )
    }
}

struct Simulator {
    rng: ChaCha8Rng,
    normal: Normal,
}

impl Simulator {
    fn uniform(&mut self) -> f64 {
        self.rng.random::<f64>()
    }

    fn standard_normal(&mut self) -> f64 {
        let u = self.uniform().clamp(1e-15, 1.0 - 1e-15);
        self.normal.inverse_cdf(u)
    }

    /// Item with equally spaced boundaries around a random location.
    fn item(&mut self, categories: usize) -> ItemParameters {
        let slope = 1.3 * (0.25 * self.standard_normal()).exp();
        let location = 0.6 * self.standard_normal().clamp(-1.5, 1.5);
        let boundaries = categories - 1;
        let width = if boundaries == 1 { 0.0 } else { 2.4 };
        let intercepts = (0..boundaries)
            .map(|k| {
                let position = if boundaries == 1 {
                    0.0
                } else {
                    k as f64 / (boundaries - 1) as f64 - 0.5
                };
                -slope * (location + width * position)
            })
            .collect();
        ItemParameters {
            model: ItemModel::Graded,
            slope,
            intercepts,
        }
    }

    /// Simulated response, with categories from 1.
    fn answer(&mut self, item: &ItemParameters, theta: f64) -> i32 {
        let u = self.uniform();
        let above = |d: &f64| 1.0 / (1.0 + (-(item.slope * theta + d)).exp());
        1 + item.intercepts.iter().filter(|d| u < above(d)).count() as i32
    }
}

fn replicate(
    simulator: &mut Simulator,
    items: &[ItemParameters],
    n: usize,
) -> Result<Line, Box<dyn std::error::Error>> {
    let thetas: Vec<f64> = (0..n).map(|_| simulator.standard_normal()).collect();
    let rows: Vec<Vec<Option<i32>>> = thetas
        .iter()
        .map(|theta| {
            items
                .iter()
                .map(|i| Some(simulator.answer(i, *theta)))
                .collect()
        })
        .collect();
    let dataset = DatasetBase::new(ResponseMatrix::from_rows(&rows)?, ());
    let bank = GradedResponse::params()
        .standard_errors(true)
        .check()?
        .fit(&dataset)?;
    let mut line = Line::default();
    line.set_aside += usize::from(!bank.converged);
    for (found, truth) in bank.items.iter().zip(items) {
        let Some(se) = found
            .se
            .as_ref()
            .filter(|_| found.parameters.intercepts.len() == truth.intercepts.len())
        else {
            line.set_aside += 1;
            continue;
        };
        if let Some(se) = se.slope {
            line.slope.add(found.parameters.slope, se, truth.slope);
        }
        for ((d, se), truth) in found
            .parameters
            .intercepts
            .iter()
            .zip(&se.intercepts)
            .zip(&truth.intercepts)
        {
            if let Some(se) = se {
                line.intercept.add(*d, *se, *truth);
            }
        }
    }
    let scores = ability::score(&bank, dataset.records(), Method::Eap);
    for (score, truth) in scores.iter().zip(&thetas) {
        if let (Some(theta), Some(se)) = (score.theta, score.se) {
            line.eap.add(theta, se, *truth);
        }
    }
    for lz_star in person_fit(&bank, dataset.records())
        .iter()
        .filter_map(|fit| fit.lz_star)
    {
        line.persons += 1.0;
        line.flagged_5 += f64::from(u8::from(lz_star < -1.645));
        line.flagged_1 += f64::from(u8::from(lz_star < -2.326));
    }
    Ok(line)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let replications: usize = arguments.next().map_or(Ok(20), |a| a.parse())?;
    let seed: u64 = arguments.next().map_or(Ok(2026), |a| a.parse())?;
    let mut simulator = Simulator {
        rng: ChaCha8Rng::seed_from_u64(seed),
        normal: Normal::standard(),
    };
    let scales: Vec<Vec<ItemParameters>> = TRAITS
        .iter()
        .map(|(_, items, categories)| (0..*items).map(|_| simulator.item(*categories)).collect())
        .collect();
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "{replications} replications per scale and size, seed {seed}; graded response model by maximum likelihood\n"
    )?;
    writeln!(
        out,
        "{:<18} {:>6} {:>22} {:>22} {:>22} {:>15}   set",
        "", "", "slope          ", "intercept        ", "EAP           ", "lz* below   "
    )?;
    writeln!(
        out,
        "{:<18} {:>6} {:>7} {:>6} {:>7} {:>7} {:>6} {:>7} {:>7} {:>6} {:>7} {:>7} {:>7} {:>5}",
        "trait",
        "n",
        "bias",
        "rmse",
        "covered",
        "bias",
        "rmse",
        "covered",
        "se",
        "rmse",
        "covered",
        "-1.645",
        "-2.326",
        "aside"
    )?;
    for n in SIZES {
        let mut all = Line::default();
        for ((name, ..), items) in TRAITS.iter().zip(&scales) {
            let mut line = Line::default();
            for _ in 0..replications {
                line.merge(&replicate(&mut simulator, items, n)?);
            }
            line.write(&mut out, name, n)?;
            all.merge(&line);
        }
        all.write(&mut out, "all traits", n)?;
        writeln!(out)?;
    }
    Ok(())
}
