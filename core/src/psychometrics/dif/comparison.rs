//! Two groups, compared by tests that match persons on a sum score: Mantel-Haenszel, Mantel, and
//! ordinal logistic regression.

use std::collections::BTreeMap;

use linfa::{DatasetBase, ParamGuard, traits::Fit};
use ndarray::{Array1, Array2};

use super::report::{Class, Detail, DifError, DifReport, ItemDif, MIN_GROUP, Purification, adjust};
use crate::{
    psychometrics::responses::ResponseMatrix,
    stats::{
        contingency::{Stratum, mantel_haenszel},
        distributions::{chi_square_sf, normal_quantile},
        ordinal::ProportionalOdds,
    },
};

/// Significance level of a flag.
const ALPHA: f64 = 0.05;
/// Maximum number of purification rounds.
const ROUNDS: usize = 20;

/// Comparison of two groups on complete cases.
pub struct Comparison<'a> {
    pub(super) responses: &'a ResponseMatrix,
    pub(super) reference: Vec<usize>,
    pub(super) focal: Vec<usize>,
    pub(super) names: [String; 2],
}

/// Composition of the matching score.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Matching {
    /// Total score, including the studied item.
    Total,
    /// Rest score, without the studied item.
    Rest,
}

impl<'a> Comparison<'a> {
    /// Compares `focal` with `reference`; `group` holds each person's group. Persons of other
    /// groups and incomplete cases are excluded.
    ///
    /// # Errors
    /// [`DifError::TooFewItems`] below two items, [`DifError::TooFew`] if a group is too small.
    pub fn new(
        responses: &'a ResponseMatrix,
        group: &[String],
        reference: &str,
        focal: &str,
    ) -> Result<Self, DifError> {
        if responses.items().len() < 2 {
            return Err(DifError::TooFewItems);
        }
        let complete = responses.complete_cases();
        let of = |name: &str| {
            complete
                .iter()
                .copied()
                .filter(|p| group[*p] == name)
                .collect::<Vec<_>>()
        };
        let found = Self {
            responses,
            reference: of(reference),
            focal: of(focal),
            names: [reference.to_owned(), focal.to_owned()],
        };
        let (r, f) = (found.reference.len(), found.focal.len());
        if r.min(f) < MIN_GROUP {
            return Err(DifError::TooFew {
                reference: r,
                focal: f,
            });
        }
        Ok(found)
    }

    /// Numbers of complete cases in the reference and the focal group.
    pub fn sizes(&self) -> (usize, usize) {
        (self.reference.len(), self.focal.len())
    }

    /// Mantel-Haenszel test for items with two categories, Mantel test for others.
    pub fn mantel_haenszel(&self, matching: Matching, purify: bool) -> DifReport {
        self.purified(purify, |item, anchors| {
            if self.responses.items()[item].categories.len() == 2 {
                self.dichotomous(item, anchors, matching)
            } else {
                self.polytomous(item, anchors, matching)
            }
        })
    }

    /// Ordinal logistic regression on the sum score, the group and their interaction.
    pub fn logistic(&self, matching: Matching, purify: bool) -> DifReport {
        self.purified(purify, |item, anchors| {
            self.logistic_regression(item, anchors, matching)
        })
    }

    /// Tests every item, with repeated purification of the sum score if `purify`.
    fn purified(&self, purify: bool, test: impl Fn(usize, &[bool]) -> ItemDif) -> DifReport {
        let n = self.responses.items().len();
        let mut anchors = vec![true; n];
        let mut rounds = 0;
        loop {
            let mut items: Vec<ItemDif> = (0..n).map(|i| test(i, &anchors)).collect();
            let clean: Vec<bool> = items
                .iter()
                .map(|i| i.p.is_none_or(|p| p >= ALPHA))
                .collect();
            let left = clean.iter().filter(|c| **c).count();
            let end = if clean == anchors {
                Some(Purification::Stable)
            } else if left < 2 {
                Some(Purification::NoItemsLeft)
            } else {
                (rounds == ROUNDS).then_some(Purification::Unstable)
            };
            if !purify || end.is_some() {
                adjust(&mut items);
                let matching = (0..n).filter(|i| anchors[*i]);
                return DifReport {
                    items,
                    rounds,
                    purification: end.filter(|_| purify),
                    matching_items: matching.map(|i| self.name(i)).collect(),
                };
            }
            anchors = clean;
            rounds += 1;
        }
    }

