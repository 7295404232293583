//! Accounts that are suspended, closed and resumed, and who takes over open work.

use rapport::{
    accounts::{self, AccountsError, Actor, Role},
    types::{Id, Instant},
};
use serde_json::{Value, json};

use crate::support::{
    Client, Organisation, PASSWORD, Scene, TestApp, organisation, person, some_coach,
};

fn address(id: Id) -> String {
    format!("/api/v1/people/{id}")
}

fn actions(admin: &Client) -> Vec<String> {
    let log = admin.get("/api/v1/audit").json();
    let entries = log["items"].as_array().expect("items");
    let action = |entry: &Value| entry["action"].as_str().map(str::to_owned);
    entries.iter().filter_map(action).collect()
}

/// A coach at work: in a browser, and as a program with an access token and a refresh token.
struct AtWork<'a> {
    app: &'a TestApp,
    email: String,
    browser: Client,
    program: Client,
    refresh_token: Value,
}

impl<'a> AtWork<'a> {
    fn new(app: &'a TestApp, org: &Organisation) -> Self {
        let email = org.email(Role::Coach);
        let body = json!({ "email": email, "password": PASSWORD });
        let tokens = app.anonymous().post("/api/v1/tokens", &body).json();
        let mut program = app.anonymous();
        program.bearer = tokens["access_token"].as_str().map(str::to_owned);
        Self {
            app,
            email,
            browser: app.browser(org, Role::Coach),
            program,
            refresh_token: tokens["refresh_token"].clone(),
        }
    }

    fn sign_in(&self) -> u16 {
        let body = json!({ "email": self.email, "password": PASSWORD });
        self.app.anonymous().post("/api/v1/tokens", &body).status
    }

    fn refresh(&self) -> u16 {
        let body = json!({ "refresh_token": self.refresh_token });
        let refreshed = self.app.anonymous().post("/api/v1/tokens/refresh", &body);
        refreshed.status
    }

    /// Statuses by cookie and by access token.
    fn statuses(&self) -> [u16; 2] {
        [
            self.browser.get("/teams").status,
            self.program.get("/api/v1/teams").status,
        ]
    }
}

#[test]
fn an_account_suspended_or_closed_in_the_middle_of_work_loses_access_at_once() {
    for (step, state) in [("suspend", "suspended"), ("close", "closed")] {
        let app = TestApp::start();
        let org = app.organisation("Acme");
        let (admin, coach) = (app.api(&org, Role::Admin), AtWork::new(&app, &org));
        let id = person(&app, &org, Role::Coach);
        let change = |step: &str| {
            let done = admin.post(&format!("{}/{step}", address(id)), &json!({}));
            done.status
        };
        assert_eq!(coach.statuses(), [200, 200]);
        assert_eq!(change(step), 204);
        assert_eq!(coach.statuses(), [401, 401], "{step}");
        assert_eq!((coach.refresh(), coach.sign_in()), (401, 401), "{step}");
        assert_eq!(admin.get(&address(id)).json()["state"], state);
        let sessions = admin.get(&format!("{}/sessions", address(id))).json();
        assert_eq!(sessions["items"], json!([]));
        assert_eq!(change(step), 409, "a second time");

        assert_eq!(change("resume"), 204);
        assert_eq!(coach.statuses(), [401, 401], "what was ended stays ended");
        assert_eq!((coach.refresh(), coach.sign_in()), (401, 200));
        assert_eq!(change("resume"), 409);
        let actions = actions(&admin);
        for action in [format!("person.{state}"), "person.resumed".to_owned()] {
            let count = actions.iter().filter(|known| **known == action).count();
            assert_eq!(count, 1, "{action} in {actions:?}");
        }
    }
}

#[test]
fn an_account_that_is_not_active_looks_like_an_unknown_one() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let id = person(&app, &org, Role::Coach);
    let suspend = format!("{}/suspend", address(id));
    let admin = app.api(&org, Role::Admin);
    assert_eq!(admin.post(&suspend, &json!({})).status, 204);
    let reply = |email: &str| {
        let body = json!({ "email": email, "password": PASSWORD });
        let reply = app.anonymous().post("/api/v1/tokens", &body);
        let mut json = reply.json();
        json["request_id"] = json!(null);
        (reply.status, json)
    };
    let suspended = reply(&org.email(Role::Coach));
    assert_eq!(suspended, reply("nobody@acme.example"));
    assert_eq!(suspended.1["code"], "bad_login");
}

