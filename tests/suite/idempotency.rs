//! Requests repeated under one `Idempotency-Key`.

use std::collections::BTreeSet;

use rapport::{
    accounts::{self, NewPerson, Role, StoredReply},
    feedback,
    types::Instant,
    web::{auth::Access, routes::ROUTES},
};
use serde_json::{Value, json};

use crate::{
    permissions::{Things, fill, things},
    support::{Client, HASH, Organisation, PASSWORD, Reply, TestApp, add, invite},
};

const KEY: [(&str, &str); 1] = [("Idempotency-Key", "k-1")];

/// Last parts of the addresses of `POST` requests that create nothing: repeating them does no harm.
const CHANGES: [&str; 33] = [
    // Two-step sign-in is set up once, and new recovery codes replace the old ones.
    "confirm",
    "recovery-codes",
    "remove",
    "two-step",
    "acknowledge",
    "agenda",
    "close",
    "consent",
    "delete",
    "department",
    "discard",
    "drop",
    "end",
    "finish",
    // A new one-time link replaces the one before, on the page or in a mail.
    "link",
    "mail",
    "passed-on",
    "password",
    "refresh",
    "restore",
    "resume",
    "retry",
    "revoke",
    "send",
    "sharing",
    "suspend",
    // A session is ended by signing out.
    "tokens",
    "undo",
    "use",
    "withdraw",
    "working-days",
    // An action of a 1:1, done or not.
    "{action}",
    // Signed deliveries carry an id of their own.
    "{source}",
];

fn creating() -> impl Iterator<Item = &'static rapport::web::routes::Route> {
    ROUTES.iter().filter(|route| route.creates)
}

#[test]
fn every_post_of_the_api_creates_something_or_is_harmless() {
    for route in ROUTES.iter().filter(|r| r.path.starts_with("/api/")) {
        let last = route.path.rsplit('/').next().unwrap_or_default();
        let harmless = route.method != "POST" || CHANGES.contains(&last);
        assert_ne!(route.creates, harmless, "{} {}", route.method, route.path);
    }
}

#[test]
fn the_description_names_the_header_where_it_counts() {
    let app = TestApp::start();
    let spec = app.anonymous().get("/api/v1/openapi.json").json();
    let described = |path: &str, method: &str| {
        let parameters = spec["paths"][path][method]["parameters"].as_array();
        parameters.is_some_and(|all| all.iter().any(|p| p["name"] == "Idempotency-Key"))
    };
    for route in ROUTES.iter().filter(|r| r.path.starts_with("/api/")) {
        let method = route.method.as_str().to_lowercase();
        assert_eq!(
            described(route.path, &method),
            route.creates,
            "{method} {}",
            route.path
        );
    }
}

