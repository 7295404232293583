//! Importing what contact centres really export.

use rapport::{
    accounts::Role,
    db::write_transaction,
    feedback::{self, Mapping, Summary, import},
    insight,
    types::Instant,
    workforce,
};
use serde_json::{Value, json};

use crate::support::{Organisation, TestApp};

fn import(
    app: &TestApp,
    org: &Organisation,
    mapping: &str,
    file: &[u8],
) -> (Summary, Vec<feedback::Rejection>) {
    let mapping = Mapping::shipped(mapping).expect("shipped");
    let mut c = app.db.connect().expect("connects");
    let mut row = write_transaction(&mut c, |c| {
        feedback::upload::begin_import(
            c,
            org.id,
            "system",
            "t.csv",
            &mapping,
            feedback::upload::Duplicates::Skip,
            Instant::now(),
        )
    })
    .expect("begins");
    drop(c);
    let summary =
        import::run(&app.db, &mut row, &mapping, file, &mut import::Unwatched).expect("runs");
    let mut c = app.db.connect().expect("connects");
    let (stored, rejections) =
        feedback::import_with_rejections(&mut c, org.id, row.id, 1_000).expect("reads");
    assert_eq!(
        stored.rows_read,
        stored.imported + stored.duplicates + stored.rejected,
        "the counts add up"
    );
    assert_eq!(
        (stored.imported, stored.rejected),
        (summary.imported, summary.rejected)
    );
    (summary, rejections)
}

const HEADER: &str = "id,channel,category,subcategory,remark,responded_at,agent,supervisor,csat\n";

#[test]
fn a_messy_export_is_read_once_and_only_once() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let mut file = b"\xef\xbb\xbf".to_vec();
    file.extend(HEADER.bytes());
    file.extend("1,Inbound,Returns,Damaged,\"It\\u2019s great,\nthank you \"\"Maria\"\"\",26/08/2023 18:48,Maria Lopez,Team One,5\r\n".bytes());
    file.extend(b"2,Outcall,Returns,Fraud,Tr\xe8s bien,22/08/2023,Craig,Team One,4\r\n");
    file.extend(b"3,Email,Orders,Late,,21-Aug-23,Craig,Team Two,1\r\n\r\n");
    file.extend(b"3,Email,Orders,Late,twice in one file,21-Aug-23,Craig,Team Two,1\r\n");
    let (first, _) = import(&app, &org, "contact-centre", &file);
    assert_eq!(
        (
            first.rows_read,
            first.imported,
            first.duplicates,
            first.rejected
        ),
        (4, 3, 1, 0)
    );
    assert_eq!((first.comments, first.redactions), (2, 1));
    let (second, _) = import(&app, &org, "contact-centre", &file);
    assert_eq!((second.imported, second.duplicates), (0, 4));

    let mut c = app.db.connect().expect("connects");
    let mut agents = workforce::agents(&mut c, org.id).expect("reads");
    agents.retain(|a| a.reference != "self");
    assert_eq!(
        agents.iter().map(|a| a.name.as_str()).collect::<Vec<_>>(),
        ["Craig", "Maria Lopez"]
    );
    let period = feedback::Period {
        from: Instant::now().plus(chrono::Duration::days(-9_000)),
        to: Instant::now(),
    };
    let maria = feedback::feedback_of(&mut c, org.id, agents[1].id, period, 9).expect("reads");
    assert_eq!(
        maria[0].comment.as_deref(),
        Some("It's great,\nthank you \"[agent]\"")
    );
    let craig = feedback::feedback_of(&mut c, org.id, agents[0].id, period, 9).expect("reads");
    assert_eq!(
        craig[0].comment.as_deref(),
        Some("Très bien"),
        "Windows-1252 is read"
    );
    assert_ne!(
        craig[0].team_id, craig[1].team_id,
        "the team is the one of the interaction"
    );
    assert_eq!(
        agents[0].team_id, craig[0].team_id,
        "the agent's own is the first seen"
    );
}

