//! The first start of an empty service.

use rapport::{accounts::Role, setup};
use serde_json::json;

use crate::support::{Reply, Served, TestApp, TestDatabase};

const PASSWORD: &str = "three quiet yellow boats";

/// The code of a service with the secret of this database's folder.
fn code_of(database: &TestDatabase) -> String {
    let secret = std::fs::read_to_string(database.folder.path().join("secret.key"));
    setup::code(&secret.expect("a secret"))
}

fn set_up(app: &TestApp, code: &str, email: &str, password: &str) -> Reply {
    let fields = [
        ("code", code),
        ("organisation", "Acme"),
        ("name", "Ann Lee"),
        ("email", email),
        ("password", password),
    ];
    app.anonymous().form("/setup", &fields)
}

#[test]
fn an_empty_service_is_set_up_with_the_code_and_only_once() {
    let app = TestApp::start();
    let stranger = app.anonymous();
    assert_eq!(stranger.get("/").header("location"), Some("/setup"));
    assert!(stranger.get("/setup").text().contains("name=\"code\""));
    let (code, email) = (code_of(&app.database), "ann@acme.example");
    for (code, email, password) in [
        ("", email, PASSWORD),
        ("000000000000000000000000", email, PASSWORD),
        (&*code, "ann", PASSWORD),
        (&*code, email, "short"),
    ] {
        let refused = set_up(&app, code, email, password);
        assert_eq!(refused.status, 422, "{}", refused.text());
        assert!(refused.text().contains("value=\"Ann Lee\""));
        assert!(!refused.text().contains(PASSWORD));
    }
    let done = set_up(&app, &code, email, PASSWORD);
    assert_eq!((done.status, done.leads_to().as_str()), (303, "/sign-in"));
    let mut admin = app.anonymous();
    admin.sign_in(email, PASSWORD);
    assert_eq!(admin.get("/api/v1/account").json()["role"], "admin");
    let again = set_up(&app, &code, "eve@evil.example", PASSWORD);
    assert_eq!(again.header("location"), Some("/sign-in"));
    assert_eq!(stranger.get("/setup").header("location"), Some("/sign-in"));
    assert_eq!(stranger.get("/").header("location"), Some("/sign-in"));
    let people = admin.get("/api/v1/people").json();
    assert_eq!(people["items"].as_array().expect("a list").len(), 1);
    let vacancy = admin.post("/api/v1/vacancies", &json!({ "title": "Phone agent" }));
    assert_ne!(vacancy.status, 500, "there is a questionnaire");
}

#[test]
fn of_several_who_set_up_at_once_one_founds_the_organisation() {
    let app = TestApp::start();
    let code = code_of(&app.database);
    let start = std::sync::Barrier::new(4);
    let founded = std::thread::scope(|scope| {
        let one = |n: usize| {
            start.wait();
            let fields = [
                ("code", &*code),
                ("organisation", &*format!("Acme {n}")),
                ("name", "Ann Lee"),
                ("email", &*format!("ann{n}@acme.example")),
                ("password", PASSWORD),
            ];
            let reply = app.anonymous().form("/setup", &fields);
            reply.status == 303 && reply.header("location") != Some("/sign-in")
        };
        let tries: Vec<_> = (0..4).map(|n| scope.spawn(move || one(n))).collect();
        let done = tries.into_iter().map(|t| t.join().expect("answers"));
        done.filter(|done| *done).count()
    });
    assert_eq!(founded, 1);
}

#[test]
fn a_service_with_an_organisation_has_no_code() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let taken = set_up(&app, &code_of(&app.database), "eve@evil.example", PASSWORD);
    assert_eq!(taken.header("location"), Some("/sign-in"));
    let people = app.api(&org, Role::Admin).get("/api/v1/people").json();
    let people = people["items"].as_array().expect("a list").clone();
    assert!(
        people
            .iter()
            .all(|person| person["email"] != "eve@evil.example")
    );
}

#[test]
fn the_log_of_an_empty_service_has_the_code() {
    let database = TestDatabase::empty();
    let served = Served::start(&database);
    let code = code_of(&database);
    assert!(served.log.contains(&code), "{}", served.log);
}
