//! People with several roles, and changes of their roles.

use rapport::{accounts::Role, types::Id};
use serde_json::json;

use crate::support::{TestApp, person};

#[test]
fn a_person_with_two_roles_may_do_what_either_may_do() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let (admin, coach) = (app.api(&org, Role::Admin), app.api(&org, Role::Coach));
    let pages = ["/api/v1/teams", "/api/v1/vacancies", "/api/v1/validity"];
    let statuses = || pages.map(|page| coach.get(page).status);
    assert_eq!(statuses(), [200, 403, 403]);
    let address = format!("/api/v1/people/{}/roles", person(&app, &org, Role::Coach));
    let both = json!({ "roles": ["recruiter", "coach"] });
    assert_eq!(admin.put(&address, &both).status, 204);
    let coach = app.api(&org, Role::Coach);
    let statuses = pages.map(|page| coach.get(page).status);
    assert_eq!(statuses, [200, 200, 403]);
    let own = coach.get("/api/v1/account").json();
    assert_eq!(
        (&own["role"], &own["roles"]),
        (&json!("recruiter"), &json!(["recruiter", "coach"]))
    );
    let page = app.browser(&org, Role::Coach).get("/teams").text();
    assert!(page.contains("href=\"/vacancies\"") && page.contains("href=\"/agents\""));
}

#[test]
fn a_department_keeps_its_limits_until_another_role_sees_all() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let admin = app.api(&org, Role::Admin);
    let address = format!(
        "/api/v1/people/{}/roles",
        person(&app, &org, Role::Department)
    );
    let set = |roles: &[&str]| admin.put(&address, &json!({ "roles": roles })).status;
    // Themes to choose for a new issue.
    let themes = |role: Role| {
        app.browser(&org, role)
            .get("/issues")
            .text()
            .matches("<option")
            .count()
    };
    let (own, all) = (themes(Role::Department), themes(Role::Admin));
    assert!(own < all, "{own} of {all}");
    assert_eq!(set(&["department", "recruiter"]), 204);
    assert_eq!(themes(Role::Department), own);
    assert_eq!(set(&["department", "analyst"]), 204);
    assert_eq!(themes(Role::Department), all);
}

#[test]
fn roles_need_what_belongs_to_them() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let admin = app.api(&org, Role::Admin);
    let address = format!("/api/v1/people/{}/roles", person(&app, &org, Role::Coach));
    let set = |body: serde_json::Value| {
        let reply = admin.put(&address, &body);
        let code = if reply.status == 204 {
            String::new()
        } else {
            reply.code()
        };
        (reply.status, code)
    };
    for body in [
        json!({ "roles": [] }),
        json!({ "roles": ["agent"] }),
        json!({ "roles": ["department"] }),
        json!({ "roles": ["coach"], "department": "Workforce planning" }),
        json!({ "roles": ["agent"], "agent_reference": "nobody" }),
    ] {
        assert_eq!(set(body.clone()), (422, "invalid".to_owned()), "{body}");
    }
    let taken = json!({ "roles": ["agent"], "agent_reference": "self" });
    assert_eq!(set(taken), (409, "reference_taken".to_owned()));
    let with = json!({ "roles": ["coach", "department"], "department": "workforce planning" });
    assert_eq!(set(with).0, 204);
    let read = || admin.get(address.trim_end_matches("/roles")).json();
    assert_eq!(read()["department"], "Workforce planning");
    assert_eq!(set(json!({ "roles": ["coach"] })).0, 204);
    assert_eq!(read()["department"], json!(null));
}

#[test]
fn an_agent_is_neither_coach_nor_administrator() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let (admin, id) = (app.api(&org, Role::Admin), person(&app, &org, Role::Agent));
    let address = format!("/api/v1/people/{id}/roles");
    let set = |roles: &[&str]| admin.put(&address, &json!({ "roles": roles }));
    for other in ["coach", "admin"] {
        let refused = set(&["agent", other]);
        let found = (refused.status, &*refused.code());
        assert_eq!(found, (422, "roles_conflict"), "{other}");
    }
    let fields = [("role", "agent"), ("role", "coach")];
    let browser = app.browser(&org, Role::Admin);
    let refused = browser.form(&format!("/people/{id}/roles"), &fields);
    assert_eq!(refused.status, 422);
    assert!(refused.text().contains("recorded about agents"));
    assert_eq!(set(&["agent", "recruiter"]).status, 204);
    assert_eq!(set(&["coach"]).status, 204, "one in place of the other");
}

