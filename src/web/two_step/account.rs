//! `/account/two-step`: the two-step sign-in of the signed-in person.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header::CACHE_CONTROL},
    web::{Data, Form, Json},
};
use askama::Template;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::qr_code;
use crate::{
    accounts::{
        AccountsError, Actor,
        two_step::{self, NewSecret, SealingKey, Status},
    },
    locale::Message,
    types::Instant,
    web::{
        account::check_password,
        auth::current_session,
        done::Done,
        error::{WebError, WebResult},
        forms::Refused,
        frame::Frame,
        limits::Limit,
        render::{confirmed, page_with_status, secret_page},
        state::State,
    },
};

/// A secret to be set up, as pages show it.
pub struct Shown {
    /// SVG; `None` if the address does not fit into a QR code.
    pub qr_code: Option<String>,
    /// For typing.
    pub text: String,
}

impl Shown {
    /// The QR code and the text of a secret.
    pub fn new(secret: NewSecret, frame: &Frame) -> Self {
        Self {
            qr_code: qr_code::svg(&secret.address, &frame.t("two-step-qr-code")),
            text: secret.text,
        }
    }
}

/// A form of the page.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Begin,
    Confirm,
    Codes,
    Off,
}

#[derive(Template)]
#[template(path = "two_step.html")]
struct TwoStepPage {
    frame: Frame,
    status: Status,
    /// Whether the page asks for the first code.
    confirming: bool,
    shown: Option<Shown>,
    refused: Option<(Part, Message)>,
}

impl TwoStepPage {
    fn problem(&self, part: Part) -> Option<&Message> {
        let refused = self.refused.as_ref().filter(|(of, _)| *of == part);
        refused.map(|(_, problem)| problem)
    }

    fn begin_problem(&self) -> Option<&Message> {
        self.problem(Part::Begin)
    }

    fn confirm_problem(&self) -> Option<&Message> {
        self.problem(Part::Confirm)
    }

    fn codes_problem(&self) -> Option<&Message> {
        self.problem(Part::Codes)
    }

    fn off_problem(&self) -> Option<&Message> {
        self.problem(Part::Off)
    }
}

/// Recovery codes, shown once.
#[derive(Template)]
#[template(path = "recovery_codes.html")]
pub struct CodesPage {
    pub frame: Frame,
    pub codes: Vec<String>,
    /// Where to go afterwards.
    pub next: String,
}

/// The present password, to be sure that it is the person.
#[derive(Deserialize, ToSchema)]
pub struct PresentPassword {
    #[schema(format = Password)]
    present: String,
}

/// The present password and a code, to be sure that it is the person with their phone.
#[derive(Deserialize, ToSchema)]
pub struct PasswordAndCode {
    #[schema(format = Password)]
    present: String,
    /// Six digits from the app, or a recovery code.
    #[serde(default)]
    #[schema(example = "287082")]
    code: String,
}

/// The first code of an app.
#[derive(Deserialize, ToSchema)]
pub struct CodeRequest {
    /// Six digits.
    #[serde(default)]
    #[schema(example = "287082")]
    pub code: String,
}

async fn status(state: &State, actor: &Actor) -> Result<Status, WebError> {
    let (organisation, person) = (actor.organisation, actor.person);
    let read = state
        .db
        .read(move |c| two_step::status(c, organisation, person));
    Ok(read.await?)
}

async fn begin(
    state: &State,
    actor: &Actor,
    password: PresentPassword,
) -> Result<NewSecret, WebError> {
    check_password(state, actor, password.present).await?;
    let owner = (actor.organisation, actor.person);
    let key = SealingKey::derive(state.keys.secret());
    let begin = move |c: &mut _| two_step::begin(c, owner, &key, Instant::now());
    Ok(state.db.write(begin).await?)
}

async fn confirm(
    state: &State,
    req: &HttpRequest,
    actor: &Actor,
    request: CodeRequest,
) -> Result<Vec<String>, WebError> {
    let owner = (actor.organisation, actor.person);
    let key = SealingKey::derive(state.keys.secret());
    let keep = current_session(req);
    let confirm = move |c: &mut _| {
        let code = (&*request.code, &key);
        two_step::confirm(c, owner, code, keep, Instant::now())
    };
    Ok(state.db.write(confirm).await?)
}

