//! Every route as every role, as a stranger, and for another organisation's things.

use rapport::{
    accounts::{self, NewPerson, Role},
    coaching,
    feedback::{self, Mapping},
    locale::Locale,
    praise, quality,
    types::Instant,
    web::{auth::Access, routes::ROUTES},
    workforce,
};
use serde_json::json;

use crate::support::{Client, HASH, Organisation, PASSWORD, Reply, TestApp, invite, shared_plan};

/// One organisation's things, by the names the paths use.
pub struct Things {
    vacancy: String,
    candidate: String,
    token: String,
    import: String,
    pub agent: String,
    plan: String,
    team: String,
    source: String,
    comment: String,
    redaction: String,
    job: String,
    export: String,
    pause: String,
    issue: String,
    observation: String,
    one_to_one: String,
    /// An action of the 1:1.
    action: String,
    /// An upload of scorecards whose columns are not mapped.
    quality: String,
    /// Somebody who speaks for a department, and whose account may be closed.
    person: String,
    api_key: String,
    /// A mail that waits in the outbox.
    mail: String,
    /// Token of the one-time link in it.
    account_link: String,
    organisation: String,
}

fn past_pause() -> coaching::pauses::NewPause {
    let day = |days: i64| (Instant::now().0 - chrono::Duration::days(days)).date_naive();
    coaching::pauses::NewPause {
        agent: None,
        team: None,
        reason: coaching::Reason::Leave,
        first_day: day(300),
        last_day: day(298),
    }
}

fn observed_today() -> coaching::observation::NewObservation {
    let seen = coaching::observation::Sighting::Seen;
    coaching::observation::NewObservation {
        date: Instant::now().date(),
        channel: String::new(),
        contact: String::new(),
        behaviours: [("patience".to_owned(), seen)].into(),
        note: String::new(),
    }
}

/// A shared 1:1 of an agent with an action.
fn one_to_one(
    c: &mut rapport::db::DbConnection,
    by: &accounts::Actor,
    agent: rapport::types::Id,
) -> anyhow::Result<(String, String)> {
    use coaching::one_to_ones::{add_action, create};
    let now = Instant::now();
    let new = serde_json::from_value(json!({ "date": now.date(), "shared": true }))?;
    let made = create(c, by, agent, &new, rapport::locale::Locale::english(), now)?;
    let action = serde_json::from_value(json!({ "action": "Sit with Kim", "owner": "agent" }))?;
    let action = add_action(c, by, (agent, made.id), &action, now)?;
    Ok((made.id.to_string(), action.id.to_string()))
}

/// An API key that an administrator created.
fn api_key(
    c: &mut rapport::db::DbConnection,
    organisation: rapport::types::Id,
) -> anyhow::Result<String> {
    use accounts::api_keys::{KeyScope, NewApiKey, create};
    let people = accounts::people(c, organisation)?;
    let person = people.into_iter().find(|p| p.roles.contains(Role::Admin));
    let admin = accounts::Actor {
        organisation,
        person: person.expect("one of each role").id,
        roles: Role::Admin.into(),
        agent: None,
        api_key: None,
        name: String::new(),
    };
    let new = NewApiKey {
        name: "Survey tool".to_owned(),
        scopes: vec![KeyScope::WriteFeedback],
        days: 90,
    };
    Ok(create(c, &admin, "a secret of no server", &new, Instant::now())?.to_string())
}

/// An account that may be changed.
fn some_person(
    c: &mut rapport::db::DbConnection,
    org: &Organisation,
) -> anyhow::Result<rapport::types::Id> {
    let new = NewPerson {
        email: format!("some.department@{}.example", org.name.to_lowercase()),
        name: "Some Department".to_owned(),
        role: Role::Department,
        password_hash: HASH.clone(),
        agent: None,
        department: Some("Workforce planning".to_owned()),
    };
    Ok(accounts::create_person(
        c,
        org.id,
        new,
        "system",
        Instant::now(),
    )?)
}

/// A mail with a one-time link for a person.
fn some_mail(
    c: &mut rapport::db::DbConnection,
    organisation: rapport::types::Id,
    person: rapport::types::Id,
) -> anyhow::Result<rapport::mail::Mail> {
    let postage = accounts::Postage {
        base_url: String::new(),
        locale: rapport::locale::Locale::english(),
        has_server: false,
    };
    accounts::mail_link(c, organisation, person, &postage, "system", Instant::now())?;
    let mails = rapport::mail::mails(c, organisation)?;
    Ok(mails.into_iter().next().expect("a mail"))
}

