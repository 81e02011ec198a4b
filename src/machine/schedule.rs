//! Which step comes next: steps of the plan as they become ready, all others one after another.

use super::Machine;
use super::agenda::Turn;
use super::event::{Effect, Job, Timer, Verdict};
use super::record::{Broken, Outcome, Record, Wait};
use super::state::{Cause, Phase, Stage, State, Status, StepId};

impl<'a> Machine<'a> {
    /// Goes on as far as the run can without waiting for anything.
    pub(super) fn proceed(&self, state: &mut State, effects: &mut Vec<Effect<'a>>) {
        loop {
            let phase = state.phase;
            match phase {
                Phase::Steps => self.start_ready(state, effects),
                Phase::Stopping if Self::is_stopped(state) => self.roll_back(state, effects),
                Phase::Rollback { due, step } => {
                    let steps = &self.groups[state.due[due as usize] as usize];
                    if self.is_past(state, StepId::new(steps.start + step as usize), effects) {
                        self.enter_rollback_step(state, due, step + 1, effects);
                    }
                }
                Phase::Finally(step) => {
                    if self.is_past(state, StepId::new(self.finally.start + step as usize), effects) {
                        self.enter_final_step(state, step + 1, effects);
                    }
                }
                Phase::Gate(_) | Phase::Preconditions(_) | Phase::Postconditions(_) => {}
                Phase::Stopping | Phase::Undo(_) | Phase::Over(_) => {}
            }
            if state.phase == phase {
                return;
            }
        }
    }

    /// True where nothing is under way any more.
    fn is_stopped(state: &State) -> bool {
        state.condition.is_none() && !state.agenda.is_stopping()
    }

    /// True where a step of a list that runs in order is over; one that is ready is started.
    fn is_past(&self, state: &mut State, id: StepId, effects: &mut Vec<Effect<'a>>) -> bool {
        if state.step(id).stage == Stage::Ready {
            self.start(state, id, effects);
        }
        matches!(state.step(id).stage, Stage::Over(_))
    }

    /// Lets a step begin as soon as it may: when its time has come, its `when` is decided first.
    pub(super) fn enter(&self, state: &mut State, id: StepId, effects: &mut Vec<Effect<'a>>) {
        let Some(ms) = self.step(id).start_at_ms else { return self.come(state, id, effects) };
        state.step_mut(id).stage = Stage::Scheduled;
        effects.push(Effect::Record(Record::Waiting { step: &self.step(id).id, wait: Wait::StartAt, ms }));
        effects.push(Effect::SetAt(Timer::Step(id), ms));
    }

    /// The time of the step has come.
    pub(super) fn come(&self, state: &mut State, id: StepId, effects: &mut Vec<Effect<'a>>) {
        if self.is_decided(id) {
            state.step_mut(id).stage = Stage::Deciding;
            if self.is_main(id) {
                state.agenda.is_deciding(id);
            }
            effects.push(Effect::Decide(id));
        } else {
            self.make_ready(state, id);
        }
    }

    /// The step waits for its place, or its list comes to it.
    pub(super) fn make_ready(&self, state: &mut State, id: StepId) {
        state.step_mut(id).stage = Stage::Ready;
        if self.is_main(id) {
            state.agenda.is_ready(id);
        }
    }

    /// The step is over, and others may go on.
    pub(super) fn make_over(&self, state: &mut State, id: StepId, status: Status) {
        let at = state.step_mut(id);
        let (was_running, was_stopping) = (at.is_running(), at.stopping);
        at.stopping = false;
        at.stage = Stage::Over(status);
        if !self.is_main(id) {
            return;
        }
        state.agenda.is_over();
        if was_stopping {
            state.agenda.stopped();
        }
        if was_running {
            state.agenda.gives_up_its_place(self.pools.claims(id.index()));
        }
        if self.lets_go_on(id, status) && state.cause.is_none() {
            state.agenda.meets_a_need_of(&self.needed_by[id.index()]);
        }
    }

    /// Works out again what can go on next: for a state that was put together from parts of others.
    pub fn restore(&self, state: &mut State) {
        let mut agenda = self.agenda();
        for id in self.main_steps() {
            if let Stage::Over(status) = state.step(id).stage
                && self.lets_go_on(id, status)
            {
                agenda.meets_a_need_of(&self.needed_by[id.index()]);
            }
        }
        for id in self.main_steps() {
            agenda.takes(id, state.step(id), self.pools.claims(id.index()));
        }
        if state.cause.is_some() {
            agenda.close();
        }
        state.agenda = agenda;
    }

