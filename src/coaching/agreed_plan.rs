//! A plan as people agreed on it: what was chosen in place of what was offered, with promises, check-ins and words.

use super::{
    plan::{self, Plan},
    plans::StoredPlan,
    progress, steps,
};
use crate::{locale::english, types::Instant};

impl StoredPlan {
    /// The plan as people agreed on it: what was chosen in place of what was offered, with promises, check-ins and words.
    /// A proposal stays as it is.
    pub fn agreed(&self) -> Plan {
        let mut plan = self.plan.clone();
        let Some(accepted) = self.progress.accepted else {
            return plan;
        };
        let chosen = |theme: &str| {
            let mut items = self.progress.items.iter();
            items.any(|i| i.theme.as_deref() == Some(theme) && i.source != steps::Source::Strength)
        };
        let offered = std::mem::take(&mut plan.focus)
            .into_iter()
            .chain(std::mem::take(&mut plan.for_the_coach))
            .chain(std::mem::take(&mut plan.worth_asking));
        plan.focus = offered.filter(|f| chosen(&f.theme)).collect();
        plan.alternatives.retain(|a| chosen(&a.key));
        if !plan.focus.is_empty() {
            plan.no_focus = None;
        }
        let found = |done: &progress::Done| {
            let tally = match (done.seen, done.of) {
                (Some(seen), Some(of)) => format!("seen in {seen} of {of} contacts. "),
                _ => String::new(),
            };
            format!("{}: {tally}{}", done.on.format("%-d %b"), done.note)
        };
        plan.agreed = Some(plan::Agreed {
            on: accepted.date(),
            items: self
                .progress
                .items
                .iter()
                .map(|i| plan::AgreedItem {
                    title: i.title.clone(),
                    goal: i.goal.clone(),
                    source: english(&i.source),
                    reason: i.reason.clone(),
                })
                .collect(),
            promises: self
                .progress
                .promises
                .iter()
                .map(|p| plan::AgreedPromise {
                    promise: p.promise.clone(),
                    due: p.due,
                    kept: p.kept,
                })
                .collect(),
            found: self
                .progress
                .meetings
                .iter()
                .map(|m| m.done.as_ref().map(found))
                .collect(),
            view: self.agent_view.clone().filter(|v| !v.is_empty()),
            read_on: self.acknowledged_at.map(Instant::date),
            outcome: self.progress.outcome.map(|o| {
                let note = &self.progress.outcome_note;
                let outcome = english(&o);
                if note.is_empty() {
                    outcome
                } else {
                    format!("{outcome}: {note}")
                }
            }),
        });
        plan.check_ins = self
            .progress
            .meetings
            .iter()
            .map(|m| plan::CheckIn {
                date: m.due,
                purpose: m.purpose.clone(),
            })
            .collect();
        plan
    }
}
