//! # What
//!
//! A call gives a procedure a value that it takes no input for, and that none of its commands asks for.
//!
//! # Why
//!
//! The value goes nowhere: the procedure runs with its default, or asks for what the caller believes to have said.
//!
//! # Bad
//!
//! ```yaml L5-bake.yaml
//! procedures:
//!   - id: clean
//!     inputs: [{ name: oven, type: int, required: true }]
//!     steps:
//!       - { step: 1, command: './clean.sh "$oven"', timeout: 60, read_only: true }
//!   - id: close
//!     steps:
//!       - { step: 1, run: clean, with: { ovn: 3 } }
//! ```
//!
//! # Good
//!
//! ```yaml L5-bake.yaml
//! procedures:
//!   - id: clean
//!     inputs: [{ name: oven, type: int, required: true }]
//!     steps:
//!       - { step: 1, command: './clean.sh "$oven"', timeout: 60, read_only: true }
//!   - id: close
//!     steps:
//!       - { step: 1, run: clean, with: { oven: 3 } }
//! ```
//!
//! # Exceptions
//!
//! Names that the procedure, or one that it calls, declares or mentions in a command; names in capitals that resemble
//! no input, since the programs that it runs may read them; procedures that declare no inputs at all.

use std::collections::BTreeSet;

use petgraph::graph::NodeIndex;

use super::super::{Context, Lint};
use crate::diagnostic::{Diagnostic, Level, RuleInfo, is_unmistakable, nearest};
use crate::graph::Item;
use crate::model::{Procedure, StepKind};

/// `unknown-argument`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "unknown-argument",
        code: "R0403",
        level: Level::Warning,
        summary: "a call gives a value that nobody asks for",
        source: include_str!("unknown_argument.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    let graph = context.graph;
    for (_, caller) in graph.procedures() {
        for step in caller.steps.iter().chain(caller.finally.iter()) {
            let Some(StepKind::Run(reference)) = step.kind() else { continue };
            let Some(callee) = graph.target_index(reference.at) else { continue };
            let Item::Procedure(procedure) = graph.entity(callee).item else { continue };
            if step.with.is_empty() || procedure.inputs.is_empty() {
                continue;
            }
            let names: Vec<&str> = procedure.inputs.iter().map(|input| input.name.value.as_str()).collect();
            for argument in &step.with {
                let name = argument.name.value.as_str();
                let like = nearest(name, names.iter().copied())
                    .filter(|_| is_unmistakable(name, names.iter().copied()));
                let may_be_read = like.is_none() && !name.contains(|c: char| c.is_ascii_lowercase());
                if names.contains(&name) || may_be_read || is_asked_for(context, callee, name) {
                    continue;
                }
                let help = match like {
                    Some(like) => format!("did you mean `{like}`?"),
                    None => format!("it takes {}", listed(&names)),
                };
                let message = format!("`{}` takes no `{name}`", procedure.id.value);
                let place = context.rules.location(argument.name.at);
                found(
                    Diagnostic::new(&LINT.info, place, message)
                        .related(context.rules.location(procedure.id.at), "is what is called")
                        .help(help),
                );
            }
        }
    }
}

fn listed(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// True where a procedure, or one that it calls or rolls back to, has something to do with a name.
fn is_asked_for(context: &Context<'_>, procedure: NodeIndex, name: &str) -> bool {
    let graph = context.graph;
    let (mut seen, mut open) = (BTreeSet::from([procedure]), vec![procedure]);
    while let Some(index) = open.pop() {
        let Item::Procedure(procedure) = graph.entity(index).item else { continue };
        let is_declared = procedure.inputs.iter().any(|input| input.name.value == name);
        if is_declared || is_mentioned(context, procedure, name) {
            return true;
        }
        let calls =
            procedure.steps.iter().chain(procedure.finally.iter()).filter_map(|step| step.run.as_ref());
        let called =
            calls.chain(&procedure.rollback_procedure).filter_map(|text| graph.target_index(text.at));
        open.extend(called.filter(|called| seen.insert(*called)));
    }
    false
}

/// True where the text of a procedure, or of an action that it uses, has a name in it.
fn is_mentioned(context: &Context<'_>, procedure: &Procedure, name: &str) -> bool {
    let rules = context.rules;
    let stands_in = |at| {
        let place = rules.location(at);
        rules.sources.get(place.file).slice(place.span).contains(name)
    };
    let used = procedure.steps.iter().chain(procedure.finally.iter()).filter_map(|step| step.uses.as_ref());
    let actions = used.filter_map(|text| match context.graph.target(text.at)?.item {
        Item::Action(action, _) => Some(action.at),
        _ => None,
    });
    let own = procedure.steps.iter().chain(procedure.finally.iter()).map(|step| step.at);
    let conditions = procedure.preconditions.iter().chain(procedure.postconditions.iter()).map(|it| it.at);
    own.chain(conditions).chain(actions).any(stands_in)
}
