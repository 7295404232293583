//! The table of surveys sent out.

use diesel::prelude::*;

use crate::{
    db::{DbConnection, DbResult, schema::survey_invitations},
    feedback::period::Period,
    on_backend,
    types::{Id, Instant},
};

pub fn keep_invited(
    c: &mut DbConnection,
    organisation: Id,
    day: Instant,
    channel: &str,
    invited: i64,
) -> DbResult<()> {
    let row = (
        survey_invitations::organisation_id.eq(organisation),
        survey_invitations::day.eq(day),
        survey_invitations::channel.eq(channel),
        survey_invitations::invited.eq(invited),
    );
    on_backend!(c, c => diesel::insert_into(survey_invitations::table)
        .values(row)
        .on_conflict((survey_invitations::organisation_id, survey_invitations::day, survey_invitations::channel))
        .do_update()
        .set(survey_invitations::invited.eq(invited))
        .execute(c))?;
    Ok(())
}

/// Surveys sent out by channel in a period (from, to].
pub fn invited(
    c: &mut DbConnection,
    organisation: Id,
    period: Period,
) -> DbResult<Vec<(String, i64)>> {
    let days: Vec<(String, i64)> = survey_invitations::table
        .filter(survey_invitations::organisation_id.eq(organisation))
        .filter(
            survey_invitations::day
                .gt(period.from)
                .and(survey_invitations::day.le(period.to)),
        )
        .order((survey_invitations::channel, survey_invitations::day))
        .select((survey_invitations::channel, survey_invitations::invited))
        .load(c)?;
    let mut sums: std::collections::BTreeMap<String, i64> = std::collections::BTreeMap::new();
    for (channel, n) in days {
        *sums.entry(channel).or_default() += n;
    }
    Ok(sums.into_iter().collect())
}
