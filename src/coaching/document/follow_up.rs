//! The cause, check-ins, measure, support and signatures.

use crate::{
    coaching::{
        agreed_plan::{AgreedPlan, Agreement},
        plan::Plan,
        progress::{CheckInNotes, Promise},
    },
    documents::builder::Builder,
    locale::{Localised, Message, Value, sentences},
    msg,
};

/// Lines for the coach's promises and for notes of the conversation.
const PROMISE_LINES: u8 = 2;
const CONVERSATION_LINES: u8 = 2;

pub(super) fn follow_up(agreed: &AgreedPlan, builder: &mut Builder<'_>) {
    let plan = &agreed.plan;
    if !plan.focus.is_empty() {
        builder.heading(msg!("cause-title"));
        builder.checklist([msg!("cause-practice"), msg!("cause-coach")]);
    }
    if !plan.check_ins.is_empty() {
        builder.heading(msg!("check-ins-title"));
        check_ins(agreed, builder);
    }
    builder.paragraph(measure(plan));
    support(agreed, builder);
    if agreed.agreed.is_none() {
        builder.write_in(msg!("conversation-write-in"), CONVERSATION_LINES);
    }
    signatures(agreed.agreed.as_ref(), !plan.check_ins.is_empty(), builder);
}

fn check_ins(agreed: &AgreedPlan, builder: &mut Builder<'_>) {
    let notes = |at: usize| -> Value {
        let found = agreed
            .agreed
            .as_ref()
            .and_then(|a| a.found.get(at)?.as_ref());
        found.map_or_else(|| "".into(), |done| note(done).into())
    };
    let check_ins = agreed.plan.check_ins.iter().enumerate();
    builder.table(
        msg!("check-ins-caption"),
        [
            msg!("check-ins-date"),
            msg!("check-ins-purpose"),
            msg!("check-ins-notes"),
        ],
        check_ins.map(|(at, c)| vec![c.date.into(), c.purpose.message().into(), notes(at)]),
    );
}

fn note(notes: &CheckInNotes) -> Message {
    match (notes.seen, notes.of) {
        (Some(seen), Some(of)) => msg!(
            "check-in-seen",
            date = notes.on,
            seen = seen,
            of = of,
            note = &notes.note
        ),
        _ => msg!("check-in-notes", date = notes.on, note = &notes.note),
    }
}

fn measure(plan: &Plan) -> Value {
    let judged = if plan.focus.is_empty() {
        msg!("measure-goal")
    } else {
        msg!("measure-behaviour")
    };
    let scores = match plan.detectable_change {
        Some(points) => msg!("measure-change", count = points.round() as i64),
        None => msg!("measure-none"),
    };
    sentences([judged, scores])
}

fn support(agreed: &AgreedPlan, builder: &mut Builder<'_>) {
    let promises = agreed.agreed.as_ref().map(|a| a.promises.as_slice());
    let promises = promises.unwrap_or_default();
    if promises.is_empty() {
        builder.write_in(msg!("promises-write-in"), PROMISE_LINES);
        return;
    }
    let row = |promise: &Promise| {
        let kept = promise.kept.map(Value::from);
        vec![
            (&promise.promise).into(),
            promise.due.into(),
            kept.unwrap_or_else(|| msg!("plan-promise-open").into()),
        ]
    };
    builder.table(
        msg!("promises-caption"),
        [
            msg!("promises-promise"),
            msg!("promises-due"),
            msg!("promises-kept"),
        ],
        promises.iter().map(row),
    );
}

fn signatures(agreement: Option<&Agreement>, has_check_ins: bool, builder: &mut Builder<'_>) {
    match agreement {
        Some(agreement) => builder.paragraph(match agreement.read_on {
            Some(on) => msg!("signature-read", date = on),
            None => msg!("signature-unread"),
        }),
        None => builder.checklist([
            msg!("signature-agent"),
            if has_check_ins {
                msg!("signature-coach")
            } else {
                msg!("signature-coach-only")
            },
        ]),
    }
}
