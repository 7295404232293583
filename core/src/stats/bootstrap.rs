//! Seeded bootstrap distributions and bias-corrected and accelerated (BCa) intervals.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use super::{
    distributions::{normal_cdf, normal_quantile},
    intervals::Interval,
};

/// Resamples per random stream. A fixed size makes the result independent of the thread count.
const STREAM: usize = 250;

/// Evaluates `statistic` on `resamples` samples of `n` row indices drawn with replacement. A seed
/// gives the same values on any number of threads. Resamples for which the statistic is undefined
/// are dropped.
pub fn bootstrap<T: Send + Clone>(
    n: usize,
    resamples: usize,
    seed: u64,
    statistic: impl Fn(&[u32]) -> Option<T> + Sync,
) -> Vec<T> {
    let Ok(rows) = u32::try_from(n) else {
        return Vec::new();
    };
    if n == 0 {
        return Vec::new();
    }
    let streams: Vec<usize> = (0..resamples).step_by(STREAM).collect();
    let parts: Vec<Vec<T>> = streams
        .par_iter()
        .map(|&start| {
            let mut random = ChaCha8Rng::seed_from_u64(seed);
            random.set_stream(start as u64);
            let mut drawn = vec![0_u32; n];
            (start..(start + STREAM).min(resamples))
                .filter_map(|_| {
                    for row in &mut drawn {
                        *row = random.random_range(0..rows);
                    }
                    statistic(&drawn)
                })
                .collect()
        })
        .collect();
    parts.concat()
}

/// Single-pass Pearson correlation of the given rows; a row may occur several times.
pub fn pearson_of_rows(x: &[f64], y: &[f64], rows: &[u32]) -> Option<f64> {
    let n = rows.len() as f64;
    // Shifting by the first pair avoids cancellation in the sums of squares.
    let (x0, y0) = (*x.first()?, *y.first()?);
    let (mut sx, mut sy, mut sxx, mut syy, mut sxy) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for row in rows {
        let (a, b) = (x[*row as usize] - x0, y[*row as usize] - y0);
        sx += a;
        sy += b;
        sxx += a * a;
        syy += b * b;
        sxy += a * b;
    }
    let r = (sxy - sx * sy / n) / ((sxx - sx * sx / n) * (syy - sy * sy / n)).sqrt();
    r.is_finite().then(|| r.clamp(-1.0, 1.0))
}

/// Acceleration of a statistic from its jackknife values: sum(d^3) / (6 (sum d^2)^1.5), where d is
/// the mean of the values minus the value (Efron 1987). Returns 0 if the values do not vary.
pub fn acceleration(left_out: &[f64]) -> f64 {
    let mean = left_out.iter().sum::<f64>() / left_out.len() as f64;
    let (mut squares, mut cubes) = (0.0, 0.0);
    for value in left_out {
        let d = mean - value;
        squares += d * d;
        cubes += d * d * d;
    }
    let a = cubes / (6.0 * squares.powf(1.5));
    if a.is_finite() { a } else { 0.0 }
}

/// Bias-corrected and accelerated interval (Efron 1987) with two-sided `confidence`, from the
/// `estimate` and its bootstrap distribution `resampled`.
///
/// With z0 = Phi^-1(share below the estimate), the endpoints are the quantiles at
/// Phi(z0 + (z0 + z) / (1 - a (z0 + z))), interpolated between order statistics on the normal scale
/// as R's `boot` does. Returns `None` if the estimate lies outside all resamples or if there are
/// fewer than 20.
pub fn bca(
    estimate: f64,
    resampled: &[f64],
    acceleration: f64,
    confidence: f64,
) -> Option<Interval> {
    if resampled.len() < 20 {
        return None;
    }
    let below = resampled.iter().filter(|t| **t < estimate).count() as f64;
    let z0 = normal_quantile(below / resampled.len() as f64);
    if !z0.is_finite() {
        return None;
    }
    let mut sorted = resampled.to_vec();
    sorted.sort_by(f64::total_cmp);
    let end = |tail: f64| {
        let shifted = z0 + normal_quantile(tail);
        quantile(
            &sorted,
            normal_cdf(z0 + shifted / (1.0 - acceleration * shifted)),
        )
    };
    let tail = (1.0 - confidence) / 2.0;
    Some(Interval {
        low: end(tail),
        high: end(1.0 - tail),
    })
}

/// Quantile `p` of sorted bootstrap values: order statistic (R + 1) p, interpolated on the normal
/// scale (Davison & Hinkley 1997, 5.2).
fn quantile(sorted: &[f64], p: f64) -> f64 {
    let places = sorted.len() as f64 + 1.0;
    let below = (places * p).floor();
    if below < 1.0 {
        return sorted[0];
    }
    if below >= places - 1.0 {
        return sorted[sorted.len() - 1];
    }
    let (low, high) = (sorted[below as usize - 1], sorted[below as usize]);
    let (z, z_low, z_high) = (
        normal_quantile(p),
        normal_quantile(below / places),
        normal_quantile((below + 1.0) / places),
    );
    low + (z - z_low) / (z_high - z_low) * (high - low)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// R boot 1.3-28.1, `boot:::norm.inter` and the formula of `boot.ci`, with exponential
    /// quantiles as the bootstrap distribution.
    #[test]
    fn bca_endpoints_match_boot() {
        let resampled: Vec<f64> = (1..=999)
            .map(|i| -(1.0 - f64::from(i) / 1000.0).ln())
            .collect();
        let ci = bca(0.8, &resampled, 0.03, 0.95).expect("inside");
        assert!(
            (ci.low - 0.055_158_855_706_851_03).abs() < 1e-10
                && (ci.high - 4.677926177232985).abs() < 1e-10,
            "{ci:?}"
        );
        assert_eq!(bca(-1.0, &resampled, 0.0, 0.95), None);
        assert_eq!(bca(0.8, &resampled[..5], 0.0, 0.95), None);
    }

    #[test]
    fn resamples_depend_on_the_seed_and_not_on_the_thread_count() {
        let x: Vec<f64> = (0..40).map(|i| f64::from(i * 7919 % 41)).collect();
        let y: Vec<f64> = x.iter().map(|v| v + (v * 1.7).sin() * 9.0).collect();
        let draw = || bootstrap(40, 1100, 7, |rows| pearson_of_rows(&x, &y, rows));
        let one = rayon::ThreadPoolBuilder::new()
            .num_threads(1)
            .build()
            .expect("a pool")
            .install(draw);
        let three = rayon::ThreadPoolBuilder::new()
            .num_threads(3)
            .build()
            .expect("a pool")
            .install(draw);
        assert_eq!(one, three);
        assert_eq!(one.len(), 1100);
        assert_ne!(
            one,
            bootstrap(40, 1100, 8, |rows| pearson_of_rows(&x, &y, rows))
        );
        let all: Vec<u32> = (0..40).collect();
        let (fast, slow) = (
            pearson_of_rows(&x, &y, &all),
            super::super::correlation::pearson(&x, &y),
        );
        assert!((fast.expect("varies") - slow.expect("varies")).abs() < 1e-14);
    }
}
