//! A rule file as a mutant is made of it: its tree, places in it by pattern, and edits of its text.

use std::ops::Range;

use rulec::source::FileId;
use rulec::syntax::{Format, Kind, NodeId, Pointers, Tree, parse};

/// Bytes of a file and what takes their place.
pub(crate) type Edit = (Range<usize>, String);

/// A file and what it says.
pub(crate) struct Doc {
    pub(crate) path: String,
    pub(crate) text: String,
    pub(crate) tree: Tree,
    parents: Pointers,
}

impl Doc {
    /// Reads a rule file.
    pub(crate) fn new(path: &str, text: &str) -> Self {
        let format = Format::of_path(path).expect("a rule file has a format");
        let tree = parse(FileId(0), format, text).tree;
        let parents = tree.pointers();
        Self { path: path.to_owned(), text: text.to_owned(), tree, parents }
    }

    /// The values at a path of keys, with `*` for every element or entry.
    pub(crate) fn select(&self, pattern: &str) -> Vec<NodeId> {
        let mut nodes = vec![Tree::ROOT];
        for part in pattern.split('/') {
            nodes = nodes.into_iter().flat_map(|node| self.children(node, part)).collect();
        }
        nodes
    }

    fn children(&self, node: NodeId, part: &str) -> Vec<NodeId> {
        let is_meant = |key: &NodeId| part == "*" || self.tree.text(&self.text, *key) == part;
        let items = self.tree.items(node).filter(|_| part == "*");
        items
            .chain(self.tree.entries(node).filter(|(key, _)| is_meant(key)).map(|(_, value)| value))
            .collect()
    }

    /// The value of a key.
    pub(crate) fn get(&self, node: NodeId, key: &str) -> Option<NodeId> {
        self.tree.get(&self.text, node, key)
    }

    /// The text of a string or number; empty for anything else and for a key that is not there.
    pub(crate) fn said(&self, node: NodeId, key: &str) -> &str {
        self.get(node, key).map_or("", |value| self.value(value))
    }

    /// The text of a string or number.
    pub(crate) fn value(&self, node: NodeId) -> &str {
        self.tree.text(&self.text, node)
    }

    /// The container of a value, so many levels up.
    pub(crate) fn above(&self, node: NodeId, levels: usize) -> NodeId {
        (0..levels).fold(node, |node, _| self.parents.parent(node))
    }

    /// Where a value is, for people.
    pub(crate) fn pointer(&self, node: NodeId) -> String {
        format!("{}{}", self.path, self.parents.pointer(&self.tree, &self.text, node))
    }

    /// The bytes of a value, without blanks behind it.
    pub(crate) fn range(&self, node: NodeId) -> Range<usize> {
        let range = self.tree.node(node).span.range();
        range.start..range.start + self.text[range.clone()].trim_end().len()
    }

    /// The bytes of a value as it is written, also of a TOML table, whose own place is its header.
    pub(crate) fn extent(&self, node: NodeId) -> Range<usize> {
        let range = self.range(node);
        if self.tree.format != Format::Toml {
            return range;
        }
        let inside = (node.0..node.0 + self.tree.size(node) as u32).map(|id| self.range(NodeId(id)));
        inside.fold(range, |all, part| all.start.min(part.start)..all.end.max(part.end))
    }

    /// The bytes of the smallest object around a place.
    pub(crate) fn object_around(&self, place: &Range<usize>) -> Range<usize> {
        let objects =
            (0..self.tree.len() as u32).map(NodeId).filter(|id| self.tree.kind(*id) == Kind::Object);
        let around =
            objects.map(|id| self.extent(id)).filter(|it| it.start <= place.start && place.end <= it.end);
        around.min_by_key(|it| it.len()).unwrap_or(0..self.text.len())
    }

    fn starts_with(&self, node: NodeId, brackets: [char; 2]) -> bool {
        self.text[self.range(node)].starts_with(brackets)
    }

    fn is_flow(&self, container: NodeId) -> bool {
        let is_header =
            self.tree.format == Format::Toml && self.is_at_line_start(self.range(container).start);
        self.starts_with(container, ['{', '[']) && !is_header
    }

