//! The demo is made by the real code paths, in small here, on either database.

use rapport::{
    accounts::Role, assessment, coaching, db::write_transaction, demo, feedback, hiring,
    types::Instant, workforce,
};

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
    assert!(!made.planned.is_empty());
    let mut c = app.db.connect().expect("connects");
    let agents = workforce::agents(&mut c, made.organisation).expect("reads");
    assert_eq!(agents.len(), 30);
    let imported = feedback::imports(&mut c, made.organisation).expect("reads");
    assert_eq!((imported[0].imported, imported[0].rejected), (2_700, 0));
    let guest = hiring::open_link(&mut c, &made.open_token, Instant::now()).expect("opens");
    assert!(guest.sitting.is_none(), "nobody has opened the link yet");

    // Scores follow the truth they were simulated from: those who answered carelessly aside, the reliability is high.
    let published = assessment::published(&mut c, made.organisation).expect("reads");
    let job = assessment::MeasureReliability {
        questionnaire: published[0].id,
    };
    write_transaction(&mut c, |c| {
        assessment::measure_reliability(c, made.organisation, &job, Instant::now())
    })
    .expect("measures");

    let agent = agents
        .iter()
        .find(|a| made.planned.contains(&a.reference))
        .expect("planned");
    let plans = coaching::plans_of(&mut c, made.organisation, agent.id).expect("reads");
    assert!(plans[0].plan.synthetic && plans[0].plan.basis.scores > 0);
    for (role, email, password) in &made.sign_ins {
        let reply = app.anonymous().post(
            "/api/v1/tokens",
            &serde_json::json!({ "email": email, "password": password }),
        );
        assert_eq!(reply.status, 200, "{role:?}");
    }
}
