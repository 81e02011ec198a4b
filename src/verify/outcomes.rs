//! What may come of each thing that a state waits for: every event that a run may meet there.
//!
//! A command succeeds, fails with each exit code that anybody tells apart, or takes too long where that is
//! bounded; its standard error has what one remedy looks for, or nothing. Of several patterns found at once only the first
//! matters, so that none or one of them stand for all. A probe prints a number that is good or is not. People confirm or don't, gates
//! are passed or not. A job without a timeout comes to an end: that it does is what a proof rests on.

use std::collections::BTreeMap;

use super::values::Values;
use crate::expr::Value;
use crate::machine::{
    Ending, Event, Exit, Job, Machine, Pending, Phase, Purpose, Stage, State, StepId, What, satisfies,
};
use crate::plan::ir::{Action, Condition, Measure};

/// All events that may come of something that is waited for.
pub(super) fn outcomes(
    machine: &Machine<'_>,
    values: &Values,
    inputs: &BTreeMap<String, Value>,
    state: &State,
    pending: Pending,
) -> Vec<Event> {
    match pending {
        Pending::Answer(gate) => [true, false].map(|passed| Event::Answered { gate, passed }).into(),
        Pending::Decision(step) => {
            let verdicts = values.verdicts(machine, state, step, inputs);
            verdicts.into_iter().map(|verdict| Event::Decided { step, verdict }).collect()
        }
        Pending::Timer(timer) => vec![Event::Elapsed(timer)],
        Pending::Job(job) => {
            let endings = endings(machine, values, state, job);
            endings.into_iter().map(|ending| Event::Ended { job, ending }).collect()
        }
    }
}

/// How a job may end, success first.
fn endings(machine: &Machine<'_>, values: &Values, state: &State, job: Job) -> Vec<Ending> {
    let is_stopped = match job {
        Job::Step(id) => state.step(id).stopping,
        Job::Condition(..) => state.phase == Phase::Stopping,
        Job::Undo(_) => false,
    };
    if is_stopped {
        return vec![Ending::of(Exit::Stopped)];
    }
    let launch = machine.launch(state, job);
    let mut endings = Vec::new();
    match launch.what {
        What::Person(_) => endings.extend([Exit::Confirmed, Exit::Declined].map(Ending::of)),
        What::Command(_) | What::File => {
            endings.extend(successes(machine, values, state, job));
            let codes = match (job, launch.purpose) {
                (Job::Step(id), Purpose::Attempt { .. } | Purpose::Poll { .. }) => values.codes(id),
                _ => &[1],
            };
            endings.extend(codes.iter().map(|code| Ending::of(Exit::Exited(*code))));
        }
    }
    if launch.timeout_ms.is_some() {
        endings.push(Ending::of(Exit::TimedOut));
    }
    if launch.end_by_ms.is_some() {
        endings.push(Ending::of(Exit::Late));
    }
    if let Job::Step(id) = job
        && machine.step(id).probe
        && machine.step(id).output
    {
        // Whatever it ends with, it may have printed anything.
        let mut exits: Vec<Exit> = endings.iter().map(|ending| ending.exit).collect();
        exits.dedup();
        let printed = |exit| move |text: &String| Ending { stdout: Some(text.clone()), ..Ending::of(exit) };
        let prints = |exit: &Exit| !matches!(exit, Exit::TimedOut | Exit::Late);
        let prompt = exits.iter().copied().filter(prints);
        let silent = exits.iter().copied().filter(|exit| !prints(exit)).map(Ending::of);
        endings =
            prompt.flat_map(|exit| values.outputs(id).iter().map(printed(exit))).chain(silent).collect();
    }
    if let (Job::Step(id), Purpose::Attempt { .. }) = (job, launch.purpose) {
        let with_patterns = found_patterns(machine, id, &endings);
        endings.extend(with_patterns);
    }
    endings
}

/// How a command may end with exit code 0.
fn successes(machine: &Machine<'_>, values: &Values, state: &State, job: Job) -> Vec<Ending> {
    let printed = |stdout: String| Ending { stdout: Some(stdout), ..Ending::of(Exit::Exited(0)) };
    let of_condition = |condition: &Condition| {
        let measure = condition.check.as_ref().and_then(|check| check.measure.as_ref());
        match measure {
            Some(measure) => readings(measure).into_iter().map(printed).collect(),
            None => vec![Ending::of(Exit::Exited(0))],
        }
    };
    match job {
        Job::Condition(list, number) => of_condition(machine.condition(list, number)),
        Job::Step(id) if state.step(id).stage == Stage::Attempting => match &machine.step(id).action {
            Action::Condition { condition } => of_condition(condition),
            _ if machine.step(id).output => values.outputs(id).iter().cloned().map(printed).collect(),
            _ => vec![Ending::of(Exit::Exited(0))],
        },
        Job::Step(_) | Job::Undo(_) => vec![Ending::of(Exit::Exited(0))],
    }
}

/// A number that satisfies a bound, where there is one, and what does not.
fn readings(measure: &Measure) -> Vec<String> {
    let bound: f64 = measure.value.parse().unwrap_or(0.0);
    let near = [bound, bound - 1.0, bound + 1.0].map(|number| format!("{number}"));
    let good = near.into_iter().chain([measure.value.clone()]).find(|text| satisfies(measure, text));
    good.into_iter().chain([String::new()]).collect()
}

/// The failures once more, each with what one remedy looks for in standard error.
fn found_patterns(machine: &Machine<'_>, id: StepId, endings: &[Ending]) -> Vec<Ending> {
    let remedies = (0..).zip(&machine.step(id).remedies);
    let patterns: Vec<u32> =
        remedies.filter(|(_, remedy)| remedy.stderr_matches.is_some()).map(|(place, _)| place).collect();
    let failures = endings
        .iter()
        .filter(|ending| !ending.exit.is_success() && !matches!(ending.exit, Exit::Declined | Exit::Late));
    let found = failures
        .flat_map(|ending| patterns.iter().map(|place| Ending { matched: vec![*place], ..ending.clone() }));
    found.collect()
}
