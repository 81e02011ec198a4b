//! Lists, pipelines and compound commands, by recursive descent over the text.
//!
//! Nesting is bounded, so no text overflows the stack, and every loop consumes, so each text is read in one
//! pass.

use std::ops::Range;

use super::fault::{Broken, Extension, Fault};
use super::simple::is_name;
use super::words::is_end;
use super::{Chain, Command, CommandKind, ForLoop, Item, Join, Link, List, Pipeline};

/// Deeper nesting is given up.
const DEEPEST: usize = 50;

/// True for a word that ends a list where a command is expected.
fn is_closing(word: &str) -> bool {
    matches!(word, "then" | "else" | "elif" | "fi" | "do" | "done" | "esac" | "}")
}

/// A text and how far it has been read.
pub(super) struct Parser<'t> {
    pub(super) text: &'t str,
    pub(super) at: usize,
    depth: usize,
    /// Ends of the here-documents that start behind the next line break, and whether tabs before them count.
    pub(super) here: Vec<(String, bool)>,
    /// True behind what may end elsewhere than where it was taken to end: `[[ … ]]`, `$((…))`.
    pub(super) is_guessed: bool,
}

impl<'t> Parser<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, at: 0, depth: 0, here: Vec::new(), is_guessed: false }
    }

    /// The whole text.
    pub(super) fn script(mut self) -> Result<List, Fault> {
        let list = self.list().and_then(|list| match self.at < self.text.len() {
            true => Err(self.misplaced(None)),
            false => Ok(list),
        });
        let list = list.map_err(|fault| if self.is_guessed { Fault::Unknown } else { fault })?;
        // Some shells take the end of the text for the end of a here-document, and others do not.
        if self.here.is_empty() { Ok(list) } else { Err(Fault::Unknown) }
    }

    /// A part of the text that is a script by itself, as far down as this parser is.
    pub(super) fn inner(&self, part: Range<usize>) -> Result<List, Fault> {
        let text = &self.text[..part.end];
        let parser =
            Parser { text, at: part.start, depth: self.depth + 1, here: Vec::new(), is_guessed: false };
        if parser.depth > DEEPEST { Err(Fault::Unknown) } else { parser.script() }
    }

    /// What stands here is not what must. At the end of the text nothing is certain.
    pub(super) fn misplaced(&self, expected: Option<&'static str>) -> Fault {
        if self.at >= self.text.len() {
            return Fault::Unknown;
        }
        let word = self.upcoming().len();
        let rest = &self.text[self.at..];
        let doubled = ["&&", "||", ";;"].iter().any(|operator| rest.starts_with(operator));
        let length = match word {
            0 if doubled => 2,
            0 => rest.chars().next().map_or(0, char::len_utf8),
            _ => word,
        };
        Fault::Broken(Broken::Misplaced { at: self.at..self.at + length, expected })
    }

    /// What was opened and must be closed by a word or sign that does not stand here.
    pub(super) fn unclosed(&self, opening: &Range<usize>, closing: &'static str) -> Fault {
        if self.at < self.text.len() {
            return self.misplaced(Some(closing));
        }
        Fault::Broken(Broken::Unclosed { at: opening.clone(), closing })
    }

    /// Chains up to whatever can't start one; whoever asks knows what must stand there.
    pub(super) fn list(&mut self) -> Result<List, Fault> {
        let mut items = Vec::new();
        loop {
            self.lines()?;
            if self.at_end_of_list() {
                return Ok(List { items });
            }
            let chain = self.chain()?;
            self.blanks();
            let mut background = None;
            match self.peek() {
                Some(b';') if self.peek_at(1) != Some(b';') => self.at += 1,
                Some(b'&') => {
                    // `&>` sends output away in some shells; in others it is `&` and then `>`.
                    if self.peek_at(1) == Some(b'>') {
                        return Err(self.extension(2, Extension::BothOutputs));
                    }
                    background = Some(self.at);
                    self.at += 1;
                }
                None | Some(b'\n' | b')' | b';') => {}
                Some(_) => return Err(self.misplaced(None)),
            }
            items.push(Item { chain, background });
        }
    }

    /// Runs a rule of the grammar one level deeper.
    pub(super) fn nested<T>(&mut self, rule: impl FnOnce(&mut Self) -> Result<T, Fault>) -> Result<T, Fault> {
        if self.depth == DEEPEST {
            return Err(Fault::Unknown);
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

    /// Reads the `)` that closes what was opened there.
    pub(super) fn close(&mut self, opening: &Range<usize>) -> Result<(), Fault> {
        if self.peek() != Some(b')') {
            return Err(self.unclosed(opening, ")"));
        }
        self.at += 1;
        Ok(())
    }

    /// What only some shells know stands here.
    pub(super) fn extension(&self, length: usize, extension: Extension) -> Fault {
        let end = (self.at + length).min(self.text.len());
        Fault::Extension { at: self.at..end, extension }
    }

    fn chain(&mut self) -> Result<Chain, Fault> {
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
            self.filled(&at)?;
            rest.push(Link { join, at, pipeline: self.pipeline()? });
        }
    }

    fn pipeline(&mut self) -> Result<Pipeline, Fault> {
        let negated = self.keyword("!");
        self.blanks();
        let mut commands = vec![self.nested(Self::command)?];
        loop {
            self.blanks();
            match (self.peek(), self.peek_at(1)) {
                (Some(b'|'), Some(b'&')) => return Err(self.extension(2, Extension::PipedErrors)),
                (Some(b'|'), next) if next != Some(b'|') => {
                    let at = self.at..self.at + 1;
                    self.at += 1;
                    self.lines()?;
                    self.filled(&at)?;
                    commands.push(self.nested(Self::command)?);
                }
                _ => return Ok(Pipeline { negated, commands }),
            }
        }
    }

    /// Something must follow an operator.
    pub(super) fn filled(&self, operator: &Range<usize>) -> Result<(), Fault> {
        if self.at < self.text.len() {
            return Ok(());
        }
        Err(Fault::Broken(Broken::NothingAfter { at: operator.clone() }))
    }

    pub(super) fn command(&mut self) -> Result<Command, Fault> {
        let start = self.at;
        let opening = start..start + self.upcoming().len();
        let kind = if self.peek() == Some(b'(') {
            let opening = start..start + 1;
            self.at += 1;
            if self.peek() == Some(b'(') {
                self.at = start;
                return Err(self.extension(2, Extension::Arithmetic));
            }
            let inside = self.filled_list(&opening, ")")?;
            self.close(&opening)?;
            CommandKind::Subshell(inside)
        } else if self.keyword("{") {
            let inside = self.filled_list(&opening, "}")?;
            self.must("}", &opening)?;
            CommandKind::Group(inside)
        } else if self.keyword("if") {
            self.conditional(&opening)?
        } else if self.keyword("while") || self.keyword("until") {
            let condition = self.filled_list(&opening, "do")?;
            CommandKind::While(condition, self.body(&opening)?)
        } else if self.keyword("for") {
            self.for_loop(&opening)?
        } else if self.keyword("case") {
            self.case(&opening)?
        } else if self.keyword("[[") {
            let inside = &self.text[self.at..];
            let end = inside.find(" ]]").filter(|end| !inside[..*end].contains(['\n', ';']));
            let end = end.ok_or(Fault::Unknown)?;
            self.at += end + " ]]".len();
            self.is_guessed |= !is_plain_test(&inside[..end]) || !self.upcoming().is_empty();
            CommandKind::DoubleBracket
        } else if let Some(extension) = Extension::of_word(self.upcoming()) {
            return Err(self.extension(self.upcoming().len(), extension));
        } else if self.upcoming() == "!" || is_closing(self.upcoming()) {
            return Err(self.misplaced(None));
        } else {
            return self.simple(start);
        };
        let (mut redirects, mut end) = (Vec::new(), self.at);
        loop {
            self.blanks();
            match self.redirect()? {
                Some(redirect) => redirects.push(redirect),
                None => break,
            }
            end = self.at;
        }
        Ok(Command::new(kind, redirects, start..end))
    }

    fn conditional(&mut self, opening: &Range<usize>) -> Result<CommandKind, Fault> {
        let mut arms = Vec::new();
        loop {
            let condition = self.filled_list(opening, "then")?;
            self.must("then", opening)?;
            arms.push((condition, self.filled_list(opening, "fi")?));
            if self.keyword("elif") {
                continue;
            }
            let otherwise = if self.keyword("else") { Some(self.filled_list(opening, "fi")?) } else { None };
            self.must("fi", opening)?;
            return Ok(CommandKind::If(arms, otherwise));
        }
    }

    fn for_loop(&mut self, opening: &Range<usize>) -> Result<CommandKind, Fault> {
        self.blanks();
        let name = self.upcoming();
        if !is_name(name) {
            // `for ((`; and names that only some shells take.
            return Err(Fault::Unknown);
        }
        let variable = self.at..self.at + name.len();
        self.at = variable.end;
        self.lines()?;
        let mut words = Vec::new();
        if self.keyword("in") {
            loop {
                self.blanks();
                match self.peek() {
                    Some(b';' | b'\n') => break,
                    None => return Err(self.unclosed(opening, "do")),
                    _ => words.push(self.word()?),
                }
            }
        }
        if self.peek() == Some(b';') {
            self.at += 1;
        }
        Ok(CommandKind::For(ForLoop { variable, words, body: self.body(opening)? }))
    }

    fn case(&mut self, opening: &Range<usize>) -> Result<CommandKind, Fault> {
        self.blanks();
        let subject = self.word()?;
        self.lines()?;
        self.must("in", opening)?;
        let mut bodies = Vec::new();
        loop {
            self.lines()?;
            if self.keyword("esac") {
                return Ok(CommandKind::Case(subject, bodies));
            }
            if self.peek() == Some(b'(') {
                self.at += 1;
            }
            loop {
                self.blanks();
                if self.at == self.text.len() {
                    return Err(self.unclosed(opening, "esac"));
                }
                self.word()?;
                self.blanks();
                match self.peek() {
                    Some(b'|') => self.at += 1,
                    _ => break,
                }
            }
            self.close(opening)?;
            bodies.push(self.list()?);
            let rest = &self.text[self.at..];
            if rest.starts_with(";;&") || rest.starts_with(";&") {
                return Err(Fault::Unknown);
            } else if rest.starts_with(";;") {
                self.at += 2;
            } else if self.upcoming() != "esac" {
                return Err(self.unclosed(opening, "esac"));
            }
        }
    }

    /// `do …; done`.
    fn body(&mut self, opening: &Range<usize>) -> Result<List, Fault> {
        self.lines()?;
        self.must("do", opening)?;
        let body = self.filled_list(opening, "done")?;
        self.must("done", opening)?;
        Ok(body)
    }

    /// Commands up to what ends them, of which there must be one.
    fn filled_list(&mut self, opening: &Range<usize>, closing: &'static str) -> Result<List, Fault> {
        let list = self.list()?;
        if !list.items.is_empty() {
            return Ok(list);
        }
        match self.peek() {
            None => Err(self.unclosed(opening, closing)),
            Some(_) => Err(self.misplaced(None)),
        }
    }

    fn at_end_of_list(&self) -> bool {
        match self.peek() {
            None | Some(b')') => true,
            Some(b';') => self.peek_at(1) == Some(b';'),
            Some(_) => is_closing(self.upcoming()),
        }
    }

    /// What stands here up to the next blank or operator, quotes and all.
    fn upcoming(&self) -> &'t str {
        let rest = &self.text[self.at..];
        let end = rest.bytes().position(is_end).unwrap_or(rest.len());
        &rest[..end]
    }

    /// Reads a reserved word, if it stands here.
    fn keyword(&mut self, keyword: &str) -> bool {
        let rest = self.text.as_bytes()[self.at..].strip_prefix(keyword.as_bytes());
        let stands_here = rest.is_some_and(|rest| rest.first().is_none_or(|byte| is_end(*byte)));
        if stands_here {
            self.at += keyword.len();
        }
        stands_here
    }

    fn must(&mut self, keyword: &'static str, opening: &Range<usize>) -> Result<(), Fault> {
        if self.keyword(keyword) { Ok(()) } else { Err(self.unclosed(opening, keyword)) }
    }

    /// Skips blanks, continued lines and a comment.
    pub(super) fn blanks(&mut self) {
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
    pub(super) fn lines(&mut self) -> Result<(), Fault> {
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
}

/// True where `[[ … ]]` holds nothing but one comparison: of anything more, shells think differently, and bash goes on
/// as if nothing were wrong.
fn is_plain_test(inside: &str) -> bool {
    let signs = ['\'', '"', '`', '\\', '(', ')', '{', '<', '>', '|', '&', '#'];
    let words: Vec<&str> = inside.split_ascii_whitespace().collect();
    let is_unary =
        |word: &str| ["-d", "-e", "-f", "-h", "-L", "-n", "-r", "-s", "-w", "-x", "-z"].contains(&word);
    let is_binary = |word: &str| {
        ["=", "==", "!=", "=~", "-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-nt", "-ot", "-ef"].contains(&word)
    };
    let is_operand = |word: &str| !word.starts_with(['-', '!']);
    let is_known = match words.strip_prefix(&["!"]).unwrap_or(&words) {
        [one] => is_operand(one),
        [operator, operand] => is_unary(operator) && is_operand(operand),
        [left, operator, right] => is_operand(left) && is_binary(operator) && is_operand(right),
        _ => false,
    };
    is_known && !inside.contains(signs)
}
