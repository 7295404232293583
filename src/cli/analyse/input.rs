//! Reading the files of `rapport analyse`: CSV or TSV with a header, packed by gzip or not.
//!
//! Empty and `NA` are missing. A mistake is told in one line with file, row and column.

use std::{
    fs::File,
    io::{BufReader, IsTerminal, Read},
    path::{Path, PathBuf},
};

use clap::Args;
use flate2::read::MultiGzDecoder;
use indicatif::{ProgressBar, ProgressStyle};

use super::output::OutputFormat;
use crate::{
    cli::outcome::Failure,
    documents::csv::{CsvRows, decode},
    psychometrics::{
        bank::{Bank, Keying},
        key::Key,
        responses::{ResponseColumn, ResponseMatrix},
    },
};

/// Files above this size show how far they are read.
const PROGRESS_BYTES: u64 = 4 << 20;

/// A file of answers and how to read it.
#[derive(Args, Clone, Debug)]
pub struct ResponseFile {
    /// One row a person, whole numbers in the item columns (CSV or TSV, also .gz)
    pub file: PathBuf,
    /// Answer range, reversed items and scales (TOML)
    #[arg(long)]
    pub key: Option<PathBuf>,
    /// Column that names the person
    #[arg(long)]
    pub id: Option<String>,
    /// Only these columns
    #[arg(long, value_delimiter = ',')]
    pub items: Vec<String>,
    /// Only the items of this scale of the key
    #[arg(long)]
    pub scale: Option<String>,
    #[arg(long, value_enum)]
    pub format: Option<OutputFormat>,
}

/// Answers as read.
pub struct Responses {
    /// Items with their answers as given.
    columns: Vec<(String, ResponseColumn)>,
    /// Items that are turned, and the answers offered.
    keying: Vec<Option<Keying>>,
    /// Names of the persons; empty without an id column.
    ids: Vec<String>,
    /// Other columns asked for, as text; missing is empty.
    pub others: Vec<Vec<String>>,
    pub key: Key,
}

impl Responses {
    /// The id of a row: its name, or its number from 1.
    pub fn id(&self, person: usize) -> String {
        self.ids
            .get(person)
            .cloned()
            .unwrap_or_else(|| (person + 1).to_string())
    }

    /// Names of the items, in column order.
    pub fn items(&self) -> Vec<String> {
        self.columns.iter().map(|(item, _)| item.clone()).collect()
    }

    /// Column numbers of these items; `None` when one is not there.
    pub fn places(&self, items: &[String]) -> Option<Vec<usize>> {
        items
            .iter()
            .map(|i| self.columns.iter().position(|(item, _)| item == i))
            .collect()
    }

    /// Answers as given.
    pub fn raw(&self) -> ResponseMatrix {
        let column = |((item, column), keying): (&(String, ResponseColumn), &Option<Keying>)| {
            (item.clone(), keying.map(|k| k.scale), column.clone())
        };
        ResponseMatrix::new(self.columns.iter().zip(&self.keying).map(column).collect())
    }

    /// Answers turned so that more means more of the trait.
    pub fn keyed(&self) -> ResponseMatrix {
        turned(self.columns.iter().cloned(), &self.keying)
    }

    /// The same, giving the answers up: for one use of a large file.
    pub fn take_keyed(&mut self) -> ResponseMatrix {
        turned(std::mem::take(&mut self.columns).into_iter(), &self.keying)
    }

    /// Turns items as `bank` was keyed.
    ///
    /// # Errors
    /// When a key was given that turns an item which the bank does not, or the other way round.
    pub fn key_by(&mut self, bank: &Bank) -> Result<(), String> {
        for ((item, _), keying) in self.columns.iter().zip(&mut self.keying) {
            let Some(known) = bank
                .items
                .iter()
                .find(|i| i.coding.item == *item)
                .and_then(|i| i.keying)
            else {
                continue;
            };
            if let Some(own) = keying
                && own.reversed != known.reversed
            {
                let is = |reversed| if reversed { "reversed" } else { "not reversed" };
                return Err(format!(
                    "item \"{item}\" is {} in the key, but {} in the bank",
                    is(own.reversed),
                    is(known.reversed)
                ));
            }
            *keying = Some(known);
        }
        Ok(())
    }
}

