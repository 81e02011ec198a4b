//! JSON: two blanks a level, a key a line, lists of plain values on one line where they fit.
//!
//! An object that its author wrote on one line stays there where it fits, as collections in brackets do in YAML;
//! but objects in a list stand below one another.

use super::WIDTH;
use crate::syntax::{Kind, NodeId, Tree};

pub(super) fn print(tree: &Tree, source: &str) -> String {
    let mut printer = Printer { tree, source, out: String::with_capacity(source.len()) };
    printer.value(Tree::ROOT, 0, 0);
    printer.out.push('\n');
    printer.out
}

struct Printer<'a> {
    tree: &'a Tree,
    source: &'a str,
    out: String,
}

impl<'a> Printer<'a> {
    /// A value at a depth, behind `before` characters on its line.
    fn value(&mut self, id: NodeId, depth: usize, before: usize) {
        let count = self.tree.count(id);
        let last = |position: usize| position + 1 == count;
        match self.tree.kind(id) {
            Kind::Object | Kind::Array if count > 0 && self.fits(id, before) => {
                let flat = self.flat(id).unwrap_or_default();
                self.out.push_str(&flat);
            }
            Kind::Object if count > 0 => {
                self.out.push('{');
                for (position, (key, value)) in self.tree.entries(id).enumerate() {
                    self.line(depth + 1);
                    let key = self.written(key);
                    self.out.push_str(key);
                    self.out.push_str(": ");
                    self.value(value, depth + 1, 2 * (depth + 1) + key.chars().count() + 2);
                    self.comma(last(position));
                }
                self.line(depth);
                self.out.push('}');
            }
            Kind::Array if count > 0 => {
                self.out.push('[');
                for (position, item) in self.tree.items(id).enumerate() {
                    self.line(depth + 1);
                    self.value(item, depth + 1, 2 * (depth + 1));
                    self.comma(last(position));
                }
                self.line(depth);
                self.out.push(']');
            }
            Kind::Object => self.out.push_str("{}"),
            Kind::Array => self.out.push_str("[]"),
            _ => self.out.push_str(self.written(id)),
        }
    }

    /// Whether a collection fits on one line, behind `before` characters and with a comma.
    fn fits(&self, id: NodeId, before: usize) -> bool {
        self.flat(id).is_some_and(|flat| before + flat.chars().count() < WIDTH)
    }

    /// A value on one line, where it can stand on one.
    fn flat(&self, id: NodeId) -> Option<String> {
        // Every node takes a character, so that more of them don't fit anyway.
        if self.tree.size(id) > WIDTH {
            return None;
        }
        match self.tree.kind(id) {
            Kind::Object if self.tree.count(id) == 0 => Some("{}".to_owned()),
            Kind::Object => {
                let (first, _) = self.tree.entries(id).next()?;
                let opening = self.tree.node(id).span.start..self.tree.node(first).span.start;
                if self.source[opening.start as usize..opening.end as usize].contains(['\n', '\r']) {
                    return None;
                }
                let entry = |(key, value)| Some(format!("{}: {}", self.written(key), self.flat(value)?));
                let entries: Option<Vec<String>> = self.tree.entries(id).map(entry).collect();
                Some(format!("{{ {} }}", entries?.join(", ")))
            }
            Kind::Array => {
                let is_object =
                    |item: &NodeId| self.tree.kind(*item) == Kind::Object && self.tree.count(*item) > 0;
                if self.tree.items(id).any(|item| is_object(&item)) {
                    return None;
                }
                let items: Option<Vec<String>> = self.tree.items(id).map(|item| self.flat(item)).collect();
                Some(format!("[{}]", items?.join(", ")))
            }
            _ => Some(self.written(id).to_owned()),
        }
    }

    /// A key or plain value as its author wrote it.
    fn written(&self, id: NodeId) -> &'a str {
        &self.source[self.tree.node(id).span.range()]
    }

    fn line(&mut self, depth: usize) {
        self.out.push('\n');
        self.out.extend(std::iter::repeat_n("  ", depth));
    }

    fn comma(&mut self, is_last: bool) {
        if !is_last {
            self.out.push(',');
        }
    }
}
