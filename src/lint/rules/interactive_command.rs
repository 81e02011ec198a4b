//! # What
//!
//! A command needs a person or a terminal: an editor, a pager, `top`, `read`, `docker exec -it`, `passwd`, `mysql -p`; or
//! it shows something for ever, as `tail -f` and `watch` do.
//!
//! # Why
//!
//! A run has no terminal and nobody at it; what a command reads is empty. It fails at once, or hangs until its timeout.
//!
//! # Bad
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, command: vim oven.conf, undo: git checkout oven.conf }
//!       - { step: 2, command: docker exec -it oven ./heat.sh, undo: ./cool.sh }
//! ```
//!
//! # Good
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, manual: "Set the temperature in oven.conf", undo: git checkout oven.conf }
//!       - { step: 2, command: docker exec oven ./heat.sh, undo: ./cool.sh }
//!       - { step: 3, command: "while read -r tray; do ./bake.sh $tray; done <trays", undo: ./clean.sh }
//! ```
//!
//! # Exceptions
//!
//! `read` behind a pipe or with a file to read from, or in a function; `tail -f` that is piped on or has `--pid`; whatever
//! `timeout` ends; and the forms of these programs that need nobody, such as `top -b` or `vim -es`.

use super::super::command::Place;
use super::super::program::{Program, program};
use super::super::{Context, Lint};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};

/// `interactive-command`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "interactive-command",
        code: "R0128",
        level: Level::Warning,
        summary: "a command waits for a person",
        source: include_str!("interactive_command.rs"),
    },
    check,
};

/// What a command needs and does not get, and what to do.
type Need = (&'static str, &'static str);

const EDITOR: Need =
    ("an editor needs a person", "change the file with `sed` or a `file` step, or make it `manual`");
const PAGER: Need = ("a pager needs a person", "use `cat`, or `head` for the first lines");
const SCREEN: Need = ("this needs a terminal to draw on", "take what prints once: `ps`, `top -b -n 1`");
const ENDLESS: Need =
    ("this never ends", "print what is there once, or let `grep -m 1` behind a pipe end it");
const TERMINAL: Need =
    ("this asks for a terminal, and a run has none", "leave the options `-i` and `-t` away");
const PASSWORD: Need = ("this asks for a password", "give it in a file or a variable that the program reads");
const ANSWER: Need = ("this waits for an answer that nobody gives", "take it as an input of the procedure");
const MESSAGE: Need = ("this opens an editor", "give the text with `-m`");

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    for command in context.commands() {
        let Some(script) = command.script() else { continue };
        script.each(&mut |inner, place| {
            let Some(program) = inner.as_simple().and_then(program) else { return };
            let Some((message, help)) = need(&program, place) else { return };
            found(
                Diagnostic::new(&LINT.info, context.part(command.at, program.word.at.clone()), message)
                    .label("a run has no terminal and nobody at it")
                    .help(help),
            );
        });
    }
}

fn need(program: &Program<'_>, place: Place) -> Option<Need> {
    let first = program.arguments.first().and_then(|word| word.text()).unwrap_or_default();
    let has = |word: &str| program.arguments.iter().any(|argument| argument.text() == Some(word));
    let any = |words: &[&str]| words.iter().any(|word| has(word));
    let asks_about = any(&["--version", "--help", "-V", "-h"]) && program.arguments.len() == 1;
    if asks_about {
        return None;
    }
    match program.name {
        "nano" | "pico" | "joe" => Some(EDITOR),
        "vi" | "vim" | "nvim" => (!any(&["-es", "-Es", "-e", "-E", "-s", "--headless"])).then_some(EDITOR),
        "emacs" => (!any(&["--batch", "-batch", "--script", "--daemon"])).then_some(EDITOR),
        "visudo" => (!any(&["-c", "--check", "-cf"])).then_some(EDITOR),
        "less" | "more" | "most" => Some(PAGER),
        "htop" | "btop" | "atop" | "iotop" if !program.has_option('b', &["--batch"]) => Some(SCREEN),
        "top" => {
            let is_batch =
                program.has_option('b', &["--batch-mode", "--batch"]) || program.has_option('l', &[]);
            (!is_batch).then_some(SCREEN)
        }
        "watch" => (!program.is_limited && !program.has_option('g', &["--chgexit"])).then_some(ENDLESS),
        "tail" => {
            let follows = program.has_option('f', &["--follow"]) || program.has_option('F', &[]);
            let ends = program.is_limited || place.is_piped || program.has_option('\0', &["--pid"]);
            (follows && !ends).then_some(ENDLESS)
        }
        "journalctl" => {
            let follows = program.has_option('f', &["--follow"]);
            (follows && !program.is_limited && !place.is_piped).then_some(ENDLESS)
        }
        "docker" | "podman" if ["exec", "run"].contains(&first) => asks_terminal(program).then_some(TERMINAL),
        "kubectl" if first == "exec" => asks_terminal(program).then_some(TERMINAL),
        "kubectl" | "oc" if first == "edit" => Some(EDITOR),
        "systemctl" if first == "edit" => (!has("--stdin")).then_some(EDITOR),
        "crontab" => has("-e").then_some(EDITOR),
        "git" => match first {
            "rebase" => any(&["-i", "--interactive"]).then_some(EDITOR),
            "add" => any(&["-p", "-i", "--patch", "--interactive"]).then_some(ANSWER),
            "commit" if program.arguments.iter().all(|word| word.is_known) => {
                let long = ["--message", "--file", "--no-edit", "--reuse-message", "--fixup", "--dry-run"];
                let told = ['m', 'F', 'C'].iter().any(|letter| program.has_option(*letter, &long));
                (!told).then_some(MESSAGE)
            }
            _ => None,
        },
        "read" => (!place.is_fed && !program.has_option('u', &[])).then_some(ANSWER),
        "passwd" => {
            let long = ["--stdin", "--lock", "--unlock", "--delete", "--expire", "--status"];
            let quiet = ['l', 'u', 'd', 'e', 'S'].iter().any(|letter| program.has_option(*letter, &long));
            (!quiet && !place.is_fed).then_some(PASSWORD)
        }
        "mysql" | "mysqldump" | "mysqladmin" | "mariadb" | "mariadb-dump" => {
            any(&["-p", "--password"]).then_some(PASSWORD)
        }
        "psql" | "pg_dump" | "createdb" | "dropdb" | "createuser" => {
            any(&["-W", "--password"]).then_some(PASSWORD)
        }
        _ => None,
    }
}

/// Whether `-t` or `--tty` stands among the options, before the name of the container.
fn asks_terminal(program: &Program<'_>) -> bool {
    let mut words = program.arguments.iter().skip(1).map(|word| word.text());
    let options = words.by_ref().take_while(|text| text.is_some_and(|text| text.starts_with('-')));
    let mut asks = false;
    for text in options.flatten() {
        asks |= match text.strip_prefix("--") {
            Some(long) => ["tty", "tty=true"].contains(&long),
            None => text.len() <= 4 && text[1..].chars().all(|c| "itdq".contains(c)) && text.contains('t'),
        };
    }
    asks
}
