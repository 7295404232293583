//! Vacancies, candidates from files, the shortlist, decisions, and hiring.

use insta::assert_json_snapshot;
use rapport::accounts::Role;
use serde_json::json;

use crate::support::{Scene, TestApp, add, invite, organisation, take};

#[test]
fn a_shortlist_ranks_and_explains() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let recruiter = app.api(&org, Role::Recruiter);
    let (vacancy, high, token) = invite(&recruiter, &org, "high@candidate.example");
    take(&app.anonymous(), &token, 5);
    let (_, same) = add(&recruiter, &vacancy, "same@candidate.example");
    take(&app.anonymous(), &same, 5);
    let (low, token) = add(&recruiter, &vacancy, "low@candidate.example");
    take(&app.anonymous(), &token, 2);
    add(&recruiter, &vacancy, "absent@candidate.example");

    let list = recruiter
        .get(&format!("/api/v1/vacancies/{vacancy}/shortlist"))
        .json();
    let items = list["items"].as_array().expect("items");
    assert_eq!(items.len(), 4);
    assert_eq!(
        (
            items[0]["candidate_id"].as_str(),
            items[2]["candidate_id"].as_str()
        ),
        (Some(high.as_str()), Some(low.as_str()))
    );
    assert_eq!(
        items[0]["rank_range"],
        json!([1, 2]),
        "two equal scores share their ranks"
    );
    assert_eq!(
        (
            items[1]["tied_with_top"].as_bool(),
            items[2]["tied_with_top"].as_bool()
        ),
        (Some(true), Some(false))
    );
    assert_eq!(items[2]["rank_range"], json!([3, 3]));
    assert!(items[3]["rank"].is_null() && items[3]["stage"] == "invited");
    // Everybody at 5: z = (5 - 3.75) / .55 = 2.2727; composite z = 2.2727 / sqrt(.586667) =
    // 2.96724.
    let composite = items[0]["score"]["composite"].as_f64().expect("number");
    assert!((composite - 79.6724).abs() < 1e-3, "{composite}");
}

#[test]
fn the_reply_of_a_shortlist() {
    let Scene { app, org, .. } = organisation();
    let recruiter = app.api(&org, Role::Recruiter);
    let (vacancy, _, token) = invite(&recruiter, &org, "kim@candidate.example");
    take(&app.anonymous(), &token, 5);
    add(&recruiter, &vacancy, "absent@candidate.example");
    let reply = recruiter.get(&format!("/api/v1/vacancies/{vacancy}/shortlist"));
    assert_json_snapshot!(reply.rounded(), {
        ".items[].candidate_id" => "[id]",
        ".items[].score.questionnaire_hash" => "[hash]",
        ".items[].score.seconds_per_item" => "[seconds]",
    });
}

#[test]
fn the_shortlist_page_says_what_is_too_close_to_call() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let recruiter = app.api(&org, Role::Recruiter);
    let (vacancy, _, token) = invite(&recruiter, &org, "high@candidate.example");
    take(&app.anonymous(), &token, 5);
    for (email, value) in [("same@candidate.example", 5), ("low@candidate.example", 2)] {
        let (_, token) = add(&recruiter, &vacancy, email);
        take(&app.anonymous(), &token, value);
    }
    let browser = app.browser(&org, Role::Recruiter);
    let page = browser.get(&format!("/vacancies/{vacancy}")).text();
    for text in [
        "3 of 3 candidates scored.",
        "Too close to the top candidate to call",
        "Clearly below the top candidate",
        "Provisional: compared with an assumed population",
    ] {
        assert!(page.contains(text), "{text}");
    }
    let csv = browser.get(&format!("/vacancies/{vacancy}/shortlist.csv"));
    let table = csv.text();
    let rows: Vec<&str> = table.lines().skip(1).collect();
    // Everybody at 2: z = (2 - 3.75) / .55 = -3.1818; composite z = -3.1818 / sqrt(.586667).
    let low = "3,3 to 3,Kim Test,low@candidate.example,finished,8.5,";
    let expected = ["1,1 to 2,Kim Test,", "2,1 to 2,Kim Test,", low];
    assert_eq!(rows.len(), expected.len(), "{table}");
    for (row, start) in rows.iter().zip(expected) {
        assert!(row.starts_with(start), "{row}");
    }
    let disposition = csv.header("content-disposition");
    assert!(disposition.is_some_and(|d| d.contains("shortlist.csv")));
}

