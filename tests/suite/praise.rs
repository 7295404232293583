//! Praise for agents, themes for departments, workshops for teams, and withheld insults.

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

/// Two complaints about waiting, which belong to another department, and praise for agent a.
fn waiting_and_praise() -> Scene {
    let scene = organisation();
    let a = scene
        .feedback("a")
        .team("Blue")
        .channel("phone")
        .issue("returns");
    a.score(1)
        .comment("I was on hold for an hour on Monday")
        .send();
    let b = scene.feedback("b").score(1).days_ago(2);
    b.comment("I was on hold for ages again").send_over(1, 0);
    scene
        .feedback("a")
        .score(5)
        .comment("very polite and patient man")
        .send();
    scene
}

#[test]
fn a_department_theme_lists_its_comments() {
    let scene = waiting_and_praise();
    let items = scene
        .signed_in(Role::Coach)
        .get("/api/v1/departments")
        .json()["items"]
        .clone();
    let items = items.as_array().expect("a list");
    let access = items
        .iter()
        .find(|i| i["theme"] == "access")
        .expect("listed");
    assert_eq!(access["comments"], 2, "{access}");
    assert_eq!(access["examples"].as_array().map(Vec::len), Some(2));
    let elsewhere = scene.elsewhere(Role::Coach).get("/api/v1/departments");
    assert_eq!(elsewhere.json()["items"], json!([]));
}

#[test]
fn an_invalid_status_of_a_department_theme_is_refused() {
    let scene = waiting_and_praise();
    let coach = scene.signed_in(Role::Coach);
    for (theme, status, note, code) in [
        ("courtesy", "acknowledged", "", "not_found"),
        ("access", "later", "", "invalid"),
        ("access", "wont_fix", " ", "reason_needed"),
    ] {
        let body = json!({ "status": status, "note": note });
        let reply = coach.post(&format!("/api/v1/departments/{theme}"), &body);
        assert_eq!(reply.code(), code);
    }
}

#[test]
fn the_status_of_a_department_theme_reaches_the_agent_and_the_plan() {
    let scene = waiting_and_praise();
    let (coach, own) = (scene.signed_in(Role::Coach), scene.signed_in_as("a"));
    assert_eq!(
        own.get("/api/v1/me").json()["not_yours"][0]["owner_status"],
        Value::Null
    );
    for (status, note) in [
        ("acknowledged", ""),
        ("in_progress", "Two more people from Monday"),
    ] {
        let body = json!({ "status": status, "note": note });
        assert_eq!(coach.post("/api/v1/departments/access", &body).status, 204);
    }
    let status = own.get("/api/v1/me").json()["not_yours"][0]["owner_status"].clone();
    assert_eq!(status["status"], "in_progress");
    assert_eq!(status["note"], "Two more people from Monday");
    let plan = scene.plan("a");
    let printed = coach.get(&format!("/api/v1/plans/{plan}/plan.md")).text();
    assert!(printed.contains("In progress"), "{printed}");
    assert!(printed.contains("Two more people"), "{printed}");
}