/// Thirty kinds of broken rows among good ones: each is rejected for its own reason, each good one
/// is kept.
#[test]
fn thirty_kinds_of_broken_rows() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let long = "x".repeat(300);
    let broken: Vec<(String, &str, &str)> = [
        (
            ",A,T,2024-01-05,Phone,Q,4,csat_1_5,ok",
            "external_id",
            "is missing",
        ),
        (
            "NA,A,T,2024-01-05,Phone,Q,4,csat_1_5,ok",
            "external_id",
            "is missing",
        ),
        (
            "b3,,T,2024-01-05,Phone,Q,4,csat_1_5,ok",
            "agent",
            "is missing",
        ),
        (
            "b4,null,T,2024-01-05,Phone,Q,4,csat_1_5,ok",
            "agent",
            "is missing",
        ),
        ("b5,A,T,,Phone,Q,4,csat_1_5,ok", "time", "is missing"),
        (
            "b6,A,T,yesterday,Phone,Q,4,csat_1_5,ok",
            "time",
            "is not a time",
        ),
        (
            "b7,A,T,05/01/2024,Phone,Q,4,csat_1_5,ok",
            "time",
            "is not a time",
        ),
        (
            "b8,A,T,2024-13-05,Phone,Q,4,csat_1_5,ok",
            "time",
            "is not a time",
        ),
        (
            "b9,A,T,2024-02-30,Phone,Q,4,csat_1_5,ok",
            "time",
            "is not a time",
        ),
        (
            "b10,A,T,2024-01-05 25:00,Phone,Q,4,csat_1_5,ok",
            "time",
            "is not a time",
        ),
        (
            "b11,A,T,1899-12-31,Phone,Q,4,csat_1_5,ok",
            "time",
            "before 1990",
        ),
        ("b12,A,T,2999-01-01,Phone,Q,4,csat_1_5,ok", "time", "future"),
        (
            "b13,A,T,1704412800,Phone,Q,4,csat_1_5,ok",
            "time",
            "is not a time",
        ),
        (
            "b14,A,T,2024-01-05,Phone,Q,6,csat_1_5,ok",
            "score",
            "from 1 to 5",
        ),
        (
            "b15,A,T,2024-01-05,Phone,Q,0,csat_1_5,ok",
            "score",
            "from 1 to 5",
        ),
        (
            "b16,A,T,2024-01-05,Phone,Q,-1,nps_0_10,ok",
            "score",
            "from 0 to 10",
        ),
        (
            "b17,A,T,2024-01-05,Phone,Q,11,nps_0_10,ok",
            "score",
            "from 0 to 10",
        ),
        (
            "b18,A,T,2024-01-05,Phone,Q,8,ces_1_7,ok",
            "score",
            "from 1 to 7",
        ),
        (
            "b19,A,T,2024-01-05,Phone,Q,4.5,csat_1_5,ok",
            "score",
            "whole number",
        ),
        (
            "b20,A,T,2024-01-05,Phone,Q,four,csat_1_5,ok",
            "score",
            "not a number",
        ),
        (
            "b21,A,T,2024-01-05,Phone,Q,4/7,csat_1_5,ok",
            "score",
            "not a number",
        ),
        (
            "b22,A,T,2024-01-05,Phone,Q,inf,csat_1_5,ok",
            "score",
            "not a number",
        ),
        (
            "b23,A,T,2024-01-05,Phone,Q,1e2,csat_1_5,ok",
            "score",
            "not a number",
        ),
        (
            "b24,A,T,2024-01-05,Phone,Q,perhaps,thumbs,ok",
            "score",
            "neither thumbs up",
        ),
        (
            "b25,A,T,2024-01-05,Phone,Q,4,stars,ok",
            "scale",
            "is not a scale",
        ),
        ("b26,A,T,2024-01-05,Phone,Q,4,,ok", "score", "no scale"),
        (
            "b27,A,T,2024-01-05,Phone,Q,,,",
            "score",
            "neither a score nor a comment",
        ),
        ("b28,A,T,2024-01-05,Phone", "", "has 5 cells"),
        (
            "b29,A,T,2024-01-05,Phone,Q,4,csat_1_5,ok,more,and more",
            "",
            "has 11 cells",
        ),
        (
            "\"b30\nx\",A,T,2024-01-05,Phone,Q,4,csat_1_5,ok",
            "external_id",
            "line break",
        ),
    ]
    .map(|(row, column, reason)| (row.to_owned(), column, reason))
    .into_iter()
    .chain([(
        format!("{long},A,T,2024-01-05,Phone,Q,4,csat_1_5,ok"),
        "external_id",
        "longer than 200",
    )])
    .collect();
    let mut file = b"external_id,agent,team,time,channel,issue,score,scale,comment\n".to_vec();
    for (i, (row, _, _)) in broken.iter().enumerate() {
        file.extend(
            format!("{row}\ngood{i},A,T,2024-01-05T10:00:00Z,Phone,Q,4,csat_1_5,fine\n").bytes(),
        );
    }
    let mut mapping = Mapping::shipped("standard").expect("shipped");
    mapping.columns.agent_name = None;
    let mut c = app.db.connect().expect("connects");
    let mut row = write_transaction(&mut c, |c| {
        feedback::upload::begin_import(
            c,
            org.id,
            "system",
            "t.csv",
            &mapping,
            feedback::upload::Duplicates::Skip,
            Instant::now(),
        )
    })
    .expect("begins");
    drop(c);
    let summary = import::run(
        &app.db,
        &mut row,
        &mapping,
        &file[..],
        &mut import::Unwatched,
    )
    .expect("runs");
    assert_eq!(
        (summary.imported, summary.rejected),
        (broken.len() as i64, broken.len() as i64)
    );
    let mut c = app.db.connect().expect("connects");
    let (_, rejections) =
        feedback::import_with_rejections(&mut c, org.id, row.id, 100).expect("reads");
    for ((_, column, reason), rejection) in broken.iter().zip(&rejections) {
        assert_eq!(rejection.column_name, *column, "{rejection:?}");
        assert!(
            rejection.reason.contains(reason),
            "{rejection:?} should say {reason}"
        );
    }
}

