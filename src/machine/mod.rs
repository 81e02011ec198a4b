//! What a procedure means, as one pure function: a state of a run and an event give the next state and what
//! is to be done about it.
//!
//! It takes a [`Plan`] and knows nothing of clocks, processes and files. A driver carries out the [`Effect`]s
//! (start this job, stop that one, set a timer) and reports each ending as an [`Event`]; a virtual clock makes
//! it a simulator, all possible endings at once make it a proof, real processes make it a runner. Every
//! transition that an observer may rely on is told as a [`Record`]: the trace of a run is its records in order.
//!
//! The way of a run: gates, preconditions, steps, postconditions; where those fail or are broken off, what is
//! under way is stopped, steps are undone in reverse order of completion, and rollback procedures run; final
//! steps come last. [`Machine::apply`] is total: an event that the state does not wait for changes nothing, so
//! a timer that elapses late or an ending that is told twice does no harm.

mod agenda;
mod event;
mod finish;
mod gates;
mod measure;
mod record;
mod schedule;
mod state;
mod step;
mod when;

use std::collections::BTreeMap;
use std::ops::Range;

use crate::expr::{self, Expr};
use crate::plan::Plan;
use crate::plan::ir::{Action, CHECK_GRACE_MS, Check, Condition, Source, Step};
use crate::plan::pools::{Pools, Shared};
use agenda::Agenda;

pub use event::{Effect, Ending, Event, Exit, Gate, Job, Launch, Pending, Purpose, Timer, Verdict, What};
pub use measure::{satisfies, satisfying};
pub use record::{Broken, ConditionList, ConditionStatus, Ended, Outcome, Record, TRACE_VERSION, Wait};
pub use state::{Cause, Phase, Stage, State, Status, StepId, StepState, Undone};

/// A plan, ready to be run: names resolved to indices, expressions parsed.
#[derive(Debug)]
pub struct Machine<'a> {
    plan: &'a Plan,
    /// All steps: those of the plan, then of each rollback, then the final ones.
    steps: Vec<&'a Step>,
    /// Where the steps of each rollback stand among them.
    groups: Vec<Range<usize>>,
    /// Where the final steps stand.
    finally: Range<usize>,
    /// For each step of the plan those that it needs.
    needs: Vec<Vec<StepId>>,
    /// The same backwards: for each step of the plan those that need it.
    needed_by: Vec<Vec<StepId>>,
    /// What the steps of the plan share.
    pools: Pools<'a>,
    /// The number of the circuit breaker of each step of the plan that has one.
    breakers: Vec<Option<u32>>,
    /// For each circuit breaker, after how many failed attempts in a row it opens.
    trips: Vec<u32>,
    /// For each rollback the steps that make it due.
    after: Vec<Vec<StepId>>,
    /// The parsed `when` of each step that has one.
    whens: Vec<Option<Expr>>,
    by_id: BTreeMap<&'a str, StepId>,
    gates: Vec<Gate>,
}

/// A plan that has no meaning: rules never compile to one, but a file may hold one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfit {
    /// What is wrong, in one line.
    pub message: String,
    /// The place in the rules of what is wrong.
    pub source: Source,
}

