//! Themes are edited by form: changes are collected in a draft, previewed and used together.

use rapport::{accounts::Role, feedback::submissions, text::taxonomy::Taxonomy, types::Instant};
use serde_json::{Value, json};

use crate::support::{Client, Organisation, TestApp};

const EDITS: &str = "/api/v1/taxonomy/draft/edits";

fn say(app: &TestApp, org: &Organisation, comments: &[String]) {
    let sent = comments.iter().enumerate().map(|(i, text)| {
        json!({ "external_id": i.to_string(), "agent": "a1", "time": "2026-01-02", "comment": text })
    });
    let taken = submissions::submit(&app.db, org.id, "system", sent.collect(), Instant::now());
    assert_eq!(taken.expect("taken").summary.rejected, 0);
}

fn add(theme: &str, list: &str, word: &str) -> Value {
    json!({ "kind": "add_word", "theme": theme, "list": list, "word": word })
}

fn remove(theme: &str, list: &str, pattern: &str) -> Value {
    json!({ "kind": "remove_word", "theme": theme, "list": list, "pattern": pattern })
}

fn edits(client: &Client) -> Vec<Value> {
    let draft = client.get("/api/v1/taxonomy/draft").json();
    draft["edits"].as_array().expect("a list").clone()
}

fn version(client: &Client) -> Value {
    client.get("/api/v1/taxonomy").json()["version"].clone()
}

/// Uses the draft as it is.
fn use_draft(client: &Client) -> Value {
    let draft = client.get("/api/v1/taxonomy/draft").json();
    let used = json!({ "revision": draft["revision"], "version": draft["version"], "note": "why" });
    let reply = client.post("/api/v1/taxonomy/draft/use", &used);
    assert_eq!(reply.status, 200, "{}", reply.text());
    reply.json()["version"].clone()
}

fn in_force(client: &Client) -> Taxonomy {
    let source = client.get("/api/v1/taxonomy").json()["source"].clone();
    Taxonomy::parse(source.as_str().expect("text")).expect("parsed")
}

#[test]
fn several_changes_make_one_version_and_nothing_before() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    say(
        &app,
        &org,
        &["the teapots were late".to_owned(), "he was rude".to_owned()],
    );
    let analyst = app.api(&org, Role::Analyst);
    let shipped = version(&analyst);
    for edit in [
        add("product", "negative", "teapot*"),
        remove("courtesy", "negative", "rude\\w*"),
    ] {
        assert_eq!(analyst.post(EDITS, &edit).status, 201);
    }
    let preview = analyst.get("/api/v1/taxonomy/draft/preview").json();
    assert_eq!(
        (&preview["comments"], &preview["changed"]),
        (&json!(2), &json!(2)),
        "{preview}"
    );
    let of = |theme: &str| {
        let mut themes = preview["themes"].as_array().expect("a list").iter();
        themes
            .find(|t| t["theme"] == theme)
            .cloned()
            .expect("changed")
    };
    assert_eq!(of("product")["gained"], 1);
    assert_eq!(
        of("product")["gains"][0]["comment"],
        "the teapots were late"
    );
    assert_eq!(of("courtesy")["losses"][0]["words"], "rude");
    assert_eq!(version(&analyst), shipped, "nothing is in force yet");
    assert_eq!(use_draft(&analyst), 101);
    app.run_jobs();
    assert!(edits(&analyst).is_empty());
    let last = analyst.get("/api/v1/taxonomy").json()["changed"].clone();
    assert_eq!(last["changed"], 2, "{last}");
    // Everything else is as it was.
    let mut expected = Taxonomy::shipped().clone();
    for theme in &mut expected.themes {
        match theme.id.as_str() {
            "product" => theme.negative.push("teapot\\w*".to_owned()),
            "courtesy" => theme.negative.retain(|word| word != "rude\\w*"),
            _ => {}
        }
    }
    assert_eq!(in_force(&analyst), expected);
}