/// A body that is taken, and another.
fn bodies(path: &str, org: &Organisation) -> [Value; 2] {
    let text = |name: &str, mut body: Value| {
        let first = body.clone();
        body[name] = json!("something else");
        [first, body]
    };
    match path.trim_start_matches("/api/v1") {
        "/people" => text(
            "name",
            json!({ "name": "N", "email": "n@x.example", "role": "coach" }),
        ),
        "/api-keys" => text(
            "name",
            json!({ "name": "N", "scopes": ["write_feedback"], "days": 90, "present": PASSWORD }),
        ),
        "/vacancies" => text(
            "title",
            json!({ "title": "T", "questionnaire_id": org.questionnaire }),
        ),
        p if p.ends_with("/candidates") => text(
            "name",
            json!({ "name": "A B", "email": "new@candidate.example" }),
        ),
        p if p.ends_with("/decision") => text(
            "reason",
            json!({ "decision": "hired", "reason": "convincing" }),
        ),
        p if p.ends_with("/hire") => text("team", json!({ "team": "Blue", "reference": "R-9" })),
        p if p.ends_with("/references") => text("reference", json!({ "reference": "R-10" })),
        p if p.ends_with("/observations") => text(
            "note",
            json!({ "date": Instant::now().date(), "behaviours": { "patience": "seen" } }),
        ),
        p if p.ends_with("/one-to-ones") => [
            json!({ "date": "2026-01-05" }),
            json!({ "date": "2026-01-06" }),
        ],
        p if p.ends_with("/actions") => text(
            "action",
            json!({ "action": "Sit with Kim", "owner": "agent" }),
        ),
        p if p.ends_with("/moderation") => {
            text("reason", json!({ "released": "no", "reason": "unfair" }))
        }
        "/issues" => text("title", json!({ "theme": "access", "title": "T" })),
        p if p.starts_with("/departments") => text("note", json!({ "status": "open", "note": "" })),
        "/pauses" => [
            json!({ "reason": "leave", "first_day": "2026-01-05", "last_day": "2026-01-06" }),
            json!({ "reason": "leave", "first_day": "2026-01-05", "last_day": "2026-01-07" }),
        ],
        "/feedback/sources" => text(
            "name",
            json!({ "name": "New", "mapping": feedback::mapping::SHIPPED[1].1 }),
        ),
        "/feedback" => text(
            "comment",
            json!({ "external_id": "r1", "agent": "A1", "time": "2026-01-02", "comment": "kind" }),
        ),
        "/feedback/invitations" => [1, 2]
            .map(|invited| json!([{ "day": "2026-01-05", "channel": "mail", "invited": invited }])),
        "/annotations" => text("why", json!({ "clause": "c", "themes": [], "why": "" })),
        "/taxonomy/draft/edits" => text(
            "word",
            json!({ "kind": "add_word", "theme": "product", "list": "aspect", "word": "teapot" }),
        ),
        "/practice/draft/edits" => ["warmth", "patience"].map(|theme| json!({ "theme": theme })),
        p if p.ends_with("/rating") => [4, 2].map(|helped| json!({ "helped": helped })),
        p if p.ends_with("/disputes") => {
            text("reason", json!({ "point": "focus", "reason": "not so" }))
        }
        p if p.ends_with("/steps") => [
            json!({ "step": "withdrawn", "reason": "by mistake" }),
            json!({ "step": "withdrawn", "reason": "another" }),
        ],
        p if p.ends_with("/tally") => {
            [3, 4].map(|done| json!({ "theme": "patience", "opportunities": 9, "done": done }))
        }
        _ => [json!({}), json!({ "more": 1 })],
    }
}

fn upload(client: &Client, path: &str, fields: &[(&str, &str)], file: &str) -> Reply {
    let mut body = String::new();
    for (name, value) in fields {
        body +=
            &format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    }
    body += "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n";
    body += &format!("{file}\r\n--x--\r\n");
    let form = "multipart/form-data; boundary=x";
    client.send("POST", path, form, Some(body.as_bytes()), &KEY)
}

fn send(client: &Client, path: &str, body: &Value) -> Reply {
    let body = body.to_string();
    client.send(
        "POST",
        path,
        "application/json",
        Some(body.as_bytes()),
        &KEY,
    )
}

const CANDIDATES: [&str; 2] = [
    "name,email\nA B,a.b@candidate.example\n",
    "name,email\nA B,another@candidate.example\n",
];
const SCORECARDS: [&str; 2] = [
    "Agent,Date,Greeting\nA1,2026-01-03,yes\n",
    "Agent,Date,Greeting\nA1,2026-01-03,no\n",
];
const SCORECARD_MAPPING: &str = r#"
[columns]
agent = "Agent"
date = "Date"
[scale]
kind = "pass_fail"
[[criteria]]
column = "Greeting"
theme = "courtesy"
"#;

/// Sends one of two requests.
fn request(client: &Client, path: &str, filled: &str, org: &Organisation, which: usize) -> Reply {
    match path {
        "/api/v1/feedback/imports" => {
            let mapping = [("mapping", "standard")];
            upload(client, filled, &mapping, CANDIDATES[which])
        }
        "/api/v1/quality/imports" => {
            let mapping = [("mapping", SCORECARD_MAPPING)];
            upload(client, filled, &mapping, SCORECARDS[which])
        }
        p if p.ends_with("/import") => upload(client, filled, &[], CANDIDATES[which]),
        _ => send(client, filled, &bodies(path, org)[which]),
    }
}

