//! People change how comments are read: words, single clauses, and what is learned from both.

use rapport::{
    accounts::Role,
    feedback::{self, retag, submissions},
    tagging::{self, agreement},
    text::mention::Polarity,
    text::taxonomy::Taxonomy,
    types::Instant,
    workforce,
};
use serde_json::{Value, json};

use crate::support::{Client, Organisation, TestApp};

fn say(app: &TestApp, org: &Organisation, comments: &[&str]) {
    for (part, some) in comments.chunks(500).enumerate() {
        let sent: Vec<Value> = some
            .iter()
            .enumerate()
            .map(|(i, text)| {
                json!({ "external_id": format!("{part}-{i}"), "agent": format!("a{}", i % 7), "time": "2026-01-02", "score": 3, "scale": "csat_1_5", "comment": text })
            })
            .collect();
        let taken =
            submissions::submit(&app.db, org.id, "system", sent, Instant::now()).expect("taken");
        assert_eq!(taken.summary.rejected, 0);
    }
}

/// Clause, theme, polarity of everything stored, in order.
fn tags(app: &TestApp, org: &Organisation) -> Vec<(String, String, String)> {
    let mut c = app.db.connect().expect("connects");
    let ever = feedback::Period {
        from: Instant::now().plus(chrono::Duration::days(-9_000)),
        to: Instant::now(),
    };
    let mut all = Vec::new();
    for agent in workforce::agents(&mut c, org.id).expect("reads") {
        for t in feedback::mentions_of_agent(&mut c, org.id, agent.id, ever).expect("reads") {
            all.push((t.clause_text, t.theme, t.polarity.as_str().to_owned()));
        }
    }
    all.sort();
    all
}

fn reading(clause: &str, themes: &[(&str, &str)]) -> Value {
    let themes: Vec<Value> = themes
        .iter()
        .map(|(t, p)| json!({ "theme": t, "polarity": p }))
        .collect();
    json!({ "clause": clause, "themes": themes })
}

fn keep(client: &Client, reading: &Value) {
    let reply = client.post("/api/v1/annotations", reading);
    assert_eq!(reply.status, 204, "{}", reply.text());
}

#[test]
fn a_reading_counts_at_once_for_the_same_words_everywhere() {
    let app = TestApp::start();
    let (org, other) = (app.organisation("Acme"), app.organisation("Else"));
    let comments = [
        "He wrote me notes",
        "he wrote me notes!",
        "The app broke, but he wrote me notes",
        "very polite",
    ];
    say(&app, &org, &comments);
    say(&app, &other, &["He wrote me notes"]);
    let before = tags(&app, &org);
    assert!(
        !before.iter().any(|(_, theme, _)| theme == "ownership"),
        "{before:?}"
    );
    let coach = app.api(&org, Role::Coach);
    keep(
        &coach,
        &reading("He wrote me notes", &[("ownership", "positive")]),
    );
    let now: Vec<_> = tags(&app, &org)
        .into_iter()
        .filter(|t| t.1 == "ownership")
        .collect();
    assert!(
        now.iter().any(|t| t.0 == "He wrote me notes"),
        "at once: {now:?}"
    );
    app.run_jobs();
    let all: Vec<_> = tags(&app, &org)
        .into_iter()
        .filter(|t| t.1 == "ownership")
        .collect();
    assert_eq!(all.len(), 3, "everywhere: {all:?}");
    assert!(all.iter().all(|t| t.2 == "positive"));
    assert!(tags(&app, &other).is_empty(), "and nowhere else");
    // The other tags of those comments stay, and new comments are read the same way.
    assert!(
        tags(&app, &org).iter().any(|t| t.1 == "digital"),
        "{:?}",
        tags(&app, &org)
    );
    let sent = vec![
        json!({ "external_id": "new", "agent": "a1", "time": "2026-01-03", "comment": "Wrote me... no: HE WROTE ME NOTES" }),
        json!({ "external_id": "new2", "agent": "a1", "time": "2026-01-03", "comment": "HE WROTE ME NOTES" }),
    ];
    submissions::submit(&app.db, org.id, "system", sent, Instant::now()).expect("taken");
    assert_eq!(
        tags(&app, &org)
            .iter()
            .filter(|t| t.1 == "ownership")
            .count(),
        4
    );
    // Reading it anew as nothing takes it away again.
    keep(&coach, &reading("he wrote me notes", &[]));
    app.run_jobs();
    assert!(!tags(&app, &org).iter().any(|t| t.1 == "ownership"));
    for (bad, code) in [
        (reading("x", &[("nonsense", "positive")]), "invalid"),
        (
            reading("x", &[("pace", "positive"), ("pace", "negative")]),
            "invalid",
        ),
        (reading(" ", &[]), "invalid"),
    ] {
        assert_eq!(
            coach.post("/api/v1/annotations", &bad).code(),
            code,
            "{bad}"
        );
    }
}

