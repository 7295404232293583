//! Gates: how much evidence each statement of a plan needs. Pure.

use chrono::NaiveDate;

use crate::{stats::intervals::detectable_rate_difference, studies::agent_rates};

/// Version of the rules, stored with every plan.
pub const RULES_VERSION: i32 = 7;
/// Days of feedback that a plan reads, and days in which the weight of a record halves.
pub const WINDOW_DAYS: i64 = 365;
pub const HALF_LIFE_DAYS: f64 = 90.0;
/// Days that trends, changes among peers and issues of departments are read over.
pub const RECENT_DAYS: i64 = 90;
/// Age in days of the newest feedback beyond which a plan is a look back: it proposes no check-ins.
pub const STALE_DAYS: i64 = 60;
/// Fewest scores for a rate on paper, and fewest comments for statements about themes.
pub const MIN_SCORES: u64 = 20;
pub const MIN_COMMENTS: u64 = 8;
/// Fewest comments about peers for a comparison.
pub const MIN_PEER_COMMENTS: u64 = 50;
/// Probability from which a difference from peers is called credible.
pub const CREDIBLE: f64 = agent_rates::CREDIBLE;
/// Probability from which a theme with more complaints than peers have is a focus area. With it at
/// most 5 % of plans offer a focus area to an agent who is like the others, and of agents with
/// twice their peers' complaints and 20 comments a month half are found in two quarters
/// (`examples/focus_areas.rs`).
pub const CREDIBLE_TROUBLE: f64 = 0.89;
/// Smallest coefficient of variation between agents that complaints of one are judged with: those
/// of a few agents in trouble hardly raise the estimate of how much agents differ, and would be
/// shrunk to the others.
pub const TROUBLE_VARIATION: f64 = 0.5;
/// Probability from which a theme is worth asking about.
pub const WORTH_ASKING: f64 = 0.6;
/// How many times the peers' rate of complaints an agent's rate has to exceed.
pub const EXCESS: f64 = 1.25;
/// Fewest customers behind a focus area when each mention counts with its probability: three whose
/// complaints are read with a probability of .83 each.
pub const MIN_EXPECTED: f64 = 2.5;
/// Words from which the same sentence twice is a copy and not a coincidence.
pub const COPIED_WORDS: usize = 12;
/// Intraclass correlation of theme rates between agents if the organisation's own cannot be
/// estimated: the middle of the range in contact centres (.02 to .05).
pub const THEME_ICC: f64 = 0.035;
/// Days in the role below which a plan has no focus area.
pub const STARTER_DAYS: i64 = 28;
/// Fewest scores on one issue for a comparison with peers.
pub const MIN_ISSUE_SCORES: u64 = 10;

/// Weight of a record of this age in days: 1 for the newest, half of that every
/// [`HALF_LIFE_DAYS`].
pub fn weight(age: f64) -> f64 {
    0.5_f64.powf(age.max(0.0) / HALF_LIFE_DAYS)
}

/// Whether the newest feedback is too old on a day to plan check-ins from it.
pub fn is_stale(newest: NaiveDate, on: NaiveDate) -> bool {
    (on - newest).num_days() > STALE_DAYS
}

/// Smallest difference between two windows of `n` scores each that has 80 % power.
pub fn detectable_change(p: f64, n: u64) -> f64 {
    detectable_rate_difference(p, n, n, 0.8, 1.0, 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weight_of_feedback_halves_every_ninety_days() {
        for (age, expected) in [(0.0, 1.0), (90.0, 0.5), (180.0, 0.25), (-1.0, 1.0)] {
            assert_eq!(weight(age), expected);
        }
    }

    #[test]
    fn feedback_is_stale_from_the_sixty_first_day() {
        let newest = NaiveDate::from_ymd_opt(2026, 3, 1).expect("a day");
        let after = |days| is_stale(newest, newest + chrono::Days::new(days));
        assert_eq!([60, 61].map(after), [false, true]);
    }
}
