//! Quadrature for the latent trait: equally spaced nodes with normal weights.
//!
//! Used instead of Gauss-Hermite quadrature because equally spaced nodes cover the tails that long
//! tests need, and the trapezoidal rule converges exponentially for functions that vanish at both
//! ends.

/// Equally spaced nodes on an interval of theta.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Quadrature {
    /// Number of nodes, at least 3.
    pub nodes: usize,
    pub low: f64,
    pub high: f64,
}

impl Default for Quadrature {
    /// 61 nodes on \[-6, 6\].
    fn default() -> Self {
        Self::with_nodes(61)
    }
}

impl Quadrature {
    /// `nodes` nodes on \[-6, 6\].
    pub fn with_nodes(nodes: usize) -> Self {
        Self {
            nodes,
            low: -6.0,
            high: 6.0,
        }
    }

    /// Whether the quadrature has 3 to 1,001 nodes on a finite interval.
    pub fn is_proper(&self) -> bool {
        (3..=1001).contains(&self.nodes)
            && self.low.is_finite()
            && self.high.is_finite()
            && self.low < self.high
    }

    /// Nodes in ascending order.
    pub fn points(&self) -> Vec<f64> {
        let step = (self.high - self.low) / (self.nodes - 1) as f64;
        (0..self.nodes)
            .map(|q| self.low + step * q as f64)
            .collect()
    }

    /// Log weights of a normal distribution at the nodes, normalised to sum to 1.
    pub fn ln_weights(&self, mean: f64, variance: f64) -> Vec<f64> {
        let raw: Vec<f64> = self
            .points()
            .iter()
            .map(|t| -(t - mean).powi(2) / (2.0 * variance))
            .collect();
        let top = raw.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let ln_total = top + raw.iter().map(|l| (l - top).exp()).sum::<f64>().ln();
        raw.iter().map(|l| l - ln_total).collect()
    }

    /// Weights of a normal distribution at the nodes, normalised to sum to 1.
    pub fn weights(&self, mean: f64, variance: f64) -> Vec<f64> {
        self.ln_weights(mean, variance)
            .iter()
            .map(|l| l.exp())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_have_normal_moments() {
        let grid = Quadrature::default();
        let weights = grid.weights(0.5, 0.81);
        let moment = |p: i32| -> f64 {
            grid.points()
                .iter()
                .zip(&weights)
                .map(|(t, w)| w * (t - 0.5).powi(p))
                .sum()
        };
        assert!((moment(0) - 1.0).abs() < 1e-14);
        // The grid extends to 6.1 standard deviations above the mean.
        assert!(moment(1).abs() < 1e-7 && (moment(2) - 0.81).abs() < 1e-6);
        assert_eq!(grid.points().len(), 61);
        assert!((grid.points()[60] - 6.0).abs() < 1e-12);
    }
}
