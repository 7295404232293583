//! Mentions of the themes that departments own.

use super::*;

/// Complaints about waiting on two channels, and one about billing.
fn waiting() -> Scene {
    let scene = organisation();
    let waiting = |text: &str, channel: &str, days: i64| {
        let feedback = scene.feedback("a").score(1).channel(channel);
        feedback.comment(text).days_ago(days).send();
    };
    waiting("an awful hour on hold every Monday.", "phone", 1);
    waiting("terrible and on hold for ages again", "chat", 3);
    let billing = scene.feedback("b").score(1).channel("phone");
    billing
        .comment("I was charged twice on my invoice")
        .days_ago(2)
        .send();
    scene
}

fn items(client: &Client, query: &str) -> Vec<Value> {
    let reply = client.get(&format!("/api/v1/mentions?{query}")).json();
    reply["items"].as_array().expect("a list").clone()
}

#[test]
fn mentions_are_filtered_and_name_no_agent() {
    let scene = waiting();
    let coach = scene.signed_in(Role::Coach);
    let all = items(&coach, "theme=access");
    assert_eq!(all.len(), 2, "{all:?}");
    assert_eq!(all[0]["channel"], "phone");
    assert_eq!(all[0]["score"], 1.0);
    assert_eq!(all[0]["polarity"], "negative");
    let keys: Vec<&str> = all[0]
        .as_object()
        .expect("object")
        .keys()
        .map(String::as_str)
        .collect();
    for hidden in [
        "agent",
        "agent_id",
        "team",
        "contact",
        "external_id",
        "occurred_at",
    ] {
        assert!(!keys.contains(&hidden), "{hidden}");
    }
    for (query, count) in [
        ("theme=access&channel=chat", 1),
        ("theme=access&polarity=positive", 0),
        ("theme=access&find=MONDAY", 1),
        ("theme=access&find=%25", 0),
        ("theme=billing", 1),
        ("from=2001-01-01&to=2001-12-31", 0),
    ] {
        assert_eq!(items(&coach, query).len(), count, "{query}");
    }
}

#[test]
fn invalid_filters_are_refused() {
    let scene = waiting();
    let coach = scene.signed_in(Role::Coach);
    let nothing = Id::new();
    for (query, code) in [
        ("theme=courtesy".to_owned(), "not_found"),
        ("polarity=sad".to_owned(), "invalid"),
        ("from=yesterday".to_owned(), "invalid"),
        ("from=2026-02-01&to=2026-01-01".to_owned(), "invalid"),
        ("from=1990-01-01&to=2026-01-01".to_owned(), "invalid"),
        (format!("after={nothing}"), "invalid"),
    ] {
        let reply = coach.get(&format!("/api/v1/mentions?{query}"));
        assert_eq!(reply.code(), code, "{query}");
    }
}

#[test]
fn a_department_sees_mentions_of_its_own_themes_alone() {
    let scene = waiting();
    // This person's department, "Workforce planning", owns "access".
    let own = scene.signed_in(Role::Department);
    assert!(items(&own, "").iter().all(|m| m["theme"] == "access"));
    assert_eq!(own.get("/api/v1/mentions?theme=billing").status, 404);
    let elsewhere = scene.elsewhere(Role::Coach);
    assert!(items(&elsewhere, "").is_empty());
    let page = scene
        .app
        .browser(&scene.org, Role::Department)
        .get("/mentions")
        .text();
    assert!(page.contains("awful hour on hold ") && !page.contains("charged twice"));
    assert!(page.contains("No data for the period before"), "{page}");
}

#[test]
fn pages_cover_every_mention_once() {
    let scene = organisation();
    let often = scene.feedback("a").score(1);
    often
        .comment("terrible and on hold for ages again")
        .send_over(120, 0);
    let coach = scene.signed_in(Role::Coach);
    let (mut seen, mut after) = (std::collections::BTreeSet::new(), String::new());
    for length in [50, 50, 20] {
        let reply = coach
            .get(&format!("/api/v1/mentions?theme=access{after}"))
            .json();
        let page = reply["items"].as_array().expect("a list");
        assert_eq!(page.len(), length);
        seen.extend(page.iter().map(|m| m["id"].to_string()));
        after = format!("&after={}", reply["next"].as_str().unwrap_or_default());
    }
    assert_eq!((seen.len(), after.as_str()), (120, "&after="));
    let table = scene
        .app
        .browser(&scene.org, Role::Coach)
        .get("/mentions.csv?theme=access");
    assert_eq!(table.text().lines().count(), 121);
}

#[test]
fn a_withheld_quote_is_explained_and_cannot_be_searched_for() {
    let scene = organisation();
    let rude = scene.feedback("a").score(1);
    rude.comment("on hold for an hour with that idiot").send();
    let coach = scene.signed_in(Role::Coach);
    let held = items(&coach, "theme=access");
    assert_eq!(held[0]["quote"], Value::Null);
    assert_eq!(held[0]["missing"], "withheld");
    assert!(items(&coach, "theme=access&find=idiot").is_empty());
    let page = scene
        .app
        .browser(&scene.org, Role::Coach)
        .get("/mentions")
        .text();
    assert!(page.contains("Quote withheld") && !page.contains("idiot"));
}

#[test]
fn cells_of_the_export_are_defused() {
    let scene = organisation();
    let formula = scene.feedback("a").score(1).channel("=1+1");
    formula
        .comment("an awful hour on hold every Monday.")
        .send();
    let table = scene
        .app
        .browser(&scene.org, Role::Coach)
        .get("/mentions.csv")
        .text();
    assert!(
        table.contains("'=1+1") && table.contains("on hold"),
        "{table}"
    );
}

#[test]
fn trends_count_comments_by_month_and_week() {
    let scene = waiting();
    let good = scene
        .feedback("a")
        .score(5)
        .comment("very polite and patient man");
    good.days_ago(3).send_over(2, 0);
    let coach = scene.signed_in(Role::Coach);
    for (by, longest) in [("month", 12), ("week", 54)] {
        let path = format!("/api/v1/mentions/trend?theme=access&by={by}");
        let trend = coach.get(&path).json()["items"][0].clone();
        assert_eq!(
            (&trend["mentions"], &trend["comments"]),
            (&json!(2), &json!(5))
        );
        assert_eq!(trend["rate"], 40.0);
        assert_eq!(trend["before"], Value::Null);
        let points = trend["points"].as_array().expect("points");
        assert!(points.len() <= longest && points.len() >= 12, "{by}");
        let sum: u64 = points.iter().filter_map(|p| p["mentions"].as_u64()).sum();
        assert_eq!(sum, 2, "{by}");
        let empty = points
            .iter()
            .find(|p| p["comments"] == 0)
            .expect("an empty one");
        assert_eq!(empty["rate"], Value::Null);
    }
}

#[test]
fn a_period_before_without_feedback_has_no_figures() {
    let scene = waiting();
    let coach = scene.signed_in(Role::Coach);
    let before = || {
        let items = coach.get("/api/v1/departments").json()["items"].clone();
        let items = items.as_array().expect("a list").clone();
        let access = items.into_iter().find(|i| i["theme"] == "access");
        access.expect("listed")["before"].clone()
    };
    assert_eq!(before(), Value::Null);
    let earlier = scene.feedback("a").score(5).days_ago(100);
    earlier.comment("very polite and patient man").send();
    assert_eq!(before(), 0);
}
