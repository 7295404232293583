//! API keys: what a key may do, how it ends, and what is kept about it.

use diesel::{ExpressionMethods, RunQueryDsl};
use rapport::{
    accounts::{
        NewPerson, Role,
        api_keys::{KeyScope, text_of},
        create_person, token_hash,
    },
    db::schema::api_keys,
    types::Instant,
    web::{auth::Access, key_scopes::SCOPES, routes::ROUTES},
};
use serde_json::{Value, json};

use crate::{
    account_states::upload_during,
    permissions::{call, fill, things},
    support::{Client, HASH, PASSWORD, Scene, TestApp, organisation, person},
    two_step::set_up,
};

/// Creates a key with these scopes; returns its id and a program that sends it.
pub fn key(scene: &Scene, scopes: &[KeyScope]) -> (String, Client) {
    let admin = scene.signed_in(Role::Admin);
    let body = json!({ "name": "Survey tool", "scopes": scopes, "days": 30, "present": PASSWORD });
    let reply = admin.post("/api/v1/api-keys", &body);
    assert_eq!(reply.status, 201, "{}", reply.text());
    let created = reply.json();
    let mut program = scene.app.anonymous();
    program.bearer = created["key"].as_str().map(str::to_owned);
    (created["id"].as_str().expect("an id").to_owned(), program)
}

/// What is listed about the only key.
fn listed(scene: &Scene) -> Value {
    let mut keys = scene.signed_in(Role::Admin).get("/api/v1/api-keys").json();
    assert_eq!(keys["items"].as_array().map(Vec::len), Some(1), "{keys}");
    keys["items"][0].take()
}

fn feedback(id: &str) -> Value {
    json!([{ "external_id": id, "agent": "ann", "time": "2026-01-02", "comment": "kind" }])
}

#[test]
fn a_key_sends_feedback_for_the_organisation() {
    let scene = organisation();
    scene.agent("ann");
    let (id, program) = key(&scene, &[KeyScope::WriteFeedback]);
    assert!(
        program
            .bearer
            .as_ref()
            .is_some_and(|key| key.starts_with("rk_"))
    );
    assert_eq!(listed(&scene)["last_used_at"], Value::Null);
    let sent = program.post("/api/v1/feedback", &feedback("f1"));
    assert!(sent.status < 300, "{}", sent.text());
    let log = scene.signed_in(Role::Admin).get("/api/v1/audit").json();
    let entries = log["items"].as_array().expect("items");
    let by_key = |entry: &&Value| entry["actor"] == format!("key:{id}");
    assert!(entries.iter().any(|entry| by_key(&entry)), "{log}");
    let page = scene.app.browser(&scene.org, Role::Admin).get("/audit");
    assert!(page.text().contains("API key “Survey tool”"));
    assert!(listed(&scene)["last_used_at"].is_string());
}

#[test]
fn each_scope_opens_its_requests_and_no_other() {
    let scene = organisation();
    let other = scene.app.organisation("Theirs");
    let (own, foreign) = (things(&scene.app, &scene.org), things(&scene.app, &other));
    for scope in KeyScope::ALL {
        let (_, program) = key(&scene, &[scope]);
        for route in ROUTES.iter().filter(|r| r.access != Access::Public) {
            let (method, path) = (route.method.as_str(), route.path);
            let mut scopes = SCOPES.iter();
            let granted = scopes.any(|(m, p, s)| (m, *p, *s) == (&route.method, path, scope));
            let reply = call(&program, method, path, &fill(path, &own), &scene.org);
            if !granted {
                assert_eq!(reply.status, 403, "{method} {path} with {scope:?}");
                continue;
            }
            let text = reply.text();
            let refused = [401, 403, 404, 405, 500].contains(&reply.status);
            assert!(!refused, "{method} {path} with {scope:?}: {text}");
            if path.contains("{id}") {
                let reply = call(&program, method, path, &fill(path, &foreign), &scene.org);
                assert_eq!(reply.status, 404, "{method} {path} of others");
            }
        }
    }
}

#[test]
fn scopes_name_requests_of_the_api() {
    for (method, path, scope) in SCOPES {
        let mut routes = ROUTES.iter();
        let route = routes.find(|route| route.method == *method && route.path == *path);
        let is_for_admins = route.is_some_and(|route| match route.access {
            Access::Public => false,
            Access::Roles(roles) => roles.contains(&Role::Admin),
        });
        assert!(
            is_for_admins && path.starts_with("/api/v1/"),
            "{method} {path}"
        );
        let reads = matches!(scope, KeyScope::ReadFeedback | KeyScope::ReadPlans);
        assert!(!reads || method == "GET", "{method} {path}");
    }
}