#[test]
fn another_edition_is_tried_saved_and_read_into_everything() {
    let app = TestApp::start();
    let (org, other) = (app.organisation("Acme"), app.organisation("Else"));
    say(&app, &org, &["she wrote me notes all day", "he was rude"]);
    say(&app, &other, &["she wrote me notes all day"]);
    let analyst = app.api(&org, Role::Analyst);
    let present = analyst.get("/api/v1/taxonomy").json();
    let version = present["version"].as_i64().expect("version");
    let source = present["source"].as_str().expect("source");
    let changed = source.replacen("'rude\\w*', ", "", 1).replacen(
        "id = \"ownership\"",
        "id = \"ownership\" # mine",
        1,
    );
    assert_ne!(changed, source);
    let request = |source: &str, action: &str, instead_of: i64| json!({ "source": source, "note": "why", "instead_of": instead_of, "action": action });
    let tried = analyst.put("/api/v1/taxonomy", &request(&changed, "try", version));
    assert_eq!(tried.json()["changed"], 1, "{}", tried.text());
    assert!(
        tags(&app, &org).iter().any(|t| t.1 == "courtesy"),
        "a trial changes nothing"
    );
    let broken = changed.replacen("'disrespect", "'dis(respect", 1);
    let refused = analyst.put("/api/v1/taxonomy", &request(&broken, "save", version));
    assert_eq!(refused.code(), "taxonomy_invalid", "{}", refused.text());
    assert!(refused.text().contains("courtesy"), "{}", refused.text());
    let saved = analyst
        .put("/api/v1/taxonomy", &request(&changed, "save", version))
        .json();
    assert_eq!(saved["version"], 101);
    app.run_jobs();
    assert!(
        !tags(&app, &org).iter().any(|t| t.1 == "courtesy"),
        "{:?}",
        tags(&app, &org)
    );
    let last = analyst.get("/api/v1/taxonomy").json()["changed"].clone();
    assert_eq!(
        (&last["taxonomy_version"], &last["changed"]),
        (&json!(101), &json!(1)),
        "{last}"
    );
    assert_eq!(last["themes"][0]["lost"][0], "he was rude", "{last}");
    // A short pattern whose automaton is too large, and an id that no database accepts.
    for (from, to) in [
        ("'humble'", r"'(\w{1,50}\s){1,20}x'"),
        ("id = \"warmth\"", "id = \"a\\u0000b\""),
    ] {
        let hostile = source.replacen(from, to, 1);
        assert_ne!(hostile, source);
        let refused = analyst.put("/api/v1/taxonomy", &request(&hostile, "save", 101));
        assert_eq!(refused.code(), "taxonomy_invalid", "{}", refused.text());
    }
    // Who edits an old text is told.
    let outdated = analyst.put("/api/v1/taxonomy", &request(source, "save", version));
    assert_eq!(outdated.status, 409);
    assert_eq!(
        app.api(&other, Role::Analyst)
            .get("/api/v1/taxonomy")
            .json()["version"],
        version,
        "nobody else's words"
    );
    // Identical text has identical tags, under any version.
    let mut c = app.db.connect().expect("connects");
    let again = retag::run(&app.db, org.id).expect("runs");
    assert_eq!(again.changed, 0);
    drop(tagging::Tagger::of(&mut c, org.id).expect("reads"));
}

