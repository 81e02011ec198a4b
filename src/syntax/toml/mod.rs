//! TOML, from the events of `toml_parser`.
//!
//! What keys and headers define is worked out in `tables`, since a duplicate has to be shown with both of
//! its places, and entries in the order of the source. The tree then has one object for each table, however
//! scattered its parts are.
//!
//! A table covers its header `[a.b]` or its braces, one that only longer headers or dotted keys imply covers
//! the part of the key that names it, an array of tables its first header, the root the whole file. Dates
//! and times are strings as they are spelled.

mod fault;
mod tables;

use std::borrow::Cow;

use toml_parser::decoder::{Encoding, ScalarKind};
use toml_parser::parser::{Event, EventKind, RecursionGuard, ValidateWhitespace, parse_document};
use toml_parser::{ParseError, Source};

use crate::source::{FileId, Span};

use super::findings::{Findings, show, span};
use super::nested_too_deep::{self, MAX_DEPTH};
use super::number::{is_json_number, normalise};
use super::tree::{Builder, Format, Kind};
use super::{Parsed, hidden_unicode};
use tables::{Key, Table, TableId, Tables, Value};

/// Reads a text of at most [`super::MAX_BYTES`].
pub(super) fn parse(file: FileId, text: &str) -> Parsed {
    // The parser skips a byte order mark; its offsets count from the start all the same.
    let source = Source::new(text);
    let tokens = source.lex().into_vec();
    let mut events: Vec<Event> = Vec::with_capacity(tokens.len());
    let mut errors: Vec<ParseError> = Vec::new();
    let mut checked = ValidateWhitespace::new(&mut events, source);
    parse_document(&tokens, &mut RecursionGuard::new(&mut checked, MAX_DEPTH as u32), &mut errors);

    let mut reader = Reader {
        source,
        tables: Tables::new(Findings::new(file), span(0, text.len())),
        errors,
        current: Tables::ROOT,
        header: None,
        path: Vec::new(),
        keys: Vec::new(),
        frames: Vec::new(),
    };
    for event in &events {
        reader.take(event);
    }
    reader.finish_header(text.len() as u32);
    while !reader.frames.is_empty() {
        reader.close(text.len() as u32);
    }
    let Reader { tables, errors, .. } = reader;
    let mut findings = Findings::new(file);
    let complete = fault::report(&mut findings, text, &errors);
    let Tables { all, findings: conflicts, .. } = tables;
    for found in conflicts.into_list() {
        findings.push(found);
    }
    if all[Tables::ROOT.index()].entries.is_empty() && findings.is_empty() {
        let found = findings.mistake(span(text.len(), text.len()), "the document is empty");
        findings.push(found.help("a rule file starts with a line such as `layer = \"L5\"`"));
    }
    let mut builder = Builder::new(file, Format::Toml);
    builder.reserve(events.len() / 3);
    emit(&mut builder, &mut findings, text, &all);
    hidden_unicode::report(text, &mut findings);
    Parsed { tree: builder.finish(text.len() as u32), complete, diagnostics: findings.into_list() }
}

/// An open array or inline table.
enum Frame<'s> {
    Array { start: u32, items: Vec<Value<'s>> },
    Inline { table: TableId, path: Vec<Key<'s>> },
}

struct Reader<'s> {
    source: Source<'s>,
    tables: Tables<'s>,
    errors: Vec<ParseError>,
    /// The table that lines belong to.
    current: TableId,
    /// Start of the header that is being read, and whether it is one of an array.
    header: Option<(u32, bool)>,
    /// The key of the line that is being read.
    path: Vec<Key<'s>>,
    /// Parts of a key so far.
    keys: Vec<Key<'s>>,
    frames: Vec<Frame<'s>>,
}

