//! An agent's theme mentions against those of peers.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    coaching::{
        evidence::Evidence,
        gates::{
            COPIED_WORDS, EXCESS, MIN_COMMENTS, MIN_PEER_COMMENTS, THEME_ICC, TROUBLE_VARIATION,
        },
    },
    feedback::{FeedbackRow, ThemeMentionRow, printing::agrees},
    insight::{AgentTallies, MentionCounts},
    stats::{
        contingency::TwoRates,
        group_posterior::{Counts, RatePosterior, Spread},
        shrinkage::Tally,
    },
    studies::agent_rates::plain_spread,
    text::{
        mention::{CommentState, Polarity},
        taxonomy::{Control, Theme},
    },
    types::Id,
};

/// Fewest comments of peers in each of two periods that a change between them is tested with.
const MIN_COMMENTS_FOR_CHANGE: u64 = 50;

/// Figures of the comments about an agent, and those they are compared with.
pub(super) struct Comparison<'a> {
    pub evidence: &'a Evidence,
    /// The agent's own tallies.
    pub own: AgentTallies,
    /// Mentions that count: neither withheld nor contradicted by their score.
    mentions: Vec<&'a ThemeMentionRow>,
    /// Mentions that score and mood of their comments do not contradict.
    agreeing: BTreeSet<Id>,
    peers: Pool,
    recent_peers: Pool,
    peers_before: Pool,
    /// Weight of each record of the agent.
    weights: BTreeMap<Id, f64>,
    comments: Weighted,
    /// Good scores and others of the agent: shares as weighted, together as many as their weights
    /// are worth.
    pub scores: Counts,
}

/// Records with weights.
#[derive(Clone, Copy, Default)]
struct Weighted {
    sum: f64,
    squares: f64,
}

impl Weighted {
    fn of(weights: impl Iterator<Item = f64>) -> Self {
        weights.fold(Self::default(), |all, weight| Self {
            sum: all.sum + weight,
            squares: all.squares + weight * weight,
        })
    }

    /// Counts with the weighted share of `successes` (a sum of weights) and Kish's effective size,
    /// the number of equally weighted records with the same variance of a share: the square of the
    /// sum of weights by the sum of their squares.
    fn counts(self, successes: f64) -> Counts {
        if self.sum <= 0.0 {
            return Counts {
                successes: 0.0,
                failures: 0.0,
            };
        }
        let n = self.sum * self.sum / self.squares;
        let successes = n * (successes / self.sum).min(1.0);
        Counts {
            successes,
            failures: n - successes,
        }
    }
}

/// Comments of many agents together.
#[derive(Default)]
struct Pool {
    comments: u64,
    themes: MentionCounts,
}

impl Pool {
    fn of_peers(tallies: &BTreeMap<Id, AgentTallies>, agent: Id) -> Self {
        let mut pool = Self::default();
        for (_, tallies) in tallies.iter().filter(|(id, _)| **id != agent) {
            pool.comments += tallies.analysed;
            for (key, n) in &tallies.themes {
                *pool.themes.entry(key.clone()).or_default() += *n;
            }
        }
        pool
    }

    fn complaints(&self, theme: &str) -> Tally {
        let key = (theme.to_owned(), Polarity::Negative);
        let successes = self.themes.get(&key).map_or(0, |n| n.rounded());
        Tally {
            successes: successes.min(self.comments),
            n: self.comments,
        }
    }
}

impl<'a> Comparison<'a> {
    pub fn new(evidence: &'a Evidence) -> Self {
        let own = evidence.tallies.get(&evidence.agent.id);
        let counts = |m: &&ThemeMentionRow| {
            !m.contradicts_score && !evidence.withheld.contains(&m.feedback_id)
        };
        let weight = |row: &FeedbackRow| evidence.weight(row.occurred_at);
        let rows = evidence.rows.iter();
        let analysed = rows.filter(|row| row.comment_state == CommentState::Analysed);
        let scored = |good: bool| {
            let rows = evidence.rows.iter();
            let rows = rows.filter(|row| row.good == Some(good));
            Weighted::of(rows.map(weight))
        };
        let (good, poor) = (scored(true), scored(false));
        let agent = evidence.agent.id;
        Self {
            evidence,
            own: own.cloned().unwrap_or_default(),
            mentions: evidence.mentions.iter().filter(counts).collect(),
            agreeing: agreeing(evidence),
            comments: Weighted::of(analysed.map(weight)),
            weights: evidence
                .rows
                .iter()
                .map(|row| (row.id, weight(row)))
                .collect(),
            scores: Weighted {
                sum: good.sum + poor.sum,
                squares: good.squares + poor.squares,
            }
            .counts(good.sum),
            peers: Pool::of_peers(&evidence.tallies, agent),
            recent_peers: Pool::of_peers(&evidence.recent_tallies, agent),
            peers_before: Pool {
                comments: evidence.prior.comments,
                themes: evidence.prior.themes.clone(),
            },
        }
    }

