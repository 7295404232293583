//! Comments as examples for the [mood model](super::classifier::mood).

use rayon::prelude::*;

use super::{classifier::mood::ScoredComment, lexicon::Lexicon, tagger::LexiconTagger};

/// Comments that a worker reads at a time.
const CHUNK: usize = 512;

/// Tidy, redacted comments, each with whether its score is good, with what words of praise and
/// blame say about them. Keeps their order.
pub fn of(comments: &[(String, bool)], lexicon: &Lexicon) -> Vec<ScoredComment> {
    comments
        .par_chunks(CHUNK)
        .flat_map_iter(|some| {
            let mut tagger = LexiconTagger::new(lexicon);
            some.iter().map(move |(text, good)| ScoredComment {
                lexicon: tagger.tag(text, None).sentiment.evidence(),
                folded: tagger.folded().to_owned(),
                good: *good,
            })
        })
        .collect()
}
