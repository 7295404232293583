//! Steps of a plan: over HTTP by coach and agent, and as properties of any sequence of steps.

use chrono::NaiveDate;
use proptest::prelude::*;
use rapport::{
    accounts::{self, NewPerson, Role},
    coaching::{
        self, Plan,
        progress::{PlanProgress, PlanState},
        steps::{Choice, NewStep, Outcome, RecordedStep, StepKind},
    },
    feedback::{self, Mapping, import},
    types::{Id, Instant},
    workforce,
};
use serde_json::{Value, json};

use crate::support::{Client, HASH, Organisation, PASSWORD, Reply, TestApp};

/// Peers with average feedback, and one agent with complaints about patience and praise for
/// courtesy.
fn feedback_csv() -> String {
    let mut csv = String::from("external_id,agent,team,time,channel,issue,score,scale,comment\n");
    let mut line = |agent: &str, i: usize, score: u8, remark: &str| {
        let at = Instant::now()
            .plus(chrono::Duration::days(-((i % 70) as i64) - 1))
            .0
            .format("%Y-%m-%dT12:00:00Z");
        csv.push_str(&format!(
            "{agent}-{i},{agent},Blue,{at},phone,order,{score},csat_1_5,{remark}\n"
        ));
    };
    for agent in 0..8 {
        for i in 0..60 {
            let (score, remark) = match (i + agent) % 12 {
                0 => (2, "I was on hold for an hour"),
                1 => (5, "very polite and helpful"),
                2 => (5, "explained everything clearly"),
                3 if i % 5 == 0 => (1, "he rushed me"),
                _ => (5, "thank you"),
            };
            line(&format!("peer{agent}"), i, score, remark);
        }
    }
    for i in 0..50 {
        let (score, remark) = match i % 5 {
            0 => (1, "he rushed me and hung up"),
            1 | 2 => (5, "very polite and respectful"),
            _ => (5, "thank you"),
        };
        line("ann", i, score, remark);
    }
    csv
}

struct Scene {
    app: TestApp,
    org: Organisation,
    /// The agent's plan, and a colleague's.
    plan: Id,
    agent: Id,
    own: Client,
}

impl Scene {
    fn set() -> Self {
        let app = TestApp::start();
        let org = app.organisation("Acme");
        let mapping = Mapping::shipped("standard").expect("shipped");
        let mut row = app.write(|c| {
            Ok(feedback::upload::begin_import(
                c,
                org.id,
                "system",
                "t.csv",
                &mapping,
                feedback::upload::Duplicates::Skip,
                Instant::now(),
            )?)
        });
        let csv = feedback_csv();
        let done = import::run(
            &app.db,
            &mut row,
            &mapping,
            csv.as_bytes(),
            &mut import::Unwatched,
        )
        .expect("runs");
        assert_eq!(done.rejected, 0);
        let (agent, plan) = app.write(|c| {
            let agent = workforce::agent_by_reference(c, org.id, "ann")?.id;
            let new = NewPerson {
                email: "ann@acme.example".to_owned(),
                name: "Ann".to_owned(),
                role: Role::Agent,
                password_hash: HASH.clone(),
                agent: Some(agent),
                department: None,
            };
            accounts::create_person(c, org.id, new, "system", Instant::now())?;
            let plan = coaching::create(c, org.id, "system", agent, Instant::now())?;
            Ok((agent, plan.id))
        });
        let mut own = app.anonymous();
        let body = json!({ "email": "ann@acme.example", "password": PASSWORD });
        own.bearer = own.post("/api/v1/tokens", &body).json()["access_token"]
            .as_str()
            .map(str::to_owned);
        Self {
            app,
            org,
            plan,
            agent,
            own,
        }
    }

    fn step(&self, client: &Client, step: Value) -> Reply {
        client.post(&format!("/api/v1/plans/{}/steps", self.plan), &step)
    }
}

fn refused(reply: &Reply, status: u16, code: &str) {
    assert_eq!(reply.status, status, "{}", reply.text());
    assert_eq!(reply.json()["code"], code, "{}", reply.text());
}

