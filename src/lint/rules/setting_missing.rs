//! # What
//!
//! A setting is `required` and has no default, and an environment, with all that it extends, has no value for it. Of the
//! environments that others extend, only production is looked at. Secrets have their values elsewhere.
//!
//! # Why
//!
//! The system does not start there.
//!
//! # Bad
//!
//! ```yaml L2-system.yaml
//! context:
//!   settings: [{ name: storage, values: [file, database], required: true }]
//!   environments:
//!     development: { storage: file }
//!     production: {}
//! ```
//!
//! # Good
//!
//! ```yaml L2-system.yaml
//! context:
//!   settings: [{ name: storage, values: [file, database], required: true }]
//!   environments:
//!     development: { storage: file }
//!     production: { storage: database }
//!     testing: { extends: production }
//! ```

use super::super::environments::whole;
use super::super::{Context, Lint};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::graph::{EntityKind, Lookup};
use crate::model::InputType;
use crate::plan::settings::{Known, one};

/// `setting-missing`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "setting-missing",
        code: "R0373",
        level: Level::Error,
        summary: "an environment has no value for a setting that must have one",
        source: include_str!("setting_missing.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    let graph = context.graph;
    let required = graph.settings().filter(|setting| {
        let is_required = setting.required.is_some_and(|required| required.value);
        is_required && setting.input_type() != InputType::Secret
    });
    let required: Vec<_> = required.collect();
    if required.is_empty() {
        return;
    }
    for name in whole(context) {
        let Lookup::One(index) = graph.lookup(&[EntityKind::Environment], name) else { continue };
        for setting in &required {
            if one(graph, setting, Known::of(name)).origin.is_some() {
                continue;
            }
            let setting = &setting.name;
            let message = format!("`{name}` has no value for `{}`", setting.value);
            found(
                Diagnostic::new(&LINT.info, context.place(graph.entity(index).at), message)
                    .related(context.place(setting.at), "is required here")
                    .help(format!("give `{}` a value there, or a default", setting.value)),
            );
        }
    }
}
