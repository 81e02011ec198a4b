//! From a tree to a document. It always succeeds: what can't be used is left out.
//!
//! Which nodes can't be used was found, and reported, by `schema`; this says nothing a second time.

use serde::Deserialize;

use super::{Constraints, Decisions, Document, Execution, Goals, Header, Layer, LayerId, Understanding};
use crate::syntax::de::from_tree;
use crate::syntax::{NodeId, NodeSet, Tree};

/// The document of a tree, without the nodes in `bad` and without holes.
#[must_use]
pub fn decode(tree: &Tree, source: &str, layer: LayerId, bad: &NodeSet) -> Document {
    let mut reader = Reader { tree, source, skip: bad.clone() };
    Document {
        header: reader.read::<Header>(),
        body: match layer {
            LayerId::L1 => Layer::Goals(reader.read::<Goals>()),
            LayerId::L2 => Layer::Understanding(Box::new(reader.read::<Understanding>())),
            LayerId::L3 => Layer::Constraints(Box::new(reader.read::<Constraints>())),
            LayerId::L4 => Layer::Decisions(reader.read::<Decisions>()),
            LayerId::L5 => Layer::Execution(reader.read::<Execution>()),
        },
    }
}

struct Reader<'a> {
    tree: &'a Tree,
    source: &'a str,
    skip: NodeSet,
}

impl Reader<'_> {
    /// A file that satisfies its schema decodes at once. Should a value not fit its type all the same, the
    /// top-level entry that it stands in is left out, so that there are at most as many attempts as entries.
    fn read<T: for<'de> Deserialize<'de> + Default>(&mut self) -> T {
        loop {
            let node = match from_tree(self.tree, self.source, &self.skip) {
                Ok(value) => return value,
                Err(error) => error.node,
            };
            match self.top_level_entry(node) {
                Some(entry) if self.skip.insert(entry) => {}
                _ => return T::default(),
            }
        }
    }

    fn top_level_entry(&self, node: NodeId) -> Option<NodeId> {
        let before = |(_, value): &(NodeId, NodeId)| *value <= node;
        self.tree.entries(Tree::ROOT).take_while(before).last().map(|(_, value)| value)
    }
}
