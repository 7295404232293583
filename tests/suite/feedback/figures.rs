//! Figures and lists that follow new feedback.

use super::*;

/// Six hundred agents are found by a part of their name, and read page by page.
#[test]
fn agents_are_found_among_many() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let mut file = HEADER.to_owned();
    for i in 0..600 {
        let team = if i % 100 == 0 { "Small" } else { "Large" };
        file += &format!("{i},Phone,S,Q,,05/01/2024 10:00,Agent {i:03},{team},5\n");
    }
    import(&app, &org, "contact-centre", file.as_bytes());
    let coach = app.api(&org, Role::Coach);
    let names = |path: &str| -> (Vec<String>, Value) {
        let reply = coach.get(path).json();
        let items = reply["items"].as_array().expect("items");
        let name = |a: &Value| a["name"].as_str().expect("name").to_owned();
        (items.iter().map(name).collect(), reply["next"].clone())
    };
    let (first, next) = names("/api/v1/agents");
    let next = next.as_str().expect("there are more");
    let (rest, last) = names(&format!("/api/v1/agents?after={next}"));
    let mut all = [first, rest].concat();
    all.retain(|name| name.starts_with("Agent "));
    all.dedup();
    assert_eq!((all.len(), last), (600, Value::Null));
    assert_eq!(names("/api/v1/agents?find=T%2059").0.len(), 10);
    assert_eq!(coach.get("/api/v1/agents?after=x").status, 400);
    let nobody = format!("/api/v1/agents?after={}", rapport::types::Id::new());
    assert_eq!(coach.get(&nobody).status, 422);

    let browser = app.browser(&org, Role::Coach);
    let page = browser.get("/agents").text();
    assert!(!page.contains("Agent 100") && page.contains("594 agents of Large"));
    let team = page.split("/agents?team=").nth(1).expect("a link");
    let team = team.split('"').next().expect("an id");
    assert!(page.contains("6 agents of Small"), "{page}");
    let page = browser.get(&format!("/agents?team={team}")).text();
    assert!(page.contains("Agent 101") && !page.contains("Agent 100"));
    let page = browser.get("/agents?find=agent+100").text();
    assert!(page.contains("Agent 100") && !page.contains("Agent 101"));
    let page = browser.get("/agents?find=%3Cb%3Enobody").text();
    assert!(page.contains("name or reference contains") && !page.contains("<b>nobody"));
}

/// The agent variance is recomputed at once after many rows and after an undo, and within the hour
/// after few.
#[test]
fn figures_follow_the_feedback() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let spread = || {
        let mut c = app.db.connect().expect("connects");
        let now = Instant::now();
        let period = feedback::latest_period(&mut c, org.id, 90, now).expect("reads");
        let counts = insight::tallies::tallies(&mut c, org.id, period).expect("reads");
        insight::agent_variance::estimate(&mut c, org.id, &counts).expect("reads")
    };
    let mut file = HEADER.to_owned();
    for i in 0..60 {
        let (agent, score) = if i % 2 == 0 { ("Ann", 5) } else { ("Bob", 1) };
        file += &format!("{i},Phone,S,Q,,05/01/2024 10:{i:02},{agent},T,{score}\n");
    }
    import(&app, &org, "contact-centre", file.as_bytes());
    app.run_jobs();
    let measured = spread().expect("agents differ");
    assert_eq!((measured.moments.groups, measured.moments.n), (2, 60));
    assert!(measured.moments.icc > 0.9, "{}", measured.moments.icc);

    let one = format!("{HEADER}99,Phone,S,Q,,06/01/2024 10:00,Cid,T,5\n");
    import(&app, &org, "contact-centre", one.as_bytes());
    app.run_jobs();
    assert_eq!(
        spread().expect("as before").moments.n,
        60,
        "the job is not due yet"
    );

    let analyst = app.api(&org, Role::Analyst);
    let imports = analyst.get("/api/v1/feedback/imports").json();
    let items = imports["items"].as_array().expect("imports");
    let large = items.iter().find(|i| i["imported"] == 60).expect("it");
    let undo = format!(
        "/api/v1/feedback/imports/{}/undo",
        large["id"].as_str().expect("id")
    );
    assert_eq!(analyst.post(&undo, &json!({})).status, 204);
    app.run_jobs();
    assert!(spread().is_none(), "one agent is left");
}

/// A fault of the phone system appears as an emerging term with its comments, for analysts of that
/// organisation only.
#[test]
fn new_words_are_watched() {
    let app = TestApp::start();
    let (org, other) = (app.organisation("Acme"), app.organisation("Other"));
    let mut file = HEADER.to_owned();
    let mut line = |id: String, days: i64, agent: usize, remark: &str| {
        let at = Instant::now()
            .plus(chrono::Duration::days(-days - 1))
            .0
            .format("%d/%m/%Y 10:00");
        file.push_str(&format!("{id},Phone,S,Q,{remark},{at},Agent {agent},T,2\n"));
    };
    for i in 0..500_usize {
        line(
            format!("a{i}"),
            (i % 110) as i64,
            i % 6,
            &format!("quick and polite answer about order {i}"),
        );
    }
    for i in 0..30_usize {
        line(
            format!("b{i}"),
            (i % 26) as i64,
            i % 6,
            &format!("promised a callback for case {i} which never came"),
        );
    }
    import(&app, &org, "contact-centre", file.as_bytes());
    let found = app.api(&org, Role::Analyst).get("/api/v1/terms").json();
    let terms = found["items"].to_string();
    assert!(
        terms.contains("callback") && terms.contains("never came"),
        "{terms}"
    );
    assert!(!terms.contains("quick and polite"), "{terms}");
    let page = app.browser(&org, Role::Analyst).get("/terms").text();
    assert!(page.contains("callback"), "{page}");
    assert_eq!(
        app.api(&other, Role::Analyst).get("/api/v1/terms").json()["items"],
        json!([])
    );
}
