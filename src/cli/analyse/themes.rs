//! `rapport analyse themes`: what do comments speak of, and how?

use std::{
    borrow::Cow,
    path::{Path, PathBuf},
};

use clap::Args;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::{
    files::read_lexicon,
    output::{self, OutputFormat},
    table::{self, InputReport, TableOptions},
    theme_mood::{ScoreColumn, ScoreOptions, ScoredFile},
    theme_report::{Comment, Reporting, TABLE_COMMENTS, Tagged, Theme, merged, write_csv},
};
use crate::{
    cli::outcome::{Failure, Outcome},
    tables::{
        Table,
        missing::{Missing, MissingCounter},
    },
    text::{
        classifier::{
            model::{Classifier, ClassifierReader, ThemeModel, hits},
            mood::MoodClassifier,
        },
        lexicon::Lexicon,
        mention::{CommentState, Polarity, rounded},
        normalise::tidy,
        redact::redact,
        tagger::LexiconTagger,
    },
};

pub const HELP: &str = "Example: rapport analyse themes comments.csv --text remark --id id --format csv > themes.csv

Each comment is made tidy, personal data are taken out, and its clauses are read with a taxonomy: words that speak well or badly
of a theme, negation, requests, wishes, conditions and questions (polarity `request`), whose doing it is, other senses of a word.
`words` are the words that decided, `probability` is calibrated: of mentions with .9, about 90 % have the polarity that people
give. `mood` is that of the whole comment, where it is clear. A trained model (--model, from `analyse train-themes`) decides on
its labels, except on themes where its cross-validation did not beat the words. --score and --good-from learn from the file how words go
with scores, in any language, and the mood follows words and score; no comment is judged by a model that saw it. --evaluate compares with labels of your own and
gives precision and recall with 95 % intervals by theme and polarity. Comments in a language that the words do not know are
counted, never read as neutral. Shipped taxonomy; another with --taxonomy. Comments are read and written in passing: any length of file.";

/// Comments that a worker reads at a time, and their size.
const CHUNK: usize = 1024;
const CHUNK_BYTES: usize = 1 << 18;
/// Readings that a worker remembers, and the longest comment whose reading it remembers, in bytes.
/// In 8,130 remarks of a contact centre, 6,110 repeat an earlier one word by word.
const MOST_READINGS: usize = 1 << 15;
const LONGEST_REMEMBERED: usize = 160;

/// Themes of comments, with polarity and mood
#[derive(Args, Debug)]
pub struct Request {
    /// Table with one row per comment (CSV, TSV, XLSX, XLS or ODS; also .gz, .zip)
    file: PathBuf,
    #[command(flatten)]
    table: TableOptions,
    /// Column with the comment
    #[arg(long)]
    text: String,
    /// Column with the id of the comment
    #[arg(long)]
    id: Option<String>,
    /// Taxonomy (TOML) [default: the built-in one]
    #[arg(long)]
    taxonomy: Option<PathBuf>,
    /// Model written by `train-themes` (JSON)
    #[arg(long)]
    model: Option<PathBuf>,
    /// Column with your own labels, to compute precision and recall
    ///
    /// A label is theme:polarity (several separated by ";"), "none", or a polarity for the mood.
    #[arg(long, value_name = "COLUMN")]
    evaluate: Option<String>,
    #[command(flatten)]
    scores: ScoreOptions,
    #[arg(long, value_enum)]
    format: Option<OutputFormat>,
}

/// Comments as the file has them, one behind the other.
#[derive(Default)]
struct Chunk {
    text: String,
    /// Ends of the id, the text and the labels of each comment, in bytes.
    ends: Vec<[usize; 3]>,
    /// Whether its score is good.
    good: Vec<Option<bool>>,
}

impl Chunk {
    /// Id, text and labels of each comment, and whether its score is good.
    fn comments(&self) -> impl Iterator<Item = ([&str; 3], Option<bool>)> {
        let starts = std::iter::once(0).chain(self.ends.iter().map(|[_, _, end]| *end));
        let parts = starts.zip(&self.ends).map(|(start, [id, text, end])| {
            [start..*id, *id..*text, *text..*end].map(|part| &self.text[part])
        });
        parts.zip(self.good.iter().copied())
    }
}

