//! Calibration, scores and fit of a bank.

use std::io::Write;

use serde_json::Value;

use super::bench::{Bench, KEY, close, has_keys, lsat7, survey};

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
