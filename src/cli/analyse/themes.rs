//! `rapport analyse themes`: what do comments speak of, and how?

use std::{
    collections::BTreeMap,
    io::{self, BufWriter, Write},
    path::PathBuf,
};

use clap::Args;
use rayon::prelude::*;
use serde::Serialize;

use super::{
    input,
    output::{self, OutputFormat},
    read_taxonomy,
};
use crate::{
    cli::{Failure, Outcome},
    documents::csv::{decode, defuse},
    text::{
        model::{Classifier, ThemeModel},
        normalise::tidy,
        redact::redact,
        taxonomy::Taxonomy,
        themes::{self, CommentState, Pole},
    },
};

pub const HELP: &str = "Example: rapport analyse themes comments.csv --text remark --id id --format csv > themes.csv

Each comment is made tidy, personal data are taken out, and its clauses are read with a taxonomy: words that speak well or badly
of a theme, negation, idioms. `words` are the words that fired. The confidence of words is an order for review, no probability;
that of a trained model (--model, from `analyse train-themes`) is one, and such a model decides on its labels, except on
themes where its cross-validation did not beat the words. Comments in a language that the words do not know are counted, never
read as neutral. Shipped taxonomy; another with --taxonomy. Comments are read and written in passing: any length of file.";

/// Comments read at a time.
const CHUNK: usize = 4096;
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

#[derive(Serialize)]
struct Comment {
    id: String,
    state: &'static str,
    themes: Vec<Theme>,
}

#[derive(Serialize)]
struct Theme {
    theme: String,
    pole: Pole,
    confidence: f64,
    words: Vec<String>,
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
struct Report {
    coverage: Coverage,
    comments: Vec<Comment>,
}

/// Runs the command.
///
/// # Errors
/// Usage.
pub fn run(request: &Request) -> Outcome {
    let taxonomy = read_taxonomy(request.taxonomy.as_deref())?;
    let classifier = request
        .model
        .as_ref()
        .map(|path| {
            let usage = |problem: String| Failure::Usage(format!("{}: {problem}", path.display()));
            let text = std::fs::read(path).map_err(|e| usage(e.to_string()))?;
            let model: ThemeModel = serde_json::from_slice(&text)
                .map_err(|e| usage(format!("line {}: not a model: {e}", e.line())))?;
            Classifier::new(model, &taxonomy).map_err(|e| usage(e.to_string()))
        })
        .transpose()?;
    let usage = |problem: String| Failure::Usage(format!("{}: {problem}", request.file.display()));
    let mut table = input::open(&request.file)?;
    let place = |column: &String| {
        let place = table.columns().iter().position(|c| c == column);
        place.ok_or_else(|| usage(format!("there is no column \"{column}\"")))
    };
    let text_place = place(&request.text)?;
    let id_place = request.id.as_ref().map(place).transpose()?;

    let mut writer = Writer::new(request.format);
    let mut coverage = Counting::default();
    let mut chunk: Vec<(String, String)> = Vec::with_capacity(CHUNK);
    let (mut rows, mut more) = (0_usize, true);
    while more {
        chunk.clear();
        while chunk.len() < CHUNK {
            let Some((_, record)) = table.next_record().map_err(|e| usage(e.to_string()))? else {
                more = false;
                break;
            };
            rows += 1;
            let cell = |place: usize| record.get(place).map(decode).unwrap_or_default();
            let id = id_place.map_or_else(|| rows.to_string(), cell);
            chunk.push((id, cell(text_place)));
        }
        let comments: Vec<Comment> = chunk
            .par_chunks(256)
            .flat_map_iter(|part| read(part, &taxonomy, classifier.as_ref()))
            .collect();
        for comment in comments {
            coverage.add(&comment);
            writer.comment(comment)?;
        }
    }
    writer.finish(coverage.finish())
}

/// Reads some comments.
fn read(
    texts: &[(String, String)],
    taxonomy: &Taxonomy,
    classifier: Option<&Classifier>,
) -> Vec<Comment> {
    let mut reader = classifier.map(Classifier::reader);
    texts
        .iter()
        .map(|(id, raw)| {
            let id = id.clone();
            let raw = raw.trim();
            if raw.is_empty() || raw == "NA" {
                return Comment {
                    id,
                    state: CommentState::None.as_str(),
                    themes: Vec::new(),
                };
            }
            let text = redact(&tidy(raw), &[]).text;
            let reading = themes::read(&text, None, taxonomy);
            let mut found: Vec<Theme> = Vec::new();
            let decided = |theme: &str| {
                classifier.is_some_and(|c| {
                    let labels = &c.model().labels;
                    labels
                        .iter()
                        .any(|l| l.replaces_lexicon && is_theme(&l.label, theme, taxonomy))
                })
            };
            for tag in reading.tags.iter().filter(|t| !decided(&t.theme)) {
                let words = || tag.words.split(", ").map(str::to_owned);
                let same = |t: &&mut Theme| t.theme == tag.theme && t.pole == tag.pole;
                match found.iter_mut().find(same) {
                    Some(theme) => {
                        theme.confidence = theme.confidence.max(tag.confidence);
                        theme.words.extend(words());
                    }
                    None => found.push(Theme {
                        theme: tag.theme.clone(),
                        pole: tag.pole,
                        confidence: tag.confidence,
                        words: words().collect(),
                    }),
                }
            }
            if let Some(reader) = reader
                .as_mut()
                .filter(|_| reading.state == CommentState::Analysed)
            {
                for label in reader.labels(&text, &reading.tags) {
                    if !label.label.replaces_lexicon {
                        continue;
                    }
                    let own = |t: &&themes::Tag| is_theme(&label.label.label, &t.theme, taxonomy);
                    let tag = reading.tags.iter().find(own);
                    found.push(Theme {
                        theme: label.label.label.clone(),
                        pole: tag.map_or_else(|| Pole::of_mood(reading.mood), |t| t.pole),
                        confidence: label.confidence,
                        words: match tag {
                            Some(tag) => tag.words.split(", ").map(str::to_owned).collect(),
                            None => label.words.iter().map(|w| (*w).to_owned()).collect(),
                        },
                    });
                }
            }
            Comment {
                id,
                state: reading.state.as_str(),
                themes: found,
            }
        })
        .collect()
}

fn is_theme(label: &str, theme: &str, taxonomy: &Taxonomy) -> bool {
    taxonomy.theme_named(label).is_some_and(|t| t.id == theme)
}

#[derive(Default)]
struct Counting {
    coverage: Coverage,
    themes: BTreeMap<String, ThemeCount>,
}

impl Counting {
    fn add(&mut self, comment: &Comment) {
        let coverage = &mut self.coverage;
        coverage.comments += 1;
        match comment.state {
            "none" => coverage.empty += 1,
            "no_content" => coverage.no_content += 1,
            "not_analysed" => coverage.not_analysed += 1,
            _ => coverage.analysed += 1,
        }
        coverage.with_theme += usize::from(!comment.themes.is_empty());
        for (i, theme) in comment.themes.iter().enumerate() {
            let count = self.themes.entry(theme.theme.clone()).or_default();
            let again = comment.themes[..i].iter().any(|t| t.theme == theme.theme);
            count.comments += usize::from(!again);
            match theme.pole {
                Pole::Positive => count.positive += 1,
                Pole::Negative => count.negative += 1,
                Pole::Neutral => count.neutral += 1,
            }
        }
    }

