//! # What
//!
//! A command ends processes by a name or pattern that others have too: `killall node`, `pkill -f python`,
//! `kill -9 -1`, `pkill -u USER`; or `pkill -f PATTERN`, where the command's own text matches the pattern.
//!
//! # Why
//!
//! Whatever else runs on the machine under that name ends as well. `pkill -f` looks at whole command lines, and that
//! of the shell which runs the command has the pattern in it: the shell ends itself, and the step fails with 143.
//!
//! # Bad
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, command: killall node, undo: ./start.sh }
//!       - { step: 2, command: pkill -f orders/main.py, undo: ./start.sh }
//! ```
//!
//! # Good
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, command: 'kill "$(cat orders.pid)"', undo: ./start.sh }
//!       - { step: 2, command: "pkill -f '[o]rders/main.py'", undo: ./start.sh }
//!       - { step: 3, command: pkill -x orders, undo: ./start.sh }
//! ```
//!
//! # Exceptions
//!
//! Signal 0, which ends nothing; patterns that are known only at run time; and what is narrowed by a parent, a session,
//! a terminal or a file with process ids (`-P`, `-g`, `-s`, `-t`, `-F`).

use std::ops::Range;

use super::super::command::{List, Simple, Word};
use super::super::program::{Program, program};
use super::super::{Context, Lint, own_shell};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};

/// `broad-kill`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "broad-kill",
        code: "R0125",
        level: Level::Warning,
        summary: "a command ends more processes than it should",
        source: include_str!("broad_kill.rs"),
    },
    check,
};

/// Programs that run other people's programs: their names say nothing of what runs in them.
const GENERAL: &[&str] = &[
    "ash", "bash", "bun", "dash", "deno", "dotnet", "electron", "java", "ksh", "mono", "node", "nodejs",
    "npm", "npx", "perl", "php", "pnpm", "python", "ruby", "sh", "ssh", "sshd", "sudo", "systemd", "yarn",
    "zsh",
];

/// Why a command ends too much.
enum Breadth {
    /// Everything that the user may end.
    Everything,
    /// Everything of one user.
    User,
    /// Everything under a name that says nothing.
    Name(String),
    /// The shell that runs it, whose command line has this pattern too.
    Itself(String),
}

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    for command in context.commands() {
        let Some(script) = command.script() else { continue };
        each(script, command.text, &mut |at, breadth| {
            let (message, label, help) = match breadth {
                Breadth::Everything => (
                    "this ends every process that it may end".to_owned(),
                    "stands for all processes",
                    "name the one process: by its id in a file, or by its whole name with `pkill -x`"
                        .to_owned(),
                ),
                Breadth::User => (
                    "this ends every process of a user".to_owned(),
                    "names no program",
                    "add the program's name".to_owned(),
                ),
                Breadth::Name(name) => (
                    format!("this ends every `{name}` process, whoever started it"),
                    "says nothing of what runs in it",
                    "keep the process id in a file when it starts, or match what only this program has"
                        .to_owned(),
                ),
                Breadth::Itself(pattern) => (
                    "this also ends the shell that runs it".to_owned(),
                    "the command's own text matches this",
                    format!("write `{}`, which does not match itself", own_shell::spared(&pattern)),
                ),
            };
            found(Diagnostic::new(&LINT.info, context.part(command.at, at), message).label(label).help(help));
        });
    }
}

/// Hands over what ends too much, with its place.
fn each(script: &List, text: &str, report: &mut dyn FnMut(Range<usize>, Breadth)) {
    script.each_simple(&mut |simple| {
        let Some(program) = program(simple) else { return };
        let found = match program.name {
            "kill" => {
                for list in simple.words.iter().flat_map(Word::substitutions) {
                    list.each_simple(&mut |inner| {
                        of_lookup(inner, text).into_iter().for_each(|(at, b)| report(at, b))
                    });
                }
                of_kill(&program)
            }
            "killall5" => Some((program.word.at.clone(), Breadth::Everything)),
            "pkill" => of_pkill(&program, text),
            "killall" => of_killall(&program),
            _ => None,
        };
        if let Some((at, breadth)) = found {
            report(at, breadth);
        }
    });
    script.each_list(&mut |list| {
        for pipeline in list.items.iter().flat_map(|item| item.chain.pipelines()) {
            let simple = pipeline.commands.iter().map(|command| command.as_simple());
            let simple: Vec<&Simple> = simple.flatten().collect();
            for pair in simple.windows(2) {
                let ends = program(pair[1]).is_some_and(|program| {
                    program.name == "xargs"
                        && program.arguments.iter().any(|word| word.text() == Some("kill"))
                });
                if let (true, Some((at, breadth))) = (ends, of_lookup(pair[0], text)) {
                    report(at, breadth);
                }
            }
        }
    });
}

