//! `rapport analyse themes`: what do comments speak of, and how?

use std::{
    borrow::Cow,
    collections::BTreeMap,
    io::{self, BufWriter, Seek, Write},
    path::{Path, PathBuf},
};

use clap::Args;
use rayon::prelude::*;
use serde::{Serialize, Serializer};
use tempfile::SpooledTempFile;

use super::{
    files::read_lexicon,
    output::{self, OutputFormat},
    table::{self, InputReport, TableOptions},
    theme_evaluation::{Evaluation, EvaluationReport, Label, mood_label},
};
use crate::{
    cli::outcome::{Failure, Outcome},
    documents::csv::defuse,
    tables::{
        Table,
        missing::{Missing, MissingCounter},
    },
    text::{
        classifier::model::{Classifier, ClassifierReader, ThemeModel, hits},
        lexicon::Lexicon,
        mention::{CommentState, Polarity, ThemeMention, rounded},
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
its labels, except on themes where its cross-validation did not beat the words. --evaluate compares with labels of your own and
gives precision and recall with 95 % intervals by theme and polarity. Comments in a language that the words do not know are
counted, never read as neutral. Shipped taxonomy; another with --taxonomy. Comments are read and written in passing: any length of file.";

/// Comments that a worker reads at a time, and their size.
const CHUNK: usize = 1024;
const CHUNK_BYTES: usize = 1 << 18;
/// Comments that a table shows.
const TABLE_COMMENTS: usize = 200;
/// Output that is kept in memory; more goes to a temporary file.
const MOST_MEMORY: usize = 1 << 26;

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
    #[arg(long, value_enum)]
    format: Option<OutputFormat>,
}

/// Comments as the file has them, one behind the other.
#[derive(Default)]
struct Chunk {
    text: String,
    /// Of each comment, where its id, its text and its labels end.
    ends: Vec<[usize; 3]>,
}

impl Chunk {
    /// Id, text and labels of each comment.
    fn comments(&self) -> impl Iterator<Item = [&str; 3]> {
        let starts = std::iter::once(0).chain(self.ends.iter().map(|[_, _, end]| *end));
        starts.zip(&self.ends).map(|(start, [id, text, end])| {
            [start..*id, *id..*text, *text..*end].map(|part| &self.text[part])
        })
    }
}

#[derive(Serialize)]
struct Comment<'r> {
    id: Cow<'r, str>,
    state: CommentState,
    themes: Vec<Theme>,
    /// Positive or negative, where it is clear.
    mood: Option<Polarity>,
    mood_probability: Option<f64>,
}

/// All mentions of a theme with one polarity.
#[derive(Serialize)]
struct Theme {
    theme: String,
    polarity: Polarity,
    probability: f64,
    #[serde(serialize_with = "listed")]
    words: String,
}

/// Words as a list.
fn listed<S: Serializer>(words: &str, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(words.split(", ").filter(|word| !word.is_empty()))
}

impl Comment<'_> {
    /// Themes and mood to compare with labels. Labels name no neutral mentions.
    fn labels(&self) -> impl Iterator<Item = Label> + '_ {
        let themes = self
            .themes
            .iter()
            .filter(|t| t.polarity != Polarity::Neutral);
        let themes = themes.map(|t| (t.theme.clone(), t.polarity));
        themes.chain(self.mood.map(mood_label))
    }
}

/// How much of the comments could be read.
#[derive(Default, Serialize)]
struct Coverage {
    comments: usize,
    empty: usize,
    no_content: usize,
    /// In a language that the words do not know.
    not_analysed: usize,
    analysed: usize,
    with_theme: usize,
    /// Of the comments analysed.
    share_with_theme: Option<f64>,
    themes: Vec<ThemeCount>,
}

/// Comments that speak of a theme.
#[derive(Default, Serialize)]
struct ThemeCount {
    theme: String,
    comments: usize,
    positive: usize,
    negative: usize,
    neutral: usize,
    request: usize,
}

#[derive(Serialize)]
struct Report {
    coverage: Coverage,
    #[serde(skip_serializing_if = "Option::is_none")]
    evaluation: Option<EvaluationReport>,
    comments: Vec<Comment<'static>>,
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
    let columns = [&request.id, &request.evaluate].into_iter().flatten();
    let wanted = std::iter::once(&request.text).chain(columns);
    let options = request.table.options(wanted.map(String::as_str));
    let table = table::open(&request.file, &options)?;
    let place = |name: &String| table::column(&table, &request.file, name);
    let (text, id, labels) = (
        place(&request.text)?,
        request.id.as_ref().map(place).transpose()?,
        request.evaluate.as_ref().map(place).transpose()?,
    );
    let missing = table.missing().clone();
    let mut rows = Rows {
        file: &request.file,
        counter: MissingCounter::new(missing.clone()),
        table,
        text,
        id,
        labels,
        read: 0,
        room: 0,
    };
    let mut report = Reporting::new(format, request.evaluate.is_some())?;
    // One worker per thread keeps its caches from batch to batch.
    let mut workers: Vec<Worker<'_>> = (0..rayon::current_num_threads())
        .map(|_| Worker::new(&lexicon, classifier.as_ref(), &missing, format))
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
    text: usize,
    id: Option<usize>,
    labels: Option<usize>,
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
            chunk.ends.push([id, text, chunk.text.len()]);
        }
        self.room = chunk.text.len();
        Ok((!chunk.ends.is_empty()).then_some(chunk))
    }
}

