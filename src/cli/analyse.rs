//! `rapport analyse`: measurement on files alone, without a database, for psychometricians and auditors.
//!
//! Input is CSV or TSV with a header; empty and `NA` are missing. Output is JSON (`--format json`, the default where
//! nobody reads along) or a table. Exit codes: 1 the data cannot support the request, 2 usage or malformed input; both
//! in one line that names file, row and column.

use std::{
    collections::BTreeMap,
    fs::File,
    io::IsTerminal,
    path::{Path, PathBuf},
};

use clap::{Args, Subcommand, ValueEnum};
use ndarray::Array2;
use serde::{Deserialize, Serialize};

use super::{Failure, Outcome, say};
use crate::{
    documents::csv::CsvRows,
    psychometrics::{
        classical::{self, ClassicalError},
        responses::Scale,
    },
};

/// What can be analysed.
#[derive(Subcommand)]
pub enum Analyse {
    /// Alpha, omega, lambda 6, split halves and items against the rest of their scale
    #[command(
        after_help = "Example: rapport analyse reliability answers.csv --key key.toml\n\nThe key file:\n  min = 1\n  max = 6\n  reverse = [\"A1\"]\n  [scales]\n  agree = [\"A1\", \"A2\", \"A3\"]\n\nComplete cases of each scale. Alpha: Cronbach 1951, its 95 % interval: Feldt 1965; omega total: McDonald 1999, one\nfactor by maximum likelihood, over the variance the model implies (and over the observed one); lambda 6: Guttman 1945;\nsplit halves: odd against even columns, Spearman-Brown."
    )]
    Reliability(ResponseFile),
}

/// How results are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum OutputFormat {
    Json,
    Table,
}

/// A file of answers and how to read it.
#[derive(Args)]
pub struct ResponseFile {
    /// One row a person, whole numbers in the item columns
    file: PathBuf,
    /// Answer range, reversed items and scales (TOML)
    #[arg(long)]
    key: Option<PathBuf>,
    /// Column that names the person
    #[arg(long)]
    id: Option<String>,
    /// Only these columns
    #[arg(long, value_delimiter = ',')]
    items: Vec<String>,
    #[arg(long, value_enum)]
    format: Option<OutputFormat>,
}

/// One bound for all items, or one each.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Bound {
    All(i32),
    PerItem(BTreeMap<String, i32>),
}

