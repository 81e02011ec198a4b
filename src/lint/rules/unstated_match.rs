//! # What
//!
//! A decision has several conditions in prose and does not say whether all of them must hold or one is enough.
//!
//! # Why
//!
//! All of them must, which is the default; but a list of prose is as often meant as one of alternatives, and nobody can see
//! which it is.
//!
//! # Bad
//!
//! ```yaml L4-decisions.yaml
//! decision_rules:
//!   - id: D1
//!     conditions: [the disk is nearly full, the queue is longer than a day]
//!     actions: [{ step: 1, action: tidy }]
//! ```
//! ```yaml L5-actions.yaml
//! actions: { tidy: { command: ./tidy.sh } }
//! ```
//!
//! # Good
//!
//! ```yaml L4-decisions.yaml
//! decision_rules:
//!   - id: D1
//!     match: any
//!     conditions: [the disk is nearly full, the queue is longer than a day]
//!     actions: [{ step: 1, action: tidy }]
//! ```
//! ```yaml L5-actions.yaml
//! actions: { tidy: { command: ./tidy.sh } }
//! ```

use super::super::{Context, Lint};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::graph::Item;
use crate::model::TextOr;

/// `unstated-match`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "unstated-match",
        code: "R0191",
        level: Level::Note,
        summary: "a decision does not say whether all of its conditions must hold or any",
        source: include_str!("unstated_match.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    for (_, entity) in context.graph.entities() {
        let Item::Decision(decision) = entity.item else { continue };
        let prose = decision.conditions.iter().filter(|it| matches!(it.value, TextOr::Text(_))).count();
        if decision.match_mode.is_some() || prose < 2 {
            continue;
        }
        let (id, count) = (&decision.id.value, decision.conditions.len());
        let message = format!("`{id}` does not say whether all of its {count} conditions must hold or any");
        found(
            Diagnostic::new(&LINT.info, context.place(decision.conditions[0].at), message)
                .label("the first of them")
                .help("say `match: all`, which is the default, or `match: any`"),
        );
    }
}
