//! Adverse impact: group differences in selection rates and their significance.
//!
//! The four-fifths rule compares each group's rate with the highest one in integers (5 x_g n_b < 4
//! x_b n_g), without rounding. It does not account for chance, so Fisher's exact test, a pooled z
//! test and the interval of the ratio are reported too, and the effect of one more selection (29
//! CFR 1607.4 D; Uniform Guidelines Q&A 18, 20 to 24). Groups below 2 % of the pool are shown, but
//! are neither benchmark nor classified (New York City Local Law 144).

use crate::stats::{
    contingency::{Stratum, TwoRates, breslow_day, mantel_haenszel},
    distributions::chi_square_sf,
};

/// Minimum group size for a classification.
const MIN_GROUP: u64 = 30;
/// Minimum expected cell count for a classification.
const MIN_EXPECTED: f64 = 5.0;

/// Number of applicants and selections of one group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupCount {
    pub group: String,
    pub n: u64,
    pub selected: u64,
}

/// Classification by impact ratio and significance test.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum State {
    NoEvidence,
    /// A group or an expected cell count is too small; pool more data.
    TooFew,
    SignificanceOnly,
    RatioOnly,
    Both,
}

/// The comparison with one selection moved from the benchmark to the group.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct FlipOne {
    pub impact_ratio: Option<f64>,
    pub below_four_fifths: bool,
    pub fisher_p: f64,
}

/// One group compared with the benchmark. Comparisons are `None` for the benchmark itself and if a
/// rate is undefined.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct GroupImpact {
    pub group: String,
    pub n: u64,
    pub selected: u64,
    pub rate: Option<f64>,
    pub impact_ratio: Option<f64>,
    /// 95 % interval by Katz.
    pub ratio_ci: Option<[f64; 2]>,
    pub below_four_fifths: Option<bool>,
    pub fisher_p: Option<f64>,
    pub z: Option<f64>,
    pub z_p: Option<f64>,
    pub cohens_h: Option<f64>,
    pub flip_one: Option<FlipOne>,
    /// Selections expected at the overall rate minus actual selections.
    pub shortfall: Option<f64>,
    /// Additional selections needed to reach four fifths.
    pub selections_to_four_fifths: Option<u64>,
    /// Below 2 % of the pool: shown, but neither benchmark nor classified.
    pub excluded: bool,
    pub state: Option<State>,
    /// Reason why there is no ratio.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Adverse impact analysis of all groups.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Impact {
    pub groups: Vec<GroupImpact>,
    /// Group with the highest rate.
    pub benchmark: Option<String>,
    pub state: State,
}

/// Analyses the groups; output keeps the input order.
pub fn adverse_impact(counts: &[GroupCount]) -> Impact {
    let total: u64 = counts.iter().map(|c| c.n).sum();
    let selected: u64 = counts.iter().map(|c| c.selected).sum();
    let large = |c: &GroupCount| c.n > 0 && 50 * c.n >= total;
    // Highest rate, compared in integers; ties go to the larger group, then to the first.
    let benchmark = counts.iter().filter(|c| large(c)).reduce(|best, c| {
        let (a, b) = (
            u128::from(c.selected) * u128::from(best.n),
            u128::from(best.selected) * u128::from(c.n),
        );
        if a > b || (a == b && c.n > best.n) {
            c
        } else {
            best
        }
    });
    let groups: Vec<GroupImpact> = counts
        .iter()
        .map(|c| {
            let mut group = compare(c, benchmark.filter(|b| b.group != c.group));
            group.shortfall = (total > 0)
                .then(|| c.n as f64 * selected as f64 / total as f64 - c.selected as f64);
            group.excluded = !large(c);
            if group.excluded {
                group.state = None;
            }
            if benchmark.is_some_and(|b| b.group == c.group) && c.selected > 0 {
                group.impact_ratio = Some(1.0);
                group.below_four_fifths = Some(false);
            }
            group
        })
        .collect();
    Impact {
        state: groups
            .iter()
            .filter_map(|g| g.state)
            .max()
            .unwrap_or(State::TooFew),
        benchmark: benchmark.map(|b| b.group.clone()),
        groups,
    }
}

/// Whether 5 x_g n_b < 4 x_b n_g.
fn below_four_fifths(rates: TwoRates) -> bool {
    5 * u128::from(rates.x1) * u128::from(rates.n2)
        < 4 * u128::from(rates.x2) * u128::from(rates.n1)
}

