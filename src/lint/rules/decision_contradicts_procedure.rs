//! # What
//!
//! A decision starts components and rolls back when that fails; the procedure that carries it out goes on after a
//! failure of the step that does the same. A procedure carries a decision out if it `satisfies` it, or if it is the only
//! one that starts the same components in the same order. Steps correspond where they start the same component, and
//! where they are the ones that follow the last start in both.
//!
//! # Why
//!
//! What happens depends on whether somebody runs the decision or the procedure.
//!
//! # Bad
//!
//! ```yaml L2-system.yaml
//! context:
//!   project_structure:
//!     components:
//!       - { name: stock, actions: { start: { command: ./start.sh stock, undo: ./stop.sh stock } } }
//! ```
//! ```yaml L4-decisions.yaml
//! decision_rules:
//!   - { id: D1, actions: [{ step: 1, service: stock, action: start }], rollback: { on_failure: E2 } }
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     satisfies: [D1]
//!     rollback_procedure: E2
//!     steps: [{ step: 1, uses: stock.start, on_failure: continue }]
//!   - id: E2
//!     steps: [{ step: 1, command: ./stop.sh stock }]
//! ```
//!
//! # Good
//!
//! ```yaml L2-system.yaml
//! context:
//!   project_structure:
//!     components:
//!       - { name: stock, actions: { start: { command: ./start.sh stock, undo: ./stop.sh stock } } }
//! ```
//! ```yaml L4-decisions.yaml
//! decision_rules:
//!   - { id: D1, actions: [{ step: 1, service: stock, action: start }], rollback: { on_failure: E2 } }
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     satisfies: [D1]
//!     rollback_procedure: E2
//!     steps: [{ step: 1, uses: stock.start, on_failure: rollback }]
//!   - id: E2
//!     steps: [{ step: 1, command: ./stop.sh stock }]
//! ```
//!
//! # Exceptions
//!
//! A decision that names the procedure as its action: then the procedure alone says what happens.

use std::collections::BTreeSet;

use petgraph::graph::NodeIndex;

use super::super::starts::Verb;
use super::super::{Context, Lint};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::model::OnFailure;

/// `decision-contradicts-procedure`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "decision-contradicts-procedure",
        code: "R0055",
        level: Level::Warning,
        summary: "a procedure goes on where its decision rolls back",
        source: include_str!("decision_contradicts_procedure.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    for pair in context.realised_apart() {
        let (decision, procedure) = (pair.decided, pair.carrier);
        let Some(fallback) = decision.rollback.as_ref().and_then(|rollback| rollback.on_failure.as_ref())
        else {
            continue;
        };
        let theirs = context.events(pair.decision, Verb::Start);
        let ours = context.events(pair.procedure, Verb::Start);
        let Some(last) = theirs.iter().map(|event| event.position).max() else { continue };
        let components: BTreeSet<NodeIndex> = theirs.iter().map(|event| event.component).collect();
        let shared: BTreeSet<usize> = ours
            .iter()
            .filter(|event| components.contains(&event.component))
            .map(|event| event.position)
            .collect();
        let more_follows = last + 1 < decision.actions.len();
        for (position, step) in procedure.steps.iter().enumerate() {
            let follows = more_follows && shared.last().is_some_and(|last| position > *last);
            let goes_on = matches!(step.on_failure(), OnFailure::Continue | OnFailure::AlertAndContinue);
            let Some(on_failure) = step.on_failure.filter(|_| goes_on) else { continue };
            if !follows && !shared.contains(&position) {
                continue;
            }
            let (id, other) = (&procedure.id.value, &decision.id.value);
            let message = format!("`{id}` goes on where decision `{other}` rolls back");
            found(
                Diagnostic::new(&LINT.info, context.place(on_failure.at), message)
                    .label("goes on after a failure")
                    .related(context.place(fallback.at), format!("`{other}` rolls back after a failure"))
                    .help("say `on_failure: rollback` here, or take the rollback out of the decision"),
            );
        }
    }
}
