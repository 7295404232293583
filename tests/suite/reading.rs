//! Reading of tables: what spreadsheets, survey tools and people make of "a CSV file".

use std::io::Write;

use proptest::prelude::*;
use rapport::tables::{Note, Options, Table, TableError};

/// Everything that a reader sees of a table: the header, then `number: cells` or `number! problem`
/// for each row, then `~ note`.
fn read_with(bytes: &[u8], options: &Options) -> Result<String, TableError> {
    let mut table = Table::open(bytes, options)?;
    let width = table.columns().len();
    let mut lines = vec![table.columns().join("|")];
    while let Some(row) = table.next_row()? {
        lines.push(match &row.problem {
            Some(problem) => format!("{}! {problem:?}", row.number),
            None => {
                let cells: Vec<&str> = (0..width).map(|i| row.cell(i)).collect();
                format!("{}: {}", row.number, cells.join("|"))
            }
        });
    }
    lines.extend(table.notes().iter().map(|note| format!("~ {note:?}")));
    Ok(lines.join("\n"))
}

fn read(bytes: &[u8]) -> String {
    let options = Options {
        wanted: ["id", "score"].map(str::to_owned).to_vec(),
        ..Options::default()
    };
    read_with(bytes, &options).expect("a table")
}

/// The table that most files below hold.
const PLAIN: &str = "id|score|text\n2: a|1|x\n3: b|2|y";

fn utf16(text: &str, big: bool) -> Vec<u8> {
    let bytes = if big {
        u16::to_be_bytes
    } else {
        u16::to_le_bytes
    };
    text.encode_utf16().flat_map(bytes).collect()
}

#[test]
fn delimiters_and_line_ends_are_detected() {
    for text in [
        "id,score,text\na,1,x\nb,2,y\n",
        "id;score;text\r\na;1;x\r\nb;2;y",
        "id\tscore\ttext\ra\t1\tx\rb\t2\ty\r",
        "id|score|text\na|1|x\nb|2|y\n",
        "sep=;\r\nid;score;text\r\na;1;x\r\nb;2;y\r\n",
        "\u{feff}\"sep=\t\"\nid\tscore\ttext\na\t1\tx\nb\t2\ty\n",
        "id;score;text;\na;1;x;\nb;2;y;\n",
        "id;score;text\na;1;x;;\nb;2;y;;\n",
        "id,score,text\r\r\na,1,x\r\r\nb,2,y\r\r\n",
        "id,score,text\na,1,x\nb,2,y\n\u{1a}",
        "id,score,text\na,\"1\",\"x\"\nb,2, \"y\"\n",
        "id,score,text\n\0a,1,x\nb,2,y\n",
        "\"id,score,text\"\n\"a,1,\"\"x\"\"\"\n\"b,2,y\"\n",
    ] {
        assert_eq!(read(text.as_bytes()), PLAIN, "{text:?}");
    }
}

#[test]
fn encodings_are_declared_or_guessed_with_a_note() {
    let text = "id;score;text\na;1;Zoë\n";
    let expected = "id|score|text\n2: a|1|Zoë";
    for bytes in [
        text.as_bytes().to_vec(),
        [&[0xff, 0xfe][..], &utf16(text, false)].concat(),
        [&[0xfe, 0xff][..], &utf16(text, true)].concat(),
        utf16(text, false),
        utf16(text, true),
    ] {
        assert_eq!(read(&bytes), expected);
    }
    assert_eq!(
        read(b"id;score;text\na;1;Zo\xeb\n"),
        format!("{expected}\n~ Encoding(\"windows-1252\")")
    );
    let mixed = [
        b"id;score;text\na;1;Zo\xeb\n".as_slice(),
        "b;2;Grüße\n".as_bytes(),
    ]
    .concat();
    assert_eq!(
        read(&mixed),
        format!("{expected}\n3: b|2|Grüße\n~ MixedEncoding(\"windows-1252\")")
    );
    assert_eq!(
        read(b"id;score;text\na;1;sch\x94n\n"),
        "id|score|text\n2: a|1|schön\n~ Encoding(\"cp850\")"
    );
    let greek = encoding_rs::WINDOWS_1253
        .encode("id;score;text\na;1;καλή εξυπηρέτηση\n")
        .0;
    assert_eq!(
        read(&greek),
        "id|score|text\n2: a|1|καλή εξυπηρέτηση\n~ Encoding(\"windows-1253\")"
    );
}

