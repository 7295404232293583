//! `/practice/draft`: rewritten practice that waits for the next version, and its use.

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Form, Json, Path},
};
use askama::Template;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    source::SavedLibrary,
    themes::{printed, theme_address, themes, undo_address},
};
use crate::{
    accounts::Actor,
    coaching::{
        library::Practice,
        practice_draft::{self, NewPractice, PracticeDraft, PracticeEdit},
        practice_edit::PracticeField,
    },
    db::DbConnection,
    locale::{Localised, Message},
    msg,
    tagging::taxonomy_draft::UseDraft,
    types::Instant,
    web::{
        done::Done,
        error::{WebError, WebResult},
        forms::Refused,
        frame::Frame,
        idempotency::{IdempotencyHeader, created, idempotency},
        render::{confirmed, page_with_status, see_other},
        state::State,
        taxonomy::draft::DiscardDraft,
    },
};

/// A rewritten theme, for people.
struct EditView {
    theme: String,
    name: String,
    by: Message,
    /// Field, text before, text after.
    fields: Vec<(Message, String, String)>,
    /// The practice as a plan prints it.
    printed: Option<String>,
}

impl EditView {
    fn of(draft: &PracticeDraft, edit: &PracticeEdit, name: &str, frame: &Frame) -> Self {
        let none = Practice::default();
        let after = draft.edited.practice_for(&edit.theme);
        let (old, new) = (
            draft.current.practice_for(&edit.theme).unwrap_or(&none),
            after.unwrap_or(&none),
        );
        let changed = PracticeField::ALL
            .into_iter()
            .filter(|field| field.of(old) != field.of(new));
        let texts = |field: PracticeField| {
            let (old, new) = (field.of(old).to_owned(), field.of(new).to_owned());
            (field.message(), old, new)
        };
        Self {
            theme: edit.theme.clone(),
            name: name.to_owned(),
            by: msg!("taxonomy-edit-by", name = &edit.by, time = edit.at),
            fields: changed.map(texts).collect(),
            printed: after.map(|practice| printed(name, practice, frame.locale)),
        }
    }

    fn address(&self) -> String {
        theme_address(&self.theme)
    }

    fn undo_address(&self) -> String {
        undo_address(&self.theme)
    }
}

#[derive(Template)]
#[template(path = "practice_draft.html")]
struct DraftPage {
    frame: Frame,
    revision: i32,
    version: i32,
    edits: Vec<EditView>,
    note: String,
    problem: Option<Message>,
}

/// `GET /practice/draft`
pub async fn draft_page(state: Data<State>, req: HttpRequest, actor: Actor) -> WebResult {
    show(&state, &req, actor, None).await
}

async fn show(
    state: &State,
    req: &HttpRequest,
    actor: Actor,
    refused: Option<Refused<String>>,
) -> WebResult {
    let (draft, themes) = themes(state, actor.organisation).await?;
    let frame = Frame::of(req);
    let name = |id: &String| {
        let theme = themes.iter().find(|theme| theme.theme == *id);
        theme.map_or_else(|| id.clone(), |theme| theme.name.clone())
    };
    let edits = draft.edits.iter();
    let edits = edits.map(|edit| EditView::of(&draft, edit, &name(&edit.theme), &frame));
    let status = refused
        .as_ref()
        .map_or(StatusCode::OK, |r| r.problem.code.status());
    let edits = edits.collect();
    let (note, problem) = refused.map(Refused::into_parts).unzip();
    let shown = DraftPage {
        frame,
        revision: draft.revision,
        version: draft.version,
        edits,
        note: note.unwrap_or_default(),
        problem,
    };
    page_with_status(status, &shown)
}

/// The page to return to after a theme was taken out of the draft.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct UndoForm {
    /// `theme`: that of the theme; otherwise that of the draft.
    back: String,
}

/// `POST /practice/draft/edits/{theme}/delete`
pub async fn undo_form(
    state: Data<State>,
    actor: Actor,
    theme: Path<String>,
    form: Form<UndoForm>,
) -> WebResult {
    undo(&state, actor, theme.clone()).await?;
    Ok(match form.back.as_str() {
        "theme" => confirmed(&theme_address(&theme), Done::EditUndone),
        _ => confirmed("/practice/draft", Done::EditUndone),
    })
}

async fn undo(state: &State, actor: Actor, theme: String) -> Result<(), WebError> {
    let write = move |c: &mut DbConnection| practice_draft::undo(c, &actor, &theme, Instant::now());
    Ok(state.db.write(write).await?)
}

async fn use_draft(state: &State, actor: Actor, used: UseDraft) -> Result<i32, WebError> {
    let write =
        move |c: &mut DbConnection| practice_draft::use_draft(c, &actor, &used, Instant::now());
    Ok(state.db.write(write).await?)
}

/// `POST /practice/draft/use`
pub async fn use_form(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    form: Form<UseDraft>,
) -> WebResult {
    let used = form.into_inner();
    let note = used.note.clone();
    match use_draft(&state, actor.clone(), used).await {
        Ok(version) => Ok(see_other(&format!("/practice?used={version}"))),
        Err(problem) => {
            let refused = Refused::new(note, problem)?;
            show(&state, &req, actor, Some(refused)).await
        }
    }
}

