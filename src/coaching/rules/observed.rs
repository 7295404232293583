//! Contacts that a coach listened to, as evidence beside comments. They make no strength and no
//! focus area: the coach chooses which contacts to listen to, so they are no sample of all
//! contacts.

use std::collections::BTreeMap;

use crate::coaching::{
    observation::{Observation, Sighting},
    plan::{Observed, Plan},
};

/// How often each observer saw the behaviours that belong to the plan's strengths and areas.
pub(super) fn observed(plan: &Plan, observations: &[Observation]) -> Vec<Observed> {
    let named = plan.named_themes();
    let mut counts: BTreeMap<(&str, &str), (u64, u64)> = BTreeMap::new();
    for observation in observations {
        for (theme, sighting) in &observation.behaviours {
            if !named.contains(theme.as_str()) || *sighting == Sighting::NotApplicable {
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
