//! Feedback that programs send by themselves, corrects itself, and moves with its people.

use rapport::{
    accounts::Role,
    db::write_transaction,
    feedback::{
        self, FeedbackError, Mapping, Summary, import,
        import_report::ImportReport,
        sources,
        upload::{Duplicates, begin_import},
    },
    text::mention::Polarity,
    types::{Id, Instant},
    workforce,
};
use serde_json::{Value, json};

use crate::support::{Client, Organisation, TestApp};

fn read(
    app: &TestApp,
    org: &Organisation,
    mapping: &Mapping,
    text: &str,
    corrects: bool,
) -> (Id, Summary) {
    read_bytes(app, org, mapping, text.as_bytes(), corrects)
}

fn read_bytes(
    app: &TestApp,
    org: &Organisation,
    mapping: &Mapping,
    file: &[u8],
    corrects: bool,
) -> (Id, Summary) {
    let mut c = app.db.connect().expect("connects");
    let duplicates = if corrects {
        Duplicates::Correct
    } else {
        Duplicates::Skip
    };
    let mut row = write_transaction(&mut c, |c| {
        begin_import(
            c,
            org.id,
            "system",
            "t",
            mapping,
            duplicates,
            Instant::now(),
        )
    })
    .expect("begins");
    drop(c);
    let done = import::run(&app.db, &mut row, mapping, file, &mut import::Unwatched);
    let summary = done.expect("runs");
    assert_eq!(
        summary.rows_read,
        summary.imported + summary.corrected + summary.duplicates + summary.rejected,
        "the counts add up"
    );
    (row.id, summary)
}

fn standard() -> Mapping {
    Mapping::shipped("standard").expect("shipped")
}

/// Score and comment of a record, where it is stored.
fn stored(
    app: &TestApp,
    org: &Organisation,
    external: &str,
) -> Option<(Option<f64>, Option<String>)> {
    let mut c = app.db.connect().expect("connects");
    let ids = [external.to_owned()];
    let rows = feedback::feedback_by_external_ids(&mut c, org.id, &ids).expect("reads");
    rows.into_iter().next().map(|row| (row.score, row.comment))
}

fn undo(app: &TestApp, org: &Organisation, import: Id) {
    let reply = app.api(org, Role::Analyst).post(
        &format!("/api/v1/feedback/imports/{import}/undo"),
        &json!({}),
    );
    assert_eq!(reply.status, 204, "{}", reply.text());
}

#[test]
fn json_lines_are_read_like_a_table() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let mapping = Mapping::parse(
        "name = \"tool\"\n[columns]\nexternal_id = \"id\"\nagent = \"meta.agent\"\ntime = \"at\"\nscore = \"answer.score\"\ncomment = \"answer.text\"\nwording = \"question\"\n[time]\nformats = [\"%Y-%m-%dT%H:%M:%S\"]\n[score]\nscale = \"csat_1_5\"\n",
    )
    .expect("usable");
    let lines = "{\"id\":1,\"meta\":{\"agent\":\"a\"},\"at\":\"2026-01-02T10:00:00\",\"answer\":{\"score\":5,\"text\":\"very polite, thank you\"},\"question\":\"How was it?\"}\n{broken\n{\"id\":2,\"meta\":{\"agent\":\"a\"},\"at\":\"2026-01-02T10:00:00\",\"answer\":{\"score\":9}}\n";
    let (_, first) = read(&app, &org, &mapping, lines, false);
    assert_eq!((first.imported, first.rejected), (1, 2));
    assert_eq!(
        stored(&app, &org, "1"),
        Some((Some(5.0), Some("very polite, thank you".to_owned())))
    );
    let mut c = app.db.connect().expect("connects");
    let row = feedback::feedback_by_external_ids(&mut c, org.id, &["1".to_owned()])
        .expect("reads")
        .remove(0);
    assert_eq!(row.wording.as_deref(), Some("How was it?"));
}

const SHOP: &str = r#"name = "shop"
[columns]
external_id = "id"
agent = "agent"
time = "at"
score = "score"
[time]
formats = ["%Y-%m-%d"]
[score]
scale = "csat_1_5"
good_from = 5
[score.labels]
"Wow" = 5
Meh = 3
"#;

