//! The brief before a 1:1: one page for the coach in the order of the talk, the agent first, then
//! goal, reality, options and will (GROW). Pure.

use super::{
    library::Practice,
    plan::{Plan, ProcessIssue, Quote},
    plans::StoredPlan,
};
use crate::{
    documents::{
        builder::{Builder, Frame},
        model::Document,
    },
    locale::{Locale, Localised, Message, list},
    msg,
};

/// Most strengths, focus areas and check-ins that the brief names.
const MOST_STRENGTHS: usize = 2;
const MOST_FOCUS_AREAS: usize = 2;
const MOST_CHECK_INS: usize = 3;

/// The brief of a plan in its current state.
pub fn brief(stored: &StoredPlan, locale: &Locale) -> Document {
    let agreed = stored.agreed();
    let plan = &agreed.plan;
    let mut builder = Builder::new(locale);
    open_points(stored, &mut builder);
    agent_first(stored, plan, &mut builder);
    goal(stored, plan, &mut builder);
    reality(stored, plan, &mut builder);
    options(plan, &mut builder);
    will(plan, &mut builder);
    afterwards(&mut builder);
    builder.finish(Frame {
        title: msg!("brief-title", agent = &plan.agent),
        subtitle: msg!(
            "brief-subtitle",
            organisation = &plan.organisation,
            date = plan.created
        ),
        footer: msg!("brief-footer"),
        synthetic: plan.synthetic,
    })
}

/// A question as the coach could ask it.
fn ask(question: Message, builder: &mut Builder<'_>) {
    builder.callout(msg!("brief-ask"), question);
}

/// Promises, check-ins and disputes that are open.
fn open_points(stored: &StoredPlan, builder: &mut Builder<'_>) {
    let progress = &stored.progress;
    let mut open = Vec::new();
    if progress.is_open() {
        let promises = progress.promises.iter().filter(|p| p.kept.is_none());
        open.extend(
            promises.map(|p| msg!("brief-open-promise", date = p.due, promise = &p.promise)),
        );
        let next = progress.meetings.iter().find(|m| m.done.is_none());
        open.extend(next.map(|m| {
            msg!(
                "brief-open-check-in",
                date = m.due,
                purpose = m.purpose.message()
            )
        }));
        if progress.paused {
            open.push(msg!("brief-open-paused"));
        }
    }
    let disputes = progress.disputes.iter().filter(|d| d.decided.is_none());
    open.extend(disputes.map(|d| msg!("brief-open-dispute", point = &d.point)));
    if !open.is_empty() {
        builder.heading(msg!("brief-open"));
        builder.bullets(open);
    }
}

fn agent_first(stored: &StoredPlan, plan: &Plan, builder: &mut Builder<'_>) {
    builder.heading(msg!("brief-agent"));
    ask(msg!("brief-agent-question"), builder);
    if let Some(view) = stored.agent_view.as_ref().filter(|v| !v.is_empty()) {
        builder.quote(view, msg!("brief-agent-source", agent = &plan.agent));
    }
}

/// The agreed goals or, before there is one, that of the practice library.
fn goal(stored: &StoredPlan, plan: &Plan, builder: &mut Builder<'_>) {
    builder.heading(msg!("brief-goal"));
    ask(msg!("brief-goal-question"), builder);
    let items = stored.progress.items.iter();
    let mut goals: Vec<Message> = items
        .map(|i| msg!("brief-goal-agreed", title = i.name(), goal = &i.goal))
        .collect();
    if goals.is_empty() {
        let suggested = suggested_practice(plan);
        goals.extend(suggested.map(|p| msg!("brief-goal-suggested", goal = &p.goal)));
    }
    if !goals.is_empty() {
        builder.bullets(goals);
    }
}

fn reality(stored: &StoredPlan, plan: &Plan, builder: &mut Builder<'_>) {
    builder.heading(msg!("brief-reality"));
    let strengths = plan.strengths.iter().take(MOST_STRENGTHS);
    if !plan.strengths.is_empty() {
        let said = list(strengths.clone().map(|s| &s.said));
        builder.paragraph(msg!("brief-reality-strengths", what = said));
    }
    let mut quotes: Vec<&Quote> = strengths.filter_map(|s| s.quotes.first()).collect();
    let single = plan.single_praise.first();
    if let Some(single) = single.filter(|_| plan.strengths.is_empty()) {
        builder.paragraph(msg!("single-praise", theme = &single.name));
        quotes.push(&single.quote);
    }
    for quote in quotes {
        builder.quote(&quote.text, quote.message());
    }
    for area in plan.focus.iter().take(MOST_FOCUS_AREAS) {
        builder.paragraph(msg!(
            "brief-reality-focus",
            theme = &area.name,
            count = area.customers,
            comments = area.comments
        ));
        if let Some(quote) = area.quotes.first() {
            builder.quote(&quote.text, quote.message());
        }
    }
    if let Some(reason) = plan.no_focus.as_ref().filter(|_| plan.focus.is_empty()) {
        builder.note(msg!("brief-reality-no-focus", reason = reason.message()));
    }
    if let Some(issue) = plan.not_yours.first() {
        builder.paragraph(process_issue(issue));
    }
    own_tallies(stored, builder);
    ask(msg!("brief-reality-question"), builder);
}

/// Adds the agent's own tallies, if they share them.
fn own_tallies(stored: &StoredPlan, builder: &mut Builder<'_>) {
    for tally in &stored.own_tallies {
        builder.paragraph(msg!(
            "brief-own-tally",
            theme = &tally.name,
            tally = tally.message()
        ));
    }
}

fn process_issue(issue: &ProcessIssue) -> Message {
    let status = issue.owner_status.as_ref().map(|s| s.status.message());
    msg!(
        "brief-reality-process",
        theme = &issue.name,
        count = issue.comments,
        owner = &issue.owner,
        status = status.unwrap_or_else(|| msg!("process-no-status"))
    )
}

fn options(plan: &Plan, builder: &mut Builder<'_>) {
    builder.heading(msg!("brief-options"));
    ask(msg!("brief-options-question"), builder);
    if let Some(practice) = suggested_practice(plan) {
        let activities = [&practice.see, &practice.say, &practice.act];
        let activities = activities
            .into_iter()
            .filter(|text| !text.trim().is_empty());
        builder.bullets(activities.map(|text| msg!("verbatim", text = text)));
    }
}

fn will(plan: &Plan, builder: &mut Builder<'_>) {
    builder.heading(msg!("brief-will"));
    if let Some(practice) = plan.focus.first().and_then(|f| f.practice()) {
        builder.paragraph(msg!("brief-will-rehearse", sentence = &practice.if_then));
    }
    ask(msg!("brief-will-question"), builder);
    let dates = plan.check_ins.iter().take(MOST_CHECK_INS).map(|c| c.date);
    builder.note(msg!("brief-will-check-ins", dates = list(dates)));
}

fn afterwards(builder: &mut Builder<'_>) {
    builder.heading(msg!("brief-after"));
    builder.checklist([
        msg!("brief-after-talk"),
        msg!("brief-after-behaviour"),
        msg!("brief-after-focus"),
        msg!("brief-after-process"),
    ]);
}

/// Practice for the first focus area or, without one, for the first alternative.
fn suggested_practice(plan: &Plan) -> Option<&Practice> {
    let focus = plan.focus.first().and_then(|f| f.practice());
    focus.or_else(|| plan.alternatives.first()?.practice.as_ref())
}
