//! # What
//!
//! A command opens a port in the firewall (`ufw allow`) on which a component listens that is reached through its `proxy`.
//! Or a procedure switches the firewall on (`ufw enable`) and opens neither before nor after that the port on which the
//! proxy listens.
//!
//! # Why
//!
//! The first goes round the proxy, with all that it guards; the second shuts everybody out.
//!
//! # Bad
//!
//! ```yaml L2-system.yaml
//! context:
//!   project_structure:
//!     components: [{ name: orders, port: 8080, proxy: { server_name: [orders.bakery.test] } }]
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, command: ufw allow 8080/tcp, timeout: 5, undo: ufw delete allow 8080/tcp, idempotent: true }
//! ```
//!
//! # Good
//!
//! ```yaml L2-system.yaml
//! context:
//!   project_structure:
//!     components: [{ name: orders, port: 8080, proxy: { server_name: [orders.bakery.test] } }]
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, command: ufw allow 80/tcp, timeout: 5, undo: ufw delete allow 80/tcp, idempotent: true }
//! ```
//!
//! # Exceptions
//!
//! A firewall with rules that are no plain ports: they may say anything.

use std::collections::BTreeMap;
use std::ops::Range;

use super::super::commands::Role;
use super::super::program::program;
use super::super::{Context, Lint};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::graph::Item;
use crate::model::{At, Component, Proxy, Spanned};

/// `firewall-drift`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "firewall-drift",
        code: "R0379",
        level: Level::Warning,
        summary: "the firewall opens or closes the wrong port of a component",
        source: include_str!("firewall_drift.rs"),
    },
    check,
};

/// What the commands of one procedure do to the firewall.
#[derive(Default)]
struct Firewall {
    opened: Vec<u16>,
    /// Where it is switched on.
    enabled: Option<(At, Range<usize>)>,
    /// True where something else is allowed than plain ports.
    is_unclear: bool,
}

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    let proxied = context.graph.entities().filter_map(|(_, entity)| match entity.item {
        Item::Component(component) => Some((component, component.proxy.as_ref()?)),
        _ => None,
    });
    let proxied: Vec<(&Spanned<Component>, &Spanned<Proxy>)> = proxied.collect();
    if proxied.is_empty() {
        return;
    }
    let mut owners: BTreeMap<At, usize> = BTreeMap::new();
    for (number, (_, procedure)) in context.graph.procedures().enumerate() {
        let steps = procedure.steps.iter().chain(procedure.finally.iter());
        owners.extend(steps.map(|step| (step.at, number)));
    }
    let mut firewalls: BTreeMap<usize, Firewall> = BTreeMap::new();
    for command in context.commands().iter().filter(|command| command.role == Role::Run) {
        let (Some(script), Some(step)) = (command.script(), command.step) else { continue };
        let Some(owner) = owners.get(&step.at) else { continue };
        script.each_simple(&mut |simple| {
            let Some(program) = program(simple).filter(|program| program.name == "ufw") else { return };
            let words: Vec<&str> =
                program.operands(&[]).map(|word| word.text().unwrap_or_default()).collect();
            let firewall = firewalls.entry(*owner).or_default();
            match words[..] {
                ["enable"] => firewall.enabled = Some((command.at, program.word.at.clone())),
                ["allow" | "limit", rule] => match port(rule) {
                    Some(port) => {
                        firewall.opened.push(port);
                        let behind = proxied
                            .iter()
                            .find(|(component, _)| component.port.is_some_and(|own| own.value == port));
                        if let Some((component, proxy)) = behind {
                            let listen = proxy.listen.map_or(80, |listen| listen.value);
                            let name = &component.name.value;
                            let message =
                                format!("opens port {port}, but `{name}` is reached through port {listen}");
                            let word = program.operands(&[]).nth(1).expect("there are two words");
                            found(
                                Diagnostic::new(
                                    &LINT.info,
                                    context.part(command.at, word.at.clone()),
                                    message,
                                )
                                .related(context.place(proxy.at), format!("the proxy of `{name}`"))
                                .help(format!("open port {listen} and leave {port} closed")),
                            );
                        }
                    }
                    None => firewall.is_unclear = true,
                },
                ["allow" | "limit" | "default", ..] => firewall.is_unclear = true,
                _ => {}
            }
        });
    }
    for firewall in firewalls.values().filter(|firewall| !firewall.is_unclear) {
        let Some((at, part)) = &firewall.enabled else { continue };
        for (component, proxy) in &proxied {
            let listen = proxy.listen.map_or(80, |listen| listen.value);
            if !firewall.opened.contains(&listen) {
                let name = &component.name.value;
                let message = format!("closes port {listen}, on which `{name}` is reached");
                found(
                    Diagnostic::new(&LINT.info, context.part(*at, part.clone()), message)
                        .related(context.place(proxy.at), format!("the proxy of `{name}`"))
                        .help(format!("open it before: `ufw allow {listen}/tcp`")),
                );
            }
        }
    }
}

/// The port of a rule such as `80/tcp`, `http` or `OpenSSH`.
fn port(rule: &str) -> Option<u16> {
    match rule {
        "http" => Some(80),
        "https" => Some(443),
        "ssh" | "OpenSSH" => Some(22),
        _ => rule.strip_suffix("/tcp").unwrap_or(rule).parse().ok(),
    }
}
