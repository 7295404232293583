//! Feedback and themes counted by the database.

use diesel::{dsl::count, prelude::*};

use super::super::store::{of_period, themes_of_period};
use crate::{
    db::{
        DbConnection, DbResult,
        schema::{feedback, theme_mentions},
    },
    types::{Id, Instant},
};

/// Agent, team, whether the score is good, what could be made of the comment, and how many.
pub type Counted = (Id, Option<Id>, Option<bool>, String, i64);

/// Feedback of every agent in a period (from, to], counted.
pub fn tallies(
    c: &mut DbConnection,
    organisation: Id,
    from: Instant,
    to: Instant,
) -> DbResult<Vec<Counted>> {
    Ok(feedback::table
        .filter(of_period(organisation, from, to))
        .group_by((
            feedback::agent_id,
            feedback::team_id,
            feedback::good,
            feedback::comment_state,
        ))
        .select((
            feedback::agent_id,
            feedback::team_id,
            feedback::good,
            feedback::comment_state,
            diesel::dsl::count_star(),
        ))
        .load(c)?)
}

/// Agent, moment and whether the score is good, in a period.
pub fn scores(
    c: &mut DbConnection,
    organisation: Id,
    from: Instant,
    to: Instant,
) -> DbResult<Vec<(Id, Instant, bool)>> {
    Ok(feedback::table
        .filter(of_period(organisation, from, to))
        .filter(feedback::good.is_not_null())
        .select((
            feedback::agent_id,
            feedback::occurred_at,
            feedback::good.assume_not_null(),
        ))
        .load(c)?)
}

/// Comments that mention each theme at each polarity, by agent, in a period; those that contradict their score left out.
pub fn theme_tallies(
    c: &mut DbConnection,
    organisation: Id,
    from: Instant,
    to: Instant,
) -> DbResult<Vec<(Id, String, String, i64)>> {
    Ok(theme_mentions::table
        .filter(themes_of_period(organisation, from, to))
        .filter(theme_mentions::contradicts_score.eq(false))
        .group_by((
            theme_mentions::agent_id,
            theme_mentions::theme,
            theme_mentions::polarity,
        ))
        .select((
            theme_mentions::agent_id,
            theme_mentions::theme,
            theme_mentions::polarity,
            count(theme_mentions::feedback_id).aggregate_distinct(),
        ))
        .load(c)?)
}

diesel::allow_columns_to_appear_in_same_group_by_clause!(
    feedback::channel,
    feedback::issue,
    theme_mentions::agent_id,
    theme_mentions::theme,
    theme_mentions::polarity,
);

/// Channel, issue, whether the score is good, what could be made of the comment, and how many.
pub type CaseTally = (String, String, Option<bool>, String, i64);

/// Feedback of everybody in a period by kind of case.
pub fn case_tallies(
    c: &mut DbConnection,
    organisation: Id,
    from: Instant,
    to: Instant,
) -> DbResult<Vec<CaseTally>> {
    let by = (
        feedback::channel,
        feedback::issue,
        feedback::good,
        feedback::comment_state,
    );
    Ok(feedback::table
        .filter(of_period(organisation, from, to))
        .group_by(by)
        .select((
            feedback::channel,
            feedback::issue,
            feedback::good,
            feedback::comment_state,
            diesel::dsl::count_star(),
        ))
        .load(c)?)
}

/// Agent, channel, issue, theme, polarity, and how many comments.
pub type AgentThemes = (Id, String, String, String, String, i64);

/// Comments of every agent that mention each theme at each polarity, by kind of case (channel, issue); those that contradict their
/// score left out.
pub fn agent_themes(
    c: &mut DbConnection,
    organisation: Id,
    from: Instant,
    to: Instant,
) -> DbResult<Vec<AgentThemes>> {
    let same = feedback::organisation_id
        .eq(theme_mentions::organisation_id)
        .and(feedback::id.eq(theme_mentions::feedback_id));
    let by = (
        theme_mentions::agent_id,
        feedback::channel,
        feedback::issue,
        theme_mentions::theme,
        theme_mentions::polarity,
    );
    Ok(theme_mentions::table
        .inner_join(feedback::table.on(same))
        .filter(themes_of_period(organisation, from, to))
        .filter(theme_mentions::contradicts_score.eq(false))
        .group_by(by)
        .select((
            by.0,
            by.1,
            by.2,
            by.3,
            by.4,
            count(theme_mentions::feedback_id).aggregate_distinct(),
        ))
        .load(c)?)
}

/// Team, channel, issue, whether the score is good, and how many.
pub type TeamCase = (Option<Id>, String, String, bool, i64);

/// Scores by team and kind of case in a period.
pub fn team_cases(
    c: &mut DbConnection,
    organisation: Id,
    from: Instant,
    to: Instant,
) -> DbResult<Vec<TeamCase>> {
    let by = (
        feedback::team_id,
        feedback::channel,
        feedback::issue,
        feedback::good.assume_not_null(),
    );
    Ok(feedback::table
        .filter(of_period(organisation, from, to))
        .filter(feedback::good.is_not_null())
        .group_by((
            feedback::team_id,
            feedback::channel,
            feedback::issue,
            feedback::good,
        ))
        .select((by.0, by.1, by.2, by.3, diesel::dsl::count_star()))
        .load(c)?)
}