    /// True where what needs a step that ended so may start.
    fn lets_go_on(&self, id: StepId, status: Status) -> bool {
        match status {
            Status::Ok | Status::Skipped => true,
            Status::Failed => self.step(id).on_failure.is_tolerant(),
            Status::Cancelled => false,
        }
    }

    pub(super) fn decided(
        &self,
        state: &mut State,
        id: StepId,
        verdict: Verdict,
        effects: &mut Vec<Effect<'a>>,
    ) {
        if state.step(id).stage == Stage::Deciding {
            state.agenda.is_decided(id);
            self.settle_when(state, id, verdict, effects);
        }
    }

    /// Starts what is ready, in order of the source, as far as places and what they share go; when all
    /// steps are over, the postconditions come.
    fn start_ready(&self, state: &mut State, effects: &mut Vec<Effect<'a>>) {
        while state.phase == Phase::Steps
            && let Some(turn) = state.agenda.next(self.plan.max_parallel, &self.pools)
        {
            match turn {
                Turn::Enter(id) => self.enter(state, id, effects),
                Turn::Start(id) => {
                    state.agenda.started(self.pools.claims(id.index()));
                    self.start(state, id, effects);
                }
            }
        }
        if state.phase == Phase::Steps && state.agenda.is_done() {
            self.hold_postconditions(state, effects);
        }
    }

    /// Ends the way forward: no new step starts, what is under way is stopped, then comes the rollback. What is
    /// being rolled back or runs at the end is not broken off.
    pub(super) fn break_off(&self, state: &mut State, cause: Cause, effects: &mut Vec<Effect<'a>>) {
        if state.cause.is_some() {
            return;
        }
        let is_forward = match state.phase {
            Phase::Gate(_) | Phase::Preconditions(_) | Phase::Steps | Phase::Postconditions(_) => true,
            Phase::Stopping
            | Phase::Undo(_)
            | Phase::Rollback { .. }
            | Phase::Finally(_)
            | Phase::Over(_) => false,
        };
        if !is_forward {
            return;
        }
        let (broken, step) = match cause {
            Cause::Step(id) => (Broken::Failure, Some(self.step(id).id.as_str())),
            Cause::Postcondition(_) => (Broken::Postcondition, None),
            Cause::Cancelled => (Broken::Cancelled, None),
            Cause::Deadline => (Broken::Deadline, None),
        };
        effects.push(Effect::Record(Record::BrokenOff { cause: broken, step }));
        state.cause = Some(cause);
        let is_gate = matches!(state.phase, Phase::Gate(_));
        state.phase = Phase::Stopping;
        state.agenda.close();
        self.forget_deadline(state, effects);
        if is_gate {
            let outcome = if cause == Cause::Cancelled { Outcome::Cancelled } else { Outcome::Refused };
            return self.end(state, outcome, effects);
        }
        if let Some((list, number)) = state.condition {
            effects.push(Effect::Stop(Job::Condition(list, number)));
        }
        for id in self.main_steps() {
            self.stop(state, id, effects);
        }
    }

