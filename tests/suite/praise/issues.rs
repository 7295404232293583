//! Issues of departments.

use super::*;

fn hold() -> Scene {
    let scene = organisation();
    let waiting = scene.feedback("a").score(1);
    waiting
        .comment("I was on hold for an hour on Monday")
        .send();
    scene
}

fn issue(theme: &str, title: &str) -> Value {
    json!({ "theme": theme, "title": title, "owner": "Kim", "due": "2030-01-31" })
}

#[test]
fn a_theme_has_several_issues_with_their_history() {
    let scene = hold();
    let own = scene.signed_in(Role::Department);
    let first = own.post("/api/v1/issues", &issue("access", "Too few people"));
    assert_eq!(first.status, 201, "{}", first.text());
    let id = first.json()["id"].as_str().expect("id").to_owned();
    assert_eq!(
        own.post("/api/v1/issues", &issue("access", "Old headsets"))
            .status,
        201
    );
    let path = format!("/api/v1/issues/{id}");
    let fixed = json!({ "title": "Too few people", "status": "fixed", "action_taken": "Two more" });
    assert_eq!(own.put(&path, &fixed).status, 204);
    let found = own.get(&path).json();
    assert_eq!(found["issue"]["status"], "fixed");
    assert_eq!(found["issue"]["due"], Value::Null);
    let history = found["history"].as_array().expect("a list");
    let states: Vec<&Value> = history.iter().map(|h| &h["status"]).collect();
    assert_eq!(states, ["fixed", "open"]);
    assert_eq!(history[1]["due"], "2030-01-31");
    // What people write can name somebody; the audit log keeps what it has for ever.
    let log = scene.signed_in(Role::Admin).get("/api/v1/audit").text();
    assert!(log.contains("issue.changed"), "{log}");
    for written in ["Too few people", "Kim", "Two more"] {
        assert!(!log.contains(written), "{written}: {log}");
    }
    let listed = own.get("/api/v1/issues").json()["items"].clone();
    assert_eq!(listed[0]["title"], "Old headsets");
    assert_eq!(listed[1]["id"], id.as_str());
    let read = scene.signed_in_as("a").get("/api/v1/me").json();
    assert_eq!(read["not_yours"][0]["owner_status"]["note"], "Two more");
}

#[test]
fn invalid_issues_are_refused() {
    let scene = hold();
    let coach = scene.signed_in(Role::Coach);
    let long = "x".repeat(121);
    for (theme, title, status, code) in [
        ("courtesy", "T", "open", "not_found"),
        ("access", " ", "open", "invalid"),
        ("access", long.as_str(), "open", "invalid"),
        ("access", "T", "wont_fix", "reason_needed"),
    ] {
        let body = json!({ "theme": theme, "title": title, "status": status });
        assert_eq!(
            coach.post("/api/v1/issues", &body).code(),
            code,
            "{theme} {title}"
        );
    }
}

#[test]
fn issues_of_others_do_not_exist() {
    let scene = hold();
    let admin = scene.signed_in(Role::Admin);
    let created = admin
        .post("/api/v1/issues", &issue("billing", "Invoices"))
        .json();
    let path = format!("/api/v1/issues/{}", created["id"].as_str().expect("id"));
    let body = json!({ "title": "Mine" });
    for other in [
        scene.signed_in(Role::Department),
        scene.elsewhere(Role::Admin),
    ] {
        assert_eq!(other.get(&path).status, 404);
        assert_eq!(other.put(&path, &body).status, 404);
        assert_eq!(other.get("/api/v1/issues").json()["items"], json!([]));
    }
}

#[test]
fn a_repeated_key_creates_one_issue() {
    let scene = hold();
    let coach = scene.signed_in(Role::Coach);
    let body = issue("access", "Too few people").to_string();
    let send = |body: &str| {
        let key = [("Idempotency-Key", "k1")];
        coach.send(
            "POST",
            "/api/v1/issues",
            "application/json",
            Some(body.as_bytes()),
            &key,
        )
    };
    assert_eq!(send(&body).json(), send(&body).json());
    assert_eq!(
        send(&issue("access", "Other").to_string()).code(),
        "key_reused"
    );
    let listed = coach.get("/api/v1/issues").json()["items"].clone();
    assert_eq!(listed.as_array().map(Vec::len), Some(1));
}

#[test]
fn an_update_of_a_theme_is_that_of_its_open_issue() {
    let scene = hold();
    let coach = scene.signed_in(Role::Coach);
    for (status, note) in [("open", ""), ("wont_fix", "No budget")] {
        let body = json!({ "status": status, "note": note });
        assert_eq!(coach.post("/api/v1/departments/access", &body).status, 204);
    }
    let listed = coach.get("/api/v1/issues").json()["items"].clone();
    assert_eq!(listed.as_array().map(Vec::len), Some(1));
    assert_eq!(listed[0]["status"], "wont_fix");
    assert_eq!(listed[0]["action_taken"], "No budget");
}

#[test]
fn names_that_statuses_had_before_are_accepted() {
    let scene = hold();
    let coach = scene.signed_in(Role::Coach);
    for (name, status) in [
        ("acknowledged", "open"),
        ("solved", "fixed"),
        ("will_not_be_done", "wont_fix"),
    ] {
        let body = json!({ "theme": "access", "title": "T", "status": name, "action_taken": "A" });
        assert_eq!(coach.post("/api/v1/issues", &body).status, 201, "{name}");
        let update = json!({ "status": name, "note": "A" });
        let updated = coach.post("/api/v1/departments/access", &update);
        assert_eq!(updated.status, 204, "{name}");
        let items = coach.get("/api/v1/departments").json()["items"].clone();
        let updates = items[0]["updates"].as_array().cloned().expect("a list");
        let newest = updates.last().expect("an update");
        assert_eq!(newest["status"], status, "{name}");
    }
}

#[test]
fn forms_create_and_close_an_issue() {
    let scene = hold();
    let browser = scene.app.browser(&scene.org, Role::Department);
    let fields = [
        ("theme", "access"),
        ("title", "Too few people"),
        ("status", "open"),
    ];
    let created = browser.form("/issues", &fields);
    let page = created.leads_to();
    let refused = browser.form(&page, &[("title", "Few people"), ("status", "wont_fix")]);
    assert_eq!(refused.status, 422);
    assert!(refused.text().contains("value=\"Few people\""));
    let closed = browser.form(&page, &[("title", "Few people"), ("status", "fixed")]);
    assert_eq!(closed.status, 303);
    assert!(browser.get("/issues").text().contains("fixed"));
}
