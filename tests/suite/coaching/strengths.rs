//! Strengths, and praise from one customer.

use super::*;

/// Praise under 1 or 2 of 5 is no praise. A theme that a pleased customer only names is no reason,
/// and a complaint of theirs about a theme that a department owns counts.
#[test]
fn scores_decide_which_mentions_count() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let said = [
        ("she was very polite", 1),
        ("very polite man", 2),
        ("Excellent people and a nice response", 5),
        ("on hold for an hour and the awful queue is terrible", 5),
    ];
    let lines = said.iter().enumerate();
    let lines = lines.map(|(i, (remark, csat))| line(i, "scored", i as i64, *csat, remark));
    load(&app, &org, &(peers() + &lines.collect::<String>()));
    let plan = draft(&app, &org, "scored");
    assert!(plan.balance.iter().all(|b| b.positive == 0), "{plan:?}");
    assert!(plan.strengths.is_empty() && plan.single_praise.is_empty());
    assert_eq!(plan.pleased, 1, "{plan:?}");
    assert!(plan.not_yours.iter().any(|issue| issue.theme == "access"));
}

/// What one customer praises is a strength to extend if the coach has seen it too and says so.
#[test]
fn single_praise_is_a_strength_only_with_a_reason() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    load(
        &app,
        &org,
        &(peers() + &line(1, "Shalini", 1, 5, "she was very polite to me")),
    );
    let plan = draft(&app, &org, "Shalini");
    assert!(plan.strengths.is_empty());
    let offers = coaching::steps::offers(&plan);
    let offered = offers
        .iter()
        .find(|offer| offer.theme == "courtesy")
        .expect("offered");
    assert!(
        offered.source == coaching::steps::Source::SinglePraise && offered.source.needs_reason()
    );
}

#[test]
fn a_coach_confirms_single_praise_as_a_strength() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let one = line(1, "Shalini", 1, 5, "she was very polite to me");
    load(&app, &org, &(peers() + &one));
    let mut c = app.db.connect().expect("connects");
    let agent = workforce::agent_by_reference(&mut c, org.id, "Shalini");
    let agent = agent.expect("is there").id;
    drop(c);
    let coach = app.api(&org, Role::Coach);
    let made = coach.post(&format!("/api/v1/agents/{agent}/plans"), &json!({}));
    let id = made.json()["id"].as_str().expect("an id").to_owned();
    let step = |step: &serde_json::Value| coach.post(&format!("/api/v1/plans/{id}/steps"), step);
    assert_eq!(step(&json!({ "step": "shared" })).status, 201);
    let accept = |reason: &str| {
        let items = json!([{ "theme": "courtesy", "reason": reason }]);
        step(&json!({ "step": "accepted", "items": items })).status
    };
    assert_ne!(accept(""), 201);
    assert_eq!(accept("Heard in two calls this week"), 201);
    let plan = coach.get(&format!("/api/v1/plans/{id}/plan.json")).json();
    assert_eq!(plan["strengths"][0]["theme"], "courtesy");
    assert_eq!(plan["single_praise"], json!([]));
}

#[test]
fn adding_praise_never_lowers_a_strength_and_names_change_nothing() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let mut csv = peers();
    for (agent, praise) in [("some", 8), ("more", 14)] {
        for i in 0..40 {
            let remark = if i < praise {
                "she listened carefully"
            } else {
                "thank you"
            };
            csv.push_str(&line(i, agent, i as i64, 5, remark));
        }
    }
    for twin in ["twin-a", "twin-b"] {
        for i in 0..40 {
            csv.push_str(&line(
                i,
                twin,
                i as i64,
                5,
                if i % 3 == 0 {
                    "very polite"
                } else {
                    "it took too long"
                },
            ));
        }
    }
    load(&app, &org, &csv);
    let listening = |agent: &str| {
        let plan = draft(&app, &org, agent);
        plan.strengths
            .iter()
            .find(|s| s.theme == "listening")
            .and_then(|s| s.probability)
            .expect("a credible strength")
    };
    assert!(listening("more") >= listening("some"));
    let now = Instant::now();
    let (mut a, mut b) = (
        draft_at(&app, &org, "twin-a", now),
        draft_at(&app, &org, "twin-b", now),
    );
    for plan in [&mut a, &mut b] {
        plan.agent.clear();
        plan.agent_reference.clear();
        // The file names its records by their agents.
        let findings = [
            &mut plan.focus,
            &mut plan.for_the_coach,
            &mut plan.worth_asking,
        ];
        let found = findings.into_iter().flatten().map(|f| &mut f.quotes);
        let strengths = plan.strengths.iter_mut().map(|s| &mut s.quotes);
        for quote in found.chain(strengths).flatten() {
            quote.record.clear();
        }
    }
    assert_eq!(a, b);
}
