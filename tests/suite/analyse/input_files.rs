//! `rapport analyse` on files as people have them: shifted rows, missing values, groups that are
//! unknown, decimal commas, items that cannot be analysed. A file is read as it is meant, or
//! refused.

use super::bench::{Bench, KEY, close, survey};
use crate::measurement::Uniform;

/// Answers of 60 people to four items of five categories.
fn answers() -> Vec<Vec<String>> {
    let mut uniform = Uniform(3);
    let mut row = |_| {
        let level = uniform.normal();
        let mut answer = |_| {
            let answer = (3.0 + level + 0.7 * uniform.normal()).round();
            answer.clamp(1.0, 5.0).to_string()
        };
        (0..4).map(&mut answer).collect()
    };
    (0..60).map(&mut row).collect()
}

fn csv(rows: &[Vec<String>], delimiter: &str) -> String {
    let mut text = ["q1", "q2", "q3", "q4"].join(delimiter) + "\n";
    for row in rows {
        text += &(row.join(delimiter) + "\n");
    }
    text
}

#[test]
fn rows_with_shifted_cells_are_refused_with_their_numbers() {
    let bench = Bench::new()
        .with(
            "shift.csv",
            "agent,wait,score\nKim,31,5\nLee,3,5,4\nKim,30,2\nLee,3,4,1\nLee,30,4\n",
        )
        .with(
            "quote.csv",
            "agent,wait,score\nKim,\"31,5\nLee,3,5\nLee,30,4\n",
        )
        .with(
            "fixed.csv",
            "agent,wait,score\nKim,31,5\nLee,\"3,5\",4\nKim,30,2\nLee,\"3,4\",1\nLee,30,4\n",
        );
    let run = |file: &str| bench.run(&format!("agents {file} --agent agent --score score"));
    let shifted = run("shift.csv");
    assert_eq!(shifted.code, Some(2), "{}", shifted.out);
    for part in ["shift.csv: row 3", "4 cells", "also in row 5"] {
        assert!(shifted.err.contains(part), "{}", shifted.err);
    }
    let swallowed = run("quote.csv");
    assert_eq!(swallowed.code, Some(2), "{}", swallowed.out);
    assert!(swallowed.err.contains("row 2"), "{}", swallowed.err);
    let fixed = run("fixed.csv").json();
    let raw = |agent: usize| fixed["agents"][agent]["raw"].as_f64().expect("a mean");
    assert_eq!((raw(0), raw(1)), (3.5, 3.0));
}

/// The bad row comes after more comments than are read at a time.
#[test]
fn a_refused_file_of_comments_gives_no_output() {
    let mut text = "id,remark\n".to_owned();
    for id in 0..5_000 {
        text += &format!("{id},Friendly and quick\n");
    }
    text += "5000,Friendly,quick\n";
    let bench = Bench::new().with("comments.csv", text);
    for format in ["json", "csv", "table"] {
        let refused = bench.run(&format!(
            "themes comments.csv --text remark --format {format}"
        ));
        assert_eq!(refused.code, Some(2), "{}", refused.err);
        assert_eq!(refused.out, "", "{format}");
        assert!(refused.err.contains("row 5002"), "{}", refused.err);
    }
}