    fn answer(&self, person: usize, item: usize) -> i32 {
        self.responses.answer(person, item).unwrap_or(0)
    }

    /// Sum score over the anchors; `matching` decides whether the studied item counts.
    fn score(&self, person: usize, item: usize, anchors: &[bool], matching: Matching) -> i32 {
        let counts = |i: usize| {
            if i == item {
                matching == Matching::Total
            } else {
                anchors[i]
            }
        };
        (0..anchors.len())
            .filter(|i| counts(*i))
            .map(|i| self.answer(person, i))
            .sum()
    }

    /// Item responses of both groups by sum score.
    fn strata(
        &self,
        item: usize,
        anchors: &[bool],
        matching: Matching,
    ) -> BTreeMap<i32, [Vec<f64>; 2]> {
        let mut strata: BTreeMap<i32, [Vec<f64>; 2]> = BTreeMap::new();
        for (group, members) in [&self.reference, &self.focal].into_iter().enumerate() {
            for person in members {
                let score = self.score(*person, item, anchors, matching);
                strata.entry(score).or_default()[group].push(f64::from(self.answer(*person, item)));
            }
        }
        strata
    }

    pub(super) fn name(&self, item: usize) -> String {
        self.responses.items()[item].item.clone()
    }

    /// Group that an effect favours: the focal group if positive.
    pub(super) fn favoured(&self, towards_focal: f64) -> Option<String> {
        (towards_focal != 0.0).then(|| self.names[usize::from(towards_focal > 0.0)].clone())
    }

    fn dichotomous(&self, item: usize, anchors: &[bool], matching: Matching) -> ItemDif {
        let top = self.responses.items()[item].categories[1];
        let strata: Vec<Stratum> = self
            .strata(item, anchors, matching)
            .values()
            .map(|[r, f]| {
                let successes =
                    |v: &[f64]| v.iter().filter(|a| **a == f64::from(top)).count() as f64;
                Stratum {
                    a: successes(r),
                    b: r.len() as f64 - successes(r),
                    c: successes(f),
                    d: f.len() as f64 - successes(f),
                }
            })
            .collect();
        let empty = ItemDif {
            item: self.name(item),
            method: "mantel-haenszel".to_owned(),
            df: 1,
            ..ItemDif::default()
        };
        let Some(mh) = mantel_haenszel(&strata, 0.5) else {
            return empty;
        };
        let d = -2.35 * mh.odds_ratio.ln();
        let se = 2.35 * mh.se_ln;
        let finite = |x: f64| x.is_finite().then_some(x);
        ItemDif {
            chi2: Some(mh.chi2),
            p: Some(mh.p),
            effect: finite(d),
            class: finite(d).map(|d| ets_class(d, se, mh.p)),
            favours: finite(d).and_then(|d| self.favoured(d)),
            detail: Detail {
                alpha_mh: finite(mh.odds_ratio),
                d_dif: finite(d),
                se: finite(se),
                strata: Some(
                    strata
                        .iter()
                        .filter(|s| s.a + s.b > 0.0 && s.c + s.d > 0.0)
                        .count(),
                ),
                ..Detail::default()
            },
            ..empty
        }
    }

    fn polytomous(&self, item: usize, anchors: &[bool], matching: Matching) -> ItemDif {
        let strata = self.strata(item, anchors, matching);
        let (mut difference, mut variance, mut used) = (0.0, 0.0, 0);
        let (mut smd, mut focal_used) = (0.0, 0.0);
        let mean = |v: &[f64]| v.iter().sum::<f64>() / v.len() as f64;
        for [r, f] in strata
            .values()
            .filter(|[r, f]| !r.is_empty() && !f.is_empty())
        {
            let (nr, nf) = (r.len() as f64, f.len() as f64);
            let t = nr + nf;
            let (sum, squares) = r
                .iter()
                .chain(f)
                .fold((0.0, 0.0), |(s, q), v| (s + v, q + v * v));
            difference += f.iter().sum::<f64>() - nf * sum / t;
            variance += nr * nf * (t * squares - sum * sum) / (t * t * (t - 1.0));
            smd += nf * (mean(f) - mean(r));
            focal_used += nf;
            used += 1;
        }
        let chi2 = difference * difference / variance;
        let all: Vec<f64> = self
            .reference
            .iter()
            .chain(&self.focal)
            .map(|p| f64::from(self.answer(*p, item)))
            .collect();
        let centre = mean(&all);
        let sd = (all.iter().map(|v| (v - centre).powi(2)).sum::<f64>() / (all.len() as f64 - 1.0))
            .sqrt();
        let empty = ItemDif {
            item: self.name(item),
            method: "mantel".to_owned(),
            df: 1,
            ..ItemDif::default()
        };
        if !chi2.is_finite() {
            return empty;
        }
        let (smd, p) = (smd / focal_used, chi_square_sf(chi2, 1.0));
        ItemDif {
            chi2: Some(chi2),
            p: Some(p),
            effect: Some(smd / sd),
            class: Some(class_by_size((smd / sd).abs(), p, [0.17, 0.25])),
            favours: self.favoured(smd),
            detail: Detail {
                smd: Some(smd),
                smd_over_sd: Some(smd / sd),
                strata: Some(used),
                ..Detail::default()
            },
            ..empty
        }
    }

