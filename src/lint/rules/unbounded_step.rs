//! # What
//!
//! A step runs a command without a `timeout`, and something depends on how long it takes: an estimate, a maintenance
//! window, a limit of L3, or the time that a rollback may take.
//!
//! # Why
//!
//! Without a bound on the step there is none on the whole: nobody can say whether the limit is kept, and a command that
//! hangs is never ended.
//!
//! # Bad
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     estimated_duration: 1m
//!     steps:
//!       - { step: 1, command: ./pack.sh, undo: rm -f pack }
//! ```
//!
//! # Good
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     estimated_duration: 1m
//!     steps:
//!       - { step: 1, command: ./pack.sh, timeout: 40s, undo: rm -f pack }
//! ```
//!
//! # Exceptions
//!
//! What a person does by hand, and files that the runner writes.

use std::collections::BTreeMap;

use petgraph::graph::NodeIndex;

use super::super::{Context, Lint, limits, ways_back};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::graph::{EdgeKind, Item};
use crate::model::{At, Step, StepKind};

/// `unbounded-step`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "unbounded-step",
        code: "R0062",
        level: Level::Warning,
        summary: "a step without a timeout, where a limit depends on it",
        source: include_str!("unbounded_step.rs"),
    },
    check,
};

/// A limit: where it is written, and what it is called.
type Limit = (At, &'static str);

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    let limited = limited(context);
    for (index, procedure) in context.graph.procedures() {
        let Some((at, what)) = limited.get(&index) else { continue };
        for step in procedure.steps.iter().filter(|step| is_unbounded(context, step)) {
            let name = step.key().map_or_else(String::new, |key| format!(" `{}`", key.value));
            let message = format!("step{name} has no timeout, and {what} depends on it");
            found(
                Diagnostic::new(&LINT.info, context.place(ways_back::shown_at(step)), message)
                    .label("may take for ever")
                    .related(context.place(*at), "the limit is stated here")
                    .help("give it a `timeout`"),
            );
        }
    }
}

/// The procedures that a limit holds for, by what they are, by who runs them, or by what they take back.
fn limited(context: &Context<'_>) -> BTreeMap<NodeIndex, Limit> {
    let graph = context.graph;
    let of_all = limits::execution_time(context.rules).map(|limit| (limit.at, "`max_execution_time`"));
    let of_all =
        of_all.or_else(|| limits::step_time(context.rules).map(|limit| (limit.at, "`max_step_time`")));
    let of_rollbacks: Option<Limit> =
        limits::rollback_times(graph).first().map(|limit| (limit.spelt.at, "`rollback_time`"));
    let mut limited: BTreeMap<NodeIndex, Limit> = BTreeMap::new();
    for (index, entity) in graph.entities() {
        let (own, of_rollback): (Option<Limit>, Option<Limit>) = match entity.item {
            Item::Procedure(procedure) => {
                let estimate = procedure.estimated_duration;
                let window = procedure.window.map(|window| (window.at, "the maintenance window"));
                let estimate = estimate.map(|estimate| (estimate.at, "the estimate"));
                (estimate.or(window).or(of_all), of_rollbacks)
            }
            Item::Decision(decision) => {
                let timeout = decision.rollback.as_ref().and_then(|rollback| rollback.timeout);
                (None, timeout.map(|timeout| (timeout.at, "the time of a rollback")).or(of_rollbacks))
            }
            _ => continue,
        };
        if let Some(limit) = own {
            limited.entry(index).or_insert(limit);
        }
        let rollbacks = graph.references(index).filter(|(edge, _)| edge.kind == EdgeKind::RollsBackTo);
        if let Some(limit) = of_rollback {
            for (_, rollback) in rollbacks {
                limited.entry(rollback).or_insert(limit);
            }
        }
    }
    let mut open: Vec<NodeIndex> = limited.keys().copied().collect();
    while let Some(index) = open.pop() {
        let (Item::Procedure(procedure), limit) = (graph.entity(index).item, limited[&index]) else {
            continue;
        };
        for step in &procedure.steps {
            if let Some(StepKind::Run(reference)) = step.kind()
                && let Some(called) = graph.target_index(reference.at)
                && !limited.contains_key(&called)
            {
                limited.insert(called, limit);
                open.push(called);
            }
        }
    }
    limited
}

fn is_unbounded(context: &Context<'_>, step: &Step) -> bool {
    step.timeout.is_none()
        && match step.kind() {
            Some(StepKind::Command(_) | StepKind::Probe(_)) => true,
            Some(StepKind::Uses(_)) => {
                ways_back::action(context.graph, step).is_some_and(|action| action.timeout.is_none())
            }
            _ => false,
        }
}
