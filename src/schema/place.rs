//! Where a finding about a key or an object points, and how a text is replaced there.

use super::view::Document;
use crate::diagnostic::{Edit, Fix};
use crate::source::{Location, Span};
use crate::syntax::{NodeId, Tree};

/// The place that stands for a whole object: its key, else its opening brace, else its first key.
pub(super) fn of_object(document: Document<'_>, object: NodeId) -> Location {
    let Document { tree, source } = document;
    if let Some(key) = tree.key_of(object) {
        return tree.location(key);
    }
    let whole = tree.node(object).span;
    let first = tree.entries(object).next().filter(|_| !source[whole.range()].starts_with('{'));
    match first {
        Some((key, _)) => tree.location(key),
        None => Location { file: tree.file, span: Span::new(whole.start, whole.end.min(whole.start + 1)) },
    }
}

/// The place of a value, or of its key where nothing is written, as YAML allows.
pub(super) fn of_value(tree: &Tree, value: NodeId) -> Location {
    match tree.key_of(value) {
        Some(key) if tree.node(value).span.is_empty() => tree.location(key),
        _ => tree.location(value),
    }
}

/// A fix that spells a key or value anew and leaves its quotation marks, if nothing in it is escaped.
pub(super) fn respelt(tree: &Tree, source: &str, node: NodeId, text: &str, title: String) -> Option<Fix> {
    let length = tree.text(source, node).len();
    let span = tree.text_span(source, node, 0..length);
    let edits = vec![Edit { span, text: text.to_owned() }];
    (tree.is_verbatim(node) && length > 0).then_some(Fix { title, safe: false, edits })
}
