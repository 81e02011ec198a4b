//! A rule set in memory: its sources, trees and documents, and the way from a place in the model back to
//! the bytes of a file.

use std::ops::Range;

use super::spanned::At;
use super::{Document, LayerId};
use crate::source::{FileId, Location, Sources};
use crate::syntax::Tree;

/// A rule file that has been read.
#[derive(Debug)]
pub struct Loaded {
    /// The file.
    pub file: FileId,
    /// Its layer.
    pub layer: LayerId,
    /// What it says, as it is spelt.
    pub tree: Tree,
    /// What it says, as it is meant.
    pub document: Document,
}

/// All files of a rule set.
#[derive(Debug, Default)]
pub struct RuleSet {
    /// The name of the rule set's folder.
    pub root_name: String,
    /// The texts of all files, also of those that are no rule files.
    pub sources: Sources,
    /// The rule files, in order of their paths.
    files: Vec<Loaded>,
    /// Where each file id is in `files`.
    positions: Vec<Option<u32>>,
    /// The ids of the files that other rule sets have lent.
    included: Range<u32>,
}

impl RuleSet {
    /// A rule set of these files, whose texts are in `sources`. They are put in order of their ids.
    #[must_use]
    pub fn new(root_name: impl Into<String>, sources: Sources, mut files: Vec<Loaded>) -> Self {
        files.sort_by_key(|loaded| loaded.file);
        let mut positions = vec![None; files.last().map_or(0, |last| last.file.index() + 1)];
        for (position, loaded) in files.iter().enumerate() {
            positions[loaded.file.index()] = Some(position as u32);
        }
        Self { root_name: root_name.into(), sources, files, positions, included: 0..0 }
    }

    /// The same rule set, of whose files those with these ids are included: they belong to other rule sets.
    #[must_use]
    pub fn with_included(self, included: Range<u32>) -> Self {
        Self { included, ..self }
    }

    /// True for a file that belongs to another rule set and is included in this one.
    #[must_use]
    pub fn is_included(&self, file: FileId) -> bool {
        self.included.contains(&file.0)
    }

    /// The rule files, in order of their ids.
    #[must_use]
    pub fn files(&self) -> &[Loaded] {
        &self.files
    }

    /// The rule file of an id, if there is one.
    #[must_use]
    pub fn file(&self, file: FileId) -> Option<&Loaded> {
        let position = *self.positions.get(file.index())?;
        position.map(|position| &self.files[position as usize])
    }

    /// The text of a file.
    #[must_use]
    pub fn source(&self, file: FileId) -> &str {
        &self.sources.get(file).text
    }

    /// The tree that a place of the model is in.
    #[must_use]
    pub fn tree(&self, at: At) -> &Tree {
        &self.file(at.file).expect("a place of the model is in a file of the rule set").tree
    }

    /// Where a value is written.
    #[must_use]
    pub fn location(&self, at: At) -> Location {
        self.tree(at).location(at.node)
    }

    /// Where the key of a value is written; the value itself where it has none, as in a list.
    #[must_use]
    pub fn key_location(&self, at: At) -> Location {
        let tree = self.tree(at);
        tree.location(tree.key_of(at.node).unwrap_or(at.node))
    }

    /// The exact place of a range of bytes of a text: behind quotes and escapes.
    #[must_use]
    pub fn text_location(&self, at: At, range: Range<usize>) -> Location {
        Location { file: at.file, span: self.tree(at).text_span(self.source(at.file), at.node, range) }
    }

    /// The text of a string, key or number (empty for anything else).
    #[must_use]
    pub fn text(&self, at: At) -> &str {
        self.tree(at).text(self.source(at.file), at.node)
    }

    /// The JSON pointer of a value.
    #[must_use]
    pub fn pointer(&self, at: At) -> String {
        self.tree(at).pointer(self.source(at.file), at.node)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Layer, decode};
    use crate::source::Source;
    use crate::syntax::{Format, NodeSet, parse};

    #[test]
    fn leads_from_the_model_to_the_bytes() {
        let mut sources = Sources::default();
        let text = r#"{"goals": [{"id": "G\u0031", "owner": "baker"}]}"#;
        sources.add(Source::new("README.md", ""));
        let file = sources.add(Source::new("L1-goals.json", text));
        let tree = parse(file, Format::Json, text).tree;
        let document = decode(&tree, text, LayerId::L1, &NodeSet::default());
        let rules =
            RuleSet::new("bakery", sources, vec![Loaded { file, layer: LayerId::L1, tree, document }]);

        let Layer::Goals(goals) = &rules.files()[0].document.body else { panic!("it is L1") };
        let goal = &goals.goals[0];
        let slice = |location: Location| rules.sources.get(location.file).slice(location.span);
        assert_eq!(slice(rules.location(goal.id.at)), r#""G\u0031""#);
        assert_eq!(slice(rules.key_location(goal.id.at)), r#""id""#);
        assert_eq!(slice(rules.key_location(goal.at)), r#"{"id": "G\u0031", "owner": "baker"}"#);
        assert_eq!(slice(rules.text_location(goal.id.at, 1..2)), r"\u0031");
        assert_eq!((goal.id.as_str(), rules.text(goal.id.at)), ("G1", "G1"));
        assert_eq!(rules.pointer(goal.id.at), "/goals/0/id");
        assert!(rules.file(FileId(0)).is_none() && rules.file(FileId(9)).is_none());
    }
}
