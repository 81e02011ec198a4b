//! # What
//!
//! Two rules of one layer and one priority give a decision different values, and both can hold under the same facts;
//! the finding names such facts. Rules for different decisions never contradict each other.
//!
//! # Why
//!
//! The one that happens to stand first wins: whoever sorts the file, or moves a rule to another one, changes what is
//! decided.
//!
//! # Bad
//!
//! ```yaml L4-decisions.yaml
//! rules:
//!   - { id: R1, condition: { field: cpu, operator: greater, value: 90 }, action: { target: replicas, value: more } }
//!   - { id: R2, condition: { field: disk, operator: less, value: 50 }, action: { target: replicas, value: fewer } }
//! ```
//!
//! # Good
//!
//! ```yaml L4-decisions.yaml
//! rules:
//!   - id: R1
//!     priority: 1
//!     condition: { field: cpu, operator: greater, value: 90 }
//!     action: { target: replicas, value: more }
//!   - id: R2
//!     priority: 2
//!     condition: { field: disk, operator: less, value: 50 }
//!     action: { target: replicas, value: fewer }
//! ```
//!
//! # Exceptions
//!
//! Facts under which a rule of an earlier layer or a smaller priority decides anyway. A rule that never decides since
//! all its facts are covered by rules before it is `decision-shadowed`.

use super::super::{Context, Lint, tables};
use crate::decide::Flaw;
use crate::diagnostic::{Diagnostic, Level, RuleInfo};

/// `decision-conflict`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "decision-conflict",
        code: "R0185",
        level: Level::Warning,
        summary: "two rules give one decision different values under the same facts",
        source: include_str!("decision_conflict.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    for flaw in &context.tables().flaws {
        let Flaw::Conflict { rule, with, example } = flaw else { continue };
        let (ours, theirs) = (&rule.action.value.value, &with.action.value.value);
        let place = match example.to_string() {
            none if none.is_empty() => "whatever the facts are".to_owned(),
            facts => format!("where `{}`", facts.replace('`', "'")),
        };
        let target = &rule.action.target.value;
        let (value, other) = (tables::shown(ours), tables::shown(theirs));
        let message = format!("`{target}` is both `{other}` and `{value}` {place}");
        found(
            Diagnostic::new(&LINT.info, context.place(ours.at), message)
                .label(format!("`{}` says this", rule.id.value))
                .related(context.place(theirs.at), format!("`{}` says this", with.id.value))
                .help(
                    "give one of the rules a smaller `priority`, or let their conditions exclude each other",
                ),
        );
    }
}
