//! A run of a plan on a virtual clock.
//!
//! Takes a [`Machine`] and a [`World`], which says how each job behaves, and gives a [`Trace`]: every record of
//! the machine with its moment. Nothing is executed and no time passes; the same plan and world give the same
//! trace. [`timeline()`] shows it to people. What the world is made from is left to others.
//!
//! Events of one moment are taken in this order: ends of jobs and of waits as they were begun, then a
//! cancellation, then the bound on the run. A job that takes exactly its timeout is not stopped.

mod account;
mod clock;
mod faults;
mod inputs;
pub mod schema;
mod timeline;

use std::collections::{BTreeMap, VecDeque};

use regex::Regex;

use crate::expr::Value;
use crate::machine::{
    Effect, Ending, Event, Exit, Gate, Job, Launch, Machine, Outcome, Purpose, Record, State, What,
};
use crate::plan::ir::Remedy;
use clock::Clock;

pub use account::{Account, account};
pub use faults::{Failure, Faults, Pick, Role, Surroundings, UnknownName, find_jobs, find_step};
pub use inputs::inputs;
pub use timeline::{Line, Tone, layout, lines, start, time, timeline};

/// What surrounds a run: how its jobs behave, and who answers.
pub trait World {
    /// How a command, or the writing of a file, behaves; it is asked once, when the job starts.
    fn run(&mut self, launch: &Launch<'_>) -> Behaviour;

    /// Whether a person confirms what they are asked, and how long that takes.
    fn ask(&mut self, launch: &Launch<'_>, words: &str) -> Answer;

    /// True where the run may pass a gate; for [`Gate::Earlier`] where there is no earlier success.
    fn passes(&mut self, gate: Gate) -> bool;

    /// The moment at which somebody cancels the run, in milliseconds from its start.
    fn cancels_at(&self) -> Option<u64>;
}

/// How a command behaves.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Behaviour {
    /// Its exit code, where it comes to its end.
    pub exit: u8,
    /// How long it takes, in milliseconds.
    pub takes_ms: u64,
    /// True where it never ends by itself.
    pub hangs: bool,
    /// True where TERM does not end it, only KILL does.
    pub ignores_term: bool,
    /// What it prints on standard output.
    pub stdout: String,
    /// What it prints on standard error.
    pub stderr: String,
}

/// What a person says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    /// True where they confirm it.
    pub confirms: bool,
    /// How long they take, in milliseconds; the largest number: they never answer.
    pub takes_ms: u64,
}

/// What has happened in a run, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trace<'a> {
    /// The records, each with its moment.
    pub entries: Vec<Entry<'a>>,
    /// How it ended.
    pub end: End,
    /// The state at the end.
    pub state: State,
}

/// How a trace ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// As the run did.
    Outcome(Outcome),
    /// The run never ends: something hangs that has no timeout.
    Never,
    /// The run goes on, but has more than [`MAX_ENTRIES`] records.
    Cut,
}

/// The most records that a trace has: where a step has billions of attempts, nobody waits for the last.
pub const MAX_ENTRIES: usize = 1_000_000;

/// One line of a trace: something that has happened, and its moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct Entry<'a> {
    /// Milliseconds from the start of the run.
    pub at_ms: u64,
    /// What happened.
    #[serde(flatten)]
    pub record: Record<'a>,
}

impl Trace<'_> {
    /// How long the run took, in milliseconds.
    #[must_use]
    pub fn duration_ms(&self) -> u64 {
        self.entries.last().map_or(0, |entry| entry.at_ms)
    }
}

