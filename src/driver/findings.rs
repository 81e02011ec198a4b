//! The findings of one or several rule sets as one list, to be reported together.
//!
//! In a rule set paths start at its folder, so that plans are the same everywhere; here they start where the
//! rule sets were asked for, so that they lead whoever reads a report to the files.

use camino::Utf8Path;

use super::check::Checked;
use super::include::folded;
use super::index::{Index, Indexes};
use crate::diagnostic::{Diagnostic, Level, Silence, Silenced};
use crate::model::RuleSet;
use crate::scenario::Suite;
use crate::source::{FileId, Location, Source, Sources};
use crate::syntax::Tree;

/// Findings with the sources that they are in.
#[derive(Debug, Default)]
pub struct Findings {
    /// The files, by the ids that the findings have.
    pub sources: Sources,
    /// What was found, by rule set, file and place.
    pub found: Vec<Diagnostic>,
    /// What was found and is left out, in the same order.
    pub silenced: Vec<Silenced>,
    /// How many rule files were looked at.
    pub files: usize,
    /// The rule sets without their sources, in order.
    sets: Vec<Set>,
    indexes: Indexes,
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
            let shift = |found: &mut Diagnostic| {
                found.primary.location.file.0 += first;
                found.related.iter_mut().for_each(|label| label.location.file.0 += first);
            };
            for mut found in set.findings {
                shift(&mut found);
                all.found.push(found);
            }
            for mut silenced in set.silenced {
                shift(&mut silenced.finding);
                if let Silence::InSource { place, .. } = &mut silenced.by {
                    place.file.0 += first;
                }
                all.silenced.push(silenced);
            }
            all.files += set.files;
            all.sets.push(Set { first, rules: set.rules, suites: set.suites, deny: set.deny });
        }
        all
    }

    /// The JSON pointer of the innermost value that holds a place.
    #[must_use]
    pub fn pointer(&self, place: Location) -> Option<String> {
        self.on_tree(place, |index, tree, source| {
            index.pointers.pointer(tree, source, index.innermost(tree, place))
        })
    }

    /// The way to that value, by names where there are any: it stays the same when others come and go.
    #[must_use]
    pub fn trail(&self, place: Location) -> Option<String> {
        self.on_tree(place, |index, tree, source| index.trail(tree, source, index.innermost(tree, place)))
    }

    fn on_tree<T>(&self, place: Location, ask: impl FnOnce(&Index, &Tree, &str) -> T) -> Option<T> {
        let set = self.set(place.file);
        let file = FileId(place.file.0 - set.first);
        let of_scenarios = || set.suites.iter().map(|suite| &suite.tree).find(|tree| tree.file == file);
        let tree = set.rules.file(file).map(|loaded| &loaded.tree).or_else(of_scenarios)?;
        let source = &self.sources.get(place.file).text;
        Some(self.indexes.ask(place.file, tree, |index| ask(index, tree, source)))
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
    if root == "." { path.to_owned() } else { folded(&root.join(path)).as_str().replace('\\', "/") }
}
