//! What a browser carries from the password to the code: a signed cookie that is valid for ten
//! minutes and opens nothing by itself.

use actix_web::{
    HttpRequest,
    cookie::{Cookie, SameSite, time},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

use crate::{
    accounts::{
        self, AccountsError, Login, token_hash,
        two_step::{self, Demand, SealingKey},
    },
    db::shares,
    types::{Id, Instant},
    web::{
        device::device_name,
        error::{WebError, WebResult},
        render::see_other,
        state::State,
    },
};

/// Minutes from the password to the code.
const MINUTES: i64 = 10;
/// Longest address to return to that is carried, in bytes.
const LONGEST_NEXT: usize = 1_000;

/// Content of the cookie.
#[derive(Serialize, Deserialize)]
struct Carried {
    organisation: Id,
    person: Id,
    /// Seconds since 1970.
    until: i64,
    next: String,
}

/// A person whose password was right a moment ago.
pub struct FirstStep {
    pub login: Login,
    pub demand: Demand,
    /// Where to go after signing in.
    pub next: String,
}

fn cookie_name(https: bool) -> &'static str {
    if https {
        "__Host-rapport-step"
    } else {
        "rapport-step"
    }
}

/// The cookie, or the one that deletes it.
pub fn cookie(value: Option<String>, https: bool) -> Cookie<'static> {
    let life = if value.is_some() {
        time::Duration::minutes(MINUTES)
    } else {
        time::Duration::ZERO
    };
    Cookie::build(cookie_name(https), value.unwrap_or_default())
        .path("/")
        .http_only(true)
        .secure(https)
        .same_site(SameSite::Strict)
        .max_age(life)
        .finish()
}

/// Leads a browser from the right password to the page for the code, or for setting up.
pub async fn passed(state: &State, login: Login, demand: Demand, next: &str) -> WebResult {
    let (organisation, person) = login.key().ok_or(AccountsError::BadLogin)?;
    let carried = Carried {
        organisation,
        person,
        until: Instant::now().0.timestamp() + 60 * MINUTES,
        next: if next.len() <= LONGEST_NEXT && !next.contains(char::is_control) {
            next.to_owned()
        } else {
            String::new()
        },
    };
    let json = serde_json::to_vec(&carried).map_err(|e| WebError::internal(&e))?;
    let carried = URL_SAFE_NO_PAD.encode(json);
    let value = format!(
        "{carried}.{}",
        login.step_mark(state.keys.secret(), &carried)
    );
    if demand == Demand::SetUp {
        let key = SealingKey::derive(state.keys.secret());
        let begin = state.db.write(move |c| {
            two_step::begin(c, (organisation, person), &key, Instant::now()).map(|_shown| ())
        });
        shares::on_behalf_of(Some(organisation), begin).await?;
    }
    let mut response = see_other(page_for(demand));
    response
        .add_cookie(&cookie(Some(value), state.config.is_https()))
        .map_err(|e| WebError::internal(&e))?;
    Ok(response)
}

/// The page to which a right password leads.
pub fn page_for(demand: Demand) -> &'static str {
    match demand {
        Demand::Nothing => "/sign-in",
        Demand::Code => "/sign-in/code",
        Demand::SetUp => "/sign-in/set-up",
    }
}

/// The first step that a request's cookie proves; `None` without one, after ten minutes, or once
/// the password has changed.
pub async fn of(state: &State, req: &HttpRequest) -> Result<Option<FirstStep>, WebError> {
    let Some((carried, mark, content)) = read(state, req) else {
        return Ok(None);
    };
    let (organisation, person) = (content.organisation, content.person);
    let read = state.db.read(move |c| {
        let login = accounts::login_of(c, organisation, person)?;
        let demand = two_step::demand(c, &login)?;
        Ok::<_, AccountsError>((login, demand))
    });
    let (login, demand) = read.await?;
    let login = login.from_device(device_name(req));
    // Comparing hashes takes a time that tells nothing about the signature.
    let expected = token_hash(&login.step_mark(state.keys.secret(), &carried));
    let fits = expected == token_hash(&mark);
    Ok(fits.then_some(FirstStep {
        login,
        demand,
        next: content.next,
    }))
}

/// The signed text, the signature and the content of the cookie, unless it has expired.
fn read(state: &State, req: &HttpRequest) -> Option<(String, String, Carried)> {
    let cookie = req.cookie(cookie_name(state.config.is_https()))?;
    let (carried, mark) = cookie.value().split_once('.')?;
    let json = URL_SAFE_NO_PAD.decode(carried).ok()?;
    let content: Carried = serde_json::from_slice(&json).ok()?;
    let fresh = content.until > Instant::now().0.timestamp();
    fresh.then(|| (carried.to_owned(), mark.to_owned(), content))
}
