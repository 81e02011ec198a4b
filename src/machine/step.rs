//! One step from its start to its end: delays, attempts, verification, remedies, backoff, alert.

use super::Machine;
use super::event::{Effect, Ending, Exit, Job, Timer, Verdict};
use super::gates::{is_asked, judge};
use super::record::{Record, Wait};
use super::state::{Cause, Phase, Stage, State, Status, StepId, StepState};
use crate::plan::bounds::MAX_MS;
use crate::plan::ir::{Action, Backoff, OnFailure, RemedyThen, Retry};

impl<'a> Machine<'a> {
    /// Lets the step take its place.
    pub(super) fn start(&self, state: &mut State, id: StepId, effects: &mut Vec<Effect<'a>>) {
        let step = self.step(id);
        effects.push(Effect::Record(Record::StepStarted { step: &step.id }));
        match step.delay_before_ms {
            0 => self.attempt(state, id, effects),
            ms => self.wait(state, id, Stage::Delayed, ms, effects),
        }
    }

    pub(super) fn step_timer_elapsed(&self, state: &mut State, id: StepId, effects: &mut Vec<Effect<'a>>) {
        match state.step(id).stage {
            Stage::Scheduled => self.come(state, id, effects),
            Stage::Delayed | Stage::BackingOff => self.attempt(state, id, effects),
            Stage::Interval => self.poll(state, id, effects),
            Stage::Settling => self.make_over(state, id, Status::Ok),
            _ => {}
        }
    }

    pub(super) fn step_job_ended(
        &self,
        state: &mut State,
        id: StepId,
        ending: Ending,
        effects: &mut Vec<Effect<'a>>,
    ) {
        match state.step(id).stage {
            Stage::Attempting => self.attempt_ended(state, id, ending, effects),
            Stage::Polling => self.poll_ended(state, id, ending.exit, effects),
            Stage::Remedying { remedy, command } => {
                self.remedy_ended(state, id, (remedy, command), ending.exit, effects);
            }
            Stage::Alerting => {
                let delivered = ending.exit.is_success() && !state.step(id).stopping;
                self.alerted(state, id, delivered, effects);
            }
            _ => {}
        }
    }

    /// The step's `when` was decided; it is now ready, skipped, or failed.
    pub(super) fn settle_when(
        &self,
        state: &mut State,
        id: StepId,
        verdict: Verdict,
        effects: &mut Vec<Effect<'a>>,
    ) {
        match verdict {
            Verdict::Holds => self.make_ready(state, id),
            Verdict::DoesNotHold => {
                self.make_over(state, id, Status::Skipped);
                self.record_end(state, id, Status::Skipped, effects);
            }
            Verdict::Undecidable => self.failed(state, id, effects),
        }
    }

    /// Stops the step where it stands: its job is asked to end, a wait ends at once.
    pub(super) fn stop(&self, state: &mut State, id: StepId, effects: &mut Vec<Effect<'a>>) {
        match state.step(id).stage {
            Stage::Scheduled => {
                effects.push(Effect::Clear(Timer::Step(id)));
                state.step_mut(id).stage = Stage::Waiting;
            }
            Stage::Deciding | Stage::Ready => state.step_mut(id).stage = Stage::Waiting,
            Stage::Settling => {
                effects.push(Effect::Clear(Timer::Step(id)));
                self.make_over(state, id, Status::Ok);
            }
            stage if stage.has_timer() => {
                effects.push(Effect::Clear(Timer::Step(id)));
                self.cancelled(state, id, effects);
            }
            stage if stage.has_job() => {
                state.step_mut(id).stopping = true;
                state.agenda.stops();
                effects.push(Effect::Stop(Job::Step(id)));
            }
            _ => {}
        }
    }