fn some_issue() -> praise::issues::NewIssue {
    serde_json::from_value(json!({ "theme": "access", "title": "Too few people" }))
        .expect("an issue")
}

pub fn things(app: &TestApp, org: &Organisation) -> Things {
    let recruiter = app.api(org, Role::Recruiter);
    let (vacancy, candidate, token) = invite(&recruiter, org, "kim@candidate.example");
    let now = Instant::now();
    let (import, agent, plan, team) = app.write(|c| {
        let team = workforce::ensure_team(c, org.id, "Blue", now)?.id;
        let mapping = Mapping::shipped("standard")?;
        let import = feedback::upload::begin_import(
            c,
            org.id,
            "system",
            "x.csv",
            &mapping,
            feedback::upload::Duplicates::Skip,
            now,
        )?;
        let new = workforce::NewAgent {
            reference: "A1",
            name: "Agent One",
            team: Some(team),
            hired: None,
        };
        let agent = workforce::add_agent(c, org.id, &new, now)?;
        let plan = shared_plan(c, org.id, agent.id, now)?;
        Ok((import.id, agent.id, plan.id, team))
    });
    let record = json!({ "external_id": "p1", "agent": "A1", "time": "2026-01-02", "comment": "very polite, write to jo@customer.example" });
    feedback::submissions::submit(&app.db, org.id, "system", vec![record], now).expect("taken");
    let admin = rapport::accounts::Actor {
        organisation: org.id,
        person: rapport::types::Id::new(),
        roles: Role::Admin.into(),
        agent: None,
        api_key: None,
        name: String::new(),
    };
    let scorecards = b"Agent,Date,Greeting\nA1,2026-01-02,yes\n";
    let quality = app.write(|c| {
        let uploaded = quality::import::upload(c, org.id, "system", "q.csv", scorecards, now);
        Ok(uploaded?)
    });
    let (source, comment, redaction, export, pause, observation, person, issue) = app.write(|c| {
        let mapping = feedback::mapping::SHIPPED[1].1;
        let source = feedback::sources::save(c, &admin, "Tool", mapping, now)?;
        let rows = feedback::feedback_by_external_ids(c, org.id, &["p1".to_owned()])?;
        let (redactions, _) = feedback::redactions::redactions(c, org.id, None)?;
        Ok((
            source,
            rows[0].id,
            redactions[0].id,
            coaching::plan_export::request(c, &admin, team, Locale::english(), now)?,
            // Long before: it keeps nobody from anything.
            coaching::pauses::begin(c, &admin, &past_pause(), now)?,
            coaching::observations::record(c, &admin, agent, &observed_today(), now)?.id,
            some_person(c, org)?,
            praise::issues::create(c, &admin, &some_issue(), now)?,
        ))
    });
    let mail = app.write(|c| some_mail(c, org.id, person));
    let jobs = app.write(|c| Ok(rapport::jobs::jobs(c, Some(org.id), now)?));
    let job = jobs.first().expect("the export's at least").id;
    let (one_to_one, action) = app.write(|c| one_to_one(c, &admin, agent));
    let api_key = app.write(|c| api_key(c, org.id));
    Things {
        api_key,
        source: source.to_string(),
        comment: comment.to_string(),
        redaction: redaction.to_string(),
        job: job.to_string(),
        export: export.to_string(),
        pause: pause.to_string(),
        issue: issue.to_string(),
        observation: observation.to_string(),
        one_to_one,
        action,
        quality: quality.to_string(),
        person: person.to_string(),
        account_link: mail.link.rsplit('/').next().unwrap_or_default().to_owned(),
        mail: mail.id.to_string(),
        organisation: org.id.to_string(),
        vacancy,
        candidate,
        token,
        import: import.to_string(),
        agent: agent.to_string(),
        plan: plan.to_string(),
        team: team.to_string(),
    }
}

