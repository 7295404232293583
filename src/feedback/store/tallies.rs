//! Aggregates of feedback records and theme mentions, counted by the database.

use diesel::{dsl::count, prelude::*};

use super::{mentions::mentions_of_period, records::of_period};
use crate::{
    db::{
        DbConnection, DbResult,
        schema::{feedback, theme_mentions},
    },
    feedback::period::Period,
    text::mention::{CommentState, Polarity},
    types::{Id, Instant},
};

/// Agent, team, whether the score is good, what could be made of the comment, and how many.
pub type AgentTallyRow = (Id, Option<Id>, Option<bool>, CommentState, i64);

/// Feedback of every agent in a period (from, to], counted.
pub fn agent_tallies(
    c: &mut DbConnection,
    organisation: Id,
    period: Period,
) -> DbResult<Vec<AgentTallyRow>> {
    Ok(feedback::table
        .filter(of_period(organisation, period))
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
pub fn dated_scores(
    c: &mut DbConnection,
    organisation: Id,
    period: Period,
) -> DbResult<Vec<(Id, Instant, bool)>> {
    Ok(feedback::table
        .filter(of_period(organisation, period))
        .filter(feedback::good.is_not_null())
        .select((
            feedback::agent_id,
            feedback::occurred_at,
            feedback::good.assume_not_null(),
        ))
        .load(c)?)
}

/// Number of comments by agent, theme and polarity in a period, without those that contradict their
/// score.
pub fn mention_tallies(
    c: &mut DbConnection,
    organisation: Id,
    period: Period,
) -> DbResult<Vec<(Id, String, Polarity, i64)>> {
    Ok(theme_mentions::table
        .filter(mentions_of_period(organisation, period))
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
pub type CaseTallyRow = (String, String, Option<bool>, CommentState, i64);

/// Feedback of everybody in a period by kind of case.
pub fn case_tallies(
    c: &mut DbConnection,
    organisation: Id,
    period: Period,
) -> DbResult<Vec<CaseTallyRow>> {
    let by = (
        feedback::channel,
        feedback::issue,
        feedback::good,
        feedback::comment_state,
    );
    Ok(feedback::table
        .filter(of_period(organisation, period))
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
pub type AgentMentionsRow = (Id, String, String, String, Polarity, i64);

/// Number of comments by agent, theme, polarity and case (channel, issue), without those that
/// contradict their score.
pub fn agent_mention_tallies(
    c: &mut DbConnection,
    organisation: Id,
    period: Period,
) -> DbResult<Vec<AgentMentionsRow>> {
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
        .filter(mentions_of_period(organisation, period))
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
pub type TeamCaseRow = (Option<Id>, String, String, bool, i64);

/// Scores by team and kind of case in a period.
pub fn team_case_tallies(
    c: &mut DbConnection,
    organisation: Id,
    period: Period,
) -> DbResult<Vec<TeamCaseRow>> {
    let by = (
        feedback::team_id,
        feedback::channel,
        feedback::issue,
        feedback::good.assume_not_null(),
    );
    Ok(feedback::table
        .filter(of_period(organisation, period))
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
/// Agent, channel, issue, whether the score is good, and how many.
pub type AgentCaseTallyRow = (Id, String, String, bool, i64);

/// Scores of a period by agent and kind of case.
pub fn agent_case_tallies(
    c: &mut DbConnection,
    organisation: Id,
    period: Period,
) -> DbResult<Vec<AgentCaseTallyRow>> {
    let by = (
        feedback::agent_id,
        feedback::channel,
        feedback::issue,
        feedback::good,
    );
    Ok(feedback::table
        .filter(of_period(organisation, period))
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
