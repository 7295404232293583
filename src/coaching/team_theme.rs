//! Theme that a team gets more complaints about than other teams. Pure.

use std::collections::{BTreeMap, BTreeSet};

use super::gates::{CREDIBLE, MIN_PEER_COMMENTS, THEME_ICC};
use crate::{
    feedback::MentionCount,
    insight::{AgentTallies, drivers::Drivers},
    stats::shrinkage::BetaPrior,
    text::{
        mention::Polarity,
        taxonomy::{Control, Taxonomy},
    },
    types::Id,
};

/// Fewest expected comments that complain about a team's theme, and fewest agents they are about.
pub const MIN_COMMENTS: u64 = 8;
pub const MIN_AGENTS: usize = 3;

/// A theme that a team gets more complaints about than other teams.
#[derive(Clone, Debug, PartialEq)]
pub struct TeamTheme {
    pub theme: String,
    /// Comments that complain about it, and agents they are about.
    pub comments: u64,
    pub agents: usize,
    /// Share of such comments, weighted by probability: the team's, and that of other teams.
    pub rate: f64,
    pub elsewhere: f64,
}

/// The theme with the largest product of excess share and driver weight, among those that agents
/// have a part in and that credibly ([`CREDIBLE`]) get more complaints than elsewhere. `None`
/// without other teams to compare with.
pub fn team_theme(
    counts: &BTreeMap<Id, AgentTallies>,
    team: &BTreeSet<Id>,
    taxonomy: &Taxonomy,
    drivers: &Drivers,
    barred: &BTreeSet<String>,
) -> Option<TeamTheme> {
    let key = |theme: &str| (theme.to_owned(), Polarity::Negative);
    let mut found: Vec<(f64, TeamTheme)> = Vec::new();
    for theme in taxonomy
        .themes
        .iter()
        .filter(|t| t.control != Control::Process && !barred.contains(&t.id))
    {
        let (mut own, mut others) = (MentionCount::default(), MentionCount::default());
        let (mut read, mut read_elsewhere, mut agents) = (0, 0, 0);
        for (id, c) in counts {
            let n = c.themes.get(&key(&theme.id)).copied().unwrap_or_default();
            if team.contains(id) {
                own += n;
                read += c.analysed;
                agents += usize::from(n.comments > 0);
            } else {
                others += n;
                read_elsewhere += c.analysed;
            }
        }
        if own.rounded() < MIN_COMMENTS || agents < MIN_AGENTS || read_elsewhere < MIN_PEER_COMMENTS
        {
            continue;
        }
        let elsewhere = (others.expected + 0.5) / (read_elsewhere as f64 + 1.0);
        let prior = BetaPrior::from_icc(elsewhere.min(0.9), THEME_ICC);
        let posterior = prior.posterior_of(own.expected, (read as f64 - own.expected).max(0.0));
        if posterior.probability_above(elsewhere) < CREDIBLE {
            continue;
        }
        let rate = own.expected / read as f64;
        let reach = (rate - elsewhere).max(0.0) * drivers.weight(&theme.id);
        found.push((
            reach,
            TeamTheme {
                theme: theme.id.clone(),
                comments: own.comments,
                agents,
                rate,
                elsewhere,
            },
        ));
    }
    found.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.theme.cmp(&b.1.theme)));
    found.into_iter().next().map(|(_, theme)| theme)
}
