//! `/taxonomy/draft`: the edits that wait for the next version, what they would change, and their
//! use.

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Form, Json, Path},
};
use askama::Template;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    source::{SavedTaxonomy, read_again},
    themes::theme_address,
};
use crate::{
    accounts::Actor,
    db::DbConnection,
    feedback::taxonomy_preview::{self, PreviewExample, TaxonomyPreview, ThemePreview, WordUse},
    locale::{Localised, Message},
    msg,
    tagging::taxonomy_draft::{self, DraftEdit, NewEdit, UseDraft},
    text::{mention::Polarity, taxonomy_edit::TaxonomyEdit, theme_entry::readable},
    types::Instant,
    web::{
        annotations::polarity_text,
        done::Done,
        error::{WebError, WebResult},
        forms::Refused,
        frame::Frame,
        idempotency::{IdempotencyHeader, created, idempotency},
        render::{confirmed, page_with_status, see_other},
        state::State,
    },
};

#[derive(Template)]
#[template(path = "taxonomy_draft.html")]
struct DraftPage {
    frame: Frame,
    preview: TaxonomyPreview,
    /// Names of the themes, by id.
    names: Vec<(String, String)>,
    note: String,
    problem: Option<Message>,
}

impl DraftPage {
    fn intro(&self) -> Message {
        let preview = &self.preview;
        msg!(
            "taxonomy-preview-intro",
            count = preview.comments,
            from = preview.period.from.date(),
            to = preview.period.to.date(),
            version = preview.version.to_string()
        )
    }

    fn is_limited(&self) -> bool {
        self.preview.comments >= self.preview.limit
    }

    fn changed(&self) -> Message {
        let preview = &self.preview;
        msg!(
            "taxonomy-preview-changed",
            changed = preview.changed,
            count = preview.comments
        )
    }

    /// Whether there is an edit to use.
    fn is_usable(&self) -> bool {
        self.preview.edits.iter().any(|edit| edit.has_effect)
    }

    fn edit(&self, edit: &DraftEdit) -> Message {
        let id = edit.edit.theme();
        let name = self.names.iter().find(|(known, _)| known == id);
        let theme = name.map_or(id, |(_, name)| name);
        match &edit.edit {
            TaxonomyEdit::AddWord { list, pattern, .. } => msg!(
                "taxonomy-edit-add",
                word = readable(pattern),
                theme = theme,
                list = list.message()
            ),
            TaxonomyEdit::RemoveWord { list, pattern, .. } => msg!(
                "taxonomy-edit-remove",
                word = readable(pattern),
                theme = theme,
                list = list.message()
            ),
            TaxonomyEdit::Describe { texts, .. } => {
                msg!("taxonomy-edit-describe", theme = theme, name = &texts.name)
            }
        }
    }

    fn by(edit: &DraftEdit) -> Message {
        msg!("taxonomy-edit-by", name = &edit.by, time = edit.at)
    }

    fn common(word: &WordUse, comments: &u64) -> Message {
        msg!(
            "taxonomy-word-common",
            word = &word.word,
            theme = &word.theme,
            uses = word.comments,
            all = *comments
        )
    }

    fn counts(theme: &ThemePreview) -> Message {
        msg!(
            "taxonomy-preview-counts",
            before = theme.before,
            after = theme.after
        )
    }

    fn groups(theme: &ThemePreview) -> Vec<(&'static str, u64, &Vec<PreviewExample>)> {
        let groups = vec![
            ("taxonomy-preview-gained", theme.gained, &theme.gains),
            ("taxonomy-preview-lost", theme.lost, &theme.losses),
            (
                "taxonomy-preview-other",
                theme.other_polarity,
                &theme.changes,
            ),
        ];
        groups
            .into_iter()
            .filter(|(_, count, _)| *count > 0)
            .collect()
    }

    fn polarity(&self, polarity: &Polarity) -> String {
        self.frame.t(polarity_text(*polarity))
    }

    fn address(edit: &DraftEdit) -> String {
        theme_address(edit.edit.theme())
    }
}

