//! Shell commands as trees, so that lints look at what a command does and not at how it is spelt.
//!
//! [`parse`] takes the text of a command and gives its tree, with a byte range into the text for every part
//! that a finding may point at; or the [`Fault`] that the text has, where it is not POSIX shell or where two
//! shells read it differently: then no other lint says anything about it. Nothing is expanded and nothing runs. What a program
//! does with its arguments is left to `program`, how a command can end to `outcome`.
//!
//! Written here because no crate fits: the one permissively licensed parser there is brings some seventy
//! crates, counts in characters instead of bytes and ends the process on deep nesting.

mod fault;
mod grammar;
mod simple;
mod visit;
mod words;

use std::ops::Range;

pub use fault::{Broken, Extension, Fault};
pub use visit::Place;

/// The tree of a command's text.
///
/// # Errors
///
/// Fails where the text is not the same to all shells, or nothing to any.
pub fn parse(text: &str) -> Result<List, Fault> {
    grammar::Parser::new(text).script()
}

/// Chains, one after another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    /// In order of the source.
    pub items: Vec<Item>,
}

/// A chain and what ends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// What runs.
    pub chain: Chain,
    /// Where a single `&` ends it, so that nobody waits for it.
    pub background: Option<usize>,
}

/// Pipelines joined by `&&` and `||`, which bind equally and to the left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    /// The first one.
    pub first: Pipeline,
    /// The others.
    pub rest: Vec<Link>,
}

/// A pipeline that runs, or not, after the one before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// When it runs.
    pub join: Join,
    /// The operator.
    pub at: Range<usize>,
    /// What runs then.
    pub pipeline: Pipeline,
}

/// When the right side of a link runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Join {
    /// `&&`: after success.
    And,
    /// `||`: after failure.
    Or,
}

/// Commands whose output each is the input of the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pipeline {
    /// True behind a `!`: success counts as failure and failure as success.
    pub negated: bool,
    /// At least one.
    pub commands: Vec<Command>,
}

/// A command and where its input and output go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// What it is.
    pub kind: CommandKind,
    /// Where its input and output go, in order of the source.
    pub redirects: Vec<Redirect>,
    /// From its first to its last byte.
    pub at: Range<usize>,
    /// True where the output of commands is a part of its words.
    pub substitutes: bool,
}

/// Where an input or output goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redirect {
    /// From the descriptor or sign to the end of the target.
    pub at: Range<usize>,
    /// The number before the sign.
    pub descriptor: Option<u32>,
    /// The sign.
    pub operator: &'static str,
    /// The file, the descriptor, or the word that ends the here-document.
    pub target: Word,
}

impl Redirect {
    /// True where it gives something to read.
    #[must_use]
    pub fn is_input(&self) -> bool {
        self.operator.starts_with('<') && self.descriptor.unwrap_or(0) == 0
    }

    /// The text between a here-document's first line and its end; nothing where it is no such, or where its line holds
    /// what might hide the line's end.
    #[must_use]
    pub fn body(&self, text: &str) -> Option<Range<usize>> {
        let (end, tabs) = (self.target.text()?, self.operator == "<<-");
        let line = text[..self.at.start].rfind('\n').map_or(0, |at| at + 1);
        let rest = text[self.at.end..].find('\n').map(|at| self.at.end..self.at.end + at)?;
        let hides = |c| matches!(c, '\'' | '"' | '\\' | '`' | '(' | '#');
        let is_alone = !text[line..self.at.start].contains("<<") && !text[rest.clone()].contains("<<");
        let is_sure = self.operator.starts_with("<<") && is_alone && !text[rest.clone()].contains(hides);
        is_sure.then(|| simple::here_document(text, rest.end + 1, end, tabs))?.map(|(body, _)| body)
    }

    /// True where it opens something that may not be there.
    #[must_use]
    pub fn opens_file(&self) -> bool {
        !self.operator.starts_with("<<")
            && !self.operator.ends_with('&')
            && self.target.text() != Some("/dev/null")
    }
}

/// The kinds of commands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CommandKind {
    /// A program or builtin with arguments, or assignments alone.
    Simple(Simple),
    /// `{ …; }`.
    Group(List),
    /// `( … )`.
    Subshell(List),
    /// `if`: conditions with what they lead to, and what is done otherwise.
    If(Vec<(List, List)>, Option<List>),
    /// `while` and `until`: the condition and the body.
    While(List, List),
    /// `for`.
    For(ForLoop),
    /// `case`: what is looked at, and the bodies.
    Case(Word, Vec<List>),
    /// The definition of a function, which runs nothing: its name and its body.
    Function(Range<usize>, Box<Command>),
    /// A test in double brackets, whose inside has a grammar of its own.
    DoubleBracket,
}

/// A loop over words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForLoop {
    /// The name of the variable.
    pub variable: Range<usize>,
    /// What it goes over.
    pub words: Vec<Word>,
    /// What is done with each.
    pub body: List,
}

