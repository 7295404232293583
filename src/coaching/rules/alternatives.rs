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
    insight::agent_variance::AgentVariance,
    stats::{group_posterior::Spread, shrinkage::Tally},
};

/// Variance of the share of good scores between agents, as a share of the total, where the
/// organisation's own is unknown: that of 1,368 agents of contact centres.
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
        let (not_good, probability) = judge_issue(own, peers, evidence.variance.as_ref())?;
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
/// higher. Agents are taken to differ on one issue as much as over all of them.
fn judge_issue(own: Tally, peers: Tally, variance: Option<&AgentVariance>) -> Option<(f64, f64)> {
    if own.n < MIN_ISSUE_SCORES || peers.n < MIN_PEER_COMMENTS {
        return None;
    }
    let not_good = 1.0 - peers.successes as f64 / peers.n as f64;
    let mean = not_good.clamp(0.01, 0.79);
    let rates = variance.map_or_else(
        || Spread::known(ISSUE_ICC).rates(1.0 - mean),
        |variance| variance.rates(1.0 - mean),
    );
    let probability = rates
        .posterior(own.into())
        .probability_below(1.0 - (EXCESS * mean).min(0.99));
    (probability >= CREDIBLE).then_some((not_good, probability))
}

fn team_alternative(comparison: &Comparison<'_>) -> Option<Alternative> {
    let evidence = comparison.evidence;
    let found = team_theme(
        &evidence.tallies,
        &evidence.team.of_agents,
        &evidence.team.members,
        &evidence.taxonomy,
        &evidence.drivers,
        &evidence.unreliable,
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
