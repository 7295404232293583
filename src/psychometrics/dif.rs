//! Differential item functioning: does an item mean the same to two groups at the same level of the trait?
//!
//! | method | items | matched on | effect and classes |
//! |---|---|---|---|
//! | Mantel & Haenszel | two categories | sum score | D-DIF = -2.35 ln alpha; A, B, C by ETS: B from 1 and significant, C from 1.5 and significantly above 1 (Zieky 1993) |
//! | Mantel (1963) | ordered | sum score | standardised mean difference over the item's deviation: B from .17, C from .25, if significant |
//! | ordinal logistic | any | sum score | gain in Nagelkerke's R2: B from .035, C from .07, if significant (Jodoin & Gierl 2001) |
//! | likelihood ratio | any | the trait, through anchors | expected score differences over the focal group's distribution (Meade 2010) |
//!
//! Purification takes flagged items out of the sum score (the studied item always counts) until the flags stay the same.
//! The size of DIF is neither adverse impact nor predictive bias; content experts decide what a flag means.

use std::collections::BTreeMap;

use linfa::{DatasetBase, ParamGuard, traits::Fit};
use ndarray::{Array1, Array2};

use super::{
    bank::{Bank, Model},
    calibration::{CalibrationError, CalibrationParams, Groups},
    responses::ResponseMatrix,
};
use crate::stats::{
    contingency::{Stratum, mantel_haenszel},
    distributions::{chi_square_sf, normal_quantile},
    multiplicity::{benjamini_hochberg, holm},
    ordinal::ProportionalOdds,
};

/// p below which an item is flagged.
const ALPHA: f64 = 0.05;
/// Most rounds of purification.
const ROUNDS: usize = 20;

/// How big a difference is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Class {
    /// Negligible.
    A,
    /// Moderate.
    B,
    /// Large.
    C,
}

/// Why items cannot be compared.
#[derive(Debug, thiserror::Error)]
pub enum DifError {
    #[error(
        "the groups have {reference} and {focal} complete cases; both need at least {MIN_GROUP}"
    )]
    TooFew { reference: usize, focal: usize },
    #[error("two items at least are needed to match persons")]
    TooFewItems,
    #[error(transparent)]
    Calibration(#[from] CalibrationError),
    #[error("there is no item \"{0}\" to anchor on")]
    UnknownAnchor(String),
}

/// Fewest complete cases in a group; below 100 a warning belongs beside every figure.
pub const MIN_GROUP: usize = 20;

/// What an item's test of matched groups found. Figures are `None` where the item says nothing (too few strata).
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
    /// The method's effect (see the module's table); which way it points is said by `favours`.
    pub effect: Option<f64>,
    pub class: Option<Class>,
    /// Which group finds the item easier, or endorses it more, than matched people of the other.
    pub favours: Option<String>,
    #[serde(flatten)]
    pub detail: Detail,
}

/// What only some methods give.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Detail {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alpha_mh: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub d_dif: Option<f64>,
    /// Of D-DIF.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub se: Option<f64>,
    /// Focal less reference, in answer units.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub smd: Option<f64>,
    /// Over the item's standard deviation in both groups together.
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
    /// Nagelkerke's R2 with group and interaction, less that of the sum score alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delta_r2: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delta_r2_uniform: Option<f64>,
    /// Expected score of the focal group less that of the reference group, over the focal group's trait.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signed_difference: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unsigned_difference: Option<f64>,
}

/// Two groups on complete cases.
pub struct Comparison<'a> {
    responses: &'a ResponseMatrix,
    reference: Vec<usize>,
    focal: Vec<usize>,
    names: [String; 2],
}

/// A sum score to match on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Matching {
    /// With the studied item.
    Total,
    /// Without it.
    Rest,
}

/// The result of one method over all items.
#[derive(Clone, Debug, PartialEq)]
pub struct DifReport {
    pub items: Vec<ItemDif>,
    /// Rounds of purification, 0 without.
    pub rounds: usize,
}

impl<'a> Comparison<'a> {
    /// Compares `focal` with `reference`; `group` is each person's group, others are left out, and so are persons with a
    /// missing answer.
    ///
    /// # Errors
    /// A group that is too small, or a single item.
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

    /// Complete cases of the reference and of the focal group.
    pub fn sizes(&self) -> (usize, usize) {
        (self.reference.len(), self.focal.len())
    }

    /// Mantel-Haenszel for items with two categories, Mantel for others.
    pub fn mantel_haenszel(&self, matching: Matching, purify: bool) -> DifReport {
        self.purified(purify, |item, anchors| {
            if self.responses.items()[item].categories.len() == 2 {
                self.two_categories(item, anchors, matching)
            } else {
                self.ordered(item, anchors, matching)
            }
        })
    }

    /// Ordinal logistic regression on the sum score, group and their product.
    pub fn logistic(&self, matching: Matching, purify: bool) -> DifReport {
        self.purified(purify, |item, anchors| {
            self.regression(item, anchors, matching)
        })
    }