async fn renew_codes(
    state: &State,
    actor: &Actor,
    proof: PasswordAndCode,
) -> Result<Vec<String>, WebError> {
    check_password(state, actor, proof.present).await?;
    let (person, code) = (actor.clone(), proof.code);
    let key = SealingKey::derive(state.keys.secret());
    let renew = move |c: &mut _| two_step::renew_codes(c, &person, &code, &key, Instant::now());
    with_code(state, actor, state.db.write(renew)).await
}

async fn turn_off(
    state: &State,
    req: &HttpRequest,
    actor: &Actor,
    proof: PasswordAndCode,
) -> Result<(), WebError> {
    check_password(state, actor, proof.present).await?;
    let (person, code) = (actor.clone(), proof.code);
    let key = SealingKey::derive(state.keys.secret());
    let keep = current_session(req);
    let turn_off = move |c: &mut _| {
        let code = (&*code, &key);
        two_step::turn_off(c, &person, code, keep, Instant::now())
    };
    with_code(state, actor, state.db.write(turn_off)).await
}

/// Does what needs a code of a signed-in person, and counts a wrong one.
async fn with_code<T>(
    state: &State,
    actor: &Actor,
    work: impl Future<Output = Result<T, AccountsError>>,
) -> Result<T, WebError> {
    let guesses = (actor.person, "signed in");
    state.limits.check(Limit::WrongCode, guesses)?;
    let done = work.await;
    if matches!(done, Err(AccountsError::WrongCode)) {
        state.limits.take(Limit::WrongCode, guesses)?;
    }
    Ok(done?)
}

/// `GET /account/two-step`
pub async fn two_step_page(state: Data<State>, req: HttpRequest, actor: Actor) -> WebResult {
    let page = TwoStepPage {
        status: status(&state, &actor).await?,
        frame: Frame::of(&req),
        confirming: false,
        shown: None,
        refused: None,
    };
    page_with_status(StatusCode::OK, &page)
}

/// The page after one of its forms was refused.
async fn refuse(
    state: &State,
    req: &HttpRequest,
    actor: &Actor,
    part: Part,
    problem: WebError,
) -> WebResult {
    let refused = Refused::new((), problem)?;
    let code = refused.problem.code;
    let page = TwoStepPage {
        status: status(state, actor).await?,
        frame: Frame::of(req),
        confirming: part == Part::Confirm,
        shown: None,
        refused: Some((part, refused.problem.message)),
    };
    page_with_status(code.status(), &page)
}

/// `POST /account/two-step`
pub async fn begin_form(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    form: Form<PresentPassword>,
) -> WebResult {
    match begin(&state, &actor, form.into_inner()).await {
        Err(problem) => refuse(&state, &req, &actor, Part::Begin, problem).await,
        Ok(secret) => {
            let frame = Frame::of(&req);
            let page = TwoStepPage {
                status: status(&state, &actor).await?,
                confirming: true,
                shown: Some(Shown::new(secret, &frame)),
                refused: None,
                frame,
            };
            secret_page(StatusCode::OK, &page)
        }
    }
}

/// `POST /account/two-step/confirm`
pub async fn confirm_form(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    form: Form<CodeRequest>,
) -> WebResult {
    match confirm(&state, &req, &actor, form.into_inner()).await {
        Err(problem) => refuse(&state, &req, &actor, Part::Confirm, problem).await,
        Ok(codes) => show_codes(&req, codes),
    }
}

/// `POST /account/two-step/recovery-codes`
pub async fn codes_form(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    form: Form<PasswordAndCode>,
) -> WebResult {
    match renew_codes(&state, &actor, form.into_inner()).await {
        Err(problem) => refuse(&state, &req, &actor, Part::Codes, problem).await,
        Ok(codes) => show_codes(&req, codes),
    }
}

fn show_codes(req: &HttpRequest, codes: Vec<String>) -> WebResult {
    let page = CodesPage {
        frame: Frame::of(req),
        codes,
        next: "/account/two-step".to_owned(),
    };
    secret_page(StatusCode::OK, &page)
}

/// `POST /account/two-step/remove`
pub async fn off_form(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    form: Form<PasswordAndCode>,
) -> WebResult {
    match turn_off(&state, &req, &actor, form.into_inner()).await {
        Err(problem) => refuse(&state, &req, &actor, Part::Off, problem).await,
        Ok(()) => Ok(confirmed("/account/two-step", Done::TwoStepOff)),
    }
}

