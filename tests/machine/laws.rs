//! What holds for every plan, whatever happens in whatever order.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use rulec::machine::*;
use rulec::plan::Plan;
use rulec::plan::ir::{Action, Remedy, Step};

use crate::support::plans::any_plan;
use crate::support::small_plans::{RICH, small_plan};

/// Draws the next number of a fixed run of them.
struct Draws<'d> {
    from: &'d [u16],
    at: usize,
}

impl Draws<'_> {
    /// A number below `limit`.
    fn below(&mut self, limit: usize) -> usize {
        self.at += 1;
        let round = self.at / self.from.len();
        (usize::from(self.from[self.at % self.from.len()]) + round * 7919) % limit
    }

    fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }
}

/// An event for something pending.
fn event_of(machine: &Machine<'_>, state: &State, pending: Pending, draws: &mut Draws<'_>) -> Event {
    match pending {
        Pending::Answer(gate) => Event::Answered { gate, passed: !draws.one_in(12) },
        Pending::Decision(step) => {
            let verdicts = [Verdict::Holds, Verdict::Holds, Verdict::DoesNotHold, Verdict::Undecidable];
            Event::Decided { step, verdict: verdicts[draws.below(4)] }
        }
        Pending::Timer(timer) => Event::Elapsed(timer),
        Pending::Job(job) => {
            let launch = machine.launch(state, job);
            let exits: &[Exit] = match launch.what {
                What::Person(_) => &[Exit::Confirmed, Exit::Confirmed, Exit::Declined, Exit::TimedOut],
                _ => &[
                    Exit::Exited(0),
                    Exit::Exited(0),
                    Exit::Exited(0),
                    Exit::Exited(1),
                    Exit::Exited(3),
                    Exit::TimedOut,
                    Exit::Stopped,
                ],
            };
            let exit = exits[draws.below(exits.len())];
            let stdout = [None, Some(" 1\n".to_owned()), Some("9".to_owned())][draws.below(3)].clone();
            let matched = if draws.one_in(2) { vec![0, 1] } else { Vec::new() };
            Event::Ended { job, ending: Ending { exit, stdout, matched } }
        }
    }
}

/// Events that a state does not wait for.
fn strays(machine: &Machine<'_>, state: &State) -> Vec<Event> {
    let pending = machine.pending(state);
    let mut strays = Vec::new();
    for id in machine.step_ids() {
        for job in [Job::Step(id), Job::Undo(id)] {
            if !pending.contains(&Pending::Job(job)) {
                strays.push(Event::Ended { job, ending: Ending::of(Exit::Exited(0)) });
            }
        }
        if !pending.contains(&Pending::Timer(Timer::Step(id))) {
            strays.push(Event::Elapsed(Timer::Step(id)));
        }
        if !pending.contains(&Pending::Decision(id)) {
            strays.push(Event::Decided { step: id, verdict: Verdict::Holds });
        }
    }
    for list in [ConditionList::Preconditions, ConditionList::Postconditions] {
        for number in 0..3 {
            let job = Job::Condition(list, number);
            if !pending.contains(&Pending::Job(job)) {
                strays.push(Event::Ended { job, ending: Ending::of(Exit::Exited(1)) });
            }
        }
    }
    for gate in [Gate::Lock, Gate::Earlier, Gate::Inputs, Gate::Window, Gate::Approval, Gate::Attendance] {
        if !pending.contains(&Pending::Answer(gate)) {
            strays.push(Event::Answered { gate, passed: false });
        }
    }
    if !pending.contains(&Pending::Timer(Timer::Deadline)) {
        strays.push(Event::Elapsed(Timer::Deadline));
    }
    strays
}

/// One run, and all that an observer has seen of it.
struct Watch<'m, 'a> {
    machine: &'m Machine<'a>,
    /// What was asked for and did not come yet.
    due: Vec<Pending>,
    stopped: Vec<Job>,
    records: Vec<Record<'a>>,
}

