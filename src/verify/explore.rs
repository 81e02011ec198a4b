//! Goes through all states that a run can be in.
//!
//! Takes a machine and a question and gives what was found: flaws, each with the moves that lead to the first state
//! that has it, outcomes, and ends. States are explored in the order of how many moves lead to them, so
//! that the first way to a flaw is a shortest one.
//!
//! With a [`Lens`] three things make states few. What happens inside a step touches that step alone, unless it has a
//! circuit breaker: while it runs, all
//! that others can see is that it was begun, so that one move leads from its begin to each way in which it can
//! end ([`Move::End`]). A move that breaks the run off goes on until all is stopped, and all undos are one move, unless a rule
//! can tell the order of stops or undos. And the lens takes away what nothing looks at. Without one, every event is
//! a move of its own.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::lens::Lens;
use super::outcomes::outcomes;
use super::question::{Property, Question};
use super::store::Store;
use super::values::Values;
use super::watch::{Flaw, Notes, Watch};
use crate::expr::Value;
use crate::machine::{
    Effect, Ending, Event, Exit, Job, Machine, Outcome, Pending, Phase, Stage, State, StepId, StepState,
    Timer, Undone,
};

/// Something that happens between two states.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Move {
    /// One event.
    One(Event),
    /// A step that was begun comes to one of its ends, by the events that lead to it.
    End(StepId, StepEnd),
    /// All undos are over: they succeeded, or one of them failed.
    Undone(Exit),
}

/// A way in which a step can end.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct StepEnd {
    /// What the others see of it.
    pub(super) seen: (StepState, Notes),
    /// The events that lead there.
    pub(super) events: Rc<[Event]>,
}

/// A state with what is remembered beside it.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) state: State,
    pub(super) notes: Notes,
    /// The values of the inputs, by their place among those of [`Values`].
    pub(super) inputs: u32,
}

/// What can be observed at the end of a run: its outcome, and what the user's own rules look at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ObservedEnd {
    /// The outcome.
    pub outcome: Outcome,
    /// What is looked at of each step.
    pub steps: Vec<ObservedStep>,
}

/// What can be observed of a step at the end of a run: what a rule of the user's own asks for, and nothing else.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ObservedStep {
    /// Its id.
    pub id: String,
    /// Its status; `waiting` where it has none.
    pub status: Option<&'static str>,
    /// Whether its first attempt was started.
    pub begun: Option<bool>,
    /// Whether its undo succeeded.
    pub undone: Option<bool>,
}

/// What an exploration found.
#[derive(Debug)]
pub(super) struct Explored {
    /// How many states there are.
    pub(super) states: usize,
    /// False where there are more than were explored.
    pub(super) is_whole: bool,
    /// The flaws, each with a shortest way to it: the values of inputs, then the moves.
    pub(super) flaws: BTreeMap<Flaw, (u32, Vec<Move>)>,
    /// The ends.
    pub(super) ends: BTreeSet<ObservedEnd>,
}

/// What is explored: with a lens, reduced.
pub(super) struct Space<'m, 'a> {
    pub(super) machine: &'m Machine<'a>,
    pub(super) question: &'m Question,
    pub(super) values: Values,
    pub(super) watch: Watch<'m>,
    pub(super) lens: Option<Lens>,
    looked_at: Vec<super::lens::Own>,
    ends: FxHashMap<StepId, Rc<[StepEnd]>>,
    /// True once a step had more states inside it than there may be in all.
    is_cut: bool,
}

impl<'m, 'a> Space<'m, 'a> {
    pub(super) fn new(machine: &'m Machine<'a>, question: &'m Question, lens: Option<Lens>) -> Self {
        Self {
            machine,
            question,
            values: Values::of(machine),
            watch: Watch::new(machine, question),
            lens,
            looked_at: question.looked_at(machine),
            ends: FxHashMap::default(),
            is_cut: false,
        }
    }

