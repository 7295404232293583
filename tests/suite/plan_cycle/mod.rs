//! Steps of a plan: over HTTP by coach and agent, and as properties of any sequence of steps.

mod comments;
mod drafts;
mod observations;
mod one_to_ones;
mod own_tallies;
mod stages;
mod steps;
mod teams;

use chrono::NaiveDate;
use proptest::prelude::*;
use rapport::{
    accounts::{self, NewPerson, Role},
    coaching::{
        self, Plan,
        follow_up::{Task, TaskKind, follow_up},
        progress::{PlanProgress, PlanState},
        steps::{Choice, NewStep, Outcome, RecordedStep, Step, StepError, StepKind},
    },
    feedback::{Mapping, upload::Duplicates},
    types::{Id, Instant},
    workforce,
};
use serde_json::{Value, json};

use crate::support::{Client, HASH, Organisation, PASSWORD, Reply, TestApp, shared_plan};

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
        let csv = feedback_csv();
        let (_, done) = app.import(&org, &mapping, Duplicates::Skip, csv.as_bytes());
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
            let plan = shared_plan(c, org.id, agent, Instant::now())?;
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

    /// The plan accepted by a coach with a focus area and a personal goal.
    fn agreed() -> (Self, Client) {
        let scene = Self::set();
        let coach = scene.app.api(&scene.org, Role::Coach);
        let own = json!({ "goal": "Learn the new till", "reason": "Ann's wish" });
        let items = json!([{ "theme": "patience" }, own]);
        scene.taken(&coach, json!({ "step": "accepted", "items": items }));
        (scene, coach)
    }

    /// Check-ins that a coach is shown on a day.
    fn check_ins_due(&self, on: Instant) -> Vec<Task> {
        let organisation = self.org.id;
        let found = self.app.write(|c| {
            let agents = workforce::agents(c, organisation)?;
            Ok(follow_up(c, organisation, &agents, on)?)
        });
        let tasks = found.tasks.into_iter();
        tasks
            .filter(|task| matches!(task.kind, TaskKind::CheckIn { .. }))
            .collect()
    }

    fn step(&self, client: &Client, step: Value) -> Reply {
        client.post(&format!("/api/v1/plans/{}/steps", self.plan), &step)
    }

    /// Takes a step; returns the plan after it.
    fn taken(&self, client: &Client, step: Value) -> Value {
        let reply = self.step(client, step);
        assert_eq!(reply.status, 201, "{}", reply.text());
        reply.json()
    }

    /// Asserts that a step of the coach is refused.
    fn refuses(&self, coach: &Client, step: Value, status: u16, code: &str) {
        refused(&self.step(coach, step), status, code);
    }

    /// The agent disputes a point.
    fn dispute(&self, body: &Value) -> Reply {
        let address = format!("/api/v1/me/plans/{}/disputes", self.plan);
        self.own.post(&address, body)
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
            page.contains(&until) && page.contains("a system change"),
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
    // the pause. The first check-in is a week from now, or after the weekend that begins then.
    let later = Instant::now().plus(chrono::Duration::days(12));
    let is_missed = || {
        let due = scene.check_ins_due(later);
        matches!(due[0].kind, TaskKind::CheckIn { missed: true, .. })
    };
    assert!(is_missed());
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
    assert_eq!(alone(&day(5), &day(11)).status, 303);
    assert!(!is_missed());
    assert!(coach.get("/pauses").text().contains("personal reasons"));
    let kept = scene.own.get("/api/v1/me/export.json").json();
    assert_eq!(
        kept["pauses"][0]["reason"], "personal",
        "{}",
        kept["pauses"]
    );
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