    fn finish(self) -> Coverage {
        let mut coverage = self.coverage;
        if coverage.analysed > 0 {
            coverage.share_with_theme = Some(coverage.with_theme as f64 / coverage.analysed as f64);
        }
        coverage.themes = self
            .themes
            .into_iter()
            .map(|(theme, count)| ThemeCount { theme, ..count })
            .collect();
        coverage
            .themes
            .sort_by_key(|t| std::cmp::Reverse(t.comments));
        coverage
    }
}

/// Writes comments as they come. A table shows the first ones.
enum Writer {
    Json(BufWriter<io::StdoutLock<'static>>, bool),
    Csv(Box<csv::Writer<io::StdoutLock<'static>>>, bool),
    Table(Vec<Comment>),
}

impl Writer {
    fn new(format: Option<OutputFormat>) -> Self {
        let stdout = || io::stdout().lock();
        match output::chosen(format) {
            OutputFormat::Json => Self::Json(BufWriter::new(stdout()), false),
            OutputFormat::Csv => Self::Csv(Box::new(csv::Writer::from_writer(stdout())), false),
            OutputFormat::Table => Self::Table(Vec::new()),
        }
    }

    fn comment(&mut self, comment: Comment) -> Outcome {
        match self {
            Self::Json(out, begun) => {
                out.write_all(if *begun { b"," } else { b"{\"comments\":[" })?;
                *begun = true;
                serde_json::to_writer(out, &comment)?;
            }
            Self::Csv(out, begun) => {
                if !*begun {
                    out.write_record(["id", "state", "theme", "pole", "confidence", "words"])?;
                    *begun = true;
                }
                let id = defuse(&comment.id);
                if comment.themes.is_empty() {
                    out.write_record([&id, comment.state, "", "", "", ""])?;
                }
                for theme in &comment.themes {
                    out.write_record([
                        &id,
                        comment.state,
                        &defuse(&theme.theme),
                        theme.pole.as_str(),
                        &theme.confidence.to_string(),
                        &defuse(&theme.words.join(", ")),
                    ])?;
                }
            }
            Self::Table(first) if first.len() < TABLE_COMMENTS => first.push(comment),
            Self::Table(_) => {}
        }
        Ok(())
    }

    fn finish(self, coverage: Coverage) -> Outcome {
        match self {
            Self::Json(mut out, begun) => {
                out.write_all(if begun {
                    b"],\"coverage\":"
                } else {
                    b"{\"comments\":[],\"coverage\":"
                })?;
                serde_json::to_writer(&mut out, &coverage)?;
                out.write_all(b"}\n")?;
                out.flush()?;
            }
            Self::Csv(mut out, begun) => {
                if !begun {
                    out.write_record(["id", "state", "theme", "pole", "confidence", "words"])?;
                }
                out.flush()?;
            }
            Self::Table(comments) => {
                let report = Report { coverage, comments };
                output::write(&report, "comments", Some(OutputFormat::Table))?;
            }
        }
        Ok(())
    }
}
