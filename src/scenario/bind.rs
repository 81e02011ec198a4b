//! Finds the names of a scenario in the plan that it is about: faults, inputs, expectations.
//!
//! Every name that is not there, and every fault that could not happen, is a finding at its place.

use std::collections::BTreeMap;

use super::file::{Expectation, Failing, FaultList, Scenario};
use super::read::Suite;
use super::rules::UNKNOWN_IN_SCENARIO;
use crate::diagnostic::{Diagnostic, nearest};
use crate::expr::Value;
use crate::machine::{Gate, Machine, StepId};
use crate::model::{At, List, Spanned, StepRef};
use crate::plan::ir::{Action, OnFailure, Step};
use crate::plan::values::{Limits, misfit, typed};
use crate::simulate::{self, Faults, Pick, Role, Surroundings, UnknownName, find_step};

/// A scenario whose names have been found.
pub(super) struct Bound {
    pub(super) world: Surroundings,
    pub(super) inputs: BTreeMap<String, Value>,
    /// Why the inputs are refused, if they are.
    pub(super) notes: Vec<String>,
    pub(super) expected: Expected,
}

/// Names of steps in an expectation, each with its place; the place of the list, where it is there.
pub(super) type Named = Option<(At, Vec<(At, StepId)>)>;

/// The steps that an expectation names.
#[derive(Default)]
pub(super) struct Expected {
    pub(super) steps: Named,
    pub(super) not_run: Vec<(At, StepId)>,
    pub(super) skipped: Named,
    pub(super) failed: Named,
    pub(super) undone: Named,
    pub(super) alerts: Named,
    pub(super) attempts: Vec<(At, StepId, u64)>,
}

/// Finds the names of a scenario.
///
/// # Errors
/// A finding for each that is not there.
pub(super) fn bind(
    suite: &Suite,
    scenario: &Scenario,
    machine: &Machine<'_>,
    draft: Option<&Machine<'_>>,
) -> Result<Bound, Vec<Diagnostic>> {
    let mut binder = Binder { suite, machine, draft, found: Vec::new() };
    let mut world = binder.world(scenario.faults.as_ref());
    let (inputs, notes) = binder.inputs(scenario);
    if !notes.is_empty() {
        world.shut(Gate::Inputs);
    }
    let expected = binder.expected(&scenario.expect);
    binder.found.sort_by_key(|found| found.primary.location.span.start);
    if binder.found.is_empty() { Ok(Bound { world, inputs, notes, expected }) } else { Err(binder.found) }
}

struct Binder<'b, 'a> {
    suite: &'b Suite,
    machine: &'b Machine<'a>,
    /// The plan without facts.
    draft: Option<&'b Machine<'b>>,
    found: Vec<Diagnostic>,
}

impl Binder<'_, '_> {
    fn push(&mut self, at: At, message: String, help: impl Into<String>) {
        let place = self.suite.location(at);
        self.found.push(Diagnostic::new(&UNKNOWN_IN_SCENARIO, place, message).help(help));
    }

    /// A name that is none of those known.
    fn unknown(&mut self, at: At, kind: &str, name: &str, near: Option<&str>, known: &[&str]) {
        let entry = &self.machine.plan().entry.id;
        let help = suggestion(near, known);
        self.push(at, format!("`{entry}` has no {kind} `{name}`"), help);
    }

