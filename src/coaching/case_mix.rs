//! Peers' rates with an agent's own case mix, so that nobody is judged by their queue. Pure.
//!
//! Indirect standardisation: peers' rate for each channel and issue, weighted by the agent's number
//! of such contacts. Only what the agent does not choose is adjusted for, never handle time or
//! transfers.
//!
//! Good scores are expected by the regression of [`expected_rates`], as on the overview. Themes are
//! not: most are absent from most kinds of case, where a regression has no maximum and would rest
//! on its prior alone. Their rates are shrunk towards the peers' overall rate instead.

use std::collections::BTreeMap;

use crate::{
    feedback::MentionCount,
    insight::{CaseMix, CaseTallies},
    stats::shrinkage::Tally,
    studies::agent_rates::{Case, expected_rates},
    text::mention::Polarity,
};

/// Weight of the overall rate in the theme rates of each kind of case, in comments.
const PRIOR_COMMENTS: f64 = 50.0;

/// One channel and issue: the agent's own number of contacts, and the peers' counts.
struct Kind {
    channel: String,
    issue: String,
    own: Tally,
    own_comments: f64,
    scores: Tally,
    comments: u64,
    /// Expected comments.
    themes: BTreeMap<(String, Polarity), f64>,
}

/// Peers' rates, ready for one agent's mix.
pub struct PeerRates {
    kinds: Vec<Kind>,
}

impl PeerRates {
    /// Creates it from everybody's cases, the agent's among them, and the agent's own.
    pub fn new(everybody: &CaseMix, own: &CaseMix) -> Self {
        let kind = |(key, all): (&(String, String), &CaseTallies)| {
            let own = own.get(key);
            let less = |theme: &(String, Polarity), n: &MentionCount| {
                let own = own.and_then(|o| o.themes.get(theme));
                n.without(own.copied().unwrap_or_default()).expected
            };
            let own_scores = own.map_or_else(Tally::default, |o| o.scores);
            let own_comments = own.map_or(0, |o| o.analysed);
            Kind {
                channel: key.0.clone(),
                issue: key.1.clone(),
                own: own_scores,
                own_comments: own_comments as f64,
                scores: Tally {
                    successes: all.scores.successes.saturating_sub(own_scores.successes),
                    n: all.scores.n.saturating_sub(own_scores.n),
                },
                comments: all.analysed.saturating_sub(own_comments),
                themes: all
                    .themes
                    .iter()
                    .map(|(theme, n)| (theme.clone(), less(theme, n)))
                    .collect(),
            }
        };
        Self {
            kinds: everybody.iter().map(kind).collect(),
        }
    }

    /// Peers' rate of good scores over all channels and issues, and with the agent's case mix.
    /// `None` if the agent or the peers have no scores.
    pub fn good_rate<'a>(&'a self) -> Option<(f64, f64)> {
        let case = |kind: &'a Kind| Case {
            group: 0,
            levels: vec![&kind.channel, &kind.issue],
            scores: kind.scores,
        };
        let cases: Vec<Case<'_>> = self.kinds.iter().map(case).collect();
        let own: u64 = self.kinds.iter().map(|kind| kind.own.n).sum();
        let peers: Tally = cases.iter().map(|case| case.scores).sum();
        if own == 0 || peers.n == 0 {
            return None;
        }
        let overall = peers.successes as f64 / peers.n as f64;
        let with = match expected_rates(&cases) {
            Ok(expected) => {
                let kinds = self.kinds.iter().zip(expected.of_case);
                let sum: f64 = kinds.map(|(kind, rate)| kind.own.n as f64 * rate).sum();
                sum / own as f64
            }
            // One kind of case, or no difference between scores.
            Err(_) => overall,
        };
        Some((overall, with.clamp(1e-6, 1.0 - 1e-6)))
    }

    /// Share of peers' comments that mention `theme` with `polarity`, with the agent's case mix.
    /// Half a comment is added, so that it is never 0.
    pub fn theme_rate(&self, theme: &str, polarity: Polarity) -> f64 {
        let key = (theme.to_owned(), polarity);
        let mentions = |k: &Kind| k.themes.get(&key).copied().unwrap_or(0.0);
        let comments: f64 = self.kinds.iter().map(|k| k.comments as f64).sum();
        let overall = (self.kinds.iter().map(mentions).sum::<f64>() + 0.5) / (comments + 1.0);
        let (mut sum, mut own) = (0.0, 0.0);
        for kind in &self.kinds {
            let n = kind.comments as f64;
            let rate = (mentions(kind) + PRIOR_COMMENTS * overall) / (n + PRIOR_COMMENTS);
            sum += kind.own_comments * rate;
            own += kind.own_comments;
        }
        let rate = if own > 0.0 { sum / own } else { overall };
        rate.clamp(1e-6, 1.0 - 1e-6)
    }

    /// Good scores by issue over all channels, the agent's and the peers'. Scores without an issue
    /// are left out.
    pub fn issues(&self) -> BTreeMap<&str, (Tally, Tally)> {
        let mut issues: BTreeMap<&str, (Tally, Tally)> = BTreeMap::new();
        for kind in self.kinds.iter().filter(|k| !k.issue.is_empty()) {
            let (own, peers) = issues.entry(&kind.issue).or_default();
            for (sum, more) in [(own, kind.own), (peers, kind.scores)] {
                sum.n += more.n;
                sum.successes += more.successes;
            }
        }
        issues
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(good: u64, n: u64, comments: u64, pace: u64) -> CaseTallies {
        CaseTallies {
            scores: Tally { successes: good, n },
            analysed: comments,
            themes: [(
                ("pace".to_owned(), Polarity::Negative),
                MentionCount::new(pace, pace, pace as f64),
            )]
            .into(),
        }
    }

    fn kind(channel: &str) -> (String, String) {
        (channel.to_owned(), "refund".to_owned())
    }

    /// An agent of the queue with more complaints is expected to have its rate; with one kind of
    /// case, the expected rate is that of the peers.
    #[test]
    fn a_bad_queue_is_expected_to_be_bad() {
        let everybody: CaseMix = [
            (kind("chat"), counts(9_000, 10_000, 5_000, 50)),
            (kind("phone"), counts(5_000, 10_000, 5_000, 500)),
        ]
        .into();
        let own: CaseMix = [(kind("phone"), counts(50, 100, 40, 4))].into();
        let expected = PeerRates::new(&everybody, &own);
        let (overall, with) = expected.good_rate().expect("scores");
        assert!(
            (overall - 0.7).abs() < 0.002 && (with - 0.5).abs() < 0.002,
            "{overall} {with}"
        );
        assert!((expected.theme_rate("pace", Polarity::Negative) - 0.1).abs() < 0.002);
        assert!(expected.theme_rate("warmth", Polarity::Negative) < 1e-3);
        let one: CaseMix = [(kind("chat"), counts(80, 100, 50, 5))].into();
        let alone = PeerRates::new(&one, &[(kind("chat"), counts(10, 20, 10, 1))].into());
        let (overall, with) = alone.good_rate().expect("scores");
        assert!((overall - 70.0 / 80.0).abs() < 1e-12 && (with - overall).abs() < 1e-12);
        assert_eq!(PeerRates::new(&CaseMix::new(), &own).good_rate(), None);
    }
}