#[test]
fn a_department_sees_and_answers_for_its_own_themes_alone() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    say(
        &app,
        &org,
        "Blue",
        &[
            ("a", 1, "I was on hold for an hour on Monday"),
            ("b", 1, "I was charged twice on my invoice"),
        ],
    );
    let admin = app.api(&org, Role::Admin);
    let themes = |client: &Client| -> Vec<Value> {
        let items = client.get("/api/v1/departments").json()["items"].clone();
        let items = items.as_array().expect("a list").iter();
        items.map(|item| item["theme"].clone()).collect()
    };
    assert_eq!(themes(&admin), [json!("access"), json!("billing")]);
    // Of "Workforce planning", to whom access belongs.
    let own = app.api(&org, Role::Department);
    assert_eq!(themes(&own), [json!("access")]);
    let word = json!({ "status": "in_progress", "note": "Two more people" });
    assert_eq!(own.post("/api/v1/departments/access", &word).status, 204);
    let foreign = own.post("/api/v1/departments/billing", &word);
    assert_eq!(foreign.code(), "not_found");
    let page = app.browser(&org, Role::Department).get("/departments");
    assert!(
        page.text().contains("What your department owns")
            && page.text().contains("Workforce planning")
    );
    assert!(!page.text().contains("charged twice"));

    let person = |department: &str, role: &str| {
        let email = format!("{}@acme.example", Id::new());
        json!({ "name": "Bo", "email": email, "role": role, "password": PASSWORD, "department": department })
    };
    for (department, role, code) in [
        ("Catering", "department", "invalid"),
        ("", "department", "invalid"),
        ("Billing", "coach", "invalid"),
    ] {
        let reply = admin.post("/api/v1/people", &person(department, role));
        assert_eq!(reply.code(), code, "{department} {role}: {}", reply.text());
    }
    let wrong = admin.post("/api/v1/people", &person("Catering", "department"));
    assert!(
        wrong.text().contains("Workforce planning"),
        "{}",
        wrong.text()
    );
    let billing = person(" billing ", "department");
    assert_eq!(admin.post("/api/v1/people", &billing).status, 201);
    let mut other = app.anonymous();
    let sign_in = json!({ "email": billing["email"], "password": PASSWORD });
    let tokens = other.post("/api/v1/tokens", &sign_in).json();
    other.bearer = tokens["access_token"].as_str().map(str::to_owned);
    assert_eq!(themes(&other), [json!("billing")]);

    // Their department is called otherwise now: they see nothing, and never everything.
    let present = admin.get("/api/v1/taxonomy").json();
    let source = present["source"].as_str().expect("source");
    let source = source.replace("owner = \"Billing\"", "owner = \"Finance\"");
    let edition = json!({ "source": source, "note": "renamed", "instead_of": present["version"], "action": "save" });
    let renamed = admin.put("/api/v1/taxonomy", &edition);
    assert_eq!(renamed.status, 200, "{}", renamed.text());
    assert!(themes(&other).is_empty());
    let mut browser = app.anonymous();
    let signed_in = browser.form(
        "/sign-in",
        &[
            ("email", billing["email"].as_str().expect("text")),
            ("password", PASSWORD),
        ],
    );
    assert_eq!(signed_in.header("location"), Some("/departments"));
    browser.cookie = signed_in
        .header("set-cookie")
        .and_then(|cookie| cookie.split(';').next())
        .map(str::to_owned);
    let page = browser.get("/departments").text();
    assert!(
        page.contains("No theme belongs to “Billing” any more"),
        "{page}"
    );
    let people = admin.get("/api/v1/people").json()["items"].clone();
    let people = people.as_array().expect("a list");
    let id_of = |email: &Value| {
        let person = people.iter().find(|p| p["email"] == *email).expect("there");
        person["id"].as_str().expect("id").to_owned()
    };
    let change = |id: &str, name: &str| {
        let body = json!({ "department": name });
        admin.post(&format!("/api/v1/people/{id}/department"), &body)
    };
    let id = id_of(&billing["email"]);
    assert_eq!(change(&id, "Billing").code(), "invalid");
    let coach = id_of(&json!("coach@acme.example"));
    assert_eq!(change(&coach, "Finance").code(), "invalid");
    assert_eq!(change(&id, "finance").status, 204);
    assert_eq!(themes(&other), [json!("billing")]);
}

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

/// Comments about five agents of one team, with much trouble about pace, and one other team
/// without.
fn a_slow_team(app: &TestApp, org: &Organisation) {
    let slow = [
        "it took far too long to get an answer from her",
        "so slow that I nearly gave up waiting there",
        "he wasted my time for half an hour",
        "very slow service from the man on the line",
        "the whole thing was slow and clumsy today",
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
                "explained everything clearly to me",
            )
        })
        .collect();
    say(app, org, "Quick", &others);
}

