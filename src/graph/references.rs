//! Where references lead: an edge for each, or a finding.

use petgraph::graph::NodeIndex;
use rustc_hash::FxHashSet;

use super::entity::{EdgeKind, EntityKind, Item};
use super::symbols::Lookup;
use super::{Graph, rules};
use crate::diagnostic::Diagnostic;
use crate::model::{
    At, Component, Condition, ConditionKind, Decision, Input, Layer, LayerId, List, Map, Procedure, Reaction,
    Requirement, Spanned, Step, StepKind, Text, Texts, Timeline, Units, UntilKind,
};

/// How many findings get a suggestion: looking for the nearest name costs a walk over all of them.
const SUGGESTIONS: usize = 200;

/// An action that nothing is called, and the component that it should be one of.
type Unbound = (Text, Option<NodeIndex>);

const BIND_HELP: &str = "declare it under `actions` of L5, or name a procedure";
const PROCEDURE: &[EntityKind] = &[EntityKind::Procedure];
const ACTION: &[EntityKind] = &[EntityKind::Action];
const ACTION_OR_PROCEDURE: &[EntityKind] = &[EntityKind::Action, EntityKind::Procedure];
const COMPONENT: &[EntityKind] = &[EntityKind::Component];
const ENVIRONMENT: &[EntityKind] = &[EntityKind::Environment];
const SETTING: &[EntityKind] = &[EntityKind::Setting];
const ALERT: &[EntityKind] = &[EntityKind::Alert];
/// The alert that is there without being declared: it is written to standard error.
const DEFAULT_ALERT: &str = "default";
const METRIC: &[EntityKind] = &[EntityKind::Metric];
const ROLE: &[EntityKind] = &[EntityKind::Role];
const SERVED: &[EntityKind] = &[
    EntityKind::Goal,
    EntityKind::Requirement,
    EntityKind::Assumption,
    EntityKind::Risk,
    EntityKind::Constraint,
    EntityKind::Rule,
    EntityKind::Decision,
    EntityKind::Procedure,
    EntityKind::Monitor,
    EntityKind::Timeline,
];

/// Draws the edges of all references.
pub(super) fn resolve(graph: &mut Graph<'_>) -> Vec<Diagnostic> {
    let roles_are_declared = graph.of_kind(EntityKind::Role).next().is_some();
    let served = graph.procedures().flat_map(|(_, procedure)| &procedure.satisfies);
    let served = served.filter_map(|reference| match graph.lookup(SERVED, reference) {
        Lookup::One(to) => Some(to),
        _ => None,
    });
    let served = served.collect();
    let indices: Vec<NodeIndex> = graph.nodes.node_indices().collect();
    let mut resolver =
        Resolver { graph, found: Vec::new(), suggestions: SUGGESTIONS, roles_are_declared, served };
    for index in indices {
        resolver.entity(index);
    }
    resolver.flows();
    resolver.found
}

struct Resolver<'g, 'a> {
    graph: &'g mut Graph<'a>,
    found: Vec<Diagnostic>,
    suggestions: usize,
    roles_are_declared: bool,
    /// What procedures satisfy.
    served: FxHashSet<NodeIndex>,
}

