//! The brief, and versions of the practice library.

use super::*;

#[test]
fn a_brief_is_in_the_order_of_the_talk() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    a_slow_team(&app, &org);
    let coach = app.api(&org, Role::Coach);
    let plan = coach
        .post(
            &format!("/api/v1/agents/{}/plans", agent(&app, &org, "s1")),
            &json!({}),
        )
        .json();
    let text = coach
        .get(&format!(
            "/api/v1/plans/{}/brief.md",
            plan["id"].as_str().expect("id")
        ))
        .text();
    let at = |part: &str| {
        text.find(part)
            .unwrap_or_else(|| panic!("{part} is not in {text}"))
    };
    let order = [
        "The agent first",
        "Goal",
        "Reality",
        "Options",
        "Will",
        "Afterwards",
    ]
    .map(at);
    assert!(order.windows(2).all(|w| w[0] < w[1]), "{order:?}");
}

#[test]
fn practice_can_be_edited_and_old_plans_keep_what_they_had() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    a_slow_team(&app, &org);
    let coach = app.api(&org, Role::Coach);
    let present = coach.get("/api/v1/practice").json();
    let source = present["source"].as_str().expect("source");
    let save = |source: &str, instead_of: i64| {
        coach.put(
            "/api/v1/practice",
            &json!({ "source": source, "note": "", "instead_of": instead_of }),
        )
    };
    assert_eq!(
        save("[[themes]]\ntheme = \"pace\"", 0).code(),
        "library_invalid"
    );
    let plan = || {
        let made = coach
            .post(
                &format!("/api/v1/agents/{}/plans", agent(&app, &org, "q1")),
                &json!({}),
            )
            .json();
        made["id"].as_str().expect("id").to_owned()
    };
    let print = |id: &str| coach.get(&format!("/api/v1/plans/{id}/plan.md")).text();
    let old = plan();
    let before = print(&old);
    let line = "Fits words to the person and ends with a recap";
    assert!(before.contains(line), "{before}");
    let edited = source.replace(line, "Draws it on paper, and ends with a recap");
    assert_eq!(save(&edited, 0).json()["version"], 1);
    assert_eq!(save(&edited, 0).status, 409);
    assert_eq!(print(&old), before);
    assert!(print(&plan()).contains("Draws it on paper"));
}
