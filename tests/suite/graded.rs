//! Four graded attitude items, answered by 392 people (Eurobarometer 38.1, 1992; the `Science` data
//! of R's ltm and mirt), compared with R 4.2.2, mirt 1.46.1: `mirt(X, 1, itemtype = "graded", TOL =
//! 1e-6, quadpts = 61, SE = TRUE)`, `fscores`, `itemfit`, `M2(type = "C2")`, `personfit`,
//! `residuals(type = "Q3")`, `marginal_rxx`. R stops at a parameter change of 1e-6, and we at a
//! vanishing gradient, so parameters agree to about 1e-4 where the likelihood is flat.

use linfa::{DatasetBase, ParamGuard, traits::Fit};
use ndarray::Array1;
use rapport::psychometrics::{
    ability::{self, Method},
    bank::Bank,
    calibration::GradedResponse,
    information::{marginal_reliability, sum_scores},
    item_fit::{item_fit, q3},
    model_fit::model_fit,
    person_fit::person_fit,
    responses::ResponseMatrix,
};

/// Responses to Comfort, Work, Future and Benefit, 1 to 4, with their frequencies.
const PATTERNS: &str = "\
    1111x2 1321 1423 1431 2111 2124 2211 2222x4 2223x2 2231 2232 2233 2243 2313 2322x2 2323 2332x3 2333x3 2334x2 2341 \
    2343x2 2421 2443x2 2444 3111 3113x2 3122x2 3123x4 3132x5 3133x5 3134x3 3143 3144 3212 3214 3221 3222x10 3223x7 3231 \
    3232x16 3233x22 3234x5 3241 3242 3243x3 3244x2 3313x2 3321 3322x13 3323x10 3324x2 3331x5 3332x23 3333x52 3334x8 3342x7 \
    3343x13 3344x12 3413 3423 3432x2 3433x4 3434x4 3441 3442 3443x6 3444x3 4114 4122 4124x2 4134 4221 4223x3 4233x8 4234x2 \
    4242 4244 4323 4332x2 4333x21 4334x3 4342x2 4343x5 4344x8 4432 4433x2 4434x3 4442x2 4443x6 4444x12";

fn answers_of(pattern: &str) -> Vec<Option<i32>> {
    pattern.bytes().map(|b| Some(i32::from(b - b'0'))).collect()
}

/// Pattern and frequency.
fn patterns() -> Vec<(&'static str, usize)> {
    PATTERNS
        .split_whitespace()
        .map(|p| match p.split_once('x') {
            Some((pattern, n)) => (pattern, n.parse().expect("a frequency")),
            None => (p, 1),
        })
        .collect()
}

/// One row per person.
fn people() -> ResponseMatrix {
    let rows: Vec<Vec<Option<i32>>> = patterns()
        .into_iter()
        .flat_map(|(pattern, n)| std::iter::repeat_n(answers_of(pattern), n))
        .collect();
    ResponseMatrix::from_rows(&rows).expect("four categories")
}

fn calibrated(people: &ResponseMatrix) -> Bank {
    GradedResponse::params()
        .standard_errors(true)
        .check()
        .expect("valid")
        .fit(&DatasetBase::new(people.clone(), ()))
        .expect("fits")
}

fn close(what: &str, ours: f64, theirs: f64, tolerance: f64) {
    assert!(
        (ours - theirs).abs() <= tolerance,
        "{what}: {ours} {theirs}"
    );
}

#[test]
fn parameters_and_standard_errors_match_mirt() {
    let people = people();
    assert_eq!(people.persons(), 392);
    let bank = calibrated(&people);
    assert!(bank.converged && bank.max_gradient < 1e-4);
    close(
        "log-likelihood",
        bank.log_likelihood,
        -1608.86941313326,
        1e-5,
    );
    let expected = [
        [
            (1.040651, 0.188195),
            (4.862734, 0.490462),
            (2.639171, 0.222467),
            (-1.465462, 0.158552),
        ],
        [
            (1.225834, 0.181697),
            (2.924, 0.239198),
            (0.901131, 0.14288),
            (-2.266431, 0.202986),
        ],
        [
            (2.30053, 0.488132),
            (5.245075, 0.736274),
            (2.218599, 0.359947),
            (-1.967463, 0.324994),
        ],
        [
            (1.09381, 0.18318),
            (3.346893, 0.276365),
            (0.991422, 0.140427),
            (-1.687537, 0.168505),
        ],
    ];
    for (item, expected) in bank.items.iter().zip(expected) {
        let se = item.se.as_ref().expect("asked for");
        let ours = std::iter::once((item.parameters.slope, se.slope)).chain(
            item.parameters
                .intercepts
                .iter()
                .copied()
                .zip(se.intercepts.iter().copied()),
        );
        for ((value, error), (r_value, r_error)) in ours.zip(expected) {
            close("parameter", value, r_value, 5e-4);
            close("error", error.expect("estimated"), r_error, 2e-4);
        }
    }
    close(
        "marginal reliability",
        marginal_reliability(&bank),
        0.6692122222199,
        1e-5,
    );
}

