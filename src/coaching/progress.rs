//! State of a plan after the steps that people took. Pure.
//!
//! A new plan is a draft that its agent does not see. A coach shares it, or withdraws it again;
//! accepts it and chooses what to work on; promises, check-ins and disputes follow; the plan is
//! closed with an outcome, which can be undone for a day. Steps are added, never changed.
//! [`PlanProgress::of`] adds them up; [`PlanProgress::admit`] checks whether a new one is possible.

use chrono::{Days, NaiveDate};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    plan::Plan,
    reasons::{CheckInPurpose, Explanation},
    steps::{
        Item, NewStep, Outcome, REOPEN_DAYS, RecordedStep, Step, StepError, choose, text, tidy,
    },
};
use crate::{
    locale::{Localised, Message},
    msg,
    types::Instant,
};

/// Support that the coach promised.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Promise {
    pub promise: String,
    pub due: NaiveDate,
    pub kept: Option<NaiveDate>,
}

/// A check-in and, once held, its notes.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Meeting {
    /// Moved by the days on which a promise was overdue, and to a weekday.
    pub due: NaiveDate,
    pub purpose: Explanation<CheckInPurpose>,
    pub done: Option<CheckInNotes>,
}

/// Notes of a check-in; the behaviour was seen in `seen` of `of` contacts.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct CheckInNotes {
    pub on: NaiveDate,
    pub note: String,
    pub seen: Option<u32>,
    pub of: Option<u32>,
}

/// An agent's objection.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Dispute {
    pub on: NaiveDate,
    pub point: String,
    pub reason: String,
    pub decided: Option<Decision>,
}

/// Decision on a dispute, by somebody other than who accepted the plan.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = DisputeDecision)]
pub struct Decision {
    pub on: NaiveDate,
    pub upheld: bool,
    pub answer: String,
}

/// State of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PlanState {
    /// Only coaches and administrators see it.
    Draft,
    /// Shared with the agent, not accepted.
    Proposed,
    Withdrawn,
    Agreed,
    Closed,
}

impl Localised for PlanState {
    fn message(&self) -> Message {
        match self {
            Self::Draft => msg!("plan-state-draft"),
            Self::Proposed => msg!("plan-state-proposed"),
            Self::Withdrawn => msg!("plan-state-withdrawn"),
            Self::Agreed => msg!("plan-state-agreed"),
            Self::Closed => msg!("plan-state-closed"),
        }
    }
}

/// Why a shared plan was withdrawn.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Withdrawal {
    pub on: NaiveDate,
    pub reason: String,
}

/// Progress of a plan.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct PlanProgress {
    /// Time at which the agent could see it first.
    pub shared: Option<Instant>,
    pub withdrawn: Option<Withdrawal>,
    pub accepted: Option<Instant>,
    /// Never shown: names belong to the audit log.
    #[serde(skip)]
    accepted_by: String,
    /// The day that the progress is computed for.
    #[serde(skip)]
    today: NaiveDate,
    pub items: Vec<Item>,
    pub promises: Vec<Promise>,
    pub meetings: Vec<Meeting>,
    pub disputes: Vec<Dispute>,
    pub closed: Option<Instant>,
    pub outcome: Option<Outcome>,
    pub outcome_note: String,
    /// The agent's rating of the coaching, 1 to 5; reported only as a mean over several plans.
    #[serde(skip)]
    pub helped: Option<u8>,
    /// Days on which an overdue promise paused the plan.
    pub days_paused: u64,
    /// Whether an overdue promise pauses the plan now.
    pub paused: bool,
}

impl PlanProgress {
    /// Whether a person may decide disputes: not who accepted the plan.
    pub fn may_decide(&self, by: &str) -> bool {
        self.accepted_by != by
    }

    /// The first check-in that was not held.
    pub fn next_meeting(&self) -> Option<&Meeting> {
        self.meetings.iter().find(|meeting| meeting.done.is_none())
    }

    /// Promises of the coach that are not kept yet.
    pub fn open_promises(&self) -> impl Iterator<Item = &Promise> {
        self.promises
            .iter()
            .filter(|promise| promise.kept.is_none())
    }

    /// Adds up the steps of `plan` as of `today`.
    pub fn of(plan: &Plan, steps: &[RecordedStep], today: NaiveDate) -> Self {
        let mut progress = Self {
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
            progress.add(plan, made);
        }
        progress.pause(plan, progress.closed.map_or(today, Instant::date));
        progress
    }

