//! What programs send: signed deliveries and numbers of invitations.

use diesel::prelude::*;
use rapport::{db::schema::delivery_messages, types::Json};

use super::*;

/// Sends a delivery with its own signature, or none.
fn deliver(
    client: &Client,
    address: &str,
    secret: Option<&str>,
    (id, at): (&str, i64),
    body: &str,
) -> Reply {
    let signature = secret.map_or_else(String::new, |s| {
        sources::sign(s, id, at, body.as_bytes()).expect("signs")
    });
    let headers = [
        ("webhook-id", id),
        ("webhook-timestamp", &at.to_string()),
        ("webhook-signature", &signature),
    ];
    client.send(
        "POST",
        address,
        "application/json",
        Some(body.as_bytes()),
        &headers,
    )
}

/// A survey tool with its source.
struct Tool {
    client: Client,
    address: String,
    secret: String,
}

impl Tool {
    fn of(app: &TestApp, org: &Organisation, name: &str) -> Self {
        let source = json!({ "name": name, "mapping": feedback::mapping::SHIPPED[1].1 });
        let saved = app
            .api(org, Role::Analyst)
            .post("/api/v1/feedback/sources", &source)
            .json();
        let text = |key: &str| saved[key].as_str().expect("a text").to_owned();
        Self {
            client: app.anonymous(),
            address: format!("/api/v1/deliveries/{}/{}", org.id, text("id")),
            secret: text("secret"),
        }
    }

    /// Delivers a record with a score; `at` is in seconds from now.
    fn say(&self, message: &str, at: i64, record: &str, score: u8) -> Value {
        let body = format!(
            r#"{{"external_id":"{record}","agent":"a","time":"2026-01-02","score":{score},"scale":"csat_1_5"}}"#
        );
        let at = Instant::now().0.timestamp() + at;
        let reply = deliver(
            &self.client,
            &self.address,
            Some(&self.secret),
            (message, at),
            &body,
        );
        assert_eq!(reply.status, 200, "{}", reply.text());
        reply.json()
    }
}

fn score(app: &TestApp, org: &Organisation, record: &str) -> Option<f64> {
    stored(app, org, record).and_then(|(score, _)| score)
}

/// The outcome of a delivery is stored without a language; earlier versions stored it in English.
#[test]
fn the_reply_to_a_repeated_delivery_is_in_the_language_of_its_reader() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let tool = Tool::of(&app, &org, "Survey tool");
    let first = tool.say("m1", 0, "r1", 9);
    let said = &first["rejections"][0]["reason"];
    assert_eq!(&tool.say("m1", 1, "r1", 9), &first);
    assert!(said.as_str().is_some_and(|r| r.contains('9')), "{first}");
    let again = |reason: &str| {
        let mut reply = first.clone();
        reply["rejections"][0]["reason"] = reason.into();
        app.write(|c| {
            diesel::update(delivery_messages::table)
                .set(delivery_messages::reply.eq(Json(reply)))
                .execute(c)?;
            Ok(())
        });
        tool.say("m1", 2, "r1", 9)["rejections"][0]["reason"].clone()
    };
    let message = json!({ "id": "row-missing", "args": [], "english": "absent" });
    assert_eq!(again(&message.to_string()), "The value is missing");
    assert_eq!(again("too high"), "too high");
}

