//! Records that are sent again with other values.

use super::*;

/// A row with a known id and other values is left out, and the import says so.
#[test]
fn duplicates_with_other_values_are_reported() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let header = "external_id,agent,time,score,scale,comment\n";
    let row =
        |id: &str, score: u8, text: &str| format!("{id},a,2026-01-02,{score},csat_1_5,{text}\n");
    let mail = "write to me at ann@home.example";
    let first = [
        row("x1", 2, "he was rude"),
        row("x2", 4, mail),
        row("x2", 4, mail),
        row("x1", 5, "he was rude"),
    ];
    let differing = |import: Id| {
        let mut c = app.db.connect().expect("connects");
        let (import, _) =
            feedback::import_with_rejections(&mut c, org.id, import, 1).expect("reads");
        let report = ImportReport::stored(import.report.as_ref()).expect("is a report");
        report.differing.map(|d| (d.count, d.first_row))
    };
    let (import, summary) = read(
        &app,
        &org,
        &standard(),
        &(header.to_owned() + &first.concat()),
        false,
    );
    assert_eq!((summary.imported, summary.duplicates), (2, 2));
    assert_eq!(differing(import), Some((1, 5)), "the row in the same file");
    let again = [row("x1", 2, "he was rude"), row("x2", 4, mail)];
    let (import, summary) = read(
        &app,
        &org,
        &standard(),
        &(header.to_owned() + &again.concat()),
        false,
    );
    assert_eq!((summary.imported, summary.duplicates), (0, 2));
    assert_eq!(differing(import), None);
    let changed = [row("x1", 2, "he was polite"), row("x2", 3, mail)];
    let (import, _) = read(
        &app,
        &org,
        &standard(),
        &(header.to_owned() + &changed.concat()),
        false,
    );
    assert_eq!(differing(import), Some((2, 2)));
    let page = app
        .browser(&org, Role::Analyst)
        .get(&format!("/feedback/imports/{import}"))
        .text();
    assert!(
        page.contains("2 rows have ids of stored records and other values"),
        "{page}"
    );
    let (import, summary) = read(
        &app,
        &org,
        &standard(),
        &(header.to_owned() + &changed.concat()),
        true,
    );
    assert_eq!((summary.corrected, differing(import)), (2, None));
}

#[test]
fn corrections_replace_and_undoing_them_gives_back() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let file = |score: u8, text: &str| {
        format!(
            "external_id,agent,time,score,scale,comment\nx1,a,2026-01-02,{score},csat_1_5,{text}\nx2,a,2026-01-03,4,csat_1_5,\n"
        )
    };
    let (first, _) = read(&app, &org, &standard(), &file(2, "he was rude"), false);
    // Without being asked to, nothing changes.
    let (_, again) = read(&app, &org, &standard(), &file(5, "very polite"), false);
    assert_eq!((again.duplicates, again.corrected), (2, 0));
    assert_eq!(
        stored(&app, &org, "x1"),
        Some((Some(2.0), Some("he was rude".to_owned())))
    );
    let (second, corrected) = read(&app, &org, &standard(), &file(5, "very polite"), true);
    assert_eq!((corrected.corrected, corrected.duplicates), (1, 1));
    assert_eq!(
        stored(&app, &org, "x1"),
        Some((Some(5.0), Some("very polite".to_owned())))
    );
    let themes = |app: &TestApp| {
        let mut c = app.db.connect().expect("connects");
        let agent = workforce::agent_by_reference(&mut c, org.id, "a")
            .expect("agent")
            .id;
        let ever = feedback::Period {
            from: Instant::now().plus(chrono::Duration::days(-9_000)),
            to: Instant::now(),
        };
        let rows = feedback::mentions_of_agent(&mut c, org.id, agent, ever).expect("reads");
        rows.into_iter()
            .map(|t| (t.theme, t.polarity))
            .collect::<Vec<_>>()
    };
    assert_eq!(themes(&app), [("courtesy".to_owned(), Polarity::Positive)]);
    let (third, _) = read(&app, &org, &standard(), &file(3, "ok then"), true);
    // The middle one goes: the newest stays, and undoing it leads back to the first.
    undo(&app, &org, second);
    assert_eq!(
        stored(&app, &org, "x1"),
        Some((Some(3.0), Some("ok then".to_owned())))
    );
    undo(&app, &org, third);
    assert_eq!(
        stored(&app, &org, "x1"),
        Some((Some(2.0), Some("he was rude".to_owned())))
    );
    assert_eq!(themes(&app), [("courtesy".to_owned(), Polarity::Negative)]);
    undo(&app, &org, first);
    assert_eq!(stored(&app, &org, "x1"), None);
}

#[test]
fn a_correction_of_what_was_undone_leaves_nothing_behind() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let row = |score: u8| {
        format!("external_id,agent,time,score,scale\nx1,a,2026-01-02,{score},csat_1_5\n")
    };
    let (first, _) = read(&app, &org, &standard(), &row(2), false);
    let (second, _) = read(&app, &org, &standard(), &row(5), true);
    undo(&app, &org, first);
    assert_eq!(
        stored(&app, &org, "x1"),
        Some((Some(5.0), None)),
        "the correction stands for itself"
    );
    undo(&app, &org, second);
    assert_eq!(stored(&app, &org, "x1"), None);
}
