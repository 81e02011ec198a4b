//! # What
//!
//! All steps of a procedure, or of the whole rule set, say who owns them, or what happens when they fail, and one does not.
//!
//! # Why
//!
//! A key that stands everywhere but once was forgotten there, or got lost in an edit. In the night nobody knows whose
//! step it is, and a step of a sequence that goes on whatever happens aborts it.
//!
//! # Bad
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, manual: Close the door, on_failure: continue }
//!       - { step: 2, manual: Put the lights out, on_failure: abort }
//!       - { step: 3, manual: Lock the till }
//! ```
//!
//! # Good
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, manual: Close the door, on_failure: continue }
//!       - { step: 2, manual: Put the lights out, on_failure: abort }
//!       - { step: 3, manual: Lock the till, on_failure: abort }
//! ```
//!
//! # Exceptions
//!
//! Calls, since what is called speaks for itself. What a person does is compared with what people do, and what runs with what
//! runs. Of `on_failure` only where another step goes on after its failure, and yet another says what the default says
//! too: who writes it down only where it differs leaves nothing out.

use super::super::ways_back;
use super::super::{Context, Lint};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::model::{At, OnFailure, Spanned, Step, StepKind};

/// `odd-step-out`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "odd-step-out",
        code: "R0220",
        level: Level::Warning,
        summary: "one step leaves out what all others say",
        source: include_str!("odd_step_out.rs"),
    },
    check,
};

/// Fewer steps of a procedure show no habit.
const FEWEST: usize = 3;

/// Fewer steps of a rule set show none either.
const FEWEST_OF_ALL: usize = 4;

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    let speaks =
        |step: &&Spanned<Step>| !matches!(step.kind(), None | Some(StepKind::Run(_) | StepKind::Probe(_)));
    for (is_by_hand, what) in [(true, "manual steps"), (false, "automatic steps")] {
        let is_meant = |step: &&Spanned<Step>| speaks(step) && step.manual.is_some() == is_by_hand;
        let (mut all, mut failing) = (Vec::new(), Vec::new());
        for (of, (_, procedure)) in context.graph.procedures().enumerate() {
            let steps = procedure.steps.iter().chain(procedure.finally.iter());
            all.extend(steps.filter(is_meant).map(|step| (of, step)));
            // What final steps say of their failure changes nothing.
            failing.extend(procedure.steps.iter().filter(is_meant).map(|step| (of, step)));
        }
        judge(context, &all, ("owner", what), |step| step.owner.as_ref().map(|owner| owner.at), found);
        judge(context, &failing, ("on_failure", what), |step| step.on_failure.map(|it| it.at), found);
    }
}

/// Reports the steps that leave a key out: those that do so alone in their procedure, else the only one of all.
fn judge(
    context: &Context<'_>,
    steps: &[(usize, &Spanned<Step>)],
    (key, what): (&str, &str),
    says: impl Fn(&Step) -> Option<At>,
    found: &mut dyn FnMut(Diagnostic),
) {
    let mut report = |steps: &[(usize, &Spanned<Step>)], of: &str| {
        let mut silent = steps.iter().filter(|(_, step)| says(step).is_none());
        let (Some((_, odd)), None) = (silent.next(), silent.next()) else { return false };
        let Some(other) = steps.iter().find_map(|(_, step)| says(step)) else { return false };
        if key == "on_failure" && !tells_all(steps) {
            return false;
        }
        let others = steps.len() - 1;
        let message = format!("this step says nothing of `{key}`, all {others} other {what} {of} do");
        found(
            Diagnostic::new(&LINT.info, context.place(ways_back::shown_at(odd)), message)
                .label(format!("has no `{key}`"))
                .related(context.place(other), "another step says it")
                .help(format!("say `{key}` here too")),
        );
        true
    };
    let mut told = false;
    for steps in steps.chunk_by(|(one, _), (other, _)| one == other).filter(|steps| steps.len() >= FEWEST) {
        told |= report(steps, "of this procedure");
    }
    let mut speaking: Vec<usize> =
        steps.iter().filter(|(_, step)| says(step).is_some()).map(|(of, _)| *of).collect();
    speaking.dedup();
    // What one procedure does is no habit of the others.
    if !told && speaking.len() > 1 && steps.len() >= FEWEST_OF_ALL {
        report(steps, "of the rule set");
    }
}

/// True where steps say also what need not be said.
fn tells_all(steps: &[(usize, &Spanned<Step>)]) -> bool {
    let goes_on = |step: &Step| {
        let on_failure = step.on_failure.map(|on_failure| on_failure.value)?;
        Some(matches!(on_failure, OnFailure::Continue | OnFailure::AlertAndContinue))
    };
    [true, false].iter().all(|says| steps.iter().any(|(_, step)| goes_on(step) == Some(*says)))
}
