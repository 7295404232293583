//! `rapport analyse adverse-impact`: do groups get through at different rates?

use std::{collections::BTreeMap, path::PathBuf};

use clap::Args;
use serde::Serialize;

use super::{
    columns::Columns,
    output::{self, OutputFormat},
    table::TableOptions,
};
use crate::{
    cli::outcome::{Failure, Outcome},
    psychometrics::impact::{
        GroupCount, GroupImpact, State, Stratified, above_median, adverse_impact, stratified,
    },
};

pub const HELP: &str = "Example: rapport analyse adverse-impact applicants.csv --group sex --group2 ethnicity --selected hired

Each group's rate against the highest one among groups with at least 2 % of the pool: ratio with Katz's interval, four
fifths in whole numbers, Fisher's exact p, z with pooled variance, and what one more selection would change (29 CFR 1607.4
D; Uniform Guidelines Q&A 18-24; New York City Local Law 144). state: no_evidence, ratio_only, significance_only, both, or
too_few (a group below 30, or an expected cell below 5). --score: the rate is the share strictly above the median of all
scores. --group2 adds the intersections. --stratum pools the comparisons over years or vacancies (Mantel-Haenszel, with
Breslow & Day's test that they agree); all ratios, also those in a stratum, are to the one benchmark. Rows without a group, or
with one of --unknown, are counted as unknown and belong to no rate.";

/// Adverse impact: selection rates by group
#[derive(Args, Debug)]
pub struct Request {
    /// Table with one row per applicant
    file: PathBuf,
    #[command(flatten)]
    table: TableOptions,
    /// Column with the group
    #[arg(long)]
    group: String,
    /// Values of the group that mean "unknown", besides the codes for missing values
    #[arg(long, value_delimiter = ',')]
    unknown: Vec<String>,
    /// Column with a second grouping; adds the intersections
    #[arg(long)]
    group2: Option<String>,
    /// Column that says who was selected: 1/0, yes/no, true/false
    #[arg(long, required_unless_present = "score", conflicts_with = "score")]
    selected: Option<String>,
    /// Column with a score, for the share above the median
    #[arg(long)]
    score: Option<String>,
    /// Column with strata, such as years or vacancies, to pool over
    #[arg(long)]
    stratum: Option<String>,
    #[arg(long, value_enum)]
    format: Option<OutputFormat>,
}

#[derive(Serialize)]
struct Report {
    n: usize,
    state: State,
    benchmark: Option<String>,
    /// Median score that divides selected from not selected, with `--score`.
    median: Option<f64>,
    /// Rows without a group.
    unknown: usize,
    /// Rows without a group that were selected.
    unknown_selected: usize,
    /// Rows without a decision or score: in no figure.
    without_outcome: usize,
    groups: Vec<GroupImpact>,
    #[serde(skip_serializing_if = "Option::is_none")]
    by_group_benchmark: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    by_group: Vec<GroupImpact>,
    #[serde(skip_serializing_if = "Option::is_none")]
    by_group2_benchmark: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    by_group2: Vec<GroupImpact>,
    /// With `--stratum`: rows with a group, but without a stratum.
    #[serde(skip_serializing_if = "Option::is_none")]
    unknown_stratum: Option<usize>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    stratified: Vec<Stratified>,
    /// Each group in each stratum against the benchmark, also where another group has a higher
    /// rate.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    by_stratum: Vec<InStratum>,
}

/// A group in one stratum.
#[derive(Serialize)]
struct InStratum {
    stratum: String,
    group: String,
    n: u64,
    selected: u64,
    rate: f64,
    /// Selection rate of the benchmark in this stratum; `None` without applicants.
    benchmark_rate: Option<f64>,
    /// Rate divided by that of the benchmark; `None` if the benchmark has no selections.
    impact_ratio: Option<f64>,
}

/// An applicant with an outcome.
struct Applicant<'a> {
    group: &'a str,
    group2: Option<&'a str>,
    stratum: &'a str,
    selected: bool,
}

