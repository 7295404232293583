//! Quality checks: imports from files, their undo, and what plans, coaches and agents read of them.

use rapport::{accounts::Role, types::Instant};
use serde_json::{Value, json};

use crate::support::{Reply, Scene, organisation};

const MAPPING: &str = r#"
scale = { kind = "pass_fail" }
columns = { agent = "Agent", date = "Date", contact = "Contact", evaluator = "By" }
[[criteria]]
column = "Greeting"
theme = "courtesy"
[[criteria]]
column = "Data protection"
"#;

fn day(days_ago: i64) -> String {
    let at = Instant::now().plus(chrono::Duration::days(-days_ago));
    at.date().to_string()
}

/// A check of an agent on each of these results, one a day.
fn checks(agent: &str, greetings: &[&str]) -> String {
    let lines = greetings.iter().enumerate().map(|(i, greeting)| {
        let date = day(i as i64 + 1);
        format!("{agent},{date},{agent}-{i},Kim,{greeting},yes\n")
    });
    lines.collect()
}

fn csv(rows: &str) -> String {
    format!("Agent,Date,Contact,By,Greeting,Data protection\n{rows}")
}

fn import(scene: &Scene, rows: &str) -> Value {
    let analyst = scene.signed_in(Role::Analyst);
    let fields = [("mapping", MAPPING)];
    let reply = analyst.upload("/api/v1/quality/imports", &fields, csv(rows).as_bytes());
    assert_eq!(reply.status, 201, "{}", reply.text());
    reply.json()
}

fn counts(import: &Value) -> [Value; 4] {
    ["imported", "corrected", "duplicates", "rejected"].map(|key| import[key].clone())
}

fn undo(scene: &Scene, import: &Value) -> Reply {
    let id = import["id"].as_str().expect("an id");
    let analyst = scene.signed_in(Role::Analyst);
    let address = format!("/api/v1/quality/imports/{id}/undo");
    analyst.post(&address, &json!({}))
}

/// Whether the greeting of each check of an agent was met, newest first.
fn greetings(scene: &Scene, agent: &str) -> Vec<bool> {
    let address = format!("/api/v1/agents/{}/quality", scene.agent(agent));
    let list = scene.signed_in(Role::Coach).get(&address).json();
    let checks = list["items"].as_array().expect("a list").iter();
    let scores = checks.flat_map(|check| check["scores"].as_array().expect("scores").iter());
    scores
        .filter(|score| score["criterion"] == "Greeting")
        .map(|score| score["met"].as_bool().expect("a result"))
        .collect()
}

/// The results that a plan made now prints, and the plan as text.
fn printed(scene: &Scene, agent: &str) -> (Value, String) {
    let coach = scene.signed_in(Role::Coach);
    let agent = scene.agent(agent);
    let made = coach.post(&format!("/api/v1/agents/{agent}/plans"), &json!({}));
    let made = made.json();
    let id = made["id"].as_str().expect("an id");
    let text = coach.get(&format!("/api/v1/plans/{id}/plan.md")).text();
    (made["plan"]["quality"].clone(), text)
}

#[test]
fn a_plan_prints_counts_with_their_source_from_three_checks_on() {
    let scene = organisation();
    scene.agent("ann");
    import(&scene, &checks("ann", &["yes", "no"]));
    assert_eq!(printed(&scene, "ann").0, json!([]));
    import(&scene, &checks("ann", &["yes", "no", "yes"]));
    let (results, text) = printed(&scene, "ann");
    assert_eq!(results.as_array().map(Vec::len), Some(2));
    assert_eq!(results[1]["criterion"], "Greeting");
    let figures = ["met", "checks", "theme"].map(|key| results[1][key].clone());
    assert_eq!(figures, [json!(2), json!(3), json!("courtesy")]);
    assert_eq!(results[1]["peers"], Value::Null);
    assert!(text.contains("Greeting: met in 2 of 3 checks"), "{text}");
    assert!(text.contains("Source: imported quality checks"), "{text}");
}