#[test]
fn the_pages_do_the_same_without_scripts() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    say(&app, &org, &["Teapots & cups".to_owned()]);
    let browser = app.browser(&org, Role::Analyst);
    let list = browser.get("/taxonomy").text();
    assert!(
        list.contains("/taxonomy/themes/product") && list.contains("Department: "),
        "{list}"
    );
    let theme = "/taxonomy/themes/product";
    let words = format!("{theme}/words");
    let added = browser.form(&words, &[("list", "negative"), ("word", "Teapots")]);
    assert_eq!(added.status, 303, "{}", added.text());
    let page = browser.get(theme).text();
    assert!(
        page.contains("Remove “teapots”") && page.contains("1 change"),
        "{page}"
    );
    let preview = browser.get("/taxonomy/draft").text();
    assert!(
        preview.contains("<mark>Teapots</mark> &#38; cups"),
        "{preview}"
    );
    assert!(preview.contains("1 comment gains the theme"), "{preview}");
    // Removing the new word leaves nothing.
    let fields = [("list", "negative"), ("pattern", "teapots")];
    assert_eq!(
        browser.form(&format!("{words}/delete"), &fields).status,
        303
    );
    assert!(
        browser
            .get("/taxonomy/draft")
            .text()
            .contains("The draft is empty")
    );
    let removed = [("list", "negative"), ("pattern", "was never there")];
    let first = in_force(&app.api(&org, Role::Analyst))
        .theme("product")
        .expect("theme")
        .negative[0]
        .clone();
    let gone = browser.form(&format!("{words}/delete"), &removed);
    assert_eq!(gone.status, 303, "an entry that is gone is no error");
    let removed = [("list", "negative"), ("pattern", first.as_str())];
    assert_eq!(
        browser.form(&format!("{words}/delete"), &removed).status,
        303
    );
    assert!(browser.get(theme).text().contains("Removed in the draft"));
    let undone = browser.form("/taxonomy/draft/edits/2/delete", &[("theme", "product")]);
    assert_eq!((undone.status, undone.leads_to()), (303, theme.to_owned()));
    assert_eq!(browser.get("/taxonomy/themes/nothing").status, 404);
    let coach = app.browser(&org, Role::Coach).get(theme).text();
    assert!(!coach.contains("name=\"word\""), "a coach reads: {coach}");
}

#[test]
fn a_refused_word_stays_in_its_field_with_the_reason() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let browser = app.browser(&org, Role::Analyst);
    let words = "/taxonomy/themes/warmth/words";
    for (word, reason) in [
        ("(oh no", "Use letters"),
        ("friendly", "is found already"),
        ("arrogant", "is a word of Courtesy and respect"),
        (
            "an endless phrase that nobody could have meant to write in one comment",
            "at most 60",
        ),
    ] {
        let refused = browser.form(words, &[("list", "negative"), ("word", word)]);
        let page = refused.text();
        assert_eq!(refused.status, 422, "{page}");
        assert!(page.contains(reason), "{reason}: {page}");
        assert!(page.contains(&format!("value=\"{word}\"")), "{page}");
        assert!(page.contains("value=\"negative\" selected"), "{page}");
    }
    let both = [
        ("list", "negative"),
        ("word", "arrogant"),
        ("also_elsewhere", "on"),
    ];
    assert_eq!(browser.form(words, &both).status, 303);
    let name = [
        ("name", " "),
        ("said_well", "kept"),
        ("said_badly", "kept too"),
    ];
    let refused = browser.form("/taxonomy/themes/warmth", &name);
    assert_eq!(
        refused.status, 409,
        "without the fingerprint of what was read"
    );
    assert!(refused.text().contains("value=\"kept too\""));
    let missing = json!({ "kind": "describe", "theme": "warmth", "texts": { "name": "", "said_well": "a", "said_badly": "b" } });
    assert_eq!(
        app.api(&org, Role::Analyst).post(EDITS, &missing).code(),
        "invalid"
    );
}

