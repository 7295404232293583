//! Estimates what fits on the first printed page, where the layout itself cannot be asked.
//!
//! Heights are millimetres of `documents/templates/document.typ`, rounded up.

use super::{own_view::VIEW_LINES, process_issues::MOST_ISSUES, strengths::quotes_each};
use crate::coaching::{
    agreed_plan::AgreedPlan,
    plan::{Plan, Quote},
};

/// Height between the margins, less a reserve for lines that are longer than assumed.
const PAGE: usize = 260;
/// Fewest themes of the chart; with fewer it says too little.
const MIN_BARS: usize = 4;

const HEADING: usize = 11;
const LINE: usize = 5;
const QUOTE: usize = 6;
const BAR: usize = 7;
/// Characters of a line of a quotation.
const QUOTE_CHARACTERS: usize = 90;

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
    let offer = 6;
    HEADING + strength.sum::<usize>().max(LINE) + offer
}

fn picture(plan: &Plan, bars: usize) -> usize {
    let chart = 10 + BAR * bars;
    let beside = if plan.rate.is_some() { 56 } else { 0 };
    let rate = if plan.rate.is_some() { 3 * LINE } else { 0 };
    HEADING + chart.max(beside) + rate + LINE
}

fn process_issues(plan: &Plan) -> usize {
    match plan.not_yours.len().min(MOST_ISSUES) {
        0 => HEADING + LINE,
        rows => HEADING + 2 * LINE + 7 + 9 * rows,
    }
}
