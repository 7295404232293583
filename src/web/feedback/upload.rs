//! `POST /feedback/imports`: uploads of files, and previews of them.

use actix_multipart::Field;
use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Payload},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    super::{
        auth::check_again,
        error::{WebError, WebResult},
        forms::Refused,
        idempotency::{self, Idempotency, IdempotencyHeader, idempotency},
        language::locale_of,
        multipart,
        render::see_other,
        state::State,
    },
    imports::{self, UploadChoices},
    preview::{self, PreviewReply},
};
use crate::{
    accounts::Actor,
    feedback::{
        FeedbackError, ImportRow, Mapping, sources,
        upload::{self, CHUNK_BYTES, Duplicates},
    },
    locale::Locale,
    msg,
    types::{Id, Instant},
};

/// Largest file that the server previews; the command line has no limit.
const PREVIEW_BYTES: usize = 32 << 20;

/// The outcome of an upload.
enum Upload {
    /// An import that the worker reads.
    Import(Id),
    Preview(Box<(PreviewReply, PreviewedFile)>),
}

/// The file of a preview.
struct PreviewedFile {
    mapping: Mapping,
    source: String,
    bytes: Vec<u8>,
}

/// A form with the file last.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the form, which is read as a stream")]
pub struct UploadForm {
    /// Name of a shipped mapping or of a source.
    #[schema(example = "contact-centre")]
    mapping: Option<String>,
    /// Your own mapping (TOML), in place of `mapping`.
    mapping_file: Option<String>,
    /// `yes` corrects stored rows that differ.
    corrects: Option<String>,
    /// `yes` stores nothing and shows what would be stored; files up to 32 MB.
    trial: Option<String>,
    /// CSV with a header, or JSON Lines.
    #[schema(format = Binary)]
    file: String,
}

/// Fields of the form that come before the file.
#[derive(Default)]
struct Options {
    chosen: UploadChoices,
    mapping_file: Option<String>,
    /// Idempotency key; only programs send one.
    key: Option<Idempotency>,
}

impl Options {
    /// The key with the choices, to which the file is added.
    fn take_key(&mut self, source: &str) -> Option<Idempotency> {
        let mut key = self.key.take()?;
        let chosen = &self.chosen;
        key.add(chosen.mapping.as_deref().unwrap_or_default());
        key.add(self.mapping_file.as_deref().unwrap_or_default());
        key.add(if chosen.corrects { "corrects" } else { "skips" });
        key.add(source);
        Some(key)
    }

    fn set(&mut self, name: &str, text: String) {
        match name {
            "mapping" => self.chosen.mapping = Some(text.trim().to_owned()),
            "mapping_file" => self.mapping_file = Some(text).filter(|t| !t.trim().is_empty()),
            "corrects" => self.chosen.corrects = text.trim() == "yes",
            "trial" => self.chosen.preview = text.trim() == "yes",
            _ => {}
        }
    }

    fn duplicates(&self) -> Duplicates {
        if self.chosen.corrects {
            Duplicates::Correct
        } else {
            Duplicates::Skip
        }
    }

    async fn mapping(&self, state: &State, organisation: Id) -> Result<Mapping, WebError> {
        if let Some(text) = &self.mapping_file {
            return Ok(Mapping::parse(text).map_err(FeedbackError::from)?);
        }
        let name = self
            .chosen
            .mapping
            .clone()
            .ok_or(FeedbackError::NoMapping)?;
        Ok(state
            .db
            .read(move |c| sources::mapping_named(c, organisation, &name))
            .await?)
    }
}

/// Reads the form: options, then the file, which goes to the database in pieces.
async fn receive(
    state: &State,
    req: &HttpRequest,
    payload: Payload,
    actor: &Actor,
    options: &mut Options,
) -> Result<Upload, WebError> {
    let mut form = multipart::form(req, payload)?;
    while let Some((name, file_name, mut field)) = multipart::next_part(&mut form).await? {
        if name != "file" {
            let text = multipart::whole(&mut field).await?;
            options.set(&name, String::from_utf8_lossy(&text).into_owned());
            continue;
        }
        let mapping = options.mapping(state, actor.organisation).await?;
        let source = file_name.unwrap_or_else(|| "upload.csv".to_owned());
        if options.chosen.preview {
            return preview_file(state, locale_of(req), mapping, source, &mut field).await;
        }
        let key = options.take_key(&source);
        if let Some(key) = &key
            && idempotency::is_known(state, actor, key).await?
        {
            let id = import_before(state, actor, key.clone(), &mut field).await?;
            return Ok(Upload::Import(id));
        }
        let begin = (mapping, source, options.duplicates());
        return import_file(state, req, actor, begin, key, &mut field)
            .await
            .map(Upload::Import);
    }
    Err(FeedbackError::NoFile.into())
}

async fn preview_file(
    state: &State,
    locale: &'static Locale,
    mapping: Mapping,
    source: String,
    field: &mut Field,
) -> Result<Upload, WebError> {
    let mut file = Vec::new();
    while let Some(bytes) = multipart::next_bytes(field).await? {
        multipart::within(file.len() + bytes.len(), PREVIEW_BYTES)?;
        file.extend_from_slice(&bytes);
    }
    let work = move || {
        let reply = PreviewReply::read(source.clone(), &mapping, file.as_slice(), locale)?;
        let file = PreviewedFile {
            mapping,
            source,
            bytes: file,
        };
        Ok::<_, FeedbackError>(Upload::Preview(Box::new((reply, file))))
    };
    state.blocking(work).await
}

