//! # What
//!
//! A constraint of L3 for `environments` is false in one of them. Its `assert` is an expression over `settings.NAME`: the
//! values as the environment has them, its own, those of what it extends, and the defaults. It is held where all that it
//! names have a value, and where the constraint is mandatory.
//!
//! # Why
//!
//! Each value is right by itself, and together they can't work: more connections than the database takes, a buffer that
//! never gets full before it is emptied.
//!
//! # Bad
//!
//! ```yaml L2-system.yaml
//! context:
//!   settings:
//!     - { name: workers, type: int, default: 4 }
//!     - { name: pool, type: int, default: 10 }
//!     - { name: database_connections, type: int, default: 100 }
//!   environments:
//!     production: { workers: 8, pool: 20 }
//! ```
//! ```yaml L3-limits.yaml
//! constraints:
//!   - id: C1
//!     for: environments
//!     assert: settings.workers * settings.pool <= settings.database_connections
//! ```
//!
//! # Good
//!
//! ```yaml L2-system.yaml
//! context:
//!   settings:
//!     - { name: workers, type: int, default: 4 }
//!     - { name: pool, type: int, default: 10 }
//!     - { name: database_connections, type: int, default: 100 }
//!   environments:
//!     production: { workers: 4, pool: 20 }
//! ```
//! ```yaml L3-limits.yaml
//! constraints:
//!   - id: C1
//!     for: environments
//!     assert: settings.workers * settings.pool <= settings.database_connections
//! ```

use std::collections::BTreeMap;

use super::super::asserted::{expression, level, one_line};
use super::super::{Context, Lint};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::expr::{self, Type, Value};
use crate::graph::{EntityKind, Graph};
use crate::model::{Constraint, InputType, Layer, Subject, Text};
use crate::plan::settings::{Effective, Known, effective};
use crate::plan::values::typed;

/// `setting-contradiction`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "setting-contradiction",
        code: "R0375",
        level: Level::Error,
        summary: "an environment breaks a constraint on its settings",
        source: include_str!("setting_contradiction.rs"),
    },
    check,
};

/// The constraints that are held here, with their expressions.
pub(super) fn stated<'a>(context: &Context<'a>) -> Vec<(&'a Constraint, &'a Text)> {
    let mut stated = Vec::new();
    for loaded in context.rules.files() {
        let Layer::Constraints(constraints) = &loaded.document.body else { continue };
        for own in &constraints.constraints.items {
            let constraint = &own.constraint.value;
            let is_ours = constraint.subject.is_some_and(|subject| subject.value == Subject::Environments);
            if let Some(assert) = constraint.assert.as_ref().filter(|_| is_ours) {
                stated.push((constraint, assert));
            }
        }
    }
    stated
}

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    for (constraint, assert) in stated(context) {
        let Some(parsed) = expression(context, assert, &scope(context.graph), found) else { continue };
        for (_, environment) in context.graph.of_kind(EntityKind::Environment) {
            let all = effective(context.graph, Known::of(&environment.id));
            let values = all.iter().filter_map(|one| {
                let kind = ir_type(one);
                Some((one.setting.name.value.as_str(), typed(kind, one.value.as_ref()?)))
            });
            let values: BTreeMap<&str, Value> = values.collect();
            let known = |path: &[&str]| match path {
                ["settings", name] => values.get(name).cloned(),
                _ => None,
            };
            let Ok(Value::Bool(false)) = expr::evaluate(&parsed, &known) else { continue };
            let message =
                format!("`{}` breaks `{}`: {}", environment.id, constraint.id.value, one_line(&assert.value));
            let mut broken = Diagnostic::new(&LINT.info, context.place(environment.at), message)
                .related(context.place(assert.at), "must hold in every environment");
            let names = expr::free_names(&parsed);
            let mut told: Vec<&str> = Vec::new();
            for name in names.iter().filter_map(|name| name.path.get(1)) {
                let one = all.iter().find(|one| one.setting.name.value == *name);
                if let Some(Effective { value: Some(value), origin: Some(origin), .. }) = one
                    && let Some(at) = origin.at()
                    && !told.contains(&name.as_str())
                {
                    told.push(name);
                    let words = format!("`{name}` is {} here", one_line(value));
                    broken = broken.related(context.place(at), words);
                }
            }
            broken.level = level(constraint);
            found(broken.help("change one of these values, or the constraint"));
        }
    }
}

fn ir_type(one: &Effective<'_>) -> crate::plan::ir::InputType {
    use crate::plan::ir::InputType as Ir;
    match one.setting.input_type() {
        InputType::Int => Ir::Int,
        InputType::Port => Ir::Port,
        InputType::Float => Ir::Float,
        InputType::Bool => Ir::Bool,
        _ => Ir::String,
    }
}

fn scope(graph: &Graph<'_>) -> BTreeMap<String, Type> {
    let of = |kind| match kind {
        InputType::Int | InputType::Port => Type::Int,
        InputType::Float => Type::Double,
        InputType::Bool => Type::Bool,
        _ => Type::String,
    };
    let settings = Type::record(graph.settings().map(|it| (it.name.value.clone(), of(it.input_type()))));
    BTreeMap::from([(String::from("settings"), settings)])
}
