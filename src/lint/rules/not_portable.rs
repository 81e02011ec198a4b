//! # What
//!
//! A command uses what bash or ksh know and `sh` need not: `[[ … ]]`, `<(…)`, arrays, `source`, `&>`, `function f`,
//! `$'…'`, `==` in `[`, `echo -e`, `{1..9}`, `${x/a/b}`, `set -o pipefail`. Or L3 lists a platform among the supported
//! ones (`supported_os`, `supported_platforms`) that has no `sh` at all, as Windows.
//!
//! # Why
//!
//! Commands run under `sh -c`. On Debian, Ubuntu and Alpine that is no bash: the command fails there, or does
//! something else without a word, as `a &> b` does, which starts `a` in the background and empties `b`. Windows brings no
//! `sh`, so nothing can be run there.
//!
//! # Bad
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, command: "source ./oven.env && ./bake.sh", undo: ./clean.sh }
//! ```
//!
//! # Good
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, command: ". ./oven.env && ./bake.sh", undo: ./clean.sh }
//!       - { step: 2, command: "bash -c 'source ./oven.env && ./bake.sh'", undo: ./clean.sh }
//! ```
//!
//! # Exceptions
//!
//! What `bash -c` is given, and names that the command itself defines as functions. A platform whose entry says where the
//! shell comes from: `Windows 11 (WSL)`, `Windows with Git Bash`.

use std::collections::BTreeSet;
use std::ops::Range;

use super::super::command::{Absent, Command, CommandKind, Extension, Fault, List, Simple, Word};
use super::super::commands::Role;
use super::super::policy;
use super::super::{Context, Lint};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::model::{At, RuleSet};

/// `not-portable`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "not-portable",
        code: "R0124",
        level: Level::Warning,
        summary: "a command that `sh` need not understand",
        source: include_str!("not_portable.rs"),
    },
    check,
};

/// What stands where, and what to write instead.
struct Bashism {
    at: Range<usize>,
    help: &'static str,
}

/// How many commands are pointed at.
const SHOWN: usize = 3;

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    without_shell(context, found);
    for command in context.commands() {
        let mut report = |bashism: Bashism| {
            let spelt = command.text[bashism.at.clone()].trim();
            let message = format!("`{spelt}` is not known to every `sh`");
            found(
                Diagnostic::new(&LINT.info, context.part(command.at, bashism.at), message)
                    .label("runs under `sh -c`")
                    .help(bashism.help),
            );
        };
        match &command.parsed {
            Err(Fault::Extension { at, extension }) => {
                report(Bashism { at: at.clone(), help: instead(*extension) });
            }
            Err(_) => {}
            Ok(script) => of_script(command.text, script).into_iter().for_each(report),
        }
    }
}

/// Platforms that L3 lists and that have nothing to run commands with.
fn without_shell(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    let platforms = platforms_without_shell(context.rules);
    if platforms.is_empty() {
        return;
    }
    let is_run = |role: Role| matches!(role, Role::Run | Role::Undo | Role::Verify | Role::Until);
    let run: Vec<_> = context.commands().iter().filter(|command| is_run(command.role)).collect();
    if run.is_empty() {
        return;
    }
    for platform in platforms {
        let message =
            format!("`{}` brings no `sh`, under which all commands run", context.rules.text(platform));
        let mut diagnostic = Diagnostic::new(&LINT.info, context.place(platform), message)
            .label("is said to be supported")
            .help("take it off the list, or say where its shell comes from: `Windows 11 (WSL)`");
        for command in run.iter().take(SHOWN) {
            diagnostic = diagnostic.related(context.place(command.at), "can't run there");
        }
        found(diagnostic);
    }
}

fn platforms_without_shell(rules: &RuleSet) -> Vec<At> {
    let listed = |key: &str| ["supported_os", "supported_platforms"].contains(&key);
    let mut platforms = policy::listed_texts(rules, listed);
    platforms.retain(|at| is_bare_windows(rules.text(*at)));
    platforms
}

/// True for `Windows 10/11`, and not where a shell is named as well.
fn is_bare_windows(platform: &str) -> bool {
    let lower = platform.to_lowercase();
    let mut words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).peekable();
    words.next_if_eq(&"microsoft");
    words.next() == Some("windows")
        && words.all(|word| {
            word.starts_with(|c: char| c.is_ascii_digit())
                || ["server", "pro", "home", "enterprise", "or", "and", "later", "newer", "x64", "arm64"]
                    .contains(&word)
        })
}

