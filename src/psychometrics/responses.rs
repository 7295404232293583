//! Responses and which way they point: the answer scale, keyed means, and the matrix of categories that the item
//! response models read.

use linfa::dataset::Records;

/// The response format of a set of items and which of them point the other way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Scale {
    /// Lowest answer.
    pub min: i32,
    /// Highest answer.
    pub max: i32,
}

impl Scale {
    /// `value` turned so that higher always means more of the facet: min + max - value when reversed.
    pub fn keyed(self, value: i32, reversed: bool) -> f64 {
        f64::from(if reversed {
            self.min + self.max - value
        } else {
            value
        })
    }

    /// Whether `value` is one of the answers offered.
    pub fn allows(self, value: i32) -> bool {
        (self.min..=self.max).contains(&value)
    }
}

/// Mean of keyed answers, or `None` when fewer than `minimum` were given: a mean of too few items would measure
/// something else.
pub fn keyed_mean(answers: &[f64], minimum: usize) -> Option<f64> {
    (!answers.is_empty() && answers.len() >= minimum)
        .then(|| answers.iter().sum::<f64>() / answers.len() as f64)
}

/// The code of a missing answer.
pub const MISSING: u8 = u8::MAX;

/// Most different answers an item may have.
pub const MAX_CATEGORIES: usize = 64;

/// Why answers cannot stand in a response matrix.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ResponsesError {
    #[error("has more than {MAX_CATEGORIES} different values; it does not look like an item")]
    TooManyCategories,
    #[error("item \"{0}\" is not in the bank")]
    UnknownItem(String),
    #[error(
        "item \"{item}\": the answer {value} is not one of the bank's categories {categories:?}"
    )]
    UnknownCategory {
        item: String,
        value: i32,
        categories: Vec<i32>,
    },
}

/// How one item's answers are coded: category 0 is the lowest label observed.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ItemCoding {
    pub item: String,
    /// Labels of the observed categories, rising, after keying.
    pub categories: Vec<i32>,
    /// Labels that the answer scale offers and nobody chose: kept, never renumbered away.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unobserved: Vec<i32>,
}

/// Answers to one item as they come, before it is known which values there are.
#[derive(Clone, Debug, Default)]
pub struct ResponseColumn {
    labels: Vec<i32>,
    codes: Vec<u8>,
}

impl ResponseColumn {
    /// Adds the next person's answer.
    ///
    /// # Errors
    /// When the item has too many different values.
    pub fn push(&mut self, answer: Option<i32>) -> Result<(), ResponsesError> {
        let code = match answer {
            None => MISSING,
            Some(label) => match self.labels.iter().position(|l| *l == label) {
                Some(known) => known as u8,
                None if self.labels.len() == MAX_CATEGORIES => {
                    return Err(ResponsesError::TooManyCategories);
                }
                None => {
                    self.labels.push(label);
                    (self.labels.len() - 1) as u8
                }
            },
        };
        self.codes.push(code);
        Ok(())
    }

    /// Turns every answer to min + max - answer.
    pub fn reverse(&mut self, scale: Scale) {
        for label in &mut self.labels {
            *label = scale.min + scale.max - *label;
        }
    }

    /// Codes by rising label; `scale` tells which labels were offered.
    fn finish(mut self, item: String, scale: Option<Scale>) -> (ItemCoding, Vec<u8>) {
        let mut categories = self.labels.clone();
        categories.sort_unstable();
        let rank: Vec<u8> = self
            .labels
            .iter()
            .map(|l| categories.partition_point(|c| c < l) as u8)
            .collect();
        for code in &mut self.codes {
            if *code != MISSING {
                *code = rank[usize::from(*code)];
            }
        }
        let seen = categories.first().zip(categories.last());
        let offered = scale
            .map(|s| (s.min, s.max))
            .or(seen.map(|(low, high)| (*low, *high)));
        let unobserved = offered
            .into_iter()
            .flat_map(|(low, high)| low..=high)
            .filter(|l| !categories.contains(l))
            .take(256)
            .collect();
        let coding = ItemCoding {
            item,
            categories,
            unobserved,
        };
        (coding, self.codes)
    }
}

