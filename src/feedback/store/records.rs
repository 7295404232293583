//! The table of feedback records.

use diesel::{
    expression::AsExpression,
    internal::derives::as_expression::Bound,
    prelude::*,
    sql_types::{Nullable, Text},
};
use serde::{Deserialize, Serialize};

use super::mentions::{ThemeMentionRow, delete_mentions, insert_mentions};
use crate::{
    db::{
        DbConnection, DbError, DbResult,
        bulk::in_chunks,
        schema::{feedback, theme_mentions},
        values::Name,
    },
    feedback::{period::Period, score_format::ScoreRule},
    on_backend,
    text::mention::{CommentState, Polarity},
    types::{Id, Instant},
};

/// The stable name of a mood, as it is written.
pub struct MoodName(Option<Name>);

impl From<Option<Polarity>> for MoodName {
    fn from(mood: Option<Polarity>) -> Self {
        Self(mood.map(Polarity::as_str))
    }
}

impl AsExpression<Nullable<Text>> for MoodName {
    type Expression = Bound<Nullable<Text>, Option<Name>>;

    fn as_expression(self) -> Self::Expression {
        Bound::new(self.0)
    }
}

#[derive(
    Clone, Debug, PartialEq, Queryable, Selectable, Insertable, AsChangeset, Serialize, Deserialize,
)]
#[diesel(table_name = feedback)]
#[diesel(treat_none_as_default_value = false)]
#[diesel(treat_none_as_null = true)]
pub struct FeedbackRow {
    pub organisation_id: Id,
    pub id: Id,
    pub import_id: Id,
    pub external_id: String,
    pub agent_id: Id,
    pub team_id: Option<Id>,
    pub occurred_at: Instant,
    pub channel: String,
    pub issue: String,
    pub scale: Option<String>,
    pub score: Option<f64>,
    pub good: Option<bool>,
    pub comment: Option<String>,
    #[diesel(serialize_as = Name)]
    pub comment_state: CommentState,
    pub wording: Option<String>,
    /// Mood of the comment, positive or negative, where it is clear, and its probability.
    #[serde(default)]
    #[diesel(serialize_as = MoodName)]
    pub mood: Option<Polarity>,
    #[serde(default)]
    pub mood_probability: Option<f64>,
    /// Lowest value that counted as good when the record was stored.
    #[serde(default)]
    pub good_from: Option<f64>,
    /// When the delivery was sent that said this last; other imports leave it as it is.
    #[serde(default)]
    pub sent_at: Option<Instant>,
}

impl FeedbackRow {
    /// Which scores counted as good when the record was stored. `None` without a score.
    pub fn score_rule(&self) -> Option<ScoreRule> {
        ScoreRule::of(self.scale.as_deref(), self.good_from)
    }
}

/// Which of these external ids are stored already.
pub fn known_external_ids(
    c: &mut DbConnection,
    organisation: Id,
    ids: &[String],
) -> DbResult<Vec<String>> {
    Ok(feedback::table
        .filter(
            feedback::organisation_id
                .eq(organisation)
                .and(feedback::external_id.eq_any(ids)),
        )
        .select(feedback::external_id)
        .load(c)?)
}

/// Stored rows with these external ids.
pub fn feedback_by_external_ids(
    c: &mut DbConnection,
    organisation: Id,
    ids: &[String],
) -> DbResult<Vec<FeedbackRow>> {
    Ok(feedback::table
        .filter(
            feedback::organisation_id
                .eq(organisation)
                .and(feedback::external_id.eq_any(ids)),
        )
        .select(FeedbackRow::as_select())
        .load(c)?)
}

/// One record.
pub fn find_feedback(
    c: &mut DbConnection,
    organisation: Id,
    id: Id,
) -> DbResult<Option<FeedbackRow>> {
    Ok(feedback::table
        .find((organisation, id))
        .select(FeedbackRow::as_select())
        .first(c)
        .optional()?)
}

/// Writes a record anew, with the themes that go with it, unless it is no longer of the import
/// `of`: then somebody else changed or deleted it meanwhile.
///
/// # Errors
/// [`DbError::Busy`] in that case; the transaction can be tried again.
pub fn replace_feedback(
    c: &mut DbConnection,
    of: Id,
    row: &FeedbackRow,
    mentions: Vec<ThemeMentionRow>,
) -> DbResult<()> {
    let present = feedback::table
        .find((row.organisation_id, row.id))
        .filter(feedback::import_id.eq(of));
    if diesel::update(present).set(row.clone()).execute(c)? == 0 {
        return Err(DbError::Busy);
    }
    delete_mentions(c, row.organisation_id, &[row.id])?;
    insert_mentions(c, mentions)
}

