//! Posterior of one response pattern over the quadrature nodes: the inner loop of calibration and
//! scoring.

use std::ops::Range;

use pulp::{Arch, Simd, WithSimd};

use super::{item_models::ResponseFunction, patterns::Patterns, quadrature::Quadrature};

/// Nodes per block: blocks of fixed size compile to vector instructions.
const LANES: usize = 8;
/// Log weights this far below the maximum (e^-46 = 1e-20) are negligible in double precision.
const NEGLIGIBLE: f64 = -46.0;

/// Quadrature nodes, padded to whole blocks.
#[derive(Clone, Debug)]
pub struct Grid {
    pub points: Vec<f64>,
    quadrature: Quadrature,
    /// Number of nodes rounded up to whole blocks.
    pub padded: usize,
}

impl Grid {
    pub fn new(quadrature: &Quadrature) -> Self {
        Self {
            points: quadrature.points(),
            quadrature: quadrature.clone(),
            padded: quadrature.nodes.next_multiple_of(LANES),
        }
    }

    /// Log weights of a normal prior; padding nodes have weight 0.
    pub fn prior(&self, mean: f64, variance: f64) -> Prior {
        let mut ln_weights = self.quadrature.ln_weights(mean, variance);
        ln_weights.resize(self.padded, f64::NEG_INFINITY);
        Prior { ln_weights }
    }
}

/// Prior distribution of the trait at the nodes.
pub struct Prior {
    /// Log weights, padded.
    pub ln_weights: Vec<f64>,
}

/// Log-likelihood table: ln P of every response combination of every unit at every node.
pub struct Table {
    /// Rows x padded nodes.
    pub rows: Vec<f64>,
}

impl Table {
    /// Tabulates the `items` of one group.
    pub fn new(grid: &Grid, patterns: &Patterns, items: &[ResponseFunction]) -> Self {
        let width = grid.padded;
        let mut rows = Vec::with_capacity(patterns.rows * width);
        let (mut terms, mut by_item) = (Vec::new(), Vec::new());
        for unit in &patterns.units {
            // Rows for the items so far, to which each category of the next item is added.
            let mut joint: Vec<f64> = vec![0.0; width];
            for item in unit.items.clone() {
                let categories = patterns.categories[item];
                by_item.clear();
                by_item.resize((categories + 1) * width, 0.0);
                for (q, theta) in grid.points.iter().enumerate() {
                    items[item].terms(*theta, &mut terms);
                    for (k, term) in terms.iter().enumerate() {
                        by_item[k * width + q] = term.ln_p;
                    }
                }
                joint = joint
                    .chunks(width)
                    .flat_map(|before| {
                        by_item
                            .chunks(width)
                            .flat_map(move |row| before.iter().zip(row).map(|(a, b)| a + b))
                    })
                    .collect();
            }
            rows.extend_from_slice(&joint);
        }
        Self { rows }
    }
}

/// Posterior of one pattern over the nodes.
pub struct Posterior {
    /// Weights relative to the largest, padded.
    weights: Vec<f64>,
    /// Sum of the weights.
    total: f64,
    /// Log of the largest joint probability of pattern and node.
    top: f64,
    /// Blocks with non-negligible weights.
    blocks: Range<usize>,
    /// Table row of each unit.
    rows: Vec<usize>,
}

impl Posterior {
    pub fn new(grid: &Grid, patterns: &Patterns) -> Self {
        Self {
            weights: vec![0.0; grid.padded],
            total: 1.0,
            top: 0.0,
            blocks: 0..0,
            rows: vec![0; patterns.units.len()],
        }
    }

    /// Computes the posterior of `pattern`.
    pub fn compute(&mut self, table: &Table, patterns: &Patterns, pattern: &[u8], prior: &Prior) {
        for (row, unit) in self.rows.iter_mut().zip(&patterns.units) {
            *row = patterns.row(unit, pattern);
        }
        let compute = ComputePosterior {
            posterior: self,
            table,
            prior,
        };
        Arch::new().dispatch(compute);
    }

    /// Log of the pattern's marginal probability.
    pub fn ln_marginal(&self) -> f64 {
        self.top + self.total.ln()
    }

