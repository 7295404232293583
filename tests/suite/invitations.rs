//! Invitations and forgotten passwords: one-time links, by mail or shown once.

use std::time::{Duration, Instant as Clock};

use diesel::prelude::*;
use rapport::{
    accounts::{self, Role},
    db::schema::{account_links, mails, people},
    types::{Id, Instant},
};
use serde_json::{Value, json};

use crate::support::{Client, Organisation, TestApp};

const CHOSEN: &str = "three quiet yellow boats";

/// The path of the only one-time link in a text.
fn path_in(text: &str) -> String {
    let at = text.find("/password/").expect("a link");
    let end = text[at..].find(|c: char| !(c.is_ascii_alphanumeric() || "/_-".contains(c)));
    text[at..at + end.unwrap_or(text.len() - at)].to_owned()
}

fn sign_in(app: &TestApp, email: &str, password: &str) -> u16 {
    let body = json!({ "email": email, "password": password });
    app.anonymous().post("/api/v1/tokens", &body).status
}

fn choose(app: &TestApp, link: &str, password: &str) -> u16 {
    app.anonymous().form(link, &[("password", password)]).status
}

fn person(admin: &Client, email: &str) -> Value {
    let people = admin.get("/api/v1/people").json();
    let people = people["items"].as_array().expect("a list").clone();
    let found = people.into_iter().find(|p| p["email"] == email);
    found.expect("a person")
}

fn link_of(app: &TestApp, org: &Organisation, email: &str) -> String {
    let admin = app.api(org, Role::Admin);
    let id = person(&admin, email)["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let reply = admin.post(&format!("/api/v1/people/{id}/link"), &json!({}));
    assert_eq!(reply.status, 201, "{}", reply.text());
    path_in(reply.json()["link"].as_str().expect("a link"))
}

/// Texts of the mails there are.
fn texts(app: &TestApp) -> Vec<String> {
    let mut c = app.db.connect().expect("connects");
    let texts = mails::table.select(mails::body).load(&mut *c);
    texts.expect("reads")
}

const INVITED: [(&str, &str); 3] = [
    ("name", "Bo New"),
    ("email", "bo@acme.example"),
    ("role", "analyst"),
];

#[test]
fn an_invited_person_chooses_a_password_once() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let admin = app.browser(&org, Role::Admin);
    let shown = admin.form("/people", &[&INVITED[..], &[("by", "link")]].concat());
    assert_eq!(shown.status, 200, "{}", shown.text());
    assert_eq!(shown.header("cache-control"), Some("no-store"));
    let link = path_in(&shown.text());
    let api = app.api(&org, Role::Admin);
    assert_eq!(person(&api, "bo@acme.example")["is_invited"], true);
    assert!(admin.get("/people").text().contains("Invited"));
    assert_eq!(sign_in(&app, "bo@acme.example", ""), 401);
    let page = app.anonymous().get(&link);
    assert_eq!(
        (page.status, page.header("cache-control")),
        (200, Some("no-store"))
    );
    assert!(page.text().contains("Bo New") && page.text().contains("Acme"));
    for (password, status) in [("short", 422), ("bo@acme.example", 422), (CHOSEN, 303)] {
        assert_eq!(choose(&app, &link, password), status, "{password}");
    }
    assert_eq!(sign_in(&app, "bo@acme.example", CHOSEN), 200);
    assert_eq!(choose(&app, &link, "another good long one"), 404);
    assert_eq!(app.anonymous().get(&link).status, 404);
    assert_eq!(person(&api, "bo@acme.example")["is_invited"], false);
}

#[test]
fn an_invitation_by_mail_waits_in_the_outbox() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let admin = app.browser(&org, Role::Admin);
    let sent = admin.form("/people", &[&INVITED[..], &[("by", "mail")]].concat());
    assert_eq!(sent.status, 303, "{}", sent.text());
    let texts = texts(&app);
    assert!(
        texts[0].contains("Hello Bo New") && texts[0].contains("Acme"),
        "{texts:?}"
    );
    assert_eq!(choose(&app, &path_in(&texts[0]), CHOSEN), 303);
    assert_eq!(sign_in(&app, "bo@acme.example", CHOSEN), 200);
}

