//! Does an item behave as the model says? Residuals at the persons' estimates, S-X2, and items that hang together beyond
//! the trait.

use ndarray::Array2;

use super::{
    ability::{Method, score},
    bank::Bank,
    information::{
        SumLikelihoods, functions, sum_above_lowest, sum_likelihoods, sum_likelihoods_without,
    },
    person_fit::Residual,
    responses::ResponseMatrix,
};
use crate::stats::distributions::chi_square_sf;

/// Smallest expected count of a cell of S-X2.
const MIN_CELL: f64 = 1.0;

/// How one item fits.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct ItemFit {
    pub item: String,
    /// Persons who answered.
    pub n: usize,
    /// Mean square of the residuals at the EAP, weighted by their variance. About 1 when the item fits.
    pub infit: Option<f64>,
    /// Mean square of the standardised residuals at the EAP.
    pub outfit: Option<f64>,
    pub s_x2: Option<f64>,
    pub df: Option<usize>,
    pub p: Option<f64>,
    pub rmsea: Option<f64>,
}

/// Fit of every item. `responses` must be in the bank's codes ([`Bank::code`]).
///
/// S-X2 (Orlando & Thissen 2000; Kang & Chen 2008 for more than two categories) compares, among persons with the same sum
/// score, how many chose each category with how many should have; on complete cases. Scores that leave a category impossible
/// join the next one that does not; cells expected below 1 are joined, first neighbouring categories of the same score, then
/// neighbouring scores. Degrees of freedom: cells less scores less the item's parameters. Programs join differently, and
/// figures with them; this is R mirt's rule (1.46).
pub fn item_fit(bank: &Bank, responses: &ResponseMatrix) -> Vec<ItemFit> {
    let items = functions(bank);
    let eap = score(bank, responses, Method::Eap);
    let tables = ScoreTables::new(bank, responses);
    let mut s_x2 = vec![None; items.len()];
    sum_likelihoods_without(bank, &tables.points, |item, rest| {
        s_x2[item] = tables.s_x2(bank, item, rest)
    });
    let mut terms = Vec::new();
    (0..items.len())
        .map(|i| {
            let (mut n, mut squares, mut expected, mut standardised) = (0, 0.0, 0.0, 0.0);
            for (person, ability) in eap.iter().enumerate() {
                if let (Some(code), Some(theta)) = (responses.code(person, i), ability.theta) {
                    let residual = Residual::of(&items[i], usize::from(code), theta, &mut terms);
                    n += 1;
                    squares += residual.deviation.powi(2);
                    expected += residual.variance;
                    standardised += residual.deviation.powi(2) / residual.variance;
                }
            }
            let finite = |x: f64| x.is_finite().then_some(x);
            let s_x2 = s_x2[i];
            ItemFit {
                item: bank.items[i].coding.item.clone(),
                n,
                infit: finite(squares / expected),
                outfit: finite(standardised / f64::from(n as u32)),
                s_x2: s_x2.map(|s| s.0),
                df: s_x2.map(|s| s.1),
                p: s_x2.map(|s| chi_square_sf(s.0, s.1 as f64)),
                rmsea: s_x2.map(|s| rmsea(s.0, s.1, tables.persons)),
            }
        })
        .collect()
}

/// Root mean square error of approximation: sqrt(max(0, x2 / df - 1) / (n - 1)).
pub fn rmsea(x2: f64, df: usize, n: usize) -> f64 {
    ((x2 / df as f64 - 1.0).max(0.0) / (n as f64 - 1.0)).sqrt()
}

/// Complete cases by sum score.
struct ScoreTables {
    persons: usize,
    /// Persons with each sum above the lowest.
    of_score: Vec<usize>,
    /// For each item: scores x categories, persons observed.
    observed: Vec<Array2<f64>>,
    points: Vec<f64>,
    weights: Vec<f64>,
    /// Likelihood of each sum over all items, at each node.
    all: SumLikelihoods,
}

