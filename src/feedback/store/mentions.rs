//! The table of theme mentions in comments.

use diesel::{dsl::count, prelude::*};

use crate::{
    db::{DbConnection, DbResult, bulk::in_chunks, schema::theme_mentions, values::Name},
    feedback::period::Period,
    on_backend,
    text::mention::Polarity,
    types::{Id, Instant},
};

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = theme_mentions)]
#[diesel(treat_none_as_default_value = false)]
pub struct ThemeMentionRow {
    pub organisation_id: Id,
    pub id: Id,
    pub feedback_id: Id,
    pub agent_id: Id,
    pub occurred_at: Instant,
    pub clause: i32,
    pub clause_text: String,
    pub theme: String,
    #[diesel(serialize_as = Name)]
    pub polarity: Polarity,
    pub words: String,
    pub contradicts_score: bool,
    pub taxonomy_version: i32,
    /// Probability that a person gives this polarity too. Mentions from before it was stored have
    /// .8 until their comments are read again.
    pub probability: f64,
}

/// Takes the themes of these records away.
pub fn delete_mentions(c: &mut DbConnection, organisation: Id, records: &[Id]) -> DbResult<()> {
    diesel::delete(
        theme_mentions::table
            .filter(theme_mentions::organisation_id.eq(organisation))
            .filter(theme_mentions::feedback_id.eq_any(records)),
    )
    .execute(c)?;
    Ok(())
}

pub fn insert_mentions(c: &mut DbConnection, rows: Vec<ThemeMentionRow>) -> DbResult<()> {
    // Thirteen values a row, below what either database takes in one statement.
    for some in in_chunks(rows, 2_000) {
        on_backend!(c, c => diesel::insert_into(theme_mentions::table).values(some).execute(c))?;
    }
    Ok(())
}

pub fn mentions_of_agent(
    c: &mut DbConnection,
    organisation: Id,
    agent: Id,
    period: Period,
) -> DbResult<Vec<ThemeMentionRow>> {
    Ok(theme_mentions::table
        .filter(mentions_of_period(organisation, period))
        .filter(theme_mentions::agent_id.eq(agent))
        .order((
            theme_mentions::occurred_at.desc(),
            theme_mentions::feedback_id,
            theme_mentions::clause,
            theme_mentions::theme,
        ))
        .select(ThemeMentionRow::as_select())
        .load(c)?)
}

/// Themes on these records.
pub fn mentions_on(
    c: &mut DbConnection,
    organisation: Id,
    records: &[Id],
) -> DbResult<Vec<ThemeMentionRow>> {
    Ok(theme_mentions::table
        .filter(theme_mentions::organisation_id.eq(organisation))
        .filter(theme_mentions::feedback_id.eq_any(records))
        .order((
            theme_mentions::feedback_id,
            theme_mentions::clause,
            theme_mentions::theme,
        ))
        .select(ThemeMentionRow::as_select())
        .load(c)?)
}

/// An organisation's themes on comments in a period (from, to].
#[diesel::dsl::auto_type(no_type_alias)]
pub(super) fn mentions_of_period(organisation: Id, period: Period) -> _ {
    let own: diesel::dsl::Eq<theme_mentions::organisation_id, Id> =
        theme_mentions::organisation_id.eq(organisation);
    let after: diesel::dsl::Gt<theme_mentions::occurred_at, Instant> =
        theme_mentions::occurred_at.gt(period.from);
    let until: diesel::dsl::LtEq<theme_mentions::occurred_at, Instant> =
        theme_mentions::occurred_at.le(period.to);
    own.and(after).and(until)
}

/// Clauses that complain about a theme in a period, newest first, without those that contradict
/// their score.
pub fn negative_mentions_of_theme(
    c: &mut DbConnection,
    organisation: Id,
    theme: &str,
    period: Period,
    limit: i64,
) -> DbResult<Vec<ThemeMentionRow>> {
    Ok(theme_mentions::table
        .filter(mentions_of_period(organisation, period))
        .filter(theme_mentions::theme.eq(theme))
        .filter(theme_mentions::polarity.eq(Polarity::Negative.as_str()))
        .filter(theme_mentions::contradicts_score.eq(false))
        .order((theme_mentions::occurred_at.desc(), theme_mentions::id))
        .limit(limit)
        .select(ThemeMentionRow::as_select())
        .load(c)?)
}

/// Clauses about some agents with a theme and polarity in a period (from, to], newest first,
/// without those that contradict their score.
pub fn mentions_about_agents(
    c: &mut DbConnection,
    organisation: Id,
    (theme, polarity): (&str, Polarity),
    agents: &[Id],
    period: Period,
    limit: i64,
) -> DbResult<Vec<ThemeMentionRow>> {
    Ok(theme_mentions::table
        .filter(mentions_of_period(organisation, period))
        .filter(theme_mentions::theme.eq(theme))
        .filter(theme_mentions::polarity.eq(polarity.as_str()))
        .filter(theme_mentions::agent_id.eq_any(agents))
        .filter(theme_mentions::contradicts_score.eq(false))
        .order((theme_mentions::occurred_at.desc(), theme_mentions::id))
        .limit(limit)
        .select(ThemeMentionRow::as_select())
        .load(c)?)
}

/// Record, theme, polarity and probability of every clause in a period.
pub fn mention_polarities(
    c: &mut DbConnection,
    organisation: Id,
    period: Period,
) -> DbResult<Vec<(Id, String, Polarity, f64)>> {
    Ok(theme_mentions::table
        .filter(mentions_of_period(organisation, period))
        .order(theme_mentions::id)
        .select((
            theme_mentions::feedback_id,
            theme_mentions::theme,
            theme_mentions::polarity,
            theme_mentions::probability,
        ))
        .load(c)?)
}

/// Number of comments in a period that mention each theme, without mentions that contradict their
/// score.
pub fn comments_by_theme(
    c: &mut DbConnection,
    organisation: Id,
    period: Period,
) -> DbResult<Vec<(String, i64)>> {
    Ok(theme_mentions::table
        .filter(mentions_of_period(organisation, period))
        .filter(theme_mentions::contradicts_score.eq(false))
        .group_by(theme_mentions::theme)
        .select((
            theme_mentions::theme,
            count(theme_mentions::feedback_id).aggregate_distinct(),
        ))
        .load(c)?)
}
