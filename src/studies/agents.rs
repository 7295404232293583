//! What ratings say about the people rated: reliability, shrunk means or rates, and how many are
//! low.

use std::collections::BTreeMap;

use serde::Serialize;

use super::agent_rates::{CREDIBLE, Case, MIN_SCORES, agent_rates, expected_rates};
use crate::stats::{
    case_mix::{CaseMix, CaseMixError, expected_means},
    distributions::normal_cdf,
    funnel::FunnelPoint,
    group_posterior::{GroupMeans, crossed_means},
    intervals::Interval,
    shrinkage::{BetaPrior, RELIABILITIES, Tally, outcomes_for_reliability, reliability_at},
    split_half_validation::{SplitHalfValidation, split_half_validation},
    variance_components::{Criterion, CrossedError, Group, OneWayModel, crossed, one_way_anova},
};

/// Ratings by agent.
pub struct Ratings {
    /// Agents, by their indices.
    pub names: Vec<String>,
    /// Agent of each rating.
    pub of: Vec<usize>,
    pub scores: Vec<f64>,
    /// Columns that the agent does not choose, one level per rating.
    pub kinds: Vec<Vec<String>>,
    pub left_out: LeftOut,
}

/// Ratings without agent or score.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct LeftOut {
    pub incomplete: usize,
    pub without_agent: usize,
    pub without_score: usize,
}

/// What is asked of the ratings.
#[derive(Clone, Copy, Debug)]
pub enum Question<'a> {
    /// Means of scores.
    Means,
    /// Rates of scores from this one on.
    Rates { good_from: f64 },
    /// Means apart from the effects of raters, given as the rater of each rating.
    Crossed { raters: &'a [usize] },
}

