//! The runbook: a plan as a page that a person follows, at any hour, from top to bottom.
//!
//! Takes a plan and gives Markdown (CommonMark, with tables and task lists). Everything that a runner would do
//! is said in words, with each command in a fence to be copied, so nothing is lost. No text of the rules can
//! break the page: `text` escapes all of it. The words are in `words`, the picture in `flow`.

mod condition;
mod monitor;
mod step;
mod text;
mod timeline;

use std::collections::{BTreeMap, BTreeSet};

use super::flow::{flow, title};
use super::words::{can_roll_back, duration, is_sequence, list};
use super::{Artifact, Loss, Target, file_name};
use crate::diagnostic::plural;
use crate::diagram;
use crate::plan::Plan;
use crate::plan::ir::{Action, Input, InputType, Risk, Source};
use condition::conditions;
use step::{Place, Steps};
use text::{code, fence, lines, prose, task};

/// The target `markdown`.
#[derive(Debug, Clone, Copy)]
pub struct Markdown;

impl Target for Markdown {
    fn name(&self) -> &'static str {
        "markdown"
    }

    fn about(&self) -> &'static str {
        "a runbook for people: steps, checks, what to do when one fails"
    }

    fn extension(&self) -> &'static str {
        "md"
    }

    fn losses(&self, _plan: &Plan) -> Vec<Loss> {
        Vec::new()
    }

    fn emit(&self, plan: &Plan) -> Artifact {
        let mut doc = Doc::default();
        overview(&mut doc, plan);
        inputs(&mut doc, &plan.inputs);
        before(&mut doc, plan);
        steps(&mut doc, plan);
        after(&mut doc, plan);
        rollback(&mut doc, plan);
        finally(&mut doc, plan);
        checklists(&mut doc, plan);
        monitor::monitors(&mut doc, plan);
        left_out(&mut doc, plan);
        foot(&mut doc, plan);
        Artifact {
            file_name: file_name(&plan.entry.id, self.extension()),
            content: doc.text,
            executable: false,
        }
    }
}

/// A page of blocks, a blank line between two.
#[derive(Default)]
struct Doc {
    text: String,
}

impl Doc {
    fn block(&mut self, block: impl AsRef<str>) {
        let block = block.as_ref();
        if block.is_empty() {
            return;
        }
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.text.push_str(block);
        self.text.push('\n');
    }
}

/// What it is, what for, who and how long.
fn overview(doc: &mut Doc, plan: &Plan) {
    let entry = &plan.entry;
    doc.block(format!("# {}", prose(&title(&entry.id, &entry.name))));
    doc.block(lines(&entry.description));
    let mut facts = Vec::new();
    if let Some(risk) = entry.risk {
        facts.push(format!("- **Risk:** {}", risk_words(risk)));
    }
    if let Some(gate) = &plan.policy.gate {
        let reasons: Vec<_> = gate.reasons.iter().map(|reason| prose(&reason.text)).collect();
        let because = if reasons.is_empty() { String::new() } else { format!(": {}", reasons.join("; ")) };
        facts.push(format!("- **Gate:** {}{because}", gate.verdict.words()));
    }
    if !entry.satisfies.is_empty() {
        let served: Vec<_> = entry.satisfies.iter().map(|id| prose(id)).collect();
        facts.push(format!("- **Serves:** {}", served.join(", ")));
    }
    let all =
        plan.steps.iter().chain(plan.rollbacks.iter().flat_map(|group| &group.steps)).chain(&plan.finally);
    let mut seen = BTreeSet::new();
    let owners: Vec<_> =
        all.filter_map(|step| step.owner.as_deref()).filter(|owner| seen.insert(*owner)).map(prose).collect();
    if !owners.is_empty() {
        facts.push(format!("- **Owners:** {}", owners.join(", ")));
    }
    facts.push(format!("- **Takes:** {}", how_long(plan)));
    if let Some(factor) = plan.rehearsal {
        facts.push(format!(
            "- **A rehearsal**, not the real thing: all offsets, delays and intervals are divided by {factor}"
        ));
    }
    if let Some(environment) = &plan.environment {
        facts.push(format!("- **Environment:** {}", prose(environment)));
    }
    for (what, values) in [("Given", &plan.facts), ("Decided", &plan.decisions)] {
        if !values.is_empty() {
            let values: Vec<_> =
                values.iter().map(|(name, value)| code(&format!("{name} = {value}"))).collect();
            facts.push(format!("- **{what}:** {}", values.join(", ")));
        }
    }
    if let Some(lock) = &plan.policy.lock {
        let scope = code(&lock.scope);
        facts.push(match lock.timeout_ms {
            0 => format!("- **One at a time:** never beside another run of {scope}"),
            ms => format!(
                "- **One at a time:** wait up to {} for another run of {scope} to end, then give up",
                duration(ms)
            ),
        });
    }
    if let Some(idempotency) = &plan.policy.idempotency {
        facts.push(format!(
            "- **Not again** with the same inputs within {} of a success",
            duration(idempotency.ttl_ms)
        ));
    }
    if let Some(audit) = &plan.policy.audit {
        let place = audit.path.as_ref().map(|path| format!(" in {}", code(path))).unwrap_or_default();
        let kept = audit.retention_days.map(|days| format!(", kept for {}", plural(days as usize, "day")));
        let kept = kept.unwrap_or_default();
        facts.push(format!("- **On record:** write down who did what, when, and how it ended{place}{kept}"));
    }
    facts.extend(backups(plan));
    doc.block(facts.join("\n"));
}

