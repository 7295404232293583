//! Round ticks of an axis.

/// Multiples of 1, 2 or 5 times a power of ten between the ends, at most `most` of them.
pub fn round_ticks(low: f64, high: f64, most: usize) -> Vec<f64> {
    let span = (high - low).max(f64::MIN_POSITIVE);
    let mut power = 10_f64.powf((span / most.max(1) as f64).log10().floor());
    loop {
        for factor in [1.0, 2.0, 5.0] {
            let step = factor * power;
            let first = (low / step - 1e-9).ceil();
            let last = (high / step + 1e-9).floor();
            let count = (last - first + 1.0).max(0.0) as usize;
            if count <= most {
                return (0..count).map(|i| (first + i as f64) * step).collect();
            }
        }
        power *= 10.0;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ticks_are_those_that_people_would_choose() {
        assert_eq!(round_ticks(37.2, 61.9, 5), [40.0, 45.0, 50.0, 55.0, 60.0]);
        assert_eq!(round_ticks(0.0, 100.0, 5), [0.0, 50.0, 100.0]);
        assert_eq!(round_ticks(-3.0, 3.0, 5), [-2.0, 0.0, 2.0]);
    }

    proptest! {
        #[test]
        fn ticks_are_on_the_axis_and_few(low in -1e3..1e3, span in 1e-3..1e4) {
            let (high, most) = (low + span, 5);
            let ticks = round_ticks(low, high, most);
            prop_assert!((2..=most).contains(&ticks.len()), "{ticks:?}");
            let slack = span * 1e-6;
            prop_assert!(ticks.iter().all(|t| (low - slack..=high + slack).contains(t)));
        }
    }
}
