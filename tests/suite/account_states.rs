//! Accounts that are suspended, closed and resumed, and who takes over open work.

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

use rapport::{
    accounts::{self, AccountsError, Actor, NewPerson, Role, create_person},
    types::{Id, Instant},
};
use serde_json::{Value, json};

use crate::support::{
    Client, HASH, Organisation, PASSWORD, Scene, TestApp, organisation, person, some_coach,
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
    let suspended = app.write(|c| Ok(accounts::suspend(c, &other, last, now)));
    let closed = app.write(|c| Ok(accounts::close(c, &other, last, now).map(|_| ())));
    for refused in [suspended, closed] {
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
fn issues_of_two_people_with_one_name_stay_as_they_are() {
    let scene = organisation();
    let (_, issue) = busy_coach(&scene);
    let (organisation, now) = (scene.org.id, Instant::now());
    let namesake = NewPerson {
        email: "another@acme.example".to_owned(),
        name: "ACME Coach".to_owned(),
        role: Role::Analyst,
        password_hash: HASH.clone(),
        agent: None,
        department: None,
    };
    let app = &scene.app;
    app.write(|c| Ok(create_person(c, organisation, namesake, "system", now)?));
    let admin = scene.signed_in(Role::Admin);
    let id = person(&scene.app, &scene.org, Role::Coach);
    let work = admin.get(&format!("{}/open-work", address(id))).json();
    let issues = (&work["issues"], &work["unclear_issues"][0]["id"]);
    assert_eq!(issues, (&json!([]), &json!(issue)));
    let page = admin.get(&format!("/people/{id}/close")).text();
    for part in ["is also called Acme coach", "Too few people"] {
        assert!(page.contains(part), "{part}: {page}");
    }
    let successor = person(&scene.app, &scene.org, Role::Admin).to_string();
    let close = json!({ "successor": successor });
    let closed = admin.post(&format!("{}/close", address(id)), &close);
    assert_eq!(closed.status, 204, "{}", closed.text());
    let issue = admin.get(&format!("/api/v1/issues/{issue}")).json();
    assert_eq!(issue["issue"]["owner"], "acme COACH");
}

/// The reply to an upload during which something happens, when its file has begun to arrive; and
/// the import.
pub fn upload_during(scene: &Scene, sender: &Client, happens: impl FnOnce()) -> (String, Value) {
    const BEGIN: &str = "--x\r\nContent-Disposition: form-data; name=\"mapping\"\r\n\r\nstandard\r\n--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\nexternal_id,";
    const REST: &str = "agent,time\r\nu1,Ann,2026-01-05\r\n--x--\r\n";
    let (token, length) = (sender.bearer.as_deref(), BEGIN.len() + REST.len());
    let head = format!(
        "POST /api/v1/feedback/imports HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{BEGIN}",
        token.expect("a token")
    );
    let server = scene.app.base.trim_start_matches("http://");
    let mut stream = TcpStream::connect(server).expect("connects");
    stream.write_all(head.as_bytes()).expect("sends");
    let admin = scene.signed_in(Role::Admin);
    let import = || admin.get("/api/v1/feedback/imports").json()["items"][0].take();
    let begun = (0..250).any(|_| {
        std::thread::sleep(Duration::from_millis(20));
        !import().is_null()
    });
    assert!(begun, "no import began");
    happens();
    stream.write_all(REST.as_bytes()).expect("sends");
    let mut reply = String::new();
    stream.read_to_string(&mut reply).expect("a reply");
    (reply, import())
}

#[test]
fn an_upload_does_not_outlive_the_access_of_whoever_sends_it() {
    for (step, status, state) in [
        ("nothing", "202", "waiting"),
        ("suspend", "403", "stopped"),
        ("close", "403", "stopped"),
        ("roles", "403", "stopped"),
    ] {
        let scene = organisation();
        let (admin, sender) = (scene.signed_in(Role::Admin), scene.signed_in(Role::Analyst));
        let id = person(&scene.app, &scene.org, Role::Analyst);
        let (reply, import) = upload_during(&scene, &sender, || {
            let path = format!("{}/{step}", address(id));
            let changed = match step {
                "nothing" => 204,
                "roles" => admin.put(&path, &json!({ "roles": ["coach"] })).status,
                _ => admin.post(&path, &json!({})).status,
            };
            assert_eq!(changed, 204, "{step}");
        });
        let line = format!("HTTP/1.1 {status}");
        assert!(reply.starts_with(&line), "{step}: {reply}");
        assert_eq!(import["state"], state, "{step}");
    }
}

#[test]
fn the_form_to_close_an_account_is_not_shown_for_ones_own_or_a_closed_one() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let (own, closed) = (
        person(&app, &org, Role::Admin),
        person(&app, &org, Role::Coach),
    );
    let close = format!("{}/close", address(closed));
    let done = app.api(&org, Role::Admin).post(&close, &json!({}));
    assert_eq!(done.status, 204);
    let admin = app.browser(&org, Role::Admin);
    for (id, part) in [(own, "your own account"), (closed, "already")] {
        let page = admin.get(&format!("/people/{id}/close"));
        let text = page.text();
        assert_eq!(page.status, 409, "{text}");
        assert!(text.contains(part) && !text.contains("/close\""), "{text}");
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
