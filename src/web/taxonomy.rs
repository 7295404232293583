//! `/taxonomy`: the organisation's themes and words.

use actix_web::{
    HttpRequest,
    http::StatusCode,
    web::{Data, Form, Json},
};
use askama::Template;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    annotations::polarity_text,
    error::{Code, WebError, WebResult},
    frame::Frame,
    render::{attachment, page_with_status, see_other},
    state::State,
};
use crate::{
    accounts::{Actor, Role},
    db::DbConnection,
    feedback::retag::{self, Changed},
    locale::{Locale, Message, decimal},
    msg, queue,
    tagging::{
        self, MIN_READ, TrainMoodModel,
        agreement::{self, Agreement, MIN_KAPPA, ThemeAgreement},
        mood_models::{self, MoodModelSummary},
        terms::{self, Proposed},
    },
    text::{
        classifier::{
            model::ThemeModel,
            mood::{MIN_COMMENTS, MoodQuality, WeightedTerm},
            quality::CrossValidation,
        },
        mention::Polarity,
        taxonomy::with_term,
    },
    types::{Id, Instant},
};

/// What the page shows next to the words.
struct Details {
    /// What the last version changed.
    last: Option<Changed>,
    agreement: Agreement,
    /// Clauses that people have annotated.
    annotated: usize,
    model: Option<ThemeModel>,
    mood_model: Option<MoodModelSummary>,
    proposed: Vec<Proposed>,
}

fn details(c: &mut DbConnection, organisation: Id) -> Result<Details, WebError> {
    let taxonomy = tagging::taxonomy(c, organisation)?;
    Ok(Details {
        last: retag::last(c, organisation)?,
        agreement: agreement::agreement(c, organisation, &taxonomy)?,
        annotated: tagging::annotated_clauses(c, organisation)?,
        model: tagging::model(c, organisation)?,
        mood_model: mood_models::summary(c, organisation)?,
        proposed: terms::proposed(c, organisation)?,
    })
}

#[derive(Template)]
#[template(path = "taxonomy.html")]
struct TaxonomyPage {
    frame: Frame,
    editor: bool,
    source: String,
    note: String,
    version: i32,
    /// What the words in the form would change.
    trial: Option<Changed>,
    problem: Option<Message>,
    details: Details,
}

impl TaxonomyPage {
    fn polarity(&self, polarity: &Polarity) -> String {
        self.frame.t(polarity_text(*polarity))
    }

    fn proposed(&self, proposed: &Proposed) -> Message {
        msg!(
            "taxonomy-proposed-term",
            term = &proposed.term,
            theme = &proposed.theme,
            polarity = self.polarity(&proposed.polarity),
            count = proposed.annotations
        )
    }

    fn kappa_caption(&self) -> Message {
        msg!("taxonomy-agreement-caption", limit = decimal(MIN_KAPPA, 1))
    }

    fn rolling(&self) -> Option<Message> {
        let rolling = self.details.agreement.rolling?;
        Some(msg!(
            "taxonomy-agreement-rolling",
            rolling = decimal(rolling, 2)
        ))
    }

    fn mood_quality(quality: &MoodQuality) -> Message {
        msg!(
            "taxonomy-mood-quality",
            accuracy = decimal(quality.accuracy, 2),
            commoner = decimal(quality.commoner, 2),
            auc = decimal(quality.auc, 2),
            words = decimal(quality.lexicon_auc, 2)
        )
    }

    fn terms(terms: &[WeightedTerm]) -> String {
        let terms: Vec<&str> = terms.iter().map(|term| term.term.as_str()).collect();
        terms.join(", ")
    }

    fn status(agreement: &ThemeAgreement) -> &'static str {
        match agreement.kappa {
            _ if agreement.barred => "taxonomy-barred",
            Some(_) => "taxonomy-reliable",
            None => "taxonomy-too-few",
        }
    }
}

fn may_edit(role: Role) -> bool {
    matches!(role, Role::Admin | Role::Analyst)
}

