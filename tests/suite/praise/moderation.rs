//! Praise for agents, and comments that are withheld.

use super::*;

#[test]
fn praise_reaches_its_agent_and_insults_nobody_unless_a_person_says_so() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    say(
        &app,
        &org,
        "Blue",
        &[
            ("a", 5, "Maria was very polite and explained everything"),
            ("a", 5, "good"),
            ("b", 5, "so patient with me, thank you"),
        ],
    );
    let today = Instant::now()
        .plus(chrono::Duration::days(-1))
        .date()
        .to_string();
    let rude = json!({ "external_id": "r1", "agent": "a", "time": today, "score": 5, "scale": "csat_1_5", "comment": "very polite for a bloody foreigner" });
    submissions::submit(&app.db, org.id, "system", vec![rude], Instant::now()).expect("taken");
    let (a, b) = (agent(&app, &org, "a"), agent(&app, &org, "b"));
    let (own, coach) = (as_agent(&app, &org, a), app.api(&org, Role::Coach));
    let week = |client: &Client| client.get("/api/v1/me").json()["week"].to_string();
    let mine = week(&own);
    assert!(
        mine.contains("explained everything")
            && !mine.contains("patient")
            && !mine.contains("foreigner"),
        "{mine}"
    );
    let digest = coach.get("/api/v1/praise/newest/digest.md").text();
    assert!(
        digest.contains("explained everything") && !digest.contains("foreigner"),
        "{digest}"
    );
    assert_eq!(own.get("/me/praise/newest/digest.pdf").status, 200);
    assert_eq!(own.get("/praise/newest").status, 403);
    assert_eq!(coach.get("/api/v1/praise/never/digest.md").status, 404);
    // A person decides otherwise, with a reason.
    let mut c = app.db.connect().expect("connects");
    let id = feedback::feedback_by_external_ids(&mut c, org.id, &["r1".to_owned()]).expect("reads")
        [0]
    .id;
    drop(c);
    let decide = |released: &str, reason: &str| {
        coach.post(
            &format!("/api/v1/comments/{id}/moderation"),
            &json!({ "released": released, "reason": reason }),
        )
    };
    assert_eq!(decide("yes", "").code(), "reason_needed");
    assert_eq!(
        decide("yes", "Said kindly, the agent wants to see it").status,
        204
    );
    assert!(week(&own).contains("foreigner"));
    assert_eq!(decide("no", "Changed my mind").status, 204);
    assert!(!week(&own).contains("foreigner"));
    // Export: the agent's own, with what is held back only counted.
    let export = own.get("/me/export.json").json();
    assert_eq!(
        export["feedback"].as_array().map(Vec::len),
        Some(3),
        "{export}"
    );
    assert_eq!(export["withheld"], 1);
    assert!(!export.to_string().contains("foreigner"));
    let other = as_agent(&app, &org, b).get("/me/export.json").json();
    assert!(
        !other.to_string().contains("explained everything"),
        "{other}"
    );
}

#[test]
fn what_is_held_back_later_is_quoted_no_longer_and_a_release_is_for_its_words() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    a_slow_team(&app, &org);
    let coach = app.api(&org, Role::Coach);
    let id = agent(&app, &org, "q1");
    let made = coach
        .post(&format!("/api/v1/agents/{id}/plans"), &json!({}))
        .json();
    let plan = format!("/api/v1/plans/{}/plan.md", made["id"].as_str().expect("id"));
    assert!(coach.get(&plan).text().contains("excellent explanation"));
    let mut c;
    let quoted = made["plan"]["strengths"][0]["quotes"]
        .as_array()
        .expect("quotes")
        .clone();
    assert!(!quoted.is_empty());
    c = app.db.connect().expect("connects");
    let all = feedback::newest_comments(&mut c, org.id, 1_000).expect("reads");
    drop(c);
    let of: Vec<Id> = all
        .iter()
        .filter(|row| {
            quoted
                .iter()
                .any(|q| q["record"] == praise::moderation::record_key(&row.external_id).as_str())
        })
        .map(|row| row.id)
        .collect();
    assert_eq!(of.len(), quoted.len());
    for record in of {
        let held = coach.post(
            &format!("/api/v1/comments/{record}/moderation"),
            &json!({ "released": "no", "reason": "asked for" }),
        );
        assert_eq!(held.status, 204, "{}", held.text());
    }
    assert!(!coach.get(&plan).text().contains("excellent explanation"));
    // A comment that was released and then corrected is another comment.
    let day = Instant::now()
        .plus(chrono::Duration::days(-1))
        .date()
        .to_string();
    let record = |text: &str| json!({ "external_id": "m1", "agent": "q1", "time": day, "score": 5, "scale": "csat_1_5", "comment": text });
    submissions::submit(
        &app.db,
        org.id,
        "system",
        vec![record("could not understand her accent, but very kind")],
        Instant::now(),
    )
    .expect("taken");
    c = app.db.connect().expect("connects");
    let row = feedback::feedback_by_external_ids(&mut c, org.id, &["m1".to_owned()])
        .expect("reads")
        .remove(0);
    let held = |c: &mut rapport::db::DbConnection| {
        let row = feedback::find_feedback(c, org.id, row.id)
            .expect("reads")
            .expect("there");
        praise::moderation::withheld(c, org.id, &[row])
            .expect("reads")
            .len()
    };
    assert_eq!(held(&mut c), 1);
    let released = coach.post(
        &format!("/api/v1/comments/{}/moderation", row.id),
        &json!({ "released": "yes", "reason": "kindly meant" }),
    );
    assert_eq!(released.status, 204);
    assert_eq!(held(&mut c), 0);
    let mapping = feedback::Mapping::shipped("standard").expect("shipped");
    drop(c);
    let corrected = record("that bloody foreigner").to_string();
    let correct = feedback::upload::Duplicates::Correct;
    app.import(&org, &mapping, correct, corrected.as_bytes());
    c = app.db.connect().expect("connects");
    assert_eq!(held(&mut c), 1);
}

#[test]
fn a_mixed_comment_is_printed_as_far_as_it_praises() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let mixed = "She was very polite to me. The parcel was a disappointing mess.";
    say(
        &app,
        &org,
        "Blue",
        &[("a", 5, mixed), ("a", 5, "very polite and patient with me")],
    );
    let digest = app
        .api(&org, Role::Coach)
        .get("/api/v1/praise/newest/digest.md")
        .text();
    assert!(
        digest.contains("very polite and patient with me"),
        "{digest}"
    );
    assert!(!digest.contains("mess"), "{digest}");
}

#[test]
fn the_newest_week_has_no_week_after_that_is_yet_to_come() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let coach = app.browser(&org, Role::Coach);
    let now = Instant::now();
    let of = |days: i64| now.plus(chrono::Duration::days(days)).date();
    for (day, leads_on) in [(of(0), false), (of(-7), true)] {
        let page = coach.get(&format!("/praise/{day}")).text();
        assert_eq!(page.contains("Week after"), leads_on, "{day}: {page}");
    }
}
