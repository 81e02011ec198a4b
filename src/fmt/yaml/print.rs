//! A document in its canonical form.
//!
//! The printer goes through the nodes and, beside it, through the source: what lies between two nodes there are
//! comments and empty lines, which go along. A comment behind something stays behind it. One on a line of its own
//! stays before what follows; at the end of a collection it belongs to that if it is indented like it.

use super::flat::{flat, flat_content, is_empty, properties};
use super::read::{Content, Document, Node, Style};
use super::scalar::{Around, written};
use crate::fmt::WIDTH;
use crate::source::{LineIndex, Span};

pub(super) fn print(source: &str, document: &Document) -> String {
    let mut printer = Printer {
        source,
        lines: LineIndex::new(source),
        comments: &document.comments,
        at: 0,
        out: String::with_capacity(source.len()),
        is_fresh: true,
        is_commented: false,
        is_kept: false,
    };
    if let Some(head) = document.head {
        let lines = source[head.range()].lines().map(str::trim_end).filter(|line| !line.is_empty());
        printer.out = lines.collect::<Vec<_>>().join("\n");
        printer.at = head.end as usize;
        printer.is_fresh = false;
        let behind = printer.comments.partition_point(|comment| comment.start < head.end);
        printer.comments = &printer.comments[behind..];
    }
    let end = source.len() as u32;
    printer.first(&document.root, end);
    printer.own_lines(0, end, 0);
    printer.out.push('\n');
    printer.out
}

struct Printer<'a> {
    source: &'a str,
    lines: LineIndex,
    /// Those that are not printed yet.
    comments: &'a [Span],
    /// Where the last thing printed ends in the source.
    at: usize,
    out: String,
    /// True at the start of a line, behind its indentation and dashes.
    is_fresh: bool,
    /// True behind a comment: nothing else can stand on its line.
    is_commented: bool,
    /// True behind a block scalar to which all empty lines behind it belong.
    is_kept: bool,
}

impl<'a> Printer<'a> {
    fn first(&mut self, root: &Node, end: u32) {
        if self.at > 0 {
            self.comment_behind(root.start());
        }
        match root.content {
            Content::Scalar { .. } => {
                self.begin(0, root.start(), false);
                self.node(root, 0, 0, end);
            }
            _ => self.node(root, 0, 0, end),
        }
    }

    /// A node behind a key or a dash. What of it stands on lines of its own is indented by `indent`; `column` is the
    /// column of what is around it in the source, `limit` where the next node starts.
    fn node(&mut self, node: &Node, indent: usize, column: usize, limit: u32) {
        let is_nothing = matches!(&node.content, Content::Scalar { at, .. } if at.is_empty());
        if is_nothing && node.properties.is_empty() {
            self.comment_behind(limit);
            return;
        }
        self.comment_behind(node.start());
        if let (Some(first), Some(last)) = (node.properties.first(), node.properties.last()) {
            self.settle(indent, first.start);
            let properties = properties(self.source, node);
            self.word(&properties);
            self.at = last.end as usize;
        }
        match &node.content {
            Content::Scalar { .. } if is_nothing => self.comment_behind(limit),
            Content::Scalar { style: Style::Block, text, at } => {
                self.settle(indent, at.start);
                self.block_scalar(at.start as usize, text, indent, limit);
            }
            Content::Scalar { style, text, at } => {
                self.settle(indent, at.start);
                let raw = &self.source[at.range()];
                if raw.contains('\n') {
                    let lines: Vec<&str> = raw.split('\n').map(str::trim).collect();
                    let between = format!("\n{}", " ".repeat(indent.max(1)));
                    let text = lines.join(&between);
                    self.word(&text.replace(&format!("{between}\n"), "\n\n"));
                } else {
                    let style = if node.is_tagged { Style::Plain } else { *style };
                    self.word(&written(raw, style, text, Around::Block));
                }
                self.at = at.end as usize;
                self.comment_behind(limit);
            }
            Content::List { bracket, .. } | Content::Map { bracket, .. } => {
                if let Some(bracket) = bracket
                    && let Some(text) = self.fitting(&node.content, *bracket, indent)
                {
                    self.settle(indent, bracket.start);
                    self.word(&text);
                    self.at = bracket.end as usize;
                    self.comment_behind(limit);
                } else {
                    self.block(&node.content, indent, column, bracket.map_or(limit, |bracket| bracket.end));
                    if let Some(bracket) = bracket {
                        self.at = bracket.end as usize;
                        if !self.is_commented {
                            self.comment_behind(limit);
                        }
                    }
                }
            }
        }
    }

