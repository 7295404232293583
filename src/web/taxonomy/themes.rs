//! `/taxonomy`: the themes, with the edits of the draft.

use std::collections::BTreeMap;

use actix_web::{
    HttpRequest,
    web::{Data, Json, Query},
};
use askama::Template;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::details::{Details, details};
use crate::{
    accounts::{Actor, Role, Roles},
    db::DbConnection,
    feedback::{self, Period, taxonomy_preview::DAYS},
    locale::{Message, decimal},
    msg,
    tagging::{
        MIN_READ,
        agreement::MIN_KAPPA,
        taxonomy_draft::{self, TaxonomyDraft},
        terms::Proposed,
    },
    text::{
        classifier::mood::MIN_COMMENTS,
        mention::Polarity,
        taxonomy::{Control, Theme},
        taxonomy_edit::count_words,
    },
    types::{Id, Instant},
    web::{
        annotations::polarity_text,
        error::{WebError, WebResult},
        frame::Frame,
        list::List,
        render::page,
        state::State,
    },
};

pub(super) fn may_edit(roles: Roles) -> bool {
    roles.allow(&[Role::Admin, Role::Analyst])
}

/// A theme with its draft edits, in a list.
#[derive(Clone, Serialize, ToSchema)]
pub struct ThemeSummary {
    #[schema(example = "billing")]
    pub(super) id: String,
    #[schema(example = "Billing and payment")]
    pub(super) name: String,
    pub(super) control: Control,
    /// Department that owns a process theme.
    pub(super) owner: Option<String>,
    /// Number of words and phrases.
    pub(super) word_count: usize,
    /// Comments of the last 90 days of feedback that mention it, under the version in force.
    pub(super) comments: u64,
    /// Edits of the theme in the draft.
    pub(super) edits: usize,
}

impl ThemeSummary {
    /// Who can change what the theme is about.
    pub(super) fn owned_by(&self) -> Message {
        match (self.control, &self.owner) {
            (Control::Agent, _) => msg!("theme-owner-agent"),
            (Control::AgentWithTraining, _) => msg!("theme-owner-training"),
            (Control::Mixed, _) => msg!("theme-owner-mixed"),
            (Control::Process, owner) => {
                msg!(
                    "theme-owner-department",
                    owner = owner.as_deref().unwrap_or_default()
                )
            }
        }
    }
}

/// Address of a theme's page.
pub(super) fn theme_address(theme: &str) -> String {
    format!("/taxonomy/themes/{}", theme.replace(' ', "%20"))
}

/// The draft, and how many comments mention each theme.
pub(super) struct Themes {
    pub(super) draft: TaxonomyDraft,
    comments: BTreeMap<String, u64>,
    pub(super) period: Period,
}

impl Themes {
    pub(super) fn of(c: &mut DbConnection, organisation: Id) -> Result<Self, WebError> {
        let period = feedback::latest_period(c, organisation, DAYS, Instant::now())?;
        let comments = feedback::comments_by_theme(c, organisation, period)?;
        Ok(Self {
            draft: taxonomy_draft::draft(c, organisation)?,
            comments: comments
                .into_iter()
                .map(|(theme, n)| (theme, n.unsigned_abs()))
                .collect(),
            period,
        })
    }

    pub(super) fn summary(&self, theme: &Theme) -> ThemeSummary {
        let edits = self.draft.edits.iter();
        ThemeSummary {
            id: theme.id.clone(),
            name: theme.name.clone(),
            control: theme.control,
            owner: theme.owner.clone(),
            word_count: count_words(theme),
            comments: self.comments.get(&theme.id).copied().unwrap_or_default(),
            edits: edits.filter(|edit| edit.edit.theme() == theme.id).count(),
        }
    }

    fn summaries(&self) -> Vec<ThemeSummary> {
        let themes = self.draft.edited.themes.iter();
        themes.map(|theme| self.summary(theme)).collect()
    }
}

#[derive(Template)]
#[template(path = "taxonomy.html")]
struct TaxonomyPage {
    frame: Frame,
    editor: bool,
    version: i32,
    /// Version that was just taken into use.
    used: Option<i32>,
    edits: usize,
    themes: Vec<ThemeSummary>,
    period: Period,
    details: Details,
}

impl TaxonomyPage {
    fn polarity(&self, polarity: &Polarity) -> String {
        self.frame.t(polarity_text(*polarity))
    }

    fn proposed(&self, proposed: &Proposed) -> Message {
        msg!(
            "taxonomy-proposed-term",
            term = &proposed.term,
            theme = &proposed.theme,
            polarity = self.polarity(&proposed.polarity),
            count = proposed.annotations
        )
    }

    fn kappa_caption(&self) -> Message {
        msg!("taxonomy-agreement-caption", limit = decimal(MIN_KAPPA, 1))
    }
}

#[derive(Deserialize)]
pub struct TaxonomyQuery {
    /// Version that was just taken into use.
    used: Option<i32>,
}

/// `GET /taxonomy`
pub async fn taxonomy_page(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    query: Query<TaxonomyQuery>,
) -> WebResult {
    let organisation = actor.organisation;
    let read = state.db.read(move |c| {
        let themes = Themes::of(c, organisation)?;
        Ok::<_, WebError>((themes, details(c, organisation)?))
    });
    let (themes, details) = read.await?;
    page(&TaxonomyPage {
        frame: Frame::of(&req),
        editor: may_edit(actor.roles),
        version: themes.draft.version,
        used: query.used.filter(|used| *used == themes.draft.version),
        edits: themes.draft.edits.len(),
        themes: themes.summaries(),
        period: themes.period,
        details,
    })
}

/// Lists the themes with the edits of the draft.
#[utoipa::path(
    get,
    path = "/api/v1/taxonomy/themes",
    tag = "Feedback",
    operation_id = "list_themes",
    responses((status = 200, body = List<ThemeSummary>))
)]
pub async fn themes_json(
    state: Data<State>,
    actor: Actor,
) -> Result<Json<List<ThemeSummary>>, WebError> {
    let themes = state
        .db
        .read(move |c| Themes::of(c, actor.organisation))
        .await?;
    Ok(Json(List::complete(themes.summaries())))
}
