//! `rapport analyse` as a script uses it: files in, JSON, tables and CSV out, exit codes, one clear
//! line for each mistake.
//!
//! Figures of small tables are scipy 1.17.1's and statsmodels 0.14's on the same numbers; those of
//! LSAT section 7 are R's (see `measurement`).

use std::{io::Write, path::PathBuf, process::Command};

use proptest::prelude::*;
use rapport::{cli::analyse::responses::ResponseFile, psychometrics::key::Key, tables::Table};
use serde_json::Value;

use crate::measurement::{LSAT7, Uniform};

/// A folder of input files.
pub struct Bench(tempfile::TempDir);

/// What a command left.
pub struct Ran {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Ran {
    pub fn json(&self) -> Value {
        assert_eq!(self.code, Some(0), "{}", self.err);
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("{e}: {}", self.out))
    }
}

impl Bench {
    pub fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn with(self, name: &str, content: impl AsRef<[u8]>) -> Self {
        std::fs::write(self.path(name), content).expect("writes");
        self
    }

    /// `rapport analyse ...` in the folder.
    pub fn run(&self, line: &str) -> Ran {
        self.run_with(&line.split(' ').collect::<Vec<_>>())
    }

    /// The same, with arguments that contain spaces.
    pub fn run_with<S: AsRef<std::ffi::OsStr>>(&self, arguments: &[S]) -> Ran {
        let output = Command::new(env!("CARGO_BIN_EXE_rapport"))
            .arg("analyse")
            .args(arguments)
            .current_dir(self.0.path())
            .output()
            .expect("starts");
        Ran {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).expect("UTF-8"),
            err: String::from_utf8(output.stderr).expect("UTF-8"),
        }
    }
}

pub fn close(what: &str, ours: &Value, theirs: f64, tolerance: f64) {
    let ours = ours.as_f64().unwrap_or_else(|| panic!("{what}: {ours}"));
    assert!(
        (ours - theirs).abs() <= tolerance * theirs.abs().max(1.0),
        "{what}: {ours} against {theirs}"
    );
}

fn has_keys(object: &Value, keys: &[&str]) {
    for key in keys {
        assert!(object.get(key).is_some(), "no {key} in {object}");
    }
}

/// LSAT section 7, one row a person.
fn lsat7() -> String {
    let mut csv = String::from("q1,q2,q3,q4,q5,group\n");
    for (pattern, n) in LSAT7.iter().enumerate() {
        for person in 0..*n {
            let answers: Vec<String> = (0..5)
                .map(|item| (pattern >> (4 - item) & 1).to_string())
                .collect();
            let group = if person % 2 == 0 {
                "reference"
            } else {
                "focal"
            };
            csv.push_str(&format!("{},{group}\n", answers.join(",")));
        }
    }
    csv
}

/// 240 persons, six items of five categories, the last one worded the other way.
pub fn survey() -> String {
    let mut uniform = Uniform(7);
    let mut csv = String::from("who,a,b,c,d,e,f,seconds\n");
    for person in 0..240 {
        let trait_ = uniform.normal();
        let mut answers: Vec<i64> = (0..6)
            .map(|_| {
                ((trait_ + uniform.normal()) * 0.8 + 3.0)
                    .round()
                    .clamp(1.0, 5.0) as i64
            })
            .collect();
        answers[5] = 6 - answers[5];
        let cells: Vec<String> = answers.iter().map(ToString::to_string).collect();
        csv.push_str(&format!(
            "p{person},{},{}\n",
            cells.join(","),
            20 + person % 60
        ));
    }
    csv
}

pub const KEY: &str = "min = 1\nmax = 5\nreverse = [\"f\"]\n\n[scales]\nservice = [\"a\", \"b\", \"c\", \"d\", \"e\", \"f\"]\n";

