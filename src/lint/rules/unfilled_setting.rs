//! # What
//!
//! The value that `production` (also `prod` or `live`) has for a setting holds a placeholder: `changeme`, `your-org`, a
//! host of `example.com`.
//!
//! # Why
//!
//! Nobody means it as it stands, and in production it counts.
//!
//! # Bad
//!
//! ```yaml L2-system.yaml
//! context:
//!   settings: [{ name: database, type: url, required: true }]
//!   environments:
//!     production: { database: "postgresql://db.example.com/orders" }
//! ```
//!
//! # Good
//!
//! ```yaml L2-system.yaml
//! context:
//!   settings: [{ name: database, type: url, required: true }]
//!   environments:
//!     development: { database: "postgresql://db.example.com/orders" }
//!     production: { database: "postgresql://db.bakery.test/orders" }
//! ```
//!
//! # Exceptions
//!
//! Every other environment: there a placeholder does no harm.

use super::super::environments::is_production;
use super::super::{Context, Lint, placeholders};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::graph::EntityKind;
use crate::plan::settings::{Known, effective};

/// `unfilled-setting`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "unfilled-setting",
        code: "R0374",
        level: Level::Error,
        summary: "a setting of production is still a placeholder",
        source: include_str!("unfilled_setting.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    let environments = context.graph.of_kind(EntityKind::Environment);
    for (_, production) in environments.filter(|(_, entity)| is_production(&entity.id)) {
        for setting in effective(context.graph, Known::of(&production.id)) {
            let (Some(text), Some(origin)) = (&setting.value, &setting.origin) else { continue };
            let (Some(at), Some(at_value)) = (placeholders::find(text), origin.at()) else { continue };
            let name = &setting.setting.name;
            let message =
                format!("`{}` of `{}` was never filled in: `{}`", name.value, production.id, &text[at]);
            found(
                Diagnostic::new(&LINT.info, context.place(at_value), message)
                    .related(context.place(production.at), "counts here")
                    .help("put the real value here"),
            );
        }
    }
}