pub fn fill(path: &str, t: &Things) -> String {
    let id = match path.trim_start_matches("/api/v1") {
        p if p.starts_with("/vacancies") => &t.vacancy,
        p if p.starts_with("/candidates") => &t.candidate,
        p if p.starts_with("/feedback/sources") => &t.source,
        p if p.starts_with("/feedback") => &t.import,
        p if p.starts_with("/comments") => &t.comment,
        p if p.starts_with("/redactions") => &t.redaction,
        p if p.starts_with("/jobs") => &t.job,
        p if p.starts_with("/exports") => &t.export,
        p if p.starts_with("/pauses") => &t.pause,
        p if p.starts_with("/issues") => &t.issue,
        p if p.starts_with("/people") => &t.person,
        p if p.starts_with("/api-keys") => &t.api_key,
        p if p.starts_with("/outbox") || p.starts_with("/mails") => &t.mail,
        p if p.starts_with("/quality") => &t.quality,
        p if p.starts_with("/agents") => &t.agent,
        p if p.starts_with("/teams") => &t.team,
        p if p.starts_with("/me/one-to-ones") => &t.one_to_one,
        p if p.contains("/plans") => &t.plan,
        _ => "",
    };
    assert!(
        !path.contains("{id}") || !id.is_empty(),
        "say here what {{id}} is in {path}"
    );
    let filled = path
        .replace("{id}", id)
        .replace("{token}", &t.token)
        .replace("{link}", &t.account_link)
        .replace("{format}", "json")
        .replace("{page}", "1")
        .replace("{item}", "patience1")
        .replace("{organisation}", &t.organisation)
        .replace("{source}", &t.source)
        .replace("{observation}", &t.observation)
        .replace("{one_to_one}", &t.one_to_one)
        .replace("{action}", &t.action)
        .replace("{day}", &t.plan)
        // One that is not there: to end one that is there would sign somebody out.
        .replace("{session}", &t.plan)
        .replace("{theme}", "access")
        .replace("{edit}", "1")
        .replace("{week}", "newest")
        .replace("{name}", "style.css");
    assert!(
        !filled.contains('{'),
        "say here what stands for the rest of {path}"
    );
    filled
}

/// A body that would be taken, so that what is refused is refused for who asks.
pub fn call(client: &Client, method: &str, path: &str, filled: &str, org: &Organisation) -> Reply {
    if method == "GET" {
        return client.get(filled);
    }
    let is_upload = ["/import", "/feedback/imports", "/quality/imports"];
    if is_upload.iter().any(|end| path.ends_with(end)) {
        return client.upload(
            filled,
            &[("mapping", "standard")],
            b"name,email\nA B,a.b@candidate.example\n",
        );
    }
    if path == "/api/v1/people/{id}/roles" {
        return client.put(filled, &json!({ "roles": ["department"] }));
    }
    let questionnaire = org.questionnaire.to_string();
    let last_year = past_pause().first_day.to_string();
    let fields: Vec<(&str, &str)> = match path.trim_start_matches("/api/v1") {
        "/vacancies" => vec![("title", "T"), ("questionnaire_id", &questionnaire)],
        p if p.ends_with("/candidates") => {
            vec![("name", "A B"), ("email", "new@candidate.example")]
        }
        p if p.ends_with("/decision") => vec![("decision", "hold"), ("reason", "to be seen")],
        p if p.ends_with("/hire") => vec![("team", "Blue"), ("reference", "R-9")],
        p if p.ends_with("/references") => vec![("reference", "R-10")],
        p if p.ends_with("/tally/sharing") => vec![("shared", "yes")],
        p if p.ends_with("/acknowledge") => vec![("view", "fine")],
        p if p.ends_with("/department") => vec![("department", "Billing")],
        p if p.ends_with("/roles") => vec![("role", "department")],
        p if p.starts_with("/issues") => {
            vec![("theme", "access"), ("title", "T"), ("status", "open")]
        }
        p if p.starts_with("/departments") => vec![("status", "open")],
        "/pauses" => vec![
            ("reason", "leave"),
            ("first_day", &last_year),
            ("last_day", &last_year),
        ],
        p if p.ends_with("/one-to-ones") || p.ends_with("{one_to_one}") => {
            vec![("date", &last_year), ("held_on", &last_year)]
        }
        p if p.ends_with("/actions") => vec![("action", "Sit with Kim"), ("owner", "agent")],
        p if p.ends_with("/moderation") => vec![("released", "no"), ("reason", "unfair")],
        "/feedback/sources" => vec![
            ("name", "New"),
            ("mapping", feedback::mapping::SHIPPED[1].1),
        ],
        "/working-days" => vec![("time_zone", "Europe/Athens"), ("region", "GR")],
        "/people" => vec![("name", "N"), ("email", "n@x.example"), ("role", "coach")],
        // Wrong on purpose: the right one would end the sessions this test still needs.
        "/account/password" => vec![("present", "wrong"), ("new", "another good password")],
        _ => vec![],
    };
    if path.starts_with("/api/") {
        let body: serde_json::Map<String, serde_json::Value> = fields
            .iter()
            .map(|(n, v)| ((*n).to_owned(), json!(v)))
            .collect();
        return client.send(
            method,
            filled,
            "application/json",
            Some(json!(body).to_string().as_bytes()),
            &[],
        );
    }
    client.form(filled, &fields)
}

