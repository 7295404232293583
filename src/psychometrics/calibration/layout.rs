//! Where each parameter stands in the vector that is optimised, and which are held.

use ndarray::Array1;

use super::Priors;
use crate::psychometrics::item_models::{ItemModel, ItemParameters};

/// A parameter: at a place of the free vector, or held at a value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Place {
    Free(usize),
    Held(f64),
}

impl Place {
    /// Its value under `psi`.
    pub fn value(self, psi: &Array1<f64>) -> f64 {
        match self {
            Self::Free(at) => psi[at],
            Self::Held(value) => value,
        }
    }
}

/// One item in one group.
#[derive(Clone, Debug, PartialEq)]
pub struct ItemPlaces {
    pub model: ItemModel,
    /// Slope first, then the intercepts.
    pub places: Vec<Place>,
}

impl ItemPlaces {
    /// The item's parameters under `psi`.
    pub fn parameters(&self, psi: &Array1<f64>) -> ItemParameters {
        let value = |p: &Place| p.value(psi);
        ItemParameters {
            model: self.model,
            slope: value(&self.places[0]),
            intercepts: self.places[1..].iter().map(value).collect(),
        }
    }
}

/// Mean and variance of the trait in one group.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LatentPlaces {
    pub mean: Place,
    pub variance: Place,
}

/// Everything that is estimated.
#[derive(Clone, Debug)]
pub struct Layout {
    /// Items of each group; a shared item has the same places in every group.
    pub groups: Vec<Vec<ItemPlaces>>,
    pub latent: Vec<LatentPlaces>,
    /// Length of the free vector.
    pub free: usize,
    pub priors: Priors,
}

impl Layout {
    /// Whether every item and every group's trait has a proper distribution under `psi`.
    pub fn is_proper(&self, psi: &Array1<f64>) -> bool {
        psi.iter().all(|v| v.is_finite())
            && self
                .groups
                .iter()
                .flatten()
                .all(|item| item.parameters(psi).is_proper())
            && self.latent.iter().all(|l| l.variance.value(psi) > 1e-4)
    }

    /// Items that are different places of the vector, each once.
    fn distinct(&self) -> impl Iterator<Item = &ItemPlaces> {
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

    /// ln of the prior density at `psi` (up to a constant), with its gradient and negative second derivative (diagonal
    /// for graded items; steps of partial credit couple neighbours) added to `gradient` and `information`.
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
            if let Place::Free(at) = item.places[0] {
                // ln |a| is normal; the density of a itself carries 1 / |a|.
                let (a, v) = (psi[at], ln_slope_sd * ln_slope_sd);
                let l = a.abs().ln();
                ln_density -= l * l / (2.0 * v) + l;
                gradient[at] -= (l / v + 1.0) / a;
                if let Some(information) = information.as_deref_mut() {
                    information[(at, at)] += (1.0 / v - l / v - 1.0) / (a * a);
                }
            }
            let precision = 1.0 / (intercept_sd * intercept_sd);
            for (k, place) in item.places.iter().enumerate().skip(1) {
                let Place::Free(at) = *place else { continue };
                let before = match item.places[k - 1] {
                    Place::Free(before) if k > 1 && item.model == ItemModel::PartialCredit => {
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
