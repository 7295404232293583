//! An hour for a whole team: guide, handout and attendance, about what the team's customers speak of most to some effect.
//!
//! Nobody in the room can be recognised: at least five customers about at least three agents, without dates, channels or names,
//! in the order of the alphabet.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::{
    document::{capital, percent},
    error::{CoachingError, Result},
    gates,
    library::Practice,
    practice,
    team_theme::{MIN_AGENTS, MIN_COMMENTS, team_theme},
};
use crate::{
    accounts,
    db::DbConnection,
    documents::model::{Block, Document, day},
    feedback::{self, Period, ThemeMentionRow},
    insight::{AgentTallies, drivers, tallies},
    praise::moderation,
    stats::intervals::detectable_rate_difference,
    tagging::{self, agreement},
    text::{
        tagger::Polarity,
        taxonomy::{Control, Taxonomy},
    },
    types::{Id, Instant},
    workforce,
};

/// Customers' voices in a pack, and the fewest without which there is none.
const VOICES: usize = 5;

/// What a pack is made of.
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
    /// Of the team's comments read, and elsewhere.
    pub rate: f64,
    pub elsewhere: Option<f64>,
    pub comments: u64,
    /// Comments of the team that were read.
    pub analysed: u64,
    /// What customers said, none of it with anything that tells of whom.
    pub voices: Vec<String>,
    pub exemplars: Vec<String>,
    pub practice: Practice,
    /// Smallest change of the rate that a month like this could show.
    pub detectable: f64,
    pub attendees: usize,
}

/// The theme that moves most for the team, where none stands out against the others: most comments x weight.
fn most_spoken_of(
    counts: &BTreeMap<Id, AgentTallies>,
    team: &BTreeSet<Id>,
    taxonomy: &Taxonomy,
    weights: &drivers::Drivers,
    barred: &BTreeSet<String>,
) -> Option<String> {
    let mut found: Vec<(f64, String)> = Vec::new();
    for theme in taxonomy
        .themes
        .iter()
        .filter(|t| t.control != Control::Process && !barred.contains(&t.id))
    {
        let key = (theme.id.clone(), Polarity::Negative);
        let of = |id: &Id| {
            counts
                .get(id)
                .and_then(|c| c.themes.get(&key))
                .copied()
                .unwrap_or(0)
        };
        let about = team.iter().filter(|id| of(id) > 0).count();
        let n: u64 = team.iter().map(of).sum();
        if about >= MIN_AGENTS && n >= MIN_COMMENTS {
            found.push((n as f64 * weights.weight(&theme.id), theme.id.clone()));
        }
    }
    found.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    found.into_iter().next().map(|(_, theme)| theme)
}

/// Clauses of each kind that are looked at, newest first.
const MOST_CLAUSES: i64 = 2_000;

/// One clause of each agent, then a second of each, and so on: the first ones are about as many people as there are.
fn in_turn(clauses: Vec<ThemeMentionRow>) -> Vec<ThemeMentionRow> {
    let mut seen: BTreeMap<Id, usize> = BTreeMap::new();
    let mut numbered: Vec<(usize, ThemeMentionRow)> = clauses
        .into_iter()
        .map(|clause| {
            let turn = seen.entry(clause.agent_id).or_default();
            *turn += 1;
            (*turn, clause)
        })
        .collect();
    numbered.sort_by_key(|(turn, _)| *turn);
    numbered.into_iter().map(|(_, clause)| clause).collect()
}

/// Prepares a pack from the last 90 days of feedback.
///
/// # Errors
/// [`CoachingError::NoTeam`], or [`CoachingError::TooFewComments`] where somebody could be recognised.
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
    let period = feedback::latest_period(c, organisation, gates::WINDOW_DAYS, now)?;
    let counts = tallies::tallies(c, organisation, period)?;
    let members = counts.members(team_id);
    let taxonomy = tagging::taxonomy(c, organisation)?;
    let barred = agreement::barred(c, organisation, &taxonomy)?;
    let weights = drivers::last(c, organisation)?.unwrap_or_default();
    let standing_out = team_theme(&counts.agents, &members, &taxonomy, &weights, &barred);
    let chosen = standing_out
        .map(|t| t.theme)
        .or_else(|| most_spoken_of(&counts.agents, &members, &taxonomy, &weights, &barred));
    let theme = chosen
        .and_then(|id| taxonomy.theme(&id))
        .ok_or(CoachingError::TooFewComments)?;
    let library = practice::library(c, organisation, &taxonomy)?;
    let practised = library
        .practice_for(&theme.id)
        .cloned()
        .ok_or(CoachingError::TooFewComments)?;
    let members_list: Vec<Id> = members.iter().copied().collect();
    let mut clauses = |polarity| {
        let of = (theme.id.as_str(), polarity);
        feedback::mentions_about_agents(c, organisation, of, &members_list, period, MOST_CLAUSES)
    };
    let (bad, good) = (
        in_turn(clauses(Polarity::Negative)?),
        in_turn(clauses(Polarity::Positive)?),
    );
    let voices = moderation::telling(c, organisation, bad, VOICES)?;
    let agents: BTreeSet<Id> = voices.iter().map(|t| t.agent_id).collect();
    if voices.len() < VOICES || agents.len() < MIN_AGENTS {
        return Err(CoachingError::TooFewComments);
    }
    let sorted = |clauses: Vec<ThemeMentionRow>| {
        let mut texts: Vec<String> = clauses.into_iter().map(|t| t.clause_text).collect();
        texts.sort();
        texts
    };
    let voices = sorted(voices);
    let exemplars = sorted(moderation::telling(c, organisation, good, 3)?);
    let key = (theme.id.clone(), Polarity::Negative);
    let sum = |ours: bool| {
        let of = counts
            .agents
            .iter()
            .filter(|(id, _)| members.contains(*id) == ours);
        of.fold((0, 0), |(x, n), (_, c)| {
            (x + c.themes.get(&key).copied().unwrap_or(0), n + c.analysed)
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
        voices,
        exemplars,
        practice: practised,
        detectable: detectable_rate_difference(rate, month, month, 0.8, 1.0, 0.0),
        attendees: members.len(),
    })
}

