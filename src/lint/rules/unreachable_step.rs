//! # What
//!
//! A step never runs: its `when` is false whatever happens, for every value that the rules give a decision, an input can
//! have, or a step can end with; or a step before it always fails and ends the run.
//!
//! # Why
//!
//! It was meant for something. Very often it is what was to be done when a step fails, behind a step whose failure ends
//! the run.
//!
//! # Bad
//!
//! ```yaml L4-decisions.yaml
//! rules: [{ id: R1, condition: { field: load, operator: greater, value: 9 }, action: { target: pace, value: slow } }]
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { id: bake, command: ./bake.sh, undo: ./clear.sh }
//!       - { id: sweep, command: ./sweep.sh, undo: ./x.sh, when: steps.bake.status == "failed" }
//!       - { id: rest, command: ./rest.sh, undo: ./x.sh, when: decisions.pace == "fast" }
//! ```
//!
//! # Good
//!
//! ```yaml L4-decisions.yaml
//! rules: [{ id: R1, condition: { field: load, operator: greater, value: 9 }, action: { target: pace, value: slow } }]
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { id: bake, command: ./bake.sh, undo: ./clear.sh, on_failure: continue }
//!       - { id: sweep, command: ./sweep.sh, undo: ./x.sh, when: steps.bake.status == "failed" }
//!       - { id: rest, command: ./rest.sh, undo: ./x.sh, when: decisions.pace == "slow" }
//! ```
//!
//! # Exceptions
//!
//! What depends on anything that is known at run time only: outputs, exit codes, texts and numbers of inputs.

use petgraph::graph::NodeIndex;
use rustc_hash::FxHashMap;

use super::super::commands::{CommandText, Role};
use super::super::whens::{self, Before, Mistaken, When};
use super::super::{Context, Lint, outcome, ways_back};
use crate::decide;
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::expr::{self, Expr, ExprKind, Literal, Value};
use crate::graph::{EntityKind, Item};
use crate::model::{self, At, InputType, Procedure, Spanned, Step, StepKind, Then};

/// `unreachable-step`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "unreachable-step",
        code: "R0135",
        level: Level::Warning,
        summary: "a step never runs",
        source: include_str!("unreachable_step.rs"),
    },
    check,
};

/// How many combinations of values are tried for one condition.
const MOST: usize = 256;
/// How many needs of steps are looked at, over all procedures.
const BUDGET: usize = 1_000_000;
/// How many places are shown that give the values.
const SHOWN: usize = 4;

/// A value that is known, and the path under which conditions find it.
type Known = (Vec<String>, Value);

/// What can be the case, and where that is said.
struct Variable {
    /// Each is what is known together.
    alternatives: Vec<Vec<Known>>,
    places: Vec<(At, String)>,
}

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    let mistaken = Mistaken::of(context);
    let decisions = decisions(context);
    let mut left = BUDGET;
    for (index, procedure) in context.graph.procedures() {
        let keys = whens::keys(procedure);
        let scope = Scope { context, index, procedure, keys: &keys, decisions: &decisions };
        for when in whens::of(context, &mistaken, procedure) {
            let before = Before::of(context.graph.order(index), when.position, &mut left);
            let variables = scope.variables(&when, &before);
            if !is_always_false(&when.expr, &variables) {
                continue;
            }
            let label = match variables.is_empty() {
                true => "is false whatever happens",
                false => "is false in every case that there can be",
            };
            let mut diagnostic =
                Diagnostic::new(&LINT.info, context.place(when.text.at), "this step never runs")
                    .label(label)
                    .help("correct the condition, or take the step away");
            for (at, said) in variables.iter().flat_map(|variable| &variable.places).take(SHOWN) {
                diagnostic = diagnostic.related(context.place(*at), said.clone());
            }
            found(diagnostic);
        }
    }
    behind_what_fails(context, &mut left, found);
}

/// The values that rules give to each decision, and where.
fn decisions(context: &Context<'_>) -> FxHashMap<String, Vec<(Value, At)>> {
    let mut decisions: FxHashMap<String, Vec<(Value, At)>> = FxHashMap::default();
    for (_, entity) in context.graph.of_kind(EntityKind::Rule) {
        let Item::Rule(rule, _) = entity.item else { continue };
        let value = &rule.action.value.value;
        let values = decisions.entry(rule.action.value.target.value.clone()).or_default();
        if let Some(plain) = value_of(&decide::plain(value)) {
            values.push((plain, value.at));
        }
    }
    decisions
}

/// A value of a fact; nothing for lists and objects.
fn value_of(plain: &serde_json::Value) -> Option<Value> {
    match plain {
        serde_json::Value::Bool(value) => Some(Value::Bool(*value)),
        serde_json::Value::String(text) => Some(Value::String(text.clone())),
        serde_json::Value::Number(number) => {
            number.as_i64().map(Value::Int).or_else(|| number.as_f64().map(Value::Double))
        }
        _ => None,
    }
}

/// What the conditions of a procedure may depend on.
struct Scope<'s, 'a> {
    context: &'s Context<'a>,
    index: NodeIndex,
    procedure: &'s Procedure,
    keys: &'s FxHashMap<String, usize>,
    decisions: &'s FxHashMap<String, Vec<(Value, At)>>,
}

impl Scope<'_, '_> {
    /// What a condition depends on, as far as all that it can be is known.
    fn variables(&self, when: &When<'_>, before: &Before) -> Vec<Variable> {
        let mut names: Vec<Vec<String>> = Vec::new();
        for name in expr::free_names(&when.expr) {
            let path: Vec<String> = name.path.into_iter().take(2).collect();
            if path.len() == 2 && !names.contains(&path) {
                names.push(path);
            }
        }
        let variable = |path: Vec<String>| match path[0].as_str() {
            "decisions" => self.decision(&path),
            "inputs" => self.input(&path),
            "steps" => {
                let of = *self.keys.get(&path[1])?;
                (before.has(of) == Some(true)).then(|| self.step(of, &path))?
            }
            _ => None,
        };
        names.into_iter().filter_map(variable).filter(|variable| !variable.alternatives.is_empty()).collect()
    }

