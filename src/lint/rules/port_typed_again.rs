//! # What
//!
//! A command, or the content of a file that a step writes, names the port of a component in an address of this machine,
//! although a setting is the port of that component (`port_of`).
//!
//! # Why
//!
//! An environment may give the setting another value. The component then listens there, and the command asks where nobody
//! is.
//!
//! # Bad
//!
//! ```yaml L2-system.yaml
//! context:
//!   settings: [{ name: order_port, port_of: orders }]
//!   project_structure:
//!     components: [{ name: orders, port: 8080, health: { check: "curl -fm 5 http://localhost:8080/health" } }]
//! ```
//!
//! # Good
//!
//! ```yaml L2-system.yaml
//! context:
//!   settings: [{ name: order_port, port_of: orders }]
//!   project_structure:
//!     components: [{ name: orders, port: 8080, health: { check: "curl -fm 5 http://localhost:$order_port/health" } }]
//! ```

use std::collections::BTreeMap;

use super::super::{Context, Lint, ports};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::graph::Item;
use crate::model::{At, Component, Setting, Spanned};
use crate::source::Location;

/// `port-typed-again`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "port-typed-again",
        code: "R0380",
        level: Level::Warning,
        summary: "a port is written out although a setting has it",
        source: include_str!("port_typed_again.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    let mut owned: BTreeMap<u16, (&Spanned<Component>, &Spanned<Setting>, At)> = BTreeMap::new();
    for setting in context.graph.settings() {
        let target = setting.port_of.as_ref().and_then(|of| context.graph.target(of.at));
        if let Some(Item::Component(component)) = target.map(|target| target.item)
            && let Some(port) = component.port
        {
            owned.insert(port.value, (component, setting, port.at));
        }
    }
    if owned.is_empty() {
        return;
    }
    let mut report = |used: &ports::PortUse, place: Location| {
        let Some((component, setting, at)) = owned.get(&used.port).filter(|_| used.is_local) else { return };
        let (component, name) = (&component.name.value, &setting.name.value);
        let message = format!("port {} of `{component}` is typed again", used.port);
        found(
            Diagnostic::new(&LINT.info, place, message)
                .related(context.place(*at), "it is said here")
                .related(
                    context.place(setting.name.at),
                    format!("and environments may change it as `{name}`"),
                )
                .help(format!("take `${name}`, an input with `setting: {name}`, or a generated file")),
        );
    };
    for command in context.commands() {
        let Some(script) = command.script() else { continue };
        for used in ports::ports(command.text, script) {
            let place = context.part(command.at, used.range.clone());
            report(&used, place);
        }
    }
    for (_, procedure) in context.graph.procedures() {
        for step in procedure.steps.iter().chain(procedure.finally.iter()) {
            let Some(content) = step.file.as_ref().and_then(|file| file.content.as_ref()) else { continue };
            for used in ports::in_text(&content.value) {
                let place = context.part(content.at, used.range.clone());
                report(&used, place);
            }
        }
    }
}
