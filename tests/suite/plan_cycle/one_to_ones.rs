//! 1:1s: agenda, notes, actions, and who sees what.

use super::*;

const SECRET: &str = "Worried about her shifts";

fn on(days: i64) -> String {
    let day = Instant::now().plus(chrono::Duration::days(days)).date();
    day.to_string()
}

fn list(scene: &Scene) -> String {
    format!("/api/v1/agents/{}/one-to-ones", scene.agent)
}

/// A 1:1 that `coach` prepares; returns its address.
fn prepared(scene: &Scene, coach: &Client, body: &Value) -> String {
    let made = coach.post(&list(scene), body);
    assert_eq!(made.status, 201, "{}", made.text());
    let id = made.json()["id"].as_str().expect("an id").to_owned();
    format!("{}/{id}", list(scene))
}

/// The address at which the agent reads it.
fn own_address(address: &str) -> String {
    let id = address.rsplit('/').next().expect("an id");
    format!("/api/v1/me/one-to-ones/{id}")
}

fn put(client: &Client, address: &str, body: &Value) -> Reply {
    let bytes = body.to_string();
    client.send(
        "PUT",
        address,
        "application/json",
        Some(bytes.as_bytes()),
        &[],
    )
}

/// A held 1:1 with both kinds of notes.
fn held(scene: &Scene, coach: &Client) -> String {
    let address = prepared(
        scene,
        coach,
        &json!({ "date": on(-3), "agenda": ["Calm calls"], "shared": true }),
    );
    let content = json!({
        "date": on(-3), "held_on": on(-2), "agenda": ["Calm calls"],
        "shared_notes": "We listened\u{b}to two calls", "private_notes": SECRET, "shared": true,
    });
    let reply = put(coach, &address, &content);
    assert_eq!(reply.status, 204, "{}", reply.text());
    address
}

/// A second coach of the organisation.
fn another_coach(scene: &Scene) -> Client {
    let email = "second@acme.example";
    scene.app.write(|c| {
        let new = NewPerson {
            email: email.to_owned(),
            name: "Second coach".to_owned(),
            role: Role::Coach,
            password_hash: HASH.clone(),
            agent: None,
            department: None,
        };
        Ok(accounts::create_person(
            c,
            scene.org.id,
            new,
            "system",
            Instant::now(),
        )?)
    });
    let mut client = scene.app.anonymous();
    let body = json!({ "email": email, "password": PASSWORD });
    let reply = client.post("/api/v1/tokens", &body).json();
    client.bearer = reply["access_token"].as_str().map(str::to_owned);
    client
}

#[test]
fn only_the_author_reads_private_notes() {
    let scene = Scene::set();
    let coach = scene.app.api(&scene.org, Role::Coach);
    let address = held(&scene, &coach);
    assert_eq!(coach.get(&address).json()["private_notes"], SECRET);
    let page = |client: &Client, path: &str| client.get(path).text();
    let page_address = address.trim_start_matches("/api/v1").to_owned();
    let browser = scene.app.browser(&scene.org, Role::Coach);
    assert!(page(&browser, &page_address).contains(SECRET));

    let (second, admin) = (
        another_coach(&scene),
        scene.app.api(&scene.org, Role::Admin),
    );
    for reader in [&second, &admin] {
        let read = reader.get(&address);
        assert_eq!(read.status, 200);
        assert!(read.text().contains("We listened"));
        assert!(
            !read
                .json()
                .as_object()
                .expect("an object")
                .contains_key("private_notes")
        );
        for path in [
            &address,
            &page_address,
            &list(&scene),
            "/api/v1/teams",
            "/api/v1/audit",
        ] {
            assert!(!page(reader, path).contains(SECRET), "{path}");
        }
    }
    let (mine, list) = (own_address(&address), "/api/v1/me/one-to-ones".to_owned());
    let html = mine.trim_start_matches("/api/v1").to_owned();
    for path in [
        mine,
        list,
        html,
        "/api/v1/me".into(),
        "/me".into(),
        "/api/v1/me/export.json".into(),
    ] {
        let read = scene.own.get(&path);
        assert_eq!(read.status, 200, "{path}");
        assert!(!read.text().contains(SECRET), "{path}");
        assert!(!read.text().contains("private_notes"), "{path}");
    }
    let exported = scene.own.get("/api/v1/me/export.json").json();
    assert_eq!(
        exported["one_to_ones"][0]["shared_notes"],
        "We listened\nto two calls"
    );
}

