//! The SQL that commands hand to the clients of databases, and as which user.
//!
//! `psql` takes it from `-c`, `mysql` and `mariadb` take it from `-e`, all of them else from what they read: a
//! here-document, what `echo` or `printf` hands on, or the query of a typed check. The user stands in an option, in the
//! address, or in `PGUSER`. Where one of the two is known only at run time, or in a file, nothing is said. `sqlite3` has
//! no users.

use std::ops::Range;

use super::command::{Command, List, Piece, Simple, Word};
use super::commands::CommandText;
use super::context::Context;
use super::program::{Program, program};
use super::sql::Dialect;
use crate::model::At;
use crate::source::Location;

/// SQL that a client is given.
#[derive(Debug)]
pub(super) struct Handed<'a> {
    /// As whom it connects.
    pub(super) user: &'a str,
    /// Whose SQL it is.
    pub(super) dialect: Dialect,
    /// The SQL, up to what is known only at run time.
    pub(super) sql: &'a str,
    /// False where more follows.
    pub(super) is_whole: bool,
    place: Place<'a>,
}

/// Where SQL stands.
#[derive(Debug, Clone, Copy)]
enum Place<'a> {
    /// In a word of a command, behind some bytes of what it says.
    Word(&'a CommandText<'a>, &'a Word, usize),
    /// In a text, from there on.
    Text(At, usize),
}

impl Handed<'_> {
    /// Where a part of the SQL is written.
    pub(super) fn part(&self, context: &Context<'_>, part: Range<usize>) -> Location {
        match self.place {
            Place::Word(command, word, skipped) => {
                let part = part.start + skipped..part.end + skipped;
                context.part(command.at, word.spelt(command.text, part))
            }
            Place::Text(at, skipped) => context.part(at, part.start + skipped..part.end + skipped),
        }
    }
}

/// Options that take a value: their letters and their words.
struct Options {
    dialect: Dialect,
    valued: &'static str,
    long: &'static [&'static str],
    statement: (char, &'static str),
    user: (char, &'static str),
    address: (char, &'static str),
    file: (char, &'static str),
}

const PSQL: Options = Options {
    dialect: Dialect::Postgres,
    valued: "cdfFhLopPRTUv",
    long: &[
        "command",
        "dbname",
        "field-separator",
        "file",
        "host",
        "log-file",
        "output",
        "port",
        "pset",
        "record-separator",
        "set",
        "table-attr",
        "username",
        "variable",
    ],
    statement: ('c', "command"),
    user: ('U', "username"),
    address: ('d', "dbname"),
    file: ('f', "file"),
};

/// The value of `-p` stands in the same word, or nowhere.
const MYSQL: Options = Options {
    dialect: Dialect::Mysql,
    valued: "DehPSu",
    long: &[
        "database",
        "default-character-set",
        "delimiter",
        "execute",
        "host",
        "port",
        "protocol",
        "socket",
        "user",
    ],
    statement: ('e', "execute"),
    user: ('u', "user"),
    address: ('D', "database"),
    file: ('\0', "init-command"),
};

/// A value of an option, or an operand: a word, and how many bytes of it stand before the value.
type Value<'a> = (&'a Word, usize);

/// What a client is told.
#[derive(Debug, Default)]
struct Told<'a> {
    statements: Vec<Value<'a>>,
    user: Option<Value<'a>>,
    address: Option<Value<'a>>,
    reads_file: bool,
}

/// Everything that a command hands to clients whose user it names.
pub(super) fn handed<'a>(command: &'a CommandText<'a>) -> Vec<Handed<'a>> {
    let mut all = Vec::new();
    if !["psql", "mysql", "mariadb"].iter().any(|client| command.text.contains(client)) {
        return all;
    }
    let Some(script) = command.script() else { return all };
    let only = only(script);
    script.each_list(&mut |list| {
        for pipeline in list.items.iter().flat_map(|item| item.chain.pipelines()) {
            for (at, client) in pipeline.commands.iter().enumerate() {
                let before = at.checked_sub(1).map(|before| &pipeline.commands[before]);
                let is_only = only.is_some_and(|only| std::ptr::eq(only, client));
                client_of(command, client, before, is_only, &mut all);
            }
        }
    });
    all
}

/// The one command of a script, where it has but one.
fn only(script: &List) -> Option<&Command> {
    let [item] = script.items.as_slice() else { return None };
    let [command] = item.chain.first.commands.as_slice() else { return None };
    item.chain.rest.is_empty().then_some(command)
}

fn client_of<'a>(
    text: &'a CommandText<'a>,
    command: &'a Command,
    before: Option<&'a Command>,
    is_only: bool,
    all: &mut Vec<Handed<'a>>,
) {
    let Some(simple) = command.as_simple() else { return };
    let Some(program) = program(simple) else { return };
    let options = match program.name {
        "psql" => &PSQL,
        "mysql" | "mariadb" => &MYSQL,
        _ => return,
    };
    let Some(told) = told(options, &program) else { return };
    let Some(user) = user(options, &told, simple, &program, text) else { return };
    let dialect = options.dialect;
    let mut give = |sql, is_whole, place| all.push(Handed { user, dialect, sql, is_whole, place });
    for (word, skipped) in &told.statements {
        give(&word.lead[*skipped..], word.is_known, Place::Word(text, word, *skipped));
    }
    if told.reads_file || !told.statements.is_empty() {
        return;
    }
    let input = command.redirects.iter().rev().find(|redirect| redirect.is_input());
    if let Some(input) = input {
        let Some(body) = input.body(text.text) else { return };
        let is_quoted = text.text[input.target.at.clone()].contains(['\'', '"', '\\']);
        let all_of_it = &text.text[body.clone()];
        let known = if is_quoted { None } else { all_of_it.find(['$', '`', '\\']) };
        let sql = &all_of_it[..known.unwrap_or(all_of_it.len())];
        give(sql, known.is_none(), Place::Text(text.at, body.start));
    } else if let Some(before) = before {
        let Some(word) = said(before) else { return };
        let known = word.lead.find('\\');
        let sql = &word.lead[..known.unwrap_or(word.lead.len())];
        give(sql, word.is_known && known.is_none(), Place::Word(text, word, 0));
    } else if let Some(query) = text.query.filter(|_| is_only) {
        give(query.value.as_str(), true, Place::Text(query.at, 0));
    }
}

