//! Arbitrary JSON is read as feedback or each record gets a reason.

#![no_main]

use libfuzzer_sys::fuzz_target;
use rapport::{
    feedback::{
        mapping::Mapping,
        row_reader::{MappedRows, RecordSource},
    },
    types::Instant,
};

const MAPPING: &str = r#"
name = "fuzz"
[columns]
external_id = "id"
agent = "agent.name"
time = "at"
score = "answers[type=rating].value"
comment = "answers[0].text"
[time]
formats = ["%Y-%m-%d %H:%M", "epoch"]
[score]
scale = "csat_1_5"
"#;

fuzz_target!(|data: &[u8]| {
    let mapping = Mapping::parse(MAPPING).expect("the mapping is valid");
    let mut text = vec![b'{'];
    text.extend_from_slice(data);
    for input in [data, &text[..]] {
        let Ok(mut rows) = MappedRows::open(input, &mapping) else {
            continue;
        };
        let mut last = 0;
        while let Ok(Some(row)) = rows.next_row(Instant::now()) {
            assert!(row.number > last, "row numbers rise");
            last = row.number;
        }
    }
});
