//! The workshop and the plans of a team.

use super::*;

#[test]
fn a_workshop_names_nobody_and_needs_enough_customers() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    a_slow_team(&app, &org);
    let mut c = app.db.connect().expect("connects");
    let teams = workforce::teams(&mut c, org.id).expect("reads");
    drop(c);
    let team = |name: &str| teams.iter().find(|t| t.name == name).expect("team").id;
    let coach = app.api(&org, Role::Coach);
    let export = coach.get(&format!("/api/v1/teams/{}/workshop.md", team("Slow")));
    assert_eq!(export.status, 200, "{}", export.text());
    let text = export.text();
    assert!(
        text.contains("Pace") && text.contains("Agenda") && text.contains("Attendance"),
        "{text}"
    );
    let quotes = text
        .split("Handout")
        .nth(1)
        .expect("handout")
        .split("What good looks like")
        .next()
        .expect("quotes");
    assert_eq!(quotes.matches("a customer").count(), 5, "{quotes}");
    for name in ["s1", "s2", "s3", "s4", "s5", "Phone"] {
        assert!(!quotes.contains(name), "{name} in {quotes}");
    }
    for ending in ["pdf", "docx"] {
        assert_eq!(
            coach
                .get(&format!("/teams/{}/workshop.{ending}", team("Slow")))
                .status,
            200
        );
    }
    // A team without trouble to speak of has no workshop, and says why.
    assert_eq!(
        coach
            .get(&format!("/api/v1/teams/{}/workshop.md", team("Quick")))
            .code(),
        "too_few"
    );
    let browser = app.browser(&org, Role::Coach);
    let refused = browser.get(&format!("/teams/{}/workshop.pdf", team("Quick")));
    let page = refused.text();
    assert_eq!(refused.status, 409);
    assert!(
        page.contains("Try again when more") && page.contains("href=\"/agents\""),
        "{page}"
    );
    // The team's theme is offered where an agent's own comments show no focus area.
    let offered = coach
        .get(&format!("/api/v1/agents/{}", agent(&app, &org, "s1")))
        .json()["draft"]
        .clone();
    assert_eq!(offered["focus"], json!([]));
    let alternatives = offered["alternatives"].to_string();
    let asked = format!("{}{}", offered["worth_asking"], offered["for_the_coach"]);
    assert!(
        alternatives.contains("pace") || asked.contains("pace"),
        "{alternatives} {asked}"
    );
}

#[test]
fn one_angry_customer_is_not_five() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    // Eight comments about three agents mention the theme, but only one customer's could be read
    // aloud.
    let long = "it was so slow for me that day; he was very slow with my order; she was too slow to find it; they were slow to answer me at all; everything there is slow and tired";
    let mut said: Vec<(&str, i64, &str)> = vec![("v1", 1, long)];
    said.extend((0..9).map(|i| (["v1", "v2", "v3"][i % 3], 2, "so slow")));
    said.extend((0..20).map(|i| {
        (
            ["v1", "v2", "v3"][i % 3],
            5,
            "very polite and patient with me",
        )
    }));
    say(&app, &org, "Slow", &said);
    let mut c = app.db.connect().expect("connects");
    let team = workforce::teams(&mut c, org.id).expect("reads")[0].id;
    drop(c);
    let export = app
        .api(&org, Role::Coach)
        .get(&format!("/api/v1/teams/{team}/workshop.md"));
    assert_eq!(export.code(), "too_few", "{}", export.text());
}

#[test]
fn plans_for_a_team_are_made_in_the_background() {
    let app = TestApp::start();
    let (org, other) = (app.organisation("Acme"), app.organisation("Else"));
    a_slow_team(&app, &org);
    let mut c = app.db.connect().expect("connects");
    let team = workforce::teams(&mut c, org.id).expect("reads")[0].id;
    drop(c);
    let coach = app.api(&org, Role::Coach);
    let ask = || coach.post(&format!("/api/v1/teams/{team}/exports"), &json!({}));
    let asked = ask();
    assert_eq!(asked.status, 202, "{}", asked.text());
    let id = asked.json()["id"].as_str().expect("id").to_owned();
    assert_eq!(
        coach.get(&format!("/api/v1/exports/{id}/plans.zip")).status,
        404,
        "not ready yet"
    );
    app.run_jobs();
    let export = coach.get(&format!("/api/v1/exports/{id}")).json();
    assert_eq!(
        (&export["state"], &export["done"], &export["total"]),
        (&json!("ready"), &json!(5), &json!(5)),
        "{export}"
    );
    let zip = coach.get(&format!("/api/v1/exports/{id}/plans.zip"));
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(zip.body)).expect("an archive");
    assert_eq!(archive.len(), 5);
    let mut first = Vec::new();
    archive
        .by_index(0)
        .expect("a file")
        .read_to_end(&mut first)
        .expect("reads");
    assert!(first.starts_with(b"%PDF"));
    // Once more: who has a plan keeps it.
    let plans = |c: &mut rapport::db::DbConnection| {
        rapport::coaching::agents_with_plans(c, org.id)
            .expect("reads")
            .len()
    };
    let again = ask().json()["id"].as_str().expect("id").to_owned();
    app.run_jobs();
    assert_eq!(
        coach.get(&format!("/api/v1/exports/{again}")).json()["state"],
        "ready"
    );
    let mut c = app.db.connect().expect("connects");
    assert_eq!(plans(&mut c), 5);
    let own = rapport::coaching::plans_of(&mut c, org.id, agent(&app, &org, "q1"))
        .expect("reads")
        .len();
    let slow = rapport::coaching::plans_of(&mut c, org.id, agent(&app, &org, "s1"))
        .expect("reads")
        .len();
    assert_eq!(own + slow, 1, "one plan an agent, one team");
    assert_eq!(
        app.api(&other, Role::Coach)
            .get(&format!("/api/v1/exports/{id}"))
            .status,
        404
    );
}