/// A source's own labels and its own cut decide, and the figures say so.
#[test]
fn a_source_says_which_scores_are_good() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let api = app.api(&org, Role::Admin);
    let body = json!({ "name": "shop", "mapping": SHOP });
    assert_eq!(api.post("/api/v1/feedback/sources", &body).status, 200);
    let source = api.get("/api/v1/feedback/sources").json()["items"][0].clone();
    assert_eq!(
        source["rule"],
        json!({ "scale": "csat_1_5", "good_from": 5.0 })
    );
    assert_eq!(source["labels"], json!({ "meh": 3.0, "wow": 5.0 }));
    let file = "id,agent,at,score\n1,a,2026-01-02,wow\n2,a,2026-01-02,MEH\n3,a,2026-01-02,4\n4,a,2026-01-02,Very satisfied\n";
    let mapping = Mapping::parse(SHOP).expect("usable");
    let (_, summary) = read(&app, &org, &mapping, file, false);
    assert_eq!(summary.imported, 4);
    let good = |external: &str| {
        let mut c = app.db.connect().expect("connects");
        let ids = [external.to_owned()];
        let rows = feedback::feedback_by_external_ids(&mut c, org.id, &ids).expect("reads");
        (rows[0].score, rows[0].good, rows[0].good_from)
    };
    assert_eq!(good("1"), (Some(5.0), Some(true), Some(5.0)));
    assert_eq!(good("2"), (Some(3.0), Some(false), Some(5.0)));
    assert_eq!(good("3"), (Some(4.0), Some(false), Some(5.0)));
    assert_eq!(good("4"), (Some(5.0), Some(true), Some(5.0)));
    let rules = api.get("/api/v1/overview").json()["overview"]["rules"].clone();
    assert_eq!(
        rules,
        json!([{ "scale": "csat_1_5", "good_from": 5.0, "scores": 4 }])
    );
    // The same file with another cut corrects what is stored.
    let four = Mapping::parse(&SHOP.replace("from = 5", "from = 4")).expect("usable");
    let (_, again) = read(&app, &org, &four, file, true);
    assert_eq!((again.corrected, again.duplicates), (4, 0));
    assert_eq!(good("3"), (Some(4.0), Some(true), Some(4.0)));
}

/// Excel leaves out the delimiters of empty cells at the end of a row.
#[test]
fn empty_cells_at_the_end_of_a_row_may_be_missing() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let file = "external_id,agent,time,scale,score,comment\n1,a,2026-01-02,csat_1_5,4,polite\n2,a,2026-01-02,csat_1_5,5\n3,a,2026-01-02\n";
    let (_, summary) = read(&app, &org, &standard(), file, false);
    assert_eq!((summary.imported, summary.rejected), (2, 1));
    assert_eq!(stored(&app, &org, "2"), Some((Some(5.0), None)));
}

#[test]
fn arrays_are_read_and_objects_are_no_text() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let record = |id: u8, agent: &str| {
        format!(
            r#"{{"external_id": {id}, "agent": {agent}, "time": "2026-01-02T10:00:00+05:30",
                "score": 5, "scale": "csat_1_5"}}"#
        )
    };
    let array = format!(
        "[\n{},\n{}\n]",
        record(1, r#""ann""#),
        record(2, r#"{"id": 5, "name": "Kim"}"#)
    );
    let (_, counts) = read(&app, &org, &standard(), &array, false);
    assert_eq!((counts.imported, counts.rejected), (1, 1));
    let mut c = app.db.connect().expect("connects");
    let rows = feedback::feedback_by_external_ids(&mut c, org.id, &["1".to_owned()]);
    let at = rows.expect("reads").remove(0).occurred_at;
    assert_eq!(at.0.to_rfc3339(), "2026-01-02T04:30:00+00:00");
}

/// The same table as spreadsheets of several countries write it.
#[test]
fn tables_of_several_countries_are_the_same_records() {
    let rows = [
        ["external_id", "agent", "time", "score", "scale", "comment"],
        [
            "1",
            "Zoë",
            "2026-01-02 10:00",
            "5",
            "csat_1_5",
            "très aimable",
        ],
        ["2", "Zoë", "2026-01-02 11:00", "1,0", "csat_1_5", ""],
    ];
    let written = |delimiter: &str| rows.map(|row| row.join(delimiter)).join("\r\n");
    let latin = |text: &str| text.chars().map(|c| c as u8).collect::<Vec<u8>>();
    let utf16 = |text: &str| -> Vec<u8> {
        let units = text.encode_utf16().flat_map(u16::to_le_bytes);
        [0xff, 0xfe].into_iter().chain(units).collect()
    };
    for file in [
        written(";").into_bytes(),
        format!("sep=;\r\n{}", written(";")).into_bytes(),
        format!("Export of January\r\n\r\n{}\r\n", written("\t")).into_bytes(),
        latin(&written(";")),
        utf16(&written("\t")),
    ] {
        let app = TestApp::start();
        let org = app.organisation("Acme");
        let (_, counts) = read_bytes(&app, &org, &standard(), &file, false);
        assert_eq!(
            (counts.imported, counts.rejected),
            (2, 0),
            "{}",
            file.escape_ascii()
        );
        let first = (Some(5.0), Some("très aimable".to_owned()));
        assert_eq!(stored(&app, &org, "1"), Some(first));
        assert_eq!(stored(&app, &org, "2"), Some((Some(1.0), None)));
    }
}

/// An exact name comes before one that differs in case, and unused duplicates do not matter.
#[test]
fn the_exact_column_is_read() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let file =
        "external_id,agent,time,Score,score,scale,note,note\n1,a,2026-01-02,1,5,csat_1_5,,\n";
    let (_, counts) = read(&app, &org, &standard(), file, false);
    assert_eq!((counts.imported, counts.rejected), (1, 0));
    assert_eq!(stored(&app, &org, "1"), Some((Some(5.0), None)));
}

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

