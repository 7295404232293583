//! The praise of a week as a document to keep: customers' own words, for one agent or for a team's
//! coach to pass on.

use chrono::NaiveDate;

use super::{
    error::Result,
    weekly::{self, Praise},
};
use crate::{
    accounts,
    db::DbConnection,
    documents::{
        builder::{Builder, Frame},
        model::Document,
    },
    feedback::{Period, period::week_of},
    locale::{Locale, Message, list},
    msg,
    types::Id,
    workforce::Agent,
};

/// Most comments of one agent.
const MOST_COMMENTS: usize = 12;

/// An agent's praise, those that name a theme first, then the newest first.
struct Praised {
    name: String,
    praise: Vec<Praise>,
}

/// The praise that some agents had in a week, as a document.
pub fn praise_digest(
    c: &mut DbConnection,
    organisation: Id,
    agents: &[Agent],
    week: Period,
    locale: &Locale,
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
    let frame = Frame {
        title: title(&people),
        subtitle: msg!(
            "digest-subtitle",
            organisation = founded.name,
            date = monday
        ),
        footer: msg!("digest-footer"),
        synthetic: founded.synthetic,
    };
    Ok(document(locale, frame, &people))
}

fn title(people: &[Praised]) -> Message {
    match people {
        [one] => msg!("digest-title-agent", agent = &one.name),
        _ => msg!("digest-title"),
    }
}

fn document(locale: &Locale, frame: Frame, people: &[Praised]) -> Document {
    let mut builder = Builder::new(locale);
    let comments: usize = people.iter().map(|p| p.praise.len()).sum();
    builder.paragraph(match comments {
        0 => msg!("digest-none"),
        n => msg!("digest-count", count = n),
    });
    for person in people.iter().filter(|p| !p.praise.is_empty()) {
        builder.heading(&person.name);
        for praise in person.praise.iter().take(MOST_COMMENTS) {
            builder.quote(&praise.comment, source(praise.at, &praise.themes));
        }
        if person.praise.len() > MOST_COMMENTS {
            let more = person.praise.len() - MOST_COMMENTS;
            builder.note(msg!("digest-more", count = more));
        }
    }
    builder.finish(frame)
}

fn source(at: NaiveDate, themes: &[String]) -> Message {
    if themes.is_empty() {
        return msg!("customer-on", date = at);
    }
    msg!("customer-on-about", date = at, about = list(themes))
}
