//! A candidate's way through the questionnaire, with and without our script, and through crashes.

use diesel::RunQueryDsl;
use rapport::{
    accounts::Role,
    assessment::{self, Questionnaire, questionnaire::SERVICE_ATTITUDE},
};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::support::{Served, TestApp, TestDatabase, add, invite, take};

#[test]
fn the_review_leads_to_each_statement_without_an_answer_and_back() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let recruiter = app.api(&org, Role::Recruiter);
    let (_, _, token) = invite(&recruiter, &org, "kim@candidate.example");
    let candidate = app.anonymous();
    let home = format!("/c/{token}");
    candidate.form(&format!("{home}/consent"), &[("agree", "yes")]);
    let q = Questionnaire::parse(SERVICE_ATTITUDE).expect("shipped");
    let skipped = &q.page(2)[1];
    for page in 1..=q.pages() {
        let items = q.page(page).iter().filter(|item| item.id != skipped.id);
        let answers: Vec<(&str, &str)> = items.map(|item| (item.id.as_str(), "4")).collect();
        candidate.form(&format!("{home}/page/{page}"), &answers);
    }
    let review = candidate.get(&format!("{home}/finish")).text();
    let place = format!("statement-{}", skipped.id);
    let link = format!("href=\"{home}/page/2#{place}\"");
    assert!(
        review.contains(&link) && review.contains(&skipped.text),
        "{review}"
    );
    let page = candidate.get(&format!("{home}/page/2")).text();
    let marked = page.matches("No answer yet").count();
    assert!(
        marked == 1 && page.contains(&format!("id=\"{place}\"")),
        "{page}"
    );
    let answer = [(skipped.id.as_str(), "4"), ("go", "review")];
    let back = candidate.form(&format!("{home}/page/2"), &answer);
    assert_eq!(back.leads_to(), format!("{home}/finish"));
    let review = candidate.get(&back.leads_to()).text();
    assert!(review.contains("statements are answered"), "{review}");
}

#[test]
fn a_sitting_by_plain_forms_resumes_and_closes() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let (_, _, token) = invite(
        &app.api(&org, Role::Recruiter),
        &org,
        "kim@candidate.example",
    );
    let candidate = app.anonymous();
    let q = Questionnaire::parse(SERVICE_ATTITUDE).expect("shipped");
    let home = format!("/c/{token}");

    let welcome = candidate.get(&home).text();
    for said in [
        "Acme",
        "12 minutes",
        "does not measure intelligence",
        "withdraw",
    ] {
        assert!(welcome.contains(said), "{said}");
    }
    assert_eq!(
        candidate.get(&format!("{home}/page/1")).header("location"),
        Some(home.as_str()),
        "nothing is asked before consent"
    );
    assert_eq!(candidate.form(&format!("{home}/consent"), &[]).status, 409);
    assert_eq!(
        candidate
            .form(&format!("{home}/consent"), &[("agree", "yes")])
            .status,
        303
    );

    let answer_page = |page: usize, value: &str| {
        let fields: Vec<(&str, &str)> = q
            .page(page)
            .iter()
            .map(|i| (i.id.as_str(), value))
            .collect();
        candidate.form(&format!("{home}/page/{page}"), &fields)
    };
    assert_eq!(
        answer_page(1, "4").header("location"),
        Some(format!("{home}/page/2").as_str())
    );
    assert_eq!(answer_page(2, "3").status, 303);
    // The browser is closed; the link leads back to the first page that is open.
    assert_eq!(
        candidate.get(&home).header("location"),
        Some(format!("{home}/page/3").as_str())
    );
    let checked = candidate.get(&format!("{home}/page/1")).text();
    assert_eq!(
        checked.matches(" checked").count(),
        5,
        "earlier answers are there"
    );
    assert!(
        candidate
            .get(&format!("{home}/finish"))
            .text()
            .contains("40 statements have no answer yet")
    );
    let early = candidate.form(&format!("{home}/finish"), &[]);
    assert_eq!(
        early.header("location"),
        Some(format!("{home}/finish").as_str())
    );

    for page in 3..=q.pages() {
        assert_eq!(answer_page(page, "4").status, 303);
    }
    assert_eq!(
        answer_page(1, "5").status,
        303,
        "an answer can be changed before the end"
    );
    assert_eq!(candidate.form(&format!("{home}/finish"), &[]).status, 303);
    let late = answer_page(1, "1");
    assert_eq!(
        late.header("location"),
        Some(format!("{home}/result").as_str()),
        "and not after it"
    );
    let result = candidate.get(&format!("{home}/result"));
    assert!(
        result.text().contains("How your answers compare") && result.text().contains("Provisional")
    );
    assert_eq!(
        candidate.get(&home).header("location"),
        Some(format!("{home}/result").as_str())
    );
}

