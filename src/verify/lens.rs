//! What is still looked at in a state, and the state without all else: states that nothing can tell apart are one.
//!
//! Of a step that is over a condition may ask its status, exit code and output, as long as it is not decided; a
//! rule of the user's own its status, whether it was begun and whether it was undone, always. Rolling back asks which
//! steps were begun. Nothing else is ever asked: how many attempts there were, the order in which steps were over
//! (only that in which they are undone, where a rule asks for that), which of the tolerated failures it was that
//! degraded the run, which undo failed, what it was that broke a run off (only whether somebody cancelled it).
//!
//! A machine goes on from a reduced state as from the whole one: what is taken away is read by no transition that
//! is still to come. A test holds this against a search that takes nothing away.

use std::collections::BTreeMap;

use crate::expr;
use crate::machine::{Cause, Machine, Phase, Stage, State, Status, StepId, StepState, Undone};

use super::question::Question;

/// What is looked at.
#[derive(Debug)]
pub(super) struct Lens {
    /// For each step whether a rule of the user's own asks for its status, its begin and its undo.
    own: Vec<Own>,
    /// For each step the steps whose `when` asks for its status, exit code and output.
    readers: Vec<Readers>,
    /// For each step whether it matters that it was begun.
    begun: Vec<bool>,
    /// Steps of the plan, as opposed to those of rollbacks and final ones.
    main: usize,
    /// Any step, in the place of those that are not told apart.
    any: Option<StepId>,
}

/// What the user's own rules ask of a step.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Own {
    pub(super) status: bool,
    pub(super) begun: bool,
    pub(super) undone: bool,
}

#[derive(Debug, Clone, Default)]
struct Readers {
    status: Vec<StepId>,
    exit_code: Vec<StepId>,
    output: Vec<StepId>,
}

impl Lens {
    pub(super) fn of(machine: &Machine<'_>, question: &Question) -> Self {
        let steps = machine.step_ids().count();
        let mut readers = vec![Readers::default(); steps];
        let by_id: BTreeMap<&str, StepId> =
            machine.step_ids().map(|id| (machine.step(id).id.as_str(), id)).collect();
        for reader in machine.step_ids() {
            let names = machine.when(reader).map(expr::free_names).unwrap_or_default();
            for name in names {
                // A condition that takes `steps` as a whole reads everything of each.
                let read: Vec<StepId> = match name.path.as_slice() {
                    [root, step, ..] if root == "steps" => {
                        by_id.get(step.as_str()).copied().into_iter().collect()
                    }
                    [root] if root == "steps" => machine.step_ids().collect(),
                    _ => Vec::new(),
                };
                let field = name.path.get(2).map(String::as_str);
                for id in read {
                    let of = &mut readers[id.index()];
                    for (word, list) in [
                        ("status", &mut of.status),
                        ("exit_code", &mut of.exit_code),
                        ("output", &mut of.output),
                    ] {
                        if field.is_none_or(|field| field == word) {
                            list.push(reader);
                        }
                    }
                }
            }
        }
        let main = machine.main_steps().count();
        let mut begun: Vec<bool> = machine.step_ids().map(|id| question.changes(machine, id)).collect();
        for group in 0..machine.plan().rollbacks.len() {
            machine.rollback_after(group).iter().for_each(|id| begun[id.index()] = true);
        }
        let own = question.looked_at(machine);
        Self { own, readers, begun, main, any: machine.step_ids().next() }
    }

    /// True where the order in which what is under way is stopped can be seen.
    pub(super) fn sees_stops(&self) -> bool {
        self.own.iter().any(|own| own.status || own.undone)
    }

    /// True where single undos can be seen.
    pub(super) fn sees_undos(&self) -> bool {
        self.own.iter().any(|own| own.undone)
    }

    /// True where any condition asks for the exit code of a step.
    pub(super) fn sees_exit_code(&self, id: StepId) -> bool {
        !self.readers[id.index()].exit_code.is_empty()
    }

