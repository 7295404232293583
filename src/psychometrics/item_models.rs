//! Item response functions: how likely each answer is at a level of the trait.
//!
//! Slope-intercept form, D = 1 (logistic, no 1.702), categories counted from 0:
//!
//! | model | probability | source |
//! |---|---|---|
//! | graded response | P(X >= k) = logistic(a theta + d_k), d_1 > d_2 > ... | Samejima 1969 |
//! | generalised partial credit | P(X = k) proportional to exp(k a theta + d_k), d_0 = 0 | Muraki 1992 |
//!
//! Two categories make either the two-parameter logistic; slope 1 (or a slope common to all items) makes the Rasch and
//! partial credit models. Reported difficulties: graded b_k = -d_k / a, partial credit b_k = -(d_k - d_{k-1}) / a.
//!
//! Everything downstream (information, ability, person fit) needs only ln P and its first two derivatives by theta,
//! and these are short for both models. With u = a theta + d_k and v = a theta + d_{k+1} (u = infinity for the lowest
//! category, v = -infinity for the highest), graded response has
//!
//! - P = logistic(u) logistic(-v) (1 - exp(v - u)), a product: nothing cancels in the tails,
//! - d ln P / d theta = a (1 - logistic(u) - logistic(v)),
//! - d2 ln P / d theta2 = -a2 (logistic'(u) + logistic'(v));
//!
//! partial credit has a (k - E) and -a2 Var, mean and variance of the category number.

use ndarray::ArrayViewMut2;

use crate::stats::distributions::logistic;

/// The form of an item's response function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum ItemModel {
    /// Graded response.
    #[serde(rename = "grm")]
    Graded,
    /// Generalised partial credit.
    #[serde(rename = "gpcm")]
    PartialCredit,
}

/// One item's parameters. The number of categories is one more than the number of intercepts.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct ItemParameters {
    pub model: ItemModel,
    /// a, in logits per unit of theta.
    pub slope: f64,
    /// d_1, d_2, ..., in logits.
    pub intercepts: Vec<f64>,
}

/// Probability of one category, its logarithm, and the logarithm's derivatives by theta.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct CategoryTerm {
    pub p: f64,
    pub ln_p: f64,
    /// d ln P / d theta.
    pub first: f64,
    /// d2 ln P / d theta2, never positive.
    pub second: f64,
}

impl ItemParameters {
    /// Number of categories, at least 2 in any usable item.
    pub fn categories(&self) -> usize {
        self.intercepts.len() + 1
    }

    /// Whether the probabilities exist: finite parameters and, for graded response, strictly falling intercepts.
    pub fn is_proper(&self) -> bool {
        self.slope.is_finite()
            && !self.intercepts.is_empty()
            && self.intercepts.iter().all(|d| d.is_finite())
            && (self.model == ItemModel::PartialCredit
                || self.intercepts.windows(2).all(|d| d[0] > d[1]))
    }

    /// Reported difficulties b_1, b_2, ... on the theta scale (not finite at slope 0).
    pub fn difficulties(&self) -> Vec<f64> {
        match self.model {
            ItemModel::Graded => self.intercepts.iter().map(|d| -d / self.slope).collect(),
            ItemModel::PartialCredit => {
                let before = std::iter::once(&0.0).chain(&self.intercepts);
                let steps = self.intercepts.iter().zip(before);
                steps.map(|(d, b)| -(d - b) / self.slope).collect()
            }
        }
    }

    /// The response function, ready for many values of theta.
    pub fn function(&self) -> ResponseFunction {
        // Of a graded category between two boundaries; the outer two have one boundary only.
        let inner = |of: &dyn Fn(f64) -> f64, outer: f64| -> Vec<f64> {
            let between = self.intercepts.windows(2).map(|d| of(d[0] - d[1]));
            std::iter::once(outer)
                .chain(between)
                .chain([outer])
                .collect()
        };
        ResponseFunction {
            ln_gap: inner(&|g| (-(-g).exp()).ln_1p(), 0.0),
            gap: inner(&|g| -(-g).exp_m1(), 1.0),
            closeness: inner(&|g| 1.0 / g.exp_m1(), 0.0),
            item: self.clone(),
        }
    }
}

/// A response function with everything computed that does not depend on theta.
#[derive(Clone, Debug)]
pub struct ResponseFunction {
    item: ItemParameters,
    /// 1 - exp(-(d_k - d_{k+1})) of inner graded categories, and its logarithm.
    gap: Vec<f64>,
    ln_gap: Vec<f64>,
    /// 1 / (exp(d_k - d_{k+1}) - 1): what closeness of two boundaries adds to the gradient.
    closeness: Vec<f64>,
}