#[test]
fn links_of_an_account_that_is_suspended_or_closed_are_void() {
    for step in ["suspend", "close"] {
        let app = TestApp::start();
        let org = app.organisation("Acme");
        let (admin, id) = (app.api(&org, Role::Admin), person(&app, &org, Role::Coach));
        let post = |step: &str| admin.post(&format!("{}/{step}", address(id)), &json!({}));
        let link = post("link").json()["link"].clone();
        let link = link.as_str().expect("a link");
        let link = link[link.find("/password/").expect("a path")..].to_owned();
        let chosen = [("password", "three quiet yellow boats")];
        let statuses = || {
            [
                app.anonymous().get(&link).status,
                app.anonymous().form(&link, &chosen).status,
            ]
        };
        assert_eq!(app.anonymous().get(&link).status, 200);
        assert_eq!(post(step).status, 204);
        assert_eq!(statuses(), [404, 404], "{step}");
        for by in ["link", "mail"] {
            let refused = post(by);
            assert_eq!(
                (refused.status, refused.code()),
                (409, "step_refused".to_owned())
            );
        }
        assert_eq!(post("resume").status, 204);
        assert_eq!(statuses(), [404, 404], "what was void stays void");
        assert_eq!(post("link").status, 201);
    }
}

/// Somebody with the rights of an administrator.
fn administrator(organisation: Id, person: Id) -> Actor {
    Actor {
        person,
        roles: Role::Admin.into(),
        ..some_coach(organisation)
    }
}

#[test]
fn the_last_active_administrator_stays() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let (last, now) = (person(&app, &org, Role::Admin), Instant::now());
    let other = administrator(org.id, Id::new());
    for change in [accounts::suspend, accounts::close] {
        let refused = app.write(|c| Ok(change(c, &other, last, now)));
        assert!(
            matches!(refused, Err(AccountsError::LastAdministrator)),
            "{refused:?}"
        );
    }
    let admin = app.browser(&org, Role::Admin);
    for (step, fields) in [("suspend", &[][..]), ("close", &[("successor", "")][..])] {
        let refused = admin.form(&format!("/people/{last}/{step}"), fields);
        assert_eq!(refused.status, 409, "{step}");
        assert!(refused.text().contains("your own account"), "{step}");
    }
    assert_eq!(admin.get("/people").status, 200);
}

#[test]
fn of_two_administrators_who_suspend_each_other_one_stays() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let (first, second) = (
        person(&app, &org, Role::Admin),
        person(&app, &org, Role::Coach),
    );
    let roles = format!("{}/roles", address(second));
    let both = json!({ "roles": ["admin", "coach"] });
    let admin = app.api(&org, Role::Admin);
    assert_eq!(admin.put(&roles, &both).status, 204);
    let suspend = |by: Id, id: Id| {
        let by = administrator(org.id, by);
        app.write(|c| Ok(accounts::suspend(c, &by, id, Instant::now()).is_ok()))
    };
    let suspended = std::thread::scope(|scope| {
        let one = scope.spawn(|| suspend(first, second));
        let other = scope.spawn(|| suspend(second, first));
        [one, other].map(|done| done.join().expect("answered"))
    });
    assert_eq!(suspended.iter().filter(|done| **done).count(), 1);
}

/// A coach with a team, a 1:1 and an issue; the address of the 1:1, and the id of the issue.
fn busy_coach(scene: &Scene) -> (String, String) {
    let coach = scene.signed_in(Role::Coach);
    let agent = scene.agent("ann");
    let teams = coach.get("/api/v1/teams").json()["teams"].clone();
    let chosen = json!({ "teams": [teams[0]["id"]] });
    assert_eq!(coach.put("/api/v1/teams/coached", &chosen).status, 204);
    let list = format!("/api/v1/agents/{agent}/one-to-ones");
    let today = Instant::now().date();
    let made = coach.post(&list, &json!({ "date": today })).json();
    let one_to_one = format!("{list}/{}", made["id"].as_str().expect("an id"));
    let notes = json!({ "date": today, "agenda": [], "private_notes": "tired", "shared": true });
    assert_eq!(coach.put(&one_to_one, &notes).status, 204);
    let issue = json!({ "theme": "access", "title": "Too few people", "owner": "acme COACH" });
    let made = coach.post("/api/v1/issues", &issue).json();
    (one_to_one, made["id"].as_str().expect("an id").to_owned())
}

