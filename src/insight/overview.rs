//! Figures of the organisation and its teams. Rates carry intervals, small cells are hidden, a
//! change is reported only when its control chart signals, and agents are counted, never listed.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    agent_variance::{self, AgentCaseList},
    drivers::{self, Drivers},
    error::Result,
    score_rules::{self, RuleCount},
    tallies,
    team_rates::{MIN_AGENTS, TeamRate, team_rates},
    team_themes::{TeamThemes, team_themes},
    theme_trends::{ThemeTrend, theme_trends},
};
use crate::{
    db::DbConnection,
    documents::csv,
    feedback::{
        self, Period,
        period::week_of,
        response_rates::{self, ResponseRate},
    },
    locale::{Localised, Message},
    msg,
    stats::{
        control::{Ewma, EwmaPoint},
        funnel::Funnel,
        intervals::{Interval, wilson},
        shrinkage::{RELIABILITIES, Tally, n_for_reliability},
    },
    studies::agent_rates::{LowRates, agent_rates},
    types::{Id, Instant},
};

/// Days of an overview, and of the period before that it is compared with.
const DAYS: i64 = 90;
/// Distance below the mean from which a rate counts as low.
const MARGIN: f64 = 0.05;
/// Fewest scores of the period before that the target of the control chart rests on.
const MIN_BASELINE: u64 = 100;

/// Scores of a week, with the point of the control chart.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Week {
    pub monday: NaiveDate,
    pub good: u64,
    pub scores: u64,
    #[serde(flatten)]
    pub chart: EwmaPoint,
}

/// Change of the rate of good scores.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RateChange {
    Improved,
    Declined,
    NoReliableChange,
}

impl Localised for RateChange {
    fn message(&self) -> Message {
        match self {
            Self::Improved => msg!("overview-rate-improved"),
            Self::Declined => msg!("overview-rate-declined"),
            Self::NoReliableChange => msg!("overview-rate-unchanged"),
        }
    }
}

/// Figures of an organisation over 90 days.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = OrganisationOverview)]
pub struct Overview {
    pub period: Period,
    pub scores: u64,
    pub comments: u64,
    pub not_analysed: u64,
    /// Share of good scores, with its 95 % interval.
    pub rate: Option<(f64, Interval)>,
    /// Which scores count as good, by scale; most scores first.
    pub rules: Vec<RuleCount>,
    pub weeks: Vec<Week>,
    /// Compared with the 90 days before; null if there are too few scores to tell.
    pub change: Option<RateChange>,
    /// Share of the variance of scores that lies between agents; null if it is not above zero.
    pub icc: Option<f64>,
    /// Scores of one agent needed for a reliability of .5, .7 and .8.
    pub scores_needed: [Option<u64>; 3],
    pub low: LowRates,
    pub teams: Vec<TeamRate>,
    pub response: Vec<ResponseRate>,
    pub themes: Vec<ThemeTrend>,
    pub team_themes: TeamThemes,
    pub drivers: Option<Drivers>,
    #[serde(skip)]
    pub funnel: Option<Funnel>,
}

/// The overview of the last 90 days with feedback.
pub fn overview(c: &mut DbConnection, organisation: Id, now: Instant) -> Result<Overview> {
    let period = feedback::latest_period(c, organisation, DAYS, now)?;
    let counts = tallies::tallies(c, organisation, period)?;
    let before = tallies::tallies(c, organisation, period.before())?;
    let whole: Tally = counts.agents.values().map(|a| a.scores).sum();
    let cases = agent_variance::cases(c, organisation, period)?;
    let cases = AgentCaseList::new(&cases);
    let icc = cases.icc().filter(|icc| *icc > 0.0);
    let rates = agent_rates(cases.agents.len(), &cases.cases, &cases.expected, MARGIN);
    let weeks = weeks(c, organisation, period)?;
    let change = weeks.last().map(|last| match last.chart.signal {
        false => RateChange::NoReliableChange,
        true if last.chart.value > last.chart.limits.high => RateChange::Improved,
        true => RateChange::Declined,
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
        rules: score_rules::of(c, organisation, period)?,
        change,
        weeks,
        scores_needed: RELIABILITIES.map(|r| icc.and_then(|icc| n_for_reliability(r, icc))),
        low: rates.low,
        icc,
        team_themes: team_themes(&counts, &teams, &themes),
        teams,
        response: response_rates::response_rates(c, organisation, period)?,
        themes,
        drivers: drivers::last(c, organisation)?.filter(|d| !d.themes.is_empty()),
        funnel: shown(rates.funnel),
    })
}

/// Weeks of the period on a control chart whose target is the rate of the period before. Empty
/// below [`MIN_BASELINE`] scores in that period.
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
    if level.n < MIN_BASELINE || target <= 0.0 || target >= 1.0 {
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

/// Good and other scores of the overview's period by agent and kind of case, as CSV. Agents are
/// numbered; `rapport analyse agents` computes the figures of the overview from it.
pub fn agents_csv(c: &mut DbConnection, organisation: Id, now: Instant) -> Result<Vec<u8>> {
    let period = feedback::latest_period(c, organisation, DAYS, now)?;
    let cases = agent_variance::cases(c, organisation, period)?;
    let rows = AgentCaseList::new(&cases).cases;
    let rows = rows.iter().flat_map(|case| {
        let Tally { successes, n } = case.scores;
        let counts = [("1", successes), ("0", n - successes)].into_iter();
        let counts = counts.filter(|(_, n)| *n > 0);
        counts.map(|(good, n)| {
            let mut cells = vec![(case.group + 1).to_string()];
            cells.extend(case.levels.iter().map(|level| (*level).to_owned()));
            cells.extend([good.to_owned(), n.to_string()]);
            cells
        })
    });
    let header = ["agent", "channel", "issue", "good", "scores"];
    Ok(csv::write(&header, rows)?)
}

/// The funnel plot, if it has enough agents.
fn shown(funnel: Option<Funnel>) -> Option<Funnel> {
    funnel.filter(|f| f.points.iter().flatten().count() as u64 >= MIN_AGENTS)
}
