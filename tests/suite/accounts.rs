//! Signing in and out, tokens, guesses at passwords, and where requests may come from.

use std::{thread::ScopedJoinHandle, time::Duration};

use rapport::accounts::Role;
use serde_json::json;

use crate::support::{PASSWORD, Reply, TestApp, invite};

#[test]
fn a_browser_signs_in_looks_around_and_signs_out() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let stranger = app.anonymous();
    assert_eq!(stranger.get("/vacancies").status, 401);

    let reply = stranger.form(
        "/sign-in",
        &[
            ("email", "Recruiter@Acme.example"),
            ("password", PASSWORD),
            ("next", "/vacancies"),
        ],
    );
    assert_eq!(
        (reply.status, reply.header("location")),
        (303, Some("/vacancies"))
    );
    let cookie = reply.header("set-cookie").expect("cookie");
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Path=/"),
        "{cookie}"
    );

    let browser = app.browser(&org, Role::Recruiter);
    let page = browser.get("/vacancies");
    assert_eq!(page.status, 200);
    assert!(page.text().contains("Acme recruiter"));
    assert_eq!(browser.form("/sign-out", &[]).status, 303);
    assert_eq!(
        browser.get("/vacancies").status,
        401,
        "the session ended at the server, not only in the browser"
    );
}

#[test]
fn an_address_that_is_unknown_keeps_the_navigation() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let browser = app.browser(&org, Role::Recruiter);
    // An address without a page, one that only takes forms, and a vacancy that is not there.
    for (path, status) in [
        ("/nothing", 404),
        ("/feedback/imports", 405),
        ("/vacancies/1", 404),
    ] {
        let reply = browser.get(path);
        let page = reply.text();
        assert_eq!(reply.status, status, "{path}");
        assert!(
            page.contains("href=\"/vacancies\"") && page.contains("<a href=\"/\">Home</a>"),
            "{path}: {page}"
        );
    }
    let stranger = app.anonymous().get("/nothing");
    assert!(!stranger.text().contains("<nav"), "{}", stranger.text());
    assert_eq!(
        app.api(&org, Role::Recruiter).get("/api/v1/nothing").code(),
        "not_found"
    );
}

#[test]
fn the_first_page_is_what_a_role_works_with() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    for (role, page) in [
        (Role::Admin, "/vacancies"),
        (Role::Recruiter, "/vacancies"),
        (Role::Coach, "/teams"),
        (Role::Analyst, "/overview"),
        (Role::Department, "/departments"),
        (Role::Agent, "/me"),
    ] {
        let home = app.browser(&org, role).get("/");
        assert_eq!(home.header("location"), Some(page), "{role:?}");
    }
}

#[test]
fn signing_in_never_sends_people_elsewhere() {
    let app = TestApp::start();
    app.organisation("Acme");
    for next in [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
    ] {
        let reply = app.anonymous().form(
            "/sign-in",
            &[
                ("email", "coach@acme.example"),
                ("password", PASSWORD),
                ("next", next),
            ],
        );
        assert_eq!(
            (reply.status, reply.header("location")),
            (303, Some("/teams")),
            "{next}"
        );
    }
}

/// A server behind one proxy, and an attempt to sign in from a network address.
fn behind_a_proxy() -> TestApp {
    TestApp::start_with(|config| config.trusted_proxies = 1)
}

fn attempt(app: &TestApp, from: &str, email: &str, password: &str, cookie: &str) -> Reply {
    let body = json!({ "email": email, "password": password }).to_string();
    let headers = [("X-Forwarded-For", from), ("Cookie", cookie)];
    app.anonymous().send(
        "POST",
        "/api/v1/tokens",
        "application/json",
        Some(body.as_bytes()),
        &headers,
    )
}

#[test]
fn a_wrong_password_and_an_unknown_account_look_the_same() {
    let app = behind_a_proxy();
    app.organisation("Acme");
    let strip = |reply: Reply| {
        let mut body = reply.json();
        body["request_id"] = json!(null);
        (reply.status, body)
    };
    let series = |email: &str| -> Vec<_> {
        let one = |_| strip(attempt(&app, "192.0.2.1", email, "not the password", ""));
        (0..4).map(one).collect()
    };
    let (wrong, unknown) = (series("admin@acme.example"), series("nobody@acme.example"));
    assert_eq!(wrong, unknown);
    assert_eq!(wrong[0].0, 401);
    for email in ["admin@acme.example", "nobody@acme.example"] {
        pause(&app, "192.0.2.1", email, 1);
    }
}

