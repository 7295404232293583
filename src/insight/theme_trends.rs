//! Themes of the organisation's comments against the period before.

use serde::Serialize;
use utoipa::ToSchema;

use super::{error::Result, tallies::Tallies};
use crate::{
    db::DbConnection,
    feedback::MentionCount,
    locale::{Localised, Message},
    msg,
    stats::contingency::TwoRates,
    tagging,
    text::mention::Polarity,
    types::Id,
};

/// Comments with a theme below which no change is reported.
const MIN_COMMENTS: u64 = 8;

/// Change of the share of comments that complain about a theme.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ComplaintChange {
    Rose,
    Fell,
}

impl Localised for ComplaintChange {
    fn message(&self) -> Message {
        match self {
            Self::Rose => msg!("overview-complaints-rose"),
            Self::Fell => msg!("overview-complaints-fell"),
        }
    }
}

/// A theme in the organisation's comments.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ThemeTrend {
    pub theme: String,
    pub name: String,
    pub praise: u64,
    /// Complaints.
    pub trouble: u64,
    /// Complaints in the 90 days before.
    pub trouble_before: u64,
    /// A change by more than chance explains (z beyond 3 on shares of comments).
    pub change: Option<ComplaintChange>,
}

/// Praise and complaints by theme, most complaints first.
pub fn theme_trends(
    c: &mut DbConnection,
    organisation: Id,
    now: &Tallies,
    before: &Tallies,
) -> Result<Vec<ThemeTrend>> {
    let taxonomy = tagging::taxonomy(c, organisation)?;
    let count = |tallies: &Tallies, theme: &str, polarity: Polarity| -> MentionCount {
        let key = (theme.to_owned(), polarity);
        tallies
            .agents
            .values()
            .filter_map(|a| a.themes.get(&key))
            .copied()
            .sum()
    };
    let read = |tallies: &Tallies| tallies.agents.values().map(|a| a.analysed).sum::<u64>();
    let (n1, n2) = (read(now), read(before));
    let mut lines: Vec<ThemeTrend> = taxonomy
        .themes
        .iter()
        .map(|theme| {
            let (x1, x2) = (
                count(now, &theme.id, Polarity::Negative),
                count(before, &theme.id, Polarity::Negative),
            );
            let rates = TwoRates {
                x1: x1.rounded(),
                n1,
                x2: x2.rounded(),
                n2,
            };
            let most = rates.x1.max(rates.x2);
            let z = rates.z().filter(|_| most >= MIN_COMMENTS);
            ThemeTrend {
                theme: theme.id.clone(),
                name: theme.name.clone(),
                praise: count(now, &theme.id, Polarity::Positive).comments,
                trouble: x1.comments,
                trouble_before: x2.comments,
                change: match z {
                    Some((z, _)) if z > 3.0 => Some(ComplaintChange::Rose),
                    Some((z, _)) if z < -3.0 => Some(ComplaintChange::Fell),
                    _ => None,
                },
            }
        })
        .filter(|line| line.praise + line.trouble + line.trouble_before > 0)
        .collect();
    lines.sort_by(|a, b| {
        b.trouble
            .cmp(&a.trouble)
            .then_with(|| a.theme.cmp(&b.theme))
    });
    Ok(lines)
}
