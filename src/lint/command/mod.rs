//! Shell commands as trees, so that lints look at what a command does and not at how it is spelt.
//!
//! [`parse`] takes the text of a command and gives its tree, with a byte range into the text for every part
//! that a finding may point at; or nothing, where the text is not POSIX shell or where two shells read it
//! differently: then no lint says anything about it. Nothing is expanded and nothing runs. What a program
//! does with its arguments is left to `program`, how a command can end to `outcome`.
//!
//! Written here because no crate fits: the one permissively licensed parser there is brings some seventy
//! crates, counts in characters instead of bytes and ends the process on deep nesting.

mod grammar;
mod words;

use std::ops::Range;

/// The tree of a command's text.
#[must_use]
pub fn parse(text: &str) -> Option<List> {
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
    /// True behind a single `&`: nobody waits for it.
    pub background: bool,
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
    /// True where input or output goes anywhere but to another descriptor or to `/dev/null`, so that opening it
    /// may fail.
    pub opens_files: bool,
    /// From its first to its last byte.
    pub at: Range<usize>,
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
    /// `for`: the words and the body.
    For(Vec<Word>, List),
    /// `case`: the bodies.
    Case(Vec<List>),
    /// The definition of a function, which runs nothing.
    Function(Box<Command>),
    /// A test in double brackets, whose inside has a grammar of its own.
    DoubleBracket,
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
    /// The commands in its `$(…)`.
    pub substitutions: Vec<List>,
}

impl Word {
    /// Its text without quotes, where nothing in it is known only at run time.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        self.is_known.then_some(self.lead.as_str())
    }
}

impl List {
    /// Visits every simple command, also those in functions and substitutions, in order of the source but for
    /// substitutions, which come after the command that they stand in.
    pub fn each_simple<'a>(&'a self, visit: &mut dyn FnMut(&'a Simple)) {
        self.each_command(&mut |command, _| {
            if let CommandKind::Simple(simple) = &command.kind {
                visit(simple);
                for word in simple.assignments.iter().chain(&simple.words) {
                    for inner in &word.substitutions {
                        inner.each_simple(visit);
                    }
                }
            }
            if let CommandKind::For(words, _) = &command.kind {
                for inner in words.iter().flat_map(|word| &word.substitutions) {
                    inner.each_simple(visit);
                }
            }
        });
    }

    /// Visits every simple command whose exit code is looked at: not those whose output alone matters, on the
    /// left of a pipe or in a substitution.
    pub fn each_deciding<'a>(&'a self, visit: &mut dyn FnMut(&'a Simple)) {
        self.each_command(&mut |command, is_last| {
            if let (CommandKind::Simple(simple), true) = (&command.kind, is_last) {
                visit(simple);
            }
        });
    }

    /// Visits every command outside of substitutions, and whether it ends its pipeline and all around it.
    fn each_command<'a>(&'a self, visit: &mut dyn FnMut(&'a Command, bool)) {
        self.walk(true, visit);
    }

    fn walk<'a>(&'a self, is_last: bool, visit: &mut dyn FnMut(&'a Command, bool)) {
        for item in &self.items {
            let pipelines =
                std::iter::once(&item.chain.first).chain(item.chain.rest.iter().map(|l| &l.pipeline));
            for pipeline in pipelines {
                for (position, command) in pipeline.commands.iter().enumerate() {
                    command.walk(is_last && position + 1 == pipeline.commands.len(), visit);
                }
            }
        }
    }
}

impl Command {
    fn walk<'a>(&'a self, is_last: bool, visit: &mut dyn FnMut(&'a Command, bool)) {
        visit(self, is_last);
        match &self.kind {
            CommandKind::Group(list) | CommandKind::Subshell(list) | CommandKind::For(_, list) => {
                list.walk(is_last, visit);
            }
            CommandKind::If(arms, otherwise) => {
                for (condition, body) in arms {
                    condition.walk(is_last, visit);
                    body.walk(is_last, visit);
                }
                if let Some(list) = otherwise {
                    list.walk(is_last, visit);
                }
            }
            CommandKind::While(condition, body) => {
                condition.walk(is_last, visit);
                body.walk(is_last, visit);
            }
            CommandKind::Case(bodies) => bodies.iter().for_each(|body| body.walk(is_last, visit)),
            CommandKind::Function(body) => body.walk(is_last, visit),
            CommandKind::Simple(_) | CommandKind::DoubleBracket => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn names(text: &str) -> Option<Vec<String>> {
        let mut names = Vec::new();
        parse(text)?.each_simple(&mut |simple| {
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
            ("echo \"$(a \"$(b)\")\" ${x:-$(c)} $((1 + (2))) `d`", "echo a b c"),
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
    fn deep_nesting_is_given_up() {
        for opening in ["(", "$(", "{ ", "if ", "\"$(", "${x:-", "! ", "f() "] {
            assert!(parse(&opening.repeat(100_000)).is_none(), "{opening}");
        }
        assert!(parse(&"a;".repeat(10_000)).is_some());
    }

    proptest! {
        #[test]
        fn never_panics_and_stays_inside(
            text in "\\PC{0,30}|([a-c $(){}`'\"\\\\|&;<>=#!\n]|if |then |fi|do |done|for |in |case |esac|<<E\n|é){0,40}"
        ) {
            if let Some(list) = parse(&text) {
                list.each_simple(&mut |simple| {
                    for word in simple.assignments.iter().chain(&simple.words) {
                        assert!(text.get(word.at.clone()).is_some_and(|word| !word.is_empty()));
                    }
                });
            }
        }
    }
}
