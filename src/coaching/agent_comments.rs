//! The comments about an agent, for their coach: newest first, filtered by theme, polarity, score,
//! channel and words.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::error::{CoachingError, Result};
use crate::{
    db::DbConnection,
    feedback::{
        self, FeedbackRow, Period, ThemeMentionRow, printing::with_agent, score::ScoreScale,
        score_format::describe_score, sources,
    },
    locale::Message,
    msg,
    praise::moderation,
    tagging,
    text::{mention::Polarity, taxonomy::Taxonomy},
    types::{Id, Instant},
    workforce,
};

/// Days of feedback that are listed, until the newest feedback of the organisation.
const DAYS: i64 = 365;
/// Records that are searched, of the newest.
const MOST_RECORDS: i64 = 5_000;
/// Comments of a page.
const PAGE: usize = 40;

/// Filter of a list of comments. An empty field does not restrict it.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct CommentFilter {
    /// Part of the comment, or the id of the contact.
    pub find: String,
    /// Id of a theme that the comment mentions.
    #[param(example = "patience")]
    pub theme: String,
    /// Polarity of that theme, or of any: `positive`, `negative`, `neutral` or `request`.
    pub polarity: String,
    /// `good` or `poor`.
    pub score: String,
    pub channel: String,
    /// `next` of the previous reply.
    pub after: Option<Id>,
}

/// A comment with what was read in it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AgentComment {
    /// The record of feedback.
    pub id: Id,
    /// Id of the contact in the file or program that the feedback comes from.
    #[schema(example = "case-2041")]
    pub contact: String,
    /// Address of the contact, where the source's mapping has one.
    #[schema(example = "https://crm.example/contacts/case-2041")]
    pub contact_link: Option<String>,
    pub occurred_at: Instant,
    pub channel: String,
    pub issue: String,
    pub scale: Option<String>,
    pub score: Option<f64>,
    /// Whether the score is good.
    pub good: Option<bool>,
    #[schema(example = "She was patient with me.")]
    pub comment: String,
    /// Whether the comment insults, so that the agent does not see it.
    pub withheld: bool,
    pub mentions: Vec<CommentMention>,
}

impl AgentComment {
    /// The score with its scale, for people.
    pub fn described_score(&self) -> Option<Message> {
        let scale = ScoreScale::parse(self.scale.as_deref()?).ok()?;
        let score = describe_score(scale, self.score?);
        Some(msg!("agent-comments-scored", score = score))
    }
}

/// A theme that a comment mentions.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CommentMention {
    #[schema(example = "patience")]
    pub theme: String,
    #[schema(example = "Patience")]
    pub name: String,
    pub polarity: Polarity,
    /// Words of the clause that decided.
    #[schema(example = "patient")]
    pub words: String,
    pub clause: String,
    /// Contradicts the score, so that it does not count.
    pub contradicts_score: bool,
}

/// A page of an agent's comments.
#[derive(Clone, Debug)]
pub struct AgentComments {
    pub items: Vec<AgentComment>,
    /// Start of the next page.
    pub next: Option<Id>,
    /// Comments that the filter leaves.
    pub found: usize,
    /// Comments of the period.
    pub all: usize,
    pub period: Period,
    /// Id and name of each theme that is mentioned, by name.
    pub themes: Vec<(String, String)>,
    pub channels: BTreeSet<String>,
}

