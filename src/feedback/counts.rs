//! Feedback in numbers: periods, counts by agent and team, and counts by kind of case.

pub mod store;

use std::collections::{BTreeMap, BTreeSet};

use chrono::Duration;
use serde::{Deserialize, Serialize};

use super::{
    Result,
    store::{FeedbackRow, ThemeRow, comments_read, feedback_of, newest_feedback},
};
use crate::{
    db::DbConnection,
    stats::shrinkage::Tally,
    types::{Id, Instant},
};

/// A stretch of time, the newest feedback at its end: (from, to].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    pub from: Instant,
    pub to: Instant,
}

impl Period {
    /// The `days` that end now, or with the newest feedback where that is older (a file of last year has last
    /// year's period).
    ///
    /// # Errors
    /// Database errors.
    pub fn latest(c: &mut DbConnection, organisation: Id, days: i64, now: Instant) -> Result<Self> {
        let to = newest_feedback(c, organisation)?.map_or(now, |newest| newest.min(now));
        Ok(Self {
            from: to.plus(Duration::days(-days)),
            to,
        })
    }

    /// The equally long stretch just before.
    pub fn before(self) -> Self {
        let length = self.to.0 - self.from.0;
        Self {
            from: self.from.plus(-length),
            to: self.from,
        }
    }
}

/// Counts of one agent in a period.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AgentCounts {
    /// Good scores of all scores.
    pub scores: Tally,
    /// Comments read, and comments kept but not read (another language), and those that said nothing.
    pub analysed: u64,
    pub not_analysed: u64,
    pub no_content: u64,
    /// Comments by (theme, polarity).
    pub themes: BTreeMap<(String, String), u64>,
}

/// What a period holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Counts {
    /// Every agent with feedback.
    pub agents: BTreeMap<Id, AgentCounts>,
    /// Good scores of all scores by team, as of the interaction, and agent.
    by_team: BTreeMap<(Id, Id), Tally>,
}

impl Counts {
    fn add(&mut self, agent: Id, team: Option<Id>, good: Option<bool>, state: &str, n: u64) {
        let entry = self.agents.entry(agent).or_default();
        match state {
            "analysed" => entry.analysed += n,
            "not_analysed" => entry.not_analysed += n,
            "none" => {}
            _ => entry.no_content += n,
        }
        let Some(good) = good else { return };
        let successes = if good { n } else { 0 };
        entry.scores.n += n;
        entry.scores.successes += successes;
        if let Some(team) = team {
            let tally = self.by_team.entry((team, agent)).or_default();
            tally.n += n;
            tally.successes += successes;
        }
    }

    /// The team an agent has most of their scores in, and that team's good scores of all scores.
    pub fn team_of(&self, agent: Id) -> Option<(Id, Tally)> {
        let own = self.by_team.iter().filter(|((_, who), _)| *who == agent);
        let ((team, _), _) = own.max_by_key(|(_, tally)| tally.n)?;
        let mut whole = Tally::default();
        for (_, tally) in self.by_team.iter().filter(|((t, _), _)| t == team) {
            whole.n += tally.n;
            whole.successes += tally.successes;
        }
        Some((*team, whole))
    }

    /// Of each agent with scores in a team, the team where most of them are.
    pub fn main_teams(&self) -> BTreeMap<Id, Id> {
        let mut main: BTreeMap<Id, (u64, Id)> = BTreeMap::new();
        for ((of, agent), tally) in &self.by_team {
            let most = main.entry(*agent).or_insert((tally.n, *of));
            if tally.n >= most.0 {
                *most = (tally.n, *of);
            }
        }
        main.into_iter()
            .map(|(agent, (_, of))| (agent, of))
            .collect()
    }

    /// Agents who have most of their scores in a team.
    pub fn members(&self, team: Id) -> BTreeSet<Id> {
        let main = self.main_teams().into_iter();
        main.filter(|(_, of)| *of == team)
            .map(|(agent, _)| agent)
            .collect()
    }

    /// Good scores of all scores by team, as of the interaction.
    pub fn teams(&self) -> BTreeMap<Id, Tally> {
        let mut teams: BTreeMap<Id, Tally> = BTreeMap::new();
        for ((team, _), tally) in &self.by_team {
            let sum = teams.entry(*team).or_default();
            sum.n += tally.n;
            sum.successes += tally.successes;
        }
        teams
    }

    /// Agents with scores in a team.
    pub fn agents_in(&self, team: Id) -> usize {
        self.by_team.keys().filter(|(of, _)| *of == team).count()
    }
}