/// A program or builtin with its arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Simple {
    /// `NAME=VALUE` before the first word.
    pub assignments: Vec<Word>,
    /// The program and its arguments.
    pub words: Vec<Word>,
}

/// A word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// Its bytes, quotes included.
    pub at: Range<usize>,
    /// Its text without quotes, up to the first part that is known only at run time.
    pub lead: String,
    /// True where that is all of it.
    pub is_known: bool,
    /// True where it may become several words at run time, or none.
    pub splits: bool,
    /// Its parts.
    pub pieces: Vec<Piece>,
}

/// A part of a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Text as it is.
    Text {
        /// Without its quotes.
        text: String,
        /// True where quotes or a backslash keep its signs from meaning anything.
        quoted: bool,
    },
    /// `$x` and `${x…}`.
    Parameter(Parameter),
    /// `$(…)`, and `` `…` `` without escapes: what commands print.
    Output {
        /// From the `$` to the parenthesis.
        at: Range<usize>,
        /// The commands.
        script: List,
    },
    /// Anything else that is known only at run time.
    Unknown,
}

/// The value of a variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// From the `$` to its end.
    pub at: Range<usize>,
    /// The name of the variable, or a sign or number.
    pub name: String,
    /// What stands there if the variable is not set.
    pub absent: Absent,
}

/// What stands in place of a variable that is not set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Absent {
    /// Nothing.
    Empty,
    /// Nothing: the script ends, as `${x:?}` says.
    Stops,
    /// A default.
    Default,
    /// Not known here, or nothing that matters.
    Other,
    /// The form is one that only some shells know, such as `${x/a/b}`.
    Extended,
}

impl Word {
    /// The commands whose output is a part of it.
    pub fn substitutions(&self) -> impl Iterator<Item = &List> {
        self.unknown().iter().filter_map(|piece| match piece {
            Piece::Output { script, .. } => Some(script),
            _ => None,
        })
    }

    /// The variables in it.
    pub fn parameters(&self) -> impl Iterator<Item = &Parameter> {
        self.unknown().iter().filter_map(|piece| match piece {
            Piece::Parameter(parameter) => Some(parameter),
            _ => None,
        })
    }

    /// Its parts, where one of them is known only at run time; most words have none.
    fn unknown(&self) -> &[Piece] {
        if self.is_known { &[] } else { &self.pieces }
    }

    /// Where a part of its [`lead`](Word::lead) is written in the text of the command.
    #[must_use]
    pub fn spelt(&self, text: &str, part: Range<usize>) -> Range<usize> {
        let raw = &text[self.at.clone()];
        let (mut quote, mut read, mut at) = (None, 0, 0);
        let (mut start, mut end) = (None, None);
        while let Some(c) = raw[at..].chars().next() {
            let next = raw[at + c.len_utf8()..].chars().next();
            let is_escape = c == '\\'
                && match quote {
                    None => true,
                    Some('"') => next.is_some_and(|next| matches!(next, '$' | '`' | '"' | '\\' | '\n')),
                    Some(_) => false,
                };
            let spelt = match (quote, c) {
                (Some(open), c) if open == c => {
                    (quote, at) = (None, at + 1);
                    continue;
                }
                (None, '\'' | '"') => {
                    (quote, at) = (Some(c), at + 1);
                    continue;
                }
                _ if is_escape && next == Some('\n') => {
                    at += 2;
                    continue;
                }
                _ if is_escape => next.unwrap_or(c),
                _ => c,
            };
            if read >= part.start {
                start.get_or_insert(at);
            }
            at += spelt.len_utf8() + usize::from(is_escape && next.is_some());
            read += spelt.len_utf8();
            if read >= part.end {
                end = Some(at);
                break;
            }
        }
        let start = start.unwrap_or(0);
        self.at.start + start..self.at.start + end.unwrap_or(raw.len()).max(start)
    }

