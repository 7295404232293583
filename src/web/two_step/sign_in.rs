//! `/sign-in/code` and `/sign-in/set-up`: what follows the password.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header::RETRY_AFTER},
    web::{Data, Form},
};
use askama::Template;
use serde::Deserialize;

use super::{
    account::{CodeRequest, CodesPage, Shown},
    first_step::{self, FirstStep, page_for},
};
use crate::{
    accounts::{
        AccountsError, SessionKind,
        two_step::{self, Demand, SealingKey},
    },
    db::shares,
    locale::Message,
    types::Instant,
    web::{
        done::Done,
        error::{Code, WebError, WebResult},
        frame::Frame,
        render::{confirmed, page_with_status, secret_page, see_other},
        sign_in::{SignedIn, enter, enter_code, origin, safe_next, set_cookies},
        state::State,
    },
};

#[derive(Template)]
#[template(path = "sign_in_code.html")]
struct CodePage {
    frame: Frame,
    problem: Option<Message>,
}

#[derive(Template)]
#[template(path = "sign_in_set_up.html")]
struct SetUpPage {
    frame: Frame,
    shown: Shown,
    problem: Option<Message>,
}

/// The first step of a browser that should now do `demand`, or where to send it instead.
async fn first_step(
    state: &State,
    req: &HttpRequest,
    demand: Demand,
) -> Result<Result<FirstStep, HttpResponse>, WebError> {
    Ok(match first_step::of(state, req).await? {
        None => Err(confirmed("/sign-in", Done::StepExpired)),
        Some(step) if step.demand != demand => Err(see_other(page_for(step.demand))),
        Some(step) => Ok(step),
    })
}

/// `GET /sign-in/code`
pub async fn code_page(state: Data<State>, req: HttpRequest) -> WebResult {
    match first_step(&state, &req, Demand::Code).await? {
        Err(elsewhere) => Ok(elsewhere),
        Ok(_) => show_code(&req, None),
    }
}

fn show_code(req: &HttpRequest, refused: Option<WebError>) -> WebResult {
    let code = refused.as_ref().map(|e| e.code);
    let retry_after = refused.as_ref().and_then(|e| e.retry_after);
    let shown = CodePage {
        frame: Frame::of(req),
        problem: refused.map(|e| e.message),
    };
    let mut response = page_with_status(code.map_or(StatusCode::OK, Code::status), &shown)?;
    if let Some(seconds) = retry_after {
        response.headers_mut().insert(RETRY_AFTER, seconds.into());
    }
    Ok(response)
}

/// A code, as a form sends it.
#[derive(Deserialize)]
pub struct CodeForm {
    #[serde(default)]
    code: String,
}

/// `POST /sign-in/code`
pub async fn code_form(state: Data<State>, req: HttpRequest, form: Form<CodeForm>) -> WebResult {
    let step = match first_step(&state, &req, Demand::Code).await? {
        Err(elsewhere) => return Ok(elsewhere),
        Ok(step) => step,
    };
    let from = origin(&state, &req, &step.login);
    let code = form.into_inner().code;
    match enter_code(&state, step.login, from, code, SessionKind::Browser).await {
        Ok(signed_in) => {
            let mut response = enter(&state, signed_in, &step.next)?;
            forget(&state, &mut response)?;
            Ok(response)
        }
        Err(e) if matches!(e.code, Code::TotpInvalid | Code::TooManyRequests) => {
            show_code(&req, Some(e))
        }
        Err(e) => Err(e),
    }
}

/// Deletes what the browser carried from the password to the code.
fn forget(state: &State, response: &mut HttpResponse) -> Result<(), WebError> {
    let cookie = first_step::cookie(None, state.config.is_https());
    response
        .add_cookie(&cookie)
        .map_err(|e| WebError::internal(&e))
}

/// `GET /sign-in/set-up`
pub async fn set_up_page(state: Data<State>, req: HttpRequest) -> WebResult {
    match first_step(&state, &req, Demand::SetUp).await? {
        Err(elsewhere) => Ok(elsewhere),
        Ok(step) => show_set_up(&state, &req, step, None).await,
    }
}

async fn show_set_up(
    state: &State,
    req: &HttpRequest,
    step: FirstStep,
    refused: Option<WebError>,
) -> WebResult {
    let owner = step.login.key().ok_or(AccountsError::BadLogin)?;
    let key = SealingKey::derive(state.keys.secret());
    let begun = state
        .db
        .read(move |c| two_step::begun(c, owner, &key))
        .await?;
    let Some(secret) = begun else {
        return Ok(confirmed("/sign-in", Done::StepExpired));
    };
    let frame = Frame::of(req);
    let status = refused.as_ref().map_or(StatusCode::OK, |e| e.code.status());
    let shown = SetUpPage {
        shown: Shown::new(secret, &frame),
        frame,
        problem: refused.map(|e| e.message),
    };
    secret_page(status, &shown)
}

/// `POST /sign-in/set-up`
pub async fn set_up_form(
    state: Data<State>,
    req: HttpRequest,
    form: Form<CodeRequest>,
) -> WebResult {
    let step = match first_step(&state, &req, Demand::SetUp).await? {
        Err(elsewhere) => return Ok(elsewhere),
        Ok(step) => step,
    };
    let key = SealingKey::derive(state.keys.secret());
    let (organisation, device) = (
        step.login.organisation(),
        step.login.device_mark(state.keys.secret()),
    );
    let (login, code) = (step.login.clone(), form.into_inner().code);
    let confirm = state
        .db
        .write(move |c| two_step::confirm_and_open(c, &login, &code, &key, Instant::now()));
    match shares::on_behalf_of(organisation, confirm).await {
        Err(e @ AccountsError::WrongCode) => show_set_up(&state, &req, step, Some(e.into())).await,
        Err(e) => Err(e.into()),
        Ok((actor, token, codes)) => {
            let shown = CodesPage {
                frame: Frame::of(&req),
                codes,
                next: safe_next(&step.next, actor.roles),
            };
            let mut response = secret_page(StatusCode::OK, &shown)?;
            let signed_in = SignedIn {
                actor,
                token,
                device,
            };
            set_cookies(&state, &mut response, signed_in)?;
            forget(&state, &mut response)?;
            Ok(response)
        }
    }
}
