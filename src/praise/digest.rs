//! The praise of a week as a document to keep: customers' own words, for one agent or for a team's
//! coach to pass on.

use chrono::NaiveDate;

use super::{
    error::Result,
    weekly::{self, Praised},
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

/// An agent with what customers said that is good.
struct Person {
    name: String,
    said: Praised,
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
    let people: Vec<Person> = agents
        .iter()
        .map(|agent| Person {
            name: agent.name.clone(),
            said: found.remove(&agent.id).unwrap_or_default(),
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

fn title(people: &[Person]) -> Message {
    match people {
        [one] => msg!("digest-title-agent", agent = &one.name),
        _ => msg!("digest-title"),
    }
}

fn document(locale: &Locale, frame: Frame, people: &[Person]) -> Document {
    let mut builder = Builder::new(locale);
    let comments: usize = people.iter().map(|p| p.said.praise.len()).sum();
    builder.paragraph(match comments {
        0 => msg!("digest-none"),
        n => msg!("digest-count", count = n),
    });
    for person in people.iter().filter(|p| p.said != Praised::default()) {
        let Praised { praise, pleased } = &person.said;
        builder.heading(&person.name);
        for praise in praise.iter().take(MOST_COMMENTS) {
            builder.quote(&praise.comment, source(praise.at, &praise.themes));
        }
        if praise.len() > MOST_COMMENTS {
            let more = praise.len() - MOST_COMMENTS;
            builder.note(msg!("digest-more", count = more));
        }
        if *pleased > 0 {
            builder.note(msg!("pleased-without-reason", count = pleased));
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
