//! Gates: how much evidence each statement of a plan needs. Pure.

use crate::{
    feedback::FeedbackRow, stats::intervals::detectable_rate_difference, text::tagger::CommentState,
};

/// Kept with every plan: a change of rules is a new number.
pub const RULES_VERSION: i32 = 4;
/// Window of a plan, and the wider one when it holds too little.
pub const WINDOW_DAYS: i64 = 90;
pub const WIDE_WINDOW_DAYS: i64 = 180;
/// Fewest scores for a rate on paper, and fewest comments for statements about themes.
pub const MIN_SCORES: u64 = 20;
pub const MIN_COMMENTS: u64 = 8;
/// Fewest comments of peers to be compared with.
pub const MIN_PEER_COMMENTS: u64 = 50;
/// Probability from which a difference from peers is called credible.
pub const CREDIBLE: f64 = 0.8;
/// Probability from which a theme is worth asking about.
pub const WORTH_ASKING: f64 = 0.6;
/// How much more trouble than peers counts as a difference.
pub const EXCESS: f64 = 1.25;
/// Words from which the same sentence twice is no coincidence.
pub const COPIED_WORDS: usize = 12;
/// Spread of theme rates between agents when the organisation's own cannot be told: middle of what is found in
/// contact centres (.02 to .05).
pub const THEME_ICC: f64 = 0.035;
/// Days in role below which a plan is for starting well, not for a focus area.
pub const STARTER_DAYS: i64 = 28;
/// Scores on one kind of matter from which it can be told that it goes worse.
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
