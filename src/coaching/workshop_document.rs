//! The material of a team workshop as a document: the facilitator's guide, the handout, and the
//! attendance list. Pure.

use super::{document::practice::activities, library::Practice, workshop::Workshop};
use crate::{
    documents::{
        builder::{Builder, Frame},
        model::Document,
    },
    locale::{Locale, Message, Value, percent},
    msg,
};

/// Fewest and most rows of the attendance list.
const MIN_ROWS: usize = 8;
const MAX_ROWS: usize = 24;

/// Lays a workshop out in the language of `locale`.
pub fn document(workshop: &Workshop, locale: &Locale) -> Document {
    let mut builder = Builder::new(locale);
    guide(workshop, &mut builder);
    builder.page_break();
    handout(workshop, &mut builder);
    builder.page_break();
    attendance(workshop, &mut builder);
    builder.finish(Frame {
        title: msg!("workshop-title", theme = &workshop.theme),
        subtitle: msg!(
            "workshop-subtitle",
            organisation = &workshop.organisation,
            team = &workshop.team,
            date = workshop.created
        ),
        footer: msg!("workshop-footer"),
        synthetic: workshop.synthetic,
    })
}

fn guide(workshop: &Workshop, builder: &mut Builder<'_>) {
    builder.heading(msg!("workshop-guide"));
    let period = msg!(
        "workshop-period-dates",
        from = workshop.period.from.date(),
        to = workshop.period.to.date()
    );
    builder.facts([
        (msg!("workshop-reason"), reason(workshop).into()),
        (msg!("workshop-period"), period.into()),
        (msg!("workshop-needs"), msg!("workshop-needs-text").into()),
    ]);
    builder.table(
        msg!("workshop-hour"),
        [
            msg!("workshop-minutes"),
            msg!("workshop-step"),
            msg!("workshop-how"),
        ],
        hour(&workshop.practice),
    );
    builder.subheading(msg!("workshop-follow-up"));
    let points = (100.0 * workshop.detectable).max(1.0).round();
    builder.paragraph(msg!("workshop-follow-up-text", count = points as i64));
    builder.write_in(msg!("workshop-obstacles-write-in"), 3);
}

fn reason(workshop: &Workshop) -> Message {
    let (count, comments) = (workshop.comments, workshop.analysed);
    let (what, rate) = (&workshop.said_badly, percent(workshop.rate));
    match workshop.elsewhere {
        Some(elsewhere) => msg!(
            "workshop-reason-compared",
            count = count,
            comments = comments,
            what = what,
            rate = rate,
            elsewhere = percent(elsewhere)
        ),
        None => msg!(
            "workshop-reason-alone",
            count = count,
            comments = comments,
            what = what,
            rate = rate
        ),
    }
}

/// The steps of the hour: minutes, name, instructions.
fn hour(practice: &Practice) -> [Vec<Value>; 6] {
    let step = |minutes: &str, name: Message, how: Value| vec![minutes.into(), name.into(), how];
    [
        step(
            "0–5",
            msg!("workshop-listen"),
            msg!("workshop-listen-how").into(),
        ),
        step(
            "5–15",
            msg!("workshop-see"),
            msg!("workshop-see-how").into(),
        ),
        step(
            "15–30",
            msg!("workshop-example"),
            msg!("workshop-example-how", above = &practice.above).into(),
        ),
        step(
            "30–45",
            msg!("workshop-practise"),
            rehearsal(practice).into(),
        ),
        step(
            "45–55",
            msg!("workshop-obstacles"),
            msg!("workshop-obstacles-how").into(),
        ),
        step(
            "55–60",
            msg!("workshop-sentence"),
            msg!("workshop-sentence-how", sentence = &practice.if_then).into(),
        ),
    ]
}

/// The activity that is said aloud or, without it, the first one.
fn rehearsal(practice: &Practice) -> &str {
    let first = practice.activities().next();
    match practice.say.trim() {
        "" => first.map_or("", String::as_str),
        _ => &practice.say,
    }
}

fn handout(workshop: &Workshop, builder: &mut Builder<'_>) {
    let practice = &workshop.practice;
    builder.heading(msg!("workshop-handout", theme = &workshop.theme));
    builder.note(msg!("workshop-handout-note"));
    for comment in &workshop.complaints {
        builder.quote(comment, msg!("workshop-customer"));
    }
    if !workshop.praise.is_empty() {
        builder.subheading(msg!("workshop-good", what = &workshop.said_well));
        for praise in &workshop.praise {
            builder.quote(praise, msg!("workshop-customer"));
        }
    }
    builder.facts([
        (msg!("anchor-below"), (&practice.below).into()),
        (msg!("anchor-at"), (&practice.at).into()),
        (msg!("anchor-above"), (&practice.above).into()),
    ]);
    builder.callout(msg!("workshop-if-then"), &practice.if_then);
    builder.checklist(activities(practice, &["do", "reflect", "teach"]));
}

fn attendance(workshop: &Workshop, builder: &mut Builder<'_>) {
    builder.heading(msg!("workshop-attendance"));
    let rows = workshop.attendees.clamp(MIN_ROWS, MAX_ROWS);
    builder.table(
        msg!("workshop-attendance-caption"),
        [msg!("workshop-name"), msg!("workshop-initials")],
        vec![vec![Value::from(" "); 2]; rows],
    );
    builder.write_in(msg!("workshop-choice"), 3);
}
