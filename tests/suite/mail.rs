//! Mails against a small mail server: taken, refused for now, refused for good, and none at all.

use std::time::Instant as Clock;

use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::Duration;
use diesel::prelude::*;
use rapport::{
    accounts::Role,
    db::schema::{jobs, mails},
    jobs::CONCURRENT,
    mail,
    mail_server::{Encryption, Login, MailServer},
    queue::{self, Claimed},
    types::{Id, Instant},
};
use serde_json::{Value, json};

use crate::{
    jobs::begin,
    support::{Authority, Organisation, Rules, Smtp, TestApp, skip},
};

/// A server that gives these replies to recipients.
fn replying(replies: &'static [&'static str]) -> Smtp {
    Smtp::start(Rules {
        replies,
        ..Rules::default()
    })
}

/// Asks for a mail to the coach of an organisation.
fn ask(app: &TestApp, org: &Organisation) {
    let admin = app.api(org, Role::Admin);
    let people = admin.get("/api/v1/people").json()["items"].clone();
    let people = people.as_array().expect("a list");
    let coach = people.iter().find(|p| p["role"] == "coach");
    let id = coach.and_then(|p| p["id"].as_str()).expect("a coach");
    let reply = admin.post(&format!("/api/v1/people/{id}/mail"), &json!({}));
    assert_eq!(reply.status, 204, "{}", reply.text());
}

fn listed(app: &TestApp, org: &Organisation) -> Value {
    let list = app.api(org, Role::Admin).get("/api/v1/mails").json();
    list["items"][0].clone()
}

fn body(app: &TestApp) -> String {
    let mut c = app.db.connect().expect("connects");
    let body = mails::table.select(mails::body).first(&mut *c);
    body.expect("a mail")
}

/// Makes the next attempts due.
fn hurry(app: &TestApp) {
    let mut c = app.db.connect().expect("connects");
    let now = Instant::now();
    diesel::update(mails::table.filter(mails::next_attempt_at.is_not_null()))
        .set(mails::next_attempt_at.eq(Some(now)))
        .execute(&mut *c)
        .expect("updates");
    diesel::update(jobs::table)
        .set(jobs::run_at.eq(now))
        .execute(&mut *c)
        .expect("updates");
}

/// The application with changed settings of a server.
fn app_with(smtp: &Smtp, change: impl FnOnce(&mut MailServer)) -> TestApp {
    let mut settings = smtp.settings();
    change(&mut settings);
    TestApp::start_with(|config| config.mail_server = Some(settings))
}

#[test]
fn a_mail_is_handed_over_and_its_text_is_deleted() {
    let smtp = replying(&["250 2.1.5 ok"]);
    let app = smtp.app();
    let org = app.organisation("Acme");
    ask(&app, &org);
    let text = body(&app);
    let token = text
        .split("/password/")
        .nth(1)
        .and_then(|rest| rest.split_whitespace().next());
    let token = token.expect("a link");
    let mut c = app.db.connect().expect("connects");
    let payloads: Vec<rapport::types::Json> = jobs::table
        .select(jobs::payload)
        .load(&mut *c)
        .expect("reads");
    assert!(!format!("{payloads:?}").contains(token));
    app.run_jobs();
    let taken = smtp.mails();
    assert_eq!(taken.len(), 1, "{taken:?}");
    for part in [
        "RCPT TO:<coach@acme.example>",
        "From: Rapport <rapport@sender.example>",
        "To: coach@acme.example",
        "Subject: A new password for Rapport",
        "Auto-Submitted: auto-generated",
        "@sender.example>",
    ] {
        assert!(taken[0].contains(part), "{part}: {}", taken[0]);
    }
    // Long lines are quoted-printable (RFC 2045, section 6.7).
    let decoded = taken[0].replace("=\n", "").replace("=3D", "=");
    assert!(
        decoded.contains(&format!("/password/{token}\n")),
        "{decoded}"
    );
    let mail = listed(&app, &org);
    assert_eq!(
        (&mail["state"], &mail["attempts"]),
        (&json!("sent"), &json!(1))
    );
    assert_eq!(body(&app), "");
}

