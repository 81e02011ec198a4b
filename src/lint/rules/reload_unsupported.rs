//! # What
//!
//! A command asks systemd to reload the service of a component whose `service` says no `reload`.
//!
//! # Why
//!
//! systemd refuses: the unit has no `ExecReload`. Behind a `|| true`, as in many files for `logrotate`, nobody sees it, and
//! the service goes on writing into the file that was moved away.
//!
//! # Bad
//!
//! ```yaml L2-system.yaml
//! context:
//!   project_structure:
//!     components: [{ name: orders, service: { exec: [/opt/orders/serve] } }]
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, command: systemctl reload orders, timeout: 30, undo: systemctl restart orders }
//! ```
//!
//! # Good
//!
//! ```yaml L2-system.yaml
//! context:
//!   project_structure:
//!     components: [{ name: orders, service: { exec: [/opt/orders/serve], reload: [/bin/kill, -HUP, $MAINPID] } }]
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, command: systemctl reload orders, timeout: 30, undo: systemctl restart orders }
//! ```

use std::collections::BTreeMap;

use super::super::program::program;
use super::super::{Context, Lint};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::graph::Item;
use crate::model::Spanned;
use crate::plan::generated::unit_name;

/// `reload-unsupported`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "reload-unsupported",
        code: "R0378",
        level: Level::Warning,
        summary: "a service is reloaded that can only be restarted",
        source: include_str!("reload_unsupported.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    let mut fixed = BTreeMap::new();
    for (_, entity) in context.graph.entities() {
        if let Item::Component(component) = entity.item
            && let Some(Spanned { value: service, at }) = &component.service
            && service.reload.is_empty()
            && let Some(unit) = unit_name(component)
        {
            fixed.insert(unit, (component, *at));
        }
    }
    if fixed.is_empty() {
        return;
    }
    for command in context.commands() {
        let Some(script) = command.script() else { continue };
        script.each_simple(&mut |simple| {
            let Some(program) = program(simple).filter(|program| program.name == "systemctl") else { return };
            let mut operands = program.operands(&[]);
            if operands.next().and_then(|word| word.text()) != Some("reload") {
                return;
            }
            for word in operands {
                let unit = word.text().unwrap_or_default();
                let Some((component, at)) = fixed.get(unit.trim_end_matches(".service")) else { continue };
                let message = format!("`{}` can't be reloaded", component.name.value);
                found(
                    Diagnostic::new(&LINT.info, context.part(command.at, word.at.clone()), message)
                        .related(context.place(*at), "has no `reload`")
                        .help("say how it is reloaded, or restart it"),
                );
            }
        });
    }
}
