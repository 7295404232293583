//! The header of a table: where it is, what its columns are called, and what belongs to it.

use super::{error::TableError, row::Row};

/// Rows among which the header is looked for.
pub const SEARCHED_ROWS: usize = 20;
/// Rows below a header that may describe its columns.
pub const DESCRIBING_ROWS: usize = 3;

/// First words of rows that add up, in the languages of common spreadsheets.
const TOTALS: [&str; 16] = [
    "total",
    "totals",
    "grand total",
    "sum",
    "average",
    "mean",
    "gesamt",
    "gesamtergebnis",
    "summe",
    "mittelwert",
    "durchschnitt",
    "totaal",
    "totale",
    "somme",
    "moyenne",
    "promedio",
];

/// A column name without line breaks, no-break spaces and zero-width characters.
pub fn tidy(name: &str) -> String {
    let visible = name.replace(
        [
            '\u{200b}', '\u{200c}', '\u{200d}', '\u{2060}', '\u{feff}', '\u{ad}',
        ],
        "",
    );
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Number of cells up to the last one with a text.
pub fn width(row: &Row) -> usize {
    let last = row
        .cells()
        .enumerate()
        .filter(|(_, c)| !c.trim().is_empty());
    last.last().map_or(0, |(i, _)| i + 1)
}

/// The column with this name: exactly, or else the only one that differs in case.
///
/// # Errors
/// [`TableError::DuplicateColumn`], [`TableError::AmbiguousColumn`].
pub fn find(columns: &[String], name: &str) -> Result<Option<usize>, TableError> {
    let name = tidy(name);
    let places = |same: &dyn Fn(&str) -> bool| -> Vec<usize> {
        let all = columns.iter().enumerate();
        all.filter(|(_, c)| same(c)).map(|(i, _)| i).collect()
    };
    match places(&|c| c == name).as_slice() {
        [] => {}
        [only] => return Ok(Some(*only)),
        _ => return Err(TableError::DuplicateColumn(name)),
    }
    let lower = name.to_lowercase();
    match places(&|c| c.to_lowercase() == lower).as_slice() {
        [] => Ok(None),
        [only] => Ok(Some(*only)),
        several => Err(TableError::AmbiguousColumn {
            present: several.iter().map(|i| columns[*i].clone()).collect(),
            column: name,
        }),
    }
}

fn matched(row: &Row, wanted: &[String]) -> usize {
    if wanted.is_empty() {
        return 0;
    }
    let columns: Vec<String> = row.cells().map(tidy).collect();
    let there = |name: &&String| !matches!(find(&columns, name), Ok(None));
    wanted.iter().filter(there).count()
}

/// Position of the header among the first rows, and how many wanted columns it has: the row with
/// the most of them, or else the first row behind rows with at most one filled cell.
pub fn position(rows: &[Row], wanted: &[String]) -> Option<(usize, usize)> {
    let rows = &rows[..rows.len().min(SEARCHED_ROWS)];
    let counts: Vec<usize> = rows.iter().map(|row| matched(row, wanted)).collect();
    let most = counts.iter().copied().max().unwrap_or(0);
    if most >= wanted.len().clamp(1, 2) {
        let at = counts.iter().position(|n| *n == most)?;
        return Some((at, most));
    }
    let first = rows.iter().position(|row| !row.is_blank())?;
    let several = rows.iter().position(|row| row.filled() > 1);
    let at = match several {
        // A row of numbers is no header: the first row is one, of a table with a single column.
        Some(at)
            if rows[at]
                .cells()
                .all(|c| c.trim().is_empty() || is_number(c)) =>
        {
            first
        }
        Some(at) => at,
        None => first,
    };
    Some((at, counts[at]))
}

/// The time zone of each column, as Qualtrics writes it below the header:
/// `{"ImportId":"startDate","timeZone":"America/Denver"}`.
pub fn time_zones(described: &[Row]) -> Vec<Option<String>> {
    let zone = |cell: &str| {
        let value: serde_json::Value = serde_json::from_str(cell).ok()?;
        Some(value.get("timeZone")?.as_str()?.to_owned())
    };
    described
        .last()
        .map(|row| row.cells().map(zone).collect())
        .unwrap_or_default()
}

/// How many of the rows below a header describe its columns, and better names where they have them.
pub fn described(header: &[String], below: &[Row]) -> (usize, Option<Vec<String>>) {
    // Qualtrics: labels, then identifiers as JSON.
    let identifiers = |row: &Row| {
        row.cells()
            .any(|c| c.trim_start().starts_with("{\"ImportId\""))
    };
    let searched = below.iter().take(DESCRIBING_ROWS);
    if let Some(at) = searched.clone().position(identifiers) {
        return (at + 1, None);
    }
    // SurveyMonkey: answer options below the questions, nothing below the first column.
    let monkey = header
        .first()
        .is_some_and(|c| c.eq_ignore_ascii_case("respondent id") || c == "respondent_id");
    let Some(options) = below
        .first()
        .filter(|row| monkey && row.cell(0).trim().is_empty())
    else {
        return (0, None);
    };
    let mut names = Vec::with_capacity(header.len());
    let mut question = "";
    for (i, name) in header.iter().enumerate() {
        let option = tidy(options.cell(i));
        if !name.is_empty() {
            question = name;
        }
        let parts = name.is_empty() || header.get(i + 1).is_some_and(String::is_empty);
        names.push(if parts && !option.is_empty() && !question.is_empty() {
            format!("{question} - {option}")
        } else {
            name.clone()
        });
    }
    (1, Some(names))
}

/// Whether a row, if no data follow it, is a total or a remark below the table.
pub fn is_footer(row: &Row, blank_before: bool, width: usize) -> bool {
    if width < 2 || row.problem.is_some() {
        return false;
    }
    let mut filled = row.cells().map(str::trim).filter(|c| !c.is_empty());
    let Some(first) = filled.next() else {
        return false;
    };
    let rest: Vec<&str> = filled.collect();
    // An identifier alone is somebody who answered nothing; a remark has several words.
    if rest.is_empty() && blank_before && first.contains(char::is_whitespace) && !is_number(first) {
        return true;
    }
    let word = first.trim_end_matches(':').to_lowercase();
    TOTALS.contains(&word.as_str())
        && !rest.is_empty()
        && rest.iter().all(|c| is_number(c) || *c == "-")
        && (blank_before || rest.len() + 1 < width || word.contains("total"))
}

/// Whether the names of a header are data, so that the file has no header: one of them is a date, a
/// time or an address, or most of them are numbers.
pub fn is_data(columns: &[String]) -> bool {
    let filled = columns.iter().filter(|c| !c.is_empty());
    let numbers = filled.clone().filter(|c| is_number(c)).count();
    let telling = |cell: &String| is_time(cell) || (cell.contains('@') && cell.contains('.'));
    2 * numbers > filled.clone().count() || filled.clone().any(telling)
}

/// Whether a cell is a date or a time of day in figures.
fn is_time(cell: &str) -> bool {
    let figures = cell
        .chars()
        .all(|c| c.is_ascii_digit() || "-/.: TZ+".contains(c));
    let parts = cell.split(|c: char| !c.is_ascii_digit());
    figures && parts.filter(|part| !part.is_empty()).count() > 2
}

/// Whether a cell looks like a number, for telling data from words.
fn is_number(cell: &str) -> bool {
    let cell = cell.trim();
    let marks = |c: char| c.is_ascii_digit() || "+-.,%\u{a0}' eE".contains(c);
    cell.chars().any(|c| c.is_ascii_digit()) && cell.chars().all(marks)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(cells: &[&str]) -> Row {
        let mut row = Row::default();
        cells.iter().for_each(|cell| row.push(cell));
        row
    }

    #[test]
    fn a_column_is_found_by_its_exact_name_before_any_case() {
        let columns = ["Score", "score", "Agent", "X", "X"].map(str::to_owned);
        assert_eq!(find(&columns, "score").expect("found"), Some(1));
        assert_eq!(find(&columns, "agent").expect("found"), Some(2));
        assert_eq!(find(&columns, "none").expect("none"), None);
        assert!(matches!(
            find(&columns, "SCORE"),
            Err(TableError::AmbiguousColumn { .. })
        ));
        assert!(matches!(
            find(&columns, "X"),
            Err(TableError::DuplicateColumn(_))
        ));
        assert_eq!(tidy("\u{200b}agent\u{a0}\n name "), "agent name");
    }

    #[test]
    fn titles_above_the_header_are_passed_over() {
        let rows = [
            row(&["Export", "", ""]),
            row(&["", ""]),
            row(&["id", "q1"]),
            row(&["1", "2"]),
        ];
        assert_eq!(position(&rows, &[]), Some((2, 0)));
        assert_eq!(position(&rows, &["q1".to_owned()]), Some((2, 1)));
        assert_eq!(
            position(&[row(&["q1"]), row(&["1", "2"])], &[]),
            Some((0, 0))
        );
        assert_eq!(position(&[row(&["q1"]), row(&["5"])], &[]), Some((0, 0)));
    }

    #[test]
    fn a_row_of_data_is_no_header() {
        let is_data = |cells: &[&str]| {
            let cells: Vec<String> = cells.iter().map(|cell| (*cell).to_owned()).collect();
            is_data(&cells)
        };
        for row in [
            &["r1", "Ann", "2026-01-05", "very kind"][..],
            &["r1", "Phone", "05/01/2024 10:00", "Ann"],
            &["r1", "Ann", "2026-01-05T10:00:00Z"],
            &["Robin", "robin@candidate.example"],
            &["17", "Ann", "5"],
        ] {
            assert!(is_data(row), "{row:?}");
        }
        for row in [
            &["external_id", "agent", "time", "score", "comment"][..],
            &["Agent", "Q1", "2", "How satisfied were you with the call?"],
            &["Team", "2025", "2026", "Remarks"],
            &["CSAT 1-5", "e-mail"],
        ] {
            assert!(!is_data(row), "{row:?}");
        }
    }

    #[test]
    fn totals_and_remarks_are_footers_but_people_are_not() {
        assert!(is_footer(&row(&["Total", "", "9"]), false, 3));
        assert!(is_footer(&row(&["Reporting period 1 to 7 May"]), true, 3));
        assert!(!is_footer(&row(&["Reporting period 1 to 7 May"]), false, 3));
        assert!(!is_footer(&row(&["3", "", ""]), true, 3));
        assert!(!is_footer(&row(&["A17", "", ""]), true, 3));
        assert!(!is_footer(&row(&["Total", "Kim", "9"]), true, 3));
        assert!(!is_footer(&row(&["Sum", "4", "9"]), false, 3));
    }
}
