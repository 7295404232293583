//! Steps that people take with a plan. Pure: what a coach can choose from, what a step contains,
//! and why a step is refused.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::plan::{AlternativeKind, FocusArea, Plan};
use crate::{
    locale::{Localised, Message, Value, english},
    msg,
    text::entered,
    types::Instant,
};

/// Most areas that one plan works on.
pub const MOST_ITEMS: usize = 2;
/// Days after closing a plan on which that can be undone.
pub const REOPEN_DAYS: i64 = 1;
/// Longest text of a step, in characters.
pub const LONGEST_TEXT: usize = 2_000;

/// Source of an item of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ItemSource)]
pub enum Source {
    /// A credible focus area of the feedback.
    Focus,
    /// Shared with the process; the coach judges that it is within the agent's control.
    Shared,
    /// Below the threshold; the coach has observed it in contacts.
    Asked,
    /// An issue on which the agent scores lower than colleagues with the same issue.
    Knowledge,
    /// Theme that the whole team works on.
    Team,
    /// A strength to extend.
    Strength,
    /// Praised by one customer; the coach has seen it in contacts.
    SinglePraise,
    /// A goal that coach or agent set themselves.
    Own,
}

impl Localised for Source {
    fn message(&self) -> Message {
        match self {
            Self::Focus => msg!("source-focus"),
            Self::Shared => msg!("source-shared"),
            Self::Asked => msg!("source-asked"),
            Self::Knowledge => msg!("source-knowledge"),
            Self::Team => msg!("source-team"),
            Self::Strength => msg!("source-strength"),
            Self::SinglePraise => msg!("source-single-praise"),
            Self::Own => msg!("source-own"),
        }
    }
}

impl Source {
    /// Whether the feedback alone does not support an item, so that the coach gives a reason.
    pub fn needs_reason(self) -> bool {
        matches!(
            self,
            Self::Shared | Self::Asked | Self::SinglePraise | Self::Own
        )
    }
}

/// Something the coach can choose.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Offer {
    pub source: Source,
    pub theme: String,
    pub name: String,
}

/// Offers of the rules, in their order and each theme once.
pub fn offers(plan: &Plan) -> Vec<Offer> {
    let areas = |source, list: &[FocusArea]| -> Vec<Offer> {
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
    let single_praise = plan.single_praise.iter().map(|s| Offer {
        source: Source::SinglePraise,
        theme: s.theme.clone(),
        name: s.name.clone(),
    });
    let all = areas(Source::Focus, &plan.focus)
        .into_iter()
        .chain(areas(Source::Shared, &plan.for_the_coach))
        .chain(alternatives)
        .chain(areas(Source::Asked, &plan.worth_asking))
        .chain(strengths)
        .chain(single_praise);
    let mut offers: Vec<Offer> = Vec::new();
    for offer in all {
        if !offers.iter().any(|o| o.theme == offer.theme) {
            offers.push(offer);
        }
    }
    offers
}

/// An item as chosen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = PlanItem)]
pub struct Item {
    pub source: Source,
    /// `None` for an own goal.
    #[schema(example = "patience")]
    pub theme: Option<String>,
    /// Empty for an own goal.
    pub title: String,
    pub goal: String,
    pub reason: String,
}

impl Item {
    /// Name of the item in documents.
    pub fn name(&self) -> Value {
        match self.theme {
            Some(_) => (&self.title).into(),
            None => msg!("plan-own-goal").into(),
        }
    }
}

/// An item that a coach sends: an offered theme, or none for an own goal.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Choice {
    #[serde(default)]
    #[schema(example = "patience")]
    pub theme: Option<String>,
    /// Goal; without one, the goal of the practice library.
    #[serde(default)]
    pub goal: String,
    #[serde(default)]
    pub reason: String,
}

/// Outcome of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The agent shows the behaviour.
    Reached,
    /// Another round of practice is worth it.
    Continue,
    /// Another approach or another goal is needed.
    Change,
}

impl Outcome {
    /// Every outcome.
    pub const ALL: [Self; 3] = [Self::Reached, Self::Continue, Self::Change];

    /// Stable name, as stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reached => "reached",
            Self::Continue => "continue",
            Self::Change => "change",
        }
    }

    /// The outcome with this stable name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|o| o.as_str() == name)
    }
}

impl Localised for Outcome {
    fn message(&self) -> Message {
        match self {
            Self::Reached => msg!("outcome-reached"),
            Self::Continue => msg!("outcome-continue"),
            Self::Change => msg!("outcome-change"),
        }
    }
}

