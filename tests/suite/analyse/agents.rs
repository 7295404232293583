//! Agents and drivers.

use super::bench::{Bench, close, has_keys};

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
