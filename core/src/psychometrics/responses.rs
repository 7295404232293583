//! Item responses: response scale, keyed scores, and the response matrix of the item response
//! models.

use linfa::dataset::Records;

/// Response range of a set of items.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Scale {
    /// Lowest response option.
    pub min: i32,
    /// Highest response option.
    pub max: i32,
}

impl Scale {
    /// Keyed score of `value`, where higher always means more of the trait: min + max - value if
    /// reversed.
    pub fn keyed(self, value: i32, reversed: bool) -> f64 {
        f64::from(if reversed {
            self.min + self.max - value
        } else {
            value
        })
    }

    /// Whether `value` is a response option.
    pub fn allows(self, value: i32) -> bool {
        (self.min..=self.max).contains(&value)
    }
}

/// Mean of keyed scores. Returns `None` below `minimum` responses, since a mean of too few items
/// does not measure the same construct.
pub fn keyed_mean(answers: &[f64], minimum: usize) -> Option<f64> {
    (!answers.is_empty() && answers.len() >= minimum)
        .then(|| answers.iter().sum::<f64>() / answers.len() as f64)
}

/// Code of a missing response.
pub const MISSING: u8 = u8::MAX;

/// Maximum number of distinct responses per item; a slider from 0 to 100 has 101.
pub const MAX_CATEGORIES: usize = 128;

/// Reasons why responses cannot be coded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ResponsesError {
    #[error("more than {MAX_CATEGORIES} distinct values; this column is not an item")]
    TooManyCategories,
    #[error("item \"{0}\" is not in the bank")]
    UnknownItem(String),
    #[error(
        "item \"{item}\": the response {value} is not one of the bank's categories {categories:?}"
    )]
    UnknownCategory {
        item: String,
        value: i32,
        categories: Vec<i32>,
    },
}

/// Coding of one item's responses: category 0 is the lowest observed label.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ItemCoding {
    pub item: String,
    /// Labels of the observed categories after keying, ascending.
    pub categories: Vec<i32>,
    /// Labels within the response range that nobody chose; observed categories keep their labels.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unobserved: Vec<i32>,
}

/// Responses to one item, before all its categories are known.
#[derive(Clone, Debug, Default)]
pub struct ResponseColumn {
    labels: Vec<i32>,
    codes: Vec<u8>,
}

impl ResponseColumn {
    /// Appends the next person's response.
    ///
    /// # Errors
    /// [`ResponsesError::TooManyCategories`] beyond [`MAX_CATEGORIES`] distinct responses.
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

    /// Distinct responses, in order of appearance.
    pub fn labels(&self) -> &[i32] {
        &self.labels
    }

    /// Reverse-scores every response: min + max - response.
    pub fn reverse(&mut self, scale: Scale) {
        for label in &mut self.labels {
            *label = scale.min + scale.max - *label;
        }
    }

    /// Assigns codes in ascending label order; `scale` gives the response range, if known.
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

/// Response matrix, persons x items, one byte per response: the zero-based category or [`MISSING`].
///
/// Missing responses are treated as ignorable: they do not contribute to a likelihood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResponseMatrix {
    items: Vec<ItemCoding>,
    /// Column-major, so that an item is one slice.
    codes: Vec<u8>,
    persons: usize,
}

impl ResponseMatrix {
    /// Builds a matrix from columns of equal length, each with its name and, if known, response
    /// range.
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

    /// Builds a matrix from rows, naming items `i1`, `i2`, ...; short rows are missing at the end.
    /// For examples and simulations.
    ///
    /// # Errors
    /// [`ResponsesError::TooManyCategories`] if an item has too many distinct responses.
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

    /// Number of persons (rows).
    pub fn persons(&self) -> usize {
        self.persons
    }

    /// Codings of the items, in column order.
    pub fn items(&self) -> &[ItemCoding] {
        &self.items
    }

    /// Category codes of one item, one per person.
    pub fn column(&self, item: usize) -> &[u8] {
        &self.codes[item * self.persons..][..self.persons]
    }

    /// Category code of one response; `None` if missing.
    pub fn code(&self, person: usize, item: usize) -> Option<u8> {
        Some(self.codes[item * self.persons + person]).filter(|c| *c != MISSING)
    }

    /// Keyed response; `None` if missing.
    pub fn answer(&self, person: usize, item: usize) -> Option<i32> {
        self.code(person, item)
            .map(|c| self.items[item].categories[usize::from(c)])
    }

    /// Writes one person's category codes, including [`MISSING`], to `row`.
    pub fn row(&self, person: usize, row: &mut Vec<u8>) {
        row.clear();
        row.extend((0..self.items.len()).map(|item| self.codes[item * self.persons + person]));
    }

    /// Number of items a person answered.
    pub fn answered(&self, person: usize) -> usize {
        (0..self.items.len())
            .filter(|item| self.code(person, *item).is_some())
            .count()
    }

    /// Number of responses per category of an item.
    pub fn counts(&self, item: usize) -> Vec<usize> {
        let mut counts = vec![0; self.items[item].categories.len()];
        for &code in self.column(item) {
            if code != MISSING {
                counts[usize::from(code)] += 1;
            }
        }
        counts
    }

    /// Persons without missing responses, in order.
    pub fn complete_cases(&self) -> Vec<usize> {
        (0..self.persons)
            .filter(|p| self.answered(*p) == self.items.len())
            .collect()
    }

    /// Selects persons in the given order; codings are unchanged.
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

    /// Selects items by column number, in the given order.
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

    /// Recodes the responses to `codings`, one column each in that order. Items without responses
    /// are missing throughout. Responses that `codings` lists as unobserved have no parameters and
    /// become missing; the second value counts them.
    ///
    /// # Errors
    /// [`ResponsesError::UnknownItem`] if `codings` lacks an item,
    /// [`ResponsesError::UnknownCategory`] if it lacks a response.
    pub fn coded_like(&self, codings: &[ItemCoding]) -> Result<(Self, usize), ResponsesError> {
        if let Some(unknown) = self
            .items
            .iter()
            .find(|i| !codings.iter().any(|c| c.item == i.item))
        {
            return Err(ResponsesError::UnknownItem(unknown.item.clone()));
        }
        let mut codes = Vec::with_capacity(codings.len() * self.persons);
        let mut unobserved = 0;
        for coding in codings {
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
            items: codings.to_vec(),
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
            ("regular".to_owned(), Some(scale), column),
            ("reversed".to_owned(), Some(scale), reversed),
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
    fn responses_are_recoded_by_label_not_by_rank() {
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
    fn an_item_with_too_many_values_is_rejected() {
        let mut column = ResponseColumn::default();
        let error = (0..200).find_map(|i| column.push(Some(i)).err());
        assert_eq!(error, Some(ResponsesError::TooManyCategories));
    }
}
