//! How an organisation reads comments: its words, what its people read in single clauses, and what was learned from them.
//!
//! A [`Tagger`] joins the three. The words (a taxonomy, editable, in editions) vote on each clause; a learned model votes in their
//! place on the themes where its cross-validation beat them; what a person read in a clause is final for every clause with the
//! same words. Readings are kept for ever and are the training rows of the model. Where two people read the same clauses, their
//! agreement is told theme by theme, and a theme that they do not agree on is barred from plans ([`agreement`]).

mod error;
mod store;

pub mod agreement;
pub mod terms;

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, LazyLock, Mutex},
};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{
    accounts::Actor,
    audit,
    db::DbConnection,
    queue::{self, Job},
    text::{
        classifier::model::{Classifier, ClassifierReader, ThemeModel, hits_of},
        classifier::training::{self, Example, Options},
        clauses,
        normalise::fold,
        tagger::{self, CommentState, Polarity, TaggedComment, ThemeMention},
        taxonomy::Taxonomy,
    },
    types::{Id, Instant, Json, hex},
};

pub use error::{MIN_READ, TaggingError};
use error::{MOST_THEMES, Result};

/// Editions of organisations count from here; those that ship with the program stay below.
const FIRST_EDITION: i32 = 101;
/// A model is learned anew after so many more.
const EVERY: usize = 25;
/// All annotations, oldest first.
pub fn annotations(c: &mut DbConnection, organisation: Id) -> Result<Vec<store::AnnotationRow>> {
    Ok(store::annotations(c, organisation)?)
}

/// A theme as a person read it.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema,
)]
#[schema(as = AnnotatedTheme)]
pub struct Coded {
    pub theme: String,
    // `pole` in what was stored before 2026-11-26.
    #[serde(alias = "pole")]
    pub polarity: Polarity,
}

/// The name of a clause whatever its capitals, spaces and punctuation: the same words have the same mentions.
pub fn clause_key(clause: &str) -> String {
    let folded = fold(clause);
    let words: Vec<&str> = folded
        .split(|c: char| !c.is_alphanumeric() && c != '\'')
        .filter(|w| !w.is_empty())
        .collect();
    // Without a word ("👍") the signs themselves are what is said.
    let said = if words.is_empty() {
        clause.trim().to_owned()
    } else {
        words.join(" ")
    };
    let digest = Sha256::digest(said.as_bytes());
    hex(&digest[..16])
}

/// A few things that take long to make, by what they are made of.
type Ready<K, V> = LazyLock<Mutex<BTreeMap<K, Arc<V>>>>;

/// Compiling patterns takes some ten milliseconds; a few editions stay ready, by digest and number.
static READY: Ready<(String, i32), Taxonomy> = LazyLock::new(Mutex::default);

fn compiled(source: &str, version: i32) -> Result<Arc<Taxonomy>> {
    let key = (hex(&Sha256::digest(source.as_bytes())), version);
    if let Some(known) = READY.lock().ok().and_then(|ready| ready.get(&key).cloned()) {
        return Ok(known);
    }
    let mut taxonomy = Taxonomy::parse(source)?;
    taxonomy.version = version;
    let taxonomy = Arc::new(taxonomy);
    if let Ok(mut ready) = READY.lock() {
        if ready.len() >= 16 {
            ready.clear();
        }
        ready.insert(key, Arc::clone(&taxonomy));
    }
    Ok(taxonomy)
}

/// The taxonomy in force.
///
/// # Errors
/// Database errors.
pub fn taxonomy(c: &mut DbConnection, organisation: Id) -> Result<Arc<Taxonomy>> {
    match store::newest_taxonomy(c, organisation)? {
        Some(edition) => compiled(&edition.source, edition.version),
        None => Ok(Taxonomy::shipped_shared()),
    }
}

/// The text of the taxonomy in force, and its number.
///
/// # Errors
/// Database errors.
pub fn taxonomy_source(c: &mut DbConnection, organisation: Id) -> Result<(String, i32)> {
    Ok(match store::newest_taxonomy(c, organisation)? {
        Some(edition) => (edition.source, edition.version),
        None => (
            Taxonomy::SHIPPED_SOURCE.to_owned(),
            Taxonomy::shipped().version,
        ),
    })
}

