//! `rapport analyse themes`: what do comments speak of, and how?

use std::{
    borrow::Cow,
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use clap::Args;
use serde::{Serialize, Serializer};

use super::{
    files::read_taxonomy,
    input,
    output::{self, OutputFormat},
    relay::relay,
};
use crate::{
    cli::outcome::{Failure, Outcome},
    documents::csv::{CsvError, CsvRows, decode, defuse},
    text::{
        classifier::model::{Classifier, ClassifierReader, ThemeModel, hits},
        normalise::tidy,
        redact::redact,
        tagger::{self, CommentState, Polarity},
        taxonomy::Taxonomy,
    },
};

pub const HELP: &str = "Example: rapport analyse themes comments.csv --text remark --id id --format csv > themes.csv

Each comment is made tidy, personal data are taken out, and its clauses are read with a taxonomy: words that speak well or badly
of a theme, negation, idioms. `words` are the words that fired. The probability of words is an order for review, no probability;
that of a trained model (--model, from `analyse train-themes`) is one, and such a model decides on its labels, except on
themes where its cross-validation did not beat the words. Comments in a language that the words do not know are counted, never
read as neutral. Shipped taxonomy; another with --taxonomy. Comments are read and written in passing: any length of file.";

/// Comments that a worker reads at a time, and their size.
const CHUNK: usize = 1024;
const CHUNK_BYTES: usize = 1 << 18;
/// Comments that a table shows.
const TABLE_COMMENTS: usize = 200;

/// What do comments speak of, and how?
#[derive(Args, Debug)]
pub struct Request {
    /// One row a comment (CSV or TSV, also .gz)
    file: PathBuf,
    /// Column with the comment
    #[arg(long)]
    text: String,
    /// Column that names the comment
    #[arg(long)]
    id: Option<String>,
    /// Themes and their words (TOML); default: the shipped ones
    #[arg(long)]
    taxonomy: Option<PathBuf>,
    /// A trained model (JSON)
    #[arg(long)]
    model: Option<PathBuf>,
    #[arg(long, value_enum)]
    format: Option<OutputFormat>,
}

/// Comments as the file has them, one behind the other.
#[derive(Default)]
struct Chunk {
    bytes: Vec<u8>,
    /// Of each comment, where its id ends and where its text ends.
    ends: Vec<(usize, usize)>,
}

impl Chunk {
    fn comments(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        let starts = std::iter::once(0).chain(self.ends.iter().map(|(_, end)| *end));
        starts
            .zip(&self.ends)
            .map(|(start, (id, text))| (&self.bytes[start..*id], &self.bytes[*id..*text]))
    }
}

#[derive(Serialize)]
struct Comment<'r, 'a> {
    id: Cow<'r, str>,
    state: CommentState,
    themes: Vec<Theme<'a>>,
}

#[derive(Serialize)]
struct Theme<'a> {
    theme: &'a str,
    polarity: Polarity,
    probability: f64,
    #[serde(serialize_with = "listed")]
    words: String,
}

/// Words as a list.
fn listed<S: Serializer>(words: &str, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(words.split(", ").filter(|word| !word.is_empty()))
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
}

#[derive(Serialize)]
struct Report<'a> {
    coverage: Coverage,
    comments: Vec<Comment<'a, 'a>>,
}

/// Runs the command.
///
/// # Errors
/// Usage.
pub fn run(request: &Request) -> Outcome {
    // A short file waits for these two longer than for its comments.
    let (taxonomy, model) = rayon::join(
        || read_taxonomy(request.taxonomy.as_deref()),
        || request.model.as_deref().map(read_model).transpose(),
    );
    let (taxonomy, model) = (taxonomy?, model?);
    let classifier = model
        .map(|(path, model)| {
            let usage = |problem| Failure::Usage(format!("{}: {problem}", path.display()));
            Classifier::new(model, &taxonomy).map_err(usage)
        })
        .transpose()?;
    let usage = |problem: String| Failure::Usage(format!("{}: {problem}", request.file.display()));
    let table = input::open(&request.file)?;
    let place = |column: &String| {
        let place = table.columns().iter().position(|c| c == column);
        place.ok_or_else(|| usage(format!("there is no column \"{column}\"")))
    };
    let text_place = place(&request.text)?;
    let id_place = request.id.as_ref().map(place).transpose()?;

    let mut rows = Rows {
        table,
        text: text_place,
        id: id_place,
        read: 0,
        room: 0,
    };
    let format = output::chosen(request.format);
    let (taxonomy, classifier) = (taxonomy.as_ref(), classifier.as_ref());
    let mut report = Reporting::new(format)?;
    relay(
        rayon::current_num_threads(),
        || rows.next().map_err(|e| usage(e.to_string())),
        || {
            let mut worker = Worker::new(taxonomy, classifier, format);
            move |chunk: Chunk| worker.read(&chunk)
        },
        |read| report.take(read),
    )?;
    report.finish()
}

