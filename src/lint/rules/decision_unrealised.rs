//! # What
//!
//! Nothing carries a decision out: no procedure `satisfies` it, does what it does or is one of its actions, and none
//! of its actions is one that runs.
//!
//! # Why
//!
//! The rules say what is to be done, and nobody does it.
//!
//! # Bad
//!
//! ```yaml L4-decisions.yaml
//! decision_rules: [{ id: D1, actions: [{ step: 1, action: isolate_host }, { step: 2, action: keep_evidence }] }]
//! ```
//!
//! # Good
//!
//! ```yaml L4-decisions.yaml
//! decision_rules: [{ id: D1, actions: [{ step: 1, action: E1 }] }]
//! ```
//! ```yaml L5-execution.yaml
//! procedures: [{ id: E1, steps: [{ step: 1, command: ./isolate.sh, undo: ./connect.sh }] }]
//! ```
//!
//! # Exceptions
//!
//! A decision of which some actions run and others don't: those others are `action-unbound`.

use super::super::{Context, Lint};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::graph::Item;

/// `decision-unrealised`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "decision-unrealised",
        code: "R0189",
        level: Level::Warning,
        summary: "no procedure carries a decision out",
        source: include_str!("decision_unrealised.rs"),
    },
    check,
};

/// How many of the actions are shown.
const SHOWN: usize = 3;

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    for (index, entity) in context.graph.entities() {
        let Item::Decision(decision) = entity.item else { continue };
        let is_realised = || context.realised().iter().any(|pair| pair.decision == index);
        if !context.graph.is_bound_to_nothing(index) || is_realised() {
            continue;
        }
        let id = &decision.id.value;
        let message = match decision.actions.len() {
            0 => format!("nothing carries `{id}` out: it has no actions, and no procedure satisfies it"),
            1 => {
                format!("nothing carries `{id}` out: its action runs nothing, and no procedure satisfies it")
            }
            more => {
                format!(
                    "nothing carries `{id}` out: its {more} actions run nothing, and no procedure satisfies it"
                )
            }
        };
        let mut diagnostic =
            Diagnostic::new(&LINT.info, context.place(decision.id.at), message).label("is not carried out");
        for action in decision.actions.iter().take(SHOWN) {
            let label = format!("nothing is called `{}`", action.action.value);
            diagnostic = diagnostic.related(context.place(action.action.at), label);
        }
        found(diagnostic.help(format!(
            "declare its actions under `actions` of L5, or let a procedure say `satisfies: [{id}]`"
        )));
    }
}