/// Checks a text and makes it the taxonomy in force, in the place of edition `instead_of`. The caller sees to the comments.
///
/// # Errors
/// What is wrong with the text and where, or that another edition came between.
pub fn save_taxonomy(
    c: &mut DbConnection,
    actor: &Actor,
    source: &str,
    note: &str,
    instead_of: i32,
    now: Instant,
) -> Result<i32> {
    let (_, present) = taxonomy_source(c, actor.organisation)?;
    if present != instead_of {
        return Err(TaggingError::Outdated);
    }
    let version = (present + 1).max(FIRST_EDITION);
    compiled(source, version)?;
    let by = actor.label();
    store::insert_taxonomy(
        c,
        &store::EditionRow {
            organisation_id: actor.organisation,
            version,
            source: source.to_owned(),
            note: note.chars().filter(|c| !c.is_control()).take(500).collect(),
            created_by: by.clone(),
            created_at: now,
        },
    )?;
    audit::record(
        c,
        audit::Event::new(
            actor.organisation,
            actor.label(),
            "taxonomy.saved",
            ("taxonomy", version.to_string()),
        ),
        now,
    )?;
    Ok(version)
}

/// Reads comments as an organisation does at present.
pub struct Tagger {
    pub taxonomy: Arc<Taxonomy>,
    read: HashMap<String, Vec<Coded>>,
    classifier: Option<Arc<Classifier>>,
}

/// Models made ready, by organisation, edition of the model and of the taxonomy.
static MODELS: Ready<(Id, i32, i32), Classifier> = LazyLock::new(Mutex::default);

impl Tagger {
    /// The words in force, the newest reading of each clause, and the model in force.
    ///
    /// # Errors
    /// Database errors.
    pub fn of(c: &mut DbConnection, organisation: Id) -> Result<Self> {
        let taxonomy = taxonomy(c, organisation)?;
        let mut read = HashMap::new();
        for row in store::annotations(c, organisation)? {
            read.insert(row.clause_key, row.themes.read()?);
        }
        let classifier = classifier(c, organisation, &taxonomy)?;
        Ok(Self {
            taxonomy,
            read,
            classifier,
        })
    }

    /// With other words, to see what they would change.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn with_words(mut self, source: &str) -> Result<Self> {
        let mut taxonomy = Taxonomy::parse(source)?;
        taxonomy.version = self.taxonomy.version;
        self.taxonomy = Arc::new(taxonomy);
        self.classifier = None;
        Ok(self)
    }

    /// A reader of comments, for one thread.
    pub fn reader(&self) -> TaggerReader<'_> {
        TaggerReader {
            tagger: self,
            words: tagger::Reader::new(&self.taxonomy),
            classifier: self.classifier.as_deref().map(Classifier::reader),
        }
    }
}

fn classifier(
    c: &mut DbConnection,
    organisation: Id,
    taxonomy: &Taxonomy,
) -> Result<Option<Arc<Classifier>>> {
    let Some(version) = store::newest_model_version(c, organisation)? else {
        return Ok(None);
    };
    let key = (organisation, version, taxonomy.version);
    if let Some(known) = MODELS.lock().ok().and_then(|m| m.get(&key).cloned()) {
        return Ok(Some(known));
    }
    let Some(content) = store::find_model(c, organisation, version)? else {
        return Ok(None);
    };
    let model: ThemeModel = serde_json::from_str(&content)?;
    // A model that was learned with other words waits until it is learned anew; the words decide meanwhile.
    let Ok(ready) = Classifier::new(model, taxonomy) else {
        return Ok(None);
    };
    let ready = Arc::new(ready);
    if let Ok(mut models) = MODELS.lock() {
        if models.len() >= 16 {
            models.clear();
        }
        models.insert(key, Arc::clone(&ready));
    }
    Ok(Some(ready))
}

/// Reads comment after comment.
pub struct TaggerReader<'a> {
    tagger: &'a Tagger,
    words: tagger::Reader<'a>,
    classifier: Option<ClassifierReader<'a>>,
}

