//! Focus areas: real problems, and what only looks like one.

use super::*;

/// Sets the probability of all mentions of an agent.
fn set_probability(app: &TestApp, agent: &str, probability: f64) {
    use rapport::db::schema::{agents, theme_mentions};
    let mut c = app.db.connect().expect("connects");
    let agent: Id = agents::table
        .filter(agents::reference.eq(agent))
        .select(agents::id)
        .first(&mut *c)
        .expect("is there");
    diesel::update(theme_mentions::table.filter(theme_mentions::agent_id.eq(agent)))
        .set(theme_mentions::probability.eq(probability))
        .execute(&mut *c)
        .expect("updates");
}

/// Three complaints in 24 comments are a focus area, unless they are read with little certainty.
#[test]
fn uncertain_mentions_make_no_focus_area() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let mut csv = peers();
    for i in 0..24 {
        let (remark, csat) = match i % 8 {
            0 => ("he was impatient", 1),
            _ => ("thank you", 5),
        };
        csv.push_str(&line(i, "real", i as i64, csat, remark));
    }
    load(&app, &org, &csv);
    let certain = draft(&app, &org, "real");
    let area = certain.focus.first().expect("a focus area");
    assert!(area.expected_customers > 2.5 && area.customers == 3);
    set_probability(&app, "real", 0.7);
    let uncertain = draft(&app, &org, "real");
    assert!(uncertain.focus.is_empty(), "{:?}", uncertain.focus);
    set_probability(&app, "real", 0.95);
    assert_eq!(draft(&app, &org, "real").focus.len(), 1);
}

#[test]
fn a_real_problem_is_found_and_bad_luck_is_not() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let mut csv = peers();
    for i in 0..60 {
        // A real problem with patience: one comment in five, over many weeks, from different
        // customers.
        let remark = match i % 5 {
            0 => "he rushed me and hung up",
            1 => "very polite",
            2 => "I was on hold for an hour",
            _ => "thank you",
        };
        csv.push_str(&line(
            i,
            "real",
            i as i64,
            if i % 5 == 0 { 1 } else { 5 },
            remark,
        ));
        // One angry customer who writes three times a day, in one week.
        let remark = match i {
            0..=2 => "he was impatient",
            _ if i % 4 == 0 => "quick answer",
            _ => "thank you",
        };
        csv.push_str(&line(
            i,
            "angry",
            if i < 3 { 5 } else { i as i64 },
            if i < 3 { 1 } else { 5 },
            remark,
        ));
        // A bad queue: nothing but process trouble.
        let remark = if i % 2 == 0 {
            "I was on hold for an hour"
        } else {
            "the parcel arrived damaged"
        };
        csv.push_str(&line(i, "queue", i as i64, 2, remark));
        // One long complaint, sent in again and again.
        let remark = if i % 5 == 0 {
            "he was rude and impatient and he hung up on me after only ten minutes"
        } else {
            "thank you"
        };
        csv.push_str(&line(
            i,
            "copied",
            i as i64,
            if i % 5 == 0 { 1 } else { 5 },
            remark,
        ));
        // Words and scores that contradict each other are no evidence.
        let remark = if i % 5 == 0 {
            "he was impatient and rude"
        } else {
            "thank you"
        };
        csv.push_str(&line(i, "contradicted", i as i64, 5, remark));
    }
    for i in 0..6 {
        csv.push_str(&line(i, "few", i as i64 * 9, 1, "he rushed me and hung up"));
    }
    load(&app, &org, &csv);

    let real = draft(&app, &org, "real");
    assert_eq!(
        real.focus
            .iter()
            .map(|f| f.theme.as_str())
            .collect::<Vec<_>>(),
        ["patience"],
        "{:?}",
        real.no_focus
    );
    let focus = &real.focus[0];
    assert!(
        focus.probability >= 0.8
            && focus.customers >= 3
            && focus.weeks >= 2
            && focus.quotes.len() == 1,
        "{focus:?}"
    );
    assert!(focus.rate > focus.peer_rate * 1.25);
    assert!(
        real.not_yours
            .iter()
            .any(|n| n.theme == "access" && n.owner == "Workforce planning")
    );

    for (agent, why) in [
        ("angry", "one week is not two"),
        ("contradicted", "score and words disagree"),
        ("few", "too few comments"),
        ("copied", "one voice is not three"),
    ] {
        let plan = draft(&app, &org, agent);
        assert!(plan.focus.is_empty(), "{agent}: {why}: {:?}", plan.focus);
        assert!(plan.no_focus.is_some());
    }
    assert!(draft(&app, &org, "contradicted").basis.contradicting > 0);
    let queue = draft(&app, &org, "queue");
    assert!(
        queue.focus.is_empty() && queue.for_the_coach.is_empty(),
        "process trouble is never one person's"
    );
    assert_eq!(queue.not_yours.len(), 2);
    let few = draft(&app, &org, "few");
    assert!(
        few.rate.is_none() && matches!(few.rate_note.reason(), Some(RateNote::TooFewScores { .. })),
        "{:?}",
        few.rate_note
    );
}

