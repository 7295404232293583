//! A refused form comes back with what was entered and says why, on the page that it was sent from;
//! a form that was taken leads to a page that says what happened.

use chrono::Days;
use rapport::{
    accounts::{NewPerson, Role, create_person},
    types::{Id, Instant},
};
use serde_json::json;

use crate::support::{Client, HASH, Reply, Scene, invite, organisation};

/// Asserts that a page with this status shows a problem and these parts.
fn assert_shows(reply: &Reply, status: u16, parts: &[&str]) {
    let page = reply.text();
    assert_eq!(reply.status, status, "{page}");
    for part in parts.iter().chain(&["role=\"alert\""]) {
        assert!(page.contains(part), "{part} is not in {page}");
    }
}

/// Today plus `days`, as a date field sends it.
fn day(days: u64) -> String {
    (Instant::now().date() + Days::new(days)).to_string()
}

/// A plan with an own goal that the coach accepted.
fn accepted(scene: &Scene, coach: &Client) -> Id {
    let plan = scene.plan("ann");
    let items = json!([{ "goal": "Learn the new till", "reason": "Ann's wish" }]);
    let step = json!({ "step": "accepted", "items": items });
    let reply = coach.post(&format!("/api/v1/plans/{plan}/steps"), &step);
    assert_eq!(reply.status, 201, "{}", reply.text());
    plan
}

#[test]
fn a_pause_that_ends_before_it_starts() {
    let scene = organisation();
    let coach = scene.app.browser(&scene.org, Role::Coach);
    let agent = format!("agent:{}", scene.agent("ann"));
    let (first, last) = (day(3), day(2));
    let reply = coach.form(
        "/pauses",
        &[
            ("whom", &agent),
            ("reason", "personal"),
            ("first_day", &first),
            ("last_day", &last),
        ],
    );
    let whom = format!("value=\"{agent}\" selected");
    let parts = [&*whom, "value=\"personal\" selected", &first, &last];
    assert_shows(&reply, 422, &parts);
}

#[test]
fn an_own_goal_without_a_reason() {
    let scene = organisation();
    let coach = scene.app.browser(&scene.org, Role::Coach);
    let address = format!("/plans/{}/steps", scene.plan("ann"));
    let goal = ("own_goal", "Learn the new till");
    let reply = coach.form(&address, &[("step", "accepted"), goal]);
    let parts = ["Learn the new till", "Enter a reason for “Personal goal”"];
    assert_shows(&reply, 422, &parts);
}

#[test]
fn a_promise_for_a_day_in_the_past() {
    let scene = organisation();
    let coach = scene.app.browser(&scene.org, Role::Coach);
    let plan = accepted(&scene, &scene.signed_in(Role::Coach));
    let send = |due: &str| {
        let fields = [
            ("step", "promised"),
            ("promise", "An hour with Bo"),
            ("due", due),
        ];
        coach.form(&format!("/plans/{plan}/steps"), &fields)
    };
    assert_shows(&send("2020-01-02"), 422, &["An hour with Bo", "2020-01-02"]);
    assert_shows(&send("soon"), 422, &["An hour with Bo"]);
    assert_eq!(send(&day(7)).status, 303);
}

#[test]
fn a_check_in_with_more_contacts_seen_than_watched() {
    let scene = organisation();
    let coach = scene.app.browser(&scene.org, Role::Coach);
    let plan = accepted(&scene, &scene.signed_in(Role::Coach));
    let fields = [
        ("step", "checked_in"),
        ("check_in", "1"),
        ("note", "Calm throughout"),
        ("seen", "5"),
        ("of", "3"),
    ];
    let reply = coach.form(&format!("/plans/{plan}/steps"), &fields);
    assert_shows(
        &reply,
        422,
        &["Calm throughout", "id=\"check-in-problem-1\""],
    );
    let page = reply.text();
    assert_eq!(page.matches("Calm throughout").count(), 1, "{page}");
}

#[test]
fn a_step_that_the_state_of_the_plan_excludes() {
    let scene = organisation();
    let coach = scene.app.browser(&scene.org, Role::Coach);
    let plan = accepted(&scene, &scene.signed_in(Role::Coach));
    let fields = [("step", "accepted"), ("own_goal", "Another")];
    let reply = coach.form(&format!("/plans/{plan}/steps"), &fields);
    assert_shows(&reply, 409, &["already accepted"]);
}

#[test]
fn a_dispute_without_a_reason() {
    let scene = organisation();
    let plan = accepted(&scene, &scene.signed_in(Role::Coach));
    let fields = [("point", "He hung up"), ("reason", " ")];
    let ann = scene.signed_in_as("ann");
    let reply = ann.form(&format!("/me/plans/{plan}/disputes"), &fields);
    assert_shows(&reply, 422, &["value=\"He hung up\""]);
    let strangers = scene.signed_in_as("bo");
    let reply = strangers.form(&format!("/me/plans/{plan}/disputes"), &fields);
    assert_eq!(reply.status, 404);
}

#[test]
fn a_view_that_is_too_long() {
    let scene = organisation();
    let plan = scene.plan("ann");
    let view = "a word ".repeat(800);
    let ann = scene.signed_in_as("ann");
    let reply = ann.form(&format!("/me/plans/{plan}/acknowledge"), &[("view", &view)]);
    assert_shows(&reply, 422, &[view.trim(), "at most 4,000 characters"]);
}