/// Records that a delivery sent at `sent_at` says what these records say.
pub fn set_sent_at(
    c: &mut DbConnection,
    organisation: Id,
    ids: &[Id],
    sent_at: Instant,
) -> DbResult<()> {
    let rows = feedback::table
        .filter(feedback::organisation_id.eq(organisation))
        .filter(feedback::id.eq_any(ids));
    diesel::update(rows)
        .set(feedback::sent_at.eq(Some(sent_at)))
        .execute(c)?;
    Ok(())
}

/// Stores the mentions and the mood of a record's comment unless the record has changed meanwhile;
/// returns whether it did. The conditional update is also the lock.
pub fn set_mentions(
    c: &mut DbConnection,
    row: &FeedbackRow,
    mentions: Vec<ThemeMentionRow>,
) -> DbResult<bool> {
    let same = feedback::table
        .find((row.organisation_id, row.id))
        .filter(feedback::import_id.eq(row.import_id))
        .filter(feedback::agent_id.eq(row.agent_id))
        .filter(feedback::occurred_at.eq(row.occurred_at))
        .filter(feedback::comment.eq(&row.comment));
    let set = (
        feedback::comment_state.eq(row.comment_state.as_str()),
        feedback::mood.eq(row.mood.map(Polarity::as_str)),
        feedback::mood_probability.eq(row.mood_probability),
    );
    let written = match row.good {
        Some(good) => diesel::update(same.filter(feedback::good.eq(good)))
            .set(set)
            .execute(c)?,
        None => diesel::update(same.filter(feedback::good.is_null()))
            .set(set)
            .execute(c)?,
    };
    if written == 0 {
        return Ok(false);
    }
    delete_mentions(c, row.organisation_id, &[row.id])?;
    insert_mentions(c, mentions)?;
    Ok(true)
}

/// Takes one record away.
pub fn delete_feedback(c: &mut DbConnection, organisation: Id, id: Id) -> DbResult<()> {
    delete_mentions(c, organisation, &[id])?;
    diesel::delete(feedback::table.find((organisation, id))).execute(c)?;
    Ok(())
}

/// When an agent's newest record happened.
pub fn newest_of_agent(
    c: &mut DbConnection,
    organisation: Id,
    agent: Id,
) -> DbResult<Option<Instant>> {
    Ok(feedback::table
        .filter(
            feedback::organisation_id
                .eq(organisation)
                .and(feedback::agent_id.eq(agent)),
        )
        .order(feedback::occurred_at.desc())
        .select(feedback::occurred_at)
        .first(c)
        .optional()?)
}

pub fn insert_feedback(c: &mut DbConnection, rows: Vec<FeedbackRow>) -> DbResult<()> {
    // Nineteen values a row, below what either database takes in one statement.
    for some in in_chunks(rows, 1_500) {
        on_backend!(c, c => diesel::insert_into(feedback::table).values(some).execute(c))?;
    }
    Ok(())
}

/// Deletes up to `limit` rows of an import and their themes; says how many rows it found. Rows that
/// another import takes over at the same time stay.
pub fn delete_rows_of_import(
    c: &mut DbConnection,
    organisation: Id,
    import: Id,
    limit: i64,
) -> DbResult<usize> {
    let rows: Vec<Id> = feedback::table
        .filter(
            feedback::organisation_id
                .eq(organisation)
                .and(feedback::import_id.eq(import)),
        )
        .limit(limit)
        .select(feedback::id)
        .load(c)?;
    let still = || {
        feedback::table
            .filter(feedback::organisation_id.eq(organisation))
            .filter(feedback::id.eq_any(&rows))
            .filter(feedback::import_id.eq(import))
    };
    // Changes nothing, but locks what is still of this import.
    diesel::update(still())
        .set(feedback::import_id.eq(import))
        .execute(c)?;
    let locked: Vec<Id> = still().select(feedback::id).load(c)?;
    delete_mentions(c, organisation, &locked)?;
    diesel::delete(still()).execute(c)?;
    Ok(rows.len())
}

pub fn newest_feedback(c: &mut DbConnection, organisation: Id) -> DbResult<Option<Instant>> {
    Ok(feedback::table
        .filter(feedback::organisation_id.eq(organisation))
        .order(feedback::occurred_at.desc())
        .select(feedback::occurred_at)
        .first(c)
        .optional()?)
}

