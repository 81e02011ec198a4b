//! What a command makes, by its words: the files that it writes anew and the folders that it makes; and whether one
//! word may name what another one does.
//!
//! Only what well-known programs make is known here. Names are compared as they are spelt: what is the same variable in
//! both is the same.

use super::clock::{self, Clock};
use super::command::{Command, Piece, Word};
use super::program::{Program, program};

/// The words that name files which a command writes anew, so that what was there before is gone.
pub(super) fn files(command: &Command) -> Vec<&Word> {
    let anew = command.redirects.iter().filter(|redirect| [">", ">|"].contains(&redirect.operator));
    let mut files: Vec<&Word> = anew.map(|redirect| &redirect.target).collect();
    let Some(program) = command.as_simple().and_then(program) else { return files };
    match program.name {
        "tar" => files.extend(archive(&program)),
        "cp" | "mv" => {
            let has_target = program.arguments.iter().any(|word| word.lead.starts_with("--target-directory"));
            let operands: Vec<&Word> = program.operands(&["-t", "-S", "--suffix"]).collect();
            // Several files go into a folder.
            if let ([_, to], false) = (operands.as_slice(), has_target || program.has_option('t', &[])) {
                files.push(to);
            }
        }
        "pg_dump" | "pg_dumpall" => {
            let at = program
                .arguments
                .iter()
                .position(|word| ["-f", "--file"].contains(&word.text().unwrap_or_default()));
            files.extend(at.and_then(|at| program.arguments.get(at + 1)));
        }
        _ => {}
    }
    files
}

/// The words that name folders which a command makes.
pub(super) fn folders(command: &Command) -> Vec<&Word> {
    let program = command.as_simple().and_then(program).filter(|program| program.name == "mkdir");
    program.map_or_else(Vec::new, |program| program.operands(&["-m", "--mode"]).collect())
}

/// The archive that `tar` creates.
fn archive<'a>(program: &Program<'a>) -> Option<&'a Word> {
    let (mut creates, mut file) = (false, None);
    let mut words = program.arguments.iter().enumerate();
    while let Some((position, word)) = words.next() {
        let text = word.text().unwrap_or_default();
        let letters = match text.strip_prefix('-') {
            Some(long) if long.starts_with('-') => {
                creates |= text == "--create";
                if text == "--file" {
                    file = words.next().map(|(_, word)| word);
                }
                continue;
            }
            Some(letters) => letters,
            // The first word needs no dash.
            None if position == 0 => text,
            None => continue,
        };
        creates |= letters.contains('c');
        if letters.ends_with('f') {
            file = words.next().map(|(_, word)| word);
        }
    }
    file.filter(|_| creates)
}

/// A part of a name.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Atom<'a> {
    /// A character.
    Char(char),
    /// A `*`, `?` or `[` that stands for others.
    Glob(char),
    /// What is known at run time only, as it is spelt.
    Open(&'a str),
}

/// The name that a word spells, without a leading `./` and without `/` at its end. Nothing where a part of it is
/// beyond what is read here.
pub(super) fn name<'a>(text: &'a str, word: &Word) -> Option<Vec<Atom<'a>>> {
    let mut atoms = Vec::new();
    for piece in &word.pieces {
        match piece {
            Piece::Text { text, quoted } => atoms.extend(text.chars().map(|c| match c {
                '*' | '?' | '[' if !quoted => Atom::Glob(c),
                c => Atom::Char(c),
            })),
            Piece::Parameter(parameter) => atoms.push(Atom::Open(&text[parameter.at.clone()])),
            Piece::Output { at, .. } => atoms.push(Atom::Open(&text[at.clone()])),
            Piece::Unknown => return None,
        }
    }
    while atoms.starts_with(&[Atom::Char('.'), Atom::Char('/')]) {
        atoms.drain(..2);
    }
    while atoms.len() > 1 && atoms.ends_with(&[Atom::Char('/')]) {
        atoms.pop();
    }
    Some(atoms)
}

/// The folder of a name, and the name in it.
pub(super) fn split<'n, 'a>(name: &'n [Atom<'a>]) -> (&'n [Atom<'a>], &'n [Atom<'a>]) {
    match name.iter().rposition(|atom| *atom == Atom::Char('/')) {
        Some(at) => (&name[..at], &name[at + 1..]),
        None => (&[], name),
    }
}

