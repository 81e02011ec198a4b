//! What L3 bounds: the shortest of each limit, where several files state one.

use std::cmp::Reverse;

use crate::graph::Graph;
use crate::model::{Constraints, Layer, RuleSet, Spanned};
use crate::scalar::{DailyWindow, Dimension, Duration, Quantity, Threshold};

/// A threshold on the time that a rollback takes.
#[derive(Debug, Clone)]
pub(super) struct RollbackTime {
    /// Where it is written, and the threshold as it is spelt.
    pub(super) spelt: Spanned<String>,
    threshold: Threshold,
}

impl RollbackTime {
    /// Whether so many milliseconds satisfy it.
    pub(super) fn allows(&self, ms: u64) -> bool {
        let measured = Quantity::parse(&format!("{ms}ms"));
        measured.ok().and_then(|measured| self.threshold.holds(&measured)).unwrap_or(true)
    }
}

/// How long a run may take.
pub(super) fn execution_time(rules: &RuleSet) -> Option<Spanned<Duration>> {
    shortest(rules, |constraints| constraints.executor.as_ref()?.constraints.as_ref()?.max_execution_time)
}

/// How long one attempt of a step may take.
pub(super) fn step_time(rules: &RuleSet) -> Option<Spanned<Duration>> {
    shortest(rules, |constraints| constraints.executor.as_ref()?.constraints.as_ref()?.max_step_time)
}

/// The thresholds on the time of every rollback; what is prose is none.
pub(super) fn rollback_times(graph: &Graph<'_>) -> Vec<RollbackTime> {
    let bars = layers(graph.rules).filter_map(|constraints| {
        constraints.operational_constraints.as_ref()?.deployment.as_ref()?.rollback_time.as_ref()
    });
    let times = bars.filter_map(|bar| {
        let threshold = Threshold::parse(&bar.value.0).ok()?;
        // No worst case says anything about a percentile.
        let is_time = threshold.percentile.is_none() && threshold.quantity.dimension() == Dimension::Time;
        is_time.then(|| RollbackTime { spelt: Spanned { value: bar.value.0.clone(), at: bar.at }, threshold })
    });
    times.collect()
}

/// When maintenance is; the first file that says so counts.
pub(super) fn allowed_hours(rules: &RuleSet) -> Option<Spanned<DailyWindow>> {
    layers(rules).find_map(|constraints| {
        constraints.operational_constraints.as_ref()?.deployment.as_ref()?.allowed_hours
    })
}

fn shortest(
    rules: &RuleSet,
    pick: impl Fn(&Constraints) -> Option<Spanned<Duration>>,
) -> Option<Spanned<Duration>> {
    layers(rules).filter_map(pick).max_by_key(|limit| Reverse(limit.value))
}

/// The content of all files of L3.
pub(super) fn layers(rules: &RuleSet) -> impl Iterator<Item = &Constraints> {
    rules.files().iter().filter_map(|loaded| match &loaded.document.body {
        Layer::Constraints(constraints) => Some(&**constraints),
        _ => None,
    })
}
