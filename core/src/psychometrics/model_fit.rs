//! Overall model fit by limited-information statistics on complete cases.
//!
//! C2 (Cai & Monroe 2014) compares the observed and expected share of every category of every item
//! and the mean product of every item pair (category numbers from 0). With e the differences, Xi
//! the covariance of one person's moments under the model and Delta the derivatives of the moments
//! with respect to the estimated parameters,
//!
//! C2 = N e' (Xi^-1 - Xi^-1 Delta (Delta' Xi^-1 Delta)^-1 Delta' Xi^-1) e,
//!
//! chi-square with (moments - parameters) degrees of freedom. For dichotomous items it is M2
//! (Maydeu-Olivares & Joe 2006).

use ndarray::{Array1, Array2};

use super::{
    bank::{Bank, Model},
    item_fit::rmsea,
    item_models::{ItemModel, ItemParameters, ResponseFunction},
    responses::ResponseMatrix,
};
use crate::stats::{
    distributions::{chi_square_sf, logit, noncentral_chi_square_cdf},
    linear::Cholesky,
};

/// Maximum number of moments, limited by the memory for their covariance matrix.
pub const MAX_MOMENTS: usize = 4000;

/// Fit statistics of a calibrated model.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct ModelFit {
    /// `m2` if every item has two categories, otherwise `c2`.
    pub statistic: String,
    pub value: f64,
    pub df: usize,
    pub p: f64,
    /// Number of complete cases.
    pub n: usize,
    pub rmsea: f64,
    /// 90 % confidence interval.
    pub rmsea_ci: [f64; 2],
    /// Standardised root mean square residual of the inter-item correlations.
    pub srmsr: f64,
    /// Comparative fit index, relative to independent items.
    pub cfi: f64,
    /// Tucker-Lewis index, relative to independent items.
    pub tli: f64,
}

/// Reasons why model fit cannot be tested.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelFitError {
    #[error("{moments} moments for {parameters} parameters leave no degrees of freedom")]
    NoDegreesOfFreedom { moments: usize, parameters: usize },
    #[error("{0} moments exceed the maximum of {MAX_MOMENTS}; use fewer items or categories")]
    TooManyMoments(usize),
    #[error("fewer than two persons answered every item")]
    NoCompleteCases,
    #[error("the covariance matrix of the moments is singular")]
    Singular,
}

/// C2 (M2 for dichotomous items) of `responses`, which must use the bank's codes ([`Bank::code`]).
///
/// # Errors
/// [`ModelFitError::NoCompleteCases`] below two complete cases, [`ModelFitError::TooManyMoments`]
/// or [`ModelFitError::NoDegreesOfFreedom`] for too many or too few items,
/// [`ModelFitError::Singular`] if the moments are linearly dependent.
pub fn model_fit(bank: &Bank, responses: &ResponseMatrix) -> Result<ModelFit, ModelFitError> {
    let complete = responses.rows(&responses.complete_cases());
    if complete.persons() < 2 {
        return Err(ModelFitError::NoCompleteCases);
    }
    let observed = Observed::new(&complete);
    let unit_slope = matches!(bank.model, Model::Rasch | Model::PartialCredit);
    let model = MomentModel {
        items: bank.item_parameters(),
        slopes: match bank.model {
            Model::Rasch | Model::PartialCredit => Slopes::Fixed,
            Model::OneParameter => Slopes::Common,
            _ => Slopes::Free,
        },
        variance_free: unit_slope,
    };
    let (value, df, expected) = model.statistic(bank, &observed)?;
    let null = MomentModel {
        items: observed.independent(),
        slopes: Slopes::Fixed,
        variance_free: false,
    };
    let (null_value, null_df, _) = null.statistic(bank, &observed)?;
    let n = complete.persons();
    let (d, d0) = (df as f64, null_df as f64);
    let excess = |probability: f64| {
        // RMSEA at the non-centrality that gives the observed value this probability.
        if noncentral_chi_square_cdf(value, d, 0.0) <= probability {
            return 0.0;
        }
        let (mut low, mut high) = (0.0, value.max(1.0));
        while noncentral_chi_square_cdf(value, d, high) > probability && high < 1e6 {
            high *= 2.0;
        }
        for _ in 0..100 {
            let middle = (low + high) / 2.0;
            if noncentral_chi_square_cdf(value, d, middle) > probability {
                low = middle
            } else {
                high = middle
            }
        }
        ((low + high) / 2.0 / (d * n as f64)).sqrt()
    };
    Ok(ModelFit {
        statistic: if observed.categories.iter().all(|k| *k == 2) {
            "m2"
        } else {
            "c2"
        }
        .to_owned(),
        value,
        df,
        p: chi_square_sf(value, d),
        n,
        rmsea: rmsea(value, df, n),
        rmsea_ci: [excess(0.95), excess(0.05)],
        srmsr: observed.srmsr(&expected),
        cfi: (1.0 - (value - d) / (null_value - d0)).clamp(0.0, 1.0),
        tli: (null_value / d0 - value / d) / (null_value / d0 - 1.0),
    })
}

