//! # What
//!
//! Something breaks a constraint of your own: `assert` of L3 is false of it, or cannot be decided for it.
//!
//! The expression sees what is written, under the names that the schema has: `step.timeout`, `procedure.risk`,
//! `component.port`, `goal.owner`. Lengths of time are durations, however they are spelt; what is not written is
//! `null`. Of steps it sees the `procedure` too. How grave it is, `enforcement` says.
//!
//! # Why
//!
//! It is your own rule. What nobody checks is soon true of nothing.
//!
//! # Bad
//!
//! ```yaml L3-limits.yaml
//! constraints:
//!   - { id: C1, rule: no step takes longer than a minute, for: steps, assert: 'step.timeout <= duration("60s")' }
//! ```
//!
//! ```yaml L5-bake.yaml
//! procedures:
//!   - id: bake
//!     steps:
//!       - { id: heat, command: ./heat.sh, timeout: 90, read_only: true }
//! ```
//!
//! # Good
//!
//! ```yaml L3-limits.yaml
//! constraints:
//!   - { id: C1, rule: no step takes longer than a minute, for: steps, assert: 'step.timeout <= duration("60s")' }
//! ```
//!
//! ```yaml L5-bake.yaml
//! procedures:
//!   - id: bake
//!     steps:
//!       - { id: heat, command: ./heat.sh, timeout: 1m, read_only: true }
//! ```
//!
//! # Exceptions
//!
//! What environments say is held against `assert` by `setting-contradiction`. Constraints without `assert` are prose.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use serde_json::Value as Json;

use super::super::asserted::{expression, level, one_line};
use super::super::{Context, Lint, ways_back};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::expr::{self, Expr, Key, Type, Value};
use crate::graph::{Entity, EntityKind, Item};
use crate::model::{At, Constraint, Layer, LayerId, Subject, Text};
use crate::plan::rules::INVALID_EXPRESSION;
use crate::scalar::Duration;
use crate::schema;
use crate::syntax::{Kind, NodeId, Tree};

/// `constraint-violated`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "constraint-violated",
        code: "R0410",
        level: Level::Error,
        summary: "something breaks a constraint of your own",
        source: include_str!("constraint_violated.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    let mut stated: BTreeMap<EntityKind, (Of, Vec<Stated<'_>>)> = BTreeMap::new();
    for loaded in context.rules.files() {
        let Layer::Constraints(constraints) = &loaded.document.body else { continue };
        for own in &constraints.constraints.items {
            let constraint = &own.constraint.value;
            let Some(assert) = &constraint.assert else { continue };
            let Some(subject) = constraint.subject else {
                let place = context.place(assert.at);
                let wrong =
                    Diagnostic::new(&INVALID_EXPRESSION, place, "nothing says what this is held against");
                found(wrong.help("say `for: procedures`, `steps`, `components`, `goals` or `environments`"));
                continue;
            };
            if let Some(of) = Of::new(subject.value) {
                stated.entry(of.kind).or_insert((of, Vec::new())).1.push((constraint, assert));
            }
        }
    }
    // What is held against constraints is read once for all of them.
    for (of, constraints) in stated.into_values() {
        hold(context, &of, &constraints, &schema::generate(of.layer), found);
    }
}

/// A constraint and its expression.
type Stated<'a> = (&'a Constraint, &'a Text);

/// What a constraint is held against.
struct Of {
    kind: EntityKind,
    /// The name that expressions have for it.
    name: &'static str,
    layer: LayerId,
    /// Its definition in the schema of that layer.
    definition: &'static str,
}

impl Of {
    fn new(subject: Subject) -> Option<Self> {
        let (kind, name, layer, definition) = match subject {
            Subject::Procedures => (EntityKind::Procedure, "procedure", LayerId::L5, "Procedure"),
            Subject::Steps => (EntityKind::Step, "step", LayerId::L5, "Step"),
            Subject::Components => (EntityKind::Component, "component", LayerId::L2, "Component"),
            Subject::Goals => (EntityKind::Goal, "goal", LayerId::L1, "Goal"),
            Subject::Environments => return None,
        };
        Some(Self { kind, name, layer, definition })
    }
}