/// Where the old files are kept and for how long, where the rules say it and a step has any.
fn backups(plan: &Plan) -> Option<String> {
    let backups = plan.policy.backups.as_ref()?;
    let rollbacks = plan.rollbacks.iter().flat_map(|rollback| &rollback.steps);
    let mut steps = plan.steps.iter().chain(rollbacks).chain(&plan.finally);
    if !steps.any(|step| matches!(step.action, Action::File { .. })) {
        return None;
    }
    let place = backups.location.as_ref().map(|path| format!(" in {}", code(path))).unwrap_or_default();
    let kept = backups.max_age_ms.map(|ms| format!(", for {} after the end", duration(ms)));
    let success = if backups.delete_on_success { "; after a success, remove them" } else { "" };
    let kept = kept.unwrap_or_default();
    Some(format!(
        "- **Backups:** before a file is written or deleted, keep a copy of it{place}{kept}{success}"
    ))
}

fn how_long(plan: &Plan) -> String {
    let bounds = &plan.bounds;
    let mut words = Vec::new();
    if let Some(ms) = bounds.estimated_ms {
        words.push(format!("about {} by the author's estimate", duration(ms)));
    }
    if let Some(ms) = bounds.without_retries_ms {
        words.push(format!("at most {} if nothing has to be repeated", duration(ms)));
    }
    words.push(match bounds.worst_case_ms {
        Some(ms) => format!("{} in the worst case, with all retries, rollback and final steps", duration(ms)),
        None => String::from("without any bound in the worst case"),
    });
    if can_roll_back(plan) {
        words.push(match bounds.rollback_ms {
            Some(ms) => format!("the rollback at most {}", duration(ms)),
            None => String::from("the rollback without any bound"),
        });
    }
    words.join("; ")
}

fn risk_words(risk: Risk) -> &'static str {
    match risk {
        Risk::Low => "low",
        Risk::Medium => "medium",
        Risk::High => "high",
        Risk::Critical => "critical",
    }
}

fn inputs(doc: &mut Doc, inputs: &[Input]) {
    if inputs.is_empty() {
        return;
    }
    doc.block("## Inputs");
    doc.block("Commands find each of them in their environment, under its name.");
    let mut rows = vec![String::from("| Name | Type | Value | Meaning |\n|---|---|---|---|")];
    for input in inputs {
        let kind = match input.kind {
            InputType::Enum => {
                let values: Vec<String> = input.values.iter().map(|value| prose(value)).collect();
                format!("one of {}", list(&values, "or"))
            }
            kind => kind.name().to_owned(),
        };
        let value = match (input.kind, &input.value, &input.default) {
            (InputType::Secret, _, _) if input.required => String::from("needed; never write it down"),
            (InputType::Secret, _, _) => String::from("never write it down"),
            (_, Some(value), _) => prose(value),
            (_, None, Some(default)) => format!("{}, unless given", prose(default)),
            (_, None, None) if input.required => String::from("must be given"),
            (_, None, None) => String::from("may be given"),
        };
        rows.push(format!("| {} | {kind} | {value} | {} |", prose(&input.name), prose(&input.description)));
    }
    doc.block(rows.join("\n"));
}

/// What must hold before the first step.
fn before(doc: &mut Doc, plan: &Plan) {
    let policy = &plan.policy;
    let mut gates = Vec::new();
    if let Some(window) = &policy.window {
        let until = if window.end < window.start { " of the next day" } else { "" };
        let text =
            format!("It is between {} and {}{until}, local time", prose(&window.start), prose(&window.end));
        gates.push(task(&text, &[]));
    }
    for approval in &policy.approvals {
        let roles: Vec<_> = approval.roles.iter().map(|role| prose(role)).collect();
        let who = if roles.is_empty() { String::from("a named person") } else { list(&roles, "or") };
        let reason = prose(&approval.reason);
        let reason = if reason.is_empty() { reason } else { format!(": {reason}") };
        gates.push(task(&format!("Approved by {who}{reason}"), &[]));
    }
    if !plan.preconditions.is_empty() {
        gates.push(conditions(&plan.preconditions));
    }
    if gates.is_empty() {
        return;
    }
    doc.block("## Before you start");
    doc.block("All of this must hold. If anything does not, stop here: nothing has been changed.");
    doc.block(gates.join("\n"));
}