#[test]
fn missing_codes_and_whole_numbers_are_read_alike_in_every_spelling() {
    let mut rows = answers();
    rows[3][1] = String::new();
    let bench = Bench::new().with("plain.csv", csv(&rows, ","));
    let alpha = |bench: &Bench, file: &str, options: &str| {
        let report = bench.run(&format!("reliability {file}{options}")).json();
        assert_eq!(report["scales"][0]["n"], 59, "{file}");
        report["scales"][0]["alpha"].as_f64().expect("a number")
    };
    let plain = alpha(&bench, "plain.csv", "");
    for code in ["NA", "n/a", "NaN", "NULL", "none", "-", ".", "#N/A"] {
        rows[3][1] = code.to_owned();
        let bench = Bench::new().with("code.csv", csv(&rows, ","));
        assert_eq!(alpha(&bench, "code.csv", ""), plain, "{code}");
    }
    rows[3][1] = "-99".to_owned();
    let bench = Bench::new().with("own.csv", csv(&rows, ","));
    assert_eq!(alpha(&bench, "own.csv", " --missing -99"), plain);
    let doubtful = bench.run("reliability own.csv");
    assert!(doubtful.err.contains("-99 is far"), "{}", doubtful.err);
    rows[3][1] = String::new();
    for (suffix, delimiter) in [(".0", ","), (",0", ";"), ("e0", "\t")] {
        let written = |cell: &String| match cell.as_str() {
            "" => String::new(),
            cell => format!("{cell}{suffix}"),
        };
        let rows: Vec<Vec<String>> = rows
            .iter()
            .map(|r| r.iter().map(written).collect())
            .collect();
        let bench = Bench::new().with("float.csv", csv(&rows, delimiter));
        assert_eq!(alpha(&bench, "float.csv", ""), plain, "{suffix}");
    }
}

#[test]
fn the_result_tells_how_the_input_was_read() {
    let bench = Bench::new().with(
        "v.csv",
        "Export of May\n\nscore;rating\n10,5;4,5\n12,1;NULL\n13,0;2,5\n14,2;5,0\n11,1;3,0\n",
    );
    let report = bench.run("validity v.csv --predictor score --criterion rating --resamples 50");
    let input = &report.json()["input"];
    assert_eq!(input["rows"], 5);
    assert_eq!(input["missing_found"]["NULL"], 1);
    assert_eq!(input["missing_codes"].as_array().map(Vec::len), Some(8));
    let notes = input["notes"].to_string();
    for part in ["above the header", "decimal commas"] {
        assert!(notes.contains(part) && report.err.contains(part), "{notes}");
    }
    // numpy.corrcoef([10.5, 13, 14.2, 11.1], [4.5, 2.5, 5, 3])
    close("r", &report.json()["r"], 0.172_281_687_8, 1e-9);
}

fn applicants(unknown: &str) -> String {
    let mut text = String::from("sex,office,hired\n");
    let mut add = |sex: &str, office: &str, n: usize, hired: usize| {
        for i in 0..n {
            text += &format!("{sex},{office},{}\n", u8::from(i < hired));
        }
    };
    add("m", "north", 50, 25);
    add("m", "south", 50, 25);
    add("f", "north", 50, 10);
    add("f", "south", 50, 30);
    add(unknown, "north", 40, 38);
    text
}

#[test]
fn a_group_that_is_unknown_is_counted_and_never_the_benchmark() {
    for (cell, option) in [
        ("", ""),
        ("nan", ""),
        ("N/A", ""),
        ("#N/A", ""),
        ("Unknown", ""),
        ("Rather not", "rather not,Other"),
    ] {
        let bench = Bench::new().with("a.csv", applicants(cell));
        let line = "adverse-impact a.csv --group sex --selected hired --stratum office --unknown";
        let arguments: Vec<&str> = line.split(' ').chain([option]).collect();
        let report = bench.run_with(&arguments).json();
        assert_eq!(report["benchmark"], "m", "{cell}");
        assert_eq!(report["unknown"], 40, "{cell}");
        assert_eq!(report["unknown_selected"], 38, "{cell}");
        close("women", &report["groups"][0]["rate"], 0.4, 1e-12);
        // In the south women are hired more often than the benchmark.
        let south = &report["by_stratum"][2];
        assert_eq!(
            (&south["stratum"], &south["group"]),
            (&"south".into(), &"f".into())
        );
        close("ratio", &south["impact_ratio"], 1.2, 1e-12);
    }
}

#[test]
fn labels_are_compared_without_invisible_characters() {
    let text = applicants("")
        .replace("m,south", "m\u{a0},south")
        .replacen("f,", "f\u{200b},", 9);
    let bench = Bench::new()
        .with("a.csv", text)
        .with("case.csv", applicants("").replacen("m,", "M,", 5));
    let run = |file: &str| {
        bench.run(&format!(
            "adverse-impact {file} --group sex --selected hired"
        ))
    };
    assert_eq!(
        run("a.csv").json()["groups"].as_array().map(Vec::len),
        Some(2)
    );
    let differing = run("case.csv");
    assert!(
        differing.err.contains("\"M\" and \"m\""),
        "{}",
        differing.err
    );
}

