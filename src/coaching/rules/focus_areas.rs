//! Focus areas: themes with credibly more complaints than peers have with the same work.
//!
//! A focus area takes at least three mentions by three customers in two weeks, at least
//! [`MIN_EXPECTED`] expected customers where mentions are weighted by their probability, and a
//! probability of at least [`CREDIBLE_TROUBLE`] that the agent's true rate is above [`EXCESS`]
//! times the peers'. They are ordered by expected benefit: excess over peers x driver weight x
//! control x recency.

use std::collections::BTreeSet;

use chrono::Datelike;

use super::comparison::{Comparison, customers, expected_customers};
use crate::{
    coaching::{
        gates::{
            CREDIBLE_TROUBLE, EXCESS, MIN_COMMENTS, MIN_EXPECTED, MIN_PEER_COMMENTS, STARTER_DAYS,
            WINDOW_DAYS, WORTH_ASKING,
        },
        plan::{FocusArea, Strength},
        reasons::NoFocus,
    },
    feedback::ThemeMentionRow,
    text::{
        mention::Polarity,
        taxonomy::{Control, Theme},
    },
};

/// Most areas that a plan offers, and most that it asks about.
pub(super) const MOST_AREAS: usize = 2;

/// Themes with more complaints than peers have, by what the plan does with them.
pub(super) struct FocusAreas {
    /// Within the agent's control.
    pub credible: Vec<FocusArea>,
    /// Shared with the process: a focus area only if the coach confirms it.
    pub shared: Vec<FocusArea>,
    /// Less certain, but worth a question.
    pub worth_asking: Vec<FocusArea>,
    /// Names of themes with more complaints about peers too.
    pub environment: Vec<String>,
    /// Why `credible` is empty.
    pub none: Option<NoFocus>,
}

/// Sorts the themes. Agents who are new in the role get none, and what customers praise
/// (`strengths`) is not asked about in the same plan.
pub(super) fn focus_areas(comparison: &Comparison<'_>, strengths: &[Strength]) -> FocusAreas {
    let (candidates, environment) = candidates(comparison);
    let candidates = if days_as_starter(comparison).is_some() {
        Vec::new()
    } else {
        candidates
    };
    let (credible, rest): (Vec<_>, Vec<_>) = candidates.into_iter().partition(is_credible);
    let (shared, mut credible): (Vec<_>, Vec<_>) = credible
        .into_iter()
        .partition(|f| f.control == Control::Mixed);
    let none = credible
        .is_empty()
        .then(|| no_focus(comparison, !shared.is_empty()));
    credible.truncate(MOST_AREAS);
    let is_strength = |f: &FocusArea| strengths.iter().any(|s| s.theme == f.theme);
    FocusAreas {
        credible,
        shared,
        worth_asking: rest
            .into_iter()
            .filter(|f| f.customers >= 2 && f.probability >= WORTH_ASKING && !is_strength(f))
            .take(MOST_AREAS)
            .collect(),
        environment,
        none,
    }
}

/// Days in the role of somebody who is new in it.
fn days_as_starter(comparison: &Comparison<'_>) -> Option<i64> {
    let days = comparison.evidence.days_in_role;
    days.filter(|days| *days < STARTER_DAYS)
}

/// Themes with complaints by expected benefit, and names of those that rose among peers too.
fn candidates(comparison: &Comparison<'_>) -> (Vec<FocusArea>, Vec<String>) {
    let (mut found, mut environment) = (Vec::new(), Vec::new());
    if !comparison.has_enough_comments() || !comparison.has_enough_peer_comments() {
        return (found, environment);
    }
    for theme in comparison.agent_themes() {
        let Some(area) = focus_area(comparison, theme) else {
            continue;
        };
        if area.probability >= WORTH_ASKING && comparison.peers_moved(&theme.id) {
            environment.push(theme.name.clone());
        } else {
            found.push(area);
        }
    }
    found.sort_by(|a, b| {
        b.benefit
            .total_cmp(&a.benefit)
            .then_with(|| a.theme.cmp(&b.theme))
    });
    (found, environment)
}

fn is_credible(area: &FocusArea) -> bool {
    area.mentions >= 3
        && area.customers >= 3
        && area.expected_customers >= MIN_EXPECTED
        && area.weeks >= 2
        && area.probability >= CREDIBLE_TROUBLE
}

fn focus_area(comparison: &Comparison<'_>, theme: &Theme) -> Option<FocusArea> {
    let mentions = comparison.mentions(&theme.id, Polarity::Negative);
    if mentions.is_empty() {
        return None;
    }
    let evidence = comparison.evidence;
    let peer_rate = comparison.peer_rate(&theme.id, Polarity::Negative);
    let posterior = comparison.trouble_posterior(&theme.id);
    let rate = posterior.mean();
    let driver_weight = evidence.drivers.weight(&theme.id);
    let benefit = (rate - peer_rate).max(0.0)
        * driver_weight
        * control_weight(theme.control)
        * recency(comparison, &mentions);
    Some(FocusArea {
        theme: theme.id.clone(),
        name: theme.name.clone(),
        said: theme.said_badly.clone(),
        control: theme.control,
        mentions: mentions.len(),
        comments: comparison.own.analysed,
        customers: customers(&mentions),
        expected_customers: expected_customers(&mentions),
        weeks: weeks(&mentions),
        probability: posterior.probability_above(EXCESS * peer_rate),
        rate,
        peer_rate,
        benefit,
        driver_weight,
        quotes: Vec::new(),
        practice: evidence.library.practice_for(&theme.id).cloned(),
    })
}

fn control_weight(control: Control) -> f64 {
    match control {
        Control::Agent => 1.0,
        Control::AgentWithTraining => 0.9,
        Control::Mixed => 0.5,
        Control::Process => 0.0,
    }
}

/// Mean weight of the mentions by their age, 1 for one at the end of the period.
fn recency(comparison: &Comparison<'_>, mentions: &[&ThemeMentionRow]) -> f64 {
    let weights = mentions
        .iter()
        .map(|m| comparison.evidence.weight(m.occurred_at));
    weights.sum::<f64>() / mentions.len() as f64
}

/// Number of calendar weeks with a mention.
fn weeks(mentions: &[&ThemeMentionRow]) -> usize {
    let week = |m: &&ThemeMentionRow| {
        let week = m.occurred_at.date().iso_week();
        (week.year(), week.week())
    };
    mentions.iter().map(week).collect::<BTreeSet<_>>().len()
}

fn no_focus(comparison: &Comparison<'_>, has_shared: bool) -> NoFocus {
    if let Some(days) = days_as_starter(comparison) {
        return NoFocus::NewInRole { days };
    }
    if !comparison.has_enough_comments() {
        return NoFocus::TooFewComments {
            comments: comparison.own.analysed,
            days: WINDOW_DAYS,
            needed: MIN_COMMENTS,
        };
    }
    if !comparison.has_enough_peer_comments() {
        return NoFocus::TooFewPeerComments {
            comments: comparison.peer_comments(),
            needed: MIN_PEER_COMMENTS,
        };
    }
    if has_shared {
        return NoFocus::OnlyShared;
    }
    NoFocus::NoDifference
}