fn turned(
    columns: impl Iterator<Item = (String, ResponseColumn)>,
    keying: &[Option<Keying>],
) -> ResponseMatrix {
    let column = |((item, mut column), keying): ((String, ResponseColumn), &Option<Keying>)| {
        if let Some(keying) = keying.filter(|k| k.reversed) {
            column.reverse(keying.scale);
        }
        (item, keying.map(|k| k.scale), column)
    };
    ResponseMatrix::new(columns.zip(keying).map(column).collect())
}

impl ResponseFile {
    /// The key, or an empty one.
    ///
    /// # Errors
    /// Usage: the file cannot be read or has a mistake.
    pub fn read_key(&self) -> Result<Key, Failure> {
        let Some(path) = &self.key else {
            return Ok(Key::default());
        };
        let name = path.display();
        let text =
            std::fs::read_to_string(path).map_err(|e| Failure::Usage(format!("{name}: {e}")))?;
        Key::parse(&text).map_err(|e| Failure::Usage(format!("{name}: {e}")))
    }

    /// The items of `bank` that the file has.
    ///
    /// # Errors
    /// Usage: the file is no table, or has none of them.
    pub fn bank_items(&self, bank: &Bank) -> Result<Vec<String>, Failure> {
        let table = open(&self.file)?;
        let items = bank.items.iter().map(|i| &i.coding.item);
        let present: Vec<String> = items
            .filter(|i| table.columns().contains(i))
            .cloned()
            .collect();
        if present.is_empty() {
            return Err(Failure::Usage(format!(
                "{}: has no column of the bank's items",
                self.file.display()
            )));
        }
        Ok(present)
    }

    /// Reads the answers, and `others` as text.
    ///
    /// # Errors
    /// Usage: a column that is not there, a cell that is no answer, a file that is no table.
    pub fn read(&self, others: &[&str]) -> Result<Responses, Failure> {
        self.read_from(open(&self.file)?, self.read_key()?, others)
    }

    /// The same from a table that is open already.
    ///
    /// # Errors
    /// Usage: as [`ResponseFile::read`].
    pub fn read_from(
        &self,
        mut table: CsvRows<'_>,
        key: Key,
        others: &[&str],
    ) -> Result<Responses, Failure> {
        let name = self.file.display();
        let usage = |problem: String| Failure::Usage(format!("{name}: {problem}"));
        let wanted = self.wanted(&key, table.columns(), others).map_err(usage)?;
        let find = |column: &String| {
            let place = table.columns().iter().position(|c| c == column);
            place.ok_or_else(|| usage(format!("there is no column \"{column}\"")))
        };
        let places = wanted.iter().map(find).collect::<Result<Vec<usize>, _>>()?;
        let id_place = self.id.as_ref().map(find).transpose()?;
        let other_places = others
            .iter()
            .map(|o| find(&(*o).to_owned()))
            .collect::<Result<Vec<usize>, _>>()?;
        let mut columns = vec![ResponseColumn::default(); wanted.len()];
        let mut ids = Vec::new();
        let mut texts: Vec<Vec<String>> = vec![Vec::new(); others.len()];
        while let Some((row, record)) = table.next_record().map_err(|e| usage(e.to_string()))? {
            for ((item, place), column) in wanted.iter().zip(&places).zip(&mut columns) {
                let at =
                    |problem: String| usage(format!("row {row}, column \"{item}\": {problem}"));
                let cell = record
                    .get(*place)
                    .ok_or_else(|| at("the row is too short".to_owned()))?;
                let answer = whole_number(cell).map_err(|()| {
                    at(format!("\"{}\" is not a whole number", decode(cell).trim()))
                })?;
                if let Some(value) = answer.filter(|v| !key.allows(item, *v)) {
                    return Err(at(format!("{value} lies outside the key's range")));
                }
                column.push(answer).map_err(|e| at(e.to_string()))?;
            }
            let text = |place: usize| {
                record
                    .get(place)
                    .map(|c| decode(c).trim().to_owned())
                    .filter(|t| t != "NA")
            };
            ids.extend(id_place.map(|place| text(place).unwrap_or_default()));
            for (place, column) in other_places.iter().zip(&mut texts) {
                column.push(text(*place).unwrap_or_default());
            }
        }
        let keying = |item: &String| {
            key.range(item).map(|scale| Keying {
                scale,
                reversed: key.reversed(item),
            })
        };
        Ok(Responses {
            keying: wanted.iter().map(keying).collect(),
            columns: wanted.into_iter().zip(columns).collect(),
            ids,
            others: texts,
            key,
        })
    }