/// Keeps the file of a preview, so that it can be imported without another upload.
async fn keep_preview(
    state: &State,
    actor: Actor,
    file: PreviewedFile,
    duplicates: Duplicates,
) -> Result<Id, WebError> {
    let keep = move |c: &mut _| {
        let (now, source) = (Instant::now(), &file.source);
        upload::keep_preview(
            c,
            &actor,
            source,
            &file.mapping,
            duplicates,
            &file.bytes,
            now,
        )
    };
    Ok(state.db.write(keep).await?)
}

fn limit(state: &State) -> usize {
    usize::try_from(state.config.upload_limit_mb << 20).unwrap_or(usize::MAX)
}

/// The import of an earlier request with the same key, if it sent the same file.
async fn import_before(
    state: &State,
    actor: &Actor,
    mut key: Idempotency,
    field: &mut Field,
) -> Result<Id, WebError> {
    let mut read = 0;
    while let Some(bytes) = multipart::next_bytes(field).await? {
        read += bytes.len();
        multipart::within(read, limit(state))?;
        key.update(&bytes);
    }
    let import = idempotency::repeated(state, actor, Some(&key)).await?;
    import.ok_or_else(WebError::not_found)
}

async fn import_file(
    state: &State,
    req: &HttpRequest,
    actor: &Actor,
    (mapping, source, duplicates): (Mapping, String, Duplicates),
    mut key: Option<Idempotency>,
    field: &mut Field,
) -> Result<Id, WebError> {
    let (organisation, by) = (actor.organisation, actor.label());
    let begin = move |c: &mut _| {
        let now = Instant::now();
        upload::begin_import(c, organisation, &by, &source, &mapping, duplicates, now)
    };
    let import = state.db.write(begin).await?;
    let queued = match store_pieces(state, &import, &mut key, field).await {
        Ok(pieces) => {
            let import = import.clone();
            let check = check_again(req, state, actor);
            idempotency::once(state, actor, key, move |c| {
                check(c)?;
                upload::upload_complete(c, &import, pieces, Instant::now())?;
                Ok(import.id)
            })
            .await
        }
        Err(error) => Err(error),
    };
    // Another request with the same key may have been faster.
    let problem = match &queued {
        Ok(id) if *id == import.id => return queued,
        Ok(_) => msg!("import-failed-request"),
        Err(error) => error.message.clone(),
    };
    state
        .db
        .write(move |c| upload::abandon_upload(c, &import, &problem, Instant::now()))
        .await?;
    queued
}

/// Stores a file in pieces and returns their number.
async fn store_pieces(
    state: &State,
    import: &ImportRow,
    key: &mut Option<Idempotency>,
    field: &mut Field,
) -> Result<i32, WebError> {
    let (mut piece, mut pieces, mut read) = (Vec::with_capacity(CHUNK_BYTES), 0, 0);
    loop {
        let next = multipart::next_bytes(field).await?;
        if let Some(bytes) = &next {
            read += bytes.len();
            multipart::within(read, limit(state))?;
            if let Some(key) = key.as_mut() {
                key.update(bytes);
            }
            piece.extend_from_slice(bytes);
        }
        if piece.len() >= CHUNK_BYTES || (next.is_none() && !piece.is_empty()) {
            let (bytes, row, position) = (std::mem::take(&mut piece), import.clone(), pieces);
            state
                .db
                .write(move |c| upload::keep_chunk(c, &row, position, &bytes))
                .await?;
            pieces += 1;
        }
        if next.is_none() {
            return if pieces == 0 {
                Err(FeedbackError::EmptyUpload.into())
            } else {
                Ok(pieces)
            };
        }
    }
}

/// `POST /feedback/imports`
pub async fn upload_form(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    payload: Payload,
) -> WebResult {
    let mut options = Options::default();
    match receive(&state, &req, payload, &actor, &mut options).await {
        Ok(Upload::Import(id)) => Ok(see_other(&format!("/feedback/imports/{id}"))),
        Ok(Upload::Preview(previewed)) => {
            let (reply, file) = *previewed;
            let import = keep_preview(&state, actor, file, options.duplicates()).await?;
            preview::show(&req, reply, import)
        }
        Err(problem) => {
            let refused = Refused::new(options.chosen, problem)?;
            imports::show(&state, &req, &actor, Some(refused)).await
        }
    }
}

/// The import that was started.
#[derive(Serialize, ToSchema)]
pub struct UploadReply {
    id: Id,
}

/// Uploads a file. The import runs in the background; a preview is answered at once.
#[utoipa::path(
    post,
    path = "/api/v1/feedback/imports",
    tag = "Feedback",
    operation_id = "upload_feedback",
    params(IdempotencyHeader),
    request_body(content = UploadForm, content_type = "multipart/form-data"),
    responses(
        (status = 200, description = "With `trial`: what would be stored", body = PreviewReply),
        (status = 202, description = "The import was queued", body = UploadReply)
    )
)]
pub async fn upload_json(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    payload: Payload,
) -> WebResult {
    let mut options = Options {
        key: idempotency(&req, &[])?,
        ..Options::default()
    };
    let received = receive(&state, &req, payload, &actor, &mut options).await?;
    Ok(match received {
        Upload::Import(id) => HttpResponse::Accepted().json(UploadReply { id }),
        Upload::Preview(previewed) => HttpResponse::Ok().json(previewed.0),
    })
}
