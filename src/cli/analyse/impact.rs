//! `rapport analyse adverse-impact`: do groups get through at different rates?

use std::{collections::BTreeMap, path::PathBuf};

use clap::Args;
use serde::Serialize;

use super::{
    input::Columns,
    output::{self, OutputFormat},
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
scores. --group2 adds the intersections. --stratum adds comparisons up over years or vacancies (Mantel-Haenszel, with
Breslow & Day's test that they agree). Rows without a group are counted as unknown and belong to no rate.";

/// Do groups get through at different rates?
#[derive(Args, Debug)]
pub struct Request {
    /// One row an applicant
    file: PathBuf,
    /// Column with the group
    #[arg(long)]
    group: String,
    /// A second grouping; groups are then the intersections
    #[arg(long)]
    group2: Option<String>,
    /// Column that says who was selected: 1/0, yes/no, true/false
    #[arg(long, required_unless_present = "score", conflicts_with = "score")]
    selected: Option<String>,
    /// Column with a score, for the share above the median
    #[arg(long)]
    score: Option<String>,
    /// Column whose values are compared one by one and added up
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
    /// With `--score`.
    median: Option<f64>,
    /// Rows without a group.
    unknown: usize,
    /// Of them, how many were selected.
    unknown_selected: usize,
    /// Rows without a decision or score: in no figure.
    without_outcome: usize,
    groups: Vec<GroupImpact>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    by_group: Vec<GroupImpact>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    by_group2: Vec<GroupImpact>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    stratified: Vec<Stratified>,
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
    let columns = Columns::read(&request.file, &names)?;
    let (decisions, median) = decisions(request, &columns)?;
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
            "{}: nobody has an outcome",
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
        let named = applicants
            .iter()
            .map(|a| (part(a), a.selected))
            .filter(|(g, _)| !g.is_empty());
        adverse_impact(&count(named)).groups
    };
    let unknown = || applicants.iter().filter(|a| !known(a));
    let report = Report {
        n: applicants.len(),
        state: impact.state,
        median,
        unknown: unknown().count(),
        unknown_selected: unknown().filter(|a| a.selected).count(),
        without_outcome: decisions.len() - applicants.len(),
        by_group: if second.is_some() {
            one(&|a| a.group.to_owned())
        } else {
            Vec::new()
        },
        by_group2: if second.is_some() {
            one(&|a| a.group2.unwrap_or("").to_owned())
        } else {
            Vec::new()
        },
        stratified: if strata.is_some() {
            add_up(&applicants, &both, impact.benchmark.as_deref())
        } else {
            Vec::new()
        },
        benchmark: impact.benchmark,
        groups: impact.groups,
    };
    output::write(&report, "groups", request.format)
}

/// Who was selected; `None` without an outcome. The median where scores decide.
fn decisions(
    request: &Request,
    columns: &Columns,
) -> Result<(Vec<Option<bool>>, Option<f64>), Failure> {
    if request.score.is_some() {
        let scores = columns.numbers(1)?;
        let known: Vec<f64> = scores.iter().copied().flatten().collect();
        let Some((median, _)) = above_median(&known) else {
            return Err(Failure::Cannot(anyhow::anyhow!(
                "{}: nobody has a score",
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
        "1" | "yes" | "true" | "y" | "t" => Ok(Some(true)),
        "0" | "no" | "false" | "n" | "f" => Ok(Some(false)),
        _ => Err(Failure::Usage(format!(
            "{}: row {}, column \"{}\": \"{cell}\" is neither yes nor no",
            request.file.display(),
            columns.row_number(row),
            request.selected.as_deref().unwrap_or("")
        ))),
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

/// Each group against the benchmark within strata.
fn add_up(
    applicants: &[Applicant<'_>],
    name: &impl Fn(&Applicant<'_>) -> String,
    benchmark: Option<&str>,
) -> Vec<Stratified> {
    let mut strata: BTreeMap<&str, BTreeMap<String, (u64, u64)>> = BTreeMap::new();
    for a in applicants
        .iter()
        .filter(|a| !a.group.is_empty() && a.group2 != Some(""))
    {
        let entry = strata
            .entry(a.stratum)
            .or_default()
            .entry(name(a))
            .or_default();
        entry.0 += 1;
        entry.1 += u64::from(a.selected);
    }
    let mut groups: Vec<&String> = strata.values().flat_map(BTreeMap::keys).collect();
    groups.sort();
    groups.dedup();
    let Some(benchmark) = benchmark else {
        return Vec::new();
    };
    let of = |counts: &BTreeMap<String, (u64, u64)>, group: &str| {
        let (n, selected) = counts.get(group).copied().unwrap_or_default();
        GroupCount {
            group: group.to_owned(),
            n,
            selected,
        }
    };
    groups
        .into_iter()
        .filter(|g| *g != benchmark)
        .filter_map(|group| {
            let pairs: Vec<_> = strata
                .values()
                .map(|counts| (of(counts, benchmark), of(counts, group)))
                .collect();
            stratified(group, &pairs)
        })
        .collect()
}