    fn attempt(&self, state: &mut State, id: StepId, effects: &mut Vec<Effect<'a>>) {
        if self.is_open(state, id) {
            return self.refused(state, id, effects);
        }
        let step = self.step(id);
        let at = state.step_mut(id);
        at.attempt += 1;
        at.poll = 0;
        at.begun = true;
        at.stage = Stage::Attempting;
        effects.push(Effect::Record(Record::AttemptStarted { step: &step.id, attempt: at.attempt }));
        match &step.action {
            Action::Fail { .. } => self.attempt_ended(state, id, Ending::of(Exit::Exited(1)), effects),
            Action::Condition { condition } if !is_asked(condition) => {
                self.attempt_ended(state, id, Ending::of(Exit::Unasked), effects);
            }
            _ => effects.push(Effect::Start(Job::Step(id))),
        }
    }

    fn attempt_ended(&self, state: &mut State, id: StepId, ending: Ending, effects: &mut Vec<Effect<'a>>) {
        let step = self.step(id);
        let at = state.step_mut(id);
        let exit = exit_of(at, ending.exit);
        at.exit_code = exit.code();
        effects.push(Effect::Record(Record::AttemptEnded {
            step: &step.id,
            attempt: at.attempt,
            ended: exit.into(),
            exit_code: exit.code(),
        }));
        match exit {
            Exit::Stopped => return self.cancelled(state, id, effects),
            Exit::Late => return self.failed(state, id, effects),
            _ => {}
        }
        let is_success = match &step.action {
            _ if step.probe => {
                if let Action::Condition { condition } = &step.action {
                    let holds = judge(condition, &ending).passes(condition);
                    let code = at.exit_code.filter(|code| *code != 0);
                    at.exit_code = code.or(Some(u8::from(!holds)));
                }
                true
            }
            Action::Condition { condition } => judge(condition, &ending).passes(condition),
            Action::Fail { .. } => false,
            Action::Command { .. } | Action::Manual { .. } | Action::File { .. } => exit.is_success(),
        };
        if !is_success {
            return self.attempt_failed(state, id, &ending.matched, effects);
        }
        if step.output {
            let printed = ending.stdout.as_deref().unwrap_or_default();
            at.output = Some(printed.trim_matches([' ', '\t', '\r', '\n']).to_owned());
        }
        match &step.verify {
            None => {
                self.works(state, id);
                self.succeeded(state, id, effects);
            }
            Some(_) => self.poll(state, id, effects),
        }
    }

    fn poll(&self, state: &mut State, id: StepId, effects: &mut Vec<Effect<'a>>) {
        let step = self.step(id);
        let at = state.step_mut(id);
        at.poll += 1;
        at.stage = Stage::Polling;
        let (attempt, poll) = (at.attempt, at.poll);
        effects.push(Effect::Record(Record::PollStarted { step: &step.id, attempt, poll }));
        effects.push(Effect::Start(Job::Step(id)));
    }

    fn poll_ended(&self, state: &mut State, id: StepId, exit: Exit, effects: &mut Vec<Effect<'a>>) {
        let step = self.step(id);
        let at = state.step_mut(id);
        let exit = exit_of(at, exit);
        effects.push(Effect::Record(Record::PollEnded {
            step: &step.id,
            attempt: at.attempt,
            poll: at.poll,
            ended: exit.into(),
            exit_code: exit.code(),
        }));
        if exit == Exit::Stopped {
            at.exit_code = exit.code();
            return self.cancelled(state, id, effects);
        }
        if exit.is_success() {
            self.works(state, id);
            return self.succeeded(state, id, effects);
        }
        if exit == Exit::Late {
            at.exit_code = exit.code();
            at.output = None;
            return self.failed(state, id, effects);
        }
        let verify = step.verify.as_ref().expect("only a step with a verification polls it");
        if at.poll >= verify.attempts {
            at.exit_code = exit.code();
            return self.attempt_failed(state, id, &[], effects);
        }
        match verify.interval_ms {
            0 => self.poll(state, id, effects),
            ms => self.wait(state, id, Stage::Interval, ms, effects),
        }
    }

