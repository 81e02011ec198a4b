//! A timeline as a graph of steps: the tasks of its phases, and what its checkpoints ask and decide.
//!
//! A task waits for all tasks and checkpoints that have ended when it starts, and for its own time; a checkpoint for its
//! time and for the tasks that must be done by then. A checkpoint is a probe for each condition, steps that depend on
//! what the probes say, and, where the timeline may not go on, a step that fails.

use std::collections::BTreeMap;

use super::super::ir;
use super::context::Context;
use super::order::{merged, sorted};
use super::parts::condition_step;
use super::steps::{Body, Caller};
use crate::graph::Item;
use crate::model::{AfterMiss, At, Checkpoint, Phase, Spanned, Task, Text, Timeline};
use crate::scalar::Duration;

/// How long the alert of a checkpoint may take.
const ALERT_MS: u64 = 60_000;

/// How long what a checkpoint looks at may take, where the rules don't say: what hangs is no evidence.
const LOOK_MS: u64 = 600_000;

/// A task or checkpoint and where it stands in time.
struct Part<'a> {
    /// Comparable moments, finer than milliseconds: a checkpoint is behind what ends at its moment, and before what
    /// starts then.
    from: u64,
    till: u64,
    what: What<'a>,
}

enum What<'a> {
    Task { phase: usize, task: &'a Spanned<Task>, start_ms: u64, end_ms: u64 },
    Checkpoint { number: usize, checkpoint: &'a Spanned<Checkpoint>, at_ms: u64 },
}

impl<'a> Context<'_, 'a> {
    /// The steps of a timeline, and when what happens.
    pub(super) fn timeline(&mut self, timeline: &'a Timeline) -> (Body, ir::Timeline) {
        let mut phases: Vec<&'a Spanned<Phase>> = timeline.phases.iter().collect();
        phases.sort_by_key(|phase| phase.start.value);
        let mut checkpoints: Vec<&'a Spanned<Checkpoint>> = timeline.checkpoints.iter().collect();
        checkpoints.sort_by_key(|checkpoint| checkpoint.value.at.value);
        let mut shown = self.times(timeline, &phases, &checkpoints);
        let mut body = Body::default();
        let mut ends: Vec<Vec<String>> = Vec::new();
        let parts = parts(&phases, &checkpoints);
        let order = Order::of(&parts);
        let mut ids = BTreeMap::new();
        for (index, part) in parts.iter().enumerate() {
            let needs = merged(order.before(&parts, index).map(|before| &ends[before]));
            ends.push(match part.what {
                What::Task { phase, task, start_ms, end_ms } => {
                    let at = &mut shown.phases[phase];
                    let window = Window { phase: &at.id, start_ms, end_ms };
                    let (ends, task) = self.task(task, &window, needs, &mut ids, &mut body);
                    at.tasks.extend(task);
                    ends
                }
                What::Checkpoint { number, checkpoint, at_ms } => {
                    let at = &shown.checkpoints[number];
                    self.checkpoint(checkpoint, at, at_ms, needs, &mut body)
                }
            });
        }
        body.rollbacks.reverse();
        (body, shown)
    }

    /// What is run at the end whatever happened, in order.
    pub(super) fn timeline_finally(&mut self, timeline: &'a Timeline) -> Vec<ir::Step> {
        let (mut ids, mut body) = (BTreeMap::new(), Body::default());
        for task in &timeline.finally {
            let Some(called) = self.graph.target(task.run.at) else { continue };
            let prefix = format!("{}/", unique(&mut ids, format!("finally/{}", called.id)));
            let owner = task.owner.as_ref().map(|owner| owner.value.clone());
            let caller = Caller { prefix, owner, ..Caller::default() };
            let mut part = Body::default();
            self.call_of_timeline(&task.run, &caller, None, &mut part);
            body.steps.extend(sorted(part.steps));
        }
        // They run one after another, and nothing that failed keeps them from it.
        body.steps.iter_mut().for_each(|step| step.needs.clear());
        body.steps
    }

    fn times(
        &self,
        timeline: &Timeline,
        phases: &[&Spanned<Phase>],
        checkpoints: &[&Spanned<Checkpoint>],
    ) -> ir::Timeline {
        let phases: Vec<_> = (1..)
            .zip(phases)
            .map(|(number, phase): (usize, _)| {
                let id = format!("phase-{number}");
                let name = phase.name.as_ref().map_or_else(|| id.clone(), |name| name.value.clone());
                let (start_ms, end_ms) = (phase.start.value.as_millis(), phase.end.value.as_millis());
                ir::TimelinePhase { id, name, start_ms, end_ms, tasks: Vec::new() }
            })
            .collect();
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        let checkpoints: Vec<_> = checkpoints
            .iter()
            .map(|checkpoint| {
                let id = unique(&mut seen, format!("at-{}", offset(checkpoint.value.at.value)));
                let name = checkpoint.name.as_ref().map_or_else(|| id.clone(), |name| name.value.clone());
                let source = self.source(checkpoint.at);
                ir::TimelineCheckpoint { id, name, at_ms: checkpoint.value.at.value.as_millis(), source }
            })
            .collect();
        let last = phases.iter().map(|phase| phase.end_ms).chain(checkpoints.iter().map(|it| it.at_ms)).max();
        ir::Timeline {
            start: timeline.start.map(|start| start.value.to_string()),
            duration_ms: timeline.duration.map(|it| it.value.as_millis()).or(last).unwrap_or(0),
            phases,
            checkpoints,
        }
    }

    fn task(
        &mut self,
        task: &'a Spanned<Task>,
        window: &Window<'_>,
        needs: Vec<String>,
        ids: &mut BTreeMap<String, usize>,
        body: &mut Body,
    ) -> (Vec<String>, Option<ir::TimelineTask>) {
        let Some(called) = self.graph.target(task.run.at) else { return (needs, None) };
        let shown = ir::TimelineTask {
            id: unique(ids, format!("{}/{}", window.phase, called.id)),
            name: called.name.unwrap_or(&called.id).to_owned(),
            owner: task.owner.as_ref().map(|owner| owner.value.clone()),
            start_ms: window.start_ms,
            end_ms: window.end_ms,
        };
        let prefix = format!("{}/", shown.id);
        let caller = Caller { prefix, needs, owner: shown.owner.clone(), ..Caller::default() };
        let first = body.steps.len();
        let ends = self.call_of_timeline(&task.run, &caller, Some(window), body);
        for step in &mut body.steps[first..] {
            if window.start_ms > 0 && !step.needs.iter().any(|need| need.starts_with(&caller.prefix)) {
                step.start_at_ms = Some(window.start_ms);
            }
            step.end_by_ms = Some(step.end_by_ms.map_or(window.end_ms, |by| by.min(window.end_ms)));
            step.phase = Some(window.phase.to_owned());
        }
        (ends, Some(shown))
    }

    /// A procedure that a timeline runs. Its approval is asked before the timeline begins, its hours are looked at when it
    /// comes, and its timeout counts from when it may start.
    fn call_of_timeline(
        &mut self,
        run: &Text,
        caller: &Caller,
        window: Option<&Window<'_>>,
        body: &mut Body,
    ) -> Vec<String> {
        let graph = self.graph;
        let otherwise = || caller.needs.clone();
        let Some(index) = graph.target_index(run.at) else { return otherwise() };
        let Item::Procedure(procedure) = graph.entity(index).item else { return otherwise() };
        if !self.may_call(index, 1, run.at) {
            return otherwise();
        }
        let unheld = procedure.timeout.map(|it| it.at).filter(|_| window.is_none());
        self.procedure_keeps_meaning(run, procedure, index, &[("timeout", unheld)]);
        if let Some(approval) = &procedure.approval {
            let approval = self.approval(approval);
            if !self.approvals.contains(&approval) {
                self.approvals.push(approval);
            }
        }
        let first = body.steps.len();
        let mut inner = caller.clone();
        if let Some(window) = procedure.window
            && let Some((start, end)) = self.hours(window.at)
        {
            let step = self.hours_step(format!("{}hours", caller.prefix), &start, &end, window.at);
            inner.needs = vec![step.id.clone()];
            body.steps.push(ir::Step { needs: caller.needs.clone(), when: caller.when.clone(), ..step });
        }
        let ends = self.called(index, procedure, &inner, body);
        if let (Some(timeout), Some(window)) = (procedure.timeout, window) {
            let by = window.start_ms.saturating_add(timeout.value.as_millis());
            body.steps[first..].iter_mut().for_each(|step| step.end_by_ms = Some(by));
        }
        ends
    }

    /// A step that holds only in certain hours of the machine that runs it.
    fn hours_step(&self, id: String, start: &str, end: &str, at: At) -> ir::Step {
        let (from, till) = (start.replace(':', ""), end.replace(':', ""));
        let both = if from < till { "&&" } else { "||" };
        let command = format!("now=$(date +%H%M); [ \"$now\" -ge {from} ] {both} [ \"$now\" -lt {till} ]");
        let check = ir::Check { command, says: None, timeout_ms: Some(10_000), measure: None };
        let text = format!("it is between {start} and {end}");
        let source = self.source(at);
        condition_step(id, ir::Condition { text, check: Some(check), mandatory: true, source })
    }

    fn checkpoint(
        &mut self,
        checkpoint: &'a Spanned<Checkpoint>,
        at: &ir::TimelineCheckpoint,
        at_ms: u64,
        needs: Vec<String>,
        body: &mut Body,
    ) -> Vec<String> {
        let first = body.steps.len();
        let asked = self.conditions(&checkpoint.require);
        let looked = look(&at.id, &asked, &needs, None, body);
        for step in &mut body.steps[first..] {
            step.start_at_ms = (at_ms > 0).then_some(at_ms);
        }
        let ends = if looked.ends.is_empty() { needs } else { looked.ends };
        let mut all = ends.clone();
        if let Some(on_pass) = &checkpoint.on_pass {
            let news =
                News { of: at, is_missed: false, alert: on_pass.alert.as_ref(), run: on_pass.run.as_ref() };
            let when = (looked.pass != "true").then(|| looked.pass.clone());
            all.extend(self.react(&news, when, &ends, body));
        }
        if looked.pass == "true" {
            return all;
        }
        let missed = format!("!({})", looked.pass);
        let repair = checkpoint.repair();
        let news = News { of: at, is_missed: true, alert: checkpoint.miss_alert(), run: repair.as_ref() };
        let mut last = self.react(&news, Some(missed.clone()), &ends, body);
        let fails = match checkpoint.after_miss() {
            AfterMiss::Continue => None,
            AfterMiss::Abort => Some(missed),
            AfterMiss::Recheck => {
                let id = format!("{}/again", at.id);
                let again = look(&id, &asked, &last, Some(&missed), body);
                last = again.ends;
                Some(format!("{missed} && !({})", again.pass))
            }
        };
        if let Some(when) = fails {
            let id = format!("{}/missed", at.id);
            let mut step =
                bare(id.clone(), format!("the checkpoint `{}` is missed", at.name), at.source.clone());
            let reason = format!("the checkpoint `{}` is missed", at.name);
            step.action = ir::Action::Fail { reason };
            step.when = Some(when);
            step.needs = last;
            body.steps.push(step);
            last = vec![id];
        }
        all.extend(last);
        merged([all].iter())
    }

    /// What is done about a checkpoint: first the alert, then the procedure; gives the last of its steps.
    fn react(
        &mut self,
        news: &News<'_>,
        when: Option<String>,
        needs: &[String],
        body: &mut Body,
    ) -> Vec<String> {
        let word = if news.is_missed { "missed" } else { "passed" };
        let mut ends = needs.to_vec();
        if let Some(alert) = news.alert {
            let step = self.alert_step(news, word, alert);
            ends = vec![step.id.clone()];
            body.steps.push(ir::Step { when: when.clone(), needs: needs.to_vec(), ..step });
        }
        if let Some(run) = news.run
            && let Some(id) = self.graph.target(run.at).map(|entity| entity.id.to_string())
        {
            let prefix = format!("{}/{}/{id}/", news.of.id, if news.is_missed { "miss" } else { "pass" });
            let caller = Caller { prefix, needs: ends, when, ..Caller::default() };
            ends = self.call_of_timeline(run, &caller, None, body);
        }
        ends
    }

    fn alert_step(&self, news: &News<'_>, word: &str, alert: &Text) -> ir::Step {
        let of = news.of;
        let name = self.graph.target(alert.at).map_or(alert.value.clone(), |entity| entity.id.to_string());
        let command = self.alerts.get(&name).map(|alert| alert.command.clone());
        let command =
            command.unwrap_or_else(|| "printf 'ALERT: %s\\n' \"$RULEC_ALERT_MESSAGE\" >&2".to_owned());
        let mut step = bare(
            format!("{}/alert-{word}", of.id),
            format!("tell that `{}` is {word}", of.name),
            self.source(alert.at),
        );
        step.action = ir::Action::Command { command };
        step.timeout_ms = Some(ALERT_MS);
        step.on_failure = ir::OnFailure::Continue;
        let state = if news.is_missed { "breach" } else { "ok" };
        let message = format!("the checkpoint `{}` is {word}", of.name);
        let env = [
            ("RULEC_ALERT_STEP", of.id.as_str()),
            ("RULEC_ALERT_NAME", of.name.as_str()),
            ("RULEC_ALERT_MESSAGE", message.as_str()),
            ("RULEC_ALERT_STATE", state),
        ];
        step.env = env.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        step
    }
}