#[test]
fn unknown_expired_and_revoked_keys_are_refused_with_a_reason() {
    let scene = organisation();
    let path = "/api/v1/feedback/imports";
    let refusal = |program: &Client| {
        let reply = program.get(path).json();
        let text = |name: &str| reply[name].as_str().unwrap_or_default().to_owned();
        (reply["status"].as_u64(), text("code"), text("detail"))
    };
    let assert_refused = |program: &Client, word: &str| {
        let (status, code, detail) = refusal(program);
        assert_eq!((status, &*code), (Some(401), "api_key_invalid"));
        assert!(detail.contains(word), "{detail}");
    };
    let (_, mut program) = key(&scene, &[KeyScope::ReadFeedback]);
    assert_eq!(program.get(path).status, 200);
    scene.app.write(|c| {
        let past = Instant::now().plus(chrono::Duration::seconds(-1));
        diesel::update(api_keys::table)
            .set(api_keys::expires_at.eq(past))
            .execute(c)?;
        Ok(())
    });
    assert_refused(&program, "expired");
    assert_eq!(listed(&scene)["state"], "expired");
    program.bearer = Some("rk_of-nobody".to_owned());
    assert_refused(&program, "no such API key");
    let (id, program) = key(&scene, &[KeyScope::ReadFeedback]);
    let revoke = format!("/api/v1/api-keys/{id}/revoke");
    let admin = scene.signed_in(Role::Admin);
    assert_eq!(admin.post(&revoke, &json!({})).status, 204);
    assert_refused(&program, "revoked");
    assert_eq!(admin.post(&revoke, &json!({})).status, 204, "again");
}

#[test]
fn a_key_made_with_another_secret_is_refused() {
    let scene = organisation();
    let (id, _) = key(&scene, &[KeyScope::ReadFeedback]);
    let former = "the secret before this one, long enough";
    let text = text_of(former, id.parse().expect("an id"));
    scene.app.write(|c| {
        diesel::update(api_keys::table)
            .set(api_keys::key_hash.eq(token_hash(&text)))
            .execute(c)?;
        Ok(())
    });
    let mut program = scene.app.anonymous();
    program.bearer = Some(text);
    let reply = program.get("/api/v1/feedback/imports");
    assert_eq!((reply.status, &*reply.code()), (401, "api_key_invalid"));
    assert_eq!(listed(&scene)["state"], "former_secret");
}

/// A second administrator, signed in.
fn second_admin(scene: &Scene) -> Client {
    let (organisation, now) = (scene.org.id, Instant::now());
    let new = NewPerson {
        email: "second@acme.example".to_owned(),
        name: "Second".to_owned(),
        role: Role::Admin,
        password_hash: HASH.clone(),
        agent: None,
        department: None,
    };
    scene
        .app
        .write(|c| Ok(create_person(c, organisation, new, "system", now)?));
    let mut client = scene.app.anonymous();
    client.sign_in("second@acme.example", PASSWORD);
    client
}

#[test]
fn a_key_works_only_while_its_creator_is_an_active_administrator() {
    let scene = organisation();
    let (_, program) = key(&scene, &[KeyScope::ReadPlans]);
    let other = second_admin(&scene);
    let creator = person(&scene.app, &scene.org, Role::Admin);
    let change = |step: &str, body: &Value| {
        let address = format!("/api/v1/people/{creator}/{step}");
        let reply = match step {
            "roles" => other.put(&address, body),
            _ => other.post(&address, body),
        };
        assert_eq!(reply.status, 204, "{step}: {}", reply.text());
    };
    let works = || {
        let reply = program.get("/api/v1/agents");
        let listed = other.get("/api/v1/api-keys").json()["items"][0]["state"].take();
        let unfit = reply.status == 401 && reply.text().contains("not an active administrator");
        assert_eq!(unfit, listed == "creator_unfit", "{}", reply.text());
        reply.status == 200
    };
    assert!(works());
    change("suspend", &json!({}));
    assert!(!works());
    change("resume", &json!({}));
    assert!(works());
    change("roles", &json!({ "roles": ["coach"] }));
    assert!(!works());
    change("roles", &json!({ "roles": ["coach", "admin"] }));
    assert!(works());
}

