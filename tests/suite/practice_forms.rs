//! The practice library is edited by form: themes are rewritten in a draft and used together.

use rapport::{
    accounts::Role,
    coaching::library::{Library, Practice, practice_for},
};
use serde_json::{Value, json};

use crate::support::{Client, TestApp};

const EDITS: &str = "/api/v1/practice/draft/edits";

fn shipped(theme: &str) -> Practice {
    practice_for(theme).expect("shipped").clone()
}

/// The fields of a page's form, as a browser sends them.
fn fields(page: &str) -> Vec<(String, String)> {
    let decode = |text: &str| {
        let text = text.replace("&#34;", "\"").replace("&#39;", "'");
        text.replace("&#60;", "<")
            .replace("&#62;", ">")
            .replace("&#38;", "&")
    };
    let mut found: Vec<(String, String)> = page
        .split("<textarea id=\"field-")
        .skip(1)
        .filter_map(|rest| {
            let text = rest.split_once('>')?.1.split_once("</textarea>")?.0;
            Some((rest.split('"').next()?.to_owned(), decode(text)))
        })
        .collect();
    let fingerprint = page.split("name=\"fingerprint\" value=\"").nth(1);
    let fingerprint = fingerprint
        .and_then(|rest| rest.split('"').next())
        .expect("fingerprint");
    found.push(("fingerprint".to_owned(), fingerprint.to_owned()));
    found
}

fn send(browser: &Client, theme: &str, fields: &[(String, String)]) -> crate::support::Reply {
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(n, v)| (n.as_str(), v.as_str()))
        .collect();
    browser.form(&format!("/practice/themes/{theme}"), &fields)
}

fn set(fields: &mut [(String, String)], name: &str, value: &str) {
    let field = fields
        .iter_mut()
        .find(|(known, _)| known == name)
        .expect(name);
    value.clone_into(&mut field.1);
}

fn in_force(client: &Client) -> (Library, Value) {
    let reply = client.get("/api/v1/practice").json();
    let library = Library::read(reply["source"].as_str().expect("text")).expect("read");
    (library, reply["version"].clone())
}

#[test]
fn texts_are_changed_previewed_and_used_without_scripts() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let (browser, coach) = (app.browser(&org, Role::Coach), app.api(&org, Role::Coach));
    assert!(
        browser
            .get("/practice")
            .text()
            .contains("/practice/themes/patience")
    );
    let mut form = fields(&browser.get("/practice/themes/patience").text());
    assert_eq!(form.len(), 11);
    set(&mut form, "goal", "I count to three before I answer");
    set(&mut form, "teach", "");
    let saved = send(&browser, "patience", &form);
    assert_eq!(saved.status, 303, "{}", saved.text());
    let page = browser.get("/practice/themes/patience").text();
    assert!(
        page.contains("I count to three before I answer.") && !page.contains("Teach: "),
        "{page}"
    );
    let preview = browser.get("/practice/draft").text();
    assert!(
        preview.contains(&shipped("patience").teach) && preview.contains("Use this version"),
        "{preview}"
    );
    assert_eq!(in_force(&coach).1, 0);
    let draft = coach.get("/api/v1/practice/draft").json();
    let revision = draft["revision"].to_string();
    let used = browser.form(
        "/practice/draft/use",
        &[("revision", &revision), ("version", "0"), ("note", "why")],
    );
    assert_eq!(
        (used.status, used.header("location")),
        (303, Some("/practice?used=1")),
        "{}",
        used.text()
    );
    let (library, version) = in_force(&coach);
    assert_eq!(version, 1);
    let mut expected = Library::shipped().clone();
    let edited = Practice {
        goal: "I count to three before I answer".to_owned(),
        teach: String::new(),
        ..shipped("patience")
    };
    expected.set("patience", Some(edited));
    assert_eq!(library, expected, "everything else is as it was");
    // And back again.
    assert_eq!(
        browser
            .form("/practice/themes/patience/shipped", &[])
            .status,
        303
    );
    let edits = coach.get("/api/v1/practice/draft").json()["edits"].clone();
    assert_eq!(
        (&edits[0]["theme"], &edits[0]["practice"]),
        (&json!("patience"), &Value::Null)
    );
}

