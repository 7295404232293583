//! Views of an agent's feedback, for the audit log.

use crate::{
    accounts::Actor,
    audit,
    types::{Id, Instant},
    web::{error::WebError, state::State},
};

/// Records in the audit log that the actor saw an agent's feedback.
pub async fn record_view(state: &State, actor: Actor, agent: Id) -> Result<(), WebError> {
    let (organisation, by) = (actor.organisation, actor.label());
    let action = "agent.feedback_viewed";
    let event = audit::Event::new(organisation, by, action, ("agent", agent));
    Ok(state
        .db
        .write(move |c| audit::record(c, event, Instant::now()))
        .await?)
}
