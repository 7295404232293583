//! Observed information of all patterns (Louis 1982): complete-data information minus missing
//! information.

use std::ops::Range;

use ndarray::{Array1, Array2, Axis, Slice, linalg::general_mat_mul};
use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;

use super::{
    layout::Parameter,
    likelihood::{CHUNK, Counts, Expectation, Likelihood, STRIPES, scatter},
};
use crate::psychometrics::{
    item_models::ResponseFunction,
    patterns::Patterns,
    posterior::{Grid, Posterior, Prior, Table, add_scaled, dot},
};

/// Maximum memory of the response pair counts in bytes; larger problems are counted in several
/// passes.
const PAIR_BYTES: usize = 16 << 20;

impl Likelihood<'_> {
    /// Complete-data information and missing information, without priors; their difference is the
    /// observed information.
    pub fn information(
        &self,
        psi: &Array1<f64>,
        expectation: &Expectation,
    ) -> (Array2<f64>, Array2<f64>) {
        let p = self.layout.free;
        let mut complete = Array2::zeros((p, p));
        self.add_complete_information(psi, expectation, &mut complete);
        let mut missing = Array2::zeros((p, p));
        for (group, counts) in expectation.groups.iter().enumerate() {
            self.add_missing_information(group, psi, counts, &mut missing);
        }
        (complete, missing)
    }

    /// Adds E\[s s'\] - E\[s\] E\[s\]' of a group.
    fn add_missing_information(
        &self,
        group: usize,
        psi: &Array1<f64>,
        counts: &Counts,
        out: &mut Array2<f64>,
    ) {
        let items = self.items(group, psi);
        let table = Table::new(self.grid, self.design, &items);
        let prior = self.prior(group, psi);
        let layouts = &self.layout.groups[group];
        let scores: Vec<ItemScores> = items
            .iter()
            .map(|i| ItemScores::new(self.grid, i))
            .collect();
        // Within items, and between items and the trait distribution, the expected counts suffice.
        let latent = self.latent_scores(group, psi);
        let nodes = self.grid.points.len();
        for (item, score) in scores.iter().enumerate() {
            let k = score.categories;
            let mut block = Array2::zeros((k, k));
            for code in 0..k {
                let n = counts.items[item].row(code);
                for (p, a) in score.of(code) {
                    for (by, b) in score.of(code) {
                        block[(p, by)] += (0..nodes).map(|q| n[q] * a[q] * b[q]).sum::<f64>();
                    }
                    for (at, s) in &latent {
                        if let Parameter::Free(row) = layouts[item].parameters[p] {
                            let both: f64 = (0..nodes).map(|q| n[q] * a[q] * s[q]).sum();
                            out[(row, *at)] += both;
                            out[(*at, row)] += both;
                        }
                    }
                }
            }
            let parameters = &layouts[item].parameters;
            scatter(out, parameters, parameters, block.view());
        }
        for (at, a) in &latent {
            for (by, b) in &latent {
                out[(*at, *by)] += (0..nodes)
                    .map(|q| counts.nodes[q] * a[q] * b[q])
                    .sum::<f64>();
            }
        }
        self.add_pairs(group, &table, &prior, &scores, out);
        let outer = self.expected_score_products(group, &table, &prior, &scores, &latent);
        *out -= &outer;
    }

    /// Adds E\[s_j s_l'\] of all item pairs. Each pair is counted within one part, so parts run in
    /// parallel and the result does not depend on their number.
    fn add_pairs(
        &self,
        group: usize,
        table: &Table,
        prior: &Prior,
        scores: &[ItemScores],
        out: &mut Array2<f64>,
    ) {
        let (width, items) = (self.grid.padded, scores.len());
        let bytes_of = |j: usize| -> usize {
            let later: usize = scores[j + 1..].iter().map(|s| s.categories).sum();
            scores[j].categories * later * width * size_of::<f64>()
        };
        // Parts of similar size, each within its share of the memory.
        let threads = rayon::current_num_threads().max(1);
        let budget = (PAIR_BYTES / threads).max(1);
        let total: usize = (0..items).map(bytes_of).sum();
        let share = total.div_ceil(threads).min(budget).max(1);
        let mut parts: Vec<Range<usize>> = Vec::new();
        let mut filled = usize::MAX;
        for j in 0..items.saturating_sub(1) {
            let bytes = bytes_of(j);
            if filled.saturating_add(bytes) > share + share / 8 {
                parts.push(j..j);
                filled = 0;
            }
            filled += bytes;
            if let Some(part) = parts.last_mut() {
                part.end = j + 1;
            }
        }
        let blocks: Vec<Vec<Array2<f64>>> = parts
            .par_iter()
            .map(|part| self.count_pairs(group, table, prior, scores, part.clone()))
            .collect();
        let layouts = &self.layout.groups[group];
        for (part, blocks) in parts.iter().zip(blocks) {
            let mut blocks = blocks.into_iter();
            for j in part.clone() {
                for (l, block) in (j + 1..items).zip(&mut blocks) {
                    scatter(
                        out,
                        &layouts[j].parameters,
                        &layouts[l].parameters,
                        block.view(),
                    );
                    scatter(
                        out,
                        &layouts[l].parameters,
                        &layouts[j].parameters,
                        block.t(),
                    );
                }
            }
        }
    }

    /// E\[s_j s_l'\] for the items j of `part` and all later items l, in order.
    fn count_pairs(
        &self,
        group: usize,
        table: &Table,
        prior: &Prior,
        scores: &[ItemScores],
        part: Range<usize>,
    ) -> Vec<Array2<f64>> {
        let (width, items) = (self.grid.padded, scores.len());
        let later = |j: usize| j + 1..items;
        // For each j: categories of j x categories of all later items x nodes.
        let mut pairs: Vec<Vec<f64>> = part
            .clone()
            .map(|j| {
                vec![
                    0.0;
                    scores[j].categories
                        * later(j).map(|l| scores[l].categories).sum::<usize>()
                        * width
                ]
            })
            .collect();
        let mut posterior = Posterior::new(self.grid, self.design);
        let patterns = self.design.groups[group].clone();
        let mut offsets: Vec<(usize, usize)> = Vec::with_capacity(CHUNK);
        let mut weights: Vec<f64> = Vec::with_capacity(CHUNK * width);
        for start in patterns.clone().step_by(CHUNK) {
            let chunk = start..(start + CHUNK).min(patterns.end);
            offsets.clear();
            weights.clear();
            for pattern in chunk.clone() {
                posterior.compute(table, self.design, self.design.pattern(pattern), prior);
                let n = self.design.frequencies[pattern];
                let (from, support, scale) = posterior.support();
                offsets.push((from, weights.len()));
                weights.extend(support.iter().map(|w| n * scale * w));
            }
            for (j, pairs) in part.clone().zip(&mut pairs) {
                let count = CountPairs {
                    patterns: self.design,
                    chunk: chunk.clone(),
                    offsets: &offsets,
                    weights: &weights,
                    item: j,
                    width,
                    pairs,
                };
                Arch::new().dispatch(count);
            }
        }
        let nodes = self.grid.points.len();
        let mut blocks = Vec::new();
        let mut weighted = vec![0.0; nodes];
        for (j, pairs) in part.zip(&pairs) {
            let stride: usize = later(j).map(|l| scores[l].categories).sum::<usize>() * width;
            let mut first = 0;
            for l in later(j) {
                let mut block = Array2::zeros((scores[j].categories, scores[l].categories));
                for answer in 0..scores[j].categories {
                    for code in 0..scores[l].categories {
                        let n = &pairs[answer * stride + first + code * width..][..nodes];
                        for (p, a) in scores[j].of(answer) {
                            for ((w, n), a) in weighted.iter_mut().zip(n).zip(a) {
                                *w = n * a;
                            }
                            for (by, b) in scores[l].of(code) {
                                block[(p, by)] += dot(&weighted, b);
                            }
                        }
                    }
                }
                first += scores[l].categories * width;
                blocks.push(block);
            }
        }
        blocks
    }

    /// Sum over patterns of frequency x E\[s\] E\[s\]'.
    fn expected_score_products(
        &self,
        group: usize,
        table: &Table,
        prior: &Prior,
        scores: &[ItemScores],
        latent: &[(usize, Vec<f64>)],
    ) -> Array2<f64> {
        let p = self.layout.free;
        let patterns = self.design.groups[group].clone();
        let layouts = &self.layout.groups[group];
        let stripe = patterns.len().div_ceil(STRIPES / 2).max(64);
        let starts: Vec<usize> = patterns.clone().step_by(stripe).collect();
        let parts: Vec<Array2<f64>> = starts
            .par_iter()
            .map(|&start| {
                let end = (start + stripe).min(patterns.end);
                let mut sum = Array2::zeros((p, p));
                let mut posterior = Posterior::new(self.grid, self.design);
                let mut rows = Array2::zeros((CHUNK / 4, p));
                for first in (start..end).step_by(CHUNK / 4) {
                    let count = (CHUNK / 4).min(end - first);
                    rows.fill(0.0);
                    for (pattern, mut row) in (first..first + count).zip(rows.rows_mut()) {
                        let codes = self.design.pattern(pattern);
                        posterior.compute(table, self.design, codes, prior);
                        let root = self.design.frequencies[pattern].sqrt();
                        let (from, weights, scale) = posterior.support();
                        let root = root * scale;
                        for (item, score) in scores.iter().enumerate() {
                            let code = usize::from(codes[item]);
                            if code >= score.categories {
                                continue;
                            }
                            for (parameter, s) in score.of(code) {
                                if let Parameter::Free(at) = layouts[item].parameters[parameter] {
                                    row[at] += root * dot(weights, &s[from..]);
                                }
                            }
                        }
                        for (at, s) in latent {
                            row[*at] += root * dot(weights, &s[from..]);
                        }
                    }
                    let rows = rows.slice_axis(Axis(0), Slice::from(..count));
                    general_mat_mul(1.0, &rows.t(), &rows, 1.0, &mut sum);
                }
                sum
            })
            .collect();
        parts
            .into_iter()
            .fold(Array2::zeros((p, p)), |total, part| total + part)
    }
}

