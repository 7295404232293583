//! Differential item functioning (DIF): item differences between groups at the same trait level.
//!
//! - Mantel-Haenszel: items with two categories, matched on the sum score. Effect: D-DIF = -2.35 ln
//!   alpha. ETS classes: B from 1 and significant, C from 1.5 and significantly above 1 (Zieky
//!   1993).
//! - Mantel (1963): items with ordered categories, matched on the sum score. Effect: standardised
//!   mean difference divided by the item's standard deviation. B from .17, C from .25, if
//!   significant.
//! - Ordinal logistic regression: any items, matched on the sum score. Effect: gain in Nagelkerke's
//!   R2. B from .035, C from .07, if significant (Jodoin & Gierl 2001).
//! - Likelihood ratio: any items, matched on the trait through anchors. Effect: expected score
//!   differences over the focal group's distribution (Meade 2010).
//!
//! Purification removes flagged items from the sum score (the studied item is handled by
//! [`Matching`]) until the flags are stable. DIF size is neither adverse impact nor predictive
//! bias; content experts decide what a flag means.

mod comparison;
mod likelihood_ratio;
mod report;

pub use comparison::{Comparison, Matching};
pub use report::{Class, Detail, DifError, DifReport, ItemDif, MIN_GROUP, Purification};
