//! Repeated steps, unrolled: a step for each round, a question behind it, and the step itself at the end.
//!
//! Round `k` of step `S` is step `S~k`, or where `S` calls a procedure a step `S~k~begin` that does nothing, and the
//! steps of the procedure under `S~k/`. Behind each round but the last a probe `S~k~until` asks whether it was the
//! last one, and what the next round does has a `when` on the answer. The deadline and the delay stand at the begin of
//! each further round. At the end step `S` asks once more: it holds, or the repeated step has failed.

use super::super::{ir, rules};
use super::context::Context;
use super::parts::condition_step;
use super::steps::{Body, Caller, Entrance};
use crate::model::{Repeat, Spanned, Step, StepKind, UntilKind};
use crate::scalar::Duration;

impl<'a> Context<'_, 'a> {
    /// Lowers a repeated step; gives the ids that stand for it to those that need it.
    pub(super) fn rounds(
        &mut self,
        step: &'a Spanned<Step>,
        repeat: &'a Spanned<Repeat>,
        at: Entrance,
        caller: &Caller,
        body: &mut Body,
    ) -> Vec<String> {
        let inside = self.inside(step, caller);
        let Some(question) = self.question(step, repeat, &inside) else { return at.needs };
        if let Some(output) = step.output.filter(|it| it.value) {
            let help =
                "let the command write what later steps read into a file, or ask for it with a `probe` step";
            let message = String::from("`output` can't be held for a repeated step");
            self.report(&rules::CALL_LOSES_MEANING, output.at, message, help);
        }
        let max = repeat.rounds();
        let delay = repeat.delay.map_or(0, |delay| delay.value.as_millis());
        let name =
            step.name.as_ref().or(step.uses.as_ref()).map_or_else(|| at.id.clone(), |it| it.value.clone());
        let is_call = matches!(step.kind(), Some(StepKind::Run(_)));
        let first = anchor(&at.id, 1, is_call);
        let mut entrance = Entrance { id: String::new(), when: at.when.clone(), needs: at.needs };
        for number in 1..=max {
            let round = ir::Round { of: at.id.clone(), number, max };
            let words = format!("round {number} of at most {max}");
            let anchor = anchor(&at.id, number, is_call);
            let start = body.steps.len();
            let ran =
                entrance.when.as_ref().map(|_| format!("steps[{}].status != \"skipped\"", quoted(&anchor)));
            if is_call {
                let text = format!("{name} ({words})");
                let source = self.source(step.at);
                let condition = ir::Condition { text, check: None, mandatory: false, source };
                body.steps.push(ir::Step {
                    when: entrance.when,
                    needs: entrance.needs,
                    owner: inside.owner.clone(),
                    ..condition_step(anchor.clone(), condition)
                });
                entrance = Entrance { id: String::new(), when: ran.clone(), needs: vec![anchor.clone()] };
            }
            entrance.id = format!("{}~{number}", at.id);
            let ends = self.once(step, entrance, caller, body);
            for lowered in &mut body.steps[start..] {
                // A call may come to repeated steps of its own.
                lowered.round.get_or_insert_with(|| round.clone());
            }
            if let Some(begin) = body.steps.get_mut(start) {
                begin.name = format!("{name} ({words})");
                if number > 1 {
                    begin.delay_before_ms = delay;
                    begin.start_before = repeat.deadline.map(|deadline| ir::StartBefore {
                        since: first.clone(),
                        ms: deadline.value.as_millis().saturating_sub(delay),
                    });
                }
            }
            entrance = Entrance { id: String::new(), when: ran, needs: ends };
            if number < max {
                let id = format!("{}~{number}~until", at.id);
                body.steps.push(ir::Step {
                    id: id.clone(),
                    name: format!("{name} (is it done after {words}?)"),
                    needs: entrance.needs,
                    when: entrance.when,
                    round: Some(round),
                    probe: true,
                    on_failure: ir::OnFailure::Abort,
                    ..question.clone()
                });
                let key = quoted(&id);
                let again = format!("steps[{key}].status == \"ok\" && steps[{key}].exit_code != 0");
                entrance = Entrance { id: String::new(), when: Some(again), needs: vec![id] };
            }
        }
        let when = at.when.map(|_| format!("steps[{}].status != \"skipped\"", quoted(&first)));
        body.steps.push(ir::Step { id: at.id.clone(), name, needs: entrance.needs, when, ..question });
        vec![at.id]
    }

    /// The step that asks whether a repeated step is done, but for its place among the others.
    fn question(
        &mut self,
        step: &'a Spanned<Step>,
        repeat: &'a Spanned<Repeat>,
        inside: &Caller,
    ) -> Option<ir::Step> {
        let source = self.source(step.at);
        let (text, check) = match repeat.until.value.kind()? {
            UntilKind::Command(command, timeout) => {
                let timeout_ms = timeout.map(Duration::as_millis);
                (None, ir::Check { command: command.to_owned(), says: None, timeout_ms, measure: None })
            }
            UntilKind::Metric(metric) => {
                let (text, check) = self.metric(metric)?;
                (Some(text), check)
            }
            UntilKind::Health(component) => {
                let (component, check) = self.health(component)?;
                (Some(format!("{component} is healthy")), check)
            }
        };
        let timeout_ms = check.timeout_ms;
        let command = ir::Action::Command { command: check.command.clone() };
        let condition = ir::Condition {
            text: text.clone().unwrap_or_default(),
            check: Some(check),
            mandatory: true,
            source,
        };
        let mut question = condition_step(String::new(), condition);
        if text.is_none() {
            (question.action, question.timeout_ms) = (command, timeout_ms);
        }
        question.on_failure = super::parts::on_failure(step.on_failure());
        question.env.clone_from(&inside.env);
        question.working_dir.clone_from(&inside.working_dir);
        question.owner.clone_from(&inside.owner);
        Some(question)
    }
}

/// The step with which a round begins.
fn anchor(id: &str, number: u32, is_call: bool) -> String {
    let end = if is_call { "~begin" } else { "" };
    format!("{id}~{number}{end}")
}

/// An id as expressions spell it.
fn quoted(id: &str) -> serde_json::Value {
    serde_json::Value::from(id)
}
