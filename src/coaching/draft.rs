//! Drafts a plan: gathers the evidence about an agent, then applies the rules.

use chrono::{Duration, NaiveDate};

use super::{
    case_mix::PeerRates,
    error::Result,
    evidence::{Evidence, TeamEvidence},
    gates, observations,
    plan::Plan,
    practice, rules,
};
use crate::{
    accounts,
    db::DbConnection,
    feedback::{self, Period},
    insight::{agent_variance, drivers, tallies},
    praise::{departments, examples, moderation},
    quality::results,
    tagging::{self, agreement},
    types::{Id, Instant},
    workforce::{self, Agent},
};

/// Most records of one agent in a window.
const MOST_ROWS: i64 = 20_000;

/// Drafts a plan for an agent from the last [`gates::WINDOW_DAYS`] of feedback. Nothing is stored.
///
/// # Errors
/// [`WorkforceError::NoAgent`](workforce::WorkforceError::NoAgent).
pub fn draft(c: &mut DbConnection, organisation: Id, agent: Id, now: Instant) -> Result<Plan> {
    let agent = workforce::agent(c, organisation, agent)?;
    let evidence = gather(c, organisation, agent, now)?;
    Ok(rules::draft(&evidence))
}

fn gather(c: &mut DbConnection, organisation: Id, agent: Agent, now: Instant) -> Result<Evidence> {
    let founded = accounts::organisation(c, organisation)?;
    let taxonomy = tagging::taxonomy(c, organisation)?;

    let period = feedback::latest_period(c, organisation, gates::WINDOW_DAYS, now)?;
    let recent = Period::ending(period.to, gates::RECENT_DAYS);
    let rows = feedback::feedback_of(c, organisation, agent.id, period, MOST_ROWS)?;
    let mentions = feedback::mentions_of_agent(c, organisation, agent.id, period)?;
    let withheld = moderation::withheld(c, organisation, &rows)?;

    let (everybody, case_mix) = tallies::tallies_and_case_mix(c, organisation, period)?;
    let own_case_mix = tallies::case_mix_of(&rows, &mentions);
    let prior = tallies::prior_period(c, organisation, agent.id, recent.before())?;
    let latest = tallies::tallies(c, organisation, recent)?;
    let variance = agent_variance::estimate(c, organisation, &everybody)?;

    let team = team(c, organisation, &agent, &everybody)?;
    let colleagues = team.members.iter().copied();
    let colleagues: Vec<Id> = colleagues.filter(|id| *id != agent.id).collect();
    Ok(Evidence {
        working_days: founded.working_days(),
        organisation: founded.name,
        synthetic: founded.synthetic,
        days_in_role: agent.hired_at.map(|at| (period.to.0 - at.0).num_days()),
        created: now,
        period,
        recent,
        peer_rates: PeerRates::new(&case_mix, &own_case_mix),
        tallies: everybody.agents,
        recent_tallies: latest.agents,
        variance,
        prior,
        team,
        mentions,
        withheld,
        rows,
        drivers: drivers::last(c, organisation)?.unwrap_or_default(),
        owner_updates: departments::latest_updates(c, organisation)?,
        unreliable: agreement::unreliable(c, organisation, &taxonomy)?,
        observations: observations::recent(c, organisation, agent.id, now)?,
        quality: results::results_of(c, organisation, agent.id, recent_days(now))?,
        examples: examples::of_colleagues(c, organisation, &colleagues, now)?,
        library: practice::library(c, organisation, &taxonomy)?,
        taxonomy,
        agent,
    })
}

/// First and last day of evidence besides comments, which counts back from the day of the plan.
fn recent_days(now: Instant) -> (NaiveDate, NaiveDate) {
    let from = now.plus(-Duration::days(gates::RECENT_DAYS));
    (from.date(), now.date())
}

/// The team that most of the agent's scores are in or, without scores, the agent's current team.
fn team(
    c: &mut DbConnection,
    organisation: Id,
    agent: &Agent,
    tallies: &tallies::Tallies,
) -> Result<TeamEvidence> {
    let main = tallies.team_of(agent.id);
    let id = main.map(|(id, _)| id).or(agent.team_id);
    let teams = workforce::teams(c, organisation)?;
    Ok(TeamEvidence {
        name: teams.into_iter().find(|t| Some(t.id) == id).map(|t| t.name),
        members: id.map(|id| tallies.members(id)).unwrap_or_default(),
        of_agents: tallies.main_teams(),
        scores: main.map(|(_, tally)| tally),
    })
}