/// In the middle of a sentence.
fn lower(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|c| c.to_lowercase().collect::<String>());
    first.unwrap_or_default() + chars.as_str()
}

/// The pack as a document: guide, handout, attendance.
pub fn document(w: &Workshop) -> Document {
    let mut blocks = Vec::new();
    guide(w, &mut blocks);
    blocks.push(Block::PageBreak);
    handout(w, &mut blocks);
    blocks.push(Block::PageBreak);
    attendance(w, &mut blocks);
    Document {
        title: format!("Team workshop: {}", w.theme),
        subtitle: format!("{} · team {} · {}", w.organisation, w.team, day(w.created)),
        language: "en".to_owned(),
        footer: "About work, not about people: nobody in the room is meant by a comment. Rapport."
            .to_owned(),
        banner: w
            .synthetic
            .then(|| "Synthetic data: nobody in this pack exists.".to_owned()),
        blocks,
    }
}

fn guide(w: &Workshop, blocks: &mut Vec<Block>) {
    blocks.push(Block::heading("Guide for whoever leads the hour"));
    let elsewhere = w.elsewhere.map_or_else(
        || "there is no other team to compare with".to_owned(),
        |rate| format!("{} elsewhere", percent(rate)),
    );
    blocks.push(Block::Facts {
        rows: vec![
            (
                "Why this".to_owned(),
                format!(
                    "{} of {} comments about this team spoke of {}: {}, {elsewhere}.",
                    w.comments,
                    w.analysed,
                    w.said_badly,
                    percent(w.rate)
                ),
            ),
            (
                "Read".to_owned(),
                format!("{} to {}", w.period.from.day(), w.period.to.day()),
            ),
            (
                "You need".to_owned(),
                "60 minutes, one printed handout each, somebody who writes, nobody who keeps score"
                    .to_owned(),
            ),
        ],
    });
    let steps: [(&str, &str, String); 6] = [
        ("0–5", "Voices", "Read the five voices aloud, slowly, one reader each. No discussion yet.".to_owned()),
        ("5–15", "What do we see?", "Collect what happened for the customer, in verbs. Whoever explains or defends is asked to wait.".to_owned()),
        ("15–30", "An example that worked", format!("Read the praise on the handout, or tell a contact that went well. Which words did it? This is what to look for: {}", lower(&w.practice.above))),
        ("30–45", "Practise in pairs", w.practice.say.clone()),
        ("45–55", "What gets in our way?", "Two lists: ours, and not ours. The second goes to its owners tomorrow; say who takes it.".to_owned()),
        ("55–60", "One sentence for all", format!("Choose one, aloud, together: {}", w.practice.if_then)),
    ];
    blocks.push(Block::Table {
        caption: "The hour".to_owned(),
        header: ["Minute", "Step", "How"].map(str::to_owned).to_vec(),
        rows: steps
            .into_iter()
            .map(|(minute, step, how)| vec![minute.to_owned(), step.to_owned(), how])
            .collect(),
    });
    blocks.push(Block::subheading("In thirty days"));
    blocks.push(Block::paragraph(format!(
        "Look at the team's share of comments with this theme, not at anybody's. A month with as many comments could show a change of about {:.0} points; below that the honest answer is “cannot tell yet”, and the team judges by what it sees itself do.",
        (100.0 * w.detectable).max(1.0)
    )));
    blocks.push(Block::WriteIn {
        label: "Obstacles that go to their owners, with who takes them by when:".to_owned(),
        lines: 3,
    });
}

fn handout(w: &Workshop, blocks: &mut Vec<Block>) {
    blocks.push(Block::heading(&format!("Handout: {}", w.theme)));
    blocks.push(Block::note(
        "Five customers, in no order. Names, dates and channels are left out on purpose.",
    ));
    for voice in &w.voices {
        blocks.push(Block::Quote {
            text: voice.clone(),
            source: "a customer".to_owned(),
        });
    }
    if !w.exemplars.is_empty() {
        blocks.push(Block::subheading(format!(
            "And so it can be: {}",
            w.said_well
        )));
        for praise in &w.exemplars {
            blocks.push(Block::Quote {
                text: praise.clone(),
                source: "a customer".to_owned(),
            });
        }
    }
    blocks.push(Block::Facts {
        rows: vec![
            ("Below".to_owned(), w.practice.below.clone()),
            ("At".to_owned(), w.practice.at.clone()),
            ("Above".to_owned(), w.practice.above.clone()),
        ],
    });
    blocks.push(Block::Callout {
        title: "If–then:".to_owned(),
        text: w.practice.if_then.clone(),
    });
    blocks.push(Block::Checklist {
        items: vec![
            capital(&w.practice.act),
            capital(&w.practice.reflect),
            capital(&w.practice.teach),
        ],
    });
}

fn attendance(w: &Workshop, blocks: &mut Vec<Block>) {
    blocks.push(Block::heading("Who was there"));
    let rows = w.attendees.clamp(8, 24);
    blocks.push(Block::Table {
        caption: "Attendance; signing says that one was there, nothing else".to_owned(),
        header: ["Name", "Initials"].map(str::to_owned).to_vec(),
        rows: vec![vec![" ".to_owned(), " ".to_owned()]; rows],
    });
    blocks.push(Block::WriteIn {
        label: "The sentence we chose, and how we will see that we do it:".to_owned(),
        lines: 3,
    });
}