#[test]
fn a_form_without_private_notes_keeps_them() {
    let scene = Scene::set();
    let coach = scene.app.api(&scene.org, Role::Coach);
    let address = held(&scene, &coach);
    let content = json!({ "date": on(-3), "held_on": on(-2), "agenda": ["One", " ", "Two"] });
    assert_eq!(put(&coach, &address, &content).status, 204);
    let read = coach.get(&address).json();
    assert_eq!(read["private_notes"], SECRET);
    assert_eq!(read["agenda"], json!(["One", "Two"]));
    assert!(
        read["shared_at"].is_string(),
        "what was shared stays shared"
    );
}

#[test]
fn the_agent_sees_a_one_to_one_after_it_was_shared_and_notes_after_it_was_held() {
    let scene = Scene::set();
    let coach = scene.app.api(&scene.org, Role::Coach);
    let address = prepared(
        &scene,
        &coach,
        &json!({ "date": on(2), "agenda": ["Calm calls"] }),
    );
    let mine = own_address(&address);
    let agenda = json!({ "lines": ["The new till"] });
    assert_eq!(scene.own.get(&mine).status, 404);
    assert_eq!(
        scene.own.post(&format!("{mine}/agenda"), &agenda).status,
        404
    );
    assert_eq!(
        scene.own.get("/api/v1/me/one-to-ones").json()["items"],
        json!([])
    );

    let mut content =
        json!({ "date": on(2), "agenda": ["Calm calls"], "shared_notes": "Draft", "shared": true });
    assert_eq!(put(&coach, &address, &content).status, 204);
    let read = scene.own.get(&mine).json();
    assert_eq!(
        (&read["state"], &read["shared_notes"]),
        (&json!("planned"), &json!(""))
    );
    assert_eq!(
        scene.own.post(&format!("{mine}/agenda"), &agenda).status,
        204
    );
    assert_eq!(coach.get(&address).json()["agent_agenda"], agenda["lines"]);

    content["held_on"] = json!(on(0));
    assert_eq!(put(&coach, &address, &content).status, 204);
    let read = scene.own.get(&mine).json();
    assert_eq!(
        (&read["state"], &read["shared_notes"]),
        (&json!("held"), &json!("Draft"))
    );
    assert_eq!(
        read["agent_agenda"], agenda["lines"],
        "the coach's form keeps them"
    );
    let late = scene.own.post(&format!("{mine}/agenda"), &agenda);
    refused(&late, 409, "conflict");
    let colleague = scene.app.api(&scene.org, Role::Agent);
    assert_eq!(colleague.get(&mine).status, 404);
}

#[test]
fn only_the_author_changes_and_deletes_a_one_to_one() {
    let scene = Scene::set();
    let (coach, second) = (
        scene.app.api(&scene.org, Role::Coach),
        another_coach(&scene),
    );
    let address = held(&scene, &coach);
    let content = json!({ "date": on(0) });
    refused(&put(&second, &address, &content), 409, "conflict");
    let delete = format!("{address}/delete");
    refused(&second.post(&delete, &json!({})), 409, "conflict");
    let stranger = scene.app.api(&scene.app.organisation("Else"), Role::Coach);
    assert_eq!(stranger.get(&address).status, 404);
    assert_eq!(put(&stranger, &address, &content).status, 404);

    let id: Id = address
        .rsplit('/')
        .next()
        .expect("an id")
        .parse()
        .expect("an id");
    let later = Instant::now().plus(chrono::Duration::hours(25));
    let refusal = scene.app.write(|c| {
        let people = accounts::people(c, scene.org.id)?;
        let author = people
            .iter()
            .find(|p| p.roles.contains(Role::Coach) && p.email.starts_with("coach"));
        let mut actor = crate::support::some_coach(scene.org.id);
        actor.person = author.expect("a coach").id;
        let deleted = coaching::one_to_ones::delete(c, &actor, scene.agent, id, later);
        Ok(deleted.expect_err("too late").to_string())
    });
    assert!(refusal.contains("for a day"), "{refusal}");
    assert_eq!(coach.post(&delete, &json!({})).status, 204);
    assert_eq!(coach.get(&address).status, 404);
    assert_eq!(scene.own.get(&own_address(&address)).status, 404);
}