fn hold(
    context: &Context<'_>,
    of: &Of,
    constraints: &[Stated<'_>],
    root: &Json,
    found: &mut dyn FnMut(Diagnostic),
) {
    let keys = |definition: &str| {
        let properties = root["$defs"][definition]["properties"].as_object();
        Type::record(properties.into_iter().flatten().map(|(key, _)| (key.clone(), Type::Dyn)))
    };
    let mut scope = BTreeMap::from([(of.name.to_owned(), keys(of.definition))]);
    if of.kind == EntityKind::Step {
        scope.insert("procedure".to_owned(), keys("Procedure"));
    }
    // Those that say the same are held once.
    let mut parsed: BTreeMap<&str, (Expr, Vec<Stated<'_>>)> = BTreeMap::new();
    for &(constraint, assert) in constraints {
        if let Some(expression) = expression(context, assert, &scope, found) {
            let same = parsed.entry(&assert.value).or_insert_with(|| (expression, Vec::new()));
            same.1.push((constraint, assert));
        }
    }
    for (_, entity) in context.graph.of_kind(of.kind) {
        let Some((written, shown, around)) = written(entity) else { continue };
        let reader = |at: At, definition: &str| {
            let tree = context.rules.tree(at);
            let reader = Reader { tree, source: context.rules.source(at.file), root };
            reader.object(at.node, &root["$defs"][definition])
        };
        let mut values = BTreeMap::from([(of.name, reader(written, of.definition))]);
        values.extend(around.map(|procedure| ("procedure", reader(procedure, "Procedure"))));
        // Only what is asked for is copied, not all that it is a part of.
        let known = |path: &[&str]| {
            let (name, keys) = path.split_first()?;
            let value = keys.iter().try_fold(values.get(name)?, |value, key| value.field(key))?;
            Some(value.clone())
        };
        context.graph.visit(parsed.len());
        for (expression, stated) in parsed.values() {
            let fault = match expr::evaluate(expression, &known) {
                Ok(Value::Bool(true)) => continue,
                Ok(Value::Bool(false)) => None,
                Ok(_) => Some("it is not true or false".to_owned()),
                Err(error) => Some(error.message),
            };
            for (constraint, assert) in stated {
                let rule = constraint.rule.as_ref().unwrap_or(assert);
                let (id, rule) = (&constraint.id.value, one_line(&rule.value));
                let message = match &fault {
                    None => format!("{} `{}` breaks `{id}`: {rule}", of.kind.name(), entity.id),
                    Some(why) => {
                        format!("`{id}` can't be decided for {} `{}`: {why}", of.kind.name(), entity.id)
                    }
                };
                let mut broken = Diagnostic::new(&LINT.info, context.place(shown), message)
                    .related(context.place(assert.at), format!("must hold of every {}", of.name))
                    .help("change it, or the constraint");
                broken.level = level(constraint);
                found(broken);
            }
        }
    }
}

/// Where an entity is written, where it is shown, and what is around it.
fn written(entity: &Entity<'_>) -> Option<(At, At, Option<At>)> {
    match entity.item {
        Item::Procedure(procedure) => Some((procedure.at, procedure.id.at, None)),
        Item::Step(step, procedure) => Some((step.at, ways_back::shown_at(step), Some(procedure.at))),
        Item::Component(component) => Some((component.at, component.name.at, None)),
        Item::Goal(goal) => Some((goal.at, goal.id.at, None)),
        _ => None,
    }
}

/// Values of what is written, as expressions see them.
struct Reader<'a> {
    tree: &'a Tree,
    source: &'a str,
    /// The schema of the layer, which says what is a length of time.
    root: &'a Json,
}

impl Reader<'_> {
    /// An object with all keys that it may have.
    fn object(&self, node: NodeId, shape: &Json) -> Value {
        let properties = shape["properties"].as_object();
        let keys = properties.into_iter().flatten().map(|(key, _)| (Key::String(key.clone()), Value::Null));
        let mut values: BTreeMap<Key, Value> = keys.collect();
        for (key, value) in self.tree.entries(node) {
            let key = self.tree.text(self.source, key);
            values.insert(Key::String(key.to_owned()), self.value(value, &shape["properties"][key]));
        }
        Value::Map(values)
    }

    fn value(&self, node: NodeId, shape: &Json) -> Value {
        let shape = self.resolved(shape);
        let text = self.tree.text(self.source, node);
        if shape["format"] == "rulec-duration" {
            let read = Duration::parse(text).ok().and_then(|it| i64::try_from(it.as_millis()).ok());
            return read.map_or(Value::Null, |ms| Value::Duration(SignedDuration::from_millis(ms)));
        }
        match self.tree.kind(node) {
            Kind::Null | Kind::Key | Kind::Hole => Value::Null,
            Kind::True => Value::Bool(true),
            Kind::False => Value::Bool(false),
            Kind::Number => text
                .parse()
                .map(Value::Int)
                .unwrap_or_else(|_| Value::Double(text.parse().unwrap_or(f64::NAN))),
            Kind::String => Value::String(text.to_owned()),
            Kind::Array => {
                Value::List(self.tree.items(node).map(|item| self.value(item, &shape["items"])).collect())
            }
            Kind::Object => self.object(node, shape),
        }
    }

    fn resolved<'j>(&'j self, shape: &'j Json) -> &'j Json {
        match shape["$ref"].as_str().and_then(|path| path.strip_prefix("#/$defs/")) {
            Some(name) => &self.root["$defs"][name],
            None => shape,
        }
    }
}