#[test]
fn people_move_and_take_their_history_along() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let line = |id: &str, day: &str, name: &str, team: &str| {
        format!(
            "external_id,agent,agent_name,team,time,score,scale\n{id},7,{name},{team},{day},4,csat_1_5\n"
        )
    };
    read(
        &app,
        &org,
        &standard(),
        &line("a", "2026-02-01", "Ann Lee", "Blue"),
        false,
    );
    read(
        &app,
        &org,
        &standard(),
        &line("b", "2026-03-01", "Ann Park", "Red"),
        false,
    );
    // A file of last year moves nobody back.
    read(
        &app,
        &org,
        &standard(),
        &line("c", "2025-03-01", "Ann Lee", "Blue"),
        false,
    );
    let mut c = app.db.connect().expect("connects");
    let agent = workforce::agent_by_reference(&mut c, org.id, "7").expect("one agent");
    let teams = workforce::teams(&mut c, org.id).expect("reads");
    let team = |id: Option<Id>| {
        teams
            .iter()
            .find(|t| Some(t.id) == id)
            .map(|t| t.name.as_str())
    };
    assert_eq!(
        (agent.name.as_str(), team(agent.team_id)),
        ("Ann Park", Some("Red"))
    );
    let ever = feedback::Period {
        from: Instant::now().plus(chrono::Duration::days(-9_000)),
        to: Instant::now(),
    };
    let rows = feedback::feedback_of(&mut c, org.id, agent.id, ever, 9).expect("reads");
    let of: Vec<_> = rows.iter().map(|r| team(r.team_id)).collect();
    assert_eq!(
        of,
        [Some("Red"), Some("Blue"), Some("Blue")],
        "feedback keeps the team of its time"
    );
}

/// All that is stored about an agent.
fn history(app: &TestApp, org: &Organisation, reference: &str) -> Vec<feedback::FeedbackRow> {
    let mut c = app.db.connect().expect("connects");
    let agent = workforce::agent_by_reference(&mut c, org.id, reference).expect("known");
    let now = Instant::now();
    let ever = feedback::Period {
        from: now.plus(chrono::Duration::days(-20_000)),
        to: now,
    };
    feedback::feedback_of(&mut c, org.id, agent.id, ever, 100).expect("reads")
}

