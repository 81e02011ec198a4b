//! Words: quotes, expansions, and where a word ends.

use super::Word;
use super::grammar::{Parser, Unparsable};

impl Word {
    fn push(&mut self, piece: &str) {
        if self.is_known {
            self.lead.push_str(piece);
        }
    }

    fn push_unknown(&mut self, splits: bool) {
        self.is_known = false;
        self.splits |= splits;
    }
}

impl<'t> Parser<'t> {
    /// A word, which must not be empty.
    pub(super) fn word(&mut self) -> Result<Word, Unparsable> {
        let start = self.at;
        let mut word = Word {
            at: start..start,
            lead: String::new(),
            is_known: true,
            splits: false,
            substitutions: Vec::new(),
        };
        while let Some(byte) = self.peek() {
            match byte {
                b' ' | b'\t' | b'\n' | b'|' | b'&' | b';' | b'<' | b'>' | b'(' | b')' => break,
                b'\'' => word.push(self.single_quoted()?),
                b'"' => self.double_quoted(&mut word)?,
                b'\\' if self.peek_at(1) == Some(b'\n') => self.at += 2,
                b'\\' => {
                    self.at += 1;
                    word.push(self.character()?);
                }
                b'$' => self.dollar(&mut word, true)?,
                b'`' => self.backquoted(&mut word, true)?,
                _ => word.push(self.character()?),
            }
        }
        if start == self.at {
            return Err(Unparsable);
        }
        word.at.end = self.at;
        Ok(word)
    }

    fn character(&mut self) -> Result<&'t str, Unparsable> {
        let rest = &self.text[self.at..];
        let length = rest.chars().next().ok_or(Unparsable)?.len_utf8();
        self.at += length;
        Ok(&rest[..length])
    }

    fn single_quoted(&mut self) -> Result<&'t str, Unparsable> {
        let inside = &self.text[self.at + 1..];
        let end = inside.find('\'').ok_or(Unparsable)?;
        self.at += end + 2;
        Ok(&inside[..end])
    }

    fn double_quoted(&mut self, word: &mut Word) -> Result<(), Unparsable> {
        self.at += 1;
        loop {
            match self.peek().ok_or(Unparsable)? {
                b'"' => {
                    self.at += 1;
                    return Ok(());
                }
                b'\\' if self.peek_at(1) == Some(b'\n') => self.at += 2,
                b'\\' if matches!(self.peek_at(1), Some(b'$' | b'`' | b'"' | b'\\')) => {
                    self.at += 1;
                    word.push(self.character()?);
                }
                b'$' => self.dollar(word, false)?,
                b'`' => self.backquoted(word, false)?,
                _ => word.push(self.character()?),
            }
        }
    }

    /// Whatever a `$` starts, or the `$` itself.
    fn dollar(&mut self, word: &mut Word, splits: bool) -> Result<(), Unparsable> {
        match self.peek_at(1) {
            Some(b'(') if self.peek_at(2) == Some(b'(') && self.arithmetic() => word.push_unknown(false),
            Some(b'(') => {
                self.at += 2;
                let inside = self.nested(|parser| parser.list())?;
                self.expect(b')')?;
                word.substitutions.push(inside);
                word.push_unknown(splits);
            }
            Some(b'{') => {
                self.at += 2;
                self.nested(|parser| parser.braces(word))?;
                word.push_unknown(splits);
            }
            Some(byte) if byte == b'_' || byte.is_ascii_alphabetic() => {
                self.at += 1;
                while self.peek().is_some_and(|byte| byte == b'_' || byte.is_ascii_alphanumeric()) {
                    self.at += 1;
                }
                word.push_unknown(splits);
            }
            Some(b'@' | b'*' | b'#' | b'?' | b'-' | b'$' | b'!' | b'0'..=b'9') => {
                self.at += 2;
                word.push_unknown(splits);
            }
            // `$'…'` is a string in some shells and a dollar before a string in others.
            Some(b'\'') => return Err(Unparsable),
            _ => {
                self.at += 1;
                word.push("$");
            }
        }
        Ok(())
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

    /// The inside of `${…}` up to the brace that closes it.
    fn braces(&mut self, word: &mut Word) -> Result<(), Unparsable> {
        loop {
            match self.peek().ok_or(Unparsable)? {
                b'}' => {
                    self.at += 1;
                    return Ok(());
                }
                b'\'' => drop(self.single_quoted()?),
                b'"' => self.double_quoted(word)?,
                b'\\' => {
                    self.at += 1;
                    self.character()?;
                }
                b'$' => self.dollar(word, false)?,
                b'`' => self.backquoted(word, false)?,
                _ => drop(self.character()?),
            }
        }
    }

    /// `` `…` ``: skipped, for what it holds is spelt with escapes of its own.
    fn backquoted(&mut self, word: &mut Word, splits: bool) -> Result<(), Unparsable> {
        self.at += 1;
        word.push_unknown(splits);
        loop {
            match self.character()? {
                "`" => return Ok(()),
                "\\" => drop(self.character()?),
                _ => {}
            }
        }
    }
}
