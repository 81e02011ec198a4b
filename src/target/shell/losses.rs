//! What a script can't hold of a plan, and whether it may be left out or forbids the script to start.

use super::order::{first_independent, sequence};
use super::quote::LONGEST;
use crate::plan::ir::{Action, Condition, Plan, Source, Step};
use crate::target::Loss;

/// The longest time that a script can count, in milliseconds: some shells have 32-bit arithmetic.
pub(super) const LONGEST_MS: u64 = i32::MAX as u64;

/// One loss.
pub(super) struct Lost {
    /// As the target reports it.
    pub(super) loss: Loss,
    /// True where going on without it would do something that the rules forbid.
    pub(super) refuses: bool,
}

/// All losses, in the plan's order.
pub(super) fn find(plan: &Plan) -> Vec<Lost> {
    let mut found = Finder::default();
    let entry = &plan.entry.source;
    let policy = &plan.policy;
    if policy.idempotency.is_some() {
        found.tolerate("idempotency", "a second, identical run does everything again", entry, "");
    }
    if policy.audit.is_some() {
        found.tolerate("the audit log", "only the report and the logs of the run are written", entry, "");
    }
    if let Some(window) = &policy.window {
        found.refuse("the hours in which a run may start", &window.source, "");
    }
    for approval in &policy.approvals {
        found.refuse("an approval", &approval.source, "");
    }
    for input in &plan.inputs {
        if !is_name(&input.name) {
            found.refuse(format!("an input named `{}`", input.name), &input.source, "/name");
        }
        for text in input.value.iter().chain(&input.default) {
            found.text(text, "the value of an input", &input.source, "");
        }
    }
    found.conditions(&plan.preconditions);
    let order = sequence(&plan.steps);
    if plan.max_parallel != Some(1)
        && let Some(step) = first_independent(&plan.steps, &order)
    {
        found.tolerate("steps that run at the same time", "they run one after another", &step.source, "");
    }
    found.steps(&plan.steps);
    found.conditions(&plan.postconditions);
    for rollback in &plan.rollbacks {
        found.steps(&rollback.steps);
    }
    found.steps(&plan.finally);
    if let Some(alert) = plan.alerts.get("default") {
        found.text(&alert.command, "a command", entry, "");
        found.time(alert.timeout_ms, entry, "");
    }
    for checklist in plan.checklists.values() {
        found.conditions(checklist);
    }
    found.time(policy.lock.as_ref().map(|lock| lock.timeout_ms), entry, "");
    found.time(plan.timeout_ms, entry, "/timeout");
    found.all
}

/// True for what can name an environment variable, and is not a variable of the script's own.
fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && !name.starts_with("rulec_")
}

#[derive(Default)]
struct Finder {
    all: Vec<Lost>,
}

impl Finder {
    fn add(&mut self, what: String, instead: &str, source: &Source, key: &str, refuses: bool) {
        let source = Source { pointer: format!("{}{key}", source.pointer), ..source.clone() };
        self.all.push(Lost { loss: Loss { what, instead: instead.to_owned(), source }, refuses });
    }

    fn tolerate(&mut self, what: impl Into<String>, instead: &str, source: &Source, key: &str) {
        self.add(what.into(), instead, source, key, false);
    }

    fn refuse(&mut self, what: impl Into<String>, source: &Source, key: &str) {
        self.add(what.into(), "the script refuses to start", source, key, true);
    }

    fn text(&mut self, text: &str, what: &str, source: &Source, key: &str) {
        if text.len() > LONGEST {
            self.refuse(format!("{what} of more than {LONGEST} bytes"), source, key);
        }
        if text.contains('\0') {
            self.refuse(format!("{what} with a NUL character"), source, key);
        }
    }

    fn time(&mut self, ms: Option<u64>, source: &Source, key: &str) {
        if ms.is_some_and(|ms| ms > LONGEST_MS) {
            self.tolerate("a time of more than 24 days", "it is 24 days", source, key);
        }
    }

    fn conditions(&mut self, conditions: &[Condition]) {
        for condition in conditions {
            if let Some(check) = &condition.check {
                self.text(&check.command, "a command", &condition.source, "/check");
                self.time(check.timeout_ms, &condition.source, "/timeout");
            }
        }
    }

    fn steps(&mut self, steps: &[Step]) {
        for step in steps {
            self.step(step);
        }
    }

    fn step(&mut self, step: &Step) {
        let source = &step.source;
        let id = &step.id;
        match &step.action {
            Action::Command { command } => self.text(command, "a command", source, "/command"),
            Action::Condition { condition } => self.conditions(std::slice::from_ref(condition)),
            Action::Manual { .. } => {}
            Action::File { .. } => self.refuse(format!("step `{id}`, which writes a file"), source, "/file"),
        }
        if step.when.is_some() {
            self.refuse(format!("`when` of step `{id}`"), source, "/when");
        }
        if !step.remedies.is_empty() {
            self.tolerate(
                format!("remedies of step `{id}`"),
                "attempts are repeated without them",
                source,
                "/remedies",
            );
        }
        for (name, value) in &step.env {
            if !is_name(name) {
                self.refuse(format!("a variable named `{name}` of step `{id}`"), source, "/env");
            }
            self.text(value, "a variable", source, "/env");
        }
        if let Some(dir) = &step.working_dir {
            self.text(dir, "a working folder", source, "/working_dir");
        }
        if let Some(verify) = &step.verify {
            self.text(&verify.command, "a command", source, "/verify");
            self.time(verify.timeout_ms, source, "/verify");
            self.time(Some(verify.interval_ms), source, "/verify");
        }
        if let Some(undo) = &step.undo {
            self.text(&undo.command, "a command", source, "/undo");
            self.time(undo.timeout_ms, source, "/undo");
        }
        self.time(step.timeout_ms, source, "/timeout");
        self.time(Some(step.grace_ms), source, "/grace");
        self.time(Some(step.delay_before_ms), source, "/delay");
        self.time(Some(step.delay_after_ms), source, "/delay_after");
        self.time(Some(step.retry.delay_ms).max(step.retry.max_delay_ms), source, "/retry");
    }
}
