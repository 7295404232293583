//! Tables of this capability: teams, agents, imports with their pieces and rejections, feedback, themes on comments.

use diesel::{dsl::count, prelude::*};
use serde::{Deserialize, Serialize};

use crate::{
    db::{
        DbConnection, DbResult,
        schema::{
            agents, comment_themes, department_words, feedback, feedback_versions, import_chunks,
            import_rejections, imports, measurements, moderations, sources, survey_invitations,
            teams,
        },
    },
    on_backend,
    types::{Id, Instant, Json},
};

#[derive(Clone, Debug, Queryable, Selectable, Insertable, serde::Serialize)]
#[diesel(table_name = teams)]
pub struct Team {
    pub organisation_id: Id,
    pub id: Id,
    pub name: String,
    pub created_at: Instant,
}

#[derive(Clone, Debug, Queryable, Selectable, Insertable, serde::Serialize)]
#[diesel(table_name = agents)]
pub struct Agent {
    pub organisation_id: Id,
    pub id: Id,
    pub reference: String,
    pub name: String,
    pub team_id: Option<Id>,
    pub candidate_id: Option<Id>,
    pub hired_at: Option<Instant>,
    pub created_at: Instant,
}

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = imports)]
pub struct ImportRow {
    pub organisation_id: Id,
    pub id: Id,
    pub source: String,
    pub mapping: Json,
    pub state: String,
    pub problem: Option<String>,
    pub rows_read: i64,
    pub imported: i64,
    pub duplicates: i64,
    pub rejected: i64,
    pub comments: i64,
    pub redactions: i64,
    pub created_by: String,
    pub started_at: Instant,
    pub finished_at: Option<Instant>,
    pub corrected: i64,
    /// Whether rows that are stored already are corrected where they differ.
    pub corrects: bool,
}

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = import_rejections)]
#[diesel(treat_none_as_default_value = false)]
pub struct Rejection {
    pub organisation_id: Id,
    pub import_id: Id,
    pub row_number: i64,
    pub column_name: String,
    pub reason: String,
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
    pub comment_state: String,
    pub wording: Option<String>,
}

/// A record as it was before an import corrected it.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = feedback_versions)]
pub struct VersionRow {
    pub organisation_id: Id,
    pub id: Id,
    pub feedback_id: Id,
    pub import_id: Id,
    pub content: Json,
    pub replaced_at: Instant,
}

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = comment_themes)]
#[diesel(treat_none_as_default_value = false)]
pub struct ThemeRow {
    pub organisation_id: Id,
    pub id: Id,
    pub feedback_id: Id,
    pub agent_id: Id,
    pub occurred_at: Instant,
    pub clause: i32,
    pub clause_text: String,
    pub theme: String,
    pub pole: String,
    pub words: String,
    pub contradicts_score: bool,
    pub taxonomy_version: i32,
}

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = sources)]
pub struct SourceRow {
    pub organisation_id: Id,
    pub id: Id,
    pub name: String,
    pub mapping: String,
    pub generation: i32,
    pub made_by: String,
    pub made_at: Instant,
}

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = department_words)]
pub struct DepartmentWord {
    pub organisation_id: Id,
    pub id: Id,
    pub theme: String,
    pub status: String,
    pub note: String,
    pub made_by: String,
    pub made_at: Instant,
}

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = moderations)]
pub struct ModerationRow {
    pub organisation_id: Id,
    pub id: Id,
    pub feedback_id: Id,
    pub released: bool,
    /// Of the comment as it was: a corrected comment is another one.
    pub comment_key: String,
    pub reason: String,
    pub made_by: String,
    pub made_at: Instant,
}

pub fn insert_team(c: &mut DbConnection, row: &Team) -> DbResult<()> {
    diesel::insert_into(teams::table).values(row).execute(c)?;
    Ok(())
}

pub fn teams(c: &mut DbConnection, organisation: Id) -> DbResult<Vec<Team>> {
    Ok(teams::table
        .filter(teams::organisation_id.eq(organisation))
        .order((teams::name, teams::id))
        .select(Team::as_select())
        .load(c)?)
}

