//! Rows that are rejected, and hostile ones that are not.

use diesel::prelude::*;
use rapport::{
    db::schema::{import_rejections, imports},
    feedback::ImportState,
    locale::Locale,
};

use super::*;

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
    let (id, summary) = app.import(&org, &mapping, Duplicates::Skip, &file);
    assert_eq!(
        (summary.imported, summary.rejected),
        (broken.len() as i64, broken.len() as i64)
    );
    let mut c = app.db.connect().expect("connects");
    let (_, rejections) = feedback::import_with_rejections(&mut c, org.id, id, 100).expect("reads");
    for ((_, column, reason), rejection) in broken.iter().zip(&rejections) {
        assert_eq!(rejection.column_name, *column, "{rejection:?}");
        assert!(
            rejection.reason.text(Locale::english()).contains(reason),
            "{rejection:?} should say {reason}"
        );
    }
}

/// A stored reason is a message: its text is made for each reader. Earlier versions stored English.
#[test]
fn a_stored_reason_is_shown_in_the_language_of_its_reader() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let file = b"external_id,agent,time,score,scale\nr1,,2026-01-02,5,csat_1_5\n";
    let mapping = Mapping::shipped("standard").expect("shipped");
    let (id, _) = app.import(&org, &mapping, Duplicates::Skip, file);
    let (api, browser) = (
        app.api(&org, Role::Analyst),
        app.browser(&org, Role::Analyst),
    );
    let address = format!("/feedback/imports/{id}");
    let message = |id: &str, english: &str| {
        serde_json::json!({ "id": id, "args": [], "english": english }).to_string()
    };
    for (stored, shown) in [
        (message("row-missing", "absent"), "The value is missing"),
        (message("row-of-a-later-version", "too blue"), "too blue"),
        ("was missing".to_owned(), "was missing"),
    ] {
        app.write(|c| {
            diesel::update(import_rejections::table)
                .set(import_rejections::reason.eq(&stored))
                .execute(c)?;
            let stopped = (
                imports::problem.eq(&stored),
                imports::state.eq(ImportState::Stopped),
            );
            diesel::update(imports::table).set(stopped).execute(c)?;
            Ok(())
        });
        let found = api.get(&format!("/api/v1{address}")).json();
        assert_eq!(found["rejections"][0]["reason"], shown);
        assert_eq!(found["import"]["problem"], shown);
        let page = browser.get(&address).text();
        assert_eq!(
            page.matches(shown).count(),
            2 + usize::from(shown == "The value is missing")
        );
        let csv = browser.get(&format!("{address}/rejections.csv")).text();
        assert!(csv.contains(shown) && !csv.contains("english"), "{csv}");
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
