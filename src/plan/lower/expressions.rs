//! `when` expressions: checked, and folded with what is known.

use std::collections::BTreeMap;
use std::rc::Rc;

use rustc_hash::FxHashMap;
use serde_json::Value as Json;

use super::super::rules;
use super::super::values::typed;
use super::context::Context;
use crate::decide;
use crate::diagnostic::Diagnostic;
use crate::expr::{self, Expr, ExprKind, Literal, Type, Types, Value};
use crate::graph::{EntityKind, Graph, Item};
use crate::model::{At, Input, InputType, Procedure, Text};

/// What is left of a condition at run time.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Residue {
    /// It holds; nothing is left.
    True,
    /// It does not hold.
    False,
    /// It depends on the run.
    Open(String),
}

impl Context<'_, '_> {
    /// Folds a condition. `prefix` is put before the ids of steps, as the plan names them.
    pub(super) fn when(&mut self, when: &Text, procedure: Option<&Procedure>, prefix: &str) -> Residue {
        let parsed = match expr::parse(&when.value) {
            Ok(parsed) => parsed,
            Err(errors) => {
                self.expression_errors(when, errors);
                return Residue::True;
            }
        };
        let (of, mut errors) = expr::check(&parsed, &*self.scopes.of(self.graph, procedure));
        if errors.is_empty() && !matches!(of, Type::Bool | Type::Dyn) {
            let message = format!("`when` is {of}, not true or false");
            errors.push(expr::ExprError { message, span: parsed.span, help: None });
        }
        if !errors.is_empty() {
            self.expression_errors(when, errors);
            return Residue::True;
        }
        let Some(decided) = &self.decided else { return Residue::Open(when.value.clone()) };
        let undecided = expr::free_names(&parsed).into_iter().find(|name| {
            name.path[0] == "decisions" && name.path.len() > 1 && !decided.contains_key(&name.path[1])
        });
        if let Some(name) = undecided {
            let message = format!("nothing decides `{}` under these facts", name.path[1]);
            let place = self.part(when.at, name.span.range());
            let targets = decide::targets(self.graph.rules);
            let mut found = Diagnostic::new(&rules::UNDECIDED, place, message);
            if let Some(at) = targets.get(name.path[1].as_str()) {
                found = found.related(
                    self.graph.rules.location(*at),
                    "a rule decides it here, if its condition holds",
                );
            }
            self.found.push(found.help(
                "give the facts that its rules ask for with `--set NAME=VALUE` or `--environment NAME`",
            ));
            return Residue::True;
        }
        let known = |path: &[&str]| self.value(path);
        match expr::fold(&parsed, &known) {
            Expr { kind: ExprKind::Literal(Literal::Bool(true)), .. } => Residue::True,
            Expr { kind: ExprKind::Literal(Literal::Bool(false)), .. } => Residue::False,
            open => Residue::Open(prefixed(&open, prefix)),
        }
    }

    fn expression_errors(&mut self, when: &Text, errors: Vec<expr::ExprError>) {
        for error in errors {
            let place = self.part(when.at, error.span.range());
            let mut found = Diagnostic::new(&rules::INVALID_EXPRESSION, place, error.message);
            found.help = error.help;
            self.found.push(found);
        }
    }

    fn value(&self, path: &[&str]) -> Option<Value> {
        match *path {
            ["env", name] => self.variables.get(name).map(value),
            ["decisions", name] => self.decided.as_ref()?.get(name).map(|decided| value(&decided.value)),
            // What is fixed at compile time is fixed; a default may be overridden by whoever runs the plan.
            ["inputs", name] if self.arguments.contains_key(name) => self.arguments.get(name).cloned(),
            ["inputs", name] => {
                let input = self.inputs.iter().find(|input| input.name == name)?;
                Some(typed(input.kind, input.value.as_ref()?))
            }
            _ => None,
        }
    }
}

/// The names that conditions may use. Each scope is worked out once, however many steps ask.
#[derive(Default)]
pub(super) struct Scopes {
    shared: Option<Rc<BTreeMap<String, Type>>>,
    of_procedures: FxHashMap<Option<At>, Rc<Scope>>,
}

