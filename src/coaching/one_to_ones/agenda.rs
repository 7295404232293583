//! The agenda that a plan proposes for a 1:1: the agent first, then praise, what they work on, what
//! the coach owes, and what is open. Pure.

use chrono::NaiveDate;

use super::content::{Action, LONGEST_LINE, MOST_LINES};
use crate::{
    coaching::{
        plan::{Plan, Quote},
        plans::StoredPlan,
        progress::PlanProgress,
        steps::Item,
    },
    locale::{Locale, Localised, Message},
    msg,
    praise::IssueStatus,
    text::entered,
};

/// Most quotations of praise, and most areas of a plan that is not accepted.
const MOST_PRAISE: usize = 2;
const MOST_AREAS: usize = 2;
/// Most open actions, and most updates of owners.
const MOST_ACTIONS: usize = 10;
const MOST_UPDATES: usize = 5;

/// What a department did about a theme that the agent's customers complained about.
#[derive(Clone, Debug)]
pub struct OwnerUpdate {
    pub theme: String,
    pub owner: String,
    pub status: IssueStatus,
    pub note: String,
}

/// What an agenda is made from.
pub struct Sources<'a> {
    /// The plan that is agreed or, before there is one, the newest that was shared.
    pub plan: Option<&'a StoredPlan>,
    /// Actions of earlier 1:1s that are not done.
    pub open_actions: &'a [Action],
    pub updates: &'a [OwnerUpdate],
}

/// The lines of an agenda, each as it may be stored.
pub fn agenda(sources: &Sources<'_>, locale: &Locale) -> Vec<String> {
    let mut lines = vec![msg!("agenda-how")];
    if let Some(stored) = sources.plan {
        from_plan(stored, &mut lines);
    }
    let actions = sources.open_actions.iter().take(MOST_ACTIONS);
    lines.extend(actions.map(open_action));
    lines.extend(sources.updates.iter().take(MOST_UPDATES).map(owner_update));
    let lines = lines.iter().map(|line| shortened(&locale.format(line)));
    lines.take(MOST_LINES).collect()
}

fn shortened(line: &str) -> String {
    let line = entered::line(line);
    if line.chars().count() <= LONGEST_LINE {
        return line;
    }
    line.chars().take(LONGEST_LINE - 1).chain(['…']).collect()
}

fn from_plan(stored: &StoredPlan, lines: &mut Vec<Message>) {
    let (plan, progress) = (&stored.plan, &stored.progress);
    let view = stored.agent_view.as_ref().filter(|view| !view.is_empty());
    lines.extend(view.map(|view| msg!("agenda-view", view = view)));
    lines.extend(praise(plan));
    if progress.is_open() {
        for item in &progress.items {
            agreed(plan, item, lines);
        }
        lines.extend(promises(progress));
        lines.extend(check_in(progress));
    } else {
        lines.extend(proposed(plan));
    }
}

/// The first quotation of each strength; without strengths, what single customers praised.
fn praise(plan: &Plan) -> Vec<Message> {
    let quote = |theme: &String, quote: &Quote| {
        msg!(
            "agenda-praise",
            theme = theme,
            quote = &quote.text,
            date = quote.date
        )
    };
    let strengths = plan.strengths.iter();
    let strengths = strengths.filter_map(|s| Some(quote(&s.name, s.quotes.first()?)));
    let single = plan.single_praise.iter();
    let all = strengths.chain(single.map(|s| quote(&s.name, &s.quote)));
    all.take(MOST_PRAISE).collect()
}

/// What coach and agent agreed to work on, with its next step.
fn agreed(plan: &Plan, item: &Item, lines: &mut Vec<Message>) {
    lines.push(msg!("agenda-focus", title = item.name(), goal = &item.goal));
    let practice = item
        .theme
        .as_ref()
        .and_then(|theme| plan.practice_of(theme));
    lines.extend(practice.map(|practice| msg!("agenda-next-step", step = &practice.act)));
}

/// What a plan that is not accepted offers to talk about.
fn proposed(plan: &Plan) -> Vec<Message> {
    let areas = plan.focus.iter().take(MOST_AREAS);
    let mut lines: Vec<Message> = areas
        .map(|area| msg!("agenda-proposed", theme = &area.name))
        .collect();
    if lines.is_empty() {
        let asked = plan.worth_asking.first();
        lines.extend(asked.map(|area| msg!("agenda-worth-asking", theme = &area.name)));
        lines.push(msg!("agenda-question"));
    }
    lines
}

fn promises(progress: &PlanProgress) -> impl Iterator<Item = Message> {
    let open = progress.promises.iter().filter(|p| p.kept.is_none());
    open.map(|p| msg!("agenda-promise", date = p.due, promise = &p.promise))
}

fn check_in(progress: &PlanProgress) -> Option<Message> {
    let next = progress.meetings.iter().find(|m| m.done.is_none())?;
    Some(msg!(
        "agenda-check-in",
        date = next.due,
        purpose = next.purpose.message()
    ))
}

fn open_action(action: &Action) -> Message {
    let owner = action.owner.message();
    match action.due {
        Some(due) => due_action(owner, &action.action, due),
        None => msg!("agenda-action", owner = owner, action = &action.action),
    }
}

fn owner_update(update: &OwnerUpdate) -> Message {
    let (owner, theme, status) = (&update.owner, &update.theme, update.status.message());
    match update.note.as_str() {
        "" => msg!("agenda-news", owner = owner, theme = theme, status = status),
        note => msg!(
            "agenda-news-note",
            owner = owner,
            theme = theme,
            status = status,
            note = note
        ),
    }
}

fn due_action(owner: Message, action: &str, due: NaiveDate) -> Message {
    msg!(
        "agenda-action-due",
        owner = owner,
        action = action,
        date = due
    )
}
