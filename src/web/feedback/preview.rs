//! `/feedback/imports/{id}/preview`: what an import would store, and its start.

use actix_web::{
    HttpRequest,
    web::{Data, Path},
};
use askama::Template;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    super::{
        error::{WebError, WebResult},
        frame::Frame,
        language::locale_of,
        render::{page, see_other},
        state::State,
    },
    imports::{RejectionReply, ReportReply, SHOWN_REJECTIONS},
    replies::SummaryReply,
};
use crate::{
    accounts::Actor,
    feedback::{
        self, FeedbackError, ImportState, Mapping,
        import::{RejectedRow, Watcher},
        preview::{self, Preview},
        upload,
    },
    locale::{Locale, Localised},
    types::{Id, Instant},
};

/// Rows shown in a preview.
const PREVIEW_ROWS: usize = 10;

/// What an import would store.
#[derive(Serialize, ToSchema)]
pub struct PreviewReply {
    #[serde(skip)]
    source: String,
    summary: SummaryReply,
    report: ReportReply,
    /// The first rows as they would be stored.
    first: Vec<Preview>,
    /// At most 100.
    rejections: Vec<RejectionReply>,
}

impl PreviewReply {
    /// Reads a file as an import would.
    ///
    /// # Errors
    /// [`FeedbackError::Table`] and [`FeedbackError::Mapping`] if the file cannot be opened.
    pub(super) fn read(
        source: String,
        mapping: &Mapping,
        file: impl std::io::Read,
        locale: &'static Locale,
    ) -> Result<Self, FeedbackError> {
        let mut rejected = FirstRejected {
            rows: Vec::new(),
            locale,
        };
        let found = preview::preview(mapping, file, &mut rejected, PREVIEW_ROWS)?;
        Ok(Self {
            source,
            summary: SummaryReply::new(&found.summary, locale),
            report: ReportReply::new(&found.report, locale),
            first: found.first,
            rejections: rejected.rows,
        })
    }
}

/// Keeps the first rejected rows.
struct FirstRejected {
    rows: Vec<RejectionReply>,
    locale: &'static Locale,
}

impl Watcher for FirstRejected {
    fn rejected(&mut self, row: &RejectedRow<'_>) -> Result<(), FeedbackError> {
        if (self.rows.len() as i64) < SHOWN_REJECTIONS {
            self.rows.push(RejectionReply {
                row: i64::try_from(row.number).unwrap_or(i64::MAX),
                column: row.problem.column.clone(),
                reason: self.locale.format(&row.problem.reason.message()),
            });
        }
        Ok(())
    }
}

#[derive(Template)]
#[template(path = "import_preview.html")]
struct PreviewPage {
    frame: Frame,
    preview: PreviewReply,
    import: Id,
}

/// Shows a preview whose file is kept as `import`.
pub(super) fn show(req: &HttpRequest, preview: PreviewReply, import: Id) -> WebResult {
    page(&PreviewPage {
        frame: Frame::of(req),
        preview,
        import,
    })
}

/// `GET /feedback/imports/{id}/preview`
pub async fn preview_page(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    id: Path<Id>,
) -> WebResult {
    let (id, organisation) = (*id, actor.organisation);
    let read = state
        .db
        .read(move |c| feedback::import_with_rejections(c, organisation, id, 0));
    let (import, _) = read.await?;
    if import.state != ImportState::Previewed {
        return Ok(see_other(&format!("/feedback/imports/{id}")));
    }
    let (database, locale) = (state.db.clone(), locale_of(&req));
    let read = move || {
        let mapping: Mapping = import.mapping.clone().read()?;
        let file = upload::stored_file(&database, &import);
        PreviewReply::read(import.source.clone(), &mapping, file, locale)
    };
    show(&req, state.blocking(read).await?, id)
}

/// `POST /feedback/imports/{id}/start`
pub async fn start_form(state: Data<State>, actor: Actor, id: Path<Id>) -> WebResult {
    let id = *id;
    let start = move |c: &mut _| upload::import_previewed(c, &actor, id, Instant::now());
    state.db.write(start).await.map_err(WebError::from)?;
    state.wake.notify_waiters();
    Ok(see_other(&format!("/feedback/imports/{id}")))
}
