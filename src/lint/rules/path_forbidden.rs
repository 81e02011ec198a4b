//! # What
//!
//! A command writes to, or deletes, a path that `forbidden_paths` of L3 lists: where its output goes, and what `rm`,
//! `mv`, `cp`, `mkdir`, `touch`, `tee`, `ln`, `truncate` and their like are given.
//!
//! # Why
//!
//! Files that a step writes with `file` are held against the list when the plan is made, and again when it runs. What a
//! command writes, nothing holds back.
//!
//! # Bad
//!
//! ```toml L3-limits.toml
//! [executor]
//! forbidden_paths = ["/etc/**", "**/.env"]
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, command: echo '127.0.0.1 orders' >> /etc/hosts, undo: ./forget-host.sh }
//! ```
//!
//! # Good
//!
//! ```toml L3-limits.toml
//! [executor]
//! forbidden_paths = ["/etc/**", "**/.env"]
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, command: cp /etc/hosts hosts.copy, undo: rm -f hosts.copy }
//! ```
//!
//! # Exceptions
//!
//! Paths that are known only when the command runs, and paths from a folder that the command itself changes to. For
//! what `file` and `writes` name, see `path-not-allowed`.

use std::ops::Range;

use super::super::command::{CommandKind, Word};
use super::super::commands::CommandText;
use super::super::program::program;
use super::super::{Context, Lint, policy};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::model::Text;
use crate::plan::paths::written;
use crate::scalar::Glob;

/// `path-forbidden`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "path-forbidden",
        code: "R0156",
        level: Level::Error,
        summary: "a command writes to a path that L3 forbids",
        source: include_str!("path_forbidden.rs"),
    },
    check,
};

/// Devices that take whatever is written.
const SINKS: [&str; 4] = ["/dev/null", "/dev/stdout", "/dev/stderr", "/dev/tty"];

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    let listed = policy::executors(context.rules).flat_map(|executor| executor.forbidden_paths.iter());
    let forbidden: Vec<(&Text, Glob)> =
        listed.filter_map(|text| Some((text, Glob::parse(&text.value).ok()?))).collect();
    if forbidden.is_empty() {
        return;
    }
    for command in context.commands() {
        for (at, path) in targets(command) {
            let Some((text, _)) = forbidden.iter().find(|(_, glob)| glob.matches(&path)) else { continue };
            let message = format!("this writes to `{path}`, which `{}` forbids", text.value);
            found(
                Diagnostic::new(&LINT.info, context.part(command.at, at), message)
                    .related(context.place(text.at), "no procedure may write there")
                    .help("write to another path, or change what L3 forbids"),
            );
        }
    }
}

/// The paths that a command writes to, as far as they are known, with their places in its text.
fn targets(command: &CommandText<'_>) -> Vec<(Range<usize>, String)> {
    let Some(script) = command.script() else { return Vec::new() };
    let mut words: Vec<&Word> = Vec::new();
    let mut stays = true;
    script.each(&mut |command, _| {
        let outputs = command.redirects.iter().filter(|redirect| {
            redirect.operator.starts_with('>') && !redirect.operator.ends_with('&')
                || redirect.operator == "<>"
        });
        words.extend(outputs.map(|redirect| &redirect.target));
        let CommandKind::Simple(simple) = &command.kind else { return };
        let Some(program) = program(simple) else { return };
        match program.name {
            "cd" | "pushd" | "chroot" => stays = false,
            "rm" | "rmdir" | "unlink" | "tee" => words.extend(program.operands(&[])),
            "mkdir" => words.extend(program.operands(&["-m"])),
            "touch" => words.extend(program.operands(&["-t", "-r", "-d"])),
            "shred" => words.extend(program.operands(&["-n", "-s"])),
            "truncate" => words.extend(program.operands(&["-s", "-r"])),
            "mv" if !program.has_option('t', &["--target-directory"]) => {
                words.extend(program.operands(&["-S"]));
            }
            "cp" | "ln" if !program.has_option('t', &["--target-directory"]) => {
                words.extend(program.operands(&["-S"]).last());
            }
            _ => {}
        }
    });
    // Where the commands of an action run is up to the step that uses it.
    let dir = command.step.map(|step| step.working_dir.as_ref().map(|dir| dir.value.as_str()));
    let known = words.into_iter().filter_map(|word| {
        let text = word.text().filter(|text| !text.contains(['*', '?', '[', '~']) && !text.contains(".."))?;
        let is_rooted = text.starts_with('/');
        let path = match dir {
            _ if is_rooted => written(None, text),
            Some(dir) if stays => written(dir, text),
            _ => return None,
        };
        (!path.is_empty() && !SINKS.contains(&path.as_str())).then(|| (word.at.clone(), path))
    });
    known.collect()
}