#[test]
fn a_workshop_names_nobody_and_needs_enough_customers() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    a_slow_team(&app, &org);
    let mut c = app.db.connect().expect("connects");
    let teams = workforce::teams(&mut c, org.id).expect("reads");
    drop(c);
    let team = |name: &str| teams.iter().find(|t| t.name == name).expect("team").id;
    let coach = app.api(&org, Role::Coach);
    let export = coach.get(&format!("/api/v1/teams/{}/workshop.md", team("Slow")));
    assert_eq!(export.status, 200, "{}", export.text());
    let text = export.text();
    assert!(
        text.contains("Pace") && text.contains("The hour") && text.contains("Attendance"),
        "{text}"
    );
    let quotes = text
        .split("Handout")
        .nth(1)
        .expect("handout")
        .split("What good looks like")
        .next()
        .expect("quotes");
    assert_eq!(quotes.matches("a customer").count(), 5, "{quotes}");
    for name in ["s1", "s2", "s3", "s4", "s5", "Phone"] {
        assert!(!quotes.contains(name), "{name} in {quotes}");
    }
    for ending in ["pdf", "docx"] {
        assert_eq!(
            coach
                .get(&format!("/teams/{}/workshop.{ending}", team("Slow")))
                .status,
            200
        );
    }
    // A team without trouble to speak of has no workshop, and says why.
    assert_eq!(
        coach
            .get(&format!("/api/v1/teams/{}/workshop.md", team("Quick")))
            .code(),
        "too_few"
    );
    // The team's theme is offered where an agent's own comments show no focus area.
    let offered = coach
        .get(&format!("/api/v1/agents/{}", agent(&app, &org, "s1")))
        .json()["draft"]
        .clone();
    assert_eq!(offered["focus"], json!([]));
    let alternatives = offered["alternatives"].to_string();
    let asked = format!("{}{}", offered["worth_asking"], offered["for_the_coach"]);
    assert!(
        alternatives.contains("pace") || asked.contains("pace"),
        "{alternatives} {asked}"
    );
}

#[test]
fn one_angry_customer_is_not_five() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    // Eight comments about three agents mention the theme, but only one customer's could be read
    // aloud.
    let long = "it was so slow for me that day; he was very slow with my order; she was too slow to find it; they were slow to answer me at all; everything there is slow and tired";
    let mut said: Vec<(&str, i64, &str)> = vec![("v1", 1, long)];
    said.extend((0..9).map(|i| (["v1", "v2", "v3"][i % 3], 2, "so slow")));
    said.extend((0..20).map(|i| {
        (
            ["v1", "v2", "v3"][i % 3],
            5,
            "very polite and patient with me",
        )
    }));
    say(&app, &org, "Slow", &said);
    let mut c = app.db.connect().expect("connects");
    let team = workforce::teams(&mut c, org.id).expect("reads")[0].id;
    drop(c);
    let export = app
        .api(&org, Role::Coach)
        .get(&format!("/api/v1/teams/{team}/workshop.md"));
    assert_eq!(export.code(), "too_few", "{}", export.text());
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
    assert!(
        coach
            .get(&plan)
            .text()
            .contains("explained everything clearly")
    );
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
    assert!(
        !coach
            .get(&plan)
            .text()
            .contains("explained everything clearly")
    );
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
    let corrected = vec![record("that bloody foreigner")];
    submissions::submit_mapped(
        &app.db,
        org.id,
        "system",
        "t",
        &mapping,
        corrected,
        Instant::now(),
    )
    .expect("taken");
    c = app.db.connect().expect("connects");
    assert_eq!(held(&mut c), 1);
}

