//! Steps, with calls of procedures inlined.
//!
//! A call takes the place of its step: what the step needs is needed by the first of the called steps, and
//! what needs the step waits for the last of them. The called procedure's conditions become steps, its
//! rollback runs before that of its caller, if any of its steps was begun.

use std::collections::BTreeMap;

use petgraph::graph::NodeIndex;

use super::super::settings::Known;
use super::super::{generated as files, ir, rules};
use super::context::{Context, MAX_CALLED_STEPS};
use super::expressions::Residue;
use super::order::{merged, schedule, sorted};
use super::parts::{condition_step, under};
use super::size::Size;
use crate::graph::{Item, Order};
use crate::model::{self, At, Procedure, Spanned, Step, StepKind, Text};

/// How deep calls may nest.
const MAX_CALLS: usize = 64;

/// The steps of an entry, and the rollbacks of what it calls.
#[derive(Debug, Default)]
pub(super) struct Body {
    pub(super) steps: Vec<ir::Step>,
    pub(super) rollbacks: Vec<ir::Rollback>,
}

/// From where a procedure is inlined.
#[derive(Debug, Clone, Default)]
pub(super) struct Caller {
    /// What is put before the ids of its steps.
    pub(super) prefix: String,
    /// What its first steps need.
    pub(super) needs: Vec<String>,
    /// The condition of the call.
    pub(super) when: Option<String>,
    /// The environment that the call gives.
    pub(super) env: BTreeMap<String, String>,
    pub(super) working_dir: Option<String>,
    pub(super) owner: Option<String>,
    /// True for an entry and for a rollback: what these call is counted first.
    pub(super) is_entry: bool,
}

/// How a step is come to.
#[derive(Debug, Clone)]
pub(super) struct Entrance {
    /// Its id in the plan.
    pub(super) id: String,
    /// Whether it runs at all.
    pub(super) when: Option<String>,
    /// What must be done before.
    pub(super) needs: Vec<String>,
}

