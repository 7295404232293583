//! The stages of a plan over HTTP: proposal, acceptance, promises, check-ins, disputes, outcome.

use super::*;

const DUE: &str = "2027-01-04";

#[test]
fn a_proposal_has_a_focus_area_and_takes_disputes_but_no_decision() {
    let scene = Scene::set();
    let coach = scene.app.api(&scene.org, Role::Coach);
    let read = coach.get(&format!("/api/v1/plans/{}", scene.plan)).json();
    let reason = &read["plan"]["no_focus"];
    assert_eq!(read["plan"]["focus"][0]["theme"], "patience", "{reason}");
    assert_eq!(read["progress"]["items"], json!([]));
    // Who may decide depends on who accepts.
    let early = json!({ "point": "He hung up", "reason": "Not me" });
    assert_eq!(scene.dispute(&early).status, 201);
    let decision = json!({ "step": "decided", "dispute": 0, "upheld": false, "answer": "no" });
    scene.refuses(&coach, decision, 409, "step_refused");
    let promise = json!({ "step": "promised", "promise": "an hour", "due": DUE });
    scene.refuses(&coach, promise, 409, "step_refused");
    scene.refuses(&coach, json!({ "step": "vanished" }), 422, "invalid");
}

#[test]
fn unusable_choices_are_refused() {
    let scene = Scene::set();
    let coach = scene.app.api(&scene.org, Role::Coach);
    let patience = json!({ "theme": "patience" });
    let long = "x".repeat(3000);
    for (items, code) in [
        (json!([]), "invalid"),
        (json!([{ "theme": "warmth" }]), "invalid"),
        (json!([{ "goal": "smile more" }]), "reason_needed"),
        (json!([patience, patience]), "invalid"),
        (json!([{ "theme": "patience", "goal": long }]), "invalid"),
    ] {
        let step = json!({ "step": "accepted", "items": items });
        scene.refuses(&coach, step, 422, code);
    }
}

#[test]
fn one_plan_of_an_agent_is_open_at_a_time() {
    let (scene, coach) = Scene::agreed();
    let accept = json!({ "step": "accepted", "items": [{ "theme": "patience" }] });
    let progress = &coach.get(&format!("/api/v1/plans/{}", scene.plan)).json()["progress"];
    let sources = [
        &progress["items"][0]["source"],
        &progress["items"][1]["source"],
    ];
    assert_eq!(sources, ["focus", "own"]);
    let goal = progress["items"][0]["goal"].as_str().unwrap_or_default();
    assert!(goal.len() > 20, "the goal of the practice library: {goal}");
    scene.refuses(&coach, accept.clone(), 409, "step_refused");
    let second = coach.post(&format!("/api/v1/agents/{}/plans", scene.agent), &json!({}));
    assert_eq!(second.status, 201);
    let second = second.json()["id"].as_str().expect("an id").to_owned();
    let shared = coach.post(
        &format!("/api/v1/plans/{second}/steps"),
        &json!({ "step": "shared" }),
    );
    assert_eq!(shared.status, 201);
    let accept_second = || coach.post(&format!("/api/v1/plans/{second}/steps"), &accept);
    refused(&accept_second(), 409, "plan_open");
    let closed = json!({ "step": "closed", "outcome": "continue", "note": "" });
    scene.taken(&coach, closed.clone());
    scene.refuses(&coach, closed, 409, "step_refused");
    assert_eq!(accept_second().status, 201);
}

#[test]
fn promises_are_kept_once_and_repeated_requests_count_once() {
    let (scene, coach) = Scene::agreed();
    let promise =
        |text: &str, due: &str| json!({ "step": "promised", "promise": text, "due": due });
    let kept = |number: usize| json!({ "step": "kept", "promise": number });
    scene.refuses(&coach, promise("an hour", "2020-01-06"), 422, "invalid");
    scene.taken(&coach, promise("Two hours off the phone", DUE));
    scene.taken(&coach, kept(0));
    scene.refuses(&coach, kept(0), 409, "step_refused");
    scene.refuses(&coach, kept(7), 404, "not_found");
    let body = promise("A quiet room", DUE).to_string();
    let address = format!("/api/v1/plans/{}/steps", scene.plan);
    let key = [("Idempotency-Key", "room")];
    for _ in 0..2 {
        let json = "application/json";
        let reply = coach.send("POST", &address, json, Some(body.as_bytes()), &key);
        assert_eq!(reply.status, 201, "{}", reply.text());
    }
    let plan = coach.get(&format!("/api/v1/plans/{}", scene.plan)).json();
    let promises = &plan["progress"]["promises"];
    assert_eq!(promises.as_array().map(Vec::len), Some(2), "{promises}");
}