fn read_model(path: &Path) -> Result<(&Path, ThemeModel), Failure> {
    let usage = |problem: String| Failure::Usage(format!("{}: {problem}", path.display()));
    let text = std::fs::read(path).map_err(|e| usage(e.to_string()))?;
    let model = serde_json::from_slice(&text);
    let model = model.map_err(|e| usage(format!("line {}: not a model: {e}", e.line())))?;
    Ok((path, model))
}

/// The comments of a file, in passing.
struct Rows {
    table: CsvRows<'static>,
    text: usize,
    id: Option<usize>,
    read: usize,
    /// Size of the last chunk: the next will be like it.
    room: usize,
}

impl Rows {
    /// The next comments; `None` at the end.
    fn next(&mut self) -> Result<Option<Chunk>, CsvError> {
        let mut chunk = Chunk {
            bytes: Vec::with_capacity(self.room),
            ends: Vec::with_capacity(CHUNK),
        };
        while chunk.ends.len() < CHUNK && chunk.bytes.len() < CHUNK_BYTES {
            let Some((_, record)) = self.table.next_record()? else {
                break;
            };
            self.read += 1;
            let cell = |place: usize| record.get(place).unwrap_or_default();
            match self.id {
                Some(id) => chunk.bytes.extend_from_slice(cell(id)),
                None => chunk
                    .bytes
                    .extend_from_slice(self.read.to_string().as_bytes()),
            }
            let id = chunk.bytes.len();
            chunk.bytes.extend_from_slice(cell(self.text));
            chunk.ends.push((id, chunk.bytes.len()));
        }
        self.room = chunk.bytes.len();
        Ok((!chunk.ends.is_empty()).then_some(chunk))
    }
}

/// Reads comments on one thread.
struct Worker<'a> {
    format: OutputFormat,
    taxonomy: &'a Taxonomy,
    words: tagger::Reader<'a>,
    model: Option<(&'a Classifier, ClassifierReader<'a>)>,
    /// Themes of the comment at hand, with their places in the taxonomy.
    mentions: Vec<(usize, Theme<'a>)>,
    /// The number at hand, written out.
    number: Vec<u8>,
}

/// What a worker found in a chunk.
#[derive(Default)]
struct Read<'a> {
    counting: Counting<'a>,
    /// What is to be written.
    out: Vec<u8>,
    /// The first comments, for a table.
    first: Vec<Comment<'static, 'a>>,
}

impl<'a> Worker<'a> {
    fn new(taxonomy: &'a Taxonomy, model: Option<&'a Classifier>, format: OutputFormat) -> Self {
        Self {
            format,
            taxonomy,
            words: tagger::Reader::new(taxonomy),
            model: model.map(|model| (model, model.reader())),
            mentions: Vec::new(),
            number: Vec::new(),
        }
    }

