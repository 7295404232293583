//! Two-step sign-in: setting it up, codes and recovery codes, the rule of an organisation, removal.

use std::{process::Command, time::Duration};

use diesel::{QueryDsl, RunQueryDsl};
use hmac::{Hmac, KeyInit, Mac};
use rapport::{
    accounts::{self, Role},
    db::schema::{recovery_codes, two_step_secrets},
    types::Instant,
    web::{auth::Access, routes::ROUTES},
};
use serde_json::json;

use crate::support::{Client, Organisation, PASSWORD, Reply, Scene, TestApp, organisation};

/// An authenticator app, written for these tests.
pub struct Authenticator(Vec<u8>);

impl Authenticator {
    /// Sets up the key that a page or the API shows.
    pub fn new(key: &str) -> Self {
        let (mut bits, mut count, mut secret) = (0_u32, 0, Vec::new());
        for c in key.chars().filter(|c| !c.is_whitespace()) {
            let value = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".find(c).expect("base32");
            bits = (bits << 5) | u32::try_from(value).expect("small");
            count += 5;
            if count >= 8 {
                count -= 8;
                secret.push(u8::try_from((bits >> count) & 0xff).expect("a byte"));
            }
        }
        Self(secret)
    }

    /// The code of the present step of 30 seconds, or of one before or after it.
    pub fn code(&self, steps: i64) -> String {
        // Not just before a step ends.
        while Instant::now().0.timestamp() % 30 > 27 {
            std::thread::sleep(Duration::from_millis(200));
        }
        let step = Instant::now().0.timestamp() / 30 + steps;
        let mut mac = Hmac::<sha1::Sha1>::new_from_slice(&self.0).expect("any length");
        mac.update(&step.to_be_bytes());
        let hash = mac.finalize().into_bytes();
        let at = usize::from(hash[19] & 15);
        let bytes = [hash[at] & 127, hash[at + 1], hash[at + 2], hash[at + 3]];
        format!("{:06}", u32::from_be_bytes(bytes) % 1_000_000)
    }

    /// Six digits that are no code now.
    pub fn wrong_code(&self) -> String {
        let right = [-2, -1, 0, 1, 2].map(|steps| self.code(steps));
        let mut others = (0..10).map(|n| format!("{n:06}"));
        others.find(|code| !right.contains(code)).expect("one")
    }
}

/// Sets two-step sign-in up at the API; returns the app and the recovery codes.
pub fn set_up(client: &Client) -> (Authenticator, Vec<String>) {
    let reply = client.post("/api/v1/account/two-step", &json!({ "present": PASSWORD }));
    assert_eq!(reply.status, 200, "{}", reply.text());
    let app = Authenticator::new(reply.json()["secret"].as_str().expect("a secret"));
    let code = json!({ "code": app.code(-1) });
    let reply = client.post("/api/v1/account/two-step/confirm", &code);
    assert_eq!(reply.status, 200, "{}", reply.text());
    let codes = serde_json::from_value(reply.json()["recovery_codes"].take());
    (app, codes.expect("codes"))
}

fn sign_in(scene: &Scene, role: Role, code: Option<&str>) -> Reply {
    sign_in_from(&scene.app, &scene.org.email(role), code, &[])
}

fn sign_in_from(app: &TestApp, email: &str, code: Option<&str>, headers: &[(&str, &str)]) -> Reply {
    let body = json!({ "email": email, "password": PASSWORD, "code": code }).to_string();
    let (path, kind) = ("/api/v1/tokens", "application/json");
    let client = app.anonymous();
    client.send("POST", path, kind, Some(body.as_bytes()), headers)
}

/// The cookies that a reply sets, as a browser sends them back.
fn cookies(reply: &Reply) -> String {
    let set = reply
        .headers
        .iter()
        .filter(|(name, _)| name == "set-cookie");
    let pairs: Vec<&str> = set
        .filter_map(|(_, cookie)| cookie.split(';').next())
        .filter(|pair| !pair.ends_with('='))
        .collect();
    pairs.join("; ")
}

/// A browser that has sent the right password, and where that led it.
fn password_entered(scene: &Scene, org: &Organisation, role: Role) -> (Client, Reply) {
    let mut browser = scene.app.anonymous();
    let (email, next) = (org.email(role), "/account");
    let fields = [("email", &*email), ("password", PASSWORD), ("next", next)];
    let reply = browser.form("/sign-in", &fields);
    browser.cookie = Some(cookies(&reply));
    (browser, reply)
}

