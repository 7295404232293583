//! Adverse impact, validity and bias.

use serde_json::Value;

use super::bench::{Bench, close, has_keys};

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
