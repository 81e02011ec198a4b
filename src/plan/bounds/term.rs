//! What one step, condition or undo can take, as terms of a sum.

use std::cmp::Reverse;

use super::{Bound, MAX_MS, seconds};
use crate::plan::ir::{Action, Alert, Backoff, CHECK_GRACE_MS, Condition, Remedy, RemedyThen, Source, Step};

/// One term of a sum of durations: something that takes time, so many times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term<'a> {
    /// What takes the time.
    pub part: Part,
    /// Whose it is: the id of a step, or the text of a condition.
    pub of: &'a str,
    /// How long it takes once, in milliseconds; absent: there is no bound.
    pub ms: Option<u64>,
    /// How often.
    pub times: u64,
    /// The place of the step or condition in the rules.
    pub source: &'a Source,
}

/// The parts of a step or condition that take time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// From when the first step may begin to the time of a step.
    StartAt,
    /// From when the first step may begin to when a step is late.
    EndBy,
    /// The wait before the first attempt.
    DelayBefore,
    /// The command, up to its timeout.
    Command,
    /// Between TERM and KILL of a command.
    Grace,
    /// One poll of the verification.
    Poll,
    /// The wait between two polls.
    Interval,
    /// The wait before another attempt.
    Backoff,
    /// The commands of a remedy.
    Remedy,
    /// The wait after success.
    DelayAfter,
    /// The alert that a failure raises.
    Alert,
    /// What takes the step back.
    Undo,
    /// The check of a condition.
    Check,
    /// All rounds of a repeated step but the last that may begin.
    Rounds,
}

impl Part {
    /// The part in a message: "timeout of `start`".
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Part::StartAt => "start of",
            Part::EndBy => "latest end of",
            Part::DelayBefore => "delay before",
            Part::Command => "timeout of",
            Part::Grace => "grace of",
            Part::Poll => "verification of",
            Part::Interval => "interval of the verification of",
            Part::Backoff => "retry delay of",
            Part::Remedy => "remedy of",
            Part::DelayAfter => "delay after",
            Part::Alert => "alert for",
            Part::Undo => "undo of",
            Part::Check => "check of",
            Part::Rounds => "deadline of",
        }
    }
}

impl Term<'_> {
    /// The term in words: "timeout of `start`".
    #[must_use]
    pub fn label(&self) -> String {
        format!("{} `{}`", self.part.words(), self.of)
    }

    /// The milliseconds of all times together, where there is a bound.
    #[must_use]
    pub fn total_ms(&self) -> Option<u64> {
        self.ms.map(|ms| ms.saturating_mul(self.times).min(MAX_MS))
    }

    /// The same as a bound.
    #[must_use]
    pub fn bound(&self) -> Bound {
        self.total_ms().map_or(Bound::Unbounded, Bound::Finite)
    }

    /// The term as it stands in a sum, in seconds: `60`, `3 × 60`, `?`.
    #[must_use]
    pub(super) fn figure(&self) -> String {
        match (self.ms, self.times) {
            (None, _) => String::from("?"),
            (Some(ms), 1) => seconds(ms),
            (Some(ms), times) => format!("{times} × {}", seconds(ms)),
        }
    }
}

/// Collects the terms of one step; what takes no time is no term.
struct Terms<'a> {
    step: &'a Step,
    terms: Vec<Term<'a>>,
}

impl<'a> Terms<'a> {
    fn add(&mut self, part: Part, ms: Option<u64>, times: u64) {
        if ms != Some(0) && times != 0 {
            self.terms.push(Term { part, of: &self.step.id, ms, times, source: &self.step.source });
        }
    }
}

/// Each timeout and delay of the step once: no grace, no verification, no retry, no further round.
pub(super) fn once(step: &Step) -> Vec<Term<'_>> {
    let mut terms = Terms { step, terms: Vec::new() };
    if step.round.as_ref().is_some_and(|round| round.number > 1) {
        return terms.terms;
    }
    terms.add(Part::DelayBefore, Some(step.delay_before_ms), 1);
    terms.add(Part::Command, attempt_ms(step), 1);
    terms.add(Part::DelayAfter, Some(step.delay_after_ms), 1);
    terms.terms
}