impl<'a> Watch<'_, 'a> {
    fn see(&mut self, effects: &[Effect<'a>]) {
        for effect in effects {
            match *effect {
                Effect::Ask(gate) => self.add(Pending::Answer(gate)),
                Effect::Decide(id) => self.add(Pending::Decision(id)),
                Effect::Start(job) => self.add(Pending::Job(job)),
                Effect::Set(timer, ms) => {
                    assert!(ms > 0 || timer == Timer::Deadline, "nobody waits for no time");
                    self.add(Pending::Timer(timer));
                }
                Effect::SetAt(timer, _) => self.add(Pending::Timer(timer)),
                Effect::Depart => {}
                Effect::Clear(timer) => self.remove(Pending::Timer(timer)),
                Effect::Stop(job) => {
                    assert!(self.due.contains(&Pending::Job(job)), "{job:?} is stopped, but does not run");
                    assert!(!self.stopped.contains(&job), "{job:?} is stopped twice");
                    self.stopped.push(job);
                }
                Effect::Record(record) => {
                    // Questions that nobody needs an answer to any more.
                    if matches!(record, Record::BrokenOff { .. }) {
                        self.due.retain(|due| matches!(due, Pending::Job(_) | Pending::Timer(_)));
                    }
                    self.records.push(record);
                }
            }
        }
    }

    fn add(&mut self, pending: Pending) {
        assert!(!self.due.contains(&pending), "{pending:?} is asked for twice");
        self.due.push(pending);
    }

    fn remove(&mut self, pending: Pending) {
        let at = self
            .due
            .iter()
            .position(|due| *due == pending)
            .unwrap_or_else(|| panic!("{pending:?} is not due"));
        self.due.remove(at);
    }

    fn agrees_with(&self, state: &State) {
        let sorted = |pending: &[Pending]| {
            let mut names: Vec<_> = pending.iter().map(|pending| format!("{pending:?}")).collect();
            names.sort();
            names
        };
        assert_eq!(
            sorted(&self.due),
            sorted(&self.machine.pending(state)),
            "what is due, and what is pending"
        );
    }
}

/// Runs a plan to its end, in an order that is drawn, and holds every state and the records to the laws.
fn run_and_watch(plan: &Plan, numbers: &[u16]) {
    let machine = Machine::new(plan).expect("the plan has a meaning");
    let mut draws = Draws { from: numbers, at: 0 };
    let mut watch = Watch { machine: &machine, due: Vec::new(), stopped: Vec::new(), records: Vec::new() };
    let (mut state, effects) = machine.begin();
    watch.see(&effects);
    let cancels = draws.one_in(3);
    let mut events = 0;
    while state.outcome().is_none() {
        holds_in_every_state(&machine, &state);
        watch.agrees_with(&state);
        let strays = strays(&machine, &state);
        if !strays.is_empty() {
            let stray = strays[draws.below(strays.len())].clone();
            is_ignored(&machine, &state, stray);
        }
        let before = state.clone();
        let mut effects = Vec::new();
        let mut restored = state.clone();
        machine.restore(&mut restored);
        let pending = machine.pending(&state);
        assert!(!pending.is_empty(), "a run that is not over waits for something: {state:?}");
        if cancels && draws.one_in(10) {
            machine.apply(&mut state, Event::Cancel, &mut effects);
        } else {
            let chosen = pending[draws.below(pending.len())];
            let event = event_of(&machine, &state, chosen, &mut draws);
            machine.apply(&mut state, event.clone(), &mut effects);
            let mut same = Vec::new();
            machine.apply(&mut restored, event, &mut same);
            assert_eq!((&restored, &same), (&state, &effects), "a state that is put together goes on alike");
            watch.remove(chosen);
            if let Pending::Job(job) = chosen {
                watch.stopped.retain(|stopped| *stopped != job);
            }
            assert_ne!(state, before, "{chosen:?} was pending, and changes nothing");
        }
        watch.see(&effects);
        for id in machine.step_ids().filter(|&id| matches!(before.step(id).stage, Stage::Over(_))) {
            let (mut was, is) = (before.step(id).clone(), state.step(id));
            was.undone = is.undone;
            assert_eq!(was, *is, "what is over stays as it is");
        }
        events += 1;
        assert!(events < 100_000, "a run ends");
    }
    watch.agrees_with(&state);
    assert_eq!(watch.due, [], "nothing is left running");
    for stray in strays(&machine, &state).into_iter().chain([Event::Cancel]) {
        is_ignored(&machine, &state, stray);
    }
    tells_a_story(&machine, &watch.records);
    assert_eq!(state.outcome(), Some(outcome(&machine, &watch.records)), "{:#?}", watch.records);
}

fn is_ignored(machine: &Machine<'_>, state: &State, event: Event) {
    let (mut after, mut effects) = (state.clone(), Vec::new());
    machine.apply(&mut after, event.clone(), &mut effects);
    assert_eq!(after, *state, "{event:?} is not waited for");
    assert_eq!(effects, [], "{event:?} is not waited for");
}