    /// Its text without quotes, where nothing in it is known only at run time.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        self.is_known.then_some(self.lead.as_str())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn names(text: &str) -> Option<Vec<String>> {
        let mut names = Vec::new();
        parse(text).ok()?.each_simple(&mut |simple| {
            names.extend(simple.words.first().map(|word| text[word.at.clone()].to_owned()));
        });
        Some(names)
    }

    #[test]
    fn reads_what_posix_describes() {
        for (text, expected) in [
            ("curl -f 'http://x'", "curl"),
            ("cd a && ./b; c | d || e & f", "cd ./b c d e f"),
            ("A=1 B=$(date) ./run >log 2>&1 </dev/null", "./run date"),
            ("if a; then b; elif c; then d; else e; fi", "a b c d e"),
            ("while a; do b; done; until c\ndo d\ndone", "a b c d"),
            ("for x in 1 $(two) 3; do b \"$x\"; done", "two b"),
            ("for x\ndo b\ndone", "b"),
            ("case \"$x\" in a|b) c ;; (d) e;; *) ;; esac", "c e"),
            ("{ a; b; } | (c; d)", "a b c d"),
            ("f() { a; }; f", "a f"),
            ("! a", "a"),
            ("cat <<EOF | b\nrm -rf / ) '\nEOF\nc", "cat b c"),
            ("cat <<-'E O'\n\tx\n\tE O\nd", "cat d"),
            ("a \\\n  b # not this ; c\nd", "a d"),
            ("echo \"$(a \"$(b)\")\" ${x:-$(c)} $((1 + (2))) `d`", "echo a b c d"),
            ("[[ $x == (a|b) && -n $y ]] && c", "c"),
            ("echo a#b #c", "echo"),
            ("", ""),
            ("  # nothing", ""),
        ] {
            assert_eq!(names(text).expect(text).join(" "), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_posix_shell_has_no_tree() {
        for text in [
            "a '",
            "a \"",
            "$(a",
            "${a",
            "`a",
            "(a",
            "{ a",
            "if a; then b",
            "a )",
            "a ;; b",
            "a && ",
            "| a",
            "a &> b",
            "a <(b)",
            "((a))",
            "a <<EOF >",
            "case x in",
            "fi",
            "a | | b",
            "for 1 in",
            "a |& b",
        ] {
            assert_eq!(names(text), None, "{text}");
        }
    }

    #[test]
    fn words_are_unquoted_where_they_are_known() {
        let text = r#"a 'b c'"d"\ e $x "y$(z)" --f=g *.h"#;
        let list = parse(text).expect("it is shell");
        let CommandKind::Simple(simple) = &list.items[0].chain.first.commands[0].kind else {
            panic!("it is simple")
        };
        let words: Vec<_> = simple.words.iter().map(Word::text).collect();
        assert_eq!(words, [Some("a"), Some("b cd e"), None, None, Some("--f=g"), Some("*.h")]);
        assert_eq!(&text[simple.words[1].at.clone()], r#"'b c'"d"\ e"#);
    }

    #[test]
    fn a_part_of_a_word_is_found_behind_its_quotes() {
        let text = r#"psql -c"DELETE FROM \"a\" WHERE b = "'$x'" AND "c\ \=\ 'dé' "#;
        let list = parse(text).expect("it is shell");
        let CommandKind::Simple(simple) = &list.items[0].chain.first.commands[0].kind else {
            panic!("it is simple")
        };
        let word = &simple.words[1];
        let parts =
            [("-c", "-c"), ("DELETE", "DELETE"), ("\"a\"", r#"\"a\""#), ("$x", "$x"), ("= dé", r"\=\ 'dé")];
        for (part, spelt) in parts {
            let at = word.lead.find(part).expect("it is there");
            assert_eq!(&text[word.spelt(text, at..at + part.len())], spelt);
        }
    }

    #[test]
    fn the_body_of_a_here_document_is_found() {
        for (text, expected) in [
            ("psql <<SQL && b\nselect 1;\nSQL\nc", Some("select 1;\n")),
            ("psql <<-'SQL'\n\tselect 1;\n\tSQL\n", Some("\tselect 1;\n")),
            ("psql <<SQL | b 'x\ny'\nselect 1;\nSQL\n", None),
            ("a <<A; psql <<SQL\nA\nselect 1;\nSQL\n", None),
            ("psql <<SQL\nSQL\n", Some("")),
        ] {
            let list = parse(text).expect("it is shell");
            let mut body = None;
            list.each(&mut |command, _| {
                let of_psql = command.as_simple().is_some_and(|it| it.words[0].lead == "psql");
                body = body.take().or(command
                    .redirects
                    .first()
                    .filter(|_| of_psql)
                    .and_then(|it| it.body(text)));
            });
            assert_eq!(body.map(|body| &text[body]), expected, "{text}");
        }
    }

    #[test]
    fn deep_nesting_is_given_up() {
        for opening in ["(", "$(", "{ ", "if ", "\"$(", "${x:-", "! ", "f() "] {
            assert!(parse(&opening.repeat(100_000)).is_err(), "{opening}");
        }
        assert!(parse(&"a;".repeat(10_000)).is_ok());
    }

    proptest! {
        #[test]
        fn never_panics_and_stays_inside(
            text in "\\PC{0,30}|([a-c $(){}`'\"\\\\|&;<>=#!\n]|if |then |fi|do |done|for |in |case |esac|<<E\n|é){0,40}"
        ) {
            if let Ok(list) = parse(&text) {
                list.each_simple(&mut |simple| {
                    for word in simple.assignments.iter().chain(&simple.words) {
                        assert!(text.get(word.at.clone()).is_some_and(|word| !word.is_empty()));
                    }
                });
            }
        }
    }
}
