//! Signing in and out, tokens, lockout, and where requests may come from.

use rapport::accounts::Role;
use serde_json::json;

use crate::support::{PASSWORD, TestApp};

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

#[test]
fn wrong_unknown_and_locked_look_the_same() {
    let app = TestApp::start();
    app.organisation("Acme");
    let attempt = |email: &str, password: &str| {
        app.anonymous().post(
            "/api/v1/tokens",
            &json!({ "email": email, "password": password }),
        )
    };
    let wrong = attempt("admin@acme.example", "not the password");
    let unknown = attempt("nobody@acme.example", "not the password");
    let strip = |reply: &crate::support::Reply| {
        let mut body = reply.json();
        body["request_id"] = json!(null);
        (reply.status, body)
    };
    assert_eq!(strip(&wrong), strip(&unknown));
    assert_eq!((wrong.status, wrong.code().as_str()), (401, "bad_login"));
    for _ in 0..4 {
        attempt("admin@acme.example", "not the password");
    }
    let locked = attempt("admin@acme.example", PASSWORD);
    assert_eq!(
        strip(&locked),
        strip(&unknown),
        "five failures lock, even for the right password"
    );
    assert_eq!(
        attempt("coach@acme.example", PASSWORD).status,
        200,
        "others are not locked"
    );
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
        ("password", PASSWORD),
    ];
    let refused = admin.form("/people", &fields);
    assert_eq!(refused.status, 409, "{}", refused.text());
    let page = refused.text();
    assert!(page.contains("value=\"Bo Entered\""), "{page}");
    assert!(page.contains("value=\"analyst\" selected"), "{page}");
    assert!(page.contains("role=\"alert\"") && !page.contains(PASSWORD));
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