/// Guesses, as soon as it is allowed, until the guesser is paused for `seconds`. Pauses double, so
/// a wait of more than half of it shows the pause even if the guess after it came late.
fn pause(app: &TestApp, from: &str, email: &str, seconds: u64) {
    for _ in 0..30 {
        let reply = attempt(app, from, email, "a guess of a stranger", "");
        let Some(wait) = reply.header("retry-after") else {
            assert_eq!(reply.status, 401);
            continue;
        };
        assert_eq!((reply.status, &*reply.code()), (429, "too_many_requests"));
        let wait: u64 = wait.parse().expect("seconds");
        if 2 * wait > seconds {
            return;
        }
        std::thread::sleep(Duration::from_secs(wait));
    }
    panic!("no pause of {seconds} s");
}

/// A stranger who guesses pauses only themselves.
#[test]
fn a_stranger_cannot_lock_an_owner_out() {
    let app = behind_a_proxy();
    let org = app.organisation("Acme");
    let email = org.email(Role::Coach);
    let signed_in = app
        .anonymous()
        .form("/sign-in", &[("email", &email), ("password", PASSWORD)]);
    let cookies = signed_in
        .headers
        .iter()
        .filter(|(name, _)| name == "set-cookie");
    let device = cookies
        .filter_map(|(_, value)| value.split(';').next())
        .find(|cookie| cookie.starts_with("rapport-device="))
        .expect("a mark for the device");
    pause(&app, "192.0.2.1", &email, 8);
    assert_eq!(attempt(&app, "192.0.2.1", &email, PASSWORD, "").status, 429);
    assert_eq!(attempt(&app, "192.0.2.2", &email, PASSWORD, "").status, 200);

    for guess in 0..30 {
        attempt(
            &app,
            &format!("192.0.2.{}", 10 + guess),
            &email,
            "a guess of many",
            "",
        );
    }
    assert_eq!(
        attempt(&app, "192.0.2.99", &email, PASSWORD, "").status,
        429
    );
    assert_eq!(
        attempt(&app, "192.0.2.99", &email, PASSWORD, device).status,
        200
    );
    let forged = "rapport-device=0000";
    assert_eq!(
        attempt(&app, "192.0.2.99", &email, PASSWORD, forged).status,
        429
    );
    let page = app.browser(&org, Role::Admin).get("/audit").text();
    let entries = page.matches("person.sign_in_failed").count();
    assert!(
        (1..=2).contains(&entries),
        "36 failures are {entries} entries"
    );
}

#[test]
fn a_session_guesses_the_present_password_a_few_times_only() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let api = app.api(&org, Role::Analyst);
    let guess = json!({ "present": "a guess at a password", "new": "another good password" });
    let statuses: Vec<u16> = (0..6)
        .map(|_| api.post("/api/v1/account/password", &guess).status)
        .collect();
    assert_eq!(statuses, [422, 422, 422, 422, 422, 429]);
}

#[test]
fn one_source_has_a_limit_and_others_go_on() {
    let app = behind_a_proxy();
    let org = app.organisation("Acme");
    let email = |number: usize| format!("x{number}@nowhere.example");
    let tries: Vec<u16> = std::thread::scope(|scope| {
        let (app, email) = (&app, &email);
        let one =
            |n| scope.spawn(move || attempt(app, "192.0.2.1, 192.0.2.7", &email(n), "a guess", ""));
        let tries: Vec<_> = (0..100).map(one).collect();
        let status = |try_: ScopedJoinHandle<'_, Reply>| try_.join().expect("answered").status;
        tries.into_iter().map(status).collect()
    });
    let refused = tries.iter().filter(|status| **status == 429).count();
    assert!((10..=40).contains(&refused), "{tries:?}");
    let other = attempt(
        &app,
        "192.0.2.7, 192.0.2.8",
        &org.email(Role::Coach),
        PASSWORD,
        "",
    );
    assert_eq!(other.status, 200);
    let recruiter = app.api(&org, Role::Recruiter);
    let (.., token) = invite(&recruiter, &org, "kim@candidate.example");
    let unknown = |token: usize| app.anonymous().get(&format!("/c/{token}")).status;
    let links: Vec<u16> = (0..80).map(unknown).collect();
    assert_eq!((links[0], links[79]), (404, 429));
    let known = app.anonymous().get(&format!("/c/{token}")).status;
    assert_eq!(known, 200, "a candidate behind the same address");
}