/// Observed moments of the complete cases.
struct Observed {
    n: f64,
    categories: Vec<usize>,
    /// Shares of all categories except the lowest, by item.
    shares: Vec<f64>,
    /// Mean category number per item, and mean product per item pair.
    means: Vec<f64>,
    products: Array2<f64>,
}

impl Observed {
    fn new(complete: &ResponseMatrix) -> Self {
        let n = complete.persons() as f64;
        let items = complete.items().len();
        let categories: Vec<usize> = complete
            .items()
            .iter()
            .map(|i| i.categories.len())
            .collect();
        let counts: Vec<Vec<usize>> = (0..items).map(|i| complete.counts(i)).collect();
        let answers = Array2::from_shape_fn((complete.persons(), items), |(p, i)| {
            f64::from(complete.column(i)[p])
        });
        Self {
            n,
            shares: counts
                .iter()
                .flat_map(|c| c[1..].iter().map(|x| *x as f64 / n))
                .collect(),
            means: (0..items).map(|i| answers.column(i).sum() / n).collect(),
            products: answers.t().dot(&answers) / n,
            categories,
        }
    }

    /// Independence model: items with slope 0 and the observed shares.
    fn independent(&self) -> Vec<ItemParameters> {
        let mut shares = self.shares.iter();
        let item = |k: &usize| {
            let shares: Vec<f64> = shares.by_ref().take(k - 1).copied().collect();
            let mut above: f64 = shares.iter().sum();
            let intercepts = shares
                .iter()
                .map(|share| {
                    let d = logit(above);
                    above -= share;
                    d
                })
                .collect();
            ItemParameters {
                model: ItemModel::Graded,
                slope: 0.0,
                intercepts,
            }
        };
        self.categories.iter().map(item).collect()
    }

    /// Root mean square difference between observed and model-implied correlations.
    fn srmsr(&self, expected: &Expected) -> f64 {
        let items = self.means.len();
        let correlation = |products: &Array2<f64>, means: &[f64], i: usize, j: usize| {
            let covariance = |i: usize, j: usize| products[(i, j)] - means[i] * means[j];
            covariance(i, j) / (covariance(i, i) * covariance(j, j)).sqrt()
        };
        let (mut sum, mut pairs) = (0.0, 0.0);
        for i in 0..items {
            for j in 0..i {
                let seen = correlation(&self.products, &self.means, i, j);
                let implied = correlation(&expected.products, &expected.means, i, j);
                sum += (seen - implied).powi(2);
                pairs += 1.0;
            }
        }
        f64::sqrt(sum / pairs)
    }
}

/// Constraint on the slopes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Slopes {
    Free,
    Common,
    Fixed,
}

/// A model whose moments are compared with the observed ones.
struct MomentModel {
    items: Vec<ItemParameters>,
    slopes: Slopes,
    variance_free: bool,
}

/// Model-implied first and second moments.
struct Expected {
    means: Vec<f64>,
    products: Array2<f64>,
}

impl MomentModel {
    /// The statistic, its degrees of freedom and the implied moments.
    fn statistic(
        &self,
        bank: &Bank,
        observed: &Observed,
    ) -> Result<(f64, usize, Expected), ModelFitError> {
        let layout = MomentLayout::new(self, &observed.categories)?;
        let functions: Vec<ResponseFunction> =
            self.items.iter().map(ItemParameters::function).collect();
        let points = bank.quadrature.points();
        let (mean, variance) = bank.prior();
        let weights = bank.prior_weights();
        // Centred d ln weight / d variance: the weights sum to 1 at every variance.
        let squares: Vec<f64> = points
            .iter()
            .map(|t| (t - mean).powi(2) / (2.0 * variance * variance))
            .collect();
        let mean_square: f64 = squares.iter().zip(&weights).map(|(s, w)| s * w).sum();
        let mut moments = Moments::new(&layout, points.len());
        for (q, theta) in points.iter().enumerate() {
            let latent = (squares[q] - mean_square) * weights[q];
            let node = Node::at(&functions, *theta, weights[q], latent);
            moments.add_singles(q, &node);
            moments.add_pairs(q, &node);
        }
        let Moments {
            expectation,
            delta,
            at_nodes,
            shared,
            implied,
            ..
        } = moments;
        let column = expectation.view().insert_axis(ndarray::Axis(1));
        let xi = at_nodes.dot(&at_nodes.t()) + shared - column.dot(&column.t());
        let seen = observed
            .shares
            .iter()
            .copied()
            .chain(layout.pairs.iter().map(|pair| observed.products[*pair]))
            .collect::<Array1<f64>>();
        let e = seen - &expectation;
        let factor = Cholesky::of(&xi).ok_or(ModelFitError::Singular)?;
        let (solved, weighted) = (factor.solve(&e), factor.solve_many(&delta));
        let middle = Cholesky::of(&delta.t().dot(&weighted)).ok_or(ModelFitError::Singular)?;
        let projected = delta.t().dot(&solved);
        let value = observed.n * (e.dot(&solved) - projected.dot(&middle.solve(&projected)));
        Ok((value, layout.moments - layout.parameters, implied))
    }
}

