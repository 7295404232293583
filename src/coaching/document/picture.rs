//! The figures: praise and complaints by theme, the rate of good scores, and its trend.

use super::observed::other_checks;
use crate::{
    coaching::plan::{Balance, Plan},
    documents::{
        builder::Builder,
        charts::{BalanceBar, BarControl, rate_beside_band, sparkline, theme_balance},
    },
    locale::{Localised, Message, percent, sentences},
    msg,
    text::taxonomy::Control,
};

/// Fewest weeks that are drawn as a trend.
const MIN_WEEKS: usize = 3;

/// Most themes in the chart.
const MOST_BARS: usize = 9;

pub(super) fn picture(plan: &Plan, builder: &mut Builder<'_>) {
    let locale = builder.locale();
    builder.heading(msg!("picture-title"));
    if plan.balance.is_empty() {
        builder.paragraph(msg!("picture-none"));
    } else {
        builder.picture(theme_balance(locale, &bars(plan)));
    }
    if let Some(r) = &plan.rate {
        builder.picture(rate_beside_band(locale, r.shrunk, r.interval, r.team_band));
    }
    if let Some(trend) = plan.trend.as_ref().filter(|t| t.weeks.len() >= MIN_WEEKS) {
        let change = locale.format(&trend.change.message());
        builder.picture(sparkline(locale, &trend.weeks, &change));
    }
    if let Some(r) = &plan.rate {
        builder.paragraph(msg!(
            "rate-estimate",
            rate = percent(r.shrunk),
            low = percent(r.interval.low),
            high = percent(r.interval.high)
        ));
    }
    builder.note(sentences(rate_notes(plan)));
    other_checks(plan, builder);
}

fn bars(plan: &Plan) -> Vec<BalanceBar> {
    let bar = |b: &Balance| BalanceBar {
        label: b.name.clone(),
        positive: b.positive,
        negative: b.negative,
        control: match b.control {
            Control::Agent | Control::AgentWithTraining => BarControl::Own,
            Control::Mixed => BarControl::Shared,
            Control::Process => BarControl::Process,
        },
    };
    plan.balance.iter().take(MOST_BARS).map(bar).collect()
}

/// The note, and what the team's band means. Sentences of older plans explain the band themselves.
fn rate_notes(plan: &Plan) -> Vec<Message> {
    let mut notes = vec![plan.rate_note.message()];
    let has_band = plan.rate.as_ref().is_some_and(|r| r.team_band.is_some());
    if has_band && plan.rate_note.reason().is_some() {
        notes.push(msg!("rate-team"));
    }
    notes
}
