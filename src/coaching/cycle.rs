//! What becomes of a plan, pure: dated steps in a row, and where the plan stands after them.
//!
//! proposed by the rules -> accepted by a coach, who chooses -> promises, check-ins, disputes -> closed with an outcome. A step
//! is added, never changed. [`Cycle::of`] adds them up; [`Cycle::admit`] says whether a new one fits.

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};

use super::{library::practice_for, plan::Plan};
use crate::types::Instant;

/// Most areas that one plan works on.
pub const MOST_ITEMS: usize = 2;
/// Longest text of a step, in characters.
pub const LONGEST_TEXT: usize = 2_000;

/// Where an item of a plan comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// A credible focus area of the feedback.
    Focus,
    /// Shared with the process; the coach says that it is in the agent's power.
    Shared,
    /// Below the bar; seen by the coach in contacts.
    Asked,
    /// A strength to extend.
    Strength,
    /// The agent's or the coach's own goal.
    Own,
}

impl Source {
    /// In words, for a plan.
    pub fn said(self) -> &'static str {
        match self {
            Self::Focus => "from customers' feedback, more than chance explains",
            Self::Shared => {
                "shared with the process, in the agent's power by the coach's judgement"
            }
            Self::Asked => "from the coach's own observation, not from the feedback alone",
            Self::Strength => "a strength to extend",
            Self::Own => "an own goal, not from the feedback",
        }
    }

    fn needs_reason(self) -> bool {
        matches!(self, Self::Shared | Self::Asked | Self::Own)
    }
}

/// Something the coach can choose.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Offer {
    pub source: Source,
    pub theme: String,
    pub name: String,
}

/// What the rules offer, in their order; a theme stands once.
pub fn offers(plan: &Plan) -> Vec<Offer> {
    let findings = |source, list: &[super::plan::Finding]| -> Vec<Offer> {
        list.iter()
            .map(|f| Offer {
                source,
                theme: f.theme.clone(),
                name: f.name.clone(),
            })
            .collect()
    };
    let strengths = plan.strengths.iter().map(|s| Offer {
        source: Source::Strength,
        theme: s.theme.clone(),
        name: s.name.clone(),
    });
    let all = findings(Source::Focus, &plan.focus)
        .into_iter()
        .chain(findings(Source::Shared, &plan.for_the_coach))
        .chain(findings(Source::Asked, &plan.worth_asking))
        .chain(strengths);
    let mut offers: Vec<Offer> = Vec::new();
    for offer in all {
        if !offers.iter().any(|o| o.theme == offer.theme) {
            offers.push(offer);
        }
    }
    offers
}

/// An item as chosen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Item {
    pub source: Source,
    /// `None` for an own goal.
    pub theme: Option<String>,
    pub title: String,
    pub goal: String,
    pub reason: String,
}

/// What a coach sends for an item: an offered theme, or none for an own goal.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct Choice {
    #[serde(default)]
    pub theme: Option<String>,
    /// Without one, the practice library's.
    #[serde(default)]
    pub goal: String,
    #[serde(default)]
    pub reason: String,
}

/// How a plan ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The behaviour is there.
    Reached,
    /// Worth another round.
    Continue,
    /// Another way or another goal.
    Change,
}

impl Outcome {
    /// In words.
    pub fn said(self) -> &'static str {
        match self {
            Self::Reached => "reached",
            Self::Continue => "to be continued",
            Self::Change => "to be changed",
        }
    }
}

/// A step as it comes in.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case", deny_unknown_fields)]
pub enum NewStep {
    Accepted {
        items: Vec<Choice>,
    },
    Promised {
        promise: String,
        due: NaiveDate,
    },
    Kept {
        promise: usize,
    },
    CheckedIn {
        check_in: usize,
        #[serde(default)]
        note: String,
        #[serde(default)]
        seen: Option<u32>,
        #[serde(default)]
        of: Option<u32>,
    },
    Disputed {
        point: String,
        reason: String,
    },
    Decided {
        dispute: usize,
        upheld: bool,
        answer: String,
    },
    Closed {
        outcome: Outcome,
        note: String,
    },
}

