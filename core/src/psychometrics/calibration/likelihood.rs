//! Marginal likelihood of all patterns and its exact gradient; `information` has the observed
//! information.
//!
//! For pattern x of a group with node weights w(q), L = sum_q w(q) prod_j P_j(x_j | q), and the
//! posterior of a node is p(q) = w(q) prod P / L. With r_jk(q) the sum of frequencies times p(q)
//! over patterns with response k to item j:
//!
//! - gradient (Fisher's identity): sum_q sum_k r_jk(q) d ln P_jk(q) / d psi;
//! - observed information (Louis 1982): E\[B\] - E\[s s'\] + E\[s\] E\[s\]', summed over persons,
//!   with s the score vector and B the negative second derivative of the complete-data likelihood.
//!   E\[s s'\] between two items needs only the expected counts of their response pairs at each
//!   node, so it costs no outer product per person.
//!
//! Patterns are summed in a fixed number of stripes that are added in order, so the result does not
//! depend on the number of threads.

use ndarray::{Array1, Array2, ArrayView2, ArrayViewMut2};
use rayon::prelude::*;

use super::layout::{Layout, Parameter};
use crate::psychometrics::{
    item_models::ResponseFunction,
    patterns::Patterns,
    posterior::{Grid, Posterior, Prior, Table},
};

/// Number of stripes of patterns.
pub(super) const STRIPES: usize = 8;
/// Number of patterns whose posteriors are in memory together.
pub(super) const CHUNK: usize = 512;

/// Result of an expectation step.
#[derive(Clone, Debug)]
pub struct Expectation {
    /// Marginal log-likelihood, without priors.
    pub ln_likelihood: f64,
    pub(super) groups: Vec<Counts>,
}

/// Expected counts in one group.
#[derive(Clone, Debug)]
pub(super) struct Counts {
    /// Categories x nodes of each item: r_jk(q).
    pub(super) items: Vec<Array2<f64>>,
    /// Expected number of persons at each node.
    pub(super) nodes: Vec<f64>,
}

/// Constants of a calibration.
pub struct Likelihood<'a> {
    pub design: &'a Patterns,
    pub layout: &'a Layout,
    pub grid: &'a Grid,
}

