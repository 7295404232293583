//! Praise for agents, themes for departments, workshops for teams, and withheld insults.

mod departments;
mod documents;
mod examples;
mod issues;
mod mentions;
mod moderation;
mod overview;
mod teams;

use std::io::Read;

use rapport::{
    accounts::{self, NewPerson, Role},
    feedback::{self, submissions},
    praise,
    types::{Id, Instant},
    workforce,
};
use serde_json::{Value, json};

use crate::support::{Client, HASH, Organisation, PASSWORD, Scene, TestApp, organisation};

/// Sends comments about agents of a team, one a day back from yesterday.
fn say(app: &TestApp, org: &Organisation, team: &str, said: &[(&str, i64, &str)]) {
    let sent: Vec<Value> = said
        .iter()
        .enumerate()
        .map(|(i, (agent, score, text))| {
            let day = Instant::now().plus(chrono::Duration::days(-1 - (i as i64 % 60))).date();
            json!({ "external_id": format!("{team}-{i}"), "agent": agent, "team": team, "time": day.to_string(), "channel": "Phone", "issue": "Returns", "score": score, "scale": "csat_1_5", "comment": text })
        })
        .collect();
    for some in sent.chunks(500) {
        let taken = submissions::submit(&app.db, org.id, "system", some.to_vec(), Instant::now());
        assert_eq!(taken.expect("taken").summary.rejected, 0);
    }
}

fn agent(app: &TestApp, org: &Organisation, reference: &str) -> Id {
    let mut c = app.db.connect().expect("connects");
    workforce::agent_by_reference(&mut c, org.id, reference)
        .expect("agent")
        .id
}

/// A client that is this agent.
fn as_agent(app: &TestApp, org: &Organisation, id: Id) -> Client {
    let email = format!("{id}@agents.example");
    app.write(|c| {
        let new = NewPerson {
            email: email.clone(),
            name: "Own".to_owned(),
            role: Role::Agent,
            password_hash: HASH.clone(),
            agent: Some(id),
            department: None,
        };
        Ok(accounts::create_person(
            c,
            org.id,
            new,
            "system",
            Instant::now(),
        )?)
    });
    let mut own = app.anonymous();
    let tokens = own.post(
        "/api/v1/tokens",
        &json!({ "email": email, "password": PASSWORD }),
    );
    own.bearer = tokens.json()["access_token"].as_str().map(str::to_owned);
    own
}

/// Comments about five agents of one team, with much trouble about pace, and one other team
/// without.
fn a_slow_team(app: &TestApp, org: &Organisation) {
    let slow = [
        "a horrible delay and slow service all day",
        "awfully slow and a terrible delay again",
        "he wasted my time for half an hour",
        "terribly slow service from the man on the line",
        "the whole thing was slow and awfully bad today",
        "slow, slow, slow and then nothing at all",
    ];
    let mut said: Vec<(&str, i64, &str)> = Vec::new();
    let agents = ["s1", "s2", "s3", "s4", "s5"];
    for i in 0..60 {
        let agent = agents[i % 5];
        said.push(if i % 4 == 0 {
            (agent, 2, slow[(i / 4) % 6])
        } else {
            (agent, 5, "very polite and patient with me")
        });
    }
    say(app, org, "Slow", &said);
    let others: Vec<(&str, i64, &str)> = (0..80)
        .map(|i| {
            (
                ["q1", "q2", "q3", "q4", "q5"][i % 5],
                5,
                "excellent explanation of every step",
            )
        })
        .collect();
    say(app, org, "Quick", &others);
}