#[test]
fn a_refused_text_stays_in_its_field_with_the_reason() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let browser = app.browser(&org, Role::Coach);
    let read = fields(&browser.get("/practice/themes/warmth").text());
    for (field, text, reason) in [
        ("at", " ", "Fill in “As expected”"),
        ("if_then", "When it <rains>", "begins with “If”"),
    ] {
        let mut form = read.clone();
        set(&mut form, field, text);
        let refused = send(&browser, "warmth", &form);
        let page = refused.text();
        assert_eq!(refused.status, 422, "{page}");
        assert!(
            page.contains(reason) && page.contains("aria-invalid"),
            "{page}"
        );
        let kept = fields(&page).into_iter().find(|(name, _)| name == field);
        assert_eq!(kept.map(|(_, text)| text).as_deref(), Some(text));
    }
    for theme in ["access", "nothing"] {
        let missing = browser.get(&format!("/practice/themes/{theme}"));
        assert_eq!(missing.status, 404, "not a theme of agents");
        assert_eq!(send(&browser, theme, &read).status, 404);
    }
    let analyst = app
        .browser(&org, Role::Analyst)
        .get("/practice/themes/warmth")
        .text();
    assert!(
        !analyst.contains("<textarea") && analyst.contains("As plans print it"),
        "{analyst}"
    );
}

#[test]
fn the_second_of_two_coaches_sees_what_the_first_wrote() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let (one, two) = (
        app.browser(&org, Role::Coach),
        app.browser(&org, Role::Admin),
    );
    let page = "/practice/themes/warmth";
    let (mut first, mut second) = (fields(&one.get(page).text()), fields(&two.get(page).text()));
    set(&mut first, "goal", "the first goal");
    set(&mut second, "goal", "the second goal");
    assert_eq!(send(&one, "warmth", &first).status, 303);
    let late = send(&two, "warmth", &second);
    let shown = late.text();
    assert_eq!(late.status, 409, "{shown}");
    assert!(
        shown.contains("the first goal") && shown.contains(">the second goal<"),
        "{shown}"
    );
    // Knowing that, the second may replace it.
    assert_eq!(send(&two, "warmth", &fields(&shown)).status, 303);
    let coach = app.api(&org, Role::Coach);
    let draft = coach.get("/api/v1/practice/draft").json();
    assert_eq!(
        draft["edits"][0]["practice"]["goal"], "the second goal",
        "{draft}"
    );
    assert_eq!(draft["edits"].as_array().map(Vec::len), Some(1));
    let outdated = json!({ "revision": 1, "version": 0 });
    assert_eq!(
        coach.post("/api/v1/practice/draft/use", &outdated).code(),
        "conflict"
    );
}

#[test]
fn programs_edit_the_draft_and_other_organisations_do_not_see_it() {
    let app = TestApp::start();
    let (org, other) = (app.organisation("Acme"), app.organisation("Else"));
    let (coach, stranger) = (app.api(&org, Role::Coach), app.api(&other, Role::Coach));
    let practice = Practice {
        goal: "g".to_owned(),
        ..shipped("warmth")
    };
    let body = json!({ "theme": "warmth", "practice": practice }).to_string();
    let key = [("Idempotency-Key", "k1")];
    for _ in 0..2 {
        let reply = coach.send(
            "POST",
            EDITS,
            "application/json",
            Some(body.as_bytes()),
            &key,
        );
        assert_eq!(reply.status, 201, "{}", reply.text());
    }
    let draft = |client: &Client| client.get("/api/v1/practice/draft").json();
    assert_eq!(
        (&draft(&coach)["revision"], &draft(&stranger)["revision"]),
        (&json!(1), &json!(0))
    );
    let undo = format!("{EDITS}/warmth/delete");
    assert_eq!(stranger.post(&undo, &json!({})).status, 404);
    let themes = coach.get("/api/v1/practice/themes").json();
    let warmth = themes["items"]
        .as_array()
        .and_then(|a| a.iter().find(|t| t["theme"] == "warmth"));
    assert_eq!(
        warmth.map(|t| &t["is_edited"]),
        Some(&json!(true)),
        "{themes}"
    );
    assert_eq!(coach.post(&undo, &json!({})).status, 204);
    let used = json!({ "revision": 2, "version": 0 });
    assert_eq!(
        coach.post("/api/v1/practice/draft/use", &used).code(),
        "conflict",
        "empty"
    );
    let discarded = coach.post("/api/v1/practice/draft/discard", &json!({ "revision": 2 }));
    assert_eq!(discarded.status, 204);
    let refused = coach.post(
        EDITS,
        &json!({ "theme": "warmth", "practice": Practice::default() }),
    );
    assert_eq!(refused.code(), "invalid");
    assert_eq!(coach.post(EDITS, &json!({ "theme": "access" })).status, 404);
    let audit = app.api(&org, Role::Admin).get("/api/v1/audit").text();
    assert!(audit.contains("practice.draft_edited"), "{audit}");
}
