//! Replacing pieces of a text.

use std::{borrow::Cow, ops::Range};

use regex::{Captures, Regex};

/// Replaces each match of `pattern` by the expanded `with` and counts it.
pub fn replace(text: &mut Cow<'_, str>, pattern: &Regex, with: &str, count: &mut usize) {
    let replaced = pattern.replace_all(text, |found: &Captures<'_>| {
        *count += 1;
        let mut expanded = String::new();
        found.expand(with, &mut expanded);
        expanded
    });
    if let Cow::Owned(replaced) = replaced {
        *text = Cow::Owned(replaced);
    }
}

/// Puts `with` at each of the places, which are in order and apart.
pub fn put(text: &mut Cow<'_, str>, places: Vec<Range<usize>>, with: &str) {
    for place in places.into_iter().rev() {
        text.to_mut().replace_range(place, with);
    }
}
