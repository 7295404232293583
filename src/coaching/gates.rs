//! Gates: how much evidence each statement of a plan needs. Pure.

use crate::{
    feedback::FeedbackRow, stats::intervals::detectable_rate_difference,
    text::mention::CommentState,
};

/// Version of the rules, stored with every plan.
pub const RULES_VERSION: i32 = 6;
/// Days of feedback that a plan reads, and the longer period if those hold too little.
pub const WINDOW_DAYS: i64 = 90;
pub const WIDE_WINDOW_DAYS: i64 = 180;
/// Fewest scores for a rate on paper, and fewest comments for statements about themes.
pub const MIN_SCORES: u64 = 20;
pub const MIN_COMMENTS: u64 = 8;
/// Fewest comments about peers for a comparison.
pub const MIN_PEER_COMMENTS: u64 = 50;
/// Probability from which a difference from peers is called credible.
pub const CREDIBLE: f64 = 0.8;
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

/// Whether an agent's records hold enough for statements about scores or themes.
pub fn holds_enough(rows: &[FeedbackRow]) -> bool {
    let scores = rows.iter().filter(|row| row.good.is_some()).count() as u64;
    let analysed = rows
        .iter()
        .filter(|row| row.comment_state == CommentState::Analysed)
        .count() as u64;
    scores >= MIN_SCORES || analysed >= MIN_COMMENTS
}

/// Smallest difference between two windows of `n` scores each that has 80 % power.
pub fn detectable_change(p: f64, n: u64) -> f64 {
    detectable_rate_difference(p, n, n, 0.8, 1.0, 0.0)
}