    /// The states in which a run may begin: one for each combination of inputs, with what they show.
    pub(super) fn first(&self) -> Vec<(Node, Vec<Flaw>)> {
        let nodes = (0..self.values.inputs.len()).map(|inputs| {
            let inputs = u32::try_from(inputs).expect("combinations of inputs are few");
            let mut node = Node { state: self.machine.begin().0, notes: Notes::default(), inputs };
            let flaws = self.seen(&node);
            self.reduce(&mut node);
            (node, flaws)
        });
        nodes.collect()
    }

    fn reduce(&self, node: &mut Node) {
        if let Some(lens) = &self.lens {
            lens.reduce(self.machine, &mut node.state);
        }
    }

    pub(super) fn inputs(&self, node: &Node) -> &BTreeMap<String, Value> {
        &self.values.inputs[node.inputs as usize]
    }

    pub(super) fn outcomes(&self, node: &Node, pending: Pending) -> Vec<Event> {
        outcomes(self.machine, &self.values, self.inputs(node), &node.state, pending)
    }

    /// All moves that lead on from a state.
    pub(super) fn moves(&mut self, node: &Node) -> Vec<Move> {
        let pending = self.machine.pending(&node.state);
        let one = |events: Vec<Event>| events.into_iter().map(Move::One);
        if let Some(decision) = pending.iter().find(|it| matches!(it, Pending::Decision(_))) {
            // A driver decides before anything else happens.
            return one(self.outcomes(node, *decision)).collect();
        }
        if let Some(lens) = &self.lens {
            match node.state.phase {
                Phase::Undo(_) if !lens.sees_undos() => {
                    return [0, 1].map(|code| Move::Undone(Exit::Exited(code))).into();
                }
                _ => {}
            }
        }
        let mut moves = Vec::new();
        for pending in pending {
            match pending {
                Pending::Job(Job::Step(id)) if self.is_begin(node, id) => {
                    moves.extend(self.ends_of(node, id).iter().map(|end| Move::End(id, end.clone())));
                }
                pending => moves.extend(one(self.outcomes(node, pending))),
            }
        }
        if is_forward(&node.state) {
            moves.push(Move::One(Event::Cancel));
        }
        moves
    }

    /// True where a step was just begun, and what happens inside it is one move.
    fn is_begin(&self, node: &Node, id: StepId) -> bool {
        self.lens.is_some()
            && self.machine.breaker(id).is_none()
            && is_inside(&node.state, id)
            && !node.state.step(id).stopping
    }

    /// The ways in which a step can end that was just begun, by going through all that may happen inside it.
    fn ends_of(&mut self, node: &Node, id: StepId) -> Rc<[StepEnd]> {
        if let Some(ends) = self.ends.get(&id) {
            return ends.clone();
        }
        let lens = self.lens.as_ref().expect("only a reduced search takes ends for moves");
        let alone = Node { notes: Notes::default(), ..node.clone() };
        let mut ends: Vec<StepEnd> = Vec::new();
        let mut seen = FxHashSet::default();
        let mut open = VecDeque::from([(alone, Vec::new())]);
        while let Some((node, events)) = open.pop_front() {
            if seen.len() > self.question.max_states {
                self.is_cut = true;
                break;
            }
            for event in self.inside(&node, id) {
                let (next, _) = self.after(&node, &event);
                let mut events = events.clone();
                events.push(event);
                if is_inside(&next.state, id) {
                    if seen.insert(next.state.step(id).clone()) {
                        open.push_back((next, events));
                    }
                    continue;
                }
                let seen = seen_of(lens, &next, id);
                if !ends.iter().any(|end| end.seen == seen) {
                    ends.push(StepEnd { seen, events: events.into() });
                }
            }
        }
        let ends: Rc<[StepEnd]> = ends.into();
        self.ends.insert(id, ends.clone());
        ends
    }

    /// The events that may come next inside a step.
    pub(super) fn inside(&self, node: &Node, id: StepId) -> Vec<Event> {
        let stage = node.state.step(id).stage;
        let pending = match stage.has_job() {
            true => Pending::Job(Job::Step(id)),
            false => Pending::Timer(Timer::Step(id)),
        };
        self.outcomes(node, pending)
    }

    /// The state after an event, and what shows in it.
    pub(super) fn after(&self, node: &Node, event: &Event) -> (Node, Vec<Flaw>) {
        let mut next = node.clone();
        let flaws = self.apply(&mut next, event, &mut Vec::new());
        (next, flaws)
    }

