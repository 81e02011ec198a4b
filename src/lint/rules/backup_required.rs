//! # What
//!
//! `backup_required` of L3 is true, and a procedure of risk high or critical does not run a procedure tagged `backup`
//! before it changes anything.
//!
//! # Why
//!
//! The rules promise that what a risky procedure breaks can be restored.
//!
//! # Bad
//!
//! ```toml L3-limits.toml
//! [operational_constraints.deployment]
//! backup_required = true
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     risk: high
//!     steps:
//!       - { step: 1, command: ./migrate.sh up, undo: ./migrate.sh down }
//! ```
//!
//! # Good
//!
//! ```toml L3-limits.toml
//! [operational_constraints.deployment]
//! backup_required = true
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     risk: high
//!     steps:
//!       - { step: 1, run: E2 }
//!       - { step: 2, command: ./migrate.sh up, undo: ./migrate.sh down }
//!   - id: E2
//!     tags: [backup]
//!     steps:
//!       - { step: 1, command: ./dump.sh orders.dump, undo: rm -f orders.dump }
//! ```
//!
//! # Exceptions
//!
//! The backup itself, procedures that others roll back to, and procedures that only run as a part of others, which are
//! judged instead. Steps that change nothing may come before the backup.

use petgraph::graph::NodeIndex;
use rustc_hash::FxHashSet;

use super::super::{Context, Lint, policy, ways_back};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::graph::{EdgeKind, Graph};
use crate::model::{At, Procedure, Risk, Spanned, Step, StepKind};

/// `backup-required`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "backup-required",
        code: "R0162",
        level: Level::Error,
        summary: "a risky procedure runs no backup first, as L3 demands",
        source: include_str!("backup_required.rs"),
    },
    check,
};

/// The tag of procedures that make a backup.
const TAG: &str = "backup";

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    let graph = context.graph;
    let Some(demanded_at) = demanded_at(context) else { return };
    let risky = graph.procedures().filter_map(|(index, procedure)| {
        let risk = procedure.risk.filter(|risk| risk.value >= Risk::High)?;
        Some((index, procedure, (procedure, risk)))
    });
    let backups = graph.procedures().filter(|(_, procedure)| is_backup(procedure));
    let backups = policy::with_callers(graph, backups.map(|(index, procedure)| (index, procedure, ())));
    let backups: FxHashSet<NodeIndex> = backups.into_iter().map(|(index, ..)| index).collect();
    for (index, procedure, (of, risk)) in policy::with_callers(graph, risky) {
        let is_rollback = graph.referrers(index).any(|(edge, _)| edge.kind == EdgeKind::RollsBackTo);
        if is_rollback || is_backup(procedure) || policy::callers(graph, index).next().is_some() {
            continue;
        }
        let Some(missing) = judge(graph, &backups, index, procedure) else { continue };
        let (id, word) = (&procedure.id.value, policy::word(risk.value));
        let message = match missing {
            Missing::All if procedure.id.at == of.id.at => {
                format!("`{id}` is of {word} risk, and runs no backup first")
            }
            Missing::All => {
                format!("`{id}` runs `{}`, which is of {word} risk, and no backup first", of.id.value)
            }
            Missing::First(_) => format!("`{id}` is of {word} risk, and changes something before its backup"),
        };
        let at = if procedure.id.at == of.id.at { risk.at } else { procedure.id.at };
        let mut diagnostic = Diagnostic::new(&LINT.info, context.place(at), message);
        if procedure.id.at != of.id.at {
            diagnostic =
                diagnostic.related(context.place(risk.at), format!("`{}` is of {word} risk", of.id.value));
        }
        match missing {
            Missing::First(step) => {
                diagnostic =
                    diagnostic.related(context.place(ways_back::shown_at(step)), "changes something first");
            }
            Missing::All => {
                let called = procedure.steps.first().and_then(|step| match step.kind() {
                    Some(StepKind::Run(reference)) => graph.target(reference.at),
                    _ => None,
                });
                if let Some(called) = called {
                    let label = format!("`{}` runs first, and has no tag `{TAG}`", called.id);
                    diagnostic = diagnostic.related(context.place(called.at), label);
                }
            }
        }
        found(
            diagnostic
                .related(context.place(demanded_at), "a backup is demanded here")
                .help("let its first step `run` a procedure with `tags: [backup]`"),
        );
    }
}

/// Where L3 demands backups.
fn demanded_at(context: &Context<'_>) -> Option<At> {
    policy::constraints(context.rules).find_map(|constraints| {
        let deployment = constraints.operational_constraints.as_ref()?.deployment.as_ref()?;
        deployment.backup_required.filter(|required| required.value).map(|required| required.at)
    })
}

fn is_backup(procedure: &Procedure) -> bool {
    procedure.tags.iter().any(|tag| tag.value == TAG)
}

/// What is wrong with the backup of a procedure.
enum Missing<'a> {
    /// There is none.
    All,
    /// This step comes first.
    First(&'a Spanned<Step>),
}

/// What is wrong with the backup of a procedure, if anything; `backups` are those that make one, by themselves or
/// by what they run.
fn judge<'a>(
    graph: &Graph<'a>,
    backups: &FxHashSet<NodeIndex>,
    index: NodeIndex,
    procedure: &'a Procedure,
) -> Option<Missing<'a>> {
    if procedure.steps.is_empty() {
        return None;
    }
    let backs_up = |step: &Spanned<Step>| match step.kind() {
        // What leads nowhere is a finding of its own.
        Some(StepKind::Run(reference)) => {
            graph.target_index(reference.at).is_none_or(|called| backups.contains(&called))
        }
        _ => false,
    };
    let Some(first) = procedure.steps.iter().position(backs_up) else {
        let changes = procedure.steps.iter().any(|step| changes(graph, step));
        return changes.then_some(Missing::All);
    };
    if graph.order(index).is_graph {
        return None;
    }
    procedure.steps[..first].iter().find(|step| changes(graph, step)).map(Missing::First)
}

/// True where a step changes something: what it does by itself, and whatever another procedure does.
fn changes(graph: &Graph<'_>, step: &Step) -> bool {
    match step.kind() {
        Some(StepKind::Command(_)) => !ways_back::is_read_only(graph, step),
        Some(StepKind::Uses(_)) => {
            ways_back::action(graph, step).is_some() && !ways_back::is_read_only(graph, step)
        }
        Some(StepKind::File(_) | StepKind::Run(_)) => true,
        Some(StepKind::Probe(_) | StepKind::Manual(_)) | None => false,
    }
}