impl<'a> Machine<'a> {
    /// Prepares a plan.
    ///
    /// # Errors
    /// Where two steps share an id, a step needs one that is not there or itself, takes more of a resource than there
    /// is, or has a circuit breaker that is not there; a verification has no polls, no step may run at all, a `when` is
    /// no expression, a probe asks nothing or changes something, or the start of a step counts from that of one that is
    /// not there.
    pub fn new(plan: &'a Plan) -> Result<Self, Unfit> {
        let mut steps: Vec<&Step> = plan.steps.iter().collect();
        let mut groups = Vec::new();
        for rollback in &plan.rollbacks {
            let first = steps.len();
            steps.extend(&rollback.steps);
            groups.push(first..steps.len());
        }
        let finally = steps.len()..steps.len() + plan.finally.len();
        steps.extend(&plan.finally);
        if plan.max_parallel == Some(0) {
            return Err(unfit(
                String::from("no step may run, since `max_parallel` is 0"),
                &plan.entry.source,
            ));
        }
        let mut by_id = BTreeMap::new();
        for (index, step) in steps.iter().enumerate() {
            if step.verify.as_ref().is_some_and(|verify| verify.attempts == 0) {
                return Err(unfit(
                    format!("the verification of step `{}` has no polls", step.id),
                    &step.source,
                ));
            }
            if by_id.insert(step.id.as_str(), StepId::new(index)).is_some() {
                return Err(unfit(format!("two steps have the id `{}`", step.id), &step.source));
            }
        }
        let known = |id: &String, source: &Source| {
            let found = by_id.get(id.as_str()).copied().filter(|step| step.index() < plan.steps.len());
            found.ok_or_else(|| unfit(format!("there is no step `{id}`"), source))
        };
        let needs = plan
            .steps
            .iter()
            .map(|step| step.needs.iter().map(|need| known(need, &step.source)).collect())
            .collect::<Result<Vec<Vec<StepId>>, Unfit>>()?;
        let needed_by = backwards(&needs);
        if let Some(step) = in_cycle(&needs, &needed_by) {
            let step = &plan.steps[step];
            return Err(unfit(format!("step `{}` needs itself in the end", step.id), &step.source));
        }
        let after = plan
            .rollbacks
            .iter()
            .map(|rollback| rollback.after.iter().map(|id| known(id, &rollback.source)).collect())
            .collect::<Result<Vec<Vec<StepId>>, Unfit>>()?;
        for step in &steps {
            if let Some(before) =
                step.start_before.as_ref().filter(|it| !by_id.contains_key(it.since.as_str()))
            {
                return Err(unfit(format!("there is no step `{}`", before.since), &step.source));
            }
            if step.probe && !may_probe(step) {
                return Err(unfit(
                    format!("step `{}` is no probe, since it changes something", step.id),
                    &step.source,
                ));
            }
        }
        let whens = steps.iter().map(|step| parsed(step)).collect::<Result<Vec<_>, Unfit>>()?;
        let gates = gates::of(plan);
        let named: BTreeMap<&str, u32> =
            (0..).zip(plan.breakers.keys()).map(|(n, name)| (name.as_str(), n)).collect();
        let breaker = |step: &Step| match &step.breaker {
            None => Ok(None),
            Some(name) => named
                .get(name.as_str())
                .copied()
                .map(Some)
                .ok_or_else(|| unfit(format!("there is no circuit breaker `{name}`"), &step.source)),
        };
        let breakers = plan.steps.iter().map(breaker).collect::<Result<Vec<_>, Unfit>>()?;
        let trips = plan.breakers.values().map(|breaker| breaker.failures).collect();
        let pools = Pools::of(&plan.steps, &plan.resources);
        if let Some((step, claim)) = pools.unmet() {
            let (step, pool) = (&plan.steps[step], &pools.all[claim.pool]);
            let (Shared::Resource(name) | Shared::Mutex(name)) = pool.of;
            let (id, taken, there) = (&step.id, claim.units, pool.units);
            let message = format!("step `{id}` takes {taken} of `{name}`, of which there are {there}");
            return Err(unfit(message, &step.source));
        }
        Ok(Self {
            plan,
            steps,
            groups,
            finally,
            needs,
            needed_by,
            pools,
            breakers,
            trips,
            after,
            whens,
            by_id,
            gates,
        })
    }

