//! A plan whose steps have as few attempts as show all that many attempts can come to.
//!
//! Of a verification one poll stands for all: a poll that fails before the last changes nothing that anybody sees. Of a step's
//! attempts those count that use up a remedy which can be used up, that is one that may run less often than there are
//! attempts. Where there are two more attempts than such uses, one of them uses up nothing: the step
//! is after it as it was before, so it may be left out, or be there a thousand times, and the ends are the same. A step
//! whose attempts a circuit breaker counts keeps all of them, with all polls.

use crate::plan::Plan;
use crate::plan::ir::Step;

/// The plan with fewer attempts, and the same ends of every step.
pub(super) fn clipped(plan: &Plan) -> Plan {
    let mut plan = plan.clone();
    let rollbacks = plan.rollbacks.iter_mut().flat_map(|rollback| &mut rollback.steps);
    plan.steps.iter_mut().chain(rollbacks).chain(&mut plan.finally).for_each(clip);
    plan
}

fn clip(step: &mut Step) {
    // However often it is tried, it succeeds or not in the end, and nothing else happens meanwhile.
    if let Some(undo) = &mut step.undo {
        undo.retries = 0;
    }
    // Each attempt counts for a circuit breaker; and its events are moves of their own, which lead to the same state only
    // where every poll is there.
    if step.breaker.is_some() {
        return;
    }
    if let Some(verify) = &mut step.verify {
        verify.attempts = verify.attempts.min(1);
    }
    let retries = step.retry.retries;
    let scarce = step.remedies.iter().map(|remedy| remedy.max).filter(|max| *max <= retries);
    let uses: u64 = scarce.map(u64::from).sum();
    let enough = u32::try_from(uses + 2).unwrap_or(u32::MAX);
    if enough < retries {
        step.retry.retries = enough;
        for remedy in step.remedies.iter_mut().filter(|remedy| remedy.max > retries) {
            remedy.max = enough + 1;
        }
    }
}