/// A browser that is signed in with a code.
fn code_entered(scene: &Scene, role: Role, code: &str) -> Client {
    let (mut browser, _) = password_entered(scene, &scene.org, role);
    let entered = browser.form("/sign-in/code", &[("code", code)]);
    browser.cookie = Some(cookies(&entered));
    browser
}

/// The key on a page.
pub fn key_on(page: &str) -> Option<String> {
    let (_, rest) = page.split_once("<code>")?;
    Some(rest.split_once("</code>")?.0.to_owned())
}

#[test]
fn a_code_follows_the_password_and_works_once() {
    let scene = organisation();
    let coach = scene.signed_in(Role::Coach);
    let (app, recovery) = set_up(&coach);
    assert_eq!(recovery.len(), 10);
    let code = app.code(0);
    for (entered, status, error) in [
        (None, 401, "totp_required"),
        (Some(&*app.wrong_code()), 422, "totp_invalid"),
        (Some(&*code), 200, ""),
        (Some(&*code), 422, "totp_invalid"),
        (Some(&*app.code(1)), 200, ""),
        (Some(&*recovery[3].to_uppercase()), 200, ""),
        (Some(&*recovery[3]), 422, "totp_invalid"),
    ] {
        let reply = sign_in(&scene, Role::Coach, entered);
        let found = (reply.status, reply.code());
        assert_eq!(found, (status, error.to_owned()), "{entered:?}");
    }
    let status = coach.get("/api/v1/account/two-step").json();
    let expected = json!({ "on": true, "required": false, "recovery_codes_left": 9 });
    assert_eq!(status, expected);
}

#[test]
fn a_wrong_password_does_not_tell_that_a_code_is_needed() {
    let scene = organisation();
    set_up(&scene.signed_in(Role::Coach));
    let body = json!({ "email": scene.org.email(Role::Coach), "password": "not the password" });
    let reply = scene.app.anonymous().post("/api/v1/tokens", &body);
    assert_eq!((reply.status, &*reply.code()), (401, "bad_login"));
}

#[test]
fn wrong_codes_pause_like_wrong_passwords() {
    let scene = organisation();
    let (app, _) = set_up(&scene.signed_in(Role::Coach));
    let (wrong, right) = (app.wrong_code(), app.code(0));
    for _ in 0..5 {
        let reply = sign_in(&scene, Role::Coach, Some(&wrong));
        assert_eq!(reply.code(), "totp_invalid");
    }
    let reply = sign_in(&scene, Role::Coach, Some(&right));
    assert_eq!(reply.status, 429, "the right password clears no failure");
}

#[test]
fn guesses_from_many_sources_are_limited_but_not_the_owners_device() {
    let app = TestApp::start_with(|config| config.trusted_proxies = 1);
    let org = app.organisation("Acme");
    let email = org.email(Role::Coach);
    // Before two-step sign-in is on, the password marks the device.
    let fields = [("email", &*email), ("password", PASSWORD)];
    let device = cookies(&app.anonymous().form("/sign-in", &fields));
    let (phone, _) = set_up(&app.api(&org, Role::Coach));
    let (wrong, right) = (phone.wrong_code(), phone.code(0));
    let from = |number: usize, code: &str, cookie: &str| {
        let source = format!("192.0.2.{number}");
        let headers = [("X-Forwarded-For", &*source), ("Cookie", cookie)];
        sign_in_from(&app, &email, Some(code), &headers)
    };
    for guess in 0..10 {
        assert_eq!(from(guess, &wrong, "").code(), "totp_invalid", "{guess}");
    }
    for code in [&wrong, &right] {
        let reply = from(11, code, "");
        assert_eq!(reply.status, 429, "whether right or wrong");
        let wait = reply.header("retry-after").expect("a time").parse::<u64>();
        assert!(wait.expect("seconds") > 500);
    }
    assert_eq!(from(12, &right, &device).status, 200);
}