/// An organisation's feedback in a period (from, to].
#[diesel::dsl::auto_type(no_type_alias)]
pub(super) fn of_period(organisation: Id, period: Period) -> _ {
    let own: diesel::dsl::Eq<feedback::organisation_id, Id> =
        feedback::organisation_id.eq(organisation);
    let after: diesel::dsl::Gt<feedback::occurred_at, Instant> =
        feedback::occurred_at.gt(period.from);
    let until: diesel::dsl::LtEq<feedback::occurred_at, Instant> =
        feedback::occurred_at.le(period.to);
    own.and(after).and(until)
}

/// Agent, moment and text of the comments read in a period, oldest first, at most `limit`.
pub fn comments(
    c: &mut DbConnection,
    organisation: Id,
    period: Period,
    limit: i64,
) -> DbResult<Vec<(Id, Instant, String)>> {
    Ok(feedback::table
        .filter(of_period(organisation, period))
        .filter(feedback::comment_state.eq(CommentState::Analysed.as_str()))
        .filter(feedback::comment.is_not_null())
        .order((feedback::occurred_at, feedback::id))
        .limit(limit)
        .select((
            feedback::agent_id,
            feedback::occurred_at,
            feedback::comment.assume_not_null(),
        ))
        .load(c)?)
}

/// How many comments were read in a period.
pub fn comments_read(c: &mut DbConnection, organisation: Id, period: Period) -> DbResult<u64> {
    let n: i64 = feedback::table
        .filter(of_period(organisation, period))
        .filter(feedback::comment_state.eq(CommentState::Analysed.as_str()))
        .count()
        .get_result(c)?;
    Ok(n.unsigned_abs())
}

pub fn feedback_of(
    c: &mut DbConnection,
    organisation: Id,
    agent: Id,
    period: Period,
    limit: i64,
) -> DbResult<Vec<FeedbackRow>> {
    Ok(feedback::table
        .filter(
            feedback::organisation_id
                .eq(organisation)
                .and(feedback::agent_id.eq(agent)),
        )
        .filter(
            feedback::occurred_at
                .gt(period.from)
                .and(feedback::occurred_at.le(period.to)),
        )
        .order((feedback::occurred_at.desc(), feedback::id.desc()))
        .limit(limit)
        .select(FeedbackRow::as_select())
        .load(c)?)
}

/// Records with a comment behind `behind`, in the order of their keys.
pub fn comments_after(
    c: &mut DbConnection,
    organisation: Id,
    behind: Option<Id>,
    limit: i64,
) -> DbResult<Vec<FeedbackRow>> {
    let first = Id(uuid::Uuid::nil());
    Ok(feedback::table
        .filter(feedback::organisation_id.eq(organisation))
        .filter(feedback::id.gt(behind.unwrap_or(first)))
        .filter(feedback::comment.is_not_null())
        .order(feedback::id)
        .limit(limit)
        .select(FeedbackRow::as_select())
        .load(c)?)
}

/// Records with a comment, newest first.
pub fn newest_comments(
    c: &mut DbConnection,
    organisation: Id,
    limit: i64,
) -> DbResult<Vec<FeedbackRow>> {
    Ok(feedback::table
        .filter(feedback::organisation_id.eq(organisation))
        .filter(feedback::comment.is_not_null())
        .order((feedback::occurred_at.desc(), feedback::id))
        .limit(limit)
        .select(FeedbackRow::as_select())
        .load(c)?)
}

/// The newest comments in a period, at most `limit`.
pub fn newest_comments_of(
    c: &mut DbConnection,
    organisation: Id,
    period: Period,
    limit: i64,
) -> DbResult<Vec<FeedbackRow>> {
    Ok(feedback::table
        .filter(of_period(organisation, period))
        .filter(feedback::comment.is_not_null())
        .order((feedback::occurred_at.desc(), feedback::id))
        .limit(limit)
        .select(FeedbackRow::as_select())
        .load(c)?)
}

/// Number of all comments.
pub fn count_comments(c: &mut DbConnection, organisation: Id) -> DbResult<u64> {
    let n: i64 = feedback::table
        .filter(feedback::organisation_id.eq(organisation))
        .filter(feedback::comment.is_not_null())
        .count()
        .get_result(c)?;
    Ok(n.unsigned_abs())
}

