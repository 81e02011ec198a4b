//! # What
//!
//! An `undo` ends in `|| true`, though there is nothing to forgive: it is `rm -f`, or asks first with `if`, or the same
//! command is said to be `idempotent` elsewhere, so that it goes well where nothing is left to do.
//!
//! # Why
//!
//! An undo that fails is reported, and the others still run. With `|| true` the run counts as rolled back although what it
//! did is still there.
//!
//! # Bad
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, command: ./knead.sh dough, undo: "rm -rf dough || true" }
//! ```
//!
//! # Good
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, command: ./knead.sh dough, undo: rm -rf dough }
//!       - { step: 2, command: ./light.sh, undo: "./quench.sh || true" }
//! ```
//!
//! # Exceptions
//!
//! Every other undo: it may find nothing left to undo, and fail for that.

use std::ops::Range;

use rustc_hash::FxHashMap;

use super::super::command::{CommandKind, Join, List};
use super::super::commands::{CommandText, Role};
use super::super::outcome::{self, Mask};
use super::super::program::program;
use super::super::{Context, Lint, ways_back};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::graph::Item;
use crate::model::At;

/// `undo-hides-failure`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "undo-hides-failure",
        code: "R0252",
        level: Level::Warning,
        summary: "an undo hides that it took nothing back",
        source: include_str!("undo_hides_failure.rs"),
    },
    check,
};

/// Why an undo fails only where it should be heard.
enum Reason {
    /// It is `rm -f`.
    Forced,
    /// It asks first.
    Guarded,
    /// Who runs the same command says here that it may be repeated.
    Idempotent(At),
}

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    let repeatable = repeatable(context);
    for command in context.commands().iter().filter(|command| command.role == Role::Undo) {
        let Some((hidden, mask)) = alternative(command) else { continue };
        let reason = match repeatable.get(command.text[hidden.clone()].trim()) {
            Some(at) => Some(Reason::Idempotent(*at)),
            None => command.script().and_then(by_itself),
        };
        let Some(reason) = reason else { continue };
        let diagnostic =
            Diagnostic::new(&LINT.info, context.part(command.at, mask), "the undo is well even if it fails");
        let diagnostic = match reason {
            Reason::Forced => diagnostic.label("where nothing is left, `rm -f` does not fail"),
            Reason::Guarded => diagnostic.label("where nothing is left, `if` does not fail"),
            Reason::Idempotent(at) => diagnostic
                .label("hides that nothing was taken back")
                .related(context.place(at), "says that the same command may be repeated"),
        };
        found(diagnostic.help("take this away: an undo that fails is reported, and the others still run"));
    }
}

/// An undo's text before `|| true`, and that with what it leads to.
fn alternative(command: &CommandText<'_>) -> Option<(Range<usize>, Range<usize>)> {
    let script = command.script()?;
    match (outcome::mask(script)?, script.items.as_slice()) {
        (Mask::Alternative(mask), [item]) if item.chain.rest.len() == 1 => Some((0..mask.start, mask)),
        _ => None,
    }
}

/// Why the first part of an undo does not fail where nothing is left.
fn by_itself(script: &List) -> Option<Reason> {
    let [item] = script.items.as_slice() else { return None };
    if item.chain.rest.first().is_none_or(|link| link.join != Join::Or) {
        return None;
    }
    let [first] = item.chain.first.commands.as_slice() else { return None };
    match &first.kind {
        CommandKind::Simple(simple) => {
            let program = program(simple).filter(|program| program.name == "rm")?;
            program.has_option('f', &["--force"]).then_some(Reason::Forced)
        }
        CommandKind::If(..) => Some(Reason::Guarded),
        _ => None,
    }
}

/// The commands that may be repeated, and where that is said of them: by the action or step that runs them.
fn repeatable<'a>(context: &Context<'a>) -> FxHashMap<&'a str, At> {
    let mut repeatable = FxHashMap::default();
    for (_, entity) in context.graph.entities() {
        let (command, said) = match entity.item {
            Item::Action(action, _) => (Some(&action.command), action.idempotent),
            Item::Step(step, _) => {
                let of_action = || Some(&ways_back::action(context.graph, step)?.command);
                (step.command.as_ref().or_else(of_action), step.idempotent)
            }
            _ => continue,
        };
        if let (Some(command), Some(said)) = (command, said.filter(|said| said.value)) {
            repeatable.entry(command.value.trim()).or_insert(said.at);
        }
    }
    repeatable
}
