//! What the server does with requests as such: methods, hosts, and strangers who ask for much.

use std::{
    io::{Read, Write},
    net::TcpStream,
    thread::JoinHandle,
    time::{Duration, Instant},
};

use insta::assert_json_snapshot;
use rapport::{accounts::Role, types::Id};
use serde_json::json;

use crate::support::{Client, Served, TestApp, TestDatabase, invite, organisation};

#[test]
fn head_answers_like_get_without_a_body() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let admin = app.browser(&org, Role::Admin);
    for path in [
        "/sign-in",
        "/healthz",
        "/overview",
        "/vacancies",
        "/api/v1/people",
        "/nowhere",
    ] {
        let get = admin.get(path);
        let head = admin.send("HEAD", path, "", None, &[]);
        assert_eq!(head.status, get.status, "{path}");
        assert_eq!(
            head.header("content-type"),
            get.header("content-type"),
            "{path}"
        );
        assert!(head.body.is_empty(), "{path}");
    }
    assert_eq!(
        app.anonymous()
            .send("HEAD", "/overview", "", None, &[])
            .status,
        401
    );
    assert_eq!(admin.send("HEAD", "/sign-out", "", None, &[]).status, 405);
}

#[test]
fn a_failure_is_problem_details() {
    let scene = organisation();
    let recruiter = scene.signed_in(Role::Recruiter);
    let reply = recruiter.get(&format!("/api/v1/candidates/{}", Id::new()));
    assert_eq!(
        reply.header("content-type"),
        Some("application/problem+json")
    );
    assert_json_snapshot!(reply.json(), { ".request_id" => "[id]" }, @r#"
    {
      "code": "not_found",
      "detail": "There is nothing at this address, or you do not have access to it.",
      "request_id": "[id]",
      "status": 404,
      "title": "Not Found",
      "type": "about:blank#not_found"
    }
    "#);
}

/// Whoever writes the headers of a request must not decide where a candidate's link leads.
#[test]
fn links_lead_to_our_own_address_whatever_the_headers_say() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let recruiter = app.api(&org, Role::Recruiter);
    let (vacancy, ..) = invite(&recruiter, &org, "a@candidate.example");
    let body = json!({ "name": "B", "email": "b@candidate.example" }).to_string();
    let headers = [
        ("Host", "evil.example"),
        ("X-Forwarded-Host", "evil.example"),
        ("X-Forwarded-Proto", "https"),
        ("Forwarded", "host=evil.example;proto=https"),
    ];
    let path = format!("/api/v1/vacancies/{vacancy}/candidates");
    let reply = recruiter.send(
        "POST",
        &path,
        "application/json",
        Some(body.as_bytes()),
        &headers,
    );
    assert_eq!(reply.status, 201, "{}", reply.text());
    let link = reply.json()["link"].as_str().expect("a link").to_owned();
    assert!(link.starts_with(&format!("{}/c/", app.base)), "{link}");
}

#[test]
fn with_a_public_address_only_its_origin_counts() {
    let app = TestApp::start_with(|config| {
        config.public_url = Some("https://Rapport.example:443/hr".to_owned());
    });
    let post = |origin: &str| {
        let headers = [("Origin", origin)];
        app.anonymous()
            .send("POST", "/sign-out", "", None, &headers)
            .status
    };
    assert_eq!(post("https://rapport.example"), 303);
    for other in [
        "http://rapport.example",
        "https://rapport.example:8443",
        &app.base,
    ] {
        assert_eq!(post(other), 403, "{other}");
    }
}

/// Memory of a process in MiB, without the pages of its file.
fn resident(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).expect("Linux");
    let line = status.lines().find(|line| line.starts_with("RssAnon:"));
    let kib: Option<u64> = line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok());
    kib.expect("a number") / 1024
}

/// Memory for hashing passwords goes back to the operating system. Four hashes of 19 MiB run at a
/// time.
#[test]
fn strangers_who_try_to_sign_in_cost_no_memory() {
    let database = TestDatabase::migrated();
    let served = Served::start_with(&database, &[("RAPPORT_TRUSTED_PROXIES", "1")]);
    let before = resident(served.id());
    let strangers: Vec<_> = (0..30)
        .map(|stranger| guess(served.anonymous(), stranger))
        .collect();
    let mut most = 0;
    while strangers.iter().any(|stranger| !stranger.is_finished()) {
        most = most.max(resident(served.id()));
        std::thread::sleep(Duration::from_millis(20));
    }
    strangers
        .into_iter()
        .for_each(|stranger| stranger.join().expect("refused each time"));
    let after = resident(served.id());
    assert!(most < before + 110, "{before} MiB before, at most {most}");
    assert!(after < before + 30, "{before} MiB before, {after} after");
}

/// Ten attempts to sign in with addresses that nobody has.
fn guess(client: Client, stranger: usize) -> JoinHandle<()> {
    std::thread::spawn(move || {
        for attempt in 0..10 {
            let email = format!("x{stranger}.{attempt}@nowhere.example");
            let body = json!({ "email": email, "password": "a password of nobody" }).to_string();
            let from = [("X-Forwarded-For", &*format!("192.0.2.{stranger}"))];
            let status = client
                .send(
                    "POST",
                    "/api/v1/tokens",
                    "application/json",
                    Some(body.as_bytes()),
                    &from,
                )
                .status;
            assert!(status == 401 || status == 503, "{status}");
        }
    })
}

/// A thousand strangers who send one byte a second neither block others nor stay.
#[test]
fn slow_bodies_block_nobody_and_are_cut_off() {
    let database = TestDatabase::migrated();
    let served = Served::start_with(&database, &[("RAPPORT_TRUSTED_PROXIES", "1")]);
    let address = served.base.trim_start_matches("http://").to_owned();
    raise_own_descriptor_limit();
    let slow: Vec<TcpStream> = (0..1_000).map(|i| begin_slowly(&address, i)).collect();
    let until = Instant::now() + Duration::from_secs(13);
    let mut worst = Duration::ZERO;
    while Instant::now() < until {
        slow.iter()
            .for_each(|mut stream| drop(stream.write_all(b"x")));
        for path in ["/healthz", "/sign-in"] {
            let asked = Instant::now();
            assert_eq!(served.anonymous().get(path).status, 200, "{path}");
            worst = worst.max(asked.elapsed());
        }
        std::thread::sleep(Duration::from_secs(1));
    }
    assert!(worst < Duration::from_secs(2), "{worst:?}");
    for mut stream in slow {
        let mut reply = Vec::new();
        stream
            .set_read_timeout(Some(Duration::from_secs(5)))
            .expect("sets");
        // The connection may have been closed after the reply already.
        drop(stream.read_to_end(&mut reply));
        let reply = String::from_utf8_lossy(&reply);
        assert!(reply.starts_with("HTTP/1.1 408"), "{reply}");
    }
}

fn raise_own_descriptor_limit() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let maximum = getrlimit(Resource::Nofile).maximum;
    let raised = Rlimit {
        current: maximum,
        maximum,
    };
    setrlimit(Resource::Nofile, raised).expect("raises");
}

/// A body of which one byte has arrived, from a source of its own.
fn begin_slowly(address: &str, number: u32) -> TcpStream {
    let mut stream = TcpStream::connect(address).expect("connects");
    let source = std::net::Ipv4Addr::from(0xc612_0000 + number);
    let head = format!(
        "POST /api/v1/tokens/revoke HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: {source}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{{"
    );
    stream.write_all(head.as_bytes()).expect("sends");
    stream
}
