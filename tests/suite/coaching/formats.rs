//! Formats of a plan.

use super::*;

#[test]
fn a_plan_comes_in_five_formats_and_the_same_bytes_each_time() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let mut csv = peers();
    for i in 0..50 {
        let remark = match i % 5 {
            0 => "horribly rude = 2 & <b>shouting</b> #so *x*",
            1 => "very patient",
            _ => "",
        };
        csv.push_str(&line(
            i,
            "one",
            i as i64,
            if i % 5 == 0 { 1 } else { 5 },
            remark,
        ));
    }
    load(&app, &org, &csv);
    let coach = app.api(&org, Role::Coach);
    let agents = coach.get("/api/v1/agents").json();
    let one = agents["items"]
        .as_array()
        .expect("items")
        .iter()
        .find(|a| a["reference"] == "one")
        .expect("one")["id"]
        .as_str()
        .expect("id")
        .to_owned();
    let made = coach.post(&format!("/api/v1/agents/{one}/plans"), &json!({}));
    assert_eq!(made.status, 201, "{}", made.text());
    let id = made.json()["id"].as_str().expect("id").to_owned();
    for (ending, media, begins) in [
        ("pdf", "application/pdf", &b"%PDF-1.7"[..]),
        ("docx", "application/vnd.openxmlformats", b"PK"),
        ("html", "text/html", b"<!doctype html>"),
        ("md", "text/markdown", b"# 1:1 plan for one"),
        ("json", "application/json", b"{"),
    ] {
        let reply = coach.get(&format!("/api/v1/plans/{id}/plan.{ending}"));
        assert_eq!(reply.status, 200, "{ending}");
        assert!(
            reply
                .header("content-type")
                .is_some_and(|t| t.starts_with(media)),
            "{ending}"
        );
        assert!(reply.body.starts_with(begins), "{ending}");
        assert!(
            reply
                .header("content-disposition")
                .is_some_and(|d| d.contains("attachment"))
        );
        assert_eq!(reply.header("cache-control"), Some("private, no-store"));
        let again = coach.get(&format!("/api/v1/plans/{id}/plan.{ending}"));
        assert!(
            reply.body == again.body,
            "{ending}: the same plan gives the same bytes"
        );
    }
    assert_eq!(
        coach.get(&format!("/api/v1/plans/{id}/plan.exe")).status,
        404
    );
    let html = coach.get(&format!("/api/v1/plans/{id}/plan.html")).text();
    assert!(
        html.contains("&lt;b&gt;shouting") && !html.contains("<b>shouting"),
        "customers' words are never markup"
    );
    let markdown = coach.get(&format!("/api/v1/plans/{id}/plan.md")).text();
    assert!(markdown.contains("\\*x\\*"));
    assert!(
        app.browser(&org, Role::Coach)
            .get(&format!("/plans/{id}"))
            .text()
            .contains("What customers value")
    );
}

/// The fullest plan the rules can make, with customers who write long sentences, still prints on
/// two pages.
#[test]
fn the_fullest_plan_has_two_or_three_pages() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let mut csv = peers();
    for i in 0..60 {
        let remark = match i % 5 {
            0 => "he rushed me and hung up",
            1 => "very polite",
            2 => "I was on hold for an hour",
            _ => "thank you",
        };
        csv.push_str(&line(
            i,
            "full",
            i as i64,
            if i % 5 == 0 { 1 } else { 5 },
            remark,
        ));
    }
    load(&app, &org, &csv);
    let mut plan = draft(&app, &org, "full");
    let long = "I had to explain the same thing three times before anybody understood what had happened to my order, and then the line went dead again";
    let words = |quote: &coaching::plan::Quote| coaching::plan::Quote {
        text: long.to_owned(),
        ..quote.clone()
    };
    let strength = plan.strengths[0].clone();
    plan.strengths = ["courtesy", "warmth", "listening"]
        .map(|theme| coaching::plan::Strength {
            theme: theme.to_owned(),
            quotes: vec![words(&strength.quotes[0]); 2],
            ..strength.clone()
        })
        .to_vec();
    let focus = plan.focus[0].clone();
    plan.focus = ["patience", "ownership"]
        .map(|theme| coaching::plan::FocusArea {
            theme: theme.to_owned(),
            quotes: vec![words(&focus.quotes[0]); 3],
            ..focus.clone()
        })
        .to_vec();
    let bar = plan.balance[0].clone();
    plan.balance = vec![bar; 8];
    let other = plan.not_yours[0].clone();
    plan.not_yours = vec![other; 6];
    for row in &mut plan.not_yours {
        row.quote = row.quote.as_ref().map(words);
    }
    let file = app.database.folder.path().join("full.pdf");
    std::fs::write(
        &file,
        coaching::render(&plan.into(), Format::Pdf, Locale::english()).expect("renders"),
    )
    .expect("writes");
    if let Some(folder) = std::env::var_os("RAPPORT_SCREENSHOTS") {
        std::fs::copy(&file, std::path::Path::new(&folder).join("full.pdf")).expect("copies");
    }
    let Ok(info) = std::process::Command::new("pdfinfo").arg(&file).output() else {
        return crate::support::skip("pages of the PDF: poppler-utils is not installed");
    };
    let info = String::from_utf8_lossy(&info.stdout).into_owned();
    assert!(
        info.lines()
            .any(|l| l.starts_with("Pages:") && (l.ends_with(" 2") || l.ends_with(" 3"))),
        "{info}"
    );
}