impl Scopes {
    fn of(&mut self, graph: &Graph<'_>, procedure: Option<&Procedure>) -> Rc<Scope> {
        let shared = self.shared.get_or_insert_with(|| Rc::new(shared(graph)));
        let key = procedure.map(|procedure| procedure.id.at);
        let scope = self.of_procedures.entry(key);
        let new = || Rc::new(Scope { shared: Rc::clone(shared), own: own(graph, procedure) });
        Rc::clone(scope.or_insert_with(new))
    }
}

/// The names that an expression may use.
struct Scope {
    /// Those that the rule set gives everywhere.
    shared: Rc<BTreeMap<String, Type>>,
    /// Those of one procedure.
    own: BTreeMap<String, Type>,
}

impl Types for Scope {
    fn root(&self, name: &str) -> Option<&Type> {
        self.own.root(name).or_else(|| self.shared.root(name))
    }

    fn roots(&self) -> Vec<&str> {
        let mut roots = [self.shared.roots(), self.own.roots()].concat();
        roots.sort_unstable();
        roots
    }
}

fn shared(graph: &Graph<'_>) -> BTreeMap<String, Type> {
    let variables = graph.of_kind(EntityKind::Environment).filter_map(|(_, entity)| match entity.item {
        Item::Environment(map) => Some(map.iter().map(|entry| entry.name.value.clone())),
        _ => None,
    });
    let env = Type::record(variables.flatten().map(|name| (name, Type::Dyn)));
    let decisions = Type::record(decide::targets(graph.rules).into_keys().map(|name| (name, Type::Dyn)));
    [("decisions", decisions), ("env", env)].map(|(name, of)| (name.to_owned(), of)).into()
}

fn own(graph: &Graph<'_>, procedure: Option<&Procedure>) -> BTreeMap<String, Type> {
    let inputs = procedure.iter().flat_map(|procedure| &procedure.inputs);
    let of = |input: &Input| match input.setting.as_ref().and_then(|setting| graph.setting(setting)) {
        Some(setting) => input.of_setting(setting).input_type(),
        None => input.input_type(),
    };
    let inputs = Type::record(inputs.map(|input| (input.name.value.clone(), input_type(of(input)))));
    let step = || {
        Type::record([
            ("status", Type::one_of(["ok", "failed", "skipped"])),
            ("exit_code", Type::Int),
            ("output", Type::String),
        ])
    };
    let keys = procedure.iter().flat_map(|procedure| &procedure.steps).filter_map(|step| step.key());
    let steps = Type::record(keys.map(|key| (key.value.0, step())));
    [("steps", steps), ("inputs", inputs)].map(|(name, of)| (name.to_owned(), of)).into()
}

fn input_type(of: InputType) -> Type {
    match of {
        InputType::Int | InputType::Port => Type::Int,
        InputType::Float => Type::Double,
        InputType::Bool => Type::Bool,
        _ => Type::String,
    }
}

fn value(known: &Json) -> Value {
    match known {
        Json::Null => Value::Null,
        Json::Bool(value) => Value::Bool(*value),
        Json::Number(number) => match number.as_i64() {
            Some(whole) => Value::Int(whole),
            None => Value::Double(number.as_f64().unwrap_or(f64::NAN)),
        },
        Json::String(text) => Value::String(text.clone()),
        Json::Array(items) => Value::List(items.iter().map(value).collect()),
        Json::Object(map) => Value::Map(
            map.iter().map(|(name, known)| (expr::Key::String(name.clone()), value(known))).collect(),
        ),
    }
}

/// The expression's text with the plan's ids of steps in the place of the procedure's own.
fn prefixed(expression: &Expr, prefix: &str) -> String {
    let mut text = expression.to_string();
    if prefix.is_empty() {
        return text;
    }
    let shown = expr::parse(&text).expect("what an expression is shown as can be parsed");
    let mut names = expr::free_names(&shown);
    names.sort_by_key(|name| std::cmp::Reverse(name.span));
    for name in names {
        if let [root, step, rest @ ..] = name.path.as_slice()
            && root == "steps"
        {
            let key = Json::from(format!("{prefix}{step}"));
            let fields: String = rest.iter().map(|field| format!(".{field}")).collect();
            text.replace_range(name.span.range(), &format!("steps[{key}]{fields}"));
        }
    }
    text
}