#[test]
fn readers_who_disagree_bar_a_theme_and_terms_are_proposed() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let (one, two) = (app.api(&org, Role::Coach), app.api(&org, Role::Analyst));
    for i in 0..24 {
        // Both see courtesy alike; about pace they never agree.
        let clause = format!("clause number {i} of many");
        let courtesy = if i % 2 == 0 {
            vec![("courtesy", "negative")]
        } else {
            vec![]
        };
        let mut first = courtesy.clone();
        let mut second = courtesy;
        if i % 3 == 0 {
            first.push(("pace", "negative"));
        } else if i % 3 == 1 {
            second.push(("pace", "negative"));
        }
        keep(&one, &reading(&clause, &first));
        let mut independent = reading(&clause, &second);
        independent["sampling"] = json!("second");
        keep(&two, &independent);
    }
    for i in 0..4 {
        keep(
            &one,
            &reading(
                &format!("he ghosted me again, time {i}"),
                &[("ownership", "negative")],
            ),
        );
    }
    let mut c = app.db.connect().expect("connects");
    let unreliable = agreement::unreliable(&mut c, org.id, Taxonomy::shipped()).expect("reads");
    assert_eq!(unreliable.into_iter().collect::<Vec<_>>(), ["pace"]);
    let page = one.get("/api/v1/taxonomy").json();
    let courtesy = page["agreement"]["themes"]
        .as_array()
        .and_then(|a| a.iter().find(|t| t["theme"] == "courtesy"))
        .expect("theme")
        .clone();
    assert_eq!(courtesy["kappa"], 1.0, "{courtesy}");
    let proposed = page["proposed"].as_array().expect("list").clone();
    assert!(
        proposed
            .iter()
            .any(|p| p["term"] == "ghosted" && p["theme"] == "ownership"),
        "{proposed:?}"
    );
    // Taking the term in adds it to the draft.
    let browser = app.browser(&org, Role::Analyst);
    let taken = browser.form(
        "/taxonomy/terms",
        &[
            ("theme", "ownership"),
            ("polarity", "negative"),
            ("term", "ghosted"),
        ],
    );
    assert_eq!(taken.status, 303, "{}", taken.text());
    let unknown = browser.form(
        "/taxonomy/terms",
        &[
            ("theme", "no such theme"),
            ("polarity", "negative"),
            ("term", "ghosted"),
        ],
    );
    assert_eq!(unknown.status, 404);
    let draft = one.get("/api/v1/taxonomy/draft").json();
    assert_eq!(draft["edits"][0]["edit"]["pattern"], "ghosted", "{draft}");
}

#[test]
fn what_people_read_is_learned_and_decides_only_where_it_is_better() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    // A theme in words that the lexicon does not know, among clauses about other things.
    let words = ["wobbly", "creaky", "rickety", "shoddy"];
    let things = [
        "table", "chair", "shelf", "lamp", "desk", "stool", "bench", "frame",
    ];
    let coach = app.api(&org, Role::Coach);
    for i in 0..120 {
        let thing = things[i % things.len()];
        let clause = if i % 2 == 0 {
            format!(
                "that {} {thing} number {i} is here",
                words[(i / 2) % words.len()]
            )
        } else {
            format!("she found {thing} number {i} in the list")
        };
        let themes = if i % 2 == 0 {
            vec![("product", "negative")]
        } else {
            vec![]
        };
        keep(&coach, &reading(&clause, &themes));
    }
    app.run_jobs();
    let model = coach.get("/api/v1/taxonomy").json()["model"].clone();
    let product = model["per_label"]
        .as_array()
        .and_then(|l| l.iter().find(|l| l["label"] == "product"))
        .expect("learned")
        .clone();
    assert_eq!(product["replaces_lexicon"], true, "{product}");
    say(
        &app,
        &org,
        &["a wobbly bench came to me", "he was rude to me"],
    );
    let read = tags(&app, &org);
    assert!(
        read.iter()
            .any(|t| t.0.contains("wobbly") && t.1 == "product"),
        "{read:?}"
    );
    assert!(
        read.iter().any(|t| t.1 == "courtesy" && t.2 == "negative"),
        "the words decide on the others: {read:?}"
    );
}