#[test]
fn closing_an_account_names_and_revokes_the_keys_its_person_created() {
    let scene = organisation();
    let (id, program) = key(&scene, &[KeyScope::ReadPlans]);
    let other = second_admin(&scene);
    let creator = format!(
        "/api/v1/people/{}",
        person(&scene.app, &scene.org, Role::Admin)
    );
    let work = other.get(&format!("{creator}/open-work")).json();
    assert_eq!(
        work["api_keys"],
        json!([{ "id": id, "name": "Survey tool" }])
    );
    let close = other.post(&format!("{creator}/close"), &json!({}));
    assert_eq!(
        close.status,
        204,
        "nobody takes keys over: {}",
        close.text()
    );
    assert_eq!(program.get("/api/v1/agents").status, 401);
    let resume = other.post(&format!("{creator}/resume"), &json!({}));
    assert_eq!(resume.status, 204);
    let reply = program.get("/api/v1/agents");
    assert!(reply.status == 401 && reply.text().contains("revoked"));
    let log = other.get("/api/v1/audit").json().to_string();
    assert!(log.contains("api_key.revoked"));
}

#[test]
fn public_routes_do_not_look_at_keys() {
    let scene = organisation();
    let (_, mut program) = key(&scene, &[KeyScope::ReadFeedback]);
    assert_eq!(program.get("/").leads_to(), "/sign-in");
    assert_eq!(program.get("/no-such-page").status, 404);
    assert_eq!(listed(&scene)["last_used_at"], Value::Null);
    program.bearer = Some("rk_of-nobody".to_owned());
    assert_eq!(program.get("/api/v1/openapi.json").status, 200);
}

#[test]
fn wrong_keys_are_limited_and_right_ones_go_on() {
    let scene = organisation();
    let (_, program) = key(&scene, &[KeyScope::ReadPlans]);
    let mut stranger = scene.app.anonymous();
    stranger.bearer = Some("rk_of-nobody".to_owned());
    let mut guesses = (0..500).map(|_| stranger.get("/api/v1/agents"));
    let refused = guesses.find(|reply| reply.status != 401).expect("a limit");
    assert_eq!(refused.code(), "too_many_requests");
    assert!(refused.header("retry-after").is_some());
    assert_eq!(program.get("/api/v1/agents").status, 200);
}

#[test]
fn a_key_with_too_many_requests_has_to_wait() {
    let scene = organisation();
    let (_, busy) = key(&scene, &[KeyScope::ReadPlans]);
    let (_, other) = key(&scene, &[KeyScope::ReadPlans]);
    let mut requests = (0..5_000).map(|_| busy.get("/api/v1/me").status);
    assert!(requests.any(|status| status == 429));
    assert_eq!(other.get("/api/v1/agents").status, 200);
}

#[test]
fn a_key_needs_no_code_where_two_step_sign_in_is_required() {
    let scene = organisation();
    let (_, program) = key(&scene, &[KeyScope::ReadPlans]);
    let admin = scene.signed_in(Role::Admin);
    set_up(&admin);
    let rule = json!({ "required": true });
    assert_eq!(admin.post("/api/v1/two-step", &rule).status, 204);
    assert_eq!(program.get("/api/v1/agents").status, 200);
}

#[test]
fn a_refusal_names_the_scope_that_is_missing() {
    let scene = organisation();
    let (_, program) = key(&scene, &[KeyScope::ReadPlans]);
    let detail = |path: &str| {
        let reply = program.get(path);
        assert_eq!((reply.status, &*reply.code()), (403, "forbidden"));
        reply.json()["detail"].to_string()
    };
    assert!(detail("/api/v1/vacancies").contains("manage_candidates"));
    assert!(!detail("/api/v1/people").contains("scope"));
}

