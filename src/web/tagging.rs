//! How comments are read: the words on a page and as a file, clauses for people to read, and how far readers agree.

use std::collections::BTreeMap;

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Form, Json, Query},
};
use askama::Template;
use serde::Deserialize;

use super::{
    State,
    auth::Who,
    error::{Code, WebError, WebResult},
    render::{Frame, attachment, page, see_other},
};
use crate::{
    accounts::{Actor, Role},
    db::DbConnection,
    feedback::{
        annotation_queue::{self, ClauseToAnnotate},
        retag::{self, Changed},
    },
    queue,
    tagging::{
        self, Coded, MIN_READ, NewReading, Sampling,
        agreement::{self, Agreement},
        terms::{self, Proposed},
    },
    text::{
        classifier::model::ThemeModel,
        tagger::{self, Polarity},
        taxonomy::{Taxonomy, with_term},
    },
    types::{Id, Instant},
};

#[derive(Template)]
#[template(path = "taxonomy.html")]
struct TaxonomyPage {
    frame: Frame,
    editor: bool,
    source: String,
    note: String,
    version: i32,
    /// What a trial of the text in the form would change.
    trial: Option<Changed>,
    last: Option<Changed>,
    agreement: Agreement,
    read: usize,
    model: Option<ThemeModel>,
    proposed: Vec<Proposed>,
}

/// What the page shows beside the text.
struct Beside {
    last: Option<Changed>,
    agreement: Agreement,
    read: usize,
    model: Option<ThemeModel>,
    proposed: Vec<Proposed>,
}

fn beside(c: &mut DbConnection, organisation: Id) -> Result<Beside, WebError> {
    let taxonomy = tagging::taxonomy(c, organisation)?;
    Ok(Beside {
        last: retag::last(c, organisation)?,
        agreement: agreement::agreement(c, organisation, &taxonomy)?,
        read: tagging::read_clauses(c, organisation)?,
        model: tagging::model(c, organisation)?,
        proposed: terms::proposed(c, organisation)?,
    })
}

fn may_edit(role: Role) -> bool {
    matches!(role, Role::Admin | Role::Analyst)
}

/// `GET /taxonomy`
pub async fn taxonomy_page(state: Data<State>, req: HttpRequest, who: Who) -> WebResult {
    let organisation = who.0.organisation;
    let read = state.db.read(move |c| {
        let (source, version) = tagging::taxonomy_source(c, organisation)?;
        Ok::<_, WebError>((source, version, beside(c, organisation)?))
    });
    let (source, version, b) = read.await?;
    page(&TaxonomyPage {
        frame: Frame::of(&req),
        editor: may_edit(who.0.role),
        source,
        note: String::new(),
        version,
        trial: None,
        last: b.last,
        agreement: b.agreement,
        read: b.read,
        model: b.model,
        proposed: b.proposed,
    })
}

/// `GET /taxonomy.toml`
pub async fn taxonomy_file(state: Data<State>, who: Who) -> WebResult {
    let (source, version) = state
        .db
        .read(move |c| tagging::taxonomy_source(c, who.0.organisation))
        .await?;
    let name = format!("taxonomy-{version}.toml");
    Ok(attachment(&name, "application/toml", source.into_bytes()))
}

#[derive(Deserialize)]
pub struct TaxonomyForm {
    #[serde(default)]
    source: String,
    #[serde(default)]
    note: String,
    instead_of: i32,
    /// "try" shows what would change, anything else saves.
    #[serde(default)]
    action: String,
}

/// A taxonomy in force, with the comments to be read anew and the model to be learned anew.
fn save(c: &mut DbConnection, actor: &Actor, form: &TaxonomyForm) -> Result<i32, WebError> {
    let (now, source) = (Instant::now(), form.source.replace("\r\n", "\n"));
    let version = tagging::save_taxonomy(c, actor, &source, &form.note, form.instead_of, now)?;
    retag::request(c, actor.organisation, now)?;
    if tagging::read_clauses(c, actor.organisation)? >= MIN_READ {
        queue::enqueue(c, actor.organisation, &tagging::TrainModel {}, now)?;
    }
    Ok(version)
}

/// `POST /taxonomy`
pub async fn taxonomy_form(
    state: Data<State>,
    req: HttpRequest,
    who: Who,
    form: Form<TaxonomyForm>,
) -> WebResult {
    let (form, organisation) = (form.into_inner(), who.0.organisation);
    if form.action != "try" {
        state.db.write(move |c| save(c, &who.0, &form)).await?;
        state.wake.notify_one();
        return Ok(see_other("/taxonomy"));
    }
    let source = form.source.replace("\r\n", "\n");
    let words = source.clone();
    let read = state.db.read(move |c| {
        let trial = retag::trial(c, organisation, &words)?;
        Ok::<_, WebError>((trial, beside(c, organisation)?))
    });
    let (trial, b) = read.await?;
    page(&TaxonomyPage {
        frame: Frame::of(&req),
        editor: true,
        source,
        note: form.note,
        version: form.instead_of,
        trial: Some(trial),
        last: b.last,
        agreement: b.agreement,
        read: b.read,
        model: b.model,
        proposed: b.proposed,
    })
}