fn compare(c: &GroupCount, benchmark: Option<&GroupCount>) -> GroupImpact {
    let mut group = GroupImpact {
        group: c.group.clone(),
        n: c.n,
        selected: c.selected,
        rate: (c.n > 0).then(|| c.selected as f64 / c.n as f64),
        impact_ratio: None,
        ratio_ci: None,
        below_four_fifths: None,
        fisher_p: None,
        z: None,
        z_p: None,
        cohens_h: None,
        flip_one: None,
        shortfall: None,
        selections_to_four_fifths: None,
        excluded: false,
        state: None,
        reason: None,
    };
    let Some(b) = benchmark else {
        return group;
    };
    let rates = TwoRates {
        x1: c.selected,
        n1: c.n,
        x2: b.selected,
        n2: b.n,
    };
    let Some((ratio, interval)) = rates.ratio(0.95) else {
        group.reason = Some(
            if c.n == 0 {
                "this group has no applicants"
            } else {
                "nobody was selected in the benchmark group"
            }
            .to_owned(),
        );
        return group;
    };
    let below = below_four_fifths(rates);
    let fisher_p = rates.fisher_p();
    let z = rates.z();
    group.impact_ratio = Some(ratio);
    group.ratio_ci = interval.map(|i| [i.low, i.high]);
    group.below_four_fifths = Some(below);
    group.fisher_p = Some(fisher_p);
    group.z = z.map(|z| z.0);
    group.z_p = z.map(|z| z.1);
    group.cohens_h = rates.cohens_h();
    group.flip_one = (c.selected < c.n && b.selected > 0).then(|| {
        let moved = TwoRates {
            x1: c.selected + 1,
            x2: b.selected - 1,
            ..rates
        };
        FlipOne {
            impact_ratio: moved.ratio(0.95).map(|r| r.0),
            below_four_fifths: below_four_fifths(moved),
            fisher_p: moved.fisher_p(),
        }
    });
    // Smallest x with 5 x n_b >= 4 x_b n.
    let needed = (4 * u128::from(b.selected) * u128::from(c.n)).div_ceil(5 * u128::from(b.n));
    group.selections_to_four_fifths = u64::try_from(needed)
        .ok()
        .map(|n| n.saturating_sub(c.selected));
    let (n1, n2) = (c.n as f64, b.n as f64);
    let share = (c.selected + b.selected) as f64 / (n1 + n2);
    let smallest = [
        n1 * share,
        n1 * (1.0 - share),
        n2 * share,
        n2 * (1.0 - share),
    ]
    .into_iter()
    .fold(f64::INFINITY, f64::min);
    group.state = Some(if c.n.min(b.n) < MIN_GROUP || smallest < MIN_EXPECTED {
        State::TooFew
    } else {
        match (below, fisher_p < 0.05) {
            (true, true) => State::Both,
            (true, false) => State::RatioOnly,
            (false, true) => State::SignificanceOnly,
            (false, false) => State::NoEvidence,
        }
    });
    group
}

/// One group compared with the benchmark across strata (years, vacancies) by Mantel-Haenszel.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Stratified {
    pub group: String,
    /// Odds of selection in the benchmark group divided by those in this group.
    pub odds_ratio: f64,
    pub chi2: f64,
    pub p: f64,
    /// p of homogeneous odds ratios (Breslow-Day); if small, examine the strata separately.
    pub homogeneity_p: Option<f64>,
}

/// Pools comparisons across strata of (benchmark, group) pairs. Returns `None` if no stratum is
/// informative.
pub fn stratified(group: &str, strata: &[(GroupCount, GroupCount)]) -> Option<Stratified> {
    let strata: Vec<Stratum> = strata
        .iter()
        .map(|(b, g)| Stratum {
            a: b.selected as f64,
            b: (b.n - b.selected) as f64,
            c: g.selected as f64,
            d: (g.n - g.selected) as f64,
        })
        .collect();
    let mh = mantel_haenszel(&strata, 0.5)?;
    Some(Stratified {
        group: group.to_owned(),
        odds_ratio: mh.odds_ratio,
        chi2: mh.chi2,
        p: mh.p,
        homogeneity_p: breslow_day(&strata, mh.odds_ratio)
            .map(|(chi2, df)| chi_square_sf(chi2, df as f64)),
    })
}

