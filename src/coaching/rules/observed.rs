//! Contacts that a coach listened to, as evidence beside comments. They make no strength and no
//! focus area: the coach chooses which contacts to listen to, so they are no sample of all contacts.

use std::collections::{BTreeMap, BTreeSet};

use crate::coaching::{
    observation::{Observation, Sighting},
    plan::{Observed, Plan},
};

/// How often each observer saw the behaviours that belong to the plan's strengths and areas.
pub(super) fn observed(plan: &Plan, observations: &[Observation]) -> Vec<Observed> {
    let areas = [&plan.focus, &plan.for_the_coach, &plan.worth_asking];
    let areas = areas.into_iter().flatten().map(|area| &area.theme);
    let strengths = plan.strengths.iter().map(|strength| &strength.theme);
    let single = plan.single_praise.iter().map(|praise| &praise.theme);
    let named: BTreeSet<&String> = areas.chain(strengths).chain(single).collect();
    let mut counts: BTreeMap<(&str, &str), (u64, u64)> = BTreeMap::new();
    for observation in observations {
        for (theme, sighting) in &observation.behaviours {
            if !named.contains(theme) || *sighting == Sighting::NotApplicable {
                continue;
            }
            let key = (theme.as_str(), observation.by.as_str());
            let (seen, contacts) = counts.entry(key).or_default();
            *seen += u64::from(*sighting == Sighting::Seen);
            *contacts += 1;
        }
    }
    let observed = |((theme, by), (seen, contacts)): ((&str, &str), _)| Observed {
        theme: theme.to_owned(),
        by: by.to_owned(),
        seen,
        contacts,
    };
    counts.into_iter().map(observed).collect()
}
