//! A 1:1 of a coach with an agent, and the actions agreed in it. Pure.

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    locale::{Localised, Message, english},
    msg,
    text::entered,
    types::{Id, Instant},
};

/// Most lines of an agenda, and of what the agent adds to it.
pub const MOST_LINES: usize = 30;
pub const MOST_AGENT_LINES: usize = 10;
/// Longest line of an agenda and longest action, in characters.
pub const LONGEST_LINE: usize = 500;
/// Longest notes, in characters.
pub const LONGEST_NOTES: usize = 8_000;
/// Most actions of a 1:1.
pub const MOST_ACTIONS: usize = 30;
/// Days from today within which the day of a 1:1 lies, and the day an action is due.
const NEAR_DAYS: u64 = 366;
const DUE_DAYS: u64 = 2 * 366;

/// Person who has to do an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ActionOwner {
    Agent,
    Coach,
}

impl ActionOwner {
    /// Every value.
    pub const ALL: [Self; 2] = [Self::Agent, Self::Coach];

    /// Stable name, as stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Coach => "coach",
        }
    }

    /// The value with this stable name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|owner| owner.as_str() == name)
    }
}

impl Localised for ActionOwner {
    fn message(&self) -> Message {
        match self {
            Self::Agent => msg!("action-of-agent"),
            Self::Coach => msg!("action-of-coach"),
        }
    }
}

/// Whether a 1:1 is planned or was held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OneToOneState {
    Planned,
    Held,
}

impl Localised for OneToOneState {
    fn message(&self) -> Message {
        match self {
            Self::Planned => msg!("one-to-one-planned"),
            Self::Held => msg!("one-to-one-held"),
        }
    }
}

/// Something that was agreed in a 1:1.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = OneToOneAction)]
pub struct Action {
    pub id: Id,
    #[schema(example = "Sit with Kim for two returns")]
    pub action: String,
    pub owner: ActionOwner,
    pub due: Option<NaiveDate>,
    pub done_on: Option<NaiveDate>,
}

impl Action {
    /// Whether it is not done and was due before `today`.
    pub fn is_overdue(&self, today: NaiveDate) -> bool {
        self.done_on.is_none() && self.due.is_some_and(|due| due < today)
    }
}

/// An action to add.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAction {
    #[schema(max_length = 500, example = "Sit with Kim for two returns")]
    pub action: String,
    pub owner: ActionOwner,
    /// Due day, at most two years from today.
    #[serde(default)]
    pub due: Option<NaiveDate>,
}

/// Marks an action as done, or opens it again.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[schema(as = OneToOneActionState)]
#[serde(deny_unknown_fields)]
pub struct ActionState {
    /// The day it was done, today or earlier; null opens it again.
    #[serde(default)]
    pub done_on: Option<NaiveDate>,
}

/// A 1:1 to prepare.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewOneToOne {
    /// Planned day, at most a year before or after today.
    pub date: NaiveDate,
    /// Agenda, at most 30 lines of 500 characters; without it, the one that the plan proposes.
    #[serde(default)]
    pub agenda: Option<Vec<String>>,
    /// Shows it to the agent.
    #[serde(default)]
    pub shared: bool,
}

/// Content of a 1:1 as its author enters it.
#[derive(Clone, Debug, PartialEq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OneToOneContent {
    /// The day it is planned for.
    pub date: NaiveDate,
    /// The day it was held, today or earlier; null while it is planned.
    #[serde(default)]
    pub held_on: Option<NaiveDate>,
    /// Agenda, at most 30 lines of 500 characters.
    #[serde(default)]
    pub agenda: Vec<String>,
    /// The agent reads them after it was held; at most 8,000 characters.
    #[serde(default)]
    pub shared_notes: String,
    /// Notes that only their author reads; at most 8,000 characters. Without them, those stored
    /// stay.
    #[serde(default)]
    pub private_notes: Option<String>,
    /// Shows it to the agent. What was shown stays visible.
    #[serde(default)]
    pub shared: bool,
}

/// Lines of an agent for the agenda.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AgentAgenda {
    /// Lines for the agenda, at most 10 of 500 characters.
    #[serde(default)]
    pub lines: Vec<String>,
}

/// A 1:1 of a coach with an agent, as its reader may see it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct OneToOne {
    pub id: Id,
    pub agent_id: Id,
    /// Name of the coach who prepared it.
    #[schema(example = "Kim Lee")]
    pub by: String,
    /// Whether the reader prepared it, and may change it.
    pub is_author: bool,
    pub state: OneToOneState,
    /// The day it is planned for.
    pub date: NaiveDate,
    pub held_on: Option<NaiveDate>,
    pub agenda: Vec<String>,
    /// Lines of the agent for the agenda.
    pub agent_agenda: Vec<String>,
    /// Agents read them after the 1:1 was held.
    pub shared_notes: String,
    /// Private notes, only in replies to their author.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub private_notes: Option<String>,
    /// Time since when the agent sees it.
    pub shared_at: Option<Instant>,
    pub actions: Vec<Action>,
    pub created_at: Instant,
    /// Until when its author can delete it.
    pub deletable_until: Instant,
}

impl OneToOne {
    /// The day it was held, or is planned for.
    pub fn day(&self) -> NaiveDate {
        self.held_on.unwrap_or(self.date)
    }