async fn discard(state: &State, actor: Actor, revision: i32) -> Result<(), WebError> {
    let write =
        move |c: &mut DbConnection| practice_draft::discard(c, &actor, revision, Instant::now());
    Ok(state.db.write(write).await?)
}

/// `POST /practice/draft/discard`
pub async fn discard_form(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    form: Form<DiscardDraft>,
) -> WebResult {
    match discard(&state, actor.clone(), form.revision).await {
        Ok(()) => Ok(confirmed("/practice", Done::DraftDiscarded)),
        Err(problem) => {
            let refused = Refused::new(String::new(), problem)?;
            show(&state, &req, actor, Some(refused)).await
        }
    }
}

/// The draft of the next version.
#[derive(Serialize, ToSchema)]
pub struct PracticeDraftReply {
    /// Changes with every edit.
    #[schema(example = 3)]
    revision: i32,
    /// The version in force; 0 is the library that ships with the program.
    #[schema(example = 0)]
    version: i32,
    edits: Vec<PracticeEdit>,
}

/// Returns the practice that waits for the next version.
#[utoipa::path(
    get,
    path = "/api/v1/practice/draft",
    tag = "Coaching",
    operation_id = "get_practice_draft",
    responses((status = 200, body = PracticeDraftReply))
)]
pub async fn draft_json(
    state: Data<State>,
    actor: Actor,
) -> Result<Json<PracticeDraftReply>, WebError> {
    let read = move |c: &mut DbConnection| practice_draft::draft(c, actor.organisation);
    let draft = state.db.read(read).await?;
    Ok(Json(PracticeDraftReply {
        revision: draft.revision,
        version: draft.version,
        edits: draft.edits,
    }))
}

/// The theme of an edit.
#[derive(Serialize, ToSchema)]
pub struct EditedTheme {
    #[schema(example = "patience")]
    theme: String,
}

/// Puts practice for a theme into the draft, in place of an earlier edit of it. Plans use it once
/// the draft is used.
#[utoipa::path(
    post,
    path = "/api/v1/practice/draft/edits",
    tag = "Coaching",
    operation_id = "edit_practice_draft",
    params(IdempotencyHeader),
    request_body = NewPractice,
    responses(
        (status = 201, description = "Added", body = EditedTheme),
        (status = 404, description = "No such theme within agents' control"),
        (status = 409, description = "`conflict`: somebody changed the theme meanwhile; `key_reused`"),
        (status = 422, description = "`invalid`: a text is missing or too long")
    )
)]
pub async fn edit_json(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    new: Json<NewPractice>,
) -> WebResult {
    let new = new.into_inner();
    let body = serde_json::to_string(&new).map_err(|e| WebError::internal(&e))?;
    let key = idempotency(&req, &[&body])?;
    created(&state, &actor.clone(), key, move |c| {
        practice_draft::edit(c, &actor, &new, Instant::now())?;
        Ok(EditedTheme { theme: new.theme })
    })
    .await
}

/// Takes a theme out of the draft.
#[utoipa::path(
    post,
    path = "/api/v1/practice/draft/edits/{theme}/delete",
    tag = "Coaching",
    operation_id = "delete_practice_edit",
    params(("theme" = String, Path, description = "Id of the theme", example = "patience")),
    responses((status = 204, description = "Deleted"))
)]
pub async fn undo_json(state: Data<State>, actor: Actor, theme: Path<String>) -> WebResult {
    undo(&state, actor, theme.into_inner()).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Makes the draft the version in force. Existing plans keep their practice.
#[utoipa::path(
    post,
    path = "/api/v1/practice/draft/use",
    tag = "Coaching",
    operation_id = "use_practice_draft",
    request_body = UseDraft,
    responses(
        (status = 200, body = SavedLibrary),
        (status = 409, description = "`conflict`: the draft or the version in force has changed since, or the draft is empty"),
        (status = 422, description = "`library_invalid`: the library has a theme that is gone")
    )
)]
pub async fn use_json(
    state: Data<State>,
    actor: Actor,
    used: Json<UseDraft>,
) -> Result<Json<SavedLibrary>, WebError> {
    let version = use_draft(&state, actor, used.into_inner()).await?;
    Ok(Json(SavedLibrary { version }))
}

/// Takes all themes out of the draft.
#[utoipa::path(
    post,
    path = "/api/v1/practice/draft/discard",
    tag = "Coaching",
    operation_id = "discard_practice_draft",
    request_body = DiscardDraft,
    responses(
        (status = 204, description = "Discarded"),
        (status = 409, description = "`conflict`: the draft has changed since")
    )
)]
pub async fn discard_json(
    state: Data<State>,
    actor: Actor,
    discarded: Json<DiscardDraft>,
) -> WebResult {
    discard(&state, actor, discarded.revision).await?;
    Ok(HttpResponse::NoContent().finish())
}
