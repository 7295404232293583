//! Which theme mentions are printed in the customer's words: on plans, in digests and workshops,
//! and for departments.

use super::{FeedbackRow, ThemeMentionRow};
use crate::text::mention::Polarity;

/// Whether a mention may be printed as the praise or complaint that it was read as: its comment's
/// score and mood do not say the opposite, and its clause asks for nothing. A score or mood that is
/// missing contradicts nothing.
///
/// `mentions` has at least the mentions of the same comment.
pub fn may_be_printed(
    mention: &ThemeMentionRow,
    row: &FeedbackRow,
    mentions: &[ThemeMentionRow],
) -> bool {
    let (opposite_score, opposite_mood) = match mention.polarity {
        Polarity::Positive => (false, Polarity::Negative),
        Polarity::Negative => (true, Polarity::Positive),
        Polarity::Neutral | Polarity::Request => return true,
    };
    let asks = |other: &ThemeMentionRow| {
        other.feedback_id == mention.feedback_id
            && other.clause == mention.clause
            && other.polarity == Polarity::Request
    };
    !mention.contradicts_score
        && row.good != Some(opposite_score)
        && row.mood != Some(opposite_mood)
        && !mentions.iter().any(asks)
}
