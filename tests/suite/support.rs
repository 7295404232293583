//! Boots the real server on port 0 with a fresh database, and talks HTTP to it.

use std::{
    io::Read,
    sync::{LazyLock, mpsc},
    thread::JoinHandle,
};

use diesel::{Connection, PgConnection, connection::SimpleConnection};
use rapport::{
    accounts::{self, NewPerson, Role, credentials},
    app::Application,
    assessment::{self, ItemKind, Questionnaire, questionnaire::SERVICE_ATTITUDE},
    config::Config,
    db::{Database, write_transaction},
    types::{Id, Instant},
    worker, workforce,
};
use serde_json::{Value, json};

pub const PASSWORD: &str = "a password for tests";
pub static HASH: LazyLock<String> =
    LazyLock::new(|| credentials::hash_password(PASSWORD).expect("long enough"));

/// Says that something is not tested here, or fails where skips are forbidden.
pub fn skip(what: &str) {
    assert!(
        std::env::var_os("RAPPORT_FORBID_SKIPS").is_none(),
        "skips are forbidden here: {what}"
    );
    eprintln!("SKIPPED: {what}");
}

/// A fresh database, gone when this is dropped.
pub struct TestDatabase {
    pub url: String,
    pub folder: tempfile::TempDir,
    admin: Option<(String, String)>,
}

impl TestDatabase {
    pub fn fresh() -> Self {
        let folder = tempfile::tempdir().expect("temporary folder");
        match std::env::var("TEST_DATABASE_URL")
            .ok()
            .filter(|url| !url.is_empty())
        {
            None => Self {
                url: format!("sqlite://{}", folder.path().join("test.db").display()),
                folder,
                admin: None,
            },
            Some(admin) => {
                let name = format!("rapport_test_{}", Id::new().0.simple());
                let mut c = PgConnection::establish(&admin).expect("TEST_DATABASE_URL answers");
                c.batch_execute(&format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'"))
                    .expect("may create databases");
                let (base, _) = admin.rsplit_once('/').expect("a database name at the end");
                Self {
                    url: format!("{base}/{name}"),
                    folder,
                    admin: Some((admin, name)),
                }
            }
        }
    }

    pub fn config(&self) -> Config {
        let data = self.folder.path().display().to_string();
        let lookup = |name: &str| match name {
            "DATABASE_URL" => Some(self.url.clone()),
            "RAPPORT_DATA_DIR" => Some(data.clone()),
            "RAPPORT_LISTEN" => Some("127.0.0.1:0".to_owned()),
            "RAPPORT_RUN_WORKER" => Some("false".to_owned()),
            "RAPPORT_HTTP_THREADS" => Some("2".to_owned()),
            "RAPPORT_UPLOAD_LIMIT_MB" => Some("3".to_owned()),
            _ => None,
        };
        Config::from_lookup(lookup).expect("test settings")
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        if let Some((admin, name)) = &self.admin {
            let mut c = PgConnection::establish(admin).expect("answers");
            c.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
                .expect("dropped");
        }
    }
}

/// The real server on a free port.
pub struct TestApp {
    pub base: String,
    pub db: Database,
    handle: actix_web::dev::ServerHandle,
    thread: Option<JoinHandle<()>>,
    pub database: TestDatabase,
}

impl TestApp {
    pub fn start() -> Self {
        Self::start_with(|_| ())
    }

