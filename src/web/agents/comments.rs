//! `/agents/{id}/comments`: the comments about an agent, for their coach.

use actix_web::{
    HttpRequest,
    web::{Data, Json, Path, Query},
};
use askama::Template;

use super::views::record_view;
use crate::{
    accounts::Actor,
    coaching::agent_comments::{self, AgentComment, AgentComments, CommentFilter},
    text::mention::Polarity,
    types::{Id, Instant},
    web::{
        error::{WebError, WebResult},
        frame::Frame,
        list::List,
        render::page,
        state::State,
    },
    workforce::{self, Agent},
};

#[derive(Template)]
#[template(path = "agent_comments.html")]
struct CommentsPage {
    frame: Frame,
    agent: Agent,
    comments: AgentComments,
    filter: CommentFilter,
    /// Address of this page, to return to after a correction.
    address: String,
}

impl CommentsPage {
    const POLARITIES: [Polarity; 4] = Polarity::ALL;
    const SCORES: [(&'static str, &'static str); 2] = [
        ("good", "agent-comments-good"),
        ("poor", "agent-comments-poor"),
    ];

    /// Whether any comment is left out.
    fn is_filtered(&self) -> bool {
        self.comments.found < self.comments.all || self.filter.after.is_some()
    }
}

async fn read(
    state: &State,
    actor: Actor,
    id: Id,
    filter: CommentFilter,
) -> Result<(Agent, AgentComments), WebError> {
    let organisation = actor.organisation;
    let read = state.db.read(move |c| {
        let now = Instant::now();
        let agent = workforce::agent(c, organisation, id)?;
        let comments = agent_comments::agent_comments(c, organisation, id, &filter, now)?;
        Ok::<_, WebError>((agent, comments))
    });
    let found = read.await?;
    record_view(state, actor, id).await?;
    Ok(found)
}

/// `GET /agents/{id}/comments`
pub async fn comments_page(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    id: Path<Id>,
    filter: Query<CommentFilter>,
) -> WebResult {
    let filter = filter.into_inner();
    let (agent, comments) = read(&state, actor, *id, filter.clone()).await?;
    page(&CommentsPage {
        frame: Frame::of(&req),
        address: req
            .uri()
            .path_and_query()
            .map_or_else(String::new, |a| a.to_string()),
        agent,
        comments,
        filter,
    })
}

/// Returns the comments about an agent in the last year of feedback, newest first, with what was
/// read in them. The view is recorded in the audit log.
#[utoipa::path(
    get,
    path = "/api/v1/agents/{id}/comments",
    tag = "Coaching",
    operation_id = "list_agent_comments",
    params(("id" = Id, Path, description = "The agent"), CommentFilter),
    responses(
        (status = 200, body = List<AgentComment>),
        (status = 422, description = "`invalid`: a field of the filter has no such value")
    )
)]
pub async fn comments_json(
    state: Data<State>,
    actor: Actor,
    id: Path<Id>,
    filter: Query<CommentFilter>,
) -> Result<Json<List<AgentComment>>, WebError> {
    let (_, comments) = read(&state, actor, *id, filter.into_inner()).await?;
    Ok(Json(List {
        next: comments.next.map(|id| id.to_string()),
        items: comments.items,
    }))
}
