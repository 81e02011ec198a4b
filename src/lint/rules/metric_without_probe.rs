//! # What
//!
//! A metric has no `probe`: no command measures it.
//!
//! # Why
//!
//! Nobody will know whether the goal is reached but by asking somebody, and no condition, checkpoint or monitor can hold
//! it.
//!
//! # Bad
//!
//! ```yaml L1-goals.yaml
//! goals:
//!   - id: G1
//!     metrics: { order_latency: "< 500ms" }
//! ```
//!
//! # Good
//!
//! ```yaml L1-goals.yaml
//! goals:
//!   - id: G1
//!     metrics:
//!       order_latency: { target: "< 500ms", probe: ./measure-latency.sh, unit: ms }
//! ```
//!
//! # Exceptions
//!
//! A metric that a condition or monitor asks for: that can't be compiled, and is said there. And one with a `query`: it is
//! measured by whoever watches the system.

use super::super::{Context, Lint};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::graph::{EdgeKind, EntityKind, Item};

/// `metric-without-probe`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "metric-without-probe",
        code: "R0171",
        level: Level::Note,
        summary: "nothing measures a metric",
        source: include_str!("metric_without_probe.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    let graph = context.graph;
    for (index, entity) in graph.entities() {
        let Item::Metric(metric, _) = entity.item else { continue };
        let is_asked_for = graph.referrers(index).any(|(edge, from)| {
            edge.kind == EdgeKind::Requires && graph.entity(from).kind != EntityKind::Goal
        });
        if is_asked_for
            || metric.value.spec().is_some_and(|spec| spec.probe.is_some() || spec.query.is_some())
        {
            continue;
        }
        found(
            Diagnostic::new(
                &LINT.info,
                context.place(entity.at),
                format!("nothing measures `{}`", entity.id),
            )
            .help("give it a command: `{ target: \"< 500ms\", probe: ./measure.sh }`"),
        );
    }
}
