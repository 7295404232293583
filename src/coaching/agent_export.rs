//! Export of everything that is stored about an agent's own work. Observed contacts are in it as
//! shared plans count them, and 1:1s as the agent sees them: without private notes.
//! shared plans count them; own tallies with every day and note.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::{
    error::{CoachingError, Result},
    one_to_ones::{self, content::OneToOne},
    own_tallies,
    own_tally::TallyDay,
    pauses::{self, Pause},
    plans::{StoredPlan, shared_plans_of},
};
use crate::{
    accounts::Actor,
    db::DbConnection,
    feedback::{self, Period},
    praise::{
        examples::{self, MyExample},
        moderation,
    },
    quality::results::{self, QualityCheck},
    text::mention::Polarity,
    types::{Id, Instant},
    workforce,
};

/// Everything that is stored about an agent's own work, with the number of comments that are left
/// out.
#[derive(Debug, Serialize, ToSchema)]
pub struct AgentExport {
    pub agent: String,
    pub reference: String,
    /// Other references of the agent.
    pub other_references: Vec<String>,
    pub made: Instant,
    pub feedback: Vec<ExportedFeedback>,
    /// Insulting or discriminating comments, which are left out.
    pub withheld: usize,
    pub plans: Vec<StoredPlan>,
    /// Days that the agent counted, whether or not they are shared.
    pub own_tallies: Vec<TallyDay>,
    /// Quality checks of the agent's contacts.
    pub quality_checks: Vec<QualityCheck>,
    /// Praise that the agent agreed to show to their team.
    pub examples: Vec<MyExample>,
    /// Pauses of this agent alone.
    pub pauses: Vec<Pause>,
    /// 1:1s that were shared, as the agent sees them.
    pub one_to_ones: Vec<OneToOne>,
}

/// A customer's answer with its theme mentions.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExportedFeedback {
    pub at: Instant,
    pub channel: String,
    pub issue: String,
    pub scale: Option<String>,
    pub score: Option<f64>,
    pub wording: Option<String>,
    pub comment: Option<String>,
    /// Theme, polarity and evidence words.
    pub themes: Vec<(String, Polarity, String)>,
}

/// The export of the actor's own agent.
///
/// # Errors
/// [`CoachingError::NoPlan`] if the actor is not an agent.
pub fn export(c: &mut DbConnection, actor: &Actor, now: Instant) -> Result<AgentExport> {
    let id = actor.agent.ok_or(CoachingError::NoPlan)?;
    let organisation = actor.organisation;
    let agent = workforce::agent(c, organisation, id)?;
    let ever = Period {
        from: Instant(chrono::DateTime::UNIX_EPOCH),
        to: now.plus(chrono::Duration::days(2)),
    };
    let rows = feedback::feedback_of(c, organisation, id, ever, i64::MAX)?;
    let held = moderation::withheld(c, organisation, &rows)?;
    let mut themes: BTreeMap<Id, Vec<(String, Polarity, String)>> = BTreeMap::new();
    for t in feedback::mentions_of_agent(c, organisation, id, ever)? {
        themes
            .entry(t.feedback_id)
            .or_default()
            .push((t.theme, t.polarity, t.words));
    }
    let plans = shared_plans_of(c, organisation, id)?;
    let plan_ids: Vec<Id> = plans.iter().map(|plan| plan.id).collect();
    actor.record(c, "agent.exported", ("agent", id), now)?;
    Ok(AgentExport {
        agent: agent.name,
        reference: agent.reference,
        other_references: workforce::other_references(c, organisation, id)?,
        made: now,
        withheld: held.len(),
        examples: examples::mine(c, actor, now)?,
        quality_checks: results::checks_of(
            c,
            organisation,
            id,
            (ever.from.date(), ever.to.date()),
        )?,
        own_tallies: own_tallies::days_of(c, organisation, &plan_ids)?,
        plans,
        pauses: pauses::of_agent(c, organisation, id)?,
        one_to_ones: one_to_ones::own(c, actor)?,
        feedback: rows
            .into_iter()
            .map(|row| ExportedFeedback {
                at: row.occurred_at,
                channel: row.channel,
                issue: row.issue,
                scale: row.scale,
                score: row.score,
                wording: row.wording,
                comment: row.comment.filter(|_| !held.contains(&row.id)),
                themes: if held.contains(&row.id) {
                    Vec::new()
                } else {
                    themes.remove(&row.id).unwrap_or_default()
                },
            })
            .collect(),
    })
}
