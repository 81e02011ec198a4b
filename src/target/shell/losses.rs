//! What a script can't hold of a plan, and whether it may be left out or forbids the script to start.

use std::collections::BTreeMap;

use super::file;
use super::gates;
use super::quote::LONGEST;
use super::when::{self, Cannot};
use crate::plan::ir::{Action, Condition, InputType, Plan, Source, Step};
use crate::plan::paths;
use crate::scalar::Glob;
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
    let mut found = Finder { whens: when::cannot(plan), ..Finder::default() };
    let entry = &plan.entry.source;
    let policy = &plan.policy;
    if let Some(path) = policy.audit.as_ref().and_then(|audit| audit.path.as_ref()) {
        found.text(path, "the path of the audit log", entry, "");
    }
    if let Some(window) = &policy.window
        && !gates::is_held(window)
    {
        found.refuse("a window of such hours", &window.source, "");
    }
    for approval in &policy.approvals {
        for role in &approval.roles {
            found.text(role, "a role", &approval.source, "/roles");
        }
    }
    found.boundary(plan);
    for input in &plan.inputs {
        if !is_name(&input.name) {
            found.refuse(format!("an input named `{}`", input.name), &input.source, "/name");
        } else if is_kept(&input.name) {
            let what = format!("an input named `{}`, which some shell keeps to itself", input.name);
            found.refuse(what, &input.source, "/name");
        }
        let is_ranged = input.min.is_some() || input.max.is_some();
        let is_counted = matches!(input.kind, InputType::Int | InputType::Port);
        if input.value.is_none() && is_ranged && !is_counted {
            let what = format!("limits of an input of type {}", input.kind.name());
            found.tolerate(what, "a value outside of them is taken", &input.source, "");
        }
        for text in input.value.iter().chain(&input.default) {
            found.text(text, "the value of an input", &input.source, "");
        }
    }
    found.conditions(&plan.preconditions);
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
    for monitor in &plan.monitors {
        if !super::watch::is_held(plan, monitor) {
            found.tolerate(
                format!("monitor `{}`, which has a text that no argument of a command holds", monitor.id),
                "nothing is looked for",
                &monitor.source,
                "",
            );
        }
        found.time(Some(monitor.every_ms), &monitor.source, "/every");
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

/// True for a variable that the environment can't give to every shell of those that the script may run under, or
/// that they give a meaning of their own.
fn is_kept(name: &str) -> bool {
    const KEPT: &str = "_ ARGC argv BASHOPTS BASHPID cdpath CPUTYPE DIRSTACK EGID ENV EPOCHREALTIME EPOCHSECONDS \
        ERRNO EUID fpath FUNCNAME GID GROUPS HISTCMD histchars IFS KSHUID LINENO MACHTYPE mailpath manpath \
        module_path OLDPWD OPTARG OPTERR OPTIND OSTYPE path PGRP PIPESTATUS pipestatus PPID PS1 PS2 PS3 PS4 psvar \
        PWD RANDOM SECONDS SHELLOPTS SHLVL signals SRANDOM status TTY TTYIDLE UID USER_ID USERNAME VENDOR";
    name.starts_with("RULEC_")
        || ["BASH", "KSH_", "YASH_", "ZSH_"].iter().any(|shell| name.starts_with(shell))
        || KEPT.split_ascii_whitespace().any(|kept| kept == name)
}

#[derive(Default)]
struct Finder {
    all: Vec<Lost>,
    /// What of the `when` of each step is lost.
    whens: BTreeMap<String, Vec<Cannot>>,
}

impl Finder {
    fn add(&mut self, what: String, instead: &str, source: &Source, key: &str, refuses: bool) {
        let source = Source { pointer: format!("{}{key}", source.pointer), ..source.clone() };
        self.all.push(Lost { loss: Loss { what, instead: instead.to_owned(), source, part: None }, refuses });
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

    /// A file that can't be named is not written, and a boundary that can't be held is no boundary.
    fn file(&mut self, step: &Step) {
        let Action::File { path, .. } = &step.action else { return };
        if let Some(fault) = paths::fault(path) {
            self.refuse(format!("the path `{path}`, which {fault}"), &step.source, "/file/path");
        }
    }

    fn boundary(&mut self, plan: &Plan) {
        if !file::is_needed(plan) {
            return;
        }
        let policy = &plan.policy;
        let entry = &plan.entry.source;
        let exceptions = [&policy.read_only_paths, &policy.write_allowed_paths];
        for globs in [&policy.allowed_paths, &policy.forbidden_paths].into_iter().chain(exceptions) {
            for glob in globs.iter().filter(|glob| Glob::parse(glob).is_err()) {
                self.refuse(format!("the path pattern `{glob}`"), entry, "");
            }
            self.text(&file::globs(globs), "a list of path patterns", entry, "");
        }
        if let Some(location) = policy.backups.as_ref().and_then(|backups| backups.location.as_deref()) {
            self.text(location, "a path", entry, "");
            if let Some(fault) = paths::folder_fault(location) {
                self.refuse(format!("the folder `{location}` of the backups, which {fault}"), entry, "");
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
            Action::Manual { .. } | Action::Fail { .. } => {}
            Action::File { path, from, .. } => {
                self.text(path, "a path", source, "/file/path");
                self.text(from.as_deref().unwrap_or_default(), "a path", source, "/file/source");
                self.file(step);
            }
        }
        for lost in self.whens.remove(id).unwrap_or_default() {
            let loss = Loss {
                what: lost.what,
                instead: lost.instead.to_owned(),
                source: lost.source,
                part: Some(lost.part),
            };
            self.all.push(Lost { loss, refuses: true });
        }
        for remedy in &step.remedies {
            for command in &remedy.run {
                self.text(command, "a command", source, "/remedies");
            }
            if let Some(pattern) = &remedy.stderr_matches {
                self.text(pattern, "a regular expression", source, "/remedies");
            }
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
        self.time(step.start_at_ms.max(step.end_by_ms), source, "");
        self.time(Some(step.delay_before_ms), source, "/delay");
        self.time(step.start_before.as_ref().map(|before| before.ms), source, "/repeat/deadline");
        self.time(Some(step.delay_after_ms), source, "/delay_after");
        self.time(Some(step.retry.delay_ms).max(step.retry.max_delay_ms), source, "/retry");
    }
}
