//! Tables of the assessment capability: questionnaires, sittings, answers, scores, reliabilities.

use diesel::{
    dsl::{count_star, max},
    prelude::*,
};

use crate::{
    db::{
        DbConnection, DbResult,
        schema::{answers, questionnaires, reliabilities, scores, sittings},
    },
    on_backend,
    types::{Id, Instant, Json},
};

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = questionnaires)]
pub struct PublishedRow {
    pub organisation_id: Id,
    pub id: Id,
    pub slug: String,
    pub version: i32,
    pub title: String,
    pub content: Json,
    pub content_hash: String,
    pub published_at: Instant,
}

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = sittings)]
pub struct SittingRow {
    pub organisation_id: Id,
    pub id: Id,
    pub candidate_id: Id,
    pub questionnaire_id: Id,
    pub consented_at: Instant,
    pub finished_at: Option<Instant>,
    pub withdrawn_at: Option<Instant>,
}

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = answers)]
#[diesel(treat_none_as_default_value = false)]
pub struct AnswerRow {
    pub organisation_id: Id,
    pub sitting_id: Id,
    pub item: String,
    pub client_sequence: i64,
    pub value: i32,
    pub answered_at: Instant,
}

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = scores)]
pub struct ScoreRow {
    pub organisation_id: Id,
    pub id: Id,
    pub sitting_id: Id,
    pub composite: f64,
    pub composite_se: f64,
    pub content: Json,
    pub scored_at: Instant,
}

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = reliabilities)]
pub struct ReliabilityRow {
    pub organisation_id: Id,
    pub id: Id,
    pub questionnaire_id: Id,
    pub sittings: i32,
    pub content: Json,
    pub measured_at: Instant,
}

pub fn find_version(
    c: &mut DbConnection,
    organisation: Id,
    slug: &str,
    version: i32,
) -> DbResult<Option<PublishedRow>> {
    Ok(questionnaires::table
        .filter(questionnaires::organisation_id.eq(organisation))
        .filter(
            questionnaires::slug
                .eq(slug)
                .and(questionnaires::version.eq(version)),
        )
        .select(PublishedRow::as_select())
        .first(c)
        .optional()?)
}

pub fn find_questionnaire(
    c: &mut DbConnection,
    organisation: Id,
    id: Id,
) -> DbResult<Option<PublishedRow>> {
    Ok(questionnaires::table
        .find((organisation, id))
        .select(PublishedRow::as_select())
        .first(c)
        .optional()?)
}

pub fn questionnaires(c: &mut DbConnection, organisation: Id) -> DbResult<Vec<PublishedRow>> {
    Ok(questionnaires::table
        .filter(questionnaires::organisation_id.eq(organisation))
        .order((questionnaires::slug, questionnaires::version.desc()))
        .select(PublishedRow::as_select())
        .load(c)?)
}

pub fn insert_questionnaire(c: &mut DbConnection, row: &PublishedRow) -> DbResult<()> {
    diesel::insert_into(questionnaires::table)
        .values(row)
        .execute(c)?;
    Ok(())
}

/// Inserts a sitting unless the candidate has one.
pub fn insert_sitting(c: &mut DbConnection, row: &SittingRow) -> DbResult<()> {
    on_backend!(c, c => diesel::insert_into(sittings::table)
        .values(row)
        .on_conflict((sittings::organisation_id, sittings::candidate_id))
        .do_nothing()
        .execute(c))?;
    Ok(())
}

/// Number of answers to an item, and their highest sequence number.
pub fn answers_to_item(
    c: &mut DbConnection,
    organisation: Id,
    sitting: Id,
    item: &str,
) -> DbResult<(i64, Option<i64>)> {
    Ok(answers::table
        .filter(
            answers::organisation_id
                .eq(organisation)
                .and(answers::sitting_id.eq(sitting)),
        )
        .filter(answers::item.eq(item))
        .select((count_star(), max(answers::client_sequence)))
        .first(c)?)
}

/// The value saved for an item under a sequence number.
pub fn answer_value(
    c: &mut DbConnection,
    organisation: Id,
    sitting: Id,
    item: &str,
    sequence: i64,
) -> DbResult<Option<i32>> {
    Ok(answers::table
        .find((organisation, sitting, item, sequence))
        .select(answers::value)
        .first(c)
        .optional()?)
}

/// The highest sequence number of a sitting.
pub fn newest_sequence(
    c: &mut DbConnection,
    organisation: Id,
    sitting: Id,
) -> DbResult<Option<i64>> {
    Ok(answers::table
        .filter(
            answers::organisation_id
                .eq(organisation)
                .and(answers::sitting_id.eq(sitting)),
        )
        .select(max(answers::client_sequence))
        .first(c)?)
}

pub fn find_sitting_of(
    c: &mut DbConnection,
    organisation: Id,
    candidate: Id,
) -> DbResult<Option<SittingRow>> {
    Ok(sittings::table
        .filter(
            sittings::organisation_id
                .eq(organisation)
                .and(sittings::candidate_id.eq(candidate)),
        )
        .select(SittingRow::as_select())
        .first(c)
        .optional()?)
}

