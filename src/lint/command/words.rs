//! Words: quotes, expansions, and where a word ends.

use std::ops::Range;

use super::fault::{Broken, Extension, Fault};
use super::grammar::Parser;
use super::{Absent, Parameter, Piece, Word};

/// What stands around a part of a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Around {
    Nothing,
    DoubleQuotes,
    /// `${…}` that stands in nothing.
    Braces,
    /// `${…}` in double quotes.
    QuotedBraces,
}

impl Around {
    fn is_quoted(self) -> bool {
        matches!(self, Around::DoubleQuotes | Around::QuotedBraces)
    }
}

impl Word {
    fn new(start: usize) -> Self {
        Word { at: start..start, lead: String::new(), is_known: true, splits: false, pieces: Vec::new() }
    }

    fn push(&mut self, piece: &str, quoted: bool) {
        if self.is_known {
            self.lead.push_str(piece);
        }
        match self.pieces.last_mut() {
            Some(Piece::Text { text, quoted: before }) if *before == quoted => text.push_str(piece),
            _ => self.pieces.push(Piece::Text { text: piece.to_owned(), quoted }),
        }
    }

    fn push_unknown(&mut self, piece: Piece, around: Around) {
        self.is_known = false;
        self.splits |= around == Around::Nothing;
        self.pieces.push(piece);
    }
}

impl<'t> Parser<'t> {
    /// A word, which must not be empty.
    pub(super) fn word(&mut self) -> Result<Word, Fault> {
        let start = self.at;
        let mut word = Word::new(start);
        while let Some(byte) = self.peek() {
            match byte {
                byte if is_end(byte) => break,
                b'\'' => word.push(self.single_quoted()?, true),
                b'"' => self.double_quoted(&mut word)?,
                b'\\' if self.peek_at(1) == Some(b'\n') => self.at += 2,
                b'\\' => {
                    self.at += 1;
                    word.push(self.escaped(), true);
                }
                b'$' => self.dollar(&mut word, Around::Nothing)?,
                b'`' => self.backquoted(&mut word, Around::Nothing)?,
                _ => {
                    // Some shells take `name[` for the start of a subscript, which may run past blanks.
                    self.is_guessed |= byte == b'[' && start < self.at;
                    word.push(self.run(|byte| is_end(byte) || is_quoting(byte) || byte == b'['), false);
                }
            }
        }
        if start == self.at {
            return Err(self.misplaced(None));
        }
        word.at.end = self.at;
        Ok(word)
    }

