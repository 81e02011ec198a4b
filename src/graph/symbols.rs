//! Who is who: collects every entity of the rule set, by kind, id and name.

use std::borrow::Cow;
use std::collections::hash_map::Entry as HashEntry;

use petgraph::graph::{DiGraph, NodeIndex};
use rustc_hash::FxHashMap;

use super::entity::{Edge, EdgeKind, Entity, EntityKind, Item};
use super::rules::DUPLICATE_ID;
use crate::diagnostic::Diagnostic;
use crate::model::{At, Layer, Loaded, Procedure, RuleSet, Spanned, Text, TextOr};
use crate::scalar::{Reference, nearest};

/// Ids and names of all entities.
#[derive(Debug, Default)]
pub(super) struct Symbols<'a> {
    ids: FxHashMap<(EntityKind, Cow<'a, str>), NodeIndex>,
    /// Names, and short forms of ids: the metric `latency` of goal G1 is `G1.latency`, and `latency` for short.
    names: FxHashMap<(EntityKind, &'a str), Vec<NodeIndex>>,
    /// Every id and name in order of the source, to suggest from.
    known: Vec<(EntityKind, Cow<'a, str>, NodeIndex)>,
}

/// What looking up a reference gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lookup {
    /// One entity.
    One(NodeIndex),
    /// Several: the reference does not say which.
    Many(Vec<NodeIndex>),
    /// Nothing has that id or name.
    Nothing,
}

impl Symbols<'_> {
    pub(super) fn lookup(&self, kinds: &[EntityKind], text: &str) -> Lookup {
        // Most references don't name a kind, and there are many of them.
        let reference =
            text.contains(':').then(|| Reference::parse(text, &EntityKind::ALL.map(EntityKind::name)));
        let named = reference.as_ref().and_then(|it| it.kind.as_deref()).and_then(EntityKind::of_name);
        let name = reference.as_ref().map_or(text, |it| it.name.as_str());
        let kinds = || kinds.iter().copied().filter(|kind| named.is_none_or(|named| named == *kind));
        let mut found: Vec<NodeIndex> =
            kinds().filter_map(|kind| self.ids.get(&(kind, Cow::Borrowed(name)))).copied().collect();
        if found.is_empty() {
            found = kinds().filter_map(|kind| self.names.get(&(kind, name))).flatten().copied().collect();
        }
        match found[..] {
            [] => Lookup::Nothing,
            [one] => Lookup::One(one),
            _ => Lookup::Many(found),
        }
    }

    pub(super) fn nearest(&self, kinds: &[EntityKind], text: &str) -> Option<(&str, NodeIndex)> {
        let candidates = || self.known.iter().filter(|(kind, ..)| kinds.contains(kind));
        let name = nearest(text, candidates().map(|(_, name, _)| name.as_ref()))?;
        candidates().find(|(_, known, _)| known == name).map(|(_, known, index)| (known.as_ref(), *index))
    }
}

/// All entities of the rule set as nodes, with the edges from owners to what they have.
pub(super) fn collect<'a>(
    rules: &'a RuleSet,
    nodes: &mut DiGraph<Entity<'a>, Edge>,
) -> (Symbols<'a>, Vec<Diagnostic>) {
    let mut collector = Collector { rules, nodes, symbols: Symbols::default(), found: Vec::new() };
    for loaded in rules.files() {
        collector.file(loaded);
    }
    (collector.symbols, collector.found)
}

struct Collector<'a, 'g> {
    rules: &'a RuleSet,
    nodes: &'g mut DiGraph<Entity<'a>, Edge>,
    symbols: Symbols<'a>,
    found: Vec<Diagnostic>,
}