#[test]
fn a_refused_invitation_creates_nothing() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let admin = app.browser(&org, Role::Admin);
    let taken = org.email(Role::Coach);
    let fields = [
        ("name", "Bo"),
        ("email", &*taken),
        ("role", "analyst"),
        ("by", "mail"),
    ];
    let refused = admin.form("/people", &fields);
    assert_eq!(refused.status, 409);
    assert!(refused.text().contains("value=\"Bo\""));
    assert_eq!(texts(&app).len(), 0);
}

#[test]
fn a_new_link_voids_the_old_one_and_using_it_ends_all_sessions() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let coach = app.browser(&org, Role::Coach);
    assert_eq!(coach.get("/account").status, 200);
    let email = org.email(Role::Coach);
    let (first, second) = (link_of(&app, &org, &email), link_of(&app, &org, &email));
    assert_eq!(choose(&app, &first, CHOSEN), 404);
    assert_eq!(coach.get("/account").status, 200);
    assert_eq!(choose(&app, &second, CHOSEN), 303);
    assert_ne!(coach.get("/account").status, 200);
    assert_eq!(sign_in(&app, &email, crate::support::PASSWORD), 401);
    assert_eq!(sign_in(&app, &email, CHOSEN), 200);
}

#[test]
fn a_change_of_the_password_voids_links() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let email = org.email(Role::Coach);
    let link = link_of(&app, &org, &email);
    let change = json!({ "present": crate::support::PASSWORD, "new": CHOSEN });
    let coach = app.api(&org, Role::Coach);
    assert_eq!(coach.post("/api/v1/account/password", &change).status, 204);
    assert_eq!(choose(&app, &link, "another good long one"), 404);
    assert_eq!(sign_in(&app, &email, CHOSEN), 200);
}

#[test]
fn using_one_mail_withdraws_the_others() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let email = org.email(Role::Coach);
    for number in 1..=2 {
        app.anonymous()
            .form("/forgot-password", &[("email", &email)]);
        let started = Clock::now();
        while texts(&app).len() < number && started.elapsed() < Duration::from_secs(10) {
            std::thread::sleep(Duration::from_millis(20));
        }
    }
    let links: Vec<String> = texts(&app).iter().map(|text| path_in(text)).collect();
    assert_eq!(links.len(), 2);
    assert_eq!(choose(&app, &links[0], CHOSEN), 303);
    assert_eq!(choose(&app, &links[1], "another good long one"), 404);
    assert!(texts(&app).iter().all(String::is_empty));
    let mails = app.api(&org, Role::Admin).get("/api/v1/mails").json();
    assert_eq!(mails["items"][1]["state"], "withdrawn");
}

#[test]
fn mailed_links_lead_to_our_own_address_whatever_the_headers_say() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let body = format!("email={}", org.email(Role::Coach));
    let headers = [
        ("Host", "evil.example"),
        ("X-Forwarded-Host", "evil.example"),
        ("Forwarded", "host=evil.example;proto=https"),
    ];
    let form = "application/x-www-form-urlencoded";
    let asked = app.anonymous();
    let asked = asked.send(
        "POST",
        "/forgot-password",
        form,
        Some(body.as_bytes()),
        &headers,
    );
    assert_eq!(asked.status, 303, "{}", asked.text());
    let text = mail_within(&app, Duration::from_secs(10)).expect("a mail");
    assert!(text.contains(&format!("{}/password/", app.base)), "{text}");
    assert!(!text.contains("evil"), "{text}");
}

