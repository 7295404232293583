//! The organisation and its teams in numbers that can be stood behind: intervals, small cells hidden, a change named only when its
//! chart signals, and agents counted, never listed.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Serialize;

use super::{
    agent_variance,
    drivers::{self, Drivers},
    error::Result,
    tallies,
    team_rates::{MIN_AGENTS, TeamRate, team_rates},
    team_themes::{TeamThemes, team_themes},
    theme_trends::{ThemeTrend, theme_trends},
};
use crate::{
    db::DbConnection,
    feedback::{
        self, Period,
        period::week_of,
        response_rates::{self, ResponseRate},
    },
    stats::{
        control::{Ewma, EwmaPoint},
        funnel::{self, Funnel},
        intervals::{Interval, wilson},
        multiplicity::benjamini_hochberg,
        shrinkage::{BetaPrior, Tally, n_for_reliability},
    },
    types::{Id, Instant},
};

/// Days of an overview, and of the time before that it is set against.
const DAYS: i64 = 90;
/// Scores of an agent from which the counting of low rates begins.
const MIN_AGENT_SCORES: u64 = 10;
/// How far below the mean counts as low.
const MARGIN: f64 = 0.05;

/// A week of scores, and the chart's value.
#[derive(Clone, Debug, Serialize)]
pub struct Week {
    pub monday: NaiveDate,
    pub good: u64,
    pub scores: u64,
    #[serde(flatten)]
    pub chart: EwmaPoint,
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
    pub themes: Vec<ThemeTrend>,
    pub team_themes: TeamThemes,
    pub drivers: Option<Drivers>,
    #[serde(skip)]
    pub funnel: Option<Funnel>,
}

/// Reads an overview of the last 90 days with feedback.
pub fn overview(c: &mut DbConnection, organisation: Id, now: Instant) -> Result<Overview> {
    let period = feedback::latest_period(c, organisation, DAYS, now)?;
    let counts = tallies::tallies(c, organisation, period)?;
    let before = tallies::tallies(c, organisation, period.before())?;
    let all: Vec<Tally> = counts.agents.values().map(|a| a.scores).collect();
    let whole: Tally = all.iter().copied().sum();
    let icc = agent_variance::of(c, organisation, &counts)?
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
    let teams = team_rates(c, organisation, period, &counts)?;
    let themes = theme_trends(c, organisation, &counts, &before)?;
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
        response: response_rates::response_rates(c, organisation, period)?,
        themes,
        drivers: drivers::last(c, organisation)?.filter(|d| !d.themes.is_empty()),
        funnel: funnel_of(&all),
    })
}

/// Weeks of the period on a chart whose target is the rate of the time before; empty with fewer than a hundred scores there.
fn weeks(c: &mut DbConnection, organisation: Id, period: Period) -> Result<Vec<Week>> {
    let before = period.before();
    let both = Period {
        from: before.from,
        to: period.to,
    };
    let (mut level, mut weeks) = (Tally::default(), BTreeMap::new());
    for (_, at, good) in feedback::dated_scores(c, organisation, both)? {
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
    let counts: Vec<Tally> = judged
        .iter()
        .map(|t| Tally {
            successes: t.successes,
            n: t.n,
        })
        .collect();
    let below = |point: &Option<funnel::FunnelPoint>| match point {
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
    let counts: Vec<Tally> = all
        .iter()
        .filter(|t| t.n > 0)
        .map(|t| Tally {
            successes: t.successes,
            n: t.n,
        })
        .collect();
    funnel::funnel(&counts).filter(|_| counts.len() as u64 >= MIN_AGENTS)
}