/// A step of a plan. Numbers count from 0 in the order of the plan. A new step has a [`Choice`] per
/// item, a stored step the [`Item`] that was made of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "step", rename_all = "snake_case", deny_unknown_fields)]
pub enum Step<I: ToSchema = Item> {
    /// A coach shared a draft with its agent.
    Shared {},
    /// A coach withdrew a shared plan that was not accepted.
    Withdrawn { reason: String },
    /// A coach accepted these items.
    Accepted { items: Vec<I> },
    /// The coach promised support by a day.
    Promised { promise: String, due: NaiveDate },
    /// The coach kept a promise.
    Kept { promise: usize },
    /// A check-in was held; the behaviour was seen in `seen` of `of` contacts.
    CheckedIn {
        check_in: usize,
        /// The day it was held, if it was an earlier one.
        #[serde(default)]
        on: Option<NaiveDate>,
        #[serde(default)]
        note: String,
        #[serde(default)]
        seen: Option<u32>,
        #[serde(default)]
        of: Option<u32>,
    },
    /// The agent disputes a point as unfair or wrong.
    Disputed { point: String, reason: String },
    /// Somebody else decided a dispute.
    Decided {
        dispute: usize,
        upheld: bool,
        answer: String,
    },
    /// The plan was closed. `note` says what shows the outcome; [`Outcome::Reached`] needs it.
    Closed { outcome: Outcome, note: String },
    /// A coach undid closing the plan, within [`REOPEN_DAYS`].
    Reopened {},
    /// The agent rated how much the coaching helped, from 1 (not) to 5 (much); reported only as a
    /// mean over several plans.
    Rated { helped: u8 },
}

/// A step as it is sent.
pub type NewStep = Step<Choice>;

/// Kind of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepKind {
    Shared,
    Withdrawn,
    Accepted,
    Promised,
    Kept,
    CheckedIn,
    Disputed,
    Decided,
    Closed,
    Reopened,
    Rated,
}

impl StepKind {
    const ALL: [Self; 11] = [
        Self::Shared,
        Self::Withdrawn,
        Self::Accepted,
        Self::Promised,
        Self::Kept,
        Self::CheckedIn,
        Self::Disputed,
        Self::Decided,
        Self::Closed,
        Self::Reopened,
        Self::Rated,
    ];

    /// Stable name, as stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Shared => "shared",
            Self::Withdrawn => "withdrawn",
            Self::Accepted => "accepted",
            Self::Promised => "promised",
            Self::Kept => "kept",
            Self::CheckedIn => "checked_in",
            Self::Disputed => "disputed",
            Self::Decided => "decided",
            Self::Closed => "closed",
            Self::Reopened => "reopened",
            Self::Rated => "rated",
        }
    }

    /// The kind with this stable name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

impl<I: ToSchema> Step<I> {
    /// Kind of the step.
    pub fn kind(&self) -> StepKind {
        match self {
            Self::Shared {} => StepKind::Shared,
            Self::Withdrawn { .. } => StepKind::Withdrawn,
            Self::Accepted { .. } => StepKind::Accepted,
            Self::Promised { .. } => StepKind::Promised,
            Self::Kept { .. } => StepKind::Kept,
            Self::CheckedIn { .. } => StepKind::CheckedIn,
            Self::Disputed { .. } => StepKind::Disputed,
            Self::Decided { .. } => StepKind::Decided,
            Self::Closed { .. } => StepKind::Closed,
            Self::Reopened {} => StepKind::Reopened,
            Self::Rated { .. } => StepKind::Rated,
        }
    }
}

/// A step with who took it and when.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct RecordedStep {
    pub at: Instant,
    /// Actor, for the rules only: names belong to the audit log.
    #[serde(skip)]
    pub by: String,
    #[serde(flatten)]
    pub step: Step,
}

/// Why a step is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", english(self))]
pub enum StepError {
    /// The plan is a draft that only coaches see.
    NotShared,
    AlreadyShared,
    Withdrawn,
    NotAccepted,
    AlreadyAccepted,
    Closed,
    Items,
    NotOffered(String),
    Twice(String),
    ReasonNeeded(String),
    OwnGoalReasonNeeded,
    GoalNeeded,
    TextMissing,
    TextTooLong,
    DueInThePast,
    NoPromise,
    KeptAlready,
    NoCheckIn,
    CheckedInAlready,
    /// Before the acceptance, or in the future.
    CheckInDay,
    Tally,
    EvidenceNeeded,
    NotClosed,
    TooLateToReopen,
    NoDispute,
    DecidedAlready,
    Rating,
    OwnPlan,
}

