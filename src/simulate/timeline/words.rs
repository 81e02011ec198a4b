//! The words for each record of a trace.

use std::collections::{BTreeMap, BTreeSet};

use super::super::Entry;
use super::{Draft, Tone, Who, step_of, time};
use crate::machine::{Broken, ConditionList, ConditionStatus, Ended, Gate, Outcome, Record, Status, Wait};
use crate::plan::Plan;
use crate::plan::ir::{Condition, StartBefore};
use crate::report::visible;

/// Tells one record after the other; remembers what the words for later ones need.
pub(super) struct Teller<'a> {
    plan: &'a Plan,
    /// The steps whose failure does not end the run.
    tolerant: BTreeSet<&'a str>,
    /// The number of the fallback of each step that has one, among its remedies.
    fallbacks: BTreeMap<&'a str, u32>,
    /// The gates that were passed and are not told yet.
    passed: Vec<&'static str>,
    /// When the condition that is under way began.
    condition_at: u64,
    /// The steps whose exit code is an answer.
    probes: BTreeSet<&'a str>,
    /// When steps may start at the latest.
    latest: BTreeMap<&'a str, &'a StartBefore>,
    /// When each step was started.
    started: BTreeMap<&'a str, u64>,
    seen: BTreeMap<&'a str, Seen>,
}

/// What has happened to a step so far.
#[derive(Debug, Clone, Copy, Default)]
struct Seen {
    started_at: u64,
    /// When what it is at began.
    job_at: u64,
    last: Last,
}

/// What ended last.
#[derive(Debug, Clone, Copy, Default)]
enum Last {
    #[default]
    Nothing,
    Attempt(Ended, Option<u8>),
    /// That of a probe.
    Answer(Ended),
    Poll(Ended, Option<u8>),
    Remedy,
    Fallback,
    Refused,
}

impl<'a> Teller<'a> {
    pub(super) fn new(plan: &'a Plan) -> Self {
        let all = plan.rollbacks.iter().flat_map(|rollback| &rollback.steps);
        let all = plan.steps.iter().chain(all).chain(&plan.finally);
        let fallbacks = all.filter_map(|step| {
            step.remedies.last().filter(|remedy| remedy.fallback)?;
            Some((step.id.as_str(), u32::try_from(step.remedies.len()).ok()?))
        });
        let fallbacks = fallbacks.collect();
        let tolerant = plan.steps.iter().filter(|step| step.on_failure.is_tolerant());
        let rollbacks = plan.rollbacks.iter().flat_map(|rollback| &rollback.steps);
        let tolerant = tolerant.chain(rollbacks).chain(&plan.finally);
        let tolerant = tolerant.map(|step| step.id.as_str()).collect();
        let rollbacks = plan.rollbacks.iter().flat_map(|rollback| &rollback.steps);
        let steps = || plan.steps.iter().chain(rollbacks.clone()).chain(&plan.finally);
        let probes = steps().filter(|step| step.probe).map(|step| step.id.as_str()).collect();
        let latest =
            steps().filter_map(|step| Some((step.id.as_str(), step.start_before.as_ref()?))).collect();
        Self {
            plan,
            tolerant,
            fallbacks,
            probes,
            latest,
            started: BTreeMap::new(),
            passed: Vec::new(),
            condition_at: 0,
            seen: BTreeMap::new(),
        }
    }