#[test]
fn a_stray_quotation_mark_rejects_its_row_alone() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let mut file = HEADER.as_bytes().to_vec();
    for i in 0..700 {
        file.extend(format!("r{i},Phone,S,Q,,05/01/2024 10:00,Ann,T,5\n").bytes());
    }
    file.extend(b"x,Phone,S,Q,\"never closed,05/01/2024 10:00,Ann,T,5\n");
    file.extend(std::iter::repeat_n(b"y,Phone,S,Q,,05/01/2024 10:00,Ann,T,5\n", 130_000).flatten());
    let (summary, _) = import(&app, &org, "contact-centre", &file);
    assert_eq!((summary.imported, summary.rejected), (701, 1));
    assert_eq!((summary.rows_read, summary.problem), (130_701, None));
}

#[test]
fn the_upload_page_streams_to_the_worker_and_shows_what_happened() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let analyst = app.api(&org, Role::Analyst);
    let mut file = HEADER.as_bytes().to_vec();
    for i in 0..30_000 {
        file.extend(
            format!(
                "r{i},Phone,S,Question,,05/01/2024 10:00,Ann,Blue,{}\n",
                1 + i % 6
            )
            .bytes(),
        );
    }
    assert!(file.len() > 1_200_000, "more than one piece");
    let reply = analyst.upload(
        "/api/v1/feedback/imports",
        &[("mapping", "contact-centre")],
        &file,
    );
    assert_eq!(reply.status, 202, "{}", reply.text());
    let id = reply.json()["id"].as_str().expect("id").to_owned();
    app.run_jobs();
    let seen = analyst
        .get(&format!("/api/v1/feedback/imports/{id}"))
        .json();
    assert_eq!(
        (
            seen["import"]["state"].as_str(),
            seen["import"]["imported"].as_i64(),
            seen["import"]["rejected"].as_i64()
        ),
        (Some("finished"), Some(25_000), Some(5_000))
    );
    let page = app
        .browser(&org, Role::Analyst)
        .get(&format!("/feedback/imports/{id}"))
        .text();
    assert!(page.contains("is not a whole number from 1 to 5"));
    let csv = app
        .browser(&org, Role::Analyst)
        .get(&format!("/feedback/imports/{id}/rejections.csv"))
        .text();
    assert!(
        csv.lines().nth(1).is_some_and(|l| l.starts_with("7,csat,")),
        "{:?}",
        csv.lines().nth(1)
    );

    let own = "name = \"mine\"\n[columns]\nexternal_id = \"nr\"\nagent = \"who\"\ntime = \"at\"\nscore = \"s\"\n[time]\nformats = [\"%Y/%m/%d\"]\n[score]\nscale = \"nps_0_10\"\n";
    let reply = analyst.upload(
        "/api/v1/feedback/imports",
        &[("mapping", ""), ("mapping_file", own)],
        b"nr;who;at;s\n1;Ann;2024/01/05;9\n",
    );
    let id = reply.json()["id"].as_str().expect("id").to_owned();
    app.run_jobs();
    assert_eq!(
        analyst
            .get(&format!("/api/v1/feedback/imports/{id}"))
            .json()["import"]["imported"],
        1
    );
}

