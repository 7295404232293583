//! `/two-step`: whether an organisation demands two-step sign-in, and who has it on.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Form, Json, Path},
};
use askama::Template;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    accounts::{self, AccountState, Actor, two_step},
    types::{Id, Instant},
    web::{
        done::Done,
        error::{WebError, WebResult},
        frame::Frame,
        render::{confirmed, page},
        state::State,
    },
};

/// A person, and whether their two-step sign-in is on.
#[derive(Serialize, ToSchema)]
pub struct TwoStepPersonReply {
    id: Id,
    #[schema(example = "Ann Example")]
    name: String,
    on: bool,
}

/// The rule of an organisation, and its people by name.
#[derive(Serialize, ToSchema)]
pub struct TwoStepRuleReply {
    /// Whether everybody needs two-step sign-in.
    required: bool,
    people: Vec<TwoStepPersonReply>,
}

#[derive(Template)]
#[template(path = "two_step_rule.html")]
struct RulePage {
    frame: Frame,
    rule: TwoStepRuleReply,
    /// The person who reads.
    own: Id,
}

impl RulePage {
    /// Whether the person who reads has it on, without which they cannot demand it.
    fn own_is_on(&self) -> bool {
        let mut people = self.rule.people.iter();
        people.any(|person| person.id == self.own && person.on)
    }
}

async fn stored(state: &State, actor: &Actor) -> Result<TwoStepRuleReply, WebError> {
    let organisation = actor.organisation;
    let read = state.db.read(move |c| {
        let people = accounts::people(c, organisation)?;
        Ok::<_, WebError>((people, two_step::rule(c, organisation)?))
    });
    let (people, (required, with)) = read.await?;
    let people = people.into_iter();
    let present = people.filter(|person| person.state != AccountState::Closed);
    let people = present.map(|person| TwoStepPersonReply {
        on: with.binary_search(&person.id).is_ok(),
        id: person.id,
        name: person.name,
    });
    Ok(TwoStepRuleReply {
        required,
        people: people.collect(),
    })
}

/// `GET /two-step`
pub async fn rule_page(state: Data<State>, req: HttpRequest, actor: Actor) -> WebResult {
    page(&RulePage {
        frame: Frame::of(&req),
        rule: stored(&state, &actor).await?,
        own: actor.person,
    })
}

/// The rule to set.
#[derive(Deserialize, ToSchema)]
pub struct TwoStepRuleRequest {
    /// Whether everybody needs two-step sign-in.
    #[serde(default)]
    required: bool,
}

async fn set(state: &State, actor: Actor, request: TwoStepRuleRequest) -> Result<(), WebError> {
    let set = move |c: &mut _| two_step::set_rule(c, &actor, request.required, Instant::now());
    Ok(state.db.write(set).await?)
}

async fn remove(state: &State, actor: Actor, person: Id) -> Result<(), WebError> {
    let remove = move |c: &mut _| two_step::remove_of(c, &actor, person, Instant::now());
    Ok(state.db.write(remove).await?)
}

/// `POST /two-step`
pub async fn rule_form(
    state: Data<State>,
    actor: Actor,
    form: Form<TwoStepRuleRequest>,
) -> WebResult {
    set(&state, actor, form.into_inner()).await?;
    Ok(confirmed("/two-step", Done::TwoStepRuleSaved))
}

/// `POST /people/{id}/two-step/remove`
pub async fn remove_form(state: Data<State>, actor: Actor, id: Path<Id>) -> WebResult {
    remove(&state, actor, *id).await?;
    Ok(confirmed("/two-step", Done::TwoStepRemoved))
}

/// Shows whether everybody needs two-step sign-in, and who has it on.
#[utoipa::path(
    get,
    path = "/api/v1/two-step",
    tag = "Account",
    operation_id = "get_two_step_rule",
    responses((status = 200, description = "The rule", body = TwoStepRuleReply))
)]
pub async fn rule_json(
    state: Data<State>,
    actor: Actor,
) -> Result<Json<TwoStepRuleReply>, WebError> {
    Ok(Json(stored(&state, &actor).await?))
}

/// Sets whether everybody needs two-step sign-in. When it becomes required, people without it are
/// signed out and set it up when they sign in next, on the page.
#[utoipa::path(
    post,
    path = "/api/v1/two-step",
    tag = "Account",
    operation_id = "set_two_step_rule",
    responses(
        (status = 204, description = "Set"),
        (status = 403, description = "`forbidden`, `cross_site`, `totp_setup_required`")
    )
)]
pub async fn set_rule_json(
    state: Data<State>,
    actor: Actor,
    request: Json<TwoStepRuleRequest>,
) -> WebResult {
    set(&state, actor, request.into_inner()).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Removes the two-step sign-in of a person who has lost their app, and signs them out.
#[utoipa::path(
    post,
    path = "/api/v1/people/{id}/two-step/remove",
    tag = "Account",
    operation_id = "remove_two_step",
    params(("id" = Id, Path, description = "The account")),
    responses((status = 204, description = "Removed"))
)]
pub async fn remove_json(state: Data<State>, actor: Actor, id: Path<Id>) -> WebResult {
    remove(&state, actor, *id).await?;
    Ok(HttpResponse::NoContent().finish())
}