/// A step as it is kept. Numbers count from 0 in the order of the plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum Step {
    /// A coach accepted these items.
    Accepted {
        items: Vec<Item>,
    },
    /// The leader promised support by a day.
    Promised {
        promise: String,
        due: NaiveDate,
    },
    Kept {
        promise: usize,
    },
    /// A check-in took place; the behaviour was seen in `seen` of `of` contacts.
    CheckedIn {
        check_in: usize,
        note: String,
        seen: Option<u32>,
        of: Option<u32>,
    },
    /// The agent finds a point unfair or wrong.
    Disputed {
        point: String,
        reason: String,
    },
    Decided {
        dispute: usize,
        upheld: bool,
        answer: String,
    },
    Closed {
        outcome: Outcome,
        note: String,
    },
}

impl Step {
    /// The stable name of its kind.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Accepted { .. } => "accepted",
            Self::Promised { .. } => "promised",
            Self::Kept { .. } => "kept",
            Self::CheckedIn { .. } => "checked_in",
            Self::Disputed { .. } => "disputed",
            Self::Decided { .. } => "decided",
            Self::Closed { .. } => "closed",
        }
    }
}

/// A step with who made it and when.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Made {
    pub at: Instant,
    /// For the rules; names belong to the audit log.
    #[serde(skip)]
    pub by: String,
    #[serde(flatten)]
    pub step: Step,
}

/// Why a step does not fit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StepError {
    #[error("A coach has to accept the plan first.")]
    NotAccepted,
    #[error("The plan was accepted already; close it and make a new one for other items.")]
    AlreadyAccepted,
    #[error("The plan is closed.")]
    Closed,
    #[error("Choose one or two items: offered ones, or an own goal.")]
    Items,
    #[error("The plan does not offer \"{0}\".")]
    NotOffered(String),
    #[error("\"{0}\" was chosen twice.")]
    Twice(String),
    #[error("Say why for \"{0}\": it does not rest on the feedback alone.")]
    ReasonNeeded(String),
    #[error("An own goal needs a goal.")]
    GoalNeeded,
    #[error("The text is missing.")]
    TextMissing,
    #[error("A text can have at most {LONGEST_TEXT} characters.")]
    TextTooLong,
    #[error("A promise is for today or later.")]
    DueInThePast,
    #[error("There is no such promise.")]
    NoPromise,
    #[error("This promise was kept already.")]
    KeptAlready,
    #[error("There is no such check-in.")]
    NoCheckIn,
    #[error("This check-in took place already.")]
    CheckedInAlready,
    #[error("A tally has both numbers, and cannot be seen in more contacts than were looked at.")]
    Tally,
    #[error("There is no such dispute.")]
    NoDispute,
    #[error("This dispute was decided already.")]
    DecidedAlready,
    #[error("Somebody else has to decide: you accepted this plan.")]
    OwnPlan,
}

/// A leader's promise.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Promise {
    pub promise: String,
    pub due: NaiveDate,
    pub kept: Option<NaiveDate>,
}

/// A check-in and what it found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Meeting {
    /// Moved by the days on which a promise was overdue.
    pub due: NaiveDate,
    pub purpose: String,
    pub done: Option<Done>,
}

/// What a check-in found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Done {
    pub on: NaiveDate,
    pub note: String,
    pub seen: Option<u32>,
    pub of: Option<u32>,
}

/// An agent's objection.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Dispute {
    pub on: NaiveDate,
    pub point: String,
    pub reason: String,
    pub decided: Option<Decision>,
}

/// Somebody else's decision about it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Decision {
    pub on: NaiveDate,
    pub upheld: bool,
    pub answer: String,
}

/// Where a plan stands.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Cycle {
    pub accepted: Option<Instant>,
    /// Never shown: names belong to the audit log.
    #[serde(skip)]
    accepted_by: String,
    /// The day as of which it stands so.
    #[serde(skip)]
    today: NaiveDate,
    pub items: Vec<Item>,
    pub promises: Vec<Promise>,
    pub meetings: Vec<Meeting>,
    pub disputes: Vec<Dispute>,
    pub closed: Option<Instant>,
    pub outcome: Option<Outcome>,
    pub outcome_note: String,
    /// Days on which the agent's clock stood still, and whether it does now.
    pub days_paused: u64,
    pub paused: bool,
}

