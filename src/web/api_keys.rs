//! `/api-keys`: keys with which programs call the API for the organisation.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header::CACHE_CONTROL},
    web::{Data, Form, Json, Path},
};
use askama::Template;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    account::check_password,
    done::Done,
    error::{WebError, WebResult},
    forms::{self, Refused},
    frame::Frame,
    idempotency::{IdempotencyHeader, idempotency_of, once},
    render::{confirmed, page_with_status, secret_page},
    state::State,
};
use crate::{
    accounts::{
        self, Actor,
        api_keys::{self, ApiKey, KeyScope, KeyState, NewApiKey},
    },
    db::DbConnection,
    locale::{Localised, Message},
    types::{Id, Instant},
};

/// A row of the page.
struct KeyRow {
    key: ApiKey,
    created_by: String,
}

#[derive(Template)]
#[template(path = "api_keys.html")]
struct KeysPage {
    frame: Frame,
    keys: Vec<KeyRow>,
    form: KeyForm,
    problem: Option<Message>,
}

impl KeyRow {
    /// Whether it has not ended. A key that is refused for now may work again.
    fn is_open(&self) -> bool {
        !matches!(self.key.state, KeyState::Revoked | KeyState::Expired)
    }

    fn scopes(&self, frame: &Frame) -> String {
        let scopes = self.key.scopes.iter();
        let texts: Vec<String> = scopes.map(|scope| frame.m(scope.message())).collect();
        texts.join(" · ")
    }
}

#[derive(Template)]
#[template(path = "api_key_created.html")]
struct CreatedPage {
    frame: Frame,
    name: String,
    text: String,
}

/// What the form sends; a field for each scope.
#[derive(Clone, Deserialize)]
pub struct KeyForm {
    #[serde(default)]
    name: String,
    read_feedback: Option<String>,
    write_feedback: Option<String>,
    read_plans: Option<String>,
    manage_candidates: Option<String>,
    /// Text, so that the form shows again what is no number.
    #[serde(default)]
    days: String,
    /// The present password.
    #[serde(default)]
    present: String,
}

impl Default for KeyForm {
    fn default() -> Self {
        Self {
            name: String::new(),
            read_feedback: None,
            write_feedback: None,
            read_plans: None,
            manage_candidates: None,
            days: "90".to_owned(),
            present: String::new(),
        }
    }
}

impl KeyForm {
    fn is_chosen(&self, scope: KeyScope) -> bool {
        let field = match scope {
            KeyScope::ReadFeedback => &self.read_feedback,
            KeyScope::WriteFeedback => &self.write_feedback,
            KeyScope::ReadPlans => &self.read_plans,
            KeyScope::ManageCandidates => &self.manage_candidates,
        };
        field.is_some()
    }

    /// Every scope, and whether it was chosen.
    fn scopes(&self) -> impl Iterator<Item = (KeyScope, bool)> {
        KeyScope::ALL
            .map(|scope| (scope, self.is_chosen(scope)))
            .into_iter()
    }

    fn into_new(self) -> NewApiKey {
        let chosen = self.scopes().filter(|(_, chosen)| *chosen);
        NewApiKey {
            scopes: chosen.map(|(scope, _)| scope).collect(),
            days: self.days.trim().parse().unwrap_or(0),
            name: self.name,
        }
    }
}

fn rows(c: &mut DbConnection, organisation: Id, secret: &str) -> Result<Vec<KeyRow>, WebError> {
    let people = accounts::people(c, organisation)?;
    let keys = api_keys::keys(c, organisation, secret, Instant::now())?;
    let row = |key: ApiKey| KeyRow {
        created_by: people
            .iter()
            .find(|person| person.id == key.created_by)
            .map_or_else(String::new, |person| person.name.clone()),
        key,
    };
    Ok(keys.into_iter().map(row).collect())
}

/// `GET /api-keys`
pub async fn keys_page(state: Data<State>, req: HttpRequest, actor: Actor) -> WebResult {
    show(&state, &req, &actor, None).await
}

async fn show(
    state: &State,
    req: &HttpRequest,
    actor: &Actor,
    refused: Option<Refused<KeyForm>>,
) -> WebResult {
    let (organisation, keys) = (actor.organisation, state.keys.clone());
    let read = move |c: &mut _| rows(c, organisation, keys.secret());
    let keys = state.db.read(read).await?;
    let status = forms::status(refused.as_ref());
    let (form, problem) = refused.map(Refused::into_parts).unzip();
    let shown = KeysPage {
        frame: Frame::of(req),
        keys,
        form: form.unwrap_or_default(),
        problem,
    };
    page_with_status(status, &shown)
}

/// Creates a key if the present password is right.
async fn create(state: &State, actor: &Actor, form: KeyForm) -> Result<Id, WebError> {
    check_password(state, actor, form.present.clone()).await?;
    let (by, keys, new) = (actor.clone(), state.keys.clone(), form.into_new());
    let create = move |c: &mut _| api_keys::create(c, &by, keys.secret(), &new, Instant::now());
    Ok(state.db.write(create).await?)
}

