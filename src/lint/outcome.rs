//! How a command can end: whether its exit code can be 0, and whether it can be anything else.
//!
//! Whatever is not known can be both, so that a lint which says "this can't fail" is right.

use std::ops::Range;

use super::command::{Chain, Command, CommandKind, Join, List, Pipeline, Redirect, Simple};
use super::program::program;

/// The exit codes that are possible.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Outcome {
    /// 0.
    pub(super) success: bool,
    /// Anything else.
    pub(super) failure: bool,
}

const ANY: Outcome = Outcome { success: true, failure: true };
const SUCCESS: Outcome = Outcome { success: true, failure: false };
const FAILURE: Outcome = Outcome { success: false, failure: true };

impl Outcome {
    fn or(self, other: Outcome) -> Outcome {
        Outcome { success: self.success || other.success, failure: self.failure || other.failure }
    }
}

/// What keeps a command from failing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Mask {
    /// `|| true`: the operator and what it leads to.
    Alternative(Range<usize>),
    /// `; true`: what runs last whatever came before.
    Last(Range<usize>),
    /// `| tee`: what the pipe leads to.
    Pipe(Range<usize>),
}

impl Mask {
    /// Its bytes in the command's text.
    pub(super) fn range(&self) -> Range<usize> {
        let (Mask::Alternative(range) | Mask::Last(range) | Mask::Pipe(range)) = self;
        range.clone()
    }
}

/// How a script can end.
pub(super) fn of_script(script: &List) -> Outcome {
    if leaves_early(script) { ANY } else { of_list(script) }
}

/// What keeps a script from failing although something in it can fail, if anything does.
pub(super) fn mask(script: &List) -> Option<Mask> {
    if leaves_early(script) {
        return None;
    }
    let (last, before) = script.items.split_last()?;
    if last.background.is_some() {
        return None;
    }
    if let Some(hidden) = hidden_by_pipe(last_pipeline(&last.chain)) {
        return Some(hidden);
    }
    if of_chain(&last.chain) != SUCCESS {
        return None;
    }
    if let Some(link) = last.chain.rest.last() {
        let first =
            Chain { rest: last.chain.rest[..last.chain.rest.len() - 1].to_vec(), ..last.chain.clone() };
        if link.join == Join::Or && of_chain(&first).failure {
            return Some(Mask::Alternative(link.at.start..end(&link.pipeline)));
        }
    }
    let is_alone = last.chain.rest.is_empty() && last.chain.first.commands.len() == 1;
    let earlier_can_fail =
        before.last().is_some_and(|item| item.background.is_none() && of_chain(&item.chain).failure);
    (is_alone && earlier_can_fail).then(|| Mask::Last(last.chain.first.commands[0].at.clone()))
}

/// The right side of a pipe, where its left side can fail and it can't.
fn hidden_by_pipe(pipeline: &Pipeline) -> Option<Mask> {
    let (last, before) = pipeline.commands.split_last()?;
    let CommandKind::Simple(simple) = &last.kind else { return None };
    let hides = !pipeline.negated
        && program(simple).is_some_and(|program| program.is_filter())
        && before.iter().any(|command| of_command(command).failure && !is_builtin_printer(command));
    hides.then(|| Mask::Pipe(last.at.clone()))
}

fn is_builtin_printer(command: &Command) -> bool {
    let CommandKind::Simple(simple) = &command.kind else { return false };
    program(simple).is_some_and(|program| matches!(program.name, "printf" | "echo"))
}

fn last_pipeline(chain: &Chain) -> &Pipeline {
    chain.rest.last().map_or(&chain.first, |link| &link.pipeline)
}

fn end(pipeline: &Pipeline) -> usize {
    pipeline.commands.last().expect("a pipeline has a command").at.end
}

/// True where a command may end the script before its end, or change how it ends.
fn leaves_early(script: &List) -> bool {
    let mut leaves = false;
    let last = script.items.last().map(|item| last_pipeline(&item.chain));
    script.each_simple(&mut |simple| {
        let name = simple.words.first().and_then(|word| word.text());
        let is_last = last.is_some_and(|last| match last.commands.as_slice() {
            [Command { kind: CommandKind::Simple(only), .. }] => std::ptr::eq(only, simple),
            _ => false,
        });
        leaves |= match name {
            Some("exit" | "return") => !is_last,
            Some("set" | "exec" | "eval" | "trap" | "." | "source" | "kill" | "alias") => true,
            _ => false,
        };
    });
    leaves
}

fn of_list(list: &List) -> Outcome {
    match list.items.last() {
        Some(item) if item.background.is_none() => of_chain(&item.chain),
        _ => SUCCESS,
    }
}

