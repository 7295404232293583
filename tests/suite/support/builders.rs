//! Organisations with agents and feedback, in a line each.

use rapport::{
    accounts::{self, Actor, NewPerson, Role},
    coaching::{self, CoachingError, StoredPlan, steps::NewStep},
    db::DbConnection,
    feedback::submissions,
    types::{Id, Instant},
    workforce::{self, NewAgent},
};
use serde_json::{Value, json};

use super::{
    app::{HASH, Organisation, PASSWORD, TestApp},
    client::Client,
};

/// A coach without an account.
pub fn some_coach(organisation: Id) -> Actor {
    Actor {
        organisation,
        person: Id::new(),
        roles: Role::Coach.into(),
        agent: None,
        api_key: None,
        name: String::new(),
    }
}

/// The person of an organisation who was created for a role.
pub fn person(app: &TestApp, organisation: &Organisation, role: Role) -> Id {
    let people = app.write(|c| Ok(accounts::people(c, organisation.id)?));
    let email = organisation.email(role);
    let found = people.iter().find(|person| person.email == email);
    found.expect("one of each role").id
}

/// A plan drafted for an agent and shared with them.
pub fn shared_plan(
    c: &mut DbConnection,
    organisation: Id,
    agent: Id,
    at: Instant,
) -> Result<StoredPlan, CoachingError> {
    let draft = coaching::create(c, organisation, "system", agent, at)?;
    let coach = some_coach(organisation);
    coaching::take_step(c, &coach, draft.id, NewStep::Shared {}, at)
}

/// A server with one organisation.
pub struct Scene {
    pub app: TestApp,
    pub org: Organisation,
    sent: std::cell::Cell<usize>,
}

/// A server with the organisation "Acme".
pub fn organisation() -> Scene {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    Scene {
        app,
        org,
        sent: std::cell::Cell::new(0),
    }
}

impl Scene {
    /// Signed in at the API.
    pub fn signed_in(&self, role: Role) -> Client {
        self.app.api(&self.org, role)
    }

    /// Another organisation on the same server, and its people.
    pub fn elsewhere(&self, role: Role) -> Client {
        let other = self.app.organisation("Elsewhere");
        self.app.api(&other, role)
    }

    /// An agent of team Blue, created if there is none with this reference.
    pub fn agent(&self, reference: &str) -> Id {
        let (organisation, now) = (self.org.id, Instant::now());
        self.app.write(|c| {
            if let Some(known) = workforce::find_by_reference(c, organisation, reference)? {
                return Ok(known.id);
            }
            let team = workforce::ensure_team(c, organisation, "Blue", now)?;
            let new = NewAgent {
                reference,
                name: reference,
                team: Some(team.id),
                hired: None,
            };
            Ok(workforce::add_agent(c, organisation, &new, now)?.id)
        })
    }

    /// An agent's own account, signed in at the API.
    pub fn signed_in_as(&self, reference: &str) -> Client {
        let agent = self.agent(reference);
        let email = format!("{reference}@acme.example");
        self.app.write(|c| {
            let new = NewPerson {
                email: email.clone(),
                name: reference.to_owned(),
                role: Role::Agent,
                password_hash: HASH.clone(),
                agent: Some(agent),
                department: None,
            };
            Ok(accounts::create_person(
                c,
                self.org.id,
                new,
                "system",
                Instant::now(),
            )?)
        });
        let mut client = self.app.anonymous();
        client.sign_in(&email, PASSWORD);
        client
    }

    /// A plan of an agent, shared.
    pub fn plan(&self, reference: &str) -> Id {
        let agent = self.agent(reference);
        self.app
            .write(|c| Ok(shared_plan(c, self.org.id, agent, Instant::now())?.id))
    }

    /// Feedback about an agent, to be described and sent.
    pub fn feedback(&self, agent: &str) -> Feedback<'_> {
        Feedback {
            scene: self,
            record: json!({
                "agent": agent,
                "team": "Blue",
                "channel": "phone",
                "issue": "order",
                "scale": "csat_1_5",
            }),
            days_ago: 1,
        }
    }
}

/// One customer's answer.
pub struct Feedback<'a> {
    scene: &'a Scene,
    record: Value,
    days_ago: i64,
}

impl Feedback<'_> {
    fn set(mut self, field: &str, value: impl Into<Value>) -> Self {
        self.record[field] = value.into();
        self
    }

    /// On the scale from 1 to 5.
    pub fn score(self, score: u8) -> Self {
        self.set("score", score)
    }

    pub fn comment(self, comment: &str) -> Self {
        self.set("comment", comment)
    }

    pub fn team(self, team: &str) -> Self {
        self.set("team", team)
    }

    pub fn channel(self, channel: &str) -> Self {
        self.set("channel", channel)
    }

    pub fn issue(self, issue: &str) -> Self {
        self.set("issue", issue)
    }

    pub fn days_ago(mut self, days: i64) -> Self {
        self.days_ago = days;
        self
    }

    /// Stores it; returns its external id.
    pub fn send(self) -> String {
        self.send_over(1, 0).pop().expect("one")
    }

    /// Stores `count` answers, each `apart` days before the one before; returns their external ids.
    pub fn send_over(self, count: usize, apart: i64) -> Vec<String> {
        let (scene, mut ids, mut records) = (self.scene, Vec::new(), Vec::new());
        for i in 0..count {
            let number = scene.sent.get() + 1;
            scene.sent.set(number);
            let id = format!("f{number}");
            let days = self.days_ago + i as i64 * apart;
            let at = Instant::now().plus(chrono::Duration::days(-days));
            let mut record = self.record.clone();
            record["external_id"] = id.clone().into();
            record["time"] = at.to_text().into();
            records.push(record);
            ids.push(id);
        }
        for some in records.chunks(500) {
            let (db, org) = (&scene.app.db, scene.org.id);
            let sent = submissions::submit(db, org, "system", some.to_vec(), Instant::now());
            let rejections = sent.expect("stores").rejections;
            assert!(rejections.is_empty(), "{rejections:?}");
        }
        ids
    }
}