    /// The line for a record, if it has one of its own; `next` is the record that follows.
    pub(super) fn tell(&mut self, entry: &Entry<'a>, next: Option<&Record<'a>>) -> Option<Draft<'a>> {
        let at_ms = entry.at_ms;
        let (who, is_start, tone, what) = match step_of(&entry.record) {
            Some(step) => {
                let (is_start, tone, what) = self.of_step(step, entry, next)?;
                (Who::Step(step), is_start, tone, what)
            }
            None => self.of_run(entry, next)?,
        };
        Some(Draft { at_ms, who, what, tone, is_start })
    }

    fn of_run(
        &mut self,
        entry: &Entry<'a>,
        next: Option<&Record<'a>>,
    ) -> Option<(Who<'a>, bool, Tone, String)> {
        Some(match entry.record {
            Record::Gate { gate, passed: true } => {
                self.passed.push(gate.word());
                if matches!(next, Some(Record::Gate { passed: true, .. })) {
                    return None;
                }
                let passed = std::mem::take(&mut self.passed).join(", ");
                (Who::Gates, false, Tone::Plain, format!("passed: {passed}"))
            }
            Record::Gate { gate, passed: false } => {
                (Who::Gates, false, Tone::Bad, closed_gate(gate).to_owned())
            }
            Record::ConditionStarted { list, number } => {
                self.condition_at = entry.at_ms;
                let is_checked = condition(self.plan, list, number).is_some_and(|it| it.check.is_some());
                let what = if is_checked { "is checked" } else { "is asked" };
                (Who::condition(list, number), true, Tone::Plain, what.to_owned())
            }
            Record::ConditionEnded { list, number, status } => {
                let took = match status {
                    ConditionStatus::Unconfirmed => String::new(),
                    _ => after(entry.at_ms.saturating_sub(self.condition_at)),
                };
                let is_needed = condition(self.plan, list, number).is_some_and(|it| it.mandatory);
                let (tone, what) = condition_words(status, is_needed);
                (Who::condition(list, number), false, tone, format!("{what}{took}"))
            }
            Record::BrokenOff { cause, step } => {
                let why = match (cause, step) {
                    (Broken::Failure, Some(step)) => format!("`{}` failed", visible(step)),
                    (Broken::Failure, None) => "a step failed".to_owned(),
                    (Broken::Postcondition, _) => "a postcondition does not hold".to_owned(),
                    (Broken::Cancelled, _) => "it was cancelled".to_owned(),
                    (Broken::Deadline, _) => {
                        let limit = self.plan.timeout_ms.map(time).unwrap_or_default();
                        format!("it takes longer than the {limit} that it may")
                    }
                };
                (Who::Run, false, Tone::Bad, format!("broken off: {why}"))
            }
            Record::RollbackStarted => (Who::Run, false, Tone::Plain, "rolls back".to_owned()),
            Record::ProcedureStarted { procedure } => {
                let rollback = self.plan.rollbacks.iter().find(|it| it.procedure == procedure);
                let name = rollback.map(|it| it.name.as_str()).filter(|name| *name != procedure);
                let name = name.map(|name| format!(": {}", visible(name))).unwrap_or_default();
                (Who::Run, false, Tone::Plain, format!("rolls back by `{}`{name}", visible(procedure)))
            }
            Record::FinallyStarted => (Who::Run, false, Tone::Plain, "takes the final steps".to_owned()),
            Record::RunEnded { outcome } => {
                (Who::Run, false, outcome_tone(outcome), outcome.word().replace('_', " "))
            }
            _ => return None,
        })
    }

    /// Why a step is skipped that came to its turn at this moment.
    fn why_skipped(&self, id: &str, at_ms: u64) -> String {
        let late = self.latest.get(id).filter(|before| {
            let started = self.started.get(before.since.as_str());
            started.is_some_and(|started| at_ms.saturating_sub(*started) > before.ms)
        });
        match late {
            Some(before) => {
                format!(
                    "skipped: more than {} after the start of `{}`",
                    time(before.ms),
                    visible(&before.since)
                )
            }
            None => "skipped: its `when` does not hold".to_owned(),
        }
    }

    fn of_step(
        &mut self,
        id: &'a str,
        entry: &Entry<'a>,
        next: Option<&Record<'a>>,
    ) -> Option<(bool, Tone, String)> {
        let at = entry.at_ms;
        if let Record::StepEnded { status: Status::Skipped, .. } = entry.record {
            return Some((false, Tone::Plain, self.why_skipped(id, at)));
        }
        if let Record::StepStarted { .. } = entry.record {
            self.started.insert(id, at);
        }
        let seen = self.seen.entry(id).or_default();
        let start = |what: String| Some((true, Tone::Plain, what));
        let plain = |what: String| Some((false, Tone::Plain, what));
        let bad = |what: String| Some((false, Tone::Bad, what));
        let took = after(at.saturating_sub(seen.job_at));
        let fallbacks = &self.fallbacks;
        let is_fallback = |remedy| fallbacks.get(id) == Some(&remedy);
        match entry.record {
            Record::StepStarted { .. } => {
                *seen = Seen { started_at: at, job_at: at, last: Last::Nothing };
                None
            }
            Record::Waiting { wait, ms, .. } => plain(match wait {
                Wait::StartAt => format!("waits until {} from the start", time(ms)),
                Wait::DelayBefore => format!("waits {} before it starts", time(ms)),
                Wait::Interval => format!("waits {} before it is verified again", time(ms)),
                Wait::Backoff => format!("waits {} before the next attempt", time(ms)),
                Wait::DelayAfter => format!("waits {} after its success", time(ms)),
            }),
            Record::AttemptStarted { attempt, .. } => {
                seen.job_at = at;
                start(if attempt == 1 { "starts".to_owned() } else { format!("attempt {attempt} starts") })
            }
            Record::AttemptEnded { attempt, ended, exit_code, .. } => {
                let is_answer = self.probes.contains(id) && ended != Ended::Stopped;
                seen.last = if is_answer { Last::Answer(ended) } else { Last::Attempt(ended, exit_code) };
                match next {
                    Some(Record::StepEnded { step, .. } | Record::PollStarted { step, .. })
                        if *step == id =>
                    {
                        None
                    }
                    _ => bad(format!("attempt {attempt} {}{took}", failure(ended, exit_code))),
                }
            }
            Record::PollStarted { poll, .. } => {
                seen.job_at = at;
                start(if poll == 1 { "is verified".to_owned() } else { "is verified again".to_owned() })
            }
            Record::PollEnded { attempt, poll, ended, exit_code, .. } => {
                seen.last = Last::Poll(ended, exit_code);
                match next {
                    Some(Record::StepEnded { step, .. }) if *step == id => None,
                    _ => {
                        let of = if attempt > 1 { format!(" of attempt {attempt}") } else { String::new() };
                        bad(format!("verification {poll}{of} {}{took}", failure(ended, exit_code)))
                    }
                }
            }
            Record::CircuitOpen { breaker, .. } => {
                seen.last = Last::Refused;
                bad(format!("is not tried: the circuit breaker of `{breaker}` is open"))
            }
            Record::RemedyStarted { remedy, command, .. } => {
                seen.job_at = at;
                let of =
                    if is_fallback(remedy) { "its fallback".to_owned() } else { format!("remedy {remedy}") };
                start(format!("command {command} of {of} starts"))
            }
            Record::RemedyEnded { remedy, command, ended, exit_code, .. } => {
                let (last, of) = match is_fallback(remedy) {
                    true => (Last::Fallback, "its fallback".to_owned()),
                    false => (Last::Remedy, format!("remedy {remedy}")),
                };
                seen.last = last;
                let name = format!("command {command} of {of}");
                match exit_code {
                    Some(0) => plain(format!("{name} ran{took}")),
                    _ => bad(format!("{name} {}{took}", failure(ended, exit_code))),
                }
            }
            Record::StepEnded { status, attempts, exit_code, .. } => {
                let seen = *seen;
                let (tone, what) = step_words(status, attempts, exit_code, seen.last);
                let of = if attempts > 1 { format!(" at attempt {attempts}") } else { String::new() };
                let took =
                    if attempts == 0 { String::new() } else { after(at.saturating_sub(seen.started_at)) };
                let why = match (status, seen.last) {
                    (Status::Failed, Last::Poll(ended, code)) => {
                        format!(": the last verification {}", failure(ended, code))
                    }
                    _ => String::new(),
                };
                let goes_on = match status {
                    Status::Failed if self.tolerant.contains(id) => "; the run goes on",
                    _ => "",
                };
                Some((false, tone, format!("{what}{of}{took}{why}{goes_on}")))
            }
            Record::AlertStarted { .. } => {
                seen.job_at = at;
                start("its alert is raised".to_owned())
            }
            Record::AlertEnded { delivered, .. } => {
                match (delivered, self.plan.alerts.contains_key("default")) {
                    (true, true) => plain(format!("its alert was raised{took}")),
                    (true, false) => plain("its alert is written down: no command raises it".to_owned()),
                    (false, _) => bad(format!("its alert could not be raised{took}")),
                }
            }
            Record::UndoStarted { .. } => {
                seen.job_at = at;
                start("is undone".to_owned())
            }
            Record::UndoEnded { ended, exit_code, .. } => match exit_code {
                Some(0) => plain(format!("undone{took}")),
                _ => bad(format!("its undo {}{took}", failure(ended, exit_code))),
            },
            _ => None,
        }
    }
}