#[test]
fn an_encoding_can_be_given() {
    let options = |label: &str| Options {
        encoding: Some(label.to_owned()),
        ..Options::default()
    };
    let read = |label: &str| read_with(b"id;text\na;\xe4\n", &options(label));
    assert_eq!(read("windows-1251").expect("read"), "id|text\n2: a|д");
    assert_eq!(read("cp850").expect("read"), "id|text\n2: a|õ");
    assert!(matches!(
        read("klingon"),
        Err(TableError::UnknownEncoding(_))
    ));
}

#[test]
fn titles_descriptions_and_footers_are_left_out_with_a_note() {
    let text = "Export of May;;\n;;\nid;score;text\na;1;x\nb;2;y\n\nTotal;3;\n";
    assert_eq!(
        read(text.as_bytes()),
        "id|score|text\n4: a|1|x\n5: b|2|y\n~ TitleRows(1)\n~ Footers(1)"
    );
    let text = "id,score,text\na,1,x\n\n\nReporting period May to June\n";
    assert_eq!(
        read(text.as_bytes()),
        "id|score|text\n2: a|1|x\n~ Footers(1)"
    );
    let text = "id,score,text\na,1,x\n\nb\n\nc,3,z\n";
    assert_eq!(
        read(text.as_bytes()),
        "id|score|text\n2: a|1|x\n4: b||\n6: c|3|z\n~ ShortRows { count: 1, first: 4 }"
    );
    let text = "id,score\nId,\"How likely?\nPlease\"\n\"{\"\"ImportId\"\":\"\"x\"\"}\",\"{\"\"ImportId\"\":\"\"y\"\"}\"\na,1\n";
    assert_eq!(read(text.as_bytes()), "id|score\n4: a|1\n~ HeaderRows(2)");
}

#[test]
fn answer_options_below_questions_name_the_columns() {
    let text = "Respondent ID,Date,How was it?,,Would you recommend us?\n,,Fast,Kind,Response\n7,1 May,1,2,9\n";
    assert_eq!(
        read_with(text.as_bytes(), &Options::default()).expect("read"),
        "Respondent ID|Date|How was it? - Fast|How was it? - Kind|Would you recommend us?\n3: 7|1 May|1|2|9\n~ HeaderRows(1)"
    );
    let table = Table::open(text.as_bytes(), &Options::default()).expect("a table");
    assert_eq!(table.column("How was it?").expect("found"), Some(2));
}

#[test]
fn header_names_lose_what_nobody_sees() {
    let text = "id;\"sco\u{200b}re\n\";\u{a0}my  text\na;1;x\n";
    assert_eq!(read(text.as_bytes()), "id|score|my text\n2: a|1|x");
}

#[test]
fn a_used_column_must_be_unique_and_an_unused_one_need_not() {
    let table = |header: &'static str| Table::open(header.as_bytes(), &Options::default());
    let other = table("id,Score,score,x,x\n").expect("a table");
    assert_eq!(other.column("score").expect("exact"), Some(2));
    assert!(matches!(
        other.column("SCORE"),
        Err(TableError::AmbiguousColumn { .. })
    ));
    assert!(matches!(
        other.column("x"),
        Err(TableError::DuplicateColumn(_))
    ));
    assert_eq!(other.column("ID").expect("any case"), Some(0));
}

#[test]
fn rows_longer_than_the_header_are_problems_and_shorter_ones_are_counted() {
    let text = "id,score,text\na,3,5,x\nb,2\nc,1,y,\n";
    assert_eq!(
        read(text.as_bytes()),
        "id|score|text\n2! ExtraCells { cells: 4, header: 3 }\n3: b|2|\n4: c|1|y\n~ ShortRows { count: 1, first: 3 }"
    );
}