impl<'a> Context<'_, 'a> {
    /// The steps of a procedure.
    pub(super) fn body(&mut self, index: NodeIndex, procedure: &'a Procedure) -> Body {
        let mut body = Body::default();
        self.declare_inputs(&procedure.inputs, |_| false);
        let caller = Caller { is_entry: true, ..Caller::default() };
        self.inline(index, procedure, &caller, &mut body);
        body.rollbacks.reverse();
        body
    }

    /// The steps of a procedure that runs in the place of an action of a decision.
    pub(super) fn call(
        &mut self,
        index: NodeIndex,
        id: &str,
        needs: Vec<String>,
        env: BTreeMap<String, String>,
        body: &mut Body,
    ) -> Vec<String> {
        let Item::Procedure(procedure) = self.graph.entity(index).item else { return needs };
        let caller = Caller { prefix: format!("{id}/"), needs, env, ..Caller::default() };
        self.called(index, procedure, &caller, body)
    }

    /// A rollback: the steps of the procedure one after another, without what would gate them. `env` is the environment
    /// of the call that it takes back.
    pub(super) fn rollback(
        &mut self,
        reference: &Text,
        after: Vec<String>,
        env: &BTreeMap<String, String>,
    ) -> Option<ir::Rollback> {
        let graph = self.graph;
        let index = graph.target_index(reference.at)?;
        let Item::Procedure(procedure) = graph.entity(index).item else { return None };
        self.declare_inputs(&procedure.inputs, |name| env.contains_key(name));
        let mut body = Body::default();
        let prefix = format!("{}/", procedure.id.value);
        let caller = Caller { prefix, env: env.clone(), is_entry: true, ..Caller::default() };
        let outer = self.take_arguments(procedure, env);
        self.inline(index, procedure, &caller, &mut body);
        self.arguments = outer;
        let mut steps = sorted(body.steps);
        for condition in &procedure.preconditions {
            let reason = "nothing may stand between a failure and its rollback";
            self.drop(format!("precondition of rollback `{}`", procedure.id.value), reason, condition.at);
        }
        for (position, condition) in self.conditions(&procedure.postconditions).into_iter().enumerate() {
            let id = format!("{}/post-{}", procedure.id.value, position + 1);
            if condition.check.is_some() {
                let step = condition_step(id, condition);
                steps.push(ir::Step { env: env.clone(), ..step });
            } else {
                let reason = "nobody is asked during a rollback";
                self.dropped.push(ir::Dropped {
                    what: format!("postcondition of rollback `{}`: {}", procedure.id.value, condition.text),
                    reason: reason.into(),
                    source: condition.source,
                });
            }
        }
        if let Some(rollback) = &procedure.rollback_procedure {
            self.drop(
                format!("rollback of rollback `{}`", procedure.id.value),
                "a rollback is not rolled back",
                rollback.at,
            );
        }
        for step in &mut steps {
            step.needs.clear();
        }
        let source = self.source(reference.at);
        let name = super::name(procedure.name.as_ref(), &procedure.id);
        Some(ir::Rollback { procedure: procedure.id.value.clone(), name, after, steps, source })
    }

    /// The final steps of a procedure, in order.
    pub(super) fn finally(&mut self, procedure: &'a Procedure) -> Vec<ir::Step> {
        let caller = Caller { prefix: "finally/".into(), is_entry: true, ..Caller::default() };
        let mut body = Body::default();
        for (position, step) in procedure.finally.iter().enumerate() {
            self.step(step, position, procedure, &caller, Vec::new(), &mut body);
        }
        let mut steps = body.steps;
        for step in &mut steps {
            step.needs.clear();
        }
        steps
    }

    /// Inlines a procedure; gives the ids of its last steps.
    fn inline(
        &mut self,
        index: NodeIndex,
        procedure: &'a Procedure,
        caller: &Caller,
        body: &mut Body,
    ) -> Vec<String> {
        self.may_touch(&procedure.writes);
        let graph = self.graph;
        let order = graph.order(index);
        let mut ends: Vec<Vec<String>> = vec![Vec::new(); procedure.steps.len()];
        let mut lowered: Vec<Vec<ir::Step>> = vec![Vec::new(); procedure.steps.len()];
        for position in schedule(order) {
            let mut needs = merged(order.needs[position].iter().map(|needed| &ends[*needed]));
            if order.needs[position].is_empty() {
                needs.clone_from(&caller.needs);
            }
            let mut part = Body::default();
            ends[position] =
                self.step(&procedure.steps[position], position, procedure, caller, needs, &mut part);
            lowered[position] = part.steps;
            body.rollbacks.append(&mut part.rollbacks);
        }
        body.steps.extend(lowered.into_iter().flatten());
        last(order, &ends, &caller.needs)
    }

    /// Lowers one step; gives the ids that stand for it to those that need it.
    fn step(
        &mut self,
        step: &'a Spanned<Step>,
        position: usize,
        procedure: &'a Procedure,
        caller: &Caller,
        needs: Vec<String>,
        body: &mut Body,
    ) -> Vec<String> {
        let key = step.key().map_or_else(|| (position + 1).to_string(), |key| key.value.0);
        let id = format!("{}{key}", caller.prefix);
        let when =
            match step.when.as_ref().map(|when| (when, self.when(when, Some(procedure), &caller.prefix))) {
                None | Some((_, Residue::True)) => caller.when.clone(),
                Some((_, Residue::Open(own))) => Some(match &caller.when {
                    Some(outer) => format!("({outer}) && ({own})"),
                    None => own,
                }),
                Some((when, Residue::False)) => {
                    let name = step.name.as_ref().map_or(id.clone(), |name| name.value.clone());
                    self.drop(format!("step `{id}`: {name}"), format!("`{}` is false", when.value), when.at);
                    return needs;
                }
            };
        let at = Entrance { id, when, needs };
        if let Some(StepKind::Run(reference)) = step.kind() {
            let rounds = step.repeat.as_ref().map_or(1, |repeat| repeat.rounds() as usize);
            let place = step.repeat.as_ref().map_or(reference.at, |repeat| repeat.max.at);
            // What an accepted call calls in turn was counted with it.
            if let Some(called) = self.graph.target_index(reference.at)
                && caller.is_entry
                && !self.may_call(called, rounds, place)
            {
                return at.needs;
            }
        }
        match &step.repeat {
            Some(repeat) => self.rounds(step, repeat, at, caller, body),
            None => self.once(step, at, caller, body),
        }
    }

    /// Lowers what a step does, once; gives the ids that stand for it to those that need it.
    pub(super) fn once(
        &mut self,
        step: &'a Spanned<Step>,
        at: Entrance,
        caller: &Caller,
        body: &mut Body,
    ) -> Vec<String> {
        let graph = self.graph;
        let mut lowered = match step.kind() {
            Some(StepKind::Run(reference)) => return self.run(step, reference, at, caller, body),
            Some(StepKind::Command(command)) => {
                self.own(step, at.id, ir::Action::Command { command: command.value.clone() })
            }
            Some(StepKind::Probe(command)) => {
                let own = self.own(step, at.id, ir::Action::Command { command: command.value.clone() });
                ir::Step { probe: true, read_only: true, idempotent: true, ..own }
            }
            Some(StepKind::Manual(instruction)) => {
                self.own(step, at.id, ir::Action::Manual { instruction: instruction.value.clone() })
            }
            Some(StepKind::File(file)) => {
                let generated = file.generated.as_ref().and_then(|generated| self.generated(generated));
                let (content, mode) = generated.unzip();
                let action = ir::Action::File {
                    path: file.path.value.clone(),
                    content: content.or_else(|| file.content.as_ref().map(|content| content.value.clone())),
                    from: file.source.as_ref().map(|source| source.value.clone()),
                    expect_sha256: file.expect_sha256.as_ref().map(|sum| sum.value.clone()),
                    mode: file.mode.as_ref().map(|mode| mode.value.clone()).or(mode),
                    absent: file.is_deleted(),
                };
                self.own(step, at.id, action)
            }
            Some(StepKind::Uses(reference)) => {
                let Some(Item::Action(action, component)) =
                    graph.target(reference.at).map(|entity| entity.item)
                else {
                    return at.needs;
                };
                let command = ir::Action::Command { command: action.command.value.clone() };
                let own = self.own(step, at.id, command);
                let mut own = under(own, step, action);
                for (name, units) in self.resources(&action.resources) {
                    own.resources.entry(name).or_insert(units);
                }
                let of = component.filter(|component| component.circuit_breaker.is_some());
                own.breaker = own.breaker.or_else(|| of.map(|component| component.name.value.clone()));
                own
            }
            // What is wrong with it was said when its shape was looked at.
            None => return at.needs,
        };
        lowered.needs = at.needs;
        lowered.when = at.when;
        for (name, value) in &caller.env {
            lowered.env.entry(name.clone()).or_insert_with(|| value.clone());
        }
        lowered.working_dir = lowered.working_dir.or_else(|| caller.working_dir.clone());
        lowered.owner = lowered.owner.or_else(|| caller.owner.clone());
        if let Some(StepKind::File(file)) = step.kind() {
            self.may_write(file, lowered.working_dir.as_deref());
        }
        let id = lowered.id.clone();
        body.steps.push(lowered);
        vec![id]
    }

    /// The content and the mode of a file that is generated.
    fn generated(&mut self, generated: &model::Generated) -> Option<(String, String)> {
        let Item::Component(component) = self.graph.target(generated.component.at)?.item else { return None };
        let known = Known { environment: self.environment.as_deref(), given: Some(self.given()) };
        match files::file(self.graph, component, generated.kind.value, known) {
            Ok(file) => Some((file.content, file.mode)),
            Err(fault) => {
                let rule = &rules::NOTHING_TO_GENERATE;
                self.report(rule, generated.component.at, fault.why, &fault.help);
                None
            }
        }
    }

    fn run(
        &mut self,
        step: &'a Spanned<Step>,
        reference: &Text,
        at: Entrance,
        caller: &Caller,
        body: &mut Body,
    ) -> Vec<String> {
        let graph = self.graph;
        let Some(index) = graph.target_index(reference.at) else { return at.needs };
        let Item::Procedure(procedure) = graph.entity(index).item else { return at.needs };
        self.call_keeps_meaning(step, procedure, index);
        self.arguments_fit(step, procedure);
        let inner = Caller {
            prefix: format!("{}/", at.id),
            needs: at.needs,
            when: at.when,
            is_entry: false,
            ..self.inside(step, caller)
        };
        let first = body.steps.len();
        let ends = self.called(index, procedure, &inner, body);
        if let Some(delay) = step.delay_after {
            for lowered in body.steps[first..].iter_mut().filter(|lowered| ends.contains(&lowered.id)) {
                lowered.delay_after_ms = lowered.delay_after_ms.max(delay.value.as_millis());
            }
        }
        ends
    }

    /// What a step gives to all that is lowered from it: its environment, its folder, its owner.
    pub(super) fn inside(&mut self, step: &Step, caller: &Caller) -> Caller {
        let mut env = caller.env.clone();
        self.variables_into(&mut env, &step.with);
        self.variables_into(&mut env, &step.env);
        let working_dir = step.working_dir.as_ref().map(|it| it.value.clone());
        let owner = step.owner.as_ref().map(|it| it.value.clone());
        Caller {
            env,
            working_dir: working_dir.or_else(|| caller.working_dir.clone()),
            owner: owner.or_else(|| caller.owner.clone()),
            ..Caller::default()
        }
    }

    /// True where so many calls by an entry, or by its rollback, come to no more than a plan may hold. One that
    /// comes to call itself was told by the graph.
    pub(super) fn may_call(&mut self, procedure: NodeIndex, times: usize, at: At) -> bool {
        let message = match self.sizes.of(self.graph, procedure).times(times) {
            Size::Circle => None,
            Size::Finite { depth, .. } if depth >= MAX_CALLS => {
                Some(format!("calls nest deeper than {MAX_CALLS} procedures"))
            }
            Size::Finite { steps, .. } if steps <= self.room.min(self.room_in_all) => {
                self.room -= steps;
                self.room_in_all -= steps;
                return true;
            }
            Size::Finite { steps, .. } if steps <= self.room => None,
            Size::Finite { .. } => Some(format!("calls come to more than {MAX_CALLED_STEPS} steps")),
        };
        if let Some(message) = message.filter(|_| !self.is_full) {
            let help = "call fewer procedures, or compile parts of it as entries of their own";
            self.report(&rules::TOO_MANY_CALLS, at, message, help);
        }
        self.is_full = true;
        false
    }

    /// A called procedure: its conditions, its steps, its rollback.
    pub(super) fn called(
        &mut self,
        index: NodeIndex,
        procedure: &'a Procedure,
        caller: &Caller,
        body: &mut Body,
    ) -> Vec<String> {
        let first = body.steps.len();
        self.declare_inputs(&procedure.inputs, |name| caller.env.contains_key(name));
        let outer = self.take_arguments(procedure, &caller.env);
        let mut inner = caller.clone();
        for (position, condition) in self.conditions(&procedure.preconditions).into_iter().enumerate() {
            inner.needs =
                self.gate(format!("pre-{}", position + 1), condition, &inner, inner.needs.clone(), body);
        }
        let mut ends = self.inline(index, procedure, &inner, body);
        for (position, condition) in self.conditions(&procedure.postconditions).into_iter().enumerate() {
            ends = self.gate(format!("post-{}", position + 1), condition, &inner, ends, body);
        }
        self.arguments = outer;
        if let Some(reference) = &procedure.rollback_procedure {
            let begun = body.steps[first..]
                .iter()
                .filter(|step| !step.read_only)
                .map(|step| step.id.clone())
                .collect();
            if let Some(mut rollback) = self.rollback(reference, begun, &caller.env) {
                // The same procedure may be rolled back to for several calls: its steps have names of their own.
                for step in &mut rollback.steps {
                    step.id = format!("{}{}", caller.prefix, step.id);
                }
                body.rollbacks.push(rollback);
            }
        }
        ends
    }

    fn gate(
        &mut self,
        key: String,
        condition: ir::Condition,
        caller: &Caller,
        needs: Vec<String>,
        body: &mut Body,
    ) -> Vec<String> {
        let id = format!("{}{key}", caller.prefix);
        let mut step = condition_step(id.clone(), condition);
        step.needs = needs;
        step.when.clone_from(&caller.when);
        step.env.clone_from(&caller.env);
        step.working_dir.clone_from(&caller.working_dir);
        body.steps.push(step);
        vec![id]
    }

    /// What a call can't carry is said, at its place, and never dropped in silence.
    fn call_keeps_meaning(&mut self, step: &Step, procedure: &Procedure, index: NodeIndex) {
        let of_step = [
            ("retry", step.retry.as_ref().map(|it| it.at)),
            ("timeout", step.timeout.map(|it| it.at)),
            ("estimated_duration", step.estimated_duration.map(|it| it.at)),
            ("verify", step.verify.as_ref().map(|it| it.at)),
            ("undo", step.undo.as_ref().map(|it| it.at)),
            ("output", step.output.filter(|it| it.value && step.repeat.is_none()).map(|it| it.at)),
            ("mutex", step.mutex.as_ref().map(|it| it.at)),
            ("resources", step.resources.first().map(|it| it.name.at)),
            ("grace", step.grace.map(|it| it.at)),
            ("fallback", step.fallback.as_ref().map(|it| it.at)),
            ("circuit_breaker", step.circuit_breaker.as_ref().map(|it| it.at)),
            ("remedies", step.remedies.first().map(|it| it.at)),
            (
                // That of a repeated call says what comes when what is waited for does not hold in the end.
                "on_failure",
                step.on_failure.filter(|it| !aborts(it.value) && step.repeat.is_none()).map(|it| it.at),
            ),
        ];
        for (key, at) in of_step {
            if let Some(at) = at {
                let message = format!("`{key}` can't be held for a whole procedure");
                let help = format!("say it at the steps of `{}`", procedure.id.value);
                self.report(&rules::CALL_LOSES_MEANING, at, message, &help);
            }
        }
        let Some(call) = &step.run else { return };
        let of_procedure = [
            ("timeout", procedure.timeout.map(|it| it.at)),
            ("approval", procedure.approval.as_ref().map(|it| it.at)),
            ("window", procedure.window.map(|it| it.at)),
        ];
        self.procedure_keeps_meaning(call, procedure, index, &of_procedure);
    }

    /// The same for what a procedure says of itself, where it is called as `call`: the keys that no call can hold, and
    /// `others` that this one can't.
    pub(super) fn procedure_keeps_meaning(
        &mut self,
        call: &Text,
        procedure: &Procedure,
        index: NodeIndex,
        others: &[(&str, Option<At>)],
    ) {
        let limit = procedure.max_parallel.filter(|_| self.graph.order(index).is_graph);
        let own =
            [("finally", procedure.finally.first().map(|it| it.at)), ("max_parallel", limit.map(|it| it.at))];
        for (key, at) in others.iter().chain(&own) {
            let Some(at) = at else { continue };
            let message = format!("`{key}` of `{}` is lost where it is called", procedure.id.value);
            let place = self.graph.rules.location(call.at);
            let related = self.graph.rules.location(*at);
            self.found.push(
                crate::diagnostic::Diagnostic::new(&rules::CALL_LOSES_MEANING, place, message)
                    .related(related, format!("`{key}` is stated here"))
                    .help(format!("state `{key}` at the procedure that calls it")),
            );
        }
    }
}

fn aborts(on_failure: model::OnFailure) -> bool {
    matches!(on_failure, model::OnFailure::Abort | model::OnFailure::RetryThenAbort)
}

/// The ids that stand for the whole procedure: those of steps that no other step needs.
fn last(order: &Order, ends: &[Vec<String>], otherwise: &[String]) -> Vec<String> {
    let mut needed = vec![false; ends.len()];
    for needs in &order.needs {
        for position in needs {
            needed[*position] = true;
        }
    }
    let last = merged(ends.iter().zip(needed).filter(|(_, needed)| !needed).map(|(ids, _)| ids));
    if last.is_empty() { otherwise.to_vec() } else { last }
}
