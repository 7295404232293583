//! Aggregates of feedback records and theme mentions, counted by the database.

use diesel::{
    dsl::{count, count_star, sum},
    prelude::*,
};

use super::{mentions::mentions_of_period, records::of_period};
use crate::{
    db::{
        DbConnection, DbResult,
        schema::{feedback, theme_mentions},
    },
    feedback::{mention_count::MentionCount, period::Period},
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

/// Scale and lowest good value of the scores of a period, with their number, most scores first.
pub fn score_counts(
    c: &mut DbConnection,
    organisation: Id,
    period: Period,
) -> DbResult<Vec<(String, f64, i64)>> {
    Ok(feedback::table
        .filter(of_period(organisation, period))
        .filter(feedback::scale.is_not_null())
        .filter(feedback::good_from.is_not_null())
        .group_by((feedback::scale, feedback::good_from))
        .select((
            feedback::scale.assume_not_null(),
            feedback::good_from.assume_not_null(),
            diesel::dsl::count_star(),
        ))
        .order((
            diesel::dsl::count_star().desc(),
            feedback::scale,
            feedback::good_from,
        ))
        .load(c)?)
}

/// Comments, mentions, and the sum of the mentions' probabilities.
type Counted = (i64, i64, Option<f64>);

fn mention_count((comments, mentions, probabilities): Counted) -> MentionCount {
    let (comments, mentions) = (comments.unsigned_abs(), mentions.unsigned_abs());
    MentionCount::new(comments, mentions, probabilities.unwrap_or_default())
}

/// Comments by agent, theme and polarity in a period, without those that contradict their score.
pub fn mention_tallies(
    c: &mut DbConnection,
    organisation: Id,
    period: Period,
) -> DbResult<Vec<(Id, String, Polarity, MentionCount)>> {
    let by = (
        theme_mentions::agent_id,
        theme_mentions::theme,
        theme_mentions::polarity,
    );
    let counted = (
        count(theme_mentions::feedback_id).aggregate_distinct(),
        count_star(),
        sum(theme_mentions::probability),
    );
    let rows: Vec<((Id, String, Polarity), Counted)> = theme_mentions::table
        .filter(mentions_of_period(organisation, period))
        .filter(theme_mentions::contradicts_score.eq(false))
        .group_by(by)
        .order(by)
        .select((by, counted))
        .load(c)?;
    let row =
        |((agent, theme, polarity), counted)| (agent, theme, polarity, mention_count(counted));
    Ok(rows.into_iter().map(row).collect())
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
pub type AgentMentionsRow = (Id, String, String, String, Polarity, MentionCount);

/// Comments by agent, theme, polarity and case (channel, issue), without those that
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
    let counted = (
        count(theme_mentions::feedback_id).aggregate_distinct(),
        count_star(),
        sum(theme_mentions::probability),
    );
    type By = (Id, String, String, String, Polarity);
    let rows: Vec<(By, Counted)> = theme_mentions::table
        .inner_join(feedback::table.on(same))
        .filter(mentions_of_period(organisation, period))
        .filter(theme_mentions::contradicts_score.eq(false))
        .group_by(by)
        .order(by)
        .select((by, counted))
        .load(c)?;
    let row = |((agent, channel, issue, theme, polarity), counted)| {
        let count = mention_count(counted);
        (agent, channel, issue, theme, polarity, count)
    };
    Ok(rows.into_iter().map(row).collect())
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
