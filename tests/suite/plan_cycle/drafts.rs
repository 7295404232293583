//! Drafts: who sees them, sharing, withdrawing, and undoing the end of a plan.

use super::*;

/// A draft about the agent, beside the shared plan of the scene.
fn drafted(scene: &Scene, coach: &Client) -> String {
    let made = coach.post(&format!("/api/v1/agents/{}/plans", scene.agent), &json!({}));
    assert_eq!(made.status, 201, "{}", made.text());
    made.json()["id"].as_str().expect("an id").to_owned()
}

fn take(client: &Client, plan: &str, step: &Value) -> Reply {
    client.post(&format!("/api/v1/plans/{plan}/steps"), step)
}

/// The plans that the agent sees.
fn own_plans(scene: &Scene) -> Vec<String> {
    let me = scene.own.get("/api/v1/me").json();
    let plans = me["plans"].as_array().expect("plans").iter();
    plans
        .map(|p| p["id"].as_str().expect("an id").to_owned())
        .collect()
}

#[test]
fn the_agent_sees_a_plan_only_after_it_is_shared() {
    let scene = Scene::set();
    let coach = scene.app.api(&scene.org, Role::Coach);
    let draft = drafted(&scene, &coach);
    let addresses = [
        format!("/api/v1/plans/{draft}"),
        format!("/api/v1/plans/{draft}/plan.md"),
        format!("/plans/{draft}/check-ins.ics"),
    ];
    let statuses = |client: &Client| addresses.each_ref().map(|a| client.get(a).status);
    assert_eq!(statuses(&coach), [200; 3]);
    assert_eq!(statuses(&scene.own), [404; 3]);
    let dispute = json!({ "point": "x", "reason": "y" });
    let disputes = format!("/api/v1/me/plans/{draft}/disputes");
    assert_eq!(scene.own.post(&disputes, &dispute).status, 404);
    assert_eq!(own_plans(&scene), [scene.plan.to_string()]);
    let export = scene.own.get("/api/v1/me/export.json").json();
    assert_eq!(export["plans"].as_array().map(Vec::len), Some(1));

    let accept = json!({ "step": "accepted", "items": [{ "theme": "patience" }] });
    refused(&take(&coach, &draft, &accept), 409, "step_refused");
    let share = json!({ "step": "shared" });
    assert_eq!(take(&coach, &draft, &share).status, 201);
    refused(&take(&coach, &draft, &share), 409, "step_refused");
    assert_eq!(statuses(&scene.own), [200; 3]);
    assert_eq!(own_plans(&scene), [draft, scene.plan.to_string()]);
}

#[test]
fn a_new_draft_replaces_the_draft_before_and_no_shared_plan() {
    let scene = Scene::set();
    let coach = scene.app.api(&scene.org, Role::Coach);
    let first = drafted(&scene, &coach);
    let second = drafted(&scene, &coach);
    let status = |plan: &str| coach.get(&format!("/api/v1/plans/{plan}")).status;
    assert_eq!([status(&first), status(&second)], [404, 200]);
    assert_eq!(status(&scene.plan.to_string()), 200);
}

#[test]
fn a_shared_plan_is_withdrawn_with_a_reason_until_it_is_accepted() {
    let scene = Scene::set();
    let coach = scene.app.api(&scene.org, Role::Coach);
    let withdraw = |reason: &str| json!({ "step": "withdrawn", "reason": reason });
    scene.refuses(&coach, withdraw(" "), 422, "invalid");
    let after = scene.taken(&coach, withdraw("The wrong Ann"));
    assert_eq!(after["progress"]["withdrawn"]["reason"], "The wrong Ann");
    let address = format!("/api/v1/plans/{}", scene.plan);
    assert_eq!(scene.own.get(&address).status, 404);
    assert_eq!(own_plans(&scene), Vec::<String>::new());
    let accept = json!({ "step": "accepted", "items": [{ "theme": "patience" }] });
    scene.refuses(&coach, accept, 409, "step_refused");

    let (agreed, coach) = Scene::agreed();
    agreed.refuses(&coach, withdraw("too late"), 409, "step_refused");
}

#[test]
fn a_withdrawn_plan_is_no_longer_the_newest_of_the_team() {
    let scene = Scene::set();
    let coach = scene.app.api(&scene.org, Role::Coach);
    let agents = coach.get("/api/v1/agents").json();
    let agents = agents["items"].as_array().expect("items").iter();
    let ann = agents.clone().find(|agent| agent["reference"] == "ann");
    let team = ann.expect("Ann")["team_id"].as_str().expect("a team");
    let archive = format!("/api/v1/teams/{team}/plans.zip");
    assert_eq!(coach.get(&archive).status, 200);
    scene.taken(&coach, json!({ "step": "withdrawn", "reason": "x" }));
    assert_eq!(coach.get(&archive).status, 404);
}

#[test]
fn check_ins_of_an_open_plan_stay_due_beside_a_newer_draft() {
    let (scene, coach) = Scene::agreed();
    drafted(&scene, &coach);
    let later = Instant::now().plus(chrono::Duration::days(9));
    let check_ins = scene.check_ins_due(later);
    let plans: Vec<Id> = check_ins.iter().filter_map(|task| task.plan_id).collect();
    assert_eq!(plans, [scene.plan]);
}

#[test]
fn a_check_in_keeps_the_day_it_was_held() {
    let (scene, coach) = Scene::agreed();
    let today = Instant::now().date();
    let held = |on: NaiveDate| json!({ "step": "checked_in", "check_in": 0, "on": on });
    for wrong in [today.pred_opt(), today.succ_opt()] {
        scene.refuses(&coach, held(wrong.expect("a day")), 422, "invalid");
    }
    let after = scene.taken(&coach, held(today));
    assert_eq!(after["progress"]["meetings"][0]["done"]["on"], json!(today));
}

#[test]
fn reaching_the_goal_needs_evidence_and_closing_is_undone() {
    let (scene, coach) = Scene::agreed();
    let reached = |note: &str| json!({ "step": "closed", "outcome": "reached", "note": note });
    scene.refuses(&coach, reached(""), 422, "reason_needed");
    scene.taken(&coach, reached("Seen in 4 of 5 calls"));
    let after = scene.taken(&coach, json!({ "step": "reopened" }));
    assert_eq!(after["progress"]["closed"], Value::Null);
    assert_eq!(after["progress"]["outcome"], Value::Null);
    scene.refuses(&coach, json!({ "step": "reopened" }), 409, "step_refused");
    scene.taken(&coach, reached("Seen in 5 of 5 calls"));
}

#[test]
fn closing_is_undone_only_until_the_next_day() {
    let (scene, coach) = Scene::agreed();
    scene.taken(
        &coach,
        json!({ "step": "closed", "outcome": "change", "note": "" }),
    );
    let organisation = scene.org.id;
    let reopen = |days: i64| {
        let at = Instant::now().plus(chrono::Duration::days(days));
        let coach = crate::support::some_coach(organisation);
        let mut c = scene.app.db.connect().expect("connects");
        coaching::take_step(&mut c, &coach, scene.plan, NewStep::Reopened {}, at)
    };
    let late = reopen(2).expect_err("too late");
    let too_late = coaching::CoachingError::Step(StepError::TooLateToReopen);
    assert_eq!(late.to_string(), too_late.to_string());
    assert!(reopen(1).is_ok());
}