#[test]
fn a_reference_of_another_agent_with_a_plan() {
    let scene = organisation();
    let coach = scene.app.browser(&scene.org, Role::Coach);
    scene.plan("bo");
    let address = format!("/agents/{}/references", scene.agent("ann"));
    let reply = coach.form(&address, &[("reference", "bo"), ("name", "Ann Lee")]);
    assert_shows(&reply, 409, &["value=\"bo\"", "value=\"Ann Lee\""]);
}

#[test]
fn a_department_that_owns_no_theme() {
    let scene = organisation();
    let admin = scene.app.browser(&scene.org, Role::Admin);
    let person = scene.app.write(|c| {
        let new = NewPerson {
            email: "desk@acme.example".to_owned(),
            name: "Front office".to_owned(),
            role: Role::Department,
            password_hash: HASH.clone(),
            agent: None,
            department: Some("Billing".to_owned()),
        };
        Ok(create_person(
            c,
            scene.org.id,
            new,
            "system",
            Instant::now(),
        )?)
    });
    let address = format!("/people/{person}/department");
    let reply = admin.form(&address, &[("department", "Nobody's")]);
    assert_shows(&reply, 422, &[&format!("department-problem-{person}")]);
}

#[test]
fn a_file_of_candidates_without_their_columns() {
    let scene = organisation();
    let (vacancy, _, _) = invite(
        &scene.signed_in(Role::Recruiter),
        &scene.org,
        "kim@candidate.example",
    );
    let recruiter = scene.app.browser(&scene.org, Role::Recruiter);
    let address = format!("/vacancies/{vacancy}/candidates/import");
    let reply = recruiter.upload(&address, &[], b"colour,size\nred,3\n");
    assert_shows(&reply, 422, &["id=\"file-problem\"", "Kim Test"]);
}

#[test]
fn an_upload_with_an_unusable_mapping() {
    let scene = organisation();
    let analyst = scene.app.browser(&scene.org, Role::Analyst);
    let fields = [
        ("mapping", "standard"),
        ("mapping_file", "this is no mapping"),
        ("corrects", "yes"),
    ];
    let reply = analyst.upload("/feedback/imports", &fields, b"a,b\n1,2\n");
    let parts = ["value=\"standard\" selected", "value=\"yes\" checked"];
    assert_shows(&reply, 422, &parts);
}

#[test]
fn a_questionnaire_without_consent() {
    let scene = organisation();
    let recruiter = scene.signed_in(Role::Recruiter);
    let (_, _, token) = invite(&recruiter, &scene.org, "kim@candidate.example");
    let candidate = scene.app.anonymous();
    let reply = candidate.form(&format!("/c/{token}/consent"), &[]);
    assert_shows(&reply, 409, &["id=\"agree-problem\"", "name=\"agree\""]);
}

/// Sends a form that is taken; returns the confirmation on the page that follows.
fn confirmation(browser: &Client, address: &str, fields: &[(&str, &str)]) -> String {
    let reply = browser.form(address, fields);
    assert_eq!(reply.status, 303, "{}", reply.text());
    let page = browser
        .get(reply.header("location").expect("an address"))
        .text();
    let begin = "<div class=\"callout\" role=\"status\"><p>";
    let (_, after) = page.split_once(begin).unwrap_or_else(|| panic!("{page}"));
    after.split("</p>").next().unwrap_or_default().to_owned()
}

#[test]
fn forms_that_were_taken_say_what_happened() {
    let scene = organisation();
    let coach = scene.app.browser(&scene.org, Role::Coach);
    let agent = scene.agent("ann");
    let (first, last) = (day(200), day(210));
    let whom = format!("agent:{agent}");
    for (address, fields, text) in [
        (
            "/pauses".to_owned(),
            &[
                ("whom", &*whom),
                ("reason", "leave"),
                ("first_day", &first),
                ("last_day", &last),
            ][..],
            "Pause added",
        ),
        (
            format!("/agents/{agent}/references"),
            &[("reference", "A-17")],
            "Name or number added",
        ),
        (
            format!("/agents/{agent}/plans"),
            &[],
            "Plan created as a draft",
        ),
        ("/teams/coached".to_owned(), &[], "Your teams are saved"),
    ] {
        let said = confirmation(&coach, &address, fields);
        assert!(said.starts_with(text), "{address}: {said}");
    }
}

#[test]
fn the_steps_of_a_plan_say_what_happened() {
    let scene = organisation();
    let coach = scene.app.browser(&scene.org, Role::Coach);
    let created = coach.form(&format!("/agents/{}/plans", scene.agent("ann")), &[]);
    let steps = format!("{}/steps", created.leads_to());
    let due = day(9);
    for (fields, text) in [
        (&[("step", "shared")][..], "Plan shared"),
        (
            &[
                ("step", "accepted"),
                ("own_goal", "Learn the till"),
                ("own_reason", "a wish"),
            ],
            "Plan agreed",
        ),
        (
            &[("step", "promised"), ("promise", "An hour"), ("due", &due)],
            "Promise saved",
        ),
        (
            &[("step", "kept"), ("promise", "0")],
            "Promise marked as kept",
        ),
    ] {
        let said = confirmation(&coach, &steps, fields);
        assert!(said.starts_with(text), "{fields:?}: {said}");
    }
}

#[test]
fn an_address_confirms_nothing_that_is_not_known() {
    let scene = organisation();
    let coach = scene.app.browser(&scene.org, Role::Coach);
    for query in ["done=%3Cb%3Epwned", "done=pwned", "done="] {
        let page = coach.get(&format!("/pauses?{query}")).text();
        assert!(
            !page.contains("role=\"status\"") && !page.contains("pwned"),
            "{page}"
        );
    }
}