/// `GET /taxonomy/draft`
pub async fn draft_page(state: Data<State>, req: HttpRequest, actor: Actor) -> WebResult {
    show(&state, &req, actor, None).await
}

async fn preview(state: &State, actor: &Actor) -> Result<TaxonomyPreview, WebError> {
    let (database, organisation) = (state.db.clone(), actor.organisation);
    let read = move || taxonomy_preview::preview(&database, organisation, Instant::now());
    state.blocking(read).await
}

async fn show(
    state: &State,
    req: &HttpRequest,
    actor: Actor,
    refused: Option<Refused<String>>,
) -> WebResult {
    let preview = preview(state, &actor).await?;
    let read = move |c: &mut DbConnection| taxonomy_draft::draft(c, actor.organisation);
    let draft = state.db.read(read).await?;
    let status = refused
        .as_ref()
        .map_or(StatusCode::OK, |r| r.problem.code.status());
    let (note, problem) = refused.map(Refused::into_parts).unzip();
    let themes = draft.edited.themes.into_iter();
    let shown = DraftPage {
        frame: Frame::of(req),
        preview,
        names: themes.map(|theme| (theme.id, theme.name)).collect(),
        note: note.unwrap_or_default(),
        problem,
    };
    page_with_status(status, &shown)
}

/// The page that an edit was taken out on.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct UndoForm {
    /// Id of a theme; without one, the page of the draft.
    theme: String,
}

/// `POST /taxonomy/draft/edits/{edit}/delete`
pub async fn undo_form(
    state: Data<State>,
    actor: Actor,
    edit: Path<u32>,
    form: Form<UndoForm>,
) -> WebResult {
    undo(&state, actor, *edit).await?;
    Ok(match form.theme.as_str() {
        "" => confirmed("/taxonomy/draft", Done::EditUndone),
        theme => confirmed(&theme_address(theme), Done::EditUndone),
    })
}

async fn undo(state: &State, actor: Actor, edit: u32) -> Result<(), WebError> {
    let write = move |c: &mut DbConnection| taxonomy_draft::undo(c, &actor, edit, Instant::now());
    Ok(state.db.write(write).await?)
}

async fn use_draft(state: &State, actor: Actor, used: UseDraft) -> Result<i32, WebError> {
    let write = move |c: &mut DbConnection| {
        let now = Instant::now();
        let version = taxonomy_draft::use_draft(c, &actor, &used, now)?;
        read_again(c, actor.organisation, now)?;
        Ok::<_, WebError>(version)
    };
    let version = state.db.write(write).await?;
    state.wake.notify_waiters();
    Ok(version)
}

/// `POST /taxonomy/draft/use`
pub async fn use_form(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    form: Form<UseDraft>,
) -> WebResult {
    let used = form.into_inner();
    let note = used.note.clone();
    match use_draft(&state, actor.clone(), used).await {
        Ok(version) => Ok(see_other(&format!("/taxonomy?used={version}"))),
        Err(problem) => {
            let refused = Refused::new(note, problem)?;
            show(&state, &req, actor, Some(refused)).await
        }
    }
}

/// The revision of a draft to discard.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DiscardDraft {
    #[schema(example = 3)]
    pub revision: i32,
}

async fn discard(state: &State, actor: Actor, revision: i32) -> Result<(), WebError> {
    let write =
        move |c: &mut DbConnection| taxonomy_draft::discard(c, &actor, revision, Instant::now());
    Ok(state.db.write(write).await?)
}

/// `POST /taxonomy/draft/discard`
pub async fn discard_form(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    form: Form<DiscardDraft>,
) -> WebResult {
    match discard(&state, actor.clone(), form.revision).await {
        Ok(()) => Ok(confirmed("/taxonomy", Done::DraftDiscarded)),
        Err(problem) => {
            let refused = Refused::new(String::new(), problem)?;
            show(&state, &req, actor, Some(refused)).await
        }
    }
}

/// The draft of the next version.
#[derive(Serialize, ToSchema)]
pub struct DraftReply {
    /// Changes with every edit.
    #[schema(example = 3)]
    revision: i32,
    /// The version in force.
    #[schema(example = 101)]
    version: i32,
    edits: Vec<DraftEdit>,
}

