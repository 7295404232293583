//! Item parameters, scores and fit against R mirt and PyPI mirt.

use super::*;

#[test]
fn two_parameter_logistic_matches_r_mirt() {
    let answers = lsat7_persons();
    let bank = fit(TwoParameterLogistic::params(), &answers);
    assert!(bank.converged && bank.max_gradient < 1e-4);
    close(
        "log-likelihood",
        bank.log_likelihood,
        -2658.80511363357,
        1e-4,
    );
    for (item, (a, d, se_a, se_d)) in bank.items.iter().zip([
        (
            0.987549437532737,
            1.85585754391283,
            0.177195292566941,
            0.131450497365667,
        ),
        (
            1.08083760700488,
            0.807969651858553,
            0.168764282943433,
            0.0912470431706878,
        ),
        (
            1.70746198374298,
            1.80519695951669,
            0.321070664307798,
            0.20482129491649,
        ),
        (
            0.764991685649915,
            0.485999857012613,
            0.134120516031102,
            0.0749134798467014,
        ),
        (
            0.735673889798226,
            1.85445810057407,
            0.15113415020654,
            0.114408832418405,
        ),
    ]) {
        close("slope", item.parameters.slope, a, 1e-3);
        close("intercept", item.parameters.intercepts[0], d, 1e-3);
        let se = item.se.as_ref().expect("standard errors");
        close("se of slope", se.slope.expect("free"), se_a, 1e-2 * se_a);
        close(
            "se of intercept",
            se.intercepts[0].expect("free"),
            se_d,
            1e-2 * se_d,
        );
    }
    close(
        "marginal reliability",
        marginal_reliability(&bank),
        0.441818480515673,
        1e-4,
    );
    let sums = sum_scores(&bank);
    for (sum, (theta, se)) in sums.iter().zip([
        (-1.86978413651645, 0.692699974293774),
        (-1.43186421308649, 0.683865982692883),
        (-0.948853201174144, 0.694228652463865),
        (-0.41319638962716, 0.721095777484234),
        (0.151732496478126, 0.758771731984773),
        (0.72718512989149, 0.800932185595961),
    ]) {
        close("EAP of a sum", sum.theta, theta, 1e-4);
        close("its error", sum.se, se, 1e-4);
    }
    // Patterns 00000, 00100, 00111, 01101 and 01111: EAP on the 61 nodes (numpy), MAP and WLE of
    // mirt.
    let (patterns, _) = lsat7();
    let chosen = patterns.rows(&[0b00000, 0b00100, 0b00111, 0b01101, 0b01111]);
    let figures = [
        (
            -1.869784216949137,
            0.6927002111586318,
            -1.81638972021823,
            0.674990003602497,
            -4.13706228800398,
            0.579921436993363,
        ),
        (
            -1.0940458220163987,
            0.665024555004887,
            -1.09523615662202,
            0.636727604961888,
            -1.71705427745724,
            -1.63696999303535,
        ),
        (
            -0.4112818979807672,
            0.6922050911386559,
            -0.466367057506728,
            0.668567186881262,
            -0.882023049082256,
            -0.789022262597831,
        ),
        (
            -0.2573943860323183,
            0.704148473185681,
            -0.322137044962767,
            0.683381886852355,
            -0.709795058121467,
            -0.718524436306289,
        ),
        (
            0.14114745718003976,
            0.7410195666565313,
            0.0585979549053598,
            0.729584656620148,
            -0.217279987922001,
            -0.65024335400771,
        ),
    ];
    let score = |method| ability::score(&bank, &chosen, method);
    let (eap, map, wle) = (score(Method::Eap), score(Method::Map), score(Method::Wle));
    let fits = person_fit(&bank, &chosen);
    for (i, (e, e_se, m, m_se, w, zh)) in figures.into_iter().enumerate() {
        close("EAP", eap[i].theta.expect("finite"), e, 1e-4);
        close("EAP error", eap[i].se.expect("finite"), e_se, 1e-4);
        close("MAP", map[i].theta.expect("finite"), m, 1e-4);
        close("MAP error", map[i].se.expect("finite"), m_se, 1e-4);
        close("WLE", wle[i].theta.expect("finite"), w, 1e-3);
        close("lz", fits[i].lz.expect("five answers"), zh, 1e-3);
    }
    let ml = score(Method::Ml);
    assert_eq!(
        (ml[0].theta, ml[0].unbounded),
        (None, Some(Unbounded::Below))
    );
    assert!(ml[2].theta.is_some() && ml[2].unbounded.is_none());
    let model = model_fit(&bank, &answers).expect("degrees of freedom");
    assert_eq!((model.statistic.as_str(), model.df), ("m2", 5));
    for (what, ours, mirt) in [
        ("M2", model.value, 11.9384055396843),
        ("p", model.p, 0.0356415838730147),
        ("RMSEA", model.rmsea, 0.037270231795831),
        ("RMSEA 5", model.rmsea_ci[0], 0.00895470678198686),
        ("RMSEA 95", model.rmsea_ci[1], 0.0649674019972456),
        ("SRMSR", model.srmsr, 0.0319628803091232),
        ("CFI", model.cfi, 0.968463349392508),
        ("TLI", model.tli, 0.936926698785015),
    ] {
        close(what, ours, mirt, 1e-4);
    }
    let s_x2 = [
        4.75052684631756,
        14.4534463107002,
        1.27263683652904,
        5.23649164591084,
        0.940939504114582,
    ];
    for (item, mirt) in item_fit(&bank, &answers).iter().zip(s_x2) {
        assert_eq!(item.df, Some(2));
        close("S-X2", item.s_x2.expect("cells"), mirt, 1e-3);
    }
}

