//! Scoring keys of response files: response range, reversed items, scales.
//!
//! ```toml
//! min = 1                      # or per item: [min] A1 = 1 ...
//! max = 6
//! reverse = ["A1"]             # min + max - response
//! [scales]
//! agree = ["A1", "A2", "A3"]
//! ```

use std::collections::BTreeMap;

use super::responses::Scale;
use crate::toml_file::{self, TomlError};

/// A bound for all items, or one per item.
#[derive(Clone, Debug, PartialEq, serde::Deserialize)]
#[serde(untagged)]
enum Bound {
    All(i32),
    PerItem(BTreeMap<String, i32>),
}

impl Bound {
    fn get(&self, item: &str) -> Option<i32> {
        match self {
            Self::All(bound) => Some(*bound),
            Self::PerItem(bounds) => bounds.get(item).copied(),
        }
    }
}

/// A parsed key file.
#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Key {
    min: Option<Bound>,
    max: Option<Bound>,
    #[serde(default)]
    reverse: Vec<String>,
    #[serde(default)]
    scales: BTreeMap<String, Vec<String>>,
}

/// Reasons why a key cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    #[error(transparent)]
    Syntax(#[from] TomlError),
    #[error("item \"{item}\": the lowest response ({min}) must be below the highest ({max})")]
    Bounds { item: String, min: i32, max: i32 },
    #[error("item \"{0}\" is reversed, so the key must give its min and max")]
    NoRange(String),
    #[error("scale \"{scale}\" lists item \"{item}\" twice")]
    Twice { scale: String, item: String },
    #[error("scale \"{0}\" has no items")]
    EmptyScale(String),
    #[error("the key has no scale \"{0}\"")]
    UnknownScale(String),
}

impl Key {
    /// Parses and validates a key file.
    ///
    /// # Errors
    /// [`KeyError::Syntax`] with the line of a syntax error; another variant names the item or
    /// scale that is invalid.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let key: Self = toml_file::parse(text)?;
        key.check()?;
        Ok(key)
    }

    fn check(&self) -> Result<(), KeyError> {
        let named = self.scales.values().flatten().chain(&self.reverse);
        for item in named {
            if let (Some(min), Some(max)) =
                (self.bound(&self.min, item), self.bound(&self.max, item))
                && min >= max
            {
                return Err(KeyError::Bounds {
                    item: item.clone(),
                    min,
                    max,
                });
            }
        }
        if let Some(item) = self.reverse.iter().find(|i| self.range(i).is_none()) {
            return Err(KeyError::NoRange(item.clone()));
        }
        for (scale, items) in &self.scales {
            if items.is_empty() {
                return Err(KeyError::EmptyScale(scale.clone()));
            }
            if let Some(item) = items
                .iter()
                .enumerate()
                .find(|(i, item)| items[..*i].contains(item))
            {
                return Err(KeyError::Twice {
                    scale: scale.clone(),
                    item: item.1.clone(),
                });
            }
        }
        Ok(())
    }

    fn bound(&self, bound: &Option<Bound>, item: &str) -> Option<i32> {
        bound.as_ref().and_then(|b| b.get(item))
    }

    /// Response range of an item, if the key gives both bounds.
    pub fn range(&self, item: &str) -> Option<Scale> {
        let (min, max) = (self.bound(&self.min, item)?, self.bound(&self.max, item)?);
        Some(Scale { min, max })
    }

    /// Whether a response is within the bounds that the key gives.
    pub fn allows(&self, item: &str, answer: i32) -> bool {
        self.bound(&self.min, item).is_none_or(|min| answer >= min)
            && self.bound(&self.max, item).is_none_or(|max| answer <= max)
    }

    /// Whether an item is reverse-scored.
    pub fn reversed(&self, item: &str) -> bool {
        self.reverse.iter().any(|r| r == item)
    }

    /// Scales in alphabetical order.
    pub fn scales(&self) -> &BTreeMap<String, Vec<String>> {
        &self.scales
    }

    /// Items of one scale.
    ///
    /// # Errors
    /// [`KeyError::UnknownScale`] if the key has no such scale.
    pub fn scale(&self, name: &str) -> Result<&[String], KeyError> {
        self.scales
            .get(name)
            .map(Vec::as_slice)
            .ok_or_else(|| KeyError::UnknownScale(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn errors_name_the_line_item_or_scale() {
        let key = Key::parse("min = 1\nmax = 5\nreverse = [\"b\"]\n[scales]\ns = [\"a\", \"b\"]\n")
            .expect("fine");
        assert_eq!(key.range("b"), Some(Scale { min: 1, max: 5 }));
        assert!(key.reversed("b") && !key.reversed("a"));
        assert!(key.allows("a", 5) && !key.allows("a", 6));
        for (text, problem) in [
            ("min = 1\nmax = \"x\"\n", "line 2"),
            ("minn = 1\n", "line 1"),
            ("reverse = [\"a\"]\n", "must give its min and max"),
            ("min = 5\nmax = 1\nreverse = [\"a\"]\n", "must be below"),
            ("[scales]\ns = [\"a\", \"a\"]\n", "twice"),
            ("[scales]\ns = []\n", "no items"),
        ] {
            let error = Key::parse(text).expect_err(text).to_string();
            assert!(error.contains(problem), "{text}: {error}");
        }
        let each = Key::parse("reverse = [\"b\"]\n[min]\nb = 0\n[max]\nb = 3\n").expect("fine");
        assert_eq!(
            (each.range("a"), each.range("b")),
            (None, Some(Scale { min: 0, max: 3 }))
        );
        assert!(key.scale("t").is_err());
    }

    proptest! {
        #[test]
        fn parse_never_panics(text in "\\PC{0,200}") {
            drop(Key::parse(&text));
        }
    }
}