#[test]
fn a_password_alone_reaches_no_page_and_no_api() {
    let scene = organisation();
    let (app, _) = set_up(&scene.signed_in(Role::Admin));
    let (browser, reply) = password_entered(&scene, &scene.org, Role::Admin);
    assert_eq!(
        cookies(&reply).matches('=').count(),
        1,
        "no session, no device"
    );
    for route in ROUTES {
        let fits = |role: &Role| *role == Role::Admin;
        let guarded = matches!(route.access, Access::Roles(roles) if roles.iter().any(fits));
        if guarded && route.method == "GET" && !route.path.contains('{') {
            assert_eq!(browser.get(route.path).status, 401, "{}", route.path);
        }
    }
    let elsewhere = [("Origin", "http://evil.example")];
    let form = "application/x-www-form-urlencoded";
    let code = format!("code={}", app.code(0));
    let body = Some(code.as_bytes());
    let reply = browser.send("POST", "/sign-in/code", form, body, &elsewhere);
    assert_eq!(reply.status, 403);
}

#[test]
fn turning_it_on_and_off_ends_the_other_sessions() {
    let scene = organisation();
    let (own, other) = (
        scene.app.browser(&scene.org, Role::Coach),
        scene.app.browser(&scene.org, Role::Coach),
    );
    let before = sign_in(&scene, Role::Coach, None).json();
    let (app, recovery) = set_up(&own);
    let status = |browser: &Client| browser.get("/account").status;
    assert_eq!((status(&own), status(&other)), (200, 401));
    let refresh = json!({ "refresh_token": before["refresh_token"] });
    let reply = scene
        .app
        .anonymous()
        .post("/api/v1/tokens/refresh", &refresh);
    assert_eq!(reply.status, 401);

    let other = code_entered(&scene, Role::Coach, &app.code(0));
    assert_eq!((status(&own), status(&other)), (200, 200));
    let proof = json!({ "present": PASSWORD, "code": recovery[0] });
    let reply = own.post("/api/v1/account/two-step/remove", &proof);
    assert_eq!(reply.status, 204, "{}", reply.text());
    assert_eq!((status(&own), status(&other)), (200, 401));
    assert_eq!(stored(&scene), (vec![], vec![]), "nothing is left");
}

#[test]
fn turning_it_off_and_new_recovery_codes_need_password_and_code() {
    let scene = organisation();
    let coach = scene.signed_in(Role::Coach);
    let (app, recovery) = set_up(&coach);
    let wrong = app.wrong_code();
    for (path, present, code, error) in [
        ("remove", "not the password", &recovery[0], "wrong_password"),
        ("remove", PASSWORD, &wrong, "totp_invalid"),
        ("recovery-codes", PASSWORD, &wrong, "totp_invalid"),
    ] {
        let path = format!("/api/v1/account/two-step/{path}");
        let reply = coach.post(&path, &json!({ "present": present, "code": code }));
        assert_eq!((reply.status, &*reply.code()), (422, error), "{path}");
    }
    assert_eq!(sign_in(&scene, Role::Coach, None).status, 401, "still on");
    let used = sign_in(&scene, Role::Coach, Some(&recovery[0]));
    assert_eq!(used.status, 200, "not used up with the wrong password");
}

#[test]
fn the_audit_log_says_what_happened_without_names_and_addresses() {
    let scene = organisation();
    let coach = scene.signed_in(Role::Coach);
    let (app, recovery) = set_up(&coach);
    for code in [&app.wrong_code(), &recovery[0]] {
        sign_in(&scene, Role::Coach, Some(code));
    }
    let proof = json!({ "present": PASSWORD, "code": app.code(1) });
    coach.post("/api/v1/account/two-step/remove", &proof);
    let log = scene.signed_in(Role::Admin).get("/api/v1/audit").text();
    for action in [
        "person.two_step_on",
        "person.sign_in_failed",
        "person.recovery_code_used",
        "person.two_step_off",
    ] {
        assert!(log.contains(action), "{action}");
    }
    for private in [&scene.org.email(Role::Coach), &recovery[0], &app.code(0)] {
        assert!(!log.contains(private.as_str()), "{private}");
    }
}

