//! A text while pieces of it are taken out.

use std::{borrow::Cow, ops::Range};

use regex::Regex;

/// A piece of personal data that was taken out of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Its kind in square brackets, which is now in its place.
    pub mark: &'static str,
    /// Where the mark begins in the redacted text, in bytes.
    pub at: usize,
    pub original: String,
}

/// A place and the mark to put there.
pub type Place = (Range<usize>, &'static str);

/// A text, and the pieces taken out of it in the order of their places.
pub struct Draft<'a> {
    pub text: Cow<'a, str>,
    pub pieces: Vec<Piece>,
}

impl<'a> Draft<'a> {
    pub fn new(text: Cow<'a, str>) -> Self {
        Self {
            text,
            pieces: Vec::new(),
        }
    }

    /// Puts `mark` in the place of each match.
    pub fn replace(&mut self, pattern: &Regex, mark: &'static str) {
        let found = pattern.find_iter(&self.text);
        let places: Vec<Place> = found.map(|found| (found.range(), mark)).collect();
        self.put(places);
    }

    /// Puts `mark` in the place of each match for which `is_meant` holds.
    pub fn replace_if(
        &mut self,
        pattern: &Regex,
        mark: &'static str,
        is_meant: impl Fn(&str) -> bool,
    ) {
        let found = pattern.find_iter(&self.text);
        let found = found.filter(|found| is_meant(found.as_str()));
        let places: Vec<Place> = found.map(|found| (found.range(), mark)).collect();
        self.put(places);
    }

    /// Puts `mark` in the place of the group `value` of each match for which `is_value` holds.
    pub fn replace_value(
        &mut self,
        pattern: &Regex,
        mark: &'static str,
        is_value: impl Fn(&str) -> bool,
    ) {
        let values = pattern.captures_iter(&self.text);
        let places: Vec<Place> = values
            .filter_map(|found| found.name("value"))
            .filter(|value| is_value(value.as_str()))
            .map(|value| (value.range(), mark))
            .collect();
        self.put(places);
    }

    /// Puts marks at places that are in order and apart. A mark that is in such a place already
    /// becomes part of the new one.
    pub fn put(&mut self, places: Vec<Place>) {
        for (place, mark) in places.into_iter().rev() {
            let inner = |piece: &Piece| place.contains(&piece.at);
            let mut original = self.text[place.clone()].to_owned();
            for piece in self.pieces.iter().rev().filter(|piece| inner(piece)) {
                let at = piece.at - place.start;
                original.replace_range(at..at + piece.mark.len(), &piece.original);
            }
            self.pieces.retain(|piece| !inner(piece));
            let behind = self.pieces.partition_point(|piece| piece.at < place.start);
            for later in &mut self.pieces[behind..] {
                later.at = later.at + mark.len() - place.len();
            }
            let piece = Piece {
                mark,
                at: place.start,
                original,
            };
            self.pieces.insert(behind, piece);
            self.text.to_mut().replace_range(place, mark);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_keep_what_was_taken_out_and_where() {
        let mut draft = Draft::new(Cow::Borrowed("ask Ann Lee or Bo in Rome"));
        draft.put(vec![(4..7, "[name]"), (15..17, "[name]")]);
        draft.put(vec![(11..14, "[agent]")]);
        assert_eq!(draft.text, "ask [name] [agent] or [name] in Rome");
        draft.put(vec![(4..18, "[agent]"), (32..36, "[town]")]);
        assert_eq!(draft.text, "ask [agent] or [name] in [town]");
        let pieces: Vec<_> = draft
            .pieces
            .iter()
            .map(|p| (p.mark, p.at, p.original.as_str()))
            .collect();
        assert_eq!(
            pieces,
            [
                ("[agent]", 4, "Ann Lee"),
                ("[name]", 15, "Bo"),
                ("[town]", 25, "Rome")
            ]
        );
    }
}
