//! Complaints by team and theme, with cells hidden that could identify people.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::{
    tallies::Tallies,
    team_rates::{MIN_AGENTS, TeamRate},
    theme_trends::ThemeTrend,
};
use crate::{stats::suppression, text::mention::Polarity, types::Id};

/// Themes shown: those with most complaints in the organisation.
const THEMES: usize = 6;
/// Comments below which a number is hidden.
const MIN_COMMENTS: u64 = 3;

/// Complaints about one team.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct TeamLine {
    pub id: Id,
    pub name: String,
    /// Analysed comments.
    pub comments: u64,
    /// Complaints about each theme of the table. Null where they are few, or where another team's
    /// few could be derived.
    pub trouble: Vec<Option<u64>>,
}

/// Complaints by theme and team.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct TeamThemes {
    /// Names of the themes, most complaints first.
    pub themes: Vec<String>,
    pub teams: Vec<TeamLine>,
}

/// Counts each agent's comments in the team where most of their scores are. Teams whose rate is
/// hidden are left out. `themes` are those of the organisation, most complaints first.
pub fn team_themes(tallies: &Tallies, teams: &[TeamRate], themes: &[ThemeTrend]) -> TeamThemes {
    let themes: Vec<&ThemeTrend> = themes
        .iter()
        .filter(|t| t.trouble > 0)
        .take(THEMES)
        .collect();
    let main = tallies.main_teams();
    let in_team = |team: &TeamRate| main.values().filter(|of| **of == team.id).count() as u64;
    let mut agents: Vec<u64> = teams
        .iter()
        .filter(|t| t.rate.is_some())
        .map(in_team)
        .collect();
    agents.push(tallies.agents.len() as u64 - agents.iter().sum::<u64>());
    // Whom the last cell holds would follow from the total.
    let hidden = suppression::hidden(&agents, MIN_AGENTS);
    let shown: Vec<&TeamRate> = teams
        .iter()
        .filter(|team| team.rate.is_some())
        .zip(&hidden)
        .filter_map(|(team, hidden)| (!hidden).then_some(team))
        .collect();
    if shown.len() < 2 || themes.is_empty() {
        return TeamThemes::default();
    }
    let columns: BTreeMap<Id, usize> = shown.iter().map(|team| team.id).zip(0..).collect();
    // The last column is everybody else.
    let column = |agent: &Id| {
        let own = main.get(agent).and_then(|team| columns.get(team));
        own.copied().unwrap_or(shown.len())
    };
    let keys = themes.iter().map(|t| (t.theme.clone(), Polarity::Negative));
    let keys: Vec<(String, Polarity)> = keys.collect();
    let mut comments = vec![0; shown.len() + 1];
    let mut trouble = vec![vec![0; shown.len() + 1]; themes.len()];
    for (agent, found) in &tallies.agents {
        let at = column(agent);
        comments[at] += found.analysed;
        for (key, cells) in keys.iter().zip(&mut trouble) {
            cells[at] += found.themes.get(key).map_or(0, |n| n.comments);
        }
    }
    let told: Vec<Vec<Option<u64>>> = trouble
        .iter()
        .map(|cells| {
            let mut hidden = suppression::hidden(cells, MIN_COMMENTS);
            let kept = cells.iter().zip(&hidden).filter(|(_, hidden)| **hidden);
            let kept: u64 = kept.map(|(n, _)| n).sum();
            if kept > 0 && kept < MIN_COMMENTS {
                // Too few to hide among: nothing is told of where they are not, either.
                hidden.fill(true);
            }
            let cells = cells.iter().zip(hidden);
            cells.map(|(n, hidden)| (!hidden).then_some(*n)).collect()
        })
        .collect();
    let line = |(at, team): (usize, &&TeamRate)| TeamLine {
        id: team.id,
        name: team.name.clone(),
        comments: comments[at],
        trouble: told.iter().map(|cells| cells[at]).collect(),
    };
    TeamThemes {
        themes: themes.iter().map(|theme| theme.name.clone()).collect(),
        teams: shown.iter().enumerate().map(line).collect(),
    }
}
