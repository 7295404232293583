//! Alternatives where comments show no focus area: an issue with worse scores than peers have, and
//! the team's theme.

use super::comparison::Comparison;
use crate::{
    coaching::{
        gates::{CREDIBLE, EXCESS, MIN_ISSUE_SCORES, MIN_PEER_COMMENTS},
        plan::{Alternative, AlternativeKind},
        reasons::AlternativeEvidence,
        team_theme::team_theme,
    },
    stats::shrinkage::{BetaPrior, Tally},
};

/// Variance of the share of good scores between agents, as a share of the total: median of contact
/// centres (ICC .046 over 1,368 agents).
const ISSUE_ICC: f64 = 0.046;
/// Theme whose practice helps with an issue.
const KNOWLEDGE: &str = "knowledge";

/// Alternatives in the order in which they are offered. A team theme that the plan names otherwise
/// (`known`) is left out.
pub(super) fn alternatives(comparison: &Comparison<'_>, known: &[&str]) -> Vec<Alternative> {
    let team = team_alternative(comparison).filter(|a| !known.contains(&a.key.as_str()));
    issue_alternative(comparison)
        .into_iter()
        .chain(team)
        .collect()
}

/// The issue on which the agent most credibly has more than [`EXCESS`] times the peers' share of
/// scores that are not good.
fn issue_alternative(comparison: &Comparison<'_>) -> Option<Alternative> {
    let evidence = comparison.evidence;
    let issues = evidence.peer_rates.issues().into_iter();
    let judged = issues.filter_map(|(issue, (own, peers))| {
        let (not_good, probability) = judge_issue(own, peers)?;
        Some((issue, own, not_good, probability))
    });
    let worst = judged.max_by(|a, b| a.3.total_cmp(&b.3).then_with(|| b.0.cmp(a.0)));
    let (issue, own, peers, probability) = worst?;
    let theme = evidence.taxonomy.theme(KNOWLEDGE);
    Some(Alternative {
        key: format!("issue:{issue}"),
        kind: AlternativeKind::Knowledge,
        name: issue.to_owned(),
        evidence: AlternativeEvidence::IssueScores {
            issue: issue.to_owned(),
            not_good: own.n - own.successes,
            scores: own.n,
            peers,
            probability,
        }
        .into(),
        practice: theme
            .and_then(|t| evidence.library.practice_for(&t.id))
            .cloned(),
    })
}

/// Peers' share of scores that are not good, and the probability that the agent's is credibly
/// higher.
fn judge_issue(own: Tally, peers: Tally) -> Option<(f64, f64)> {
    if own.n < MIN_ISSUE_SCORES || peers.n < MIN_PEER_COMMENTS {
        return None;
    }
    let not_good = 1.0 - peers.successes as f64 / peers.n as f64;
    let own_not_good = Tally {
        successes: own.n - own.successes,
        n: own.n,
    };
    let mean = not_good.clamp(0.01, 0.79);
    let probability = BetaPrior::from_icc(mean, ISSUE_ICC)
        .posterior(own_not_good)
        .probability_above((EXCESS * mean).min(0.99));
    (probability >= CREDIBLE).then_some((not_good, probability))
}

fn team_alternative(comparison: &Comparison<'_>) -> Option<Alternative> {
    let evidence = comparison.evidence;
    let found = team_theme(
        &evidence.tallies,
        &evidence.team.members,
        &evidence.taxonomy,
        &evidence.drivers,
        &evidence.barred,
    )?;
    let theme = evidence.taxonomy.theme(&found.theme)?;
    Some(Alternative {
        key: theme.id.clone(),
        kind: AlternativeKind::Team,
        name: theme.name.clone(),
        evidence: AlternativeEvidence::TeamComments {
            comments: found.comments,
            agents: found.agents,
            said: theme.said_badly.clone(),
            rate: found.rate,
            elsewhere: found.elsewhere,
        }
        .into(),
        practice: evidence.library.practice_for(&theme.id).cloned(),
    })
}