    fn add(&mut self, plan: &Plan, made: &RecordedStep) {
        let on = made.at.date();
        match &made.step {
            Step::Shared {} => self.shared = Some(made.at),
            Step::Withdrawn { reason } => {
                let reason = reason.clone();
                self.withdrawn = Some(Withdrawal { on, reason });
            }
            Step::Accepted { items } => {
                // Check-ins were dated from the draft; they count from the acceptance.
                let later = (on - plan.created).num_days().max(0).unsigned_abs();
                for meeting in &mut self.meetings {
                    meeting.due = plan.working_days.from(meeting.due + Days::new(later));
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
                on: held,
                note,
                seen,
                of,
            } => {
                if let Some(meeting) = self.meetings.get_mut(*check_in) {
                    meeting.done = Some(CheckInNotes {
                        on: held.unwrap_or(on),
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
            Step::Reopened {} => {
                self.closed = None;
                self.outcome = None;
                self.outcome_note.clear();
            }
            Step::Rated { helped } => self.helped = Some(*helped),
        }
    }

    /// Counts the days on which any promise was overdue, once each, and moves the check-ins to
    /// come.
    fn pause(&mut self, plan: &Plan, until: NaiveDate) {
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
                meeting.due = plan
                    .working_days
                    .from(meeting.due + Days::new(self.days_paused));
            }
        }
    }

    /// Whether the plan is accepted and not closed.
    pub fn is_open(&self) -> bool {
        self.accepted.is_some() && self.closed.is_none()
    }

    /// State of the plan.
    pub fn state(&self) -> PlanState {
        match (self.accepted, self.closed) {
            (_, Some(_)) => PlanState::Closed,
            (Some(_), None) => PlanState::Agreed,
            (None, None) if self.withdrawn.is_some() => PlanState::Withdrawn,
            (None, None) if self.shared.is_some() => PlanState::Proposed,
            (None, None) => PlanState::Draft,
        }
    }

    /// Whether the plan's agent may see it.
    pub fn agent_may_see(&self) -> bool {
        !matches!(self.state(), PlanState::Draft | PlanState::Withdrawn)
    }

    /// Whether closing the plan can be undone as of the day of this progress.
    pub fn may_reopen(&self) -> bool {
        let since = |closed: Instant| (self.today - closed.date()).num_days();
        self.helped.is_none() && self.closed.is_some_and(|at| since(at) <= REOPEN_DAYS)
    }

    /// The step to store if `new`, taken by `by`, is possible in the current state.
    ///
    /// # Errors
    /// [`StepError`], all variants.
    pub fn admit(&self, plan: &Plan, new: NewStep, by: &str) -> Result<Step, StepError> {
        if let NewStep::Rated { helped } = new {
            if self.closed.is_none() || self.helped.is_some() || !(1..=5).contains(&helped) {
                return Err(StepError::Rating);
            }
            return Ok(Step::Rated { helped });
        }
        match (self.state(), &new) {
            (PlanState::Withdrawn, _) => return Err(StepError::Withdrawn),
            (PlanState::Draft, NewStep::Shared {}) => return Ok(Step::Shared {}),
            (PlanState::Draft, _) => return Err(StepError::NotShared),
            (_, NewStep::Shared {}) => return Err(StepError::AlreadyShared),
            (PlanState::Closed, NewStep::Reopened {}) if self.may_reopen() => {
                return Ok(Step::Reopened {});
            }
            (PlanState::Closed, NewStep::Reopened {}) => return Err(StepError::TooLateToReopen),
            (_, NewStep::Reopened {}) => return Err(StepError::NotClosed),
            _ => {}
        }
        // A dispute is decided even after the plan is closed: closing it does not dismiss the
        // dispute.
        if self.closed.is_some() && !matches!(new, NewStep::Decided { .. }) {
            return Err(StepError::Closed);
        }
        // Whoever accepted the plan cannot decide disputes, so the acceptance comes first.
        let accepted_first = !matches!(
            new,
            NewStep::Accepted { .. } | NewStep::Disputed { .. } | NewStep::Withdrawn { .. }
        );
        if accepted_first && self.accepted.is_none() {
            return Err(StepError::NotAccepted);
        }
        Ok(match new {
            NewStep::Withdrawn { .. } if self.accepted.is_some() => {
                return Err(StepError::AlreadyAccepted);
            }
            NewStep::Withdrawn { reason } => Step::Withdrawn {
                reason: text(reason)?,
            },
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
                on,
                note,
                seen,
                of,
            } => {
                let found = self.meetings.get(check_in).ok_or(StepError::NoCheckIn)?;
                if found.done.is_some() {
                    return Err(StepError::CheckedInAlready);
                }
                let accepted = self.accepted.map_or(self.today, Instant::date);
                if on.is_some_and(|day| day < accepted || day > self.today) {
                    return Err(StepError::CheckInDay);
                }
                match (seen, of) {
                    (None, None) => {}
                    (Some(seen), Some(of)) if seen <= of && (1..=10_000).contains(&of) => {}
                    _ => return Err(StepError::Tally),
                }
                Step::CheckedIn {
                    check_in,
                    on,
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
                if !self.may_decide(by) {
                    return Err(StepError::OwnPlan);
                }
                Step::Decided {
                    dispute,
                    upheld,
                    answer: text(answer)?,
                }
            }
            NewStep::Closed { outcome, note } => {
                let note = tidy(note)?;
                if outcome == Outcome::Reached && note.is_empty() {
                    return Err(StepError::EvidenceNeeded);
                }
                Step::Closed { outcome, note }
            }
            NewStep::Shared {} => return Err(StepError::AlreadyShared),
            NewStep::Reopened {} => return Err(StepError::NotClosed),
            NewStep::Rated { .. } => return Err(StepError::Rating),
        })
    }
}