#[test]
fn a_browser_enters_the_code_on_a_second_page() {
    let scene = organisation();
    let (app, _) = set_up(&scene.signed_in(Role::Coach));
    let (mut browser, reply) = password_entered(&scene, &scene.org, Role::Coach);
    assert_eq!(reply.header("location"), Some("/sign-in/code"));
    let cookie = reply.header("set-cookie").expect("a cookie");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"));
    assert_eq!(browser.get("/account").status, 401, "no session yet");
    assert_eq!(browser.get("/sign-in/code").status, 200);
    let refused = browser.form("/sign-in/code", &[("code", &app.wrong_code())]);
    assert_eq!(refused.status, 422);
    assert!(refused.text().contains("role=\"alert\""));
    let entered = browser.form("/sign-in/code", &[("code", &app.code(0))]);
    assert_eq!(entered.header("location"), Some("/account"));
    browser.cookie = Some(cookies(&entered));
    assert_eq!(browser.get("/account").status, 200);
}

#[test]
fn the_second_page_needs_the_first() {
    let scene = organisation();
    let (app, _) = set_up(&scene.signed_in(Role::Coach));
    let (browser, _) = password_entered(&scene, &scene.org, Role::Coach);
    let cookie = browser.cookie.expect("a cookie");
    let (content, signature) = cookie.split_once('.').expect("two parts");
    let forged = format!("{content}.{}", "0".repeat(signature.len()));
    let changed = format!("{}A.{signature}", &content[..content.len() - 1]);
    for cookie in [None, Some(forged), Some(changed)] {
        let mut stranger = scene.app.anonymous();
        stranger.cookie = cookie;
        let reply = stranger.form("/sign-in/code", &[("code", &app.code(0))]);
        assert_eq!((reply.status, &*reply.leads_to()), (303, "/sign-in"));
        assert_eq!(cookies(&reply), "");
    }
}

#[test]
fn the_page_sets_it_up_with_a_qr_code_and_turns_it_off_with_the_password() {
    let scene = organisation();
    let browser = scene.app.browser(&scene.org, Role::Coach);
    let send = |path: &str, name: &str, value: &str| {
        browser.form(&format!("/account/two-step{path}"), &[(name, value)])
    };
    assert_eq!(send("", "present", "not the password").status, 422);
    let shown = send("", "present", PASSWORD);
    let page = shown.text();
    assert!(page.contains("<svg role=\"img\" aria-label="), "{page}");
    assert_eq!(shown.header("cache-control"), Some("no-store"));
    let app = Authenticator::new(&key_on(&page).expect("a key"));
    let refused = send("/confirm", "code", &app.wrong_code());
    assert_eq!(refused.status, 422);
    assert_eq!(key_on(&refused.text()), None, "shown once");
    let codes = send("/confirm", "code", &app.code(-1)).text();
    assert_eq!(codes.matches("<li><code>").count(), 10, "{codes}");
    let page = browser.get("/account/two-step").text();
    assert!(page.contains("You have 10 recovery codes left"), "{page}");
    assert_eq!(key_on(&page), None);
    let proof = [("present", PASSWORD), ("code", &*app.code(0))];
    let removed = browser.form("/account/two-step/remove", &proof);
    assert_eq!(removed.status, 303);
    assert_eq!(sign_in(&scene, Role::Coach, None).status, 200);
}

#[test]
fn new_recovery_codes_replace_the_old_ones() {
    let scene = organisation();
    let coach = scene.signed_in(Role::Coach);
    let (app, old) = set_up(&coach);
    let path = "/api/v1/account/two-step/recovery-codes";
    let proof = json!({ "present": PASSWORD, "code": app.code(0) });
    let reply = coach.post(path, &proof);
    let new: Vec<String> =
        serde_json::from_value(reply.json()["recovery_codes"].take()).expect("codes");
    let entered = |code: &String| sign_in(&scene, Role::Coach, Some(code)).status;
    assert_eq!((entered(&old[0]), entered(&new[0])), (422, 200));
}