#[test]
fn no_plan_begins_in_a_pause() {
    let scene = Scene::set();
    let coach = scene.app.api(&scene.org, Role::Coach);
    let elsewhere = scene.app.api(&scene.app.organisation("Else"), Role::Coach);
    let today = Instant::now().date();
    let day = |days: i64| (today + chrono::Duration::days(days)).to_string();
    let accept = || {
        let step = json!({ "step": "accepted", "items": [{ "theme": "patience" }] });
        scene.step(&coach, step)
    };
    let agents = coach.get("/api/v1/agents").json();
    let team = &agents["items"][1]["team_id"];
    assert!(team.is_string(), "{agents}");
    let begin = |body: Value| coach.post("/api/v1/pauses", &body);
    for bad in [
        json!({ "reason": "leave", "first_day": day(1), "last_day": day(0) }),
        json!({ "reason": "leave", "first_day": day(0), "last_day": day(401) }),
        json!({ "reason": "leave", "first_day": day(0), "last_day": day(0), "team": team, "agent": scene.agent }),
        json!({ "reason": "boredom", "first_day": day(0), "last_day": day(0) }),
        json!({ "reason": "leave", "first_day": "soon", "last_day": day(0) }),
    ] {
        let reply = begin(bad.clone());
        assert!(
            [400, 422].contains(&reply.status),
            "{bad}: {}",
            reply.text()
        );
    }
    let foreign =
        json!({ "reason": "leave", "first_day": day(0), "last_day": day(0), "agent": Id::new() });
    assert_eq!(begin(foreign).status, 404);

    // Of the team: it ended ten days ago, and the calm after it is not over.
    let body = json!({ "reason": "system_change", "first_day": day(-12), "last_day": day(-10), "team": team });
    let begun = begin(body);
    assert_eq!(begun.status, 201, "{}", begun.text());
    refused(&accept(), 409, "plan_paused");
    let until = (today + chrono::Duration::days(5))
        .format("%-d %b %Y")
        .to_string();
    for (client, path) in [
        (&coach, format!("/agents/{}", scene.agent)),
        (&coach, format!("/plans/{}", scene.plan)),
        (&scene.own, format!("/plans/{}", scene.plan)),
        (&scene.own, "/me".to_owned()),
    ] {
        let page = client.get(&path).text();
        assert!(
            page.contains(&until) && page.contains("a change of system"),
            "{path}"
        );
    }
    // The export of the team is empty, because the pause is for everybody in it.
    let team_id = team.as_str().expect("a team");
    let asked = coach.post(&format!("/api/v1/teams/{team_id}/exports"), &json!({}));
    scene.app.run_jobs();
    let id = asked.json()["id"].as_str().expect("an id").to_owned();
    let export = coach.get(&format!("/api/v1/exports/{id}")).json();
    assert_eq!(
        (&export["state"], &export["total"]),
        (&json!("empty"), &json!(0))
    );

    // Ending the pause lets plans start; another organisation cannot end it.
    let pause = begun.json()["id"].as_str().expect("an id").to_owned();
    let address = format!("/api/v1/pauses/{pause}/end");
    let lift = |client: &Client| client.post(&address, &json!({}));
    assert_eq!(lift(&elsewhere).status, 404);
    assert_eq!(elsewhere.get("/api/v1/pauses").json()["items"], json!([]));
    assert_eq!(
        coach.get("/api/v1/pauses").json()["items"][0]["name"],
        "Blue"
    );
    assert_eq!(lift(&coach).status, 204);
    assert_eq!(lift(&coach).status, 404);
    let accepted = accept();
    assert_eq!(accepted.status, 201, "{}", accepted.text());

    // A check-in during the agent's own pause is due but not missed; the agent's export contains
    // the pause.
    let later = today + chrono::Duration::days(9);
    let due = || {
        let org = scene.org.id;
        scene
            .app
            .write(|c| Ok(coaching::due_check_ins(c, org, later)?))
    };
    assert!(due()[0].missed, "{:?}", due());
    let alone = |first: &str, last: &str| {
        coach.form(
            "/pauses",
            &[
                ("whom", &format!("agent:{}", scene.agent)),
                ("reason", "personal"),
                ("first_day", first),
                ("last_day", last),
            ],
        )
    };
    assert_eq!(alone("+262142-12-30", "+262142-12-31").status, 422);
    assert_eq!(alone(&day(5), &day(8)).status, 303);
    assert!(!due()[0].missed, "{:?}", due());
    assert!(coach.get("/pauses").text().contains("personal reasons"));
    let kept = scene.own.get("/api/v1/me/export.json").json();
    assert_eq!(
        kept["pauses"][0]["reason"], "personal",
        "{}",
        kept["pauses"]
    );
}

