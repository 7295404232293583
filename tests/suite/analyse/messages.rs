//! Messages, tables for people, and arbitrary input.

use std::process::Command;

use proptest::prelude::*;
use rapport::{cli::analyse::responses::ResponseFile, psychometrics::key::Key, tables::Table};

use super::bench::{Bench, KEY, survey};

#[test]
fn mistakes_are_one_line_with_file_row_and_column() {
    let bench = Bench::new()
        .with("ok.csv", "a,b\n1,2\n2,1\n3,3\n1,1\n")
        .with("word.csv", "a,b\n1,2\n2,x\n")
        .with("long.csv", "a,b\n1,2\n2,1,1\n")
        .with("range.csv", "a,b\n1,2\n9,2\n")
        .with("twice.csv", "a,a\n1,2\n")
        .with("empty.csv", "")
        .with("zip.csv", b"PK\x03\x04\x00\x00")
        .with("gone.csv.gz", b"\x1f\x8b\x08garbage")
        .with("constant.csv", "a,b\n1,1\n1,1\n1,1\n")
        .with(
            "key.toml",
            "min = 1\nmax = 5\n[scales]\ns = [\"a\", \"b\"]\n",
        )
        .with(
            "absent.toml",
            "min = 1\nmax = 5\n[scales]\ns = [\"a\", \"z\"]\n",
        )
        .with("broken.toml", "min = 1\nmax =\n")
        .with("bank.json", "{\"model\": \"grm\"}")
        .with(
            "taxonomy.toml",
            "version = 1\n[general]\npositive = [\"(\"]\n",
        );
    for (line, code, parts) in [
        (
            "reliability missing.csv",
            2,
            &["missing.csv", "No such file"][..],
        ),
        (
            "reliability word.csv",
            2,
            &["word.csv", "row 3", "column \"b\"", "\"x\""],
        ),
        (
            "reliability long.csv",
            2,
            &["long.csv", "row 3", "3 cells", "header has 2"],
        ),
        (
            "reliability range.csv --key key.toml",
            2,
            &["range.csv", "row 3", "column \"a\"", "9"],
        ),
        ("reliability twice.csv", 2, &["twice.csv", "\"a\" twice"]),
        ("reliability empty.csv", 2, &["empty.csv", "empty"]),
        ("reliability zip.csv", 2, &["zip.csv", "damaged"]),
        ("reliability gone.csv.gz", 2, &["gone.csv.gz"]),
        (
            "reliability ok.csv --key broken.toml",
            2,
            &["broken.toml", "2"],
        ),
        (
            "reliability ok.csv --key absent.toml",
            2,
            &["ok.csv", "no column \"z\""],
        ),
        (
            "reliability ok.csv --items a,zz",
            2,
            &["ok.csv", "no column \"zz\""],
        ),
        (
            "reliability constant.csv",
            1,
            &["constant.csv", "same answer to a, b"],
        ),
        ("calibrate constant.csv --model grm", 1, &["constant.csv"]),
        ("calibrate ok.csv", 2, &["--model"]),
        (
            "calibrate ok.csv --model grm --tolerance=-1",
            2,
            &["tolerance"],
        ),
        (
            "score ok.csv --bank bank.json --method eap",
            2,
            &["bank.json", "line 1"],
        ),
        ("fit ok.csv --bank nowhere.json", 2, &["nowhere.json"]),
        ("dif ok.csv --group b --reference 9", 2, &["ok.csv", "9"]),
        (
            "adverse-impact ok.csv --group a --selected b",
            2,
            &["ok.csv", "row 2", "\"2\" is neither yes nor no"],
        ),
        (
            "validity word.csv --predictor a --criterion b",
            2,
            &["word.csv", "row 3", "column \"b\"", "\"x\" is not a number"],
        ),
        (
            "validity constant.csv --predictor a --criterion b",
            1,
            &["constant.csv"],
        ),
        (
            "bias ok.csv --predictor a --criterion b --group c",
            2,
            &["no column \"c\""],
        ),
        (
            "agents constant.csv --agent a --score b",
            1,
            &["constant.csv"],
        ),
        (
            "drivers constant.csv --outcome a --drivers b",
            1,
            &["constant.csv"],
        ),
        ("themes ok.csv --text c", 2, &["no column \"c\""]),
        (
            "themes ok.csv --text a --taxonomy taxonomy.toml",
            2,
            &["taxonomy.toml"],
        ),
        (
            "train-themes ok.csv --text a --label b --out m.json",
            1,
            &["ok.csv", "4 labelled"],
        ),
        (
            "train-themes ok.csv --text a --label b --folds 1 --out m.json",
            2,
            &["folds"],
        ),
    ] {
        let ran = bench.run(line);
        assert_eq!(ran.code, Some(code), "{line}: {}{}", ran.out, ran.err);
        for part in parts {
            assert!(ran.err.contains(part), "{line}: no {part:?} in {}", ran.err);
        }
        let usage_by_clap = ran.err.contains("Usage:");
        assert!(
            usage_by_clap || ran.err.trim().lines().count() == 1,
            "{line}: {}",
            ran.err
        );
        assert!(ran.out.is_empty(), "{line}: {}", ran.out);
    }
}

