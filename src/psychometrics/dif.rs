//! Differential item functioning (DIF): item differences between groups at the same trait level.
//!
//! - Mantel-Haenszel: items with two categories, matched on the sum score. Effect: D-DIF = -2.35 ln
//!   alpha. ETS classes: B from 1 and significant, C from 1.5 and significantly above 1 (Zieky
//!   1993).
//! - Mantel (1963): items with ordered categories, matched on the sum score. Effect: standardised
//!   mean difference divided by the item's standard deviation. B from .17, C from .25, if
//!   significant.
//! - Ordinal logistic regression: any items, matched on the sum score. Effect: gain in Nagelkerke's
//!   R2. B from .035, C from .07, if significant (Jodoin & Gierl 2001).
//! - Likelihood ratio: any items, matched on the trait through anchors. Effect: expected score
//!   differences over the focal group's distribution (Meade 2010).
//!
//! Purification removes flagged items from the sum score (the studied item is handled by
//! [`Matching`]) until the flags are stable. DIF size is neither adverse impact nor predictive
//! bias; content experts decide what a flag means.

use std::collections::BTreeMap;

use linfa::{DatasetBase, ParamGuard, traits::Fit};
use ndarray::{Array1, Array2};

use super::{
    bank::{Bank, Model},
    calibration::{CalibrationError, CalibrationParams, Groups},
    responses::ResponseMatrix,
    shared_categories::{Collapsed, share_categories},
};
use crate::stats::{
    contingency::{Stratum, mantel_haenszel},
    distributions::{chi_square_sf, normal_quantile},
    multiplicity::{benjamini_hochberg, holm},
    ordinal::ProportionalOdds,
};

/// Significance level of a flag.
const ALPHA: f64 = 0.05;
/// Maximum number of purification rounds.
const ROUNDS: usize = 20;

/// Effect size class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Class {
    /// Negligible.
    A,
    /// Moderate.
    B,
    /// Large.
    C,
}

/// Reasons why items cannot be compared.
#[derive(Debug, thiserror::Error)]
pub enum DifError {
    #[error(
        "the groups have {reference} and {focal} complete cases; each needs at least {MIN_GROUP}"
    )]
    TooFew { reference: usize, focal: usize },
    #[error("matching persons on the sum score needs at least two items")]
    TooFewItems,
    #[error(transparent)]
    Calibration(#[from] CalibrationError),
    #[error("the anchor item \"{0}\" does not exist")]
    UnknownAnchor(String),
}

/// Minimum number of complete cases per group; below 100, results need a warning.
pub const MIN_GROUP: usize = 20;

/// DIF result of one item. Statistics are `None` if the item is not informative (too few strata).
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct ItemDif {
    pub item: String,
    /// `mantel-haenszel`, `mantel`, `logistic` or `likelihood-ratio`.
    pub method: String,
    pub chi2: Option<f64>,
    pub df: usize,
    pub p: Option<f64>,
    pub p_holm: Option<f64>,
    pub p_bh: Option<f64>,
    /// Effect size of the method (see the module's table); `favours` gives its direction.
    pub effect: Option<f64>,
    pub class: Option<Class>,
    /// Group with the higher expected score among matched persons.
    pub favours: Option<String>,
    #[serde(flatten)]
    pub detail: Detail,
}

/// Statistics of individual methods.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Detail {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alpha_mh: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub d_dif: Option<f64>,
    /// Standard error of D-DIF.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub se: Option<f64>,
    /// Standardised mean difference, focal minus reference, in response units.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub smd: Option<f64>,
    /// The same divided by the item's standard deviation in both groups combined.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub smd_over_sd: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub strata: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chi2_uniform: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p_uniform: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chi2_nonuniform: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p_nonuniform: Option<f64>,
    /// Nagelkerke's R2 with group and interaction minus that with the sum score alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delta_r2: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delta_r2_uniform: Option<f64>,
    /// Expected score of the focal group minus that of the reference group, over the focal group's
    /// trait distribution.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signed_difference: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unsigned_difference: Option<f64>,
    /// Categories that one group lacks, collapsed for both groups.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub collapsed: Vec<Collapsed>,
}

/// Comparison of two groups on complete cases.
pub struct Comparison<'a> {
    responses: &'a ResponseMatrix,
    reference: Vec<usize>,
    focal: Vec<usize>,
    names: [String; 2],
}

/// Composition of the matching score.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Matching {
    /// Total score, including the studied item.
    Total,
    /// Rest score, without the studied item.
    Rest,
}

/// Results of one method for all items.
#[derive(Clone, Debug, PartialEq)]
pub struct DifReport {
    pub items: Vec<ItemDif>,
    /// Number of purification rounds; 0 without purification.
    pub rounds: usize,
    /// How purification ended; `None` without purification.
    pub purification: Option<Purification>,
    /// Items that make up the matching score, or the anchors of a likelihood-ratio test.
    pub matching_items: Vec<String>,
}

/// How purification of the matching score ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purification {
    /// The items without a flag are those of the matching score.
    Stable,
    /// At most one item was left without a flag, so the score of the round before was kept.
    NoItemsLeft,
    /// The flags were not stable after the maximum number of rounds.
    Unstable,
}

