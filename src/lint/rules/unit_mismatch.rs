//! # What
//!
//! One quantity is bounded in units that can't be converted into each other: the `target` of a metric is a time and its
//! `alert` a number of bytes; its `unit` is neither of them; or one figure is a share (`90%`) and another an amount
//! (`4GB`) of the same thing, and nothing says of what it is a share.
//!
//! # Why
//!
//! Nobody can tell which of the two bounds comes first, or whether one contains the other.
//!
//! # Bad
//!
//! ```yaml L1-goals.yaml
//! goals:
//!   - id: G1
//!     metrics:
//!       order_latency: { target: "< 500ms", alert: "> 2GB" }
//! ```
//!
//! Or:
//!
//! ```json L4-decisions.json
//! {"decision_rules": [{"id": "D1", "conditions": ["Memory > 90%"], "actions": []}]}
//! ```
//! ```toml L3-limits.toml
//! [performance_constraints.resource_usage]
//! memory_peak = "< 4GB"
//! ```
//! ```yaml L5-execution.yaml
//! procedures: [{ id: E1, satisfies: [D1], steps: [{ id: a, command: ./a.sh, undo: ./b.sh, timeout: 30s }] }]
//! ```
//!
//! # Good
//!
//! ```yaml L1-goals.yaml
//! goals:
//!   - id: G1
//!     metrics:
//!       order_latency: { target: "< 500ms", alert: "> 2s" }
//! ```
//!
//! # Exceptions
//!
//! A number without a unit. And a metric that a condition or monitor asks for, whose `unit` is not that of its target:
//! that can't be compiled, and is said there.

use std::collections::BTreeMap;

use super::super::figures::Figure;
use super::super::{Context, Lint};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::graph::{EdgeKind, EntityKind, Item};
use crate::scalar::{Dimension, Quantity, Threshold};

/// `unit-mismatch`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "unit-mismatch",
        code: "R0168",
        level: Level::Warning,
        summary: "one quantity is bounded in units that can't be compared",
        source: include_str!("unit_mismatch.rs"),
    },
    check,
};

/// How many amounts are pointed at.
const SHOWN: usize = 3;

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    within_metrics(context, found);
    let mut subjects: BTreeMap<&str, (Vec<&Figure>, Vec<&Figure>)> = BTreeMap::new();
    for figure in context.figures() {
        let (shares, amounts) = subjects.entry(&figure.subject).or_default();
        match figure.dimension {
            Dimension::Percent => shares.push(figure),
            Dimension::Size => amounts.push(figure),
            _ => {}
        }
    }
    for (shares, amounts) in subjects.into_values() {
        let Some(first) = amounts.first() else { continue };
        for share in shares {
            let message = format!("`{}` can't be held against `{}`", share.spelt, first.spelt);
            let mut diagnostic = Diagnostic::new(&LINT.info, share.place, message)
                .label(format!("a share of `{}`", share.name));
            for amount in amounts.iter().take(SHOWN) {
                diagnostic = diagnostic.related(amount.place, format!("an amount: `{}`", amount.name));
            }
            found(diagnostic.help("state both as a share, or both as an amount"));
        }
    }
}

/// Metrics whose own parts do not fit each other.
fn within_metrics(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    let graph = context.graph;
    for (index, entity) in graph.entities() {
        let Item::Metric(metric, _) = entity.item else { continue };
        let Some(spec) = metric.value.spec() else { continue };
        let Some(target) = &spec.target else { continue };
        let Ok(bound) = Threshold::parse(&target.value.0) else { continue };
        let mut report = |at, spelt: &str| {
            let message = format!("`{spelt}` can't be held against `{}`", target.value.0.trim());
            found(
                Diagnostic::new(&LINT.info, context.place(at), message)
                    .related(context.place(target.at), format!("the target of `{}`", entity.id))
                    .help("state both in units of the same kind"),
            );
        };
        if let Some(alert) = &spec.alert
            && let Ok(threshold) = Threshold::parse(&alert.value.0)
            && differ(&bound.quantity, &threshold.quantity)
        {
            report(alert.at, alert.value.0.trim());
        }
        let is_asked_for = graph.referrers(index).any(|(edge, from)| {
            edge.kind == EdgeKind::Requires && graph.entity(from).kind != EntityKind::Goal
        });
        if let Some(unit) = spec.unit.as_ref().filter(|_| !is_asked_for)
            && let Ok(one) = Quantity::parse(&format!("1 {}", unit.value))
            && differ(&bound.quantity, &one)
        {
            report(unit.at, &unit.value);
        }
    }
}

/// True for quantities of different dimensions; a bare number may be of any.
fn differ(one: &Quantity, other: &Quantity) -> bool {
    let is_bare = |quantity: &Quantity| quantity.unit().is_none() && quantity.noun().is_none();
    !is_bare(one) && !is_bare(other) && !one.comparable(other)
}