#[test]
fn answers_are_idempotent_ordered_and_checked() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let (_, _, token) = invite(
        &app.api(&org, Role::Recruiter),
        &org,
        "kim@candidate.example",
    );
    let c = app.anonymous();
    let put = |item: &str, value: i64, sequence: i64| {
        c.put(
            &format!("/api/v1/sittings/{token}/answers/{item}"),
            &json!({ "value": value, "sequence": sequence }),
        )
    };
    assert_eq!(put("patience1", 3, 1).code(), "consent_missing");
    c.post(
        &format!("/api/v1/sittings/{token}/consent"),
        &json!({ "agree": true }),
    );
    assert_eq!(put("patience1", 3, 1).status, 204);
    assert_eq!(
        put("patience1", 3, 1).status,
        204,
        "the same again is harmless"
    );
    let conflict = put("patience1", 4, 1);
    assert_eq!(
        (
            conflict.code().as_str(),
            conflict.json()["next_sequence"].as_i64()
        ),
        ("answer_conflict", Some(2))
    );
    assert_eq!(put("patience1", 4, 2).status, 204);
    for (item, value, sequence, code) in [
        ("nothing", 3, 3, "item_unknown"),
        ("patience1", 6, 3, "answer_out_of_range"),
        ("patience1", 0, 3, "answer_out_of_range"),
        ("patience1", 3, 0, "invalid"),
        ("patience1", 3, i64::MAX, "invalid"),
    ] {
        assert_eq!(put(item, value, sequence).code(), code);
    }
    assert_eq!(put("patience1", 3_000_000_000, 3).status, 400);
    let state = c.get(&format!("/api/v1/sittings/{token}")).json();
    assert_eq!(
        (state["answered"].as_i64(), state["next_sequence"].as_i64()),
        (Some(1), Some(3))
    );
    let patience = state["items"]
        .as_array()
        .expect("items")
        .iter()
        .find(|i| i["id"] == "patience1")
        .expect("item");
    assert_eq!(patience["answer"], 4, "the newest counts");
    let rows = {
        let mut c = app.db.connect().expect("connects");
        let guest = rapport::hiring::open_link(&mut c, &token, rapport::types::Instant::now())
            .expect("opens");
        let sitting = guest.sitting.expect("begun");
        assessment::answers(&mut c, sitting.organisation_id, sitting.id).expect("reads")
    };
    assert_eq!(
        rows.iter().map(|r| r.value).collect::<Vec<_>>(),
        [3, 4],
        "the log keeps both"
    );
}

#[test]
fn a_link_grants_access_and_only_its_hash_is_stored() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let recruiter = app.api(&org, Role::Recruiter);
    let (_, candidate, token) = invite(&recruiter, &org, "kim@candidate.example");
    let c = app.anonymous();
    assert_eq!(c.get("/api/v1/sittings/not-a-token").code(), "link_invalid");
    let newer = recruiter
        .post(
            &format!("/api/v1/candidates/{candidate}/invitation"),
            &json!({}),
        )
        .json();
    assert_eq!(
        c.get(&format!("/api/v1/sittings/{token}")).status,
        404,
        "a newer link replaces the old one"
    );
    let newer = newer["token"].as_str().expect("token");
    assert_eq!(c.get(&format!("/api/v1/sittings/{newer}")).status, 200);
    // The hash is computed here, independently of the program.
    let hash: String = Sha256::digest(newer.as_bytes())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let mut c = app.db.connect().expect("connects");
    let stored: Vec<TokenHash> =
        diesel::sql_query("SELECT token_hash FROM invitations WHERE revoked_at IS NULL")
            .load(&mut *c)
            .expect("reads");
    assert_eq!(stored[0].token_hash, hash);
    if app.database.url.starts_with("sqlite://") {
        let files = stored_bytes(&app.database);
        assert!(contains(&files, hash.as_bytes()), "the hash is stored");
        assert!(
            !contains(&files, newer.as_bytes()),
            "the token is not stored"
        );
        assert!(
            !contains(&files, token.as_bytes()),
            "nor is the replaced token"
        );
    }
}

#[derive(diesel::QueryableByName)]
struct TokenHash {
    #[diesel(sql_type = diesel::sql_types::Text)]
    token_hash: String,
}