/// Runs the command.
pub fn run(request: &Request) -> Outcome {
    // A short file waits for these two longer than for its comments.
    let (lexicon, model) = rayon::join(
        || read_lexicon(request.taxonomy.as_deref()),
        || request.model.as_deref().map(read_model).transpose(),
    );
    let (lexicon, model) = (lexicon?, model?);
    let classifier = model
        .map(|(path, model)| {
            let usage = |problem| Failure::Usage(format!("{}: {problem}", path.display()));
            Classifier::new(model, lexicon.taxonomy()).map_err(usage)
        })
        .transpose()?;
    let format = output::chosen(request.format);
    if request.evaluate.is_some() && format == OutputFormat::Csv {
        let problem = "--evaluate has no CSV form: use --format json or table";
        return Err(Failure::Usage(problem.to_owned()));
    }
    let columns = [&request.id, &request.evaluate, &request.scores.score];
    let columns = columns.into_iter().flatten();
    let wanted = std::iter::once(&request.text).chain(columns);
    let options = request.table.options(wanted.map(String::as_str));
    let table = table::open(&request.file, &options)?;
    let place = |name: &String| table::column(&table, &request.file, name);
    let (text, id, labels) = (
        place(&request.text)?,
        request.id.as_ref().map(place).transpose()?,
        request.evaluate.as_ref().map(place).transpose()?,
    );
    let score = request.scores.score.as_ref().zip(request.scores.good_from);
    let score = score
        .map(|(name, good_from)| {
            let place = place(name)?;
            Ok::<_, Failure>(ScoreColumn { place, good_from })
        })
        .transpose()?;
    let missing = table.missing().clone();
    let (mood_model, learned) = match score {
        Some(score) => {
            let scored = ScoredFile {
                file: &request.file,
                options: &options,
                text,
                score,
                missing: &missing,
            };
            let (model, report) = scored.learn(&lexicon)?;
            (model, Some(report))
        }
        None => (None, None),
    };
    let mut rows = Rows {
        file: &request.file,
        counter: MissingCounter::new(missing.clone()),
        missing: missing.clone(),
        table,
        text,
        id,
        labels,
        score,
        read: 0,
        room: 0,
    };
    let mut report = Reporting::new(format, request.evaluate.is_some(), learned)?;
    // One worker per thread keeps its caches from batch to batch.
    let mut workers: Vec<Worker<'_>> = (0..rayon::current_num_threads())
        .map(|_| {
            let reader = Reader::new(&lexicon, classifier.as_ref(), &missing);
            Worker::new(reader.with_mood_model(mood_model.as_ref()), format)
        })
        .collect();
    loop {
        let chunks = rows.next_batch(workers.len())?;
        if chunks.is_empty() {
            break;
        }
        let tagged: Vec<Tagged> = workers
            .par_iter_mut()
            .zip(&chunks)
            .map(|(worker, chunk)| worker.tag(chunk))
            .collect();
        for tagged in tagged {
            report.take(tagged)?;
        }
    }
    let read = rows.read as u64;
    let input = InputReport::new(&request.file, &rows.table, &rows.counter, read);
    report.finish(&input)
}

fn read_model(path: &Path) -> Result<(&Path, ThemeModel), Failure> {
    let usage = |problem: String| Failure::Usage(format!("{}: {problem}", path.display()));
    let text = std::fs::read(path).map_err(|e| usage(e.to_string()))?;
    let model = serde_json::from_slice(&text);
    let model = model.map_err(|e| usage(format!("line {}: not a model: {e}", e.line())))?;
    Ok((path, model))
}

/// The comments of a file, in passing.
struct Rows<'r> {
    file: &'r Path,
    table: Table<'static>,
    counter: MissingCounter,
    missing: Missing,
    text: usize,
    id: Option<usize>,
    labels: Option<usize>,
    score: Option<ScoreColumn>,
    read: usize,
    /// Size of the last chunk: the next will be like it.
    room: usize,
}

impl Rows<'_> {
    /// The next `count` chunks; fewer at the end.
    fn next_batch(&mut self, count: usize) -> Result<Vec<Chunk>, Failure> {
        std::iter::from_fn(|| self.next().transpose())
            .take(count)
            .collect()
    }

    /// The next comments; `None` at the end.
    fn next(&mut self) -> Result<Option<Chunk>, Failure> {
        let mut chunk = Chunk {
            text: String::with_capacity(self.room),
            ends: Vec::with_capacity(CHUNK),
            good: Vec::with_capacity(CHUNK),
        };
        while chunk.ends.len() < CHUNK && chunk.text.len() < CHUNK_BYTES {
            let Some(row) = table::next_row(&mut self.table, self.file)? else {
                break;
            };
            self.read += 1;
            match self.id {
                Some(id) => chunk.text.push_str(row.cell(id)),
                None => chunk.text.push_str(&self.read.to_string()),
            }
            let id = chunk.text.len();
            self.counter.is_missing(row.cell(self.text));
            chunk.text.push_str(row.cell(self.text));
            let text = chunk.text.len();
            if let Some(labels) = self.labels {
                chunk.text.push_str(row.cell(labels));
            }
            let at = (self.file, self.read as u64);
            let missing = &self.missing;
            let good = |score: ScoreColumn| score.is_good(at, row.cell(score.place), missing);
            chunk.good.push(self.score.map_or(Ok(None), good)?);
            chunk.ends.push([id, text, chunk.text.len()]);
        }
        self.room = chunk.text.len();
        Ok((!chunk.ends.is_empty()).then_some(chunk))
    }
}

/// Themes and mood of a comment's text.
struct Reading {
    state: CommentState,
    themes: Vec<Theme>,
    mood: Option<(Polarity, f64)>,
}

