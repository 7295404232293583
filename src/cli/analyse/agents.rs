//! `rapport analyse agents`: what a rating says about the person rated.

use std::{collections::BTreeMap, path::PathBuf};

use clap::Args;
use serde::Serialize;

use super::{
    columns::Columns,
    output::{self, OutputFormat},
    table::TableOptions,
};
use crate::{
    cli::outcome::{Failure, Outcome},
    stats::{
        case_mix::{CaseMix, expected_means, expected_rates},
        distributions::{binomial_cdf, normal_cdf},
        funnel::{FunnelPoint, funnel},
        group_posterior::{Counts, GroupMeans, GroupRates},
        intervals::Interval,
        multiplicity::benjamini_hochberg,
        shrinkage::{BetaPrior, Tally},
        split_half_validation::{MIN_VALUES, SplitHalfValidation, split_half_validation},
        variance_components::{Criterion, Group, OneWayAnova, OneWayModel, crossed, one_way_anova},
    },
};

pub const HELP: &str = "Example: rapport analyse agents surveys.csv --agent agent --score csat --good-from 4 --adjust channel,issue

icc1: intraclass correlation by analysis of variance with n0 = (N - sum n^2 / N) / (k - 1); icc_k: reliability of a mean of n0
scores; n_for_reliability: scores needed, R (1 - icc) / (icc (1 - R)). Scores: one-way random effects by REML, shrunk =
mu + w (mean - mu), w = tau2 / (tau2 + sigma2 / n). With --good-from: rates with a beta prior of the same ICC, and a funnel
plot with over-dispersion (Spiegelhalter 2005). interval: 95 %; p_below: probability that the true value lies more than
--margin below the mean; both from a posterior over mean and variances, with --rater from empirical Bayes.
--adjust: expected values by regression on what the agent did not choose. --rater:
two-way crossed random effects, so that a severe customer is not counted against the agent. raw_below, credibly_below,
below_after_fdr: agents that a list of low values, the posterior, and a test with a false discovery rate of .1 would name.
halves: values of agents with 10 or more are parted at random (20 times, --seed): what the lowest and highest tenth of one half
have in the other, though nothing happened between, and how well raw, grand and shrunk means predict the other half.";

/// What a rating says about the person rated
#[derive(Args, Debug)]
pub struct Request {
    /// One row a rating
    file: PathBuf,
    #[command(flatten)]
    table: TableOptions,
    /// Column with the agent
    #[arg(long)]
    agent: String,
    /// Values of the agent that mean "unknown", besides the codes for missing values
    #[arg(long, value_delimiter = ',')]
    unknown: Vec<String>,
    /// Column with the score
    #[arg(long)]
    score: String,
    /// Count scores from this one on as good, and look at rates
    #[arg(long)]
    good_from: Option<f64>,
    /// Columns that the agent does not choose, such as channel and kind of issue
    #[arg(long, value_delimiter = ',')]
    adjust: Vec<String>,
    /// Column with the customer, for two-way effects of scores
    #[arg(long, conflicts_with_all = ["good_from", "adjust"])]
    rater: Option<String>,
    /// How far below the mean counts
    #[arg(long, default_value_t = 0.0)]
    margin: f64,
    /// Of the random halves
    #[arg(long, default_value_t = 1)]
    seed: u64,
    #[arg(long, value_enum)]
    format: Option<OutputFormat>,
}

