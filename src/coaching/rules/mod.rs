//! The rules of a plan, pure: evidence in, a plan of reasons and figures out. Version
//! [`RULES_VERSION`].
//!
//! A plan reads up to a year of feedback, in which a record counts half every
//! [`HALF_LIFE_DAYS`]. It prints counts of customers and comments; the weights only decide what it
//! offers. Rates are beta-binomial with the organisation's own variance between agents, and peers'
//! rates are those with the agent's own channels and issues, so that a small sample or a hard queue
//! does not become a focus area. Strengths come first; themes that the process owns never become a
//! focus area; themes shared with the process only if the coach confirms them.

mod alternatives;
mod balance;
mod comparison;
mod example;
mod focus_areas;
mod observed;
mod process_issues;
mod quotations;
mod rate;
mod strengths;
mod trend;

use std::{cmp::Reverse, collections::BTreeSet};

use chrono::{Days, NaiveDate};

use self::{comparison::Comparison, focus_areas::MOST_AREAS};
use super::{
    evidence::Evidence,
    gates::{HALF_LIFE_DAYS, RULES_VERSION, detectable_change, is_stale},
    plan::{Basis, CheckIn, Plan},
    reasons::{CheckInPurpose, NoFocus},
};
use crate::{
    feedback::{
        FeedbackRow,
        printing::{is_pleased_without_reason, states_reason},
        score_format::ScoreRule,
    },
    quality::results::MIN_CHECKS,
    stats::shrinkage::n_for_reliability,
    studies::validity::CLAIM_RELIABILITY,
    types::Id,
};

/// Applies the rules.
pub fn draft(evidence: &Evidence) -> Plan {
    let comparison = Comparison::new(evidence);
    let (rate, rate_note) = rate::rate(&comparison);
    let strengths = strengths::strengths(&comparison);
    let areas = focus_areas::focus_areas(&comparison, &strengths);
    let alternatives = match &areas.none {
        None | Some(NoFocus::NewInRole { .. }) => Vec::new(),
        Some(_) => {
            let offered = areas.shared.iter().chain(&areas.worth_asking);
            let praised = strengths.iter().map(|s| s.theme.as_str());
            let known: Vec<&str> = offered.map(|f| f.theme.as_str()).chain(praised).collect();
            alternatives::alternatives(&comparison, &known)
        }
    };
    let room_for_shared = MOST_AREAS - areas.credible.len();
    let mut plan = Plan {
        rules_version: RULES_VERSION,
        synthetic: evidence.synthetic,
        organisation: evidence.organisation.clone(),
        agent: evidence.agent.name.clone(),
        agent_reference: evidence.agent.reference.clone(),
        team: evidence.team.name.clone(),
        created: evidence.created.date(),
        basis: basis(&comparison),
        detectable_change: rate
            .as_ref()
            .map(|r| 100.0 * detectable_change(r.shrunk, recent_scores(evidence))),
        rate,
        rate_note: rate_note.into(),
        strengths,
        single_praise: Vec::new(),
        pleased: pleased(evidence),
        balance: balance::balance(&comparison),
        trend: trend::trend(evidence),
        not_yours: process_issues::process_issues(&comparison),
        focus: areas.credible,
        no_focus: areas.none.map(Into::into),
        for_the_coach: areas.shared.into_iter().take(room_for_shared).collect(),
        worth_asking: areas.worth_asking,
        environment: areas.environment,
        observed: Vec::new(),
        quality: Vec::new(),
        alternatives,
        example: None,
        check_ins: check_ins(evidence),
        working_days: evidence.working_days.clone(),
    };
    quotations::choose(&mut plan, &comparison);
    plan.observed = observed::observed(&plan, &evidence.observations);
    // Like observed contacts, quality checks make no strength and no focus area.
    let printed = evidence.quality.iter().filter(|r| r.checks >= MIN_CHECKS);
    plan.quality = printed.cloned().collect();
    plan.example = example::example(&plan, evidence);
    plan
}

/// Customers whose comments are pleased and say nothing of a theme, such as "Good".
fn pleased(evidence: &Evidence) -> u64 {
    let reasons = evidence.mentions.iter().filter(|m| states_reason(m));
    let explained: BTreeSet<Id> = reasons.map(|m| m.feedback_id).collect();
    let is_pleased = |row: &&FeedbackRow| {
        is_pleased_without_reason(row, explained.contains(&row.id))
            && !evidence.withheld.contains(&row.id)
    };
    evidence.rows.iter().filter(is_pleased).count() as u64
}

/// What the plan rests on.
fn basis(comparison: &Comparison<'_>) -> Basis {
    let (evidence, own) = (comparison.evidence, &comparison.own);
    let mentions = evidence.mentions.iter();
    let contradicting: BTreeSet<Id> = mentions
        .filter(|m| m.contradicts_score)
        .map(|m| m.feedback_id)
        .collect();
    let name = |theme: &String| Some(evidence.taxonomy.theme(theme)?.name.clone());
    Basis {
        period: evidence.period,
        days: (evidence.period.to.0 - evidence.period.from.0).num_days(),
        half_life_days: Some(HALF_LIFE_DAYS),
        newest: newest(evidence),
        scores: own.scores.n,
        rules: score_rules(&evidence.rows),
        analysed: own.analysed,
        not_analysed: own.not_analysed,
        no_content: own.no_content,
        contradicting: contradicting.len(),
        withheld: evidence.withheld.len(),
        organisation_icc: evidence.variance.as_ref().map(|v| v.moments.icc),
        n_for_70: evidence
            .variance
            .as_ref()
            .and_then(|v| n_for_reliability(CLAIM_RELIABILITY, v.moments.icc)),
        taxonomy_version: evidence.taxonomy.version,
        unreliable: evidence.unreliable.iter().filter_map(name).collect(),
    }
}

/// Which scores of these records count as good, most scores first.
fn score_rules(rows: &[FeedbackRow]) -> Vec<ScoreRule> {
    let mut counts: Vec<(usize, ScoreRule)> = Vec::new();
    for rule in rows.iter().filter_map(FeedbackRow::score_rule) {
        match counts.iter_mut().find(|(_, known)| *known == rule) {
            Some((count, _)) => *count += 1,
            None => counts.push((1, rule)),
        }
    }
    let order = |rule: &ScoreRule| (rule.scale, rule.good_from.to_bits());
    counts.sort_by_key(|(count, rule)| (Reverse(*count), order(rule)));
    counts.into_iter().map(|(_, rule)| rule).collect()
}

fn newest(evidence: &Evidence) -> Option<NaiveDate> {
    let days = evidence.rows.iter().map(|r| r.occurred_at.date());
    days.max()
}

/// The agent's scores in the recent period.
fn recent_scores(evidence: &Evidence) -> u64 {
    let own = evidence.recent_tallies.get(&evidence.agent.id);
    own.map_or(0, |own| own.scores.n)
}

/// Check-ins after 7, 14, 30, 60 and 90 days, on working days. None if the feedback is too old
/// to plan from.
fn check_ins(evidence: &Evidence) -> Vec<CheckIn> {
    use CheckInPurpose::{Close, Contacts, FirstTry, Lasting, Review};
    let from = evidence.created.date();
    if newest(evidence).is_some_and(|newest| is_stale(newest, from)) {
        return Vec::new();
    }
    [
        (7, FirstTry),
        (14, Contacts),
        (30, Review),
        (60, Lasting),
        (90, Close),
    ]
    .into_iter()
    .map(|(days, purpose)| CheckIn {
        date: evidence.working_days.from(from + Days::new(days)),
        purpose: purpose.into(),
    })
    .collect()
}
