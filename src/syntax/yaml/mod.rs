//! YAML 1.2 with the core schema, from the events of `granit-parser`.
//!
//! Aliases are expanded in place: the copy itself stands where the alias stands, what is in it where the
//! anchored value stands, for that is the place to change. A budget bounds all copies of a file, so that
//! aliases of aliases can't blow it up. Whatever can't be part of the tree (a key that is a mapping, `<<`,
//! a list nested too deep) is reported once and its events are skipped.
//!
//! A block collection covers its first to its last entry, a block scalar its indicator to its last line.

mod alias;
mod fault;
mod scalar;

use std::borrow::Cow;

use granit_parser::{ErrorKind, Event, Parser as Events, ScalarStyle, StructureStyle, Tag};

use crate::diagnostic::Diagnostic;
use crate::source::{FileId, Span};

use super::findings::{Findings, show, span};
use super::nested_too_deep::{self, MAX_DEPTH};
use super::tree::{Builder, Format, Kind, NodeId};
use super::{Parsed, duplicate_key, hidden_unicode};
use scalar::Meaning;

/// Reads a text of at most [`super::MAX_BYTES`].
pub(super) fn parse(file: FileId, source: &str) -> Parsed {
    let mut builder = Builder::new(file, Format::Yaml);
    builder.reserve(source.len() / 24);
    let mut reader = Reader {
        source,
        builder,
        findings: Findings::new(file),
        frames: Vec::new(),
        anchors: Vec::new(),
        skipped: None,
        last_end: 0,
        last_scalar: Span::default(),
        copies: 0,
        copied_bytes: 0,
        too_deep: false,
        complete: true,
    };
    reader.document();
    let Reader { builder, mut findings, last_end, complete, .. } = reader;
    let tree = builder.finish(last_end);
    duplicate_key::report(&tree, source, &mut findings);
    hidden_unicode::report(source, &mut findings);
    Parsed { tree, complete, diagnostics: findings.into_list() }
}

/// An open collection.
struct Frame {
    mapping: bool,
    /// Offset of the bracket of a flow collection.
    bracket: Option<u32>,
    /// Of a mapping: what comes next.
    next: Entry,
}

/// What part of an entry of a mapping comes next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Entry {
    Key,
    Value,
    /// The value of a key that is not in the tree.
    LostValue,
}

/// What an anchor names.
#[derive(Clone, Copy)]
enum Anchor {
    Scalar {
        kind: Kind,
        node: NodeId,
    },
    Collection(NodeId),
    /// Something that is not in the tree.
    Lost,
}

/// A collection that is not read.
struct Skipped {
    /// How many collections of it are open.
    depth: usize,
    role: Role,
}

/// What a collection that is not read was.
#[derive(Clone, Copy)]
enum Role {
    /// A key, reported.
    Key,
    /// The value of a key that is not in the tree.
    Value,
    /// A value that starts at this offset; a hole takes its place.
    Hole(u32),
}

struct Reader<'s> {
    source: &'s str,
    builder: Builder,
    findings: Findings,
    frames: Vec<Frame>,
    /// By the parser's id, which counts from 1.
    anchors: Vec<Anchor>,
    skipped: Option<Skipped>,
    /// Where the last node ended.
    last_end: u32,
    last_scalar: Span,
    copies: usize,
    copied_bytes: usize,
    too_deep: bool,
    /// The parser came to the end.
    complete: bool,
}

