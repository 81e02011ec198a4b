//! What can go on next, kept beside the state so that nobody has to look through all steps after each event.
//!
//! Everything here follows from the rest of the state and the plan. So it has no part in comparing and hashing
//! states: two that agree in all else go on alike. Only steps of the plan are in it; those of rollbacks and the
//! final ones run one after another. Together, all calls of a run take little more than linear time in steps,
//! needs and events; only where steps claim several resources at once, and often find one of them free and another
//! not, may each that becomes free be looked at by many.

use std::collections::BTreeSet;
use std::hash::{Hash, Hasher};

use super::state::{Stage, StepId, StepState};
use crate::plan::pools::{Claim, Pools};

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
    /// Steps that wait for a place, and to find enough of what they share.
    ready: BTreeSet<StepId>,
    /// Steps that found too little of a pool left: the pool, how much they want of it, and the step. Of those for
    /// which there is enough, the first in order of the source is always among those that are ready.
    blocked: BTreeSet<(usize, u64, StepId)>,
    /// What is left of each pool.
    left: Vec<u64>,
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
    /// There is a place for it, and enough of what it shares.
    Start(StepId),
}

impl Agenda {
    /// Nothing has run; each step has so many needs.
    pub(super) fn new(needs: impl Iterator<Item = usize>, pools: &Pools<'_>) -> Self {
        let unmet: Vec<u32> =
            needs.map(|needs| u32::try_from(needs).expect("a step has fewer than 2^32 needs")).collect();
        let freed = (0..unmet.len()).filter(|&step| unmet[step] == 0).map(StepId::new).collect();
        let left = pools.all.iter().map(|pool| pool.units).collect();
        Self { open: unmet.len(), unmet, freed, left, ..Self::default() }
    }

    /// Takes in a step of the plan as it stands, once all needs that are met are known.
    pub(super) fn takes(&mut self, id: StepId, at: &StepState, claims: &[Claim]) {
        if at.stage != Stage::Waiting {
            self.freed.remove(&id);
        }
        match at.stage {
            Stage::Deciding => self.is_deciding(id),
            Stage::Ready => self.is_ready(id),
            Stage::Over(_) => self.is_over(),
            _ if at.is_running() => self.started(claims),
            _ => {}
        }
        if at.stopping {
            self.stops();
        }
    }

    /// The first step in order of the source that may go on, where `places` run at most; it is taken off.
    pub(super) fn next(&mut self, places: Option<u32>, pools: &Pools<'_>) -> Option<Turn> {
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
                    let claims = pools.claims(id.index());
                    let Some(lack) = claims.iter().find(|claim| claim.units > self.left[claim.pool]) else {
                        return Some(Turn::Start(id));
                    };
                    self.blocked.insert((lack.pool, lack.units, id));
                    self.wakes(claims);
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
    pub(super) fn started(&mut self, claims: &[Claim]) {
        self.running += 1;
        for claim in claims {
            self.left[claim.pool] -= claim.units;
        }
        self.wakes(claims);
    }

    /// Of each of these pools, the first step that waits for it, and for which there is enough, tries again.
    fn wakes(&mut self, claims: &[Claim]) {
        for pool in claims.iter().map(|claim| claim.pool) {
            // Those that want equally much stand together, the first of them first.
            let (mut wanted, mut found) = (0, None::<(usize, u64, StepId)>);
            while let Some(&waiting) = self.blocked.range((pool, wanted, StepId::FIRST)..).next()
                && waiting.0 == pool
                && waiting.1 <= self.left[pool]
            {
                if found.is_none_or(|found| waiting.2 < found.2) {
                    found = Some(waiting);
                }
                wanted = waiting.1 + 1;
            }
            if let Some(first) = found {
                self.blocked.remove(&first);
                self.ready.insert(first.2);
            }
        }
    }

    /// A running step is being stopped.
    pub(super) fn stops(&mut self) {
        self.stopping += 1;
    }

    /// A step that was being stopped is over.
    pub(super) fn stopped(&mut self) {
        self.stopping -= 1;
    }

    /// A step no longer runs: its place, and what it took of anything, are free.
    pub(super) fn gives_up_its_place(&mut self, claims: &[Claim]) {
        self.running -= 1;
        for claim in claims {
            self.left[claim.pool] += claim.units;
        }
        self.wakes(claims);
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
