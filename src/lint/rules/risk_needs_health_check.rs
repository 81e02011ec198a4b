//! # What
//!
//! A procedure of a risk that `require_health_checks_for_risk` of L3 names ends without a look at whether the system is
//! well.
//!
//! # Why
//!
//! Every step may have done what it was told while the whole is broken. The rules promise that somebody looks.
//!
//! # Bad
//!
//! ```toml L3-limits.toml
//! [executor]
//! require_health_checks_for_risk = ["high"]
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     risk: high
//!     postconditions: [everybody is content]
//!     steps:
//!       - { step: 1, command: ./deploy.sh, undo: ./deploy.sh --previous }
//! ```
//!
//! # Good
//!
//! ```toml L3-limits.toml
//! [executor]
//! require_health_checks_for_risk = ["high"]
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     risk: high
//!     postconditions: [{ check: ./healthy.sh, timeout: 10 }]
//!     steps:
//!       - { step: 1, command: ./deploy.sh, undo: ./deploy.sh --previous }
//! ```
//!
//! # Exceptions
//!
//! Any postcondition that something decides (`health`, `check`, `metric`, or a checklist that has a `check`) is a
//! health check; so is a step that changes nothing behind the last one that does, and what verifies that last one.

use super::super::{Context, Lint, policy, ways_back};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::graph::{Graph, Item};
use crate::model::{Condition, ConditionKind, Procedure, StepKind};

/// `risk-needs-health-check`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "risk-needs-health-check",
        code: "R0160",
        level: Level::Error,
        summary: "a risky procedure has no health check, as L3 demands",
        source: include_str!("risk_needs_health_check.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    let demand = policy::demand(context.rules, |executor| &executor.require_health_checks_for_risk);
    for of in policy::at_risk(context, &demand) {
        if looks(context.graph, of.procedure) {
            continue;
        }
        let (id, risk) = (&of.procedure.id.value, policy::word(of.risk.value));
        let message = format!("`{id}` is of {risk} risk, and nothing tells whether all is well after it");
        found(
            Diagnostic::new(&LINT.info, context.place(of.risk.at), message)
                .related(context.place(of.demanded_at), "a health check is demanded here")
                .help("give it a postcondition such as `health: COMPONENT` or `check: COMMAND`"),
        );
    }
}

/// True where something looks at the whole when the procedure is done.
fn looks(graph: &Graph<'_>, procedure: &Procedure) -> bool {
    if procedure.postconditions.iter().any(|condition| is_decided(graph, condition)) {
        return true;
    }
    let Some(last) = procedure.steps.last() else { return false };
    let action = ways_back::action(graph, last);
    let is_verified = last.repeat.is_some()
        || last.verify.is_some()
        || action.is_some_and(|action| action.verify.is_some());
    match last.kind() {
        Some(StepKind::Command(_) | StepKind::Uses(_)) => is_verified || ways_back::is_read_only(graph, last),
        // Who does it by hand looks; and what is called may look itself.
        Some(StepKind::Manual(_) | StepKind::Run(_)) | None => true,
        // What a probe finds decides nothing by itself.
        Some(StepKind::File(_) | StepKind::Probe(_)) => is_verified,
    }
}

fn is_decided(graph: &Graph<'_>, condition: &Condition) -> bool {
    match condition.kind() {
        Some(
            ConditionKind::Check { .. }
            | ConditionKind::Probe { .. }
            | ConditionKind::Metric(_)
            | ConditionKind::Health(_),
        ) => true,
        // What is called nothing is a finding of its own.
        Some(ConditionKind::Checklist(name)) => match graph.target(name.at).map(|entity| entity.item) {
            Some(Item::Checklist(items)) => items.iter().any(|item| item.asked().is_some()),
            _ => true,
        },
        Some(ConditionKind::Prose(_)) | None => false,
    }
}
