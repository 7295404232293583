//! `/annotations`: labelling clauses by hand.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Form, Json, Query},
};
use askama::Template;
use serde::Deserialize;
use std::collections::BTreeMap;

use super::{
    error::{Code, WebError, WebResult},
    frame::Frame,
    render::{page, see_other},
    state::State,
};
use crate::{
    accounts::Actor,
    feedback::{
        annotation_queue::{self, ClauseToAnnotate},
        retag,
    },
    tagging::{self, Coded, NewReading, Sampling},
    text::{tagger, taxonomy::Taxonomy},
    types::Instant,
};

/// A theme to choose, with how it reads at present.
struct Choice {
    id: String,
    name: String,
    polarity: &'static str,
    words: String,
}

#[derive(Template)]
#[template(path = "annotation.html")]
struct ReadingPage {
    frame: Frame,
    asked: Option<ClauseToAnnotate>,
    choices: Vec<Choice>,
    read: usize,
}

#[derive(Deserialize)]
pub struct Picked {
    #[serde(default)]
    clause: String,
}

/// `GET /annotations`: the next clause to read, or the one picked.
pub async fn reading_page(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    picked: Query<Picked>,
) -> WebResult {
    let (actor, picked) = (actor, picked.into_inner().clause);
    let read = state.db.read(move |c| {
        let taxonomy = tagging::taxonomy(c, actor.organisation)?;
        let read = tagging::read_clauses(c, actor.organisation)?;
        let asked = if picked.trim().is_empty() {
            annotation_queue::next(c, &actor)?
        } else {
            let clause: String = picked.trim().chars().take(2_000).collect();
            Some(ClauseToAnnotate {
                mentions: tagger::read(&clause, None, &taxonomy).mentions,
                comment: clause.clone(),
                clause,
                sampling: Sampling::Picked,
            })
        };
        Ok::<_, WebError>((asked, taxonomy, read))
    });
    let (asked, taxonomy, read) = read.await?;
    let choices = choices(&taxonomy, asked.as_ref());
    page(&ReadingPage {
        frame: Frame::of(&req),
        asked,
        choices,
        read,
    })
}

/// Themes found first, then the others.
fn choices(taxonomy: &Taxonomy, asked: Option<&ClauseToAnnotate>) -> Vec<Choice> {
    let mentions = asked.map(|a| a.mentions.as_slice()).unwrap_or_default();
    let mut all: Vec<Choice> = taxonomy
        .themes
        .iter()
        .map(|theme| {
            let tag = mentions.iter().find(|t| t.theme == theme.id);
            Choice {
                id: theme.id.clone(),
                name: theme.name.clone(),
                polarity: tag.map_or("", |t| t.polarity.as_str()),
                words: tag.map(|t| t.words.clone()).unwrap_or_default(),
            }
        })
        .collect();
    all.sort_by_key(|choice| choice.polarity.is_empty());
    all
}

async fn keep(state: &State, actor: Actor, new: NewReading) -> Result<(), WebError> {
    state
        .db
        .write(move |c| {
            let now = Instant::now();
            tagging::keep_reading(c, &actor, &new, now)?;
            retag::at_once(c, actor.organisation, new.clause.trim())?;
            Ok::<_, WebError>(retag::request(c, actor.organisation, now)?)
        })
        .await?;
    state.wake.notify_one();
    Ok(())
}

/// `POST /annotations`
pub async fn reading_form(
    state: Data<State>,
    actor: Actor,
    form: Form<BTreeMap<String, String>>,
) -> WebResult {
    let text = |name: &str| form.get(name).cloned().unwrap_or_default();
    let mut themes = Vec::new();
    for (name, polarity) in form.iter().filter(|(_, polarity)| !polarity.is_empty()) {
        let Some(theme) = name.strip_prefix("theme.") else {
            continue;
        };
        let polarity = serde_json::from_value(serde_json::json!(polarity))
            .map_err(|_e| WebError::verbatim(Code::Invalid, "Choose a polarity from the list."))?;
        themes.push(Coded {
            theme: theme.to_owned(),
            polarity,
        });
    }
    let new = NewReading {
        clause: text("clause"),
        themes,
        why: text("why"),
        sampling: serde_json::from_value(serde_json::json!(text("sampling"))).ok(),
    };
    keep(&state, actor, new).await?;
    Ok(see_other("/annotations"))
}

/// `GET /api/v1/annotations/next`
pub async fn next_json(state: Data<State>, actor: Actor) -> WebResult {
    let asked = state
        .db
        .read(move |c| annotation_queue::next(c, &actor))
        .await?;
    let mentions: Vec<_> = asked
        .iter()
        .flat_map(|a| &a.mentions)
        .map(|t| serde_json::json!({ "theme": t.theme, "polarity": t.polarity, "words": t.words, "probability": t.probability }))
        .collect();
    Ok(HttpResponse::Ok().json(serde_json::json!({ "asked": asked, "tags": mentions })))
}

/// `POST /api/v1/annotations`
pub async fn reading_json(state: Data<State>, actor: Actor, new: Json<NewReading>) -> WebResult {
    keep(&state, actor, new.into_inner()).await?;
    Ok(HttpResponse::NoContent().finish())
}
