//! Estimates what fits on the first printed page, where the layout itself cannot be asked.
//!
//! Heights are in millimetres, taken from plans rendered with `documents/templates/document.typ`.

use super::{
    own_view::VIEW_LINES,
    process_issues::{LONGEST_NOTE, LONGEST_QUOTE, MOST_ISSUES},
    strengths::quotes_each,
};
use crate::coaching::{
    agreed_plan::AgreedPlan,
    plan::{Plan, ProcessIssue, Quote},
};

/// Height between the margins.
const PAGE: usize = 264;
/// Fewest themes of the chart; with fewer it says too little.
const MIN_BARS: usize = 4;

const HEADING: usize = 11;
const LINE: usize = 5;
const QUOTE: usize = 6;
const BAR: usize = 7;
/// Characters in a line of a quotation, and in a line of the table's columns of examples and
/// statuses.
const QUOTE_CHARACTERS: usize = 90;
const EXAMPLE_CHARACTERS: usize = 38;
const STATUS_CHARACTERS: usize = 20;

/// The largest number of bars in the chart of themes with which everything before the focus areas
/// fits on the first page. `None` if nothing helps.
pub(super) fn bars_that_fit(agreed: &AgreedPlan) -> Option<usize> {
    let bars = agreed.plan.balance.len();
    let fits = |bars: &usize| height(agreed, *bars) <= PAGE;
    (MIN_BARS.min(bars)..=bars).rev().find(fits)
}

fn height(agreed: &AgreedPlan, bars: usize) -> usize {
    let plan = &agreed.plan;
    head(plan) + view(agreed) + strengths(agreed) + picture(plan, bars) + process_issues(plan)
}

/// Banner, title and the facts that the plan rests on.
fn head(plan: &Plan) -> usize {
    let banner = if plan.synthetic { 8 } else { 0 };
    let left_out = if plan.basis.barred.is_empty() {
        0
    } else {
        LINE
    };
    16 + banner + 20 + left_out
}

fn view(agreed: &AgreedPlan) -> usize {
    let lines = match agreed.view() {
        Some(view) => LINE * (view.chars().count() / QUOTE_CHARACTERS + 1),
        None => 2 * LINE + 6 * usize::from(VIEW_LINES),
    };
    HEADING + lines
}

fn strengths(agreed: &AgreedPlan) -> usize {
    let plan = &agreed.plan;
    let quote = |q: &Quote| {
        let characters = q.text.chars().count() + 40;
        QUOTE + LINE * (characters / QUOTE_CHARACTERS)
    };
    let strength = plan.strengths.iter().map(|s| {
        let quotes = s.quotes.iter().take(quotes_each(plan));
        2 * LINE + quotes.map(quote).sum::<usize>()
    });
    let single = plan.single_praise.iter();
    let single = single.map(|s| LINE + quote(&s.quote)).sum::<usize>();
    let pleased = if plan.pleased > 0 { LINE } else { 0 };
    let has_credible = plan.strengths.iter().any(|s| s.probability.is_some());
    let offer = if has_credible { 6 } else { 0 };
    HEADING + (strength.sum::<usize>() + single).max(LINE) + pleased + offer
}

fn picture(plan: &Plan, bars: usize) -> usize {
    let chart = 5 + BAR * bars;
    let (rate_chart, rate) = if plan.rate.is_some() {
        (56, 12)
    } else {
        (0, 4)
    };
    HEADING + chart.max(rate_chart) + rate
}

fn process_issues(plan: &Plan) -> usize {
    let rows: usize = plan.not_yours.iter().take(MOST_ISSUES).map(row).sum();
    match rows {
        0 => HEADING + LINE,
        rows => HEADING + 2 * LINE + 5 + rows,
    }
}

fn row(issue: &ProcessIssue) -> usize {
    let example = issue.quote.as_ref().map_or(0, |q| q.text.chars().count());
    let status = issue.owner_status.as_ref();
    let status = status.map_or(0, |s| s.note.chars().count() + STATUS_CHARACTERS);
    let example = example.min(LONGEST_QUOTE).div_ceil(EXAMPLE_CHARACTERS);
    let status = status.min(LONGEST_NOTE).div_ceil(STATUS_CHARACTERS);
    1 + 4 * example.max(status).max(1)
}
