//! Emerging terms: words that became more frequent in the last two weeks, with comments to read.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Duration, NaiveDate};
use serde::Serialize;
use utoipa::ToSchema;

use super::error::Result;
use crate::{
    db::DbConnection,
    feedback,
    text::emerging::{Comment, Term, Window, emerging},
    types::{Id, Instant},
    workforce,
};

/// Days of a window, and of the baseline before both windows.
pub const WINDOW_DAYS: i64 = 14;
pub const BASELINE_DAYS: i64 = 90;
/// Most comments read.
const MOST_COMMENTS: i64 = 100_000;

/// An emerging term with comments that use it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct EmergingTerm {
    #[serde(flatten)]
    pub term: Term,
    /// Day and text of some of the comments.
    pub comments_to_read: Vec<(NaiveDate, String)>,
}

/// Emerging terms of the last two weeks with feedback.
pub fn emerging_terms(
    c: &mut DbConnection,
    organisation: Id,
    now: Instant,
) -> Result<Vec<EmergingTerm>> {
    let days = 2 * WINDOW_DAYS + BASELINE_DAYS;
    let period = feedback::latest_period(c, organisation, days, now)?;
    let this = period.to.plus(Duration::days(-WINDOW_DAYS));
    let last = this.plus(Duration::days(-WINDOW_DAYS));
    let rows = feedback::comments(c, organisation, period, MOST_COMMENTS)?;
    let (agents, teams) = (
        workforce::agents(c, organisation)?,
        workforce::teams(c, organisation)?,
    );
    let names: BTreeSet<String> = agents
        .iter()
        .map(|a| a.name.as_str())
        .chain(teams.iter().map(|t| t.name.as_str()))
        .flat_map(|name| name.split(|c: char| !c.is_alphanumeric()))
        .map(str::to_lowercase)
        .collect();
    let places: BTreeMap<Id, usize> = agents.iter().enumerate().map(|(i, a)| (a.id, i)).collect();
    let comments: Vec<Comment<'_>> = rows
        .iter()
        .map(|(agent, at, text)| Comment {
            text,
            agent: places.get(agent).copied().unwrap_or(usize::MAX),
            window: if *at > this {
                Window::This
            } else if *at > last {
                Window::Last
            } else {
                Window::Baseline
            },
        })
        .collect();
    Ok(emerging(&comments, &names)
        .into_iter()
        .map(|term| EmergingTerm {
            comments_to_read: term
                .shown
                .iter()
                .map(|place| (rows[*place].1.date(), rows[*place].2.clone()))
                .collect(),
            term,
        })
        .collect())
}
