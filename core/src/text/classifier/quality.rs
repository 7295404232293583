//! Quality of a learned model by cross-validation.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

/// Resamples of texts when lexicon and model are compared.
const RESAMPLES: usize = 1000;

/// How well the model does on texts that it has not seen.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CrossValidation {
    /// Mean over labels of F1; a label that is never found rightly counts as zero.
    pub macro_f1: f64,
    /// F1 of all decisions together; with one label a text, the share of right texts.
    pub micro_f1: f64,
    pub folds: usize,
    pub texts: usize,
    pub per_label: Vec<LabelQuality>,
}

/// The same for a label.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct LabelQuality {
    pub label: String,
    /// Texts that have it.
    pub n: usize,
    /// Of the texts given the label, the share that has it; none when none is given it.
    pub precision: Option<f64>,
    /// Of the texts that have it, the share given it.
    pub recall: Option<f64>,
    pub f1: f64,
    /// F1 of the lexicon, where a theme has this name.
    pub lexicon_f1: Option<f64>,
    /// The model replaces the lexicon: the whole 95 % interval of the gain in F1 is above zero.
    /// Always for a label that is no theme.
    pub replaces_lexicon: bool,
}

/// Right and wrong decisions about a label.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    pub(super) right: usize,
    pub(super) wrong: usize,
    pub(super) missed: usize,
}

impl Tally {
    pub(super) fn add(&mut self, has: bool, given: bool) {
        match (has, given) {
            (true, true) => self.right += 1,
            (false, true) => self.wrong += 1,
            (true, false) => self.missed += 1,
            (false, false) => {}
        }
    }

    pub(super) fn f1(self) -> f64 {
        let decisions = 2 * self.right + self.wrong + self.missed;
        if decisions == 0 {
            0.0
        } else {
            2.0 * self.right as f64 / decisions as f64
        }
    }
}

/// F1 of decisions.
pub(super) fn f1(has: &[bool], given: &[bool]) -> f64 {
    let mut tally = Tally::default();
    for (has, given) in has.iter().zip(given) {
        tally.add(*has, *given);
    }
    tally.f1()
}

/// Whether the 2.5th percentile of the gain in F1 over resampled texts is above zero.
pub(super) fn surely_better(has: &[bool], model: &[bool], lexicon: &[bool], seed: u64) -> bool {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut gains: Vec<f64> = (0..RESAMPLES)
        .map(|_| {
            let (mut ours, mut theirs) = (Tally::default(), Tally::default());
            for _ in 0..has.len() {
                let i = random.random_range(0..has.len());
                ours.add(has[i], model[i]);
                theirs.add(has[i], lexicon[i]);
            }
            ours.f1() - theirs.f1()
        })
        .collect();
    gains.sort_unstable_by(f64::total_cmp);
    gains[RESAMPLES / 40] > 0.0
}