#[test]
fn plans_for_a_team_are_made_in_the_background() {
    let app = TestApp::start();
    let (org, other) = (app.organisation("Acme"), app.organisation("Else"));
    a_slow_team(&app, &org);
    let mut c = app.db.connect().expect("connects");
    let team = workforce::teams(&mut c, org.id).expect("reads")[0].id;
    drop(c);
    let coach = app.api(&org, Role::Coach);
    let ask = || coach.post(&format!("/api/v1/teams/{team}/exports"), &json!({}));
    let asked = ask();
    assert_eq!(asked.status, 202, "{}", asked.text());
    let id = asked.json()["id"].as_str().expect("id").to_owned();
    assert_eq!(
        coach.get(&format!("/api/v1/exports/{id}/plans.zip")).status,
        404,
        "not ready yet"
    );
    app.run_jobs();
    let export = coach.get(&format!("/api/v1/exports/{id}")).json();
    assert_eq!(
        (&export["state"], &export["done"], &export["total"]),
        (&json!("ready"), &json!(5), &json!(5)),
        "{export}"
    );
    let zip = coach.get(&format!("/api/v1/exports/{id}/plans.zip"));
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(zip.body)).expect("an archive");
    assert_eq!(archive.len(), 5);
    let mut first = Vec::new();
    archive
        .by_index(0)
        .expect("a file")
        .read_to_end(&mut first)
        .expect("reads");
    assert!(first.starts_with(b"%PDF"));
    // Once more: who has a plan keeps it.
    let plans = |c: &mut rapport::db::DbConnection| {
        rapport::coaching::agents_with_plans(c, org.id)
            .expect("reads")
            .len()
    };
    let again = ask().json()["id"].as_str().expect("id").to_owned();
    app.run_jobs();
    assert_eq!(
        coach.get(&format!("/api/v1/exports/{again}")).json()["state"],
        "ready"
    );
    let mut c = app.db.connect().expect("connects");
    assert_eq!(plans(&mut c), 5);
    let own = rapport::coaching::plans_of(&mut c, org.id, agent(&app, &org, "q1"))
        .expect("reads")
        .len();
    let slow = rapport::coaching::plans_of(&mut c, org.id, agent(&app, &org, "s1"))
        .expect("reads")
        .len();
    assert_eq!(own + slow, 1, "one plan an agent, one team");
    assert_eq!(
        app.api(&other, Role::Coach)
            .get(&format!("/api/v1/exports/{id}"))
            .status,
        404
    );
}

#[test]
fn a_brief_is_in_the_order_of_the_talk() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    a_slow_team(&app, &org);
    let coach = app.api(&org, Role::Coach);
    let plan = coach
        .post(
            &format!("/api/v1/agents/{}/plans", agent(&app, &org, "s1")),
            &json!({}),
        )
        .json();
    let text = coach
        .get(&format!(
            "/api/v1/plans/{}/brief.md",
            plan["id"].as_str().expect("id")
        ))
        .text();
    let at = |part: &str| {
        text.find(part)
            .unwrap_or_else(|| panic!("{part} is not in {text}"))
    };
    let order = [
        "The agent first",
        "Goal",
        "Reality",
        "Options",
        "Will",
        "Afterwards",
    ]
    .map(at);
    assert!(order.windows(2).all(|w| w[0] < w[1]), "{order:?}");
}

#[test]
fn an_overview_hides_small_teams_and_says_what_is_new() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    a_slow_team(&app, &org);
    say(
        &app,
        &org,
        "Tiny",
        &[("t1", 5, "fine by me, thank you"); 30],
    );
    let coach = app.api(&org, Role::Coach);
    let seen = coach.get("/api/v1/overview").json();
    let teams = seen["overview"]["teams"].as_array().expect("teams").clone();
    let of = |name: &str| {
        teams
            .iter()
            .find(|t| t["name"] == name)
            .expect("team")
            .clone()
    };
    assert_eq!(of("Tiny")["rate"], Value::Null);
    // One hidden team alone would be the total less the others: another is hidden with it.
    assert_eq!(
        teams.iter().filter(|t| t["rate"].is_null()).count(),
        2,
        "{teams:?}"
    );
    let new = |v: &Value, action: &str| {
        v["since"]["events"]
            .as_array()
            .and_then(|n| n.iter().find(|n| n["action"] == action))
            .map(|n| n["count"].clone())
    };
    assert_eq!(
        new(&seen, "feedback.import_started"),
        Some(json!(3)),
        "{}",
        seen["since"]
    );
    let browser = app.browser(&org, Role::Coach);
    assert_eq!(browser.form("/overview/seen", &[]).status, 303);
    assert_eq!(
        new(
            &coach.get("/api/v1/overview").json(),
            "feedback.import_started"
        ),
        None
    );
    // Somebody else has not seen it yet.
    let other = app.api(&org, Role::Analyst).get("/api/v1/overview").json();
    assert_eq!(new(&other, "feedback.import_started"), Some(json!(3)));
}

