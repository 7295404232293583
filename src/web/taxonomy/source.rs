//! `/taxonomy/source`: the taxonomy as TOML, for experts, and for programs.

use actix_web::{
    HttpRequest,
    http::StatusCode,
    web::{Data, Form, Json},
};
use askama::Template;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::details::details;
use crate::{
    accounts::Actor,
    db::DbConnection,
    feedback::retag::{self, Changed},
    locale::Message,
    queue,
    tagging::{
        self, MIN_READ, TrainMoodModel, agreement::Agreement, mood_models::MoodModelSummary,
        terms::Proposed,
    },
    text::{classifier::quality::CrossValidation, mention::Polarity},
    types::{Id, Instant},
    web::{
        annotations::polarity_text,
        error::{Code, WebError, WebResult},
        frame::Frame,
        render::{attachment, page_with_status, see_other},
        state::State,
    },
};

#[derive(Template)]
#[template(path = "taxonomy_source.html")]
struct SourcePage {
    frame: Frame,
    source: String,
    note: String,
    version: i32,
    /// What the words in the form would change.
    trial: Option<Changed>,
    problem: Option<Message>,
}

impl SourcePage {
    fn polarity(&self, polarity: &Polarity) -> String {
        self.frame.t(polarity_text(*polarity))
    }
}

/// `GET /taxonomy/source`
pub async fn source_page(state: Data<State>, req: HttpRequest, actor: Actor) -> WebResult {
    let read = move |c: &mut DbConnection| tagging::taxonomy_source(c, actor.organisation);
    let (source, version) = state.db.read(read).await?;
    let shown = SourcePage {
        frame: Frame::of(&req),
        source,
        note: String::new(),
        version,
        trial: None,
        problem: None,
    };
    page_with_status(StatusCode::OK, &shown)
}

/// `GET /taxonomy.toml`
pub async fn taxonomy_file(state: Data<State>, actor: Actor) -> WebResult {
    let (source, version) = state
        .db
        .read(move |c| tagging::taxonomy_source(c, actor.organisation))
        .await?;
    let name = format!("taxonomy-{version}.toml");
    Ok(attachment(&name, "application/toml", source.into_bytes()))
}

/// What to do with a taxonomy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum TaxonomyAction {
    /// Show what it would change.
    Try,
    #[default]
    Save,
}

/// A taxonomy to try or to save.
#[derive(Clone, Deserialize, ToSchema)]
pub struct TaxonomyForm {
    /// The whole taxonomy in TOML.
    #[serde(default)]
    source: String,
    /// What was changed, and why.
    #[serde(default)]
    note: String,
    /// The version that was edited.
    #[schema(example = 1)]
    instead_of: i32,
    #[serde(default)]
    action: TaxonomyAction,
}

/// Saves a taxonomy.
fn save(c: &mut DbConnection, actor: &Actor, form: &TaxonomyForm) -> Result<i32, WebError> {
    let (now, source) = (Instant::now(), form.source.replace("\r\n", "\n"));
    let version = tagging::save_taxonomy(c, actor, &source, &form.note, form.instead_of, now)?;
    read_again(c, actor.organisation, now)?;
    Ok(version)
}

/// Has all comments read again and the models trained again, after a version was saved.
pub(super) fn read_again(
    c: &mut DbConnection,
    organisation: Id,
    now: Instant,
) -> Result<(), WebError> {
    retag::request(c, organisation, now)?;
    queue::enqueue_once(c, organisation, &TrainMoodModel {}, now, now)?;
    if tagging::annotated_clauses(c, organisation)? >= MIN_READ {
        queue::enqueue(c, organisation, &tagging::TrainModel {}, now)?;
    }
    Ok(())
}

/// Outcome of a taxonomy that was sent.
enum Outcome {
    Trial(Changed),
    Saved(i32),
}

async fn try_or_save(state: &State, actor: Actor, form: TaxonomyForm) -> Result<Outcome, WebError> {
    if form.action == TaxonomyAction::Try {
        let source = form.source.replace("\r\n", "\n");
        let trial = move |c: &mut DbConnection| retag::trial(c, actor.organisation, &source);
        return Ok(Outcome::Trial(state.db.read(trial).await?));
    }
    let version = state.db.write(move |c| save(c, &actor, &form)).await?;
    state.wake.notify_waiters();
    Ok(Outcome::Saved(version))
}

