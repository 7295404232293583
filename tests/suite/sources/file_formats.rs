//! Files as programs and spreadsheets of several countries write them.

use super::*;

#[test]
fn json_lines_are_read_like_a_table() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let mapping = Mapping::parse(
        "name = \"tool\"\n[columns]\nexternal_id = \"id\"\nagent = \"meta.agent\"\ntime = \"at\"\nscore = \"answer.score\"\ncomment = \"answer.text\"\nwording = \"question\"\n[time]\nformats = [\"%Y-%m-%dT%H:%M:%S\"]\n[score]\nscale = \"csat_1_5\"\n",
    )
    .expect("usable");
    let lines = "{\"id\":1,\"meta\":{\"agent\":\"a\"},\"at\":\"2026-01-02T10:00:00\",\"answer\":{\"score\":5,\"text\":\"very polite, thank you\"},\"question\":\"How was it?\"}\n{broken\n{\"id\":2,\"meta\":{\"agent\":\"a\"},\"at\":\"2026-01-02T10:00:00\",\"answer\":{\"score\":9}}\n";
    let (_, first) = read(&app, &org, &mapping, lines, false);
    assert_eq!((first.imported, first.rejected), (1, 2));
    assert_eq!(
        stored(&app, &org, "1"),
        Some((Some(5.0), Some("very polite, thank you".to_owned())))
    );
    let mut c = app.db.connect().expect("connects");
    let row = feedback::feedback_by_external_ids(&mut c, org.id, &["1".to_owned()])
        .expect("reads")
        .remove(0);
    assert_eq!(row.wording.as_deref(), Some("How was it?"));
}

const SHOP: &str = r#"name = "shop"
[columns]
external_id = "id"
agent = "agent"
time = "at"
score = "score"
[time]
formats = ["%Y-%m-%d"]
[score]
scale = "csat_1_5"
good_from = 5
[score.labels]
"Wow" = 5
Meh = 3
"#;

/// A source's own labels and its own cut decide, and the figures say so.
#[test]
fn a_source_says_which_scores_are_good() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let api = app.api(&org, Role::Admin);
    let body = json!({ "name": "shop", "mapping": SHOP });
    assert_eq!(api.post("/api/v1/feedback/sources", &body).status, 200);
    let source = api.get("/api/v1/feedback/sources").json()["items"][0].clone();
    assert_eq!(
        source["rule"],
        json!({ "scale": "csat_1_5", "good_from": 5.0 })
    );
    assert_eq!(source["labels"], json!({ "meh": 3.0, "wow": 5.0 }));
    let file = "id,agent,at,score\n1,a,2026-01-02,wow\n2,a,2026-01-02,MEH\n3,a,2026-01-02,4\n4,a,2026-01-02,Very satisfied\n";
    let mapping = Mapping::parse(SHOP).expect("usable");
    let (_, summary) = read(&app, &org, &mapping, file, false);
    assert_eq!(summary.imported, 4);
    let good = |external: &str| {
        let mut c = app.db.connect().expect("connects");
        let ids = [external.to_owned()];
        let rows = feedback::feedback_by_external_ids(&mut c, org.id, &ids).expect("reads");
        (rows[0].score, rows[0].good, rows[0].good_from)
    };
    assert_eq!(good("1"), (Some(5.0), Some(true), Some(5.0)));
    assert_eq!(good("2"), (Some(3.0), Some(false), Some(5.0)));
    assert_eq!(good("3"), (Some(4.0), Some(false), Some(5.0)));
    assert_eq!(good("4"), (Some(5.0), Some(true), Some(5.0)));
    let rules = api.get("/api/v1/overview").json()["overview"]["rules"].clone();
    assert_eq!(
        rules,
        json!([{ "scale": "csat_1_5", "good_from": 5.0, "scores": 4 }])
    );
    // The same file with another cut corrects what is stored.
    let four = Mapping::parse(&SHOP.replace("from = 5", "from = 4")).expect("usable");
    let (_, again) = read(&app, &org, &four, file, true);
    assert_eq!((again.corrected, again.duplicates), (4, 0));
    assert_eq!(good("3"), (Some(4.0), Some(true), Some(4.0)));
}

