//! Layout of the parameter vector: which parameters are free, and where they are.

use ndarray::Array1;

use crate::psychometrics::{
    bank::Priors,
    item_models::{ItemModel, ItemParameters},
};

/// A parameter: an index into the free vector, or a fixed value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Parameter {
    Free(usize),
    Fixed(f64),
}

impl Parameter {
    /// Value given the free vector `psi`.
    pub fn value(self, psi: &Array1<f64>) -> f64 {
        match self {
            Self::Free(at) => psi[at],
            Self::Fixed(value) => value,
        }
    }
}

/// Parameters of one item in one group.
#[derive(Clone, Debug, PartialEq)]
pub struct ItemLayout {
    pub model: ItemModel,
    /// Slope first, then the intercepts.
    pub parameters: Vec<Parameter>,
}

impl ItemLayout {
    /// Item parameters given the free vector `psi`.
    pub fn item(&self, psi: &Array1<f64>) -> ItemParameters {
        let value = |p: &Parameter| p.value(psi);
        ItemParameters {
            model: self.model,
            slope: value(&self.parameters[0]),
            intercepts: self.parameters[1..].iter().map(value).collect(),
        }
    }
}

/// Mean and variance of the trait in one group.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LatentLayout {
    pub mean: Parameter,
    pub variance: Parameter,
}

/// Layout of all parameters.
#[derive(Clone, Debug)]
pub struct Layout {
    /// Items by group; a shared item has the same parameters in every group.
    pub groups: Vec<Vec<ItemLayout>>,
    pub latent: Vec<LatentLayout>,
    /// Length of the free vector.
    pub free: usize,
    pub priors: Priors,
}

impl Layout {
    /// Whether all items and trait distributions are proper at `psi`.
    pub fn is_proper(&self, psi: &Array1<f64>) -> bool {
        psi.iter().all(|v| v.is_finite())
            && self
                .groups
                .iter()
                .flatten()
                .all(|item| item.item(psi).is_proper())
            && self.latent.iter().all(|l| l.variance.value(psi) > 1e-4)
    }

    /// Free vector with the given item parameters and standard normal traits.
    pub fn starting_vector(&self, items: &[ItemParameters]) -> Array1<f64> {
        let mut psi = Array1::zeros(self.free);
        let mean_slope: f64 = items.iter().map(|i| i.slope.abs()).sum::<f64>() / items.len() as f64;
        let mut uses = vec![0_usize; self.free];
        for group in &self.groups {
            for (item, layout) in items.iter().zip(group) {
                for (parameter, value) in layout
                    .parameters
                    .iter()
                    .zip(std::iter::once(&item.slope).chain(&item.intercepts))
                {
                    if let Parameter::Free(at) = *parameter {
                        psi[at] = *value;
                        uses[at] += 1;
                    }
                }
            }
        }
        // A slope common to all items starts at their mean.
        if let Some(Parameter::Free(at)) = self
            .groups
            .first()
            .and_then(|g| g.first())
            .map(|i| i.parameters[0])
            && uses[at] > self.groups.len()
        {
            psi[at] = mean_slope;
        }
        for latent in &self.latent {
            if let Parameter::Free(at) = latent.variance {
                psi[at] = 1.0;
            }
        }
        psi
    }

    /// Distinct item layouts across groups.
    fn distinct(&self) -> impl Iterator<Item = &ItemLayout> {
        self.groups.iter().enumerate().flat_map(move |(g, items)| {
            items
                .iter()
                .enumerate()
                .filter(move |(i, item)| {
                    !self.groups[..g].iter().any(|earlier| earlier[*i] == **item)
                })
                .map(|(_, item)| item)
        })
    }

    /// Log prior density at `psi` up to a constant. Adds its gradient to `gradient` and its
    /// negative second derivative to `information` (diagonal for graded items; adjacent steps of
    /// partial credit items are coupled).
    pub fn add_priors(
        &self,
        psi: &Array1<f64>,
        gradient: &mut Array1<f64>,
        mut information: Option<&mut ndarray::Array2<f64>>,
    ) -> f64 {
        let Priors::Weak {
            ln_slope_sd,
            intercept_sd,
        } = self.priors
        else {
            return 0.0;
        };
        let mut ln_density = 0.0;
        for item in self.distinct() {
            if let Parameter::Free(at) = item.parameters[0] {
                // ln |a| is normal; the density of a has the Jacobian 1 / |a|.
                let (a, v) = (psi[at], ln_slope_sd * ln_slope_sd);
                let l = a.abs().ln();
                ln_density -= l * l / (2.0 * v) + l;
                gradient[at] -= (l / v + 1.0) / a;
                if let Some(information) = information.as_deref_mut() {
                    information[(at, at)] += (1.0 / v - l / v - 1.0) / (a * a);
                }
            }
            let precision = 1.0 / (intercept_sd * intercept_sd);
            for (k, parameter) in item.parameters.iter().enumerate().skip(1) {
                let Parameter::Free(at) = *parameter else {
                    continue;
                };
                let before = match item.parameters[k - 1] {
                    Parameter::Free(before) if k > 1 && item.model == ItemModel::PartialCredit => {
                        Some(before)
                    }
                    _ => None,
                };
                let step = psi[at] - before.map_or(0.0, |b| psi[b]);
                ln_density -= step * step * precision / 2.0;
                gradient[at] -= step * precision;
                if let Some(b) = before {
                    gradient[b] += step * precision;
                }
                if let Some(information) = information.as_deref_mut() {
                    information[(at, at)] += precision;
                    if let Some(b) = before {
                        information[(b, b)] += precision;
                        information[(at, b)] -= precision;
                        information[(b, at)] -= precision;
                    }
                }
            }
        }
        ln_density
    }
}
