//! Which table a key or header of TOML defines, extends, or must not touch.
//!
//! A table is defined once: by its header, by braces, or by dotted keys. A header may stand after headers
//! that imply it; dotted keys may extend a table that only dotted keys or longer headers made.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::source::Span;

use super::super::duplicate_key;
use super::super::findings::{Findings, show};
use super::super::tree::Kind;

/// Up to so many entries are looked through, which is faster than hashing.
const FEW: usize = 12;

/// A key, or a part of a dotted one.
#[derive(Debug, Clone)]
pub(super) struct Key<'s> {
    pub(super) text: Cow<'s, str>,
    pub(super) at: Span,
    pub(super) quote: u32,
}

impl Key<'_> {
    /// Whether nothing stands where a key should, which the parser has reported.
    fn is_missing(&self) -> bool {
        self.at.is_empty()
    }
}

/// A value.
#[derive(Debug)]
pub(super) enum Value<'s> {
    Atom(Kind, Span),
    Hole(Span),
    /// With its text, where JSON spells it in another way.
    Number {
        text: Option<String>,
        at: Span,
    },
    String {
        text: Cow<'s, str>,
        at: Span,
        quote: u32,
    },
    Array {
        items: Vec<Value<'s>>,
        at: Span,
    },
    Table(TableId),
    /// What `[[headers]]` make.
    Tables {
        tables: Vec<TableId>,
        at: Span,
    },
}

/// A table's index in [`Tables::all`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct TableId(u32);

impl TableId {
    pub(super) fn index(self) -> usize {
        self.0 as usize
    }
}

/// How a table came to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Origin {
    /// By its own header, or it is the root.
    Header,
    /// By a longer header.
    Implied,
    /// By a dotted key.
    Dotted,
    /// By braces.
    Inline,
    /// By a dotted key inside braces.
    InlineDotted,
}

/// A table with its entries in the order of the source.
#[derive(Debug)]
pub(super) struct Table<'s> {
    pub(super) entries: Vec<(Key<'s>, Value<'s>)>,
    pub(super) at: Span,
    origin: Origin,
}

impl Table<'_> {
    /// The table of the braces that open at `at`.
    pub(super) fn inline(at: Span) -> Self {
        Self::new(at, Origin::Inline)
    }

    fn new(at: Span, origin: Origin) -> Self {
        Self { entries: Vec::new(), at, origin }
    }
}

/// All tables of a file.
#[derive(Debug)]
pub(super) struct Tables<'s> {
    pub(super) all: Vec<Table<'s>>,
    pub(super) findings: Findings,
    /// Where a table of more than [`FEW`] entries has a key.
    index: HashMap<(TableId, Cow<'s, str>), usize>,
    /// The table that was defined twice: its entries are no further news.
    repeated: Option<TableId>,
}

impl<'s> Tables<'s> {
    pub(super) const ROOT: TableId = TableId(0);

    pub(super) fn new(findings: Findings, at: Span) -> Self {
        Self { all: vec![Table::new(at, Origin::Header)], findings, index: HashMap::new(), repeated: None }
    }

    pub(super) fn add(&mut self, table: Table<'s>) -> TableId {
        let id = TableId(self.all.len() as u32);
        self.all.push(table);
        id
    }

    /// Tells where the braces of a table close.
    pub(super) fn end_inline(&mut self, table: TableId, end: u32) {
        let at = &mut self.all[table.index()].at;
        *at = Span::new(at.start, end.max(at.start));
    }

    /// The table that the lines behind a header belong to.
    pub(super) fn header(&mut self, mut path: Vec<Key<'s>>, at: Span, array: bool) -> TableId {
        self.repeated = None;
        let table = Table::new(at, Origin::Header);
        let Some(key) = path.pop().filter(|key| !key.is_missing()) else { return self.add(table) };
        let Some(parent) = self.descend(Self::ROOT, &path, Origin::Implied) else { return self.add(table) };
        let Some(place) = self.place(parent, &key) else {
            let id = self.add(table);
            let value = if array { Value::Tables { tables: vec![id], at } } else { Value::Table(id) };
            self.put(parent, key, value);
            return id;
        };
        let new = TableId(self.all.len() as u32);
        let (first, value) = &mut self.all[parent.index()].entries[place];
        let existing = match value {
            Value::Tables { tables, .. } if array => {
                tables.push(new);
                return self.add(table);
            }
            Value::Table(id) if !array => Some(*id),
            _ => None,
        };
        let first_at = first.at;
        match existing.map(|id| (id, self.all[id.index()].origin)) {
            Some((id, Origin::Implied)) => {
                self.all[parent.index()].entries[place].0.at = key.at;
                let table = &mut self.all[id.index()];
                (table.origin, table.at) = (Origin::Header, at);
                id
            }
            Some((id, Origin::Header)) => {
                self.duplicate(&key, first_at);
                self.repeated = Some(id);
                id
            }
            _ => {
                self.duplicate(&key, first_at);
                self.add(table)
            }
        }
    }