#[test]
fn two_people_at_once_lose_nothing() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let (one, two) = (app.api(&org, Role::Analyst), app.api(&org, Role::Admin));
    let read = one.get("/api/v1/taxonomy/themes/billing").json();
    let describe = |name: &str| {
        let mut texts = read["texts"].clone();
        texts["name"] = json!(name);
        json!({ "kind": "describe", "theme": "billing", "texts": texts, "fingerprint": read["fingerprint"] })
    };
    let preview = one.get("/api/v1/taxonomy/draft/preview").json();
    assert_eq!(one.post(EDITS, &describe("Bills")).status, 201);
    let late = two.post(EDITS, &describe("Invoices"));
    assert_eq!((late.status, late.code().as_str()), (409, "conflict"));
    // Words of two people do not get in each other's way.
    for (client, word) in [(&one, "teapot"), (&two, "saucer"), (&two, "teapot spout")] {
        assert_eq!(
            client.post(EDITS, &add("billing", "aspect", word)).status,
            201
        );
    }
    assert_eq!(edits(&one).len(), 4);
    // What was not previewed is not used.
    let used = json!({ "revision": preview["revision"], "version": preview["version"] });
    assert_eq!(
        one.post("/api/v1/taxonomy/draft/use", &used).code(),
        "conflict"
    );
    let discarded = json!({ "revision": preview["revision"] });
    assert_eq!(
        two.post("/api/v1/taxonomy/draft/discard", &discarded)
            .code(),
        "conflict"
    );
    assert_eq!(edits(&one).len(), 4);
    // A version that an expert saves meanwhile keeps its changes, and the draft its own.
    let present = two.get("/api/v1/taxonomy").json();
    let source = present["source"]
        .as_str()
        .expect("text")
        .replace("'rude\\w*', ", "");
    let saved = two.put(
        "/api/v1/taxonomy",
        &json!({ "source": source, "instead_of": present["version"], "action": "save" }),
    );
    assert_eq!(saved.status, 200, "{}", saved.text());
    assert_eq!(use_draft(&one), 102);
    let taxonomy = in_force(&one);
    let theme = |id: &str| taxonomy.theme(id).expect("theme").clone();
    assert_eq!(theme("billing").name, "Bills");
    assert!(theme("billing").aspect.ends_with(&[
        "teapot".into(),
        "saucer".into(),
        "teapot spout".into()
    ]));
    assert!(!theme("courtesy").negative.contains(&"rude\\w*".to_owned()));
    app.run_jobs();
}

#[test]
fn a_repeated_request_adds_once_and_other_organisations_see_nothing() {
    let app = TestApp::start();
    let (org, other) = (app.organisation("Acme"), app.organisation("Else"));
    let (analyst, stranger) = (app.api(&org, Role::Analyst), app.api(&other, Role::Analyst));
    let body = add("product", "aspect", "teapot").to_string();
    let key = [("Idempotency-Key", "k1")];
    for _ in 0..2 {
        let reply = analyst.send(
            "POST",
            EDITS,
            "application/json",
            Some(body.as_bytes()),
            &key,
        );
        assert_eq!((reply.status, &reply.json()["id"]), (201, &json!(1)));
    }
    assert_eq!(edits(&analyst).len(), 1);
    assert!(edits(&stranger).is_empty());
    assert_eq!(
        stranger
            .post(&format!("{EDITS}/1/delete"), &json!({}))
            .status,
        404
    );
    assert_eq!(
        analyst
            .post(&format!("{EDITS}/1/delete"), &json!({}))
            .status,
        204
    );
    let audit = app.api(&org, Role::Admin).get("/api/v1/audit").text();
    assert!(audit.contains("taxonomy.draft_edited"), "{audit}");
    let draft = analyst.get("/api/v1/taxonomy/draft").json();
    let used = json!({ "revision": draft["revision"], "version": draft["version"] });
    assert_eq!(
        analyst.post("/api/v1/taxonomy/draft/use", &used).code(),
        "conflict",
        "empty"
    );
}

#[test]
fn a_word_in_many_comments_is_warned_about() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let comments: Vec<String> = (0..30)
        .map(|i| format!("the teapot number {i} came"))
        .collect();
    say(&app, &org, &comments);
    let browser = app.browser(&org, Role::Analyst);
    for word in ["teapot", "saucer"] {
        let fields = [("list", "aspect"), ("word", word)];
        assert_eq!(
            browser
                .form("/taxonomy/themes/product/words", &fields)
                .status,
            303
        );
    }
    let page = browser.get("/taxonomy/draft").text();
    assert!(page.contains("is in 30 of 30 comments"), "{page}");
    assert!(
        page.contains("“saucer”") && page.contains("in none of these comments"),
        "{page}"
    );
    assert!(page.contains("30 comments gain the theme"), "{page}");
    assert_eq!(
        page.matches("<blockquote>").count(),
        10,
        "at most ten examples"
    );
}