#[test]
fn a_bank_is_calibrated_scores_and_is_judged() {
    let bench = Bench::new().with("lsat.csv", lsat7());
    let fitted = bench
        .run("calibrate lsat.csv --model 2pl --items q1,q2,q3,q4,q5 --out bank.json")
        .json();
    has_keys(
        &fitted,
        &[
            "model",
            "n",
            "items",
            "log_likelihood",
            "iterations",
            "converged",
            "marginal_reliability",
            "empirical_reliability",
            "seconds",
        ],
    );
    close(
        "log-likelihood",
        &fitted["log_likelihood"],
        -2658.80511363357,
        1e-7,
    );
    let first = &fitted["items"][0];
    close("slope", &first["slope"], 0.987549437532737, 1e-4);
    close("intercept", &first["intercepts"][0], 1.85585754391283, 1e-4);
    close(
        "difficulty",
        &first["difficulties"][0],
        -1.85585754391283 / 0.987549437532737,
        1e-4,
    );
    close(
        "standard error",
        &first["se"]["slope"],
        0.177195292566941,
        1e-2,
    );
    assert_eq!(fitted["converged"], true);

    for method in ["eap", "map", "wle"] {
        let scored = bench
            .run(&format!(
                "score lsat.csv --bank bank.json --method {method}"
            ))
            .json();
        let scores = scored["scores"].as_array().expect("scores");
        assert_eq!((scores.len(), &scores[9]["id"]), (1000, &Value::from("10")));
        has_keys(&scores[0], &["id", "theta", "se", "answered"]);
        assert!(scores[0]["theta"].as_f64() < scores[999]["theta"].as_f64());
    }
    let unbounded = bench
        .run("score lsat.csv --bank bank.json --method ml")
        .json();
    assert!(
        unbounded["scores"][999]["theta"].is_null(),
        "all right has no finite maximum: {}",
        unbounded["scores"][999]
    );
    let csv = bench.run("score lsat.csv --bank bank.json --method eap --format csv");
    assert!(csv.out.starts_with("id,theta,se,answered"), "{}", csv.out);
    assert_eq!(csv.out.lines().count(), 1001);

    let fit = bench.run("fit lsat.csv --bank bank.json").json();
    has_keys(&fit["persons"][0], &["id", "lz", "lz_star"]);
    has_keys(&fit["items"][0], &["item", "infit", "outfit", "s_x2"]);
    has_keys(&fit["model"], &["m2", "df", "rmsea"]);
    assert_eq!(fit["model"]["df"], 5);

    for method in ["mh", "logistic", "lrt --anchors q1,q2,q3"] {
        let dif = bench
            .run(&format!(
                "dif lsat.csv --items q1,q2,q3,q4,q5 --group group --reference reference --method {method}"
            ))
            .json();
        let items = dif["items"].as_array().expect("items");
        // Persons of a pattern were dealt to the groups in turn: no item works differently, and
        // nothing shows.
        for item in items {
            has_keys(item, &["item", "chi2", "p", "effect", "class"]);
            assert!(item["p"].as_f64().is_none_or(|p| p > 0.01), "{item}");
        }
    }
}

#[test]
fn packed_and_tabbed_files_read_alike() {
    let plain = survey();
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(plain.as_bytes()).expect("packs");
    let bench = Bench::new()
        .with("s.csv", &plain)
        .with("s.tsv", plain.replace(',', "\t"))
        .with("s.csv.gz", packed.finish().expect("packs"))
        .with(
            "bom.csv",
            format!("\u{feff}{}", plain.replace('\n', "\r\n")),
        )
        .with("key.toml", KEY);
    let alpha = |file: &str| {
        bench
            .run(&format!("reliability {file} --key key.toml"))
            .json()["scales"][0]["alpha"]
            .clone()
    };
    let expected = alpha("s.csv");
    assert!(expected.as_f64().is_some_and(|a| a > 0.7 && a < 0.95));
    for file in ["s.tsv", "s.csv.gz", "bom.csv"] {
        assert_eq!(alpha(file), expected, "{file}");
    }
}

