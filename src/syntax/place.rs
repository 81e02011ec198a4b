//! From a place in a decoded text to its place in the source, behind escapes, folds and indentation.
//!
//! Nothing is kept for this while reading: the few texts that a finding points into are aligned with the
//! source again, and where the two don't match (an alias, a number that was normalised) the whole node is
//! the place.

use std::ops::Range;

use crate::source::Span;

use super::findings::span;
use super::tree::{Format, Kind, NodeId, Tree};

impl Tree {
    /// The place in the source of a range of bytes of a node's text, as [`Tree::text`] gives it.
    #[must_use]
    pub fn text_span(&self, source: &str, id: NodeId, range: Range<usize>) -> Span {
        let node = self.node(id).span;
        let text = self.text(source, id);
        let range = range.start.min(text.len())..range.end.min(text.len());
        if self.is_verbatim(id) && !text.is_empty() {
            let start = text.as_ptr() as usize - source.as_ptr() as usize;
            return span(start + range.start, (start + range.end).max(start + range.start));
        }
        if self.kind(id) == Kind::Number {
            return node;
        }
        match align(self.format, source, node, text) {
            Some(pieces) => locate(&pieces, range).unwrap_or(node),
            None => node,
        }
    }
}

/// A part of a text and the part of the source that spells it.
struct Piece {
    text: Range<usize>,
    raw: Range<usize>,
}

impl Piece {
    /// Whether both are the same, so that places inside correspond.
    fn exact(&self) -> bool {
        self.text.len() == self.raw.len()
    }
}

fn locate(pieces: &[Piece], range: Range<usize>) -> Option<Span> {
    let holder = |at: usize| {
        let piece = pieces.get(pieces.partition_point(|piece| piece.text.end <= at))?;
        piece.text.contains(&at).then_some(piece)
    };
    let Some(first) = holder(range.start) else {
        return pieces.last().map(|last| span(last.raw.end, last.raw.end));
    };
    let start =
        if first.exact() { first.raw.start + range.start - first.text.start } else { first.raw.start };
    if range.is_empty() {
        return Some(span(start, start));
    }
    let last = holder(range.end - 1)?;
    let end = if last.exact() { last.raw.start + range.end - last.text.start } else { last.raw.end };
    Some(span(start, end.max(start)))
}

/// How a text is written.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Style {
    escapes: bool,
    /// Two single quotes stand for one.
    doubled: bool,
    /// Line breaks fold to a blank.
    folds: bool,
    /// A backslash at the end of a line swallows all blanks and line breaks behind it.
    swallows: bool,
}

/// Finds for each part of the text what spells it. `None` where that is not clear.
fn align(format: Format, source: &str, node: Span, text: &str) -> Option<Vec<Piece>> {
    let raw = &source[node.range()];
    let opening = raw.chars().next()?;
    let plain = Style { escapes: false, doubled: false, folds: false, swallows: false };
    let (style, quote) = match (format, opening) {
        (Format::Json, _) => (Style { escapes: true, ..plain }, opening.len_utf8()),
        (Format::Yaml, '|' | '>') => return align_block(source, node, text),
        (Format::Yaml, '*') => return None,
        (Format::Yaml, '"') => (Style { escapes: true, folds: true, ..plain }, 1),
        (Format::Yaml, '\'') => (Style { doubled: true, folds: true, ..plain }, 1),
        (Format::Yaml, _) => (Style { folds: true, ..plain }, 0),
        (Format::Toml, '"') if raw.starts_with("\"\"\"") => {
            (Style { escapes: true, swallows: true, ..plain }, 3)
        }
        (Format::Toml, '\'') if raw.starts_with("'''") => (plain, 3),
        (Format::Toml, '"') => (Style { escapes: true, ..plain }, 1),
        (Format::Toml, _) => (plain, 1),
    };
    let inside = raw.get(quote..)?;
    let last = inside.chars().next_back().filter(|c| quote > 0 && (*c == opening || "”’".contains(*c)));
    let closing = match last {
        // A string that was never closed may end with other quotes.
        Some(_) if quote == 3 && !inside.ends_with(&raw[..3]) => 0,
        Some(_) if quote == 3 => 3,
        Some(c) => c.len_utf8(),
        None => 0,
    };
    let start = node.start as usize + quote;
    let end = (node.end as usize - closing).max(start);
    let mut aligner = Aligner { source, text, at: start, end, done: 0, pieces: Vec::new() };
    if quote == 3 {
        aligner.at += break_len(aligner.rest());
    }
    aligner.flow(style)?;
    (aligner.done == text.len()).then_some(aligner.pieces)
}