#[test]
fn frequencies_are_equivalent_to_rows() {
    let people = people();
    let rows: Vec<Vec<Option<i32>>> = patterns().iter().map(|(p, _)| answers_of(p)).collect();
    let weights: Array1<f32> = patterns().iter().map(|(_, n)| *n as f32).collect();
    let once = DatasetBase::new(ResponseMatrix::from_rows(&rows).expect("codes"), ())
        .with_weights(weights);
    let (all, counted) = (
        calibrated(&people),
        GradedResponse::params()
            .check()
            .expect("valid")
            .fit(&once)
            .expect("fits"),
    );
    close(
        "log-likelihood",
        counted.log_likelihood,
        all.log_likelihood,
        1e-9,
    );
    assert_eq!(counted.n, 392.0);
}

#[test]
fn scores_and_person_fit_match_mirt() {
    let bank = calibrated(&people());
    // EAP, its standard error, MAP, WLE, Zh, infit, outfit.
    let expected = [
        (
            "4432",
            [
                0.40071272,
                0.59739614,
                0.42073147,
                0.69151108,
                -1.30248060,
                1.97492180,
                1.81973729,
            ],
        ),
        (
            "3333",
            [
                0.05183442, 0.55462490, 0.05851774, 0.14070230, 1.22373845, 0.05722967, 0.05178066,
            ],
        ),
        (
            "3223",
            [
                -0.89177807,
                0.54168812,
                -0.92043090,
                -1.23786978,
                0.73992319,
                0.37567523,
                0.36651154,
            ],
        ),
        (
            "3441",
            [
                0.76724680,
                0.63797415,
                0.79162250,
                1.12102971,
                -2.75533502,
                4.11271597,
                3.41521955,
            ],
        ),
        (
            "4433",
            [
                0.66809870,
                0.57579551,
                0.68168030,
                0.95127996,
                -0.30664912,
                1.13297219,
                1.17333672,
            ],
        ),
        (
            "3234",
            [
                -0.02200601,
                0.58047946,
                -0.02443935,
                -0.03960812,
                -0.19883252,
                1.28222330,
                0.96052298,
            ],
        ),
    ];
    let rows: Vec<Vec<Option<i32>>> = expected.iter().map(|(p, _)| answers_of(p)).collect();
    let rows = bank
        .code(&ResponseMatrix::from_rows(&rows).expect("codes"))
        .expect("known")
        .0;
    let score = |method| ability::score(&bank, &rows, method);
    let (eap, map, wle) = (score(Method::Eap), score(Method::Map), score(Method::Wle));
    for (i, fit) in person_fit(&bank, &rows).iter().enumerate() {
        let (pattern, figures) = expected[i];
        let ours = [
            eap[i].theta,
            eap[i].se,
            map[i].theta,
            wle[i].theta,
            fit.lz,
            fit.infit,
            fit.outfit,
        ];
        for (ours, theirs) in ours.into_iter().zip(figures) {
            close(pattern, ours.expect("answered"), theirs, 5e-4);
        }
    }
    // EAP by sum score, 4 to 16: index, theta, standard error, expected persons.
    let sums = sum_scores(&bank);
    for (at, theta, se, persons) in [
        (0, -2.74880129, 0.62913020, 0.12404222),
        (8, 0.08231076, 0.59955229, 80.55520799),
        (12, 1.85321289, 0.65438572, 7.46876035),
    ] {
        close("sum", sums[at].theta, theta, 2e-4);
        close("error", sums[at].se, se, 2e-4);
        close("persons", sums[at].expected * 392.0, persons, 2e-3);
    }
}

#[test]
fn item_and_model_fit_match_mirt() {
    let people = people();
    let bank = calibrated(&people);
    let expected = [
        (4.78686724, 6, 0.57142526),
        (8.75734662, 9, 0.45996816),
        (7.55410589, 8, 0.47819081),
        (9.92541391, 11, 0.53710849),
    ];
    for (item, (s_x2, df, p)) in item_fit(&bank, &people).iter().zip(expected) {
        assert_eq!(item.df, Some(df), "{item:?}");
        close("S-X2", item.s_x2.expect("fits"), s_x2, 2e-4);
        close("p", item.p.expect("fits"), p, 1e-4);
    }
    let fit = model_fit(&bank, &people).expect("degrees of freedom");
    assert_eq!((fit.statistic.as_str(), fit.df), ("c2", 2));
    for (what, ours, theirs) in [
        ("C2", fit.value, 19.1769407151177),
        ("RMSEA", fit.rmsea, 0.148207278275765),
        ("low", fit.rmsea_ci[0], 0.0923320084734902),
        ("high", fit.rmsea_ci[1], 0.211627019954549),
        ("SRMSR", fit.srmsr, 0.0725904244705476),
        ("TLI", fit.tli, 0.730132112512362),
        ("CFI", fit.cfi, 0.910044037504121),
    ] {
        close(what, ours, theirs, 3e-3);
    }
    let residuals = q3(&bank, &people);
    close("Q3", residuals[(0, 1)], -0.202767390437863, 1e-4);
    close("Q3", residuals[(2, 3)], -0.32002320102729, 1e-4);
}