/// Whether a word may name a folder that is named by the clock, what is in it, or a folder around it.
pub(super) fn may_refer(text: &str, word: &Word, folder: &[Atom<'_>], clock: &Clock<'_>) -> bool {
    let Some(name) = name(text, word) else { return true };
    // `--into=trays` names trays.
    let value = name.iter().position(|atom| *atom == Atom::Char('='));
    let value = value.map(|at| &name[at + 1..]).filter(|_| name.first() == Some(&Atom::Char('-')));
    may_match(&name, folder, clock) || value.is_some_and(|value| may_match(value, folder, clock))
}

fn may_match(name: &[Atom<'_>], folder: &[Atom<'_>], clock: &Clock<'_>) -> bool {
    let is_absolute = |name: &[Atom<'_>]| name.first() == Some(&Atom::Char('/'));
    let is_here = [&[][..], &[Atom::Char('.')], &[Atom::Char('/')]].contains(&name);
    if is_here
        || name.first() == Some(&Atom::Char('~'))
        || name.starts_with(&[Atom::Char('.'), Atom::Char('.')])
    {
        return true;
    }
    let mut rest = folder;
    for (position, atom) in name.iter().enumerate() {
        match (atom, rest.split_first()) {
            (Atom::Char(a), Some((Atom::Char(b), behind))) if a == b => rest = behind,
            // Where the two start from different folders they may meet again.
            (Atom::Char(_), Some((Atom::Char(_), _))) => return is_absolute(name) != is_absolute(folder),
            (Atom::Char(c), Some(_)) => return clock.may_start_with(*c),
            (Atom::Glob(_), Some((Atom::Char(_), _))) => return true,
            (Atom::Glob(_), Some(_)) => return may_end_alike(&name[position..], rest, clock),
            (Atom::Open(_), _) | (_, None) => return true,
        }
    }
    // The whole of it is there: a folder around it, or the start of another name.
    rest.first().is_none_or(|next| *next == Atom::Char('/'))
}

/// Whether a pattern may end as a folder does: `*.gz` does not where the folder ends with digits.
fn may_end_alike(pattern: &[Atom<'_>], folder: &[Atom<'_>], clock: &Clock<'_>) -> bool {
    if pattern.contains(&Atom::Char('/')) || folder.contains(&Atom::Char('/')) {
        return true;
    }
    match (pattern.last(), folder.last()) {
        (Some(Atom::Char(a)), Some(Atom::Char(b))) => a == b,
        (Some(Atom::Char(a)), Some(Atom::Open(_))) => folder.len() > 1 || clock.may_end_with(*a),
        _ => true,
    }
}

/// The clock in a word, where that is all in it that is known at run time only.
pub(super) fn only_clock(word: &Word) -> Option<Clock<'_>> {
    let open = word.pieces.iter().filter(|piece| !matches!(piece, Piece::Text { .. })).count();
    clock::in_word(word).filter(|_| open == 1)
}

#[cfg(test)]
mod tests {
    use super::super::command::parse;
    use super::*;

    fn made(text: &str) -> Vec<&str> {
        let script = parse(text).expect(text);
        let command = &script.items[0].chain.first.commands[0];
        files(command).into_iter().chain(folders(command)).map(|word| &text[word.at.clone()]).collect()
    }

    #[test]
    fn knows_what_is_made() {
        for (text, expected) in [
            ("tar czf a.tgz b", "a.tgz"),
            ("tar -c -z -f a.tgz b", "a.tgz"),
            ("tar --create --file a.tgz b", "a.tgz"),
            ("tar xzf a.tgz", ""),
            ("tar -tf a.tgz", ""),
            ("cp a b", "b"),
            ("cp a b c", ""),
            ("mv -f a b", "b"),
            ("cp -t d a b", ""),
            ("pg_dump -f a.sql shop", "a.sql"),
            ("x >a 2>>b", "a"),
            ("mkdir -p a b/c", "a b/c"),
            ("mkdir -m 700 a", "a"),
            ("./x a", ""),
        ] {
            assert_eq!(made(text).join(" "), expected, "{text}");
        }
    }

    #[test]
    fn a_folder_named_by_the_clock_is_known_to_few() {
        let refers = |word: &str| {
            let made = "mkdir trays/$(date +%Y%m%d_%H%M%S)";
            let script = parse(made).expect(made);
            let folder = folders(&script.items[0].chain.first.commands[0])[0];
            let (atoms, clock) = (name(made, folder).expect(made), only_clock(folder).expect(made));
            let text = format!("x {word}");
            let script = parse(&text).expect(word);
            let simple = script.items[0].chain.first.commands[0].as_simple().expect(word);
            may_refer(&text, &simple.words[1], &atoms, &clock)
        };
        for word in [
            "trays",
            "./trays/",
            "trays/*",
            "trays/$(date +%s)/a",
            "t*",
            "$x",
            "--into=trays",
            ".",
            "/srv/trays/a",
            "trays/2*",
        ] {
            assert!(refers(word), "{word}");
        }
        for word in ["tray", "trays/*.tar.gz", "trays/all_$(date +%F).gz", "shelf/*", "-lh", "trays-old"] {
            assert!(!refers(word), "{word}");
        }
    }
}
