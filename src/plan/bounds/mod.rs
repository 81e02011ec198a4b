//! How long a plan can take: the arithmetic of durations, and its terms, so that whoever says "too long" can
//! show the sum.
//!
//! Takes steps and conditions of a plan and gives [`Total`]s: the terms that add up, the bound, and every part
//! that has no bound. `term` knows what one step can take, `schedule` what a graph of steps can, `path` what runs one
//! after another in any case. Judging the
//! figures is left to lints and to `verify`.
//!
//! A repeated step is the sum of its rounds; where it has a deadline, no more than that and one round.
//!
//! Whatever is stopped has its grace: a step and its polls and undo that of the step, checks and alerts
//! [`ir::CHECK_GRACE_MS`]. A step's worst case is (timeout + grace) × attempts, all polls of its verification
//! in each attempt, all waits of its retries, the remedies between attempts (each command of one under the step's own timeout and
//! grace), its delays, and the alert where its failure raises one. A run's worst case is its gates, its steps
//! (cut off by the plan's own timeout), its postconditions, all undos and rollbacks, and its final steps. The time
//! that people take to attest prose, to approve, or that a run waits for its lock is not part of it; a manual
//! step is a step, and without a timeout it has no bound.
//!
//! No run takes longer. Some run takes as long where steps run in sequence, or as many at once as are ready, with
//! nothing that they share, and what a sum takes at its longest can happen together: a step that must end well is not
//! stopped in its last attempt, so its last grace is to spare; an attempt that was stopped is not verified; and
//! only the remedies that match do run. The bound on a run cuts it at its moment, and what is under way then has
//! the longest grace of all that can be.
//!
//! Sums stop at [`MAX_MS`], 285 millennia.

mod path;
mod rounds;
mod schedule;
mod term;

use std::collections::BTreeMap;

use super::Plan;
use super::ir::{self, Alert, Condition, OnFailure, Resource, Step};

pub use path::{heaviest, waits, work_ms};
pub use term::{Part, Term};

/// The greatest figure: the greatest integer that JSON carries exactly, 2^53 − 1.
pub const MAX_MS: u64 = (1 << 53) - 1;

/// How long something takes at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bound {
    /// So many milliseconds.
    Finite(u64),
    /// Nothing ends it.
    Unbounded,
}

impl Bound {
    /// The milliseconds, where there is a bound.
    #[must_use]
    pub fn ms(self) -> Option<u64> {
        match self {
            Bound::Finite(ms) => Some(ms),
            Bound::Unbounded => None,
        }
    }

    /// One after the other.
    #[must_use]
    pub fn then(self, next: Bound) -> Bound {
        match (self, next) {
            (Bound::Finite(a), Bound::Finite(b)) => Bound::Finite(a.saturating_add(b).min(MAX_MS)),
            _ => Bound::Unbounded,
        }
    }
}

/// How long several things take together, and how that comes about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Total<'a> {
    /// What adds up, in order of the source: everything where it runs in sequence; in a graph the parts of
    /// the steps along the critical path, and of those that what they share keeps apart.
    pub terms: Vec<Term<'a>>,
    /// Every part without a bound, also off the critical path.
    pub unbounded: Vec<Term<'a>>,
    /// How long it takes at most.
    pub bound: Bound,
    /// How long steps along the critical path may wait, beside all that, until enough of a resource is free, in
    /// milliseconds.
    pub waits_ms: u64,
    /// Where fewer may run at once than could: how many, and the sum over all steps in milliseconds.
    pub shared: Option<(u32, u64)>,
}

impl<'a> Total<'a> {
    /// One thing after another.
    #[must_use]
    pub fn in_sequence(terms: Vec<Term<'a>>) -> Self {
        let unbounded: Vec<_> = terms.iter().filter(|term| term.ms.is_none()).cloned().collect();
        let bound = terms.iter().fold(Bound::Finite(0), |sum, term| sum.then(term.bound()));
        Self { terms, unbounded, bound, waits_ms: 0, shared: None }
    }

    /// The sum as people write it: `30 + 60 + 2 × 5 = 100 s`. What has no bound is a `?`. Where steps share
    /// fewer places than could run at once: `(WORK + 2 × PATH) / 3 = 100 s`, rounded up to a millisecond.
    #[must_use]
    pub fn arithmetic(&self) -> String {
        let mut figures: Vec<String> = self.terms.iter().map(Term::figure).collect();
        if self.waits_ms > 0 {
            figures.push(format!("{} (waiting for resources)", seconds(self.waits_ms)));
        }
        let sum = match figures.is_empty() {
            true => String::from("0"),
            false => figures.join(" + "),
        };
        match (self.bound, self.shared) {
            (Bound::Unbounded, _) => format!("{sum} = no bound"),
            (Bound::Finite(ms), Some((runners, work))) => {
                let path =
                    self.terms.iter().filter_map(Term::total_ms).fold(self.waits_ms, u64::saturating_add);
                let path = match runners {
                    2 => seconds(path),
                    _ => format!("{} × {}", runners - 1, seconds(path)),
                };
                format!("({} + {path}) / {runners} = {} s", seconds(work), seconds(ms))
            }
            (Bound::Finite(_), None) if figures.len() < 2 && !sum.contains('×') => format!("{sum} s"),
            (Bound::Finite(ms), None) => format!("{sum} = {} s", seconds(ms)),
        }
    }
}

/// A run of a plan, phase by phase, each at its longest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run<'a> {
    /// The checks before the first step.
    pub preconditions: Total<'a>,
    /// The steps, with all retries.
    pub steps: Total<'a>,
    /// The checks after the last step.
    pub postconditions: Total<'a>,
    /// All undos, then all rollbacks.
    pub rollback: Total<'a>,
    /// The final steps.
    pub finally: Total<'a>,
    /// The plan's own timeout and what stopping then takes, which cut the first three short.
    pub cut: Bound,
}

