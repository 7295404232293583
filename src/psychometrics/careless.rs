//! Signals that a questionnaire was not read. None is proof: two independent ones make a note to talk to the
//! candidate, and no number of them rejects anybody.

/// Longest run of equal answers, in the order given. 0 for no answers.
pub fn longstring(answers: &[i32]) -> usize {
    let (mut longest, mut run, mut last) = (0, 0, None);
    for &answer in answers {
        run = if last == Some(answer) { run + 1 } else { 1 };
        last = Some(answer);
        longest = longest.max(run);
    }
    longest
}

/// Standard deviation of one person's answers (intra-individual response variability), divisor n - 1.
/// `None` below two answers.
pub fn irv(answers: &[i32]) -> Option<f64> {
    if answers.len() < 2 {
        return None;
    }
    let n = answers.len() as f64;
    let mean = answers.iter().map(|&a| f64::from(a)).sum::<f64>() / n;
    Some(
        (answers
            .iter()
            .map(|&a| (f64::from(a) - mean).powi(2))
            .sum::<f64>()
            / (n - 1.0))
            .sqrt(),
    )
}

/// Median of `seconds`. `None` when empty.
pub fn median_seconds(seconds: &[f64]) -> Option<f64> {
    let mut sorted = seconds.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => None,
        n if n % 2 == 1 => Some(sorted[middle]),
        _ => Some((sorted[middle - 1] + sorted[middle]) / 2.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_spread_and_median() {
        assert_eq!(longstring(&[1, 2, 2, 2, 3, 3]), 3);
        assert_eq!(longstring(&[]), 0);
        // R: sd(c(1, 5, 1, 5)) = 2.309401
        assert!((irv(&[1, 5, 1, 5]).expect("four") - 2.309_401).abs() < 1e-6);
        assert_eq!(irv(&[3]), None);
        assert_eq!(median_seconds(&[4.0, 1.0, 3.0]), Some(3.0));
        assert_eq!(median_seconds(&[4.0, 1.0]), Some(2.5));
    }
}
