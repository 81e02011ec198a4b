//! The computed durations against what a run can really take: every job takes no time, all that it may, or that
//! and its grace, with every exit; every `when` both ways; and a cancellation at every moment.

use std::collections::HashMap;

use proptest::prelude::*;
use rulec::machine::*;
use rulec::plan::Plan;
use rulec::plan::bounds::bounds;
use rulec::plan::ir::{Action, Step};

use crate::support::plans::{finish, step};
use crate::support::small_plans::{Size, small_plan};

/// What a job without a bound takes.
const FOR_EVER: u64 = 1 << 40;

/// More states than any plan of these tests has.
const MANY: usize = 400_000;

/// The longest times of a plan, in milliseconds, whatever happens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Longest {
    /// In steps, until nothing of them is under way.
    steps: u64,
    /// In undos and rollbacks.
    rollback: u64,
    /// In all.
    run: u64,
}

impl Longest {
    /// The same run, after so long in a phase.
    fn after(self, ms: u64, phase: Phase, is_stopping: bool) -> Self {
        let steps = matches!(phase, Phase::Steps) || (matches!(phase, Phase::Stopping) && is_stopping);
        let rollback = matches!(phase, Phase::Undo(_) | Phase::Rollback { .. });
        Self {
            steps: self.steps + if steps { ms } else { 0 },
            rollback: self.rollback + if rollback { ms } else { 0 },
            run: self.run + ms,
        }
    }

    fn or(self, other: Self) -> Self {
        Self {
            steps: self.steps.max(other.steps),
            rollback: self.rollback.max(other.rollback),
            run: self.run.max(other.run),
        }
    }
}

/// Something that will happen in so many milliseconds. A job that does not obey is over so long after TERM.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Ahead {
    ms: u64,
    grace_ms: u64,
    event: Happens,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Happens {
    Ends(Job, Exit, Vec<u32>),
    Elapses(Timer),
    Decides(StepId, Verdict),
    Answers(Gate),
}

impl Happens {
    fn event(&self) -> Event {
        match *self {
            Happens::Ends(job, exit, ref matched) => Event::Ended {
                job,
                ending: Ending { exit, stdout: Some("1".into()), matched: matched.clone() },
            },
            Happens::Elapses(timer) => Event::Elapsed(timer),
            Happens::Decides(step, verdict) => Event::Decided { step, verdict },
            Happens::Answers(gate) => Event::Answered { gate, passed: true },
        }
    }
}

struct Explorer<'m, 'a> {
    machine: &'m Machine<'a>,
    cancels: bool,
    /// Nothing has to be repeated: everything succeeds, and polls take no time.
    is_lucky: bool,
    known: HashMap<(State, Vec<Ahead>), Longest>,
}

/// The longest times of a plan.
fn longest(plan: &Plan) -> Longest {
    explore(plan, true, false)
}

fn explore(plan: &Plan, cancels: bool, is_lucky: bool) -> Longest {
    let machine = Machine::new(plan).expect("the plan has a meaning");
    let mut explorer = Explorer { machine: &machine, cancels, is_lucky, known: HashMap::new() };
    let (state, effects) = machine.begin();
    explorer.carry_out(state, Vec::new(), &effects)
}

