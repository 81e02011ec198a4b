//! # What
//!
//! A step asks for a decision, and in one of the environments none of its rules holds: what the environment gives
//! rules each of them out.
//!
//! # Why
//!
//! Whoever compiles the procedure for that environment gets an error, mostly on the day when it is needed there.
//!
//! # Bad
//!
//! ```yaml L2-system.yaml
//! context:
//!   environments:
//!     village: { guests: few }
//!     town: { guests: many }
//! ```
//! ```yaml L4-decisions.yaml
//! rules:
//!   - { id: R1, condition: { field: guests, operator: equals, value: many }, action: { target: ovens, value: 2 } }
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - { id: E1, steps: [{ step: 1, manual: Light both, when: decisions.ovens == 2 }] }
//! ```
//!
//! # Good
//!
//! ```yaml L2-system.yaml
//! context:
//!   environments:
//!     village: { guests: few }
//!     town: { guests: many }
//! ```
//! ```yaml L4-decisions.yaml
//! rules:
//!   - { id: R1, condition: { field: guests, operator: equals, value: many }, action: { target: ovens, value: 2 } }
//!   - { id: R2, condition: { field: guests, operator: equals, value: few }, action: { target: ovens, value: 1 } }
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - { id: E1, steps: [{ step: 1, manual: Light both, when: decisions.ovens == 2 }] }
//! ```
//!
//! # Exceptions
//!
//! Where a rule asks for a fact that the environment does not give: `--set` may give it.

use std::collections::BTreeMap;

use super::super::{Context, Lint};
use crate::decide::{self, Facts};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::expr;
use crate::graph::{EntityKind, Item};
use crate::source::Location;

/// `undecided-environment`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "undecided-environment",
        code: "R0251",
        level: Level::Warning,
        summary: "in an environment no rule makes a decision that a step asks for",
        source: include_str!("undecided_environment.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    let graph = context.graph;
    if graph.of_kind(EntityKind::Environment).next().is_none() {
        return;
    }
    let asked = asked(context);
    for (_, entity) in graph.of_kind(EntityKind::Environment) {
        let Item::Environment(values) = entity.item else { continue };
        let facts: Facts =
            values.iter().map(|entry| (entry.name.value.clone(), decide::plain(&entry.value))).collect();
        for (target, rule) in decide::undecided(context.rules, &facts) {
            let Some(place) = asked.get(target) else { continue };
            let message = format!("in the environment `{}` nothing decides `{target}`", entity.id);
            found(
                Diagnostic::new(&LINT.info, *place, message)
                    .label("asks for it")
                    .related(context.place(entity.at), "what this gives rules out every rule")
                    .related(context.place(rule), "a rule decides it here, if its condition holds")
                    .help(format!("add a rule that decides `{target}` there")),
            );
        }
    }
}

/// The decisions that steps ask for, and where the first does.
fn asked(context: &Context<'_>) -> BTreeMap<String, Location> {
    let mut asked = BTreeMap::new();
    for (_, procedure) in context.graph.procedures() {
        for step in procedure.steps.iter().chain(procedure.finally.iter()) {
            let Some(when) = &step.when else { continue };
            let Ok(parsed) = expr::parse(&when.value) else { continue };
            for name in expr::free_names(&parsed) {
                if let [root, target] = name.path.as_slice()
                    && root == "decisions"
                {
                    let place = context.part(when.at, name.span.range());
                    asked.entry(target.clone()).or_insert(place);
                }
            }
        }
    }
    asked
}
