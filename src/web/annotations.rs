//! `/annotations`: labelling clauses by hand.

use std::collections::BTreeMap;

use actix_web::{
    HttpRequest,
    http::StatusCode,
    web::{Data, Form, Json, Query},
};
use askama::Template;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    done::Done,
    error::{WebError, WebResult},
    forms::Refused,
    frame::Frame,
    idempotency::{IdempotencyHeader, answered, idempotency_of},
    render::{confirmed, page_with_status},
    state::State,
};
use crate::{
    accounts::Actor,
    db::DbConnection,
    feedback::{
        annotation_queue::{self, ClauseToAnnotate},
        retag,
    },
    locale::Message,
    tagging::{self, AnnotatedTheme, NewAnnotation, Sampling},
    text::{
        lexicon::Lexicon,
        mention::{Polarity, ThemeMention},
        tagger,
        taxonomy::{Taxonomy, Theme},
    },
    types::{Id, Instant},
};

/// Most characters of a clause in the address of the page.
const MOST_CHARACTERS: usize = 2_000;
/// Themes that are shown at once; the others are folded away.
const FIRST_THEMES: usize = 4;

/// Id of the text for a polarity.
pub fn polarity_text(polarity: Polarity) -> &'static str {
    match polarity {
        Polarity::Positive => "polarity-positive",
        Polarity::Negative => "polarity-negative",
        Polarity::Neutral => "polarity-neutral",
        Polarity::Request => "polarity-request",
    }
}

/// A theme to choose a polarity of.
struct Choice {
    id: String,
    name: String,
    /// What is selected.
    polarity: Option<Polarity>,
    /// Words of the clause that mention the theme.
    words: String,
}

impl Choice {
    fn is(&self, polarity: &Polarity) -> bool {
        self.polarity == Some(*polarity)
    }
}

#[derive(Template)]
#[template(path = "annotation.html")]
struct AnnotationPage {
    frame: Frame,
    clause: Option<ClauseToAnnotate>,
    choices: Vec<Choice>,
    /// Clauses that people have annotated.
    annotated: usize,
    why: String,
    /// The page to return to.
    back: String,
    problem: Option<Message>,
}

impl AnnotationPage {
    const POLARITIES: [Polarity; 4] = Polarity::ALL;

    /// Whether a theme behind the fold is selected.
    fn unfolded(&self) -> bool {
        let mut folded = self.choices.iter().skip(FIRST_THEMES);
        folded.any(|choice| choice.polarity.is_some())
    }
}

#[derive(Deserialize)]
pub struct AnnotationQuery {
    /// A clause to annotate in place of the next one.
    #[serde(default)]
    clause: String,
    /// The page to return to.
    #[serde(default)]
    back: String,
}

/// The page to return to after an annotation: that of an agent's comments, or the next clause. Any
/// other address could lead to another site.
fn page_after(back: &str) -> &str {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/?&=%#._+-".contains(c);
    if back.starts_with("/agents/") && back.chars().all(is_plain) {
        back
    } else {
        "/annotations"
    }
}

/// `GET /annotations`: the next clause to annotate, or the one in the address.
pub async fn annotation_page(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    query: Query<AnnotationQuery>,
) -> WebResult {
    let AnnotationQuery {
        clause: asked,
        back,
    } = query.into_inner();
    let read = state.db.read(move |c| {
        let lexicon = tagging::lexicon(c, actor.organisation)?;
        let clause = match asked.trim() {
            "" => annotation_queue::next(c, &actor)?,
            text => Some(clause_of(text, Sampling::Purposive, &lexicon)),
        };
        let choices = choices(
            lexicon.taxonomy(),
            clause.as_ref().map_or(&[], |c| &c.mentions),
        );
        let annotated = tagging::annotated_clauses(c, actor.organisation)?;
        Ok::<_, WebError>((clause, choices, annotated))
    });
    let (clause, choices, annotated) = read.await?;
    let shown = AnnotationPage {
        frame: Frame::of(&req),
        clause,
        choices,
        annotated,
        why: String::new(),
        back,
        problem: None,
    };
    page_with_status(StatusCode::OK, &shown)
}

fn clause_of(text: &str, sampling: Sampling, lexicon: &Lexicon) -> ClauseToAnnotate {
    let clause: String = text.chars().take(MOST_CHARACTERS).collect();
    ClauseToAnnotate {
        mentions: tagger::tag(&clause, None, lexicon).mentions,
        comment: clause.clone(),
        clause,
        sampling,
    }
}

/// All themes, those that the clause mentions first.
fn choices(taxonomy: &Taxonomy, mentions: &[ThemeMention]) -> Vec<Choice> {
    let choice = |theme: &Theme| {
        let mention = mentions.iter().find(|m| m.theme == theme.id);
        Choice {
            id: theme.id.clone(),
            name: theme.name.clone(),
            polarity: mention.map(|m| m.polarity),
            words: mention.map(|m| m.words.clone()).unwrap_or_default(),
        }
    };
    let mut all: Vec<Choice> = taxonomy.themes.iter().map(choice).collect();
    all.sort_by_key(|choice| choice.polarity.is_none());
    all
}