#[test]
fn a_plan_goes_from_proposal_to_outcome() {
    let scene = Scene::set();
    let coach = scene.app.api(&scene.org, Role::Coach);
    let admin = scene.app.api(&scene.org, Role::Admin);
    let address = format!("/api/v1/plans/{}", scene.plan);
    let read = coach.get(&address).json();
    assert_eq!(
        read["plan"]["focus"][0]["theme"], "patience",
        "{}",
        read["plan"]["no_focus"]
    );
    assert_eq!(read["progress"]["items"], json!([]));

    // Nobody decides a dispute before it is known who accepts.
    let early = json!({ "point": "He hung up", "reason": "Not me" });
    let to_dispute = format!("/api/v1/me/plans/{}/disputes", scene.plan);
    assert_eq!(scene.own.post(&to_dispute, &early).status, 201);
    refused(
        &scene.step(
            &coach,
            json!({ "step": "decided", "dispute": 0, "upheld": false, "answer": "no" }),
        ),
        409,
        "step_refused",
    );

    // What does not fit is refused, with what to do.
    let day = "2027-01-04";
    refused(
        &scene.step(
            &coach,
            json!({ "step": "promised", "promise": "an hour", "due": day }),
        ),
        409,
        "step_refused",
    );
    for (items, status, code) in [
        (json!([]), 422, "invalid"),
        (json!([{ "theme": "warmth" }]), 422, "invalid"),
        (json!([{ "goal": "smile more" }]), 422, "reason_needed"),
        (
            json!([{ "theme": "patience" }, { "theme": "patience" }]),
            422,
            "invalid",
        ),
        (
            json!([{ "theme": "patience", "goal": "x".repeat(3000) }]),
            422,
            "invalid",
        ),
    ] {
        let reply = scene.step(&coach, json!({ "step": "accepted", "items": items }));
        refused(&reply, status, code);
    }
    refused(
        &scene.step(&coach, json!({ "step": "vanished" })),
        422,
        "invalid",
    );

    let items =
        json!([{ "theme": "patience" }, { "goal": "Learn the new till", "reason": "Ann's wish" }]);
    let accepted = scene.step(&coach, json!({ "step": "accepted", "items": items }));
    assert_eq!(accepted.status, 201, "{}", accepted.text());
    let cycle = &accepted.json()["progress"];
    assert_eq!(cycle["items"][0]["source"], "focus");
    assert!(
        cycle["items"][0]["goal"]
            .as_str()
            .is_some_and(|g| g.len() > 20),
        "the library's goal"
    );
    assert_eq!(cycle["items"][1]["source"], "own");
    refused(
        &scene.step(
            &coach,
            json!({ "step": "accepted", "items": [{ "theme": "patience" }] }),
        ),
        409,
        "step_refused",
    );
    // One plan an agent at a time.
    let second = coach.post(&format!("/api/v1/agents/{}/plans", scene.agent), &json!({}));
    assert_eq!(second.status, 201);
    let second = second.json()["id"].as_str().expect("an id").to_owned();
    let reply = coach.post(
        &format!("/api/v1/plans/{second}/steps"),
        &json!({ "step": "accepted", "items": [{ "theme": "patience" }] }),
    );
    refused(&reply, 409, "plan_open");

    // Promise, check-in, dispute.
    refused(
        &scene.step(
            &coach,
            json!({ "step": "promised", "promise": "an hour", "due": "2020-01-06" }),
        ),
        422,
        "invalid",
    );
    assert_eq!(
        scene
            .step(
                &coach,
                json!({ "step": "promised", "promise": "Two hours off the phone", "due": day })
            )
            .status,
        201
    );
    assert_eq!(
        scene
            .step(&coach, json!({ "step": "kept", "promise": 0 }))
            .status,
        201
    );
    refused(
        &scene.step(&coach, json!({ "step": "kept", "promise": 0 })),
        409,
        "step_refused",
    );
    refused(
        &scene.step(&coach, json!({ "step": "kept", "promise": 7 })),
        404,
        "not_found",
    );
    let check =
        json!({ "step": "checked_in", "check_in": 1, "note": "Calmer", "seen": 4, "of": 5 });
    refused(
        &scene.step(
            &coach,
            json!({ "step": "checked_in", "check_in": 1, "seen": 6, "of": 5 }),
        ),
        422,
        "invalid",
    );
    assert_eq!(scene.step(&coach, check.clone()).status, 201);
    refused(&scene.step(&coach, check), 409, "step_refused");

    let dispute = json!({ "point": "He rushed me", "reason": "The line dropped" });
    let disputes = format!("/api/v1/me/plans/{}/disputes", scene.plan);
    assert_eq!(
        scene
            .app
            .api(&scene.org, Role::Agent)
            .post(&disputes, &dispute)
            .status,
        404
    );
    assert_eq!(scene.own.post(&disputes, &dispute).status, 201);
    refused(
        &scene.own.post(&disputes, &json!({ "point": "x" })),
        422,
        "invalid",
    );
    let decision =
        json!({ "step": "decided", "dispute": 1, "upheld": true, "answer": "The log shows it" });
    refused(&scene.step(&coach, decision.clone()), 409, "step_refused");
    assert_eq!(
        scene.step(&admin, decision).status,
        201,
        "somebody else may"
    );

    // Sent again with the same key, a step is taken once.
    let promise = json!({ "step": "promised", "promise": "A quiet desk", "due": day }).to_string();
    let steps = format!("/api/v1/plans/{}/steps", scene.plan);
    for _ in 0..2 {
        let reply = coach.send(
            "POST",
            &steps,
            "application/json",
            Some(promise.as_bytes()),
            &[("Idempotency-Key", "desk")],
        );
        assert_eq!(reply.status, 201, "{}", reply.text());
    }
    let promises = coach.get(&address).json()["progress"]["promises"].clone();
    assert_eq!(promises.as_array().map(Vec::len), Some(2), "{promises}");

    // The dates as a calendar: the one that took place is not in it.
    let calendar = scene
        .own
        .get(&format!("/plans/{}/check-ins.ics", scene.plan))
        .text();
    assert_eq!(calendar.matches("BEGIN:VEVENT").count(), 4, "{calendar}");

    // What is printed is what was agreed.
    let view = json!({ "view": "Mondays are hard" });
    let acknowledge = format!("/api/v1/me/plans/{}/acknowledge", scene.plan);
    assert_eq!(scene.own.post(&acknowledge, &view).status, 204);
    let closed = json!({ "step": "closed", "outcome": "reached", "note": "The pause helps" });
    assert_eq!(scene.step(&coach, closed.clone()).status, 201);
    refused(&scene.step(&coach, closed), 409, "step_refused");
    refused(&scene.own.post(&disputes, &dispute), 409, "step_refused");
    let late =
        json!({ "step": "decided", "dispute": 0, "upheld": false, "answer": "It was your call" });
    refused(&scene.step(&coach, late.clone()), 409, "step_refused");
    assert_eq!(
        scene.step(&admin, late).status,
        201,
        "nobody is silenced by closing"
    );
    let printed = coach
        .get(&format!("/api/v1/plans/{}/plan.md", scene.plan))
        .text();
    for words in [
        "What we agreed on",
        "Learn the new till",
        "Ann's wish",
        "Two hours off the phone",
        "seen in 4 of 5 contacts. Calmer",
        "Mondays are hard",
        "reached: The pause helps",
    ] {
        assert!(printed.contains(words), "{words}: {printed}");
    }
    for format in ["pdf", "docx", "html", "json"] {
        let reply = coach.get(&format!("/api/v1/plans/{}/plan.{format}", scene.plan));
        assert_eq!(reply.status, 200, "{format}");
    }
    // All plans of the team in one archive.
    let agents = coach.get("/api/v1/agents").json();
    let team = agents["items"]
        .as_array()
        .and_then(|a| a.iter().find(|a| a["reference"] == "ann"))
        .and_then(|a| a["team_id"].as_str())
        .expect("a team")
        .to_owned();
    let packed = coach.get(&format!("/teams/{team}/plans.zip"));
    assert_eq!(packed.status, 200);
    assert!(packed.body.starts_with(b"PK") && packed.body.windows(5).any(|w| w == b"%PDF-"));
    // Each step is on record, and a new plan may be agreed.
    let audit = admin.get("/api/v1/audit").json().to_string();
    for action in ["plan.accepted", "plan.kept", "plan.decided", "plan.closed"] {
        assert!(audit.contains(action), "{action}");
    }
    let reply = coach.post(
        &format!("/api/v1/plans/{second}/steps"),
        &json!({ "step": "accepted", "items": [{ "theme": "patience" }] }),
    );
    assert_eq!(reply.status, 201, "{}", reply.text());
}

