//! A plan as a document: two pages that a coach and an agent work on with a pen. Pure.
//!
//! Page 1 has what the plan rests on, the agent's view, strengths, the picture and process issues;
//! page 2 the focus areas with practice, check-ins, support and signatures.

mod agreement;
mod alternatives;
mod basis;
mod focus;
mod follow_up;
mod observed;
pub mod own_tally;
mod own_view;
mod picture;
pub mod practice;
mod process_issues;
mod strengths;
mod wording;

use super::agreed_plan::AgreedPlan;
use crate::{
    documents::{
        builder::{Builder, Frame},
        model::Document,
    },
    locale::Locale,
    msg,
};

/// Lays a plan out in the language of `locale`.
pub fn document(agreed: &AgreedPlan, locale: &Locale) -> Document {
    let plan = &agreed.plan;
    let mut builder = Builder::new(locale);
    basis::stale(plan, &mut builder);
    basis::basis(plan, &mut builder);
    own_view::own_view(agreed, &mut builder);
    strengths::strengths(agreed, &mut builder);
    picture::picture(plan, &mut builder);
    process_issues::process_issues(plan, &mut builder);
    builder.page_break();
    agreement::agreement(agreed, &mut builder);
    focus::focus(agreed, &mut builder);
    follow_up::follow_up(agreed, &mut builder);
    let (organisation, date) = (&plan.organisation, plan.created);
    builder.finish(Frame {
        title: msg!("plan-document-title", agent = &plan.agent),
        subtitle: match &plan.team {
            Some(team) => msg!(
                "plan-document-subtitle-team",
                organisation = organisation,
                team = team,
                date = date
            ),
            None => msg!(
                "plan-document-subtitle",
                organisation = organisation,
                date = date
            ),
        },
        footer: msg!("plan-document-footer", version = plan.rules_version),
        synthetic: plan.synthetic,
    })
}
