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
        case_mix::{CaseMix, CaseMixError, expected_means},
        distributions::normal_cdf,
        funnel::FunnelPoint,
        group_posterior::GroupMeans,
        intervals::Interval,
        shrinkage::{BetaPrior, Tally, reliability_at},
        split_half_validation::{SplitHalfValidation, split_half_validation},
        variance_components::{Criterion, Group, OneWayModel, crossed, one_way_anova},
    },
    studies::agent_rates::{Case, MIN_SCORES, agent_rates, expected_rates},
};

pub const HELP: &str = "Example: rapport analyse agents surveys.csv --agent agent --score csat --good-from 4 --adjust channel,issue

icc1: intraclass correlation by analysis of variance with n0 = (N - sum n^2 / N) / (k - 1); icc_k: reliability of a mean of n0
scores; n_for_reliability: scores needed, R (1 - icc) / (icc (1 - R)). Scores: one-way random effects by REML, shrunk =
mu + w (mean - mu), w = tau2 / (tau2 + sigma2 / n). With --good-from: rates with a beta prior of the same ICC, and a funnel
plot with over-dispersion (Spiegelhalter 2005). interval: 95 %; p_below: probability that the true value lies more than
--margin below the mean; both from a posterior over mean and variances, with --rater from empirical Bayes.
--adjust: expected values by regression on what the agent did not choose. --rater:
two-way crossed random effects, so that a severe customer is not counted against the agent. raw_below, credibly_below,
below_after_fdr: agents with 10 scores or more that are lower by more than --margin, credibly so (p_below above .8), and named by
the funnel plot too at a false discovery rate of .1 (Benjamini & Hochberg 1995).
halves: values of agents with 10 or more are parted at random (20 times, --seed): what the lowest and highest tenth of one half
have in the other, though nothing happened between, and how well raw, grand and shrunk means predict the other half.";

/// Ratings that a file with numbers of ratings can stand for.
const MOST_RATINGS: f64 = 5e7;

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
    /// Column with the number of ratings that a row stands for
    #[arg(long)]
    count: Option<String>,
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
            .chain(&request.count)
            .map(String::as_str),
    );
    let mut people = vec![request.agent.as_str()];
    people.extend(request.rater.as_deref());
    let mut columns = Columns::read(&request.file, &request.table, &names, &people)?;
    columns.tidy_groups(0, &request.unknown);
    let labels = names.len() - usize::from(request.count.is_some());
    for column in 2..labels {
        columns.tidy_labels(column);
    }
    let count = request.count.as_ref().map(|_| labels);
    let ratings = read(&mut columns, count)?;
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
    let rated = RatedCases::of(&ratings, &outcomes, &kinds);
    let mix = match (kinds.is_empty(), request.good_from) {
        (true, _) => None,
        (false, Some(_)) => Some(rated.case_mix(&mut columns).map_err(|e| cannot(&e))?),
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
    let adjusted_icc = one_way_anova(&ratings.groups(&fair)).map(|found| found.icc1);
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
            icc: adjusted_icc,
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
            &rated,
            mix.as_ref(),
            adjusted_icc.unwrap_or(moments.icc1),
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
    if request.good_from.is_none() {
        let low = report.grand_mean - request.margin;
        let counted = report.agents.iter().filter(|a| a.n >= MIN_SCORES);
        let counted: Vec<&Agent> = counted.collect();
        let value = |a: &&&Agent| a.adjusted.unwrap_or(a.raw) < low;
        report.raw_below = counted.iter().filter(value).count();
        report.credibly_below = counted.iter().filter(|a| a.p_below > 0.8).count();
    }
    output::write(&report, columns.input(), "agents", request.format)
}

/// Ratings with agent and score; `count` is the column with the number of ratings of a row.
fn read(columns: &mut Columns, count: Option<usize>) -> Result<Ratings, Failure> {
    let scores = columns.numbers(1)?;
    let counts = match count {
        Some(column) => counts(columns, column)?,
        None => vec![1; columns.rows()],
    };
    let agents = columns.text(0);
    let rows: Vec<usize> = (0..columns.rows())
        .filter(|r| scores[*r].is_some() && !agents[*r].is_empty())
        .flat_map(|r| std::iter::repeat_n(r, counts[r]))
        .collect();
    let ratings_where = |wanted: &dyn Fn(usize) -> bool| -> usize {
        let rows = (0..counts.len()).filter(|r| wanted(*r));
        rows.map(|r| counts[r]).sum()
    };
    let mut names: Vec<String> = rows.iter().map(|r| agents[*r].clone()).collect();
    names.sort();
    names.dedup();
    Ok(Ratings {
        of: rows
            .iter()
            .map(|r| names.partition_point(|n| *n < agents[*r]))
            .collect(),
        scores: rows.iter().filter_map(|r| scores[*r]).collect(),
        incomplete: ratings_where(&|_| true) - rows.len(),
        without_agent: ratings_where(&|r| agents[r].is_empty()),
        without_score: ratings_where(&|r| scores[r].is_none()),
        names,
        rows,
    })
}

/// Numbers of ratings that rows stand for.
fn counts(columns: &mut Columns, column: usize) -> Result<Vec<usize>, Failure> {
    let mut total = 0.0;
    let numbers = columns.numbers(column)?.into_iter().enumerate();
    numbers
        .map(|(row, number)| {
            let whole = number.filter(|n| *n >= 0.0 && n.fract() == 0.0);
            let whole =
                whole.ok_or_else(|| columns.error(row, column, "not a number of ratings"))?;
            total += whole;
            if total > MOST_RATINGS {
                let problem = format!("more than {MOST_RATINGS} ratings up to here");
                return Err(columns.error(row, column, &problem));
            }
            Ok(whole as usize)
        })
        .collect()
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

/// Scores by agent and kind of case.
struct RatedCases<'a> {
    cases: Vec<Case<'a>>,
    /// Case of each rating.
    of_rating: Vec<usize>,
}

impl<'a> RatedCases<'a> {
    /// `outcomes` are 1 for good scores and 0 for others, `kinds` one column of levels each.
    fn of(ratings: &Ratings, outcomes: &[f64], kinds: &[&'a [String]]) -> Self {
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

    /// Expected rate of each rating.
    fn case_mix(&self, columns: &mut Columns) -> Result<CaseMix, CaseMixError> {
        let found = expected_rates(&self.cases)?;
        if found.kinds.penalised {
            columns.note(
                "A level predicts the outcome perfectly, or the columns are collinear. Effects have a \
                 normal prior with a standard deviation of 2.5 on the log-odds."
                    .to_owned(),
            );
        }
        let expected = self.of_rating.iter().map(|case| found.of_case[*case]);
        Ok(CaseMix {
            expected: expected.collect(),
            levels: found.kinds.levels,
            r2: found.kinds.r2,
        })
    }
}

fn rates(
    report: &mut Report,
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
        // Without an exact deviation (more agents than raters) that of the agent's own ratings
        // stands in.
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