    /// A collection, a line for each entry.
    fn block(&mut self, content: &Content, indent: usize, around: usize, limit: u32) {
        let (mut column, is_bracketed) = match content {
            Content::List { bracket, .. } | Content::Map { bracket, .. } => (0, bracket.is_some()),
            Content::Scalar { .. } => return,
        };
        match content {
            Content::Scalar { .. } => {}
            Content::Map { entries, .. } => {
                for (position, (key, value)) in entries.iter().enumerate() {
                    let next = entries.get(position + 1).map_or(limit, |(key, _)| key.start());
                    self.begin(indent, key.start(), position > 0);
                    if position == 0 && !is_bracketed {
                        column = self.column(key.start());
                    }
                    self.key(key);
                    self.node(value, indent + 2, column, next);
                }
            }
            Content::List { items, .. } => {
                for (position, item) in items.iter().enumerate() {
                    let next = items.get(position + 1).map_or(limit, Node::start);
                    let start = if is_bracketed { item.start() } else { self.next_dash() };
                    self.begin(indent, start, position > 0);
                    if position == 0 && !is_bracketed {
                        // A comment that is indented like a key belongs to what follows the key's list.
                        column = self.column(start).max(around + usize::from(indent > 0));
                    }
                    self.word("-");
                    if !is_bracketed {
                        self.at = start as usize + 1;
                    }
                    let is_nothing = item.properties.is_empty()
                        && matches!(&item.content, Content::Scalar { at, .. } if at.is_empty());
                    if !is_nothing {
                        self.out.push(' ');
                        self.is_fresh = true;
                    }
                    self.node(item, indent + 2, column, next);
                }
            }
        }
        self.own_lines(indent, limit, column);
    }

    fn key(&mut self, key: &Node) {
        let text = flat(self.source, key, Around::Key).unwrap_or_default();
        self.word(&text);
        if let Content::Scalar { style, at, .. } = &key.content {
            self.out.push_str(if *style == Style::Alias { " :" } else { ":" });
            self.at = at.end as usize;
        }
    }

    fn block_scalar(&mut self, start: usize, text: &str, indent: usize, limit: u32) {
        let header: String = self.source[start..].chars().take_while(|c| !c.is_whitespace()).collect();
        let needs_digit =
            text.starts_with([' ', '\n', '\t']) && header.contains(|c: char| c.is_ascii_digit());
        let style = header.chars().next().unwrap_or('|');
        let chomp = header.chars().find(|c| matches!(c, '+' | '-'));
        let digit = needs_digit.then_some('2');
        self.word(&[Some(style), digit, chomp].into_iter().flatten().collect::<String>());
        self.at = start + header.len();
        self.comment_behind(limit);

        let line_end = |at: usize| self.source[at..].find('\n').map_or(self.source.len(), |end| at + end);
        let mut end = line_end(self.at);
        let first = self.source[end..].lines().find(|line| !line.trim().is_empty());
        let of_source = first.map_or(usize::MAX, |line| spaces(line).saturating_sub(of_text(text)));
        let (mut lines, mut last) = (Vec::new(), end);
        while end < self.source.len() {
            let next = line_end(end + 1);
            let line = &self.source[end + 1..next];
            // Blanks beyond the indentation are text.
            let is_blank = line.len() <= of_source && line.trim_matches(' ').is_empty();
            if text.trim_matches(['\n', ' ']).is_empty() || !is_blank && spaces(line) < of_source {
                break;
            }
            lines.push(line.get(of_source..).unwrap_or_default());
            end = next;
            if !is_blank {
                last = end;
            }
        }
        self.at = last.max(self.at);
        while lines.last().is_some_and(|line| line.is_empty()) {
            lines.pop();
        }
        for line in &lines {
            self.out.push('\n');
            if !line.is_empty() {
                self.out.extend(std::iter::repeat_n(' ', indent));
                self.out.push_str(line);
            }
        }
        if chomp == Some('+') {
            let breaks = text.len() - text.trim_end_matches('\n').len();
            let more = if lines.is_empty() { breaks } else { breaks.saturating_sub(1) };
            self.out.extend(std::iter::repeat_n('\n', more));
            self.is_kept = true;
        }
    }

    /// A collection in brackets on one line, where it fits behind what stands there and no comment is in it.
    fn fitting(&self, content: &Content, bracket: Span, indent: usize) -> Option<String> {
        if self.comments.first().is_some_and(|comment| comment.start < bracket.end) && !is_empty(content) {
            return None;
        }
        let text = flat_content(self.source, content)?;
        let column = match self.is_commented {
            true => indent,
            false => self.out[self.out.rfind('\n').map_or(0, |end| end + 1)..].chars().count() + 1,
        };
        (is_empty(content) || column + text.chars().count() <= WIDTH).then_some(text)
    }