    /// Takes away what nothing can ask for any more.
    pub(super) fn reduce(&self, machine: &Machine<'_>, state: &mut State) {
        let is_behind = matches!(
            state.phase,
            Phase::Undo(_) | Phase::Rollback { .. } | Phase::Finally(_) | Phase::Over(_)
        );
        if is_behind {
            state.fails.fill(0);
        }
        for index in 0..state.steps.len() {
            let seen = self.seen(state, index);
            let own = self.own[index];
            let is_main = index < self.main;
            let at = &mut state.steps[index];
            if is_main && is_behind {
                let is_asked = own != Own::default() || seen.any();
                let kept = if is_asked { kept(at, seen, own, own.begun) } else { StepState::default() };
                *at = kept;
            } else if matches!(at.stage, Stage::Over(_) | Stage::Settling | Stage::Alerting) && !at.stopping {
                *at = kept(at, seen, own, own.begun || self.begun[index]);
            }
        }
        self.reduce_order(machine, state);
        if state.cause.is_some() {
            state.is_degraded = false;
        }
        if is_behind && state.cause.is_some_and(|cause| cause != Cause::Cancelled) {
            state.cause = Some(Cause::Deadline);
        }
    }

    /// Puts what was completed in an order that says nothing, but for steps whose undo is looked at, and drops what
    /// will not be undone, and what has been.
    fn reduce_order(&self, machine: &Machine<'_>, state: &mut State) {
        let any = self.any;
        match state.phase {
            Phase::Undo(at) => {
                state.completed.clear();
                if at == 0 {
                    let own = &self.own;
                    // The reverse of the order below.
                    state.undo.sort_by_key(|id| match own[id.index()].undone {
                        true => 0,
                        false => usize::MAX - id.index(),
                    });
                }
                let done = (at as usize).saturating_sub(1);
                state.undo.drain(..done);
                if at > 0 {
                    state.undo[0] = any.expect("a step is undone");
                    state.phase = Phase::Undo(1);
                }
            }
            Phase::Rollback { .. } | Phase::Finally(_) | Phase::Over(_) => {
                state.completed.clear();
                state.undo.truncate(1);
                state.undo.iter_mut().for_each(|id| *id = any.expect("a step was undone"));
                if !matches!(state.phase, Phase::Rollback { .. }) {
                    state.due.truncate(1);
                    state.due.iter_mut().for_each(|due| *due = 0);
                }
            }
            _ => {
                state.completed.retain(|id| machine.is_undoable(*id));
                let own = &self.own;
                // Stable: where the order of undos is looked at, it stays.
                state.completed.sort_by_key(|id| match own[id.index()].undone {
                    true => usize::MAX,
                    false => id.index(),
                });
            }
        }
    }

    /// What conditions that are still to be decided ask of a step.
    fn seen(&self, state: &State, index: usize) -> Seen {
        let is_live = |reader: &StepId| {
            let is_open = matches!(state.step(*reader).stage, Stage::Waiting | Stage::Deciding);
            is_open && (reader.index() >= self.main || state.cause.is_none())
        };
        let readers = &self.readers[index];
        Seen {
            status: readers.status.iter().any(is_live),
            exit_code: readers.exit_code.iter().any(is_live),
            output: readers.output.iter().any(is_live),
            // A field is there only where the status shows that the step is over.
        }
    }
}

#[derive(Debug, Clone, Copy)]
struct Seen {
    status: bool,
    exit_code: bool,
    output: bool,
}

impl Seen {
    fn any(self) -> bool {
        self.status || self.exit_code || self.output
    }
}

/// What is kept of a step that is over, or as good as over.
fn kept(at: &StepState, seen: Seen, own: Own, keeps_begun: bool) -> StepState {
    let stage = match at.stage {
        // Whether a status is there at all decides whether an exit code can be read.
        stage if own.status || seen.status => stage,
        Stage::Over(Status::Cancelled) | Stage::Waiting | Stage::Deciding | Stage::Ready if seen.any() => {
            Stage::Over(Status::Cancelled)
        }
        Stage::Over(_) => Stage::Over(Status::Ok),
        stage if stage.has_job() || stage.has_timer() => stage,
        _ => Stage::Waiting,
    };
    StepState {
        stage,
        // One that never started holds no place while its alert is raised.
        begun: at.begun && (keeps_begun || at.stage == Stage::Alerting),
        exit_code: at.exit_code.filter(|_| seen.exit_code),
        output: at.output.clone().filter(|_| seen.output),
        undone: if own.undone { at.undone } else { Undone::No },
        ..StepState::default()
    }
}
