//! What a mistake in a file's shape hides: the names that the file may declare all the same.
//!
//! A procedure with a misspelt key is left out of the model, or with it its whole list; who refers to it makes
//! no second mistake. So findings that something is not there count only where no broken file has its name.

use rustc_hash::FxHashSet;

use super::read::Read;
use crate::diagnostic::{Diagnostic, Level};
use crate::graph::rules;
use crate::model::RuleSet;
use crate::source::FileId;
use crate::syntax::{Kind, NodeId, Tree};

/// The rules that find that something is not there.
static OF_ABSENCE: [&str; 4] = [
    rules::UNRESOLVED_REFERENCE.id,
    rules::UNDECLARED_EXTERNAL.id,
    rules::UNKNOWN_ROLE.id,
    rules::ACTION_UNBOUND.id,
];

/// Keys whose texts are names of what they stand in.
const NAMING: [&str; 4] = ["id", "name", "role", "step"];

/// Keys whose lists of texts declare names.
const LISTING: [&str; 2] = ["external", "roles"];

/// What may be declared in files with mistakes.
pub(super) enum Hidden<'a> {
    /// Anything: a file could not be read to its end.
    Anything,
    /// One of these names.
    Names { rules: &'a RuleSet, names: FxHashSet<&'a str> },
}

impl<'a> Hidden<'a> {
    /// Looks through the files that have errors.
    pub(super) fn new(read: &'a Read) -> Self {
        if !read.partial.is_empty() {
            return Self::Anything;
        }
        let broken: FxHashSet<FileId> =
            read.found.iter().filter(|found| found.level == Level::Error).map(Diagnostic::file).collect();
        let mut names = FxHashSet::default();
        for loaded in read.rules.files().iter().filter(|loaded| broken.contains(&loaded.file)) {
            collect(&loaded.tree, read.rules.source(loaded.file), Tree::ROOT, "", &mut names);
        }
        Self::Names { rules: &read.rules, names }
    }

    /// True for a finding that something is not there, where it may be in a file with mistakes.
    pub(super) fn explains(&self, finding: &Diagnostic) -> bool {
        OF_ABSENCE.contains(&finding.rule.id)
            && match self {
                Self::Anything => true,
                Self::Names { rules, names } => {
                    let place = finding.primary.location;
                    let text = rules.sources.get(place.file).slice(place.span);
                    let text = text.trim_matches(['"', '\'']);
                    let name = text.split_once(':').map_or(text, |(_, name)| name.trim_start());
                    let owner = name.split_once('.').map_or(name, |(owner, _)| owner);
                    [text, name, owner].iter().any(|name| names.contains(name))
                }
            }
    }
}

fn collect<'a>(tree: &'a Tree, source: &'a str, node: NodeId, key: &str, names: &mut FxHashSet<&'a str>) {
    match tree.kind(node) {
        Kind::Object => {
            for (key, value) in tree.entries(node) {
                let key = tree.text(source, key);
                names.insert(key);
                collect(tree, source, value, key, names);
            }
        }
        Kind::Array => {
            for item in tree.items(node) {
                if LISTING.contains(&key) {
                    names.insert(tree.text(source, item));
                }
                collect(tree, source, item, "", names);
            }
        }
        _ if NAMING.contains(&key) => {
            names.insert(tree.text(source, node));
        }
        _ => {}
    }
}