/// An agent with a new name keeps one history; two agents with plans are never merged.
#[test]
fn an_agent_known_by_two_references_is_one() {
    let app = TestApp::start();
    let (org, other) = (app.organisation("Acme"), app.organisation("Other"));
    let load = |rows: &[(u32, &str, &str)]| {
        let mut file = "external_id,agent,time,comment\n".to_owned();
        for (id, agent, comment) in rows {
            file += &format!("{id},{agent},2026-01-0{id} 10:00,{comment}\n");
        }
        read(&app, &org, &standard(), &file, false)
    };
    load(&[(1, "Ann Lee", "very polite"), (2, "Bob", "thanks")]);
    load(&[
        (3, "Ann Lopez", "very quick answer"),
        (4, "Ann Lopez", "thanks"),
    ]);
    let coach = app.api(&org, Role::Coach);
    let agents = || -> Vec<(String, String)> {
        let reply = coach.get("/api/v1/agents").json();
        let items = reply["items"].as_array().expect("items").iter();
        let text = |a: &Value, key: &str| a[key].as_str().expect("text").to_owned();
        let all = items.map(|a| (text(a, "name"), text(a, "id")));
        all.filter(|(name, _)| name.starts_with("Ann") || name == "Bob")
            .collect()
    };
    let before = agents();
    let [(_, ann), _, (_, bob)] = before.as_slice() else {
        panic!("three agents: {before:?}")
    };
    let address = format!("/api/v1/agents/{ann}/references");
    let new = json!({ "reference": "Ann Lopez", "name": "Ann Lopez" });
    let status = |client: Client, body: &Value| client.post(&address, body).status;
    assert_eq!(status(app.api(&other, Role::Coach), &new), 404);
    assert_eq!(status(app.api(&org, Role::Analyst), &new), 403);
    let nothing = json!({ "reference": " " });
    assert_eq!(status(app.api(&org, Role::Coach), &nothing), 422);

    // Somebody who has a plan of their own is somebody else.
    let plans = format!("/api/v1/agents/{bob}/plans");
    assert_eq!(coach.post(&plans, &json!({})).status, 201);
    let refused = coach.post(&address, &json!({ "reference": "Bob" }));
    assert_eq!(refused.status, 409);
    assert_eq!(refused.json()["code"], "reference_taken");
    assert_eq!(history(&app, &org, "Bob").len(), 1, "nothing moved");

    assert_eq!(coach.post(&address, &new).status, 204);
    assert_eq!(coach.post(&address, &new).status, 204, "once is enough");
    let names: Vec<_> = agents().into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["Ann Lopez", "Bob"]);
    load(&[(5, "Ann Lee", "thanks"), (6, "Ann Lopez", "she was rude")]);
    let rows = history(&app, &org, "Ann Lopez");
    assert_eq!(rows.len(), 5);
    assert!(rows.iter().all(|row| row.agent_id.to_string() == *ann));
    let page = app
        .browser(&org, Role::Coach)
        .get(&format!("/agents/{ann}"));
    let page = page.text();
    assert!(page.contains("Reference Ann Lee, also Ann Lopez"), "{page}");
    assert!(page.contains("quick answer"), "its themes moved too");
}

/// A correction from before two agents became one is taken back to the one who is left, also one
/// that had given the record to somebody else.
#[test]
fn corrections_follow_to_the_agent_who_is_left() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let file = |comment: &str, third: &str| {
        format!(
            "external_id,agent,time,comment\n1,New,2026-01-02 10:00,{comment}\n2,Old,2026-01-01 10:00,thanks\n3,{third},2025-12-31 10:00,ok then\n"
        )
    };
    read(&app, &org, &standard(), &file("very polite", "New"), false);
    let (correcting, _) = read(&app, &org, &standard(), &file("he was rude", "Bob"), true);
    let old = history(&app, &org, "Old")[0].agent_id;
    let reply = app.api(&org, Role::Coach).post(
        &format!("/api/v1/agents/{old}/references"),
        &json!({ "reference": "New" }),
    );
    assert_eq!(reply.status, 204, "{}", reply.text());
    undo(&app, &org, correcting);
    let rows = history(&app, &org, "Old");
    let said: Vec<_> = rows
        .iter()
        .filter_map(|row| row.comment.as_deref())
        .collect();
    assert_eq!(
        (rows.len(), said),
        (3, vec!["very polite", "thanks", "ok then"])
    );
}

/// Sends a delivery with its own signature, or none.
fn deliver(client: &Client, address: &str, secret: Option<&str>, at: i64, body: &str) -> u16 {
    let signature = secret.map_or_else(String::new, |s| {
        sources::sign(s, "m1", at, body.as_bytes()).expect("signs")
    });
    let headers = [
        ("webhook-id", "m1"),
        ("webhook-timestamp", &at.to_string()),
        ("webhook-signature", &signature),
    ];
    client
        .send(
            "POST",
            address,
            "application/json",
            Some(body.as_bytes()),
            &headers,
        )
        .status
}

