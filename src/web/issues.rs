//! `/issues`: what departments do about their themes.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Form, Json, Path, Query},
};
use askama::Template;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    done::Done,
    error::{Code, WebError, WebResult},
    forms::{self, Refused},
    frame::Frame,
    idempotency::{CreatedReply, IdempotencyHeader, created, idempotency},
    list::List,
    render::{confirmed, page_with_status},
    state::State,
};
use crate::{
    accounts::Actor,
    locale::{Localised, Message},
    msg,
    praise::{
        IssueStatus,
        department_themes::NamedTheme,
        issues::{self, Issue, IssueChange, IssueContent, NewIssue},
    },
    types::{Id, Instant},
};

/// The form of an issue.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct IssueForm {
    /// Only of a new issue.
    theme: String,
    title: String,
    owner: String,
    status: String,
    due: String,
    action_taken: String,
}

impl IssueForm {
    fn of(issue: &Issue) -> Self {
        let content = issue.content.clone();
        Self {
            theme: issue.theme.clone(),
            title: content.title,
            owner: content.owner,
            status: content.status.as_str().to_owned(),
            due: content.due.map_or_else(String::new, |due| due.to_string()),
            action_taken: content.action_taken,
        }
    }

    fn read(&self) -> Result<IssueContent, WebError> {
        let invalid = |message| WebError::new(Code::Invalid, message);
        let status = match self.status.as_str() {
            "" => IssueStatus::Open,
            name => {
                IssueStatus::parse(name).ok_or_else(|| invalid(msg!("error-unknown-status")))?
            }
        };
        let due = match self.due.trim() {
            "" => None,
            day => Some(
                day.parse()
                    .ok()
                    .ok_or_else(|| invalid(msg!("error-due-date")))?,
            ),
        };
        Ok(IssueContent {
            title: self.title.clone(),
            owner: self.owner.clone(),
            status,
            due,
            action_taken: self.action_taken.clone(),
        })
    }
}

/// The theme that a new issue is for.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct IssuesQuery {
    theme: String,
}

#[derive(Template)]
#[template(path = "issues.html")]
struct IssuesPage {
    frame: Frame,
    issues: Vec<Issue>,
    themes: Vec<NamedTheme>,
    today: NaiveDate,
    form: IssueForm,
    problem: Option<Message>,
}

#[derive(Template)]
#[template(path = "issue.html")]
struct IssuePage {
    frame: Frame,
    issue: Issue,
    history: Vec<IssueChange>,
    form: IssueForm,
    problem: Option<Message>,
}

impl IssuePage {
    fn change(&self, change: &IssueChange) -> Message {
        msg!(
            "issue-change",
            day = change.at.date(),
            by = &change.by,
            status = change.content.status.message()
        )
    }
}

/// `GET /issues`
pub async fn issues_page(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    query: Query<IssuesQuery>,
) -> WebResult {
    let form = IssueForm {
        theme: query.into_inner().theme,
        ..IssueForm::default()
    };
    show(&state, &req, actor, form, None).await
}

async fn show(
    state: &State,
    req: &HttpRequest,
    actor: Actor,
    form: IssueForm,
    problem: Option<WebError>,
) -> WebResult {
    let (issues, themes) = state.db.read(move |c| issues::issues(c, &actor)).await?;
    let refused = problem.map(|problem| Refused { form: (), problem });
    let shown = IssuesPage {
        frame: Frame::of(req),
        issues,
        themes,
        today: Instant::now().date(),
        form,
        problem: refused.as_ref().map(|r| r.problem.message.clone()),
    };
    page_with_status(forms::status(refused.as_ref()), &shown)
}

/// `POST /issues`
pub async fn create_form(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    form: Form<IssueForm>,
) -> WebResult {
    let form = form.into_inner();
    let result = match form.read() {
        Ok(content) => create(&state, actor.clone(), form.theme.clone(), content).await,
        Err(problem) => Err(problem),
    };
    match result {
        Ok(id) => Ok(confirmed(&format!("/issues/{id}"), Done::IssueCreated)),
        Err(problem) => {
            let (form, problem) = Refused::new(form, problem).map(|r| (r.form, r.problem))?;
            show(&state, &req, actor, form, Some(problem)).await
        }
    }
}

async fn create(
    state: &State,
    actor: Actor,
    theme: String,
    content: IssueContent,
) -> Result<Id, WebError> {
    let new = NewIssue { theme, content };
    let write = move |c: &mut _| issues::create(c, &actor, &new, Instant::now());
    Ok(state.db.write(write).await?)
}

/// `GET /issues/{id}`
pub async fn issue_page(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    id: Path<Id>,
) -> WebResult {
    show_issue(&state, &req, actor, *id, None).await
}