/// Scored comments in a language that the words do not know: "bimolo" is said by the pleased,
/// "zorkada" by others, one in twenty the other way round.
fn send_scored_comments(app: &TestApp, org: &Organisation, numbers: std::ops::Range<usize>) {
    let record = |i: usize| {
        let good = !i.is_multiple_of(3);
        let word = if good == (i % 20 != 7) {
            "bimolo"
        } else {
            "zorkada"
        };
        json!({
            "external_id": format!("s{i}"), "agent": "ann", "time": "2026-01-02", "scale": "csat_1_5",
            "score": if good { 5 } else { 1 }, "comment": format!("{word} tavi renno {}", i % 250),
        })
    };
    let records: Vec<Value> = numbers.map(record).collect();
    for some in records.chunks(500) {
        let now = Instant::now();
        submissions::submit(&app.db, org.id, "system", some.to_vec(), now).expect("taken");
    }
    app.run_jobs();
}

#[test]
fn the_mood_of_comments_is_learned_from_scores_in_any_language() {
    let app = TestApp::start();
    let (org, other) = (app.organisation("Acme"), app.organisation("Elsewhere"));
    let analyst = app.api(&org, Role::Analyst);
    let mood_model = |client: &Client| client.get("/api/v1/taxonomy").json()["mood_model"].clone();
    send_scored_comments(&app, &org, 0..400);
    assert!(mood_model(&analyst).is_null(), "400 are too few");
    send_scored_comments(&app, &org, 400..700);
    let model = mood_model(&analyst);
    assert_eq!(model["version"], 1, "{model}");
    assert_eq!(model["scored_comments"], 700);
    assert_eq!(model["is_used"], true);
    assert_eq!(model["good"][0]["term"], "bimolo");
    assert_eq!(model["poor"][0]["term"], "zorkada");
    // One in twenty is the other way round.
    let accuracy = model["quality"]["accuracy"].as_f64().expect("quality");
    assert!((0.91..=0.97).contains(&accuracy), "{model}");
    let page = app.browser(&org, Role::Coach).get("/taxonomy").text();
    assert!(page.contains("zorkada"), "{page}");
    assert!(mood_model(&app.api(&other, Role::Analyst)).is_null());
    // Comments without a score get their mood from it, also those that were there before.
    let mut c = app.db.connect().expect("connects");
    let stored = feedback::newest_comments(&mut c, org.id, 1_000).expect("reads");
    let moods = |row: &feedback::FeedbackRow| (row.good, row.mood);
    assert!(
        stored
            .iter()
            .map(moods)
            .any(|m| m == (Some(false), Some(Polarity::Negative)))
    );
    let new = json!({ "external_id": "new", "agent": "ann", "time": "2026-01-03", "comment": "zorkada renno tavi" });
    submissions::submit(&app.db, org.id, "system", vec![new], Instant::now()).expect("taken");
    let row = feedback::feedback_by_external_ids(&mut c, org.id, &["new".to_owned()]);
    assert_eq!(row.expect("reads")[0].mood, Some(Polarity::Negative));
    // A few more comments are no reason to train again.
    send_scored_comments(&app, &org, 700..760);
    assert_eq!(mood_model(&analyst)["version"], 1);
}

#[test]
fn the_queue_asks_for_the_unsure_and_never_twice_of_one_person() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let comments: Vec<String> = (0..12)
        .map(|i| format!("the order number {i} was polite and rude at once"))
        .collect();
    say(
        &app,
        &org,
        &comments.iter().map(String::as_str).collect::<Vec<_>>(),
    );
    let coach = app.api(&org, Role::Coach);
    let mut seen = Vec::new();
    loop {
        let asked = coach.get("/api/v1/annotations/next").json()["asked"].clone();
        let Some(clause) = asked["clause"].as_str() else {
            break;
        };
        assert!(!seen.contains(&clause.to_owned()), "asked twice: {clause}");
        let mut new = reading(clause, &[("courtesy", "neutral")]);
        new["sampling"] = asked["sampling"].clone();
        keep(&coach, &new);
        seen.push(clause.to_owned());
        assert!(seen.len() <= 12);
    }
    assert_eq!(seen.len(), 12);
}