impl<'s> Reader<'s> {
    fn take(&mut self, event: &Event) {
        let at = span(event.span().start(), event.span().end());
        match event.kind() {
            EventKind::StdTableOpen => self.open_header(at, false),
            EventKind::ArrayTableOpen => self.open_header(at, true),
            EventKind::StdTableClose | EventKind::ArrayTableClose => self.finish_header(at.end),
            EventKind::SimpleKey => {
                let key = self.key(event, at);
                self.keys.push(key);
            }
            EventKind::KeyValSep => {
                let keys = std::mem::take(&mut self.keys);
                match self.frames.last_mut() {
                    Some(Frame::Inline { path, .. }) => *path = keys,
                    Some(Frame::Array { .. }) => {}
                    None => self.path = keys,
                }
            }
            EventKind::ValueSep => self.keys.clear(),
            EventKind::Newline if self.frames.is_empty() => {
                self.finish_header(at.start);
                self.keys.clear();
            }
            EventKind::Scalar => {
                let value = self.scalar(event, at);
                self.put(value);
            }
            EventKind::ArrayOpen => self.frames.push(Frame::Array { start: at.start, items: Vec::new() }),
            EventKind::InlineTableOpen => {
                let table = self.tables.add(Table::inline(at));
                self.frames.push(Frame::Inline { table, path: Vec::new() });
            }
            EventKind::ArrayClose | EventKind::InlineTableClose => self.close(at.end),
            EventKind::KeySep
            | EventKind::Whitespace
            | EventKind::Comment
            | EventKind::Newline
            | EventKind::Error => {}
        }
    }

    fn open_header(&mut self, at: Span, array: bool) {
        self.finish_header(at.start);
        self.keys.clear();
        self.frames.clear();
        self.header = Some((at.start, array));
    }

    fn finish_header(&mut self, end: u32) {
        let Some((start, array)) = self.header.take() else { return };
        let keys = std::mem::take(&mut self.keys);
        self.current = self.tables.header(keys, Span::new(start, end.max(start)), array);
    }

    fn key(&mut self, event: &Event, at: Span) -> Key<'s> {
        let mut text = Cow::Borrowed("");
        if let Some(raw) = self.source.get(event) {
            raw.decode_key(&mut text, &mut self.errors);
        }
        Key { text, at, quote: quote_len(event.encoding()) }
    }

    fn scalar(&mut self, event: &Event, at: Span) -> Value<'s> {
        let mut text = Cow::Borrowed("");
        let Some(raw) = self.source.get(event) else { return Value::Hole(at) };
        let before = self.errors.len();
        let kind = raw.decode_scalar(&mut text, &mut self.errors);
        let sound = self.errors.len() == before;
        let written = raw.as_str();
        match kind {
            ScalarKind::String if event.encoding().is_none() => self.bare(written, at),
            ScalarKind::String => Value::String { text, at, quote: quote_len(event.encoding()) },
            ScalarKind::Boolean(value)
                if sound || written.eq_ignore_ascii_case(if value { "true" } else { "false" }) =>
            {
                Value::Atom(if value { Kind::True } else { Kind::False }, at)
            }
            _ if !sound => self.bare(written, at),
            ScalarKind::Boolean(_) => unreachable!("a sound boolean is one of the two"),
            ScalarKind::DateTime => match written.parse::<::toml::value::Datetime>() {
                Ok(_) => Value::String { text: Cow::Borrowed(written), at, quote: 0 },
                Err(_) => self.unreadable(
                    at,
                    &format!("{} is no date or time", show(written)),
                    "write it as `2030-01-31` or `23:59:00`",
                ),
            },
            ScalarKind::Float | ScalarKind::Integer(_) => match normalise(written) {
                _ if is_json_number(written) => Value::Number { text: None, at },
                Some(number) => Value::Number { text: Some(number), at },
                None if written.ends_with("inf") || written.ends_with("nan") => self.unreadable(
                    at,
                    &format!("{} is no finite number", show(written)),
                    "write a number, or put it in quotes if it is text",
                ),
                None => self.unreadable(
                    at,
                    &format!("{} can't be read as a number", show(written)),
                    "write it in decimal, or put it in quotes",
                ),
            },
        }
    }

    /// What a value without quotes that has been reported was meant to be.
    fn bare(&self, written: &'s str, at: Span) -> Value<'s> {
        if let Some(number) = normalise(written) {
            Value::Number { text: Some(number), at }
        } else if written.starts_with(|c: char| c.is_alphabetic()) {
            Value::String { text: Cow::Borrowed(written), at, quote: 0 }
        } else {
            Value::Hole(at)
        }
    }

    fn unreadable(&mut self, at: Span, message: &str, help: &str) -> Value<'s> {
        let findings = &mut self.tables.findings;
        findings.push(findings.mistake(at, message).help(help));
        Value::Hole(at)
    }

    fn close(&mut self, end: u32) {
        match self.frames.pop() {
            Some(Frame::Array { start, items }) => {
                self.put(Value::Array { items, at: Span::new(start, end.max(start)) })
            }
            Some(Frame::Inline { table, .. }) => {
                self.tables.end_inline(table, end);
                self.put(Value::Table(table));
            }
            None => {}
        }
    }

    /// A value is complete.
    fn put(&mut self, value: Value<'s>) {
        match self.frames.last_mut() {
            Some(Frame::Array { items, .. }) => items.push(value),
            Some(Frame::Inline { table, path }) => {
                let (table, path) = (*table, std::mem::take(path));
                self.tables.insert(table, path, value);
            }
            None => {
                let path = std::mem::take(&mut self.path);
                self.tables.insert(self.current, path, value);
            }
        }
    }
}

