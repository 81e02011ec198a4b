//! States that were found, each kept once, with the way to it.
//!
//! A state is mostly what other states are too: its steps, and the rest, are kept once each, and a state is the
//! numbers of its parts.

use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::explore::{Move, Node, Space};
use super::watch::Notes;
use crate::machine::{Machine, State, StepState};

/// States, each kept once, in parts that many of them share.
#[derive(Default)]
pub(super) struct Store {
    steps: Shared<StepState>,
    /// States without their steps.
    rest: Shared<State>,
    notes: Shared<Notes>,
    known: FxHashMap<Rc<[u32]>, u32>,
    nodes: Vec<Rc<[u32]>>,
    /// For each the one that it was reached from first, and the number of the move.
    from: Vec<Option<(u32, u32)>>,
}

impl Store {
    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Keeps a state with the one that it was reached from and the number of the move; gives its place, and
    /// whether it is new.
    pub(super) fn add(&mut self, mut node: Node, from: Option<(u32, u32)>) -> (u32, bool) {
        let mut key = vec![node.inputs, 0, self.notes.add(&node.notes)];
        key.extend(node.state.steps.iter().map(|step| self.steps.add(step)));
        node.state.steps.clear();
        key[1] = self.rest.add(&node.state);
        if let Some(place) = self.known.get(key.as_slice()) {
            return (*place, false);
        }
        let key: Rc<[u32]> = key.into();
        let place = u32::try_from(self.nodes.len()).expect("states are counted by 32 bits");
        self.known.insert(key.clone(), place);
        self.nodes.push(key);
        self.from.push(from);
        (place, true)
    }

    pub(super) fn get(&self, machine: &Machine<'_>, place: u32) -> Node {
        let key = &self.nodes[place as usize];
        let mut state = self.rest.get(key[1]).clone();
        state.steps = key[3..].iter().map(|step| self.steps.get(*step).clone()).collect();
        // What was kept once for many has the agenda of the first.
        machine.restore(&mut state);
        Node { state, notes: self.notes.get(key[2]).clone(), inputs: key[0] }
    }

    /// The moves that lead to a state, and one from it.
    pub(super) fn way(
        &self,
        space: &mut Space<'_, '_>,
        mut place: u32,
        via: Option<u32>,
    ) -> (u32, Vec<Move>) {
        let mut numbers: Vec<(u32, u32)> = via.map(|via| (place, via)).into_iter().collect();
        while let Some((from, via)) = self.from[place as usize] {
            numbers.push((from, via));
            place = from;
        }
        let moves = numbers.into_iter().rev().map(|(from, via)| {
            let node = self.get(space.machine, from);
            space.moves(&node).swap_remove(via as usize)
        });
        (self.nodes[place as usize][0], moves.collect())
    }
}

/// Values, each kept once.
struct Shared<T> {
    known: FxHashMap<Rc<T>, u32>,
    all: Vec<Rc<T>>,
}

impl<T> Default for Shared<T> {
    fn default() -> Self {
        Self { known: FxHashMap::default(), all: Vec::new() }
    }
}

impl<T: Clone + Eq + std::hash::Hash> Shared<T> {
    fn add(&mut self, value: &T) -> u32 {
        if let Some(place) = self.known.get(value) {
            return *place;
        }
        let place = u32::try_from(self.all.len()).expect("there are no more of them than states and steps");
        let value = Rc::new(value.clone());
        self.known.insert(value.clone(), place);
        self.all.push(value);
        place
    }

    fn get(&self, place: u32) -> &T {
        &self.all[place as usize]
    }
}