/// Counts the response pairs of one item with all later items at each node.
struct CountPairs<'a> {
    patterns: &'a Patterns,
    /// Patterns whose posteriors are in `weights`.
    chunk: Range<usize>,
    /// First node, and offset in `weights`, of each pattern.
    offsets: &'a [(usize, usize)],
    weights: &'a [f64],
    item: usize,
    /// Number of padded nodes.
    width: usize,
    /// Categories of the item x categories of all later items x nodes.
    pairs: &'a mut [f64],
}

impl WithSimd for CountPairs<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let categories = &self.patterns.categories;
        let later = &categories[self.item + 1..];
        let stride = later.iter().sum::<usize>() * self.width;
        for (i, pattern) in self.chunk.enumerate() {
            let codes = self.patterns.pattern(pattern);
            let answer = usize::from(codes[self.item]);
            if answer >= categories[self.item] {
                continue;
            }
            let (from, offset) = self.offsets[i];
            let end = self
                .offsets
                .get(i + 1)
                .map_or(self.weights.len(), |next| next.1);
            let weights = &self.weights[offset..end];
            let mut first = answer * stride + from;
            for (code, k) in codes[self.item + 1..].iter().zip(later) {
                let code = usize::from(*code);
                if code < *k {
                    add_scaled(&mut self.pairs[first + code * self.width..], weights, 1.0);
                }
                first += k * self.width;
            }
        }
    }
}

