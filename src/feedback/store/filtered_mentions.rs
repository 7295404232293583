//! Theme mentions by theme, polarity, channel, period and words, filtered by the database.

use diesel::{
    define_sql_function,
    dsl::{count, count_star, sql},
    prelude::*,
    sql_types::{Bool, Text},
};

use super::{
    mentions::{ThemeMentionRow, mentions_of_period},
    records::of_period,
};
use crate::{
    db::{
        DbConnection, DbResult,
        schema::{feedback, theme_mentions},
    },
    feedback::period::Period,
    text::mention::{CommentState, Polarity},
    types::{Id, Instant},
};

define_sql_function! {
    /// On SQLite only ASCII letters.
    fn lower(text: Text) -> Text;
}

/// Channels that are offered as a filter.
const MOST_CHANNELS: i64 = 200;

/// Which mentions are read. Those that contradict the score of their comment never are.
#[derive(Clone, Debug)]
pub struct MentionFilter {
    /// Ids of themes; without one there are no mentions.
    pub themes: Vec<String>,
    pub polarity: Option<Polarity>,
    pub channel: Option<String>,
    /// Part of the clause; case does not matter, on SQLite that of ASCII letters.
    pub text: Option<String>,
    pub period: Period,
}

impl MentionFilter {
    fn polarities(&self) -> Vec<&'static str> {
        self.polarity.map_or_else(
            || Polarity::ALL.map(Polarity::as_str).to_vec(),
            |only| vec![only.as_str()],
        )
    }
}

/// A pattern for LIKE that finds `text` anywhere.
fn pattern(text: &str) -> String {
    let mut pattern = String::from("%");
    for c in text.chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

/// The condition of a filter on mentions that are joined with their records.
macro_rules! wanted {
    ($organisation:expr, $filter:expr) => {{
        let filter: &MentionFilter = $filter;
        let channel = filter.channel.clone().unwrap_or_default();
        let find = filter.text.clone().unwrap_or_default();
        mentions_of_period($organisation, filter.period)
            .and(theme_mentions::contradicts_score.eq(false))
            .and(theme_mentions::theme.eq_any(filter.themes.clone()))
            .and(theme_mentions::polarity.eq_any(filter.polarities()))
            .and(
                feedback::channel
                    .eq(channel)
                    .or(filter.channel.is_none().into_sql::<Bool>()),
            )
            .and(
                lower(theme_mentions::clause_text)
                    .like(pattern(&find.to_lowercase()))
                    .escape('\\')
                    .or(lower(theme_mentions::clause_text)
                        .like(pattern(&find.to_ascii_lowercase()))
                        .escape('\\')),
            )
    }};
}

/// Mentions joined with their records.
macro_rules! joined {
    () => {{
        let same = feedback::organisation_id
            .eq(theme_mentions::organisation_id)
            .and(feedback::id.eq(theme_mentions::feedback_id));
        theme_mentions::table.inner_join(feedback::table.on(same))
    }};
}

/// Mentions after the one with time and id `after`, newest first, at most `limit`.
pub fn filtered_mentions(
    c: &mut DbConnection,
    organisation: Id,
    filter: &MentionFilter,
    after: Option<(Instant, Id)>,
    limit: i64,
) -> DbResult<Vec<ThemeMentionRow>> {
    let beyond = filter.period.to.plus(chrono::Duration::microseconds(1));
    let (at, id) = after.unwrap_or((beyond, Id::new()));
    let follows = theme_mentions::occurred_at
        .lt(at)
        .or(theme_mentions::occurred_at
            .eq(at)
            .and(theme_mentions::id.lt(id)));
    Ok(joined!()
        .filter(wanted!(organisation, filter))
        .filter(follows)
        .order((
            theme_mentions::occurred_at.desc(),
            theme_mentions::id.desc(),
        ))
        .limit(limit)
        .select(ThemeMentionRow::as_select())
        .load(c)?)
}

/// Number of mentions.
pub fn count_filtered_mentions(
    c: &mut DbConnection,
    organisation: Id,
    filter: &MentionFilter,
) -> DbResult<u64> {
    let n: i64 = joined!()
        .filter(wanted!(organisation, filter))
        .select(count_star())
        .get_result(c)?;
    Ok(n.unsigned_abs())
}

/// Time of a mention.
pub fn time_of_mention(
    c: &mut DbConnection,
    organisation: Id,
    id: Id,
) -> DbResult<Option<Instant>> {
    Ok(theme_mentions::table
        .filter(theme_mentions::organisation_id.eq(organisation))
        .filter(theme_mentions::id.eq(id))
        .select(theme_mentions::occurred_at)
        .first(c)
        .optional()?)
}

/// The day of a record in UTC, as an expression of the database.
fn day(c: &DbConnection) -> &'static str {
    match c {
        DbConnection::Postgres(_) => "to_char(feedback.occurred_at, 'YYYY-MM-DD')",
        DbConnection::Sqlite(_) => "substr(feedback.occurred_at, 1, 10)",
    }
}

/// Days (ISO 8601) with the number of comments that have a mention.
pub fn mentions_by_day(
    c: &mut DbConnection,
    organisation: Id,
    filter: &MentionFilter,
) -> DbResult<Vec<(String, i64)>> {
    let day = day(c);
    Ok(joined!()
        .filter(wanted!(organisation, filter))
        .group_by(sql::<Text>(day))
        .select((
            sql::<Text>(day),
            count(theme_mentions::feedback_id).aggregate_distinct(),
        ))
        .load(c)?)
}

/// Days (ISO 8601) with the number of comments that were analysed.
pub fn comments_by_day(
    c: &mut DbConnection,
    organisation: Id,
    channel: Option<&str>,
    period: Period,
) -> DbResult<Vec<(String, i64)>> {
    let day = day(c);
    let on_channel = feedback::channel
        .eq(channel.unwrap_or_default().to_owned())
        .or(channel.is_none().into_sql::<Bool>());
    Ok(feedback::table
        .filter(of_period(organisation, period))
        .filter(feedback::comment_state.eq(CommentState::Analysed.as_str()))
        .filter(on_channel)
        .group_by(sql::<Text>(day))
        .select((sql::<Text>(day), count_star()))
        .load(c)?)
}

/// Channels of a period, in alphabetical order.
pub fn channels(c: &mut DbConnection, organisation: Id, period: Period) -> DbResult<Vec<String>> {
    Ok(feedback::table
        .filter(of_period(organisation, period))
        .filter(feedback::channel.ne(""))
        .select(feedback::channel)
        .distinct()
        .order(feedback::channel)
        .limit(MOST_CHANNELS)
        .load(c)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_are_searched_for_as_they_are() {
        assert_eq!(pattern(r"50 %_\"), r"%50 \%\_\\%");
    }
}