#[test]
fn mails_do_not_wait_behind_other_jobs() {
    let smtp = replying(&["250 2.1.5 ok"]);
    let app = smtp.app();
    let org = app.organisation("Acme");
    begin(&app, &org, true);
    ask(&app, &org);
    let mut c = app.db.connect().expect("connects");
    let kinds = CONCURRENT.map(|claims| {
        match queue::claim(&mut c, claims, Instant::now()).expect("reads") {
            Some(Claimed::Run(job)) => job.kind,
            other => panic!("{claims:?}: {other:?}"),
        }
    });
    assert_eq!(kinds, ["mail.send", "feedback.import"]);
}

#[test]
fn a_mail_that_is_refused_for_now_is_tried_again() {
    let smtp = replying(&["451 4.7.1 come back later", "250 2.1.5 ok"]);
    let app = smtp.app();
    let org = app.organisation("Acme");
    ask(&app, &org);
    app.run_jobs();
    let mail = listed(&app, &org);
    assert_eq!(
        (&mail["state"], &mail["attempts"]),
        (&json!("queued"), &json!(1))
    );
    assert!(mail["next_attempt_at"].is_string(), "{mail}");
    let error = mail["last_error"].as_str().expect("an error");
    assert!(error.contains("come back later"), "{error}");
    assert!(!body(&app).is_empty());
    hurry(&app);
    app.run_jobs();
    assert_eq!(listed(&app, &org)["state"], "sent");
    assert_eq!((smtp.mails().len(), body(&app).len()), (1, 0));
}

#[test]
fn a_mail_that_is_never_taken_has_failed_and_can_be_sent_again() {
    let smtp = replying(&["451 4.7.1 come back later"]);
    let app = smtp.app();
    let org = app.organisation("Acme");
    ask(&app, &org);
    for _ in 0..8 {
        hurry(&app);
        app.run_jobs();
    }
    let mail = listed(&app, &org);
    assert_eq!(
        (&mail["state"], &mail["attempts"]),
        (&json!("failed"), &json!(8))
    );
    let id = mail["id"].as_str().expect("an id");
    let admin = app.browser(&org, Role::Admin);
    let sent = admin.form(&format!("/outbox/{id}/send"), &[]);
    assert_eq!(sent.status, 303);
    let mail = listed(&app, &org);
    assert_eq!(
        (&mail["state"], &mail["attempts"]),
        (&json!("queued"), &json!(0))
    );
}

#[test]
fn a_mail_that_is_refused_for_good_is_not_tried_again() {
    let smtp = replying(&["550 5.1.1 no such user"]);
    let app = smtp.app();
    let org = app.organisation("Acme");
    ask(&app, &org);
    app.run_jobs();
    let mail = listed(&app, &org);
    assert_eq!(
        (&mail["state"], &mail["next_attempt_at"]),
        (&json!("bounced"), &Value::Null)
    );
    let page = app.browser(&org, Role::Admin).get("/outbox").text();
    assert!(page.contains("Refused by the mail server"), "{page}");
    assert!(page.contains("no such user"), "{page}");
    hurry(&app);
    app.run_jobs();
    assert_eq!(
        (listed(&app, &org)["attempts"].clone(), smtp.mails().len()),
        (json!(1), 0)
    );
}

/// A server with certificates of `authority` that asks for a login.
fn secured(encryption: Encryption, authority: &Authority, login: &'static str) -> Smtp {
    Smtp::start(Rules {
        encryption,
        login,
        tls: Some(authority.tls.clone()),
        ..Rules::default()
    })
}

fn some_login() -> Login {
    Login {
        user: "ann".to_owned(),
        password: "secret".to_owned(),
    }
}

#[test]
fn a_private_authority_counts_if_it_is_configured() {
    let Some(authority) = Authority::new() else {
        return skip("a private authority: OpenSSL is not installed");
    };
    for encryption in [Encryption::Tls, Encryption::StartTls] {
        let smtp = secured(encryption, &authority, "235 2.7.0 welcome");
        for trusts in [false, true] {
            let app = app_with(&smtp, |settings| {
                settings.login = Some(some_login());
                if trusts {
                    settings.trust(authority.pem.clone()).expect("certificates");
                }
            });
            let org = app.organisation("Acme");
            ask(&app, &org);
            app.run_jobs();
            let (state, taken) = if trusts { ("sent", 1) } else { ("queued", 0) };
            assert_eq!(listed(&app, &org)["state"], state, "{encryption:?}");
            assert_eq!((smtp.mails().len(), smtp.logins().len()), (taken, taken));
        }
        let plain = format!("AUTH PLAIN {}", STANDARD.encode("\0ann\0secret"));
        assert_eq!(smtp.logins(), [plain]);
    }
}

