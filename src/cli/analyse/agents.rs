//! `rapport analyse agents`: what a rating says about the person rated.

use std::path::PathBuf;

use clap::Args;

use super::{
    columns::Columns,
    output::{self, OutputFormat},
    table::TableOptions,
};
use crate::{
    cli::outcome::{Failure, Outcome},
    studies::agents::{AgentsError, LeftOut, Question, Ratings, agents},
};

pub const HELP: &str = "Example: rapport analyse agents surveys.csv --agent agent --score csat --good-from 4 --adjust channel,issue

icc1: intraclass correlation by analysis of variance with n0 = (N - sum n^2 / N) / (k - 1); icc_k: reliability of a mean of n0
scores; n_for_reliability: scores needed, R (1 - icc) / (icc (1 - R)). Scores: one-way random effects by REML, shrunk =
mu + w (mean - mu), w = tau2 / (tau2 + sigma2 / n). With --good-from: rates with a beta prior of the same ICC, and a funnel
plot with over-dispersion (Spiegelhalter 2005). interval: 95 %; p_below: probability that the true value lies more than
--margin below the mean; both from a posterior over mean and variances (--rater: with up to 200 agents).
--adjust: expected values by regression on what the agent did not choose. --rater:
two-way crossed random effects, so that a severe customer is not counted against the agent. raw_below, credibly_below,
below_after_fdr: agents with 10 scores or more that are lower by more than --margin, credibly so (p_below above .8), and named by
the funnel plot too at a false discovery rate of .1 (Benjamini & Hochberg 1995).
halves: values of agents with 10 or more are parted at random (20 times, --seed): what the lowest and highest tenth of one half
have in the other, though nothing happened between, and how well raw, grand and shrunk means predict the other half.";

/// Ratings that a file with numbers of ratings can stand for.
const MOST_RATINGS: f64 = 5e7;

/// Differences between agents: reliability, shrunk rates or means, funnel plot
#[derive(Args, Debug)]
pub struct Request {
    /// Table with one row per rating
    file: PathBuf,
    #[command(flatten)]
    table: TableOptions,
    /// Column with the agent
    #[arg(long)]
    agent: String,
    /// Values of the agent that mean "unknown", besides the codes for missing values
    #[arg(long, value_delimiter = ',')]
    unknown: Vec<String>,
    /// Column with the score
    #[arg(long)]
    score: String,
    /// Column with the number of ratings that a row stands for
    #[arg(long)]
    count: Option<String>,
    /// Lowest score that counts as good; analyses rates instead of means
    #[arg(long)]
    good_from: Option<f64>,
    /// Columns to adjust for, such as channel and issue
    #[arg(long, value_delimiter = ',')]
    adjust: Vec<String>,
    /// Column with the customer, for crossed random effects
    #[arg(long, conflicts_with_all = ["good_from", "adjust"])]
    rater: Option<String>,
    /// Smallest difference below the mean that matters
    #[arg(long, default_value_t = 0.0)]
    margin: f64,
    /// Seed of the random halves
    #[arg(long, default_value_t = 1)]
    seed: u64,
    #[arg(long, value_enum)]
    format: Option<OutputFormat>,
}

