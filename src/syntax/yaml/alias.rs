//! Aliases, expanded in place within a budget.

use crate::source::Span;

use super::super::findings::show;
use super::super::nested_too_deep::{self, MAX_DEPTH};
use super::super::number::{is_json_number, normalise};
use super::super::tree::{Kind, NodeId};
use super::{Anchor, Entry, Reader};

/// How many nodes all aliases of a file may expand to.
const MOST_COPIES: usize = 100_000;
/// How many bytes of text they may repeat.
const MOST_COPIED_BYTES: usize = 16 * 1024 * 1024;

impl Reader<'_> {
    pub(super) fn unresolved(&mut self, name: &str, at: Span) {
        if self.skipped.is_some() {
            return;
        }
        let found = self
            .findings
            .mistake(at, format!("no anchor {} stands before this alias", show(&format!("&{name}"))));
        let found = found.help("put the text in quotes if it is no alias");
        if self.entry() == Entry::Key {
            self.lost_key(found);
        } else {
            self.findings.push(found);
            self.lost_value(at);
        }
    }

    /// A value that can't be read.
    fn lost_value(&mut self, at: Span) {
        if self.entry() == Entry::Value {
            self.builder.atom(Kind::Hole, at);
        }
        self.expect(Entry::Key);
        self.last_end = at.end;
    }

    pub(super) fn alias(&mut self, id: usize, at: Span) {
        if self.skipped.is_some() {
            return;
        }
        let anchor =
            id.checked_sub(1).and_then(|index| self.anchors.get(index)).copied().unwrap_or(Anchor::Lost);
        match (self.entry(), anchor) {
            (Entry::LostValue, _) | (Entry::Value, Anchor::Lost) => self.lost_value(at),
            (Entry::Key, Anchor::Scalar { node, .. }) => {
                self.copy_text(id, Kind::Key, node, at);
                self.expect(Entry::Value);
            }
            (Entry::Key, _) => {
                let found = self.findings.mistake(at, "this alias can't be a key: it stands for no text");
                self.lost_key(found.help("write a text as the key"));
            }
            (Entry::Value, Anchor::Scalar { kind, node }) => {
                match kind {
                    Kind::String | Kind::Number => self.copy_text(id, kind, node, at),
                    atom => _ = self.builder.atom(atom, at),
                }
                self.expect(Entry::Key);
            }
            (Entry::Value, Anchor::Collection(node)) => self.copy_collection(node, at),
        }
        self.last_end = at.end;
    }

    fn copy_text(&mut self, id: usize, kind: Kind, node: NodeId, at: Span) {
        let tree = self.builder.tree();
        let text = match tree.kind(node) {
            Kind::String | Kind::Key | Kind::Number => tree.text(self.source, node),
            _ => &self.source[tree.node(node).span.range()],
        };
        self.copied_bytes += text.len();
        let odd = kind == Kind::Number && !is_json_number(text);
        if !odd && !tree.is_verbatim(node) {
            self.builder.shared(kind, at, node);
            return;
        }
        let text = if odd { normalise(text) } else { None }.unwrap_or_else(|| text.to_owned());
        let copy = self.builder.owned(kind, at, text);
        if kind != Kind::Key
            && let Some(anchor) = self.anchors.get_mut(id - 1)
        {
            *anchor = Anchor::Scalar { kind, node: copy };
        }
    }

    fn copy_collection(&mut self, node: NodeId, at: Span) {
        let tree = self.builder.tree();
        let size = tree.size(node);
        if self.copies + size > MOST_COPIES || self.copied_bytes > MOST_COPIED_BYTES {
            if self.copies <= MOST_COPIES {
                self.findings.push(
                    self.findings
                        .mistake(
                            at,
                            format!("the aliases of this file expand to more than {MOST_COPIES} values"),
                        )
                        .help("aliases of aliases multiply: write out what is meant"),
                );
                self.copies = usize::MAX / 2;
            }
            return self.lost_value(at);
        }
        let depth = self.builder.depth() + tree.height(node);
        if depth > MAX_DEPTH {
            if !self.too_deep {
                self.too_deep = true;
                self.findings.push(nested_too_deep::found(&self.findings, at));
            }
            return self.lost_value(at);
        }
        if self.builder.copy(node, at).is_none() {
            let found = self.findings.mistake(at, "this alias stands inside its own anchor");
            self.findings.push(found.help("remove it: a value can't hold itself"));
            return self.lost_value(at);
        }
        self.copies += size;
        self.expect(Entry::Key);
    }
}
