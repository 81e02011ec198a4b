//! # What
//!
//! The name of a decision's action says that it rolls back in case of a failure, and the decision has no `rollback`.
//!
//! # Why
//!
//! Actions run one after the other as long as they succeed. After a failure that action does not run, and without one
//! it does.
//!
//! # Bad
//!
//! ```yaml L4-decisions.yaml
//! decision_rules:
//!   - id: D1
//!     actions: [{ step: 1, action: apply }, { step: 2, action: rollback_if_failed }]
//! ```
//! ```yaml L5-actions.yaml
//! actions: { apply: { command: ./apply.sh }, rollback_if_failed: { command: ./back.sh } }
//! ```
//!
//! # Good
//!
//! ```yaml L4-decisions.yaml
//! decision_rules:
//!   - id: D1
//!     actions: [{ step: 1, action: apply }]
//!     rollback: { on_failure: back }
//! ```
//! ```yaml L5-actions.yaml
//! actions: { apply: { command: ./apply.sh }, back: { command: ./back.sh } }
//! ```
//!
//! # Exceptions
//!
//! A decision to roll back: `rollback_release` names no failure that it waits for.

use super::super::{Context, Lint};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::graph::Item;

/// `rollback-as-action`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "rollback-as-action",
        code: "R0192",
        level: Level::Warning,
        summary: "a decision rolls back by an action that runs only when nothing failed",
        source: include_str!("rollback_as_action.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    for (_, entity) in context.graph.entities() {
        let Item::Decision(decision) = entity.item else { continue };
        if decision.rollback.is_some() {
            continue;
        }
        // The first action follows nothing that could have failed.
        for action in decision.actions.iter().skip(1).filter(|action| waits_for_failure(&action.action)) {
            let (id, name) = (&decision.id.value, &action.action.value);
            let message = format!("`{name}` of `{id}` runs only when nothing before it has failed");
            found(
                Diagnostic::new(&LINT.info, context.place(action.action.at), message)
                    .label("is not reached after a failure")
                    .related(context.place(decision.id.at), "has no `rollback`")
                    .help("say `rollback: { on_failure: ... }` with what takes the actions back"),
            );
        }
    }
}

/// True for `rollback_if_failed`, `notify_or_roll_back` and the like.
fn waits_for_failure(name: &str) -> bool {
    let lower = name.to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).collect();
    let rolls_back = words.contains(&"rollback") || words.windows(2).any(|pair| *pair == ["roll", "back"]);
    rolls_back && words.iter().any(|word| ["if", "or", "on", "unless", "when"].contains(word))
}