/// Positions of parameters and moments: category shares of each item, then pair products.
struct MomentLayout {
    categories: Vec<usize>,
    /// Position of each item's slope, if estimated, and of its first intercept.
    items: Vec<(Option<usize>, usize)>,
    /// Position of the trait variance, if estimated.
    variance: Option<usize>,
    parameters: usize,
    /// Position of each item's first share.
    first: Vec<usize>,
    pairs: Vec<(usize, usize)>,
    /// Number of shares of all items.
    singles: usize,
    moments: usize,
}

impl MomentLayout {
    fn new(model: &MomentModel, categories: &[usize]) -> Result<Self, ModelFitError> {
        let items = categories.len();
        let singles: usize = categories.iter().map(|k| k - 1).sum();
        let moments = singles + items * (items - 1) / 2;
        if moments > MAX_MOMENTS {
            return Err(ModelFitError::TooManyMoments(moments));
        }
        let mut next = usize::from(model.slopes == Slopes::Common);
        let positions = |k: &usize| {
            let slope = match model.slopes {
                Slopes::Free => Some(next),
                Slopes::Common => Some(0),
                Slopes::Fixed => None,
            };
            next += usize::from(model.slopes == Slopes::Free);
            let first = next;
            next += k - 1;
            (slope, first)
        };
        let items = categories.iter().map(positions).collect();
        let parameters = next + usize::from(model.variance_free);
        if moments <= parameters {
            return Err(ModelFitError::NoDegreesOfFreedom {
                moments,
                parameters,
            });
        }
        let first_share = |sum: &mut usize, k: &usize| {
            *sum += k - 1;
            Some(*sum - (k - 1))
        };
        Ok(Self {
            categories: categories.to_vec(),
            items,
            variance: model.variance_free.then_some(next),
            parameters,
            first: categories.iter().scan(0, first_share).collect(),
            pairs: (0..categories.len())
                .flat_map(|i| (i + 1..categories.len()).map(move |j| (i, j)))
                .collect(),
            singles,
            moments,
        })
    }

    /// Position of an item's slope (0) or one of its intercepts (from 1).
    fn parameter(&self, item: usize, parameter: usize) -> Option<usize> {
        match parameter {
            0 => self.items[item].0,
            _ => Some(self.items[item].1 + parameter - 1),
        }
    }
}

/// All items at one quadrature node.
struct Node {
    weight: f64,
    /// d weight / d variance.
    latent: f64,
    /// Probability of each category; mean category number and mean square.
    p: Vec<Vec<f64>>,
    mean: Vec<f64>,
    square: Vec<f64>,
    /// d P / d parameter by category, and d mean / d parameter.
    dp: Vec<Vec<Vec<f64>>>,
    dmean: Vec<Vec<f64>>,
}

impl Node {
    fn at(functions: &[ResponseFunction], theta: f64, weight: f64, latent: f64) -> Self {
        let p: Vec<Vec<f64>> = functions.iter().map(|f| f.probabilities(theta)).collect();
        let mean_of = |p: &Vec<f64>| (0..).zip(p).map(|(k, p)| f64::from(k) * p).sum();
        let square_of = |p: &Vec<f64>| (0..).zip(p).map(|(k, p)| f64::from(k * k) * p).sum();
        let gradients = |(f, p): (&ResponseFunction, &Vec<f64>)| -> Vec<Vec<f64>> {
            let k = p.len();
            let mut rows = vec![0.0; k * k];
            f.gradients(theta, &mut rows);
            rows.chunks(k)
                .zip(p)
                .map(|(row, p)| row.iter().map(|g| g * p).collect())
                .collect()
        };
        let dp: Vec<Vec<Vec<f64>>> = functions.iter().zip(&p).map(gradients).collect();
        let of_mean = |rows: &Vec<Vec<f64>>| -> Vec<f64> {
            (0..rows.len())
                .map(|parameter| {
                    let by_category = (0..).zip(rows);
                    by_category.map(|(k, r)| f64::from(k) * r[parameter]).sum()
                })
                .collect()
        };
        Self {
            weight,
            latent,
            mean: p.iter().map(mean_of).collect(),
            square: p.iter().map(square_of).collect(),
            dmean: dp.iter().map(of_mean).collect(),
            p,
            dp,
        }
    }
}