#[test]
fn uploads_are_bounded_and_unusable_ones_are_said() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let analyst = app.api(&org, Role::Analyst);
    let send = |fields: &[(&str, &str)], file: &[u8]| {
        analyst.upload("/api/v1/feedback/imports", fields, file)
    };
    let large = vec![b'a'; 4 << 20];
    assert_eq!(send(&[("mapping", "standard")], &large).code(), "too_large");
    assert_eq!(
        send(&[("mapping", "nothing")], b"a\n").code(),
        "mapping_invalid"
    );
    assert_eq!(
        send(&[("mapping_file", "name = 3")], b"a\n").code(),
        "mapping_invalid"
    );
    assert_eq!(
        send(&[("mapping", "standard")], b"").code(),
        "file_unreadable"
    );
    assert_eq!(
        analyst.post("/api/v1/feedback/imports", &json!({})).code(),
        "wrong_media_type"
    );
    for (file, said) in [
        (&b"PK\x03\x04zzzz"[..], "damaged"),
        (&b"\xff\xfea\0,\0"[..], "no column"),
        (&b"a,b\n1,2\n"[..], "no column"),
        (&b"   \n"[..], "empty"),
    ] {
        let id = send(&[("mapping", "standard")], file).json()["id"]
            .as_str()
            .expect("id")
            .to_owned();
        app.run_jobs();
        let seen = analyst
            .get(&format!("/api/v1/feedback/imports/{id}"))
            .json();
        assert_eq!(seen["import"]["state"], "stopped");
        assert!(
            seen["import"]["problem"]
                .as_str()
                .is_some_and(|p| p.contains(said)),
            "{seen}"
        );
    }
}

/// A worker that dies in the middle of a file: the next one resumes after the last committed batch,
/// and the counts are those of one undisturbed run.
#[test]
fn an_import_that_was_cut_off_goes_on_where_it_was() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let mut file = HEADER.as_bytes().to_vec();
    for i in 0..17_000 {
        let score = if i % 10 == 0 { 9 } else { 5 };
        file.extend(
            format!(
                "r{},Phone,S,Q,,05/01/2024 10:00,Ann,T,{score}\n",
                i % 16_000
            )
            .bytes(),
        );
    }
    let mapping = Mapping::shipped("contact-centre").expect("shipped");
    let mut c = app.db.connect().expect("connects");
    let mut row = write_transaction(&mut c, |c| {
        feedback::upload::begin_import(
            c,
            org.id,
            "system",
            "t.csv",
            &mapping,
            feedback::upload::Duplicates::Skip,
            Instant::now(),
        )
    })
    .expect("begins");
    drop(c);
    /// A file that ends in a broken disk.
    struct Cut<'a>(&'a [u8]);
    impl std::io::Read for Cut<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            match self.0.len() {
                0 => Err(std::io::Error::other("gone")),
                _ => std::io::Read::read(&mut self.0, buffer),
            }
        }
    }
    struct Dies;
    impl feedback::import::Watcher for Dies {
        fn progress(&mut self, so_far: &Summary) {
            assert!(so_far.rows_read < 10_000, "the worker dies here");
        }
    }
    let died = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        import::run(&app.db, &mut row, &mapping, Cut(&file), &mut Dies)
    }));
    assert!(died.is_err());
    let mut c = app.db.connect().expect("connects");
    let (mut stored, _) =
        feedback::import_with_rejections(&mut c, org.id, row.id, 9).expect("reads");
    drop(c);
    assert_eq!(stored.rows_read, 10_000);
    let done = import::run(
        &app.db,
        &mut stored,
        &mapping,
        &file[..],
        &mut import::Unwatched,
    )
    .expect("goes on");
    assert_eq!(
        (
            done.rows_read,
            done.imported,
            done.duplicates,
            done.rejected
        ),
        (17_000, 14_400, 900, 1_700)
    );
}