/// How many bytes the opening quotes of a text take, when it can be a slice of the source.
fn quote_len(encoding: Option<Encoding>) -> u32 {
    match encoding {
        None => 0,
        Some(Encoding::LiteralString | Encoding::BasicString) => 1,
        Some(Encoding::MlLiteralString | Encoding::MlBasicString) => 3,
    }
}

/// What is left to do while the tree is built.
enum Task<'a, 's> {
    Value(&'a Value<'s>),
    Entry(&'a Key<'s>, &'a Value<'s>),
    Table(TableId),
    Close(u32),
}

/// Builds the tree, without recursion: headers nest as deep as they please.
fn emit<'s>(builder: &mut Builder, findings: &mut Findings, source: &str, tables: &[Table<'s>]) {
    let mut tasks = vec![Task::Table(Tables::ROOT)];
    let mut too_deep = false;
    while let Some(task) = tasks.pop() {
        let (kind, at) = match &task {
            Task::Close(end) => {
                builder.close(*end);
                continue;
            }
            Task::Entry(key, value) => {
                text(builder, source, Kind::Key, key.at, key.quote, &key.text);
                tasks.push(Task::Value(value));
                continue;
            }
            Task::Value(Value::Table(table)) | Task::Table(table) => (Kind::Object, tables[table.index()].at),
            Task::Value(Value::Array { at, .. } | Value::Tables { at, .. }) => (Kind::Array, *at),
            Task::Value(value) => {
                leaf(builder, source, value);
                continue;
            }
        };
        if builder.depth() == MAX_DEPTH {
            if !too_deep {
                too_deep = true;
                let place =
                    if kind == Kind::Array { Span::new(at.start, at.end.min(at.start + 1)) } else { at };
                findings.push(nested_too_deep::found(findings, place));
            }
            builder.atom(Kind::Hole, at);
            continue;
        }
        builder.open(kind, at.start);
        tasks.push(Task::Close(at.end));
        match task {
            Task::Value(Value::Array { items, .. }) => tasks.extend(items.iter().rev().map(Task::Value)),
            Task::Value(Value::Tables { tables, .. }) => {
                tasks.extend(tables.iter().rev().map(|table| Task::Table(*table)))
            }
            Task::Value(&Value::Table(table)) | Task::Table(table) => {
                let entries = &tables[table.index()].entries;
                tasks.extend(entries.iter().rev().map(|(key, value)| Task::Entry(key, value)));
            }
            _ => unreachable!("only arrays and tables get here"),
        }
    }
}

fn leaf(builder: &mut Builder, source: &str, value: &Value<'_>) {
    match value {
        Value::Atom(kind, at) => _ = builder.atom(*kind, *at),
        Value::Hole(at) => _ = builder.atom(Kind::Hole, *at),
        Value::Number { text: Some(number), at } => _ = builder.owned(Kind::Number, *at, number.as_str()),
        Value::Number { text: None, at } => _ = builder.verbatim(Kind::Number, *at, *at),
        Value::String { text: content, at, quote } => {
            text(builder, source, Kind::String, *at, *quote, content)
        }
        Value::Array { .. } | Value::Table(_) | Value::Tables { .. } => unreachable!("not a leaf"),
    }
}

/// Adds a text, as a slice of the source where it stands there as it is.
fn text(builder: &mut Builder, source: &str, kind: Kind, at: Span, quote: u32, content: &str) {
    if at.len() as usize == content.len() + 2 * quote as usize {
        let inside = Span::new(at.start + quote, at.end - quote);
        if source.get(inside.range()) == Some(content) {
            builder.verbatim(kind, at, inside);
            return;
        }
    }
    builder.owned(kind, at, content);
}
