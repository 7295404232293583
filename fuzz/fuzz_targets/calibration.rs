//! Arbitrary small response matrices give a bank with finite results, or an error.

#![no_main]

use libfuzzer_sys::fuzz_target;
use linfa::{DatasetBase, ParamGuard, traits::Fit};
use rapport::psychometrics::{
    ability::{self, Method},
    bank::{Model, Priors},
    calibration::CalibrationParams,
    item_fit::item_fit,
    model_fit::model_fit,
    person_fit::person_fit,
    responses::ResponseMatrix,
};

fuzz_target!(|data: &[u8]| {
    let [model, columns, categories, flags, cells @ ..] = data else {
        return;
    };
    let columns = 1 + usize::from(*columns) % 12;
    let categories = 2 + categories % 10;
    // One byte per response; 255 is missing.
    let answer = |byte: &u8| (*byte != 255).then(|| i32::from(byte % categories));
    let mut rows: Vec<Vec<Option<i32>>> = cells
        .chunks_exact(columns)
        .map(|row| row.iter().map(answer).collect())
        .collect();
    if flags & 1 != 0 {
        // Repeats the rows to simulate more persons.
        rows = rows.iter().cycle().take(rows.len() * 5).cloned().collect();
    }
    if rows.len() > 400 {
        return;
    }
    let Ok(answers) = ResponseMatrix::from_rows(&rows) else {
        return;
    };
    let params = CalibrationParams::new(Model::ALL[usize::from(*model) % Model::ALL.len()])
        .standard_errors(flags & 2 != 0)
        .max_iterations(60)
        .priors(if flags & 4 != 0 {
            Priors::weak()
        } else {
            Priors::None
        });
    let params = params.check().expect("settings within bounds");
    let Ok(bank) = params.fit(&DatasetBase::new(answers.clone(), ())) else {
        return;
    };
    assert!(bank.log_likelihood.is_finite() && bank.max_gradient.is_finite());
    assert!(bank.items.iter().all(|item| item.parameters.is_proper()));
    bank.check().expect("a calibrated bank is valid");
    for method in [Method::Eap, Method::Map, Method::Wle, Method::Ml] {
        for score in ability::score(&bank, &answers, method) {
            assert!(
                score.theta.is_none_or(f64::is_finite),
                "{method:?} {score:?}"
            );
            assert!(score.se.is_none_or(|se| se >= 0.0), "{method:?} {score:?}");
        }
    }
    for fit in person_fit(&bank, &answers) {
        assert!(fit.lz_star.is_none_or(f64::is_finite), "{fit:?}");
    }
    for fit in item_fit(&bank, &answers) {
        assert!(fit.infit.is_none_or(f64::is_finite), "{fit:?}");
    }
    if let Ok(fit) = model_fit(&bank, &answers) {
        assert!(fit.value.is_finite() && fit.p.is_finite(), "{fit:?}");
    }
});
