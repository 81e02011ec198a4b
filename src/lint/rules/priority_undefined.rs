//! # What
//!
//! A decision has a priority that `priority_definitions` does not define: another one, or the same one in another
//! spelling, `0` for `P0`.
//!
//! # Why
//!
//! Whoever has to act looks the priority up, and finds nothing.
//!
//! # Bad
//!
//! ```yaml L4-decisions.yaml
//! decision_rules: [{ id: D1, priority: 1, actions: [{ step: 1, action: page }] }]
//! priority_definitions: { P0: { name: Now }, P1: { name: Soon } }
//! ```
//! ```yaml L5-actions.yaml
//! actions: { page: { command: ./page.sh } }
//! ```
//!
//! # Good
//!
//! ```yaml L4-decisions.yaml
//! decision_rules: [{ id: D1, priority: P1, actions: [{ step: 1, action: page }] }]
//! priority_definitions: { P0: { name: Now }, P1: { name: Soon } }
//! ```
//! ```yaml L5-actions.yaml
//! actions: { page: { command: ./page.sh } }
//! ```
//!
//! # Exceptions
//!
//! A rule set that defines no priorities at all.

use super::super::{Context, Lint, priorities};
use crate::diagnostic::{Diagnostic, Edit, Fix, Level, RuleInfo};
use crate::graph::Item;
use crate::syntax::Format;

/// `priority-undefined`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "priority-undefined",
        code: "R0190",
        level: Level::Warning,
        summary: "a decision has a priority that is not among the defined ones",
        source: include_str!("priority_undefined.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    let defined = priorities::defined(context.graph);
    let (Some(first), Some(last)) = (defined.first(), defined.last()) else { return };
    let range = match defined.len() {
        1 => format!("`{}` is defined", first.name),
        _ => format!("`{}` to `{}` are defined", first.name, last.name),
    };
    for (_, entity) in context.graph.entities() {
        let Item::Decision(decision) = entity.item else { continue };
        let Some(priority) = decision.priority else { continue };
        let spelt = context.rules.text(priority.at);
        if defined.iter().any(|it| it.name == spelt) {
            continue;
        }
        let same = defined.iter().find(|it| it.priority() == Some(priority.value));
        let place = context.place(priority.at);
        let message = format!("priority `{spelt}` of `{}` is not defined", decision.id.value);
        let mut diagnostic = Diagnostic::new(&LINT.info, place, message)
            .label("is looked up in vain")
            .related(context.place(same.unwrap_or(first).at), range.as_str());
        diagnostic = match same {
            Some(same) => diagnostic.help(format!("write `{}`, which comes in the same place", same.name)),
            None => diagnostic.help("define it, or use one of those that are"),
        };
        if let Some(same) = same.filter(|same| same.name.starts_with('P')) {
            let is_yaml = Format::of_path(&context.rules.sources.get(place.file).path) == Some(Format::Yaml);
            let text = if is_yaml { same.name.to_owned() } else { format!("\"{}\"", same.name) };
            let edits = vec![Edit { span: place.span, text }];
            diagnostic = diagnostic.fix(Fix { title: format!("write `{}`", same.name), safe: true, edits });
        }
        found(diagnostic);
    }
}
