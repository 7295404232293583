//! Answers to questionnaires, with their key.

use std::path::PathBuf;

use clap::Args;

use super::{
    columns::Columns,
    output::OutputFormat,
    table::{self, InputReport, TableOptions},
};
use crate::{
    cli::outcome::Failure,
    psychometrics::{
        bank::{Bank, Keying},
        key::Key,
        responses::{ResponseColumn, ResponseMatrix},
    },
    tables::{
        Options, Table,
        missing::MissingCounter,
        number::{self, DecimalMark},
    },
};

/// Different values above which a column may be no item.
const USUAL_CATEGORIES: usize = 21;

/// A file of answers and how to read it.
#[derive(Args, Clone, Debug, Default)]
pub struct ResponseFile {
    /// Table with one row per person and whole numbers in the item columns
    ///
    /// CSV, TSV, XLSX, XLS or ODS; also as .gz or .zip.
    pub file: PathBuf,
    #[command(flatten)]
    pub table: TableOptions,
    /// Answer range, reversed items and scales (TOML)
    #[arg(long)]
    pub key: Option<PathBuf>,
    /// Column with the id of the person
    #[arg(long)]
    pub id: Option<String>,
    /// Item columns [default: those of the key, or all columns without another purpose]
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
    /// Other columns.
    pub others: Columns,
    pub key: Key,
}

impl Responses {
    /// Report of how the file was read.
    pub fn input(&self) -> &InputReport {
        self.others.input()
    }