/// A client for somebody who may call a route; an agent is the one whose plan it is.
fn caller(app: &TestApp, org: &Organisation, access: Access, t: &Things) -> Client {
    let Access::Roles(roles) = access else {
        return app.anonymous();
    };
    let role = roles[0];
    let mut client = app.api(org, role);
    if role == Role::Agent {
        let email = "own@ours.example";
        let agent = t.agent.parse().expect("id");
        app.write(|c| {
            let known = accounts::people(c, org.id)?;
            if known.iter().any(|person| person.email == email) {
                return Ok(());
            }
            let new = NewPerson {
                email: email.to_owned(),
                name: "Own".to_owned(),
                role: Role::Agent,
                password_hash: HASH.clone(),
                agent: Some(agent),
                department: None,
            };
            accounts::create_person(c, org.id, new, "system", Instant::now())?;
            Ok(())
        });
        client.bearer = None;
        let body = json!({ "email": email, "password": PASSWORD });
        let token = client.post("/api/v1/tokens", &body).json();
        client.bearer = token["access_token"].as_str().map(str::to_owned);
    }
    client
}

/// Routes whose object must be in a certain state. Tests of that state repeat them.
const NEED_A_STATE: [&str; 6] = [
    "/api/v1/agents/{id}/plans",
    "/api/v1/plans/{id}/steps",
    "/api/v1/me/plans/{id}/rating",
    "/api/v1/me/plans/{id}/disputes",
    "/api/v1/me/plans/{id}/tally",
    "/api/v1/practice/draft/edits",
];

/// Requests of which there is only one.
const WITHOUT_BODY: [&str; 2] = ["/exports", "/invitation"];

#[test]
fn a_repeated_request_gets_the_first_reply() {
    let app = TestApp::start_with(|config| config.trusted_proxies = 1);
    let org = app.organisation("Ours");
    let t = things(&app, &org);
    for route in creating().filter(|r| !NEED_A_STATE.contains(&r.path)) {
        let client = caller(&app, &org, route.access, &t);
        let filled = fill(route.path, &t);
        forget(&app, &org);
        let send = |which| request(&client, route.path, &filled, &org, which);
        let (first, again) = (send(0), send(0));
        assert!(first.status < 300, "{}: {}", route.path, first.text());
        assert_eq!(
            (again.status, again.text()),
            (first.status, first.text()),
            "{}",
            route.path
        );
        if !WITHOUT_BODY.iter().any(|end| route.path.ends_with(end)) {
            assert_eq!(send(1).code(), "key_reused", "{}", route.path);
        }
    }
}

/// A key belongs to a person, so all requests of a test need another one or none before.
fn forget(app: &TestApp, _: &Organisation) {
    use diesel::connection::SimpleConnection;
    let mut c = app.db.connect().expect("connects");
    c.batch_execute("DELETE FROM idempotency_keys")
        .expect("deletes");
}

/// The key counts before anything is created.
#[test]
fn a_key_of_another_request_is_refused_everywhere() {
    let app = TestApp::start_with(|config| config.trusted_proxies = 1);
    let org = app.organisation("Ours");
    let t = things(&app, &org);
    for route in creating() {
        let client = caller(&app, &org, route.access, &t);
        app.write(|c| {
            for person in accounts::people(c, org.id)? {
                if accounts::find_reply(c, org.id, person.id, KEY[0].1)?.is_none() {
                    let reply = StoredReply {
                        organisation_id: org.id,
                        person_id: person.id,
                        idempotency_key: KEY[0].1.to_owned(),
                        request_hash: "of another request".to_owned(),
                        status: 201,
                        body: "{}".to_owned(),
                        created_at: Instant::now(),
                    };
                    accounts::keep_reply(c, &reply)?;
                }
            }
            Ok(())
        });
        let reply = request(&client, route.path, &fill(route.path, &t), &org, 0);
        assert_eq!(reply.code(), "key_reused", "{}", route.path);
    }
}