fn instead(extension: Extension) -> &'static str {
    match extension {
        Extension::BothOutputs => "write `> FILE 2>&1`",
        Extension::PipedErrors => "write `2>&1 |`",
        Extension::Arithmetic => "write `[ … ]` to compare, or `x=$((…))` to reckon",
        Extension::ProcessSubstitution => "write to a file first, or use a pipe",
        Extension::HereString => "write `printf '%s\\n' TEXT |` before the command",
        Extension::Array => "use several variables, or `set -- …` and `\"$@\"`",
        Extension::AnsiQuotes => "write `\"$(printf '…')\"`",
        Extension::FunctionWord => "write `NAME() { …; }`",
        Extension::Keyword => "give it to bash: `bash -c '…'`",
    }
}

fn of_script(text: &str, script: &List) -> Vec<Bashism> {
    let mut bashisms = Vec::new();
    let mut functions = BTreeSet::new();
    script.each(&mut |command, _| {
        if let CommandKind::Function(name, _) = &command.kind {
            functions.insert(&text[name.clone()]);
        }
    });
    script.each(&mut |command, _| {
        match &command.kind {
            CommandKind::DoubleBracket => {
                bashisms.push(Bashism {
                    at: double_bracket(text, command),
                    help: "write `[ … ]`, with `=` and quotes around each variable",
                });
            }
            CommandKind::Simple(simple) => {
                let name = simple.words.first().and_then(Word::text).unwrap_or_default();
                if !functions.contains(name) {
                    bashisms.extend(of_simple(text, simple));
                }
            }
            _ => {}
        }
        bashisms.extend(command.words().flat_map(|word| of_word(text, word)));
    });
    bashisms.sort_by_key(|bashism| bashism.at.start);
    bashisms
}

/// The test up to its `]]`, without what is redirected behind it.
fn double_bracket(text: &str, command: &Command) -> Range<usize> {
    let length = text[command.at.clone()].find("]]").map_or(2, |end| end + 2);
    command.at.start..command.at.start + length
}

fn of_simple(text: &str, simple: &Simple) -> Option<Bashism> {
    let (first, arguments) = simple.words.split_first()?;
    let whole = |help| Some(Bashism { at: first.at.clone(), help });
    let argument = |wanted: &[&str]| {
        arguments.iter().find(|word| wanted.contains(&&text[word.at.clone()])).map(|word| word.at.clone())
    };
    match first.text()? {
        "source" => whole("write `.`"),
        "declare" | "typeset" | "let" => whole("assign plainly: `x=…`, `x=$((…))`"),
        "shopt" | "pushd" | "popd" | "mapfile" | "readarray" | "disown" => {
            whole("give the command to bash: `bash -c '…'`")
        }
        "[" | "test" => argument(&["=="]).map(|at| Bashism { at, help: "write `=`" }),
        "echo" => {
            let option = arguments.first().filter(|word| {
                let letters = text[word.at.clone()].strip_prefix('-').unwrap_or_default();
                !letters.is_empty()
                    && letters.contains(['e', 'E'])
                    && letters.chars().all(|c| "neE".contains(c))
            })?;
            Some(Bashism { at: first.at.start..option.at.end, help: "write `printf '…\\n'`" })
        }
        "set" => argument(&["pipefail"])
            .map(|at| Bashism { at, help: "write to a file instead of a pipe, or give the command to bash" }),
        _ => None,
    }
}

fn of_word(text: &str, word: &Word) -> Vec<Bashism> {
    let mut bashisms: Vec<Bashism> = word
        .parameters()
        .filter(|parameter| parameter.absent == Absent::Extended)
        .map(|parameter| Bashism {
            at: parameter.at.clone(),
            help: "use `sed`, `tr` or `cut`, or `${x#…}` and `${x%…}`",
        })
        .collect();
    if let Some(braces) = expanded_braces(&text[word.at.clone()]) {
        let at = word.at.start + braces.start..word.at.start + braces.end;
        bashisms.push(Bashism { at, help: "write the words one by one, or use `seq`" });
    }
    bashisms
}

/// `{a,b}` and `{1..9}` outside of quotes and expansions.
fn expanded_braces(spelt: &str) -> Option<Range<usize>> {
    if spelt.contains(['\'', '"', '\\', '`', '$', '=']) {
        return None;
    }
    let start = spelt.find('{')?;
    let end = start + spelt[start..].find('}')?;
    let inside = &spelt[start + 1..end];
    let is_range = inside.split_once("..").is_some_and(|(from, to)| {
        let is_end = |text: &str| {
            text.parse::<i64>().is_ok()
                || (text.len() == 1 && text.starts_with(|c: char| c.is_ascii_alphabetic()))
        };
        is_end(from) && is_end(to.split("..").next().unwrap_or_default())
    });
    let is_list = inside.contains(',') && !inside.contains([':', '{', '[']);
    (is_range || is_list).then_some(start..end + 1)
}
