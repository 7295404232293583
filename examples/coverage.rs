//! Coverage of the 95 % intervals of agents: true means and rates are simulated, and the share of
//! intervals that contain them is counted.
//!
//! ```sh
//! cargo run --release --example coverage              # 400 replications each
//! cargo run --release --example coverage -- 2000 7    # 2000, with another seed
//! ```
//!
//! Expected: .93 to .97 in every row with an intraclass correlation above 0. Without any difference
//! between agents (ICC 0) the intervals are conservative, .96 to 1: the data cannot exclude a small
//! difference. `empirical Bayes` treats the estimated mean and variance between agents as known,
//! as most programs do, and falls short with few agents.

use std::io::Write;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rapport::stats::{
    distributions::{beta_cdf, beta_quantile, normal_cdf, normal_quantile},
    group_posterior::{Counts, GroupMeans, GroupRates},
    shrinkage::{BetaPrior, Tally, binomial_icc},
    variance_components::{Criterion, Group, OneWayModel},
};

const AGENTS: [usize; 4] = [5, 8, 20, 50];
/// Lowest and highest number of ratings of an agent.
const RATINGS: [(u64, u64); 4] = [(5, 5), (30, 30), (500, 500), (5, 60)];
const ICC: [f64; 5] = [0.0, 0.02, 0.05, 0.1, 0.3];

/// Intervals that contain the truth, of all.
#[derive(Default)]
struct Coverage {
    inside: u64,
    all: u64,
}

impl Coverage {
    /// `p`: P(true value < the value simulated) of a posterior.
    fn add(&mut self, p: f64) {
        self.inside += u64::from((0.025..=0.975).contains(&p));
        self.all += 1;
    }

    fn share(&self) -> f64 {
        self.inside as f64 / self.all as f64
    }
}

struct Setting {
    agents: usize,
    ratings: (u64, u64),
    icc: f64,
}

fn main() -> std::io::Result<()> {
    let mut arguments = std::env::args().skip(1).filter_map(|a| a.parse().ok());
    let replications: u64 = arguments.next().unwrap_or(400);
    let mut rng = ChaCha8Rng::seed_from_u64(arguments.next().unwrap_or(1));
    let mut out = std::io::stdout().lock();
    writeln!(out, "{:>28} | {:>17} | {:>17}", "", "means", "rates")?;
    writeln!(
        out,
        "{:>6} {:>9} {:>11} | {:>9} {:>7} | {:>9} {:>7}",
        "agents", "ratings", "icc", "posterior", "emp. B.", "posterior", "emp. B."
    )?;
    for agents in AGENTS {
        for ratings in RATINGS {
            for icc in ICC {
                let setting = Setting {
                    agents,
                    ratings,
                    icc,
                };
                let [means, means_eb] = means(&setting, replications, &mut rng);
                let [rates, rates_eb] = rates(&setting, replications, &mut rng);
                writeln!(
                    out,
                    "{agents:>6} {:>9} {icc:>11} | {:>9.3} {:>7.3} | {:>9.3} {:>7.3}",
                    format!("{}-{}", ratings.0, ratings.1),
                    means.share(),
                    means_eb.share(),
                    rates.share(),
                    rates_eb.share(),
                )?;
            }
        }
    }
    Ok(())
}

fn normal(rng: &mut ChaCha8Rng) -> f64 {
    normal_quantile(rng.random_range(f64::EPSILON..1.0))
}

/// Coverage of the posterior and of empirical Bayes for normal ratings.
fn means(setting: &Setting, replications: u64, rng: &mut ChaCha8Rng) -> [Coverage; 2] {
    let mut coverage = [Coverage::default(), Coverage::default()];
    for _ in 0..replications {
        let (truth, groups): (Vec<f64>, Vec<Group>) = (0..setting.agents)
            .map(|_| {
                let n = rng.random_range(setting.ratings.0..=setting.ratings.1);
                let truth = setting.icc.sqrt() * normal(rng);
                let rating = |_| truth + (1.0 - setting.icc).sqrt() * normal(rng);
                let ratings: Vec<f64> = (0..n).map(rating).collect();
                (truth, Group::of(&ratings))
            })
            .unzip();
        let fits = GroupMeans::fit(&groups).zip(OneWayModel::fit(&groups, Criterion::Reml));
        let Some((posterior, reml)) = fits else {
            continue;
        };
        for (truth, group) in truth.into_iter().zip(groups) {
            coverage[0].add(posterior.posterior(group).probability_below(truth));
            let shrunk = reml.shrink(group);
            coverage[1].add(normal_cdf((truth - shrunk.mean) / shrunk.sd.max(1e-300)));
        }
    }
    coverage
}

/// The same for rates with means drawn between .5 and .95.
fn rates(setting: &Setting, replications: u64, rng: &mut ChaCha8Rng) -> [Coverage; 2] {
    let mut coverage = [Coverage::default(), Coverage::default()];
    for _ in 0..replications {
        let mean = rng.random_range(0.5..0.95);
        let truths = BetaPrior {
            alpha: mean * (1.0 / setting.icc - 1.0),
            beta: (1.0 - mean) * (1.0 / setting.icc - 1.0),
        };
        let (truth, tallies): (Vec<f64>, Vec<Tally>) = (0..setting.agents)
            .map(|_| {
                let n = rng.random_range(setting.ratings.0..=setting.ratings.1);
                let truth = if setting.icc > 0.0 {
                    beta_quantile(rng.random(), truths.alpha, truths.beta)
                } else {
                    mean
                };
                let successes = (0..n).filter(|_| rng.random_bool(truth)).count() as u64;
                (truth, Tally { successes, n })
            })
            .unzip();
        let counts: Vec<Counts> = tallies.iter().copied().map(Counts::from).collect();
        let fits = GroupRates::fit(&counts).zip(binomial_icc(&tallies));
        let Some((posterior, moments)) = fits else {
            continue;
        };
        let prior = BetaPrior::from_icc(moments.mean, moments.icc);
        for (truth, tally) in truth.into_iter().zip(tallies) {
            coverage[0].add(posterior.posterior(tally.into()).probability_below(truth));
            let known = prior.posterior(tally);
            coverage[1].add(beta_cdf(truth, known.alpha, known.beta));
        }
    }
    coverage
}