    fn is_at_line_start(&self, offset: usize) -> bool {
        self.text[self.line(offset)..offset].trim().is_empty()
    }

    fn line(&self, offset: usize) -> usize {
        self.text[..offset].rfind('\n').map_or(0, |newline| newline + 1)
    }

    fn next_line(&self, offset: usize) -> usize {
        self.text[offset..].find('\n').map_or(self.text.len(), |newline| offset + newline + 1)
    }

    /// Puts other text in the place of a value.
    pub(crate) fn replace(&self, node: NodeId, text: &str) -> Vec<Edit> {
        vec![(self.range(node), text.to_owned())]
    }

    /// Puts another string in the place of a value, quoted as all three formats read it.
    pub(crate) fn replace_text(&self, node: NodeId, text: &str) -> Vec<Edit> {
        self.replace(node, &quoted(text))
    }

    /// Takes an entry (with its key) or an element out; nothing where the format has no short way to say that.
    pub(crate) fn remove(&self, node: NodeId) -> Vec<Edit> {
        let container = self.above(node, 1);
        let whole = |value: NodeId| {
            let key = self.tree.key_of(value).filter(|_| self.tree.kind(container) == Kind::Object);
            self.range(key.unwrap_or(value)).start..self.range(value).end
        };
        let siblings = self.children(container, "*");
        let position = siblings.iter().position(|it| *it == node).expect("a child stands in its container");
        let here = whole(node);
        let next = siblings.get(position + 1).map(|it| whole(*it));
        if self.is_flow(container) {
            let before = position.checked_sub(1).map(|before| whole(siblings[before]));
            let gone = match (next, before) {
                (Some(next), _) => here.start..next.start,
                (None, Some(before)) => before.end..here.end,
                (None, None) => here,
            };
            return vec![(gone, String::new())];
        }
        if self.tree.format == Format::Toml {
            let is_line = self.is_at_line_start(here.start) && !self.text[here.start..].starts_with('[');
            let is_pair = self
                .tree
                .key_of(node)
                .is_some_and(|key| self.text[self.range(key).end..].trim_start().starts_with('='));
            return if is_line && is_pair {
                vec![(here.start..self.next_line(here.end), String::new())]
            } else {
                Vec::new()
            };
        }
        match (next, siblings.len()) {
            (Some(next), _) => vec![(here.start..next.start, String::new())],
            (None, 1) => Vec::new(),
            (None, _) => vec![(self.line(here.start)..self.next_line(here.end), String::new())],
        }
    }

    /// Puts one more entry at the head of an object.
    pub(crate) fn insert(&self, object: NodeId, key: &str, value: &str) -> Vec<Edit> {
        let Some((first, _)) = self.tree.entries(object).next() else { return Vec::new() };
        let at = self.range(first).start;
        let column = self.text[self.line(at)..at].chars().count();
        let is_flow = self.is_flow(object);
        let entry = match self.tree.format {
            Format::Json => format!("{}: {value}, ", quoted(key)),
            Format::Toml if is_flow => format!("{key} = {}, ", value.replace("\": ", "\" = ")),
            Format::Toml => format!("{key} = {}\n", value.replace("\": ", "\" = ")),
            Format::Yaml if is_flow => format!("{key}: {value}, "),
            Format::Yaml => format!("{key}: {value}\n{}", " ".repeat(column)),
        };
        vec![(at..at, entry)]
    }

    /// Writes two elements in each other's place; `kept` is a key whose values stay where they are.
    pub(crate) fn swap(&self, one: NodeId, other: NodeId, kept: &str) -> Vec<Edit> {
        if self.tree.format == Format::Toml {
            return Vec::new();
        }
        let moved = |from: NodeId, to: NodeId| {
            let (range, mut text) = (self.range(from), self.text[self.range(from)].to_owned());
            if let (Some(old), Some(new)) = (self.get(from, kept), self.get(to, kept)) {
                let place = self.range(old);
                text.replace_range(place.start - range.start..place.end - range.start, self.value(new));
            }
            text
        };
        vec![(self.range(one), moved(other, one)), (self.range(other), moved(one, other))]
    }
}

/// A string as JSON, YAML and TOML read it alike.
pub(crate) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
