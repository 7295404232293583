//! Authentication and authorisation of programs with an API key.

use actix_web::{HttpMessage, HttpRequest};

use super::{
    error::{Code, WebError},
    frame::Synthetic,
    limits::Limit,
    state::State,
};
use crate::{
    accounts::api_keys::{self, Caller, KeyScope},
    db::{DbConnection, shares},
    msg,
    telemetry::chain,
    types::Instant,
};

/// The program behind an API key. Wrong keys are limited by source, and requests by key.
async fn caller(req: &HttpRequest, state: &State, token: &str) -> Result<Caller, WebError> {
    let (token, keys) = (token.to_owned(), state.keys.clone());
    let read = move |c: &mut DbConnection| {
        let caller = api_keys::caller(c, &token, keys.secret(), Instant::now());
        caller.map_err(WebError::from)
    };
    let found = state.db.read(read).await;
    if matches!(&found, Err(refusal) if refusal.code == Code::ApiKeyInvalid) {
        state.limits.take(Limit::WrongKey, state.source(req))?;
    }
    let caller = found?;
    state.limits.take(Limit::Key, caller.key)?;
    Ok(caller)
}

/// Notes that an API key is used.
async fn note_key_use(state: &State, caller: &Caller) {
    let (organisation, key) = (caller.actor.organisation, caller.key);
    let note = state
        .db
        .write(move |c| api_keys::note_use(c, organisation, key, Instant::now()));
    if let Err(error) = shares::on_behalf_of(Some(organisation), note).await {
        // Programs that only read can go on while nothing can be written.
        tracing::warn!(error = chain(&error), "the use of an API key was not noted");
    }
}

/// Admits a program with an API key if the route has a scope and the key has it.
///
/// # Errors
/// [`Code::ApiKeyInvalid`], [`Code::Forbidden`], [`Code::TooManyRequests`].
pub async fn admit_key(
    state: &State,
    req: &HttpRequest,
    token: &str,
    (scope, limit): (Option<KeyScope>, Option<Limit>),
) -> Result<(), WebError> {
    let caller = caller(req, state, token).await?;
    if caller.is_to_be_noted {
        note_key_use(state, &caller).await;
    }
    let refused = |message| Err(WebError::new(Code::Forbidden, message));
    match scope {
        None => return refused(msg!("error-not-for-keys")),
        Some(scope) if !caller.scopes.contains(&scope) => {
            return refused(msg!("error-scope", scope = scope.as_str()));
        }
        Some(_) => {}
    }
    if let Some(limit) = limit {
        state.limits.take(limit, caller.key)?;
    }
    let synthetic = state.is_synthetic(caller.actor.organisation).await?;
    req.extensions_mut().insert(Synthetic(synthetic));
    req.extensions_mut().insert(caller.actor);
    Ok(())
}
