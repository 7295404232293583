//! Drivers of the scores: relative weights of themes over comments with a score, with bootstrap
//! intervals. Computed in the background after imports, because it takes seconds.

use std::collections::BTreeMap;

use ndarray::{Array1, Array2};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::error::Result;
use crate::{
    db::{Database, DbConnection, write_transaction},
    documents::csv,
    feedback::{self, cached_statistics},
    stats::importance::{SHARE_RESAMPLES, SHARE_SEED, drivers, share_intervals},
    tagging,
    text::{mention::Polarity, taxonomy::Theme},
    types::{Id, Instant},
};

/// Days of feedback that are read, and most comments of them.
const DAYS: i64 = 180;
const MOST_COMMENTS: usize = 30_000;
/// Comments that must mention a theme for it to be weighed.
const MIN_MENTIONS: usize = 30;

/// Share of one theme in the explained variance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Driver {
    pub theme: String,
    pub name: String,
    pub mentions: u64,
    /// Share of the explained variance, with its 95 % interval.
    pub share: f64,
    pub low: f64,
    pub high: f64,
}

/// Drivers of the scores.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Drivers {
    /// Comments with a score.
    pub comments: u64,
    /// Share of the variance of "good score" that all themes together explain.
    pub r2: f64,
    /// Largest share first.
    pub themes: Vec<Driver>,
}

impl Drivers {
    /// How much a theme moves scores against an average theme, between a quarter and four; 1 where
    /// it was not weighed.
    pub fn weight(&self, theme: &str) -> f64 {
        let found = self.themes.iter().find(|d| d.theme == theme);
        found.map_or(1.0, |d| {
            (d.share * self.themes.len() as f64).clamp(0.25, 4.0)
        })
    }
}

/// Weighs the themes in the last months of feedback and keeps the figures.
pub fn refresh(database: &Database, organisation: Id, now: Instant) -> Result<()> {
    let mut c = database.connect()?;
    let found = weigh(&mut c, organisation, now)?;
    write_transaction(&mut c, |c| {
        cached_statistics::keep(c, organisation, KIND, &found, now)
    })?;
    Ok(())
}

const KIND: &str = "drivers";

/// The figures kept last.
pub fn last(c: &mut DbConnection, organisation: Id) -> Result<Option<Drivers>> {
    Ok(cached_statistics::find(c, organisation, KIND)?)
}

/// Comments with a score, and the themes that enough of them mention.
struct Scored {
    /// 1 for good scores, 0 for others.
    good: Array1<f64>,
    themes: Vec<MentionedTheme>,
    /// Comments by themes: probability that it is praised less that it is criticised, in \[-1, 1\].
    mentions: Array2<f64>,
}

struct MentionedTheme {
    id: String,
    name: String,
    /// Comments that mention the theme.
    comments: u64,
}

fn scored(c: &mut DbConnection, organisation: Id, now: Instant) -> Result<Scored> {
    let period = feedback::latest_period(c, organisation, DAYS, now)?;
    let taxonomy = tagging::taxonomy(c, organisation)?;
    let mut scores: BTreeMap<Id, bool> = BTreeMap::new();
    for (id, good) in feedback::scored_comments(c, organisation, period)? {
        if scores.len() < MOST_COMMENTS {
            scores.insert(id, good);
        }
    }
    let mut by_theme: BTreeMap<String, BTreeMap<Id, f64>> = BTreeMap::new();
    for (id, theme, polarity, probability) in feedback::mention_polarities(c, organisation, period)?
    {
        let value = match polarity {
            Polarity::Positive => probability,
            Polarity::Negative => -probability,
            Polarity::Neutral | Polarity::Request => continue,
        };
        if scores.contains_key(&id) {
            *by_theme.entry(theme).or_default().entry(id).or_default() += value;
        }
    }
    let weighed: Vec<_> = taxonomy
        .themes
        .iter()
        .filter_map(|theme| Some((theme, by_theme.get(&theme.id)?)))
        .filter(|(_, mentions)| mentions.len() >= MIN_MENTIONS)
        .collect();
    let mut mentions = Array2::zeros((scores.len(), weighed.len()));
    for (row, id) in scores.keys().enumerate() {
        for (column, (_, of_theme)) in weighed.iter().enumerate() {
            let value: f64 = of_theme.get(id).copied().unwrap_or(0.0);
            mentions[(row, column)] = value.clamp(-1.0, 1.0);
        }
    }
    let theme = |(theme, mentions): &(&Theme, &BTreeMap<Id, f64>)| MentionedTheme {
        id: theme.id.clone(),
        name: theme.name.clone(),
        comments: mentions.len() as u64,
    };
    Ok(Scored {
        good: scores
            .values()
            .map(|good| f64::from(u8::from(*good)))
            .collect(),
        themes: weighed.iter().map(theme).collect(),
        mentions,
    })
}

/// The comments behind the figures as CSV: `good` and one column per theme, as
/// `rapport analyse drivers` reads them.
pub fn csv(c: &mut DbConnection, organisation: Id, now: Instant) -> Result<Vec<u8>> {
    let scored = scored(c, organisation, now)?;
    let mut header = vec!["good"];
    header.extend(scored.themes.iter().map(|theme| theme.id.as_str()));
    let rows = scored.good.iter().zip(scored.mentions.rows());
    let rows = rows.map(|(good, mentions)| {
        let cells = std::iter::once(good).chain(mentions);
        cells.map(f64::to_string).collect()
    });
    Ok(csv::write(&header, rows)?)
}

fn weigh(c: &mut DbConnection, organisation: Id, now: Instant) -> Result<Drivers> {
    let Scored {
        good: y,
        themes: weighed,
        mentions: x,
    } = scored(c, organisation, now)?;
    let nothing = Drivers {
        comments: y.len() as u64,
        ..Drivers::default()
    };
    if weighed.len() < 2 {
        return Ok(nothing);
    }
    let Ok(found) = drivers(&x, &y) else {
        return Ok(nothing);
    };
    let intervals = share_intervals(&x, &y, SHARE_RESAMPLES, SHARE_SEED, 0.95);
    let mut themes: Vec<Driver> = weighed
        .iter()
        .zip(&found.predictors)
        .zip(intervals)
        .filter_map(|((theme, part), interval)| {
            let interval = interval?;
            Some(Driver {
                theme: theme.id.clone(),
                name: theme.name.clone(),
                mentions: theme.comments,
                share: part.share,
                low: interval.low,
                high: interval.high,
            })
        })
        .collect();
    themes.sort_by(|a, b| {
        b.share
            .total_cmp(&a.share)
            .then_with(|| a.theme.cmp(&b.theme))
    });
    Ok(Drivers {
        comments: y.len() as u64,
        r2: found.r2,
        themes,
    })
}