#[test]
fn a_key_is_kept_in_the_bank() {
    let bench = Bench::new().with("s.csv", survey()).with("key.toml", KEY);
    let made =
        bench.run("calibrate s.csv --key key.toml --scale service --model grm --out bank.json");
    assert!(
        made.json()["items"]
            .as_array()
            .expect("items")
            .iter()
            .all(|i| i["slope"].as_f64() > Some(0.3))
    );
    // The bank knows which item is turned and which columns are items: neither key nor list is
    // needed again.
    let alone = bench
        .run("score s.csv --id who --bank bank.json --method eap")
        .json();
    let keyed = bench
        .run("score s.csv --id who --bank bank.json --method eap --key key.toml")
        .json();
    assert_eq!(alone, keyed);
    assert_eq!(alone["scores"][3]["id"], "p3");
    let bench = bench.with("other.toml", KEY.replace("[\"f\"]", "[\"a\"]"));
    let against = bench.run("score s.csv --bank bank.json --method eap --key other.toml");
    assert_eq!(against.code, Some(2));
    assert!(
        against
            .err
            .contains("is reversed in the key, but not reversed in the bank"),
        "{}",
        against.err
    );

    let miskeyed = bench
        .run("calibrate s.csv --items a,b,c,d,e,f --model grm")
        .json();
    assert!(
        miskeyed["warnings"].to_string().contains("\\\"f\\\"")
            || miskeyed["warnings"].to_string().contains('f'),
        "a negative slope is said: {}",
        miskeyed["warnings"]
    );
}

#[test]
fn screening_and_dimensions() {
    let mut csv = survey();
    csv.push_str("straight,3,3,3,3,3,3,4\n");
    let bench = Bench::new().with("s.csv", csv).with("key.toml", KEY);
    let found = bench
        .run("careless s.csv --id who --key key.toml --seconds seconds --longstring 6")
        .json();
    let last = found["persons"]
        .as_array()
        .expect("persons")
        .last()
        .expect("one")
        .clone();
    has_keys(
        &last,
        &[
            "id",
            "longstring",
            "irv",
            "mahalanobis_d2",
            "mahalanobis_p",
            "even_odd",
            "psychometric_synonyms",
            "flags",
        ],
    );
    assert_eq!(
        (&last["id"], &last["longstring"]),
        (&Value::from("straight"), &Value::from(6))
    );
    close("irv", &last["irv"], 0.0, 0.0);
    let flags: Vec<&str> = last["flags"]
        .as_array()
        .expect("flags")
        .iter()
        .filter_map(Value::as_str)
        .collect();
    assert!(flags.len() >= 2 && last["note"] == true, "{last}");

    let dimensions = bench
        .run("dimensions s.csv --key key.toml --shuffles 50")
        .json();
    assert_eq!(dimensions["scales"][0]["suggested"], 1);
}

#[test]
fn adverse_impact_as_scipy_counts_it() {
    let mut csv = String::from("who,group,shift,selected,score\n");
    let mut person = 0;
    for (group, n, selected) in [("A", 80, 48), ("B", 40, 12), ("Rare", 2, 1), ("", 3, 1)] {
        for i in 0..n {
            person += 1;
            csv.push_str(&format!(
                "{person},{group},{},{},{}\n",
                i % 2,
                if i < selected { "yes" } else { "no" },
                n - i
            ));
        }
    }
    let bench = Bench::new().with("f.csv", csv);
    let found = bench
        .run("adverse-impact f.csv --group group --selected selected")
        .json();
    let group = |name: &str| {
        let groups = found["groups"].as_array().expect("groups");
        groups
            .iter()
            .find(|g| g["group"] == name)
            .unwrap_or_else(|| panic!("{name}"))
            .clone()
    };
    let b = group("B");
    has_keys(
        &b,
        &[
            "group",
            "n",
            "selected",
            "rate",
            "impact_ratio",
            "ratio_ci",
            "below_four_fifths",
            "fisher_p",
            "z",
            "z_p",
            "flip_one",
        ],
    );
    close("ratio", &b["impact_ratio"], 0.5, 1e-12);
    close("low", &b["ratio_ci"][0], 0.30143294104559687, 1e-9);
    close("high", &b["ratio_ci"][1], 0.8293718633829844, 1e-9);
    close("Fisher", &b["fisher_p"], 0.0034092217678491827, 1e-9);
    close("z", &b["z"], -3.098386676965933, 1e-9);
    assert_eq!(b["below_four_fifths"], true);
    assert_eq!(
        (&found["unknown"], &found["benchmark"]),
        (&Value::from(3), &Value::from("A"))
    );
    has_keys(&found, &["state", "median", "unknown"]);
    let scored = bench
        .run("adverse-impact f.csv --group group --group2 shift --score score")
        .json();
    assert!(scored["median"].is_number());
    assert!(
        scored["groups"].as_array().expect("groups").len() > 3,
        "intersections"
    );
}

