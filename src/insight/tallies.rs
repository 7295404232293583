//! Tallies of the feedback in a period, by agent, team and case mix.

use std::collections::{BTreeMap, BTreeSet};

use super::error::Result;
use crate::{
    db::DbConnection,
    feedback::{self, FeedbackRow, MentionCount, Period, ThemeMentionRow},
    stats::shrinkage::Tally,
    text::mention::{CommentState, Polarity},
    types::{Id, Instant},
};

/// Comments that mention a theme with a polarity.
pub type MentionCounts = BTreeMap<(String, Polarity), MentionCount>;

/// Tallies of one agent in a period.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AgentTallies {
    /// Good scores of all scores.
    pub scores: Tally,
    /// Comments read, and comments kept but not read (another language), and those that said
    /// nothing.
    pub analysed: u64,
    pub not_analysed: u64,
    pub no_content: u64,
    /// Comments by theme and polarity.
    pub themes: MentionCounts,
}

/// Counts of a period.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tallies {
    /// Every agent with feedback.
    pub agents: BTreeMap<Id, AgentTallies>,
    /// Good scores of all scores by team, as of the interaction, and agent.
    by_team: BTreeMap<(Id, Id), Tally>,
}

impl Tallies {
    fn add(
        &mut self,
        agent: Id,
        team: Option<Id>,
        good: Option<bool>,
        state: CommentState,
        n: u64,
    ) {
        let entry = self.agents.entry(agent).or_default();
        match state {
            CommentState::Analysed => entry.analysed += n,
            CommentState::NotAnalysed => entry.not_analysed += n,
            CommentState::None => {}
            CommentState::NoContent => entry.no_content += n,
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

    /// Returns the team with most of each agent's scores.
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
pub fn tallies(c: &mut DbConnection, organisation: Id, period: Period) -> Result<Tallies> {
    let mut tallies = Tallies::default();
    for (agent, team, good, state, n) in feedback::agent_tallies(c, organisation, period)? {
        tallies.add(agent, team, good, state, n.unsigned_abs());
    }
    for (agent, theme, polarity, n) in feedback::mention_tallies(c, organisation, period)? {
        let entry = tallies.agents.entry(agent).or_default();
        entry.themes.insert((theme, polarity), n);
    }
    Ok(tallies)
}

/// Counts of every agent with feedback in `period`, and their case mix.
pub fn tallies_and_case_mix(
    c: &mut DbConnection,
    organisation: Id,
    period: Period,
) -> Result<(Tallies, CaseMix)> {
    let (mut tallies, mut cases) = (Tallies::default(), CaseMix::new());
    for (agent, team, good, state, n) in feedback::agent_tallies(c, organisation, period)? {
        tallies.add(agent, team, good, state, n.unsigned_abs());
    }
    for (channel, issue, good, state, n) in feedback::case_tallies(c, organisation, period)? {
        let case = cases.entry((channel, issue)).or_default();
        case.add(good, state, n.unsigned_abs());
    }
    // A comment is about one agent and one kind of case: what is counted of both adds up for each.
    for (agent, channel, issue, theme, polarity, n) in
        feedback::agent_mention_tallies(c, organisation, period)?
    {
        let key = (theme, polarity);
        let case = cases.entry((channel, issue)).or_default();
        *case.themes.entry(key.clone()).or_default() += n;
        let entry = tallies.agents.entry(agent).or_default();
        *entry.themes.entry(key).or_default() += n;
    }
    Ok((tallies, cases))
}

/// Figures of the time before the window of a plan.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PriorPeriod {
    /// The agent's good scores of all scores.
    pub own: Tally,
    /// Comments read about everybody else, and those of them by theme and polarity.
    pub comments: u64,
    pub themes: MentionCounts,
}

/// The time before a plan's window, in numbers.
pub fn prior_period(
    c: &mut DbConnection,
    organisation: Id,
    agent: Id,
    period: Period,
) -> Result<PriorPeriod> {
    let mut own = CaseTallies::default();
    for row in feedback::feedback_of(c, organisation, agent, period, i64::MAX)? {
        own.add(row.good, row.comment_state, 1);
    }
    let mut before = PriorPeriod {
        own: own.scores,
        comments: feedback::comments_read(c, organisation, period)?.saturating_sub(own.analysed),
        themes: BTreeMap::new(),
    };
    for (of, theme, polarity, n) in feedback::mention_tallies(c, organisation, period)? {
        if of != agent {
            *before.themes.entry((theme, polarity)).or_default() += n;
        }
    }
    Ok(before)
}

/// Returns each score's agent, time and whether it is good; in no order.
pub fn dated_scores(
    c: &mut DbConnection,
    organisation: Id,
    period: Period,
) -> Result<Vec<(Id, Instant, bool)>> {
    Ok(feedback::dated_scores(c, organisation, period)?)
}

/// Counts of one kind of case.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CaseTallies {
    /// Good scores of all scores.
    pub scores: Tally,
    /// Comments read.
    pub analysed: u64,
    /// Comments by theme and polarity, those that contradict their score left out.
    pub themes: MentionCounts,
}

/// Kinds of case, by channel and issue: what the agent does not choose.
pub type CaseMix = BTreeMap<(String, String), CaseTallies>;

impl CaseTallies {
    fn add(&mut self, good: Option<bool>, comment_state: CommentState, n: u64) {
        if let Some(good) = good {
            self.scores.n += n;
            self.scores.successes += if good { n } else { 0 };
        }
        self.analysed += if comment_state == CommentState::Analysed {
            n
        } else {
            0
        };
    }
}

/// Kinds of case of one agent, from rows and clauses that were read already.
pub fn case_mix_of(rows: &[FeedbackRow], mentions: &[ThemeMentionRow]) -> CaseMix {
    let mut cases = CaseMix::new();
    let mut of_row: BTreeMap<Id, (String, String)> = BTreeMap::new();
    for row in rows {
        let case = (row.channel.clone(), row.issue.clone());
        of_row.insert(row.id, case.clone());
        let counts = cases.entry(case).or_default();
        counts.add(row.good, row.comment_state, 1);
    }
    type Found = (BTreeSet<Id>, Vec<f64>);
    let mut found: BTreeMap<(&(String, String), &str, Polarity), Found> = BTreeMap::new();
    for mention in mentions.iter().filter(|m| !m.contradicts_score) {
        if let Some(case) = of_row.get(&mention.feedback_id) {
            let key = (case, mention.theme.as_str(), mention.polarity);
            let (records, probabilities) = found.entry(key).or_default();
            records.insert(mention.feedback_id);
            probabilities.push(mention.probability);
        }
    }
    for ((case, theme, polarity), (records, probabilities)) in found {
        if let Some(counts) = cases.get_mut(case) {
            let count = MentionCount::of(records.len() as u64, &probabilities);
            counts.themes.insert((theme.to_owned(), polarity), count);
        }
    }
    cases
}
