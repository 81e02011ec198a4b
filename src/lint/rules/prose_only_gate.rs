//! # What
//!
//! All preconditions of a procedure are prose; or all its postconditions, all conditions of a decision, all items of a
//! checklist, or all that a checkpoint requires.
//!
//! # Why
//!
//! A person decides alone whether it holds, each time, and a run without a person ends there. One condition that a
//! command decides keeps the worst from happening on a bad day.
//!
//! # Bad
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     preconditions: [The ovens are warm, The dough has risen]
//!     steps: [{ step: 1, command: ./bake.sh, undo: ./clear.sh }]
//! ```
//!
//! # Good
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     preconditions: [{ check: ./ovens-are-warm.sh, timeout: 5s }, The dough has risen]
//!     steps: [{ step: 1, command: ./bake.sh, undo: ./clear.sh }]
//! ```

use super::super::{Context, Lint};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::graph::Item;
use crate::model::{At, ChecklistItem, List, TextOr};

/// `prose-only-gate`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "prose-only-gate",
        code: "R0147",
        level: Level::Note,
        summary: "no condition of a gate is bound to a check",
        source: include_str!("prose_only_gate.rs"),
    },
    check,
};

const FORMS: &str =
    "bind one to a check: `{check: COMMAND}`, `{checklist: NAME}`, `{metric: NAME}` or `{health: COMPONENT}`";
const FORMS_OF_ITEMS: &str = "bind one: `{item: TEXT, check: COMMAND}`";
const FORMS_OF_DECISIONS: &str = "bind one: `{when: EXPRESSION}` or `{check: COMMAND}`";

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    for (_, entity) in context.graph.entities() {
        let mut judge = |gate: Option<Gate>, noun: &str, help| {
            let Some(Gate { first, count }) = gate else { return };
            let message = match count {
                1 => format!("the only {noun} of `{}` is prose", entity.id),
                2 => format!("both {noun}s of `{}` are prose", entity.id),
                count => format!("all {count} {noun}s of `{}` are prose", entity.id),
            };
            let label =
                if count == 1 { "a person decides it" } else { "the first; a person decides them all" };
            found(Diagnostic::new(&LINT.info, context.place(first), message).label(label).help(help));
        };
        match entity.item {
            Item::Procedure(procedure) => {
                judge(prose(&procedure.preconditions), "precondition", FORMS);
                judge(prose(&procedure.postconditions), "postcondition", FORMS);
            }
            Item::Decision(decision) => {
                judge(prose(&decision.conditions), "condition", FORMS_OF_DECISIONS);
            }
            Item::Checklist(items) => judge(unbound(&items.value), "item", FORMS_OF_ITEMS),
            Item::Timeline(timeline) => {
                for checkpoint in &timeline.checkpoints {
                    judge(prose(&checkpoint.require), "requirement", FORMS);
                }
            }
            _ => {}
        }
    }
}

/// Conditions of which none is bound to anything.
struct Gate {
    first: At,
    count: usize,
}

fn prose<B>(conditions: &List<TextOr<B>>) -> Option<Gate> {
    let is_prose = conditions.iter().all(|condition| matches!(condition.value, TextOr::Text(_)));
    let first = conditions.first().filter(|_| is_prose)?;
    Some(Gate { first: first.at, count: conditions.len() })
}

fn unbound(items: &List<ChecklistItem>) -> Option<Gate> {
    let is_prose = items.iter().all(|item| item.asked().is_none());
    let first = items.first().filter(|_| is_prose)?;
    Some(Gate { first: first.item.at, count: items.len() })
}