/// Median of all scores, and whether each score is strictly above it (the scoring rate of Local
/// Law 144); ties are not above. Returns `None` without scores.
pub fn above_median(scores: &[f64]) -> Option<(f64, Vec<bool>)> {
    let mut sorted = scores.to_vec();
    sorted.sort_by(f64::total_cmp);
    let upper = *sorted.get(sorted.len() / 2)?;
    let median = if sorted.len() % 2 == 1 {
        upper
    } else {
        (sorted[sorted.len() / 2 - 1] + upper) / 2.0
    };
    Some((median, scores.iter().map(|s| *s > median).collect()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn count(group: &str, selected: u64, n: u64) -> GroupCount {
        GroupCount {
            group: group.to_owned(),
            n,
            selected,
        }
    }

    /// Published: 30/100 and 15/100 have ratio .5, Fisher's p .01714902, z 2.540003; men 70/160 and
    /// women 42/114 have ratio .842105, Fisher's p .264348.
    #[test]
    fn impact_matches_published_tables() {
        let impact = adverse_impact(&[count("a", 30, 100), count("b", 15, 100)]);
        let b = &impact.groups[1];
        assert!((b.fisher_p.expect("two rates") - 0.01714902).abs() < 1e-8);
        assert!((b.z.expect("varies") + 2.540003).abs() < 1e-6);
        assert_eq!(
            (b.impact_ratio, b.below_four_fifths, impact.state),
            (Some(0.5), Some(true), State::Both)
        );
        assert_eq!(b.selections_to_four_fifths, Some(9));
        assert_eq!(impact.groups[0].impact_ratio, Some(1.0));
        let people = adverse_impact(&[count("men", 70, 160), count("women", 42, 114)]);
        assert!((people.groups[1].fisher_p.expect("two rates") - 0.264348).abs() < 1e-6);
        assert_eq!(people.state, State::NoEvidence);
    }

    #[test]
    fn edge_cases_are_classified() {
        // Exactly four fifths is not below, regardless of floating-point rounding.
        assert_eq!(
            adverse_impact(&[count("a", 50, 100), count("b", 40, 100)]).groups[1].below_four_fifths,
            Some(false)
        );
        let nobody = adverse_impact(&[count("a", 0, 100), count("b", 0, 100)]);
        assert_eq!(
            (nobody.groups[1].impact_ratio, nobody.state),
            (None, State::TooFew)
        );
        assert!(nobody.groups.iter().any(|g| g.reason.is_some()));
        let small = adverse_impact(&[
            count("a", 500, 1000),
            count("tiny", 3, 3),
            count("empty", 0, 0),
        ]);
        assert_eq!(
            (small.benchmark.as_deref(), small.groups[1].excluded),
            (Some("a"), true)
        );
        assert_eq!(small.groups[2].rate, None);
        assert_eq!(adverse_impact(&[]).state, State::TooFew);
        // Moving one selection changes the classification.
        let fragile = adverse_impact(&[count("a", 20, 40), count("b", 15, 40)]).groups[1].clone();
        assert_eq!(fragile.below_four_fifths, Some(true));
        assert!(!fragile.flip_one.expect("possible").below_four_fifths);
        assert_eq!(
            above_median(&[1.0, 2.0, 2.0, 3.0]),
            Some((2.0, vec![false, false, false, true]))
        );
        assert_eq!(above_median(&[]), None);
    }

    /// By hand: odds ratio (9 + 5.5) / (3 + 1.5); chi2 (|40 - 30| - .5)^2 / (5.81818 + 3.09091).
    #[test]
    fn stratified_comparison_matches_hand_calculation() {
        let years = [
            (count("a", 30, 60), count("b", 10, 40)),
            (count("a", 10, 40), count("b", 5, 60)),
        ];
        let found = stratified("b", &years).expect("informative strata");
        assert!((found.odds_ratio - 14.5 / 4.5).abs() < 1e-12, "{found:?}");
        assert!((found.chi2 - 10.130102).abs() < 1e-6, "{found:?}");
        assert!(found.p < 0.05 && found.homogeneity_p.is_some_and(|p| p > 0.5));
        assert_eq!(stratified("b", &[]), None);
    }

    proptest! {
        #[test]
        fn results_do_not_depend_on_labels_or_order(
            x1 in 0_u64..60,
            x2 in 0_u64..60,
            n1 in 60_u64..200,
            n2 in 60_u64..200,
        ) {
            let one = adverse_impact(&[count("a", x1, n1), count("b", x2, n2)]);
            let other = adverse_impact(&[count("z", x2, n2), count("y", x1, n1)]);
            prop_assert_eq!(one.state, other.state);
            let p = |i: &Impact| i.groups.iter().find_map(|g| g.fisher_p);
            match (p(&one), p(&other)) {
                (Some(a), Some(b)) => prop_assert!((a - b).abs() < 1e-12, "{a} {b}"),
                (a, b) => prop_assert_eq!(a, b),
            }
        }
    }
}
