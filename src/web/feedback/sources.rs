//! `/feedback/sources`: named mappings and their delivery addresses.

use actix_web::{
    HttpRequest,
    web::{Data, Form, Json, Path},
};
use askama::Template;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::{
    done::Done,
    error::{WebError, WebResult},
    forms::{self, Refused},
    frame::Frame,
    idempotency::{IdempotencyHeader, idempotency_of, once},
    links::base_url,
    list::List,
    render::{confirmed, page, page_with_status},
    state::State,
};
use crate::{
    accounts::Actor,
    feedback::{
        mapping::SHIPPED,
        score_format::describe,
        sources::{self, Source},
    },
    locale::Message,
    types::{Id, Instant},
};

#[derive(Template)]
#[template(path = "sources.html")]
struct SourcesPage {
    frame: Frame,
    sources: Vec<Source>,
    /// Content of the form.
    form: SourceForm,
    problem: Option<Message>,
}

/// `GET /feedback/sources`
pub async fn sources_page(state: Data<State>, req: HttpRequest, actor: Actor) -> WebResult {
    show(&state, &req, &actor, None).await
}

async fn show(
    state: &State,
    req: &HttpRequest,
    actor: &Actor,
    refused: Option<Refused<SourceForm>>,
) -> WebResult {
    let status = forms::status(refused.as_ref());
    let (form, problem) = refused.map(Refused::into_parts).unzip();
    let empty = || SourceForm {
        name: String::new(),
        mapping: SHIPPED[0].1.to_owned(),
    };
    let shown = SourcesPage {
        frame: Frame::of(req),
        sources: list(state, actor).await?,
        form: form.unwrap_or_else(empty),
        problem,
    };
    page_with_status(status, &shown)
}

async fn list(state: &State, actor: &Actor) -> Result<Vec<Source>, WebError> {
    let organisation = actor.organisation;
    Ok(state
        .db
        .read(move |c| sources::sources(c, organisation))
        .await?)
}

#[derive(Template)]
#[template(path = "source.html")]
struct SourcePage {
    frame: Frame,
    source: Source,
    address: String,
    secret: String,
}

impl SourcePage {
    fn rule(&self) -> Option<Message> {
        describe(self.source.rule)
    }
}

/// Address for deliveries.
fn address(state: &State, req: &HttpRequest, organisation: Id, source: Id) -> String {
    let base = base_url(state, req);
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

/// A source to save.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct SourceForm {
    #[serde(default)]
    #[schema(example = "Survey tool")]
    name: String,
    /// TOML, as printed by `rapport feedback mapping standard`.
    #[serde(default)]
    mapping: String,
}

async fn save(state: &State, actor: Actor, form: SourceForm) -> Result<Id, WebError> {
    Ok(state
        .db
        .write(move |c| sources::save(c, &actor, &form.name, &form.mapping, Instant::now()))
        .await?)
}

/// `POST /feedback/sources`
pub async fn save_form(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    form: Form<SourceForm>,
) -> WebResult {
    let form = form.into_inner();
    match save(&state, actor.clone(), form.clone()).await {
        Ok(id) => Ok(confirmed(
            &format!("/feedback/sources/{id}"),
            Done::SourceSaved,
        )),
        Err(problem) => {
            let refused = Refused::new(form, problem)?;
            show(&state, &req, &actor, Some(refused)).await
        }
    }
}

/// `POST /feedback/sources/{id}/secret`
pub async fn renew_form(state: Data<State>, actor: Actor, id: Path<Id>) -> WebResult {
    let source = *id;
    state
        .db
        .write(move |c| sources::renew(c, &actor, source, Instant::now()))
        .await?;
    Ok(confirmed(
        &format!("/feedback/sources/{source}"),
        Done::SecretReplaced,
    ))
}

/// Lists sources by name.
#[utoipa::path(
    get,
    path = "/api/v1/feedback/sources",
    tag = "Feedback",
    operation_id = "list_sources",
    responses((status = 200, description = "The sources", body = List<Source>))
)]
pub async fn sources_json(
    state: Data<State>,
    actor: Actor,
) -> Result<Json<List<Source>>, WebError> {
    Ok(Json(List::complete(list(&state, &actor).await?)))
}

/// Source with its address for deliveries and how they are signed.
#[derive(Serialize, ToSchema)]
pub struct SourceReply {
    id: Id,
    #[schema(example = "https://rapport.example.org/api/v1/deliveries/…/…")]
    address: String,
    /// Signs deliveries (Standard Webhooks).
    #[schema(example = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    secret: String,
}

/// Creates a source, or changes the mapping of the source with this name.
#[utoipa::path(
    post,
    path = "/api/v1/feedback/sources",
    tag = "Feedback",
    operation_id = "save_source",
    params(IdempotencyHeader),
    request_body = SourceForm,
    responses(
        (status = 200, description = "The source's address and secret", body = SourceReply),
        (status = 409, description = "`source_taken`: the name of a shipped mapping")
    )
)]
pub async fn save_json(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    form: Json<SourceForm>,
) -> Result<Json<SourceReply>, WebError> {
    let organisation = actor.organisation;
    let key = idempotency_of(&req, &*form)?;
    let id = once(&state, &actor.clone(), key, move |c| {
        let (name, mapping) = (&form.name, &form.mapping);
        Ok(sources::save(c, &actor, name, mapping, Instant::now())?)
    })
    .await?;
    let row = state
        .db
        .read(move |c| sources::source(c, organisation, id))
        .await?;
    Ok(Json(SourceReply {
        id,
        address: address(&state, &req, organisation, id),
        secret: state.deliveries.secret(&row),
    }))
}