    /// An attempt has failed: the first remedy that matches runs, then comes the next attempt, if one is left.
    fn attempt_failed(&self, state: &mut State, id: StepId, matched: &[u32], effects: &mut Vec<Effect<'a>>) {
        self.fails(state, id);
        let may_retry = self.may_retry(state, id);
        let step = self.step(id);
        let at = state.step_mut(id);
        at.output = None;
        let found = step.remedies.iter().enumerate().find(|(index, remedy)| {
            let used = at.remedied.get(*index).copied().unwrap_or(0);
            let place = u32::try_from(*index).expect("a step has fewer than 2^32 remedies");
            !remedy.fallback
                && used < remedy.max
                && is_among(at.exit_code, &remedy.exit_codes)
                && (remedy.stderr_matches.is_none() || matched.contains(&place))
                && (remedy.then != RemedyThen::Retry || may_retry)
        });
        match found {
            Some((index, _)) => self.begin_remedy(state, id, index, effects),
            None => self.retry_or_fail(state, id, effects),
        }
    }

    fn begin_remedy(&self, state: &mut State, id: StepId, index: usize, effects: &mut Vec<Effect<'a>>) {
        let at = state.step_mut(id);
        if at.remedied.len() <= index {
            at.remedied.resize(index + 1, 0);
        }
        at.remedied[index] += 1;
        let is_empty = self.step(id).remedies[index].run.is_empty();
        let index = u32::try_from(index).expect("a step has fewer than 2^32 remedies");
        match is_empty {
            true => self.remedied(state, id, index, effects),
            false => self.remedy(state, id, index, 0, effects),
        }
    }

    /// Runs one command of a remedy.
    fn remedy(
        &self,
        state: &mut State,
        id: StepId,
        remedy: u32,
        command: u32,
        effects: &mut Vec<Effect<'a>>,
    ) {
        let at = state.step_mut(id);
        at.stage = Stage::Remedying { remedy, command };
        effects.push(Effect::Record(Record::RemedyStarted {
            step: &self.step(id).id,
            attempt: at.attempt,
            remedy: remedy + 1,
            command: command + 1,
        }));
        effects.push(Effect::Start(Job::Step(id)));
    }

    fn remedy_ended(
        &self,
        state: &mut State,
        id: StepId,
        (remedy, command): (u32, u32),
        exit: Exit,
        effects: &mut Vec<Effect<'a>>,
    ) {
        let step = self.step(id);
        let at = state.step_mut(id);
        let exit = exit_of(at, exit);
        effects.push(Effect::Record(Record::RemedyEnded {
            step: &step.id,
            attempt: at.attempt,
            remedy: remedy + 1,
            command: command + 1,
            ended: exit.into(),
            exit_code: exit.code(),
        }));
        let of = &step.remedies[remedy as usize];
        let is_last = command as usize + 1 == of.run.len();
        match (exit.is_success(), of.then) {
            _ if exit == Exit::Stopped => self.cancelled(state, id, effects),
            _ if exit == Exit::Late => self.failed(state, id, effects),
            (true, _) if !is_last => self.remedy(state, id, remedy, command + 1, effects),
            (true, _) => self.remedied(state, id, remedy, effects),
            (false, _) if of.fallback => self.failed(state, id, effects),
            (false, RemedyThen::Abort) => self.failed(state, id, effects),
            // A remedy that failed has not helped: it is as if none had matched.
            (false, RemedyThen::Retry | RemedyThen::Continue) => self.retry_or_fail(state, id, effects),
        }
    }

    /// All commands of a remedy have succeeded.
    fn remedied(&self, state: &mut State, id: StepId, remedy: u32, effects: &mut Vec<Effect<'a>>) {
        let of = &self.step(id).remedies[remedy as usize];
        match of.then {
            // A fallback takes the place of the step, whatever it says of attempts: none is left.
            _ if of.fallback => self.succeeded(state, id, effects),
            RemedyThen::Retry => self.retry_or_fail(state, id, effects),
            RemedyThen::Continue => self.succeeded(state, id, effects),
            RemedyThen::Abort => self.failed(state, id, effects),
        }
    }

