//! Variance components: one-way and two-way crossed random effects.
//!
//! One-way: analysis of variance and (restricted) maximum likelihood. Crossed: customers and agents
//! each have a random effect, so that an agent is not penalised for severe customers (lme4's
//! `(1 | agent) + (1 | customer)`).

mod anova;
mod crossed;
mod one_way;

pub use anova::{Group, OneWayAnova, one_way_anova};
pub use crossed::{ConditionalMeans, Crossed, CrossedError, Equations, MAX_LEVELS, crossed};
pub use one_way::{Criterion, OneWayModel, Shrunk};