impl<'a> Explorer<'_, 'a> {
    /// Does what is to be done, in every way that it can come out.
    fn carry_out(&mut self, state: State, mut ahead: Vec<Ahead>, effects: &[Effect<'a>]) -> Longest {
        for (at, effect) in effects.iter().enumerate() {
            let ways = match *effect {
                Effect::Record(Record::BrokenOff { .. }) => {
                    ahead.retain(|ahead| matches!(ahead.event, Happens::Ends(..) | Happens::Elapses(_)));
                    continue;
                }
                Effect::Record(_) | Effect::Depart => continue,
                Effect::Ask(gate) => vec![Ahead { ms: 0, grace_ms: 0, event: Happens::Answers(gate) }],
                Effect::Decide(id) => [Verdict::Holds, Verdict::DoesNotHold, Verdict::Undecidable]
                    .into_iter()
                    .take(if self.is_lucky { 1 } else { 3 })
                    .map(|verdict| Ahead { ms: 0, grace_ms: 0, event: Happens::Decides(id, verdict) })
                    .collect(),
                Effect::Start(job) => self.ways(&self.machine.launch(&state, job)),
                // Nothing comes before the steps in these plans, and none of them waits for its time.
                Effect::Set(timer, ms) | Effect::SetAt(timer, ms) => {
                    vec![Ahead { ms, grace_ms: 0, event: Happens::Elapses(timer) }]
                }
                Effect::Clear(timer) => {
                    ahead.retain(|ahead| ahead.event != Happens::Elapses(timer));
                    continue;
                }
                Effect::Stop(job) => {
                    for ahead in &mut ahead {
                        if matches!(ahead.event, Happens::Ends(ended, ..) if ended == job) {
                            ahead.ms = ahead.ms.min(ahead.grace_ms);
                        }
                    }
                    continue;
                }
            };
            let mut longest = Longest::default();
            for way in ways {
                let mut ahead = ahead.clone();
                ahead.push(way);
                longest = longest.or(self.carry_out(state.clone(), ahead, &effects[at + 1..]));
            }
            return longest;
        }
        self.go_on(state, ahead)
    }

    /// How a job can end, and when.
    fn ways(&self, launch: &Launch<'_>) -> Vec<Ahead> {
        let grace_ms = match launch.what {
            What::Command(_) => launch.grace_ms,
            // The runner itself writes a file, unless a timeout says that this takes time.
            What::File => launch.timeout_ms.map_or(0, |_| launch.grace_ms),
            What::Person(_) => 0,
        };
        let (good, bad) = match launch.what {
            What::Person(_) => (Exit::Confirmed, vec![Exit::Declined]),
            What::Command(_) | What::File => (Exit::Exited(0), vec![Exit::Exited(1), Exit::Exited(3)]),
        };
        // Words that a condition puts to a person are attested before the run.
        let is_attested = matches!(launch.what, What::Person(_))
            && !matches!(launch.step, Some(Step { action: Action::Manual { .. }, .. }));
        let limit = match launch.what {
            _ if is_attested => 0,
            What::File => launch.timeout_ms.unwrap_or(0),
            _ => launch.timeout_ms.unwrap_or(FOR_EVER),
        };
        let mut ways = vec![(0, good), (limit, good)];
        if self.is_lucky && matches!(launch.purpose, Purpose::Poll { .. }) {
            ways.truncate(1);
        }
        if !self.is_lucky {
            ways.extend(bad.into_iter().map(|exit| (limit, exit)));
            if launch.timeout_ms.is_some() {
                ways.push((limit + grace_ms, Exit::TimedOut));
            }
        }
        ways.dedup();
        let is_matched = match (launch.purpose, launch.step) {
            (Purpose::Attempt { .. }, Some(step)) => {
                step.remedies.iter().any(|of| of.stderr_matches.is_some())
            }
            _ => false,
        };
        let mut found = Vec::new();
        for (ms, exit) in ways {
            found.push(Ahead { ms, grace_ms, event: Happens::Ends(launch.job, exit, Vec::new()) });
            if is_matched && !exit.is_success() {
                found.push(Ahead { ms, grace_ms, event: Happens::Ends(launch.job, exit, vec![0, 1]) });
            }
        }
        found
    }

    /// Lets the time go on to what comes next, in whatever order that is.
    fn go_on(&mut self, state: State, mut ahead: Vec<Ahead>) -> Longest {
        if state.outcome().is_some() {
            assert_eq!(ahead, [], "nothing is left running");
            return Longest::default();
        }
        ahead.sort_by_key(|ahead| (ahead.ms, format!("{:?}", ahead.event)));
        let key = (state, ahead);
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        let (state, ahead) = &key;
        let ms = ahead.first().expect("a run that is not over waits for something").ms;
        let is_stopping = state.steps.iter().any(|step| step.stopping);
        let rest: Vec<Ahead> =
            ahead.iter().map(|ahead| Ahead { ms: ahead.ms - ms, ..ahead.clone() }).collect();
        let mut longest = Longest::default();
        let next = (0..rest.len()).take_while(|&at| rest[at].ms == 0).map(Some);
        for chosen in next.chain(self.cancels.then_some(None)) {
            let (mut state, mut rest, mut effects) = (state.clone(), rest.clone(), Vec::new());
            match chosen {
                Some(at) => {
                    // The bound on the run comes after all else of its moment.
                    let is_deadline = rest[at].event == Happens::Elapses(Timer::Deadline);
                    if is_deadline && rest.iter().filter(|ahead| ahead.ms == 0).count() > 1 {
                        continue;
                    }
                    let event = rest.remove(at).event.event();
                    self.machine.apply(&mut state, event, &mut effects);
                }
                None => {
                    let before = state.clone();
                    self.machine.apply(&mut state, Event::Cancel, &mut effects);
                    if state == before {
                        continue;
                    }
                }
            }
            longest = longest.or(self.carry_out(state, rest, &effects));
        }
        let longest = longest.after(ms, state.phase, is_stopping);
        self.known.insert(key, longest);
        assert!(self.known.len() < MANY, "the plan has too many states to explore");
        longest
    }
}

