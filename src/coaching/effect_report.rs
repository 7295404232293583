//! Reads scores before and after plans, and estimates their [`effect`].

use std::collections::BTreeMap;

use chrono::{Duration, NaiveDate};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    effect::{self, BeforeAfter, Change, MIN_AFTER, MIN_COLLEAGUES, MIN_PLANS, Pooled},
    error::Result,
    plans::{StoredPlan, stored},
    progress::CheckInNotes,
    store,
};
use crate::{
    db::DbConnection,
    feedback::{self, Period},
    locale::Message,
    msg,
    stats::shrinkage::Tally,
    studies::agent_rates::plain_spread,
    types::{Id, Instant},
    workforce,
};

/// Length of the period after acceptance, in days.
const AFTER_DAYS: i64 = 90;
/// Most plans that are pooled, the newest.
const MOST_PLANS: i64 = 500;

/// Whether coaching helped, over all plans. Nobody is named.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EffectReport {
    /// Accepted plans, and those with enough scores since.
    pub accepted: usize,
    pub with_scores: usize,
    pub pooled: Option<Pooled>,
    /// Number and mean of the agents' ratings (1 to 5); absent below five.
    pub helped: Option<(usize, f64)>,
    /// Contacts in which the behaviour was seen, of those observed, at the first and the last
    /// check-in of plans with both.
    pub behaviour: Option<Behaviour>,
    /// What agents who share it counted themselves, in the first and the last week of plans with
    /// both.
    pub own_tally: Option<Behaviour>,
}

impl EffectReport {
    /// Requirement that is missing before the plans can be pooled.
    pub fn missing(&self) -> Message {
        msg!(
            "effect-missing",
            with_scores = self.with_scores,
            count = self.accepted,
            scores = MIN_AFTER,
            colleagues = MIN_COLLEAGUES,
            plans = MIN_PLANS
        )
    }
}

/// Tallies of behaviour over plans.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Behaviour {
    pub plans: usize,
    pub first: Tally,
    pub last: Tally,
}

/// Fewest ratings, and fewest plans with tallies, that are reported.
const MIN_TOGETHER: usize = 5;

fn helped(plans: &[StoredPlan]) -> Option<(usize, f64)> {
    let ratings: Vec<f64> = plans
        .iter()
        .filter_map(|p| p.progress.helped)
        .map(f64::from)
        .collect();
    let n = ratings.len();
    (n >= MIN_TOGETHER).then(|| (n, ratings.iter().sum::<f64>() / n as f64))
}

/// Tallies of the behaviour that coaches saw at the check-ins of a plan.
fn seen(plan: &StoredPlan) -> Vec<Tally> {
    let held = plan
        .progress
        .meetings
        .iter()
        .filter_map(|m| m.done.as_ref());
    let tally = |notes: &CheckInNotes| {
        Some(Tally {
            successes: u64::from(notes.seen?),
            n: u64::from(notes.of?),
        })
    };
    held.filter_map(tally).collect()
}

/// Weekly tallies of the agent of a plan, if they share them.
fn counted(plan: &StoredPlan) -> Vec<Tally> {
    let mut weeks: BTreeMap<NaiveDate, Tally> = BTreeMap::new();
    for week in plan.own_tallies.iter().flat_map(|tally| &tally.weeks) {
        let sum = weeks.entry(week.monday).or_default();
        *sum = [*sum, week.tally()].into_iter().sum();
    }
    weeks.into_values().collect()
}

/// The first and the last of each plan's tallies, added up over plans that have both.
fn behaviour(plans: &[StoredPlan], tallies: fn(&StoredPlan) -> Vec<Tally>) -> Option<Behaviour> {
    let mut sum = Behaviour {
        plans: 0,
        first: Tally::default(),
        last: Tally::default(),
    };
    for plan in plans {
        let tallies = tallies(plan);
        if let [first, .., last] = tallies.as_slice() {
            sum.plans += 1;
            for (to, more) in [(&mut sum.first, first), (&mut sum.last, last)] {
                to.n += more.n;
                to.successes += more.successes;
            }
        }
    }
    (sum.plans >= MIN_TOGETHER).then_some(sum)
}

/// Good scores by agent and day, in order.
struct Scores(BTreeMap<Id, Vec<(Instant, bool)>>);

impl Scores {
    fn read(c: &mut DbConnection, organisation: Id, period: Period) -> Result<Self> {
        let mut scores: BTreeMap<Id, Vec<(Instant, bool)>> = BTreeMap::new();
        for (agent, at, good) in feedback::dated_scores(c, organisation, period)? {
            scores.entry(agent).or_default().push((at, good));
        }
        for list in scores.values_mut() {
            list.sort_unstable();
        }
        Ok(Self(scores))
    }