#[test]
fn the_log_has_the_roles_before_and_after_with_what_belongs_to_them() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let admin = app.api(&org, Role::Admin);
    let address = format!("/api/v1/people/{}", person(&app, &org, Role::Agent));
    let agent = admin.get(&address).json()["agent_id"].clone();
    assert!(agent.is_string());
    let speaks = json!({ "roles": ["department"], "department": "Workforce planning" });
    let changed = admin.put(&format!("{address}/roles"), &speaks);
    assert_eq!(changed.status, 204);
    let log = admin.get("/api/v1/audit").json();
    let entries = log["items"].as_array().expect("items");
    let entry = entries
        .iter()
        .find(|entry| entry["action"] == "person.roles_changed");
    let detail = entry.expect("on record")["detail"].as_str().expect("text");
    let detail: serde_json::Value = serde_json::from_str(detail).expect("JSON");
    let expected = json!({
        "before": { "roles": ["agent"], "agent_id": agent, "department": null },
        "after": {
            "roles": ["department"],
            "agent_id": null,
            "department": "Workforce planning",
        },
    });
    assert_eq!(detail, expected);
}

#[test]
fn an_unknown_role_is_a_bad_request() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let id = person(&app, &org, Role::Coach);
    let admin = app.browser(&org, Role::Admin);
    let refused = admin.form(&format!("/people/{id}/roles"), &[("role", "owner")]);
    assert_eq!(refused.status, 400);
}

#[test]
fn the_last_administrator_keeps_the_role() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let (own, other) = (
        person(&app, &org, Role::Admin),
        person(&app, &org, Role::Coach),
    );
    let admin = app.browser(&org, Role::Admin);
    let set = |id: Id, role: &str| admin.form(&format!("/people/{id}/roles"), &[("role", role)]);
    let refused = set(own, "coach");
    assert_eq!(refused.status, 409);
    assert!(refused.text().contains("This is the last administrator"));
    assert_eq!(set(other, "admin").status, 303);
    assert_eq!(set(own, "coach").status, 303);
    assert_eq!(admin.get("/people").status, 403, "the change holds at once");
    let audit = app.browser(&org, Role::Coach).get("/audit").text();
    assert!(audit.contains("person.roles_changed"));
}

#[test]
fn an_invited_administrator_does_not_count_as_one() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let own = person(&app, &org, Role::Admin);
    let admin = app.browser(&org, Role::Admin);
    let fields = [
        ("name", "Bo New"),
        ("email", "bo@acme.example"),
        ("role", "admin"),
        ("by", "link"),
    ];
    let shown = admin.form("/people", &fields).text();
    let leave = || {
        admin
            .form(&format!("/people/{own}/roles"), &[("role", "coach")])
            .status
    };
    assert_eq!(leave(), 409);
    let link = &shown[shown.find("/password/").expect("a link")..];
    let link = &link[..link.find(['<', '"']).expect("an end")];
    let chosen = [("password", "three quiet yellow boats")];
    assert_eq!(app.anonymous().form(link, &chosen).status, 303);
    assert_eq!(leave(), 303);
}

#[test]
fn a_person_of_another_organisation_is_not_there() {
    let app = TestApp::start();
    let (ours, theirs) = (app.organisation("Ours"), app.organisation("Theirs"));
    let id = person(&app, &theirs, Role::Coach);
    let (admin, api) = (app.browser(&ours, Role::Admin), app.api(&ours, Role::Admin));
    let page = format!("/people/{id}");
    assert_eq!(admin.get(&page).status, 404);
    assert_eq!(
        admin
            .form(&format!("{page}/roles"), &[("role", "admin")])
            .status,
        404
    );
    assert_eq!(api.get(&format!("/api/v1{page}")).status, 404);
    let roles = json!({ "roles": ["admin"] });
    assert_eq!(api.put(&format!("/api/v1{page}/roles"), &roles).status, 404);
}
