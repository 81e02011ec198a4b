//! # What
//!
//! A check exits with 0 whatever happens: it ends in `|| true`, in `; true`, or runs only what can't fail. Or it looks for
//! a process with `pgrep -f PATTERN`, and the shell that runs it has the pattern in its own command line.
//!
//! # Why
//!
//! It looks as if something was checked. Nothing was.
//!
//! # Bad
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, command: ./up.sh, undo: ./down.sh, verify: "test -s up.pid || true" }
//!       - { step: 2, command: ./sell.sh, undo: ./stop.sh, verify: "pgrep -f shop/main.py >/dev/null" }
//! ```
//!
//! # Good
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, command: ./up.sh, undo: ./down.sh, verify: "test -s up.pid" }
//!       - { step: 2, command: ./sell.sh, undo: ./stop.sh, verify: "pgrep -f '[s]hop/main.py' >/dev/null" }
//! ```
//!
//! # Exceptions
//!
//! Only what certainly can't fail is reported; a check that tests too little may still be one that can.

use std::ops::Range;

use super::super::command::List;
use super::super::outcome::{self, Mask};
use super::super::program::program;
use super::super::{Context, Lint, own_shell};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};

/// `verify-cannot-fail`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "verify-cannot-fail",
        code: "R0073",
        level: Level::Warning,
        summary: "a check holds whatever is the case",
        source: include_str!("verify_cannot_fail.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    for command in context.commands().iter().filter(|command| command.role.is_check()) {
        let Some(script) = command.script().filter(|script| !script.items.is_empty()) else {
            continue;
        };
        if outcome::of_script(script).failure {
            if let Some((at, pattern)) = finds_itself(command.text, script) {
                let help = format!("write `{}`, which does not match itself", own_shell::spared(pattern));
                found(
                    Diagnostic::new(
                        &LINT.info,
                        context.part(command.at, at),
                        format!("the {} finds the shell that runs it", command.role.noun()),
                    )
                    .label("the command's own text matches this")
                    .help(help),
                );
            }
            continue;
        }
        let mask = outcome::mask(script);
        let range = mask.as_ref().map_or(0..command.text.len(), Mask::range);
        let message = format!("the {} can't fail", command.role.noun());
        found(
            Diagnostic::new(&LINT.info, context.part(command.at, range), message)
                .label("exits with 0 whatever happened")
                .help(match mask {
                    Some(Mask::Alternative(_) | Mask::Last(_)) => "take this away",
                    Some(Mask::Pipe(_)) | None => "end with something that fails when it should",
                }),
        );
    }
}

/// The pattern of a `pgrep -f` that a script ends with, where the shell's own line matches it.
fn finds_itself<'s>(text: &str, script: &'s List) -> Option<(Range<usize>, &'s str)> {
    let [item] = script.items.as_slice() else { return None };
    let pipeline = &item.chain.first;
    let [command] = pipeline.commands.as_slice() else { return None };
    let is_alone = item.chain.rest.is_empty() && item.background.is_none() && !pipeline.negated;
    let program = command.as_simple().and_then(program).filter(|it| is_alone && it.name == "pgrep")?;
    // Anything that narrows the search may leave the shell out.
    let plain = [
        "-f",
        "--full",
        "-a",
        "-l",
        "-fa",
        "-fl",
        "-af",
        "-lf",
        "-c",
        "-fc",
        "-cf",
        "--count",
        "--list-full",
    ];
    let options = program.arguments.iter().filter(|word| word.lead.starts_with('-'));
    let is_plain = options.clone().all(|word| word.text().is_some_and(|text| plain.contains(&text)));
    let is_full = options.clone().any(|word| word.lead != "--list-full" && word.lead.contains('f'));
    let mut operands = program.operands(&[]);
    let (operand, None) = (operands.next()?, operands.next()) else { return None };
    let pattern = operand.text()?;
    (is_plain && is_full && own_shell::matches(pattern, text)).then(|| (operand.at.clone(), pattern))
}
