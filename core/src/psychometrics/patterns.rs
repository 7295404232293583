//! Response patterns arranged for likelihood tables: identical patterns collapsed, adjacent items
//! combined.
//!
//! The log-likelihood of a pattern at every node is a sum of table rows, one row per item. Two or
//! three adjacent items with few categories form a *unit* whose table has one row per combination
//! of their responses. This needs a half or a third of the additions, and the table still fits the
//! cache.

use std::{collections::HashMap, ops::Range};

use super::responses::ResponseMatrix;

/// Maximum number of table rows per unit.
const MAX_COMBINATIONS: usize = 64;
/// Rows examined to decide whether collapsing identical patterns pays off.
const SAMPLE: usize = 2000;

/// Adjacent items that share one table.
#[derive(Clone, Debug)]
pub struct Unit {
    pub items: Range<usize>,
    /// Number of response combinations; missing counts as a category of its own.
    pub combinations: usize,
    /// First row in the table of all units.
    pub first_row: usize,
}

/// Distinct response patterns with frequencies, by group.
#[derive(Clone, Debug)]
pub struct Patterns {
    /// Number of categories per item, which is also the code of a missing response in `codes`.
    pub categories: Vec<usize>,
    pub units: Vec<Unit>,
    /// Patterns x items.
    codes: Vec<u8>,
    /// Number of answered items per pattern.
    answered: Vec<u32>,
    /// Frequency per pattern.
    pub frequencies: Vec<f64>,
    /// Patterns of each group.
    pub groups: Vec<Range<usize>>,
    /// Number of rows in the table of all units.
    pub rows: usize,
    /// Pattern of each person; `None` for excluded persons.
    pub of_person: Vec<Option<u32>>,
}

impl Patterns {
    /// Collects the patterns of `persons`, each with a zero-based group and a frequency. Persons
    /// without responses or with frequency 0 are excluded.
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

    /// Number of distinct patterns.
    pub fn count(&self) -> usize {
        self.frequencies.len()
    }

    /// Category codes of one pattern; a missing response is coded as the number of categories.
    pub fn pattern(&self, pattern: usize) -> &[u8] {
        let width = self.categories.len();
        &self.codes[pattern * width..][..width]
    }

    /// Number of answered items in a pattern.
    pub fn answered(&self, pattern: usize) -> usize {
        self.answered[pattern] as usize
    }

    /// Row of a pattern in the table of `unit`.
    pub fn row(&self, unit: &Unit, pattern: &[u8]) -> usize {
        let mut combination = 0;
        for item in unit.items.clone() {
            combination = combination * (self.categories[item] + 1) + usize::from(pattern[item]);
        }
        unit.first_row + combination
    }

    /// Number of persons in a group, weighted by frequency.
    pub fn persons(&self, group: usize) -> f64 {
        self.frequencies[self.groups[group].clone()].iter().sum()
    }
}

/// Combines adjacent items up to the maximum number of combinations.
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
    fn identical_patterns_collapse_and_rows_are_distinct() {
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
    fn units_respect_the_maximum_number_of_combinations() {
        let units = units(&[2; 10]);
        assert_eq!(
            units.iter().map(|u| u.items.clone()).collect::<Vec<_>>(),
            [0..3, 3..6, 6..9, 9..10]
        );
        assert_eq!(super::units(&[11, 11, 2]).len(), 2);
    }
}