/// Comments about an agent in the last year of feedback.
///
/// # Errors
/// [`CoachingError::Workforce`] for an unknown agent, [`CoachingError::Filter`].
pub fn agent_comments(
    c: &mut DbConnection,
    organisation: Id,
    agent: Id,
    filter: &CommentFilter,
    now: Instant,
) -> Result<AgentComments> {
    let wanted = Wanted::of(filter)?;
    let agent = workforce::agent(c, organisation, agent)?;
    let period = feedback::latest_period(c, organisation, DAYS, now)?;
    let mut rows = feedback::feedback_of(c, organisation, agent.id, period, MOST_RECORDS)?;
    rows.retain(|row| row.comment.is_some());
    let ids: Vec<Id> = rows.iter().map(|row| row.id).collect();
    let mut mentions: BTreeMap<Id, Vec<ThemeMentionRow>> = BTreeMap::new();
    for some in ids.chunks(500) {
        for mention in feedback::mentions_on(c, organisation, some)? {
            mentions
                .entry(mention.feedback_id)
                .or_default()
                .push(mention);
        }
    }
    let withheld = moderation::withheld(c, organisation, &rows)?;
    let taxonomy = tagging::taxonomy(c, organisation)?;
    let (all, channels) = (rows.len(), rows.iter().map(|row| row.channel.clone()));
    let channels = channels.filter(|channel| !channel.is_empty()).collect();
    let themes = names(&taxonomy, mentions.values().flatten());
    let none = Vec::new();
    let of = |row: &FeedbackRow| mentions.get(&row.id).unwrap_or(&none);
    rows.retain(|row| wanted.includes(row, of(row)));
    let found = rows.len();
    let from = match filter.after {
        None => 0,
        Some(after) => {
            let place = rows.iter().position(|row| row.id == after);
            place.ok_or(CoachingError::Filter("after"))? + 1
        }
    };
    let shown: Vec<&FeedbackRow> = rows.iter().skip(from).take(PAGE).collect();
    let imports: BTreeSet<Id> = shown.iter().map(|row| row.import_id).collect();
    let links = sources::contact_links(c, organisation, &imports)?;
    let items: Vec<AgentComment> = shown
        .into_iter()
        .map(|row| {
            let link = links.get(&row.import_id);
            AgentComment {
                contact_link: link.map(|link| link.of(&row.external_id)),
                withheld: withheld.contains(&row.id),
                ..comment(row, of(row), &taxonomy, &agent.name)
            }
        })
        .collect();
    let next = items.last().filter(|_| found > from + PAGE);
    Ok(AgentComments {
        next: next.map(|last| last.id),
        items,
        found,
        all,
        period,
        themes,
        channels,
    })
}

/// A filter that was checked.
struct Wanted<'f> {
    find: String,
    theme: &'f str,
    polarity: Option<Polarity>,
    good: Option<bool>,
    channel: &'f str,
}

impl<'f> Wanted<'f> {
    fn of(filter: &'f CommentFilter) -> Result<Self> {
        let polarity = match filter.polarity.as_str() {
            "" => None,
            name => Some(Polarity::parse(name).ok_or(CoachingError::Filter("polarity"))?),
        };
        let good = match filter.score.as_str() {
            "" => None,
            "good" => Some(true),
            "poor" => Some(false),
            _ => return Err(CoachingError::Filter("score")),
        };
        Ok(Self {
            find: filter.find.trim().to_lowercase(),
            theme: &filter.theme,
            polarity,
            good,
            channel: &filter.channel,
        })
    }

    fn includes(&self, row: &FeedbackRow, mentions: &[ThemeMentionRow]) -> bool {
        let text = row.comment.as_deref().unwrap_or_default();
        let is_found = row.external_id.eq_ignore_ascii_case(&self.find)
            || text.to_lowercase().contains(&self.find);
        let names_theme = |m: &ThemeMentionRow| {
            (self.theme.is_empty() || m.theme == self.theme)
                && self.polarity.is_none_or(|polarity| m.polarity == polarity)
        };
        let any_theme = self.theme.is_empty() && self.polarity.is_none();
        is_found
            && (any_theme || mentions.iter().any(names_theme))
            && self.good.is_none_or(|good| row.good == Some(good))
            && (self.channel.is_empty() || row.channel == self.channel)
    }
}

/// Id and name of each theme, by name.
fn names<'m>(
    taxonomy: &Taxonomy,
    mentions: impl Iterator<Item = &'m ThemeMentionRow>,
) -> Vec<(String, String)> {
    let ids: BTreeSet<&str> = mentions.map(|m| m.theme.as_str()).collect();
    let mut names: Vec<(String, String)> = ids
        .into_iter()
        .map(|id| (id.to_owned(), name(taxonomy, id)))
        .collect();
    names.sort_by(|a, b| a.1.cmp(&b.1));
    names
}

/// A theme that left the taxonomy keeps its id.
fn name(taxonomy: &Taxonomy, id: &str) -> String {
    let theme = taxonomy.theme(id);
    theme.map_or_else(|| id.to_owned(), |theme| theme.name.clone())
}

fn comment(
    row: &FeedbackRow,
    mentions: &[ThemeMentionRow],
    taxonomy: &Taxonomy,
    agent: &str,
) -> AgentComment {
    let mentions = mentions.iter().map(|m| CommentMention {
        theme: m.theme.clone(),
        name: name(taxonomy, &m.theme),
        polarity: m.polarity,
        words: m.words.clone(),
        clause: m.clause_text.clone(),
        contradicts_score: m.contradicts_score,
    });
    AgentComment {
        id: row.id,
        contact: row.external_id.clone(),
        contact_link: None,
        occurred_at: row.occurred_at,
        channel: row.channel.clone(),
        issue: row.issue.clone(),
        scale: row.scale.clone(),
        score: row.score,
        good: row.good,
        comment: with_agent(row.comment.as_deref().unwrap_or_default(), agent).into_owned(),
        withheld: false,
        mentions: mentions.collect(),
    }
}
