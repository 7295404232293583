//! Importing what contact centres really export.

mod figures;
mod redactions;
mod rejections;
mod uploads;

use rapport::{
    accounts::Role,
    db::write_transaction,
    feedback::{self, Mapping, Summary, import, upload::Duplicates},
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
    let (id, summary) = app.import(org, &mapping, Duplicates::Skip, file);
    let mut c = app.db.connect().expect("connects");
    let (stored, rejections) =
        feedback::import_with_rejections(&mut c, org.id, id, 1_000).expect("reads");
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
            Duplicates::Skip,
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
    // A field that occurs twice: neither value is taken.
    let twice = br#"[{"external_id":"r7","agent":"a","time":"2026-01-01","score":1,"score":5,"scale":"csat_1_5"},
        {"external_id":"r8","agent":"a","time":"2026-01-01","score":4,"score":4,"scale":"csat_1_5"}]"#;
    let kind = "application/json";
    let taken = analyst.send("POST", "/api/v1/feedback", kind, Some(twice), &[]);
    let taken = taken.json();
    assert_eq!(
        (&taken["imported"], &taken["rejected"]),
        (&1.into(), &1.into()),
        "{taken}"
    );
    assert_eq!(taken["rejections"][0]["external_id"], "r7", "{taken}");
    assert_eq!(taken["rejections"][0]["column"], "score", "{taken}");
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
