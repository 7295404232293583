//! A key and a table of answers, both of any bytes: they are read as written or refused, and what is read can be judged.

#![no_main]

use std::path::PathBuf;

use libfuzzer_sys::fuzz_target;
use rapport::{
    cli::analyse::input::ResponseFile,
    documents::csv::CsvRows,
    psychometrics::{
        careless::{Thresholds, screen},
        key::Key,
    },
};

fuzz_target!(|data: &[u8]| {
    // The key stands first, up to a form feed.
    let split = data.iter().position(|b| *b == b'\x0c').unwrap_or(0);
    let (key, table) = data.split_at(split);
    let table = table.strip_prefix(b"\x0c").unwrap_or(table);
    let key = match std::str::from_utf8(key).map(Key::parse) {
        Ok(Ok(key)) => key,
        _ => Key::default(),
    };
    let file = ResponseFile {
        file: PathBuf::from("answers.csv"),
        key: None,
        id: None,
        items: Vec::new(),
        scale: None,
        format: None,
    };
    let Ok(rows) = CsvRows::open(table) else {
        return;
    };
    let Ok(responses) = file.read_from(rows, key.clone(), &[]) else {
        return;
    };
    let (raw, keyed) = (responses.raw(), responses.keyed());
    for (place, item) in responses.items().iter().enumerate() {
        for person in 0..raw.persons() {
            let (given, turned) = (raw.answer(person, place), keyed.answer(person, place));
            assert_eq!(given.is_some(), turned.is_some());
            if let (Some(given), Some(turned)) = (given, turned) {
                assert!(key.allows(item, given) && key.allows(item, turned));
                match key.range(item).filter(|_| key.reversed(item)) {
                    Some(scale) => assert_eq!(given + turned, scale.min + scale.max),
                    None => assert_eq!(given, turned),
                }
            }
        }
    }
    if raw.persons() * raw.items().len() < 2000 {
        let all: Vec<usize> = (0..raw.items().len()).collect();
        screen(&raw, &keyed, &[all], None, &Thresholds::default());
    }
});
