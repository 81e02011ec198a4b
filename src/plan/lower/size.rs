//! What a call comes to, counted without making it: small files can stand for any number of steps.

use petgraph::graph::NodeIndex;
use rustc_hash::FxHashMap;

use crate::graph::{Graph, Item};
use crate::model::StepKind;

/// How deep calls are followed.
const DEEPEST: usize = 1_000;

/// What a procedure comes to with everything that it calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Size {
    /// So many steps, with calls nested so deep; a procedure that calls none has the depth 1.
    Finite {
        /// All steps, those of rollbacks among them.
        steps: usize,
        /// How deep calls nest.
        depth: usize,
    },
    /// It comes to call itself.
    Circle,
}

impl Size {
    /// That of so many calls.
    pub(super) fn times(self, times: usize) -> Self {
        match self {
            // Each round of a repeated call has a beginning and a question.
            Size::Finite { steps, depth } if times > 1 => {
                Size::Finite { steps: steps.saturating_add(2).saturating_mul(times), depth }
            }
            size => size,
        }
    }
}

/// The sizes of procedures, each counted once.
#[derive(Debug, Default)]
pub(super) struct Sizes {
    known: FxHashMap<NodeIndex, Size>,
}

impl Sizes {
    /// What a call of a procedure comes to, its rollback included.
    pub(super) fn of(&mut self, graph: &Graph<'_>, procedure: NodeIndex) -> Size {
        self.call(graph, procedure, 0)
    }

    fn call(&mut self, graph: &Graph<'_>, target: NodeIndex, above: usize) -> Size {
        let rollback = match graph.entity(target).item {
            Item::Procedure(called) => called.rollback_procedure.as_ref(),
            _ => None,
        };
        let rollback = rollback.and_then(|rollback| graph.target_index(rollback.at));
        let (mut steps, mut depth) = (0_usize, 0);
        for called in [Some(target), rollback].into_iter().flatten() {
            match self.count(graph, called, above) {
                Size::Finite { steps: more, depth: deep } => {
                    steps = steps.saturating_add(more);
                    depth = depth.max(deep);
                }
                Size::Circle => return Size::Circle,
            }
        }
        Size::Finite { steps, depth }
    }

    fn count(&mut self, graph: &Graph<'_>, index: NodeIndex, above: usize) -> Size {
        if let Some(size) = self.known.get(&index) {
            return *size;
        }
        let Item::Procedure(procedure) = graph.entity(index).item else {
            return Size::Finite { steps: 1, depth: 1 };
        };
        if above >= DEEPEST {
            return Size::Finite { steps: 0, depth: DEEPEST };
        }
        self.known.insert(index, Size::Circle);
        let (mut steps, mut depth) = (procedure.steps.len() + procedure.finally.len(), 0);
        for step in procedure.steps.iter().chain(procedure.finally.iter()) {
            let rounds = step.repeat.as_ref().map_or(1, |repeat| repeat.rounds() as usize);
            let Some(StepKind::Run(reference)) = step.kind() else {
                // Each round but the last is a step and a question, and the step itself comes behind them.
                steps = steps.saturating_add(2 * (rounds - 1));
                continue;
            };
            let Some(target) = graph.target_index(reference.at) else { continue };
            match self.call(graph, target, above + 1).times(rounds) {
                Size::Finite { steps: more, depth: deep } => {
                    steps = steps.saturating_add(more);
                    depth = depth.max(deep);
                }
                Size::Circle => return Size::Circle,
            }
        }
        let size = Size::Finite { steps, depth: depth + 1 };
        self.known.insert(index, size);
        size
    }
}