#[test]
fn coach_and_agent_mark_actions_as_done() {
    let scene = Scene::set();
    let (coach, second) = (
        scene.app.api(&scene.org, Role::Coach),
        another_coach(&scene),
    );
    let address = held(&scene, &coach);
    let actions = format!("{address}/actions");
    let add = |owner: &str| {
        let action = json!({ "action": format!("Of the {owner}"), "owner": owner, "due": on(-1) });
        let reply = coach.post(&actions, &action);
        assert_eq!(reply.status, 201, "{}", reply.text());
        reply.json()["id"].as_str().expect("an id").to_owned()
    };
    let (agents, coachs) = (add("agent"), add("coach"));
    let overdue = || {
        let teams = coach.get("/api/v1/teams").json();
        let agents = teams["agents"].as_array().expect("agents").clone();
        let ann = agents
            .into_iter()
            .find(|a| a["agent"] == "ann")
            .expect("listed");
        (
            ann["overdue_actions"]["agent"].clone(),
            ann["overdue_actions"]["coach"].clone(),
        )
    };
    assert_eq!(overdue(), (json!(1), json!(1)));
    let mine = own_address(&address);
    let done = json!({ "done_on": on(0) });
    let own_done = |action: &str, body: &Value| {
        scene
            .own
            .post(&format!("{mine}/actions/{action}"), body)
            .status
    };
    assert_eq!(own_done(&coachs, &done), 404, "the coach's action");
    assert_eq!(own_done(&agents, &json!({ "done_on": on(2) })), 422);
    assert_eq!(own_done(&agents, &done), 204);
    assert_eq!(scene.own.get(&mine).json()["actions"][0]["done_on"], on(0));
    assert_eq!(own_done(&agents, &json!({ "done_on": null })), 204);
    // Another coach may mark it as done, but not remove it.
    assert_eq!(
        second.post(&format!("{actions}/{coachs}"), &done).status,
        204
    );
    assert_eq!(overdue(), (json!(1), json!(0)));
    refused(
        &second.post(&format!("{actions}/{coachs}/delete"), &json!({})),
        409,
        "conflict",
    );
    assert_eq!(
        coach
            .post(&format!("{actions}/{coachs}/delete"), &json!({}))
            .status,
        204
    );
    assert_eq!(
        coach.post(&format!("{actions}/{coachs}"), &done).status,
        404
    );
}

