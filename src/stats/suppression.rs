//! Small groups stay hidden, and cannot be had by subtraction either.

/// Which cells of a table with a known total are hidden: those below `least`, and then the smallest of the others until at least two
/// are hidden and they hold `least` together, so that the total less what is shown tells nothing of one small cell. Empty cells
/// hide nothing.
pub fn hidden(cells: &[u64], least: u64) -> Vec<bool> {
    let mut hidden: Vec<bool> = cells.iter().map(|n| *n > 0 && *n < least).collect();
    loop {
        let of = || (0..cells.len()).filter(|i| hidden[*i]);
        let (many, sum) = (of().count(), of().map(|i| cells[i]).sum::<u64>());
        if many == 0 || (many >= 2 && sum >= least) {
            return hidden;
        }
        let next = (0..cells.len())
            .filter(|i| !hidden[*i] && cells[*i] > 0)
            .min_by_key(|i| cells[*i]);
        match next {
            Some(i) => hidden[i] = true,
            None => return hidden,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn one_small_cell_takes_the_next_with_it() {
        assert_eq!(hidden(&[40, 3, 12], 5), [false, true, true]);
        assert_eq!(hidden(&[40, 3, 2, 12], 5), [false, true, true, false]);
        assert_eq!(hidden(&[40, 2, 2, 12], 5), [false, true, true, true]);
        assert_eq!(hidden(&[40, 0, 12], 5), [false, false, false]);
        assert_eq!(hidden(&[3], 5), [true]);
        assert_eq!(hidden(&[], 5), [] as [bool; 0]);
    }

    proptest! {
        /// What is shown, and the total, never give away a cell below the least.
        #[test]
        fn no_small_cell_by_subtraction(cells in proptest::collection::vec(0_u64..30, 0..12), least in 1_u64..10) {
            let hidden = hidden(&cells, least);
            let shown_small = cells.iter().zip(&hidden).any(|(n, h)| !h && *n > 0 && *n < least);
            prop_assert!(!shown_small);
            let kept: Vec<u64> = cells.iter().zip(&hidden).filter(|(_, h)| **h).map(|(n, _)| *n).collect();
            let all_hidden = cells.iter().zip(&hidden).all(|(n, h)| *h || *n == 0);
            prop_assert!(kept.is_empty() || all_hidden || (kept.len() >= 2 && kept.iter().sum::<u64>() >= least));
        }
    }
}
