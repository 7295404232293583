//! Material for a team workshop of an hour, about the theme that matters most for the team.
//!
//! Nobody in the room can be recognised: the comments are of at least five customers about at least
//! three agents, without dates, channels or names, in alphabetical order.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::{
    error::{CoachingError, Result},
    gates,
    library::Practice,
    practice,
    team_theme::{MIN_AGENTS, MIN_COMMENTS, team_theme},
};
use crate::{
    accounts,
    db::DbConnection,
    feedback::{self, MentionCount, Period, ThemeMentionRow},
    insight::{AgentTallies, drivers, tallies},
    praise::moderation,
    stats::intervals::detectable_rate_difference,
    tagging::{self, agreement},
    text::{
        mention::Polarity,
        taxonomy::{Control, Taxonomy},
    },
    types::{Id, Instant},
    workforce,
};

/// Number of comments that are read aloud; with fewer there is no workshop.
const COMPLAINTS: usize = 5;
/// Most examples of praise.
const MOST_PRAISE: usize = 3;

/// The material of a workshop.
#[derive(Clone, Debug, PartialEq)]
pub struct Workshop {
    pub organisation: String,
    pub synthetic: bool,
    pub team: String,
    pub created: NaiveDate,
    pub period: Period,
    pub theme: String,
    pub said_badly: String,
    pub said_well: String,
    /// Share of the team's comments that complain about the theme, and of other teams'.
    pub rate: f64,
    pub elsewhere: Option<f64>,
    /// Comments of the team that complain about the theme, of those analysed.
    pub comments: u64,
    pub analysed: u64,
    /// Parts of comments that identify nobody.
    pub complaints: Vec<String>,
    pub praise: Vec<String>,
    pub practice: Practice,
    /// Smallest change of the rate that a month like this could show.
    pub detectable: f64,
    pub attendees: usize,
}

/// The theme with the largest product of complaints and driver weight, for a team without a theme
/// that it has more complaints about than the others.
fn most_mentioned(
    counts: &BTreeMap<Id, AgentTallies>,
    team: &BTreeSet<Id>,
    taxonomy: &Taxonomy,
    weights: &drivers::Drivers,
    unreliable: &BTreeSet<String>,
) -> Option<String> {
    let mut found: Vec<(f64, String)> = Vec::new();
    for theme in taxonomy
        .themes
        .iter()
        .filter(|t| t.control != Control::Process && !unreliable.contains(&t.id))
    {
        let key = (theme.id.clone(), Polarity::Negative);
        let of = |id: &Id| {
            counts
                .get(id)
                .and_then(|c| c.themes.get(&key))
                .copied()
                .unwrap_or_default()
        };
        let about = team.iter().filter(|id| of(id).comments > 0).count();
        let n: MentionCount = team.iter().map(of).sum();
        if about >= MIN_AGENTS && n.rounded() >= MIN_COMMENTS {
            found.push((n.expected * weights.weight(&theme.id), theme.id.clone()));
        }
    }
    found.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    found.into_iter().next().map(|(_, theme)| theme)
}

/// Most mentions of each polarity that are considered, the newest.
const MOST_MENTIONS: i64 = 2_000;

/// One mention about each agent, then a second about each, and so on, so that the first ones are
/// about as many agents as possible.
fn in_turn(mentions: Vec<ThemeMentionRow>) -> Vec<ThemeMentionRow> {
    let mut seen: BTreeMap<Id, usize> = BTreeMap::new();
    let mut numbered: Vec<(usize, ThemeMentionRow)> = mentions
        .into_iter()
        .map(|mention| {
            let turn = seen.entry(mention.agent_id).or_default();
            *turn += 1;
            (*turn, mention)
        })
        .collect();
    numbered.sort_by_key(|(turn, _)| *turn);
    numbered.into_iter().map(|(_, mention)| mention).collect()
}