    /// Something behind what stands on the line.
    fn word(&mut self, text: &str) {
        if !self.is_fresh {
            self.out.push(' ');
        }
        self.out.push_str(text);
        self.is_fresh = false;
    }

    /// Starts a line where comments stand before a place, or behind what was printed last.
    fn settle(&mut self, indent: usize, start: u32) {
        if self.is_commented || self.comments.first().is_some_and(|comment| comment.start < start) {
            self.begin(indent, start, false);
        }
    }

    /// Starts the line of something at a place of the source, with the comments before it. An empty line before it
    /// stays where `may_part`.
    fn begin(&mut self, indent: usize, start: u32, mut may_part: bool) {
        may_part |= self.own_lines_before(indent, start, may_part);
        self.line(indent, may_part && self.is_parted(start));
        self.is_fresh = true;
    }

    /// The comments before a place, each on its line; true where there are any.
    fn own_lines_before(&mut self, indent: usize, start: u32, mut may_part: bool) -> bool {
        let mut any = false;
        while let Some(&comment) = self.comments.first().filter(|comment| comment.start < start) {
            // The first one goes on the line of a dash that nothing else stands behind.
            let is_on_dash = self.is_fresh && !self.out.is_empty();
            self.line(indent, may_part && self.is_parted(comment.start));
            self.comment(comment);
            any |= !is_on_dash;
            may_part |= any;
        }
        any
    }

    /// The comments at the end of a collection that are indented at least like it.
    fn own_lines(&mut self, indent: usize, limit: u32, column: usize) {
        while let Some(&comment) = self.comments.first().filter(|comment| comment.start < limit) {
            let line = self.line_start(comment.start);
            let stands_alone = self.source[line..comment.start as usize].trim().is_empty();
            if !stands_alone && column > 0 || self.column(comment.start) < column {
                return;
            }
            self.line(indent, self.is_parted(comment.start) && !self.out.is_empty());
            self.comment(comment);
        }
    }

    /// The comment on the same line of the source, if one is there before `limit`.
    fn comment_behind(&mut self, limit: u32) {
        let Some(&comment) = self.comments.first().filter(|comment| comment.start < limit) else { return };
        // Behind another dash it belongs to that.
        let between = self.source.get(self.at..comment.start as usize);
        let is_behind = between.is_some_and(|between| !between.contains(['\n', '-']));
        if is_behind && !self.is_commented && !self.out.is_empty() {
            self.comment(comment);
        }
    }

    fn comment(&mut self, comment: Span) {
        if !self.out.is_empty() && !self.out.ends_with([' ', '\n']) {
            self.out.push(' ');
        }
        self.out.push_str(self.source[comment.range()].trim_end());
        self.at = comment.end as usize;
        self.comments = &self.comments[1..];
        (self.is_fresh, self.is_commented) = (false, true);
    }

    /// Ends the line, unless nothing is on it yet.
    fn line(&mut self, indent: usize, is_parted: bool) {
        if !self.is_fresh {
            self.out.push('\n');
            if is_parted && !self.is_kept {
                self.out.push('\n');
            }
            self.out.extend(std::iter::repeat_n(' ', indent));
        }
        (self.is_fresh, self.is_commented, self.is_kept) = (false, false, false);
    }

    /// Whether an empty line stands before the line of a place.
    fn is_parted(&self, place: u32) -> bool {
        let line = self.line_start(place);
        let Some(before) = line.checked_sub(1) else { return false };
        self.source[self.line_start(before as u32)..before].trim().is_empty()
    }

    fn line_start(&self, place: u32) -> usize {
        self.lines.start(self.lines.line(place)).unwrap_or_default() as usize
    }

    fn column(&self, place: u32) -> usize {
        self.source[self.line_start(place)..place as usize].chars().count()
    }

    /// The next dash that is in no comment.
    fn next_dash(&self) -> u32 {
        let (mut at, mut comments) = (self.at, self.comments.iter());
        for (offset, byte) in self.source.bytes().enumerate().skip(self.at) {
            if offset < at {
                continue;
            }
            match byte {
                b'-' => return offset as u32,
                b'#' => at = comments.next().map_or(at, |comment| comment.end as usize),
                _ => {}
            }
        }
        self.at as u32
    }
}

fn spaces(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

/// By how many blanks the first line with content of a block scalar's text starts.
fn of_text(text: &str) -> usize {
    text.lines().find(|line| !line.trim().is_empty()).map_or(0, spaces)
}