    pub(super) fn forget_deadline(&self, state: &mut State, effects: &mut Vec<Effect<'a>>) {
        if state.deadline_runs {
            state.deadline_runs = false;
            effects.push(Effect::Clear(Timer::Deadline));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::state::tests::LOOKS;
    use super::super::{Ending, Event, Exit, Job, Machine, State, StepState};
    use crate::machine::Effect;
    use crate::plan::Plan;
    use serde_json::{Value, json};

    /// A plan of so many steps, each made by `step` from its number.
    fn plan(steps: usize, max_parallel: Option<u32>, step: impl Fn(usize) -> Value) -> Plan {
        let source = json!({"file": "a", "pointer": "", "line": 1});
        let steps: Vec<Value> = (0..steps)
            .map(|number| {
                let mut whole = json!({
                    "id": number.to_string(), "name": "", "action": {"kind": "command", "command": "true"},
                    "delay_before_ms": 0, "delay_after_ms": 0, "grace_ms": 0,
                    "retry": {"retries": 0, "delay_ms": 0, "backoff": "fixed"}, "on_failure": "abort",
                    "read_only": true, "idempotent": true, "output": false, "source": source,
                });
                let Value::Object(own) = step(number) else { unreachable!("a step is an object") };
                whole.as_object_mut().expect("a step is an object").extend(own);
                whole
            })
            .collect();
        let mut plan = json!({
            "version": 1, "digest": "", "sources": [], "policy": {}, "steps": steps, "bounds": {},
            "entry": {"kind": "procedure", "id": "E1", "name": "", "source": source},
        });
        if let Some(places) = max_parallel {
            plan["max_parallel"] = places.into();
        }
        serde_json::from_value(plan).expect("the plan is whole")
    }

    /// How often a run, in which `fails` fails, looks at the state of a step.
    fn looks(plan: &Plan, fails: Option<usize>) -> usize {
        let machine = Machine::new(plan).expect("the plan has a meaning");
        LOOKS.with(|looks| looks.set(0));
        let (mut state, mut effects) = machine.begin();
        let mut running = Vec::new();
        loop {
            let started = effects.drain(..).filter_map(|effect| match effect {
                Effect::Start(Job::Step(id)) => Some(id),
                _ => None,
            });
            running.extend(started);
            // The last that started ends first, so that needs and mutexes are met in no particular order.
            let Some(id) = running.pop() else { break };
            let exit = Exit::Exited(u8::from(fails == Some(id.index())));
            machine.apply(
                &mut state,
                Event::Ended { job: Job::Step(id), ending: Ending::of(exit) },
                &mut effects,
            );
        }
        assert!(state.outcome().is_some(), "the run ends");
        LOOKS.with(std::cell::Cell::get)
    }

    /// Whoever explores all runs keeps and copies millions of states.
    #[test]
    fn states_are_small() {
        assert!(size_of::<StepState>() <= 96, "{} bytes", size_of::<StepState>());
        assert!(size_of::<State>() <= 328, "{} bytes", size_of::<State>());
    }

    #[test]
    fn a_run_looks_at_its_steps_in_proportion_to_their_number() {
        let last = |count: usize| (0..count - 1).map(|need| need.to_string()).collect::<Vec<_>>();
        type Shape = fn(usize) -> (Option<u32>, Box<dyn Fn(usize) -> Value>, Option<usize>);
        let shapes: [(&str, Shape); 7] = [
            ("in sequence", |_| {
                (
                    Some(1),
                    Box::new(
                        |n: usize| json!({"needs": n.checked_sub(1).map(|need| vec![need.to_string()]).unwrap_or_default()}),
                    ),
                    None,
                )
            }),
            ("all at once", |_| (None, Box::new(|_| json!({})), None)),
            ("all at once, and one fails", |_| (None, Box::new(|_| json!({})), Some(7))),
            ("four at a time", |_| (Some(4), Box::new(|_| json!({})), None)),
            ("one mutex", |_| {
                (Some(4), Box::new(|n| if n % 2 == 0 { json!({"mutex": "a"}) } else { json!({}) }), None)
            }),
            ("many mutexes", |count| {
                (Some(4), Box::new(move |n| json!({"mutex": (n % (count / 2)).to_string()})), None)
            }),
            ("backwards", |count| {
                (
                    None,
                    Box::new(
                        move |n| json!({"needs": if n + 1 < count { vec![(n + 1).to_string()] } else { vec![] }}),
                    ),
                    None,
                )
            }),
        ];
        let joined = |count: usize| {
            plan(count, Some(3), move |n| json!({"needs": if n + 1 == count { last(count) } else { vec![] }}))
        };
        let mut found = vec![("a join", [200, 400].map(|count| looks(&joined(count), None)))];
        for (name, shape) in shapes {
            let of = |count| {
                let (places, step, fails) = shape(count);
                looks(&plan(count, places, step), fails)
            };
            found.push((name, [200, 400].map(of)));
        }
        for (name, [few, many]) in found {
            assert!(few >= 200 && many <= 2 * few + 50, "{name}: {few} looks, then {many}");
            assert!(many <= 30 * 400, "{name}: {many} looks at 400 steps");
        }
    }
}