impl Reading {
    fn comment<'r>(&'r self, id: &'r str) -> Comment<'r> {
        Comment {
            id: Cow::Borrowed(id),
            state: self.state,
            themes: Cow::Borrowed(&self.themes),
            mood: self.mood.map(|(mood, _)| mood),
            mood_probability: self.mood.map(|(_, probability)| rounded(probability)),
        }
    }
}

/// Tags comments on one thread.
struct Worker<'a> {
    format: OutputFormat,
    reader: Reader<'a>,
    /// Readings of short comments, by whether their score is good.
    readings: FxHashMap<Option<bool>, FxHashMap<Box<str>, Reading>>,
}

/// Reads the text of one comment after another.
struct Reader<'a> {
    lexicon: &'a Lexicon,
    missing: &'a Missing,
    words: LexiconTagger<'a>,
    model: Option<(&'a Classifier, ClassifierReader<'a>)>,
}

impl<'a> Worker<'a> {
    fn new(reader: Reader<'a>, format: OutputFormat) -> Self {
        Self {
            format,
            reader,
            readings: FxHashMap::default(),
        }
    }

    fn tag(&mut self, chunk: &Chunk) -> Tagged {
        let (format, mut tagged) = (self.format, Tagged::default());
        let mut csv = csv::Writer::from_writer(Vec::with_capacity(chunk.text.len()));
        for ([id, text, labels], good) in chunk.comments() {
            let unremembered;
            let reading = if text.len() <= LONGEST_REMEMBERED {
                self.remembered(text, good)
            } else {
                unremembered = self.reader.read(text, good);
                &unremembered
            };
            let comment = reading.comment(id);
            tagged.counting.add(&comment);
            if !labels.is_empty() {
                tagged.evaluation.add(labels, comment.labels());
            }
            // Writing to memory does not fail.
            match format {
                OutputFormat::Csv => drop(write_csv(&mut csv, &comment)),
                OutputFormat::Json => {
                    tagged.out.push(b',');
                    drop(serde_json::to_writer(&mut tagged.out, &comment));
                }
                OutputFormat::Table if tagged.first.len() < TABLE_COMMENTS => {
                    tagged.first.push(comment.into_owned());
                }
                OutputFormat::Table => {}
            }
        }
        if format == OutputFormat::Csv {
            tagged.out = csv.into_inner().unwrap_or_default();
        }
        tagged
    }

    /// The reading of a short comment. All are forgotten when there are too many.
    fn remembered(&mut self, text: &str, good: Option<bool>) -> &Reading {
        let readings = self.readings.entry(good).or_default();
        if readings.len() >= MOST_READINGS {
            readings.clear();
        }
        if !readings.contains_key(text) {
            readings.insert(text.into(), self.reader.read(text, good));
        }
        &readings[text]
    }
}

impl<'a> Reader<'a> {
    fn new(lexicon: &'a Lexicon, model: Option<&'a Classifier>, missing: &'a Missing) -> Self {
        Self {
            lexicon,
            missing,
            words: LexiconTagger::new(lexicon),
            model: model.map(|model| (model, model.reader())),
        }
    }

    fn with_mood_model(self, model: Option<&'a MoodClassifier>) -> Self {
        Self {
            words: self.words.with_mood_model(model),
            ..self
        }
    }

    fn read(&mut self, text: &str, good: Option<bool>) -> Reading {
        let raw = text.trim();
        if self.missing.is_missing(raw) {
            return Reading {
                state: CommentState::None,
                themes: Vec::new(),
                mood: None,
            };
        }
        let text = redact(tidy(raw), &[]).text;
        let comment = self.words.tag(&text, good);
        let mood = comment.clear_mood();
        let mut themes = merged(comment.mentions);
        if comment.state == CommentState::Analysed {
            self.apply_model(&mut themes, comment.mood);
        }
        Reading {
            state: comment.state,
            themes,
            mood,
        }
    }

    /// Replaces the themes that the words found in the last comment where the model does better.
    fn apply_model(&mut self, themes: &mut Vec<Theme>, mood: i32) {
        let Some((classifier, model)) = &mut self.model else {
            return;
        };
        let place = |theme: &Theme| self.lexicon.taxonomy().place(&theme.theme);
        let found = themes.iter().filter_map(|t| Some((place(t)?, t.polarity)));
        let labels = model.labels(self.words.folded(), &hits(found));
        let replacing = labels.iter().filter(|found| found.label.replaces_lexicon);
        let replacing: Vec<Theme> = replacing
            .map(|found| {
                let by_words = found.theme.and_then(|own| {
                    let mut themes = themes.iter();
                    themes.find(|theme| place(theme) == Some(own))
                });
                Theme {
                    theme: found.label.label.clone(),
                    polarity: by_words.map_or_else(|| Polarity::of_mood(mood), |t| t.polarity),
                    probability: rounded(found.probability),
                    words: by_words.map_or_else(|| model.reasons(found), |t| t.words.clone()),
                }
            })
            .collect();
        themes.retain(|theme| !place(theme).is_some_and(|own| classifier.replaces_words(own)));
        themes.extend(replacing);
    }
}
