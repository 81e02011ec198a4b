//! # What
//!
//! Two components listen on one port.
//!
//! # Why
//!
//! On one machine only the first of them starts; the other fails, and its checks ask the wrong one.
//!
//! # Bad
//!
//! ```yaml L2-system.yaml
//! context:
//!   project_structure:
//!     components:
//!       - { name: orders, port: 8080 }
//!       - { name: ovens, port: 8080 }
//! ```
//!
//! # Good
//!
//! ```yaml L2-system.yaml
//! context:
//!   project_structure:
//!     components:
//!       - { name: orders, port: 8080 }
//!       - { name: ovens, port: 8081 }
//! ```
//!
//! # Exceptions
//!
//! None that could be told: rules do not say which machine a component runs on. Components that never share one are a
//! reason to allow it.

use std::collections::BTreeMap;

use super::super::{Context, Lint};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::graph::Item;
use crate::model::{At, Component};

/// `port-clash`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "port-clash",
        code: "R0155",
        level: Level::Warning,
        summary: "two components listen on one port",
        source: include_str!("port_clash.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    let mut owners: BTreeMap<u16, (&Component, At)> = BTreeMap::new();
    for (_, entity) in context.graph.entities() {
        let Item::Component(component) = entity.item else { continue };
        let Some(port) = component.port else { continue };
        let Some((first, at)) = owners.get(&port.value) else {
            owners.insert(port.value, (&component.value, port.at));
            continue;
        };
        // What is declared twice is a finding of its own.
        if first.name.value == component.name.value {
            continue;
        }
        let (one, other) = (&first.name.value, &component.name.value);
        let message = format!("`{other}` listens on port {}, as `{one}` does", port.value);
        found(
            Diagnostic::new(&LINT.info, context.place(port.at), message)
                .related(context.place(*at), format!("`{one}` listens here"))
                .help("give one of them another port"),
        );
    }
}
