//! Properties of any sequence of steps.

use super::*;

/// A plan like the one above, drafted once.
fn proposal() -> Plan {
    static PLAN: std::sync::LazyLock<Plan> = std::sync::LazyLock::new(|| {
        let scene = Scene::set();
        let mut c = scene.app.db.connect().expect("connects");
        coaching::draft(&mut c, scene.org.id, scene.agent, Instant::now()).expect("drafts")
    });
    PLAN.clone()
}

fn shared(at: Instant) -> RecordedStep {
    let by = "person:a".to_owned();
    let step = Step::Shared {};
    RecordedStep { at, by, step }
}

fn any_step() -> impl Strategy<Value = NewStep> {
    let choice = prop_oneof![
        Just(Choice {
            theme: Some("patience".to_owned()),
            ..Choice::default()
        }),
        Just(Choice {
            theme: None,
            goal: "own".to_owned(),
            reason: "wish".to_owned()
        }),
        Just(Choice {
            theme: Some("nothing".to_owned()),
            ..Choice::default()
        }),
    ];
    prop_oneof![
        prop::collection::vec(choice, 0..4).prop_map(|items| NewStep::Accepted { items }),
        (-40_i64..40).prop_map(|days| NewStep::Promised {
            promise: "time".to_owned(),
            due: Instant::now().date() + chrono::Duration::days(days),
        }),
        (0_usize..3).prop_map(|promise| NewStep::Kept { promise }),
        (
            0_usize..6,
            prop::option::of(0_u32..4),
            prop::option::of(0_u32..4)
        )
            .prop_map(|(check_in, seen, of)| NewStep::CheckedIn {
                check_in,
                on: None,
                note: String::new(),
                seen,
                of
            }),
        Just(NewStep::Disputed {
            point: "p".to_owned(),
            reason: "r".to_owned()
        }),
        (0_usize..2).prop_map(|dispute| NewStep::Decided {
            dispute,
            upheld: false,
            answer: "a".to_owned()
        }),
        Just(NewStep::Closed {
            outcome: Outcome::Change,
            note: String::new()
        }),
        Just(NewStep::Shared {}),
        Just(NewStep::Reopened {}),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// In whatever order steps come: at most one acceptance with one or two items, only decisions
    /// and undoing after the end, the past stays as it was, and check-ins only ever move to later
    /// weekdays.
    #[test]
    fn any_row_of_steps_keeps_the_rules(steps in prop::collection::vec((any_step(), any::<bool>()), 0..25)) {
        let plan = proposal();
        let today = Instant::now().date();
        let mut made = vec![shared(Instant::now())];
        let mut accepted_by = String::new();
        for (new, other) in steps {
            let before = PlanProgress::of(&plan, &made, today);
            let by = if other { "person:b" } else { "person:a" };
            let is_decision = matches!(new, NewStep::Decided { .. });
            let Ok(step) = before.admit(&plan, new, by) else { continue };
            let reopens = step.kind() == StepKind::Reopened;
            prop_assert!(before.closed.is_none() || is_decision || reopens);
            prop_assert!(!is_decision || by != accepted_by);
            if step.kind() == StepKind::Accepted {
                accepted_by = by.to_owned();
            }
            made.push(RecordedStep { at: Instant::now(), by: by.to_owned(), step });
            let after = PlanProgress::of(&plan, &made, today);
            prop_assert!(after.items.len() <= 2 && (after.accepted.is_none() || !after.items.is_empty()));
            prop_assert!(before.accepted.is_none() || before.items == after.items);
            prop_assert_eq!(after.meetings.len(), plan.check_ins.len());
            for (was, planned) in after.meetings.iter().zip(&plan.check_ins) {
                prop_assert!(was.due >= planned.date);
                let weekday = chrono::Datelike::weekday(&was.due);
                prop_assert!(!matches!(weekday, chrono::Weekday::Sat | chrono::Weekday::Sun));
            }
        }
        prop_assert!(made.iter().filter(|m| m.step.kind() == StepKind::Accepted).count() <= 1);
    }
}

/// Two overdue promises at once stop the clock once.
#[test]
fn days_of_overlapping_promises_count_once() {
    let plan = proposal();
    let day = |n: u32| NaiveDate::from_ymd_opt(2030, 1, n).expect("a day");
    let at = |n: u32| Instant(day(n).and_hms_opt(12, 0, 0).expect("noon").and_utc());
    let mut made = vec![shared(at(1))];
    for (n, new) in [
        (
            1,
            NewStep::Accepted {
                items: vec![Choice {
                    theme: Some("patience".to_owned()),
                    ..Choice::default()
                }],
            },
        ),
        (
            1,
            NewStep::Promised {
                promise: "a".to_owned(),
                due: day(3),
            },
        ),
        (
            1,
            NewStep::Promised {
                promise: "b".to_owned(),
                due: day(5),
            },
        ),
        (9, NewStep::Kept { promise: 0 }),
        (11, NewStep::Kept { promise: 1 }),
    ] {
        let step = PlanProgress::of(&plan, &made, day(n))
            .admit(&plan, new, "person:a")
            .expect("fits");
        made.push(RecordedStep {
            at: at(n),
            by: "person:a".to_owned(),
            step,
        });
    }
    let cycle = PlanProgress::of(&plan, &made, day(31));
    assert_eq!(
        (cycle.days_paused, cycle.paused),
        (8, false),
        "3 to 11 January"
    );
    assert_eq!(cycle.state(), PlanState::Agreed);
    let during = PlanProgress::of(&plan, &made[..4], day(7));
    assert_eq!((during.days_paused, during.paused), (4, true));
}