/// The one text that `echo` or `printf` hands on.
fn said(command: &Command) -> Option<&Word> {
    let program = command.as_simple().and_then(program)?;
    match (program.name, program.arguments) {
        ("echo", [word]) if !word.splits && !word.lead.starts_with('-') => Some(word),
        ("printf", [format, word]) if matches!(format.text(), Some("%s" | "%s\\n")) && !word.splits => {
            Some(word)
        }
        ("printf", [word]) if !word.splits && !word.lead.contains('%') => Some(word),
        _ => None,
    }
}

/// What the arguments of a client say; nothing where an option may hide in what is known only at run time.
fn told<'a>(options: &Options, program: &Program<'a>) -> Option<Told<'a>> {
    let mut told = Told::default();
    let mut operands = 0;
    let mut words = program.arguments.iter();
    let mut only_operands = false;
    while let Some(word) = words.next() {
        let lead = word.lead.as_str();
        if word.splits && (lead.is_empty() || lead.starts_with('-')) {
            return None;
        }
        if only_operands || !lead.starts_with('-') || lead == "-" {
            operands += 1;
            match operands {
                1 if told.address.is_none() => told.address = Some((word, 0)),
                2 if options.dialect == Dialect::Postgres && told.user.is_none() => {
                    told.user = Some((word, 0))
                }
                _ => {}
            }
            continue;
        }
        if lead == "--" {
            only_operands = true;
            continue;
        }
        let (letter, name, value) = if let Some(long) = lead.strip_prefix("--") {
            match long.split_once('=') {
                Some((name, _)) => ('\0', name, Some((word, name.len() + 3))),
                None if options.long.contains(&long) => ('\0', long, words.next().map(|word| (word, 0))),
                None => continue,
            }
        } else {
            let Some(at) = lead[1..].find(|c| options.valued.contains(c) || c == 'p') else { continue };
            let letter = lead[1 + at..].chars().next()?;
            if letter == 'p' && options.dialect == Dialect::Mysql {
                continue;
            }
            let value = match lead.len() > at + 2 || !word.is_known {
                true => Some((word, at + 2)),
                false => words.next().map(|word| (word, 0)),
            };
            (letter, "", value)
        };
        let is = |option: (char, &str)| {
            (letter != '\0' && letter == option.0) || (!name.is_empty() && name == option.1)
        };
        if is(options.statement) {
            // What a file has done before is not known.
            told.statements.extend(value.filter(|_| !told.reads_file));
        } else if is(options.user) {
            told.user = value;
        } else if is(options.address) {
            told.address = value;
        } else if is(options.file) {
            told.reads_file = true;
        }
    }
    Some(told)
}

/// As whom a client connects, where that is known. An address counts before an option, and that before a variable.
fn user<'a>(
    options: &Options,
    told: &Told<'a>,
    simple: &'a Simple,
    program: &Program<'a>,
    text: &'a CommandText<'a>,
) -> Option<&'a str> {
    let is_postgres = options.dialect == Dialect::Postgres;
    if let (Some((word, skipped)), true) = (told.address, is_postgres) {
        let address = &word.lead[skipped..];
        if let Some(rest) = address.strip_prefix("postgresql://").or(address.strip_prefix("postgres://")) {
            // The password may be a variable; the host then follows it.
            let is_password =
                |piece: &Piece| matches!(piece, Piece::Text { text, .. } if text.starts_with('@'));
            let (user, _) = match rest.split_once('@') {
                Some(split) => split,
                None if rest.ends_with(':') && word.pieces.get(2).is_some_and(is_password) => (rest, ""),
                None => return None,
            };
            let user = user.split_once(':').map_or(user, |(user, _)| user);
            return (!user.is_empty() && !user.contains(['%', '/', '?'])).then_some(user);
        }
        if address.contains('=') {
            return address
                .split_whitespace()
                .find_map(|setting| setting.strip_prefix("user="))
                .filter(|user| word.is_known && !user.contains(['\'', '\\']));
        }
        if !word.is_known && address.is_empty() && told.user.is_none() {
            return None;
        }
    }
    if let Some((word, skipped)) = told.user {
        return word.text().map(|text| &text[skipped..]);
    }
    if !is_postgres {
        return None;
    }
    let assigned =
        |word: &'a Word| word.lead.strip_prefix("PGUSER=").map(|user| word.is_known.then_some(user));
    let around = simple.words.iter().take_while(|word| !std::ptr::eq(*word, program.word));
    if let Some(user) = around.chain(&simple.assignments).find_map(assigned) {
        return user;
    }
    text.step.and_then(|step| step.env.get("PGUSER")).map(|user| user.value.0.as_str())
}
