//! Recorded observations: what a coach saw in contacts they listened to. Coaches and administrators
//! see them; the agent sees how often a behaviour was seen, in a shared plan that prints it.

use std::collections::BTreeMap;

use chrono::Duration;

use super::{
    correction::{correctable_until, is_correctable},
    error::{CoachingError, Result},
    gates::{RECENT_DAYS, WINDOW_DAYS},
    observation::{
        LONGEST_FIELD, LONGEST_NOTE, NewObservation, Observation, ObservationError, Sighting,
    },
    pauses::midnight,
    practice,
    store::{self, ObservationRow},
};
use crate::{
    accounts::Actor,
    db::DbConnection,
    tagging,
    text::{entered, taxonomy::Control},
    types::{Id, Instant, Json},
    workforce,
};

/// Most observations of one agent that are read.
const MOST_OBSERVATIONS: i64 = 500;

/// A behaviour of the practice library.
#[derive(Clone, Debug)]
pub struct Behaviour {
    pub theme: String,
    pub name: String,
    /// Behaviour at expectation, from the practice library.
    pub at: String,
}

/// The behaviours that can be observed, in the order of the themes.
pub fn behaviours(c: &mut DbConnection, organisation: Id) -> Result<Vec<Behaviour>> {
    let taxonomy = tagging::taxonomy(c, organisation)?;
    let library = practice::library(c, organisation, &taxonomy)?;
    let themes = taxonomy.themes.iter();
    let observable = themes.filter(|theme| theme.control != Control::Process);
    let behaviours = observable.filter_map(|theme| {
        Some(Behaviour {
            theme: theme.id.clone(),
            name: theme.name.clone(),
            at: library.practice_for(&theme.id)?.at.clone(),
        })
    });
    Ok(behaviours.collect())
}

/// Records an observed contact.
///
/// # Errors
/// [`CoachingError::Workforce`] for an unknown agent; [`CoachingError::Observation`].
pub fn record(
    c: &mut DbConnection,
    actor: &Actor,
    agent: Id,
    new: &NewObservation,
    now: Instant,
) -> Result<Observation> {
    let organisation = actor.organisation;
    workforce::agent(c, organisation, agent)?;
    let age = (now.date() - new.date).num_days();
    if !(0..=WINDOW_DAYS).contains(&age) {
        return Err(ObservationError::Date.into());
    }
    let behaviours = marked(c, organisation, new)?;
    let row = ObservationRow {
        organisation_id: organisation,
        id: Id::new(),
        agent_id: agent,
        observed_on: midnight(new.date),
        channel: checked(entered::line(&new.channel), LONGEST_FIELD)?,
        contact: checked(entered::line(&new.contact), LONGEST_FIELD)?,
        behaviours: Json::of(&behaviours)?,
        note: checked(entered::lines(&new.note), LONGEST_NOTE)?,
        observer: actor.name.clone(),
        created_by: actor.label(),
        created_at: now,
    };
    store::insert_observation(c, &row)?;
    actor.record(c, "observation.recorded", ("observation", row.id), now)?;
    observation(row)
}

/// The behaviours that are seen or not seen, all of them in the practice library.
fn marked(
    c: &mut DbConnection,
    organisation: Id,
    new: &NewObservation,
) -> Result<BTreeMap<String, Sighting>> {
    let known = behaviours(c, organisation)?;
    for theme in new.behaviours.keys() {
        if known.iter().all(|behaviour| behaviour.theme != *theme) {
            return Err(ObservationError::NotInLibrary(theme.clone()).into());
        }
    }
    let mut marked = new.behaviours.clone();
    marked.retain(|_, sighting| *sighting != Sighting::NotApplicable);
    if marked.is_empty() {
        return Err(ObservationError::NothingMarked.into());
    }
    Ok(marked)
}

fn checked(text: String, longest: usize) -> Result<String> {
    if text.chars().count() > longest {
        return Err(ObservationError::TooLong.into());
    }
    Ok(text)
}

/// Observations of an agent in the last year, newest first.
///
/// # Errors
/// [`CoachingError::Workforce`] for an unknown agent.
pub fn of_agent(
    c: &mut DbConnection,
    organisation: Id,
    agent: Id,
    now: Instant,
) -> Result<Vec<Observation>> {
    workforce::agent(c, organisation, agent)?;
    since(
        c,
        organisation,
        agent,
        now.plus(-Duration::days(WINDOW_DAYS)),
    )
}

/// Observations that a plan made now reads: those of the last [`RECENT_DAYS`].
pub fn recent(
    c: &mut DbConnection,
    organisation: Id,
    agent: Id,
    now: Instant,
) -> Result<Vec<Observation>> {
    since(
        c,
        organisation,
        agent,
        now.plus(-Duration::days(RECENT_DAYS)),
    )
}

fn since(
    c: &mut DbConnection,
    organisation: Id,
    agent: Id,
    from: Instant,
) -> Result<Vec<Observation>> {
    let day = midnight(from.date());
    let rows = store::observations_since(c, organisation, agent, day, MOST_OBSERVATIONS)?;
    rows.into_iter().map(observation).collect()
}

fn observation(row: ObservationRow) -> Result<Observation> {
    Ok(Observation {
        id: row.id,
        date: row.observed_on.date(),
        channel: row.channel,
        contact: row.contact,
        behaviours: row.behaviours.read()?,
        note: row.note,
        by: row.observer,
        recorded_at: row.created_at,
        deletable_until: correctable_until(row.created_at),
    })
}

/// Deletes an observation of an agent. Plans made from it keep their figures.
///
/// # Errors
/// [`CoachingError::NoObservation`]; [`CoachingError::ObservationKept`] a day after it was
/// recorded.
pub fn delete(c: &mut DbConnection, actor: &Actor, agent: Id, id: Id, now: Instant) -> Result<()> {
    let organisation = actor.organisation;
    let recorded = store::observation_recorded_at(c, organisation, agent, id)?
        .ok_or(CoachingError::NoObservation)?;
    if !is_correctable(recorded, now) {
        return Err(CoachingError::ObservationKept);
    }
    store::delete_observation(c, organisation, id)?;
    Ok(actor.record(c, "observation.deleted", ("observation", id), now)?)
}