#[test]
fn signed_deliveries_are_taken_and_others_are_not() {
    let app = TestApp::start();
    let (org, other) = (app.organisation("Acme"), app.organisation("Else"));
    let analyst = app.api(&org, Role::Analyst);
    let mapping = feedback::mapping::SHIPPED[1].1;
    let saved = analyst.post(
        "/api/v1/feedback/sources",
        &json!({ "name": "Survey tool", "mapping": mapping }),
    );
    assert_eq!(saved.status, 200, "{}", saved.text());
    let saved = saved.json();
    let (id, secret) = (
        saved["id"].as_str().expect("id"),
        saved["secret"].as_str().expect("secret"),
    );
    let address = format!("/api/v1/deliveries/{}/{id}", org.id);
    assert!(
        saved["address"]
            .as_str()
            .is_some_and(|a| a.ends_with(&address)),
        "{saved}"
    );
    let now = Instant::now().0.timestamp();
    let stranger = app.anonymous();
    let body = r#"[{"external_id":"d1","agent":"a","time":"2026-01-02","score":5,"scale":"csat_1_5"},{"external_id":"d2","agent":"a","time":"soon","score":5,"scale":"csat_1_5"}]"#;
    for (secret, at, address, expected) in [
        (None, now, address.clone(), 401),
        (Some("whsec_AAAA"), now, address.clone(), 401),
        (Some(secret), now - 400, address.clone(), 401),
        (
            Some(secret),
            now,
            format!("/api/v1/deliveries/{}/{id}", other.id),
            404,
        ),
        (Some(secret), now, address.clone(), 200),
    ] {
        assert_eq!(
            deliver(&stranger, &address, secret, ("m1", at), body).status,
            expected,
            "{at} {address}"
        );
    }
    assert!(stored(&app, &org, "d1").is_some() && stored(&app, &org, "d2").is_none());
    // Sent again with another answer, one object, and lines of them: corrected.
    let later =
        r#"{"external_id":"d1","agent":"a","time":"2026-01-02","score":1,"scale":"csat_1_5"}"#;
    let lines = format!("{later}\n{}", later.replace("d1", "d3"));
    let send =
        |id: &str, body: &str| deliver(&stranger, &address, Some(secret), (id, now), body).status;
    assert_eq!(send("", later), 401);
    assert_eq!(send("m2", later), 200);
    assert_eq!(send("m3", &lines), 200);
    assert_eq!(stored(&app, &org, "d1"), Some((Some(1.0), None)));
    assert!(stored(&app, &org, "d3").is_some());
    assert_eq!(send("m4", "no json"), 400);
    // A new secret ends the old one.
    let browser = app.browser(&org, Role::Analyst);
    assert_eq!(
        browser
            .form(&format!("/feedback/sources/{id}/secret"), &[])
            .status,
        303
    );
    assert_eq!(send("m5", later), 401);
    // A source's mapping can be named at an upload, and a shipped name cannot be taken.
    let upload = analyst.upload(
        "/api/v1/feedback/imports",
        &[("mapping", "Survey tool"), ("trial", "yes")],
        b"external_id,agent,time,score,scale\ny1,a,2026-01-02,5,csat_1_5\ny2,a,never,5,csat_1_5\n",
    );
    let tried = upload.json();
    assert_eq!(
        (
            upload.status,
            &tried["summary"]["imported"],
            &tried["summary"]["rejected"]
        ),
        (200, &json!(1), &json!(1)),
        "{tried}"
    );
    assert!(stored(&app, &org, "y1").is_none(), "a trial stores nothing");
    let taken = analyst.post(
        "/api/v1/feedback/sources",
        &json!({ "name": "standard", "mapping": mapping }),
    );
    assert_eq!(taken.code(), "source_taken");
}

#[test]
fn a_replayed_delivery_gets_the_same_reply_and_changes_nothing() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let tool = Tool::of(&app, &org, "Survey tool");
    let first = tool.say("a", -100, "r", 1);
    assert_eq!(first["imported"], 1);
    assert_eq!(tool.say("b", -50, "r", 5)["corrected"], 1);
    // With its own signature, and signed anew by a sender that repeats it.
    for at in [-100, 0] {
        assert_eq!(tool.say("a", at, "r", 1), first);
        assert_eq!(score(&app, &org, "r"), Some(5.0));
    }
    // The id of a message is its source's own.
    let other = Tool::of(&app, &org, "Other tool");
    assert_eq!(other.say("a", 0, "r", 2)["corrected"], 1);
}

#[test]
fn an_older_message_never_overwrites_a_newer_one() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let tool = Tool::of(&app, &org, "Survey tool");
    tool.say("new", -10, "r", 5);
    let late = tool.say("late", -20, "r", 1);
    assert_eq!(
        (&late["duplicates"], &late["corrected"]),
        (&json!(1), &json!(0))
    );
    assert_eq!(score(&app, &org, "r"), Some(5.0));
    // Said again at -5: what was sent at -7 is older than that.
    tool.say("again", -5, "r", 5);
    tool.say("between", -7, "r", 2);
    assert_eq!(score(&app, &org, "r"), Some(5.0));
    // A file corrects what was delivered, but does not let older deliveries in.
    let file = "external_id,agent,time,score,scale\nr,a,2026-01-02,3,csat_1_5\n";
    read(&app, &org, &standard(), file, true);
    tool.say("older than both", -8, "r", 1);
    assert_eq!(score(&app, &org, "r"), Some(3.0));
    tool.say("newest", 0, "r", 4);
    assert_eq!(score(&app, &org, "r"), Some(4.0));
}

/// The imports of an organisation as the API lists them.
fn imports(app: &TestApp, org: &Organisation) -> Vec<Value> {
    let listed = app.api(org, Role::Analyst).get("/api/v1/feedback/imports");
    listed.json()["items"].as_array().expect("a list").clone()
}

#[test]
fn deliveries_of_a_day_are_one_import_that_can_be_undone() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let file = "external_id,agent,time,score,scale\nr0,a,2026-01-02,3,csat_1_5\n";
    read(&app, &org, &standard(), file, false);
    let tool = Tool::of(&app, &org, "Survey tool");
    for i in 0..30 {
        tool.say(
            &format!("m{i}"),
            i - 60,
            &format!("r{}", i % 10),
            1 + (i % 5) as u8,
        );
    }
    Tool::of(&app, &org, "Other tool").say("m0", 0, "s", 1);
    let listed = imports(&app, &org);
    assert_eq!(listed.len(), 3, "{listed:?}");
    let day = &listed[1];
    let counts = [
        "rows_read",
        "imported",
        "corrected",
        "duplicates",
        "rejected",
    ];
    // The ten records come three times, with the same scores.
    assert_eq!(counts.map(|c| day[c].as_i64()), [30, 9, 1, 20, 0].map(Some));
    assert_eq!(day["delivered_on"], json!(Instant::now().date()));
    let id: Id = day["id"].as_str().expect("id").parse().expect("an id");
    let page = app
        .browser(&org, Role::Analyst)
        .get(&format!("/feedback/imports/{id}"));
    assert!(page.text().contains("delivered on"), "{}", page.text());
    undo(&app, &org, id);
    assert_eq!(
        (score(&app, &org, "r0"), score(&app, &org, "r1")),
        (Some(3.0), None)
    );
    // What comes afterwards begins another import.
    assert_eq!(tool.say("m30", 0, "r1", 2)["imported"], 1);
    assert_eq!(score(&app, &org, "r1"), Some(2.0));
    assert_eq!(imports(&app, &org).len(), 4);
}