/// `GET /taxonomy`
pub async fn taxonomy_page(state: Data<State>, req: HttpRequest, actor: Actor) -> WebResult {
    let organisation = actor.organisation;
    let read = state.db.read(move |c| {
        let (source, version) = tagging::taxonomy_source(c, organisation)?;
        Ok::<_, WebError>((source, version, details(c, organisation)?))
    });
    let (source, version, details) = read.await?;
    let shown = TaxonomyPage {
        frame: Frame::of(&req),
        editor: may_edit(actor.role),
        source,
        note: String::new(),
        version,
        trial: None,
        problem: None,
        details,
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

/// Saves a taxonomy. All comments are read again, and the model is trained again.
fn save(c: &mut DbConnection, actor: &Actor, form: &TaxonomyForm) -> Result<i32, WebError> {
    let (now, source) = (Instant::now(), form.source.replace("\r\n", "\n"));
    let version = tagging::save_taxonomy(c, actor, &source, &form.note, form.instead_of, now)?;
    retag::request(c, actor.organisation, now)?;
    queue::enqueue_once(c, actor.organisation, &TrainMoodModel {}, now, now)?;
    if tagging::annotated_clauses(c, actor.organisation)? >= MIN_READ {
        queue::enqueue(c, actor.organisation, &tagging::TrainModel {}, now)?;
    }
    Ok(version)
}

/// What came of a taxonomy that was sent.
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
    state.wake.notify_one();
    Ok(Outcome::Saved(version))
}

/// `POST /taxonomy`
pub async fn taxonomy_form(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    form: Form<TaxonomyForm>,
) -> WebResult {
    answer_form(&state, &req, actor, form.into_inner()).await
}

/// Tries or saves, and shows the form again with what came of it, unless it was saved.
async fn answer_form(
    state: &State,
    req: &HttpRequest,
    actor: Actor,
    form: TaxonomyForm,
) -> WebResult {
    let organisation = actor.organisation;
    let (trial, problem) = match try_or_save(state, actor, form.clone()).await {
        Ok(Outcome::Saved(_)) => return Ok(see_other("/taxonomy")),
        Ok(Outcome::Trial(trial)) => (Some(trial), None),
        Err(e) if matches!(e.code, Code::TaxonomyInvalid | Code::Conflict) => (None, Some(e)),
        Err(error) => return Err(error),
    };
    form_page(state, req, organisation, form, (trial, problem)).await
}

/// The form as it was sent, with what came of it.
async fn form_page(
    state: &State,
    req: &HttpRequest,
    organisation: Id,
    form: TaxonomyForm,
    (trial, problem): (Option<Changed>, Option<WebError>),
) -> WebResult {
    let details = state.db.read(move |c| details(c, organisation)).await?;
    let status = problem.as_ref().map_or(StatusCode::OK, |e| e.code.status());
    let shown = TaxonomyPage {
        frame: Frame::of(req),
        editor: true,
        source: form.source,
        note: form.note,
        version: form.instead_of,
        trial,
        problem: problem.map(|e| e.message),
        details,
    };
    page_with_status(status, &shown)
}

/// Version of a taxonomy that was saved.
#[derive(Serialize, ToSchema)]
pub struct SavedTaxonomy {
    #[schema(example = 101)]
    version: i32,
}

/// What came of a taxonomy: the changes of a trial, or the saved version.
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

#[derive(Deserialize)]
pub struct TermForm {
    theme: String,
    polarity: Polarity,
    term: String,
}

/// `POST /taxonomy/terms`: adds a proposed term to the words in force.
pub async fn term_form(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    locale: &'static Locale,
    form: Form<TermForm>,
) -> WebResult {
    let (term, organisation) = (form.into_inner(), actor.organisation);
    let current = move |c: &mut DbConnection| tagging::taxonomy_source(c, organisation);
    let (source, instead_of) = state.db.read(current).await?;
    let extended = with_term(&source, &term.theme, term.polarity, &term.term);
    let is_extended = extended.is_some();
    let form = TaxonomyForm {
        source: extended.unwrap_or(source),
        note: locale.format(&msg!("taxonomy-term-note", term = term.term)),
        instead_of,
        action: TaxonomyAction::Save,
    };
    if is_extended {
        return answer_form(&state, &req, actor, form).await;
    }
    let problem = tagging::TaggingError::NoTheme(term.theme).into();
    form_page(&state, &req, organisation, form, (None, Some(problem))).await
}