    /// The plan.
    #[must_use]
    pub fn plan(&self) -> &'a Plan {
        self.plan
    }

    /// The gates that a run must pass, in order.
    #[must_use]
    pub fn gates(&self) -> &[Gate] {
        &self.gates
    }

    /// A step of any list.
    #[must_use]
    pub fn step(&self, id: StepId) -> &'a Step {
        self.steps[id.index()]
    }

    /// The step of an id, in any list.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<StepId> {
        self.by_id.get(id).copied()
    }

    /// All steps: those of the plan, then of each rollback, then the final ones.
    pub fn step_ids(&self) -> impl Iterator<Item = StepId> {
        (0..self.steps.len()).map(StepId::new)
    }

    /// True for a step of the plan, as opposed to one of a rollback or a final one.
    #[must_use]
    pub fn is_main(&self, id: StepId) -> bool {
        id.index() < self.plan.steps.len()
    }

    /// The steps of the plan, without those of rollbacks and the final ones.
    pub fn main_steps(&self) -> impl Iterator<Item = StepId> {
        (0..self.plan.steps.len()).map(StepId::new)
    }

    /// The steps of a rollback, by its place in the plan.
    pub fn rollback_steps(&self, group: usize) -> impl Iterator<Item = StepId> {
        self.groups[group].clone().map(StepId::new)
    }

    /// The final steps.
    pub fn final_steps(&self) -> impl Iterator<Item = StepId> {
        self.finally.clone().map(StepId::new)
    }

    /// The steps that this one needs.
    #[must_use]
    pub fn needs(&self, id: StepId) -> &[StepId] {
        self.needs.get(id.index()).map_or(&[], Vec::as_slice)
    }

    /// The steps that make a rollback due, by its place in the plan; none: it is always due.
    #[must_use]
    pub fn rollback_after(&self, group: usize) -> &[StepId] {
        &self.after[group]
    }

    /// The number of the circuit breaker that counts the attempts of a step.
    #[must_use]
    pub fn breaker(&self, id: StepId) -> Option<usize> {
        self.breakers.get(id.index()).copied().flatten().map(|number| number as usize)
    }

    /// The parsed `when` of a step.
    #[must_use]
    pub fn when(&self, id: StepId) -> Option<&Expr> {
        self.whens[id.index()].as_ref()
    }

    /// True where somebody outside has to say whether a step runs at all, once it becomes ready: it has a `when`, or
    /// may be too late.
    #[must_use]
    pub fn is_decided(&self, id: StepId) -> bool {
        self.when(id).is_some() || self.step(id).start_before.is_some()
    }

    /// True where a rollback takes the step back: it changes something and has an undo, or writes a file, whose
    /// old content can be restored.
    #[must_use]
    pub fn is_undoable(&self, id: StepId) -> bool {
        let step = self.step(id);
        !step.read_only && (step.undo.is_some() || matches!(step.action, Action::File { .. }))
    }

    /// The state before anything has happened, and what is to be done first.
    #[must_use]
    pub fn begin(&self) -> (State, Vec<Effect<'a>>) {
        let mut state = State::new(self.steps.len(), self.trips.len(), self.agenda());
        let (entry, plan) = (self.plan.entry.id.as_str(), self.plan.digest.as_str());
        let mut effects = vec![Effect::Record(Record::RunStarted { version: TRACE_VERSION, entry, plan })];
        self.ask_next_gate(&mut state, 0, &mut effects);
        self.proceed(&mut state, &mut effects);
        (state, effects)
    }

    /// What can go on next before anything has.
    fn agenda(&self) -> Agenda {
        Agenda::new(self.needs.iter().map(Vec::len), &self.pools)
    }

    /// Takes one event: changes the state, and appends what is to be done, in order. An event that the state
    /// does not wait for changes nothing.
    pub fn apply(&self, state: &mut State, event: Event, effects: &mut Vec<Effect<'a>>) {
        match event {
            Event::Answered { gate, passed } => self.gate_answered(state, gate, passed, effects),
            Event::Decided { step, verdict } => self.decided(state, step, verdict, effects),
            Event::Ended { job: Job::Condition(list, number), ending } => {
                self.condition_ended(state, list, number, &ending, effects);
            }
            Event::Ended { job: Job::Step(id), ending } => self.step_job_ended(state, id, ending, effects),
            Event::Ended { job: Job::Undo(id), ending } => self.undo_ended(state, id, &ending, effects),
            Event::Elapsed(Timer::Step(id)) => self.step_timer_elapsed(state, id, effects),
            Event::Elapsed(Timer::Deadline) if state.deadline_runs => {
                state.deadline_runs = false;
                self.break_off(state, Cause::Deadline, effects);
            }
            Event::Elapsed(Timer::Deadline) => {}
            Event::Cancel => self.break_off(state, Cause::Cancelled, effects),
        }
        self.proceed(state, effects);
    }

    /// Everything that the state waits for, in order of the source: one event for each of them is due. Looks at
    /// all steps: where there are many, keep what the effects ask for instead, which is the same.
    #[must_use]
    pub fn pending(&self, state: &State) -> Vec<Pending> {
        let mut pending = Vec::new();
        match state.phase {
            Phase::Gate(index) => pending.push(Pending::Answer(self.gates[index as usize])),
            Phase::Undo(at) => pending.push(Pending::Job(Job::Undo(state.undo[at as usize]))),
            _ => {}
        }
        let condition = state.condition.map(|(list, number)| Job::Condition(list, number));
        pending.extend(condition.map(Pending::Job));
        for id in self.step_ids() {
            match state.step(id).stage {
                Stage::Deciding => pending.push(Pending::Decision(id)),
                stage if stage.has_job() => pending.push(Pending::Job(Job::Step(id))),
                stage if stage.has_timer() || stage == Stage::Scheduled => {
                    pending.push(Pending::Timer(Timer::Step(id)));
                }
                _ => {}
            }
        }
        if state.deadline_runs {
            pending.push(Pending::Timer(Timer::Deadline));
        }
        pending
    }

    /// What a job is, as of the state in which it was started.
    #[must_use]
    pub fn launch(&self, state: &State, job: Job) -> Launch<'a> {
        match job {
            Job::Condition(list, number) => {
                let condition = &self.conditions(list)[number as usize];
                Launch {
                    job,
                    purpose: Purpose::Condition,
                    what: what_decides(condition),
                    timeout_ms: condition.check.as_ref().and_then(|check| check.timeout_ms),
                    end_by_ms: None,
                    grace_ms: CHECK_GRACE_MS,
                    step: None,
                }
            }
            Job::Undo(id) => {
                let step = self.step(id);
                let undo = step.undo.as_ref();
                Launch {
                    job,
                    purpose: Purpose::Undo,
                    what: undo.map_or(What::File, |undo| What::Command(&undo.command)),
                    timeout_ms: undo.and_then(|undo| undo.timeout_ms),
                    end_by_ms: None,
                    grace_ms: step.grace_ms,
                    step: Some(step),
                }
            }
            Job::Step(id) => self.launch_of_step(state, id),
        }
    }

    fn launch_of_step(&self, state: &State, id: StepId) -> Launch<'a> {
        let step = self.step(id);
        let at = state.step(id);
        let mut launch = Launch {
            job: Job::Step(id),
            purpose: Purpose::Attempt { attempt: at.attempt },
            what: what_is_done(step),
            timeout_ms: step.timeout_ms,
            end_by_ms: step.end_by_ms,
            grace_ms: step.grace_ms,
            step: Some(step),
        };
        match at.stage {
            Stage::Polling => {
                let verify = step.verify.as_ref().expect("only a step with a verification polls it");
                launch.purpose = Purpose::Poll { attempt: at.attempt, poll: at.poll };
                launch.what = What::Command(&verify.command);
                launch.timeout_ms = verify.timeout_ms;
            }
            Stage::Remedying { remedy, command } => {
                launch.purpose = Purpose::Remedy { attempt: at.attempt, remedy, command };
                launch.what = What::Command(&step.remedies[remedy as usize].run[command as usize]);
            }
            Stage::Alerting => {
                let alert = self.plan.alerts.get("default").expect("a job is started for a command only");
                launch.purpose = Purpose::Alert;
                launch.what = What::Command(&alert.command);
                launch.timeout_ms = alert.timeout_ms;
                launch.end_by_ms = None;
                launch.grace_ms = CHECK_GRACE_MS;
            }
            _ => {
                if let Action::Condition { condition } = &step.action {
                    let own = condition.check.as_ref().and_then(|check| check.timeout_ms);
                    launch.timeout_ms = own.or(step.timeout_ms);
                }
            }
        }
        launch
    }

    /// A condition of the plan, by its place.
    ///
    /// # Panics
    /// If there is none.
    #[must_use]
    pub fn condition(&self, list: ConditionList, number: u32) -> &'a Condition {
        &self.conditions(list)[number as usize]
    }

    fn conditions(&self, list: ConditionList) -> &'a [Condition] {
        match list {
            ConditionList::Preconditions => &self.plan.preconditions,
            ConditionList::Postconditions => &self.plan.postconditions,
        }
    }
}