impl<'s> Reader<'s> {
    fn document(&mut self) {
        let options = granit_parser::options! { emit_comments: false, emit_unresolved_aliases: true };
        let mut documents = 0;
        for next in Events::new_from_str_with_options(self.source, options) {
            let (event, place) = match next {
                Ok(next) => next,
                Err(error) => {
                    self.stopped(error.kind(), error.marker().byte_offset());
                    return;
                }
            };
            let bytes = place.byte_range().unwrap_or_default();
            let at = span(bytes.start, bytes.end.max(bytes.start));
            match event {
                Event::DocumentStart(_, version) => {
                    documents += 1;
                    if documents > 1 {
                        self.findings.push(
                            self.findings
                                .mistake(at, "a second document starts in this file")
                                .help("a rule file holds one document: move this one to a file of its own"),
                        );
                        self.complete = false;
                        return;
                    }
                    if version.is_some_and(|version| (version.major, version.minor) < (1, 2)) {
                        let line = self.source[..bytes.start].rfind("%YAML").unwrap_or(bytes.start);
                        let end =
                            line + self.source[line..].lines().next().unwrap_or_default().trim_end().len();
                        self.findings.push(
                            self.findings
                                .mistake(
                                    span(line, end),
                                    "this file asks for an older YAML, but is read as YAML 1.2",
                                )
                                .help("remove the line; `yes`, `no`, `on` and `off` are strings in YAML 1.2"),
                        );
                    }
                }
                Event::Scalar(text, style, anchor, tag) => {
                    let tag = tag.map(|tag| (tag, tag_place(&place, at)));
                    self.scalar(
                        &Written { text: &text, style, at: self.scalar_span(style, at) },
                        anchor,
                        tag,
                    );
                }
                Event::SequenceStart(style, anchor, tag) => {
                    let at = if style == StructureStyle::Block { self.first_dash(at) } else { at };
                    self.start(Kind::Array, at, anchor, tag.map(|tag| (tag, tag_place(&place, at))));
                }
                Event::MappingStart(_, anchor, tag) => {
                    self.start(Kind::Object, at, anchor, tag.map(|tag| (tag, tag_place(&place, at))));
                }
                Event::SequenceEnd | Event::MappingEnd => self.end(at),
                Event::Alias(id) => self.alias(id, at),
                Event::UnresolvedAlias(name) => self.unresolved(&name, at),
                _ => {}
            }
        }
        if documents == 0 {
            self.empty(Span::at(self.source.len() as u32));
        }
    }

    fn empty(&mut self, at: Span) {
        let found = self.findings.mistake(at, "the document is empty");
        self.findings
            .push(found.help("a rule file holds a mapping that starts with a line such as `layer: L5`"));
    }

    /// What the next node is to the innermost mapping; a list and the document hold values.
    fn entry(&self) -> Entry {
        self.frames.last().filter(|frame| frame.mapping).map_or(Entry::Value, |frame| frame.next)
    }

    fn expect(&mut self, next: Entry) {
        if let Some(frame) = self.frames.last_mut() {
            frame.next = next;
        }
    }

    fn name(&mut self, id: usize, anchor: Anchor) {
        if id > 0 {
            let missing = id.saturating_sub(self.anchors.len());
            self.anchors.extend(std::iter::repeat_n(Anchor::Lost, missing));
            self.anchors[id - 1] = anchor;
        }
    }

    fn scalar(&mut self, written: &Written<'_>, anchor: usize, tag: Option<Tagged<'_>>) {
        if self.skipped.is_some() {
            return self.name(anchor, Anchor::Lost);
        }
        self.last_scalar = written.at;
        match self.entry() {
            Entry::LostValue => {
                self.name(anchor, Anchor::Lost);
                self.expect(Entry::Key);
            }
            Entry::Key => {
                let meaning = self.meaning(written, tag);
                if written.style == ScalarStyle::Plain && written.text == "<<" {
                    self.name(anchor, Anchor::Lost);
                    self.merge_key(written.at);
                } else if written.at.is_empty() {
                    self.name(anchor, Anchor::Lost);
                    let found = self.findings.mistake(written.at, "no key stands before the `:`");
                    self.lost_key(found.help("write the key before it"));
                } else {
                    let node = self.text(Kind::Key, written);
                    let kind = meaning.kind();
                    self.name(anchor, Anchor::Scalar { kind, node });
                    self.expect(Entry::Value);
                }
            }
            Entry::Value => {
                let bare = written.at.is_empty() && written.style == ScalarStyle::Plain && tag.is_none();
                if self.frames.is_empty() && bare {
                    return self.empty(written.at);
                }
                let meaning = self.meaning(written, tag);
                let kind = meaning.kind();
                let node = match meaning {
                    Meaning::Atom(kind) => self.builder.atom(kind, written.at),
                    Meaning::Number | Meaning::Text => self.text(kind, written),
                    Meaning::OddNumber(number) => self.builder.owned(kind, written.at, number),
                    Meaning::NotFinite => {
                        let shown = show(written.text);
                        let found = self.findings.mistake(written.at, format!("{shown} is no finite number"));
                        self.findings.push(found.help("write a number, or put it in quotes if it is text"));
                        self.builder.atom(kind, written.at)
                    }
                };
                self.name(anchor, Anchor::Scalar { kind, node });
                self.expect(Entry::Key);
            }
        }
        self.last_end = written.at.end;
    }

