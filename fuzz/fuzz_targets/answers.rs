//! Arbitrary keys and response tables are read or rejected, keyed correctly, and can be screened.

#![no_main]

use std::path::PathBuf;

use libfuzzer_sys::fuzz_target;
use rapport::{
    cli::analyse::responses::ResponseFile,
    psychometrics::{
        careless::{Thresholds, screen},
        key::Key,
    },
    tables::Table,
};

fuzz_target!(|data: &[u8]| {
    // The input is a key, a form feed, and the table.
    let split = data.iter().position(|b| *b == b'\x0c').unwrap_or(0);
    let (key, table) = data.split_at(split);
    let table = table.strip_prefix(b"\x0c").unwrap_or(table);
    let key = match std::str::from_utf8(key).map(Key::parse) {
        Ok(Ok(key)) => key,
        _ => Key::default(),
    };
    let file = ResponseFile {
        file: PathBuf::from("answers.csv"),
        ..ResponseFile::default()
    };
    let Ok(table) = Table::open(table, &file.table_options(&key, &[])) else {
        return;
    };
    let Ok(responses) = file.read_from(table, key.clone(), &[]) else {
        return;
    };
    let (raw, keyed) = (responses.raw(), responses.keyed());
    for (column, item) in responses.items().iter().enumerate() {
        for person in 0..raw.persons() {
            let (given, scored) = (raw.answer(person, column), keyed.answer(person, column));
            assert_eq!(given.is_some(), scored.is_some());
            if let (Some(given), Some(scored)) = (given, scored) {
                assert!(key.allows(item, given) && key.allows(item, scored));
                match key.range(item).filter(|_| key.reversed(item)) {
                    Some(scale) => assert_eq!(given + scored, scale.min + scale.max),
                    None => assert_eq!(given, scored),
                }
            }
        }
    }
    if raw.persons() * raw.items().len() < 2000 {
        let all: Vec<usize> = (0..raw.items().len()).collect();
        screen(&raw, &keyed, &[all], None, &Thresholds::default());
    }
});