/// Other scripts and digits, a long text, formulas and markup are read and redacted.
#[test]
fn hostile_comments_are_read_like_any_other() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let long = "very polite and ".repeat(7_000);
    let comments = [
        "AB१२ABCD1234ABCD1234",
        "फ़ोन ९८७६५४३२१०",
        "4111 1111 1111 1111",
        "👍🏽👩‍👧‍👦",
        "\u{202e}reversed",
        "=HYPERLINK(1)",
        "<script>alert(1)</script>",
        long.as_str(),
        "a\u{0}b",
        "''; DROP TABLE feedback; --",
        "𝓋ℯ𝓇𝓎 𝓅ℴ𝓁𝒾𝓉ℯ",
    ];
    let mut file = HEADER.to_owned();
    for (i, comment) in comments.iter().enumerate() {
        file.push_str(&format!(
            "h{i},Phone,S,Q,\"{comment}\",05/01/2024 10:00,Ann,T,5\n"
        ));
    }
    let (done, _) = import(&app, &org, "contact-centre", file.as_bytes());
    assert_eq!((done.imported, done.rejected), (comments.len() as i64, 0));
    let mut c = app.db.connect().expect("connects");
    let ann = workforce::agent_by_reference(&mut c, org.id, "Ann")
        .expect("is there")
        .id;
    let period = feedback::Period {
        from: Instant::now().plus(chrono::Duration::days(-9_000)),
        to: Instant::now(),
    };
    let kept = feedback::feedback_of(&mut c, org.id, ann, period, 99).expect("reads");
    let all: String = kept.iter().filter_map(|f| f.comment.clone()).collect();
    assert!(
        !all.contains("4111") && !all.contains("9876543210") && !all.contains("९८७६"),
        "{}",
        &all[..400.min(all.len())]
    );
    let read = kept.iter().find(|f| f.external_id == "h10").expect("kept");
    assert_eq!(
        read.comment.as_deref(),
        Some("very polite"),
        "letters in disguise are letters"
    );
}

/// Records sent singly or in batches: repeats change nothing, and invalid ones are named.
#[test]
fn a_program_sends_records() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let analyst = app.api(&org, Role::Analyst);
    let record = |id: &str, agent: &str, score: f64, comment: &str| {
        json!({ "external_id": id, "agent": agent, "team": "Blue", "time": "2026-03-04T10:00:00Z", "channel": "chat",
            "issue": "refund", "score": score, "scale": "csat_1_5", "comment": comment })
    };
    let one = record(
        "r1",
        "ann",
        5.0,
        "very polite, mail me at kim@candidate.example",
    );
    let reply = analyst.post("/api/v1/feedback", &one);
    assert_eq!(reply.status, 200, "{}", reply.text());
    let taken = reply.json();
    assert_eq!(
        (taken["imported"].as_i64(), taken["redactions"].as_i64()),
        (Some(1), Some(1))
    );
    let many = json!([
        one,
        record("r2", "ann", 9.0, ""),
        record(
            "r3",
            "=HYPERLINK(1)",
            1.0,
            "he hung up\n\"twice\", then; again"
        ),
    ]);
    let taken = analyst.post("/api/v1/feedback", &many).json();
    let counts = ["rows_read", "imported", "duplicates", "rejected"].map(|k| taken[k].as_i64());
    assert_eq!(counts, [Some(3), Some(1), Some(1), Some(1)], "{taken}");
    assert_eq!(taken["rejections"][0]["external_id"], "r2");
    assert!(
        taken["rejections"][0]["reason"]
            .as_str()
            .is_some_and(|r| r.contains('9')),
        "{taken}"
    );

    for (wrong, said) in [
        (json!([]), "at most 500"),
        (
            json!([{ "external_id": " ", "agent": "a", "time": "2026-01-01" }]),
            "Record 1 has no external_id",
        ),
        (json!("x"), "Record 1 has no external_id"),
    ] {
        let reply = analyst.post("/api/v1/feedback", &wrong);
        assert_eq!(reply.status, 422, "{}", reply.text());
        assert!(reply.text().contains(said), "{said}: {}", reply.text());
    }
    // One that is no record does not take the others with it.
    let mixed = json!([
        record("r4", "ann", 4.0, ""),
        { "external_id": "r5", "agent": "a", "time": "2026-01-01", "csat": 5 },
        { "external_id": "r6", "time": "2026-01-01" },
    ]);
    let taken = analyst.post("/api/v1/feedback", &mixed).json();
    assert_eq!(
        (taken["imported"].as_i64(), taken["rejected"].as_i64()),
        (Some(1), Some(2)),
        "{taken}"
    );
    assert_eq!(taken["rejections"][0]["external_id"], "r5");
    assert!(
        taken["rejections"][1]["reason"]
            .as_str()
            .is_some_and(|r| r.contains("agent")),
        "{taken}"
    );
    let crowd: Vec<_> = (0..501)
        .map(|i| json!({ "external_id": i.to_string(), "agent": "a", "time": "2026-01-01" }))
        .collect();
    assert_eq!(analyst.post("/api/v1/feedback", &json!(crowd)).status, 422);
}

