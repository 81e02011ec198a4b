//! Every command of a rule set, parsed once, with what it is for.

use super::command::{self, Fault, List};
use super::starts;
use crate::graph::{EntityKind, Graph, Item, Lookup};
use crate::model::{
    Action, At, Component, Condition, ConditionKind, DecisionCondition, Health, Spanned, Step, Text, TextOr,
    Verify,
};

/// A command.
#[derive(Debug)]
pub(super) struct CommandText<'a> {
    /// Where its text stands.
    pub(super) at: At,
    /// The text.
    pub(super) text: &'a str,
    /// What it is for.
    pub(super) role: Role,
    /// True where something outside of it ends it.
    pub(super) limited: bool,
    /// The component that it belongs to: its health, or what one of its actions runs.
    pub(super) component: Option<&'a Spanned<Component>>,
    /// True where it belongs to the component's action `start`.
    pub(super) starts: bool,
    /// The step that it belongs to.
    pub(super) step: Option<&'a Spanned<Step>>,
    /// What it says, where it is shell.
    pub(super) parsed: Result<List, Fault>,
}

impl CommandText<'_> {
    /// What it says, where that is known.
    pub(super) fn script(&self) -> Option<&List> {
        self.parsed.as_ref().ok()
    }
}

/// What a command is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// To do something.
    Run,
    /// To take something back.
    Undo,
    /// To tell whether a step has worked.
    Verify,
    /// To tell whether a component is well.
    Health,
    /// To tell whether a pre- or postcondition, or a condition of a decision or checkpoint holds.
    Condition,
    /// To tell whether an item of a checklist holds.
    Checklist,
    /// To tell whether all is well, again and again.
    Monitor,
    /// To measure something, raise an alert, or mend the cause of a failure.
    Other,
}

impl Role {
    /// True where the command runs for its verdict.
    pub(super) fn is_check(self) -> bool {
        matches!(self, Role::Verify | Role::Health | Role::Condition | Role::Checklist | Role::Monitor)
    }

    /// What the command is called in a message.
    pub(super) fn noun(self) -> &'static str {
        match self {
            Role::Verify => "verification",
            Role::Health => "health check",
            Role::Condition | Role::Checklist | Role::Monitor => "check",
            Role::Run | Role::Undo | Role::Other => "command",
        }
    }
}

/// All commands, in order of the entities.
pub(super) fn collect<'a>(graph: &Graph<'a>) -> Vec<CommandText<'a>> {
    let mut collector = Collector { graph, commands: Vec::new(), component: None, starts: false, step: None };
    for (_, entity) in graph.entities() {
        collector.starts = starts::is_start(entity.id.rsplit('.').next().unwrap_or_default());
        collector.entity(entity.item);
    }
    collector.commands
}

struct Collector<'g, 'a> {
    graph: &'g Graph<'a>,
    commands: Vec<CommandText<'a>>,
    component: Option<&'a Spanned<Component>>,
    starts: bool,
    step: Option<&'a Spanned<Step>>,
}

impl<'a> Collector<'_, 'a> {
    fn entity(&mut self, item: Item<'a>) {
        (self.component, self.step) = (None, None);
        match item {
            Item::Metric(metric, _) => {
                self.optional(metric.value.spec().and_then(|spec| spec.probe.as_ref()), Role::Other);
            }
            Item::Component(component) => {
                self.component = Some(component);
                match component.health.as_ref() {
                    Some(Spanned { value: Health::Text(text), at }) => {
                        self.add(*at, text, Role::Health, false);
                    }
                    Some(Spanned { value: Health::Object(check), .. }) => {
                        self.add(check.check.at, &check.check.value, Role::Health, check.timeout.is_some());
                    }
                    None => {}
                }
            }
            Item::Decision(decision) => {
                for condition in &decision.conditions {
                    self.decision_condition(condition);
                }
            }
            Item::Action(action, component) => {
                self.component = component;
                self.action(action);
            }
            Item::Procedure(procedure) => {
                self.conditions(procedure.preconditions.iter().chain(procedure.postconditions.iter()));
                for step in procedure.steps.iter().chain(procedure.finally.iter()) {
                    self.step(step);
                }
            }
            Item::Checklist(items) => {
                for item in &items.value {
                    self.optional(item.check.as_ref(), Role::Checklist);
                }
            }
            Item::Alert(alert) => self.text(&alert.command, Role::Other),
            Item::Monitor(monitor) => self.optional(monitor.check.as_ref(), Role::Monitor),
            Item::Timeline(timeline) => {
                self.conditions(timeline.checkpoints.iter().flat_map(|checkpoint| checkpoint.require.iter()));
            }
            Item::Goal(_)
            | Item::Stakeholder(_)
            | Item::Environment(_)
            | Item::Requirement(_)
            | Item::Assumption(_)
            | Item::Risk(_)
            | Item::Constraint(_)
            | Item::Rule(..)
            | Item::Step(..)
            | Item::Name => {}
        }
    }

    fn step(&mut self, step: &'a Spanned<Step>) {
        self.step = Some(step);
        if let Some(command) = &step.command {
            self.add(command.at, &command.value, Role::Run, step.timeout.is_some());
        }
        self.verify(step.verify.as_ref());
        self.optional(step.undo.as_ref(), Role::Undo);
        for remedy in &step.remedies {
            if let Some(run) = &remedy.run
                && self.graph.lookup(&[EntityKind::Procedure], run) == Lookup::Nothing
            {
                self.text(run, Role::Other);
            }
        }
        self.step = None;
    }

    fn action(&mut self, action: &'a Action) {
        self.add(action.command.at, &action.command.value, Role::Run, action.timeout.is_some());
        self.verify(action.verify.as_ref());
        self.optional(action.undo.as_ref(), Role::Undo);
    }

    fn verify(&mut self, verify: Option<&'a Spanned<Verify>>) {
        match verify {
            Some(Spanned { value: Verify::Text(text), at }) => self.add(*at, text, Role::Verify, false),
            Some(Spanned { value: Verify::Object(policy), .. }) => {
                let limited = policy.timeout.is_some();
                self.add(policy.command.at, &policy.command.value, Role::Verify, limited);
            }
            None => {}
        }
    }

    fn conditions(&mut self, conditions: impl Iterator<Item = &'a Spanned<Condition>>) {
        for condition in conditions {
            if let Some(ConditionKind::Check { command, timeout }) = condition.value.kind() {
                self.add(command.at, &command.value, Role::Condition, timeout.is_some());
            }
        }
    }

    fn decision_condition(&mut self, condition: &'a Spanned<DecisionCondition>) {
        if let TextOr::Object(bound) = &condition.value
            && let Some(check) = &bound.check
        {
            self.add(check.at, &check.value, Role::Condition, bound.timeout.is_some());
        }
    }

    fn optional(&mut self, text: Option<&'a Text>, role: Role) {
        if let Some(text) = text {
            self.text(text, role);
        }
    }

    fn text(&mut self, text: &'a Text, role: Role) {
        self.add(text.at, &text.value, role, false);
    }

    fn add(&mut self, at: At, text: &'a str, role: Role, limited: bool) {
        let parsed = command::parse(text);
        let (component, starts, step) = (self.component, self.starts, self.step);
        self.commands.push(CommandText { at, text, role, limited, component, starts, step, parsed });
    }
}
