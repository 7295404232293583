//! `/quality/imports`: upload of a file of scorecards, and the mapping of its columns.

use std::collections::BTreeMap;

use actix_web::{
    HttpRequest,
    web::{Data, Form, Path, Payload},
};
use askama::Template;
use utoipa::ToSchema;

use super::{
    imports::{QualityImportReply, show_imports},
    mapping_form::{DATES, MappingForm, NO_THEME, SCALES},
};
use crate::{
    accounts::Actor,
    locale::Message,
    quality::{
        QualityError,
        import::{self, QualityImport},
        mapping::Mapping,
        reader::{self, FileColumn},
    },
    tagging,
    types::{Id, Instant},
    web::{
        done::Done,
        error::{WebError, WebResult},
        forms::{self, Refused},
        frame::Frame,
        idempotency::{IdempotencyHeader, created, idempotency},
        language::locale_of,
        multipart,
        render::{confirmed, page_with_status, see_other},
        state::State,
    },
};

/// A form with the file last.
#[derive(ToSchema)]
#[schema(as = ScorecardForm)]
#[expect(dead_code, reason = "describes the form, which is read as a stream")]
pub struct UploadForm {
    /// Mapping of the columns (TOML); `rapport quality mapping` prints an example.
    mapping: String,
    /// CSV, XLSX or ODS with a header; at most 8 MB.
    #[schema(format = Binary)]
    file: String,
}

struct Upload {
    mapping: Option<String>,
    source: String,
    file: Vec<u8>,
}

async fn receive(req: &HttpRequest, payload: Payload) -> Result<Upload, WebError> {
    let mut form = multipart::form(req, payload)?;
    let mut mapping = None;
    while let Some((name, file_name, mut field)) = multipart::next_part(&mut form).await? {
        let content = multipart::whole(&mut field).await?;
        if name == "mapping" {
            mapping = Some(String::from_utf8_lossy(&content).into_owned());
        } else if name == "file" && !content.is_empty() {
            return Ok(Upload {
                mapping,
                source: file_name.unwrap_or_else(|| "scorecards.csv".to_owned()),
                file: content,
            });
        }
    }
    Err(QualityError::NoFile.into())
}

/// Stores a file whose columns are mapped next, if it is a table.
async fn store(state: &State, actor: &Actor, upload: Upload) -> Result<Id, WebError> {
    let file = upload.file;
    let check = move || reader::columns(file.as_slice(), None).map(|_| file);
    let file = state.blocking(check).await?;
    let (organisation, by) = (actor.organisation, actor.label());
    let source = upload.source;
    let store =
        move |c: &mut _| import::upload(c, organisation, &by, &source, &file, Instant::now());
    Ok(state.db.write(store).await?)
}

/// `POST /quality/imports`
pub async fn upload_form(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    payload: Payload,
) -> WebResult {
    let stored = match receive(&req, payload).await {
        Ok(upload) => store(&state, &actor, upload).await,
        Err(problem) => Err(problem),
    };
    match stored {
        Ok(id) => Ok(see_other(&format!("/quality/imports/{id}/mapping"))),
        Err(problem) => {
            let refused = Refused::new((), problem)?;
            show_imports(&state, &req, &actor, Some(refused)).await
        }
    }
}

/// Imports quality checks from a file by a mapping. Importing it again changes nothing; another
/// score for the same agent, day, contact and criterion replaces the earlier one.
#[utoipa::path(
    post,
    path = "/api/v1/quality/imports",
    tag = "Coaching",
    operation_id = "import_scorecards",
    params(IdempotencyHeader),
    request_body(content = UploadForm, content_type = "multipart/form-data"),
    responses(
        (status = 201, description = "Imported", body = QualityImportReply),
        (status = 422, description = "`mapping_invalid` or `file_unreadable`")
    )
)]
pub async fn upload_json(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    payload: Payload,
) -> WebResult {
    let upload = receive(&req, payload).await?;
    let text = upload.mapping.ok_or(QualityError::NoFile)?;
    let mut key = idempotency(&req, &[&text, &upload.source])?;
    if let Some(key) = &mut key {
        key.update(&upload.file);
    }
    let mapping = Mapping::parse(&text).map_err(QualityError::from)?;
    let read = move || {
        let found = reader::read(upload.file.as_slice(), &mapping, Instant::now())?;
        Ok::<_, QualityError>((mapping, found))
    };
    let (mapping, found) = state.blocking(read).await?;
    let (by, source, locale) = (actor.label(), upload.source, locale_of(&req));
    let organisation = actor.organisation;
    created(&state, &actor, key, move |c| {
        let now = Instant::now();
        let (import, rejected) =
            import::import(c, organisation, &by, &source, &mapping, found, now)?;
        Ok(QualityImportReply::new(import, &rejected, locale))
    })
    .await
}

/// Content of the page of a mapping.
struct Shown {
    import: QualityImport,
    columns: Vec<FileColumn>,
    /// Values of the column of criteria, where one is chosen.
    values: Vec<String>,
    last: Option<Mapping>,
    /// Themes: id and name.
    themes: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "quality_mapping.html")]