    fn world(&mut self, faults: Option<&FaultList>) -> Surroundings {
        let nothing = FaultList::default();
        let faults = faults.unwrap_or(&nothing);
        let mut named: Vec<(At, Pick)> = Vec::new();
        let mut pick = |at: At, text: &str| {
            let pick = Pick::parse(text);
            named.push((at, pick.clone()));
            pick
        };
        let attempts = |step: &str| Pick { role: Role::Attempt, step: step.to_owned() };
        let bound = Faults {
            failures: faults
                .fail
                .iter()
                .map(|failing| {
                    let (times, exit, at) = match &failing.value {
                        Failing::Always(_) => (None, None, failing.at),
                        Failing::Object(it) => (it.times, it.exit, it.job.at),
                    };
                    simulate::Failure {
                        pick: pick(at, failing.job()),
                        times: times.map(|times| times.value),
                        exit: exit.map_or(1, |exit| exit.value),
                    }
                })
                .collect(),
            timeouts: faults.time_out.iter().map(|job| pick(job.at, &job.0)).collect(),
            takes: faults
                .takes
                .iter()
                .map(|entry| (pick(entry.name.at, &entry.name), entry.value.as_millis()))
                .collect(),
            not_held: faults.not_held.iter().map(|check| check.0.clone()).collect(),
            outputs: faults.stdout.iter().map(|it| (it.name.value.clone(), it.value.0.clone())).collect(),
            errors: faults.stderr.iter().map(|it| (it.name.value.clone(), it.value.0.clone())).collect(),
            shut: faults.shut.iter().map(|gate| gate.value).collect(),
            cancel_at_ms: faults.cancel_at.map(|at| at.value.as_millis()),
        };
        let printing = faults.stdout.iter().chain(&faults.stderr);
        named.extend(printing.map(|entry| (entry.name.at, attempts(&entry.name))));
        self.gates(faults);
        for entry in &faults.stdout {
            let reads = |step: &Step| step.output || is_measured(step);
            self.printing(entry.name.at, &entry.name, "`output`", &reads);
        }
        for entry in &faults.stderr {
            let reads = |step: &Step| step.remedies.iter().any(|remedy| remedy.stderr_matches.is_some());
            self.printing(entry.name.at, &entry.name, "remedy with `stderr_matches`", &reads);
        }
        for (at, pick) in &named {
            self.role(*at, pick);
        }
        bound.bind(self.machine).unwrap_or_else(|unknown| {
            let is = |it: &&UnknownName, kind: &str, name: &str| it.kind == kind && it.name == name;
            for (at, pick) in &named {
                if let Some(it) = unknown.iter().find(|it| is(it, "step", &pick.step)) {
                    self.unknown_step(*at, &pick.step, it.nearest.as_deref());
                }
            }
            for check in &faults.not_held {
                if let Some(it) = unknown.iter().find(|it| is(it, "check", &check.0)) {
                    let entry = &self.machine.plan().entry.id;
                    let help = match &it.nearest {
                        Some(near) => format!("did you mean `{near}`?"),
                        None => "name it by its text, its command, its place such as `pre:1`, or its step"
                            .to_owned(),
                    };
                    self.push(check.at, format!("`{entry}` has no check `{}`", check.0), help);
                }
            }
            Surroundings::default()
        })
    }

    /// True for a step that the facts of the scenario leave out of the plan.
    fn is_left_out(&self, name: &str) -> bool {
        self.draft.is_some_and(|draft| find_step(draft, name).is_some())
    }

    fn unknown_step(&mut self, at: At, name: &str, near: Option<&str>) {
        if self.is_left_out(name) {
            let message = format!("the facts leave step `{name}` out of `{}`", self.machine.plan().entry.id);
            return self.push(
                at,
                message,
                "give other facts; what is left out can be named in `not_run` only",
            );
        }
        let ids = self.machine.step_ids().map(|id| self.machine.step(id).id.as_str()).collect::<Vec<_>>();
        self.unknown(at, "step", name, near, &ids);
    }

    /// A gate that the run does not come to can't be shut.
    fn gates(&mut self, faults: &FaultList) {
        let gates = self.machine.gates();
        for gate in &faults.shut {
            if !gates.contains(&gate.value) {
                let known: Vec<&str> = gates.iter().map(|gate| gate.word()).collect();
                self.unknown(gate.at, "gate", gate.value.word(), None, &known);
            }
        }
    }

    /// What nobody reads need not be printed.
    fn printing(&mut self, at: At, name: &str, lack: &str, reads: &dyn Fn(&Step) -> bool) {
        let Some(id) = find_step(self.machine, name) else { return };
        let step = self.machine.step(id);
        if !reads(step) {
            let message = format!("step `{}` has no {lack}, so nothing reads what it prints", step.id);
            self.push(at, message, "leave it out: it changes nothing");
        }
    }

    /// Commands that a step does not have can't fail.
    fn role(&mut self, at: At, pick: &Pick) {
        let Some(id) = find_step(self.machine, &pick.step) else { return };
        let step = self.machine.step(id);
        let (has, lack) = match pick.role {
            Role::Attempt => (!is_passed_over(step), "nothing that could fail"),
            Role::Verify => (step.verify.is_some(), "no verification"),
            Role::Remedy => {
                (step.remedies.iter().any(|it| !it.run.is_empty()), "no remedy that runs anything")
            }
            Role::Undo => (self.machine.is_undoable(id), "no undo"),
            Role::Alert => {
                let raises = step.on_failure == OnFailure::AlertAndContinue;
                (raises && self.machine.plan().alerts.contains_key("default"), "no alert that runs anything")
            }
        };
        if !has {
            let message = format!("step `{}` has {lack}", step.id);
            self.push(at, message, "leave it out: it could not happen");
        }
    }