    /// Item columns: those named, those of the scale, those of all scales, or all that are not something else.
    fn wanted(
        &self,
        key: &Key,
        columns: &[String],
        others: &[&str],
    ) -> Result<Vec<String>, String> {
        let mut wanted: Vec<String> = if !self.items.is_empty() {
            self.items.clone()
        } else if let Some(scale) = &self.scale {
            key.scale(scale).map_err(|e| e.to_string())?.to_vec()
        } else if !key.scales().is_empty() {
            let in_scales: Vec<&String> = key.scales().values().flatten().collect();
            let present = columns.iter().filter(|c| in_scales.contains(c));
            let absent = in_scales.iter().copied().find(|i| !columns.contains(i));
            if let Some(absent) = absent {
                return Err(format!("there is no column \"{absent}\""));
            }
            present.cloned().collect()
        } else {
            let other = |c: &String| {
                self.id.as_ref() == Some(c) || others.contains(&c.as_str()) || c.is_empty()
            };
            columns.iter().filter(|c| !other(c)).cloned().collect()
        };
        let mut seen = Vec::new();
        wanted.retain(|item| {
            let new = !seen.contains(item);
            seen.push(item.clone());
            new
        });
        if wanted.is_empty() {
            return Err("there is no item column".to_owned());
        }
        Ok(wanted)
    }
}

/// A cell as a whole number; `None` when missing.
fn whole_number(cell: &[u8]) -> Result<Option<i32>, ()> {
    let cell = cell.trim_ascii();
    match cell {
        b"" | b"NA" => Ok(None),
        // Nearly every cell there is.
        [digit @ b'0'..=b'9'] => Ok(Some(i32::from(digit - b'0'))),
        _ => {
            let text = std::str::from_utf8(cell).map_err(|_e| ())?;
            text.parse().map(Some).map_err(|_e| ())
        }
    }
}

/// Named columns of a table, as text or numbers.
pub struct Columns {
    file: PathBuf,
    names: Vec<String>,
    /// Number of each row as a spreadsheet shows it.
    rows: Vec<u64>,
    cells: Vec<Vec<String>>,
}

impl Columns {
    /// Reads `names` from a file; missing cells are empty.
    ///
    /// # Errors
    /// Usage: a column that is not there, or a file that is no table.
    pub fn read(file: &Path, names: &[&str]) -> Result<Self, Failure> {
        let usage = |problem: String| Failure::Usage(format!("{}: {problem}", file.display()));
        let mut table = open(file)?;
        let places = names
            .iter()
            .map(|name| {
                let place = table.columns().iter().position(|c| c == name);
                place.ok_or_else(|| usage(format!("there is no column \"{name}\"")))
            })
            .collect::<Result<Vec<usize>, _>>()?;
        let mut cells = vec![Vec::new(); names.len()];
        let mut rows = Vec::new();
        while let Some((row, record)) = table.next_record().map_err(|e| usage(e.to_string()))? {
            rows.push(row);
            for (place, column) in places.iter().zip(&mut cells) {
                let cell = record.get(*place).map(decode).unwrap_or_default();
                let cell = cell.trim();
                column.push(if cell == "NA" {
                    String::new()
                } else {
                    cell.to_owned()
                });
            }
        }
        Ok(Self {
            file: file.to_owned(),
            names: names.iter().map(|n| (*n).to_owned()).collect(),
            rows,
            cells,
        })
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows.len()
    }