    /// Actions that are not done.
    pub fn open_actions(&self) -> impl Iterator<Item = &Action> {
        self.actions.iter().filter(|a| a.done_on.is_none())
    }

    /// Whether its author can delete it.
    pub fn is_deletable(&self, now: Instant) -> bool {
        self.is_author && now <= self.deletable_until
    }

    /// Removes what its agent does not see: private notes, and shared notes before it was held.
    pub fn for_agent(mut self) -> Self {
        self.private_notes = None;
        self.is_author = false;
        if self.held_on.is_none() {
            self.shared_notes.clear();
        }
        self
    }
}

/// Why a 1:1 or an action is refused.
#[derive(Debug, thiserror::Error)]
#[error("{}", english(self))]
pub enum OneToOneError {
    NoOneToOne,
    NoAction,
    /// Only its author, of this name, can change it.
    NotAuthor(String),
    /// It can be deleted for a day only.
    Kept,
    /// More than a year from today.
    Date,
    /// After today, or more than a year ago.
    HeldOn,
    /// More lines than the limit.
    Lines(usize),
    /// A line or an action is too long.
    LineTooLong,
    NotesTooLong,
    ActionMissing,
    Actions,
    Due,
    DoneOn,
    /// The agent adds to the agenda before the 1:1.
    AlreadyHeld,
}

impl Localised for OneToOneError {
    fn message(&self) -> Message {
        match self {
            Self::NoOneToOne => msg!("error-no-one-to-one"),
            Self::NoAction => msg!("error-no-action"),
            Self::NotAuthor(name) => msg!("error-one-to-one-author", name = name),
            Self::Kept => msg!("error-one-to-one-kept"),
            Self::Date => msg!("error-one-to-one-date"),
            Self::HeldOn => msg!("error-one-to-one-held-on"),
            Self::Lines(limit) => msg!("error-agenda-lines", limit = *limit),
            Self::LineTooLong => msg!("error-agenda-line-long", limit = LONGEST_LINE),
            Self::NotesTooLong => msg!("error-one-to-one-notes-long", limit = LONGEST_NOTES),
            Self::ActionMissing => msg!("error-action-missing"),
            Self::Actions => msg!("error-actions", limit = MOST_ACTIONS),
            Self::Due => msg!("error-action-due"),
            Self::DoneOn => msg!("error-action-done-on"),
            Self::AlreadyHeld => msg!("error-one-to-one-already-held"),
        }
    }
}

/// Lines as they are stored: cleaned, without empty ones.
///
/// # Errors
/// [`OneToOneError::Lines`], [`OneToOneError::LineTooLong`].
pub fn cleaned_lines(lines: &[String], most: usize) -> Result<Vec<String>, OneToOneError> {
    let lines = lines.iter().map(|line| entered::line(line));
    let lines: Vec<String> = lines.filter(|line| !line.is_empty()).collect();
    if lines.len() > most {
        return Err(OneToOneError::Lines(most));
    }
    if lines.iter().any(|line| line.chars().count() > LONGEST_LINE) {
        return Err(OneToOneError::LineTooLong);
    }
    Ok(lines)
}

/// Notes as they are stored.
///
/// # Errors
/// [`OneToOneError::NotesTooLong`].
pub fn cleaned_notes(notes: &str) -> Result<String, OneToOneError> {
    let notes = entered::lines(notes);
    match notes.chars().count() > LONGEST_NOTES {
        true => Err(OneToOneError::NotesTooLong),
        false => Ok(notes),
    }
}

/// The text of an action as it is stored.
///
/// # Errors
/// [`OneToOneError::ActionMissing`], [`OneToOneError::LineTooLong`].
pub fn cleaned_action(action: &str) -> Result<String, OneToOneError> {
    let mut lines = cleaned_lines(&[action.to_owned()], 1)?;
    lines.pop().ok_or(OneToOneError::ActionMissing)
}

fn is_near(day: NaiveDate, today: NaiveDate, days: u64) -> bool {
    let from = today.checked_sub_days(Days::new(days));
    let to = today.checked_add_days(Days::new(days));
    from.is_none_or(|from| day >= from) && to.is_none_or(|to| day <= to)
}

/// # Errors
/// [`OneToOneError::Date`].
pub fn check_date(date: NaiveDate, today: NaiveDate) -> Result<(), OneToOneError> {
    let near = is_near(date, today, NEAR_DAYS);
    near.then_some(()).ok_or(OneToOneError::Date)
}

/// # Errors
/// [`OneToOneError::HeldOn`].
pub fn check_held_on(day: NaiveDate, today: NaiveDate) -> Result<(), OneToOneError> {
    let past = day <= today && is_near(day, today, NEAR_DAYS);
    past.then_some(()).ok_or(OneToOneError::HeldOn)
}

/// # Errors
/// [`OneToOneError::Due`].
pub fn check_due(due: NaiveDate, today: NaiveDate) -> Result<(), OneToOneError> {
    let near = is_near(due, today, DUE_DAYS);
    near.then_some(()).ok_or(OneToOneError::Due)
}

/// # Errors
/// [`OneToOneError::DoneOn`].
pub fn check_done_on(day: NaiveDate, today: NaiveDate) -> Result<(), OneToOneError> {
    let past = day <= today && is_near(day, today, DUE_DAYS);
    past.then_some(()).ok_or(OneToOneError::DoneOn)
}