impl TaggerReader<'_> {
    /// Reads a tidy, redacted comment; `good` is the score's side when there is a score.
    pub fn read(&mut self, text: &str, good: Option<bool>) -> TaggedComment {
        let tagger = self.tagger;
        let mut reading = self.words.read(text, good);
        if tagger.read.is_empty() && self.classifier.is_none() {
            return reading;
        }
        let mut mentions = Vec::new();
        let mut agrees = false;
        for (at, clause) in clauses::split(text).enumerate() {
            let own: Vec<ThemeMention> = reading
                .mentions
                .iter()
                .filter(|t| t.clause == at)
                .cloned()
                .collect();
            match tagger.read.get(&clause_key(clause)) {
                Some(coded) => {
                    reading.state = CommentState::Analysed;
                    agrees |= coded.iter().any(|coded| match good {
                        Some(true) => coded.polarity == Polarity::Positive,
                        Some(false) => coded.polarity == Polarity::Negative,
                        None => false,
                    });
                    mentions.extend(coded.iter().map(|coded| ThemeMention {
                        clause: at,
                        clause_text: clause.to_owned(),
                        theme: coded.theme.clone(),
                        polarity: coded.polarity,
                        words: READ_BY_A_PERSON.to_owned(),
                        probability: 1.0,
                    }));
                }
                None if reading.state == CommentState::Analysed => {
                    mentions.extend(self.by_model(at, clause, own));
                }
                None => {}
            }
        }
        reading.mentions = mentions;
        // A person who read the score's side in the words settles what the words alone contradicted.
        reading.contradicts_score &= !agrees;
        reading
    }

    /// The lexicon's mentions of a clause, with the model's in place of those on themes that it has taken over.
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
        let mood = self.words.read(clause, None).mood;
        let hits = hits_of(&own, &self.tagger.taxonomy);
        for found in reader.labels(&fold(clause), &hits) {
            let theme = &found.label.label;
            if !found.label.replaces_lexicon || self.tagger.taxonomy.theme(theme).is_none() {
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

/// Stands in the place of words where a person decided.
pub const READ_BY_A_PERSON: &str = "read by a person";

/// How a clause came before a reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sampling {
    /// Its mentions are least sure.
    Uncertain,
    /// By lot, so that accuracy can be told without bias.
    Random,
    /// Of a theme with few clauses.
    Rare,
    /// Somebody else has read it: for agreement.
    Second,
    /// Picked by the reader.
    Picked,
}

impl Sampling {
    /// Stable name, as stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Uncertain => "uncertain",
            Self::Random => "random",
            Self::Rare => "rare",
            Self::Second => "second",
            Self::Picked => "picked",
        }
    }

    /// The reason with this stable name.
    pub fn parse(name: &str) -> Option<Self> {
        [
            Self::Uncertain,
            Self::Random,
            Self::Rare,
            Self::Second,
            Self::Picked,
        ]
        .into_iter()
        .find(|sampling| sampling.as_str() == name)
    }
}

/// A person's reading of a clause.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewAnnotation)]
pub struct NewReading {
    pub clause: String,
    /// All themes in it; none where there are none.
    pub themes: Vec<Coded>,
    #[serde(default)]
    pub why: String,
    #[serde(default)]
    #[serde(alias = "sampled")]
    pub sampling: Option<Sampling>,
}