#[test]
fn a_stray_quotation_mark_spoils_its_row_only() {
    for (row, rest) in [
        ("a,1,\"bad", "b,2,ok\nc,3,\"fine\"\nd,4,ok\n"),
        ("a,1,\"bad", "b,2,ok\nc,3,ok\nd,4,ok\n"),
        ("a,1,\"bad", "b,2,ok\nc,3,5\"\nd,4,ok\n"),
        ("a,\"1,bad", "b,2,ok\nc,3,ok\nd,\"4\",ok\n"),
    ] {
        let text = format!("id,score,text\nz,0,ok\n{row}\n{rest}");
        let found = read(text.as_bytes());
        let numbers: Vec<&str> = found.lines().skip(1).map(|l| &l[..2]).collect();
        assert_eq!(numbers, ["2:", "3!", "4:", "5:", "6:"], "{text}\n{found}");
        assert!(found.contains("3! StrayQuote"), "{found}");
    }
}

#[test]
fn quotation_marks_inside_cells_are_text() {
    for (cell, text) in [
        ("a 5\" screen", "a 5\" screen"),
        ("\"rude\" agent", "\"rude\" agent"),
        ("\"he said \"no\" twice\"", "he said \"no\" twice"),
        ("\"he said \"\"no\"\"\"", "he said \"no\""),
        ("'rude, slow'", "!"),
        ("\"he said \"rude\", twice\"", "!"),
        ("\"one\ntwo, three\"", "one\ntwo, three"),
        ("\"one\n\n1,2 and 3\nthree\"", "one\n\n1,2 and 3\nthree"),
        ("\"one\n,,three\"", "one\n,,three"),
    ] {
        let file = format!("id,score,text\na,1,{cell}\nb,2,y\n");
        let found = read(file.as_bytes());
        if text == "!" {
            assert!(
                found.starts_with("id|score|text\n2! ") && found.ends_with("3: b|2|y"),
                "{found}"
            );
        } else {
            assert_eq!(found, format!("id|score|text\n2: a|1|{text}\n3: b|2|y"));
        }
    }
}

#[test]
fn backslashes_escape_where_the_file_shows_it() {
    let text = "id,score,text\na,1,\"he said \\\"rude, slow\\\" twice\"\nb,2,y\n";
    assert_eq!(
        read(text.as_bytes()),
        "id|score|text\n2: a|1|he said \"rude, slow\" twice\n3: b|2|y"
    );
    let text = "id,score,text\na,1,\"C:\\dir\\\"\nb,2,y\n";
    assert_eq!(
        read(text.as_bytes()),
        "id|score|text\n2: a|1|C:\\dir\\\n3: b|2|y"
    );
}

#[test]
fn a_row_that_is_too_long_is_skipped() {
    let long = "x".repeat(5 << 20);
    let text = format!("id,score,text\na,1,{long}\nb,2,\"{long}\nc,3,z\n");
    assert_eq!(
        read(text.as_bytes()),
        "id|score|text\n2! TooLong\n3! TooLong\n4: c|3|z"
    );
}

#[test]
fn rows_of_delimiters_are_kept_where_each_row_is_a_person() {
    let options = Options {
        keep_empty_rows: true,
        ..Options::default()
    };
    let text = "id,q1,q2\nA,1,2\n,,\nC,3,4\n\nD,,\n";
    assert_eq!(
        read_with(text.as_bytes(), &options).expect("read"),
        "id|q1|q2\n2: A|1|2\n3: ||\n4: C|3|4\n6: D||"
    );
}

fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    for (name, bytes) in files {
        archive.start_file(*name, options).expect("begins");
        archive.write_all(bytes).expect("writes");
    }
    archive.finish().expect("ends").into_inner()
}

#[test]
fn packed_files_are_unpacked() {
    let text = b"id,score,text\na,1,x\nb,2,y\n";
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(text).expect("packs");
    assert_eq!(read(&packed.finish().expect("packs")), PLAIN);
    let one = zip(&[
        ("in/data.csv", text),
        ("__MACOSX/in/._data.csv", b"junk"),
        ("read.md", b"-"),
    ]);
    assert_eq!(
        read(&one),
        format!("{PLAIN}\n~ ArchiveMember(\"in/data.csv\")")
    );
    let open = |bytes: &[u8]| Table::open(bytes, &Options::default()).err();
    let two = zip(&[("a.csv", text), ("b.csv", text)]);
    assert!(matches!(open(&two), Some(TableError::Archive(names)) if names.len() == 2));
    assert!(matches!(open(&one[..60]), Some(TableError::Damaged(_))));
    assert!(matches!(open(b"%PDF-1.7\n"), Some(TableError::NotText)));
    assert!(matches!(open(b" \r\n"), Some(TableError::Empty)));
    assert!(matches!(open(&[0; 500]), Some(TableError::NotText)));
}

