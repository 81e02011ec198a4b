//! # What
//!
//! A step is verified by a look at a file that no other command of the rule set names, and it is known what the step makes:
//! its command writes other files only, or its `undo` removes others.
//!
//! # Why
//!
//! The verification asks for something that the step has nothing to do with: it fails for ever, or has held all along.
//!
//! # Bad
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - step: 1
//!         command: ./count.sh > stock.txt
//!         undo: rm -f stock.txt
//!         verify: { command: test -s store/list.txt, timeout: 5 }
//! ```
//!
//! # Good
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - step: 1
//!         command: ./count.sh > stock.txt
//!         undo: rm -f stock.txt
//!         verify: { command: test -s stock.txt, timeout: 5 }
//! ```
//!
//! # Exceptions
//!
//! A verification that is polled: somebody else may answer with that file. Names that are known at run time only, and
//! whatever is named, by itself or by its folder, in any other command or path.

use std::ops::Range;

use rustc_hash::FxHashMap;

use super::super::command::{List, Word};
use super::super::commands::CommandText;
use super::super::program::program;
use super::super::{Context, Lint};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::graph::{EntityKind, Item};
use crate::model::{Asked, At, Polling, Spanned, Verify};

/// `verify-elsewhere`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "verify-elsewhere",
        code: "R0253",
        level: Level::Warning,
        summary: "a verification looks at a file that no command names",
        source: include_str!("verify_elsewhere.rs"),
    },
    check,
};

/// Programs that make nothing but what their arguments and redirections name.
const PLAIN: &[&str] = &["cat", "cp", "echo", "mkdir", "mv", "printf", "sort", "touch", "true", ":"];

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    let commands: FxHashMap<At, &CommandText<'_>> =
        context.commands().iter().map(|command| (command.at, command)).collect();
    let mut words = None;
    for (_, entity) in context.graph.of_kind(EntityKind::Step) {
        let Item::Step(step, _) = entity.item else { continue };
        let of = |text: Option<At>| commands.get(&text?).copied();
        let Some(verify) = of(step.verify.as_ref().and_then(asked_once)) else {
            continue;
        };
        let Some(path) = verify.script().and_then(looked_at) else { continue };
        let (command, undo) =
            (of(step.command.as_ref().map(|text| text.at)), of(step.undo.as_ref().map(|text| text.at)));
        let Some(command) = command else { continue };
        let is_known = touches_only_literals(command, PLAIN);
        let by_undo = undo.filter(|undo| touches_only_literals(undo, &["rm"]));
        let Some(made) = by_undo.or(is_known.then_some(command)) else { continue };
        let words = words.get_or_insert_with(|| count(context));
        if is_named(words, verify.text, &verify.text[path.clone()]) {
            continue;
        }
        let message = format!("no command names `{}`, which this asks for", &verify.text[path.clone()]);
        found(
            Diagnostic::new(&LINT.info, context.part(verify.at, path), message)
                .label("is made by nothing")
                .related(context.place(made.at), "shows what the step makes")
                .help("ask for what the step makes"),
        );
    }
}

/// Where the command of a verification stands, if it asks once.
fn asked_once(verify: &Spanned<Verify>) -> Option<At> {
    match verify.polling()? {
        Polling { asked: Asked::Command(_, at), attempts, .. } if attempts < 2 => Some(at),
        _ => None,
    }
}

/// The file that a verification looks at, where that is all it does.
fn looked_at(script: &List) -> Option<Range<usize>> {
    let [item] = script.items.as_slice() else { return None };
    let ([command], []) = (item.chain.first.commands.as_slice(), item.chain.rest.as_slice()) else {
        return None;
    };
    let program = program(command.as_simple()?).filter(|program| program.name == "test")?;
    let [test, path] = program.arguments else { return None };
    let asks = matches!(test.text()?, "-e" | "-f" | "-s" | "-d");
    let is_plain = path.text().is_some_and(|text| !text.contains(['*', '?', '[', '~']));
    (asks && !item.chain.first.negated && is_plain).then(|| path.at.clone())
}

/// True where a command runs these programs only, and every file that it touches is spelt out.
fn touches_only_literals(command: &CommandText<'_>, programs: &[&str]) -> bool {
    let Some(script) = command.script() else { return false };
    let mut is_known = true;
    script.each(&mut |part, _| {
        let is_literal = |word: &Word| word.text().is_some();
        let known = part.as_simple().and_then(program).filter(|program| programs.contains(&program.name));
        is_known &= part.redirects.iter().all(|redirect| is_literal(&redirect.target))
            && known.is_some_and(|program| {
                ["echo", "printf"].contains(&program.name) || program.arguments.iter().all(is_literal)
            });
    });
    is_known
}

/// How often each word that a path may consist of stands in the rule files.
fn count<'a>(context: &Context<'a>) -> FxHashMap<&'a str, usize> {
    let mut words = FxHashMap::default();
    for (_, source) in context.rules.sources.iter() {
        for word in parts(&source.text) {
            *words.entry(word).or_insert(0) += 1;
        }
    }
    words
}

fn parts(text: &str) -> impl Iterator<Item = &str> {
    let is_part = |c: char| c.is_alphanumeric() || "_.-".contains(c);
    text.split(move |c: char| !is_part(c)).filter(|part| !part.is_empty())
}

/// True where the rules name the file or the first of its folders anywhere but in this verification.
fn is_named(words: &FxHashMap<&str, usize>, verify: &str, path: &str) -> bool {
    let own = |part: &str| parts(verify).filter(|it| *it == part).count();
    let mut ends = parts(path).filter(|part| *part != ".");
    let (first, last) = (ends.next(), parts(path).last());
    first.into_iter().chain(last).any(|part| words.get(part).is_none_or(|count| *count > own(part)))
}
