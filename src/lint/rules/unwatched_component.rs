//! # What
//!
//! All components of a type have a `health` check, and one that is started as they are has none.
//!
//! # Why
//!
//! It is the one that nobody will see fail.
//!
//! # Bad
//!
//! ```yaml L2-system.yaml
//! context:
//!   project_structure:
//!     components:
//!       - { name: oven, type: service, health: { check: test -e oven.on, timeout: 5 }, actions: { start: { command: ./oven.sh, undo: ./cool.sh } } }
//!       - { name: till, type: service, health: { check: test -e till.on, timeout: 5 }, actions: { start: { command: ./till.sh, undo: ./shut.sh } } }
//!       - { name: bell, type: service, actions: { start: { command: ./bell.sh, undo: ./hush.sh } } }
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, uses: oven.start, verify: { command: test -e oven.on, timeout: 5 } }
//!       - { step: 2, uses: till.start, verify: { command: test -e till.on, timeout: 5 } }
//!       - { step: 3, uses: bell.start, verify: { command: test -e bell.on, timeout: 5 } }
//! ```
//!
//! # Good
//!
//! ```yaml L2-system.yaml
//! context:
//!   project_structure:
//!     components:
//!       - { name: oven, type: service, health: { check: test -e oven.on, timeout: 5 }, actions: { start: { command: ./oven.sh, undo: ./cool.sh } } }
//!       - { name: till, type: service, health: { check: test -e till.on, timeout: 5 }, actions: { start: { command: ./till.sh, undo: ./shut.sh } } }
//!       - { name: bell, type: service, health: { check: test -e bell.on, timeout: 5 }, actions: { start: { command: ./bell.sh, undo: ./hush.sh } } }
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, uses: oven.start, verify: { command: test -e oven.on, timeout: 5 } }
//!       - { step: 2, uses: till.start, verify: { command: test -e till.on, timeout: 5 } }
//!       - { step: 3, uses: bell.start, verify: { command: test -e bell.on, timeout: 5 } }
//! ```
//!
//! # Exceptions
//!
//! Components of another type, or of none; those without an action `start`, and those that alone have no port.

use std::collections::BTreeMap;

use super::super::{Context, Lint};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::graph::{EntityKind, Item};
use crate::model::{Component, Spanned};

/// `unwatched-component`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "unwatched-component",
        code: "R0257",
        level: Level::Warning,
        summary: "one component has no health check, all others of its type do",
        source: include_str!("unwatched_component.rs"),
    },
    check,
};

/// Fewer components show no habit.
const FEWEST: usize = 3;

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    let mut by_type: BTreeMap<(&str, bool), Vec<&Spanned<Component>>> = BTreeMap::new();
    for (_, entity) in context.graph.of_kind(EntityKind::Component) {
        let Item::Component(component) = entity.item else { continue };
        if let Some(kind) = component.kind.as_ref().filter(|_| component.actions.get("start").is_some()) {
            by_type.entry((&kind.value, component.port.is_some())).or_default().push(component);
        }
    }
    for ((kind, _), components) in by_type {
        let mut silent = components.iter().filter(|component| component.health.is_none());
        let (Some(odd), None) = (silent.next(), silent.next()) else { continue };
        let other = components.iter().find_map(|component| component.health.as_ref());
        let Some(other) = other.filter(|_| components.len() >= FEWEST) else { continue };
        let (name, others) = (&odd.name.value, components.len() - 1);
        found(
            Diagnostic::new(
                &LINT.info,
                context.place(odd.name.at),
                format!("`{name}` has no `health`, all {others} others of type `{kind}` do"),
            )
            .label("nobody sees whether it is well")
            .related(context.place(other.at), "another is asked how it is")
            .help("say under `health` how to tell that it is well"),
        );
    }
}