/// Runs a plan in a world to its end. `inputs` are the values that expressions may ask for.
pub fn simulate<'a>(
    machine: &Machine<'a>,
    world: &mut dyn World,
    inputs: &BTreeMap<String, Value>,
) -> Trace<'a> {
    let (state, effects) = machine.begin();
    let mut run = Run {
        machine,
        world,
        inputs,
        clock: Clock::default(),
        started: BTreeMap::new(),
        entries: Vec::new(),
    };
    if let Some(ms) = run.world.cancels_at() {
        run.clock.cancel_at(ms);
    }
    let mut state = state;
    let mut due = run.carry_out(&state, effects);
    while state.outcome().is_none() && run.entries.len() < MAX_ENTRIES {
        let Some(event) = due.pop_front().or_else(|| run.clock.next()) else { break };
        let mut effects = Vec::new();
        machine.apply(&mut state, event, &mut effects);
        due.extend(run.carry_out(&state, effects));
    }
    let end = match state.outcome() {
        Some(outcome) => End::Outcome(outcome),
        None if run.entries.len() < MAX_ENTRIES => End::Never,
        None => End::Cut,
    };
    Trace { entries: run.entries, end, state }
}

struct Run<'m, 'a> {
    machine: &'m Machine<'a>,
    world: &'m mut dyn World,
    inputs: &'m BTreeMap<String, Value>,
    clock: Clock,
    /// When each step was started.
    started: BTreeMap<&'a str, u64>,
    entries: Vec<Entry<'a>>,
}

impl<'a> Run<'_, 'a> {
    /// Does what the machine asks for; gives the events that are due at once.
    fn carry_out(&mut self, state: &State, effects: Vec<Effect<'a>>) -> VecDeque<Event> {
        let mut due = VecDeque::new();
        for effect in effects {
            match effect {
                Effect::Record(record) => {
                    let at_ms = self.clock.now();
                    if let Record::StepStarted { step } = record {
                        self.started.insert(step, at_ms);
                    }
                    self.entries.push(Entry { at_ms, record });
                }
                Effect::Ask(gate) => {
                    due.push_back(Event::Answered { gate, passed: self.world.passes(gate) });
                }
                Effect::Decide(step) => {
                    let verdict = self.machine.decide(state, step, self.inputs);
                    let since = self.machine.step(step).start_before.as_ref();
                    let started = since.and_then(|it| self.started.get(it.since.as_str())).copied();
                    let verdict = self.machine.in_time(step, verdict, started, self.clock.now());
                    due.push_back(Event::Decided { step, verdict });
                }
                Effect::Start(job) => self.start(state, job),
                Effect::Stop(job) => self.clock.stop(job),
                Effect::Depart => self.clock.depart(),
                Effect::Set(timer, ms) => self.clock.set(timer, ms),
                Effect::SetAt(timer, ms) => self.clock.set_at(timer, ms),
                Effect::Clear(timer) => self.clock.clear(timer),
            }
        }
        due
    }

    fn start(&mut self, state: &State, job: Job) {
        let launch = self.machine.launch(state, job);
        if launch.end_by_ms.is_some_and(|ms| self.clock.is_over(ms)) {
            // What is late already is not begun.
            return self.clock.start(&launch, &Behaviour::default(), Ending::of(Exit::Late));
        }
        if let What::Person(words) = launch.what {
            let answer = self.world.ask(&launch, words);
            let exit = if answer.confirms { Exit::Confirmed } else { Exit::Declined };
            let hangs = answer.takes_ms == u64::MAX;
            let behaviour = Behaviour { takes_ms: answer.takes_ms, hangs, ..Behaviour::default() };
            return self.clock.start(&launch, &behaviour, Ending::of(exit));
        }
        let behaviour = self.world.run(&launch);
        let matched = match (launch.purpose, launch.step) {
            (Purpose::Attempt { .. }, Some(step)) => matching(&step.remedies, &behaviour.stderr),
            _ => Vec::new(),
        };
        let ending =
            Ending { exit: Exit::Exited(behaviour.exit), stdout: Some(behaviour.stdout.clone()), matched };
        self.clock.start(&launch, &behaviour, ending);
    }
}

/// The places of the remedies whose pattern is found in what was printed on standard error. A pattern that
/// can't be read is found nowhere.
fn matching(remedies: &[Remedy], stderr: &str) -> Vec<u32> {
    let is_found = |pattern: &String| Regex::new(pattern).is_ok_and(|pattern| pattern.is_match(stderr));
    (0..)
        .zip(remedies)
        .filter(|(_, remedy)| remedy.stderr_matches.as_ref().is_some_and(is_found))
        .map(|(place, _)| place)
        .collect()
}
