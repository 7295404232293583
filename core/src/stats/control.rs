//! Control charts for rates: EWMA and Bernoulli CUSUM.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::intervals::Interval;

/// One period of an EWMA chart.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct EwmaPoint {
    /// Smoothed rate.
    pub value: f64,
    pub limits: Interval,
    /// Whether the value lies outside the control limits.
    pub signal: bool,
}

/// Exponentially weighted moving average of rates (Roberts 1959).
///
/// z_t = lambda y_t + (1 - lambda) z_{t-1}, starting at the target P, with control limits P +/- L
/// sqrt(V_t), V_t = lambda^2 P (1 - P) / n_t + (1 - lambda)^2 V_{t-1}. The recursion weights each
/// period's own n as long as that period contributes to the average. For equal n the variance is P
/// (1 - P) / n x lambda / (2 - lambda) x (1 - (1 - lambda)^(2 t)).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ewma {
    /// In-control rate, in (0, 1).
    pub target: f64,
    /// Weight of the latest period; usually .2.
    pub lambda: f64,
    /// Width of the control limits in standard errors; usually 2.7 to 3.
    pub width: f64,
}

impl Ewma {
    /// Charts (successes, n) per period, oldest first. An empty period repeats the previous value.
    pub fn chart(&self, periods: &[(u64, u64)]) -> Vec<EwmaPoint> {
        let mut value = self.target;
        let mut variance = 0.0;
        periods
            .iter()
            .map(|(x, n)| {
                if *n > 0 {
                    value = self.lambda * (*x as f64 / *n as f64) + (1.0 - self.lambda) * value;
                    let sampling = self.target * (1.0 - self.target) / *n as f64;
                    variance =
                        self.lambda.powi(2) * sampling + (1.0 - self.lambda).powi(2) * variance;
                }
                let half = self.width * variance.sqrt();
                let limits = Interval::around(self.target, half);
                EwmaPoint {
                    value,
                    limits,
                    signal: *n > 0 && !limits.contains(value),
                }
            })
            .collect()
    }
}

/// Bernoulli CUSUM for an increase of a rate from `from` to `to` (Reynolds & Stoumbos 1999), with
/// an alarm at S >= h: S_t = max(0, S_{t-1} + y ln(to / from) + (1 - y) ln((1 - to) / (1 - from))).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BernoulliCusum {
    pub from: f64,
    pub to: f64,
}

impl BernoulliCusum {
    fn step(&self, event: bool) -> f64 {
        if event {
            (self.to / self.from).ln()
        } else {
            ((1.0 - self.to) / (1.0 - self.from)).ln()
        }
    }

    /// CUSUM statistic after each observation, oldest first.
    pub fn path(&self, events: &[bool]) -> Vec<f64> {
        let sums = events.iter().scan(0.0_f64, |sum, event| {
            *sum = (*sum + self.step(*event)).max(0.0);
            Some(*sum)
        });
        sums.collect()
    }

    /// Index in `events` of the first alarm at threshold `h`.
    pub fn alarm(&self, events: &[bool], h: f64) -> Option<usize> {
        self.path(events).iter().position(|s| *s >= h)
    }

    /// Threshold with an in-control average run length of about `run_length`, by seeded simulation:
    /// bisection to the smallest value that reaches it.
    pub fn threshold(&self, run_length: f64, seed: u64) -> f64 {
        let (mut low, mut high) = (0.0, 20.0);
        for _ in 0..12 {
            let middle = (low + high) / 2.0;
            if self.mean_run_length(middle, run_length, seed) < run_length {
                low = middle
            } else {
                high = middle
            }
        }
        high
    }

    /// Average run length at `h` over 400 in-control series, each censored at ten times `expected`.
    fn mean_run_length(&self, h: f64, expected: f64, seed: u64) -> f64 {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let longest = (expected * 10.0) as u64;
        let (up, down) = (self.step(true), self.step(false));
        let mut total = 0;
        for _ in 0..400 {
            let (mut sum, mut length) = (0.0_f64, 0);
            while sum < h && length < longest {
                let event = random.random::<f64>() < self.from;
                sum = (sum + if event { up } else { down }).max(0.0);
                length += 1;
            }
            total += length;
        }
        total as f64 / 400.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: after twelve weeks of 300 at .8, V is .16 / 300 / 9 x (1 - .8^24) = .00005898; a
    /// week of 10 makes it .04 x .016 + .64 x .00005898 = .00067775, and three standard errors are
    /// .0781.
    #[test]
    fn a_small_week_widens_the_limits_for_later_weeks_too() {
        let chart = Ewma {
            target: 0.8,
            lambda: 0.2,
            width: 3.0,
        };
        let mut weeks = vec![(210, 300); 12];
        weeks.push((7, 10));
        let last = chart.chart(&weeks)[12];
        assert!((last.limits.high - 0.8 - 0.0781).abs() < 5e-5, "{last:?}");
        assert!(last.signal);
        // Two successes of four in one week are no signal in the next.
        let mut weeks = vec![(240, 300); 12];
        weeks.extend([(2, 4), (240, 300)]);
        assert!(!chart.chart(&weeks)[13].signal);
    }

    /// By hand: target .5, lambda .2, two periods of 100 with 60 and 40 successes: z = .52, .496;
    /// the first limits are .5 +/- 3 x .05 x .2.
    #[test]
    fn ewma_matches_hand_calculation() {
        let chart = Ewma {
            target: 0.5,
            lambda: 0.2,
            width: 3.0,
        }
        .chart(&[(60, 100), (40, 100), (0, 0)]);
        assert!((chart[0].value - 0.52).abs() < 1e-12 && (chart[1].value - 0.496).abs() < 1e-12);
        assert!((chart[0].limits.high - 0.53).abs() < 1e-12);
        assert!(!chart[0].signal && chart[2].value == chart[1].value && !chart[2].signal);
        let shifted = Ewma {
            target: 0.5,
            lambda: 0.2,
            width: 3.0,
        }
        .chart(&[(80, 100); 4]);
        assert!(shifted[0].signal);
    }

    #[test]
    fn cusum_detects_an_increase_at_the_chosen_false_alarm_rate() {
        let chart = BernoulliCusum {
            from: 0.05,
            to: 0.15,
        };
        // ln(.85 / .95) = -.1112, ln 3 = 1.0986.
        let path = chart.path(&[false, true, true]);
        assert!(
            path[0] == 0.0
                && (path[1] - 1.098612).abs() < 1e-6
                && (path[2] - 2.197225).abs() < 1e-6
        );
        let h = chart.threshold(500.0, 1);
        assert!(h > 1.0 && h < 6.0, "{h}");
        let quiet = chart.mean_run_length(h, 500.0, 2);
        assert!(
            (400.0..650.0).contains(&quiet),
            "average run length with another seed: {quiet}"
        );
        let risen: Vec<bool> = (0..200).map(|i| i % 5 == 0).collect();
        assert!(chart.alarm(&risen, h).is_some_and(|at| at < 60));
        assert_eq!(chart.alarm(&[false; 500], h), None);
    }
}