/// Twelve people: predictor, criterion, group.
const PAIRS: &str = "who,x,y,g\n1,3.1,70,a\n2,2.4,66,b\n3,4.0,81,a\n4,3.6,75,b\n5,2.9,78,a\n6,3.3,69,b\n7,4.4,88,a\n\
    8,2.2,60,b\n9,3.8,72,b\n10,3.0,74,a\n11,2.7,71,a\n12,4.1,77,b\n13,,70,a\n14,3.0,NA,b\n";

#[test]
fn validity_and_bias_as_scipy_and_statsmodels_have_them() {
    let bench = Bench::new().with("p.csv", PAIRS);
    let found = bench
        .run("validity p.csv --predictor x --criterion y --applicant-sd 1 --criterion-reliability 0.8 --resamples 500")
        .json();
    has_keys(
        &found,
        &[
            "n",
            "r",
            "ci_fisher",
            "ci_bootstrap",
            "corrected",
            "power",
            "expectancy",
            "verdict",
        ],
    );
    assert_eq!(
        (&found["n"], &found["incomplete"]),
        (&Value::from(12), &Value::from(2))
    );
    close("r", &found["r"], 0.8169753198923989, 1e-12);
    close("p", &found["p"], 0.0011789898886470005, 1e-10);
    close("low", &found["ci_fisher"][0], 0.4576482378228578, 1e-12);
    close("high", &found["ci_fisher"][1], 0.9469068960347881, 1e-12);
    close("rho", &found["spearman"], 0.7272727272727274, 1e-12);
    let corrected: Vec<f64> = found["corrected"]
        .as_array()
        .expect("list")
        .iter()
        .filter_map(|c| c["r"].as_f64())
        .collect();
    let among = |r: f64| corrected.iter().any(|c| (c - r).abs() < 1e-10);
    assert!(
        among(0.9134061756095201) && among(0.9549509231700899),
        "{corrected:?}"
    );
    let again = bench
        .run("validity p.csv --predictor x --criterion y --applicant-sd 1 --criterion-reliability 0.8 --resamples 500")
        .json();
    assert_eq!(found, again, "the bootstrap is seeded");

    let bias = bench
        .run("bias p.csv --predictor x --criterion y --group g --reference a")
        .json();
    has_keys(
        &bias,
        &[
            "omnibus",
            "slope",
            "intercept",
            "groups",
            "predicted_difference",
        ],
    );
    for (test, f, p) in [
        ("omnibus", 6.125114334304798, 0.02435792120134784),
        ("slope", 0.17336269149672076, 0.688086721539028),
        ("intercept", 13.29829568276653, 0.005345028314632443),
    ] {
        close(test, &bias[test]["f"], f, 1e-9);
        close(test, &bias[test]["p"], p, 1e-9);
    }
}

