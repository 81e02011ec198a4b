//! # What
//!
//! A file says that it belongs to a layer, and there is no such layer.
//!
//! # Why
//!
//! The layer decides what a file may say. A file of no layer is a file that nobody reads, and its rules are
//! missing without anybody noticing.
//!
//! # Bad
//!
//! ```yaml backup.yaml
//! layer: L6
//! procedures: []
//! ```
//!
//! # Good
//!
//! ```yaml backup.yaml
//! layer: L5
//! procedures: []
//! ```

use crate::diagnostic::{Diagnostic, Edit, Fix, Level, RuleInfo};
use crate::model::LayerId;
use crate::syntax::{Kind, Tree, show};

/// `unknown-layer`.
pub(super) static RULE: RuleInfo = RuleInfo {
    id: "unknown-layer",
    code: "R0008",
    level: Level::Error,
    summary: "a file belongs to a layer that does not exist",
    source: include_str!("unknown_layer.rs"),
};

/// The finding for a file whose layer is not known, if it states one.
pub(super) fn unknown_layer(tree: &Tree, source: &str) -> Option<Diagnostic> {
    let node = tree.get(source, Tree::ROOT, "layer").filter(|node| tree.kind(*node) == Kind::String)?;
    let stated = tree.text(source, node);
    let place = tree.location(node);
    let found = Diagnostic::new(&RULE, place, format!("there is no layer {}", show(stated)));
    let near = LayerId::ALL.into_iter().find(|layer| layer.id().eq_ignore_ascii_case(stated));
    Some(match near {
        Some(layer) => {
            let text = source[place.span.range()].replace(stated, layer.id());
            found.help(format!("write `{layer}`")).fix(Fix {
                title: format!("write `{layer}`"),
                safe: true,
                edits: vec![Edit { span: place.span, text }],
            })
        }
        None => {
            let known = LayerId::ALL.map(|layer| format!("`{layer}` ({})", layer.name()));
            found.help(format!("there are {}", known.join(", ")))
        }
    })
}
