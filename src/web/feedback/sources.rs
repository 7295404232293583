//! `/feedback/sources`: named mappings and their delivery addresses; surveys sent.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Form, Json, Path},
};
use askama::Template;
use serde::Deserialize;

use super::super::{
    error::{WebError, WebResult},
    frame::Frame,
    render::{page, see_other},
    state::State,
};
use crate::{
    accounts::Actor,
    feedback::{
        self,
        mapping::SHIPPED,
        response_rates::{self, Invited},
        sources::{self, Source},
    },
    types::{Id, Instant},
};

#[derive(Template)]
#[template(path = "sources.html")]
struct SourcesPage {
    frame: Frame,
    sources: Vec<Source>,
    example: &'static str,
}

/// `GET /feedback/sources`
pub async fn sources_page(state: Data<State>, req: HttpRequest, actor: Actor) -> WebResult {
    let organisation = actor.organisation;
    let sources = state
        .db
        .read(move |c| sources::sources(c, organisation))
        .await?;
    page(&SourcesPage {
        frame: Frame::of(&req),
        sources,
        example: SHIPPED[0].1,
    })
}

#[derive(Template)]
#[template(path = "source.html")]
struct SourcePage {
    frame: Frame,
    source: Source,
    address: String,
    secret: String,
}

/// Where deliveries go.
fn address(state: &State, req: &HttpRequest, organisation: Id, source: Id) -> String {
    let base = state.config.public_url.clone().unwrap_or_else(|| {
        let info = req.connection_info();
        format!("{}://{}", info.scheme(), info.host())
    });
    format!("{base}/api/v1/deliveries/{organisation}/{source}")
}

/// `GET /feedback/sources/{id}`
pub async fn source_page(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    id: Path<Id>,
) -> WebResult {
    let organisation = actor.organisation;
    let row = state
        .db
        .read(move |c| sources::source(c, organisation, *id))
        .await?;
    page(&SourcePage {
        frame: Frame::of(&req),
        address: address(&state, &req, organisation, row.id),
        secret: state.deliveries.secret(&row),
        source: row.into(),
    })
}

#[derive(Deserialize)]
pub struct SourceForm {
    #[serde(default)]
    name: String,
    #[serde(default)]
    mapping: String,
}

async fn keep(state: &State, actor: Actor, form: SourceForm) -> Result<Id, WebError> {
    Ok(state
        .db
        .write(move |c| sources::save(c, &actor, &form.name, &form.mapping, Instant::now()))
        .await?)
}

/// `POST /feedback/sources`
pub async fn save_form(state: Data<State>, actor: Actor, form: Form<SourceForm>) -> WebResult {
    let id = keep(&state, actor, form.into_inner()).await?;
    Ok(see_other(&format!("/feedback/sources/{id}")))
}

/// `POST /feedback/sources/{id}/secret`
pub async fn renew_form(state: Data<State>, actor: Actor, id: Path<Id>) -> WebResult {
    let source = *id;
    state
        .db
        .write(move |c| sources::renew(c, &actor, source, Instant::now()))
        .await?;
    Ok(see_other(&format!("/feedback/sources/{source}")))
}

/// `GET /api/v1/feedback/sources`
pub async fn sources_json(state: Data<State>, actor: Actor) -> WebResult {
    let items = state
        .db
        .read(move |c| sources::sources(c, actor.organisation))
        .await?;
    Ok(HttpResponse::Ok().json(serde_json::json!({ "items": items, "next": null })))
}

/// `POST /api/v1/feedback/sources`: its address and secret.
pub async fn save_json(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    form: Json<SourceForm>,
) -> WebResult {
    let organisation = actor.organisation;
    let id = keep(&state, actor, form.into_inner()).await?;
    let row = state
        .db
        .read(move |c| sources::source(c, organisation, id))
        .await?;
    let reply = serde_json::json!({
        "id": id,
        "address": address(&state, &req, organisation, id),
        "secret": state.deliveries.secret(&row),
    });
    Ok(HttpResponse::Ok().json(reply))
}

/// `POST /api/v1/feedback/invitations`
pub async fn invitations_json(
    state: Data<State>,
    actor: Actor,
    counts: Json<Vec<Invited>>,
) -> WebResult {
    state
        .db
        .write(move |c| response_rates::keep_for(c, &actor, &counts, Instant::now()))
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// `GET /api/v1/feedback/response-rates`: the last 90 days with feedback.
pub async fn response_rates_json(state: Data<State>, actor: Actor) -> WebResult {
    let organisation = actor.organisation;
    let items = state
        .db
        .read(move |c| {
            let period = feedback::latest_period(c, organisation, 90, Instant::now())?;
            response_rates::response_rates(c, organisation, period)
        })
        .await?;
    Ok(HttpResponse::Ok().json(serde_json::json!({ "items": items, "next": null })))
}