#[test]
fn names_are_names_and_ratings_without_an_agent_are_counted() {
    let mut text = String::from("agent,score\n");
    for (agent, scores) in [
        ("Na", "54"),
        ("None", "34"),
        ("Null", "25"),
        ("NA", "111"),
        ("", "1"),
    ] {
        for score in scores.chars() {
            text += &format!("{agent},{score}\n");
        }
    }
    text += "Na,N/A\n";
    let bench = Bench::new().with("r.csv", text);
    let report = bench.run("agents r.csv --agent agent --score score").json();
    let names: Vec<&str> = report["agents"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|a| a["agent"].as_str())
        .collect();
    assert_eq!(names, ["Na", "None", "Null"]);
    assert_eq!(
        (&report["without_agent"], &report["without_score"]),
        (&4.into(), &1.into())
    );
}

#[test]
fn people_without_answers_keep_their_rows_and_ids() {
    let bench = Bench::new()
        .with("s.csv", survey())
        .with("key.toml", KEY)
        .with(
            "new.csv",
            "who,a,b,c,d,e,f\nann,1,2,1,2,1,5\nbo,,,,,,\ncy,4,5,4,5,4,2\n",
        );
    bench
        .run("calibrate s.csv --key key.toml --scale service --model grm --out bank.json")
        .json();
    for line in [
        "score new.csv --id who --bank bank.json",
        "fit new.csv --id who --bank bank.json",
        "careless new.csv --id who --key key.toml",
    ] {
        let report = bench.run(line).json();
        let list = report
            .get("scores")
            .or(report.get("persons"))
            .expect("a list");
        let ids: Vec<&str> = list
            .as_array()
            .expect("a list")
            .iter()
            .filter_map(|p| p["id"].as_str())
            .collect();
        assert_eq!(ids, ["ann", "bo", "cy"], "{line}");
    }
}

#[test]
fn a_scale_that_cannot_be_analysed_is_named_and_the_others_are_reported() {
    let mut text = String::from("a,b,c,d,e,f,g,h\n");
    for row in answers() {
        let [a, b, c, d] = row.as_slice() else {
            panic!("four answers")
        };
        text += &format!("{a},{b},{c},{d},{d},{a},{b},3\n");
    }
    let bench = Bench::new().with("s.csv", text).with(
        "key.toml",
        "min = 1\nmax = 5\n[scales]\nfine = [\"a\", \"b\", \"c\", \"d\"]\n\
         flat = [\"a\", \"b\", \"h\"]\ntwice = [\"b\", \"d\", \"e\", \"g\"]\n",
    );
    for command in ["reliability", "dimensions"] {
        let ran = bench.run(&format!("{command} s.csv --key key.toml"));
        let report = ran.json();
        let figure = if command == "reliability" {
            "alpha"
        } else {
            "suggested"
        };
        assert!(report["scales"][0][figure].is_number(), "{report}");
        assert_eq!(report["scales"][1]["constant"][0], "h", "{report}");
        assert!(report["scales"][1].get(figure).is_none(), "{report}");
        assert_eq!(report["scales"][2]["duplicates"][0][0], "b", "{report}");
        assert!(
            ran.err.contains("scale \"flat\"") && ran.err.contains("to h"),
            "{}",
            ran.err
        );
        assert!(ran.err.contains("d and e"), "{}", ran.err);
    }
    // One factor through three copies of an item is not identified.
    let copies = bench.run("dimensions s.csv --items a,f");
    assert_eq!(copies.code, Some(1), "{}", copies.out);
    assert!(copies.err.contains("a and f"), "{}", copies.err);
}