fn what_is_done(step: &Step) -> What<'_> {
    match &step.action {
        Action::Command { command } => What::Command(command),
        Action::Manual { instruction } => What::Person(instruction),
        Action::Condition { condition } => what_decides(condition),
        Action::Fail { reason } => What::Person(reason),
        Action::File { .. } => What::File,
    }
}

/// True where the step asks something, is to change nothing, and nothing is to come of its failure.
fn may_probe(step: &Step) -> bool {
    let asks = match &step.action {
        Action::Command { .. } => true,
        Action::Condition { .. } => true,
        Action::Manual { .. } | Action::Fail { .. } | Action::File { .. } => false,
    };
    asks && step.read_only && step.verify.is_none() && step.retry.retries == 0 && step.remedies.is_empty()
}

fn what_decides(condition: &Condition) -> What<'_> {
    match &condition.check {
        Some(Check { command, .. }) => What::Command(command),
        None => What::Person(&condition.text),
    }
}

fn parsed(step: &Step) -> Result<Option<Expr>, Unfit> {
    let Some(when) = &step.when else { return Ok(None) };
    expr::parse(when).map(Some).map_err(|errors| {
        let first = errors.into_iter().next().map(|error| error.message).unwrap_or_default();
        unfit(format!("`when` of step `{}` is no expression: {first}", step.id), &step.source)
    })
}

/// For each step those that need it, as often as they do.
fn backwards(needs: &[Vec<StepId>]) -> Vec<Vec<StepId>> {
    let mut needed_by = vec![Vec::new(); needs.len()];
    for (index, needs) in needs.iter().enumerate() {
        needs.iter().for_each(|need| needed_by[need.index()].push(StepId::new(index)));
    }
    needed_by
}

/// A step that needs itself in the end, if there is one.
fn in_cycle(needs: &[Vec<StepId>], needed_by: &[Vec<StepId>]) -> Option<usize> {
    let mut unmet: Vec<usize> = needs.iter().map(Vec::len).collect();
    let mut free: Vec<usize> = (0..needs.len()).filter(|&step| unmet[step] == 0).collect();
    while let Some(step) = free.pop() {
        for next in needed_by[step].iter().map(|next| next.index()) {
            unmet[next] -= 1;
            if unmet[next] == 0 {
                free.push(next);
            }
        }
    }
    (0..needs.len()).find(|&step| unmet[step] > 0)
}

fn unfit(message: String, source: &Source) -> Unfit {
    Unfit { message, source: source.clone() }
}
