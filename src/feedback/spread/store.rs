//! Scores by agent and kind of case.

use diesel::prelude::*;

use crate::{
    db::{DbConnection, DbResult, schema::feedback},
    feedback::store::of_period,
    types::{Id, Instant},
};

/// Agent, channel, issue, whether the score is good, and how many.
pub type AgentCaseTally = (Id, String, String, bool, i64);

/// Scores of a period by agent and kind of case.
pub fn agent_case_tallies(
    c: &mut DbConnection,
    organisation: Id,
    from: Instant,
    to: Instant,
) -> DbResult<Vec<AgentCaseTally>> {
    let by = (
        feedback::agent_id,
        feedback::channel,
        feedback::issue,
        feedback::good,
    );
    Ok(feedback::table
        .filter(of_period(organisation, from, to))
        .filter(feedback::good.is_not_null())
        .group_by(by)
        .select((
            feedback::agent_id,
            feedback::channel,
            feedback::issue,
            feedback::good.assume_not_null(),
            diesel::dsl::count_star(),
        ))
        .load(c)?)
}
