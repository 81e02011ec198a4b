//! What changes if something does: everything that refers to it, directly or through others.
//!
//! References are those of the graph, and those that expressions make: what a rule decides is read by `when`.

use std::collections::{BTreeMap, VecDeque};

use petgraph::graph::NodeIndex;
use rustc_hash::FxHashMap;
use serde::Serialize;

use super::chain::above;
use super::{Place, Thing, place};
use crate::expr;
use crate::graph::{EdgeKind, EntityKind, Graph, Item};
use crate::model::{At, Text};

/// What a change reaches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Impact {
    /// What would change.
    pub of: Thing,
    /// What that reaches, by kind, and the nearest first.
    pub affected: Vec<Affected>,
    /// The procedures and decisions among that: their plans are to be compiled again.
    pub plans: Vec<String>,
    /// The goals that it serves, by id.
    pub goals: Vec<Thing>,
}

/// Something that a change reaches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Affected {
    /// The thing.
    #[serde(flatten)]
    pub thing: Thing,
    /// How many references away it is, from 1.
    pub distance: usize,
    /// What it is to the thing that reaches it: `uses`, `satisfies`.
    pub relation: &'static str,
    /// That thing, as `kind:id`.
    pub through: String,
    /// Where the reference stands.
    pub said_at: Place,
}

/// What a change to something reaches, at most so many references away.
#[must_use]
pub fn impact(graph: &Graph<'_>, of: NodeIndex, depth: Option<usize>) -> Impact {
    let readers = readers(graph);
    let mut reached: FxHashMap<NodeIndex, (usize, NodeIndex, &'static str, At)> = FxHashMap::default();
    let mut queue = VecDeque::from([(of, 0)]);
    while let Some((index, distance)) = queue.pop_front() {
        if depth.is_some_and(|depth| distance >= depth) {
            continue;
        }
        for (from, relation, at) in touched(graph, index, &readers) {
            if from != of && !reached.contains_key(&from) {
                reached.insert(from, (distance + 1, index, relation, at));
                queue.push_back((from, distance + 1));
            }
        }
    }
    let mut all: Vec<_> = reached.into_iter().collect();
    all.sort_by_key(|(index, (distance, ..))| (graph.entity(*index).kind, *distance, *index));
    let plans =
        all.iter().map(|(index, _)| *index).chain([of]).filter(|index| {
            [EntityKind::Procedure, EntityKind::Decision].contains(&graph.entity(*index).kind)
        });
    let mut plans: Vec<NodeIndex> = plans.collect();
    plans.sort_unstable();
    let affected = all.iter().map(|(index, (distance, through, relation, at))| Affected {
        thing: Thing::new(graph, *index),
        distance: *distance,
        relation,
        through: format!("{}:{}", graph.entity(*through).kind.name(), graph.entity(*through).id),
        said_at: place(graph, *at),
    });
    Impact {
        of: Thing::new(graph, of),
        affected: affected.collect(),
        plans: plans.into_iter().map(|index| graph.entity(index).id.to_string()).collect(),
        goals: goals(graph, of),
    }
}

/// The goals that something serves, in order of the source.
fn goals(graph: &Graph<'_>, of: NodeIndex) -> Vec<Thing> {
    let (mut seen, mut queue) = (std::collections::BTreeSet::from([of]), vec![of]);
    while let Some(index) = queue.pop() {
        queue.extend(above(graph, index).into_iter().map(|(to, ..)| to).filter(|to| seen.insert(*to)));
    }
    seen.remove(&of);
    let goals = seen.into_iter().filter(|index| graph.entity(*index).kind == EntityKind::Goal);
    goals.map(|index| Thing::new(graph, index)).collect()
}

/// What refers to something, and what it has that is the same thing in part.
fn touched(
    graph: &Graph<'_>,
    index: NodeIndex,
    readers: &BTreeMap<&str, Vec<(NodeIndex, At)>>,
) -> Vec<(NodeIndex, &'static str, At)> {
    let entity = graph.entity(index);
    let mut touched: Vec<_> =
        graph.referrers(index).map(|(edge, from)| (from, edge.kind.name(), edge.at)).collect();
    if [EntityKind::Component, EntityKind::Goal].contains(&entity.kind) {
        let has = graph.references(index).filter(|(edge, _)| edge.kind == EdgeKind::Has);
        touched.extend(has.map(|(edge, to)| (to, "belongs to", edge.at)));
    }
    if let Item::Rule(rule, _) = entity.item {
        let reading = readers.get(rule.action.target.as_str()).into_iter().flatten();
        touched.extend(reading.map(|(reader, at)| (*reader, "reads what is decided by", *at)));
    }
    touched
}

/// The steps and decisions whose expressions read `decisions.NAME`, by that name.
fn readers<'g>(graph: &'g Graph<'_>) -> BTreeMap<&'g str, Vec<(NodeIndex, At)>> {
    let mut targets: BTreeMap<&str, Vec<(NodeIndex, At)>> = BTreeMap::new();
    for (_, entity) in graph.of_kind(EntityKind::Rule) {
        if let Item::Rule(rule, _) = entity.item {
            targets.entry(rule.action.target.as_str()).or_default();
        }
    }
    if targets.is_empty() {
        return targets;
    }
    for (index, entity) in graph.entities() {
        let texts: Vec<&Text> = match entity.item {
            Item::Step(step, _) => step.when.iter().collect(),
            Item::Decision(decision) => {
                decision.conditions.iter().filter_map(|it| it.value.object()?.when.as_ref()).collect()
            }
            _ => Vec::new(),
        };
        for text in texts {
            let Ok(expr) = expr::parse(text) else { continue };
            for name in expr::free_names(&expr) {
                if let [root, target, ..] = name.path.as_slice()
                    && root == "decisions"
                    && let Some(readers) = targets.get_mut(target.as_str())
                {
                    readers.push((index, text.at));
                }
            }
        }
    }
    targets
}