#[test]
fn the_forms_do_the_same() {
    let scene = Scene::set();
    let coach = scene.app.browser(&scene.org, Role::Coach);
    let page = format!("/plans/{}", scene.plan);
    let before = coach.get(&page).text();
    assert!(
        before.contains("Choose together what to work on"),
        "{before}"
    );
    let steps = format!("{page}/steps");
    let accepted = coach.form(
        &steps,
        &[
            ("step", "accepted"),
            ("take.patience", "on"),
            ("goal.patience", ""),
            ("reason.courtesy", ""),
        ],
    );
    assert_eq!(accepted.status, 303, "{}", accepted.text());
    assert_eq!(
        coach
            .form(
                &steps,
                &[
                    ("step", "promised"),
                    ("promise", "A quiet room"),
                    ("due", "2027-02-01")
                ]
            )
            .status,
        303
    );
    assert_eq!(
        coach
            .form(
                &steps,
                &[
                    ("step", "promised"),
                    ("promise", "A quiet room"),
                    ("due", "soon")
                ]
            )
            .status,
        422
    );
    let check = [
        ("step", "checked_in"),
        ("check_in", "0"),
        ("note", "tried"),
        ("seen", ""),
        ("of", ""),
    ];
    assert_eq!(coach.form(&steps, &check).status, 303);
    let after = coach.get(&page).text();
    assert!(
        after.contains("A quiet room")
            && after.contains("Held on")
            && after.contains("What we agreed on"),
        "{after}"
    );
    assert_eq!(
        coach
            .form(
                &steps,
                &[("step", "closed"), ("outcome", "continue"), ("note", "")]
            )
            .status,
        303
    );
    assert!(coach.get(&page).text().contains("Closed: to be continued."));
    let analyst = scene.app.browser(&scene.org, Role::Analyst);
    let effect = analyst.get("/effect").text();
    assert!(
        effect.contains("Too early to tell: 0 of 1 accepted plan has"),
        "{effect}"
    );
}

