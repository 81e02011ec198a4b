//! # What
//!
//! A step names a component as its circuit breaker that has none.
//!
//! # Why
//!
//! Nothing counts its attempts, and nothing ever keeps it from being tried again.
//!
//! # Bad
//!
//! ```yaml L2-system.yaml
//! context:
//!   project_structure:
//!     components:
//!       - { name: oven }
//! ```
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps: [{ step: 1, command: ./heat.sh, undo: ./cool.sh, circuit_breaker: oven }]
//! ```
//!
//! # Good
//!
//! ```yaml L2-system.yaml
//! context:
//!   project_structure:
//!     components:
//!       - { name: oven, circuit_breaker: { failures: 5 } }
//! ```
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps: [{ step: 1, command: ./heat.sh, undo: ./cool.sh, circuit_breaker: oven }]
//! ```

use super::super::{Context, Lint};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::graph::Item;

/// `no-such-breaker`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "no-such-breaker",
        code: "R0283",
        level: Level::Error,
        summary: "a step names a component as its circuit breaker that has none",
        source: include_str!("no_such_breaker.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    for (_, entity) in context.graph.entities() {
        let Item::Step(step, _) = entity.item else { continue };
        let Some(named) = &step.circuit_breaker else { continue };
        let Some(target) = context.graph.target(named.at) else { continue };
        let Item::Component(component) = target.item else { continue };
        if component.circuit_breaker.is_some() {
            continue;
        }
        let message = format!("`{}` has no circuit breaker", target.id);
        found(
            Diagnostic::new(&LINT.info, context.place(named.at), message)
                .label("should count the attempts of this step")
                .related(context.place(target.at), "the component")
                .help("say there `circuit_breaker: {failures: N}`"),
        );
    }
}