#[test]
fn agents_and_drivers_by_hand_and_by_numpy() {
    let mut csv = String::from("agent,score,channel\n");
    for (agent, scores) in [
        ("a", &[5, 4, 5, 3][..]),
        ("b", &[2, 3, 2, 1, 2]),
        ("c", &[4, 4, 5, 4]),
    ] {
        for score in scores {
            csv.push_str(&format!("{agent},{score},chat\n"));
        }
    }
    csv.push_str(",5,chat\n=evil(),,chat\n");
    let drivers = "o,a,b\n4,4,3\n5,5,5\n2,2,3\n3,3,2\n5,4,5\n1,1,2\n4,5,4\n2,2,1\n3,3,4\n5,4,4\n";
    let bench = Bench::new().with("f.csv", csv).with("d.csv", drivers);
    let found = bench.run("agents f.csv --agent agent --score score").json();
    has_keys(
        &found,
        &[
            "icc1",
            "icc_k",
            "n_for_reliability",
            "grand_mean",
            "agents",
            "funnel",
        ],
    );
    close("ICC", &found["icc1"], 0.7534027221777422, 1e-10);
    close("n0", &found["n0"], 4.3076923076923075, 1e-12);
    close(
        "F",
        &(found["msb"].as_f64().expect("msb") / found["msw"].as_f64().expect("msw")).into(),
        14.16083916083917,
        1e-10,
    );
    has_keys(&found["n_for_reliability"], &["0.5", "0.7", "0.8"]);
    assert_eq!(found["incomplete"], 2);
    let b = &found["agents"][1];
    has_keys(
        b,
        &[
            "agent",
            "n",
            "raw",
            "shrunk",
            "interval",
            "reliability",
            "p_below",
        ],
    );
    assert!(
        b["raw"].as_f64() < b["shrunk"].as_f64() && b["p_below"].as_f64() > Some(0.9),
        "{b}"
    );
    let mut mixed = String::from("agent,score,channel\n");
    for row in 0..180 {
        let (agent, channel) = (["a", "b", "c"][row % 3], ["chat", "phone"][row / 3 % 2]);
        mixed.push_str(&format!(
            "{agent},{},{channel}\n",
            1 + (row * 7 + row / 11) % 5
        ));
    }
    let rates = Bench::new()
        .with("f.csv", mixed)
        .run("agents f.csv --agent agent --score score --good-from 4 --adjust channel")
        .json();
    assert!(rates["funnel"]["rate"].is_number() && rates["agents"][0]["expected"].is_number());

    let found = bench
        .run("drivers d.csv --outcome o --drivers a,b --resamples 200")
        .json();
    close("R2", &found["r2"], 0.8714539007092199, 1e-10);
    for (driver, weight) in [(0, 0.53564593), (1, 0.33580797)] {
        let driver = &found["drivers"][driver];
        has_keys(driver, &["driver", "relative_weight", "share", "share_ci"]);
        close("relative weight", &driver["relative_weight"], weight, 1e-7);
    }
}

