//! Performance of psychometrics and statistics against baselines in the same run: calibration and
//! scoring of graded responses, the multiply-adds that scoring cannot avoid, one thread against
//! two, resampling.
//!
//! `cargo bench --bench measurement` prints a table. `cargo bench --bench measurement -- --write
//! DIR` only writes the simulated data as CSV for `benches/peers.py`, which times other programs on
//! them. Run time should grow linearly with the number of persons.

use std::{fmt::Write as _, path::Path, time::Instant};

use linfa::{DatasetBase, ParamGuard, traits::Fit};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rapport::{
    psychometrics::{
        ability::{Method, Scorer},
        bank::Bank,
        calibration::GradedResponse,
        item_models::{ItemModel, ItemParameters},
        responses::ResponseMatrix,
    },
    stats::{
        bootstrap::{acceleration, bca, bootstrap, pearson_of_rows},
        variance_components::crossed,
    },
};

const ITEMS: usize = 30;
const NODES: usize = 61;

/// Thirty items with five categories and parameters typical of adjective lists.
fn truth() -> Vec<ItemParameters> {
    let item = |i: usize| {
        let (slope, centre) = (0.7 + 0.055 * i as f64, ((i * 7) % 11) as f64 / 5.0 - 1.0);
        ItemParameters {
            model: ItemModel::Graded,
            slope,
            intercepts: [3.2, 1.4, -0.6, -2.6].iter().map(|d| d + centre).collect(),
        }
    };
    (0..ITEMS).map(item).collect()
}

fn simulate(persons: usize, seed: u64) -> Vec<Vec<Option<i32>>> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let items: Vec<_> = truth().iter().map(ItemParameters::function).collect();
    (0..persons)
        .map(|_| {
            let theta = (0..12).map(|_| random.random::<f64>()).sum::<f64>() - 6.0;
            let answer = |p: Vec<f64>, u: f64| {
                let mut above = 1.0;
                p.iter()
                    .take_while(|p| {
                        above -= **p;
                        u < above
                    })
                    .count() as i32
            };
            items
                .iter()
                .map(|i| Some(answer(i.probabilities(theta), random.random())))
                .collect()
        })
        .collect()
}

fn write_csv(path: &Path, rows: &[Vec<Option<i32>>]) -> std::io::Result<()> {
    let mut text = (0..ITEMS)
        .map(|i| format!("I{i}"))
        .collect::<Vec<_>>()
        .join(",");
    for row in rows {
        text.push('\n');
        for (i, answer) in row.iter().enumerate() {
            let _infallible = write!(
                text,
                "{}{}",
                if i == 0 { "" } else { "," },
                answer.unwrap_or(0)
            );
        }
    }
    std::fs::write(path, text + "\n")
}

/// Simulated ratings of agents by customers, 25 per customer.
fn ratings(seed: u64) -> (Vec<usize>, Vec<usize>, Vec<f64>) {
    let (agents, customers) = (1100, 3000);
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut normal = move || (0..12).map(|_| random.random::<f64>()).sum::<f64>() - 6.0;
    let of_agent: Vec<f64> = (0..agents).map(|_| 0.52 * normal()).collect();
    let mut place = ChaCha8Rng::seed_from_u64(seed + 1);
    let (mut a, mut c, mut y) = (Vec::new(), Vec::new(), Vec::new());
    for customer in 0..customers {
        let severity = 0.33 * normal();
        for _ in 0..25 {
            let agent = place.random_range(0..agents);
            a.push(agent);
            c.push(customer);
            y.push(
                (3.2 + of_agent[agent] + severity + 1.18 * normal())
                    .round()
                    .clamp(1.0, 5.0),
            );
        }
    }
    (a, c, y)
}

/// Median run time in seconds.
fn seconds(runs: usize, mut work: impl FnMut()) -> f64 {
    let mut times: Vec<f64> = (0..runs)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed().as_secs_f64()
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[runs / 2]
}

fn on<R: Send>(threads: usize, work: impl FnOnce() -> R + Send) -> R {
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .expect("a pool")
        .install(work)
}

fn calibrate(dataset: &DatasetBase<ResponseMatrix, ()>, errors: bool) -> Bank {
    let params = GradedResponse::params()
        .standard_errors(errors)
        .check()
        .expect("valid");
    let bank = params.fit(dataset).expect("fits");
    assert!(bank.converged && bank.max_gradient < 1e-4);
    bank
}

