//! Plans, briefs and workshops in Markdown, to be read as a coach reads them.

use chrono::NaiveDate;
use insta::{assert_json_snapshot, assert_snapshot};
use rapport::{
    accounts::{Actor, Role},
    coaching::{
        self, Format, StoredPlan, brief,
        plan::Plan,
        steps::{Choice, NewStep, Outcome},
        workshop, workshop_document,
    },
    db::DbConnection,
    documents::{markdown, model::Document},
    feedback::{period::week, submissions},
    locale::Locale,
    praise::digest,
    types::{Id, Instant},
    workforce,
};
use serde_json::{Value, json};

use crate::support::{Scene, organisation, shared_plan};

/// Noon of a day of 2026.
pub fn noon(month: u32, day: u32) -> Instant {
    let day = NaiveDate::from_ymd_opt(2026, month, day).expect("a day");
    Instant::from(day.and_hms_opt(12, 0, 0).expect("noon").and_utc())
}

/// An agent, days before 30 September 2026, a score and a comment.
type Row<'a> = (&'a str, i64, u8, &'a str);

fn send(scene: &Scene, team: &str, rows: &[Row<'_>]) {
    let record = |(i, (agent, days, score, comment)): (usize, &Row<'_>)| {
        let time = noon(9, 30).plus(chrono::Duration::days(-days));
        json!({
            "external_id": format!("{team}-{i}"),
            "agent": agent,
            "team": team,
            "time": time.to_text(),
            "channel": "Phone",
            "issue": "Returns",
            "scale": "csat_1_5",
            "score": score,
            "comment": comment,
        })
    };
    let records: Vec<Value> = rows.iter().enumerate().map(record).collect();
    for some in records.chunks(500) {
        let (db, org) = (&scene.app.db, scene.org.id);
        let sent = submissions::submit(db, org, "system", some.to_vec(), noon(10, 1));
        let rejections = sent.expect("stores").rejections;
        assert!(rejections.is_empty(), "{rejections:?}");
    }
}

/// Eight agents who all get the same mixture of comments, and Ann, who is praised for her courtesy
/// and hurries every fifth customer.
pub fn ann_hurries() -> Scene {
    let scene = organisation();
    let names = ["bo", "cy", "di", "ed", "flo", "gus", "hal", "ida"];
    let mut rows: Vec<Row<'_>> = Vec::new();
    for (agent, name) in names.into_iter().enumerate() {
        for i in 0..60 {
            let (score, comment) = match (i + agent) % 12 {
                0 => (2, "I was on hold for an hour"),
                1 => (5, "very polite and helpful"),
                2 => (5, "explained everything clearly"),
                3 if i % 5 == 0 => (1, "he rushed me"),
                4 if agent > 4 => (2, ""),
                _ => (5, "thank you"),
            };
            rows.push((name, (i % 70) as i64, score, comment));
        }
    }
    for i in 0..60 {
        let (score, comment) = match i % 5 {
            0 => (1, "she rushed me and hung up"),
            1 => (5, "very polite and respectful from start to end"),
            2 if i % 10 == 2 => (2, "an awful hour on hold before anybody answered"),
            3 if i == 13 => (5, "she was rude and impatient"),
            _ => (5, "thank you"),
        };
        rows.push(("ann", i, score, comment));
    }
    send(&scene, "Blue", &rows);
    scene
}

/// Five agents of a team whose customers complain about the pace, and a team without complaints.
fn a_slow_team() -> Scene {
    let scene = organisation();
    let complaints = [
        "a horrible delay and slow service all day",
        "awfully slow and a terrible delay again",
        "he wasted my time for half an hour",
        "terribly slow service from the man on the line",
        "the whole thing was slow and awfully bad today",
        "slow, slow, slow and then nothing at all",
    ];
    let mut rows: Vec<Row<'_>> = Vec::new();
    for i in 0..60 {
        let agent = ["s1", "s2", "s3", "s4", "s5"][i % 5];
        rows.push(if i % 4 == 0 {
            (agent, i as i64, 2, complaints[(i / 4) % 6])
        } else {
            (agent, i as i64, 5, "very polite and patient with me")
        });
    }
    send(&scene, "Slow", &rows);
    let quick = (0..80).map(|i| {
        let agent = ["q1", "q2", "q3", "q4", "q5"][i % 5];
        (
            agent,
            (i % 60) as i64,
            5,
            "excellent explanation of every step",
        )
    });
    send(&scene, "Quick", &quick.collect::<Vec<_>>());
    scene
}

fn person(scene: &Scene, role: Role, agent: Option<Id>) -> Actor {
    Actor {
        organisation: scene.org.id,
        person: Id::new(),
        roles: role.into(),
        agent,
        api_key: None,
        name: "Petra".to_owned(),
    }
}

fn agent(scene: &Scene, c: &mut DbConnection, reference: &str) -> Id {
    let agent = workforce::agent_by_reference(c, scene.org.id, reference);
    agent.expect("an agent").id
}

pub fn draft(scene: &Scene, reference: &str) -> Plan {
    let mut c = scene.app.db.connect().expect("connects");
    let agent = agent(scene, &mut c, reference);
    coaching::draft(&mut c, scene.org.id, agent, noon(10, 2)).expect("drafts")
}

/// A plan about Ann's patience after its second check-in, closed.
fn agreed(scene: &Scene) -> StoredPlan {
    let coach = person(scene, Role::Coach, None);
    let item = Choice {
        theme: Some("patience".to_owned()),
        ..Choice::default()
    };
    let own = Choice {
        theme: None,
        goal: "learn the new till".to_owned(),
        reason: "Ann's wish".to_owned(),
    };
    let steps = [
        (
            noon(10, 5),
            NewStep::Accepted {
                items: vec![item, own],
            },
        ),
        (noon(10, 5), promise("A quiet desk", 12)),
        (noon(10, 8), NewStep::Kept { promise: 0 }),
        (noon(10, 12), check_in(0, "Tried it once.", None)),
        (noon(10, 19), check_in(1, "Calmer.", Some((4, 5)))),
    ];
    scene.app.write(|c| {
        let agent = agent(scene, c, "ann");
        let plan = shared_plan(c, scene.org.id, agent, noon(10, 2))?;
        let ann = person(scene, Role::Agent, Some(agent));
        coaching::acknowledge(c, &ann, plan.id, "Mondays are hard.", noon(10, 3))?;
        for (at, step) in steps {
            coaching::take_step(c, &coach, plan.id, step, at)?;
        }
        Ok(coaching::find(c, &coach, plan.id)?)
    })
}

fn promise(promise: &str, october: u32) -> NewStep {
    NewStep::Promised {
        promise: promise.to_owned(),
        due: noon(10, october).date(),
    }
}

fn check_in(check_in: usize, note: &str, tally: Option<(u32, u32)>) -> NewStep {
    NewStep::CheckedIn {
        check_in,
        on: None,
        note: note.to_owned(),
        seen: tally.map(|(seen, _)| seen),
        of: tally.map(|(_, of)| of),
    }
}

fn closed(scene: &Scene, plan: &StoredPlan) -> StoredPlan {
    let coach = person(scene, Role::Coach, None);
    let step = NewStep::Closed {
        outcome: Outcome::Reached,
        note: "The pause before answering helps".to_owned(),
    };
    scene
        .app
        .write(|c| Ok(coaching::take_step(c, &coach, plan.id, step, noon(12, 31))?))
}

fn text(document: &Document) -> String {
    markdown::render(document)
}

fn plan_text(plan: &coaching::AgreedPlan) -> String {
    let bytes = coaching::render(plan, Format::Markdown, Locale::english()).expect("renders");
    String::from_utf8(bytes).expect("text")
}

#[test]
fn a_proposed_plan_with_a_focus_area() {
    let scene = ann_hurries();
    assert_snapshot!(plan_text(&draft(&scene, "ann").into()));
}

#[test]
fn the_reply_of_a_shared_plan() {
    let scene = ann_hurries();
    let plan = scene.app.write(|c| {
        let agent = agent(&scene, c, "ann");
        Ok(shared_plan(c, scene.org.id, agent, noon(10, 2))?.id)
    });
    let coach = scene.signed_in(Role::Coach);
    let reply = coach.get(&format!("/api/v1/plans/{plan}"));
    assert_json_snapshot!(reply.rounded(), {
        ".id" => "[id]",
        ".agent_id" => "[id]",
        ".steps[].by" => "[person]",
        ".plan.**.practice" => "[practice]",
    });
}

#[test]
fn a_plan_without_a_focus_area() {
    let scene = a_slow_team();
    assert_snapshot!(plan_text(&draft(&scene, "s1").into()));
}

#[test]
fn a_plan_of_an_agent_without_feedback() {
    let scene = organisation();
    scene.agent("new");
    assert_snapshot!(plan_text(&draft(&scene, "new").into()));
}

#[test]
fn a_plan_that_was_agreed_and_closed() {
    let scene = ann_hurries();
    let plan = closed(&scene, &agreed(&scene));
    assert_snapshot!(plan_text(&plan.agreed()));
}

#[test]
fn a_brief_before_a_check_in() {
    let scene = ann_hurries();
    assert_snapshot!(text(&brief::brief(&agreed(&scene), Locale::english())));
}

#[test]
fn a_brief_before_anything_is_agreed() {
    let scene = a_slow_team();
    let plan = scene.app.write(|c| {
        let agent = agent(&scene, c, "s1");
        Ok(shared_plan(c, scene.org.id, agent, noon(10, 2))?)
    });
    assert_snapshot!(text(&brief::brief(&plan, Locale::english())));
}

#[test]
fn a_team_workshop() {
    let scene = a_slow_team();
    let mut c = scene.app.db.connect().expect("connects");
    let teams = workforce::teams(&mut c, scene.org.id).expect("teams");
    let slow = teams.iter().find(|t| t.name == "Slow").expect("a team").id;
    let prepared = workshop::prepare(&mut c, scene.org.id, slow, noon(10, 2)).expect("prepares");
    assert_snapshot!(text(&workshop_document::document(
        &prepared,
        Locale::english()
    )));
}

/// A plan as version 0.1 stored it before rules gave reasons: with sentences in their places.
#[test]
fn a_plan_that_was_stored_with_sentences_is_still_printed() {
    let scene = ann_hurries();
    let mut stored = serde_json::to_value(draft(&scene, "ann")).expect("writes");
    stored["rate_note"] = json!("The estimate is pulled towards everybody's mean.");
    stored["no_focus"] = json!("Choose an own goal.");
    stored["focus"] = json!([]);
    stored["check_ins"] =
        json!([{ "date": "2026-10-09", "purpose": "10 minutes: has it been tried?" }]);
    stored["alternatives"] = json!([{
        "key": "issue:Refund",
        "kind": "knowledge",
        "name": "Matters of Refund",
        "evidence": "8 of 20 scores on Refund were not good.",
    }]);
    stored["basis"]
        .as_object_mut()
        .expect("a map")
        .remove("newest");
    let plan: Plan = serde_json::from_value(stored).expect("reads");
    let text = plan_text(&plan.into());
    for part in [
        "The estimate is pulled towards everybody's mean.",
        "Choose an own goal.",
        "10 minutes: has it been tried?",
        "### Issue: Refund",
        "8 of 20 scores on Refund were not good.",
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
}

/// With too few comments nothing is said of how the agent's own compare with those about peers.
#[test]
fn the_teams_theme_is_compared_only_with_enough_comments() {
    let scene = ann_hurries();
    let mut stored = serde_json::to_value(draft(&scene, "ann")).expect("writes");
    stored["focus"] = json!([]);
    stored["alternatives"] = json!([{
        "key": "pace", "kind": "team", "name": "Pace", "evidence": "8 comments mention pace.",
    }]);
    let few = json!({ "reason": "too_few_comments", "comments": 6, "days": 365, "needed": 8 });
    let none = json!({ "reason": "no_difference" });
    for (reason, part) in [
        (few, "too few comments to compare your own"),
        (none, "Your own do not differ from your peers'"),
    ] {
        stored["no_focus"] = reason;
        let plan: Plan = serde_json::from_value(stored.clone()).expect("reads");
        let text = plan_text(&plan.into());
        assert!(text.contains(part), "{part} is not in {text}");
    }
}

#[test]
fn the_praise_of_a_week() {
    let scene = a_slow_team();
    let mut c = scene.app.db.connect().expect("connects");
    let agents = workforce::agents(&mut c, scene.org.id).expect("agents");
    let (english, week) = (Locale::english(), week(noon(9, 30).date()));
    let digest = digest::praise_digest(&mut c, scene.org.id, &agents, week, english);
    assert_snapshot!(text(&digest.expect("reads")));
}