/// When a task may run.
struct Window<'w> {
    phase: &'w str,
    start_ms: u64,
    end_ms: u64,
}

/// That a checkpoint was passed or missed, and what is done about it.
struct News<'n> {
    of: &'n ir::TimelineCheckpoint,
    is_missed: bool,
    alert: Option<&'n Text>,
    run: Option<&'n Text>,
}

/// What was asked at a checkpoint.
struct Looked {
    /// The steps that ask.
    ends: Vec<String>,
    /// What their answers come to: an expression.
    pass: String,
}

/// A probe for each condition.
fn look(id: &str, asked: &[ir::Condition], needs: &[String], when: Option<&str>, body: &mut Body) -> Looked {
    let mut ends = Vec::new();
    let mut held = Vec::new();
    for (number, condition) in (1..).zip(asked) {
        let id: String = format!("{id}/{number}");
        if condition.mandatory {
            held.push(format!("steps[{}].exit_code == 0", serde_json::Value::from(id.as_str())));
        }
        let mut step = condition_step(id.clone(), condition.clone());
        step.timeout_ms = condition.check.as_ref().map(|check| check.timeout_ms.unwrap_or(LOOK_MS));
        let when = when.map(str::to_owned);
        body.steps.push(ir::Step { needs: needs.to_vec(), when, probe: true, ..step });
        ends.push(id);
    }
    let pass = if held.is_empty() { "true".to_owned() } else { held.join(" && ") };
    Looked { ends, pass }
}

