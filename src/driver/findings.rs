//! The findings of one or several rule sets as one list, to be reported together.
//!
//! In a rule set paths start at its folder, so that plans are the same everywhere; here they start where the
//! rule sets were asked for, so that they lead whoever reads a report to the files.

use std::cell::RefCell;

use camino::Utf8Path;
use rustc_hash::FxHashMap;

use super::check::Checked;
use crate::diagnostic::{Diagnostic, Level};
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
    /// The rule sets without their sources, in order.
    sets: Vec<Set>,
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
            all.sets.push(Set { first, rules: set.rules, suites: set.suites, deny: set.config.deny });
        }
        all
    }

    /// The JSON pointer of the innermost value that holds a place.
    #[must_use]
    pub fn pointer(&self, place: Location) -> Option<String> {
        let set = self.set(place.file);
        let file = FileId(place.file.0 - set.first);
        let of_scenarios = || set.suites.iter().map(|suite| &suite.tree).find(|tree| tree.file == file);
        let tree = set.rules.file(file).map(|loaded| &loaded.tree).or_else(of_scenarios)?;
        let mut indexes = self.indexes.borrow_mut();
        let index = indexes.entry(place.file).or_insert_with(|| Index::new(tree));
        let node = index.innermost(tree, place);
        Some(index.pointers.pointer(tree, &self.sources.get(place.file).text, node))
    }

    /// The least level that fails in the rule set of a file, as its `rulec.toml` says.
    #[must_use]
    pub fn deny(&self, file: FileId) -> Level {
        self.set(file).deny
    }

    fn set(&self, file: FileId) -> &Set {
        let behind = self.sets.partition_point(|set| set.first <= file.0);
        &self.sets[behind.checked_sub(1).expect("every file came with its rule set")]
    }
}

/// What is kept of a rule set.
#[derive(Debug)]
struct Set {
    /// The id that its first file has here.
    first: u32,
    rules: RuleSet,
    /// Its scenarios.
    suites: Vec<Suite>,
    deny: Level,
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