struct Aligner<'a> {
    source: &'a str,
    text: &'a str,
    /// Offset in the source.
    at: usize,
    end: usize,
    /// Offset in the text.
    done: usize,
    pieces: Vec<Piece>,
}

impl Aligner<'_> {
    fn rest(&self) -> &str {
        &self.source[self.at..self.end]
    }

    /// The next bytes of the source spell the next bytes of the text.
    fn push(&mut self, text: usize, raw: usize) -> Option<()> {
        let end = self.done + text;
        if !self.text.is_char_boundary(end) {
            return None;
        }
        self.pieces.push(Piece { text: self.done..end, raw: self.at..self.at + raw });
        self.done = end;
        self.at += raw;
        Some(())
    }

    /// The next bytes are the same in both.
    fn push_same(&mut self, len: usize) -> Option<()> {
        let same = self.text.as_bytes().get(self.done..self.done + len)?
            == &self.source.as_bytes()[self.at..self.at + len];
        if same { self.push(len, len) } else { None }
    }

    fn next_len(&self) -> Option<usize> {
        self.text[self.done..].chars().next().map(char::len_utf8)
    }

    fn flow(&mut self, style: Style) -> Option<()> {
        while self.at < self.end {
            let rest = self.rest();
            let plain = rest
                .find(|c: char| {
                    matches!(c, '\n' | '\r') || style.escapes && c == '\\' || style.doubled && c == '\''
                })
                .unwrap_or(rest.len());
            let broken = break_len(&rest[plain..]) > 0;
            let same =
                if style.folds && broken { rest[..plain].trim_end_matches([' ', '\t']).len() } else { plain };
            if same > 0 {
                self.push_same(same)?;
                continue;
            }
            match rest.as_bytes()[plain] {
                b'\\' => self.escape(style)?,
                b'\'' => self.push(1, 2)?,
                _ if style.folds => self.fold(1)?,
                _ => {
                    let len = break_len(rest);
                    if self.text[self.done..].starts_with(&rest[..len]) {
                        self.push_same(len)?
                    } else {
                        self.push(1, len)?
                    }
                }
            }
        }
        Some(())
    }

    /// Line breaks with the blanks around them, of which the first `silent` ones are not part of the text; if
    /// there is no other, they stand for a blank.
    fn fold(&mut self, silent: usize) -> Option<()> {
        let rest = self.rest();
        let len = rest.find(|c: char| !matches!(c, ' ' | '\t' | '\n' | '\r')).unwrap_or(rest.len());
        let (start, mut breaks, mut at) = (self.at, Vec::new(), 0);
        while at < len {
            match break_len(&rest[at..]) {
                0 => at += 1,
                width => {
                    breaks.push(start + at..start + at + width);
                    at += width;
                }
            }
        }
        if silent == 1 && breaks.len() == 1 {
            return self.push(1, len);
        }
        for place in breaks.iter().skip(silent) {
            self.at = place.start;
            self.push(1, place.len())?;
        }
        self.at = start + len;
        Some(())
    }

    fn escape(&mut self, style: Style) -> Option<()> {
        let rest = self.rest();
        let after = &rest[1..];
        let blanks = after.len() - after.trim_start_matches([' ', '\t']).len();
        if style.swallows && break_len(&after[blanks..]) > 0 {
            self.at += 1 + after.find(|c: char| !c.is_ascii_whitespace()).unwrap_or(after.len());
            return Some(());
        }
        let width = break_len(after);
        if width > 0 && style.folds {
            self.at += 1 + width;
            let blanks = self.rest().len() - self.rest().trim_start_matches([' ', '\t']).len();
            return if break_len(&self.rest()[blanks..]) > 0 {
                self.fold(0)
            } else {
                self.at += blanks;
                Some(())
            };
        }
        if width > 0 {
            return self.push(1, 1 + width);
        }
        let len = escape_len(rest);
        // JSON's reader keeps an escape that it does not know.
        if self.text[self.done..].starts_with(&rest[..len]) && len > 1 && !rest.starts_with("\\\\") {
            return self.push_same(len);
        }
        self.push(self.next_len()?, len)
    }
}

