//! Everything that refers to anything: one graph of all entities of a rule set, with an edge for every
//! reference.
//!
//! [`resolve`] takes the documents and gives a [`Graph`] and findings: ids used twice, references that lead
//! nowhere or to several things, cycles. It says nothing of what entities mean; lints and the plan walk the
//! graph for that.

mod cycles;
mod entity;
mod environments;
mod references;
pub mod rules;
mod steps;
mod symbols;
mod view;
mod visits;

pub use entity::{Edge, EdgeKind, Entity, EntityKind, Item};
pub use steps::Order;
pub use symbols::Lookup;
pub use view::{View, ViewEdge, ViewNode};

use petgraph::graph::{DiGraph, EdgeIndex, NodeIndex};
use petgraph::visit::EdgeRef;
use rustc_hash::FxHashMap;

use crate::diagnostic::Diagnostic;
use crate::model::{At, Procedure, RuleSet, Spanned};
use symbols::Symbols;
use visits::Visits;

/// All entities of a rule set and what they refer to.
#[derive(Debug)]
pub struct Graph<'a> {
    /// The rule set that it was made of.
    pub rules: &'a RuleSet,
    nodes: DiGraph<Entity<'a>, Edge>,
    symbols: Symbols<'a>,
    targets: FxHashMap<At, NodeIndex>,
    orders: FxHashMap<NodeIndex, Order>,
    visits: Visits,
}

/// The graph of a rule set, and what is wrong with its names.
#[must_use]
pub fn resolve(rules: &RuleSet) -> (Graph<'_>, Vec<Diagnostic>) {
    let mut nodes = DiGraph::new();
    let (symbols, mut found) = symbols::collect(rules, &mut nodes);
    let mut graph = Graph {
        rules,
        nodes,
        symbols,
        targets: FxHashMap::default(),
        orders: FxHashMap::default(),
        visits: Visits::default(),
    };
    found.extend(references::resolve(&mut graph));
    found.extend(steps::resolve(&mut graph));
    found.extend(cycles::find(&graph));
    (graph, found)
}

impl<'a> Graph<'a> {
    /// How many entities there are.
    #[must_use]
    pub fn size(&self) -> usize {
        self.nodes.node_count()
    }

    /// How often entities and references were looked at so far; always 0 where debug assertions are off.
    #[must_use]
    pub fn visits(&self) -> u64 {
        self.visits.count()
    }

    /// Counts looks at something that was made of all entities.
    pub fn visit(&self, looks: usize) {
        self.visits.add(looks);
    }

    /// The entity of an index of this graph.
    #[must_use]
    pub fn entity(&self, index: NodeIndex) -> &Entity<'a> {
        self.visits.add(1);
        &self.nodes[index]
    }

    /// All entities, in order of file and place.
    pub fn entities(&self) -> impl Iterator<Item = (NodeIndex, &Entity<'a>)> {
        self.nodes.node_indices().map(|index| (index, self.entity(index)))
    }

    /// All entities of a kind, in order of file and place.
    pub fn of_kind(&self, kind: EntityKind) -> impl Iterator<Item = (NodeIndex, &Entity<'a>)> {
        self.entities().filter(move |(_, entity)| entity.kind == kind)
    }

    /// All procedures, in order of file and place.
    pub fn procedures(&self) -> impl Iterator<Item = (NodeIndex, &'a Spanned<Procedure>)> + '_ {
        self.entities().filter_map(|(index, entity)| match entity.item {
            Item::Procedure(procedure) => Some((index, procedure)),
            _ => None,
        })
    }

    /// The edges that leave an entity, in order of the source.
    pub fn references(&self, from: NodeIndex) -> impl Iterator<Item = (&Edge, NodeIndex)> {
        let mut edges: Vec<EdgeIndex> = self.nodes.edges(from).map(|edge| edge.id()).collect();
        self.visits.add(1 + edges.len());
        edges.sort_unstable();
        edges.into_iter().map(|edge| {
            let (_, to) = self.nodes.edge_endpoints(edge).expect("the edge was just listed");
            (&self.nodes[edge], to)
        })
    }

    /// The edges that lead to an entity, in order of the source.
    pub fn referrers(&self, to: NodeIndex) -> impl Iterator<Item = (&Edge, NodeIndex)> {
        let incoming = self.nodes.edges_directed(to, petgraph::Direction::Incoming);
        let mut edges: Vec<EdgeIndex> = incoming.map(|edge| edge.id()).collect();
        self.visits.add(1 + edges.len());
        edges.sort_unstable();
        edges.into_iter().map(|edge| {
            let (from, _) = self.nodes.edge_endpoints(edge).expect("the edge was just listed");
            (&self.nodes[edge], from)
        })
    }

    /// What the reference at a place leads to, if it leads to one thing.
    #[must_use]
    pub fn target(&self, reference: At) -> Option<&Entity<'a>> {
        self.target_index(reference).map(|index| self.entity(index))
    }

    /// The index of what the reference at a place leads to.
    #[must_use]
    pub fn target_index(&self, reference: At) -> Option<NodeIndex> {
        self.visits.add(1);
        self.targets.get(&reference).copied()
    }

    /// Looks a text up as a reference to one of these kinds: by id first, then by name.
    #[must_use]
    pub fn lookup(&self, kinds: &[EntityKind], text: &str) -> Lookup {
        self.visits.add(kinds.len());
        self.symbols.lookup(kinds, text)
    }

    /// The nearest id or name of these kinds, and what has it.
    #[must_use]
    pub fn nearest(&self, kinds: &[EntityKind], text: &str) -> Option<(&str, &Entity<'a>)> {
        self.symbols.nearest(kinds, text).map(|(name, index)| (name, &self.nodes[index]))
    }

    /// True for a decision that nothing carries out: no action of it runs or belongs to a component, and no procedure
    /// satisfies it.
    #[must_use]
    pub fn is_bound_to_nothing(&self, decision: NodeIndex) -> bool {
        let acts = |edge: &Edge| matches!(edge.kind, EdgeKind::Uses | EdgeKind::Needs);
        let serves = |edge: &Edge, from: NodeIndex| {
            edge.kind == EdgeKind::Satisfies && self.nodes[from].kind == EntityKind::Procedure
        };
        !self.references(decision).any(|(edge, _)| acts(edge))
            && !self.referrers(decision).any(|(edge, from)| serves(edge, from))
    }

    /// In which order the steps of a procedure run.
    ///
    /// # Panics
    /// If the index is not that of a procedure.
    #[must_use]
    pub fn order(&self, procedure: NodeIndex) -> &Order {
        self.orders.get(&procedure).expect("every procedure has an order")
    }

    fn connect(&mut self, from: NodeIndex, to: NodeIndex, kind: EdgeKind, at: At) {
        self.nodes.add_edge(from, to, Edge { kind, at });
        self.targets.insert(at, to);
    }
}