/// Contents of all files of an SQLite database, including the write-ahead log.
fn stored_bytes(database: &TestDatabase) -> Vec<u8> {
    std::fs::read_dir(database.folder.path())
        .expect("folder")
        .map(|entry| entry.expect("entry").path())
        .filter(|path| path.is_file())
        .flat_map(|path| std::fs::read(path).expect("reads"))
        .collect()
}

fn contains(bytes: &[u8], text: &[u8]) -> bool {
    bytes.windows(text.len()).any(|window| window == text)
}

#[test]
fn withdrawing_takes_the_score_away() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let recruiter = app.api(&org, Role::Recruiter);
    let (vacancy, _, token) = invite(&recruiter, &org, "kim@candidate.example");
    let c = app.anonymous();
    take(&c, &token, 4);
    let list = |()| {
        recruiter
            .get(&format!("/api/v1/vacancies/{vacancy}/shortlist"))
            .json()
    };
    assert_eq!(list(())["items"][0]["rank"], 1);
    assert_eq!(
        c.post(&format!("/api/v1/sittings/{token}/withdraw"), &json!({}))
            .status,
        204
    );
    let after = list(());
    assert_eq!(
        (
            after["items"][0]["stage"].as_str(),
            after["items"][0]["score"].is_null()
        ),
        (Some("withdrawn"), true)
    );
    assert!(
        c.get(&format!("/c/{token}/result"))
            .text()
            .contains("You have withdrawn")
    );
}

/// Reliability is measured from the hundredth sitting on: simulated answers with a known common
/// part give a positive alpha that later scores name as their own.
#[test]
fn reliability_is_measured_once_there_are_a_hundred_sittings() {
    let app = TestApp::start();
    let size = rapport::demo::Size {
        candidates: 100,
        hires: 8,
        feedback_per_agent: 60,
    };
    let demo = rapport::demo::fill(&app.db, size, rapport::types::Instant::now(), &mut |_| ())
        .expect("fills");
    let mut c = app.db.connect().expect("connects");
    let published = assessment::published(&mut c, demo.organisation).expect("reads");
    let row = assessment::reliability(&mut c, demo.organisation, published[0].id)
        .expect("reads")
        .expect("measured");
    assert_eq!(row.sittings, 100);
    let measured: Vec<assessment::scoring::MeasuredReliability> =
        row.content.read().expect("shape");
    assert_eq!(measured.len(), 6);
    assert!(
        measured
            .iter()
            .all(|m| m.alpha > 0.6 && m.alpha < 0.95 && m.n == 100),
        "{measured:?}"
    );
}

/// Acknowledged answers survive `kill -9`, whenever it comes.
#[test]
fn a_killed_server_loses_no_acknowledged_answer() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let recruiter = app.api(&org, Role::Recruiter);
    let (vacancy, _, first) = invite(&recruiter, &org, "a@candidate.example");
    let mut tokens = vec![first];
    for i in 0..3 {
        tokens.push(add(&recruiter, &vacancy, &format!("b{i}@candidate.example")).1);
    }
    let q = Questionnaire::parse(SERVICE_ATTITUDE).expect("shipped");
    let mut acknowledged = 0;
    for round in 0..3 {
        let mut served = Served::start(&app.database);
        let (base, client) = (served.base.clone(), served.anonymous());
        for token in &tokens {
            client.post(
                &format!("/api/v1/sittings/{token}/consent"),
                &json!({ "agree": true }),
            );
        }
        let counts: Vec<std::thread::JoinHandle<usize>> = tokens
            .iter()
            .map(|token| {
                let (base, token) = (base.clone(), token.clone());
                let items: Vec<String> = q.items[round * 15..(round + 1) * 15]
                    .iter()
                    .map(|i| i.id.clone())
                    .collect();
                std::thread::spawn(move || {
                    let agent = ureq::Agent::config_builder()
                        .http_status_as_error(false)
                        .build()
                        .new_agent();
                    items
                        .iter()
                        .enumerate()
                        .take_while(|(i, item)| {
                            let url = format!("{base}/api/v1/sittings/{token}/answers/{item}");
                            let body = json!({ "value": 3, "sequence": round * 15 + i + 1 });
                            agent
                                .put(&url)
                                .send_json(body)
                                .is_ok_and(|r| r.status() == 204)
                        })
                        .count()
                })
            })
            .collect();
        std::thread::sleep(std::time::Duration::from_millis(40 + 60 * round as u64));
        served.kill();
        acknowledged += counts
            .into_iter()
            .map(|t| t.join().expect("counts"))
            .sum::<usize>();
    }
    let mut stored = 0;
    let mut c = app.db.connect().expect("connects");
    for token in &tokens {
        let guest = rapport::hiring::open_link(&mut c, token, rapport::types::Instant::now())
            .expect("opens");
        if let Some(s) = guest.sitting {
            stored += assessment::answers(&mut c, s.organisation_id, s.id)
                .expect("reads")
                .len();
        }
    }
    assert!(acknowledged > 0, "something was answered before the kills");
    assert!(
        stored >= acknowledged,
        "{stored} stored of {acknowledged} acknowledged"
    );
}

