//! The findings of one or several rule sets as one list, to be reported together.
//!
//! In a rule set paths start at its folder, so that plans are the same everywhere; here they start where the
//! rule sets were asked for, so that they lead whoever reads a report to the files.

use std::cell::RefCell;

use camino::Utf8Path;
use rustc_hash::FxHashMap;

use super::check::Checked;
use crate::diagnostic::Diagnostic;
use crate::model::RuleSet;
use crate::scenario::Suite;
use crate::source::{FileId, Location, Source, Sources};
use crate::syntax::{NodeId, Pointers, Tree};

/// Findings with the sources that they are in.
#[derive(Debug, Default)]
pub struct Findings {
    /// The files, by the ids that the findings have.
    pub sources: Sources,
    /// What was found, by rule set, file and place.
    pub found: Vec<Diagnostic>,
    /// How many rule files were looked at.
    pub files: usize,
    /// The rule sets without their sources, each with the id that its first file has here, and its scenarios.
    sets: Vec<(u32, RuleSet, Vec<Suite>)>,
    indexes: RefCell<FxHashMap<FileId, Index>>,
}

impl Findings {
    /// Joins what was found in several rule sets.
    #[must_use]
    pub fn new(checked: Vec<Checked>) -> Self {
        let mut all = Self::default();
        for mut set in checked {
            let first = all.sources.iter().count() as u32;
            for source in std::mem::take(&mut set.rules.sources) {
                all.sources.add(Source::new(joined(&set.root, &source.path), source.text));
            }
            let shift = |place: &mut Location| place.file.0 += first;
            for mut found in set.findings {
                shift(&mut found.primary.location);
                found.related.iter_mut().for_each(|label| shift(&mut label.location));
                all.found.push(found);
            }
            all.files += set.files;
            all.sets.push((first, set.rules, set.suites));
        }
        all
    }

    /// The JSON pointer of the innermost value that holds a place.
    #[must_use]
    pub fn pointer(&self, place: Location) -> Option<String> {
        let set = self.sets.partition_point(|(first, ..)| *first <= place.file.0).checked_sub(1)?;
        let (first, rules, suites) = &self.sets[set];
        let file = FileId(place.file.0 - first);
        let of_scenarios = || suites.iter().map(|suite| &suite.tree).find(|tree| tree.file == file);
        let tree = rules.file(file).map(|loaded| &loaded.tree).or_else(of_scenarios)?;
        let mut indexes = self.indexes.borrow_mut();
        let index = indexes.entry(place.file).or_insert_with(|| Index::new(tree));
        let node = index.innermost(tree, place);
        Some(index.pointers.pointer(tree, &self.sources.get(place.file).text, node))
    }
}

fn joined(root: &Utf8Path, path: &str) -> String {
    if root == "." { path.to_owned() } else { root.join(path).as_str().replace('\\', "/") }
}

/// The nodes of a tree by where they start.
#[derive(Debug)]
struct Index {
    starts: Vec<(u32, NodeId)>,
    pointers: Pointers,
}

impl Index {
    fn new(tree: &Tree) -> Self {
        let nodes = (0..tree.len() as u32).map(NodeId);
        let mut starts: Vec<_> = nodes.map(|id| (tree.node(id).span.start, id)).collect();
        // What an alias stands for is out of order.
        starts.sort_unstable();
        Self { starts, pointers: tree.pointers() }
    }

    fn innermost(&self, tree: &Tree, place: Location) -> NodeId {
        let before = self.starts.partition_point(|(start, _)| *start <= place.span.start);
        let mut node = before.checked_sub(1).map_or(Tree::ROOT, |last| self.starts[last].1);
        while node != Tree::ROOT && tree.node(node).span.end < place.span.end {
            node = self.pointers.parent(node);
        }
        node
    }
}
