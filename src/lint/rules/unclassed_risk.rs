//! # What
//!
//! L3 demands something of procedures by their risk, others state theirs, and a procedure with steps that change something
//! does not.
//!
//! # Why
//!
//! None of these demands reaches it: no rollback, no verification and no backup is asked of it, however dangerous it is.
//!
//! # Bad
//!
//! ```yaml L3-limits.yaml
//! executor: { require_rollback_for_risk: [high] }
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - { id: E1, risk: low, steps: [{ step: 1, command: ./bake.sh, undo: ./throw.sh }] }
//!   - { id: E3, risk: low, steps: [{ step: 1, manual: Look }] }
//!   - { id: E2, steps: [{ step: 1, command: ./burn.sh, undo: ./quench.sh }] }
//! ```
//!
//! # Good
//!
//! ```yaml L3-limits.yaml
//! executor: { require_rollback_for_risk: [high] }
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - { id: E1, risk: low, steps: [{ step: 1, command: ./bake.sh, undo: ./throw.sh }] }
//!   - { id: E3, risk: low, steps: [{ step: 1, manual: Look }] }
//!   - { id: E2, risk: high, steps: [{ step: 1, command: ./burn.sh, undo: ./quench.sh }] }
//! ```
//!
//! # Exceptions
//!
//! Rule sets in which no more than half of the procedures state a risk; procedures that only call others, that are a way
//! back, that change nothing but what people do by hand, or that run only as a part of others which state a risk: the
//! demands reach them there.

use petgraph::graph::NodeIndex;

use super::super::{Context, Lint, policy, program, ways_back};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::graph::{EdgeKind, Graph, Item};
use crate::model::{Executor, List, Risk, StepKind};

/// `unclassed-risk`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "unclassed-risk",
        code: "R0228",
        level: Level::Warning,
        summary: "a procedure states no risk where L3 makes demands by it",
        source: include_str!("unclassed_risk.rs"),
    },
    check,
};

/// What L3 may demand by risk.
const DEMANDS: [fn(&Executor) -> &List<Risk>; 3] = [
    |executor| &executor.require_rollback_for_risk,
    |executor| &executor.require_verification_for_risk,
    |executor| &executor.require_health_checks_for_risk,
];

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    let demanded =
        DEMANDS.into_iter().find_map(|list| policy::demand(context.rules, list).into_values().next());
    let Some(demanded) = demanded else { return };
    let all = context.graph.procedures().count();
    let stated = context.graph.procedures().filter(|(_, procedure)| procedure.risk.is_some()).count();
    if stated * 2 <= all {
        return;
    }
    for (index, procedure) in context.graph.procedures() {
        let changes = procedure.steps.iter().any(|step| {
            let runs = match step.kind() {
                Some(StepKind::Command(command)) => !program::only_reads(&command.value),
                Some(StepKind::Uses(_) | StepKind::File(_)) => true,
                _ => false,
            };
            runs && !ways_back::is_read_only(context.graph, step)
        });
        if procedure.risk.is_some()
            || !changes
            || context.needs_no_way_back(index)
            || is_part(context.graph, index)
        {
            continue;
        }
        let message = format!("`{}` does not state its risk", procedure.id.value);
        found(
            Diagnostic::new(&LINT.info, context.place(procedure.id.at), message)
                .label("has no `risk`")
                .related(context.place(demanded), "a demand by risk passes it by")
                .help("state `risk`: low, medium, high or critical"),
        );
    }
}

/// True where a procedure runs only as a part of procedures that state a risk.
fn is_part(graph: &Graph<'_>, index: NodeIndex) -> bool {
    let mut callers = graph.referrers(index).filter(|(edge, _)| edge.kind == EdgeKind::Runs).peekable();
    callers.peek().is_some()
        && callers.all(|(_, from)| match graph.entity(from).item {
            Item::Step(_, caller) => caller.risk.is_some(),
            _ => false,
        })
}
