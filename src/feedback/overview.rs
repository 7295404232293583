//! The organisation and its teams in numbers that can be stood behind: intervals, small cells hidden, a change named only when its
//! chart signals, and agents counted, never listed.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Serialize;

use super::{
    Period, Result,
    counts::{self, Counts},
    drivers::{self, Drivers},
    invitations::{self, ResponseRate},
    praise::week_of,
    spread,
    team_themes::{TeamThemes, team_themes},
};
use crate::{
    db::DbConnection,
    stats::{
        contingency::TwoRates,
        control::{Ewma, EwmaPoint},
        distributions::logistic,
        funnel::{self, Count, Funnel},
        intervals::{Interval, wilson},
        multiplicity::benjamini_hochberg,
        shrinkage::{BetaPrior, Tally, n_for_reliability},
        suppression,
    },
    tagging,
    types::{Id, Instant},
};

/// Days of an overview, and of the time before that it is set against.
const DAYS: i64 = 90;
/// Agents, and scores, below which a team's figures are hidden.
pub const MIN_AGENTS: u64 = 5;
const MIN_SCORES: u64 = 20;
/// Scores of an agent from which the counting of low rates begins.
const MIN_AGENT_SCORES: u64 = 10;
/// How far below the mean counts as low.
const MARGIN: f64 = 0.05;
/// Comments with a theme below which its change is not told.
const MIN_COMMENTS: u64 = 8;

/// A week of scores, and the chart's value.
#[derive(Clone, Debug, Serialize)]
pub struct Week {
    pub monday: NaiveDate,
    pub good: u64,
    pub scores: u64,
    #[serde(flatten)]
    pub chart: EwmaPoint,
}

/// A team's good scores.
#[derive(Clone, Debug, Serialize)]
pub struct TeamRate {
    pub id: Id,
    pub name: String,
    /// Both `None` where the team is too small to be shown, or has to hide another that is.
    pub scores: Option<u64>,
    /// Put on everybody's mix of channels and issues, with its 95 % interval.
    pub rate: Option<(f64, Interval)>,
    /// Outside of what chance and the teams' usual spread explain (99.8 % limits).
    pub outside: bool,
}

/// How many agents look low, and how many are.
#[derive(Clone, Debug, Serialize)]
pub struct LowCounts {
    /// Agents with ten scores or more.
    pub agents: usize,
    /// Raw rate five points or more below the mean.
    pub look_low: usize,
    /// Probability above .8 that the true rate is.
    pub credibly_low: usize,
    /// Of those, what is left when many looks are allowed for (false discovery rate .1).
    pub after_many_looks: usize,
}

/// A theme in the organisation's comments.
#[derive(Clone, Debug, Serialize)]
pub struct ThemeLine {
    pub theme: String,
    pub name: String,
    pub praise: u64,
    pub trouble: u64,
    pub trouble_before: u64,
    /// Trouble rose or fell by more than chance explains (z beyond 3 on shares of comments).
    pub change: Option<&'static str>,
}

/// The whole.
#[derive(Clone, Debug, Serialize)]
pub struct Overview {
    pub period: Period,
    pub scores: u64,
    pub comments: u64,
    pub not_analysed: u64,
    pub rate: Option<(f64, Interval)>,
    pub weeks: Vec<Week>,
    /// improved, declined, or no reliable change; none without enough to tell.
    pub change: Option<&'static str>,
    pub icc: Option<f64>,
    /// Scores of one agent for a reliability of .5, .7 and .8.
    pub scores_needed: [Option<u64>; 3],
    pub low: LowCounts,
    pub teams: Vec<TeamRate>,
    pub response: Vec<ResponseRate>,
    pub themes: Vec<ThemeLine>,
    pub team_themes: TeamThemes,
    pub drivers: Option<Drivers>,
    #[serde(skip)]
    pub funnel: Option<Funnel>,
}

/// Reads an overview of the last 90 days with feedback.
///
/// # Errors
/// Database errors.
pub fn overview(c: &mut DbConnection, organisation: Id, now: Instant) -> Result<Overview> {
    let period = Period::latest(c, organisation, DAYS, now)?;
    let counts = counts::counts(c, organisation, period)?;
    let before = counts::counts(c, organisation, period.before())?;
    let all: Vec<Tally> = counts.agents.values().map(|a| a.scores).collect();
    let whole = sum(&all);
    let icc = spread::of(c, organisation, &counts)?
        .map(|s| s.icc)
        .filter(|icc| *icc > 0.0);
    let weeks = weeks(c, organisation, period)?;
    let change = weeks.last().map(|last| match last.chart.signal {
        false => "no reliable change",
        true if last.chart.value > last.chart.limits.high => {
            "improved by more than chance explains"
        }
        true => "declined by more than chance explains",
    });
    let teams = teams(c, organisation, period, &counts)?;
    let themes = themes(c, organisation, &counts, &before)?;
    Ok(Overview {
        period,
        scores: whole.n,
        comments: counts.agents.values().map(|a| a.analysed).sum(),
        not_analysed: counts.agents.values().map(|a| a.not_analysed).sum(),
        rate: wilson(whole.successes, whole.n, 0.95)
            .map(|interval| (whole.successes as f64 / whole.n as f64, interval)),
        change,
        weeks,
        scores_needed: [0.5, 0.7, 0.8].map(|r| icc.and_then(|icc| n_for_reliability(r, icc))),
        low: low(&all, whole, icc),
        icc,
        team_themes: team_themes(&counts, &teams, &themes),
        teams,
        response: invitations::response_rates(c, organisation, period)?,
        themes,
        drivers: drivers::last(c, organisation)?.filter(|d| !d.themes.is_empty()),
        funnel: funnel_of(&all),
    })
}