/// 24 statements of four scales, a third reversed: 120 people who answer them, then five who give
/// one answer to all.
#[test]
fn the_same_answer_to_reversed_statements_is_noted() {
    let mut uniform = Uniform(5);
    let names: Vec<String> = (1..=24).map(|i| format!("q{i}")).collect();
    let reversed = |item: usize| item % 3 == 2;
    let mut text = names.join(",") + "\n";
    for person in 0_usize..125 {
        let traits: Vec<f64> = (0..4).map(|_| uniform.normal()).collect();
        let mut answer = |item: usize| {
            let answer = (3.0 + traits[item / 6] + 0.8 * uniform.normal()).round();
            let answer = answer.clamp(1.0, 5.0) as i32;
            match (person.checked_sub(120), reversed(item)) {
                (Some(same), _) => same as i32 + 1,
                (None, true) => 6 - answer,
                (None, false) => answer,
            }
        };
        let cells: Vec<String> = (0..24).map(|i| answer(i).to_string()).collect();
        text += &(cells.join(",") + "\n");
    }
    let list =
        |items: &mut dyn Iterator<Item = &String>| format!("{:?}", items.collect::<Vec<_>>());
    let mut key = String::from("min = 1\nmax = 5\n");
    let turned = names.iter().enumerate().filter(|(i, _)| reversed(*i));
    key += &format!(
        "reverse = {}\n[scales]\n",
        list(&mut turned.map(|(_, n)| n))
    );
    for (scale, items) in names.chunks(6).enumerate() {
        key += &format!("s{scale} = {}\n", list(&mut items.iter()));
    }
    let bench = Bench::new().with("s.csv", text).with("key.toml", key);
    let report = bench.run("careless s.csv --key key.toml").json();
    let persons = report["persons"].as_array().expect("a list");
    let noted = |people: &[serde_json::Value]| people.iter().filter(|p| p["note"] == true).count();
    assert_eq!(noted(&persons[120..]), 5, "{:?}", &persons[120..]);
    assert!(noted(&persons[..120]) <= 1);
    let flagged = persons[120..]
        .iter()
        .all(|p| p["flags"].to_string().contains("contradiction"));
    assert!(flagged, "{:?}", &persons[120..]);
}

/// Every item favours the reference group among people with the same total score only if the others
/// favour the focal group: here half of the items favour either.
#[test]
fn purification_that_leaves_no_items_is_reported() {
    let mut uniform = Uniform(9);
    let mut text = String::from("q1,q2,q3,q4,group\n");
    for person in 0..3000 {
        let focal = person % 2 == 1;
        let level = uniform.normal();
        let answers: Vec<String> = (0..4)
            .map(|item| {
                let shift = if item % 2 == 0 { 0.9 } else { -0.9 };
                let at = level + if focal { shift } else { 0.0 } + uniform.normal();
                u8::from(at > 0.0).to_string()
            })
            .collect();
        text += &format!("{},{}\n", answers.join(","), if focal { "f" } else { "r" });
    }
    let bench = Bench::new().with("d.csv", text);
    let ran = bench.run("dif d.csv --group group --reference r --purify");
    let report = ran.json();
    assert_eq!(report["purification"], "no_items_left");
    assert_eq!(report["matching_items"].as_array().map(Vec::len), Some(4));
    assert!(ran.err.contains("purification failed"), "{}", ran.err);
}

#[test]
fn messages_name_columns() {
    let bench = Bench::new().with(
        "v.csv",
        "score,rating,sex,weight\n1,2,f,1\n2,2,f,-1\n3,2,m,1\n4,2,m,1\n",
    );
    for (line, code, parts) in [
        (
            "validity v.csv --predictor score --criterion rating",
            1,
            &["\"rating\" does not vary"][..],
        ),
        (
            "validity v.csv --predictor rating --criterion score --weight weight",
            2,
            &["row 3", "column \"weight\"", "negative"],
        ),
        (
            "drivers v.csv --outcome score --drivers rating",
            1,
            &["\"rating\" does not vary"],
        ),
        (
            "bias v.csv --predictor score --criterion rating --group sex",
            1,
            &["column \"sex\""],
        ),
        (
            "agents v.csv --agent sex --score rating",
            1,
            &["\"sex\"", "\"rating\""],
        ),
        (
            "adverse-impact v.csv --group sex --selected rating",
            2,
            &["row 2", "column \"rating\"", "neither yes nor no"],
        ),
    ] {
        let ran = bench.run(line);
        assert_eq!(ran.code, Some(code), "{line}: {}", ran.err);
        for part in parts {
            assert!(ran.err.contains(part), "{line}: no {part} in {}", ran.err);
        }
    }
}

