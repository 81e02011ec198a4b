//! The kinds of mistakes, and where a rule set has a place for each.

mod commands;
mod decisions;
mod drops;
mod figures;
mod names;
mod orders;
mod shapes;

use rulec::syntax::NodeId;

use super::doc::{Doc, Edit};
use super::{Mistake, Set};

/// A kind of mistake, and what makes all of it that a rule set has a place for.
pub(crate) type Operator = (&'static str, fn(&Set) -> Vec<Mistake>);

/// All kinds of mistakes.
pub(crate) fn all() -> impl Iterator<Item = &'static Operator> {
    [drops::ALL, names::ALL, orders::ALL, figures::ALL, decisions::ALL, commands::ALL, shapes::ALL]
        .into_iter()
        .flatten()
}

/// Where components stand.
pub(crate) const COMPONENTS: &str = "context/project_structure/components/*";

/// Steps of procedures.
pub(crate) const STEPS: &str = "procedures/*/steps/*";

/// What is told of steps and of the actions that stand for them.
pub(crate) const DOERS: [&str; 3] =
    [STEPS, "procedures/*/finally/*", "context/project_structure/components/*/actions/*"];

/// A mistake at every place that fits one of the patterns, where `edit` finds something to change.
pub(crate) fn everywhere(
    set: &Set,
    patterns: &[&str],
    edit: impl Fn(&Doc, NodeId) -> Vec<Edit>,
) -> Vec<Mistake> {
    let mut made = Vec::new();
    for doc in set.docs() {
        for node in patterns.iter().flat_map(|pattern| doc.select(pattern)) {
            made.extend(Mistake::new(doc, doc.pointer(node), edit(doc, node)));
        }
    }
    made
}

/// Takes out whatever fits one of the patterns, where leaving it out changes what is meant.
pub(crate) fn drop(
    set: &Set,
    patterns: &[&str],
    changes_meaning: impl Fn(&Doc, NodeId) -> bool,
) -> Vec<Mistake> {
    everywhere(
        set,
        patterns,
        |doc, node| if changes_meaning(doc, node) { doc.remove(node) } else { Vec::new() },
    )
}

/// The patterns of a key of steps and actions.
pub(crate) fn of_doers(key: &str) -> Vec<String> {
    DOERS.iter().map(|doer| format!("{doer}/{key}")).collect()
}

/// True where L3 demands something at a risk.
pub(crate) fn is_demanded(set: &Set, key: &str, risk: &str) -> bool {
    let demands =
        |doc: &Doc| doc.select(&format!("executor/{key}/*")).into_iter().any(|it| doc.value(it) == risk);
    set.docs().iter().any(demands)
}

/// How often a text stands as a whole string in a rule set.
pub(crate) fn mentions(set: &Set, text: &str) -> usize {
    let count = |doc: &Doc| {
        (0..doc.tree.len() as u32)
            .map(NodeId)
            .filter(|id| doc.tree.kind(*id) == rulec::syntax::Kind::String && doc.value(*id) == text)
            .count()
    };
    set.docs().iter().map(count).sum()
}
