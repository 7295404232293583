//! Theme that a team gets more complaints about than other teams. Pure.

use std::collections::{BTreeMap, BTreeSet};

use super::gates::{CREDIBLE, MIN_PEER_COMMENTS, THEME_ICC};
use crate::{
    feedback::MentionCount,
    insight::{AgentTallies, drivers::Drivers},
    stats::{
        group_posterior::{Counts, Spread},
        shrinkage::Tally,
    },
    studies::agent_rates::plain_spread,
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
/// without other teams to compare with. `teams` holds the team of each agent: how much teams differ
/// is integrated out.
pub fn team_theme(
    counts: &BTreeMap<Id, AgentTallies>,
    teams: &BTreeMap<Id, Id>,
    team: &BTreeSet<Id>,
    taxonomy: &Taxonomy,
    drivers: &Drivers,
    unreliable: &BTreeSet<String>,
) -> Option<TeamTheme> {
    let key = |theme: &str| (theme.to_owned(), Polarity::Negative);
    let mut found: Vec<(f64, TeamTheme)> = Vec::new();
    for theme in taxonomy
        .themes
        .iter()
        .filter(|t| t.control != Control::Process && !unreliable.contains(&t.id))
    {
        let (mut own, mut others) = (MentionCount::default(), MentionCount::default());
        let (mut read, mut read_elsewhere, mut agents) = (0, 0, 0);
        let mut by_team: BTreeMap<Id, (MentionCount, u64)> = BTreeMap::new();
        for (id, c) in counts {
            let n = c.themes.get(&key(&theme.id)).copied().unwrap_or_default();
            if let Some(of) = teams.get(id) {
                let counted = by_team.entry(*of).or_default();
                counted.0 += n;
                counted.1 += c.analysed;
            }
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
        let tallies = by_team.into_values().map(|(n, read)| Tally {
            successes: n.rounded().min(read),
            n: read,
        });
        let spread = plain_spread(tallies).unwrap_or_else(|| Spread::known(THEME_ICC));
        let posterior = spread.rates(elsewhere.min(0.9)).posterior(Counts {
            successes: own.expected,
            failures: (read as f64 - own.expected).max(0.0),
        });
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
