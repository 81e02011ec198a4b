//! # What
//!
//! A command still has a word that was to be replaced: `changeme`, `your-org`, `example.com`, `<host>`, `TODO`.
//!
//! # Why
//!
//! It was copied from a page that explains something, and nobody filled it in. It fails on the day that it is needed.
//!
//! # Bad
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, command: "git clone https://github.com/your-org/oven", undo: rm -rf oven }
//!       - { step: 2, command: ssh <host> ./heat.sh, undo: ./cool.sh }
//! ```
//!
//! # Good
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, command: "git clone https://github.com/baker-street/oven", undo: rm -rf oven }
//!       - { step: 2, command: grep -r TODO src, read_only: true }
//! ```
//!
//! # Exceptions
//!
//! What is looked for or printed: the arguments of `grep`, `sed`, `awk`, `echo` and `printf`; and files that are called
//! `TODO` or `example.com`.

use std::ops::Range;

use super::super::command::{Fault, Word};
use super::super::placeholders;
use super::super::program::program;
use super::super::{Context, Lint};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};

/// `placeholder-value`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "placeholder-value",
        code: "R0133",
        level: Level::Warning,
        summary: "a word in a command was never filled in",
        source: include_str!("placeholder_value.rs"),
    },
    check,
};

/// Programs that look for text, or print it.
const OF_TEXT: &[&str] = &[
    "echo", "printf", "logger", "grep", "egrep", "fgrep", "rg", "ag", "sed", "awk", "perl", "jq", "test",
    "[", "case",
];

/// Programs that are given files, of which one may be called `TODO`.
const OF_FILES: &[&str] = &[
    "cat", "cp", "diff", "git", "head", "ls", "mv", "rm", "rsync", "sort", "tail", "tar", "touch", "wc",
    "chmod",
];

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    for command in context.commands() {
        let mut report = |at: Range<usize>| {
            let message = format!("`{}` was never filled in", command.text[at.clone()].trim());
            found(
                Diagnostic::new(&LINT.info, context.part(command.at, at), message)
                    .label("stands for something else")
                    .help("put the real value here, or an input of the procedure as a variable"),
            );
        };
        match &command.parsed {
            Err(Fault::Broken(broken)) => {
                placeholders::of_broken(command.text, broken).into_iter().for_each(report)
            }
            Err(_) => {}
            Ok(_) if !placeholders::may_stand_in(command.text) => {}
            Ok(script) => script.each_simple(&mut |simple| {
                let name = program(simple).map(|program| program.name);
                let words: &[Word] = match name {
                    Some(name) if OF_TEXT.contains(&name) => &[],
                    Some("git") if is_about_text(&simple.words) => &[],
                    _ => &simple.words,
                };
                for word in simple.assignments.iter().chain(words) {
                    let spelt = &command.text[word.at.clone()];
                    let of_files = name.is_some_and(|name| OF_FILES.contains(&name));
                    if let Some(at) = placeholders::find(spelt)
                        && !(of_files && placeholders::is_reminder(&spelt[at.clone()]))
                    {
                        report(word.at.start + at.start..word.at.start + at.end);
                    }
                }
            }),
        }
    }
}

/// True for `git grep`, `git config` and `git commit`.
fn is_about_text(words: &[Word]) -> bool {
    words
        .iter()
        .filter_map(Word::text)
        .any(|word| ["grep", "config", "commit", "log", "tag", "notes"].contains(&word))
}