#[test]
fn peers_are_shown_from_five_checks_and_three_peers_on() {
    let scene = organisation();
    let five = ["yes", "no", "yes", "yes", "no"];
    for agent in ["ann", "bea", "cem"] {
        scene.agent(agent);
        import(&scene, &checks(agent, &five));
    }
    assert_eq!(printed(&scene, "ann").0[1]["peers"], Value::Null);
    scene.agent("dan");
    import(&scene, &checks("dan", &["no", "no"]));
    // Bea, Cem and Dan have 6 of 12.
    assert_eq!(printed(&scene, "ann").0[1]["peers"], 0.5);
    assert_eq!(printed(&scene, "dan").0, json!([]));
}

#[test]
fn importing_again_changes_nothing_and_another_score_replaces() {
    let scene = organisation();
    scene.agent("ann");
    let rows = checks("ann", &["yes", "no"]);
    assert_eq!(
        counts(&import(&scene, &rows)),
        [4, 0, 0, 0].map(Value::from)
    );
    assert_eq!(
        counts(&import(&scene, &rows)),
        [0, 0, 4, 0].map(Value::from)
    );
    let corrected = import(&scene, &checks("ann", &["yes", "yes"]));
    assert_eq!(counts(&corrected), [0, 1, 3, 0].map(Value::from));
    assert_eq!(greetings(&scene, "ann"), [true, true]);
}

#[test]
fn undoing_an_import_restores_what_it_replaced() {
    let scene = organisation();
    scene.agent("ann");
    let versions = ["no", "yes", "no"].map(|greeting| {
        let imported = import(&scene, &checks("ann", &[greeting]));
        assert_eq!(greetings(&scene, "ann"), [greeting == "yes"]);
        imported
    });
    // The second was replaced by the third, which is valid still.
    assert_eq!(undo(&scene, &versions[1]).status, 200);
    assert_eq!(greetings(&scene, "ann"), [false]);
    assert_eq!(undo(&scene, &versions[1]).status, 409);
    // The first is valid again when nothing replaces it.
    assert_eq!(undo(&scene, &versions[2]).status, 200);
    assert_eq!(greetings(&scene, "ann"), [false]);
    assert_eq!(undo(&scene, &versions[0]).status, 200);
    assert_eq!(greetings(&scene, "ann"), [false; 0]);
}

#[test]
fn rejected_rows_are_named_and_no_agent_is_created() {
    let scene = organisation();
    scene.agent("ann");
    let rows = format!(
        "{}nobody,{},9,Kim,yes,yes\nann,tomorrow,8,Kim,yes,yes\n",
        checks("ann", &["yes"]),
        day(1)
    );
    let imported = import(&scene, &rows);
    assert_eq!(counts(&imported), [2, 0, 0, 2].map(Value::from));
    let rejections = imported["rejections"].as_array().expect("a list");
    assert_eq!([&rejections[0]["row"], &rejections[1]["row"]], [3, 4]);
    let reason = rejections[0]["reason"].as_str().expect("a reason");
    assert!(reason.contains("nobody"), "{reason}");
    let agents = scene.signed_in(Role::Coach).get("/api/v1/agents").text();
    assert!(
        agents.contains("ann") && !agents.contains("nobody"),
        "{agents}"
    );
}

#[test]
fn other_references_of_an_agent_are_known() {
    let scene = organisation();
    let agent = scene.agent("ann");
    let admin = scene.signed_in(Role::Admin);
    let body = json!({ "reference": "4711" });
    let added = admin.post(&format!("/api/v1/agents/{agent}/references"), &body);
    assert!(added.status < 300, "{}", added.text());
    import(&scene, &checks("4711", &["no"]));
    assert_eq!(greetings(&scene, "ann"), [false]);
}

