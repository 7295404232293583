//! What programs send: signed deliveries and numbers of invitations.

use super::*;

/// Sends a delivery with its own signature, or none.
fn deliver(client: &Client, address: &str, secret: Option<&str>, at: i64, body: &str) -> u16 {
    let signature = secret.map_or_else(String::new, |s| {
        sources::sign(s, "m1", at, body.as_bytes()).expect("signs")
    });
    let headers = [
        ("webhook-id", "m1"),
        ("webhook-timestamp", &at.to_string()),
        ("webhook-signature", &signature),
    ];
    client
        .send(
            "POST",
            address,
            "application/json",
            Some(body.as_bytes()),
            &headers,
        )
        .status
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
            deliver(&stranger, &address, secret, at, body),
            expected,
            "{at} {address}"
        );
    }
    assert!(stored(&app, &org, "d1").is_some() && stored(&app, &org, "d2").is_none());
    // Sent again with another answer, one object, and lines of them: corrected.
    let later =
        r#"{"external_id":"d1","agent":"a","time":"2026-01-02","score":1,"scale":"csat_1_5"}"#;
    let lines = format!("{later}\n{}", later.replace("d1", "d3"));
    assert_eq!(deliver(&stranger, &address, Some(secret), now, later), 200);
    assert_eq!(deliver(&stranger, &address, Some(secret), now, &lines), 200);
    assert_eq!(stored(&app, &org, "d1"), Some((Some(1.0), None)));
    assert!(stored(&app, &org, "d3").is_some());
    assert_eq!(
        deliver(&stranger, &address, Some(secret), now, "no json"),
        400
    );
    // A new secret ends the old one.
    let browser = app.browser(&org, Role::Analyst);
    assert_eq!(
        browser
            .form(&format!("/feedback/sources/{id}/secret"), &[])
            .status,
        303
    );
    assert_eq!(deliver(&stranger, &address, Some(secret), now, later), 401);
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
