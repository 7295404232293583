//! An agent's theme mentions against those of peers.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    coaching::{
        evidence::Evidence,
        gates::{COPIED_WORDS, EXCESS, MIN_COMMENTS, MIN_PEER_COMMENTS, THEME_ICC},
    },
    feedback::{FeedbackRow, MentionCount, ThemeMentionRow, printing::agrees},
    insight::{AgentTallies, MentionCounts},
    stats::{
        contingency::TwoRates,
        group_posterior::{Counts, RatePosterior, Spread},
        shrinkage::Tally,
    },
    studies::agent_rates::plain_spread,
    text::{
        mention::Polarity,
        taxonomy::{Control, Theme},
    },
    types::Id,
};

/// Fewest comments of peers in each of two periods that a change between them is tested with.
const MIN_COMMENTS_FOR_CHANGE: u64 = 50;

/// What the comments about an agent say, and what they are compared with.
pub(super) struct Comparison<'a> {
    pub evidence: &'a Evidence,
    /// The agent's own tallies.
    pub own: AgentTallies,
    /// Mentions that count: neither withheld nor contradicted by their score.
    mentions: Vec<&'a ThemeMentionRow>,
    /// Mentions that score and mood of their comments do not contradict.
    agreeing: BTreeSet<Id>,
    peers: Pool,
    peers_before: Pool,
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
        Self {
            evidence,
            own: own.cloned().unwrap_or_default(),
            mentions: evidence.mentions.iter().filter(counts).collect(),
            agreeing: agreeing(evidence),
            peers: Pool::of_peers(&evidence.tallies, evidence.agent.id),
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
        themes.filter(|t| t.control != Control::Process && !evidence.barred.contains(&t.id))
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

    /// Posterior of the agent's share of comments that mention the theme, each mention counted with
    /// its probability. The prior has the peers' rate as its mean; how much agents differ is
    /// integrated out, given all agents' mentions of the theme.
    pub fn posterior(&self, theme: &str, polarity: Polarity) -> RatePosterior {
        let key = (theme.to_owned(), polarity);
        let tally = |agent: &AgentTallies| Tally {
            successes: agent
                .themes
                .get(&key)
                .map_or(0, |n| n.rounded().min(agent.analysed)),
            n: agent.analysed,
        };
        let spread = plain_spread(self.evidence.tallies.values().map(tally));
        let spread = spread.unwrap_or_else(|| Spread::known(THEME_ICC));
        let n = self.own.analysed as f64;
        let customers = expected_customers(&self.mentions(theme, polarity)).min(n);
        let rates = spread.rates(self.peer_rate(theme, polarity));
        rates.posterior(Counts {
            successes: customers,
            failures: n - customers,
        })
    }

    /// Whether complaints about a theme rose among peers too, by more than chance (one-sided z
    /// 1.64).
    pub fn peers_moved(&self, theme: &str) -> bool {
        let now = self.peers.complaints(theme);
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

    /// Those of these mentions that score and mood of their comments do not contradict.
    pub fn agreeing(&self, mentions: &[&'a ThemeMentionRow]) -> Vec<&'a ThemeMentionRow> {
        let agreeing = mentions.iter().filter(|m| self.agreeing.contains(&m.id));
        agreeing.copied().collect()
    }

    /// Whether a mention is among those.
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
    let (mut comments, mut sentences) = (BTreeSet::new(), BTreeSet::new());
    let mut customers = BTreeSet::new();
    for mention in mentions {
        let new_comment = comments.insert(mention.feedback_id);
        let long = mention.clause_text.split_whitespace().count() >= COPIED_WORDS;
        let new_sentence = !long || sentences.insert(mention.clause_text.to_lowercase());
        if new_comment && new_sentence {
            customers.insert(mention.feedback_id);
        }
    }
    customers.len()
}

/// Expected number of customers behind these mentions who do say so.
pub(super) fn expected_customers(mentions: &[&ThemeMentionRow]) -> f64 {
    let probabilities: Vec<f64> = mentions.iter().map(|m| m.probability).collect();
    MentionCount::of(customers(mentions) as u64, &probabilities).expected
}