    /// The next character; nothing at the end.
    fn character(&mut self) -> &'t str {
        let rest = &self.text[self.at..];
        let length = rest.chars().next().map_or(0, char::len_utf8);
        self.at += length;
        &rest[..length]
    }

    /// The next character, whatever it is, and all up to a byte of ASCII that ends the run.
    fn run(&mut self, ends: impl Fn(u8) -> bool) -> &'t str {
        let start = self.at;
        self.character();
        let rest = &self.text.as_bytes()[self.at..];
        self.at += rest.iter().position(|byte| ends(*byte)).unwrap_or(rest.len());
        &self.text[start..self.at]
    }

    /// What stands behind a backslash, which at the end stands for itself.
    fn escaped(&mut self) -> &'t str {
        match self.character() {
            "" => "\\",
            character => character,
        }
    }

    fn single_quoted(&mut self) -> Result<&'t str, Fault> {
        let inside = &self.text[self.at + 1..];
        let end = inside.find('\'').ok_or_else(|| unclosed(self.at..self.at + 1, "'"))?;
        self.at += end + 2;
        Ok(&inside[..end])
    }

    fn double_quoted(&mut self, word: &mut Word) -> Result<(), Fault> {
        let opening = self.at..self.at + 1;
        self.at += 1;
        // `""` is a word too.
        word.push("", true);
        loop {
            match self.peek().ok_or_else(|| unclosed(opening.clone(), "\""))? {
                b'"' => {
                    self.at += 1;
                    return Ok(());
                }
                b'\\' if self.peek_at(1) == Some(b'\n') => self.at += 2,
                b'\\' if matches!(self.peek_at(1), Some(b'$' | b'`' | b'"' | b'\\')) => {
                    self.at += 1;
                    word.push(self.character(), true);
                }
                b'$' => self.dollar(word, Around::DoubleQuotes)?,
                b'`' => self.backquoted(word, Around::DoubleQuotes)?,
                _ => word.push(self.run(|byte| matches!(byte, b'"' | b'\\' | b'$' | b'`')), true),
            }
        }
    }

    /// Whatever a `$` starts, or the `$` itself.
    fn dollar(&mut self, word: &mut Word, around: Around) -> Result<(), Fault> {
        let start = self.at;
        match self.peek_at(1) {
            Some(b'(') if self.peek_at(2) == Some(b'(') && self.arithmetic() => {
                word.pieces.push(Piece::Unknown);
                word.is_known = false;
            }
            Some(b'(') => {
                // Arithmetic beyond what is read here, or a subshell.
                self.is_guessed |= self.peek_at(2) == Some(b'(');
                let opening = start..start + 2;
                self.at += 2;
                let script = self.nested(|parser| parser.list())?;
                self.close(&opening)?;
                word.push_unknown(Piece::Output { at: start..self.at, script }, around);
            }
            Some(b'{') => {
                let parameter = self.nested(|parser| parser.braces(word, around))?;
                word.push_unknown(Piece::Parameter(parameter), around);
            }
            Some(byte) if byte == b'_' || byte.is_ascii_alphabetic() => {
                self.at += 1;
                let name = self.name().to_owned();
                let at = start..self.at;
                word.push_unknown(Piece::Parameter(Parameter { at, name, absent: Absent::Empty }), around);
            }
            Some(byte @ (b'@' | b'*' | b'#' | b'?' | b'-' | b'$' | b'!' | b'0'..=b'9')) => {
                self.at += 2;
                let (at, name) = (start..self.at, char::from(byte).to_string());
                word.push_unknown(Piece::Parameter(Parameter { at, name, absent: Absent::Empty }), around);
            }
            Some(b'\'') if around == Around::Nothing => {
                return Err(self.extension(2, Extension::AnsiQuotes));
            }
            Some(b'\'') if around == Around::Braces => return Err(Fault::Unknown),
            _ => {
                self.at += 1;
                word.push("$", around.is_quoted());
            }
        }
        Ok(())
    }

    /// Letters, digits and underscores.
    fn name(&mut self) -> &'t str {
        let rest = &self.text[self.at..];
        let end = rest.find(|c: char| c != '_' && !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    /// `$((…))`, if that is what stands here and not a subshell in a substitution.
    fn arithmetic(&mut self) -> bool {
        let mut depth = 0_usize;
        for (offset, byte) in self.text.as_bytes()[self.at + 1..].iter().enumerate() {
            match byte {
                b'(' => depth += 1,
                b')' => {
                    depth -= 1;
                    if depth == 1 && self.text.as_bytes().get(self.at + offset + 2) == Some(&b')') {
                        self.at += offset + 3;
                        return true;
                    }
                    if depth == 0 {
                        return false;
                    }
                }
                // What quotes and commands would hide is left alone.
                b'\'' | b'"' | b'`' | b'\\' | b'\n' | b';' => return false,
                _ => {}
            }
        }
        false
    }

    /// `${…}`. The commands in it are added to the word.
    fn braces(&mut self, word: &mut Word, around: Around) -> Result<Parameter, Fault> {
        let start = self.at;
        let opening = start..start + 2;
        self.at += 2;
        let name = match (self.name(), self.peek()) {
            ("", Some(b'@' | b'*' | b'#' | b'?' | b'-' | b'$' | b'!')) => self.character(),
            // No shell knows such a variable, and some find that out only when they are there.
            ("", Some(_)) => return Err(Fault::Unknown),
            (name, _) => name,
        };
        let rest = &self.text[self.at..];
        let absent = absent(name, rest);
        let inside = match around.is_quoted() {
            true => Around::QuotedBraces,
            false => Around::Braces,
        };
        // A single quote stands for itself in a default in double quotes, but not in a pattern there.
        let plain_quotes = inside == Around::QuotedBraces && rest.starts_with([':', '-', '+', '=', '?']);
        // What is in there is not a part of the word's own text.
        let mut content = Word::new(self.at);
        loop {
            match self.peek().ok_or_else(|| unclosed(opening.clone(), "}"))? {
                b'}' => {
                    self.at += 1;
                    break;
                }
                b'\'' if plain_quotes => self.at += 1,
                b'\'' => drop(self.single_quoted().map_err(|_| Fault::Unknown)?),
                b'"' => self.double_quoted(&mut content)?,
                b'\\' => {
                    self.at += 1;
                    self.escaped();
                }
                b'$' => self.dollar(&mut content, inside)?,
                b'`' => self.backquoted(&mut content, inside)?,
                _ => drop(self.character()),
            }
        }
        word.pieces.extend(content.pieces.into_iter().filter(|piece| matches!(piece, Piece::Output { .. })));
        let name = name.to_owned();
        Ok(Parameter { at: start..self.at, name, absent })
    }

    /// `` `…` ``. Where it holds backslashes it is skipped, for then it is spelt with escapes of its own.
    fn backquoted(&mut self, word: &mut Word, around: Around) -> Result<(), Fault> {
        let start = self.at;
        self.at += 1;
        loop {
            match self.character() {
                "" => return Err(unclosed(start..start + 1, "`")),
                "`" => break,
                "\\" => drop(self.character()),
                _ => {}
            }
        }
        let inside = start + 1..self.at - 1;
        let spelt = &self.text[inside.clone()];
        let is_escaped = spelt.contains('\\') || (around.is_quoted() && spelt.contains('"'));
        let piece = match is_escaped {
            true => Piece::Unknown,
            false => {
                // Some shells look at this only when they come to it.
                let script = self.inner(inside).map_err(|fault| match fault {
                    Fault::Broken(_) => Fault::Unknown,
                    fault => fault,
                })?;
                Piece::Output { at: start..self.at, script }
            }
        };
        word.push_unknown(piece, around);
        Ok(())
    }
}