#[test]
fn every_route_knows_who_may_call_it() {
    // Hundreds of sign-ins, each from a source of its own.
    let app = TestApp::start_with(|config| config.trusted_proxies = 1);
    let (ours, theirs) = (app.organisation("Ours"), app.organisation("Theirs"));
    let t = things(&app, &ours);
    let foreign = things(&app, &theirs);
    let stranger = app.anonymous();
    // What candidates do comes first: a recruiter's new link would end theirs.
    let mut routes: Vec<_> = ROUTES
        .iter()
        .filter(|r| !r.path.contains("sign-out"))
        .collect();
    routes.sort_by_key(|r| r.access != Access::Public);
    for route in routes {
        let (method, path) = (route.method.as_str(), route.path);
        let own = fill(path, &t);
        let Access::Roles(allowed) = route.access else {
            let reply = call(&stranger, method, path, &own, &ours);
            assert!(
                ![403, 404, 405, 500].contains(&reply.status),
                "{method} {path} as a stranger: {}",
                reply.status
            );
            continue;
        };
        assert_eq!(
            call(&stranger, method, path, &own, &ours).status,
            401,
            "{method} {path} as a stranger"
        );
        for role in Role::ALL {
            for in_browser in [false, true] {
                // One after the other: a client may end the other sessions of its person.
                let client = match in_browser {
                    true => app.browser(&ours, role),
                    false => app.api(&ours, role),
                };
                let reply = call(&client, method, path, &own, &ours);
                if !allowed.contains(&role) {
                    assert_eq!(reply.status, 403, "{method} {path} as {role:?}");
                    continue;
                }
                assert!(
                    ![401, 403, 405, 500].contains(&reply.status),
                    "{method} {path} as {role:?}: {} {}",
                    reply.status,
                    reply.text()
                );
                if path.contains("{id}") {
                    let reply = call(&client, method, path, &fill(path, &foreign), &ours);
                    assert_eq!(
                        reply.status,
                        404,
                        "{method} {path} as {role:?} for another organisation's: {}",
                        reply.text()
                    );
                }
            }
        }
    }
}

#[test]
fn an_agent_sees_their_own_plan_and_no_other() {
    let app = TestApp::start();
    let org = app.organisation("Ours");
    let t = things(&app, &org);
    let now = Instant::now();
    let agent = t.agent.parse().expect("id");
    app.write(|c| {
        let new = NewPerson {
            email: "own@ours.example".to_owned(),
            name: "Own".to_owned(),
            role: Role::Agent,
            password_hash: HASH.clone(),
            agent: Some(agent),
            department: None,
        };
        Ok(accounts::create_person(c, org.id, new, "system", now)?)
    });
    let mut own = app.anonymous();
    own.bearer = own
        .post(
            "/api/v1/tokens",
            &json!({ "email": "own@ours.example", "password": PASSWORD }),
        )
        .json()["access_token"]
        .as_str()
        .map(str::to_owned);
    let other = app.api(&org, Role::Agent);
    let plan = format!("/api/v1/plans/{}", t.plan);
    assert_eq!((own.get(&plan).status, other.get(&plan).status), (200, 404));
    let view = json!({ "view": "The queue was long that week" });
    let acknowledge = format!("/api/v1/me/plans/{}/acknowledge", t.plan);
    assert_eq!(other.post(&acknowledge, &view).status, 404);
    assert_eq!(own.post(&acknowledge, &view).status, 204);
    let read = app.api(&org, Role::Coach).get(&plan).json();
    assert_eq!(read["agent_view"], "The queue was long that week");
    assert!(
        own.get("/api/v1/me").json()["plans"]
            .as_array()
            .is_some_and(|p| p.len() == 1)
    );
}
