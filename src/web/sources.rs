//! Where feedback comes from: saved mappings, signed deliveries, and surveys sent out.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Bytes, Data, Form, Json, Path},
};
use askama::Template;
use serde::Deserialize;

use super::{
    State,
    auth::Who,
    error::{WebError, WebResult},
    render::{Frame, page, see_other},
};
use crate::{
    feedback::{
        self,
        mapping::SHIPPED,
        response_rates::{self, Invited},
        sources::{self, Delivery, Source},
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
pub async fn sources_page(state: Data<State>, req: HttpRequest, who: Who) -> WebResult {
    let organisation = who.0.organisation;
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
    who: Who,
    id: Path<Id>,
) -> WebResult {
    let organisation = who.0.organisation;
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

async fn keep(state: &State, who: Who, form: SourceForm) -> Result<Id, WebError> {
    Ok(state
        .db
        .write(move |c| sources::save(c, &who.0, &form.name, &form.mapping, Instant::now()))
        .await?)
}

/// `POST /feedback/sources`
pub async fn save_form(state: Data<State>, who: Who, form: Form<SourceForm>) -> WebResult {
    let id = keep(&state, who, form.into_inner()).await?;
    Ok(see_other(&format!("/feedback/sources/{id}")))
}

/// `POST /feedback/sources/{id}/secret`
pub async fn renew_form(state: Data<State>, who: Who, id: Path<Id>) -> WebResult {
    let source = *id;
    state
        .db
        .write(move |c| sources::renew(c, &who.0, source, Instant::now()))
        .await?;
    Ok(see_other(&format!("/feedback/sources/{source}")))
}

/// `GET /api/v1/feedback/sources`
pub async fn sources_json(state: Data<State>, who: Who) -> WebResult {
    let items = state
        .db
        .read(move |c| sources::sources(c, who.0.organisation))
        .await?;
    Ok(HttpResponse::Ok().json(serde_json::json!({ "items": items, "next": null })))
}

/// `POST /api/v1/feedback/sources`: its address and secret.
pub async fn save_json(
    state: Data<State>,
    req: HttpRequest,
    who: Who,
    form: Json<SourceForm>,
) -> WebResult {
    let organisation = who.0.organisation;
    let id = keep(&state, who, form.into_inner()).await?;
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

/// `POST /api/v1/deliveries/{organisation}/{source}`: signed, from a program without an account.
pub async fn deliver(
    state: Data<State>,
    req: HttpRequest,
    path: Path<(Id, Id)>,
    body: Bytes,
) -> WebResult {
    let (organisation, source) = path.into_inner();
    let header = |name: &str| {
        let value = req.headers().get(name).and_then(|v| v.to_str().ok());
        value.unwrap_or_default().to_owned()
    };
    let [id, timestamp, signatures] =
        ["webhook-id", "webhook-timestamp", "webhook-signature"].map(header);
    let (database, keys) = (state.db.clone(), state.deliveries.clone());
    let take = move || {
        let delivery = Delivery {
            id: &id,
            timestamp: &timestamp,
            signatures: &signatures,
            body: &body,
        };
        let now = Instant::now();
        sources::receive(&database, &keys, organisation, source, &delivery, now)
    };
    let taken = actix_web::web::block(take)
        .await
        .map_err(|e| WebError::internal(&e))??;
    Ok(HttpResponse::Ok().json(taken))
}

/// `POST /api/v1/feedback/invitations`
pub async fn invitations_json(
    state: Data<State>,
    who: Who,
    counts: Json<Vec<Invited>>,
) -> WebResult {
    state
        .db
        .write(move |c| response_rates::keep_for(c, &who.0, &counts, Instant::now()))
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// `GET /api/v1/feedback/response-rates`: the last 90 days with feedback.
pub async fn response_rates_json(state: Data<State>, who: Who) -> WebResult {
    let organisation = who.0.organisation;
    let items = state
        .db
        .read(move |c| {
            let period = feedback::latest_period(c, organisation, 90, Instant::now())?;
            response_rates::response_rates(c, organisation, period)
        })
        .await?;
    Ok(HttpResponse::Ok().json(serde_json::json!({ "items": items, "next": null })))
}