#[test]
fn an_organisation_can_demand_it_of_everybody() {
    let scene = organisation();
    let admin = scene.signed_in(Role::Admin);
    let demand = json!({ "required": true });
    let refused = admin.post("/api/v1/two-step", &demand);
    assert_eq!(refused.code(), "totp_setup_required", "own one first");
    set_up(&admin);
    let coach = scene.app.browser(&scene.org, Role::Coach);
    assert_eq!(admin.post("/api/v1/two-step", &demand).status, 204);
    assert_eq!(coach.get("/account").status, 401, "sessions without it end");
    let reply = sign_in(&scene, Role::Coach, None);
    assert_eq!((reply.status, &*reply.code()), (403, "totp_setup_required"));

    let (mut browser, reply) = password_entered(&scene, &scene.org, Role::Coach);
    assert_eq!(reply.header("location"), Some("/sign-in/set-up"));
    let page = browser.get("/sign-in/set-up").text();
    let app = Authenticator::new(&key_on(&page).expect("a key"));
    let done = browser.form("/sign-in/set-up", &[("code", &app.code(-1))]);
    assert_eq!(done.text().matches("<li><code>").count(), 10);
    browser.cookie = Some(cookies(&done));
    assert_eq!(browser.get("/account").status, 200);
    let proof = [("present", PASSWORD), ("code", &*app.code(0))];
    let off = browser.form("/account/two-step/remove", &proof);
    assert_eq!(off.status, 409);
    assert_eq!(
        scene.elsewhere(Role::Coach).get("/api/v1/account").status,
        200
    );
}

#[test]
fn an_administrator_removes_what_somebody_has_lost() {
    let scene = organisation();
    let (admin, coach) = (scene.signed_in(Role::Admin), scene.signed_in(Role::Coach));
    let (app, _) = set_up(&coach);
    let browser = code_entered(&scene, Role::Coach, &app.code(0));
    assert_eq!(browser.get("/account").status, 200);
    let people = scene.app.write(|c| Ok(accounts::people(c, scene.org.id)?));
    let id_of = |role: Role| {
        people
            .iter()
            .find(|p| p.roles.contains(role))
            .expect("one")
            .id
    };
    let path = |role: Role| format!("/api/v1/people/{}/two-step/remove", id_of(role));
    let (theirs, nothing) = (path(Role::Coach), json!({}));
    assert_eq!(
        scene.elsewhere(Role::Admin).post(&theirs, &nothing).status,
        404
    );
    assert_eq!(coach.post(&theirs, &nothing).status, 403);
    assert_eq!(admin.post(&path(Role::Admin), &nothing).status, 409, "own");
    assert_eq!(admin.post(&theirs, &nothing).status, 204);
    assert_eq!(admin.post(&theirs, &nothing).code(), "step_refused");
    assert_eq!(browser.get("/account").status, 401, "signed out");
    assert_eq!(sign_in(&scene, Role::Coach, None).status, 200);
    let log = admin.get("/api/v1/audit").text();
    for action in ["person.two_step_on", "person.two_step_removed"] {
        assert!(log.contains(action), "{action}");
    }
}

#[test]
fn whoever_has_the_machine_removes_that_of_the_last_administrator() {
    let scene = organisation();
    set_up(&scene.signed_in(Role::Admin));
    let email = scene.org.email(Role::Admin);
    let removed = Command::new(env!("CARGO_BIN_EXE_rapport"))
        .args(["admin", "remove-two-step", "--email", &email])
        .env("DATABASE_URL", &scene.app.database.url)
        .env("RAPPORT_DATA_DIR", scene.app.database.folder.path())
        .output()
        .expect("runs");
    let problem = String::from_utf8_lossy(&removed.stderr);
    assert!(removed.status.success(), "{problem}");
    assert_eq!(sign_in(&scene, Role::Admin, None).status, 200);
}

/// The sealed secrets and the hashes of recovery codes in the database.
fn stored(scene: &Scene) -> (Vec<String>, Vec<String>) {
    let mut c = scene.app.db.connect().expect("connects");
    let sealed = two_step_secrets::table.select(two_step_secrets::sealed_secret);
    let hashes = recovery_codes::table.select(recovery_codes::code_hash);
    (
        sealed.load(&mut *c).expect("reads"),
        hashes.load(&mut *c).expect("reads"),
    )
}

#[test]
fn the_database_holds_neither_the_secret_nor_a_recovery_code() {
    let scene = organisation();
    let (app, codes) = set_up(&scene.signed_in(Role::Coach));
    let (sealed, hashes) = stored(&scene);
    assert_eq!((sealed.len(), hashes.len()), (1, 10));
    let bytes = base64::Engine::decode(
        &base64::engine::general_purpose::STANDARD_NO_PAD,
        &sealed[0],
    )
    .expect("base64");
    assert!(!bytes.windows(app.0.len()).any(|part| part == app.0));
    for code in codes {
        let plain = code.replace('-', "");
        assert!(hashes.iter().all(|hash| !hash.contains(&plain)));
    }
}