/// Derivatives d ln P / d parameter of one item at every node, by category, without those that are
/// zero everywhere.
struct ItemScores {
    categories: usize,
    by_category: Vec<Vec<(usize, Vec<f64>)>>,
}

impl ItemScores {
    fn new(grid: &Grid, item: &ResponseFunction) -> Self {
        let k = item.categories();
        let mut by_category = vec![vec![vec![0.0; grid.padded]; k]; k];
        let mut rows = vec![0.0; k * k];
        for (q, theta) in grid.points.iter().enumerate() {
            item.gradients(*theta, &mut rows);
            for (code, row) in rows.chunks(k).enumerate() {
                for (parameter, d) in row.iter().enumerate() {
                    by_category[code][parameter][q] = *d;
                }
            }
        }
        let by_category = by_category
            .into_iter()
            .map(|row| {
                row.into_iter()
                    .enumerate()
                    .filter(|(_, s)| s.iter().any(|v| *v != 0.0))
                    .collect()
            })
            .collect();
        Self {
            categories: k,
            by_category,
        }
    }

    /// Parameters (0 the slope, then intercepts) with non-zero scores in a category.
    fn of(&self, category: usize) -> impl Iterator<Item = (usize, &[f64])> {
        self.by_category[category]
            .iter()
            .map(|(p, s)| (*p, s.as_slice()))
    }
}