struct MappingPage {
    frame: Frame,
    shown: Shown,
    form: MappingForm,
    problem: Option<Message>,
}

impl MappingPage {
    const DATES: [(&'static str, &'static str); 4] = DATES;
    const SCALES: [(&'static str, &'static str); 3] = SCALES;
    const NO_THEME: &'static str = NO_THEME;
    /// Columns that a file can have, with the ids of their labels, and whether each is needed.
    const FIELDS: [(&'static str, &'static str, bool); 4] = [
        ("agent", "quality-column-agent", true),
        ("date", "quality-column-date", true),
        ("evaluator", "quality-column-evaluator", false),
        ("contact", "quality-column-contact", false),
    ];
    const LONG: [(&'static str, &'static str); 2] = [
        ("criterion", "quality-column-criterion"),
        ("score", "quality-column-score"),
    ];

    /// Names of the criteria: columns or, where each row is one, values of a column.
    fn criteria(&self) -> Vec<(&str, String)> {
        if self.form.criterion().is_some() {
            let values = self.shown.values.iter();
            return values
                .map(|value| (value.as_str(), String::new()))
                .collect();
        }
        let columns = self.shown.columns.iter();
        let mapped = ["agent", "date", "evaluator", "contact"].map(|f| self.form.field(f));
        let others = columns.filter(|column| !mapped.contains(&column.name.as_str()));
        others
            .map(|column| (column.name.as_str(), column.samples.join(", ")))
            .collect()
    }
}

async fn read(
    state: &State,
    organisation: Id,
    id: Id,
    form: Option<&MappingForm>,
) -> Result<Shown, WebError> {
    let read = state.db.read(move |c| {
        let file = import::waiting_file(c, organisation, id)?;
        let (import, _) = import::import_with_rejections(c, organisation, id)?;
        let last = import::last_mapping(c, organisation)?;
        let taxonomy = tagging::taxonomy(c, organisation)?;
        let themes = taxonomy.themes.iter();
        let themes = themes.map(|theme| (theme.id.clone(), theme.name.clone()));
        Ok::<_, WebError>((file, import, last, themes.collect()))
    });
    let (file, import, last, themes): (Vec<u8>, _, Option<Mapping>, _) = read.await?;
    let chosen = match form {
        Some(form) => form.criterion().map(str::to_owned),
        None => last
            .as_ref()
            .and_then(|last| last.columns.criterion.clone()),
    };
    let read = move || reader::columns(file.as_slice(), chosen.as_deref());
    let (columns, values) = state.blocking(read).await?;
    Ok(Shown {
        import,
        columns,
        values,
        last,
        themes,
    })
}

/// `GET /quality/imports/{id}/mapping`
pub async fn mapping_page(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    id: Path<Id>,
) -> WebResult {
    let shown = read(&state, actor.organisation, *id, None).await?;
    let form = MappingForm::suggested(shown.last.as_ref(), &shown.columns);
    show(&req, shown, form, None)
}

fn show(
    req: &HttpRequest,
    shown: Shown,
    form: MappingForm,
    refused: Option<Refused<()>>,
) -> WebResult {
    let status = forms::status(refused.as_ref());
    let page = MappingPage {
        frame: Frame::of(req),
        shown,
        form,
        problem: refused.map(|refused| refused.into_parts().1),
    };
    page_with_status(status, &page)
}

/// `POST /quality/imports/{id}/mapping`
pub async fn mapping_form(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    id: Path<Id>,
    form: Form<BTreeMap<String, String>>,
) -> WebResult {
    let form = MappingForm(form.into_inner());
    let shown = read(&state, actor.organisation, *id, Some(&form)).await?;
    if form.lacks_criteria() {
        return show(&req, shown, form, None);
    }
    match import_waiting(&state, &actor, *id, &form, &shown).await {
        Ok(()) => Ok(confirmed(
            &format!("/quality/imports/{id}"),
            Done::ChecksImported,
        )),
        Err(problem) => {
            let refused = Refused::new((), problem)?;
            show(&req, shown, form, Some(refused))
        }
    }
}

async fn import_waiting(
    state: &State,
    actor: &Actor,
    id: Id,
    form: &MappingForm,
    shown: &Shown,
) -> Result<(), WebError> {
    let names: Vec<String> = match form.criterion() {
        Some(_) => shown.values.clone(),
        None => shown.columns.iter().map(|c| c.name.clone()).collect(),
    };
    let mapping = form.mapping(&names).map_err(QualityError::from)?;
    let organisation = actor.organisation;
    let file = move |c: &mut _| import::waiting_file(c, organisation, id);
    let file = state.db.read(file).await?;
    let read = move || {
        let found = reader::read(file.as_slice(), &mapping, Instant::now())?;
        Ok::<_, QualityError>((mapping, found))
    };
    let (mapping, found) = state.blocking(read).await?;
    let actor = actor.clone();
    let import =
        move |c: &mut _| import::import_waiting(c, &actor, id, &mapping, found, Instant::now());
    state.db.write(import).await?;
    Ok(())
}
