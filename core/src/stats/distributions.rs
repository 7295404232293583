//! Tail probabilities and quantiles of common distributions.
//!
//! Computed by `statrs`, except that the normal uses the error function of `libm`, which is
//! accurate to the last digit (that of `statrs` to eleven). Each function states its domain and
//! returns NaN outside it.

use statrs::{
    distribution::{
        Beta, Binomial, ChiSquared, ContinuousCDF, DiscreteCDF, FisherSnedecor, Normal, StudentsT,
    },
    function::gamma::ln_gamma,
};

use super::integration::gauss_legendre;

/// P(Z <= z) of the standard normal.
pub fn normal_cdf(z: f64) -> f64 {
    normal_sf(-z)
}

/// P(Z > z) of the standard normal, accurate in the far tail.
pub fn normal_sf(z: f64) -> f64 {
    libm::erfc(z * std::f64::consts::FRAC_1_SQRT_2) / 2.0
}

/// Density of the standard normal.
pub fn normal_pdf(z: f64) -> f64 {
    (-z * z / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt()
}

/// Two-sided p of a standard normal deviate.
pub fn normal_p(z: f64) -> f64 {
    (2.0 * normal_sf(z.abs())).min(1.0)
}

/// The standard normal quantile of `p` in (0, 1).
pub fn normal_quantile(p: f64) -> f64 {
    if !(p > 0.0 && p < 1.0) {
        return f64::NAN;
    }
    let z = Normal::standard().inverse_cdf(p);
    // One Newton step on the smaller tail, to avoid cancellation.
    let error = if p < 0.5 {
        normal_cdf(z) - p
    } else {
        (1.0 - p) - normal_sf(z)
    };
    z - error / normal_pdf(z)
}

/// The logistic function 1 / (1 + e^-z), accurate for large |z|.
pub fn logistic(z: f64) -> f64 {
    let e = (-z.abs()).exp();
    if z >= 0.0 {
        1.0 / (1.0 + e)
    } else {
        e / (1.0 + e)
    }
}

/// Log odds ln(p / (1 - p)) of `p` in (0, 1), the inverse of [`logistic`].
pub fn logit(p: f64) -> f64 {
    (p / (1.0 - p)).ln()
}

/// The quantile `p` in (0, 1) of Student's t with `df` > 0 degrees of freedom.
pub fn t_quantile(p: f64, df: f64) -> f64 {
    match StudentsT::new(0.0, 1.0, df) {
        Ok(t) if p > 0.0 && p < 1.0 => t.inverse_cdf(p),
        _ => f64::NAN,
    }
}

/// P(T <= t) of Student's t with `df` > 0 degrees of freedom.
pub fn t_cdf(t: f64, df: f64) -> f64 {
    StudentsT::new(0.0, 1.0, df).map_or(f64::NAN, |d| d.cdf(t))
}

/// Two-sided p of Student's t with `df` > 0 degrees of freedom.
pub fn t_p(t: f64, df: f64) -> f64 {
    StudentsT::new(0.0, 1.0, df).map_or(f64::NAN, |d| (2.0 * d.sf(t.abs())).min(1.0))
}

/// P(X > x) of chi-square with `df` > 0 degrees of freedom.
pub fn chi_square_sf(x: f64, df: f64) -> f64 {
    match ChiSquared::new(df) {
        Ok(_) if x <= 0.0 => 1.0,
        Ok(d) => d.sf(x),
        Err(_) => f64::NAN,
    }
}

/// P(X > x) of Fisher's F.
pub fn f_sf(x: f64, d1: f64, d2: f64) -> f64 {
    match FisherSnedecor::new(d1, d2) {
        Ok(_) if x <= 0.0 => 1.0,
        Ok(d) => d.sf(x),
        Err(_) => f64::NAN,
    }
}

/// P(X <= x) of a non-central chi-square with `df` degrees of freedom and non-centrality `lambda`,
/// as a Poisson mixture of central ones, summed outwards from the largest weight.
pub fn noncentral_chi_square_cdf(x: f64, df: f64, lambda: f64) -> f64 {
    let half = lambda / 2.0;
    let weight = |j: f64| {
        if half == 0.0 {
            f64::from(u8::from(j == 0.0))
        } else {
            (-half + j * half.ln() - ln_gamma(j + 1.0)).exp()
        }
    };
    let term = |j: f64| weight(j) * (1.0 - chi_square_sf(x, df + 2.0 * j));
    let middle = half.floor();
    let (mut sum, mut j) = (0.0, middle);
    while j >= 0.0 && (weight(j) > 1e-17 || j == middle) {
        sum += term(j);
        j -= 1.0;
    }
    j = middle + 1.0;
    while weight(j) > 1e-17 {
        sum += term(j);
        j += 1.0;
    }
    sum
}

/// P(X > h, Y > k) of two standard normals with correlation `r` in \[-1, 1\].
///
/// Plackett (1954): Q(h) Q(k) + 1 / (2 pi) times the integral over asin(r) of exp(-(h2 + k2 - 2 h k
/// sin t) / (2 cos2 t)). The integrand changes rapidly as |r| approaches 1, so panels shrink
/// towards the upper limit.
pub fn bivariate_normal_sf(h: f64, k: f64, r: f64) -> f64 {
    if r >= 1.0 {
        return normal_sf(h.max(k));
    }
    if r <= -1.0 {
        return (normal_sf(h) - normal_cdf(k)).max(0.0);
    }
    let integrand = |t: f64| {
        let cos2 = t.cos().powi(2);
        (-(h * h + k * k - 2.0 * h * k * t.sin()) / (2.0 * cos2)).exp()
    };
    let end = r.asin();
    let limit = std::f64::consts::FRAC_PI_2.copysign(r);
    let (mut integral, mut from) = (0.0, 0.0);
    // Each panel covers a third of the remaining distance to the right angle.
    for _ in 0..120 {
        let to = from + (limit - from) / 3.0;
        let to = if to.abs() >= end.abs() { end } else { to };
        integral += gauss_legendre(from, to, integrand);
        from = to;
        if to == end {
            break;
        }
    }
    (normal_sf(h) * normal_sf(k) + integral / (2.0 * std::f64::consts::PI)).clamp(0.0, 1.0)
}

/// P(X <= x) of a binomial with `n` trials of probability `p` in \[0, 1\].
pub fn binomial_cdf(x: u64, n: u64, p: f64) -> f64 {
    Binomial::new(p, n).map_or(f64::NAN, |d| d.cdf(x))
}

/// Log of the binomial coefficient n over k.
pub fn ln_choose(n: f64, k: f64) -> f64 {
    ln_gamma(n + 1.0) - ln_gamma(k + 1.0) - ln_gamma(n - k + 1.0)
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

/// The quantile `p` of Fisher's F, by the beta distribution: F = d2 x / (d1 (1 - x)), x ~
/// Beta(d1/2, d2/2).
pub fn f_quantile(p: f64, d1: f64, d2: f64) -> f64 {
    let x = beta_quantile(p, d1 / 2.0, d2 / 2.0);
    d2 * x / (d1 * (1.0 - x))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// R 4.2.2: `pnorm`, `pt`, `pchisq`, `pf` (upper tails), `pchisq(ncp =)`.
    #[test]
    fn tail_probabilities_match_r() {
        for (ours, r) in [
            (normal_sf(1.2), 0.11506967022170828),
            (normal_sf(9.0), 1.128588405953841e-19),
            (normal_quantile(1e-10), -6.361340902404056),
            (normal_quantile(0.3), -0.5244005127080407),
            (t_p(5.85629788939676, 2434.0), 5.3717809437986e-09),
            (chi_square_sf(94.4907710727966, 1.0), 2.46237768410995e-22),
            (chi_square_sf(203.219325806591, 70.0), 6.47067909253212e-15),
            (f_sf(10.936, 2.0, 316.0), 2.556884122043468e-05),
            (
                noncentral_chi_square_cdf(87.39, 5.0, 60.0),
                0.9142067649127454,
            ),
        ] {
            assert!((ours - r).abs() < 1e-11 * r.abs(), "{ours} {r}");
        }
    }

    const BIVARIATE: [(f64, f64, f64, f64); 7] = [
        (0.3, -0.5, 0.25, 0.297_354_302_214_424_9),
        (1.2, 1.1, 0.9, 0.087_810_097_014_459_48),
        (-1.0, 2.0, -0.7, 0.0043147322107618714),
        (0.5, 0.5, 0.99, 0.288_661_945_810_546),
        (2.5, -1.0, 0.999, 0.006_209_665_325_776_135),
        (0.2, 0.9, -0.97, 6.717_688_426_167_796e-8),
        (3.0, 3.0, 0.5, 8.188_966_183_219_216e-5),
    ];

    /// R mvtnorm 1.1-3: `pmvnorm` (Genz), upper orthants.
    #[test]
    fn bivariate_normal_matches_mvtnorm() {
        for (h, k, r, expected) in BIVARIATE {
            let ours = bivariate_normal_sf(h, k, r);
            assert!(
                (ours - expected).abs() < 1e-12,
                "{h} {k} {r}: {ours} {expected}"
            );
        }
        assert!((bivariate_normal_sf(0.0, 0.0, 0.5) - 1.0 / 3.0).abs() < 1e-14);
        assert_eq!(bivariate_normal_sf(1.0, 2.0, 1.0), normal_sf(2.0));
    }

    /// scipy 1.17.1: norm.ppf, t.ppf, beta.ppf, f.ppf.
    #[test]
    fn quantiles_match_scipy() {
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
