//! Steps, with calls of procedures inlined.
//!
//! A call takes the place of its step: what the step needs is needed by the first of the called steps, and
//! what needs the step waits for the last of them. The called procedure's conditions become steps, its
//! rollback runs before that of its caller, if any of its steps was begun.

use std::collections::{BTreeMap, VecDeque};

use petgraph::graph::NodeIndex;
use rustc_hash::FxHashSet;

use super::super::{ir, rules};
use super::context::{Context, MAX_CALLED_STEPS};
use super::expressions::Residue;
use super::size::Size;
use crate::graph::{Item, Order};
use crate::model::{self, Action, At, Map, Plain, Procedure, Spanned, Step, StepKind, Text};
use crate::scalar::Duration;

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
struct Caller {
    /// What is put before the ids of its steps.
    prefix: String,
    /// What its first steps need.
    needs: Vec<String>,
    /// The condition of the call.
    when: Option<String>,
    /// The environment that the call gives.
    env: BTreeMap<String, String>,
    working_dir: Option<String>,
    owner: Option<String>,
    /// True for an entry and for a rollback: what these call is counted first.
    is_entry: bool,
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

    /// A rollback: the steps of the procedure one after another, without what would gate them.
    pub(super) fn rollback(&mut self, reference: &Text, after: Vec<String>) -> Option<ir::Rollback> {
        let graph = self.graph;
        let index = graph.target_index(reference.at)?;
        let Item::Procedure(procedure) = graph.entity(index).item else { return None };
        self.declare_inputs(&procedure.inputs, |_| false);
        let mut body = Body::default();
        let prefix = format!("{}/", procedure.id.value);
        let caller = Caller { prefix, is_entry: true, ..Caller::default() };
        self.inline(index, procedure, &caller, &mut body);
        let mut steps = sorted(body.steps);
        for condition in &procedure.preconditions {
            let reason = "nothing may stand between a failure and its rollback";
            self.drop(format!("precondition of rollback `{}`", procedure.id.value), reason, condition.at);
        }
        for (position, condition) in self.conditions(&procedure.postconditions).into_iter().enumerate() {
            let id = format!("{}/post-{}", procedure.id.value, position + 1);
            if condition.check.is_some() {
                steps.push(condition_step(id, condition));
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
        last(order, &ends, caller)
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
        let graph = self.graph;
        let mut lowered = match step.kind() {
            Some(StepKind::Run(reference)) => {
                return self.run(step, reference, id, when, caller, needs, body);
            }
            Some(StepKind::Command(command)) => {
                self.own(step, id, ir::Action::Command { command: command.value.clone() })
            }
            Some(StepKind::Manual(instruction)) => {
                self.own(step, id, ir::Action::Manual { instruction: instruction.value.clone() })
            }
            Some(StepKind::File(file)) => {
                let action = ir::Action::File {
                    path: file.path.value.clone(),
                    content: file.content.as_ref().map(|content| content.value.clone()),
                    from: file.source.as_ref().map(|source| source.value.clone()),
                    expect_sha256: file.expect_sha256.as_ref().map(|sum| sum.value.clone()),
                    mode: file.mode.as_ref().map(|mode| mode.value.clone()),
                };
                self.own(step, id, action)
            }
            Some(StepKind::Uses(reference)) => {
                let Some(Item::Action(action, _)) = graph.target(reference.at).map(|entity| entity.item)
                else {
                    return needs;
                };
                let command = ir::Action::Command { command: action.command.value.clone() };
                let own = self.own(step, id, command);
                under(own, step, action)
            }
            // What is wrong with it was said when its shape was looked at.
            None => return needs,
        };
        lowered.needs = needs;
        lowered.when = when;
        for (name, value) in &caller.env {
            lowered.env.entry(name.clone()).or_insert_with(|| value.clone());
        }
        lowered.working_dir = lowered.working_dir.or_else(|| caller.working_dir.clone());
        lowered.owner = lowered.owner.or_else(|| caller.owner.clone());
        let id = lowered.id.clone();
        body.steps.push(lowered);
        vec![id]
    }

    /// What a step says of itself.
    fn own(&mut self, step: &'a Spanned<Step>, id: String, action: ir::Action) -> ir::Step {
        let retry = step.retry();
        let mut env = BTreeMap::new();
        self.variables_into(&mut env, &step.with);
        self.variables_into(&mut env, &step.env);
        ir::Step {
            name: step.name.as_ref().map_or_else(|| id.clone(), |name| name.value.clone()),
            id,
            action,
            needs: Vec::new(),
            when: None,
            delay_before_ms: 0,
            delay_after_ms: ms(step.delay_after).unwrap_or(0),
            timeout_ms: ms(step.timeout),
            grace_ms: step.grace().map_or(0, Duration::as_millis),
            retry: retry_plan(&retry),
            verify: step.verify.as_ref().map(|verify| verify_plan(&verify.value)),
            on_failure: match step.on_failure() {
                model::OnFailure::Abort => ir::OnFailure::Abort,
                model::OnFailure::RetryThenAbort => ir::OnFailure::RetryThenAbort,
                model::OnFailure::Continue => ir::OnFailure::Continue,
                model::OnFailure::AlertAndContinue => ir::OnFailure::AlertAndContinue,
                model::OnFailure::Rollback => ir::OnFailure::Rollback,
            },
            undo: step
                .undo
                .as_ref()
                .map(|undo| ir::Undo { command: undo.value.clone(), timeout_ms: ms(step.timeout) }),
            read_only: step.read_only.is_some_and(|it| it.value),
            idempotent: step.idempotent.is_some_and(|it| it.value),
            irreversible: step.irreversible.as_ref().map(|reason| reason.value.clone()),
            env,
            working_dir: step.working_dir.as_ref().map(|folder| folder.value.clone()),
            output: step.output.is_some_and(|it| it.value),
            mutex: step.mutex.as_ref().map(|mutex| mutex.value.clone()),
            owner: step.owner.as_ref().map(|owner| owner.value.clone()),
            remedies: step.remedies.iter().map(|remedy| self.remedy(remedy)).collect(),
            source: self.source(step.at),
        }
    }

    pub(super) fn variables_into(&mut self, env: &mut BTreeMap<String, String>, map: &Map<Plain>) {
        for entry in map {
            if super::inputs::is_variable(&entry.name.value) {
                env.insert(entry.name.value.clone(), entry.value.0.clone());
            } else {
                let message = format!("`{}` can't be the name of an environment variable", entry.name.value);
                let help = "use letters, digits and `_`, not a digit first";
                self.report(&rules::INVALID_INPUT, entry.name.at, message, help);
            }
        }
    }

    fn remedy(&mut self, remedy: &Spanned<model::Remedy>) -> ir::Remedy {
        let run = match &remedy.run {
            None => Vec::new(),
            Some(run) => match self.graph.target(run.at).map(|entity| entity.item) {
                Some(Item::Procedure(procedure)) => self.remedy_commands(procedure, run.at),
                _ => vec![run.value.clone()],
            },
        };
        ir::Remedy {
            exit_codes: remedy.exit_codes.iter().map(|code| code.value).collect(),
            stderr_matches: remedy.stderr_matches.as_ref().map(|pattern| pattern.value.clone()),
            run,
            then: match remedy.then() {
                model::Then::Retry => ir::RemedyThen::Retry,
                model::Then::Continue => ir::RemedyThen::Continue,
                model::Then::Abort => ir::RemedyThen::Abort,
            },
            max: remedy.max(),
        }
    }

    /// A procedure as a remedy is its commands, one after another; more than that a remedy can't be.
    fn remedy_commands(&mut self, procedure: &Procedure, at: At) -> Vec<String> {
        let commands = procedure.steps.iter().map(|step| match step.kind() {
            Some(StepKind::Command(command)) => Some(command.value.clone()),
            Some(StepKind::Uses(reference)) => match self.graph.target(reference.at)?.item {
                Item::Action(action, _) => Some(action.command.value.clone()),
                _ => None,
            },
            _ => None,
        });
        match commands.collect::<Option<Vec<_>>>() {
            Some(commands) => commands,
            None => {
                let message = format!("remedy `{}` has steps that are not commands", procedure.id.value);
                self.report(
                    &rules::CALL_LOSES_MEANING,
                    at,
                    message,
                    "let a remedy have commands and actions only",
                );
                Vec::new()
            }
        }
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "it is the second half of `step`, which has them all at hand"
    )]
    fn run(
        &mut self,
        step: &'a Spanned<Step>,
        reference: &Text,
        id: String,
        when: Option<String>,
        caller: &Caller,
        needs: Vec<String>,
        body: &mut Body,
    ) -> Vec<String> {
        let graph = self.graph;
        let Some(index) = graph.target_index(reference.at) else { return needs };
        let Item::Procedure(procedure) = graph.entity(index).item else { return needs };
        // What an accepted call calls in turn was counted with it.
        if caller.is_entry && !self.may_call(index, reference) {
            return needs;
        }
        self.call_keeps_meaning(step, procedure, index);
        let mut env = caller.env.clone();
        self.variables_into(&mut env, &step.with);
        self.variables_into(&mut env, &step.env);
        let inner = Caller {
            prefix: format!("{id}/"),
            needs,
            when,
            env,
            working_dir: step
                .working_dir
                .as_ref()
                .map(|it| it.value.clone())
                .or_else(|| caller.working_dir.clone()),
            owner: step.owner.as_ref().map(|it| it.value.clone()).or_else(|| caller.owner.clone()),
            is_entry: false,
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

    /// True where a call by an entry, or by its rollback, comes to no more than a plan may hold. One that comes
    /// to call itself was told by the graph.
    pub(super) fn may_call(&mut self, procedure: NodeIndex, reference: &Text) -> bool {
        let message = match self.sizes.of(self.graph, procedure) {
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
            self.report(&rules::TOO_MANY_CALLS, reference.at, message, help);
        }
        self.is_full = true;
        false
    }

    /// A called procedure: its conditions, its steps, its rollback.
    fn called(
        &mut self,
        index: NodeIndex,
        procedure: &'a Procedure,
        caller: &Caller,
        body: &mut Body,
    ) -> Vec<String> {
        let first = body.steps.len();
        self.declare_inputs(&procedure.inputs, |name| caller.env.contains_key(name));
        let mut inner = caller.clone();
        for (position, condition) in self.conditions(&procedure.preconditions).into_iter().enumerate() {
            inner.needs =
                self.gate(format!("pre-{}", position + 1), condition, &inner, inner.needs.clone(), body);
        }
        let mut ends = self.inline(index, procedure, &inner, body);
        for (position, condition) in self.conditions(&procedure.postconditions).into_iter().enumerate() {
            ends = self.gate(format!("post-{}", position + 1), condition, &inner, ends, body);
        }
        if let Some(reference) = &procedure.rollback_procedure {
            let begun = body.steps[first..]
                .iter()
                .filter(|step| !step.read_only)
                .map(|step| step.id.clone())
                .collect();
            if let Some(mut rollback) = self.rollback(reference, begun) {
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
            ("verify", step.verify.as_ref().map(|it| it.at)),
            ("undo", step.undo.as_ref().map(|it| it.at)),
            ("output", step.output.filter(|it| it.value).map(|it| it.at)),
            ("mutex", step.mutex.as_ref().map(|it| it.at)),
            ("grace", step.grace.map(|it| it.at)),
            ("remedies", step.remedies.first().map(|it| it.at)),
            ("on_failure", step.on_failure.filter(|it| !aborts(it.value)).map(|it| it.at)),
        ];
        for (key, at) in of_step {
            if let Some(at) = at {
                let message = format!("`{key}` can't be held for a whole procedure");
                let help = format!("say it at the steps of `{}`", procedure.id.value);
                self.report(&rules::CALL_LOSES_MEANING, at, message, &help);
            }
        }
        let limit = procedure.max_parallel.filter(|_| self.graph.order(index).is_graph);
        let of_procedure = [
            ("timeout", procedure.timeout.map(|it| it.at)),
            ("finally", procedure.finally.first().map(|it| it.at)),
            ("approval", procedure.approval.as_ref().map(|it| it.at)),
            ("window", procedure.window.map(|it| it.at)),
            ("max_parallel", limit.map(|it| it.at)),
        ];
        for (key, at) in of_procedure {
            if let (Some(at), Some(call)) = (at, &step.run) {
                let message = format!("`{key}` of `{}` is lost where it is called", procedure.id.value);
                let place = self.graph.rules.location(call.at);
                let related = self.graph.rules.location(at);
                self.found.push(
                    crate::diagnostic::Diagnostic::new(&rules::CALL_LOSES_MEANING, place, message)
                        .related(related, format!("`{key}` is stated here"))
                        .help(format!("state `{key}` at the procedure that calls it")),
                );
            }
        }
    }
}

/// What the action says, where the step does not say it itself.
fn under(mut own: ir::Step, step: &Step, action: &Spanned<Action>) -> ir::Step {
    if let (None, Some(uses)) = (&step.name, &step.uses) {
        own.name.clone_from(&uses.value);
    }
    own.timeout_ms = own.timeout_ms.or(ms(action.timeout));
    if step.retry.is_none() {
        own.retry = retry_plan(&action.retry());
    }
    if step.verify.is_none() {
        own.verify = action.verify.as_ref().map(|verify| verify_plan(&verify.value));
    }
    if step.graceful.is_none() && step.grace.is_none() {
        own.grace_ms = action.grace().map_or(0, Duration::as_millis);
    }
    if step.undo.is_none() {
        let limit = ms(action.timeout).or(own.timeout_ms);
        own.undo =
            action.undo.as_ref().map(|undo| ir::Undo { command: undo.value.clone(), timeout_ms: limit });
    }
    own.read_only = step.read_only.or(action.read_only).is_some_and(|it| it.value);
    own.idempotent = step.idempotent.or(action.idempotent).is_some_and(|it| it.value);
    own.irreversible =
        own.irreversible.or_else(|| action.irreversible.as_ref().map(|reason| reason.value.clone()));
    own.working_dir =
        own.working_dir.or_else(|| action.working_dir.as_ref().map(|folder| folder.value.clone()));
    own.mutex = own.mutex.or_else(|| action.mutex.as_ref().map(|mutex| mutex.value.clone()));
    for entry in &action.env {
        own.env.entry(entry.name.value.clone()).or_insert_with(|| entry.value.0.clone());
    }
    own
}

/// A step that runs an action of a decision.
pub(super) fn action_step(id: String, name: String, action: &Action, source: ir::Source) -> ir::Step {
    ir::Step {
        id,
        name,
        action: ir::Action::Command { command: action.command.value.clone() },
        needs: Vec::new(),
        when: None,
        delay_before_ms: 0,
        delay_after_ms: 0,
        timeout_ms: ms(action.timeout),
        grace_ms: action.grace().map_or(0, Duration::as_millis),
        retry: retry_plan(&action.retry()),
        verify: action.verify.as_ref().map(|verify| verify_plan(&verify.value)),
        on_failure: ir::OnFailure::Abort,
        undo: action
            .undo
            .as_ref()
            .map(|undo| ir::Undo { command: undo.value.clone(), timeout_ms: ms(action.timeout) }),
        read_only: action.read_only.is_some_and(|it| it.value),
        idempotent: action.idempotent.is_some_and(|it| it.value),
        irreversible: action.irreversible.as_ref().map(|reason| reason.value.clone()),
        env: action.env.iter().map(|entry| (entry.name.value.clone(), entry.value.0.clone())).collect(),
        working_dir: action.working_dir.as_ref().map(|folder| folder.value.clone()),
        output: false,
        mutex: action.mutex.as_ref().map(|mutex| mutex.value.clone()),
        owner: None,
        remedies: Vec::new(),
        source,
    }
}

fn condition_step(id: String, condition: ir::Condition) -> ir::Step {
    let source = condition.source.clone();
    ir::Step {
        id,
        name: condition.text.clone(),
        timeout_ms: None,
        action: ir::Action::Condition { condition },
        needs: Vec::new(),
        when: None,
        delay_before_ms: 0,
        delay_after_ms: 0,
        grace_ms: Duration::from_secs(5).as_millis(),
        retry: retry_plan(&model::RetryPlan::default()),
        verify: None,
        on_failure: ir::OnFailure::Abort,
        undo: None,
        read_only: true,
        idempotent: true,
        irreversible: None,
        env: BTreeMap::new(),
        working_dir: None,
        output: false,
        mutex: None,
        owner: None,
        remedies: Vec::new(),
        source,
    }
}

fn aborts(on_failure: model::OnFailure) -> bool {
    matches!(on_failure, model::OnFailure::Abort | model::OnFailure::RetryThenAbort)
}

fn retry_plan(retry: &model::RetryPlan) -> ir::Retry {
    ir::Retry {
        retries: retry.retries,
        delay_ms: retry.delay.as_millis(),
        backoff: match retry.backoff {
            model::Backoff::Fixed => ir::Backoff::Fixed,
            model::Backoff::Exponential => ir::Backoff::Exponential,
        },
        max_delay_ms: retry.max_delay.map(Duration::as_millis),
        on_exit_codes: retry.on_exit_codes.clone(),
    }
}

fn verify_plan(verify: &model::Verify) -> ir::Verify {
    let polling = verify.polling();
    ir::Verify {
        command: polling.command.to_owned(),
        timeout_ms: polling.timeout.map(Duration::as_millis),
        attempts: polling.attempts,
        interval_ms: polling.interval.as_millis(),
    }
}

fn ms(duration: Option<Spanned<Duration>>) -> Option<u64> {
    duration.map(|duration| duration.value.as_millis())
}

/// The positions of steps so that each comes after what it needs; in source order where there is a choice.
/// Steps on a cycle, which is a finding of the graph, come last.
fn schedule(order: &Order) -> Vec<usize> {
    let count = order.needs.len();
    let mut waits: Vec<usize> = order.needs.iter().map(Vec::len).collect();
    let mut needed_by: Vec<Vec<usize>> = vec![Vec::new(); count];
    for (position, needs) in order.needs.iter().enumerate() {
        for needed in needs {
            needed_by[*needed].push(position);
        }
    }
    let mut ready: VecDeque<usize> = (0..count).filter(|position| waits[*position] == 0).collect();
    let mut done = Vec::with_capacity(count);
    while let Some(position) = ready.pop_front() {
        done.push(position);
        for next in &needed_by[position] {
            waits[*next] -= 1;
            if waits[*next] == 0 {
                ready.push_back(*next);
            }
        }
    }
    done.extend((0..count).filter(|position| waits[*position] > 0));
    done
}

/// The ids that stand for the whole procedure: those of steps that no other step needs.
fn last(order: &Order, ends: &[Vec<String>], caller: &Caller) -> Vec<String> {
    let mut needed = vec![false; ends.len()];
    for needs in &order.needs {
        for position in needs {
            needed[*position] = true;
        }
    }
    let last = merged(ends.iter().zip(needed).filter(|(_, needed)| !needed).map(|(ids, _)| ids));
    if last.is_empty() { caller.needs.clone() } else { last }
}

/// The ids of all lists, each once. A step may need thousands.
fn merged<'e>(lists: impl Iterator<Item = &'e Vec<String>>) -> Vec<String> {
    let mut seen = FxHashSet::default();
    lists.flatten().filter(|id| seen.insert(id.as_str())).cloned().collect()
}

/// The steps so that each comes after what it needs.
fn sorted(steps: Vec<ir::Step>) -> Vec<ir::Step> {
    let positions: BTreeMap<&str, usize> =
        steps.iter().enumerate().map(|(position, step)| (step.id.as_str(), position)).collect();
    let needs = steps
        .iter()
        .map(|step| step.needs.iter().filter_map(|id| positions.get(id.as_str()).copied()).collect());
    let order = Order { needs: needs.collect(), is_graph: true };
    let mut steps: Vec<Option<ir::Step>> = steps.into_iter().map(Some).collect();
    schedule(&order).into_iter().filter_map(|position| steps[position].take()).collect()
}