#[test]
fn agents_read_their_own_checks_and_no_others() {
    let scene = organisation();
    let bea = scene.agent("bea");
    scene.agent("ann");
    import(&scene, &checks("ann", &["yes"]));
    let own = scene.signed_in_as("ann");
    let mine = own.get("/api/v1/me/quality").json();
    assert_eq!(mine["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(mine["items"][0]["evaluator"], "Kim");
    assert_eq!(
        own.get(&format!("/api/v1/agents/{bea}/quality")).status,
        403
    );
    assert!(own.get("/me/quality").text().contains("Greeting: met"));
    let export = own.get("/api/v1/me/export.json").json();
    assert_eq!(export["quality_checks"], mine["items"]);
}

#[test]
fn a_mapping_with_a_mistake_is_refused_before_anything_is_stored() {
    let scene = organisation();
    let analyst = scene.signed_in(Role::Analyst);
    let upload = |mapping: &str| {
        let fields = [("mapping", mapping)];
        analyst.upload("/api/v1/quality/imports", &fields, csv("").as_bytes())
    };
    for mapping in [
        MAPPING.replace("courtesy", "billing of cats"),
        MAPPING.replace("\"Date\"", "\"Day\""),
        MAPPING.replace("pass_fail", "stars"),
    ] {
        let reply = upload(&mapping);
        assert_eq!(reply.status, 422, "{}", reply.text());
        assert_eq!(reply.json()["code"], "mapping_invalid");
    }
    let imports = analyst.get("/api/v1/quality/imports").json();
    assert_eq!(imports["items"], json!([]));
}

#[test]
fn the_page_maps_the_columns_of_a_file() {
    let scene = organisation();
    scene.agent("ann");
    let analyst = scene.app.browser(&scene.org, Role::Analyst);
    let file = csv(&checks("ann", &["yes"]));
    let stored = analyst.upload("/quality/imports", &[], file.as_bytes());
    assert_eq!(stored.status, 303, "{}", stored.text());
    let address = stored.header("location").expect("an address").to_owned();
    // Agent, date and contact id are suggested by their names.
    let page = analyst.get(&address).text();
    assert!(page.contains("<option value=\"Agent\" selected>"), "{page}");
    let mut fields = vec![("agent", "Agent"), ("date", "Date"), ("contact", "Contact")];
    let refused = analyst.form(&address, &fields);
    assert_eq!(refused.status, 422);
    assert!(refused.text().contains("at least one criterion"));
    fields.push(("use.Greeting", "courtesy"));
    let done = analyst.form(&address, &fields);
    assert_eq!(done.status, 303, "{}", done.text());
    assert_eq!(greetings(&scene, "ann"), [true]);
    assert_eq!(analyst.form(&address, &fields).status, 409);
    // The next file begins with the same choice.
    let next = analyst.upload("/quality/imports", &[], file.as_bytes());
    let page = analyst.get(next.header("location").expect("an address"));
    let chosen = "<option value=\"courtesy\" selected>";
    assert!(page.text().contains(chosen), "{}", page.text());
}

#[test]
fn the_page_asks_for_the_criteria_of_rows_that_are_one_each() {
    let scene = organisation();
    scene.agent("ann");
    let analyst = scene.app.browser(&scene.org, Role::Analyst);
    let date = day(1);
    let file = format!("who;when;what;points\nann;{date};Hello;4,5\nann;{date};Bye;3\n");
    let stored = analyst.upload("/quality/imports", &[], file.as_bytes());
    let address = stored.header("location").expect("an address").to_owned();
    let mut fields = vec![("agent", "who"), ("date", "when"), ("criterion", "what")];
    fields.extend([("score", "points"), ("kind", "points"), ("max", "5")]);
    let asked = analyst.form(&address, &fields);
    assert_eq!(asked.status, 200);
    assert!(
        asked.text().contains("name=\"use.Hello\""),
        "{}",
        asked.text()
    );
    fields.extend([
        ("named", "what"),
        ("use.Hello", "courtesy"),
        ("use.Bye", "-"),
    ]);
    let done = analyst.form(&address, &fields);
    assert_eq!(done.status, 303, "{}", done.text());
    let list = format!("/api/v1/agents/{}/quality", scene.agent("ann"));
    let check = scene.signed_in(Role::Coach).get(&list).json()["items"][0].clone();
    let met = check["scores"].as_array().expect("scores").iter();
    let met: Vec<_> = met
        .map(|s| (s["criterion"].clone(), s["met"].clone()))
        .collect();
    assert_eq!(
        met,
        [(json!("Hello"), json!(true)), (json!("Bye"), json!(false))]
    );
}