#[derive(Serialize)]
struct Report {
    n: usize,
    /// Rows without agent or score.
    incomplete: usize,
    /// Of them, rows without an agent.
    without_agent: usize,
    without_score: usize,
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
    /// Agents with 10 scores or more whose value (adjusted where asked for) lies more than the margin below the mean.
    raw_below: usize,
    /// Of agents with 10 scores or more: those whose p_below exceeds .8.
    credibly_below: usize,
    /// The same with rates: how many a binomial test with a false discovery rate of .1 names.
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
    /// With `--adjust`: what these cases would have given anybody, and the raw value adjusted for it.
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

/// Ratings by agent.
struct Ratings {
    names: Vec<String>,
    /// Agent of each row.
    of: Vec<usize>,
    scores: Vec<f64>,
    rows: Vec<usize>,
    incomplete: usize,
    without_agent: usize,
    without_score: usize,
}

/// Runs the command.
///
/// # Errors
/// Usage, or ratings that say nothing about agents.
pub fn run(request: &Request) -> Outcome {
    let mut names = vec![request.agent.as_str(), request.score.as_str()];
    names.extend(
        request
            .adjust
            .iter()
            .chain(&request.rater)
            .map(String::as_str),
    );
    let mut people = vec![request.agent.as_str()];
    people.extend(request.rater.as_deref());
    let mut columns = Columns::read(&request.file, &request.table, &names, &people)?;
    columns.tidy_groups(0, &request.unknown);
    for column in 2..names.len() {
        columns.tidy_labels(column);
    }
    let ratings = read(&mut columns)?;
    let cannot = |why: &dyn std::fmt::Display| {
        Failure::Cannot(anyhow::anyhow!("{}: {why}", request.file.display()))
    };
    let kinds: Vec<Vec<String>> = (2..2 + request.adjust.len())
        .map(|c| {
            ratings
                .rows
                .iter()
                .map(|r| columns.text(c)[*r].clone())
                .collect()
        })
        .collect();
    let kinds: Vec<&[String]> = kinds.iter().map(Vec::as_slice).collect();
    let outcomes: Vec<f64> = match request.good_from {
        Some(good) => ratings
            .scores
            .iter()
            .map(|s| f64::from(u8::from(*s >= good)))
            .collect(),
        None => ratings.scores.clone(),
    };
    let mix = match (kinds.is_empty(), request.good_from) {
        (true, _) => None,
        (false, Some(good)) => {
            let good: Vec<bool> = ratings.scores.iter().map(|s| *s >= good).collect();
            Some(expected_rates(&good, &kinds).map_err(|e| cannot(&e))?)
        }
        (false, None) => Some(expected_means(&outcomes, &kinds).map_err(|e| cannot(&e))?),
    };
    let groups = ratings.groups(&outcomes);
    let moments = one_way_anova(&groups).ok_or_else(|| {
        cannot(&format!(
            "columns \"{}\" and \"{}\": two agents are needed, one of them with two different scores",
            request.agent, request.score
        ))
    })?;
    let mean = outcomes.iter().sum::<f64>() / outcomes.len() as f64;
    // Without what the mix of cases explains.
    let fair: Vec<f64> = match &mix {
        Some(mix) => outcomes
            .iter()
            .zip(&mix.expected)
            .map(|(y, e)| y - e + mean)
            .collect(),
        None => outcomes.clone(),
    };
    let mut report = Report {
        n: outcomes.len(),
        incomplete: ratings.incomplete,
        without_agent: ratings.without_agent,
        without_score: ratings.without_score,
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
        }),
        prior: None,
        raw_below: 0,
        credibly_below: 0,
        below_after_fdr: None,
        halves: split_half_validation(&ratings.by_agent(&fair), request.seed),
        funnel: None,
        agents: Vec::new(),
    };
    match (request.good_from, &request.rater) {
        (Some(_), _) => rates(
            &mut report,
            &ratings,
            &groups,
            mix.as_ref(),
            &moments,
            request.margin,
        ),
        (None, None) => {
            let model = OneWayModel::fit(&ratings.groups(&fair), Criterion::Reml)
                .ok_or_else(|| cannot(&format!("column \"{}\" does not vary", request.score)))?;
            scores(
                &mut report,
                &ratings,
                &groups,
                mix.as_ref(),
                &fair,
                &model,
                request.margin,
            );
        }
        (None, Some(rater)) => {
            two_way(&mut report, &ratings, &columns, rater, request.margin)
                .map_err(|e| cannot(&e))?;
        }
    }
    let low = report.grand_mean - request.margin;
    let judged: Vec<&Agent> = report
        .agents
        .iter()
        .filter(|a| a.n >= MIN_VALUES as u64)
        .collect();
    let value = |a: &Agent| a.adjusted.unwrap_or(a.raw);
    let raw_below = judged.iter().filter(|a| value(a) < low).count();
    let below_after_fdr = request.good_from.map(|_| {
        let test = |a: &&Agent| {
            let good = (value(a) * a.n as f64).round() as u64;
            binomial_cdf(good.min(a.n), a.n, low)
        };
        let p: Vec<f64> = judged.iter().map(test).collect();
        benjamini_hochberg(&p).iter().filter(|q| **q <= 0.1).count()
    });
    let credibly_below = judged.iter().filter(|a| a.p_below > 0.8).count();
    report.raw_below = raw_below;
    report.below_after_fdr = below_after_fdr;
    report.credibly_below = credibly_below;
    output::write(&report, columns.input(), "agents", request.format)
}

