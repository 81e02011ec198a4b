//! # What
//!
//! The rule set declares its settings, and an environment gives a value to a name that is neither one of them nor an
//! input of a procedure, and that no rule and no expression asks for.
//!
//! # Why
//!
//! The value has no effect: the setting that was meant keeps its default, and nobody notices until it matters.
//!
//! # Bad
//!
//! ```yaml L2-system.yaml
//! context:
//!   settings: [{ name: batch_size, type: int, default: 100 }]
//!   environments:
//!     production: { batch_sise: 1000 }
//! ```
//!
//! # Good
//!
//! ```yaml L2-system.yaml
//! context:
//!   settings: [{ name: batch_size, type: int, default: 100 }]
//!   environments:
//!     production: { batch_size: 1000 }
//! ```
//!
//! # Exceptions
//!
//! A rule set that declares no settings: there an environment may have any variables.

use std::collections::BTreeSet;

use super::super::environments::asked;
use super::super::{Context, Lint};
use crate::diagnostic::{Diagnostic, Level, RuleInfo, nearest};
use crate::graph::Item;

/// `unknown-setting`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "unknown-setting",
        code: "R0371",
        level: Level::Error,
        summary: "an environment gives a value to a setting that nobody declares",
        source: include_str!("unknown_setting.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    let settings: BTreeSet<&str> =
        context.graph.settings().map(|setting| setting.name.value.as_str()).collect();
    if settings.is_empty() {
        return;
    }
    let others = asked(context);
    for (_, entity) in context.graph.entities() {
        let Item::Environment(environment) = entity.item else { continue };
        for entry in environment.iter() {
            let name = entry.name.value.as_str();
            if settings.contains(name) || others.contains(name) || is_named(context, name) {
                continue;
            }
            let known = settings.iter().chain(&others).copied();
            let message = format!("no setting is called `{name}`");
            let diagnostic = Diagnostic::new(&LINT.info, context.place(entry.name.at), message);
            let near = nearest(name, known);
            let declared = near.and_then(|near| context.graph.settings().find(|it| it.name.value == near));
            let diagnostic = match declared {
                Some(setting) => diagnostic.related(
                    context.place(setting.name.at),
                    format!("`{}` is declared here", setting.name.value),
                ),
                None => diagnostic,
            };
            found(match near {
                Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
                None => diagnostic.help("declare it under `context.settings`, or take it away"),
            });
        }
    }
}

/// True where an expression names it as `env.NAME`.
fn is_named(context: &Context<'_>, name: &str) -> bool {
    let spelt = format!("env.{name}");
    let is_part = |c: char| c == '_' || c.is_ascii_alphanumeric();
    context.rules.sources.iter().any(|(_, source)| {
        let text = source.text.as_str();
        text.match_indices(&spelt).any(|(at, _)| !text[at + spelt.len()..].starts_with(is_part))
    })
}
