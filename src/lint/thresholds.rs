//! The two thresholds of a metric: what decides its success, and what raises an alarm.

use super::context::Context;
use crate::graph::Item;
use crate::model::{At, Spanned, ThresholdText};
use crate::scalar::{Op, Quantity, Threshold};

/// A metric with both thresholds, where they can be compared.
pub(super) struct Pair<'a> {
    /// The metric's id, `G1.latency`.
    pub(super) id: String,
    /// What decides its success.
    pub(super) target: Bar<'a>,
    /// What raises an alarm.
    pub(super) alert: Bar<'a>,
}

/// A threshold as it is written.
pub(super) struct Bar<'a> {
    /// Its text.
    pub(super) spelt: &'a str,
    /// Where that stands.
    pub(super) at: At,
    /// What it says.
    pub(super) threshold: Threshold,
}

/// All metrics with a target and an alert that are thresholds, in order of the source.
pub(super) fn pairs<'a>(context: &Context<'a>) -> Vec<Pair<'a>> {
    let metrics = context.graph.entities().filter_map(|(_, entity)| {
        let Item::Metric(metric, _) = entity.item else { return None };
        let spec = metric.value.spec()?;
        let (target, alert) = (bar(spec.target.as_ref()?)?, bar(spec.alert.as_ref()?)?);
        Some(Pair { id: entity.id.to_string(), target, alert })
    });
    metrics.collect()
}

fn bar(text: &Spanned<ThresholdText>) -> Option<Bar<'_>> {
    let threshold = Threshold::parse(&text.value.0).ok()?;
    Some(Bar { spelt: text.value.0.trim(), at: text.at, threshold })
}

impl Pair<'_> {
    /// The values where the two meet, in words: `at 5` or `between 5 and 7`, the smaller one first.
    pub(super) fn band(&self) -> String {
        let (one, other) = (&self.target.threshold.quantity, &self.alert.threshold.quantity);
        match one.compare(other) {
            Some(std::cmp::Ordering::Equal) => format!("at `{one}`"),
            Some(std::cmp::Ordering::Greater) => between(other, one),
            _ => between(one, other),
        }
    }
}

fn between(low: &Quantity, high: &Quantity) -> String {
    format!("between `{low}` and `{high}`")
}

/// True for a threshold that holds below its quantity.
pub(super) fn is_upper(op: Op) -> bool {
    matches!(op, Op::Less | Op::LessOrEqual)
}