fn read(columns: &mut Columns) -> Result<Ratings, Failure> {
    let scores = columns.numbers(1)?;
    let agents = columns.text(0);
    let rows: Vec<usize> = (0..columns.rows())
        .filter(|r| scores[*r].is_some() && !agents[*r].is_empty())
        .collect();
    let mut names: Vec<String> = rows.iter().map(|r| agents[*r].clone()).collect();
    names.sort();
    names.dedup();
    Ok(Ratings {
        of: rows
            .iter()
            .map(|r| names.partition_point(|n| *n < agents[*r]))
            .collect(),
        scores: rows.iter().filter_map(|r| scores[*r]).collect(),
        incomplete: columns.rows() - rows.len(),
        without_agent: agents.iter().filter(|agent| agent.is_empty()).count(),
        without_score: scores.iter().filter(|score| score.is_none()).count(),
        names,
        rows,
    })
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

/// Scores needed for the reliabilities that people ask for.
fn needed(icc: f64) -> BTreeMap<String, f64> {
    let of = |r: f64| r * (1.0 - icc) / (icc * (1.0 - r));
    let asked = [0.5, 0.7, 0.8].map(|r| (r.to_string(), of(r)));
    if icc > 0.0 {
        asked.into_iter().collect()
    } else {
        BTreeMap::new()
    }
}

fn pair(interval: Interval) -> [f64; 2] {
    [interval.low, interval.high]
}

fn rates(
    report: &mut Report,
    ratings: &Ratings,
    groups: &[Group],
    mix: Option<&CaseMix>,
    moments: &OneWayAnova,
    margin: f64,
) {
    let mean = report.grand_mean;
    report.n_for_reliability = needed(moments.icc1);
    let prior = BetaPrior::from_icc(mean, moments.icc1);
    report.prior = Some(prior);
    let expected: Option<Vec<Group>> = mix.map(|m| ratings.groups(&m.expected));
    let tallies: Vec<Tally> = groups
        .iter()
        .map(|g| Tally {
            successes: g.sum.round() as u64,
            n: g.n,
        })
        .collect();
    let plot = funnel(&tallies);
    report.funnel = plot.as_ref().map(|f| FunnelFigures {
        rate: f.rate,
        dispersion: f.dispersion,
        tau2: f.tau2,
        below_95: f
            .points
            .iter()
            .flatten()
            .filter(|p| p.rate < p.limits_95.low)
            .count(),
        below_998: f
            .points
            .iter()
            .flatten()
            .filter(|p| p.rate < p.limits_998.low)
            .count(),
    });
    // Indirect standardisation: the overall rate times observed over expected.
    let adjusted: Vec<Option<f64>> = groups
        .iter()
        .enumerate()
        .map(|(i, group)| {
            let expected = expected.as_ref()?[i].mean();
            Some((mean * group.mean() / expected).min(1.0))
        })
        .collect();
    let counts = groups.iter().zip(&adjusted).map(|(group, adjusted)| {
        let good = adjusted.unwrap_or(group.mean()) * group.n as f64;
        Counts {
            successes: good,
            failures: group.n as f64 - good,
        }
    });
    let counts: Vec<Counts> = counts.collect();
    let Some(model) = GroupRates::fit(&counts) else {
        return;
    };
    for (i, group) in groups.iter().enumerate() {
        let own = counts[i];
        let shrunk = prior.posterior_of(own.successes, own.failures).mean();
        let posterior = model.posterior(own);
        report.agents.push(Agent {
            agent: ratings.names[i].clone(),
            n: group.n,
            raw: group.mean(),
            expected: expected.as_ref().map(|e| e[i].mean()),
            adjusted: adjusted[i],
            shrunk,
            interval: pair(posterior.interval(0.95)),
            reliability: crate::stats::shrinkage::reliability_at(group.n, moments.icc1.max(0.0)),
            p_below: posterior.probability_below(mean - margin),
            funnel: plot.as_ref().and_then(|f| f.points[i]),
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
    report: &mut Report,
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
    report: &mut Report,
    ratings: &Ratings,
    columns: &Columns,
    rater: &str,
    margin: f64,
) -> Result<(), String> {
    let cells: Vec<&String> = ratings.rows.iter().map(|r| &columns.text(2)[*r]).collect();
    if let Some(row) = cells.iter().position(|c| c.is_empty()) {
        return Err(format!(
            "row {}, column \"{rater}\": there is no rater",
            columns.row_number(ratings.rows[row])
        ));
    }
    let mut names: Vec<&String> = cells.clone();
    names.sort();
    names.dedup();
    let raters: Vec<usize> = cells
        .iter()
        .map(|c| names.partition_point(|n| n < c))
        .collect();
    let model = crossed(&ratings.of, &raters, &ratings.scores).map_err(|e| e.to_string())?;
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
    for (i, group) in ratings.groups(&ratings.scores).into_iter().enumerate() {
        let mean = model.mu + model.effects_a[i];
        // Without an exact deviation (more agents than raters) that of the agent's own ratings stands in.
        let sd = model.sd_a.get(i).copied().unwrap_or_else(|| {
            let noise = (sigma2 + model.variance_b) / group.n as f64;
            (tau2 * noise / (tau2 + noise)).sqrt()
        });
        report.agents.push(Agent {
            agent: ratings.names[i].clone(),
            n: group.n,
            raw: group.mean(),
            expected: None,
            adjusted: None,
            shrunk: mean,
            interval: pair(Interval::around(mean, 1.959_963_984_540_054 * sd)),
            reliability: 1.0 - sd * sd / tau2,
            p_below: below(model.mu - margin, mean, sd),
            funnel: None,
        });
    }
    Ok(())
}
