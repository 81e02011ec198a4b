//! # What
//!
//! The commands of a component all name one port, which L3 allows, and the component says of itself no port. Another
//! component, whose commands name its port too, says it.
//!
//! # Why
//!
//! A port that a component does not say is held against nothing: not against those of other components, nor against
//! the next check that asks a wrong one.
//!
//! # Bad
//!
//! ```yaml L2-system.yaml
//! context:
//!   project_structure:
//!     components:
//!       - name: oven
//!         port: 8081
//!         health: { check: ./oven.sh ask 8081, timeout: 5 }
//!         actions: { start: { command: ./oven.sh start 8081, undo: ./oven.sh stop 8081 } }
//!       - name: till
//!         dependencies: [oven]
//!         health: { check: ./till.sh ask 8082, timeout: 5 }
//!         actions: { start: { command: ./till.sh start 8082, undo: ./till.sh stop 8082 } }
//! ```
//! ```yaml L3-limits.yaml
//! security_constraints: { network_security: { allowed_ports: [8081, 8082] } }
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, uses: oven.start, verify: { command: ./oven.sh ask 8081, timeout: 5 } }
//!       - { step: 2, uses: till.start, verify: { command: ./till.sh ask 8082, timeout: 5 } }
//! ```
//!
//! # Good
//!
//! ```yaml L2-system.yaml
//! context:
//!   project_structure:
//!     components:
//!       - name: oven
//!         port: 8081
//!         health: { check: ./oven.sh ask 8081, timeout: 5 }
//!         actions: { start: { command: ./oven.sh start 8081, undo: ./oven.sh stop 8081 } }
//!       - name: till
//!         port: 8082
//!         dependencies: [oven]
//!         health: { check: ./till.sh ask 8082, timeout: 5 }
//!         actions: { start: { command: ./till.sh start 8082, undo: ./till.sh stop 8082 } }
//! ```
//! ```yaml L3-limits.yaml
//! security_constraints: { network_security: { allowed_ports: [8081, 8082] } }
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, uses: oven.start, verify: { command: ./oven.sh ask 8081, timeout: 5 } }
//!       - { step: 2, uses: till.start, verify: { command: ./till.sh ask 8082, timeout: 5 } }
//! ```
//!
//! # Exceptions
//!
//! A port that belongs to another component, that L3 does not list, or that no check or no start of the component names;
//! and components that depend on something outside: their commands may ask that.

use std::collections::{BTreeMap, BTreeSet};

use super::super::commands::{CommandText, Role};
use super::super::ports::{numbers, ports};
use super::super::{Context, Lint, policy};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::graph::{EntityKind, Item};
use crate::model::{At, Component, Text};

/// `port-unsaid`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "port-unsaid",
        code: "R0250",
        level: Level::Warning,
        summary: "a component leaves out the port that all its commands name",
        source: include_str!("port_unsaid.rs"),
    },
    check,
};

/// Where the commands of a component name a port.
#[derive(Debug, Default)]
struct Named {
    /// In a command that starts the component.
    by_start: Option<At>,
    /// In one that asks how it is.
    by_check: Option<At>,
}

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    let lists = policy::constraints(context.rules)
        .filter_map(|it| it.security_constraints.as_ref()?.network_security.as_ref()?.allowed_ports.as_ref());
    let allowed: BTreeSet<u16> = lists.flat_map(|ports| ports.value.iter()).map(|port| port.value).collect();
    if allowed.is_empty() {
        return;
    }
    let mut by_component: BTreeMap<At, BTreeMap<u16, Named>> = BTreeMap::new();
    for command in context.commands() {
        let Some(component) = command.component else { continue };
        for port in named(command).filter(|port| allowed.contains(port)) {
            let named = by_component.entry(component.at).or_default().entry(port).or_default();
            match command.role {
                Role::Run if command.starts => named.by_start = Some(command.at),
                Role::Health | Role::Verify => named.by_check = Some(command.at),
                _ => {}
            }
        }
    }
    let components = || {
        context.graph.of_kind(EntityKind::Component).filter_map(|(_, entity)| match entity.item {
            Item::Component(component) => Some(component),
            _ => None,
        })
    };
    let taken: BTreeSet<u16> = components().filter_map(|component| Some(component.port?.value)).collect();
    let other = components().find_map(|component| {
        let port = component.port?;
        by_component.get(&component.at)?.contains_key(&port.value).then_some(port.at)
    });
    let Some(other) = other else { return };
    let asks_outside = |component: &Component| {
        let target = |name: &Text| context.graph.target(name.at).map(|entity| entity.kind);
        component.dependencies.iter().any(|name| target(name) != Some(EntityKind::Component))
    };
    for component in components().filter(|component| component.port.is_none() && !asks_outside(component)) {
        let named = by_component.get(&component.at).into_iter().flatten();
        let mut named = named.filter(|(port, _)| !taken.contains(port));
        let (Some((port, Named { by_start: Some(start), by_check: Some(check) })), None) =
            (named.next(), named.next())
        else {
            continue;
        };
        let name = component.name.value.as_str();
        found(
            Diagnostic::new(
                &LINT.info,
                context.place(component.name.at),
                format!("`{name}` says no port, and its commands name {port}"),
            )
            .label("has no `port`")
            .related(context.place(*start), "is started with it")
            .related(context.place(*check), "is asked at it")
            .related(context.place(other), "another component says its port")
            .help(format!("say `port: {port}`")),
        );
    }
}

/// The ports that a command names: those of addresses of this machine, and words that are nothing but a number.
fn named(command: &CommandText<'_>) -> impl Iterator<Item = u16> {
    let addresses = command.script().map(|script| ports(command.text, script)).unwrap_or_default();
    let words = numbers(command.text).filter_map(|range| command.text[range].parse().ok());
    let local = addresses.into_iter().filter(|asked| asked.is_local).map(|asked| asked.port);
    local.chain(words).collect::<BTreeSet<u16>>().into_iter()
}
