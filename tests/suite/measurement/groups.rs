//! Several groups: trait distributions and differential item functioning.

use super::*;

#[test]
fn group_distributions_are_estimated_and_dif_is_detected() {
    let mut uniform = Uniform(21);
    let mut shifted = graded();
    for d in &mut shifted[3].intercepts {
        *d -= 0.8;
    }
    let mut of = Vec::new();
    let rows: Vec<Vec<Option<i32>>> = (0..2400)
        .map(|p| {
            let focal = p % 2 == 1;
            of.push(usize::from(focal));
            let theta = if focal {
                0.5 + 1.2 * uniform.normal()
            } else {
                uniform.normal()
            };
            let items = if focal { &shifted } else { &graded() };
            items
                .iter()
                .map(|i| Some(uniform.answer(i, theta)))
                .collect()
        })
        .collect();
    let answers = ResponseMatrix::from_rows(&rows).expect("few categories");
    let groups = Groups {
        labels: vec!["r".to_owned(), "f".to_owned()],
        of: of.clone(),
    };
    let bank = GradedResponse::params()
        .free_between_groups(vec!["i4".to_owned()])
        .check()
        .expect("valid")
        .fit(&DatasetBase::new(answers.clone(), groups))
        .expect("fits");
    let focal = &bank.groups[1];
    close("mean", focal.mean, 0.5, 4.0 * focal.se_mean.expect("free"));
    close(
        "variance",
        focal.variance,
        1.44,
        4.0 * focal.se_variance.expect("free"),
    );
    assert_eq!(
        bank.items.iter().filter(|i| i.coding.item == "i4").count(),
        2
    );

    let names: Vec<String> = of
        .iter()
        .map(|g| if *g == 1 { "f" } else { "r" }.to_owned())
        .collect();
    let comparison = Comparison::new(&answers, &names, "r", "f").expect("large enough");
    let by_trait = comparison
        .likelihood_ratio(Model::GradedResponse, &[])
        .expect("fits");
    let largest = by_trait
        .items
        .iter()
        .max_by(|a, b| a.chi2.partial_cmp(&b.chi2).expect("numbers"))
        .expect("items");
    assert_eq!(
        (
            largest.item.as_str(),
            largest.df,
            largest.favours.as_deref()
        ),
        ("i4", 4, Some("r"))
    );
    assert!(largest.p_holm.is_some_and(|p| p < 1e-6) && largest.effect.is_some_and(|e| e < -0.1));
    let anchored = comparison.likelihood_ratio(
        Model::GradedResponse,
        &["i1".to_owned(), "i2".to_owned(), "i3".to_owned()],
    );
    let anchored = anchored.expect("fits");
    assert_eq!(anchored.items.len(), 3);
    assert!(
        anchored
            .items
            .iter()
            .all(|i| (i.p_holm.expect("p") < 0.001) == (i.item == "i4")),
        "{anchored:?}"
    );
    let matched = comparison.mantel_haenszel(rapport::psychometrics::dif::Matching::Total, true);
    assert!(
        matched
            .items
            .iter()
            .all(|i| (i.p_holm.expect("p") < 0.001) == (i.item == "i4")),
        "{matched:?}"
    );
}

/// A category that one group never chose: the statistics are those of data in which it was
/// collapsed beforehand, and the report tells.
#[test]
fn a_category_that_one_group_lacks_is_collapsed_for_both() {
    let (answers, _) = simulate(&graded(), 600, 77);
    let names: Vec<String> = (0..600)
        .map(|p| if p % 2 == 0 { "r" } else { "f" }.to_owned())
        .collect();
    let lowest = answers.items()[0].categories[0];
    let rows = |lacking: &[&str]| -> Vec<Vec<Option<i32>>> {
        let row = |p: usize| {
            let answer = |i: usize| {
                let answer = answers.answer(p, i)?;
                let collapse = i == 0 && answer == lowest && lacking.contains(&names[p].as_str());
                Some(answer + i32::from(collapse))
            };
            (0..answers.items().len()).map(answer).collect()
        };
        (0..600).map(row).collect()
    };
    let tested = |lacking: &[&str]| {
        let matrix = ResponseMatrix::from_rows(&rows(lacking)).expect("few categories");
        let comparison = Comparison::new(&matrix, &names, "r", "f").expect("large enough");
        let report = comparison.likelihood_ratio(Model::GradedResponse, &[]);
        report.expect("fits").items[0].clone()
    };
    let (by_us, beforehand) = (tested(&["f"]), tested(&["f", "r"]));
    let steps = &by_us.detail.collapsed;
    assert_eq!(
        steps
            .iter()
            .map(|s| (s.category, s.into))
            .collect::<Vec<_>>(),
        [(lowest, lowest + 1)]
    );
    assert!(beforehand.detail.collapsed.is_empty());
    assert_eq!(by_us.df, beforehand.df);
    let difference = by_us.chi2.expect("tested") - beforehand.chi2.expect("tested");
    assert!(difference.abs() < 1e-6, "{by_us:?} {beforehand:?}");
}