    /// Adds `n` times the posterior to each unit's row of `counts`, which has the shape of the
    /// table.
    pub fn add_to(&self, counts: &mut [f64], n: f64) {
        let add = AddCounts {
            posterior: self,
            counts,
            n: n / self.total,
        };
        Arch::new().dispatch(add);
    }

    /// Posterior mean and variance; `points` are the padded nodes.
    pub fn moments(&self, points: &[f64]) -> (f64, f64) {
        let moments = Moments {
            posterior: self,
            points,
        };
        Arch::new().dispatch(moments)
    }

    /// First node with a non-negligible weight, the weights from there on, and their normalising
    /// factor.
    #[inline(always)]
    pub fn support(&self) -> (usize, &[f64], f64) {
        let from = self.blocks.start * LANES;
        (
            from,
            &self.weights[from..self.blocks.end * LANES],
            1.0 / self.total,
        )
    }
}

/// Computes the posterior weights. Compiled for the widest vectors of the processor; sums keep
/// their order and no operations are fused, so results are identical on every processor.
struct ComputePosterior<'a> {
    posterior: &'a mut Posterior,
    table: &'a Table,
    prior: &'a Prior,
}

impl WithSimd for ComputePosterior<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Posterior {
            weights,
            total,
            top,
            blocks,
            rows,
        } = self.posterior;
        let width = weights.len();
        let mut tops = [f64::NEG_INFINITY; LANES];
        for (b, block) in weights.as_chunks_mut::<LANES>().0.iter_mut().enumerate() {
            let from = b * LANES;
            let mut sum = [0.0; LANES];
            sum.copy_from_slice(&self.prior.ln_weights[from..from + LANES]);
            for row in rows.iter() {
                let row = &self.table.rows[row * width + from..][..LANES];
                for i in 0..LANES {
                    sum[i] += row[i];
                }
            }
            for i in 0..LANES {
                block[i] = sum[i];
                tops[i] = max(tops[i], sum[i]);
            }
        }
        *top = block_max(tops);
        let (mut first, mut last) = (usize::MAX, 0);
        let mut totals = [0.0; LANES];
        for (b, block) in weights.as_chunks_mut::<LANES>().0.iter_mut().enumerate() {
            let mut lanes = [0.0; LANES];
            let mut relevant = false;
            for i in 0..LANES {
                lanes[i] = block[i] - *top;
                relevant |= lanes[i] > NEGLIGIBLE;
            }
            if !relevant {
                *block = [0.0; LANES];
                continue;
            }
            first = first.min(b);
            last = b + 1;
            let lanes = exp_nonpositive(lanes);
            *block = lanes;
            for i in 0..LANES {
                totals[i] += lanes[i];
            }
        }
        *total = 0.0;
        for t in totals {
            *total += t;
        }
        *blocks = first.min(last)..last;
    }
}

/// Computes mean and variance over the nodes.
struct Moments<'a> {
    posterior: &'a Posterior,
    points: &'a [f64],
}

impl WithSimd for Moments<'_> {
    type Output = (f64, f64);

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> (f64, f64) {
        let (from, weights, scale) = self.posterior.support();
        let points = self.points[from..].as_chunks::<LANES>().0;
        let weights = weights.as_chunks::<LANES>().0;
        let mut sums = [0.0; LANES];
        for (w, t) in weights.iter().zip(points) {
            for i in 0..LANES {
                sums[i] += w[i] * t[i];
            }
        }
        let mut mean = 0.0;
        for s in sums {
            mean += s;
        }
        mean *= scale;
        let mut sums = [0.0; LANES];
        for (w, t) in weights.iter().zip(points) {
            for i in 0..LANES {
                sums[i] += w[i] * ((t[i] - mean) * (t[i] - mean));
            }
        }
        let mut variance = 0.0;
        for s in sums {
            variance += s;
        }
        (mean, variance * scale)
    }
}

/// Adds a posterior to expected counts.
struct AddCounts<'a> {
    posterior: &'a Posterior,
    counts: &'a mut [f64],
    n: f64,
}

impl WithSimd for AddCounts<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let (from, weights, _) = self.posterior.support();
        let width = self.posterior.weights.len();
        for row in &self.posterior.rows {
            add_scaled(&mut self.counts[row * width + from..], weights, self.n);
        }
    }
}

