//! One step of a runbook: what to do, how to see that it worked, and what to do if it didn't.

use std::collections::BTreeMap;

use super::Doc;
use super::condition::condition;
use super::text::{code, fence, lines, prose, task};
use crate::plan::Plan;
use crate::plan::ir::{Action, OnFailure, Remedy, RemedyThen, Step, Verify};
use crate::target::words::{
    can_roll_back, duration, exit_codes, is_sequence, is_undone, list, retries, times,
};

/// Some steps of a plan and how they are presented.
pub(super) struct Steps<'a> {
    /// The plan that they are of.
    pub(super) plan: &'a Plan,
    /// The steps.
    pub(super) steps: &'a [Step],
    /// What stands before their numbers: nothing, `R` or `F`.
    pub(super) prefix: &'static str,
    /// The number of the first.
    pub(super) first: usize,
    /// The heading of one: `###`.
    pub(super) heading: &'static str,
    /// Where they stand, which decides what a failure means.
    pub(super) place: Place,
}

/// Where steps stand.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Among the steps of the plan: `needs` order them, and a failure may end the run.
    Run,
    /// In a rollback: one after another, and the rest still runs.
    Rollback,
    /// At the end: one after another, and the rest still runs.
    Finally,
}

impl Steps<'_> {
    /// Writes all of them.
    pub(super) fn write(&self, doc: &mut Doc) {
        let ids: BTreeMap<&str, String> =
            self.steps.iter().zip(self.first..).map(|(step, n)| (step.id.as_str(), n.to_string())).collect();
        let in_order = self.place != Place::Run || is_sequence(self.steps);
        for (step, number) in self.steps.iter().zip(self.first..) {
            doc.block(format!("{} {}{number}. {}", self.heading, self.prefix, prose(&step.name)));
            let needs = if in_order { None } else { Some(needs(step, &ids)) };
            facts(doc, step, needs, &ids);
            action(doc, step);
            self.timing(doc, step);
            if let Some(verify) = &step.verify {
                verification(doc, verify);
            }
            self.failure(doc, step);
            if step.delay_after_ms > 0 {
                doc.block(format!("**Then wait** {} before you go on.", duration(step.delay_after_ms)));
            }
        }
    }

    fn timing(&self, doc: &mut Doc, step: &Step) {
        let is_command = matches!(step.action, Action::Command { .. });
        let about = step.estimated_ms.map(|ms| format!("about {}", duration(ms)));
        let Some(limit) = step.timeout_ms.map(duration) else {
            match (about, is_command) {
                (Some(about), true) => doc.block(format!("**Takes** {about}; no limit is set.")),
                (Some(about), false) => doc.block(format!("**Takes** {about}.")),
                (None, true) => doc.block("**Takes** as long as it takes: no limit is set."),
                (None, false) => {}
            }
            return;
        };
        let about = about.map(|about| format!("{about}, ")).unwrap_or_default();
        let then = match step.grace_ms {
            _ if !is_command => String::new(),
            0 => " Then kill it, and take the attempt as failed.".to_owned(),
            grace => {
                let grace = duration(grace);
                format!(" Then stop it (TERM, and KILL {grace} later), and take the attempt as failed.")
            }
        };
        let then = if step.probe {
            then.replace("take the attempt as failed", "take 124 as its exit code")
        } else {
            then
        };
        doc.block(format!("**Takes** {about}at most {limit}.{then}"));
    }

    fn failure(&self, doc: &mut Doc, step: &Step) {
        if step.probe {
            doc.block("**Whatever it ends with** is an answer: note the exit code and go on.");
            return;
        }
        for remedy in &step.remedies {
            remedies(doc, remedy);
        }
        let mut words = String::from("**If it fails:** ");
        if let Some(retries) = retries(&step.retry) {
            words.push_str(&retries);
            words.push_str(". If it still fails, ");
        }
        match (self.place, step.on_failure) {
            (_, OnFailure::Continue) => words.push_str("note it and go on; the outcome is degraded."),
            (_, OnFailure::AlertAndContinue) => {
                words.push_str("raise the alert, then go on; the outcome is degraded.");
            }
            (Place::Run, _) if can_roll_back(self.plan) => {
                words.push_str(
                    "start no further step, stop what is running, and go to [Rollback](#rollback).",
                );
            }
            (Place::Run, _) => {
                words.push_str(
                    "start no further step and stop what is running. There is nothing to roll back.",
                );
            }
            (Place::Rollback | Place::Finally, _) => words.push_str("note it and go on with the rest."),
        }
        doc.block(words);
        if step.on_failure == OnFailure::AlertAndContinue {
            match self.plan.alerts.get("default") {
                Some(alert) => {
                    let limit = alert.timeout_ms.map(|ms| format!(", at most {}", duration(ms)));
                    doc.block(format!("The alert{}:", limit.unwrap_or_default()));
                    doc.block(fence("sh", &alert.command));
                }
                None => doc.block("No way to alert is configured: tell whoever is on duty."),
            }
        }
        if let Some(reason) = &step.irreversible {
            doc.block(format!("**Can't be undone:** {}", prose(reason)));
        }
    }
}