fn holds_in_every_state(machine: &Machine<'_>, state: &State) {
    let running: Vec<StepId> = machine.main_steps().filter(|&id| state.step(id).is_running()).collect();
    let places = machine.plan().max_parallel.map_or(usize::MAX, |places| places as usize);
    assert!(running.len() <= places, "{} steps run", running.len());
    let mut held = BTreeSet::new();
    let mut left: BTreeMap<&str, u32> =
        machine.plan().resources.iter().map(|(name, of)| (name.as_str(), of.capacity)).collect();
    for id in &running {
        if let Some(mutex) = &machine.step(*id).mutex {
            assert!(held.insert(mutex.as_str()), "two steps hold `{mutex}`");
        }
        for (name, units) in &machine.step(*id).resources {
            let left = left.get_mut(name.as_str()).expect("it is there");
            *left =
                left.checked_sub(*units).unwrap_or_else(|| panic!("more of `{name}` is taken than there is"));
        }
    }
    for id in machine.step_ids() {
        let at = state.step(id);
        let may_know =
            matches!(at.stage, Stage::Polling | Stage::Interval | Stage::Settling | Stage::Over(Status::Ok));
        assert!(at.output.is_none() || (may_know && machine.step(id).output), "an output of {at:?}");
        assert!(!at.stopping || at.stage.has_job(), "{at:?}");
    }
    if state.phase != Phase::Steps {
        return;
    }
    assert_eq!(state.cause, None);
    let undecided = machine.main_steps().find(|&id| state.step(id).stage == Stage::Deciding);
    for id in machine.main_steps() {
        match state.step(id).stage {
            Stage::Waiting | Stage::Ready if undecided.is_some_and(|undecided| undecided < id) => {}
            Stage::Waiting => assert!(!needs_are_met(machine, state, id), "{id:?} is forgotten"),
            Stage::Ready => {
                let step = machine.step(id);
                let is_free = step.mutex.as_deref().is_none_or(|mutex| !held.contains(mutex))
                    && step.resources.iter().all(|(name, units)| *units <= left[name.as_str()]);
                assert!(running.len() >= places || !is_free, "{id:?} may start, but does not");
            }
            Stage::Over(_) => {}
            _ => assert!(needs_are_met(machine, state, id), "{id:?} came too early"),
        }
    }
}

fn needs_are_met(machine: &Machine<'_>, state: &State, id: StepId) -> bool {
    machine.needs(id).iter().all(|&need| match state.step(need).stage {
        Stage::Over(Status::Ok | Status::Skipped) => true,
        Stage::Over(Status::Failed) => machine.step(need).on_failure.is_tolerant(),
        _ => false,
    })
}

/// What an observer has seen of one step.
#[derive(Default)]
struct Seen {
    started: bool,
    attempts: u64,
    polls: u32,
    open: Option<&'static str>,
    ended: Option<Status>,
    alerts: u32,
    /// Its circuit breaker was open.
    refused: bool,
    /// A remedy or its fallback ran.
    helped: bool,
}