pub fn find_team(c: &mut DbConnection, organisation: Id, name: &str) -> DbResult<Option<Team>> {
    Ok(teams::table
        .filter(
            teams::organisation_id
                .eq(organisation)
                .and(teams::name.eq(name)),
        )
        .select(Team::as_select())
        .first(c)
        .optional()?)
}

pub fn insert_agent(c: &mut DbConnection, row: &Agent) -> DbResult<()> {
    diesel::insert_into(agents::table).values(row).execute(c)?;
    Ok(())
}

pub fn agents(c: &mut DbConnection, organisation: Id) -> DbResult<Vec<Agent>> {
    Ok(agents::table
        .filter(agents::organisation_id.eq(organisation))
        .order((agents::name, agents::id))
        .select(Agent::as_select())
        .load(c)?)
}

pub fn find_agent(c: &mut DbConnection, organisation: Id, id: Id) -> DbResult<Option<Agent>> {
    Ok(agents::table
        .find((organisation, id))
        .select(Agent::as_select())
        .first(c)
        .optional()?)
}

pub fn find_agent_by_reference(
    c: &mut DbConnection,
    organisation: Id,
    reference: &str,
) -> DbResult<Option<Agent>> {
    Ok(agents::table
        .filter(
            agents::organisation_id
                .eq(organisation)
                .and(agents::reference.eq(reference)),
        )
        .select(Agent::as_select())
        .first(c)
        .optional()?)
}

pub fn find_agent_of_candidate(
    c: &mut DbConnection,
    organisation: Id,
    candidate: Id,
) -> DbResult<Option<Agent>> {
    Ok(agents::table
        .filter(
            agents::organisation_id
                .eq(organisation)
                .and(agents::candidate_id.eq(candidate)),
        )
        .select(Agent::as_select())
        .first(c)
        .optional()?)
}

pub fn insert_import(c: &mut DbConnection, row: &ImportRow) -> DbResult<()> {
    diesel::insert_into(imports::table).values(row).execute(c)?;
    Ok(())
}

pub fn find_import(c: &mut DbConnection, organisation: Id, id: Id) -> DbResult<Option<ImportRow>> {
    Ok(imports::table
        .find((organisation, id))
        .select(ImportRow::as_select())
        .first(c)
        .optional()?)
}

pub fn imports(c: &mut DbConnection, organisation: Id, limit: i64) -> DbResult<Vec<ImportRow>> {
    Ok(imports::table
        .filter(imports::organisation_id.eq(organisation))
        .order(imports::id.desc())
        .limit(limit)
        .select(ImportRow::as_select())
        .load(c)?)
}

pub fn update_import(c: &mut DbConnection, row: &ImportRow) -> DbResult<()> {
    diesel::update(imports::table.find((row.organisation_id, row.id)))
        .set((
            imports::state.eq(&row.state),
            imports::problem.eq(&row.problem),
            imports::rows_read.eq(row.rows_read),
            imports::imported.eq(row.imported),
            imports::duplicates.eq(row.duplicates),
            imports::rejected.eq(row.rejected),
            imports::comments.eq(row.comments),
            imports::redactions.eq(row.redactions),
            imports::corrected.eq(row.corrected),
            imports::finished_at.eq(row.finished_at),
        ))
        .execute(c)?;
    Ok(())
}

pub fn insert_chunk(
    c: &mut DbConnection,
    organisation: Id,
    import: Id,
    position: i32,
    bytes: &[u8],
) -> DbResult<()> {
    let row = (
        import_chunks::organisation_id.eq(organisation),
        import_chunks::import_id.eq(import),
        import_chunks::position.eq(position),
        import_chunks::bytes.eq(bytes),
    );
    diesel::insert_into(import_chunks::table)
        .values(row)
        .execute(c)?;
    Ok(())
}