impl Localised for StepError {
    fn message(&self) -> Message {
        match self {
            Self::NotShared => msg!("error-step-not-shared"),
            Self::AlreadyShared => msg!("error-step-already-shared"),
            Self::Withdrawn => msg!("error-step-withdrawn"),
            Self::NotAccepted => msg!("error-step-not-accepted"),
            Self::AlreadyAccepted => msg!("error-step-already-accepted"),
            Self::Closed => msg!("error-step-closed"),
            Self::Items => msg!("error-step-items"),
            Self::NotOffered(theme) => msg!("error-step-not-offered", theme = theme),
            Self::Twice(title) => msg!("error-step-twice", title = title),
            Self::ReasonNeeded(title) => msg!("error-step-reason-needed", title = title),
            Self::OwnGoalReasonNeeded => {
                msg!("error-step-reason-needed", title = msg!("plan-own-goal"))
            }
            Self::GoalNeeded => msg!("error-step-goal-needed"),
            Self::TextMissing => msg!("error-step-text-missing"),
            Self::TextTooLong => msg!("error-step-text-too-long", limit = LONGEST_TEXT),
            Self::DueInThePast => msg!("error-step-due-in-the-past"),
            Self::NoPromise => msg!("error-step-no-promise"),
            Self::KeptAlready => msg!("error-step-kept-already"),
            Self::NoCheckIn => msg!("error-step-no-check-in"),
            Self::CheckedInAlready => msg!("error-step-checked-in-already"),
            Self::CheckInDay => msg!("error-step-check-in-day"),
            Self::Tally => msg!("error-step-tally"),
            Self::EvidenceNeeded => msg!("error-step-evidence-needed"),
            Self::NotClosed => msg!("error-step-not-closed"),
            Self::TooLateToReopen => msg!("error-step-too-late-to-reopen"),
            Self::NoDispute => msg!("error-step-no-dispute"),
            Self::DecidedAlready => msg!("error-step-decided-already"),
            Self::Rating => msg!("error-step-rating"),
            Self::OwnPlan => msg!("error-step-own-plan"),
        }
    }
}

/// The items made of a coach's choices.
///
/// # Errors
/// [`StepError::Items`], [`StepError::NotOffered`], [`StepError::Twice`],
/// [`StepError::ReasonNeeded`], [`StepError::OwnGoalReasonNeeded`], [`StepError::GoalNeeded`],
/// [`StepError::TextTooLong`].
pub(super) fn choose(plan: &Plan, choices: Vec<Choice>) -> Result<Vec<Item>, StepError> {
    if choices.is_empty() || choices.len() > MOST_ITEMS {
        return Err(StepError::Items);
    }
    let offers = offers(plan);
    let mut items: Vec<Item> = Vec::with_capacity(choices.len());
    for choice in choices {
        let item = item(plan, &offers, choice)?;
        if item.source.needs_reason() && item.reason.is_empty() {
            return Err(match item.theme {
                Some(_) => StepError::ReasonNeeded(item.title),
                None => StepError::OwnGoalReasonNeeded,
            });
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

fn item(plan: &Plan, offers: &[Offer], choice: Choice) -> Result<Item, StepError> {
    let (goal, reason) = (tidy(choice.goal)?, tidy(choice.reason)?);
    let Some(theme) = choice.theme.filter(|t| !t.is_empty()) else {
        if goal.is_empty() {
            return Err(StepError::GoalNeeded);
        }
        return Ok(Item {
            source: Source::Own,
            theme: None,
            title: String::new(),
            goal,
            reason,
        });
    };
    let Some(offer) = offers.iter().find(|o| o.theme == theme) else {
        return Err(StepError::NotOffered(theme));
    };
    let usual = || {
        let practice = plan.practice_of(&theme);
        practice.map_or_else(String::new, |p| p.goal.clone())
    };
    Ok(Item {
        source: offer.source,
        title: offer.name.clone(),
        goal: if goal.is_empty() { usual() } else { goal },
        reason,
        theme: Some(theme),
    })
}

/// A text of at most [`LONGEST_TEXT`] characters, as it is stored.
pub(super) fn tidy(text: String) -> Result<String, StepError> {
    let text = entered::lines(&text);
    if text.chars().count() > LONGEST_TEXT {
        return Err(StepError::TextTooLong);
    }
    Ok(text)
}

/// Like [`tidy`], for a text that is required.
pub(super) fn text(text: String) -> Result<String, StepError> {
    tidy(text).and_then(|t| {
        if t.is_empty() {
            Err(StepError::TextMissing)
        } else {
            Ok(t)
        }
    })
}