    /// Whether there are enough comments about the agent for statements about themes.
    pub fn has_enough_comments(&self) -> bool {
        self.own.analysed >= MIN_COMMENTS
    }

    /// Comments about peers.
    pub fn peer_comments(&self) -> u64 {
        self.peers.comments
    }

    /// Whether there are enough comments about peers to compare with.
    pub fn has_enough_peer_comments(&self) -> bool {
        self.peers.comments >= MIN_PEER_COMMENTS
    }

    /// Themes that an agent has at least a part in, without those that annotators do not agree on.
    pub fn agent_themes(&self) -> impl Iterator<Item = &'a Theme> {
        let evidence = self.evidence;
        let themes = evidence.taxonomy.themes.iter();
        themes.filter(|t| t.control != Control::Process && !evidence.unreliable.contains(&t.id))
    }

    /// The agent's mentions that count.
    pub fn counted(&self) -> impl Iterator<Item = &'a ThemeMentionRow> {
        self.mentions.iter().copied()
    }

    /// The agent's mentions of a theme that count.
    pub fn mentions(&self, theme: &str, polarity: Polarity) -> Vec<&'a ThemeMentionRow> {
        let mentions = self.mentions.iter().copied();
        mentions
            .filter(|m| m.theme == theme && m.polarity == polarity)
            .collect()
    }

    /// Number of the agent's comments with such a mention.
    pub fn comments(&self, theme: &str, polarity: Polarity) -> u64 {
        let mentions = self.mentions(theme, polarity);
        let comments: BTreeSet<Id> = mentions.iter().map(|m| m.feedback_id).collect();
        comments.len() as u64
    }

    /// Peers' share of comments that mention the theme, with the agent's channels and issues.
    pub fn peer_rate(&self, theme: &str, polarity: Polarity) -> f64 {
        self.evidence.peer_rates.theme_rate(theme, polarity)
    }

    /// Posterior of the agent's share of comments that mention the theme, each comment counted with
    /// its weight and the probability of the mention. The prior has the rate of the agent's team as
    /// its mean; how much agents differ is integrated out, given all agents' mentions of the theme.
    pub fn posterior(&self, theme: &str, polarity: Polarity) -> RatePosterior {
        self.posterior_with(theme, polarity, |spread| spread)
    }

    /// Posterior of the agent's share of comments that complain about the theme, for the question
    /// whether it is far above the peers'. Agents are taken to differ by [`TROUBLE_VARIATION`] at
    /// least.
    pub fn trouble_posterior(&self, theme: &str) -> RatePosterior {
        let mean = self.peer_rate(theme, Polarity::Negative);
        let icc = TROUBLE_VARIATION.powi(2) * mean / (1.0 - mean);
        self.posterior_with(theme, Polarity::Negative, |spread| spread.at_least(icc))
    }

    fn posterior_with(
        &self,
        theme: &str,
        polarity: Polarity,
        widen: impl FnOnce(Spread) -> Spread,
    ) -> RatePosterior {
        let key = (theme.to_owned(), polarity);
        let tally = |agent: &AgentTallies| Tally {
            successes: agent
                .themes
                .get(&key)
                .map_or(0, |n| n.rounded().min(agent.analysed)),
            n: agent.analysed,
        };
        let spread = plain_spread(self.evidence.tallies.values().map(tally));
        let spread = widen(spread.unwrap_or_else(|| Spread::known(THEME_ICC)));
        let customers = self.weighted_customers(&self.mentions(theme, polarity));
        let rates = spread.rates(self.team_rate(&key));
        rates.posterior(self.comments.counts(customers))
    }

    /// Peers' rate, moved towards the rate of the agent's team as far as teams differ and the
    /// comments about the rest of the team allow.
    fn team_rate(&self, key: &(String, Polarity)) -> f64 {
        let peer_rate = self.peer_rate(&key.0, key.1);
        let team = &self.evidence.team;
        let mut teams: BTreeMap<Id, (f64, u64)> = BTreeMap::new();
        let (mut expected, mut read) = (0.0, 0);
        for (agent, tallies) in &self.evidence.tallies {
            let found = tallies.themes.get(key).map_or(0.0, |n| n.expected);
            if let Some(of) = team.of_agents.get(agent) {
                let sum = teams.entry(*of).or_default();
                *sum = (sum.0 + found, sum.1 + tallies.analysed);
            }
            if team.members.contains(agent) && *agent != self.evidence.agent.id {
                (expected, read) = (expected + found, read + tallies.analysed);
            }
        }
        let tally = |(expected, read): (f64, u64)| Tally {
            successes: (expected.round() as u64).min(read),
            n: read,
        };
        // Teams that cannot be seen to differ are taken to be alike.
        let Some(spread) = plain_spread(teams.into_values().map(tally)) else {
            return peer_rate;
        };
        let posterior = spread.rates(peer_rate).posterior(Counts {
            successes: expected,
            failures: (read as f64 - expected).max(0.0),
        });
        posterior.mean().clamp(1e-6, 1.0 - 1e-6)
    }

    /// Expected number of customers behind these mentions who do say so, each with the weight of
    /// their record.
    pub fn weighted_customers(&self, mentions: &[&ThemeMentionRow]) -> f64 {
        let weight = |id: &Id| self.weights.get(id).copied().unwrap_or(1.0);
        by_customer(mentions)
            .iter()
            .map(|(id, p)| weight(id) * p)
            .sum()
    }

    /// Whether complaints about a theme rose among peers too, by more than chance (one-sided z
    /// 1.64).
    pub fn peers_moved(&self, theme: &str) -> bool {
        let now = self.recent_peers.complaints(theme);
        let before = self.peers_before.complaints(theme);
        if now.n.min(before.n) < MIN_COMMENTS_FOR_CHANGE {
            return false;
        }
        let rates = TwoRates {
            x1: now.successes,
            n1: now.n,
            x2: before.successes,
            n2: before.n,
        };
        let rate = |tally: Tally| tally.successes as f64 / tally.n as f64;
        rate(now) > EXCESS * rate(before) && rates.z().is_some_and(|(z, _)| z > 1.64)
    }

    /// Filters out mentions that the score or mood of their comment contradicts.
    pub fn agreeing(&self, mentions: &[&'a ThemeMentionRow]) -> Vec<&'a ThemeMentionRow> {
        let agreeing = mentions.iter().filter(|m| self.agreeing.contains(&m.id));
        agreeing.copied().collect()
    }

    /// Whether score and mood of its comment do not contradict a mention.
    pub fn agrees(&self, mention: &ThemeMentionRow) -> bool {
        self.agreeing.contains(&mention.id)
    }
}

fn agreeing(evidence: &Evidence) -> BTreeSet<Id> {
    let rows: BTreeMap<Id, &FeedbackRow> = evidence.rows.iter().map(|r| (r.id, r)).collect();
    let mut comments: BTreeMap<Id, Vec<ThemeMentionRow>> = BTreeMap::new();
    for mention in &evidence.mentions {
        let of_comment = comments.entry(mention.feedback_id).or_default();
        of_comment.push(mention.clone());
    }
    let mut found = BTreeSet::new();
    for (comment, mentions) in &comments {
        let row = rows.get(comment);
        let agreeing = |m: &&ThemeMentionRow| row.is_none_or(|row| agrees(m, row, mentions));
        found.extend(mentions.iter().filter(agreeing).map(|m| m.id));
    }
    found
}

/// Number of customers behind these mentions. The same long sentence twice is one customer: a form
/// that was sent again, or a copy.
pub(super) fn customers(mentions: &[&ThemeMentionRow]) -> usize {
    by_customer(mentions).len()
}

/// Expected number of customers behind these mentions who do say so.
pub(super) fn expected_customers(mentions: &[&ThemeMentionRow]) -> f64 {
    by_customer(mentions).values().sum()
}

/// Mean probability of the mentions of each customer's record.
fn by_customer(mentions: &[&ThemeMentionRow]) -> BTreeMap<Id, f64> {
    let (mut seen, mut sentences) = (BTreeSet::new(), BTreeSet::new());
    let mut found: BTreeMap<Id, (f64, f64)> = BTreeMap::new();
    for mention in mentions {
        let is_long = mention.clause_text.split_whitespace().count() >= COPIED_WORDS;
        let is_copy = is_long && !sentences.insert(mention.clause_text.to_lowercase());
        let is_new = seen.insert(mention.feedback_id);
        if is_new && is_copy {
            continue;
        }
        if is_new || found.contains_key(&mention.feedback_id) {
            let sum = found.entry(mention.feedback_id).or_default();
            *sum = (sum.0 + mention.probability, sum.1 + 1.0);
        }
    }
    found
        .into_iter()
        .map(|(id, (sum, n))| (id, sum / n))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: weights 1, 1 and .5 have the sum 2.5 and the sum of squares 2.25, so an effective
    /// size of 25 / 9; of the sum, 1.5 are successes.
    #[test]
    fn weighted_counts_have_the_effective_size_of_kish() {
        let all = Weighted::of([1.0, 1.0, 0.5].into_iter());
        let counts = all.counts(1.5);
        assert!((counts.successes - 0.6 * 25.0 / 9.0).abs() < 1e-12);
        assert!((counts.failures - 0.4 * 25.0 / 9.0).abs() < 1e-12);
        // Equal weights count each record once, however old.
        let equal = Weighted::of([0.3; 10].into_iter()).counts(1.2);
        assert!((equal.successes - 4.0).abs() < 1e-9 && (equal.failures - 6.0).abs() < 1e-9);
        let none = Weighted::default().counts(0.0);
        assert_eq!((none.successes, none.failures), (0.0, 0.0));
    }
}
