//! # What
//!
//! A password, token or key is written out in a command, or under `env` or `with`.
//!
//! # Why
//!
//! Whoever may read the rules has it, and so has the history of the repository, for ever. In a command it also stands in
//! the list of processes, in logs and in plans.
//!
//! # Bad
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, command: "PGPASSWORD=kneaded-4-hours pg_dump shop -f shop.sql", undo: rm -f shop.sql }
//! ```
//!
//! # Good
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     inputs: [{ name: password, type: secret, required: true }]
//!     steps:
//!       - { step: 1, command: 'PGPASSWORD="$password" pg_dump shop -f shop.sql', undo: rm -f shop.sql }
//! ```
//!
//! # Exceptions
//!
//! Variables, paths, names of files, and what is plainly not meant to be the secret itself: `changeme`, `xxx`, `<token>`.

use std::ops::Range;
use std::sync::OnceLock;

use regex::Regex;

use super::super::command::{List, Word};
use super::super::placeholders;
use super::super::program::program;
use super::super::{Context, Lint};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::graph::Item;
use crate::model::{Entry, Plain};
use crate::source::Location;

/// `secret-literal`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "secret-literal",
        code: "R0132",
        level: Level::Warning,
        summary: "a password, token or key is written out",
        source: include_str!("secret_literal.rs"),
    },
    check,
};

/// What gives a key of a well-known service away: each begins with what its maker has set aside for it.
const SHAPES: &str = r"(?x)
    \b(?: A[KS]IA[0-9A-Z]{16}
    | gh[pousr]_[0-9A-Za-z]{36}
    | github_pat_[0-9A-Za-z_]{60,}
    | glpat-[0-9A-Za-z_-]{20}
    | xox[abprs]-[0-9A-Za-z-]{20,}
    | [sr]k_live_[0-9A-Za-z]{20,}
    | sk-ant-[0-9A-Za-z_-]{30,}
    | AIza[0-9A-Za-z_-]{35}
    | npm_[0-9A-Za-z]{36}
    | dop_v1_[0-9a-f]{64}
    | eyJ[0-9A-Za-z_-]{10,}\.eyJ[0-9A-Za-z_-]{10,}\.[0-9A-Za-z_-]{10,}
    )
    | -----BEGIN\ (?:[A-Z]+\ )?PRIVATE\ KEY-----";

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    let mut report = |place: Location| {
        found(
            Diagnostic::new(&LINT.info, place, "a secret is written out here")
                .label("everyone who reads the rules has it")
                .help("take it as an input of type `secret`, and use its variable; then change the secret itself"),
        );
    };
    for command in context.commands() {
        let mut places = shapes(command.text);
        if let Some(script) = command.script() {
            for at in of_script(command.text, script) {
                if !places.iter().any(|place| place.start < at.end && at.start < place.end) {
                    places.push(at);
                }
            }
        }
        places.sort_by_key(|at| at.start);
        places.into_iter().for_each(|at| report(context.part(command.at, at)));
    }
    for (_, entity) in context.graph.entities() {
        match entity.item {
            Item::Action(action, _) => of_entries(context, &action.env, &mut report),
            Item::Procedure(procedure) => {
                for step in procedure.steps.iter().chain(procedure.finally.iter()) {
                    of_entries(context, &step.env, &mut report);
                    of_entries(context, &step.with, &mut report);
                }
            }
            _ => {}
        }
    }
}

fn of_entries(context: &Context<'_>, entries: &[Entry<Plain>], report: &mut dyn FnMut(Location)) {
    for Entry { name, value } in entries {
        let text = value.value.0.as_str();
        match shapes(text).first() {
            Some(at) => report(context.part(value.at, at.clone())),
            None if names_secret(&name.value) && is_secret(text) => report(context.place(value.at)),
            None => {}
        }
    }
}

fn shapes(text: &str) -> Vec<Range<usize>> {
    if !may_hold_key(text) {
        return Vec::new();
    }
    static PATTERN: OnceLock<Regex> = OnceLock::new();
    let pattern = PATTERN.get_or_init(|| Regex::new(SHAPES).expect("the pattern is one"));
    pattern.find_iter(text).map(|found| found.range()).collect()
}

/// False where none of [`SHAPES`] can be: each goes on for twenty signs without a break, but for tokens in three parts
/// and keys in a frame, which have beginnings of their own.
fn may_hold_key(text: &str) -> bool {
    has_run(text, 20) || (has_run(text, 10) && (text.contains("eyJ") || text.contains("-----BEGIN")))
}

