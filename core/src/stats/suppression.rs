//! Small-cell suppression with secondary suppression against recovery by subtraction.

/// Flags the cells of a table with a known total that must be suppressed.
///
/// Primary suppression hides non-empty cells below `least`. Secondary suppression then hides the
/// smallest remaining cells until at least two are hidden and they sum to at least `least`, so that
/// subtracting the published cells from the total reveals no small cell. Empty cells are never
/// hidden.
pub fn hidden(cells: &[u64], least: u64) -> Vec<bool> {
    let mut hidden: Vec<bool> = cells.iter().map(|n| *n > 0 && *n < least).collect();
    loop {
        let suppressed = || (0..cells.len()).filter(|i| hidden[*i]);
        let (count, sum) = (
            suppressed().count(),
            suppressed().map(|i| cells[i]).sum::<u64>(),
        );
        if count == 0 || (count >= 2 && sum >= least) {
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
    fn secondary_suppression_hides_the_next_smallest_cell() {
        assert_eq!(hidden(&[40, 3, 12], 5), [false, true, true]);
        assert_eq!(hidden(&[40, 3, 2, 12], 5), [false, true, true, false]);
        assert_eq!(hidden(&[40, 2, 2, 12], 5), [false, true, true, true]);
        assert_eq!(hidden(&[40, 0, 12], 5), [false, false, false]);
        assert_eq!(hidden(&[3], 5), [true]);
        assert_eq!(hidden(&[], 5), [] as [bool; 0]);
    }

    proptest! {
        /// Published cells and the total never reveal a cell below the limit.
        #[test]
        fn small_cells_cannot_be_recovered_by_subtraction(
            cells in proptest::collection::vec(0_u64..30, 0..12),
            least in 1_u64..10,
        ) {
            let hidden = hidden(&cells, least);
            let shown_small = cells.iter().zip(&hidden).any(|(n, h)| !h && *n > 0 && *n < least);
            prop_assert!(!shown_small);
            let kept: Vec<u64> = cells
                .iter()
                .zip(&hidden)
                .filter(|(_, h)| **h)
                .map(|(n, _)| *n)
                .collect();
            let all_hidden = cells.iter().zip(&hidden).all(|(n, h)| *h || *n == 0);
            let unrecoverable = kept.len() >= 2 && kept.iter().sum::<u64>() >= least;
            prop_assert!(kept.is_empty() || all_hidden || unrecoverable);
        }
    }
}
