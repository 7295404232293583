//! Contacts that a coach listened to.

use super::*;

fn observed(coach: &Client, agent: Id, behaviours: Value) -> Reply {
    let body = json!({ "date": Instant::now().date(), "behaviours": behaviours, "note": "Calm" });
    coach.post(&format!("/api/v1/agents/{agent}/observations"), &body)
}

/// The plan that the coach makes now.
fn drafted(coach: &Client, agent: Id) -> Value {
    let made = coach.post(&format!("/api/v1/agents/{agent}/plans"), &json!({}));
    assert_eq!(made.status, 201, "{}", made.text());
    made.json()
}

#[test]
fn a_plan_counts_observed_contacts_beside_its_areas_and_gains_no_area() {
    let scene = Scene::set();
    let coach = scene.app.api(&scene.org, Role::Coach);
    let before = drafted(&coach, scene.agent)["plan"].clone();
    assert_eq!(before["observed"], json!([]));
    for sighting in ["seen", "not_seen", "seen", "not_applicable"] {
        // "ownership" is neither a strength nor an area of this agent.
        let behaviours = json!({ "patience": sighting, "ownership": "not_seen" });
        let reply = observed(&coach, scene.agent, behaviours);
        assert_eq!(reply.status, 201, "{}", reply.text());
    }
    let made = drafted(&coach, scene.agent);
    let counted = made["plan"]["observed"].as_array().expect("a list");
    assert_eq!(counted.len(), 1, "{counted:?}");
    let figures = ["theme", "seen", "contacts"].map(|key| counted[0][key].clone());
    assert_eq!(figures, [json!("patience"), json!(2), json!(3)]);
    let mut without = made["plan"].clone();
    without["observed"] = json!([]);
    assert_eq!(without["focus"], before["focus"]);
    assert_eq!(without["strengths"], before["strengths"]);

    let id = made["id"].as_str().expect("an id");
    let printed = coach.get(&format!("/api/v1/plans/{id}/plan.md")).text();
    assert!(printed.contains("seen in 2 of 3 contacts"), "{printed}");
}

#[test]
fn an_agent_reads_figures_of_a_shared_plan_but_no_notes() {
    let scene = Scene::set();
    let coach = scene.app.api(&scene.org, Role::Coach);
    observed(&coach, scene.agent, json!({ "patience": "seen" }));
    let list = format!("/api/v1/agents/{}/observations", scene.agent);
    assert_eq!(scene.own.get(&list).status, 403);
    let draft = drafted(&coach, scene.agent);
    let plan = format!("/api/v1/plans/{}", draft["id"].as_str().expect("an id"));
    assert_eq!(scene.own.get(&plan).status, 404);
    coach.post(&format!("{plan}/steps"), &json!({ "step": "shared" }));
    let read = scene.own.get(&plan);
    assert_eq!(read.json()["plan"]["observed"][0]["seen"], 1);
    assert!(!read.text().contains("Calm"));
}

#[test]
fn an_observation_names_a_past_day_and_a_behaviour_of_the_library() {
    let scene = Scene::set();
    let coach = scene.app.api(&scene.org, Role::Coach);
    let address = format!("/api/v1/agents/{}/observations", scene.agent);
    let on = |days: i64| Instant::now().plus(chrono::Duration::days(days)).date();
    let bodies = [
        json!({ "date": on(1), "behaviours": { "patience": "seen" } }),
        json!({ "date": on(-400), "behaviours": { "patience": "seen" } }),
        json!({ "date": on(0), "behaviours": {} }),
        json!({ "date": on(0), "behaviours": { "patience": "not_applicable" } }),
        json!({ "date": on(0), "behaviours": { "billing": "seen" } }),
        json!({ "date": on(0), "behaviours": { "patience": "seen" }, "note": "x".repeat(2_001) }),
    ];
    for body in bodies {
        refused(&coach.post(&address, &body), 422, "invalid");
    }
    let control = json!({ "date": on(-1), "behaviours": { "patience": "seen" }, "contact": " a\u{0}\u{7}b " });
    assert_eq!(coach.post(&address, &control).json()["contact"], "ab");
}

#[test]
fn an_observation_can_be_deleted_for_a_day() {
    let scene = Scene::set();
    let coach = scene.app.api(&scene.org, Role::Coach);
    let list = format!("/api/v1/agents/{}/observations", scene.agent);
    let recorded = || {
        let reply = observed(&coach, scene.agent, json!({ "patience": "seen" }));
        reply.json()["id"].as_str().expect("an id").to_owned()
    };
    let (first, second) = (recorded(), recorded());
    let address = format!("{list}/{first}/delete");
    let delete = |client: &Client, address: &str| client.post(address, &json!({}));
    let elsewhere = scene.app.organisation("Elsewhere");
    let stranger = scene.app.api(&elsewhere, Role::Coach);
    assert_eq!(delete(&stranger, &address).status, 404);
    assert_eq!(delete(&coach, &address).status, 204);
    assert_eq!(delete(&coach, &address).status, 404);
    let items = coach.get(&list).json()["items"].clone();
    assert_eq!(items.as_array().map(Vec::len), Some(1));
    assert_eq!(items[0]["id"], second);

    let later = Instant::now().plus(chrono::Duration::hours(25));
    let mut actor = crate::support::some_coach(scene.org.id);
    actor.name = "Kim".to_owned();
    let id = second.parse().expect("an id");
    let refusal = scene.app.write(|c| {
        let deleted = coaching::observations::delete(c, &actor, scene.agent, id, later);
        Ok(deleted.expect_err("too late").to_string())
    });
    assert!(refusal.contains("for a day"), "{refusal}");
}

#[test]
fn the_form_keeps_what_was_entered_and_says_what_is_missing() {
    let scene = Scene::set();
    let coach = scene.app.browser(&scene.org, Role::Coach);
    let address = format!("/agents/{}/observations", scene.agent);
    let today = Instant::now().date().to_string();
    let nothing = coach.form(&address, &[("date", &today), ("contact", "C-9")]);
    assert_eq!(nothing.status, 422);
    assert!(nothing.text().contains("C-9"));
    assert!(nothing.text().contains("Mark at least one behaviour"));
    let seen = [("date", today.as_str()), ("behaviour.patience", "seen")];
    assert_eq!(coach.form(&address, &seen).status, 303);
    let page = coach.get(&address).text();
    assert!(page.contains("Delete the contact of"), "{page}");
}