fn keep(c: &mut DbConnection, actor: &Actor, new: &NewAnnotation) -> Result<(), WebError> {
    let now = Instant::now();
    tagging::save_annotation(c, actor, new, now)?;
    retag::at_once(c, actor.organisation, new.clause.trim())?;
    Ok(retag::request(c, actor.organisation, now)?)
}

/// Reads the form: one field `theme.ID` for each theme, with a polarity or empty.
fn annotation_of(form: &BTreeMap<String, String>) -> NewAnnotation {
    let text = |name: &str| form.get(name).cloned().unwrap_or_default();
    let theme = |(name, value): (&String, &String)| {
        Some(AnnotatedTheme {
            theme: name.strip_prefix("theme.")?.to_owned(),
            polarity: Polarity::parse(value)?,
        })
    };
    NewAnnotation {
        clause: text("clause"),
        themes: form.iter().filter_map(theme).collect(),
        why: text("why"),
        sampling: Sampling::parse(&text("sampling")),
    }
}

/// `POST /annotations`
pub async fn annotation_form(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    form: Form<BTreeMap<String, String>>,
) -> WebResult {
    let new = annotation_of(&form);
    let back = form.get("back").cloned().unwrap_or_default();
    let organisation = actor.organisation;
    let kept = new.clone();
    match state.db.write(move |c| keep(c, &actor, &kept)).await {
        Ok(()) => {
            state.wake.notify_waiters();
            Ok(confirmed(page_after(&back), Done::AnnotationSaved))
        }
        Err(problem) => {
            let refused = Refused::new(new, problem)?;
            show_refused(&state, &req, organisation, refused, back).await
        }
    }
}

/// Shows a refused form with what was chosen and typed.
async fn show_refused(
    state: &State,
    req: &HttpRequest,
    organisation: Id,
    refused: Refused<NewAnnotation>,
    back: String,
) -> WebResult {
    let Refused { form: new, problem } = refused;
    let why = new.why.clone();
    let read = state.db.read(move |c| {
        let lexicon = tagging::lexicon(c, organisation)?;
        let sampling = new.sampling.unwrap_or(Sampling::Purposive);
        let clause = clause_of(&new.clause, sampling, &lexicon);
        let mut choices = choices(lexicon.taxonomy(), &clause.mentions);
        for choice in &mut choices {
            let chosen = new.themes.iter().find(|theme| theme.theme == choice.id);
            choice.polarity = chosen.map(|theme| theme.polarity);
        }
        let annotated = tagging::annotated_clauses(c, organisation)?;
        Ok::<_, WebError>((clause, choices, annotated))
    });
    let (clause, choices, annotated) = read.await?;
    let shown = AnnotationPage {
        frame: Frame::of(req),
        clause: Some(clause),
        choices,
        annotated,
        why,
        back,
        problem: Some(problem.message),
    };
    page_with_status(problem.code.status(), &shown)
}

/// A theme that the current words or model find in a clause.
#[derive(Serialize, ToSchema)]
struct MentionReply {
    #[schema(example = "courtesy")]
    theme: String,
    polarity: Polarity,
    /// Words of the clause that mention the theme.
    #[schema(example = "very polite")]
    words: String,
    /// Strength of the evidence, from 0 to 1.
    #[schema(example = 0.75)]
    probability: f64,
}

impl From<ThemeMention> for MentionReply {
    fn from(mention: ThemeMention) -> Self {
        Self {
            theme: mention.theme,
            polarity: mention.polarity,
            words: mention.words,
            probability: mention.probability,
        }
    }
}

/// The next clause to annotate.
#[derive(Serialize, ToSchema)]
pub struct NextAnnotation {
    /// Null when this person has annotated every clause.
    asked: Option<ClauseToAnnotate>,
    /// What the current words or model find in it.
    tags: Vec<MentionReply>,
}

/// Returns the next clause that the caller should annotate.
#[utoipa::path(
    get,
    path = "/api/v1/annotations/next",
    tag = "Feedback",
    operation_id = "next_annotation",
    responses((status = 200, body = NextAnnotation))
)]
pub async fn next_json(state: Data<State>, actor: Actor) -> Result<Json<NextAnnotation>, WebError> {
    let next = move |c: &mut DbConnection| annotation_queue::next(c, &actor);
    let mut asked = state.db.read(next).await?;
    let mentions = asked.as_mut().map(|a| std::mem::take(&mut a.mentions));
    let mentions = mentions.unwrap_or_default().into_iter();
    Ok(Json(NextAnnotation {
        asked,
        tags: mentions.map(MentionReply::from).collect(),
    }))
}

/// Stores an annotation. It applies to every clause with the same words.
#[utoipa::path(
    post,
    path = "/api/v1/annotations",
    tag = "Feedback",
    operation_id = "create_annotation",
    params(IdempotencyHeader),
    request_body(content = NewAnnotation, example = json!({
        "clause": "she was very polite",
        "themes": [{ "theme": "courtesy", "polarity": "positive" }],
        "why": ""
    })),
    responses((status = 204, description = "Stored"))
)]
pub async fn annotation_json(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    new: Json<NewAnnotation>,
) -> WebResult {
    let key = idempotency_of(&req, &*new)?;
    answered(
        &state,
        &actor.clone(),
        StatusCode::NO_CONTENT,
        key,
        move |c| keep(c, &actor, &new),
    )
    .await
}
