//! Output of `rapport analyse themes`: comments in JSON, CSV or a table, and their counts.

use std::{
    borrow::Cow,
    collections::BTreeMap,
    io::{self, BufWriter, Seek, Write},
};

use serde::{Serialize, Serializer};
use tempfile::SpooledTempFile;

use super::{
    output::{self, OutputFormat},
    table::InputReport,
    theme_evaluation::{Evaluation, EvaluationReport, Label, mood_label},
    theme_mood::MoodModelReport,
};
use crate::{
    cli::outcome::Outcome,
    documents::csv::defuse,
    text::mention::{CommentState, Polarity, ThemeMention, rounded},
};

/// Comments that a table shows.
pub const TABLE_COMMENTS: usize = 200;
/// Output that is kept in memory; more goes to a temporary file.
const MOST_MEMORY: usize = 1 << 26;

/// A comment with its themes and mood.
#[derive(Serialize)]
pub struct Comment<'r> {
    pub id: Cow<'r, str>,
    pub state: CommentState,
    pub themes: Cow<'r, [Theme]>,
    /// Positive or negative, where it is clear.
    pub mood: Option<Polarity>,
    pub mood_probability: Option<f64>,
}

/// All mentions of a theme with one polarity.
#[derive(Clone, Serialize)]
pub struct Theme {
    pub theme: String,
    pub polarity: Polarity,
    pub probability: f64,
    #[serde(serialize_with = "listed")]
    pub words: String,
}

/// Words as a list.
fn listed<S: Serializer>(words: &str, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(words.split(", ").filter(|word| !word.is_empty()))
}

impl Comment<'_> {
    /// The comment, independent of the text that it was read from.
    pub fn into_owned(self) -> Comment<'static> {
        Comment {
            id: Cow::Owned(self.id.into_owned()),
            themes: Cow::Owned(self.themes.into_owned()),
            ..self
        }
    }

    /// Themes and mood to compare with labels. Labels name no neutral mentions.
    pub fn labels(&self) -> impl Iterator<Item = Label> + '_ {
        let themes = self
            .themes
            .iter()
            .filter(|t| t.polarity != Polarity::Neutral);
        let themes = themes.map(|t| (t.theme.clone(), t.polarity));
        themes.chain(self.mood.map(mood_label))
    }
}

/// Counts of comments by whether they could be read.
#[derive(Default, Serialize)]
struct Coverage {
    comments: usize,
    empty: usize,
    no_content: usize,
    /// Comments in a language that the words do not know.
    not_analysed: usize,
    analysed: usize,
    with_theme: usize,
    /// Share of the analysed comments that have a theme.
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
    mood_model: Option<MoodModelReport>,
    #[serde(skip_serializing_if = "Option::is_none")]
    evaluation: Option<EvaluationReport>,
    comments: Vec<Comment<'static>>,
}

/// The mentions of a comment, those of one theme and polarity together.
pub fn merged(mentions: Vec<ThemeMention>) -> Vec<Theme> {
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

/// Writes one line for each theme, or one without a theme.
pub fn write_csv(out: &mut csv::Writer<Vec<u8>>, comment: &Comment<'_>) -> Result<(), csv::Error> {
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
    for theme in &*comment.themes {
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

/// Counts comments and themes.
#[derive(Default)]
pub struct Counting {
    coverage: Coverage,
    themes: BTreeMap<String, ThemeCount>,
}

impl Counting {
    pub fn add(&mut self, comment: &Comment<'_>) {
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

/// Findings of a worker in a chunk.
#[derive(Default)]
pub struct Tagged {
    pub counting: Counting,
    pub evaluation: Evaluation,
    /// Output to be written.
    pub out: Vec<u8>,
    /// The first comments, for a table.
    pub first: Vec<Comment<'static>>,
}

/// What the workers found, put together in the order of the file. A table shows the first comments.
/// The output is held back until all rows are read: a file that cannot be used gives none.
pub struct Reporting {
    format: OutputFormat,
    out: BufWriter<SpooledTempFile>,
    counting: Counting,
    evaluation: Option<Evaluation>,
    mood_model: Option<MoodModelReport>,
    first: Vec<Comment<'static>>,
}

impl Reporting {
    pub fn new(
        format: OutputFormat,
        evaluates: bool,
        mood_model: Option<MoodModelReport>,
    ) -> Result<Self, io::Error> {
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
            mood_model,
            first: Vec::new(),
        })
    }

    pub fn take(&mut self, tagged: Tagged) -> Outcome {
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

    pub fn finish(mut self, input: &InputReport) -> Outcome {
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
                if let Some(mood_model) = &self.mood_model {
                    self.out.write_all(b",\"mood_model\":")?;
                    serde_json::to_writer(&mut self.out, mood_model)?;
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
                    mood_model: self.mood_model,
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