impl Purification {
    /// Why the matching score is not free of flagged items, if it is not.
    pub fn problem(self) -> Option<&'static str> {
        match self {
            Self::Stable => None,
            Self::NoItemsLeft => Some("too few items are left without a flag"),
            Self::Unstable => Some("the flags did not become stable"),
        }
    }
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

    fn name(&self, item: usize) -> String {
        self.responses.items()[item].item.clone()
    }

    /// Group that an effect favours: the focal group if positive.
    fn favoured(&self, towards_focal: f64) -> Option<String> {
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

    /// Likelihood-ratio tests under an item response model. The focal group's trait has a free mean
    /// and variance; anchors put both groups on one scale.
    ///
    /// With `anchors`, all other items are free between groups and the studied item is constrained
    /// in turn. Without, all items are constrained and the studied item is freed in turn
    /// (all-others-as-anchors).
    ///
    /// A category that one group lacks is collapsed into a neighbour for both groups, which
    /// [`Detail::collapsed`] tells. An item with fewer than two categories common to both groups has
    /// no statistics and counts as an anchor.
    ///
    /// # Errors
    /// [`DifError::UnknownAnchor`] if an anchor does not exist, [`DifError::Calibration`] if the
    /// items cannot be calibrated in both groups.
    pub fn likelihood_ratio(
        &self,
        model: Model,
        anchors: &[String],
    ) -> Result<DifReport, DifError> {
        let names: Vec<String> = (0..self.responses.items().len())
            .map(|i| self.name(i))
            .collect();
        if let Some(unknown) = anchors.iter().find(|a| !names.contains(a)) {
            return Err(DifError::UnknownAnchor(unknown.clone()));
        }
        let persons: Vec<usize> = self.reference.iter().chain(&self.focal).copied().collect();
        let groups = Groups {
            labels: self.names.to_vec(),
            of: persons
                .iter()
                .enumerate()
                .map(|(i, _)| usize::from(i >= self.reference.len()))
                .collect(),
        };
        let candidates: Vec<usize> = (0..names.len())
            .filter(|i| !anchors.contains(&names[*i]))
            .collect();
        let rows = self.responses.rows(&persons);
        let shared =
            share_categories(&rows, &groups.of, &candidates).map_err(CalibrationError::from)?;
        let mut collapsed: BTreeMap<String, Option<Vec<Collapsed>>> = candidates
            .iter()
            .map(|i| names[*i].clone())
            .zip(shared.collapsed)
            .collect();
        let dataset = DatasetBase::new(shared.responses, groups);
        let fit = |free: Vec<String>| -> Result<Bank, CalibrationError> {
            CalibrationParams::new(model)
                .standard_errors(false)
                .free_between_groups(free)
                .check()?
                .fit(&dataset)
        };
        let studied: Vec<String> = names
            .iter()
            .filter(|n| collapsed.get(*n).is_some_and(Option::is_some))
            .cloned()
            .collect();
        let baseline = if anchors.is_empty() {
            fit(Vec::new())?
        } else {
            fit(studied.clone())?
        };
        let mut items = Vec::new();
        for name in &studied {
            let other = if anchors.is_empty() {
                fit(vec![name.clone()])?
            } else {
                fit(studied.iter().filter(|s| *s != name).cloned().collect())?
            };
            let (constrained, free) = if anchors.is_empty() {
                (&baseline, &other)
            } else {
                (&other, &baseline)
            };
            let chi2 = (2.0 * (free.log_likelihood - constrained.log_likelihood)).max(0.0);
            let df = free.parameters - constrained.parameters;
            let (signed, unsigned) = expected_differences(free, name);
            let p = chi_square_sf(chi2, df as f64);
            items.push(ItemDif {
                item: name.clone(),
                method: "likelihood-ratio".to_owned(),
                chi2: Some(chi2),
                df,
                p: Some(p),
                effect: Some(signed),
                favours: self.favoured(signed),
                detail: Detail {
                    signed_difference: Some(signed),
                    unsigned_difference: Some(unsigned),
                    collapsed: collapsed.remove(name).flatten().unwrap_or_default(),
                    ..Detail::default()
                },
                ..ItemDif::default()
            });
        }
        let untested = collapsed.into_iter().filter(|(_, steps)| steps.is_none());
        items.extend(untested.map(|(item, _)| ItemDif {
            item,
            method: "likelihood-ratio".to_owned(),
            ..ItemDif::default()
        }));
        adjust(&mut items);
        let matching_items = if anchors.is_empty() { &names } else { anchors };
        Ok(DifReport {
            items,
            rounds: 0,
            purification: None,
            matching_items: matching_items.to_vec(),
        })
    }
}

/// Signed and unsigned difference of the expected scores of an item that is free between groups,
/// focal minus reference, over the focal group's trait distribution.
fn expected_differences(bank: &Bank, item: &str) -> (f64, f64) {
    let versions: Vec<_> = bank
        .items
        .iter()
        .filter(|i| i.coding.item == item)
        .collect();
    let ([reference, focal], Some(group)) = (versions.as_slice(), bank.groups.get(1)) else {
        return (f64::NAN, f64::NAN);
    };
    let labels = |k: usize| f64::from(reference.coding.categories[k]);
    let weights = bank.quadrature.weights(group.mean, group.variance);
    let (r, f) = (reference.parameters.function(), focal.parameters.function());
    let score = |p: Vec<f64>| -> f64 { p.iter().enumerate().map(|(k, p)| labels(k) * p).sum() };
    bank.quadrature.points().iter().zip(weights).fold(
        (0.0, 0.0),
        |(signed, unsigned), (theta, weight)| {
            let difference = score(f.probabilities(*theta)) - score(r.probabilities(*theta));
            (
                signed + weight * difference,
                unsigned + weight * difference.abs(),
            )
        },
    )
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

/// Adjusts the p values of all items for multiple testing.
fn adjust(items: &mut [ItemDif]) {
    let p: Vec<f64> = items.iter().map(|i| i.p.unwrap_or(f64::NAN)).collect();
    let (holm, bh) = (holm(&p), benjamini_hochberg(&p));
    for ((item, holm), bh) in items.iter_mut().zip(holm).zip(bh) {
        item.p_holm = Some(holm).filter(|p| p.is_finite());
        item.p_bh = Some(bh).filter(|p| p.is_finite());
    }
}
