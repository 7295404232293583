//! Categories that every group has chosen. An item whose parameters differ between groups needs
//! each of its categories in each group; a category that one group lacks is collapsed into a
//! neighbour for all groups.

use super::responses::{ResponseColumn, ResponseMatrix, ResponsesError};

/// A category that is treated like its neighbour.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Collapsed {
    pub category: i32,
    pub into: i32,
}

/// Responses after collapsing, and what was collapsed.
pub struct SharedCategories {
    pub responses: ResponseMatrix,
    /// For each item, its collapsed categories in the order of collapsing; `None` for an item of
    /// which one category would remain, whose responses stay as they are.
    pub collapsed: Vec<Option<Vec<Collapsed>>>,
}

/// Collapses categories of `items` (column indices) that a group lacks. `groups` holds the group of
/// each person, from 0.
///
/// # Errors
/// [`ResponsesError::TooManyCategories`] never occurs for a matrix that exists.
pub fn share_categories(
    responses: &ResponseMatrix,
    groups: &[usize],
    items: &[usize],
) -> Result<SharedCategories, ResponsesError> {
    let collapsed: Vec<Option<Vec<Collapsed>>> = items
        .iter()
        .map(|i| collapse(responses, groups, *i))
        .collect();
    let mut columns = Vec::new();
    for (i, coding) in responses.items().iter().enumerate() {
        let of_item = items.iter().position(|item| *item == i);
        let steps = of_item
            .and_then(|at| collapsed[at].as_deref())
            .unwrap_or_default();
        let label = |answer: i32| {
            steps.iter().fold(
                answer,
                |a, step| if a == step.category { step.into } else { a },
            )
        };
        let mut column = ResponseColumn::default();
        for person in 0..responses.persons() {
            column.push(responses.answer(person, i).map(label))?;
        }
        columns.push((coding.item.clone(), None, column));
    }
    Ok(SharedCategories {
        responses: ResponseMatrix::new(columns),
        collapsed,
    })
}

/// The first category that a group lacks goes into its neighbour with more responses, until every
/// group has all categories.
fn collapse(responses: &ResponseMatrix, groups: &[usize], item: usize) -> Option<Vec<Collapsed>> {
    let number = groups.iter().max().map_or(0, |g| g + 1);
    let labels = responses.items()[item].categories.iter();
    let mut counts: Vec<(i32, Vec<usize>)> = labels.map(|l| (*l, vec![0; number])).collect();
    for (person, group) in groups.iter().enumerate() {
        if let Some(code) = responses.code(person, item) {
            counts[usize::from(code)].1[*group] += 1;
        }
    }
    let mut steps = Vec::new();
    while let Some(at) = counts.iter().position(|(_, n)| n.contains(&0)) {
        if counts.len() <= 2 {
            return None;
        }
        let total = |k: usize| counts.get(k).map(|(_, n)| n.iter().sum::<usize>());
        let below = at.checked_sub(1);
        let neighbour = match below {
            Some(below) if total(below) >= total(at + 1) => below,
            _ => at + 1,
        };
        steps.push(Collapsed {
            category: counts[at].0,
            into: counts[neighbour].0,
        });
        let (_, moved) = counts[at].clone();
        for (sum, n) in counts[neighbour].1.iter_mut().zip(moved) {
            *sum += n;
        }
        counts.remove(at);
    }
    Some(steps)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shared(answers: &[(usize, i32)]) -> (Vec<i32>, Option<Vec<(i32, i32)>>) {
        let rows: Vec<Vec<Option<i32>>> = answers.iter().map(|(_, a)| vec![Some(*a)]).collect();
        let groups: Vec<usize> = answers.iter().map(|(g, _)| *g).collect();
        let matrix = ResponseMatrix::from_rows(&rows).expect("few categories");
        let shared = share_categories(&matrix, &groups, &[0]).expect("few categories");
        let matrix = shared.responses;
        let pairs = |steps: &Vec<Collapsed>| steps.iter().map(|s| (s.category, s.into)).collect();
        let answers = (0..matrix.persons())
            .filter_map(|p| matrix.answer(p, 0))
            .collect();
        (answers, shared.collapsed[0].as_ref().map(pairs))
    }

    #[test]
    fn categories_of_all_groups_stay() {
        let answers = [(0, 1), (0, 2), (1, 1), (1, 2)];
        assert_eq!(shared(&answers), (vec![1, 2, 1, 2], Some(vec![])));
    }

    #[test]
    fn the_lowest_category_of_one_group_joins_the_next() {
        let answers = [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3)];
        assert_eq!(shared(&answers), (vec![2, 2, 3, 2, 3], Some(vec![(1, 2)])));
    }

    #[test]
    fn a_middle_category_joins_the_larger_neighbour_step_by_step() {
        let answers = [
            (0, 1),
            (0, 3),
            (0, 4),
            (0, 4),
            (1, 1),
            (1, 4),
            (1, 2),
            (0, 5),
            (1, 4),
            (1, 5),
        ];
        // 2 (one response) goes to 3 or 1: two responses each at 1, one at 3. Then 3 goes to 4.
        let expected = vec![1, 4, 4, 4, 1, 4, 1, 5, 4, 5];
        assert_eq!(shared(&answers), (expected, Some(vec![(2, 1), (3, 4)])));
    }

    #[test]
    fn an_item_without_two_common_categories_is_left_alone() {
        let answers = [(0, 1), (0, 1), (1, 2), (1, 1)];
        assert_eq!(shared(&answers), (vec![1, 1, 2, 1], None));
    }
}