#[test]
fn several_corrections_on_a_day_are_undone_together() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let file = "external_id,agent,time,score,scale\nr,a,2026-01-02,3,csat_1_5\n";
    read(&app, &org, &standard(), file, false);
    let tool = Tool::of(&app, &org, "Survey tool");
    for (message, record, score) in [("a", "r", 1), ("b", "r", 2), ("c", "n", 1), ("d", "n", 2)] {
        tool.say(message, 0, record, score);
    }
    let later = "external_id,agent,time,score,scale\nr,a,2026-01-02,5,csat_1_5\n";
    let (later, _) = read(&app, &org, &standard(), later, true);
    let day = imports(&app, &org)[1]["id"].as_str().expect("id").parse();
    undo(&app, &org, day.expect("an id"));
    assert_eq!(
        (score(&app, &org, "r"), score(&app, &org, "n")),
        (Some(5.0), None)
    );
    undo(&app, &org, later);
    assert_eq!(score(&app, &org, "r"), Some(3.0));
}

#[test]
fn rejections_of_a_day_are_all_kept() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let tool = Tool::of(&app, &org, "Survey tool");
    let mut last = Value::Null;
    for message in ["a", "b"] {
        last = tool.say(message, 0, "r", 9);
        assert_eq!(
            (
                &last["rejected"],
                last["rejections"].as_array().map(Vec::len)
            ),
            (&json!(1), Some(1))
        );
    }
    let id = last["id"].as_str().expect("id");
    let detail = app
        .api(&org, Role::Analyst)
        .get(&format!("/api/v1/feedback/imports/{id}"));
    let rows: Vec<_> = detail.json()["rejections"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|r| r["row"].clone())
        .collect();
    assert_eq!(rows, [json!(1), json!(2)]);
}

/// Eight senders at once, each with every message.
#[test]
fn a_delivery_that_arrives_several_times_at_once_counts_once() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let tool = Tool::of(&app, &org, "Survey tool");
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for i in 0..5 {
                    assert_eq!(
                        tool.say(&format!("m{i}"), i - 60, "r", 1 + i as u8)["rows_read"],
                        1
                    );
                }
            });
        }
    });
    assert_eq!(score(&app, &org, "r"), Some(5.0));
    let listed = imports(&app, &org);
    assert_eq!((listed.len(), &listed[0]["rows_read"]), (1, &json!(5)));
}

#[test]
fn old_deliveries_are_forgotten() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    Tool::of(&app, &org, "Survey tool").say("m", 0, "r", 1);
    let forget = |days: i64| {
        let at = Instant::now().plus(chrono::Duration::days(days));
        app.write(|c| Ok(sources::forget_messages(c, at)?))
    };
    assert_eq!([forget(6), forget(8), forget(8)], [0, 1, 0]);
}

#[test]
fn invitations_make_a_response_rate() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let mut csv = String::from("external_id,agent,time,channel,score,scale\n");
    for i in 0..30 {
        csv.push_str(&format!(
            "{i},a,2026-01-{:02},Phone,4,csat_1_5\n",
            1 + i % 28
        ));
    }
    read(&app, &org, &standard(), &csv, false);
    let analyst = app.api(&org, Role::Analyst);
    let counts = json!([
        { "day": "2026-01-05", "channel": "Phone", "invited": 999 },
        { "day": "2026-01-05", "channel": "Phone", "invited": 60 },
        { "day": "2026-01-06", "channel": "Phone", "invited": 60 },
        { "day": "2026-01-06", "channel": "Chat", "invited": 10 },
    ]);
    assert_eq!(
        analyst.post("/api/v1/feedback/invitations", &counts).status,
        204
    );
    let items = analyst.get("/api/v1/feedback/response-rates").json()["items"].clone();
    assert_eq!(
        (&items[0]["channel"], &items[0]["rate"]),
        (&json!("Chat"), &json!(0.0)),
        "{items}"
    );
    assert_eq!(
        (
            &items[1]["invited"],
            &items[1]["answered"],
            &items[1]["rate"]
        ),
        (&json!(120), &json!(30), &json!(0.25))
    );
    let bad = feedback::response_rates::read(&b"day,invited\n2026-01-05,many\n"[..]);
    assert!(
        matches!(bad, Err(FeedbackError::InvitationRow(2, _))),
        "{bad:?}"
    );
}