/// Returns the edits of the taxonomy that wait for the next version.
#[utoipa::path(
    get,
    path = "/api/v1/taxonomy/draft",
    tag = "Feedback",
    operation_id = "get_taxonomy_draft",
    responses((status = 200, body = DraftReply))
)]
pub async fn draft_json(state: Data<State>, actor: Actor) -> Result<Json<DraftReply>, WebError> {
    let read = move |c: &mut DbConnection| taxonomy_draft::draft(c, actor.organisation);
    let draft = state.db.read(read).await?;
    Ok(Json(DraftReply {
        revision: draft.revision,
        version: draft.version,
        edits: draft.edits,
    }))
}

/// Number of an edit that was added.
#[derive(Serialize, ToSchema)]
pub struct EditReply {
    /// Null if nothing had to be added: the edit was made before, or it only took its opposite out
    /// of the draft.
    #[schema(example = 1)]
    id: Option<u32>,
}

/// Adds an edit to the draft: a word more or less, or other texts of a theme. No comment is tagged
/// otherwise before the draft is used.
#[utoipa::path(
    post,
    path = "/api/v1/taxonomy/draft/edits",
    tag = "Feedback",
    operation_id = "edit_taxonomy_draft",
    params(IdempotencyHeader),
    request_body = NewEdit,
    responses(
        (status = 201, description = "Added", body = EditReply),
        (status = 409, description = "`conflict`: somebody described the theme meanwhile; `key_reused`"),
        (status = 422, description = "`invalid`: no such theme or word, a word that cannot be used, or one that is found already")
    )
)]
pub async fn edit_json(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    new: Json<NewEdit>,
) -> WebResult {
    let new = new.into_inner();
    let body = serde_json::to_string(&new).map_err(|e| WebError::internal(&e))?;
    let key = idempotency(&req, &[&body])?;
    created(&state, &actor.clone(), key, move |c| {
        let id = taxonomy_draft::edit(c, &actor, &new, Instant::now())?;
        Ok(EditReply { id })
    })
    .await
}

/// Takes an edit out of the draft.
#[utoipa::path(
    post,
    path = "/api/v1/taxonomy/draft/edits/{edit}/delete",
    tag = "Feedback",
    operation_id = "delete_taxonomy_edit",
    params(("edit" = u32, Path, description = "Number of the edit")),
    responses((status = 204, description = "Deleted"))
)]
pub async fn undo_json(state: Data<State>, actor: Actor, edit: Path<u32>) -> WebResult {
    undo(&state, actor, *edit).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Shows what the draft would change in the newest comments of the last 90 days of feedback.
/// Nothing is stored.
#[utoipa::path(
    get,
    path = "/api/v1/taxonomy/draft/preview",
    tag = "Feedback",
    operation_id = "preview_taxonomy_draft",
    responses((status = 200, body = TaxonomyPreview))
)]
pub async fn preview_json(
    state: Data<State>,
    actor: Actor,
) -> Result<Json<TaxonomyPreview>, WebError> {
    Ok(Json(preview(&state, &actor).await?))
}

/// Makes the draft the version in force. All comments are read again.
#[utoipa::path(
    post,
    path = "/api/v1/taxonomy/draft/use",
    tag = "Feedback",
    operation_id = "use_taxonomy_draft",
    request_body = UseDraft,
    responses(
        (status = 200, body = SavedTaxonomy),
        (status = 409, description = "`conflict`: the draft or the version in force has changed since, or the draft is empty")
    )
)]
pub async fn use_json(
    state: Data<State>,
    actor: Actor,
    used: Json<UseDraft>,
) -> Result<Json<SavedTaxonomy>, WebError> {
    let version = use_draft(&state, actor, used.into_inner()).await?;
    Ok(Json(SavedTaxonomy { version }))
}

/// Takes all edits out of the draft.
#[utoipa::path(
    post,
    path = "/api/v1/taxonomy/draft/discard",
    tag = "Feedback",
    operation_id = "discard_taxonomy_draft",
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