#[test]
fn the_description_names_keys_and_their_scopes() {
    let app = TestApp::start();
    let document = app.anonymous().get("/api/v1/openapi.json").json();
    let scheme = &document["components"]["securitySchemes"]["api_key"];
    assert_eq!(
        (&scheme["type"], &scheme["scheme"]),
        (&json!("http"), &json!("bearer"))
    );
    for route in ROUTES.iter().filter(|r| r.path.starts_with("/api/v1/")) {
        let method = route.method.as_str().to_lowercase();
        let security = &document["paths"][route.path][method]["security"];
        let schemes = security.as_array().cloned().unwrap_or_default();
        let of_keys: Vec<&Value> = schemes.iter().filter_map(|s| s.get("api_key")).collect();
        let mut scopes = SCOPES.iter();
        let scope = scopes.find(|(m, p, _)| *m == route.method && *p == route.path);
        let expected: Vec<Value> = scope.map(|(_, _, s)| json!([s])).into_iter().collect();
        assert_eq!(
            of_keys,
            expected.iter().collect::<Vec<_>>(),
            "{} {}",
            route.method,
            route.path
        );
    }
}

#[test]
fn keys_belong_to_their_organisation() {
    let scene = organisation();
    let (id, program) = key(&scene, &[KeyScope::ReadFeedback]);
    let others = scene.elsewhere(Role::Admin);
    let revoke = format!("/api/v1/api-keys/{id}/revoke");
    assert_eq!(others.post(&revoke, &json!({})).status, 404);
    assert_eq!(others.get("/api/v1/api-keys").json()["items"], json!([]));
    assert_eq!(program.get("/api/v1/feedback/imports").status, 200);
}

#[test]
fn a_key_needs_a_name_a_scope_and_an_end() {
    let scene = organisation();
    let admin = scene.signed_in(Role::Admin);
    for (name, scopes, days) in [
        ("", json!(["read_plans"]), 30),
        ("Tool", json!([]), 30),
        ("Tool", json!(["read_plans"]), 0),
        ("Tool", json!(["read_plans"]), 367),
    ] {
        let body = json!({ "name": name, "scopes": scopes, "days": days, "present": PASSWORD });
        let reply = admin.post("/api/v1/api-keys", &body);
        assert_eq!((reply.status, &*reply.code()), (422, "invalid"), "{body}");
    }
}

#[test]
fn the_page_shows_a_key_once() {
    let scene = organisation();
    let browser = scene.app.browser(&scene.org, Role::Admin);
    for (scope, days) in [("no_scope", "30"), ("read_plans", "soon")] {
        let fields = [
            ("name", "Survey tool"),
            (scope, "on"),
            ("days", days),
            ("present", PASSWORD),
        ];
        let refused = browser.form("/api-keys", &fields);
        assert_eq!(refused.status, 422);
        for entered in ["Survey tool", days] {
            let value = format!("value=\"{entered}\"");
            assert!(refused.text().contains(&value), "{value}");
        }
    }
    let fields = [
        ("name", "Survey tool"),
        ("read_plans", "on"),
        ("days", "30"),
        ("present", PASSWORD),
    ];
    let created = browser.form("/api-keys", &fields);
    assert_eq!(created.header("cache-control"), Some("no-store"));
    let page = created.text();
    let (_, rest) = page.split_once("<code>rk_").expect("a key");
    let (text, _) = rest.split_once("</code>").expect("its end");
    let mut program = scene.app.anonymous();
    program.bearer = Some(format!("rk_{text}"));
    assert_eq!(program.get("/api/v1/agents").status, 200);
    let list = browser.get("/api-keys").text();
    assert!(
        list.contains("Survey tool") && !list.contains(text),
        "{list}"
    );
    let is_on_account = || browser.get("/account").text().contains("Survey tool");
    assert!(is_on_account());
    let revoke = format!(
        "/api-keys/{}/revoke",
        listed(&scene)["id"].as_str().expect("id")
    );
    assert_eq!(browser.form(&revoke, &[]).status, 303);
    assert_eq!(program.get("/api/v1/agents").status, 401);
    assert!(!is_on_account());
}

#[test]
fn a_new_key_needs_the_present_password() {
    let scene = organisation();
    let admin = scene.signed_in(Role::Admin);
    let guess = "not the password";
    let body = json!({ "name": "Tool", "scopes": ["read_plans"], "days": 30, "present": guess });
    let refused = admin.post("/api/v1/api-keys", &body);
    let found = (refused.status, &*refused.code());
    assert_eq!(found, (422, "wrong_password"));
    let browser = scene.app.browser(&scene.org, Role::Admin);
    let fields = [
        ("name", "Tool"),
        ("read_plans", "on"),
        ("days", "30"),
        ("present", guess),
    ];
    let refused = browser.form("/api-keys", &fields);
    let page = refused.text();
    assert_eq!(refused.status, 422);
    assert!(page.contains("value=\"Tool\"") && !page.contains(guess));
    let mut guesses = (0..10).map(|_| browser.form("/api-keys", &fields).status);
    assert!(guesses.any(|status| status == 429));
    assert_eq!(admin.get("/api/v1/api-keys").json()["items"], json!([]));
}