    /// The values that rules give to a decision.
    fn decision(&self, path: &[String]) -> Option<Variable> {
        let values = self.decisions.get(&path[1])?;
        let places = values.iter().map(|(_, at)| (*at, format!("decides `{}`", path[1]))).collect();
        let alternatives = values.iter().map(|(value, _)| vec![(path.to_vec(), value.clone())]).collect();
        Some(Variable { alternatives, places })
    }

    /// The values that an input can have, where they are few.
    fn input(&self, path: &[String]) -> Option<Variable> {
        let input = self.procedure.inputs.iter().find(|input| input.name.value == path[1])?;
        let values: Vec<Value> = match input.input_type() {
            InputType::Bool => vec![Value::Bool(false), Value::Bool(true)],
            InputType::Enum => {
                let texts = input.values.iter().map(|value| match &value.value {
                    model::Literal::Text(text) => Some(Value::from(text.as_str())),
                    _ => None,
                });
                texts.collect::<Option<_>>()?
            }
            _ => return None,
        };
        let alternatives = values.into_iter().map(|value| vec![(path.to_vec(), value)]).collect();
        Some(Variable { alternatives, places: vec![(input.name.at, "can have no other values".to_owned())] })
    }

    /// How a step can have ended.
    fn step(&self, of: usize, path: &[String]) -> Option<Variable> {
        let step = &self.procedure.steps[of];
        if matches!(step.kind(), None | Some(StepKind::Run(_))) {
            return None;
        }
        let is_probe = matches!(step.kind(), Some(StepKind::Probe(_)));
        let with = |field: &str| [path, &[field.to_owned()]].concat();
        let status = |word: &str| (with("status"), Value::from(word));
        let mut ok = vec![status("ok")];
        // A remedy may go on behind another exit code, and a person has none.
        if step.remedies.is_empty() && matches!(step.kind(), Some(StepKind::Command(_) | StepKind::Uses(_))) {
            ok.push((with("exit_code"), Value::Int(0)));
        }
        let mut alternatives = vec![ok];
        if step.when.is_some() {
            alternatives.push(vec![status("skipped")]);
        }
        let mut places = Vec::new();
        if is_probe {
            places.push((ways_back::shown_at(step), format!("`{}` is a probe, which never fails", path[1])));
        } else if whens::survives_failure(self.context, self.index, step) {
            alternatives.push(vec![status("failed")]);
        } else {
            let at = step.on_failure.map_or(ways_back::shown_at(step), |on_failure| on_failure.at);
            places.push((at, format!("where `{}` fails, the run ends", path[1])));
        }
        Some(Variable { alternatives, places })
    }
}

/// Whether an expression is false in every combination of the alternatives.
fn is_always_false(expr: &Expr, variables: &[Variable]) -> bool {
    let count =
        variables.iter().map(|variable| variable.alternatives.len()).try_fold(1_usize, usize::checked_mul);
    let Some(count) = count.filter(|count| *count <= MOST) else { return false };
    (0..count).all(|number| {
        let mut rest = number;
        let mut known: Vec<&Known> = Vec::new();
        for variable in variables {
            let choices = variable.alternatives.len();
            known.extend(&variable.alternatives[rest % choices]);
            rest /= choices;
        }
        let value = |path: &[&str]| {
            known.iter().find(|(name, _)| name.iter().eq(path.iter())).map(|(_, value)| value.clone())
        };
        matches!(expr::fold(expr, &value).kind, ExprKind::Literal(Literal::Bool(false)))
    })
}

/// Reports the steps behind one whose command always fails.
fn behind_what_fails(context: &Context<'_>, left: &mut usize, found: &mut dyn FnMut(Diagnostic)) {
    let mut failing: FxHashMap<At, &CommandText<'_>> = FxHashMap::default();
    for command in context.commands().iter().filter(|command| command.role == Role::Run) {
        if let (Some(step), Some(script)) = (command.step, command.script())
            && !script.items.is_empty()
            && !outcome::of_script(script).success
        {
            failing.insert(step.at, command);
        }
    }
    for (index, procedure) in context.graph.procedures().filter(|_| !failing.is_empty()) {
        let ends_run = |(position, step): (usize, &Spanned<Step>)| {
            let command = failing.get(&step.at)?;
            let goes_on = step.when.is_some()
                || step.remedies.iter().any(|remedy| remedy.then() == Then::Continue)
                || whens::survives_failure(context, index, step);
            (!goes_on).then_some((position, *command))
        };
        let Some((position, command)) = procedure.steps.iter().enumerate().find_map(ends_run) else {
            continue;
        };
        let order = context.graph.order(index);
        let mut behind = (0..procedure.steps.len()).filter(|other| {
            *other != position && Before::of(order, *other, left).has(position) == Some(true)
        });
        let Some(first) = behind.next() else { continue };
        let message = match behind.count() {
            0 => "this step never runs".to_owned(),
            1 => "this step and one more never run".to_owned(),
            more => format!("this step and {more} more never run"),
        };
        let at = ways_back::shown_at(&procedure.steps[first]);
        found(
            Diagnostic::new(&LINT.info, context.place(at), message)
                .label("comes after a step that always fails")
                .related(context.place(command.at), "always fails, and ends the run")
                .help("let the step before it fail only under a condition, or take this one away"),
        );
    }
}