/// Runs the command.
///
/// # Errors
/// Usage, or ratings that say nothing about agents.
pub fn run(request: &Request) -> Outcome {
    let mut names = vec![request.agent.as_str(), request.score.as_str()];
    names.extend(
        request
            .adjust
            .iter()
            .chain(&request.rater)
            .chain(&request.count)
            .map(String::as_str),
    );
    let mut people = vec![request.agent.as_str()];
    people.extend(request.rater.as_deref());
    let mut columns = Columns::read(&request.file, &request.table, &names, &people)?;
    columns.tidy_groups(0, &request.unknown);
    let labels = names.len() - usize::from(request.count.is_some());
    for column in 2..labels {
        columns.tidy_labels(column);
    }
    let count = request.count.as_ref().map(|_| labels);
    let (mut ratings, rows) = read(&mut columns, count)?;
    let level = |column: usize| {
        rows.iter()
            .map(|r| columns.text(column)[*r].clone())
            .collect()
    };
    ratings.kinds = (2..2 + request.adjust.len()).map(level).collect();
    let raters = match &request.rater {
        Some(rater) => raters(request, &columns, &rows, rater)?,
        None => Vec::new(),
    };
    let question = match (request.good_from, &request.rater) {
        (Some(good_from), _) => Question::Rates { good_from },
        (None, Some(_)) => Question::Crossed { raters: &raters },
        (None, None) => Question::Means,
    };
    let report = agents(&ratings, question, request.margin, request.seed).map_err(|e| {
        let file = request.file.display();
        Failure::Cannot(match e {
            AgentsError::NoVariance => anyhow::anyhow!(
                "{file}: columns \"{}\" and \"{}\": {e}",
                request.agent,
                request.score
            ),
            e => anyhow::anyhow!("{file}: {e}"),
        })
    })?;
    if report.case_mix_penalised() {
        columns.note(
            "A level predicts the outcome perfectly, or the columns are collinear. Effects have a \
             normal prior with a standard deviation of 2.5 on the log-odds."
                .to_owned(),
        );
    }
    output::write(&report, columns.input(), "agents", request.format)
}

/// The rater of each rating, by number.
fn raters(
    request: &Request,
    columns: &Columns,
    rows: &[usize],
    rater: &str,
) -> Result<Vec<usize>, Failure> {
    let cells: Vec<&String> = rows.iter().map(|r| &columns.text(2)[*r]).collect();
    if let Some(row) = cells.iter().position(|c| c.is_empty()) {
        return Err(Failure::Cannot(anyhow::anyhow!(
            "{}: row {}, column \"{rater}\": there is no rater",
            request.file.display(),
            columns.row_number(rows[row])
        )));
    }
    let mut names = cells.clone();
    names.sort();
    names.dedup();
    let number = |cell: &&String| names.partition_point(|name| name < cell);
    Ok(cells.iter().map(number).collect())
}

/// Ratings with agent and score, and their rows; `count` is the column with the number of ratings
/// of a row.
fn read(columns: &mut Columns, count: Option<usize>) -> Result<(Ratings, Vec<usize>), Failure> {
    let scores = columns.numbers(1)?;
    let counts = match count {
        Some(column) => counts(columns, column)?,
        None => vec![1; columns.rows()],
    };
    let agents = columns.text(0);
    let rows: Vec<usize> = (0..columns.rows())
        .filter(|r| scores[*r].is_some() && !agents[*r].is_empty())
        .flat_map(|r| std::iter::repeat_n(r, counts[r]))
        .collect();
    let ratings_where = |wanted: &dyn Fn(usize) -> bool| -> usize {
        let rows = (0..counts.len()).filter(|r| wanted(*r));
        rows.map(|r| counts[r]).sum()
    };
    let mut names: Vec<String> = rows.iter().map(|r| agents[*r].clone()).collect();
    names.sort();
    names.dedup();
    let ratings = Ratings {
        of: rows
            .iter()
            .map(|r| names.partition_point(|n| *n < agents[*r]))
            .collect(),
        scores: rows.iter().filter_map(|r| scores[*r]).collect(),
        kinds: Vec::new(),
        left_out: LeftOut {
            incomplete: ratings_where(&|_| true) - rows.len(),
            without_agent: ratings_where(&|r| agents[r].is_empty()),
            without_score: ratings_where(&|r| scores[r].is_none()),
        },
        names,
    };
    Ok((ratings, rows))
}

/// Numbers of ratings that rows stand for.
fn counts(columns: &mut Columns, column: usize) -> Result<Vec<usize>, Failure> {
    let mut total = 0.0;
    let numbers = columns.numbers(column)?.into_iter().enumerate();
    numbers
        .map(|(row, number)| {
            let whole = number.filter(|n| *n >= 0.0 && n.fract() == 0.0);
            let whole =
                whole.ok_or_else(|| columns.error(row, column, "not a number of ratings"))?;
            total += whole;
            if total > MOST_RATINGS {
                let problem = format!("more than {MOST_RATINGS} ratings up to here");
                return Err(columns.error(row, column, &problem));
            }
            Ok(whole as usize)
        })
        .collect()
}
