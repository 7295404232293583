//! Banks and taxonomies that several reports read, and the scales they report on.

use std::{path::Path, sync::Arc};

use super::responses::{ResponseFile, Responses};
use crate::{
    cli::outcome::{Failure, complain},
    psychometrics::{bank::Bank, responses::ResponseMatrix},
    studies::item_issues::ItemIssues,
    text::{lexicon::Lexicon, taxonomy::Taxonomy},
};

/// Scales to report on: those of the key that the request takes in whole, or all items as one.
pub fn scales(request: &ResponseFile, responses: &Responses) -> Vec<(String, Vec<String>)> {
    let wanted = |name: &str, items: &[String]| {
        request.scale.as_ref().is_none_or(|s| s == name) && responses.places(items).is_some()
    };
    let scales: Vec<_> = responses
        .key
        .scales()
        .iter()
        .filter(|(name, items)| wanted(name, items))
        .map(|(name, items)| (name.clone(), items.clone()))
        .collect();
    if scales.is_empty() {
        vec![("all".to_owned(), responses.items())]
    } else {
        scales
    }
}

/// Warns of scales without figures and of duplicate items.
///
/// # Errors
/// `Failure::Cannot` if no scale has figures.
pub fn complain_of_items<'a>(
    file: &Path,
    scales: impl Iterator<Item = (&'a str, Option<&'a str>, &'a ItemIssues)>,
) -> Result<(), Failure> {
    let (mut problems, mut figures) = (Vec::new(), false);
    for (scale, reason, issues) in scales {
        match reason {
            Some(reason) => problems.push(format!("scale \"{scale}\": {reason}")),
            None => {
                figures = true;
                if !issues.duplicates.is_empty() {
                    complain(&format!(
                        "rapport: warning: scale \"{scale}\": everybody gave the same answers to {}",
                        issues.duplicate_pairs().join(", ")
                    ));
                }
            }
        }
    }
    if !figures {
        let problems = problems.join("; ");
        return Err(Failure::Cannot(anyhow::anyhow!(
            "{}: {problems}",
            file.display()
        )));
    }
    for problem in problems {
        complain(&format!("rapport: warning: {problem}"));
    }
    Ok(())
}

/// Reads and checks a bank.
pub fn read_bank(path: &Path) -> Result<Bank, Failure> {
    let usage = |problem: String| Failure::Usage(format!("{}: {problem}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|e| usage(e.to_string()))?;
    let bank: Bank = serde_json::from_str(&text)
        .map_err(|e| usage(format!("line {}: not a bank: {e}", e.line())))?;
    bank.check().map_err(|e| usage(e.to_string()))?;
    Ok(bank)
}

/// The taxonomy of a file, compiled, or the shipped one.
pub fn read_lexicon(path: Option<&Path>) -> Result<Arc<Lexicon>, Failure> {
    let Some(path) = path else {
        return Ok(Arc::clone(Lexicon::shipped()));
    };
    let usage = |problem: String| Failure::Usage(format!("{}: {problem}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|e| usage(e.to_string()))?;
    let taxonomy = Taxonomy::parse(&text).map_err(|e| usage(e.to_string().trim().to_owned()))?;
    let lexicon = Lexicon::new(Arc::new(taxonomy)).map_err(|e| usage(e.to_string()))?;
    Ok(Arc::new(lexicon))
}

/// A bank, and the answers of a file in its codes. Without items named, the bank's own are read; it
/// knows which of them are turned.
pub fn banked(
    bank: &Path,
    request: &ResponseFile,
) -> Result<(Bank, Responses, ResponseMatrix), Failure> {
    let bank = read_bank(bank)?;
    let mut request = request.clone();
    if request.items.is_empty() && request.scale.is_none() {
        request.items = request.bank_items(&bank)?;
    }
    let mut responses = request.read(&[])?;
    let usage = |problem: String| Failure::Usage(format!("{}: {problem}", request.file.display()));
    responses.key_by(&bank).map_err(usage)?;
    let matrix = responses.take_keyed();
    if bank.codings() == matrix.items() {
        return Ok((bank, responses, matrix));
    }
    let (coded, unobserved) = bank.code(&matrix).map_err(|e| usage(e.to_string()))?;
    if unobserved > 0 {
        complain(&format!(
            "rapport: warning: {unobserved} answers are categories that nobody chose at calibration; they count as missing"
        ));
    }
    Ok((bank, responses, coded))
}
