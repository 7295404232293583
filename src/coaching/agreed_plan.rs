//! A plan as people agreed on it: the chosen areas, promises, check-ins and the agent's view.

use chrono::NaiveDate;
use serde::Serialize;

use super::{
    own_tally::{OwnTally, areas},
    plan::{CheckIn, Plan, SinglePraise},
    plans::StoredPlan,
    progress::{CheckInNotes, PlanProgress, Promise},
    steps::{Item, Outcome, Source},
};
use crate::types::Instant;

/// A plan with what people agreed on.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AgreedPlan {
    /// The plan; once it is accepted, only with the areas that were chosen.
    #[serde(flatten)]
    pub plan: Plan,
    /// Absent in a proposal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agreed: Option<Agreement>,
}

/// Agreement of coach and agent.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Agreement {
    pub on: NaiveDate,
    pub items: Vec<Item>,
    pub promises: Vec<Promise>,
    /// Notes of each check-in, in the order of the check-ins; `None` for those to come.
    pub found: Vec<Option<CheckInNotes>>,
    /// The agent's own tallies of each area, if the agent shares them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub own_tallies: Vec<OwnTally>,
    /// The agent's own words.
    pub view: Option<String>,
    pub read_on: Option<NaiveDate>,
    pub outcome: Option<Outcome>,
    pub outcome_note: String,
}

impl From<Plan> for AgreedPlan {
    /// A proposal.
    fn from(plan: Plan) -> Self {
        Self { plan, agreed: None }
    }
}

impl AgreedPlan {
    /// The agent's own words.
    pub fn view(&self) -> Option<&str> {
        self.agreed.as_ref()?.view.as_deref()
    }
}

impl StoredPlan {
    /// Whether it was agreed to work on an area, whose behaviour the agent can count.
    pub fn has_areas(&self) -> bool {
        self.progress.accepted.is_some() && areas(&self.progress.items).next().is_some()
    }

    /// The plan as people agreed on it; a proposal as the rules made it.
    pub fn agreed(&self) -> AgreedPlan {
        let mut plan = self.plan.clone();
        let Some(accepted) = self.progress.accepted else {
            return plan.into();
        };
        keep_chosen(&mut plan, &self.progress);
        let meetings = &self.progress.meetings;
        plan.check_ins = meetings
            .iter()
            .map(|m| CheckIn {
                date: m.due,
                purpose: m.purpose.clone(),
            })
            .collect();
        let agreed = Agreement {
            on: accepted.date(),
            items: self.progress.items.clone(),
            promises: self.progress.promises.clone(),
            found: meetings.iter().map(|m| m.done.clone()).collect(),
            own_tallies: self.own_tallies.clone(),
            view: self.agent_view.clone().filter(|v| !v.is_empty()),
            read_on: self.acknowledged_at.map(Instant::date),
            outcome: self.progress.outcome,
            outcome_note: self.progress.outcome_note.clone(),
        };
        AgreedPlan {
            plan,
            agreed: Some(agreed),
        }
    }
}

/// Keeps the chosen areas and alternatives, in place of those that were offered. Praise of one
/// customer that the coach chose is a strength.
fn keep_chosen(plan: &mut Plan, progress: &PlanProgress) {
    let chosen = |theme: &str| {
        let mut items = progress.items.iter();
        items.find(|i| i.theme.as_deref() == Some(theme))
    };
    let is_confirmed =
        |theme: &str| chosen(theme).is_some_and(|i| i.source == Source::SinglePraise);
    let is_chosen = |theme: &str| {
        chosen(theme).is_some_and(|i| !matches!(i.source, Source::Strength | Source::SinglePraise))
    };
    let single = std::mem::take(&mut plan.single_praise).into_iter();
    let (confirmed, single): (Vec<SinglePraise>, Vec<SinglePraise>) =
        single.partition(|praise| is_confirmed(&praise.theme));
    plan.single_praise = single;
    plan.strengths
        .extend(confirmed.into_iter().map(SinglePraise::confirmed));
    let offered = std::mem::take(&mut plan.focus)
        .into_iter()
        .chain(std::mem::take(&mut plan.for_the_coach))
        .chain(std::mem::take(&mut plan.worth_asking));
    plan.focus = offered.filter(|f| is_chosen(&f.theme)).collect();
    plan.alternatives.retain(|a| is_chosen(&a.key));
    if !plan.focus.is_empty() {
        plan.no_focus = None;
    }
}
