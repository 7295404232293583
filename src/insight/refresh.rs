//! Recomputes the cached statistics.

use super::{agent_variance, drivers, score_rules};
use crate::{
    db::Database,
    feedback::refresh::RefreshStatistics,
    queue::{JobResult, Lease, Run},
    types::{Id, Instant},
};

impl Run for RefreshStatistics {
    fn run(&self, database: &Database, organisation: Id, _lease: &Lease<'_>) -> JobResult {
        let now = Instant::now();
        agent_variance::refresh(database, organisation, now)?;
        drivers::refresh(database, organisation, now)?;
        score_rules::refresh(database, organisation, now)?;
        Ok(())
    }
}
