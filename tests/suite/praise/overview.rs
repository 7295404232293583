//! The overview: hidden cells, activity and drivers.

use super::*;

#[test]
fn an_overview_hides_small_teams_and_says_what_is_new() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    a_slow_team(&app, &org);
    say(
        &app,
        &org,
        "Tiny",
        &[("t1", 5, "fine by me, thank you"); 30],
    );
    let coach = app.api(&org, Role::Coach);
    let seen = coach.get("/api/v1/overview").json();
    let teams = seen["overview"]["teams"].as_array().expect("teams").clone();
    let of = |name: &str| {
        teams
            .iter()
            .find(|t| t["name"] == name)
            .expect("team")
            .clone()
    };
    assert_eq!(of("Tiny")["rate"], Value::Null);
    // One hidden team alone would be the total less the others: another is hidden with it.
    assert_eq!(
        teams.iter().filter(|t| t["rate"].is_null()).count(),
        2,
        "{teams:?}"
    );
    let new = |v: &Value, action: &str| {
        v["since"]["events"]
            .as_array()
            .and_then(|n| n.iter().find(|n| n["action"] == action))
            .map(|n| n["count"].clone())
    };
    assert_eq!(
        new(&seen, "feedback.import_started"),
        Some(json!(3)),
        "{}",
        seen["since"]
    );
    let browser = app.browser(&org, Role::Coach);
    assert_eq!(browser.form("/overview/seen", &[]).status, 303);
    assert_eq!(
        new(
            &coach.get("/api/v1/overview").json(),
            "feedback.import_started"
        ),
        None
    );
    // Somebody else has not seen it yet.
    let other = app.api(&org, Role::Analyst).get("/api/v1/overview").json();
    assert_eq!(new(&other, "feedback.import_started"), Some(json!(3)));
}

/// Trouble by team, where nobody can be made out by it; what few say is not counted out.
#[test]
fn an_overview_says_where_the_trouble_is() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    a_slow_team(&app, &org);
    let mut said: Vec<(&str, i64, &str)> = Vec::new();
    for i in 0..60 {
        let agent = ["r1", "r2", "r3", "r4", "r5"][i % 5];
        let text = if i < 2 {
            "she was rude to me"
        } else {
            "quick answer"
        };
        said.push((agent, 5, text));
    }
    say(&app, &org, "Third", &said);
    let coach = app.api(&org, Role::Coach);
    let read = || coach.get("/api/v1/overview").json()["overview"]["team_themes"].clone();
    let found = read();
    let theme = |part: &str| {
        let themes = found["themes"].as_array().expect("themes");
        let at = themes
            .iter()
            .position(|t| t.as_str().is_some_and(|t| t.contains(part)));
        at.expect("is among them")
    };
    let (pace, courtesy) = (theme("Pace"), theme("Courtesy"));
    let line = |name: &str| {
        let teams = found["teams"].as_array().expect("teams").iter();
        teams
            .clone()
            .find(|t| t["name"] == name)
            .expect("shown")
            .clone()
    };
    assert_eq!(line("Slow")["comments"], 60);
    assert!(
        line("Slow")["trouble"][pace]
            .as_u64()
            .is_some_and(|n| n > 8),
        "{found}"
    );
    assert_eq!(line("Quick")["trouble"][pace], 0);
    assert_eq!(line("Third")["trouble"][courtesy], Value::Null, "{found}");
    let page = app.browser(&org, Role::Coach).get("/overview").text();
    assert!(page.contains("Complaints by team") && page.contains(">few<"));
    // A team of one shows in no difference either: another team goes with it.
    say(&app, &org, "Tiny", &[("t1", 1, "he was rude"); 30]);
    let names: Vec<_> = read()["teams"]
        .as_array()
        .expect("teams")
        .iter()
        .map(|t| t["name"].clone())
        .collect();
    assert_eq!(names.len(), 2, "{names:?}");
    assert!(!names.contains(&json!("Tiny")));
}