/// `POST /taxonomy`
pub async fn taxonomy_form(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    form: Form<TaxonomyForm>,
) -> WebResult {
    let form = form.into_inner();
    let (trial, problem) = match try_or_save(&state, actor, form.clone()).await {
        Ok(Outcome::Saved(version)) => {
            return Ok(see_other(&format!("/taxonomy?used={version}")));
        }
        Ok(Outcome::Trial(trial)) => (Some(trial), None),
        Err(e) if matches!(e.code, Code::TaxonomyInvalid | Code::Conflict) => (None, Some(e)),
        Err(error) => return Err(error),
    };
    let status = problem.as_ref().map_or(StatusCode::OK, |e| e.code.status());
    let shown = SourcePage {
        frame: Frame::of(&req),
        source: form.source,
        note: form.note,
        version: form.instead_of,
        trial,
        problem: problem.map(|e| e.message),
    };
    page_with_status(status, &shown)
}

/// Version of a taxonomy that was saved.
#[derive(Serialize, ToSchema)]
pub struct SavedTaxonomy {
    #[schema(example = 101)]
    pub version: i32,
}

/// Outcome of a taxonomy: the changes of a trial, or the saved version.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub enum TaxonomyResult {
    Trial(Changed),
    Saved(SavedTaxonomy),
}

/// Tries or saves a taxonomy. All comments are read again after saving.
#[utoipa::path(
    put,
    path = "/api/v1/taxonomy",
    tag = "Feedback",
    operation_id = "save_taxonomy",
    request_body = TaxonomyForm,
    responses(
        (status = 200, body = TaxonomyResult),
        (status = 409, description = "`conflict`: another version was saved meanwhile"),
        (status = 422, description = "`taxonomy_invalid`")
    )
)]
pub async fn taxonomy_put(
    state: Data<State>,
    actor: Actor,
    form: Json<TaxonomyForm>,
) -> Result<Json<TaxonomyResult>, WebError> {
    Ok(Json(
        match try_or_save(&state, actor, form.into_inner()).await? {
            Outcome::Trial(changed) => TaxonomyResult::Trial(changed),
            Outcome::Saved(version) => TaxonomyResult::Saved(SavedTaxonomy { version }),
        },
    ))
}

/// The current taxonomy, with agreement, model and proposals.
#[derive(Serialize, ToSchema)]
pub struct TaxonomyReply {
    #[schema(example = 1)]
    version: i32,
    /// The whole taxonomy in TOML.
    source: String,
    /// What the last version changed; null before the first change.
    changed: Option<Changed>,
    agreement: Agreement,
    /// Clauses that people have annotated.
    clauses_read: usize,
    /// Quality of the learned model; null before the first training.
    model: Option<CrossValidation>,
    /// What was learned from scores; null before the first training.
    mood_model: Option<MoodModelSummary>,
    /// Words that annotations suggest.
    proposed: Vec<Proposed>,
}

/// Returns the current taxonomy.
#[utoipa::path(
    get,
    path = "/api/v1/taxonomy",
    tag = "Feedback",
    operation_id = "get_taxonomy",
    responses((status = 200, body = TaxonomyReply))
)]
pub async fn taxonomy_json(
    state: Data<State>,
    actor: Actor,
) -> Result<Json<TaxonomyReply>, WebError> {
    let organisation = actor.organisation;
    let read = state.db.read(move |c| {
        let (source, version) = tagging::taxonomy_source(c, organisation)?;
        Ok::<_, WebError>((source, version, details(c, organisation)?))
    });
    let (source, version, details) = read.await?;
    Ok(Json(TaxonomyReply {
        version,
        source,
        changed: details.last,
        agreement: details.agreement,
        clauses_read: details.annotated,
        model: details.model.map(|m| m.cross_validation),
        mood_model: details.mood_model,
        proposed: details.proposed,
    }))
}
