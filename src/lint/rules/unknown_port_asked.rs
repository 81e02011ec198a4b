//! # What
//!
//! A typed check asks a port of this machine that no component listens on.
//!
//! # Why
//!
//! A component and the port that it listens on are declared in L2. A check that asks another port asks nobody, so it fails
//! for ever, or it asks somebody of whom the rules know nothing.
//!
//! # Bad
//!
//! ```yaml L2-understanding.yaml
//! context:
//!   project_structure:
//!     components:
//!       - { name: orders, port: 8080 }
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     preconditions:
//!       - { http: "http://localhost:8008/health" }
//!     steps:
//!       - { step: 1, name: Look at orders, command: ./look.sh, timeout: 5, read_only: true }
//! ```
//!
//! # Good
//!
//! ```yaml L2-understanding.yaml
//! context:
//!   project_structure:
//!     components:
//!       - { name: orders, port: 8080 }
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     preconditions:
//!       - { http: "http://localhost:8080/health" }
//!     steps:
//!       - { step: 1, name: Look at orders, command: ./look.sh, timeout: 5, read_only: true }
//! ```
//!
//! # Exceptions
//!
//! Where no component states a port, nothing is known of ports. A port that L3 names in `allowed_ports`, or L2 in the
//! `ports` of its network, is known, too. That a check of a component asks another port than that component has is
//! `port-drift`, and a port that L3 does not allow is `port-not-allowed`.

use std::collections::BTreeMap;

use super::super::ports;
use super::super::{Context, Lint};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::graph::Item;
use crate::model::{At, Layer};

/// `unknown-port-asked`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "unknown-port-asked",
        code: "R0340",
        level: Level::Warning,
        summary: "a typed check asks a port of this machine that no component listens on",
        source: include_str!("unknown_port_asked.rs"),
    },
    check,
};

/// How many components are pointed at.
const SHOWN: usize = 3;

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    let mut listening: BTreeMap<u16, (&str, At)> = BTreeMap::new();
    for (_, entity) in context.graph.entities() {
        if let Item::Component(component) = entity.item
            && let Some(port) = component.port
        {
            listening.entry(port.value).or_insert((&component.name.value, port.at));
        }
    }
    if listening.is_empty() {
        return;
    }
    let mut known: Vec<u16> = Vec::new();
    for loaded in context.rules.files() {
        match &loaded.document.body {
            Layer::Understanding(understanding) => {
                let about = understanding.context.as_ref();
                let network = about.and_then(|about| about.technical_environment.as_ref()?.network.as_ref());
                known.extend(network.iter().flat_map(|network| network.ports.iter().map(|port| port.value)));
            }
            Layer::Constraints(constraints) => {
                let security = constraints.security_constraints.as_ref();
                let network = security.and_then(|security| security.network_security.as_ref());
                let allowed = network.and_then(|network| network.allowed_ports.as_ref());
                // Another port is a finding of its own.
                if allowed.is_some() {
                    return;
                }
            }
            _ => {}
        }
    }
    for check in context.typed_checks() {
        if ports::drifts(context, check).is_some() {
            continue;
        }
        let asked = ports::asked(check).into_iter().filter(|asked| asked.is_local);
        for asked in
            asked.filter(|asked| !listening.contains_key(&asked.port) && !known.contains(&asked.port))
        {
            let message = format!("no component listens on port {}", asked.port);
            let mut diagnostic = Diagnostic::new(&LINT.info, context.part(check.at, asked.range), message)
                .label("asks nobody that the rules know of");
            for (name, at) in listening.values().take(SHOWN) {
                diagnostic = diagnostic.related(context.place(*at), format!("`{name}` listens here"));
            }
            found(diagnostic.help("ask the port of a component, or give a component this port"));
        }
    }
}