/// Keeps a reading. It is final for every clause with the same words; the caller sees to the comments.
///
/// # Errors
/// A theme that does not exist or stands twice, or a clause that is none.
pub fn keep_reading(
    c: &mut DbConnection,
    actor: &Actor,
    new: &NewReading,
    now: Instant,
) -> Result<()> {
    let taxonomy = taxonomy(c, actor.organisation)?;
    let clause = new.clause.replace('\0', "");
    let clause = clause.trim();
    if clause.is_empty() || clause.chars().count() > 8_000 {
        return Err(TaggingError::Clause);
    }
    let mut coded = new.themes.clone();
    coded.sort();
    if coded.len() > MOST_THEMES || coded.windows(2).any(|w| w[0].theme == w[1].theme) {
        return Err(TaggingError::Themes);
    }
    if let Some(unknown) = coded.iter().find(|t| taxonomy.theme(&t.theme).is_none()) {
        return Err(TaggingError::NoTheme(
            unknown.theme.chars().take(100).collect(),
        ));
    }
    let shown: Vec<Coded> = tagger::read(clause, None, &taxonomy)
        .mentions
        .into_iter()
        .map(|t| Coded {
            theme: t.theme,
            polarity: t.polarity,
        })
        .collect();
    let id = Id::new();
    store::insert_annotation(
        c,
        &store::AnnotationRow {
            organisation_id: actor.organisation,
            id,
            clause_key: clause_key(clause),
            clause_text: clause.to_owned(),
            themes: Json::of(&coded)?,
            lexicon_themes: Json::of(&shown)?,
            sampling: new.sampling.unwrap_or(Sampling::Picked),
            reason: new
                .why
                .chars()
                .filter(|c| !c.is_control())
                .take(500)
                .collect(),
            created_by: actor.label(),
            created_at: now,
        },
    )?;
    audit::record(
        c,
        audit::Event::new(
            actor.organisation,
            actor.label(),
            "clause.read",
            ("taxonomy", id.to_string()),
        ),
        now,
    )?;
    let read = store::read_clauses(c, actor.organisation)?;
    if read >= MIN_READ && read.is_multiple_of(EVERY) {
        queue::enqueue(c, actor.organisation, &TrainModel {}, now)?;
    }
    Ok(())
}

/// Learns a model from what people read.
#[derive(Debug, Serialize, Deserialize)]
pub struct TrainModel {}

impl Job for TrainModel {
    const KIND: &'static str = "tagging.train";
}

/// What is read of clauses, newest reading of each, as training rows.
fn examples(c: &mut DbConnection, organisation: Id, taxonomy: &Taxonomy) -> Result<Vec<Example>> {
    let mut newest: BTreeMap<String, store::AnnotationRow> = BTreeMap::new();
    for row in store::annotations(c, organisation)? {
        newest.insert(row.clause_key.clone(), row);
    }
    newest
        .into_values()
        .map(|row| {
            let coded: Vec<Coded> = row.themes.read()?;
            Ok(Example {
                mentions: tagger::read(&row.clause_text, None, taxonomy).mentions,
                labels: coded.into_iter().map(|t| t.theme).collect(),
                text: row.clause_text,
                fold: None,
            })
        })
        .collect()
}

/// Learns a model and puts it in force; each theme only where it beats the words. Long: no transaction is held.
///
/// # Errors
/// [`TaggingError::TooFew`], and database errors.
pub fn learn(c: &mut DbConnection, organisation: Id, now: Instant) -> Result<ThemeModel> {
    let taxonomy = taxonomy(c, organisation)?;
    let examples = examples(c, organisation, &taxonomy)?;
    if examples.len() < MIN_READ {
        return Err(TaggingError::TooFew(examples.len()));
    }
    let options = Options {
        several: true,
        folds: 5,
        seed: 1,
    };
    let model = training::train(&examples, &taxonomy, options, |_, _| {})
        .map_err(|_e| TaggingError::TooFew(examples.len()))?;
    let version = store::newest_model_version(c, organisation)?.unwrap_or(0) + 1;
    store::insert_model(
        c,
        organisation,
        version,
        &serde_json::to_string(&model)?,
        now,
    )?;
    Ok(model)
}

/// How well the model in force does, by cross-validation.
///
/// # Errors
/// Database errors.
pub fn model(c: &mut DbConnection, organisation: Id) -> Result<Option<ThemeModel>> {
    let Some(version) = store::newest_model_version(c, organisation)? else {
        return Ok(None);
    };
    let content = store::find_model(c, organisation, version)?;
    Ok(content
        .map(|text| serde_json::from_str(&text))
        .transpose()?)
}

/// How many clauses people have read.
///
/// # Errors
/// Database errors.
pub fn read_clauses(c: &mut DbConnection, organisation: Id) -> Result<usize> {
    Ok(store::read_clauses(c, organisation)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_words_have_the_same_key() {
        assert_eq!(clause_key("She was  KIND!"), clause_key("she was kind"));
        assert_ne!(clause_key("she was kind"), clause_key("she was not kind"));
        assert_ne!(clause_key("can't"), clause_key("cant"));
        assert_ne!(clause_key("👍"), clause_key("👎"));
    }
}
