//! Plans from little or old feedback.

use super::*;

#[test]
fn an_agent_without_feedback_gets_a_plan_that_says_so() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let _id = Id::new();
    app.write(|c| {
        let new = workforce::NewAgent {
            reference: "new",
            name: "New",
            team: None,
            hired: None,
        };
        Ok(workforce::add_agent(c, org.id, &new, Instant::now())?)
    });
    let plan = draft(&app, &org, "new");
    assert!(plan.rate.is_none() && plan.focus.is_empty() && plan.strengths.is_empty());
    assert_eq!(plan.basis.days, coaching::gates::WINDOW_DAYS);
    let reason = plan.no_focus.as_ref().and_then(|n| n.reason());
    assert!(
        matches!(reason, Some(NoFocus::TooFewComments { comments: 0, .. })),
        "{reason:?}"
    );
}

#[test]
fn old_feedback_is_called_old_and_gets_no_check_ins() {
    let scene = organisation();
    let feedback = scene
        .feedback("ann")
        .score(5)
        .comment("very polite and helpful");
    feedback.days_ago(70).send_over(30, 1);
    let old = draft(&scene.app, &scene.org, "ann");
    assert!(old.check_ins.is_empty());
    assert_eq!(old.stale_since(), old.basis.newest);
    let bytes = coaching::render(&old.into(), Format::Markdown, Locale::english());
    let text = String::from_utf8(bytes.expect("renders")).expect("text");
    let (told, period) = (text.find("This feedback is old"), text.find("**Period:**"));
    assert!(told.is_some() && told < period, "it comes first: {text}");
    scene
        .feedback("ann")
        .score(5)
        .comment("she listened")
        .send();
    let new = draft(&scene.app, &scene.org, "ann");
    assert_eq!((new.check_ins.len(), new.stale_since()), (5, None));
}

/// COPC's published case: with 18 surveys at a true rate of 83.3 %, 72 % or less is seen with
/// probability .168; the rules show no rate at such a number.
#[test]
fn eighteen_surveys_are_no_rate() {
    let p = statrs::distribution::DiscreteCDF::cdf(
        &statrs::distribution::Binomial::new(0.8333, 18).expect("valid"),
        13,
    );
    assert!((p - 0.168).abs() < 5e-3, "{p}");
    const { assert!(18 < coaching::gates::MIN_SCORES) };
    // Detectable change: p = .83 and 60 / 180 / 2,000 scores: 19.2, 11.1 and 3.3 points.
    for (n, points) in [(60, 19.2), (180, 11.1), (2_000, 3.3)] {
        assert!(
            (100.0 * coaching::gates::detectable_change(0.83, n) - points).abs() < 0.06,
            "{n}"
        );
    }
}
