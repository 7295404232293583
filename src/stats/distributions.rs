//! Tails and quantiles, by `statrs`; each function states its domain and answers NaN outside it.

use statrs::distribution::{Beta, ContinuousCDF, Normal, StudentsT};

/// P(Z <= z) of the standard normal.
pub fn normal_cdf(z: f64) -> f64 {
    Normal::standard().cdf(z)
}

/// The standard normal quantile of `p` in (0, 1).
pub fn normal_quantile(p: f64) -> f64 {
    if p > 0.0 && p < 1.0 {
        Normal::standard().inverse_cdf(p)
    } else {
        f64::NAN
    }
}

/// The quantile `p` in (0, 1) of Student's t with `df` > 0 degrees of freedom.
pub fn t_quantile(p: f64, df: f64) -> f64 {
    match StudentsT::new(0.0, 1.0, df) {
        Ok(t) if p > 0.0 && p < 1.0 => t.inverse_cdf(p),
        _ => f64::NAN,
    }
}

/// P(X <= x) for X ~ Beta(`a`, `b`), both positive.
pub fn beta_cdf(x: f64, a: f64, b: f64) -> f64 {
    Beta::new(a, b).map_or(f64::NAN, |beta| beta.cdf(x))
}

/// The quantile `p` in \[0, 1\] of Beta(`a`, `b`), both positive.
pub fn beta_quantile(p: f64, a: f64, b: f64) -> f64 {
    match Beta::new(a, b) {
        Ok(beta) if (0.0..=1.0).contains(&p) => beta.inverse_cdf(p),
        _ => f64::NAN,
    }
}

/// The quantile `p` of Fisher's F, through the beta distribution: F = d2 x / (d1 (1 - x)), x ~ Beta(d1/2, d2/2).
pub fn f_quantile(p: f64, d1: f64, d2: f64) -> f64 {
    let x = beta_quantile(p, d1 / 2.0, d2 / 2.0);
    d2 * x / (d1 * (1.0 - x))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// scipy 1.17.1: norm.ppf, t.ppf, beta.ppf, f.ppf.
    #[test]
    fn quantiles_equal_scipy() {
        for (ours, scipy) in [
            (normal_quantile(0.975), 1.959963984540054),
            (t_quantile(0.975, 7.0), 2.364624251592784),
            (beta_quantile(0.1, 31.1, 7.6), 0.7193868587523844),
            (f_quantile(0.975, 11.0, 33.0), 2.4122649037074257),
        ] {
            assert!((ours - scipy).abs() < 1e-8, "{ours} {scipy}");
        }
    }
}