    /// Gives a table a value under a key, which may be dotted.
    pub(super) fn insert(&mut self, table: TableId, mut path: Vec<Key<'s>>, value: Value<'s>) {
        let Some(key) = path.pop().filter(|key| !key.is_missing()) else { return };
        let inline = matches!(self.all[table.index()].origin, Origin::Inline | Origin::InlineDotted);
        let origin = if inline { Origin::InlineDotted } else { Origin::Dotted };
        let Some(parent) = self.descend(table, &path, origin) else { return };
        match self.place(parent, &key) {
            None => self.put(parent, key, value),
            Some(_) if self.repeated == Some(parent) => {}
            Some(place) => {
                let first = self.all[parent.index()].entries[place].0.at;
                self.duplicate(&key, first);
            }
        }
    }

    /// Goes down from a table along a path, making what is not there.
    fn descend(&mut self, mut table: TableId, path: &[Key<'s>], origin: Origin) -> Option<TableId> {
        for key in path {
            if key.is_missing() {
                return None;
            }
            let Some(place) = self.place(table, key) else {
                let id = self.add(Table::new(key.at, origin));
                self.put(table, key.clone(), Value::Table(id));
                table = id;
                continue;
            };
            let (first, value) = &self.all[table.index()].entries[place];
            let first = first.at;
            let next = match value {
                Value::Tables { tables, .. } => *tables.last().expect("made with one table"),
                Value::Table(id) => *id,
                Value::Hole(_) => return None,
                other => {
                    let what = what_is(other);
                    self.not_a_table(key, first, what);
                    return None;
                }
            };
            let existing = &mut self.all[next.index()].origin;
            match (origin, *existing) {
                (Origin::Implied, Origin::Inline | Origin::InlineDotted)
                | (Origin::Dotted, Origin::Inline) => {
                    self.not_a_table(key, first, "a table in braces");
                    return None;
                }
                (Origin::Dotted, Origin::Implied) => *existing = Origin::Dotted,
                (Origin::Dotted, Origin::Header) | (Origin::InlineDotted, Origin::Inline) => {
                    self.duplicate(key, first);
                    return None;
                }
                _ => {}
            }
            table = next;
        }
        Some(table)
    }

    fn place(&self, table: TableId, key: &Key<'s>) -> Option<usize> {
        let entries = &self.all[table.index()].entries;
        if entries.len() <= FEW {
            return entries.iter().position(|(name, _)| name.text == key.text);
        }
        self.index.get(&(table, key.text.clone())).copied()
    }

    fn put(&mut self, table: TableId, key: Key<'s>, value: Value<'s>) {
        let entries = &mut self.all[table.index()].entries;
        entries.push((key, value));
        let from = if entries.len() == FEW + 1 { 0 } else { entries.len() - 1 };
        if entries.len() > FEW {
            for (place, (key, _)) in entries.iter().enumerate().skip(from) {
                self.index.insert((table, key.text.clone()), place);
            }
        }
    }

    fn duplicate(&mut self, key: &Key<'s>, first: Span) {
        self.findings.push(duplicate_key::found(&self.findings, &key.text, first, key.at));
    }

    fn not_a_table(&mut self, key: &Key<'s>, first: Span, what: &str) {
        self.findings.push(
            self.findings
                .make(
                    &duplicate_key::RULE,
                    key.at,
                    format!("{} is {what}: no key can be added to it", show(&key.text)),
                )
                .label("here again")
                .related(self.findings.location(first), "first here")
                .help("rename one of the two, or write all keys in one place"),
        );
    }
}

fn what_is(value: &Value<'_>) -> &'static str {
    match value {
        Value::Array { .. } => "a list",
        Value::String { .. } => "a string",
        Value::Number { .. } => "a number",
        Value::Atom(..) => "a boolean",
        Value::Hole(_) | Value::Table(_) | Value::Tables { .. } => "a table",
    }
}
