//! # What
//!
//! A procedure makes files under names that differ from run to run, and what looks whether they are there takes any:
//! `ls trays/*.tar.gz` behind `tar -czf trays/all_$(date +%s).tar.gz`.
//!
//! # Why
//!
//! A file of an earlier run satisfies it. From the second run on it holds whether anything was made or not.
//!
//! # Bad
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, command: tar -czf trays/all_$(date +%s).tar.gz flour, undo: ./clean.sh }
//!       - { step: 2, command: ls -l trays/*.tar.gz, read_only: true }
//! ```
//!
//! # Good
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     inputs: [{ name: tray, required: true }]
//!     steps:
//!       - { step: 1, command: 'tar -czf "trays/$tray.tar.gz" flour', undo: ./clean.sh }
//!       - { step: 2, command: 'tar -tzf "trays/$tray.tar.gz"', read_only: true }
//! ```
//!
//! # Exceptions
//!
//! Where a step before it deletes something, the old files may be gone. What does more than look is left alone, and so is
//! a pattern that other files than the new ones would not surely match.

use rustc_hash::FxHashMap;

use super::super::command::{Command, Word};
use super::super::commands::{CommandText, Role};
use super::super::products::{Atom, files, name, split};
use super::super::program::program;
use super::super::{Context, Lint};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::model::{At, ConditionKind, Procedure};

/// `verify-matches-old-files`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "verify-matches-old-files",
        code: "R0149",
        level: Level::Warning,
        summary: "a check for new files is satisfied by old ones",
        source: include_str!("verify_matches_old_files.rs"),
    },
    check,
};

/// How many files of one procedure are kept in mind.
const MOST: usize = 100;

/// Programs that look at files and are content with any number of them.
const LOOKS: &[&str] = &["ls", "stat", "du", "wc", "test", "[", "file"];
/// Programs after which old files may be gone.
const REMOVES: &[&str] = &["rm", "rmdir", "unlink", "find", "mv", "tmpreaper", "logrotate"];

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    let by_place: FxHashMap<At, &CommandText<'_>> =
        context.commands().iter().map(|command| (command.at, command)).collect();
    let mut of_steps: FxHashMap<At, Vec<&CommandText<'_>>> = FxHashMap::default();
    for command in context.commands() {
        if let Some(step) = command.step {
            of_steps.entry(step.at).or_default().push(command);
        }
    }
    for (_, procedure) in context.graph.procedures() {
        judge(context, procedure, &of_steps, &by_place, found);
    }
}

/// A file that was made: the command, the word that names it, its name.
type Made<'c> = (&'c CommandText<'c>, &'c Word, Vec<Atom<'c>>);

fn judge(
    context: &Context<'_>,
    procedure: &Procedure,
    of_steps: &FxHashMap<At, Vec<&CommandText<'_>>>,
    by_place: &FxHashMap<At, &CommandText<'_>>,
    found: &mut dyn FnMut(Diagnostic),
) {
    let mut made: Vec<Made<'_>> = Vec::new();
    let mut look = |command: &CommandText<'_>, made: &[Made<'_>]| {
        let Some(words) = looks_only(command) else { return };
        for word in words {
            let Some(pattern) = name(command.text, word) else { continue };
            let Some((maker, file, _)) = made.iter().find(|(.., made)| takes(&pattern, made)) else {
                continue;
            };
            found(
                Diagnostic::new(
                    &LINT.info,
                    context.part(command.at, word.at.clone()),
                    "a file of an earlier run satisfies this as well",
                )
                .label("takes any")
                .related(context.part(maker.at, file.at.clone()), "the name of what this makes changes")
                .help("make the name once, as an input of the procedure, and look for just that file"),
            );
            break;
        }
    };
    for step in &procedure.steps {
        let commands = of_steps.get(&step.at).map_or(&[][..], Vec::as_slice);
        let runs = || commands.iter().filter(|command| command.role == Role::Run);
        if step.working_dir.is_some() || runs().any(|command| removes(command)) {
            return;
        }
        for command in runs() {
            look(command, &made);
            collect(command, &mut made);
        }
        for command in commands.iter().filter(|command| command.role == Role::Verify) {
            look(command, &made);
        }
    }
    for condition in &procedure.postconditions {
        if let Some(ConditionKind::Check { command, .. }) = condition.value.kind()
            && let Some(command) = by_place.get(&command.at)
        {
            look(command, &made);
        }
    }
}

/// The words of a command that does nothing but look at files.
fn looks_only<'c>(command: &'c CommandText<'_>) -> Option<impl Iterator<Item = &'c Word>> {
    let [item] = command.script()?.items.as_slice() else { return None };
    let pipeline = &item.chain.first;
    let [looks] = pipeline.commands.as_slice() else { return None };
    let program = looks.as_simple().and_then(program)?;
    let is_alone = item.chain.rest.is_empty() && item.background.is_none() && !pipeline.negated;
    (is_alone && LOOKS.contains(&program.name)).then(|| program.arguments.iter())
}

fn removes(command: &CommandText<'_>) -> bool {
    let Some(script) = command.script() else { return true };
    let mut removes = false;
    script.each_simple(&mut |simple| {
        // What follows `cd` has names of its own.
        removes |= program(simple).is_some_and(|it| REMOVES.contains(&it.name) || it.name == "cd");
    });
    removes
}

fn collect<'c>(command: &'c CommandText<'_>, made: &mut Vec<Made<'c>>) {
    let Some(script) = command.script() else { return };
    script.each(&mut |inner: &Command, _| {
        for word in files(inner) {
            if made.len() < MOST
                && let Some(name) = name(command.text, word)
            {
                made.push((command, word, name));
            }
        }
    });
}

/// Whether a pattern takes every file that has the made one's name with something else in the place of what is known
/// at run time only.
fn takes(pattern: &[Atom<'_>], made: &[Atom<'_>]) -> bool {
    let ((pattern_folder, pattern), (made_folder, made)) = (split(pattern), split(made));
    let is_open = |atom: &Atom<'_>| matches!(atom, Atom::Open(_));
    let star = pattern.iter().position(|atom| *atom == Atom::Glob('*'));
    let (Some(star), Some(first), Some(last)) =
        (star, made.iter().position(is_open), made.iter().rposition(is_open))
    else {
        return false;
    };
    let (before, behind) = (&pattern[..star], &pattern[star + 1..]);
    let is_plain = before.iter().chain(behind).all(|atom| matches!(atom, Atom::Char(_)));
    pattern_folder == made_folder
        && is_plain
        && made[..first].starts_with(before)
        && made[last + 1..].ends_with(behind)
}