/// Runs the command.
///
/// # Errors
/// Usage, or nobody with an outcome.
pub fn run(request: &Request) -> Outcome {
    let outcome = request
        .selected
        .as_ref()
        .or(request.score.as_ref())
        .map_or("", String::as_str);
    let mut names = vec![request.group.as_str(), outcome];
    names.extend(
        request
            .group2
            .iter()
            .chain(&request.stratum)
            .map(String::as_str),
    );
    let mut columns = Columns::read(&request.file, &request.table, &names, &[])?;
    columns.tidy_groups(0, &request.unknown);
    for column in 2..names.len() {
        columns.tidy_groups(column, &request.unknown);
    }
    let (decisions, median) = decisions(request, &mut columns)?;
    let second = request.group2.as_ref().map(|_| columns.text(2));
    let strata = request
        .stratum
        .as_ref()
        .map(|_| columns.text(2 + usize::from(second.is_some())));
    let applicants: Vec<Applicant<'_>> = decisions
        .iter()
        .enumerate()
        .filter_map(|(row, decision)| {
            Some(Applicant {
                group: &columns.text(0)[row],
                group2: second.map(|c| c[row].as_str()),
                stratum: strata.map_or("", |c| c[row].as_str()),
                selected: (*decision)?,
            })
        })
        .collect();
    if applicants.is_empty() {
        return Err(Failure::Cannot(anyhow::anyhow!(
            "{}: nobody has an outcome in column \"{outcome}\"",
            request.file.display()
        )));
    }
    let known = |a: &&Applicant<'_>| !a.group.is_empty() && a.group2 != Some("");
    let both = |a: &Applicant<'_>| match a.group2 {
        Some(second) => format!("{} & {second}", a.group),
        None => a.group.to_owned(),
    };
    let impact = adverse_impact(&count(
        applicants
            .iter()
            .filter(known)
            .map(|a| (both(a), a.selected)),
    ));
    let one = |part: &dyn Fn(&Applicant<'_>) -> String| {
        if second.is_none() {
            return (None, Vec::new());
        }
        let named = applicants
            .iter()
            .map(|a| (part(a), a.selected))
            .filter(|(g, _)| !g.is_empty());
        let impact = adverse_impact(&count(named));
        (impact.benchmark, impact.groups)
    };
    let (by_group_benchmark, by_group) = one(&|a| a.group.to_owned());
    let (by_group2_benchmark, by_group2) = one(&|a| a.group2.unwrap_or("").to_owned());
    let benchmark = impact.benchmark.as_deref();
    let (stratified, by_stratum) = match (strata, benchmark) {
        (Some(_), Some(benchmark)) => add_up(&applicants, &both, benchmark),
        _ => (Vec::new(), Vec::new()),
    };
    let unknown = || applicants.iter().filter(|a| !known(a));
    let report = Report {
        n: applicants.len(),
        state: impact.state,
        median,
        unknown: unknown().count(),
        unknown_selected: unknown().filter(|a| a.selected).count(),
        without_outcome: decisions.len() - applicants.len(),
        by_group_benchmark,
        by_group,
        by_group2_benchmark,
        by_group2,
        unknown_stratum: strata.map(|_| {
            let without = |a: &&Applicant<'_>| known(a) && a.stratum.is_empty();
            applicants.iter().filter(without).count()
        }),
        stratified,
        by_stratum,
        benchmark: impact.benchmark,
        groups: impact.groups,
    };
    output::write(&report, columns.input(), "groups", request.format)
}