#[test]
fn signed_deliveries_are_taken_and_others_are_not() {
    let app = TestApp::start();
    let (org, other) = (app.organisation("Acme"), app.organisation("Else"));
    let analyst = app.api(&org, Role::Analyst);
    let mapping = feedback::mapping::SHIPPED[1].1;
    let saved = analyst.post(
        "/api/v1/feedback/sources",
        &json!({ "name": "Survey tool", "mapping": mapping }),
    );
    assert_eq!(saved.status, 200, "{}", saved.text());
    let saved = saved.json();
    let (id, secret) = (
        saved["id"].as_str().expect("id"),
        saved["secret"].as_str().expect("secret"),
    );
    let address = format!("/api/v1/deliveries/{}/{id}", org.id);
    assert!(
        saved["address"]
            .as_str()
            .is_some_and(|a| a.ends_with(&address)),
        "{saved}"
    );
    let now = Instant::now().0.timestamp();
    let stranger = app.anonymous();
    let body = r#"[{"external_id":"d1","agent":"a","time":"2026-01-02","score":5,"scale":"csat_1_5"},{"external_id":"d2","agent":"a","time":"soon","score":5,"scale":"csat_1_5"}]"#;
    for (secret, at, address, expected) in [
        (None, now, address.clone(), 401),
        (Some("whsec_AAAA"), now, address.clone(), 401),
        (Some(secret), now - 400, address.clone(), 401),
        (
            Some(secret),
            now,
            format!("/api/v1/deliveries/{}/{id}", other.id),
            404,
        ),
        (Some(secret), now, address.clone(), 200),
    ] {
        assert_eq!(
            deliver(&stranger, &address, secret, at, body),
            expected,
            "{at} {address}"
        );
    }
    assert!(stored(&app, &org, "d1").is_some() && stored(&app, &org, "d2").is_none());
    // Sent again with another answer, one object, and lines of them: corrected.
    let later =
        r#"{"external_id":"d1","agent":"a","time":"2026-01-02","score":1,"scale":"csat_1_5"}"#;
    let lines = format!("{later}\n{}", later.replace("d1", "d3"));
    assert_eq!(deliver(&stranger, &address, Some(secret), now, later), 200);
    assert_eq!(deliver(&stranger, &address, Some(secret), now, &lines), 200);
    assert_eq!(stored(&app, &org, "d1"), Some((Some(1.0), None)));
    assert!(stored(&app, &org, "d3").is_some());
    assert_eq!(
        deliver(&stranger, &address, Some(secret), now, "no json"),
        400
    );
    // A new secret ends the old one.
    let browser = app.browser(&org, Role::Analyst);
    assert_eq!(
        browser
            .form(&format!("/feedback/sources/{id}/secret"), &[])
            .status,
        303
    );
    assert_eq!(deliver(&stranger, &address, Some(secret), now, later), 401);
    // A source's mapping can be named at an upload, and a shipped name cannot be taken.
    let upload = analyst.upload(
        "/api/v1/feedback/imports",
        &[("mapping", "Survey tool"), ("trial", "yes")],
        b"external_id,agent,time,score,scale\ny1,a,2026-01-02,5,csat_1_5\ny2,a,never,5,csat_1_5\n",
    );
    let tried = upload.json();
    assert_eq!(
        (
            upload.status,
            &tried["summary"]["imported"],
            &tried["summary"]["rejected"]
        ),
        (200, &json!(1), &json!(1)),
        "{tried}"
    );
    assert!(stored(&app, &org, "y1").is_none(), "a trial stores nothing");
    let taken = analyst.post(
        "/api/v1/feedback/sources",
        &json!({ "name": "standard", "mapping": mapping }),
    );
    assert_eq!(taken.code(), "source_taken");
}

#[test]
fn invitations_make_a_response_rate() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let mut csv = String::from("external_id,agent,time,channel,score,scale\n");
    for i in 0..30 {
        csv.push_str(&format!(
            "{i},a,2026-01-{:02},Phone,4,csat_1_5\n",
            1 + i % 28
        ));
    }
    read(&app, &org, &standard(), &csv, false);
    let analyst = app.api(&org, Role::Analyst);
    let counts = json!([
        { "day": "2026-01-05", "channel": "Phone", "invited": 999 },
        { "day": "2026-01-05", "channel": "Phone", "invited": 60 },
        { "day": "2026-01-06", "channel": "Phone", "invited": 60 },
        { "day": "2026-01-06", "channel": "Chat", "invited": 10 },
    ]);
    assert_eq!(
        analyst.post("/api/v1/feedback/invitations", &counts).status,
        204
    );
    let items = analyst.get("/api/v1/feedback/response-rates").json()["items"].clone();
    assert_eq!(
        (&items[0]["channel"], &items[0]["rate"]),
        (&json!("Chat"), &json!(0.0)),
        "{items}"
    );
    assert_eq!(
        (
            &items[1]["invited"],
            &items[1]["answered"],
            &items[1]["rate"]
        ),
        (&json!(120), &json!(30), &json!(0.25))
    );
    let bad = feedback::response_rates::read(&b"day,invited\n2026-01-05,many\n"[..]);
    assert!(
        matches!(bad, Err(FeedbackError::InvitationRow(2, _))),
        "{bad:?}"
    );
}
