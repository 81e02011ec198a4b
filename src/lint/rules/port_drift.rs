//! # What
//!
//! The health check of a component, or what verifies that it was started, asks this machine on another port than the
//! one that the component listens on.
//!
//! # Why
//!
//! The check fails although the component is well, or holds although it is not because something else answers.
//!
//! # Bad
//!
//! ```yaml L2-system.yaml
//! context:
//!   project_structure:
//!     components:
//!       - { name: orders, port: 8080, health: "curl --fail --max-time 5 http://localhost:8081/health" }
//! ```
//!
//! # Good
//!
//! ```yaml L2-system.yaml
//! context:
//!   project_structure:
//!     components:
//!       - { name: orders, port: 8080, health: "curl --fail --max-time 5 http://localhost:8080/health" }
//! ```
//!
//! # Exceptions
//!
//! A check that asks the component's own port among others.

use std::collections::BTreeMap;

use super::super::{Context, Lint, ports};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::graph::Item;
use crate::model::{At, Component};

/// `port-drift`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "port-drift",
        code: "R0096",
        level: Level::Warning,
        summary: "a check asks another port than the component has",
        source: include_str!("port_drift.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    let mut owners: BTreeMap<String, (&Component, At)> = BTreeMap::new();
    for (_, entity) in context.graph.entities() {
        if let Item::Component(component) = entity.item
            && let Some(port) = component.port
        {
            owners.entry(port.value.to_string()).or_insert((&component.value, port.at));
        }
    }
    for command in context.asking() {
        let Some((component, range)) = ports::drifts(context, command) else { continue };
        let Some(port) = component.port else { continue };
        let asked = &command.text[range.clone()];
        let message = format!("asks port {asked}, but `{}` listens on {}", component.name.value, port.value);
        let mut diagnostic = Diagnostic::new(&LINT.info, context.part(command.at, range), message)
            .related(context.place(port.at), format!("`{}` listens here", component.name.value))
            .help(format!("ask port {}, or correct the port of the component", port.value));
        if let Some((other, at)) = owners.get(asked) {
            let label = format!("this is the port of `{}`", other.name.value);
            diagnostic = diagnostic.related(context.place(*at), label);
        }
        found(diagnostic);
    }
}
