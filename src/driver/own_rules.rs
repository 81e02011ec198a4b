//! The user's own rules about runs: what `always` and `never` of L3 say, read and checked.
//!
//! What is wrong with an expression is found whenever rules are checked; whether it holds is left to `verify`.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Level};
use crate::expr::{self, ExprError, Type};
use crate::graph::{Graph, Item};
use crate::model::{At, Enforcement, Layer, Spanned, Step, Text};
use crate::plan::rules::INVALID_EXPRESSION;
use crate::verify::{Holds, OwnRule, scope};

/// A rule of the user's own about runs.
#[derive(Debug, Clone)]
pub(super) struct StatedRule {
    /// What must hold.
    pub(super) rule: OwnRule,
    /// How grave it is if it does not.
    pub(super) level: Level,
    /// Where its expression stands.
    pub(super) at: At,
    /// The rule as prose.
    pub(super) prose: Option<String>,
}

/// All rules about runs whose expressions are right, in order of the source, and what is wrong with the others.
pub(super) fn own_rules(graph: &Graph<'_>) -> (Vec<StatedRule>, Vec<Diagnostic>) {
    let (mut rules, mut found) = (Vec::new(), Vec::new());
    let mut known: Option<Known> = None;
    for loaded in graph.rules.files() {
        let Layer::Constraints(constraints) = &loaded.document.body else { continue };
        for own in &constraints.constraints.items {
            let constraint = &own.constraint.value;
            for (holds, text) in [(Holds::Always, &constraint.always), (Holds::Never, &constraint.never)] {
                let Some(text) = text else { continue };
                let known = known.get_or_insert_with(|| {
                    let steps = step_ids(graph);
                    Known { scope: scope(steps.iter().map(String::as_str)), steps }
                });
                match read(text, holds, known) {
                    Ok(expr) => rules.push(StatedRule {
                        rule: OwnRule { id: constraint.id.value.clone(), expr, holds },
                        level: match constraint.enforcement() {
                            Enforcement::Mandatory => Level::Error,
                            Enforcement::Recommended => Level::Warning,
                            Enforcement::Advisory => Level::Note,
                        },
                        at: text.at,
                        prose: constraint.rule.as_ref().map(|rule| rule.value.clone()),
                    }),
                    Err(errors) => found.extend(errors.into_iter().map(|error| {
                        let place = graph.rules.text_location(text.at, error.span.range());
                        let mut finding = Diagnostic::new(&INVALID_EXPRESSION, place, error.message);
                        finding.help = error.help;
                        finding
                    })),
                }
            }
        }
    }
    (rules, found)
}

/// What expressions may name.
struct Known {
    steps: Vec<String>,
    scope: BTreeMap<String, Type>,
}

fn read(text: &Text, holds: Holds, known: &Known) -> Result<expr::Expr, Vec<ExprError>> {
    let parsed = expr::parse(&text.value)?;
    let names = expr::free_names(&parsed);
    // A step of a called procedure has the name of the call before its own, at any depth.
    let called = names.iter().filter_map(|name| match name.path.as_slice() {
        [root, step, ..] if root == "steps" => {
            let (_, own) = step.rsplit_once('/')?;
            let is_gate = ["pre-", "post-"].iter().any(|gate| own.starts_with(gate));
            (is_gate || known.steps.iter().any(|known| known == own)).then_some(step.as_str())
        }
        _ => None,
    });
    let called: Vec<&str> = called.collect();
    let (of, mut errors) = match called.is_empty() {
        true => expr::check(&parsed, &known.scope),
        false => {
            let steps = known.steps.iter().map(String::as_str).chain(called);
            expr::check(&parsed, &scope(steps))
        }
    };
    if errors.is_empty() && !matches!(of, Type::Bool | Type::Dyn) {
        let message = format!("`{}` is {of}, not true or false", holds.word());
        errors.push(ExprError { message, span: parsed.span, help: None });
    }
    if errors.is_empty() { Ok(parsed) } else { Err(errors) }
}

/// The ids of all steps and actions, without what calls put before them.
fn step_ids(graph: &Graph<'_>) -> Vec<String> {
    let of_steps = |steps: &[Spanned<Step>]| -> Vec<String> {
        let keys = steps.iter().enumerate();
        keys.map(|(place, step)| step.key().map_or_else(|| (place + 1).to_string(), |key| key.value.0))
            .collect()
    };
    let mut ids = Vec::new();
    for (_, entity) in graph.entities() {
        match entity.item {
            Item::Procedure(procedure) => {
                ids.extend(of_steps(&procedure.steps));
                ids.extend(of_steps(&procedure.finally).into_iter().map(|id| format!("finally/{id}")));
            }
            Item::Decision(decision) => {
                let actions = decision.actions.iter().enumerate();
                ids.extend(actions.map(|(place, action)| {
                    action.step.map_or(place + 1, |number| number.value as usize).to_string()
                }));
            }
            _ => {}
        }
    }
    ids.sort_unstable();
    ids.dedup();
    ids
}