    fn read(&mut self, chunk: &Chunk) -> Read<'a> {
        let mut read = Read::default();
        let mut csv = csv::Writer::from_writer(Vec::with_capacity(chunk.bytes.len()));
        for (id, text) in chunk.comments() {
            let comment = self.comment(decode(id), text);
            read.counting.add(&comment);
            // Memory does not fail to be written.
            match self.format {
                OutputFormat::Csv => drop(write_csv(&mut csv, &comment, &mut self.number)),
                OutputFormat::Json => {
                    read.out.push(b',');
                    drop(serde_json::to_writer(&mut read.out, &comment));
                }
                OutputFormat::Table if read.first.len() < TABLE_COMMENTS => {
                    read.first.push(Comment {
                        id: comment.id.into_owned().into(),
                        ..comment
                    });
                }
                OutputFormat::Table => {}
            }
        }
        if self.format == OutputFormat::Csv {
            read.out = csv.into_inner().unwrap_or_default();
        }
        read
    }

    fn comment<'r>(&mut self, id: Cow<'r, str>, text: &[u8]) -> Comment<'r, 'a> {
        let mut comment = Comment {
            id,
            state: CommentState::None,
            themes: Vec::new(),
        };
        let raw = decode(text);
        let raw = raw.trim();
        if raw.is_empty() || raw == "NA" {
            return comment;
        }
        let text = redact(tidy(raw), &[]).text;
        let (taxonomy, mentions) = (self.taxonomy, &mut self.mentions);
        mentions.clear();
        let (state, mood) = self.words.visit(&text, |tagger::Heard { vote, .. }| {
            let same = |(theme, tag): &&mut (usize, Theme<'_>)| {
                *theme == vote.theme && tag.polarity == vote.polarity
            };
            if let Some((_, tag)) = mentions.iter_mut().find(same) {
                tag.probability = tag.probability.max(vote.probability);
                tag.words.push_str(", ");
                tag.words.push_str(&vote.words);
                return;
            }
            let tag = Theme {
                theme: &taxonomy.themes[vote.theme].id,
                polarity: vote.polarity,
                probability: vote.probability,
                words: vote.words.clone(),
            };
            mentions.push((vote.theme, tag));
        });
        comment.state = state;
        let Some((classifier, model)) = &mut self.model else {
            comment
                .themes
                .extend(mentions.drain(..).map(|(_, tag)| tag));
            return comment;
        };
        if state != CommentState::Analysed {
            return comment;
        }
        let hits = hits(mentions.iter().map(|(theme, tag)| (*theme, tag.polarity)));
        let labels = model.labels(self.words.folded(), &hits);
        comment.themes.reserve(mentions.len() + labels.len());
        let by_words = mentions.iter_mut();
        let by_words = by_words.filter(|(theme, _)| !classifier.replaces_words(*theme));
        comment.themes.extend(by_words.map(|(_, tag)| Theme {
            words: std::mem::take(&mut tag.words),
            ..*tag
        }));
        let replacing = labels.iter().filter(|found| found.label.replaces_lexicon);
        comment.themes.extend(replacing.map(|found| {
            let tag = mentions
                .iter()
                .find(|(theme, _)| Some(*theme) == found.theme);
            Theme {
                theme: &found.label.label,
                polarity: tag.map_or_else(|| Polarity::of_mood(mood), |(_, tag)| tag.polarity),
                probability: (found.probability * 1e4).round() / 1e4,
                words: tag.map_or_else(|| model.reasons(found), |(_, tag)| tag.words.clone()),
            }
        }));
        comment
    }
}

fn write_csv(
    out: &mut csv::Writer<Vec<u8>>,
    comment: &Comment<'_, '_>,
    number: &mut Vec<u8>,
) -> Result<(), csv::Error> {
    let id = defuse(&comment.id);
    let state = comment.state.as_str();
    if comment.themes.is_empty() {
        out.write_record([&*id, state, "", "", "", ""])?;
    }
    for theme in &comment.themes {
        write_share(theme.probability, number)?;
        out.write_record([
            id.as_bytes(),
            state.as_bytes(),
            defuse(theme.theme).as_bytes(),
            theme.polarity.as_str().as_bytes(),
            number,
            defuse(&theme.words).as_bytes(),
        ])?;
    }
    Ok(())
}

/// A number in [0, 1] in place of what `out` holds. Most have four decimals, which are quickly written.
fn write_share(number: f64, out: &mut Vec<u8>) -> io::Result<()> {
    out.clear();
    let decimals = number * 1e4;
    if decimals.fract() != 0.0 || decimals >= 1e4 {
        return Ok(serde_json::to_writer(out, &number)?);
    }
    out.extend(b"0.");
    let mut rest = decimals as u16;
    let mut place = 1_000;
    while rest > 0 || place == 1_000 {
        out.push(b'0' + (rest / place) as u8);
        rest %= place;
        place /= 10;
    }
    Ok(())
}