/// Excel leaves out the delimiters of empty cells at the end of a row.
#[test]
fn empty_cells_at_the_end_of_a_row_may_be_missing() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let file = "external_id,agent,time,scale,score,comment\n1,a,2026-01-02,csat_1_5,4,polite\n2,a,2026-01-02,csat_1_5,5\n3,a,2026-01-02\n";
    let (_, summary) = read(&app, &org, &standard(), file, false);
    assert_eq!((summary.imported, summary.rejected), (2, 1));
    assert_eq!(stored(&app, &org, "2"), Some((Some(5.0), None)));
}

#[test]
fn arrays_are_read_and_objects_are_no_text() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let record = |id: u8, agent: &str| {
        format!(
            r#"{{"external_id": {id}, "agent": {agent}, "time": "2026-01-02T10:00:00+05:30",
                "score": 5, "scale": "csat_1_5"}}"#
        )
    };
    let array = format!(
        "[\n{},\n{}\n]",
        record(1, r#""ann""#),
        record(2, r#"{"id": 5, "name": "Kim"}"#)
    );
    let (_, counts) = read(&app, &org, &standard(), &array, false);
    assert_eq!((counts.imported, counts.rejected), (1, 1));
    let mut c = app.db.connect().expect("connects");
    let rows = feedback::feedback_by_external_ids(&mut c, org.id, &["1".to_owned()]);
    let at = rows.expect("reads").remove(0).occurred_at;
    assert_eq!(at.0.to_rfc3339(), "2026-01-02T04:30:00+00:00");
}

/// One table, as spreadsheets of several countries write it.
#[test]
fn tables_of_several_countries_are_the_same_records() {
    let rows = [
        ["external_id", "agent", "time", "score", "scale", "comment"],
        [
            "1",
            "Zoë",
            "2026-01-02 10:00",
            "5",
            "csat_1_5",
            "très aimable",
        ],
        ["2", "Zoë", "2026-01-02 11:00", "1,0", "csat_1_5", ""],
    ];
    let written = |delimiter: &str| rows.map(|row| row.join(delimiter)).join("\r\n");
    let latin = |text: &str| text.chars().map(|c| c as u8).collect::<Vec<u8>>();
    let utf16 = |text: &str| -> Vec<u8> {
        let units = text.encode_utf16().flat_map(u16::to_le_bytes);
        [0xff, 0xfe].into_iter().chain(units).collect()
    };
    for file in [
        written(";").into_bytes(),
        format!("sep=;\r\n{}", written(";")).into_bytes(),
        format!("Export of January\r\n\r\n{}\r\n", written("\t")).into_bytes(),
        latin(&written(";")),
        utf16(&written("\t")),
    ] {
        let app = TestApp::start();
        let org = app.organisation("Acme");
        let (_, counts) = read_bytes(&app, &org, &standard(), &file, false);
        assert_eq!(
            (counts.imported, counts.rejected),
            (2, 0),
            "{}",
            file.escape_ascii()
        );
        let first = (Some(5.0), Some("très aimable".to_owned()));
        assert_eq!(stored(&app, &org, "1"), Some(first));
        assert_eq!(stored(&app, &org, "2"), Some((Some(1.0), None)));
    }
}

/// An exact name comes before one that differs in case, and unused duplicates do not matter.
#[test]
fn the_exact_column_is_read() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let file =
        "external_id,agent,time,Score,score,scale,note,note\n1,a,2026-01-02,1,5,csat_1_5,,\n";
    let (_, counts) = read(&app, &org, &standard(), file, false);
    assert_eq!((counts.imported, counts.rejected), (1, 0));
    assert_eq!(stored(&app, &org, "1"), Some((Some(5.0), None)));
}