    pub fn start_with(change: impl FnOnce(&mut Config)) -> Self {
        let database = TestDatabase::fresh();
        let mut config = database.config();
        change(&mut config);
        let (sender, receiver) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let application = Application::build(config).expect("builds");
                let base = format!("http://{}", application.address().expect("address"));
                let db = application.database().clone();
                let started =
                    move |handle| sender.send((base, db, handle)).expect("the test waits");
                application.run(started).await.expect("runs");
            });
        });
        let (base, db, handle) = receiver.recv().expect("the server starts");
        Self {
            base,
            db,
            handle,
            thread: Some(thread),
            database,
        }
    }

    /// Does all background work there is.
    pub fn run_jobs(&self) {
        loop {
            match worker::run_next(&self.db).expect("queue") {
                worker::Outcome::Empty => break,
                worker::Outcome::Done => {}
                worker::Outcome::Failed => panic!("a job failed"),
            }
        }
    }

    pub fn write<T>(
        &self,
        f: impl FnOnce(&mut rapport::db::DbConnection) -> anyhow::Result<T>,
    ) -> T {
        let mut c = self.db.connect().expect("connects");
        write_transaction::<T, anyhow::Error>(&mut c, f).expect("writes")
    }

    /// An organisation with the shipped questionnaire and one person a role.
    pub fn organisation(&self, name: &str) -> Organisation {
        let now = Instant::now();
        self.write(|c| {
            let id = accounts::create_organisation(c, name, false, now)?;
            let q = Questionnaire::parse(SERVICE_ATTITUDE)?;
            let questionnaire = assessment::publish(c, id, &q, "system", now)?;
            let new = workforce::NewAgent {
                reference: "self",
                name: &format!("{name} agent"),
                team: None,
                hired: None,
            };
            let agent = workforce::add_agent(c, id, &new, now)?;
            for role in Role::ALL {
                let email = format!("{}@{}.example", role.as_str(), name.to_lowercase());
                let new = NewPerson {
                    email,
                    name: format!("{name} {}", role.as_str()),
                    role,
                    password_hash: HASH.clone(),
                    agent: (role == Role::Agent).then_some(agent.id),
                    department: (role == Role::Department).then(|| "Workforce planning".to_owned()),
                };
                accounts::create_person(c, id, new, "system", now)?;
            }
            Ok(Organisation {
                id,
                name: name.to_owned(),
                questionnaire,
            })
        })
    }

    pub fn anonymous(&self) -> Client {
        Client {
            base: self.base.clone(),
            bearer: None,
            cookie: None,
        }
    }

    /// Signed in at the API.
    pub fn api(&self, organisation: &Organisation, role: Role) -> Client {
        let mut client = self.anonymous();
        let body = json!({ "email": organisation.email(role), "password": PASSWORD });
        let reply = client.post("/api/v1/tokens", &body);
        assert_eq!(reply.status, 200, "{}", reply.text());
        client.bearer = reply.json()["access_token"].as_str().map(str::to_owned);
        client
    }

    /// Signed in as a browser is.
    pub fn browser(&self, organisation: &Organisation, role: Role) -> Client {
        let mut client = self.anonymous();
        let reply = client.form(
            "/sign-in",
            &[("email", &organisation.email(role)), ("password", PASSWORD)],
        );
        assert_eq!(reply.status, 303, "{}", reply.text());
        let cookie = reply.header("set-cookie").expect("a cookie");
        client.cookie = cookie.split(';').next().map(str::to_owned);
        client
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        // On a thread of its own: a test may be inside a runtime already.
        let stop = self.handle.stop(false);
        let stopping = std::thread::spawn(move || actix_web::rt::System::new().block_on(stop));
        assert!(
            stopping.join().is_ok() || std::thread::panicking(),
            "the server could not be stopped"
        );
        if let Some(thread) = self.thread.take() {
            let joined = thread.join();
            assert!(
                std::thread::panicking() || joined.is_ok(),
                "the server panicked"
            );
        }
    }
}

pub struct Organisation {
    pub id: Id,
    pub name: String,
    pub questionnaire: Id,
}

impl Organisation {
    pub fn email(&self, role: Role) -> String {
        format!("{}@{}.example", role.as_str(), self.name.to_lowercase())
    }
}

pub struct Reply {
    pub status: u16,
    headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Reply {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("{e}: {}", self.text()))
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, v)| v.as_str())
    }

    /// The stable error code.
    pub fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }
}

#[derive(Clone)]
pub struct Client {
    pub base: String,
    pub bearer: Option<String>,
    pub cookie: Option<String>,
}