#[test]
fn the_agenda_comes_from_the_plan_and_from_open_actions() {
    let (scene, coach) = Scene::agreed();
    let agenda = || {
        let reply = coach.get(&format!("{}/agenda", list(&scene))).json();
        let lines = reply["lines"].as_array().expect("lines").iter();
        lines
            .map(|line| line.as_str().expect("text").to_owned())
            .collect::<Vec<_>>()
            .join("\n")
    };
    let due = on(4);
    scene.taken(
        &coach,
        json!({ "step": "promised", "promise": "A quiet room", "due": due }),
    );
    let view = json!({ "view": "The queue\nwas long" });
    let read = format!("/api/v1/me/plans/{}/acknowledge", scene.plan);
    assert_eq!(scene.own.post(&read, &view).status, 204);
    let address = held(&scene, &coach);
    let action = json!({ "action": "Sit with Kim", "owner": "agent" });
    coach.post(&format!("{address}/actions"), &action);
    let proposed = agenda();
    let order = [
        "How are things going?",
        "The queue was long",
        "Praise from a customer",
        "Learn the new till",
        "Next step: ",
        "A quiet room",
        "Check-in, due ",
        "Open action (agent): Sit with Kim",
    ];
    for line in order {
        assert!(proposed.contains(line), "{line} is not in {proposed}");
    }
    let places: Vec<_> = [
        "queue was long",
        "Praise from",
        "A quiet room",
        "Check-in",
        "Sit with Kim",
    ]
    .map(|line| proposed.find(line))
    .into();
    assert!(places.is_sorted(), "{proposed}");
    // Without an agenda of its own, a new 1:1 has the proposed one.
    let made = prepared(&scene, &coach, &json!({ "date": on(1) }));
    let stored = coach.get(&made).json();
    assert_eq!(
        stored["agenda"].as_array().map(Vec::len),
        Some(proposed.lines().count())
    );
}

#[test]
fn without_a_plan_the_agenda_begins_with_the_agent() {
    let scene = Scene::set();
    let coach = scene.app.api(&scene.org, Role::Coach);
    let agents = coach.get("/api/v1/agents?find=peer3").json();
    let peer = agents["items"][0]["id"].as_str().expect("an id").to_owned();
    let reply = coach
        .get(&format!("/api/v1/agents/{peer}/one-to-ones/agenda"))
        .json();
    assert_eq!(
        reply["lines"],
        json!(["How are things going? What do you want to talk about?"])
    );
}

#[test]
fn what_is_entered_is_bounded() {
    let scene = Scene::set();
    let coach = scene.app.api(&scene.org, Role::Coach);
    let lines = |count: usize, length: usize| vec!["x".repeat(length); count];
    for body in [
        json!({ "date": on(400) }),
        json!({ "date": on(-400) }),
        json!({ "date": on(0), "agenda": lines(31, 1) }),
        json!({ "date": on(0), "agenda": lines(1, 501) }),
    ] {
        refused(&coach.post(&list(&scene), &body), 422, "invalid");
    }
    let body = json!({ "date": on(0), "agenda": [" \u{202e}a\u{0}\nb\u{fffe} ", "\u{7}"], "shared": true });
    let address = prepared(&scene, &coach, &body);
    assert_eq!(coach.get(&address).json()["agenda"], json!(["a b"]));
    for content in [
        json!({ "date": on(0), "held_on": on(1) }),
        json!({ "date": on(0), "shared_notes": "x".repeat(8_001) }),
        json!({ "date": on(0), "private_notes": "x".repeat(8_001) }),
    ] {
        refused(&put(&coach, &address, &content), 422, "invalid");
    }
    let own = format!("{}/agenda", own_address(&address));
    refused(
        &scene.own.post(&own, &json!({ "lines": lines(11, 1) })),
        422,
        "invalid",
    );
    let actions = format!("{address}/actions");
    for action in [
        json!({ "action": " \u{0}", "owner": "coach" }),
        json!({ "action": "x".repeat(501), "owner": "coach" }),
        json!({ "action": "x", "owner": "coach", "due": on(800) }),
    ] {
        refused(&coach.post(&actions, &action), 422, "invalid");
    }
    let action = json!({ "action": "x", "owner": "coach" });
    for _ in 0..30 {
        assert_eq!(coach.post(&actions, &action).status, 201);
    }
    refused(&coach.post(&actions, &action), 422, "invalid");
}

#[test]
fn a_repeated_request_prepares_one_one_to_one() {
    let scene = Scene::set();
    let coach = scene.app.api(&scene.org, Role::Coach);
    let body = json!({ "date": on(1) }).to_string();
    let send = || {
        let key = [("Idempotency-Key", "k-1")];
        coach.send(
            "POST",
            &list(&scene),
            "application/json",
            Some(body.as_bytes()),
            &key,
        )
    };
    let (first, second) = (send().json(), send().json());
    assert_eq!(first["id"], second["id"]);
    let items = coach.get(&list(&scene)).json()["items"].clone();
    assert_eq!(items.as_array().map(Vec::len), Some(1));
}