/// Records come in an order that makes sense.
fn tells_a_story(machine: &Machine<'_>, records: &[Record<'_>]) {
    let is_start = |record: &Record<'_>| matches!(record, Record::RunStarted { .. });
    let is_end = |record: &Record<'_>| matches!(record, Record::RunEnded { .. });
    assert_eq!(records.iter().position(is_start), Some(0));
    assert_eq!(records.iter().filter(|record| is_start(record)).count(), 1);
    assert_eq!(records.iter().position(is_end), Some(records.len() - 1));
    let find = |id: &str| machine.find(id).expect("records name steps");
    let main: BTreeSet<StepId> = machine.main_steps().collect();
    let mut seen: BTreeMap<&str, Seen> = BTreeMap::new();
    let (mut completed, mut undone, mut open_undo) = (Vec::new(), Vec::new(), None);
    // Of the undo that comes last: how often it was tried again, and whether it has failed so far.
    let (mut again, mut has_failed) = (0, false);
    let may_again = |id: &str| machine.step(find(id)).undo.as_ref().map_or(0, |undo| undo.retries);
    let (mut broken, mut rolling_back, mut last, mut procedures) = (false, false, false, Vec::new());
    let mut condition = None;
    for record in records {
        let opens = match *record {
            Record::StepStarted { step } => {
                let at = seen.entry(step).or_default();
                assert!(!at.started && at.ended.is_none(), "`{step}` starts once");
                at.started = true;
                assert!(
                    !(broken && main.contains(&find(step))),
                    "`{step}` starts in a run that is broken off"
                );
                None
            }
            Record::AttemptStarted { step, attempt } => {
                let at = seen.get_mut(step).expect("it has started");
                assert!(at.started && !at.refused);
                at.attempts += 1;
                at.polls = 0;
                assert_eq!(attempt, at.attempts);
                assert!(attempt <= u64::from(machine.step(find(step)).retry.retries) + 1);
                Some((step, "attempt"))
            }
            Record::PollStarted { step, attempt, poll } => {
                let at = seen.get_mut(step).expect("it has started");
                at.polls += 1;
                assert_eq!((attempt, poll), (at.attempts, at.polls));
                Some((step, "poll"))
            }
            Record::RemedyStarted { step, attempt, .. } => {
                let at = seen.get_mut(step).expect("it has started");
                assert_eq!(attempt, at.attempts);
                assert!(attempt > 0 || at.refused, "`{step}` is helped before it was tried");
                at.helped = true;
                Some((step, "remedy"))
            }
            Record::CircuitOpen { step, breaker } => {
                assert_eq!(machine.step(find(step)).breaker.as_deref(), Some(breaker));
                let at = seen.get_mut(step).expect("it has started");
                assert!(!at.refused, "`{step}` is refused once");
                at.refused = true;
                None
            }
            Record::Waiting { step, wait: Wait::StartAt, .. } => {
                assert!(!seen.contains_key(step), "`{step}` waits for its time before it starts");
                None
            }
            Record::Waiting { step, wait, ms } => {
                let at = &seen[step];
                assert!(ms > 0 && at.open.is_none());
                assert_eq!(at.ended.is_some(), wait == Wait::DelayAfter, "`{step}` {wait:?}");
                // What is refused may come to its end by its fallback alone.
                assert_eq!(at.attempts == 0 && !at.refused, wait == Wait::DelayBefore, "`{step}` {wait:?}");
                assert!(!at.refused || wait == Wait::DelayAfter, "`{step}` {wait:?}");
                None
            }
            _ => None,
        };
        if let Some((step, what)) = opens {
            let at = seen.get_mut(step).expect("it has started");
            assert!(at.ended.is_none() && at.open.is_none(), "`{step}` does one thing at a time");
            at.open = Some(what);
            assert!(!(broken && main.contains(&find(step))), "`{step}` goes on in a run that is broken off");
        }
        let closes = match *record {
            Record::AttemptEnded { step, .. } => Some((step, "attempt")),
            Record::PollEnded { step, .. } => Some((step, "poll")),
            Record::RemedyEnded { step, .. } => Some((step, "remedy")),
            _ => None,
        };
        if let Some((step, what)) = closes {
            assert_eq!(seen.get_mut(step).expect("it has started").open.take(), Some(what), "`{step}`");
        }
        match *record {
            Record::AttemptEnded { step, ended: Ended::Stopped, .. }
            | Record::PollEnded { step, ended: Ended::Stopped, .. }
            | Record::RemedyEnded { step, ended: Ended::Stopped, .. } => {
                assert!(broken && main.contains(&find(step)), "`{step}` is stopped for no reason");
            }
            Record::UndoEnded { ended: Ended::Stopped, .. } => panic!("an undo is stopped"),
            _ => {}
        }
        match *record {
            Record::StepEnded { step, status, attempts, .. } => {
                let at = seen.entry(step).or_default();
                assert!(at.open.is_none() && at.ended.is_none(), "`{step}` ends once");
                assert_eq!(attempts, at.attempts);
                let is_unheard_of = status == Status::Failed && attempts == 0 && !at.refused;
                assert_eq!(at.started, !(status == Status::Skipped || is_unheard_of));
                at.ended = Some(status);
                if main.contains(&find(step)) && (attempts > 0 || at.helped) {
                    completed.push(step);
                }
            }
            Record::AlertStarted { step } => {
                let at = seen.get_mut(step).expect("it has ended");
                assert_eq!((at.ended, at.open), (Some(Status::Failed), None));
                at.open = Some("alert");
                at.alerts += 1;
                assert_eq!(at.alerts, 1);
            }
            Record::AlertEnded { step, delivered } => {
                let is_stopped = broken && main.contains(&find(step));
                assert!(!(delivered && is_stopped), "the alert for `{step}` was stopped");
                assert_eq!(seen.get_mut(step).expect("it has ended").open.take(), Some("alert"));
            }
            Record::ConditionStarted { list, number } => {
                assert_eq!(condition.replace((list, number)), None, "one condition after another");
            }
            Record::ConditionEnded { list, number, status } => {
                match condition.take() {
                    Some(open) => assert_eq!(open, (list, number)),
                    None => assert_eq!(status, ConditionStatus::Unconfirmed),
                }
                assert_eq!(status == ConditionStatus::Cancelled, broken, "a condition is {status:?}");
            }
            Record::BrokenOff { .. } => {
                assert!(!broken && !rolling_back && !last);
                broken = true;
            }
            Record::RollbackStarted => {
                assert!(broken && !rolling_back && !last);
                rolling_back = true;
                for (step, at) in &seen {
                    assert!(at.open.is_none(), "`{step}` runs beside its rollback");
                    assert!(!at.started || at.ended.is_some(), "`{step}` is left open");
                }
            }
            Record::UndoStarted { step } => {
                assert!(rolling_back && procedures.is_empty() && open_undo.is_none());
                open_undo = Some(step);
                let before: Option<&str> = undone.last().copied();
                if before == Some(step) {
                    again += 1;
                    assert!(has_failed && again <= may_again(step), "`{step}` is undone once more");
                } else {
                    let is_spent = before.is_none_or(|before| again == may_again(before));
                    assert!(!has_failed || is_spent, "{before:?} could be tried again");
                    again = 0;
                    undone.push(step);
                }
            }
            Record::UndoEnded { step, ended, exit_code } => {
                assert_eq!(open_undo.take(), Some(step));
                has_failed = !(ended == Ended::Exited && exit_code == Some(0));
            }
            Record::ProcedureStarted { procedure } => {
                assert!(rolling_back && open_undo.is_none() && !last);
                procedures.push(procedure);
            }
            Record::FinallyStarted => {
                assert!(!last && open_undo.is_none());
                last = true;
            }
            _ => {}
        }
    }
    let is_undoable =
        |step: &Step| !step.read_only && (step.undo.is_some() || matches!(step.action, Action::File { .. }));
    let begun: BTreeSet<&str> = completed.iter().copied().collect();
    let mut expected: Vec<&str> = completed.into_iter().rev().collect();
    expected.retain(|id| is_undoable(machine.step(find(id))));
    let is_due = |after: &[String]| after.is_empty() || after.iter().any(|id| begun.contains(id.as_str()));
    let due = machine.plan().rollbacks.iter().filter(|rollback| is_due(&rollback.after));
    let due: Vec<&str> = due.map(|rollback| rollback.procedure.as_str()).collect();
    let ran = came_to_its_steps(machine, records);
    if broken && ran {
        assert_eq!(undone, expected, "all is undone, backwards");
        assert_eq!(procedures, due, "the rollbacks that are due");
        assert_eq!(rolling_back, !expected.is_empty() || !due.is_empty());
    } else {
        assert!(!rolling_back);
    }
    if !ran {
        assert!(seen.is_empty(), "nothing ran");
    }
    for at in seen.values() {
        assert!(at.ended.is_some() && at.open.is_none(), "what started has ended");
    }
    for (ids, runs) in
        [(machine.main_steps().collect::<Vec<_>>(), ran && !broken), (machine.final_steps().collect(), ran)]
    {
        for id in ids {
            let ended = seen.get(machine.step(id).id.as_str()).is_some_and(|at| at.ended.is_some());
            assert!(ended || !runs, "`{}` is passed over", machine.step(id).id);
        }
    }
}