#[test]
fn whoever_leaves_hands_open_work_over() {
    let scene = organisation();
    let (one_to_one, issue) = busy_coach(&scene);
    let (app, admin) = (&scene.app, scene.signed_in(Role::Admin));
    let id = person(app, &scene.org, Role::Coach);
    let work = admin.get(&format!("{}/open-work", address(id))).json();
    let lengths =
        ["teams", "one_to_ones", "issues"].map(|kind| work[kind].as_array().map(Vec::len));
    assert_eq!(lengths, [Some(1); 3], "{work}");

    let close = |successor: Value| {
        let body = json!({ "successor": successor });
        admin.post(&format!("{}/close", address(id)), &body)
    };
    let successor = |role: Role| json!(person(app, &scene.org, role).to_string());
    assert_eq!(close(json!(null)).code(), "successor_needed");
    for unfit in [
        successor(Role::Recruiter),
        successor(Role::Coach),
        json!(Id::new()),
    ] {
        assert_eq!(close(unfit).code(), "invalid");
    }
    let state = || admin.get(&address(id)).json()["state"].clone();
    assert_eq!(state(), "active", "all of it happens or nothing");

    assert_eq!(close(successor(Role::Admin)).status, 204);
    assert_eq!(state(), "closed");
    let one_to_one = admin.get(&one_to_one).json();
    let author = (&one_to_one["is_author"], &one_to_one["by"]);
    assert_eq!(author, (&json!(true), &json!("Acme admin")));
    assert_eq!(
        one_to_one["private_notes"], "",
        "only their author read them"
    );
    let teams = admin.get("/api/v1/teams").json();
    assert_eq!(teams["teams"][0]["is_coached"], true);
    let issue = admin.get(&format!("/api/v1/issues/{issue}")).json();
    assert_eq!(issue["issue"]["owner"], "Acme admin");
    let actions = actions(&admin);
    for action in [
        "person.work_handed_over",
        "one_to_one.handed_over",
        "issue.changed",
    ] {
        assert!(actions.iter().any(|known| known == action), "{actions:?}");
    }
}

#[test]
fn the_pages_suspend_resume_and_close() {
    let scene = organisation();
    busy_coach(&scene);
    let admin = scene.app.browser(&scene.org, Role::Admin);
    let id = person(&scene.app, &scene.org, Role::Coach);
    let page = format!("/people/{id}");
    let step = |name: &str, fields: &[(&str, &str)]| admin.form(&format!("{page}/{name}"), fields);
    let shows = |text: &str| admin.get(&page).text().contains(text);
    assert!(shows("Suspend account") && shows("Close account"));
    assert_eq!(step("suspend", &[]).leads_to(), page);
    assert!(shows("<dd>Suspended</dd>") && shows("not signed in anywhere"));
    assert_eq!(step("resume", &[]).leads_to(), page);
    assert!(shows("<dd>Active</dd>"));

    let work = admin.get(&format!("{page}/close")).text();
    for part in ["<li>Blue</li>", "ann, ", "Too few people", "private notes"] {
        assert!(work.contains(part), "{part}: {work}");
    }
    assert!(!work.contains("Acme recruiter"), "no role for the work");
    let refused = step("close", &[("successor", "")]);
    assert_eq!(refused.status, 422);
    assert!(refused.text().contains("Choose who takes over"));
    let successor = person(&scene.app, &scene.org, Role::Admin).to_string();
    assert_eq!(step("close", &[("successor", &successor)]).leads_to(), page);
    assert!(shows("<dd>Closed</dd>") && shows("Make account active"));
    assert!(!shows("Close account"));
    let list = admin.get("/people").text();
    assert!(list.contains("<span class=\"tag\">Closed</span>"), "{list}");
}