/// A plan like the one above, drafted once.
fn proposal() -> Plan {
    static PLAN: std::sync::LazyLock<Plan> = std::sync::LazyLock::new(|| {
        let scene = Scene::set();
        let mut c = scene.app.db.connect().expect("connects");
        coaching::draft(&mut c, scene.org.id, scene.agent, Instant::now()).expect("drafts")
    });
    PLAN.clone()
}

fn any_step() -> impl Strategy<Value = NewStep> {
    let choice = prop_oneof![
        Just(Choice {
            theme: Some("patience".to_owned()),
            ..Choice::default()
        }),
        Just(Choice {
            theme: None,
            goal: "own".to_owned(),
            reason: "wish".to_owned()
        }),
        Just(Choice {
            theme: Some("nothing".to_owned()),
            ..Choice::default()
        }),
    ];
    prop_oneof![
        prop::collection::vec(choice, 0..4).prop_map(|items| NewStep::Accepted { items }),
        (-40_i64..40).prop_map(|days| NewStep::Promised {
            promise: "time".to_owned(),
            due: Instant::now().date() + chrono::Duration::days(days),
        }),
        (0_usize..3).prop_map(|promise| NewStep::Kept { promise }),
        (
            0_usize..6,
            prop::option::of(0_u32..4),
            prop::option::of(0_u32..4)
        )
            .prop_map(|(check_in, seen, of)| NewStep::CheckedIn {
                check_in,
                note: String::new(),
                seen,
                of
            }),
        Just(NewStep::Disputed {
            point: "p".to_owned(),
            reason: "r".to_owned()
        }),
        (0_usize..2).prop_map(|dispute| NewStep::Decided {
            dispute,
            upheld: false,
            answer: "a".to_owned()
        }),
        Just(NewStep::Closed {
            outcome: Outcome::Change,
            note: String::new()
        }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// In whatever order steps come: at most one acceptance with one or two items, nothing after
    /// the end, the past stays as it was, and check-ins only ever move to later weekdays.
    #[test]
    fn any_row_of_steps_keeps_the_rules(steps in prop::collection::vec((any_step(), any::<bool>()), 0..25)) {
        let plan = proposal();
        let today = Instant::now().date();
        let mut made: Vec<RecordedStep> = Vec::new();
        let mut accepted_by = String::new();
        for (new, other) in steps {
            let before = PlanProgress::of(&plan, &made, today);
            let by = if other { "person:b" } else { "person:a" };
            let is_decision = matches!(new, NewStep::Decided { .. });
            let Ok(step) = before.admit(&plan, new, by) else { continue };
            prop_assert!(before.closed.is_none() || is_decision);
            prop_assert!(!is_decision || by != accepted_by);
            if step.kind() == StepKind::Accepted {
                accepted_by = by.to_owned();
            }
            made.push(RecordedStep { at: Instant::now(), by: by.to_owned(), step });
            let after = PlanProgress::of(&plan, &made, today);
            prop_assert!(after.items.len() <= 2 && (after.accepted.is_none() || !after.items.is_empty()));
            prop_assert!(before.accepted.is_none() || before.items == after.items);
            prop_assert_eq!(after.meetings.len(), plan.check_ins.len());
            for (was, planned) in after.meetings.iter().zip(&plan.check_ins) {
                prop_assert!(was.due >= planned.date);
                let weekday = chrono::Datelike::weekday(&was.due);
                prop_assert!(!matches!(weekday, chrono::Weekday::Sat | chrono::Weekday::Sun));
            }
        }
        prop_assert!(made.iter().filter(|m| m.step.kind() == StepKind::Accepted).count() <= 1);
    }
}

/// Two overdue promises at once stop the clock once.
#[test]
fn days_of_overlapping_promises_count_once() {
    let plan = proposal();
    let day = |n: u32| NaiveDate::from_ymd_opt(2030, 1, n).expect("a day");
    let at = |n: u32| Instant(day(n).and_hms_opt(12, 0, 0).expect("noon").and_utc());
    let mut made: Vec<RecordedStep> = Vec::new();
    for (n, new) in [
        (
            1,
            NewStep::Accepted {
                items: vec![Choice {
                    theme: Some("patience".to_owned()),
                    ..Choice::default()
                }],
            },
        ),
        (
            1,
            NewStep::Promised {
                promise: "a".to_owned(),
                due: day(3),
            },
        ),
        (
            1,
            NewStep::Promised {
                promise: "b".to_owned(),
                due: day(5),
            },
        ),
        (9, NewStep::Kept { promise: 0 }),
        (11, NewStep::Kept { promise: 1 }),
    ] {
        let step = PlanProgress::of(&plan, &made, day(n))
            .admit(&plan, new, "person:a")
            .expect("fits");
        made.push(RecordedStep {
            at: at(n),
            by: "person:a".to_owned(),
            step,
        });
    }
    let cycle = PlanProgress::of(&plan, &made, day(31));
    assert_eq!(
        (cycle.days_paused, cycle.paused),
        (8, false),
        "3 to 11 January"
    );
    assert_eq!(cycle.state(), PlanState::Agreed);
    let during = PlanProgress::of(&plan, &made[..3], day(7));
    assert_eq!((during.days_paused, during.paused), (4, true));
}