/// Reasons why ratings say nothing about agents.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AgentsError {
    #[error("two agents are needed, one of them with two different scores")]
    NoVariance,
    #[error(transparent)]
    CaseMix(#[from] CaseMixError),
    #[error(transparent)]
    Crossed(#[from] CrossedError),
}

/// What ratings say about the people rated.
#[derive(Serialize)]
pub struct AgentsReport {
    n: usize,
    #[serde(flatten)]
    left_out: LeftOut,
    groups: usize,
    icc1: f64,
    icc_k: f64,
    n0: f64,
    msb: f64,
    msw: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    reml: Option<Reml>,
    /// Of the variance components that shrink; empty where agents do not differ.
    n_for_reliability: BTreeMap<String, f64>,
    grand_mean: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    case_mix: Option<Mix>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prior: Option<BetaPrior>,
    /// Agents with 10 scores or more whose value (adjusted where asked for) lies more than the
    /// margin below the mean.
    raw_below: usize,
    /// Of agents with 10 scores or more: those whose p_below exceeds .8.
    credibly_below: usize,
    /// With rates: of these, agents that the funnel plot names at a false discovery rate of .1.
    #[serde(skip_serializing_if = "Option::is_none")]
    below_after_fdr: Option<usize>,
    /// What one random half says of the other.
    #[serde(skip_serializing_if = "Option::is_none")]
    halves: Option<SplitHalfValidation>,
    funnel: Option<FunnelFigures>,
    agents: Vec<Agent>,
}

#[derive(Serialize)]
struct Reml {
    mu: f64,
    se_mu: f64,
    tau2: f64,
    sigma2: f64,
    icc: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    rater_variance: Option<f64>,
    deviance: f64,
}

#[derive(Serialize)]
struct Mix {
    levels: usize,
    r2: f64,
    /// Intraclass correlation of what the cases do not explain.
    icc: Option<f64>,
    #[serde(skip)]
    penalised: bool,
}

#[derive(Serialize)]
struct FunnelFigures {
    rate: f64,
    dispersion: f64,
    tau2: f64,
    below_95: usize,
    below_998: usize,
}

#[derive(Serialize)]
struct Agent {
    agent: String,
    n: u64,
    raw: f64,
    /// With `--adjust`: what these cases would have given anybody, and the raw value adjusted for
    /// it.
    #[serde(skip_serializing_if = "Option::is_none")]
    expected: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    adjusted: Option<f64>,
    shrunk: f64,
    interval: [f64; 2],
    reliability: f64,
    p_below: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    funnel: Option<FunnelPoint>,
}

/// Reports on agents. `margin` is how far below the mean counts as low; `seed` is that of the
/// random halves.
///
/// # Errors
/// [`AgentsError::NoVariance`], [`AgentsError::CaseMix`], [`AgentsError::Crossed`].
pub fn agents(
    ratings: &Ratings,
    question: Question<'_>,
    margin: f64,
    seed: u64,
) -> Result<AgentsReport, AgentsError> {
    let outcomes: Vec<f64> = match question {
        Question::Rates { good_from } => {
            let good = |score: &f64| f64::from(u8::from(*score >= good_from));
            ratings.scores.iter().map(good).collect()
        }
        _ => ratings.scores.clone(),
    };
    let rated = RatedCases::of(ratings, &outcomes);
    let (mix, penalised) = match (ratings.kinds.is_empty(), question) {
        (true, _) => (None, false),
        (false, Question::Rates { .. }) => {
            let (mix, penalised) = rated.case_mix()?;
            (Some(mix), penalised)
        }
        (false, _) => {
            let kinds: Vec<&[String]> = ratings.kinds.iter().map(Vec::as_slice).collect();
            (Some(expected_means(&outcomes, &kinds)?), false)
        }
    };
    let groups = ratings.groups(&outcomes);
    let moments = one_way_anova(&groups).ok_or(AgentsError::NoVariance)?;
    let mean = outcomes.iter().sum::<f64>() / outcomes.len() as f64;
    // Without what the mix of cases explains.
    let fair: Vec<f64> = match &mix {
        Some(mix) => {
            let expected = outcomes.iter().zip(&mix.expected);
            expected.map(|(y, e)| y - e + mean).collect()
        }
        None => outcomes.clone(),
    };
    let adjusted_icc = one_way_anova(&ratings.groups(&fair)).map(|found| found.icc1);
    let mut report = AgentsReport {
        n: outcomes.len(),
        left_out: ratings.left_out,
        groups: moments.groups,
        icc1: moments.icc1,
        icc_k: moments.icc_k,
        n0: moments.n0,
        msb: moments.msb,
        msw: moments.msw,
        reml: None,
        n_for_reliability: BTreeMap::new(),
        grand_mean: mean,
        case_mix: mix.as_ref().map(|m| Mix {
            levels: m.levels,
            r2: m.r2,
            icc: adjusted_icc,
            penalised,
        }),
        prior: None,
        raw_below: 0,
        credibly_below: 0,
        below_after_fdr: None,
        halves: split_half_validation(&ratings.by_agent(&fair), seed),
        funnel: None,
        agents: Vec::new(),
    };
    match question {
        Question::Rates { .. } => {
            let icc = adjusted_icc.unwrap_or(moments.icc1);
            rates(&mut report, ratings, &rated, mix.as_ref(), icc, margin);
            return Ok(report);
        }
        Question::Means => {
            let model = OneWayModel::fit(&ratings.groups(&fair), Criterion::Reml);
            let model = model.ok_or(AgentsError::NoVariance)?;
            scores(
                &mut report,
                ratings,
                &groups,
                mix.as_ref(),
                &fair,
                &model,
                margin,
            );
        }
        Question::Crossed { raters } => two_way(&mut report, ratings, raters, margin)?,
    }
    let low = report.grand_mean - margin;
    let counted = report.agents.iter().filter(|a| a.n >= MIN_SCORES);
    let counted: Vec<&Agent> = counted.collect();
    let value = |a: &&&Agent| a.adjusted.unwrap_or(a.raw) < low;
    report.raw_below = counted.iter().filter(value).count();
    report.credibly_below = counted.iter().filter(|a| a.p_below > CREDIBLE).count();
    Ok(report)
}

impl AgentsReport {
    /// Whether the regression on the kinds of case needed a prior.
    pub fn case_mix_penalised(&self) -> bool {
        self.case_mix.as_ref().is_some_and(|mix| mix.penalised)
    }
}

impl Ratings {
    fn by_agent(&self, values: &[f64]) -> Vec<Vec<f64>> {
        let mut by_agent = vec![Vec::new(); self.names.len()];
        for (agent, value) in self.of.iter().zip(values) {
            by_agent[*agent].push(*value);
        }
        by_agent
    }

    fn groups(&self, values: &[f64]) -> Vec<Group> {
        self.by_agent(values).iter().map(|v| Group::of(v)).collect()
    }
}

/// Scores needed for the usual reliabilities.
fn needed(icc: f64) -> BTreeMap<String, f64> {
    RELIABILITIES
        .into_iter()
        .filter_map(|r| Some((r.to_string(), outcomes_for_reliability(r, icc)?)))
        .collect()
}

fn pair(interval: Interval) -> [f64; 2] {
    [interval.low, interval.high]
}

/// Scores by agent and kind of case.
struct RatedCases<'a> {
    cases: Vec<Case<'a>>,
    /// Case of each rating.
    of_rating: Vec<usize>,
}