/// Tags comments on one thread.
struct Worker<'a> {
    format: OutputFormat,
    lexicon: &'a Lexicon,
    missing: &'a Missing,
    words: LexiconTagger<'a>,
    model: Option<(&'a Classifier, ClassifierReader<'a>)>,
}

/// What a worker found in a chunk.
#[derive(Default)]
struct Tagged {
    counting: Counting,
    evaluation: Evaluation,
    /// What is to be written.
    out: Vec<u8>,
    /// The first comments, for a table.
    first: Vec<Comment<'static>>,
}

impl<'a> Worker<'a> {
    fn new(
        lexicon: &'a Lexicon,
        model: Option<&'a Classifier>,
        missing: &'a Missing,
        format: OutputFormat,
    ) -> Self {
        Self {
            format,
            lexicon,
            missing,
            words: LexiconTagger::new(lexicon),
            model: model.map(|model| (model, model.reader())),
        }
    }

    fn tag(&mut self, chunk: &Chunk) -> Tagged {
        let mut tagged = Tagged::default();
        let mut csv = csv::Writer::from_writer(Vec::with_capacity(chunk.text.len()));
        for [id, text, labels] in chunk.comments() {
            let comment = self.comment(Cow::Borrowed(id), text);
            tagged.counting.add(&comment);
            if !labels.is_empty() {
                tagged.evaluation.add(labels, comment.labels());
            }
            // Writing to memory does not fail.
            match self.format {
                OutputFormat::Csv => drop(write_csv(&mut csv, &comment)),
                OutputFormat::Json => {
                    tagged.out.push(b',');
                    drop(serde_json::to_writer(&mut tagged.out, &comment));
                }
                OutputFormat::Table if tagged.first.len() < TABLE_COMMENTS => {
                    tagged.first.push(Comment {
                        id: comment.id.into_owned().into(),
                        ..comment
                    });
                }
                OutputFormat::Table => {}
            }
        }
        if self.format == OutputFormat::Csv {
            tagged.out = csv.into_inner().unwrap_or_default();
        }
        tagged
    }

