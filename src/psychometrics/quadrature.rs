//! The grid over which the trait is integrated out: equally spaced nodes with normal weights.
//!
//! Not Gauss-Hermite: equally spaced nodes cover the tails that long tests need, and the trapezoid rule converges
//! exponentially on functions that fade out at both ends.

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

    /// Whether it can be computed with: 3 to 1,001 nodes on a finite interval.
    pub fn is_proper(&self) -> bool {
        (3..=1001).contains(&self.nodes)
            && self.low.is_finite()
            && self.high.is_finite()
            && self.low < self.high
    }

    /// The nodes, rising.
    pub fn points(&self) -> Vec<f64> {
        let step = (self.high - self.low) / (self.nodes - 1) as f64;
        (0..self.nodes)
            .map(|q| self.low + step * q as f64)
            .collect()
    }

    /// ln of the weights of a normal distribution on the nodes, normalised to sum 1.
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
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_have_the_moments_of_the_normal() {
        let grid = Quadrature::default();
        let weights: Vec<f64> = grid.ln_weights(0.5, 0.81).iter().map(|l| l.exp()).collect();
        let moment = |p: i32| -> f64 {
            grid.points()
                .iter()
                .zip(&weights)
                .map(|(t, w)| w * (t - 0.5).powi(p))
                .sum()
        };
        assert!((moment(0) - 1.0).abs() < 1e-14);
        // The grid ends 6.1 standard deviations above the mean.
        assert!(moment(1).abs() < 1e-7 && (moment(2) - 0.81).abs() < 1e-6);
        assert_eq!(grid.points().len(), 61);
        assert!((grid.points()[60] - 6.0).abs() < 1e-12);
    }
}