#[test]
fn nobody_is_judged_by_the_queue_they_sat_in() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let header =
        "id,channel,category,subcategory,remark,responded_at,agent,supervisor,csat\n".to_owned();
    // Refunds make everybody look slow and unkind, questions do not. Six agents take some of both;
    // one takes refunds alone and is as good at them as anybody; one is twice as bad with
    // questions.
    let case = |i: usize, agent: &str, refund: bool, rude: bool| {
        let at = Instant::now()
            .plus(chrono::Duration::days(-((i % 80) as i64) - 1))
            .0
            .format("%d/%m/%Y 12:00");
        let (issue, csat) = (
            if refund { "Refund" } else { "Question" },
            if rude { 1 } else { 5 },
        );
        let remark = if rude {
            "he was rude and impatient"
        } else {
            "very polite"
        };
        format!(
            "{agent}-{issue}-{i},Phone,{issue},{issue} status,{remark},{at},{agent},Blue,{csat}\n"
        )
    };
    let mut csv = header;
    for agent in 0..6 {
        for i in 0..120 {
            let name = format!("both{agent}");
            csv.push_str(&case(i, &name, true, (i + agent) % 10 < 3));
            csv.push_str(&case(i, &name, false, (i + agent) % 100 < 3));
        }
    }
    for i in 0..240 {
        csv.push_str(&case(i, "refunds", true, i % 10 < 3));
    }
    for i in 0..100 {
        csv.push_str(&case(i, "unkind", false, i % 10 < 2));
    }
    load(&app, &org, &csv);
    let refunds = draft(&app, &org, "refunds");
    assert!(
        refunds.focus.is_empty() && refunds.worth_asking.is_empty(),
        "{:?}",
        refunds.focus
    );
    let rate = refunds.rate.expect("many scores");
    let (expected, peers) = (rate.expected.expect("cases"), rate.peers.expect("cases"));
    assert!(
        (expected - 0.7).abs() < 0.02 && peers > 0.8,
        "{expected} {peers}"
    );
    assert!(
        rate.raw < 0.71 && rate.interval.contains(peers),
        "as good as anybody with the same cases: {rate:?}"
    );
    assert!(
        matches!(refunds.rate_note.reason(), Some(RateNote::Adjusted { .. })),
        "{:?}",
        refunds.rate_note
    );
    let unkind = draft(&app, &org, "unkind");
    assert!(
        !unkind.focus.is_empty() && unkind.focus.iter().all(|f| f.peer_rate < 0.06),
        "{unkind:?}"
    );
}

#[test]
fn nobody_is_compared_with_colleagues_who_do_not_exist_and_insults_are_no_evidence() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let mut csv =
        String::from("id,channel,category,subcategory,remark,responded_at,agent,supervisor,csat\n");
    for i in 0..60 {
        csv.push_str(&line(i, "alone", i as i64, 1, "he rushed me and hung up"));
    }
    load(&app, &org, &csv);
    let alone = draft(&app, &org, "alone");
    assert!(alone.focus.is_empty());
    let reason = alone.no_focus.as_ref().and_then(|n| n.reason());
    assert!(
        matches!(reason, Some(NoFocus::TooFewPeerComments { .. })),
        "{reason:?}"
    );

    let mut more = peers();
    for i in 0..60 {
        more.push_str(&line(
            i,
            "insulted",
            i as i64,
            1,
            "What an idiot. He rushed me and hung up",
        ));
    }
    load(&app, &org, &more);
    let insulted = draft(&app, &org, "insulted");
    assert!(insulted.focus.is_empty(), "{:?}", insulted.focus);
    assert_eq!(insulted.basis.withheld, 60);
    assert!(insulted.balance.iter().all(|b| b.theme != "patience"));
    let found: Vec<String> = draft(&app, &org, "alone")
        .focus
        .into_iter()
        .map(|f| f.theme)
        .collect();
    assert_eq!(
        found,
        ["patience"],
        "with colleagues to compare with, the same comments are a focus"
    );
}
