//! Item response functions: category probabilities by trait level.
//!
//! Slope-intercept form, D = 1 (logistic metric, without 1.702), categories numbered from 0:
//!
//! | model | probability | source |
//! |---|---|---|
//! | graded response | P(X >= k) = logistic(a theta + d_k), d_1 > d_2 > ... | Samejima 1969 |
//! | generalised partial credit | P(X = k) ~ exp(k a theta + d_k), d_0 = 0 | Muraki 1992 |
//!
//! With two categories, either is the two-parameter logistic model; with slope 1 (or a common
//! slope) they are the Rasch and partial credit models. Reported difficulties: graded b_k = -d_k /
//! a, partial credit b_k = -(d_k - d_{k-1}) / a.
//!
//! Information, ability and person fit need only ln P and its first two derivatives with respect to
//! theta. With u = a theta + d_k and v = a theta + d_{k+1} (u = infinity for the lowest category, v
//! = -infinity for the highest), the graded response model has
//!
//! - P = logistic(u) logistic(-v) (1 - exp(v - u)), a product without cancellation in the tails,
//! - d ln P / d theta = a (1 - logistic(u) - logistic(v)),
//! - d2 ln P / d theta2 = -a2 (logistic'(u) + logistic'(v)).
//!
//! The partial credit model has a (k - E) and -a2 Var, with mean and variance of the category
//! number.

use ndarray::ArrayViewMut2;

use crate::stats::distributions::logistic;

/// Form of an item response function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum ItemModel {
    /// Graded response.
    #[serde(rename = "grm")]
    Graded,
    /// Generalised partial credit.
    #[serde(rename = "gpcm")]
    PartialCredit,
}

/// Parameters of one item. There is one more category than intercepts.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct ItemParameters {
    pub model: ItemModel,
    /// a, in logits per unit of theta.
    pub slope: f64,
    /// d_1, d_2, ..., in logits.
    pub intercepts: Vec<f64>,
}

/// Probability of one category, its log, and the derivatives of the log with respect to theta.
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
    /// Number of categories.
    pub fn categories(&self) -> usize {
        self.intercepts.len() + 1
    }

    /// Whether the response function is defined: finite parameters and, in the graded response
    /// model, strictly decreasing intercepts.
    pub fn is_proper(&self) -> bool {
        self.slope.is_finite()
            && !self.intercepts.is_empty()
            && self.intercepts.iter().all(|d| d.is_finite())
            && (self.model == ItemModel::PartialCredit
                || self.intercepts.windows(2).all(|d| d[0] > d[1]))
    }

    /// Reported difficulties b_1, b_2, ... on the theta scale; not finite at slope 0.
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

    /// Response function with precomputed constants.
    pub fn function(&self) -> ResponseFunction {
        // Values for inner graded categories by boundary gap; outer categories have one boundary.
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
            inverse_odds: inner(&|g| 1.0 / g.exp_m1(), 0.0),
            item: self.clone(),
        }
    }
}

/// Response function with all constants that do not depend on theta.
#[derive(Clone, Debug)]
pub struct ResponseFunction {
    item: ItemParameters,
    /// 1 - exp(-(d_k - d_{k+1})) of inner graded categories, and its log.
    gap: Vec<f64>,
    ln_gap: Vec<f64>,
    /// 1 / (exp(d_k - d_{k+1}) - 1): contribution of the boundary gap to the gradient.
    inverse_odds: Vec<f64>,
}

impl ResponseFunction {
    /// Parameters of the item.
    pub fn item(&self) -> &ItemParameters {
        &self.item
    }

    /// Number of categories.
    pub fn categories(&self) -> usize {
        self.item.categories()
    }