    /// The id of a row. Without an id column it is the number of the person from 1, without an id
    /// in the column the row number.
    pub fn id(&self, person: usize) -> String {
        match self.ids.get(person) {
            None => (person + 1).to_string(),
            Some(id) if id.is_empty() => format!("row {}", self.others.row_number(person)),
            Some(id) => id.clone(),
        }
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

    /// Keyed answers: higher means more of the trait.
    pub fn keyed(&self) -> ResponseMatrix {
        turned(self.columns.iter().cloned(), &self.keying)
    }

    /// Takes the answers out, keyed: a large file that is used once is not copied.
    pub fn take_keyed(&mut self) -> ResponseMatrix {
        turned(std::mem::take(&mut self.columns).into_iter(), &self.keying)
    }

    /// Turns items as `bank` was keyed.
    ///
    /// # Errors
    /// A message if the key reverses an item that the bank does not, or the other way round.
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
    /// `Failure::Usage`: the file cannot be read or has a mistake.
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
    /// `Failure::Usage`: the file is no table, or has none of them.
    pub fn bank_items(&self, bank: &Bank) -> Result<Vec<String>, Failure> {
        let items = bank.items.iter().map(|i| &i.coding.item);
        let options = self.table.options(items.clone().map(String::as_str));
        let table = table::open(&self.file, &options)?;
        let present = |item: &&String| !matches!(table.column(item), Ok(None));
        let mut present: Vec<String> = items.filter(present).cloned().collect();
        // A bank has an item once for each group in which it is free.
        let mut seen = Vec::new();
        present.retain(|item| {
            let new = !seen.contains(item);
            seen.push(item.clone());
            new
        });
        if present.is_empty() {
            return Err(Failure::Usage(format!(
                "{}: has no column of the bank's items",
                self.file.display()
            )));
        }
        Ok(present)
    }

    /// Reads the answers and the columns `others`.
    ///
    /// # Errors
    /// `Failure::Usage`: a column that does not exist, a cell that is no answer, a file that is no
    /// table.
    pub fn read(&self, others: &[&str]) -> Result<Responses, Failure> {
        let key = self.read_key()?;
        let table = table::open(&self.file, &self.table_options(&key, others))?;
        self.read_from(table, key, others)
    }

    /// Options for a table of answers: a row without answers is a person too.
    pub fn table_options(&self, key: &Key, others: &[&str]) -> Options {
        let items: Vec<&String> = if !self.items.is_empty() {
            self.items.iter().collect()
        } else {
            key.scales().values().flatten().collect()
        };
        let wanted = items.into_iter().chain(&self.id).map(String::as_str);
        Options {
            keep_empty_rows: true,
            ..self.table.options(wanted.chain(others.iter().copied()))
        }
    }

    /// Reads the answers of an open table.
    ///
    /// # Errors
    /// Errors of [`ResponseFile::read`].
    pub fn read_from(
        &self,
        mut table: Table<'_>,
        key: Key,
        others: &[&str],
    ) -> Result<Responses, Failure> {
        let usage = |problem: String| Failure::Usage(format!("{}: {problem}", self.file.display()));
        let items = self.wanted(&key, &table, others).map_err(usage)?;
        let find = |name: &str| table::column(&table, &self.file, name);
        let places = items.iter().map(|item| find(item));
        let places = places.collect::<Result<Vec<usize>, _>>()?;
        let id_place = self.id.as_deref().map(find).transpose()?;
        let mark = DecimalMark::of([], table.delimiter());
        let missing = table.missing().clone();
        let mut others = Columns::start(&table, &self.file, others, &[])?;
        let mut columns = vec![ResponseColumn::default(); items.len()];
        let mut ids = Vec::new();
        let mut labelled_example = None;
        while let Some(row) = table::next_row(&mut table, &self.file)? {
            for ((item, place), column) in items.iter().zip(&places).zip(&mut columns) {
                let at = |problem: String| {
                    usage(format!("row {}, column \"{item}\": {problem}", row.number))
                };
                let cell = row.cell(*place);
                let answer = match whole_number(cell, mark, others.counter()) {
                    Some(answer) => answer,
                    None => {
                        let labelled = labelled_number(cell);
                        let problem = || format!("\"{}\" is not a whole number", cell.trim());
                        let answer = labelled.ok_or_else(|| at(problem()))?;
                        labelled_example.get_or_insert_with(|| cell.trim().to_owned());
                        Some(answer)
                    }
                };
                if let Some(value) = answer.filter(|v| !key.allows(item, *v)) {
                    return Err(at(format!("{value} is outside the key's range")));
                }
                column.push(answer).map_err(|e| at(e.to_string()))?;
            }
            ids.extend(id_place.map(|place| {
                let id = row.cell(place).trim();
                if missing.is_missing_name(id) { "" } else { id }.to_owned()
            }));
            others.push(row);
        }
        let mut others = others.finish(&table);
        for (item, column) in items.iter().zip(&columns) {
            if key.range(item).is_none()
                && let Some(codes) = distant(column.labels())
            {
                others.note(format!(
                    "Column \"{item}\": {codes} is far from the other answers. If it means that the \
                     answer is missing, name it with --missing."
                ));
            }
        }
        if let Some(example) = labelled_example {
            others.note(format!(
                "Answers such as \"{example}\" count as their number."
            ));
        }
        if self.items.is_empty() && key.scales().is_empty() {
            for (item, column) in items.iter().zip(&columns) {
                let distinct = column.labels().len();
                if distinct > USUAL_CATEGORIES {
                    others.note(format!(
                        "Column \"{item}\" has {distinct} different values and counts as an item. If it is \
                         not one, name the items with --items."
                    ));
                }
            }
        }
        let keying = |item: &String| {
            key.range(item).map(|scale| Keying {
                scale,
                reversed: key.reversed(item),
            })
        };
        Ok(Responses {
            keying: items.iter().map(keying).collect(),
            columns: items.into_iter().zip(columns).collect(),
            ids,
            others,
            key,
        })
    }

    /// Item columns: those named, those of the scale, those of all scales, or all that have no
    /// other purpose.
    fn wanted(&self, key: &Key, table: &Table<'_>, others: &[&str]) -> Result<Vec<String>, String> {
        let columns = table.columns();
        let mut wanted: Vec<String> = if !self.items.is_empty() {
            self.items.clone()
        } else if let Some(scale) = &self.scale {
            key.scale(scale).map_err(|e| e.to_string())?.to_vec()
        } else if !key.scales().is_empty() {
            let in_scales: Vec<&String> = key.scales().values().flatten().collect();
            let place = |item: &String| table.column(item).ok().flatten();
            if let Some(absent) = in_scales.iter().find(|item| place(item).is_none()) {
                return Err(format!("there is no column \"{absent}\""));
            }
            let mut items: Vec<String> = in_scales.into_iter().cloned().collect();
            items.sort_by_key(place);
            items
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

/// A cell as a whole number, or as missing; `None` when it is neither.
fn whole_number(
    cell: &str,
    mark: DecimalMark,
    missing: &mut MissingCounter,
) -> Option<Option<i32>> {
    // Nearly every cell there is.
    if let [digit @ b'0'..=b'9'] = cell.as_bytes() {
        return Some(Some(i32::from(digit - b'0')));
    }
    if missing.is_missing(cell) {
        return Some(None);
    }
    number::parse_integer(cell, mark).map(Some)
}

/// The number of an answer that has its label too, such as `5 - Strongly agree`, `1=Never`,
/// `(3) Sometimes` or `4. Often`.
fn labelled_number(cell: &str) -> Option<i32> {
    let cell = cell.trim().trim_start_matches('(');
    let digits = cell.find(|c: char| !c.is_ascii_digit())?;
    let number = cell[..digits].parse().ok()?;
    let rest = cell[digits..].trim_start();
    let label = rest.strip_prefix(['-', '\u{2013}', '\u{2014}', '=', ':', '.', ')'])?;
    let letter = label.trim_start().chars().next()?.is_alphabetic();
    letter.then_some(number)
}

/// Values beyond a gap of more than twice the range of the other answers: probably codes.
fn distant(labels: &[i32]) -> Option<String> {
    let mut sorted = labels.to_vec();
    sorted.sort_unstable();
    let widest = (1..sorted.len()).max_by_key(|i| sorted[*i].abs_diff(sorted[i - 1]))?;
    let (low, high) = sorted.split_at(widest);
    let (codes, answers) = if low.len() < high.len() {
        (low, high)
    } else {
        (high, low)
    };
    let range = answers.last()?.abs_diff(*answers.first()?);
    let gap = high[0].abs_diff(*low.last()?);
    if answers.len() < 2 || codes.len() > 2 || gap <= 2 * range {
        return None;
    }
    let codes: Vec<String> = codes.iter().map(i32::to_string).collect();
    Some(codes.join(" or "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labelled_answers_count_as_their_number() {
        for (cell, number) in [
            ("5 - Strongly agree", Some(5)),
            ("1=Never", Some(1)),
            (" (3) Sometimes ", Some(3)),
            ("10: Extremely likely", Some(10)),
            ("4. Oft", Some(4)),
            ("2 \u{2013} Διαφωνώ", Some(2)),
            ("5-6", None),
            ("3.5", None),
            ("2024-06-01", None),
            ("Agree", None),
            ("7", None),
            ("", None),
        ] {
            assert_eq!(labelled_number(cell), number, "{cell}");
        }
    }

    #[test]
    fn codes_are_told_from_answers_by_their_distance() {
        for (labels, codes) in [
            (&[1, 2, 3, 4, 5, 999][..], Some("999")),
            (&[-99, 1, 5, 3], Some("-99")),
            (&[-8, -9, 0, 1, 2], Some("-9 or -8")),
            (&[0, 1, 9], Some("9")),
            (&[0, 1, 2], None),
            (&[1, 99], None),
            (&[], None),
        ] {
            assert_eq!(distant(labels).as_deref(), codes, "{labels:?}");
        }
    }
}
