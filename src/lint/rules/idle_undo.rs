//! # What
//!
//! An `undo` takes nothing back: it is `true`, only prints, or is the very command that it should undo. Or the actions
//! `start` and `stop` of a component run the same command.
//!
//! # Why
//!
//! The rollback reports that all is as before, and it is not.
//!
//! # Bad
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, command: ./oven.sh on, timeout: 5, undo: echo switch the oven off }
//! ```
//!
//! # Good
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, command: ./oven.sh on, timeout: 5, undo: ./oven.sh off }
//! ```
//!
//! # Exceptions
//!
//! None: where nothing need be taken back, say `read_only: true`, and where nothing can be, `irreversible: REASON`.

use super::super::{Context, Lint};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::graph::Item;
use crate::model::Text;

/// `idle-undo`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "idle-undo",
        code: "R0223",
        level: Level::Warning,
        summary: "an undo that takes nothing back",
        source: include_str!("idle_undo.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    for (_, entity) in context.graph.entities() {
        match entity.item {
            Item::Action(action, _) => {
                judge(context, Some(&action.command), action.undo.as_ref(), found);
            }
            Item::Step(step, _) => judge(context, step.command.as_ref(), step.undo.as_ref(), found),
            Item::Component(component) => {
                let command = |name: &str| component.actions.get(name).map(|action| &action.command);
                if let (Some(start), Some(stop)) = (command("start"), command("stop"))
                    && start.value.trim() == stop.value.trim()
                {
                    let message = format!("`{}` is stopped by what starts it", component.name.value);
                    found(
                        Diagnostic::new(&LINT.info, context.place(stop.at), message)
                            .label("the same command")
                            .related(context.place(start.at), "starts it")
                            .help("write the command that stops it"),
                    );
                }
            }
            _ => {}
        }
    }
}

fn judge(
    context: &Context<'_>,
    command: Option<&Text>,
    undo: Option<&Text>,
    found: &mut dyn FnMut(Diagnostic),
) {
    let Some(undo) = undo else { return };
    if is_idle(&undo.value) {
        found(
            Diagnostic::new(&LINT.info, context.place(undo.at), "this takes nothing back")
                .label("changes nothing")
                .help("write what takes it back; `irreversible: REASON` says that nothing can"),
        );
        return;
    }
    if let Some(command) = command.filter(|command| command.value.trim() == undo.value.trim()) {
        found(
            Diagnostic::new(&LINT.info, context.place(undo.at), "this does again what it should take back")
                .label("the same command")
                .related(context.place(command.at), "is done here")
                .help("write what takes it back"),
        );
    }
}

/// True for a command that only succeeds or prints.
fn is_idle(text: &str) -> bool {
    let is_alone = !text.contains(['|', ';', '&', '>', '<', '`', '\n']) && !text.contains("$(");
    let first = text.split_whitespace().next().unwrap_or_default();
    is_alone && ["true", ":", "echo", "printf"].contains(&first)
}
