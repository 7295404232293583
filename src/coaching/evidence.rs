//! Evidence about an agent, which the rules read. Pure.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{case_mix::PeerRates, gates, library::Library, observation::Observation};
use crate::{
    accounts::WorkingDays,
    feedback::{FeedbackRow, Period, ThemeMentionRow},
    insight::{AgentTallies, PriorPeriod, agent_variance::AgentVariance, drivers::Drivers},
    praise::{departments::Update, examples::Example},
    quality::results::QualityResult,
    stats::shrinkage::Tally,
    text::taxonomy::Taxonomy,
    types::{Id, Instant},
    workforce::Agent,
};

/// An agent's feedback in a period and everything it is compared with.
pub struct Evidence {
    pub organisation: String,
    pub synthetic: bool,
    pub agent: Agent,
    /// Days since the agent was hired, where known.
    pub days_in_role: Option<i64>,
    pub created: Instant,
    pub working_days: WorkingDays,
    pub period: Period,
    /// The last [`RECENT_DAYS`](super::gates::RECENT_DAYS) of it.
    pub recent: Period,
    /// The agent's records in the period.
    pub rows: Vec<FeedbackRow>,
    /// Theme mentions in the agent's comments.
    pub mentions: Vec<ThemeMentionRow>,
    /// Comments of the agent that must not be passed on.
    pub withheld: BTreeSet<Id>,
    /// Every agent of the organisation in the period.
    pub tallies: BTreeMap<Id, AgentTallies>,
    /// Every agent of the organisation in the recent period.
    pub recent_tallies: BTreeMap<Id, AgentTallies>,
    /// Variance between agents, adjusted for case mix where that was computed.
    pub variance: Option<AgentVariance>,
    /// Feedback of the period before the recent one, of the same length.
    pub prior: PriorPeriod,
    pub team: TeamEvidence,
    /// Peers' rates with the agent's case mix.
    pub peer_rates: PeerRates,
    /// Strength with which each theme moves the scores.
    pub drivers: Drivers,
    /// The latest update of each theme's owner.
    pub owner_updates: BTreeMap<String, Update>,
    /// Themes on which annotators do not agree.
    pub unreliable: BTreeSet<String>,
    /// Contacts of the recent period that a coach listened to.
    pub observations: Vec<Observation>,
    /// Quality checks of the recent period.
    pub quality: Vec<QualityResult>,
    /// Praise of colleagues in the team who agreed to show it.
    pub examples: Vec<Example>,
    pub taxonomy: Arc<Taxonomy>,
    pub library: Library,
}

impl Evidence {
    /// Weight of a record, by its age at the end of the period.
    pub fn weight(&self, occurred_at: Instant) -> f64 {
        let age = (self.period.to.0 - occurred_at.0).num_seconds() as f64 / 86_400.0;
        gates::weight(age)
    }

    pub fn is_recent(&self, occurred_at: Instant) -> bool {
        occurred_at > self.recent.from
    }
}

/// The agent's team.
pub struct TeamEvidence {
    pub name: Option<String>,
    /// Agents of the team, this agent among them.
    pub members: BTreeSet<Id>,
    /// The team of every agent with scores in one.
    pub of_agents: BTreeMap<Id, Id>,
    /// Good scores of the team in the period.
    pub scores: Option<Tally>,
}
