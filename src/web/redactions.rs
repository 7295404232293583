//! `/redactions`: personal data that was taken out of comments, for administrators.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Json, Path, Query},
};
use askama::Template;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    done::Done,
    error::{WebError, WebResult},
    frame::Frame,
    list::List,
    render::{confirmed, page},
    state::State,
};
use crate::{
    accounts::Actor,
    audit,
    db::DbConnection,
    feedback::redactions::{self, KEPT_DAYS, Redaction},
    praise::moderation,
    types::{Id, Instant},
};

/// The position in the list.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RedactionQuery {
    /// `next` of the previous reply.
    after: Option<Id>,
}

#[derive(Template)]
#[template(path = "redactions.html")]
struct RedactionsPage {
    frame: Frame,
    items: Vec<Redaction>,
    next: Option<Id>,
    kept_days: i64,
}

/// Reads a page of the list and records in the audit log that it was seen.
async fn read(
    state: &State,
    actor: Actor,
    query: RedactionQuery,
) -> Result<(Vec<Redaction>, Option<Id>), WebError> {
    let organisation = actor.organisation;
    let read = move |c: &mut _| redactions::redactions(c, organisation, query.after);
    let found = state.db.read(read).await?;
    let action = "redactions.viewed";
    let object = ("organisation", organisation);
    let event = audit::Event::new(organisation, actor.label(), action, object);
    state
        .db
        .write(move |c| audit::record(c, event, Instant::now()))
        .await?;
    Ok(found)
}

async fn restore(state: &State, actor: Actor, id: Id) -> Result<(), WebError> {
    let restore = move |c: &mut DbConnection| {
        let now = Instant::now();
        let comment = redactions::restore(c, &actor, id, now)?;
        moderation::keep_decision(c, actor.organisation, &comment, now)?;
        Ok::<_, WebError>(())
    };
    state.db.write(restore).await
}

/// `GET /redactions`
pub async fn redactions_page(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    query: Query<RedactionQuery>,
) -> WebResult {
    let (items, next) = read(&state, actor, query.into_inner()).await?;
    page(&RedactionsPage {
        frame: Frame::of(&req),
        items,
        next,
        kept_days: KEPT_DAYS,
    })
}

/// Lists personal data that was taken out of comments in the last 30 days, newest first. The view
/// is recorded in the audit log.
#[utoipa::path(
    get,
    path = "/api/v1/redactions",
    tag = "Feedback",
    operation_id = "list_redactions",
    params(RedactionQuery),
    responses((status = 200, description = "At most 100 redactions", body = List<Redaction>))
)]
pub async fn redactions_json(
    state: Data<State>,
    actor: Actor,
    query: Query<RedactionQuery>,
) -> Result<Json<List<Redaction>>, WebError> {
    let (items, next) = read(&state, actor, query.into_inner()).await?;
    Ok(Json(List {
        items,
        next: next.map(|id| id.to_string()),
    }))
}

/// `POST /redactions/{id}/restore`
pub async fn restore_form(state: Data<State>, actor: Actor, id: Path<Id>) -> WebResult {
    restore(&state, actor, *id).await?;
    Ok(confirmed("/redactions", Done::RedactionRestored))
}

/// Puts what was taken out of a comment back, because it is no personal data. The comment is read
/// again.
#[utoipa::path(
    post,
    path = "/api/v1/redactions/{id}/restore",
    tag = "Feedback",
    operation_id = "restore_redaction",
    params(("id" = Id, Path, description = "The redaction")),
    responses((status = 204, description = "Restored"))
)]
pub async fn restore_json(state: Data<State>, actor: Actor, id: Path<Id>) -> WebResult {
    restore(&state, actor, *id).await?;
    Ok(HttpResponse::NoContent().finish())
}