/// A condition of a plan, by its number from 1.
pub(in super::super) fn condition(plan: &Plan, list: ConditionList, number: u32) -> Option<&Condition> {
    let conditions = match list {
        ConditionList::Preconditions => &plan.preconditions,
        ConditionList::Postconditions => &plan.postconditions,
    };
    conditions.get((number as usize).checked_sub(1)?)
}

fn step_words(status: Status, attempts: u64, exit_code: Option<u8>, last: Last) -> (Tone, String) {
    match (status, last) {
        (Status::Ok, Last::Poll(..)) => (Tone::Good, "ok, verified".to_owned()),
        (Status::Ok, Last::Fallback) => (Tone::Good, "ok by its fallback".to_owned()),
        (Status::Ok, Last::Remedy) => (Tone::Good, "ok by its remedy".to_owned()),
        (Status::Ok, Last::Attempt(Ended::Confirmed, _)) => (Tone::Good, "confirmed".to_owned()),
        (Status::Ok, Last::Attempt(Ended::Unasked, _)) => (Tone::Plain, UNASKED.to_owned()),
        (Status::Ok, Last::Answer(Ended::TimedOut)) => {
            (Tone::Plain, "timed out, which is an answer too: exit code 124".to_owned())
        }
        (Status::Ok, Last::Answer(_)) => {
            (Tone::Plain, format!("answers with exit code {}", exit_code.unwrap_or(0)))
        }
        (Status::Ok, Last::Attempt(ended, code)) if code != Some(0) => {
            (Tone::Plain, format!("ok, though it {}", failure(ended, code)))
        }
        (Status::Ok, _) => (Tone::Good, "ok".to_owned()),
        (Status::Skipped, _) => (Tone::Plain, "skipped".to_owned()),
        (Status::Cancelled, _) if attempts == 0 => (Tone::Bad, "stopped before it began".to_owned()),
        (Status::Cancelled, _) => (Tone::Bad, "stopped".to_owned()),
        (Status::Failed, Last::Nothing | Last::Answer(_)) => {
            (Tone::Bad, "failed: its `when` can't be decided".to_owned())
        }
        (Status::Failed, Last::Attempt(ended, code)) => (Tone::Bad, failure(ended, code)),
        (Status::Failed, Last::Poll(..)) => (Tone::Bad, "failed".to_owned()),
        (Status::Failed, Last::Refused) => (Tone::Bad, "failed".to_owned()),
        (Status::Failed, Last::Fallback) => (Tone::Bad, "failed after its fallback".to_owned()),
        (Status::Failed, Last::Remedy) => (Tone::Bad, "failed after its remedy".to_owned()),
    }
}

