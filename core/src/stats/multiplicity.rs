//! Corrections of p values for multiple testing.

/// Benjamini & Hochberg's (1995) adjusted p values in input order: the smallest false discovery
/// rate at which each test is significant. NaN stays NaN and is not counted as a test.
pub fn benjamini_hochberg(p: &[f64]) -> Vec<f64> {
    let order = ascending(p);
    let m = order.len() as f64;
    let mut adjusted = vec![f64::NAN; p.len()];
    let mut smallest = 1.0_f64;
    for (rank, i) in order.iter().enumerate().rev() {
        smallest = smallest.min(p[*i] * m / (rank + 1) as f64);
        adjusted[*i] = smallest;
    }
    adjusted
}

/// Holm's (1979) adjusted p values in input order: the smallest family-wise error rate at which
/// each test is significant. NaN stays NaN and is not counted as a test.
pub fn holm(p: &[f64]) -> Vec<f64> {
    let order = ascending(p);
    let mut adjusted = vec![f64::NAN; p.len()];
    let mut largest = 0.0_f64;
    for (rank, i) in order.iter().enumerate() {
        largest = largest.max((p[*i] * (order.len() - rank) as f64).min(1.0));
        adjusted[*i] = largest;
    }
    adjusted
}

/// Indices of the non-NaN p values in ascending order.
fn ascending(p: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..p.len()).filter(|i| !p[*i].is_nan()).collect();
    order.sort_by(|a, b| p[*a].total_cmp(&p[*b]));
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    /// R 4.2.2: `p.adjust(c(.01, .02, .03, .04, .005), "BH")` and `"holm"`.
    #[test]
    fn adjusted_p_values_match_r() {
        let p = [0.01, 0.02, 0.03, 0.04, 0.005];
        for (ours, r) in [
            (
                benjamini_hochberg(&p),
                [0.025, 0.1 / 3.0, 0.0375, 0.04, 0.025],
            ),
            (holm(&p), [0.04, 0.06, 0.06, 0.06, 0.025]),
        ] {
            assert!(
                ours.iter().zip(r).all(|(a, b)| (a - b).abs() < 1e-15),
                "{ours:?}"
            );
        }
        assert!(holm(&[f64::NAN, 0.5])[0].is_nan());
        assert_eq!(benjamini_hochberg(&[]), Vec::<f64>::new());
    }
}