impl Run<'_> {
    /// The longest that the run can take.
    #[must_use]
    pub fn bound(&self) -> Bound {
        let forward = self.preconditions.bound.then(self.steps.bound).then(self.postconditions.bound);
        forward.min(self.cut).then(self.rollback.bound).then(self.finally.bound)
    }
}

/// The figures of a plan; the author's own guess is taken over.
#[must_use]
pub fn bounds(plan: &Plan) -> ir::Bounds {
    let run = run(plan);
    ir::Bounds {
        estimated_ms: plan.bounds.estimated_ms,
        without_retries_ms: without_retries(&plan.steps, plan).bound.ms(),
        steps_ms: run.steps.bound.ms(),
        rollback_ms: run.rollback.bound.ms(),
        worst_case_ms: run.bound().ms(),
    }
}

/// A run of a plan, phase by phase.
#[must_use]
pub fn run(plan: &Plan) -> Run<'_> {
    let alert = plan.alerts.get("default");
    let stopping = stopping_ms(plan);
    Run {
        preconditions: conditions(&plan.preconditions),
        steps: worst_case(&plan.steps, plan, alert),
        postconditions: conditions(&plan.postconditions),
        rollback: rollback(plan),
        finally: one_by_one(&plan.finally, alert),
        cut: plan.timeout_ms.map_or(Bound::Unbounded, |ms| Bound::Finite(ms).then(Bound::Finite(stopping))),
    }
}

/// What keeps steps from running at once.
#[derive(Debug, Clone, Copy)]
pub struct Limits<'r> {
    max_parallel: Option<u32>,
    resources: &'r BTreeMap<String, Resource>,
}

impl<'r> From<&'r Plan> for Limits<'r> {
    fn from(plan: &'r Plan) -> Self {
        Self { max_parallel: plan.max_parallel, resources: &plan.resources }
    }
}

impl From<Option<u32>> for Limits<'static> {
    fn from(max_parallel: Option<u32>) -> Self {
        static NOTHING: BTreeMap<String, Resource> = BTreeMap::new();
        Self { max_parallel, resources: &NOTHING }
    }
}

/// The steps when nothing has to be repeated: each timeout and each delay once, along the critical path.
#[must_use]
pub fn without_retries<'a, 'r>(steps: &'a [Step], limits: impl Into<Limits<'r>>) -> Total<'a> {
    schedule::total(steps, limits.into(), term::once)
}

/// The steps with all retries, along the critical path. `alert` is what `alert_and_continue` runs.
#[must_use]
pub fn worst_case<'a, 'r>(
    steps: &'a [Step],
    limits: impl Into<Limits<'r>>,
    alert: Option<&'a Alert>,
) -> Total<'a> {
    schedule::total(steps, limits.into(), |step| worst_of(step, alert))
}

/// The steps with all retries, one after another whatever they need: rollbacks and final steps.
#[must_use]
pub fn one_by_one<'a>(steps: &'a [Step], alert: Option<&'a Alert>) -> Total<'a> {
    let mut terms: Vec<_> = steps.iter().map(|step| worst_of(step, alert)).collect();
    rounds::cut(steps, &mut terms);
    Total::in_sequence(terms.into_iter().flatten().collect())
}

/// The undo of every step that has one, as after a failure of the last step.
#[must_use]
pub fn undo(steps: &[Step]) -> Total<'_> {
    Total::in_sequence(steps.iter().rev().flat_map(term::undo).collect())
}

/// All undos, then all rollbacks: no run takes more of them.
#[must_use]
pub fn rollback(plan: &Plan) -> Total<'_> {
    let alert = plan.alerts.get("default");
    let mut terms = undo(&plan.steps).terms;
    terms.extend(plan.rollbacks.iter().flat_map(|rollback| one_by_one(&rollback.steps, alert).terms));
    Total::in_sequence(terms)
}

/// The checks of conditions, one after another. Prose takes no time of a run.
#[must_use]
pub fn conditions(conditions: &[Condition]) -> Total<'_> {
    Total::in_sequence(conditions.iter().flat_map(term::condition).collect())
}

/// Milliseconds as an exact decimal number of seconds: `0.25`, `60`.
#[must_use]
pub fn seconds(ms: u64) -> String {
    let (whole, rest) = (ms / 1000, ms % 1000);
    match rest {
        0 => whole.to_string(),
        rest => format!("{whole}.{rest:03}").trim_end_matches('0').to_owned(),
    }
}

/// The longest grace of anything that can be under way when the bound on the run is over, in milliseconds.
fn stopping_ms(plan: &Plan) -> u64 {
    let alert = plan.alerts.get("default");
    let steps = plan.steps.iter().map(|step| term::stopping_ms(step, alert_of(step, alert)));
    let mut conditions = plan.preconditions.iter().chain(&plan.postconditions);
    let checks = if conditions.any(|condition| condition.check.is_some()) { ir::CHECK_GRACE_MS } else { 0 };
    steps.max().unwrap_or(0).max(checks)
}

fn worst_of<'a>(step: &'a Step, alert: Option<&'a Alert>) -> Vec<Term<'a>> {
    term::worst(step, alert_of(step, alert))
}

/// The alert that the failure of the step raises, if any.
fn alert_of<'a>(step: &Step, alert: Option<&'a Alert>) -> Option<&'a Alert> {
    alert.filter(|_| step.on_failure == OnFailure::AlertAndContinue)
}