/// A workbook of sheets in SpreadsheetML, with a date style as number 1.
fn workbook(sheets: &[(&str, &str)]) -> Vec<u8> {
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "http://schemas.openxmlformats.org/package/2006/relationships";
    let mut list = String::new();
    let mut links =
        format!("<Relationship Id=\"s\" Type=\"{relations}/styles\" Target=\"styles.xml\"/>");
    let mut files = Vec::new();
    for (i, (name, rows)) in sheets.iter().enumerate() {
        list += &format!(
            "<sheet name=\"{name}\" sheetId=\"{}\" r:id=\"r{i}\"/>",
            i + 1
        );
        links += &format!(
            "<Relationship Id=\"r{i}\" Type=\"{relations}/worksheet\" Target=\"worksheets/s{i}.xml\"/>"
        );
        let xml = format!("<worksheet xmlns=\"{main}\"><sheetData>{rows}</sheetData></worksheet>");
        files.push((format!("xl/worksheets/s{i}.xml"), xml));
    }
    let book = format!(
        "<workbook xmlns=\"{main}\" xmlns:r=\"{relations}\"><sheets>{list}</sheets></workbook>"
    );
    files.push(("xl/workbook.xml".to_owned(), book));
    let root = format!(
        "<Relationships xmlns=\"{package}\"><Relationship Id=\"b\" Type=\"{relations}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
    );
    files.push(("_rels/.rels".to_owned(), root));
    let links = format!("<Relationships xmlns=\"{package}\">{links}</Relationships>");
    files.push(("xl/_rels/workbook.xml.rels".to_owned(), links));
    let styles = format!(
        "<styleSheet xmlns=\"{main}\"><cellXfs count=\"2\"><xf numFmtId=\"0\"/><xf numFmtId=\"22\"/></cellXfs></styleSheet>"
    );
    files.push(("xl/styles.xml".to_owned(), styles));
    let files: Vec<(&str, &[u8])> = files
        .iter()
        .map(|(n, t)| (n.as_str(), t.as_bytes()))
        .collect();
    zip(&files)
}

fn text(cell: &str, value: &str) -> String {
    format!("<c r=\"{cell}\" t=\"inlineStr\"><is><t>{value}</t></is></c>")
}

/// A sheet with a header in row 3 and one row of data in row 5.
fn answers() -> String {
    format!(
        "<row r=\"1\">{}</row><row r=\"3\">{}{}{}</row><row r=\"5\">{}<c r=\"B5\"><v>4.0</v></c><c r=\"C5\" s=\"1\"><v>45458.604166666664</v></c><c r=\"D5\" t=\"e\"><v>#N/A</v></c></row>",
        text("A1", "Export"),
        text("A3", "id"),
        text("B3", "score"),
        text("C3", "time"),
        text("A5", "a")
    )
    .replace("</row><row r=\"5\">", &format!("{}</row><row r=\"5\">", text("D3", "note")))
}

#[test]
fn workbooks_are_read_as_a_person_sees_them() {
    let other = format!("<row r=\"1\">{}</row>", text("A1", "About"));
    let book = workbook(&[("About", &other), ("Data", &answers())]);
    let expected = "id|score|time|note\n5: a|4|2024-06-15 14:30:00|#N/A\n~ Sheet { sheet: \"Data\", others: [\"About\"] }\n~ TitleRows(1)";
    assert_eq!(read(&book), expected);
    for asked in ["data", "2"] {
        let options = Options {
            sheet: Some(asked.to_owned()),
            header_row: Some(3),
            ..Options::default()
        };
        assert_eq!(read_with(&book, &options).expect("read"), expected);
    }
    let options = Options {
        sheet: Some("Nothing".to_owned()),
        ..Options::default()
    };
    assert!(matches!(
        read_with(&book, &options),
        Err(TableError::NoSheet { .. })
    ));
}

