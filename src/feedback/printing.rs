//! Which theme mentions are printed in the customer's words: on plans, in digests and workshops,
//! and for departments.

use std::borrow::Cow;

use super::store::{FeedbackRow, ThemeMentionRow};
use crate::text::mention::Polarity;

/// Probability from which praise and complaints are printed in the customer's words. Of quotes from
/// there on, 98 of 100 had the polarity that a reader gives; see `docs/methods.md`.
pub const PRINTED: f64 = 0.95;
/// Replacement of the agent's own name in a redacted text.
const AGENT_MARK: &str = "[agent]";

/// Whether a mention may be printed as the praise or complaint that it was read as: it
/// [agrees] with its comment, and its probability is at least [`PRINTED`].
///
/// `mentions` has at least the mentions of the same comment.
pub fn may_be_printed(
    mention: &ThemeMentionRow,
    row: &FeedbackRow,
    mentions: &[ThemeMentionRow],
) -> bool {
    is_certain(mention) && agrees(mention, row, mentions)
}

/// Whether the probability of praise or of a complaint is at least [`PRINTED`].
pub fn is_certain(mention: &ThemeMentionRow) -> bool {
    let is_judged = matches!(mention.polarity, Polarity::Positive | Polarity::Negative);
    !is_judged || mention.probability >= PRINTED
}

/// Whether score and mood of a mention's comment do not say the opposite of it, and, of praise,
/// that its clause asks for nothing ("be quick and polite"). A score or mood that is missing
/// contradicts nothing.
///
/// `mentions` has at least the mentions of the same comment.
pub fn agrees(mention: &ThemeMentionRow, row: &FeedbackRow, mentions: &[ThemeMentionRow]) -> bool {
    let (opposite_score, opposite_mood) = match mention.polarity {
        Polarity::Positive => (false, Polarity::Negative),
        Polarity::Negative => (true, Polarity::Positive),
        Polarity::Neutral | Polarity::Request => return true,
    };
    let asks = |other: &ThemeMentionRow| {
        mention.polarity == Polarity::Positive
            && other.feedback_id == mention.feedback_id
            && other.clause == mention.clause
            && other.polarity == Polarity::Request
    };
    !mention.contradicts_score
        && row.good != Some(opposite_score)
        && row.mood != Some(opposite_mood)
        && !mentions.iter().any(asks)
}

/// Whether a customer was pleased without giving a reason ("Good"). `has_reason` says whether any
/// mention of the comment [states one](states_reason).
pub fn is_pleased_without_reason(row: &FeedbackRow, has_reason: bool) -> bool {
    row.mood == Some(Polarity::Positive) && row.good != Some(false) && !has_reason
}

/// Whether a mention says something of its theme beyond its name.
pub fn states_reason(mention: &ThemeMentionRow) -> bool {
    mention.polarity != Polarity::Neutral
}

/// A comment about an agent with the agent's own name where redaction took it out, for the agent's
/// own pages and documents.
pub fn with_agent<'t>(text: &'t str, agent: &str) -> Cow<'t, str> {
    if !text.contains(AGENT_MARK) {
        return Cow::Borrowed(text);
    }
    let name = match agent.split_once(',') {
        // "LOPEZ, Maria", as some files write it.
        Some((family, given)) => format!("{} {}", given.trim(), family.trim()),
        None => agent.to_owned(),
    };
    Cow::Owned(text.replace(AGENT_MARK, name.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        text::mention::CommentState,
        types::{Id, Instant},
    };

    fn row(good: Option<bool>, mood: Option<Polarity>) -> FeedbackRow {
        FeedbackRow {
            organisation_id: Id::new(),
            id: Id::new(),
            import_id: Id::new(),
            external_id: "1".to_owned(),
            agent_id: Id::new(),
            team_id: None,
            occurred_at: Instant::now(),
            channel: String::new(),
            issue: String::new(),
            scale: None,
            score: None,
            good,
            comment: Some("She was polite, please be quick".to_owned()),
            comment_state: CommentState::Analysed,
            wording: None,
            mood,
            mood_probability: None,
            sent_at: None,
            good_from: None,
        }
    }

    fn mention(row: &FeedbackRow, clause: i32, polarity: Polarity) -> ThemeMentionRow {
        ThemeMentionRow {
            organisation_id: row.organisation_id,
            id: Id::new(),
            feedback_id: row.id,
            agent_id: row.agent_id,
            occurred_at: row.occurred_at,
            clause,
            clause_text: "She was polite".to_owned(),
            theme: "courtesy".to_owned(),
            polarity,
            words: "polite".to_owned(),
            probability: 0.97,
            contradicts_score: false,
            taxonomy_version: 1,
        }
    }

    fn may(good: Option<bool>, mood: Option<Polarity>, polarity: Polarity) -> bool {
        let row = row(good, mood);
        may_be_printed(&mention(&row, 0, polarity), &row, &[])
    }

    #[test]
    fn score_and_mood_must_not_say_the_opposite() {
        use Polarity::{Negative, Positive};
        for (good, mood, praise, blame) in [
            (None, None, true, true),
            (Some(true), Some(Positive), true, false),
            (Some(true), None, true, false),
            (None, Some(Positive), true, false),
            (Some(false), Some(Positive), false, false),
            (Some(true), Some(Negative), false, false),
            (Some(false), Some(Negative), false, true),
            (None, Some(Negative), false, true),
        ] {
            let found = [Positive, Negative].map(|polarity| may(good, mood, polarity));
            assert_eq!(found, [praise, blame], "{good:?} {mood:?}");
        }
    }

    #[test]
    fn uncertain_mentions_are_not_printed() {
        let row = row(None, None);
        for (polarity, printed) in [
            (Polarity::Positive, false),
            (Polarity::Negative, false),
            (Polarity::Request, true),
        ] {
            let mut mention = mention(&row, 0, polarity);
            mention.probability = 0.94;
            assert_eq!(may_be_printed(&mention, &row, &[]), printed);
            assert!(agrees(&mention, &row, &[]));
        }
    }

    #[test]
    fn the_agent_reads_the_own_name() {
        for (name, text) in [
            ("Maria Lopez", "thanks Maria Lopez"),
            ("LOPEZ, Maria", "thanks Maria LOPEZ"),
        ] {
            assert_eq!(with_agent("thanks [agent]", name), text);
        }
        assert_eq!(with_agent("thanks [name]", "Maria"), "thanks [name]");
    }

    #[test]
    fn a_clause_that_asks_for_something_is_not_printed_as_praise() {
        let row = row(Some(true), None);
        let praise = mention(&row, 0, Polarity::Positive);
        for (clause, printed) in [(0, false), (1, true)] {
            let request = mention(&row, clause, Polarity::Request);
            assert_eq!(may_be_printed(&praise, &row, &[request]), printed);
        }
    }
}