/// An import can be undone once and imported again; other imports and organisations are unaffected.
#[test]
fn an_import_is_undone_and_done_again() {
    let app = TestApp::start();
    let (org, other) = (app.organisation("Acme"), app.organisation("Other"));
    let file = format!(
        "{HEADER}1,Phone,S,Q,very polite,05/01/2024 10:00,Ann,T,5\n2,Phone,S,Q,he hung up,06/01/2024 10:00,Ann,T,1\n"
    );
    let more = format!("{HEADER}3,Phone,S,Q,quick answer,07/01/2024 10:00,Ann,T,5\n");
    import(&app, &org, "contact-centre", file.as_bytes());
    import(&app, &org, "contact-centre", more.as_bytes());
    import(&app, &other, "contact-centre", file.as_bytes());
    let analyst = app.api(&org, Role::Analyst);
    let imports = analyst.get("/api/v1/feedback/imports").json();
    let first = imports["items"]
        .as_array()
        .and_then(|i| i.iter().find(|i| i["imported"] == 2))
        .and_then(|i| i["id"].as_str())
        .expect("the first import")
        .to_owned();
    let undo = format!("/api/v1/feedback/imports/{first}/undo");
    assert_eq!(
        app.api(&other, Role::Analyst)
            .post(&undo, &json!({}))
            .status,
        404
    );
    assert_eq!(analyst.post(&undo, &json!({})).status, 204);
    assert_eq!(
        analyst.post(&undo, &json!({})).json()["code"],
        "step_refused"
    );
    let rows = |org: &Organisation| {
        let mut c = app.db.connect().expect("connects");
        let agent = workforce::agent_by_reference(&mut c, org.id, "Ann")
            .expect("stays")
            .id;
        let now = Instant::now();
        let period = feedback::Period {
            from: now.plus(chrono::Duration::days(-20_000)),
            to: now,
        };
        let rows = feedback::feedback_of(&mut c, org.id, agent, period, 100)
            .expect("reads")
            .len();
        (
            rows,
            feedback::mentions_of_agent(&mut c, org.id, agent, period)
                .expect("reads")
                .len(),
        )
    };
    assert_eq!(rows(&org).0, 1);
    assert_eq!(rows(&other).0, 2);
    let page = app
        .browser(&org, Role::Analyst)
        .get(&format!("/feedback/imports/{first}"))
        .text();
    assert!(
        page.contains("Undone.") && !page.contains("Undo this import"),
        "{page}"
    );
    let (again, _) = import(&app, &org, "contact-centre", file.as_bytes());
    assert_eq!((again.imported, again.duplicates), (2, 0));
    assert_eq!(rows(&org).0, 3);
    assert!(rows(&org).1 >= 3, "themes came back with them");
}

/// Six hundred agents are found by a part of their name, and read page by page.
#[test]
fn agents_are_found_among_many() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let mut file = HEADER.to_owned();
    for i in 0..600 {
        let team = if i % 100 == 0 { "Small" } else { "Large" };
        file += &format!("{i},Phone,S,Q,,05/01/2024 10:00,Agent {i:03},{team},5\n");
    }
    import(&app, &org, "contact-centre", file.as_bytes());
    let coach = app.api(&org, Role::Coach);
    let names = |path: &str| -> (Vec<String>, Value) {
        let reply = coach.get(path).json();
        let items = reply["items"].as_array().expect("items");
        let name = |a: &Value| a["name"].as_str().expect("name").to_owned();
        (items.iter().map(name).collect(), reply["next"].clone())
    };
    let (first, next) = names("/api/v1/agents");
    let next = next.as_str().expect("there are more");
    let (rest, last) = names(&format!("/api/v1/agents?after={next}"));
    let mut all = [first, rest].concat();
    all.retain(|name| name.starts_with("Agent "));
    all.dedup();
    assert_eq!((all.len(), last), (600, Value::Null));
    assert_eq!(names("/api/v1/agents?find=T%2059").0.len(), 10);
    assert_eq!(coach.get("/api/v1/agents?after=x").status, 400);
    let nobody = format!("/api/v1/agents?after={}", rapport::types::Id::new());
    assert_eq!(coach.get(&nobody).status, 422);

    let browser = app.browser(&org, Role::Coach);
    let page = browser.get("/agents").text();
    assert!(!page.contains("Agent 100") && page.contains("594 agents of Large"));
    let team = page.split("/agents?team=").nth(1).expect("a link");
    let team = team.split('"').next().expect("an id");
    assert!(page.contains("6 agents of Small"), "{page}");
    let page = browser.get(&format!("/agents?team={team}")).text();
    assert!(page.contains("Agent 101") && !page.contains("Agent 100"));
    let page = browser.get("/agents?find=agent+100").text();
    assert!(page.contains("Agent 100") && !page.contains("Agent 101"));
    let page = browser.get("/agents?find=%3Cb%3Enobody").text();
    assert!(page.contains("No agent has") && !page.contains("<b>nobody"));
}