/// Records whose comment is, or has a tagged clause that is, exactly this.
pub fn records_with_clause(
    c: &mut DbConnection,
    organisation: Id,
    clause: &str,
) -> DbResult<Vec<Id>> {
    let mut records: Vec<Id> = theme_mentions::table
        .filter(theme_mentions::organisation_id.eq(organisation))
        .filter(theme_mentions::clause_text.eq(clause))
        .limit(2_000)
        .select(theme_mentions::feedback_id)
        .load(c)?;
    let whole: Vec<Id> = feedback::table
        .filter(feedback::organisation_id.eq(organisation))
        .filter(feedback::comment.eq(clause))
        .limit(2_000)
        .select(feedback::id)
        .load(c)?;
    records.extend(whole);
    records.sort_unstable();
    records.dedup();
    Ok(records)
}

/// These records.
pub fn feedback_by_ids(
    c: &mut DbConnection,
    organisation: Id,
    ids: &[Id],
) -> DbResult<Vec<FeedbackRow>> {
    Ok(feedback::table
        .filter(feedback::organisation_id.eq(organisation))
        .filter(feedback::id.eq_any(ids))
        .order(feedback::id)
        .select(FeedbackRow::as_select())
        .load(c)?)
}

/// Key, moment and text of all comments in a period, newest first.
pub fn comments_of_period(
    c: &mut DbConnection,
    organisation: Id,
    period: Period,
) -> DbResult<Vec<(Id, Instant, String)>> {
    Ok(feedback::table
        .filter(of_period(organisation, period))
        .filter(feedback::comment.is_not_null())
        .order((feedback::occurred_at.desc(), feedback::id))
        .select((
            feedback::id,
            feedback::occurred_at,
            feedback::comment.assume_not_null(),
        ))
        .load(c)?)
}

/// Records with a comment about some agents in a period, newest first.
pub fn comments_about(
    c: &mut DbConnection,
    organisation: Id,
    agents: &[Id],
    period: Period,
) -> DbResult<Vec<FeedbackRow>> {
    Ok(feedback::table
        .filter(of_period(organisation, period))
        .filter(feedback::agent_id.eq_any(agents))
        .filter(feedback::comment.is_not_null())
        .order((feedback::occurred_at.desc(), feedback::id))
        .select(FeedbackRow::as_select())
        .load(c)?)
}

/// Comments read that have a score, in a period, newest first.
pub fn scored_comments(
    c: &mut DbConnection,
    organisation: Id,
    period: Period,
) -> DbResult<Vec<(Id, bool)>> {
    Ok(feedback::table
        .filter(of_period(organisation, period))
        .filter(feedback::comment_state.eq(CommentState::Analysed.as_str()))
        .filter(feedback::good.is_not_null())
        .order((feedback::occurred_at.desc(), feedback::id))
        .select((feedback::id, feedback::good.assume_not_null()))
        .load(c)?)
}

/// Number of comments with a score.
pub fn count_scored_comments(c: &mut DbConnection, organisation: Id) -> DbResult<i64> {
    Ok(feedback::table
        .filter(feedback::organisation_id.eq(organisation))
        .filter(feedback::comment.is_not_null())
        .filter(feedback::good.is_not_null())
        .count()
        .get_result(c)?)
}

/// Comments with a score, each with whether it is good, newest first.
pub fn newest_scored_comments(
    c: &mut DbConnection,
    organisation: Id,
    limit: i64,
) -> DbResult<Vec<(String, bool)>> {
    Ok(feedback::table
        .filter(feedback::organisation_id.eq(organisation))
        .filter(feedback::comment.is_not_null())
        .filter(feedback::good.is_not_null())
        .order((feedback::occurred_at.desc(), feedback::id))
        .limit(limit)
        .select((
            feedback::comment.assume_not_null(),
            feedback::good.assume_not_null(),
        ))
        .load(c)?)
}

/// Moves feedback and its theme mentions from one agent to another; returns the number of records.
pub fn move_feedback(c: &mut DbConnection, organisation: Id, from: Id, to: Id) -> DbResult<usize> {
    // Records first: a job that re-tags them at the same time then waits.
    let records = diesel::update(feedback::table)
        .filter(feedback::organisation_id.eq(organisation))
        .filter(feedback::agent_id.eq(from))
        .set(feedback::agent_id.eq(to))
        .execute(c)?;
    diesel::update(theme_mentions::table)
        .filter(theme_mentions::organisation_id.eq(organisation))
        .filter(theme_mentions::agent_id.eq(from))
        .set(theme_mentions::agent_id.eq(to))
        .execute(c)?;
    Ok(records)
}
