//! # What
//!
//! A step of a procedure that is a rollback says `on_failure: abort` or `retry_then_abort`, and more steps follow.
//!
//! # Why
//!
//! As a rollback the procedure goes on behind a step that fails, so that as much as possible is taken back: the word is
//! not kept. Where somebody runs it by itself, to finish a rollback by hand, it is, and the rest stays as it was.
//!
//! # Bad
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     rollback_procedure: E2
//!     steps: [{ step: 1, command: ./open.sh }]
//!   - id: E2
//!     steps:
//!       - { step: 1, command: ./close-shop.sh, on_failure: abort }
//!       - { step: 2, command: ./close-oven.sh, on_failure: continue }
//! ```
//!
//! # Good
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     rollback_procedure: E2
//!     steps: [{ step: 1, command: ./open.sh }]
//!   - id: E2
//!     steps:
//!       - { step: 1, command: ./close-shop.sh, on_failure: continue }
//!       - { step: 2, command: ./close-oven.sh, on_failure: abort }
//! ```

use super::super::{Context, Lint};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::graph::EdgeKind;
use crate::model::OnFailure;

/// `rollback-can-abort`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "rollback-can-abort",
        code: "R0138",
        level: Level::Note,
        summary: "a step of a rollback says that it aborts",
        source: include_str!("rollback_can_abort.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    let graph = context.graph;
    for (index, procedure) in graph.procedures() {
        let mut uses = graph.referrers(index).filter(|(edge, _)| edge.kind == EdgeKind::RollsBackTo);
        let (Some((edge, of)), Some((_, before))) = (uses.next(), procedure.steps.split_last()) else {
            continue;
        };
        let stated = before.iter().filter_map(|step| step.on_failure);
        let mut aborts = stated.filter_map(|stated| Some((stated.at, word(stated.value)?)));
        let Some((first, word)) = aborts.next() else { continue };
        let (id, of) = (&procedure.id.value, &graph.entity(of).id);
        let message = format!("as a rollback `{id}` goes on behind this `{word}`");
        let mut diagnostic = Diagnostic::new(&LINT.info, context.place(first), message)
            .label(format!("ends `{id}` only where it runs by itself"))
            .related(context.place(edge.at), format!("is the rollback of `{of}`"))
            .help("say `continue`, so that it does the same by itself");
        for (at, _) in aborts {
            diagnostic = diagnostic.related(context.place(at), "the same here");
        }
        found(diagnostic);
    }
}

fn word(on_failure: OnFailure) -> Option<&'static str> {
    match on_failure {
        OnFailure::Abort => Some("abort"),
        OnFailure::RetryThenAbort => Some("retry_then_abort"),
        OnFailure::Continue | OnFailure::AlertAndContinue | OnFailure::Rollback => None,
    }
}
