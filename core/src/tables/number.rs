//! Numbers as people and spreadsheets write them: decimal commas, thousands, exponents.

/// The mark between whole and decimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecimalMark {
    Dot,
    Comma,
}

impl DecimalMark {
    /// The mark of a column. Cells that can be read in one way only decide; where none does, a
    /// table delimited by semicolons has decimal commas.
    pub fn of<'a>(cells: impl IntoIterator<Item = &'a str>, delimiter: Option<u8>) -> Self {
        let (mut dots, mut commas) = (0_u64, 0_u64);
        for cell in cells {
            match plain_mark(cell.trim()) {
                Some(Self::Dot) => dots += 1,
                Some(Self::Comma) => commas += 1,
                None => {}
            }
        }
        match commas.cmp(&dots) {
            std::cmp::Ordering::Greater => Self::Comma,
            std::cmp::Ordering::Less => Self::Dot,
            std::cmp::Ordering::Equal if delimiter == Some(b';') => Self::Comma,
            std::cmp::Ordering::Equal => Self::Dot,
        }
    }
}

/// The mark of a number that can be read in one way only.
fn plain_mark(cell: &str) -> Option<DecimalMark> {
    let (comma, dot) = (cell.rfind(','), cell.rfind('.'));
    match (comma, dot) {
        (None, None) => None,
        (Some(comma), Some(dot)) if comma > dot => Some(DecimalMark::Comma),
        (Some(_), Some(_)) => Some(DecimalMark::Dot),
        (Some(_), None) if cell.matches(',').count() > 1 => Some(DecimalMark::Dot),
        (None, Some(_)) if cell.matches('.').count() > 1 => Some(DecimalMark::Comma),
        (Some(_), None) => single(cell, ',').then_some(DecimalMark::Comma),
        (None, Some(_)) => single(cell, '.').then_some(DecimalMark::Dot),
    }
}

/// Whether the only mark in a number is decimal: it does not part off a group of three digits.
fn single(cell: &str, mark: char) -> bool {
    let (whole, after) = cell.split_once(mark).unwrap_or((cell, ""));
    let whole = whole.trim_start_matches(['+', '-', '\u{2212}']);
    let grouped = after.len() == 3
        && after.bytes().all(|b| b.is_ascii_digit())
        && (1..=3).contains(&whole.len())
        && whole != "0";
    !grouped
}

/// Reads a number. `mark` decides where a comma or a point could part thousands.
pub fn parse(cell: &str, mark: DecimalMark) -> Option<f64> {
    let cell = cell.trim();
    // Only a point in a column with decimal commas could part thousands.
    if let Some(value) = plain(cell).filter(|_| mark == DecimalMark::Dot || !cell.contains('.')) {
        return Some(value);
    }
    let cell = cell.replace('\u{2212}', "-");
    if !cell.contains([',', '.', ' ', '\u{a0}', '\u{202f}', '\'', '\u{2019}']) {
        return plain(&cell);
    }
    let mark = plain_mark(&cell).unwrap_or(mark);
    let (decimal, group) = match mark {
        DecimalMark::Dot => ('.', ','),
        DecimalMark::Comma => (',', '.'),
    };
    let (whole, rest) = match cell.split_once(decimal) {
        Some((whole, rest)) => (whole, Some(rest)),
        None => (cell.as_str(), None),
    };
    let mut number = ungrouped(whole, group)?;
    if let Some(rest) = rest {
        number.push('.');
        number.push_str(rest);
    }
    plain(&number)
}

/// A number of digits, an optional point and an optional exponent.
fn plain(text: &str) -> Option<f64> {
    let digits = text.bytes().any(|b| b.is_ascii_digit());
    let usual = |b: u8| b.is_ascii_digit() || b"+-.eE".contains(&b);
    if !digits || !text.bytes().all(usual) {
        return None;
    }
    text.parse::<f64>().ok().filter(|x| x.is_finite())
}

/// Digits without marks between groups of three.
fn ungrouped(whole: &str, group: char) -> Option<String> {
    let marks = [group, ' ', '\u{a0}', '\u{202f}', '\'', '\u{2019}'];
    let mut used = whole.chars().filter(|c| marks.contains(c));
    let Some(mark) = used.next() else {
        return Some(whole.to_owned());
    };
    if used.any(|c| c != mark) {
        return None;
    }
    let mut parts = whole.split(mark);
    let first = parts.next().unwrap_or("");
    let digits = first.trim_start_matches(['+', '-']);
    let group_of_three = |p: &str| p.len() == 3 && p.bytes().all(|b| b.is_ascii_digit());
    let mut number = first.to_owned();
    for part in parts {
        if !group_of_three(part) {
            return None;
        }
        number.push_str(part);
    }
    (1..=3).contains(&digits.len()).then_some(number)
}

/// Reads a whole number; 5.0 and 5e0 are whole.
pub fn parse_integer(cell: &str, mark: DecimalMark) -> Option<i32> {
    let value = parse(cell, mark)?;
    let fits = value.fract() == 0.0 && value.abs() <= f64::from(i32::MAX);
    fits.then_some(value as i32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_decides_its_decimal_mark() {
        let mark = |cells: &[&str], delimiter| DecimalMark::of(cells.iter().copied(), delimiter);
        assert_eq!(mark(&["4,5", "3,25"], Some(b',')), DecimalMark::Comma);
        assert_eq!(mark(&["1,250", "900"], Some(b',')), DecimalMark::Dot);
        assert_eq!(mark(&["1,250", "900"], Some(b';')), DecimalMark::Comma);
        assert_eq!(mark(&["1.250,5", "1.250"], Some(b'\t')), DecimalMark::Comma);
        assert_eq!(mark(&["1,250.5", "1,250"], Some(b';')), DecimalMark::Dot);
        assert_eq!(mark(&["0,250"], Some(b'\t')), DecimalMark::Comma);
        assert_eq!(mark(&["4.5", "x", ""], Some(b';')), DecimalMark::Dot);
    }

    #[test]
    fn numbers_are_read_as_they_are_meant() {
        use DecimalMark::{Comma, Dot};
        for (cell, mark, value) in [
            ("5", Dot, 5.0),
            ("5.0", Comma, 5.0),
            ("5e0", Dot, 5.0),
            ("4,5", Dot, 4.5),
            ("1,250", Dot, 1250.0),
            ("1,250", Comma, 1.25),
            ("1.250", Dot, 1.25),
            ("1.250", Comma, 1250.0),
            ("1.250.000", Dot, 1_250_000.0),
            ("-1,250,000", Dot, -1_250_000.0),
            ("1,250.5", Comma, 1250.5),
            ("1.250,5", Dot, 1250.5),
            ("1\u{a0}250,5", Dot, 1250.5),
            ("1'250.5", Dot, 1250.5),
            ("\u{2212}3", Dot, -3.0),
            (" 7 ", Dot, 7.0),
        ] {
            assert_eq!(parse(cell, mark), Some(value), "{cell}");
        }
        for cell in [
            "",
            "x",
            "inf",
            "nan",
            "1,2,3",
            "12,34,567",
            "1 2",
            "5 - agree",
            "85%",
            "1..2",
        ] {
            assert_eq!(parse(cell, Dot), None, "{cell}");
        }
        assert_eq!(parse_integer("5,0", Dot), Some(5));
        assert_eq!(parse_integer("5.5", Dot), None);
        assert_eq!(parse_integer("1e99", Dot), None);
    }
}