#[test]
fn workbooks_archives_and_survey_exports_are_read() {
    let rows = answers();
    let described = csv(&rows, ",").replacen(
        '\n',
        "\nFirst,Second,Third,Fourth\n\"{\"\"ImportId\"\":\"\"QID1\"\"}\",x,y,z\n",
        1,
    );
    let utf16: Vec<u8> = std::iter::once(0xfeff)
        .chain(csv(&rows, "\t").encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    archive
        .start_file("export/s.csv", zip::write::SimpleFileOptions::default())
        .expect("a member");
    std::io::Write::write_all(&mut archive, csv(&rows, ",").as_bytes()).expect("writes");
    let archive = archive.finish().expect("an archive").into_inner();
    let bench = Bench::new()
        .with("plain.csv", csv(&rows, ","))
        .with("described.csv", described)
        .with("utf16.csv", utf16)
        .with("trailing.csv", csv(&rows, ";").replace('\n', ";\n"))
        .with("sep.csv", format!("sep=;\n{}", csv(&rows, ";")))
        .with("s.zip", archive);
    let alpha = |file: &str| {
        let report = bench
            .run(&format!("reliability {file} --items q1,q2,q3,q4"))
            .json();
        report["scales"][0]["alpha"].clone()
    };
    let plain = alpha("plain.csv");
    for file in [
        "described.csv",
        "utf16.csv",
        "trailing.csv",
        "sep.csv",
        "s.zip",
    ] {
        assert_eq!(alpha(file), plain, "{file}");
    }
}

/// Sliders are items of classical analyses; models refuse them. Answers may carry their labels.
#[test]
fn sliders_and_labelled_answers_are_items() {
    let mut uniform = Uniform(11);
    let (mut sliders, mut labelled, mut plain) = (
        String::from("a,b,c\n"),
        String::from("a,b,c\n"),
        String::from("a,b,c\n"),
    );
    let labels = ["Never", "Rarely", "Sometimes", "Often", "Always"];
    for _ in 0..300 {
        let level = uniform.normal();
        let values = [(); 3].map(|()| 50.0 + 15.0 * (level + uniform.normal()));
        let values = values.map(|v| v.clamp(0.0, 100.0) as usize);
        sliders += &format!("{},{},{}\n", values[0], values[1], values[2]);
        let fifths = values.map(|v| (v / 20).min(4));
        plain += &format!("{},{},{}\n", fifths[0] + 1, fifths[1] + 1, fifths[2] + 1);
        let cell = |v: usize| format!("{} - {}", v + 1, labels[v]);
        let [a, b, c] = fifths.map(cell);
        labelled += &format!("{a},{b},{c}\n");
    }
    let bench = Bench::new()
        .with("sliders.csv", sliders)
        .with("labelled.csv", labelled)
        .with("plain.csv", plain);
    let alpha = |file: &str| {
        let ran = bench.run(&format!("reliability {file}"));
        (ran.json()["scales"][0]["alpha"].clone(), ran.err)
    };
    let (alpha_of_sliders, notes) = alpha("sliders.csv");
    // Three parallel items whose variance is half common.
    close("alpha", &alpha_of_sliders, 0.75, 0.06);
    assert!(notes.contains("different values"), "{notes}");
    let (with_labels, notes) = alpha("labelled.csv");
    assert!(notes.contains("count as their number"), "{notes}");
    assert_eq!(with_labels, alpha("plain.csv").0);
    let model = bench.run("calibrate sliders.csv --model grm --out b.json");
    assert_eq!(model.code, Some(1), "{}", model.out);
    assert!(model.err.contains("categories"), "{}", model.err);
}