impl Cycle {
    /// Adds up the steps of `plan` as of `today`.
    pub fn of(plan: &Plan, steps: &[Made], today: NaiveDate) -> Self {
        let mut cycle = Self {
            meetings: plan
                .check_ins
                .iter()
                .map(|c| Meeting {
                    due: c.date,
                    purpose: c.purpose.clone(),
                    done: None,
                })
                .collect(),
            today,
            ..Self::default()
        };
        for made in steps {
            cycle.add(plan, made);
        }
        cycle.pause(cycle.closed.map_or(today, Instant::date));
        cycle
    }

    fn add(&mut self, plan: &Plan, made: &Made) {
        let on = made.at.date();
        match &made.step {
            Step::Accepted { items } => {
                // The days of the check-ins count from the conversation.
                let later = (on - plan.created).num_days().max(0).unsigned_abs();
                for meeting in &mut self.meetings {
                    meeting.due = weekday(meeting.due + Days::new(later));
                }
                self.accepted = Some(made.at);
                self.accepted_by = made.by.clone();
                self.items = items.clone();
            }
            Step::Promised { promise, due } => self.promises.push(Promise {
                promise: promise.clone(),
                due: *due,
                kept: None,
            }),
            Step::Kept { promise } => {
                if let Some(promise) = self.promises.get_mut(*promise) {
                    promise.kept = Some(on);
                }
            }
            Step::CheckedIn {
                check_in,
                note,
                seen,
                of,
            } => {
                if let Some(meeting) = self.meetings.get_mut(*check_in) {
                    meeting.done = Some(Done {
                        on,
                        note: note.clone(),
                        seen: *seen,
                        of: *of,
                    });
                }
            }
            Step::Disputed { point, reason } => self.disputes.push(Dispute {
                on,
                point: point.clone(),
                reason: reason.clone(),
                decided: None,
            }),
            Step::Decided {
                dispute,
                upheld,
                answer,
            } => {
                if let Some(dispute) = self.disputes.get_mut(*dispute) {
                    dispute.decided = Some(Decision {
                        on,
                        upheld: *upheld,
                        answer: answer.clone(),
                    });
                }
            }
            Step::Closed { outcome, note } => {
                self.closed = Some(made.at);
                self.outcome = Some(*outcome);
                self.outcome_note = note.clone();
            }
        }
    }

    /// Counts the days on which any promise was overdue, once each, and moves the meetings still to come.
    fn pause(&mut self, until: NaiveDate) {
        let mut stretches: Vec<(NaiveDate, NaiveDate)> = self
            .promises
            .iter()
            .map(|p| (p.due, p.kept.unwrap_or(until)))
            .filter(|(from, to)| to > from)
            .collect();
        stretches.sort_unstable();
        let mut covered = NaiveDate::MIN;
        for (from, to) in stretches {
            let from = from.max(covered);
            if to > from {
                self.days_paused += (to - from).num_days().unsigned_abs();
                covered = to;
            }
        }
        self.paused = self.closed.is_none()
            && self
                .promises
                .iter()
                .any(|p| p.kept.is_none() && p.due < until);
        if self.days_paused > 0 {
            for meeting in self.meetings.iter_mut().filter(|m| m.done.is_none()) {
                meeting.due = weekday(meeting.due + Days::new(self.days_paused));
            }
        }
    }

    /// Whether somebody works on it now.
    pub fn is_open(&self) -> bool {
        self.accepted.is_some() && self.closed.is_none()
    }

