//! The week's praise as a page to keep: customers' own words, for one agent or for a team's coach to pass on. Pure.

use chrono::NaiveDate;

use super::{
    error::Result,
    weekly::{self, Praise},
};
use crate::{
    accounts,
    db::DbConnection,
    documents::model::{Block, Document, day},
    feedback::{Period, period::week_of},
    types::Id,
    workforce::Agent,
};

/// Comments of one agent in a digest.
const MOST: usize = 12;

/// Whose praise, in the order in which it stands.
pub struct Praised {
    pub name: String,
    pub praise: Vec<Praise>,
}

/// The praise that some agents had in a week, as a document.
///
/// # Errors
/// Database errors.
pub fn praise_digest(
    c: &mut DbConnection,
    organisation: Id,
    agents: &[Agent],
    week: Period,
) -> Result<Document> {
    let founded = accounts::organisation(c, organisation)?;
    let ids: Vec<Id> = agents.iter().map(|a| a.id).collect();
    let mut found = weekly::of_agents(c, organisation, &ids, week)?;
    let people: Vec<Praised> = agents
        .iter()
        .map(|agent| Praised {
            name: agent.name.clone(),
            praise: found.remove(&agent.id).unwrap_or_default(),
        })
        .collect();
    let (monday, _) = week_of(week.to.date());
    Ok(document(&founded.name, founded.synthetic, monday, &people))
}

/// A digest of the week that begins on `monday`.
fn document(
    organisation: &str,
    synthetic: bool,
    monday: NaiveDate,
    people: &[Praised],
) -> Document {
    let mut blocks = Vec::new();
    let all: usize = people.iter().map(|p| p.praise.len()).sum();
    blocks.push(Block::paragraph(match all {
        0 => {
            "No praise in words this week. Scores without words are not in this digest.".to_owned()
        }
        1 => "One customer took the time to say something good.".to_owned(),
        n => format!("{n} customers took the time to say something good."),
    }));
    for person in people.iter().filter(|p| !p.praise.is_empty()) {
        blocks.push(Block::heading(&person.name));
        for praise in person.praise.iter().take(MOST) {
            let about = if praise.themes.is_empty() {
                String::new()
            } else {
                format!(", about {}", praise.themes.join(", ").to_lowercase())
            };
            blocks.push(Block::Quote {
                text: praise.comment.clone(),
                source: format!("a customer, {}{about}", day(praise.at)),
            });
        }
        if person.praise.len() > MOST {
            blocks.push(Block::note(format!(
                "And {} more.",
                person.praise.len() - MOST
            )));
        }
    }
    Document {
        title: match people {
            [one] => format!("What customers said to {}", one.name),
            _ => "What customers said this week".to_owned(),
        },
        subtitle: format!("{organisation} · week of {}", day(monday)),
        language: "en".to_owned(),
        footer: "Customers' own words, without personal data. Praise is not counted, compared or ranked. Rapport.".to_owned(),
        banner: synthetic.then(|| "Synthetic data: nobody in this digest exists.".to_owned()),
        blocks,
    }
}
