//! # What
//!
//! The `timeout` of a step, an action, a procedure or a check is zero.
//!
//! # Why
//!
//! Some read it as no time at all, and every attempt fails; others, such as the program `timeout`, as no limit, and a
//! command that hangs is never ended.
//!
//! # Bad
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, command: test -e bread, timeout: 0, read_only: true }
//! ```
//!
//! # Good
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, command: test -e bread, timeout: 5s, read_only: true }
//! ```

use super::super::{Context, Lint};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::graph::Item;
use crate::model::{Condition, Health, Spanned, Step, TextOr, Verify};
use crate::scalar::Duration;

/// `zero-timeout`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "zero-timeout",
        code: "R0222",
        level: Level::Warning,
        summary: "a timeout of zero",
        source: include_str!("zero_timeout.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    let mut judge = |timeout: Option<Spanned<Duration>>| {
        if let Some(timeout) = timeout.filter(|timeout| timeout.value.as_millis() == 0) {
            found(
                Diagnostic::new(&LINT.info, context.place(timeout.at), "a timeout of 0 s")
                    .label("no time at all, or no limit")
                    .help("say how long it may take"),
            );
        }
    };
    for (_, entity) in context.graph.entities() {
        match entity.item {
            Item::Component(component) => {
                if let Some(Spanned { value: Health::Object(check), .. }) = &component.health {
                    judge(check.timeout);
                }
            }
            Item::Action(action, _) => {
                judge(action.timeout);
                judge(of_verify(action.verify.as_ref()));
            }
            Item::Decision(decision) => {
                judge(decision.rollback.as_ref().and_then(|rollback| rollback.timeout));
            }
            Item::Procedure(procedure) => {
                judge(procedure.timeout);
                for condition in procedure.preconditions.iter().chain(procedure.postconditions.iter()) {
                    judge(of_condition(condition));
                }
                for step in procedure.steps.iter().chain(procedure.finally.iter()) {
                    let step: &Step = step;
                    judge(step.timeout);
                    judge(of_verify(step.verify.as_ref()));
                }
            }
            Item::Checklist(items) => items.iter().for_each(|item| judge(item.timeout)),
            Item::Monitor(monitor) => judge(monitor.timeout),
            _ => {}
        }
    }
}

fn of_verify(verify: Option<&Spanned<Verify>>) -> Option<Spanned<Duration>> {
    match &verify?.value {
        TextOr::Object(policy) => policy.timeout,
        TextOr::Text(_) => None,
    }
}

fn of_condition(condition: &Condition) -> Option<Spanned<Duration>> {
    match condition {
        TextOr::Object(bound) => bound.timeout,
        TextOr::Text(_) => None,
    }
}