    /// The values that expressions may ask for, and why the run is refused where it is.
    fn inputs(&mut self, scenario: &Scenario) -> (BTreeMap<String, Value>, Vec<String>) {
        let declared = &self.machine.plan().inputs;
        for given in &scenario.inputs {
            let name = given.name.value.as_str();
            match declared.iter().find(|input| input.name == name) {
                None => {
                    let known: Vec<&str> = declared.iter().map(|input| input.name.as_str()).collect();
                    self.unknown(given.name.at, "input", name, nearest(name, known.iter().copied()), &known);
                }
                Some(input) if input.value.is_some() => {
                    let message = format!("the value of input `{name}` is fixed already");
                    let help = "the facts, or the environment, fix it: leave it out there or here";
                    self.push(given.name.at, message, help);
                }
                Some(_) => {}
            }
        }
        let (mut values, mut notes) = (BTreeMap::new(), Vec::new());
        for input in declared {
            let given = scenario.inputs.get(&input.name).map(|value| &value.value.0);
            match input.value.as_ref().or(given).or(input.default.as_ref()) {
                None if input.required => notes.push(format!("input `{}` has no value", input.name)),
                None => {}
                Some(text) => match misfit(input.kind, text, &input.values)
                    .or_else(|| Limits::of_input(input).misfit(text))
                {
                    Some(why) => notes.push(format!("input `{}` does not fit: {why}", input.name)),
                    None => drop(values.insert(input.name.clone(), typed(input.kind, text))),
                },
            }
        }
        (values, notes)
    }

    fn expected(&mut self, expect: &Expectation) -> Expected {
        let list = |binder: &mut Self, list: &Option<Spanned<List<StepRef>>>| {
            list.as_ref().map(|list| (list.at, binder.steps(list)))
        };
        Expected {
            steps: list(self, &expect.steps),
            not_run: self.steps_that_may_be_left_out(&expect.not_run),
            skipped: list(self, &expect.skipped),
            failed: list(self, &expect.failed),
            undone: list(self, &expect.undone),
            alerts: list(self, &expect.alerts),
            attempts: expect
                .attempts
                .iter()
                .filter_map(|entry| {
                    let id = self.step(entry.name.at, &entry.name)?;
                    Some((entry.value.at, id, u64::from(entry.value.value)))
                })
                .collect(),
        }
    }

    fn steps(&mut self, list: &List<StepRef>) -> Vec<(At, StepId)> {
        list.iter().filter_map(|step| Some((step.at, self.step(step.at, &step.0)?))).collect()
    }

    fn steps_that_may_be_left_out(&mut self, list: &List<StepRef>) -> Vec<(At, StepId)> {
        let in_plan = |binder: &Self, name: &str| find_step(binder.machine, name).is_some();
        list.iter()
            .filter(|step| in_plan(self, &step.0) || !self.is_left_out(&step.0))
            .collect::<Vec<_>>()
            .into_iter()
            .filter_map(|step| Some((step.at, self.step(step.at, &step.0)?)))
            .collect()
    }

    fn step(&mut self, at: At, name: &str) -> Option<StepId> {
        let found = find_step(self.machine, name);
        if found.is_none() {
            let ids = self.machine.step_ids().map(|id| self.machine.step(id).id.as_str());
            self.unknown_step(at, name, nearest(name, ids));
        }
        found
    }
}

/// True for prose that decides nothing: nobody is asked, and nothing can come of it.
fn is_passed_over(step: &Step) -> bool {
    matches!(&step.action, Action::Condition { condition } if condition.check.is_none() && !condition.mandatory)
}

/// True where what is printed is held against a bound.
fn is_measured(step: &Step) -> bool {
    let Action::Condition { condition } = &step.action else { return false };
    condition.check.as_ref().is_some_and(|check| check.measure.is_some())
}

/// What to write in the place of a name that is not there.
pub(super) fn suggestion(near: Option<&str>, known: &[&str]) -> String {
    const MOST: usize = 20;
    match near {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.is_empty() => "leave it out: there is none".to_owned(),
        None => {
            let mut listed: Vec<String> = known.iter().take(MOST).map(|name| format!("`{name}`")).collect();
            if known.len() > MOST {
                listed.push("others".to_owned());
            }
            let (last, before) = listed.split_last().expect("there are some");
            match before.is_empty() {
                true => format!("there is {last}"),
                false => format!("there are {} and {last}", before.join(", ")),
            }
        }
    }
}