#[test]
fn themes_are_read_and_learned() {
    let comments = "id,remark\n1,\"The agent was very polite, but I was on hold for an hour\"\n2,\n3,ok\n\
        4,बहुत अच्छी सेवा मिली धन्यवाद\n=5,not polite at all\n";
    let mut labelled = String::from("text,labels\n");
    let mut uniform = Uniform(3);
    let mut pick = |words: &[&'static str]| words[(uniform.next() * words.len() as f64) as usize];
    for i in 0..150 {
        // Three labels, each with words of its own; the third is a theme of the taxonomy.
        let (mut text, mut labels) = (Vec::new(), Vec::new());
        for (label, place, words) in [
            (
                "parcel",
                1,
                &[
                    "the box was torn",
                    "my parcel never came",
                    "courier left the parcel outside",
                ][..],
            ),
            (
                "kitchen",
                2,
                &[
                    "the soup was cold",
                    "soup and bread were great",
                    "our bread was stale",
                ],
            ),
            (
                "courtesy",
                3,
                &["he was rude", "she was so polite", "a very courteous lady"],
            ),
        ] {
            if i % (place + 1) == 0 {
                text.push(pick(words));
                labels.push(label);
            }
        }
        text.push(pick(&[
            "on monday",
            "in the evening",
            "as always",
            "with my sister",
        ]));
        labelled.push_str(&format!("{},{}\n", text.join(" and "), labels.join(";")));
    }
    let bench = Bench::new().with("c.csv", comments).with("l.csv", labelled);
    let found = bench.run("themes c.csv --text remark --id id").json();
    let list = found["comments"].as_array().expect("comments");
    let first = &list[0]["themes"];
    let theme = |name: &str| {
        let found = first
            .as_array()
            .expect("themes")
            .iter()
            .find(|t| t["theme"] == name);
        found.unwrap_or_else(|| panic!("{name} in {first}")).clone()
    };
    assert_eq!(theme("courtesy")["polarity"], "positive");
    assert_eq!(theme("courtesy")["words"][0], "polite");
    assert_eq!(theme("access")["polarity"], "negative");
    has_keys(
        &theme("access"),
        &["theme", "polarity", "probability", "words"],
    );
    let states: Vec<&str> = list.iter().filter_map(|c| c["state"].as_str()).collect();
    assert_eq!(
        states,
        ["analysed", "none", "no_content", "not_analysed", "analysed"]
    );
    assert_eq!(list[4]["themes"][0]["polarity"], "negative");
    assert_eq!(
        (
            &found["coverage"]["comments"],
            &found["coverage"]["not_analysed"],
            &found["coverage"]["with_theme"]
        ),
        (&Value::from(5), &Value::from(1), &Value::from(2))
    );
    let csv = bench
        .run("themes c.csv --text remark --id id --format csv")
        .out;
    assert!(csv.contains("'=5,analysed,courtesy,negative"), "{csv}");

    let trained = bench
        .run("train-themes l.csv --text text --label labels --multi ; --out m.json")
        .json();
    has_keys(
        &trained,
        &["labels", "macro_f1", "micro_f1", "folds", "per_label"],
    );
    assert_eq!(
        trained["labels"],
        serde_json::json!(["courtesy", "kitchen", "parcel"])
    );
    // The words tell the labels: whoever learns must find them on comments not seen.
    assert!(trained["macro_f1"].as_f64() > Some(0.95), "{trained}");
    let courtesy = &trained["per_label"][0];
    assert!(courtesy["lexicon_f1"].as_f64() > Some(0.9), "{courtesy}");
    assert_eq!(
        courtesy["replaces_lexicon"], false,
        "the words of the theme do as well"
    );
    let bench = bench.with(
        "n.csv",
        "text\nthe parcel was torn\nshe was polite and the soup was stale\n",
    );
    let read = bench.run("themes n.csv --text text --model m.json").json();
    let names = |row: usize| {
        let mut names: Vec<String> = read["comments"][row]["themes"]
            .as_array()
            .expect("themes")
            .iter()
            .filter_map(|t| t["theme"].as_str().map(str::to_owned))
            .collect();
        names.sort();
        names
    };
    assert!(names(0).contains(&"parcel".to_owned()), "{read}");
    assert!(
        names(1).contains(&"kitchen".to_owned()) && names(1).contains(&"courtesy".to_owned()),
        "{read}"
    );
    let again =
        bench.run("train-themes l.csv --text text --label labels --multi ; --out again.json");
    assert_eq!(again.code, Some(0));
    assert_eq!(
        std::fs::read(bench.path("m.json")).expect("reads"),
        std::fs::read(bench.path("again.json")).expect("reads"),
        "the same input gives the same model"
    );
}

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
        .current_dir(bench.0.path())
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

#[test]
fn themes_give_the_mood_and_compare_with_labels() {
    let file = "text,labels\n\
        \"She was very polite, great service\",courtesy:positive;positive\n\
        He was rude to me,courtesy:negative;negative\n\
        Please be polite,courtesy:request\n\
        I paid on Monday,none\n";
    let bench = Bench::new().with("c.csv", file);
    let found = bench
        .run("themes c.csv --text text --evaluate labels")
        .json();
    let moods: Vec<&Value> = found["comments"]
        .as_array()
        .expect("comments")
        .iter()
        .map(|c| &c["mood"])
        .collect();
    assert_eq!(
        moods,
        ["positive", "negative"]
            .map(Value::from)
            .iter()
            .chain([&Value::Null; 2])
            .collect::<Vec<_>>()
    );
    let evaluation = &found["evaluation"];
    assert_eq!(evaluation["comments"], 4);
    let courtesy = &evaluation["themes"][0];
    has_keys(
        courtesy,
        &[
            "theme",
            "polarity",
            "labelled",
            "found",
            "right",
            "precision",
            "recall",
        ],
    );
    assert_eq!(courtesy["precision"]["share"], 1.0);
    assert!(
        courtesy["precision"]["low"]
            .as_f64()
            .is_some_and(|low| low < 0.5)
    );
    let refused = bench.run("themes c.csv --text text --evaluate labels --format csv");
    assert!(
        refused.err.contains("--evaluate has no CSV form"),
        "{}",
        refused.err
    );
}
