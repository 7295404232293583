//! Indices of inconsistency: responses that contradict each other.

use ndarray::Array2;

use crate::{
    psychometrics::responses::ResponseMatrix,
    stats::{correlation::pearson, shrinkage::spearman_brown},
};

/// Spearman-Brown corrected correlation across scales between the means of even and odd items,
/// bounded below at -1, and the number of scales. The correlation is `None` below two scales or if
/// the means do not vary.
pub(super) fn even_odd(
    keyed: &ResponseMatrix,
    person: usize,
    scales: &[Vec<usize>],
) -> (Option<f64>, usize) {
    let mean = |columns: &mut dyn Iterator<Item = &usize>| {
        let answers: Vec<f64> = columns
            .filter_map(|c| keyed.answer(person, *c))
            .map(f64::from)
            .collect();
        (!answers.is_empty()).then(|| answers.iter().sum::<f64>() / answers.len() as f64)
    };
    let halves = scales.iter().filter_map(|s| {
        Some((
            mean(&mut s.iter().skip(1).step_by(2))?,
            mean(&mut s.iter().step_by(2))?,
        ))
    });
    let (even, odd): (Vec<f64>, Vec<f64>) = halves.unzip();
    let r = pearson(&even, &odd);
    (r.map(|r| spearman_brown(r, 2.0).max(-1.0)), even.len())
}

/// Item pairs whose responses correlate above `threshold`, over persons who answered both; the
/// earlier item comes first.
pub(super) fn synonyms(raw: &ResponseMatrix, threshold: f64) -> Vec<(usize, usize)> {
    let items = raw.items().len();
    let mut pairs = Vec::new();
    for a in 0..items {
        for b in a + 1..items {
            let both = (0..raw.persons())
                .filter_map(|p| Some((f64::from(raw.answer(p, a)?), f64::from(raw.answer(p, b)?))));
            let (x, y): (Vec<f64>, Vec<f64>) = both.unzip();
            if pearson(&x, &y).is_some_and(|r| r > threshold) {
                pairs.push((a, b));
            }
        }
    }
    pairs
}

/// Number of degrees of freedom (responses minus scales) below which the scatter is too unstable.
const MIN_SCATTER_DF: usize = 12;

/// Keyed responses minus the mean of their item; NaN if missing. Shape persons by items.
pub(super) fn centred(keyed: &ResponseMatrix) -> Array2<f64> {
    let value = |p: usize, i: usize| keyed.answer(p, i).map_or(f64::NAN, f64::from);
    let mut centred =
        Array2::from_shape_fn((keyed.persons(), keyed.items().len()), |(p, i)| value(p, i));
    for mut item in centred.columns_mut() {
        let given: Vec<f64> = item.iter().copied().filter(|v| !v.is_nan()).collect();
        let mean = given.iter().sum::<f64>() / given.len() as f64;
        item.mapv_inplace(|v| v - mean);
    }
    centred
}

/// Pooled standard deviation within scales of a person's keyed responses, in scale points. It is
/// person fit under the model that all items of a scale are parallel. Returns `None` below 12
/// degrees of freedom. `responses` has one value per item, NaN if missing; `scales` holds its
/// indices.
pub fn within_scale_sd(responses: &[f64], scales: &[Vec<usize>]) -> Option<f64> {
    let (mut squares, mut df) = (0.0, 0);
    for scale in scales {
        let given: Vec<f64> = scale
            .iter()
            .map(|i| responses[*i])
            .filter(|v| !v.is_nan())
            .collect();
        let mean = given.iter().sum::<f64>() / given.len().max(1) as f64;
        squares += given.iter().map(|v| (v - mean).powi(2)).sum::<f64>();
        df += given.len().saturating_sub(1);
    }
    (df >= MIN_SCATTER_DF).then(|| (squares / df as f64).sqrt())
}

/// Root mean square over scales of the difference between the means of a person's centred responses
/// to reversed and to other items. Returns `None` without a scale that has both.
pub(super) fn contradiction(
    responses: &[f64],
    scales: &[Vec<usize>],
    reversed: &[bool],
) -> Option<f64> {
    let mean = |scale: &[usize], direction: bool| {
        let of_direction = scale.iter().filter(|i| reversed[**i] == direction);
        let given: Vec<f64> = of_direction
            .map(|i| responses[*i])
            .filter(|v| !v.is_nan())
            .collect();
        (!given.is_empty()).then(|| given.iter().sum::<f64>() / given.len() as f64)
    };
    let differences = scales
        .iter()
        .filter_map(|s| Some(mean(s, true)? - mean(s, false)?));
    let squares: Vec<f64> = differences.map(|d| d * d).collect();
    (!squares.is_empty()).then(|| (squares.iter().sum::<f64>() / squares.len() as f64).sqrt())
}

/// Number of values below which [`robust_z`] is undefined.
const MIN_ROBUST: usize = 20;

/// Distances of values from their median in units of 1.4826 times the median absolute deviation,
/// which equals the standard deviation for normal values and ignores a minority of outliers.
/// `None` for missing values, and for all if fewer than 20 are present or half of them are equal.
pub(super) fn robust_z(values: &[Option<f64>]) -> Vec<Option<f64>> {
    let present: Vec<f64> = values.iter().copied().flatten().collect();
    let centre = median(present.clone());
    let deviation = 1.4826 * median(present.iter().map(|v| (v - centre).abs()).collect());
    let defined = present.len() >= MIN_ROBUST && deviation > 0.0;
    let z = |v: &Option<f64>| v.filter(|_| defined).map(|v| (v - centre) / deviation);
    values.iter().map(z).collect()
}

/// Upper median; NaN for no values.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: scales 0-1 and 2-3 with item 1 reversed.
    #[test]
    fn contradiction_is_the_difference_between_directions() {
        let scales = [vec![0, 1], vec![2, 3]];
        let reversed = [false, true, false, false];
        assert_eq!(
            contradiction(&[1.0, -2.0, 0.0, 4.0], &scales, &reversed),
            Some(3.0)
        );
        assert_eq!(
            contradiction(&[1.0, f64::NAN, 0.0, 4.0], &scales, &reversed),
            None
        );
    }

    /// By hand: 14 responses in two scales, each half 1 and half -1 about its mean, except one
    /// missing pair.
    #[test]
    fn scatter_pools_scales() {
        let scales = [(0..8).collect::<Vec<_>>(), (8..16).collect()];
        let mut responses: Vec<f64> = (0..16)
            .map(|i| if i % 2 == 0 { 1.0 } else { -1.0 })
            .collect();
        let sd = within_scale_sd(&responses, &scales).expect("14 degrees of freedom");
        assert!((sd - (16.0_f64 / 14.0).sqrt()).abs() < 1e-12);
        responses[..4].fill(f64::NAN);
        assert_eq!(within_scale_sd(&responses, &scales), None);
    }

    #[test]
    fn robust_z_ignores_outliers() {
        let mut values: Vec<Option<f64>> = (0..21).map(|i| Some(f64::from(i))).collect();
        values.push(None);
        let z = robust_z(&values);
        // Median 10, median absolute deviation 5.
        assert!((z[20].expect("value") - 10.0 / (5.0 * 1.4826)).abs() < 1e-12);
        assert_eq!(z[21], None);
        assert_eq!(robust_z(&values[..10]), vec![None; 10]);
    }
}