impl ScoreTables {
    fn new(bank: &Bank, responses: &ResponseMatrix) -> Self {
        let points = bank.quadrature.points();
        let (mean, variance) = bank.prior();
        let weights = bank
            .quadrature
            .ln_weights(mean, variance)
            .iter()
            .map(|l| l.exp())
            .collect();
        let all = sum_likelihoods(bank, &points);
        let mut of_score = vec![0; all.len()];
        let mut observed: Vec<Array2<f64>> = bank
            .items
            .iter()
            .map(|i| Array2::zeros((all.len(), i.coding.categories.len())))
            .collect();
        let mut codes = Vec::new();
        for person in 0..responses.persons() {
            responses.row(person, &mut codes);
            if let Some(sum) = sum_above_lowest(bank, &codes) {
                of_score[sum] += 1;
                for (table, code) in observed.iter_mut().zip(&codes) {
                    table[(sum, usize::from(*code))] += 1.0;
                }
            }
        }
        Self {
            persons: of_score.iter().sum(),
            of_score,
            observed,
            points,
            weights,
            all,
        }
    }

    /// The statistic and its degrees of freedom. `None` when nothing is left to compare.
    fn s_x2(&self, bank: &Bank, item: usize, rest: &SumLikelihoods) -> Option<(f64, usize)> {
        let labels = &bank.items[item].coding.categories;
        let function = bank.items[item].parameters.function();
        let probabilities: Vec<Vec<f64>> = self
            .points
            .iter()
            .map(|t| function.probabilities(*t))
            .collect();
        let mut cells = Cells::default();
        // The lowest and the highest sum fix every answer.
        for sum in 1..self.all.len().saturating_sub(1) {
            if self.of_score[sum] == 0 {
                continue;
            }
            let total: f64 = self.all[sum]
                .iter()
                .zip(&self.weights)
                .map(|(l, w)| l * w)
                .sum();
            let expected = (0..labels.len())
                .map(|k| {
                    let others = sum
                        .checked_sub((labels[k] - labels[0]) as usize)
                        .and_then(|s| rest.get(s));
                    let joint = others.map_or(0.0, |others| {
                        let at_node = others.iter().zip(&probabilities).zip(&self.weights);
                        at_node.map(|((l, p), w)| l * p[k] * w).sum()
                    });
                    joint / total * self.of_score[sum] as f64
                })
                .collect();
            cells.observed.push(self.observed[item].row(sum).to_vec());
            cells.expected.push(expected);
        }
        cells.join();
        let used = || {
            let both = cells
                .observed
                .iter()
                .flatten()
                .zip(cells.expected.iter().flatten());
            both.filter(|(_, e)| **e > 0.0)
        };
        // Intercepts, and a slope or the variance that stands for all slopes.
        let parameters = bank.items[item].parameters.categories();
        let df = used()
            .count()
            .checked_sub(cells.expected.len() + parameters)
            .filter(|df| *df > 0)?;
        Some((used().map(|(o, e)| (o - e).powi(2) / e).sum(), df))
    }
}

/// Observed and expected persons, scores x categories. Cells that were joined away are 0.
#[derive(Default)]
struct Cells {
    observed: Vec<Vec<f64>>,
    expected: Vec<Vec<f64>>,
}

impl Cells {
    fn join(&mut self) {
        // Scores at either end that leave a category impossible go to the next score that allows all.
        let whole = |row: &Vec<f64>| row.iter().all(|e| *e > 0.0);
        if let (Some(first), Some(last)) = (
            self.expected.iter().position(whole),
            self.expected.iter().rposition(whole),
        ) {
            for _ in last + 1..self.expected.len() {
                self.merge_rows(last + 1, last);
            }
            for row in (0..first).rev() {
                self.merge_rows(row, row + 1);
            }
        }
        // Scores of a single person go to the next score, the last to the one before.
        let mut row = 0;
        while row + 1 < self.expected.len() {
            if self.persons(row) == 1.0 {
                self.merge_rows(row, row + 1)
            } else {
                row += 1
            }
        }
        if self.expected.len() > 1 && self.persons(self.expected.len() - 1) == 1.0 {
            self.merge_rows(self.expected.len() - 1, self.expected.len() - 2);
        }
        self.join_categories();
        self.join_rare_columns();
        self.join_scores();
    }

    fn persons(&self, row: usize) -> f64 {
        self.observed[row].iter().sum()
    }

