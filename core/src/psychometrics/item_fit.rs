//! Item fit: residual mean squares, S-X2, and local dependence (Q3).

use ndarray::Array2;

use super::{
    ability::{Method, score},
    bank::Bank,
    information::{
        SumLikelihoods, functions, sum_above_lowest, sum_likelihoods, sum_likelihoods_without,
    },
    person_fit::{MeanSquares, Residual},
    responses::ResponseMatrix,
};
use crate::stats::distributions::chi_square_sf;

/// Minimum expected count of an S-X2 cell.
const MIN_CELL: f64 = 1.0;

/// Fit statistics of one item.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct ItemFit {
    pub item: String,
    /// Number of persons who answered.
    pub n: usize,
    /// Weighted mean square residual at the EAP estimates; about 1 if the item fits.
    pub infit: Option<f64>,
    /// Unweighted mean square of the standardised residuals at the EAP estimates.
    pub outfit: Option<f64>,
    pub s_x2: Option<f64>,
    pub df: Option<usize>,
    pub p: Option<f64>,
    pub rmsea: Option<f64>,
}

/// Fit of every item. `responses` must use the bank's codes ([`Bank::code`]).
///
/// S-X2 (Orlando & Thissen 2000; Kang & Chen 2008 for polytomous items) compares observed and
/// expected category counts among persons with the same sum score, on complete cases. Scores at
/// which a category is impossible are merged with the next score at which all are possible. Cells
/// expected below 1 are merged, first with neighbouring categories of the same score, then with
/// neighbouring scores. Degrees of freedom: cells minus scores minus parameters of the item.
/// Merging rules, and therefore results, differ between programs; this is the rule of R mirt 1.46.
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
            let mut fit = MeanSquares::default();
            for (person, ability) in eap.iter().enumerate() {
                if let (Some(code), Some(theta)) = (responses.code(person, i), ability.theta) {
                    fit.add(Residual::of(
                        &items[i],
                        usize::from(code),
                        theta,
                        &mut terms,
                    ));
                }
            }
            let s_x2 = s_x2[i];
            ItemFit {
                item: bank.items[i].coding.item.clone(),
                n: fit.n,
                infit: fit.infit(),
                outfit: fit.outfit(),
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
    /// Number of persons with each sum score above the lowest.
    of_score: Vec<usize>,
    /// Observed counts of each item, scores x categories.
    observed: Vec<Array2<f64>>,
    points: Vec<f64>,
    weights: Vec<f64>,
    /// Likelihood of each sum score over all items at each node.
    all: SumLikelihoods,
}

impl ScoreTables {
    fn new(bank: &Bank, responses: &ResponseMatrix) -> Self {
        let points = bank.quadrature.points();
        let weights = bank.prior_weights();
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

    /// S-X2 and its degrees of freedom. Returns `None` if no degrees of freedom remain.
    fn s_x2(&self, bank: &Bank, item: usize, rest: &SumLikelihoods) -> Option<(f64, usize)> {
        let labels = &bank.items[item].coding.categories;
        let function = bank.items[item].parameters.function();
        let probabilities: Vec<Vec<f64>> = self
            .points
            .iter()
            .map(|t| function.probabilities(*t))
            .collect();
        let mut cells = Cells::default();
        // The lowest and the highest sum determine every response.
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
        cells.merge();
        let used = || {
            let both = cells
                .observed
                .iter()
                .flatten()
                .zip(cells.expected.iter().flatten());
            both.filter(|(_, e)| **e > 0.0)
        };
        // Intercepts plus the slope, or the variance that replaces it.
        let parameters = bank.items[item].parameters.categories();
        let df = used()
            .count()
            .checked_sub(cells.expected.len() + parameters)
            .filter(|df| *df > 0)?;
        Some((used().map(|(o, e)| (o - e).powi(2) / e).sum(), df))
    }
}

/// Observed and expected counts, scores x categories. Merged cells are 0.
#[derive(Default)]
struct Cells {
    observed: Vec<Vec<f64>>,
    expected: Vec<Vec<f64>>,
}

impl Cells {
    fn merge(&mut self) {
        // Extreme scores at which a category is impossible merge with the next complete score.
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
        // Scores with a single person merge with the next score, the last with the one before.
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
        self.merge_categories();
        self.merge_rare_categories();
        self.merge_scores();
    }

    fn persons(&self, row: usize) -> f64 {
        self.observed[row].iter().sum()
    }

    fn merge_rows(&mut self, from: usize, into: usize) {
        for table in [&mut self.observed, &mut self.expected] {
            let source = table[from].clone();
            for (cell, add) in table[into].iter_mut().zip(&source) {
                *cell += add;
            }
            table.remove(from);
        }
    }

    /// Within each score, merges the smallest cell with its smaller neighbour until all are large
    /// enough or two are left.
    fn merge_categories(&mut self) {
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
                    let count = cells[at];
                    cells[into] += count;
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

    /// Merges nearly empty categories with the one before.
    fn merge_rare_categories(&mut self) {
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
            let count = row.remove(from);
            row[from - 1] += count;
        }
    }

    /// Merges scores that still have a small cell with the neighbour that has fewer persons.
    fn merge_scores(&mut self) {
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

/// Yen's Q3 (1984): correlations between items of the residuals at the EAP estimates, over persons
/// who answered both. Large values (more than .2 above the average, Christensen et al. 2017)
/// indicate local dependence. The matrix is items x items with 1 on the diagonal and NaN for
/// constant residuals. `responses` must use the bank's codes ([`Bank::code`]).
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