/// The step when everything takes its longest and only the last attempt decides. `alert` is there where the
/// failure of the step raises one.
pub(super) fn worst<'a>(step: &'a Step, alert: Option<&'a Alert>) -> Vec<Term<'a>> {
    let attempts = u64::from(step.retry.retries) + 1;
    let attempt = attempt_ms(step);
    let mut terms = Terms { step, terms: Vec::new() };
    terms.add(Part::DelayBefore, Some(step.delay_before_ms), 1);
    terms.add(Part::Command, attempt, attempts);
    if attempt.is_some() && is_stoppable(step) {
        terms.add(Part::Grace, Some(step.grace_ms), attempts);
    }
    if let Some(verify) = &step.verify {
        let polls = u64::from(verify.attempts);
        terms.add(Part::Poll, verify.timeout_ms, attempts.saturating_mul(polls));
        if verify.timeout_ms.is_some() {
            terms.add(Part::Grace, Some(step.grace_ms), attempts.saturating_mul(polls));
        }
        terms.add(Part::Interval, Some(verify.interval_ms), attempts.saturating_mul(polls.saturating_sub(1)));
    }
    add_backoff(&mut terms);
    add_remedies(&mut terms);
    // A step either succeeds and waits, or fails and raises the alert.
    match alert {
        Some(alert)
            if alert.timeout_ms.is_none_or(|ms| ms.saturating_add(CHECK_GRACE_MS) > step.delay_after_ms) =>
        {
            terms.add(Part::Alert, alert.timeout_ms, 1);
            if alert.timeout_ms.is_some() {
                terms.add(Part::Grace, Some(CHECK_GRACE_MS), 1);
            }
        }
        _ => terms.add(Part::DelayAfter, Some(step.delay_after_ms), 1),
    }
    terms.terms
}

/// What takes the step back, if anything does.
pub(super) fn undo(step: &Step) -> Vec<Term<'_>> {
    let mut terms = Terms { step, terms: Vec::new() };
    if let Some(undo) = step.undo.as_ref().filter(|_| !step.read_only) {
        let times = u64::from(undo.retries) + 1;
        terms.add(Part::Undo, undo.timeout_ms, times);
        if undo.timeout_ms.is_some() {
            terms.add(Part::Grace, Some(step.grace_ms), times);
        }
    }
    terms.terms
}

/// The check of a condition; nothing where a person decides.
pub(super) fn condition(condition: &Condition) -> Vec<Term<'_>> {
    let Some(check) = &condition.check else { return Vec::new() };
    let term = |part, ms| Term { part, of: &condition.text, ms, times: 1, source: &condition.source };
    let mut terms = vec![term(Part::Check, check.timeout_ms)];
    if check.timeout_ms.is_some() {
        terms.push(term(Part::Grace, Some(CHECK_GRACE_MS)));
    }
    terms
}

/// How long one attempt may take. A condition is bounded by its check's own timeout or the step's; one of
/// prose waits for a person before the run starts. A file is written by the runner itself, in no time.
fn attempt_ms(step: &Step) -> Option<u64> {
    match &step.action {
        Action::Command { .. } | Action::Manual { .. } => step.timeout_ms,
        Action::Fail { .. } => Some(0),
        Action::File { .. } => Some(step.timeout_ms.unwrap_or(0)),
        Action::Condition { condition } => match &condition.check {
            Some(check) => check.timeout_ms.or(step.timeout_ms),
            None => Some(0),
        },
    }
}

/// The waits before further attempts; a doubling wait is a term each until it stays at its limit.
fn add_backoff(terms: &mut Terms<'_>) {
    let retry = &terms.step.retry;
    let limit = retry.max_delay_ms.unwrap_or(MAX_MS).min(MAX_MS);
    let mut left = u64::from(retry.retries);
    let mut delay = retry.delay_ms.min(limit);
    if retry.backoff == Backoff::Exponential && delay > 0 {
        while left > 0 && delay < limit {
            terms.add(Part::Backoff, Some(delay), 1);
            delay = delay.saturating_mul(2).min(limit);
            left -= 1;
        }
    }
    terms.add(Part::Backoff, Some(delay), left);
}

