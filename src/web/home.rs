//! `/`: redirects to the first page for the person's roles.

use actix_web::{HttpMessage, HttpRequest, web::Data};

use super::{error::WebResult, frame::first_page, render::see_other, setup, state::State};
use crate::accounts::Actor;

/// `GET /`
pub async fn home(state: Data<State>, req: HttpRequest) -> WebResult {
    let actor = req.extensions().get::<Actor>().cloned();
    Ok(see_other(match actor {
        Some(actor) => first_page(actor.roles),
        None => setup::first_address(&state).await?,
    }))
}
