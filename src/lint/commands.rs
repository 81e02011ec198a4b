//! Every command of a rule set, parsed once, with what it is for.

use super::command::{self, Fault, List};
use super::starts;
use crate::graph::{EntityKind, Graph, Item, Lookup};
use crate::model::{
    Action, Asked, At, Component, Condition, ConditionKind, DecisionCondition, Probe, Spanned, Step, Text,
    TextOr, Until, Verify,
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
    /// What it says, where it is shell; nothing at all where it is a typed check.
    pub(super) parsed: Result<List, Fault>,
    /// The typed check that it is, of which the text is what stands at its key.
    pub(super) probe: Option<Probe<'a>>,
    /// What a client of a database is given to read, where it is one of a typed check.
    pub(super) query: Option<&'a Text>,
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
    /// To tell whether a repeated step is done.
    Until,
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
        matches!(
            self,
            Role::Verify | Role::Until | Role::Health | Role::Condition | Role::Checklist | Role::Monitor
        )
    }

    /// What the command is called in a message.
    pub(super) fn noun(self) -> &'static str {
        match self {
            Role::Verify => "verification",
            Role::Health => "health check",
            Role::Condition | Role::Until | Role::Checklist | Role::Monitor => "check",
            Role::Run | Role::Undo | Role::Other => "command",
        }
    }
}

/// The commands of a rule set.
#[derive(Debug)]
pub(super) struct Commands<'a> {
    /// What is written as a command, in order of the entities.
    pub(super) written: Vec<CommandText<'a>>,
    /// What is written as a typed check, in the same order.
    pub(super) typed: Vec<CommandText<'a>>,
}

/// All commands and typed checks.
pub(super) fn collect<'a>(graph: &Graph<'a>) -> Commands<'a> {
    let commands = Commands { written: Vec::new(), typed: Vec::new() };
    let mut collector = Collector { graph, commands, component: None, starts: false, step: None };
    for (_, entity) in graph.entities() {
        collector.starts = starts::is_start(entity.id.rsplit('.').next().unwrap_or_default());
        collector.entity(entity.item);
    }
    collector.commands
}

struct Collector<'g, 'a> {
    graph: &'g Graph<'a>,
    commands: Commands<'a>,
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
                if let Some((asked, timeout)) = component.health.as_ref().and_then(|health| health.asked()) {
                    self.asked(asked, Role::Health, timeout.is_some());
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
                    if let Some(asked) = item.asked() {
                        self.asked(asked, Role::Checklist, item.timeout.is_some());
                    }
                }
            }
            Item::Alert(alert) => self.text(&alert.command, Role::Other),
            Item::Monitor(monitor) => {
                if let Some(asked) = monitor.asked() {
                    self.asked(asked, Role::Monitor, monitor.timeout.is_some());
                }
            }
            Item::Timeline(timeline) => {
                self.conditions(timeline.preconditions.iter().chain(timeline.postconditions.iter()));
                self.conditions(timeline.checkpoints.iter().flat_map(|checkpoint| checkpoint.require.iter()));
            }
            Item::Goal(_)
            | Item::Stakeholder(_)
            | Item::Environment(_)
            | Item::Resource(_)
            | Item::Setting(_)
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
        if let Some(probe) = &step.probe {
            self.add(probe.at, &probe.value, Role::Other, step.timeout.is_some());
        }
        self.verify(step.verify.as_ref());
        self.optional(step.undo.as_ref(), Role::Undo);
        if let Some(repeat) = &step.repeat {
            self.until(&repeat.until);
        }
        for remedy in &step.remedies {
            if let Some(run) = &remedy.run
                && self.graph.lookup(&[EntityKind::Procedure], run) == Lookup::Nothing
            {
                self.text(run, Role::Other);
            }
        }
        let called = &[EntityKind::Action, EntityKind::Procedure];
        if let Some(fallback) = &step.fallback
            && self.graph.lookup(called, fallback) == Lookup::Nothing
        {
            self.text(fallback, Role::Other);
        }
        self.step = None;
    }

    fn action(&mut self, action: &'a Action) {
        self.add(action.command.at, &action.command.value, Role::Run, action.timeout.is_some());
        self.verify(action.verify.as_ref());
        self.optional(action.undo.as_ref(), Role::Undo);
    }

    fn verify(&mut self, verify: Option<&'a Spanned<Verify>>) {
        if let Some(polling) = verify.and_then(|verify| verify.polling()) {
            self.asked(polling.asked, Role::Verify, polling.timeout.is_some());
        }
    }

    fn until(&mut self, until: &'a Spanned<Until>) {
        match &until.value {
            Until::Text(text) => self.add(until.at, text, Role::Until, false),
            Until::Object(bound) => {
                if let Some(command) = &bound.command {
                    self.add(command.at, &command.value, Role::Until, bound.timeout.is_some());
                }
            }
        }
    }

    fn conditions(&mut self, conditions: impl Iterator<Item = &'a Spanned<Condition>>) {
        for condition in conditions {
            match condition.value.kind() {
                Some(ConditionKind::Check { command, timeout }) => {
                    self.add(command.at, &command.value, Role::Condition, timeout.is_some());
                }
                Some(ConditionKind::Probe { probe, .. }) => self.typed(probe, Role::Condition),
                _ => {}
            }
        }
    }

    fn decision_condition(&mut self, condition: &'a Spanned<DecisionCondition>) {
        if let TextOr::Object(bound) = &condition.value
            && let Some(asked) = bound.asked()
        {
            self.asked(asked, Role::Condition, bound.timeout.is_some());
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

    fn asked(&mut self, asked: Asked<'a>, role: Role, limited: bool) {
        match asked {
            Asked::Command(text, at) => self.add(at, text, role, limited),
            Asked::Probe(probe) => self.typed(probe, role),
        }
    }

    /// A typed check; what connects to a database is a command, too.
    fn typed(&mut self, probe: Probe<'a>, role: Role) {
        let text = match &probe {
            Probe::Http { url, .. } => &url.value,
            Probe::Tcp(endpoint) => &endpoint.value.0,
            Probe::Process(Spanned { value: TextOr::Text(name), .. }) => name,
            Probe::Process(Spanned { value: TextOr::Object(file), .. }) => &file.pidfile.value,
            Probe::File(facts) => &facts.path.value,
            Probe::Database(database) => {
                self.add(database.command.at, &database.command.value, role, true);
                if let Some(added) = self.commands.written.last_mut() {
                    added.query = Some(&database.query);
                }
                return;
            }
        };
        let at = match &probe {
            Probe::Process(Spanned { value: TextOr::Object(file), .. }) => file.pidfile.at,
            _ => probe.at(),
        };
        let (component, starts, step) = (self.component, self.starts, self.step);
        let (parsed, probe, limited) = (Ok(List { items: Vec::new() }), Some(probe), true);
        let check =
            CommandText { at, text, role, limited, component, starts, step, parsed, probe, query: None };
        self.commands.typed.push(check);
    }

    fn add(&mut self, at: At, text: &'a str, role: Role, limited: bool) {
        let (parsed, probe, query) = (command::parse(text), None, None);
        let (component, starts, step) = (self.component, self.starts, self.step);
        let command = CommandText { at, text, role, limited, component, starts, step, parsed, probe, query };
        self.commands.written.push(command);
    }
}
