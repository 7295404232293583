//! Integration over the variance ratio, and quantiles of mixtures.

/// Points at which the posterior of the variance ratio is evaluated.
const NODES: u32 = 48;

/// Points below this share of the total are left out.
const NEGLIGIBLE: f64 = 1e-5;

/// Logarithm of the prior density of u = ln(n0 lambda), up to a constant: B ~ Beta(1, 1/4) with
/// B / (1 - B) = exp(u).
pub(super) fn ln_prior(u: f64) -> f64 {
    u - 1.25 * u.exp().ln_1p()
}

/// Evenly spaced values of u = ln(n0 lambda) over the range where `ln_density`, the logarithm of
/// the posterior density of u up to a constant, is within 12 of its maximum.
pub(super) fn nodes(ln_density: impl Fn(f64) -> f64) -> Vec<f64> {
    const STEP: f64 = 0.25;
    let scan: Vec<(f64, f64)> = (0..=80)
        .map(|i| -8.0 + STEP * f64::from(i))
        .map(|u| (u, ln_density(u)))
        .collect();
    let highest = scan.iter().map(|s| s.1).fold(f64::NEG_INFINITY, f64::max);
    let mut inside = scan.iter().filter(|s| s.1 > highest - 12.0).map(|s| s.0);
    let first = inside.next().unwrap_or(0.0);
    let last = inside.next_back().unwrap_or(first);
    let (low, high) = (first - STEP, last + STEP);
    let width = (high - low) / f64::from(NODES - 1);
    (0..NODES).map(|i| low + width * f64::from(i)).collect()
}

/// Normalised weights of log densities; those below [`NEGLIGIBLE`] become 0.
pub(super) fn weights(ln_densities: &[f64]) -> Vec<f64> {
    let highest = ln_densities
        .iter()
        .copied()
        .fold(f64::NEG_INFINITY, f64::max);
    let raw: Vec<f64> = ln_densities.iter().map(|l| (l - highest).exp()).collect();
    let total: f64 = raw.iter().sum();
    let kept = raw
        .iter()
        .map(|w| if *w > NEGLIGIBLE * total { *w } else { 0.0 });
    let kept: Vec<f64> = kept.collect();
    let total: f64 = kept.iter().sum();
    kept.iter().map(|w| w / total).collect()
}

/// Argument between `low` and `high` at which the increasing function `cdf` is `p`, by regula falsi
/// with the Illinois step. Exact to 1e-10 of the width, or 100 evaluations.
pub(super) fn quantile(p: f64, low: f64, high: f64, cdf: impl Fn(f64) -> f64) -> f64 {
    let tolerance = 1e-10 * (high - low);
    let (mut a, mut b) = (low, high);
    let (mut fa, mut fb) = (cdf(a) - p, cdf(b) - p);
    if fa >= 0.0 {
        return a;
    }
    if fb <= 0.0 {
        return b;
    }
    let mut last_side = 0;
    for _ in 0..100 {
        let x = (a * fb - b * fa) / (fb - fa);
        let fx = cdf(x) - p;
        if fx.abs() < 1e-13 || b - a < tolerance {
            return x;
        }
        if fx < 0.0 {
            (a, fa) = (x, fx);
            fb = if last_side == -1 { fb / 2.0 } else { fb };
            last_side = -1;
        } else {
            (b, fb) = (x, fx);
            fa = if last_side == 1 { fa / 2.0 } else { fa };
            last_side = 1;
        }
    }
    (a + b) / 2.0
}