#[test]
fn a_refused_form_keeps_what_was_typed() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let recruiter = app.api(&org, Role::Recruiter);
    let (vacancy, candidate, _) = invite(&recruiter, &org, "kim@candidate.example");
    let browser = app.browser(&org, Role::Recruiter);
    let again = browser.form(
        &format!("/vacancies/{vacancy}/candidates"),
        &[("name", "Kim again"), ("email", "kim@candidate.example")],
    );
    assert_eq!(again.status, 409);
    for text in [
        "This address is already in the vacancy.",
        &format!("/candidates/{candidate}"),
        "value=\"Kim again\"",
    ] {
        assert!(again.text().contains(text), "{text}");
    }
    let decide = |fields: &[(&str, &str)]| {
        browser.form(&format!("/candidates/{candidate}/decision"), fields)
    };
    let short = decide(&[("decision", "hold"), ("reason", "no")]);
    assert_eq!(short.status, 422);
    assert!(
        short
            .text()
            .contains("Write a reason of 3 to 1,000 characters.")
    );
    assert!(short.text().contains("value=\"hold\" required checked"));
    let unchosen = decide(&[("reason", "strong interview")]);
    assert!(unchosen.text().contains("Choose a decision."));
    assert!(unchosen.text().contains(">strong interview</textarea>"));
}

#[test]
fn candidates_come_from_a_file_good_rows_in_bad_rows_told() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let recruiter = app.api(&org, Role::Recruiter);
    let (vacancy, _, _) = invite(&recruiter, &org, "kim@candidate.example");
    let file = "\u{feff}Email;Name\r\na@candidate.example;\"Ann; Lee\"\r\nnot an address;Bob\r\nc@candidate.example;\r\nKIM@candidate.example;Kim\r\nA@candidate.example;Again\r\nz@candidate.example;=cmd|' /C calc'!A0\r\n";
    let reply = recruiter.upload(
        &format!("/api/v1/vacancies/{vacancy}/candidates/import"),
        &[],
        file.as_bytes(),
    );
    assert_eq!(reply.status, 201, "{}", reply.text());
    let done = reply.json();
    let added: Vec<&str> = done["added"]
        .as_array()
        .expect("added")
        .iter()
        .filter_map(|a| a["name"].as_str())
        .collect();
    assert_eq!(added, ["Ann; Lee", "=cmd|' /C calc'!A0"]);
    let rows: Vec<i64> = done["rejected"]
        .as_array()
        .expect("rejected")
        .iter()
        .filter_map(|r| r["row"].as_i64())
        .collect();
    assert_eq!(rows, [3, 4, 5, 6]);
    let csv = app
        .browser(&org, Role::Recruiter)
        .get(&format!("/vacancies/{vacancy}/shortlist.csv"))
        .text();
    assert!(
        csv.contains("'=cmd") && !csv.contains(",=cmd"),
        "a formula is defused"
    );
    let wrong = recruiter.upload(
        &format!("/api/v1/vacancies/{vacancy}/candidates/import"),
        &[],
        b"first,last\na,b\n",
    );
    assert_eq!(wrong.code(), "file_unreadable");
    assert!(
        wrong.json()["detail"]
            .as_str()
            .is_some_and(|d| d.contains("first, last"))
    );
}

