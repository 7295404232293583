//! Detection of how a text is divided into cells, from its first lines.

use memchr::{memchr, memchr_iter, memmem};

use super::{
    delimited::{Delimited, Dialect},
    header,
    row::Row,
};

/// Delimiters that are tried.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];
/// Records that are compared.
const RECORDS: usize = 60;
/// Records, of a thousand, that are most of them.
const MOST: usize = 500;
/// Records, of a thousand, that must agree before each line is taken for a quoted record.
const AGREEING: usize = 900;

/// Fit of a delimiter; the greater, the better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Fit {
    /// Wanted columns in the header.
    matched: usize,
    /// Whether the header has several cells.
    several: bool,
    /// Whether most records have as many cells as the header.
    consistent: bool,
    /// Whether the header is the first record.
    untitled: bool,
    /// Records, of a thousand, with as many cells as the header.
    agreeing: usize,
    width: usize,
}

/// The dialect of a text, and the length of a line `sep=;` before it. `head` is the beginning of
/// the text; `whole` tells that it is all of it.
pub fn detect(head: &[u8], whole: bool, wanted: &[String]) -> (Dialect, usize) {
    let head = if whole {
        head
    } else {
        memchr::memrchr2(b'\n', b'\r', head).map_or(head, |end| &head[..=end])
    };
    let (declared, skipped) = declared(head);
    let head = &head[skipped..];
    let mut dialect = Dialect {
        delimiter: None,
        backslash: backslash(head),
        lone_cr: lone_cr(head),
        wrapped: None,
    };
    if declared.is_some() {
        dialect.delimiter = declared;
        return (dialect, skipped);
    }
    let mut best = fit(head, dialect, wanted);
    for delimiter in DELIMITERS {
        let candidate = Dialect {
            delimiter: Some(delimiter),
            ..dialect
        };
        let found = fit(head, candidate, wanted);
        if found > best && (found.several || best.several) {
            (best, dialect) = (found, candidate);
        }
    }
    if !best.several {
        dialect.delimiter = None;
        dialect.wrapped = wrapped(head, dialect, best, wanted);
    }
    (dialect, skipped)
}

/// The first records of a text.
pub fn records(head: &[u8], dialect: Dialect, most: usize) -> Vec<Row> {
    let mut reader = Delimited::new(head, dialect);
    let mut rows = Vec::new();
    let mut row = Row::default();
    // Memory does not fail to be read.
    while rows.len() < most && reader.next_record(&mut row).unwrap_or(false) {
        rows.push(std::mem::take(&mut row));
    }
    rows
}

fn fit(head: &[u8], dialect: Dialect, wanted: &[String]) -> Fit {
    let rows = records(head, dialect, RECORDS);
    let Some((at, matched)) = header::position(&rows, wanted) else {
        return Fit {
            matched: 0,
            several: false,
            consistent: false,
            untitled: false,
            agreeing: 0,
            width: 0,
        };
    };
    let width = header::width(&rows[at]);
    let body: Vec<&Row> = rows[at + 1..].iter().filter(|r| !r.is_blank()).collect();
    let agree = |row: &&&Row| row.len() == rows[at].len() || header::width(row) == width;
    let agreeing = 1_000 * body.iter().filter(agree).count() / body.len().max(1);
    let titled = rows[..at].iter().any(|row| !row.is_blank());
    Fit {
        matched,
        // Prose in a single column is no header below a title.
        several: width > 1 && (!titled || matched > 0 || agreeing >= MOST),
        consistent: agreeing >= MOST,
        // Decimal commas divide the rows below a header with semicolons alike, but not the header.
        untitled: !titled,
        agreeing,
        width,
    }
}

/// The delimiter of a line `sep=;`, quoted or not, and the length of that line.
fn declared(head: &[u8]) -> (Option<u8>, usize) {
    let end = memchr::memchr2(b'\n', b'\r', head).unwrap_or(head.len());
    let line = &head[..end];
    let inner = match line {
        [b'"', inner @ .., b'"'] => inner,
        line => line,
    };
    let [s, e, p, b'=', delimiter] = inner else {
        return (None, 0);
    };
    if !b"sep".eq_ignore_ascii_case(&[*s, *e, *p]) || delimiter.is_ascii_alphanumeric() {
        return (None, 0);
    }
    let ends = match &head[end..] {
        [b'\r', b'\n', ..] => 2,
        [] => 0,
        _ => 1,
    };
    (Some(*delimiter), end + ends)
}

/// Whether `\"` is an escape: it is there in the middle of text, and no mark is doubled.
fn backslash(head: &[u8]) -> bool {
    let ends = |byte: Option<&u8>| {
        byte.is_none_or(|b| DELIMITERS.contains(b) || matches!(b, b'\n' | b'\r'))
    };
    let escapes = memmem::find_iter(head, b"\\\"").any(|at| {
        let next = head.get(at + 2);
        !ends(next) && next != Some(&b'"')
    });
    escapes
        && !memmem::find_iter(head, b"\"\"").any(|at| {
            let before = at.checked_sub(1).map(|i| &head[i]);
            let empty = ends(before) && ends(head.get(at + 2));
            !empty && before != Some(&b'\\')
        })
}