impl ResponseFunction {
    /// The parameters.
    pub fn item(&self) -> &ItemParameters {
        &self.item
    }

    /// Number of categories.
    pub fn categories(&self) -> usize {
        self.item.categories()
    }

    /// One term a category at `theta`, lowest category first. `out` is cleared first.
    pub fn terms(&self, theta: f64, out: &mut Vec<CategoryTerm>) {
        out.clear();
        let a = self.item.slope;
        match self.item.model {
            ItemModel::Graded => {
                // Of the boundary below: logistic and ln logistic.
                let (mut su, mut ln_u) = (1.0, 0.0);
                let last = self.item.intercepts.len();
                for k in 0..=last {
                    let (sv, ln_v, ln_not_v) =
                        self.item.intercepts.get(k).map_or((0.0, 0.0, 0.0), |d| {
                            let z = a * theta + d;
                            let e = (-z.abs()).exp();
                            let s = if z >= 0.0 {
                                1.0 / (1.0 + e)
                            } else {
                                e / (1.0 + e)
                            };
                            let tail = e.ln_1p();
                            (s, z.min(0.0) - tail, -z.max(0.0) - tail)
                        });
                    out.push(CategoryTerm {
                        p: su * (1.0 - sv) * self.gap[k],
                        ln_p: ln_u + ln_not_v + self.ln_gap[k],
                        first: a * (1.0 - su - sv),
                        second: -a * a * (su * (1.0 - su) + sv * (1.0 - sv)),
                    });
                    (su, ln_u) = (sv, ln_v);
                }
            }
            ItemModel::PartialCredit => {
                let exponents = std::iter::once(0.0).chain(self.item.intercepts.iter().copied());
                let exponents = (0..)
                    .zip(exponents)
                    .map(|(k, d)| f64::from(k) * a * theta + d);
                out.extend(exponents.map(|ln_p| CategoryTerm {
                    ln_p,
                    ..CategoryTerm::default()
                }));
                let top = out.iter().map(|t| t.ln_p).fold(f64::NEG_INFINITY, f64::max);
                let mut total = 0.0;
                for t in out.iter_mut() {
                    t.p = (t.ln_p - top).exp();
                    total += t.p;
                }
                let (ln_total, mut mean, mut square) = (top + total.ln(), 0.0, 0.0);
                for (k, t) in (0..).zip(out.iter_mut()) {
                    let k = f64::from(k);
                    t.p /= total;
                    t.ln_p -= ln_total;
                    (mean, square) = (mean + k * t.p, square + k * k * t.p);
                }
                for (k, t) in (0..).zip(out.iter_mut()) {
                    t.first = a * (f64::from(k) - mean);
                    t.second = -a * a * (square - mean * mean);
                }
            }
        }
    }

    /// First and second derivative by theta of ln P of one category: `terms` without logarithms.
    pub fn slopes(&self, theta: f64, category: usize) -> (f64, f64) {
        let a = self.item.slope;
        match self.item.model {
            ItemModel::Graded => {
                let d = &self.item.intercepts;
                let su = if category == 0 {
                    1.0
                } else {
                    logistic(a * theta + d[category - 1])
                };
                let sv = d.get(category).map_or(0.0, |d| logistic(a * theta + d));
                (
                    a * (1.0 - su - sv),
                    -a * a * (su * (1.0 - su) + sv * (1.0 - sv)),
                )
            }
            ItemModel::PartialCredit => {
                let (mean, variance) = self.category_moments(theta);
                (a * (category as f64 - mean), -a * a * variance)
            }
        }
    }

    /// Mean and variance of the category number, counted from 0.
    fn category_moments(&self, theta: f64) -> (f64, f64) {
        let mut terms = Vec::with_capacity(self.categories());
        self.terms(theta, &mut terms);
        let moment = |p: i32| -> f64 {
            (0..)
                .zip(&terms)
                .map(|(k, t)| f64::from(k).powi(p) * t.p)
                .sum()
        };
        let mean = moment(1);
        (mean, moment(2) - mean * mean)
    }

    /// Probabilities of the categories at `theta`; they sum to 1.
    pub fn probabilities(&self, theta: f64) -> Vec<f64> {
        let mut terms = Vec::with_capacity(self.categories());
        self.terms(theta, &mut terms);
        terms.iter().map(|t| t.p).collect()
    }

