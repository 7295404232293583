//! Does the score predict? On simulated hires whose truth is known.

use rapport::{accounts::Role, demo, types::Instant};

use crate::support::TestApp;

#[test]
fn no_hires_is_not_enough_evidence() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let seen = app.api(&org, Role::Analyst).get("/api/v1/validity").json();
    assert!(seen["correlation"].is_null());
    assert!(
        seen["verdict"]
            .as_str()
            .is_some_and(|v| v.starts_with("Not enough evidence"))
    );
    assert!(
        app.browser(&org, Role::Analyst)
            .get("/validity")
            .text()
            .contains("Not enough evidence")
    );
}

/// Forty hires with a true relation: the correlation is positive, its interval is Fisher's, and the claim is still
/// withheld below a hundred pairs.
#[test]
fn simulated_hires_show_a_relation_and_withhold_the_claim() {
    let app = TestApp::start();
    let size = demo::Size {
        candidates: 60,
        hires: 40,
        feedback_per_agent: 120,
    };
    let made = demo::fill(&app.db, size, Instant::now(), &mut |_| ()).expect("fills");
    let mut c = app.db.connect().expect("connects");
    let found =
        rapport::validity::overview(&mut c, made.organisation, Instant::now()).expect("reads");
    assert_eq!((found.pairs.len(), found.waiting), (40, 0));
    let criterion = found.criterion.expect("agents differ");
    assert!((0.01..0.12).contains(&criterion.icc), "{}", criterion.icc);
    let r = found.correlation.expect("enough pairs");
    let half = 1.959_964 / 37.0_f64.sqrt();
    assert!((r.interval.low - (r.r.atanh() - half).tanh()).abs() < 1e-6);
    assert!(r.r > 0.0 && r.interval.high > 0.3, "{}", r.r);
    let reliability = found.criterion_reliability.expect("pairs");
    assert!((r.corrected_r - r.r / reliability.sqrt()).abs() < 1e-12);
    assert!(found.verdict.contains("60 more pairs"), "{}", found.verdict);
}
