//! `/taxonomy`: the organisation's themes and words.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Form, Json},
};
use askama::Template;
use serde::Deserialize;

use super::{
    error::{WebError, WebResult},
    frame::Frame,
    render::{attachment, page, see_other},
    state::State,
};
use crate::{
    accounts::{Actor, Role},
    db::DbConnection,
    feedback::retag::{self, Changed},
    queue,
    tagging::{
        self, MIN_READ,
        agreement::{self, Agreement},
        terms::{self, Proposed},
    },
    text::{classifier::model::ThemeModel, tagger::Polarity, taxonomy::with_term},
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
pub async fn taxonomy_page(state: Data<State>, req: HttpRequest, actor: Actor) -> WebResult {
    let organisation = actor.organisation;
    let read = state.db.read(move |c| {
        let (source, version) = tagging::taxonomy_source(c, organisation)?;
        Ok::<_, WebError>((source, version, beside(c, organisation)?))
    });
    let (source, version, b) = read.await?;
    page(&TaxonomyPage {
        frame: Frame::of(&req),
        editor: may_edit(actor.role),
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
pub async fn taxonomy_file(state: Data<State>, actor: Actor) -> WebResult {
    let (source, version) = state
        .db
        .read(move |c| tagging::taxonomy_source(c, actor.organisation))
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
    actor: Actor,
    form: Form<TaxonomyForm>,
) -> WebResult {
    let (form, organisation) = (form.into_inner(), actor.organisation);
    if form.action != "try" {
        state.db.write(move |c| save(c, &actor, &form)).await?;
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
pub async fn taxonomy_put(state: Data<State>, actor: Actor, form: Json<TaxonomyForm>) -> WebResult {
    let form = form.into_inner();
    if form.action == "try" {
        let organisation = actor.organisation;
        let trial = state
            .db
            .read(move |c| retag::trial(c, organisation, &form.source))
            .await?;
        return Ok(HttpResponse::Ok().json(trial));
    }
    let version = state.db.write(move |c| save(c, &actor, &form)).await?;
    state.wake.notify_one();
    Ok(HttpResponse::Ok().json(serde_json::json!({ "version": version })))
}

/// `GET /api/v1/taxonomy`
pub async fn taxonomy_json(state: Data<State>, actor: Actor) -> WebResult {
    let organisation = actor.organisation;
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
pub async fn term_form(state: Data<State>, actor: Actor, form: Form<TermForm>) -> WebResult {
    let form = form.into_inner();
    state
        .db
        .write(move |c| {
            let (source, _) = tagging::taxonomy_source(c, actor.organisation)?;
            let source = with_term(&source, &form.theme, form.polarity, &form.term)
                .ok_or_else(|| tagging::TaggingError::NoTheme(form.theme.clone()))?;
            let new = TaxonomyForm {
                source,
                note: format!("term taken in: {}", form.term),
                instead_of: form.instead_of,
                action: String::new(),
            };
            save(c, &actor, &new)
        })
        .await?;
    state.wake.notify_one();
    Ok(see_other("/taxonomy"))
}
