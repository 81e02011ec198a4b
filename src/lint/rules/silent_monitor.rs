//! # What
//!
//! A monitor says nothing of what happens when its check fails, or raises the alert `default`, which nobody has
//! defined.
//!
//! # Why
//!
//! It sees the failure and tells nobody.
//!
//! # Bad
//!
//! ```yaml L5-execution.yaml
//! alerts: { default: { command: ./ring.sh } }
//! monitors:
//!   - { id: M1, every: 1m, check: test -e bread }
//! ```
//!
//! # Good
//!
//! ```yaml L5-execution.yaml
//! alerts: { default: { command: ./ring.sh } }
//! monitors:
//!   - { id: M1, every: 1m, check: test -e bread, on_breach: { alert: default } }
//! ```
//!
//! # Exceptions
//!
//! Monitors that run a procedure and name no alert. Rule sets that define no alert and in which no monitor reacts: there somebody else looks.

use super::super::{Context, Lint};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::graph::{EntityKind, Item};

/// `silent-monitor`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "silent-monitor",
        code: "R0229",
        level: Level::Warning,
        summary: "a monitor that tells nobody",
        source: include_str!("silent_monitor.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    let has_default = context.graph.of_kind(EntityKind::Alert).any(|(_, alert)| alert.id == "default");
    let monitors = context.graph.of_kind(EntityKind::Monitor);
    let reacts = context.graph.of_kind(EntityKind::Alert).next().is_some()
        || monitors
            .map(|(_, entity)| entity.item)
            .any(|item| matches!(item, Item::Monitor(it) if it.on_breach.is_some()));
    for (_, entity) in context.graph.of_kind(EntityKind::Monitor) {
        let Item::Monitor(monitor) = entity.item else { continue };
        let id = &monitor.id;
        let reaction = monitor.on_breach.as_ref();
        let runs = reaction.is_some_and(|reaction| reaction.run.is_some());
        let diagnostic = match reaction.and_then(|reaction| reaction.alert.as_ref()) {
            None if runs || !reacts => continue,
            None => {
                let message = format!("`{}` does nothing when it is breached", id.value);
                Diagnostic::new(&LINT.info, context.place(id.at), message).label("has no reaction")
            }
            Some(alert) if alert.value == "default" && !has_default => {
                let message = format!("`{}` raises an alert that reaches nobody", id.value);
                Diagnostic::new(&LINT.info, context.place(alert.at), message).label("nobody has defined it")
            }
            Some(_) => continue,
        };
        found(
            diagnostic.help("say under `on_breach` which alert it raises, and under `alerts` what that is"),
        );
    }
}