fn sum(tallies: &[Tally]) -> Tally {
    tallies.iter().fold(Tally::default(), |sum, t| Tally {
        successes: sum.successes + t.successes,
        n: sum.n + t.n,
    })
}

/// Weeks of the period on a chart whose target is the rate of the time before; empty with fewer than a hundred scores there.
fn weeks(c: &mut DbConnection, organisation: Id, period: Period) -> Result<Vec<Week>> {
    let before = period.before();
    let (mut level, mut weeks) = (Tally::default(), BTreeMap::new());
    for (_, at, good) in super::counts::store::scores(c, organisation, before.from, period.to)? {
        if at <= period.from {
            level.n += 1;
            level.successes += u64::from(good);
        } else {
            let week: &mut (u64, u64) = weeks.entry(week_of(at.date()).0).or_default();
            week.0 += u64::from(good);
            week.1 += 1;
        }
    }
    let target = level.successes as f64 / level.n as f64;
    if level.n < 100 || target <= 0.0 || target >= 1.0 {
        return Ok(Vec::new());
    }
    let chart = Ewma {
        target,
        lambda: 0.2,
        width: 3.0,
    };
    let points = chart.chart(&weeks.values().copied().collect::<Vec<_>>());
    let weeks = weeks.into_iter().zip(points);
    Ok(weeks
        .map(|((monday, (good, scores)), chart)| Week {
            monday,
            good,
            scores,
            chart,
        })
        .collect())
}

fn low(all: &[Tally], whole: Tally, icc: Option<f64>) -> LowCounts {
    let judged: Vec<Tally> = all
        .iter()
        .copied()
        .filter(|t| t.n >= MIN_AGENT_SCORES)
        .collect();
    let mean = whole.successes as f64 / whole.n.max(1) as f64;
    let floor = mean - MARGIN;
    let look_low = judged
        .iter()
        .filter(|t| (t.successes as f64) < floor * t.n as f64)
        .count();
    let Some(icc) = icc.filter(|_| floor > 0.0 && mean < 1.0) else {
        return LowCounts {
            agents: judged.len(),
            look_low,
            credibly_low: 0,
            after_many_looks: 0,
        };
    };
    let prior = BetaPrior::from_icc(mean, icc);
    let not_low: Vec<f64> = judged
        .iter()
        .map(|t| prior.posterior(*t).probability_above(floor))
        .collect();
    // Benjamini and Hochberg on the funnel's p-values, over-dispersion included, of agents below the mean; every agent here has
    // scores, so that points and agents go together.
    let counts: Vec<Count> = judged
        .iter()
        .map(|t| Count {
            x: t.successes,
            n: t.n,
        })
        .collect();
    let below = |point: &Option<funnel::Point>| match point {
        Some(point) if point.z < 0.0 => point.p,
        _ => 1.0,
    };
    let p: Vec<f64> = funnel::funnel(&counts).map_or_else(
        || vec![1.0; judged.len()],
        |f| f.points.iter().map(below).collect(),
    );
    let credible = |i: &usize| not_low[*i] < 0.2;
    let adjusted = benjamini_hochberg(&p);
    LowCounts {
        agents: judged.len(),
        look_low,
        credibly_low: (0..judged.len()).filter(credible).count(),
        after_many_looks: (0..judged.len())
            .filter(credible)
            .filter(|i| adjusted[*i] <= 0.1)
            .count(),
    }
}

fn funnel_of(all: &[Tally]) -> Option<Funnel> {
    let counts: Vec<Count> = all
        .iter()
        .filter(|t| t.n > 0)
        .map(|t| Count {
            x: t.successes,
            n: t.n,
        })
        .collect();
    funnel::funnel(&counts).filter(|_| counts.len() as u64 >= MIN_AGENTS)
}