/// Prepares a workshop from the last 90 days of feedback.
///
/// # Errors
/// [`CoachingError::NoTeam`]; [`CoachingError::TooFewComments`] if somebody could be recognised.
pub fn prepare(
    c: &mut DbConnection,
    organisation: Id,
    team_id: Id,
    now: Instant,
) -> Result<Workshop> {
    let team = workforce::teams(c, organisation)?
        .into_iter()
        .find(|t| t.id == team_id)
        .ok_or(CoachingError::NoTeam)?;
    let founded = accounts::organisation(c, organisation)?;
    let period = feedback::latest_period(c, organisation, gates::RECENT_DAYS, now)?;
    let counts = tallies::tallies(c, organisation, period)?;
    let members = counts.members(team_id);
    let taxonomy = tagging::taxonomy(c, organisation)?;
    let unreliable = agreement::unreliable(c, organisation, &taxonomy)?;
    let weights = drivers::last(c, organisation)?.unwrap_or_default();
    let own_theme = team_theme(
        &counts.agents,
        &counts.main_teams(),
        &members,
        &taxonomy,
        &weights,
        &unreliable,
    );
    let chosen = own_theme
        .map(|t| t.theme)
        .or_else(|| most_mentioned(&counts.agents, &members, &taxonomy, &weights, &unreliable));
    let theme = chosen
        .and_then(|id| taxonomy.theme(&id))
        .ok_or(CoachingError::TooFewComments)?;
    let library = practice::library(c, organisation, &taxonomy)?;
    let practised = library
        .practice_for(&theme.id)
        .cloned()
        .ok_or(CoachingError::TooFewComments)?;
    let members_list: Vec<Id> = members.iter().copied().collect();
    let mut newest = |polarity| {
        let of = (theme.id.as_str(), polarity);
        feedback::mentions_about_agents(c, organisation, of, &members_list, period, MOST_MENTIONS)
    };
    let mut ordered = |polarity| -> Result<Vec<ThemeMentionRow>> {
        Ok(in_turn(moderation::most_probable_first(newest(polarity)?)))
    };
    let (bad, good) = (ordered(Polarity::Negative)?, ordered(Polarity::Positive)?);
    let complaints = moderation::quotable(c, organisation, bad, COMPLAINTS)?;
    let agents: BTreeSet<Id> = complaints.iter().map(|t| t.agent_id).collect();
    if complaints.len() < COMPLAINTS || agents.len() < MIN_AGENTS {
        return Err(CoachingError::TooFewComments);
    }
    let sorted = |mentions: Vec<ThemeMentionRow>| {
        let mut texts: Vec<String> = mentions.into_iter().map(|t| t.clause_text).collect();
        texts.sort();
        texts
    };
    let praise = moderation::quotable(c, organisation, good, MOST_PRAISE)?;
    let key = (theme.id.clone(), Polarity::Negative);
    let sum = |ours: bool| {
        let of = counts
            .agents
            .iter()
            .filter(|(id, _)| members.contains(*id) == ours);
        of.fold((0, 0), |(x, n), (_, c)| {
            (
                x + c.themes.get(&key).map_or(0, |n| n.comments),
                n + c.analysed,
            )
        })
    };
    let ((x, n), (other_x, other_n)) = (sum(true), sum(false));
    let rate = x as f64 / n.max(1) as f64;
    let month = (n / 3).max(1);
    Ok(Workshop {
        organisation: founded.name,
        synthetic: founded.synthetic,
        team: team.name,
        created: now.date(),
        period,
        theme: theme.name.clone(),
        said_badly: theme.said_badly.clone(),
        said_well: theme.said_well.clone(),
        rate,
        elsewhere: (other_n >= gates::MIN_PEER_COMMENTS).then(|| other_x as f64 / other_n as f64),
        comments: x,
        analysed: n,
        complaints: sorted(complaints),
        praise: sorted(praise),
        practice: practised,
        detectable: detectable_rate_difference(rate, month, month, 0.8, 1.0, 0.0),
        attendees: members.len(),
    })
}
