//! # What
//!
//! A rule never decides: under all facts under which it holds, a rule that comes before it holds too, the same one
//! everywhere or one here and another one there.
//!
//! # Why
//!
//! Whoever wrote it believes that it does something.
//!
//! # Bad
//!
//! ```yaml L4-decisions.yaml
//! rules:
//!   - { id: R1, condition: { field: load, operator: greater, value: 50 }, action: { target: pace, value: slow } }
//!   - { id: R2, condition: { field: load, operator: greater, value: 90 }, action: { target: pace, value: stop } }
//! ```
//!
//! # Good
//!
//! ```yaml L4-decisions.yaml
//! rules:
//!   - id: R1
//!     priority: 2
//!     condition: { field: load, operator: greater, value: 50 }
//!     action: { target: pace, value: slow }
//!   - id: R2
//!     priority: 1
//!     condition: { field: load, operator: greater, value: 90 }
//!     action: { target: pace, value: stop }
//! ```
//!
//! # Exceptions
//!
//! Two rules of one priority that hold under exactly the same facts and say different things are
//! `decision-conflict`.

use super::super::{Context, Lint};
use crate::decide::Flaw;
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::model::Rule;

/// `decision-shadowed`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "decision-shadowed",
        code: "R0186",
        level: Level::Warning,
        summary: "a rule never decides, since others always come first",
        source: include_str!("decision_shadowed.rs"),
    },
    check,
};

/// How many of the rules that come first are shown.
const SHOWN: usize = 3;

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    for flaw in &context.tables().flaws {
        let Flaw::Shadowed { rule, by } = flaw else { continue };
        let (id, target) = (&rule.id.value, &rule.action.target.value);
        let message = match by.as_slice() {
            [one] => {
                format!("`{id}` never decides `{target}`: wherever it holds, `{}` does too", one.id.value)
            }
            all => format!(
                "`{id}` never decides `{target}`: wherever it holds, one of {} rules does too",
                all.len()
            ),
        };
        let mut diagnostic =
            Diagnostic::new(&LINT.info, context.place(rule.id.at), message).label("comes too late");
        for first in by.iter().take(SHOWN) {
            let label = format!("`{}` comes before it", first.id.value);
            diagnostic = diagnostic.related(context.place(first.condition.at), label);
        }
        let layer = |rule: &Rule| context.rules.file(rule.id.at.file).map(|file| file.layer);
        // No priority comes before an earlier layer.
        let help = match by.iter().all(|first| layer(first) == layer(rule)) {
            true => "give it a smaller `priority` than theirs, or take it out",
            false => "narrow the conditions of those that come first, or take it out",
        };
        found(diagnostic.help(help));
    }
}
