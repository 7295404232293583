//! Praise that an agent agreed to show to their team as an example of good practice.

use super::*;

/// Ann is praised for patience; Bea, of the same team, has nothing to work on.
fn scene() -> Scene {
    let scene = organisation();
    for _ in 0..3 {
        scene
            .feedback("ann")
            .score(5)
            .comment("she was very patient with me")
            .send();
    }
    for _ in 0..12 {
        scene
            .feedback("bea")
            .score(5)
            .comment("very polite and friendly")
            .send();
    }
    scene
}

fn agree(ann: &Client, named: bool, words: &str) {
    let body = json!({ "named": named, "words": words });
    let reply = ann.put("/api/v1/me/examples/patience", &body);
    assert_eq!(reply.status, 204, "{}", reply.text());
}

/// A plan of Bea: its address, example and text.
fn plan(scene: &Scene) -> (String, Value, String) {
    let coach = scene.signed_in(Role::Coach);
    let bea = scene.agent("bea");
    let made = coach.post(&format!("/api/v1/agents/{bea}/plans"), &json!({}));
    let made = made.json();
    let address = format!("/api/v1/plans/{}", made["id"].as_str().expect("an id"));
    let text = coach.get(&format!("{address}/plan.md")).text();
    (address, made["plan"]["example"].clone(), text)
}

#[test]
fn a_plan_without_a_focus_area_prints_an_example_of_a_colleague_who_agreed() {
    let scene = scene();
    let ann = scene.signed_in_as("ann");
    assert_eq!(plan(&scene).1, Value::Null);
    agree(&ann, false, "I let people finish.");
    let (_, example, text) = plan(&scene);
    assert_eq!(example["theme"], "patience");
    assert_eq!(example["colleague"], Value::Null);
    assert!(text.contains("she was very patient with me"), "{text}");
    assert!(text.contains("I let people finish."), "{text}");
    agree(&ann, true, "");
    let (_, example, text) = plan(&scene);
    assert_eq!(example["colleague"], "ann");
    assert!(text.contains("from ann, who agreed"), "{text}");
}

#[test]
fn a_plan_leaves_the_example_out_when_the_consent_ends() {
    let scene = scene();
    let ann = scene.signed_in_as("ann");
    agree(&ann, true, "");
    let (address, example, _) = plan(&scene);
    assert_eq!(example["theme"], "patience");
    let withdraw = "/api/v1/me/examples/patience/withdraw";
    assert_eq!(ann.post(withdraw, &json!({})).status, 204);
    let coach = scene.signed_in(Role::Coach);
    let stored = coach.get(&address).json();
    assert_eq!(stored["plan"]["example"], Value::Null);
    let text = coach.get(&format!("{address}/plan.md")).text();
    assert!(!text.contains("patient with me"), "{text}");
}

#[test]
fn examples_are_of_the_team_and_of_others_only() {
    let scene = scene();
    let bea = scene.signed_in_as("bea");
    let body = json!({ "named": true });
    assert_eq!(bea.put("/api/v1/me/examples/courtesy", &body).status, 204);
    assert_eq!(plan(&scene).1, Value::Null);
    let unknown = bea.put("/api/v1/me/examples/cats", &body);
    assert_eq!(unknown.status, 404);
    let long = json!({ "words": "x".repeat(501) });
    assert_eq!(bea.put("/api/v1/me/examples/courtesy", &long).status, 422);
}

#[test]
fn an_agent_chooses_on_a_page() {
    let scene = scene();
    let ann = scene.signed_in_as("ann");
    let page = ann.get("/me/examples").text();
    assert!(page.contains("she was very patient with me"), "{page}");
    let address = "/me/examples/patience";
    let words = "x".repeat(501);
    let refused = ann.form(address, &[("shown", "named"), ("words", &words)]);
    assert_eq!(refused.status, 422);
    let saved = ann.form(address, &[("shown", "named"), ("words", "I wait.")]);
    assert_eq!(saved.status, 303);
    let list = ann.get("/api/v1/me/examples").json();
    let mut items = list["items"].as_array().expect("a list").iter();
    let patience = items.find(|item| item["theme"] == "patience");
    let consent = &patience.expect("patience")["consent"];
    assert_eq!(consent, &json!({ "named": true, "words": "I wait." }));
    assert_eq!(ann.form(address, &[("shown", "no")]).status, 303);
    let list = ann.get("/api/v1/me/examples").text();
    assert!(!list.contains("I wait."), "{list}");
}