/// Two tabs: the later answer counts, whichever tab has the lower numbers, and both get the current
/// state.
#[test]
fn a_second_tab_with_lower_numbers_is_told_to_count_on() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let (_, _, token) = invite(
        &app.api(&org, Role::Recruiter),
        &org,
        "kim@candidate.example",
    );
    let c = app.anonymous();
    c.post(
        &format!("/api/v1/sittings/{token}/consent"),
        &json!({ "agree": true }),
    );
    let put = |item: &str, value: i64, sequence: i64| {
        let path = format!("/api/v1/sittings/{token}/answers/{item}");
        c.put(&path, &json!({ "value": value, "sequence": sequence }))
    };
    assert_eq!(put("patience1", 2, 7).status, 204);
    let second_tab = put("patience1", 5, 3);
    assert_eq!(second_tab.code(), "answer_conflict");
    let next = second_tab.json()["next_sequence"]
        .as_i64()
        .expect("a number");
    assert_eq!(put("patience1", 5, next).status, 204);
    assert_eq!(
        put("patience1", 2, 7).status,
        204,
        "a late repeat of what was acknowledged is harmless"
    );
    let state = c.get(&format!("/api/v1/sittings/{token}")).json();
    let item = state["items"]
        .as_array()
        .expect("items")
        .iter()
        .find(|i| i["id"] == "patience1")
        .expect("item");
    assert_eq!(item["answer"], 5);
}

/// A link cannot fill the database; what was acknowledged stays, and other statements go on.
#[test]
fn a_statement_is_answered_a_hundred_times_at_most() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let recruiter = app.api(&org, Role::Recruiter);
    let (_, _, token) = invite(&recruiter, &org, "kim@candidate.example");
    let c = app.anonymous();
    let consent = json!({ "agree": true });
    c.post(&format!("/api/v1/sittings/{token}/consent"), &consent);
    let put = |item: &str, sequence: i64| {
        let path = format!("/api/v1/sittings/{token}/answers/{item}");
        c.put(
            &path,
            &json!({ "value": 1 + sequence % 5, "sequence": sequence }),
        )
    };
    for sequence in 1..=100 {
        assert_eq!(put("patience1", sequence).status, 204, "{sequence}");
    }
    let refused = put("patience1", 101);
    assert_eq!((refused.status, &*refused.code()), (409, "answer_limit"));
    assert_eq!(put("patience1", 50).status, 204, "a repeat");
    assert_eq!(put("patience2", 101).status, 204, "another statement");
}

/// Both databases: clicks at the same moment begin one sitting and create one thing.
#[test]
fn simultaneous_clicks_do_one_thing() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let recruiter = app.api(&org, Role::Recruiter);
    let (_, _, token) = invite(&recruiter, &org, "kim@candidate.example");
    let statuses = |work: &(dyn Fn() -> u16 + Sync)| {
        std::thread::scope(|scope| {
            let clicks: Vec<_> = (0..6).map(|_| scope.spawn(work)).collect();
            clicks
                .into_iter()
                .map(|t| t.join().expect("answers"))
                .collect::<Vec<u16>>()
        })
    };
    let consent = || {
        let path = format!("/api/v1/sittings/{token}/consent");
        app.anonymous()
            .post(&path, &json!({ "agree": true }))
            .status
    };
    assert_eq!(statuses(&consent), [200; 6]);
    let create = || {
        let body = json!({ "title": "Once", "questionnaire_id": org.questionnaire }).to_string();
        let key = [("Idempotency-Key", "same")];
        recruiter
            .send(
                "POST",
                "/api/v1/vacancies",
                "application/json",
                Some(body.as_bytes()),
                &key,
            )
            .status
    };
    assert_eq!(statuses(&create), [201; 6]);
    let list = recruiter.get("/api/v1/vacancies").json();
    let once = list["items"]
        .as_array()
        .expect("items")
        .iter()
        .filter(|v| v["title"] == "Once")
        .count();
    assert_eq!(once, 1);
}
