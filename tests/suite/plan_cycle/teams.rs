//! The teams that a coach follows: what is to be done, and where each agent stands.

use super::*;

fn kinds(reply: &Value) -> Vec<&str> {
    let tasks = reply["tasks"].as_array().expect("tasks").iter();
    tasks
        .map(|task| task["kind"].as_str().expect("a kind"))
        .collect()
}

fn agent<'a>(reply: &'a Value, name: &str) -> &'a Value {
    let mut agents = reply["agents"].as_array().expect("agents").iter();
    agents.find(|agent| agent["agent"] == name).expect("listed")
}

#[test]
fn a_coach_sees_what_is_to_be_done() {
    let scene = Scene::set();
    let coach = scene.app.api(&scene.org, Role::Coach);
    let teams = || coach.get("/api/v1/teams").json();
    assert_eq!(kinds(&teams()), ["unread"]);
    let drafts = format!("/api/v1/agents/{}/plans", scene.agent);
    assert_eq!(coach.post(&drafts, &json!({})).status, 201);
    assert_eq!(
        kinds(&teams()),
        ["unread"],
        "a draft does not hide the shared plan"
    );
    let read = format!("/api/v1/me/plans/{}/acknowledge", scene.plan);
    assert!(scene.own.post(&read, &json!({ "view": "" })).status < 300);
    assert!(kinds(&teams()).is_empty());
    let due = Instant::now().date() + chrono::Duration::days(3);
    for step in [
        json!({ "step": "accepted", "items": [{ "theme": "patience" }] }),
        json!({ "step": "promised", "promise": "Two hours off the phone", "due": due }),
    ] {
        scene.taken(&coach, step);
    }
    let dispute = json!({ "point": "patience", "reason": "the line was bad" });
    let disputes = format!("/api/v1/me/plans/{}/disputes", scene.plan);
    assert_eq!(scene.own.post(&disputes, &dispute).status, 201);
    let reply = teams();
    let mut found = kinds(&reply);
    found.sort_unstable();
    assert!(
        found.contains(&"dispute") && found.contains(&"promise"),
        "{reply}"
    );
    let ann = agent(&reply, "ann");
    assert_eq!(ann["plan_id"], json!(scene.plan));
    let plan = coach.get(&format!("/api/v1/plans/{}", scene.plan)).json();
    let title = &plan["progress"]["items"][0]["title"];
    assert_eq!(ann["working_on"], json!([title]));
    assert_eq!(ann["check_ins"][0], 0);
    assert_eq!(agent(&reply, "peer0")["plan_id"], Value::Null);
    let page = scene
        .app
        .browser(&scene.org, Role::Coach)
        .get("/teams")
        .text();
    assert!(page.contains("Two hours off the phone"), "{page}");
    assert!(!page.contains("%"), "no figures about agents: {page}");
}

#[test]
fn a_coach_begins_with_the_teams_they_coach() {
    let scene = Scene::set();
    let coach = scene.app.api(&scene.org, Role::Coach);
    scene.app.write(|c| {
        let red = workforce::ensure_team(c, scene.org.id, "Red", Instant::now())?;
        let new = workforce::NewAgent {
            reference: "rita",
            name: "Rita",
            team: Some(red.id),
            hired: None,
        };
        Ok(workforce::add_agent(c, scene.org.id, &new, Instant::now())?)
    });
    let names = |address: &str| -> Vec<String> {
        let reply = coach.get(address).json();
        let agents = reply["agents"].as_array().expect("agents").iter();
        agents
            .map(|a| a["agent"].as_str().expect("a name").to_owned())
            .collect()
    };
    let reply = coach.get("/api/v1/teams").json();
    let teams = reply["teams"].as_array().expect("teams").clone();
    let red = teams
        .iter()
        .find(|team| team["name"] == "Red")
        .expect("Red")["id"]
        .clone();
    let all = names("/api/v1/teams");
    assert!(all.len() > 1 && all.contains(&"Rita".to_owned()), "{all:?}");
    let chosen = coach.put("/api/v1/teams/coached", &json!({ "teams": [red] }));
    assert_eq!(chosen.status, 204, "{}", chosen.text());
    assert_eq!(names("/api/v1/teams"), ["Rita"]);
    assert_eq!(names("/api/v1/teams?all=true"), all);
    let foreign = scene.app.organisation("Elsewhere");
    let elsewhere = scene.app.api(&foreign, Role::Coach);
    let body = json!({ "teams": [red] });
    assert_eq!(elsewhere.put("/api/v1/teams/coached", &body).status, 404);
    let address = format!("/api/v1/teams?team={}", red.as_str().expect("an id"));
    assert_eq!(elsewhere.get(&address).status, 404);
    let browser = scene.app.browser(&scene.org, Role::Coach);
    assert_eq!(browser.form("/teams/coached", &[]).status, 303);
    assert_eq!(names("/api/v1/teams"), all, "none is chosen again");
}
