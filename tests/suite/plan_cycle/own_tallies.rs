//! An agent's own tally of what the plan works on.

use super::*;

fn tally_of(scene: &Scene) -> String {
    format!("/api/v1/me/plans/{}/tally", scene.plan)
}

fn counted(scene: &Scene, opportunities: u32, done: u32) -> Reply {
    let body = json!({
        "theme": "patience", "opportunities": opportunities, "done": done, "note": "After lunch\u{7}",
    });
    scene.own.post(&tally_of(scene), &body)
}

fn share(scene: &Scene, shared: bool) {
    let address = format!("{}/sharing", tally_of(scene));
    let reply = scene.own.post(&address, &json!({ "shared": shared }));
    assert_eq!(reply.json()["shared"], shared, "{}", reply.text());
}

#[test]
fn an_agent_counts_an_area_of_an_agreed_plan() {
    let (scene, _) = Scene::agreed();
    let reply = counted(&scene, 8, 3);
    assert_eq!(reply.status, 201, "{}", reply.text());
    assert_eq!(reply.json()["note"], "After lunch");
    // The second entry of a day replaces the first.
    assert_eq!(counted(&scene, 10, 4).json()["id"], reply.json()["id"]);
    let mine = scene.own.get(&tally_of(&scene)).json();
    assert_eq!(mine["areas"].as_array().map(Vec::len), Some(1));
    assert_eq!(mine["days"].as_array().map(Vec::len), Some(1));
    let week = &mine["tallies"][0]["weeks"][0];
    let figures = ["days", "done", "opportunities"].map(|key| week[key].clone());
    assert_eq!(figures, [json!(1), json!(4), json!(10)]);
}

#[test]
fn a_coach_sees_sums_while_the_agent_shares_them() {
    let (scene, coach) = Scene::agreed();
    counted(&scene, 10, 4);
    let plan = format!("/api/v1/plans/{}", scene.plan);
    let printed = || coach.get(&format!("{plan}/plan.md")).text();
    let private = coach.get(&plan);
    assert_eq!(private.json()["own_tallies"], json!([]));
    assert!(!printed().contains("Source: own tally"));
    assert_eq!(coach.get(&tally_of(&scene)).status, 403);

    share(&scene, true);
    let shared = coach.get(&plan);
    assert_eq!(shared.json()["own_tallies"][0]["weeks"][0]["done"], 4);
    assert!(!shared.text().contains("After lunch"));
    let text = printed();
    assert!(text.contains("Done in 4 of 10 contacts"), "{text}");
    assert!(
        text.contains("own tally, 1 day, shared by the agent"),
        "{text}"
    );
    let brief = coach.get(&format!("{plan}/brief.md")).text();
    assert!(brief.contains("Done in 4 of 10 contacts"), "{brief}");

    share(&scene, false);
    assert!(!printed().contains("Source: own tally"));
    let export = scene.own.get("/api/v1/me/export.json").json();
    assert_eq!(export["own_tallies"][0]["note"], "After lunch");
}

#[test]
fn a_tally_needs_an_open_plan_an_area_a_day_and_possible_numbers() {
    let scene = Scene::set();
    refused(&counted(&scene, 5, 1), 409, "conflict");
    let (scene, coach) = Scene::agreed();
    let day = |days: i64| Instant::now().plus(chrono::Duration::days(days)).date();
    let entry = |theme: &str, date: NaiveDate, opportunities: u32, done: u32| {
        let body = json!({
            "theme": theme, "date": date, "opportunities": opportunities, "done": done,
        });
        scene.own.post(&tally_of(&scene), &body)
    };
    for refusal in [
        entry("courtesy", day(0), 5, 1),
        entry("patience", day(1), 5, 1),
        entry("patience", day(-1), 5, 1),
        entry("patience", day(0), 0, 0),
        entry("patience", day(0), 5, 6),
        entry("patience", day(0), 501, 6),
    ] {
        refused(&refusal, 422, "invalid");
    }
    let closed = json!({ "step": "closed", "outcome": "continue", "note": "" });
    scene.taken(&coach, closed);
    refused(&counted(&scene, 5, 1), 409, "conflict");
}

#[test]
fn a_day_can_be_changed_and_deleted_for_a_day_by_its_agent() {
    let (scene, _) = Scene::agreed();
    let id = counted(&scene, 5, 1).json()["id"].clone();
    let id = id.as_str().expect("an id");
    let delete = format!("{}/{id}/delete", tally_of(&scene));
    let later = Instant::now().plus(chrono::Duration::hours(25));
    let mut actor = crate::support::some_coach(scene.org.id);
    (actor.roles, actor.agent) = (Role::Agent.into(), Some(scene.agent));
    let new = serde_json::from_value(json!({
        "theme": "patience", "date": Instant::now().date(), "opportunities": 2, "done": 1,
    }));
    let (plan, new) = (scene.plan, new.expect("an entry"));
    let refusals = scene.app.write(|c| {
        let day = id.parse().expect("an id");
        let deleted = coaching::own_tallies::delete(c, &actor, plan, day, later);
        let changed = coaching::own_tallies::record(c, &actor, plan, &new, later);
        Ok([deleted.err(), changed.err()].map(|e| e.expect("too late").to_string()))
    });
    for refusal in refusals {
        assert!(refusal.contains("24 hours"), "{refusal}");
    }
    let elsewhere = scene.app.organisation("Elsewhere");
    let stranger = scene.app.api(&elsewhere, Role::Agent);
    assert_eq!(stranger.post(&delete, &json!({})).status, 404);
    assert_eq!(scene.own.post(&delete, &json!({})).status, 204);
    assert_eq!(scene.own.post(&delete, &json!({})).status, 404);
}

#[test]
fn the_form_keeps_what_was_entered() {
    let (scene, _) = Scene::agreed();
    let mut browser = scene.app.anonymous();
    browser.sign_in("ann@acme.example", PASSWORD);
    let page = format!("/me/plans/{}/tally", scene.plan);
    let today = Instant::now().date().to_string();
    let mut entered = vec![("theme", "patience"), ("date", &today), ("done", "9")];
    entered.extend([("opportunities", "8"), ("note", "Busy")]);
    let reply = browser.form(&page, &entered);
    assert_eq!(reply.status, 422);
    assert!(reply.text().contains("Busy") && reply.text().contains("role=\"alert\""));
    entered[2] = ("done", "8");
    assert_eq!(browser.form(&page, &entered).status, 303);
    let shown = browser.get(&page).text();
    assert!(shown.contains("8 of 8"), "{shown}");
    assert!(shown.contains("Delete the entry of"), "{shown}");
}
