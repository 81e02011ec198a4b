//! A rehearsal: the same plan on a compressed clock, so that days pass in minutes.

use super::bounds;
use super::ir::{Plan, Step, Timeline};

/// The shortest time from look to look of a monitor.
const SHORTEST_LOOK_MS: u64 = 100;

/// Divides all offsets, delays and intervals of a plan, and says so in it. What commands take is as real as before, so
/// timeouts and graces stay.
pub(super) fn rehearse(plan: &mut Plan, factor: u32) {
    let shorter = |ms: &mut u64| *ms /= u64::from(factor.max(1));
    plan.rehearsal = Some(factor);
    if let Some(timeline) = &mut plan.timeline {
        times(timeline, shorter);
    }
    plan.timeout_ms.iter_mut().for_each(shorter);
    plan.bounds.estimated_ms.iter_mut().for_each(shorter);
    let rollbacks = plan.rollbacks.iter_mut().flat_map(|rollback| &mut rollback.steps);
    for step in plan.steps.iter_mut().chain(rollbacks).chain(&mut plan.finally) {
        waits(step, shorter);
    }
    for monitor in &mut plan.monitors {
        shorter(&mut monitor.every_ms);
        monitor.every_ms = monitor.every_ms.max(SHORTEST_LOOK_MS);
    }
    plan.bounds = bounds::bounds(plan);
}

fn times(timeline: &mut Timeline, shorter: impl Fn(&mut u64)) {
    shorter(&mut timeline.duration_ms);
    for phase in &mut timeline.phases {
        shorter(&mut phase.start_ms);
        shorter(&mut phase.end_ms);
        for task in &mut phase.tasks {
            shorter(&mut task.start_ms);
            shorter(&mut task.end_ms);
        }
    }
    timeline.checkpoints.iter_mut().for_each(|checkpoint| shorter(&mut checkpoint.at_ms));
}

fn waits(step: &mut Step, shorter: impl Fn(&mut u64)) {
    shorter(&mut step.delay_before_ms);
    shorter(&mut step.delay_after_ms);
    shorter(&mut step.retry.delay_ms);
    let others = [&mut step.start_at_ms, &mut step.end_by_ms, &mut step.retry.max_delay_ms];
    others.into_iter().flatten().for_each(&shorter);
    if let Some(before) = &mut step.start_before {
        shorter(&mut before.ms);
    }
    if let Some(verify) = &mut step.verify {
        shorter(&mut verify.interval_ms);
    }
}