/// No run takes longer than what was computed; where that is no bound, anything goes.
fn never_exceeded(plan: &Plan) -> Result<(), TestCaseError> {
    let (found, computed) = (longest(plan), bounds(plan));
    for (what, found, computed) in [
        ("steps", found.steps, computed.steps_ms),
        ("rollback", found.rollback, computed.rollback_ms),
        ("run", found.run, computed.worst_case_ms),
    ] {
        if let Some(computed) = computed {
            prop_assert!(found <= computed, "{}: {} ms of {} ms", what, found, computed);
        }
    }
    let lucky = explore(plan, false, true).steps;
    if let Some(computed) = computed.without_retries_ms {
        prop_assert!(lucky <= computed, "without retries: {} ms of {} ms", lucky, computed);
    }
    Ok(())
}

/// The longest run takes exactly what was computed.
fn reached(plan: &Plan) -> Result<(), TestCaseError> {
    let (found, computed) = (longest(plan), bounds(plan));
    prop_assert_eq!(Some(found.steps), computed.steps_ms);
    prop_assert_eq!(Some(found.rollback), computed.rollback_ms);
    prop_assert_eq!(Some(found.run), computed.worst_case_ms);
    prop_assert_eq!(Some(explore(plan, false, true).steps), computed.without_retries_ms);
    Ok(())
}

/// The step with everything that its bound is reached with: a command that has a timeout, without remedies. One
/// that must end well for the run to take long, or is not tried again after a timeout, has no grace.
fn exact(mut step: Step) -> Step {
    step.action = Action::Command { command: "true".into() };
    step.remedies.clear();
    step.when = None;
    step.mutex = None;
    step.resources.clear();
    step.breaker = None;
    step.timeout_ms = Some(step.timeout_ms.unwrap_or(4));
    if let Some(verify) = &mut step.verify {
        verify.timeout_ms = Some(verify.timeout_ms.unwrap_or(3));
    }
    if let Some(undo) = &mut step.undo {
        undo.timeout_ms = Some(undo.timeout_ms.unwrap_or(2));
    }
    let repeats_timeouts = step.retry.on_exit_codes.is_empty() || step.retry.on_exit_codes.contains(&124);
    let must_end_well = step.verify.is_some() || step.delay_after_ms > 0 || !step.on_failure.is_tolerant();
    if must_end_well || !repeats_timeouts {
        step.grace_ms = 0;
    }
    step
}

fn exactly(mut plan: Plan) -> Plan {
    plan.timeout_ms = None;
    plan.preconditions.clear();
    plan.postconditions.clear();
    for alert in plan.alerts.values_mut() {
        alert.timeout_ms = Some(alert.timeout_ms.unwrap_or(1));
    }
    let rest = plan.rollbacks.iter_mut().flat_map(|rollback| &mut rollback.steps).chain(&mut plan.finally);
    for step in plan.steps.iter_mut().chain(rest) {
        *step = exact(step.clone());
    }
    if plan.steps.is_empty() {
        plan.steps.push(step("a"));
    }
    finish(plan)
}

/// Plain steps, but many of them: only their times, their order and their mutexes matter.
fn plain(mut step: Step) -> Step {
    step.action = Action::Command { command: "true".into() };
    step.retry.retries = 0;
    (step.verify, step.when) = (None, None);
    (step.delay_before_ms, step.delay_after_ms) = (0, 0);
    step.remedies.clear();
    step
}

const ONE: Size = Size { steps: 1, retries: 2, polls: 2, rest: 0 };
const TWO: Size = Size { steps: 2, retries: 1, polls: 2, rest: 0 };
const WHOLE: Size = Size { steps: 2, retries: 1, polls: 1, rest: 1 };
const WIDE: Size = Size { steps: 4, retries: 0, polls: 1, rest: 0 };

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_step_takes_longer_than_computed(plan in small_plan(ONE)) {
        never_exceeded(&plan)?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn no_run_of_two_steps_takes_longer_than_computed(plan in small_plan(TWO)) {
        never_exceeded(&plan)?;
    }

    #[test]
    fn no_whole_run_takes_longer_than_computed(plan in small_plan(WHOLE)) {
        never_exceeded(&plan)?;
    }

    #[test]
    fn no_graph_takes_longer_than_computed(plan in small_plan(WIDE)) {
        let mut plan = plan;
        plan.steps = plan.steps.into_iter().map(plain).collect();
        never_exceeded(&finish(plan))?;
    }

    #[test]
    fn a_step_takes_as_long_as_computed(plan in small_plan(ONE)) {
        reached(&exactly(plan))?;
    }

    #[test]
    fn a_sequence_takes_as_long_as_computed(plan in small_plan(WHOLE)) {
        reached(&exactly(Plan { max_parallel: Some(1), ..plan }))?;
    }

    #[test]
    fn a_graph_without_limits_takes_as_long_as_computed(plan in small_plan(WIDE)) {
        let mut plan = plan;
        plan.steps = plan.steps.into_iter().map(plain).collect();
        reached(&exactly(Plan { max_parallel: None, ..plan }))?;
    }
}
