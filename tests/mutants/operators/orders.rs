//! Things happen in another order than before.

use rulec::syntax::NodeId;

use super::{COMPONENTS, Operator, everywhere};
use crate::mutants::Set;
use crate::mutants::doc::Doc;

pub(super) static ALL: &[Operator] = &[
    ("two steps change places that depend on each other", |set| {
        everywhere(set, &["procedures/*/steps/*"], |doc, node| {
            let siblings: Vec<NodeId> = doc.tree.items(doc.above(node, 1)).collect();
            let position = siblings.iter().position(|it| *it == node).expect("a step is in its list");
            match siblings.get(position + 1) {
                Some(next) if depends(set, doc, node, *next) => doc.swap(node, *next, "step"),
                _ => Vec::new(),
            }
        })
    }),
    ("two actions of a decision change places that depend on each other", |set| {
        everywhere(set, &["decision_rules/*/actions/*"], |doc, node| {
            let siblings: Vec<NodeId> = doc.tree.items(doc.above(node, 1)).collect();
            let position = siblings.iter().position(|it| *it == node).expect("an action is in its list");
            let service = |node: NodeId| doc.said(node, "service").to_owned();
            match siblings.get(position + 1) {
                Some(next) if needs(set, &service(*next), &service(node)) => doc.swap(node, *next, "step"),
                _ => Vec::new(),
            }
        })
    }),
    ("a step number is skipped", |set| {
        everywhere(set, &["procedures/*/steps/*/step", "decision_rules/*/actions/*/step"], |doc, node| {
            let siblings = doc.tree.items(doc.above(node, 2)).last();
            let is_last = siblings == Some(doc.above(node, 1));
            let is_named = doc.get(doc.above(node, 1), "id").is_some();
            let number: u32 = doc.value(node).parse().unwrap_or(0);
            if is_last && number > 1 && !is_named {
                doc.replace(node, &(number + 1).to_string())
            } else {
                Vec::new()
            }
        })
    }),
    ("a phase starts before the one that it follows is over", |set| {
        everywhere(set, &["timelines/*/phases/*/start"], |doc, node| match doc.value(node) {
            "0h" => Vec::new(),
            _ => doc.replace_text(node, "1h"),
        })
    }),
    ("a phase ends after the whole", |set| {
        everywhere(set, &["timelines/*/phases/*/end"], |doc, node| doc.replace_text(node, "90h"))
    }),
    ("a phase ends before it starts", |set| {
        everywhere(set, &["timelines/*/phases/*/end"], |doc, node| doc.replace_text(node, "0h"))
    }),
    ("a checkpoint lies behind the end", |set| {
        everywhere(set, &["timelines/*/checkpoints/*/at"], |doc, node| doc.replace_text(node, "90h"))
    }),
];

/// True where the second step rests on the first: on a component that it starts, on its output, or on a file that the
/// first makes (its `undo` names it, so it does).
fn depends(set: &Set, doc: &Doc, first: NodeId, second: NodeId) -> bool {
    let (one, other) = (doc.said(first, "uses"), doc.said(second, "uses"));
    if let (Some((one, does)), Some((other, _))) = (one.split_once('.'), other.split_once('.')) {
        return if does == "start" { needs(set, other, one) } else { needs(set, one, other) };
    }
    let id = doc.said(first, "id");
    let is_asked = !id.is_empty() && doc.said(second, "when").contains(&format!("steps.{id}."));
    is_asked
        || words(doc.said(first, "undo")).any(|word| words(doc.said(second, "command")).any(|it| it == word))
}

/// The words of a command that name a file.
fn words(command: &str) -> impl Iterator<Item = &str> {
    let is_file = |word: &&str| word.contains(['/', '$']) && !word.starts_with("./");
    command.split([' ', '"', ';']).filter(is_file)
}

/// True where a component depends on another directly.
fn needs(set: &Set, component: &str, on: &str) -> bool {
    set.docs().iter().any(|doc| {
        doc.select(&format!("{COMPONENTS}/dependencies/*"))
            .into_iter()
            .any(|it| doc.value(it) == on && doc.said(doc.above(it, 2), "name") == component)
    })
}