#[test]
fn a_refresh_token_rotates_and_its_reuse_ends_the_family() {
    let app = TestApp::start();
    app.organisation("Acme");
    let client = app.anonymous();
    let first = client
        .post(
            "/api/v1/tokens",
            &json!({ "email": "coach@acme.example", "password": PASSWORD }),
        )
        .json();
    let refresh = |token: &serde_json::Value| {
        client.post("/api/v1/tokens/refresh", &json!({ "refresh_token": token }))
    };
    let second = refresh(&first["refresh_token"]);
    assert_eq!(second.status, 200, "{}", second.text());
    let second = second.json();
    assert_ne!(first["refresh_token"], second["refresh_token"]);
    assert_eq!(
        refresh(&first["refresh_token"]).code(),
        "not_signed_in",
        "a used token is refused"
    );
    assert_eq!(
        refresh(&second["refresh_token"]).status,
        401,
        "and everything that came of it ends"
    );

    let third = client
        .post(
            "/api/v1/tokens",
            &json!({ "email": "coach@acme.example", "password": PASSWORD }),
        )
        .json();
    assert_eq!(
        client
            .post(
                "/api/v1/tokens/revoke",
                &json!({ "refresh_token": third["refresh_token"] })
            )
            .status,
        204
    );
    assert_eq!(refresh(&third["refresh_token"]).status, 401);
}

#[test]
fn changing_the_password_ends_every_session() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let (browser, api) = (
        app.browser(&org, Role::Analyst),
        app.api(&org, Role::Analyst),
    );
    let change = |present: &str, new: &str| {
        api.post(
            "/api/v1/account/password",
            &json!({ "present": present, "new": new }),
        )
    };
    assert_eq!(
        change("wrong", "another good password").code(),
        "wrong_password"
    );
    assert_eq!(change(PASSWORD, "short").code(), "password_length");
    assert_eq!(change(PASSWORD, "Acme-1234567").code(), "easy_password");
    assert_eq!(change(PASSWORD, "another good password").status, 204);
    assert_eq!(browser.get("/validity").status, 401);
    let again = app.anonymous().post(
        "/api/v1/tokens",
        &json!({ "email": org.email(Role::Analyst), "password": "another good password" }),
    );
    assert_eq!(again.status, 200);
}

#[test]
fn what_a_cookie_carries_must_come_from_our_pages() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let browser = app.browser(&org, Role::Recruiter);
    let body = format!("title=X&questionnaire_id={}", org.questionnaire);
    let from = |origin: &str| {
        browser.send(
            "POST",
            "/vacancies",
            "application/x-www-form-urlencoded",
            Some(body.as_bytes()),
            &[("Origin", origin)],
        )
    };
    for origin in [
        "https://evil.example",
        "null",
        &app.base.replace("http://", "http://evil."),
        &app.base.replace("http://", "https://"),
    ] {
        assert_eq!(from(origin).status, 403, "{origin}");
    }
    assert_eq!(from("").status, 403, "no origin at all");
    assert_eq!(from(&app.base).status, 303);
}

#[test]
fn errors_have_one_shape_and_tell_nothing_of_the_inside() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let api = app.api(&org, Role::Recruiter);
    for (reply, status, code) in [
        (
            api.send(
                "POST",
                "/api/v1/vacancies",
                "application/json",
                Some(b"{"),
                &[],
            ),
            400,
            "bad_request",
        ),
        (
            api.send("POST", "/api/v1/vacancies", "text/plain", Some(b"{}"), &[]),
            400,
            "bad_request",
        ),
        (
            api.send("DELETE", "/api/v1/vacancies", "", None, &[]),
            405,
            "method_not_allowed",
        ),
        (api.get("/api/v1/nothing"), 404, "not_found"),
        (api.get("/api/v1/candidates/not-an-id"), 404, "not_found"),
        (
            api.post(
                "/api/v1/vacancies",
                &json!({ "title": " ", "questionnaire_id": org.questionnaire }),
            ),
            422,
            "invalid",
        ),
        (
            api.post(
                "/api/v1/vacancies",
                &json!({ "title": "x".repeat(300_000), "questionnaire_id": org.questionnaire }),
            ),
            413,
            "too_large",
        ),
    ] {
        assert_eq!(
            (reply.status, reply.code().as_str()),
            (status, code),
            "{}",
            reply.text()
        );
        assert_eq!(
            reply.header("content-type"),
            Some("application/problem+json")
        );
        assert!(
            reply.json()["request_id"]
                .as_str()
                .is_some_and(|id| id.len() == 36)
        );
    }
    let page = app.anonymous().get("/nothing-here");
    assert_eq!(page.status, 404);
    assert!(
        page.text().contains("<h1>Not found</h1>"),
        "{}",
        page.text()
    );
    for header in [
        "content-security-policy",
        "x-content-type-options",
        "referrer-policy",
        "x-request-id",
    ] {
        assert!(page.header(header).is_some(), "{header}");
    }
    assert!(
        page.header("strict-transport-security").is_none(),
        "no TLS here"
    );
}

