//! Themes of comments and trained models.

use serde_json::Value;

use super::bench::{Bench, has_keys};
use crate::measurement::Uniform;

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
                    "they left the parcel outside",
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
    assert_eq!(theme("courtesy")["words"][0], "very polite");
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

/// "zim" goes with good scores, "dunk" with others and "rab" with both, in a language that no word
/// list knows.
#[test]
fn themes_learn_the_mood_from_scores() {
    let mut file = "id,text,score\n".to_owned();
    for i in 0..600 {
        let (said, score) = match i % 3 {
            0 => ("dunk", 1),
            1 => ("zim", 5),
            _ => ("rab", if i % 2 == 0 { 5 } else { 1 }),
        };
        // One score in eleven is against the word.
        let score = if i % 11 == 0 { 6 - score } else { score };
        file += &format!("{i},tam {said} {i} orb,{score}\n");
    }
    file += "words,very polite and helpful,\nagainst,very polite and helpful,1\n";
    let bench = Bench::new().with("c.csv", &file);
    let run = "themes c.csv --text text --id id --score score --good-from 4";
    let found = bench.run(run).json();
    let mood_of = |id: &str| {
        let comments = found["comments"].as_array().expect("comments");
        let comment = comments.iter().find(|c| c["id"] == id).expect("is there");
        comment["mood"].clone()
    };
    let moods = ["1", "3", "words", "against"].map(mood_of);
    assert_eq!(
        moods[..3],
        ["positive", "negative", "positive"].map(Value::from)
    );
    assert_eq!(moods[3], Value::Null);
    let model = &found["mood_model"];
    assert!(
        model["quality"]["auc"]
            .as_f64()
            .is_some_and(|auc| auc > 0.7)
    );
    assert_eq!(model["good"][0]["term"], "zim");
    let few = Bench::new().with("c.csv", "text,score\npolite,5\nrude,1\n");
    let few = few.run("themes c.csv --text text --score score --good-from 4");
    let reason = few.json()["mood_model"]["reason"].clone();
    assert!(reason.as_str().is_some_and(|r| r.contains("needs 500")));
    for (score, refused) in [
        ("--score score", "--good-from"),
        ("--score text --good-from 4", "is not a number"),
    ] {
        let run = bench.run(&format!("themes c.csv --text text {score}"));
        assert!(run.err.contains(refused), "{}", run.err);
    }
}