    /// Adds a text as a slice of the source where it stands there as it is.
    fn text(&mut self, kind: Kind, written: &Written<'_>) -> NodeId {
        let at = written.at;
        let quote = u32::from(matches!(written.style, ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted));
        if at.len() as usize == written.text.len() + 2 * quote as usize {
            let inside = Span::new(at.start + quote, at.end - quote);
            if self.source.get(inside.range()) == Some(written.text) {
                return self.builder.verbatim(kind, at, inside);
            }
        }
        self.builder.owned(kind, at, written.text)
    }

    fn meaning(&mut self, written: &Written<'_>, tag: Option<Tagged<'_>>) -> Meaning {
        let untagged = |written: &Written<'_>| match written.style {
            ScalarStyle::Plain if written.at.is_empty() => Meaning::Atom(Kind::Null),
            ScalarStyle::Plain => scalar::plain(written.text),
            _ => Meaning::Text,
        };
        let Some((tag, place)) = tag else { return untagged(written) };
        if tag.parts() == ("", "!") {
            return Meaning::Text;
        }
        let Some(core) = tag.core_suffix() else {
            self.unknown_tag(&tag, place);
            return untagged(written);
        };
        let text = if written.at.is_empty() { "" } else { written.text };
        scalar::tagged(text, core).unwrap_or_else(|| {
            self.unfit_tag(&tag, place, &show(text));
            Meaning::Text
        })
    }

    fn unknown_tag(&mut self, tag: &Tag, place: Span) {
        let found = self.findings.mistake(place, format!("unknown tag {}", show(&tag.original())));
        self.findings.push(found.help("remove it, or put the text in quotes if the `!` belongs to it"));
    }

    fn unfit_tag(&mut self, tag: &Tag, place: Span, what: &str) {
        let message = format!("the tag {} does not fit {what}", show(&tag.original()));
        let found = self.findings.mistake(place, message);
        self.findings.push(found.help("remove the tag, or correct the value"));
    }

    fn start(&mut self, kind: Kind, at: Span, anchor: usize, tag: Option<Tagged<'_>>) {
        if let Some(skipped) = &mut self.skipped {
            skipped.depth += 1;
            return self.name(anchor, Anchor::Lost);
        }
        let mapping = kind == Kind::Object;
        let frame = Frame {
            mapping,
            // A pair in a list, `[a: b]`, is a mapping without brackets.
            bracket: self.source[at.start as usize..].starts_with(['[', '{']).then_some(at.start),
            next: if mapping { Entry::Key } else { Entry::Value },
        };
        match self.entry() {
            Entry::Key => {
                let what = if mapping { "a mapping" } else { "a list" };
                let found = self.findings.mistake(at, format!("{what} can't be a key"));
                self.lost_key(
                    found.help("write a text as the key; put it in quotes if it starts with a bracket"),
                );
                self.skip(anchor, Role::Key);
            }
            Entry::LostValue => self.skip(anchor, Role::Value),
            Entry::Value if self.builder.depth() == MAX_DEPTH => {
                if !self.too_deep {
                    self.too_deep = true;
                    let place = if at.is_empty() { span_of_char(self.source, at.start) } else { at };
                    self.findings.push(nested_too_deep::found(&self.findings, place));
                }
                self.skip(anchor, Role::Hole(at.start));
            }
            Entry::Value => {
                if let Some((tag, place)) = tag {
                    match tag.core_suffix() {
                        Some("map") if mapping => {}
                        Some("seq") if !mapping => {}
                        Some(_) => self.unfit_tag(&tag, place, if mapping { "a mapping" } else { "a list" }),
                        None if tag.parts() == ("", "!") => {}
                        None => self.unknown_tag(&tag, place),
                    }
                }
                let node = self.builder.open(kind, at.start);
                self.name(anchor, Anchor::Collection(node));
                self.frames.push(frame);
            }
        }
        self.last_end = self.last_end.max(at.end);
    }

    /// Where a block sequence starts. The parser places one that is not indented behind its first dash.
    fn first_dash(&self, at: Span) -> Span {
        let dashed = self.source[at.start as usize..].starts_with('-');
        let behind = self.source.as_bytes().get(at.start as usize + 1).is_none_or(u8::is_ascii_whitespace);
        if dashed && behind {
            return at;
        }
        let before = self.source[self.last_end.min(at.start) as usize..at.start as usize].trim_end();
        if before.ends_with('-') {
            Span::at(self.last_end.min(at.start) + before.len() as u32 - 1)
        } else {
            at
        }
    }

    /// Skips the collection that starts.
    fn skip(&mut self, anchor: usize, role: Role) {
        self.name(anchor, Anchor::Lost);
        self.skipped = Some(Skipped { depth: 1, role });
    }

    /// A collection ends.
    fn end(&mut self, at: Span) {
        let bracket = !at.is_empty();
        if let Some(skipped) = &mut self.skipped {
            skipped.depth -= 1;
            if skipped.depth > 0 {
                return;
            }
            let role = skipped.role;
            self.skipped = None;
            let end = if bracket { at.end } else { self.trimmed_end(at.start) };
            self.last_end = self.last_end.max(end);
            match role {
                // Its value is to be skipped too.
                Role::Key => {}
                Role::Value => self.expect(Entry::Key),
                Role::Hole(start) => {
                    self.builder.atom(Kind::Hole, Span::new(start, self.last_end.max(start)));
                    self.expect(Entry::Key);
                }
            }
            return;
        }
        if bracket {
            self.last_end = at.end;
        }
        self.builder.close(self.last_end);
        self.frames.pop();
        self.expect(Entry::Key);
    }

    /// The end of what stands before an offset, without blanks and line breaks.
    fn trimmed_end(&self, at: u32) -> u32 {
        self.source[self.last_end as usize..(at.max(self.last_end)) as usize].trim_end().len() as u32
            + self.last_end
    }

    fn lost_key(&mut self, found: Diagnostic) {
        self.findings.push(found);
        self.expect(Entry::LostValue);
    }

    fn merge_key(&mut self, at: Span) {
        let found = self.findings.mistake(at, "`<<` merges nothing: YAML 1.2 has no merge keys");
        self.lost_key(found.help("write the keys out here, or let an alias stand for the whole mapping"));
    }

    /// The place of a scalar: of a block scalar, from its indicator to the end of its last line.
    fn scalar_span(&self, style: ScalarStyle, at: Span) -> Span {
        if !matches!(style, ScalarStyle::Literal | ScalarStyle::Folded) {
            return at;
        }
        let indicator = if style == ScalarStyle::Literal { '|' } else { '>' };
        let from = self.last_end.min(at.start) as usize;
        let before = self.source[from..at.start as usize].trim_end();
        let line = before.rfind('\n').map_or(0, |newline| newline + 1);
        let mut last = ' ';
        let header = before[line..].char_indices().find(|(_, c)| {
            let alone = *c == indicator && (last.is_whitespace() || last == ':');
            last = *c;
            alone
        });
        let start = match header {
            Some((index, _)) => from + line + index,
            // One without content is placed at its indicator.
            None if self.source[at.start as usize..].starts_with(indicator) => at.start as usize,
            None => return at,
        };
        let end = start + self.source[start..at.end as usize].trim_end().len();
        span(start, end)
    }

    fn stopped(&mut self, kind: &ErrorKind, offset: Option<usize>) {
        self.complete = false;
        if *kind == ErrorKind::RecursionLimitExceeded && self.too_deep {
            return;
        }
        let context = fault::Context {
            source: self.source,
            at: offset.unwrap_or(self.last_end as usize).min(self.source.len()),
            last_end: self.last_end as usize,
            last_scalar: self.last_scalar,
            bracket: self.frames.iter().rev().find_map(|frame| frame.bracket),
        };
        let found = fault::found(&self.findings, kind, &context);
        self.findings.push(found);
    }
}

/// A scalar as it is written.
struct Written<'a> {
    text: &'a str,
    style: ScalarStyle,
    at: Span,
}

/// A tag and its place.
type Tagged<'a> = (Cow<'a, Tag>, Span);

fn tag_place(place: &granit_parser::Span, node: Span) -> Span {
    place.tag_span().and_then(|tag| tag.byte_range()).map_or(node, |bytes| span(bytes.start, bytes.end))
}

/// The character at an offset.
fn span_of_char(source: &str, at: u32) -> Span {
    let len = source[at as usize..].chars().next().map_or(0, char::len_utf8);
    Span::new(at, at + len as u32)
}