const UNASKED: &str = "not asked: it decides nothing";

/// How something ended that did not do what it is for.
fn failure(ended: Ended, exit_code: Option<u8>) -> String {
    match (ended, exit_code) {
        (Ended::Exited, Some(0)) => "printed nothing that is within its bound".to_owned(),
        (Ended::Exited, Some(code)) => format!("failed with exit code {code}"),
        (Ended::Exited, None) => "failed".to_owned(),
        (Ended::TimedOut, _) => "timed out".to_owned(),
        (Ended::Late, _) => "was not over by the end of its phase".to_owned(),
        (Ended::Stopped, _) => "was stopped".to_owned(),
        (Ended::Confirmed, _) => "was confirmed".to_owned(),
        (Ended::Declined, _) => "was not confirmed".to_owned(),
        (Ended::Unasked, _) => "was not asked".to_owned(),
    }
}

/// How long something took, where it took any time.
fn after(ms: u64) -> String {
    if ms == 0 { String::new() } else { format!(" after {}", time(ms)) }
}

/// Why a gate was not passed.
pub(in super::super) fn closed_gate(gate: Gate) -> &'static str {
    match gate {
        Gate::Lock => "another run holds the lock",
        Gate::Earlier => "the same run has succeeded before, and that still counts",
        Gate::Inputs => "an input is missing or not of its type",
        Gate::Window => "it is no hour in which the run may start",
        Gate::Approval => "an approval is missing",
        Gate::Attendance => "nobody is there who could confirm what only a person can",
    }
}

fn condition_words(status: ConditionStatus, is_needed: bool) -> (Tone, &'static str) {
    match (status, is_needed) {
        (ConditionStatus::Held, _) => (Tone::Good, "holds"),
        (ConditionStatus::Attested, _) => (Tone::Good, "confirmed"),
        (ConditionStatus::Unconfirmed, _) => (Tone::Plain, UNASKED),
        (ConditionStatus::Failed, true) => (Tone::Bad, "does not hold"),
        (ConditionStatus::Declined, true) => (Tone::Bad, "not confirmed"),
        (ConditionStatus::Failed, false) => (Tone::Plain, "does not hold, and need not"),
        (ConditionStatus::Declined, false) => (Tone::Plain, "not confirmed, and need not be"),
        (ConditionStatus::Cancelled, _) => (Tone::Bad, "stopped"),
    }
}

fn outcome_tone(outcome: Outcome) -> Tone {
    match outcome {
        Outcome::Succeeded | Outcome::AlreadyDone => Tone::Good,
        Outcome::Degraded
        | Outcome::Failed
        | Outcome::RolledBack
        | Outcome::RollbackFailed
        | Outcome::Cancelled
        | Outcome::Refused => Tone::Bad,
    }
}
