//! # What
//!
//! The delays and the `sleep` of steps that run one after another come to more than a run may take by the goals or limits:
//! a metric of L1 that says `bounds: procedures`, or `procedure_time` of L3.
//!
//! # Why
//!
//! No run in which every step ends well keeps the bound, however fast the steps are. The figure was never held against what
//! is done.
//!
//! # Bad
//!
//! ```yaml L1-goals.yaml
//! goals:
//!   - id: G1
//!     metrics:
//!       baking_time: { target: p95 < 30s, bounds: procedures, probe: ./measure.sh }
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     satisfies: [G1]
//!     steps:
//!       - { id: knead, command: ./knead.sh, undo: ./throw-away.sh, timeout: 5s, delay_after: 20s }
//!       - { id: rise, command: sleep 15, read_only: true, timeout: 20s }
//! ```
//!
//! # Good
//!
//! ```yaml L1-goals.yaml
//! goals:
//!   - id: G1
//!     metrics:
//!       baking_time: { target: p95 < 1 minute, bounds: procedures, probe: ./measure.sh }
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     satisfies: [G1]
//!     steps:
//!       - { id: knead, command: ./knead.sh, undo: ./throw-away.sh, timeout: 5s, delay_after: 20s }
//!       - { id: rise, command: sleep 15, read_only: true, timeout: 20s }
//! ```
//!
//! # Exceptions
//!
//! Steps under a `when`, further rounds of a repeated step, and delays between attempts: a run may do without them.

use super::super::time_bounds::{Compared, compare, stated, tightest};
use super::super::{Context, Lint};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::model::Bounded;
use crate::plan::bounds::{Term, heaviest, waits};
use crate::plan::ir::Step;

/// `waits-over-bound`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "waits-over-bound",
        code: "R0431",
        level: Level::Error,
        summary: "a run waits longer than it may take as a whole",
        source: include_str!("waits_over_bound.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    let stated = stated(context.graph);
    for (whole, limit) in tightest(&stated, Bounded::Procedures) {
        let broken = compare(context, |plan| {
            let path = heaviest(plan, |step| if is_certain(step) { waited(step).iter().sum() } else { 0 });
            let total = path.iter().flat_map(|step| waited(step)).fold(0_u64, u64::saturating_add);
            let parts = path.into_iter().map(|step| (step.id.as_str(), waited(step)));
            limit.is_broken_by(total, true).then(|| parts.collect())
        });
        let Some(worst) = broken.first() else { continue };
        let message = format!(
            "no run of `{}` that succeeds keeps `{}`: it waits {}{}",
            worst.procedure.id.value,
            whole.spelt,
            worst.sum(),
            Compared::others(&broken)
        );
        let mut diagnostic = Diagnostic::new(&LINT.info, context.place(whole.at), message)
            .label("the bound on a whole run")
            .help("shorten the delays, or allow the run more");
        for compared in Compared::shown(&broken) {
            let label = format!("{}: {}", compared.ids("waited at"), compared.sum());
            diagnostic = diagnostic.related(context.place(compared.procedure.id.at), label);
        }
        found(diagnostic);
    }
}

/// True for a step of every run that comes to its end.
fn is_certain(step: &Step) -> bool {
    step.when.is_none() && step.round.as_ref().is_none_or(|round| round.number == 1)
}

fn waited(step: &Step) -> Vec<u64> {
    waits(step).iter().filter_map(Term::total_ms).collect()
}