#[test]
fn a_refused_login_does_not_count_against_the_mail() {
    let Some(authority) = Authority::new() else {
        return skip("a refused login: OpenSSL is not installed");
    };
    let smtp = secured(Encryption::Tls, &authority, "535 5.7.8 wrong password");
    let app = app_with(&smtp, |settings| {
        settings.login = Some(some_login());
        settings.trust(authority.pem.clone()).expect("certificates");
    });
    let org = app.organisation("Acme");
    ask(&app, &org);
    app.run_jobs();
    let mail = listed(&app, &org);
    assert_eq!(mail["state"], "queued", "{mail}");
    let error = mail["last_error"].as_str().expect("an error");
    assert!(error.contains("wrong password"), "{error}");
    assert!(
        !error.contains("secret") && !error.contains("AGFubg"),
        "{error}"
    );
}

#[test]
fn a_server_without_encryption_gets_nothing_unless_that_is_allowed() {
    let smtp = replying(&["250 2.1.5 ok"]);
    let app = app_with(&smtp, |settings| settings.encryption = Encryption::StartTls);
    let org = app.organisation("Acme");
    ask(&app, &org);
    app.run_jobs();
    assert_eq!(listed(&app, &org)["state"], "queued");
    assert!(smtp.mails().is_empty());
}

#[test]
fn a_silent_server_does_not_hold_other_jobs_up() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("binds");
    let port = listener.local_addr().expect("an address").port();
    let url = format!("smtp://127.0.0.1:{port}?tls=none");
    let mut settings = MailServer::parse(&url).expect("valid");
    settings.patience = std::time::Duration::from_millis(800);
    let app = TestApp::start_with(|config| config.mail_server = Some(settings));
    let orgs = ["A", "B", "C", "D"].map(|name| app.organisation(name));
    for org in &orgs {
        ask(&app, org);
    }
    let started = Clock::now();
    app.run_jobs();
    assert!(started.elapsed() < std::time::Duration::from_millis(2_400));
    for (org, error) in orgs
        .iter()
        .zip(["", "last minute", "last minute", "last minute"])
    {
        let mail = listed(&app, org);
        assert_eq!(mail["state"], "queued");
        let text = mail["last_error"].as_str().expect("an error");
        assert!(text.contains(error), "{text}");
    }
}

#[test]
fn sending_again_and_again_sends_once() {
    let smtp = replying(&["451 4.7.1 come back later", "250 2.1.5 ok"]);
    let app = smtp.app();
    let org = app.organisation("Acme");
    ask(&app, &org);
    app.run_jobs();
    let id = listed(&app, &org)["id"].as_str().expect("an id").to_owned();
    let admin = app.api(&org, Role::Admin);
    for _ in 0..3 {
        let again = admin.post(&format!("/api/v1/mails/{id}/send"), &json!({}));
        assert_eq!(again.status, 204);
    }
    app.run_jobs();
    hurry(&app);
    app.run_jobs();
    assert_eq!(
        (smtp.mails().len(), &listed(&app, &org)["attempts"]),
        (1, &json!(1))
    );
    let again = admin.post(&format!("/api/v1/mails/{id}/send"), &json!({}));
    assert_eq!((again.status, again.code().as_str()), (409, "step_refused"));
}

#[test]
fn a_mail_whose_link_was_replaced_is_not_sent() {
    let smtp = replying(&["250 2.1.5 ok"]);
    let app = smtp.app();
    let org = app.organisation("Acme");
    ask(&app, &org);
    ask(&app, &org);
    let list = app.api(&org, Role::Admin).get("/api/v1/mails").json();
    let states: Vec<&Value> = list["items"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|m| &m["state"])
        .collect();
    assert_eq!(states, ["queued", "withdrawn"]);
    app.run_jobs();
    assert_eq!(smtp.mails().len(), 1);
    let list = app.api(&org, Role::Admin).get("/api/v1/mails").json();
    assert_eq!(
        (&list["items"][0]["state"], &list["items"][1]["state"]),
        (&json!("sent"), &json!("withdrawn"))
    );
}