/// The agent variance is recomputed at once after many rows and after an undo, and within the hour
/// after few.
#[test]
fn figures_follow_the_feedback() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let spread = || {
        let mut c = app.db.connect().expect("connects");
        let now = Instant::now();
        let period = feedback::latest_period(&mut c, org.id, 90, now).expect("reads");
        let counts = insight::tallies::tallies(&mut c, org.id, period).expect("reads");
        insight::agent_variance::of(&mut c, org.id, &counts).expect("reads")
    };
    let mut file = HEADER.to_owned();
    for i in 0..60 {
        let (agent, score) = if i % 2 == 0 { ("Ann", 5) } else { ("Bob", 1) };
        file += &format!("{i},Phone,S,Q,,05/01/2024 10:{i:02},{agent},T,{score}\n");
    }
    import(&app, &org, "contact-centre", file.as_bytes());
    app.run_jobs();
    let measured = spread().expect("agents differ");
    assert_eq!((measured.moments.groups, measured.moments.n), (2, 60));
    assert!(measured.moments.icc > 0.9, "{}", measured.moments.icc);

    let one = format!("{HEADER}99,Phone,S,Q,,06/01/2024 10:00,Cid,T,5\n");
    import(&app, &org, "contact-centre", one.as_bytes());
    app.run_jobs();
    assert_eq!(
        spread().expect("as before").moments.n,
        60,
        "the job is not due yet"
    );

    let analyst = app.api(&org, Role::Analyst);
    let imports = analyst.get("/api/v1/feedback/imports").json();
    let items = imports["items"].as_array().expect("imports");
    let large = items.iter().find(|i| i["imported"] == 60).expect("it");
    let undo = format!(
        "/api/v1/feedback/imports/{}/undo",
        large["id"].as_str().expect("id")
    );
    assert_eq!(analyst.post(&undo, &json!({})).status, 204);
    app.run_jobs();
    assert!(spread().is_none(), "one agent is left");
}

/// A fault of the phone system appears as an emerging term with its comments, for analysts of that
/// organisation only.
#[test]
fn new_words_are_watched() {
    let app = TestApp::start();
    let (org, other) = (app.organisation("Acme"), app.organisation("Other"));
    let mut file = HEADER.to_owned();
    let mut line = |id: String, days: i64, agent: usize, remark: &str| {
        let at = Instant::now()
            .plus(chrono::Duration::days(-days - 1))
            .0
            .format("%d/%m/%Y 10:00");
        file.push_str(&format!("{id},Phone,S,Q,{remark},{at},Agent {agent},T,2\n"));
    };
    for i in 0..500_usize {
        line(
            format!("a{i}"),
            (i % 110) as i64,
            i % 6,
            &format!("quick and polite answer about order {i}"),
        );
    }
    for i in 0..30_usize {
        line(
            format!("b{i}"),
            (i % 26) as i64,
            i % 6,
            &format!("promised a callback for case {i} which never came"),
        );
    }
    import(&app, &org, "contact-centre", file.as_bytes());
    let found = app.api(&org, Role::Analyst).get("/api/v1/terms").json();
    let terms = found["items"].to_string();
    assert!(
        terms.contains("callback") && terms.contains("never came"),
        "{terms}"
    );
    assert!(!terms.contains("quick and polite"), "{terms}");
    let page = app.browser(&org, Role::Analyst).get("/terms").text();
    assert!(page.contains("callback"), "{page}");
    assert_eq!(
        app.api(&other, Role::Analyst).get("/api/v1/terms").json()["items"],
        json!([])
    );
}