impl Bound {
    fn of(&self, item: &str) -> Option<i32> {
        match self {
            Self::All(bound) => Some(*bound),
            Self::PerItem(bounds) => bounds.get(item).copied(),
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Key {
    min: Option<Bound>,
    max: Option<Bound>,
    #[serde(default)]
    reverse: Vec<String>,
    #[serde(default)]
    scales: BTreeMap<String, Vec<String>>,
}

/// Answers as read: one row a person, one column an item.
struct Responses {
    items: Vec<String>,
    rows: Vec<Vec<Option<i32>>>,
}

fn read_key(path: Option<&Path>) -> Result<Key, Failure> {
    let Some(path) = path else {
        return Ok(Key::default());
    };
    let text = std::fs::read_to_string(path)
        .map_err(|e| Failure::Usage(format!("{}: {e}", path.display())))?;
    toml::from_str(&text).map_err(|e| {
        let line = e.span().map_or(1, |s| {
            text.get(..s.start).unwrap_or("").matches('\n').count() + 1
        });
        Failure::Usage(format!(
            "{}:{line}: {}",
            path.display(),
            e.message().trim().replace('\n', " ")
        ))
    })
}

fn read_responses(request: &ResponseFile, key: &Key) -> Result<Responses, Failure> {
    let name = request.file.display();
    let usage = |problem: String| Failure::Usage(format!("{name}: {problem}"));
    let file = File::open(&request.file).map_err(|e| usage(e.to_string()))?;
    let mut table = CsvRows::open(file).map_err(|e| usage(e.to_string()))?;
    let wanted: Vec<String> = if !request.items.is_empty() {
        request.items.clone()
    } else if !key.scales.is_empty() {
        let mut items: Vec<String> = key.scales.values().flatten().cloned().collect();
        items.sort();
        items.dedup();
        items
    } else {
        table
            .columns()
            .iter()
            .filter(|c| Some(*c) != request.id.as_ref())
            .cloned()
            .collect()
    };
    let find = |item: &String| {
        table
            .columns()
            .iter()
            .position(|c| c == item)
            .ok_or_else(|| usage(format!("there is no column \"{item}\"")))
    };
    let places = wanted
        .iter()
        .map(find)
        .collect::<Result<Vec<usize>, Failure>>()?;
    let mut rows = Vec::new();
    while let Some(row) = table.next_row().map_err(|e| usage(e.to_string()))? {
        let read = |(item, place): (&String, &usize)| {
            let at = |problem: String| {
                Failure::Usage(format!(
                    "{name}: row {}, column \"{item}\": {problem}",
                    row.number
                ))
            };
            let cell = row
                .cells
                .get(*place)
                .ok_or_else(|| at("the row is too short".to_owned()))?
                .trim();
            if cell.is_empty() || cell == "NA" {
                return Ok(None);
            }
            let value: i32 = cell
                .parse()
                .map_err(|_e| at(format!("\"{cell}\" is not a whole number")))?;
            let (min, max) = (bound(key.min.as_ref(), item), bound(key.max.as_ref(), item));
            if min.is_some_and(|m| value < m) || max.is_some_and(|m| value > m) {
                return Err(at(format!("{value} lies outside the key's range")));
            }
            Ok(Some(value))
        };
        rows.push(
            wanted
                .iter()
                .zip(&places)
                .map(read)
                .collect::<Result<Vec<_>, Failure>>()?,
        );
    }
    Ok(Responses {
        items: wanted,
        rows,
    })
}

fn bound(bound: Option<&Bound>, item: &str) -> Option<i32> {
    bound.and_then(|b| b.of(item))
}

#[derive(Serialize)]
struct ScaleReliability {
    scale: String,
    #[serde(flatten)]
    figures: serde_json::Map<String, serde_json::Value>,
}

/// Runs an analysis.
///
/// # Errors
/// Usage (exit code 2) or data that cannot support the request (exit code 1).
pub fn run(analyse: Analyse) -> Outcome {
    match analyse {
        Analyse::Reliability(request) => reliability(&request),
    }
}

fn reliability(request: &ResponseFile) -> Outcome {
    let key = read_key(request.key.as_deref())?;
    let responses = read_responses(request, &key)?;
    let scales: BTreeMap<String, Vec<String>> = if key.scales.is_empty() {
        BTreeMap::from([("all".to_owned(), responses.items.clone())])
    } else {
        let of = |items: &Vec<String>| items.iter().all(|i| responses.items.contains(i));
        key.scales
            .iter()
            .filter(|(_, items)| of(items))
            .map(|(n, i)| (n.clone(), i.clone()))
            .collect()
    };
    let mut found = Vec::new();
    for (scale, items) in scales {
        let keyed = keyed(request, &key, &responses, &items)?;
        let result = classical::reliability(&keyed).map_err(|e: ClassicalError| {
            Failure::Cannot(anyhow::anyhow!(
                "{}: scale \"{scale}\": {e}",
                request.file.display()
            ))
        })?;
        for (item, statistics) in items.iter().zip(&result.item_stats) {
            if statistics.r_corrected < 0.0 {
                let warning = format!(
                    "rapport: warning: {item} correlates {:.2} with the rest of \"{scale}\"; check its key",
                    statistics.r_corrected
                );
                super::complain(&warning);
            }
        }
        found.push((scale, items, result));
    }
    match request.format.unwrap_or_else(|| {
        if std::io::stdout().is_terminal() {
            OutputFormat::Table
        } else {
            OutputFormat::Json
        }
    }) {
        OutputFormat::Json => {
            let scales = found
                .into_iter()
                .map(|(scale, items, result)| {
                    let mut figures = match serde_json::to_value(&result)? {
                        serde_json::Value::Object(map) => map,
                        _ => serde_json::Map::new(),
                    };
                    if let Some(list) = figures.get_mut("item_stats").and_then(|v| v.as_array_mut())
                    {
                        for (statistics, item) in list.iter_mut().zip(&items) {
                            statistics["item"] = item.as_str().into();
                            statistics["n"] = result.n.into();
                        }
                    }
                    Ok(ScaleReliability { scale, figures })
                })
                .collect::<Result<Vec<_>, serde_json::Error>>()?;
            say(serde_json::to_string(
                &serde_json::json!({ "scales": scales }),
            )?)?;
        }
        OutputFormat::Table => {
            say(
                "scale            n  items   alpha  [95 % Feldt]     omega  lambda6  split-half  mean r",
            )?;
            for (scale, items, r) in found {
                say(format!(
                    "{scale:<12} {:>5}  {:>5}  {:.4}  [{:.4}, {:.4}]  {:.4}   {:.4}      {:.4}  {:.4}",
                    r.n,
                    r.items,
                    r.alpha,
                    r.interval.low,
                    r.interval.high,
                    r.omega_total,
                    r.guttman_lambda6,
                    r.split_half,
                    r.mean_inter_item_r
                ))?;
                for (item, s) in items.iter().zip(r.item_stats) {
                    say(format!(
                        "  {item:<20} mean {:>7.3}   sd {:>6.3}   r with the rest {:>6.3}",
                        s.mean, s.sd, s.r_corrected
                    ))?;
                }
            }
        }
    }
    Ok(())
}

/// Complete cases of a scale, keyed.
fn keyed(
    request: &ResponseFile,
    key: &Key,
    responses: &Responses,
    items: &[String],
) -> Result<Array2<f64>, Failure> {
    let mut columns = Vec::with_capacity(items.len());
    for item in items {
        let place = responses.items.iter().position(|i| i == item);
        let reversed = key.reverse.contains(item);
        let range = bound(key.min.as_ref(), item).zip(bound(key.max.as_ref(), item));
        if reversed && range.is_none() {
            let problem =
                format!("item \"{item}\" is reversed, so the key must give its min and max");
            return Err(Failure::Usage(problem));
        }
        let (min, max) = range.unwrap_or((0, 0));
        let place = place.ok_or_else(|| {
            Failure::Usage(format!(
                "{}: there is no column \"{item}\"",
                request.file.display()
            ))
        })?;
        columns.push((place, Scale { min, max }, reversed));
    }
    let complete: Vec<Vec<f64>> = responses
        .rows
        .iter()
        .filter_map(|row| {
            columns
                .iter()
                .map(|(place, scale, reversed)| Some(scale.keyed(row[*place]?, *reversed)))
                .collect()
        })
        .collect();
    Ok(Array2::from_shape_fn(
        (complete.len(), items.len()),
        |(row, col)| complete[row][col],
    ))
}