#[test]
fn rasch_matches_r_mirt_and_the_one_parameter_model() {
    let (patterns, weights) = lsat7();
    let counted = DatasetBase::new(patterns, ()).with_weights(weights);
    let rasch = Rasch::params()
        .check()
        .expect("valid")
        .fit(&counted)
        .expect("fits");
    close(
        "log-likelihood",
        rasch.log_likelihood,
        -2664.90089095471,
        1e-4,
    );
    let intercepts = [
        1.86826049791608,
        0.791004321800645,
        1.46097621428879,
        0.521504677004222,
        1.99297041474678,
    ];
    for (item, d) in rasch.items.iter().zip(intercepts) {
        assert_eq!(item.parameters.slope, 1.0);
        close("intercept", item.parameters.intercepts[0], d, 1e-4);
    }
    // The one-parameter model is equivalent: its slope is the root of the Rasch variance.
    let one = CalibrationParams::new(Model::OneParameter)
        .check()
        .expect("valid")
        .fit(&counted)
        .expect("fits");
    close("likelihood", one.log_likelihood, rasch.log_likelihood, 1e-3);
    close(
        "slope",
        one.items[0].parameters.slope,
        rasch.groups[0].variance.sqrt(),
        1e-3,
    );
    assert!(
        one.items
            .iter()
            .all(|i| i.parameters.slope == one.items[0].parameters.slope)
    );
    // Patterns with frequencies are equivalent to one row per person.
    let persons = fit(Rasch::params(), &lsat7_persons());
    close(
        "frequencies",
        persons.log_likelihood,
        rasch.log_likelihood,
        1e-9,
    );
    close("n", persons.n, 1000.0, 0.0);
}

/// Results of an independent program by item: slope, difficulties, standard errors of both.
type Expected = [(f64, [f64; 3], f64, [f64; 3]); 6];

fn compare(bank: &Bank, expected: &Expected) {
    assert!(
        bank.converged && bank.max_gradient < 1e-4,
        "{:?}",
        bank.warnings
    );
    for (item, (a, b, se_a, se_b)) in bank.items.iter().zip(expected) {
        close("slope", item.parameters.slope, *a, 1e-4);
        let se = item.se.as_ref().expect("standard errors");
        close("se of slope", se.slope.expect("free"), *se_a, 1e-3 * se_a);
        for k in 0..3 {
            close("difficulty", item.difficulties[k], b[k], 2e-4);
            close(
                "se of difficulty",
                se.difficulties[k].expect("free"),
                se_b[k],
                2e-3 * se_b[k],
            );
        }
    }
}

