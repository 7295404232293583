//! Careless responding and dimensions.

use serde_json::Value;

use super::bench::{Bench, KEY, close, has_keys, survey};

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
