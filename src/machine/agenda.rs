//! What can go on next, kept beside the state so that nobody has to look through all steps after each event.
//!
//! Everything here follows from the rest of the state and the plan. So it has no part in comparing and hashing
//! states: two that agree in all else go on alike. Only steps of the plan are in it; those of rollbacks and the
//! final ones run one after another. Together, all calls of a run take little more than linear time in steps,
//! needs and events.

use std::collections::BTreeSet;
use std::hash::{Hash, Hasher};

use super::state::{Stage, StepId, StepState};

/// What the steps of the plan wait for.
#[derive(Debug, Clone, Default)]
pub(super) struct Agenda {
    /// For each step, how many of its needs are not met.
    unmet: Vec<u32>,
    /// Steps whose needs are met, and whose `when` was not asked for yet.
    freed: BTreeSet<StepId>,
    /// Steps whose `when` is being decided. What comes after one of them in the source waits, so that it does
    /// not take its place.
    deciding: BTreeSet<StepId>,
    /// Steps that wait for a place, and to find their mutex free.
    ready: BTreeSet<StepId>,
    /// Steps that found their mutex held, with its number. While a mutex is free, the first step that wants
    /// it is among those that are ready.
    blocked: BTreeSet<(u32, StepId)>,
    /// The mutexes that running steps hold.
    held: BTreeSet<u32>,
    /// How many steps run.
    running: u32,
    /// How many are not over.
    open: usize,
    /// How many are being stopped.
    stopping: usize,
}

/// What a step may do now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    /// All that it needs is done: its `when` comes.
    Enter(StepId),
    /// There is a place for it, and its mutex is free.
    Start(StepId),
}

impl Agenda {
    /// Nothing has run; each step has so many needs.
    pub(super) fn new(needs: impl Iterator<Item = usize>) -> Self {
        let unmet: Vec<u32> =
            needs.map(|needs| u32::try_from(needs).expect("a step has fewer than 2^32 needs")).collect();
        let freed = (0..unmet.len()).filter(|&step| unmet[step] == 0).map(StepId::new).collect();
        Self { open: unmet.len(), unmet, freed, ..Self::default() }
    }

    /// Takes in a step of the plan as it stands, once all needs that are met are known.
    pub(super) fn takes(&mut self, id: StepId, at: &StepState, mutex: Option<u32>) {
        if at.stage != Stage::Waiting {
            self.freed.remove(&id);
        }
        match at.stage {
            Stage::Deciding => self.is_deciding(id),
            Stage::Ready => self.is_ready(id),
            Stage::Over(_) => self.is_over(),
            _ if at.is_running() => self.started(mutex),
            _ => {}
        }
        if at.stopping {
            self.stops();
        }
    }

    /// The first step in order of the source that may go on, where `places` run at most; it is taken off.
    pub(super) fn next(
        &mut self,
        places: Option<u32>,
        mutex_of: impl Fn(StepId) -> Option<u32>,
    ) -> Option<Turn> {
        let undecided = self.deciding.first().copied();
        let is_first = |id: &StepId| undecided.is_none_or(|undecided| *id < undecided);
        loop {
            let freed = self.freed.first().copied().filter(is_first);
            let has_place = places.is_none_or(|places| self.running < places);
            let ready = self.ready.first().copied().filter(|id| has_place && is_first(id));
            match (freed, ready) {
                (Some(id), ready) if ready.is_none_or(|ready| id < ready) => {
                    self.freed.pop_first();
                    return Some(Turn::Enter(id));
                }
                (_, Some(id)) => {
                    self.ready.pop_first();
                    match mutex_of(id).filter(|mutex| self.held.contains(mutex)) {
                        Some(mutex) => self.blocked.insert((mutex, id)),
                        None => return Some(Turn::Start(id)),
                    };
                }
                (_, None) => return None,
            }
        }
    }

    /// The `when` of a step is being decided.
    pub(super) fn is_deciding(&mut self, id: StepId) {
        self.deciding.insert(id);
    }

    /// The `when` of a step was decided; where it was none of the plan's, nothing changes.
    pub(super) fn is_decided(&mut self, id: StepId) {
        self.deciding.remove(&id);
    }

    /// A step waits for its place.
    pub(super) fn is_ready(&mut self, id: StepId) {
        self.ready.insert(id);
    }

    /// A step runs from now on.
    pub(super) fn started(&mut self, mutex: Option<u32>) {
        self.running += 1;
        self.held.extend(mutex);
    }

    /// A running step is being stopped.
    pub(super) fn stops(&mut self) {
        self.stopping += 1;
    }

    /// A step that was being stopped is over.
    pub(super) fn stopped(&mut self) {
        self.stopping -= 1;
    }

    /// A step no longer runs: its place and its mutex are free.
    pub(super) fn gives_up_its_place(&mut self, mutex: Option<u32>) {
        self.running -= 1;
        let Some(mutex) = mutex else { return };
        self.held.remove(&mutex);
        let waiting = self.blocked.range((mutex, StepId::FIRST)..).next().copied();
        if let Some(first) = waiting.filter(|(wanted, _)| *wanted == mutex) {
            self.blocked.remove(&first);
            self.ready.insert(first.1);
        }
    }

    /// A step is over.
    pub(super) fn is_over(&mut self) {
        self.open -= 1;
    }

    /// One need of each of these steps is met.
    pub(super) fn meets_a_need_of(&mut self, steps: &[StepId]) {
        for &id in steps {
            let unmet = &mut self.unmet[id.index()];
            *unmet -= 1;
            if *unmet == 0 {
                self.freed.insert(id);
            }
        }
    }

    /// Nothing starts any more.
    pub(super) fn close(&mut self) {
        self.freed.clear();
        self.deciding.clear();
        self.ready.clear();
        self.blocked.clear();
    }

    /// True where all steps are over.
    pub(super) fn is_done(&self) -> bool {
        self.open == 0
    }

    /// True where a step is being stopped.
    pub(super) fn is_stopping(&self) -> bool {
        self.stopping > 0
    }
}

impl PartialEq for Agenda {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Agenda {}

impl Hash for Agenda {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}