    /// Runs a test on every item, and again without the flagged items in the sum score until the flags stay the same.
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
            let stable = clean == anchors || !clean.contains(&true);
            if !purify || stable || rounds == ROUNDS {
                adjust(&mut items);
                return DifReport { items, rounds };
            }
            anchors = clean;
            rounds += 1;
        }
    }

    fn answer(&self, person: usize, item: usize) -> i32 {
        self.responses.answer(person, item).unwrap_or(0)
    }

    /// Sum over anchors; the studied item counts by `matching`.
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

    /// Persons of both groups by sum score.
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

    /// The group that an effect favours; above 0 means the focal one.
    fn favoured(&self, towards_focal: f64) -> Option<String> {
        (towards_focal != 0.0).then(|| self.names[usize::from(towards_focal > 0.0)].clone())
    }

    fn two_categories(&self, item: usize, anchors: &[bool], matching: Matching) -> ItemDif {
        let top = self.responses.items()[item].categories[1];
        let strata: Vec<Stratum> = self
            .strata(item, anchors, matching)
            .values()
            .map(|[r, f]| {
                let right = |v: &[f64]| v.iter().filter(|a| **a == f64::from(top)).count() as f64;
                Stratum {
                    a: right(r),
                    b: r.len() as f64 - right(r),
                    c: right(f),
                    d: f.len() as f64 - right(f),
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

    fn ordered(&self, item: usize, anchors: &[bool], matching: Matching) -> ItemDif {
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
            class: Some(by_size((smd / sd).abs(), p, [0.17, 0.25])),
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

    fn regression(&self, item: usize, anchors: &[bool], matching: Matching) -> ItemDif {
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
        // Categories that nobody in the two groups chose must not be counted.
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
            class: Some(by_size(delta, p, [0.035, 0.07])),
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

    /// Likelihood-ratio tests under an item response model. The focal group's trait has its own mean and variance, and the
    /// anchors tie the two scales together. With `anchors`, every other item is free between the groups and the studied
    /// one is then tied; without, all items are tied and the studied one is then freed (all others anchor).
    ///
    /// # Errors
    /// Items that cannot be calibrated in both groups, or an anchor that is not there.
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
        let dataset = DatasetBase::new(self.responses.rows(&persons), groups);
        let fit = |free: Vec<String>| -> Result<Bank, CalibrationError> {
            CalibrationParams::new(model)
                .standard_errors(false)
                .free_between_groups(free)
                .check()?
                .fit(&dataset)
        };
        let studied: Vec<String> = names
            .iter()
            .filter(|n| !anchors.contains(n))
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
            let (tied, free) = if anchors.is_empty() {
                (&baseline, &other)
            } else {
                (&other, &baseline)
            };
            let chi2 = (2.0 * (free.log_likelihood - tied.log_likelihood)).max(0.0);
            let df = free.parameters - tied.parameters;
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
                    ..Detail::default()
                },
                ..ItemDif::default()
            });
        }
        adjust(&mut items);
        Ok(DifReport { items, rounds: 0 })
    }
}

/// Difference of the expected scores of an item that is free between two groups, focal less reference, over the focal
/// group's trait: signed and unsigned.
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
    let weights = bank.quadrature.ln_weights(group.mean, group.variance);
    let (r, f) = (reference.parameters.function(), focal.parameters.function());
    let score = |p: Vec<f64>| -> f64 { p.iter().enumerate().map(|(k, p)| labels(k) * p).sum() };
    bank.quadrature.points().iter().zip(weights).fold(
        (0.0, 0.0),
        |(signed, unsigned), (theta, ln_w)| {
            let difference = score(f.probabilities(*theta)) - score(r.probabilities(*theta));
            (
                signed + ln_w.exp() * difference,
                unsigned + ln_w.exp() * difference.abs(),
            )
        },
    )
}

/// ETS: A below 1 or not significant; C from 1.5 and significantly above 1 (one-sided at .05); B between.
fn ets_class(d: f64, se: f64, p: f64) -> Class {
    if d.abs() < 1.0 || p >= ALPHA {
        Class::A
    } else if d.abs() >= 1.5 && (d.abs() - 1.0) / se > normal_quantile(1.0 - ALPHA) {
        Class::C
    } else {
        Class::B
    }
}

fn by_size(effect: f64, p: f64, bounds: [f64; 2]) -> Class {
    if p >= ALPHA || effect < bounds[0] {
        Class::A
    } else if effect < bounds[1] {
        Class::B
    } else {
        Class::C
    }
}

fn adjust(items: &mut [ItemDif]) {
    let p: Vec<f64> = items.iter().map(|i| i.p.unwrap_or(f64::NAN)).collect();
    let (holm, bh) = (holm(&p), benjamini_hochberg(&p));
    for ((item, holm), bh) in items.iter_mut().zip(holm).zip(bh) {
        item.p_holm = Some(holm).filter(|p| p.is_finite());
        item.p_bh = Some(bh).filter(|p| p.is_finite());
    }
}