/// What `pgrep` and `pidof` find, for `kill` to end.
fn of_lookup(simple: &Simple, text: &str) -> Option<(Range<usize>, Breadth)> {
    let program = program(simple)?;
    match program.name {
        "pgrep" => of_pkill(&program, text),
        "pidof" => general(program.operands(&["-o", "-S"])),
        _ => None,
    }
}

fn of_kill(program: &Program<'_>) -> Option<(Range<usize>, Breadth)> {
    let (signal, rest) = program.arguments.split_first()?;
    let rest = match signal.text()? {
        "-s" | "-n" => rest.get(1..)?,
        _ => rest,
    };
    let all = rest.iter().find(|word| word.text() == Some("-1"))?;
    let asks_only =
        ["-0", "0"].iter().any(|zero| program.arguments.iter().take(2).any(|word| word.text() == Some(zero)));
    (!asks_only).then(|| (all.at.clone(), Breadth::Everything))
}

fn of_killall(program: &Program<'_>) -> Option<(Range<usize>, Breadth)> {
    let options = Options::of(program);
    if options.has('l', "--list") || options.asks_only {
        return None;
    }
    let mut operands = program.operands(&["-s", "--signal", "-u", "--user", "-o", "-y", "-Z"]).peekable();
    if operands.peek().is_none() && options.has('u', "--user") {
        return Some((program.word.at.clone(), Breadth::User));
    }
    general(operands)
}

/// The same options are those of `pgrep`.
fn of_pkill(program: &Program<'_>, text: &str) -> Option<(Range<usize>, Breadth)> {
    const NARROW: [(char, &str); 5] =
        [('P', "--parent"), ('g', "--pgroup"), ('s', "--session"), ('t', "--terminal"), ('F', "--pidfile")];
    let options = Options::of(program);
    if options.asks_only || NARROW.iter().any(|(letter, long)| options.has(*letter, long)) {
        return None;
    }
    let of_user = [('u', "--euid"), ('U', "--uid"), ('G', "--group")];
    let of_user = of_user.iter().any(|(letter, long)| options.has(*letter, long));
    let mut operands =
        program.operands(&["-u", "-U", "-G", "-r", "-d", "--signal", "--euid", "--uid", "--group"]);
    let Some(operand) = operands.next() else {
        return of_user.then(|| (program.word.at.clone(), Breadth::User));
    };
    let pattern = operand.text().filter(|_| operands.next().is_none())?;
    let at = operand.at.clone();
    if options.has('v', "--inverse") || ["", ".", ".*", "^", "^.*"].contains(&pattern) {
        return Some((at, Breadth::Everything));
    }
    if let Some(name) = general_name(pattern) {
        return Some((at, Breadth::Name(name)));
    }
    let picks = [('x', "--exact"), ('n', "--newest"), ('o', "--oldest")];
    let picks = picks.iter().any(|(letter, long)| options.has(*letter, long));
    if of_user || picks || !options.has('f', "--full") {
        return None;
    }
    own_shell::matches(pattern, text).then(|| (at, Breadth::Itself(pattern.to_owned())))
}

/// The options of `pkill`, `pgrep` and `killall`, without signals.
struct Options<'a> {
    words: Vec<&'a str>,
    /// True where the signal is 0, which ends nothing.
    asks_only: bool,
}

impl<'a> Options<'a> {
    fn of(program: &Program<'a>) -> Self {
        let all = program.arguments.iter().filter_map(Word::text).take_while(|text| *text != "--");
        let all: Vec<&str> = all.filter(|text| text.starts_with('-')).collect();
        let is_signal = |text: &str| {
            let name = &text[1..];
            name.parse::<u32>().is_ok()
                || (name.len() > 1 && name.starts_with(|c: char| c.is_ascii_uppercase()))
        };
        let asks_only = all.iter().any(|text| ["-0", "--signal=0"].contains(text));
        Options { words: all.into_iter().filter(|text| !is_signal(text)).collect(), asks_only }
    }

    fn has(&self, letter: char, long: &str) -> bool {
        self.words.iter().any(|text| match text.strip_prefix("--") {
            Some(_) => text.split('=').next() == Some(long),
            None => text.contains(letter),
        })
    }
}

fn general<'a>(mut operands: impl Iterator<Item = &'a Word>) -> Option<(Range<usize>, Breadth)> {
    operands.find_map(|word| Some((word.at.clone(), Breadth::Name(general_name(word.text()?)?))))
}

/// The name of a program in [`GENERAL`], where a pattern is that and nothing else.
fn general_name(pattern: &str) -> Option<String> {
    let bare = pattern.trim_start_matches('^').trim_end_matches('$').trim();
    let name = bare.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    GENERAL.contains(&name).then(|| bare.to_owned())
}
