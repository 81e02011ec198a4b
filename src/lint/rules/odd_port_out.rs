//! # What
//!
//! The commands of a component name its port as an argument of the same program, and one of them names another number
//! there.
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
//! Numbers of less than four digits; programs that name the port in fewer than two other commands of the component. What
//! web addresses ask is `port-drift`.

use std::collections::BTreeMap;
use std::ops::Range;

use super::super::commands::CommandText;
use super::super::{Context, Lint};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
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

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    // By component and program: the port, a command that names it, and how many do.
    let mut habits: BTreeMap<(&str, &str), (At, usize)> = BTreeMap::new();
    let mut odd: Vec<(&Spanned<Component>, &str, At, Range<usize>)> = Vec::new();
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
            Some(first) => odd.push((component, program, command.at, first.clone())),
            None => {}
        }
    }
    for (component, program, at, range) in odd {
        let name = component.name.value.as_str();
        let Some((other, _)) = habits.get(&(name, program)).filter(|(_, count)| *count >= ENOUGH) else {
            continue;
        };
        let Some(port) = component.port else { continue };
        let message = format!("this is not the port of `{name}`, which is {}", port.value);
        found(
            Diagnostic::new(&LINT.info, context.part(at, range), message)
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

/// The words of a command that are numbers as ports are.
fn numbers(text: &str) -> impl Iterator<Item = Range<usize>> {
    let start = |word: &str| word.as_ptr() as usize - text.as_ptr() as usize;
    text.split_whitespace()
        .filter(|word| (4..=5).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_digit()))
        .map(move |word| start(word)..start(word) + word.len())
}
