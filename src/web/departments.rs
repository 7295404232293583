//! `/departments`: themes by the department that owns them.

use actix_web::{
    HttpRequest,
    http::StatusCode,
    web::{Data, Form, Json, Path},
};
use askama::Template;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    done::Done,
    error::{Code, WebError, WebResult},
    forms::{self, Refused},
    frame::Frame,
    idempotency::{IdempotencyHeader, answered, idempotency_of},
    render::{confirmed, page_with_status},
    state::State,
};
use crate::{
    accounts::{self, Actor},
    db::DbConnection,
    feedback::{self, Period},
    locale::{Localised, Message},
    msg,
    praise::{
        IssueStatus,
        departments::{self, OwnedTheme, Update},
    },
    types::Instant,
};

/// Days of feedback in the list.
const DAYS: i64 = 90;

/// The form of one theme.
struct ThemeStatus {
    theme: String,
    status: StatusForm,
}

#[derive(Template)]
#[template(path = "departments.html")]
struct DepartmentsPage {
    frame: Frame,
    /// Departments with their themes.
    owners: Vec<(String, Vec<OwnedTheme>)>,
    period: Period,
    /// The department of a person who speaks for one.
    own: Option<String>,
    /// Whether that department owns a theme at all.
    known: bool,
    /// The refused form of a theme.
    refused: Option<Refused<ThemeStatus>>,
}

impl DepartmentsPage {
    fn intro(&self) -> Message {
        let period = self.period;
        msg!(
            "departments-intro",
            from = period.from.date(),
            to = period.to.date()
        )
    }

    /// Why the list is empty.
    fn none(&self) -> Message {
        match &self.own {
            None => msg!("departments-none"),
            Some(own) if self.known => msg!("departments-none-own", department = own),
            Some(own) => msg!("departments-unknown", department = own),
        }
    }

    fn comments(&self, theme: &OwnedTheme) -> Message {
        let count = theme.comments;
        match theme.before {
            Some(before) => msg!("department-comments", count = count, before = before),
            None => msg!("department-comments-only", count = count),
        }
    }

    fn update(&self, update: &Update) -> Message {
        let (day, status) = (update.at.date(), update.status.message());
        match update.note.as_str() {
            "" => msg!("department-update", day = day, status = status),
            note => msg!(
                "department-update-note",
                day = day,
                status = status,
                note = note
            ),
        }
    }

    /// The refused form of a theme.
    fn refused(&self, theme: &OwnedTheme) -> Option<&Refused<ThemeStatus>> {
        let refused = self.refused.as_ref();
        refused.filter(|r| r.form.theme == theme.theme)
    }

    fn problem(&self, theme: &OwnedTheme) -> Option<&Message> {
        self.refused(theme).map(|r| &r.problem.message)
    }

    /// The note to show in the form of a theme.
    fn note(&self, theme: &OwnedTheme) -> &str {
        self.refused(theme).map_or("", |r| &r.form.status.note)
    }

    /// Whether a status is selected in the form of a theme.
    fn selected(&self, theme: &OwnedTheme, status: &IssueStatus) -> bool {
        match (self.refused(theme), theme.latest()) {
            (Some(refused), _) => refused.form.status.status == status.as_str(),
            (None, latest) => latest.is_some_and(|update| update.status == *status),
        }
    }
}

fn listed(c: &mut DbConnection, actor: &Actor) -> Result<(Vec<OwnedTheme>, Period), WebError> {
    let period = feedback::latest_period(c, actor.organisation, DAYS, Instant::now())?;
    Ok((departments::owned_themes(c, actor, period)?, period))
}

/// `GET /departments`
pub async fn departments_page(state: Data<State>, req: HttpRequest, actor: Actor) -> WebResult {
    show(&state, &req, actor, None).await
}

async fn show(
    state: &State,
    req: &HttpRequest,
    actor: Actor,
    refused: Option<Refused<ThemeStatus>>,
) -> WebResult {
    let read = state.db.read(move |c| {
        let own = accounts::department_of(c, &actor)?;
        let owners = departments::owners(c, actor.organisation)?;
        let known = own.as_ref().is_none_or(|own| owners.contains(own));
        let (items, period) = listed(c, &actor)?;
        Ok::<_, WebError>((items, period, own, known))
    });
    let (items, period, own, known) = read.await?;
    let status = forms::status(refused.as_ref());
    let shown = DepartmentsPage {
        frame: Frame::of(req),
        owners: by_owner(items),
        period,
        own,
        known,
        refused,
    };
    page_with_status(status, &shown)
}