fn bare(id: String, name: String, source: ir::Source) -> ir::Step {
    let nothing = ir::Condition { text: String::new(), check: None, mandatory: false, source };
    ir::Step { name, ..condition_step(id, nothing) }
}

/// A moment in hours where it is whole ones, as people speak of timelines: `48h`, else `1h30m`.
fn offset(at: Duration) -> String {
    match at.as_millis() {
        0 => "0h".to_owned(),
        ms if ms.is_multiple_of(3_600_000) => format!("{}h", ms / 3_600_000),
        _ => at.to_string().replace(' ', ""),
    }
}

/// The id, with a number behind it where it was given before.
fn unique(seen: &mut BTreeMap<String, usize>, id: String) -> String {
    let times = seen.entry(id.clone()).or_default();
    *times += 1;
    if *times == 1 { id } else { format!("{id}-{times}") }
}

/// All tasks and checkpoints, in order of time.
fn parts<'a>(phases: &[&'a Spanned<Phase>], checkpoints: &[&'a Spanned<Checkpoint>]) -> Vec<Part<'a>> {
    let mut parts = Vec::new();
    for (number, phase) in phases.iter().enumerate() {
        for task in &phase.tasks {
            let start_ms = task.start.unwrap_or(phase.start).value.as_millis();
            let end_ms = task.end.unwrap_or(phase.end).value.as_millis();
            let from = start_ms.saturating_mul(4).saturating_add(2);
            let till = end_ms.saturating_mul(4).max(from.saturating_add(1));
            parts.push(Part { from, till, what: What::Task { phase: number, task, start_ms, end_ms } });
        }
    }
    for (number, checkpoint) in checkpoints.iter().enumerate() {
        let at_ms = checkpoint.value.at.value.as_millis();
        let from = at_ms.saturating_mul(4);
        let what = What::Checkpoint { number, checkpoint, at_ms };
        parts.push(Part { from, till: from.saturating_add(1), what });
    }
    parts.sort_by_key(|part| part.from);
    parts
}

/// Which parts come right before which: those that are over when it begins, but for those that one of the others
/// waits for anyway.
struct Order {
    /// The parts by when they are over.
    by_end: Vec<usize>,
    /// For each of those the latest begin up to it.
    latest: Vec<u64>,
}

impl Order {
    fn of(parts: &[Part<'_>]) -> Self {
        let mut by_end: Vec<usize> = (0..parts.len()).collect();
        by_end.sort_by_key(|index| parts[*index].till);
        let mut latest = Vec::with_capacity(parts.len());
        let mut so_far = 0;
        for index in &by_end {
            so_far = parts[*index].from.max(so_far);
            latest.push(so_far);
        }
        Self { by_end, latest }
    }

    fn before<'o>(&'o self, parts: &'o [Part<'_>], index: usize) -> impl Iterator<Item = usize> + 'o {
        let over = self.by_end.partition_point(|at| parts[*at].till <= parts[index].from);
        let from = match over.checked_sub(1).map(|last| self.latest[last]) {
            Some(latest) => self.by_end[..over].partition_point(|at| parts[*at].till <= latest),
            None => 0,
        };
        let mut before = self.by_end[from..over].to_vec();
        before.sort_unstable();
        before.into_iter()
    }
}