#[test]
fn a_check_in_is_held_once_and_leaves_the_calendar() {
    let (scene, coach) = Scene::agreed();
    let check_in =
        |seen: u32| json!({ "step": "checked_in", "check_in": 1, "seen": seen, "of": 5 });
    scene.refuses(&coach, check_in(6), 422, "invalid");
    scene.taken(&coach, check_in(4));
    scene.refuses(&coach, check_in(4), 409, "step_refused");
    let address = format!("/plans/{}/check-ins.ics", scene.plan);
    let calendar = scene.own.get(&address).text();
    assert_eq!(calendar.matches("BEGIN:VEVENT").count(), 4, "{calendar}");
}

#[test]
fn somebody_other_than_the_coach_decides_a_dispute_even_after_the_plan_is_closed() {
    let (scene, coach) = Scene::agreed();
    let admin = scene.app.api(&scene.org, Role::Admin);
    let dispute = json!({ "point": "He rushed me", "reason": "The line dropped" });
    let address = format!("/api/v1/me/plans/{}/disputes", scene.plan);
    let stranger = scene.app.api(&scene.org, Role::Agent);
    assert_eq!(stranger.post(&address, &dispute).status, 404);
    refused(&scene.dispute(&json!({ "point": "x" })), 422, "invalid");
    let decision = |dispute: usize| json!({ "step": "decided", "dispute": dispute, "upheld": true, "answer": "The log shows it" });
    for number in 0..2 {
        assert_eq!(scene.dispute(&dispute).status, 201);
        if number == 1 {
            let closed = json!({ "step": "closed", "outcome": "continue", "note": "" });
            scene.taken(&coach, closed);
        }
        scene.refuses(&coach, decision(number), 409, "step_refused");
        scene.taken(&admin, decision(number));
    }
    refused(&scene.dispute(&dispute), 409, "step_refused");
}

#[test]
fn a_closed_plan_prints_what_was_agreed() {
    let (scene, coach) = Scene::agreed();
    let view = json!({ "view": "Mondays are hard" });
    let acknowledge = format!("/api/v1/me/plans/{}/acknowledge", scene.plan);
    assert_eq!(scene.own.post(&acknowledge, &view).status, 204);
    for step in [
        json!({ "step": "promised", "promise": "Two hours off the phone", "due": DUE }),
        json!({ "step": "checked_in", "check_in": 1, "note": "Calmer", "seen": 4, "of": 5 }),
        json!({ "step": "closed", "outcome": "reached", "note": "The pause helps" }),
    ] {
        scene.taken(&coach, step);
    }
    let plan = format!("/api/v1/plans/{}/plan", scene.plan);
    let printed = coach.get(&format!("{plan}.md")).text();
    for words in [
        "What we agreed on",
        "Learn the new till",
        "Ann's wish",
        "Two hours off the phone",
        "seen in 4 of 5 contacts. Calmer",
        "Mondays are hard",
        "reached: The pause helps",
    ] {
        assert!(printed.contains(words), "{words}: {printed}");
    }
    for format in ["pdf", "docx", "html", "json"] {
        assert_eq!(
            coach.get(&format!("{plan}.{format}")).status,
            200,
            "{format}"
        );
    }
}

#[test]
fn the_plans_of_a_team_come_in_one_archive_and_steps_are_audited() {
    let (scene, coach) = Scene::agreed();
    let agents = coach.get("/api/v1/agents?find=ann").json();
    let team = agents["items"][0]["team_id"].as_str().expect("a team");
    let archive = coach.get(&format!("/teams/{team}/plans.zip"));
    assert_eq!(archive.status, 200);
    let mut files = zip::ZipArchive::new(std::io::Cursor::new(archive.body)).expect("an archive");
    assert_eq!(files.len(), 1);
    let mut start = [0; 5];
    let mut plan = files.by_index(0).expect("a file");
    std::io::Read::read_exact(&mut plan, &mut start).expect("five bytes");
    assert_eq!(&start, b"%PDF-");
    let admin = scene.app.api(&scene.org, Role::Admin);
    let audit = admin.get("/api/v1/audit").json().to_string();
    assert!(audit.contains("plan.accepted"), "{audit}");
}
