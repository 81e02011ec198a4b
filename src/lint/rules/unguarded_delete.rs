//! # What
//!
//! `rm -r` is given a path that begins with a variable, and if the variable is not set or empty, the path is `/`,
//! all in it, a folder of the system such as `/usr`, or everything in the current folder. Or it is given such a path as
//! it stands.
//!
//! # Why
//!
//! A misspelt name or a file that was not read is enough. Nothing asks, and no rollback brings it back.
//!
//! # Bad
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, command: 'rm -rf "$CACHE"/*', irreversible: the cache is rebuilt }
//! ```
//!
//! # Good
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, command: 'rm -rf "${CACHE:?}"/*', irreversible: the cache is rebuilt }
//!       - { step: 2, command: 'test -n "$CACHE" && rm -rf "$CACHE"/*', irreversible: the cache is rebuilt }
//!       - { step: 3, command: 'rm -rf "$CACHE"/*', env: { CACHE: /var/cache/shop }, irreversible: the cache is rebuilt }
//! ```
//!
//! # Exceptions
//!
//! Variables that the rule set itself gives a value: under `env` or `with`, as an input that is required or has a default;
//! those that the command assigns or looks at before; and commands with `set -u`.

use std::collections::BTreeSet;
use std::ops::Range;

use super::super::command::{Absent, CommandKind, List, Parameter, Piece, Word};
use super::super::program::{Program, program};
use super::super::{Context, Lint};
use crate::diagnostic::{Diagnostic, Edit, Fix, Level, RuleInfo};
use crate::graph::Item;
use crate::model::{Entry, Literal, Plain};

/// `unguarded-delete`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "unguarded-delete",
        code: "R0126",
        level: Level::Warning,
        summary: "a command deletes far too much if a variable is empty",
        source: include_str!("unguarded_delete.rs"),
    },
    check,
};

/// Folders that a system can't be without, or that hold what many put there.
const TOP: &[&str] = &[
    "bin", "boot", "dev", "etc", "home", "lib", "lib32", "lib64", "media", "mnt", "opt", "proc", "root",
    "run", "sbin", "srv", "sys", "tmp", "usr", "var",
];

/// Variables that whoever starts a shell sets.
const ALWAYS: [&str; 2] = ["HOME", "PWD"];

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    let given = given(context);
    for command in context.commands() {
        let Some(script) = command.script() else { continue };
        let mut known: Option<BTreeSet<&str>> = None;
        script.each_simple(&mut |simple| {
            let Some(program) = program(simple).filter(deletes_folders) else { return };
            for word in program.operands(&[]) {
                let known = known.get_or_insert_with(|| looked_after(command.text, script));
                if known.contains("*") {
                    return;
                }
                let is_safe =
                    |name: &str| given.contains(name) || known.contains(name) || ALWAYS.contains(&name);
                if let Some(path) = everything(word) {
                    found(
                        Diagnostic::new(
                            &LINT.info,
                            context.part(command.at, word.at.clone()),
                            format!("this deletes `{path}`"),
                        )
                        .label("what the system can't be without")
                        .help("name the folder that is meant"),
                    );
                    continue;
                }
                let Some((path, parameter)) = if_empty(word, &is_safe) else { continue };
                let place = context.part(command.at, parameter.at.clone());
                let name = &parameter.name;
                let fix = Fix {
                    title: format!("write `${{{name}:?}}`"),
                    safe: false,
                    edits: vec![Edit { span: place.span, text: format!("${{{name}:?}}") }],
                };
                let what = match path.as_str() {
                    "*" => "all in the current folder".to_owned(),
                    path => format!("`{path}`"),
                };
                found(
                    Diagnostic::new(&LINT.info, place, format!("this deletes {what} if `{name}` is not set"))
                        .label("may be empty")
                        .help(format!("write `${{{name}:?}}`: then the command fails before it deletes"))
                        .fix(fix),
                );
            }
        });
    }
}

fn deletes_folders(program: &Program<'_>) -> bool {
    program.name == "rm" && (program.has_option('r', &["--recursive"]) || program.has_option('R', &[]))
}

/// What a path is if the variables in it are empty, and the first of those, where that would be far too much.
fn if_empty<'w>(word: &'w Word, is_safe: &dyn Fn(&str) -> bool) -> Option<(String, &'w Parameter)> {
    let (mut path, mut first) = (String::new(), None);
    for piece in &word.pieces {
        match piece {
            // A star in quotes is a name like any other.
            Piece::Text { text, quoted } if *quoted && text.contains('*') => return None,
            Piece::Text { text, .. } => path.push_str(text),
            Piece::Parameter(parameter) => {
                let is_name = parameter.name.starts_with(|c: char| c == '_' || c.is_ascii_alphabetic());
                if parameter.absent != Absent::Empty || !is_name || is_safe(&parameter.name) {
                    return None;
                }
                first = first.or(Some(parameter));
            }
            Piece::Output { .. } | Piece::Unknown => return None,
        }
    }
    let first = first?;
    while path.contains("//") {
        path = path.replace("//", "/");
    }
    if ["*", "./*"].contains(&path.as_str()) {
        return Some(("*".to_owned(), first));
    }
    let inside = path.strip_prefix('/')?;
    let folder = inside.strip_suffix("/*").or_else(|| inside.strip_suffix('/')).unwrap_or(inside);
    (["", "*"].contains(&folder) || TOP.contains(&folder)).then_some((path, first))
}