pub fn find_chunk(
    c: &mut DbConnection,
    organisation: Id,
    import: Id,
    position: i32,
) -> DbResult<Option<Vec<u8>>> {
    Ok(import_chunks::table
        .find((organisation, import, position))
        .select(import_chunks::bytes)
        .first(c)
        .optional()?)
}

pub fn delete_chunks(c: &mut DbConnection, organisation: Id, import: Id) -> DbResult<()> {
    let own = import_chunks::organisation_id
        .eq(organisation)
        .and(import_chunks::import_id.eq(import));
    diesel::delete(import_chunks::table.filter(own)).execute(c)?;
    Ok(())
}

pub fn insert_rejections(c: &mut DbConnection, rows: &[Rejection]) -> DbResult<()> {
    on_backend!(c, c => diesel::insert_into(import_rejections::table)
        .values(rows)
        .on_conflict((import_rejections::organisation_id, import_rejections::import_id, import_rejections::row_number))
        .do_nothing()
        .execute(c))?;
    Ok(())
}

pub fn rejections(
    c: &mut DbConnection,
    organisation: Id,
    import: Id,
    limit: i64,
) -> DbResult<Vec<Rejection>> {
    Ok(import_rejections::table
        .filter(
            import_rejections::organisation_id
                .eq(organisation)
                .and(import_rejections::import_id.eq(import)),
        )
        .order(import_rejections::row_number)
        .limit(limit)
        .select(Rejection::as_select())
        .load(c)?)
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

/// Writes a record anew, with the themes that go with it.
pub fn replace_feedback(
    c: &mut DbConnection,
    row: &FeedbackRow,
    themes: &[ThemeRow],
) -> DbResult<()> {
    diesel::update(feedback::table.find((row.organisation_id, row.id)))
        .set(row)
        .execute(c)?;
    delete_themes(c, row.organisation_id, &[row.id])?;
    insert_themes(c, themes)
}

/// Writes how a record's comment is read now, unless the record has become another meanwhile; says whether it did write. The
/// update that asks is also the lock.
pub fn set_reading(c: &mut DbConnection, row: &FeedbackRow, themes: &[ThemeRow]) -> DbResult<bool> {
    let same = feedback::table
        .find((row.organisation_id, row.id))
        .filter(feedback::import_id.eq(row.import_id))
        .filter(feedback::agent_id.eq(row.agent_id))
        .filter(feedback::occurred_at.eq(row.occurred_at))
        .filter(feedback::comment.eq(&row.comment));
    let written = match row.good {
        Some(good) => diesel::update(same.filter(feedback::good.eq(good)))
            .set(feedback::comment_state.eq(&row.comment_state))
            .execute(c)?,
        None => diesel::update(same.filter(feedback::good.is_null()))
            .set(feedback::comment_state.eq(&row.comment_state))
            .execute(c)?,
    };
    if written == 0 {
        return Ok(false);
    }
    delete_themes(c, row.organisation_id, &[row.id])?;
    insert_themes(c, themes)?;
    Ok(true)
}

/// Takes the themes of these records away.
pub fn delete_themes(c: &mut DbConnection, organisation: Id, records: &[Id]) -> DbResult<()> {
    diesel::delete(
        comment_themes::table
            .filter(comment_themes::organisation_id.eq(organisation))
            .filter(comment_themes::feedback_id.eq_any(records)),
    )
    .execute(c)?;
    Ok(())
}

/// Takes one record away.
pub fn delete_feedback(c: &mut DbConnection, organisation: Id, id: Id) -> DbResult<()> {
    delete_themes(c, organisation, &[id])?;
    diesel::delete(feedback::table.find((organisation, id))).execute(c)?;
    Ok(())
}

pub fn insert_versions(c: &mut DbConnection, rows: &[VersionRow]) -> DbResult<()> {
    on_backend!(c, c => diesel::insert_into(feedback_versions::table).values(rows).execute(c))?;
    Ok(())
}

/// What an import replaced, at most `limit`.
pub fn versions_of_import(
    c: &mut DbConnection,
    organisation: Id,
    import: Id,
    limit: i64,
) -> DbResult<Vec<VersionRow>> {
    Ok(feedback_versions::table
        .filter(feedback_versions::organisation_id.eq(organisation))
        .filter(feedback_versions::import_id.eq(import))
        .order(feedback_versions::id)
        .limit(limit)
        .select(VersionRow::as_select())
        .load(c)?)
}

/// Earlier versions of a record, oldest first.
pub fn versions_of(
    c: &mut DbConnection,
    organisation: Id,
    record: Id,
) -> DbResult<Vec<VersionRow>> {
    Ok(feedback_versions::table
        .filter(feedback_versions::organisation_id.eq(organisation))
        .filter(feedback_versions::feedback_id.eq(record))
        .order(feedback_versions::id)
        .select(VersionRow::as_select())
        .load(c)?)
}

pub fn update_version(c: &mut DbConnection, row: &VersionRow) -> DbResult<()> {
    diesel::update(feedback_versions::table.find((row.organisation_id, row.id)))
        .set(feedback_versions::content.eq(&row.content))
        .execute(c)?;
    Ok(())
}

pub fn delete_version(c: &mut DbConnection, organisation: Id, id: Id) -> DbResult<()> {
    diesel::delete(feedback_versions::table.find((organisation, id))).execute(c)?;
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

/// Where an agent is now, and what they are called.
pub fn update_agent(
    c: &mut DbConnection,
    organisation: Id,
    agent: Id,
    name: &str,
    team: Option<Id>,
) -> DbResult<()> {
    diesel::update(agents::table.find((organisation, agent)))
        .set((agents::name.eq(name), agents::team_id.eq(team)))
        .execute(c)?;
    Ok(())
}

pub fn insert_feedback(c: &mut DbConnection, rows: &[FeedbackRow]) -> DbResult<()> {
    on_backend!(c, c => diesel::insert_into(feedback::table).values(rows).execute(c))?;
    Ok(())
}

/// Deletes up to `limit` rows of an import and their themes; says how many rows.
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
    delete_themes(c, organisation, &rows)?;
    Ok(diesel::delete(
        feedback::table
            .filter(feedback::organisation_id.eq(organisation))
            .filter(feedback::id.eq_any(&rows)),
    )
    .execute(c)?)
}

pub fn insert_themes(c: &mut DbConnection, rows: &[ThemeRow]) -> DbResult<()> {
    // Twelve values a row, below what either database takes in one statement.
    for some in rows.chunks(2_000) {
        on_backend!(c, c => diesel::insert_into(comment_themes::table).values(some).execute(c))?;
    }
    Ok(())
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
fn of_period(organisation: Id, from: Instant, to: Instant) -> _ {
    let own: diesel::dsl::Eq<feedback::organisation_id, Id> =
        feedback::organisation_id.eq(organisation);
    let after: diesel::dsl::Gt<feedback::occurred_at, Instant> = feedback::occurred_at.gt(from);
    let until: diesel::dsl::LtEq<feedback::occurred_at, Instant> = feedback::occurred_at.le(to);
    own.and(after).and(until)
}

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

/// Comments that mention each theme at each pole, by agent, in a period; those that contradict their score left out.
pub fn theme_tallies(
    c: &mut DbConnection,
    organisation: Id,
    from: Instant,
    to: Instant,
) -> DbResult<Vec<(Id, String, String, i64)>> {
    Ok(comment_themes::table
        .filter(themes_of_period(organisation, from, to))
        .filter(comment_themes::contradicts_score.eq(false))
        .group_by((
            comment_themes::agent_id,
            comment_themes::theme,
            comment_themes::pole,
        ))
        .select((
            comment_themes::agent_id,
            comment_themes::theme,
            comment_themes::pole,
            count(comment_themes::feedback_id).aggregate_distinct(),
        ))
        .load(c)?)
}

diesel::allow_columns_to_appear_in_same_group_by_clause!(
    feedback::channel,
    feedback::issue,
    comment_themes::agent_id,
    comment_themes::theme,
    comment_themes::pole,
);

/// Agent, moment and text of the comments read in a period, oldest first, at most `limit`.
pub fn comments(
    c: &mut DbConnection,
    organisation: Id,
    from: Instant,
    to: Instant,
    limit: i64,
) -> DbResult<Vec<(Id, Instant, String)>> {
    Ok(feedback::table
        .filter(of_period(organisation, from, to))
        .filter(feedback::comment_state.eq("analysed"))
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

/// How many comments were read in a period.
pub fn comments_read(
    c: &mut DbConnection,
    organisation: Id,
    from: Instant,
    to: Instant,
) -> DbResult<u64> {
    let n: i64 = feedback::table
        .filter(of_period(organisation, from, to))
        .filter(feedback::comment_state.eq("analysed"))
        .count()
        .get_result(c)?;
    Ok(n.unsigned_abs())
}

/// Agent, channel, issue, theme, pole, and how many comments.
pub type AgentThemes = (Id, String, String, String, String, i64);

/// Comments of every agent that mention each theme at each pole, by kind of case (channel, issue); those that contradict their
/// score left out.
pub fn agent_themes(
    c: &mut DbConnection,
    organisation: Id,
    from: Instant,
    to: Instant,
) -> DbResult<Vec<AgentThemes>> {
    let same = feedback::organisation_id
        .eq(comment_themes::organisation_id)
        .and(feedback::id.eq(comment_themes::feedback_id));
    let by = (
        comment_themes::agent_id,
        feedback::channel,
        feedback::issue,
        comment_themes::theme,
        comment_themes::pole,
    );
    Ok(comment_themes::table
        .inner_join(feedback::table.on(same))
        .filter(themes_of_period(organisation, from, to))
        .filter(comment_themes::contradicts_score.eq(false))
        .group_by(by)
        .select((
            by.0,
            by.1,
            by.2,
            by.3,
            by.4,
            count(comment_themes::feedback_id).aggregate_distinct(),
        ))
        .load(c)?)
}

pub fn feedback_of(
    c: &mut DbConnection,
    organisation: Id,
    agent: Id,
    from: Instant,
    to: Instant,
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
                .gt(from)
                .and(feedback::occurred_at.le(to)),
        )
        .order((feedback::occurred_at.desc(), feedback::id.desc()))
        .limit(limit)
        .select(FeedbackRow::as_select())
        .load(c)?)
}

pub fn themes_of(
    c: &mut DbConnection,
    organisation: Id,
    agent: Id,
    from: Instant,
    to: Instant,
) -> DbResult<Vec<ThemeRow>> {
    Ok(comment_themes::table
        .filter(themes_of_period(organisation, from, to))
        .filter(comment_themes::agent_id.eq(agent))
        .order((
            comment_themes::occurred_at.desc(),
            comment_themes::feedback_id,
            comment_themes::clause,
            comment_themes::theme,
        ))
        .select(ThemeRow::as_select())
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

/// Themes on these records.
pub fn themes_on(
    c: &mut DbConnection,
    organisation: Id,
    records: &[Id],
) -> DbResult<Vec<ThemeRow>> {
    Ok(comment_themes::table
        .filter(comment_themes::organisation_id.eq(organisation))
        .filter(comment_themes::feedback_id.eq_any(records))
        .order((
            comment_themes::feedback_id,
            comment_themes::clause,
            comment_themes::theme,
        ))
        .select(ThemeRow::as_select())
        .load(c)?)
}

/// Records whose comment is, or has a tagged clause that is, exactly this.
pub fn records_with_clause(
    c: &mut DbConnection,
    organisation: Id,
    clause: &str,
) -> DbResult<Vec<Id>> {
    let mut records: Vec<Id> = comment_themes::table
        .filter(comment_themes::organisation_id.eq(organisation))
        .filter(comment_themes::clause_text.eq(clause))
        .limit(2_000)
        .select(comment_themes::feedback_id)
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

pub fn keep_measurement(
    c: &mut DbConnection,
    organisation: Id,
    kind: &str,
    content: Json,
    now: Instant,
) -> DbResult<()> {
    let row = (
        measurements::organisation_id.eq(organisation),
        measurements::kind.eq(kind),
        measurements::content.eq(&content),
        measurements::measured_at.eq(now),
    );
    let set = (
        measurements::content.eq(&content),
        measurements::measured_at.eq(now),
    );
    on_backend!(c, c => diesel::insert_into(measurements::table)
        .values(row)
        .on_conflict((measurements::organisation_id, measurements::kind))
        .do_update()
        .set(set)
        .execute(c))?;
    Ok(())
}

pub fn find_measurement(
    c: &mut DbConnection,
    organisation: Id,
    kind: &str,
) -> DbResult<Option<Json>> {
    Ok(measurements::table
        .find((organisation, kind))
        .select(measurements::content)
        .first(c)
        .optional()?)
}

pub fn sources(c: &mut DbConnection, organisation: Id) -> DbResult<Vec<SourceRow>> {
    Ok(sources::table
        .filter(sources::organisation_id.eq(organisation))
        .order((sources::name, sources::id))
        .select(SourceRow::as_select())
        .load(c)?)
}

pub fn find_source(c: &mut DbConnection, organisation: Id, id: Id) -> DbResult<Option<SourceRow>> {
    Ok(sources::table
        .find((organisation, id))
        .select(SourceRow::as_select())
        .first(c)
        .optional()?)
}

pub fn find_source_by_name(
    c: &mut DbConnection,
    organisation: Id,
    name: &str,
) -> DbResult<Option<SourceRow>> {
    Ok(sources::table
        .filter(
            sources::organisation_id
                .eq(organisation)
                .and(sources::name.eq(name)),
        )
        .select(SourceRow::as_select())
        .first(c)
        .optional()?)
}

pub fn insert_source(c: &mut DbConnection, row: &SourceRow) -> DbResult<()> {
    diesel::insert_into(sources::table).values(row).execute(c)?;
    Ok(())
}

pub fn update_mapping(c: &mut DbConnection, row: &SourceRow) -> DbResult<()> {
    diesel::update(sources::table.find((row.organisation_id, row.id)))
        .set(sources::mapping.eq(&row.mapping))
        .execute(c)?;
    Ok(())
}

/// Counted on by the database: two people at once make two new secrets, and nobody brings an old one back.
pub fn renew_source(c: &mut DbConnection, organisation: Id, id: Id) -> DbResult<()> {
    diesel::update(sources::table.find((organisation, id)))
        .set(sources::generation.eq(sources::generation + 1))
        .execute(c)?;
    Ok(())
}

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
    from: Instant,
    to: Instant,
) -> DbResult<Vec<(String, i64)>> {
    let days: Vec<(String, i64)> = survey_invitations::table
        .filter(survey_invitations::organisation_id.eq(organisation))
        .filter(
            survey_invitations::day
                .gt(from)
                .and(survey_invitations::day.le(to)),
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

/// Owners' words, oldest first.
pub fn department_words(c: &mut DbConnection, organisation: Id) -> DbResult<Vec<DepartmentWord>> {
    Ok(department_words::table
        .filter(department_words::organisation_id.eq(organisation))
        .order(department_words::id)
        .select(DepartmentWord::as_select())
        .load(c)?)
}

pub fn insert_department_word(c: &mut DbConnection, row: &DepartmentWord) -> DbResult<()> {
    diesel::insert_into(department_words::table)
        .values(row)
        .execute(c)?;
    Ok(())
}

/// Records that people decided about, oldest decision first.
pub fn moderations(c: &mut DbConnection, organisation: Id) -> DbResult<Vec<(Id, String, bool)>> {
    Ok(moderations::table
        .filter(moderations::organisation_id.eq(organisation))
        .order(moderations::id)
        .select((
            moderations::feedback_id,
            moderations::comment_key,
            moderations::released,
        ))
        .load(c)?)
}

pub fn insert_moderation(c: &mut DbConnection, row: &ModerationRow) -> DbResult<()> {
    diesel::insert_into(moderations::table)
        .values(row)
        .execute(c)?;
    Ok(())
}

/// An organisation's themes on comments in a period (from, to].
#[diesel::dsl::auto_type(no_type_alias)]
fn themes_of_period(organisation: Id, from: Instant, to: Instant) -> _ {
    let own: diesel::dsl::Eq<comment_themes::organisation_id, Id> =
        comment_themes::organisation_id.eq(organisation);
    let after: diesel::dsl::Gt<comment_themes::occurred_at, Instant> =
        comment_themes::occurred_at.gt(from);
    let until: diesel::dsl::LtEq<comment_themes::occurred_at, Instant> =
        comment_themes::occurred_at.le(to);
    own.and(after).and(until)
}

/// Clauses with trouble of a theme in a period, newest first; those that contradict their score left out.
pub fn clauses_of_theme(
    c: &mut DbConnection,
    organisation: Id,
    theme: &str,
    from: Instant,
    to: Instant,
    limit: i64,
) -> DbResult<Vec<ThemeRow>> {
    Ok(comment_themes::table
        .filter(themes_of_period(organisation, from, to))
        .filter(comment_themes::theme.eq(theme))
        .filter(comment_themes::pole.eq("negative"))
        .filter(comment_themes::contradicts_score.eq(false))
        .order((comment_themes::occurred_at.desc(), comment_themes::id))
        .limit(limit)
        .select(ThemeRow::as_select())
        .load(c)?)
}

/// Clauses of a theme at a pole about some agents in a period (from, to], newest first; those that contradict their score left out.
pub fn clauses_about(
    c: &mut DbConnection,
    organisation: Id,
    (theme, pole): (&str, &str),
    agents: &[Id],
    (from, to): (Instant, Instant),
    limit: i64,
) -> DbResult<Vec<ThemeRow>> {
    Ok(comment_themes::table
        .filter(themes_of_period(organisation, from, to))
        .filter(comment_themes::theme.eq(theme))
        .filter(comment_themes::pole.eq(pole))
        .filter(comment_themes::agent_id.eq_any(agents))
        .filter(comment_themes::contradicts_score.eq(false))
        .order((comment_themes::occurred_at.desc(), comment_themes::id))
        .limit(limit)
        .select(ThemeRow::as_select())
        .load(c)?)
}

/// Key, moment and text of all comments in a period, newest first.
pub fn comments_of_period(
    c: &mut DbConnection,
    organisation: Id,
    from: Instant,
    to: Instant,
) -> DbResult<Vec<(Id, Instant, String)>> {
    Ok(feedback::table
        .filter(of_period(organisation, from, to))
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
    from: Instant,
    to: Instant,
) -> DbResult<Vec<FeedbackRow>> {
    Ok(feedback::table
        .filter(of_period(organisation, from, to))
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
    from: Instant,
    to: Instant,
) -> DbResult<Vec<(Id, bool)>> {
    Ok(feedback::table
        .filter(of_period(organisation, from, to))
        .filter(feedback::comment_state.eq("analysed"))
        .filter(feedback::good.is_not_null())
        .order((feedback::occurred_at.desc(), feedback::id))
        .select((feedback::id, feedback::good.assume_not_null()))
        .load(c)?)
}

/// Record, theme and pole of every clause in a period.
pub fn mentions(
    c: &mut DbConnection,
    organisation: Id,
    from: Instant,
    to: Instant,
) -> DbResult<Vec<(Id, String, String)>> {
    Ok(comment_themes::table
        .filter(themes_of_period(organisation, from, to))
        .select((
            comment_themes::feedback_id,
            comment_themes::theme,
            comment_themes::pole,
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
