//! `rapport analyse dif`: does an item mean the same to two groups?

use clap::{Args, ValueEnum};
use serde::Serialize;

use super::{output, responses::ResponseFile};
use crate::{
    cli::outcome::{Failure, Outcome, complain},
    psychometrics::{
        bank::Model,
        dif::{Comparison, DifReport, ItemDif, Matching, Purification},
    },
};

pub const HELP: &str = "Example: rapport analyse dif answers.csv --group sex --reference m --method mh --items q1,q2,q3,q4

Complete cases of both groups. mh: Mantel & Haenszel 1959 with continuity correction, D-DIF = -2.35 ln alpha with Phillips
& Holland's error and ETS classes A, B, C (Zieky 1993); ordered items by Mantel 1963 with the standardised mean difference.
logistic: proportional odds on the sum score, the group and their product; gain in Nagelkerke's R2 (Jodoin & Gierl 2001).
lrt: likelihood ratio under --model, the focal group's trait free; --anchors, or all other items (Thissen, Steinberg &
Wainer 1993); a category that one group lacks is collapsed into a neighbour for both. --purify takes flagged items out of the sum
score until the flags stay the same; matching_items are what is left. Persons without a group, or with one of --unknown, are counted as unknown.";

/// Differential item functioning between two groups
#[derive(Args, Debug)]
pub struct Request {
    #[command(flatten)]
    responses: ResponseFile,
    /// Column with the person's group
    #[arg(long)]
    group: String,
    /// Values of the group that mean "unknown", besides the codes for missing values
    #[arg(long, value_delimiter = ',')]
    unknown: Vec<String>,
    /// The reference group
    #[arg(long)]
    reference: String,
    /// The focal group; needed with more than two groups
    #[arg(long)]
    focal: Option<String>,
    #[arg(long, value_enum, default_value_t = MethodName::Mh)]
    method: MethodName,
    /// Match on the sum score with or without the studied item
    #[arg(long, value_enum, default_value_t = MatchingName::Total)]
    matching: MatchingName,
    /// Purify: match on items without DIF
    #[arg(long)]
    purify: bool,
    /// Model of the likelihood-ratio test
    #[arg(long, value_enum, default_value_t = ModelName::Grm)]
    model: ModelName,
    /// Items without DIF that tie the groups together in the likelihood-ratio test
    #[arg(long, value_delimiter = ',')]
    anchors: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum MethodName {
    Mh,
    Logistic,
    Lrt,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum MatchingName {
    Total,
    Rest,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum ModelName {
    Grm,
    Gpcm,
}

#[derive(Serialize)]
struct Report {
    reference: String,
    focal: String,
    n_reference: usize,
    n_focal: usize,
    /// Persons without a group.
    unknown: usize,
    /// Persons of the two groups with missing answers.
    incomplete: usize,
    rounds: usize,
    /// With `--purify`: whether the flags became stable.
    #[serde(skip_serializing_if = "Option::is_none")]
    purification: Option<Purification>,
    /// Items that make up the matching score.
    matching_items: Vec<String>,
    items: Vec<ItemDif>,
}

/// Runs the command.
///
/// # Errors
/// Usage, or groups that cannot be compared.
pub fn run(request: &Request) -> Outcome {
    let file = &request.responses;
    let mut responses = file.read(&[&request.group])?;
    responses.others.tidy_groups(0, &request.unknown);
    let usage = |problem: String| Failure::Usage(format!("{}: {problem}", file.file.display()));
    let group = responses.others.text(0);
    let mut others: Vec<&String> = group
        .iter()
        .filter(|g| !g.is_empty() && **g != request.reference)
        .collect();
    others.sort();
    others.dedup();
    if !group.contains(&request.reference) {
        return Err(usage(format!(
            "column \"{}\" has no group \"{}\"",
            request.group, request.reference
        )));
    }
    let focal = match (&request.focal, others.as_slice()) {
        (Some(focal), others) if others.contains(&focal) => focal.clone(),
        (Some(focal), _) => {
            return Err(usage(format!(
                "column \"{}\" has no group \"{focal}\"",
                request.group
            )));
        }
        (None, [only]) => (*only).clone(),
        (None, []) => {
            return Err(usage(format!(
                "column \"{}\" has one group only",
                request.group
            )));
        }
        (None, many) => {
            let names: Vec<&str> = many.iter().map(|g| g.as_str()).collect();
            return Err(usage(format!(
                "there are several focal groups ({}); name one with --focal",
                names.join(", ")
            )));
        }
    };
    let cannot = |e: &dyn std::fmt::Display| {
        Failure::Cannot(anyhow::anyhow!("{}: {e}", file.file.display()))
    };
    let matrix = responses.keyed();
    let comparison =
        Comparison::new(&matrix, group, &request.reference, &focal).map_err(|e| cannot(&e))?;
    let (n_reference, n_focal) = comparison.sizes();
    if n_reference.min(n_focal) < 100 {
        complain(
            "rapport: warning: a group below 100 finds only very large differences; 200 in each are usual",
        );
    }
    let matching = match request.matching {
        MatchingName::Total => Matching::Total,
        MatchingName::Rest => Matching::Rest,
    };
    let found: DifReport = match request.method {
        MethodName::Mh => comparison.mantel_haenszel(matching, request.purify),
        MethodName::Logistic => comparison.logistic(matching, request.purify),
        MethodName::Lrt => {
            let model = match request.model {
                ModelName::Grm => Model::GradedResponse,
                ModelName::Gpcm => Model::GeneralizedPartialCredit,
            };
            comparison
                .likelihood_ratio(model, &request.anchors)
                .map_err(|e| cannot(&e))?
        }
    };
    for item in &found.items {
        for step in &item.detail.collapsed {
            complain(&format!(
                "rapport: warning: item \"{}\": one group never chose {}; {} and {} are one category here",
                item.item, step.category, step.category, step.into
            ));
        }
        if item.chi2.is_none() && request.method == MethodName::Lrt {
            complain(&format!(
                "rapport: warning: item \"{}\": the groups have fewer than two categories in common; it is not tested",
                item.item
            ));
        }
    }
    if let Some(problem) = found.purification.and_then(Purification::problem) {
        complain(&format!(
            "rapport: warning: purification failed: {problem}; persons are matched on {}",
            found.matching_items.join(", ")
        ));
    }
    let unknown = group.iter().filter(|g| g.is_empty()).count();
    let in_groups = |g: &&String| **g == request.reference || **g == focal;
    let in_groups = group.iter().filter(in_groups).count();
    let report = Report {
        reference: request.reference.clone(),
        n_reference,
        n_focal,
        unknown,
        incomplete: in_groups - n_reference - n_focal,
        focal,
        rounds: found.rounds,
        purification: found.purification,
        matching_items: found.matching_items,
        items: found.items,
    };
    output::write(&report, responses.input(), "items", file.format)
}
