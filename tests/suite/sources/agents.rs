//! Agents who move, are renamed or become one.

use super::*;

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