    fn comment<'r>(&mut self, id: Cow<'r, str>, text: &str) -> Comment<'r> {
        let raw = text.trim();
        if self.missing.is_missing(raw) {
            return Comment {
                id,
                state: CommentState::None,
                themes: Vec::new(),
                mood: None,
                mood_probability: None,
            };
        }
        let text = redact(tidy(raw), &[]).text;
        let comment = self.words.tag(&text, None);
        let mood = comment.clear_mood();
        let mut themes = merged(comment.mentions);
        if comment.state == CommentState::Analysed {
            self.apply_model(&mut themes, comment.mood);
        }
        Comment {
            id,
            state: comment.state,
            themes,
            mood: mood.map(|(mood, _)| mood),
            mood_probability: mood.map(|(_, probability)| rounded(probability)),
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

/// The mentions of a comment, those of one theme and polarity together.
fn merged(mentions: Vec<ThemeMention>) -> Vec<Theme> {
    let mut themes: Vec<Theme> = Vec::with_capacity(mentions.len());
    for mention in mentions {
        let same = |t: &&mut Theme| t.theme == mention.theme && t.polarity == mention.polarity;
        if let Some(theme) = themes.iter_mut().find(same) {
            theme.probability = theme.probability.max(rounded(mention.probability));
            theme.words.push_str(", ");
            theme.words.push_str(&mention.words);
        } else {
            themes.push(Theme {
                theme: mention.theme,
                polarity: mention.polarity,
                probability: rounded(mention.probability),
                words: mention.words,
            });
        }
    }
    themes
}

fn write_csv(out: &mut csv::Writer<Vec<u8>>, comment: &Comment<'_>) -> Result<(), csv::Error> {
    let id = defuse(&comment.id);
    let state = comment.state.as_str();
    let mood = comment.mood.map_or("", Polarity::as_str);
    let certainty = comment
        .mood_probability
        .map(|p| p.to_string())
        .unwrap_or_default();
    if comment.themes.is_empty() {
        out.write_record([&*id, state, "", "", "", "", mood, &certainty])?;
    }
    for theme in &comment.themes {
        // Written as in JSON.
        let probability = serde_json::to_string(&theme.probability).unwrap_or_default();
        out.write_record([
            &*id,
            state,
            &*defuse(&theme.theme),
            theme.polarity.as_str(),
            &probability,
            &*defuse(&theme.words),
            mood,
            &certainty,
        ])?;
    }
    Ok(())
}

#[derive(Default)]
struct Counting {
    coverage: Coverage,
    themes: BTreeMap<String, ThemeCount>,
}

impl Counting {
    fn add(&mut self, comment: &Comment<'_>) {
        let coverage = &mut self.coverage;
        coverage.comments += 1;
        match comment.state {
            CommentState::None => coverage.empty += 1,
            CommentState::NoContent => coverage.no_content += 1,
            CommentState::NotAnalysed => coverage.not_analysed += 1,
            CommentState::Analysed => coverage.analysed += 1,
        }
        coverage.with_theme += usize::from(!comment.themes.is_empty());
        for (i, theme) in comment.themes.iter().enumerate() {
            let again = comment.themes[..i].iter().any(|t| t.theme == theme.theme);
            let count = self.theme(&theme.theme);
            count.comments += usize::from(!again);
            match theme.polarity {
                Polarity::Positive => count.positive += 1,
                Polarity::Negative => count.negative += 1,
                Polarity::Neutral => count.neutral += 1,
                Polarity::Request => count.request += 1,
            }
        }
    }

    fn theme(&mut self, id: &str) -> &mut ThemeCount {
        self.themes.entry(id.to_owned()).or_default()
    }

    fn merge(&mut self, other: Self) {
        let (own, more) = (&mut self.coverage, other.coverage);
        own.comments += more.comments;
        own.empty += more.empty;
        own.no_content += more.no_content;
        own.not_analysed += more.not_analysed;
        own.analysed += more.analysed;
        own.with_theme += more.with_theme;
        for (theme, more) in other.themes {
            let own = self.theme(&theme);
            own.comments += more.comments;
            own.positive += more.positive;
            own.negative += more.negative;
            own.neutral += more.neutral;
            own.request += more.request;
        }
    }

    fn finish(self) -> Coverage {
        let mut coverage = self.coverage;
        if coverage.analysed > 0 {
            coverage.share_with_theme = Some(coverage.with_theme as f64 / coverage.analysed as f64);
        }
        let named = |(theme, count)| ThemeCount { theme, ..count };
        coverage.themes = self.themes.into_iter().map(named).collect();
        coverage.themes.sort_by(|a, b| {
            let most = b.comments.cmp(&a.comments);
            most.then_with(|| a.theme.cmp(&b.theme))
        });
        coverage
    }
}

/// What the workers found, put together in the order of the file. A table shows the first comments.
/// The output is held back until all rows are read: a file that cannot be used gives none.
struct Reporting {
    format: OutputFormat,
    out: BufWriter<SpooledTempFile>,
    counting: Counting,
    evaluation: Option<Evaluation>,
    first: Vec<Comment<'static>>,
}

impl Reporting {
    fn new(format: OutputFormat, evaluates: bool) -> Result<Self, Failure> {
        let mut out = BufWriter::new(SpooledTempFile::new(MOST_MEMORY));
        out.write_all(match format {
            OutputFormat::Json => b"{\"comments\":[",
            OutputFormat::Csv => {
                b"id,state,theme,polarity,probability,words,mood,mood_probability\n"
            }
            OutputFormat::Table => b"",
        })?;
        Ok(Self {
            format,
            out,
            counting: Counting::default(),
            evaluation: evaluates.then(Evaluation::default),
            first: Vec::new(),
        })
    }

    fn take(&mut self, tagged: Tagged) -> Outcome {
        let room = TABLE_COMMENTS - self.first.len();
        self.first.extend(tagged.first.into_iter().take(room));
        // In JSON each comment has a comma before it.
        let begins = self.format == OutputFormat::Json && self.counting.coverage.comments == 0;
        self.out.write_all(&tagged.out[usize::from(begins)..])?;
        self.counting.merge(tagged.counting);
        if let Some(evaluation) = &mut self.evaluation {
            evaluation.merge(tagged.evaluation);
        }
        Ok(())
    }

    fn finish(mut self, input: &InputReport) -> Outcome {
        let coverage = self.counting.finish();
        let evaluation = self.evaluation.map(Evaluation::report);
        match self.format {
            OutputFormat::Json => {
                self.out.write_all(b"],\"coverage\":")?;
                serde_json::to_writer(&mut self.out, &coverage)?;
                if let Some(evaluation) = &evaluation {
                    self.out.write_all(b",\"evaluation\":")?;
                    serde_json::to_writer(&mut self.out, evaluation)?;
                }
                self.out.write_all(b",\"input\":")?;
                serde_json::to_writer(&mut self.out, input)?;
                self.out.write_all(b"}\n")?;
            }
            OutputFormat::Csv => {}
            OutputFormat::Table => {
                let comments = self.first;
                let report = Report {
                    coverage,
                    evaluation,
                    comments,
                };
                return output::write(&report, input, "comments", Some(OutputFormat::Table));
            }
        }
        let mut out = self
            .out
            .into_inner()
            .map_err(io::IntoInnerError::into_error)?;
        out.rewind()?;
        let mut stdout = io::stdout().lock();
        io::copy(&mut out, &mut stdout)?;
        Ok(stdout.flush()?)
    }
}
