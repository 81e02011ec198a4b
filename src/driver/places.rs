//! From the places that plans name, a file and a JSON pointer, back to bytes.

use rustc_hash::FxHashMap;

use crate::expr::part_of;
use crate::model::RuleSet;
use crate::source::{FileId, Location};
use crate::syntax::{Kind, NodeId, Tree};

/// Looks places up in a rule set. What was looked through once is remembered, since the steps of a long
/// procedure all stand in one list.
pub(super) struct Places<'a> {
    rules: &'a RuleSet,
    files: FxHashMap<&'a str, FileId>,
    children: FxHashMap<(FileId, NodeId), FxHashMap<String, NodeId>>,
}

impl<'a> Places<'a> {
    pub(super) fn new(rules: &'a RuleSet) -> Self {
        let files = rules.files().iter().map(|loaded| loaded.file);
        let files = files.map(|file| (rules.sources.get(file).path.as_str(), file)).collect();
        Self { rules, files, children: FxHashMap::default() }
    }

    /// Where a pointer leads to; where there is nothing, the nearest value around it.
    ///
    /// # Panics
    /// If the file is none of the rule set.
    pub(super) fn location(&mut self, file: &str, pointer: &str) -> Location {
        let (file, node) = self.node(file, pointer);
        self.rules.file(file).expect("the file is one of the rule set's").tree.location(node)
    }

    /// Where a part of the expression is that a pointer leads to; where it is not found in there, the whole.
    ///
    /// # Panics
    /// If the file is none of the rule set.
    pub(super) fn part(&mut self, file: &str, pointer: &str, part: &str) -> Location {
        let (file, node) = self.node(file, pointer);
        let (tree, source) = (
            &self.rules.file(file).expect("the file is one of the rule set's").tree,
            self.rules.source(file),
        );
        let whole = tree.location(node);
        if tree.kind(node) != Kind::String {
            return whole;
        }
        match part_of(tree.text(source, node), part) {
            Some(found) => Location { file, span: tree.text_span(source, node, found.range()) },
            None => whole,
        }
    }

    /// The node that a pointer leads to, or the nearest around it.
    fn node(&mut self, file: &str, pointer: &str) -> (FileId, NodeId) {
        let file = *self.files.get(file).expect("a plan names files that it was made from");
        let rules = self.rules;
        let tree = &rules.file(file).expect("the file is one of the rule set's").tree;
        let mut node = Tree::ROOT;
        for part in pointer.split('/').skip(1) {
            let children =
                self.children.entry((file, node)).or_insert_with(|| children(tree, rules.source(file), node));
            match children.get(&part.replace("~1", "/").replace("~0", "~")) {
                Some(child) => node = *child,
                None => break,
            }
        }
        (file, node)
    }
}

fn children(tree: &Tree, source: &str, node: NodeId) -> FxHashMap<String, NodeId> {
    match tree.kind(node) {
        Kind::Array => tree.items(node).enumerate().map(|(index, item)| (index.to_string(), item)).collect(),
        // Of two equal keys the first counts, so it is put last.
        _ => {
            let mut entries: Vec<_> = tree.entries(node).collect();
            entries.reverse();
            entries.into_iter().map(|(key, value)| (tree.text(source, key).to_owned(), value)).collect()
        }
    }
}