/// Persons x items, one byte an answer: the category's number from 0, or [`MISSING`].
///
/// Missing answers are ignorable in everything built on this (they add nothing to a likelihood).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResponseMatrix {
    items: Vec<ItemCoding>,
    /// Item after item, so that a column is one slice.
    codes: Vec<u8>,
    persons: usize,
}

impl ResponseMatrix {
    /// From columns of equal length, in this order, each with its name and, where known, the answers offered.
    pub fn new(columns: Vec<(String, Option<Scale>, ResponseColumn)>) -> Self {
        let persons = columns.first().map_or(0, |(.., c)| c.codes.len());
        let mut items = Vec::with_capacity(columns.len());
        let mut codes = Vec::with_capacity(columns.len() * persons);
        for (name, scale, column) in columns {
            let (coding, column) = column.finish(name, scale);
            items.push(coding);
            codes.extend_from_slice(&column[..persons.min(column.len())]);
            codes.resize(items.len() * persons, MISSING);
        }
        Self {
            items,
            codes,
            persons,
        }
    }

    /// From rows of answers, items named `i1`, `i2`, ...: convenient for examples and simulations. Rows that are too
    /// short are missing at their end.
    ///
    /// # Errors
    /// When an item has too many different values.
    pub fn from_rows(rows: &[Vec<Option<i32>>]) -> Result<Self, ResponsesError> {
        let items = rows.iter().map(Vec::len).max().unwrap_or(0);
        let mut columns = vec![ResponseColumn::default(); items];
        for row in rows {
            for (column, answer) in columns
                .iter_mut()
                .zip(row.iter().copied().chain(std::iter::repeat(None)))
            {
                column.push(answer)?;
            }
        }
        let named = |(i, column)| (format!("i{}", i + 1), None, column);
        Ok(Self::new(
            columns.into_iter().enumerate().map(named).collect(),
        ))
    }

    /// Persons (rows).
    pub fn persons(&self) -> usize {
        self.persons
    }

    /// Codings of the items, in column order.
    pub fn items(&self) -> &[ItemCoding] {
        &self.items
    }

    /// Category numbers of one item, one a person.
    pub fn column(&self, item: usize) -> &[u8] {
        &self.codes[item * self.persons..][..self.persons]
    }

    /// Category number of one answer, `None` when missing.
    pub fn code(&self, person: usize, item: usize) -> Option<u8> {
        Some(self.codes[item * self.persons + person]).filter(|c| *c != MISSING)
    }

    /// The keyed answer itself, `None` when missing.
    pub fn answer(&self, person: usize, item: usize) -> Option<i32> {
        self.code(person, item)
            .map(|c| self.items[item].categories[usize::from(c)])
    }

    /// One person's category numbers, [`MISSING`] included, into `row`.
    pub fn row(&self, person: usize, row: &mut Vec<u8>) {
        row.clear();
        row.extend((0..self.items.len()).map(|item| self.codes[item * self.persons + person]));
    }

    /// How many items a person answered.
    pub fn answered(&self, person: usize) -> usize {
        (0..self.items.len())
            .filter(|item| self.code(person, *item).is_some())
            .count()
    }

    /// How often each category of an item was chosen.
    pub fn counts(&self, item: usize) -> Vec<usize> {
        let mut counts = vec![0; self.items[item].categories.len()];
        for &code in self.column(item) {
            if code != MISSING {
                counts[usize::from(code)] += 1;
            }
        }
        counts
    }

    /// Persons without a missing answer, in order.
    pub fn complete_cases(&self) -> Vec<usize> {
        (0..self.persons)
            .filter(|p| self.answered(*p) == self.items.len())
            .collect()
    }

    /// The rows named, in the order given; annotations stay as they are.
    pub fn rows(&self, persons: &[usize]) -> Self {
        let codes = (0..self.items.len())
            .flat_map(|item| {
                let column = self.column(item);
                persons.iter().map(move |p| column[*p])
            })
            .collect();
        Self {
            items: self.items.clone(),
            codes,
            persons: persons.len(),
        }
    }

    /// The items named by column number, in the order given.
    pub fn columns(&self, items: &[usize]) -> Self {
        Self {
            items: items.iter().map(|i| self.items[*i].clone()).collect(),
            codes: items
                .iter()
                .flat_map(|i| self.column(*i).iter().copied())
                .collect(),
            persons: self.persons,
        }
    }