/// A path as it is written, where all of the system or one of its folders is at it.
fn everything(word: &Word) -> Option<String> {
    let mut path = String::new();
    for piece in &word.pieces {
        match piece {
            Piece::Text { text, quoted } if !(*quoted && text.contains('*')) => path.push_str(text),
            _ => return None,
        }
    }
    let inside = path.strip_prefix('/')?;
    let folder = inside.strip_suffix("/*").or_else(|| inside.strip_suffix('/')).unwrap_or(inside);
    // What stands below `/tmp` and the like is anybody's to clear.
    let is_kept = ["", "*"].contains(&folder)
        || (TOP.contains(&folder) && !["tmp", "run", "mnt", "media", "srv"].contains(&folder));
    is_kept.then_some(path)
}

/// The names of variables that the rule set gives a value.
fn given<'a>(context: &Context<'a>) -> BTreeSet<&'a str> {
    let mut names = BTreeSet::new();
    let filled = |entries: &'a [Entry<Plain>]| {
        let filled = entries.iter().filter(|entry| !entry.value.value.0.is_empty());
        filled.map(|entry| entry.name.value.as_str())
    };
    for (_, entity) in context.graph.entities() {
        match entity.item {
            Item::Action(action, _) => names.extend(filled(&action.env)),
            Item::Procedure(procedure) => {
                for step in procedure.steps.iter().chain(procedure.finally.iter()) {
                    names.extend(filled(&step.env).chain(filled(&step.with)));
                }
                let inputs = procedure.inputs.iter().filter(|input| match &input.default {
                    Some(default) => !matches!(&default.value, Literal::Text(text) if text.is_empty()),
                    None => input.is_required(),
                });
                names.extend(inputs.map(|input| input.name.value.as_str()));
            }
            Item::Decision(decision) => {
                let parameters = decision.actions.iter().flat_map(|action| action.parameters.iter());
                let filled = parameters.filter(|entry| match &entry.value.value {
                    Literal::Text(text) => !text.is_empty(),
                    value => !matches!(value, Literal::Null),
                });
                names.extend(filled.map(|entry| entry.name.value.as_str()));
            }
            _ => {}
        }
    }
    names
}

/// The names of variables that a script assigns or looks at; `*` where it can't go on with one that is not set.
fn looked_after<'t>(text: &'t str, script: &'t List) -> BTreeSet<&'t str> {
    let mut names = BTreeSet::new();
    let mentioned = |range: Range<usize>| text[range].split(|c: char| c != '_' && !c.is_ascii_alphanumeric());
    let assigned = |word: &Word| text[word.at.clone()].split(['=', '+']).next().unwrap_or_default();
    script.each(&mut |command, _| {
        names.extend(command.words().flat_map(Word::parameters).filter_map(|parameter| {
            let name = parameter.at.start + 2..parameter.at.start + 2 + parameter.name.len();
            (parameter.absent == Absent::Stops).then(|| &text[name])
        }));
        match &command.kind {
            CommandKind::For(each) => drop(names.insert(&text[each.variable.clone()])),
            CommandKind::DoubleBracket => names.extend(mentioned(command.at.clone())),
            CommandKind::Case(subject, _) => names.extend(mentioned(subject.at.clone())),
            CommandKind::Simple(simple) => {
                let is_filled = |word: &&Word| !(word.is_known && word.lead.ends_with('='));
                names.extend(simple.assignments.iter().filter(is_filled).map(assigned));
                let Some(first) = simple.words.first().and_then(Word::text) else { return };
                let rest = &simple.words[1..];
                match first {
                    "test" | "[" => names.extend(rest.iter().flat_map(|word| mentioned(word.at.clone()))),
                    "export" | "readonly" | "local" | "read" => names.extend(rest.iter().map(assigned)),
                    // What these bring is not known.
                    "." | "source" | "eval" => drop(names.insert("*")),
                    "set" => {
                        let is_strict = |word: &Word| {
                            word.text().is_some_and(|text| {
                                text == "nounset" || (text.starts_with('-') && text.contains('u'))
                            })
                        };
                        if rest.iter().any(is_strict) {
                            names.insert("*");
                        }
                    }
                    _ => {}
                }
            }
            _ => {}
        }
    });
    names
}