/// The two-step sign-in of a person.
#[derive(Serialize, ToSchema)]
pub struct TwoStepReply {
    /// Whether a code is asked for at sign-in.
    on: bool,
    /// Whether the organisation demands it.
    required: bool,
    /// Recovery codes that were not used.
    #[schema(example = 10)]
    recovery_codes_left: usize,
}

/// Shows whether two-step sign-in is on.
#[utoipa::path(
    get,
    path = "/api/v1/account/two-step",
    tag = "Account",
    operation_id = "get_two_step",
    responses((status = 200, description = "Two-step sign-in", body = TwoStepReply))
)]
pub async fn two_step_json(
    state: Data<State>,
    actor: Actor,
) -> Result<Json<TwoStepReply>, WebError> {
    let status = status(&state, &actor).await?;
    Ok(Json(TwoStepReply {
        on: status.on,
        required: status.required,
        recovery_codes_left: status.codes_left,
    }))
}

/// A secret for an authenticator app.
#[derive(Serialize, ToSchema)]
struct NewSecretReply {
    /// In Base32.
    #[schema(example = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")]
    secret: String,
    /// For a QR code.
    #[schema(example = "otpauth://totp/Rapport:ann%40example%2Eorg?secret=GEZDGNBVGY3TQOJQ")]
    address: String,
}

/// Makes a secret for an authenticator app. It counts once it is confirmed with a code.
#[utoipa::path(
    post,
    path = "/api/v1/account/two-step",
    tag = "Account",
    operation_id = "begin_two_step",
    responses((status = 200, description = "The secret", body = NewSecretReply))
)]
pub async fn begin_json(
    state: Data<State>,
    actor: Actor,
    password: Json<PresentPassword>,
) -> WebResult {
    let secret = begin(&state, &actor, password.into_inner()).await?;
    Ok(secret_json(&NewSecretReply {
        secret: secret.text.replace(' ', ""),
        address: secret.address,
    }))
}

/// Recovery codes, each for one sign-in without the app.
#[derive(Serialize, ToSchema)]
struct RecoveryCodesReply {
    #[schema(example = json!(["mzxw-6ytb-oi2d-k7qa"]))]
    recovery_codes: Vec<String>,
}

/// Turns two-step sign-in on with the first code of the app, and ends the person's other sessions
/// and refresh tokens.
#[utoipa::path(
    post,
    path = "/api/v1/account/two-step/confirm",
    tag = "Account",
    operation_id = "confirm_two_step",
    responses((status = 200, description = "Recovery codes, shown once", body = RecoveryCodesReply))
)]
pub async fn confirm_json(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    request: Json<CodeRequest>,
) -> WebResult {
    let recovery_codes = confirm(&state, &req, &actor, request.into_inner()).await?;
    Ok(secret_json(&RecoveryCodesReply { recovery_codes }))
}

/// Makes new recovery codes; those before no longer work.
#[utoipa::path(
    post,
    path = "/api/v1/account/two-step/recovery-codes",
    tag = "Account",
    operation_id = "renew_recovery_codes",
    responses((status = 200, description = "Recovery codes, shown once", body = RecoveryCodesReply))
)]
pub async fn codes_json(
    state: Data<State>,
    actor: Actor,
    proof: Json<PasswordAndCode>,
) -> WebResult {
    let recovery_codes = renew_codes(&state, &actor, proof.into_inner()).await?;
    Ok(secret_json(&RecoveryCodesReply { recovery_codes }))
}

fn secret_json(reply: &impl Serialize) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "no-store"))
        .json(reply)
}

/// Turns two-step sign-in off, deletes its secret, and ends the person's other sessions and refresh
/// tokens.
#[utoipa::path(
    post,
    path = "/api/v1/account/two-step/remove",
    tag = "Account",
    operation_id = "turn_off_two_step",
    responses((status = 204, description = "Off"))
)]
pub async fn off_json(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    proof: Json<PasswordAndCode>,
) -> WebResult {
    turn_off(&state, &req, &actor, proof.into_inner()).await?;
    Ok(HttpResponse::NoContent().finish())
}