/// True where an attempt is something that takes until it is told to end, and longer.
fn is_stoppable(step: &Step) -> bool {
    match &step.action {
        Action::Command { .. } | Action::Manual { .. } => true,
        Action::Fail { .. } => false,
        Action::File { .. } => step.timeout_ms.is_some(),
        Action::Condition { condition } => condition.check.is_some(),
    }
}

/// The wait until the time of a step has come.
pub(super) fn start(step: &Step, ms: u64) -> Term<'_> {
    Term { part: Part::StartAt, of: &step.id, ms: Some(ms), times: 1, source: &step.source }
}

/// What comes at most when a step is late: up to that moment, then what stopping it takes, or a wait that is under way,
/// and the alert.
pub(super) fn late<'a>(step: &'a Step, by: Option<u64>, terms: &[Term<'a>]) -> Vec<Term<'a>> {
    let mut late = Terms { step, terms: Vec::new() };
    late.add(Part::EndBy, by, u64::from(by.is_some()));
    let waits = [Part::Backoff, Part::Interval, Part::DelayBefore, Part::DelayAfter];
    let waits = terms.iter().filter(|term| waits.contains(&term.part));
    let longest = waits.max_by_key(|term| term.ms).filter(|term| term.ms > Some(step.grace_ms));
    match longest {
        Some(wait) => late.add(wait.part, wait.ms, 1),
        None => late.add(Part::Grace, Some(step.grace_ms), 1),
    }
    if let Some(alert) = terms.iter().find(|term| term.part == Part::Alert) {
        late.terms.push(alert.clone());
        late.add(Part::Grace, Some(CHECK_GRACE_MS), u64::from(alert.ms.is_some()));
    }
    late.terms
}

/// The longest that stopping the step can take at any moment of its run, in milliseconds.
pub(super) fn stopping_ms(step: &Step, alert: Option<&Alert>) -> u64 {
    let runs_remedies = step.remedies.iter().any(|remedy| remedy.max > 0 && !remedy.run.is_empty());
    let own = is_stoppable(step) || step.verify.is_some() || runs_remedies;
    let own = if own { step.grace_ms } else { 0 };
    own.max(if alert.is_some() { CHECK_GRACE_MS } else { 0 })
}

/// The longest remedies. Before each further attempt runs one that retries, or one that would let the step
/// count as ok and fails; after the last attempt, one that ends the step; each as often as its own `max` lets it.
fn add_remedies(terms: &mut Terms<'_>) {
    let step = terms.step;
    let mut between: Vec<_> = step
        .remedies
        .iter()
        .filter(|remedy| !remedy.fallback && remedy.max > 0 && remedy.then != RemedyThen::Abort)
        .collect();
    between.sort_by_key(|remedy| Reverse(remedy.run.len()));
    // What comes last is no longer there for before.
    let commands = |last: Option<&Remedy>| {
        let mut left = u64::from(step.retry.retries);
        let mut commands = last.map_or(0, |last| last.run.len() as u64);
        for &remedy in &between {
            let taken = last.is_some_and(|last| std::ptr::eq(last, remedy));
            let times = left.min(u64::from(remedy.max) - u64::from(taken));
            commands = commands.saturating_add(times.saturating_mul(remedy.run.len() as u64));
            left -= times;
        }
        commands
    };
    let longest = |then| {
        let last = step.remedies.iter().filter(|it| !it.fallback && it.max > 0 && it.then == then);
        last.max_by_key(|remedy| remedy.run.len())
    };
    let commands = commands(longest(RemedyThen::Abort)).max(commands(longest(RemedyThen::Continue)));
    let fallback = step.remedies.last().filter(|remedy| remedy.fallback && remedy.max > 0);
    let commands = commands.saturating_add(fallback.map_or(0, |fallback| fallback.run.len() as u64));
    terms.add(Part::Remedy, step.timeout_ms, commands);
    if step.timeout_ms.is_some() {
        terms.add(Part::Grace, Some(step.grace_ms), commands);
    }
}