#[test]
fn a_workbook_cannot_fill_the_memory() {
    let far = "<row r=\"1048576\"><c r=\"XFD1048576\"><v>1</v></c></row>";
    let sheet = format!("<row r=\"1\">{}</row>{far}", text("A1", "id"));
    let found = read_with(&workbook(&[("S", &sheet)]), &Options::default()).expect("read");
    assert_eq!(found, "id\n1048576! ExtraCells { cells: 16384, header: 1 }");
    let bomb = vec![b'<'; 257 << 20];
    let bomb = zip(&[("xl/workbook.xml", &bomb)]);
    assert!(matches!(
        Table::open(bomb.as_slice(), &Options::default()).err(),
        Some(TableError::TooLarge)
    ));
}

/// A cell without white space at its ends that says more than a missing code or a number.
fn cells() -> impl Strategy<Value = Vec<Vec<String>>> {
    let cell = "[a-zß€,;|\t\"\n '=]{0,10}[a-z]|[0-9]{1,3}|";
    (2..5_usize).prop_flat_map(move |width| {
        proptest::collection::vec(proptest::collection::vec(cell, width), 1..8)
    })
}

/// Whether a line inside a cell has as many cells as a row. Such a line may be a row that a stray
/// quotation mark swallowed, and the reader reports it.
fn looks_like_a_row(cell: &str, delimiter: u8, width: usize) -> bool {
    let cells = |line: &str| line.bytes().filter(|b| *b == delimiter).count() + 1;
    cell.lines().skip(1).any(|line| cells(line) == width)
}

proptest! {
    /// What the csv crate writes and reads, this reader reads alike.
    #[test]
    fn tables_read_as_by_an_independent_reader(
        rows in cells(),
        delimiter in proptest::sample::select(vec![b',', b';', b'\t', b'|']),
        always in any::<bool>(),
        crlf in any::<bool>(),
        mark in any::<bool>(),
        wide in any::<bool>(),
    ) {
        let width = rows[0].len();
        let unclear = |cell: &String| looks_like_a_row(cell, delimiter, width);
        prop_assume!(!rows.iter().flatten().any(unclear));
        let style = if always { csv::QuoteStyle::Always } else { csv::QuoteStyle::Necessary };
        let mut writer = csv::WriterBuilder::new()
            .delimiter(delimiter)
            .quote_style(style)
            .terminator(if crlf { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') })
            .from_writer(Vec::new());
        let header: Vec<String> = (0..width).map(|i| format!("column {i}")).collect();
        writer.write_record(&header).expect("writes");
        for row in &rows {
            writer.write_record(row).expect("writes");
        }
        let bytes = writer.into_inner().expect("memory");
        let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(&bytes[..]);
        let expected: Vec<Vec<String>> = reader
            .records()
            .map(|r| r.expect("reads").iter().map(str::to_owned).collect())
            .filter(|r: &Vec<String>| r.iter().any(|c| !c.trim().is_empty()))
            .collect();
        let text = String::from_utf8(bytes).expect("UTF-8");
        let file = match (wide, mark) {
            (true, _) => [&[0xff, 0xfe][..], &utf16(&text, false)].concat(),
            (false, true) => format!("\u{feff}{text}").into_bytes(),
            (false, false) => text.clone().into_bytes(),
        };
        let options = Options { wanted: header, ..Options::default() };
        let mut table = Table::open(&file[..], &options).expect("a table");
        let mut found = Vec::new();
        while let Some(row) = table.next_row().expect("reads") {
            prop_assert_eq!(&row.problem, &None, "{}", text);
            found.push(row.cells().map(str::to_owned).collect::<Vec<_>>());
        }
        let footers = expected.len() - found.len();
        prop_assert_eq!(&found[..], &expected[..found.len()], "{}", text);
        // A last row with one filled cell behind a blank one may be a remark.
        let told = table.notes().iter().any(|note| matches!(note, Note::Footers(_)));
        prop_assert!(footers == 0 || told);
    }

    /// Any bytes are read to their end, without NUL, or refused.
    #[test]
    fn any_bytes_are_a_table_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        if let Ok(mut table) = Table::open(&bytes[..], &Options::default()) {
            let mut last = 0;
            while let Ok(Some(row)) = table.next_row() {
                prop_assert!(row.number > last);
                last = row.number;
                prop_assert!(row.cells().all(|cell| !cell.contains('\0')));
            }
        }
    }
}