    fn retry_or_fail(&self, state: &mut State, id: StepId, effects: &mut Vec<Effect<'a>>) {
        if !self.may_retry(state, id) {
            return self.give_up(state, id, effects);
        }
        match backoff_ms(&self.step(id).retry, state.step(id).attempt) {
            _ if self.is_open(state, id) => self.refused(state, id, effects),
            0 => self.attempt(state, id, effects),
            ms => self.wait(state, id, Stage::BackingOff, ms, effects),
        }
    }

    /// No attempt is left: the fallback runs, if there is one that has not; else the step has failed.
    fn give_up(&self, state: &mut State, id: StepId, effects: &mut Vec<Effect<'a>>) {
        let remedies = &self.step(id).remedies;
        let fallback = remedies.len().checked_sub(1).filter(|&last| {
            let used = state.step(id).remedied.get(last).copied().unwrap_or(0);
            let it = &remedies[last];
            it.fallback && it.max > 0 && !it.run.is_empty() && used == 0
        });
        match fallback {
            Some(last) => {
                state.step_mut(id).begun = true;
                self.begin_remedy(state, id, last, effects);
            }
            None if state.step(id).begun => self.failed(state, id, effects),
            None => {
                // It never began, so it gives up its place before an alert.
                if self.is_main(id) {
                    state.agenda.gives_up_its_place(self.pools.claims(id.index()));
                }
                state.step_mut(id).stage = Stage::Ready;
                self.failed(state, id, effects);
            }
        }
    }

    /// True where the circuit breaker of the step lets no attempt begin any more.
    fn is_open(&self, state: &State, id: StepId) -> bool {
        self.breaker(id).is_some_and(|number| state.fails[number] >= self.trips[number])
    }

    fn refused(&self, state: &mut State, id: StepId, effects: &mut Vec<Effect<'a>>) {
        let step = self.step(id);
        let breaker = step.breaker.as_deref().expect("only a circuit breaker refuses an attempt");
        effects.push(Effect::Record(Record::CircuitOpen { step: &step.id, breaker }));
        self.give_up(state, id, effects);
    }

    /// An attempt failed, which the circuit breaker of the step counts.
    fn fails(&self, state: &mut State, id: StepId) {
        if let Some(number) = self.breaker(id) {
            state.fails[number] = (state.fails[number] + 1).min(self.trips[number]);
        }
    }

    /// An attempt succeeded: where the circuit breaker of the step is not open yet, it counts from the beginning.
    fn works(&self, state: &mut State, id: StepId) {
        if let Some(number) = self.breaker(id).filter(|&number| state.fails[number] < self.trips[number]) {
            state.fails[number] = 0;
        }
    }

    /// True where another attempt is left, and the exit code of the last one is worth it.
    fn may_retry(&self, state: &State, id: StepId) -> bool {
        let (retry, at) = (&self.step(id).retry, state.step(id));
        at.attempt <= u64::from(retry.retries) && is_among(at.exit_code, &retry.on_exit_codes)
    }

    fn wait(&self, state: &mut State, id: StepId, stage: Stage, ms: u64, effects: &mut Vec<Effect<'a>>) {
        let wait = match stage {
            Stage::Delayed => Wait::DelayBefore,
            Stage::Interval => Wait::Interval,
            Stage::BackingOff => Wait::Backoff,
            _ => Wait::DelayAfter,
        };
        state.step_mut(id).stage = stage;
        effects.push(Effect::Record(Record::Waiting { step: &self.step(id).id, wait, ms }));
        effects.push(Effect::Set(Timer::Step(id), ms));
    }

    fn succeeded(&self, state: &mut State, id: StepId, effects: &mut Vec<Effect<'a>>) {
        self.complete(state, id);
        self.record_end(state, id, Status::Ok, effects);
        match self.step(id).delay_after_ms {
            0 => self.make_over(state, id, Status::Ok),
            ms => self.wait(state, id, Stage::Settling, ms, effects),
        }
    }