    fn logistic_regression(&self, item: usize, anchors: &[bool], matching: Matching) -> ItemDif {
        let persons: Vec<(usize, f64)> = self
            .reference
            .iter()
            .map(|p| (*p, 0.0))
            .chain(self.focal.iter().map(|p| (*p, 1.0)))
            .collect();
        let scores: Vec<f64> = persons
            .iter()
            .map(|(p, _)| f64::from(self.score(*p, item, anchors, matching)))
            .collect();
        // Categories that nobody in the two groups chose are left out.
        let mut labels: Vec<i32> = persons.iter().map(|(p, _)| self.answer(*p, item)).collect();
        let answers = labels.clone();
        labels.sort_unstable();
        labels.dedup();
        let y: Array1<usize> = answers
            .iter()
            .map(|a| labels.partition_point(|l| l < a))
            .collect();
        let fit = |columns: usize| {
            let x = Array2::from_shape_fn((persons.len(), columns), |(i, j)| match j {
                0 => scores[i],
                1 => persons[i].1,
                _ => scores[i] * persons[i].1,
            });
            let params = ProportionalOdds::params().check().ok()?;
            params.fit(&DatasetBase::new(x, y.clone())).ok()
        };
        let empty = ItemDif {
            item: self.name(item),
            method: "logistic".to_owned(),
            df: 2,
            ..ItemDif::default()
        };
        let (Some(m1), Some(m2), Some(m3)) = (fit(1), fit(2), fit(3)) else {
            return empty;
        };
        let ratio = |a: &ProportionalOdds, b: &ProportionalOdds| {
            (2.0 * (b.log_likelihood - a.log_likelihood)).max(0.0)
        };
        let (uniform, nonuniform, both) = (ratio(&m1, &m2), ratio(&m2, &m3), ratio(&m1, &m3));
        let (delta, p) = (m3.nagelkerke() - m1.nagelkerke(), chi_square_sf(both, 2.0));
        ItemDif {
            chi2: Some(both),
            p: Some(p),
            effect: Some(delta),
            class: Some(class_by_size(delta, p, [0.035, 0.07])),
            favours: self.favoured(m2.coefficients[1]),
            detail: Detail {
                chi2_uniform: Some(uniform),
                p_uniform: Some(chi_square_sf(uniform, 1.0)),
                chi2_nonuniform: Some(nonuniform),
                p_nonuniform: Some(chi_square_sf(nonuniform, 1.0)),
                delta_r2: Some(delta),
                delta_r2_uniform: Some(m2.nagelkerke() - m1.nagelkerke()),
                ..Detail::default()
            },
            ..empty
        }
    }
}

/// ETS classes: A below 1 or not significant; C from 1.5 and significantly above 1 (one-sided at
/// .05); B otherwise.
fn ets_class(d: f64, se: f64, p: f64) -> Class {
    if d.abs() < 1.0 || p >= ALPHA {
        Class::A
    } else if d.abs() >= 1.5 && (d.abs() - 1.0) / se > normal_quantile(1.0 - ALPHA) {
        Class::C
    } else {
        Class::B
    }
}

/// Class by two effect size bounds; A if not significant.
fn class_by_size(effect: f64, p: f64, bounds: [f64; 2]) -> Class {
    if p >= ALPHA || effect < bounds[0] {
        Class::A
    } else if effect < bounds[1] {
        Class::B
    } else {
        Class::C
    }
}