    /// Fisher information about theta at `theta`: sum of P'^2 / P.
    pub fn information(&self, theta: f64) -> f64 {
        let mut terms = Vec::with_capacity(self.categories());
        self.terms(theta, &mut terms);
        information(&terms)
    }
    /// d ln P_k / d (a, d_1, d_2, ...) at `theta` for every category k: `out` is (categories) x (1 + intercepts), row
    /// by row.
    pub fn gradients(&self, theta: f64, out: &mut [f64]) {
        let width = self.categories();
        match self.item.model {
            ItemModel::Graded => {
                out.fill(0.0);
                let d = &self.item.intercepts;
                let mut su = 1.0;
                for (k, row) in out.chunks_mut(width).enumerate() {
                    let sv = d
                        .get(k)
                        .map_or(0.0, |d| logistic(self.item.slope * theta + d));
                    let r = self.closeness[k];
                    row[0] = theta * (1.0 - su - sv);
                    if k > 0 {
                        row[k] = 1.0 - su + r;
                    }
                    if k < d.len() {
                        row[k + 1] = -sv - r;
                    }
                    su = sv;
                }
            }
            ItemModel::PartialCredit => {
                let p = self.probabilities(theta);
                let mean: f64 = p.iter().zip(0..).map(|(p, k)| f64::from(k) * p).sum();
                for (k, row) in out.chunks_mut(width).enumerate() {
                    row[0] = theta * (k as f64 - mean);
                    for (m, cell) in row.iter_mut().enumerate().skip(1) {
                        *cell = f64::from(u8::from(m == k)) - p[m];
                    }
                }
            }
        }
    }

    /// Adds sum over k of counts_k (-d2 ln P_k / d psi d psi') at `theta`, psi = (a, d_1, ...), to `out`.
    pub fn add_information(&self, theta: f64, counts: &[f64], out: &mut ArrayViewMut2<f64>) {
        let m = self.item.intercepts.len();
        match self.item.model {
            ItemModel::Graded => {
                for b in 1..=m {
                    // A boundary touches the categories on both its sides.
                    let s = logistic(self.item.slope * theta + self.item.intercepts[b - 1]);
                    let w = (counts[b - 1] + counts[b]) * s * (1.0 - s);
                    out[(0, 0)] += w * theta * theta;
                    out[(0, b)] += w * theta;
                    out[(b, 0)] += w * theta;
                    out[(b, b)] += w;
                }
                for k in 1..m {
                    // r (1 + r) = e^g / (e^g - 1)^2, g the gap between the category's boundaries.
                    let r = self.closeness[k];
                    let rho = counts[k] * r * (1.0 + r);
                    out[(k, k)] += rho;
                    out[(k + 1, k + 1)] += rho;
                    out[(k, k + 1)] -= rho;
                    out[(k + 1, k)] -= rho;
                }
            }
            ItemModel::PartialCredit => {
                let n: f64 = counts.iter().sum();
                let p = self.probabilities(theta);
                let mean: f64 = p.iter().zip(0..).map(|(p, k)| f64::from(k) * p).sum();
                let square: f64 = p.iter().zip(0..).map(|(p, k)| f64::from(k * k) * p).sum();
                out[(0, 0)] += n * theta * theta * (square - mean * mean);
                for i in 1..=m {
                    let with_slope = n * theta * p[i] * (i as f64 - mean);
                    out[(0, i)] += with_slope;
                    out[(i, 0)] += with_slope;
                    out[(i, i)] += n * p[i];
                    for j in 1..=m {
                        out[(i, j)] -= n * p[i] * p[j];
                    }
                }
            }
        }
    }
}

