//! `/setup`: the first organisation and its administrator, with the code from the log.

use actix_web::{
    HttpRequest,
    web::{Data, Form},
};
use askama::Template;
use serde::Deserialize;

use super::{
    done::Done,
    error::{WebError, WebResult},
    forms::{self, Refused},
    frame::Frame,
    render::{confirmed, page_with_status, see_other},
    state::State,
};
use crate::{
    accounts::{AccountsError, credentials},
    locale::Message,
    setup::{self, FirstAccount},
    types::Instant,
};

#[derive(Template)]
#[template(path = "setup.html")]
struct SetupPage {
    frame: Frame,
    form: SetupForm,
    problem: Option<Message>,
}

/// Entries of the page.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct SetupForm {
    code: String,
    organisation: String,
    name: String,
    email: String,
    password: String,
}

async fn is_needed(state: &State) -> Result<bool, WebError> {
    Ok(state.db.read(setup::is_needed).await?)
}

/// Returns the address to which an empty service leads people who open it.
///
/// # Errors
/// Errors of the database.
pub async fn first_address(state: &State) -> Result<&'static str, WebError> {
    Ok(if is_needed(state).await? {
        "/setup"
    } else {
        "/sign-in"
    })
}

/// `GET /setup`
pub async fn setup_page(state: Data<State>, req: HttpRequest) -> WebResult {
    if !is_needed(&state).await? {
        return Ok(see_other("/sign-in"));
    }
    show(&req, None)
}

fn show(req: &HttpRequest, refused: Option<Refused<SetupForm>>) -> WebResult {
    let status = forms::status(refused.as_ref());
    let (form, problem) = refused.map(Refused::into_parts).unzip();
    let shown = SetupPage {
        frame: Frame::of(req),
        form: form.unwrap_or_default(),
        problem,
    };
    page_with_status(status, &shown)
}

async fn set_up(state: &State, form: SetupForm) -> Result<(), WebError> {
    setup::check_code(state.keys.secret(), &form.code)?;
    let hashed = form.clone();
    let hash = state
        .hashing(move || {
            let about = [&*hashed.name, &*hashed.email, &*hashed.organisation];
            credentials::hash_password(&hashed.password, &about)
        })
        .await?;
    let first = FirstAccount {
        organisation: form.organisation,
        name: form.name,
        email: form.email,
        password_hash: hash.map_err(AccountsError::from)?,
    };
    let write = move |c: &mut _| setup::set_up(c, first, Instant::now());
    Ok(state.db.write(write).await?)
}

/// `POST /setup`
pub async fn setup_form(state: Data<State>, req: HttpRequest, form: Form<SetupForm>) -> WebResult {
    if !is_needed(&state).await? {
        return Ok(see_other("/sign-in"));
    }
    let form = form.into_inner();
    match set_up(&state, form.clone()).await {
        Ok(()) => Ok(confirmed("/sign-in", Done::SetUp)),
        Err(problem) => show(&req, Some(Refused::new(form, problem)?)),
    }
}