/// True for what ends a word.
pub(super) fn is_end(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'|' | b'&' | b';' | b'<' | b'>' | b'(' | b')')
}

/// True for what makes something else of what follows.
fn is_quoting(byte: u8) -> bool {
    matches!(byte, b'\'' | b'"' | b'\\' | b'$' | b'`')
}

fn unclosed(at: Range<usize>, closing: &'static str) -> Fault {
    Fault::Broken(Broken::Unclosed { at, closing })
}

/// What becomes of `${NAME…}` where the variable is not set, by what follows the name.
fn absent(name: &str, rest: &str) -> Absent {
    let operator = rest.strip_prefix(':').unwrap_or(rest);
    let is_name = name.starts_with(|c: char| c == '_' || c.is_ascii_alphanumeric());
    if !is_name && !rest.starts_with('}') && name != "#" {
        return match name {
            "!" => Absent::Extended,
            _ => Absent::Other,
        };
    }
    match operator.bytes().next() {
        Some(b'}') if operator.len() == rest.len() => Absent::Empty,
        Some(b'?') => Absent::Stops,
        Some(b'-' | b'=') if operator.as_bytes().get(1) == Some(&b'}') => Absent::Empty,
        Some(b'-' | b'=') => Absent::Default,
        Some(b'+' | b'%' | b'#') => Absent::Other,
        _ if name == "#" => Absent::Other,
        Some(b'/' | b'^' | b',' | b'[' | b'@') => Absent::Extended,
        _ if operator.len() < rest.len() => Absent::Extended,
        _ => Absent::Other,
    }
}