/// Length of an escape of any of the three formats.
fn escape_len(rest: &str) -> usize {
    let mark = rest[1..].chars().next().unwrap_or_default();
    let most = match mark {
        'x' => 2,
        'u' => 4,
        'U' => 8,
        _ => return (1 + mark.len_utf8()).min(rest.len()),
    };
    let digits = |text: &str| text.bytes().take(most).take_while(u8::is_ascii_hexdigit).count();
    let len = 2 + digits(&rest[2..]);
    let unit = |text: &str| u32::from_str_radix(text.get(..4)?, 16).ok();
    let low = rest[len..].strip_prefix("\\u").and_then(unit);
    match (mark, unit(&rest[2..]), low) {
        ('u', Some(0xd800..0xdc00), Some(0xdc00..0xe000)) => len + 6,
        _ => len,
    }
}

/// Length of the line break that a text starts with, or 0.
fn break_len(text: &str) -> usize {
    match text.as_bytes() {
        [b'\r', b'\n', ..] => 2,
        [b'\r' | b'\n', ..] => 1,
        _ => 0,
    }
}

/// A literal or folded block scalar. Its node ends with its last line; the line breaks behind may be part of
/// the text all the same.
fn align_block(source: &str, node: Span, text: &str) -> Option<Vec<Piece>> {
    let blank = |c: char| matches!(c, ' ' | '\t' | '\n' | '\r');
    let start = node.start as usize;
    let behind = &source[node.end as usize..];
    let end = node.end as usize + behind.find(|c| !blank(c)).unwrap_or(behind.len());
    let header = source[start..end].find(['\n', '\r'])?;
    let at = start + header + break_len(&source[start + header..]);
    let mut aligner = Aligner { source, text, at, end, done: 0, pieces: Vec::new() };
    let indent = block_indent(aligner.rest(), text)?;
    while aligner.done < text.len() {
        // The line breaks up to the next line with content.
        let mut breaks = Vec::new();
        loop {
            let rest = aligner.rest();
            let spaces = rest.bytes().take(indent).take_while(|byte| *byte == b' ').count();
            match break_len(&rest[spaces..]) {
                0 => {
                    aligner.at += spaces;
                    break;
                }
                width => {
                    breaks.push(aligner.at + spaces..aligner.at + spaces + width);
                    aligner.at += spaces + width;
                }
            }
        }
        let content_at = aligner.at;
        if text[aligner.done..].starts_with(' ')
            && breaks.len() == 1
            && !aligner.pieces.is_empty()
            && !aligner.rest().starts_with(' ')
        {
            aligner.at = breaks[0].start;
            aligner.push(1, breaks[0].len())?;
        } else {
            let count = text[aligner.done..].bytes().take_while(|byte| *byte == b'\n').count();
            if count > breaks.len() {
                // The last line of the file may lack its line break.
                breaks.extend(std::iter::repeat_n(end..end, count - breaks.len()));
            }
            for place in breaks.iter().skip(breaks.len() - count) {
                aligner.at = place.start;
                aligner.push(1, place.len())?;
            }
        }
        aligner.at = content_at;
        let rest = aligner.rest();
        let len = rest.find(['\n', '\r']).unwrap_or(rest.len());
        if aligner.done < text.len() {
            if len == 0 {
                return None;
            }
            aligner.push_same(len)?;
        }
    }
    Some(aligner.pieces)
}

/// How far a block scalar is indented: what its first line with content has more than its text.
fn block_indent(content: &str, text: &str) -> Option<usize> {
    let Some(line) = content.lines().find(|line| !line.trim().is_empty()) else { return Some(usize::MAX) };
    let written = line.len() - line.trim_start_matches(' ').len();
    let first = text.find(|c: char| !matches!(c, ' ' | '\n' | '\t'))?;
    let before = &text[..first];
    let meant = before.len() - before.rfind('\n').map_or(0, |newline| newline + 1);
    let tabs = line[written..].len() - line[written..].trim_start_matches(['\t', ' ']).len();
    written.checked_sub(meant.checked_sub(tabs)?)
}