/// Whether a carriage return alone ends lines: there is nothing else, or the pieces between are
/// rows of one kind.
fn lone_cr(head: &[u8]) -> bool {
    if memchr(b'\n', head).is_none() {
        return memchr(b'\r', head).is_some();
    }
    let mut lines = head.split(|b| *b == b'\n').map(|line| {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        (line, memchr(b'\r', line).is_some())
    });
    let Some((line, _)) = lines.find(|(_, lone)| *lone) else {
        return false;
    };
    DELIMITERS.into_iter().any(|delimiter| {
        let mut counts = line
            .split(|b| *b == b'\r')
            .map(|piece| memchr_iter(delimiter, piece).count());
        let first = counts.next().unwrap_or(0);
        first > 0 && memchr(b'"', line).is_none() && counts.all(|n| n == first)
    })
}

/// The delimiter inside lines that are one quoted cell each.
fn wrapped(head: &[u8], dialect: Dialect, single: Fit, wanted: &[String]) -> Option<u8> {
    let first = head.iter().find(|b| !b.is_ascii_whitespace());
    if first != Some(&b'"') {
        return None;
    }
    let rows = records(head, dialect, RECORDS);
    let inner: Vec<&str> = rows.iter().flat_map(Row::cells).collect();
    let inner = inner.join("\n");
    let fits = DELIMITERS.into_iter().map(|delimiter| {
        let candidate = Dialect {
            delimiter: Some(delimiter),
            backslash: false,
            lone_cr: false,
            wrapped: None,
        };
        (fit(inner.as_bytes(), candidate, wanted), delimiter)
    });
    let (best, delimiter) = fits.max_by_key(|(fit, _)| *fit)?;
    let better = best.several && best.agreeing >= AGREEING && best.matched >= single.matched;
    (better && rows.len() > 1).then_some(delimiter)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delimiter(text: &str) -> Option<char> {
        detect(text.as_bytes(), true, &[])
            .0
            .delimiter
            .map(char::from)
    }

    #[test]
    fn decimal_commas_below_a_header_with_semicolons_do_not_divide_rows() {
        let rows = "5,0;4,0;3,0\n2,0;2,0;1,0\n3,0;4,0;3,0\n".repeat(5);
        assert_eq!(delimiter(&format!("q1;q2;q3\n{rows}")), Some(';'));
        assert_eq!(
            delimiter(&format!("Answers, all of May\n\nq1;q2;q3\n{rows}")),
            Some(';')
        );
    }

    #[test]
    fn the_delimiter_that_divides_all_rows_alike_is_taken() {
        assert_eq!(delimiter("a;b\n1,5;2,5\n"), Some(';'));
        assert_eq!(delimiter("a,b\n\"x;y;z\",1\n"), Some(','));
        assert_eq!(delimiter("a|b\n1|2,3\n"), Some('|'));
        assert_eq!(delimiter("a\tb\n1,2\t3\n"), Some('\t'));
        assert_eq!(delimiter("comment\nfast, good\nslow, rude, loud\n"), None);
        let wanted = ["What did you like, and why?".to_owned()];
        let text = "What did you like, and why?\nthe calm, the speed\nnothing\n";
        assert_eq!(detect(text.as_bytes(), true, &wanted).0.delimiter, None);
    }

    #[test]
    fn a_declared_delimiter_is_obeyed() {
        for (text, delimiter, length) in [
            ("sep=;\r\na;b\n", b';', 7),
            ("\"SEP=|\"\na|b\n", b'|', 8),
            ("sep=\t\na\tb\n", b'\t', 6),
        ] {
            let (dialect, skipped) = detect(text.as_bytes(), true, &[]);
            assert_eq!(
                (dialect.delimiter, skipped),
                (Some(delimiter), length),
                "{text:?}"
            );
        }
    }

    #[test]
    fn backslashes_escape_only_where_the_text_shows_it() {
        assert!(backslash(b"a,b\n1,\"he said \\\"no\\\" twice\"\n2,\"\"\n"));
        assert!(!backslash(b"a,b\n\"C:\\dir\\\",x\n"));
        assert!(!backslash(b"a,b\n1,\"say \\\"x\"\" y\"\n"));
    }

    #[test]
    fn carriage_returns_end_lines_where_nothing_else_does() {
        assert!(lone_cr(b"a,b\r1,2\r"));
        assert!(lone_cr(b"a,b\r1,2\r\n3,4\r\n"));
        assert!(!lone_cr(b"a,b\r\n1,x\ry\r\n"));
    }
}
