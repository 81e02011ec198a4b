//! # What
//!
//! The commands of a component name its port as an argument of the same program, and one of them names instead the port of
//! another component, or a number that differs from its own in a digit or two.
//!
//! # Why
//!
//! It starts, stops or asks something else: the wrong service goes down, or nothing does and all seems well.
//!
//! # Bad
//!
//! ```yaml L2-system.yaml
//! context:
//!   project_structure:
//!     components:
//!       - name: oven
//!         port: 8081
//!         actions:
//!           start: { command: ./oven.sh start 8081, undo: ./oven.sh stop 8018, verify: { command: ./oven.sh ask 8081, timeout: 5 } }
//!           stop: { command: ./oven.sh stop 8081 }
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
//!         actions:
//!           start: { command: ./oven.sh start 8081, undo: ./oven.sh stop 8081, verify: { command: ./oven.sh ask 8081, timeout: 5 } }
//!           stop: { command: ./oven.sh stop 8081 }
//! ```
//!
//! # Exceptions
//!
//! Numbers of less than four digits, and those that look like no port of the rules: they count something else; programs that name the port in fewer than two other commands of the component. What
//! web addresses ask is `port-drift`.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::super::commands::CommandText;
use super::super::ports::numbers;
use super::super::{Context, Lint};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::graph::{EntityKind, Item};
use crate::model::{At, Component, Spanned};

/// `odd-port-out`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "odd-port-out",
        code: "R0232",
        level: Level::Warning,
        summary: "one command of a component names another port than the others do",
        source: include_str!("odd_port_out.rs"),
    },
    check,
};

/// How many other commands show what the program is given.
const ENOUGH: usize = 2;

/// A number where others name the port.
struct Odd<'c, 'a> {
    component: &'a Spanned<Component>,
    program: &'c str,
    command: &'c CommandText<'a>,
    range: Range<usize>,
}

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    // By component and program: the port, a command that names it, and how many do.
    let mut habits: BTreeMap<(&str, &str), (At, usize)> = BTreeMap::new();
    let mut odd: Vec<Odd<'_, '_>> = Vec::new();
    for command in context.commands() {
        let Some(component) = component(context, command) else { continue };
        let Some(port) = component.port else { continue };
        let Some(program) = command.text.split_whitespace().next() else { continue };
        let named: Vec<Range<usize>> = numbers(command.text).collect();
        let is_port = |range: &Range<usize>| command.text[range.clone()] == port.value.to_string();
        match named.first() {
            Some(_) if named.iter().any(is_port) => {
                habits.entry((&component.name.value, program)).or_insert((command.at, 0)).1 += 1;
            }
            Some(first) => odd.push(Odd { component, program, command, range: first.clone() }),
            None => {}
        }
    }
    let ports: BTreeSet<String> = context
        .graph
        .of_kind(EntityKind::Component)
        .filter_map(|(_, entity)| match entity.item {
            Item::Component(component) => Some(component.port?.value.to_string()),
            _ => None,
        })
        .collect();
    for Odd { component, program, command, range } in odd {
        let number = &command.text[range.clone()];
        let name = component.name.value.as_str();
        let Some((other, _)) = habits.get(&(name, program)).filter(|(_, count)| *count >= ENOUGH) else {
            continue;
        };
        let Some(port) = component.port else { continue };
        if !ports.contains(number) && !is_slip(number, &port.value.to_string()) {
            continue;
        }
        let message = format!("this is not the port of `{name}`, which is {}", port.value);
        found(
            Diagnostic::new(&LINT.info, context.part(command.at, range), message)
                .label("another number than in the other commands")
                .related(context.place(port.at), "the port")
                .related(context.place(*other), "another command names it")
                .help(format!("write {}", port.value)),
        );
    }
}

/// The component that a command belongs to, or that its step starts.
fn component<'a>(context: &Context<'a>, command: &CommandText<'a>) -> Option<&'a Spanned<Component>> {
    match command.step {
        Some(step) => context.started_by(step),
        None => command.component,
    }
}

/// True where two numbers differ in a digit or two, as after a slip of the pen.
fn is_slip(number: &str, port: &str) -> bool {
    let differing = number.bytes().zip(port.bytes()).filter(|(one, other)| one != other).count();
    number.len() == port.len() && differing <= 2
}
