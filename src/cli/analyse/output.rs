//! Writing results: JSON for programs, a table for people, CSV for spreadsheets. One value serves
//! all three.

use std::{fmt, io::IsTerminal};

use clap::ValueEnum;
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{MapAccess, SeqAccess, Visitor},
};

use super::table::InputReport;
use crate::{
    cli::outcome::{Outcome, say},
    documents::csv::defuse,
};

/// How results are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum OutputFormat {
    Json,
    Table,
    Csv,
}

/// Most rows of a list that a table shows.
const TABLE_ROWS: usize = 200;
/// Most elements of a list that a cell shows.
const CELL_ELEMENTS: usize = 12;

/// The format asked for; without one a table for people, JSON where nobody reads along.
pub fn chosen(format: Option<OutputFormat>) -> OutputFormat {
    format.unwrap_or_else(|| {
        if std::io::stdout().is_terminal() {
            OutputFormat::Table
        } else {
            OutputFormat::Json
        }
    })
}

/// A result and how its input was read.
#[derive(Serialize)]
struct WithInput<'a, R> {
    #[serde(flatten)]
    result: &'a R,
    input: &'a InputReport,
}

/// Writes `result` and how its `input` was read. JSON and tables have all of it; CSV has only the
/// list named `main`, or the figures in one row, without lists inside a row.
///
/// # Errors
/// The output is closed.
pub fn write(
    result: &impl Serialize,
    input: &InputReport,
    main: &str,
    format: Option<OutputFormat>,
) -> Outcome {
    let format = chosen(format);
    let json = match format {
        OutputFormat::Csv => serde_json::to_string(result)?,
        _ => serde_json::to_string(&WithInput { result, input })?,
    };
    match format {
        OutputFormat::Json => say(json)?,
        OutputFormat::Table => say(table(&serde_json::from_str(&json)?).trim_end())?,
        OutputFormat::Csv => {
            let value: Node = serde_json::from_str(&json)?;
            let rows = match value.get(main) {
                Some(Node::List(rows)) => rows.as_slice(),
                _ => std::slice::from_ref(&value),
            };
            let (columns, rows) = flatten(rows);
            let kept = flat_columns(&columns, &rows);
            let mut writer = csv::Writer::from_writer(std::io::stdout().lock());
            writer.write_record(kept.iter().map(|c| defuse(&columns[*c]).into_owned()))?;
            for row in rows {
                writer.write_record(kept.iter().map(|c| match row[*c] {
                    Some(Node::Text(text)) => defuse(text).into_owned(),
                    Some(cell) => cell.plain(),
                    None => String::new(),
                }))?;
            }
            writer.flush()?;
        }
    }
    Ok(())
}

/// JSON whose objects keep the order in which they were written.
#[derive(Clone, Debug, PartialEq)]
enum Node {
    Null,
    Bool(bool),
    Whole(i64),
    Number(f64),
    Text(String),
    List(Vec<Node>),
    Object(Vec<(String, Node)>),
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Node;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("JSON")
            }

            fn visit_unit<E>(self) -> Result<Node, E> {
                Ok(Node::Null)
            }

            fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
                Ok(Node::Bool(value))
            }

            fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
                Ok(Node::Whole(value))
            }

            fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
                Ok(i64::try_from(value).map_or(Node::Number(value as f64), Node::Whole))
            }

            fn visit_f64<E>(self, value: f64) -> Result<Node, E> {
                Ok(Node::Number(value))
            }

            fn visit_str<E>(self, value: &str) -> Result<Node, E> {
                Ok(Node::Text(value.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Node, A::Error> {
                let mut nodes = Vec::new();
                while let Some(node) = list.next_element()? {
                    nodes.push(node);
                }
                Ok(Node::List(nodes))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
                let mut nodes = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    nodes.push(entry);
                }
                Ok(Node::Object(nodes))
            }
        }
        deserializer.deserialize_any(Any)
    }
}

impl Node {
    fn get(&self, key: &str) -> Option<&Node> {
        match self {
            Self::Object(entries) => entries.iter().find(|(k, _)| k == key).map(|(_, v)| v),
            _ => None,
        }
    }

    fn is_list_of_objects(&self) -> bool {
        matches!(self, Self::List(list) if matches!(list.first(), Some(Self::Object(_))))
    }

    /// Formats with full precision; missing is empty, a list has spaces between.
    fn plain(&self) -> String {
        match self {
            Self::Null => String::new(),
            Self::Bool(yes) => yes.to_string(),
            Self::Whole(n) => n.to_string(),
            Self::Number(x) => x.to_string(),
            Self::Text(text) => text.clone(),
            Self::List(list) => list.iter().map(Self::plain).collect::<Vec<_>>().join(" "),
            Self::Object(entries) => entries
                .iter()
                .map(|(k, v)| format!("{k}={}", v.plain()))
                .collect::<Vec<_>>()
                .join(" "),
        }
    }

    /// Formats for people: four decimals, a dash where something is missing.
    fn readable(&self) -> String {
        match self {
            Self::Null => "-".to_owned(),
            Self::Bool(yes) => if *yes { "yes" } else { "no" }.to_owned(),
            Self::Number(x) if *x != 0.0 && (x.abs() < 5e-5 || x.abs() >= 1e9) => {
                format!("{x:.2e}")
            }
            Self::Number(x) => format!("{x:.4}"),
            Self::List(list) => {
                let mut cells: Vec<String> = list
                    .iter()
                    .take(CELL_ELEMENTS)
                    .map(Self::readable)
                    .collect();
                if list.len() > CELL_ELEMENTS {
                    cells.push("...".to_owned());
                }
                format!("[{}]", cells.join(", "))
            }
            other => other.plain(),
        }
    }
}

