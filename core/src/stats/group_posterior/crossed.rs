//! Means of agents whose ratings share raters.

use super::{
    means::MeanPosterior,
    mixture::{ln_prior, nodes, weights},
};
use crate::stats::variance_components::{ConditionalMeans, Equations};

/// Agents up to which the posterior is computed. Each of its points takes a factorisation, and with
/// more agents their mean and variance are known well.
const MOST_AGENTS: usize = 200;

/// Posterior of each agent's true mean in the crossed model y = mu + u(agent) + v(rater) + e. Mu,
/// the residual variance and the variance between agents are integrated out, with the prior of the
/// [module](super); the variance between raters, of whom there are many, is `rater_ratio` times the
/// residual variance. `None` for more than 200 agents, or for more agents than raters.
pub fn crossed_means(
    agents: &[usize],
    raters: &[usize],
    ratings: &[f64],
    rater_ratio: f64,
) -> Option<Vec<MeanPosterior>> {
    let levels = |factor: &[usize]| factor.iter().max().map_or(0, |most| most + 1);
    let (na, nb) = (levels(agents), levels(raters));
    if na > MOST_AGENTS || na > nb || na < 2 {
        return None;
    }
    let equations = Equations::new(agents, raters, ratings, na, nb);
    let n0 = equations.harmonic_count();
    let at = |u: f64| [u - n0.ln(), rater_ratio.max(1e-7).ln()];
    let ln_density = |u: f64| equations.ln_likelihood(at(u)) + ln_prior(u);
    let grid = nodes(ln_density);
    let ln_densities: Vec<f64> = grid.iter().map(|u| ln_density(*u)).collect();
    let points: Vec<(f64, ConditionalMeans)> = weights(&ln_densities)
        .into_iter()
        .zip(grid)
        .filter(|(weight, _)| *weight > 0.0)
        .filter_map(|(weight, u)| Some((weight, equations.means(at(u))?)))
        .collect();
    let df = ratings.len() as f64 - 1.0;
    let posterior = |agent: usize| {
        let components = points
            .iter()
            .map(|(weight, at)| (*weight, at.means[agent], at.scales[agent]));
        MeanPosterior::of(components, df)
    };
    Some((0..na).map(posterior).collect())
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    use super::{super::means::GroupMeans, *};
    use crate::stats::{
        distributions::normal_quantile,
        variance_components::{Group, crossed},
    };

    fn normal(rng: &mut ChaCha8Rng) -> f64 {
        normal_quantile(rng.random_range(f64::EPSILON..1.0))
    }

    /// Where each rater rates once, raters and residuals are one: the one-way model.
    #[test]
    fn raters_who_rate_once_give_the_one_way_posterior() {
        let mut rng = ChaCha8Rng::seed_from_u64(5);
        let agents: Vec<usize> = (0..60).map(|i| i % 6).collect();
        let raters: Vec<usize> = (0..60).collect();
        let ratings: Vec<f64> = agents
            .iter()
            .map(|a| *a as f64 * 0.2 + normal(&mut rng))
            .collect();
        let found = crossed_means(&agents, &raters, &ratings, 1e-7).expect("few agents");
        let of = |agent: usize| {
            let own = agents.iter().zip(&ratings).filter(|(a, _)| **a == agent);
            Group::of(&own.map(|(_, y)| *y).collect::<Vec<_>>())
        };
        let groups: Vec<Group> = (0..6).map(of).collect();
        let one_way = GroupMeans::fit(&groups).expect("varies");
        for (crossed, group) in found.iter().zip(groups) {
            let expected = one_way.posterior(group);
            assert!((crossed.mean() - expected.mean()).abs() < 1e-4);
            let (a, b) = (crossed.interval(0.95), expected.interval(0.95));
            assert!((a.low - b.low).abs() < 1e-3 && (a.high - b.high).abs() < 1e-3);
        }
    }

    /// Eight agents, each rated by 15 of 30 raters; agents and raters with 5 % and 20 % of the
    /// variance.
    #[test]
    fn intervals_with_few_agents_cover_the_truth() {
        let mut rng = ChaCha8Rng::seed_from_u64(11);
        let (mut inside, mut known_inside, mut all) = (0, 0, 0);
        for _ in 0..150 {
            let truth: Vec<f64> = (0..8).map(|_| 0.05_f64.sqrt() * normal(&mut rng)).collect();
            let severity: Vec<f64> = (0..30).map(|_| 0.2_f64.sqrt() * normal(&mut rng)).collect();
            let pairs = (0..8).flat_map(|a| (0..15).map(move |j| (a, (a * 7 + j * 2) % 30)));
            let (agents, raters): (Vec<usize>, Vec<usize>) = pairs.unzip();
            let rating = |(a, r): (&usize, &usize)| {
                truth[*a] + severity[*r] + 0.75_f64.sqrt() * normal(&mut rng)
            };
            let ratings: Vec<f64> = agents.iter().zip(&raters).map(rating).collect();
            let reml = crossed(&agents, &raters, &ratings).expect("fits");
            let ratio = reml.variance_b / reml.residual;
            let found = crossed_means(&agents, &raters, &ratings, ratio).expect("few agents");
            for (agent, posterior) in found.iter().enumerate() {
                let p = posterior.probability_below(truth[agent]);
                inside += u32::from((0.025..=0.975).contains(&p));
                let z = (truth[agent] - reml.mu - reml.effects_a[agent]) / reml.sd_a[agent];
                known_inside += u32::from(z.abs() < 1.96);
                all += 1;
            }
        }
        let coverage = f64::from(inside) / f64::from(all);
        assert!((0.93..=0.975).contains(&coverage), "{coverage}");
        let known = f64::from(known_inside) / f64::from(all);
        assert!(known < 0.9, "variances taken as known: {known}");
    }
}