#[test]
fn a_reading_is_not_written_over_a_record_that_changed_meanwhile() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    say(&app, &org, &["he was rude"]);
    let mut c = app.db.connect().expect("connects");
    let mut row = feedback::newest_comments(&mut c, org.id, 1)
        .expect("reads")
        .remove(0);
    assert!(feedback::set_mentions(&mut c, &row, Vec::new()).expect("writes"));
    row.good = Some(true);
    assert!(
        !feedback::set_mentions(&mut c, &row, Vec::new()).expect("asks"),
        "another score, another record"
    );
    row.good = Some(false);
    row.comment = Some("he was kind".to_owned());
    assert!(
        !feedback::set_mentions(&mut c, &row, Vec::new()).expect("asks"),
        "another comment"
    );
}

#[test]
fn a_person_settles_what_the_words_contradict() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let sent = vec![
        json!({ "external_id": "1", "agent": "a1", "time": "2026-01-02", "score": 1, "scale": "csat_1_5", "comment": "Wonderful, brilliant, polite and helpful as always" }),
    ];
    submissions::submit(&app.db, org.id, "system", sent, Instant::now()).expect("taken");
    let against = |app: &TestApp| {
        let mut c = app.db.connect().expect("connects");
        let row = feedback::newest_comments(&mut c, org.id, 1)
            .expect("reads")
            .remove(0);
        let themes = feedback::mentions_on(&mut c, org.id, &[row.id]).expect("reads");
        themes
            .iter()
            .map(|t| (t.polarity, t.contradicts_score))
            .collect::<Vec<_>>()
    };
    assert!(
        against(&app).iter().all(|(_, contradicts)| *contradicts),
        "{:?}",
        against(&app)
    );
    keep(
        &app.api(&org, Role::Coach),
        &reading(
            "Wonderful, brilliant, polite and helpful as always",
            &[("courtesy", "negative")],
        ),
    );
    assert_eq!(against(&app), [(Polarity::Negative, false)]);
}

#[test]
fn refused_forms_keep_what_was_entered() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    say(&app, &org, &["I was on hold for an hour on Monday"]);
    let coach = app.browser(&org, Role::Coach);
    let typed = "a reason that must not be lost";
    let many: Vec<(String, &str)> = coach
        .get("/annotations")
        .text()
        .split("name=\"theme.")
        .skip(1)
        .filter_map(|rest| Some((format!("theme.{}", rest.split('"').next()?), "positive")))
        .collect();
    let mut fields: Vec<(&str, &str)> = many.iter().map(|(n, v)| (n.as_str(), *v)).collect();
    fields.extend([
        ("clause", "on hold"),
        ("sampling", "random"),
        ("why", typed),
    ]);
    let annotation = coach.form("/annotations", &fields);
    let update = [("status", "wont_fix"), ("note", " ")];
    let status = coach.form("/departments/access", &update);
    let library = [("source", typed), ("note", ""), ("instead_of", "0")];
    let practice = coach.form("/practice", &library);
    let analyst = app.browser(&org, Role::Analyst);
    let words = [("source", typed), ("instead_of", "1"), ("action", "save")];
    let taxonomy = analyst.form("/taxonomy", &words);
    for reply in [&annotation, &status, &practice, &taxonomy] {
        assert!([409, 422].contains(&reply.status), "{}", reply.text());
        assert!(reply.text().contains("role=\"alert\""), "{}", reply.text());
    }
    for reply in [&annotation, &practice, &taxonomy] {
        assert!(reply.text().contains(typed), "{}", reply.text());
    }
    let chosen = "value=\"wont_fix\" selected";
    assert!(status.text().contains(chosen), "{}", status.text());
}
