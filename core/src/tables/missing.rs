//! Codes for missing values: one list for all commands.

use std::collections::BTreeMap;

use super::error::Note;

/// Codes that mean "no value"; an empty cell always does.
pub const CODES: [&str; 8] = ["NA", "N/A", "NaN", "NULL", "None", "-", ".", "#N/A"];

/// Spellings that mean "no value" where people's names are expected. "Na", "Null", "None" and "Nan"
/// are names.
const NAME_CODES: [&str; 9] = ["NA", "N/A", "#N/A", "nan", "NaN", "NULL", "null", "-", "."];

/// A list of codes for missing values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Missing {
    /// `None` for [`CODES`].
    codes: Option<Vec<String>>,
}

impl Missing {
    /// A list in place of the default one.
    pub fn new<T: AsRef<str>>(codes: &[T]) -> Self {
        let codes = codes.iter().map(|c| c.as_ref().trim().to_owned());
        Self {
            codes: Some(codes.collect()),
        }
    }

    /// The codes, as they are listed.
    pub fn codes(&self) -> Vec<String> {
        match &self.codes {
            None => CODES.map(str::to_owned).to_vec(),
            Some(codes) => codes.clone(),
        }
    }

    /// Whether a cell says that there is no value; ignores case.
    pub fn is_missing(&self, cell: &str) -> bool {
        let cell = cell.trim();
        cell.is_empty()
            || match &self.codes {
                None => CODES.iter().any(|c| c.eq_ignore_ascii_case(cell)),
                Some(codes) => codes.iter().any(|c| c.eq_ignore_ascii_case(cell)),
            }
    }

    /// Whether a cell in a column of names says that there is no name; exact case.
    pub fn is_missing_name(&self, cell: &str) -> bool {
        let cell = cell.trim();
        cell.is_empty()
            || match &self.codes {
                None => NAME_CODES.contains(&cell),
                Some(codes) => codes.iter().any(|c| c == cell),
            }
    }
}

/// Counts the codes that were read as missing.
#[derive(Clone, Debug, Default)]
pub struct MissingCounter {
    missing: Missing,
    found: BTreeMap<String, u64>,
}

impl MissingCounter {
    /// A counter for this list.
    pub fn new(missing: Missing) -> Self {
        Self {
            missing,
            found: BTreeMap::new(),
        }
    }

    /// Whether a cell is missing; counts its code.
    pub fn is_missing(&mut self, cell: &str) -> bool {
        let cell = cell.trim();
        if !self.missing.is_missing(cell) {
            return false;
        }
        if !cell.is_empty() {
            *self.found.entry(cell.to_owned()).or_default() += 1;
        }
        true
    }

    /// The codes found, with their counts.
    pub fn found(&self) -> &BTreeMap<String, u64> {
        &self.found
    }

    /// The codes found, if there are any.
    pub fn note(&self) -> Option<Note> {
        let found = self.found.iter().map(|(code, n)| (code.clone(), *n));
        (!self.found.is_empty()).then(|| Note::Missing(found.collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_in_any_case_is_missing_but_a_name_is_a_name() {
        let missing = Missing::default();
        for cell in [
            "", " ", "na", "N/A", "nan", "null", "NONE", "-", ".", "#n/a",
        ] {
            assert!(missing.is_missing(cell), "{cell}");
        }
        for cell in ["0", "-1", "n", "Nana", "..", "99"] {
            assert!(!missing.is_missing(cell), "{cell}");
        }
        for name in ["Na", "Null", "None", "Nan"] {
            assert!(!missing.is_missing_name(name), "{name}");
        }
        for name in [
            "", "NA", "N/A", "#N/A", "nan", "NaN", "NULL", "null", "-", ".",
        ] {
            assert!(missing.is_missing_name(name), "{name}");
        }
    }

    #[test]
    fn a_list_of_ones_own_replaces_the_default() {
        let missing = Missing::new(&["-99", "x"]);
        assert!(missing.is_missing("-99") && missing.is_missing("X") && missing.is_missing(""));
        assert!(!missing.is_missing("NA"));
    }
}
