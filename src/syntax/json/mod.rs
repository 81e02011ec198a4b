//! RFC 8259, read in one pass without recursion.
//!
//! The straight way ([`Parser::document`]) knows strict JSON only and is fast. Where it does not fit, the
//! functions of `repair` name the mistake, guess what was meant and go on, so that several mistakes are
//! reported and the tree stays useful. One mistake gives one finding: what would merely follow from it
//! (a bracket that closes nothing after one that was missing) is kept quiet.

mod marks;
mod repair;
mod string;
mod words;

pub(super) use string::decode_escapes;

use crate::source::FileId;

use super::findings::{Findings, span};
use super::nested_too_deep::{self, MAX_DEPTH};
use super::number::number_end;
use super::tree::{Builder, Format, Kind};
use super::{Parsed, duplicate_key, hidden_unicode};

/// Reads a text of at most [`super::MAX_BYTES`].
pub(super) fn parse(file: FileId, source: &str) -> Parsed {
    let mut builder = Builder::new(file, Format::Json);
    builder.reserve(source.len() / 24);
    let mut parser = Parser {
        source,
        bytes: source.as_bytes(),
        at: if source.starts_with('\u{feff}') { 3 } else { 0 },
        builder,
        findings: Findings::new(file),
        in_object: false,
        last_end: 0,
        comma: 0,
        doubted: None,
        brackets_doubtful: false,
        too_deep: false,
        cut_off: false,
    };
    parser.document();
    let Parser { builder, mut findings, brackets_doubtful, cut_off, .. } = parser;
    let tree = builder.finish(source.len() as u32);
    duplicate_key::report(&tree, source, &mut findings);
    hidden_unicode::report(source, &mut findings);
    Parsed { tree, complete: !brackets_doubtful && !cut_off, diagnostics: findings.into_list() }
}

/// What the grammar allows next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    /// A value: the document's, or one behind a colon.
    Value,
    /// An element, or the end of the list that was just opened.
    FirstItem,
    /// An element behind a comma.
    Item,
    /// A key, or the end of the object that was just opened.
    FirstKey,
    /// A key behind a comma.
    Key,
    /// A comma or a closing bracket.
    Separator,
    /// Nothing: the document's value is complete.
    End,
}

struct Parser<'s> {
    source: &'s str,
    bytes: &'s [u8],
    /// Offset of the next byte.
    at: usize,
    builder: Builder,
    findings: Findings,
    /// Whether the innermost open container is an object.
    in_object: bool,
    /// Where the last value or key ended.
    last_end: usize,
    /// Where the last comma stands.
    comma: usize,
    /// Where a token stands that has been reported already.
    doubted: Option<usize>,
    /// A mistake may have swallowed or added brackets: those that don't match are no news.
    brackets_doubtful: bool,
    /// The excess of depth has been reported.
    too_deep: bool,
    /// The rest of the text was not read, or is not there.
    cut_off: bool,
}