/// Groups themes by owner, in the order of the first theme of each.
fn by_owner(items: Vec<OwnedTheme>) -> Vec<(String, Vec<OwnedTheme>)> {
    let mut owners: Vec<(String, Vec<OwnedTheme>)> = Vec::new();
    for item in items {
        match owners.iter_mut().find(|(owner, _)| *owner == item.owner) {
            Some((_, themes)) => themes.push(item),
            None => owners.push((item.owner.clone(), vec![item])),
        }
    }
    owners
}

/// Themes that departments own.
#[derive(Serialize, ToSchema)]
pub struct DepartmentThemes {
    items: Vec<OwnedTheme>,
    /// The comments are counted over this period and the equally long one before.
    period: Period,
    /// Always null: the list is complete.
    next: Option<String>,
}

/// Lists themes that departments own and customers complain about. A person who speaks for a
/// department sees only its themes.
#[utoipa::path(
    get,
    path = "/api/v1/departments",
    tag = "Feedback",
    operation_id = "list_department_themes",
    responses((status = 200, body = DepartmentThemes))
)]
pub async fn departments_json(
    state: Data<State>,
    actor: Actor,
) -> Result<Json<DepartmentThemes>, WebError> {
    let (items, period) = state.db.read(move |c| listed(c, &actor)).await?;
    Ok(Json(DepartmentThemes {
        items,
        period,
        next: None,
    }))
}

/// A new status of a theme.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct StatusForm {
    #[serde(default)]
    #[schema(value_type = IssueStatus)]
    status: String,
    /// What happens next. Required with `wont_fix`.
    #[serde(default)]
    #[schema(max_length = 500, example = "Two more people from Monday")]
    note: String,
}

impl StatusForm {
    fn status(&self) -> Result<IssueStatus, WebError> {
        IssueStatus::parse(&self.status)
            .ok_or_else(|| WebError::new(Code::Invalid, msg!("error-unknown-status")))
    }
}

async fn update(
    state: &State,
    actor: Actor,
    theme: String,
    form: StatusForm,
) -> Result<(), WebError> {
    let status = form.status()?;
    let now = Instant::now();
    Ok(state
        .db
        .write(move |c| departments::update(c, &actor, &theme, status, &form.note, now))
        .await?)
}

/// `POST /departments/{theme}`
pub async fn status_form(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    theme: Path<String>,
    form: Form<StatusForm>,
) -> WebResult {
    let (theme, form) = (theme.into_inner(), form.into_inner());
    match update(&state, actor.clone(), theme.clone(), form.clone()).await {
        Ok(()) => Ok(confirmed("/departments", Done::StatusSaved)),
        Err(problem) => {
            let form = ThemeStatus {
                theme,
                status: form,
            };
            let refused = Refused::new(form, problem)?;
            show(&state, &req, actor, Some(refused)).await
        }
    }
}

/// Sets the status of a theme that a department owns.
#[utoipa::path(
    post,
    path = "/api/v1/departments/{theme}",
    tag = "Feedback",
    operation_id = "set_department_status",
    params(
        ("theme" = String, Path, description = "Id of the theme", example = "access"),
        IdempotencyHeader
    ),
    request_body = StatusForm,
    responses(
        (status = 204, description = "Stored"),
        (status = 422, description = "`invalid`; `reason_needed` with `wont_fix` and without a note")
    )
)]
pub async fn status_json(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    theme: Path<String>,
    form: Json<StatusForm>,
) -> WebResult {
    let key = idempotency_of(&req, &*form)?;
    let status = form.status()?;
    answered(
        &state,
        &actor.clone(),
        StatusCode::NO_CONTENT,
        key,
        move |c| {
            Ok(departments::update(
                c,
                &actor,
                &theme,
                status,
                &form.note,
                Instant::now(),
            )?)
        },
    )
    .await
}
