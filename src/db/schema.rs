//! Tables of both databases, for diesel. Written by hand because columns use our own SQL types;
//! `tests/suite/schema.rs` compares this file with both migrated databases.

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::values::{DbJson, DbTime, DbUuid};

    organisations (id) {
        id -> DbUuid,
        name -> Text,
        synthetic -> Bool,
        created_at -> DbTime,
        time_zone -> Text,
        region -> Text,
        two_step_required -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::values::{DbJson, DbTime, DbUuid};

    teams (organisation_id, id) {
        organisation_id -> DbUuid,
        id -> DbUuid,
        name -> Text,
        created_at -> DbTime,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::values::{DbJson, DbTime, DbUuid};

    questionnaires (organisation_id, id) {
        organisation_id -> DbUuid,
        id -> DbUuid,
        slug -> Text,
        version -> Integer,
        title -> Text,
        content -> DbJson,
        content_hash -> Text,
        published_at -> DbTime,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::values::{DbJson, DbTime, DbUuid};

    vacancies (organisation_id, id) {
        organisation_id -> DbUuid,
        id -> DbUuid,
        title -> Text,
        questionnaire_id -> DbUuid,
        created_at -> DbTime,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::values::{DbJson, DbTime, DbUuid};

    candidates (organisation_id, id) {
        organisation_id -> DbUuid,
        id -> DbUuid,
        vacancy_id -> DbUuid,
        name -> Text,
        email -> Text,
        created_at -> DbTime,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::values::{DbJson, DbTime, DbUuid};

    invitations (organisation_id, id) {
        organisation_id -> DbUuid,
        id -> DbUuid,
        candidate_id -> DbUuid,
        token_hash -> Text,
        created_at -> DbTime,
        expires_at -> DbTime,
        revoked_at -> Nullable<DbTime>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::values::{DbJson, DbTime, DbUuid};

    sittings (organisation_id, id) {
        organisation_id -> DbUuid,
        id -> DbUuid,
        candidate_id -> DbUuid,
        questionnaire_id -> DbUuid,
        consented_at -> DbTime,
        finished_at -> Nullable<DbTime>,
        withdrawn_at -> Nullable<DbTime>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::values::{DbJson, DbTime, DbUuid};

    answers (organisation_id, sitting_id, item, client_sequence) {
        organisation_id -> DbUuid,
        sitting_id -> DbUuid,
        item -> Text,
        client_sequence -> BigInt,
        value -> Integer,
        answered_at -> DbTime,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::values::{DbJson, DbTime, DbUuid};

    scores (organisation_id, id) {
        organisation_id -> DbUuid,
        id -> DbUuid,
        sitting_id -> DbUuid,
        composite -> Double,
        composite_se -> Double,
        content -> DbJson,
        scored_at -> DbTime,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::values::{DbJson, DbTime, DbUuid};

    reliabilities (organisation_id, id) {
        organisation_id -> DbUuid,
        id -> DbUuid,
        questionnaire_id -> DbUuid,
        sittings -> Integer,
        content -> DbJson,
        measured_at -> DbTime,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::values::{DbJson, DbTime, DbUuid};

    decisions (organisation_id, id) {
        organisation_id -> DbUuid,
        id -> DbUuid,
        candidate_id -> DbUuid,
        decision -> Text,
        reason -> Text,
        decided_by -> Text,
        decided_at -> DbTime,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::values::{DbJson, DbTime, DbUuid};

    agents (organisation_id, id) {
        organisation_id -> DbUuid,
        id -> DbUuid,
        reference -> Text,
        name -> Text,
        team_id -> Nullable<DbUuid>,
        candidate_id -> Nullable<DbUuid>,
        hired_at -> Nullable<DbTime>,
        created_at -> DbTime,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::values::{DbJson, DbTime, DbUuid};

    people (organisation_id, id) {
        organisation_id -> DbUuid,
        id -> DbUuid,
        email -> Text,
        name -> Text,
        password_hash -> Text,
        agent_id -> Nullable<DbUuid>,
        created_at -> DbTime,
        department -> Nullable<Text>,
        state -> Text,
        signed_in_at -> Nullable<DbTime>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::values::{DbTime, DbUuid};

    sessions (organisation_id, id) {
        organisation_id -> DbUuid,
        id -> DbUuid,
        person_id -> DbUuid,
        kind -> Text,
        device -> Text,
        started_at -> DbTime,
        last_used_at -> DbTime,
        expires_at -> DbTime,
        ended_at -> Nullable<DbTime>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::values::DbUuid;

    person_roles (organisation_id, person_id, role) {
        organisation_id -> DbUuid,
        person_id -> DbUuid,
        role -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::values::{DbJson, DbTime, DbUuid};

    tokens (organisation_id, id) {
        organisation_id -> DbUuid,
        id -> DbUuid,
        person_id -> DbUuid,
        kind -> Text,
        token_hash -> Text,
        session_id -> DbUuid,
        created_at -> DbTime,
        expires_at -> DbTime,
        used_at -> Nullable<DbTime>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::values::{DbJson, DbTime, DbUuid};

    idempotency_keys (organisation_id, person_id, idempotency_key) {
        organisation_id -> DbUuid,
        person_id -> DbUuid,
        idempotency_key -> Text,
        request_hash -> Text,
        status -> Integer,
        body -> Text,
        created_at -> DbTime,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::values::{DbJson, DbTime, DbUuid};

    audit_heads (organisation_id) {
        organisation_id -> DbUuid,
        sequence -> BigInt,
        hash -> Text,
        signature -> Nullable<Text>,
        key_id -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::values::{DbJson, DbTime, DbUuid};

    audit_entries (organisation_id, sequence) {
        organisation_id -> DbUuid,
        sequence -> BigInt,
        at -> DbTime,
        actor -> Text,
        action -> Text,
        object_kind -> Text,
        object_id -> Text,
        detail -> Text,
        previous_hash -> Text,
        hash -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::values::{DbJson, DbTime, DbUuid};

    jobs (organisation_id, id) {
        organisation_id -> DbUuid,
        id -> DbUuid,
        kind -> Text,
        payload -> DbJson,
        state -> Text,
        run_at -> DbTime,
        attempts -> Integer,
        last_error -> Nullable<Text>,
        created_at -> DbTime,
        finished_at -> Nullable<DbTime>,
        lease -> Nullable<DbUuid>,
        failure -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::values::{DbJson, DbTime, DbUuid};

    imports (organisation_id, id) {
        organisation_id -> DbUuid,
        id -> DbUuid,
        source -> Text,
        mapping -> DbJson,
        state -> Text,
        problem -> Nullable<Text>,
        rows_read -> BigInt,
        imported -> BigInt,
        duplicates -> BigInt,
        rejected -> BigInt,
        comments -> BigInt,
        redactions -> BigInt,
        created_by -> Text,
        started_at -> DbTime,
        finished_at -> Nullable<DbTime>,
        corrected -> BigInt,
        corrects -> Bool,
        report -> Nullable<DbJson>,
        source_id -> Nullable<DbUuid>,
        delivered_on -> Nullable<DbTime>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::values::{DbJson, DbTime, DbUuid};

    import_chunks (organisation_id, import_id, position) {
        organisation_id -> DbUuid,
        import_id -> DbUuid,
        position -> Integer,
        bytes -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::values::{DbJson, DbTime, DbUuid};

    import_rejections (organisation_id, import_id, row_number) {
        organisation_id -> DbUuid,
        import_id -> DbUuid,
        row_number -> BigInt,
        column_name -> Text,
        reason -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::values::{DbJson, DbTime, DbUuid};

    feedback (organisation_id, id) {
        organisation_id -> DbUuid,
        id -> DbUuid,
        import_id -> DbUuid,
        external_id -> Text,
        agent_id -> DbUuid,
        team_id -> Nullable<DbUuid>,
        occurred_at -> DbTime,
        channel -> Text,
        issue -> Text,
        scale -> Nullable<Text>,
        score -> Nullable<Double>,
        good -> Nullable<Bool>,
        comment -> Nullable<Text>,
        comment_state -> Text,
        wording -> Nullable<Text>,
        mood -> Nullable<Text>,
        mood_probability -> Nullable<Double>,
        good_from -> Nullable<Double>,
        sent_at -> Nullable<DbTime>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::values::{DbJson, DbTime, DbUuid};

    theme_mentions (organisation_id, id) {
        organisation_id -> DbUuid,
        id -> DbUuid,
        feedback_id -> DbUuid,
        agent_id -> DbUuid,
        occurred_at -> DbTime,
        clause -> Integer,
        clause_text -> Text,
        theme -> Text,
        polarity -> Text,
        words -> Text,
        contradicts_score -> Bool,
        taxonomy_version -> Integer,
        probability -> Double,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::values::{DbJson, DbTime, DbUuid};

    plans (organisation_id, id) {
        organisation_id -> DbUuid,
        id -> DbUuid,
        agent_id -> DbUuid,
        content -> DbJson,
        rules_version -> Integer,
        created_by -> Text,
        created_at -> DbTime,
        acknowledged_at -> Nullable<DbTime>,
        agent_view -> Nullable<Text>,
        tally_shared_at -> Nullable<DbTime>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::values::{DbJson, DbTime, DbUuid};

    plan_steps (organisation_id, id) {
        organisation_id -> DbUuid,
        id -> DbUuid,
        plan_id -> DbUuid,
        position -> Integer,
        kind -> Text,
        content -> DbJson,
        created_by -> Text,
        created_at -> DbTime,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::values::{DbJson, DbTime, DbUuid};

    sources (organisation_id, id) {
        organisation_id -> DbUuid,
        id -> DbUuid,
        name -> Text,
        mapping -> Text,
        generation -> Integer,
        created_by -> Text,
        created_at -> DbTime,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::values::{DbJson, DbTime, DbUuid};

    delivery_messages (organisation_id, source_id, message_hash) {
        organisation_id -> DbUuid,
        source_id -> DbUuid,
        message_hash -> Text,
        reply -> DbJson,
        received_at -> DbTime,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::values::{DbJson, DbTime, DbUuid};

    feedback_versions (organisation_id, id) {
        organisation_id -> DbUuid,
        id -> DbUuid,
        feedback_id -> DbUuid,
        import_id -> DbUuid,
        content -> DbJson,
        replaced_at -> DbTime,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::values::{DbJson, DbTime, DbUuid};

    survey_invitations (organisation_id, day, channel) {
        organisation_id -> DbUuid,
        day -> DbTime,
        channel -> Text,
        invited -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::values::{DbJson, DbTime, DbUuid};

    taxonomies (organisation_id, version) {
        organisation_id -> DbUuid,
        version -> Integer,
        source -> Text,
        note -> Text,
        created_by -> Text,
        created_at -> DbTime,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::values::{DbJson, DbTime, DbUuid};

    annotations (organisation_id, id) {
        organisation_id -> DbUuid,
        id -> DbUuid,
        clause_key -> Text,
        clause_text -> Text,
        themes -> DbJson,
        lexicon_themes -> DbJson,
        sampling -> Text,
        reason -> Text,
        created_by -> Text,
        created_at -> DbTime,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::values::{DbJson, DbTime, DbUuid};

    coached_teams (organisation_id, person_id, team_id) {
        organisation_id -> DbUuid,
        person_id -> DbUuid,
        team_id -> DbUuid,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::values::{DbJson, DbTime, DbUuid};

    mood_models (organisation_id, version) {
        organisation_id -> DbUuid,
        version -> Integer,
        taxonomy_version -> Integer,
        scored_comments -> BigInt,
        content -> Nullable<Text>,
        created_at -> DbTime,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::values::{DbJson, DbTime, DbUuid};

    theme_models (organisation_id, version) {
        organisation_id -> DbUuid,
        version -> Integer,
        content -> Text,
        created_at -> DbTime,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::values::{DbJson, DbTime, DbUuid};

    redactions (organisation_id, id) {
        organisation_id -> DbUuid,
        id -> DbUuid,
        feedback_id -> DbUuid,
        mark -> Text,
        position -> Integer,
        original -> Text,
        restored -> Bool,
        created_at -> DbTime,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::values::{DbJson, DbTime, DbUuid};

    moderations (organisation_id, id) {
        organisation_id -> DbUuid,
        id -> DbUuid,
        feedback_id -> DbUuid,
        released -> Bool,
        comment_key -> Text,
        reason -> Text,
        created_by -> Text,
        created_at -> DbTime,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::values::{DbJson, DbTime, DbUuid};

    department_issues (organisation_id, id) {
        organisation_id -> DbUuid,
        id -> DbUuid,
        theme -> Text,
        title -> Text,
        owner -> Text,
        status -> Text,
        due -> Nullable<DbTime>,
        action_taken -> Text,
        created_by -> Text,
        created_at -> DbTime,
        changed_at -> DbTime,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::values::{DbJson, DbTime, DbUuid};

    department_issue_changes (organisation_id, id) {
        organisation_id -> DbUuid,
        id -> DbUuid,
        issue_id -> DbUuid,
        title -> Text,
        owner -> Text,
        status -> Text,
        due -> Nullable<DbTime>,
        action_taken -> Text,
        changed_by -> Text,
        changed_at -> DbTime,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::values::{DbJson, DbTime, DbUuid};

    department_updates (organisation_id, id) {
        organisation_id -> DbUuid,
        id -> DbUuid,
        theme -> Text,
        status -> Text,
        note -> Text,
        created_by -> Text,
        created_at -> DbTime,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::values::{DbJson, DbTime, DbUuid};

    cached_statistics (organisation_id, kind) {
        organisation_id -> DbUuid,
        kind -> Text,
        content -> DbJson,
        computed_at -> DbTime,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::values::{DbJson, DbTime, DbUuid};

    overview_visits (organisation_id, person_id) {
        organisation_id -> DbUuid,
        person_id -> DbUuid,
        visited_at -> DbTime,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::values::{DbJson, DbTime, DbUuid};

    two_step_secrets (organisation_id, person_id) {
        organisation_id -> DbUuid,
        person_id -> DbUuid,
        sealed_secret -> Text,
        created_at -> DbTime,
        confirmed_at -> Nullable<DbTime>,
        last_step -> Nullable<BigInt>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::values::{DbJson, DbTime, DbUuid};

    recovery_codes (organisation_id, id) {
        organisation_id -> DbUuid,
        id -> DbUuid,
        person_id -> DbUuid,
        code_hash -> Text,
        used_at -> Nullable<DbTime>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::values::{DbJson, DbTime, DbUuid};

    api_keys (organisation_id, id) {
        organisation_id -> DbUuid,
        id -> DbUuid,
        name -> Text,
        key_hash -> Text,
        starts_with -> Text,
        scopes -> Text,
        created_by -> DbUuid,
        created_at -> DbTime,
        expires_at -> DbTime,
        last_used_at -> Nullable<DbTime>,
        revoked_at -> Nullable<DbTime>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::values::{DbJson, DbTime, DbUuid};

    practice_libraries (organisation_id, version) {
        organisation_id -> DbUuid,
        version -> Integer,
        source -> Text,
        note -> Text,
        created_by -> Text,
        created_at -> DbTime,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::values::{DbJson, DbTime, DbUuid};

    plan_exports (organisation_id, id) {
        organisation_id -> DbUuid,
        id -> DbUuid,
        team_id -> DbUuid,
        state -> Text,
        total -> Integer,
        done -> Integer,
        plan_ids -> DbJson,
        bytes -> Nullable<Binary>,
        created_by -> Text,
        created_at -> DbTime,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::values::{DbTime, DbUuid};

    pauses (organisation_id, id) {
        organisation_id -> DbUuid,
        id -> DbUuid,
        agent_id -> Nullable<DbUuid>,
        team_id -> Nullable<DbUuid>,
        reason -> Text,
        first_day -> DbTime,
        last_day -> DbTime,
        created_by -> Text,
        created_at -> DbTime,
        ended_at -> Nullable<DbTime>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::values::{DbTime, DbUuid};

    agent_references (organisation_id, reference) {
        organisation_id -> DbUuid,
        reference -> Text,
        agent_id -> DbUuid,
        added_at -> DbTime,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::values::{DbJson, DbTime, DbUuid};

    observations (organisation_id, id) {
        organisation_id -> DbUuid,
        id -> DbUuid,
        agent_id -> DbUuid,
        observed_on -> DbTime,
        channel -> Text,
        contact -> Text,
        behaviours -> DbJson,
        note -> Text,
        observer -> Text,
        created_by -> Text,
        created_at -> DbTime,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::values::{DbJson, DbTime, DbUuid};

    one_to_ones (organisation_id, id) {
        organisation_id -> DbUuid,
        id -> DbUuid,
        agent_id -> DbUuid,
        author_id -> DbUuid,
        author -> Text,
        planned_for -> DbTime,
        held_on -> Nullable<DbTime>,
        agenda -> DbJson,
        agent_agenda -> DbJson,
        shared_notes -> Text,
        private_notes -> Text,
        shared_at -> Nullable<DbTime>,
        created_at -> DbTime,
        changed_at -> DbTime,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::values::{DbTime, DbUuid};

    tally_days (organisation_id, id) {
        organisation_id -> DbUuid,
        id -> DbUuid,
        plan_id -> DbUuid,
        theme -> Text,
        counted_on -> DbTime,
        opportunities -> Integer,
        done -> Integer,
        note -> Text,
        created_at -> DbTime,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::values::{DbJson, DbTime, DbUuid};

    qa_imports (organisation_id, id) {
        organisation_id -> DbUuid,
        id -> DbUuid,
        source -> Text,
        file -> Nullable<Binary>,
        mapping -> DbJson,
        rows_read -> BigInt,
        imported -> BigInt,
        corrected -> BigInt,
        duplicates -> BigInt,
        rejected -> BigInt,
        rejections -> DbJson,
        created_by -> Text,
        created_at -> DbTime,
        imported_at -> Nullable<DbTime>,
        undone_at -> Nullable<DbTime>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::values::{DbTime, DbUuid};

    one_to_one_actions (organisation_id, id) {
        organisation_id -> DbUuid,
        id -> DbUuid,
        one_to_one_id -> DbUuid,
        content -> Text,
        owner -> Text,
        due -> Nullable<DbTime>,
        done_on -> Nullable<DbTime>,
        created_by -> Text,
        created_at -> DbTime,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::values::{DbTime, DbUuid};

    qa_scores (organisation_id, id) {
        organisation_id -> DbUuid,
        id -> DbUuid,
        import_id -> DbUuid,
        agent_id -> DbUuid,
        checked_on -> DbTime,
        contact -> Text,
        criterion -> Text,
        theme -> Nullable<Text>,
        evaluator -> Text,
        share -> Double,
        met -> Bool,
        replaced_by -> Nullable<DbUuid>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::values::{DbTime, DbUuid};

    practice_examples (organisation_id, id) {
        organisation_id -> DbUuid,
        id -> DbUuid,
        agent_id -> DbUuid,
        theme -> Text,
        named -> Bool,
        words -> Text,
        created_at -> DbTime,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::values::{DbJson, DbTime, DbUuid};

    taxonomy_drafts (organisation_id, revision) {
        organisation_id -> DbUuid,
        revision -> Integer,
        changes -> DbJson,
        changed_by -> Text,
        changed_at -> DbTime,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::values::{DbJson, DbTime, DbUuid};

    practice_drafts (organisation_id, revision) {
        organisation_id -> DbUuid,
        revision -> Integer,
        changes -> DbJson,
        changed_by -> Text,
        changed_at -> DbTime,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::values::{DbJson, DbTime, DbUuid};

    mails (organisation_id, id) {
        organisation_id -> DbUuid,
        id -> DbUuid,
        person_id -> DbUuid,
        kind -> Text,
        locale -> Text,
        recipient -> Text,
        subject -> Text,
        body -> Text,
        link -> Text,
        state -> Text,
        attempts -> Integer,
        next_attempt_at -> Nullable<DbTime>,
        last_error -> Nullable<Text>,
        created_at -> DbTime,
        settled_at -> Nullable<DbTime>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::values::{DbJson, DbTime, DbUuid};

    account_links (organisation_id, id) {
        organisation_id -> DbUuid,
        id -> DbUuid,
        person_id -> DbUuid,
        purpose -> Text,
        token_hash -> Text,
        created_at -> DbTime,
        expires_at -> DbTime,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::values::DbTime;

    heartbeats (name) {
        name -> Text,
        beat_at -> DbTime,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    organisations,
    teams,
    questionnaires,
    vacancies,
    candidates,
    invitations,
    sittings,
    answers,
    scores,
    reliabilities,
    decisions,
    agents,
    people,
    person_roles,
    sessions,
    tokens,
    account_links,
    mails,
    idempotency_keys,
    audit_heads,
    audit_entries,
    jobs,
    imports,
    import_chunks,
    import_rejections,
    feedback,
    theme_mentions,
    plans,
    plan_steps,
    sources,
    delivery_messages,
    feedback_versions,
    survey_invitations,
    taxonomies,
    annotations,
    theme_models,
    mood_models,
    coached_teams,
    redactions,
    moderations,
    department_issues,
    department_issue_changes,
    department_updates,
    cached_statistics,
    overview_visits,
    two_step_secrets,
    recovery_codes,
    api_keys,
    practice_libraries,
    plan_exports,
    pauses,
    agent_references,
    observations,
    one_to_ones,
    one_to_one_actions,
    tally_days,
    qa_imports,
    qa_scores,
    practice_examples,
    taxonomy_drafts,
    practice_drafts,
);
