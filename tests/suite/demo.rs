//! The demo is made by the real code paths, in small here, on either database.

use rapport::{
    accounts::Role, assessment, coaching, db::write_transaction, demo, feedback, hiring,
    types::Instant, workforce,
};
use serde_json::Value;

use crate::support::TestApp;

#[test]
fn a_small_demo_runs_the_whole_loop() {
    let app = TestApp::start();
    let size = demo::Size {
        candidates: 40,
        hires: 30,
        feedback_per_agent: 90,
    };
    let made = demo::fill(&app.db, size, Instant::now(), &mut |_| ()).expect("fills");
    assert_eq!(made.sign_ins.len(), Role::ALL.len());
    let mut c = app.db.connect().expect("connects");
    let agents = workforce::agents(&mut c, made.organisation).expect("reads");
    assert_eq!(agents.len(), 30);
    let imported = feedback::imports(&mut c, made.organisation).expect("reads");
    assert_eq!((imported[0].imported, imported[0].rejected), (2_700, 0));
    let guest = hiring::open_link(&mut c, &made.open_token, Instant::now()).expect("opens");
    assert!(guest.sitting.is_none(), "nobody has opened the link yet");

    let (name, reference) = &made.agent;
    let signs_in = agents.iter().find(|a| a.reference == *reference);
    assert_eq!(signs_in.map(|a| &a.name), Some(name));
    assert!(made.planned.contains(reference));
    let planned = made.planned.iter().map(|reference| {
        let agent = agents.iter().find(|a| a.reference == *reference);
        let agent = agent.expect("an agent").id;
        let plans = coaching::plans_of(&mut c, made.organisation, agent).expect("reads");
        let [plan] = <[_; 1]>::try_from(plans).expect("one plan");
        assert!(
            plan.plan.synthetic && plan.plan.basis.scores > 0 && plan.progress.shared.is_some()
        );
        !plan.plan.focus.is_empty()
    });
    let with_focus: Vec<bool> = planned.collect();
    let (last, others) = with_focus.split_last().expect("plans");
    assert!(!last && (1..=3).contains(&others.len()) && others.iter().all(|focus| *focus));
    for (role, email, password) in &made.sign_ins {
        let reply = app.anonymous().post(
            "/api/v1/tokens",
            &serde_json::json!({ "email": email, "password": password }),
        );
        assert_eq!(reply.status, 200, "{role:?}");
    }
}

/// Reliabilities measured on the demo's answers are those of its model. NumPy gives alpha = .847
/// for eight items of that model (400,000 simulated people, 4 % of them careless); of 20,000
/// samples of 39 people, 99.99 % are above .56.
#[test]
fn measured_reliabilities_are_those_of_the_model() {
    let app = TestApp::start();
    let size = demo::Size {
        candidates: 40,
        hires: 1,
        feedback_per_agent: 1,
    };
    let made = demo::fill(&app.db, size, Instant::now(), &mut |_| ()).expect("fills");
    let mut c = app.db.connect().expect("connects");
    let published = assessment::published(&mut c, made.organisation).expect("reads");
    let questionnaire = published[0].id;
    let job = assessment::MeasureReliability { questionnaire };
    write_transaction(&mut c, |c| {
        assessment::measure_reliability(c, made.organisation, &job, Instant::now())
    })
    .expect("measures");
    let found = assessment::reliability(&mut c, made.organisation, questionnaire);
    let row = found.expect("reads").expect("measured");
    let facets: Vec<Value> = row.content.read().expect("reads");
    let alphas: Vec<f64> = facets.iter().filter_map(|f| f["alpha"].as_f64()).collect();
    assert_eq!(alphas.len(), 6);
    assert!(alphas.iter().all(|alpha| *alpha > 0.56), "{alphas:?}");
    let mean = alphas.iter().sum::<f64>() / 6.0;
    assert!((mean - 0.847).abs() < 0.1, "{mean}");
}
