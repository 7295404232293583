//! Vacancies, candidates from files, the shortlist, decisions, and hiring.

use rapport::accounts::Role;
use serde_json::json;

use crate::support::{TestApp, add, invite, take};

#[test]
fn a_shortlist_ranks_explains_and_says_what_cannot_be_told_apart() {
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
            items[1]["like_the_first"].as_bool(),
            items[2]["like_the_first"].as_bool()
        ),
        (Some(true), Some(false))
    );
    assert_eq!(items[2]["rank_range"], json!([3, 3]));
    assert!(items[3]["rank"].is_null() && items[3]["stage"] == "invited");
    // Everybody at 5: z = (5 - 3.75) / .55 = 2.2727; composite z = 2.2727 / sqrt(.586667) = 2.96724.
    let composite = items[0]["score"]["composite"].as_f64().expect("number");
    assert!((composite - 79.6724).abs() < 1e-3, "{composite}");
    assert!(items[0]["reasons"].as_array().is_some_and(|r| r.len() >= 3));
    assert_eq!(items[0]["score"]["stage"], "provisional");

    let page = app
        .browser(&org, Role::Recruiter)
        .get(&format!("/vacancies/{vacancy}"))
        .text();
    assert!(
        page.contains("not distinguishable from the first") && page.contains("Provisional scores")
    );
    let csv = app
        .browser(&org, Role::Recruiter)
        .get(&format!("/vacancies/{vacancy}/shortlist.csv"));
    assert_eq!(csv.text().lines().count(), 5);
    assert!(
        csv.header("content-disposition")
            .is_some_and(|d| d.contains("shortlist.csv"))
    );
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
