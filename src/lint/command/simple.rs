//! Simple commands, redirections and here-documents.

use super::fault::{Broken, Extension, Fault};
use super::grammar::Parser;
use super::{Command, CommandKind, Redirect, Simple};

impl Parser<'_> {
    pub(super) fn simple(&mut self, start: usize) -> Result<Command, Fault> {
        let mut simple = Simple { assignments: Vec::new(), words: Vec::new() };
        let (mut redirects, mut end) = (Vec::new(), start);
        loop {
            self.blanks();
            if let Some(redirect) = self.redirect()? {
                redirects.push(redirect);
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
        if end == start {
            return Err(self.misplaced(None));
        }
        Ok(Command::new(CommandKind::Simple(simple), redirects, start..end))
    }

    /// What a `(` behind words makes of them: a function where it is one word.
    fn function(&mut self, start: usize, so_far: &Simple) -> Result<Command, Fault> {
        let last = so_far.words.last().or(so_far.assignments.last());
        let before = last.map_or("", |word| &self.text[word.at.clone()]);
        let touches = last.is_some_and(|word| word.at.end == self.at);
        if touches && before.ends_with('=') {
            let start = last.map_or(self.at, |word| word.at.start);
            return Err(Fault::Extension { at: start..self.at + 1, extension: Extension::Array });
        }
        if touches && before.ends_with(['?', '*', '+', '@', '!']) {
            return Err(Fault::Unknown);
        }
        let [name] = so_far.words.as_slice() else { return Err(self.misplaced(None)) };
        if !so_far.assignments.is_empty() {
            return Err(self.misplaced(None));
        }
        if !is_name(&self.text[name.at.clone()]) {
            return Err(Fault::Unknown);
        }
        let opening = self.at..self.at + 1;
        self.at += 1;
        self.blanks();
        self.close(&opening)?;
        self.lines()?;
        self.filled(&(start..opening.end))?;
        let body = self.nested(Self::command)?;
        let at = start..self.at;
        let name = name.at.clone();
        Ok(Command::new(CommandKind::Function(name, Box::new(body)), Vec::new(), at))
    }

    /// A redirection, if one stands here.
    pub(super) fn redirect(&mut self) -> Result<Option<Redirect>, Fault> {
        let start = self.at;
        let rest = &self.text[start..];
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        if !rest[digits..].starts_with(['<', '>']) {
            return Ok(None);
        }
        const OPERATORS: [&str; 9] = ["<<-", "<<", "<&", "<>", "<", ">>", ">&", ">|", ">"];
        let operator = OPERATORS.into_iter().find(|operator| rest[digits..].starts_with(operator));
        let operator = operator.expect("one of them is the first byte alone");
        self.at += digits + operator.len();
        let (length, next) = (digits + operator.len() + 1, self.peek());
        if matches!((operator, next), ("<" | ">", Some(b'('))) {
            self.at = start;
            return Err(self.extension(length, Extension::ProcessSubstitution));
        }
        if (operator, next) == ("<<", Some(b'<')) {
            self.at = start;
            return Err(self.extension(length, Extension::HereString));
        }
        let sign = start..self.at;
        self.blanks();
        if matches!(self.peek(), None | Some(b'\n' | b'|' | b'&' | b';' | b'<' | b'>' | b'(' | b')')) {
            return Err(Fault::Broken(Broken::NoTarget { at: sign }));
        }
        let target = self.word()?;
        if operator.starts_with("<<") {
            let end = target.text().ok_or(Fault::Unknown)?.to_owned();
            self.here.push((end, operator == "<<-"));
        }
        let descriptor = rest[..digits].parse().ok();
        Ok(Some(Redirect { at: start..self.at, descriptor, operator, target }))
    }

    pub(super) fn here_document(&mut self, end: &str, tabs: bool) -> Result<(), Fault> {
        (_, self.at) = here_document(self.text, self.at, end, tabs).ok_or(Fault::Unknown)?;
        Ok(())
    }
}

/// The body of a here-document whose first line begins at a place, and where what follows its end begins. `tabs` is
/// whether they may stand before that end.
pub(super) fn here_document(
    text: &str,
    start: usize,
    end: &str,
    tabs: bool,
) -> Option<(std::ops::Range<usize>, usize)> {
    let mut at = start;
    while at < text.len() {
        let line = text[at..].split('\n').next().unwrap_or_default();
        let next = (at + line.len() + 1).min(text.len());
        if (if tabs { line.trim_start_matches('\t') } else { line }) == end {
            return Some((start..at, next));
        }
        at = next;
    }
    None
}

pub(super) fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c == '_' || c.is_ascii_alphabetic())
        && text.bytes().all(|byte| byte == b'_' || byte.is_ascii_alphanumeric())
}

fn is_assignment(text: &str) -> bool {
    text.split_once('=').is_some_and(|(name, _)| is_name(name))
}