    /// In one word.
    pub fn state(&self) -> &'static str {
        match (self.accepted, self.closed) {
            (_, Some(_)) => "closed",
            (Some(_), None) => "agreed",
            (None, None) => "proposed",
        }
    }

    /// The step to keep, when `new`, made by `by`, fits where the plan stands.
    ///
    /// # Errors
    /// Why it does not fit.
    pub fn admit(&self, plan: &Plan, new: NewStep, by: &str) -> Result<Step, StepError> {
        // A dispute is decided even when the plan is closed: nobody is silenced by closing it.
        if self.closed.is_some() && !matches!(new, NewStep::Decided { .. }) {
            return Err(StepError::Closed);
        }
        // Who accepts is known before anybody decides, so that it can be somebody else.
        let accepted_first = !matches!(new, NewStep::Accepted { .. } | NewStep::Disputed { .. });
        if accepted_first && self.accepted.is_none() {
            return Err(StepError::NotAccepted);
        }
        Ok(match new {
            NewStep::Accepted { items } => {
                if self.accepted.is_some() {
                    return Err(StepError::AlreadyAccepted);
                }
                Step::Accepted {
                    items: choose(plan, items)?,
                }
            }
            NewStep::Promised { due, .. } if due < self.today => {
                return Err(StepError::DueInThePast);
            }
            NewStep::Promised { promise, due } => Step::Promised {
                promise: text(promise)?,
                due,
            },
            NewStep::Kept { promise } => {
                let found = self.promises.get(promise).ok_or(StepError::NoPromise)?;
                if found.kept.is_some() {
                    return Err(StepError::KeptAlready);
                }
                Step::Kept { promise }
            }
            NewStep::CheckedIn {
                check_in,
                note,
                seen,
                of,
            } => {
                let found = self.meetings.get(check_in).ok_or(StepError::NoCheckIn)?;
                if found.done.is_some() {
                    return Err(StepError::CheckedInAlready);
                }
                match (seen, of) {
                    (None, None) => {}
                    (Some(seen), Some(of)) if seen <= of && (1..=10_000).contains(&of) => {}
                    _ => return Err(StepError::Tally),
                }
                Step::CheckedIn {
                    check_in,
                    note: tidy(note)?,
                    seen,
                    of,
                }
            }
            NewStep::Disputed { point, reason } => Step::Disputed {
                point: text(point)?,
                reason: text(reason)?,
            },
            NewStep::Decided {
                dispute,
                upheld,
                answer,
            } => {
                let found = self.disputes.get(dispute).ok_or(StepError::NoDispute)?;
                if found.decided.is_some() {
                    return Err(StepError::DecidedAlready);
                }
                if self.accepted_by == by {
                    return Err(StepError::OwnPlan);
                }
                Step::Decided {
                    dispute,
                    upheld,
                    answer: text(answer)?,
                }
            }
            NewStep::Closed { outcome, note } => Step::Closed {
                outcome,
                note: tidy(note)?,
            },
        })
    }
}

/// The next day that is not a Saturday or Sunday.
pub fn weekday(mut day: NaiveDate) -> NaiveDate {
    use chrono::{Datelike, Weekday};
    while matches!(day.weekday(), Weekday::Sat | Weekday::Sun) {
        day = day + Days::new(1);
    }
    day
}

fn choose(plan: &Plan, choices: Vec<Choice>) -> Result<Vec<Item>, StepError> {
    if choices.is_empty() || choices.len() > MOST_ITEMS {
        return Err(StepError::Items);
    }
    let offers = offers(plan);
    let mut items: Vec<Item> = Vec::with_capacity(choices.len());
    for choice in choices {
        let (goal, reason) = (tidy(choice.goal)?, tidy(choice.reason)?);
        let item = match choice.theme.filter(|t| !t.is_empty()) {
            None if goal.is_empty() => return Err(StepError::GoalNeeded),
            None => Item {
                source: Source::Own,
                theme: None,
                title: "Own goal".to_owned(),
                goal,
                reason,
            },
            Some(theme) => {
                let Some(offer) = offers.iter().find(|o| o.theme == theme) else {
                    return Err(StepError::NotOffered(theme));
                };
                let usual = || practice_for(&theme).map_or_else(String::new, |p| p.goal.clone());
                Item {
                    source: offer.source,
                    title: offer.name.clone(),
                    goal: if goal.is_empty() { usual() } else { goal },
                    reason,
                    theme: Some(theme),
                }
            }
        };
        if item.source.needs_reason() && item.reason.is_empty() {
            return Err(StepError::ReasonNeeded(item.title));
        }
        if items
            .iter()
            .any(|i| i.theme.is_some() && i.theme == item.theme)
        {
            return Err(StepError::Twice(item.title));
        }
        items.push(item);
    }
    Ok(items)
}

fn tidy(text: String) -> Result<String, StepError> {
    let text = text.replace('\0', "").trim().to_owned();
    if text.chars().count() > LONGEST_TEXT {
        return Err(StepError::TextTooLong);
    }
    Ok(text)
}

fn text(text: String) -> Result<String, StepError> {
    tidy(text).and_then(|t| {
        if t.is_empty() {
            Err(StepError::TextMissing)
        } else {
            Ok(t)
        }
    })
}