    /// The attempts are used up.
    fn failed(&self, state: &mut State, id: StepId, effects: &mut Vec<Effect<'a>>) {
        let step = self.step(id);
        self.complete(state, id);
        self.record_end(state, id, Status::Failed, effects);
        match state.phase {
            Phase::Rollback { .. } => state.rollback_failed = true,
            Phase::Finally(_) => state.is_degraded = true,
            _ if step.on_failure.is_tolerant() => state.is_degraded = true,
            _ => {
                self.make_over(state, id, Status::Failed);
                return self.break_off(state, Cause::Step(id), effects);
            }
        }
        if step.on_failure != OnFailure::AlertAndContinue {
            return self.make_over(state, id, Status::Failed);
        }
        effects.push(Effect::Record(Record::AlertStarted { step: &step.id }));
        if self.plan.alerts.contains_key("default") {
            state.step_mut(id).stage = Stage::Alerting;
            effects.push(Effect::Start(Job::Step(id)));
        } else {
            self.alerted(state, id, true, effects);
        }
    }

    fn alerted(&self, state: &mut State, id: StepId, delivered: bool, effects: &mut Vec<Effect<'a>>) {
        self.make_over(state, id, Status::Failed);
        effects.push(Effect::Record(Record::AlertEnded { step: &self.step(id).id, delivered }));
    }

    fn cancelled(&self, state: &mut State, id: StepId, effects: &mut Vec<Effect<'a>>) {
        self.complete(state, id);
        self.record_end(state, id, Status::Cancelled, effects);
        state.step_mut(id).output = None;
        self.make_over(state, id, Status::Cancelled);
    }

    /// Notes the moment at which a step of the plan was over: undoing goes back from the last of them.
    fn complete(&self, state: &mut State, id: StepId) {
        if state.step(id).begun && self.is_main(id) {
            state.completed.push(id);
        }
    }

    fn record_end(&self, state: &State, id: StepId, status: Status, effects: &mut Vec<Effect<'a>>) {
        let at = state.step(id);
        let (attempts, exit_code) = (at.attempt, at.exit_code);
        effects.push(Effect::Record(Record::StepEnded {
            step: &self.step(id).id,
            status,
            attempts,
            exit_code,
        }));
    }
}

/// How a job ended: whatever ends while it is being stopped was stopped, and nothing else was.
fn exit_of(at: &StepState, exit: Exit) -> Exit {
    match exit {
        _ if at.stopping => Exit::Stopped,
        Exit::Stopped => Exit::TimedOut,
        exit => exit,
    }
}

/// True where a list of exit codes is empty, which means any, or has this one. Where a person answered there
/// is none.
fn is_among(code: Option<u8>, codes: &[u8]) -> bool {
    codes.is_empty() || code.is_some_and(|code| codes.contains(&code))
}

/// The wait before the attempt that follows so many, in milliseconds: the delay, doubled for each further one
/// where it grows, never more than its limit.
fn backoff_ms(retry: &Retry, attempts: u64) -> u64 {
    let doublings = match retry.backoff {
        Backoff::Fixed => 0,
        Backoff::Exponential => u32::try_from(attempts - 1).unwrap_or(u32::MAX),
    };
    let factor = 1_u64.checked_shl(doublings).unwrap_or(u64::MAX);
    let limit = retry.max_delay_ms.unwrap_or(MAX_MS).min(MAX_MS);
    retry.delay_ms.saturating_mul(factor).min(limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_backoff_doubles_up_to_its_limit() {
        let retry = |backoff, max_delay_ms| Retry {
            retries: 9,
            delay_ms: 3,
            backoff,
            max_delay_ms,
            on_exit_codes: Vec::new(),
        };
        let waits = |retry: &Retry| [1, 2, 3, 4, 64, 65, 1 << 40].map(|attempts| backoff_ms(retry, attempts));
        let most = MAX_MS;
        assert_eq!(waits(&retry(Backoff::Fixed, None)), [3; 7]);
        assert_eq!(waits(&retry(Backoff::Exponential, None)), [3, 6, 12, 24, most, most, most]);
        assert_eq!(waits(&retry(Backoff::Exponential, Some(7))), [3, 6, 7, 7, 7, 7, 7]);
    }
}
