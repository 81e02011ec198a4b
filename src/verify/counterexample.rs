//! A counterexample as the records of a run: the moves that lead to a flaw, made once more on the whole plan.
//!
//! A state that was reduced stands for many, and a step with fewer attempts for the real one. So a step's end is
//! looked for again among the real events, and jobs that are stopped or undone end as their own states have it.

use std::collections::VecDeque;
use std::rc::Rc;

use rustc_hash::FxHashSet;

use super::explore::{Move, Node, Space, StepEnd, is_inside, seen_of, undo};
use super::question::Property;
use super::watch::{Flaw, Notes};
use crate::machine::{Effect, Event, Exit, Job, Phase, Record, StepId};

/// How many states inside one step are gone through to find the real way to its end.
const MOST_INSIDE: usize = 200_000;
/// How many events a run may go on for after the flaw.
const MOST_AFTER: usize = 10_000;

/// The records of a run that comes to a flaw, in order; none where the way is too long to be found.
pub(super) fn records<'a>(
    space: &Space<'_, 'a>,
    flaw: &Flaw,
    inputs: u32,
    moves: &[Move],
) -> Vec<Record<'a>> {
    let (state, effects) = space.machine.begin();
    let node = Node { state, notes: Notes::default(), inputs };
    let mut replay = Replay { space, flaw, node, effects, is_found: false };
    let undos: Vec<&Event> = moves.iter().filter_map(undo_of).collect();
    for to in moves {
        if replay.go(to, &undos).is_none() {
            return Vec::new();
        }
    }
    replay.finish();
    let records = replay.effects.into_iter().filter_map(|effect| match effect {
        Effect::Record(record) => Some(record),
        _ => None,
    });
    records.collect()
}

fn undo_of(to: &Move) -> Option<&Event> {
    match to {
        Move::One(event @ Event::Ended { job: Job::Undo(_), .. }) => Some(event),
        _ => None,
    }
}

struct Replay<'s, 'm, 'a> {
    space: &'s Space<'m, 'a>,
    flaw: &'s Flaw,
    node: Node,
    effects: Vec<Effect<'a>>,
    is_found: bool,
}

impl Replay<'_, '_, '_> {
    fn event(&mut self, event: &Event) {
        if self.is_enough() {
            return;
        }
        let flaws = self.space.apply(&mut self.node, event, &mut self.effects);
        self.is_found |= flaws.contains(self.flaw);
    }

    /// Makes a move; nothing where its way is not found.
    fn go(&mut self, to: &Move, undos: &[&Event]) -> Option<()> {
        match to {
            Move::One(event) if undo_of(to).is_some() => self.undo(event, undos),
            Move::One(event) => self.event(event),
            Move::End(id, end) => {
                for event in self.way(*id, end)?.iter() {
                    self.event(event);
                }
            }
            Move::Undone(exit) => {
                let first = self.node.state.phase;
                while !self.is_enough() {
                    let exit = if self.node.state.phase == first { *exit } else { Exit::Exited(0) };
                    let Some(event) = undo(&self.node.state, exit) else { break };
                    self.event(&event);
                }
            }
        }
        while !self.is_enough()
            && let Some(event) = self.space.stop(&self.node)
        {
            self.event(&event);
        }
        Some(())
    }

    /// True where everything is told that shows the flaw: for a change that is left behind, how the run ends.
    fn is_enough(&self) -> bool {
        self.is_found && self.flaw.property != Property::TakenBack
    }

    /// Ends the undo that is under way as that step's undo ends, in whatever order the reduced states had them.
    fn undo(&mut self, meant: &Event, undos: &[&Event]) {
        let Phase::Undo(at) = self.node.state.phase else { return };
        let id = self.node.state.undo[at as usize];
        let own =
            undos.iter().find(|event| matches!(event, Event::Ended { job: Job::Undo(of), .. } if *of == id));
        let Event::Ended { ending, .. } = own.copied().unwrap_or(meant) else { return };
        let event = Event::Ended { job: Job::Undo(id), ending: ending.clone() };
        // One that fails in the end fails each time.
        while self.node.state.phase == Phase::Undo(at) && !self.is_enough() {
            self.event(&event);
        }
    }

    /// The shortest way to an end of a step that was just begun.
    fn way(&self, id: StepId, end: &StepEnd) -> Option<Rc<[Event]>> {
        let lens = self.space.lens.as_ref()?;
        let alone = Node { notes: Notes::default(), ..self.node.clone() };
        // Each state with the one before it and the event between them.
        let mut nodes: Vec<(Option<(usize, Event)>, Node)> = vec![(None, alone)];
        let mut seen = FxHashSet::default();
        let mut open = VecDeque::from([0]);
        while let Some(place) = open.pop_front() {
            for event in self.space.inside(&nodes[place].1, id) {
                let (next, _) = self.space.after(&nodes[place].1, &event);
                if is_inside(&next.state, id) {
                    if nodes.len() < MOST_INSIDE && seen.insert(next.state.step(id).clone()) {
                        open.push_back(nodes.len());
                        nodes.push((Some((place, event)), next));
                    }
                } else if seen_of(lens, &next, id) == end.seen {
                    let mut events = vec![event];
                    let mut from = place;
                    while let (Some((before, event)), _) = &nodes[from] {
                        events.push(event.clone());
                        from = *before;
                    }
                    events.reverse();
                    return Some(events.into());
                }
            }
        }
        None
    }

    /// Goes on as well as can be until the flaw shows, and to the end of the run where the flaw is what that lacks.
    fn finish(&mut self) {
        for _ in 0..MOST_AFTER {
            if self.is_enough() || self.flaw.property == Property::Ends {
                return;
            }
            let Some(event) = self.space.next_well(&self.node) else { return };
            self.event(&event);
        }
    }
}
