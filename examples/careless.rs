//! Error rates of the screening for careless responding: attentive, straight-lining, alternating
//! and random respondents are simulated, and the share with a note is counted.
//!
//! ```sh
//! cargo run --release --example careless           # 20 replications each
//! cargo run --release --example careless -- 50 7   # 50, with another seed
//! ```
//!
//! Six scales with a third of the statements reversed, five categories; 300 or 1000 attentive
//! respondents answer by a factor model, with 30 straight-liners, 30 alternating and 40 random
//! respondents among them. Expected on 48 statements: at most .01 of attentive, and at least .95 of
//! straight-lining, .90 of alternating and .80 of random respondents with a note.

use std::io::Write;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rapport::{
    psychometrics::{
        careless::{Thresholds, screen},
        responses::ResponseMatrix,
    },
    stats::distributions::normal_quantile,
};

const SCALES: usize = 6;
/// Share of variance that all scales have in common.
const COMMON: f64 = 0.35;
const CARELESS: [(&str, usize); 3] = [("straight", 30), ("alternating", 30), ("random", 40)];

struct Setting {
    items: usize,
    attentive: usize,
    /// Lowest and highest factor loading.
    loadings: (f64, f64),
    /// How far most people agree, in standard deviations.
    agreement: f64,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1).filter_map(|a| a.parse().ok());
    let replications: u64 = arguments.next().unwrap_or(20);
    let mut rng = ChaCha8Rng::seed_from_u64(arguments.next().unwrap_or(1));
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "{:>5} {:>6} {:>10} {:>9} | {:>7} {:>8} {:>11} {:>7}",
        "items",
        "attentive",
        "loadings",
        "agreement",
        "attentive",
        "straight",
        "alternating",
        "random"
    )?;
    for items in [24, 48] {
        for attentive in [300, 1000] {
            for (loadings, agreement) in [
                ((0.5, 0.8), 0.8),
                ((0.5, 0.8), 0.0),
                ((0.4, 0.7), 0.5),
                ((0.6, 0.85), 1.2),
            ] {
                let setting = Setting {
                    items,
                    attentive,
                    loadings,
                    agreement,
                };
                let mut noted = [0.0; 4];
                for _ in 0..replications {
                    for (sum, share) in noted.iter_mut().zip(replicate(&setting, &mut rng)?) {
                        *sum += share / replications as f64;
                    }
                }
                let [a, b, c, d] = noted;
                let loadings = format!("{}-{}", loadings.0, loadings.1);
                writeln!(
                    out,
                    "{items:>5} {attentive:>6} {loadings:>10} {agreement:>9} | {a:>7.3} {b:>8.3} \
                     {c:>11.3} {d:>7.3}"
                )?;
            }
        }
    }
    Ok(())
}

fn normal(rng: &mut ChaCha8Rng) -> f64 {
    normal_quantile(rng.random_range(f64::EPSILON..1.0))
}

/// Share of each kind of respondent with a note.
fn replicate(
    setting: &Setting,
    rng: &mut ChaCha8Rng,
) -> Result<[f64; 4], Box<dyn std::error::Error>> {
    let questionnaire = Questionnaire::draw(setting, rng);
    let mut rows: Vec<Vec<i32>> = (0..setting.attentive)
        .map(|_| questionnaire.attentive(rng))
        .collect();
    for (kind, n) in CARELESS {
        rows.extend((0..n).map(|_| careless(kind, setting.items, rng)));
    }
    let keyed = rows.iter().map(|row| {
        let keyed = row.iter().zip(&questionnaire.reversed);
        keyed
            .map(|(answer, reversed)| Some(if *reversed { 6 - answer } else { *answer }))
            .collect()
    });
    let keyed: Vec<Vec<Option<i32>>> = keyed.collect();
    let raw: Vec<Vec<Option<i32>>> = rows
        .iter()
        .map(|row| row.iter().copied().map(Some).collect())
        .collect();
    let scales: Vec<Vec<usize>> = (0..SCALES)
        .map(|s| (s..setting.items).step_by(SCALES).collect())
        .collect();
    let screening = screen(
        &ResponseMatrix::from_rows(&raw)?,
        &ResponseMatrix::from_rows(&keyed)?,
        &scales,
        None,
        &Thresholds::default(),
    );
    let mut notes = screening
        .persons
        .iter()
        .map(|p| f64::from(u8::from(p.note)));
    let mut share = |n: usize| notes.by_ref().take(n).sum::<f64>() / n as f64;
    Ok([
        share(setting.attentive),
        share(CARELESS[0].1),
        share(CARELESS[1].1),
        share(CARELESS[2].1),
    ])
}

/// Item parameters of one replication.
struct Questionnaire {
    loadings: Vec<f64>,
    thresholds: Vec<[f64; 4]>,
    reversed: Vec<bool>,
}

impl Questionnaire {
    fn draw(setting: &Setting, rng: &mut ChaCha8Rng) -> Self {
        let threshold = |rng: &mut ChaCha8Rng| {
            let mut t = [-1.6, -0.6, 0.4, 1.4].map(|t| t - setting.agreement + 0.25 * normal(rng));
            t.sort_by(f64::total_cmp);
            t
        };
        let (low, high) = setting.loadings;
        Self {
            loadings: (0..setting.items)
                .map(|_| rng.random_range(low..high))
                .collect(),
            thresholds: (0..setting.items).map(|_| threshold(rng)).collect(),
            // Every scale has reversed items, at changing places.
            reversed: (0..setting.items)
                .map(|i| (i + i / SCALES).is_multiple_of(3))
                .collect(),
        }
    }

    fn attentive(&self, rng: &mut ChaCha8Rng) -> Vec<i32> {
        let common = normal(rng);
        let traits: Vec<f64> = (0..SCALES)
            .map(|_| COMMON.sqrt() * common + (1.0 - COMMON).sqrt() * normal(rng))
            .collect();
        let answer = |i: usize, rng: &mut ChaCha8Rng| {
            let loading = self.loadings[i];
            let y = loading * traits[i % SCALES] + (1.0 - loading * loading).sqrt() * normal(rng);
            let keyed = 1 + self.thresholds[i]
                .iter()
                .map(|t| i32::from(y > *t))
                .sum::<i32>();
            if self.reversed[i] { 6 - keyed } else { keyed }
        };
        (0..self.loadings.len()).map(|i| answer(i, rng)).collect()
    }
}

fn careless(kind: &str, items: usize, rng: &mut ChaCha8Rng) -> Vec<i32> {
    let first = rng.random_range(1..=5);
    let second = (first - 1 + rng.random_range(1..=4)) % 5 + 1;
    let answer = |i: usize| match kind {
        "straight" => first,
        "alternating" if i.is_multiple_of(2) => first,
        "alternating" => second,
        _ => rng.random_range(1..=5),
    };
    (0..items).map(answer).collect()
}