/// Fisher information about theta in one item's terms: sum of P (d ln P / d theta)^2.
pub fn information(terms: &[CategoryTerm]) -> f64 {
    terms.iter().map(|t| t.p * t.first * t.first).sum()
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;
    use proptest::prelude::*;

    use super::*;

    fn item(model: ItemModel, slope: f64, steps: &[f64]) -> ItemParameters {
        let mut d = 2.0;
        let intercepts = steps
            .iter()
            .map(|s| {
                d -= s;
                d
            })
            .collect();
        ItemParameters {
            model,
            slope,
            intercepts,
        }
    }

    fn with(item: &ItemParameters, index: usize, by: f64) -> ItemParameters {
        let mut moved = item.clone();
        if index == 0 {
            moved.slope += by
        } else {
            moved.intercepts[index - 1] += by
        }
        moved
    }

    fn ln_p(item: &ItemParameters, theta: f64) -> Vec<f64> {
        let mut terms = Vec::new();
        item.function().terms(theta, &mut terms);
        terms.iter().map(|t| t.ln_p).collect()
    }

    fn any_item() -> impl Strategy<Value = ItemParameters> {
        (
            any::<bool>(),
            -3.0..3.0_f64,
            prop::collection::vec(0.05..2.0_f64, 1..10),
        )
            .prop_map(|(graded, slope, steps)| {
                let model = if graded {
                    ItemModel::Graded
                } else {
                    ItemModel::PartialCredit
                };
                item(model, slope, &steps)
            })
    }

    /// R mirt 1.46.1, `mirt(Science, 1, itemtype = 'graded', TOL = 1e-6, quadpts = 61)`, item Comfort: `probtrace`,
    /// `iteminfo` at theta = -3 and -1.
    #[test]
    fn graded_probabilities_and_information_equal_mirt() {
        let comfort = ItemParameters {
            model: ItemModel::Graded,
            slope: 1.04065136771055,
            intercepts: vec![4.86273381229313, 2.6391709085717, -1.4654615046455],
        };
        for (theta, expected, information) in [
            (
                -3.0,
                [
                    0.149213924056531,
                    0.469190945847717,
                    0.371518569452647,
                    0.0100765606431059,
                ],
                0.303989066347943,
            ),
            (
                -1.0,
                [
                    0.021413608436056,
                    0.146775022731978,
                    0.756380614353865,
                    0.075430754478101,
                ],
                0.203474619219785,
            ),
        ] {
            for (ours, mirt) in comfort.function().probabilities(theta).iter().zip(expected) {
                assert!((ours - mirt).abs() < 1e-13, "{ours} {mirt}");
            }
            assert!((comfort.function().information(theta) - information).abs() < 1e-12);
        }
    }

    proptest! {
        #[test]
        fn probabilities_sum_to_one_even_far_out(item in any_item(), theta in -40.0..40.0_f64) {
            let p = item.function().probabilities(theta);
            prop_assert!((p.iter().sum::<f64>() - 1.0).abs() < 1e-9, "{p:?}");
            prop_assert!(ln_p(&item, theta).iter().all(|l| l.is_finite() && *l <= 1e-12));
        }

        #[test]
        fn derivatives_by_theta_are_those_of_differences(item in any_item(), theta in -4.0..4.0_f64) {
            let h = 1e-5;
            let (mut at, mut up, mut down) = (Vec::new(), Vec::new(), Vec::new());
            item.function().terms(theta, &mut at);
            item.function().terms(theta + h, &mut up);
            item.function().terms(theta - h, &mut down);
            for k in 0..item.categories() {
                prop_assert!(((up[k].ln_p - down[k].ln_p) / (2.0 * h) - at[k].first).abs() < 1e-6);
                prop_assert!((at[k].ln_p.exp() - at[k].p).abs() < 1e-13);
                prop_assert_eq!(item.function().slopes(theta, k).0.to_bits(), at[k].first.to_bits());
                prop_assert!((item.function().slopes(theta, k).1 - at[k].second).abs() < 1e-12);
                prop_assert!(((up[k].first - down[k].first) / (2.0 * h) - at[k].second).abs() < 1e-6);
            }
        }

        #[test]
        fn derivatives_by_parameters_are_those_of_differences(item in any_item(), theta in -4.0..4.0_f64) {
            let (h, width) = (1e-6, item.categories());
            let gradients = |item: &ItemParameters| {
                let mut out = vec![0.0; width * width];
                item.function().gradients(theta, &mut out);
                out
            };
            let at = gradients(&item);
            for k in 0..width {
                let mut counts = vec![0.0; width];
                counts[k] = 1.0;
                let mut information = Array2::zeros((width, width));
                item.function().add_information(theta, &counts, &mut information.view_mut());
                for i in 0..width {
                    let (up, down) = (with(&item, i, h), with(&item, i, -h));
                    let slope = (ln_p(&up, theta)[k] - ln_p(&down, theta)[k]) / (2.0 * h);
                    prop_assert!((slope - at[k * width + i]).abs() < 1e-4 * (1.0 + slope.abs()));
                    let (up, down) = (gradients(&up), gradients(&down));
                    for j in 0..width {
                        let second = -(up[k * width + j] - down[k * width + j]) / (2.0 * h);
                        prop_assert!((second - information[(i, j)]).abs() < 1e-3 * (1.0 + second.abs()), "{k} {i} {j} {second} {}", information[(i, j)]);
                    }
                }
            }
        }
    }
}
