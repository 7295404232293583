//! `/api/v1/deliveries`: signed deliveries of feedback.

use actix_web::{
    HttpRequest,
    web::{Bytes, Data, Json, Path},
};

use super::{
    error::{Code, WebError},
    feedback::replies::SubmissionReply,
    language::ReaderLocale,
    limits::Limit,
    state::State,
};
use crate::{
    db::{DbConnection, shares},
    feedback::{
        sources::{self, Delivery},
        submissions,
    },
    types::{Id, Instant},
};

/// Stores a signed delivery from a source. A stored record is corrected where it differs, unless a
/// newer delivery brought it.
///
/// Signed by the Standard Webhooks specification with the source's secret; the sender needs no
/// account. A delivery whose id was taken within the last week changes nothing and gets the
/// same reply, in the language that is asked for. All deliveries of a source on a day (UTC) form
/// one import.
#[utoipa::path(
    post,
    path = "/api/v1/deliveries/{organisation}/{source}",
    tag = "Feedback",
    operation_id = "deliver_feedback",
    params(
        ("organisation" = Id, Path, description = "Id in the source's address"),
        ("source" = Id, Path, description = "The source"),
        ("webhook-id" = String, Header, description = "Id of the delivery"),
        ("webhook-timestamp" = i64, Header, description = "Seconds since 1970; at most five minutes off"),
        ("webhook-signature" = String, Header, description = "`v1,` and the signature in Base64")
    ),
    request_body(
        content = serde_json::Value,
        content_type = "application/json",
        description = "One record, a list of records, or one record a line, in the fields of the source's mapping"
    ),
    responses(
        (status = 200, description = "What was stored and what was rejected", body = SubmissionReply),
        (status = 401, description = "`signature_invalid`")
    )
)]
pub async fn deliver(
    state: Data<State>,
    req: HttpRequest,
    ReaderLocale(locale): ReaderLocale,
    path: Path<(Id, Id)>,
    body: Bytes,
) -> Result<Json<SubmissionReply>, WebError> {
    let (organisation, source) = path.into_inner();
    let sender = state.source(&req);
    state.limits.check(Limit::Delivery, source)?;
    let keys = state.deliveries.clone();
    let [id, timestamp, signatures] =
        ["webhook-id", "webhook-timestamp", "webhook-signature"].map(|name| header(&req, name));
    let now = Instant::now();
    let check = move |c: &mut DbConnection| {
        let delivery = Delivery {
            id: &id,
            timestamp: &timestamp,
            signatures: &signatures,
            body: &body,
        };
        sources::check(c, &keys, organisation, source, &delivery, now)
    };
    let received = match state.db.read(check).await {
        Ok((source, mapping, message)) => {
            let store = state
                .db
                .write(move |c| submissions::submit_message(c, &source, &mapping, message, now));
            // Within the share of the organisation, now that it is known to be the sender's.
            shares::on_behalf_of(Some(organisation), store).await
        }
        Err(refused) => Err(refused),
    };
    let received = received.map_err(WebError::from);
    match &received {
        Err(refused) if matches!(refused.code, Code::SignatureInvalid | Code::NotFound) => {
            state.limits.take(Limit::WrongDelivery, sender)?;
        }
        // A genuine one: a stranger must not use up its limit, and its reply stands.
        _ => drop(state.limits.take(Limit::Delivery, source)),
    }
    Ok(Json(SubmissionReply::new(received?, locale)))
}

fn header(req: &HttpRequest, name: &str) -> String {
    let value = req.headers().get(name).and_then(|v| v.to_str().ok());
    value.unwrap_or_default().to_owned()
}