    fn merge_rows(&mut self, from: usize, into: usize) {
        for table in [&mut self.observed, &mut self.expected] {
            let gone = table[from].clone();
            for (cell, add) in table[into].iter_mut().zip(&gone) {
                *cell += add;
            }
            table.remove(from);
        }
    }

    /// In each score, the smallest cell joins its smaller neighbour until all are large enough or two are left.
    fn join_categories(&mut self) {
        for (observed, expected) in self.observed.iter_mut().zip(&mut self.expected) {
            let width = expected.len();
            if expected.iter().all(|e| *e >= MIN_CELL) {
                continue;
            }
            while expected.len() > 2 {
                let smallest = expected.iter().copied().fold(f64::INFINITY, f64::min);
                let at = expected.iter().rposition(|e| *e <= smallest).unwrap_or(0);
                let into = if at == 0 {
                    1
                } else if at + 1 == expected.len() || expected[at - 1] <= expected[at + 1] {
                    at - 1
                } else {
                    at + 1
                };
                for cells in [&mut *observed, &mut *expected] {
                    let gone = cells[at];
                    cells[into] += gone;
                    cells.remove(at);
                }
                if expected.iter().all(|e| *e >= MIN_CELL) {
                    break;
                }
            }
            observed.resize(width, 0.0);
            expected.resize(width, 0.0);
        }
    }

    /// Columns that are nearly empty join the one before.
    fn join_rare_columns(&mut self) {
        let rows = self.expected.len() as f64;
        let width = |cells: &Self| cells.expected.first().map_or(0, Vec::len);
        let sum =
            |cells: &Self, column: usize| -> f64 { cells.expected.iter().map(|r| r[column]).sum() };
        while width(self) > 2 && sum(self, width(self) - 1) < MIN_CELL * (rows * 0.1).ceil() {
            self.merge_columns(width(self) - 1);
        }
        for column in (1..width(self)).rev() {
            let filled = self.expected.iter().filter(|r| r[column] > 0.0).count() as f64;
            if filled / rows < 0.05 {
                self.merge_columns(column);
            }
        }
    }

    fn merge_columns(&mut self, from: usize) {
        for row in self.observed.iter_mut().chain(&mut self.expected) {
            let gone = row.remove(from);
            row[from - 1] += gone;
        }
    }

    /// A score with a cell that is still too small joins the neighbour with fewer persons.
    fn join_scores(&mut self) {
        let small = |row: &Vec<f64>| row.iter().any(|e| *e > 0.0 && *e < MIN_CELL);
        while self.expected.len() > 1 {
            let Some(row) = self.expected.iter().position(small) else {
                break;
            };
            let into = if row == 0 {
                1
            } else if row + 1 == self.expected.len()
                || self.persons(row - 1) <= self.persons(row + 1)
            {
                row - 1
            } else {
                row + 1
            };
            self.merge_rows(row, into);
        }
    }
}

/// Yen's Q3 (1984): correlations between items of the residuals at the EAP, over persons who answered both. Large values
/// (more than .2 above the average, Christensen et al. 2017) say that two items share more than the trait. Items x items,
/// 1 on the diagonal, NaN where nothing varies. `responses` must be in the bank's codes ([`Bank::code`]).
pub fn q3(bank: &Bank, responses: &ResponseMatrix) -> Array2<f64> {
    let items = functions(bank);
    let eap = score(bank, responses, Method::Eap);
    let mut terms = Vec::new();
    let residuals: Vec<Vec<Option<f64>>> = (0..items.len())
        .map(|i| {
            (0..responses.persons())
                .map(|person| {
                    let (code, theta) = (responses.code(person, i)?, eap[person].theta?);
                    Some(Residual::of(&items[i], usize::from(code), theta, &mut terms).deviation)
                })
                .collect()
        })
        .collect();
    Array2::from_shape_fn((items.len(), items.len()), |(i, j)| {
        if i == j {
            return 1.0;
        }
        let both = residuals[i]
            .iter()
            .zip(&residuals[j])
            .filter_map(|(a, b)| Some(((*a)?, (*b)?)));
        let (x, y): (Vec<f64>, Vec<f64>) = both.unzip();
        crate::stats::correlation::pearson(&x, &y).unwrap_or(f64::NAN)
    })
}
