//! Upwards: why something is there, as the shortest chain from it to each goal that it serves.

use std::collections::VecDeque;

use petgraph::graph::NodeIndex;
use rustc_hash::FxHashMap;
use serde::Serialize;

use super::{Place, Thing, place};
use crate::graph::{EdgeKind, EntityKind, Graph, Item};
use crate::model::At;
use crate::plan::gate;
use crate::plan::settings::{Effective, Known, one};

/// Why something is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Why {
    /// What is asked about.
    pub of: Thing,
    /// A chain to each goal, the shortest first.
    pub chains: Vec<Chain>,
    /// Where no goal is reached: how far it goes, to what nothing else is said of.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub loose_ends: Vec<Chain>,
    /// Of a procedure that changes files: what the gate of L3 decides, and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gate: Option<Decided>,
    /// Of a setting, the value that it has where no environment is chosen, and in each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<SettingValue>,
}

/// What the gate decides of a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Decided {
    /// The verdict in words.
    pub verdict: &'static str,
    /// Why.
    pub reasons: Vec<DecidedBy>,
}

/// A reason of the gate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DecidedBy {
    /// The reason.
    pub text: String,
    /// The rule that decided.
    pub said_at: Place,
}

/// The value that a setting has in an environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SettingValue {
    /// The environment; nothing where none is chosen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// The value as text.
    pub value: String,
    /// Where it comes from: `environment production`, `the default`.
    pub from: String,
    /// Where it is written.
    pub said_at: Place,
}

/// The way from one thing up to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Chain {
    /// Each thing on the way, without the first.
    pub links: Vec<Link>,
}

/// A thing on the way up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Link {
    /// What the thing below is to it: `serves`, `is a step of`.
    pub relation: &'static str,
    /// Where that is said.
    pub said_at: Place,
    /// The thing.
    #[serde(flatten)]
    pub to: Thing,
}

/// The chains from something up to the goals.
#[must_use]
pub fn why(graph: &Graph<'_>, of: NodeIndex) -> Why {
    let mut reached: FxHashMap<NodeIndex, (NodeIndex, &'static str, At)> = FxHashMap::default();
    let (mut queue, mut order) = (VecDeque::from([of]), Vec::new());
    let mut ends = Vec::new();
    while let Some(index) = queue.pop_front() {
        order.push(index);
        let mut is_end = true;
        for (to, relation, at) in above(graph, index) {
            is_end = false;
            if to != of && !reached.contains_key(&to) {
                reached.insert(to, (index, relation, at));
                queue.push_back(to);
            }
        }
        if is_end && index != of {
            ends.push(index);
        }
    }
    let chain = |to: NodeIndex| {
        let mut links = Vec::new();
        let mut next = to;
        while let Some((from, relation, at)) = reached.get(&next) {
            links.push(Link { relation, said_at: place(graph, *at), to: Thing::new(graph, next) });
            next = *from;
        }
        links.reverse();
        Chain { links }
    };
    let goals = order.iter().filter(|index| **index != of && graph.entity(**index).kind == EntityKind::Goal);
    let chains: Vec<Chain> = goals.map(|goal| chain(*goal)).collect();
    let is_goal = graph.entity(of).kind == EntityKind::Goal;
    let loose_ends =
        if chains.is_empty() && !is_goal { ends.into_iter().map(chain).collect() } else { Vec::new() };
    Why { of: Thing::new(graph, of), chains, loose_ends, gate: gate_of(graph, of), values: values(graph, of) }
}

fn gate_of(graph: &Graph<'_>, of: NodeIndex) -> Option<Decided> {
    let Item::Procedure(procedure) = graph.entity(of).item else { return None };
    let (verdict, reasons) = gate::judge(graph, of, procedure)?;
    let reasons = reasons.into_iter().map(|(text, at)| DecidedBy { text, said_at: place(graph, at) });
    Some(Decided { verdict: verdict.words(), reasons: reasons.collect() })
}

/// The values of a setting, with where they come from; nothing for anything else, and for a secret.
fn values(graph: &Graph<'_>, of: NodeIndex) -> Vec<SettingValue> {
    let Item::Setting(setting) = graph.entity(of).item else { return Vec::new() };
    let environments = graph.of_kind(EntityKind::Environment).map(|(_, entity)| Some(entity.id.as_ref()));
    let values = std::iter::once(None).chain(environments).filter_map(|environment| {
        let known = Known { environment, given: None };
        let Effective { value, origin, .. } = one(graph, setting, known);
        let origin = origin?;
        Some(SettingValue {
            environment: environment.map(str::to_owned),
            value: value?,
            from: origin.words(),
            said_at: place(graph, origin.at()?),
        })
    });
    values.collect()
}

/// What a thing is there for, the plainest reason first.
pub(super) fn above(graph: &Graph<'_>, index: NodeIndex) -> Vec<(NodeIndex, &'static str, At)> {
    let kind = graph.entity(index).kind;
    let mut above = Vec::new();
    let outgoing: Vec<_> = graph.references(index).collect();
    above.extend(outgoing.iter().filter_map(|(edge, to)| {
        let relation = match edge.kind {
            EdgeKind::Satisfies => "serves",
            EdgeKind::Requires if kind == EntityKind::Monitor => "watches",
            _ => return None,
        };
        Some((*to, relation, edge.at))
    }));
    above.extend(graph.referrers(index).filter_map(|(edge, from)| {
        let relation = match (edge.kind, kind) {
            (EdgeKind::Has, EntityKind::Step) => "is a step of",
            (EdgeKind::Has, EntityKind::Metric) => "measures",
            (EdgeKind::Runs, _) => "is run by",
            (EdgeKind::Uses, _) => "is used by",
            (EdgeKind::RollsBackTo, _) => "takes back",
            (EdgeKind::MitigatedBy, _) => "lessens",
            (EdgeKind::Requires, _) => "is required by",
            (EdgeKind::Alerts, _) => "is raised by",
            (EdgeKind::Takes, _) => "is taken by",
            (EdgeKind::OwnedBy, _) => "answers for",
            (EdgeKind::Needs, EntityKind::Component | EntityKind::External) => "is needed by",
            _ => return None,
        };
        Some((from, relation, edge.at))
    }));
    // A component is there for what uses its actions.
    if kind == EntityKind::Component {
        let has = outgoing.iter().filter(|(edge, _)| edge.kind == EdgeKind::Has);
        above.extend(has.map(|(edge, to)| (*to, "has", edge.at)));
    }
    above
}