    /// Number of a row as a spreadsheet shows it.
    pub fn row_number(&self, row: usize) -> u64 {
        self.rows[row]
    }

    /// One column as text; missing is empty.
    pub fn text(&self, column: usize) -> &[String] {
        &self.cells[column]
    }

    /// One column as numbers; `None` is missing.
    ///
    /// # Errors
    /// Usage: a cell that is not a number.
    pub fn numbers(&self, column: usize) -> Result<Vec<Option<f64>>, Failure> {
        self.cells[column]
            .iter()
            .zip(&self.rows)
            .map(|(cell, row)| match cell.as_str() {
                "" => Ok(None),
                cell => match cell.parse::<f64>() {
                    Ok(value) if value.is_finite() => Ok(Some(value)),
                    _ => Err(Failure::Usage(format!(
                        "{}: row {row}, column \"{}\": \"{cell}\" is not a number",
                        self.file.display(),
                        self.names[column]
                    ))),
                },
            })
            .collect()
    }

    /// Numbers of several columns on the rows where none is missing: one vector a column.
    ///
    /// # Errors
    /// Usage: a cell that is not a number.
    pub fn complete(&self, columns: &[usize]) -> Result<(Vec<usize>, Vec<Vec<f64>>), Failure> {
        let all = columns
            .iter()
            .map(|c| self.numbers(*c))
            .collect::<Result<Vec<_>, _>>()?;
        let rows: Vec<usize> = (0..self.rows())
            .filter(|r| all.iter().all(|c| c[*r].is_some()))
            .collect();
        let values = all
            .iter()
            .map(|c| rows.iter().filter_map(|r| c[*r]).collect())
            .collect();
        Ok((rows, values))
    }
}

/// Opens a table, unpacking it when it is packed, with a bar for large files where somebody watches.
///
/// # Errors
/// Usage: a file that cannot be read or is no table.
pub fn open(path: &Path) -> Result<CsvRows<'static>, Failure> {
    let name = path.display();
    let usage = |problem: String| Failure::Usage(format!("{name}: {problem}"));
    let file = File::open(path).map_err(|e| usage(e.to_string()))?;
    let size = file.metadata().map_or(0, |m| m.len());
    let input: Box<dyn Read> = if size > PROGRESS_BYTES && std::io::stderr().is_terminal() {
        let bar = ProgressBar::new(size);
        if let Ok(style) = ProgressStyle::with_template("reading {bar:30} {bytes}/{total_bytes}") {
            bar.set_style(style);
        }
        Box::new(bar.wrap_read(file))
    } else {
        Box::new(file)
    };
    unpacked(input)
        .map_err(|e| usage(e.to_string()))
        .and_then(|r| CsvRows::open(r).map_err(|e| usage(e.to_string())))
}

/// The bytes of a file, unpacked where they begin like a gzip file.
fn unpacked(input: impl Read + 'static) -> std::io::Result<Box<dyn Read>> {
    use std::io::BufRead;
    let mut input = BufReader::with_capacity(1 << 16, input);
    let packed = input.fill_buf()?.starts_with(&[0x1f, 0x8b]);
    Ok(if packed {
        Box::new(MultiGzDecoder::new(input))
    } else {
        Box::new(input)
    })
}