/// Accumulated moments, their derivatives, and the terms of their covariance.
struct Moments<'a> {
    layout: &'a MomentLayout,
    expectation: Array1<f64>,
    /// d moment / d parameter.
    delta: Array2<f64>,
    /// Moments at each node times the root of the node's weight; the cross product is E[f f']
    /// except for moments that share an item.
    at_nodes: Array2<f64>,
    /// Additional covariance of moments that share an item.
    shared: Array2<f64>,
    implied: Expected,
}

impl<'a> Moments<'a> {
    fn new(layout: &'a MomentLayout, nodes: usize) -> Self {
        let (moments, items) = (layout.moments, layout.items.len());
        Self {
            layout,
            expectation: Array1::zeros(moments),
            delta: Array2::zeros((moments, layout.parameters)),
            at_nodes: Array2::zeros((moments, nodes)),
            shared: Array2::zeros((moments, moments)),
            implied: Expected {
                means: vec![0.0; items],
                products: Array2::zeros((items, items)),
            },
        }
    }

    /// Adds the value of one moment at a node.
    fn add(&mut self, row: usize, q: usize, node: &Node, value: f64) {
        self.expectation[row] += node.weight * value;
        self.at_nodes[(row, q)] = value * node.weight.sqrt();
        if let Some(variance) = self.layout.variance {
            self.delta[(row, variance)] += node.latent * value;
        }
    }

    fn add_singles(&mut self, q: usize, node: &Node) {
        let layout = self.layout;
        let w = node.weight;
        for (i, p) in node.p.iter().enumerate() {
            self.implied.means[i] += w * node.mean[i];
            self.implied.products[(i, i)] += w * node.square[i];
            for k in 1..layout.categories[i] {
                let row = layout.first[i] + k - 1;
                self.add(row, q, node, p[k]);
                for (parameter, d) in node.dp[i][k].iter().enumerate() {
                    if let Some(at) = layout.parameter(i, parameter) {
                        self.delta[(row, at)] += w * d;
                    }
                }
                for l in 1..layout.categories[i] {
                    let both = if k == l { p[k] } else { 0.0 };
                    self.shared[(row, layout.first[i] + l - 1)] += w * (both - p[k] * p[l]);
                }
            }
        }
    }

    fn add_pairs(&mut self, q: usize, node: &Node) {
        let layout = self.layout;
        let (w, m, s) = (node.weight, &node.mean, &node.square);
        for (pair, &(i, j)) in layout.pairs.iter().enumerate() {
            let row = layout.singles + pair;
            let product = m[i] * m[j];
            self.add(row, q, node, product);
            self.implied.products[(i, j)] += w * product;
            self.implied.products[(j, i)] += w * product;
            for (item, other) in [(i, j), (j, i)] {
                for (parameter, d) in node.dmean[item].iter().enumerate() {
                    if let Some(at) = layout.parameter(item, parameter) {
                        self.delta[(row, at)] += w * d * m[other];
                    }
                }
                for (k, p) in node.p[item].iter().enumerate().skip(1) {
                    let single = layout.first[item] + k - 1;
                    let extra = w * (k as f64 - m[item]) * p * m[other];
                    self.shared[(row, single)] += extra;
                    self.shared[(single, row)] += extra;
                }
            }
            let variance = |item: usize| s[item] - m[item] * m[item];
            for (other_pair, &(k, l)) in layout.pairs.iter().enumerate().skip(pair) {
                let extra = match (i == k, j == l, i == l, j == k) {
                    (true, true, ..) => s[i] * s[j] - product * product,
                    (true, ..) => variance(i) * m[j] * m[l],
                    (_, true, ..) => variance(j) * m[i] * m[k],
                    (_, _, true, _) => variance(i) * m[j] * m[k],
                    (_, _, _, true) => variance(j) * m[i] * m[l],
                    _ => continue,
                };
                self.shared[(row, layout.singles + other_pair)] += w * extra;
                if other_pair != pair {
                    self.shared[(layout.singles + other_pair, row)] += w * extra;
                }
            }
        }
    }
}
