//! The comments about an agent, for their coach.

use super::*;

fn comments(coach: &Client, scene: &Scene, query: &str) -> Value {
    let reply = coach.get(&format!("/api/v1/agents/{}/comments{query}", scene.agent));
    assert_eq!(reply.status, 200, "{}", reply.text());
    reply.json()
}

fn texts(list: &Value) -> Vec<&str> {
    let items = list["items"].as_array().expect("items").iter();
    items.filter_map(|item| item["comment"].as_str()).collect()
}

/// Ten complaints, twenty times praise and twenty thanks.
#[test]
fn a_coach_filters_the_comments_about_an_agent() {
    let scene = Scene::set();
    let coach = scene.app.api(&scene.org, Role::Coach);
    let all = |query: &str| {
        let list = comments(&coach, &scene, query);
        assert_eq!(list["next"], Value::Null, "{query}");
        texts(&list)
            .into_iter()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let rushed = "he rushed me and hung up";
    for query in [
        "?score=poor",
        "?theme=patience&polarity=negative",
        "?find=RUSHED",
    ] {
        assert_eq!(all(query), vec![rushed; 10], "{query}");
    }
    assert_eq!(all("?find=ann-0&channel=phone"), [rushed]);
    assert_eq!(all("?theme=courtesy&polarity=positive").len(), 20);
    assert_eq!(all("?channel=letter"), Vec::<String>::new());
    let wrong = coach.get(&format!(
        "/api/v1/agents/{}/comments?score=fair",
        scene.agent
    ));
    refused(&wrong, 422, "invalid");
}

#[test]
fn pages_follow_each_other_newest_first() {
    let scene = Scene::set();
    let coach = scene.app.api(&scene.org, Role::Coach);
    let first = comments(&coach, &scene, "");
    let next = first["next"].as_str().expect("a page behind");
    let second = comments(&coach, &scene, &format!("?after={next}"));
    assert_eq!((texts(&first).len(), texts(&second).len()), (40, 10));
    let at = |list: &Value, place: usize| list["items"][place]["occurred_at"].to_string();
    assert!(at(&first, 39) >= at(&second, 0));
    assert!(at(&first, 0) > at(&second, 9));
}

#[test]
fn a_correction_returns_to_the_comment() {
    let scene = Scene::set();
    let coach = scene.app.browser(&scene.org, Role::Coach);
    let address = format!("/agents/{}/comments", scene.agent);
    let page = coach.get(&format!("{address}?score=poor")).text();
    assert!(
        page.contains("10 comments") && page.contains("Score: 1 on a scale of 1 to 5"),
        "{page}"
    );
    let back = format!("{address}?score=poor#comment-1");
    let correct = |back: &str| {
        let clause = [
            ("clause", "he rushed me and hung up"),
            ("sampling", "purposive"),
        ];
        let theme = [("theme.patience", "negative"), ("back", back)];
        coach.form("/annotations", &[clause, theme].concat())
    };
    let filtered = format!("{address}?score=poor&done=annotation-saved#comment-1");
    assert_eq!(correct(&back).header("location"), Some(filtered.as_str()));
    for elsewhere in [
        "//evil.example",
        "https://evil.example",
        "/agents/\\evil",
        "",
    ] {
        let reply = correct(elsewhere);
        assert_eq!(reply.leads_to(), "/annotations", "{elsewhere}");
    }
    let foreign = scene.app.api(&scene.app.organisation("Else"), Role::Coach);
    assert_eq!(foreign.get(&format!("/api/v1{address}")).status, 404);
}

#[test]
fn a_comment_leads_to_its_contact() {
    let scene = Scene::set();
    let coach = scene.app.api(&scene.org, Role::Coach);
    let first = |query: &str| comments(&coach, &scene, query)["items"][0].clone();
    assert_eq!(first("")["contact_link"], Value::Null);
    let standard = include_str!("../../../src/feedback/mappings/standard.toml");
    let save = |link: &str| {
        let mapping = standard.replace(
            "[columns]",
            &format!("contact_link = \"{link}\"\n[columns]"),
        );
        let analyst = scene.app.api(&scene.org, Role::Analyst);
        analyst.post(
            "/api/v1/feedback/sources",
            &json!({ "name": "desk", "mapping": mapping }),
        )
    };
    refused(&save("javascript:alert({id})"), 422, "mapping_invalid");
    let saved = save("https://desk.example/cases/{id}");
    assert!(saved.status < 300, "{}", saved.text());
    let csv = "external_id,agent,team,time,channel,issue,score,scale,comment\n\
        new 7,ann,Blue,2026-01-02T10:00:00Z,phone,order,5,csat_1_5,the newest of all comments\n";
    let analyst = scene.app.api(&scene.org, Role::Analyst);
    let sent = analyst.upload(
        "/api/v1/feedback/imports",
        &[("mapping", "desk")],
        csv.as_bytes(),
    );
    assert!(sent.status < 300, "{}", sent.text());
    scene.app.run_jobs();
    let find = "?find=the%20newest%20of%20all";
    let link = |at: &str| json!(format!("https://{at}/new%207"));
    assert_eq!(first(find)["contact_link"], link("desk.example/cases"));
    // The link follows the source.
    assert!(save("https://crm.example/c/{id}").status < 300);
    assert_eq!(first(find)["contact_link"], link("crm.example/c"));
    let page = scene.app.browser(&scene.org, Role::Coach);
    let page = page
        .get(&format!("/agents/{}/comments?find=newest", scene.agent))
        .text();
    assert!(
        page.contains("href=\"https://crm.example/c/new%207\""),
        "{page}"
    );
}
