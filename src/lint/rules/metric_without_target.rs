//! # What
//!
//! A metric says how it is measured, but no `target`; and nothing else asks for it: no monitor, criterion or condition.
//!
//! # Why
//!
//! It decides nothing: the goal counts no success by it, and if it has an `alert`, nobody is there to raise it.
//!
//! # Bad
//!
//! ```yaml L1-goals.yaml
//! goals:
//!   - id: G1
//!     metrics:
//!       loaves: { alert: < 10, probe: ./count-loaves.sh }
//! ```
//!
//! # Good
//!
//! ```yaml L1-goals.yaml
//! goals:
//!   - id: G1
//!     metrics:
//!       loaves: { target: ">= 20", alert: < 10, probe: ./count-loaves.sh }
//! ```
//!
//! # Exceptions
//!
//! Metrics without a `probe`: others may look at them. What is asked for somewhere and has no `target` is reported there,
//! as `nothing-to-check`, and a monitor may do with the `alert`.

use super::super::{Context, Lint};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::graph::{EdgeKind, Item};

/// `metric-without-target`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "metric-without-target",
        code: "R0254",
        level: Level::Warning,
        summary: "a metric that decides nothing",
        source: include_str!("metric_without_target.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    for (index, entity) in context.graph.entities() {
        let Item::Metric(metric, _) = entity.item else { continue };
        let Some(spec) = metric.value.spec().filter(|spec| spec.target.is_none()) else { continue };
        let is_asked_for = context.graph.referrers(index).any(|(edge, _)| edge.kind == EdgeKind::Requires);
        let Some(probe) = spec.probe.as_ref().filter(|_| !is_asked_for) else { continue };
        found(
            Diagnostic::new(
                &LINT.info,
                context.place(entity.at),
                format!("`{}` has no `target`, and nothing asks for it", entity.id),
            )
            .label("decides nothing")
            .related(context.place(probe.at), "nobody runs this")
            .help("say which `target` is success, or let a monitor watch it"),
        );
    }
}
