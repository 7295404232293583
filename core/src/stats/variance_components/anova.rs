//! One-way analysis of variance of grouped values.

/// Number of values, sum, and within-group sum of squares of one group.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Group {
    pub n: u64,
    pub sum: f64,
    /// Sum of squared deviations from the group mean.
    pub within: f64,
}

impl Group {
    /// Summarises the values of one group, which may be empty.
    pub fn of(values: &[f64]) -> Self {
        let n = values.len() as f64;
        let sum: f64 = values.iter().sum();
        let mean = sum / n.max(1.0);
        Self {
            n: values.len() as u64,
            sum,
            within: values.iter().map(|v| (v - mean).powi(2)).sum(),
        }
    }

    /// Mean of the values; NaN for an empty group.
    pub fn mean(self) -> f64 {
        self.sum / self.n as f64
    }
}

/// Analysis-of-variance estimates of a one-way random-effects model.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct OneWayAnova {
    pub groups: usize,
    pub n: u64,
    pub msb: f64,
    pub msw: f64,
    /// Effective group size: (N - sum n^2 / N) / (groups - 1).
    pub n0: f64,
    /// ICC(1): (MSB - MSW) / (MSB + (n0 - 1) MSW); negative estimates occur by chance.
    pub icc1: f64,
    /// ICC(k), the reliability of a mean of n0 values: (MSB - MSW) / MSB.
    pub icc_k: f64,
    /// Between-group variance: (MSB - MSW) / n0.
    pub tau2: f64,
}

/// One-way analysis of variance. Returns `None` below two groups, if no group has two values, or if
/// the values do not vary.
pub fn one_way_anova(groups: &[Group]) -> Option<OneWayAnova> {
    let used: Vec<Group> = groups.iter().copied().filter(|g| g.n > 0).collect();
    let (k, n) = (used.len() as f64, used.iter().map(|g| g.n).sum::<u64>());
    let total = n as f64;
    if used.len() < 2 || n <= used.len() as u64 {
        return None;
    }
    let mean = used.iter().map(|g| g.sum).sum::<f64>() / total;
    let between: f64 = used
        .iter()
        .map(|g| g.n as f64 * (g.mean() - mean).powi(2))
        .sum();
    let within: f64 = used.iter().map(|g| g.within).sum();
    let squares: f64 = used.iter().map(|g| (g.n as f64).powi(2)).sum();
    let (msb, msw) = (between / (k - 1.0), within / (total - k));
    let n0 = (total - squares / total) / (k - 1.0);
    let icc1 = (msb - msw) / (msb + (n0 - 1.0) * msw);
    icc1.is_finite().then_some(OneWayAnova {
        groups: used.len(),
        n,
        msb,
        msw,
        n0,
        icc1,
        icc_k: (msb - msw) / msb,
        tau2: (msb - msw) / n0,
    })
}
