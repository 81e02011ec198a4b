//! # What
//!
//! A component depends on something that L3 lists as optional: under `technical_constraints`, in a list whose name
//! begins with `optional`.
//!
//! # Why
//!
//! What a component depends on must run before it. If it may be missing, the component does not start there.
//!
//! # Bad
//!
//! ```yaml L2-system.yaml
//! context:
//!   project_structure:
//!     external: [card terminal]
//!     components:
//!       - { name: orders, dependencies: [card terminal] }
//! ```
//! ```toml L3-limits.toml
//! [technical_constraints.software]
//! optional_components = ["Card terminal (for the counter)"]
//! ```
//!
//! # Good
//!
//! ```yaml L2-system.yaml
//! context:
//!   project_structure:
//!     external: [card terminal]
//!     components:
//!       - { name: orders, dependencies: [card terminal] }
//! ```
//! ```toml L3-limits.toml
//! [technical_constraints.software]
//! required_components = ["Card terminal (for the counter)"]
//! ```
//!
//! # Exceptions
//!
//! Names that differ in more than case, or in a remark in parentheses.

use rustc_hash::FxHashMap;

use super::super::{Context, Lint, policy};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::graph::Item;
use crate::model::{At, RuleSet};

/// `optional-dependency`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "optional-dependency",
        code: "R0175",
        level: Level::Warning,
        summary: "a component depends on what L3 calls optional",
        source: include_str!("optional_dependency.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    let optional = optional(context.rules);
    if optional.is_empty() {
        return;
    }
    for (_, entity) in context.graph.entities() {
        let Item::Component(component) = entity.item else { continue };
        for dependency in &component.dependencies {
            let Some(at) = optional.get(&plain(&dependency.value)) else { continue };
            let (name, needed) = (&component.name.value, &dependency.value);
            let message = format!("`{name}` depends on `{needed}`, which L3 calls optional");
            found(
                Diagnostic::new(&LINT.info, context.place(dependency.at), message)
                    .related(context.place(*at), "optional here")
                    .help("leave the dependency out, or require it in L3 too"),
            );
        }
    }
}

/// What L3 calls optional, by its plain name, and where.
fn optional(rules: &RuleSet) -> FxHashMap<String, At> {
    let mut optional = FxHashMap::default();
    for at in policy::listed_texts(rules, |key| key.starts_with("optional")) {
        optional.entry(plain(rules.text(at))).or_insert(at);
    }
    optional
}

/// A name in lower case, without a remark in parentheses.
fn plain(name: &str) -> String {
    name.split(" (").next().unwrap_or(name).trim().to_lowercase()
}