/// What is to be known before the step is begun.
fn facts(doc: &mut Doc, step: &Step, needs: Option<String>, ids: &BTreeMap<&str, String>) {
    let mut facts = Vec::new();
    if let Some(owner) = &step.owner {
        facts.push(format!("- **Owner:** {}", prose(owner)));
    }
    if let Some(needs) = needs {
        facts.push(format!("- **Start:** {needs}"));
    }
    if let Some(when) = &step.when {
        facts.push(format!("- **Only if** {}; else skip it", code(when)));
    }
    if let Some(before) = &step.start_before {
        let since = ids.get(before.since.as_str()).cloned().unwrap_or_else(|| code(&before.since));
        facts.push(format!(
            "- **Not later** than {} after step {since} began; else skip it",
            duration(before.ms)
        ));
    }
    if let Some(mutex) = &step.mutex {
        facts.push(format!("- **Never beside** another step that uses {}", code(mutex)));
    }
    if let Some(ms) = step.start_at_ms {
        facts.push(format!("- **Not before** {} from the start", duration(ms)));
    }
    if let Some(ms) = step.end_by_ms {
        facts.push(format!(
            "- **Done by** {} from the start; then stop it, and take it as failed without another attempt",
            duration(ms)
        ));
    }
    if let Some(breaker) = &step.breaker {
        facts.push(format!(
            "- **Not at all**, but as failed, once the circuit breaker {} is open",
            code(breaker)
        ));
    }
    for (name, units) in &step.resources {
        facts.push(format!("- **Takes** {units} of {}", code(name)));
    }
    if step.delay_before_ms > 0 {
        facts.push(format!("- **Wait** {} first", duration(step.delay_before_ms)));
    }
    if let Some(folder) = &step.working_dir {
        facts.push(format!("- **In folder** {}", code(folder)));
    }
    if !step.env.is_empty() {
        facts.push(format!("- **With environment** {}", environment(step)));
    }
    if step.output {
        facts.push(String::from("- **Keep its output**, later steps use it"));
    }
    if step.read_only {
        facts.push(String::from("- **Changes nothing**"));
    } else if step.idempotent {
        facts.push(String::from("- **May be repeated** without harm"));
    }
    if !facts.is_empty() {
        doc.block(facts.join("\n"));
    }
}

fn needs(step: &Step, ids: &BTreeMap<&str, String>) -> String {
    let needs: Vec<String> =
        step.needs.iter().map(|need| ids.get(need.as_str()).cloned().unwrap_or_else(|| code(need))).collect();
    match needs.as_slice() {
        [] => String::from("at once"),
        [one] => format!("when step {one} is done"),
        many => format!("when steps {} are done", list(many, "and")),
    }
}