/// Trouble by team, where nobody can be made out by it; what few say is not counted out.
#[test]
fn an_overview_says_where_the_trouble_is() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    a_slow_team(&app, &org);
    let mut said: Vec<(&str, i64, &str)> = Vec::new();
    for i in 0..60 {
        let agent = ["r1", "r2", "r3", "r4", "r5"][i % 5];
        let text = if i < 2 {
            "she was rude to me"
        } else {
            "quick answer"
        };
        said.push((agent, 5, text));
    }
    say(&app, &org, "Third", &said);
    let coach = app.api(&org, Role::Coach);
    let read = || coach.get("/api/v1/overview").json()["overview"]["team_themes"].clone();
    let found = read();
    let theme = |part: &str| {
        let themes = found["themes"].as_array().expect("themes");
        let at = themes
            .iter()
            .position(|t| t.as_str().is_some_and(|t| t.contains(part)));
        at.expect("is among them")
    };
    let (pace, courtesy) = (theme("Pace"), theme("Courtesy"));
    let line = |name: &str| {
        let teams = found["teams"].as_array().expect("teams").iter();
        teams
            .clone()
            .find(|t| t["name"] == name)
            .expect("shown")
            .clone()
    };
    assert_eq!(line("Slow")["comments"], 60);
    assert!(
        line("Slow")["trouble"][pace]
            .as_u64()
            .is_some_and(|n| n > 8),
        "{found}"
    );
    assert_eq!(line("Quick")["trouble"][pace], 0);
    assert_eq!(line("Third")["trouble"][courtesy], Value::Null, "{found}");
    let page = app.browser(&org, Role::Coach).get("/overview").text();
    assert!(page.contains("Complaints by team") && page.contains(">few<"));
    // A team of one shows in no difference either: another team goes with it.
    say(&app, &org, "Tiny", &[("t1", 1, "he was rude"); 30]);
    let names: Vec<_> = read()["teams"]
        .as_array()
        .expect("teams")
        .iter()
        .map(|t| t["name"].clone())
        .collect();
    assert_eq!(names.len(), 2, "{names:?}");
    assert!(!names.contains(&json!("Tiny")));
}

#[test]
fn practice_can_be_edited_and_old_plans_keep_what_they_had() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    a_slow_team(&app, &org);
    let coach = app.api(&org, Role::Coach);
    let present = coach.get("/api/v1/practice").json();
    let source = present["source"].as_str().expect("source");
    let save = |source: &str, instead_of: i64| {
        coach.put(
            "/api/v1/practice",
            &json!({ "source": source, "note": "", "instead_of": instead_of }),
        )
    };
    assert_eq!(
        save("[[themes]]\ntheme = \"pace\"", 0).code(),
        "library_invalid"
    );
    let plan = || {
        let made = coach
            .post(
                &format!("/api/v1/agents/{}/plans", agent(&app, &org, "q1")),
                &json!({}),
            )
            .json();
        made["id"].as_str().expect("id").to_owned()
    };
    let print = |id: &str| coach.get(&format!("/api/v1/plans/{id}/plan.md")).text();
    let old = plan();
    let before = print(&old);
    let line = "Fits words to the person and ends with a recap";
    assert!(before.contains(line), "{before}");
    let edited = source.replace(line, "Draws it on paper, and ends with a recap");
    assert_eq!(save(&edited, 0).json()["version"], 1);
    assert_eq!(save(&edited, 0).status, 409);
    assert_eq!(print(&old), before);
    assert!(print(&plan()).contains("Draws it on paper"));
}
