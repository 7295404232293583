//! Theme mentions and moods of comments under the current taxonomy of an organisation: by its
//! words, its models and its annotations.

use std::{collections::HashMap, sync::Arc};

use super::{
    annotation::{AnnotatedTheme, clause_key},
    error::Result,
    models, mood_models, store, taxonomies,
};
use crate::{
    db::DbConnection,
    text::{
        classifier::{
            model::{Classifier, ClassifierReader, hits_of},
            mood::MoodClassifier,
        },
        clauses,
        lexicon::Lexicon,
        mention::{CommentState, Polarity, TaggedComment, ThemeMention},
        normalise::fold,
        tagger::LexiconTagger,
        taxonomy::Taxonomy,
    },
    types::Id,
};

/// Evidence words of a mention that a person annotated.
pub const ANNOTATED: &str = "read by a person";

/// Tags comments under the current taxonomy of an organisation.
pub struct Tagger {
    lexicon: Arc<Lexicon>,
    /// Newest annotation, by clause key.
    annotations: HashMap<String, Vec<AnnotatedTheme>>,
    classifier: Option<Arc<Classifier>>,
    mood_model: Option<Arc<MoodClassifier>>,
}

impl Tagger {
    /// The lexicon, annotations and models in force.
    pub fn of(c: &mut DbConnection, organisation: Id) -> Result<Self> {
        let lexicon = taxonomies::lexicon(c, organisation)?;
        let mut annotations = HashMap::new();
        for row in store::annotations(c, organisation)? {
            annotations.insert(row.clause_key, row.themes.read()?);
        }
        Ok(Self {
            annotations,
            classifier: models::classifier(c, organisation, lexicon.taxonomy())?,
            mood_model: mood_models::classifier(c, organisation)?,
            lexicon,
        })
    }

    /// Replaces the taxonomy, to preview what another one would change.
    ///
    /// # Errors
    /// [`TaggingError::Taxonomy`](super::error::TaggingError) or `Lexicon`.
    pub fn with_words(mut self, source: &str) -> Result<Self> {
        self.lexicon = taxonomies::compile(source, self.taxonomy().version)?;
        self.classifier = None;
        Ok(self)
    }

    pub fn taxonomy(&self) -> &Taxonomy {
        self.lexicon.taxonomy()
    }

    pub fn lexicon(&self) -> &Lexicon {
        &self.lexicon
    }

    /// A tagger of comments for one thread.
    pub fn reader(&self) -> TaggerReader<'_> {
        TaggerReader {
            tagger: self,
            words: LexiconTagger::new(&self.lexicon).with_mood_model(self.mood_model.as_deref()),
            classifier: self.classifier.as_deref().map(Classifier::reader),
        }
    }
}

/// Tags comment after comment, reusing its memory.
pub struct TaggerReader<'a> {
    tagger: &'a Tagger,
    words: LexiconTagger<'a>,
    classifier: Option<ClassifierReader<'a>>,
}

impl TaggerReader<'_> {
    /// Tags a tidy, redacted comment; `good` is the score's side when there is a score.
    pub fn read(&mut self, text: &str, good: Option<bool>) -> TaggedComment {
        let tagger = self.tagger;
        let mut comment = self.words.tag(text, good);
        if tagger.annotations.is_empty() && self.classifier.is_none() {
            return comment;
        }
        let mut mentions = Vec::new();
        let mut agrees = false;
        for (at, clause) in clauses::split(text).enumerate() {
            let own: Vec<ThemeMention> = comment
                .mentions
                .iter()
                .filter(|t| t.clause == at)
                .cloned()
                .collect();
            match tagger.annotations.get(&clause_key(clause)) {
                Some(themes) => {
                    comment.state = CommentState::Analysed;
                    agrees |= themes.iter().any(|theme| match good {
                        Some(true) => theme.polarity == Polarity::Positive,
                        Some(false) => theme.polarity == Polarity::Negative,
                        None => false,
                    });
                    mentions.extend(themes.iter().map(|annotated| ThemeMention {
                        clause: at,
                        clause_text: clause.to_owned(),
                        theme: annotated.theme.clone(),
                        polarity: annotated.polarity,
                        words: ANNOTATED.to_owned(),
                        probability: 1.0,
                    }));
                }
                None if comment.state == CommentState::Analysed => {
                    mentions.extend(self.by_model(at, clause, own));
                }
                None => {}
            }
        }
        comment.mentions = mentions;
        // An annotation on the score's side settles a contradiction of the words alone.
        comment.contradicts_score &= !agrees;
        comment
    }

    /// The lexicon's mentions of a clause, replaced by the model's on the themes where it does
    /// better.
    fn by_model(&mut self, at: usize, clause: &str, own: Vec<ThemeMention>) -> Vec<ThemeMention> {
        let Some(reader) = &mut self.classifier else {
            return own;
        };
        let labels = &reader.model().labels;
        let taken = |theme: &str| {
            labels
                .iter()
                .any(|l| l.replaces_lexicon && l.label == theme)
        };
        if !labels.iter().any(|l| l.replaces_lexicon) {
            return own;
        }
        let mut mentions: Vec<ThemeMention> =
            own.iter().filter(|t| !taken(&t.theme)).cloned().collect();
        let mood = self.words.tag(clause, None).mood;
        let hits = hits_of(&own, self.tagger.taxonomy());
        for found in reader.labels(&fold(clause), &hits) {
            let theme = &found.label.label;
            if !found.label.replaces_lexicon || self.tagger.taxonomy().theme(theme).is_none() {
                continue;
            }
            let by_words = own.iter().find(|t| t.theme == *theme);
            mentions.push(ThemeMention {
                clause: at,
                clause_text: clause.to_owned(),
                theme: theme.clone(),
                polarity: by_words.map_or_else(|| Polarity::of_mood(mood), |t| t.polarity),
                words: by_words.map_or_else(|| reader.reasons(&found), |t| t.words.clone()),
                probability: found.probability,
            });
        }
        mentions
    }
}