fn action(doc: &mut Doc, step: &Step) {
    match &step.action {
        Action::Command { command } => doc.block(fence("sh", command)),
        Action::Manual { instruction } => {
            doc.block("**By hand:**");
            let text = lines(instruction);
            doc.block(
                text.lines()
                    .map(|line| format!("> {line}").trim_end().to_owned())
                    .collect::<Vec<_>>()
                    .join("\n"),
            );
            doc.block(task("done", &[]));
        }
        Action::Condition { condition: held } => {
            doc.block("**Must hold:**");
            doc.block(condition(held));
        }
        Action::Fail { reason } => doc.block(format!("**This is a failure:** {}.", prose(reason))),
        Action::File { path, content, from, expect_sha256, mode, absent } => {
            let what = if *absent { "Delete the file" } else { "Write the file" };
            let mut words = format!("**{what}** {}", code(path));
            if let Some(mode) = mode {
                words.push_str(&format!(" with mode {}", code(mode)));
            }
            if let Some(from) = from {
                words.push_str(&format!(", a copy of {}", code(from)));
            }
            words.push_str(if content.is_some() { ", with this content:" } else { "." });
            doc.block(words);
            if let Some(content) = content {
                doc.block(fence("", content));
            }
            if let Some(sha256) = expect_sha256 {
                doc.block(format!(
                    "Only if its old content has the SHA-256 {}; else the step has failed.",
                    code(sha256)
                ));
            }
        }
    }
}

fn verification(doc: &mut Doc, verify: &Verify) {
    let each = verify.timeout_ms.map(|ms| format!(", each at most {}", duration(ms))).unwrap_or_default();
    let how_often = match verify.attempts {
        0 | 1 => format!("{each}:"),
        count => {
            let interval = match verify.interval_ms {
                0 => String::new(),
                ms => format!(", {} apart", duration(ms)),
            };
            format!(", up to {}{interval}{each}:", times(count))
        }
    };
    match &verify.says {
        Some(words) => {
            let how_often = how_often.trim_end_matches(':');
            doc.block(format!("**Check that it worked**{how_often}: {}.", prose(words)));
        }
        None => {
            doc.block(format!("**Check that it worked**{how_often}"));
            doc.block(fence("sh", &verify.command));
        }
    }
}

fn remedies(doc: &mut Doc, remedy: &Remedy) {
    if remedy.fallback {
        doc.block("**If no attempt is left**, run this instead, once, then take the step as done:");
        remedy.run.iter().for_each(|command| doc.block(fence("sh", command)));
        return;
    }
    let mut when = Vec::new();
    if !remedy.exit_codes.is_empty() {
        when.push(format!("ends with exit code {}", exit_codes(&remedy.exit_codes)));
    }
    if let Some(pattern) = &remedy.stderr_matches {
        when.push(format!("prints an error that matches {}", code(pattern)));
    }
    let when = if when.is_empty() { String::from("fails") } else { list(&when, "and") };
    let then = match remedy.then {
        RemedyThen::Retry => "try again, if an attempt is left",
        RemedyThen::Continue => "take the step as done",
        RemedyThen::Abort => "take the step as failed",
    };
    if remedy.run.is_empty() {
        doc.block(format!("**If it {when}**, {then} (at most {}).", times(remedy.max)));
        return;
    }
    doc.block(format!("**If it {when}**, run this, then {then} (at most {}):", times(remedy.max)));
    remedy.run.iter().for_each(|command| doc.block(fence("sh", command)));
}

/// What takes a step back.
pub(super) fn undo(doc: &mut Doc, step: &Step, number: usize) {
    if !is_undone(step) {
        return;
    }
    let mut words = format!("**Undo step {number}**, {}", prose(&step.name));
    let Some(undo) = &step.undo else {
        if let Action::File { path, absent, .. } = &step.action {
            words.push_str(&format!(
                ": restore the old content of {}{}.",
                code(path),
                if *absent { "" } else { ", or delete it if it was new" }
            ));
        }
        doc.block(words);
        return;
    };
    if let Some(folder) = &step.working_dir {
        words.push_str(&format!(", in folder {}", code(folder)));
    }
    if !step.env.is_empty() {
        words.push_str(&format!(", with environment {}", environment(step)));
    }
    if let (true, Action::File { path, .. }) = (undo.manual, &step.action) {
        doc.block(format!(
            "{words}: a person restores the old content of {}, if it was changed.",
            code(path)
        ));
        return;
    }
    if let Some(ms) = undo.timeout_ms {
        words.push_str(&format!(", at most {}", duration(ms)));
    }
    if undo.retries > 0 {
        words.push_str(&format!("; if it fails, again, up to {}", times(undo.retries)));
    }
    doc.block(words + ":");
    doc.block(fence("sh", &undo.command));
}

fn environment(step: &Step) -> String {
    let env: Vec<_> = step.env.iter().map(|(name, value)| code(&format!("{name}={value}"))).collect();
    env.join(", ")
}
