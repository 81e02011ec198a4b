//! Lists, pipelines and commands, by recursive descent over the text.
//!
//! Nesting is bounded, so no text overflows the stack, and every loop consumes, so each text is read in one
//! pass.

use std::ops::Range;

use super::{Chain, Command, CommandKind, Item, Join, Link, List, Pipeline, Simple};

/// Deeper nesting is given up.
const DEEPEST: usize = 50;

/// Words that end a list where a command is expected.
const CLOSING: [&str; 8] = ["then", "else", "elif", "fi", "do", "done", "esac", "}"];

/// The text is not POSIX shell, or not the same to all shells.
#[derive(Debug)]
pub(super) struct Unparsable;

/// A text and how far it has been read.
pub(super) struct Parser<'t> {
    pub(super) text: &'t str,
    pub(super) at: usize,
    depth: usize,
    /// Ends of the here-documents that start behind the next line break, and whether tabs before them count.
    here: Vec<(String, bool)>,
}

impl<'t> Parser<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, at: 0, depth: 0, here: Vec::new() }
    }

    /// The whole text.
    pub(super) fn script(mut self) -> Option<List> {
        let list = self.list().ok()?;
        (self.at == self.text.len() && self.here.is_empty()).then_some(list)
    }

    /// Chains up to whatever can't start one; whoever asks knows what must stand there.
    pub(super) fn list(&mut self) -> Result<List, Unparsable> {
        let mut items = Vec::new();
        loop {
            self.lines()?;
            if self.at_end_of_list() {
                return Ok(List { items });
            }
            let chain = self.chain()?;
            self.blanks();
            let mut background = false;
            match self.peek() {
                Some(b';') if self.peek_at(1) != Some(b';') => self.at += 1,
                Some(b'&') => {
                    // `&>` sends output away in some shells; in others it is `&` and then `>`.
                    if self.peek_at(1) == Some(b'>') {
                        return Err(Unparsable);
                    }
                    self.at += 1;
                    background = true;
                }
                None | Some(b'\n' | b')' | b';') => {}
                Some(_) => return Err(Unparsable),
            }
            items.push(Item { chain, background });
        }
    }

    /// Runs a rule of the grammar one level deeper.
    pub(super) fn nested<T>(
        &mut self,
        rule: impl FnOnce(&mut Self) -> Result<T, Unparsable>,
    ) -> Result<T, Unparsable> {
        if self.depth == DEEPEST {
            return Err(Unparsable);
        }
        self.depth += 1;
        let result = rule(self);
        self.depth -= 1;
        result
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.peek_at(0)
    }

    pub(super) fn peek_at(&self, offset: usize) -> Option<u8> {
        self.text.as_bytes().get(self.at + offset).copied()
    }

    pub(super) fn expect(&mut self, byte: u8) -> Result<(), Unparsable> {
        if self.peek() != Some(byte) {
            return Err(Unparsable);
        }
        self.at += 1;
        Ok(())
    }

    fn chain(&mut self) -> Result<Chain, Unparsable> {
        let first = self.pipeline()?;
        let mut rest = Vec::new();
        loop {
            self.blanks();
            let join = match (self.peek(), self.peek_at(1)) {
                (Some(b'&'), Some(b'&')) => Join::And,
                (Some(b'|'), Some(b'|')) => Join::Or,
                _ => return Ok(Chain { first, rest }),
            };
            let at = self.at..self.at + 2;
            self.at += 2;
            self.lines()?;
            rest.push(Link { join, at, pipeline: self.pipeline()? });
        }
    }

    fn pipeline(&mut self) -> Result<Pipeline, Unparsable> {
        let negated = self.keyword("!");
        self.blanks();
        let mut commands = vec![self.nested(Self::command)?];
        loop {
            self.blanks();
            match (self.peek(), self.peek_at(1)) {
                (Some(b'|'), Some(b'&')) => return Err(Unparsable),
                (Some(b'|'), next) if next != Some(b'|') => {
                    self.at += 1;
                    self.lines()?;
                    commands.push(self.nested(Self::command)?);
                }
                _ => return Ok(Pipeline { negated, commands }),
            }
        }
    }

    fn command(&mut self) -> Result<Command, Unparsable> {
        let start = self.at;
        let mut opens_files = false;
        let kind = if self.peek() == Some(b'(') {
            self.at += 1;
            // `((` is arithmetic in some shells.
            if self.peek() == Some(b'(') {
                return Err(Unparsable);
            }
            let inside = self.filled_list()?;
            self.expect(b')')?;
            CommandKind::Subshell(inside)
        } else if self.keyword("{") {
            let inside = self.filled_list()?;
            self.must("}")?;
            CommandKind::Group(inside)
        } else if self.keyword("if") {
            self.conditional()?
        } else if self.keyword("while") || self.keyword("until") {
            let condition = self.filled_list()?;
            CommandKind::While(condition, self.body()?)
        } else if self.keyword("for") {
            self.for_loop()?
        } else if self.keyword("case") {
            self.case()?
        } else if self.keyword("[[") {
            let inside = &self.text[self.at..];
            let end =
                inside.find(" ]]").filter(|end| !inside[..*end].contains(['\n', ';'])).ok_or(Unparsable)?;
            self.at += end + " ]]".len();
            CommandKind::DoubleBracket
        } else if ["!", "function"].contains(&self.upcoming()) || CLOSING.contains(&self.upcoming()) {
            return Err(Unparsable);
        } else {
            return self.simple(start);
        };
        let mut end = self.at;
        loop {
            self.blanks();
            match self.redirect()? {
                Some(opens) => opens_files |= opens,
                None => break,
            }
            end = self.at;
        }
        Ok(Command { kind, opens_files, at: start..end })
    }

    fn conditional(&mut self) -> Result<CommandKind, Unparsable> {
        let mut arms = Vec::new();
        loop {
            let condition = self.filled_list()?;
            self.must("then")?;
            arms.push((condition, self.filled_list()?));
            if self.keyword("elif") {
                continue;
            }
            let otherwise = if self.keyword("else") { Some(self.filled_list()?) } else { None };
            self.must("fi")?;
            return Ok(CommandKind::If(arms, otherwise));
        }
    }

    fn for_loop(&mut self) -> Result<CommandKind, Unparsable> {
        self.blanks();
        let name = self.upcoming();
        if !is_name(name) {
            return Err(Unparsable);
        }
        self.at += name.len();
        self.lines()?;
        let mut words = Vec::new();
        if self.keyword("in") {
            loop {
                self.blanks();
                match self.peek() {
                    Some(b';' | b'\n') => break,
                    _ => words.push(self.word()?),
                }
            }
        }
        if self.peek() == Some(b';') {
            self.at += 1;
        }
        Ok(CommandKind::For(words, self.body()?))
    }

    fn case(&mut self) -> Result<CommandKind, Unparsable> {
        self.blanks();
        self.word()?;
        self.lines()?;
        self.must("in")?;
        let mut bodies = Vec::new();
        loop {
            self.lines()?;
            if self.keyword("esac") {
                return Ok(CommandKind::Case(bodies));
            }
            if self.peek() == Some(b'(') {
                self.at += 1;
            }
            loop {
                self.blanks();
                self.word()?;
                self.blanks();
                match self.peek() {
                    Some(b'|') => self.at += 1,
                    _ => break,
                }
            }
            self.expect(b')')?;
            bodies.push(self.list()?);
            if self.text[self.at..].starts_with(";;") {
                self.at += 2;
            } else if self.upcoming() != "esac" {
                return Err(Unparsable);
            }
        }
    }

    /// `do …; done`.
    fn body(&mut self) -> Result<List, Unparsable> {
        self.lines()?;
        self.must("do")?;
        let body = self.filled_list()?;
        self.must("done")?;
        Ok(body)
    }

    fn simple(&mut self, start: usize) -> Result<Command, Unparsable> {
        let mut simple = Simple { assignments: Vec::new(), words: Vec::new() };
        let (mut opens_files, mut end) = (false, start);
        loop {
            self.blanks();
            if let Some(opens) = self.redirect()? {
                opens_files |= opens;
            } else {
                match self.peek() {
                    Some(b'(') => return self.function(start, &simple),
                    None | Some(b'\n' | b'|' | b'&' | b';' | b')') => break,
                    Some(_) => {
                        let word = self.word()?;
                        let is_assignment =
                            simple.words.is_empty() && is_assignment(&self.text[word.at.clone()]);
                        let words = if is_assignment { &mut simple.assignments } else { &mut simple.words };
                        words.push(word);
                    }
                }
            }
            end = self.at;
        }
        // Where nothing was read, no command stands here.
        if end == start { Err(Unparsable) } else { Ok(command(simple, opens_files, start..end)) }
    }

    fn function(&mut self, start: usize, so_far: &Simple) -> Result<Command, Unparsable> {
        let [name] = so_far.words.as_slice() else { return Err(Unparsable) };
        if !is_name(&self.text[name.at.clone()]) || !so_far.assignments.is_empty() {
            return Err(Unparsable);
        }
        self.expect(b'(')?;
        self.blanks();
        self.expect(b')')?;
        self.lines()?;
        let body = self.nested(Self::command)?;
        let at = start..self.at;
        Ok(Command { kind: CommandKind::Function(Box::new(body)), opens_files: false, at })
    }

    /// A redirection, if one stands here: whether it opens a file.
    fn redirect(&mut self) -> Result<Option<bool>, Unparsable> {
        let rest = &self.text[self.at..];
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        if !rest[digits..].starts_with(['<', '>']) {
            return Ok(None);
        }
        const OPERATORS: [&str; 9] = ["<<-", "<<", "<&", "<>", "<", ">>", ">&", ">|", ">"];
        let operator = OPERATORS.into_iter().find(|operator| rest[digits..].starts_with(operator));
        let operator = operator.expect("one of them is the first byte alone");
        self.at += digits + operator.len();
        // `<(` and `>(` are bash, `<<<` is not POSIX either.
        if matches!(self.peek(), Some(b'(' | b'<')) {
            return Err(Unparsable);
        }
        self.blanks();
        let target = self.word()?;
        if operator.starts_with("<<") {
            let end = target.text().ok_or(Unparsable)?.to_owned();
            self.here.push((end, operator == "<<-"));
            return Ok(Some(false));
        }
        let harmless = operator.ends_with('&') || target.text() == Some("/dev/null");
        Ok(Some(!harmless))
    }

    fn filled_list(&mut self) -> Result<List, Unparsable> {
        let list = self.list()?;
        if list.items.is_empty() { Err(Unparsable) } else { Ok(list) }
    }

    fn at_end_of_list(&self) -> bool {
        match self.peek() {
            None | Some(b')') => true,
            Some(b';') => self.peek_at(1) == Some(b';'),
            Some(_) => CLOSING.contains(&self.upcoming()),
        }
    }

    /// What stands here up to the next blank or operator, quotes and all.
    fn upcoming(&self) -> &'t str {
        let rest = &self.text[self.at..];
        let end = rest.find([' ', '\t', '\n', '|', '&', ';', '<', '>', '(', ')']).unwrap_or(rest.len());
        &rest[..end]
    }

    /// Reads a reserved word, if it stands here.
    fn keyword(&mut self, keyword: &str) -> bool {
        let stands_here = self.upcoming() == keyword;
        if stands_here {
            self.at += keyword.len();
        }
        stands_here
    }

    fn must(&mut self, keyword: &str) -> Result<(), Unparsable> {
        if self.keyword(keyword) { Ok(()) } else { Err(Unparsable) }
    }

    /// Skips blanks, continued lines and a comment.
    fn blanks(&mut self) {
        loop {
            match self.peek() {
                Some(b' ' | b'\t') => self.at += 1,
                Some(b'\\') if self.peek_at(1) == Some(b'\n') => self.at += 2,
                Some(b'#') => {
                    let rest = &self.text[self.at..];
                    self.at += rest.find('\n').unwrap_or(rest.len());
                }
                _ => return,
            }
        }
    }

    /// Skips blanks, comments, line breaks and the here-documents behind them.
    fn lines(&mut self) -> Result<(), Unparsable> {
        loop {
            self.blanks();
            if self.peek() != Some(b'\n') {
                return Ok(());
            }
            self.at += 1;
            for (end, tabs) in std::mem::take(&mut self.here) {
                self.here_document(&end, tabs)?;
            }
        }
    }

    fn here_document(&mut self, end: &str, tabs: bool) -> Result<(), Unparsable> {
        while self.at < self.text.len() {
            let rest = &self.text[self.at..];
            let line = rest.split('\n').next().unwrap_or(rest);
            self.at = (self.at + line.len() + 1).min(self.text.len());
            if (if tabs { line.trim_start_matches('\t') } else { line }) == end {
                return Ok(());
            }
        }
        Err(Unparsable)
    }
}

fn command(simple: Simple, opens_files: bool, at: Range<usize>) -> Command {
    Command { kind: CommandKind::Simple(simple), opens_files, at }
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c == '_' || c.is_ascii_alphabetic())
        && text.bytes().all(|byte| byte == b'_' || byte.is_ascii_alphanumeric())
}

fn is_assignment(text: &str) -> bool {
    text.split_once('=').is_some_and(|(name, _)| is_name(name))
}
