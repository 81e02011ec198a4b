//! The lines of a TOML text without mistakes, with its comments.

use std::iter::Peekable;

use toml_parser::Source;
use toml_parser::parser::{Event, EventKind, parse_document};

/// A line, or several that one value takes.
pub(super) struct Line<'s> {
    /// True where an empty line stands before it.
    pub(super) blank_before: bool,
    pub(super) entry: Entry<'s>,
    /// The comment behind it.
    pub(super) comment: Option<&'s str>,
}

pub(super) enum Entry<'s> {
    Comment(&'s str),
    Header(String),
    Value(String, Value<'s>),
}

pub(super) enum Value<'s> {
    /// As it is spelt.
    Scalar(&'s str),
    Array {
        items: Vec<Item<'s>>,
        /// The comments behind the last item.
        tail: Vec<&'s str>,
    },
    Table(Table<'s>),
}

pub(super) struct Table<'s> {
    pub(super) items: Vec<Item<'s>>,
    /// The comments behind the last entry.
    pub(super) tail: Vec<&'s str>,
    /// True where its author broke it over several lines.
    pub(super) is_broken: bool,
}

pub(super) struct Item<'s> {
    /// Empty in a list.
    pub(super) key: String,
    pub(super) value: Value<'s>,
    /// The comments on lines before it.
    pub(super) above: Vec<&'s str>,
    /// The comment behind it.
    pub(super) beside: Option<&'s str>,
}

pub(super) fn read(source: &str) -> Vec<Line<'_>> {
    let text = Source::new(source);
    let tokens = text.lex().into_vec();
    let mut events: Vec<Event> = Vec::with_capacity(tokens.len());
    parse_document(&tokens, &mut events, &mut ());
    let mut reader = Reader { source, events: events.into_iter().peekable() };
    reader.lines()
}

struct Reader<'s, I: Iterator<Item = Event>> {
    source: &'s str,
    events: Peekable<I>,
}

impl<'s, I: Iterator<Item = Event>> Reader<'s, I> {
    fn lines(&mut self) -> Vec<Line<'s>> {
        let mut lines: Vec<Line<'s>> = Vec::new();
        let (mut breaks, mut is_open) = (0, false);
        let line = |lines: &mut Vec<Line<'s>>, breaks: &mut usize, entry| {
            lines.push(Line { blank_before: *breaks > 1 && !lines.is_empty(), entry, comment: None });
            *breaks = 0;
        };
        while let Some(event) = self.events.next() {
            match event.kind() {
                EventKind::Newline => {
                    breaks += 1;
                    is_open = false;
                }
                EventKind::Comment if is_open => {
                    if let Some(last) = lines.last_mut() {
                        last.comment = Some(self.text(&event));
                    }
                }
                EventKind::Comment => {
                    let text = self.text(&event);
                    line(&mut lines, &mut breaks, Entry::Comment(text));
                }
                EventKind::StdTableOpen => {
                    let name = self.key();
                    line(&mut lines, &mut breaks, Entry::Header(format!("[{name}]")));
                    is_open = true;
                }
                EventKind::ArrayTableOpen => {
                    let name = self.key();
                    line(&mut lines, &mut breaks, Entry::Header(format!("[[{name}]]")));
                    is_open = true;
                }
                EventKind::SimpleKey => {
                    let key = self.text(&event).to_owned() + &self.key();
                    let value = self.value();
                    line(&mut lines, &mut breaks, Entry::Value(key, value));
                    is_open = true;
                }
                _ => {}
            }
        }
        lines
    }

    fn text(&self, event: &Event) -> &'s str {
        self.source[event.span().start()..event.span().end()].trim_end_matches(['\r', ' ', '\t'])
    }

    /// The rest of a key, up to what ends it.
    fn key(&mut self) -> String {
        let mut key = String::new();
        for event in self.events.by_ref() {
            match event.kind() {
                EventKind::SimpleKey => key.push_str(&self.source[event.span().start()..event.span().end()]),
                EventKind::KeySep => key.push('.'),
                EventKind::Whitespace => {}
                _ => break,
            }
        }
        key
    }

    fn value(&mut self) -> Value<'s> {
        while let Some(event) = self.events.next() {
            match event.kind() {
                EventKind::Scalar => {
                    return Value::Scalar(&self.source[event.span().start()..event.span().end()]);
                }
                EventKind::ArrayOpen => {
                    let (items, tail, _) = self.items(EventKind::ArrayClose);
                    return Value::Array { items, tail };
                }
                EventKind::InlineTableOpen => {
                    let (items, tail, is_broken) = self.items(EventKind::InlineTableClose);
                    return Value::Table(Table { items, tail, is_broken });
                }
                _ => {}
            }
        }
        Value::Scalar("")
    }

    /// The entries of a list or table, the comments behind the last one, and whether lines break between them.
    fn items(&mut self, close: EventKind) -> (Vec<Item<'s>>, Vec<&'s str>, bool) {
        let (mut items, mut above, mut is_broken): (Vec<Item<'s>>, Vec<&'s str>, bool) =
            (Vec::new(), Vec::new(), false);
        // Whether the line of the last entry goes on.
        let mut is_open = false;
        while let Some(event) = self.events.peek() {
            let kind = event.kind();
            match kind {
                EventKind::Scalar | EventKind::ArrayOpen | EventKind::InlineTableOpen => {
                    let value = self.value();
                    items.push(Item {
                        key: String::new(),
                        value,
                        above: std::mem::take(&mut above),
                        beside: None,
                    });
                    is_open = true;
                    continue;
                }
                EventKind::SimpleKey => {
                    let key = self.key();
                    let value = self.value();
                    items.push(Item { key, value, above: std::mem::take(&mut above), beside: None });
                    is_open = true;
                    continue;
                }
                _ => {}
            }
            let Some(event) = self.events.next() else { break };
            match (kind, items.last_mut()) {
                (EventKind::Comment, Some(last)) if is_open && above.is_empty() && last.beside.is_none() => {
                    last.beside = Some(self.text(&event));
                }
                (EventKind::Comment, _) => above.push(self.text(&event)),
                (EventKind::Newline, _) => {
                    is_broken = true;
                    is_open = false;
                }
                _ if kind == close => break,
                _ => {}
            }
        }
        (items, above, is_broken)
    }
}
