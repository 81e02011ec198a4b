//! A plan without what is no part of a run: places in the rules, their files, and the digest over all that.

use crate::plan::ir::{Action, Condition, Plan, Source, Step};

/// The same plan as if all rules stood in one place of one file.
#[must_use]
pub fn without(plan: &Plan) -> Plan {
    let mut plan = plan.clone();
    plan.digest = String::new();
    plan.sources = Vec::new();
    plan.entry.source = nowhere();
    plan.inputs.iter_mut().for_each(|input| input.source = nowhere());
    plan.policy.window.iter_mut().for_each(|window| window.source = nowhere());
    plan.policy.approvals.iter_mut().for_each(|approval| approval.source = nowhere());
    plan.preconditions.iter_mut().chain(&mut plan.postconditions).for_each(condition);
    plan.checklists.values_mut().flatten().for_each(condition);
    plan.steps.iter_mut().chain(&mut plan.finally).for_each(step);
    for rollback in &mut plan.rollbacks {
        rollback.source = nowhere();
        rollback.steps.iter_mut().for_each(step);
    }
    plan.monitors.iter_mut().for_each(|monitor| monitor.source = nowhere());
    plan.metrics.iter_mut().for_each(|metric| metric.source = nowhere());
    plan.dropped.iter_mut().for_each(|dropped| dropped.source = nowhere());
    plan
}

fn step(step: &mut Step) {
    step.source = nowhere();
    if let Action::Condition { condition: of } = &mut step.action {
        condition(of);
    }
}

fn condition(condition: &mut Condition) {
    condition.source = nowhere();
}

/// The place where all rules are taken to stand.
pub(super) fn nowhere() -> Source {
    Source { file: String::new(), pointer: String::new(), line: 1 }
}