/// Counts of every agent with feedback in `period`.
///
/// # Errors
/// Database errors.
pub fn counts(c: &mut DbConnection, organisation: Id, period: Period) -> Result<Counts> {
    let mut counts = Counts::default();
    let (from, to) = (period.from, period.to);
    for (agent, team, good, state, n) in store::tallies(c, organisation, from, to)? {
        counts.add(agent, team, good, &state, n.unsigned_abs());
    }
    for (agent, theme, polarity, n) in store::theme_tallies(c, organisation, from, to)? {
        let entry = counts.agents.entry(agent).or_default();
        entry.themes.insert((theme, polarity), n.unsigned_abs());
    }
    Ok(counts)
}

/// The same, and everybody's kinds of case.
///
/// # Errors
/// Database errors.
pub fn counts_and_cases(
    c: &mut DbConnection,
    organisation: Id,
    period: Period,
) -> Result<(Counts, Cases)> {
    let (mut counts, mut cases) = (Counts::default(), Cases::new());
    let (from, to) = (period.from, period.to);
    for (agent, team, good, state, n) in store::tallies(c, organisation, from, to)? {
        counts.add(agent, team, good, &state, n.unsigned_abs());
    }
    for (channel, issue, good, state, n) in store::case_tallies(c, organisation, from, to)? {
        let case = cases.entry((channel, issue)).or_default();
        case.add(good, &state, n.unsigned_abs());
    }
    // A comment is about one agent and one kind of case: what is counted of both adds up for each.
    for (agent, channel, issue, theme, polarity, n) in
        store::agent_themes(c, organisation, from, to)?
    {
        let (n, key) = (n.unsigned_abs(), (theme, polarity));
        let case = cases.entry((channel, issue)).or_default();
        *case.themes.entry(key.clone()).or_default() += n;
        let entry = counts.agents.entry(agent).or_default();
        *entry.themes.entry(key).or_default() += n;
    }
    Ok((counts, cases))
}

/// What a plan needs of the time before its window.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Before {
    /// The agent's good scores of all scores.
    pub own: Tally,
    /// Comments read about everybody else, and those of them by (theme, polarity).
    pub comments: u64,
    pub themes: BTreeMap<(String, String), u64>,
}

/// The time before a plan's window, in numbers.
///
/// # Errors
/// Database errors.
pub fn before(c: &mut DbConnection, organisation: Id, agent: Id, period: Period) -> Result<Before> {
    let (from, to) = (period.from, period.to);
    let mut own = CaseCounts::default();
    for row in feedback_of(c, organisation, agent, from, to, i64::MAX)? {
        own.add(row.good, &row.comment_state, 1);
    }
    let mut before = Before {
        own: own.scores,
        comments: comments_read(c, organisation, from, to)?.saturating_sub(own.analysed),
        themes: BTreeMap::new(),
    };
    for (of, theme, polarity, n) in store::theme_tallies(c, organisation, from, to)? {
        if of != agent {
            *before.themes.entry((theme, polarity)).or_default() += n.unsigned_abs();
        }
    }
    Ok(before)
}

/// Who was scored when, and whether the score is good; in no order.
///
/// # Errors
/// Database errors.
pub fn scores(
    c: &mut DbConnection,
    organisation: Id,
    period: Period,
) -> Result<Vec<(Id, Instant, bool)>> {
    Ok(store::scores(c, organisation, period.from, period.to)?)
}

/// Counts of one kind of case.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CaseCounts {
    /// Good scores of all scores.
    pub scores: Tally,
    /// Comments read.
    pub analysed: u64,
    /// Comments by (theme, polarity), those that contradict their score left out.
    pub themes: BTreeMap<(String, String), u64>,
}

/// Kinds of case, by channel and issue: what the agent does not choose.
pub type Cases = BTreeMap<(String, String), CaseCounts>;

impl CaseCounts {
    fn add(&mut self, good: Option<bool>, comment_state: &str, n: u64) {
        if let Some(good) = good {
            self.scores.n += n;
            self.scores.successes += if good { n } else { 0 };
        }
        self.analysed += if comment_state == "analysed" { n } else { 0 };
    }
}

/// Kinds of case of one agent, from rows and clauses that were read already.
pub fn cases_of(rows: &[FeedbackRow], clauses: &[ThemeRow]) -> Cases {
    let mut cases = Cases::new();
    let mut of_row: BTreeMap<Id, (String, String)> = BTreeMap::new();
    for row in rows {
        let case = (row.channel.clone(), row.issue.clone());
        of_row.insert(row.id, case.clone());
        let counts = cases.entry(case).or_default();
        counts.add(row.good, &row.comment_state, 1);
    }
    let mentions: BTreeSet<(Id, &str, &str)> = clauses
        .iter()
        .filter(|c| !c.contradicts_score)
        .map(|c| (c.feedback_id, c.theme.as_str(), c.polarity.as_str()))
        .collect();
    for (row, theme, polarity) in mentions {
        if let Some(counts) = of_row.get(&row).and_then(|case| cases.get_mut(case)) {
            let key = (theme.to_owned(), polarity.to_owned());
            *counts.themes.entry(key).or_default() += 1;
        }
    }
    cases
}
