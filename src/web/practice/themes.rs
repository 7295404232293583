//! `/practice` and `/practice/themes`: practice by theme, edited by form.

use std::collections::BTreeMap;

use actix_web::{
    HttpRequest,
    http::StatusCode,
    web::{Data, Form, Json, Path, Query},
};
use askama::Template;
use chrono::Days;
use serde::Deserialize;

use crate::{
    accounts::{Actor, Role, Roles},
    coaching::{
        CoachingError,
        document::practice::practice_section,
        library::{Practice, practice_for},
        practice_draft::{self, NewPractice, PracticeDraft, ThemePractice},
        practice_edit::{LONGEST_FIELD, PracticeField},
    },
    db::DbConnection,
    documents::html,
    locale::{Locale, Localised, Message},
    msg, tagging,
    types::{Id, Instant},
    web::{
        done::Done,
        error::{WebError, WebResult},
        frame::Frame,
        list::List,
        render::{confirmed, page, page_with_status},
        state::State,
    },
};

/// Days until the goal of an example is to be reached.
const GOAL_DAYS: u64 = 90;

fn may_edit(roles: Roles) -> bool {
    roles.allow(&[Role::Admin, Role::Coach])
}

/// Address of a theme's page.
pub(super) fn theme_address(theme: &str) -> String {
    format!("/practice/themes/{}", theme.replace(' ', "%20"))
}

/// Address that takes a theme out of the draft.
pub(super) fn undo_address(theme: &str) -> String {
    format!("/practice/draft/edits/{}/delete", theme.replace(' ', "%20"))
}

/// Practice as a plan prints it.
pub(super) fn printed(name: &str, practice: &Practice, locale: &Locale) -> String {
    let goal_by = Instant::now().date() + Days::new(GOAL_DAYS);
    html::fragment(&practice_section(name, practice, goal_by, locale))
}

/// The draft with the themes of the organisation.
pub(super) async fn themes(
    state: &State,
    organisation: Id,
) -> Result<(PracticeDraft, Vec<ThemePractice>), WebError> {
    let read = move |c: &mut DbConnection| {
        let draft = practice_draft::draft(c, organisation)?;
        let taxonomy = tagging::taxonomy(c, organisation)?;
        let themes = draft.themes(&taxonomy);
        Ok::<_, CoachingError>((draft, themes))
    };
    Ok(state.db.read(read).await?)
}

#[derive(Template)]
#[template(path = "practice.html")]
struct PracticePage {
    frame: Frame,
    editor: bool,
    version: i32,
    /// Version that was just taken into use.
    used: Option<i32>,
    edits: usize,
    themes: Vec<ThemePractice>,
}

#[derive(Deserialize)]
pub struct PracticeQuery {
    /// Version that was just taken into use.
    used: Option<i32>,
}

/// `GET /practice`
pub async fn practice_page(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    query: Query<PracticeQuery>,
) -> WebResult {
    let (draft, themes) = themes(&state, actor.organisation).await?;
    page(&PracticePage {
        frame: Frame::of(&req),
        editor: may_edit(actor.roles),
        version: draft.version,
        used: query.used.filter(|used| *used == draft.version),
        edits: draft.edits.len(),
        themes,
    })
}

/// Fields of the form: those of [`PracticeField`] by name, and `fingerprint`.
#[derive(Clone, Default, Deserialize)]
#[serde(transparent)]
pub struct PracticeFields(BTreeMap<String, String>);

impl PracticeFields {
    fn of(practice: &ThemePractice) -> Self {
        let none = Practice::default();
        let texts = practice.practice.as_ref().unwrap_or(&none);
        let fields = PracticeField::ALL.into_iter();
        let mut all: BTreeMap<String, String> = fields
            .map(|field| (field.as_str().to_owned(), field.of(texts).to_owned()))
            .collect();
        all.insert("fingerprint".to_owned(), practice.fingerprint.clone());
        Self(all)
    }

    fn field(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    fn read(&self, theme: &str) -> NewPractice {
        let mut practice = Practice {
            theme: theme.to_owned(),
            ..Practice::default()
        };
        for field in PracticeField::ALL {
            field.set(&mut practice, self.field(field.as_str()).to_owned());
        }
        NewPractice {
            theme: theme.to_owned(),
            practice: Some(practice),
            fingerprint: Some(self.field("fingerprint").to_owned()),
        }
    }
}

/// Why a form was refused.
struct Problem {
    /// `None`: all of it.
    field: Option<PracticeField>,
    message: Message,
    status: StatusCode,
}

impl Problem {
    /// # Errors
    /// The error itself if another entry would not help.
    fn of(error: CoachingError) -> Result<Self, WebError> {
        let field = match &error {
            CoachingError::Practice(problem) => Some(problem.field()),
            CoachingError::DraftChanged => None,
            _ => return Err(error.into()),
        };
        let error = WebError::from(error);
        Ok(Self {
            field,
            status: error.code.status(),
            message: error.message,
        })
    }
}

#[derive(Template)]
#[template(path = "practice_theme.html")]
struct ThemePage {
    frame: Frame,
    editor: bool,
    theme: ThemePractice,
    edits: usize,
    has_shipped: bool,
    fields: PracticeFields,
    /// The texts as they are now, where they were changed while the form was open.
    other: Option<PracticeFields>,
    /// The practice as a plan prints it.
    printed: Option<String>,
    problem: Option<Problem>,
}

impl ThemePage {
    const FIELDS: [PracticeField; 10] = PracticeField::ALL;
    const LONGEST_FIELD: usize = LONGEST_FIELD;

