//! # What
//!
//! Nothing leads to a procedure: no step, remedy, decision, monitor or timeline runs it, nothing is rolled back by it, it
//! lessens no risk, and it does not say what it `satisfies`.
//!
//! # Why
//!
//! Whoever reads the rules does not learn when it runs. It may be what somebody starts by hand; it may be left over.
//!
//! # Bad
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps: [{ step: 1, run: E2 }]
//!   - id: E2
//!     steps: [{ step: 1, command: ./look.sh, read_only: true }]
//!   - id: E3
//!     steps: [{ step: 1, command: ./look-again.sh, read_only: true }]
//! ```
//!
//! # Good
//!
//! ```yaml L1-goals.yaml
//! goals: [{ id: G1, name: Bread at seven }]
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     satisfies: [G1]
//!     steps: [{ step: 1, run: E2 }]
//!   - id: E2
//!     steps: [{ step: 1, command: ./look.sh, read_only: true }]
//! ```
//!
//! # Exceptions
//!
//! The only procedure that no other one runs, where nothing else leads to any: it is the entry. One that carries out a
//! decision, shown by the components that both start; and one tagged `backup`, which L3 may ask for.

use rustc_hash::FxHashSet;

use super::super::{Context, Lint};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::graph::{EdgeKind, EntityKind};

/// `orphan-procedure`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "orphan-procedure",
        code: "R0136",
        level: Level::Note,
        summary: "nothing leads to a procedure",
        source: include_str!("orphan_procedure.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    let graph = context.graph;
    let leads = [EdgeKind::Runs, EdgeKind::Uses, EdgeKind::RollsBackTo, EdgeKind::MitigatedBy];
    let (mut entries, mut is_led_to) = (Vec::new(), false);
    for (index, procedure) in graph.procedures() {
        let ways: Vec<EntityKind> = graph
            .referrers(index)
            .filter(|(edge, _)| leads.contains(&edge.kind))
            .map(|(_, from)| graph.entity(from).kind)
            .collect();
        is_led_to |= ways.iter().any(|kind| !matches!(kind, EntityKind::Step | EntityKind::Procedure));
        if ways.is_empty() {
            entries.push((index, procedure));
        }
    }
    if entries.len() < 2 && !is_led_to {
        return;
    }
    let carriers: FxHashSet<_> = context.realised().iter().map(|pair| pair.procedure).collect();
    for (index, procedure) in entries {
        let is_backup = procedure.tags.iter().any(|tag| tag.value == "backup");
        if !procedure.satisfies.is_empty() || is_backup || carriers.contains(&index) {
            continue;
        }
        let message =
            format!("nothing leads to `{}`: it runs only where somebody names it", procedure.id.value);
        found(
            Diagnostic::new(&LINT.info, context.place(procedure.id.at), message)
                .label("nothing refers to it")
                .help("say what it `satisfies`, let a decision, monitor or timeline run it, or delete it"),
        );
    }
}
