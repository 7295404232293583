//! Customers' words in a plan.

use super::*;

/// An agent whose customers praise and blame the same themes, with the same words and with several
/// themes in one clause.
fn mixed() -> String {
    let said = [
        ("he was impatient", 1),
        ("impatient and rude to me, the parcel arrived damaged", 1),
        ("so impatient and rude on the phone", 1),
        ("the parcel arrived damaged and nobody refunded it", 1),
        ("Thanks Shalini for being patient and polite", 5),
        ("she was very patient and polite with me", 5),
        ("he was impatient", 1),
        ("so polite and patient, it was solved at once", 5),
        ("very polite and patient with my old mother", 5),
        ("explained everything clearly and patiently", 5),
        ("good", 5),
        ("Very good", 5),
    ];
    let lines = said.iter().enumerate();
    lines
        .map(|(i, (remark, csat))| {
            line(i, "Shalini", 5 * i as i64, *csat, &format!("\"{remark}\""))
        })
        .collect()
}

/// No clause is printed twice in a plan, no theme is both praised and worked on, and what one
/// customer praises is no strength.
#[test]
fn clauses_are_printed_once_and_themes_on_one_side() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    load(&app, &org, &(peers() + &mixed()));
    let plan = draft(&app, &org, "Shalini");
    let areas = || {
        plan.focus
            .iter()
            .chain(&plan.for_the_coach)
            .chain(&plan.worth_asking)
    };
    let praised = plan.strengths.iter().map(|s| &s.theme);
    let praised: Vec<&String> = praised
        .chain(plan.single_praise.iter().map(|s| &s.theme))
        .collect();
    assert!(areas().next().is_some() && !praised.is_empty(), "{plan:?}");
    assert!(
        areas().all(|area| !praised.contains(&&area.theme)),
        "{plan:?}"
    );
    assert!(plan.strengths.iter().all(|s| s.customers > 1));
    let quotes = plan.strengths.iter().flat_map(|s| &s.quotes);
    let quotes = quotes.chain(areas().flat_map(|area| &area.quotes));
    let quotes = quotes.chain(plan.single_praise.iter().map(|s| &s.quote));
    let quotes = quotes.chain(
        plan.not_yours
            .iter()
            .filter_map(|issue| issue.quote.as_ref()),
    );
    let mut texts: Vec<String> = quotes.map(|quote| quote.text.to_lowercase()).collect();
    let all = texts.len();
    texts.sort();
    texts.dedup();
    assert_eq!(texts.len(), all, "{texts:?}");
    assert!(all > 3);
    assert_eq!(plan.pleased, 2);
}

/// Thanks that name the agent show the agent's own name in the plan; what is stored does not.
#[test]
fn the_agent_is_named_in_the_own_plan() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let remark = "Thanks Shalini for being so polite";
    load(&app, &org, &(peers() + &line(1, "Shalini", 1, 5, remark)));
    let plan = draft(&app, &org, "Shalini");
    let single: Vec<&str> = plan
        .single_praise
        .iter()
        .map(|s| s.quote.text.as_str())
        .collect();
    assert_eq!(single, [remark]);
    let mut c = app.db.connect().expect("connects");
    let stored = feedback::feedback_by_external_ids(&mut c, org.id, &["Shalini-1".to_owned()]);
    let stored = stored.expect("reads")[0].comment.clone();
    assert_eq!(
        stored.as_deref(),
        Some("Thanks [agent] for being so polite")
    );
}

/// Two quotations of one comment would read as two customers.
#[test]
fn one_customer_is_quoted_once() {
    let app = TestApp::start();
    let plan = |name: &str, remarks: &[&str]| {
        let org = app.organisation(name);
        let own = (1..)
            .zip(remarks)
            .map(|(at, remark)| line(at, "Shalini", at as i64, 5, remark));
        load(&app, &org, &(peers() + &own.collect::<String>()));
        draft(&app, &org, "Shalini")
    };
    let both = "she was very polite to me. She explained everything clearly.";
    let one = plan("Acme", &[both]);
    let themes: Vec<&str> = one.single_praise.iter().map(|s| &*s.theme).collect();
    assert_eq!(themes, ["courtesy"], "the first theme of the taxonomy");
    let two = plan("Other", &[both, "explained it all so clearly"]);
    let printed = |theme: &str| {
        let strength = two.strengths.iter().any(|s| s.theme == theme);
        strength || two.single_praise.iter().any(|s| s.theme == theme)
    };
    assert!(printed("courtesy") && printed("clarity"), "{two:?}");
}
