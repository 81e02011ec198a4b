//! # What
//!
//! A component listens on a port, or a command asks one, that `allowed_ports` of L3 does not list. In commands, the
//! ports of web addresses and of this machine's own names count.
//!
//! # Why
//!
//! What is closed by the rules will be closed by the firewall: the component is not reached, or the rule is not kept.
//!
//! # Bad
//!
//! ```yaml L2-system.yaml
//! context:
//!   project_structure:
//!     components:
//!       - { name: orders, port: 8081 }
//! ```
//! ```toml L3-limits.toml
//! [security_constraints.network_security]
//! allowed_ports = [8080]
//! ```
//!
//! # Good
//!
//! ```yaml L2-system.yaml
//! context:
//!   project_structure:
//!     components:
//!       - { name: orders, port: 8080 }
//! ```
//! ```toml L3-limits.toml
//! [security_constraints.network_security]
//! allowed_ports = [8080]
//! ```
//!
//! # Exceptions
//!
//! A command that asks the port that a component says it listens on: the component's port is what is wrong. And a
//! check that asks another port than its component has: that is `port-drift`.

use std::collections::BTreeSet;

use super::super::ports;
use super::super::{Context, Lint};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::graph::Item;
use crate::model::{At, Layer};
use crate::source::Location;

/// `port-not-allowed`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "port-not-allowed",
        code: "R0095",
        level: Level::Error,
        summary: "a port is used that L3 does not allow",
        source: include_str!("port_not_allowed.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    let mut allowed = BTreeSet::new();
    let mut lists: Vec<At> = Vec::new();
    for loaded in context.rules.files() {
        let Layer::Constraints(constraints) = &loaded.document.body else { continue };
        let network = constraints.security_constraints.as_ref().and_then(|it| it.network_security.as_ref());
        if let Some(ports) = network.and_then(|network| network.allowed_ports.as_ref()) {
            lists.push(ports.at);
            allowed.extend(ports.value.iter().map(|port| port.value));
        }
    }
    let Some(list) = lists.first() else { return };
    let mut report = |place: Location, port: u16| {
        found(
            Diagnostic::new(&LINT.info, place, format!("port {port} is not allowed"))
                .related(context.place(*list), "these are allowed")
                .help("use one of the allowed ports, or allow this one"),
        );
    };
    let mut declared = BTreeSet::new();
    for (_, entity) in context.graph.entities() {
        if let Item::Component(component) = entity.item
            && let Some(port) = component.port
        {
            declared.insert(port.value);
            if !allowed.contains(&port.value) {
                report(context.place(port.at), port.value);
            }
        }
    }
    for command in context.asking() {
        let drift = ports::drifts(context, command).map(|(_, range)| range);
        for asked in ports::asked(command) {
            let is_known = allowed.contains(&asked.port) || declared.contains(&asked.port);
            if !is_known && drift.as_ref() != Some(&asked.range) {
                report(context.part(command.at, asked.range), asked.port);
            }
        }
    }
}