#[test]
fn links_expire_and_are_stored_hashed() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let link = link_of(&app, &org, &org.email(Role::Coach));
    let token = link.trim_start_matches("/password/");
    let mut c = app.db.connect().expect("connects");
    let stored: String = account_links::table
        .select(account_links::token_hash)
        .first(&mut *c)
        .expect("a link");
    assert!(!stored.contains(token));
    let at = |hours: i64| {
        let now = Instant::now().plus(chrono::Duration::hours(hours));
        app.write(|c| Ok(accounts::link_holder(c, token, now).is_ok()))
    };
    assert_eq!((at(23), at(25)), (true, false));
    let past = Instant::now().plus(chrono::Duration::hours(-1));
    diesel::update(account_links::table)
        .set(account_links::expires_at.eq(past))
        .execute(&mut *c)
        .expect("updates");
    assert_eq!(app.anonymous().get(&link).status, 410);
    assert_eq!(choose(&app, &link, CHOSEN), 410);
}

/// Waits until a request in the background has written a mail.
fn mail_within(app: &TestApp, time: Duration) -> Option<String> {
    let started = Clock::now();
    while started.elapsed() < time {
        if let Some(text) = texts(app).pop() {
            return Some(text);
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    None
}

#[test]
fn a_forgotten_password_is_replaced_by_mail() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let email = org.email(Role::Coach);
    let asked = app
        .anonymous()
        .form("/forgot-password", &[("email", &email)]);
    let text = mail_within(&app, Duration::from_secs(10)).expect("a mail");
    assert!(text.contains("/password/"));
    let unknown = [("email", "nobody@acme.example")];
    let unknown = app.anonymous().form("/forgot-password", &unknown);
    assert_eq!(
        (asked.status, asked.header("location"), asked.text()),
        (unknown.status, unknown.header("location"), unknown.text())
    );
    assert_eq!(choose(&app, &path_in(&text), CHOSEN), 303);
    assert_eq!(sign_in(&app, &email, CHOSEN), 200);
    assert_eq!(texts(&app).len(), 1);
}

#[test]
fn a_stranger_can_neither_flood_a_person_nor_void_an_invitation() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let email = org.email(Role::Coach);
    for _ in 0..6 {
        let asked = app
            .anonymous()
            .form("/forgot-password", &[("email", &email)]);
        assert_eq!(asked.status, 303);
    }
    let started = Clock::now();
    while texts(&app).len() < 3 && started.elapsed() < Duration::from_secs(10) {
        std::thread::sleep(Duration::from_millis(20));
    }
    std::thread::sleep(Duration::from_millis(200));
    assert_eq!(texts(&app).len(), 3);
    let mut c = app.db.connect().expect("connects");
    let analyst = people::email.eq(org.email(Role::Analyst));
    diesel::update(people::table.filter(analyst))
        .set(people::password_hash.eq(""))
        .execute(&mut *c)
        .expect("updates");
    let link = link_of(&app, &org, &org.email(Role::Analyst));
    let asked = [("email", &*org.email(Role::Analyst))];
    assert_eq!(app.anonymous().form("/forgot-password", &asked).status, 303);
    std::thread::sleep(Duration::from_millis(200));
    assert_eq!(
        (texts(&app).len(), app.anonymous().get(&link).status),
        (3, 200)
    );
}

#[test]
fn a_link_of_another_organisation_cannot_be_created() {
    let app = TestApp::start();
    let (org, other) = (app.organisation("Acme"), app.organisation("Else"));
    let id = person(&app.api(&org, Role::Admin), &org.email(Role::Coach))["id"].clone();
    let id: Id = id.as_str().expect("an id").parse().expect("an id");
    for what in ["link", "mail"] {
        let address = format!("/api/v1/people/{id}/{what}");
        let refused = app.api(&other, Role::Admin).post(&address, &json!({}));
        assert_eq!(refused.status, 404, "{what}");
    }
    assert_eq!(texts(&app).len(), 0);
}
