//! From a place in a file to the values that it is in.

use std::cell::RefCell;

use rustc_hash::FxHashMap;

use crate::source::{FileId, Location};
use crate::syntax::{Kind, NodeId, Pointers, Tree};

/// The nodes of a tree by where they start.
#[derive(Debug)]
pub(super) struct Index {
    starts: Vec<(u32, NodeId)>,
    pub(super) pointers: Pointers,
}

/// The indexes of several files, each made when it is first asked for.
#[derive(Debug, Default)]
pub(super) struct Indexes(RefCell<FxHashMap<FileId, Index>>);

impl Indexes {
    /// Asks the index of a tree something. `file` is what the tree is known by here.
    pub(super) fn ask<T>(&self, file: FileId, tree: &Tree, ask: impl FnOnce(&Index) -> T) -> T {
        ask(self.0.borrow_mut().entry(file).or_insert_with(|| Index::new(tree)))
    }
}

/// Keys whose texts name the object that they stand in, in a list of such.
const NAMING: [&str; 4] = ["id", "step", "name", "role"];

impl Index {
    pub(super) fn new(tree: &Tree) -> Self {
        let nodes = (0..tree.len() as u32).map(NodeId);
        let mut starts: Vec<_> = nodes.map(|id| (tree.node(id).span.start, id)).collect();
        // What an alias stands for is out of order.
        starts.sort_unstable();
        Self { starts, pointers: tree.pointers() }
    }

    /// The innermost node that holds a place.
    pub(super) fn innermost(&self, tree: &Tree, place: Location) -> NodeId {
        let before = self.starts.partition_point(|(start, _)| *start <= place.span.start);
        let node = before.checked_sub(1).map_or(Tree::ROOT, |last| self.starts[last].1);
        self.around(tree, node, place)
    }

    /// The innermost nodes that hold a place: several where aliases stand for what is there.
    pub(super) fn all_innermost(&self, tree: &Tree, place: Location) -> Vec<NodeId> {
        let before = self.starts.partition_point(|(start, _)| *start <= place.span.start);
        let Some(&(start, _)) = before.checked_sub(1).map(|last| &self.starts[last]) else {
            return vec![Tree::ROOT];
        };
        let first = self.starts.partition_point(|(other, _)| *other < start);
        let nodes = self.starts[first..before].iter().map(|(_, node)| self.around(tree, *node, place));
        let mut nodes: Vec<NodeId> = nodes.collect();
        nodes.sort_unstable();
        nodes.dedup();
        nodes
    }

    /// The nodes that start at an offset, the outer ones first.
    pub(super) fn starting_at(&self, offset: u32) -> impl Iterator<Item = NodeId> + '_ {
        self.from(offset).take_while(move |(start, _)| *start == offset).map(|(_, node)| node)
    }

    /// The nodes that start at an offset or behind it, in that order.
    pub(super) fn from(&self, offset: u32) -> impl Iterator<Item = (u32, NodeId)> + '_ {
        let first = self.starts.partition_point(|(start, _)| *start < offset);
        self.starts[first..].iter().copied()
    }

    /// The way to a node as a pointer in which the objects of lists go by their ids or names, if they have
    /// any, so that it stays what it is when others come and go.
    pub(super) fn trail(&self, tree: &Tree, source: &str, node: NodeId) -> String {
        let mut at = if tree.kind(node) == Kind::Key { NodeId(node.0 + 1) } else { node };
        let mut parts = Vec::new();
        while at != Tree::ROOT {
            parts.push(match tree.key_of(at) {
                Some(key) => tree.text(source, key),
                None => name(tree, source, at).unwrap_or("-"),
            });
            at = self.pointers.parent(at);
        }
        parts.iter().rev().fold(String::new(), |trail, part| trail + "/" + part)
    }

    fn around(&self, tree: &Tree, mut node: NodeId, place: Location) -> NodeId {
        while node != Tree::ROOT && tree.node(node).span.end < place.span.end {
            node = self.pointers.parent(node);
        }
        node
    }
}

fn name<'a>(tree: &'a Tree, source: &'a str, node: NodeId) -> Option<&'a str> {
    let named = NAMING.iter().find_map(|key| tree.get(source, node, key))?;
    Some(tree.text(source, named)).filter(|text| !text.is_empty())
}