/// Lower bound of the work of EAP scoring: persons x items x nodes multiply-adds, from rows of the
/// same table in the same order.
fn multiply_adds(answers: &ResponseMatrix, table: &[f64]) -> f64 {
    let mut total = 0.0;
    let mut sums = [0.0; NODES];
    for person in 0..answers.persons() {
        sums.fill(0.0);
        for item in 0..ITEMS {
            let code = usize::from(answers.column(item)[person]);
            let row = &table[(item * 5 + code) * NODES..][..NODES];
            for (s, r) in sums.iter_mut().zip(row) {
                *s += 1.000_001 * r;
            }
        }
        total += sums[person % NODES];
    }
    total
}

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let (small, large) = (simulate(10_000, 1), simulate(100_000, 2));
    if let Some(at) = arguments.iter().position(|a| a == "--write") {
        let folder = Path::new(arguments.get(at + 1).map_or(".", String::as_str));
        write_csv(&folder.join("graded_10000.csv"), &small)?;
        write_csv(&folder.join("graded_100000.csv"), &large)?;
        let (a, c, y) = ratings(3);
        let lines = a
            .iter()
            .zip(&c)
            .zip(&y)
            .map(|((a, c), y)| format!("{a},{c},{y}\n"));
        std::fs::write(
            folder.join("ratings.csv"),
            std::iter::once("agent,customer,y\n".to_owned())
                .chain(lines)
                .collect::<String>(),
        )?;
        return Ok(());
    }
    let json = arguments.iter().any(|a| a == "--json");
    let mut found: Vec<(&str, f64)> = Vec::new();
    let [small, large] = [small, large].map(|rows| {
        DatasetBase::new(
            ResponseMatrix::from_rows(&rows).expect("five categories"),
            (),
        )
    });
    found.push((
        "calibrate 10,000 x 30, one thread",
        on(1, || seconds(5, || drop(calibrate(&small, false)))),
    ));
    found.push((
        "calibrate 100,000 x 30, one thread",
        on(1, || seconds(3, || drop(calibrate(&large, false)))),
    ));
    found.push((
        "... with standard errors",
        on(1, || seconds(3, || drop(calibrate(&large, true)))),
    ));
    found.push((
        "... with standard errors, two threads",
        on(2, || seconds(3, || drop(calibrate(&large, true)))),
    ));
    let bank = on(1, || calibrate(&large, false));
    let answers = &large.records;
    let scorer = Scorer::new(&bank);
    found.push((
        "EAP of 100,000 x 30, one thread",
        on(1, || {
            seconds(9, || drop(scorer.score(answers, Method::Eap)))
        }),
    ));
    let functions: Vec<_> = bank
        .item_parameters()
        .iter()
        .map(ItemParameters::function)
        .collect();
    let mut table = Vec::new();
    for function in &functions {
        for code in 0..5 {
            table.extend(
                bank.quadrature
                    .points()
                    .iter()
                    .map(|t| function.probabilities(*t)[code].ln()),
            );
        }
    }
    let mut sink = 0.0;
    found.push((
        "plain multiply-adds of the same",
        seconds(9, || sink += multiply_adds(answers, &table)),
    ));
    assert!(sink.is_finite());
    let one = answers.rows(&[7]);
    found.push((
        "EAP of one person, prepared bank",
        seconds(99, || drop(scorer.score(&one, Method::Eap))),
    ));
    let (a, c, y) = ratings(3);
    found.push((
        "crossed REML of 75,000 ratings",
        on(1, || seconds(1, || drop(crossed(&a, &c, &y)))),
    ));
    let x: Vec<f64> = (0..500).map(|i| f64::from(i * 7919 % 503)).collect();
    let z: Vec<f64> = x
        .iter()
        .enumerate()
        .map(|(i, v)| v + ((i * 31) as f64).sin() * 400.0)
        .collect();
    let interval = || {
        let resampling = bootstrap(500, 10_000, 1, |rows| pearson_of_rows(&x, &z, rows));
        let all: Vec<u32> = (0..500).collect();
        let left_out: Vec<f64> = (0..500)
            .filter_map(|i| {
                pearson_of_rows(
                    &x,
                    &z,
                    &all.iter().copied().filter(|r| *r != i).collect::<Vec<_>>(),
                )
            })
            .collect();
        bca(
            pearson_of_rows(&x, &z, &all).expect("varies"),
            &resampling,
            acceleration(&left_out),
            0.95,
        )
    };
    found.push((
        "BCa of r, 10,000 resamples of 500",
        on(1, || {
            seconds(5, || {
                std::hint::black_box(interval());
            })
        }),
    ));
    let mut output = String::new();
    for (what, time) in &found {
        if json {
            writeln!(
                output,
                "{}",
                serde_json::json!({ "what": what, "seconds": time })
            )?;
        } else {
            writeln!(output, "{what:<44} {:>10.3} ms", time * 1000.0)?;
        }
    }
    if !json {
        let of = |what: &str| {
            found
                .iter()
                .find(|(w, _)| *w == what)
                .map_or(f64::NAN, |(_, s)| *s)
        };
        let calibration =
            of("calibrate 100,000 x 30, one thread") / of("calibrate 10,000 x 30, one thread");
        let threads = of("... with standard errors") / of("... with standard errors, two threads");
        let bound = of("EAP of 100,000 x 30, one thread") / of("plain multiply-adds of the same");
        writeln!(
            output,
            "ten times the persons take {calibration:.1} times as long; two threads are {threads:.2} times as fast as one; EAP takes {bound:.2} times its multiply-adds"
        )?;
    }
    use std::io::Write as _;
    std::io::stdout().write_all(output.as_bytes())?;
    Ok(())
}