/// True where all gates were passed and all preconditions let the run go on.
fn came_to_its_steps(machine: &Machine<'_>, records: &[Record<'_>]) -> bool {
    let gates = records.iter().all(|record| !matches!(record, Record::Gate { passed: false, .. }));
    let broken = records.iter().position(|record| matches!(record, Record::BrokenOff { .. }));
    let asked = records.iter().filter(|record| matches!(record, Record::Gate { .. })).count();
    let all_gates = {
        let (mut state, mut count) = (machine.begin().0, 0);
        while let Phase::Gate(_) = state.phase {
            let Pending::Answer(gate) = machine.pending(&state)[0] else {
                unreachable!("a gate is asked for")
            };
            machine.apply(&mut state, Event::Answered { gate, passed: true }, &mut Vec::new());
            count += 1;
        }
        count
    };
    let passes = |number: u32, status| {
        let condition = &machine.plan().preconditions[number as usize - 1];
        match status {
            ConditionStatus::Held | ConditionStatus::Attested | ConditionStatus::Unconfirmed => true,
            ConditionStatus::Failed | ConditionStatus::Declined => !condition.mandatory,
            ConditionStatus::Cancelled => false,
        }
    };
    let passed = records[..broken.unwrap_or(records.len())].iter().filter(|record| match **record {
        Record::ConditionEnded { list: ConditionList::Preconditions, number, status } => {
            passes(number, status)
        }
        _ => false,
    });
    gates && asked == all_gates && passed.count() == machine.plan().preconditions.len()
}