impl<'a> RatedCases<'a> {
    /// `outcomes` are 1 for good scores and 0 for others.
    fn of(ratings: &'a Ratings, outcomes: &[f64]) -> Self {
        let kinds = &ratings.kinds;
        let mut cases: Vec<Case<'a>> = Vec::new();
        let mut places: BTreeMap<(usize, Vec<&'a str>), usize> = BTreeMap::new();
        let of_rating = ratings.of.iter().zip(outcomes).enumerate();
        let of_rating = of_rating.map(|(i, (agent, outcome))| {
            let levels: Vec<&str> = kinds.iter().map(|column| column[i].as_str()).collect();
            let place = *places
                .entry((*agent, levels))
                .or_insert_with_key(|(_, levels)| {
                    cases.push(Case {
                        group: *agent,
                        levels: levels.clone(),
                        scores: Tally::default(),
                    });
                    cases.len() - 1
                });
            cases[place].scores.n += 1;
            cases[place].scores.successes += u64::from(*outcome > 0.0);
            place
        });
        let of_rating = of_rating.collect();
        Self { cases, of_rating }
    }

    /// Expected rate of each rating, and whether the regression needed a prior.
    fn case_mix(&self) -> Result<(CaseMix, bool), CaseMixError> {
        let found = expected_rates(&self.cases)?;
        let expected = self.of_rating.iter().map(|case| found.of_case[*case]);
        let mix = CaseMix {
            expected: expected.collect(),
            levels: found.kinds.levels,
            r2: found.kinds.r2,
        };
        Ok((mix, found.kinds.penalised))
    }
}

fn rates(
    report: &mut AgentsReport,
    ratings: &Ratings,
    rated: &RatedCases<'_>,
    mix: Option<&CaseMix>,
    icc: f64,
    margin: f64,
) {
    let mut expected = vec![0.0; rated.cases.len()];
    for (case, rate) in rated
        .of_rating
        .iter()
        .zip(mix.iter().flat_map(|m| &m.expected))
    {
        expected[*case] = *rate;
    }
    let expected = if mix.is_some() { &expected[..] } else { &[] };
    let found = agent_rates(ratings.names.len(), &rated.cases, expected, margin);
    report.n_for_reliability = needed(icc);
    let prior = BetaPrior::from_icc(found.mean, icc);
    report.prior = Some(prior);
    report.funnel = found.funnel.as_ref().map(|f| {
        let points = || f.points.iter().flatten();
        FunnelFigures {
            rate: f.rate,
            dispersion: f.dispersion,
            tau2: f.tau2,
            below_95: points().filter(|p| p.rate < p.limits_95.low).count(),
            below_998: points().filter(|p| p.rate < p.limits_998.low).count(),
        }
    });
    report.raw_below = found.low.raw_below;
    report.credibly_below = found.low.credibly_below;
    report.below_after_fdr = Some(found.low.below_after_fdr);
    for (i, agent) in found.agents.iter().enumerate() {
        let (Some(interval), Some(p_below)) = (agent.interval, agent.p_below) else {
            continue;
        };
        let counts = agent.adjusted_counts();
        report.agents.push(Agent {
            agent: ratings.names[i].clone(),
            n: agent.scores.n,
            raw: agent.scores.successes as f64 / agent.scores.n as f64,
            expected: agent.expected,
            adjusted: agent.expected.map(|_| agent.rate),
            shrunk: prior.posterior_of(counts.successes, counts.failures).mean(),
            interval: pair(interval),
            reliability: reliability_at(agent.scores.n, icc.max(0.0)),
            p_below,
            funnel: found.funnel.as_ref().and_then(|f| f.points[i]),
        });
    }
}

fn reml(model: &OneWayModel) -> Reml {
    Reml {
        mu: model.mu,
        se_mu: model.se_mu,
        tau2: model.tau2,
        sigma2: model.sigma2,
        icc: model.icc(),
        rater_variance: None,
        deviance: model.deviance,
    }
}

fn scores(
    report: &mut AgentsReport,
    ratings: &Ratings,
    groups: &[Group],
    mix: Option<&CaseMix>,
    adjusted: &[f64],
    model: &OneWayModel,
    margin: f64,
) {
    report.reml = Some(reml(model));
    report.grand_mean = model.mu;
    report.n_for_reliability = needed(model.icc());
    let expected: Option<Vec<Group>> = mix.map(|m| ratings.groups(&m.expected));
    let adjusted = ratings.groups(adjusted);
    let Some(means) = GroupMeans::fit(&adjusted) else {
        return;
    };
    for (i, group) in adjusted.into_iter().enumerate() {
        let shrunk = model.shrink(group);
        let posterior = means.posterior(group);
        report.agents.push(Agent {
            agent: ratings.names[i].clone(),
            n: group.n,
            raw: groups[i].mean(),
            expected: expected.as_ref().map(|e| e[i].mean()),
            adjusted: mix.map(|_| group.mean()),
            shrunk: shrunk.mean,
            interval: pair(posterior.interval(0.95)),
            reliability: shrunk.weight,
            p_below: posterior.probability_below(model.mu - margin),
            funnel: None,
        });
    }
}

/// P(value < bound) of a normal belief; one half where nothing is known to differ.
fn below(bound: f64, mean: f64, sd: f64) -> f64 {
    if sd > 0.0 {
        normal_cdf((bound - mean) / sd)
    } else {
        f64::from(u8::from(mean < bound))
    }
}

fn two_way(
    report: &mut AgentsReport,
    ratings: &Ratings,
    raters: &[usize],
    margin: f64,
) -> Result<(), CrossedError> {
    let model = crossed(&ratings.of, raters, &ratings.scores)?;
    let (tau2, sigma2) = (model.variance_a, model.residual);
    let icc = tau2 / (tau2 + model.variance_b + sigma2);
    report.reml = Some(Reml {
        mu: model.mu,
        se_mu: model.se_mu,
        tau2,
        sigma2,
        icc,
        rater_variance: Some(model.variance_b),
        deviance: model.deviance,
    });
    report.grand_mean = model.mu;
    report.n_for_reliability = needed(icc);
    let posteriors = crossed_means(
        &ratings.of,
        raters,
        &ratings.scores,
        model.variance_b / sigma2,
    );
    let bound = model.mu - margin;
    for (i, group) in ratings.groups(&ratings.scores).into_iter().enumerate() {
        let mean = model.mu + model.effects_a[i];
        // Without an exact deviation (more agents than raters) that of the agent's own ratings
        // stands in.
        let sd = model.sd_a.get(i).copied().unwrap_or_else(|| {
            let noise = (sigma2 + model.variance_b) / group.n as f64;
            (tau2 * noise / (tau2 + noise)).sqrt()
        });
        let (interval, p_below) = match posteriors.as_ref().map(|all| &all[i]) {
            Some(posterior) => (posterior.interval(0.95), posterior.probability_below(bound)),
            None => (
                Interval::around(mean, 1.959_963_984_540_054 * sd),
                below(bound, mean, sd),
            ),
        };
        report.agents.push(Agent {
            agent: ratings.names[i].clone(),
            n: group.n,
            raw: group.mean(),
            expected: None,
            adjusted: None,
            shrunk: mean,
            interval: pair(interval),
            reliability: 1.0 - sd * sd / tau2,
            p_below,
            funnel: None,
        });
    }
    Ok(())
}