#[test]
fn behind_tls_the_cookie_is_bound_to_it() {
    let app = TestApp::start_with(|c| c.public_url = Some("https://rapport.example".to_owned()));
    app.organisation("Acme");
    let reply = app.anonymous().form(
        "/sign-in",
        &[("email", "coach@acme.example"), ("password", PASSWORD)],
    );
    let cookie = reply.header("set-cookie").expect("cookie");
    assert!(
        cookie.starts_with("__Host-rapport=") && cookie.contains("Secure"),
        "{cookie}"
    );
    assert!(reply.header("strict-transport-security").is_some());
}

#[test]
fn a_repeated_key_creates_once() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let api = app.api(&org, Role::Recruiter);
    let create = |title: &str| {
        let body = json!({ "title": title, "questionnaire_id": org.questionnaire }).to_string();
        api.send(
            "POST",
            "/api/v1/vacancies",
            "application/json",
            Some(body.as_bytes()),
            &[("Idempotency-Key", "k1")],
        )
    };
    let (first, second) = (create("One"), create("One"));
    assert_eq!((first.status, second.status), (201, 201));
    assert_eq!(first.json(), second.json());
    assert_eq!(create("Other").code(), "key_reused");
    assert_eq!(
        api.get("/api/v1/vacancies").json()["items"]
            .as_array()
            .map(Vec::len),
        Some(1)
    );
}

#[test]
fn a_refused_account_form_keeps_what_was_entered() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let admin = app.browser(&org, Role::Admin);
    let fields = [
        ("name", "Bo Entered"),
        ("email", &org.email(Role::Coach)),
        ("role", "analyst"),
        ("by", "link"),
    ];
    let refused = admin.form("/people", &fields);
    assert_eq!(refused.status, 409, "{}", refused.text());
    let page = refused.text();
    assert!(page.contains("value=\"Bo Entered\""), "{page}");
    assert!(page.contains("value=\"analyst\" selected"), "{page}");
    assert!(page.contains("role=\"alert\""));
    let change = [
        ("present", "not this one"),
        ("new", "another long password"),
    ];
    let refused = admin.form("/account/password", &change);
    assert_eq!(refused.status, 422);
    assert!(refused.text().contains("role=\"alert\""));
}

/// Holidays from the calendar of the Greek government.
#[test]
fn an_administrator_sets_the_working_days() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let admin = app.browser(&org, Role::Admin);
    let page = admin.get("/working-days").text();
    assert!(page.contains("Saturday, Sunday") && page.contains("no region is set"));
    let greece = [("time_zone", " Europe/Athens"), ("region", "GR ")];
    assert_eq!(admin.form("/working-days", &greece).status, 303);
    let token = app.api(&org, Role::Admin);
    let days = token.get("/api/v1/working-days").json();
    assert_eq!(days["time_zone"], "Europe/Athens");
    assert_eq!(
        (&days["region"], &days["weekend"]),
        (&json!("GR"), &json!([5, 6]))
    );
    let holidays = days["holidays"].as_array().expect("holidays");
    assert_eq!(holidays.len(), 6);
    let feasts = [
        "-01-01", "-01-06", "-03-25", "-05-01", "-08-15", "-10-28", "-12-25",
    ];
    let is_listed = |feast: &str| {
        let mut days = holidays.iter().filter_map(|day| day.as_str());
        days.any(|day| day.ends_with(feast))
    };
    let listed = feasts.into_iter().filter(|feast| is_listed(feast));
    assert!(listed.count() >= 2, "{holidays:?}");

    for (zone, region, why) in [
        ("Europe/Atlantis", "GR", "There is no such time zone"),
        ("UTC", "XX", "There are no holidays for this region"),
    ] {
        let refused = admin.form("/working-days", &[("time_zone", zone), ("region", region)]);
        assert_eq!(refused.status, 422);
        let text = refused.text();
        assert!(
            text.contains(why) && text.contains(zone) && text.contains(region),
            "{text}"
        );
    }
    assert_eq!(
        token.get("/api/v1/working-days").json(),
        days,
        "nothing refused is stored"
    );
    let abroad = json!({ "time_zone": "Asia/Riyadh", "region": "SA" });
    assert_eq!(token.post("/api/v1/working-days", &abroad).status, 204);
    assert!(
        admin
            .get("/working-days")
            .text()
            .contains("Friday, Saturday")
    );
    let elsewhere = app.organisation("Other");
    let other = app
        .api(&elsewhere, Role::Admin)
        .get("/api/v1/working-days")
        .json();
    assert_eq!(other["region"], "");
    assert!(
        admin
            .get("/audit")
            .text()
            .contains("organisation.working_days_set")
    );
}