/// `PUT /api/v1/taxonomy`
pub async fn taxonomy_put(state: Data<State>, who: Who, form: Json<TaxonomyForm>) -> WebResult {
    let form = form.into_inner();
    if form.action == "try" {
        let organisation = who.0.organisation;
        let trial = state
            .db
            .read(move |c| retag::trial(c, organisation, &form.source))
            .await?;
        return Ok(HttpResponse::Ok().json(trial));
    }
    let version = state.db.write(move |c| save(c, &who.0, &form)).await?;
    state.wake.notify_one();
    Ok(HttpResponse::Ok().json(serde_json::json!({ "version": version })))
}

/// `GET /api/v1/taxonomy`
pub async fn taxonomy_json(state: Data<State>, who: Who) -> WebResult {
    let organisation = who.0.organisation;
    let read = state.db.read(move |c| {
        let (source, version) = tagging::taxonomy_source(c, organisation)?;
        Ok::<_, WebError>((source, version, beside(c, organisation)?))
    });
    let (source, version, b) = read.await?;
    Ok(HttpResponse::Ok().json(serde_json::json!({
        "version": version,
        "source": source,
        "changed": b.last,
        "agreement": b.agreement,
        "clauses_read": b.read,
        "model": b.model.map(|m| m.cross_validation),
        "proposed": b.proposed,
    })))
}

#[derive(Deserialize)]
pub struct TermForm {
    theme: String,
    polarity: Polarity,
    term: String,
    instead_of: i32,
}

/// `POST /taxonomy/terms`: takes a proposed term into the words.
pub async fn term_form(state: Data<State>, who: Who, form: Form<TermForm>) -> WebResult {
    let form = form.into_inner();
    state
        .db
        .write(move |c| {
            let (source, _) = tagging::taxonomy_source(c, who.0.organisation)?;
            let source = with_term(&source, &form.theme, form.polarity, &form.term)
                .ok_or_else(|| tagging::TaggingError::NoTheme(form.theme.clone()))?;
            let new = TaxonomyForm {
                source,
                note: format!("term taken in: {}", form.term),
                instead_of: form.instead_of,
                action: String::new(),
            };
            save(c, &who.0, &new)
        })
        .await?;
    state.wake.notify_one();
    Ok(see_other("/taxonomy"))
}

/// A theme to choose, with how it reads at present.
struct Choice {
    id: String,
    name: String,
    polarity: &'static str,
    words: String,
}

#[derive(Template)]
#[template(path = "reading.html")]
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

/// `GET /reading`: the next clause to read, or the one picked.
pub async fn reading_page(
    state: Data<State>,
    req: HttpRequest,
    who: Who,
    picked: Query<Picked>,
) -> WebResult {
    let (actor, picked) = (who.0, picked.into_inner().clause);
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

async fn keep(state: &State, who: Who, new: NewReading) -> Result<(), WebError> {
    state
        .db
        .write(move |c| {
            let now = Instant::now();
            tagging::keep_reading(c, &who.0, &new, now)?;
            retag::at_once(c, who.0.organisation, new.clause.trim())?;
            Ok::<_, WebError>(retag::request(c, who.0.organisation, now)?)
        })
        .await?;
    state.wake.notify_one();
    Ok(())
}

/// `POST /reading`
pub async fn reading_form(
    state: Data<State>,
    who: Who,
    form: Form<BTreeMap<String, String>>,
) -> WebResult {
    let text = |name: &str| form.get(name).cloned().unwrap_or_default();
    let mut themes = Vec::new();
    for (name, polarity) in form.iter().filter(|(_, polarity)| !polarity.is_empty()) {
        let Some(theme) = name.strip_prefix("theme.") else {
            continue;
        };
        let polarity = serde_json::from_value(serde_json::json!(polarity))
            .map_err(|_e| WebError::new(Code::Invalid, "Choose a polarity from the list."))?;
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
    keep(&state, who, new).await?;
    Ok(see_other("/reading"))
}

/// `GET /api/v1/readings/next`
pub async fn next_json(state: Data<State>, who: Who) -> WebResult {
    let asked = state
        .db
        .read(move |c| annotation_queue::next(c, &who.0))
        .await?;
    let mentions: Vec<_> = asked
        .iter()
        .flat_map(|a| &a.mentions)
        .map(|t| serde_json::json!({ "theme": t.theme, "polarity": t.polarity, "words": t.words, "probability": t.probability }))
        .collect();
    Ok(HttpResponse::Ok().json(serde_json::json!({ "asked": asked, "tags": mentions })))
}

/// `POST /api/v1/readings`
pub async fn reading_json(state: Data<State>, who: Who, new: Json<NewReading>) -> WebResult {
    keep(&state, who, new.into_inner()).await?;
    Ok(HttpResponse::NoContent().finish())
}
