//! # What
//!
//! A key stands twice in one mapping.
//!
//! # Why
//!
//! Most readers of JSON keep the last value in silence, some keep the first, a few refuse the file. One of
//! the two values is lost, and who wrote it doesn't know.
//!
//! # Bad
//!
//! ```json L5-execution.json
//! {"layer": "L5", "version": "1.0.0", "procedures": [], "version": "2.0.0"}
//! ```
//!
//! The same in YAML:
//!
//! ```yaml L5-execution.yaml
//! layer: L5
//! version: 1.0.0
//! procedures: []
//! version: 2.0.0
//! ```
//!
//! # Good
//!
//! ```json L5-execution.json
//! {"layer": "L5", "version": "2.0.0", "procedures": []}
//! ```

use std::collections::HashMap;

use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::source::Span;

use super::findings::{Findings, show};
use super::tree::{Kind, NodeId, Tree};

/// `duplicate-key`.
pub(super) static RULE: RuleInfo = RuleInfo {
    id: "duplicate-key",
    code: "R0003",
    level: Level::Error,
    summary: "a key stands twice in one mapping",
    source: include_str!("duplicate_key.rs"),
};

/// Up to so many keys are compared with one another, which is faster than hashing them.
const FEW: usize = 12;

/// The finding for a key that already stands at `first`.
pub(super) fn found(findings: &Findings, key: &str, first: Span, second: Span) -> Diagnostic {
    findings
        .make(&RULE, second, format!("the key {} stands twice in one mapping", show(key)))
        .label("here again")
        .related(findings.location(first), "first here")
        .help("remove one of the two, or rename it")
}

/// Reports every key of a tree that repeats an earlier one of the same object.
///
/// Nodes follow the order of the source but for what an alias repeats, which is reported where it stands.
pub(super) fn report(tree: &Tree, source: &str, findings: &mut Findings) {
    let mut keys: Vec<(&str, NodeId)> = Vec::new();
    let mut frontier = 0;
    for index in 0..tree.len() as u32 {
        let (id, node) = (NodeId(index), tree.node(NodeId(index)));
        if node.kind == Kind::Object
            && tree.count(id) > 1
            && tree.node(NodeId(index + 1)).span.start >= frontier
        {
            keys.clear();
            for (key, _) in tree.entries(id) {
                keys.push((tree.text(source, key), key));
            }
            repeated(&keys, |first, second| {
                let key = tree.text(source, second);
                findings.push(found(findings, key, tree.node(first).span, tree.node(second).span));
            });
        }
        frontier = frontier.max(node.span.start);
    }
}

/// Calls `found` with the first and each later place of a key.
fn repeated<'a>(keys: &[(&'a str, NodeId)], mut found: impl FnMut(NodeId, NodeId)) {
    if keys.len() <= FEW {
        for (index, (key, second)) in keys.iter().enumerate() {
            if let Some((_, first)) = keys[..index].iter().find(|(earlier, _)| earlier == key) {
                found(*first, *second);
            }
        }
        return;
    }
    let mut firsts: HashMap<&'a str, NodeId> = HashMap::with_capacity(keys.len());
    for (key, id) in keys {
        let first = *firsts.entry(key).or_insert(*id);
        if first != *id {
            found(first, *id);
        }
    }
}