pub fn sittings_of(
    c: &mut DbConnection,
    organisation: Id,
    candidates: &[Id],
) -> DbResult<Vec<SittingRow>> {
    Ok(sittings::table
        .filter(
            sittings::organisation_id
                .eq(organisation)
                .and(sittings::candidate_id.eq_any(candidates)),
        )
        .select(SittingRow::as_select())
        .load(c)?)
}

/// Locks an open sitting until the end of the transaction, by an update without effect, which works
/// on both databases. Returns false if the sitting is finished, withdrawn or missing.
pub fn lock_open_sitting(c: &mut DbConnection, organisation: Id, id: Id) -> DbResult<bool> {
    let open = sittings::table.find((organisation, id)).filter(
        sittings::finished_at
            .is_null()
            .and(sittings::withdrawn_at.is_null()),
    );
    Ok(diesel::update(open)
        .set(sittings::finished_at.eq(None::<Instant>))
        .execute(c)?
        == 1)
}

pub fn finish_sitting(
    c: &mut DbConnection,
    organisation: Id,
    id: Id,
    now: Instant,
) -> DbResult<()> {
    diesel::update(sittings::table.find((organisation, id)))
        .set(sittings::finished_at.eq(Some(now)))
        .execute(c)?;
    Ok(())
}

pub fn withdraw_sitting(
    c: &mut DbConnection,
    organisation: Id,
    id: Id,
    now: Instant,
) -> DbResult<()> {
    diesel::update(sittings::table.find((organisation, id)))
        .set(sittings::withdrawn_at.eq(Some(now)))
        .execute(c)?;
    Ok(())
}

/// Appends answers, ignoring those with an existing item and sequence number. Returns the number of
/// new rows.
pub fn append_answers(c: &mut DbConnection, rows: &[AnswerRow]) -> DbResult<usize> {
    Ok(on_backend!(c, c => diesel::insert_into(answers::table)
        .values(rows)
        .on_conflict((answers::organisation_id, answers::sitting_id, answers::item, answers::client_sequence))
        .do_nothing()
        .execute(c))?)
}

/// All answers of a sitting, oldest first.
pub fn answers_of(c: &mut DbConnection, organisation: Id, sitting: Id) -> DbResult<Vec<AnswerRow>> {
    Ok(answers::table
        .filter(
            answers::organisation_id
                .eq(organisation)
                .and(answers::sitting_id.eq(sitting)),
        )
        .order((
            answers::client_sequence,
            answers::answered_at,
            answers::item,
        ))
        .select(AnswerRow::as_select())
        .load(c)?)
}

pub fn finished_count(c: &mut DbConnection, organisation: Id, questionnaire: Id) -> DbResult<i64> {
    Ok(sittings::table
        .filter(
            sittings::organisation_id
                .eq(organisation)
                .and(sittings::questionnaire_id.eq(questionnaire)),
        )
        .filter(
            sittings::finished_at
                .is_not_null()
                .and(sittings::withdrawn_at.is_null()),
        )
        .count()
        .get_result(c)?)
}

/// Newest finished sittings of a questionnaire, at most `limit`.
pub fn finished_sittings(
    c: &mut DbConnection,
    organisation: Id,
    questionnaire: Id,
    limit: i64,
) -> DbResult<Vec<Id>> {
    Ok(sittings::table
        .filter(
            sittings::organisation_id
                .eq(organisation)
                .and(sittings::questionnaire_id.eq(questionnaire)),
        )
        .filter(
            sittings::finished_at
                .is_not_null()
                .and(sittings::withdrawn_at.is_null()),
        )
        .order(sittings::id.desc())
        .limit(limit)
        .select(sittings::id)
        .load(c)?)
}

pub fn insert_score(c: &mut DbConnection, row: &ScoreRow) -> DbResult<()> {
    diesel::insert_into(scores::table).values(row).execute(c)?;
    Ok(())
}

/// Newest score of each sitting.
pub fn scores_of(
    c: &mut DbConnection,
    organisation: Id,
    sittings: &[Id],
) -> DbResult<Vec<ScoreRow>> {
    let mut rows: Vec<ScoreRow> = scores::table
        .filter(
            scores::organisation_id
                .eq(organisation)
                .and(scores::sitting_id.eq_any(sittings)),
        )
        .order((scores::sitting_id, scores::id.desc()))
        .select(ScoreRow::as_select())
        .load(c)?;
    rows.dedup_by_key(|row| row.sitting_id);
    Ok(rows)
}

pub fn insert_reliability(c: &mut DbConnection, row: &ReliabilityRow) -> DbResult<()> {
    diesel::insert_into(reliabilities::table)
        .values(row)
        .execute(c)?;
    Ok(())
}

pub fn newest_reliability(
    c: &mut DbConnection,
    organisation: Id,
    questionnaire: Id,
) -> DbResult<Option<ReliabilityRow>> {
    Ok(reliabilities::table
        .filter(reliabilities::organisation_id.eq(organisation))
        .filter(reliabilities::questionnaire_id.eq(questionnaire))
        .order(reliabilities::id.desc())
        .select(ReliabilityRow::as_select())
        .first(c)
        .optional()?)
}