impl Likelihood<'_> {
    pub(super) fn items(&self, group: usize, psi: &Array1<f64>) -> Vec<ResponseFunction> {
        self.layout.groups[group]
            .iter()
            .map(|i| i.item(psi).function())
            .collect()
    }

    pub(super) fn prior(&self, group: usize, psi: &Array1<f64>) -> Prior {
        let latent = self.layout.latent[group];
        self.grid
            .prior(latent.mean.value(psi), latent.variance.value(psi))
    }

    /// Normalised prior weights of a group at the nodes.
    fn weights(&self, group: usize, psi: &Array1<f64>) -> Vec<f64> {
        let nodes = self.grid.points.len();
        let prior = self.prior(group, psi);
        prior.ln_weights[..nodes].iter().map(|l| l.exp()).collect()
    }

    /// Expectation step at `psi`, which must be proper.
    pub fn expect(&self, psi: &Array1<f64>) -> Expectation {
        let mut ln_likelihood = 0.0;
        let groups = (0..self.layout.groups.len())
            .map(|group| {
                let table = Table::new(self.grid, self.design, &self.items(group, psi));
                let (ln_l, joint) = self.expect_group(group, &table, &self.prior(group, psi));
                ln_likelihood += ln_l;
                self.counts(&joint)
            })
            .collect();
        Expectation {
            ln_likelihood,
            groups,
        }
    }

    /// Log-likelihood of a group, and expected counts of every table row.
    fn expect_group(&self, group: usize, table: &Table, prior: &Prior) -> (f64, Vec<f64>) {
        let patterns = self.design.groups[group].clone();
        let stripe = patterns.len().div_ceil(STRIPES).max(64);
        let starts: Vec<usize> = patterns.clone().step_by(stripe).collect();
        let parts: Vec<(f64, Vec<f64>)> = starts
            .par_iter()
            .map(|&start| {
                let mut counts = vec![0.0; table.rows.len()];
                let mut posterior = Posterior::new(self.grid, self.design);
                let mut ln_l = 0.0;
                for pattern in start..(start + stripe).min(patterns.end) {
                    let n = self.design.frequencies[pattern];
                    posterior.compute(table, self.design, self.design.pattern(pattern), prior);
                    ln_l += n * posterior.ln_marginal();
                    posterior.add_to(&mut counts, n);
                }
                (ln_l, counts)
            })
            .collect();
        let mut parts = parts.into_iter();
        let (mut ln_l, mut counts) = parts
            .next()
            .unwrap_or_else(|| (0.0, vec![0.0; table.rows.len()]));
        for (l, part) in parts {
            ln_l += l;
            for (c, p) in counts.iter_mut().zip(part) {
                *c += p;
            }
        }
        (ln_l, counts)
    }

    /// Expected counts of items and nodes from those of the units' combinations.
    fn counts(&self, joint: &[f64]) -> Counts {
        let (width, nodes) = (self.grid.padded, self.grid.points.len());
        let mut items: Vec<Array2<f64>> = self
            .design
            .categories
            .iter()
            .map(|k| Array2::zeros((*k, nodes)))
            .collect();
        let mut totals = vec![0.0; nodes];
        for (u, unit) in self.design.units.iter().enumerate() {
            for combination in 0..unit.combinations {
                let row = &joint[(unit.first_row + combination) * width..][..nodes];
                let mut rest = combination;
                for item in unit.items.clone().rev() {
                    let k = self.design.categories[item];
                    let code = rest % (k + 1);
                    rest /= k + 1;
                    if code < k {
                        for (c, r) in items[item].row_mut(code).iter_mut().zip(row) {
                            *c += r;
                        }
                    }
                }
                if u == 0 {
                    for (t, r) in totals.iter_mut().zip(row) {
                        *t += r;
                    }
                }
            }
        }
        Counts {
            items,
            nodes: totals,
        }
    }

    /// Gradient of the log-likelihood at the point of `expectation`.
    pub fn gradient(&self, psi: &Array1<f64>, expectation: &Expectation) -> Array1<f64> {
        let mut gradient = Array1::zeros(self.layout.free);
        for (group, counts) in expectation.groups.iter().enumerate() {
            for (item, layout) in self.layout.groups[group].iter().enumerate() {
                let function = layout.item(psi).function();
                let k = function.categories();
                let mut rows = vec![0.0; k * k];
                for (q, theta) in self.grid.points.iter().enumerate() {
                    function.gradients(*theta, &mut rows);
                    for (code, row) in rows.chunks(k).enumerate() {
                        let n = counts.items[item][(code, q)];
                        for (parameter, d) in layout.parameters.iter().zip(row) {
                            if let Parameter::Free(at) = parameter {
                                gradient[*at] += n * d;
                            }
                        }
                    }
                }
            }
            for (at, scores) in self.latent_scores(group, psi) {
                gradient[at] += scores
                    .iter()
                    .zip(&counts.nodes)
                    .map(|(s, n)| s * n)
                    .sum::<f64>();
            }
        }
        gradient
    }

    /// Derivatives d ln w(q) / d (mean, variance) of a group at every node, for free parameters.
    pub(super) fn latent_scores(&self, group: usize, psi: &Array1<f64>) -> Vec<(usize, Vec<f64>)> {
        let latent = self.layout.latent[group];
        let (mean, v) = (latent.mean.value(psi), latent.variance.value(psi));
        let weights = self.weights(group, psi);
        let centred = |f: &dyn Fn(f64) -> f64| -> Vec<f64> {
            let raw: Vec<f64> = self.grid.points.iter().map(|t| f(t - mean)).collect();
            let expected: f64 = raw.iter().zip(&weights).map(|(r, w)| r * w).sum();
            raw.iter().map(|r| r - expected).collect()
        };
        let mut scores = Vec::new();
        if let Parameter::Free(at) = latent.mean {
            scores.push((at, centred(&|t| t / v)));
        }
        if let Parameter::Free(at) = latent.variance {
            scores.push((at, centred(&|t| t * t / (2.0 * v * v))));
        }
        scores
    }

    /// Adds the expected negative second derivative of the complete-data likelihood at `psi` to
    /// `out`.
    pub(super) fn add_complete_information(
        &self,
        psi: &Array1<f64>,
        expectation: &Expectation,
        out: &mut Array2<f64>,
    ) {
        for (group, counts) in expectation.groups.iter().enumerate() {
            for (item, layout) in self.layout.groups[group].iter().enumerate() {
                let block =
                    self.item_information(&layout.item(psi).function(), &counts.items[item]);
                let parameters = &layout.parameters;
                scatter(out, parameters, parameters, block.view());
            }
            self.add_latent_information(group, psi, &counts.nodes, out);
        }
    }

    fn item_information(&self, function: &ResponseFunction, counts: &Array2<f64>) -> Array2<f64> {
        let k = function.categories();
        let mut block = Array2::zeros((k, k));
        let mut at_node = vec![0.0; k];
        for (q, theta) in self.grid.points.iter().enumerate() {
            for (n, c) in at_node.iter_mut().zip(counts.column(q)) {
                *n = *c;
            }
            function.add_information(*theta, &at_node, &mut block.view_mut());
        }
        block
    }

    /// Adds -d2 ln w / d (mean, variance)2 summed over the nodes. With T the statistics whose
    /// centred values are the scores, the second derivative is dT - E_w\[dT\] - Cov_w(T, score),
    /// where the last two terms are the same at every node.
    fn add_latent_information(
        &self,
        group: usize,
        psi: &Array1<f64>,
        nodes: &[f64],
        out: &mut Array2<f64>,
    ) {
        let latent = self.layout.latent[group];
        let (mean, v) = (latent.mean.value(psi), latent.variance.value(psi));
        let weights = self.weights(group, psi);
        let parameters = [latent.mean, latent.variance];
        let statistic = |p: usize, t: f64| if p == 0 { t / v } else { t * t / (2.0 * v * v) };
        let derivative = |p: usize, by: usize, t: f64| match (p, by) {
            (0, 0) => -1.0 / v,
            (1, 1) => -t * t / (v * v * v),
            _ => -t / (v * v),
        };
        let expect = |f: &dyn Fn(f64) -> f64| -> f64 {
            self.grid
                .points
                .iter()
                .zip(&weights)
                .map(|(t, w)| w * f(t - mean))
                .sum()
        };
        let mut block = Array2::zeros((2, 2));
        for p in 0..2 {
            for by in 0..2 {
                let covariance = expect(&|t| statistic(p, t) * statistic(by, t))
                    - expect(&|t| statistic(p, t)) * expect(&|t| statistic(by, t));
                let common = expect(&|t| derivative(p, by, t)) + covariance;
                let total: f64 = self
                    .grid
                    .points
                    .iter()
                    .zip(nodes)
                    .map(|(t, n)| n * (derivative(p, by, t - mean) - common))
                    .sum();
                block[(p, by)] = -total;
            }
        }
        scatter(out, &parameters, &parameters, block.view());
    }

    /// One step of the EM gradient algorithm (Lange 1995): a Newton step of every item on its
    /// expected complete-data likelihood, halved until the parameters are proper. Returns `None` if
    /// the information is singular.
    pub fn em_step(&self, psi: &Array1<f64>, expectation: &Expectation) -> Option<Array1<f64>> {
        let mut information = Array2::zeros((self.layout.free, self.layout.free));
        let mut gradient = self.gradient(psi, expectation);
        self.add_complete_information(psi, expectation, &mut information);
        self.layout
            .add_priors(psi, &mut gradient, Some(&mut information));
        let step = crate::stats::linear::Cholesky::of(&information)?.solve(&gradient);
        let mut share = 1.0;
        for _ in 0..30 {
            let next = psi + &(&step * share);
            if self.layout.is_proper(&next) {
                return Some(next);
            }
            share *= 0.5;
        }
        None
    }
}

/// Adds a block of two items' parameters to a matrix over the free vector.
pub(super) fn scatter(
    out: &mut Array2<f64>,
    rows: &[Parameter],
    columns: &[Parameter],
    block: ArrayView2<'_, f64>,
) {
    let mut out: ArrayViewMut2<'_, f64> = out.view_mut();
    for (i, row) in rows.iter().enumerate() {
        let Parameter::Free(row) = *row else { continue };
        for (j, column) in columns.iter().enumerate() {
            if let Parameter::Free(column) = *column {
                out[(row, column)] += block[(i, j)];
            }
        }
    }
}
