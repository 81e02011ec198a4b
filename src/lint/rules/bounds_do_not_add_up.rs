//! # What
//!
//! Steps that run one after another may each keep the bound on the time of a step, and the run still breaks the bound on
//! its whole time: four steps of 10 s are no run of 30 s.
//!
//! Bounds on runs are metrics of L1 that say `bounds: procedures`, and `procedure_time` of L3; bounds on steps are metrics
//! that say `bounds: steps`, and `step_time` of L3. Added up is what runs one after another whatever happens, with the
//! delays between; a step that has less time by its own `timeout` and retries counts with that.
//!
//! # Why
//!
//! Everybody meets the figure that was asked of him, and the whole fails. Nobody can say whose fault it is.
//!
//! # Bad
//!
//! ```yaml L1-goals.yaml
//! goals:
//!   - id: G1
//!     metrics:
//!       baking_time: { target: p95 < 30s, bounds: procedures, probe: ./measure.sh }
//! ```
//! ```toml L3-limits.toml
//! [performance_constraints]
//! step_time = "p95 < 20s"
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     satisfies: [G1]
//!     steps:
//!       - { id: knead, command: ./knead.sh, undo: ./throw-away.sh, timeout: 60s }
//!       - { id: bake, command: ./bake.sh, undo: ./throw-away.sh, timeout: 60s }
//! ```
//!
//! # Good
//!
//! ```yaml L1-goals.yaml
//! goals:
//!   - id: G1
//!     metrics:
//!       baking_time: { target: p95 < 30s, bounds: procedures, probe: ./measure.sh }
//! ```
//! ```toml L3-limits.toml
//! [performance_constraints]
//! step_time = "p95 < 15s"
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     satisfies: [G1]
//!     steps:
//!       - { id: knead, command: ./knead.sh, undo: ./throw-away.sh, timeout: 60s }
//!       - { id: bake, command: ./bake.sh, undo: ./throw-away.sh, timeout: 60s }
//! ```
//!
//! # Exceptions
//!
//! Bounds of two percentiles (`p50` of steps, `p95` of runs) are not held against each other, but a bound on each step is
//! held against any bound on runs. Of steps under a `when` only those count that say the same, since others may
//! exclude them; further rounds of a repeated step, conditions, the work of people, and waiting for something shared do not
//! count. Nor do procedures that are cut off in time by their own `timeout`.

use std::collections::{BTreeMap, BTreeSet};

use super::super::time_bounds::{Compared, Stated, TimeBound, compare, stated, tightest};
use super::super::{Context, Lint};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::model::Bounded;
use crate::plan::Plan;
use crate::plan::bounds::{heaviest, run, work_ms};
use crate::plan::ir::Step;

/// `bounds-do-not-add-up`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "bounds-do-not-add-up",
        code: "R0430",
        level: Level::Warning,
        summary: "steps that each keep their bound may together break that of the whole",
        source: include_str!("bounds_do_not_add_up.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    let stated = stated(context.graph);
    let steps = tightest(&stated, Bounded::Steps);
    for (whole, limit) in tightest(&stated, Bounded::Procedures) {
        let fits =
            |own: &&(&Stated, TimeBound)| own.1.percentile.is_none() || own.1.percentile == limit.percentile;
        let Some((of_steps, own)) = steps.iter().filter(fits).min_by_key(|own| own.1.order()) else {
            continue;
        };
        let broken = compare(context, |plan| longest(plan, limit, *own));
        let Some(worst) = broken.first() else { continue };
        let message = format!(
            "`{}` can take {}{}, more than `{}`, with every step within `{}`",
            worst.procedure.id.value,
            worst.sum(),
            Compared::others(&broken),
            whole.spelt,
            of_steps.spelt
        );
        let mut diagnostic = Diagnostic::new(&LINT.info, context.place(whole.at), message)
            .label("the bound on a whole run")
            .related(context.place(of_steps.at), "what each step may take")
            .help("ask less time of each step, let steps run at once, or allow the whole run more");
        for compared in Compared::shown(&broken) {
            let label = format!("{}: {}", compared.ids("one after another"), compared.sum());
            diagnostic = diagnostic.related(context.place(compared.procedure.id.at), label);
        }
        found(diagnostic);
    }
}

/// What runs one after another in a plan, as long as each step may take, where that breaks the bound on the whole.
fn longest<'p>(plan: &'p Plan, limit: TimeBound, own: TimeBound) -> Option<Vec<(&'p str, Vec<u64>)>> {
    if run(plan).cut.ms().is_some_and(|cut| !limit.is_broken_by(cut, true)) {
        return None;
    }
    let work = |step: &Step| own.ms().min(work_ms(step).unwrap_or(u64::MAX));
    let weigh = |step: &Step| {
        let delays = step.delay_before_ms.saturating_add(step.delay_after_ms);
        work(step).saturating_add(delays)
    };
    // What a repeated step asks after each round, and once more at its end, is no step that anybody wrote.
    let repeated: BTreeSet<&str> =
        plan.steps.iter().filter_map(|step| step.round.as_ref()).map(|round| round.of.as_str()).collect();
    let is_first = |step: &Step| match &step.round {
        Some(round) => round.number == 1 && !step.probe,
        None => !repeated.contains(step.id.as_str()),
    };
    // Steps under one `when` run together; which others do, nobody knows.
    let mut groups: BTreeMap<&str, u64> = BTreeMap::new();
    for step in plan.steps.iter().filter(|step| is_first(step)) {
        if let Some(when) = &step.when {
            let weight = groups.entry(when).or_default();
            *weight = weight.saturating_add(weigh(step));
        }
    }
    let group = groups.iter().max_by_key(|(_, weight)| **weight).map(|(when, _)| *when);
    let counts = |step: &Step| is_first(step) && (step.when.is_none() || step.when.as_deref() == group);
    let path = heaviest(plan, |step| if counts(step) { weigh(step) } else { 0 });
    let total = path.iter().map(|step| weigh(step)).fold(0_u64, u64::saturating_add);
    let is_reached = own.is_closed || path.iter().all(|step| work(step) < own.ms());
    let parts = |step: &'p Step| {
        let parts = [step.delay_before_ms, work(step), step.delay_after_ms];
        (step.id.as_str(), parts.into_iter().filter(|ms| *ms > 0).collect())
    };
    limit.is_broken_by(total, is_reached).then(|| path.into_iter().map(parts).collect())
}
