//! `/`: redirects to the first page of the person's role.

use actix_web::{HttpMessage, HttpRequest};

use super::{error::WebResult, frame::first_page, render::see_other};
use crate::accounts::Actor;

/// `GET /`
pub async fn home(req: HttpRequest) -> WebResult {
    let actor = req.extensions().get::<Actor>().cloned();
    Ok(see_other(
        actor.map_or("/sign-in", |actor| first_page(actor.role)),
    ))
}
