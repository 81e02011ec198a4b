//! # What
//!
//! In the worst case a rollback takes longer than `rollback_time` of L3, or than the `timeout` that a decision
//! gives its rollback. A decision whose `on_failure` names no procedure is held against the rollback of the procedure
//! that carries it out: one that `satisfies` it, or the only one that starts the same components in the same order.
//!
//! # Why
//!
//! The rollback is cut off half-way, or the outage is longer than anybody has agreed to.
//!
//! # Bad
//!
//! ```yaml L4-decisions.yaml
//! decision_rules:
//!   - { id: D1, actions: [{ step: 1, action: E1 }], rollback: { on_failure: E2, timeout: 30s } }
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     rollback_procedure: E2
//!     steps: [{ step: 1, command: ./pack.sh, timeout: 40s }]
//!   - id: E2
//!     steps: [{ step: 1, command: ./unpack.sh, timeout: 40s }]
//! ```
//!
//! # Good
//!
//! ```yaml L4-decisions.yaml
//! decision_rules:
//!   - { id: D1, actions: [{ step: 1, action: E1 }], rollback: { on_failure: E2, timeout: 1m } }
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     rollback_procedure: E2
//!     steps: [{ step: 1, command: ./pack.sh, timeout: 40s }]
//!   - id: E2
//!     steps: [{ step: 1, command: ./unpack.sh, timeout: 40s }]
//! ```

use petgraph::graph::NodeIndex;

use super::super::{Context, Lint, limits, times};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::graph::Item;
use crate::model::{At, Decision};
use crate::plan::bounds::{Total, conditions, one_by_one, rollback};

/// `rollback-over-limit`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "rollback-over-limit",
        code: "R0065",
        level: Level::Error,
        summary: "a rollback can take longer than it may",
        source: include_str!("rollback_over_limit.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    let limits = limits::rollback_times(context.graph);
    for (index, procedure) in context.graph.procedures() {
        let Some(plan) = context.drafts().get(&index).filter(|_| !limits.is_empty()) else { continue };
        let total = rollback(plan);
        let Some(ms) = total.bound.ms() else { continue };
        for limit in limits.iter().filter(|limit| !limit.allows(ms)) {
            let reference = procedure.rollback_procedure.as_ref().unwrap_or(&procedure.id);
            let (id, sum, allowed) = (&procedure.id.value, times::sum(&total), &limit.spelt.value);
            let message = format!("rolling back `{id}` can take {sum}, and should take `{allowed}`");
            found(
                Diagnostic::new(&LINT.info, context.place(reference.at), message)
                    .label("longer than L3 allows")
                    .related(context.place(limit.spelt.at), "the limit is stated here")
                    .help("shorten the timeouts or retries of the rollback"),
            );
        }
    }
    for (index, entity) in context.graph.entities() {
        if let Item::Decision(decision) = entity.item {
            judge(context, index, decision, found);
        }
    }
}

fn judge(context: &Context<'_>, index: NodeIndex, decision: &Decision, found: &mut dyn FnMut(Diagnostic)) {
    let Some(stated) = &decision.rollback else { return };
    let Some(limit) = stated.timeout else { return };
    let Some((target, named_at)) = target(context, index, decision) else { return };
    let (Some(plan), Item::Procedure(procedure)) =
        (context.drafts().get(&target), context.graph.entity(target).item)
    else {
        return;
    };
    let mut terms = one_by_one(&plan.steps, plan.alerts.get("default")).terms;
    terms.extend(conditions(&plan.postconditions).terms);
    let total = Total::in_sequence(terms);
    if total.bound.ms().is_none_or(|ms| ms <= limit.value.as_millis()) {
        return;
    }
    let (id, sum) = (&procedure.id.value, times::sum(&total));
    let message = format!("rolling back to `{id}` can take {sum} > {} s", limit.value.seconds());
    found(
        Diagnostic::new(&LINT.info, context.place(limit.at), message)
            .label(format!("the time that `{}` leaves its rollback", decision.id.value))
            .related(context.place(named_at), format!("`{id}` is the rollback here"))
            .related(
                context.place(procedure.id.at),
                "takes longer in the worst case, with the grace behind each timeout",
            )
            .help("allow more time, or shorten the timeouts and retries of the rollback"),
    );
}

/// The procedure that a decision rolls back to, and where that is said.
fn target(context: &Context<'_>, index: NodeIndex, decision: &Decision) -> Option<(NodeIndex, At)> {
    let graph = context.graph;
    let reference = decision.rollback.as_ref()?.on_failure.as_ref()?;
    if let Some(target) = graph.target_index(reference.at) {
        return Some((target, reference.at));
    }
    let first = context.realised().partition_point(|pair| pair.decision < index);
    let pair = context.realised().get(first).filter(|pair| pair.decision == index)?;
    let reference = pair.carrier.rollback_procedure.as_ref()?;
    Some((graph.target_index(reference.at)?, reference.at))
}
