//! # What
//!
//! What `curl` or `wget` fetches goes straight to a shell or another interpreter: `curl URL | sh`,
//! `sh -c "$(curl URL)"`, `eval "$(wget -O- URL)"`.
//!
//! # Why
//!
//! Nobody has seen what will run, it may be another thing tomorrow, and where the connection breaks in the middle, the
//! first half has run already. The exit code is that of the half.
//!
//! # Bad
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, command: "curl -fsS https://get.oven.dev | sh", undo: ./remove.sh }
//! ```
//!
//! # Good
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - step: 1
//!         command: |
//!           curl -fsS -o install.sh https://get.oven.dev &&
//!             echo '9f86d081884c7d65  install.sh' | sha256sum --check &&
//!             sh install.sh
//!         undo: ./remove.sh
//! ```
//!
//! # Exceptions
//!
//! Interpreters that run a program of their own and take what is fetched as its input: `curl URL | python3 -m json.tool`.

use std::ops::Range;

use super::super::command::{Command, List, Piece};
use super::super::program::{Program, program};
use super::super::{Context, Lint};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};

/// `pipe-to-shell`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "pipe-to-shell",
        code: "R0127",
        level: Level::Warning,
        summary: "what is fetched runs at once",
        source: include_str!("pipe_to_shell.rs"),
    },
    check,
};

const SHELLS: &[&str] = &["sh", "bash", "dash", "zsh", "ksh", "ash"];
const INTERPRETERS: &[&str] = &["python", "python2", "python3", "perl", "ruby", "node", "php"];

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    for command in context.commands() {
        let Some(script) = command.script() else { continue };
        let mut report = |at: Range<usize>| {
            found(
                Diagnostic::new(&LINT.info, context.part(command.at, at), "what is fetched runs at once")
                    .label("runs what nobody has seen")
                    .help("fetch it to a file, compare its checksum, then run the file"),
            );
        };
        script.each_list(&mut |list| {
            for pipeline in list.items.iter().flat_map(|item| item.chain.pipelines()) {
                let fetches = pipeline.commands.iter().position(fetches);
                let after = fetches.map_or(&[][..], |position| &pipeline.commands[position + 1..]);
                if let Some(command) = after.iter().find(|command| runs_input(command)) {
                    report(command.at.clone());
                }
            }
        });
        script.each_simple(&mut |simple| {
            let Some(program) = program(simple).filter(runs_argument) else { return };
            for piece in program.arguments.iter().flat_map(|word| &word.pieces) {
                if let Piece::Output { at, script } = piece
                    && prints_fetched(script)
                {
                    report(at.clone());
                }
            }
        });
    }
}

fn fetches(command: &Command) -> bool {
    let program = command.as_simple().and_then(program);
    program.is_some_and(|program| ["curl", "wget"].contains(&program.name))
}

/// True where the first thing that a script does is to fetch, and that is what it prints.
fn prints_fetched(script: &List) -> bool {
    script.items.iter().any(|item| item.chain.pipelines().any(|pipeline| fetches(&pipeline.commands[0])))
}

/// True for what runs the program that it is given to read.
fn runs_input(command: &Command) -> bool {
    let is_replaced = command.redirects.iter().any(|redirect| redirect.is_input());
    let Some(program) = command.as_simple().and_then(program).filter(|_| !is_replaced) else { return false };
    let mut arguments = program.arguments.iter().map(|word| word.text());
    if SHELLS.contains(&program.name) {
        let reads =
            |text: &str| text == "-" || text == "/dev/stdin" || (text.starts_with('-') && text.contains('s'));
        let takes_command = program.has_option('c', &[]);
        let first = arguments.find(|text| text.is_none_or(|text| !text.starts_with('-') || reads(text)));
        return !takes_command && first.is_none_or(|text| text.is_some_and(reads));
    }
    INTERPRETERS.contains(&program.name) && arguments.next().is_none_or(|first| first == Some("-"))
}

/// True for what runs its argument.
fn runs_argument(program: &Program<'_>) -> bool {
    program.name == "eval" || (SHELLS.contains(&program.name) && program.has_option('c', &[]))
}
