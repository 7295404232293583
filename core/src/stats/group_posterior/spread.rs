//! Spread of groups, apart from their mean rate.

use super::rates::GroupRates;
use crate::stats::shrinkage::BetaPrior;

/// Nodes and weights of the 3-point Gauss-Hermite rule for the standard normal distribution.
const HERMITE: [(f64, f64); 3] = [
    (-1.732_050_807_568_877, 1.0 / 6.0),
    (0.0, 2.0 / 3.0),
    (1.732_050_807_568_877, 1.0 / 6.0),
];

/// Posterior of the intraclass correlation, with the uncertainty of the mean at each value.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Spread {
    components: Vec<Component>,
}

#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
struct Component {
    weight: f64,
    icc: f64,
    /// Difference of the mean of all groups from the mean that [`Spread::rates`] is asked for.
    shift: f64,
}

impl Spread {
    /// A spread that is known: one intraclass correlation and no uncertainty of the mean.
    pub fn known(icc: f64) -> Self {
        let component = Component {
            weight: 1.0,
            icc,
            shift: 0.0,
        };
        Self {
            components: vec![component],
        }
    }

    /// Creates it from components of a model of means: weight, variance ratio, mean and its error.
    pub(super) fn of(components: impl Iterator<Item = (f64, f64, f64, f64)>) -> Self {
        let components = components.flat_map(|(weight, lambda, mean, se)| {
            HERMITE.map(|(z, share)| Component {
                weight: weight * share,
                icc: lambda / (1.0 + lambda),
                shift: mean + z * se,
            })
        });
        Self {
            components: components.collect(),
        }
    }

    /// Raises every intraclass correlation below `icc` to it: for groups that may differ more from
    /// the others than these do from each other.
    #[must_use]
    pub fn at_least(mut self, icc: f64) -> Self {
        for component in &mut self.components {
            component.icc = component.icc.max(icc);
        }
        self
    }

    /// Rates of groups whose expected rate is `mean`, for example that of their case mix.
    pub fn rates(&self, mean: f64) -> GroupRates {
        let prior = |c: &Component| (c.weight, BetaPrior::from_icc(mean + c.shift, c.icc));
        GroupRates::of(self.components.iter().map(prior).collect())
    }
}