#[test]
fn graded_response_matches_an_independent_program() {
    let (answers, _) = simulate(&graded(), 800, 20_261_124);
    assert_eq!(
        answers.counts(0),
        [134, 216, 292, 158],
        "the same responses as for the other program"
    );
    let bank = fit(GradedResponse::params(), &answers);
    // On the very same 61 nodes, by scipy.
    close(
        "log-likelihood",
        bank.log_likelihood,
        -5987.415667086088,
        1e-6,
    );
    let by_scipy = [
        [0.671689, 1.740302, 0.271649, -1.529518],
        [2.113622, 1.46625, -0.655581, -3.501065],
    ];
    for (item, p) in [&bank.items[0], &bank.items[3]].into_iter().zip(by_scipy) {
        close("slope by scipy", item.parameters.slope, p[0], 1e-5);
        for (ours, theirs) in item.parameters.intercepts.iter().zip(&p[1..]) {
            close("intercept by scipy", *ours, *theirs, 1e-5);
        }
    }
    compare(
        &bank,
        &[
            (
                0.6716898690775202,
                [-2.590905227017613, -0.40441037693386095, 2.277130840558915],
                0.08433268945837372,
                [0.3233900198170193, 0.12424436315800103, 0.2879044722806354],
            ),
            (
                1.1535538525432283,
                [-1.9455557826063208, 0.06200202388123104, 1.6162180775119281],
                0.10425711926463434,
                [0.16457319493681472, 0.07684177729078231, 0.1421993813068511],
            ),
            (
                1.6630307459769464,
                [-1.6839611904426706, -0.4979998158804057, 0.6699740975438566],
                0.1420166826174666,
                [
                    0.11929184976348105,
                    0.06849063389984743,
                    0.07381832628045372,
                ],
            ),
            (
                2.1136183900755947,
                [-0.6937123307367539, 0.31017297207750416, 1.6564334580023612],
                0.18859103269877017,
                [
                    0.06725935016794093,
                    0.058163256568031355,
                    0.10503869265178276,
                ],
            ),
            (
                1.0670900693829382,
                [-1.93207453165993, -0.8113858478919167, 0.6495165538321416],
                0.10172946566397192,
                [0.17420350660845052, 0.1016008612152937, 0.09625342160854082],
            ),
            (
                1.4354625769051956,
                [-1.313563745022498, -0.12269658648101099, 1.378276554770819],
                0.12221425507199987,
                [
                    0.10760497199592124,
                    0.06801790896486772,
                    0.10973727077970946,
                ],
            ),
        ],
    );
}

#[test]
fn partial_credit_matches_an_independent_program() {
    let truth = items(
        ItemModel::PartialCredit,
        &[
            (0.6, &[1.0, 1.2, 0.4]),
            (0.9, &[1.5, 1.6, 0.2]),
            (1.1, &[2.0, 2.4, 1.0]),
            (1.3, &[0.8, 0.5, -1.5]),
            (0.7, &[1.2, 1.8, 1.1]),
            (1.0, &[0.9, 0.6, -0.8]),
        ],
    );
    let (answers, _) = simulate(&truth, 800, 20_261_124);
    assert_eq!(
        answers.counts(0),
        [115, 228, 274, 183],
        "the same responses as for the other program"
    );
    let bank = fit(
        CalibrationParams::new(Model::GeneralizedPartialCredit),
        &answers,
    );
    close(
        "log-likelihood",
        bank.log_likelihood,
        -5911.298891542885,
        1e-6,
    );
    compare(
        &bank,
        &[
            (
                0.46543485453738054,
                [-1.9267503332285327, -0.456841738772293, 1.2001025398487593],
                0.05727172436910746,
                [
                    0.29006394986895145,
                    0.20335670066834802,
                    0.22614128227821267,
                ],
            ),
            (
                0.8291418367853726,
                [
                    -1.3497000547712301,
                    -0.16677369970489128,
                    1.8426273338632506,
                ],
                0.08623746434615177,
                [
                    0.15008505734881553,
                    0.11463679146267051,
                    0.17885271059591415,
                ],
            ),
            (
                1.1265027508149812,
                [-1.852157554647938, -0.43852936147070964, 1.3260421919887355],
                0.11583636464433388,
                [0.152478274580655, 0.09217358352244027, 0.11847287403956203],
            ),
            (
                1.3333512077930456,
                [-0.67561797306516, 0.2351941694715643, 1.5273741312487261],
                0.14691501581189004,
                [
                    0.08643903437318748,
                    0.08235202361649335,
                    0.12051078073813493,
                ],
            ),
            (
                0.6340602703732297,
                [-1.9382489135218368, -0.8913811014309297, 1.0281911936008845],
                0.0700218545876063,
                [
                    0.23718008063226323,
                    0.16800856468924452,
                    0.16032129290408248,
                ],
            ),
            (
                0.9362525443252663,
                [-0.8844834006788042, 0.3428083408760993, 1.67042325374888],
                0.09705816124409937,
                [
                    0.11533482295494812,
                    0.10727843395649964,
                    0.15851853895589724,
                ],
            ),
        ],
    );
}
