//! The agent's own view, before anybody else's.

use crate::{coaching::agreed_plan::AgreedPlan, documents::builder::Builder, msg};

/// Lines to write on.
const VIEW_LINES: u8 = 6;

pub(super) fn own_view(agreed: &AgreedPlan, builder: &mut Builder<'_>) {
    builder.heading(msg!("view-title"));
    match agreed.view() {
        Some(view) => builder.quote(view, &agreed.plan.agent),
        None => builder.write_in(msg!("view-questions"), VIEW_LINES),
    }
}