impl Parser<'_> {
    fn document(&mut self) {
        let mut next = Next::Value;
        loop {
            self.skip_space();
            let Some(&byte) = self.bytes.get(self.at) else { break };
            next = match (next, byte) {
                (Next::Separator, b',') => {
                    self.comma = self.at;
                    self.at += 1;
                    if self.in_object { Next::Key } else { Next::Item }
                }
                (Next::FirstItem | Next::Separator, b']') if !self.in_object => self.close(),
                (Next::FirstKey | Next::Separator, b'}') if self.in_object => self.close(),
                (Next::FirstKey | Next::Key, b'"') => self.key(),
                (Next::Value | Next::FirstItem | Next::Item, _) => self.value(next, byte),
                _ => self.repair(next, byte),
            };
        }
        self.end_of_text(next);
    }

    /// What follows a complete value.
    fn after_value(&mut self) -> Next {
        self.last_end = self.at;
        if self.builder.depth() == 0 { Next::End } else { Next::Separator }
    }

    fn value(&mut self, next: Next, byte: u8) -> Next {
        let start = self.at;
        match byte {
            b'"' => {
                self.string(Kind::String);
                self.after_value()
            }
            b'{' => self.open(Kind::Object),
            b'[' => self.open(Kind::Array),
            b'-' | b'0'..=b'9' => match number_end(self.bytes, start) {
                Some(end) if self.ends_token(end) => {
                    self.at = end;
                    self.builder.verbatim(Kind::Number, span(start, end), span(start, end));
                    self.after_value()
                }
                _ => self.odd_value(next),
            },
            b't' => self.literal(next, "true", Kind::True),
            b'f' => self.literal(next, "false", Kind::False),
            b'n' => self.literal(next, "null", Kind::Null),
            _ => self.odd_value(next),
        }
    }

    fn literal(&mut self, next: Next, word: &str, kind: Kind) -> Next {
        let end = self.at + word.len();
        if self.bytes[self.at..].starts_with(word.as_bytes()) && self.ends_token(end) {
            self.builder.atom(kind, span(self.at, end));
            self.at = end;
            return self.after_value();
        }
        self.odd_value(next)
    }

    /// A key in double quotes, with its colon.
    fn key(&mut self) -> Next {
        let start = self.at;
        self.string(Kind::Key);
        self.colon(start)
    }

    /// The colon behind the key that starts at `start` and ends at the cursor.
    fn colon(&mut self, start: usize) -> Next {
        self.last_end = self.at;
        self.skip_space();
        if self.bytes.get(self.at) == Some(&b':') {
            self.at += 1;
            return Next::Value;
        }
        self.no_colon(span(start, self.last_end))
    }

    fn open(&mut self, kind: Kind) -> Next {
        if self.builder.depth() == MAX_DEPTH {
            if !self.too_deep {
                self.too_deep = true;
                self.findings.push(nested_too_deep::found(&self.findings, span(self.at, self.at + 1)));
            }
            let start = self.at;
            self.skip_nested();
            self.builder.atom(Kind::Hole, span(start, self.at));
            return self.after_value();
        }
        self.builder.open(kind, self.at as u32);
        self.at += 1;
        self.in_object = kind == Kind::Object;
        if self.in_object { Next::FirstKey } else { Next::FirstItem }
    }

    /// Closes the innermost container at a bracket.
    fn close(&mut self) -> Next {
        self.at += 1;
        self.leave();
        self.after_value()
    }

    /// Ends the innermost container at the cursor.
    fn leave(&mut self) {
        self.builder.close(self.at as u32);
        self.in_object = self.builder.innermost().is_some_and(|open| open.kind == Kind::Object);
    }

    #[inline]
    fn skip_space(&mut self) {
        // Most tokens follow the one before without a blank.
        if self.bytes.get(self.at).is_some_and(|byte| matches!(byte, b'"' | b',' | b':')) {
            return;
        }
        self.skip_blanks();
    }

    fn skip_blanks(&mut self) {
        loop {
            match self.bytes.get(self.at) {
                Some(b' ' | b'\n' | b'\r' | b'\t') => {
                    self.at += 1;
                    while self.bytes[self.at..].starts_with(b"        ") {
                        self.at += 8;
                    }
                }
                Some(b'/' | b'#') if self.starts_comment(self.at) => self.comment(),
                Some(0xb | 0xc | 0xc2 | 0xe1..=0xe3 | 0xef) if self.odd_space() => {}
                _ => return,
            }
        }
    }

    fn starts_comment(&self, at: usize) -> bool {
        match self.bytes.get(at) {
            Some(b'#') => true,
            Some(b'/') => matches!(self.bytes.get(at + 1), Some(b'/' | b'*')),
            _ => false,
        }
    }

    /// Whether a number or literal may end before `at`.
    fn ends_token(&self, at: usize) -> bool {
        match self.bytes.get(at) {
            None | Some(b' ' | b'\n' | b'\r' | b'\t' | b',' | b']' | b'}' | b'[' | b'{' | b'"' | b';') => {
                true
            }
            Some(_) => self.starts_comment(at),
        }
    }
}