    /// The same answers in the codes of `annotations`, one column each and in that order; an item that is absent here is
    /// missing throughout. An answer that `annotations` lists as unobserved has no parameters and counts as missing; the
    /// second value says how many did.
    ///
    /// # Errors
    /// An item that `annotations` does not have, or an answer that it does not know.
    pub fn coded_like(&self, annotations: &[ItemCoding]) -> Result<(Self, usize), ResponsesError> {
        if let Some(unknown) = self
            .items
            .iter()
            .find(|i| !annotations.iter().any(|c| c.item == i.item))
        {
            return Err(ResponsesError::UnknownItem(unknown.item.clone()));
        }
        let mut codes = Vec::with_capacity(annotations.len() * self.persons);
        let mut unobserved = 0;
        for coding in annotations {
            let Some(at) = self.items.iter().position(|i| i.item == coding.item) else {
                codes.resize(codes.len() + self.persons, MISSING);
                continue;
            };
            let translate = |label: &i32| match coding.categories.iter().position(|c| c == label) {
                Some(code) => Ok(code as u8),
                None if coding.unobserved.contains(label) => Ok(MISSING),
                None => Err(ResponsesError::UnknownCategory {
                    item: coding.item.clone(),
                    value: *label,
                    categories: coding.categories.clone(),
                }),
            };
            let table: Vec<u8> = self.items[at]
                .categories
                .iter()
                .map(translate)
                .collect::<Result<_, _>>()?;
            codes.extend(self.column(at).iter().map(|code| match *code {
                MISSING => MISSING,
                code => {
                    let known = table[usize::from(code)];
                    unobserved += usize::from(known == MISSING);
                    known
                }
            }));
        }
        let matrix = Self {
            items: annotations.to_vec(),
            codes,
            persons: self.persons,
        };
        Ok((matrix, unobserved))
    }
}

impl Records for ResponseMatrix {
    type Elem = u8;

    fn nsamples(&self) -> usize {
        self.persons
    }

    fn nfeatures(&self) -> usize {
        self.items.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matrix() -> ResponseMatrix {
        let mut column = ResponseColumn::default();
        for answer in [Some(5), Some(2), None, Some(5), Some(1)] {
            column.push(answer).expect("few values");
        }
        let scale = Scale { min: 1, max: 5 };
        let mut reversed = column.clone();
        reversed.reverse(scale);
        ResponseMatrix::new(vec![
            ("straight".to_owned(), Some(scale), column),
            ("turned".to_owned(), Some(scale), reversed),
        ])
    }

    #[test]
    fn categories_are_sorted_and_unobserved_ones_kept() {
        let m = matrix();
        assert_eq!(m.items()[0].categories, [1, 2, 5]);
        assert_eq!(m.items()[0].unobserved, [3, 4]);
        assert_eq!(m.column(0), [2, 1, MISSING, 2, 0]);
        assert_eq!(m.items()[1].categories, [1, 4, 5]);
        assert_eq!(m.answer(0, 1), Some(1));
        assert_eq!(m.counts(0), [1, 1, 2]);
        assert_eq!(m.complete_cases(), [0, 1, 3, 4]);
        assert_eq!(m.rows(&[4, 0]).column(0), [0, 2]);
    }

    #[test]
    fn answers_are_recoded_by_label_not_by_rank() {
        let one = ResponseMatrix::from_rows(&[vec![Some(5)], vec![Some(3)]]).expect("few values");
        let mut coding = matrix().items()[0].clone();
        coding.item = "i1".to_owned();
        let (coded, unobserved) = one
            .coded_like(std::slice::from_ref(&coding))
            .expect("known");
        assert_eq!((coded.column(0), unobserved), (&[2, MISSING][..], 1));
        coding.unobserved.clear();
        assert!(matches!(
            one.coded_like(&[coding]),
            Err(ResponsesError::UnknownCategory { value: 3, .. })
        ));
    }

    #[test]
    fn an_item_with_too_many_values_is_refused() {
        let mut column = ResponseColumn::default();
        let refused = (0..100).find_map(|i| column.push(Some(i)).err());
        assert_eq!(refused, Some(ResponsesError::TooManyCategories));
    }
}