async fn show_issue(
    state: &State,
    req: &HttpRequest,
    actor: Actor,
    id: Id,
    refused: Option<Refused<IssueForm>>,
) -> WebResult {
    let read = state
        .db
        .read(move |c| issues::issue_with_history(c, &actor, id));
    let (issue, history) = read.await?;
    let status = forms::status(refused.as_ref());
    let (form, problem) = refused.map(Refused::into_parts).unzip();
    let shown = IssuePage {
        frame: Frame::of(req),
        form: form.unwrap_or_else(|| IssueForm::of(&issue)),
        issue,
        history,
        problem,
    };
    page_with_status(status, &shown)
}

/// `POST /issues/{id}`
pub async fn change_form(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    id: Path<Id>,
    form: Form<IssueForm>,
) -> WebResult {
    let form = form.into_inner();
    let result = match form.read() {
        Ok(content) => change(&state, actor.clone(), *id, content).await,
        Err(problem) => Err(problem),
    };
    match result {
        Ok(()) => Ok(confirmed(&format!("/issues/{id}"), Done::IssueSaved)),
        Err(problem) => {
            let refused = Refused::new(form, problem)?;
            show_issue(&state, &req, actor, *id, Some(refused)).await
        }
    }
}

async fn change(
    state: &State,
    actor: Actor,
    id: Id,
    content: IssueContent,
) -> Result<(), WebError> {
    let write = move |c: &mut _| issues::change(c, &actor, id, &content, Instant::now());
    Ok(state.db.write(write).await?)
}

/// Lists issues of departments: open ones first, then the newest. A person who speaks for a
/// department sees only those on its themes.
#[utoipa::path(
    get,
    path = "/api/v1/issues",
    tag = "Feedback",
    operation_id = "list_issues",
    responses((status = 200, body = List<Issue>))
)]
pub async fn issues_json(state: Data<State>, actor: Actor) -> Result<Json<List<Issue>>, WebError> {
    let (issues, _) = state.db.read(move |c| issues::issues(c, &actor)).await?;
    Ok(Json(List::complete(issues)))
}

/// Creates an issue on a theme of a department. Agents whose customers complained about the theme
/// see status and action.
#[utoipa::path(
    post,
    path = "/api/v1/issues",
    tag = "Feedback",
    operation_id = "create_issue",
    params(IdempotencyHeader),
    request_body = NewIssue,
    responses(
        (status = 201, description = "Created", body = CreatedReply),
        (status = 404, description = "No such theme, or another department's"),
        (status = 409, description = "`key_reused`"),
        (status = 422, description = "`invalid`; `reason_needed` with `wont_fix` and without an action")
    )
)]
pub async fn create_json(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    new: Json<NewIssue>,
) -> WebResult {
    let new = new.into_inner();
    let due = new
        .content
        .due
        .map_or_else(String::new, |due| due.to_string());
    let content = &new.content;
    let parts = [
        &new.theme,
        &content.title,
        &content.owner,
        content.status.as_str(),
        &due,
        &content.action_taken,
    ];
    let key = idempotency(&req, &parts)?;
    created(&state, &actor.clone(), key, move |c| {
        let id = issues::create(c, &actor, &new, Instant::now())?;
        Ok(CreatedReply { id })
    })
    .await
}

/// An issue with its history.
#[derive(Serialize, ToSchema)]
pub struct IssueReply {
    issue: Issue,
    /// Newest change first, from the audit log.
    history: Vec<IssueChange>,
}

/// Returns an issue with its history.
#[utoipa::path(
    get,
    path = "/api/v1/issues/{id}",
    tag = "Feedback",
    operation_id = "get_issue",
    params(("id" = Id, Path, description = "The issue")),
    responses((status = 200, body = IssueReply))
)]
pub async fn issue_json(
    state: Data<State>,
    actor: Actor,
    id: Path<Id>,
) -> Result<Json<IssueReply>, WebError> {
    let read = state
        .db
        .read(move |c| issues::issue_with_history(c, &actor, *id));
    let (issue, history) = read.await?;
    Ok(Json(IssueReply { issue, history }))
}

/// Changes an issue. Closing it is a change of its status.
#[utoipa::path(
    put,
    path = "/api/v1/issues/{id}",
    tag = "Feedback",
    operation_id = "change_issue",
    params(("id" = Id, Path, description = "The issue")),
    request_body = IssueContent,
    responses(
        (status = 204, description = "Stored"),
        (status = 422, description = "`invalid`; `reason_needed` with `wont_fix` and without an action")
    )
)]
pub async fn change_json(
    state: Data<State>,
    actor: Actor,
    id: Path<Id>,
    content: Json<IssueContent>,
) -> WebResult {
    change(&state, actor, *id, content.into_inner()).await?;
    Ok(HttpResponse::NoContent().finish())
}
