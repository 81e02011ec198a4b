//! Decisions as entries: their conditions gate, their actions are steps.

use std::collections::BTreeMap;

use super::super::{ir, probe, rules};
use super::context::Context;
use super::expressions::Residue;
use super::inputs::{is_variable, plain_text};
use super::parts::action_step;
use super::steps::Body;
use crate::graph::Item;
use crate::model::{Decision, DecisionAction, DecisionCondition, MatchMode, Spanned, Text, TextOr};

impl<'a> Context<'_, 'a> {
    /// What must hold for a decision: each condition, or one that stands for any of them.
    pub(super) fn decision_conditions(&mut self, decision: &Decision) -> Vec<ir::Condition> {
        let mut open = Vec::new();
        let any = decision.match_mode() == MatchMode::Any;
        let mut refused = None;
        for condition in &decision.conditions {
            match self.decision_condition(condition) {
                Holds::Yes if any => return Vec::new(),
                Holds::Yes => {}
                Holds::No(when) if any => refused = Some(when),
                Holds::No(when) => {
                    self.does_not_apply(decision, &when);
                    return Vec::new();
                }
                Holds::Open(condition) => open.push(condition),
            }
        }
        match (any, open.len(), refused) {
            (true, 0, Some(when)) => {
                self.does_not_apply(decision, &when);
                Vec::new()
            }
            (true, 2.., _) => vec![any_of(open)],
            _ => open,
        }
    }

    /// The actions of a decision as steps in listed order.
    pub(super) fn decision_body(&mut self, decision: &'a Spanned<Decision>) -> Body {
        let mut body = Body::default();
        let mut ends: Vec<String> = Vec::new();
        for (position, action) in decision.actions.iter().enumerate() {
            let id = action.step.map_or(position + 1, |number| number.value as usize).to_string();
            let first = body.steps.len();
            ends = self.decision_step(action, id, ends, &mut body);
            let delay = action.delay.map_or(0, |delay| delay.value.as_millis());
            if let Some(step) = body.steps.get_mut(first) {
                step.delay_before_ms = delay;
            }
        }
        body.rollbacks.reverse();
        body
    }

    pub(super) fn decision_rollback(&mut self, decision: &Decision) -> Option<ir::Rollback> {
        let reference = decision.rollback.as_ref()?.on_failure.as_ref()?;
        match self.graph.target(reference.at).map(|entity| entity.item) {
            Some(Item::Procedure(_)) => self.rollback(reference, Vec::new(), &BTreeMap::new()),
            Some(Item::Action(action, _)) => {
                let source = self.source(reference.at);
                let id = format!("{}/1", reference.value);
                let mut step = action_step(id, reference.value.clone(), action, source.clone());
                step.resources = self.resources(&action.resources);
                let (procedure, name) = (reference.value.clone(), reference.value.clone());
                Some(ir::Rollback { procedure, name, after: Vec::new(), steps: vec![step], source })
            }
            _ => {
                self.unbound(reference);
                None
            }
        }
    }

    fn decision_step(
        &mut self,
        action: &'a Spanned<DecisionAction>,
        id: String,
        needs: Vec<String>,
        body: &mut Body,
    ) -> Vec<String> {
        let graph = self.graph;
        let env = self.parameters(action);
        let Some(index) = graph.target_index(action.action.at) else {
            self.unbound(&action.action);
            return needs;
        };
        match graph.entity(index).item {
            Item::Procedure(_) if !self.may_call(index, 1, action.action.at) => needs,
            Item::Procedure(_) => self.call(index, &id, needs, env, body),
            Item::Action(command, component) => {
                let name = match component {
                    Some(component) => format!("{}: {}", component.name.value, action.action.value),
                    None => action.action.value.clone(),
                };
                let mut step = action_step(id.clone(), name, command, self.source(action.at));
                step.needs = needs;
                step.resources = self.resources(&command.resources);
                let of = component.filter(|component| component.circuit_breaker.is_some());
                step.breaker = of.map(|component| component.name.value.clone());
                step.env.extend(env);
                body.steps.push(step);
                vec![id]
            }
            _ => needs,
        }
    }

    fn parameters(&mut self, action: &DecisionAction) -> BTreeMap<String, String> {
        let mut env = BTreeMap::new();
        for entry in &action.parameters {
            if !is_variable(&entry.name.value) {
                let message = format!("`{}` can't be the name of an environment variable", entry.name.value);
                let help = "use letters, digits and `_`, not a digit first";
                self.report(&rules::INVALID_INPUT, entry.name.at, message, help);
                continue;
            }
            // What is no scalar reaches the command as JSON.
            let text =
                plain_text(&entry.value).unwrap_or_else(|| crate::decide::plain(&entry.value).to_string());
            env.insert(entry.name.value.clone(), text);
        }
        env
    }

    fn decision_condition(&mut self, condition: &Spanned<DecisionCondition>) -> Holds {
        let source = self.source(condition.at);
        let open = |text: String, check| Holds::Open(ir::Condition { text, check, mandatory: true, source });
        match &condition.value {
            TextOr::Text(prose) => open(prose.clone(), None),
            TextOr::Object(bound) => match (&bound.when, bound.asked()) {
                (Some(when), _) => match self.when(when, None, "") {
                    Residue::True => Holds::Yes,
                    Residue::False => Holds::No(when.clone()),
                    Residue::Open(expression) => open(expression, None),
                },
                (None, Some(asked)) => {
                    open(probe::text(asked), Some(probe::check(asked, bound.timeout.map(|it| it.value))))
                }
                (None, None) => Holds::Yes,
            },
        }
    }

    fn does_not_apply(&mut self, decision: &Decision, when: &Text) {
        let message = format!("decision `{}` does not apply under these facts", decision.id.value);
        self.report(&rules::NOTHING_TO_RUN, when.at, message, "give other facts, or compile another entry");
    }

    fn unbound(&mut self, action: &Text) {
        let message = format!("`{}` is bound to nothing that runs", action.value);
        self.report(
            &rules::NOTHING_TO_RUN,
            action.at,
            message,
            "declare it under `actions` of L5, or name a procedure",
        );
    }
}

/// Whether a condition of a decision holds.
enum Holds {
    Yes,
    No(Text),
    Open(ir::Condition),
}

/// One condition for several: a check where all of them are checks, else prose.
fn any_of(conditions: Vec<ir::Condition>) -> ir::Condition {
    let source = conditions[0].source.clone();
    let texts: Vec<&str> = conditions.iter().map(|condition| condition.text.as_str()).collect();
    let text = format!("at least one of: {}", texts.join("; "));
    let checks: Option<Vec<&ir::Check>> =
        conditions.iter().map(|condition| condition.check.as_ref()).collect();
    let check = checks.map(|checks| {
        let total = checks.iter().map(|check| check.timeout_ms).sum::<Option<u64>>();
        // Each in a subshell of its own, on lines of its own, so that none can reach into another.
        let parts: Vec<String> = checks.iter().map(|check| format!("(\n{}\n)", check.command)).collect();
        ir::Check { command: parts.join(" || "), timeout_ms: total, measure: None, says: None }
    });
    ir::Condition { text, check, mandatory: true, source }
}
