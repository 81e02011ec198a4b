//! What one step, action or condition says, as a step of the plan: defaults filled in, nothing inlined.

use std::collections::BTreeMap;

use super::super::{ir, probe, rules};
use super::context::Context;
use crate::graph::Item;
use crate::model::{self, Action, At, Map, Plain, Procedure, Spanned, Step, StepKind, Text, Units};
use crate::scalar::Duration;

impl<'a> Context<'_, 'a> {
    /// What a step says of itself.
    pub(super) fn own(&mut self, step: &'a Spanned<Step>, id: String, action: ir::Action) -> ir::Step {
        let retry = step.retry();
        let mut env = BTreeMap::new();
        self.variables_into(&mut env, &step.with);
        self.variables_into(&mut env, &step.env);
        ir::Step {
            name: step.name.as_ref().map_or_else(|| id.clone(), |name| name.value.clone()),
            id,
            action,
            needs: Vec::new(),
            round: None,
            when: None,
            start_at_ms: None,
            end_by_ms: None,
            phase: None,
            start_before: None,
            delay_before_ms: 0,
            delay_after_ms: ms(step.delay_after).unwrap_or(0),
            timeout_ms: ms(step.timeout),
            estimated_ms: ms(step.estimated_duration),
            grace_ms: step.grace().map_or(0, Duration::as_millis),
            retry: retry_plan(&retry),
            verify: step.verify.as_ref().and_then(verify_plan),
            on_failure: on_failure(step.on_failure()),
            undo: step.undo.as_ref().map(|undo| ir::Undo {
                command: undo.value.clone(),
                timeout_ms: ms(step.timeout),
                ..Default::default()
            }),
            read_only: step.read_only.is_some_and(|it| it.value),
            idempotent: step.idempotent.is_some_and(|it| it.value),
            irreversible: step.irreversible.as_ref().map(|reason| reason.value.clone()),
            env,
            working_dir: step.working_dir.as_ref().map(|folder| folder.value.clone()),
            probe: false,
            output: step.output.is_some_and(|it| it.value),
            mutex: step.mutex.as_ref().map(|mutex| mutex.value.clone()),
            resources: self.resources(&step.resources),
            owner: step.owner.as_ref().map(|owner| owner.value.clone()),
            breaker: step.circuit_breaker.as_ref().and_then(|component| self.breaker(component)),
            remedies: self.remedies(step),
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

    /// What is taken of each resource that there is.
    pub(super) fn resources(&self, taken: &Map<Units>) -> BTreeMap<String, u32> {
        let known = taken.iter().filter_map(|entry| {
            let resource = self.graph.target(entry.name.at)?;
            Some((resource.id.to_string(), entry.value.0))
        });
        known.collect()
    }

    /// The name of the circuit breaker of a component, if it has one.
    fn breaker(&self, component: &Text) -> Option<String> {
        let entity = self.graph.target(component.at)?;
        match entity.item {
            Item::Component(component) if component.circuit_breaker.is_some() => Some(entity.id.to_string()),
            _ => None,
        }
    }

    /// The remedies of a step, its fallback last.
    fn remedies(&mut self, step: &Step) -> Vec<ir::Remedy> {
        let mut remedies: Vec<_> = step.remedies.iter().map(|remedy| self.remedy(remedy)).collect();
        if let Some(fallback) = &step.fallback {
            remedies.push(ir::Remedy {
                exit_codes: Vec::new(),
                stderr_matches: None,
                run: self.commands(fallback),
                then: ir::RemedyThen::Continue,
                max: 1,
                fallback: true,
            });
        }
        remedies
    }

    /// What a text runs that is a command, or names an action or a procedure.
    fn commands(&mut self, run: &Text) -> Vec<String> {
        match self.graph.target(run.at).map(|entity| entity.item) {
            Some(Item::Procedure(procedure)) => self.remedy_commands(procedure, run.at),
            Some(Item::Action(action, _)) => vec![action.command.value.clone()],
            _ => vec![run.value.clone()],
        }
    }

    fn remedy(&mut self, remedy: &Spanned<model::Remedy>) -> ir::Remedy {
        let run = remedy.run.as_ref().map_or_else(Vec::new, |run| self.commands(run));
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
            fallback: false,
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
}

/// What the action says, where the step does not say it itself.
pub(super) fn under(mut own: ir::Step, step: &Step, action: &Spanned<Action>) -> ir::Step {
    if let (None, Some(uses)) = (&step.name, &step.uses) {
        own.name.clone_from(&uses.value);
    }
    own.timeout_ms = own.timeout_ms.or(ms(action.timeout));
    own.estimated_ms = own.estimated_ms.or(ms(action.estimated_duration));
    if step.retry.is_none() {
        own.retry = retry_plan(&action.retry());
    }
    if step.verify.is_none() {
        own.verify = action.verify.as_ref().and_then(verify_plan);
    }
    if step.graceful.is_none() && step.grace.is_none() {
        own.grace_ms = action.grace().map_or(0, Duration::as_millis);
    }
    if step.undo.is_none() {
        let limit = ms(action.timeout).or(own.timeout_ms);
        own.undo = action.undo.as_ref().map(|undo| ir::Undo {
            command: undo.value.clone(),
            timeout_ms: limit,
            ..Default::default()
        });
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
        round: None,
        when: None,
        start_at_ms: None,
        end_by_ms: None,
        phase: None,
        start_before: None,
        delay_before_ms: 0,
        delay_after_ms: 0,
        timeout_ms: ms(action.timeout),
        estimated_ms: ms(action.estimated_duration),
        grace_ms: action.grace().map_or(0, Duration::as_millis),
        retry: retry_plan(&action.retry()),
        verify: action.verify.as_ref().and_then(verify_plan),
        on_failure: ir::OnFailure::Abort,
        undo: action.undo.as_ref().map(|undo| ir::Undo {
            command: undo.value.clone(),
            timeout_ms: ms(action.timeout),
            ..Default::default()
        }),
        read_only: action.read_only.is_some_and(|it| it.value),
        idempotent: action.idempotent.is_some_and(|it| it.value),
        irreversible: action.irreversible.as_ref().map(|reason| reason.value.clone()),
        env: action.env.iter().map(|entry| (entry.name.value.clone(), entry.value.0.clone())).collect(),
        working_dir: action.working_dir.as_ref().map(|folder| folder.value.clone()),
        probe: false,
        output: false,
        mutex: action.mutex.as_ref().map(|mutex| mutex.value.clone()),
        resources: BTreeMap::new(),
        breaker: None,
        owner: None,
        remedies: Vec::new(),
        source,
    }
}

pub(super) fn condition_step(id: String, condition: ir::Condition) -> ir::Step {
    let source = condition.source.clone();
    ir::Step {
        id,
        name: condition.text.clone(),
        timeout_ms: None,
        estimated_ms: None,
        action: ir::Action::Condition { condition },
        needs: Vec::new(),
        round: None,
        when: None,
        start_at_ms: None,
        end_by_ms: None,
        phase: None,
        start_before: None,
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
        probe: false,
        output: false,
        mutex: None,
        resources: BTreeMap::new(),
        breaker: None,
        owner: None,
        remedies: Vec::new(),
        source,
    }
}

pub(super) fn on_failure(on_failure: model::OnFailure) -> ir::OnFailure {
    match on_failure {
        model::OnFailure::Abort => ir::OnFailure::Abort,
        model::OnFailure::RetryThenAbort => ir::OnFailure::RetryThenAbort,
        model::OnFailure::Continue => ir::OnFailure::Continue,
        model::OnFailure::AlertAndContinue => ir::OnFailure::AlertAndContinue,
        model::OnFailure::Rollback => ir::OnFailure::Rollback,
    }
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

fn verify_plan(verify: &Spanned<model::Verify>) -> Option<ir::Verify> {
    let polling = verify.polling()?;
    let check = probe::check(polling.asked, polling.timeout);
    Some(ir::Verify {
        command: check.command,
        timeout_ms: check.timeout_ms,
        attempts: polling.attempts,
        interval_ms: polling.interval.as_millis(),
        says: check.says,
    })
}

fn ms(duration: Option<Spanned<Duration>>) -> Option<u64> {
    duration.map(|duration| duration.value.as_millis())
}