/// Adds `n` x `weights` (whole blocks) to the start of `row`.
#[inline(always)]
pub fn add_scaled(row: &mut [f64], weights: &[f64], n: f64) {
    for (row, weights) in row
        .as_chunks_mut::<LANES>()
        .0
        .iter_mut()
        .zip(weights.as_chunks::<LANES>().0)
    {
        let weights = *weights;
        for i in 0..LANES {
            row[i] += n * weights[i];
        }
    }
}

/// Maximum of two numbers that are not NaN, in one instruction.
#[inline(always)]
fn max(a: f64, b: f64) -> f64 {
    if a > b { a } else { b }
}

/// Maximum of a block, by pairwise reduction.
#[inline(always)]
fn block_max(mut lanes: [f64; LANES]) -> f64 {
    let mut half = LANES / 2;
    while half > 0 {
        for i in 0..half {
            lanes[i] = max(lanes[i], lanes[i + half]);
        }
        half /= 2;
    }
    lanes[0]
}

/// e^x for x <= 0, to within 2 units in the last place; 0 below e^-700. Branch-free array code that
/// vectorises: a call of the standard function per number would dominate the expectation step.
///
/// x = n ln 2 + r with |r| <= ln 2 / 2 (Cody-Waite reduction), e^r by its Taylor series to r^13,
/// 2^n by its bit pattern.
#[inline(always)]
fn exp_nonpositive(mut x: [f64; LANES]) -> [f64; LANES] {
    // 1.5 x 2^52: adding it rounds to an integer held in the low bits.
    const SHIFT: f64 = 6_755_399_441_055_744.0;
    const LN2_HIGH: f64 = 6.931_471_803_691_238e-1;
    const LN2_LOW: f64 = 1.908_214_929_270_588e-10;
    let mut power = [0.0; LANES];
    for (x, power) in x.iter_mut().zip(&mut power) {
        let clamped = max(*x, -700.0);
        let shifted = clamped * std::f64::consts::LOG2_E + SHIFT;
        let n = shifted - SHIFT;
        *x = (clamped - n * LN2_HIGH) - n * LN2_LOW;
        *power = f64::from_bits(shifted.to_bits().wrapping_add(1023) << 52);
    }
    for (x, power) in x.iter_mut().zip(power) {
        let r = *x;
        let (r2, r4) = (r * r, r * r * (r * r));
        // Estrin's scheme shortens the dependency chains.
        let low = (1.0 + r) + r2 * (1.0 / 2.0 + r * (1.0 / 6.0));
        let middle = (1.0 / 24.0 + r * (1.0 / 120.0)) + r2 * (1.0 / 720.0 + r * (1.0 / 5_040.0));
        let high = (1.0 / 40_320.0 + r * (1.0 / 362_880.0))
            + r2 * (1.0 / 3_628_800.0 + r * (1.0 / 39_916_800.0));
        let top = 1.0 / 479_001_600.0 + r * (1.0 / 6_227_020_800.0);
        *x = power * (low + r4 * (middle + r4 * (high + r4 * top)));
    }
    x
}

/// Scalar product over the shorter length, with eight accumulators.
#[inline(always)]
pub fn dot(a: &[f64], b: &[f64]) -> f64 {
    let n = a.len().min(b.len());
    let (a, b) = (&a[..n], &b[..n]);
    let mut sums = [0.0; LANES];
    let whole = n - n % LANES;
    for (x, y) in a[..whole]
        .chunks_exact(LANES)
        .zip(b[..whole].chunks_exact(LANES))
    {
        for i in 0..LANES {
            sums[i] += x[i] * y[i];
        }
    }
    let rest: f64 = a[whole..].iter().zip(&b[whole..]).map(|(x, y)| x * y).sum();
    sums.iter().sum::<f64>() + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exp_nonpositive_matches_std() {
        for i in 0..200_000 {
            let x = -f64::from(i) * 0.0035;
            let (ours, std) = (exp_nonpositive([x; LANES])[i as usize % LANES], x.exp());
            assert!((ours - std).abs() <= 4e-16 * std, "{x}: {ours} {std}");
        }
        assert!(exp_nonpositive([f64::NEG_INFINITY; LANES])[0] < 1e-300);
    }
}
