//! Steps that people take with a plan, pure: what can be chosen, what a step says, and why one does not fit.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::plan::{AlternativeKind, FocusArea, Plan};
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
    /// Matters of one kind that go worse than for colleagues with the same kind.
    Knowledge,
    /// What the whole team works on.
    Team,
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
            Self::Knowledge => "from scores on matters of one kind, not from what comments say",
            Self::Team => "what the whole team works on, not a difference of this agent",
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
    let findings = |source, list: &[FocusArea]| -> Vec<Offer> {
        list.iter()
            .map(|f| Offer {
                source,
                theme: f.theme.clone(),
                name: f.name.clone(),
            })
            .collect()
    };
    let alternatives = plan.alternatives.iter().map(|a| Offer {
        source: match a.kind {
            AlternativeKind::Knowledge => Source::Knowledge,
            AlternativeKind::Team => Source::Team,
        },
        theme: a.key.clone(),
        name: a.name.clone(),
    });
    let strengths = plan.strengths.iter().map(|s| Offer {
        source: Source::Strength,
        theme: s.theme.clone(),
        name: s.name.clone(),
    });
    let all = findings(Source::Focus, &plan.focus)
        .into_iter()
        .chain(findings(Source::Shared, &plan.for_the_coach))
        .chain(alternatives)
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

/// A step of a plan. Numbers count from 0 in the order of the plan. What comes in has a [`Choice`] for an item, what is kept has
/// the [`Item`] that it led to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case", deny_unknown_fields)]
pub enum Step<I = Item> {
    /// A coach accepted these items.
    Accepted {
        items: Vec<I>,
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
        #[serde(default)]
        note: String,
        #[serde(default)]
        seen: Option<u32>,
        #[serde(default)]
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
    /// The agent says how much the coaching helped, from 1 (not) to 5 (much); shown only over many.
    Rated {
        helped: u8,
    },
}

/// A step as it comes in.
pub type NewStep = Step<Choice>;

impl<I> Step<I> {
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
            Self::Rated { .. } => "rated",
        }
    }
}

/// A step with who made it and when.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RecordedStep {
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
    #[error("A plan is rated from 1 to 5, once, after it is closed.")]
    Rating,
    #[error("Somebody else has to decide: you accepted this plan.")]
    OwnPlan,
}

/// The items that choices lead to.
///
/// # Errors
/// None or too many, one that is not offered, or one without its reason or goal.
pub(super) fn choose(plan: &Plan, choices: Vec<Choice>) -> Result<Vec<Item>, StepError> {
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
                let usual = || {
                    let practice = plan.practice_of(&theme);
                    practice.map_or_else(String::new, |p| p.goal.clone())
                };
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

/// Text without what no database keeps, at its ends no space.
pub(super) fn tidy(text: String) -> Result<String, StepError> {
    let text = text.replace('\0', "").trim().to_owned();
    if text.chars().count() > LONGEST_TEXT {
        return Err(StepError::TextTooLong);
    }
    Ok(text)
}

/// The same of a text that has to be there.
pub(super) fn text(text: String) -> Result<String, StepError> {
    tidy(text).and_then(|t| {
        if t.is_empty() {
            Err(StepError::TextMissing)
        } else {
            Ok(t)
        }
    })
}
