//! The watch list: what is new in what customers write these two weeks, with the comments.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Duration, NaiveDate};
use serde::Serialize;

use super::{Period, Result, store};
use crate::{
    db::DbConnection,
    text::emerging::{Comment, Term, Window, emerging},
    types::{Id, Instant},
};

/// Days of a window, and of the time before both windows that they are set against.
pub const WINDOW_DAYS: i64 = 14;
pub const BASELINE_DAYS: i64 = 90;
/// Most comments read.
const MOST_COMMENTS: i64 = 100_000;

/// A new term and what customers wrote.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Watched {
    #[serde(flatten)]
    pub term: Term,
    pub comments_to_read: Vec<(NaiveDate, String)>,
}

/// The watch list of the last two weeks with feedback.
///
/// # Errors
/// Database errors.
pub fn watch(c: &mut DbConnection, organisation: Id, now: Instant) -> Result<Vec<Watched>> {
    let days = 2 * WINDOW_DAYS + BASELINE_DAYS;
    let period = Period::latest(c, organisation, days, now)?;
    let this = period.to.plus(Duration::days(-WINDOW_DAYS));
    let last = this.plus(Duration::days(-WINDOW_DAYS));
    let rows = store::comments(c, organisation, period.from, period.to, MOST_COMMENTS)?;
    let (agents, teams) = (
        super::roster::store::agents(c, organisation)?,
        super::roster::store::teams(c, organisation)?,
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
        .map(|term| Watched {
            comments_to_read: term
                .shown
                .iter()
                .map(|place| (rows[*place].1.date(), rows[*place].2.clone()))
                .collect(),
            term,
        })
        .collect())
}