fn steps(doc: &mut Doc, plan: &Plan) {
    doc.block("## Overview");
    doc.block(fence("mermaid", &diagram::mermaid(&flow(plan))));
    timeline::timeline(doc, plan);
    doc.block("## Steps");
    if let Some(ms) = plan.timeout_ms {
        doc.block(format!(
            "All of it, up to the checks afterwards, within {}; else it has failed.",
            duration(ms)
        ));
    }
    if plan.steps.is_empty() {
        doc.block("There is nothing to do.");
    } else if is_sequence(&plan.steps) {
        doc.block("One after another, in this order.");
    } else {
        doc.block(match plan.max_parallel {
            Some(1) => {
                String::from("One after another; a step may start when all that it waits for is done.")
            }
            Some(most) => {
                format!("At most {most} at once; a step may start when all that it waits for is done.")
            }
            None => String::from(
                "As many at once as can be; a step may start when all that it waits for is done.",
            ),
        });
    }
    for (what, globs) in
        [("Write only", &plan.policy.allowed_paths), ("Never write", &plan.policy.forbidden_paths)]
    {
        if !globs.is_empty() {
            let globs: Vec<_> = globs.iter().map(|glob| code(glob)).collect();
            doc.block(format!("**{what}** {}.", globs.join(", ")));
        }
    }
    Steps { plan, steps: &plan.steps, prefix: "", first: 1, heading: "###", place: Place::Run }.write(doc);
}

/// What must hold after the last step.
fn after(doc: &mut Doc, plan: &Plan) {
    if plan.postconditions.is_empty() {
        return;
    }
    doc.block("## Afterwards");
    doc.block(match can_roll_back(plan) {
        true => "All of this must hold; else go to [Rollback](#rollback).",
        false => "All of this must hold; else it has failed.",
    });
    doc.block(conditions(&plan.postconditions));
}

fn rollback(doc: &mut Doc, plan: &Plan) {
    if !can_roll_back(plan) {
        return;
    }
    doc.block("## Rollback");
    doc.block(
        "Only after a failure, or to cancel. If something here fails, note it and go on with the rest. Undo only \
         steps that succeeded or were under way, starting with the one that was done last.",
    );
    for (index, step) in plan.steps.iter().enumerate().rev() {
        step::undo(doc, step, index + 1);
    }
    let numbers: BTreeMap<&str, usize> = plan.steps.iter().map(|step| step.id.as_str()).zip(1..).collect();
    let mut first = 1;
    for group in &plan.rollbacks {
        doc.block(format!("### {}", prose(&title(&group.procedure, &group.name))));
        if !group.after.is_empty() {
            let after: Vec<String> = group
                .after
                .iter()
                .map(|id| match numbers.get(id.as_str()) {
                    Some(number) => number.to_string(),
                    None => code(id),
                })
                .collect();
            doc.block(format!("Only if any of these steps was begun: {}.", list(&after, "or")));
        }
        Steps { plan, steps: &group.steps, prefix: "R", first, heading: "####", place: Place::Rollback }
            .write(doc);
        first += group.steps.len();
    }
}

fn finally(doc: &mut Doc, plan: &Plan) {
    if plan.finally.is_empty() {
        return;
    }
    doc.block("## Finally");
    doc.block("Whatever happened, also after a rollback.");
    Steps { plan, steps: &plan.finally, prefix: "F", first: 1, heading: "###", place: Place::Finally }
        .write(doc);
}

fn checklists(doc: &mut Doc, plan: &Plan) {
    if plan.checklists.is_empty() {
        return;
    }
    doc.block("## Checklists");
    for (name, items) in &plan.checklists {
        doc.block(format!("### {}", prose(name)));
        doc.block(conditions(items));
    }
}

fn left_out(doc: &mut Doc, plan: &Plan) {
    if plan.dropped.is_empty() {
        return;
    }
    doc.block("## Left out");
    doc.block("The rules have this too, but not for this run.");
    let dropped: Vec<_> = plan
        .dropped
        .iter()
        .map(|dropped| {
            format!("- {}: {} ({})", prose(&dropped.what), prose(&dropped.reason), place(&dropped.source))
        })
        .collect();
    doc.block(dropped.join("\n"));
}

/// What the page was made from.
fn foot(doc: &mut Doc, plan: &Plan) {
    doc.block("---");
    doc.block(format!("Made by rulec from {}. Plan {}.", place(&plan.entry.source), code(&plan.digest)));
    let sources: Vec<_> = plan
        .sources
        .iter()
        .map(|file| format!("- {}: SHA-256 {}", code(&file.file), code(&file.sha256)))
        .collect();
    doc.block(sources.join("\n"));
}

fn place(source: &Source) -> String {
    format!("{}, line {}", code(&source.file), source.line)
}
