//! Responses laid out for looking up likelihoods: equal patterns once, and several items looked up at a time.
//!
//! The likelihood of a pattern at every node is a sum of rows of a table, one row an item. Two or three items with few
//! categories are joined into a *unit* whose table has a row for each combination of their answers: half or a third of
//! the additions, for a table that still fits the cache.

use std::{collections::HashMap, ops::Range};

use super::responses::ResponseMatrix;

/// Most rows of a unit's table.
const MAX_COMBINATIONS: usize = 64;
/// Rows looked at to decide whether patterns repeat enough to be worth collapsing.
const SAMPLE: usize = 2000;

/// Items whose answers are looked up together.
#[derive(Clone, Debug)]
pub struct Unit {
    pub items: Range<usize>,
    /// Combinations of answers, a missing one counted as one more category.
    pub combinations: usize,
    /// First row in the table of all units.
    pub first_row: usize,
}

/// Patterns of answers with their frequencies, by group.
#[derive(Clone, Debug)]
pub struct Patterns {
    /// Categories of each item; the code of a missing answer in `codes` is this number.
    pub categories: Vec<usize>,
    pub units: Vec<Unit>,
    /// Patterns x items.
    codes: Vec<u8>,
    /// Items answered, one a pattern.
    answered: Vec<u32>,
    /// One a pattern.
    pub frequencies: Vec<f64>,
    /// Patterns of each group.
    pub groups: Vec<Range<usize>>,
    /// Rows of the table of all units.
    pub rows: usize,
    /// The pattern of each person; `None` for those left out.
    pub of_person: Vec<Option<u32>>,
}

impl Patterns {
    /// Lays out `persons` of `responses`, each with a group (from 0) and a frequency. Persons without any answer or with
    /// frequency 0 add nothing and are left out.
    pub fn new(
        responses: &ResponseMatrix,
        persons: impl Iterator<Item = usize> + Clone,
        group_of: impl Fn(usize) -> usize,
        frequency_of: impl Fn(usize) -> f64,
        groups: usize,
    ) -> Self {
        let categories: Vec<usize> = responses
            .items()
            .iter()
            .map(|i| i.categories.len())
            .collect();
        let mut patterns = Self {
            units: units(&categories),
            rows: 0,
            codes: Vec::new(),
            answered: Vec::new(),
            frequencies: Vec::new(),
            groups: Vec::new(),
            of_person: vec![None; responses.persons()],
            categories,
        };
        patterns.rows = patterns
            .units
            .last()
            .map_or(0, |u| u.first_row + u.combinations);
        for group in 0..groups {
            let first = patterns.frequencies.len();
            let members = persons.clone().filter(|p| group_of(*p) == group);
            patterns.add(responses, members, &frequency_of);
            patterns.groups.push(first..patterns.frequencies.len());
        }
        patterns
    }

    fn add(
        &mut self,
        responses: &ResponseMatrix,
        persons: impl Iterator<Item = usize>,
        frequency_of: &impl Fn(usize) -> f64,
    ) {
        let columns: Vec<&[u8]> = (0..self.categories.len())
            .map(|i| responses.column(i))
            .collect();
        let mut row = vec![0; columns.len()];
        let mut known: HashMap<Vec<u8>, usize> = HashMap::new();
        let mut collapse = true;
        for (seen, person) in persons.enumerate() {
            let frequency = frequency_of(person);
            if frequency <= 0.0 {
                continue;
            }
            let mut answered = 0;
            for ((code, column), categories) in row.iter_mut().zip(&columns).zip(&self.categories) {
                *code = column[person].min(*categories as u8);
                answered += u32::from(usize::from(*code) < *categories);
            }
            if answered == 0 {
                continue;
            }
            if seen == SAMPLE && known.len() > SAMPLE * 9 / 10 {
                (collapse, known) = (false, HashMap::new());
            }
            let next = self.frequencies.len();
            let pattern = match known.get(&row).filter(|_| collapse) {
                Some(pattern) => *pattern,
                None => {
                    if collapse {
                        known.insert(row.clone(), next);
                    }
                    self.codes.extend_from_slice(&row);
                    self.answered.push(answered);
                    self.frequencies.push(0.0);
                    next
                }
            };
            self.frequencies[pattern] += frequency;
            self.of_person[person] = Some(pattern as u32);
        }
    }

    /// Number of different patterns.
    pub fn count(&self) -> usize {
        self.frequencies.len()
    }

    /// Category numbers of one pattern, the number of categories where an answer is missing.
    pub fn pattern(&self, pattern: usize) -> &[u8] {
        let width = self.categories.len();
        &self.codes[pattern * width..][..width]
    }

    /// Items answered in a pattern.
    pub fn answered(&self, pattern: usize) -> usize {
        self.answered[pattern] as usize
    }

    /// Row of `unit` in the table of all units for this pattern.
    pub fn row(&self, unit: &Unit, pattern: &[u8]) -> usize {
        let mut combination = 0;
        for item in unit.items.clone() {
            combination = combination * (self.categories[item] + 1) + usize::from(pattern[item]);
        }
        unit.first_row + combination
    }

    /// Persons in a group, by frequency.
    pub fn persons(&self, group: usize) -> f64 {
        self.frequencies[self.groups[group].clone()].iter().sum()
    }
}

/// Neighbouring items joined while their combinations stay few.
fn units(categories: &[usize]) -> Vec<Unit> {
    let mut units: Vec<Unit> = Vec::new();
    for (item, k) in categories.iter().enumerate() {
        match units.last_mut() {
            Some(unit) if unit.combinations * (k + 1) <= MAX_COMBINATIONS => {
                unit.items.end = item + 1;
                unit.combinations *= k + 1;
            }
            last => {
                let first_row = last.map_or(0, |u| u.first_row + u.combinations);
                units.push(Unit {
                    items: item..item + 1,
                    combinations: k + 1,
                    first_row,
                });
            }
        }
    }
    units
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_patterns_stand_once_and_rows_are_distinct() {
        let rows = [[1, 0, 2], [0, 1, 1], [1, 0, 2], [1, 1, 0]];
        let rows: Vec<Vec<Option<i32>>> = rows
            .iter()
            .map(|r| r.iter().map(|v| Some(*v)).collect())
            .chain([vec![None, Some(0), None], vec![None; 3]])
            .collect();
        let matrix = ResponseMatrix::from_rows(&rows).expect("few values");
        let patterns = Patterns::new(&matrix, 0..6, |p| usize::from(p == 3), |_| 1.0, 2);
        assert_eq!(patterns.groups, [0..3, 3..4]);
        assert_eq!(patterns.frequencies, [2.0, 1.0, 1.0, 1.0]);
        assert_eq!(patterns.pattern(2), [2, 0, 3]);
        assert_eq!(
            patterns.of_person,
            [Some(0), Some(1), Some(0), Some(3), Some(2), None]
        );
        assert_eq!((patterns.units.len(), patterns.rows), (1, 3 * 3 * 4));
        let mut seen: Vec<usize> = (0..4)
            .map(|p| patterns.row(&patterns.units[0], patterns.pattern(p)))
            .collect();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), 4);
    }

    #[test]
    fn units_stay_small() {
        let units = units(&[2; 10]);
        assert_eq!(
            units.iter().map(|u| u.items.clone()).collect::<Vec<_>>(),
            [0..3, 3..6, 6..9, 9..10]
        );
        assert_eq!(super::units(&[11, 11, 2]).len(), 2);
    }
}