impl<'a> Resolver<'_, 'a> {
    fn entity(&mut self, index: NodeIndex) {
        match self.graph.nodes[index].item {
            Item::Goal(goal) => {
                self.satisfies(index, &goal.satisfies, LayerId::L1);
                self.owner(index, goal.owner.as_ref());
                for criterion in goal.success_criteria.iter().filter_map(|it| it.value.object()) {
                    self.optional(index, EdgeKind::Requires, criterion.metric.as_ref(), METRIC);
                }
            }
            Item::Component(component) => self.component(index, component),
            Item::Environment(environment) => {
                self.optional(index, EdgeKind::Extends, environment.extends.as_ref(), ENVIRONMENT);
            }
            Item::Setting(setting) => {
                self.optional(index, EdgeKind::Requires, setting.port_of.as_ref(), COMPONENT);
            }
            Item::Requirement(Spanned { value: Requirement { satisfies, .. }, .. }) => {
                self.satisfies(index, satisfies, LayerId::L2);
            }
            Item::Assumption(assumption) => self.satisfies(index, &assumption.satisfies, LayerId::L2),
            Item::Risk(risk) => {
                self.satisfies(index, &risk.satisfies, LayerId::L2);
                for procedure in &risk.mitigated_by {
                    self.refer(index, EdgeKind::MitigatedBy, procedure, PROCEDURE);
                }
            }
            Item::Constraint(own) => self.satisfies(index, &own.constraint.satisfies, LayerId::L3),
            Item::Rule(rule, layer) => self.satisfies(index, &rule.satisfies, layer),
            Item::Decision(decision) => self.decision(index, decision),
            Item::Procedure(procedure) => self.procedure(index, procedure),
            Item::Step(step, _) => self.step(index, step),
            Item::Monitor(monitor) => {
                self.satisfies(index, &monitor.satisfies, LayerId::L5);
                self.optional(index, EdgeKind::Requires, monitor.metric.as_ref(), METRIC);
                self.reaction(index, monitor.on_breach.as_ref().map(|it| &it.value));
            }
            Item::Timeline(timeline) => self.timeline(index, timeline),
            Item::Action(action, _) => self.resources(index, &action.resources),
            Item::Metric(..)
            | Item::Stakeholder(_)
            | Item::Resource(_)
            | Item::Checklist(_)
            | Item::Alert(_)
            | Item::Name => {}
        }
    }

    fn component(&mut self, index: NodeIndex, component: &'a Component) {
        for dependency in &component.dependencies {
            let kinds = &[EntityKind::Component, EntityKind::External];
            match self.graph.lookup(kinds, dependency) {
                Lookup::One(to) => self.graph.connect(index, to, EdgeKind::Needs, dependency.at),
                Lookup::Many(several) => self.ambiguous(dependency, &several),
                Lookup::Nothing if self.graph.nearest(kinds, dependency).is_some() => {
                    self.unresolved(dependency, kinds);
                }
                Lookup::Nothing => self.undeclared_external(dependency),
            }
        }
    }

    fn decision(&mut self, index: NodeIndex, decision: &'a Decision) {
        self.satisfies(index, &decision.satisfies, LayerId::L4);
        let mut unbound = Vec::new();
        for action in &decision.actions {
            let Some(service) = &action.service else {
                unbound.extend(self.bind(index, EdgeKind::Uses, &action.action, ACTION_OR_PROCEDURE));
                continue;
            };
            if let Some(component) = self.refer(index, EdgeKind::Needs, service, COMPONENT) {
                let id = format!("{}.{}", self.graph.entity(component).id, action.action.value);
                match self.graph.lookup(ACTION, &id) {
                    Lookup::One(to) => self.graph.connect(index, to, EdgeKind::Uses, action.action.at),
                    _ => unbound.push((action.action.clone(), Some(component))),
                }
            }
        }
        if let Some(fallback) = decision.rollback.as_ref().and_then(|rollback| rollback.on_failure.as_ref()) {
            unbound.extend(self.bind(index, EdgeKind::RollsBackTo, fallback, ACTION_OR_PROCEDURE));
        }
        // What nothing carries out is a finding of its own.
        if self.served.contains(&index) || !self.graph.is_bound_to_nothing(index) {
            self.unbound(&decision.id, &unbound);
        }
    }

    fn procedure(&mut self, index: NodeIndex, procedure: &'a Procedure) {
        self.satisfies(index, &procedure.satisfies, LayerId::L5);
        self.conditions(index, &procedure.preconditions);
        self.conditions(index, &procedure.postconditions);
        self.optional(index, EdgeKind::RollsBackTo, procedure.rollback_procedure.as_ref(), PROCEDURE);
        self.inputs(index, &procedure.inputs);
        for role in procedure.approval.iter().flat_map(|approval| &approval.value.roles) {
            self.owner(index, Some(role));
        }
    }

    fn inputs(&mut self, index: NodeIndex, inputs: &'a [Spanned<Input>]) {
        for input in inputs {
            self.optional(index, EdgeKind::Requires, input.setting.as_ref(), SETTING);
        }
    }

    fn step(&mut self, index: NodeIndex, step: &'a Step) {
        self.satisfies(index, &step.satisfies, LayerId::L5);
        self.owner(index, step.owner.as_ref());
        self.resources(index, &step.resources);
        match step.kind() {
            Some(StepKind::Uses(action)) => {
                self.refer(index, EdgeKind::Uses, action, ACTION);
            }
            Some(StepKind::Run(procedure)) => {
                self.refer(index, EdgeKind::Runs, procedure, PROCEDURE);
            }
            Some(StepKind::File(file)) => {
                let component = file.generated.as_ref().map(|generated| &generated.component);
                self.optional(index, EdgeKind::Requires, component, COMPONENT);
            }
            _ => {}
        }
        match step.repeat.as_ref().and_then(|repeat| repeat.until.value.kind()) {
            Some(UntilKind::Metric(name)) => drop(self.refer(index, EdgeKind::Requires, name, METRIC)),
            Some(UntilKind::Health(name)) => drop(self.refer(index, EdgeKind::Requires, name, COMPONENT)),
            Some(UntilKind::Command(..)) | None => {}
        }
        for remedy in &step.remedies {
            // A remedy runs a command or a procedure: what no procedure is called is a command.
            if let Some(run) = &remedy.run
                && let Lookup::One(to) = self.graph.lookup(PROCEDURE, run)
            {
                self.graph.connect(index, to, EdgeKind::Runs, run.at);
            }
        }
        self.fallback(index, step);
        self.optional(index, EdgeKind::Needs, step.circuit_breaker.as_ref(), COMPONENT);
    }

    /// What no action and no procedure is called is a command, but for what names a component.
    fn fallback(&mut self, index: NodeIndex, step: &'a Step) {
        let Some(fallback) = &step.fallback else { return };
        match self.graph.lookup(ACTION_OR_PROCEDURE, fallback) {
            Lookup::One(to) => {
                let is_action = self.graph.entity(to).kind == EntityKind::Action;
                let edge = if is_action { EdgeKind::Uses } else { EdgeKind::Runs };
                self.graph.connect(index, to, edge, fallback.at);
            }
            Lookup::Many(several) => self.ambiguous(fallback, &several),
            Lookup::Nothing => {
                let component = fallback.split_once('.').map(|(component, _)| component);
                let is_named = |name| matches!(self.graph.lookup(COMPONENT, name), Lookup::One(_));
                if component.is_some_and(is_named) && !fallback.contains(char::is_whitespace) {
                    self.unresolved(fallback, ACTION);
                }
            }
        }
    }

    fn resources(&mut self, index: NodeIndex, taken: &'a Map<Units>) {
        for entry in taken {
            self.refer(index, EdgeKind::Takes, &entry.name, &[EntityKind::Resource]);
        }
    }

    fn timeline(&mut self, index: NodeIndex, timeline: &'a Timeline) {
        self.satisfies(index, &timeline.satisfies, LayerId::L5);
        self.conditions(index, &timeline.preconditions);
        self.conditions(index, &timeline.postconditions);
        self.optional(index, EdgeKind::RollsBackTo, timeline.rollback_procedure.as_ref(), PROCEDURE);
        for task in timeline.phases.iter().flat_map(|phase| &phase.tasks) {
            self.refer(index, EdgeKind::Runs, &task.run, PROCEDURE);
            self.owner(index, task.owner.as_ref());
        }
        self.inputs(index, &timeline.inputs);
        for task in &timeline.finally {
            self.refer(index, EdgeKind::Runs, &task.run, PROCEDURE);
            self.owner(index, task.owner.as_ref());
        }
        for checkpoint in &timeline.checkpoints {
            self.conditions(index, &checkpoint.require);
            self.reaction(index, checkpoint.on_pass.as_ref().map(|it| &it.value));
            if let Some(procedure) = checkpoint.repair() {
                self.refer(index, EdgeKind::Runs, &procedure, PROCEDURE);
            }
            self.alert(index, checkpoint.miss_alert());
        }
    }

    fn reaction(&mut self, index: NodeIndex, reaction: Option<&'a Reaction>) {
        if let Some(reaction) = reaction {
            self.optional(index, EdgeKind::Runs, reaction.run.as_ref(), PROCEDURE);
            self.alert(index, reaction.alert.as_ref());
        }
    }

    fn alert(&mut self, index: NodeIndex, alert: Option<&Text>) {
        // An alert that nobody has given a command is written down all the same.
        let is_given = |alert: &&Text| {
            alert.value != DEFAULT_ALERT || self.graph.lookup(ALERT, alert) != Lookup::Nothing
        };
        self.optional(index, EdgeKind::Alerts, alert.filter(is_given), ALERT);
    }

    fn conditions(&mut self, index: NodeIndex, conditions: &'a List<Condition>) {
        for condition in conditions {
            match condition.kind() {
                Some(ConditionKind::Checklist(name)) => {
                    self.refer(index, EdgeKind::Requires, name, &[EntityKind::Checklist]);
                }
                Some(ConditionKind::Metric(name)) => {
                    self.refer(index, EdgeKind::Requires, name, METRIC);
                }
                Some(ConditionKind::Health(name)) => {
                    self.refer(index, EdgeKind::Requires, name, COMPONENT);
                }
                Some(ConditionKind::Prose(_) | ConditionKind::Check { .. } | ConditionKind::Probe { .. })
                | None => {}
            }
        }
    }

    /// The edges of data flows, which are no entities themselves.
    fn flows(&mut self) {
        let rules = self.graph.rules;
        for loaded in rules.files() {
            let Layer::Understanding(understanding) = &loaded.document.body else { continue };
            let flows = understanding.context.as_ref().and_then(|context| context.data_flow.as_ref());
            for flow in flows.iter().flat_map(|data_flow| &data_flow.flows) {
                let ends = &[EntityKind::Component, EntityKind::External];
                let from = self.find(&flow.from, ends);
                // `*` is every component.
                let to = match flow.to.value.as_str() {
                    "*" => None,
                    to if to.to_lowercase().starts_with("all ") => {
                        self.everybody(&flow.to);
                        None
                    }
                    _ => self.find(&flow.to, ends),
                };
                if let Some(from) = from {
                    self.graph.targets.insert(flow.from.at, from);
                    if let Some(to) = to {
                        self.graph.connect(from, to, EdgeKind::FlowsTo, flow.to.at);
                    }
                }
            }
        }
    }

    /// A flow to "all components", which has a spelling of its own.
    fn everybody(&mut self, to: &Text) {
        if self.graph.lookup(COMPONENT, to) == Lookup::Nothing {
            let message = format!("no component or external is called `{}`", to.value);
            let found =
                Diagnostic::new(&rules::UNRESOLVED_REFERENCE, self.graph.rules.location(to.at), message);
            self.found.push(found.help("a flow to every component is written `*`"));
        }
    }

    fn satisfies(&mut self, index: NodeIndex, served: &'a Texts, own: LayerId) {
        for reference in served {
            let Some(to) = self.refer(index, EdgeKind::Satisfies, reference, SERVED) else { continue };
            let target = self.graph.entity(to);
            let Some(layer) = self.graph.rules.file(target.at.file).map(|file| file.layer) else { continue };
            if layer >= own {
                let message = format!(
                    "{} `{}` is of layer {layer}; what {own} satisfies stands in an earlier layer",
                    target.kind.name(),
                    target.id
                );
                self.found.push(
                    Diagnostic::new(
                        &rules::UPWARD_REFERENCE,
                        self.graph.rules.location(reference.at),
                        message,
                    )
                    .related(self.graph.rules.location(target.at), "declared here")
                    .help(
                        "each layer rests only on those before it: turn the reference round or leave it out",
                    ),
                );
            }
        }
    }

    fn owner(&mut self, index: NodeIndex, owner: Option<&'a Text>) {
        let Some(owner) = owner.filter(|_| self.roles_are_declared) else { return };
        match self.graph.lookup(ROLE, owner) {
            Lookup::One(to) => self.graph.connect(index, to, EdgeKind::OwnedBy, owner.at),
            _ => self.unknown_role(owner),
        }
    }

    fn optional(&mut self, index: NodeIndex, edge: EdgeKind, text: Option<&Text>, kinds: &[EntityKind]) {
        if let Some(text) = text {
            self.refer(index, edge, text, kinds);
        }
    }

    fn refer(
        &mut self,
        from: NodeIndex,
        edge: EdgeKind,
        text: &Text,
        kinds: &[EntityKind],
    ) -> Option<NodeIndex> {
        let to = self.find(text, kinds)?;
        self.graph.connect(from, to, edge, text.at);
        Some(to)
    }

    /// Like `refer`, but gives what nothing is called back: an action that is bound to nothing yet.
    fn bind(
        &mut self,
        from: NodeIndex,
        edge: EdgeKind,
        text: &Text,
        kinds: &[EntityKind],
    ) -> Option<Unbound> {
        match self.graph.lookup(kinds, text) {
            Lookup::One(to) => self.graph.connect(from, to, edge, text.at),
            Lookup::Many(several) => self.ambiguous(text, &several),
            Lookup::Nothing => return Some((text.clone(), None)),
        }
        None
    }

    /// One finding for all actions of a decision that nothing carries out.
    fn unbound(&mut self, decision: &Text, unbound: &[Unbound]) {
        let Some(((first, component), others)) = unbound.split_first() else { return };
        let rules = self.graph.rules;
        let message = match others.len() {
            0 => format!("`{}` of `{}` is bound to nothing that runs", first.value, decision.value),
            1 => format!(
                "`{}` and another action of `{}` are bound to nothing that runs",
                first.value, decision.value
            ),
            more => format!(
                "`{}` and {more} other actions of `{}` are bound to nothing that runs",
                first.value, decision.value
            ),
        };
        let mut found = Diagnostic::new(&rules::ACTION_UNBOUND, rules.location(first.at), message);
        for (action, _) in others {
            found = found.related(rules.location(action.at), "nor is this one");
        }
        let component = component.map(|index| self.graph.entity(index).id.to_string());
        let found = match (component, others.is_empty()) {
            (Some(component), true) => {
                found.help(format!("declare `{}` under `actions` of component `{component}`", first.value))
            }
            (Some(_), false) => found.help("declare them under `actions` of their components, or of L5"),
            (None, true) => self.suggest(found, first, ACTION_OR_PROCEDURE, BIND_HELP),
            (None, false) => found.help(BIND_HELP),
        };
        self.found.push(found);
    }

    fn find(&mut self, text: &Text, kinds: &[EntityKind]) -> Option<NodeIndex> {
        match self.graph.lookup(kinds, text) {
            Lookup::One(to) => return Some(to),
            Lookup::Many(several) => self.ambiguous(text, &several),
            Lookup::Nothing => self.unresolved(text, kinds),
        }
        None
    }

    fn unresolved(&mut self, text: &Text, kinds: &[EntityKind]) {
        let what = match kinds {
            kinds if kinds.len() > 3 => "thing of an earlier layer".to_owned(),
            kinds => kinds.iter().map(|kind| kind.name()).collect::<Vec<_>>().join(" or "),
        };
        let location = self.graph.rules.location(text.at);
        let found = Diagnostic::new(
            &rules::UNRESOLVED_REFERENCE,
            location,
            format!("no {what} is called `{}`", text.value),
        );
        let found = match self.graph.lookup(&EntityKind::ALL, text) {
            Lookup::One(other) => {
                let other = self.graph.entity(other);
                let place = self.graph.rules.location(other.at);
                let found = found.related(place, format!("there is a {} of that name", other.kind.name()));
                found.help(format!("a {what} is expected here"))
            }
            _ => self.suggest(found, text, kinds, &format!("declare the {what}, or correct the name")),
        };
        self.found.push(found);
    }

    fn suggest(
        &mut self,
        found: Diagnostic,
        text: &Text,
        kinds: &[EntityKind],
        otherwise: &str,
    ) -> Diagnostic {
        if self.suggestions == 0 {
            return found.help(otherwise);
        }
        self.suggestions -= 1;
        match self.graph.nearest(kinds, text) {
            Some((name, entity)) => {
                let place = self.graph.rules.location(entity.at);
                found
                    .related(place, format!("`{name}` is declared here"))
                    .help(format!("did you mean `{name}`?"))
            }
            None => found.help(otherwise),
        }
    }

    fn ambiguous(&mut self, text: &Text, several: &[NodeIndex]) {
        let message = format!("`{}` may mean {} things", text.value, several.len());
        let location = self.graph.rules.location(text.at);
        let mut found = Diagnostic::new(&rules::AMBIGUOUS_REFERENCE, location, message);
        let mut spellings = Vec::new();
        for index in several.iter().take(4) {
            let entity = self.graph.entity(*index);
            let spelling = format!("`{}:{}`", entity.kind.name(), entity.id);
            found =
                found.related(self.graph.rules.location(entity.at), format!("{spelling} is declared here"));
            spellings.push(spelling);
        }
        self.found.push(found.help(format!("write {}", spellings.join(" or "))));
    }

    fn undeclared_external(&mut self, text: &Text) {
        let message = format!("`{}` is neither a component nor declared as external", text.value);
        self.found.push(
            Diagnostic::new(&rules::UNDECLARED_EXTERNAL, self.graph.rules.location(text.at), message).help(
                format!("add `{}` to `external` of the project structure, if it is outside", text.value),
            ),
        );
    }

    fn unknown_role(&mut self, owner: &Text) {
        let message = format!("no stakeholder or role is called `{}`", owner.value);
        let found = Diagnostic::new(&rules::UNKNOWN_ROLE, self.graph.rules.location(owner.at), message);
        let known: Vec<&str> =
            self.graph.of_kind(EntityKind::Role).map(|(_, role)| role.id.as_ref()).collect();
        let known = known.iter().take(8).map(|role| format!("`{role}`")).collect::<Vec<_>>().join(", ");
        let place: Option<At> = self.graph.of_kind(EntityKind::Role).next().map(|(_, role)| role.at);
        let found = match place.filter(|_| self.graph.nearest(ROLE, owner).is_none()) {
            Some(at) => found.related(self.graph.rules.location(at), "roles are declared here"),
            None => found,
        };
        let found = self.suggest(found, owner, ROLE, &format!("declared are {known}"));
        self.found.push(found);
    }
}