/// Links are repeated, work, and are not readable in the database.
#[test]
fn links_are_repeated_but_not_stored() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let recruiter = app.api(&org, Role::Recruiter);
    let (vacancy, candidate, _) = invite(&recruiter, &org, "kim@candidate.example");
    let rows = (0..1_100).map(|i| format!("Kim Test,c{i}@candidate.example\n"));
    let file = format!("name,email\n{}", rows.collect::<String>());
    let address = format!("/api/v1/vacancies/{vacancy}/candidates/import");
    let import = || upload(&recruiter, &address, &[], &file);
    let (first, again) = (import(), import());
    assert_eq!((first.status, first.text()), (201, again.text()));
    let first = first.json();
    let added = first["added"].as_array().expect("added");
    let tokens: BTreeSet<&str> = added.iter().filter_map(|a| a["token"].as_str()).collect();
    assert_eq!(tokens.len(), 1_100);
    for token in tokens.iter().step_by(500) {
        let sitting = app.anonymous().get(&format!("/api/v1/sittings/{token}"));
        assert_eq!(sitting.status, 200);
    }
    let person = app.write(|c| Ok(accounts::people(c, org.id)?));
    let person = person.iter().find(|p| p.roles.contains(Role::Recruiter));
    let person = person.expect("a recruiter").id;
    let stored = app.write(|c| Ok(accounts::find_reply(c, org.id, person, KEY[0].1)?));
    let stored = stored.expect("kept").body;
    assert!(!tokens.iter().any(|token| stored.contains(token)));
    assert!(!stored.contains('@') && !stored.contains("Kim"));
    forget(&app, &org);
    let renew = format!("/api/v1/candidates/{candidate}/invitation");
    let (renewed, same) = (
        send(&recruiter, &renew, &json!({})),
        send(&recruiter, &renew, &json!({})),
    );
    assert_eq!((renewed.status, renewed.text()), (201, same.text()));
}

/// A server stopped in the middle of a file.
#[test]
fn a_repeated_import_continues_where_the_first_one_stopped() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let recruiter = app.api(&org, Role::Recruiter);
    let (vacancy, _, _) = invite(&recruiter, &org, "kim@candidate.example");
    add(&recruiter, &vacancy, "c3@candidate.example");
    let rows = (0..1_100).map(|i| format!("Kim Test,c{i}@candidate.example\n"));
    let file = format!("name,email\n{}", rows.collect::<String>());
    let address = format!("/api/v1/vacancies/{vacancy}/candidates/import");
    stop_at(&app, "c700@candidate.example");
    let failed = upload(&recruiter, &address, &[], &file);
    assert!(failed.status >= 500, "{}", failed.text());
    stop_at(&app, "nobody");
    let done = upload(&recruiter, &address, &[], &file).json();
    assert_eq!(done["added"].as_array().map(Vec::len), Some(1_099));
    assert_eq!(done["rejected"].as_array().map(Vec::len), Some(1));
    assert_eq!(done["rejected"][0]["row"], 5);
}

/// Makes the database fail when a candidate with this address is added.
fn stop_at(app: &TestApp, email: &str) {
    use diesel::connection::SimpleConnection;
    use rapport::db::DbConnection;
    let mut c = app.db.connect().expect("connects");
    let sql = match &*c {
        DbConnection::Sqlite(_) => format!(
            "DROP TRIGGER IF EXISTS stop; CREATE TRIGGER stop BEFORE INSERT ON candidates
             WHEN NEW.email = '{email}' BEGIN SELECT RAISE(ABORT, 'stopped'); END;"
        ),
        DbConnection::Postgres(_) => format!(
            "CREATE OR REPLACE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS
             $$ BEGIN IF NEW.email = '{email}' THEN RAISE EXCEPTION 'stopped'; END IF; RETURN NEW; END $$;
             DROP TRIGGER IF EXISTS stop ON candidates;
             CREATE TRIGGER stop BEFORE INSERT ON candidates FOR EACH ROW EXECUTE FUNCTION stop();"
        ),
    };
    c.batch_execute(&sql).expect("a trigger");
}
