//! What L4 says its priorities mean.

use crate::graph::Graph;
use crate::model::{At, Layer, Priority, RuleSet};
use crate::syntax::Kind;

/// A priority that is defined.
#[derive(Debug, Clone)]
pub(super) struct Defined<'a> {
    /// Its name: `P0`, `0`.
    pub(super) name: &'a str,
    /// Where its name is written.
    pub(super) at: At,
    /// Its definition.
    content: At,
}

/// All priorities that are defined, in order of file and place.
pub(super) fn defined<'a>(graph: &Graph<'a>) -> Vec<Defined<'a>> {
    let rules = graph.rules;
    let objects = rules.files().iter().filter_map(|loaded| match &loaded.document.body {
        Layer::Decisions(decisions) => decisions.priority_definitions,
        _ => None,
    });
    let entries = objects.flat_map(|object| {
        let place = move |node| At { file: object.at.file, node };
        rules.tree(object.at).entries(object.at.node).map(move |(key, value)| (place(key), place(value)))
    });
    entries.map(|(at, content)| Defined { name: rules.text(at), at, content }).collect()
}

impl Defined<'_> {
    /// The priority that a name such as `P1` or `1` stands for.
    pub(super) fn priority(&self) -> Option<Priority> {
        let number = self.name.strip_prefix('P').unwrap_or(self.name);
        number.parse().ok().map(Priority)
    }

    /// A text of the definition.
    pub(super) fn text<'r>(&self, rules: &'r RuleSet, key: &str) -> Option<(&'r str, At)> {
        let (tree, source) = (rules.tree(self.content), rules.source(self.content.file));
        let node = tree.get(source, self.content.node, key)?;
        let is_scalar = matches!(tree.kind(node), Kind::String | Kind::Number);
        let at = At { node, ..self.content };
        is_scalar.then(|| (rules.text(at), at))
    }
}