    /// Writes the terms of all categories at `theta` to `out`, lowest category first.
    pub fn terms(&self, theta: f64, out: &mut Vec<CategoryTerm>) {
        out.clear();
        let a = self.item.slope;
        match self.item.model {
            ItemModel::Graded => {
                // Logistic and log-logistic of the lower boundary.
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

    /// First and second derivative of ln P of one category with respect to theta: as `terms`,
    /// without logs.
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

    /// Mean and variance of the category number.
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

    /// Category probabilities at `theta`.
    pub fn probabilities(&self, theta: f64) -> Vec<f64> {
        let mut terms = Vec::with_capacity(self.categories());
        self.terms(theta, &mut terms);
        terms.iter().map(|t| t.p).collect()
    }

    /// Fisher information at `theta`: sum of P'^2 / P.
    pub fn information(&self, theta: f64) -> f64 {
        let mut terms = Vec::with_capacity(self.categories());
        self.terms(theta, &mut terms);
        information(&terms)
    }

    /// Derivatives d ln P_k / d (a, d_1, d_2, ...) at `theta` for every category k; `out` is
    /// row-major, categories x (1 + intercepts).
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
                    let r = self.inverse_odds[k];
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

    /// Adds sum over k of counts_k (-d2 ln P_k / d psi d psi') at `theta` to `out`, with psi = (a,
    /// d_1, ...).
    pub fn add_information(&self, theta: f64, counts: &[f64], out: &mut ArrayViewMut2<f64>) {
        let m = self.item.intercepts.len();
        match self.item.model {
            ItemModel::Graded => {
                for b in 1..=m {
                    // A boundary affects the two adjacent categories.
                    let s = logistic(self.item.slope * theta + self.item.intercepts[b - 1]);
                    let w = (counts[b - 1] + counts[b]) * s * (1.0 - s);
                    out[(0, 0)] += w * theta * theta;
                    out[(0, b)] += w * theta;
                    out[(b, 0)] += w * theta;
                    out[(b, b)] += w;
                }
                for k in 1..m {
                    // r (1 + r) = e^g / (e^g - 1)^2, with g the gap between the boundaries.
                    let r = self.inverse_odds[k];
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

/// Fisher information of one item from its category terms: sum of P (d ln P / d theta)^2.
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

    fn shifted(item: &ItemParameters, index: usize, by: f64) -> ItemParameters {
        let mut shifted = item.clone();
        if index == 0 {
            shifted.slope += by
        } else {
            shifted.intercepts[index - 1] += by
        }
        shifted
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

    /// R mirt 1.46.1: `mirt(Science, 1, itemtype = 'graded', TOL = 1e-6, quadpts = 61)`, item
    /// Comfort, `probtrace` and `iteminfo` at theta = -3 and -1.
    #[test]
    fn graded_probabilities_and_information_match_mirt() {
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
        fn probabilities_sum_to_one_at_extreme_theta(item in any_item(), theta in -40.0..40.0_f64) {
            let p = item.function().probabilities(theta);
            prop_assert!((p.iter().sum::<f64>() - 1.0).abs() < 1e-9, "{p:?}");
            prop_assert!(ln_p(&item, theta).iter().all(|l| l.is_finite() && *l <= 1e-12));
        }

        #[test]
        fn theta_derivatives_match_finite_differences(item in any_item(), theta in -4.0..4.0_f64) {
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
        fn parameter_derivatives_match_finite_differences(item in any_item(), theta in -4.0..4.0_f64) {
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
                    let (up, down) = (shifted(&item, i, h), shifted(&item, i, -h));
                    let slope = (ln_p(&up, theta)[k] - ln_p(&down, theta)[k]) / (2.0 * h);
                    prop_assert!((slope - at[k * width + i]).abs() < 1e-4 * (1.0 + slope.abs()));
                    let (up, down) = (gradients(&up), gradients(&down));
                    for j in 0..width {
                        let second = -(up[k * width + j] - down[k * width + j]) / (2.0 * h);
                        prop_assert!(
                            (second - information[(i, j)]).abs() < 1e-3 * (1.0 + second.abs()),
                            "{k} {i} {j} {second} {}",
                            information[(i, j)]
                        );
                    }
                }
            }
        }
    }
}