    /// Applies an event, and appends what the machine does about it.
    pub(super) fn apply(&self, node: &mut Node, event: &Event, effects: &mut Vec<Effect<'a>>) -> Vec<Flaw> {
        let before = node.state.clone();
        let first = effects.len();
        self.machine.apply(&mut node.state, event.clone(), effects);
        let inputs = &self.values.inputs[node.inputs as usize];
        let now = (&before, inputs, event);
        let mut flaws = self.watch.look(self.machine, now, &effects[first..], &node.state, &mut node.notes);
        flaws.extend(self.seen(node));
        flaws
    }

    fn seen(&self, node: &Node) -> Vec<Flaw> {
        let decides = |id: StepId| node.state.step(id).stage == Stage::Deciding;
        match self.machine.step_ids().any(decides) {
            true => Vec::new(),
            false => self.watch.look_at(self.machine, &node.state),
        }
    }

    /// The state after a move, and what shows on the way to it.
    pub(super) fn moved(&self, node: &Node, to: &Move) -> (Node, Vec<Flaw>) {
        let (mut next, mut flaws) = (node.clone(), Vec::new());
        let mut effects = Vec::new();
        match to {
            Move::One(event) => flaws = self.apply(&mut next, event, &mut effects),
            Move::End(_, end) => {
                for event in end.events.iter() {
                    flaws.extend(self.apply(&mut next, event, &mut effects));
                }
            }
            Move::Undone(exit) => {
                let mut exit = *exit;
                while let Some(event) = undo(&next.state, exit) {
                    flaws.extend(self.apply(&mut next, &event, &mut effects));
                    exit = Exit::Exited(0);
                    // Those between succeed too, which nobody looks at: the last of them is enough to go on.
                    if let (Phase::Undo(at), Some(last)) =
                        (next.state.phase, next.state.undo.len().checked_sub(1))
                    {
                        next.state.undo.drain(at as usize..last);
                    }
                }
            }
        }
        while let Some(event) = self.stop(&next) {
            flaws.extend(self.apply(&mut next, &event, &mut effects));
        }
        self.reduce(&mut next);
        (next, flaws)
    }

    /// The end of the first job that is being stopped, where nobody sees in which order they end.
    pub(super) fn stop(&self, node: &Node) -> Option<Event> {
        let is_seen = self.lens.as_ref().is_none_or(Lens::sees_stops);
        if is_seen || node.state.phase != Phase::Stopping {
            return None;
        }
        let pending = self.machine.pending(&node.state);
        pending.into_iter().find_map(|it| self.outcomes(node, it).into_iter().next())
    }

    /// What comes next if everything goes well from here on.
    pub(super) fn next_well(&self, node: &Node) -> Option<Event> {
        let pending = self.machine.pending(&node.state).into_iter();
        let mut pending = pending.filter(|it| *it != Pending::Timer(Timer::Deadline));
        pending.find_map(|it| self.outcomes(node, it).into_iter().next())
    }

    fn end(&self, state: &State, outcome: Outcome) -> ObservedEnd {
        let steps = self.machine.step_ids().zip(&self.looked_at).filter_map(|(id, own)| {
            let at = state.step(id);
            let step = ObservedStep {
                id: self.machine.step(id).id.clone(),
                status: own.status.then(|| at.status().map_or("waiting", |status| status.word())),
                begun: own.begun.then_some(at.begun),
                undone: own.undone.then_some(at.undone == Undone::Ok),
            };
            (*own != super::lens::Own::default()).then_some(step)
        });
        ObservedEnd { outcome, steps: steps.collect() }
    }
}

/// What the others see of a step that is over, and what is remembered of it.
pub(super) fn seen_of(lens: &Lens, node: &Node, id: StepId) -> (StepState, Notes) {
    let at = node.state.step(id);
    let seen = StepState {
        stage: at.stage,
        exit_code: at.exit_code.filter(|_| lens.sees_exit_code(id)),
        output: at.output.clone(),
        ..StepState::default()
    };
    let unverified = node.notes.unverified.contains(&id).then_some(id);
    (seen, Notes { unverified: unverified.into_iter().collect() })
}