/// Headings of address books and spreadsheets.
#[test]
fn candidates_come_from_files_with_common_headings() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let recruiter = app.api(&org, Role::Recruiter);
    let (vacancy, _, _) = invite(&recruiter, &org, "kim@candidate.example");
    let address = format!("/api/v1/vacancies/{vacancy}/candidates/import");
    for (file, name) in [
        (
            "First Name,Last Name,E-mail Address\r\nAnn,Bo,a@candidate.example\r\n",
            "Ann Bo",
        ),
        ("Name,E-Mail\nNa Li,b@candidate.example\n", "Na Li"),
        (
            "sep=;\nFULL NAME;EMAIL\nZoë K;c@candidate.example\n",
            "Zoë K",
        ),
    ] {
        let reply = recruiter.upload(&address, &[], file.as_bytes());
        assert_eq!(reply.status, 201, "{}", reply.text());
        assert_eq!(reply.json()["added"][0]["name"], name);
    }
}

#[test]
fn a_decision_needs_a_reason_and_only_the_hired_become_agents() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let recruiter = app.api(&org, Role::Recruiter);
    let (vacancy, candidate, token) = invite(&recruiter, &org, "kim@candidate.example");
    take(&app.anonymous(), &token, 4);
    let decide = |decision: &str, reason: &str| {
        recruiter.post(
            &format!("/api/v1/candidates/{candidate}/decision"),
            &json!({ "decision": decision, "reason": reason }),
        )
    };
    let hire = |reference: &str| {
        recruiter.post(
            &format!("/api/v1/candidates/{candidate}/hire"),
            &json!({ "team": "Blue", "reference": reference }),
        )
    };
    assert_eq!(decide("hired", "  ").code(), "reason_needed");
    assert_eq!(decide("promoted", "because").status, 400);
    assert_eq!(decide("hold", "second interview first").status, 204);
    assert_eq!(hire("A-1").code(), "not_hired");
    assert_eq!(decide("hired", "convincing in the interview").status, 204);
    assert_eq!(hire("A-1").status, 201);
    assert_eq!(hire("A-2").code(), "already_agent");
    let view = recruiter
        .get(&format!("/api/v1/candidates/{candidate}"))
        .json();
    assert!(!view.to_string().contains("organisation_id"));
    assert_eq!(
        view["decisions"].as_array().map(Vec::len),
        Some(2),
        "earlier decisions stay on record"
    );
    let (other, _) = add(&recruiter, &vacancy, "o@candidate.example");
    recruiter.post(
        &format!("/api/v1/candidates/{other}/decision"),
        &json!({ "decision": "hired", "reason": "also good" }),
    );
    let taken = recruiter.post(
        &format!("/api/v1/candidates/{other}/hire"),
        &json!({ "team": "Blue", "reference": "A-1" }),
    );
    assert_eq!(taken.code(), "reference_taken");
    let again = recruiter.post(
        &format!("/api/v1/vacancies/{vacancy}/candidates"),
        &json!({ "name": "Kim", "email": "KIM@candidate.example" }),
    );
    assert_eq!(again.code(), "already_invited");
}

#[test]
fn operations_are_described_with_their_bodies() {
    let app = TestApp::start();
    let spec = app.anonymous().get("/api/v1/openapi.json").json();
    assert!(!spec["components"].to_string().contains("organisation_id"));
    let own = ["vacancies", "candidates", "sittings", "questionnaires"];
    let paths = spec["paths"].as_object().expect("paths");
    for (path, item) in paths {
        let segment = path.split('/').nth(3).unwrap_or_default();
        if !own.contains(&segment) {
            continue;
        }
        for (method, operation) in item.as_object().expect("operations") {
            assert!(operation["operationId"].is_string(), "{method} {path}");
            let replies = operation["responses"].as_object().expect("responses");
            let (status, reply) = replies
                .iter()
                .find(|(status, _)| status.starts_with('2'))
                .expect("a success");
            assert!(
                status == "204" || reply["content"].is_object(),
                "{method} {path}"
            );
            let bodyless = ["finish", "withdraw", "invitation"]
                .iter()
                .any(|p| path.ends_with(p));
            let has_body = operation["requestBody"]["content"].is_object();
            assert_eq!(has_body, method != "get" && !bodyless, "{method} {path}");
        }
    }
}