/// What came of a run, judged by its records alone.
fn outcome(machine: &Machine<'_>, records: &[Record<'_>]) -> Outcome {
    let mut failed = false;
    let (mut broken, mut rolled_back, mut rollback_failed) = (None, false, false);
    // Those of which the last attempt has failed.
    let mut not_undone = BTreeSet::new();
    let in_rollback: BTreeSet<&str> = machine
        .plan()
        .rollbacks
        .iter()
        .flat_map(|rollback| &rollback.steps)
        .map(|step| step.id.as_str())
        .collect();
    for record in records {
        match *record {
            Record::Gate { gate: Gate::Earlier, passed: false } => return Outcome::AlreadyDone,
            Record::BrokenOff { cause, .. } => broken = Some(cause),
            Record::RollbackStarted => rolled_back = true,
            Record::UndoEnded { step, ended: Ended::Exited, exit_code: Some(0) } => {
                not_undone.remove(step);
            }
            Record::UndoEnded { step, .. } => {
                not_undone.insert(step);
            }
            Record::StepEnded { step, status: Status::Failed, .. } if in_rollback.contains(step) => {
                rollback_failed = true;
            }
            Record::StepEnded { status: Status::Failed, .. } => failed = true,
            _ => {}
        }
    }
    rollback_failed |= !not_undone.is_empty();
    match broken {
        Some(Broken::Cancelled) if !rollback_failed => Outcome::Cancelled,
        _ if !came_to_its_steps(machine, records) => Outcome::Refused,
        Some(_) if rollback_failed => Outcome::RollbackFailed,
        Some(_) if rolled_back => Outcome::RolledBack,
        Some(_) => Outcome::Failed,
        None if failed => Outcome::Degraded,
        None => Outcome::Succeeded,
    }
}

/// The same plan, but for what has no meaning.
fn mended(mut plan: Plan) -> Plan {
    let mut number = 0_u32;
    let known: Vec<String> = plan.steps.iter().map(|step| step.id.clone()).collect();
    for rollback in &mut plan.rollbacks {
        rollback.after.truncate(known.len());
        rollback.after.iter_mut().zip(&known).for_each(|(after, known)| after.clone_from(known));
        rollback.steps.iter_mut().for_each(|step| {
            number += 1;
            step.id = format!("{number}{}", step.id);
        });
    }
    let rest = plan.rollbacks.iter_mut().flat_map(|rollback| &mut rollback.steps).chain(&mut plan.finally);
    for step in plan.steps.iter_mut().chain(rest) {
        step.when = step.when.as_ref().map(|_| String::from("true"));
        step.verify = step.verify.take().filter(|verify| verify.attempts > 0);
        step.retry.retries = step.retry.retries.min(3);
        step.remedies.iter_mut().for_each(|remedy: &mut Remedy| remedy.run.truncate(2));
    }
    plan
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1200))]

    #[test]
    fn every_run_of_a_small_plan_keeps_the_laws(
        plan in small_plan(RICH),
        numbers in prop::collection::vec(any::<u16>(), 1..80),
    ) {
        run_and_watch(&plan, &numbers);
    }
}

proptest! {
    #[test]
    fn every_run_of_any_plan_keeps_the_laws(
        plan in any_plan(),
        numbers in prop::collection::vec(any::<u16>(), 1..80),
    ) {
        // Whether it has a meaning or not, nothing panics.
        let _ = Machine::new(&plan);
        run_and_watch(&mended(plan), &numbers);
    }
}