    fn hint(field: &PracticeField) -> Message {
        use PracticeField as F;
        match field {
            F::Below => msg!("practice-hint-below"),
            F::At => msg!("practice-hint-at"),
            F::Above => msg!("practice-hint-above"),
            F::Goal => msg!("practice-hint-goal"),
            F::IfThen => msg!("practice-hint-if-then"),
            F::See => msg!("practice-hint-see"),
            F::Say => msg!("practice-hint-say"),
            F::Do => msg!("practice-hint-do"),
            F::Reflect => msg!("practice-hint-reflect"),
            F::Teach => msg!("practice-hint-teach"),
        }
    }

    fn problem(&self, field: &PracticeField) -> Option<&Message> {
        let problem = self.problem.as_ref().filter(|p| p.field == Some(*field));
        problem.map(|problem| &problem.message)
    }

    /// A problem of all of it.
    fn conflict(&self) -> Option<&Message> {
        let problem = self.problem.as_ref().filter(|p| p.field.is_none());
        problem.map(|problem| &problem.message)
    }

    fn address(&self) -> String {
        theme_address(&self.theme.theme)
    }

    fn undo_address(&self) -> String {
        undo_address(&self.theme.theme)
    }
}

/// `GET /practice/themes/{theme}`
pub async fn theme_page(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    theme: Path<String>,
) -> WebResult {
    show(&state, &req, actor, &theme, None).await
}

async fn show(
    state: &State,
    req: &HttpRequest,
    actor: Actor,
    id: &str,
    refused: Option<(PracticeFields, Problem)>,
) -> WebResult {
    let (draft, themes) = themes(state, actor.organisation).await?;
    let found = themes.into_iter().find(|theme| theme.theme == id);
    let theme = found.ok_or_else(WebError::not_found)?;
    let present = PracticeFields::of(&theme);
    let (fields, problem) = refused.unzip();
    let mut fields = fields.unwrap_or_else(|| present.clone());
    // Saving again replaces what somebody else wrote, which the page shows.
    let is_stale = fields.field("fingerprint") != theme.fingerprint;
    fields
        .0
        .insert("fingerprint".to_owned(), theme.fingerprint.clone());
    let frame = Frame::of(req);
    let practice = theme.practice.as_ref();
    let shown = ThemePage {
        editor: may_edit(actor.roles),
        edits: draft.edits.len(),
        has_shipped: practice_for(id).is_some(),
        printed: practice.map(|p| printed(&theme.name, p, frame.locale)),
        other: is_stale.then_some(present),
        frame,
        fields,
        theme,
        problem,
    };
    let status = shown
        .problem
        .as_ref()
        .map_or(StatusCode::OK, |problem| problem.status);
    page_with_status(status, &shown)
}

async fn edit(state: &State, actor: Actor, new: NewPractice) -> Result<(), CoachingError> {
    let write = move |c: &mut DbConnection| practice_draft::edit(c, &actor, &new, Instant::now());
    state.db.write(write).await
}

/// `POST /practice/themes/{theme}`
pub async fn theme_form(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    theme: Path<String>,
    form: Form<PracticeFields>,
) -> WebResult {
    let (theme, fields) = (theme.into_inner(), form.into_inner());
    let Err(error) = edit(&state, actor.clone(), fields.read(&theme)).await else {
        return Ok(confirmed(
            &format!("{}#printed", theme_address(&theme)),
            Done::PracticeChanged,
        ));
    };
    let refused = (fields, Problem::of(error)?);
    show(&state, &req, actor, &theme, Some(refused)).await
}

/// `POST /practice/themes/{theme}/shipped`: the shipped practice again.
pub async fn shipped_form(state: Data<State>, actor: Actor, theme: Path<String>) -> WebResult {
    let new = NewPractice {
        theme: theme.to_string(),
        practice: None,
        fingerprint: None,
    };
    edit(&state, actor, new).await?;
    Ok(confirmed(&theme_address(&theme), Done::PracticeChanged))
}

/// Lists the themes within agents' control with their practice, as the draft has it.
#[utoipa::path(
    get,
    path = "/api/v1/practice/themes",
    tag = "Coaching",
    operation_id = "list_practice",
    responses((status = 200, body = List<ThemePractice>))
)]
pub async fn themes_json(
    state: Data<State>,
    actor: Actor,
) -> Result<Json<List<ThemePractice>>, WebError> {
    let (_, themes) = themes(&state, actor.organisation).await?;
    Ok(Json(List::complete(themes)))
}