#[test]
fn my_team_shows_the_last_and_the_next_one_to_one() {
    let scene = Scene::set();
    let coach = scene.app.api(&scene.org, Role::Coach);
    let ann = || {
        let teams = coach.get("/api/v1/teams").json();
        let agents = teams["agents"].as_array().expect("agents").clone();
        let ann = agents.into_iter().find(|a| a["agent"] == "ann");
        (ann.expect("listed"), teams["tasks"].clone())
    };
    assert_eq!(ann().0["last_one_to_one"], Value::Null);
    assert_eq!(ann().0["plan_state"], "proposed");
    held(&scene, &coach);
    prepared(&scene, &coach, &json!({ "date": on(3) }));
    let missed = prepared(&scene, &coach, &json!({ "date": on(-1) }));
    let (status, tasks) = ann();
    assert_eq!(status["last_one_to_one"], on(-2));
    assert_eq!(status["next_one_to_one"], on(3));
    let tasks = tasks.as_array().expect("tasks").iter();
    let due: Vec<_> = tasks.filter(|task| task["kind"] == "one_to_one").collect();
    assert_eq!(due.len(), 2, "{due:?}");
    assert_eq!(
        (&due[0]["missed"], &due[0]["plan_id"]),
        (&json!(true), &Value::Null)
    );
    assert!(missed.ends_with(due[0]["one_to_one_id"].as_str().expect("an id")));
    let page = scene
        .app
        .browser(&scene.org, Role::Coach)
        .get("/teams")
        .text();
    assert!(
        page.contains("Last 1:1") && page.contains("mark it as held"),
        "{page}"
    );
}

#[test]
fn the_forms_of_coach_and_agent() {
    let scene = Scene::set();
    let coach = scene.app.browser(&scene.org, Role::Coach);
    let list = format!("/agents/{}/one-to-ones", scene.agent);
    let new = coach.get(&format!("{list}/new")).text();
    assert!(new.contains("How are things going?"), "{new}");
    let bad = coach.form(&list, &[("date", "soon"), ("agenda", "Kept line")]);
    assert_eq!(bad.status, 422);
    assert!(bad.text().contains("Kept line"));
    let made = coach.form(
        &list,
        &[
            ("date", &on(-1)),
            ("agenda", "One\r\nTwo"),
            ("shared", "on"),
        ],
    );
    assert_eq!(made.status, 303, "{}", made.text());
    let page = made.leads_to();
    let today = on(0);
    let mut fields = vec![
        ("date", today.as_str()),
        ("held_on", "never"),
        ("agenda", "One"),
        ("shared_notes", "Went well"),
        ("private_notes", SECRET),
        ("state", "held"),
    ];
    let refusal = coach.form(&page, &fields);
    assert_eq!(refusal.status, 422);
    assert!(refusal.text().contains(SECRET) && refusal.text().contains("Went well"));
    fields[1].1 = &today;
    assert_eq!(coach.form(&page, &fields).status, 303);
    let actions = format!("{page}/actions");
    let nothing = coach.form(&actions, &[("action", " "), ("owner", "agent")]);
    assert_eq!(nothing.status, 422);
    let added = coach.form(
        &actions,
        &[
            ("action", "Sit with Kim"),
            ("owner", "agent"),
            ("due", &today),
        ],
    );
    assert_eq!(added.status, 303);
    let shown = coach.get(&list).text();
    assert!(
        shown.contains("held") && shown.contains("1 open action"),
        "{shown}"
    );
    let id = page.rsplit('/').next().expect("an id");
    let mine = scene.own.get(&format!("/me/one-to-ones/{id}")).text();
    assert!(
        mine.contains("Went well") && mine.contains("Sit with Kim"),
        "{mine}"
    );
    assert!(scene.own.get("/me").text().contains("My 1:1s"));
}
