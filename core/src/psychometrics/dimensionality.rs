//! Dimensionality: parallel analysis and the fit of one factor.

use linfa_linalg::eigh::Eigh;
use ndarray::{Array2, Axis};
use rand::{SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use super::classical::one_factor;

/// One eigenvalue of the correlation matrix compared with those of permuted data.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Component {
    pub component: usize,
    pub eigenvalue: f64,
    pub random_mean: f64,
    /// 95th percentile over the permutations.
    pub random_95: f64,
    /// Whether this and all preceding eigenvalues exceed the 95th percentile.
    pub retained: bool,
}

/// Evidence for or against a single dimension.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Dimensionality {
    pub n: usize,
    /// Number of retained components.
    pub suggested: usize,
    /// First eigenvalue divided by the second; above 3 usually indicates one strong dimension.
    pub first_to_second: f64,
    /// Standardised root mean square residual of the one-factor maximum likelihood model; below .08
    /// is usually considered acceptable.
    pub one_factor_srmr: f64,
    /// Standardised loadings of the items on that factor.
    pub loadings: Vec<f64>,
    pub components: Vec<Component>,
}

/// Parallel analysis (Horn 1965) of complete responses (persons x items): eigenvalues of the
/// correlation matrix against those of `permutations` data sets with independently permuted
/// columns, which preserves item distributions. Returns `None` below three items, if persons do not
/// outnumber items, or if an item is constant.
pub fn dimensionality(
    answers: &Array2<f64>,
    permutations: usize,
    seed: u64,
) -> Option<Dimensionality> {
    let (n, items) = answers.dim();
    if items < 3 || n <= items {
        return None;
    }
    let mut z = answers.clone();
    for mut column in z.axis_iter_mut(Axis(1)) {
        let mean = column.sum() / n as f64;
        column -= mean;
        let size = column.dot(&column).sqrt();
        if size <= 0.0 {
            return None;
        }
        column /= size;
    }
    let correlation = z.t().dot(&z);
    let eigenvalues = descending(&correlation)?;
    let mut random: Vec<Vec<f64>> = (0..permutations as u64)
        .into_par_iter()
        .filter_map(|stream| {
            let mut generator = ChaCha8Rng::seed_from_u64(seed);
            generator.set_stream(stream);
            let mut permuted = z.clone();
            for mut column in permuted.axis_iter_mut(Axis(1)) {
                let mut values = column.to_vec();
                values.shuffle(&mut generator);
                column.assign(&ndarray::Array1::from(values));
            }
            descending(&permuted.t().dot(&permuted))
        })
        .collect();
    random.sort_by(|a, b| a[0].total_cmp(&b[0]));
    let mut kept = true;
    let components: Vec<Component> = (0..items)
        .map(|c| {
            let mut values: Vec<f64> = random.iter().map(|r| r[c]).collect();
            values.sort_by(f64::total_cmp);
            let high = values
                .get((values.len() * 95).div_ceil(100).saturating_sub(1))
                .copied()
                .unwrap_or(f64::NAN);
            kept &= eigenvalues[c] > high;
            Component {
                component: c + 1,
                eigenvalue: eigenvalues[c],
                random_mean: values.iter().sum::<f64>() / values.len() as f64,
                random_95: high,
                retained: kept,
            }
        })
        .collect();
    let factor = one_factor(&correlation);
    let (mut residual, mut pairs) = (0.0, 0.0);
    for i in 0..items {
        for j in 0..i {
            residual += (correlation[(i, j)] - factor.loadings[i] * factor.loadings[j]).powi(2);
            pairs += 1.0;
        }
    }
    Some(Dimensionality {
        n,
        suggested: components.iter().filter(|c| c.retained).count(),
        first_to_second: eigenvalues[0] / eigenvalues[1],
        one_factor_srmr: f64::sqrt(residual / pairs),
        loadings: factor.loadings.to_vec(),
        components,
    })
}

/// Eigenvalues in descending order.
fn descending(matrix: &Array2<f64>) -> Option<Vec<f64>> {
    let (values, _) = matrix.eigh().ok()?;
    let mut values = values.to_vec();
    values.sort_by(|a, b| b.total_cmp(a));
    Some(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two groups of three items with one common signal each, and six items with one common signal.
    #[test]
    fn suggested_dimensions_match_the_simulated_factors() {
        let wave = |row: usize, k: usize| ((row * (7919 * k + 13) + 17 * k) as f64).sin();
        let two = Array2::from_shape_fn((400, 6), |(p, i)| {
            wave(p, 1 + i / 3) + 0.6 * wave(p, 11 + i)
        });
        let found = dimensionality(&two, 50, 1).expect("varies");
        assert_eq!(found.suggested, 2, "{found:?}");
        let one = Array2::from_shape_fn((400, 6), |(p, i)| wave(p, 1) + 0.6 * wave(p, 11 + i));
        let single = dimensionality(&one, 50, 1).expect("varies");
        assert_eq!(single.suggested, 1);
        assert!(single.one_factor_srmr < 0.05 && single.first_to_second > 3.0);
        assert!((found.components.iter().map(|c| c.eigenvalue).sum::<f64>() - 6.0).abs() < 1e-9);
        assert_eq!(
            dimensionality(&one, 50, 1),
            dimensionality(&one, 50, 1),
            "seeded"
        );
        assert_eq!(dimensionality(&Array2::ones((50, 4)), 10, 1), None);
    }
}