/// True while what happens to a step is seen by nobody else.
pub(super) fn is_inside(state: &State, id: StepId) -> bool {
    matches!(
        state.step(id).stage,
        Stage::Attempting | Stage::Polling | Stage::Interval | Stage::Remedying { .. } | Stage::BackingOff
    )
}

/// The end of the undo that is under way.
pub(super) fn undo(state: &State, exit: Exit) -> Option<Event> {
    let Phase::Undo(at) = state.phase else { return None };
    let job = Job::Undo(*state.undo.get(at as usize)?);
    Some(Event::Ended { job, ending: Ending::of(exit) })
}

fn is_forward(state: &State) -> bool {
    state.cause.is_none()
        && matches!(
            state.phase,
            Phase::Gate(_) | Phase::Preconditions(_) | Phase::Steps | Phase::Postconditions(_)
        )
}

/// Goes through all states.
pub(super) fn explore(space: &mut Space<'_, '_>) -> Explored {
    let mut store = Store::default();
    let mut found = Found::default();
    let mut ends = BTreeSet::new();
    for (node, flaws) in space.first() {
        let (place, _) = store.add(node, None);
        found.add(flaws, place, None);
    }
    let (mut next, mut is_whole) = (0, true);
    let mut edges: Vec<(u32, u32)> = Vec::new();
    'states: while next < store.len() {
        let place = u32::try_from(next).expect("states are counted by 32 bits");
        let node = store.get(space.machine, place);
        next += 1;
        if let Some(outcome) = node.state.outcome() {
            ends.insert(space.end(&node.state, outcome));
            continue;
        }
        let moves = space.moves(&node);
        if moves.iter().all(|it| *it == Move::One(Event::Cancel)) {
            // Nothing but a person who loses patience would end it.
            found.add(vec![Flaw { property: Property::Ends, steps: Vec::new() }], place, None);
        }
        for (via, to) in moves.iter().enumerate() {
            let (after, flaws) = space.moved(&node, to);
            let via = u32::try_from(via).expect("moves are few");
            found.add(flaws, place, Some(via));
            let (target, is_new) = store.add(after, Some((place, via)));
            edges.push((place, target));
            if is_new && store.len() > space.question.max_states {
                is_whole = false;
                break 'states;
            }
        }
    }
    is_whole &= !space.is_cut;
    if is_whole && let Some(place) = on_a_circle(store.len(), &edges) {
        found.add(vec![Flaw { property: Property::Ends, steps: Vec::new() }], place, None);
    }
    let states = store.len().min(space.question.max_states);
    let flaws = found.0.into_iter().map(|(flaw, (place, via))| (flaw, store.way(space, place, via)));
    Explored { states, is_whole, flaws: flaws.collect(), ends }
}

/// A state that comes again after itself, if there is one: then a path has no end.
fn on_a_circle(states: usize, edges: &[(u32, u32)]) -> Option<u32> {
    let mut unmet = vec![0_u32; states];
    edges.iter().for_each(|(_, to)| unmet[*to as usize] += 1);
    // Edges are in the order of where they start.
    let from = |place: u32| edges.partition_point(|(from, _)| *from < place);
    let mut free: Vec<u32> =
        (0..).zip(&unmet).filter(|(_, unmet)| **unmet == 0).map(|(place, _)| place).collect();
    while let Some(place) = free.pop() {
        for (_, to) in edges[from(place)..].iter().take_while(|(from, _)| *from == place) {
            unmet[*to as usize] -= 1;
            if unmet[*to as usize] == 0 {
                free.push(*to);
            }
        }
    }
    (0..).zip(&unmet).find(|(_, unmet)| **unmet > 0).map(|(place, _)| place)
}

/// The first state, and the move from it, at which each flaw was found.
#[derive(Default)]
struct Found(BTreeMap<Flaw, (u32, Option<u32>)>);

impl Found {
    fn add(&mut self, flaws: Vec<Flaw>, place: u32, via: Option<u32>) {
        for flaw in flaws {
            self.0.entry(flaw).or_insert((place, via));
        }
    }
}
