//! Tables of this capability: teams, agents, imports with their pieces and rejections, feedback, themes on comments.

use diesel::{dsl::count, prelude::*};

use crate::{
    db::{
        DbConnection, DbResult,
        schema::{
            agents, comment_themes, feedback, import_chunks, import_rejections, imports, teams,
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

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = feedback)]
#[diesel(treat_none_as_default_value = false)]
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
    diesel::delete(
        comment_themes::table
            .filter(comment_themes::organisation_id.eq(organisation))
            .filter(comment_themes::feedback_id.eq_any(&rows)),
    )
    .execute(c)?;
    Ok(diesel::delete(
        feedback::table
            .filter(feedback::organisation_id.eq(organisation))
            .filter(feedback::id.eq_any(&rows)),
    )
    .execute(c)?)
}

pub fn insert_themes(c: &mut DbConnection, rows: &[ThemeRow]) -> DbResult<()> {
    on_backend!(c, c => diesel::insert_into(comment_themes::table).values(rows).execute(c))?;
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
        .filter(comment_themes::organisation_id.eq(organisation))
        .filter(
            comment_themes::occurred_at
                .gt(from)
                .and(comment_themes::occurred_at.le(to)),
        )
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

/// Channel, issue, theme, pole, and how many comments.
pub type CaseThemes = (String, String, String, String, i64);

/// Comments of everybody that mention each theme at each pole, by kind of case (channel, issue); those that contradict
/// their score left out.
pub fn case_themes(
    c: &mut DbConnection,
    organisation: Id,
    from: Instant,
    to: Instant,
) -> DbResult<Vec<CaseThemes>> {
    let same = feedback::organisation_id
        .eq(comment_themes::organisation_id)
        .and(feedback::id.eq(comment_themes::feedback_id));
    let by = (
        feedback::channel,
        feedback::issue,
        comment_themes::theme,
        comment_themes::pole,
    );
    Ok(comment_themes::table
        .inner_join(feedback::table.on(same))
        .filter(comment_themes::organisation_id.eq(organisation))
        .filter(
            comment_themes::occurred_at
                .gt(from)
                .and(comment_themes::occurred_at.le(to)),
        )
        .filter(comment_themes::contradicts_score.eq(false))
        .group_by(by)
        .select((
            feedback::channel,
            feedback::issue,
            comment_themes::theme,
            comment_themes::pole,
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
        .filter(
            comment_themes::organisation_id
                .eq(organisation)
                .and(comment_themes::agent_id.eq(agent)),
        )
        .filter(
            comment_themes::occurred_at
                .gt(from)
                .and(comment_themes::occurred_at.le(to)),
        )
        .order((
            comment_themes::occurred_at.desc(),
            comment_themes::feedback_id,
            comment_themes::clause,
            comment_themes::theme,
        ))
        .select(ThemeRow::as_select())
        .load(c)?)
}