/// True where so many letters, digits, `-` and `_` stand in a row: looked for from the end of each stretch, so that most
/// of the text is passed over.
fn has_run(text: &str, length: usize) -> bool {
    let breaks = |byte: &u8| !(byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    let mut rest = text.as_bytes();
    while let Some(stretch) = rest.get(..length) {
        match stretch.iter().rposition(breaks) {
            Some(position) => rest = &rest[position + 1..],
            None => return true,
        }
    }
    false
}

/// Values that a name or an option calls a secret.
fn of_script(text: &str, script: &List) -> Vec<Range<usize>> {
    let mut places = Vec::new();
    script.each_simple(&mut |simple| {
        for word in simple.assignments.iter().chain(exported(&simple.words)) {
            let name = word.lead.split('=').next().unwrap_or_default();
            if names_secret(name) && value(word).is_some_and(is_secret) {
                places.push(after_equals(text, word));
            }
        }
        let Some(program) = program(simple) else { return };
        for (position, word) in program.arguments.iter().enumerate() {
            let Some(option) = word.text().filter(|text| text.starts_with('-')) else {
                continue;
            };
            match option.split_once('=') {
                Some((name, value)) if names_option(name) && is_secret(value) => {
                    places.push(after_equals(text, word));
                }
                None if names_option(option) => {
                    let next = program.arguments.get(position + 1);
                    let secret = next.filter(|next| next.text().is_some_and(is_secret));
                    places.extend(secret.map(|next| next.at.clone()));
                }
                _ => {}
            }
        }
        if text.contains(':') {
            let is_header = |word: &&Word| word.text().is_some_and(is_bearer);
            places.extend(program.arguments.iter().filter(is_header).map(|word| word.at.clone()));
        }
        if text.contains('@') {
            places.extend(program.arguments.iter().filter_map(|word| in_address(text, word)));
        }
    });
    places
}

/// `export NAME=VALUE`.
fn exported(words: &[Word]) -> &[Word] {
    match words.first().and_then(Word::text) {
        Some("export" | "env" | "readonly" | "local") => &words[1..],
        _ => &[],
    }
}

fn value(word: &Word) -> Option<&str> {
    word.text()?.split_once('=').map(|(_, value)| value)
}

fn after_equals(text: &str, word: &Word) -> Range<usize> {
    let start = text[word.at.clone()].find('=').map_or(0, |at| at + 1);
    word.at.start + start..word.at.end
}

/// True for `DB_PASSWORD`, `apiToken`, `AWS_SECRET_ACCESS_KEY`; not for what tells where a secret is, or how long.
fn names_secret(name: &str) -> bool {
    let letters = || name.bytes().filter(|byte| !matches!(byte, b'_' | b'-' | b'.'));
    let ends_with = |end: &str| {
        let mut own = letters().rev();
        end.bytes().rev().all(|byte| own.next().is_some_and(|own| own.eq_ignore_ascii_case(&byte)))
    };
    let ends = [
        "password",
        "passwd",
        "secret",
        "token",
        "apikey",
        "secretkey",
        "accesskey",
        "privatekey",
        "passphrase",
    ];
    let plain = ["mysqlpwd", "rediscliauth", "sshpass"];
    let is_plain = |whole: &str| ends_with(whole) && letters().count() == whole.len();
    if !ends.into_iter().any(ends_with) && !plain.into_iter().any(is_plain) {
        return false;
    }
    let letters: String = letters().map(|byte| char::from(byte.to_ascii_lowercase())).collect();
    !(ends_with("nopassword") || letters.starts_with("max") || letters.contains("public"))
}

/// True for `--password` and the like, but for no option that is about secrets and takes something else.
fn names_option(option: &str) -> bool {
    option.strip_prefix("--").is_some_and(|name| {
        names_secret(name)
            && !["no-", "with-", "use-", "reset-", "show-"].iter().any(|other| name.starts_with(other))
    })
}

/// True for what can be a secret itself: not a path, not a variable of another language, not a word to fill in.
fn is_secret(value: &str) -> bool {
    let word =
        ["true", "false", "yes", "no", "none", "null", "stdin", "prompt", "ask", "file", "env", "auto"];
    let is_name = value.len() < 4 || word.contains(&value.to_ascii_lowercase().as_str());
    let is_reference = value.starts_with(['/', '.', '~', '$', '@', '-', '{', '<', '[', '%', '*'])
        || value.contains("://")
        || value.contains(['{', '<', '$'])
        || value.contains('/') && value.contains('.');
    let is_count = value.chars().all(|c| c.is_ascii_digit()) && value.len() < 6;
    let is_blank = value.chars().all(|c| c == 'x' || c == 'X' || c == '*' || c == '.');
    let is_text = value.contains([' ', '\n']);
    !is_name && !is_reference && !is_count && !is_blank && !is_text && placeholders::find(value).is_none()
}

/// `Authorization: Bearer …`, with the token written out.
fn is_bearer(text: &str) -> bool {
    let value = ["authorization: bearer ", "authorization: basic ", "authorization: token ", "x-api-key: "]
        .iter()
        .find_map(|start| {
            let (own, value) = text.split_at_checked(start.len())?;
            own.eq_ignore_ascii_case(start).then_some(value)
        });
    value.is_some_and(|value| value.len() >= 8 && is_secret(value.trim()))
}

/// The password of `https://USER:PASSWORD@HOST`.
fn in_address(text: &str, word: &Word) -> Option<Range<usize>> {
    let spelt = &text[word.at.clone()];
    let start = spelt.find("://")? + 3;
    let host =
        &spelt[start..][..spelt[start..].find(['/', '?', '\'', '"', ' ']).unwrap_or(spelt.len() - start)];
    let (user, _) = host.rsplit_once('@')?;
    let (name, password) = user.split_once(':')?;
    let at = word.at.start + start + name.len() + 1;
    (is_secret(password) && !["pass", "password", "secret", "user"].contains(&password))
        .then(|| at..at + password.len())
}