/// `POST /api-keys`
pub async fn create_form(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    form: Form<KeyForm>,
) -> WebResult {
    let form = form.into_inner();
    match create(&state, &actor, form.clone()).await {
        Ok(id) => {
            let shown = CreatedPage {
                frame: Frame::of(&req),
                name: form.name,
                text: api_keys::text_of(state.keys.secret(), id),
            };
            secret_page(StatusCode::OK, &shown)
        }
        Err(problem) => {
            let refused = Refused::new(form, problem)?;
            show(&state, &req, &actor, Some(refused)).await
        }
    }
}

async fn revoke(state: &State, actor: Actor, id: Id) -> Result<(), WebError> {
    let revoke = move |c: &mut _| api_keys::revoke(c, &actor, id, Instant::now());
    Ok(state.db.write(revoke).await?)
}

/// `POST /api-keys/{id}/revoke`
pub async fn revoke_form(state: Data<State>, actor: Actor, id: Path<Id>) -> WebResult {
    revoke(&state, actor, *id).await?;
    Ok(confirmed("/api-keys", Done::ApiKeyRevoked))
}

/// An API key, without the key itself.
#[derive(Serialize, ToSchema)]
pub struct ApiKeyReply {
    id: Id,
    #[schema(example = "Survey tool")]
    name: String,
    /// First characters of the key.
    #[schema(example = "rk_Xb3dq")]
    starts_with: String,
    scopes: Vec<KeyScope>,
    state: KeyState,
    /// The person who created it.
    created_by: Id,
    created_at: Instant,
    expires_at: Instant,
    /// To the minute; null if it was never used.
    last_used_at: Option<Instant>,
}

impl From<ApiKey> for ApiKeyReply {
    fn from(key: ApiKey) -> Self {
        Self {
            id: key.id,
            name: key.name,
            starts_with: key.starts_with,
            scopes: key.scopes,
            state: key.state,
            created_by: key.created_by,
            created_at: key.created_at,
            expires_at: key.expires_at,
            last_used_at: key.last_used_at,
        }
    }
}

/// API keys, newest first.
#[derive(Serialize, ToSchema)]
pub struct ApiKeysReply {
    items: Vec<ApiKeyReply>,
}

/// Lists the API keys of the organisation.
#[utoipa::path(
    get,
    path = "/api/v1/api-keys",
    tag = "Account",
    operation_id = "list_api_keys",
    responses((status = 200, description = "Keys, newest first", body = ApiKeysReply))
)]
pub async fn keys_json(state: Data<State>, actor: Actor) -> Result<Json<ApiKeysReply>, WebError> {
    let secrets = state.keys.clone();
    let read = state
        .db
        .read(move |c| api_keys::keys(c, actor.organisation, secrets.secret(), Instant::now()));
    let keys = read.await?.into_iter();
    Ok(Json(ApiKeysReply {
        items: keys.map(ApiKeyReply::from).collect(),
    }))
}

/// A key to create.
#[derive(Deserialize, ToSchema)]
pub struct ApiKeyRequest {
    /// Your password, to be sure that it is you.
    #[schema(format = Password)]
    present: String,
    #[schema(example = "Survey tool")]
    name: String,
    scopes: Vec<KeyScope>,
    /// Days until it expires.
    #[schema(example = 90, minimum = 1, maximum = 366)]
    days: u32,
}

/// A new key.
#[derive(Serialize, ToSchema)]
struct NewApiKeyReply {
    id: Id,
    /// Sent as `Authorization: Bearer`. It is not shown again.
    #[schema(example = "rk_Xb3dqGZ0Yk1tTnJ2cUw5c0hFd1RhUmZLbU9pUHlVeEI")]
    key: String,
}

/// Creates an API key. Its text is in this reply only.
#[utoipa::path(
    post,
    path = "/api/v1/api-keys",
    tag = "Account",
    operation_id = "create_api_key",
    params(IdempotencyHeader),
    responses(
        (status = 201, description = "Created", body = NewApiKeyReply),
        (status = 422, description = "`wrong_password`, `invalid`")
    )
)]
pub async fn create_json(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    request: Json<ApiKeyRequest>,
) -> WebResult {
    let request = request.into_inner();
    check_password(&state, &actor, request.present).await?;
    // Without the password: a fast hash of these is stored.
    let key = idempotency_of(&req, &(&request.name, &request.scopes, request.days))?;
    let new = NewApiKey {
        name: request.name,
        scopes: request.scopes,
        days: request.days,
    };
    let (by, keys) = (actor.clone(), state.keys.clone());
    let create = move |c: &mut _| {
        let id = api_keys::create(c, &by, keys.secret(), &new, Instant::now())?;
        Ok(id)
    };
    let id = once(&state, &actor, key, create).await?;
    let reply = NewApiKeyReply {
        id,
        key: api_keys::text_of(state.keys.secret(), id),
    };
    Ok(HttpResponse::Created()
        .insert_header((CACHE_CONTROL, "no-store"))
        .json(reply))
}

/// Revokes an API key. It stops working at once.
#[utoipa::path(
    post,
    path = "/api/v1/api-keys/{id}/revoke",
    tag = "Account",
    operation_id = "revoke_api_key",
    params(("id" = Id, Path, description = "The key")),
    responses((status = 204, description = "Revoked"))
)]
pub async fn revoke_json(state: Data<State>, actor: Actor, id: Path<Id>) -> WebResult {
    revoke(&state, actor, *id).await?;
    Ok(HttpResponse::NoContent().finish())
}