impl<'a> Collector<'a, '_> {
    fn file(&mut self, loaded: &'a Loaded) {
        for rule in &loaded.document.header.rules {
            self.add(EntityKind::Rule, &rule.id, None, Item::Rule(rule, loaded.layer));
        }
        match &loaded.document.body {
            Layer::Goals(goals) => self.goals(goals),
            Layer::Understanding(understanding) => self.understanding(understanding),
            Layer::Constraints(constraints) => self.constraints(constraints),
            Layer::Decisions(decisions) => {
                for decision in &decisions.decision_rules {
                    self.add(
                        EntityKind::Decision,
                        &decision.id,
                        decision.name.as_ref(),
                        Item::Decision(decision),
                    );
                }
            }
            Layer::Execution(execution) => self.execution(execution),
        }
    }

    fn goals(&mut self, goals: &'a crate::model::Goals) {
        for goal in &goals.goals {
            let owner = self.add(EntityKind::Goal, &goal.id, goal.name.as_ref(), Item::Goal(goal));
            for metric in &goal.metrics {
                let id = format!("{}.{}", goal.id.value, metric.name.value);
                let item = Item::Metric(&metric.value, goal);
                let index = self.add_part(owner, EntityKind::Metric, id, &metric.name, item);
                self.short(EntityKind::Metric, &metric.name.value, index);
            }
        }
        for stakeholder in &goals.stakeholders {
            self.add(EntityKind::Role, &stakeholder.role, None, Item::Stakeholder(stakeholder));
        }
    }

    fn understanding(&mut self, understanding: &'a crate::model::Understanding) {
        if let Some(context) = &understanding.context {
            for setting in &context.settings {
                self.add(EntityKind::Setting, &setting.name, None, Item::Setting(setting));
            }
            for environment in &context.environments {
                let item = Item::Environment(&environment.value);
                self.add(EntityKind::Environment, &environment.name, None, item);
            }
            for resource in &context.resources {
                let item = Item::Resource(&resource.value);
                self.add(EntityKind::Resource, &resource.name, None, item);
            }
            if let Some(structure) = &context.project_structure {
                for external in &structure.external {
                    self.add(EntityKind::External, external, None, Item::Name);
                }
                for component in &structure.components {
                    let owner =
                        self.add(EntityKind::Component, &component.name, None, Item::Component(component));
                    for action in &component.actions {
                        let id = format!("{}.{}", component.name.value, action.name.value);
                        let item = Item::Action(&action.value, Some(component));
                        self.add_part(owner, EntityKind::Action, id, &action.name, item);
                    }
                }
            }
        }
        if let Some(requirements) = &understanding.requirements {
            for requirement in requirements.functional.iter().chain(requirements.non_functional.iter()) {
                self.add(EntityKind::Requirement, &requirement.id, None, Item::Requirement(requirement));
            }
        }
        for assumption in &understanding.assumptions {
            if let TextOr::Object(object) = &assumption.value {
                self.add(EntityKind::Assumption, &object.id, None, Item::Assumption(object));
            }
        }
        for risk in &understanding.risks {
            self.add(EntityKind::Risk, &risk.id, None, Item::Risk(risk));
        }
    }

    fn constraints(&mut self, constraints: &'a crate::model::Constraints) {
        let authorization =
            constraints.security_constraints.as_ref().and_then(|it| it.authorization.as_ref());
        for role in authorization
            .and_then(|it| it.roles.as_ref())
            .map(|roles| roles.value.iter())
            .into_iter()
            .flatten()
        {
            self.add(EntityKind::Role, role, None, Item::Name);
        }
        for own in &constraints.constraints.items {
            self.add(EntityKind::Constraint, &own.constraint.id, None, Item::Constraint(own));
        }
    }

    fn execution(&mut self, execution: &'a crate::model::Execution) {
        for procedure in &execution.procedures {
            self.procedure(procedure);
        }
        for action in &execution.actions {
            self.add(EntityKind::Action, &action.name, None, Item::Action(&action.value, None));
        }
        for checklist in &execution.checklists {
            self.add(EntityKind::Checklist, &checklist.name, None, Item::Checklist(&checklist.value));
        }
        for alert in &execution.alerts {
            self.add(EntityKind::Alert, &alert.name, None, Item::Alert(&alert.value));
        }
        for monitor in &execution.monitors {
            self.add(EntityKind::Monitor, &monitor.id, None, Item::Monitor(monitor));
        }
        for timeline in &execution.timelines {
            self.add(EntityKind::Timeline, &timeline.id, timeline.name.as_ref(), Item::Timeline(timeline));
        }
    }

    fn procedure(&mut self, procedure: &'a Spanned<Procedure>) {
        let owner = self.add(
            EntityKind::Procedure,
            &procedure.id,
            procedure.name.as_ref(),
            Item::Procedure(procedure),
        );
        // The steps of a procedure whose id is taken are not held against those of the one that has it.
        let is_first = self.symbols.ids.get(&(EntityKind::Procedure, Cow::Borrowed(&procedure.id.value)))
            == Some(&owner);
        for (prefix, steps) in [("", &procedure.steps), ("finally/", &procedure.finally)] {
            for step in steps {
                let Some(key) = step.key() else { continue };
                let id = format!("{}/{prefix}{}", procedure.id.value, key.value.0);
                let item = Item::Step(step, procedure);
                let index = if is_first {
                    self.put(EntityKind::Step, id.into(), key.at, item)
                } else {
                    self.nodes.add_node(Entity {
                        kind: EntityKind::Step,
                        id: id.into(),
                        name: None,
                        at: key.at,
                        item,
                    })
                };
                self.nodes[index].name = step.name.as_ref().map(|name| name.value.as_str());
                self.nodes.add_edge(owner, index, Edge { kind: EdgeKind::Has, at: key.at });
            }
        }
    }

    fn add(&mut self, kind: EntityKind, id: &'a Text, name: Option<&'a Text>, item: Item<'a>) -> NodeIndex {
        let index = self.put(kind, Cow::Borrowed(&id.value), id.at, item);
        if let Some(name) = name {
            self.nodes[index].name = Some(&name.value);
            self.short(kind, &name.value, index);
        }
        index
    }

    fn add_part(
        &mut self,
        owner: NodeIndex,
        kind: EntityKind,
        id: String,
        name: &'a Text,
        item: Item<'a>,
    ) -> NodeIndex {
        let index = self.put(kind, Cow::Owned(id), name.at, item);
        self.nodes.add_edge(owner, index, Edge { kind: EdgeKind::Has, at: name.at });
        index
    }

    fn short(&mut self, kind: EntityKind, name: &'a str, index: NodeIndex) {
        self.symbols.names.entry((kind, name)).or_default().push(index);
        self.symbols.known.push((kind, Cow::Borrowed(name), index));
    }

    fn put(&mut self, kind: EntityKind, id: Cow<'a, str>, at: At, item: Item<'a>) -> NodeIndex {
        let index = self.nodes.add_node(Entity { kind, id: id.clone(), name: None, at, item });
        // Metrics of one goal, actions of one component and items of one map are kept apart by their keys,
        // which `syntax` has looked at.
        match self.symbols.ids.entry((kind, id)) {
            HashEntry::Occupied(first) => {
                let first = &self.nodes[*first.get()];
                // A stakeholder's role is listed among the roles of L3 once more: it is one role.
                if kind != EntityKind::Role || matches!(item, Item::Name) == matches!(first.item, Item::Name)
                {
                    let duplicate = duplicate(self.rules, first, at);
                    self.found.push(duplicate);
                }
            }
            HashEntry::Vacant(place) => {
                self.symbols.known.push((kind, place.key().1.clone(), index));
                place.insert(index);
            }
        }
        index
    }
}

fn duplicate(rules: &RuleSet, first: &Entity<'_>, at: At) -> Diagnostic {
    let (kind, id) = (first.kind.name(), &first.id);
    let shown = id.rsplit('/').next().unwrap_or(id);
    Diagnostic::new(&DUPLICATE_ID, rules.location(at), format!("{kind} `{shown}` is declared twice"))
        .label("declared again")
        .related(rules.location(first.at), "first declared")
        .help(format!("give one of them another {}", if kind == "component" { "name" } else { "id" }))
}
