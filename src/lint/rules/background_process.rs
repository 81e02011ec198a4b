//! # What
//!
//! A command leaves something running in the background with `&` or `nohup`, and does not `wait` for it.
//!
//! # Why
//!
//! A step is over when its command is, and then the runner ends what is left of its processes. A service that is started
//! like this is gone before the next step, and nobody learns whether it ever came up.
//!
//! # Bad
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, command: "nohup ./oven >oven.log 2>&1 &", undo: ./stop.sh }
//! ```
//!
//! # Good
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, command: systemctl start oven, undo: systemctl stop oven }
//!       - { step: 2, command: "./left.sh & ./right.sh & wait", undo: ./stop.sh }
//! ```
//!
//! # Exceptions
//!
//! Commands that `wait`, and those that end what they started with `kill`.

use super::super::command::{List, Word};
use super::super::{Context, Lint};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};

/// `background-process`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "background-process",
        code: "R0129",
        level: Level::Warning,
        summary: "a command leaves something running behind it",
        source: include_str!("background_process.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    for command in context.commands() {
        let Some(script) = command.script().filter(|script| !looks_after(script)) else { continue };
        let mut places = Vec::new();
        script.each_list(&mut |list| {
            places.extend(list.items.iter().filter_map(|item| item.background).map(|at| at..at + 1));
        });
        // Behind an `&` it says the same once more.
        if places.is_empty() {
            script.each_simple(&mut |simple| {
                let first = simple.words.first();
                places.extend(first.filter(|word| word.text() == Some("nohup")).map(|word| word.at.clone()));
            });
        }
        for at in places {
            found(
                Diagnostic::new(
                    &LINT.info,
                    context.part(command.at, at),
                    "what is left running here is stopped when the command is over",
                )
                .label("nobody waits for it")
                .help("let a service manager start it, such as `systemctl start`, or `wait` for it"),
            );
        }
    }
}

/// True where a script waits for what it starts, or ends it.
fn looks_after(script: &List) -> bool {
    let mut looks = false;
    script.each_simple(&mut |simple| {
        let name = simple.words.first().and_then(Word::text);
        looks |= matches!(name, Some("wait" | "kill" | "trap" | "fg"));
    });
    looks
}