#[test]
fn tables_are_for_people_and_a_closed_pipe_is_no_mistake() {
    let bench = Bench::new().with("s.csv", survey()).with("key.toml", KEY);
    let table = bench
        .run("reliability s.csv --key key.toml --format table")
        .out;
    assert!(
        table.contains("item_stats of service") && !table.contains('{'),
        "{table}"
    );
    let csv = bench
        .run("reliability s.csv --key key.toml --format csv")
        .out;
    assert!(
        csv.starts_with("scale,blocked,miskeyed,n,items,alpha,alpha_ci,") && !csv.contains('='),
        "{csv}"
    );
    let mut child = Command::new(env!("CARGO_BIN_EXE_rapport"))
        .args(["analyse", "careless", "s.csv", "--items", "a,b,c,d,e"])
        .current_dir(bench.folder())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("ends");
    assert!(
        output.status.success() && output.stderr.is_empty(),
        "{output:?}"
    );
}

proptest! {
    /// Any table of answers, in any separator and with any quoting, is read as it was written, and
    /// turned by its key.
    #[test]
    fn a_table_is_read_as_written(
        answers in proptest::collection::vec(proptest::collection::vec(proptest::option::of(1_i32..=7), 3), 1..12),
        separator in proptest::sample::select(vec![',', ';', '\t']),
        quoted in any::<bool>(),
        windows in any::<bool>(),
        mark in any::<bool>(),
        missing in proptest::sample::select(vec!["", "NA", " NA ", "n/a", "NaN", "-", "#N/A"]),
    ) {
        let cell = |text: String| if quoted { format!("\"{text}\"") } else { text };
        let line = |cells: Vec<String>| {
            let cells: Vec<String> = cells.into_iter().map(cell).collect();
            cells.join(&separator.to_string()) + if windows { "\r\n" } else { "\n" }
        };
        let mut text = String::from(if mark { "\u{feff}" } else { "" });
        text += &line(["a", "b", "c"].map(str::to_owned).to_vec());
        for row in &answers {
            text += &line(row.iter().map(|a| a.map_or_else(|| missing.to_owned(), |a| a.to_string())).collect());
        }
        let file = ResponseFile { file: "a.csv".into(), ..ResponseFile::default() };
        let key = Key::parse("min = 1\nmax = 7\nreverse = [\"b\"]\n").expect("a key");
        let options = file.table_options(&key, &[]);
        let read = Table::open(text.as_bytes(), &options).expect("a table");
        let read = file.read_from(read, key, &[]).expect("answers");
        prop_assert_eq!(read.items(), ["a", "b", "c"]);
        let (raw, keyed) = (read.raw(), read.keyed());
        prop_assert_eq!(raw.persons(), answers.len());
        for (person, row) in answers.iter().enumerate() {
            for (item, answer) in row.iter().enumerate() {
                prop_assert_eq!(raw.answer(person, item), *answer);
                let turned = answer.map(|a| if item == 1 { 8 - a } else { a });
                prop_assert_eq!(keyed.answer(person, item), turned);
            }
        }
    }

    /// Whatever the bytes, a key and a table are read or refused.
    #[test]
    fn any_bytes_are_read_or_refused(key in ".{0,80}", table in proptest::collection::vec(any::<u8>(), 0..200)) {
        let key = Key::parse(&key).unwrap_or_default();
        let file = ResponseFile { file: "a.csv".into(), ..ResponseFile::default() };
        if let Ok(rows) = Table::open(table.as_slice(), &file.table_options(&key, &[]))
            && let Ok(read) = file.read_from(rows, key, &[])
        {
            prop_assert!(!read.items().is_empty());
        }
    }
}