fn of_chain(chain: &Chain) -> Outcome {
    chain.rest.iter().fold(of_pipeline(&chain.first), |left, link| {
        let right = of_pipeline(&link.pipeline);
        let (stays, goes_on) = match link.join {
            Join::And => (Outcome { success: false, ..left }, left.success),
            Join::Or => (Outcome { failure: false, ..left }, left.failure),
        };
        if goes_on { stays.or(right) } else { stays }
    })
}

fn of_pipeline(pipeline: &Pipeline) -> Outcome {
    let outcome = pipeline.commands.last().map_or(ANY, of_command);
    match pipeline.negated {
        true => Outcome { success: outcome.failure, failure: outcome.success },
        false => outcome,
    }
}

fn of_command(command: &Command) -> Outcome {
    if command.redirects.iter().any(Redirect::opens_file) {
        return ANY;
    }
    match &command.kind {
        CommandKind::Simple(simple) => of_simple(simple),
        CommandKind::Group(list) | CommandKind::Subshell(list) => of_list(list),
        CommandKind::If(arms, otherwise) => {
            let otherwise = otherwise.as_ref().map_or(SUCCESS, of_list);
            arms.iter().fold(otherwise, |outcome, (_, body)| outcome.or(of_list(body)))
        }
        CommandKind::Function(..) => SUCCESS,
        CommandKind::While(..) | CommandKind::For(_) | CommandKind::Case(..) | CommandKind::DoubleBracket => {
            ANY
        }
    }
}

fn of_simple(simple: &Simple) -> Outcome {
    let words = || simple.assignments.iter().chain(&simple.words);
    if simple.words.is_empty() && words().all(|word| word.is_known) {
        return SUCCESS;
    }
    match program(simple) {
        Some(program) if program.always_succeeds() => SUCCESS,
        Some(program) if program.always_fails() => FAILURE,
        _ => ANY,
    }
}

#[cfg(test)]
mod tests {
    use super::super::command::parse;
    use super::*;

    fn can_fail(text: &str) -> bool {
        of_script(&parse(text).expect(text)).failure
    }

    fn masked(text: &str) -> Option<&str> {
        mask(&parse(text).expect(text)).map(|mask| &text[mask.range()])
    }

    #[test]
    fn only_what_certainly_succeeds_can_not_fail() {
        for text in [
            "true",
            ":",
            "a || true",
            "a; true",
            "a | cat",
            "echo up",
            "(a || :)",
            "{ a; true; }",
            "a &",
            "if a; then echo x; fi",
            "X=1",
            "false || true",
            "! false",
            "a && b || exit 0",
            "ls",
            "exit 0",
        ] {
            assert!(!can_fail(text), "{text}");
        }
        for text in [
            "a",
            "a || b",
            "true && a",
            "a || true; b",
            "a | grep x",
            "echo x > f",
            "exit 1",
            "test -f x || exit 1; true",
            "set -e; a; true",
            "ls x",
            "a | tee f",
            "X=$(a)",
            "for x in 1; do a; done",
            "true | a",
            "! true",
            "echo $(a) | b",
            "trap 'exit 1' EXIT; true",
            "sh -c true",
            "if a; then b; fi",
        ] {
            assert!(can_fail(text), "{text}");
        }
    }

    #[test]
    fn only_what_certainly_fails_can_not_succeed() {
        let can_succeed = |text: &str| of_script(&parse(text).expect(text)).success;
        for text in ["false", "exit 3", "a; exit 1", "a && false", "! true", "false && a"] {
            assert!(!can_succeed(text), "{text}");
        }
        for text in [
            "exit",
            "exit 256",
            "exit $x",
            "a || exit 1",
            "exit 0",
            "if a; then exit 1; fi",
            "trap b EXIT; exit 1",
            "",
            "false &",
        ] {
            assert!(can_succeed(text), "{text}");
        }
    }

    #[test]
    fn points_at_what_masks() {
        for (text, mask) in [
            ("pkill -f 'x y' || true", Some("|| true")),
            ("a && b || :", Some("|| :")),
            ("a; true", Some("true")),
            ("a\n:\n", Some(":")),
            ("a; echo done", Some("echo done")),
            ("tar c d | tee log", Some("tee log")),
            ("a || true; b", None),
            ("true", None),
            ("a", None),
            ("a || exit 1; true", None),
            ("ps | grep x", None),
            ("echo x | cat", None),
            ("a &", None),
            ("X=1; echo $X", None),
            ("a || b || true", Some("|| true")),
            ("true || true", None),
        ] {
            assert_eq!(masked(text), mask, "{text}");
        }
    }
}
