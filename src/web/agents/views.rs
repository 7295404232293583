//! Views of an agent's feedback, for the audit log.

use crate::{
    accounts::Actor,
    db::DbConnection,
    types::{Id, Instant},
    web::{error::WebError, state::State},
};

/// Records in the audit log that the actor saw an agent's feedback.
pub async fn record_view(state: &State, actor: Actor, agent: Id) -> Result<(), WebError> {
    let (action, object) = ("agent.feedback_viewed", ("agent", agent));
    let record = move |c: &mut DbConnection| actor.record(c, action, object, Instant::now());
    Ok(state.db.write(record).await?)
}
