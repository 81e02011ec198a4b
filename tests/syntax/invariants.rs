//! What holds for the tree of any text; shared with the fuzz targets.

use rulec::syntax::{Kind, NodeId, Parsed, Tree};
use serde_json::{Map, Value};

/// Panics where a law of trees or findings is broken.
pub(super) fn check(source: &str, parsed: &Parsed) {
    let tree = &parsed.tree;
    let mut open: Vec<usize> = Vec::new();
    for index in 0..tree.len() {
        let id = NodeId(index as u32);
        let node = tree.node(id);
        let range = node.span.range();
        assert!(source.get(range.clone()).is_some(), "{range:?} is no place in the text");
        let end = index + tree.size(id);
        while open.last().is_some_and(|outer| *outer <= index) {
            open.pop();
        }
        assert!(open.last().is_none_or(|outer| end <= *outer), "a node ends behind its parent");
        if matches!(node.kind, Kind::Array | Kind::Object) {
            open.push(end);
            assert!(open.len() <= 200, "nested too deep");
        } else {
            assert_eq!(end, index + 1, "a leaf holds nothing");
        }
        match node.kind {
            Kind::Key => {
                let next = tree.kind(NodeId(index as u32 + 1));
                assert!(next != Kind::Key, "a key without a value");
            }
            Kind::Number => {
                let text = tree.text(source, id);
                assert!(
                    serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok(),
                    "{text} is no number of JSON"
                );
            }
            Kind::Object => assert_eq!(tree.entries(id).count(), tree.count(id)),
            Kind::Array => assert_eq!(tree.items(id).count(), tree.count(id)),
            _ => {}
        }
        if matches!(node.kind, Kind::Key | Kind::String | Kind::Number) {
            let text = tree.text(source, id);
            let span = tree.text_span(source, id, 0..text.len());
            assert!(source.get(span.range()).is_some(), "{span:?} is no place in the text");
        }
    }
    assert_eq!(tree.size(Tree::ROOT), tree.len(), "one root holds everything");
    for found in &parsed.diagnostics {
        let places = std::iter::once(&found.primary).chain(&found.related).map(|label| label.location.span);
        let edits = found.fix.iter().flat_map(|fix| &fix.edits).map(|edit| edit.span);
        for span in places.chain(edits) {
            assert!(
                source.get(span.range()).is_some(),
                "{span:?} of `{}` is no place in the text",
                found.message
            );
        }
        let first = found.message.chars().next().expect("a message");
        assert!(
            !first.is_uppercase() || !found.message[1..].starts_with(char::is_lowercase),
            "{}",
            found.message
        );
        assert!(!found.message.contains('\n') && !found.message.ends_with('.'), "{}", found.message);
    }
    let holes = (0..tree.len() as u32).any(|index| tree.kind(NodeId(index)) == Kind::Hole);
    assert!(!holes || !parsed.diagnostics.is_empty(), "a hole without a finding");
    assert!(parsed.complete || !parsed.diagnostics.is_empty(), "incomplete without a finding");
}

/// A node as a value of `serde_json`; a hole is null.
pub(super) fn value_of(tree: &Tree, source: &str, id: NodeId) -> Value {
    match tree.kind(id) {
        Kind::Null | Kind::Hole => Value::Null,
        Kind::True => Value::Bool(true),
        Kind::False => Value::Bool(false),
        Kind::Number => serde_json::from_str(tree.text(source, id)).unwrap_or(Value::Null),
        Kind::String | Kind::Key => Value::String(tree.text(source, id).to_owned()),
        Kind::Array => tree.items(id).map(|item| value_of(tree, source, item)).collect(),
        Kind::Object => {
            let entries = tree.entries(id);
            let entry = |(key, value)| (tree.text(source, key).to_owned(), value_of(tree, source, value));
            Value::Object(entries.map(entry).collect::<Map<_, _>>())
        }
    }
}