/// Team rates on everybody's mix. A team is shown from five agents and twenty scores on, and small ones cannot be had from the total.
fn teams(
    c: &mut DbConnection,
    organisation: Id,
    period: Period,
    counts: &Counts,
) -> Result<Vec<TeamRate>> {
    let names: BTreeMap<Id, String> = super::roster::store::teams(c, organisation)?
        .into_iter()
        .map(|t| (t.id, t.name))
        .collect();
    let mut kinds: BTreeMap<(String, String), Tally> = BTreeMap::new();
    let mut own: BTreeMap<Id, BTreeMap<(String, String), u64>> = BTreeMap::new();
    for (team, channel, issue, good, n) in
        super::counts::store::team_cases(c, organisation, period.from, period.to)?
    {
        let n = n.unsigned_abs();
        let kind = kinds.entry((channel.clone(), issue.clone())).or_default();
        kind.n += n;
        kind.successes += if good { n } else { 0 };
        if let Some(team) = team {
            *own.entry(team)
                .or_default()
                .entry((channel, issue))
                .or_default() += n;
        }
    }
    let whole = sum(&kinds.values().copied().collect::<Vec<_>>());
    let overall = whole.successes as f64 / whole.n.max(1) as f64;
    let expected = |team: Id| {
        let cases = own.get(&team)?;
        let n: u64 = cases.values().sum();
        let rate = |kind: &(String, String)| {
            let tally = kinds.get(kind).copied().unwrap_or_default();
            // Rare kinds are pulled to the whole.
            (tally.successes as f64 + 20.0 * overall) / (tally.n as f64 + 20.0)
        };
        let sum: f64 = cases.iter().map(|(kind, n)| rate(kind) * *n as f64).sum();
        (n > 0).then(|| sum / n as f64)
    };
    let rates = counts.teams();
    let list: Vec<(Id, Tally)> = rates
        .into_iter()
        .filter(|(id, _)| names.contains_key(id))
        .collect();
    // The cell is the number of agents; a team with few scores counts as too small as well.
    let cells: Vec<u64> = list
        .iter()
        .map(|(id, tally)| match tally.n {
            0 => 0,
            n if n < MIN_SCORES => 1,
            _ => counts.agents_in(*id) as u64,
        })
        .collect();
    let hidden = suppression::hidden(&cells, MIN_AGENTS);
    let shown: Vec<Count> = list
        .iter()
        .zip(&hidden)
        .map(|((_, t), hidden)| Count {
            x: if *hidden { 0 } else { t.successes },
            n: if *hidden { 0 } else { t.n },
        })
        .collect();
    let funnel = funnel::funnel(&shown);
    let log_odds = |p: f64| (p / (1.0 - p)).ln();
    let bounded = |p: f64| p.clamp(1e-3, 1.0 - 1e-3);
    let mut teams: Vec<TeamRate> = list
        .iter()
        .zip(&hidden)
        .enumerate()
        .map(|(i, ((id, tally), hidden))| {
            let raw = tally.successes as f64 / tally.n.max(1) as f64;
            let shift =
                expected(*id).map_or(0.0, |e| log_odds(bounded(overall)) - log_odds(bounded(e)));
            let put = |p: f64| logistic(log_odds(bounded(p)) + shift);
            let interval = wilson(tally.successes, tally.n, 0.95).filter(|_| !hidden);
            let point = funnel
                .as_ref()
                .and_then(|f| f.points.get(i).copied().flatten());
            TeamRate {
                id: *id,
                name: names.get(id).cloned().unwrap_or_default(),
                scores: (!hidden).then_some(tally.n),
                rate: interval.map(|interval| {
                    let interval = Interval {
                        low: put(interval.low),
                        high: put(interval.high),
                    };
                    (put(raw), interval)
                }),
                outside: !hidden && point.is_some_and(|p| !p.limits_998.contains(put(raw))),
            }
        })
        .collect();
    teams.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(teams)
}

fn themes(
    c: &mut DbConnection,
    organisation: Id,
    now: &Counts,
    before: &Counts,
) -> Result<Vec<ThemeLine>> {
    let taxonomy = tagging::taxonomy(c, organisation)?;
    let count = |counts: &Counts, theme: &str, polarity: &str| -> u64 {
        let key = (theme.to_owned(), polarity.to_owned());
        counts
            .agents
            .values()
            .filter_map(|a| a.themes.get(&key))
            .sum()
    };
    let read = |counts: &Counts| counts.agents.values().map(|a| a.analysed).sum::<u64>();
    let (n1, n2) = (read(now), read(before));
    let mut lines: Vec<ThemeLine> = taxonomy
        .themes
        .iter()
        .map(|theme| {
            let (x1, x2) = (
                count(now, &theme.id, "negative"),
                count(before, &theme.id, "negative"),
            );
            let rates = TwoRates { x1, n1, x2, n2 };
            let z = rates.z().filter(|_| x1.max(x2) >= MIN_COMMENTS);
            ThemeLine {
                theme: theme.id.clone(),
                name: theme.name.clone(),
                praise: count(now, &theme.id, "positive"),
                trouble: x1,
                trouble_before: x2,
                change: match z {
                    Some((z, _)) if z > 3.0 => Some("rose"),
                    Some((z, _)) if z < -3.0 => Some("fell"),
                    _ => None,
                },
            }
        })
        .filter(|line| line.praise + line.trouble + line.trouble_before > 0)
        .collect();
    lines.sort_by(|a, b| {
        b.trouble
            .cmp(&a.trouble)
            .then_with(|| a.theme.cmp(&b.theme))
    });
    Ok(lines)
}