/// Columns and rows of a list: inner objects become columns of their own, `outer.inner`.
fn flatten(rows: &[Node]) -> (Vec<String>, Vec<Vec<Option<&Node>>>) {
    fn cells<'a>(prefix: &str, node: &'a Node, out: &mut Vec<(String, &'a Node)>) {
        match node {
            Node::Object(entries) => {
                for (key, value) in entries {
                    let name = if prefix.is_empty() {
                        key.clone()
                    } else {
                        format!("{prefix}.{key}")
                    };
                    cells(&name, value, out);
                }
            }
            value => out.push((
                if prefix.is_empty() {
                    "value".to_owned()
                } else {
                    prefix.to_owned()
                },
                value,
            )),
        }
    }
    let mut columns: Vec<String> = Vec::new();
    let mut flat = Vec::with_capacity(rows.len());
    for row in rows {
        let mut out = Vec::new();
        cells("", row, &mut out);
        for (name, _) in &out {
            if !columns.contains(name) {
                columns.push(name.clone());
            }
        }
        flat.push(out);
    }
    let aligned = flat
        .iter()
        .map(|row| {
            columns
                .iter()
                .map(|c| row.iter().find(|(name, _)| name == c).map(|(_, v)| *v))
                .collect()
        })
        .collect();
    (columns, aligned)
}

/// The columns without lists of objects in them.
fn flat_columns(columns: &[String], rows: &[Vec<Option<&Node>>]) -> Vec<usize> {
    (0..columns.len())
        .filter(|c| {
            !rows
                .iter()
                .any(|row| row[*c].is_some_and(Node::is_list_of_objects))
        })
        .collect()
}

/// Figures first, then each list of objects as an aligned table.
fn table(value: &Node) -> String {
    let Node::Object(entries) = value else {
        return value.readable();
    };
    let (lists, figures): (Vec<_>, Vec<_>) =
        entries.iter().partition(|(_, v)| v.is_list_of_objects());
    let width = figures
        .iter()
        .map(|(k, _)| k.chars().count())
        .max()
        .unwrap_or(0);
    let mut text = String::new();
    for (key, value) in figures {
        match value {
            Node::Object(_) => {
                text.push_str(&format!("{key}\n"));
                let (columns, rows) = flatten(std::slice::from_ref(value));
                for (column, cell) in columns.iter().zip(rows.into_iter().flatten()) {
                    text.push_str(&format!(
                        "  {column}: {}\n",
                        cell.map_or_else(String::new, Node::readable)
                    ));
                }
            }
            Node::List(lines) if matches!(lines.first(), Some(Node::Text(_))) => {
                text.push_str(&format!("{key}\n"));
                for line in lines {
                    text.push_str(&format!("  {}\n", line.readable()));
                }
            }
            value => text.push_str(&format!("{key:<width$}  {}\n", value.readable())),
        }
    }
    for (key, value) in lists {
        if let Node::List(list) = value {
            text.push_str(&format!("\n{key}\n{}", list_table(list)));
        }
    }
    text
}

fn list_table(list: &[Node]) -> String {
    let shown = &list[..list.len().min(TABLE_ROWS)];
    let (columns, rows) = flatten(shown);
    // Lists inside a list of objects stand below it.
    let kept = flat_columns(&columns, &rows);
    let readable = |cell: &Option<&Node>| cell.map_or_else(|| "-".to_owned(), Node::readable);
    let mut lines: Vec<Vec<String>> = vec![kept.iter().map(|c| columns[*c].clone()).collect()];
    lines.extend(
        rows.iter()
            .map(|row| kept.iter().map(|c| readable(&row[*c])).collect()),
    );
    let widths: Vec<usize> = (0..kept.len())
        .map(|c| {
            lines
                .iter()
                .map(|line| line[c].chars().count())
                .max()
                .unwrap_or(0)
        })
        .collect();
    let mut text = String::new();
    for line in &lines {
        let padded = line
            .iter()
            .zip(&widths)
            .enumerate()
            .map(|(c, (cell, width))| {
                if c == 0 {
                    format!("{cell:<width$}")
                } else {
                    format!("{cell:>width$}")
                }
            });
        text.push_str(&format!(
            "  {}\n",
            padded.collect::<Vec<_>>().join("  ").trim_end()
        ));
    }
    if list.len() > shown.len() {
        text.push_str(&format!(
            "  ... and {} more; --format json or csv has all\n",
            list.len() - shown.len()
        ));
    }
    for (line, object) in lines[1..].iter().zip(shown) {
        let Node::Object(entries) = object else {
            continue;
        };
        for (key, value) in entries.iter().filter(|(_, v)| v.is_list_of_objects()) {
            if let Node::List(inner) = value {
                let of = line.first().map_or("", String::as_str);
                text.push_str(&format!("\n{key} of {of}\n{}", list_table(inner)));
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_value_reads_as_a_table() {
        let json = r#"{"n": 12, "alpha": 0.123456, "ci": [0.1, 0.2], "warnings": ["mind this"],
            "items": [{"item": "a", "se": {"slope": 0.5}}, {"item": "bb", "se": {"slope": null}}]}"#;
        let text = table(&serde_json::from_str(json).expect("JSON"));
        for line in [
            "n         12",
            "alpha     0.1235",
            "ci        [0.1000, 0.2000]",
            "  mind this",
            "  item  se.slope",
            "  bb           -",
        ] {
            assert!(text.lines().any(|l| l == line), "{line:?} in\n{text}");
        }
    }
}
