//! Holds what came of a run against what was expected of it: a finding at each expectation that is not met.

use super::bind::{Expected, Named};
use super::file::Scenario;
use super::read::Suite;
use super::rules::UNMET_EXPECTATION;
use crate::diagnostic::{Diagnostic, plural};
use crate::machine::{Machine, Record, Status, StepId};
use crate::model::At;
use crate::scalar::Duration;
use crate::simulate::{End, MAX_ENTRIES, Trace};

/// What a run did, by step.
#[derive(Default)]
struct Seen<'a> {
    started: Vec<&'a str>,
    skipped: Vec<&'a str>,
    failed: Vec<&'a str>,
    undone: Vec<&'a str>,
    alerts: Vec<&'a str>,
}

/// What was expected and did not come.
pub(super) fn judge(
    suite: &Suite,
    scenario: &Scenario,
    expected: &Expected,
    machine: &Machine<'_>,
    trace: &Trace<'_>,
) -> Vec<Diagnostic> {
    let mut judge = Judge { suite, machine, found: Vec::new() };
    let expect = &scenario.expect;
    let outcome = match trace.end {
        End::Outcome(outcome) => outcome,
        End::Never => {
            let message = "the run never ends: something hangs that has no timeout".to_owned();
            judge.push(expect.at, message, "give it a `timeout` in the rules".to_owned());
            return judge.found;
        }
        End::Cut => {
            let message = format!("the run has not ended after {MAX_ENTRIES} records");
            judge.push(expect.at, message, "let less fail, or less often".to_owned());
            return judge.found;
        }
    };
    let seen = seen(trace);
    if let Some(wanted) = expect.outcome.filter(|wanted| wanted.value != outcome) {
        let message = format!("the outcome is `{}`, not `{}`", outcome.word(), wanted.value.word());
        judge.push(wanted.at, message, "the trace below says how it came to that".to_owned());
    }
    judge.in_order(&expected.steps, &seen.started, "is started", "are started");
    for (at, id) in &expected.not_run {
        let step = judge.id(*id);
        if seen.started.contains(&step) {
            judge.push(*at, format!("`{step}` is started"), judge.all("are started", &seen.started));
        }
    }
    judge.in_any_order(&expected.skipped, &seen.skipped, ["is skipped", "is not skipped", "are skipped"]);
    judge.in_any_order(&expected.failed, &seen.failed, ["fails", "does not fail", "fail"]);
    judge.in_order(&expected.undone, &seen.undone, "is undone", "are undone");
    let words = ["raises an alert", "raises no alert", "raise alerts"];
    judge.in_any_order(&expected.alerts, &seen.alerts, words);
    if let Some(wanted) = expect.duration {
        let took = Duration::from_millis(trace.duration_ms()).unwrap_or(Duration::MAX);
        if !wanted.holds(took) {
            let help = "the trace below says when what was done".to_owned();
            judge.push(wanted.at, format!("the run takes `{took}`, not `{}`", wanted.value), help);
        }
    }
    for (at, id, wanted) in &expected.attempts {
        let came = trace.state.step(*id).attempt;
        if came != *wanted {
            let came = plural(came as usize, "attempt");
            let message = format!("`{}` has {came}, not {wanted}", judge.id(*id));
            judge.push(*at, message, "the trace below shows each of them".to_owned());
        }
    }
    judge.found.sort_by_key(|found| found.primary.location.span.start);
    judge.found
}

struct Judge<'j, 'a> {
    suite: &'j Suite,
    machine: &'j Machine<'a>,
    found: Vec<Diagnostic>,
}

impl<'a> Judge<'_, 'a> {
    fn push(&mut self, at: At, message: String, help: String) {
        let place = self.suite.location(at);
        let found = Diagnostic::new(&UNMET_EXPECTATION, place, message);
        self.found.push(found.label("expected here").help(help));
    }

    fn id(&self, id: StepId) -> &'a str {
        &self.machine.step(id).id
    }

    /// The first difference of two lists; what follows one is seldom news.
    fn in_order(&mut self, named: &Named, came: &[&str], one: &str, many: &str) {
        let Some((list, wanted)) = named else { return };
        let same = wanted.iter().zip(came).take_while(|((_, id), came)| self.id(*id) == **came).count();
        let help = self.all(many, came);
        match (wanted.get(same), came.get(same)) {
            (None, None) => {}
            (Some((at, id)), None) => {
                let step = self.id(*id);
                self.push(*at, format!("`{step}` is awaited, and nothing more {one}"), help);
            }
            (None, Some(step)) => self.push(*list, format!("`{step}` {one} too"), help),
            (Some((at, id)), Some(step)) => {
                let awaited = self.id(*id);
                self.push(*at, format!("`{step}` {one} here, not `{awaited}`"), help);
            }
        }
    }

    fn in_any_order(&mut self, named: &Named, came: &[&str], [one, no, many]: [&str; 3]) {
        let Some((list, wanted)) = named else { return };
        for (at, id) in wanted {
            let step = self.id(*id);
            if !came.contains(&step) {
                self.push(*at, format!("`{step}` {no}"), self.all(many, came));
            }
        }
        for step in came {
            if !wanted.iter().any(|(_, id)| self.id(*id) == *step) {
                self.push(*list, format!("`{step}` {one} too"), self.all(many, came));
            }
        }
    }

    /// All steps that something is true of, as a help.
    fn all(&self, verb: &str, steps: &[&str]) -> String {
        const MOST: usize = 30;
        let names: Vec<String> = steps.iter().take(MOST).map(|step| format!("`{step}`")).collect();
        match steps.len() {
            0 => format!("none {verb}"),
            1..=MOST => format!("these {verb}: {}", names.join(", ")),
            more => format!("these {verb}: {}, and {} more", names.join(", "), more - MOST),
        }
    }
}

fn seen<'a>(trace: &Trace<'a>) -> Seen<'a> {
    let mut seen = Seen::default();
    for entry in &trace.entries {
        match entry.record {
            Record::StepStarted { step } => seen.started.push(step),
            Record::StepEnded { step, status: Status::Skipped, .. } => seen.skipped.push(step),
            Record::StepEnded { step, status: Status::Failed, .. } => seen.failed.push(step),
            Record::UndoStarted { step } => seen.undone.push(step),
            Record::AlertStarted { step } => seen.alerts.push(step),
            _ => {}
        }
    }
    seen
}