impl Client {
    pub fn send(
        &self,
        method: &str,
        path: &str,
        content_type: &str,
        body: Option<&[u8]>,
        more: &[(&str, &str)],
    ) -> Reply {
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .build()
            .new_agent();
        let mut request = ureq::http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base));
        if let Some(token) = &self.bearer {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        if let Some(cookie) = &self.cookie {
            request = request.header("Cookie", cookie);
            if method != "GET" && !more.iter().any(|(n, _)| *n == "Origin") {
                request = request.header("Origin", &self.base);
            }
        }
        for (name, value) in more.iter().filter(|(_, v)| !v.is_empty()) {
            request = request.header(*name, *value);
        }
        let response = match body {
            Some(body) => agent.run(
                request
                    .header("Content-Type", content_type)
                    .body(body.to_vec())
                    .expect("request"),
            ),
            None => agent.run(request.body(()).expect("request")),
        };
        let response = response.unwrap_or_else(|e| panic!("{method} {path}: {e}"));
        let (parts, body) = response.into_parts();
        let mut bytes = Vec::new();
        body.into_reader().read_to_end(&mut bytes).expect("body");
        let headers = parts
            .headers
            .iter()
            .map(|(n, v)| (n.to_string(), v.to_str().unwrap_or_default().to_owned()))
            .collect();
        Reply {
            status: parts.status.as_u16(),
            headers,
            body: bytes,
        }
    }

    pub fn get(&self, path: &str) -> Reply {
        self.send("GET", path, "", None, &[])
    }

    pub fn post(&self, path: &str, body: &Value) -> Reply {
        self.send(
            "POST",
            path,
            "application/json",
            Some(body.to_string().as_bytes()),
            &[],
        )
    }

    pub fn put(&self, path: &str, body: &Value) -> Reply {
        self.send(
            "PUT",
            path,
            "application/json",
            Some(body.to_string().as_bytes()),
            &[],
        )
    }

    pub fn form(&self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let encode = |text: &str| {
            text.bytes()
                .map(|b| {
                    if b.is_ascii_alphanumeric() {
                        char::from(b).to_string()
                    } else {
                        format!("%{b:02X}")
                    }
                })
                .collect::<String>()
        };
        let body: Vec<String> = fields
            .iter()
            .map(|(n, v)| format!("{}={}", encode(n), encode(v)))
            .collect();
        self.send(
            "POST",
            path,
            "application/x-www-form-urlencoded",
            Some(body.join("&").as_bytes()),
            &[],
        )
    }

    /// A multipart form of text fields and one file.
    pub fn upload(&self, path: &str, fields: &[(&str, &str)], file: &[u8]) -> Reply {
        let mut body = Vec::new();
        for (name, value) in fields {
            body.extend(
                format!(
                    "--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
                )
                .bytes(),
            );
        }
        body.extend(b"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"test.csv\"\r\nContent-Type: text/csv\r\n\r\n");
        body.extend(file);
        body.extend(b"\r\n--x--\r\n");
        self.send(
            "POST",
            path,
            "multipart/form-data; boundary=x",
            Some(&body),
            &[],
        )
    }
}

/// A vacancy and a candidate with their token.
pub fn invite(
    client: &Client,
    organisation: &Organisation,
    email: &str,
) -> (String, String, String) {
    let vacancy = client.post(
        "/api/v1/vacancies",
        &json!({ "title": "Adviser", "questionnaire_id": organisation.questionnaire }),
    );
    assert_eq!(vacancy.status, 201, "{}", vacancy.text());
    let vacancy = vacancy.json()["id"].as_str().expect("id").to_owned();
    let (candidate, token) = add(client, &vacancy, email);
    (vacancy, candidate, token)
}

pub fn add(client: &Client, vacancy: &str, email: &str) -> (String, String) {
    let reply = client.post(
        &format!("/api/v1/vacancies/{vacancy}/candidates"),
        &json!({ "name": "Kim Test", "email": email }),
    );
    assert_eq!(reply.status, 201, "{}", reply.text());
    let text = |key: &str| reply.json()[key].as_str().expect("text").to_owned();
    (text("id"), text("token"))
}

/// Consents, answers everything with `value` of the keyed scale, and finishes.
pub fn take(client: &Client, token: &str, keyed: i32) {
    let q = Questionnaire::parse(SERVICE_ATTITUDE).expect("shipped");
    let begun = client.post(
        &format!("/api/v1/sittings/{token}/consent"),
        &json!({ "agree": true }),
    );
    assert_eq!(begun.status, 200, "{}", begun.text());
    for (i, item) in q.items.iter().enumerate() {
        let value = match &item.kind {
            ItemKind::Instructed { expected } => *expected,
            ItemKind::Facet { reversed, .. } => {
                if *reversed {
                    6 - keyed
                } else {
                    keyed
                }
            }
        };
        let reply = client.put(
            &format!("/api/v1/sittings/{token}/answers/{}", item.id),
            &json!({ "value": value, "sequence": i + 1 }),
        );
        assert_eq!(reply.status, 204, "{}", reply.text());
    }
    let done = client.post(&format!("/api/v1/sittings/{token}/finish"), &json!({}));
    assert_eq!(
        (done.status, done.json()["state"].as_str()),
        (200, Some("finished")),
        "{}",
        done.text()
    );
}
