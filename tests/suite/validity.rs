//! Criterion validity: what may be concluded, and the figures against other programs.

use rapport::{
    accounts::Role,
    demo,
    studies::validity::{Correlation, Pairs},
    types::Instant,
    validity,
};

use crate::support::TestApp;

#[test]
fn no_hires_is_not_enough_evidence() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let seen = app.api(&org, Role::Analyst).get("/api/v1/validity").json();
    assert!(seen["correlation"].is_null());
    let verdict = seen["verdict"].as_str().expect("a sentence");
    assert!(verdict.starts_with("Not enough evidence"), "{verdict}");
    let page = app.browser(&org, Role::Analyst).get("/validity").text();
    assert!(page.contains("Not enough evidence"));
}

/// Forty pairs by formula: x = 50 + 10 sin i, y = 0.75 + 0.05 sin (i + 0.9) + 0.02 cos 3i, with the
/// weights w = 0.5 + 0.01 i.
fn correlation(pairs: usize) -> Option<Correlation> {
    let column = |of: fn(f64) -> f64| (0..pairs).map(|i| of(i as f64)).collect::<Vec<f64>>();
    Pairs {
        predictor: &column(|i| 50.0 + 10.0 * i.sin()),
        criterion: &column(|i| 0.75 + 0.05 * (i + 0.9).sin() + 0.02 * (3.0 * i).cos()),
        reliability: &column(|i| 0.5 + 0.01 * i),
    }
    .correlation()
}

/// r and its interval by `scipy.stats.pearsonr(x, y).confidence_interval(0.95)` of SciPy 1.17.1;
/// the weighted r by `DescrStatsW(numpy.c_[x, y], weights=w).corrcoef` of statsmodels 0.15.0; the
/// corrected values are those of SciPy over the square root of .695, the mean of the weights.
#[test]
fn correlations_are_those_of_scipy_and_statsmodels() {
    let found = correlation(40).expect("enough pairs");
    for (name, ours, theirs) in [
        ("r", found.r, 0.574_150_287_855_395_8),
        ("low", found.interval.low, 0.319_846_503_992_317_4),
        ("high", found.interval.high, 0.751_289_176_689_973_1),
        ("weighted", found.weighted_r, 0.578_726_070_281_405_3),
        ("corrected", found.corrected_r, 0.688_704_918_533_427_5),
        (
            "corrected low",
            found.corrected_interval.low,
            0.383_662_370_523_290_1,
        ),
        (
            "corrected high",
            found.corrected_interval.high,
            0.901_186_609_450_292_7,
        ),
    ] {
        assert!((ours - theirs).abs() < 1e-9, "{name}: {ours} for {theirs}");
    }
}

#[test]
fn fewer_than_thirty_pairs_give_no_correlation() {
    assert!(correlation(29).is_none());
    assert!(correlation(30).is_some());
}

/// Forty simulated hires whose scores and customer ratings share a cause: the correlation is
/// positive, and the claim is withheld below a hundred pairs.
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
    let found = validity::overview(&mut c, made.organisation, Instant::now()).expect("reads");
    assert_eq!((found.pairs.len(), found.waiting), (40, 0));
    let criterion = found.criterion.expect("agents differ");
    assert!((0.01..0.12).contains(&criterion.icc), "{}", criterion.icc);
    let r = found.correlation.as_ref().expect("enough pairs");
    assert!(r.r > 0.0 && r.interval.high > 0.3, "{}", r.r);
    assert!(r.corrected_r > r.r, "the criterion is unreliable");
    let verdict = rapport::locale::Locale::english().format(&found.verdict());
    assert!(verdict.contains("60 more hires"), "{verdict}");
}