#[test]
fn nothing_that_people_enter_becomes_a_header() {
    let smtp = replying(&["250 2.1.5 ok"]);
    let app = smtp.app();
    let org = app.organisation("Acme");
    let admin = app.browser(&org, Role::Admin);
    let invite = |name: &str, email: &str| {
        let fields = [
            ("name", name),
            ("email", email),
            ("role", "analyst"),
            ("by", "mail"),
        ];
        admin.form("/people", &fields).status
    };
    assert_eq!(
        invite("Bo", "bo@acme.example\r\nBcc: eve@evil.example"),
        422
    );
    assert_eq!(
        invite("Bo", "bo@acme.example>\r\nRCPT TO:<eve@evil.example"),
        422
    );
    let name = "Bo\r\nBcc: eve@evil.example\r\n.\r\nRCPT TO:<eve@evil.example>";
    assert_eq!(invite(name, "bo@acme.example"), 303);
    app.run_jobs();
    let [mail] = smtp.mails().try_into().expect("one mail");
    let (head, text) = mail.split_once("\n\n").expect("a header and a text");
    assert!(head.starts_with("RCPT TO:<bo@acme.example>\n"), "{head}");
    assert!(!head.contains("evil") && !head.contains("Hello"), "{head}");
    assert!(
        text.starts_with("Hello Bo Bcc: eve@evil.example . RCPT"),
        "{text}"
    );
}

#[test]
fn without_a_server_an_administrator_passes_the_link_on() {
    let app = TestApp::start();
    let (org, other) = (app.organisation("Acme"), app.organisation("Else"));
    ask(&app, &org);
    let admin = app.browser(&org, Role::Admin);
    let page = admin.get("/outbox").text();
    assert!(page.contains("No mail server is set up"), "{page}");
    assert!(page.contains(&format!("{}/password/", app.base)), "{page}");
    let id = listed(&app, &org)["id"].as_str().expect("an id").to_owned();
    let send = app.api(&org, Role::Admin);
    let send = send.post(&format!("/api/v1/mails/{id}/send"), &json!({}));
    assert_eq!((send.status, send.code().as_str()), (409, "step_refused"));
    let passed_on = format!("/outbox/{id}/passed-on");
    let foreign = app.browser(&other, Role::Admin);
    assert_eq!(foreign.form(&passed_on, &[]).status, 404);
    assert_eq!(admin.form(&passed_on, &[]).status, 303);
    assert_eq!(
        (listed(&app, &org)["state"].clone(), body(&app)),
        (json!("sent"), String::new())
    );
    assert!(!admin.get("/outbox").text().contains("/password/"));
    let entries = app.api(&org, Role::Admin).get("/api/v1/audit").json();
    let entries = entries["items"].as_array().expect("a list");
    for action in ["mails.viewed", "mail.passed_on", "person.link_created"] {
        assert!(entries.iter().any(|e| e["action"] == action), "{action}");
    }
}

#[test]
fn texts_are_deleted_after_a_week_and_mails_after_a_month() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    ask(&app, &org);
    let sweep = |days: i64| {
        let now = Instant::now().plus(Duration::days(days));
        app.write(|c| Ok(mail::sweep(c, now)?))
    };
    assert_eq!((sweep(6), body(&app).is_empty()), (0, false));
    assert_eq!((sweep(8), body(&app).is_empty()), (1, true));
    assert_eq!(listed(&app, &org)["state"], "failed");
    assert_eq!((sweep(29), sweep(31)), (0, 1));
    assert_eq!(listed(&app, &org), Value::Null);
}

#[test]
fn a_dropped_job_gives_its_mail_up() {
    let smtp = replying(&["250 2.1.5 ok"]);
    let app = smtp.app();
    let org = app.organisation("Acme");
    ask(&app, &org);
    let admin = app.api(&org, Role::Admin);
    let jobs = admin.get("/api/v1/jobs").json();
    assert_eq!(jobs["items"][0]["name"], "Sending of a mail");
    let id: Id = jobs["items"][0]["id"]
        .as_str()
        .expect("an id")
        .parse()
        .expect("an id");
    let dropped = admin.post(&format!("/api/v1/jobs/{id}/drop"), &json!({}));
    assert_eq!(dropped.status, 204);
    assert_eq!(listed(&app, &org)["state"], "failed");
}
