//! Every length of time that a file states.

use crate::model::{
    Action, Condition, Constraints, Execution, Layer, Procedure, Retry, Spanned, Step, TextOr, Verify,
};
use crate::scalar::Duration;

/// The lengths of time in a file, by kind. L1's lengths are days on a calendar, and are left out.
pub(super) fn of(layer: &Layer) -> Vec<Spanned<Duration>> {
    let mut found = Vec::new();
    match layer {
        Layer::Goals(_) => {}
        Layer::Understanding(understanding) => {
            let structure = understanding.context.iter().filter_map(|it| it.project_structure.as_ref());
            let components = structure.flat_map(|structure| structure.components.iter());
            for health in components.filter_map(|component| component.health.as_ref()) {
                if let TextOr::Object(check) = &health.value {
                    found.extend(check.timeout);
                }
            }
        }
        Layer::Constraints(constraints) => limits(constraints, &mut found),
        Layer::Decisions(decisions) => {
            for decision in &decisions.decision_rules {
                found.extend(decision.actions.iter().filter_map(|action| action.delay));
                found.extend(decision.rollback.as_ref().and_then(|rollback| rollback.timeout));
                for condition in &decision.conditions {
                    if let TextOr::Object(bound) = &condition.value {
                        found.extend(bound.timeout);
                    }
                }
            }
        }
        Layer::Execution(execution) => runs(execution, &mut found),
    }
    found
}

fn limits(constraints: &Constraints, found: &mut Vec<Spanned<Duration>>) {
    let Some(executor) = &constraints.executor else { return };
    if let Some(limits) = &executor.constraints {
        found.extend([limits.max_execution_time, limits.max_step_time].into_iter().flatten());
    }
    found.extend(executor.concurrency.as_ref().and_then(|it| it.lock_timeout));
    found.extend(executor.idempotency.as_ref().and_then(|it| it.cached_result_ttl));
}

fn runs(execution: &Execution, found: &mut Vec<Spanned<Duration>>) {
    execution.procedures.iter().for_each(|it| procedure(it, found));
    execution.actions.iter().for_each(|entry| action(&entry.value, found));
    found.extend(execution.monitors.iter().map(|monitor| monitor.every));
    for timeline in &execution.timelines {
        found.extend(timeline.duration);
        found.extend(timeline.phases.iter().flat_map(|phase| [phase.start, phase.end]));
        for checkpoint in &timeline.checkpoints {
            found.push(checkpoint.value.at);
            checkpoint.require.iter().for_each(|it| condition(it, found));
        }
    }
}

fn procedure(of: &Procedure, found: &mut Vec<Spanned<Duration>>) {
    found.extend([of.timeout, of.estimated_duration].into_iter().flatten());
    of.preconditions.iter().chain(of.postconditions.iter()).for_each(|it| condition(it, found));
    of.steps.iter().chain(of.finally.iter()).for_each(|it| step(it, found));
}

fn step(of: &Step, found: &mut Vec<Spanned<Duration>>) {
    found.extend([of.timeout, of.estimated_duration, of.delay_after, of.grace].into_iter().flatten());
    retry(of.retry.as_ref(), found);
    verify(of.verify.as_ref(), found);
}

fn action(of: &Action, found: &mut Vec<Spanned<Duration>>) {
    found.extend([of.timeout, of.estimated_duration, of.grace].into_iter().flatten());
    retry(of.retry.as_ref(), found);
    verify(of.verify.as_ref(), found);
}

fn retry(of: Option<&Spanned<Retry>>, found: &mut Vec<Spanned<Duration>>) {
    if let Some(Retry::Policy(policy)) = of.map(|retry| &retry.value) {
        found.extend([policy.delay, policy.max_delay].into_iter().flatten());
    }
}

fn verify(of: Option<&Spanned<Verify>>, found: &mut Vec<Spanned<Duration>>) {
    if let Some(TextOr::Object(policy)) = of.map(|verify| &verify.value) {
        found.extend([policy.timeout, policy.interval].into_iter().flatten());
    }
}

fn condition(of: &Condition, found: &mut Vec<Spanned<Duration>>) {
    if let TextOr::Object(bound) = of {
        found.extend(bound.timeout);
    }
}
