//! Themes of departments and their status.

use super::*;

/// Two complaints about waiting, which belong to another department, and praise for agent a.
fn waiting_and_praise() -> Scene {
    let scene = organisation();
    let a = scene
        .feedback("a")
        .team("Blue")
        .channel("phone")
        .issue("returns");
    a.score(1).comment("an awful hour on hold on Monday").send();
    let b = scene.feedback("b").score(1).days_ago(2);
    b.comment("terrible and on hold for ages again")
        .send_over(1, 0);
    scene
        .feedback("a")
        .score(5)
        .comment("very polite and patient man")
        .send();
    scene
}

#[test]
fn a_department_theme_lists_its_comments() {
    let scene = waiting_and_praise();
    let items = scene
        .signed_in(Role::Coach)
        .get("/api/v1/departments")
        .json()["items"]
        .clone();
    let items = items.as_array().expect("a list");
    let access = items
        .iter()
        .find(|i| i["theme"] == "access")
        .expect("listed");
    assert_eq!(access["comments"], 2, "{access}");
    assert_eq!(access["examples"].as_array().map(Vec::len), Some(2));
    let elsewhere = scene.elsewhere(Role::Coach).get("/api/v1/departments");
    assert_eq!(elsewhere.json()["items"], json!([]));
}

#[test]
fn an_invalid_status_of_a_department_theme_is_refused() {
    let scene = waiting_and_praise();
    let coach = scene.signed_in(Role::Coach);
    for (theme, status, note, code) in [
        ("courtesy", "open", "", "not_found"),
        ("access", "later", "", "invalid"),
        ("access", "wont_fix", " ", "reason_needed"),
    ] {
        let body = json!({ "status": status, "note": note });
        let reply = coach.post(&format!("/api/v1/departments/{theme}"), &body);
        assert_eq!(reply.code(), code);
    }
}

#[test]
fn the_status_of_a_department_theme_reaches_the_agent_and_the_plan() {
    let scene = waiting_and_praise();
    let (coach, own) = (scene.signed_in(Role::Coach), scene.signed_in_as("a"));
    assert_eq!(
        own.get("/api/v1/me").json()["not_yours"][0]["owner_status"],
        Value::Null
    );
    for (status, note) in [("open", ""), ("in_progress", "Two more people from Monday")] {
        let body = json!({ "status": status, "note": note });
        assert_eq!(coach.post("/api/v1/departments/access", &body).status, 204);
    }
    let status = own.get("/api/v1/me").json()["not_yours"][0]["owner_status"].clone();
    assert_eq!(status["status"], "in_progress");
    assert_eq!(status["note"], "Two more people from Monday");
    let plan = scene.plan("a");
    let printed = coach.get(&format!("/api/v1/plans/{plan}/plan.md")).text();
    assert!(printed.contains("In progress"), "{printed}");
    assert!(printed.contains("Two more people"), "{printed}");
}

#[test]
fn a_department_sees_and_answers_for_its_own_themes_alone() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    say(
        &app,
        &org,
        "Blue",
        &[
            ("a", 1, "I was on hold for an hour on Monday"),
            ("b", 1, "I was charged twice on my invoice"),
        ],
    );
    let admin = app.api(&org, Role::Admin);
    let themes = |client: &Client| -> Vec<Value> {
        let items = client.get("/api/v1/departments").json()["items"].clone();
        let items = items.as_array().expect("a list").iter();
        items.map(|item| item["theme"].clone()).collect()
    };
    assert_eq!(themes(&admin), [json!("access"), json!("billing")]);
    // This person's department, "Workforce planning", owns "access".
    let own = app.api(&org, Role::Department);
    assert_eq!(themes(&own), [json!("access")]);
    let word = json!({ "status": "in_progress", "note": "Two more people" });
    assert_eq!(own.post("/api/v1/departments/access", &word).status, 204);
    let foreign = own.post("/api/v1/departments/billing", &word);
    assert_eq!(foreign.code(), "not_found");
    let page = app.browser(&org, Role::Department).get("/departments");
    assert!(
        page.text().contains("What your department owns")
            && page.text().contains("Workforce planning")
    );
    assert!(!page.text().contains("charged twice"));

    let person = |department: &str, role: &str| {
        let email = format!("{}@acme.example", Id::new());
        json!({ "name": "Bo", "email": email, "role": role, "department": department })
    };
    for (department, role, code) in [
        ("Catering", "department", "invalid"),
        ("", "department", "invalid"),
        ("Billing", "coach", "invalid"),
    ] {
        let reply = admin.post("/api/v1/people", &person(department, role));
        assert_eq!(reply.code(), code, "{department} {role}: {}", reply.text());
    }
    let wrong = admin.post("/api/v1/people", &person("Catering", "department"));
    assert!(
        wrong.text().contains("Workforce planning"),
        "{}",
        wrong.text()
    );
    let billing = person(" billing ", "department");
    assert_eq!(admin.post("/api/v1/people", &billing).status, 201);
    app.choose_password(billing["email"].as_str().expect("an address"));
    let mut other = app.anonymous();
    let sign_in = json!({ "email": billing["email"], "password": PASSWORD });
    let tokens = other.post("/api/v1/tokens", &sign_in).json();
    other.bearer = tokens["access_token"].as_str().map(str::to_owned);
    assert_eq!(themes(&other), [json!("billing")]);

    // Renaming the department in the taxonomy hides its themes from them.
    let present = admin.get("/api/v1/taxonomy").json();
    let source = present["source"].as_str().expect("source");
    let source = source.replace("owner = \"Billing\"", "owner = \"Finance\"");
    let request = json!({ "source": source, "note": "renamed", "instead_of": present["version"], "action": "save" });
    let renamed = admin.put("/api/v1/taxonomy", &request);
    assert_eq!(renamed.status, 200, "{}", renamed.text());
    assert!(themes(&other).is_empty());
    let mut browser = app.anonymous();
    let signed_in = browser.form(
        "/sign-in",
        &[
            ("email", billing["email"].as_str().expect("text")),
            ("password", PASSWORD),
        ],
    );
    assert_eq!(signed_in.header("location"), Some("/departments"));
    browser.cookie = signed_in
        .header("set-cookie")
        .and_then(|cookie| cookie.split(';').next())
        .map(str::to_owned);
    let page = browser.get("/departments").text();
    assert!(
        page.contains("No theme belongs to “Billing” any more"),
        "{page}"
    );
    let people = admin.get("/api/v1/people").json()["items"].clone();
    let people = people.as_array().expect("a list");
    let id_of = |email: &Value| {
        let person = people.iter().find(|p| p["email"] == *email).expect("there");
        person["id"].as_str().expect("id").to_owned()
    };
    let change = |id: &str, name: &str| {
        let body = json!({ "department": name });
        admin.post(&format!("/api/v1/people/{id}/department"), &body)
    };
    let id = id_of(&billing["email"]);
    assert_eq!(change(&id, "Billing").code(), "invalid");
    let coach = id_of(&json!("coach@acme.example"));
    assert_eq!(change(&coach, "Finance").code(), "invalid");
    assert_eq!(change(&id, "finance").status, 204);
    assert_eq!(themes(&other), [json!("billing")]);
}
