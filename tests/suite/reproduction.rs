//! What a page shows, `rapport analyse` computes again from the file that the page offers.

use rapport::{
    demo,
    insight::{drivers, overview},
    types::{Id, Instant},
    validity,
};
use serde_json::Value;

use crate::{analyse::Bench, support::TestApp};

/// An organisation with forty simulated hires, 120 scores each.
fn hires(app: &TestApp) -> Id {
    let size = demo::Size {
        candidates: 60,
        hires: 40,
        feedback_per_agent: 120,
    };
    let made = demo::fill(&app.db, size, Instant::now(), &mut |_| ());
    made.expect("fills").organisation
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).expect("UTF-8")
}

fn same(name: &str, command: &Value, page: f64) {
    let command = command
        .as_f64()
        .unwrap_or_else(|| panic!("{name}: {command}"));
    assert!(
        (command - page).abs() < 1e-12,
        "{name}: {command} in the command, {page} on the page"
    );
}

#[test]
fn agents_of_the_overview() {
    let app = TestApp::start();
    let organisation = hires(&app);
    let (mut c, now) = (app.db.connect().expect("connects"), Instant::now());
    let page = overview::overview(&mut c, organisation, now).expect("reads");
    let csv = overview::agents_csv(&mut c, organisation, now).expect("writes");
    let command = Bench::new()
        .with("agents.csv", text(csv))
        .run("agents agents.csv --agent agent --score good --good-from 1 --count scores --adjust channel,issue --margin 0.05")
        .json();
    assert_eq!(command["n"], page.scores);
    same(
        "icc",
        &command["case_mix"]["icc"],
        page.icc.expect("agents differ"),
    );
    assert!(
        page.low.agents > 30 && page.low.raw_below > 0,
        "{:?}",
        page.low
    );
    assert_eq!(command["raw_below"], page.low.raw_below);
    assert_eq!(command["credibly_below"], page.low.credibly_below);
    assert_eq!(command["below_after_fdr"], page.low.below_after_fdr);
    for (reliability, needed) in ["0.5", "0.7", "0.8"].iter().zip(page.scores_needed) {
        let scores = command["n_for_reliability"][reliability].as_f64();
        assert_eq!(scores.map(|n| n.ceil() as u64), needed);
    }
    let funnel = page.funnel.expect("forty agents");
    same(
        "dispersion",
        &command["funnel"]["dispersion"],
        funnel.dispersion,
    );
}

#[test]
fn drivers_of_the_overview() {
    let app = TestApp::start();
    let organisation = hires(&app);
    drivers::refresh(&app.db, organisation, Instant::now()).expect("computes");
    let mut c = app.db.connect().expect("connects");
    let page = drivers::last(&mut c, organisation)
        .expect("reads")
        .expect("computed");
    let csv = text(drivers::csv(&mut c, organisation, Instant::now()).expect("writes"));
    let header = csv
        .lines()
        .next()
        .expect("a header")
        .trim_start_matches('\u{feff}');
    let themes = header
        .strip_prefix("good,")
        .expect("themes")
        .trim()
        .to_owned();
    let command = Bench::new()
        .with("drivers.csv", csv)
        .run(&format!(
            "drivers drivers.csv --outcome good --drivers {themes}"
        ))
        .json();
    same("R2", &command["r2"], page.r2);
    assert!(page.themes.len() > 1);
    for theme in &page.themes {
        let drivers = command["drivers"].as_array().expect("a list");
        let found = drivers.iter().find(|d| d["driver"] == theme.theme.as_str());
        let found = found.unwrap_or_else(|| panic!("{} is missing", theme.theme));
        same("share", &found["share"], theme.share);
        same("low", &found["share_ci"][0], theme.low);
        same("high", &found["share_ci"][1], theme.high);
    }
}

#[test]
fn correlations_of_the_validity_page() {
    let app = TestApp::start();
    let organisation = hires(&app);
    let mut c = app.db.connect().expect("connects");
    let page = validity::overview(&mut c, organisation, Instant::now()).expect("reads");
    let shown = page.correlation.as_ref().expect("forty pairs");
    let csv = text(validity::pairs_csv(&page.pairs).expect("writes"));
    let bench = Bench::new().with("pairs.csv", csv);
    let run = |more: &str| {
        let command = "validity pairs.csv --predictor score --criterion criterion";
        bench.run(&format!("{command} {more}")).json()
    };
    let plain = run("--reliability reliability");
    same("r", &plain["r"], shown.r);
    same("low", &plain["ci_fisher"][0], shown.interval.low);
    same("high", &plain["ci_fisher"][1], shown.interval.high);
    let corrected = &plain["corrected"][0];
    same("corrected", &corrected["r"], shown.corrected_r);
    same("low", &corrected["ci"][0], shown.corrected_interval.low);
    same("high", &corrected["ci"][1], shown.corrected_interval.high);
    same(
        "weighted",
        &run("--weight reliability")["r"],
        shown.weighted_r,
    );
}