/// Selection of each row, `None` without an outcome; with scores, also the median that decides.
fn decisions(
    request: &Request,
    columns: &mut Columns,
) -> Result<(Vec<Option<bool>>, Option<f64>), Failure> {
    if let Some(score) = &request.score {
        let scores = columns.numbers(1)?;
        let known: Vec<f64> = scores.iter().copied().flatten().collect();
        let Some((median, _)) = above_median(&known) else {
            return Err(Failure::Cannot(anyhow::anyhow!(
                "{}: nobody has a score in column \"{score}\"",
                request.file.display()
            )));
        };
        return Ok((
            scores.iter().map(|s| s.map(|s| s > median)).collect(),
            Some(median),
        ));
    }
    let read = |(row, cell): (usize, &String)| match cell.to_lowercase().as_str() {
        "" => Ok(None),
        "1" | "1.0" | "1,0" | "yes" | "true" | "y" | "t" => Ok(Some(true)),
        "0" | "0.0" | "0,0" | "no" | "false" | "n" | "f" => Ok(Some(false)),
        _ => Err(columns.error(row, 1, &format!("\"{cell}\" is neither yes nor no"))),
    };
    let decisions = columns
        .text(1)
        .iter()
        .enumerate()
        .map(read)
        .collect::<Result<_, _>>()?;
    Ok((decisions, None))
}

fn count(named: impl Iterator<Item = (String, bool)>) -> Vec<GroupCount> {
    let mut counts: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    for (group, selected) in named {
        let entry = counts.entry(group).or_default();
        entry.0 += 1;
        entry.1 += u64::from(selected);
    }
    let counted = |(group, (n, selected))| GroupCount { group, n, selected };
    counts.into_iter().map(counted).collect()
}

/// Each group against the benchmark: over all strata, and in each.
fn add_up(
    applicants: &[Applicant<'_>],
    name: &impl Fn(&Applicant<'_>) -> String,
    benchmark: &str,
) -> (Vec<Stratified>, Vec<InStratum>) {
    let mut strata: BTreeMap<&str, BTreeMap<String, GroupCount>> = BTreeMap::new();
    let known =
        |a: &&Applicant<'_>| !a.group.is_empty() && a.group2 != Some("") && !a.stratum.is_empty();
    for a in applicants.iter().filter(known) {
        let group = name(a);
        let counts = strata.entry(a.stratum).or_default();
        let count = counts.entry(group.clone()).or_insert(GroupCount {
            group,
            n: 0,
            selected: 0,
        });
        count.n += 1;
        count.selected += u64::from(a.selected);
    }
    let mut groups: Vec<&String> = strata.values().flat_map(BTreeMap::keys).collect();
    groups.sort();
    groups.dedup();
    groups.retain(|g| *g != benchmark);
    let of = |counts: &BTreeMap<String, GroupCount>, group: &str| {
        let empty = || GroupCount {
            group: group.to_owned(),
            n: 0,
            selected: 0,
        };
        counts.get(group).cloned().unwrap_or_else(empty)
    };
    let pooled = groups.into_iter().filter_map(|group| {
        let pairs = strata.values();
        let pairs: Vec<_> = pairs.map(|c| (of(c, benchmark), of(c, group))).collect();
        stratified(group, &pairs)
    });
    let rate = |c: &GroupCount| (c.n > 0).then(|| c.selected as f64 / c.n as f64);
    let in_stratum = |stratum: &str, group: &GroupCount, benchmark_rate: Option<f64>| {
        let rate = rate(group)?;
        let ratio = benchmark_rate.filter(|b| *b > 0.0).map(|b| rate / b);
        Some(InStratum {
            stratum: stratum.to_owned(),
            group: group.group.clone(),
            n: group.n,
            selected: group.selected,
            rate,
            benchmark_rate,
            impact_ratio: ratio,
        })
    };
    let each = strata.iter().flat_map(|(stratum, counts)| {
        let benchmark_rate = rate(&of(counts, benchmark));
        let groups = counts.values();
        groups.filter_map(move |group| in_stratum(stratum, group, benchmark_rate))
    });
    (pooled.collect(), each.collect())
}