#[derive(Default)]
struct Counting<'a> {
    coverage: Coverage,
    themes: Vec<(&'a str, ThemeCount)>,
}

impl<'a> Counting<'a> {
    fn add(&mut self, comment: &Comment<'_, 'a>) {
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
            let count = self.theme(theme.theme);
            count.comments += usize::from(!again);
            match theme.polarity {
                Polarity::Positive => count.positive += 1,
                Polarity::Negative => count.negative += 1,
                Polarity::Neutral => count.neutral += 1,
            }
        }
    }

    /// The count of a theme. Names are the taxonomy's and the model's own: where they stand tells them apart at once.
    fn theme(&mut self, name: &'a str) -> &mut ThemeCount {
        let themes = &mut self.themes;
        let known = themes.iter().position(|(own, _)| std::ptr::eq(*own, name));
        let known = known.or_else(|| themes.iter().position(|(own, _)| *own == name));
        let place = known.unwrap_or_else(|| {
            themes.push((name, ThemeCount::default()));
            themes.len() - 1
        });
        &mut themes[place].1
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
            let own = self.theme(theme);
            own.comments += more.comments;
            own.positive += more.positive;
            own.negative += more.negative;
            own.neutral += more.neutral;
        }
    }

    fn finish(self) -> Coverage {
        let mut coverage = self.coverage;
        if coverage.analysed > 0 {
            coverage.share_with_theme = Some(coverage.with_theme as f64 / coverage.analysed as f64);
        }
        let named = |(theme, count): (&str, ThemeCount)| ThemeCount {
            theme: theme.to_owned(),
            ..count
        };
        coverage.themes = self.themes.into_iter().map(named).collect();
        coverage.themes.sort_by(|a, b| {
            let most = b.comments.cmp(&a.comments);
            most.then_with(|| a.theme.cmp(&b.theme))
        });
        coverage
    }
}

/// What the workers found, put together in the order of the file. A table shows the first comments.
struct Reporting<'a> {
    format: OutputFormat,
    out: BufWriter<io::StdoutLock<'static>>,
    counting: Counting<'a>,
    first: Vec<Comment<'static, 'a>>,
}

impl<'a> Reporting<'a> {
    fn new(format: OutputFormat) -> Result<Self, Failure> {
        let mut out = BufWriter::new(io::stdout().lock());
        out.write_all(match format {
            OutputFormat::Json => b"{\"comments\":[",
            OutputFormat::Csv => b"id,state,theme,polarity,probability,words\n",
            OutputFormat::Table => b"",
        })?;
        Ok(Self {
            format,
            out,
            counting: Counting::default(),
            first: Vec::new(),
        })
    }

    fn take(&mut self, read: Read<'a>) -> Outcome {
        let room = TABLE_COMMENTS - self.first.len();
        self.first.extend(read.first.into_iter().take(room));
        // In JSON each comment has a comma before it.
        let begins = self.format == OutputFormat::Json && self.counting.coverage.comments == 0;
        self.out.write_all(&read.out[usize::from(begins)..])?;
        self.counting.merge(read.counting);
        Ok(())
    }

    fn finish(mut self) -> Outcome {
        let coverage = self.counting.finish();
        match self.format {
            OutputFormat::Json => {
                self.out.write_all(b"],\"coverage\":")?;
                serde_json::to_writer(&mut self.out, &coverage)?;
                self.out.write_all(b"}\n")?;
            }
            OutputFormat::Csv => {}
            OutputFormat::Table => {
                drop(self.out);
                let comments = self.first;
                let report = Report { coverage, comments };
                return output::write(&report, "comments", Some(OutputFormat::Table));
            }
        }
        Ok(self.out.flush()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_written_as_they_read() {
        let mut out = Vec::new();
        let written = (0..=10_000).map(|k| f64::from(k) / 1e4);
        for share in written.chain([0.968_75, 1.0 / 3.0, f64::MIN_POSITIVE]) {
            write_share(share, &mut out).expect("memory");
            let text = String::from_utf8(out.clone()).expect("ASCII");
            assert_eq!(text.parse::<f64>().expect("a number"), share, "{text}");
            assert_eq!(text, serde_json::to_string(&share).expect("a number"));
        }
    }
}