#[test]
fn a_key_that_is_refused_for_now_can_be_revoked_for_good() {
    let scene = organisation();
    let (id, program) = key(&scene, &[KeyScope::ReadPlans]);
    let other = second_admin(&scene);
    let creator = person(&scene.app, &scene.org, Role::Admin);
    let change = |step: &str| {
        let address = format!("/api/v1/people/{creator}/{step}");
        assert_eq!(other.post(&address, &json!({})).status, 204, "{step}");
    };
    change("suspend");
    let revoke = format!("/api-keys/{id}/revoke");
    let is_offered = || other.get("/api-keys").text().contains(&revoke);
    assert!(is_offered());
    assert_eq!(other.form(&revoke, &[]).status, 303);
    assert!(!is_offered());
    change("resume");
    let reply = program.get("/api/v1/agents");
    assert!(reply.status == 401 && reply.text().contains("revoked"));
}

#[test]
fn a_key_revoked_during_an_upload_stores_nothing() {
    let scene = organisation();
    let (id, program) = key(&scene, &[KeyScope::WriteFeedback]);
    let admin = scene.signed_in(Role::Admin);
    let (reply, import) = upload_during(&scene, &program, || {
        let revoke = format!("/api/v1/api-keys/{id}/revoke");
        assert_eq!(admin.post(&revoke, &json!({})).status, 204);
    });
    assert!(reply.starts_with("HTTP/1.1 401"), "{reply}");
    assert_eq!(import["state"], "stopped");
}

#[test]
fn the_database_has_no_key_and_notes_its_use_once_a_minute() {
    let scene = organisation();
    let (_, program) = key(&scene, &[KeyScope::ReadPlans]);
    let used = || {
        assert_eq!(program.get("/api/v1/agents").status, 200);
        listed(&scene)["last_used_at"].clone()
    };
    assert_eq!(used(), used());
    let mut c = scene.app.db.connect().expect("connects");
    let stored: Vec<(String, String)> =
        diesel::QueryDsl::select(api_keys::table, (api_keys::key_hash, api_keys::starts_with))
            .load(&mut *c)
            .expect("reads");
    let text = program.bearer.expect("a key");
    let (hash, start) = &stored[0];
    assert_eq!(*hash, token_hash(&text));
    assert!(text.starts_with(&**start) && start.len() == 8);
    let earlier = Instant::now().plus(chrono::Duration::minutes(-2));
    diesel::update(api_keys::table)
        .set(api_keys::last_used_at.eq(Some(earlier)))
        .execute(&mut *c)
        .expect("writes");
    drop(c);
    let mut program = scene.app.anonymous();
    program.bearer = Some(text);
    assert_eq!(program.get("/api/v1/agents").status, 200);
    let noted = listed(&scene)["last_used_at"].clone();
    assert_ne!(noted, json!(earlier));
}

#[test]
fn a_key_repeats_its_own_requests_and_not_those_of_its_creator() {
    let scene = organisation();
    let (id, program) = key(&scene, &[KeyScope::ManageCandidates]);
    let body = json!({ "title": "T", "questionnaire_id": scene.org.questionnaire }).to_string();
    let create_under = |client: &Client, name: &str| {
        let headers = [("Idempotency-Key", name)];
        let body = Some(body.as_bytes());
        let reply = client.send(
            "POST",
            "/api/v1/vacancies",
            "application/json",
            body,
            &headers,
        );
        assert_eq!(reply.status, 201, "{}", reply.text());
        reply.json()["id"].clone()
    };
    let create = |client: &Client| create_under(client, "k-1");
    let first = create(&program);
    assert_eq!(create(&program), first);
    let (_, another) = key(&scene, &[KeyScope::ManageCandidates]);
    assert_ne!(create(&another), first);
    let creator = scene.signed_in(Role::Admin);
    assert_ne!(create(&creator), first);
    let like_the_key = format!("key:{id} k-1");
    assert_ne!(create_under(&creator, &like_the_key), first);
}