    fn tally(&self, agent: Id, period: Period) -> Tally {
        let Some(list) = self.0.get(&agent) else {
            return Tally::default();
        };
        let from = list.partition_point(|(at, _)| *at <= period.from);
        let to = list.partition_point(|(at, _)| *at <= period.to);
        let within = list.get(from..to).unwrap_or_default();
        Tally {
            successes: within.iter().filter(|(_, good)| *good).count() as u64,
            n: within.len() as u64,
        }
    }

    fn before_after(&self, agent: Id, windows: (Period, Period)) -> BeforeAfter {
        BeforeAfter {
            before: self.tally(agent, windows.0),
            after: self.tally(agent, windows.1),
        }
    }

    /// One plan's change, against colleagues who had no plan by the end of its window.
    fn change(
        &self,
        plan: &StoredPlan,
        coached: &BTreeMap<Id, Instant>,
        now: Instant,
    ) -> Option<Change> {
        let windows = windows(plan, now)?;
        let before: Vec<Tally> = self.0.keys().map(|a| self.tally(*a, windows.0)).collect();
        let whole: Tally = before.iter().copied().sum();
        let mean = whole.successes as f64 / whole.n.max(1) as f64;
        let rates = plain_spread(before)?.rates(mean);
        let colleagues: Vec<BeforeAfter> = self
            .0
            .keys()
            .filter(|a| coached.get(a).is_none_or(|first| *first > windows.1.to))
            .map(|a| self.before_after(*a, windows))
            .filter(|a| a.before.n > 0)
            .collect();
        let drift = effect::drift(&colleagues, &rates);
        effect::change(self.before_after(plan.agent_id, windows), &rates, drift)
    }
}

/// The period that the plan rests on, and the one since it was accepted.
fn windows(plan: &StoredPlan, now: Instant) -> Option<(Period, Period)> {
    let from = plan.progress.accepted?;
    let to = from.plus(Duration::days(AFTER_DAYS)).min(now);
    Some((plan.plan.basis.period, Period { from, to }))
}

fn accepted(c: &mut DbConnection, organisation: Id, now: Instant) -> Result<Vec<StoredPlan>> {
    let rows = store::accepted_plans(c, organisation, MOST_PLANS)?;
    stored(c, organisation, rows, now.date())
}

fn first_acceptance(plans: &[StoredPlan]) -> BTreeMap<Id, Instant> {
    let mut first = BTreeMap::new();
    for (agent, at) in plans
        .iter()
        .filter_map(|p| Some((p.agent_id, p.progress.accepted?)))
    {
        let earliest = first.entry(agent).or_insert(at);
        *earliest = at.min(*earliest);
    }
    first
}

/// Change after one plan. `None` before it is accepted, or without scores before or after.
pub fn change_of(
    c: &mut DbConnection,
    organisation: Id,
    plan: &StoredPlan,
    now: Instant,
) -> Result<Option<Change>> {
    let Some((before, after)) = windows(plan, now) else {
        return Ok(None);
    };
    let whole = Period {
        from: before.from.min(after.from),
        to: after.to.max(before.to),
    };
    let scores = Scores::read(c, organisation, whole)?;
    let coached = first_acceptance(&accepted(c, organisation, now)?);
    Ok(scores.change(plan, &coached, now))
}

/// Whether coaching helped, over all plans accepted so far.
pub fn effect_report(c: &mut DbConnection, organisation: Id, now: Instant) -> Result<EffectReport> {
    let plans = accepted(c, organisation, now)?;
    let coached = first_acceptance(&plans);
    let mut changes = Vec::new();
    let from = plans.iter().map(|p| p.plan.basis.period.from).min();
    if let Some(from) = from {
        let scores = Scores::read(c, organisation, Period { from, to: now })?;
        let teams: BTreeMap<Id, Option<Id>> = workforce::agents(c, organisation)?
            .into_iter()
            .map(|a| (a.id, a.team_id))
            .collect();
        for plan in &plans {
            if let Some(change) = scores.change(plan, &coached, now) {
                changes.push((teams.get(&plan.agent_id).copied().flatten(), change));
            }
        }
    }
    let with_scores = changes.iter().filter(|(_, c)| c.is_usable()).count();
    Ok(EffectReport {
        accepted: plans.len(),
        with_scores,
        pooled: effect::pooled(&changes),
        helped: helped(&plans),
        behaviour: behaviour(&plans, seen),
        own_tally: behaviour(&plans, counted),
    })
}
