//! A set of nodes of one tree.

use super::NodeId;

/// A set of nodes; an empty one costs nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NodeSet {
    words: Vec<u64>,
}

impl NodeSet {
    /// Adds a node; true if it is new.
    pub fn insert(&mut self, id: NodeId) -> bool {
        let (word, bit) = place(id);
        if self.words.len() <= word {
            self.words.resize(word + 1, 0);
        }
        let fresh = self.words[word] & bit == 0;
        self.words[word] |= bit;
        fresh
    }

    /// True if the node is in the set.
    #[must_use]
    pub fn contains(&self, id: NodeId) -> bool {
        let (word, bit) = place(id);
        self.words.get(word).is_some_and(|bits| bits & bit != 0)
    }

    /// True if no node is in the set.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|bits| *bits == 0)
    }
}

fn place(id: NodeId) -> (usize, u64) {
    (id.0 as usize / 64, 1 << (id.0 % 64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holds_what_was_put_in() {
        let mut set = NodeSet::default();
        assert!(set.is_empty());
        assert!(set.insert(NodeId(64)));
        assert!(!set.insert(NodeId(64)));
        assert!(set.contains(NodeId(64)) && !set.contains(NodeId(0)) && !set.contains(NodeId(65)));
        assert!(!set.is_empty());
    }
}
